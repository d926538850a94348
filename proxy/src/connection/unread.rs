//! Finds the answers that actix writes by itself, to put ours in their place.

use actix_web::http::StatusCode;
use porthole_protocol::Code;

/// The longest that actix writes: a status line, `content-length`, `connection` and `date`.
const LONGEST: usize = 192;

/// An answer of actix's own at the end of what it wants to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bare<'a> {
    /// Where it begins.
    pub(super) at: usize,
    /// What it means.
    pub(super) code: Code,
    /// Its `date`.
    pub(super) date: Option<&'a str>,
}

impl<'a> Bare<'a> {
    /// Finds it: only a head, and nothing in it but what actix puts there. Every answer of ours has more.
    pub(super) fn find(bytes: &'a [u8]) -> Option<Self> {
        let tail_at = bytes.len().saturating_sub(LONGEST);
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
        Some(Self {
            at: tail_at + at,
            code: code(status)?,
            date,
        })
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
    fn actix_own_answer_is_found_behind_whatever_goes_before() {
        for before in [
            "",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            &"x".repeat(5000),
        ] {
            let bytes = format!("{before}{BARE}");
            let bare = Bare {
                at: before.len(),
                code: Code::MalformedRequest,
                date: Some("now"),
            };
            assert_eq!(Bare::find(bytes.as_bytes()), Some(bare), "{before:.20}");
        }
    }

    #[test]
    fn an_answer_of_ours_is_left_alone() {
        for ours in [
            "",
            "\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nx-request-id: 1\r\n\r\n",
            "HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nok",
            "data: HTTP/1.1 400 Bad Request\n\n\r\n",
        ] {
            assert_eq!(Bare::find(ours.as_bytes()), None, "{ours}");
        }
    }
}
