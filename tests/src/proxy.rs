//! The real binary, as a process of its own.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;

use tempfile::TempDir;

use crate::wait::{Watched, until};
use crate::{binary, tree};

/// The words before the address that the proxy prints once it accepts connections.
const LISTENING: &str = "porthole listening on ";

/// The key for session tokens in tests.
pub const JWT_SECRET_KEY: &str = "test-only-key-for-session-tokens-0123456789";
/// The key for workflow tokens in tests.
pub const SESSION_SECRET_KEY: &str = "test-only-key-for-workflow-tokens-9876543210";

/// The key for signed transcripts in tests, made by `openssl ecparam -name prime256v1 -genkey -noout`.
pub const EXPORT_SIGNING_KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgULeEYjm8Smb15d5I\n\
    Q5lChmNiAckup5ftWZTx9/Mg4M2hRANCAASAN1uSQx/S8twHWIVm51qSVDkxqHFV\n\
    d0aDr/MyZh4i53UQiPXVjKif6pikbh0cWoWjcpn2ewBx0+EpckgldQQD\n\
    -----END PRIVATE KEY-----";

/// A running proxy in a folder of its own; dropping it ends it.
#[derive(Debug)]
pub struct Proxy {
    child: Child,
    address: String,
    log: Arc<Watched<Vec<String>>>,
    _folder: TempDir,
}

/// A process as the system sees it.
#[derive(Clone, Copy, Debug)]
pub struct Process(u32);

impl Process {
    /// The memory of its own that it holds, in bytes; pages of the binary itself come and go and are not counted.
    pub fn memory(self) -> usize {
        let status = self.read_proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kib: usize = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap();
        kib * 1024
    }

    /// The number of sockets, files and pipes that it holds open.
    ///
    /// Each counts once, and what a worker waits on does not count: workers start after the first is listening, and
    /// bring an epoll and copies of the listener with them, whenever that is.
    pub fn descriptors(self) -> usize {
        let folder = format!("/proc/{}/fd", self.0);
        let targets = std::fs::read_dir(folder)
            .unwrap()
            // A descriptor that was closed since it was listed leads nowhere.
            .filter_map(|entry| entry.unwrap().path().read_link().ok())
            .filter(|target| !target.to_string_lossy().starts_with("anon_inode:"));
        targets.collect::<BTreeSet<_>>().len()
    }

    fn read_proc(self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.0)).unwrap()
    }
}

/// A process that has ended.
#[derive(Debug)]
pub struct Exit {
    /// Its exit status.
    pub status: ExitStatus,
    /// Everything that it printed.
    pub output: String,
}

impl Proxy {
    /// Starts a proxy in development with these settings, and waits until it listens.
    ///
    /// Nothing of the test's own environment reaches it; a setting with an empty value is not set.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let command = command(&["serve"], settings, folder.path());
        Self::spawn(command, folder)
    }

    /// Starts a proxy that may open so many descriptors.
    pub fn with_descriptors(descriptors: usize, settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut shell = Command::new("/bin/sh");
        let limited = format!("ulimit -n {descriptors} && exec \"$0\" serve");
        shell.args(["-c", &limited]).arg(binary::proxy());
        Self::spawn(configured(shell, settings, folder.path()), folder)
    }

    fn spawn(mut command: Command, folder: TempDir) -> Self {
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Watched::default());
        let stdout = child.stdout.take().unwrap();
        let stderr = child.stderr.take().unwrap();
        capture(stdout, Arc::clone(&log));
        capture(stderr, Arc::clone(&log));
        let mut proxy = Self { child, address: String::new(), log, _folder: folder };
        proxy.address = until("the proxy to listen", || {
            let ended = proxy.child.try_wait().unwrap();
            assert!(ended.is_none(), "the proxy ended ({ended:?}):\n{}", proxy.log());
            proxy.log.read(|lines| {
                lines
                    .iter()
                    .find_map(|line| line.strip_prefix(LISTENING))
                    .map(|address| address.trim().to_owned())
            })
        });
        proxy
    }

    /// Starts a proxy that answers from the repository's example documents.
    pub fn with_documents(settings: &[(&str, &str)]) -> Self {
        let documents = tree::root().join("examples/documents");
        let documents = documents.to_str().unwrap();
        Self::start(&[&[("DOCS_DIR", documents)], settings].concat())
    }

    /// Its origin, such as `http://127.0.0.1:41234`.
    pub fn origin(&self) -> &str {
        &self.address
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Everything that it has printed so far.
    pub fn log(&self) -> String {
        self.log.read(|lines| lines.join("\n"))
    }

    /// Waits for a line of its log that holds the text.
    pub fn wait_for_log(&self, text: &str) -> String {
        let line = self.log.find(|lines| lines.iter().find(|line| line.contains(text)).cloned());
        line.unwrap_or_else(|| panic!("no line of the log holds {text:?}:\n{}", self.log()))
    }

    /// Asks it to end in an orderly way (SIGTERM), without waiting.
    pub fn ask_to_end(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal, named as `kill` names it.
    pub fn signal(&self, name: &str) {
        let status =
            Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status().unwrap();
        assert!(status.success(), "kill failed");
    }

    /// Returns its process, for measuring while the proxy is used elsewhere.
    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// Waits until it has ended by itself.
    pub fn wait_for_end(&mut self) -> ExitStatus {
        until("the proxy to end", || self.child.try_wait().unwrap())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if thread::panicking() {
            eprintln!("--- the proxy's log ---\n{}", self.log());
        }
    }
}

/// Starts a proxy that must refuse these settings, and waits for its end.
pub fn refusal(settings: &[(&str, &str)]) -> Exit {
    let run = run(&["serve"], settings);
    assert!(!run.status.success(), "the proxy did not refuse:\n{}", run.output);
    run
}

/// Runs a subcommand to its end.
pub fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Exit {
    let folder = TempDir::new().unwrap();
    let mut child = command(arguments, settings, folder.path()).spawn().unwrap();
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let errors = thread::spawn(move || read_all(&mut stderr));
    let status = {
        let output = thread::spawn(move || read_all(&mut stdout));
        let status = until("the command to end", || child.try_wait().unwrap());
        (status, output.join().unwrap())
    };
    Exit { status: status.0, output: status.1 + &errors.join().unwrap() }
}

fn read_all(from: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn command(arguments: &[&str], settings: &[(&str, &str)], folder: &Path) -> Command {
    let mut command = Command::new(binary::proxy());
    command.args(arguments);
    configured(command, settings, folder)
}

fn configured(mut command: Command, settings: &[(&str, &str)], folder: &Path) -> Command {
    let defaults = [
        ("DEBUG", "true"),
        ("API_HOST", "127.0.0.1"),
        ("API_PORT", "0"),
        ("JWT_SECRET_KEY", JWT_SECRET_KEY),
        ("SESSION_SECRET_KEY", SESSION_SECRET_KEY),
    ];
    command.current_dir(folder).env_clear();
    for &(name, value) in defaults.iter().chain(settings) {
        if value.is_empty() {
            command.env_remove(name)
        } else {
            command.env(name, value)
        };
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn capture(from: impl Read + Send + 'static, log: Arc<Watched<Vec<String>>>) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            log.change(|lines| lines.push(line));
        }
    });
}
