//! Proofs of a key that the test holds: good ones, and everything that can be wrong with one.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::{Nonces, ProofError, ProvenCall, verify};
use crate::{chain::sha256, clock::UnixTime, encoding::b64, keys::Keyring, session::Thumbprint};

const NOW: UnixTime = UnixTime(1_800_000_000);
const TOKEN: &str = "a.session.token";
const BODY: &[u8] = br#"{"message":"hi"}"#;
const CALL: ProvenCall<'_> =
    ProvenCall { method: "POST", uri: "https://chat.example.com/api/v1/chat/message", token: Some(TOKEN) };

struct KeyHolder {
    ring: Keyring,
    pair: EcdsaKeyPair,
}

impl KeyHolder {
    fn new() -> Self {
        let secrets = ["q8Zr1vXoPf0mJc7uKd2sLwTb5nYh9eGa", "Wm3xTf6bRz9kQs1pVd4hLc8yNg2jUa7e"];
        Self {
            ring: Keyring::new(&secrets.map(SecretString::from)).unwrap(),
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
        }
    }

    fn nonces(&self, now: u64) -> Nonces<'_> {
        Nonces { keyring: &self.ring, now: UnixTime(now) }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({"kty": "EC", "crv": "P-256", "x": b64(&point[1..33]), "y": b64(&point[33..])})
    }

    fn header(&self) -> Value {
        json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk()})
    }

    fn claims(&self) -> Value {
        json!({
            "htm": "POST", "htu": CALL.uri, "jti": "one", "iat": -5,
            "ath": b64(&sha256(&[TOKEN.as_bytes()])), "bh": b64(&sha256(&[BODY])),
            "nonce": self.nonces(NOW.0).current(),
        })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", b64(header.to_string().as_bytes()), b64(claims.to_string().as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", b64(signature.as_ref()))
    }

    fn verify(&self, proof: &str) -> Result<Thumbprint, ProofError> {
        let proof = verify(proof, &CALL, &self.nonces(NOW.0))?;
        if proof.covers(BODY) { Ok(proof.key) } else { Err(ProofError::Invalid) }
    }

    /// Verifies a proof with other values of members, null for none.
    fn with(&self, header: &Value, claims: &Value) -> Result<(), ProofError> {
        let proof = self.sign(&changed(self.header(), header), &changed(self.claims(), claims));
        self.verify(&proof).map(drop)
    }
}

fn changed(mut object: Value, changes: &Value) -> Value {
    let members: &mut Map<String, Value> = object.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap().clone() {
        if value.is_null() { drop(members.remove(&name)) } else { drop(members.insert(name, value)) }
    }
    object
}

#[test]
fn a_proof_of_its_call_names_its_key() {
    let browser = KeyHolder::new();
    let jwk = browser.jwk();
    let coordinate = |name: &str| jwk[name].as_str().unwrap().to_owned();
    let thumbprint = Thumbprint::of_p256(&coordinate("x"), &coordinate("y"));
    assert_eq!(browser.verify(&browser.sign(&browser.header(), &browser.claims())), Ok(thumbprint));
}

#[test]
fn every_other_header_is_refused() {
    let browser = KeyHolder::new();
    let jwk = |changes| changed(browser.jwk(), &changes);
    for header in [
        json!({"typ": "JWT"}),
        json!({"typ": null}),
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"kid": "a"}),
        json!({"crit": ["b64"]}),
        json!({"jwk": null}),
        json!({"jwk": KeyHolder::new().jwk()}),
        json!({"jwk": jwk(json!({"d": "AA"}))}),
        json!({"jwk": jwk(json!({"kty": "oct"}))}),
        json!({"jwk": jwk(json!({"crv": "P-384"}))}),
        json!({"jwk": jwk(json!({"x": "AA"}))}),
        json!({"jwk": jwk(json!({"y": jwk(json!({}))["x"]}))}),
    ] {
        assert_eq!(browser.with(&header, &json!({})), Err(ProofError::Invalid), "{header}");
    }
}

#[test]
fn every_other_claim_is_refused() {
    let browser = KeyHolder::new();
    for claims in [
        json!({"htm": "GET"}),
        json!({"htm": "post"}),
        json!({"htu": "https://chat.example.com/api/v1/chat/message?"}),
        json!({"htu": "https://CHAT.example.com/api/v1/chat/message"}),
        json!({"htu": null}),
        json!({"jti": ""}),
        json!({"jti": null}),
        json!({"jti": "x".repeat(129)}),
        json!({"iat": 1.5}),
        json!({"iat": "1"}),
        json!({"iat": null}),
        json!({"ath": null}),
        json!({"ath": b64(&sha256(&[b"another"]))}),
        json!({"bh": null}),
        json!({"bh": b64(&sha256(&[b"another"]))}),
        json!({"exp": 1}),
    ] {
        assert_eq!(browser.with(&json!({}), &claims), Err(ProofError::Invalid), "{claims}");
    }
}

#[test]
fn a_nonce_holds_for_its_minute_and_the_next_under_any_key() {
    let browser = KeyHolder::new();
    let nonce = browser.nonces(NOW.0).current();
    let at = |now| {
        let claims = changed(browser.claims(), &json!({"nonce": nonce}));
        verify(&browser.sign(&browser.header(), &claims), &CALL, &browser.nonces(now)).map(drop)
    };
    assert_eq!([at(NOW.0), at(NOW.0 + 119)], [Ok(()); 2]);
    assert_eq!([at(NOW.0 + 120), at(NOW.0 - 1)], [Err(ProofError::Nonce); 2]);
    for nonce in [json!(null), json!(""), json!("AAAA"), json!("?")] {
        assert_eq!(browser.with(&json!({}), &json!({"nonce": nonce})), Err(ProofError::Nonce));
    }
    let rotated = Keyring::new(&[SecretString::from("Wm3xTf6bRz9kQs1pVd4hLc8yNg2jUa7e")]).unwrap();
    let nonce = Nonces { keyring: &rotated, now: NOW }.current();
    assert_eq!(browser.with(&json!({}), &json!({"nonce": nonce})), Ok(()));
}

#[test]
fn a_call_without_token_and_body_has_a_proof_without_their_hashes() {
    let browser = KeyHolder::new();
    let call = ProvenCall { method: "GET", uri: "https://a.example/b", token: None };
    let claims = json!({"htm": "GET", "htu": call.uri, "ath": null, "bh": null});
    let proof = browser.sign(&browser.header(), &changed(browser.claims(), &claims));
    let proof = verify(&proof, &call, &browser.nonces(NOW.0)).unwrap();
    assert!(proof.covers(b"") && !proof.covers(b"a"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_changed_proof_never_holds(at in 0_usize..900, letter in "[A-Za-z0-9_.-]") {
        let browser = KeyHolder::new();
        let proof = browser.sign(&browser.header(), &browser.claims());
        let at = at % proof.len();
        let mut changed = proof.clone();
        changed.replace_range(at..=at, &letter);
        prop_assert_eq!(browser.verify(&changed).is_ok(), changed == proof);
    }

    #[test]
    fn no_text_panics(text in ".{0,60}", parts in "[A-Za-z0-9_-]{0,30}\\.[A-Za-z0-9_-]{0,30}\\.[A-Za-z0-9_-]{0,30}") {
        let browser = KeyHolder::new();
        prop_assert!(browser.verify(&text).is_err() && browser.verify(&parts).is_err());
    }
}
