use aws_lc_rs::{
    encoding::{AsDer, EcPrivateKeyRfc5915Der, PublicKeyX509Der},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
        KeyPair,
    },
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk};
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{MessageClaims, PemError, WorkflowClaims, WorkflowSigner, audience, message_hash};
use crate::{clock::UnixTime, message::MessageText};

const SECRET: &str = "lab-shared-secret-0123456789abcdef";

fn pem(tag: &str, der: impl Into<Vec<u8>>) -> String {
    pem::encode(&pem::Pem::new(tag, der))
}

/// A private key in the forms in which `openssl` writes it, and its public half.
struct KeyFiles {
    pkcs8: String,
    sec1: String,
    public: String,
}

fn key_files() -> KeyFiles {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let sec1: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    // The name of the curve, prime256v1, as `openssl ecparam -genkey` puts it in front.
    let curve = pem("EC PARAMETERS", *b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07");
    KeyFiles {
        pkcs8: pem("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref()),
        sec1: curve + &pem("EC PRIVATE KEY", sec1.as_ref()),
        public: pem("PUBLIC KEY", public.as_ref()),
    }
}

fn claims() -> WorkflowClaims<'static> {
    WorkflowClaims {
        issuer: "https://chat.example.com",
        audience: "https://n8n.example/webhook/chat",
        wsid: "w",
        jti: Uuid::from_u128(1),
        issued: UnixTime(1_800_000_000),
        site: "default",
        origin: "https://shop.example",
        user: None,
        turn: 4,
        message: Some(MessageClaims { mid: "m", hash: "h" }),
    }
}

/// Decodes a token as leniently as n8n does.
fn read(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Value {
    let mut lax = Validation::new(algorithm);
    lax.validate_aud = false;
    lax.validate_exp = false;
    decode(token, key, &lax).unwrap().claims
}

#[test]
fn a_shared_secret_signs_with_its_own_text() {
    let token = WorkflowSigner::hs256(&SecretString::from(SECRET)).sign(&claims()).unwrap();
    assert!(token.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."), "the plain header");
    let got = read(&token, &DecodingKey::from_secret(SECRET.as_bytes()), Algorithm::HS256);
    assert_eq!(
        got,
        json!({
            "iss": "https://chat.example.com", "aud": "https://n8n.example/webhook/chat", "sub": "w",
            "jti": "00000000-0000-0000-0000-000000000001", "iat": 1_800_000_000, "exp": 1_800_000_030,
            "site": "default", "origin": "https://shop.example", "turn": 4, "mid": "m", "mh": "h",
        })
    );
}

#[test]
fn a_token_of_another_action_has_no_mid_and_no_mh() {
    let claims = WorkflowClaims { message: None, ..claims() };
    let token = WorkflowSigner::hs256(&SecretString::from(SECRET)).sign(&claims).unwrap();
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let got = read(&token, &key, Algorithm::HS256);
    assert_eq!((got.get("mid"), got.get("mh")), (None, None), "{got}");
    assert_eq!((&got["turn"], &got["sub"]), (&json!(4), &json!("w")));
}

#[test]
fn a_verified_user_is_handed_on() {
    let user = json!({"sub": "u-1"});
    let claims = WorkflowClaims { user: user.as_object(), ..claims() };
    let token = WorkflowSigner::hs256(&SecretString::from(SECRET)).sign(&claims).unwrap();
    assert_eq!(read(&token, &DecodingKey::from_secret(SECRET.as_bytes()), Algorithm::HS256)["user"], user);
}

#[test]
fn a_private_key_signs_what_its_public_half_verifies() {
    let KeyFiles { pkcs8, sec1, public: public_pem } = key_files();
    let on_one_line = pkcs8.replace('\n', "\\n");
    for pem in [pkcs8, sec1, on_one_line] {
        let signer = WorkflowSigner::es256(&SecretString::from(pem)).unwrap();
        let token = signer.sign(&claims()).unwrap();
        let public = json!(signer.jwk().unwrap());
        let jwk: jwk::Jwk = serde_json::from_value(public.clone()).unwrap();
        let got = read(&token, &DecodingKey::from_jwk(&jwk).unwrap(), Algorithm::ES256);
        assert_eq!(got["turn"], 4);
        read(&token, &DecodingKey::from_ec_pem(public_pem.as_bytes()).unwrap(), Algorithm::ES256);

        let header = decode_header(&token).unwrap();
        assert_eq!(header.typ.as_deref(), Some("JWT"));
        assert_eq!(header.kid.as_deref(), public["kid"].as_str());
        assert_eq!(header.kid.unwrap(), jwk.thumbprint(jwk::ThumbprintHash::SHA256).unwrap());
        assert_eq!(public.as_object().unwrap().len(), 7, "nothing private: {public}");
    }
}

#[test]
fn a_shared_secret_has_no_public_half() {
    assert!(WorkflowSigner::hs256(&SecretString::from(SECRET)).jwk().is_none());
}

#[test]
fn other_keys_are_refused_with_a_reason() {
    let KeyFiles { pkcs8, public, .. } = key_files();
    let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap().to_pkcs8v1().unwrap();
    let ed25519 = Ed25519KeyPair::generate().unwrap().to_pkcs8().unwrap();
    let cut = pkcs8.replace("-----END PRIVATE KEY-----", "");
    let cases = [
        (String::new(), PemError::NoPem),
        (SECRET.into(), PemError::NoPem),
        (cut, PemError::NoPem),
        (public, PemError::NoPrivateKey),
        (pem("ENCRYPTED PRIVATE KEY", *b"x"), PemError::Encrypted),
        (pem("PRIVATE KEY", p384.as_ref()), PemError::NotP256),
        (pem("PRIVATE KEY", ed25519.as_ref()), PemError::NotP256),
        (pem("PRIVATE KEY", *b"x"), PemError::NotP256),
    ];
    for (pem, want) in cases {
        let got = WorkflowSigner::es256(&SecretString::from(pem.as_str())).map(|_| ());
        assert_eq!(got, Err(want), "{pem:.40}");
    }
}

#[test]
fn a_signer_does_not_show_its_key() {
    let shown = format!("{:?}", WorkflowSigner::hs256(&SecretString::from(SECRET)));
    assert!(!shown.contains("lab-shared"), "{shown}");
}

#[test]
fn the_audience_is_the_bare_address() {
    for (webhook, want) in [
        ("https://n8n.example/webhook/chat?key=1#x", "https://n8n.example/webhook/chat"),
        ("https://user:password@n8n.example:443/a", "https://n8n.example/a"),
        ("http://localhost:5678", "http://localhost:5678/"),
    ] {
        assert_eq!(audience(&Url::parse(webhook).unwrap()), want);
    }
}

#[test]
fn the_message_hash_is_that_of_the_plain_text() {
    let message = MessageText::parse("abc", 10).unwrap();
    assert_eq!(message_hash(&message), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}
