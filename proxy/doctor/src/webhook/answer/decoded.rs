//! An answer as a visitor would have got it.

use std::time::Duration;

use porthole_domain::reply::{Decoder, DecoderOptions, ReplyError, ReplyPart};

use reqwest::header::CONTENT_TYPE;

use crate::client::{BodyEnd, TimedResponse};

/// The text of an answer, counted, and its times.
pub(super) struct DecodedAnswer {
    pub(super) result: Result<(), ReplyError>,
    pub(super) chars: usize,
    /// The times at which text came.
    pub(super) arrivals: Vec<Duration>,
}

impl DecodedAnswer {
    pub(super) fn new(response: &TimedResponse, reading: &DecoderOptions) -> Self {
        let mut answer = Self { result: Ok(()), chars: 0, arrivals: Vec::new() };
        let mut decoder = Decoder::with_options(response.header(CONTENT_TYPE), reading)
            .close_delimited(response.is_close_delimited);
        let mut parts = Vec::new();
        for chunk in &response.chunks {
            answer.result = decoder.push(&chunk.bytes, &mut parts);
            answer.count(&mut parts, chunk.at);
            if answer.result.is_err() {
                return answer;
            }
        }
        // A body that was cut has no end to be judged.
        if response.end == BodyEnd::Whole || decoder.has_failed() {
            let last = response.chunks.last().map_or(Duration::ZERO, |chunk| chunk.at);
            answer.result = decoder.finish(&mut parts);
            answer.count(&mut parts, last);
        }
        answer
    }

    fn count(&mut self, parts: &mut Vec<ReplyPart>, at: Duration) {
        let texts = parts.drain(..).filter_map(|part| match part {
            ReplyPart::Text(text) => Some(text.chars().count()),
            ReplyPart::Step(_) | ReplyPart::Suggestions(_) => None,
        });
        let chars: usize = texts.sum();
        self.chars += chars;
        self.arrivals.extend((chars > 0).then_some(at));
    }
}
