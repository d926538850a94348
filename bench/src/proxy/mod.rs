//! The proxy's half: the release binary beside its floors.

mod contender;
mod nginx;
pub(crate) mod porthole;
mod stages;
#[cfg(test)]
mod tests;
mod transcript;
mod workload;

use std::process::Stdio;

use contender::{Contender, own_program, start_upstream};
use workload::{Figure, Workload};

use crate::cores::{self, Core};
use crate::error::{Attempt, BenchResult};
use crate::load::{LoadFigures, LoadPlan};
use crate::options::Options;
use crate::process::ServerProcess;
use crate::report::{BenchReport, Measure, TO_NGINX};
use crate::stats::median;
use crate::{print, runtime};

/// Measures the proxy.
pub(crate) fn measure(options: &Options, report: &mut BenchReport) {
    print::step(&cores::describe());
    if nginx::program().is_none() {
        print::step("nginx is not installed (Debian: apt-get install nginx-light): no ratios to it");
    }
    for workload in workload::all(options.quick) {
        if !options.wants(&format!("proxy.{}", workload.name)) {
            continue;
        }
        print::step(&workload.name);
        let (needed, permitted) = (workload.descriptors(), runtime::descriptors());
        if needed > permitted {
            print::step(&format!(
                "left out: {needed} open files are needed, `ulimit -Hn` permits {permitted}"
            ));
            continue;
        }
        let measured = measure_workload(options, &workload, report);
        report.note(&workload.name, measured);
    }
    if options.wants("proxy.transcript") {
        print::step("transcript");
        let measured = transcript::measure(report);
        report.note("transcript", measured);
    }
    // A first look has no time for profiles.
    for workload in workload::profiled().iter().filter(|_| !options.quick) {
        if options.wants(&format!("proxy.{}", workload.name)) {
            print::step(&workload.name);
            let measured = stages::measure(options, workload, report);
            report.note(&workload.name, measured);
        }
    }
}

/// Runs the binary under each load that matters: a compiler's profile is made of it (`scripts/src/release.rs`).
pub(crate) fn train(binary: &str) -> BenchResult {
    let folder = tempfile::tempdir().attempt("make a folder for logs")?;
    let upstream = start_upstream(folder.path())?;
    for workload in workload::training() {
        print::step(&workload.name);
        let server = Contender::Porthole.start(
            binary.as_ref(),
            folder.path(),
            upstream.address(),
            workload.scenario,
        )?;
        load(Contender::Porthole, &server, &workload)?;
        // It writes its profile when it ends by itself.
        server.shut_down()?;
    }
    Ok(())
}

/// Runs a case's rounds, all contenders in turn in each, so that whatever else the machine does hits them alike.
fn measure_workload(options: &Options, workload: &Workload, report: &mut BenchReport) -> BenchResult {
    let folder = tempfile::tempdir().attempt("make a folder for logs")?;
    let upstream = start_upstream(folder.path())?;
    let mut contenders = Vec::new();
    for &contender in workload.contenders.iter().filter(|contender| contender.is_installed()) {
        let server =
            contender.start(&options.binary, folder.path(), upstream.address(), workload.scenario)?;
        contenders.push((contender, server, Vec::new()));
    }
    for _ in 0..workload.rounds {
        for (contender, server, rounds) in &mut contenders {
            rounds.push(load(*contender, server, workload)?);
        }
    }
    let results: Vec<_> = contenders.into_iter().map(|(contender, _, rounds)| (contender, rounds)).collect();
    for figure in workload.figures {
        add_figure(report, workload, figure, &results);
    }
    Ok(())
}

/// Runs one load as a process of its own.
fn load(contender: Contender, server: &ServerProcess, workload: &Workload) -> BenchResult<LoadFigures> {
    let plan = LoadPlan {
        address: server.address().to_owned(),
        server: server.id(),
        is_porthole: contender == Contender::Porthole,
        scenario: workload.scenario,
        connections: workload.connections,
        warm_up: workload.warm_up,
        window: workload.window,
    };
    let plan = serde_json::to_string(&plan).attempt("write the plan of a load")?;
    let mut command = Core::Load.command(own_program()?);
    let output = command.args(["load", &plan]).stderr(Stdio::inherit()).output().attempt("start a load")?;
    if !output.status.success() {
        return Err(format!("the load against {} has failed, as it said above", contender.name()).into());
    }
    let to = format!("measure {} against {}", workload.name, contender.name());
    let figures = serde_json::from_slice(&output.stdout).attempt(&to)?;
    if workload.is_cut_short(&figures) {
        let connections = workload.connections;
        return Err(format!("this machine is too busy: {connections} streams did not arrive in time").into());
    }
    Ok(figures)
}

/// Adds the median of a figure for each contender, and the ratio of ours to nginx's.
fn add_figure(
    report: &mut BenchReport,
    workload: &Workload,
    figure: &Figure,
    results: &[(Contender, Vec<LoadFigures>)],
) {
    let bar = (figure.bar)(workload.connections);
    let measure = if figure.lower_is_better { Measure::cost } else { Measure::gain };
    let name = |contender: Contender| format!("{}.{}.{}", contender.name(), workload.name, figure.name);
    let mut medians = Vec::new();
    for (contender, rounds) in results {
        let values: Vec<f64> = rounds.iter().map(|load| (figure.read)(load, workload.connections)).collect();
        medians.push((*contender, median(&values)));
    }
    for &(contender, value) in &medians {
        let bar = bar.value().filter(|_| contender == Contender::Porthole);
        report.add(measure(name(contender), value, figure.unit).with_bar(bar));
    }
    let median_of =
        |wanted| medians.iter().find(|(contender, _)| *contender == wanted).map(|(_, value)| *value);
    if let (Some(ours), Some(nginx)) = (median_of(Contender::Porthole), median_of(Contender::Nginx)) {
        let name = name(Contender::Porthole) + TO_NGINX;
        report.add(measure(name, ours / nginx, "×").with_bar(bar.to_nginx()));
    }
}
