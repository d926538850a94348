//! The bound of a message between the page and the frame: bytes in UTF-8, on either side.

use porthole_tests::site::Page;
use serde_json::json;

use crate::scene::{Scene, answer};

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

fn open_chat() -> Scene {
    let scene = Scene::with(answer("Hello."));
    let body = format!(
        "<!doctype html><title>A shop</title><body><script>{KEEP_PORT}</script><script src={}/widget.js></script>",
        scene.proxy.origin()
    );
    scene.site.add(Page::new("/port", body));
    scene.browser.open(&scene.site.url("/port"));
    scene.open_chat();
    scene
}

#[test]
fn the_frame_drops_a_message_over_the_bound() {
    let scene = open_chat();
    scene.browser.leave_frame();
    let send = format!(
        "window.port.postMessage({{ type: 'send', text: 'Large', filler: {FILLER} }});
         window.port.postMessage({{ type: 'send', text: 'Small' }})"
    );
    scene.browser.script(&send, &[]);
    scene.enter_chat();
    scene.wait_for_reply("Hello.");
    let questions = "return [...document.querySelectorAll('.mine')].map((it) => it.lastChild.data)";
    assert_eq!(scene.browser.script(questions, &[]), json!(["Small"]));
}

#[test]
fn the_page_sends_no_message_over_the_bound() {
    let scene = open_chat();
    scene.browser.leave_frame();
    let send = format!(
        "const codes = [];
         porthole('on', 'error', ({{ code }}) => codes.push(code));
         porthole('send', {FILLER});
         return codes"
    );
    assert_eq!(scene.browser.script(&send, &[]), json!(["too_large"]));
}
