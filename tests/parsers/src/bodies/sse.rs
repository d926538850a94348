use porthole_protocol::sse::{EventReader, Frame, LineReader, write};
use porthole_protocol::{Code, Event, Problem};

use crate::input::{self, Choices};

/// Reads an event stream as the specification words it, however it is cut; what we write is read back.
pub fn sse(input: &[u8]) {
    let (mut choices, body) = Choices::before(input, 1);
    let size = choices.below(64) + 1;
    let expected = by_the_book(body);
    assert_eq!(read([body]), expected, "whole");
    assert_eq!(read(body.chunks(size)), expected, "in pieces of {size}");

    let data = serde_json::to_string(&*input::text(body)).unwrap();
    let mut written = Vec::new();
    write(&mut written, size as u64, "delta", data.as_bytes());
    let frame = Frame { id: size.to_string(), event: "delta".into(), data };
    assert_eq!(read(written.chunks(size)), [frame]);
}

fn read<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<Frame> {
    let (mut reader, mut frames) = (EventReader::default(), Vec::new());
    for part in parts {
        reader.push(part, &mut frames).unwrap();
    }
    frames
}

/// WHATWG, "Interpreting an event stream", on a whole text at once.
fn by_the_book(body: &[u8]) -> Vec<Frame> {
    let text = input::text(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n").replace('\r', "\n");
    let mut frames = Vec::new();
    let (mut id, mut event, mut data) = (String::new(), String::new(), String::new());
    // Bytes behind the last line end are no line.
    for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "" if line.is_empty() => {
                let event = std::mem::take(&mut event);
                if let Some(data) = std::mem::take(&mut data).strip_suffix('\n') {
                    frames.push(Frame {
                        id: id.clone(),
                        event: if event.is_empty() { "message".into() } else { event },
                        data: data.into(),
                    });
                }
            }
            "event" => event = value.into(),
            "data" => data.extend([value, "\n"]),
            "id" if !value.contains('\0') => id = value.into(),
            _ => {}
        }
    }
    frames
}

/// Splits a body into lines, as JSON lines are read: LF, CR or CRLF, wherever it is cut.
pub fn lines(input: &[u8]) {
    let (mut choices, body) = Choices::before(input, 1);
    let size = choices.below(64) + 1;
    let unmarked = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut expected: Vec<&[u8]> = Vec::new();
    let mut rest = unmarked;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        let end = if rest[at..].starts_with(b"\r\n") { 2 } else { 1 };
        expected.push(&rest[..at]);
        rest = &rest[at + end..];
    }
    assert_eq!(split([body], expected.len()), (owned(&expected), rest.to_vec()));
    assert_eq!(
        split(body.chunks(size), expected.len()),
        (owned(&expected), rest.to_vec()),
        "in pieces of {size}"
    );
}

fn owned(lines: &[&[u8]]) -> Vec<Vec<u8>> {
    lines.iter().map(|line| line.to_vec()).collect()
}

fn split<'a>(parts: impl IntoIterator<Item = &'a [u8]>, most: usize) -> (Vec<Vec<u8>>, Vec<u8>) {
    let (mut lines, mut found) = (LineReader::default(), Vec::new());
    for mut part in parts {
        while let Some(line) = lines.next(&mut part).unwrap() {
            found.push(line.to_vec());
            assert!(found.len() <= most, "a line that is none");
        }
    }
    (found, lines.finish().unwrap_or_default().to_vec())
}

/// Reads an event and a problem as JSON: written again they are the same, and every known code stays itself.
pub fn event(input: &[u8]) {
    if let Ok(event) = serde_json::from_slice::<Event>(input) {
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
        assert!(json.contains(event.kind().name()));
    }
    if let Ok(problem) = serde_json::from_slice::<Problem>(input) {
        let json = serde_json::to_string(&problem).unwrap();
        assert_eq!(serde_json::from_str::<Problem>(&json).unwrap(), problem);
        assert!(Code::parse(&problem.code).is_none_or(|code| code.as_str() == problem.code));
    }
}
