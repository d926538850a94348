//! The report: a flat list of measures, as a table, as JSON, and compared with an earlier one.

mod changes;
mod table;

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Attempt, BenchResult};

/// The end of a name whose value is the ratio to nginx's in the same run.
pub(crate) const TO_NGINX: &str = ".to_nginx";

/// One figure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Measure {
    /// Words from the whole to the part, such as `proxy.json.16.cpu_us`.
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    pub(crate) lower_is_better: bool,
    /// The value that it shall keep to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bar: Option<f64>,
}

impl Measure {
    /// A cost: the lower, the better.
    pub(crate) fn cost(name: impl Into<String>, value: f64, unit: &str) -> Self {
        Self { name: name.into(), value, unit: unit.to_owned(), lower_is_better: true, bar: None }
    }

    /// A gain: the higher, the better.
    pub(crate) fn gain(name: impl Into<String>, value: f64, unit: &str) -> Self {
        Self { lower_is_better: false, ..Self::cost(name, value, unit) }
    }

    /// The same with the bar that it shall keep to.
    #[must_use]
    pub(crate) fn with_bar(self, bar: impl Into<Option<f64>>) -> Self {
        Self { bar: bar.into(), ..self }
    }

    /// Tells if it is on the wrong side of its bar.
    pub(crate) fn is_missed(&self) -> bool {
        self.bar.is_some_and(|bar| if self.lower_is_better { self.value > bar } else { self.value < bar })
    }
}

/// The measures of one run, in the order in which they were taken.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct BenchReport {
    measures: Vec<Measure>,
    /// The cases that could not be measured, each with its reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failures: Vec<String>,
}

impl BenchReport {
    /// Adds a measure.
    pub(crate) fn add(&mut self, measure: Measure) {
        self.measures.push(measure);
    }

    /// Notes a case that could not be measured; the others go on.
    pub(crate) fn note(&mut self, case: &str, measured: BenchResult) {
        if let Err(error) = measured {
            self.failures.push(format!("{case}: {error}"));
        }
    }

    /// Tells if something was measured, and nothing failed.
    pub(crate) fn is_whole(&self) -> bool {
        self.failures.is_empty() && !self.measures.is_empty()
    }

    pub(crate) fn measures(&self) -> &[Measure] {
        &self.measures
    }

    fn find(&self, name: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.name == name)
    }

    /// Reads the JSON of an earlier run.
    pub(crate) fn read(path: &Path) -> BenchResult<Self> {
        let to = format!("read {}", path.display());
        serde_json::from_slice(&fs::read(path).attempt(&to)?).attempt(&to)
    }

    /// Writes the measures as JSON.
    pub(crate) fn write(&self, path: &Path) -> BenchResult {
        let to = format!("write {}", path.display());
        let json = serde_json::to_string_pretty(self).attempt(&to)?;
        fs::write(path, json + "\n").attempt(&to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let mut report = BenchReport::default();
        report.add(Measure::cost("proxy.json.16.cpu_us", 65.625, "µs").with_bar(40.0));
        report.add(Measure::gain("proxy.json.16.rate", 9_000.0, "/s"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        report.write(&path).unwrap();
        assert_eq!(BenchReport::read(&path).unwrap(), report);
        assert!(BenchReport::read(&folder.path().join("none")).is_err());
    }

    #[test]
    fn a_bar_is_missed_on_its_wrong_side_only() {
        for (measure, expected) in [
            (Measure::cost("a", 2.0, "ms"), false),
            (Measure::cost("a", 2.0, "ms").with_bar(2.0), false),
            (Measure::cost("a", 2.1, "ms").with_bar(2.0), true),
            (Measure::gain("a", 2.1, "/s").with_bar(2.0), false),
            (Measure::gain("a", 1.9, "/s").with_bar(2.0), true),
        ] {
            assert_eq!(measure.is_missed(), expected, "{measure:?}");
        }
    }
}
