//! Somebody's site with the tag, the workflow behind the proxy, and the floor of a stream: one small server.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::answer;
use crate::error::{Attempt, BenchResult};

/// The time between two tokens.
const TOKEN_INTERVAL: Duration = Duration::from_millis(5);

/// The document whose only work is one text node: the floor of a stream.
const TEXT_NODE: &str = include_str!("probe/text_node.html");

/// A server that is `localhost` as the page and `127.0.0.1` elsewhere: two sites.
#[derive(Debug)]
pub(super) struct Shop {
    port: u16,
    proxy: Arc<OnceLock<String>>,
}

impl Shop {
    /// Starts the server, whose page has a tag once the proxy's address is known.
    pub(super) fn start() -> BenchResult<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").attempt("listen for the page")?;
        let port = listener.local_addr().attempt("listen for the page")?.port();
        let shop = Self { port, proxy: Arc::default() };
        let proxy = Arc::clone(&shop.proxy);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let proxy = Arc::clone(&proxy);
                // A browser or the proxy may hang up at any time.
                thread::spawn(move || serve(connection, port, &proxy).ok());
            }
        });
        Ok(shop)
    }

    /// Sets the address that the tag names, such as `127.0.0.1:41234`.
    pub(super) fn set_proxy(&self, address: &str) {
        self.proxy.get_or_init(|| address.to_owned());
    }

    /// The page's origin.
    pub(super) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The webhook, for the proxy.
    pub(super) fn webhook(&self) -> String {
        format!("http://127.0.0.1:{}/webhook", self.port)
    }

    /// The address of the page with the tag.
    pub(super) fn with_tag(&self) -> String {
        self.origin() + "/shop"
    }

    /// The address of the same page without the tag.
    pub(super) fn blank(&self) -> String {
        self.origin() + "/blank"
    }

    /// The address of a page whose frame writes the same answer into a text node.
    pub(super) fn text_node(&self) -> String {
        self.origin() + "/text"
    }
}

fn serve(connection: TcpStream, port: u16, proxy: &OnceLock<String>) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);
    while let Some(path) = read_path(&mut reader)? {
        let connection = reader.get_mut();
        match path.as_str() {
            "/shop" => write_page(connection, &page(&tag(proxy)))?,
            "/blank" => write_page(connection, &page(""))?,
            "/text" => write_page(
                connection,
                &page(&format!(
                    "<iframe src=http://127.0.0.1:{port}/text-node width=400 height=600></iframe>"
                )),
            )?,
            "/text-node" => write_page(connection, TEXT_NODE)?,
            "/tokens" => stream(connection, "text/plain; charset=utf-8", str::to_owned)?,
            "/webhook" => stream(connection, "application/json", line)?,
            _ => write!(connection, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?,
        }
    }
    Ok(())
}

/// Reads a request and returns its path; `None` where the peer has nothing more to say.
fn read_path(reader: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    reader.read_exact(&mut vec![0; length])?;
    Ok(first.split_whitespace().nth(1).map(str::to_owned))
}

/// Makes a page with nothing to see, so that its first paint is that of the part.
fn page(part: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>A shop</title><link rel=icon href=data:,><body><script>bench.note('tag')</script>{part}</body></html>"
    )
}

fn tag(proxy: &OnceLock<String>) -> String {
    let address = proxy.get().map(String::as_str).unwrap_or_default();
    format!(
        "<script>window.porthole = function () {{ (porthole.q = porthole.q || []).push(arguments) }};\
         porthole('on', 'ready', () => bench.note('ready'))</script>\
         <script async src=http://{address}/widget.js></script>"
    )
}

fn write_page(connection: &mut TcpStream, body: &str) -> io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n";
    write!(connection, "{head}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// Writes the answer, a token at a time, each at its time whatever the one before took.
fn stream(connection: &mut TcpStream, media_type: &str, framed: impl Fn(&str) -> String) -> io::Result<()> {
    write!(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )?;
    let mut due = Instant::now();
    for token in answer::tokens() {
        due += TOKEN_INTERVAL;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let piece = framed(token);
        connection.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes())?;
    }
    write!(connection, "0\r\n\r\n")
}

/// A token as n8n streams it.
fn line(token: &str) -> String {
    let line = json!({ "type": "item", "content": token, "metadata": { "nodeName": "AI Agent" } });
    format!("{line}\n")
}
