//! A conversation driven by hand: each test is a rule.

mod any_order;
mod around;
mod beside;
mod branches;
mod failures;
mod outbox;
mod ratings;
mod sending;

use porthole_protocol::{Done, End};

use super::{Action, Conversation, Effect, ProblemView, StreamEvent, TextSource, TurnStatus};

/// A conversation and what it asked for last.
struct TestChat {
    state: Option<Conversation>,
    effects: Vec<Effect>,
}

impl TestChat {
    fn new() -> Self {
        Self { state: Some(Conversation::new(4_000, Vec::new())), effects: Vec::new() }
    }

    /// One with a session.
    fn ready() -> Self {
        let mut chat = Self::new();
        chat.act(Action::Restored {
            turns: Vec::new(),
            outbox: Vec::new(),
            session: true,
            head: String::new(),
            now: 1_000,
        });
        chat
    }

    /// One whose first message was sent.
    fn sent() -> Self {
        let mut chat = Self::ready();
        chat.submit("Hello", "m1");
        chat
    }

    fn state(&self) -> &Conversation {
        self.state.as_ref().unwrap()
    }

    fn act(&mut self, action: Action) -> &mut Self {
        let (state, effects) = self.state.take().unwrap().after(action);
        self.state = Some(state);
        self.effects = effects;
        self
    }

    fn submit(&mut self, text: &str, id: &str) -> &mut Self {
        self.act(Action::Submit {
            text: text.into(),
            id: id.into(),
            source: TextSource::Composer,
            now: 1_000,
        })
    }

    /// The run of the last thing that was asked for.
    fn run(&self) -> u32 {
        self.state().serial
    }

    fn event(&mut self, event_id: Option<u32>, event: StreamEvent) -> &mut Self {
        let (run, now) = (self.run(), 1_000);
        self.act(Action::Stream { run, event_id, event, now })
    }

    fn text(&mut self, event: u32, text: &str) -> &mut Self {
        self.event(Some(event), StreamEvent::Delta(text.into()))
    }

    fn refuse(&mut self, code: &str) -> &mut Self {
        self.event(None, StreamEvent::Failed(problem(code)))
    }

    fn cut(&mut self) -> &mut Self {
        self.event(None, StreamEvent::CutOff)
    }

    fn done(&mut self, event: u32) -> &mut Self {
        self.event(Some(event), StreamEvent::Done(sealed(End::Complete)))
    }

    fn session_ready(&mut self) -> &mut Self {
        let run = self.run();
        self.act(Action::SessionReady { run })
    }

    fn status(&self, id: &str) -> Option<TurnStatus> {
        self.state().turn(id).map(|turn| turn.status)
    }

    fn reply(&self, id: &str) -> &str {
        self.state().turn(id).map_or("", |turn| &turn.reply)
    }

    /// The message that was sent: id, attempt, fork.
    fn send(&self) -> Option<(&str, u8, bool)> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Send { message_id, attempt, fork, .. } => Some((message_id.as_str(), *attempt, *fork)),
            _ => None,
        })
    }

    /// The reply that is joined: id, last event, wait.
    fn join(&self) -> Option<(&str, Option<u32>, u32)> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Join { message_id, last_event_id, wait_ms, .. } => {
                Some((message_id.as_str(), *last_event_id, *wait_ms))
            }
            _ => None,
        })
    }

    fn restored(&self) -> Option<&str> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::RestoreComposer(text) | Effect::FillComposer(text) => Some(text.as_str()),
            _ => None,
        })
    }

    fn announced(&self) -> Vec<&str> {
        let each = self.effects.iter().filter_map(|effect| match effect {
            Effect::Announce(text) | Effect::AnnounceReply { text, .. } => Some(text.as_str()),
            _ => None,
        });
        each.collect()
    }

    fn has(&self, effect: &Effect) -> bool {
        self.effects.contains(effect)
    }
}

fn problem(code: &str) -> ProblemView {
    ProblemView { code: code.into(), ..ProblemView::default() }
}

fn naming(code: &str, id: &str) -> StreamEvent {
    StreamEvent::Failed(ProblemView { message_id: Some(id.into()), ..problem(code) })
}

fn sealed(end: End) -> Done {
    Done {
        token: "token".into(),
        expires_at: "2026-01-01T00:00:00Z".into(),
        turn: 1,
        head: "head".into(),
        end,
        receipt: "receipt".into(),
    }
}
