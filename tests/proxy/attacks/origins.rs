//! Origins.

use porthole_domain::session::Via;
use porthole_protocol::path;
use porthole_tests::client::ORIGIN;
use reqwest::Method;
use reqwest::header::HeaderValue;

use super::{Kinds, assert_unharmed};
use crate::fixture::{BELOW_WILDCARD, Fixture, PUBLIC_URL, id};
use crate::tokens::mint;

/// Each listed origin with something put in, taken out or written otherwise at every place.
fn origins() -> Vec<Vec<u8>> {
    const INSIDE: [&str; 24] = [
        "\t", " ", "%00", "%2e", ".", "-", "_", "\\", "/", "@", ":", "?", "#", "*", ";", ",", "\"", "'", "<",
        "\u{a0}", "\u{ad}", "\u{200b}", "\u{3002}", "\u{430}",
    ];
    const BEHIND: [&str; 22] = [
        "/",
        "//",
        "/a",
        "?a",
        "#a",
        "\\",
        "..",
        ":",
        ":0",
        ":80",
        ":443",
        ":8080",
        ":08080",
        ":65536",
        ":443:443",
        "@evil.example",
        ".evil.example",
        "\\.evil.example",
        "/.wild.example",
        ", https://shop.example",
        " https://shop.example",
        "%0d%0a",
    ];
    const BEFORE: [&str; 11] = [
        "/",
        "x",
        "null,",
        "null ",
        "blob:",
        "filesystem:",
        "view-source:",
        "javascript:",
        "https://",
        "@",
        "\u{feff}",
    ];
    const SCHEMES: [&str; 10] =
        ["http", "https", "HTTPS", "Https", "ftp", "file", "ws", "wss", "chrome-extension", ""];
    let listed = [ORIGIN, BELOW_WILDCARD, "http://local.example:8080", PUBLIC_URL];
    let mut all = Vec::new();
    for origin in listed {
        for (at, letter) in origin.char_indices() {
            let (before, behind) = origin.split_at(at);
            let rest = &behind[1..];
            all.extend(INSIDE.map(|inside| format!("{before}{inside}{behind}")));
            all.push(format!("{before}{rest}"));
            all.push(format!("{before}{}{rest}", letter.to_ascii_uppercase()));
            all.push(format!("{before}%{:02x}{rest}", u32::from(letter)));
            all.extend(
                char::from_u32(u32::from(letter) + 0xfee0).map(|wide| format!("{before}{wide}{rest}")),
            );
        }
        let (scheme, host) = origin.split_once("://").unwrap();
        all.extend(BEHIND.map(|behind| format!("{origin}{behind}")));
        all.extend(BEFORE.map(|before| format!("{before}{origin}")));
        all.extend(SCHEMES.map(|other| format!("{other}://{host}")));
        all.extend(
            [":", ":/", ":///", ":\\\\", "//", "://u@", "://u:p@", "://:@", "://evil.example@"]
                .map(|by| format!("{scheme}{by}{host}")),
        );
    }
    let labels = [
        "", ".", "..", "*", "a..b", ".a", "a_b", "A", "a b", "a%2e", "xn--é", "a/", "a?", "a#", "a\\", "a:1",
        "[::1]", "a@b", "*.a", "a.*", "a,",
    ];
    for label in labels {
        all.extend(["", ":443", "/", "."].map(|behind| format!("https://{label}.wild.example{behind}")));
    }
    all.push(format!("https://{}.wild.example", "a".repeat(300)));
    all.push(format!("https://{}", "a".repeat(20_000)));
    let others = [
        "",
        "null",
        "NULL",
        "*",
        "undefined",
        "about:blank",
        "data:,",
        "http://localhost",
        "http://127.0.0.1",
        "http://[::1]",
        "https://wild.example",
        "https://evil-wild.example",
        "https://wild.example.evil.example",
    ];
    all.extend(others.map(String::from));
    all.sort();
    all.dedup();
    all.retain(|origin| !is_permitted(origin));
    all.into_iter()
        .map(String::into_bytes)
        .chain([vec![0xff], [ORIGIN.as_bytes(), b"\xff"].concat()])
        .collect()
}

/// A second, plainer statement of the rule; a header's value has no spaces around it.
fn is_permitted(origin: &str) -> bool {
    let origin = origin.trim_matches([' ', '\t']);
    let below = origin.strip_prefix("https://").and_then(|host| host.strip_suffix(".wild.example"));
    let plain = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    [ORIGIN, "http://local.example:8080", PUBLIC_URL].contains(&origin)
        || below.is_some_and(|labels| labels.len() < 250 && labels.split('.').all(plain))
}

#[tokio::test]
async fn no_way_to_write_an_origin_otherwise_is_let_in() {
    let fixture = Fixture::plain();
    let origins = origins();
    assert!(origins.len() > 2_000, "{}", origins.len());
    let mut kinds = Kinds::default();
    for origin in origins {
        let row = String::from_utf8_lossy(&origin).into_owned();
        let request = fixture.client.plain(Method::POST, path::SESSION_CREATE);
        let request = request.header("origin", HeaderValue::from_bytes(&origin).unwrap());
        let request = request.header("content-type", "application/json").body("{}");
        kinds.refuse(&row, request, 403, "origin_not_allowed").await;
    }
    assert_unharmed(&fixture);
}

#[tokio::test]
async fn a_token_holds_at_its_own_origin_whatever_the_browser_says_of_the_site() {
    let fixture = Fixture::plain();
    let (cors, frame) = (mint(|_| {}), mint(|session| session.via = Via::Frame));
    let reply = format!("{}/{}", path::CHAT_MESSAGE, id());
    for site in [
        None,
        Some("same-origin"),
        Some("none"),
        Some("same-site"),
        Some("cross-site"),
        Some(""),
        Some("SAME-ORIGIN"),
        Some("same-origin, none"),
    ] {
        let named_by_nobody = matches!(site, None | Some("same-origin" | "none"));
        for origin in [
            None,
            Some(PUBLIC_URL),
            Some(ORIGIN),
            Some(BELOW_WILDCARD),
            Some("https://evil.example"),
            Some("null"),
        ] {
            for (token, way) in [(&cors, "cors"), (&frame, "frame")] {
                for (method, target) in
                    [(Method::GET, path::SESSION_VALIDATE), (Method::GET, &reply), (Method::DELETE, &reply)]
                {
                    let row = format!("{way} {method} {target} {origin:?} {site:?}");
                    let right = match origin {
                        None if method == Method::DELETE || !named_by_nobody => 403,
                        Some("https://evil.example" | "null") => 403,
                        Some(ORIGIN) if way == "cors" => 200,
                        None | Some(PUBLIC_URL) if way == "frame" => 200,
                        _ => 401,
                    };
                    let right = if right == 200 && target == reply { 404 } else { right };
                    let mut request = fixture.client.plain(method, target).bearer_auth(token);
                    request =
                        origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
                    request = site
                        .into_iter()
                        .fold(request, |request, site| request.header("sec-fetch-site", site));
                    assert_eq!(request.send().await.unwrap().status().as_u16(), right, "{row}");
                }
            }
        }
    }
    let twice = fixture.client.plain(Method::GET, path::SESSION_VALIDATE).bearer_auth(&frame);
    let twice = twice.header("sec-fetch-site", "same-origin").header("sec-fetch-site", "cross-site");
    assert_eq!(twice.send().await.unwrap().status().as_u16(), 403);
    assert_unharmed(&fixture);
}
