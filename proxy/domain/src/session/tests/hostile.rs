//! Tokens that must be refused, most of them signed with the right key.

use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{ISSUER, NOW, at, ring, session};
use crate::{
    encoding::b64,
    keys::Keyring,
    ticket::Ticket,
    token::{TokenError, TokenErrorKind, jws::TokenType},
};

fn header(ring: &Keyring) -> String {
    format!(r#"{{"alg":"HS256","typ":"session+jwt","kid":"{}"}}"#, ring.signing_key_id())
}

/// The claims of a good token, as JSON.
fn good_claims(ring: &Keyring) -> Value {
    let token = ring.mint_session(&session(ring), ISSUER);
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&crate::encoding::from_b64(payload).unwrap()).unwrap()
}

fn forge(ring: &Keyring, header: &str, payload: &str) -> String {
    ring.signer(TokenType::Session).forge(header, payload)
}

fn cause(ring: &Keyring, token: &str) -> Option<TokenErrorKind> {
    ring.verify_session(token, &at(NOW)).err().map(TokenError::kind)
}

#[test]
fn a_token_with_a_good_header_and_good_claims_is_accepted() {
    let ring = ring();
    assert_eq!(cause(&ring, &forge(&ring, &header(&ring), &good_claims(&ring).to_string())), None);
}

#[test]
fn only_one_header_is_accepted() {
    let ring = ring();
    let claims = good_claims(&ring).to_string();
    let kid = ring.signing_key_id().to_string();
    let with = |alg: &str, typ: &str, kid: &str| format!(r#"{{"alg":"{alg}","typ":"{typ}","kid":"{kid}"}}"#);
    let good = header(&ring);
    let plus = |member: &str| good.replace('}', &format!(",{member}}}"));
    let cases = [
        (with("none", "session+jwt", &kid), TokenErrorKind::Algorithm),
        (with("None", "session+jwt", &kid), TokenErrorKind::Algorithm),
        (with("hs256", "session+jwt", &kid), TokenErrorKind::Algorithm),
        (with("HS512", "session+jwt", &kid), TokenErrorKind::Algorithm),
        (with("RS256", "session+jwt", &kid), TokenErrorKind::Algorithm),
        (with("ES256", "session+jwt", &kid), TokenErrorKind::Algorithm),
        (with("", "session+jwt", &kid), TokenErrorKind::Algorithm),
        (with("HS256", "JWT", &kid), TokenErrorKind::Type),
        (with("HS256", "ticket+jwt", &kid), TokenErrorKind::Type),
        (with("HS256", "SESSION+JWT", &kid), TokenErrorKind::Type),
        (with("HS256", "application/session+jwt", &kid), TokenErrorKind::Type),
        (with("HS256", "dpop+jwt", &kid), TokenErrorKind::Type),
        (with("HS256", "session+jwt", ""), TokenErrorKind::UnknownKey),
        (with("HS256", "session+jwt", "AAAAAAAAAAA"), TokenErrorKind::UnknownKey),
        (with("HS256", "session+jwt", &format!("{kid}=")), TokenErrorKind::UnknownKey),
        (with("HS256", "session+jwt", "../../etc/passwd"), TokenErrorKind::UnknownKey),
        (with("HS256", "session+jwt", "' OR 1=1 --"), TokenErrorKind::UnknownKey),
        (r#"{"alg":"HS256","typ":"session+jwt"}"#.into(), TokenErrorKind::Header),
        (format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#), TokenErrorKind::Header),
        (format!(r#"{{"typ":"session+jwt","kid":"{kid}"}}"#), TokenErrorKind::Header),
        (plus(r#""crit":["b64"]"#), TokenErrorKind::Header),
        (plus(r#""b64":false"#), TokenErrorKind::Header),
        (plus(r#""jwk":{"kty":"oct","k":"AA"}"#), TokenErrorKind::Header),
        (plus(r#""jku":"https://evil.example/jwks""#), TokenErrorKind::Header),
        (plus(r#""x5u":"https://evil.example/x""#), TokenErrorKind::Header),
        (plus(r#""cty":"JWT""#), TokenErrorKind::Header),
        (plus(r#""zip":"DEF""#), TokenErrorKind::Header),
        (plus(r#""alg":"HS256""#), TokenErrorKind::Header),
        (plus(&format!(r#""kid":"{kid}""#)), TokenErrorKind::Header),
        (plus(r#""typ":"session+jwt""#), TokenErrorKind::Header),
        (format!(r#"["HS256","session+jwt","{kid}"]"#), TokenErrorKind::Header),
        (format!(r#"{{"alg":null,"typ":"session+jwt","kid":"{kid}"}}"#), TokenErrorKind::Header),
        (format!(r#"{{"alg":["HS256"],"typ":"session+jwt","kid":"{kid}"}}"#), TokenErrorKind::Header),
        (format!(" {good}"), TokenErrorKind::Header),
        (format!("{good}{{}}"), TokenErrorKind::Header),
        (format!("\u{feff}{good}"), TokenErrorKind::Header),
        ("null".into(), TokenErrorKind::Header),
        ("{}".into(), TokenErrorKind::Header),
        (String::new(), TokenErrorKind::Header),
        ("{".repeat(500), TokenErrorKind::Header),
    ];
    for (header, want) in cases {
        assert_eq!(cause(&ring, &forge(&ring, &header, &claims)), Some(want), "{header}");
    }
}

#[test]
fn claims_are_exactly_the_known_ones() {
    let ring = ring();
    let good = good_claims(&ring);
    for claim in good.as_object().unwrap().keys() {
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(claim);
        let token = forge(&ring, &header(&ring), &without.to_string());
        assert_eq!(cause(&ring, &token), Some(TokenErrorKind::Claims), "without {claim}");

        let value = &good[claim];
        let repeated = good.to_string().replacen('{', &format!("{{\"{claim}\":{value},"), 1);
        let token = forge(&ring, &header(&ring), &repeated);
        assert_eq!(cause(&ring, &token), Some(TokenErrorKind::Claims), "{claim} twice");
    }
}

#[test]
fn claims_have_their_form() {
    let ring = ring();
    let good = good_claims(&ring);
    let now = NOW.0;
    let long = "x".repeat(513);
    let cases = [
        ("v", json!(2), TokenErrorKind::Claims),
        ("v", json!("1"), TokenErrorKind::Claims),
        ("admin", json!(true), TokenErrorKind::Claims),
        ("nbf", json!(now), TokenErrorKind::Claims),
        ("iss", json!("https://evil.example"), TokenErrorKind::Issuer),
        ("iss", json!("https://chat.example.com/"), TokenErrorKind::Issuer),
        ("iss", json!(["https://chat.example.com"]), TokenErrorKind::Claims),
        ("iss", json!(""), TokenErrorKind::Issuer),
        ("aud", json!(["default"]), TokenErrorKind::Claims),
        ("aud", json!("Default"), TokenErrorKind::Claims),
        ("aud", json!(""), TokenErrorKind::Claims),
        ("aud", json!(null), TokenErrorKind::Claims),
        ("origin", json!("null"), TokenErrorKind::Claims),
        ("origin", json!("https://shop.example/"), TokenErrorKind::Claims),
        ("origin", json!("https://a b"), TokenErrorKind::Claims),
        ("via", json!("FRAME"), TokenErrorKind::Claims),
        ("via", json!("push"), TokenErrorKind::Claims),
        ("sid", json!("6F1C2D3E-4A5B-4C6D-8E7F-001122334455"), TokenErrorKind::Claims),
        ("sid", json!("6f1c2d3e4a5b4c6d8e7f001122334455"), TokenErrorKind::Claims),
        ("jti", json!(1), TokenErrorKind::Claims),
        ("seq", json!(-1), TokenErrorKind::Claims),
        ("seq", json!(1.0), TokenErrorKind::Claims),
        ("seq", json!("0"), TokenErrorKind::Claims),
        ("seq", json!(4_294_967_296_u64), TokenErrorKind::Claims),
        ("turn", json!(null), TokenErrorKind::Claims),
        ("head", json!("AAAA"), TokenErrorKind::Claims),
        ("head", json!("DT6pUYlvdWn7OyCNyXQigmOOiyeEfD9NMOVJn1oqKxJ"), TokenErrorKind::Claims),
        ("wk", json!("short"), TokenErrorKind::Claims),
        ("cnf", json!({}), TokenErrorKind::Claims),
        ("cnf", json!({"jkt": "AAAA"}), TokenErrorKind::Claims),
        (
            "cnf",
            json!({"jkt": "DT6pUYlvdWn7OyCNyXQigmOOiyeEfD9NMOVJn1oqKxI", "x": 1}),
            TokenErrorKind::Claims,
        ),
        ("sub", json!("u-1"), TokenErrorKind::Claims),
        ("uexp", json!(now), TokenErrorKind::Claims),
        ("user", json!({"a": long}), TokenErrorKind::Claims),
        ("exp", json!(now - 30), TokenErrorKind::Lifetime),
        ("exp", json!(0), TokenErrorKind::Lifetime),
        ("exp", json!(u64::MAX), TokenErrorKind::Claims),
        ("exp", json!(now + 2_592_001), TokenErrorKind::Claims),
        ("exp", json!(1.8e9), TokenErrorKind::Claims),
        ("exp", json!("1800086400"), TokenErrorKind::Claims),
        ("iat", json!(now + 31), TokenErrorKind::Future),
        ("iat", json!(now - 1), TokenErrorKind::Claims),
        ("iat", json!(-1), TokenErrorKind::Claims),
        ("start", json!(now + 1), TokenErrorKind::Claims),
        ("max", json!(now), TokenErrorKind::Claims),
    ];
    for (claim, value, want) in cases {
        let mut claims = good.clone();
        claims[claim] = value.clone();
        let token = forge(&ring, &header(&ring), &claims.to_string());
        assert_eq!(cause(&ring, &token), Some(want), "{claim} = {value}");
    }
}

#[test]
fn times_far_from_now_are_refused() {
    let ring = ring();
    let now = NOW.0;
    let month = 2_592_000;
    // start, iat, exp, max
    let cases = [
        (now - month - 31, now - month - 31, now - 31, now - 31, TokenErrorKind::Lifetime),
        (now - 100, now - 100, now - 30, now - 100 + month, TokenErrorKind::Expired),
        (now, now, now + month + 1, now + month + 1, TokenErrorKind::Lifetime),
        (0, 0, u64::MAX, u64::MAX, TokenErrorKind::Lifetime),
        (u64::MAX, u64::MAX, u64::MAX, u64::MAX, TokenErrorKind::Future),
    ];
    for (start, iat, exp, max, want) in cases {
        let mut claims = good_claims(&ring);
        for (claim, value) in [("start", start), ("iat", iat), ("exp", exp), ("max", max)] {
            claims[claim] = json!(value);
        }
        let token = forge(&ring, &header(&ring), &claims.to_string());
        assert_eq!(cause(&ring, &token), Some(want), "{start} {iat} {exp} {max}");
    }
}

#[test]
fn payloads_that_are_no_object_are_refused() {
    let ring = ring();
    let good = good_claims(&ring);
    let values: Vec<_> = good.as_object().unwrap().values().cloned().collect();
    let texts = [
        json!(values).to_string(),
        "null".into(),
        "\"\"".into(),
        String::new(),
        "{".into(),
        format!(" {good}"),
        format!("{good} x"),
        "[".repeat(1_000),
        r#"{"v":1,"v":1}"#.into(),
        "{\"\u{0}\":1}".into(),
    ];
    for text in texts {
        assert_eq!(
            cause(&ring, &forge(&ring, &header(&ring), &text)),
            Some(TokenErrorKind::Claims),
            "{text:.60}"
        );
    }
}

#[test]
fn the_text_of_a_token_has_one_form() {
    let ring = ring();
    let good = ring.mint_session(&session(&ring), ISSUER);
    let parts: Vec<_> = good.split('.').collect();
    let [head, payload, signature] = parts[..] else { unreachable!() };
    let none =
        b64(format!(r#"{{"alg":"none","typ":"session+jwt","kid":"{}"}}"#, ring.signing_key_id()).as_bytes());
    // 32 bytes leave two bits in the last character that must be zero.
    let last = signature.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let stray = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
    let stray_bits = format!("{}{stray}", good.strip_suffix(last).unwrap());
    let tokens = [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        "Bearer".into(),
        "null".into(),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}="),
        format!("{good}=="),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}\0"),
        format!("{good}.{good}"),
        format!("{head}=.{payload}.{signature}"),
        format!("{head}.{payload}=.{signature}"),
        format!("{head}.{payload}. {signature}"),
        format!("{head}..{signature}"),
        format!("{head}.{payload}."),
        format!("{head}.{payload}"),
        format!(".{payload}.{signature}"),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{head}.{payload}.{signature}.{signature}"),
        format!("{head}.{payload}.{}", &signature[1..]),
        format!("{head}.{payload}.{}", b64(&[0; 32])),
        stray_bits,
        good.to_uppercase(),
        good.replace('.', "．"),
        good.replacen("eyJ", "ey%4A", 1),
        good.chars().rev().collect(),
        "é".repeat(100),
        "\u{1F600}.\u{1F600}.\u{1F600}".into(),
    ];
    for token in tokens {
        assert!(cause(&ring, &token).is_some(), "{token:?}");
    }
}

#[test]
fn size_is_checked_before_anything_else() {
    let ring = ring();
    let mut claims = good_claims(&ring);
    claims["uiss"] = json!("i".repeat(1_500));
    claims["sub"] = json!("s");
    claims["uexp"] = json!(NOW.0 + 60);
    let large = forge(&ring, &header(&ring), &claims.to_string());
    assert!(large.len() > crate::session::MAX_SESSION_TOKEN_BYTES);
    for token in [large, "A".repeat(2_049), ".".repeat(10_000_000)] {
        assert_eq!(cause(&ring, &token), Some(TokenErrorKind::TooLarge));
    }
}

#[test]
fn a_token_of_another_kind_or_key_is_refused() {
    let ring = ring();
    let session = session(&ring);
    let ticket = Ticket::new(session.site.clone(), session.origin.clone(), NOW);
    assert_eq!(cause(&ring, &ring.mint_ticket(&ticket, ISSUER)), Some(TokenErrorKind::Type));

    // The ticket's key under the session's type: one secret, but a key for each kind.
    let claims = good_claims(&ring).to_string();
    let crossed = ring.signer(TokenType::Ticket).forge(&header(&ring), &claims);
    assert_eq!(cause(&ring, &crossed), Some(TokenErrorKind::Signature));

    let stranger = Keyring::new(&[SecretString::from("another secret of some other proxy")]).unwrap();
    let own_kid = stranger.mint_session(&session, ISSUER);
    assert_eq!(cause(&ring, &own_kid), Some(TokenErrorKind::UnknownKey));
    let our_kid = stranger.signer(TokenType::Session).forge(&header(&ring), &claims);
    assert_eq!(cause(&ring, &our_kid), Some(TokenErrorKind::Signature));
}

#[test]
fn all_refusals_read_the_same() {
    let ring = ring();
    let texts: Vec<_> = ["", "a.b.c", &forge(&ring, &header(&ring), "{}")]
        .iter()
        .map(|token| ring.verify_session(token, &at(NOW)).unwrap_err().to_string())
        .collect();
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_is_a_token(text in ".{0,300}") {
        prop_assert!(cause(&ring(), &text).is_some());
    }

    #[test]
    fn a_token_with_one_other_character_is_refused(at in any::<prop::sample::Index>(), other in "[A-Za-z0-9_.=-]") {
        let ring = ring();
        let good = ring.mint_session(&session(&ring), ISSUER);
        let at = at.index(good.len());
        let changed = format!("{}{other}{}", &good[..at], &good[at + 1..]);
        prop_assume!(changed != good);
        prop_assert!(cause(&ring, &changed).is_some());
    }

    #[test]
    fn a_receipt_with_one_other_character_is_refused(at in 0_usize..43, other in "[A-Za-z0-9_.=-]", turn in 1_u32..9) {
        let ring = ring();
        let session = session(&ring);
        let id = crate::message::MessageId::from(session.jti);
        let good = ring.receipt(session.sid, &id, turn, &session.head);
        let changed = format!("{}{other}{}", &good[..at], &good[at + 1..]);
        let holds = |receipt: &str, turn| ring.verify_receipt(receipt, session.sid, &id, turn, &session.head);
        prop_assert_eq!(holds(&changed, turn), changed == good);
        prop_assert!(holds(&good, turn) && !holds(&good, turn + 1));
    }

    #[test]
    fn a_token_that_was_cut_is_refused(at in any::<prop::sample::Index>()) {
        let ring = ring();
        let good = ring.mint_session(&session(&ring), ISSUER);
        prop_assert!(cause(&ring, &good[..at.index(good.len())]).is_some());
    }

    #[test]
    fn signed_nonsense_is_refused_without_a_panic(header in ".{0,80}", payload in ".{0,200}") {
        let ring = ring();
        prop_assert!(cause(&ring, &forge(&ring, &header, &payload)).is_some());
    }
}
