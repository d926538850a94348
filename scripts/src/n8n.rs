//! `cargo xtask n8n`: a real n8n behind the real proxy.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, OrFail, Outcome};
use crate::{process, project, say};

/// The n8n whose answers the tests know.
const N8N: &str = "2.41.1";
/// The Node.js that it wants; distributions often have an older one.
const NODE: &str = "24.21.0";
const DISK: &str = "Is the disk full?";
/// What keeps npm from running scripts that download, and from talking.
const INSTALL: [&str; 6] = [
    "install",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--omit=dev",
    "--loglevel=error",
];

/// Runs the conformance suite against a real n8n; `filters` choose cases by words in their names.
///
/// n8n is installed by npm, once, into the folder that `PORTHOLE_N8N` names, or into the user's cache.
pub(crate) fn test(filters: &[&str]) -> Outcome {
    let folder = folder()?;
    Installation::in_folder(&folder)?.complete()?;
    say::step("Building the proxy");
    let remedy = "The compiler's message above names the place.";
    process::run(&mut process::cargo(&["build", "--package", "porthole"]), remedy)?;
    say::step("Starting n8n (half a minute), and asking it everything");
    let suite = [
        "test",
        "--quiet",
        "--package",
        "porthole-tests",
        "--test",
        "n8n",
        "--",
    ];
    let mut suite = process::cargo(&[&suite, filters].concat());
    suite
        .env("PORTHOLE_N8N", &folder)
        .env("PORTHOLE_BIN", project::proxy("debug")?);
    process::run(
        &mut suite,
        "The table above says what each failed case got instead.",
    )
}

fn folder() -> Outcome<PathBuf> {
    if let Some(folder) = env::var_os("PORTHOLE_N8N") {
        return fs::canonicalize(folder).or_fail("use the folder in PORTHOLE_N8N", "Create it first.");
    }
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    let cache =
        cache.ok_or_else(|| Failure::new("no home folder is set", "Name a folder in PORTHOLE_N8N."))?;
    let folder = cache.join("porthole/n8n");
    fs::create_dir_all(&folder).or_fail("create the folder for n8n", "Name another one in PORTHOLE_N8N.")?;
    Ok(folder)
}

/// Node.js and n8n in a folder of their own.
struct Installation {
    node: PathBuf,
    n8n: PathBuf,
}

impl Installation {
    fn in_folder(folder: &Path) -> Outcome<Self> {
        let runtime = folder.join("runtime");
        let installation = Self {
            node: runtime.join("node24"),
            n8n: runtime.join("n8n"),
        };
        fs::create_dir_all(&installation.n8n)
            .or_fail("create the folder for n8n", "Name another one in PORTHOLE_N8N.")?;
        Ok(installation)
    }

    /// Installs what is missing; what is there is not asked for again.
    fn complete(&self) -> Outcome {
        if self.is_complete() {
            return Ok(());
        }
        needed("npm", "npm (`apt-get install -y npm`, or https://nodejs.org)")?;
        needed("tar", "tar")?;
        needed(
            "python3",
            "Python 3 (`apt-get install -y python3`): node-gyp is written in it",
        )?;
        needed(
            "c++",
            "a C++ compiler (`apt-get install -y build-essential`): n8n's database is compiled",
        )?;
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

    /// npm writes the second file when everything is in its place.
    fn has_n8n(&self) -> bool {
        let package = fs::read_to_string(self.n8n.join("node_modules/n8n/package.json")).unwrap_or_default();
        package.contains(&format!("\"version\": \"{N8N}\""))
            && self.n8n.join("node_modules/.package-lock.json").exists()
    }

    fn database(&self) -> PathBuf {
        self.n8n
            .join("node_modules/sqlite3/build/Release/node_sqlite3.node")
    }

    fn install_node(&self) -> Outcome {
        if self.has_node() {
            return Ok(());
        }
        let package = format!("node-{}@{NODE}", platform()?);
        say::step(&format!("Fetching Node.js ({package})"));
        let runtime = self.node.parent().unwrap_or(&self.node);
        let unpacked = runtime.join("package");
        let archive = format!("node-{}-{NODE}.tgz", platform()?);
        let remedy = "npm's message above says why. The registry must be within reach.";
        let mut pack = npm(runtime);
        pack.args(["pack", "--silent", &package]).stdout(Stdio::null());
        process::run(&mut pack, remedy)?;
        process::run(
            Command::new("tar").args(["xzf", &archive]).current_dir(runtime),
            DISK,
        )?;
        fs::remove_file(runtime.join(archive))
            .or_fail("remove the archive of Node.js", "Remove it by hand.")?;
        fs::rename(unpacked, &self.node)
            .or_fail("move Node.js into its place", "Remove the folder and try again.")
    }

    fn install_n8n(&self) -> Outcome {
        if self.has_n8n() {
            return Ok(());
        }
        say::step(&format!("Installing n8n {N8N}: 3 GB, some ten minutes, once"));
        // One of its scripts would download a binary; the override is what those scripts would have patched.
        let package = format!(
            r#"{{"name":"n8n-under-test","private":true,"version":"0.0.0","dependencies":{{"n8n":"{N8N}"}},"overrides":{{"linkedom":"0.18.12"}}}}"#
        );
        fs::write(self.n8n.join("package.json"), package).or_fail("write n8n's package.json", DISK)?;
        let remedy = "npm's message above says why; what is there already is kept.";
        process::run(self.with_node(npm(&self.n8n).args(INSTALL)), remedy)
    }

    fn compile_database(&self) -> Outcome {
        if self.database().exists() {
            return Ok(());
        }
        say::step("Compiling n8n's database");
        let (log, name) = self.log()?;
        // The node-gyp among n8n's own packages is too old for today's Python.
        let mut gyp = npm(&self.n8n.join("node_modules/sqlite3"));
        gyp.args([
            "exec",
            "--yes",
            "--package=node-gyp@11",
            "--",
            "node-gyp",
            "rebuild",
            "--silent",
        ])
        .arg(format!("--nodedir={}", self.node.display()))
        .stdout(log.try_clone().or_fail("write the compiler's log", DISK)?)
        .stderr(log);
        let remedy = format!("The compiler's log is {name}. A C++ compiler, make and Python 3 are needed.");
        process::run(self.with_node(&mut gyp), &remedy)
    }

    /// Where the compiler speaks, at length.
    fn log(&self) -> Outcome<(File, String)> {
        let path = self.n8n.join("sqlite3.log");
        let log = File::create(&path).or_fail("write the compiler's log", DISK)?;
        Ok((log, path.display().to_string()))
    }

    /// With our Node.js before any other.
    fn with_node<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.node.join("bin")).chain(env::split_paths(&path));
        // A folder with a colon in its name cannot stand there: then the machine's own Node.js is used.
        command.env("PATH", env::join_paths(folders).unwrap_or(path))
    }
}

fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    npm
}

/// The platform as Node.js names it.
fn platform() -> Outcome<&'static str> {
    match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, architecture) => Err(Failure::new(
            format!("no Node.js is known for {os} on {architecture}"),
            "Run this on Linux or macOS.",
        )),
    }
}

fn needed(program: &str, what: &str) -> Outcome {
    if process::works(program, "--version") {
        return Ok(());
    }
    Err(Failure::new(
        format!("`{program}` is missing, which installs n8n"),
        format!("Install {what}, and run this again. Nothing else of this repository needs it."),
    ))
}
