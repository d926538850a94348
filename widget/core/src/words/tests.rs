//! The visitor's words stand in the table and nowhere else, and each of them is used.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../../words/table.rs"]
mod table;

/// Literals that look like words and are names of the web platform.
const NAMES: [&str; 9] = [
    "Enter",
    "Escape",
    "ArrowUp",
    "Object",
    "AbortError",
    "SecurityError",
    "Bearer ",
    "Content-Type",
    "Last-Event-ID",
];
/// Attributes that are read to a visitor.
const READ_ALOUD: [&str; 4] = ["aria-label=\"", "title=\"", "placeholder=\"", "alt=\""];

struct SourceFile {
    path: PathBuf,
    text: String,
}

impl SourceFile {
    /// Reads the files of a folder below `widget`, and of those in it, that end so.
    fn all(folder: &str, extension: &str) -> Vec<Self> {
        let mut found = Vec::new();
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.ends_with("tests") {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == extension) && !path.ends_with("tests.rs") {
                    let text = fs::read_to_string(&path).unwrap();
                    found.push(Self { path, text });
                }
            }
        }
        assert!(!found.is_empty(), "{folder}");
        found
    }

    fn rust() -> Vec<Self> {
        let mut all = Self::all("src", "rs");
        all.extend(["core/src", "prose/src"].iter().flat_map(|folder| Self::all(folder, "rs")));
        for source in &mut all {
            let production = source.text.find("#[cfg(test)]").unwrap_or(source.text.len());
            source.text.truncate(production);
        }
        all
    }

    fn scripts() -> Vec<Self> {
        let mut all = Self::all("js", "js");
        all.extend(Self::all("loader", "js"));
        all
    }

    /// The documents that a visitor sees; the playground and `missing.html` speak to the operator.
    fn documents() -> Vec<Self> {
        ["frame.html", "pages/refused.html"].map(Self::read).into()
    }

    fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        let text = fs::read_to_string(&path).unwrap();
        Self { path, text }
    }

    fn findings<'a>(&'a self, words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let words = words.into_iter();
        words.map(|words| format!("{}: {words:?}", self.path.display())).collect()
    }
}

/// String literals of a line of code that begin as sentences and labels do.
fn spoken(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    let literals = code.split(['"', '`']).skip(1).step_by(2);
    literals.filter(|literal| {
        let mut letters = literal.chars();
        let begins = letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_some_and(|c| c.is_lowercase() || c == ' ');
        begins && !NAMES.iter().any(|name| literal.starts_with(name))
    })
}

/// Letters of a document outside of tags and holes, and in attributes that are read aloud.
fn letters(document: &str) -> Vec<&str> {
    let texts = document.split('<').filter_map(|tag| Some(tag.split_once('>')?.1));
    let attributes = READ_ALOUD
        .iter()
        .flat_map(|mark| document.split(mark).skip(1))
        .filter_map(|rest| rest.split('"').next());
    let is_filled = |text: &&str| {
        let holes = text.trim();
        holes.is_empty() || holes.starts_with("{{") && holes.ends_with("}}")
    };
    texts.chain(attributes).filter(|text| !is_filled(text)).collect()
}

#[test]
fn no_words_stand_outside_the_table() {
    let mut found = Vec::new();
    for source in SourceFile::rust().iter().chain(&SourceFile::scripts()) {
        found.extend(source.findings(source.text.lines().flat_map(spoken)));
    }
    for source in SourceFile::documents() {
        found.extend(source.findings(letters(&source.text)));
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn words_outside_the_table_are_found() {
    let script = "fail(\"The chat could not be loaded.\", `Send`, \"mine\", \"Enter\"); // \"Not this\"";
    assert_eq!(spoken(script).collect::<Vec<_>>(), ["The chat could not be loaded.", "Send"]);
    let document = "<p title=\"Close\">{{words.close}}</p>\n<b>Chat</b><i>{{title}}</i>";
    assert_eq!(letters(document), ["Chat", "Close"]);
}

#[test]
fn each_entry_of_the_table_is_used() {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../words/en.txt")).unwrap();
    let text = |sources: Vec<SourceFile>| sources.into_iter().map(|source| source.text).collect::<String>();
    // The proxy chooses a heading of the page in place of a refused chat.
    let proxy = SourceFile::read("../proxy/src/http/document.rs").text;
    let code = text(SourceFile::rust());
    let others = text(SourceFile::scripts()) + &text(SourceFile::documents());
    let is_in = |text: &str, name: &str| {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut after = text.split(name).skip(1);
        after.any(|after| !after.starts_with(is_letter))
    };
    for (key, words) in table::entries(&table) {
        assert!(
            is_in(&code, &key.to_uppercase())
                || is_in(&proxy, &format!("ERROR_PAGE.{key}"))
                || is_in(&others, &format!("words.{key}")),
            "{key} = {words}"
        );
        assert!(!words.contains(['<', '>', '&', '"']), "{key}: a document would need escapes");
    }
}
