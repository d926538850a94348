//! The time that the verification of a transcript takes, in this process.

use std::time::{Duration, Instant};

use porthole_domain::chain::{End, Head, SealedTurn, TextHash};
use porthole_domain::clock::UnixTime;
use porthole_domain::keys::Keyring;
use porthole_domain::message::MessageId;
use porthole_domain::origin::Origin;
use porthole_domain::session::{Lifetimes, NewSession, Session, Via};
use porthole_domain::site::SiteId;
use porthole_domain::transcript::{Transcript, Turn, TurnText};
use secrecy::SecretString;
use uuid::Uuid;

use crate::error::{Attempt, BenchResult};
use crate::report::{BenchReport, Measure};
use crate::stats::median;

/// The turns of a long conversation, all of them in the window.
const TURNS: u32 = 40;
/// The bytes of a turn, half of them the visitor's.
const TURN_BYTES: usize = 500;
const ROUNDS: usize = 1_000;
/// Microseconds; the bar.
const BAR: f64 = 200.0;

pub(super) fn measure(report: &mut BenchReport) -> BenchResult {
    let (session, transcript) = conversation()?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let told = transcript.clone();
        let begin = Instant::now();
        let verified = told.verify(&session, TURNS);
        times.push(begin.elapsed().as_secs_f64() * 1e6);
        verified.attempt("verify the transcript")?;
    }
    report.add(Measure::cost("proxy.transcript.40.us", median(&times), "µs").with_bar(BAR));
    Ok(())
}

fn conversation() -> BenchResult<(Session, Transcript)> {
    let secret = SecretString::from("a-secret-of-the-bench-and-nothing-else");
    let keyring = Keyring::new(&[secret]).attempt("derive keys")?;
    let life = Lifetimes { idle: Duration::from_hours(24), max: Duration::from_hours(720) };
    let new = NewSession {
        site: SiteId::default(),
        origin: Origin::normalise("https://shop.example").attempt("read an origin")?,
        via: Via::Frame,
        sid: Uuid::from_u128(1),
        jti: Uuid::from_u128(2),
        wk: keyring.signing_key_id(),
    };
    let now = UnixTime(1_800_000_000);
    let mut session = Session::new(new, now, &life);
    let base = Some(Head::new(&session.site, session.sid));
    let mut turns = Vec::new();
    for number in 1..=TURNS {
        let text = || TurnText::Full("x".repeat(TURN_BYTES / 2));
        let id = MessageId::from(Uuid::from_u128(number.into()));
        turns.push(Turn { id, end: End::Complete, user: text(), reply: text() });
        let hash = TextHash::new(&"x".repeat(TURN_BYTES / 2));
        let sealed = SealedTurn { message_id: id, user: hash, reply: hash, end: End::Complete };
        session = session.advance(&sealed, Uuid::from_u128(number.into()), now, &life);
    }
    Ok((session, Transcript { base, turns, keep: None }))
}
