//! `cargo xtask run` and `cargo xtask build`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{io, thread};

use crate::failure::{Failure, OrFail, Outcome};
use crate::{env_file, pages, ports, process, project, say, widget};

/// The hidden command of the second process, see [`accompany`].
pub(crate) const COMPANION: &str = "accompany";

const BUILD_REMEDY: &str = "The compiler's message above names the place. A missing C compiler is installed on Debian \
                            by `apt-get install -y build-essential`, on macOS by `xcode-select --install`.";
/// Starting takes a second; a large folder of documents is indexed first.
const READY_WITHIN: Duration = Duration::from_mins(1);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Makes the release binary with the widget inside.
pub(crate) fn build_release() -> Outcome {
    widget::build()?;
    say::step("Building the proxy (release)");
    process::run(
        &mut process::cargo(&["build", "--release", "--package", "porthole"]),
        BUILD_REMEDY,
    )?;
    say::line(&project::proxy("release")?.display().to_string());
    Ok(())
}

/// Builds everything and becomes the proxy.
pub(crate) fn run() -> Outcome {
    let settings = Settings::read()?;
    drop(ports::listen(&settings.host, settings.port, "API_PORT")?);
    drop(ports::listen("127.0.0.1", settings.pages_port, "PAGES_PORT")?);
    env_file::write_once()?;
    widget::build()?;
    say::step("Building the proxy");
    process::run(
        &mut process::cargo(&["build", "--package", "porthole"]),
        BUILD_REMEDY,
    )?;
    say::step("Starting the proxy");
    let mut proxy = Command::new(project::proxy("debug")?);
    proxy.current_dir(project::root()).envs(settings.defaults());
    let companion = spawn_companion(&settings)?;
    become_proxy(proxy, companion)
}

struct Settings {
    host: String,
    port: u16,
    pages_port: u16,
}

impl Settings {
    fn read() -> Outcome<Self> {
        let port = |name: &str, default: u16| {
            env_file::value_of(name).map_or(Ok(default), |v| ports::parse(name, &v))
        };
        Ok(Self {
            host: env_file::value_of("API_HOST").unwrap_or_else(|| "127.0.0.1".into()),
            port: port("API_PORT", 8000)?,
            pages_port: port("PAGES_PORT", 8001)?,
        })
    }

    /// The address of the proxy as a browser on this machine writes it.
    fn local_host(&self) -> &str {
        if matches!(self.host.as_str(), "0.0.0.0" | "::" | "[::]") {
            "127.0.0.1"
        } else {
            &self.host
        }
    }

    /// What a fresh machine lacks: something that answers, and leave for the example pages to show the chat.
    fn defaults(&self) -> Vec<(&'static str, String)> {
        let mut defaults = Vec::new();
        let answers = ["N8N_WEBHOOK_URL", "OPENAI_BASE_URL", "DOCS_DIR", "SITES_FILE"];
        if answers.iter().all(|name| env_file::value_of(name).is_none()) {
            defaults.push(("DOCS_DIR", "examples/documents".to_owned()));
        }
        if env_file::value_of("ALLOWED_ORIGINS").is_none() {
            defaults.push(("ALLOWED_ORIGINS", pages::origin(self.pages_port)));
        }
        defaults
    }
}

/// This process becomes the proxy, so that whatever ends "xtask run" ends the proxy in its orderly way;
/// what goes on beside it, the companion does.
#[cfg(unix)]
fn become_proxy(mut proxy: Command, _companion: Child) -> Outcome {
    let error = std::os::unix::process::CommandExt::exec(&mut proxy);
    Err(Failure::new(
        format!("could not start the proxy: {error}"),
        "Build it again: cargo build -p porthole",
    ))
}

#[cfg(not(unix))]
fn become_proxy(mut proxy: Command, mut companion: Child) -> Outcome {
    let ended = process::run(&mut proxy, "The proxy's message above says why it ended.");
    companion
        .kill()
        .or_fail("end the server of the example pages", "End `xtask` by hand.")?;
    ended
}

fn spawn_companion(settings: &Settings) -> Outcome<Child> {
    let remedy = "Start the proxy by hand: cargo run -p porthole";
    let program = std::env::current_exe().or_fail("find this program's own file", remedy)?;
    let proxy = format!("{}:{}", settings.local_host(), settings.port);
    let mut companion = Command::new(program);
    companion
        .args([COMPANION, &proxy])
        .env("PAGES_PORT", settings.pages_port.to_string())
        .stdin(Stdio::null());
    companion
        .spawn()
        .or_fail("start the server of the example pages", remedy)
}

/// Runs beside the proxy: waits until it is ready, serves the example pages, ends when the proxy does.
pub(crate) fn accompany(proxy: &str) -> Outcome {
    let port = ports::parse(
        "PAGES_PORT",
        &env_file::value_of("PAGES_PORT").unwrap_or_default(),
    )?;
    let listener = ports::listen("127.0.0.1", port, "PAGES_PORT")?;
    let parent = parent();
    let address = proxy.to_owned();
    thread::spawn(move || pages::serve(&listener, &address));
    if !is_ready_in_time(proxy, parent) {
        return Ok(());
    }
    say::line(&format!(
        "\n  The chat is running.\n\n    a page to try it on   {}\n    the proxy itself      http://{proxy}/\n\n  Ctrl-C ends it.\n",
        pages::first(port)
    ));
    while parent == self::parent() {
        thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

/// Waits for the proxy; false when it has ended, which it has explained itself.
fn is_ready_in_time(proxy: &str, parent: u32) -> bool {
    let deadline = Instant::now() + READY_WITHIN;
    let mut is_late = false;
    while !answers_ready(proxy).unwrap_or(false) {
        if parent != self::parent() {
            return false;
        }
        if Instant::now() > deadline && !is_late {
            is_late = true;
            say::step(
                "Still waiting: http://PROXY/health/ready says what the proxy waits for"
                    .replace("PROXY", proxy)
                    .as_str(),
            );
        }
        thread::sleep(LOOK_AGAIN);
    }
    true
}

fn answers_ready(proxy: &str) -> io::Result<bool> {
    let mut connection = TcpStream::connect(proxy)?;
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        connection,
        "GET /health/ready HTTP/1.1\r\nHost: {proxy}\r\nConnection: close\r\n\r\n"
    )?;
    let mut status = [0; 12];
    connection.read_exact(&mut status)?;
    Ok(status.ends_with(b" 200"))
}

#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent() -> u32 {
    0
}
