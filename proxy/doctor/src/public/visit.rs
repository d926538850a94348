//! A visit through the public address: document, session, stream.

use std::time::Duration;

use porthole_domain::inline_source::inline_sources;
use porthole_domain::origin::Origin;
use porthole_protocol::path;
use porthole_protocol::session::{CreateRequest, CreateResponse};
use reqwest::header::{
    ACCEPT_ENCODING, AGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ORIGIN, X_FRAME_OPTIONS,
};
use reqwest::{Client, RequestBuilder};
use url::Url;

use crate::address::with_path;
use crate::client::{Redirects, TimedResponse, exchange, fetch};
use crate::finding::{Finding, public_url};

/// Timeout of one call.
const TIMEOUT: Duration = Duration::from_secs(7);

/// Origins that are tried; the rest stands in the same list.
const MAX_TRIED: usize = 5;

/// Two events that come closer together than this were held back: the proxy sends them half a second apart.
const APART: Duration = Duration::from_millis(150);

/// Makes a visit as far as it leads.
pub(super) async fn check(client: &Client, own: &Origin, base: &Url, entries: &[String]) -> Vec<Finding> {
    let visit = Visit { client, own, base };
    let mut findings = visit.frame().await;
    findings.extend(visit.origins(entries).await);
    findings.extend(visit.stream().await);
    findings
}

struct Visit<'a> {
    client: &'a Client,
    own: &'a Origin,
    base: &'a Url,
}

impl Visit<'_> {
    /// Opens the document, and with its ticket a session.
    async fn frame(&self) -> Vec<Finding> {
        let Some(response) = self.document(self.own.as_str()).await else {
            return Vec::new();
        };
        match response.status {
            200 => {}
            403 => return vec![public_url::other_origin()],
            status => return vec![public_url::no_frame(path::FRAME, status)],
        }
        let mut findings = judge_frame(&response, self.own);
        let body = response.body();
        if let Some(ticket) = ticket(&body) {
            findings.extend(self.session(ticket).await);
        }
        findings
    }

    async fn document(&self, page: &str) -> Option<TimedResponse> {
        let mut url = with_path(self.base, path::FRAME);
        url.query_pairs_mut().append_pair("origin", page);
        fetch(self.client, &url, Redirects::Stop).await.ok()
    }

    async fn session(&self, ticket: &str) -> Option<Finding> {
        let body = CreateRequest { ticket: Some(ticket.to_owned()), ..CreateRequest::default() };
        let url = with_path(self.base, path::SESSION_CREATE);
        let request = self
            .client
            .post(url.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(&body).ok()?);
        let response = self.call(request, &url).await?;
        if response.status != 201 {
            return no_session(&response);
        }
        let created: CreateResponse = serde_json::from_str(&response.beginning()).ok()?;
        self.validate(&created.token).await
    }

    async fn validate(&self, token: &str) -> Option<Finding> {
        let url = with_path(self.base, path::SESSION_VALIDATE);
        let request = self.client.get(url.clone()).bearer_auth(token);
        let response = self.call(request, &url).await?;
        Some(match response.status {
            401 => public_url::authorization_lost(),
            _ => public_url::session(),
        })
    }

    async fn call(&self, request: RequestBuilder, url: &Url) -> Option<TimedResponse> {
        let request = request.header(ORIGIN, self.own.as_str());
        exchange(request, url, TIMEOUT).await.ok()
    }

    /// Finds an origin that these settings list and the running proxy does not permit.
    async fn origins(&self, entries: &[String]) -> Option<Finding> {
        let exact = entries.iter().filter(|entry| !entry.contains('*'));
        for entry in exact.take(MAX_TRIED) {
            let origin = Origin::normalise(entry).ok()?;
            if self.document(origin.as_str()).await?.status == 403 {
                return Some(public_url::other_origins(entry));
            }
        }
        None
    }

    /// Judges by a slow stream of the proxy if streams arrive as they are written.
    async fn stream(&self) -> Option<Finding> {
        let url = with_path(self.base, path::HEALTH_STREAM);
        let request = self.client.get(url.clone()).header(ACCEPT_ENCODING, "gzip, br");
        judge_stream(&exchange(request, &url, TIMEOUT).await.ok()?)
    }
}

fn judge_frame(response: &TimedResponse, own: &Origin) -> Vec<Finding> {
    let findings = [
        response.header(X_FRAME_OPTIONS).map(public_url::frame_options),
        (!has_own_policy(response, own)).then(public_url::policy_changed),
        (!is_fresh(response)).then(public_url::cached),
        (!is_unchanged(response)).then(public_url::document_changed),
    ];
    findings.into_iter().flatten().collect()
}

fn has_own_policy(response: &TimedResponse, own: &Origin) -> bool {
    let policies = response.headers.get_all(CONTENT_SECURITY_POLICY).iter();
    let policies: Vec<_> = policies.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let is_ours = |policy: &str| policy.contains(&format!("frame-ancestors {own}"));
    matches!(policies.as_slice(), [policy] if is_ours(policy))
}

fn is_fresh(response: &TimedResponse) -> bool {
    let directives = response.header(CACHE_CONTROL).unwrap_or_default();
    !response.headers.contains_key(AGE) && directives.contains("no-store")
}

/// Returns `true` where the document holds all that its policy names.
fn is_unchanged(response: &TimedResponse) -> bool {
    let document = response.body();
    let there = ["script", "style"].map(|element| inline_sources(&document, element)).concat();
    let policy = response.header(CONTENT_SECURITY_POLICY).unwrap_or_default();
    let mut named = policy.split([' ', ';']).filter(|source| source.starts_with("'sha256-"));
    named.all(|source| there.iter().any(|it| it == source))
}

fn no_session(response: &TimedResponse) -> Option<Finding> {
    let body = response.beginning();
    let has_code = |code: &str| body.contains(&format!("\"{code}\""));
    if has_code("origin_not_allowed") || has_code("origin_required") {
        return Some(public_url::origin_lost());
    }
    if has_code("invalid_token") {
        return Some(public_url::other_keys());
    }
    if has_code("invalid_field") && has_code("jwk") {
        return Some(public_url::bound_sessions());
    }
    // A check that runs often meets the limit of new sessions.
    (response.status != 429).then(|| public_url::no_session(path::SESSION_CREATE, response.status))
}

fn judge_stream(response: &TimedResponse) -> Option<Finding> {
    let (first, last) = (response.chunks.first()?, response.chunks.last()?);
    if response.status != 200 || !response.media_type().starts_with("text/event-stream") {
        // An earlier version of the proxy has no such address.
        return None;
    }
    let is_paced = last.at.saturating_sub(first.at) >= APART;
    Some(if is_paced { public_url::streams() } else { public_url::buffered() })
}

/// Returns the ticket in a document's boot JSON.
fn ticket(document: &str) -> Option<&str> {
    let (_, after) = document.split_once("\"ticket\":\"")?;
    after.split_once('"').map(|(ticket, _)| ticket)
}
