//! Storage that fails: one plain line says what it means, nothing that was said is lost, and there is a way on.

use porthole_tests::site::Page;
use serde_json::json;

use crate::chats;
use crate::fixture::{Fixture, answer};

/// A chat as a page of its own, with one turn, and the name of its origin.
fn chat() -> Fixture {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#chats");
    ask(&fixture, 0);
    fixture
}

fn ask(fixture: &Fixture, n: usize) {
    fixture.ask(&format!("Question {n}"));
    fixture.wait_for_reply(&format!("Answer {n}."));
    fixture.wait_for_end();
}

fn wait_for_line(fixture: &Fixture, words: &str) {
    fixture.browser.wait_for_text("#storage", words);
}

fn press_button(fixture: &Fixture) {
    fixture.browser.click(&fixture.browser.find("#storage button"));
}

fn wait_for_no_line(fixture: &Fixture) {
    fixture.browser.wait_for("the line to be gone", "return !document.getElementById('storage')");
}

/// Asserts that the chat has so many turns of one session after a reload.
fn is_kept(fixture: &Fixture, turns: usize) {
    fixture.browser.reload();
    fixture.wait_for_reply(&format!("Answer {}.", turns - 1));
    assert_eq!(fixture.turns(), turns as u64);
    ask(fixture, turns);
    let calls = fixture.upstream.requests();
    assert!(calls.iter().all(|call| call.json()["sessionId"] == calls[0].json()["sessionId"]));
}

/// Has a kind of storage be full, or not: `full` in the document says so from then on.
fn fill(fixture: &Fixture, place: &str, method: &str) {
    let script = format!(
        "const {{ {method} }} = {place}.prototype;
         window.full = true;
         {place}.prototype.{method} = function (...of) {{
           if (window.full) throw new DOMException('', 'QuotaExceededError');
           return {method}.apply(this, of);
         }}"
    );
    fixture.browser.script(&script, &[]);
}

fn make_room(fixture: &Fixture) {
    fixture.browser.script("window.full = false", &[]);
}

#[test]
fn a_browser_without_room_goes_on_in_memory_and_stores_everything_once_there_is_some() {
    let fixture = chat();
    fill(&fixture, "IDBObjectStore", "put");
    ask(&fixture, 1);
    wait_for_line(&fixture, "no room left");
    fixture.is_accessible("no room in the browser");
    ask(&fixture, 2);
    press_button(&fixture);
    wait_for_line(&fixture, "no room left");
    make_room(&fixture);
    press_button(&fixture);
    wait_for_no_line(&fixture);
    is_kept(&fixture, 3);
}

#[test]
fn a_chat_that_the_browser_has_deleted_is_stored_again_if_its_visitor_wants() {
    let fixture = chat();
    let clear = json!({ "origin": fixture.proxy.origin(), "storageTypes": "indexeddb" });
    fixture.browser.devtools("Storage.clearDataForOrigin", &clear);
    wait_for_line(&fixture, "deleted its copy");
    ask(&fixture, 1);
    press_button(&fixture);
    wait_for_no_line(&fixture);
    is_kept(&fixture, 2);
}

#[test]
fn a_newer_version_in_another_tab_is_not_held_up_and_this_one_says_that_it_must_be_loaded_again() {
    let fixture = chat();
    let upgrade = "
      const opening = indexedDB.open('porthole:default:' + location.origin, 2);
      opening.onupgradeneeded = () => {};
      opening.onsuccess = () => {
        opening.result.close();
        window.isUpgraded = true;
      };";
    fixture.browser.script(upgrade, &[]);
    fixture.browser.wait_for("the newer version", "return window.isUpgraded");
    ask(&fixture, 1);
    wait_for_line(&fixture, "newer version");
    fixture.browser.script("window.isOld = true", &[]);
    press_button(&fixture);
    fixture.browser.wait_for("the reload", "return !window.isOld && !!document.querySelector('#storage')");
}

/// Ways to have no storage at all, each with the line and its place.
const REFUSED: [(&str, &str, &str); 3] = [
    (
        "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('', 'SecurityError') } })",
        "#notices .quiet",
        "Save it if you want to keep it",
    ),
    (
        "IDBFactory.prototype.open = () => { throw new DOMException('', 'InvalidStateError') }",
        "#storage",
        "cannot store this chat",
    ),
    (
        "const { put } = IDBObjectStore.prototype;
         IDBObjectStore.prototype.put = function (...of) { const done = put.apply(this, of); this.transaction.abort(); return done }",
        "#storage",
        "cannot store this chat",
    ),
];

#[test]
fn a_browser_that_stores_nothing_says_so_and_the_chat_goes_on() {
    for (script, place, words) in REFUSED {
        let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
        fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script }));
        fixture.browser.open(&fixture.proxy.url("/chat"));
        fixture.browser.find("#text");
        ask(&fixture, 0);
        ask(&fixture, 1);
        fixture.browser.wait_for_text(place, words);
        assert_eq!(fixture.turns(), 2);
        let calls = fixture.upstream.requests();
        assert_eq!(calls[0].json()["sessionId"], calls[1].json()["sessionId"], "{script}");
    }
}

#[test]
fn the_storage_of_a_tab_that_is_full_keeps_the_chat_in_memory() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    let page = Page::with_tag("/tab", fixture.proxy.origin(), "data-storage=\"session\"");
    fixture.site.add(page);
    fixture.browser.open(&fixture.site.url("/tab"));
    fixture.open_chat();
    fill(&fixture, "Storage", "setItem");
    ask(&fixture, 0);
    wait_for_line(&fixture, "no room left");
    make_room(&fixture);
    press_button(&fixture);
    wait_for_no_line(&fixture);
    let stored = fixture.browser.script("return Object.values(sessionStorage).join()", &[]);
    assert!(stored.as_str().unwrap().contains("Answer 0."), "{stored}");
}

/// Has the timer of a database that has answered before end when `window.loseDatabase` is called, and no sooner.
const TIMER: &str = "{
  const { setTimeout } = window;
  window.setTimeout = (task, duration) => {
    if (duration !== 15_000) return setTimeout(task, duration);
    const before = window.loseDatabase;
    window.loseDatabase = () => {
      before?.();
      task();
    };
    return 0;
  };
}";

/// A database that answers nothing from now on.
const MUTE: &str = "
for (const method of ['get', 'getAll', 'put']) IDBObjectStore.prototype[method] = () => ({});
window.loseDatabase = undefined";

#[test]
fn a_database_that_stops_answering_is_waited_for_and_then_given_up() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": TIMER }));
    fixture.browser.open(&fixture.proxy.url("/chat"));
    ask(&fixture, 0);
    fixture.browser.script(MUTE, &[]);
    fixture.ask("Question 1");
    fixture.browser.wait_for("the wait", "return !!window.loseDatabase");
    assert!(fixture.browser.look_for("#storage").is_none());
    fixture.browser.script("window.loseDatabase()", &[]);
    wait_for_line(&fixture, "cannot store this chat");
    fixture.wait_for_reply("Answer 1.");
    assert_eq!(fixture.turns(), 2);
}

#[test]
fn without_room_chats_are_begun_deleted_and_opened_and_nothing_else_is_lost_once_there_is_some() {
    let fixture = chat();
    for n in 1..3 {
        chats::new_chat(&fixture);
        ask(&fixture, n);
    }
    fill(&fixture, "IDBObjectStore", "put");
    ask(&fixture, 3);
    wait_for_line(&fixture, "no room left");
    chats::new_chat(&fixture);
    ask(&fixture, 4);
    chats::open_list(&fixture);
    chats::wait_for_names(&fixture, &["Question 4", "Question 2", "Question 1", "Question 0"]);
    chats::act(&fixture, "Question 0", "Delete");
    chats::press(&fixture, "Delete");
    chats::wait_for_names(&fixture, &["Question 4", "Question 2", "Question 1"]);
    // One that is only in the store, and one that has a turn more here. The deletion was a call, too.
    for (name, reply, asked) in [("Question 1", "Answer 1.", Some(6)), ("Question 2", "Answer 3.", None)] {
        fixture.browser.click(&chats::opener(&fixture, name));
        fixture.wait_for_reply(reply);
        if let Some(n) = asked {
            ask(&fixture, n);
        }
    }
    make_room(&fixture);
    press_button(&fixture);
    wait_for_no_line(&fixture);
    fixture.browser.reload();
    fixture.wait_for_reply("Answer 3.");
    assert_eq!(fixture.turns(), 2);
    chats::open_list(&fixture);
    chats::wait_for_names(&fixture, &["Question 1", "Question 4", "Question 2"]);
    fixture.browser.click(&chats::opener(&fixture, "Question 1"));
    fixture.wait_for_reply("Answer 6.");
    assert_eq!(fixture.turns(), 2);
}
