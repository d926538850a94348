use std::rc::Rc;

use porthole_protocol::{Done, End};

use super::super::{Act, Action, Effect, Outgoing, Stage, StreamEvent, TextSource, Turn, TurnStatus, Wish};
use super::{TestChat, naming, sealed};

/// A conversation of `turns` turns, m1 and so on, with heads h1 and so on, on a site where messages can be edited.
fn chat(turns: u32) -> TestChat {
    let mut chat = TestChat::new();
    let state = chat.state.as_mut().unwrap();
    state.offers.edits = true;
    restore(&mut chat, Vec::new(), "", Vec::new());
    for number in 1..=turns {
        ask(&mut chat, &format!("Question {number}"), &format!("m{number}"));
        answer(&mut chat, number, &format!("h{number}"));
    }
    chat
}

fn restore(chat: &mut TestChat, turns: Vec<Rc<Turn>>, head: &str, outbox: Vec<Outgoing>) {
    chat.act(Action::Restored { turns, outbox, session: true, head: head.into(), now: 1_000 });
}

fn answer(chat: &mut TestChat, turn: u32, head: &str) {
    chat.text(1, "Answer")
        .event(Some(2), StreamEvent::Done(Done { turn, head: head.into(), ..sealed(End::Complete) }));
}

fn ask(chat: &mut TestChat, text: &str, id: &str) {
    let now = 2_000 + u64::from(chat.run());
    chat.act(Action::Submit { text: text.into(), id: id.into(), source: TextSource::Composer, now });
}

fn wish(chat: &mut TestChat, act: Act, id: &str, new_id: &str) {
    let now = 2_000 + u64::from(chat.run());
    chat.act(Action::Branch(Wish { act, id: id.into(), index: 0, new_id: new_id.into(), now }));
}

fn flip(chat: &mut TestChat, id: &str, index: usize) {
    chat.act(Action::Branch(Wish { act: Act::Flip, id: id.into(), index, new_id: String::new(), now: 0 }));
}

/// Edits a message.
fn edit(chat: &mut TestChat, id: &str, text: &str, new_id: &str) {
    wish(chat, Act::Edit, id, "");
    chat.act(Action::Refilled { text: text.into() });
    ask(chat, text, new_id);
}

fn shown(chat: &TestChat) -> Vec<&str> {
    chat.state().turns.iter().map(|turn| turn.id.as_str()).collect()
}

/// The message that was sent: its text, the turns that it keeps, and `true` for one from an older state.
fn sent(chat: &TestChat) -> Option<(&str, Option<u32>, bool)> {
    chat.effects.iter().find_map(|effect| match effect {
        Effect::Send { text, keep, fork, .. } => Some((text.as_str(), *keep, *fork)),
        _ => None,
    })
}

/// The version of a turn on the screen, from 0, and their number.
fn version(chat: &TestChat, id: &str) -> (usize, usize) {
    chat.state().version(chat.state().turn(id).unwrap())
}

#[test]
fn an_edit_keeps_what_came_before_and_hides_what_came_after() {
    for (edited, keep, left) in
        [("m1", 0, vec!["e"]), ("m2", 1, vec!["m1", "e"]), ("m3", 2, vec!["m1", "m2", "e"])]
    {
        let mut chat = chat(3);
        edit(&mut chat, edited, "Other", "e");
        assert_eq!(sent(&chat), Some(("Other", Some(keep), false)), "{edited}");
        assert_eq!((shown(&chat), version(&chat, "e")), (left, (1, 2)), "{edited}");
        answer(&mut chat, keep + 1, "e");
        ask(&mut chat, "Next", "n");
        assert_eq!(sent(&chat), Some(("Next", None, false)), "{edited}");
    }
}

#[test]
fn an_answer_is_made_again_from_the_same_words() {
    let mut chat = chat(2);
    wish(&mut chat, Act::Regenerate, "m2", "r");
    assert_eq!(sent(&chat), Some(("Question 2", Some(1), false)));
    assert_eq!((shown(&chat), version(&chat, "r")), (vec!["m1", "r"], (1, 2)));
}

#[test]
fn the_text_that_stood_in_the_composer_comes_back() {
    let mut chat = chat(1);
    chat.act(Action::Edited { text: "Half".into() });
    wish(&mut chat, Act::Edit, "m1", "");
    assert_eq!((chat.restored(), chat.state().is_editing()), (Some("Question 1"), true));
    chat.act(Action::Refilled { text: "Question 1".into() }).act(Action::LeaveEdit);
    assert_eq!((chat.restored(), chat.state().is_editing()), (Some("Half"), false));
    chat.act(Action::Refilled { text: "Half".into() });
    edit(&mut chat, "m1", "Other", "e");
    assert!(chat.has(&Effect::RestoreComposer("Half".into())), "after the edit is sent, too");
}

#[test]
fn a_branch_that_was_left_goes_on_as_a_fork_until_its_next_seal() {
    let mut chat = chat(2);
    edit(&mut chat, "m1", "Other", "e");
    answer(&mut chat, 1, "e1");
    flip(&mut chat, "e", 0);
    assert!(chat.has(&Effect::SwitchBranch { head: "h2".into() }), "{:?}", chat.effects);
    assert_eq!(shown(&chat), ["m1", "m2"]);
    ask(&mut chat, "Third", "m3");
    assert_eq!(sent(&chat), Some(("Third", None, true)));
    answer(&mut chat, 3, "h3");
    ask(&mut chat, "Fourth", "m4");
    assert_eq!(sent(&chat), Some(("Fourth", None, false)));
}

#[test]
fn an_edit_that_fails_or_is_stopped_leaves_the_old_branch_a_flip_away() {
    for end in ["upstream_timeout", "stopped"] {
        let mut chat = chat(2);
        edit(&mut chat, "m1", "Other", "e");
        chat.refuse(end);
        flip(&mut chat, "e", 0);
        assert_eq!(shown(&chat), ["m1", "m2"], "{end}");
        assert!(!chat.effects.iter().any(|effect| matches!(effect, Effect::SwitchBranch { .. })), "{end}");
        ask(&mut chat, "Third", "m3");
        assert_eq!(sent(&chat), Some(("Third", None, false)), "{end}");
        answer(&mut chat, 3, "h3");
        flip(&mut chat, "m1", 1);
        chat.act(Action::Retry);
        assert_eq!(sent(&chat), Some(("Other", Some(0), false)), "{end}");
    }
}

#[test]
fn an_edit_that_is_taken_back_shows_the_old_branch() {
    let mut chat = chat(2);
    chat.act(Action::Offline);
    edit(&mut chat, "m1", "Other", "e");
    chat.act(Action::Discard);
    assert_eq!((shown(&chat), chat.restored()), (vec!["m1", "m2"], Some("Other")));
}

#[test]
fn after_a_reload_the_branch_of_the_token_is_shown_and_an_edit_under_way_goes_on() {
    let mut before = chat(2);
    edit(&mut before, "m2", "Other", "e");
    answer(&mut before, 2, "e2");
    let state = before.state();
    let turns: Vec<_> = ["m1", "m2", "e"]
        .map(|id| {
            let all = state.turns.iter().chain(&state.hidden);
            Rc::clone(all.into_iter().find(|turn| turn.id == id).unwrap())
        })
        .into();
    for (head, branch) in
        [("h2", ["m1", "m2"]), ("e2", ["m1", "e"]), ("", ["m1", "e"]), ("unknown", ["m1", "e"])]
    {
        let mut chat = chat(0);
        restore(&mut chat, turns.clone(), head, Vec::new());
        assert_eq!(shown(&chat), branch, "{head}");
    }
    let mut chat = chat(0);
    let outgoing =
        Outgoing { id: "x".into(), text: "First".into(), attempt: 1, at: 9, until: 0, keep: Some(0) };
    restore(&mut chat, turns, "e2", vec![outgoing]);
    assert_eq!((shown(&chat), chat.join()), (vec!["x"], Some(("x", None, 0))));
    chat.refuse("stream_lost").act(Action::Retry);
    assert_eq!(sent(&chat), Some(("First", Some(0), false)));
}

#[test]
fn an_edit_of_another_tab_is_followed() {
    let mut chat = chat(2);
    let turn = Turn::new("x".into(), "Elsewhere".into(), 9_000);
    let (status, sealed) = (TurnStatus::Ended(End::Complete), Some(String::new()));
    let (head, parent) = ("x2".into(), "h1".into());
    chat.act(Action::Adopted { turn: Rc::new(Turn { status, sealed, number: 2, head, parent, ..turn }) });
    assert_eq!((shown(&chat), version(&chat, "x")), (vec!["m1", "x"], (1, 2)));
    ask(&mut chat, "Next", "n");
    assert_eq!(sent(&chat), Some(("Next", None, false)));
}

#[test]
fn an_assistant_that_knows_no_earlier_messages_is_asked_without_them_after_one_tap() {
    let mut chat = chat(2);
    ask(&mut chat, "Third", "m3");
    chat.refuse("transcript_mismatch");
    assert_eq!(shown(&chat), ["m1", "m2", "m3"]);
    chat.act(Action::Retry);
    assert_eq!((sent(&chat), shown(&chat)), (Some(("Third", Some(0), false)), vec!["m3"]));
    answer(&mut chat, 1, "n1");
    assert_eq!(version(&chat, "m3"), (1, 2), "the earlier messages are a flip away");
}

#[test]
fn a_state_that_is_older_than_a_branch_of_this_browser_is_no_question_to_the_visitor() {
    let mut chat = chat(2);
    edit(&mut chat, "m1", "Other", "e");
    answer(&mut chat, 1, "e1");
    ask(&mut chat, "Next", "n");
    chat.event(None, naming("stale_state", "m2"));
    assert_eq!(sent(&chat), Some(("Next", None, true)));
}

#[test]
fn an_incomplete_answer_is_continued_by_a_turn_of_its_own() {
    let mut chat = TestChat::sent();
    chat.text(1, "Half").event(Some(2), StreamEvent::Done(sealed(End::Incomplete)));
    wish(&mut chat, Act::GoOn, "m1", "m2");
    let continues = chat.effects.iter().find_map(|effect| match effect {
        Effect::Send { continues, keep: None, .. } => continues.as_deref(),
        _ => None,
    });
    assert_eq!((continues, shown(&chat)), (Some("m1"), vec!["m1", "m2"]));
}

#[test]
fn nothing_is_edited_while_a_message_is_under_way_nor_where_the_workflow_remembers() {
    let mut running = chat(1);
    ask(&mut running, "Second", "m2");
    let mut remembered = TestChat::sent();
    remembered.done(1);
    for chat in [&mut running, &mut remembered] {
        for act in [Act::Edit, Act::Regenerate] {
            wish(chat, act, "m1", "x");
            assert!(chat.effects.is_empty(), "{act:?}: {:?}", chat.effects);
        }
    }
    assert_eq!(running.state().stage(), Some(Stage::Waiting));
}

#[test]
fn a_message_behind_an_edit_follows_its_answer() {
    for act in [Act::Edit, Act::Regenerate] {
        let mut chat = chat(3);
        if act == Act::Edit {
            edit(&mut chat, "m3", "Other", "e");
        } else {
            wish(&mut chat, act, "m3", "e");
        }
        ask(&mut chat, "And why?", "n");
        assert!(
            chat.effects.iter().any(|it| matches!(it, Effect::KeepOutgoing(kept, _) if kept.keep.is_none()))
        );
        answer(&mut chat, 3, "h3b");
        assert_eq!(sent(&chat), Some(("And why?", None, false)));
        assert_eq!(shown(&chat), ["m1", "m2", "e", "n"]);
    }
}

#[test]
fn an_edit_whose_chat_is_left_keeps_the_text_that_was_changed() {
    for (text, restored, filled) in
        [("Changed", Some("Draft"), None), ("Question 1", Some("Draft"), Some("Draft"))]
    {
        let mut chat = chat(1);
        chat.act(Action::Edited { text: "Draft".into() });
        wish(&mut chat, Act::Edit, "m1", "");
        chat.act(Action::Refilled { text: "Question 1".into() });
        chat.act(Action::Edited { text: text.into() }).act(Action::ChatLeft);
        assert_eq!(chat.restored(), restored, "{text}");
        let is_filled = |draft: &str| chat.has(&Effect::FillComposer(draft.into()));
        assert_eq!(filled.is_some_and(is_filled), filled.is_some(), "{text}");
        assert!(!chat.state().is_editing());
    }
}
