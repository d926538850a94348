//! Two runs compared.

use std::fmt::Write as _;

use super::table::digits;
use super::{BenchReport, TO_NGINX};

/// The least part by which a value changes that is no noise, in percent.
const NOISE_PERCENT: f64 = 3.0;

impl BenchReport {
    /// Returns a line for each measure that changed: before, after and the ratio of both.
    ///
    /// Where there is a ratio to nginx it is compared, not the figure itself: another machine, or the same one on
    /// another day, changes both alike.
    pub(crate) fn changes_since(&self, earlier: &Self) -> String {
        let mut text = format!("{:<42}{:>11}{:>11}{:>11}\n", "changed", "before", "after", "ratio");
        let mut same = 0;
        for measure in self.measures().iter().filter(|measure| self.is_compared(&measure.name)) {
            let Some(before) = earlier.find(&measure.name).map(|before| before.value) else { continue };
            let ratio = measure.value / before;
            if (ratio - 1.0).abs() * 100.0 < NOISE_PERCENT || (measure.value - before).abs() < f64::EPSILON {
                same += 1;
                continue;
            }
            let verdict = if (ratio < 1.0) == measure.lower_is_better { "better" } else { "worse" };
            let [before, after, ratio] = [before, measure.value, ratio].map(digits);
            let _ = writeln!(text, "{:<42}{before:>11}{after:>11}{ratio:>11}  {verdict}", measure.name);
        }
        let _ = write!(text, "{same} others within {NOISE_PERCENT} %");
        text
    }

    fn is_compared(&self, name: &str) -> bool {
        let is_floor = name.starts_with("nginx.") || name.starts_with("pass_through.");
        !is_floor && self.find(&format!("{name}{TO_NGINX}")).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Measure;

    fn report(measures: &[(&str, f64)]) -> BenchReport {
        let mut report = BenchReport::default();
        for &(name, value) in measures {
            let is_rate = name.ends_with("rate");
            let measure = if is_rate { Measure::gain } else { Measure::cost }(name, value, "µs");
            report.add(measure);
        }
        report
    }

    #[test]
    fn ratios_to_nginx_are_compared_in_place_of_what_they_are_made_of() {
        let earlier = report(&[
            ("proxy.json.cpu_us", 60.0),
            ("nginx.json.cpu_us", 20.0),
            ("proxy.json.cpu_us.to_nginx", 3.0),
            ("proxy.json.rate", 100.0),
            ("widget.open", 50.0),
            ("widget.gone", 1.0),
        ]);
        let now = report(&[
            ("proxy.json.cpu_us", 80.0),
            ("nginx.json.cpu_us", 40.0),
            ("proxy.json.cpu_us.to_nginx", 2.0),
            ("proxy.json.rate", 50.0),
            ("widget.open", 50.5),
            ("widget.new", 1.0),
        ]);
        let text = now.changes_since(&earlier);
        let rows: Vec<Vec<&str>> = text.lines().map(|row| row.split_whitespace().collect()).collect();
        assert_eq!(rows[1], ["proxy.json.cpu_us.to_nginx", "3.00", "2.00", "0.67", "better"]);
        assert_eq!(rows[2], ["proxy.json.rate", "100", "50.0", "0.50", "worse"]);
        assert_eq!(rows[3], ["1", "others", "within", "3", "%"]);
    }
}
