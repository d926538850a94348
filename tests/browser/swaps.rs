//! Pages that take the chat away: routers, frameworks that draw into the body, scripts that clean up.

use porthole_tests::Signal;
use porthole_tests::site::Page;
use serde_json::json;

use crate::fixture::{Fixture, LAUNCHER, answer, answer_in_two};

/// The ways of routers and frameworks, each as a script.
const SWAPS: [(&str, &str); 6] = [
    ("a body filled anew", "document.body.innerHTML = '<main>Lamps</main>'"),
    ("another body", "document.body.replaceWith(document.createElement('body'))"),
    ("another root", "document.documentElement.replaceWith(document.createElement('html'))"),
    (
        "a body that is wrapped",
        "const box = document.createElement('div');
        box.style.filter = 'blur(0)';
        box.append(...document.body.childNodes);
        document.body.append(box)",
    ),
    (
        "no body for a while",
        "const { body } = document;
        body.remove();
        setTimeout(() => document.documentElement.append(body), 80)",
    ),
    (
        "a document written anew",
        "document.open();
        document.write('<!doctype html><title>Written</title><p>Lamps</p>');
        document.close()",
    ),
];

/// `true` while the page has one chat, which is open.
const IS_OPEN: &str = "const [host, ...more] = document.querySelectorAll('porthole-widget');
return !more.length && !!host?.shadowRoot.querySelector('.panel.open')";

#[test]
fn an_open_chat_is_back_by_the_next_frame_and_its_reply_goes_on() {
    for (case, swap) in SWAPS {
        let rest = Signal::new();
        let fixture = Fixture::with(answer_in_two("Still ", &rest, "here."));
        fixture.open_page();
        fixture.open_chat();
        fixture.ask("Are you there?");
        fixture.wait_for_reply("Still ");
        fixture.browser.leave_frame();
        let errors =
            "window.errors = []; addEventListener('error', ({ message }) => window.errors.push(message))";
        fixture.browser.script(errors, &[]);
        fixture.browser.script(swap, &[]);
        if !case.contains("for a while") {
            let next_frame = "return new Promise((done) => requestAnimationFrame(() => done(!!document.querySelector('porthole-widget'))))";
            assert_eq!(fixture.browser.script(next_frame, &[]), true, "{case}");
        }
        fixture.browser.wait_for(case, IS_OPEN);
        fixture.enter_chat();
        fixture.wait_for_reply("Still ");
        rest.set();
        fixture.wait_for_reply("Still here.");
        assert_eq!(fixture.upstream.requests().len(), 1, "{case}");
        fixture.browser.leave_frame();
        assert_eq!(fixture.browser.script("return window.errors", &[]), json!([]), "{case}");
        let focused = "return document.activeElement?.localName === 'porthole-widget'";
        assert_eq!(fixture.browser.script(focused, &[]), false, "{case} takes the focus");
        fixture.browser.click(&fixture.browser.find(LAUNCHER));
        fixture.browser.wait_for("a closed chat", &IS_OPEN.replace("!!", "!"));
    }
}

#[test]
fn once_a_router_is_known_its_visits_leave_the_chat_alone() {
    let rest = Signal::new();
    let fixture = Fixture::with(answer_in_two("On and ", &rest, "on."));
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.leave_frame();
    fixture.browser.script("document.body.innerHTML = '<p>A first visit</p>'", &[]);
    fixture.enter_chat();
    fixture.ask("Go on");
    fixture.wait_for_reply("On and ");
    fixture.browser.script("window.mark = true", &[]);
    fixture.browser.leave_frame();
    for (_, swap) in SWAPS.iter().take(2) {
        fixture.browser.script(swap, &[]);
    }
    fixture.enter_chat();
    assert_eq!(fixture.browser.script("return window.mark", &[]), true, "the frame was loaded again");
    rest.set();
    fixture.wait_for_reply("On and on.");
    fixture.browser.leave_frame();
    fixture.browser.script("document.querySelector('html > porthole-widget').remove()", &[]);
    fixture.browser.wait_for("an open chat behind the body", IS_OPEN);
}

#[test]
fn copies_that_a_router_kept_are_taken_away() {
    let fixture = Fixture::with(answer("Never."));
    fixture.open_page();
    fixture.browser.find(LAUNCHER);
    let visits = "const kept = document.body.cloneNode(true);
        document.body.replaceWith(document.createElement('body'));
        document.body.replaceWith(kept)";
    fixture.browser.script(visits, &[]);
    let one = "const [host, ...more] = document.querySelectorAll('porthole-widget');
        return !more.length && !!host?.shadowRoot";
    fixture.browser.wait_for("one launcher", one);
}

#[test]
fn a_page_that_removes_the_chat_each_time_is_not_slowed_down() {
    let fixture = Fixture::with(answer("Never."));
    fixture.open_page();
    fixture.browser.find(LAUNCHER);
    let fight = "window.removed = 0;
        new MutationObserver(() => {
          const host = document.querySelector('porthole-widget');
          if (host) window.removed++;
          host?.remove();
        }).observe(document, { childList: true, subtree: true });
        document.body.append('x')";
    fixture.browser.script(fight, &[]);
    let many = "return window.removed >= 50 && performance.now()";
    let from = fixture.browser.wait_for("the chat to be removed often", many).as_f64().unwrap();
    let more = "return window.removed >= 52 && performance.now()";
    let until = fixture.browser.wait_for("the chat to come back", more).as_f64().unwrap();
    assert!(until - from > 900.0, "it comes back after {} ms", until - from);
}

#[test]
fn no_call_of_the_page_throws_while_the_chat_is_off_the_page() {
    let fixture = Fixture::with(answer("Hello."));
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.leave_frame();
    let calls = "const host = document.querySelector('porthole-widget');
        const calls = [['close'], ['open'], ['toggle'], ['toggle'], ['update', { color: '#c00' }], ['newChat'], ['send', 'Hi']];
        for (const call of calls) {
          host.remove();
          porthole(...call);
        }";
    fixture.browser.script(calls, &[]);
    fixture.enter_chat();
    fixture.wait_for_reply("Hello.");
}

#[test]
fn an_inline_chat_is_back_in_the_element_of_the_next_page() {
    let fixture = Fixture::with(answer("Hello."));
    let room = "<div id=here style='height: 500px'></div>";
    let body = format!(
        "<!doctype html><title>A shop</title><body>{room}
         <script async src={}/widget.js data-mode=inline data-target='#here'></script>",
        fixture.proxy.origin()
    );
    fixture.site.add(Page::new("/inline", body));
    fixture.browser.open(&fixture.site.url("/inline"));
    fixture.browser.find(".panel.usable");
    for page in ["''", "'<main></main>'", "'<div></div>'"] {
        let visit = format!("document.body.innerHTML = {page}");
        fixture.browser.script(&visit, &[]);
        let launcher = "return document.querySelector('html > porthole-widget')?.shadowRoot.querySelector('button').hidden";
        fixture.browser.wait_for("a page without its element", launcher);
        fixture.browser.script("document.body.innerHTML = arguments[0]", &[json!(format!("<p>{room}"))]);
        fixture.browser.wait_for(
            "the chat in the element",
            "return document.querySelector('#here > porthole-widget')?.shadowRoot.querySelector('.panel.usable')",
        );
    }
}

#[test]
fn on_a_phone_the_open_chat_fills_the_screen_again() {
    let fixture = Fixture::with(answer("Hello."));
    fixture.browser.become_phone(390, 844);
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.leave_frame();
    fixture.browser.script("document.body.replaceWith(document.createElement('body'))", &[]);
    fixture.enter_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Hello.");
    fixture.close_chat();
    let scrolls = "return document.documentElement.style.overflow === ''";
    fixture.browser.wait_for("a page that scrolls", scrolls);
}
