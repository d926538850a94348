//! The address under which browsers reach this proxy. A reverse proxy in front may spoil each step of a visit.

mod health;
mod visit;

use porthole_config::setting::PUBLIC_URL;
use porthole_domain::origin::Origin;
use reqwest::Client;
use url::Url;

use crate::client::Peer;
use crate::finding::{Finding, public_url};
pub(crate) use health::is_health;

/// Asks the proxy at its public address, and if it answers, makes a visit; `upstream` is the kind in the settings, and
/// `entries` is `ALLOWED_ORIGINS`.
pub(crate) async fn check(
    client: &Client,
    (origin, base): (&Origin, &Url),
    upstream: &str,
    entries: &[String],
) -> Vec<Finding> {
    let peer = Peer { name: "PUBLIC_URL, asked from this machine", url: base, setting: PUBLIC_URL.name };
    let health = health::check(client, base, upstream).await;
    let mut findings = health.unwrap_or_else(|error| vec![error.finding(peer)]);
    if is_reached(&findings) {
        findings.extend(visit::check(client, origin, base, entries).await);
    }
    findings
}

fn is_reached(findings: &[Finding]) -> bool {
    findings.contains(&public_url::reached())
}
