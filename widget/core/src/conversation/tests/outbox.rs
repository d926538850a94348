use std::rc::Rc;

use porthole_protocol::End;

use super::super::{
    Act, Action, Declined, Effect, Outgoing, PageEvent, Stage, StreamEvent, TextSource, Turn, TurnFailure,
    TurnStatus, Wish,
};
use super::{TestChat, sealed};
use crate::conversation::outbox::MAX_WAITING;
use crate::words;

fn outgoing(id: &str, attempt: u8) -> Outgoing {
    Outgoing { id: id.into(), text: format!("Text of {id}"), attempt, at: 5, until: 0, keep: None }
}

impl TestChat {
    /// A message under way, and two that wait.
    fn queued() -> Self {
        let mut chat = Self::sent();
        chat.submit("Second", "m2").submit("Third", "m3");
        chat
    }

    fn waiting(&self) -> Vec<&str> {
        self.state().waiting.iter().map(|it| it.id.as_str()).collect()
    }

    fn wish(&mut self, act: Act, id: &str) -> &mut Self {
        self.act(Action::Branch(Wish { act, id: id.into(), index: 0, new_id: "new".into(), now: 1_000 }))
    }

    fn outbox_is(&mut self, outbox: &[Outgoing], sent: Option<&str>) -> &mut Self {
        let (outbox, sent) = (outbox.to_vec(), sent.map(String::from));
        self.act(Action::OutboxChanged { outbox, sent, session: true })
    }

    fn restored_with(outbox: &[Outgoing]) -> Self {
        let (outbox, head) = (outbox.to_vec(), String::new());
        let mut chat = Self::new();
        chat.act(Action::Restored { turns: Vec::new(), outbox, session: true, head, now: 1_000 });
        chat
    }
}

fn adopted(id: &str) -> Action {
    let (status, sealed) = (TurnStatus::Ended(End::Complete), Some(String::new()));
    let turn = Turn::new(id.into(), "Asked".into(), 0);
    Action::Adopted { turn: Rc::new(Turn { status, sealed, number: 1, ..turn }) }
}

#[test]
fn messages_behind_one_under_way_wait_and_go_out_in_order() {
    let mut chat = TestChat::queued();
    assert_eq!(chat.waiting(), ["m2", "m3"]);
    let kept = Outgoing { text: "Third".into(), at: 1_000, ..outgoing("m3", 0) };
    assert!(chat.has(&Effect::KeepOutgoing(kept, None)) && chat.has(&Effect::EmptyComposer));
    assert_eq!(chat.send(), None);
    chat.done(1);
    assert_eq!((chat.send(), chat.waiting()), (Some(("m2", 1, false)), vec!["m3"]));
    chat.event(Some(1), StreamEvent::Done(sealed(End::Stopped)));
    assert_eq!((chat.send(), chat.waiting()), (Some(("m3", 1, false)), vec![]));
    chat.done(1);
    assert_eq!((chat.send(), chat.state().stage()), (None, None));
}

#[test]
fn a_screen_reader_says_once_that_messages_wait() {
    let mut chat = TestChat::sent();
    assert_eq!(chat.submit("Second", "m2").announced(), [words::WAITING]);
    assert_eq!(chat.submit("Third", "m3").announced(), [""; 0]);
}

#[test]
fn messages_wait_for_the_network_too() {
    let mut chat = TestChat::ready();
    chat.act(Action::Offline).submit("Hello", "m1").submit("Second", "m2");
    assert_eq!((chat.state().stage(), chat.waiting()), (Some(Stage::Offline), vec!["m2"]));
    chat.act(Action::Online);
    assert_eq!((chat.send(), chat.waiting()), (Some(("m1", 1, false)), vec!["m2"]));
}

#[test]
fn a_failure_holds_up_the_others_until_the_visitor_goes_on() {
    for (action, sent, drops) in [
        (Action::Retry, ("m1", 2, false), false),
        (Action::SendNext, ("m2", 1, false), true),
        (submit("Fourth", TextSource::Composer), ("m2", 1, false), true),
    ] {
        let mut chat = TestChat::queued();
        chat.refuse("upstream_timeout");
        assert!(chat.state().is_paused());
        assert_eq!((chat.send(), chat.waiting()), (None, vec!["m2", "m3"]));
        chat.act(action);
        assert_eq!(chat.send(), Some(sent));
        assert_eq!(chat.has(&Effect::DropOutgoing { message_id: "m1".into() }), drops);
    }
}

#[test]
fn an_end_that_offers_no_retry_holds_nothing_up() {
    for code in ["message_conflict", "stopped"] {
        let mut chat = TestChat::queued();
        chat.refuse(code);
        assert_eq!(chat.send(), Some(("m2", 1, false)), "{code}");
    }
    let mut chat = TestChat::ready();
    chat.act(Action::Offline).submit("Hello", "m1").submit("Second", "m2").act(Action::Discard);
    assert_eq!((chat.state().stage(), chat.state().own()), (Some(Stage::Offline), Some("m2")));
}

#[test]
fn a_message_that_waits_is_taken_back_into_the_composer() {
    let mut chat = TestChat::queued();
    chat.wish(Act::TakeBack, "m2");
    assert_eq!((chat.restored(), chat.waiting()), (Some("Second"), vec!["m3"]));
    assert!(chat.has(&Effect::DropOutgoing { message_id: "m2".into() }));
    chat.done(1);
    assert_eq!(chat.send(), Some(("m3", 1, false)));
}

#[test]
fn a_message_that_is_edited_keeps_its_place_and_is_held_back() {
    let mut chat = TestChat::queued();
    chat.act(Action::Edited { text: "Draft".into() }).wish(Act::Edit, "m2");
    assert!(chat.has(&Effect::FillComposer("Second".into())));
    chat.done(1);
    assert_eq!((chat.send(), chat.waiting()), (None, vec!["m2", "m3"]));
    chat.submit("Changed", "e");
    let kept = Outgoing { text: "Changed".into(), at: 1_000, ..outgoing("e", 0) };
    assert!(chat.has(&Effect::KeepOutgoing(kept, Some("m2".into()))));
    assert!(chat.has(&Effect::RestoreComposer("Draft".into())));
    assert_eq!((chat.send(), chat.waiting()), (Some(("e", 1, false)), vec!["m3"]));
}

#[test]
fn an_edit_that_is_left_sends_the_message_as_it_was() {
    let mut chat = TestChat::queued();
    chat.wish(Act::Edit, "m2").done(1).act(Action::LeaveEdit);
    assert_eq!(chat.send(), Some(("m2", 1, false)));
}

#[test]
fn the_last_message_is_recalled_and_one_that_waits_is_edited() {
    let mut chat = TestChat::sent();
    chat.done(1).act(Action::Recall);
    assert_eq!((chat.restored(), chat.state().is_editing()), (Some("Hello"), false));
    let mut chat = TestChat::queued();
    chat.act(Action::Recall);
    assert!(chat.state().is_editing() && chat.has(&Effect::FillComposer("Third".into())));
}

#[test]
fn a_queue_has_an_end_and_the_text_beyond_it_stays_in_the_composer() {
    let mut chat = TestChat::sent();
    for number in 0..MAX_WAITING {
        chat.submit("More", &format!("w{number}"));
    }
    chat.submit("Beyond", "x");
    assert_eq!((chat.state().declined, chat.effects.len()), (Some(Declined::Full), 0));
    chat.act(submit("Beyond", TextSource::Page));
    assert!(
        matches!(&chat.effects[..], [Effect::ToPage(PageEvent::Error { code, .. })] if code == "outbox_full")
    );
}

fn submit(text: &str, source: TextSource) -> Action {
    Action::Submit { text: text.into(), id: "m4".into(), source, now: 1_000 }
}

#[test]
fn nothing_is_suggested_nor_done_about_turns_while_messages_wait() {
    let mut chat = TestChat::queued();
    chat.event(Some(0), StreamEvent::Suggestions(vec!["More?".into()])).refuse("upstream_timeout");
    assert_eq!(chat.state().chips(), [""; 0]);
    let state = chat.state.as_mut().unwrap();
    state.offers.edits = true;
    chat.wish(Act::Edit, "m1");
    assert!(!chat.state().is_editing());
}

#[test]
fn the_whole_outbox_goes_on_after_a_reload() {
    let mut chat = TestChat::restored_with(&[outgoing("m1", 1), outgoing("m2", 0), outgoing("m3", 0)]);
    assert_eq!((chat.join(), chat.waiting()), (Some(("m1", None, 0)), vec!["m2", "m3"]));
    chat.text(1, "One").done(2);
    assert_eq!((chat.send(), chat.waiting()), (Some(("m2", 1, false)), vec!["m3"]));
    let chat = TestChat::restored_with(&[outgoing("m1", 0)]);
    assert_eq!(chat.send(), Some(("m1", 1, false)), "it was never sent");
}

#[test]
fn what_another_tab_adds_changes_or_takes_back_is_seen_here() {
    let mut chat = TestChat::queued();
    chat.act(Action::Shown);
    chat.outbox_is(&[outgoing("m1", 1), outgoing("x", 0), outgoing("m3", 0)], None);
    assert_eq!(chat.waiting(), ["x", "m3"]);
    chat.act(adopted("x"));
    assert_eq!(chat.waiting(), ["m3"]);
    let mut chat = TestChat::ready();
    chat.act(Action::Offline).submit("Hello", "m1").outbox_is(&[], None);
    assert!(chat.state().turns.is_empty() && chat.state().stage().is_none(), "it was taken back there");
}

#[test]
fn a_hidden_tab_sends_nothing_of_another_one_until_it_is_shown() {
    let mut chat = TestChat::ready();
    chat.outbox_is(&[outgoing("x", 0)], None);
    assert!(chat.effects.is_empty());
    chat.act(Action::Shown);
    assert_eq!(chat.send(), Some(("x", 1, false)));
}

#[test]
fn a_queue_whose_tab_died_is_gone_on_with_here() {
    let mut chat = TestChat::ready();
    let outbox = [outgoing("x", 1), outgoing("y", 0)];
    chat.act(Action::Shown).outbox_is(&outbox, Some("x"));
    assert_eq!(chat.join(), Some(("x", None, 0)));
    chat.text(1, "One").done(2);
    assert_eq!(chat.send(), Some(("y", 1, false)), "inside the lock it turns out whose it is");
    chat.outbox_is(&outbox[1..], Some("y"));
    assert_eq!(chat.join(), Some(("y", None, 0)), "it was sent there");
}

/// A message that nothing has answered, at this attempt.
fn unreached(attempts: u8) -> TestChat {
    let mut chat = TestChat::sent();
    for attempt in 1..=attempts {
        if attempt > 1 {
            chat.act(Action::Retry);
        }
        while chat.cut().join().is_some() {}
    }
    assert_eq!(chat.status("m1"), Some(TurnStatus::Failed(TurnFailure::UNREACHED)));
    chat
}

#[test]
fn a_message_that_was_never_answered_goes_before_the_next_one() {
    let mut chat = unreached(1);
    chat.submit("Second", "m2");
    assert_eq!((chat.send(), chat.waiting()), (Some(("m1", 2, false)), vec!["m2"]));
    assert!(!chat.has(&Effect::DropOutgoing { message_id: "m1".into() }));
    chat.done(1);
    assert_eq!((chat.send(), chat.waiting()), (Some(("m2", 1, false)), vec![]));
}

#[test]
fn a_message_that_was_never_answered_is_sent_again_when_the_network_is_back() {
    let mut chat = unreached(1);
    chat.act(Action::Offline).act(Action::Online);
    assert_eq!(chat.send(), Some(("m1", 2, false)));
}

#[test]
fn a_message_that_was_never_answered_in_five_attempts_is_given_back_and_the_next_one_sent() {
    let mut chat = unreached(5);
    chat.submit("Second", "m2");
    assert_eq!((chat.send(), chat.restored()), (Some(("m2", 1, false)), Some("Hello")));
    let at = |wanted: &Effect| chat.effects.iter().position(|effect| effect == wanted);
    assert!(
        at(&Effect::EmptyComposer) < at(&Effect::RestoreComposer("Hello".into())),
        "and not emptied with it"
    );
}

#[test]
fn an_attempt_of_another_tab_counts_here() {
    let mut chat = TestChat::sent();
    chat.event(None, StreamEvent::Connected).outbox_is(&[outgoing("m1", 3)], None);
    chat.cut().refuse("stream_lost").act(Action::Retry);
    assert_eq!(chat.send(), Some(("m1", 4, false)));
}

#[test]
fn a_message_that_its_visitor_stopped_or_skipped_is_not_sent_again_by_itself() {
    let mut chat = TestChat::sent();
    chat.cut().act(Action::Stop);
    while chat.cut().join().is_some() {}
    assert_eq!(chat.status("m1"), Some(TurnStatus::Failed(TurnFailure::LOST)));
    assert_eq!(chat.act(Action::Online).send(), None);
    let mut chat = unreached(1);
    chat.submit("Second", "m2");
    while chat.cut().join().is_some() {}
    chat.act(Action::SendNext);
    assert_eq!(chat.send(), Some(("m2", 1, false)));
    chat.act(Action::Offline).act(Action::Discard).act(Action::Online);
    assert_eq!((chat.status("m1"), chat.send()), (Some(TurnStatus::Failed(TurnFailure::LOST)), None));
}

#[test]
fn the_network_sends_nothing_that_is_edited_and_gives_nothing_back() {
    let mut chat = unreached(1);
    chat.state.as_mut().unwrap().offers.edits = true;
    chat.wish(Act::Edit, "m1").act(Action::Online);
    assert_eq!((chat.send(), chat.state().is_editing()), (None, true));
    let mut chat = unreached(5);
    chat.act(Action::Online);
    assert_eq!((chat.effects.len(), chat.state().turns.len()), (0, 1));
}
