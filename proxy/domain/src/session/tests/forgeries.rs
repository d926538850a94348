//! Every member of a token with every wrong value, signed with the right key: over a thousand that must be refused.

use serde_json::{Map, Value, json};

use super::{ISSUER, NOW, at, ring, session};
use crate::{
    encoding::{b64, from_b64},
    keys::Keyring,
    site::SiteId,
    token::jws::TokenType,
};

/// The parts of a good token, from which others are forged.
struct Forge {
    ring: Keyring,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl Forge {
    fn new() -> Self {
        let ring = ring();
        let token = ring.mint_session(&session(&ring), ISSUER);
        let part = |at: usize| {
            let part = from_b64(token.split('.').nth(at).unwrap()).unwrap();
            serde_json::from_slice(&part).unwrap()
        };
        Self { header: part(0), claims: part(1), ring }
    }

    fn sign(&self, header: &str, claims: &str) -> String {
        self.ring.signer(TokenType::Session).forge(header, claims)
    }

    fn with_claims(&self, claims: &str) -> String {
        self.sign(&text(&self.header), claims)
    }

    fn with_header(&self, header: &str) -> String {
        self.sign(header, &text(&self.claims))
    }

    fn holds(&self, token: &str) -> bool {
        self.ring.verify_session(token, &at(NOW)).is_ok()
    }

    fn must_refuse(&self, tokens: impl IntoIterator<Item = (String, String)>) -> usize {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (row, token) in &tokens {
            assert!(!self.holds(token), "{row}");
        }
        tokens.len()
    }
}

fn text(object: &Map<String, Value>) -> String {
    serde_json::to_string(object).unwrap()
}

fn changed(object: &Map<String, Value>, name: &str, value: Value) -> String {
    let mut object = object.clone();
    object.insert(name.to_owned(), value);
    text(&object)
}

/// One value of every type, and the edges of numbers.
fn anything() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(u64::from(u32::MAX) + 1),
        json!(1_u64 << 53),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(""),
        json!("0"),
        json!("x"),
        json!("null"),
        json!("\0"),
        json!("💥".repeat(50)),
        json!([]),
        json!(["x"]),
        json!({}),
        json!({"a": 1}),
    ]
}

/// Tells if a member may have another value than the good token's: a counter may, and the site, which the caller
/// checks.
fn may_be(name: &str, value: &Value) -> bool {
    match name {
        "seq" | "turn" => value.as_u64().is_some_and(|count| u32::try_from(count).is_ok()),
        "aud" => value.as_str().is_some_and(|site| SiteId::parse(site).is_ok()),
        _ => false,
    }
}

/// An object whose member is missing, repeated, renamed, or has a value of another kind.
fn spoilt(object: &Map<String, Value>) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut row = |what: &str, name: &str, json: String| rows.push((format!("{what} {name}"), json));
    let whole = text(object);
    for (name, good) in object {
        let mut without = object.clone();
        without.remove(name);
        row("without", name, text(&without));
        for renamed in [name.to_uppercase(), format!("{name}\0"), format!(" {name}")] {
            let mut other = without.clone();
            other.insert(renamed, good.clone());
            row("renamed", name, text(&other));
        }
        row("twice", name, format!("{{{}:{good},{}", json!(name), &whole[1..]));
        row("null first", name, format!("{{{}:null,{}", json!(name), &whole[1..]));
        let different = |value: &Value| value != good && !may_be(name, value);
        for value in anything().into_iter().filter(different) {
            row(&format!("{value} as"), name, changed(object, name, value));
        }
    }
    rows
}

#[test]
fn the_forge_makes_a_token_that_holds() {
    let forge = Forge::new();
    assert!(forge.holds(&forge.with_claims(&text(&forge.claims))));
}

#[test]
fn no_member_may_be_missing_repeated_renamed_or_of_another_kind() {
    let forge = Forge::new();
    let claims = spoilt(&forge.claims);
    let headers = spoilt(&forge.header);
    let tokens = claims
        .into_iter()
        .map(|(row, json)| (row, forge.with_claims(&json)))
        .chain(headers.into_iter().map(|(row, json)| (row, forge.with_header(&json))));
    assert!(forge.must_refuse(tokens) > 400);
}

#[test]
fn no_member_may_be_added() {
    let forge = Forge::new();
    let of_header =
        ["crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "cty", "zip", "enc", "epk", "nonce", ""];
    let of_claims = ["nbf", "admin", "role", "scope", "mid", "wsid", "htm", "ath", "__proto__", ""];
    let headers =
        of_header.into_iter().flat_map(|name| anything().into_iter().map(move |value| (name, value)));
    let headers = headers.map(|(name, value)| {
        let row = format!("header {name}: {value}");
        (row, forge.with_header(&changed(&forge.header, name, value)))
    });
    // The optional claims belong together or have a form of their own: none of these values is one.
    let optional = ["cnf", "uiss", "sub", "user", "uexp"];
    let claims = of_claims
        .into_iter()
        .chain(optional)
        .flat_map(|name| anything().into_iter().map(move |value| (name, value)));
    let claims = claims.map(|(name, value)| {
        let row = format!("claim {name}: {value}");
        (row, forge.with_claims(&changed(&forge.claims, name, value)))
    });
    assert!(forge.must_refuse(headers.chain(claims)) > 500);
}

#[test]
fn numbers_are_written_as_plain_digits() {
    let forge = Forge::new();
    let nines = "9".repeat(400);
    let literals = [
        "-0", "0.0", "00", "01", "+1", ".5", "1.", "1e0", "1e400", "0x10", "1_000", "NaN", "Infinity", &nines,
    ];
    let rows = ["v", "seq", "turn", "iat", "start", "max", "exp"]
        .into_iter()
        .flat_map(|name| literals.map(|literal| (name, literal)));
    let tokens = rows.map(|(name, literal)| {
        let json = changed(&forge.claims, name, json!("@")).replace("\"@\"", literal);
        (format!("{name}: {literal}"), forge.with_claims(&json))
    });
    forge.must_refuse(tokens);
}

#[test]
fn times_are_in_their_order_and_within_the_longest_life() {
    let forge = Forge::new();
    let now = NOW.0;
    let month = 2_592_000;
    let changes = [
        json!({"max": now + month + 1}),
        json!({"max": u64::MAX}),
        json!({"start": 0}),
        json!({"start": now - 1}),
        json!({"start": now + 1}),
        json!({"exp": now + month + 1, "max": now + month + 1}),
        json!({"iat": now + 31, "start": now + 31, "max": now + 31 + month, "exp": now + 100}),
        json!({"exp": now - 31, "iat": now - 100, "start": now - 100, "max": now - 100 + month}),
        json!({"iat": 0, "start": 0, "max": month, "exp": month}),
        json!({"uiss": "site", "sub": "ada", "uexp": now + 1}),
    ];
    let tokens = changes.map(|change| {
        let mut claims = forge.claims.clone();
        claims.extend(change.as_object().unwrap().clone());
        (change.to_string(), forge.with_claims(&text(&claims)))
    });
    forge.must_refuse(tokens);
}

#[test]
fn a_part_has_one_spelling() {
    let forge = Forge::new();
    let good = forge.with_claims(&text(&forge.claims));
    let parts: Vec<&str> = good.split('.').collect();
    let spellings = |part: &str| {
        let (first, rest) = part.split_at(5);
        let last = part.chars().last().unwrap();
        let but_last = &part[..part.len() - 1];
        let mut all: Vec<String> = ["=", "==", "A", "AA", "%3D", ".", " ", "\n", "\0", "+", "/"]
            .map(|more| format!("{part}{more}"))
            .into();
        all.extend([" ", "\t", "\n", "=", "+", "/", "."].map(|inside| format!("{first}{inside}{rest}")));
        all.extend([but_last.into(), part[1..].into(), part.repeat(2), String::new()]);
        all.extend([part.to_uppercase(), part.to_lowercase(), part.chars().rev().collect()]);
        all.extend(
            ('A'..='Z')
                .chain('a'..='z')
                .filter(|other| *other != last)
                .map(|other| format!("{but_last}{other}")),
        );
        all
    };
    let tokens = (0..3).flat_map(|at| {
        let parts = parts.clone();
        spellings(parts[at]).into_iter().map(move |spelling| {
            let mut parts = parts.clone();
            parts[at] = &spelling;
            (format!("part {at}: …{}", &spelling[spelling.len().min(4)..]), parts.join("."))
        })
    });
    assert!(forge.must_refuse(tokens) > 200);
}

#[test]
fn bytes_that_are_no_utf_8_are_no_claims() {
    let forge = Forge::new();
    let json = text(&forge.claims);
    let utf_16: Vec<u8> = json.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xef\xbb\xbf", json.as_bytes()].concat();
    let broken = [&json.as_bytes()[..20], b"\xff", &json.as_bytes()[20..]].concat();
    let header = b64(text(&forge.header).as_bytes());
    for bytes in [utf_16, marked, broken, vec![0xff], vec![0]] {
        let unsigned = format!("{header}.{}.{}", b64(&bytes), b64(&[0; 32]));
        assert!(!forge.holds(&unsigned));
    }
}

#[test]
fn nothing_stands_around_an_object() {
    let forge = Forge::new();
    let (header, claims) = (text(&forge.header), text(&forge.claims));
    let tokens = [" ", "\n", "\0", "{}", "x", "\u{feff}"].into_iter().flat_map(|around| {
        [
            forge.with_header(&format!("{around}{header}")),
            forge.with_header(&format!("{header}{around}")),
            forge.with_claims(&format!("{around}{claims}")),
            forge.with_claims(&format!("{claims}{around}")),
        ]
        .map(|token| (format!("{around:?}"), token))
    });
    forge.must_refuse(tokens);
}
