//! Tokens, and the ways to bring them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use porthole_protocol::path;
use reqwest::Method;

use super::{Kinds, assert_unharmed};
use crate::fixture::{Fixture, message};
use crate::tokens::mint;

/// `Authorization` headers that carry a good token in a wrong way, or a spoilt one.
fn authorizations(good: &str) -> Vec<Vec<String>> {
    let bearer = |token: &str| format!("Bearer {token}");
    let parts: Vec<&str> = good.split('.').collect();
    let [head, claims, signature] = parts[..] else { unreachable!() };
    let mut all: Vec<Vec<String>> = vec![
        vec![],
        vec![bearer(good), bearer(good)],
        vec![bearer(good), String::new()],
        vec![String::new(), bearer(good)],
    ];
    let schemes = [
        "",
        "Bearer",
        "Bearer:",
        "Bearer\t",
        "Bearer  ",
        "Bearer=",
        "Bearer token=",
        "Basic ",
        "DPoP ",
        "Token ",
        "JWT ",
        "bearer,",
        "Bearer \"",
        "Bearer <",
    ];
    all.extend(schemes.map(|scheme| vec![format!("{scheme}{good}")]));
    let behind = [" x", ",", ", Bearer x", "\"", ">", ";", "=", "==", "A", ".", ".x", "%3D", "\u{e9}", "\t."];
    all.extend(behind.map(|behind| vec![format!("Bearer {good}{behind}")]));
    for (at, part) in parts.iter().enumerate() {
        let spoilt = |part: String| {
            let mut parts = parts.clone();
            parts[at] = &part;
            vec![bearer(&parts.join("."))]
        };
        all.extend(["=", "+", "/", "~", "A"].map(|more| spoilt(format!("{part}{more}"))));
        all.extend(
            ["=", "+", "/", " ", "."].map(|inside| spoilt(format!("{}{inside}{}", &part[..4], &part[4..]))),
        );
        all.extend([String::new(), part.repeat(2), part[1..].into(), part.to_uppercase()].map(spoilt));
    }
    // The bits of the last letter that stand for nothing must be zero.
    let last = signature.bytes().last().unwrap();
    let letters = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').filter(|letter| *letter != last);
    all.extend(
        letters.map(|letter| vec![bearer(&format!("{}{}", &good[..good.len() - 1], char::from(letter)))]),
    );
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"none","typ":"session+jwt"}"#,
        r#"{"alg":"HS256","typ":"JWT"}"#,
        "[]",
        "null",
        "",
    ] {
        all.extend(
            [signature, ""]
                .map(|signature| vec![bearer(&format!("{}.{claims}.{signature}", B64.encode(header)))]),
        );
    }
    let sizes = [2_048, 2_049, 4_096, 4_097, 20_000];
    all.extend(sizes.map(|size| vec![bearer(&"A".repeat(size))]));
    all.extend(sizes.map(|size| vec![bearer(&format!("{head}.{}.{signature}", "A".repeat(size)))]));
    all.extend([
        vec![bearer(&".".repeat(1_000))],
        vec![bearer(&[head, claims, signature, head, claims].join("."))],
    ]);
    all
}

#[tokio::test]
async fn no_way_to_bring_a_token_otherwise_is_let_in() {
    let fixture = Fixture::plain();
    let authorizations = authorizations(&mint(|_| {}));
    assert!(authorizations.len() > 150, "{}", authorizations.len());
    let mut kinds = Kinds::default();
    for (at, lines) in authorizations.iter().enumerate() {
        let request = match at % 3 {
            0 => fixture.client.request(Method::GET, path::SESSION_VALIDATE),
            1 => fixture.client.post(path::CHAT_MESSAGE, &message()),
            _ => fixture.client.post(path::SESSION_END, &message()),
        };
        let request = lines.iter().fold(request, |request, line| request.header("authorization", line));
        kinds.refuse(&format!("{lines:.200?}"), request, 401, "invalid_token").await;
    }
    assert_unharmed(&fixture);
}
