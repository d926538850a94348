//! Files to which the rules do not apply yet.

/// Beginnings of paths.
const NOT_YET: &[&str] = &["proxy/", "widget/"];

/// Prints all findings, and fails where one is in a file that the rules apply to.
pub(crate) fn assert_none(found: &[String]) {
    println!("{}", found.join("\n"));
    let is_due = |finding: &&String| !NOT_YET.iter().any(|path| finding.starts_with(path));
    let due: Vec<&str> = found.iter().filter(is_due).map(String::as_str).collect();
    assert!(due.is_empty(), "{}", due.join("\n"));
}
