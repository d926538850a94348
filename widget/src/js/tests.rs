//! Reads both sides of the border and compares names: no compiler sees the two together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Calls or functions by name, each with the names of its members.
type NamedMembers = BTreeMap<String, Vec<String>>;

/// The sources of both sides.
#[derive(Clone)]
struct Sides {
    exports: String,
    messages: String,
    imports: String,
    ui: String,
    effects: String,
    scripts: String,
}

impl Sides {
    fn read() -> Self {
        Self {
            exports: read("src/js/exports.rs"),
            messages: read("src/js/messages.rs"),
            imports: read("src/js/imports.rs"),
            ui: read_all("src/ui"),
            effects: read("js/effects.js"),
            // The queue hands on what it is given.
            scripts: read_all("js")
                .replace("dispatch(\"stream\", members)", "")
                .replace("enqueue({", "dispatch(\"stream\", {"),
        }
    }

    /// Finds every difference.
    fn differences(&self) -> Vec<String> {
        let mut found = different(
            "effect",
            &after_each(&self.imports, "perform(\"", "&write!({"),
            &functions(&self.effects),
        );
        let reported = after_each(&self.scripts, "dispatch(\"", "{");
        let mut received = arms(&self.messages);
        for button in names_after(&self.ui, "button(\"") {
            // A button without members is reported by its own name.
            match received.get(&button) {
                Some(members) if members.is_empty() => drop(received.remove(&button)),
                _ => found.push(format!("button {button}: no message without members")),
            }
        }
        found.extend(different("message", &received, &reported));
        found.extend(different("call", &exported(&self.exports), &called(&self.scripts, &self.exports)));
        found
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn read_all(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

fn different(kind: &str, rust: &NamedMembers, script: &NamedMembers) -> Vec<String> {
    let names = rust.keys().chain(script.keys().filter(|name| !rust.contains_key(*name)));
    names
        .filter(|name| rust.get(*name) != script.get(*name))
        .map(|name| {
            format!("{kind} {name}: {:?} in Rust, {:?} in JavaScript", rust.get(name), script.get(name))
        })
        .collect()
}

/// Splits at commas outside of brackets, up to the bracket that closes the text.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0_u32, 0, Vec::new());
    for (at, sign) in text.char_indices() {
        match sign {
            '(' | '{' | '[' | '<' => depth += 1,
            ')' | '}' | ']' if depth == 0 => {
                parts.push(&text[from..at]);
                break;
            }
            ')' | '}' | ']' => depth -= 1,
            '>' if !text[..at].ends_with(['=', '-']) => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// The sorted names of members: `name` or `name: value`.
fn members(text: &str) -> Vec<String> {
    let parts = split(text).into_iter();
    let mut names: Vec<String> =
        parts.map(|part| part.split(':').next().unwrap().trim().to_owned()).collect();
    names.sort();
    names
}

fn names_after(text: &str, mark: &str) -> BTreeSet<String> {
    let calls = text.split(mark).skip(1);
    calls.map(|call| call.split('"').next().unwrap().to_owned()).collect()
}

/// Calls that begin with `mark` and a name in quotes; `open` begins the members, if the call has any.
fn after_each(text: &str, mark: &str, open: &str) -> NamedMembers {
    let mut found = NamedMembers::new();
    for call in text.split(mark).skip(1) {
        let (name, rest) = call.split_once('"').unwrap();
        let rest = rest.strip_prefix(',').map(str::trim_start);
        let names = rest.and_then(|rest| rest.strip_prefix(open)).map_or_else(Vec::new, members);
        let before = found.insert(name.to_owned(), names.clone());
        assert!(before.is_none_or(|before| before == names), "{name} is called in two ways");
    }
    found
}

/// The functions of `effects.js`.
fn functions(text: &str) -> NamedMembers {
    let object = text.split_once("const effects = {\n").unwrap().1;
    let object = object.split_once("\n  };").unwrap().0;
    let lines = object.lines().filter_map(|line| line.strip_prefix("    "));
    lines
        .filter_map(|line| {
            let end = line.find(|c: char| !c.is_ascii_lowercase() && c != '_')?;
            let (name, rest) = line.split_at(end);
            let names = rest.trim_start_matches([':', ' ']).strip_prefix("({").map_or_else(Vec::new, members);
            (end > 0).then(|| (name.to_owned(), names))
        })
        .collect()
}

/// The messages that `messages.rs` reads.
fn arms(text: &str) -> NamedMembers {
    let text = text.split_once("fn msg(").unwrap().1;
    let text = text.split_once("impl FromMember for").unwrap().0;
    let arms = text.lines().filter_map(|line| line.trim().strip_prefix('"'));
    arms.map(|arm| {
        let (name, value) = arm.split_once("\" => ").unwrap();
        let names = value
            .strip_prefix("read!(")
            .map_or_else(Vec::new, |read| members(read.split_once('{').unwrap().1));
        (name.to_owned(), names)
    })
    .collect()
}

/// The exported functions, each with as many members as it has parameters.
fn exported(text: &str) -> NamedMembers {
    let functions = text.split("\npub fn ").skip(1);
    functions
        .map(|function| {
            let (name, rest) = function.split_once('(').unwrap();
            (name.to_owned(), numbered(rest))
        })
        .collect()
}

fn called(scripts: &str, exports: &str) -> NamedMembers {
    let mut found = NamedMembers::new();
    // The store's are imported by name; the others are members of the loaded app.
    let imports =
        scripts.lines().filter(|line| line.contains("from \"./glue.js\"") && !line.contains("dispatch"));
    let imports: String = imports.collect();
    for name in exported(exports).into_keys() {
        let marks: &[&str] = if imports.contains(&name) { &["(", "!", ": "] } else { &["app.", "loaded."] };
        for mark in marks {
            for call in scripts.split(&format!("{mark}{name}(")).skip(1) {
                let arguments = numbered(call);
                let first = found.entry(name.clone()).or_insert_with(|| arguments.clone());
                if *first != arguments {
                    first.push("and otherwise".to_owned());
                }
            }
        }
    }
    found
}

fn numbered(arguments: &str) -> Vec<String> {
    let count = split(arguments).len();
    (0..count).map(|number| number.to_string()).collect()
}

#[test]
fn both_sides_of_the_border_say_the_same() {
    assert_eq!(Sides::read().differences(), [""; 0]);
}

#[test]
fn the_document_starts_the_app_with_every_member_of_its_setup() {
    let sides = Sides::read();
    let rust = sides.exports.split_once("=> Setup {").unwrap().1;
    let script = sides.scripts.split_once("loaded.start({").unwrap().1;
    assert_eq!(members(rust), members(script));
}

#[test]
fn the_document_paints_with_every_ink() {
    let sides = Sides::read();
    let rust = sides.exports.split_once("    write!({").unwrap().1;
    let script = sides.scripts.split_once("function applyInks({").unwrap().1;
    assert_eq!(members(rust), members(script));
}

#[test]
fn stored_records_have_the_members_that_their_types_say() {
    let sides = Sides::read();
    for name in ["StoredTurn", "Outgoing"] {
        let both = sides.exports.clone() + &sides.messages;
        let rust = both.split_once(&format!("=> {name} {{")).unwrap().1;
        let (script, _) = sides.scripts.split_once(&format!("}} {name}")).unwrap();
        let script = script.rsplit_once("@typedef {{").unwrap().1.replace(['\n', '*'], "");
        let mut script = members(&format!("{script}}}"));
        for name in &mut script {
            *name = name.trim_end_matches('?').to_owned();
        }
        // The token, and the key in the store, are JavaScript's own.
        script.retain(|name| !["token", "key"].contains(&name.as_str()));
        assert_eq!(members(rust), script, "{name}");
    }
}

#[test]
fn a_change_of_one_side_is_found() {
    let sides = Sides::read();
    let change = |change: &dyn Fn(&mut Sides)| {
        let mut changed = sides.clone();
        change(&mut changed);
        changed.differences()
    };
    let replace = |text: &mut String, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
    };
    let found = [
        change(&|sides| {
            replace(&mut sides.effects, "last_event_id, wait_ms }", "last_event_id, wait }");
        }),
        change(&|sides| replace(&mut sides.imports, "fork, keep, continues })", "keep, continues })")),
        change(&|sides| replace(&mut sides.effects, "\n    unread:", "\n    unseen:")),
        change(&|sides| replace(&mut sides.scripts, "dispatch(\"offline\")", "dispatch(\"gone\")")),
        change(&|sides| replace(&mut sides.scripts, "_ready\", { run }", "_ready\", { run, now }")),
        change(&|sides| replace(&mut sides.ui, "button(\"retry\"", "button(\"again\"")),
        change(&|sides| {
            replace(&mut sides.scripts, "app.inks(accent)", "app.inks()");
        }),
    ];
    let begins = [
        "effect join",
        "effect send",
        "effect unread",
        "message gone",
        "message session_ready",
        "button again",
        "call inks",
    ];
    for (found, begin) in found.iter().zip(begins) {
        assert!(found.iter().any(|found| found.starts_with(begin)), "{begin}: {found:?}");
    }
}
