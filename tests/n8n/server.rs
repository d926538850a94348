//! n8n as a process of its own, in a folder of its own, which ends with it.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use porthole_tests::wait::{until, until_within};
use tempfile::TempDir;

/// The timeout for making n8n's database and starting it.
const STARTED_WITHIN: Duration = Duration::from_mins(5);

/// The settings that keep n8n on this machine, small, and silent towards its makers.
const SETTINGS: [(&str, &str); 20] = [
    ("DB_TYPE", "sqlite"),
    ("EXECUTIONS_MODE", "regular"),
    ("GENERIC_TIMEZONE", "UTC"),
    ("N8N_AI_ENABLED", "false"),
    ("N8N_COMMUNITY_PACKAGES_ENABLED", "false"),
    ("N8N_DIAGNOSTICS_ENABLED", "false"),
    ("N8N_DISABLED_MODULES", "mcp-registry"),
    ("N8N_DISABLE_UI", "true"),
    ("N8N_ENCRYPTION_KEY", "only-for-tests-0123456789abcdef"),
    ("N8N_HIRING_BANNER_ENABLED", "false"),
    ("N8N_HOST", "127.0.0.1"),
    ("N8N_LICENSE_AUTO_RENEW_ENABLED", "false"),
    ("N8N_LISTEN_ADDRESS", "127.0.0.1"),
    ("N8N_PERSONALIZATION_ENABLED", "false"),
    ("N8N_PROXY_HOPS", "0"),
    ("N8N_RUNNERS_ENABLED", "true"),
    ("N8N_SECURE_COOKIE", "false"),
    ("N8N_TEMPLATES_ENABLED", "false"),
    ("N8N_VERSION_NOTIFICATIONS_ENABLED", "false"),
    ("NODE_ENV", "production"),
];

/// A running n8n; dropping it ends it with everything that it started.
#[derive(Debug)]
pub(crate) struct N8n {
    child: Child,
    address: String,
    folder: TempDir,
}

impl N8n {
    /// Starts the n8n that is installed in `installed`, and waits until it answers.
    pub(crate) fn start(installed: &Path) -> Self {
        let folder = TempDir::new().unwrap();
        let (port, broker) = (free_port(), free_port());
        let log = File::create(folder.path().join("log")).unwrap();
        let node = installed.join("runtime/node24/bin");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut n8n = Command::new("node");
        n8n.arg(installed.join("runtime/n8n/node_modules/n8n/bin/n8n"))
            .arg("start")
            .env_clear()
            .envs(SETTINGS)
            .env("PATH", format!("{}:{path}", node.display()))
            .env("HOME", folder.path())
            .env("N8N_USER_FOLDER", folder.path())
            .env("N8N_PORT", port.to_string())
            .env("N8N_RUNNERS_BROKER_PORT", broker.to_string())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let mut n8n = Self { child: n8n.spawn().unwrap(), address: format!("127.0.0.1:{port}"), folder };
        n8n.wait();
        n8n
    }

    /// Its origin.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    fn wait(&mut self) {
        let what = format!("n8n to start, whose log is {}", self.folder.path().join("log").display());
        until_within(STARTED_WITHIN, &what, || {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "n8n ended ({ended:?}):\n{}", self.log());
            self.answers().then_some(())
        });
    }

    /// Returns `true` once its database is made and it takes calls.
    fn answers(&self) -> bool {
        let ask = || -> std::io::Result<String> {
            let mut connection = TcpStream::connect(&self.address)?;
            connection.set_read_timeout(Some(Duration::from_secs(10)))?;
            let host = &self.address;
            write!(
                connection,
                "GET /healthz/readiness HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            )?;
            let (mut answer, mut piece) = (Vec::new(), [0; 1024]);
            // It may keep the connection, so there is no end to read to.
            while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
                match connection.read(&mut piece)? {
                    0 => break,
                    read => answer.extend(&piece[..read]),
                }
            }
            Ok(String::from_utf8_lossy(&answer).into_owned())
        };
        ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for N8n {
    fn drop(&mut self) {
        // Asked in an orderly way it ends the runner of its Code nodes as well.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if asked.is_ok_and(|status| status.success()) && !std::thread::panicking() {
            until("n8n to end", || self.child.try_wait().unwrap());
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
