//! The process beside the proxy: it serves the example pages, and prints their address once the proxy is ready.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::process::parent_id;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{io, thread};

use crate::error::{ErrorContext, TaskResult};
use crate::settings::{PAGES_PORT, RunSettings};
use crate::{env_file, pages, ports, print};

/// The hidden command that starts the sidecar.
pub(crate) const COMMAND: &str = "sidecar";

/// The wait before a hint: starting takes a second, indexing a large folder of documents longer.
const SLOW_START: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(100);
const READY_TIMEOUT: Duration = Duration::from_secs(5);

/// Starts the sidecar of this process.
pub(crate) fn spawn(settings: &RunSettings) -> TaskResult {
    let remedy = "Start the proxy by hand: cargo run -p porthole";
    let program = std::env::current_exe().context("find this program's own file", remedy)?;
    let mut sidecar = Command::new(program);
    sidecar
        .args([COMMAND, &settings.local_address()])
        .env(PAGES_PORT, settings.pages_port.to_string())
        .stdin(Stdio::null());
    sidecar.spawn().map(drop).context("start the server of the example pages", remedy)
}

/// Serves the example pages until the proxy, which is the parent process, has ended.
pub(crate) fn run(proxy: &str) -> TaskResult {
    // It changes when the parent ends.
    let parent = parent_id();
    let port = ports::parse(PAGES_PORT, &env_file::value_of(PAGES_PORT).unwrap_or_default())?;
    let listener = ports::bind("127.0.0.1", port, PAGES_PORT)?;
    let address = proxy.to_owned();
    thread::spawn(move || pages::serve(&listener, &address));
    if !wait_until_ready(proxy, parent) {
        return Ok(());
    }
    print::line(&format!(
        "\n  The chat is running.\n\n    a page to try it on   {}\n    the proxy itself      http://{proxy}/\n\n  Ctrl-C ends it.\n",
        pages::first(port)
    ));
    while parent == parent_id() {
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

/// Polls the proxy; `false` when it has ended, after an error message of its own.
fn wait_until_ready(proxy: &str, parent: u32) -> bool {
    let hint_at = Instant::now() + SLOW_START;
    let mut is_hinted = false;
    while !is_ready(proxy).unwrap_or(false) {
        if parent != parent_id() {
            return false;
        }
        if Instant::now() > hint_at && !is_hinted {
            is_hinted = true;
            print::step(&format!("Still waiting: http://{proxy}/health/ready says what the proxy waits for"));
        }
        thread::sleep(POLL_INTERVAL);
    }
    true
}

fn is_ready(proxy: &str) -> io::Result<bool> {
    let mut connection = TcpStream::connect(proxy)?;
    connection.set_read_timeout(Some(READY_TIMEOUT))?;
    write!(connection, "GET /health/ready HTTP/1.1\r\nHost: {proxy}\r\nConnection: close\r\n\r\n")?;
    let mut status = [0; 12];
    connection.read_exact(&mut status)?;
    Ok(status.ends_with(b" 200"))
}
