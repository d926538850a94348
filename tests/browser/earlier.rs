//! A conversation that an earlier release has stored goes on.

use serde_json::json;

use crate::fixture::{Fixture, answer};

/// Leaves of the stored rows what releases before key proofs and heads have stored.
const AGE: &str = "
const opening = indexedDB.open('porthole:default:' + location.origin);
opening.onsuccess = () => {
  const transaction = opening.result.transaction(['chat', 'turns'], 'readwrite');
  const [chat, turns] = ['chat', 'turns'].map((name) => transaction.objectStore(name));
  chat.delete('key');
  chat.get('session').onsuccess = ({ target: { result: { token, id } } }) =>
    chat.put({ token, id, turn: 1 }, 'session');
  turns.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    const { head, parent, ...rest } = cursor.value;
    cursor.update(rest);
    cursor.continue();
  };
  transaction.oncomplete = () => {
    opening.result.close();
    window.isAged = true;
  };
};";

#[test]
fn a_stored_conversation_of_an_earlier_release_is_shown_and_goes_on() {
    for memory in ["workflow", "transcript"] {
        let settings = [("SESSION_BINDING", "off"), ("HOSTED_PAGE", "true")];
        let mut fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &settings);
        fixture.browser.open(&fixture.proxy.url("/chat"));
        fixture.browser.find("#text");
        fixture.ask("First");
        fixture.wait_for_reply("Answer 0.");
        fixture.wait_for_end();
        fixture.browser.script(AGE, &[]);
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
        assert_eq!(fixture.turns(), 3, "{memory}");
        let calls = fixture.upstream.wait_for(3);
        assert!(
            calls.iter().all(|call| call.json()["sessionId"] == calls[0].json()["sessionId"]),
            "{memory}"
        );
        let told = calls[2].json()["history"].clone();
        let next =
            json!([{"role": "user", "content": "Next"}, {"role": "assistant", "content": "Answer 1."}]);
        assert_eq!(told, if memory == "transcript" { next } else { json!(null) });
    }
}
