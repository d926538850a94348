//! Settings that are refused, all mistakes at once, without showing a secret.

use std::fs;

use porthole_tests::Proxy;
use porthole_tests::proxy::{JWT_SECRET_KEY, SESSION_SECRET_KEY, refusal};
use tempfile::TempDir;

use crate::fixture::PRODUCTION;

const WEBHOOK: (&str, &str) = ("N8N_WEBHOOK_URL", "http://127.0.0.1:9/webhook/x");

fn refused(settings: &[(&str, &str)]) -> String {
    refusal(&[PRODUCTION, &[WEBHOOK], settings].concat()).output
}

#[test]
fn every_mistake_is_named_at_once() {
    let mistakes = [
        ("DEPLOYMENT_MODE", "sqlite"),
        ("API_HOST", "nowhere"),
        ("API_PORT", "70000"),
        ("PUBLIC_URL", "chat.example.com/x"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("ALLOWED_ORIGINS", "https://ok.example, shop.example/path"),
        ("PLAYGROUND", "perhaps"),
        ("JWT_SECRET_KEY", "short"),
        ("SESSION_SECRET_KEY", "changeme-changeme-changeme-changeme"),
        ("N8N_WEBHOOK_URL", "ftp://x"),
        ("WEBHOOK_AUTH", "magic"),
        ("UPSTREAM_CONCURRENCY", "many"),
        ("REPLY_FIELD", "data..text"),
        ("RATE_LIMIT_PER_MINUTE", "-1"),
        ("MAX_MESSAGE_CHARS", "0"),
        ("MEMORY", "browser"),
        ("RESUME_SECONDS", "1h"),
        ("SESSION_BINDING", "always"),
        ("CHAT_AVATAR", "Chatbot"),
        ("CHAT_COLOR", "red"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_PORT", "x"),
    ];
    let output = refused(&mistakes);
    for (name, _) in mistakes {
        assert!(
            output.lines().any(|line| line.trim_start().starts_with(&format!("{name}: "))),
            "{name} in {output}"
        );
    }
}

#[test]
fn a_value_that_does_not_exist_yet_is_refused_as_such() {
    for value in ["sqlite", "production"] {
        let output = refused(&[("DEPLOYMENT_MODE", value)]);
        assert!(output.contains(&format!("DEPLOYMENT_MODE: `{value}` does not exist yet")), "{output}");
    }
}

#[test]
fn production_needs_its_own_address_and_secrets() {
    for name in ["PUBLIC_URL", "JWT_SECRET_KEY", "SESSION_SECRET_KEY"] {
        let output = refused(&[(name, "")]);
        assert!(output.contains(&format!("{name}: required")), "{output}");
    }
    let output = refused(&[("ALLOWED_ORIGINS", "*")]);
    assert!(output.contains("ALLOWED_ORIGINS: "), "{output}");
}

#[test]
fn answers_come_from_one_place_which_has_all_that_it_needs() {
    let models =
        [("N8N_WEBHOOK_URL", ""), ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"), ("OPENAI_MODELS", "a, b")];
    for (name, settings) in [
        ("OPENAI_BASE_URL", vec![("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")]),
        ("AG_UI_URL", vec![("AG_UI_URL", "http://127.0.0.1:9/agent")]),
        ("OPENAI_MODELS", vec![("OPENAI_MODELS", "a")]),
        ("SYSTEM_PROMPT", vec![("SYSTEM_PROMPT", "Be kind.")]),
        ("AG_UI_URL", [&models[..], &[("AG_UI_URL", "http://127.0.0.1:9/agent")]].concat()),
        ("OPENAI_BASE_URL", [&models[..], &[("OPENAI_BASE_URL", "127.0.0.1:9")]].concat()),
        ("OPENAI_MODELS", [&models[..], &[("OPENAI_MODELS", "")]].concat()),
        ("OPENAI_MODELS", [&models[..], &[("OPENAI_MODELS", "a, b=B, a=C")]].concat()),
        ("OPENAI_MODELS", [&models[..], &[("OPENAI_MODELS", "a, =B")]].concat()),
        ("OPENAI_API", [&models[..], &[("OPENAI_API", "assistants")]].concat()),
        ("OPENAI_API_KEY", [&models[..], &[("OPENAI_API_KEY", SESSION_SECRET_KEY)]].concat()),
        ("MEMORY", [&models[..], &[("MEMORY", "workflow")]].concat()),
    ] {
        let output = refused(&settings);
        assert!(output.contains(&format!("{name}: ")), "{settings:?} {output}");
        assert!(!output.contains(SESSION_SECRET_KEY), "{output}");
    }
}

#[test]
fn weak_and_shared_secrets_are_refused_without_being_shown() {
    let long = "never-to-be-shown-0123456789-abcdefghij";
    let rows: [(&str, &[(&str, &str)]); 7] = [
        ("JWT_SECRET_KEY", &[("JWT_SECRET_KEY", "never-to-be-shown")]),
        (
            "JWT_SECRET_KEY",
            &[("JWT_SECRET_KEY", "never-to-be-shown-0123456789-abcdefghij,never-to-be-shown")],
        ),
        ("SESSION_SECRET_KEY", &[("SESSION_SECRET_KEY", "never-to-be-shown")]),
        ("JWT_SECRET_KEY", &[("JWT_SECRET_KEY", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]),
        ("SESSION_SECRET_KEY", &[("JWT_SECRET_KEY", long), ("SESSION_SECRET_KEY", long)]),
        ("METRICS_TOKEN", &[("METRICS_TOKEN", SESSION_SECRET_KEY)]),
        (
            "WORKFLOW_SIGNING_KEY",
            &[(
                "WORKFLOW_SIGNING_KEY",
                "-----BEGIN PRIVATE KEY-----\nnever-to-be-shown\n-----END PRIVATE KEY-----",
            )],
        ),
    ];
    for (named, settings) in rows {
        let output = refused(settings);
        assert!(output.contains(&format!("{named}: ")), "{settings:?} {output}");
        for secret in ["never-to-be-shown", "aaaaaaaa", SESSION_SECRET_KEY, JWT_SECRET_KEY] {
            assert!(!output.contains(secret), "{output}");
        }
    }
}

#[test]
fn a_secret_may_stand_in_a_file_and_only_there() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, format!("{JWT_SECRET_KEY}\n")).unwrap();
    let path = file.to_str().unwrap();
    Proxy::start(&[PRODUCTION, &[WEBHOOK, ("JWT_SECRET_KEY", ""), ("JWT_SECRET_KEY_FILE", path)]].concat());
    let output = refused(&[("JWT_SECRET_KEY_FILE", path)]);
    assert!(output.contains("both JWT_SECRET_KEY and JWT_SECRET_KEY_FILE"), "{output}");
    let output = refused(&[("JWT_SECRET_KEY", ""), ("JWT_SECRET_KEY_FILE", "/nowhere/secret")]);
    assert!(output.contains("/nowhere/secret"), "{output}");
    fs::write(&file, "short\n").unwrap();
    let output = refused(&[("JWT_SECRET_KEY", ""), ("JWT_SECRET_KEY_FILE", path)]);
    assert!(output.contains("JWT_SECRET_KEY: "), "{output}");
    fs::write(&file, "\n").unwrap();
    let output = refused(&[("JWT_SECRET_KEY", ""), ("JWT_SECRET_KEY_FILE", path)]);
    assert!(output.contains("JWT_SECRET_KEY: "), "{output}");
}

#[test]
fn development_needs_nothing() {
    let proxy = Proxy::start(&[("JWT_SECRET_KEY", ""), ("SESSION_SECRET_KEY", "")]);
    assert!(proxy.wait_for_log("serve.keys_made_up").contains("JWT_SECRET_KEY"));
}
