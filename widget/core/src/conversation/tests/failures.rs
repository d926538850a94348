use super::super::{
    Action, Carry, Cause, Effect, Outgoing, ProblemView, Stage, StreamEvent, TurnFailure, TurnStatus,
};
use super::{TestChat, naming, problem};
use porthole_protocol::{Code, End};

const fn failed(cause: Cause, retry: bool) -> TurnStatus {
    TurnStatus::Failed(TurnFailure { cause, retry })
}

#[test]
fn a_stream_that_was_cut_is_joined_at_its_last_event() {
    let mut chat = TestChat::sent();
    chat.text(1, "One").text(2, " two").cut();
    assert_eq!(chat.join(), Some(("m1", Some(2), 0)));
    assert_eq!(chat.state().stage(), Some(Stage::Rejoining));
    chat.text(2, " two").text(3, " three").done(4);
    assert_eq!(chat.reply("m1"), "One two three");
    assert_eq!(chat.status("m1"), Some(TurnStatus::Ended(End::Complete)));
}

#[test]
fn joins_wait_longer_and_longer_and_end() {
    let mut chat = TestChat::sent();
    chat.text(1, "One");
    let mut waits = Vec::new();
    while let Some((_, _, wait)) = chat.cut().join() {
        waits.push(wait);
    }
    assert_eq!(waits, [0, 1_000, 2_000, 4_000, 8_000]);
    assert_eq!(chat.status("m1"), Some(failed(Cause::Lost, true)));
    assert_eq!(chat.announced().len(), 1);
}

#[test]
fn a_join_that_brings_something_starts_the_waits_anew() {
    let mut chat = TestChat::sent();
    chat.text(1, "One").cut().cut().text(2, " two").cut();
    assert_eq!(chat.join(), Some(("m1", Some(2), 0)));
}

#[test]
fn a_join_refused_for_a_moment_is_tried_again() {
    let mut chat = TestChat::sent();
    chat.text(1, "One").cut().refuse("draining");
    assert_eq!(chat.join(), Some(("m1", Some(1), 1_000)));
    chat.refuse("");
    assert_eq!(chat.join(), Some(("m1", Some(1), 2_000)));
}

#[test]
fn a_lost_stream_is_interrupted_and_sent_again_after_one_tap() {
    let mut chat = TestChat::sent();
    chat.text(1, "One").cut().refuse("stream_lost");
    assert_eq!(chat.status("m1"), Some(failed(Cause::Lost, true)));
    assert_eq!(chat.reply("m1"), "One", "what arrived stays to be read");
    assert!(!chat.effects.iter().any(|e| matches!(e, Effect::Keep(..))), "and is never stored");
    chat.act(Action::Retry);
    assert_eq!(chat.send(), Some(("m1", 2, false)));
    assert_eq!(chat.reply("m1"), "");
}

#[test]
fn a_message_that_the_proxy_never_had_is_sent_again_by_itself_once() {
    let mut chat = TestChat::sent();
    chat.cut();
    assert_eq!(chat.join(), Some(("m1", None, 0)));
    chat.refuse("stream_lost");
    assert_eq!(chat.send(), Some(("m1", 2, false)), "its workflow may have begun");
    chat.cut().refuse("stream_lost");
    assert_eq!(chat.send(), None);
    assert_eq!(chat.status("m1"), Some(failed(Cause::Unreached, true)));
}

#[test]
fn a_message_whose_attempts_are_used_up_is_not_sent_again_by_itself() {
    let mut chat = TestChat::sent();
    for _ in 2..=5 {
        chat.refuse("upstream_timeout").act(Action::Retry);
    }
    chat.cut().refuse("stream_lost");
    assert_eq!(chat.status("m1"), Some(failed(Cause::Unreached, true)));
}

#[test]
fn a_message_is_tried_five_times_and_then_put_back() {
    let mut chat = TestChat::sent();
    for attempt in 2..=5 {
        chat.refuse("upstream_timeout").act(Action::Retry);
        assert_eq!(chat.send(), Some(("m1", attempt, false)));
    }
    chat.refuse("upstream_timeout").act(Action::Retry);
    assert_eq!(chat.send(), None);
    assert_eq!(chat.restored(), Some("Hello"));
}

#[test]
fn an_event_number_that_the_proxy_does_not_know_reads_from_the_start() {
    let mut chat = TestChat::sent();
    chat.text(7, "One").cut().refuse("invalid_last_event_id");
    assert_eq!(chat.join(), Some(("m1", None, 0)));
    chat.event(Some(0), StreamEvent::Started).text(1, "One");
    assert_eq!(chat.reply("m1"), "One");
}

#[test]
fn a_token_that_does_not_hold_is_renewed_once() {
    let mut chat = TestChat::sent();
    chat.refuse("invalid_token");
    assert!(chat.has(&Effect::CreateSession { run: chat.run(), carry: Carry::Previous }));
    chat.session_ready();
    assert_eq!(chat.send(), Some(("m1", 1, false)));
    chat.refuse("invalid_token");
    assert_eq!(chat.status("m1"), Some(failed(Cause::Code(Code::InvalidToken), true)));
}

#[test]
fn a_ticket_of_other_keys_is_refreshed_once() {
    let mut chat = TestChat::sent();
    chat.refuse("invalid_token");
    let invalid = |run| Action::SessionFailed { run, problem: problem("invalid_token"), now: 0 };
    let run = chat.run();
    chat.act(invalid(run));
    assert_eq!(chat.effects, [Effect::RefreshTicket { run }]);
    chat.act(Action::TicketReady { run });
    let run = chat.run();
    chat.act(invalid(run));
    assert_eq!(chat.status("m1"), Some(failed(Cause::Code(Code::InvalidToken), true)));
}

#[test]
fn an_expired_ticket_is_refreshed_once() {
    let mut chat = TestChat::new();
    chat.submit("Hello", "m1");
    let expired = |run| Action::SessionFailed { run, problem: problem("ticket_expired"), now: 0 };
    let run = chat.run();
    chat.act(expired(run));
    assert_eq!(chat.effects, [Effect::RefreshTicket { run }]);
    chat.act(Action::TicketReady { run });
    let run = chat.run();
    assert_eq!(chat.effects, [Effect::CreateSession { run, carry: Carry::Nothing }]);
    chat.act(expired(run));
    assert_eq!(chat.status("m1"), Some(failed(Cause::Code(Code::TicketExpired), true)));
}

#[test]
fn a_limit_counts_down_and_sends_by_itself() {
    let mut chat = TestChat::sent();
    chat.event(None, StreamEvent::Failed(ProblemView { retry_after: Some(3), ..problem("rate_limited") }));
    assert_eq!(chat.state().stage(), Some(Stage::Limited));
    assert_eq!(chat.state().seconds_left(), 3);
    assert!(matches!(
        &chat.effects[..],
        [Effect::KeepOutgoing(Outgoing { attempt: 1, until: 4_000, .. }, None)]
    ));
    chat.act(Action::Tick { now: 2_500 });
    assert_eq!((chat.state().seconds_left(), chat.send()), (2, None));
    chat.act(Action::Tick { now: 4_000 });
    assert_eq!(chat.send(), Some(("m1", 1, false)));
    assert_eq!(chat.state().limited_until, None);
}

#[test]
fn a_ticket_that_a_limit_kept_back_is_fetched_after_it() {
    let mut chat = TestChat::new();
    chat.submit("Hello", "m1");
    let failed = |run, code| Action::SessionFailed { run, problem: problem(code), now: 0 };
    let run = chat.run();
    chat.act(failed(run, "ticket_expired"));
    assert_eq!(chat.effects, [Effect::RefreshTicket { run }]);
    chat.act(failed(run, "rate_limited"));
    assert_eq!(chat.state().stage(), Some(Stage::Limited));
    chat.act(Action::Tick { now: 5_000 });
    let run = chat.run();
    assert!(chat.has(&Effect::RefreshTicket { run }), "{:?}", chat.effects);
    chat.act(Action::TicketReady { run });
    let (run, carry) = (chat.run(), Carry::Nothing);
    assert_eq!(chat.effects, [Effect::CreateSession { run, carry }]);
}

#[test]
fn a_limited_message_can_be_taken_back() {
    let mut chat = TestChat::sent();
    chat.refuse("rate_limited").act(Action::Discard);
    assert_eq!(chat.restored(), Some("Hello"));
    chat.act(Action::Tick { now: 1_000_000 });
    assert_eq!(chat.send(), None);
}

#[test]
fn a_failed_workflow_gives_a_sentence_and_a_retry() {
    for code in
        ["draining", "upstream_status", "upstream_timeout", "busy_workflow", "empty_reply", "internal"]
    {
        let mut chat = TestChat::sent();
        chat.refuse(code);
        assert_eq!(chat.status("m1"), Some(failed(Cause::Code(Code::parse(code).unwrap()), true)), "{code}");
        assert_eq!(chat.announced().len(), 1, "{code}");
    }
    let mut chat = TestChat::sent();
    chat.refuse("something_new");
    assert_eq!(chat.status("m1"), Some(failed(Cause::Unknown, true)));
}

#[test]
fn text_that_can_never_be_sent_goes_back_to_the_composer() {
    for code in ["invalid_field", "message_conflict", "body_too_large", "origin_not_allowed"] {
        let mut chat = TestChat::sent();
        chat.refuse(code);
        assert_eq!(chat.restored(), Some("Hello"), "{code}");
        chat.act(Action::Retry);
        assert_eq!(chat.send(), None, "{code}");
    }
}

#[test]
fn another_message_of_the_conversation_goes_first() {
    for code in ["busy", "stale_state"] {
        let mut chat = TestChat::sent();
        chat.event(None, naming(code, "x1"));
        assert_eq!(chat.join(), Some(("x1", None, 0)), "{code}");
        assert_eq!(chat.status("m1"), Some(TurnStatus::Running(Stage::Queued)));
        chat.event(Some(0), StreamEvent::Started).text(1, "Other").done(2);
        assert!(matches!(&chat.effects[0], Effect::Keep(turn, _) if turn.id == "x1"), "{code}");
        assert_eq!(chat.send(), Some(("m1", 1, false)), "{code}");
        let order: Vec<_> = chat.state().turns.iter().map(|turn| turn.id.as_str()).collect();
        assert_eq!(order, ["x1", "m1"]);
    }
}

#[test]
fn the_visitor_decides_when_the_other_message_is_gone() {
    let mut chat = TestChat::sent();
    chat.event(None, naming("stale_state", "x1")).refuse("stream_lost");
    assert_eq!(chat.state().stage(), Some(Stage::Asking));
    assert_eq!(chat.state().turns.len(), 1);
    chat.act(Action::Fork);
    assert_eq!(chat.send(), Some(("m1", 1, true)));
    chat.text(1, "One").done(2);
    assert_eq!(chat.status("m1"), Some(TurnStatus::Ended(End::Complete)));
}

#[test]
fn the_visitor_may_take_the_message_back_instead() {
    let mut chat = TestChat::sent();
    chat.refuse("stale_state");
    assert_eq!(chat.state().stage(), Some(Stage::Asking));
    chat.act(Action::Discard);
    assert_eq!(chat.restored(), Some("Hello"));
}

#[test]
fn a_failed_reply_of_another_message_does_not_hold_up_the_own_one() {
    let mut chat = TestChat::sent();
    chat.event(None, naming("busy", "x1")).event(Some(0), StreamEvent::Failed(problem("upstream_timeout")));
    assert_eq!(chat.send(), Some(("m1", 1, false)));
}

#[test]
fn detours_have_a_bound() {
    let mut chat = TestChat::sent();
    for other in ["x1", "x2", "x3"] {
        chat.event(None, naming("busy", other)).done(1);
        assert_eq!(chat.send(), Some(("m1", 1, false)));
    }
    chat.event(None, naming("busy", "x4"));
    assert_eq!(chat.status("m1"), Some(failed(Cause::Code(Code::Busy), true)));
}

#[test]
fn a_session_that_ended_is_followed_by_a_new_one() {
    let mut chat = TestChat::sent();
    chat.event(Some(3), StreamEvent::Failed(problem("session_ended"))).act(Action::Retry);
    assert!(chat.has(&Effect::CreateSession { run: chat.run(), carry: Carry::Nothing }));
}
