//! Key binding and transcripts in a browser: the key never leaves it, and each message proves what came before.

use porthole_protocol::path;
use porthole_tests::Client;
use porthole_tests::site::Page;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer};

/// Reads the rows of the chat's table, as JSON can say them.
const READ_ROWS: &str = "
const opening = indexedDB.open('porthole:default:' + location.origin);
opening.onsuccess = () => {
  const chat = opening.result.transaction('chat').objectStore('chat');
  const [session, key] = [chat.get('session'), chat.get('key')];
  key.onsuccess = () => {
    const { privateKey, jwk } = key.result;
    window.rows = { session: session.result, isExtractable: privateKey.extractable, jwk };
    opening.result.close();
  };
};";

fn rows(fixture: &Fixture) -> Value {
    fixture.browser.script(&format!("window.rows = null;{READ_ROWS}"), &[]);
    fixture.browser.wait_for("the rows", "return window.rows")
}

/// Opens the chat as a page of its own.
fn open(fixture: &Fixture) {
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#text");
}

#[test]
fn a_token_copied_out_of_a_browser_opens_nothing_elsewhere() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    open(&fixture);
    fixture.ask("First");
    fixture.wait_for_reply("Answer 0.");
    fixture.wait_for_end();
    let rows = rows(&fixture);
    assert_eq!((&rows["session"]["bound"], &rows["isExtractable"]), (&json!(true), &json!(false)), "{rows}");
    let members: Vec<_> = rows["jwk"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["crv", "kty", "x", "y"]);
    let token = rows["session"]["token"].as_str().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let thief = Client::with_origin(&fixture.proxy, fixture.proxy.origin());
    for scheme in ["Bearer", "DPoP"] {
        let call = thief.request(Method::GET, path::SESSION_VALIDATE);
        let call = call.header("authorization", format!("{scheme} {token}"));
        let status = runtime.block_on(async { call.send().await.unwrap().status() });
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{scheme}");
    }
    fixture.browser.reload();
    fixture.wait_for_reply("Answer 0.");
    fixture.ask("Second");
    fixture.wait_for_reply("Answer 1.");
    fixture.wait_for_end();
    let calls = fixture.upstream.wait_for(2);
    assert_eq!(calls[0].json()["sessionId"], calls[1].json()["sessionId"]);
}

#[test]
fn each_message_brings_the_turns_that_the_workflow_goes_by() {
    let settings = [("MEMORY", "transcript"), ("HISTORY_TURNS", "2"), ("HOSTED_PAGE", "true")];
    let fixture = Fixture::with_scripts(|n| answer(&format!("Réponse {n} 🙂.")), &settings);
    open(&fixture);
    for n in 0..4 {
        fixture.ask(&format!("Question {n} é😀"));
        fixture.wait_for_reply(&format!("Réponse {n} 🙂."));
        fixture.wait_for_end();
        if n == 1 {
            fixture.browser.reload();
            fixture.wait_for_reply("Réponse 1");
        }
    }
    let exchange = |n: usize| {
        let (question, reply) = (format!("Question {n} é😀"), format!("Réponse {n} 🙂."));
        [json!({"role": "user", "content": question}), json!({"role": "assistant", "content": reply})]
    };
    let history: Vec<Value> =
        fixture.upstream.wait_for(4).iter().map(|call| call.json()["history"].clone()).collect();
    assert_eq!(history[0], json!([]));
    assert_eq!(history[1], json!(exchange(0)));
    assert_eq!(history[3], json!([exchange(1), exchange(2)].concat()));
}

#[test]
fn a_chat_that_keeps_nothing_or_only_in_its_tab_is_bound_and_brings_its_turns_where_it_must() {
    for storage in ["none", "session"] {
        let settings = [("MEMORY", "transcript"), ("SESSION_BINDING", "required")];
        let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &settings);
        let attributes = format!("data-storage=\"{storage}\"");
        fixture.site.add(Page::with_tag("/kept", fixture.proxy.origin(), &attributes));
        fixture.browser.open(&fixture.site.url("/kept"));
        fixture.open_chat();
        for n in 0..3 {
            fixture.ask(&format!("Question {n}"));
            fixture.wait_for_reply(&format!("Answer {n}."));
            fixture.wait_for_end();
        }
        assert_eq!(fixture.turns(), 3, "{storage}");
        let history = fixture.upstream.wait_for(3)[2].json()["history"].clone();
        assert_eq!(history.as_array().map(Vec::len), Some(4), "{storage}: {history}");
    }
}

#[test]
fn a_reply_that_was_sealed_with_another_text_is_told_to_the_page() {
    let fixture = Fixture::with_scripts(|_| answer("Two lamps."), &[]);
    fixture.open_page();
    fixture
        .browser
        .script("window.codes = []; porthole('on', 'error', ({ code }) => window.codes.push(code))", &[]);
    fixture.open_chat();
    fixture.ask("First");
    fixture.wait_for_reply("Two lamps.");
    fixture.wait_for_end();
    // Heads come out differently in this frame from now on, as after another text.
    fixture.browser.script(
        "const { digest } = SubtleCrypto.prototype;
         SubtleCrypto.prototype.digest = function (name, bytes) {
           const isTurn = new TextDecoder().decode(bytes).startsWith('porthole/1/turn');
           return digest.call(this, name, isTurn ? new Uint8Array(1) : bytes);
         }",
        &[],
    );
    fixture.ask("Second");
    fixture
        .browser
        .wait_for("a second turn", "return document.querySelectorAll('.turn .under').length === 2");
    fixture.browser.leave_frame();
    fixture.browser.wait_for("the page to know", "return window.codes.includes('state_mismatch')");
}
