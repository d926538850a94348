//! Chromium, told what to do by its debugging protocol: JSON over two pipes, each message ended by a NUL.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::error::{Attempt, BenchResult};

/// The names that Chromium has on different systems, in the order of preference.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The advice where there is none.
pub(super) const REMEDY: &str = "the widget is measured in Chromium: install Chromium or Chrome, on the PATH (on \
                                 Debian, as root: apt-get update && apt-get install -y chromium)";

/// Flags for a browser without a screen, as root, in a container, without background traffic.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--lang=en",
    "--window-size=1280,900",
];

/// Gives a browser its pipes by the numbers that it expects.
const WITH_PIPES: &str = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";

/// The time that an answer or an event may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The name of a connection to one document and those of its process; empty for the browser itself.
pub(super) type DocumentHandle = String;

/// A command of the protocol and its parameters.
pub(super) type Instruction = (&'static str, Value);

/// A browser with a profile of its own; dropping it ends it.
#[derive(Debug)]
pub(super) struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
    /// The commands that each new document's session receives before the document runs.
    preparation: Vec<Instruction>,
    events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Tells if there is a browser on the PATH.
    pub(super) fn is_installed() -> bool {
        program().is_some()
    }

    /// Starts a browser that halts each new document until it is prepared.
    pub(super) fn start() -> BenchResult<Self> {
        let profile = tempfile::tempdir().attempt("make a folder for a browser's profile")?;
        let mut command = Command::new("sh");
        command.args(["-c", WITH_PIPES, program().attempt("find Chromium")?]).args(FLAGS);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().attempt("start Chromium")?;
        let input = child.stdin.take().attempt("write to Chromium")?;
        let messages = read(child.stdout.take().attempt("read from Chromium")?);
        let (preparation, events) = (Vec::new(), Vec::new());
        let mut browser = Self { child, input, messages, last_id: 0, preparation, events, _profile: profile };
        browser.call("", "Target.setAutoAttach", &auto_attach())?;
        Ok(browser)
    }

    /// Sets the commands for documents to come.
    pub(super) fn prepare(&mut self, preparation: Vec<Instruction>) {
        self.preparation = preparation;
        self.forget_events();
    }

    /// Forgets the events so far.
    pub(super) fn forget_events(&mut self) {
        self.events.clear();
    }

    /// Sends a command and waits for its answer.
    pub(super) fn call(&mut self, session: &str, method: &str, parameters: &Value) -> BenchResult<Value> {
        let id = self.send(session, method, parameters)?;
        let mut answer = self.wait_until(method, |message| message["id"] == id)?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error}").into()),
            None => Ok(answer["result"].take()),
        }
    }

    /// Waits for an event, also one that has come and was not forgotten.
    pub(super) fn event(&mut self, is_it: impl Fn(&Value) -> bool) -> BenchResult<Value> {
        match self.events.iter().find(|event| is_it(event)) {
            Some(event) => Ok(event.clone()),
            None => self.wait_until("an event", is_it),
        }
    }

    /// Lets time pass, and the browser go on.
    pub(super) fn rest(&mut self, time: Duration) -> BenchResult {
        let end = Instant::now() + time;
        while self.next(end)?.is_some() {}
        Ok(())
    }

    /// The events that were not forgotten.
    pub(super) fn events(&self) -> &[Value] {
        &self.events
    }

    fn wait_until(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> BenchResult<Value> {
        let end = Instant::now() + PATIENCE;
        while let Some(message) = self.next(end)? {
            if is_it(&message) {
                return Ok(message);
            }
        }
        Err(format!("Chromium took more than {} s for {what}", PATIENCE.as_secs()).into())
    }

    /// Returns the next message, having kept events and let new documents run; `None` once it is too late.
    fn next(&mut self, end: Instant) -> BenchResult<Option<Value>> {
        let left = end.saturating_duration_since(Instant::now());
        let message = match self.messages.recv_timeout(left) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => return Ok(None),
            Err(RecvTimeoutError::Disconnected) => return Err("Chromium has ended".into()),
        };
        if message["method"] == "Target.attachedToTarget" {
            let session = message["params"]["sessionId"].as_str().unwrap_or_default().to_owned();
            self.send(&session, "Target.setAutoAttach", &auto_attach())?;
            for (method, parameters) in self.preparation.clone() {
                self.send(&session, method, &parameters)?;
            }
            self.send(&session, "Runtime.runIfWaitingForDebugger", &json!({}))?;
        }
        if message.get("method").is_some() {
            self.events.push(message.clone());
        }
        Ok(Some(message))
    }

    fn send(&mut self, session: &str, method: &str, parameters: &Value) -> BenchResult<u64> {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": parameters });
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        self.input.write_all(format!("{message}\0").as_bytes()).attempt("write to Chromium")?;
        Ok(self.last_id)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // One that has ended by itself needs no end.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn auto_attach() -> Value {
    let filter = json!([{ "type": "page" }, { "type": "iframe" }]);
    json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": filter })
}

fn program() -> Option<&'static str> {
    NAMES.iter().copied().find(|name| {
        let mut command = Command::new(name);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}

/// Reads messages on a thread of its own, so that the browser never waits for a reader.
fn read(output: ChildStdout) -> Receiver<Value> {
    let (sender, messages) = mpsc::channel();
    thread::spawn(move || {
        for message in BufReader::new(output).split(0).map_while(Result::ok) {
            let Ok(message) = serde_json::from_slice(&message) else { continue };
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    messages
}
