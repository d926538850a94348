//! Lines of the AI SDK before its version 5: `0:"text"`, each with a code of its own.

use memchr::memchr;
use porthole_protocol::sse::MAX_LINE;
use serde_json::value::RawValue;

use super::builder::ReplyBuilder;
use super::error::ReplyError;
use super::part::ReplyPart;
use super::prefix::Begins;

/// Compares the beginning of a body with such a line, which must be whole to be believed.
pub(super) fn begins_as_data_stream(text: &[u8], is_last: bool) -> Begins {
    let is_code = |code: &u8| code.is_ascii_digit() || matches!(code, b'a'..=b'k');
    match text {
        [] => Begins::Perhaps,
        [code] | [code, b':'] if is_code(code) => Begins::Perhaps,
        [code, b':', b'"' | b'{' | b'[', ..] if is_code(code) => match memchr(b'\n', text) {
            None if !is_last && text.len() <= MAX_LINE => Begins::Perhaps,
            end => {
                let line = &text[..end.unwrap_or(text.len())];
                let is_whole = serde_json::from_slice::<&RawValue>(&line[2..]).is_ok();
                if is_whole { Begins::Yes } else { Begins::No }
            }
        },
        _ => Begins::No,
    }
}

impl ReplyBuilder {
    /// Reads one line of the AI SDK: text is `0`, an error `3`; all others stand beside the answer.
    pub(super) fn push_data_line(&mut self, line: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let (code, content) = line.trim_end().split_once(':').unwrap_or_default();
        if let ("0", Ok(text)) = (code, serde_json::from_str::<&RawValue>(content)) {
            return self.output.text.push_json(text, out);
        }
        self.output.failed |= code == "3";
        Ok(())
    }
}
