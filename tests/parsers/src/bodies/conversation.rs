use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use porthole_protocol::{Done, Step, StepState};

use crate::conversation::{Action, Effect, Heard, Outgoing, ProblemView, Source, Standing, State, Turn};
use crate::input::Choices;

const IDS: [&str; 5] = ["m1", "m2", "m3", "x1", "x2"];
const CODES: [&str; 16] = [
    "",
    "invalid_token",
    "ticket_expired",
    "rate_limited",
    "busy",
    "stale_state",
    "stream_lost",
    "invalid_last_event_id",
    "stopped",
    "session_ended",
    "invalid_field",
    "message_conflict",
    "upstream_timeout",
    "draining",
    "internal",
    "unheard_of",
];

/// Has anything happen to a conversation, in any order: one message is under way, and ends once.
pub fn conversation(input: &[u8]) {
    let mut choices = Choices::of(input);
    let (mut state, mut serial) = (State::new(100), 0);
    let mut sealed: HashMap<String, Rc<Turn>> = HashMap::new();
    while !choices.is_empty() {
        let action = action(&mut choices, serial);
        if matches!(action, Action::NewChat) {
            sealed.clear();
        }
        let (next, effects) = state.after(action);
        state = next;
        serial = check_effects(&effects, serial);
        check_state(&state);
        keep_sealed(&state, &mut sealed);
    }
}

/// The next action; most are about the run that is under way.
fn action(choices: &mut Choices<'_>, serial: u32) -> Action {
    let kind = choices.below(24);
    let late = choices.pick(&[0, 0, 0, 0, 0, 0, 1, 2]);
    let (run, now) = (serial.wrapping_sub(late), u64::from(choices.byte()) * 100);
    match kind {
        0..=3 => Action::Submit {
            text: choices
                .pick(&["Hello", "", " ", "a\u{0}", "x\ny"])
                .repeat(choices.below(30)),
            id: choices.pick(&IDS).into(),
            source: choices.pick(&[Source::Composer, Source::Suggestion, Source::Page]),
            now,
        },
        4 => restored(choices),
        5 => Action::Adopted(Rc::new(adopted(choices))),
        6 => Action::Tick { now },
        7 => Action::Retry,
        8 => one_of(
            choices,
            &[Action::Stop, Action::Fork, Action::Discard, Action::NewChat],
        ),
        9 => one_of(
            choices,
            &[Action::Online, Action::Offline, Action::Shown, Action::Hidden],
        ),
        10 => Action::SessionLost,
        11 => Action::SessionReady { run },
        12 => Action::TicketReady { run },
        13 => Action::SessionFailed {
            run,
            problem: problem(choices),
            now,
        },
        _ => Action::Heard {
            run,
            event: event(choices),
            heard: heard(choices),
            now,
        },
    }
}

fn one_of(choices: &mut Choices<'_>, actions: &[Action; 4]) -> Action {
    actions[choices.below(actions.len())].clone()
}

fn event(choices: &mut Choices<'_>) -> Option<u32> {
    let number = u32::from(choices.byte());
    (number % 3 > 0).then_some(number % 10)
}

fn heard(choices: &mut Choices<'_>) -> Heard {
    match choices.below(12) {
        0 => Heard::Started,
        1..=3 => Heard::Delta("word ".repeat(choices.below(3))),
        4 => Heard::Step(Step {
            name: choices.pick(&["look up", "think"]).into(),
            state: choices.pick(&[StepState::Running, StepState::Done, StepState::Failed]),
        }),
        5 => Heard::Suggestions(vec!["more?".into(); choices.below(4)]),
        6 | 7 => Heard::Done(done(choices)),
        8 | 9 => Heard::Failed(problem(choices)),
        _ => Heard::CutOff,
    }
}

fn done(choices: &mut Choices<'_>) -> Done {
    Done {
        token: "token".into(),
        expires_at: String::new(),
        turn: choices.byte().into(),
        head: String::new(),
        stopped: choices.pick(&[true, false]),
        receipt: "receipt".into(),
    }
}

fn problem(choices: &mut Choices<'_>) -> ProblemView {
    ProblemView {
        code: choices.pick(&CODES).into(),
        detail: String::new(),
        retry_after: choices.pick(&[None, Some(0), Some(5), Some(u64::MAX)]),
        message_id: choices
            .pick(&[None, Some("m1"), Some("m2"), Some("x1")])
            .map(String::from),
    }
}

fn restored(choices: &mut Choices<'_>) -> Action {
    let outgoing = Outgoing {
        message_id: choices.pick(&IDS).into(),
        text: "Hello".into(),
        attempt: choices.byte(),
        at: 0,
    };
    Action::Restored {
        turns: Vec::new(),
        outgoing: Some(outgoing).filter(|_| choices.pick(&[true, false])),
        session: choices.pick(&[true, false]),
    }
}

fn adopted(choices: &mut Choices<'_>) -> Turn {
    Turn {
        standing: Standing::Complete,
        sealed: Some((1, String::new())),
        ..Turn::new(choices.pick(&IDS).into(), "Asked".into(), 0)
    }
}

/// At most one stream or session is asked for, under a number of its own: the last number that was given.
fn check_effects(effects: &[Effect], before: u32) -> u32 {
    let runs: Vec<u32> = effects.iter().filter_map(run_of).collect();
    assert!(runs.len() <= 1, "{effects:?}");
    for effect in effects {
        if let Effect::Send {
            run, attempt, text, ..
        } = effect
        {
            assert!((1..=5).contains(attempt) && !text.trim().is_empty(), "{effect:?}");
            assert!(*run > before, "{effect:?} after {before}");
        }
        if let Effect::Join { run, .. } | Effect::CreateSession { run, .. } = effect {
            assert!(*run > before, "{effect:?} after {before}");
        }
    }
    runs.first().copied().unwrap_or(before)
}

/// One message is under way and perhaps another waits, and no message stands twice.
fn check_state(state: &State) {
    let is_running = |turn: &&Rc<Turn>| matches!(turn.standing, Standing::Running(_));
    let running = state.turns.iter().filter(is_running).count();
    assert!(running <= 2, "{state:?}");
    assert_eq!(state.stage().is_some(), running > 0, "{state:?}");
    let ids: HashSet<&String> = state.turns.iter().map(|turn| &turn.id).collect();
    assert_eq!(ids.len(), state.turns.len(), "{state:?}");
}

/// What is sealed never changes, but that another tab may say later what was asked.
fn keep_sealed(state: &State, sealed: &mut HashMap<String, Rc<Turn>>) {
    for turn in state.turns.iter().filter(|turn| turn.sealed.is_some()) {
        let first = sealed.entry(turn.id.clone()).or_insert_with(|| Rc::clone(turn));
        assert!(first.user.is_empty() || first.user == turn.user);
        let same = Turn {
            user: turn.user.clone(),
            ..Turn::clone(first)
        };
        assert_eq!(same, **turn);
    }
}

fn run_of(effect: &Effect) -> Option<u32> {
    match effect {
        Effect::Send { run, .. }
        | Effect::Join { run, .. }
        | Effect::CreateSession { run, .. }
        | Effect::RefreshTicket { run } => Some(*run),
        _ => None,
    }
}
