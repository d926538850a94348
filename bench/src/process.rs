//! Child processes: each on its core, ended when dropped.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::error::{Attempt, BenchResult};

/// The words before the address that a server of ours prints once it accepts connections.
pub(crate) const LISTENING: &str = "listening on http://";

/// A process that serves until it is dropped.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    address: String,
}

impl ServerProcess {
    /// Starts a program that prints its address, and waits for that line; stderr goes into `log`.
    pub(crate) fn start(command: Command, log: &Path) -> BenchResult<Self> {
        let mut server = Self::start_at(command, "", log)?;
        let mut output = BufReader::new(server.child.stdout.take().attempt("read the output of a child")?);
        let mut line = String::new();
        while server.address.is_empty() {
            line.clear();
            if output.read_line(&mut line).attempt("read the output of a child")? == 0 {
                let log = fs::read_to_string(log).unwrap_or_default();
                return Err(format!("a server ended before it listened:\n{log}").into());
            }
            if let Some((_, address)) = line.trim_end().split_once(LISTENING) {
                address.clone_into(&mut server.address);
            }
        }
        // A full pipe would make it wait for a reader.
        thread::spawn(move || output.read_to_end(&mut Vec::new()));
        Ok(server)
    }

    /// Starts a program that will listen on an address that it was told.
    pub(crate) fn start_at(mut command: Command, address: &str, log: &Path) -> BenchResult<Self> {
        let file = File::create(log).attempt("make a file for a log")?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        let child = command.spawn().attempt(&format!("start {command:?}"))?;
        Ok(Self { child, address: address.to_owned() })
    }

    /// Its address, such as `127.0.0.1:41234`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to shut down, and waits until it has.
    pub(crate) fn shut_down(mut self) -> BenchResult {
        let process = self.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &process]).status().attempt("ask a server to end")?;
        let ended = self.child.wait().attempt("wait for the end of a server")?;
        if asked.success() && ended.success() { Ok(()) } else { Err("a server did not shut down".into()) }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // One that has ended by itself needs no end.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
