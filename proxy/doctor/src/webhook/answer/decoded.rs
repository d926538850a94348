//! An answer as a visitor would have got it.

use std::time::Duration;

use porthole_domain::chain::End;
use porthole_domain::reply::{Decoder, DecoderOptions, ReplyError, ReplyPart};

use reqwest::header::CONTENT_TYPE;

use crate::client::{BodyEnd, TimedResponse};

/// The text of an answer, and its times.
pub(super) struct DecodedAnswer {
    pub(super) result: Result<End, ReplyError>,
    pub(super) text: String,
    /// The protocol of the agent that wrote it, where it is one.
    pub(super) protocol: Option<&'static str>,
    /// The places in it of the steps beside it.
    pub(super) steps: Vec<usize>,
    /// The times at which text came.
    pub(super) arrivals: Vec<Duration>,
}

impl DecodedAnswer {
    pub(super) fn new(response: &TimedResponse, reading: &DecoderOptions) -> Self {
        let mut answer = Self {
            result: Ok(End::Complete),
            text: String::new(),
            protocol: None,
            steps: Vec::new(),
            arrivals: Vec::new(),
        };
        let mut decoder = Decoder::with_options(response.header(CONTENT_TYPE), reading)
            .close_delimited(response.is_close_delimited);
        let mut parts = Vec::new();
        for chunk in &response.chunks {
            answer.result = decoder.push(&chunk.bytes, &mut parts).map(|()| End::Complete);
            answer.take(&mut parts, chunk.at);
            answer.protocol = decoder.protocol();
            if answer.result.is_err() {
                return answer;
            }
        }
        // A body that was cut has no end to be judged.
        if response.end == BodyEnd::Whole || decoder.has_failed() {
            let last = response.chunks.last().map_or(Duration::ZERO, |chunk| chunk.at);
            answer.result = decoder.finish(&mut parts);
            answer.take(&mut parts, last);
        }
        answer
    }

    fn take(&mut self, parts: &mut Vec<ReplyPart>, at: Duration) {
        let before = self.text.len();
        for part in parts.drain(..) {
            match part {
                ReplyPart::Text(text) => self.text.push_str(&text),
                ReplyPart::Replace(text) => self.text = text,
                ReplyPart::Step(_) => self.steps.push(self.text.len()),
                ReplyPart::Reasoning(_)
                | ReplyPart::Source(_)
                | ReplyPart::Suggestions(_)
                | ReplyPart::Title(_)
                | ReplyPart::Notice(_)
                | ReplyPart::Ask(_) => {}
            }
        }
        self.arrivals.extend((self.text.len() > before).then_some(at));
    }
}
