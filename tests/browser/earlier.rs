//! A conversation that an earlier release has stored goes on.

use serde_json::json;

use crate::fixture::{Fixture, answer};
use crate::saving::save;

/// Leaves of the stored rows what earlier releases have stored: the arguments are the members of turns that they did not
/// know, and whether they had a flag in place of the end, and sessions without a key.
const AGE: &str = "
const [unknown, isOldest] = arguments;
const opening = indexedDB.open('porthole:default:' + location.origin);
opening.onsuccess = () => {
  const transaction = opening.result.transaction(['chat', 'turns'], 'readwrite');
  const [chat, turns] = ['chat', 'turns'].map((name) => transaction.objectStore(name));
  if (isOldest) {
    chat.delete('key');
    chat.get('session').onsuccess = ({ target: { result: { token, id } } }) =>
      chat.put({ token, id, turn: 1 }, 'session');
  }
  turns.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    const turn = cursor.value;
    if (isOldest) turn.stopped = turn.end === 'stopped';
    for (const name of unknown) delete turn[name];
    cursor.update(turn);
    cursor.continue();
  };
  transaction.oncomplete = () => {
    opening.result.close();
    window.isAged = true;
  };
};";

/// The members of turns that earlier releases did not know, the newest release first.
const FORMS: [&[&str]; 4] = [
    &["sealed_at", "rating"],
    &["sealed_at", "rating", "thoughts", "thought_ms", "beside"],
    &["sealed_at", "rating", "thoughts", "thought_ms", "beside", "head", "parent"],
    &["sealed_at", "rating", "thoughts", "thought_ms", "beside", "head", "parent", "end"],
];

#[test]
fn a_stored_conversation_of_an_earlier_release_is_shown_and_goes_on() {
    for (memory, form) in
        ["workflow", "transcript"].into_iter().flat_map(|memory| FORMS.map(|form| (memory, form)))
    {
        let is_oldest = form.contains(&"end");
        let binding = if is_oldest { "off" } else { "auto" };
        let settings = [("SESSION_BINDING", binding), ("HOSTED_PAGE", "true"), ("MEMORY", memory)];
        let mut fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &settings);
        fixture.browser.open(&fixture.proxy.url("/chat"));
        fixture.browser.find("#text");
        fixture.ask("First");
        fixture.wait_for_reply("Answer 0.");
        fixture.wait_for_end();
        fixture.browser.script(AGE, &[json!(form), json!(is_oldest)]);
        fixture.browser.wait_for("the rows to be those of an earlier release", "return window.isAged");
        fixture.restart_proxy(&[("MEMORY", memory), ("HOSTED_PAGE", "true")]);
        fixture.browser.reload();
        fixture.wait_for_reply("Answer 0.");
        for n in 1..3 {
            fixture.ask("Next");
            fixture.wait_for_reply(&format!("Answer {n}."));
            fixture.wait_for_end();
        }
        fixture.browser.reload();
        fixture.wait_for_reply("Answer 2.");
        assert_eq!(fixture.turns(), 3, "{memory} {form:?}");
        let (_, text) = save(&fixture, "Text");
        for n in 0..3 {
            assert!(text.contains(&format!("Answer {n}.")), "{memory} {form:?}: {text}");
        }
        let calls = fixture.upstream.wait_for(3);
        assert!(
            calls.iter().all(|call| call.json()["sessionId"] == calls[0].json()["sessionId"]),
            "{memory} {form:?}"
        );
        let told = calls[2].json()["history"].as_array().map_or(0, Vec::len);
        // Turns without their heads prove nothing, and are not told.
        let provable = if form.contains(&"head") { 2 } else { 4 };
        assert_eq!(told, if memory == "transcript" { provable } else { 0 }, "{memory} {form:?}");
    }
}

/// Puts a message where releases before the outbox kept the one without a known end.
const LEAVE_OUTGOING: &str = "
const opening = indexedDB.open('porthole:default:' + location.origin);
opening.onsuccess = () => {
  const transaction = opening.result.transaction('chat', 'readwrite');
  const [id, at] = ['018bcfe5-6800-7000-8000-000000000001', Date.now()];
  transaction.objectStore('chat').put({ id, text: 'Left behind', attempt: 1, at, until: 0 }, 'outgoing');
  transaction.oncomplete = () => {
    opening.result.close();
    window.isAged = true;
  };
};";

#[test]
fn a_message_that_an_earlier_release_left_behind_is_sent_once() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#text");
    fixture.ask("First");
    fixture.wait_for_reply("Answer 0.");
    fixture.wait_for_end();
    fixture.browser.script(LEAVE_OUTGOING, &[]);
    fixture.browser.wait_for("the message", "return window.isAged");
    fixture.browser.reload();
    // The release may have sent it: the visitor decides.
    fixture.browser.click(&fixture.browser.find("[data-do=retry]"));
    fixture.wait_for_reply("Answer 1.");
    fixture.wait_for_end();
    fixture.browser.reload();
    fixture.wait_for_reply("Answer 1.");
    assert_eq!(fixture.turns(), 2);
    let asked: Vec<_> =
        fixture.upstream.requests().iter().map(|call| call.json()["chatInput"].clone()).collect();
    assert_eq!(asked, [json!("First"), json!("Left behind")]);
}
