//! Faults of an intermediary in front of a running proxy, and of the ports to listen on.

use porthole_tests::upstream::RecordedRequest;
use porthole_tests::{FakeUpstream, Proxy, Script, tree};

use super::{Checked, FINE, check};

/// A running proxy, as far as the check asks it, with one answer spoilt.
fn front(spoilt: &'static str, answer: &Script) -> FakeUpstream {
    let answer = answer.clone();
    FakeUpstream::start(move |request: &RecordedRequest, _| {
        let path = request.path().trim_start_matches("/shop");
        if path == spoilt {
            return answer.clone();
        }
        let host = request.header("host").unwrap();
        match path {
            "/health" => {
                let health = serde_json::json!({
                    "status": "ok",
                    "version": env!("CARGO_PKG_VERSION"),
                    "dependencies": [{ "name": "upstream", "kind": "docs", "scope": "replica" }],
                });
                Script::whole(200, "application/json", health.to_string())
            }
            "/widget.js" => Script::whole(200, "text/javascript", ""),
            "/frame" => frame(&format!(
                "Content-Security-Policy: frame-ancestors http://{host}\r\nCache-Control: no-store\r\n"
            )),
            "/api/v1/session/create" => Script::whole(201, "application/json", CREATED),
            "/api/v1/session/validate" => Script::whole(200, "application/json", "{}"),
            _ => Script::whole(404, "application/problem+json", "{}"),
        }
    })
}

const CREATED: &str = r#"{"session_id": "x", "token": "x", "expires_at": "x",
    "limits": {"max_chars": 1, "history_turns": 1, "per_minute": 1, "uploads": false}}"#;

fn frame(headers: &str) -> Script {
    let body = r#"<script type="application/json">{"ticket":"x"}</script>"#;
    let length = body.len();
    // Without `Connection: close` the next request could be lost on a connection that is just being closed.
    Script::new().raw(format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    ))
}

fn problem(status: u16, code: &str) -> Script {
    Script::whole(status, "application/problem+json", format!("{{\"code\":\"{code}\"}}"))
}

fn ask(public: &str, more: &[(&str, &str)]) -> Checked {
    let documents = tree::root().join("examples/documents");
    let settings = [("PUBLIC_URL", public), ("DOCS_DIR", documents.to_str().unwrap())];
    check(&[], &[&settings, more].concat())
}

#[test]
fn an_intermediary_spoils_nothing_unnoticed() {
    let fine = "Cache-Control: no-store\r\n";
    let events = "event: pace\ndata: {}\n\nevent: pace\ndata: {}\n\n";
    let rewritten =
        frame(&format!("{fine}Content-Security-Policy: script-src 'sha256-x'; frame-ancestors *\r\n"));
    let table: [(&'static str, Script, &[&str]); 11] = [
        ("/none", Script::new(), &[]),
        (
            "/frame",
            frame(&format!("{fine}X-Frame-Options: DENY\r\n")),
            &["public_url.frame_options", "public_url.policy_changed"],
        ),
        (
            "/frame",
            frame("Cache-Control: max-age=60\r\n"),
            &["public_url.policy_changed", "public_url.cached"],
        ),
        ("/frame", rewritten, &["public_url.policy_changed", "public_url.document_changed"]),
        ("/frame", Script::whole(404, "text/html", ""), &["public_url.no_frame"]),
        (
            "/frame",
            Script::whole(403, "text/html", ""),
            &["public_url.other_origin", "public_url.other_origins"],
        ),
        ("/api/v1/session/create", problem(403, "origin_not_allowed"), &["public_url.origin_lost"]),
        ("/api/v1/session/create", problem(401, "invalid_token"), &["public_url.other_keys"]),
        ("/api/v1/session/create", Script::whole(405, "text/html", ""), &["public_url.no_session"]),
        ("/api/v1/session/validate", problem(401, "invalid_token"), &["public_url.authorization_lost"]),
        ("/health/stream", Script::whole(200, "text/event-stream", events), &["public_url.buffered"]),
    ];
    for (spoilt, answer, want) in table {
        let front = front(spoilt, &answer);
        let public = front.url().replace("/webhook/chat", "");
        let checked = ask(&public, &[]);
        assert_eq!(checked.faults(), [&["settings.debug"], want].concat(), "{spoilt}");
    }
}

#[test]
fn a_public_address_with_a_path_is_asked_below_it() {
    let front = front("/none", &Script::new());
    let checked = ask(&front.url().replace("/webhook/chat", "/shop"), &[]);
    assert_eq!(checked.faults(), ["settings.debug"], "{}", checked.output);
    assert!(checked.says("public_url.session"), "{}", checked.output);
    let requests = front.requests();
    assert!(requests.iter().all(|request| request.path().starts_with("/shop/")), "{requests:?}");
}

#[test]
fn a_proxy_that_binds_every_session_is_well() {
    let settings = [FINE, &[("SESSION_BINDING", "required")]].concat();
    let proxy = Proxy::with_documents(&settings);
    let port = proxy.origin().rsplit_once(':').unwrap().1;
    let checked = ask(proxy.origin(), &[("API_PORT", port), ("SESSION_BINDING", "required")]);
    assert_eq!(checked.faults(), ["settings.debug"], "{}", checked.output);
    assert!(checked.says("public_url.bound_sessions"), "{}", checked.output);
}

#[test]
fn a_proxy_that_runs_with_these_settings_is_well() {
    let proxy = Proxy::with_documents(FINE);
    let port = proxy.origin().rsplit_once(':').unwrap().1;
    let checked = ask(proxy.origin(), &[("API_PORT", port)]);
    assert_eq!(checked.faults(), ["settings.debug"], "{}", checked.output);
    for code in ["listen.running", "public_url.session", "public_url.streams"] {
        assert!(checked.says(code), "{code}: {}", checked.output);
    }
}

#[test]
fn a_port_that_another_program_has_is_named() {
    let other = FakeUpstream::always(Script::whole(200, "text/html", "<html>"));
    let url = other.url();
    let port = url.trim_start_matches("http://127.0.0.1:").split('/').next().unwrap();
    for setting in ["API_PORT", "METRICS_PORT"] {
        let checked = check(&[], &[(setting, port), ("DOCS_DIR", ".")]);
        assert_eq!(checked.about("listen.taken"), [setting], "{}", checked.output);
    }
    let foreign = check(&[], &[("API_HOST", "192.0.2.1"), ("API_PORT", port)]);
    assert!(foreign.says("listen.not_here"), "{}", foreign.output);
}
