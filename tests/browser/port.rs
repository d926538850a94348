//! The bound of a message between the page and the frame: bytes in UTF-8, on either side.

use porthole_tests::site::Page;
use serde_json::json;

use crate::fixture::{Fixture, answer};

/// Keeps the page's end of the port, as a script of the page could.
const KEEP_PORT: &str = "
const Channel = MessageChannel;
window.MessageChannel = function () {
  const channel = new Channel();
  window.port = channel.port1;
  return channel;
};";

/// Fewer UTF-16 units than the bound, and more bytes.
const FILLER: &str = "'ä'.repeat(33_000)";

fn open_chat() -> Fixture {
    let fixture = Fixture::with(answer("Hello."));
    let body = format!(
        "<!doctype html><title>A shop</title><body><script>{KEEP_PORT}</script><script src={}/widget.js></script>",
        fixture.proxy.origin()
    );
    fixture.site.add(Page::new("/port", body));
    fixture.browser.open(&fixture.site.url("/port"));
    fixture.open_chat();
    fixture
}

#[test]
fn the_frame_drops_a_message_over_the_bound() {
    let fixture = open_chat();
    fixture.browser.leave_frame();
    let send = format!(
        "window.port.postMessage({{ type: 'send', text: 'Large', filler: {FILLER} }});
         window.port.postMessage({{ type: 'send', text: 'Small' }})"
    );
    fixture.browser.script(&send, &[]);
    fixture.enter_chat();
    fixture.wait_for_reply("Hello.");
    let questions = "return [...document.querySelectorAll('.mine')].map((it) => it.lastChild.textContent)";
    assert_eq!(fixture.browser.script(questions, &[]), json!(["Small"]));
}

#[test]
fn the_page_sends_no_message_over_the_bound() {
    let fixture = open_chat();
    fixture.browser.leave_frame();
    let send = format!(
        "const codes = [];
         porthole('on', 'error', ({{ code }}) => codes.push(code));
         porthole('send', {FILLER});
         return codes"
    );
    assert_eq!(fixture.browser.script(&send, &[]), json!(["too_large"]));
}

#[test]
fn what_the_page_sends_is_cleaned_before_it_is_a_message() {
    let fixture = open_chat();
    fixture.browser.leave_frame();
    fixture.browser.script("porthole('send', 'Order 7\\r\\nLamp\\u000b\\u0007 green\\u2028\\u0000')", &[]);
    fixture.enter_chat();
    fixture.wait_for_reply("Hello.");
    assert_eq!(fixture.upstream.wait_for(1)[0].json()["chatInput"], "Order 7\nLamp\n green\n");
}

#[test]
fn each_message_tells_the_page_on_which_it_was_asked() {
    let fixture = open_chat();
    fixture.ask("First");
    fixture.wait_for_end();
    fixture.browser.leave_frame();
    fixture.browser.script("document.title = 'Lamp 7'; history.pushState({}, '', '/lamps/7?seen=1')", &[]);
    fixture.enter_chat();
    fixture.ask("And here?");
    let requests = fixture.upstream.wait_for(2);
    let page = |at: usize| requests[at].json()["metadata"]["client"]["page"].clone();
    assert_eq!(page(0), json!({ "url": fixture.site.url("/port"), "title": "A shop" }));
    assert_eq!(page(1), json!({ "url": fixture.site.url("/lamps/7"), "title": "Lamp 7" }));
}
