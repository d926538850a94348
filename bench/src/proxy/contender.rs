//! The servers that a workload runs against: ours, and the floors beside it.

use std::path::{Path, PathBuf};

use super::{nginx, porthole};
use crate::cores::Core;
use crate::error::{Attempt, BenchResult};
use crate::process::ServerProcess;
use crate::scenario::Scenario;

/// A server under measure, in the order of the rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Contender {
    /// Plain nginx.
    Nginx,
    /// Our own bare proxy on hyper.
    PassThrough,
    /// The release binary.
    Porthole,
}

impl Contender {
    /// Tells if it can run here; the program of nginx may be missing.
    pub(super) fn is_installed(self) -> bool {
        self != Self::Nginx || nginx::program().is_some()
    }

    /// The first word of its measures' names.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::PassThrough => "pass_through",
            Self::Porthole => "proxy",
        }
    }

    /// Starts it in front of an upstream, its files in `folder`.
    pub(super) fn start(
        self,
        binary: &Path,
        folder: &Path,
        upstream: &str,
        scenario: Scenario,
    ) -> BenchResult<ServerProcess> {
        match self {
            Self::Nginx => {
                let program = nginx::program().attempt("find nginx")?;
                nginx::start(program, folder, upstream)
            }
            Self::PassThrough => {
                let mut command = Core::Server.command(own_program()?);
                command.args(["pass-through", upstream]);
                ServerProcess::start(command, &folder.join("pass-through.log"))
            }
            Self::Porthole => {
                let webhook = format!("http://{upstream}{}", scenario.path());
                porthole::start(binary, folder, &[("N8N_WEBHOOK_URL", &webhook)])
            }
        }
    }
}

/// Starts the scripted upstream.
pub(super) fn start_upstream(folder: &Path) -> BenchResult<ServerProcess> {
    let mut command = Core::Load.command(own_program()?);
    command.arg("upstream");
    ServerProcess::start(command, &folder.join("upstream.log"))
}

/// Returns the path of this program, which plays each role.
pub(super) fn own_program() -> BenchResult<PathBuf> {
    std::env::current_exe().attempt("find this program's own file")
}
