//! The release binary with its default settings, but that no limit refuses the one address of the load.

use std::path::Path;

use crate::cores::Core;
use crate::error::BenchResult;
use crate::load::ORIGIN;
use crate::process::ServerProcess;

/// The settings of production, with limits off.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("API_PORT", "0"),
    ("PUBLIC_URL", "https://chat.example"),
    ("ALLOWED_ORIGINS", ORIGIN),
    ("JWT_SECRET_KEY", "bench-key-of-session-tokens-0123456789"),
    ("SESSION_SECRET_KEY", "bench-key-of-workflow-tokens-9876543210"),
    // The most that is permitted: the held streams run at once.
    ("UPSTREAM_CONCURRENCY", "10000"),
    ("RATE_LIMIT_SESSION_PER_MINUTE", "0"),
    ("RATE_LIMIT_PER_MINUTE", "0"),
    ("RATE_LIMIT_PER_HOUR", "0"),
    ("RATE_LIMIT_NETWORK_PER_MINUTE", "0"),
    ("RATE_LIMIT_SITE_PER_MINUTE", "0"),
    ("RATE_LIMIT_CREATE_PER_MINUTE", "0"),
    ("RATE_LIMIT_CALLS_PER_MINUTE", "0"),
    ("MAX_STREAMS_PER_ADDRESS", "0"),
    ("MAX_STREAMS_PER_NETWORK", "0"),
    ("MAX_STREAMS_PER_SITE", "0"),
];

/// Starts it in a folder of its own; `settings` come after those of every case.
pub(crate) fn start(binary: &Path, folder: &Path, settings: &[(&str, &str)]) -> BenchResult<ServerProcess> {
    let mut command = Core::Server.command(binary);
    command.arg("serve").current_dir(folder).env_clear();
    command.envs(SETTINGS.iter().chain(settings).copied());
    ServerProcess::start(command, &folder.join("porthole.log"))
}
