//! The `WebDriver` protocol, as far as it is needed: JSON over one HTTP connection for each command.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

/// The key under which `WebDriver` names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Attempts to start a browser for one test.
const MAX_STARTS: usize = 3;

/// A running `chromedriver` with one session.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    port: u16,
    session: String,
    browser: u64,
}

/// A command that failed: its path, and the name and message of the error.
#[derive(Debug)]
pub(crate) struct CommandError(pub(crate) String);

impl Driver {
    /// Starts a driver and a browser with these capabilities.
    pub(crate) fn start(capabilities: &Value) -> Self {
        Self::start_program(OsStr::new("chromedriver"), capabilities)
    }

    /// Starts a program as the driver, again where it fails.
    ///
    /// On a loaded machine a driver now and then dies before it listens, or a browser is not up in the time that the
    /// driver gives it. That says nothing about what is tested.
    fn start_program(program: &OsStr, capabilities: &Value) -> Self {
        let mut errors = Vec::new();
        for _ in 0..MAX_STARTS {
            match Self::try_start(program, capabilities) {
                Ok(driver) => return driver,
                Err(error) => errors.push(error),
            }
        }
        panic!("no browser: {errors:?}")
    }

    fn try_start(program: &OsStr, capabilities: &Value) -> Result<Self, CommandError> {
        let mut command = Command::new(program);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("chromedriver does not start ({error}): `cargo xtask test` installs it or says what to install")
        });
        let Some(port) = read_port(child.stdout.take().unwrap()) else {
            child.kill().ok();
            let status = child.wait();
            return Err(CommandError(format!("the driver ended before it named its port: {status:?}")));
        };
        let mut driver = Self { child, port, session: String::new(), browser: 0 };
        let wanted = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let opened = driver.call("POST", "/session", &wanted)?;
        driver.session = format!("/session/{}", opened["sessionId"].as_str().unwrap());
        driver.browser = opened["capabilities"]["goog:processID"].as_u64().unwrap();
        Ok(driver)
    }

    /// The process of the browser.
    pub(crate) const fn browser(&self) -> u64 {
        self.browser
    }

    /// Ends the session and the driver; without the first the browser outlives its driver.
    pub(crate) fn end(&mut self) {
        self.call("DELETE", &self.session, &Value::Null).ok();
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// A command of the session with a body.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, CommandError> {
        self.call("POST", &format!("{}{path}", self.session), body)
    }

    /// A command of the session without a body.
    pub(crate) fn get(&self, path: &str) -> Result<Value, CommandError> {
        self.call("GET", &format!("{}{path}", self.session), &Value::Null)
    }

    /// A command of the session that ends something.
    pub(crate) fn delete(&self, path: &str) -> Result<Value, CommandError> {
        self.call("DELETE", &format!("{}{path}", self.session), &Value::Null)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, CommandError> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let connected = TcpStream::connect(("127.0.0.1", self.port));
        let mut connection = connected.map_err(|error| CommandError(format!("{method} {path}: {error}")))?;
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
            Some(error) => Err(CommandError(format!("{method} {path}: {error}: {}", value["message"]))),
            None => Ok(value),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.end();
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

/// Reads the port from a driver's output, and goes on reading, so that the driver never waits for a reader.
fn read_port(output: ChildStdout) -> Option<u16> {
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let (_, after) = line.split_once("successfully on port ")?;
        after.trim_end_matches('.').parse().ok()
    });
    thread::spawn(move || lines.for_each(drop));
    port
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

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::net::TcpListener;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::http;

    #[test]
    fn a_driver_that_dies_before_it_names_its_port_is_started_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("driver");
        let script = format!(
            "#!/bin/sh\ncd {}\nif ! [ -e died ]; then touch died; echo no port; exit 1; fi\n\
             echo 'The driver was started successfully on port {port}.'\n",
            folder.path().display()
        );
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        let answers = thread::spawn(move || {
            let paths = listener.incoming().take(2).map(|connection| answer(connection.unwrap()));
            paths.collect::<Vec<String>>()
        });
        drop(Driver::start_program(program.as_os_str(), &json!({})));
        assert!(folder.path().join("died").exists());
        assert_eq!(answers.join().unwrap(), ["POST /session", "DELETE /session/one"]);
    }

    /// Opens a session named `one`, whatever is asked, and returns the request line.
    fn answer(connection: TcpStream) -> String {
        let mut reader = BufReader::new(connection);
        let request = http::read(&mut reader).unwrap().unwrap();
        let body = r#"{"value":{"sessionId":"one","capabilities":{"goog:processID":7}}}"#;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        write!(reader.into_inner(), "{head}{body}").unwrap();
        format!("{} {}", request.method, request.target)
    }
}
