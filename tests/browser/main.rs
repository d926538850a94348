//! The main job in a real Chromium: a page of another origin, the tag, a question, a streamed answer.

mod accessible;
mod actions;
mod answers;
mod beside;
mod bound;
mod branches;
mod chats;
mod client;
mod earlier;
mod exports;
mod failures;
mod find;
mod fixture;
mod history;
mod keeping;
mod layers;
mod limits;
mod list;
mod looks;
mod models;
mod outbox;
mod pages;
mod placed;
mod port;
mod prose;
mod restore;
mod saving;
mod storage;
mod streams;
mod swaps;
mod translation;

use fixture::{Fixture, LAUNCHER, answer, answer_in_two};
use porthole_tests::Signal;
use porthole_tests::browser::NamedKey;
use porthole_tests::upstream::{Framing, Script};

#[test]
fn a_visitor_on_another_site_asks_and_sees_the_answer_grow() {
    let rest = Signal::new();
    let fixture = Fixture::with(answer_in_two("Your order is ", &rest, "on its way."));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Where is my order 1042?");
    fixture.wait_for_reply("Your order is ");
    assert!(
        !fixture.reply().contains("on its way"),
        "half of the answer is shown while the other half is not there"
    );
    rest.set();
    fixture.wait_for_reply("Your order is on its way.");
    let requests = fixture.upstream.wait_for(1);
    assert_eq!(requests[0].json()["chatInput"], "Where is my order 1042?");
    assert_eq!(requests.len(), 1);
}

#[test]
fn before_the_chat_is_wanted_nothing_but_the_loader_is_requested_and_nothing_stored() {
    let fixture = Fixture::with(answer("Hello."));
    fixture.open_page();
    fixture.browser.find(LAUNCHER);
    assert_eq!(fixture.requested_elsewhere(), [fixture.proxy.url("/widget.js")]);
    let stored = "return [document.cookie, localStorage.length, sessionStorage.length].join()";
    assert_eq!(fixture.browser.script(stored, &[]), ",0,0");
}

#[test]
fn a_whole_conversation_sets_no_cookie_and_asks_no_third_party() {
    let fixture = Fixture::with(answer("Hello."));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Hello.");
    let cookies = fixture.browser.devtools("Network.getAllCookies", &serde_json::json!({}));
    assert_eq!(cookies["cookies"], serde_json::json!([]));
    let inside = fixture.requested_elsewhere();
    fixture.browser.leave_frame();
    let third = |url: &String| !url.starts_with(fixture.proxy.origin());
    assert_eq!(
        fixture.requested_elsewhere().into_iter().chain(inside).filter(third).collect::<Vec<_>>(),
        [""; 0]
    );
}

#[test]
fn the_strictest_policy_that_names_only_the_proxy_is_enough() {
    let fixture = Fixture::with(answer("Hello from behind a policy."));
    let proxy = fixture.proxy.origin();
    fixture.add_page("/strict", &[(
        "Content-Security-Policy",
        &format!("default-src 'none'; script-src {proxy}; frame-src {proxy}; require-trusted-types-for 'script'"),
    )]);
    fixture.browser.open(&fixture.site.url("/strict"));
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Hello from behind a policy.");
    let refused = |line: &String| line.contains("Content Security Policy") || line.contains("Trusted");
    assert_eq!(fixture.browser.console().into_iter().filter(refused).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn everything_goes_by_keyboard_and_the_focus_comes_back() {
    let fixture = Fixture::with(answer("Typed and answered."));
    fixture.open_page();
    fixture.browser.click(&fixture.browser.find("#before"));
    fixture.browser.press(NamedKey::Tab);
    fixture.browser.press(NamedKey::Enter);
    fixture.enter_chat();
    fixture
        .browser
        .wait_for("the composer to have the focus", "return document.activeElement?.id === 'text'");
    fixture.browser.type_text("Hi");
    fixture.browser.press(NamedKey::Enter);
    fixture.wait_for_reply("Typed and answered.");
    fixture.browser.press(NamedKey::Escape);
    fixture.browser.leave_frame();
    fixture.browser.wait_for(
        "the launcher to have the focus back",
        "return document.activeElement?.localName === 'porthole-widget'
           && document.activeElement.shadowRoot.activeElement?.getAttribute('aria-expanded') === 'false'",
    );
}

#[test]
fn a_conversation_is_there_again_after_a_reload() {
    let fixture = Fixture::with(answer("Remember me."));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Will you?");
    fixture.wait_for_reply("Remember me.");
    fixture.browser.wait_for("the turn to be over", "return !!document.querySelector('.reply .under')");
    fixture.browser.leave_frame();
    fixture.browser.reload();
    // The chat was open, and opens again by itself.
    fixture.enter_chat();
    fixture.wait_for_reply("Remember me.");
    assert_eq!(fixture.upstream.requests().len(), 1, "what is known is not asked again");
}

#[test]
fn a_stopped_reply_keeps_what_was_there() {
    let rest = Signal::new();
    let fixture = Fixture::with(answer_in_two("This much ", &rest, "and no more."));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Tell me everything");
    fixture.wait_for_reply("This much ");
    fixture.browser.click(&fixture.browser.find("#send"));
    fixture.browser.wait_for_text(".under", "topped");
    rest.set();
    assert!(!fixture.reply().contains("no more"));
}

#[test]
fn a_reply_that_breaks_off_is_never_shown_as_finished() {
    let break_off = Signal::new();
    let head = Script::head(200, "application/json", Framing::Chunked);
    let fixture = Fixture::with(head.piece(fixture::item("Half a ")).wait(&break_off).breaks());
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Half a ");
    break_off.set();
    fixture.browser.find(".notice.bad button");
}

#[test]
fn a_page_that_is_not_on_the_list_shows_no_chat() {
    let fixture = Fixture::for_origins("https://shop.example", answer("Never."));
    fixture.open_page();
    fixture.browser.click(&fixture.browser.find(LAUNCHER));
    fixture.browser.enter_frame("iframe");
    fixture.browser.wait_for(
        "the refusal",
        "return document.readyState === 'complete' && !!document.body.textContent.trim()",
    );
    assert!(
        fixture.browser.look_for("#text").is_none(),
        "there is a text box on a page that is not on the list"
    );
    assert_eq!(fixture.upstream.requests().len(), 0);
}
