//! Storage: over a reload, while the chat is closed, in another tab.

use porthole_tests::Signal;
use serde_json::json;

use crate::fixture::{Fixture, LAUNCHER, answer, answer_in_two};

#[test]
fn a_reload_in_the_middle_of_an_answer_joins_it() {
    let rest = Signal::new();
    let fixture = Fixture::with(answer_in_two("Your order is ", &rest, "on its way."));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Where is it?");
    fixture.wait_for_reply("Your order is ");
    fixture.browser.leave_frame();
    fixture.browser.reload();
    fixture.enter_chat();
    fixture.wait_for_reply("Your order is ");
    rest.set();
    fixture.wait_for_reply("Your order is on its way.");
    fixture.wait_for_end();
    assert_eq!(fixture.turns(), 1);
    assert_eq!(fixture.upstream.requests().len(), 1);
}

#[test]
fn a_closed_chat_counts_what_comes_and_shows_it_when_it_opens() {
    let rest = Signal::new();
    let fixture = Fixture::with(answer_in_two("One ", &rest, "moment."));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hello?");
    fixture.wait_for_reply("One ");
    fixture.close_chat();
    rest.set();
    fixture.browser.wait_for_text(".count:not([hidden])", "1");
    let launcher = fixture.browser.find(LAUNCHER);
    assert_eq!(fixture.browser.attribute(&launcher, "aria-label").as_deref(), Some("Chat (1)"));
    fixture.open_chat();
    assert_eq!(fixture.reply().matches("One moment.").count(), 1);
    fixture.browser.leave_frame();
    fixture.browser.find(".count[hidden]");
}

#[test]
fn a_new_chat_is_empty_and_has_a_session_of_its_own() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("First");
    fixture.wait_for_reply("Answer 0.");
    fixture.wait_for_end();
    fixture.browser.click(&fixture.browser.find("#new"));
    fixture.browser.wait_for(
        "an empty chat with the focus in the text box",
        "return !document.querySelector('.turn') && document.activeElement.id === 'text'",
    );
    fixture.ask("Second");
    fixture.wait_for_reply("Answer 1.");
    fixture.wait_for_end();
    fixture.browser.leave_frame();
    fixture.browser.reload();
    fixture.enter_chat();
    fixture.wait_for_reply("Answer 1.");
    assert_eq!(fixture.turns(), 1);
    let sessions = fixture.upstream.wait_for(2);
    assert_ne!(sessions[0].json()["sessionId"], sessions[1].json()["sessionId"]);
}

#[test]
fn two_tabs_show_one_conversation() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    let first = fixture.browser.tab();
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("From the first");
    fixture.wait_for_reply("Answer 0.");
    fixture.wait_for_end();
    fixture.browser.open_tab();
    fixture.open_page();
    fixture.open_chat();
    fixture.wait_for_reply("Answer 0.");
    fixture.ask("From the second");
    fixture.wait_for_reply("Answer 1.");
    fixture.browser.go_to(&first);
    fixture.enter_chat();
    fixture.wait_for_reply("Answer 1.");
    assert_eq!(fixture.turns(), 2);
}

/// Stores a turn as the first version of the widget did.
const STORE_AS_VERSION_0_1: &str = "
const opening = indexedDB.open('porthole:default:' + location.origin, 1);
opening.onupgradeneeded = () => {
  opening.result.createObjectStore('chat');
  opening.result.createObjectStore('turns');
};
opening.onsuccess = () => {
  const at = 1700000000000;
  const turn = { id: '018bcfe5-6800-7000-8000-000000000001', user: 'Asked before', reply: 'Answered **before**', at,
    stopped: false, suggestions: 'One more?\\nAnd another?', receipt: 'receipt', turn: 1 };
  const transaction = opening.result.transaction('turns', 'readwrite');
  transaction.objectStore('turns').put(turn, at);
  transaction.oncomplete = () => {
    opening.result.close();
    document.title = 'stored';
  };
};";

#[test]
fn a_conversation_that_an_earlier_version_stored_is_shown_and_goes_on() {
    let fixture = Fixture::with(answer("Gladly."));
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find(".greeting");
    fixture.browser.script(STORE_AS_VERSION_0_1, &[]);
    fixture.browser.wait_for("the turn to be stored", "return document.title === 'stored'");
    fixture.browser.reload();
    fixture.browser.wait_for_text(".turn .reply", "Answered before");
    let suggestion = fixture.browser.find(".chips .chip:nth-child(2)");
    assert_eq!(fixture.browser.text(&suggestion), "And another?");
    fixture.browser.click(&suggestion);
    fixture.wait_for_reply("Gladly.");
    assert_eq!(fixture.upstream.wait_for(1)[0].json()["chatInput"], "And another?");
    assert_eq!(fixture.turns(), 2);
}

/// Makes the browser's database, or its transactions, never answer.
const MUTE: [&str; 2] = [
    "IDBFactory.prototype.open = () => ({})",
    "for (const name of ['oncomplete', 'onabort']) Object.defineProperty(IDBTransaction.prototype, name, { set() {} });
     for (const name of ['onsuccess', 'onerror']) Object.defineProperty(IDBRequest.prototype, name, {
       set(listener) { if (this instanceof IDBOpenDBRequest) this.addEventListener(name.slice(2), listener) } })",
];

#[test]
fn a_database_that_never_answers_gives_way_to_memory() {
    for mute in MUTE {
        let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
        fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": mute }));
        fixture.browser.open(&fixture.proxy.url("/chat"));
        fixture.browser.find("#text");
        for n in 0..2 {
            fixture.ask("Anybody there?");
            fixture.wait_for_reply(&format!("Answer {n}."));
            fixture.wait_for_end();
        }
        fixture.browser.wait_for_text("#storage", "cannot store this chat");
        let sessions: Vec<_> =
            fixture.upstream.requests().iter().map(|request| request.json()["sessionId"].clone()).collect();
        assert_eq!(sessions[0], sessions[1], "memory holds the session");
    }
}

#[test]
fn a_second_tab_reads_along_whether_it_was_there_before_or_comes_later() {
    let rest = Signal::new();
    let fixture = Fixture::with(answer_in_two("Half of it, ", &rest, "and the rest."));
    fixture.open_page();
    fixture.open_chat();
    let earlier = fixture.browser.tab();
    let asking = fixture.browser.open_tab();
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Tell us all");
    fixture.wait_for_reply("Half of it, ");
    let later = fixture.browser.open_tab();
    fixture.open_page();
    fixture.open_chat();
    fixture.wait_for_reply("Half of it, ");
    assert!(!fixture.reply().contains("Connecting"), "{}", fixture.reply());
    fixture.browser.go_to(&earlier);
    fixture.enter_chat();
    fixture.wait_for_reply("Half of it, ");
    rest.set();
    for tab in [&earlier, &asking, &later] {
        fixture.browser.go_to(tab);
        fixture.enter_chat();
        fixture.wait_for_end();
        assert_eq!(fixture.reply().matches("Half of it, and the rest.").count(), 1);
        assert_eq!(fixture.turns(), 1);
    }
    assert_eq!(fixture.upstream.requests().len(), 1);
}
