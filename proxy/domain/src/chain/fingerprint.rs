//! What makes two sends the same message (PROTOCOL §4).

use serde_json::{Map, Value};

use super::{FilesHash, Head, TextHash, sha256};

/// The hash over all that a send asks for; a repeated `message_id` must come with the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Takes the fingerprint of a message on top of `parent`, the head after `kept` turns.
    #[must_use]
    pub fn of(
        parent: &Head,
        kept: u32,
        message: &TextHash,
        files: &FilesHash,
        agent: Option<&str>,
        metadata: Option<&Map<String, Value>>,
    ) -> Self {
        let mut canonical = String::new();
        if let Some(metadata) = metadata {
            write_object(metadata, &mut canonical);
        }
        Self(sha256(&[
            parent.as_bytes(),
            &kept.to_be_bytes(),
            message.as_bytes(),
            files.as_bytes(),
            TextHash::of(agent.unwrap_or_default()).as_bytes(),
            TextHash::of(&canonical).as_bytes(),
        ]))
    }
}

/// Writes JSON without spaces and with sorted keys. Not left to `serde_json`, whose order of keys
/// changes as soon as any crate in the build asks for `preserve_order`.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => write_object(members, out),
        Value::Array(items) => write_array(items, out),
        Value::String(text) => write_string(text, out),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

fn write_object(members: &Map<String, Value>, out: &mut String) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(key, _)| *key);
    out.push('{');
    for (at, (key, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

fn write_array(items: &[Value], out: &mut String) {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

fn write_string(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Fingerprint, write};
    use crate::chain::{FilesHash, Head, TextHash};

    fn canonical(value: &Value) -> String {
        let mut out = String::new();
        write(value, &mut out);
        out
    }

    fn object(json: &str) -> Map<String, Value> {
        serde_json::from_str(json).unwrap()
    }

    fn fingerprint(kept: u32, message: &str, agent: Option<&str>, metadata: Option<&str>) -> Fingerprint {
        let head = Head::parse("DT6pUYlvdWn7OyCNyXQigmOOiyeEfD9NMOVJn1oqKxI").unwrap();
        let metadata = metadata.map(object);
        Fingerprint::of(
            &head,
            kept,
            &TextHash::of(message),
            &FilesHash::NONE,
            agent,
            metadata.as_ref(),
        )
    }

    #[test]
    fn canonical_json_has_sorted_keys_and_no_spaces() {
        let value = json!({"b": [1, 2.5, {"z": null, "a": "\"\n😀"}], "a": {}, "B": true, "": []});
        assert_eq!(
            canonical(&value),
            "{\"\":[],\"B\":true,\"a\":{},\"b\":[1,2.5,{\"a\":\"\\\"\\n😀\",\"z\":null}]}"
        );
    }

    #[test]
    fn the_order_of_members_does_not_matter() {
        let one = fingerprint(1, "hi", None, Some(r#"{"a":1,"b":{"c":2,"d":3}}"#));
        assert_eq!(
            one,
            fingerprint(1, "hi", None, Some(r#"{ "b": {"d":3,"c":2}, "a": 1 }"#))
        );
    }

    #[test]
    fn an_absent_agent_is_the_empty_text() {
        assert_eq!(
            fingerprint(1, "hi", None, None),
            fingerprint(1, "hi", Some(""), None)
        );
    }

    #[test]
    fn every_part_counts() {
        let prints = [
            fingerprint(1, "hi", None, None),
            fingerprint(2, "hi", None, None),
            fingerprint(1, "ho", None, None),
            fingerprint(1, "hi", Some("sales"), None),
            fingerprint(1, "hi", None, Some("{}")),
            fingerprint(1, "hi", None, Some(r#"{"a":1}"#)),
        ];
        for (at, print) in prints.iter().enumerate() {
            assert!(!prints[..at].contains(print), "fingerprint {at} repeats");
        }
    }
}
