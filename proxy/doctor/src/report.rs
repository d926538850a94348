//! The report: all findings, for people or for scripts.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Finding, Severity};

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// A line for each finding, for people.
    Text,
    /// One JSON object, for scripts.
    Json,
}

/// All findings of a check.
#[derive(Debug)]
pub struct Report {
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct ReportJson<'a> {
    ok: bool,
    problems: usize,
    warnings: usize,
    findings: &'a [Finding],
}

impl Report {
    pub(crate) const fn new(findings: Vec<Finding>) -> Self {
        Self { findings }
    }

    /// Returns `true` if something does not work or must not stay so.
    #[must_use]
    pub fn has_problems(&self) -> bool {
        self.count(Severity::Problem) > 0
    }

    /// Writes all findings.
    pub fn write(&self, format: ReportFormat, out: &mut impl Write) -> io::Result<()> {
        match format {
            ReportFormat::Text => self.write_text(out),
            ReportFormat::Json => self.write_json(out),
        }
    }

    fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        let report = ReportJson {
            ok: !self.has_problems(),
            problems: self.count(Severity::Problem),
            warnings: self.count(Severity::Warning),
            findings: &self.findings,
        };
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)
    }

    fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        for finding in &self.findings {
            let level = format!("{:?}", finding.level).to_lowercase();
            writeln!(out, "{level:8} {} [{}]", finding.message, finding.code)?;
            if !finding.remedy.is_empty() {
                writeln!(out, "         -> {}", finding.remedy)?;
            }
        }
        let problems = plural(self.count(Severity::Problem), "problem");
        let warnings = plural(self.count(Severity::Warning), "warning");
        writeln!(out, "\n{problems}, {warnings}.")
    }

    fn count(&self, level: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }
}

fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{connect, page};

    fn written(format: ReportFormat) -> String {
        let report = Report::new(vec![page::tag(), connect::elsewhere("The page")]);
        let mut out = Vec::new();
        report.write(format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn people_read_a_line_a_finding_and_the_remedy_below() {
        assert_eq!(
            written(ReportFormat::Text),
            "ok       The page has the tag. [page.tag]\n\
             problem  The page: redirects to neither http nor https. [connect.elsewhere]\n         \
             -> Name the page's own address.\n\n1 problem, 0 warnings.\n"
        );
    }

    #[test]
    fn scripts_read_one_object() {
        let report: serde_json::Value = serde_json::from_str(&written(ReportFormat::Json)).unwrap();
        assert_eq!(report["ok"], false);
        assert_eq!(report["problems"], 1);
        assert_eq!(report["findings"][0]["level"], "ok");
        assert_eq!(report["findings"][0].get("remedy"), None);
        assert_eq!(report["findings"][1]["remedy"], "Name the page's own address.");
    }
}
