//! Texts in Markdown: drawn by a part that loads behind the usable panel.

use porthole_tests::{FakeUpstream, Signal};
use serde_json::json;

use crate::fixture::{Fixture, answer, answer_in_two};

/// The elements of the last answer; `kept` are those of an earlier moment that are still there.
const KEPT: &str = "
const now = [...document.querySelectorAll('.turn:last-of-type .prose *')];
const kept = (window.before ?? []).filter((element) => now.includes(element)).length;
window.before = now;
return [kept, now.length]";

#[test]
fn a_text_stands_as_it_came_until_the_part_that_reads_markdown_is_there() {
    let upstream = FakeUpstream::always(answer("# Title\n\n**bold**"));
    let fixture = Fixture::new(upstream, &[("HOSTED_PAGE", "true")]);
    let block = |urls: &[&str]| fixture.browser.devtools("Network.setBlockedURLs", &json!({ "urls": urls }));
    fixture.browser.devtools("Network.enable", &json!({}));
    block(&["*prose.js*"]);
    fixture.browser.open(&format!("{}/chat", fixture.proxy.origin()));
    fixture.ask("A title?");
    fixture.wait_for_reply("# Title\n\n**bold**");
    fixture.wait_for_end();
    fixture.browser.wait_for_text("#status", "# Title");
    block(&[]);
    fixture.ask("Again?");
    fixture.wait_for_end();
    let drawn = "return document.querySelectorAll('.turn strong').length === 2";
    fixture.browser.wait_for("both answers in Markdown", drawn);
    fixture.browser.wait_for_text("#status", "Title");
}

#[test]
fn what_is_drawn_stays_while_an_answer_grows() {
    let rest = Signal::new();
    let first = "One **two**\n\n- three\n\n```sh\nlamp --off\n";
    let fixture = Fixture::with(answer_in_two(first, &rest, "lamp --on\n```\n\nFour"));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("How?");
    fixture.browser.wait_for_text(".code code", "lamp --off");
    let drawn = fixture.browser.script(KEPT, &[])[1].clone();
    rest.set();
    fixture.wait_for_reply("Four");
    fixture.wait_for_end();
    assert_eq!(fixture.browser.script(KEPT, &[])[0], drawn);
    assert_eq!(fixture.browser.text(&fixture.browser.find(".code code")), "lamp --off\nlamp --on");
}
