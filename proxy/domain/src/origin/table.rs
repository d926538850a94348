//! The origin check, case by case.

use proptest::prelude::*;

use super::{Origin, OriginCause, OriginList};

const LIST: [&str; 9] = [
    "https://shop.example",
    " HTTPS://Münze.Example:443/ ",
    "http://shop.example:8080",
    "http://localhost:3000",
    "http://127.0.0.1",
    "https://[2001:DB8::1]:8443",
    "https://under_score.example",
    "https://*.example.com",
    "http://*.localhost",
];

const PERMITTED: &[&str] = &[
    "https://shop.example",
    "https://xn--mnze-0ra.example",
    "http://shop.example:8080",
    "http://localhost:3000",
    "http://127.0.0.1",
    "https://[2001:db8::1]:8443",
    "https://under_score.example",
    "https://a.example.com",
    "https://a.b.c.example.com",
    "https://www-2.example.com",
    "https://xn--mnze-0ra.example.com",
    "https://0.example.com",
    "https://-.example.com",
    "http://app.localhost",
];

const REFUSED: &[&[u8]] = &[
    b"",
    b" ",
    b"*",
    b"null",
    b"NULL",
    b"undefined",
    b"https://",
    b"https:///",
    b"://shop.example",
    b"//shop.example",
    b"shop.example",
    b"https:shop.example",
    b"https:/shop.example",
    b"https:///shop.example",
    b"https:\\\\shop.example",
    b"https:/\\shop.example",
    b"http://shop.example",
    b"ftp://shop.example",
    b"file://shop.example",
    b"wss://shop.example",
    b"blob:https://shop.example",
    b"javascript:https://shop.example",
    b"chrome-extension://shop.example",
    b"view-source:https://shop.example",
    // Case, space and control characters.
    b"HTTPS://shop.example",
    b"Https://shop.example",
    b"https://SHOP.example",
    b"https://Shop.Example",
    b" https://shop.example",
    b"https://shop.example ",
    b"https://shop.example\t",
    b"https://sh\top.example",
    b"https://shop.example\n",
    b"https://shop.example\r\n",
    b"https://shop\r.example",
    b"https://shop.example\0",
    b"\0https://shop.example",
    b"https://shop.example\x7f",
    b"https://shop.example\x80",
    b"\xef\xbb\xbfhttps://shop.example",
    // Ports.
    b"https://shop.example:443",
    b"https://shop.example:0443",
    b"https://shop.example:",
    b"https://shop.example:80",
    b"https://shop.example:8080",
    b"https://shop.example:65979",
    b"http://shop.example:08080",
    b"http://shop.example:8080:8080",
    b"http://shop.example:80",
    b"http://localhost",
    b"http://localhost:3001",
    b"http://localhost:30000",
    b"https://localhost:3000",
    b"https://[2001:db8::1]",
    b"http://127.0.0.1:80",
    // Path, query, fragment, user.
    b"https://shop.example/",
    b"https://shop.example/a",
    b"https://shop.example?",
    b"https://shop.example?a",
    b"https://shop.example#",
    b"https://shop.example#https://shop.example",
    b"https://shop.example\\",
    b"https://shop.example;",
    b"https://shop.example,https://evil.example",
    b"https://shop.example https://evil.example",
    b"https://evil.example https://shop.example",
    b"https://shop.example; script-src *",
    b"https://@shop.example",
    b"https://user@shop.example",
    b"https://user:pass@shop.example",
    b"https://shop.example@evil.example",
    b"https://shop.example:443@evil.example",
    b"https://evil.example/https://shop.example",
    b"https://evil.example?https://shop.example",
    b"https://evil.example#@shop.example",
    b"https://evil.example\\@shop.example",
    // Neighbours.
    b"https://shop.example.",
    b"https://shop.example..",
    b"https://.shop.example",
    b"https://a.shop.example",
    b"https://shop.exampl",
    b"https://shop.examplee",
    b"https://shop.example.evil.example",
    b"https://evilshop.example",
    b"https://evil-shop.example",
    b"https://shop-example",
    b"https://shopxexample",
    b"https://%73hop.example",
    b"https://shop%2eexample",
    "https://ｓhop.example".as_bytes(),
    "https://shop。example".as_bytes(),
    "https://shöp.example".as_bytes(),
    "https://münze.example".as_bytes(),
    "https://sho\u{200d}p.example".as_bytes(),
    "https://ѕhop.example".as_bytes(),
    b"https://XN--mnze-0ra.example",
    // Other writings of an address.
    b"http://127.1",
    b"http://0x7f.0.0.1",
    b"http://2130706433",
    b"http://0177.0.0.1",
    b"http://127.0.0.1.",
    b"http://[::ffff:127.0.0.1]",
    b"http://[::1]",
    b"https://[2001:DB8::1]:8443",
    b"https://[2001:db8:0::1]:8443",
    b"https://[2001:db8::1%25eth0]:8443",
    b"https://2001:db8::1:8443",
    // Wildcards.
    b"https://example.com",
    b"https://.example.com",
    b"https://..example.com",
    b"https://a..example.com",
    b"https://.a.example.com",
    b"https://*.example.com",
    b"https://a.*.example.com",
    b"http://a.example.com",
    b"https://a.example.com:443",
    b"https://a.example.com:8443",
    b"https://a.example.com/",
    b"https://a.example.com.",
    b"https://a.example.com.evil.example",
    b"https://evil-example.com",
    b"https://evilexample.com",
    b"https://example.com.evil.example",
    b"https://A.example.com",
    b"https://a_b.example.com",
    b"https://a%2e.example.com",
    b"https://a b.example.com",
    b"https://a\t.example.com",
    b"https://a@b.example.com",
    b"https://a:b.example.com",
    b"https://a/b.example.com",
    b"https://a/.example.com",
    b"https://evil.example/.example.com",
    b"https://evil.example?.example.com",
    b"https://evil.example#.example.com",
    b"https://evil.example\\.example.com",
    b"https://evil.example;.example.com",
    b"https://evil.example:1.example.com",
    b"https://[::1].example.com",
    "https://ä.example.com".as_bytes(),
    "https://a．example.com".as_bytes(),
    b"https://a.example.com\0",
    b"https://\xff.example.com",
    b"https://a.example.co",
    b"https://a.xexample.com",
    b"https://a.EXAMPLE.com",
    b"http://localhost",
    b"http://a.localhost:80",
    b"https://a.localhost",
];

fn list() -> OriginList {
    OriginList::parse(LIST).unwrap()
}

#[test]
fn only_an_exact_match_is_permitted() {
    let list = list();
    for origin in PERMITTED {
        let found = list.permits(origin.as_bytes());
        assert_eq!(found.as_ref().map(Origin::as_str), Some(*origin), "{origin}");
    }
    for origin in REFUSED {
        assert_eq!(list.permits(origin), None, "{:?}", String::from_utf8_lossy(origin));
    }
    assert!(PERMITTED.len() + REFUSED.len() >= 100);
}

#[test]
fn a_name_longer_than_dns_permits_fits_no_wildcard() {
    let deep = format!("https://{}example.com", "a.".repeat(200));
    assert_eq!(list().permits(deep.as_bytes()), None);
}

#[test]
fn the_list_is_normalised_at_start() {
    for (entry, want) in [
        ("https://shop.example", "https://shop.example"),
        ("https://shop.example/", "https://shop.example"),
        ("HTTPS://SHOP.Example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://shop.example:443", "http://shop.example:443"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://ｓhop.example", "https://shop.example"),
        ("https://shop.example.", "https://shop.example."),
        ("http://0x7f.1", "http://127.0.0.1"),
        ("https://[0:0::1]:444", "https://[::1]:444"),
    ] {
        assert_eq!(Origin::normalise(entry).unwrap().as_str(), want, "{entry}");
    }
}

#[test]
fn an_error_shows_no_password_and_no_query_of_an_entry() {
    for (entry, want) in [
        ("https://shop.example/path", "\"https://shop.example/path\": "),
        ("https://me:canary@shop.example", "\"https://…@shop.example\": "),
        ("https://me:can?ary@shop.example/x", "\"https://…@shop.example/x\": "),
        ("me:canary@shop.example", "\"://…@shop.example\": "),
        ("https://shop.example/?key=canary#canary", "\"https://shop.example/?…\": "),
    ] {
        let said = Origin::normalise(entry).unwrap_err().to_string();
        assert!(said.starts_with(want), "{entry}: {said}");
    }
}

#[test]
fn every_entry_that_is_no_origin_is_reported_with_its_cause() {
    let cases = [
        ("null", OriginCause::Null),
        ("shop.example", OriginCause::Scheme),
        ("https:shop.example", OriginCause::Scheme),
        ("//shop.example", OriginCause::Scheme),
        ("ftp://shop.example", OriginCause::Scheme),
        ("wss://shop.example", OriginCause::Scheme),
        ("file:///etc", OriginCause::Scheme),
        ("https", OriginCause::Scheme),
        ("https://user@shop.example", OriginCause::UserInfo),
        ("https://@shop.example", OriginCause::UserInfo),
        ("https://a:b@shop.example", OriginCause::UserInfo),
        ("https://shop.example/a", OriginCause::Path),
        ("https://shop.example//", OriginCause::Path),
        ("https:///shop.example", OriginCause::Path),
        ("https://shop.example?", OriginCause::Path),
        ("https://shop.example#a", OriginCause::Path),
        ("https://shop.example\\", OriginCause::Path),
        ("https://", OriginCause::Host),
        ("https:///", OriginCause::Host),
        ("https://:443", OriginCause::Host),
        ("https://shop example", OriginCause::Host),
        ("https://sh\top.example", OriginCause::Host),
        ("https://%73hop.example", OriginCause::Host),
        ("https://shop.example:99999", OriginCause::Host),
        ("https://shop.example:x", OriginCause::Host),
        ("https://[::1", OriginCause::Host),
        ("https://1.2.3.256", OriginCause::Host),
        ("https://a;b", OriginCause::Host),
        ("https://a'b", OriginCause::Host),
        ("https://shop.example,https://b.example", OriginCause::Path),
        ("https://*", OriginCause::Wildcard),
        ("https://*.", OriginCause::Host),
        ("*.example.com", OriginCause::Scheme),
        ("**", OriginCause::Scheme),
        ("https://*example.com", OriginCause::Wildcard),
        ("https://a.*.example.com", OriginCause::Wildcard),
        ("https://*.*.example.com", OriginCause::Wildcard),
        ("https://*.example.com:8443", OriginCause::Wildcard),
        ("https://*.example.com:443", OriginCause::Wildcard),
        ("https://*.1.2.3.4", OriginCause::Wildcard),
        ("https://*.net", OriginCause::Shared),
        ("https://*.shop", OriginCause::Shared),
        ("https://*.com.br", OriginCause::Shared),
        ("https://*.CO.nz.", OriginCause::Shared),
        ("https://*.or.jp", OriginCause::Shared),
        ("https://*.netlify.app", OriginCause::Shared),
        ("https://*.s3.eu-west-1.amazonaws.com", OriginCause::Shared),
        ("https://*.local", OriginCause::Shared),
        ("https://*.ac.nz", OriginCause::Shared),
        ("https://*-team.com", OriginCause::Shared),
        ("https://*-team.co.uk", OriginCause::Shared),
        ("https://*-.example.app", OriginCause::Wildcard),
        ("https://*-team", OriginCause::Shared),
        ("https://*team.example.app", OriginCause::Wildcard),
        ("https://preview-*.example.app", OriginCause::Wildcard),
        ("https://*-a-*.example.app", OriginCause::Wildcard),
        ("https://*-team.example.app:8443", OriginCause::Wildcard),
        ("http://shop.example:*", OriginCause::Wildcard),
        ("http://*.localhost:*", OriginCause::Wildcard),
        ("ftp://localhost:*", OriginCause::Scheme),
        ("capacitor://", OriginCause::Scheme),
        ("capacitor://localhost:80", OriginCause::Host),
        ("ionic://local host", OriginCause::Host),
        ("tauri://localhost/index.html", OriginCause::Host),
        ("tauri://*.localhost", OriginCause::Scheme),
        ("electron://localhost", OriginCause::Scheme),
        ("https://*.example.com/a", OriginCause::Path),
        ("ftp://*.example.com", OriginCause::Scheme),
    ];
    for (entry, want) in cases {
        let errors = OriginList::parse([entry]).unwrap_err();
        let found: Vec<_> = errors.into_iter().map(|error| (error.entry, error.cause)).collect();
        assert_eq!(found, [(entry.to_owned(), want)]);
    }
    let all = OriginList::parse(cases.map(|(entry, _)| entry)).unwrap_err();
    assert_eq!(all.len(), cases.len());
}

#[test]
fn a_star_permits_every_serialised_origin_and_nothing_else() {
    let list = OriginList::parse(["*"]).unwrap();
    assert!(!list.is_empty());
    for origin in PERMITTED.iter().chain(&["https://anything.example:1"]) {
        assert!(list.permits(origin.as_bytes()).is_some(), "{origin}");
    }
    let odd: [&[u8]; 8] = [
        b"null",
        b"*",
        b"",
        b"https://a; script-src *",
        b"https://a/",
        b"https://A",
        b"ftp://a",
        b"https://a:99999999",
    ];
    for origin in odd {
        assert_eq!(list.permits(origin), None, "{:?}", String::from_utf8_lossy(origin));
    }
}

/// Returns those of the origins that a list of one entry permits.
fn permitted<'a>(entry: &str, origins: &[&'a str]) -> Vec<&'a str> {
    let list = OriginList::parse([entry]).unwrap();
    origins.iter().copied().filter(|origin| list.permits(origin.as_bytes()).is_some()).collect()
}

#[test]
fn a_preview_host_is_one_label_before_a_hyphen_and_the_own_ending() {
    let own = ["https://pr-7-team.example.app", "https://a-team.example.app", "https://x--team.example.app"];
    let others = [
        "https://-team.example.app",
        "https://team.example.app",
        "https://evilteam.example.app",
        "https://x.y-team.example.app",
        "https://x-team.example.app.attacker.test",
        "https://x-team.example.app:8443",
        "http://x-team.example.app",
        "https://attacker.test/-team.example.app",
        "https://attacker.test#-team.example.app",
        "https://a@b-team.example.app",
        "https://X-team.example.app",
        "https://x_y-team.example.app",
        "https://x-teamxexample.app",
        "https://x-team.other.app",
    ];
    assert_eq!(permitted("https://*-team.example.app", &[&own[..], &others[..]].concat()), own);
    assert_eq!(permitted("https://*--Shop.netlify.app/", &["https://deploy-7--shop.netlify.app"]).len(), 1);
}

#[test]
fn a_star_for_a_port_is_for_this_machine() {
    let own = ["http://localhost:3000", "http://localhost:65535", "http://localhost"];
    let others = [
        "https://localhost:3000",
        "http://localhost:",
        "http://localhost:0",
        "http://localhost:3000.attacker.test",
        "http://localhost.attacker.test",
        "http://localhost:1@attacker.test",
        "http://localhost:3000/",
        "http://127.0.0.1:3000",
    ];
    assert_eq!(permitted("http://localhost:*", &[&own[..], &others[..]].concat()), own);
    assert_eq!(permitted("https://[::1]:*", &["https://[::1]:8443"]).len(), 1);
}

#[test]
fn the_page_of_an_app_is_an_origin() {
    for entry in ["capacitor://localhost", "Ionic://localhost/", "tauri://localhost", "app://shop.example"] {
        let origin = Origin::normalise(entry).unwrap();
        assert_eq!(
            permitted(entry, &[origin.as_str(), "capacitor://other", "http://localhost"]),
            [origin.as_str()]
        );
        assert_eq!(Origin::from_serialised(origin.as_str()), Some(origin));
    }
    assert_eq!(
        permitted("https://tauri.localhost", &["https://tauri.localhost", "http://tauri.localhost"]).len(),
        1
    );
}

#[test]
fn an_empty_list_permits_nothing() {
    let list = OriginList::parse(["", " "]).unwrap();
    assert!(list.is_empty());
    assert_eq!(list.permits(b"https://shop.example"), None);
}

proptest! {
    #[test]
    fn a_permitted_origin_is_the_header_byte_for_byte(bytes: Vec<u8>, text in "https?://[a-z0-9.:@/*-]{0,20}\\.example\\.com") {
        for header in [bytes.as_slice(), text.as_bytes()] {
            if let Some(origin) = list().permits(header) {
                prop_assert_eq!(origin.as_str().as_bytes(), header);
            }
        }
    }

    #[test]
    fn normalising_twice_changes_nothing(entry in "\\PC{0,30}", host in "[a-zA-Z0-9.äß-]{1,20}") {
        for entry in [entry, format!("https://{host}")] {
            if let Ok(origin) = Origin::normalise(&entry) {
                let again = Origin::normalise(origin.as_str()).unwrap();
                prop_assert_eq!(&again, &origin);
                prop_assert_eq!(OriginList::parse([entry.as_str()]).unwrap().permits(origin.as_str().as_bytes()), Some(origin));
            }
        }
    }
}
