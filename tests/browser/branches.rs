//! Branches: an earlier message edited, an answer made anew, the way between them, and the rest of a short answer.

use porthole_tests::Script;
use porthole_tests::browser::NamedKey;
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer};

const MEMORY: [(&str, &str); 1] = [("MEMORY", "transcript")];

/// A conversation of two turns, with a workflow that lives from the transcript.
fn conversation() -> Fixture {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &MEMORY);
    fixture.open_page();
    fixture.open_chat();
    for (n, question) in ["First", "Second"].into_iter().enumerate() {
        fixture.ask(question);
        wait_for_turns(&fixture, n + 1, &format!("Answer {n}."));
    }
    fixture
}

/// Waits until so many exchanges are there and the last reply is over.
fn wait_for_turns(fixture: &Fixture, count: usize, last: &str) {
    let is_there = format!(
        "const turns = [...document.querySelectorAll('.turn')];
         const reply = turns.at(-1)?.querySelector('.reply');
         return turns.length === {count} && reply?.querySelector('.under') && reply.textContent.includes('{last}')
           && !document.querySelector('#send[data-stop]')"
    );
    fixture.browser.wait_for(&format!("{count} turns, {last}"), &is_there);
}

/// Clicks a button of an exchange, counted from 1.
fn click(fixture: &Fixture, turn: usize, button: &str) {
    fixture.browser.click(&fixture.browser.find(&format!(".turn:nth-of-type({}) {button}", turn + 1)));
}

/// Returns the questions that the chat shows.
fn questions(fixture: &Fixture) -> Value {
    let words =
        "return [...document.querySelectorAll('.mine > span:last-child')].map((each) => each.textContent)";
    fixture.browser.script(words, &[])
}

fn typed(fixture: &Fixture) -> Value {
    fixture.browser.property(&fixture.browser.find("#text"), "value")
}

fn replace_text(fixture: &Fixture, text: &str) {
    fixture.browser.script("document.getElementById('text').select()", &[]);
    fixture.browser.type_into(&fixture.browser.find("#text"), text);
}

#[test]
fn an_edited_message_replaces_what_came_after_and_the_old_branch_stays_over_a_reload() {
    let fixture = conversation();
    click(&fixture, 1, ".edit");
    fixture.browser.wait_for_text("#notices", "editing a message");
    assert_eq!(typed(&fixture), "First");
    fixture.browser.screenshot("edit");
    replace_text(&fixture, "Other\u{e007}");
    wait_for_turns(&fixture, 1, "Answer 2.");
    let edited = fixture.upstream.wait_for(3)[2].json();
    assert_eq!((&edited["history"], &edited["metadata"]["edited"]), (&json!([]), &json!({ "keep": 0 })));
    fixture.browser.screenshot("branch");

    click(&fixture, 1, "[title^=Previous]");
    wait_for_turns(&fixture, 2, "Answer 1.");
    assert_eq!(questions(&fixture), json!(["First", "Second"]));
    let focused = "return document.activeElement.title";
    fixture.browser.wait_for("the focus", &format!("{focused} === 'Previous version'"));
    fixture.browser.leave_frame();
    fixture.browser.reload();
    fixture.enter_chat();
    wait_for_turns(&fixture, 2, "Answer 1.");
    fixture.ask("Third");
    wait_for_turns(&fixture, 3, "Answer 3.");
    let third = fixture.upstream.wait_for(4)[3].json();
    assert_eq!(third["history"].as_array().unwrap().len(), 4, "{third}");
    click(&fixture, 1, "[title^=Next]");
    wait_for_turns(&fixture, 1, "Answer 2.");
    fixture.ask("Fourth");
    wait_for_turns(&fixture, 2, "Answer 4.");
    let fourth = fixture.upstream.wait_for(5)[4].json();
    assert_eq!(fourth["history"][0]["content"], "Other", "{fourth}");
    assert_eq!(fourth["metadata"]["forked"], true);
}

#[test]
fn an_edit_that_is_left_gives_the_typed_text_back() {
    let fixture = conversation();
    fixture.browser.type_into(&fixture.browser.find("#text"), "Half a thought");
    for leave in [true, false] {
        click(&fixture, 2, ".edit");
        fixture.browser.wait_for_text("#notices", "editing");
        assert_eq!(typed(&fixture), "Second");
        if leave {
            fixture.browser.press(NamedKey::Escape);
        } else {
            fixture.browser.click(&fixture.browser.find("[data-do=leave_edit]"));
        }
        fixture
            .browser
            .wait_for("the text", "return document.getElementById('text').value === 'Half a thought'");
    }
    assert_eq!(questions(&fixture), json!(["First", "Second"]));
}

#[test]
fn an_answer_is_made_again_and_another_tab_follows() {
    let fixture = conversation();
    let first = fixture.browser.tab();
    let second = fixture.browser.open_tab();
    fixture.open_page();
    fixture.open_chat();
    wait_for_turns(&fixture, 2, "Answer 1.");
    click(&fixture, 2, ".regenerate");
    wait_for_turns(&fixture, 2, "Answer 2.");
    let again = fixture.upstream.wait_for(3)[2].json();
    assert_eq!(
        (&again["chatInput"], &again["metadata"]["edited"]),
        (&json!("Second"), &json!({ "keep": 1 }))
    );
    fixture.browser.go_to(&first);
    fixture.enter_chat();
    wait_for_turns(&fixture, 2, "Answer 2.");
    fixture.browser.go_to(&second);
    fixture.enter_chat();
    click(&fixture, 2, "[title^=Previous]");
    for tab in [&second, &first] {
        fixture.browser.go_to(tab);
        fixture.enter_chat();
        wait_for_turns(&fixture, 2, "Answer 1.");
    }
}

#[test]
fn an_edit_that_fails_leaves_the_old_branch_a_flip_away() {
    let choose =
        |n| if n == 2 { Script::whole(500, "text/plain", "no") } else { answer(&format!("Answer {n}.")) };
    let fixture = Fixture::with_scripts(choose, &MEMORY);
    fixture.open_page();
    fixture.open_chat();
    for (n, question) in ["First", "Second"].into_iter().enumerate() {
        fixture.ask(question);
        wait_for_turns(&fixture, n + 1, &format!("Answer {n}."));
    }
    click(&fixture, 1, ".edit");
    fixture.browser.wait_for_text("#notices", "editing");
    replace_text(&fixture, "Other\u{e007}");
    fixture.browser.find(".turn .bad");
    click(&fixture, 1, "[title^=Previous]");
    wait_for_turns(&fixture, 2, "Answer 1.");
    click(&fixture, 1, "[title^=Next]");
    fixture.browser.click(&fixture.browser.find("[data-do=retry]"));
    wait_for_turns(&fixture, 1, "Answer 3.");
    assert_eq!(fixture.upstream.wait_for(4)[3].json()["metadata"]["edited"], json!({ "keep": 0 }));
}

#[test]
fn an_answer_that_was_cut_short_is_continued_by_a_turn_of_its_own() {
    let short = || {
        let chunk = json!({ "choices": [{ "delta": { "content": "Half of" }, "finish_reason": "length" }] });
        Script::whole(200, "text/event-stream", format!("data: {chunk}\n\ndata: [DONE]\n\n"))
    };
    for settings in [&MEMORY[..], &[]] {
        let fixture =
            Fixture::with_scripts(move |n| if n == 0 { short() } else { answer("the rest.") }, settings);
        fixture.open_page();
        fixture.open_chat();
        fixture.ask("All of it");
        wait_for_turns(&fixture, 1, "Cut short");
        fixture.browser.screenshot("continue");
        fixture.browser.click(&fixture.browser.find("[data-do=go_on]"));
        wait_for_turns(&fixture, 2, "the rest.");
        let calls = fixture.upstream.wait_for(2);
        let (first, second) = (calls[0].json(), calls[1].json());
        assert_eq!(second["chatInput"], "Please continue.");
        assert_eq!(second["metadata"]["client"]["continues"], first["metadata"]["messageId"]);
    }
}

#[test]
fn branches_fit_a_phone_in_the_dark() {
    let fixture = Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), &MEMORY);
    fixture.browser.become_phone(390, 844);
    fixture.browser.prefer_dark();
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Where is my order, and when will it be here?");
    wait_for_turns(&fixture, 1, "Answer 0.");
    click(&fixture, 1, ".regenerate");
    wait_for_turns(&fixture, 1, "Answer 1.");
    click(&fixture, 1, ".edit");
    fixture.browser.wait_for_text("#notices", "editing");
    fixture.browser.screenshot("branches-phone-dark");
    let small = "return [...document.querySelectorAll('.turn button')].filter((button) => {
      const { width, height } = button.getBoundingClientRect();
      return Math.min(width, height) < 24;
    }).length + Math.max(0, document.documentElement.scrollWidth - innerWidth)";
    assert_eq!(fixture.browser.script(small, &[]), 0);
}

/// Adds `made` branches to those whose tokens are kept, or returns their heads, as soon as they are as many as may be.
const BRANCHES: &str = "
const [made] = arguments;
const result = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
return (async () => {
  const [{ name }] = await indexedDB.databases();
  const database = await result(indexedDB.open(name));
  const rows = database.transaction('chat', 'readwrite').objectStore('chat');
  const session = await result(rows.get('session'));
  const others = Array.from({ length: made }, (_, number) => [`made-${number}`, 'token']);
  if (made) await result(rows.put({ ...session, branches: Object.fromEntries(others) }, 'session'));
  database.close();
  const heads = Object.keys(session.branches ?? {});
  return made || (heads.length === 32 && heads);
})()";

#[test]
fn the_tokens_of_the_newest_branches_are_kept_and_no_more() {
    let fixture = conversation();
    fixture.browser.script(BRANCHES, &[json!(40)]);
    click(&fixture, 2, ".regenerate");
    wait_for_turns(&fixture, 2, "Answer 2.");
    let heads = fixture.browser.wait_for("32 branches", BRANCHES);
    assert_eq!(heads[0], "made-9");
    assert!(!heads[31].as_str().unwrap().starts_with("made"), "the branch that was left is the newest");
}
