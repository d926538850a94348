use porthole::parsers;
use porthole_doctor::parsers::{csp_violations, markup as page_markup};
use serde_json::Value;
use url::Url;

use crate::input;

/// Fills a page, and escapes values for it: nothing of a value becomes markup.
pub fn template(input: &[u8]) {
    let text = input::text(input);
    assert_eq!(parsers::fill(&text, &[]), text, "without values a page stays as it is");
    let filled = parsers::fill(&text, &[("name", "{{other}}"), ("other", "")]);
    assert!(text.contains("{{{") || !filled.contains("{{name}}"), "{filled}");

    let html = parsers::html(&text);
    assert!(!html.contains(['<', '>', '"', '\'']), "{html}");
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let read = entities.iter().fold(html, |html, (entity, sign)| html.replace(entity, sign));
    assert_eq!(read, text);

    let json = Value::from(text.as_ref()).to_string();
    let script = parsers::json_in_script(&json);
    assert!(!script.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{script}");
    assert_eq!(serde_json::from_str::<Value>(&script).unwrap(), *text);
}

/// Judges a page's Content-Security-Policy: each policy by itself, and a further one never permits more. The first line
/// is the tag's nonce.
pub fn policy(input: &[u8]) {
    let text = input::text(input);
    let (nonce, policy) = text.split_once('\n').unwrap_or(("", &text));
    let page = Url::parse("https://shop.example/help").unwrap();
    let proxy = Url::parse("https://chat.example.com").unwrap();
    let violations = |policy: &str| csp_violations(policy, Some(nonce), &page, &proxy);
    let one_by_one: Vec<String> = policy.split(',').flat_map(&violations).collect();
    assert_eq!(violations(policy), one_by_one);
    assert_eq!(violations(&format!("{policy},default-src *")), one_by_one);
    let nothing = violations(&format!("default-src 'none',{policy}"));
    assert!(nothing.len() >= 2 && nothing.ends_with(&one_by_one), "{nothing:?}");
}

/// Reads the markup of a page: there is no more in it than tags.
pub fn markup(input: &[u8]) {
    let html = input::text(input);
    let page = Url::parse("https://shop.example/help/").unwrap();
    let (scripts, policies) = page_markup(&html, &page);
    let lower = html.to_ascii_lowercase();
    assert!(scripts.len() <= lower.matches("<script").count(), "{scripts:?}");
    assert!(policies.len() <= lower.matches("<meta").count(), "{policies:?}");
    let within = format!("<!-- {} -->", html.replace('>', ""));
    assert_eq!(page_markup(&within, &page), (Vec::new(), Vec::new()));
}
