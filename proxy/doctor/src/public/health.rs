//! The proxy at its public address: it answers there, and no other program does.

use porthole_protocol::path;
use reqwest::Client;
use reqwest::header::LOCATION;
use serde::Deserialize;
use url::Url;

use crate::address::with_path;
use crate::client::{Redirects, RequestError, TimedResponse, fetch};
use crate::finding::{Finding, FindingCode};

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
    if findings.iter().any(|finding| finding.code == FindingCode::PublicUrlReached) {
        let script = fetch(client, &with_path(base, path::WIDGET_JS), Redirects::Stop).await;
        findings.extend(no_widget(script.ok().as_ref()));
    }
    Ok(findings)
}

/// Returns `true` if a proxy like this one wrote this answer of `/health`.
pub(crate) fn is_health(response: &TimedResponse) -> bool {
    serde_json::from_str::<HealthReport>(&response.body()).is_ok()
}

fn no_widget(script: Option<&TimedResponse>) -> Option<Finding> {
    let is_there =
        script.is_some_and(|script| script.status == 200 && script.media_type().contains("javascript"));
    (!is_there).then(|| FindingCode::PublicUrlNoWidget.finding())
}

fn judge(response: &TimedResponse, upstream: &str) -> Vec<Finding> {
    if let Some(encoding) = response.encoding() {
        let message = format!(
            "PUBLIC_URL: a reverse proxy in front compresses ({encoding}), although only `identity` was asked for."
        );
        return vec![FindingCode::PublicUrlEncoded.with_message(message)];
    }
    let status = response.status;
    match (status, serde_json::from_str(&response.body()).ok()) {
        (200, Some(health)) => judge_health(&health, upstream),
        (301..=308, _) => vec![redirects(response)],
        _ => vec![not_this_proxy(status)],
    }
}

fn not_this_proxy(status: u16) -> Finding {
    let (code, fact) = match status {
        502..=504 => (FindingCode::PublicUrlGateway, "a reverse proxy in front does not reach this proxy"),
        401 | 403 => (FindingCode::PublicUrlGuarded, "a reverse proxy in front refuses visitors"),
        _ => (FindingCode::PublicUrlSomeoneElse, "something else than this proxy answers there"),
    };
    code.with_message(format!("PUBLIC_URL: {fact} (status {status} for /health)."))
}

fn redirects(response: &TimedResponse) -> Finding {
    let location = response.header(LOCATION).unwrap_or_default();
    let to = response.url.join(location);
    let to = to.map_or_else(|_| "nowhere".to_owned(), |to| to.origin().ascii_serialization());
    FindingCode::PublicUrlRedirects
        .with_message(format!(
            "PUBLIC_URL redirects to {to}: the tag, the frame and the origin check need one address."
        ))
        .remedy(format!("Set PUBLIC_URL to {to}, if that is this proxy."))
}

fn judge_health(health: &HealthReport, upstream: &str) -> Vec<Finding> {
    let mut findings = vec![FindingCode::PublicUrlReached.finding()];
    findings.extend(other_version(&health.version));
    findings.extend(other_settings(&health.dependencies, upstream));
    findings.extend((health.status == "draining").then(|| FindingCode::PublicUrlDraining.finding()));
    findings
}

fn other_version(version: &str) -> Option<Finding> {
    let own = env!("CARGO_PKG_VERSION");
    (version != own).then(|| {
        let message = format!("The proxy that answers there is version {version}, this one is {own}.");
        FindingCode::PublicUrlOtherVersion.with_message(message)
    })
}

fn other_settings(dependencies: &[HealthDependency], upstream: &str) -> Option<Finding> {
    let mut dependencies = dependencies.iter();
    let running = dependencies.find(|dependency| dependency.name == "upstream")?;
    (running.kind != upstream).then(|| {
        FindingCode::PublicUrlOtherSettings.with_message(format!(
            "The proxy that answers there answers from `{}`, these settings say `{upstream}`.",
            running.kind
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(status: u16, location: &str, body: &str) -> Vec<&'static str> {
        let url = "http://chat.example.com/health";
        let response = TimedResponse::whole(url, status, &[("location", location)], body);
        judge(&response, "webhook").iter().map(|finding| finding.code.name()).collect()
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
