//! The way of a visitor through the public address: document, session, stream. What stands in front may spoil each.

use std::time::Duration;

use porthole_domain::origin::Origin;
use porthole_protocol::path;
use porthole_protocol::session::{CreateRequest, CreateResponse};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, ORIGIN};
use reqwest::{Client, RequestBuilder};
use url::Url;

use super::exchange::{Seen, exchange};
use super::fetch::{self, Fetched, Redirects};
use super::finding::Finding;
use super::public::at;

/// For one call.
const TIME: Duration = Duration::from_secs(7);

/// So many of the origins are tried; the rest stands in the same list.
const TRIED: usize = 5;

/// Two events that come closer together than this were held back: half a second is between them.
const APART: Duration = Duration::from_millis(150);

/// Goes the way of a visitor as far as it leads.
pub(super) async fn check(client: &Client, own: &Origin, entries: &[String]) -> Vec<Finding> {
    let Ok(base) = Url::parse(own.as_str()) else {
        return Vec::new();
    };
    let way = Way { client, own, base };
    let mut findings = way.frame().await;
    findings.extend(way.origins(entries).await);
    findings.extend(way.stream().await);
    findings
}

struct Way<'a> {
    client: &'a Client,
    own: &'a Origin,
    base: Url,
}

impl Way<'_> {
    /// The document, and with its ticket a session.
    async fn frame(&self) -> Vec<Finding> {
        let Some(fetched) = self.document(self.own.as_str()).await else {
            return Vec::new();
        };
        if fetched.status == 403 {
            return vec![Finding::problem(
                "public_url.other_origin",
                "The proxy that answers there does not know PUBLIC_URL as its own: it runs with another PUBLIC_URL.",
                "Restart it with these settings.",
            )];
        }
        if fetched.status != 200 {
            return vec![Finding::problem(
                "public_url.no_frame",
                format!(
                    "PUBLIC_URL answers, but gives no {} (status {}).",
                    path::FRAME,
                    fetched.status
                ),
                "Let what stands in front pass every path on.",
            )];
        }
        let mut findings = judge_frame(&fetched, self.own);
        let body = String::from_utf8_lossy(&fetched.body);
        if let Some(ticket) = ticket(&body) {
            findings.extend(self.session(ticket).await);
        }
        findings
    }

    async fn document(&self, page: &str) -> Option<Fetched> {
        let mut url = at(&self.base, path::FRAME);
        url.query_pairs_mut().append_pair("origin", page);
        fetch::get(self.client, &url, Redirects::Stop).await.ok()
    }

    async fn session(&self, ticket: &str) -> Option<Finding> {
        let create = CreateRequest {
            ticket: Some(ticket.to_owned()),
            ..CreateRequest::default()
        };
        let url = at(&self.base, path::SESSION_CREATE);
        let request = self
            .client
            .post(url.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(&create).ok()?);
        let seen = self.call(request, &url).await?;
        if seen.status != 201 {
            return judge_create(&seen);
        }
        let created: CreateResponse = serde_json::from_str(&seen.beginning()).ok()?;
        let url = at(&self.base, path::SESSION_VALIDATE);
        let seen = self
            .call(self.client.get(url.clone()).bearer_auth(created.token), &url)
            .await?;
        Some(match seen.status {
            401 => Finding::problem(
                "public_url.authorization_lost",
                "PUBLIC_URL: a session's token does not arrive: what stands in front takes out or changes the Authorization header, or passes calls on to proxies with other keys.",
                "Let it pass Authorization on, and give every replica the same JWT_SECRET_KEY.",
            ),
            _ => Finding::ok("public_url.session", "A visitor gets a session there."),
        })
    }

    async fn call(&self, request: RequestBuilder, url: &Url) -> Option<Seen> {
        exchange(request.header(ORIGIN, self.own.as_str()), url, TIME)
            .await
            .ok()
    }

    /// Whether what runs there permits what these settings list.
    async fn origins(&self, entries: &[String]) -> Option<Finding> {
        for entry in entries.iter().filter(|entry| !entry.contains('*')).take(TRIED) {
            let origin = Origin::normalise(entry).ok()?;
            if self.document(origin.as_str()).await?.status == 403 {
                return Some(Finding::warning(
                    "public_url.other_origins",
                    format!(
                        "The proxy that answers there does not permit {entry}, which ALLOWED_ORIGINS lists here."
                    ),
                    "Restart it with these settings.",
                ));
            }
        }
        None
    }

    /// Whether a stream arrives as it is written.
    async fn stream(&self) -> Option<Finding> {
        let url = at(&self.base, path::HEALTH_STREAM);
        let request = self.client.get(url.clone()).header(ACCEPT_ENCODING, "gzip, br");
        judge_stream(&exchange(request, &url, TIME).await.ok()?)
    }
}

fn judge_frame(fetched: &Fetched, own: &Origin) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(value) = fetched.header("x-frame-options") {
        findings.push(Finding::problem(
            "public_url.frame_options",
            format!("PUBLIC_URL: what stands in front adds `X-Frame-Options: {value}`: browsers may show the chat in no page."),
            "Take that header out for this host; the proxy itself says who may embed it.",
        ));
    }
    let policies = fetched.headers.get_all("content-security-policy").iter();
    let policies: Vec<_> = policies
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    let is_ours = |policy: &str| policy.contains(&format!("frame-ancestors {own}"));
    if !matches!(policies.as_slice(), [policy] if is_ours(policy)) {
        findings.push(Finding::problem(
            "public_url.policy_changed",
            "PUBLIC_URL: what stands in front takes out, changes or adds a Content-Security-Policy.",
            "Let it pass the proxy's own header on, and add none for this host.",
        ));
    }
    let is_kept = fetched.headers.contains_key("age");
    if is_kept
        || !fetched
            .header("cache-control")
            .is_some_and(|value| value.contains("no-store"))
    {
        findings.push(Finding::problem(
            "public_url.cached",
            "PUBLIC_URL: what stands in front keeps the chat's document, or tells browsers to: each visitor needs a fresh one.",
            "Turn its cache off for this host, or let it obey Cache-Control.",
        ));
    }
    findings
}

fn judge_create(seen: &Seen) -> Option<Finding> {
    let says = seen.beginning();
    let refused = |code: &str| says.contains(&format!("\"{code}\""));
    if refused("origin_not_allowed") || refused("origin_required") {
        return Some(Finding::problem(
            "public_url.origin_lost",
            "PUBLIC_URL: a call's Origin does not arrive: what stands in front takes out or changes that header.",
            "Let it pass Origin on as it comes.",
        ));
    }
    if refused("invalid_token") {
        return Some(Finding::problem(
            "public_url.other_keys",
            "PUBLIC_URL: what one call gave, the next refuses: several proxies answer there with different keys.",
            "Give every replica the same JWT_SECRET_KEY.",
        ));
    }
    // Who asks often meets the limit of new sessions.
    (seen.status != 429).then(|| {
        Finding::problem(
            "public_url.no_session",
            format!(
                "PUBLIC_URL: no visitor gets a session there (status {} for POST {}).",
                seen.status,
                path::SESSION_CREATE
            ),
            "Let what stands in front pass every method and every path on.",
        )
    })
}

fn judge_stream(seen: &Seen) -> Option<Finding> {
    let (first, last) = (seen.chunks.first()?, seen.chunks.last()?);
    if seen.status != 200 || !seen.media_type.as_deref()?.starts_with("text/event-stream") {
        // An earlier version of the proxy has no such address.
        return None;
    }
    Some(if last.at.saturating_sub(first.at) >= APART {
        Finding::ok("public_url.streams", "Streams pass there as they are written.")
    } else {
        Finding::warning(
            "public_url.buffered",
            "PUBLIC_URL: what stands in front holds streams back (two events half a second apart came together): visitors see answers only when they are whole.",
            "Turn buffering and compression off there for this host (nginx: proxy_buffering off, gzip off).",
        )
    })
}

/// The ticket in a document's boot JSON.
fn ticket(document: &str) -> Option<&str> {
    let (_, after) = document.split_once("\"ticket\":\"")?;
    after.split_once('"').map(|(ticket, _)| ticket)
}
