//! A conversation saved as a file: as text, Markdown or JSON, or signed where the proxy has a key for it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use porthole_tests::browser::NamedKey;
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

const CHOICE_IS_GONE: &str = "return !document.querySelector('.sheet')";

/// Asks twice.
fn converse(settings: &[(&str, &str)]) -> Fixture {
    let settings = [settings, &[("HOSTED_PAGE", "true")]].concat();
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer *{n}*.")), &settings);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#text");
    for n in 0..2 {
        fixture.ask(&format!("Question {n}"));
        fixture.wait_for_reply(&format!("Answer {n}."));
        fixture.wait_for_end();
    }
    fixture.browser.script(CATCH, &[]);
    fixture
}

/// Saves in a form, and returns the file's name and text.
pub(crate) fn save(fixture: &Fixture, form: &str) -> (String, String) {
    fixture.browser.script(CATCH, &[]);
    fixture.browser.script("window.saved = undefined", &[]);
    fixture.browser.click(&fixture.browser.find("[data-do=export_chat]"));
    let choose = format!(
        "const found = [...document.querySelectorAll('.sheet .chip')].find((it) => it.textContent === {form:?});
         found?.click();
         return !!found"
    );
    fixture.browser.wait_for(form, &choose);
    let saved = fixture.browser.wait_for("the file", "return window.saved && [window.savedAs, window.saved]");
    // A dialog's `close` event comes in a task of its own.
    fixture.browser.wait_for("the choice to be gone", CHOICE_IS_GONE);
    (saved[0].as_str().unwrap().to_owned(), saved[1].as_str().unwrap().to_owned())
}

#[test]
fn a_conversation_is_saved_with_the_signature_of_the_proxy() {
    let key = KeyPair::generate().unwrap().serialize_pem();
    let fixture = converse(&[("EXPORT_SIGNING_KEY", key.as_str())]);
    let (name, file) = save(&fixture, "Signed file");
    assert!(name.starts_with("Question-0-20") && name.contains(".jws"), "{name}");
    let claims = B64.decode(file.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["full"], &claims["turn"]), (&json!(true), &json!(2)));
    assert_eq!(claims["turns"][1]["user"], "Question 1");
    assert_eq!(claims["turns"][1]["reply"], "Answer *1*.");
}

#[test]
fn a_conversation_is_saved_in_each_form_and_says_that_an_ai_answered() {
    let fixture = converse(&[]);
    fixture.browser.click(&fixture.browser.find("[data-do=export_chat]"));
    fixture.browser.find(".sheet");
    fixture.browser.press(NamedKey::Escape);
    fixture.browser.wait_for("the choice to be gone", CHOICE_IS_GONE);
    let note = "The answers in this chat were written by an AI.";
    for (form, ending, wanted) in [
        ("Text", ".txt", ["Question 0\n", "You, 20", "Assistant (AI):\nAnswer *1*.\n"]),
        ("Markdown", ".md", ["# Question 0\n", "## You, 20", "## Assistant (AI)\n\nAnswer *1*.\n"]),
    ] {
        let (name, file) = save(&fixture, form);
        assert!(name.ends_with(ending), "{name}");
        for words in wanted.into_iter().chain([note]) {
            assert!(file.contains(words), "{words}: {file}");
        }
    }
    let (name, file) = save(&fixture, "JSON");
    assert!(name.contains(".json"), "{name}");
    let file: Value = serde_json::from_str(&file).unwrap();
    assert_eq!((&file["format"], &file["version"]), (&json!("porthole-chat"), &json!(1)));
    assert_eq!((&file["title"], &file["note"]), (&json!("Question 0"), &json!(note)));
    let messages = file["messages"].as_array().unwrap();
    let told = |at: usize| ["role", "content", "ai", "end"].map(|member| messages[at][member].clone());
    assert_eq!(told(2), [json!("user"), json!("Question 1"), json!(null), json!(null)]);
    assert_eq!(told(3), [json!("assistant"), json!("Answer *1*."), json!(true), json!("complete")]);
}

#[test]
fn a_signature_that_fails_is_said_and_another_form_is_left() {
    let key = KeyPair::generate().unwrap().serialize_pem();
    let mut fixture = converse(&[("EXPORT_SIGNING_KEY", key.as_str())]);
    fixture.restart_proxy(&[
        ("JWT_SECRET_KEY", "another-secret-that-is-long-enough-for-this"),
        ("HOSTED_PAGE", "true"),
    ]);
    fixture.browser.click(&fixture.browser.find("[data-do=export_chat]"));
    fixture.browser.click(&fixture.browser.find(".sheet .chip:nth-of-type(4)"));
    fixture.browser.wait_for_text(".sheet .quiet", "could not be signed");
    fixture.browser.click(&fixture.browser.find(".sheet .chip:nth-of-type(1)"));
    fixture.browser.wait_for("the file", "return window.saved");
}
