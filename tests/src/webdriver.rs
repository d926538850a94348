//! The `WebDriver` protocol, as far as it is needed: JSON over one HTTP connection for each command.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

/// The key under which `WebDriver` names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How often a browser may be started for one test.
const BROWSER_STARTS: usize = 3;

/// A running `chromedriver` with one session.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    port: u16,
    session: String,
}

/// What `chromedriver` answered instead of a value: its error's name and message.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) String);

impl Driver {
    /// Starts a driver and a browser with these capabilities.
    ///
    /// On a loaded machine a browser is now and then not up in the time that the driver gives it. That says nothing
    /// about what is tested, so a few are started before it is a failure.
    pub(crate) fn start(capabilities: &Value) -> Self {
        let mut refusals = Vec::new();
        for _ in 0..BROWSER_STARTS {
            match Self::try_start(capabilities) {
                Ok(driver) => return driver,
                Err(refused) => refusals.push(refused),
            }
        }
        panic!("no browser: {refusals:?}")
    }

    fn try_start(capabilities: &Value) -> Result<Self, Refused> {
        let mut command = Command::new("chromedriver");
        command
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("chromedriver does not start ({error}): `cargo xtask test` installs it or says what to install")
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let port = lines.find_map(|line| {
            line.split("successfully on port ")
                .nth(1)?
                .trim_end_matches('.')
                .parse()
                .ok()
        });
        thread::spawn(move || lines.for_each(drop));
        let mut driver = Self {
            child,
            port: port.expect("chromedriver names its port"),
            session: String::new(),
        };
        let wanted = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let opened = driver.call("POST", "/session", &wanted)?;
        driver.session = format!("/session/{}", opened["sessionId"].as_str().unwrap());
        Ok(driver)
    }

    /// A command of the session with a body.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        self.call("POST", &format!("{}{path}", self.session), body)
    }

    /// A command of the session without a body.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Refused> {
        self.call("GET", &format!("{}{path}", self.session), &Value::Null)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            connection,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = read_answer(connection);
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(error) => Err(Refused(format!("{method} {path}: {error}: {}", value["message"]))),
            None => Ok(value),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Without this the browser outlives its driver.
        self.call("DELETE", &self.session, &Value::Null).ok();
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// An element as an argument or result of a command.
pub(crate) fn element(id: &str) -> Value {
    json!({ ELEMENT: id })
}

/// The id of an element in a result; `None` when the result is no element.
pub(crate) fn element_id(value: &Value) -> Option<String> {
    value[ELEMENT].as_str().map(str::to_owned)
}

fn read_answer(connection: TcpStream) -> Value {
    let mut reader = BufReader::new(connection);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap();
            }
            Some(_) => {}
            None if line.starts_with("HTTP/") => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    serde_json::from_slice(&body).unwrap()
}
