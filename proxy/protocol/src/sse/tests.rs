//! The reader against the specification's cases, cut anywhere.

use proptest::prelude::*;

use super::{EventReader, Frame, LineReader, MAX_DATA, MAX_LINE, TooLargeError, write};

fn read<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<Frame>, TooLargeError> {
    let (mut reader, mut out) = (EventReader::default(), Vec::new());
    for part in parts {
        reader.push(part, &mut out)?;
    }
    Ok(out)
}

/// Reads the stream whole, cut once at every byte, and byte by byte: all must agree.
fn read_every_way(stream: &[u8]) -> Vec<Frame> {
    let whole = read([stream]).unwrap();
    assert_eq!(read(stream.chunks(1)).unwrap(), whole, "byte by byte: {stream:?}");
    for cut in 0..stream.len() {
        let (head, tail) = stream.split_at(cut);
        assert_eq!(read([head, &[], tail]).unwrap(), whole, "cut at {cut}: {stream:?}");
    }
    whole
}

fn frame(id: &str, event: &str, data: &str) -> Frame {
    Frame { id: id.into(), event: event.into(), data: data.into() }
}

#[test]
fn streams_are_read_as_the_specification_says() {
    let message = |data| frame("", "message", data);
    for (stream, frames) in [
        // The specification's own examples.
        ("data: YHOO\ndata: +2\ndata: 10\n\n", vec![message("YHOO\n+2\n10")]),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            vec![frame("1", "message", "first event"), message("second event"), message(" third event")],
        ),
        ("data\n\ndata\ndata\n\ndata:", vec![message(""), message("\n")]),
        ("data:test\n\ndata: test\n\n", vec![message("test"), message("test")]),
        (
            "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n",
            vec![frame("", "add", "73857293"), frame("", "remove", "2153")],
        ),
        // Line ends, also mixed.
        ("data: a\r\n\r\ndata: b\r\rdata: c\n\n", vec![message("a"), message("b"), message("c")]),
        ("data: a\r\ndata: b\rdata: c\n\r\n", vec![message("a\nb\nc")]),
        // A byte order mark counts once and only at the start.
        ("\u{feff}data: a\n\n", vec![message("a")]),
        ("\u{feff}\u{feff}data: a\n\ndata: b\n\n", vec![message("b")]),
        ("data: a\n\n\u{feff}data: b\n\n", vec![message("a")]),
        // Fields.
        ("data: a\nevent: x\nevent: y\n\ndata: b\n\n", vec![frame("", "y", "a"), message("b")]),
        ("event: x\n\ndata: a\n\n", vec![message("a")]),
        ("event:\ndata: a\n\n", vec![message("a")]),
        ("event: x\nevent\ndata: a\n\n", vec![message("a")]),
        (
            "data: a\nid: 1\n\ndata: b\n\nid: 2\n\ndata: c\n\n",
            vec![frame("1", "message", "a"), frame("1", "message", "b"), frame("2", "message", "c")],
        ),
        (
            "id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n",
            vec![frame("1", "message", "a"), frame("1", "message", "b")],
        ),
        ("Data: a\n data: b\ndata : c\ndata:d:e\nfoo: f\n\n", vec![message("d:e")]),
        ("retry: 1\ndata: a\n\n", vec![message("a")]),
        ("data:\ta\u{a0}\n\n", vec![message("\ta\u{a0}")]),
        ("data: \0\n\n", vec![message("\0")]),
        (":\n: data: x\n::\ndata: é😀\n\n", vec![message("é😀")]),
        // Nothing to dispatch, or never finished.
        ("\n\n\r\r", vec![]),
        ("data: a\n", vec![]),
        ("data: a", vec![]),
    ] {
        assert_eq!(read_every_way(stream.as_bytes()), frames, "{stream:?}");
    }
}

#[test]
fn invalid_utf8_becomes_replacement_characters() {
    let frames = read_every_way(b"data: a\xff\xe2\x82\nevent: \xc3\ndata: \xf0\x9f\x98\x80\n\n");
    assert_eq!(frames, [frame("", "\u{FFFD}", "a\u{FFFD}\u{FFFD}\n😀")]);
}

#[test]
fn lines_and_events_larger_than_the_limit_are_refused() {
    let line = ["data: ".as_bytes(), &vec![b'x'; MAX_LINE - 6]].concat();
    assert!(read([&line[..], b"\n\n"]).is_ok());
    assert_eq!(read([&line[..], b"x"]), Err(TooLargeError));
    assert_eq!(read([&[&line[..], b"x\n"].concat()[..]]), Err(TooLargeError));

    let lines = [&line[..], b"\n"].concat().repeat(MAX_DATA / MAX_LINE + 1);
    assert_eq!(read(lines.chunks(4096)), Err(TooLargeError));
    assert_eq!(read([b"data\n".repeat(MAX_DATA + 2).as_slice()]), Err(TooLargeError));
}

#[test]
fn an_event_is_three_lines_and_a_blank_one() {
    let mut out = Vec::new();
    write(&mut out, 0, "start", b"{}");
    out.extend_from_slice(b": ping\n\n");
    write(&mut out, u64::MAX, "delta", r#"{"text":"é"}"#.as_bytes());
    let expected = "id: 0\nevent: start\ndata: {}\n\n: ping\n\n\
        id: 18446744073709551615\nevent: delta\ndata: {\"text\":\"é\"}\n\n";
    assert_eq!(String::from_utf8(out.clone()).unwrap(), expected);
    let frames = [frame("0", "start", "{}"), frame("18446744073709551615", "delta", r#"{"text":"é"}"#)];
    assert_eq!(read_every_way(&out), frames);
}

#[test]
fn the_event_that_a_stream_left_open_is_told_where_it_is_asked_for() {
    for (stream, last) in [
        ("data: a\n\ndata: b\ndata: c", Some(frame("", "message", "b\nc"))),
        ("event: x\ndata: a\n", Some(frame("", "x", "a"))),
        ("data: a\n\nevent: x", None),
        ("data: a\n\n: ping", None),
    ] {
        let (mut reader, mut out) = (EventReader::default(), Vec::new());
        reader.push(stream.as_bytes(), &mut out).unwrap();
        assert_eq!(reader.finish(), Ok(last), "{stream:?}");
    }
}

#[test]
fn an_event_carries_no_id_of_many_bytes() {
    let frames = read_every_way(format!("id: {}\ndata: a\n\n", "1".repeat(1025)).as_bytes());
    assert_eq!(frames, [frame("", "message", "a")]);
}

#[test]
fn a_last_line_without_end_is_a_line() {
    let mut lines = LineReader::default();
    let mut rest = "\u{feff}a\r\nb\r".as_bytes();
    assert_eq!(lines.next(&mut rest), Ok(Some(&b"a"[..])));
    assert_eq!(lines.next(&mut rest), Ok(Some(&b"b"[..])));
    assert_eq!(lines.next(&mut rest), Ok(None));
    assert_eq!(lines.finish(), None);
    rest = b"\nc";
    assert_eq!(lines.next(&mut rest), Ok(None));
    assert_eq!(lines.finish(), Some(&b"c"[..]));
    assert_eq!(lines.finish(), None);
}

proptest! {
    #[test]
    fn arbitrary_bytes_read_alike_however_they_are_cut(
        stream in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b"\r\n\n: data\xef\xbb\xbf".to_vec())],
            0..300,
        ),
        size in 1..9_usize,
    ) {
        prop_assert_eq!(read(stream.chunks(size)), read([&stream[..]]));
    }

    #[test]
    fn a_written_stream_is_read_back(events in prop::collection::vec((any::<u64>(), "[^\r\n]{0,40}"), 0..9)) {
        let mut out = Vec::new();
        let mut expected = Vec::new();
        for (id, data) in &events {
            write(&mut out, *id, "delta", data.as_bytes());
            expected.push(frame(&id.to_string(), "delta", data));
        }
        prop_assert_eq!(read(out.chunks(5)).unwrap(), expected);
    }
}
