use std::collections::BTreeMap;

use porthole_domain::clock::{SKEW, UnixTime};
use porthole_domain::session::{Continuation, Via};
use porthole_domain::ticket::{LIFETIME as TICKET_LIFE, Ticket};
use serde_json::Value;

use crate::forge::{self, ForgedKind, LIFE, NOW, RING, VALIDATION};
use crate::input;

/// Reads a session token, as the one of a call and as an earlier one: only what could have been minted here passes.
pub fn session_token(input: &[u8]) {
    let good = forge::session();
    let minted = forge::mint_session(&good);
    let token = forged(input, &minted, forge::SESSION);
    let verified = RING.verify_session(&token, &VALIDATION);
    let place = Continuation { site: &good.site, origin: &good.origin, via: Via::Frame, proven: None };
    let previous = RING.verify_previous(&token, &VALIDATION, &place);
    if token == minted {
        assert!(verified.as_ref() == Ok(&good) && previous.as_ref() == Ok(&good));
    }
    if let Ok(session) = verified {
        check_members(&token, &forge::mint_session(&session), forge::SESSION);
        check_time(session.issued, session.expires, LIFE.max);
        assert!(session.expires.plus(SKEW) > NOW);
    }
    if let Ok(session) = previous {
        check_members(&token, &forge::mint_session(&session), forge::SESSION);
        check_time(session.issued, session.expires, LIFE.max);
        assert!(session.max >= NOW && session.binding.is_none() && session.identity.is_none());
        assert!(session.site == good.site && session.origin == good.origin && session.via == good.via);
    }
}

/// Reads a frame's ticket: only what could have been minted here passes.
pub fn ticket(input: &[u8]) {
    let session = forge::session();
    let good = Ticket::new(session.site, session.origin, NOW);
    let minted = forge::mint_ticket(&good);
    let token = forged(input, &minted, forge::TICKET);
    let verified = RING.verify_ticket(&token, &VALIDATION);
    assert!(token != minted || verified == Ok(good));
    if let Ok(ticket) = verified {
        check_members(&token, &forge::mint_ticket(&ticket), forge::TICKET);
        check_time(ticket.issued, ticket.expires, TICKET_LIFE);
        assert!(ticket.expires.plus(SKEW) > NOW);
    }
}

/// A token after the input's first line: `edit` changes characters of a good one, `claims` and `header` set members
/// and sign the result, `sign` signs the second line as header and the rest as payload; all else is a token itself.
fn forged(input: &[u8], minted: &str, kind: ForgedKind) -> String {
    let cut = |bytes: &[u8]| bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (how, rest) = input.split_at(cut(input));
    let rest = rest.get(1..).unwrap_or_default();
    let [header, claims] = forge::read(minted).unwrap();
    assert_eq!(header, kind.header(), "the header of the contract");
    match how {
        b"edit" => edited(rest, minted),
        b"claims" => kind.sign(object(&header, &[]).as_bytes(), object(&claims, rest).as_bytes()),
        b"header" => kind.sign(object(&header, rest).as_bytes(), object(&claims, &[]).as_bytes()),
        b"sign" => {
            let (header, payload) = rest.split_at(cut(rest));
            kind.sign(header, payload.get(1..).unwrap_or_default())
        }
        _ => input::text(input).into_owned(),
    }
}

/// Each two bytes: how far to go on, and the character to stand there.
pub(super) fn edited(edits: &[u8], minted: &str) -> String {
    let mut token = minted.as_bytes().to_vec();
    let mut at = 0;
    for edit in edits.chunks_exact(2) {
        at = (at + usize::from(edit[0])) % token.len();
        token[at] = edit[1];
    }
    input::text(&token).into_owned()
}

/// Writes an object in which each line `name=json` sets, removes (`name=`) or repeats (`+name=json`) a member.
fn object(members: &[(String, Value)], edits: &[u8]) -> String {
    let written = |(name, value): &(String, Value)| (name.clone(), value.to_string());
    let mut members: Vec<(String, String)> = members.iter().map(written).collect();
    for line in input::lines(edits) {
        let line = input::text(line);
        let Some((name, json)) = line.split_once('=') else {
            continue;
        };
        if let Some(name) = name.strip_prefix('+') {
            members.push((name.into(), json.into()));
        } else {
            members.retain(|(known, _)| known != name);
            members.extend((!json.is_empty()).then(|| (name.into(), json.into())));
        }
    }
    let members: Vec<String> =
        members.into_iter().map(|(name, json)| format!("{}:{json}", Value::from(name))).collect();
    format!("{{{}}}", members.join(","))
}

/// An accepted token holds, member by member, the claims that this proxy would have written.
fn check_members(token: &str, minted: &str, kind: ForgedKind) {
    let [header, claims] = forge::read(token).unwrap();
    let [_, own] = forge::read(minted).unwrap();
    let count = |members: &[(String, Value)]| members.len();
    let sorted = |members: Vec<(String, Value)>| members.into_iter().collect::<BTreeMap<_, _>>();
    assert!(count(&header) == 3 && count(&claims) == count(&own), "{claims:?}");
    assert_eq!(sorted(header), sorted(kind.header()));
    assert_eq!(sorted(claims), sorted(own));
}

fn check_time(issued: UnixTime, expires: UnixTime, longest: std::time::Duration) {
    assert!(issued <= NOW.plus(SKEW) && issued <= expires, "{issued:?} {expires:?}");
    assert!(expires.since(issued) <= longest, "{issued:?} {expires:?}");
}
