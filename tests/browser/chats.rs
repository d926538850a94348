//! The list of conversations: kept, opened again, renamed, deleted, searched.

use porthole_tests::Signal;
use porthole_tests::browser::{Element, NamedKey, Tab};
use porthole_tests::site::Page;
use porthole_tests::upstream::Script;
use serde_json::json;

use crate::beside;
use crate::fixture::{Fixture, answer, answer_in_two};

/// The key that goes down a list.
const DOWN: &str = "\u{e015}";

/// Answers are counted.
fn numbered() -> Fixture {
    Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[("HOSTED_PAGE", "true")])
}

/// Opens the page that is a chat as a whole.
fn open_chat(fixture: &Fixture) {
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#chats");
}

/// Asks, and waits until the reply is kept.
fn ask(fixture: &Fixture, question: &str, reply: &str) {
    fixture.ask(question);
    fixture.wait_for_reply(reply);
    fixture.wait_for_end();
}

/// A chat with a question, in a second tab; returns the first one.
fn in_two_tabs(question: &str) -> (Fixture, Tab) {
    let fixture = numbered();
    open_chat(&fixture);
    ask(&fixture, question, "Answer 0.");
    let first = fixture.browser.tab();
    fixture.browser.open_tab();
    open_chat(&fixture);
    fixture.wait_for_reply("Answer 0.");
    (fixture, first)
}

pub(crate) fn new_chat(fixture: &Fixture) {
    fixture.browser.click(&fixture.browser.find("#new"));
    // The focus comes last: what a test focuses before that loses it again.
    fixture.browser.wait_for(
        "an empty chat with the focus in the text box",
        "return document.querySelector('.starters') && document.activeElement.id === 'text'",
    );
}

pub(crate) fn open_list(fixture: &Fixture) {
    fixture.browser.click(&fixture.browser.find("#chats"));
    fixture.browser.find("#chats-list[open]");
}

/// Waits until the list has these names, in this order.
pub(crate) fn wait_for_names(fixture: &Fixture, names: &[&str]) {
    let shown = "[...document.querySelectorAll('#chats-list .name')].map((it) => it.textContent)";
    fixture.browser.wait_for(
        &format!("the list to be {names:?}"),
        &format!("return JSON.stringify({shown}) === {:?}", json!(names).to_string()),
    );
}

/// The button that opens a conversation.
pub(crate) fn opener(fixture: &Fixture, name: &str) -> Element {
    let found = fixture.browser.wait_for(
        name,
        &format!("return [...document.querySelectorAll('#chats-list .open')].findIndex((it) => it.textContent.includes({name:?})) + 1 || null"),
    );
    let of_its_own = format!("#chats-list li:nth-child({found}) .open");
    fixture.browser.find(&of_its_own)
}

/// Opens what can be done about a conversation, and presses one of the buttons.
pub(crate) fn act(fixture: &Fixture, name: &str, act: &str) {
    fixture.browser.click(&fixture.browser.find(&format!("#chats-list [title$={name:?}]")));
    press(fixture, act);
}

pub(crate) fn press(fixture: &Fixture, words: &str) {
    let script = format!(
        "const found = [...document.querySelectorAll('.acts .chip')].find((it) => it.textContent === {words:?});
         found?.click();
         return !!found"
    );
    fixture.browser.wait_for(words, &script);
}

#[test]
fn a_new_chat_keeps_the_old_one_which_the_list_opens_again() {
    let fixture = numbered();
    open_chat(&fixture);
    ask(&fixture, "The first question", "Answer 0.");
    new_chat(&fixture);
    ask(&fixture, "The second question", "Answer 1.");
    open_list(&fixture);
    wait_for_names(&fixture, &["The second question", "The first question"]);
    fixture.browser.click(&opener(&fixture, "The first question"));
    fixture.wait_for_reply("Answer 0.");
    assert_eq!(fixture.turns(), 1);
    ask(&fixture, "And another", "Answer 2.");
    let calls = fixture.upstream.wait_for(3);
    let sessions: Vec<_> = calls.iter().map(|call| call.json()["sessionId"].clone()).collect();
    assert_eq!(sessions[2], sessions[0], "the conversation goes on in its own session");
    assert_ne!(sessions[1], sessions[0]);
    wait_for_names(&fixture, &["The first question", "The second question"]);
    fixture.browser.reload();
    fixture.wait_for_reply("Answer 2.");
    assert_eq!(fixture.turns(), 2);
    assert_eq!(fixture.browser.console(), [""; 0]);
}

#[test]
fn all_tabs_show_the_conversation_that_one_has_opened() {
    let (fixture, first) = in_two_tabs("The first question");
    new_chat(&fixture);
    ask(&fixture, "The second question", "Answer 1.");
    fixture.browser.go_to(&first);
    fixture.wait_for_reply("Answer 1.");
    assert_eq!(fixture.turns(), 1);
    open_list(&fixture);
    fixture.browser.click(&opener(&fixture, "The first question"));
    fixture.wait_for_reply("Answer 0.");
}

#[test]
fn a_reply_that_runs_when_its_conversation_is_left_is_whole_when_it_is_opened_again() {
    let rest = Signal::new();
    let (gate, script) = (rest.clone(), answer_in_two("Half of it, ", &rest, "and the rest."));
    let fixture = Fixture::with_scripts(
        move |n| if n == 0 { script.clone() } else { answer("Quick.") },
        &[("HOSTED_PAGE", "true")],
    );
    open_chat(&fixture);
    fixture.ask("Slowly, please");
    fixture.wait_for_reply("Half of it, ");
    new_chat(&fixture);
    ask(&fixture, "Quickly, please", "Quick.");
    open_list(&fixture);
    fixture.browser.click(&opener(&fixture, "Slowly, please"));
    fixture.wait_for_reply("Half of it, ");
    gate.set();
    fixture.wait_for_reply("Half of it, and the rest.");
    fixture.wait_for_end();
    assert_eq!(fixture.turns(), 1);
    assert_eq!(fixture.upstream.requests().len(), 2, "the workflow was asked once each");
}

#[test]
fn the_list_goes_by_keyboard_alone() {
    let fixture = numbered();
    open_chat(&fixture);
    for n in 0..3 {
        ask(&fixture, &format!("Question {n}"), &format!("Answer {n}."));
        new_chat(&fixture);
    }
    let focused = |what: &str, script: &str| {
        fixture.browser.wait_for(what, &format!("const it = document.activeElement; return {script}"));
    };
    fixture.browser.script("document.getElementById('chats').focus()", &[]);
    fixture.browser.press(NamedKey::Enter);
    focused("the field of the search to have the focus", "it.type === 'search'");
    fixture.browser.type_text(DOWN);
    fixture.browser.type_text(DOWN);
    focused("the second chat to have the focus", "it.textContent.startsWith('Question 1')");
    fixture.browser.press(NamedKey::Tab);
    fixture.browser.press(NamedKey::Enter);
    focused("what can be done to have the focus", "it.textContent === 'Rename'");
    fixture.browser.press(NamedKey::Enter);
    focused("the title to have the focus", "it.value === 'Question 1'");
    fixture.browser.script("document.activeElement.select()", &[]);
    fixture.browser.type_text("My name");
    fixture.browser.press(NamedKey::Enter);
    wait_for_names(&fixture, &["Question 2", "My name", "Question 0"]);
    focused("the row to have the focus", "it.ariaExpanded === 'false' && it.closest('li')");
    fixture.browser.press(NamedKey::Enter);
    focused("what can be done to have the focus", "it.textContent === 'Rename'");
    for _ in 0..2 {
        fixture.browser.press(NamedKey::Tab);
    }
    fixture.browser.press(NamedKey::Enter);
    focused(
        "the question to have the focus",
        "it.closest('.acts')?.textContent.includes('Delete this chat?')",
    );
    fixture.browser.press(NamedKey::Enter);
    wait_for_names(&fixture, &["Question 2", "Question 0"]);
    focused("the next chat to have the focus", "it.textContent.startsWith('Question 0')");
    fixture.browser.press(NamedKey::Escape);
    focused("the button to have the focus back", "it.id === 'chats' && it.ariaExpanded === 'false'");
    assert_eq!(fixture.browser.console(), [""; 0]);
}

#[test]
fn a_deleted_chat_is_forgotten_by_the_workflow_too_and_gone_from_every_tab() {
    let (fixture, first) = in_two_tabs("Forget this");
    open_list(&fixture);
    act(&fixture, "Forget this", "Delete");
    press(&fixture, "Delete");
    fixture.browser.wait_for_text("#chats-list .quiet", "No chats yet");
    fixture.browser.find(".starters");
    let calls = fixture.upstream.wait_for(2);
    assert_eq!(calls[1].json()["action"], "forget");
    assert_eq!(calls[1].json()["sessionId"], calls[0].json()["sessionId"]);
    fixture.browser.go_to(&first);
    fixture.browser.find(".starters");
    assert_eq!(fixture.turns(), 0);
}

#[test]
fn a_search_over_all_chats_shows_the_place_and_opens_it() {
    let fixture = numbered();
    open_chat(&fixture);
    fixture.browser.script(FILL, &[json!(2), json!(80)]);
    fixture.browser.wait_for("the chats to be there", "return window.isFilled");
    fixture.browser.reload();
    fixture.browser.find("#chats");
    open_list(&fixture);
    let search = fixture.browser.find("#chats-list input[type=search]");
    fixture.browser.type_into(&search, "strasse CREME n003");
    fixture.browser.wait_for("the place", "return document.querySelectorAll('#chats-list mark').length >= 4");
    let marked = "return [...document.querySelectorAll('#chats-list li:first-child mark')].map((it) => it.textContent)";
    assert_eq!(fixture.browser.script(marked, &[]), json!(["Straße", "n003"]));
    fixture.browser.click(&fixture.browser.find("#chats-list li:last-child .open"));
    let place = "const turn = document.querySelector('.turn[data-id=\"c0-t3\"]');
        const log = document.getElementById('log').getBoundingClientRect();
        return turn && Math.abs(turn.getBoundingClientRect().top - log.top) < 60";
    fixture.browser.wait_for("the turn at the top of the view", place);
    fixture.browser.type_into(&search, "quite another thing");
    fixture.browser.wait_for_text("#chats-list .quiet", "Nothing has these words");
}

/// Puts earlier conversations into the store, of so many turns each.
const FILL: &str = "
const [chats, count] = arguments;
const opening = indexedDB.open('porthole:default:' + location.origin, 1);
opening.onupgradeneeded = () => ['chat', 'turns'].forEach((name) => opening.result.createObjectStore(name));
opening.onsuccess = () => {
  const transaction = opening.result.transaction('chat', 'readwrite');
  for (let chat = 0; chat < chats; chat += 1) {
    const turns = Array.from({ length: count }, (_, turn) => ({
      id: `c${chat}-t${turn}`, user: `Where is Straße n${String(turn).padStart(3, 0)} of ${chat}?`, reply: `By the **crème** shop, and on. `.repeat(30),
      at: 1700000000000 + chat * 100000 + turn, end: 'complete', suggestions: '', receipt: '', turn: turn + 1,
      head: '', parent: '', thoughts: '', thought_ms: 0, beside: '' }));
    transaction.objectStore('chat').put({ id: `c${chat}-t0`, at: turns.at(-1).at, turns }, `chats/c${chat}-t0`);
  }
  transaction.oncomplete = () => {
    opening.result.close();
    window.isFilled = true;
  };
};";

#[test]
fn beyond_two_hundred_the_oldest_chat_without_a_name_is_evicted() {
    let fixture = numbered();
    open_chat(&fixture);
    fixture.browser.script(FILL, &[json!(200), json!(1)]);
    fixture.browser.wait_for("the chats to be there", "return window.isFilled");
    open_list(&fixture);
    act(&fixture, "Straße n000 of 0?", "Rename");
    fixture.browser.type_into(&fixture.browser.find(".acts input"), " named\u{e007}");
    opener(&fixture, "of 0? named");
    ask(&fixture, "One more", "Answer 0.");
    new_chat(&fixture);
    let names = "return document.querySelector('#chats-list .open') && [...document.querySelectorAll('#chats-list .name')].length === 200";
    fixture.browser.wait_for("two hundred chats", names);
    for name in ["One more", "of 0? named", "of 2?"] {
        opener(&fixture, name);
    }
    let oldest =
        "return [...document.querySelectorAll('.name')].some((it) => it.textContent.includes('of 1?'))";
    assert_eq!(fixture.browser.script(oldest, &[]), false);
}

#[test]
fn chats_are_listed_wherever_they_are_kept() {
    for storage in ["none", "session"] {
        let fixture = numbered();
        let attributes = format!("data-storage=\"{storage}\"");
        fixture.site.add(Page::with_tag("/kept", fixture.proxy.origin(), &attributes));
        fixture.browser.open(&fixture.site.url("/kept"));
        fixture.open_chat();
        fixture.browser.find("#chats");
        ask(&fixture, "The first question", "Answer 0.");
        new_chat(&fixture);
        ask(&fixture, "The second question", "Answer 1.");
        open_list(&fixture);
        wait_for_names(&fixture, &["The second question", "The first question"]);
        fixture.browser.click(&opener(&fixture, "The first question"));
        fixture.wait_for_reply("Answer 0.");
        assert_eq!(fixture.turns(), 1, "{storage}");
    }
}

/// Everything that this document's origin keeps in the browser.
const KEPT: &str = "
return (async () => [
  ...(await indexedDB.databases()).map(({ name }) => name),
  ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...await caches.keys(), document.cookie,
].filter(Boolean))()";

#[test]
fn when_everything_is_deleted_nothing_is_left_in_the_frame_the_page_or_another_tab() {
    let fixture = numbered();
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.find("#chats");
    let kept = || fixture.browser.script(KEPT, &[]);
    assert_eq!(kept(), json!([]), "nothing is kept before the first message");
    for n in 0..2 {
        ask(&fixture, &format!("Question {n}"), &format!("Answer {n}."));
        new_chat(&fixture);
    }
    ask(&fixture, "Question 2", "Answer 2.");
    let first = fixture.browser.tab();
    fixture.browser.open_tab();
    fixture.open_page();
    fixture.open_chat();
    fixture.wait_for_reply("Answer 2.");
    fixture.wait_for_keys();
    fixture.browser.type_into(&fixture.browser.find("#text"), "A draft");
    open_list(&fixture);
    fixture.browser.click(&fixture.browser.find("#chats-list .rest .chip"));
    press(&fixture, "Delete all chats");
    fixture.browser.wait_for_text("#chats-list .quiet", "No chats yet");
    fixture.browser.wait_for(
        "an empty chat",
        "return document.querySelector('.starters') && !document.getElementById('text').value",
    );
    let calls = fixture.upstream.wait_for(6);
    let forgotten: Vec<_> = calls[3..].iter().map(|call| call.json()["action"].clone()).collect();
    assert_eq!(forgotten, ["forget"; 3]);
    fixture
        .browser
        .wait_for("the database to be gone", "return indexedDB.databases().then((all) => !all.length)");
    assert_eq!(kept(), json!([]));
    fixture.browser.leave_frame();
    assert_eq!(kept(), json!(["porthole"]));
    assert_eq!(fixture.browser.script("return sessionStorage.porthole", &[]), "open");
    fixture.browser.go_to(&first);
    fixture.enter_chat();
    fixture.browser.find(".starters");
    assert_eq!((fixture.turns(), kept()), (0, json!([])));
    ask(&fixture, "A new beginning", "Answer");
    assert_eq!(fixture.turns(), 1);
}

#[test]
fn a_workflow_that_cannot_be_asked_to_forget_is_said_plainly() {
    let fixture = Fixture::with_scripts(
        |n| if n == 0 { answer("Answer 0.") } else { Script::whole(500, "text/plain", "no") },
        &[("HOSTED_PAGE", "true")],
    );
    open_chat(&fixture);
    ask(&fixture, "Forget this", "Answer 0.");
    open_list(&fixture);
    act(&fixture, "Forget this", "Delete");
    press(&fixture, "Delete");
    fixture.browser.wait_for_text("#chats-list .quiet", "The assistant could not be asked to forget it");
}

/// Begins a new chat and sends a message before the store knows of it.
const AT_ONCE: &str = "
document.getElementById('new').click();
document.getElementById('text').value = 'At once';
document.getElementById('composer').requestSubmit()";

#[test]
fn a_message_that_is_sent_while_a_new_chat_begins_is_sent_in_it() {
    let fixture = numbered();
    open_chat(&fixture);
    ask(&fixture, "The first question", "Answer 0.");
    fixture.browser.script(AT_ONCE, &[]);
    fixture.wait_for_reply("Answer 1.");
    fixture.wait_for_end();
    assert_eq!(fixture.turns(), 1);
    let calls = fixture.upstream.requests();
    assert_eq!((calls.len(), &calls[1].json()["chatInput"]), (2, &json!("At once")));
    assert_ne!(calls[0].json()["sessionId"], calls[1].json()["sessionId"]);
    open_list(&fixture);
    wait_for_names(&fixture, &["At once", "The first question"]);
}

/// A tab that hears nothing of the others.
const DEAF: &str = "delete window.BroadcastChannel";

#[test]
fn a_reply_that_ends_late_in_another_tab_goes_into_its_own_conversation_or_nowhere() {
    for deletes in [false, true] {
        let rest = Signal::new();
        let script = answer_in_two("Half of it, ", &rest, "and the rest.");
        let fixture = Fixture::with_scripts(
            move |n| if n == 0 { script.clone() } else { answer("Quick.") },
            &[("HOSTED_PAGE", "true")],
        );
        open_chat(&fixture);
        let first = fixture.browser.tab();
        let second = fixture.browser.open_tab();
        fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": DEAF }));
        open_chat(&fixture);
        fixture.ask("Slowly, please");
        fixture.wait_for_reply("Half of it, ");
        fixture.browser.go_to(&first);
        open_chat(&fixture);
        fixture.wait_for_reply("Half of it, ");
        if deletes {
            open_list(&fixture);
            fixture.browser.click(&fixture.browser.find("#chats-list .rest .chip"));
            press(&fixture, "Delete all chats");
            fixture.browser.wait_for_text("#chats-list .quiet", "No chats yet");
        } else {
            new_chat(&fixture);
        }
        fixture.browser.go_to(&second);
        if deletes {
            // It is stopped, by a call of its own: a reply that ends before that is whole.
            fixture.browser.wait_for_text(".turn .reply", "topped");
        }
        rest.set();
        if !deletes {
            fixture.browser.wait_for_text(".turn .reply", "and the rest.");
        }
        fixture.wait_for_end();
        fixture.browser.go_to(&first);
        if deletes {
            assert_eq!(fixture.browser.script(KEPT, &[]), json!([]));
            continue;
        }
        ask(&fixture, "Quickly, please", "Quick.");
        open_list(&fixture);
        wait_for_names(&fixture, &["Quickly, please", "Slowly, please"]);
        fixture.browser.click(&opener(&fixture, "Slowly, please"));
        fixture.wait_for_reply("Half of it, and the rest.");
        fixture.wait_for_end();
        assert_eq!((fixture.turns(), fixture.upstream.requests().len()), (1, 2));
    }
}

#[test]
fn the_workflows_title_is_the_name_until_the_visitor_chooses_another() {
    let fixture = numbered();
    open_chat(&fixture);
    let titled = |title: &str| {
        beside::play(&fixture, &[("delta", json!({ "text": "Yes." })), ("title", json!({ "text": title }))]);
        ask(&fixture, "A question", "Yes.");
    };
    ask(&fixture, "A question", "Answer 0.");
    open_list(&fixture);
    wait_for_names(&fixture, &["A question"]);
    titled("About \u{202e}orders");
    wait_for_names(&fixture, &["About orders"]);
    act(&fixture, "About orders", "Rename");
    fixture.browser.type_into(&fixture.browser.find(".acts input"), ", mine\u{e007}");
    wait_for_names(&fixture, &["About orders, mine"]);
    titled("Another title");
    wait_for_names(&fixture, &["About orders, mine"]);
    fixture.browser.reload();
    fixture.browser.find("#chats");
    open_list(&fixture);
    wait_for_names(&fixture, &["About orders, mine"]);
}
