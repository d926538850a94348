//! The list of conversations beside the chat: focus, names, and what other tabs keep.

use porthole_tests::browser::NamedKey;
use serde_json::json;

use crate::chats::{act, new_chat, open_list, opener, press, wait_for_names};
use crate::fixture::{Fixture, answer};

/// A chat as a page of its own, with one turn.
fn chat(question: &str) -> Fixture {
    let fixture = Fixture::with_scripts(
        |n| answer(&format!("Answer {n}.")),
        &[("HOSTED_PAGE", "true"), ("FEEDBACK", "true")],
    );
    fixture.open_hosted_page();
    ask(&fixture, question);
    fixture
}

fn ask(fixture: &Fixture, question: &str) {
    fixture.ask(question);
    fixture.wait_for_end();
}

fn wait_for_focus(fixture: &Fixture, selector: &str) {
    let body = format!("return document.activeElement.matches({selector:?})");
    fixture.browser.wait_for(&format!("{selector} to have the focus"), &body);
}

/// Has another tab change the store, and waits until the list shows that.
fn change_elsewhere(fixture: &Fixture) {
    fixture
        .browser
        .script("for (const row of document.querySelectorAll('#chats-list li')) row.isOld = true", &[]);
    fixture
        .browser
        .script("new BroadcastChannel('porthole:default:' + location.origin).postMessage(undefined)", &[]);
    fixture.browser.wait_for(
        "the list to follow",
        "return [...document.querySelectorAll('#chats-list li')].every((row) => !row.isOld)",
    );
}

#[test]
fn a_list_that_follows_the_store_leaves_the_focus_where_it_is() {
    let fixture = chat("The question");
    open_list(&fixture);
    wait_for_names(&fixture, &["The question"]);
    fixture.browser.click(&fixture.browser.find(".under .up"));
    fixture.browser.type_into(&fixture.browser.find(".comment textarea"), "Because");
    change_elsewhere(&fixture);
    wait_for_focus(&fixture, ".comment textarea");
    for control in ["#chats-list li .open", "#chats-list li .tool", "#chats-list .rest .chip"] {
        fixture.browser.script(&format!("document.querySelector({control:?}).focus()"), &[]);
        change_elsewhere(&fixture);
        wait_for_focus(&fixture, control);
    }
}

#[test]
fn a_long_name_is_changed_as_a_whole_and_one_that_stays_is_no_name_of_its_visitor() {
    let long = format!("{}end", "A question of many words ".repeat(4));
    let fixture = chat(&long);
    open_list(&fixture);
    let shown = fixture.browser.text(&fixture.browser.find("#chats-list .name"));
    assert!(shown.ends_with('…'), "{shown}");
    act(&fixture, &shown, "Rename");
    let field = fixture.browser.find("#chats-list .acts .field");
    assert_eq!(fixture.browser.property(&field, "value"), json!(long));
    fixture.browser.press(NamedKey::Enter);
    wait_for_focus(&fixture, "#chats-list .tool");
    let named = "return new Promise((done) => {
        const opening = indexedDB.open('porthole:default:' + location.origin);
        opening.onsuccess = () => {
          const named = opening.result.transaction('chat').objectStore('chat').get('named');
          named.onsuccess = () => { opening.result.close(); done(named.result ?? null) };
        };
      })";
    assert_eq!(fixture.browser.script(named, &[]), json!(null));
}

#[test]
fn when_everything_is_deleted_other_tabs_store_nothing_and_keep_the_text_that_is_being_typed() {
    let fixture = chat("The question");
    let first = fixture.browser.tab();
    fixture.wait_for_keys();
    fixture.browser.type_into(&fixture.browser.find("#text"), "A draft");
    fixture.browser.open_tab();
    fixture.open_hosted_page();
    fixture.wait_for_end();
    open_list(&fixture);
    fixture.browser.click(&fixture.browser.find("#chats-list .rest .chip"));
    press(&fixture, "Delete all chats");
    fixture.browser.wait_for_text("#chats-list .quiet", "No chats yet");
    fixture.browser.go_to(&first);
    fixture.browser.wait_for(
        "nothing to be stored",
        "return !Object.keys(sessionStorage).some((key) => key.startsWith('porthole:'))",
    );
    fixture.browser.find(".starters");
    assert_eq!(fixture.browser.property(&fixture.browser.find("#text"), "value"), json!("A draft"));
}

#[test]
fn a_part_that_cannot_be_loaded_says_so_and_is_loaded_by_the_next_press() {
    let fixture = chat("The question");
    fixture.browser.go_offline();
    fixture.browser.click(&fixture.browser.find("#chats"));
    fixture.browser.wait_for_text("#not-loaded", "could not be loaded");
    fixture.browser.go_online();
    fixture.browser.click(&fixture.browser.find("#chats"));
    wait_for_names(&fixture, &["The question"]);
    assert!(fixture.browser.look_for("#not-loaded").is_none());
    new_chat(&fixture);
    opener(&fixture, "The question");
}
