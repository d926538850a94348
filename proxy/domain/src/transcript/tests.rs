//! Random conversations, told honestly in every way that the rules allow, and manipulated in every way that they do not.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use secrecy::SecretString;
use uuid::Uuid;

use super::{Branch, MAX_HISTORY_BYTES, PastTurn, Transcript, Turn, TurnText};
use crate::chain::{End, Head, SealedTurn, TextHash};
use crate::clock::UnixTime;
use crate::keys::Keyring;
use crate::message::MessageId;
use crate::origin::Origin;
use crate::session::{Lifetimes, NewSession, Session, Via};
use crate::site::SiteId;

/// A conversation as it was sealed: its session, its turns, and the head before each of them and after the last.
#[derive(Clone, Debug)]
pub(crate) struct SealedChat {
    pub(crate) session: Session,
    pub(crate) turns: Vec<Turn>,
    pub(crate) heads: Vec<Head>,
}

impl SealedChat {
    pub(crate) fn new(turns: Vec<Turn>) -> Self {
        let mut session = session();
        let mut heads = vec![session.head];
        for turn in &turns {
            session.turn += 1;
            session.head = session.head.after(session.turn, &SealedTurn::from(turn));
            heads.push(session.head);
        }
        Self { session, turns, heads }
    }

    /// Tells the smallest transcript that the rules allow: the window, with hashes where no text is needed.
    pub(crate) fn told(&self, kept: usize, window: usize) -> Transcript {
        let before = kept - kept.min(window);
        let mut turns = self.turns[before..].to_vec();
        turns[kept - before..].iter_mut().for_each(hash);
        Transcript { base: Some(self.heads[before]), turns, keep: u32::try_from(kept).ok() }
    }

    fn verify(&self, transcript: Transcript, window: usize) -> Option<Branch> {
        transcript.verify(&self.session, u32::try_from(window).unwrap()).ok()
    }

    fn past(&self, kept: usize, window: usize) -> Vec<PastTurn> {
        let turns = &self.turns[kept - kept.min(window)..kept];
        turns.iter().map(|turn| turn.clone().into_past().unwrap()).collect()
    }
}

fn session() -> Session {
    let ring = Keyring::new(&[SecretString::from("q8Zr1vXoPf0mJc7uKd2sLwTb5nYh9eGa")]).unwrap();
    let new = NewSession {
        site: SiteId::default(),
        origin: Origin::normalise("https://shop.example").unwrap(),
        via: Via::Frame,
        sid: Uuid::from_u128(3),
        jti: Uuid::from_u128(4),
        wk: ring.signing_key_id(),
    };
    let life = Lifetimes { idle: Duration::from_hours(24), max: Duration::from_hours(720) };
    Session::new(new, UnixTime(1_800_000_000), &life)
}

fn hash(turn: &mut Turn) {
    for text in [&mut turn.user, &mut turn.reply] {
        if let TurnText::Full(full) = text {
            *text = TurnText::Hashed(TextHash::new(full));
        }
    }
}

pub(crate) fn turn(id: u128, user: &str, reply: &str, end: End) -> Turn {
    Turn {
        id: MessageId::from(Uuid::from_u128(id)),
        end,
        user: TurnText::Full(user.to_owned()),
        reply: TurnText::Full(reply.to_owned()),
    }
}

pub(crate) fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let end = prop_oneof![Just(End::Complete), Just(End::Stopped), Just(End::Incomplete)];
    let parts = (any::<u128>(), "\\PC{1,12}", "\\PC{0,20}", end);
    vec(parts.prop_map(|(id, user, reply, end)| turn(id, &user, &reply, end)), 1..9)
}

/// Changes one thing of a transcript; each number is another way.
fn manipulate(transcript: &mut Transcript, way: usize, at: usize) {
    let count = transcript.turns.len();
    let text = |text: &mut TurnText, change: fn(String) -> String| {
        *text = TurnText::Full(change(match text {
            TurnText::Full(full) => std::mem::take(full),
            TurnText::Hashed(_) => "?".to_owned(),
        }));
    };
    if count == 0 {
        transcript.turns.push(turn(7, "never", "sealed", End::Complete));
        return;
    }
    let at = at % count;
    let other = &mut transcript.turns[at];
    match way {
        0 => text(&mut other.user, |user| user + " "),
        1 => text(&mut other.reply, |reply| reply + "."),
        2 => other.id = MessageId::from(Uuid::from_u128(u128::MAX)),
        3 => other.end = if other.end == End::Complete { End::Stopped } else { End::Complete },
        4 => drop(transcript.turns.remove(at)),
        5 => transcript.turns.insert(at, turn(7, "never", "sealed", End::Complete)),
        6 => transcript.base = Some(Head::new(&SiteId::default(), Uuid::nil())),
        7 => other.user = TurnText::Hashed(TextHash::new("another")),
        8 => std::mem::swap(&mut other.user, &mut other.reply),
        _ => transcript.keep = Some(u32::MAX),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn an_honest_transcript_holds_and_gives_the_history_of_its_window(
        turns in turns(), kept in 0_usize..9, window in 0_usize..6, more in 0_usize..4,
    ) {
        let conversation = SealedChat::new(turns);
        let kept = kept.min(conversation.turns.len());
        let smallest = conversation.told(kept, window);
        let larger = conversation.told(kept, window + more);
        for transcript in [smallest, larger] {
            let branch = conversation.verify(transcript, window).unwrap();
            prop_assert_eq!(branch.parent, conversation.heads[kept]);
            prop_assert_eq!(branch.kept as usize, kept);
            prop_assert_eq!(branch.history, Some(conversation.past(kept, window)));
        }
    }

    #[test]
    fn a_manipulated_transcript_never_holds(
        turns in turns(), kept in 0_usize..9, window in 0_usize..6, way in 0_usize..10, at in 0_usize..9,
    ) {
        let conversation = SealedChat::new(turns);
        let kept = kept.min(conversation.turns.len());
        let honest = conversation.told(kept, window);
        let mut forged = honest.clone();
        manipulate(&mut forged, way, at);
        let same = format!("{:?}", sealed(&honest)) == format!("{:?}", sealed(&forged));
        prop_assert!(same || conversation.verify(forged, window).is_none());
    }

    #[test]
    fn less_than_the_window_is_not_enough(turns in turns(), kept in 1_usize..9, window in 1_usize..6) {
        let conversation = SealedChat::new(turns);
        let kept = kept.min(conversation.turns.len());
        let shorter = conversation.told(kept, window.min(kept) - 1);
        prop_assert_eq!(conversation.verify(shorter, window), None);
        let mut hashed = conversation.told(kept, window);
        hash(&mut hashed.turns[0]);
        prop_assert_eq!(conversation.verify(hashed, window), None);
    }
}

/// Everything of a transcript that its verification depends on.
fn sealed(transcript: &Transcript) -> (Option<Head>, Option<u32>, Vec<SealedTurn>) {
    (transcript.base, transcript.keep, transcript.turns.iter().map(SealedTurn::from).collect())
}

#[test]
fn a_message_that_keeps_nothing_proves_nothing() {
    let conversation = SealedChat::new(vec![turn(1, "a", "b", End::Complete)]);
    let nothing = Transcript { keep: Some(0), ..Transcript::default() };
    let branch = conversation.verify(nothing, 20).unwrap();
    assert_eq!((branch.parent, branch.kept, branch.history), (conversation.heads[0], 0, Some(vec![])));
}

#[test]
fn the_history_of_an_absent_transcript_is_a_mismatch_but_in_a_new_conversation() {
    let conversation = SealedChat::new(vec![turn(1, "a", "b", End::Complete)]);
    assert_eq!(conversation.verify(Transcript::default(), 20), None);
    let empty = SealedChat::new(vec![]);
    assert_eq!(empty.verify(Transcript::default(), 20).unwrap().kept, 0);
}

#[test]
fn the_history_begins_where_its_bytes_end() {
    let long = "x".repeat(usize::try_from(MAX_HISTORY_BYTES).unwrap() - 1);
    let told = |texts: [&str; 3]| {
        let turns = texts.into_iter().zip(1..).map(|(reply, id)| turn(id, "q", reply, End::Complete));
        let conversation = SealedChat::new(turns.collect());
        let transcript = conversation.told(3, 3);
        conversation.verify(transcript, 3).unwrap().history.unwrap().len()
    };
    assert_eq!(told(["a", "b", "c"]), 3);
    assert_eq!(told(["a", &long, "c"]), 1);
    assert_eq!(told(["a", "b", &long]), 1);
    assert_eq!(told(["a", "b", &format!("{long}x")]), 0);
}

#[test]
fn a_turn_too_long_for_the_history_may_be_hashed() {
    let long = "x".repeat(usize::try_from(MAX_HISTORY_BYTES).unwrap());
    let turns = vec![turn(1, "q", &long, End::Complete), turn(2, "r", "s", End::Stopped)];
    let conversation = SealedChat::new(turns);
    let mut transcript = conversation.told(2, 20);
    hash(&mut transcript.turns[0]);
    let history = conversation.verify(transcript, 20).unwrap().history;
    assert_eq!(
        history,
        Some(vec![PastTurn {
            id: MessageId::from(Uuid::from_u128(2)),
            user: "r".into(),
            reply: "s".into(),
            partial: true
        }])
    );
}
