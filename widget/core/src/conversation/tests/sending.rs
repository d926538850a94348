use porthole_protocol::{End, Step, StepState};

use porthole_protocol::history::Role;

use super::super::{
    Action, Carry, Conversation, Declined, Effect, Outgoing, PageEvent, Stage, StreamEvent, TextSource,
    TurnStatus,
};
use super::{TestChat, sealed};
use porthole_protocol::text::TextError;

#[test]
fn no_session_is_opened_before_the_first_message() {
    let mut chat = TestChat::new();
    chat.act(Action::Restored {
        turns: Vec::new(),
        outbox: Vec::new(),
        session: false,
        head: String::new(),
        now: 1_000,
    })
    .act(Action::Shown);
    assert!(chat.effects.is_empty());
    chat.submit("Hello", "m1");
    assert!(chat.has(&Effect::CreateSession { run: chat.run(), carry: Carry::Nothing }));
    assert_eq!(chat.send(), None);
    chat.session_ready();
    assert_eq!(chat.send(), Some(("m1", 1, false)));
}

#[test]
fn a_message_is_in_the_outbox_before_it_is_sent() {
    let chat = TestChat::sent();
    let outgoing =
        Outgoing { id: "m1".into(), text: "Hello".into(), attempt: 0, at: 1_000, until: 0, keep: None };
    let keeps = chat.effects.iter().position(|e| *e == Effect::KeepOutgoing(outgoing.clone(), None)).unwrap();
    let sends = chat.effects.iter().position(|e| matches!(e, Effect::Send { .. })).unwrap();
    assert!(keeps < sends);
    let empties = chat.effects.iter().position(|e| *e == Effect::EmptyComposer).unwrap();
    assert!(keeps < empties, "the text is never in neither");
    assert!(chat.has(&Effect::ToPage(PageEvent::Message { role: Role::User, length: 5 })));
}

#[test]
fn a_reply_streams_and_is_stored_once_it_is_sealed() {
    let mut chat = TestChat::sent();
    assert_eq!(chat.state().stage(), Some(Stage::Waiting));
    chat.event(Some(0), StreamEvent::Started).text(1, "One ").text(2, "**two**");
    assert_eq!(chat.state().stage(), Some(Stage::Streaming));
    assert!(chat.effects.is_empty(), "nothing is said for each token");
    chat.event(Some(3), StreamEvent::Suggestions(vec!["More?".into()])).done(4);
    assert_eq!(chat.status("m1"), Some(TurnStatus::Ended(End::Complete)));
    assert_eq!(chat.announced(), ["One **two**"]);
    assert_eq!(chat.state().stage(), None);
    assert_eq!(chat.state().chips(), ["More?"]);
    assert!(
        matches!(&chat.effects[0], Effect::Keep(turn, done) if turn.reply == "One **two**" && done.token == "token")
    );
}

#[test]
fn a_step_is_shown_once_with_its_last_state() {
    let mut chat = TestChat::sent();
    let step = |state| StreamEvent::Step(Step { name: "look up".into(), state }, String::new());
    chat.event(Some(0), step(StepState::Running)).event(Some(1), step(StepState::Done));
    let steps = &chat.state().turn("m1").unwrap().steps;
    assert_eq!(steps.as_slice(), [Step { name: "look up".into(), state: StepState::Done }]);
}

#[test]
fn a_text_that_the_proxy_would_refuse_is_not_sent() {
    for (text, refusal) in [
        (" \n", TextError::Empty),
        ("\r\u{7}\n", TextError::Empty),
        (&*"a".repeat(4_001), TextError::TooLong { max_chars: 4_000 }),
    ] {
        let mut chat = TestChat::ready();
        chat.submit(text, "m1");
        assert_eq!(chat.state().declined, Some(Declined::Text(refusal)));
        assert!(chat.effects.is_empty());
    }
}

#[test]
fn control_characters_are_gone_before_a_message_exists() {
    let mut chat = TestChat::ready();
    chat.submit("Lamp\u{b}1042\r\n\u{2}please\u{0}", "m1");
    let text = "Lamp\n1042\nplease";
    assert!(chat.effects.iter().any(|it| matches!(it, Effect::Send { text: sent, .. } if sent == text)));
    assert_eq!(chat.state().turn("m1").unwrap().user, text);
}

#[test]
fn a_stopped_reply_is_read_to_its_end() {
    let mut chat = TestChat::sent();
    chat.text(1, "One").act(Action::Stop);
    assert!(chat.has(&Effect::Stop { message_id: "m1".into() }));
    chat.text(2, " two");
    assert_eq!(chat.state().stage(), Some(Stage::Stopping));
    chat.event(Some(3), StreamEvent::Done(sealed(End::Stopped)));
    assert_eq!(chat.status("m1"), Some(TurnStatus::Ended(End::Stopped)));
    assert_eq!(chat.reply("m1"), "One two");
    assert!(matches!(&chat.effects[0], Effect::Keep(..)));
}

#[test]
fn a_reply_stopped_before_its_first_word_is_no_failure() {
    let mut chat = TestChat::sent();
    chat.act(Action::Stop).refuse("stopped");
    assert_eq!(chat.status("m1"), Some(TurnStatus::Ended(End::Stopped)));
    assert!(chat.announced().is_empty());
    assert!(chat.has(&Effect::DropOutgoing { message_id: "m1".into() }));
    chat.act(Action::Retry);
    assert!(
        matches!(&chat.effects[0], Effect::KeepOutgoing(kept, None) if (kept.attempt, kept.until) == (1, 0))
    );
    assert_eq!(chat.send(), Some(("m1", 2, false)));
}

#[test]
fn stopping_what_was_not_sent_puts_it_back_into_the_composer() {
    let mut chat = TestChat::ready();
    chat.act(Action::Offline).submit("Hello", "m1");
    assert_eq!(chat.state().stage(), Some(Stage::Offline));
    chat.act(Action::Stop);
    assert_eq!(chat.restored(), Some("Hello"));
    assert!(chat.state().turns.is_empty());
    assert_eq!(chat.state().stage(), None);
}

#[test]
fn what_was_written_offline_is_sent_once_when_the_network_is_back() {
    let mut chat = TestChat::ready();
    chat.act(Action::Offline).submit("Hello", "m1");
    assert_eq!(chat.send(), None);
    chat.act(Action::Online);
    assert_eq!(chat.send(), Some(("m1", 1, false)));
    chat.act(Action::Online);
    assert_eq!(chat.send(), None);
}

#[test]
fn an_event_of_an_older_run_is_ignored() {
    let mut chat = TestChat::sent();
    let old = chat.run();
    chat.act(Action::NewChat).submit("Hello", "m2").session_ready();
    chat.act(Action::Stream { run: old, event_id: Some(1), event: StreamEvent::Delta("old".into()), now: 0 });
    assert_eq!(chat.reply("m2"), "");
}

#[test]
fn a_tapped_starter_sends_its_text_as_it_was_shown() {
    let starters = vec!["Hello".into(), "Where is my\u{200b} order?".into()];
    let tap = |index| {
        let action = Action::Tap { index, id: "m1".into(), now: 1 };
        Conversation::new(100, starters.clone()).after(action)
    };
    let (state, _) = tap(1);
    assert_eq!(state.turns[0].user, "Where is my order?");
    assert_eq!(state.chips(), [""; 0]);
    let (state, effects) = tap(2);
    assert!(state.turns.is_empty() && effects.is_empty(), "there is no third chip");
}

#[test]
fn a_tapped_suggestion_sends_its_text_and_leaves_the_composer_alone() {
    let mut chat = TestChat::sent();
    chat.event(Some(0), StreamEvent::Suggestions(vec!["More?".into()])).done(1);
    chat.act(Action::Tap { index: 0, id: "m2".into(), now: 1 });
    assert_eq!(chat.state().turns[1].user, "More?");
    assert!(!chat.has(&Effect::EmptyComposer));
}

#[test]
fn a_text_that_was_sent_before_the_app_was_there_comes_back_if_it_is_declined() {
    let mut chat = TestChat::ready();
    chat.act(Action::Submit { text: "  ".into(), id: "m1".into(), source: TextSource::Early, now: 1 });
    assert_eq!(chat.effects, [Effect::RestoreComposer("  ".into())]);
    assert!(chat.state().status().declined);
    chat.act(Action::Refilled { text: "  ".into() });
    assert!(chat.state().status().declined, "the visitor has not changed it yet");
    chat.act(Action::Edited { text: "a".into() });
    assert!(!chat.state().status().declined);
}

#[test]
fn characters_are_counted_down_near_the_limit_as_people_count_them() {
    for (text, left) in [
        (String::new(), None),
        ("a".repeat(3_800), None),
        ("a".repeat(3_801), Some(199)),
        ("😀".repeat(4_000), Some(0)),
        ("a".repeat(4_002), Some(-2)),
    ] {
        let mut chat = TestChat::ready();
        chat.act(Action::Edited { text });
        assert_eq!(chat.state().status().left, left);
    }
}

#[test]
fn a_run_counts_from_its_effect_until_it_is_over() {
    let mut chat = TestChat::ready();
    assert_eq!(chat.state().status().run, 0);
    chat.submit("Hello", "m1");
    let status = chat.state().status();
    assert_eq!((status.run, status.busy), (chat.run(), true));
    chat.refuse("rate_limited");
    assert!(chat.state().status().ticking);
    chat.act(Action::Discard);
    assert_eq!((chat.state().status().run, chat.state().status().busy), (0, false));
}
