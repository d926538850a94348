//! The main job in a real Chromium: a page of another origin, the tag, a question, a streamed answer.

mod answers;
mod failures;
mod keeping;
mod limits;
mod looks;
mod pages;
mod port;
mod scene;

use porthole_tests::Signal;
use porthole_tests::browser::Key;
use porthole_tests::upstream::{Framing, Script};
use scene::{LAUNCHER, Scene, answer, answer_in_two};

#[test]
fn a_visitor_on_another_site_asks_and_sees_the_answer_grow() {
    let rest = Signal::new();
    let scene = Scene::with(answer_in_two("Your order is ", &rest, "on its way."));
    scene.open_page();
    scene.open_chat();
    scene.ask("Where is my order 1042?");
    scene.wait_for_reply("Your order is ");
    assert!(
        !scene.reply().contains("on its way"),
        "half of the answer is shown while the other half is not there"
    );
    rest.give();
    scene.wait_for_reply("Your order is on its way.");
    let requests = scene.upstream.wait_for(1);
    assert_eq!(requests[0].json()["chatInput"], "Where is my order 1042?");
    assert_eq!(requests.len(), 1);
}

#[test]
fn before_the_chat_is_wanted_nothing_but_the_loader_is_requested_and_nothing_stored() {
    let scene = Scene::with(answer("Hello."));
    scene.open_page();
    scene.browser.find(LAUNCHER);
    assert_eq!(scene.requested_elsewhere(), [scene.proxy.url("/widget.js")]);
    let stored = "return [document.cookie, localStorage.length, sessionStorage.length].join()";
    assert_eq!(scene.browser.script(stored, &[]), ",0,0");
}

#[test]
fn a_whole_conversation_sets_no_cookie_and_asks_no_third_party() {
    let scene = Scene::with(answer("Hello."));
    scene.open_page();
    scene.open_chat();
    scene.ask("Hi");
    scene.wait_for_reply("Hello.");
    let cookies = scene
        .browser
        .devtools("Network.getAllCookies", &serde_json::json!({}));
    assert_eq!(cookies["cookies"], serde_json::json!([]));
    let inside = scene.requested_elsewhere();
    scene.browser.leave_frame();
    let third = |url: &String| !url.starts_with(scene.proxy.origin());
    assert_eq!(
        scene
            .requested_elsewhere()
            .into_iter()
            .chain(inside)
            .filter(third)
            .collect::<Vec<_>>(),
        [""; 0]
    );
}

#[test]
fn the_strictest_policy_that_names_only_the_proxy_is_enough() {
    let scene = Scene::with(answer("Hello from behind a policy."));
    let proxy = scene.proxy.origin();
    scene.add_page("/strict", &[(
        "Content-Security-Policy",
        &format!("default-src 'none'; script-src {proxy}; frame-src {proxy}; require-trusted-types-for 'script'"),
    )]);
    scene.browser.open(&scene.site.url("/strict"));
    scene.open_chat();
    scene.ask("Hi");
    scene.wait_for_reply("Hello from behind a policy.");
    let refused = |line: &String| line.contains("Content Security Policy") || line.contains("Trusted");
    assert_eq!(
        scene
            .browser
            .console()
            .into_iter()
            .filter(refused)
            .collect::<Vec<_>>(),
        [""; 0]
    );
}

#[test]
fn everything_goes_by_keyboard_and_the_focus_comes_back() {
    let scene = Scene::with(answer("Typed and answered."));
    scene.open_page();
    scene.browser.click(&scene.browser.find("#before"));
    scene.browser.press(Key::Tab);
    scene.browser.press(Key::Enter);
    scene.enter_chat();
    scene.browser.wait_for(
        "the composer to have the focus",
        "return document.activeElement?.id === 'text'",
    );
    scene.browser.type_text("Hi");
    scene.browser.press(Key::Enter);
    scene.wait_for_reply("Typed and answered.");
    scene.browser.press(Key::Escape);
    scene.browser.leave_frame();
    scene.browser.wait_for(
        "the launcher to have the focus back",
        "return document.activeElement?.localName === 'porthole-widget'
           && document.activeElement.shadowRoot.activeElement?.getAttribute('aria-expanded') === 'false'",
    );
}

#[test]
fn a_conversation_is_there_again_after_a_reload() {
    let scene = Scene::with(answer("Remember me."));
    scene.open_page();
    scene.open_chat();
    scene.ask("Will you?");
    scene.wait_for_reply("Remember me.");
    scene.browser.wait_for(
        "the turn to be over",
        "return !!document.querySelector('.reply .under')",
    );
    scene.browser.leave_frame();
    scene.browser.reload();
    // The chat was open, and opens again by itself.
    scene.enter_chat();
    scene.wait_for_reply("Remember me.");
    assert_eq!(
        scene.upstream.requests().len(),
        1,
        "what is known is not asked again"
    );
}

#[test]
fn a_stopped_reply_keeps_what_was_there() {
    let rest = Signal::new();
    let scene = Scene::with(answer_in_two("This much ", &rest, "and no more."));
    scene.open_page();
    scene.open_chat();
    scene.ask("Tell me everything");
    scene.wait_for_reply("This much ");
    scene.browser.click(&scene.browser.find("#send"));
    scene.browser.wait_for_text(".under", "topped");
    rest.give();
    assert!(!scene.reply().contains("no more"));
}

#[test]
fn a_reply_that_breaks_off_is_never_shown_as_finished() {
    let break_off = Signal::new();
    let head = Script::head(200, "application/json", Framing::Chunked);
    let scene = Scene::with(head.piece(scene::item("Half a ")).wait(&break_off).breaks());
    scene.open_page();
    scene.open_chat();
    scene.ask("Hi");
    scene.wait_for_reply("Half a ");
    break_off.give();
    scene.browser.find(".notice.bad button");
}

#[test]
fn a_page_that_is_not_on_the_list_shows_no_chat() {
    let scene = Scene::for_origins("https://shop.example", answer("Never."));
    scene.open_page();
    scene.browser.click(&scene.browser.find(LAUNCHER));
    scene.browser.enter_frame("iframe");
    scene.browser.wait_for(
        "the refusal",
        "return document.readyState === 'complete' && !!document.body.textContent.trim()",
    );
    assert!(
        scene.browser.look_for("#text").is_none(),
        "there is a text box on a page that is not on the list"
    );
    assert_eq!(scene.upstream.requests().len(), 0);
}
