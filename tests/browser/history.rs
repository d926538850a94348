//! Messages that the workflow remembers and the browser does not.

use porthole_tests::{FakeUpstream, Script};
use serde_json::json;

use crate::chats;
use crate::fixture::{Fixture, answer};

/// Takes the turns away, and leaves the session.
const FORGET: &str = "
const opening = indexedDB.open('porthole:default:' + location.origin);
opening.onsuccess = () => {
  const transaction = opening.result.transaction('turns', 'readwrite');
  transaction.objectStore('turns').clear();
  transaction.oncomplete = () => {
    opening.result.close();
    window.isForgotten = true;
  };
};";

fn workflow(remembers: bool) -> FakeUpstream {
    FakeUpstream::start(move |request, _| {
        let messages = json!({ "messages": [
            { "role": "user", "content": "Where is it?" },
            { "role": "assistant", "content": "On its **way**." },
        ] });
        match request.json()["action"].as_str() {
            Some("loadPreviousSession") if remembers => {
                Script::whole(200, "application/json", messages.to_string())
            }
            Some("loadPreviousSession") => Script::whole(200, "application/json", "{}"),
            _ => answer("Hello."),
        }
    })
}

/// A chat with a session whose turns the browser has lost.
fn without_turns(upstream: FakeUpstream) -> Fixture {
    let fixture = Fixture::new(upstream, &[]);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#text");
    fixture.ask("Hi");
    fixture.wait_for_end();
    fixture.browser.script(FORGET, &[]);
    fixture.browser.wait_for("the turns to be gone", "return window.isForgotten");
    fixture
}

/// `true` once the answer of the workflow is stored.
const KEPT: &str = "
const result = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
return (async () => {
  const [{ name }] = await indexedDB.databases();
  const database = await result(indexedDB.open(name));
  const history = await result(database.transaction('chat').objectStore('chat').get('history'));
  database.close();
  return !!history;
})()";

#[test]
fn history_is_asked_for_once_and_shown_as_what_the_workflow_remembers() {
    for remembers in [true, false] {
        let fixture = without_turns(workflow(remembers));
        for _ in 0..2 {
            fixture.browser.reload();
            fixture.browser.find(".greeting p");
            if remembers {
                fixture.browser.wait_for_text("section", "Earlier messages that the assistant remembers");
                fixture.browser.wait_for_text("section .reply strong", "way");
            } else {
                fixture.browser.wait_for("the answer to be kept", KEPT);
            }
        }
        if remembers {
            fixture.is_accessible("remembered messages");
        } else {
            assert!(fixture.browser.look_for("section").is_none());
        }
        fixture.ask("Again");
        fixture.wait_for_end();
        let calls = fixture.upstream.requests();
        let asked = calls.iter().filter(|call| call.json()["action"] == "loadPreviousSession");
        assert_eq!((asked.count(), fixture.turns()), (1, 1));
    }
}

#[test]
fn the_last_hundred_of_many_remembered_messages_are_kept_and_shown() {
    let upstream = FakeUpstream::start(|request, _| {
        let said = |n| json!({ "role": "user", "content": format!("Message {n}") });
        match request.json()["action"].as_str() {
            Some("loadPreviousSession") => {
                let messages = json!({ "messages": (1..=130).map(said).collect::<Vec<_>>() });
                Script::whole(200, "application/json", messages.to_string())
            }
            _ => answer("Hello."),
        }
    });
    let fixture = without_turns(upstream);
    for _ in 0..2 {
        fixture.browser.reload();
        fixture.browser.wait_for_text("section .mine:last-child", "Message 130");
        let shown = "const all = [...document.querySelectorAll('section .mine')];
            return [all.length, all[0].textContent.includes('Message 31')]";
        assert_eq!(fixture.browser.script(shown, &[]), json!([100, true]));
    }
}

#[test]
fn what_the_workflow_remembers_is_listed_deleted_and_forgotten_like_any_chat() {
    let fixture = without_turns(workflow(true));
    fixture.browser.reload();
    fixture.browser.wait_for_text("section .reply strong", "way");
    fixture.browser.wait_for("the answer to be kept", KEPT);
    fixture.browser.find("#chats");
    chats::open_list(&fixture);
    chats::wait_for_names(&fixture, &["Where is it?"]);
    fixture.browser.click(&fixture.browser.find("#chats-list .bar .tool:nth-of-type(2)"));
    fixture.browser.wait_for("another chat", "return !document.getElementById('history')");
    fixture.browser.click(&chats::opener(&fixture, "Where is it?"));
    fixture.browser.wait_for_text("section .reply strong", "way");
    chats::act(&fixture, "Where is it?", "Delete");
    chats::press(&fixture, "Delete");
    fixture.browser.wait_for_text("#chats-list .quiet", "No chats yet");
    assert!(fixture.browser.look_for("section").is_none());
    fixture.browser.wait_for(
        "nothing to be kept",
        &format!("return (async () => !(await (async () => {{ {KEPT} }})()))()"),
    );
    let calls = fixture.upstream.requests();
    assert_eq!(calls.iter().filter(|call| call.json()["action"] == "forget").count(), 1);
}
