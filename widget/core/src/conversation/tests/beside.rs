//! All that comes beside the text of a reply, and text that is taken back.

use porthole_protocol::{Step, StepState};

use super::TestChat;
use crate::conversation::turn::MAX_BESIDE;
use crate::conversation::{Action, Effect, StreamEvent, Turn};

impl TestChat {
    fn event_at(&mut self, now: u64, event_id: u32, event: StreamEvent) -> &mut Self {
        let (run, event_id) = (self.run(), Some(event_id));
        self.act(Action::Stream { run, event_id, event, now })
    }

    fn turn(&self) -> &Turn {
        self.state().turn("m1").unwrap()
    }
}

fn thought(text: &str) -> StreamEvent {
    StreamEvent::Reasoning(text.into())
}

fn beside(line: &str) -> StreamEvent {
    StreamEvent::Beside(line.into())
}

fn replace(text: &str) -> StreamEvent {
    StreamEvent::Replace(text.into())
}

#[test]
fn a_model_thinks_from_its_first_thought_to_the_next_thing_that_it_does() {
    let mut chat = TestChat::sent();
    chat.event_at(1_000, 1, thought("One")).event_at(3_000, 2, thought(" two"));
    assert_eq!((chat.turn().thinking_since, chat.turn().thought_ms), (Some(1_000), 0));
    let step = Step { name: "Search".into(), state: StepState::Running };
    chat.event_at(4_000, 3, StreamEvent::Step(step, "{}".into()));
    chat.event_at(9_000, 4, thought(", three")).event_at(9_500, 5, StreamEvent::Delta("Done".into()));
    assert_eq!((chat.turn().thinking_since, chat.turn().thought_ms), (None, 3_500));
    assert_eq!((&*chat.turn().thoughts, &*chat.turn().beside), ("One two, three", "{}\n"));
}

#[test]
fn the_text_after_the_last_replacement_is_kept_and_said() {
    let mut chat = TestChat::sent();
    chat.text(1, "Wrong")
        .event(Some(2), replace(""))
        .text(3, "Ri")
        .event(Some(4), replace("Right"))
        .text(5, ".");
    assert_eq!(chat.reply("m1"), "Right.");
    // A join repeats what was read.
    chat.event(Some(4), replace("Wrong"));
    chat.done(6);
    assert!(matches!(&chat.effects[0], Effect::Keep(turn, _) if turn.reply == "Right."));
    assert_eq!(chat.announced(), ["Right."]);
}

#[test]
fn another_attempt_forgets_what_came_beside_the_one_before() {
    let mut chat = TestChat::sent();
    chat.event(Some(1), thought("Hm")).event(Some(2), beside("{}")).event(Some(3), StreamEvent::Started);
    assert_eq!((&*chat.turn().thoughts, &*chat.turn().beside), ("", ""));
}

#[test]
fn events_beside_a_reply_have_a_bound() {
    let mut chat = TestChat::sent();
    let line = "x".repeat(MAX_BESIDE / 4);
    for event in 1..9 {
        chat.event(Some(event), beside(&line));
    }
    assert_eq!(chat.turn().beside.len(), 3 * (line.len() + 1));
}
