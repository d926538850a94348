//! Files and functions that are read in one sitting.

use porthole_tests::tree;

use crate::source::{RustFile, parse, rust_files};

/// Lines of production code in one file.
const MAX_FILE: usize = 400;
/// Lines of a file with its tests, or of tests alone: a table of cases is one idea.
const MAX_FILE_WITH_TESTS: usize = 480;
/// Lines of production code in the file in the middle.
const MAX_MEDIAN_FILE: usize = 110;
/// Lines of a function, and the share of functions that keeps within them.
const MAX_FUNCTION: usize = 22;
const SHORT_FUNCTIONS_PERCENT: usize = 90;
/// Lines of Rust that are shipped or build what is shipped.
const MAX_PRODUCTION: usize = 39_344;
/// The folders of production code.
const PRODUCTION: [&str; 3] = ["proxy/", "widget/", "scripts/"];

fn is_production(path: &str) -> bool {
    PRODUCTION.iter().any(|folder| path.starts_with(folder))
}

#[test]
fn a_file_is_read_in_one_sitting() {
    let scripts = tree::texts("", &["js", "css"]);
    let scripts = scripts.iter().map(|(path, text)| (path, text.lines().count(), text.lines().count()));
    let rust = rust_files().iter();
    let rust = rust.map(|file| (&file.path, file.production_lines(), file.text.lines().count()));
    let long: Vec<String> = scripts
        .chain(rust)
        .filter(|(_, production, whole)| *production > MAX_FILE || *whole > MAX_FILE_WITH_TESTS)
        .map(|(path, production, whole)| format!("{path}: {production} of {whole} lines"))
        .collect();
    assert_eq!(long, [""; 0]);
}

#[test]
fn the_file_in_the_middle_is_short() {
    let scripts = tree::texts("widget", &["js"]);
    let rust = rust_files().iter().filter(|file| is_production(&file.path) && !file.is_test);
    let mut lengths: Vec<usize> = rust
        .map(RustFile::production_lines)
        .chain(scripts.iter().map(|(_, text)| text.lines().count()))
        .collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    println!("{} files, {median} lines in the middle", lengths.len());
    assert!(median <= MAX_MEDIAN_FILE, "{median} lines in the middle of {} files", lengths.len());
}

#[test]
fn nine_functions_of_ten_are_short() {
    let files = rust_files().iter().filter(|file| is_production(&file.path) && !file.is_test);
    let mut all = 0;
    let mut long = Vec::new();
    for file in files {
        let end = file.production_lines();
        let functions = file.declarations.functions.iter().filter(|function| function.line <= end);
        for function in functions {
            all += 1;
            if function.lines > MAX_FUNCTION {
                long.push(format!(
                    "{}:{}: {}: {} lines",
                    file.path, function.line, function.name, function.lines
                ));
            }
        }
    }
    let short_percent = (all - long.len()) * 100 / all;
    println!("{}\n{} of {all} functions are long", long.join("\n"), long.len());
    assert!(short_percent >= SHORT_FUNCTIONS_PERCENT, "{short_percent} %:\n{}", long.join("\n"));
}

#[test]
fn production_code_does_not_grow() {
    let files = rust_files().iter().filter(|file| is_production(&file.path));
    let lines: usize = files.map(RustFile::production_lines).sum();
    println!("{lines} lines of production code");
    assert!(lines <= MAX_PRODUCTION, "{lines} lines");
}

#[test]
fn tests_and_their_modules_are_no_production_code() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let files = parse(vec![
        file("a/src/lib.rs", "mod b;\nmod c {}\n#[cfg(test)]\nmod forged;\n"),
        file("a/src/b.rs", "fn f() {\n}\n\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\n"),
        file("a/src/forged.rs", "fn h() {}\n"),
        file("a/src/forged/deep.rs", "fn h() {}\n"),
    ]);
    let lines: Vec<usize> = files.iter().map(RustFile::production_lines).collect();
    assert_eq!(lines, [2, 3, 0, 0]);
    assert_eq!((files[1].declarations.functions[0].lines, files[1].declarations.functions.len()), (2, 2));
}
