//! The address under which browsers reach this proxy. Whatever stands in front may spoil each step of a visit.

mod health;
mod visit;

use porthole_domain::origin::Origin;
use reqwest::Client;
use url::Url;

use crate::client::Peer;
use crate::finding::{Code, Finding};
pub(crate) use health::is_health;

/// Asks the proxy at its public address, and if it answers, makes a visit; `upstream` is the kind in the settings, and
/// `entries` is `ALLOWED_ORIGINS`.
pub(crate) async fn check(
    client: &Client,
    origin: &Origin,
    upstream: &str,
    entries: &[String],
) -> Vec<Finding> {
    let Ok(base) = Url::parse(origin.as_str()) else {
        return Vec::new();
    };
    let mut findings = match health::check(client, &base, upstream).await {
        Ok(findings) => findings,
        Err(error) => {
            return vec![error.finding(Peer {
                name: "PUBLIC_URL, asked from this machine",
                url: &base,
                setting: "PUBLIC_URL",
            })];
        }
    };
    if findings
        .iter()
        .any(|finding| finding.code == Code::PublicUrlReached)
    {
        findings.extend(visit::check(client, origin, &base, entries).await);
    }
    findings
}
