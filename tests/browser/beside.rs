//! All that an agent sends beside the text of its answer, played in the frame, and once from the agent on.

use porthole_tests::browser::NamedKey;
use porthole_tests::{FakeUpstream, Script};
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer};

/// Plays events in place of the proxy's next answers; each message that is sent stands in `sent`.
const PLAY: &str = "
const [events] = arguments;
window.played ??= window.fetch;
window.sent = [];
window.fetch = (url, request) => {
  if (request?.method !== 'POST' || !String(url).endsWith('chat/message')) return played(url, request);
  sent.push(JSON.parse(request.body));
  const frames = events.map(([name, data], id) => `id: ${id}\\nevent: ${name}\\ndata: ${JSON.stringify(data)}\\n\\n`);
  return Promise.resolve(new Response(frames.join('')));
}";

const DONE: &str =
    r#"{ "token": "t", "expires_at": "", "turn": 1, "head": "h", "end": "complete", "receipt": "r" }"#;

/// A chat whose next answer is of these events.
fn chat(events: &[(&str, Value)]) -> Fixture {
    let fixture = Fixture::with(answer("Never."));
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.wait_for_text(".greeting", "Hello");
    play(&fixture, events);
    fixture.ask("What now?");
    fixture.wait_for_end();
    fixture
}

pub(crate) fn play(fixture: &Fixture, events: &[(&str, Value)]) {
    let done = ("done", serde_json::from_str(DONE).unwrap());
    let events: Vec<&(&str, Value)> = events.iter().chain([&done]).collect();
    fixture.browser.script(PLAY, &[json!(events)]);
}

/// The title that is kept with the conversation.
const TITLE: &str = "
const result = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
return (async () => {
  const [{ name }] = await indexedDB.databases();
  const database = await result(indexedDB.open(name));
  const title = await result(database.transaction('chat').objectStore('chat').get('title'));
  database.close();
  return title;
})()";

/// Returns the words of each element.
fn words(fixture: &Fixture, selector: &str) -> Value {
    let words = "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)";
    fixture.browser.script(words, &[json!(selector)])
}

fn rich_answer() -> Fixture {
    let step = |state: &str| ("step", json!({ "name": "Search", "state": state }));
    chat(&[
        ("start", json!({})),
        ("reasoning", json!({ "text": "Let me " })),
        ("reasoning", json!({ "text": "<b>see</b>" })),
        step("running"),
        step("done"),
        ("step", json!({ "name": "Mail", "state": "failed" })),
        ("delta", json!({ "text": "It **is** so. [1]" })),
        (
            "source",
            json!({ "id": "1", "title": "A page", "url": "https://docs.example/a", "quote": "so it is" }),
        ),
        ("source", json!({ "id": "2", "title": "A trap", "url": "javascript:alert(1)" })),
        ("source", json!({ "id": "3", "title": "", "url": "http://bare.example/" })),
        ("notice", json!({ "text": "Old data.", "level": "warning" })),
        ("ask", json!({ "id": "q", "text": "Shall I send it?" })),
        ("title", json!({ "text": "How it is" })),
        ("later", json!({ "text": "an event of a later version" })),
    ])
}

/// Expects everything of the rich answer on the screen.
fn expect_rich_answer(fixture: &Fixture) {
    fixture.browser.wait_for_text(".reply strong", "is");
    assert_eq!(words(fixture, ".above .thoughts"), json!(["Let me <b>see</b>"]));
    assert_eq!(words(fixture, ".above li span:first-child"), json!(["Search", "Mail"]));
    assert_eq!(words(fixture, ".above .failed .took"), json!(["failed"]));
    let sources = ["A page (docs.example)so it is", "A trap", "bare.example"];
    assert_eq!(words(fixture, ".reply ol.sources[aria-label=Sources] > li"), json!(sources));
    let links =
        "return [...document.querySelectorAll('.sources a')].map((it) => [it.href, it.target, it.rel])";
    let rel = "noopener noreferrer nofollow ugc";
    assert_eq!(
        fixture.browser.script(links, &[]),
        json!([["https://docs.example/a", "_blank", rel], ["http://bare.example/", "_blank", rel]])
    );
    assert_eq!(words(fixture, ".below [role=note]"), json!(["Old data.", "Shall I send it?"]));
    assert_eq!(words(fixture, ".below .warning"), json!(["Old data."]));
}

#[test]
fn sources_notices_and_questions_stand_below_an_answer_and_stay_over_a_reload() {
    let fixture = rich_answer();
    expect_rich_answer(&fixture);
    // Once, at the end, and whole.
    fixture.browser.wait_for_text("#status", "It is so. [1]\n\nOld data.\nShall I send it?");
    assert_eq!(fixture.browser.script(TITLE, &[]), "How it is");
    fixture.browser.reload();
    fixture.enter_chat();
    expect_rich_answer(&fixture);
    assert_eq!(words(&fixture, "#status"), json!([""]));
}

#[test]
fn thoughts_and_steps_are_folded_until_a_visitor_opens_them() {
    let fixture = rich_answer();
    let is_open = "return document.querySelector('details').open";
    let summary = fixture.browser.find("summary");
    assert_eq!(fixture.browser.script(is_open, &[]), false);
    assert_eq!(fixture.browser.text(&summary), "Thoughts · Steps: 2");
    fixture.browser.script("document.querySelector('summary').focus()", &[]);
    fixture.browser.press(NamedKey::Enter);
    assert_eq!(fixture.browser.script(is_open, &[]), true);
    fixture.browser.screenshot("beside");
    // Another answer draws nothing of this one anew.
    play(&fixture, &[("delta", json!({ "text": "Yes." }))]);
    fixture.ask("Really?");
    fixture.wait_for_reply("Yes.");
    assert_eq!(fixture.browser.script(is_open, &[]), true);
}

#[test]
fn words_that_are_taken_back_are_gone_on_the_screen_and_in_the_store() {
    let fixture = chat(&[
        ("delta", json!({ "text": "A **secret** of" })),
        ("replace", json!({ "text": "I cannot " })),
        ("delta", json!({ "text": "say." })),
    ]);
    fixture.browser.wait_for_text("#status", "I cannot say.");
    assert_eq!(words(&fixture, ".reply .prose"), json!(["I cannot say."]));
    fixture.browser.reload();
    fixture.enter_chat();
    fixture.wait_for_reply("I cannot say.");
    assert_eq!(words(&fixture, ".reply .prose"), json!(["I cannot say."]));
}

#[test]
fn an_answer_that_is_taken_back_whole_leaves_its_notice() {
    let fixture = chat(&[
        ("delta", json!({ "text": "Bad words" })),
        ("replace", json!({ "text": "" })),
        ("notice", json!({ "text": "The answer was withdrawn.", "level": "info" })),
    ]);
    fixture.browser.wait_for_text(".below .info", "The answer was withdrawn.");
    assert_eq!(words(&fixture, ".reply .prose"), json!([]));
}

/// A stream of the AI SDK, whose first words are taken back.
const AGENT: &str = r#"
{"type":"start"}
{"type":"start-step"}
{"type":"reasoning-start","id":"r"}
{"type":"reasoning-delta","id":"r","delta":"Lamps, then."}
{"type":"reasoning-end","id":"r"}
{"type":"tool-input-start","toolCallId":"c","toolName":"find_lamps"}
{"type":"tool-output-available","toolCallId":"c","output":[]}
{"type":"text-start","id":"t"}
{"type":"text-delta","id":"t","delta":"Two **old** lamps."}
{"type":"reset-step"}
{"type":"text-start","id":"u"}
{"type":"text-delta","id":"u","delta":"Two **new** lamps."}
{"type":"text-end","id":"u"}
{"type":"source-url","sourceId":"s","url":"https://shop.example/lamps","title":"Lamps"}
{"type":"finish-step"}
{"type":"finish","finishReason":"stop"}
[DONE]"#;

#[test]
fn an_agent_is_shown_with_its_thoughts_steps_and_sources() {
    let stream = AGENT.lines().skip(1).map(|chunk| format!("data: {chunk}\n\n"));
    let script = Script::pieces("text/event-stream", stream.collect::<Vec<_>>());
    let fixture = Fixture::new(FakeUpstream::always(script), &[("THOUGHTS", "show")]);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Which lamps?");
    fixture.wait_for_end();
    fixture.browser.wait_for_text(".reply strong", "new");
    let selectors = [".reply .prose", ".above .thoughts", ".above li span:first-child", ".sources li"];
    let shown = [
        json!(["Two new lamps."]),
        json!(["Lamps, then."]),
        json!(["find_lamps"]),
        json!(["Lamps (shop.example)"]),
    ];
    assert_eq!(selectors.map(|selector| words(&fixture, selector)), shown);
}
