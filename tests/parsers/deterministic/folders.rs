//! Seeds and targets of cargo-fuzz, as they lie in folders.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

macro_rules! names {
    ($($name:ident $_runs:literal;)*) => {
        const PARSERS: &[&str] = &[$(stringify!($name)),*];
    };
}

porthole_parsers::for_each_parser!(names);

/// The seeds of a parser, in the order of their names.
pub(crate) fn seeds(parser: &str) -> Vec<Vec<u8>> {
    let paths = list(&here().join("seeds").join(parser));
    assert!(!paths.is_empty(), "no seeds for {parser}");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn stems(folder: &Path) -> BTreeSet<String> {
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    list(folder).iter().map(stem).collect()
}

#[test]
fn every_parser_has_a_body_seeds_and_a_target_and_nothing_else_has() {
    let parsers: BTreeSet<String> = PARSERS.iter().map(|name| (*name).to_owned()).collect();
    let fuzz = here().join("../fuzz");
    assert_eq!(stems(&here().join("seeds")), parsers, "folders of seeds");
    assert_eq!(stems(&fuzz.join("fuzz_targets")), parsers, "targets");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    let binaries = manifest.split("[[bin]]").skip(1);
    let named = binaries.map(|binary| binary.split('"').nth(1).unwrap().to_owned());
    assert_eq!(named.collect::<BTreeSet<_>>(), parsers, "binaries in the manifest");
    for parser in PARSERS {
        let target = fs::read_to_string(fuzz.join(format!("fuzz_targets/{parser}.rs"))).unwrap();
        let calls = format!("porthole_parsers::{parser}(input)");
        assert!(target.contains(&calls), "{parser}: {target}");
    }
}

#[test]
fn seeds_are_small() {
    for parser in PARSERS {
        let bytes: usize = seeds(parser).iter().map(Vec::len).sum();
        assert!(bytes <= 24 * 1024, "{parser}: {bytes} bytes");
    }
}
