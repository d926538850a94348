//! Other ways to show the chat: as a part of a page, as a page of its own, from two tags.

use porthole_tests::site::Page;

use serde_json::json;

use crate::scene::{LAUNCHER, Scene, answer};

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
    let scene = Scene::with(answer("Hello inline."));
    let tag = format!(
        "<script async src={}/widget.js data-mode=inline data-target='#here'></script>",
        scene.proxy.origin()
    );
    let body = format!("<!doctype html><title>A shop</title><div id=here style='height: 560px'></div>{tag}");
    scene.site.add(Page::new("/inline", body));
    scene.browser.open(&scene.site.url("/inline"));
    scene.enter_chat();
    scene.ask("Hi");
    scene.wait_for_reply("Hello inline.");
    scene.browser.leave_frame();
    let launcher = scene.browser.find(LAUNCHER);
    assert_eq!(scene.browser.property(&launcher, "hidden"), true);
    let panel = scene.browser.find(".panel");
    assert_eq!(scene.browser.property(&panel, "offsetHeight"), 560);
}

#[test]
fn the_chat_is_also_a_page_of_its_own() {
    let scene = Scene::with(answer("Hello, whole page."));
    scene.browser.open(&scene.proxy.url("/chat"));
    scene.browser.wait_for(
        "the text box to have the focus",
        "return document.activeElement?.id === 'text'",
    );
    scene.ask("Hi");
    scene.wait_for_reply("Hello, whole page.");
    scene.wait_for_end();
    scene.browser.reload();
    scene.wait_for_reply("Hello, whole page.");
    assert_eq!(scene.browser.console(), [""; 0]);
}

#[test]
fn two_tags_on_a_page_are_one_chat() {
    let scene = Scene::with(answer("Only once."));
    let tag = format!("<script async src={}/widget.js></script>", scene.proxy.origin());
    let body = format!("<!doctype html><title>A shop</title><body>{tag}{tag}");
    scene.site.add(Page::new("/twice", body));
    scene.browser.open(&scene.site.url("/twice"));
    scene.open_chat();
    scene.ask("Hi");
    scene.wait_for_reply("Only once.");
    scene.browser.leave_frame();
    let widgets = "return document.querySelectorAll('porthole-widget').length";
    assert_eq!(scene.browser.script(widgets, &[]), 1);
    assert_eq!(scene.upstream.requests().len(), 1);
}

#[test]
fn what_is_sent_before_the_app_is_ready_is_shown_once() {
    let scene = Scene::with(answer("Quick as well."));
    let script = json!({ "source": SEND_EARLY });
    scene
        .browser
        .devtools("Page.addScriptToEvaluateOnNewDocument", &script);
    scene.browser.open(&scene.proxy.url("/chat"));
    scene.wait_for_reply("Quick as well.");
    let questions = "return [...document.querySelectorAll('.mine')].map((it) => it.lastChild.data)";
    assert_eq!(scene.browser.script(questions, &[]), json!(["Quick"]));
}
