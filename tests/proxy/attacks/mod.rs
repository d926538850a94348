//! Lists as an attacker would make them, by every trick on every place: each must be refused, like all of its kind.

mod bodies;
mod origins;
mod tokens;

use std::collections::HashMap;

use reqwest::RequestBuilder;

use crate::fixture::{Fixture, bytes_of};

/// Refusals seen so far, the first of each kind in full.
#[derive(Default)]
struct Kinds(HashMap<String, String>);

impl Kinds {
    /// Sends, and checks that the refusal has this status and code and is like the others to the byte.
    async fn refuse(&mut self, row: &str, request: RequestBuilder, status: u16, code: &str) {
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{row}");
        let bytes = bytes_of(response).await;
        assert!(bytes.contains(&format!("\"code\":\"{code}\"")), "{row}: {bytes}");
        let first = self.0.entry(code.to_owned()).or_insert_with(|| bytes.clone());
        assert_eq!(*first, bytes, "{row}");
    }
}

fn assert_unharmed(fixture: &Fixture) {
    assert_eq!(fixture.calls(), 0);
    assert!(!fixture.proxy.log().contains("panicked"), "{}", fixture.proxy.log());
}
