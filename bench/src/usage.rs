//! A process's CPU time and memory as the system counts them (Linux).

use std::fs;

use crate::error::{Attempt, BenchResult};

/// Returns the microseconds that all threads of a process have spent on a core.
///
/// `utime` and `stime` count the same in steps of 10 ms, which is as much as a whole window of some cases.
pub(crate) fn cpu_us(process: u32) -> BenchResult<f64> {
    let to = "read a process's CPU time";
    let mut nanoseconds = 0.0;
    for thread in fs::read_dir(format!("/proc/{process}/task")).attempt(to)? {
        // A thread that has ended since it was listed counts no more.
        let text = fs::read_to_string(thread.attempt(to)?.path().join("schedstat")).unwrap_or_default();
        nanoseconds += text.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0.0);
    }
    Ok(nanoseconds / 1_000.0)
}

/// Returns the KiB that are resident.
pub(crate) fn resident_kib(process: u32) -> BenchResult<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).attempt("read a process's memory")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.attempt("find VmRSS in a process's status")
}
