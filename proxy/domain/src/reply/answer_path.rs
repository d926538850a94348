//! The member that a site names as the one that holds the answer.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::document::{DocumentContent, is_answer, note_members};
use super::members::{KnownMembers, MemberName, is_number, items, members_by_name};
use super::{notices, report};

/// The names on a path.
const MAX_NAMES: usize = 8;
/// The characters of a path.
const MAX_CHARS: usize = 128;

/// The path of the member that holds the answer, such as `data.outputs.0.text`: names of members, and numbers of items.
///
/// A name that meets a list stands for the first item that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerPath(Arc<[String]>);

impl AnswerPath {
    /// Parses a path; `None` where a name is empty or in the brackets of other notations, or where it is too long.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let names: Vec<String> = path.split('.').map(str::to_owned).collect();
        let is_name = |name: &String| !name.trim().is_empty() && name != "$" && !name.contains(['[', ']']);
        let fits = names.len() <= MAX_NAMES && path.chars().count() <= MAX_CHARS;
        (fits && names.iter().all(is_name)).then(|| Self(names.into()))
    }

    /// Finds the content of a reply in `value`: that member alone is its text.
    pub(super) fn find_in<'a>(&self, value: &'a RawValue, members: &KnownMembers<'a>) -> DocumentContent<'a> {
        if notices::is_failure(members) {
            return DocumentContent { failed: true, ..DocumentContent::default() };
        }
        let mut found = DocumentContent::default();
        search(&self.0, value, &mut found);
        let found = found.settled();
        let message = members.get(MemberName::Message).map(RawValue::get);
        let is_message = found.texts.first().is_none_or(|text| Some(text.get()) == message);
        match notices::empty_cause(members).filter(|_| is_message) {
            None => found,
            empty_cause => DocumentContent { empty_cause, ..DocumentContent::default() },
        }
    }
}

fn search<'a>(path: &[String], value: &'a RawValue, found: &mut DocumentContent<'a>) {
    match value.get().as_bytes().first() {
        Some(b'{') => search_object(path, value, found),
        Some(b'[') => search_list(path, value, found),
        Some(_) if path.is_empty() && is_text(value) => found.texts.push(value),
        Some(_) | None => {}
    }
}

fn search_object<'a>(path: &[String], value: &'a RawValue, found: &mut DocumentContent<'a>) {
    let members = KnownMembers::parse(value);
    let is_report = note_members(&members, found);
    if let Some((name, path)) = path.split_first()
        && (!is_report || is_answer(name))
        && let Some(member) = members_by_name(value).and_then(|mut members| members.remove(name))
    {
        search(path, member, found);
    }
    if found.texts.is_empty() {
        found.reports |= is_report || report::wraps_report(&members);
    }
}

fn search_list<'a>(path: &[String], value: &'a RawValue, found: &mut DocumentContent<'a>) {
    let items = items(value);
    if let Some(index) = path.first().and_then(|name| name.parse::<usize>().ok()) {
        if let Some(item) = items.get(index) {
            search(&path[1..], item, found);
        }
        return;
    }
    for item in items.into_iter().filter(|item| item.get().starts_with('{')) {
        if found.texts.is_empty() {
            search_object(path, item, found);
        }
    }
}

fn is_text(value: &RawValue) -> bool {
    value.get().starts_with('"') && value.get() != r#""""# || is_number(value)
}
