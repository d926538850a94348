use std::sync::LazyLock;

use porthole_domain::origin::{Origin, OriginList};
use url::Url;

const EXACT: [&str; 6] = [
    "https://shop.example",
    "https://xn--mnze-0ra.example",
    "http://shop.example:8080",
    "http://localhost:3000",
    "http://127.0.0.1",
    "https://[2001:db8::1]:8443",
];
const BELOW: [(&str, &str); 2] = [("https://", ".example.com"), ("http://", ".localhost")];

static LIST: LazyLock<OriginList> = LazyLock::new(|| {
    let below = ["https://*.example.com", "http://*.localhost"];
    OriginList::parse(EXACT.into_iter().chain(below)).unwrap()
});

/// Reads an origin as a request sends it, and as a person writes it.
pub fn origin(input: &[u8]) {
    if let Some(origin) = LIST.permits(input) {
        assert_eq!(origin.as_str().as_bytes(), input, "a request's origin is never mended");
        assert!(EXACT.contains(&origin.as_str()) || is_below(origin.as_str()), "{origin}");
    }
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    match Origin::normalise(text) {
        Ok(origin) => check_normal(&origin),
        Err(error) => assert_eq!(error.entry, text),
    }
    if let Err(errors) = OriginList::parse(text.split(',')) {
        assert!(!errors.is_empty() && errors.len() <= text.split(',').count());
    }
}

fn is_below(origin: &str) -> bool {
    BELOW.iter().any(|(scheme, suffix)| {
        let labels = origin.strip_prefix(scheme).and_then(|host| host.strip_suffix(suffix));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        labels.is_some_and(|labels| {
            labels.split('.').all(|label| !label.is_empty() && label.chars().all(plain))
        })
    })
}

/// A normal origin is the one that a browser sends: it can stand in a policy, and is permitted once it is listed.
fn check_normal(origin: &Origin) {
    let text = origin.as_str();
    assert_eq!(Origin::normalise(text).as_ref(), Ok(origin), "not normal: {text}");
    // To the `url` crate the origin of an app is opaque.
    if text.starts_with("http") {
        assert_eq!(Url::parse(text).unwrap().origin().ascii_serialization(), text);
    }
    assert!(text.chars().all(|c| c.is_ascii_graphic() && !"\"'(),;<>*@\\".contains(c)), "{text}");
    let list = OriginList::parse([text]).unwrap();
    assert_eq!(list.permits(text.as_bytes()).as_ref(), Some(origin));
}
