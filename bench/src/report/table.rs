//! The report for people: a line for each measure of ours, with the floors of the same run beside it.

use std::fmt::Write as _;

use super::{BenchReport, Measure, TO_NGINX};

/// The first words of the names of floors, in the order of their columns.
const FLOORS: [&str; 2] = ["nginx.", "pass_through."];

impl BenchReport {
    /// Returns the table: value, floors, ratio to nginx, bar.
    pub(crate) fn table(&self) -> String {
        let mut text = line(["", "porthole", "nginx", "pass-thr.", "× nginx", "bar", ""]);
        let ours = self.measures().iter().filter(|measure| !is_beside(&measure.name));
        for measure in ours {
            text += &self.row(measure);
        }
        let with_bar = self.measures().iter().filter(|measure| measure.bar.is_some());
        let missed = with_bar.clone().filter(|measure| measure.is_missed()).count();
        let _ = write!(text, "{missed} of {} bars missed", with_bar.count());
        for failure in &self.failures {
            let _ = write!(text, "\nnot measured: {failure}");
        }
        text
    }

    fn row(&self, measure: &Measure) -> String {
        let rest = measure.name.strip_prefix("proxy.").unwrap_or(&measure.name);
        let floors = FLOORS.map(|floor| number(self.find(&format!("{floor}{rest}"))));
        let ratio = self.find(&format!("{}{TO_NGINX}", measure.name));
        let barred = ratio.filter(|ratio| ratio.bar.is_some()).unwrap_or(measure);
        let bar = barred.bar.map(digits).unwrap_or_default();
        let verdict = if barred.is_missed() { "missed" } else { "" };
        line([
            &format!("{} [{}]", measure.name, measure.unit),
            &digits(measure.value),
            &floors[0],
            &floors[1],
            &number(ratio),
            &bar,
            verdict,
        ])
    }
}

/// Tells if a measure stands in another one's row.
fn is_beside(name: &str) -> bool {
    name.ends_with(TO_NGINX) || FLOORS.iter().any(|floor| name.starts_with(floor))
}

fn line([name, columns @ .., verdict]: [&str; 7]) -> String {
    let mut text = format!("{name:<42}");
    for column in columns {
        let _ = write!(text, "{column:>11}");
    }
    format!("{text}  {verdict}").trim_end().to_owned() + "\n"
}

fn number(measure: Option<&Measure>) -> String {
    measure.map(|measure| digits(measure.value)).unwrap_or_default()
}

/// Writes three digits that count, and whole numbers from a hundred on.
pub(super) fn digits(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_and_ratio_stand_beside_the_measure_and_a_missed_bar_is_marked() {
        let mut report = BenchReport::default();
        report.add(Measure::cost("proxy.json.16.cpu_us", 65.62, "µs"));
        report.add(Measure::cost("nginx.json.16.cpu_us", 17.7, "µs"));
        report.add(Measure::cost("proxy.json.16.cpu_us.to_nginx", 3.707, "×").with_bar(2.0));
        report.add(Measure::cost("widget.open.cold", 183.4, "ms").with_bar(200.0));
        let table = report.table();
        let rows: Vec<Vec<&str>> = table.lines().map(|row| row.split_whitespace().collect()).collect();
        assert_eq!(rows[1], ["proxy.json.16.cpu_us", "[µs]", "65.6", "17.7", "3.71", "2.00", "missed"]);
        assert_eq!(rows[2], ["widget.open.cold", "[ms]", "183", "200"]);
        assert_eq!(rows[3], ["1", "of", "2", "bars", "missed"]);
        report.note("held.9900", Err("too few files".into()));
        assert!(report.table().ends_with("\nnot measured: held.9900: too few files"), "{}", report.table());
    }
}
