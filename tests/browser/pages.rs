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

/// Has each look at the clock be another frame, as on a busy machine: the app draws in several steps.
const SLOW: &str = "let now = Date.now(); Date.now = () => (now += 17)";

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
fn a_slow_machine_shows_the_same() {
    let fixture = Fixture::with(answer("Slow, **but** sure:\n\n- one\n- two"));
    fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": SLOW }));
    fixture.browser.open(&fixture.proxy.url("/chat"));
    for _ in 0..2 {
        fixture.ask("Hi");
        fixture.wait_for_reply("sure:");
        fixture.wait_for_end();
    }
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
    let questions = "return [...document.querySelectorAll('.mine')].map((it) => it.lastChild.textContent)";
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

#[test]
fn the_tag_works_in_every_form_that_site_builders_give_it() {
    let fixture = Fixture::with(answer("Never."));
    let url = fixture.proxy.url("/widget.js");
    let forms = [
        format!("<script src=/vendor/widget.js></script><script type=module src='{url}?ver=6.5'></script>"),
        format!("<script defer data-cfasync=false src='{url}?v=1#x'></script>"),
        format!("<script type=module>import '{url}'</script><script type='text/plain' src='{url}'></script>"),
        format!("<script>document.head.append(Object.assign(document.createElement('script'), {{ src: '{url}?gtm' }}))</script>"),
        format!("<script type='text/delayed' src='{url}'></script>
            <script type=module>const source = await (await fetch('{url}')).text(); (0, eval)(source)</script>"),
    ];
    for (at, form) in forms.into_iter().enumerate() {
        let path = format!("/form-{at}");
        fixture.site.add(Page::new(&path, format!("<!doctype html><title>A shop</title><body>{form}")));
        fixture.browser.open(&fixture.site.url(&path));
        fixture.browser.find(LAUNCHER);
        assert_eq!(fixture.browser.script("return typeof window.porthole.place", &[]), "function", "{form}");
    }
}

/// Takes from a page what Safari before 16.4 lacks; the frame stays as it is.
const OLD_BROWSER: &str = "
if (window === top) {
  window.CSSStyleSheet = function () { throw new TypeError('Illegal constructor') };
  for (const { prototype } of [Document, ShadowRoot]) delete prototype.adoptedStyleSheets;
  for (const name of ['showPopover', 'popover']) delete HTMLElement.prototype[name];
  for (const name of ['show', 'showModal', 'close']) delete HTMLDialogElement.prototype[name];
  for (const name of ['replaceChildren', 'checkVisibility']) delete Element.prototype[name];
  delete Array.prototype.at;
  window.errors = [];
  for (const name of ['error', 'unhandledrejection']) addEventListener(name, ({ message, reason }) => errors.push(message || `${reason}`));
  window.open = (url) => (window.opened = url);
}";

#[test]
fn an_old_browser_has_the_chat_or_a_link_to_it_and_no_exception() {
    let fixture = Fixture::with(answer("Old and fine."));
    fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": OLD_BROWSER }));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Old and fine.");
    fixture.browser.leave_frame();
    assert_eq!(fixture.browser.script("return window.errors", &[]), json!([]));

    let policy = format!("style-src 'none'; script-src {0}; frame-src {0}", fixture.proxy.origin());
    fixture.add_page("/unstyled", &[("Content-Security-Policy", &policy)]);
    fixture.browser.open(&fixture.site.url("/unstyled"));
    fixture.browser.click(&fixture.browser.find(LAUNCHER));
    let opened = fixture.browser.wait_for("the chat as a page of its own", "return window.opened");
    assert_eq!(opened, fixture.proxy.url("/chat"));
    assert_eq!(fixture.browser.script("return window.errors", &[]), json!([]));
}

#[test]
fn odd_calls_are_reported_and_never_thrown_at_the_page() {
    let fixture = Fixture::with(answer("Never."));
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.leave_frame();
    let calls = "const bare = Object.create(null);
        const loop = {};
        loop.loop = loop;
        const log = [];
        porthole('on', 'error', ({ code }) => log.push(code));
        const nothing = [['open', null], ['open', 1n], ['off', '__proto__', log.push], ['off', 'toString'], ['off'],
          ['update'], ['update', null], ['update', { title: bare.none, color: 7, theme: {} }], ['on', 'open', () => { throw 1 }]];
        for (const call of nothing) porthole(...call);
        if (log.length) return log;
        const odd = [['on', '__proto__', () => {}], ['on', 'toString', () => {}], ['on', bare, () => {}], ['on', Symbol('x'), () => {}],
          ['on', 'open'], ['on'], ['__proto__'], ['constructor'], [bare], [Symbol('x')], [null], [], ['send'], ['send', Symbol('x')],
          ['update', loop], ['update', { title: 1n }], ['update', { context: 'x'.repeat(3_000) }]];
        for (const call of odd) porthole(...call);
        porthole.q.push(null);
        porthole.q.push(7);
        porthole('update', { title: Symbol('x'), locale: () => {} });
        return [odd.length + 2, log.length]";
    let counts = fixture.browser.script(calls, &[]);
    assert_eq!(counts[0], counts[1], "{counts}");
    fixture.enter_chat();
}

#[test]
fn a_page_without_an_origin_shows_a_sentence_and_no_exception() {
    let fixture = Fixture::with(answer("Never."));
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("shop.html");
    let page = format!(
        "<!doctype html><title>A shop</title><script>window.errors = [];
         addEventListener('error', ({{ message }}) => errors.push(message));
         window.porthole = function () {{ (porthole.q = porthole.q || []).push(arguments) }};
         porthole('on', 'error', ({{ code }}) => errors.push(code))</script>
         <body><script async src={}/widget.js></script>",
        fixture.proxy.origin()
    );
    std::fs::write(&path, page).unwrap();
    fixture.browser.open(&format!("file://{}", path.display()));
    fixture.browser.click(&fixture.browser.find(LAUNCHER));
    fixture.browser.find(".panel.blocked");
    assert_eq!(fixture.browser.script("return window.errors", &[]), json!(["frame_blocked"]));
}
