//! A process's memory as the system counts it (Linux).

use std::fs;

use crate::error::{Attempt, BenchResult};

/// Returns the KiB that are resident.
pub(crate) fn resident_kib(process: u32) -> BenchResult<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).attempt("read a process's memory")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.attempt("find VmRSS in a process's status")
}
