//! A web server for the example pages, on an origin other than the proxy's.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;
use std::{fs, thread};

use crate::paths;

/// The proxy's address in the pages, replaced by that of the running one.
const EXAMPLE_PROXY: &str = "127.0.0.1:8000";
/// The page to open first: one tag and nothing else.
const FIRST: &str = "plain.html";
/// The timeout for a request: browsers open connections ahead of need.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// Returns the origin of the pages: `localhost`, another site than the proxy's `127.0.0.1`.
pub(crate) fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

/// Returns the address of the page to open first; `/` lists all pages.
pub(crate) fn first(port: u16) -> String {
    format!("{}/{FIRST}", origin(port))
}

/// Answers requests until the program ends.
pub(crate) fn serve(listener: &TcpListener, proxy: &str) {
    thread::scope(|scope| {
        for connection in listener.incoming().flatten() {
            // A browser that closes the connection early is no error.
            scope.spawn(move || handle(&connection, proxy).ok());
        }
    });
}

fn handle(connection: &TcpStream, proxy: &str) -> io::Result<()> {
    connection.set_read_timeout(Some(READ_TIMEOUT))?;
    let mut request = String::new();
    let mut lines = BufReader::new(connection);
    lines.read_line(&mut request)?;
    // Unread bytes would make the close a reset, which can discard the response on its way.
    for line in lines.lines() {
        if line?.is_empty() {
            break;
        }
    }
    respond(&request, &paths::root().join("examples/pages"), proxy).write(connection)
}

/// The response to a request.
struct PageResponse {
    status: &'static str,
    media_type: &'static str,
    body: Vec<u8>,
}

impl PageResponse {
    fn refusal(status: &'static str, text: &str) -> Self {
        Self { status, media_type: TEXT, body: text.into() }
    }

    fn write(&self, mut connection: &TcpStream) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
            self.status,
            self.media_type,
            self.body.len()
        );
        connection.write_all(head.as_bytes())?;
        connection.write_all(&self.body)
    }
}

fn respond(request: &str, folder: &Path, proxy: &str) -> PageResponse {
    let not_found = || PageResponse::refusal("404 Not Found", "There is no such page.");
    let mut words = request.split_whitespace();
    let (Some("GET"), Some(target)) = (words.next(), words.next()) else {
        return PageResponse::refusal("405 Method Not Allowed", "Pages are only read here.");
    };
    let Some(path) = file_of(target) else {
        return not_found();
    };
    match fs::read(folder.join(&path)) {
        Ok(body) => serve_file(&path, body, proxy),
        Err(_) if path == Path::new("index.html") => list(folder),
        Err(_) => not_found(),
    }
}

/// Serves a file; an HTML page gets the address of the running proxy.
fn serve_file(path: &Path, body: Vec<u8>, proxy: &str) -> PageResponse {
    let media_type = media_type(path);
    let body = match String::from_utf8(body) {
        Ok(text) if media_type == HTML => text.replace(EXAMPLE_PROXY, proxy).into_bytes(),
        Ok(text) => text.into_bytes(),
        Err(binary) => binary.into_bytes(),
    };
    PageResponse { status: "200 OK", media_type, body }
}

/// Returns the file of a path: plain names only, so that no path leads out of the folder.
fn file_of(target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let name = if path.is_empty() { "index.html" } else { path };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let path = PathBuf::from(name);
    let stays_inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    (stays_inside && name.chars().all(is_plain)).then_some(path)
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => HTML,
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => TEXT,
    }
}

/// Lists the pages, as links.
fn list(folder: &Path) -> PageResponse {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| media_type(Path::new(name)) == HTML)
        .collect();
    names.sort();
    let links = names.iter().map(|name| format!("<li><a href=\"{name}\">{name}</a>\n"));
    let links: String = links.collect();
    let body = format!(
        "<!doctype html><html lang=en><title>Example pages</title><link rel=icon href=icon.svg><h1>Example pages</h1><ul>{links}</ul>"
    );
    PageResponse { status: "200 OK", media_type: HTML, body: body.into() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{EXAMPLE_PROXY, file_of, first, media_type, respond};

    #[test]
    fn only_files_inside_the_folder_have_an_address() {
        assert_eq!(file_of("/").as_deref(), Some(Path::new("index.html")));
        assert_eq!(file_of("/a/b.css?v=1").as_deref(), Some(Path::new("a/b.css")));
        for outside in ["/../Cargo.toml", "//etc/passwd", "/%2e%2e/x", "/a\\b", "x", "/.", "/a/../../b"] {
            assert_eq!(file_of(outside), None, "{outside}");
        }
    }

    #[test]
    fn the_page_that_is_named_first_has_the_tag_of_the_proxy_that_runs() {
        let url = first(8001);
        let path = url.strip_prefix("http://localhost:8001").unwrap();
        let folder = crate::paths::root().join("examples/pages");
        let page = respond(&format!("GET {path} HTTP/1.1"), &folder, "127.0.0.1:4711");
        let html = String::from_utf8(page.body).unwrap();
        assert!(html.contains("src=\"http://127.0.0.1:4711/widget.js\""), "{url}: {html}");
        assert!(!html.contains(EXAMPLE_PROXY), "{url}");
    }

    #[test]
    fn every_page_has_an_icon_so_that_no_browser_looks_for_one_in_vain() {
        let folder = crate::paths::root().join("examples/pages");
        let get = |path: &str| respond(&format!("GET {path} HTTP/1.1"), &folder, "127.0.0.1:4711");
        assert_eq!((get("/icon.svg").status, get("/icon.svg").media_type), ("200 OK", "image/svg+xml"));
        for path in ["/", "/plain.html", "/inline.html", "/strict-csp.html"] {
            let html = String::from_utf8(get(path).body).unwrap();
            assert!(html.contains("<link rel=") && html.contains("icon.svg"), "{path}: {html}");
        }
    }

    #[test]
    fn a_page_is_html_and_the_unknown_is_text() {
        assert_eq!(media_type(Path::new("plain.html")), "text/html; charset=utf-8");
        assert_eq!(media_type(Path::new("odd.xyz")), "text/plain; charset=utf-8");
    }
}
