//! The headers of every answer: each address, each status that it can answer, each method.

mod api;
mod pages;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use crate::raw_connection::RawAnswer;

/// An answer, read whole.
pub(crate) struct CheckedResponse {
    row: String,
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl CheckedResponse {
    async fn fetch(row: impl Into<String>, request: RequestBuilder) -> Self {
        let response: Response = request.send().await.unwrap();
        Self {
            row: row.into(),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    /// Checks an answer from a raw connection.
    pub(crate) fn from_raw(row: &str, answer: &RawAnswer) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in &answer.headers {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, value.parse().unwrap());
        }
        Self { row: row.to_owned(), status: answer.status, headers, body: answer.body.clone() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Checks the headers that every answer must have, and those that it must not.
    pub(crate) fn assert_complete(&self) {
        let row = &self.row;
        for name in self.headers.keys() {
            assert_eq!(self.headers.get_all(name).iter().count(), 1, "{row}: {name} twice");
        }
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"), "{row}");
        assert_eq!(self.header("referrer-policy"), Some("no-referrer"), "{row}");
        assert_eq!(self.header("strict-transport-security"), Some("max-age=31536000"), "{row}");
        let policy = self.header("content-security-policy").unwrap_or_default();
        for part in ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors "] {
            assert!(policy.contains(part), "{row}: {policy}");
        }
        let id = self.header("x-request-id").unwrap_or_default();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{row}: {id}");
        for name in ["cache-control", "cross-origin-resource-policy", "date"] {
            assert!(self.headers.contains_key(name), "{row}: no {name}");
        }
        for name in ["server", "x-powered-by", "set-cookie", "access-control-allow-credentials"] {
            assert!(!self.headers.contains_key(name), "{row}: {name}");
        }
        self.assert_typed();
    }

    fn assert_typed(&self) {
        let row = &self.row;
        let media_type = self.header("content-type").unwrap_or_default();
        match self.status {
            204 | 304 => assert!(self.body.is_empty() && media_type.is_empty(), "{row}: {media_type}"),
            status if status >= 400 && !media_type.starts_with("text/html") => {
                self.assert_problem(media_type);
            }
            _ if media_type.starts_with("text/") && media_type != "text/event-stream" => {
                assert!(media_type.ends_with("charset=utf-8"), "{row}: {media_type}");
            }
            _ => assert!(!media_type.is_empty(), "{row}"),
        }
    }

    fn assert_problem(&self, media_type: &str) {
        let row = &self.row;
        assert_eq!(media_type, "application/problem+json", "{row}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{row}");
        if self.body.is_empty() {
            return;
        }
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{row}: {error}"));
        assert_eq!(self.header("content-length"), Some(self.body.len().to_string().as_str()), "{row}");
        assert_eq!(body["status"], self.status, "{row}");
        assert_eq!(body["request_id"].as_str(), self.header("x-request-id"), "{row}");
        let kind = format!("/problems/{}", body["code"].as_str().unwrap().replace('_', "-"));
        assert_eq!(body["type"], kind, "{row}");
        for name in ["title", "detail"] {
            assert!(body[name].as_str().is_some_and(|text| !text.is_empty()), "{row}: {name}");
        }
    }

    /// Everything but what names the answer and its time.
    fn head(&self) -> Vec<(String, String)> {
        let headers = self.headers.iter();
        let mut head: Vec<_> = headers
            .filter(|(name, _)| !matches!(name.as_str(), "date" | "dpop-nonce" | "x-request-id"))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        head.sort();
        head
    }
}
