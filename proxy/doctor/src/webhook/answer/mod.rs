//! Answers of a webhook with status 2xx: the text in them, and its pace.

mod decoded;
mod fault;
mod forgiven;
mod pace;

use std::time::Duration;

use porthole_domain::chain::End;
use porthole_domain::reply::{DecoderOptions, ReplyError};
use porthole_upstream::http::{CodingError, Inflater};
use reqwest::header::CONTENT_ENCODING;

use crate::client::{BodyEnd, TimedResponse};
use crate::finding::{self, Finding};
use decoded::DecodedAnswer;

/// A visitor who sees nothing for longer thinks the chat broken.
const SLOW: Duration = Duration::from_secs(10);

/// Judges an answer with status 2xx.
pub(crate) fn judge(response: &TimedResponse, reading: &DecoderOptions) -> Vec<Finding> {
    let inflated = match Inflater::new(response.headers.get(CONTENT_ENCODING)) {
        Ok(None) => return judge_text(response, reading),
        Ok(Some(inflater)) => inflate(response, inflater),
        Err(error) => Err(error),
    };
    match inflated {
        Ok(inflated) => {
            let warning = finding::answer::compressed();
            std::iter::once(warning).chain(judge_text(&inflated, reading)).collect()
        }
        Err(_) => vec![finding::answer::encoded()],
    }
}

/// Decompresses an answer; its times stay.
fn inflate(response: &TimedResponse, mut inflater: Inflater) -> Result<TimedResponse, CodingError> {
    let mut plain = response.clone();
    for chunk in &mut plain.chunks {
        chunk.bytes = inflater.push(&chunk.bytes)?;
    }
    if response.end == BodyEnd::Whole {
        inflater.finish()?;
    }
    Ok(plain)
}

fn judge_text(response: &TimedResponse, reading: &DecoderOptions) -> Vec<Finding> {
    let answer = DecodedAnswer::new(response, reading);
    if let (Err(error), Some(name)) = (answer.result, answer.protocol) {
        match error {
            ReplyError::Unfinished => return vec![finding::answer::unended(name)],
            ReplyError::Empty(_) if !answer.steps.is_empty() => {
                return vec![finding::answer::tool_only(name)];
            }
            _ => {}
        }
    }
    if let Err(error) = answer.result {
        return vec![fault::undecodable(error, response, !answer.text.is_empty())];
    }
    match response.end {
        BodyEnd::Whole => {
            [whole(response, &answer), forgiven::judge(response, reading, &answer.text)].concat()
        }
        BodyEnd::TooLarge => vec![finding::answer::too_large()],
        BodyEnd::Broken => vec![finding::answer::broken()],
        BodyEnd::TimedOut if answer.text.is_empty() => vec![finding::answer::silent()],
        BodyEnd::TimedOut => vec![finding::answer::endless()],
    }
}

fn whole(response: &TimedResponse, answer: &DecodedAnswer) -> Vec<Finding> {
    let mut findings = vec![finding::answer::readable(answer.text.chars().count())];
    findings.extend(answer.protocol.map(|name| match answer.result {
        Ok(End::Incomplete) => finding::answer::cut_short(name),
        _ => finding::answer::protocol(name),
    }));
    findings.push(pace::judge(&response.body(), &answer.arrivals));
    let first = answer.arrivals.first().filter(|first| **first > SLOW);
    findings.extend(first.map(|first| finding::answer::slow(first.as_secs())));
    findings
}
