//! The findings, for people and for scripts.

use std::io::{self, Write};

use serde::Serialize;

use super::finding::{Finding, Level};

/// How the findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    problems: usize,
    warnings: usize,
    findings: &'a [Finding],
}

/// Writes all findings.
pub(super) fn write(findings: &[Finding], format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Text => write_text(findings, out),
        Format::Json => {
            let report = Report {
                ok: count(findings, Level::Problem) == 0,
                problems: count(findings, Level::Problem),
                warnings: count(findings, Level::Warning),
                findings,
            };
            serde_json::to_writer_pretty(&mut *out, &report)?;
            writeln!(out)
        }
    }
}

fn write_text(findings: &[Finding], out: &mut impl Write) -> io::Result<()> {
    for Finding {
        level,
        code,
        message,
        remedy,
        about: _,
    } in findings
    {
        writeln!(out, "{:8} {message} [{code}]", level.name())?;
        if !remedy.is_empty() {
            writeln!(out, "         -> {remedy}")?;
        }
    }
    let (problems, warnings) = (count(findings, Level::Problem), count(findings, Level::Warning));
    writeln!(
        out,
        "\n{}, {}.",
        plural(problems, "problem"),
        plural(warnings, "warning")
    )
}

/// How many findings are of this level.
pub(super) fn count(findings: &[Finding], level: Level) -> usize {
    findings.iter().filter(|finding| finding.level == level).count()
}

fn plural(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format) -> String {
        let findings = [
            Finding::ok("a.fine", "All is well."),
            Finding::problem("b.broken", "It is broken.", "Mend it."),
        ];
        let mut out = Vec::new();
        write(&findings, format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn people_read_a_line_a_finding_and_the_remedy_below() {
        assert_eq!(
            written(Format::Text),
            "ok       All is well. [a.fine]\nproblem  It is broken. [b.broken]\n         -> Mend it.\n\n\
             1 problem, 0 warnings.\n"
        );
    }

    #[test]
    fn scripts_read_one_object() {
        let report: serde_json::Value = serde_json::from_str(&written(Format::Json)).unwrap();
        assert_eq!(report["ok"], false);
        assert_eq!(report["problems"], 1);
        assert_eq!(report["findings"][0]["level"], "ok");
        assert_eq!(report["findings"][0].get("remedy"), None);
        assert_eq!(report["findings"][1]["remedy"], "Mend it.");
    }
}
