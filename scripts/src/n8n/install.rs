//! Installation of Node.js and n8n, by npm, in a folder of their own.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{ErrorContext, TaskError, TaskResult};
use crate::{npm, print, process};

/// The version whose answers the tests expect.
const N8N: &str = "2.41.1";
/// The version of Node.js that it requires; distributions often have an older one.
const NODE: &str = "24.21.0";
const DISK: &str = "Is the disk full?";

/// Arguments of npm that build a native module; the node-gyp among n8n's own packages is too old for today's Python.
const NODE_GYP: [&str; 7] =
    ["exec", "--yes", "--package=node-gyp@11", "--", "node-gyp", "rebuild", "--silent"];
/// The programs that install n8n, each with the hint where to get it.
const REQUIRED: [(&str, &str); 4] = [
    npm::NPM,
    ("tar", "tar"),
    ("python3", "Python 3 (`apt-get install -y python3`): node-gyp is written in it"),
    ("c++", "a C++ compiler (`apt-get install -y build-essential`): n8n's database is compiled"),
];

/// Installs whatever of Node.js and n8n is missing in a folder.
pub(super) fn install(folder: &Path) -> TaskResult {
    let runtime = folder.join("runtime");
    let installation = Installation { node: runtime.join("node24"), n8n: runtime.join("n8n") };
    fs::create_dir_all(&installation.n8n)
        .context("create the folder for n8n", "Name another one in PORTHOLE_N8N.")?;
    installation.complete()
}

/// The folders of Node.js and n8n.
struct Installation {
    node: PathBuf,
    n8n: PathBuf,
}

impl Installation {
    fn complete(&self) -> TaskResult {
        if self.is_complete() {
            return Ok(());
        }
        REQUIRED.into_iter().try_for_each(npm::require)?;
        self.install_node()?;
        self.install_n8n()?;
        self.compile_database()
    }

    fn is_complete(&self) -> bool {
        self.has_node() && self.has_n8n() && self.database().exists()
    }

    fn has_node(&self) -> bool {
        self.node.join("bin/node").exists()
    }

    /// Returns `true` for a complete installation: npm writes the second file last.
    fn has_n8n(&self) -> bool {
        let package = fs::read_to_string(self.n8n.join("node_modules/n8n/package.json")).unwrap_or_default();
        package.contains(&format!("\"version\": \"{N8N}\""))
            && self.n8n.join("node_modules/.package-lock.json").exists()
    }

    fn database(&self) -> PathBuf {
        self.n8n.join("node_modules/sqlite3/build/Release/node_sqlite3.node")
    }

    fn install_node(&self) -> TaskResult {
        if self.has_node() {
            return Ok(());
        }
        let package = format!("node-{}", platform()?);
        print::step(&format!("Fetching Node.js ({package}@{NODE})"));
        let runtime = self.node.parent().unwrap_or(&self.node);
        let mut pack = npm::command(runtime);
        pack.args(["pack", "--silent", &format!("{package}@{NODE}")]).stdout(Stdio::null());
        process::run(&mut pack, "npm's message above says why. The registry must be within reach.")?;
        self.unpack_node(runtime, &format!("{package}-{NODE}.tgz"))
    }

    fn unpack_node(&self, runtime: &Path, archive: &str) -> TaskResult {
        let mut tar = Command::new("tar");
        process::run(tar.args(["xzf", archive]).current_dir(runtime), DISK)?;
        fs::remove_file(runtime.join(archive))
            .context("remove the archive of Node.js", "Remove it by hand.")?;
        fs::rename(runtime.join("package"), &self.node)
            .context("move Node.js into its place", "Remove the folder and try again.")
    }

    fn install_n8n(&self) -> TaskResult {
        if self.has_n8n() {
            return Ok(());
        }
        print::step(&format!("Installing n8n {N8N}: 3 GB, some ten minutes, once"));
        // One of its scripts would download a binary; the override is what those scripts would have patched.
        let package = format!(
            r#"{{"name":"n8n-under-test","private":true,"version":"0.0.0","dependencies":{{"n8n":"{N8N}"}},"overrides":{{"linkedom":"0.18.12"}}}}"#
        );
        fs::write(self.n8n.join("package.json"), package).context("write n8n's package.json", DISK)?;
        let remedy = "npm's message above says why; what is there already is kept.";
        process::run(self.with_node(npm::command(&self.n8n).args(npm::INSTALL)), remedy)
    }

    fn compile_database(&self) -> TaskResult {
        if self.database().exists() {
            return Ok(());
        }
        print::step("Compiling n8n's database");
        let path = self.n8n.join("sqlite3.log");
        let log = File::create(&path).context("write the compiler's log", DISK)?;
        let mut gyp = npm::command(&self.n8n.join("node_modules/sqlite3"));
        gyp.args(NODE_GYP)
            .arg(format!("--nodedir={}", self.node.display()))
            .stdout(log.try_clone().context("write the compiler's log", DISK)?)
            .stderr(log);
        let remedy = format!(
            "The compiler's log is {}. A C++ compiler, make and Python 3 are needed.",
            path.display()
        );
        process::run(self.with_node(&mut gyp), &remedy)
    }

    /// Puts the installed Node.js first on the `PATH`.
    fn with_node<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.node.join("bin")).chain(env::split_paths(&path));
        // A folder with a colon in its name cannot be on the `PATH`: then the machine's own Node.js is used.
        command.env("PATH", env::join_paths(folders).unwrap_or(path))
    }
}

/// Returns Node.js's name of this platform.
fn platform() -> TaskResult<&'static str> {
    match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, architecture) => Err(TaskError::new(
            format!("no Node.js is known for {os} on {architecture}"),
            "Run this on Linux or macOS.",
        )),
    }
}
