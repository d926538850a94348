//! The frame's reader of event streams, by itself: to the letter of the WHATWG specification, however a stream is cut.

use porthole_tests::Browser;
use serde_json::json;

const READER: &str = include_str!("../../widget/js/event_stream.js");

/// Reads a stream whole and cut at each place; returns what was read, once for each different result.
const READ: &str = "
const [source, stream] = arguments;
return (async () => {
  const { readEvents } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const bytes = new TextEncoder().encode(stream);
  const results = new Set();
  for (let at = 0; at <= bytes.length; at++) {
    const events = [];
    const body = new ReadableStream({
      start(controller) {
        for (const part of [bytes.subarray(0, at), bytes.subarray(at)]) controller.enqueue(part);
        controller.close();
      },
    });
    await readEvents(body, ({ id, name, data }) => void events.push([id ?? null, name, data]));
    results.add(JSON.stringify(events));
  }
  return [...results];
})()";

#[test]
fn streams_are_read_to_the_letter() {
    let browser = Browser::start();
    browser.open("about:blank");
    for (stream, events) in [
        ("id: 1\nevent: a\ndata: 2\n\n", r#"[[1,"a",2]]"#),
        ("id: 1\r\nevent: a\r\ndata: 2\r\n\r\n", r#"[[1,"a",2]]"#),
        ("id: 1\revent: a\rdata: 2\r\r", r#"[[1,"a",2]]"#),
        ("event: a\ndata: [1,\ndata: 2]\n\r", r#"[[null,"a",[1,2]]]"#),
        ("id: 4\ndata: 1\n\nid: 5\u{0}\ndata: 2\n\nid\ndata: 3\n\n", r#"[[4,"",1],[4,"",2],[null,"",3]]"#),
        (
            "\u{feff}data:1\n\n: note\n\nother: 1\nevent: b\n\ndata: \"é\"\n\n",
            r#"[[null,"",1],[null,"","é"]]"#,
        ),
        ("data: 1\n\ndata: 2\n", r#"[[null,"",1]]"#),
        ("data: 1\n\ndata: 2", r#"[[null,"",1]]"#),
    ] {
        assert_eq!(browser.script(READ, &[json!(READER), json!(stream)]), json!([events]), "{stream:?}");
    }
}
