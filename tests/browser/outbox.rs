//! The outbox: messages wait in order, and go out once each, whatever happens to the browser.

use porthole_tests::Signal;
use porthole_tests::browser::{NamedKey, Tab};
use porthole_tests::site::Page;
use serde_json::json;

use crate::fixture::{Fixture, answer, answer_in_two};

const WAITING: &str =
    "return [...document.querySelectorAll('.waits .mine')].map((it) => it.lastChild.textContent)";
const EMPTY_BOX: &str = "return !document.getElementById('text').value";

/// The first answer comes in two halves, the second half when the test says so.
fn slow_at_first(rest: &Signal) -> Fixture {
    let rest = rest.clone();
    let script = move |n| match n {
        0 => answer_in_two("Half, ", &rest, "and whole."),
        n => answer(&format!("Answer {n}.")),
    };
    Fixture::with_scripts(script, &[("HOSTED_PAGE", "true")])
}

impl Fixture {
    pub(crate) fn open_hosted_page(&self) {
        self.browser.open(&self.proxy.url("/chat"));
        // The app has arrived: what is sent from now on is in the outbox.
        self.browser.find("#chats");
    }

    /// Sends messages, each as soon as the outbox has the one before.
    fn ask_all(&self, messages: &[String]) {
        for message in messages {
            self.ask(message);
            self.browser.wait_for("the text to be in the outbox", EMPTY_BOX);
        }
    }

    fn wait_for_waiting(&self, texts: &[&str]) {
        let wanted = json!(texts);
        let body = format!("return JSON.stringify((() => {{ {WAITING} }})()) === {:?}", wanted.to_string());
        self.browser.wait_for(&format!("{texts:?} to wait"), &body);
    }

    fn wait_for_text_in_box(&self, text: &str) {
        let body = format!("return document.getElementById('text').value === {text:?}");
        self.browser.wait_for(&format!("{text:?} in the box"), &body);
    }

    /// Presses Enter at a button.
    fn press_at(&self, button: &str) {
        self.browser.script(&format!("document.querySelector({button:?}).focus()"), &[]);
        self.browser.press(NamedKey::Enter);
    }

    /// Waits for as many whole answers, and returns what the workflow was asked.
    fn wait_for_answers(&self, count: usize) -> Vec<String> {
        let whole = "document.querySelectorAll('.turn .reply .under').length";
        self.browser.wait_for(&format!("{count} answers"), &format!("return {whole} === {count}"));
        assert_eq!(self.turns(), count as u64);
        self.asked()
    }

    /// Returns what the workflow was asked.
    fn asked(&self) -> Vec<String> {
        let requests = self.upstream.requests();
        requests.iter().map(|it| it.json()["chatInput"].as_str().unwrap().to_owned()).collect()
    }
}

fn numbered(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{name} {number}")).collect()
}

#[test]
fn messages_behind_a_running_reply_wait_over_a_reload_and_go_out_in_order() {
    let rest = Signal::new();
    let fixture = slow_at_first(&rest);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Message 0");
    fixture.wait_for_reply("Half, ");
    fixture.ask_all(&numbered("Message", 4)[1..]);
    fixture.wait_for_waiting(&["Message 1", "Message 2", "Message 3"]);
    fixture.browser.screenshot("waiting");
    fixture.browser.leave_frame();
    fixture.browser.reload();
    fixture.enter_chat();
    fixture.wait_for_waiting(&["Message 1", "Message 2", "Message 3"]);
    rest.set();
    assert_eq!(fixture.wait_for_answers(4), numbered("Message", 4));
    assert!(fixture.browser.look_for(".waits").is_none());
}

#[test]
fn a_message_that_waits_is_edited_and_another_taken_back_by_keyboard() {
    let rest = Signal::new();
    let fixture = slow_at_first(&rest);
    fixture.open_hosted_page();
    fixture.ask("Message 0");
    fixture.wait_for_reply("Half, ");
    fixture.ask_all(&numbered("Message", 4)[1..]);
    fixture.press_at(".waits:nth-last-child(2) [data-do=take_back]");
    fixture.wait_for_waiting(&["Message 1", "Message 3"]);
    fixture.wait_for_text_in_box("Message 2");
    // The text that came back gives way to the one that is edited, and comes back after it.
    fixture.press_at(".waits [data-do=edit]");
    fixture.wait_for_text_in_box("Message 1");
    rest.set();
    fixture.wait_for_end();
    fixture.wait_for_waiting(&["Message 1", "Message 3"]);
    fixture.browser.type_into(&fixture.browser.find("#text"), ", changed\u{e007}");
    assert_eq!(fixture.wait_for_answers(3), ["Message 0", "Message 1, changed", "Message 3"]);
    fixture.wait_for_text_in_box("Message 2");
}

#[test]
fn the_last_message_is_recalled_by_the_arrow_key() {
    let fixture = Fixture::with(answer("Hello."));
    fixture.open_hosted_page();
    fixture.ask("Where is it?");
    fixture.wait_for_reply("Hello.");
    fixture.wait_for_end();
    fixture.browser.type_into(&fixture.browser.find("#text"), "\u{e013}");
    fixture.wait_for_text_in_box("Where is it?");
    fixture.browser.type_into(&fixture.browser.find("#text"), " Now\u{e007}");
    assert_eq!(fixture.wait_for_answers(2)[1], "Where is it? Now");
}

#[test]
fn enter_pressed_twice_sends_once() {
    let fixture = Fixture::with(answer("Hello."));
    fixture.open_hosted_page();
    fixture.ask("Once\u{e007}\u{e007}");
    fixture.wait_for_reply("Hello.");
    fixture.wait_for_end();
    fixture.ask("Twice");
    assert_eq!(fixture.wait_for_answers(2), ["Once", "Twice"]);
}

#[test]
fn ten_messages_written_offline_survive_a_killed_browser_and_go_out_in_order() {
    let mut fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[("HOSTED_PAGE", "true")]);
    fixture.open_hosted_page();
    fixture.browser.go_offline();
    fixture.browser.wait_for("the page to be offline", "return !navigator.onLine");
    fixture.ask_all(&numbered("Message", 10));
    assert_eq!(fixture.asked(), [""; 0]);
    fixture.browser.crash();
    fixture.open_hosted_page();
    assert_eq!(fixture.wait_for_answers(10), numbered("Message", 10));
}

#[test]
fn the_text_in_the_box_survives_a_reload_until_it_is_sent() {
    let fixture = Fixture::with(answer("Hello."));
    fixture.open_hosted_page();
    fixture.browser.type_into(&fixture.browser.find("#text"), "Half a thought");
    fixture.browser.reload();
    fixture.wait_for_text_in_box("Half a thought");
    fixture.ask(", and the rest");
    fixture.wait_for_reply("Hello.");
    fixture.browser.reload();
    fixture.wait_for_reply("Hello.");
    fixture.wait_for_text_in_box("");
    assert_eq!(fixture.browser.script("return Object.keys(sessionStorage)", &[]), json!([]));
}

/// Has the database answer once `isAwake` in the document says so.
const SLEEPING_DATABASE: &str = "
const { open } = IDBFactory.prototype;
IDBFactory.prototype.open = function (...of) {
  let real;
  const late = {
    get result() { return real.result; },
    get transaction() { return real.transaction; },
    get error() { return real.error; },
  };
  const timer = setInterval(() => {
    if (!window.isAwake) return;
    clearInterval(timer);
    real = open.apply(this, of);
    for (const name of ['onupgradeneeded', 'onsuccess', 'onerror']) real[name] = (event) => late[name]?.(event);
  }, 10);
  return late;
};";

#[test]
fn a_text_that_is_sent_before_the_store_has_answered_is_no_draft_any_more() {
    let fixture = Fixture::with(answer("Hello."));
    let script = json!({ "source": SLEEPING_DATABASE });
    fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &script);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    // From here on a draft is kept.
    fixture.browser.find("#send[aria-label=Send]");
    fixture.ask("Hi");
    fixture.browser.script("window.isAwake = true", &[]);
    fixture.wait_for_reply("Hello.");
    fixture.browser.wait_for("no draft to be left", "return !sessionStorage.length");
}

#[test]
fn a_page_that_lets_nothing_be_stored_keeps_no_text_either() {
    let fixture = Fixture::with(answer("Hello."));
    let attributes = r#" data-storage="none""#;
    fixture.site.add(Page::with_tag("/none", fixture.proxy.origin(), attributes));
    fixture.browser.open(&fixture.site.url("/none"));
    fixture.open_chat();
    fixture.browser.find("#chats");
    fixture.browser.type_into(&fixture.browser.find("#text"), "Half a thought");
    assert_eq!(fixture.browser.script("return Object.keys(sessionStorage)", &[]), json!([]));
}

/// The chat in tabs of one browser.
impl Fixture {
    fn open_tabs(&self, count: usize) -> Vec<Tab> {
        let open = |at| {
            let tab = if at == 0 { self.browser.tab() } else { self.browser.open_tab() };
            self.open_hosted_page();
            tab
        };
        (0..count).map(open).collect()
    }
}

#[test]
fn a_tab_that_closes_in_mid_stream_is_taken_over_with_its_queue() {
    let rest = Signal::new();
    let fixture = slow_at_first(&rest);
    let tabs = fixture.open_tabs(3);
    fixture.ask("Message 0");
    fixture.wait_for_reply("Half, ");
    fixture.ask_all(&numbered("Message", 3)[1..]);
    fixture.browser.close_tab();
    for tab in &tabs[..2] {
        fixture.browser.go_to(tab);
        fixture.wait_for_reply("Half, ");
        fixture.wait_for_waiting(&["Message 1", "Message 2"]);
    }
    rest.set();
    for tab in &tabs[..2] {
        fixture.browser.go_to(tab);
        assert_eq!(fixture.wait_for_answers(3), numbered("Message", 3));
        let replies = fixture.browser.script("return document.getElementById('log').textContent", &[]);
        assert_eq!(replies.as_str().unwrap().matches("Half, and whole.").count(), 1);
    }
}

#[test]
fn two_tabs_that_send_at_the_same_moment_lose_neither() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[("HOSTED_PAGE", "true")]);
    let tabs = fixture.open_tabs(3);
    for tab in &tabs[..2] {
        fixture.browser.go_to(tab);
        fixture.browser.script(SEND_AT_A_WORD, &[]);
    }
    fixture.browser.go_to(&tabs[2]);
    fixture.browser.script("new BroadcastChannel('word').postMessage(1)", &[]);
    for tab in &tabs {
        fixture.browser.go_to(tab);
        let mut asked = fixture.wait_for_answers(2);
        asked.dedup();
        assert_eq!(asked.len(), 2, "{asked:?}");
    }
    let sessions: Vec<_> =
        fixture.upstream.requests().iter().map(|it| it.json()["sessionId"].clone()).collect();
    assert_eq!(sessions[0], sessions[1], "one conversation");
}

/// Sends a message of this tab's own as soon as another one gives the word.
const SEND_AT_A_WORD: &str = "
const text = document.getElementById('text');
text.value = `From ${performance.timeOrigin}`;
new BroadcastChannel('word').onmessage = () => text.form.requestSubmit();";

#[test]
fn a_message_on_its_way_is_not_given_up_where_another_tab_has_begun_the_same_conversation() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[("HOSTED_PAGE", "true")]);
    let tabs = fixture.open_tabs(2);
    fixture.browser.script(HOLD_MESSAGE, &[]);
    fixture.ask("Message 0");
    fixture.browser.wait_for("the message to be on its way", "return !!window.letGo");
    fixture.browser.go_to(&tabs[0]);
    fixture.ask("Message 1");
    fixture.browser.wait_for("the text to be in the outbox", EMPTY_BOX);
    // As it is where this tab was the faster one to store its message, and the slower one to send it.
    fixture.browser.script(SWAP_MESSAGES, &[]);
    fixture.browser.go_to(&tabs[1]);
    fixture.wait_for_waiting(&["Message 1"]);
    fixture.browser.script("window.letGo()", &[]);
    for tab in &tabs {
        fixture.browser.go_to(tab);
        assert_eq!(fixture.wait_for_answers(2), numbered("Message", 2));
    }
}

/// Has the next message wait on its way until `letGo` is called, or the call is aborted.
const HOLD_MESSAGE: &str = "
const { fetch } = window;
window.fetch = async (url, options) => {
  if (!window.letGo && String(url).endsWith('chat/message')) await new Promise((resolve, reject) => {
    window.letGo = resolve;
    options.signal.addEventListener('abort', () => reject(options.signal.reason));
  });
  return fetch(url, options);
};";

/// Lets the two messages of the outbox change places, and tells the other tabs.
const SWAP_MESSAGES: &str = "
const result = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
return (async () => {
  const [{ name }] = await indexedDB.databases();
  const database = await result(indexedDB.open(name));
  const chat = database.transaction('chat', 'readwrite').objectStore('chat');
  const outbox = await result(chat.get('outbox'));
  await result(chat.put(outbox.reverse(), 'outbox'));
  database.close();
  new BroadcastChannel(name).postMessage(undefined);
})();";

#[test]
fn a_message_that_one_tab_takes_back_or_changes_is_so_in_the_others() {
    let rest = Signal::new();
    let fixture = slow_at_first(&rest);
    let tabs = fixture.open_tabs(2);
    fixture.ask("Message 0");
    fixture.wait_for_reply("Half, ");
    fixture.ask_all(&numbered("Message", 4)[1..]);
    fixture.browser.go_to(&tabs[0]);
    fixture.wait_for_waiting(&["Message 1", "Message 2", "Message 3"]);
    fixture.press_at(".waits [data-do=take_back]");
    fixture.wait_for_text_in_box("Message 1");
    fixture.browser.type_into(&fixture.browser.find("#text"), " again\u{e007}");
    fixture.press_at(".waits [data-do=edit]");
    fixture.wait_for_text_in_box("Message 2");
    fixture.browser.type_into(&fixture.browser.find("#text"), ", changed\u{e007}");
    fixture.browser.go_to(&tabs[1]);
    let all = ["Message 0", "Message 2, changed", "Message 3", "Message 1 again"];
    fixture.wait_for_waiting(&all[1..]);
    rest.set();
    assert_eq!(fixture.wait_for_answers(4), all);
}

#[test]
fn a_page_that_comes_back_from_the_cache_joins_its_reply_and_goes_on() {
    let rest = Signal::new();
    let fixture = slow_at_first(&rest);
    fixture.open_hosted_page();
    fixture.ask("Message 0");
    fixture.wait_for_reply("Half, ");
    fixture.ask_all(&numbered("Message", 2)[1..]);
    fixture.go_through_the_cache();
    rest.set();
    assert_eq!(fixture.wait_for_answers(2), numbered("Message", 2));
}

#[test]
fn a_page_that_comes_back_from_the_cache_waits_for_its_turn_again() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[("HOSTED_PAGE", "true")]);
    let beside = fixture.browser.tab();
    fixture.browser.open(&fixture.proxy.url("/widget.js"));
    fixture.browser.script(HOLD_LOCK, &[]);
    let tab = fixture.browser.open_tab();
    fixture.open_hosted_page();
    fixture.ask("Message 0");
    fixture.browser.wait_for("the tab to wait for its turn", PENDING_LOCK);
    fixture.go_through_the_cache();
    fixture.browser.wait_for("the tab to wait for its turn again", PENDING_LOCK);
    fixture.browser.go_to(&beside);
    fixture.browser.script("window.release()", &[]);
    fixture.browser.go_to(&tab);
    assert_eq!(fixture.wait_for_answers(1), numbered("Message", 1));
}

/// Holds the lock of the chat until `release` is called.
const HOLD_LOCK: &str = "
navigator.locks.request('porthole:default:' + location.origin, () => new Promise((free) => (window.release = free)));";

const PENDING_LOCK: &str = "return navigator.locks.query().then(({ pending }) => pending.length === 1)";

impl Fixture {
    fn go_through_the_cache(&self) {
        for name in ["pagehide", "pageshow"] {
            let event = format!("dispatchEvent(new PageTransitionEvent('{name}', {{ persisted: true }}))");
            self.browser.script(&event, &[]);
        }
    }
}

/// No proxy is there while `isAway`, and nothing waits long for it.
const NO_PROXY: &str = "
const { fetch, setTimeout } = window;
window.isAway = true;
window.fetch = (...of) => (window.isAway ? Promise.reject(new TypeError('Failed to fetch')) : fetch(...of));
window.setTimeout = (task, duration) => setTimeout(task, duration > 900 ? 0 : duration);";

#[test]
fn a_message_that_found_no_proxy_goes_out_before_the_next_one() {
    for sent in [0, 1] {
        let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[("HOSTED_PAGE", "true")]);
        fixture.open_hosted_page();
        fixture.ask_all(&numbered("Message", sent));
        fixture.wait_for_answers(sent);
        fixture.browser.script(NO_PROXY, &[]);
        fixture.ask(&format!("Message {sent}"));
        fixture.browser.wait_for_text(".turn:last-of-type .reply", "cannot be reached");
        fixture.browser.script("window.isAway = false", &[]);
        fixture.ask(&format!("Message {}", sent + 1));
        assert_eq!(fixture.wait_for_answers(sent + 2), numbered("Message", sent + 2));
    }
}

#[test]
fn messages_of_one_moment_and_of_a_clock_that_goes_back_are_kept_in_their_order() {
    for step in [0, 1_000] {
        let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[("HOSTED_PAGE", "true")]);
        fixture.open_hosted_page();
        fixture.browser.script(&format!("let at = 1700000000000; Date.now = () => (at -= {step})"), &[]);
        for n in 0..3 {
            fixture.ask(&format!("Message {n}"));
            fixture.wait_for_reply(&format!("Answer {n}."));
            fixture.wait_for_end();
        }
        fixture.browser.reload();
        fixture.wait_for_reply("Answer 2.");
        let asked =
            "return [...document.querySelectorAll('.turn .mine')].map((it) => it.lastChild.textContent)";
        assert_eq!(fixture.browser.script(asked, &[]), json!(numbered("Message", 3)), "{step}");
    }
}
