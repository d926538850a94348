//! Session tokens: minted, verified, renewed and sealed.

mod forgeries;
mod hostile;

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::{Continuation, Identity, Lifetimes, NewSession, Session, Thumbprint, Via};
use crate::{
    chain::{End, Head, SealedTurn, TextHash},
    clock::{SKEW, UnixTime},
    keys::{KeyError, Keyring},
    message::MessageId,
    origin::Origin,
    site::SiteId,
    token::{TokenError, TokenErrorKind, Validation},
};

pub(super) const ISSUER: &str = "https://chat.example.com";
pub(super) const NOW: UnixTime = UnixTime(1_800_000_000);
pub(super) const LIFE: Lifetimes =
    Lifetimes { idle: Duration::from_hours(24), max: Duration::from_hours(720) };

const SECRETS: [&str; 2] = ["q8Zr1vXoPf0mJc7uKd2sLwTb5nYh9eGa", "Wm3xTf6bRz9kQs1pVd4hLc8yNg2jUa7e"];

/// The token of [`session`] as releases before key proofs minted it, made with another language's HMAC.
const EARLIER: &str = "\
    eyJhbGciOiJIUzI1NiIsInR5cCI6InNlc3Npb24rand0Iiwia2lkIjoiTExkMklCUndxd00ifQ.eyJ2IjoxLCJpc3MiOiJod\
    HRwczovL2NoYXQuZXhhbXBsZS5jb20iLCJhdWQiOiJkZWZhdWx0Iiwib3JpZ2luIjoiaHR0cHM6Ly9zaG9wLmV4YW1wbGUiL\
    CJ2aWEiOiJmcmFtZSIsInNpZCI6IjZmMWMyZDNlLTRhNWItNGM2ZC04ZTdmLTAwMTEyMjMzNDQ1NSIsImp0aSI6IjAwMDAwM\
    DAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMSIsInNlcSI6MCwiaWF0IjoxODAwMDAwMDAwLCJzdGFydCI6MTgwMDAwM\
    DAwMCwibWF4IjoxODAyNTkyMDAwLCJleHAiOjE4MDAwODY0MDAsIndrIjoiTExkMklCUndxd00iLCJ0dXJuIjowLCJoZWFkI\
    joiRFQ2cFVZbHZkV243T3lDTnlYUWlnbU9PaXllRWZEOU5NT1ZKbjFvcUt4SSJ9.ctdKC0_DBTs1xnMglS4AM5ugVzWwTCp8\
    fj91tmA3e9Y";

fn ring_of(secrets: &[&str]) -> Keyring {
    let secrets: Vec<_> = secrets.iter().map(|text| SecretString::from(*text)).collect();
    Keyring::new(&secrets).unwrap()
}

pub(super) fn ring() -> Keyring {
    ring_of(&SECRETS)
}

pub(super) fn session(ring: &Keyring) -> Session {
    let opening = NewSession {
        site: SiteId::default(),
        origin: Origin::normalise("https://shop.example").unwrap(),
        via: Via::Frame,
        sid: Uuid::from_u128(0x6f1c_2d3e_4a5b_4c6d_8e7f_0011_2233_4455),
        jti: Uuid::from_u128(1),
        wk: ring.signing_key_id(),
    };
    Session::new(opening, NOW, &LIFE)
}

pub(super) const fn at(now: UnixTime) -> Validation<'static> {
    Validation { issuer: ISSUER, now, max_life: LIFE.max }
}

fn later(seconds: u64) -> UnixTime {
    NOW.plus(Duration::from_secs(seconds))
}

fn sealed_turn() -> SealedTurn {
    SealedTurn {
        message_id: MessageId::parse("0199aaaa-0000-7000-8000-000000000001").unwrap(),
        user: TextHash::new("Where is my order 1042?"),
        reply: TextHash::new("Your order é 😀\n"),
        end: End::Complete,
    }
}

#[test]
fn a_session_is_read_back_from_its_token() {
    let ring = ring();
    let plain = session(&ring);
    let full = Session {
        binding: Thumbprint::parse("DT6pUYlvdWn7OyCNyXQigmOOiyeEfD9NMOVJn1oqKxI"),
        identity: Some(Identity {
            issuer: "https://login.example".into(),
            subject: "u-1".into(),
            claims: json!({"name": "Ada"}).as_object().cloned(),
            expires: plain.expires,
        }),
        ..plain.clone()
    };
    assert!(full.binding.is_some());
    for session in [plain, full] {
        let token = ring.mint_session(&session, ISSUER);
        assert!(token.len() <= crate::session::MAX_SESSION_TOKEN_BYTES);
        assert_eq!(ring.verify_session(&token, &at(NOW)), Ok(session));
    }
}

#[test]
fn a_token_of_an_earlier_release_holds_and_becomes_bound_when_it_is_renewed() {
    let ring = ring();
    let earlier = ring.verify_session(EARLIER, &at(NOW)).unwrap();
    assert_eq!(earlier, session(&ring));
    let key = Thumbprint::from([7; 32]);
    let renewed = earlier.renew(Uuid::from_u128(2), later(60), &LIFE).bound_to(Some(key));
    assert_eq!((renewed.sid, renewed.head, renewed.binding), (earlier.sid, earlier.head, Some(key)));
}

#[test]
fn a_new_session_is_empty_and_lives_until_idle() {
    let session = session(&ring());
    assert_eq!((session.seq, session.turn), (0, 0));
    assert_eq!(session.head.to_string(), "DT6pUYlvdWn7OyCNyXQigmOOiyeEfD9NMOVJn1oqKxI");
    assert_eq!((session.issued, session.start, session.max), (NOW, NOW, NOW.plus(LIFE.max)));
    assert_eq!(session.expires, NOW.plus(LIFE.idle));
}

#[test]
fn a_sealed_turn_moves_the_session_on_by_one() {
    let before = session(&ring());
    let after = before.advance(&sealed_turn(), Uuid::from_u128(2), later(60), &LIFE);
    assert_eq!((after.seq, after.turn), (1, 1));
    assert_eq!(after.head.to_string(), "Y7ljmyyysutUXS9UUOZZNMApwWV82ibJNbAEDx5l05o");
    assert_eq!((after.issued, after.expires), (later(60), later(60).plus(LIFE.idle)));
    assert_eq!(
        (after.sid, after.start, after.max, after.wk, after.via, &after.origin),
        (before.sid, before.start, before.max, before.wk, before.via, &before.origin)
    );
    let second = after.advance(&sealed_turn(), Uuid::from_u128(3), later(90), &LIFE);
    assert_eq!((second.seq, second.turn), (2, 2));
}

#[test]
fn a_renewed_session_keeps_its_place_in_the_conversation() {
    let before = session(&ring()).advance(&sealed_turn(), Uuid::from_u128(2), later(60), &LIFE);
    let after = before.renew(Uuid::from_u128(3), later(90), &LIFE);
    assert_eq!((after.seq, after.turn, after.head), (before.seq + 1, before.turn, before.head));
    assert_eq!((after.sid, after.max, after.jti), (before.sid, before.max, Uuid::from_u128(3)));
}

#[test]
fn a_replica_whose_clock_is_behind_carries_a_session_on() {
    let ring = ring();
    let before = session(&ring);
    let behind = UnixTime(before.start.0 - SKEW.as_secs());
    let next = before.advance(&sealed_turn(), Uuid::from_u128(2), behind, &LIFE);
    let token = ring.mint_session(&next, ISSUER);
    assert_eq!(ring.verify_session(&token, &at(behind)).unwrap(), next);
}

#[test]
fn no_token_outlives_the_session_or_the_user() {
    let before = session(&ring());
    let near_the_end = UnixTime(before.max.0 - 100);
    assert_eq!(before.renew(Uuid::nil(), near_the_end, &LIFE).expires, before.max);

    let user = Identity { issuer: "i".into(), subject: "s".into(), claims: None, expires: later(600) };
    let known = Session { identity: Some(user), ..before };
    assert_eq!(known.renew(Uuid::nil(), later(1), &LIFE).expires, later(600));
}

#[test]
fn a_token_holds_until_it_expires_give_or_take_the_skew() {
    let ring = ring();
    let token = ring.mint_session(&session(&ring), ISSUER);
    for (now, want) in [
        (UnixTime(NOW.0 - 31), Some(TokenErrorKind::Future)),
        (UnixTime(NOW.0 - 30), None),
        (later(86_400 + 29), None),
        (later(86_400 + 30), Some(TokenErrorKind::Expired)),
        (later(2_592_000 + 31), Some(TokenErrorKind::Lifetime)),
    ] {
        let got = ring.verify_session(&token, &at(now)).err().map(TokenError::kind);
        assert_eq!(got, want, "{now:?}");
    }
}

#[test]
fn every_key_of_the_ring_verifies_and_the_first_signs() {
    let [old, new] = SECRETS;
    let token = ring_of(&[old]).mint_session(&session(&ring_of(&[old])), ISSUER);
    assert!(ring_of(&[new, old]).verify_session(&token, &at(NOW)).is_ok());
    let refusal = ring_of(&[new]).verify_session(&token, &at(NOW)).unwrap_err();
    assert_eq!(refusal.kind(), TokenErrorKind::UnknownKey);
    assert_eq!(ring_of(&[new, old]).signing_key_id(), ring_of(&[new]).signing_key_id());
}

#[test]
fn the_workflow_ids_outlive_a_rotation_of_keys() {
    let [old, new] = SECRETS;
    let before = ring_of(&[old]);
    let session = session(&before);
    let id = MessageId::from(Uuid::from_u128(7));
    let after = ring_of(&[new, old]);
    assert_eq!(after.wsid(&session), before.wsid(&session));
    assert_eq!(after.mid(&session, &id), before.mid(&session, &id));
    assert_eq!(ring_of(&[new]).wsid(&session).unwrap_err().kind(), TokenErrorKind::UnknownKey);
}

/// Without the key the workflow cannot learn whose message it is, so neither a call nor a renewal may go on.
#[test]
fn a_session_whose_workflow_key_was_removed_holds_no_more() {
    let [old, new] = SECRETS;
    let both = ring_of(&[new, old]);
    let session = session(&ring_of(&[old]));
    let token = both.mint_session(&session, ISSUER);
    let context =
        Continuation { site: &session.site, origin: &session.origin, via: session.via, proven: None };
    assert!(both.verify_session(&token, &at(NOW)).is_ok());
    assert!(both.verify_previous(&token, &at(NOW), &context).is_ok());
    let without = ring_of(&[new]);
    for refusal in
        [without.verify_session(&token, &at(NOW)), without.verify_previous(&token, &at(NOW), &context)]
    {
        assert_eq!(refusal.unwrap_err().kind(), TokenErrorKind::UnknownKey);
    }
}

/// Computed with another language's HMAC, from the words of the contract alone.
#[test]
fn keys_and_ids_are_derived_as_written() {
    let ring = ring();
    let session = session(&ring);
    let id = sealed_turn().message_id;
    let head = Head::parse("Y7ljmyyysutUXS9UUOZZNMApwWV82ibJNbAEDx5l05o").unwrap();
    assert_eq!(ring.signing_key_id().to_string(), "LLd2IBRwqwM");
    assert_eq!(ring.wsid(&session).unwrap(), "j8Q_OMEBQVaKKslpAYjn3yC02uIjt_DJs4bEEr1V0kw");
    assert_eq!(ring.mid(&session, &id).unwrap(), "m22Qvs5h17dyIjQSi1Ads0XYX8GMixtsKSj0jNbDdDY");
    assert_eq!(ring.receipt(session.sid, &id, 1, &head), "b2ugT7mSQZsFV8YkLHkZIGeAP90-jTuP-P3su2CAgwE");
}

#[test]
fn a_receipt_proves_one_turn_of_one_session_under_every_key_that_is_still_there() {
    let (old, new) = (ring_of(&SECRETS[..1]), ring_of(&[SECRETS[1], SECRETS[0]]));
    let (sid, id) = (Uuid::from_u128(1), sealed_turn().message_id);
    let (head, other) =
        (Head::new(&SiteId::default(), sid), Head::new(&SiteId::default(), Uuid::from_u128(2)));
    let receipt = old.receipt(sid, &id, 1, &head);
    for ring in [&old, &new] {
        assert!(ring.verify_receipt(&receipt, sid, &id, 1, &head));
        assert!(!ring.verify_receipt(&receipt, Uuid::from_u128(2), &id, 1, &head));
        assert!(!ring.verify_receipt(&receipt, sid, &MessageId::from(sid), 1, &head));
        assert!(!ring.verify_receipt(&receipt, sid, &id, 2, &head));
        assert!(!ring.verify_receipt(&receipt, sid, &id, 1, &other));
        for text in ["", "A", &receipt[1..], &format!("{receipt}="), &receipt.to_lowercase()] {
            assert!(!ring.verify_receipt(text, sid, &id, 1, &head), "{text}");
        }
    }
    let removed = ring_of(&SECRETS[1..]);
    assert!(!removed.verify_receipt(&receipt, sid, &id, 1, &head));
}

#[test]
fn repeated_or_absent_secrets_make_no_keyring() {
    let twice = [SecretString::from("a"), SecretString::from("b"), SecretString::from("a")];
    assert_eq!(Keyring::new(&[]).unwrap_err(), KeyError::NoSecret);
    assert_eq!(Keyring::new(&twice).unwrap_err(), KeyError::Repeated { first: 1, second: 3 });
}

#[test]
fn a_previous_session_is_carried_on_in_its_own_place_only() {
    let ring = ring();
    let earlier = session(&ring);
    let token = ring.mint_session(&earlier, ISSUER);
    let home = (SiteId::default(), earlier.origin.clone(), Via::Frame);
    let other_site = (SiteId::parse("other").unwrap(), earlier.origin.clone(), Via::Frame);
    let other_origin = (SiteId::default(), Origin::normalise("http://shop.example").unwrap(), Via::Frame);
    let other_way = (SiteId::default(), earlier.origin.clone(), Via::Cors);
    let max = 2_592_000;
    for (context, now, want) in [
        (&home, NOW, None),
        (&home, later(86_400 * 20), None),
        (&home, later(max), None),
        (&home, later(max + 1), Some(TokenErrorKind::Expired)),
        (&other_site, NOW, Some(TokenErrorKind::OtherContext)),
        (&other_origin, NOW, Some(TokenErrorKind::OtherContext)),
        (&other_way, NOW, Some(TokenErrorKind::OtherContext)),
    ] {
        let context = Continuation { site: &context.0, origin: &context.1, via: context.2, proven: None };
        let got = ring.verify_previous(&token, &at(now), &context);
        assert_eq!(got.err().map(TokenError::kind), want, "{context:?} at {now:?}");
    }
}

#[test]
fn a_bound_or_known_session_is_not_carried_on_without_proof() {
    let ring = ring();
    let plain = session(&ring);
    let user = Identity { issuer: "i".into(), subject: "s".into(), claims: None, expires: plain.expires };
    let context = Continuation { site: &plain.site, origin: &plain.origin, via: plain.via, proven: None };
    let bound = Session { binding: Some(Thumbprint([7; 32])), ..plain.clone() };
    let known = Session { identity: Some(user), ..plain.clone() };
    for session in [bound, known] {
        let token = ring.mint_session(&session, ISSUER);
        let refusal = ring.verify_previous(&token, &at(NOW), &context).unwrap_err();
        assert_eq!(refusal.kind(), TokenErrorKind::Unproven);
    }
}
