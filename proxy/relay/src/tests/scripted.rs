//! An HTTP upstream that plays a script.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use url::Url;

/// A step that the upstream takes with every call.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Writes bytes in one go.
    Write(Vec<u8>),
    /// Writes the bytes again and again, with a moment between.
    Repeat(Vec<u8>),
    /// Writes the bytes again and again, as fast as they are taken.
    Flood(Vec<u8>),
    /// Waits until the test lets one call go on.
    Wait,
    /// Cuts the connection.
    Cut,
    /// Never does anything again.
    Hang,
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) line: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// A running upstream.
pub(super) struct Scripted {
    pub(super) url: Url,
    requests: Arc<Mutex<Vec<Request>>>,
    gate: Arc<Semaphore>,
    calls: Arc<Semaphore>,
}

impl Scripted {
    /// Starts it; it ends with the test's runtime.
    pub(super) async fn serve(steps: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook/x?secret=1", listener.local_addr().unwrap());
        let scripted = Self {
            url: Url::parse(&url).unwrap(),
            requests: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
            calls: Arc::new(Semaphore::new(0)),
        };
        let (requests, gate, calls) =
            (Arc::clone(&scripted.requests), Arc::clone(&scripted.gate), Arc::clone(&scripted.calls));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (requests, gate, calls) = (Arc::clone(&requests), Arc::clone(&gate), Arc::clone(&calls));
                let steps = steps.clone();
                tokio::spawn(async move {
                    // A connection is used again, as it would be by n8n.
                    while let Some(request) = read(&mut stream).await {
                        requests.lock().unwrap().push(request);
                        calls.add_permits(1);
                        if !play(&mut stream, &steps, &gate).await {
                            return;
                        }
                    }
                });
            }
        });
        scripted
    }

    /// Lets one waiting call go on.
    pub(super) fn go_on(&self) {
        self.gate.add_permits(1);
    }

    /// Waits until one more call has come.
    pub(super) async fn is_called(&self) {
        self.calls.acquire().await.unwrap().forget();
    }

    /// Returns the requests so far.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Plays the steps; false where they cut the connection.
async fn play(stream: &mut TcpStream, steps: &[Step], gate: &Semaphore) -> bool {
    for step in steps {
        match step {
            Step::Write(bytes) => drop(stream.write_all(bytes).await),
            Step::Repeat(bytes) => {
                let mut beat = tokio::time::interval(std::time::Duration::from_millis(5));
                while stream.write_all(bytes).await.is_ok() {
                    beat.tick().await;
                }
            }
            Step::Flood(bytes) => while stream.write_all(bytes).await.is_ok() {},
            Step::Wait => gate.acquire().await.unwrap().forget(),
            Step::Cut => return false,
            Step::Hang => std::future::pending().await,
        }
    }
    true
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        stream.read_buf(&mut body).await.ok()?;
    }
    Some(Request { line, headers, body })
}

/// The head of n8n's streaming answer.
pub(super) fn head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
        .to_vec()
}

/// One HTTP chunk.
pub(super) fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

/// The end of a chunked body.
pub(super) fn last() -> Vec<u8> {
    b"0\r\n\r\n".to_vec()
}

/// A line of n8n's stream as a chunk of its own, the way n8n sends it.
pub(super) fn item(text: &str) -> Vec<u8> {
    let meta =
        r#"{"nodeId":"91fb9e5e","nodeName":"AI Agent","itemIndex":0,"runIndex":0,"timestamp":1795262646883}"#;
    chunk(&format!("{{\"type\":\"item\",\"content\":\"{text}\",\"metadata\":{meta}}}\n"))
}

/// A line of n8n's stream without content.
pub(super) fn line(kind: &str) -> Vec<u8> {
    chunk(&format!("{{\"type\":\"{kind}\",\"metadata\":{{\"nodeId\":\"1\",\"nodeName\":\"A\"}}}}\n"))
}

/// A whole answer of another status.
pub(super) fn answer(status: &str, more: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{more}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
