//! A conversation saved as a file: signed where the proxy has a key for it, as text elsewhere.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use rcgen::KeyPair;
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer};

/// Catches the file that the frame would save.
const CATCH: &str = "
URL.createObjectURL = (blob) => {
  blob.text().then((text) => (window.saved = text));
  return '#';
};
HTMLAnchorElement.prototype.click = function () {
  window.savedAs = this.download;
};";

/// Asks twice, saves, and returns the file's name and text.
fn save(fixture: &Fixture) -> (String, String) {
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#text");
    for n in 0..2 {
        fixture.ask(&format!("Question {n}"));
        fixture.wait_for_reply(&format!("Answer {n}."));
        fixture.wait_for_end();
    }
    fixture.browser.script(CATCH, &[]);
    fixture.browser.click(&fixture.browser.find("[data-do=export_chat]"));
    let saved = fixture.browser.wait_for("the file", "return window.saved && [window.savedAs, window.saved]");
    (saved[0].as_str().unwrap().to_owned(), saved[1].as_str().unwrap().to_owned())
}

#[test]
fn a_conversation_is_saved_with_the_signature_of_the_proxy() {
    let key = KeyPair::generate().unwrap().serialize_pem();
    let settings = [("EXPORT_SIGNING_KEY", key.as_str()), ("HOSTED_PAGE", "true")];
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &settings);
    let (name, file) = save(&fixture);
    assert!(name.starts_with("chat-") && name.contains(".jws"), "{name}");
    let claims = B64.decode(file.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["full"], &claims["turn"]), (&json!(true), &json!(2)));
    assert_eq!(claims["turns"][1]["user"], "Question 1");
    assert_eq!(claims["turns"][1]["reply"], "Answer 1.");
}

#[test]
fn a_conversation_is_saved_as_text_where_the_proxy_signs_none() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[("HOSTED_PAGE", "true")]);
    let (name, file) = save(&fixture);
    assert!(name.contains(".txt"), "{name}");
    for words in ["You, 2", "Question 0", "Assistant (AI):\nAnswer 1.\n"] {
        assert!(file.contains(words), "{words}: {file}");
    }
}
