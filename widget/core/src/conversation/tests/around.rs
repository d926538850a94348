use porthole_protocol::End;

use std::rc::Rc;

use super::super::{Action, Effect, Outgoing, PageEvent, Stage, StreamEvent, Turn, TurnStatus};
use super::{TestChat, problem};

fn kept(id: &str) -> Rc<Turn> {
    let turn = Turn::new(id.into(), "Asked".into(), 0);
    Rc::new(Turn { status: TurnStatus::Ended(End::Complete), sealed: Some(String::new()), number: 1, ..turn })
}

fn outgoing(attempt: u8) -> Outgoing {
    Outgoing { id: "m1".into(), text: "Hello".into(), attempt, at: 5, until: 0, keep: None }
}

fn sent_elsewhere() -> Action {
    Action::OutboxChanged { outbox: vec![outgoing(1)], sent: Some("m1".into()), session: true }
}

#[test]
fn after_a_reload_the_reply_in_flight_is_joined_from_its_start() {
    let mut chat = TestChat::new();
    chat.act(Action::Restored {
        turns: vec![kept("m0")],
        outbox: vec![outgoing(2)],
        session: true,
        head: String::new(),
        now: 1_000,
    });
    assert_eq!(chat.join(), Some(("m1", None, 0)));
    chat.refuse("stream_lost");
    assert!(matches!(chat.status("m1"), Some(TurnStatus::Failed(failure)) if failure.retry));
    chat.act(Action::Retry);
    assert_eq!(chat.send(), Some(("m1", 3, false)));
}

#[test]
fn what_was_sealed_before_the_reload_is_not_sent_again() {
    let mut chat = TestChat::new();
    chat.act(Action::Restored {
        turns: vec![kept("m1")],
        outbox: vec![outgoing(1)],
        session: true,
        head: String::new(),
        now: 1_000,
    });
    assert!(chat.effects.is_empty());
    assert_eq!(chat.state().turns.len(), 1);
}

#[test]
fn what_was_never_sent_before_the_reload_is_sent_with_a_new_session() {
    let mut chat = TestChat::new();
    chat.act(Action::Restored {
        turns: Vec::new(),
        outbox: vec![outgoing(1)],
        session: false,
        head: String::new(),
        now: 1_000,
    })
    .session_ready();
    assert_eq!(chat.send(), Some(("m1", 1, false)));
}

#[test]
fn a_number_of_attempts_that_a_store_cannot_have_is_mended() {
    for (stored, sent) in [(0, 1), (194, 5)] {
        let mut chat = TestChat::new();
        chat.act(Action::Restored {
            turns: Vec::new(),
            outbox: vec![outgoing(stored)],
            session: false,
            head: String::new(),
            now: 1_000,
        })
        .session_ready();
        assert_eq!(chat.send(), Some(("m1", sent, false)), "{stored}");
    }
}

#[test]
fn a_message_that_a_limit_held_back_waits_on_after_a_reload() {
    for session in [true, false] {
        let mut chat = TestChat::new();
        chat.act(Action::Restored {
            turns: Vec::new(),
            outbox: vec![Outgoing { until: 4_000, ..outgoing(1) }],
            session,
            head: String::new(),
            now: 1_000,
        });
        assert_eq!((chat.state().stage(), chat.state().seconds_left()), (Some(Stage::Limited), 3));
        assert!(chat.effects.is_empty(), "{:?}", chat.effects);
        chat.act(Action::Tick { now: 4_000 });
        assert!(chat.state().limited_until.is_none(), "no limit holds it back any more");
        if !session {
            chat.session_ready();
        }
        assert_eq!(chat.send(), Some(("m1", 1, false)));
    }
}

#[test]
fn a_limit_that_was_over_before_the_reload_holds_nothing_back() {
    let mut chat = TestChat::new();
    chat.act(Action::Restored {
        turns: Vec::new(),
        outbox: vec![Outgoing { until: 500, ..outgoing(1) }],
        session: true,
        head: String::new(),
        now: 1_000,
    });
    assert_eq!(chat.send(), Some(("m1", 1, false)));
}

#[test]
fn replies_are_counted_while_the_panel_is_hidden() {
    let mut chat = TestChat::sent();
    chat.text(1, "One").done(2);
    assert!(chat.has(&Effect::ToPage(PageEvent::Unread(1))));
    chat.act(Action::Shown);
    assert_eq!(chat.effects, [Effect::ToPage(PageEvent::Unread(0))]);
    chat.submit("More", "m2").text(1, "Two").done(2);
    assert_eq!(chat.state().unread, 0);
}

#[test]
fn another_chat_takes_the_place_of_one_whose_reply_goes_on() {
    let open = Action::OpenChat { id: "x1".into() };
    for (action, id) in [(Action::NewChat, None), (open, Some("x1".into()))] {
        let mut chat = TestChat::sent();
        chat.text(1, "One").act(action);
        assert_eq!(chat.effects, [Effect::Abandon, Effect::SwapChat { id }, Effect::FocusComposer]);
        assert!(chat.state().turns.is_empty());
        chat.submit("Hello", "m2");
        assert!(chat.effects.iter().any(|e| matches!(e, Effect::CreateSession { .. })));
    }
}

#[test]
fn a_chat_that_another_tab_has_left_is_left_here_without_a_trace_in_the_store() {
    let mut chat = TestChat::sent();
    chat.text(1, "One").act(Action::ChatLeft);
    assert_eq!(chat.effects, [Effect::Abandon]);
    assert!(chat.state().turns.is_empty());
}

#[test]
fn a_turn_of_another_tab_stands_before_the_message_under_way() {
    let mut chat = TestChat::sent();
    chat.act(Action::Adopted { turn: kept("x1") }).act(Action::Adopted { turn: kept("x1") });
    let order: Vec<_> = chat.state().turns.iter().map(|turn| turn.id.as_str()).collect();
    assert_eq!(order, ["x1", "m1"]);
}

#[test]
fn a_reply_that_another_tab_gets_is_read_along() {
    let mut chat = TestChat::ready();
    chat.act(sent_elsewhere());
    assert_eq!(chat.join(), None, "nobody sees a hidden panel");
    chat.act(Action::Shown);
    assert_eq!((chat.join(), chat.state().stage()), (Some(("m1", None, 0)), Some(Stage::Waiting)));
    chat.text(1, "One").act(Action::Adopted { turn: kept("m1") });
    assert!(chat.effects.is_empty(), "its end is read, not adopted");
    chat.text(2, " two").done(3);
    assert_eq!((chat.reply("m1"), chat.status("m1")), ("One two", Some(TurnStatus::Ended(End::Complete))));
    chat.act(sent_elsewhere());
    assert_eq!((chat.join(), chat.state().turns.len()), (None, 1));
}

#[test]
fn a_message_that_another_tab_sends_meanwhile_is_joined_or_adopted() {
    let waits_to_send = || {
        let mut chat = TestChat::new();
        chat.act(Action::Restored {
            turns: Vec::new(),
            outbox: vec![outgoing(1)],
            session: false,
            head: String::new(),
            now: 1_000,
        });
        chat
    };
    let mut chat = waits_to_send();
    chat.act(sent_elsewhere());
    assert!(chat.has(&Effect::Abandon), "it waits for the lock no longer");
    assert_eq!(chat.join(), Some(("m1", None, 0)));
    let mut chat = waits_to_send();
    chat.act(Action::Adopted { turn: kept("m1") });
    assert_eq!(chat.effects, [Effect::Abandon]);
    assert_eq!((chat.state().stage(), chat.status("m1")), (None, Some(TurnStatus::Ended(End::Complete))));
}

#[test]
fn a_join_that_came_before_the_other_tabs_message_is_made_again() {
    let mut chat = TestChat::new();
    let turns = vec![kept("m0")];
    chat.act(Action::Restored {
        turns,
        outbox: vec![outgoing(1)],
        session: true,
        head: String::new(),
        now: 1_000,
    });
    chat.refuse("stream_lost").act(Action::Shown);
    chat.act(sent_elsewhere());
    assert_eq!((chat.join(), chat.state().turns.len()), (Some(("m1", None, 0)), 2));
}

#[test]
fn a_turn_that_failed_here_is_adopted_when_another_tab_has_its_end() {
    let mut chat = TestChat::sent();
    chat.refuse("upstream_timeout").act(Action::Adopted { turn: kept("m1") });
    assert_eq!(chat.status("m1"), Some(TurnStatus::Ended(End::Complete)));
}

#[test]
fn a_reply_that_is_cut_off_here_is_adopted_when_another_tab_has_its_end() {
    let mut chat = TestChat::sent();
    chat.text(1, "One").act(Action::Adopted { turn: kept("m1") });
    assert_eq!(chat.state().stage(), Some(Stage::Streaming), "its end is to come");
    chat.cut().act(Action::Adopted { turn: kept("m1") });
    assert_eq!(chat.status("m1"), Some(TurnStatus::Ended(End::Complete)));
    assert!(chat.has(&Effect::Abandon) && chat.state().stage().is_none());
}

#[test]
fn a_join_that_is_answered_waits_for_words_without_a_sentence() {
    let mut chat = TestChat::sent();
    chat.cut();
    assert_eq!(chat.state().stage(), Some(Stage::Rejoining));
    chat.event(None, StreamEvent::Connected);
    assert_eq!(chat.state().stage(), Some(Stage::Waiting));
    chat.text(1, "One").cut().event(None, StreamEvent::Connected);
    assert_eq!(chat.state().stage(), Some(Stage::Streaming));
    chat.act(Action::Stop).cut().event(None, StreamEvent::Connected);
    assert_eq!(chat.state().stage(), Some(Stage::Stopping));
}

#[test]
fn a_cut_while_offline_is_joined_when_the_network_is_back() {
    let mut chat = TestChat::sent();
    chat.text(1, "One").act(Action::Offline).cut();
    assert_eq!((chat.join(), chat.state().stage()), (None, Some(Stage::Offline)));
    chat.act(Action::Online);
    assert_eq!(chat.join(), Some(("m1", Some(1), 0)));
}

#[test]
fn no_session_for_want_of_a_network_waits_for_it() {
    let mut chat = TestChat::new();
    chat.submit("Hello", "m1").act(Action::Offline);
    let run = chat.run();
    chat.act(Action::SessionFailed { run, problem: problem(""), now: 0 });
    assert_eq!(chat.state().stage(), Some(Stage::Offline));
    chat.act(Action::Online);
    assert!(chat.effects.iter().any(|e| matches!(e, Effect::CreateSession { .. })));
}

#[test]
fn a_message_after_a_failed_one_lets_the_failed_one_go() {
    let mut chat = TestChat::sent();
    chat.refuse("upstream_timeout").submit("Other", "m2");
    assert!(chat.has(&Effect::DropOutgoing { message_id: "m1".into() }));
    assert_eq!(chat.send(), Some(("m2", 1, false)));
}

#[test]
fn turns_that_did_not_change_keep_their_pointer() {
    let mut chat = TestChat::ready();
    chat.submit("Hello", "m1").text(1, "One").done(2);
    let before = Rc::clone(&chat.state().turns[0]);
    chat.submit("More", "m2").event(Some(0), StreamEvent::Started).text(1, "Two").done(2);
    assert!(Rc::ptr_eq(&before, &chat.state().turns[0]));
}
