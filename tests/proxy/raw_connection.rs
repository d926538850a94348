//! HTTP/1.1 by hand, for requests that no client library sends.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{Shutdown, TcpStream};

use porthole_tests::Proxy;
use porthole_tests::wait::TIMEOUT;
use serde_json::Value;

/// One connection to a proxy.
pub(crate) struct RawConnection(BufReader<TcpStream>);

/// An answer, its body read whole.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl RawAnswer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the code of a problem; `None` for any other body.
    pub(crate) fn code(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        Some(body["code"].as_str()?.to_owned())
    }
}

impl RawConnection {
    pub(crate) fn open(proxy: &Proxy) -> Self {
        let address = proxy.origin().strip_prefix("http://").unwrap();
        let connection = TcpStream::connect(address).unwrap();
        connection.set_read_timeout(Some(TIMEOUT)).unwrap();
        connection.set_nodelay(true).unwrap();
        Self(BufReader::new(connection))
    }

    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Closes the writing half.
    pub(crate) fn finish(&mut self) {
        self.0.get_ref().shutdown(Shutdown::Write).unwrap();
    }

    /// One answer; `None` where the connection was closed instead.
    pub(crate) fn read(&mut self) -> Option<RawAnswer> {
        let status = self.line()?.split(' ').nth(1)?.parse().unwrap();
        let mut headers = Vec::new();
        while let Some((name, value)) = self.line()?.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = RawAnswer { status, headers, body: Vec::new() };
        if answer.header("transfer-encoding").is_some() {
            answer.body = self.chunks()?;
        } else if let Some(length) = answer.header("content-length") {
            answer.body = vec![0; length.parse().unwrap()];
            self.0.read_exact(&mut answer.body).ok()?;
        }
        Some(answer)
    }

    /// Asks for something that is always there, over the same connection.
    pub(crate) fn is_usable(&mut self) -> bool {
        self.0
            .get_mut()
            .write_all(b"GET /health/live HTTP/1.1\r\nHost: chat.example.com\r\n\r\n")
            .ok()
            .and_then(|()| self.read())
            .is_some_and(|answer| answer.status == 200)
    }

    /// A line without its end; `None` at the end of the connection.
    pub(crate) fn line(&mut self) -> Option<String> {
        self.line_with_end().map(|line| line.trim_end().to_owned())
    }

    /// A line with its end.
    pub(crate) fn line_with_end(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let read = self.0.read_until(b'\n', &mut line).ok()?;
        (read > 0).then(|| String::from_utf8_lossy(&line).into_owned())
    }

    fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16).unwrap();
            let mut chunk = vec![0; length + 2];
            self.0.read_exact(&mut chunk).ok()?;
            body.extend_from_slice(&chunk[..length]);
            if length == 0 {
                return Some(body);
            }
        }
    }
}

/// A request with `Host` and `Content-Length`.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: chat.example.com\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    if !body.is_empty() {
        write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    [head.as_bytes(), b"\r\n", body].concat()
}
