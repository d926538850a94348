//! Failures, and the visitor's ways out of them.

use porthole_tests::{FakeUpstream, Script};
use serde_json::json;

use crate::fixture::{Fixture, LAUNCHER, answer};

/// The button of a reply that failed.
const RETRY: &str = ".turn:last-of-type [data-do=retry]";

#[test]
fn a_message_that_failed_is_sent_again_by_a_button() {
    let fails = || Script::whole(500, "text/plain", "no");
    let fixture = Fixture::with_scripts(move |n| if n == 0 { fails() } else { answer("Here it is.") }, &[]);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Where is it?");
    fixture.browser.click(&fixture.browser.find(RETRY));
    fixture.wait_for_reply("Here it is.");
    let requests = fixture.upstream.wait_for(2);
    assert!(requests.iter().all(|it| it.json()["chatInput"] == "Where is it?"));
    assert_eq!(fixture.turns(), 1);
    assert!(fixture.browser.look_for(RETRY).is_none());
}

#[test]
fn a_proxy_with_new_keys_costs_no_message() {
    let mut fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Before");
    fixture.wait_for_reply("Answer 0.");
    fixture.wait_for_end();
    fixture.restart_proxy(&[("JWT_SECRET_KEY", "another-test-only-key-for-tokens-0123456789")]);
    fixture.ask("After");
    fixture.wait_for_reply("Answer 1.");
    assert_eq!(fixture.turns(), 2);
    assert_eq!(fixture.upstream.requests().len(), 2);
}

#[test]
fn a_message_written_offline_goes_out_when_the_network_is_back() {
    let fixture = Fixture::with(answer("Received."));
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#text");
    fixture.browser.go_offline();
    fixture.browser.wait_for("the page to be offline", "return !navigator.onLine");
    fixture.ask("Written in a tunnel");
    fixture.browser.wait_for_text("#notices", "offline");
    assert_eq!(fixture.upstream.requests().len(), 0);
    fixture.browser.go_online();
    fixture.wait_for_reply("Received.");
    assert_eq!(fixture.upstream.requests().len(), 1);
}

#[test]
fn a_message_goes_out_once_the_part_that_calls_the_proxy_can_be_loaded() {
    let fixture = Fixture::with(answer("Received."));
    let block = |urls: &[&str]| fixture.browser.devtools("Network.setBlockedURLs", &json!({ "urls": urls }));
    fixture.browser.devtools("Network.enable", &json!({}));
    block(&["*network.js*"]);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.ask("Where is it?");
    fixture.browser.find(RETRY);
    fixture.browser.wait_for_text(".mine", "Where is it?");
    assert_eq!(fixture.upstream.requests().len(), 0);
    block(&[]);
    fixture.browser.click(&fixture.browser.find(RETRY));
    fixture.wait_for_reply("Received.");
    assert_eq!((fixture.turns(), fixture.upstream.requests().len()), (1, 1));
}

/// Opens the chat in a page whose policy forbids the frame, and waits until the page says so.
fn with_a_blocked_frame(hosted_page: &str) -> Fixture {
    let fixture = Fixture::new(FakeUpstream::always(answer("Never.")), &[("HOSTED_PAGE", hosted_page)]);
    let policy = format!("script-src {}; frame-src 'none'", fixture.proxy.origin());
    fixture.add_page("/blocked", &[("Content-Security-Policy", &policy)]);
    fixture.browser.open(&fixture.site.url("/blocked"));
    fixture.browser.click(&fixture.browser.find(LAUNCHER));
    fixture.browser.find(".blocked .notice button");
    fixture
}

#[test]
fn a_blocked_frame_offers_the_chat_as_a_page_of_its_own_where_the_proxy_has_one() {
    let fixture = with_a_blocked_frame("true");
    let link = fixture.browser.find(".blocked .notice a");
    assert_eq!(fixture.browser.property(&link, "href"), fixture.proxy.url("/chat"));
    fixture.browser.screenshot("blocked");
}

#[test]
fn a_blocked_frame_offers_no_page_that_the_proxy_has_not() {
    let fixture = with_a_blocked_frame("false");
    fixture.browser.wait_for(
        "the module to be missing",
        "return performance.getEntriesByType('resource').some((it) => it.name.endsWith('/hosted.js') && it.responseEnd)",
    );
    assert!(fixture.browser.look_for(".notice a").is_none());
}
