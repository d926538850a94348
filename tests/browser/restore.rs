//! A long conversation that is restored, and the place where its visitor reads.

use porthole_tests::browser::NamedKey;
use porthole_tests::{FakeUpstream, Script, Signal};
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer, answer_in_two};

/// Stores 250 turns as the chat does, 500 messages.
const STORE: &str = "
const opening = indexedDB.open('porthole:default:' + location.origin, 1);
opening.onupgradeneeded = () => ['chat', 'turns'].forEach((table) => opening.result.createObjectStore(table));
opening.onsuccess = () => {
  const transaction = opening.result.transaction('turns', 'readwrite');
  for (let turn = 1; turn <= 250; turn++) {
    const at = 1_700_000_000_000 + turn * 60_000;
    const id = `018bcfe5-6800-7000-8000-${String(turn).padStart(12, '0')}`;
    const [user, reply] = [`Where is order ${turn}?`, `Order **${turn}** is on its way.`];
    const [head, parent] = [`head ${turn}`, turn > 1 ? `head ${turn - 1}` : ''];
    transaction.objectStore('turns').put({ id, user, reply, at, sealed_at: at + 5_000, end: 'complete', suggestions: '',
      receipt: 'receipt', turn, head, parent, thoughts: '', thought_ms: 0, beside: '' }, at);
  }
  transaction.oncomplete = () => {
    opening.result.close();
    window.isStored = true;
  };
};";

/// The most elements of a document with a long conversation.
const MAX_ELEMENTS: u64 = 600;

/// A chat of 250 turns that was opened again.
fn restored(script: Script, settings: &[(&str, &str)]) -> Fixture {
    let fixture = Fixture::new(FakeUpstream::always(script), settings);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find(".greeting p");
    fixture.browser.script(STORE, &[]);
    fixture.browser.wait_for("the turns to be stored", "return window.isStored");
    reload(&fixture);
    fixture
}

fn reload(fixture: &Fixture) {
    fixture.browser.reload();
    fixture.browser.wait_for_text(".turn:last-of-type .prose", "Order 250");
}

/// Scrolls as a reader does, to a position in the log.
fn scroll_to(fixture: &Fixture, top: u32) {
    fixture.browser.script("document.getElementById('log').scrollTo(0, arguments[0])", &[json!(top)]);
}

/// Waits until a turn is drawn so far below the top of the log, within a pixel.
fn wait_for_place(fixture: &Fixture, turn: &Value) {
    let is_there = format!(
        "const [id, top] = {turn};
         const row = document.querySelector(`[data-id='${{id}}']`);
         const log = document.getElementById('log').getBoundingClientRect();
         return row?.querySelector('.prose p') && Math.abs(row.getBoundingClientRect().top - log.top - top) < 1.5"
    );
    fixture.browser.wait_for(&format!("{turn} to stay in its place"), &is_there);
}

/// Returns the first turn in view, and its place.
fn place(fixture: &Fixture) -> Value {
    let first = "const top = document.getElementById('log').getBoundingClientRect().top;
      const row = [...document.querySelectorAll('.turn')].find((row) => row.getBoundingClientRect().bottom > top);
      return [row.dataset.id, row.getBoundingClientRect().top - top]";
    fixture.browser.script(first, &[])
}

#[test]
fn a_long_conversation_is_restored_with_few_elements_and_shows_earlier_ones_where_the_reader_comes_to_its_top()
 {
    for memory in ["workflow", "transcript"] {
        let fixture = restored(answer("Never."), &[("MEMORY", memory)]);
        let elements = fixture.browser.script("return document.querySelectorAll('*').length", &[]);
        assert!(elements.as_u64().unwrap() <= MAX_ELEMENTS, "{elements} elements, {memory}");
        let turns = fixture.turns();
        scroll_to(&fixture, 100);
        let before = place(&fixture);
        fixture.browser.wait_for(
            "earlier turns",
            &format!("return document.querySelectorAll('.turn').length > {turns}"),
        );
        wait_for_place(&fixture, &before);
    }
}

#[test]
fn earlier_messages_come_by_the_keyboard_and_the_focus_stays_in_the_log() {
    let fixture = restored(answer("Never."), &[]);
    while fixture.browser.look_for("[data-do=show_earlier]").is_some() {
        let turns = fixture.turns();
        fixture.browser.script("document.querySelector('[data-do=show_earlier]')?.focus()", &[]);
        fixture.browser.press(NamedKey::Enter);
        fixture
            .browser
            .wait_for("more turns", &format!("return document.querySelectorAll('.turn').length > {turns}"));
    }
    assert_eq!(fixture.turns(), 250);
    fixture.browser.wait_for("the focus", "return document.activeElement.id === 'log'");
}

#[test]
fn the_place_where_one_reads_is_kept_over_a_reload() {
    let fixture = restored(answer("Never."), &[]);
    for (scrolls, reloads) in [(1, 1), (4, 2)] {
        for _ in 0..scrolls {
            let turns = fixture.turns();
            scroll_to(&fixture, 200);
            fixture.browser.wait_for(
                "earlier turns",
                &format!("return document.querySelectorAll('.turn').length > {turns}"),
            );
        }
        let place = place(&fixture);
        for _ in 0..reloads {
            reload(&fixture);
            wait_for_place(&fixture, &place);
        }
    }
}

#[test]
fn a_reply_that_grows_does_not_move_a_reader_who_has_scrolled_up() {
    let rest = Signal::new();
    let fixture = restored(answer_in_two("First. ", &rest, &"A long paragraph.\n\n".repeat(40)), &[]);
    fixture.ask("All of it, please");
    fixture.wait_for_reply("First.");
    scroll_to(&fixture, 700);
    fixture.browser.find("#latest:not([hidden])");
    let place = place(&fixture);
    rest.set();
    fixture.wait_for_end();
    wait_for_place(&fixture, &place);
}
