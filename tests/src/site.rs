//! Somebody's site on an origin of its own, with the headers that it chooses.

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

pub use crate::http::RecordedRequest;

use crate::http;
use crate::wait::Watched;

/// One page of a site.
#[derive(Clone, Debug)]
pub struct Page {
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Page {
    /// An HTML page, or a script where its path ends so.
    pub fn new(path: &str, body: impl Into<String>) -> Self {
        Self { path: path.into(), headers: Vec::new(), body: body.into() }
    }

    /// A bare page with the script tag; `attributes` go into the tag.
    pub fn with_tag(path: &str, proxy: &str, attributes: &str) -> Self {
        Self::new(
            path,
            format!(
                "<!doctype html><html lang=en><meta charset=utf-8>\
                 <meta name=viewport content=\"width=device-width, initial-scale=1\"><title>A shop</title>\
                 <h1>A shop</h1><p><button id=before>Before</button></p>\
                 <script async src=\"{proxy}/widget.js\" {attributes}></script></html>"
            ),
        )
    }

    /// The same page with one more header, such as a Content-Security-Policy.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// A server on `localhost`, another site than the proxy on `127.0.0.1`; it lives as long as the test.
#[derive(Debug)]
pub struct Site {
    port: u16,
    requests: Arc<Watched<Vec<RecordedRequest>>>,
    pages: Arc<Watched<Vec<Page>>>,
}

impl Site {
    /// Starts a site without pages, so that its origin is known before they are written.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let site = Self { port, requests: Arc::default(), pages: Arc::default() };
        let (requests, pages) = (Arc::clone(&site.requests), Arc::clone(&site.pages));
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (requests, pages) = (Arc::clone(&requests), Arc::clone(&pages));
                thread::spawn(move || answer(connection, &requests, &pages));
            }
        });
        site
    }

    /// Adds a page.
    pub fn add(&self, page: Page) {
        self.pages.change(|pages| pages.push(page));
    }

    /// Its origin.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The address of a page.
    pub fn url(&self, path: &str) -> String {
        self.origin() + path
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.read(Clone::clone)
    }
}

fn answer(connection: TcpStream, requests: &Watched<Vec<RecordedRequest>>, pages: &Watched<Vec<Page>>) {
    let mut reader = BufReader::new(connection);
    let Ok(Some(request)) = http::read(&mut reader) else {
        return;
    };
    let page = pages.read(|pages| pages.iter().find(|page| page.path == request.path()).cloned());
    requests.change(|requests| requests.push(request));
    let (status, page) = page.map_or_else(|| ("404 Not Found", Page::new("", "")), |page| ("200 OK", page));
    let is_script = Path::new(&page.path).extension().is_some_and(|extension| extension == "js");
    let media_type = if is_script { "text/javascript" } else { "text/html" };
    let mut head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\nContent-Type: {media_type}; charset=utf-8\r\n",
        page.body.len()
    );
    head.extend(page.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
    // A browser that has gone away needs no answer.
    write!(reader.into_inner(), "{head}\r\n{}", page.body).ok();
}
