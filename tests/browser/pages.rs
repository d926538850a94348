//! Other ways to show the chat: as a part of a page, as a page of its own, from two tags.

use porthole_tests::site::Page;

use serde_json::json;

use crate::fixture::{Fixture, LAUNCHER, answer};

/// Sends a text as soon as the app draws, before it has read what was kept.
const SEND_EARLY: &str = "
new MutationObserver((_, observer) => {
  if (!document.querySelector('.greeting')) return;
  observer.disconnect();
  document.getElementById('text').value = 'Quick';
  document.getElementById('composer').requestSubmit();
}).observe(document, { childList: true, subtree: true })";

#[test]
fn inline_the_chat_fills_its_element_and_has_no_launcher() {
    let fixture = Fixture::with(answer("Hello inline."));
    let tag = format!(
        "<script async src={}/widget.js data-mode=inline data-target='#here'></script>",
        fixture.proxy.origin()
    );
    let body = format!("<!doctype html><title>A shop</title><div id=here style='height: 560px'></div>{tag}");
    fixture.site.add(Page::new("/inline", body));
    fixture.browser.open(&fixture.site.url("/inline"));
    fixture.enter_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Hello inline.");
    fixture.browser.leave_frame();
    let launcher = fixture.browser.find(LAUNCHER);
    assert_eq!(fixture.browser.property(&launcher, "hidden"), true);
    let panel = fixture.browser.find(".panel");
    assert_eq!(fixture.browser.property(&panel, "offsetHeight"), 560);
}

#[test]
fn the_chat_is_also_a_page_of_its_own() {
    let fixture = Fixture::with(answer("Hello, whole page."));
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture
        .browser
        .wait_for("the text box to have the focus", "return document.activeElement?.id === 'text'");
    fixture.ask("Hi");
    fixture.wait_for_reply("Hello, whole page.");
    fixture.wait_for_end();
    fixture.browser.reload();
    fixture.wait_for_reply("Hello, whole page.");
    assert_eq!(fixture.browser.console(), [""; 0]);
}

#[test]
fn two_tags_on_a_page_are_one_chat() {
    let fixture = Fixture::with(answer("Only once."));
    let tag = format!("<script async src={}/widget.js></script>", fixture.proxy.origin());
    let body = format!("<!doctype html><title>A shop</title><body>{tag}{tag}");
    fixture.site.add(Page::new("/twice", body));
    fixture.browser.open(&fixture.site.url("/twice"));
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Only once.");
    fixture.browser.leave_frame();
    let widgets = "return document.querySelectorAll('porthole-widget').length";
    assert_eq!(fixture.browser.script(widgets, &[]), 1);
    assert_eq!(fixture.upstream.requests().len(), 1);
}

#[test]
fn a_message_sent_before_the_app_is_ready_is_shown_once() {
    let fixture = Fixture::with(answer("Quick as well."));
    let script = json!({ "source": SEND_EARLY });
    fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &script);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.wait_for_reply("Quick as well.");
    let questions = "return [...document.querySelectorAll('.mine')].map((it) => it.lastChild.data)";
    assert_eq!(fixture.browser.script(questions, &[]), json!(["Quick"]));
}

#[test]
fn a_chat_that_moves_into_an_element_closes_and_loads_again_there() {
    let fixture = Fixture::with(answer("Moved."));
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.leave_frame();
    let events = "window.events = [];
        for (const name of ['close', 'ready']) porthole('on', name, () => window.events.push(name))";
    fixture.browser.script(events, &[]);
    fixture.browser.wait_for("the chat to be ready", "return window.events.includes('ready')");
    let place = "document.body.append(document.createElement('porthole-chat'))";
    fixture.browser.script(place, &[]);
    fixture
        .browser
        .wait_for("the chat to be ready again", "return window.events.join() === 'ready,close,ready'");
    fixture.enter_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Moved.");
}
