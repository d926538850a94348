//! Accessibility in every state of the chat and in every look, by axe-core.

use porthole_tests::browser::NamedKey;
use porthole_tests::upstream::{Framing, Script};
use porthole_tests::{Signal, browser};
use serde_json::{Value, json};

use crate::fixture::{Fixture, LAUNCHER, answer, answer_in_two, item};

/// Runs the script in the first argument where it is not there yet, and returns the violations that it finds.
const CHECK: &str = "
if (!window.axe) (0, eval)(arguments[0]);
document.getAnimations().forEach((animation) => animation.playState === 'running' && animation.effect.getComputedTiming().iterations !== Infinity && animation.finish());
return axe.run(document.querySelector('porthole-widget') ?? document, { iframes: false, rules: { 'target-size': { enabled: true } } }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`)));";

/// The looks of the chat: a name, what the browser emulates, and the direction of the text.
fn looks() -> [(&'static str, Value, Value, &'static str); 4] {
    let window = json!({ "width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
    let colours = |scheme| json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    [
        ("light", colours("light"), window.clone(), "ltr"),
        ("dark", colours("dark"), window.clone(), "ltr"),
        ("phone", colours("light"), phone, "ltr"),
        ("right to left", colours("dark"), window, "rtl"),
    ]
}

impl Fixture {
    /// Asserts that axe finds nothing in the state on the screen, in any look.
    pub(crate) fn is_accessible(&self, state: &str) {
        let mut found = Vec::new();
        for (look, colours, window, direction) in looks() {
            self.browser.devtools("Emulation.setEmulatedMedia", &colours);
            self.browser.devtools("Emulation.setDeviceMetricsOverride", &window);
            self.browser.script("document.documentElement.dir = arguments[0]", &[json!(direction)]);
            let violations = self.browser.script(CHECK, &[json!(browser::axe())]);
            let violations = violations.as_array().unwrap().iter();
            found.extend(violations.map(|violation| format!("{state}, {look}: {violation}")));
            self.browser.screenshot(&format!("axe {state} {look}").replace(' ', "-"));
        }
        self.browser.script("document.documentElement.dir = 'ltr'", &[]);
        assert_eq!(found, [""; 0]);
    }
}

#[test]
fn the_page_with_the_launcher_and_the_open_chat() {
    let fixture = Fixture::with(answer("Never."));
    fixture.open_page();
    fixture.browser.find(LAUNCHER);
    fixture.is_accessible("launcher");
    fixture.open_chat();
    fixture.is_accessible("empty chat");
    fixture.browser.leave_frame();
    fixture.is_accessible("page with the open chat");
}

#[test]
fn an_answer_that_is_waited_for_grows_and_ends() {
    let [first, rest] = [Signal::new(), Signal::new()];
    let head = Script::head(200, "application/json", Framing::Chunked);
    let markdown = "# Lamps\n\n| a | b |\n|---|---|\n| `1` | [two](https://example.org) |\n\n```rust\nfn main() {}\n```\n- [x] done\n";
    let script = head.wait(&first).piece(item(markdown)).wait(&rest).piece(item("**The end**")).end();
    let fixture = Fixture::with(script);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Which lamps are there?");
    fixture.browser.find(".typing");
    fixture.is_accessible("waiting for an answer");
    first.set();
    fixture.browser.find("chat-prose table");
    fixture.is_accessible("streaming");
    rest.set();
    fixture.wait_for_end();
    fixture.is_accessible("answered");
}

#[test]
fn an_answer_that_breaks_off_and_one_that_is_refused() {
    let break_off = Signal::new();
    let head = || Script::head(200, "application/json", Framing::Chunked);
    let broken = break_off.clone();
    let fixture = Fixture::with_scripts(
        move |number| {
            if number == 0 {
                head().piece(item("Half a ")).wait(&broken).breaks()
            } else {
                Script::whole(500, "text/plain", "no")
            }
        },
        &[],
    );
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Half a ");
    break_off.set();
    fixture.browser.find(".notice.bad button");
    fixture.is_accessible("interrupted");
    fixture.ask("And now?");
    fixture.browser.find(".turn:last-of-type .notice.bad");
    fixture.is_accessible("failed");
}

#[test]
fn a_message_that_waits_for_the_network_or_a_limit() {
    let fixture = Fixture::with_scripts(|_| answer("Yes."), &[("RATE_LIMIT_SESSION_PER_MINUTE", "5")]);
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#text");
    fixture.ask("Hi");
    fixture.wait_for_end();
    fixture.browser.go_offline();
    fixture.browser.wait_for("the page to be offline", "return !navigator.onLine");
    fixture.ask("Are you there?");
    fixture.browser.find("#notices .notice");
    fixture.is_accessible("offline");
    fixture.browser.go_online();
    fixture.wait_for_end();
    while fixture.browser.look_for("#notices b").is_none() {
        fixture.ask("Again");
        fixture.browser.wait_for("an end or a limit", "return !document.querySelector('.typing')");
    }
    fixture.is_accessible("limited");
}

#[test]
fn messages_that_wait_behind_an_answer_and_behind_a_failure() {
    let break_off = Signal::new();
    let head = Script::head(200, "application/json", Framing::Chunked);
    let fixture = Fixture::with(head.piece(item("Half a ")).wait(&break_off).breaks());
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Half a ");
    fixture.ask("Are you there?");
    fixture.ask(
        "And are there lamps that are as long as this message, which does not fit into one line of a phone?",
    );
    fixture.browser.find(".waits + .waits");
    fixture.is_accessible("messages that wait");
    break_off.set();
    fixture.browser.find("[data-do=send_next]");
    fixture.is_accessible("messages behind one that failed");
}

#[test]
fn a_message_that_is_edited_beside_its_versions() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[("MEMORY", "transcript")]);
    fixture.open_page();
    fixture.open_chat();
    for number in 0..2 {
        fixture.ask("A question");
        fixture.wait_for_reply(&format!("Answer {number}."));
        fixture.wait_for_end();
    }
    fixture.browser.click(&fixture.browser.find(".mini.edit"));
    fixture.is_accessible("editing");
    fixture.ask(" and more");
    fixture.wait_for_reply("Answer 2.");
    fixture.wait_for_end();
    fixture.is_accessible("versions");
}

#[test]
fn a_long_message_near_the_limit_and_over_it() {
    let fixture = Fixture::with(answer("Never."));
    fixture.open_page();
    fixture.open_chat();
    let field = "const field = document.getElementById('text'); field.value = 'a'.repeat(arguments[0]);
        field.dispatchEvent(new Event('input', { bubbles: true }))";
    for (length, state) in [(3_950, "near the limit of characters"), (4_050, "over the limit of characters")]
    {
        fixture.browser.script(field, &[json!(length)]);
        fixture.browser.wait_for("the count", "return !document.getElementById('count').hidden");
        fixture.is_accessible(state);
    }
}

#[test]
fn a_restored_chat_with_the_answer_of_another_visit() {
    let rest = Signal::new();
    let fixture = Fixture::with(answer_in_two("One half, ", &rest, "and the other."));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("One half, ");
    fixture.browser.leave_frame();
    fixture.browser.reload();
    fixture.enter_chat();
    fixture.wait_for_reply("One half, ");
    fixture.is_accessible("joined again");
    rest.set();
    fixture.wait_for_end();
    fixture.is_accessible("restored");
}

#[test]
fn the_list_of_chats_empty_filled_and_searched() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    let press = |selector: &str| fixture.browser.click(&fixture.browser.find(selector));
    fixture.browser.open(&fixture.proxy.url("/chat"));
    press("#chats");
    fixture.browser.find("#chats-list[open]");
    fixture.is_accessible("empty list");
    press("#chats");
    fixture.ask("Which lamps are there?");
    fixture.wait_for_end();
    press("#new");
    fixture.browser.find(".starters");
    fixture.ask("And which tables?");
    fixture.wait_for_end();
    press("#chats");
    fixture.browser.find("#chats-list[open] li + li");
    fixture.is_accessible("list");
    press("#chats-list li [aria-expanded]");
    fixture.browser.find(".acts");
    fixture.is_accessible("acts of a chat");
    fixture.browser.type_into(&fixture.browser.find("#chats-list .field"), "lamps");
    fixture.browser.find("#chats-list mark");
    fixture.is_accessible("searching all chats");
}

#[test]
fn a_search_in_the_chat_and_the_ways_to_save_it() {
    let fixture = Fixture::with(answer("Lamps are on **the first floor**."));
    let press = |selector: &str| fixture.browser.click(&fixture.browser.find(selector));
    fixture.browser.open(&fixture.proxy.url("/chat"));
    fixture.browser.find("#text");
    fixture.ask("Where are the lamps?");
    fixture.wait_for_end();
    press("#chats");
    press("#chats-list [title='Search this chat']");
    fixture.browser.type_into(&fixture.browser.find("#find-text"), "lamps");
    fixture.is_accessible("searching the chat");
    fixture.browser.press(NamedKey::Escape);
    press("[data-do=export_chat]");
    fixture.is_accessible("saving the chat");
}

#[test]
fn a_rated_answer_with_its_comment() {
    let fixture = Fixture::with(answer("On the first floor."));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Where are the lamps?");
    fixture.wait_for_end();
    fixture.browser.click(&fixture.browser.find("[data-do=down]"));
    fixture.browser.find("form.comment textarea");
    fixture.is_accessible("commenting");
}
