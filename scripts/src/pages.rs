//! The example pages on an origin of their own, as they would stand on somebody's site.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;
use std::{fs, thread};

use crate::project;

/// The address that the pages name, replaced by the one that runs.
const WRITTEN_PROXY: &str = "127.0.0.1:8000";
/// The page to look at first: one tag, nothing else to know.
const FIRST: &str = "plain.html";
/// A browser that opens a connection and says nothing is let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// The origin of the pages: `localhost`, another site than the proxy's `127.0.0.1`.
pub(crate) fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

/// The page to open first, which shows the chat; the folder's list stands at `/`.
pub(crate) fn first(port: u16) -> String {
    format!("{}/{FIRST}", origin(port))
}

/// Answers every connection until the program ends.
pub(crate) fn serve(listener: &TcpListener, proxy: &str) {
    thread::scope(|scope| {
        for connection in listener.incoming().flatten() {
            // A browser that hangs up in the middle is nobody's failure.
            scope.spawn(move || answer(connection, proxy).ok());
        }
    });
}

fn answer(mut connection: TcpStream, proxy: &str) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    let mut request = String::new();
    let mut lines = BufReader::new(&connection);
    lines.read_line(&mut request)?;
    // The header is read to its end, or closing would reset the connection before the answer is read.
    for line in lines.lines() {
        if line?.is_empty() {
            break;
        }
    }
    let response = respond(&request, &project::root().join("examples/pages"), proxy);
    let head = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        response.status,
        response.media_type,
        response.body.len()
    );
    connection.write_all(head.as_bytes())?;
    connection.write_all(&response.body)
}

struct Response {
    status: &'static str,
    media_type: &'static str,
    body: Vec<u8>,
}

fn respond(request: &str, folder: &Path, proxy: &str) -> Response {
    let plain = |status, text: &str| Response {
        status,
        media_type: "text/plain; charset=utf-8",
        body: text.into(),
    };
    let mut words = request.split_whitespace();
    let (Some("GET"), Some(target)) = (words.next(), words.next()) else {
        return plain("405 Method Not Allowed", "Pages are only read here.");
    };
    let Some(path) = file_of(target) else {
        return plain("404 Not Found", "There is no such page.");
    };
    match fs::read(folder.join(&path)) {
        Ok(body) => found(&path, body, proxy),
        Err(_) if path == Path::new("index.html") => listing(folder),
        Err(_) => plain("404 Not Found", "There is no such page."),
    }
}

fn found(path: &Path, body: Vec<u8>, proxy: &str) -> Response {
    let media_type = media_type(path);
    let body = match String::from_utf8(body) {
        Ok(text) if media_type.starts_with("text/html") => text.replace(WRITTEN_PROXY, proxy).into_bytes(),
        Ok(text) => text.into_bytes(),
        Err(binary) => binary.into_bytes(),
    };
    Response {
        status: "200 OK",
        media_type,
        body,
    }
}

/// The file for a path: plain names only, so that nothing outside the folder is ever meant.
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
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}

fn listing(folder: &Path) -> Response {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.retain(|name| {
        Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "html")
    });
    names.sort();
    let items: Vec<String> = names
        .iter()
        .map(|name| format!("<li><a href=\"{name}\">{name}</a>\n"))
        .collect();
    let items = items.concat();
    let body = format!(
        "<!doctype html><html lang=en><title>Example pages</title><h1>Example pages</h1><ul>{items}</ul>"
    );
    Response {
        status: "200 OK",
        media_type: "text/html; charset=utf-8",
        body: body.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{WRITTEN_PROXY, file_of, first, media_type, respond};

    #[test]
    fn only_files_inside_the_folder_have_an_address() {
        assert_eq!(file_of("/").as_deref(), Some(Path::new("index.html")));
        assert_eq!(file_of("/a/b.css?v=1").as_deref(), Some(Path::new("a/b.css")));
        for outside in [
            "/../Cargo.toml",
            "//etc/passwd",
            "/%2e%2e/x",
            "/a\\b",
            "x",
            "/.",
            "/a/../../b",
        ] {
            assert_eq!(file_of(outside), None, "{outside}");
        }
    }

    #[test]
    fn the_page_that_is_named_first_has_the_tag_of_the_proxy_that_runs() {
        let url = first(8001);
        let path = url.strip_prefix("http://localhost:8001").unwrap();
        let folder = crate::project::root().join("examples/pages");
        let page = respond(&format!("GET {path} HTTP/1.1"), &folder, "127.0.0.1:4711");
        let html = String::from_utf8(page.body).unwrap();
        assert!(
            html.contains("src=\"http://127.0.0.1:4711/widget.js\""),
            "{url}: {html}"
        );
        assert!(!html.contains(WRITTEN_PROXY), "{url}");
    }

    #[test]
    fn a_page_is_html_and_the_unknown_is_text() {
        assert_eq!(media_type(Path::new("plain.html")), "text/html; charset=utf-8");
        assert_eq!(media_type(Path::new("odd.xyz")), "text/plain; charset=utf-8");
    }
}
