//! A visit through the public address: document, session, stream.

use std::time::Duration;

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
use crate::finding::{Finding, FindingCode};

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
        if response.status != 200 {
            return vec![no_frame(response.status)];
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
            401 => FindingCode::PublicUrlAuthorizationLost.finding(),
            _ => FindingCode::PublicUrlSession.finding(),
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
                return Some(FindingCode::PublicUrlOtherOrigins.with_message(format!(
                    "The proxy that answers there does not permit {entry}, which ALLOWED_ORIGINS lists here."
                )));
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

fn no_frame(status: u16) -> Finding {
    match status {
        403 => FindingCode::PublicUrlOtherOrigin.finding(),
        _ => FindingCode::PublicUrlNoFrame
            .with_message(format!("PUBLIC_URL answers, but gives no {} (status {status}).", path::FRAME)),
    }
}

fn judge_frame(response: &TimedResponse, own: &Origin) -> Vec<Finding> {
    let findings = [frame_options(response), policy_changed(response, own), cached(response)];
    findings.into_iter().flatten().collect()
}

fn frame_options(response: &TimedResponse) -> Option<Finding> {
    let value = response.header(X_FRAME_OPTIONS)?;
    let message = format!(
        "PUBLIC_URL: a reverse proxy in front adds `X-Frame-Options: {value}`: browsers may show the chat in no page."
    );
    Some(FindingCode::PublicUrlFrameOptions.with_message(message))
}

fn policy_changed(response: &TimedResponse, own: &Origin) -> Option<Finding> {
    let policies = response.headers.get_all(CONTENT_SECURITY_POLICY).iter();
    let policies: Vec<_> = policies.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let is_ours = |policy: &str| policy.contains(&format!("frame-ancestors {own}"));
    (!matches!(policies.as_slice(), [policy] if is_ours(policy)))
        .then(|| FindingCode::PublicUrlPolicyChanged.finding())
}

fn cached(response: &TimedResponse) -> Option<Finding> {
    let directives = response.header(CACHE_CONTROL).unwrap_or_default();
    let is_fresh = !response.headers.contains_key(AGE) && directives.contains("no-store");
    (!is_fresh).then(|| FindingCode::PublicUrlCached.finding())
}

fn no_session(response: &TimedResponse) -> Option<Finding> {
    let body = response.beginning();
    let has_code = |code: &str| body.contains(&format!("\"{code}\""));
    if has_code("origin_not_allowed") || has_code("origin_required") {
        return Some(FindingCode::PublicUrlOriginLost.finding());
    }
    if has_code("invalid_token") {
        return Some(FindingCode::PublicUrlOtherKeys.finding());
    }
    // A check that runs often meets the limit of new sessions.
    (response.status != 429).then(|| {
        let (status, path) = (response.status, path::SESSION_CREATE);
        FindingCode::PublicUrlNoSession.with_message(format!(
            "PUBLIC_URL: no visitor gets a session there (status {status} for POST {path})."
        ))
    })
}

fn judge_stream(response: &TimedResponse) -> Option<Finding> {
    let (first, last) = (response.chunks.first()?, response.chunks.last()?);
    if response.status != 200 || !response.media_type().starts_with("text/event-stream") {
        // An earlier version of the proxy has no such address.
        return None;
    }
    Some(if last.at.saturating_sub(first.at) >= APART {
        FindingCode::PublicUrlStreams.finding()
    } else {
        FindingCode::PublicUrlBuffered.finding()
    })
}

/// Returns the ticket in a document's boot JSON.
fn ticket(document: &str) -> Option<&str> {
    let (_, after) = document.split_once("\"ticket\":\"")?;
    after.split_once('"').map(|(ticket, _)| ticket)
}
