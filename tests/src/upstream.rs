//! An upstream that does to the proxy what real ones do, on command: bytes cut anywhere, silence,
//! connections that break, answers that never end.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

pub use crate::http::RecordedRequest;

use crate::http;
use crate::wait::{Signal, TIMEOUT, Watched, pause};

/// The mark of a body's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// `Content-Length`, as promised; fewer bytes may be sent.
    Length(usize),
    /// The end of the connection.
    Close,
}

#[derive(Clone, Debug)]
enum ScriptStep {
    Write(Vec<u8>),
    Wait(Signal),
    Give(Signal),
    Repeat(Vec<u8>),
    Drip(Vec<u8>, Duration),
    Pause(Duration),
    UntilHangup(Signal),
    Reset,
}

/// The answer to one request, step by step.
#[derive(Clone, Debug)]
pub struct Script {
    steps: Vec<ScriptStep>,
    framing: Framing,
    is_open: bool,
}

impl Script {
    /// Creates a script without steps.
    pub fn new() -> Self {
        Self { steps: Vec::new(), framing: Framing::Close, is_open: false }
    }

    /// The status line and headers.
    pub fn head(status: u16, media_type: &str, framing: Framing) -> Self {
        Self::new().then_head(status, media_type, framing)
    }

    /// A whole answer with `Content-Length`, in one write.
    pub fn whole(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self::head(status, media_type, Framing::Length(body.len())).raw(body)
    }

    /// A chunked answer of 200, one chunk and one write for each piece.
    pub fn pieces<P: Into<Vec<u8>>>(media_type: &str, pieces: impl IntoIterator<Item = P>) -> Self {
        let script = Self::head(200, media_type, Framing::Chunked);
        pieces.into_iter().fold(script, Self::piece).end()
    }

    /// An answer whose bytes on the wire, head and framing included, are cut after `at` bytes: the rest
    /// follows in a second write once the signal is set.
    pub fn cut(answer: &Self, at: usize, rest: &Signal) -> Self {
        let bytes = answer.bytes();
        let (first, second) = bytes.split_at(at.min(bytes.len()));
        let mut cut = Self::new().raw(first).wait(rest).raw(second);
        cut.is_open = answer.is_open;
        cut
    }

    /// A redirect, which the proxy must not follow.
    pub fn redirect(location: &str) -> Self {
        Self::new().raw(format!("HTTP/1.1 307 Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))
    }

    /// The status line and headers, after the steps so far.
    #[must_use]
    pub fn then_head(mut self, status: u16, media_type: &str, framing: Framing) -> Self {
        self.framing = framing;
        let framing = match framing {
            Framing::Chunked => "Transfer-Encoding: chunked\r\n".to_owned(),
            Framing::Length(length) => format!("Content-Length: {length}\r\n"),
            Framing::Close => "Connection: close\r\n".to_owned(),
        };
        self.raw(format!("HTTP/1.1 {status} Status\r\nContent-Type: {media_type}\r\n{framing}\r\n"))
    }

    /// A piece of the body in its framing, in one write.
    #[must_use]
    pub fn piece(self, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        if self.framing != Framing::Chunked {
            return self.raw(bytes);
        }
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend(bytes);
        chunk.extend(b"\r\n");
        self.raw(chunk)
    }

    /// Bytes as they are, in one write.
    #[must_use]
    pub fn raw(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.steps.push(ScriptStep::Write(bytes.into()));
        self
    }

    /// Waits for the test to set the signal; without it the connection breaks after the timeout.
    #[must_use]
    pub fn wait(mut self, signal: &Signal) -> Self {
        self.steps.push(ScriptStep::Wait(signal.clone()));
        self
    }

    /// Waits for some time.
    #[must_use]
    pub fn pause(mut self, time: Duration) -> Self {
        self.steps.push(ScriptStep::Pause(time));
        self
    }

    /// Sets a signal once everything before is written.
    #[must_use]
    pub fn set(mut self, signal: &Signal) -> Self {
        self.steps.push(ScriptStep::Give(signal.clone()));
        self
    }

    /// The proper end of the body; the connection stays open where the framing lets it.
    #[must_use]
    pub fn end(mut self) -> Self {
        self.is_open = self.framing != Framing::Close;
        if self.framing == Framing::Chunked { self.raw(b"0\r\n\r\n") } else { self }
    }

    /// Stays silent until the proxy hangs up, and then sets the signal.
    #[must_use]
    pub fn stall(mut self, hung_up: &Signal) -> Self {
        self.steps.push(ScriptStep::UntilHangup(hung_up.clone()));
        self
    }

    /// Repeats the bytes without end, until the proxy hangs up.
    #[must_use]
    pub fn flood(mut self, bytes: impl Into<Vec<u8>>, hung_up: &Signal) -> Self {
        let flood = Self { steps: Vec::new(), ..self.clone() }.piece(bytes).bytes();
        self.steps.push(ScriptStep::Repeat(flood));
        self.set(hung_up)
    }

    /// Repeats the bytes without end, with a pause before each, until the proxy hangs up.
    #[must_use]
    pub fn drip(mut self, bytes: impl Into<Vec<u8>>, every: Duration) -> Self {
        self.steps.push(ScriptStep::Drip(bytes.into(), every));
        self
    }

    /// Writes these bytes one by one, with a pause before each.
    #[must_use]
    pub fn byte_by_byte(mut self, bytes: impl AsRef<[u8]>, every: Duration) -> Self {
        for byte in bytes.as_ref() {
            self.steps.push(ScriptStep::Pause(every));
            self.steps.push(ScriptStep::Write(vec![*byte]));
        }
        self
    }

    /// Breaks the connection in the middle, with what the peer reads as a reset or an early end.
    #[must_use]
    pub fn breaks(mut self) -> Self {
        self.steps.push(ScriptStep::Reset);
        self.is_open = false;
        self
    }

    /// Everything that the script writes, waiting aside.
    pub fn bytes(&self) -> Vec<u8> {
        let written = self
            .steps
            .iter()
            .filter_map(|step| if let ScriptStep::Write(bytes) = step { Some(bytes) } else { None });
        written.flatten().copied().collect()
    }
}

impl Default for Script {
    fn default() -> Self {
        Self::new()
    }
}

/// A server that plays a script for each request.
#[derive(Debug)]
pub struct FakeUpstream {
    port: u16,
    requests: Arc<Watched<Vec<RecordedRequest>>>,
}

impl FakeUpstream {
    /// Starts a server that plays the same script for every request.
    pub fn always(script: Script) -> Self {
        Self::start(move |_, _| script.clone())
    }

    /// Starts a server that chooses a script by the request and its number, counted from 0.
    pub fn start(choose: impl Fn(&RecordedRequest, usize) -> Script + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let upstream = Self { port, requests: Arc::default() };
        let (requests, choose) = (Arc::clone(&upstream.requests), Arc::new(choose));
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (requests, choose) = (Arc::clone(&requests), Arc::clone(&choose));
                // The proxy may hang up at any time: that is no failure of the upstream.
                thread::spawn(move || serve(connection, &requests, &*choose).ok());
            }
        });
        upstream
    }

    /// The webhook's address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/webhook/chat", self.port)
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.read(Clone::clone)
    }

    /// Waits until so many requests have come, and returns them.
    pub fn wait_for(&self, count: usize) -> Vec<RecordedRequest> {
        let enough = |requests: &Vec<RecordedRequest>| (requests.len() >= count).then(|| requests.clone());
        self.requests
            .find(enough)
            .unwrap_or_else(|| panic!("{} of {count} requests came", self.requests().len()))
    }
}

/// An address that refuses connections: no system hands out this port, as it does one that was closed.
pub fn nowhere() -> String {
    "http://127.0.0.1:1/webhook/chat".to_owned()
}

fn serve(
    connection: TcpStream,
    requests: &Watched<Vec<RecordedRequest>>,
    choose: &dyn Fn(&RecordedRequest, usize) -> Script,
) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);
    while let Some(request) = http::read(&mut reader)? {
        let number = requests.read(Vec::len);
        let script = choose(&request, number);
        requests.change(|requests| requests.push(request));
        for (at, step) in script.steps.iter().enumerate() {
            play(step, &mut reader).inspect_err(|_| set_signals(&script.steps[at..]))?;
        }
        if !script.is_open && script.framing == Framing::Close {
            return reader.get_ref().shutdown(Shutdown::Both);
        }
    }
    Ok(())
}

/// Sets the signals of steps that are not reached, since the proxy may hang up before the step that waits for it.
fn set_signals(steps: &[ScriptStep]) {
    for step in steps {
        if let ScriptStep::UntilHangup(signal) | ScriptStep::Give(signal) = step {
            signal.set();
        }
    }
}

fn play(step: &ScriptStep, connection: &mut BufReader<TcpStream>) -> io::Result<()> {
    let broken = || io::Error::from(io::ErrorKind::ConnectionAborted);
    match step {
        ScriptStep::Write(bytes) => connection.get_mut().write_all(bytes),
        ScriptStep::Wait(signal) => {
            signal.wait("the test to let the upstream go on");
            Ok(())
        }
        ScriptStep::Give(signal) => {
            signal.set();
            Ok(())
        }
        ScriptStep::Repeat(bytes) => {
            while connection.get_mut().write_all(bytes).is_ok() {}
            Ok(())
        }
        ScriptStep::Drip(bytes, every) => {
            while connection.get_mut().write_all(bytes).is_ok() {
                pause(*every);
            }
            Err(broken())
        }
        ScriptStep::Pause(time) => {
            pause(*time);
            Ok(())
        }
        ScriptStep::UntilHangup(hung_up) => {
            connection.get_ref().set_read_timeout(Some(TIMEOUT))?;
            while matches!(connection.read(&mut [0; 1024]), Ok(1..)) {}
            hung_up.set();
            Err(broken())
        }
        ScriptStep::Reset => {
            connection.get_ref().shutdown(Shutdown::Both)?;
            Err(broken())
        }
    }
}
