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
    let questions = "return [...document.querySelectorAll('.mine')].map((it) => it.lastChild.data)";
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
