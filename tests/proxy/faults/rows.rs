//! The faults of a workflow on the wire, and the reply that each becomes.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use porthole_tests::upstream::Framing;
use porthole_tests::{Script, Signal};

use crate::fixture::item;

/// A word that no visitor and no log may see.
pub(super) const CANARY: &str = "SECRET-OF-THE-UPSTREAM";
const PAUSE: Duration = Duration::from_millis(3);
pub(super) const JSON: &str = "application/json";
const MIB: usize = 1024 * 1024;

/// Far more than a reply has.
const LINES: usize = 100_000;

/// A fault, the text or code that becomes of it (the empty code is any outcome), and how it is played.
pub(super) type Fault = (&'static str, Result<&'static str, &'static str>, Script);

pub(super) fn head(framing: Framing) -> Script {
    Script::head(200, JSON, framing)
}

fn gzip(bytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b'x'; bytes]).unwrap();
    encoder.finish().unwrap()
}

fn answer(first_line: &str, headers: &str, body: &[u8]) -> Script {
    let head = format!("{first_line}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    Script::new().raw([head.as_bytes(), body].concat())
}

pub(super) fn statuses() -> Vec<Fault> {
    let told = format!("{{\"message\":\"{CANARY}\"}}");
    let page = format!("<html>{CANARY}</html>");
    let codes = (400..=431).chain([451]).chain(500..=511).chain([599]);
    let mut rows: Vec<Fault> = codes
        .map(|status| ("status", Err("upstream_status"), Script::whole(status, JSON, told.as_str())))
        .collect();
    for status in [200, 502, 503] {
        rows.push(("page", Err("upstream_status"), Script::whole(status, "text/html", page.as_str())));
    }
    for (status, location) in [
        (301, "http://169.254.169.254/latest/meta-data/"),
        (302, "http://127.0.0.1:1/"),
        (303, "/elsewhere"),
        (307, "http://[::1]:1/"),
        (308, "file:///etc/passwd"),
    ] {
        let line = format!("HTTP/1.1 {status} Moved");
        let location = format!("Location: {location}\r\n");
        rows.push(("redirect", Err("upstream_status"), answer(&line, &location, b"")));
    }
    rows
}

pub(super) fn heads() -> Vec<Fault> {
    let good = r#"{"output":"fine"}"#.as_bytes();
    let http = "HTTP/1.1 200 OK";
    let flood = format!("X: {CANARY}\r\n").repeat(20_000);
    let interrupted = Err("upstream_interrupted");
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let after = |first: &str| Script::new().raw(first).raw(answer(http, "", good).bytes());
    vec![
        ("100 first", Ok("fine"), after("HTTP/1.1 100 Continue\r\n\r\n")),
        ("many 103", Ok("fine"), after(&early.repeat(50))),
        (
            "101 unasked",
            Err("upstream_status"),
            Script::new().raw("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        ),
        ("header flood", Err("reply_too_large"), answer(http, &flood, good)),
        (
            "one endless header",
            Err("reply_too_large"),
            answer(http, &format!("X: {}\r\n", "x".repeat(2 * MIB)), good),
        ),
        ("HTTP/0.9", interrupted, Script::new().raw(CANARY)),
        ("status 99", interrupted, answer("HTTP/1.1 99 Low", "", good)),
        ("status word", interrupted, answer("HTTP/1.1 OK", "", good)),
        ("HTTP/3.0", interrupted, answer("HTTP/3.0 200 OK", "", good)),
        ("two lengths", interrupted, answer(http, "Content-Length: 3\r\n", good)),
        ("garbage", interrupted, Script::new().raw([0xff; 900])),
        ("TLS alert", interrupted, Script::new().raw([0x15, 3, 3, 0, 2, 2, 70])),
        ("gzip", Err("reply_too_large"), answer(http, "Content-Encoding: gzip\r\n", &gzip(10 * MIB))),
        ("br", Err("upstream_status"), answer(http, "Content-Encoding: br\r\n", b"\x0b\x02")),
        ("half a head, silence", interrupted, Script::new().raw("HTTP/1.1 200 OK\r\nX").breaks()),
    ]
}

pub(super) fn bodies() -> Vec<Fault> {
    let interrupted = Err("upstream_interrupted");
    let chunked = || head(Framing::Chunked).piece(item("a"));
    let invalid = [b"{\"type\":\"item\",\"content\":\"a", &[0xff, 0xfe][..], b"\"}\n"].concat();
    let slow = Script::whole(200, JSON, item("drip") + &item("ped")).bytes();
    let smile = "{\"type\":\"item\",\"content\":\"\u{1f600}\"}\n".as_bytes();
    let split = smile.iter().fold(head(Framing::Chunked), |script, byte| script.piece([*byte]));
    vec![
        ("length too long", interrupted, head(Framing::Length(900)).piece(item("a")).breaks()),
        ("length too short", Err("empty_reply"), head(Framing::Length(9)).raw(item("a")).breaks()),
        ("chunk of -1", interrupted, chunked().raw("-1\r\n").breaks()),
        ("endless chunk", interrupted, chunked().raw("ffffffffffffffff\r\nx").breaks()),
        ("chunk beyond 64 bits", interrupted, chunked().raw("1ffffffffffffffff\r\nx").breaks()),
        ("chunk without end", interrupted, chunked().raw("1\r\nxyz").breaks()),
        ("endless extension", interrupted, chunked().raw(format!("1;{}", "x".repeat(MIB))).breaks()),
        ("invalid UTF-8", Ok("a\u{fffd}\u{fffd}"), head(Framing::Chunked).piece(invalid).end()),
        ("split characters", Ok("\u{1f600}"), split.end()),
        ("drip", Ok("dripped"), Script::new().byte_by_byte(slow, PAUSE)),
        ("gzip unsaid", Err(""), answer("HTTP/1.1 200 OK", "", &gzip(10 * MIB))),
        (
            "line of 10 MiB",
            Err("reply_too_large"),
            head(Framing::Chunked).piece(item(&"x".repeat(10 * MIB))).end(),
        ),
        (
            "document of 10 MiB",
            Err("reply_too_large"),
            Script::whole(200, JSON, format!("[{}1]", "1,".repeat(5 * MIB))),
        ),
        ("text of 10 MiB", Err("reply_too_large"), Script::whole(200, "text/plain", "x".repeat(10 * MIB))),
        ("spaces", Err("reply_too_large"), Script::whole(200, JSON, " ".repeat(10 * MIB))),
        (
            "many unknown lines",
            Err("empty_reply"),
            Script::whole(200, JSON, "{\"type\":\"x\"}\n".repeat(LINES)),
        ),
        (
            "many lines that say nothing",
            Ok("a"),
            Script::whole(200, JSON, item("a") + &"{\"type\":\"keepalive\"}\n".repeat(LINES)),
        ),
        ("flood", Err("reply_too_large"), chunked().flood(item("flood"), &Signal::new())),
    ]
}
