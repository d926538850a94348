//! The address under which browsers reach this proxy: does it answer there, and does it answer itself?

use porthole_domain::origin::Origin;
use porthole_protocol::path;
use reqwest::Client;
use serde::Deserialize;
use url::Url;

use super::fetch::{self, Fetched, Redirects};
use super::finding::Finding;

/// Said where the rest of the way can be looked at.
pub(super) const REACHED: &str = "public_url.reached";

/// What `/health` says, as far as it is read.
#[derive(Debug, Deserialize)]
struct Health {
    status: String,
    version: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    kind: String,
}

/// Asks `/health` and the script, each at the public address.
pub(super) async fn check(client: &Client, origin: &Origin, upstream: &str) -> Vec<Finding> {
    let Ok(base) = Url::parse(origin.as_str()) else {
        return Vec::new();
    };
    let findings = match fetch::get(client, &at(&base, "/health"), Redirects::Stop).await {
        Ok(fetched) => judge(&fetched, upstream),
        Err(trouble) => {
            return vec![trouble.finding("PUBLIC_URL, asked from this machine", &base, "PUBLIC_URL")];
        }
    };
    if findings.iter().all(|finding| finding.code != REACHED) {
        return findings;
    }
    let script = fetch::get(client, &at(&base, path::WIDGET_JS), Redirects::Stop).await;
    let is_there = script.is_ok_and(|script| {
        let media_type = script.header("content-type").unwrap_or_default();
        script.status == 200 && media_type.contains("javascript")
    });
    let missing = (!is_there).then(|| {
        Finding::problem(
            "public_url.no_widget",
            "PUBLIC_URL answers, but gives no /widget.js.",
            "Let the load balancer pass every path on, and build the widget with `cargo xtask build`.",
        )
    });
    findings.into_iter().chain(missing).collect()
}

/// Whether this is what `/health` of a proxy like this one says.
pub(super) fn is_health(fetched: &Fetched) -> bool {
    serde_json::from_slice::<Health>(&fetched.body).is_ok()
}

pub(super) fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(path);
    url
}

fn judge(fetched: &Fetched, upstream: &str) -> Vec<Finding> {
    if let Some(encoding) = fetched
        .header("content-encoding")
        .filter(|encoding| *encoding != "identity")
    {
        return vec![Finding::problem(
            "public_url.encoded",
            format!(
                "PUBLIC_URL: what stands in front compresses ({encoding}), although only `identity` was asked for."
            ),
            "Turn compression off there for this host: the proxy compresses what gains by it, and streams are held back otherwise.",
        )];
    }
    let health: Option<Health> = serde_json::from_slice(&fetched.body).ok();
    match (fetched.status, health) {
        (200, Some(health)) => judge_health(&health, upstream),
        (301..=308, _) => vec![redirects(fetched)],
        (502..=504, _) => vec![Finding::problem(
            "public_url.gateway",
            format!(
                "PUBLIC_URL: what stands in front answers with status {} and does not reach this proxy.",
                fetched.status
            ),
            "Start the proxy, and correct the address to which the load balancer passes requests on.",
        )],
        (401 | 403, _) => vec![Finding::problem(
            "public_url.guarded",
            format!(
                "PUBLIC_URL: what stands in front refuses with status {}: visitors would be refused as well.",
                fetched.status
            ),
            "Let everybody read the paths of this proxy.",
        )],
        (status, _) => vec![Finding::problem(
            "public_url.someone_else",
            format!(
                "PUBLIC_URL: something else answers there (status {status} for /health, and no word of this proxy)."
            ),
            "Correct PUBLIC_URL, or let that host pass every path on to this proxy.",
        )],
    }
}

fn redirects(fetched: &Fetched) -> Finding {
    let location = fetched.header("location").unwrap_or_default();
    let to = fetched
        .url
        .join(location)
        .map(|to| to.origin().ascii_serialization());
    let to = to.unwrap_or_else(|_| "nowhere".to_owned());
    Finding::problem(
        "public_url.redirects",
        format!("PUBLIC_URL redirects to {to}: the tag, the frame and the origin check need one address."),
        format!("Set PUBLIC_URL to {to}, if that is this proxy."),
    )
}

fn judge_health(health: &Health, upstream: &str) -> Vec<Finding> {
    let mut findings = vec![Finding::ok(REACHED, "PUBLIC_URL leads to a running proxy.")];
    if health.version != env!("CARGO_PKG_VERSION") {
        findings.push(Finding::warning(
            "public_url.other_version",
            format!(
                "The proxy that answers there is version {}, this one is {}.",
                health.version,
                env!("CARGO_PKG_VERSION")
            ),
            "Restart it with the new binary.",
        ));
    }
    let running = health
        .dependencies
        .iter()
        .find(|dependency| dependency.name == "upstream");
    if let Some(running) = running.filter(|running| running.kind != upstream) {
        findings.push(Finding::warning(
            "public_url.other_settings",
            format!(
                "The proxy that answers there answers from `{}`, these settings say `{upstream}`.",
                running.kind
            ),
            "Restart it, or run this check where it runs, with its settings.",
        ));
    }
    if health.status == "draining" {
        findings.push(Finding::warning(
            "public_url.draining",
            "The proxy that answers there is about to stop.",
            "Check again when it has started anew.",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue, LOCATION};

    use super::*;

    fn codes(status: u16, location: &'static str, body: &str) -> Vec<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_static(location));
        let fetched = Fetched {
            url: Url::parse("http://chat.example.com/health").unwrap(),
            status,
            headers,
            body: body.into(),
            cut: false,
        };
        judge(&fetched, "webhook")
            .iter()
            .map(|finding| finding.code)
            .collect()
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
            (
                200,
                "",
                health("ok", "0.0.1", "webhook"),
                &["public_url.reached", "public_url.other_version"],
            ),
            (
                200,
                "",
                health("ok", own, "docs"),
                &["public_url.reached", "public_url.other_settings"],
            ),
            (
                200,
                "",
                health("draining", own, "webhook"),
                &["public_url.reached", "public_url.draining"],
            ),
            (
                200,
                "",
                "{\"status\":\"ok\"}".to_owned(),
                &["public_url.someone_else"],
            ),
            (
                200,
                "",
                "<!doctype html>".to_owned(),
                &["public_url.someone_else"],
            ),
            (404, "", String::new(), &["public_url.someone_else"]),
            (
                301,
                "https://chat.example.com/health",
                String::new(),
                &["public_url.redirects"],
            ),
            (502, "", String::new(), &["public_url.gateway"]),
            (401, "", String::new(), &["public_url.guarded"]),
        ];
        for (status, location, body, want) in table {
            assert_eq!(codes(status, location, &body), want, "{status} {body}");
        }
    }
}
