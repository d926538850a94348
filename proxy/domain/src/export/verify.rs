//! Reading an export: its signature, and the first turn that is not as it was sealed.

use thiserror::Error;

use super::{EXPORT_TYPE, Export, ExportedTurn};
use crate::{
    chain::Head,
    encoding,
    es256::VerifyingKey,
    session::Thumbprint,
    token::jws::{JwsHeader, parse_object},
};

/// The beginning of the turns in the payload, and of the last member of each. No text can hold one: its quotes would be
/// escaped.
const TURNS_BEGIN: &str = r#""turns":["#;
const TURN_ENDS: &str = r#""end":""#;

/// The reason for which a file proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExportFault {
    /// The file is something else.
    #[error(
        "this is no signed transcript (a compact JWS whose typ is {EXPORT_TYPE}), or its beginning was changed"
    )]
    Form,
    /// A turn was changed, added or taken away.
    #[error("turn {turn} is the first that is not as it was sealed: this file proves nothing")]
    Turn {
        /// Its number, from 1.
        turn: u32,
    },
    /// The signature is by a key that is not known here.
    #[error("it is signed with the key {kid}, which is not among those given")]
    UnknownKey {
        /// The key that the file names.
        kid: Thumbprint,
    },
    /// Every turn fits its head, but what is said around them, or all of it, was not signed.
    #[error("the signature does not hold, although each turn fits the next: this file proves nothing")]
    Signature,
}

/// An export whose signature and turns hold.
#[derive(Debug)]
pub struct VerifiedExport {
    /// The thumbprint of the key that signed it.
    pub kid: Thumbprint,
    /// The conversation.
    pub export: Export,
}

/// Verifies an export with any of these keys.
///
/// # Errors
///
/// The first turn that does not fit its head is named also where the key is unknown, or the signature is no more.
pub fn verify(file: &[u8], keys: &[VerifyingKey]) -> Result<VerifiedExport, ExportFault> {
    let text = String::from_utf8_lossy(file);
    let (input, signature) = text.trim().rsplit_once('.').ok_or(ExportFault::Form)?;
    let (header, payload) = input.split_once('.').ok_or(ExportFault::Form)?;
    let kid = kid(header).ok_or(ExportFault::Form)?;
    let export = read(payload)?;
    if let Some(turn) = first_wrong_turn(&export) {
        return Err(ExportFault::Turn { turn });
    }
    let Some(key) = keys.iter().find(|key| key.kid() == kid) else {
        return Err(ExportFault::UnknownKey { kid });
    };
    let signature = encoding::from_b64(signature).unwrap_or_default();
    if key.verify(input.as_bytes(), &signature) {
        Ok(VerifiedExport { kid, export })
    } else {
        Err(ExportFault::Signature)
    }
}

/// Returns the id of the key that a header names.
fn kid(header: &str) -> Option<Thumbprint> {
    let header = encoding::from_b64(header)?;
    let header: JwsHeader<'_> = parse_object(&header)?;
    let is_export = header.alg == "ES256" && header.typ == EXPORT_TYPE;
    is_export.then(|| Thumbprint::parse(header.kid)).flatten()
}

/// Reads the claims. Where they are damaged, the turns before the damage are read, and the next one is named.
fn read(payload: &str) -> Result<Export, ExportFault> {
    let is_b64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    // A wrong character is a wrong text, and not the end of the file: the signature is over the file as it is.
    let mended = payload.replace(|c| !is_b64(c), "A");
    let bytes = encoding::from_b64(&mended).ok_or(ExportFault::Form)?;
    let claims = String::from_utf8_lossy(&bytes);
    if let Some(export) = parse(&claims) {
        return Ok(export);
    }
    let before = |end: &usize| parse(&format!("{}]}}", &claims[..*end]));
    let ends = ends_of_turns(&claims);
    let readable = ends.partition_point(|end| before(end).is_some());
    let export = readable.checked_sub(1).and_then(|last| before(&ends[last])).ok_or(ExportFault::Form)?;
    let turn = first_wrong_turn(&export).unwrap_or(export.turn);
    Err(ExportFault::Turn { turn })
}

/// Returns the places in claims where no turn is yet, and behind each turn.
fn ends_of_turns(claims: &str) -> Vec<usize> {
    let begin = claims.find(TURNS_BEGIN).map(|at| at + TURNS_BEGIN.len());
    let end = |(at, _)| claims[at..].find('}').map(|length| at + length + 1);
    begin.into_iter().chain(claims.match_indices(TURN_ENDS).filter_map(end)).collect()
}

fn parse(payload: &str) -> Option<Export> {
    parse_object(payload.as_bytes())
}

/// Recomputes the head after each turn, and returns the number of the first turn that does not fit.
fn first_wrong_turn(export: &Export) -> Option<u32> {
    let told = u32::try_from(export.heads.len()).unwrap_or(u32::MAX);
    let before = if export.full { 0 } else { export.turn.saturating_sub(told) };
    let mut head = Head::parse(&export.base);
    for number in before..export.turn {
        let at = (number - before) as usize;
        let turn = export.turns.get(at).and_then(ExportedTurn::sealed);
        head = head.zip(turn).map(|(head, turn)| head.after(number + 1, &turn));
        let claimed = export.heads.get(at).and_then(|claimed| Head::parse(claimed));
        if head.is_none() || head != claimed {
            return Some(number + 1);
        }
    }
    let is_whole = export.turns.len() == export.heads.len()
        && export.turns.len() == (export.turn - before) as usize
        && head.is_some_and(|head| head.to_string() == export.head);
    (!is_whole).then_some(export.turn.saturating_add(1))
}
