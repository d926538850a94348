//! Metrics for a scraper: both text formats, labels from fixed sets, and a gauge that returns to rest.

use std::collections::BTreeSet;

use porthole_protocol::{Code, path};
use porthole_tests::client::Events;
use porthole_tests::upstream::Framing;
use porthole_tests::{Client, FakeUpstream, Proxy, Script, Signal};
use reqwest::Method;
use serde_json::json;

use crate::fixture::{Fixture, id, item, message, ok, whole};

pub(crate) const TOKEN: &str = "metrics-token-of-a-test-0123456789";

/// The media type and the text that a scraper gets.
pub(crate) async fn scrape(fixture: &Fixture, accept: Option<&str>) -> (String, String) {
    let request = fixture.client.plain(Method::GET, "/metrics").bearer_auth(TOKEN);
    let request = accept.into_iter().fold(request, |request, accept| request.header("accept", accept));
    let response = request.send().await.unwrap();
    let media_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(response.headers()["vary"], "Accept");
    (media_type, response.text().await.unwrap())
}

/// A proxy that shows its metrics.
pub(crate) fn fixture(upstream: FakeUpstream) -> Fixture {
    Fixture::new(upstream, &[("METRICS_TOKEN", TOKEN)])
}

/// The names and labels of all samples, without their values.
fn series(text: &str) -> BTreeSet<String> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

fn value(text: &str, series: &str) -> u64 {
    let line = text.lines().find(|line| line.strip_prefix(series).is_some_and(|rest| rest.starts_with(' ')));
    line.unwrap_or_else(|| panic!("{series} in {text}")).rsplit_once(' ').unwrap().1.parse().unwrap()
}

/// Asserts that every sample is described, before it comes and once, and has a number.
fn assert_described(text: &str) {
    let mut described = BTreeSet::new();
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(about) = line.strip_prefix("# TYPE ") {
            let (name, kind) = about.split_once(' ').unwrap();
            assert!(matches!(kind, "counter" | "gauge" | "histogram"), "{line}");
            assert!(described.insert(name.to_owned()), "{line}");
        } else if !line.starts_with("# HELP ") {
            let (sample, number) = line.rsplit_once(' ').unwrap();
            let name = sample.split('{').next().unwrap();
            let family =
                ["_total", "_bucket", "_sum", "_count"].into_iter().find_map(|end| name.strip_suffix(end));
            assert!(described.contains(family.unwrap_or(name)), "{line}");
            assert!(number.parse::<f64>().is_ok(), "{line}");
        }
    }
}

#[tokio::test]
async fn a_scraper_gets_the_format_that_it_asks_for() {
    let fixture = fixture(FakeUpstream::always(ok()));
    fixture.ask("hi").await;
    let prometheus = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
    for accept in [
        prometheus,
        "application/openmetrics-text",
        "text/plain, application/openmetrics-text; version=1.0.0",
    ] {
        let (media_type, text) = scrape(&fixture, Some(accept)).await;
        assert_eq!(media_type, "application/openmetrics-text; version=1.0.0; charset=utf-8", "{accept}");
        assert!(text.ends_with("\n# EOF\n"), "{text}");
        assert_described(&text);
    }
    for accept in [
        None,
        Some("*/*"),
        Some("text/plain"),
        Some("text/plain; version=0.0.4"),
        Some("application/openmetrics-text;q=0"),
        Some("garbage"),
    ] {
        let (media_type, text) = scrape(&fixture, accept).await;
        assert_eq!(media_type, "text/plain; version=0.0.4; charset=utf-8", "{accept:?}");
        // A comment to readers of this format.
        assert!(text.ends_with("\n# EOF\n"), "{text}");
        assert_described(&text);
        assert!(value(&text, "chat_requests_total{outcome=\"done\"}") >= 1);
    }
}

#[tokio::test]
async fn labels_come_from_fixed_sets_whatever_is_asked_for() {
    let fixture = fixture(FakeUpstream::start(|_, at| {
        Script::whole(400 + u16::try_from(at).unwrap(), "text/plain", "x")
    }));
    for at in 0..50 {
        let odd = Client::with_origin(&fixture.proxy, &format!("https://canary-{at}.example"));
        let method = Method::from_bytes(format!("CANARY{at}").as_bytes()).unwrap();
        let token = fixture.client.create().await.token;
        for request in [
            odd.post(path::SESSION_CREATE, &json!({"site": format!("canary-{at}")})),
            fixture.client.post(path::SESSION_CREATE, &json!({"site": format!("canary-{at}")})),
            fixture.client.plain(Method::GET, &format!("/canary-{at}?canary={at}")),
            fixture.client.plain(
                Method::GET,
                &format!("/frame?site=canary-{at}&origin=https%3A%2F%2Fcanary-{at}.example"),
            ),
            fixture.client.request(method, path::CHAT_MESSAGE),
            fixture
                .client
                .request(Method::GET, &format!("{}/canary-{at}", path::CHAT_MESSAGE))
                .bearer_auth(&token),
            fixture.client.post(path::CHAT_MESSAGE, &message()).bearer_auth(&token),
        ] {
            request.send().await.unwrap().bytes().await.unwrap();
        }
    }
    let (_, text) = scrape(&fixture, None).await;
    assert!(!text.to_lowercase().contains("canary"), "{text}");
    let codes: Vec<String> = Code::ALL.iter().map(|code| format!("{{code=\"{}\"}}", code.as_str())).collect();
    let labelled = series(&text).into_iter().filter(|sample| sample.contains("code="));
    let labelled: Vec<_> = labelled.collect();
    assert!(labelled.len() < 20, "{labelled:?}");
    for sample in labelled {
        assert!(codes.iter().any(|code| sample.ends_with(code)), "{sample}");
    }
}

/// A workflow that does what the message says; `rest` lets those go on that wait.
fn obedient(rest: &Signal) -> FakeUpstream {
    let rest = rest.clone();
    FakeUpstream::start(move |request, _| {
        let begun = || Script::head(200, "application/json", Framing::Chunked).piece(item("half"));
        match request.json()["chatInput"].as_str() {
            Some("fail") => Script::whole(500, "text/plain", "x"),
            Some("empty") => Script::whole(200, "application/json", "{}"),
            Some("break") => begun().breaks(),
            Some("silent") => Script::head(200, "application/json", Framing::Chunked)
                .piece("{\"type\":\"begin\"}\n")
                .wait(&rest)
                .end(),
            Some("long") => begun().wait(&rest).piece(item(" whole")).end(),
            _ => ok(),
        }
    })
}

#[tokio::test]
async fn no_reply_is_in_flight_after_any_kind_of_end() {
    let rest = Signal::new();
    let fixture = fixture(obedient(&rest));
    for message in ["ok", "fail", "empty", "break"] {
        let token = fixture.client.create().await.token;
        fixture.client.send(&token, &id(), message).await.bytes().await.unwrap();
    }
    let stopped = fixture.client.create().await.token;
    for text in ["long", "silent"] {
        let (token, id) = (fixture.client.create().await.token, id());
        let events = fixture.client.send(&token, &id, text).await;
        fixture.client.stop(&token, &id).await;
        events.bytes().await.unwrap();
    }
    // One whose reader goes away, and one whose session ends meanwhile.
    let gone = id();
    let mut events = Events::from_response(fixture.client.send(&stopped, &gone, "long").await).await;
    events.next().await.unwrap();
    let ended = fixture.client.create().await.token;
    let mut ending = Events::from_response(fixture.client.send(&ended, &id(), "long").await).await;
    ending.next().await.unwrap();
    fixture.client.post(path::SESSION_END, &json!({})).bearer_auth(&ended).send().await.unwrap();
    let (_, text) = scrape(&fixture, None).await;
    assert!(value(&text, "chat_streams_active") >= 2, "{text}");
    drop(events);
    rest.set();
    ending.rest().await;
    whole(fixture.client.join(&stopped, &gone, None).await).await;
    let (_, text) = scrape(&fixture, None).await;
    assert_eq!(value(&text, "chat_streams_active"), 0, "{text}");
    for (series, count) in [
        ("chat_requests_total{outcome=\"done\"}", 2),
        ("chat_requests_total{outcome=\"stopped\"}", 1),
        ("chat_requests_total{outcome=\"failed\"}", 5),
        ("chat_response_time_seconds_count", 8),
        ("chat_first_token_seconds_count", 5),
        ("chat_resumes_total", 1),
        ("chat_upstream_errors_total{code=\"upstream_status\"}", 1),
        ("chat_upstream_errors_total{code=\"empty_reply\"}", 1),
        ("chat_upstream_errors_total{code=\"upstream_interrupted\"}", 1),
    ] {
        assert_eq!(value(&text, series), count, "{series} in {text}");
    }
}

#[tokio::test]
async fn in_development_a_page_whose_name_leads_here_reads_no_metrics() {
    let proxy = Proxy::start(&[("DEBUG", "true")]);
    let client = Client::new(&proxy);
    let own = proxy.origin().trim_start_matches("http://");
    for (host, status) in
        [(own, 200), ("localhost:1", 200), ("rebound.example", 404), ("10.0.0.1.rebound.example", 404)]
    {
        let response = client.plain(Method::GET, path::METRICS).header("host", host).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{host}");
    }
}
