//! A browser's translator at work in a chat: it takes text nodes away and puts words of its own in their places.

use std::time::Duration;

use porthole_tests::upstream::{Framing, Script};
use serde_json::json;

use crate::fixture::Fixture;

/// Translates into capitals, as Chrome does: two `font` elements in place of each text node, whenever there is one.
const TRANSLATE: &str = "
window.failures = [];
for (const kind of ['error', 'unhandledrejection']) addEventListener(kind, (event) => failures.push(String(event.message)));
const body = document.body;
function translate() {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT, (node) =>
    node.parentNode.closest('font, script, textarea') || !node.data.trim() ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  for (const node of nodes) {
    const font = document.createElement('font');
    font.append(document.createElement('font'));
    font.firstChild.textContent = node.data.toUpperCase();
    node.replaceWith(font);
  }
}
new MutationObserver(translate).observe(body, { childList: true, characterData: true, subtree: true });
translate()";

/// Text, marks that close late, a heading that begins as a paragraph, lists, code, a table, and a last paragraph.
const ANSWER: &str = "We **open at nine** and [close](https://shop.example/hours) at six, `always` on time.\n\n\
    Days\n----\n\n- Monday and *Friday*\n- Sunday:\n  1. by call\n  2. or not\n\n\
    ```sh\nring twice\nthen wait\n```\n\n| day | door |\n|---|---|\n| Monday | left **one** |\n| Friday | right |\n\n\
    > Bring a lamp\n\nSee you ~~soon~~ then.";

/// The words of the answer as they are shown.
const SHOWN: &str = "We open at nine and close at six, always on time. Days Monday and Friday Sunday: by call or not sh \
    ring twice then wait day door Monday left one Friday right Bring a lamp See you soon then.";

fn words_of(fixture: &Fixture) -> String {
    let shown = "const walker = document.createTreeWalker(
          [...document.querySelectorAll('.turn')].at(-1).querySelector('.prose'), NodeFilter.SHOW_TEXT);
        const words = [];
        while (walker.nextNode()) words.push(walker.currentNode.data);
        return words.join('\\n')";
    let shown = fixture.browser.script(shown, &[]);
    let words: Vec<&str> = shown.as_str().unwrap().split_whitespace().collect();
    words.join(" ").replace(" ,", ",").replace(" .", ".")
}

#[test]
fn a_translated_reply_goes_on_and_loses_nothing() {
    let slowly = |text: &str| {
        let head = Script::head(200, "text/plain", Framing::Close);
        head.byte_by_byte(text, Duration::from_millis(6)).end()
    };
    let fixture = Fixture::with(slowly(ANSWER));
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.script(TRANSLATE, &[]);
    for _ in 0..2 {
        fixture.ask("When?");
        fixture.wait_for_end();
        fixture.browser.wait_for_text(".turn:last-of-type .reply", "THEN");
        assert_eq!(words_of(&fixture), SHOWN.to_uppercase());
    }
    fixture.browser.wait_for_text(".turn:last-of-type .mine", "WHEN?");
    assert_eq!(fixture.turns(), 2);
    fixture.browser.click(&fixture.browser.find("#new"));
    fixture.browser.wait_for("an empty chat", "return !document.querySelector('.turn')");
    assert_eq!(fixture.browser.script("return failures", &[]), json!([]));
}
