//! Answers on the screen: elements, words for a screen reader, a place in the view.

use porthole_tests::Signal;
use serde_json::json;

use crate::fixture::{Fixture, answer, answer_in_two};

/// Everything that was put into the live region, from now on.
const LISTEN: &str = "
window.said = [];
const status = document.getElementById('status');
new MutationObserver(() => status.textContent && said.push(status.textContent.trim()))
  .observe(status, { childList: true, characterData: true, subtree: true })";

/// Sends a text in the very moment in which the reader scrolls.
const SCROLL_AND_SEND: &str = "
document.getElementById('log').scrollTop = 100;
document.getElementById('text').value = 'Next';
document.getElementById('composer').requestSubmit()";

/// `true` where the last question is in view.
const QUESTION_IN_VIEW: &str = "
const log = document.getElementById('log').getBoundingClientRect();
const question = [...document.querySelectorAll('.mine')].at(-1).getBoundingClientRect();
return question.top >= log.top - 1 && question.bottom <= log.bottom + 1";

#[test]
fn markdown_becomes_elements_and_html_never_becomes_markup() {
    let fixture = Fixture::with(answer(
        "# Title\n\n**bold** and `code`\n\n- one\n- two\n\n```js\nlet x;\n```\n\n| a |\n|---|\n| b |\n\n\
         <img src=x onerror=\"top.hacked = 1\"><script>top.hacked = 1</script>\n\n\
         [shop](https://shop.example/a) [bad](javascript:alert(1)) [https://bank.example](https://evil.example/)",
    ));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Show me everything");
    fixture.wait_for_reply("bank.example");
    fixture.wait_for_end();
    let count = "return arguments[0].map((it) => document.querySelectorAll('.prose ' + it).length)";
    let elements = ["[role=heading]", "strong", "li", ".code pre code", "table td", "a"];
    assert_eq!(fixture.browser.script(count, &[json!(elements)]), json!([1, 1, 2, 1, 1, 2]));
    assert_eq!(fixture.browser.script(count, &[json!(["img", "script"])]), json!([0, 0]));
    fixture.wait_for_reply("<script>top.hacked = 1</script>");
    let links = "return [...document.querySelectorAll('.prose a')].map((it) => [it.href, it.target, it.rel])";
    let rel = "noopener noreferrer nofollow ugc";
    assert_eq!(
        fixture.browser.script(links, &[]),
        json!([["https://shop.example/a", "_blank", rel], ["https://evil.example/", "_blank", rel]])
    );
    fixture.wait_for_reply("(evil.example)");
}

#[test]
fn an_answer_is_said_to_screen_readers_once_and_whole() {
    let rest = Signal::new();
    let fixture = Fixture::with(answer_in_two("Your **order** ", &rest, "is here."));
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.script(LISTEN, &[]);
    fixture.ask("Where is it?");
    fixture.wait_for_reply("Your order ");
    assert_eq!(fixture.browser.script("return said", &[]), json!([]));
    rest.set();
    fixture.browser.wait_for_text("#status", "Your order is here.");
    assert_eq!(fixture.browser.script("return said", &[]), json!(["Your order is here."]));
    // The log itself would say every token.
    let log = fixture.browser.find("#log");
    assert_eq!(fixture.browser.attribute(&log, "aria-live").as_deref(), Some("off"));
}

#[test]
fn words_from_right_to_left_read_so() {
    let fixture = Fixture::with(answer("طلبك في الطريق.\n\n- الأول\n- الثاني"));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("أين طلبي؟");
    fixture.wait_for_reply("طلبك");
    let directions =
        "return ['.mine', '.reply li'].map((it) => getComputedStyle(document.querySelector(it)).direction)";
    assert_eq!(fixture.browser.script(directions, &[]), json!(["rtl", "rtl"]));
}

#[test]
fn each_block_of_an_answer_stands_on_the_side_of_its_words() {
    let fixture = Fixture::with(answer(
        "In stock:\n\nمتوفر `now` الآن.\n\n> شكرا لكم.\n\n- أول\n  - inner\n\n1. One\n2. اثنان\n\n| منتج | b |\n|---|---|\n| c | d |",
    ));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Is it in stock?");
    fixture.wait_for_reply("اثنان");
    fixture.wait_for_end();
    let directions = "return ['blockquote', 'ul', 'ul ul', 'ol', 'table', 'p code']
      .map((it) => getComputedStyle(document.querySelector('.reply ' + it)).direction)";
    let of_blocks = json!(["rtl", "rtl", "rtl", "ltr", "rtl", "ltr"]);
    assert_eq!(fixture.browser.script(directions, &[]), of_blocks);
    // The words of a paragraph, not its box.
    let indents = "return [...document.querySelectorAll('.reply p')].slice(0, 2).map((paragraph) => {
      const words = document.createRange();
      words.selectNodeContents(paragraph);
      return words.getBoundingClientRect().left - paragraph.getBoundingClientRect().left > 50;
    })";
    assert_eq!(fixture.browser.script(indents, &[]), json!([false, true]));
}

#[test]
fn the_view_goes_to_a_new_question_whatever_was_being_read() {
    let fixture = Fixture::with(answer(&"A paragraph of a long answer.\n\n".repeat(40)));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Everything, please");
    fixture.wait_for_end();
    fixture.browser.script("document.getElementById('latest').click()", &[]);
    fixture.browser.wait_for(
        "the end of the answer",
        "const log = document.getElementById('log');
         return log.scrollTop > 0 && log.scrollHeight - log.clientHeight - log.scrollTop < 2",
    );
    fixture.browser.script("document.getElementById('log').scrollTop = 0", &[]);
    fixture.browser.find("#latest:not([hidden])");
    fixture.browser.script(SCROLL_AND_SEND, &[]);
    fixture.browser.wait_for("the question in view", QUESTION_IN_VIEW);
    fixture.wait_for_end();
    assert_eq!(fixture.browser.script(QUESTION_IN_VIEW, &[]), true);
}

#[test]
fn a_selected_answer_is_its_words_without_our_labels() {
    let text =
        "Take care:\n\n- dust\n- damp\n\n```sh\nlamp --off\n```\n\n| part | price |\n|---|---|\n| bulb | 4 |";
    let fixture = Fixture::with(answer(text));
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("How do I clean it?");
    fixture.wait_for_end();
    let select =
        "getSelection().selectAllChildren(document.getElementById('thread')); return String(getSelection())";
    let selected = fixture.browser.script(select, &[]);
    let lines: Vec<&str> =
        selected.as_str().unwrap().split('\n').map(str::trim).filter(|it| !it.is_empty()).collect();
    let expected =
        ["How do I clean it?", "Take care:", "dust", "damp", "lamp --off", "part\tprice", "bulb\t4"];
    assert_eq!(lines[lines.len() - expected.len()..], expected, "{selected}");
}
