//! The search in the conversation on the screen.

use porthole_tests::browser::{Element, NamedKey};
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer};

/// Ctrl and F, as they are typed.
const CTRL_F: &str = "\u{e009}f\u{e000}";

/// Puts a conversation into the store, whose questions are numbered.
const FILL: &str = "
const opening = indexedDB.open('porthole:default:' + location.origin, 1);
opening.onupgradeneeded = () => ['chat', 'turns'].forEach((name) => opening.result.createObjectStore(name));
opening.onsuccess = () => {
  const transaction = opening.result.transaction('turns', 'readwrite');
  for (let turn = 0; turn < 70; turn += 1) {
    const at = 1700000000000 + turn;
    transaction.objectStore('turns').put({ id: `t${turn}`, user: `Question ${turn}`, at, end: 'complete',
      reply: turn % 35 ? 'A plain answer.' : 'The **crè**me is _here_.', suggestions: '', receipt: '', turn: turn + 1, head: '', parent: '', thoughts: '', thought_ms: 0, beside: '' }, at);
  }
  transaction.oncomplete = () => {
    opening.result.close();
    window.isFilled = true;
  };
};";

/// The places that are marked, and the one that is looked at.
const MARKED: &str = "
const texts = (name) => [...(CSS.highlights.get(name) ?? [])].map(String);
return [texts('found').length, ...texts('found-now')]";

/// A chat of seventy turns.
fn long_chat() -> Fixture {
    let fixture =
        Fixture::new(porthole_tests::FakeUpstream::always(answer("Never.")), &[("HOSTED_PAGE", "true")]);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#chats");
    fixture.browser.script(FILL, &[]);
    fixture.browser.wait_for("the chat to be there", "return window.isFilled");
    fixture.browser.reload();
    fixture.browser.find(".turn");
    fixture
}

fn open(fixture: &Fixture) -> Element {
    fixture.browser.type_into(&fixture.browser.find("#text"), CTRL_F);
    fixture.browser.find("#find-text")
}

fn marked(fixture: &Fixture) -> Value {
    fixture.browser.script(MARKED, &[])
}

#[test]
fn a_search_reaches_all_turns_and_goes_from_place_to_place() {
    let fixture = long_chat();
    let nodes = "return document.querySelector('.turn:last-of-type').childNodes.length";
    let before = fixture.browser.script(nodes, &[]);
    let field = open(&fixture);
    fixture.browser.type_into(&field, "CREME is");
    fixture.browser.wait_for_text("#find output", "2 / 2");
    assert_eq!(marked(&fixture), json!([2, "crème is"]), "over the edges of marks, without case and accents");
    let is_seen = "const { top, bottom } = [...CSS.highlights.get('found-now')][0].getBoundingClientRect();
        const log = document.getElementById('log').getBoundingClientRect();
        return top > log.top && bottom < log.bottom";
    fixture.browser.wait_for("the last place to be in view", is_seen);
    fixture.browser.press(NamedKey::Enter);
    fixture.browser.wait_for_text("#find output", "1 / 2");
    fixture.browser.wait_for("the first place to be in view", is_seen);
    fixture.browser.type_into(&field, "\u{e008}\u{e007}\u{e000}");
    fixture.browser.wait_for_text("#find output", "2 / 2");
    assert_eq!(fixture.browser.script(nodes, &[]), before);
    fixture.browser.type_into(&field, "n't");
    fixture.browser.wait_for_text("#find output", "Nothing has these words");
    fixture.browser.press(NamedKey::Escape);
    fixture.browser.wait_for(
        "the log to have the focus",
        "return document.activeElement.id === 'log' && !document.getElementById('find')",
    );
    assert_eq!(marked(&fixture), json!([0]));
    assert_eq!(fixture.browser.console(), [""; 0]);
}

#[test]
fn the_keys_of_the_browsers_own_search_reach_it_the_second_time() {
    let fixture = long_chat();
    fixture.browser.script("window.addEventListener('keydown', (event) => event.key === 'f' && (window.isTaken = event.defaultPrevented))", &[]);
    let field = open(&fixture);
    assert_eq!(fixture.browser.script("return window.isTaken", &[]), true);
    fixture.browser.type_into(&field, CTRL_F);
    assert_eq!(fixture.browser.script("return window.isTaken", &[]), false);
}

#[test]
fn where_nothing_can_be_marked_the_place_is_selected() {
    let fixture = long_chat();
    fixture.browser.script("Object.defineProperty(CSS, 'highlights', { value: undefined })", &[]);
    let field = open(&fixture);
    fixture.browser.type_into(&field, "here");
    fixture.browser.wait_for_text("#find output", "2 / 2");
    fixture.browser.wait_for("the place to be selected", "return String(getSelection()) === 'here'");
}

#[test]
fn a_search_on_the_smallest_screen_can_be_closed() {
    let fixture = long_chat();
    fixture.browser.become_phone(320, 640);
    let field = open(&fixture);
    fixture.browser.type_into(&field, "nowhere to be found");
    fixture.browser.wait_for_text("#find output", "Nothing has these words");
    let fits = "const { right, bottom } = document.querySelector('#find [title=Close]').getBoundingClientRect();
        return right <= innerWidth && bottom <= innerHeight && document.getElementById('find-text').clientWidth > 120";
    assert_eq!(fixture.browser.script(fits, &[]), true);
}
