use porthole_protocol::{Done, End};

use std::collections::HashMap;
use std::rc::Rc;

use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

use super::super::state::Panel;
use super::super::{
    Act, Action, Conversation, Effect, Outgoing, ProblemView, StreamEvent, TextSource, Turn, TurnStatus, Wish,
};
use super::sealed;

const IDS: [&str; 5] = ["m1", "m2", "m3", "x1", "x2"];
const ACTS: [Act; 5] = [Act::Edit, Act::Regenerate, Act::GoOn, Act::Flip, Act::TakeBack];
const CODES: [&str; 17] = [
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
    "transcript_mismatch",
    "upstream_timeout",
    "draining",
    "internal",
    "unheard_of",
];

fn id() -> impl Strategy<Value = String> {
    prop::sample::select(IDS.as_slice()).prop_map(String::from)
}

fn outgoing(id: String, until: u64) -> Outgoing {
    Outgoing { id, text: "Hello".into(), attempt: 1, at: 0, until, keep: None }
}

fn problem() -> impl Strategy<Value = ProblemView> {
    (prop::sample::select(CODES.as_slice()), prop::option::of(id()), prop::option::of(0..10_u64)).prop_map(
        |(code, message_id, retry_after)| ProblemView {
            code: code.into(),
            detail: String::new(),
            retry_after,
            message_id,
        },
    )
}

fn event() -> impl Strategy<Value = StreamEvent> {
    prop_oneof![
        1 => Just(StreamEvent::Started),
        4 => Just(StreamEvent::Delta("word ".into())),
        1 => Just(StreamEvent::Replace("again ".into())),
        1 => Just(StreamEvent::Reasoning("thought ".into())),
        1 => Just(StreamEvent::Beside("{}".into())),
        2 => prop_oneof![Just(End::Complete), Just(End::Stopped), Just(End::Incomplete)].prop_map(|end| StreamEvent::Done(sealed(end))),
        4 => problem().prop_map(StreamEvent::Failed),
        3 => Just(StreamEvent::CutOff),
    ]
}

/// An action; `late` says how many runs ago its run was.
#[derive(Clone, Debug)]
enum Any {
    Plain(Action),
    Stream(u32, Option<u32>, StreamEvent),
    SessionReady(u32),
    SessionFailed(u32, ProblemView),
    TicketReady(u32),
}

fn late() -> impl Strategy<Value = u32> {
    prop_oneof![8 => Just(0_u32), 1 => 1..3_u32]
}

fn actions() -> impl Strategy<Value = Any> {
    let submit =
        id().prop_map(|id| Action::Submit { text: "Hello".into(), id, source: TextSource::Composer, now: 0 });
    let until = prop::option::of(0..20_000_u64);
    let restored = (id(), any::<bool>(), until).prop_map(|(message_id, session, until)| Action::Restored {
        turns: Vec::new(),
        outbox: vec![outgoing(message_id, until.unwrap_or(0))],
        session,
        head: String::new(),
        now: 0,
    });
    let changed = (prop::collection::vec(id(), 0..4), prop::option::of(id()), any::<bool>()).prop_map(
        |(ids, sent, session)| Action::OutboxChanged {
            outbox: ids.into_iter().map(|id| outgoing(id, 0)).collect(),
            sent,
            session,
        },
    );
    let adopted = id().prop_map(|id| {
        let head = format!("head of {id}");
        let turn = Turn::new(id, "Asked".into(), 0);
        let (sealed, status) = (Some(String::new()), TurnStatus::Ended(End::Complete));
        let turn = Rc::new(Turn { status, sealed, number: 1, head, ..turn });
        Action::Adopted { turn }
    });
    let branch = (prop::sample::select(ACTS.as_slice()), id(), id(), 0..4_usize)
        .prop_map(|(act, id, new_id, index)| Action::Branch(Wish { act, id, index, new_id, now: 0 }));
    let at_head = id().prop_map(|id| Action::AtHead { head: format!("head of {id}") });
    let tick = (0..20_000_u64).prop_map(|now| Action::Tick { now });
    let plain = prop_oneof![
        6 => submit, 1 => restored, 1 => adopted, 2 => tick, 5 => branch, 1 => Just(Action::LeaveEdit), 1 => at_head,
        2 => Just(Action::Stop), 3 => Just(Action::Retry), 1 => Just(Action::Fork), 1 => Just(Action::Discard),
        1 => Just(Action::NewChat), 1 => Just(Action::ChatLeft), 1 => Just(Action::SessionLost), 1 => Just(Action::Online),
        2 => changed, 1 => Just(Action::SendNext), 1 => Just(Action::Recall), 1 => Just(Action::Offline),
        1 => Just(Action::Shown), 1 => Just(Action::Hidden),
    ];
    prop_oneof![
        10 => plain.prop_map(Any::Plain),
        14 => (late(), prop::option::of(0..9_u32), event()).prop_map(|(late, id, event)| Any::Stream(late, id, event)),
        3 => late().prop_map(Any::SessionReady),
        1 => (late(), problem()).prop_map(|(late, problem)| Any::SessionFailed(late, problem)),
        1 => late().prop_map(Any::TicketReady),
    ]
}

fn resolve(any: Any, state: &Conversation) -> Action {
    let run = |late: u32| state.serial.wrapping_sub(late);
    match any {
        Any::Plain(action) => action,
        Any::Stream(late, event_id, event) => {
            let event = match event {
                StreamEvent::Done(done) => StreamEvent::Done(next_seal(state, done)),
                event => event,
            };
            Action::Stream { run: run(late), event_id, event, now: 0 }
        }
        Any::SessionReady(late) => Action::SessionReady { run: run(late) },
        Any::SessionFailed(late, problem) => Action::SessionFailed { run: run(late), problem, now: 0 },
        Any::TicketReady(late) => Action::TicketReady { run: run(late) },
    }
}

/// The seal that the proxy would make: the turn after those on the screen, with a head of its own.
fn next_seal(state: &Conversation, done: Done) -> Done {
    let number = state.turns.iter().filter(|turn| is_sealed(turn)).map(|turn| turn.number).max().unwrap_or(0);
    Done { turn: number + 1, head: format!("head {}", state.serial), ..done }
}

fn is_sealed(turn: &Turn) -> bool {
    turn.sealed.is_some()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_happens_one_message_is_under_way_and_ends_once(edits in any::<bool>(), steps in prop::collection::vec(actions(), 0..60)) {
        let mut state = Conversation::new(100, Vec::new());
        state.offers.edits = edits;
        let mut over: HashMap<String, Rc<Turn>> = HashMap::new();
        for any in steps {
            let action = resolve(any, &state);
            let is_new = matches!(action, Action::NewChat | Action::ChatLeft);
            let before = state.serial;
            let (next, effects) = state.after(action);
            state = next;

            let runs: Vec<u32> = effects.iter().filter_map(run_of).collect();
            prop_assert!(runs.len() <= 1, "one stream or session at a time: {:?}", effects);
            for effect in &effects {
                let starts = matches!(effect, Effect::Send { .. } | Effect::Join { .. } | Effect::CreateSession { .. });
                prop_assert!(!starts || run_of(effect) == Some(state.serial) && state.serial != before);
                if let Effect::Send { attempt, .. } = effect {
                    prop_assert!((1..=5).contains(attempt));
                }
            }
            let running = state.turns.iter().filter(|turn| matches!(turn.status, TurnStatus::Running(_))).count();
            let most = usize::from(state.run.is_some()) + usize::from(state.run.as_ref().is_some_and(|run| run.queued_own.is_some()));
            prop_assert_eq!(running, most, "{:?}", state);
            prop_assert_eq!(state.stage().is_some(), state.run.is_some());
            let mut ids: Vec<_> = state.turns.iter().chain(&state.hidden).map(|turn| &turn.id).collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), state.turns.len() + state.hidden.len(), "no message stands twice");
            let is_held_up = state.panel == Panel::Resting || state.is_paused() || state.is_next_edited();
            prop_assert!(state.run.is_some() || state.waiting.is_empty() || is_held_up, "{:?}", state);

            if is_new {
                over.clear();
            }
            let sealed = || state.turns.iter().chain(&state.hidden).filter(|turn| is_sealed(turn));
            for id in over.keys() {
                prop_assert!(sealed().any(|turn| turn.id == *id), "{id} is lost");
            }
            for turn in sealed() {
                let first = over.entry(turn.id.clone()).or_insert_with(|| Rc::clone(turn));
                // Another tab may say later what was asked there.
                let same = Turn { user: turn.user.clone(), ..Turn::clone(first) };
                prop_assert!(first.user.is_empty() || first.user == turn.user);
                prop_assert_eq!(&same, &**turn, "what is sealed never changes");
            }
        }
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
