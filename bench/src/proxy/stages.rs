//! CPU time by stage of a message, from the stacks of a profiler: where is the next microsecond to be had?
//!
//! The binary under test is the one that is shipped: it keeps its symbols, and `perf` unwinds by its `.eh_frame`.

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use super::contender::{Contender, start_upstream};
use super::load;
use super::workload::Workload;
use crate::error::{Attempt, BenchResult};
use crate::options::Options;
use crate::print;
use crate::report::{BenchReport, Measure};

/// The stages, and words in the names of their functions. A stack belongs to its innermost function that is listed.
const STAGES: &[(&str, &[&str])] = &[
    ("verify", &["verify_session", "read_session", "porthole::gate::head"]),
    ("admit", &["porthole::gate", "porthole_chat::send", "porthole_store", "porthole::http::message"]),
    ("mint", &["porthole_domain::workflow", "webhook::request"]),
    (
        "read",
        &[
            "porthole_domain::reply",
            "Answer::poll_read",
            "poll_read_from_io",
            "hyper::proto::h1::role::Client",
        ],
    ),
    ("seal", &["porthole_chat::seal", "porthole_domain::chain", "session::claims", "ReplyWriter::seal"]),
    (
        "write",
        &[
            "poll_write_socket",
            "actix_http::h1::dispatcher::InnerDispatcher<T,S,B,X,U>::poll_flush",
            "http::framing",
            "http::reply_document",
            "porthole_relay::reader",
        ],
    ),
    ("call", &["porthole_upstream", "porthole_relay", "reqwest", "hyper", "tower", "want::"]),
    ("edge", &["actix_http", "actix_web", "porthole::"]),
];
/// The stage of all other stacks: the runtime, above all.
const REST: &str = "rest";
/// Stacks a second: no divisor of the clock's ticks.
const FREQUENCY: &str = "499";

/// Measures the stages of a case's message; says so where there is no profiler.
pub(super) fn measure(options: &Options, workload: &Workload, report: &mut BenchReport) -> BenchResult {
    let folder = tempfile::tempdir().attempt("make a folder for logs")?;
    let upstream = start_upstream(folder.path())?;
    let server =
        Contender::Porthole.start(&options.binary, folder.path(), upstream.address(), workload.scenario)?;
    let (load, stacks) = thread::scope(|scope| {
        let load = scope.spawn(|| load(Contender::Porthole, &server, workload));
        let stacks = record(server.id(), &folder.path().join("stacks"), workload.window.as_secs());
        (load.join(), stacks)
    });
    let load = load.map_err(|_| "the load of a profile panicked")??;
    let Some(stacks) = stacks else {
        print::step(
            "`perf` is missing, or may not read this process: no stages (Debian: apt-get install linux-perf)",
        );
        return Ok(());
    };
    let cpu_us = load.cpu_us / load.messages;
    for (stage, share) in shares(&stacks) {
        report.add(Measure::cost(
            format!("proxy.{}.{stage}.cpu_us", workload.name),
            share * cpu_us,
            "µs/message",
        ));
    }
    Ok(())
}

/// Records a process for some seconds, and returns its stacks as text.
fn record(process: u32, file: &Path, seconds: u64) -> Option<String> {
    let mut record = Command::new("perf");
    record.args(["record", "-e", "cpu-clock", "--call-graph", "dwarf", "-F", FREQUENCY, "-o"]).arg(file);
    record.args(["-p", &process.to_string(), "--", "sleep", &seconds.to_string()]);
    record.stdout(Stdio::null()).stderr(Stdio::null());
    record.status().ok().filter(ExitStatus::success)?;
    let mut script = Command::new("perf");
    // Names of inlined functions would be looked up in debug information, which the binary has not.
    script.args(["script", "--no-inline", "-F", "ip,sym", "-i"]).arg(file).stderr(Stdio::null());
    let output = script.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Returns each stage with its share of the stacks, which stand apart by an empty line.
fn shares(stacks: &str) -> Vec<(&'static str, f64)> {
    let stages: Vec<&str> =
        stacks.split("\n\n").filter(|stack| !stack.trim().is_empty()).map(stage).collect();
    let all = stages.len().max(1);
    let share = |stage: &&'static str| {
        let own = stages.iter().filter(|it| *it == stage).count();
        #[expect(clippy::cast_precision_loss, reason = "stacks are thousands")]
        (*stage, own as f64 / all as f64)
    };
    STAGES.iter().map(|(stage, _)| *stage).chain([REST]).map(|stage| share(&stage)).collect()
}

fn stage(stack: &str) -> &'static str {
    let of = |frame: &str| STAGES.iter().find(|(_, words)| words.iter().any(|word| frame.contains(word)));
    stack.lines().find_map(of).map_or(REST, |(stage, _)| stage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_belongs_to_its_innermost_function_that_is_listed() {
        let stacks = "\
  ffff tcp_sendmsg
  10a4 __send
  6efb porthole::server::connection::Connection<S>::poll_write_socket
  70d8 <actix_http::h1::dispatcher::Dispatcher<T,S,B,X,U> as core::future::future::Future>::poll

  1234 aws_lc_0_39_HMAC_Update
  7aaa porthole_domain::token::jws::Signer::verify
  7abc porthole_domain::session::verify::<impl Keyring>::verify_session
  6e69 actix_web::middleware::from_fn::call

  9999 start_thread

";
        let found: Vec<_> = shares(stacks).into_iter().filter(|(_, share)| *share > 0.0).collect();
        let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["verify", "write", REST]);
        assert!(found.iter().all(|(_, share)| (share - 1.0 / 3.0).abs() < 1e-9), "{found:?}");
    }
}
