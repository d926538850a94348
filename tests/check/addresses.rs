//! Faults of the network: names, ports, TLS, and other servers at the public address.

use porthole_tests::upstream::nowhere;
use porthole_tests::{FakeUpstream, Proxy, Script};

use super::{FINE, check};

#[test]
fn the_reason_why_a_webhook_cannot_be_reached_is_named() {
    let plain = FakeUpstream::always(Script::whole(200, "text/plain", "hello")).url();
    let table = [
        (nowhere(), "connect.refused"),
        ("http://no-such-host.invalid/webhook/x".to_owned(), "connect.name"),
        (plain.replace("http://", "https://"), "connect.tls"),
    ];
    for (url, want) in table {
        for arguments in [&[][..], &["--no-message"]] {
            let checked = check(arguments, &[("N8N_WEBHOOK_URL", &url)]);
            assert_eq!(checked.problems(), [want], "{url} {arguments:?}");
        }
    }
}

#[test]
fn an_address_of_the_editor_is_not_called() {
    let upstream = FakeUpstream::always(Script::whole(200, "text/plain", "hello"));
    let base = upstream.url().replace("/webhook/chat", "");
    for (path, want) in [("/webhook-test/chat", "webhook.test_url"), ("/workflow/1", "webhook.editor_url")] {
        let checked = check(&[], &[("N8N_WEBHOOK_URL", &(base.clone() + path))]);
        assert_eq!(checked.problems(), [want]);
    }
    assert!(upstream.requests().is_empty());
}

#[test]
fn the_public_address_must_lead_to_this_proxy() {
    let proxy = Proxy::with_documents(FINE);
    let workflow = FakeUpstream::always(Script::whole(200, "application/json", "{\"output\":\"Hello\"}"));
    let webhook = workflow.url();
    let ask = |public: &str| check(&[], &[("PUBLIC_URL", public), ("N8N_WEBHOOK_URL", &webhook)]);
    let reached = ask(proxy.origin());
    assert!(reached.says("public_url.reached"), "{}", reached.output);
    assert_eq!(reached.faults(), ["settings.debug", "public_url.other_settings", "webhook.open"]);

    let else_where = |script| FakeUpstream::always(script).url().replace("/webhook/chat", "");
    let table = [
        (nowhere().replace("/webhook/chat", ""), "connect.refused"),
        (else_where(Script::whole(200, "text/html", "<html>")), "public_url.someone_else"),
        (else_where(Script::whole(404, "text/html", "<html>")), "public_url.someone_else"),
        (else_where(Script::whole(502, "text/html", "<html>")), "public_url.gateway"),
        (else_where(Script::whole(401, "text/html", "<html>")), "public_url.guarded"),
        (else_where(Script::redirect("https://www.example.com/")), "public_url.redirects"),
    ];
    for (public, want) in table {
        assert_eq!(ask(&public).problems(), [want], "{public}");
    }
}

#[test]
fn a_public_address_without_the_script_is_named() {
    let health = serde_json::json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "dependencies": [{ "name": "upstream", "kind": "docs", "scope": "replica" }],
    });
    let partly = FakeUpstream::start(move |request, _| match request.path() {
        "/health" => Script::whole(200, "application/json", health.to_string()),
        _ => Script::whole(404, "text/html", ""),
    });
    let public = partly.url().replace("/webhook/chat", "");
    let checked = check(&[], &[("PUBLIC_URL", &public), ("DOCS_DIR", ".")]);
    assert_eq!(checked.problems(), ["public_url.no_widget", "public_url.no_frame", "documents.empty"]);
}

#[test]
fn a_webhook_that_is_a_proxy_itself_is_named() {
    let proxy = Proxy::with_documents(&[]);
    let checked = check(&[], &[("N8N_WEBHOOK_URL", &proxy.url("/webhook/chat"))]);
    assert_eq!(checked.problems(), ["webhook.itself"]);
}
