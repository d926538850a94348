//! One row a policy: the needs of the widget that it refuses.

use super::*;

const PAGE: &str = "https://shop.example/a/page?x=1";
const PROXY: &str = "https://chat.example.com";

fn letters(policies: &[Policy], page: &str, proxy: &str, tag: Option<TagTrust<'_>>) -> String {
    let (page, proxy) = (Url::parse(page).unwrap(), Url::parse(proxy).unwrap());
    let embedding = Embedding { page: &page, proxy: &proxy, tag };
    let all = policies.iter().flat_map(|policy| violations(policy, &embedding));
    all.map(|violation| match violation.requirement {
        Requirement::Script => 'S',
        Requirement::Assets => 'A',
        Requirement::Frame => 'F',
        Requirement::AnyScript => 'X',
        Requirement::Origin => 'O',
    })
    .collect()
}

fn kept_out(policy: &str, nonce: Option<&str>) -> String {
    let tag = TagTrust { nonce, integrity: None };
    letters(&Policy::parse(policy, PolicySource::Header), PAGE, PROXY, Some(tag))
}

/// A policy, and the needs that it refuses, by their first letters.
const TABLE: &[(&str, &str)] = &[
    // Nothing that concerns us.
    ("", ""),
    (";;  ;", ""),
    ("img-src 'none'", ""),
    ("style-src 'none'; connect-src 'none'; font-src 'none'", ""),
    ("frame-ancestors 'none'", ""),
    ("upgrade-insecure-requests; block-all-mixed-content", ""),
    ("require-trusted-types-for 'script'; trusted-types default", ""),
    ("base-uri 'none'; form-action 'self'", ""),
    // Whole hosts.
    ("script-src https://chat.example.com; frame-src https://chat.example.com", ""),
    ("script-src https://chat.example.com/; frame-src https://chat.example.com/", ""),
    ("SCRIPT-SRC HTTPS://CHAT.EXAMPLE.COM; Frame-Src chat.EXAMPLE.com", ""),
    ("script-src chat.example.com; frame-src chat.example.com", ""),
    ("script-src https://chat.example.com:443; frame-src https://chat.example.com:*", ""),
    ("script-src http://chat.example.com; frame-src http://chat.example.com:80", ""),
    ("script-src https://other.example; frame-src https://chat.example.com", "S"),
    ("script-src https://chat.example.com; frame-src https://other.example", "F"),
    ("script-src https://chat.example.com:8443; frame-src https://chat.example.com:8443", "SF"),
    ("script-src https://chat.example.co; frame-src https://xchat.example.com", "SF"),
    ("script-src wss://chat.example.com; frame-src ftp://chat.example.com", "SF"),
    // Fallbacks.
    ("default-src 'none'", "SF"),
    ("default-src", "SF"),
    ("default-src 'self'", "SF"),
    ("default-src https://chat.example.com", ""),
    ("default-src 'none'; script-src https://chat.example.com", "F"),
    ("default-src 'none'; frame-src https://chat.example.com", "S"),
    ("default-src 'none'; script-src https://chat.example.com; frame-src https://chat.example.com", ""),
    ("default-src https://chat.example.com; script-src 'self'", "S"),
    ("default-src https://chat.example.com; frame-src 'self'", "F"),
    ("default-src https://chat.example.com; child-src 'self'", "F"),
    ("default-src 'none'; script-src *; child-src https://chat.example.com", ""),
    ("child-src 'none'; frame-src https://chat.example.com", ""),
    ("child-src https://chat.example.com; frame-src 'none'", "F"),
    ("script-src 'none'; script-src-elem https://chat.example.com", ""),
    ("script-src https://chat.example.com; script-src-elem 'self'", "S"),
    ("script-src-attr 'none'", ""),
    ("worker-src 'none'; object-src 'none'", ""),
    // The first of a name counts.
    ("script-src 'self'; script-src https://chat.example.com", "S"),
    ("script-src https://chat.example.com; script-src 'none'", ""),
    // Wildcards.
    ("default-src *", ""),
    ("default-src https://*", ""),
    ("default-src https:", ""),
    ("default-src http:", ""),
    ("default-src data: blob:", "SF"),
    ("default-src *.example.com", ""),
    ("default-src https://*.example.com", ""),
    ("default-src *.chat.example.com", "SF"),
    ("default-src *.com", ""),
    ("default-src *example.com", "SF"),
    ("default-src *.example.com:8443", "SF"),
    ("default-src *:*", ""),
    ("default-src *:443", ""),
    // Paths.
    ("script-src https://chat.example.com/widget.js", "A"),
    ("script-src https://chat.example.com/widget.js https://chat.example.com/assets/", ""),
    ("script-src https://chat.example.com/assets/", "S"),
    ("script-src https://chat.example.com/WIDGET.js", "S"),
    ("script-src https://chat.example.com/%77idget.js https://chat.example.com/assets/", ""),
    ("frame-src https://chat.example.com/frame", ""),
    ("frame-src https://chat.example.com/frame/", "F"),
    ("frame-src https://chat.example.com/chat", "F"),
    // Keywords say nothing of addresses.
    ("script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'", "S"),
    ("script-src 'none' https://chat.example.com", ""),
    ("script-src 'report-sample' https://chat.example.com", ""),
    ("script-src 'strict-dynamic' https://chat.example.com", "S"),
    ("script-src 'STRICT-DYNAMIC' *", "S"),
    ("script-src 'sha256-abc'", "S"),
    ("frame-src 'strict-dynamic' https://chat.example.com", ""),
    // Sandboxes.
    ("sandbox", "XO"),
    ("sandbox allow-forms", "XO"),
    ("sandbox allow-scripts", "O"),
    ("sandbox Allow-Scripts allow-same-origin", ""),
    // Several policies: all must permit.
    ("script-src https://chat.example.com, script-src 'self'", "S"),
    ("script-src 'self', frame-src 'self'", "SF"),
    ("default-src *, default-src https:", ""),
    ("default-src 'none', default-src 'none'", "SFSF"),
];

#[test]
fn a_policy_keeps_out_what_its_effective_directive_does_not_list() {
    for (policy, want) in TABLE {
        assert_eq!(kept_out(policy, None), *want, "{policy}");
    }
}

#[test]
fn a_nonce_lets_the_tag_in_and_what_it_loads() {
    let table = [
        ("script-src 'nonce-abc'", Some("abc"), ""),
        ("script-src 'Nonce-abc'", Some("abc"), ""),
        ("script-src 'nonce-ABC'", Some("abc"), "S"),
        ("script-src 'nonce-abc'", Some(""), "S"),
        ("script-src 'nonce-'", Some(""), "S"),
        ("script-src 'nonce-abc'", None, "S"),
        ("script-src 'nonce-abc' 'strict-dynamic'", Some("abc"), ""),
        ("script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'", None, "S"),
        ("script-src 'nonce-abc' https://chat.example.com", None, ""),
        ("default-src 'nonce-abc'", Some("abc"), "F"),
    ];
    for (policy, nonce, want) in table {
        assert_eq!(kept_out(policy, nonce), want, "{policy} {nonce:?}");
    }
}

#[test]
fn a_hash_lets_in_the_tag_alone() {
    let table = [
        ("script-src 'sha256-a+/='", "sha256-a+/=", "A"),
        ("script-src 'sha256-a-_='", "sha256-a+/=", "A"),
        ("script-src 'sha256-a' https://chat.example.com", "sha256-a", ""),
        ("script-src 'sha256-a'", "sha256-b", "S"),
        ("script-src 'sha256-a'", "sha256-a sha384-b", "S"),
        ("script-src 'sha256-a' 'sha384-b'", "sha256-a sha384-b", "A"),
        ("script-src 'nonce-x'", "nonce-x", "S"),
    ];
    for (policy, integrity, want) in table {
        let tag = TagTrust { nonce: None, integrity: Some(integrity) };
        let policies = Policy::parse(policy, PolicySource::Header);
        assert_eq!(letters(&policies, PAGE, PROXY, Some(tag)), want, "{policy} {integrity}");
    }
}

#[test]
fn a_tag_that_a_script_inserts_is_trusted_by_strict_dynamic() {
    let table = [
        ("script-src 'strict-dynamic' 'nonce-x'", ""),
        ("script-src 'nonce-x'", "S"),
        ("script-src https://chat.example.com", ""),
    ];
    for (policy, want) in table {
        let policies = Policy::parse(policy, PolicySource::Header);
        assert_eq!(letters(&policies, PAGE, PROXY, None), want, "{policy}");
    }
}

#[test]
fn some_directives_do_not_count_in_markup() {
    let table = [("sandbox", ""), ("frame-ancestors 'none'", ""), ("default-src 'none'", "SF")];
    for (policy, want) in table {
        let policies = Policy::parse(policy, PolicySource::Meta);
        assert_eq!(letters(&policies, PAGE, PROXY, Some(TagTrust::default())), want, "{policy}");
    }
}

#[test]
fn a_source_without_a_scheme_has_that_of_the_page() {
    let table = [
        // page, proxy, source, kept out
        ("http://shop.example/", "http://chat.example.com", "chat.example.com", ""),
        ("http://shop.example/", "https://chat.example.com", "chat.example.com", ""),
        ("https://shop.example/", "http://chat.example.com", "chat.example.com", "SF"),
        ("https://shop.example/", "http://chat.example.com", "https:", "SF"),
        ("http://localhost:3000/", "http://127.0.0.1:8000", "127.0.0.1:8000", ""),
        ("http://localhost:3000/", "http://127.0.0.1:8000", "http://127.0.0.1:*", ""),
        ("http://localhost:3000/", "http://127.0.0.1:8000", "http://127.0.0.1", "SF"),
        ("http://localhost:3000/", "http://localhost:8000", "'self'", "SF"),
        ("http://localhost:8000/", "http://localhost:8000", "'self'", ""),
        ("http://a.example/", "https://a.example", "'SELF'", ""),
        ("https://a.example/", "http://a.example", "'self'", "SF"),
        ("http://[::1]:80/", "http://[::1]:8000", "http://[::1]:8000", ""),
        ("http://[::1]:80/", "http://[::1]:8000", "http://[::1]", "SF"),
    ];
    for (page, proxy, source, want) in table {
        let policies = Policy::parse(&format!("default-src {source}"), PolicySource::Header);
        let tag = Some(TagTrust::default());
        assert_eq!(letters(&policies, page, proxy, tag), want, "{page} {proxy} {source}");
    }
}
