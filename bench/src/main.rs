//! `cargo xtask bench`: one run that measures the proxy beside its floors, and the widget in Chromium.
//!
//! Each role is a process of its own, made of this one binary, so that none does another's work: the upstream, the load
//! and the pass-through. `run` starts them, reads their figures and prints the report.

mod cores;
mod error;
mod load;
mod options;
mod pass_through;
mod print;
mod process;
mod proxy;
mod report;
mod runtime;
mod scenario;
mod stats;
mod upstream;
mod usage;
mod widget;
mod wire;

use std::process::ExitCode;

use crate::error::BenchResult;
use crate::options::Options;
use crate::report::{BenchReport, Measure};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    dispatch(&words).unwrap_or_else(|error| {
        print::step(&format!("\u{2717} {error}"));
        ExitCode::FAILURE
    })
}

fn dispatch(words: &[&str]) -> BenchResult<ExitCode> {
    match words {
        ["run", words @ ..] => return run(&Options::parse(words)?),
        ["train", binary] => proxy::train(binary)?,
        ["upstream"] => runtime::run(async { upstream::serve(runtime::listen().await?).await })?,
        ["pass-through", upstream] => {
            runtime::run(async { pass_through::serve(runtime::listen().await?, upstream).await })?;
        }
        ["load", plan] => load::run(plan)?,
        _ => return Err(options::USAGE.into()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures what was asked for; fails where a case could not be measured, and with `--strict` where a bar is missed.
fn run(options: &Options) -> BenchResult<ExitCode> {
    let earlier = options.compare.as_deref().map(BenchReport::read).transpose()?;
    let mut report = BenchReport::default();
    if options.wants("proxy") {
        proxy::measure(options, &mut report);
    }
    if options.wants("widget") {
        let measured = widget::measure(options, &mut report);
        report.note("widget", measured);
    }
    print::line(&report.table());
    if let Some(earlier) = earlier {
        print::line(&report.changes_since(&earlier));
    }
    if let Some(path) = &options.json {
        report.write(path)?;
    }
    let is_missed = options.strict && report.measures().iter().any(Measure::is_missed);
    let fails = is_missed || !report.is_whole();
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
