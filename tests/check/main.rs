//! `porthole check` finds and names planted faults, with the real binary against things that are wrong.

mod addresses;
mod front;
mod models;
mod pages;
mod settings;
mod workflows;

use porthole_tests::proxy::{self, SESSION_SECRET_KEY};
use serde_json::Value;

/// The result of a check.
struct Checked {
    /// `true` where it found no problem, by its exit status.
    well: bool,
    output: String,
    report: Value,
}

impl Checked {
    /// The codes of everything that is not as it should be.
    fn faults(&self) -> Vec<&str> {
        self.codes(|level| level != "ok")
    }

    /// The codes of what keeps the chat from working.
    fn problems(&self) -> Vec<&str> {
        self.codes(|level| level == "problem")
    }

    /// Returns the subjects of the findings of this code.
    fn about(&self, code: &str) -> Vec<&str> {
        let findings = self.report["findings"].as_array().unwrap().iter();
        let named = findings.filter(|finding| finding["code"] == code);
        named.map(|finding| finding["about"].as_str().unwrap()).collect()
    }

    /// Returns `true` where this was found, at any level.
    fn says(&self, code: &str) -> bool {
        self.codes(|_| true).contains(&code)
    }

    fn codes(&self, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
        let findings = self.report["findings"].as_array().unwrap();
        let findings = findings.iter().filter(|finding| wanted(finding["level"].as_str().unwrap()));
        findings.map(|finding| finding["code"].as_str().unwrap()).collect()
    }
}

/// Settings in which nothing is wrong but that they are a developer's own.
const FINE: &[(&str, &str)] = &[("ALLOWED_ORIGINS", "http://localhost:3000")];

/// Checks these settings on top of fine ones.
fn check(arguments: &[&str], settings: &[(&str, &str)]) -> Checked {
    let run = proxy::run(&[&["check", "--json"], arguments].concat(), &[FINE, settings].concat());
    let report: Value =
        serde_json::from_str(&run.output).unwrap_or_else(|error| panic!("{error}:\n{}", run.output));
    assert!(!run.output.contains(SESSION_SECRET_KEY), "a secret was shown");
    assert!(!run.output.contains("eyJ"), "a token was shown");
    let well = run.status.success();
    assert_eq!(report["ok"], well, "the exit status tells what the report says");
    Checked { well, output: run.output, report }
}
