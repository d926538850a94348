//! The figures of all rounds, and their medians beside the bars.

use crate::report::{BenchReport, Measure};
use crate::stats::median;

/// The values that the widget shall keep to.
const BARS: &[(&str, f64)] = &[
    ("widget.bytes.to_launcher", 1_850.0),
    ("widget.bytes.to_text_box", 12_000.0),
    ("widget.bytes.to_panel", 71_500.0),
    ("widget.launcher.ms", 40.0),
    ("widget.launcher.slow_4g.ms", 620.0),
    ("widget.launcher.page_cpu_ms", 4.0),
    ("widget.open.cold.ms", 120.0),
    ("widget.open.cold.slow_4g.ms", 1_300.0),
    ("widget.open.hovered.ms", 50.0),
    ("widget.open.warm.ms", 30.0),
    ("widget.open.warm.slow_cpu.ms", 80.0),
    ("widget.stream.cpu_s", 0.75),
    ("widget.typing.p50_ms", 14.5),
    ("widget.typing.p95_ms", 21.6),
    ("widget.restore.cpu_ms", 37.0),
    ("widget.restore.elements", 600.0),
];

/// One figure and its values, round by round.
#[derive(Debug)]
struct Series {
    name: String,
    unit: &'static str,
    values: Vec<f64>,
}

/// All figures, in the order in which they were first taken.
#[derive(Debug, Default)]
pub(super) struct Samples(Vec<Series>);

impl Samples {
    /// Adds a value to a figure.
    pub(super) fn add(&mut self, name: impl Into<String>, unit: &'static str, value: f64) {
        let name = name.into();
        match self.0.iter_mut().find(|series| series.name == name) {
            Some(series) => series.values.push(value),
            None => self.0.push(Series { name, unit, values: vec![value] }),
        }
    }

    /// Adds the medians to a report.
    pub(super) fn report(self, report: &mut BenchReport) {
        for Series { name, unit, values } in self.0 {
            let bar = BARS.iter().find(|(barred, _)| *barred == name).map(|(_, bar)| *bar);
            report.add(Measure::cost(name, median(&values), unit).with_bar(bar));
        }
    }
}
