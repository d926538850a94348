//! The proxy at its public address: it answers there, and no other program does.

use porthole_protocol::path;
use reqwest::Client;
use reqwest::header::LOCATION;
use serde::Deserialize;
use url::Url;

use crate::address::with_path;
use crate::client::{Redirects, RequestError, TimedResponse, fetch};
use crate::finding::{Finding, public_url};

/// The members of `/health` that are read.
#[derive(Debug, Deserialize)]
struct HealthReport {
    status: String,
    version: String,
    dependencies: Vec<HealthDependency>,
}

#[derive(Debug, Deserialize)]
struct HealthDependency {
    name: String,
    kind: String,
}

/// Asks `/health` and the script.
pub(super) async fn check(client: &Client, base: &Url, upstream: &str) -> Result<Vec<Finding>, RequestError> {
    let response = fetch(client, &with_path(base, path::HEALTH), Redirects::Stop).await?;
    let mut findings = judge(&response, upstream);
    if super::is_reached(&findings) {
        let script = fetch(client, &with_path(base, path::WIDGET_JS), Redirects::Stop).await;
        findings.extend((!is_script(script.ok().as_ref())).then(public_url::no_widget));
    }
    Ok(findings)
}

/// Returns `true` if a proxy like this one wrote this answer of `/health`.
pub(crate) fn is_health(response: &TimedResponse) -> bool {
    serde_json::from_str::<HealthReport>(&response.body()).is_ok()
}

fn is_script(response: Option<&TimedResponse>) -> bool {
    response.is_some_and(|script| script.status == 200 && script.media_type().contains("javascript"))
}

fn judge(response: &TimedResponse, upstream: &str) -> Vec<Finding> {
    if let Some(encoding) = response.encoding() {
        return vec![public_url::encoded(encoding)];
    }
    let status = response.status;
    match (status, serde_json::from_str(&response.body()).ok()) {
        (200, Some(health)) => judge_health(&health, upstream),
        (301..=308, _) => vec![public_url::redirects(redirect_origin(response))],
        (502..=504, _) => vec![public_url::gateway(status)],
        (401 | 403, _) => vec![public_url::guarded(status)],
        _ => vec![public_url::someone_else(status)],
    }
}

fn redirect_origin(response: &TimedResponse) -> String {
    let to = response.url.join(response.header(LOCATION).unwrap_or_default());
    to.map_or_else(|_| "nowhere".to_owned(), |to| to.origin().ascii_serialization())
}

fn judge_health(health: &HealthReport, upstream: &str) -> Vec<Finding> {
    let own = env!("CARGO_PKG_VERSION");
    let mut findings = vec![public_url::reached()];
    findings.extend((health.version != own).then(|| public_url::other_version(&health.version, own)));
    let running = health.dependencies.iter().find(|dependency| dependency.name == "upstream");
    let other = running.filter(|running| running.kind != upstream);
    findings.extend(other.map(|running| public_url::other_settings(&running.kind, upstream)));
    findings.extend((health.status == "draining").then(public_url::draining));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(status: u16, location: &str, body: &str) -> Vec<&'static str> {
        let url = "http://chat.example.com/health";
        let response = TimedResponse::whole(url, status, &[("location", location)], body);
        judge(&response, "webhook").iter().map(|finding| finding.code).collect()
    }

    fn health(status: &str, version: &str, kind: &str) -> String {
        let dependencies = serde_json::json!([{ "name": "upstream", "kind": kind, "scope": "replica" }]);
        serde_json::json!({ "status": status, "version": version, "dependencies": dependencies }).to_string()
    }

    #[test]
    fn only_this_proxy_itself_will_do() {
        let own = env!("CARGO_PKG_VERSION");
        let table: [(u16, &str, String, &[&str]); 10] = [
            (200, "", health("ok", own, "webhook"), &["public_url.reached"]),
            (200, "", health("ok", "0.0.1", "webhook"), &["public_url.reached", "public_url.other_version"]),
            (200, "", health("ok", own, "docs"), &["public_url.reached", "public_url.other_settings"]),
            (200, "", health("draining", own, "webhook"), &["public_url.reached", "public_url.draining"]),
            (200, "", "{\"status\":\"ok\"}".to_owned(), &["public_url.someone_else"]),
            (200, "", "<!doctype html>".to_owned(), &["public_url.someone_else"]),
            (404, "", String::new(), &["public_url.someone_else"]),
            (301, "https://chat.example.com/health", String::new(), &["public_url.redirects"]),
            (502, "", String::new(), &["public_url.gateway"]),
            (401, "", String::new(), &["public_url.guarded"]),
        ];
        for (status, location, body, want) in table {
            assert_eq!(codes(status, location, &body), want, "{status} {body}");
        }
    }
}
