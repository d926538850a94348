//! The chat at other places than a host of its own: below a path of the shop's host, and in the shop's own iframe.

use std::net::TcpListener;

use porthole_tests::site::Page;
use porthole_tests::{FakeUpstream, Signal};

use crate::fixture::{Fixture, answer, answer_in_two};

#[test]
fn below_a_path_everything_is_loaded_from_below_it() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("http://127.0.0.1:{port}/help/chat");
    let settings = [("API_PORT", &*port.to_string()), ("PUBLIC_URL", &base)];
    let rest = Signal::new();
    let upstream = FakeUpstream::always(answer_in_two("We open ", &rest, "at nine."));
    let fixture = Fixture::new(upstream, &settings);
    fixture.site.add(Page::with_tag("/below", &base, ""));
    fixture.browser.open(&fixture.site.url("/below"));
    fixture.open_chat();
    fixture.ask("When?");
    fixture.wait_for_reply("We open");
    rest.set();
    fixture.wait_for_reply("We open at nine.");
    fixture.wait_for_end();
    let requested = fixture.browser.requested();
    assert!(requested.iter().all(|url| url.starts_with(&base)), "{requested:?}");
    fixture.browser.leave_frame();
    let elsewhere = fixture.requested_elsewhere();
    assert!(!elsewhere.is_empty() && elsewhere.iter().all(|url| url.starts_with(&base)), "{elsewhere:?}");
}

#[test]
fn a_site_without_scripts_frames_the_hosted_page() {
    let settings = [("HOSTED_PAGE", "true")];
    let fixture = Fixture::new(FakeUpstream::always(answer("At nine.")), &settings);
    let frame = |path: &str| format!("<iframe src=\"{}\" height=500></iframe>", fixture.proxy.url(path));
    fixture.site.add(Page::new("/embed", frame("/chat?embed")));
    fixture.site.add(Page::new("/page", frame("/chat")));
    fixture.browser.open(&fixture.site.url("/embed"));
    fixture.enter_chat();
    fixture.browser.leave_frame();
    let focused = fixture.browser.script("return document.activeElement.tagName", &[]);
    assert_eq!(focused, "BODY", "the chat takes no focus from the page around it");
    fixture.enter_chat();
    fixture.ask("When?");
    fixture.wait_for_reply("At nine.");
    fixture.wait_for_end();
    fixture.browser.leave_frame();
    fixture.browser.open(&fixture.site.url("/page"));
    fixture.browser.enter_frame("iframe");
    let found = fixture.browser.script("return !!document.getElementById('text')", &[]);
    assert_eq!(found, false, "the page of its own is framed by nobody");
}
