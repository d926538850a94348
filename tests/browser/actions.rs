//! Actions on a reply: copies, ratings with their comments, times.

use porthole_tests::browser::NamedKey;
use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{FakeUpstream, Script, Signal};
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer};

/// Replies in Markdown with all that a copy leaves out.
const MARKDOWN: &str =
    "# Steps\n\n- [x] **One**\n- two\n\n```rust\nlet a = 1;\n```\n\n[shop](https://shop.example/)";

/// Keeps what would be on the clipboard in `copied`; the arguments are the names of calls that are refused or missing.
const CLIPBOARD: &str = "
const [refused, missing] = arguments;
navigator.clipboard.write = async ([item]) => {
  if (refused) throw new DOMException('', 'NotAllowedError');
  window.copied = await Promise.all(['text/plain', 'text/html'].map(async (type) => (await item.getType(type)).text()));
};
navigator.clipboard.writeText = async (text) => (window.copied = [text]);
if (missing) delete window.ClipboardItem;";

fn copied(fixture: &Fixture) -> Vec<String> {
    fixture.browser.click(&fixture.browser.find(".under > .copy"));
    let copied = fixture.browser.wait_for("the copy", "return window.copied");
    fixture.browser.find(".under > .copy[data-done]");
    copied.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_reply_is_copied_as_markdown_and_as_it_is_drawn_and_says_that_an_ai_wrote_it() {
    let fixture = Fixture::with(answer(MARKDOWN));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("How?");
    fixture.wait_for_end();
    fixture.browser.find(".prose .code");
    fixture.browser.script(CLIPBOARD, &[json!(false), json!(false)]);
    let copies = copied(&fixture);
    assert_eq!(copies[0], format!("{MARKDOWN}\n\nWritten by an AI assistant."));
    let html = &copies[1];
    for part in [
        "<h1>Steps</h1>",
        "<li>☑ <strong>One</strong></li>",
        "<li>two</li>",
        "<pre><code>let a = 1;",
        "<a href=\"https://shop.example/\">shop</a>",
        "<p>Written by an AI assistant.</p>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    for part in ["class", "button", "svg", "span", "rust"] {
        assert!(!html.contains(part), "{part}: {html}");
    }
}

#[test]
fn a_copy_is_text_where_the_browser_takes_nothing_else_and_says_so() {
    let fixture = Fixture::with(answer("**Words**"));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_end();
    for (refused, missing) in [(true, false), (false, true)] {
        fixture.browser.script("delete window.copied", &[]);
        fixture.browser.script(CLIPBOARD, &[json!(refused), json!(missing)]);
        assert_eq!(copied(&fixture), ["**Words**\n\nWritten by an AI assistant."]);
        fixture.browser.wait_for_text("#status", "Copied as text");
    }
}

/// A workflow that answers, and takes feedback unless its comment or `down` is refused.
fn rated_workflow() -> FakeUpstream {
    FakeUpstream::start(|request, _| {
        let body = request.json();
        let is_refused = body["rating"] == "down" && body["comment"] != "Wrong.";
        match body["action"].as_str() {
            Some("feedback") if is_refused => Script::whole(500, "text/plain", "no"),
            Some("feedback") => Script::whole(200, "application/json", "{}"),
            _ => answer("An answer."),
        }
    })
}

/// A chat whose visitor has found the answer good.
fn rated_up() -> Fixture {
    let fixture = Fixture::new(rated_workflow(), &[]);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_end();
    fixture.browser.click(&fixture.browser.find(".under .up"));
    fixture
}

fn feedback(fixture: &Fixture) -> Vec<(Value, Value)> {
    let calls = fixture.upstream.requests();
    let calls = calls.iter().map(RecordedRequest::json).filter(|call| call["action"] == "feedback");
    calls.map(|call| (call["rating"].clone(), call["comment"].clone())).collect()
}

fn wait_for_pressed(fixture: &Fixture, pressed: Option<&str>) {
    let names = "return [...document.querySelectorAll('[aria-pressed=true]')].map((it) => it.title).join()";
    let is_so = format!("{} === '{}'", names, pressed.unwrap_or_default());
    fixture.browser.wait_for(&format!("{pressed:?} to be pressed"), &is_so);
}

#[test]
fn a_rating_is_sent_at_once_takes_a_comment_and_is_seen_after_a_reload_and_in_another_tab() {
    // Pages of their own: of the keys for a frame in a tab that was just opened, some are lost between driver and browser.
    let fixture = Fixture::new(rated_workflow(), &[("HOSTED_PAGE", "true")]);
    let first = fixture.browser.tab();
    fixture.open_hosted_page();
    fixture.ask("Hi");
    fixture.wait_for_end();
    let second = fixture.browser.open_tab();
    fixture.open_hosted_page();
    fixture.wait_for_end();
    fixture.browser.click(&fixture.browser.find(".under .up"));
    fixture.browser.wait_for_text("#status", "Your rating was sent");
    fixture.browser.screenshot("rated");
    assert_eq!(feedback(&fixture), [(json!("up"), json!(null))]);
    fixture
        .browser
        .type_into(&fixture.browser.find(".comment textarea"), "Very\u{e008}\u{e007}\u{e008} good.\u{e007}");
    fixture.browser.wait_for("the form to be gone", "return !document.querySelector('.comment')");
    assert_eq!(feedback(&fixture)[1], (json!("up"), json!("Very\n good.")));
    fixture.browser.wait_for("the focus", "return document.activeElement.title === 'Good answer'");
    fixture.browser.go_to(&first);
    wait_for_pressed(&fixture, Some("Good answer"));
    fixture.browser.go_to(&second);
    fixture.browser.reload();
    wait_for_pressed(&fixture, Some("Good answer"));
    let call = fixture.upstream.wait_for(2)[1].json();
    assert_eq!(call["metadata"]["turn"], 1, "{call}");
}

#[test]
fn a_rating_that_cannot_be_sent_is_given_back_and_its_comment_stays() {
    let fixture = rated_up();
    fixture.browser.wait_for_text("#status", "Your rating was sent");
    fixture.browser.click(&fixture.browser.find(".under .down"));
    fixture.browser.wait_for_text(".comment [role=alert]", "could not be sent");
    wait_for_pressed(&fixture, Some("Good answer"));
    let comment = fixture.browser.find(".comment textarea");
    fixture.browser.type_into(&comment, "Wrong");
    fixture.browser.press(NamedKey::Enter);
    fixture.browser.wait_for_text(".comment [role=alert]", "Your comment could not be sent");
    assert_eq!(fixture.browser.property(&comment, "value"), "Wrong");
    fixture.browser.screenshot("comment-not-sent");
    fixture.browser.type_into(&comment, ".\u{e007}");
    wait_for_pressed(&fixture, Some("Bad answer"));
    fixture.browser.wait_for("the form to be gone", "return !document.querySelector('.comment')");
}

#[test]
fn escape_leaves_a_comment_and_not_the_chat() {
    let fixture = rated_up();
    fixture.browser.type_into(&fixture.browser.find(".comment textarea"), "Half a\u{e00c}");
    fixture.browser.wait_for("the form to be gone", "return !document.querySelector('.comment')");
    fixture.browser.leave_frame();
    fixture.browser.find("button[aria-haspopup=dialog][aria-expanded=true]");
    assert_eq!(feedback(&fixture).len(), 1);
}

#[test]
fn no_thumbs_are_shown_where_no_workflow_takes_a_rating() {
    let fixture = Fixture::with_scripts(|_| answer("Hello."), &[("FEEDBACK", "false")]);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_end();
    assert!(fixture.browser.look_for("[aria-pressed]").is_none());
}

#[test]
fn times_of_question_and_answer_are_there_for_readers_and_seen_on_hover() {
    let fixture = Fixture::with(answer("Hello."));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_end();
    let times = "return [...document.querySelectorAll('.turn time')].map((time) =>
      [Math.abs(Date.parse(time.dateTime) - Date.now()) < 300_000, time.textContent.length > 3].join())";
    assert_eq!(fixture.browser.script(times, &[]), json!(["true,true", "true,true"]));
    let opacity = "return getComputedStyle(document.querySelector('.turn time')).opacity";
    let height = "return document.getElementById('thread').offsetHeight";
    let before = fixture.browser.script(height, &[]);
    fixture.browser.click(&fixture.browser.find(".under > .copy"));
    fixture.browser.wait_for("the time", &format!("{opacity} === '1'"));
    assert_eq!(fixture.browser.script(height, &[]), before);
}

/// The questions of the earlier chats with their ratings, and the number of turns of the one on the screen.
const STORED: &str = "
const result = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
return (async () => {
  const [{ name }] = await indexedDB.databases();
  const database = await result(indexedDB.open(name));
  const stores = database.transaction(['chat', 'turns']);
  const [earlier, count] = await Promise.all([
    result(stores.objectStore('chat').getAll(IDBKeyRange.bound('chats/', 'chats/z'))),
    result(stores.objectStore('turns').count()),
  ]);
  database.close();
  return [earlier.map((it) => it.turns.map(({ user, rating }) => [user, rating ?? null])), count];
})()";

#[test]
fn a_rating_on_its_way_stays_with_its_reply_when_another_chat_begins() {
    let rest = Signal::new();
    let slow = Script::head(200, "application/json", Framing::Chunked).wait(&rest).piece("{}").end();
    let workflow = FakeUpstream::start(move |request, _| match request.json()["action"].as_str() {
        Some("feedback") => slow.clone(),
        _ => answer("An answer."),
    });
    let fixture = Fixture::new(workflow, &[("HOSTED_PAGE", "true")]);
    fixture.open_hosted_page();
    for question in ["One", "Two"] {
        fixture.ask(question);
        fixture.wait_for_end();
    }
    fixture.browser.click(&fixture.browser.find(".under .up"));
    fixture.upstream.wait_for(3);
    fixture.browser.click(&fixture.browser.find("#new"));
    fixture.browser.find(".starters");
    rest.set();
    let rated = json!([[[["One", "up"], ["Two", null]]], 0]).to_string();
    fixture.browser.wait_for(
        "the rating to be kept",
        &format!("return (async () => {{ const stored = await (async () => {{ {STORED} }})(); return JSON.stringify(stored) === {rated:?} }})()"),
    );
    fixture.ask("Another");
    fixture.wait_for_end();
    fixture.browser.reload();
    fixture.wait_for_end();
    assert_eq!(fixture.turns(), 1);
}
