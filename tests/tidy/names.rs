//! One name is one idea.

use std::collections::BTreeMap;

use crate::assert_none;
use crate::source::{RustFile, parse, rust_files};

/// Declarations that may share a name.
const MAX_SHARED: usize = 2;

/// Returns the places of types whose name stands more often than it may.
fn shared_names(files: &[RustFile]) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in files {
        for declared in &file.declarations.types {
            let place = format!("{}:{}: {}", file.path, declared.line, declared.name);
            places.entry(&declared.name).or_default().push(place);
        }
    }
    places.into_values().filter(|places| places.len() > MAX_SHARED).flatten().collect()
}

#[test]
fn no_type_name_stands_three_times() {
    assert_none(&shared_names(rust_files()));
}

#[test]
fn associated_types_are_no_names_of_their_own() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let found = shared_names(&parse(vec![
        file("a.rs", "struct State; impl Iterator for State { type Item = u8; }"),
        file(
            "b.rs",
            "pub(crate) enum State { A }\nimpl<T> Trait for fn(T) where T: Copy { type Item = (); }",
        ),
        file("c.rs", "fn f() -> impl Copy {\n  type State = u8;\n}\ntrait Trait { type Item; }"),
    ]));
    assert_eq!(found, ["a.rs:1: State", "b.rs:1: State", "c.rs:2: State"]);
}
