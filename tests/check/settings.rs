//! Faults of the settings, and what the check does in spite of them.

use porthole_tests::proxy;
use porthole_tests::{FakeUpstream, Script};

use super::check;

#[test]
fn every_mistake_is_named_and_the_rest_is_looked_at_all_the_same() {
    let workflow = FakeUpstream::always(Script::whole(200, "application/json", "{\"output\":\"Hello\"}"));
    let url = workflow.url();
    let checked = check(
        &[],
        &[
            ("DEBUG", "false"),
            ("JWT_SECRET_KEY", ""),
            ("SESSION_SECRET_KEY", "short"),
            ("PUBLIC_URL", "https://chat.example.com/api"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
            ("API_PORT", "http"),
            ("CHAT_COLOR", "red"),
            ("N8N_WEBHOOK_URL", &url),
        ],
    );
    for name in ["JWT_SECRET_KEY", "SESSION_SECRET_KEY", "PUBLIC_URL", "API_PORT", "CHAT_COLOR"] {
        assert!(checked.output.contains(&format!("\"{name}: ")), "{name}: {}", checked.output);
    }
    assert_eq!(checked.problems(), ["settings.mistake"; 5]);
    assert!(checked.about("settings.mistake").contains(&"PUBLIC_URL"));
    assert!(checked.says("answer.readable"), "the webhook was asked: {}", checked.output);
}

#[test]
fn valid_values_that_are_usually_mistakes_are_named() {
    let table: [(&[(&str, &str)], &str); 11] = [
        (&[("ALLOWED_ORIGINS", "")], "origins.none"),
        (&[("ALLOWED_ORIGINS", "*")], "origins.any"),
        (&[("ALLOWED_ORIGINS", "http://shop.example")], "origins.cleartext"),
        (&[("PUBLIC_URL", "http://127.0.0.1:1"), ("ALLOWED_ORIGINS", "http://127.0.0.1:1")], "origins.own"),
        (&[("JWT_SECRET_KEY", "")], "keys.made_up"),
        (&[("SESSION_SECRET_KEY", "changeme")], "keys.weak"),
        (&[("TRUSTED_PROXIES", "0.0.0.0/0")], "trusted_proxies.all"),
        (&[("ALLOWED_ORIGINS", "https://*.com")], "settings.mistake"),
        (&[("SESSION_SECRET_KEY", " padded-secret-of-the-workflow-123456")], "keys.white_space"),
        (&[], "upstream.none"),
        (&[("DOCS_DIR", "/nonexistent")], "documents.missing"),
    ];
    for (settings, want) in table {
        let checked = check(&[], settings);
        assert!(checked.faults().contains(&want), "{want}: {}", checked.output);
    }
}

#[test]
fn settings_of_a_live_proxy_that_do_not_hold_are_named() {
    let live = |settings: &[(&str, &str)]| {
        let live = [
            ("DEBUG", "false"),
            ("PUBLIC_URL", "https://chat.invalid"),
            ("ALLOWED_ORIGINS", "https://shop.example"),
        ];
        check(&[], &[&live, settings].concat())
    };
    assert!(live(&[]).faults().contains(&"trusted_proxies.none"));
    assert!(live(&[("PUBLIC_URL", "http://chat.invalid")]).faults().contains(&"public_url.cleartext"));
    assert!(live(&[("DEBUG", "true")]).faults().contains(&"settings.debug_in_public"));
    assert!(live(&[("ALLOWED_ORIGINS", "http://localhost:3000")]).faults().contains(&"origins.local"));
    let named = live(&[("TRUSTED_PROXIES", "127.0.0.1")]);
    assert_eq!(named.faults(), ["connect.name", "upstream.none"]);
}

// Elsewhere the system does not read these variables.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_certificate_authorities_is_named() {
    let none = [("SSL_CERT_FILE", "/dev/null"), ("SSL_CERT_DIR", "/nonexistent")];
    assert_eq!(check(&[], &none).problems(), ["tls.no_authorities"]);
}

#[test]
fn people_read_lines_and_scripts_the_exit_status() {
    let documents = porthole_tests::tree::root().join("examples/documents");
    let documents = documents.to_str().unwrap();
    let fine =
        proxy::run(&["check"], &[("DOCS_DIR", documents), ("ALLOWED_ORIGINS", "http://localhost:3000")]);
    assert!(fine.status.success(), "{}", fine.output);
    assert!(fine.output.ends_with("\n0 problems, 1 warning.\n"), "{}", fine.output);
    let broken = proxy::run(&["check", "--docs-dir", "/nonexistent"], &[]);
    assert!(!broken.status.success());
    assert!(
        broken
            .output
            .contains("problem  The folder of DOCS_DIR is not there. [documents.missing]\n         -> ")
    );
}

#[test]
fn one_mistake_is_reported_once() {
    let live = |settings: &[(&str, &str)]| {
        let live =
            [("DEBUG", "false"), ("PUBLIC_URL", "https://chat.invalid"), ("TRUSTED_PROXIES", "127.0.0.1")];
        check(&[], &[&live, settings].concat())
    };
    let unread = live(&[("JWT_SECRET_KEY", ""), ("JWT_SECRET_KEY_FILE", "/nonexistent")]);
    assert_eq!(unread.about("settings.mistake"), ["JWT_SECRET_KEY"]);
    let unread = live(&[
        ("N8N_WEBHOOK_URL", "https://n8n.invalid/webhook/x"),
        ("SESSION_SECRET_KEY", ""),
        ("WORKFLOW_SIGNING_KEY_FILE", "/nonexistent"),
    ]);
    assert_eq!(unread.about("settings.mistake"), ["WORKFLOW_SIGNING_KEY"]);
    let origin = live(&[("ALLOWED_ORIGINS", "http:/shop.example, http://shop.example/help")]);
    assert_eq!(origin.about("settings.mistake"), ["ALLOWED_ORIGINS", "ALLOWED_ORIGINS"]);
    assert!(!origin.says("origins.cleartext"), "{}", origin.output);
    let basic = live(&[("WEBHOOK_AUTH", "basic"), ("N8N_WEBHOOK_URL", "https://n8n.invalid/webhook/x")]);
    assert_eq!(basic.about("settings.mistake"), ["WEBHOOK_USER", "WEBHOOK_PASSWORD"]);
    assert!(basic.says("connect.name"), "the rest is looked at: {}", basic.output);
    let port = live(&[("API_PORT", "9464"), ("METRICS_PORT", "9464")]);
    assert_eq!(port.about("settings.mistake"), ["METRICS_PORT"]);
}

#[test]
fn a_public_address_of_this_machine_alone_is_named() {
    let checked = check(&[], &[("DEBUG", "false"), ("PUBLIC_URL", "http://127.0.0.1:1")]);
    assert!(checked.says("public_url.local"), "{}", checked.output);
}
