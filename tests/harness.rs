//! The harness does what the other tests rely on.

use std::io::{Read, Write};
use std::net::TcpStream;

use porthole_tests::site::Page;
use porthole_tests::upstream::Framing;
use porthole_tests::{Browser, FakeUpstream, Script, Signal, Site};

fn ask(upstream: &FakeUpstream, body: &str) -> TcpStream {
    let address = upstream.url().replace("http://", "").replace("/webhook/chat", "");
    let mut connection = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        connection,
        "POST /webhook/chat HTTP/1.1\r\nX-Test: yes\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    connection
}

fn read_exactly(connection: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    connection.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn an_upstream_records_the_request_and_says_its_script() {
    let upstream = FakeUpstream::always(Script::pieces("text/plain", ["a", "bc"]));
    let answer = Script::pieces("text/plain", ["a", "bc"]).bytes();
    let mut connection = ask(&upstream, "{\"a\":1}");
    assert_eq!(read_exactly(&mut connection, answer.len()), answer);
    assert!(answer.ends_with(b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"));
    let requests = upstream.wait_for(1);
    assert_eq!(requests[0].header("x-test"), Some("yes"));
    assert_eq!(requests[0].json()["a"], 1);
}

#[test]
fn the_rest_of_a_cut_answer_waits_for_its_signal() {
    let rest = Signal::new();
    let answer = Script::whole(200, "text/plain", "hello");
    let cut = answer.bytes().len() - 2;
    let upstream = FakeUpstream::always(Script::cut(&answer, cut, &rest));
    let mut connection = ask(&upstream, "");
    assert!(read_exactly(&mut connection, cut).ends_with(b"hel"));
    rest.set();
    assert_eq!(read_exactly(&mut connection, 2), b"lo");
}

#[test]
fn an_upstream_notices_that_the_proxy_has_hung_up() {
    let hung_up = Signal::new();
    let upstream =
        FakeUpstream::always(Script::head(200, "text/plain", Framing::Chunked).piece("a").stall(&hung_up));
    drop(ask(&upstream, ""));
    hung_up.wait("the upstream to notice");
}

#[test]
fn a_broken_answer_ends_before_its_length() {
    let upstream =
        FakeUpstream::always(Script::head(200, "text/plain", Framing::Length(10)).piece("abc").breaks());
    let mut all = Vec::new();
    ask(&upstream, "").read_to_end(&mut all).unwrap();
    assert!(all.ends_with(b"\r\n\r\nabc"));
}

#[test]
fn a_browser_reads_clicks_and_types_through_shadow_roots_and_frames() {
    let site = Site::start();
    site.add(Page::new(
        "/",
        "<!doctype html><title>t</title><div id=host></div><iframe src=/inner></iframe><script>
           const root = document.getElementById('host').attachShadow({ mode: 'open' });
           const button = root.appendChild(document.createElement('button'));
           button.textContent = 'press';
           button.onclick = () => { button.textContent = 'pressed'; };
         </script>",
    ));
    site.add(Page::new("/inner", "<!doctype html><input id=field>"));
    let browser = Browser::start();
    browser.open(&site.url("/"));
    browser.click(&browser.find("button"));
    browser.wait_for_text("button", "pressed");
    browser.enter_frame("iframe");
    let field = browser.find("#field");
    browser.click(&field);
    browser.type_text("größer");
    assert_eq!(browser.property(&field, "value"), "größer");
    browser.screenshot("harness");
    assert!(site.requests().iter().any(|request| request.path() == "/inner"));
}
