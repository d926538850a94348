//! Finds the errors that actix-http 3.20 writes by itself, with nothing in them, so that problems take their place.

use actix_web::http::StatusCode;
use porthole_protocol::Code;

/// The most bytes of such an error: a status line, `content-length`, `connection` and `date`.
const MAX_BYTES: usize = 192;

/// An error of actix's own, at the end of the bytes that it writes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BareError<'a> {
    /// Its offset in the bytes.
    pub(super) at: usize,
    /// The code that its status stands for.
    pub(super) code: Code,
    /// Its `date`.
    pub(super) date: Option<&'a str>,
}

impl<'a> BareError<'a> {
    /// Finds a head without any header but those that actix sets by itself; every answer of ours has more.
    pub(super) fn find(bytes: &'a [u8]) -> Option<Self> {
        let tail_at = bytes.len().saturating_sub(MAX_BYTES);
        let tail = bytes.get(tail_at..)?.strip_suffix(b"\r\n\r\n")?;
        let begins = |at: &usize| tail[*at..].starts_with(b"HTTP/1.");
        let at = (0..tail.len()).rev().find(begins)?;
        let mut lines = std::str::from_utf8(&tail[at..]).ok()?.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?;
        let mut date = None;
        for line in lines {
            match line.split_once(": ")? {
                ("content-length", "0") | ("connection", _) => {}
                ("date", value) => date = Some(value),
                _ => return None,
            }
        }
        Some(Self { at: tail_at + at, code: code(status)?, date })
    }
}

fn code(status: &str) -> Option<Code> {
    match StatusCode::from_bytes(status.as_bytes()).ok()? {
        StatusCode::BAD_REQUEST => Some(Code::MalformedRequest),
        StatusCode::REQUEST_TIMEOUT => Some(Code::RequestTimeout),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Some(Code::HeaderTooLarge),
        StatusCode::INTERNAL_SERVER_ERROR => Some(Code::Internal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: &str =
        "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: now\r\n\r\n";

    #[test]
    fn a_bare_error_is_found_behind_any_other_bytes() {
        for before in ["", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", &"x".repeat(5000)] {
            let bytes = format!("{before}{BARE}");
            let bare = BareError { at: before.len(), code: Code::MalformedRequest, date: Some("now") };
            assert_eq!(BareError::find(bytes.as_bytes()), Some(bare), "{before:.20}");
        }
    }

    #[test]
    fn an_answer_of_ours_is_no_bare_error() {
        for ours in [
            "",
            "\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nx-request-id: 1\r\n\r\n",
            "HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nok",
            "data: HTTP/1.1 400 Bad Request\n\n\r\n",
        ] {
            assert_eq!(BareError::find(ours.as_bytes()), None, "{ours}");
        }
    }
}
