//! The cores of a run: the server under measure has one to itself, all else shares another.

use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The core of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Core {
    /// That of the server under measure.
    Server,
    /// That of load and upstream.
    Load,
}

impl Core {
    /// Returns a command that runs a program on this core, or anywhere where there are no two.
    pub(crate) fn command(self, program: impl AsRef<OsStr>) -> Command {
        let Some((server, load)) = pair() else {
            return Command::new(program);
        };
        // It becomes the program, which keeps its process id.
        let mut command = Command::new("taskset");
        let core = match self {
            Self::Server => server,
            Self::Load => load,
        };
        command.args(["-c", core]).arg(program);
        command
    }
}

/// Says on which cores the processes run.
pub(crate) fn describe() -> String {
    match pair() {
        Some((server, load)) => format!("The server on core {server}; load and upstream on core {load}"),
        None => "Without two cores and `taskset` (util-linux) all share what there is; ratios still hold"
            .to_owned(),
    }
}

/// The cores of the server and of all else; `None` where there are no two, or none can be chosen.
fn pair() -> Option<(&'static str, &'static str)> {
    static PAIR: OnceLock<Option<(String, String)>> = OnceLock::new();
    let pair = PAIR.get_or_init(|| {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
        let pair = first_two(list.trim())?;
        let mut probe = Command::new("taskset");
        probe.args(["-c", &pair.0, "true"]).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success()).then_some(pair)
    });
    pair.as_ref().map(|(server, load)| (server.as_str(), load.as_str()))
}

/// Reads the first two of a list such as `0-3` or `1,4-7`.
fn first_two(permitted: &str) -> Option<(String, String)> {
    let mut cores = permitted.split(',').flat_map(|range| {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        low.parse().unwrap_or(0)..=high.parse().unwrap_or(0)
    });
    let pair: (u32, u32) = (cores.next()?, cores.next()?);
    Some((pair.0.to_string(), pair.1.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_permitted_cores_are_taken() {
        for (list, expected) in [("0-3", Some(("0", "1"))), ("1,4-7", Some(("1", "4"))), ("2", None)] {
            let pair = first_two(list);
            assert_eq!(pair.as_ref().map(|(a, b)| (a.as_str(), b.as_str())), expected, "{list}");
        }
    }
}
