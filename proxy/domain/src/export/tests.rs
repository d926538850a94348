//! Random conversations, exported honestly and manipulated, and read by an outside JOSE library.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk};
use proptest::collection::vec;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Export, ExportFault, ExportSigner, VerifiedExport, verify};
use crate::chain::{End, TextHash};
use crate::clock::UnixTime;
use crate::encoding::{b64, from_b64};
use crate::keys::Keyring;
use crate::session::Identity;
use crate::transcript::tests::{SealedChat, turn, turns};
use crate::transcript::{TranscriptMismatch, TurnText};
use crate::workflow::{WorkflowClaims, WorkflowSigner};

const ISSUER: &str = "https://chat.example.com";
/// A change of claims by an editor who has no key.
type Edit = fn(&mut Value);

const NOW: UnixTime = UnixTime(1_800_000_900);

fn pem() -> String {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    pem::encode(&pem::Pem::new("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref()))
}

fn signer() -> ExportSigner {
    ExportSigner::new(&SecretString::from(pem())).unwrap()
}

/// Exports the last turns of a conversation.
fn exported(chat: &SealedChat, last: usize) -> Export {
    Export::new(chat.told(chat.turns.len(), last), &chat.session, ISSUER, NOW).unwrap()
}

/// Three turns, the last of them stopped.
fn three_turns() -> SealedChat {
    let first =
        turn(1, "Where is my order?", r#"A {"quoted"} answer: "turns":[{"end":"stopped"}]"#, End::Complete);
    SealedChat::new(vec![first, turn(2, "é😀", "two\n", End::Incomplete), turn(3, "?", "3", End::Stopped)])
}

fn read(file: &str, signer: &ExportSigner) -> Result<VerifiedExport, ExportFault> {
    verify(file.as_bytes(), &signer.verifying_keys())
}

/// Changes the claims of a file, as an editor who has no key can.
fn edit(file: &str, change: impl FnOnce(&mut Value)) -> String {
    let parts: Vec<&str> = file.split('.').collect();
    let mut claims = serde_json::from_slice(&from_b64(parts[1]).unwrap()).unwrap();
    change(&mut claims);
    // As our own claims stand: the turns last, and in them the end.
    let rest = |object: &Value, last: &str| {
        let mut members = object.as_object().unwrap().clone();
        let value = members.remove(last).unwrap();
        (serde_json::to_string(&members).unwrap().trim_end_matches('}').to_owned(), value)
    };
    let (claims, turns) = rest(&claims, "turns");
    let turns = turns.as_array().unwrap().iter().map(|turn| {
        let (turn, end) = rest(turn, "end");
        format!(r#"{turn},"end":{end}}}"#)
    });
    let payload = format!(r#"{claims},"turns":[{}]}}"#, turns.collect::<Vec<_>>().join(","));
    [parts[0], &b64(payload.as_bytes()), parts[2]].join(".")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_honest_export_holds_and_says_what_was_sealed(turns in turns(), last in 1_usize..9) {
        let (chat, signer) = (SealedChat::new(turns), signer());
        let last = last.min(chat.turns.len());
        let file = signer.sign(&exported(&chat, last)).unwrap();
        let VerifiedExport { export, kid } = read(&format!("{file}\n"), &signer).unwrap();
        prop_assert_eq!(Some(&kid.to_string()), signer.jwks().map(|jwk| &jwk.kid).next());
        prop_assert_eq!((export.full, export.turns.len()), (last == chat.turns.len(), last));
        prop_assert_eq!(export.turn as usize, chat.turns.len());
        for (got, sealed) in export.turns.iter().zip(&chat.turns[chat.turns.len() - last..]) {
            let past = sealed.clone().into_past().unwrap();
            prop_assert_eq!((&got.user, &got.reply, got.partial), (&past.user, &past.reply, past.partial));
        }
    }

    /// Fifty of each of 200 conversations: 10,000.
    #[test]
    fn a_manipulated_export_never_holds(
        turns in turns(), ways in vec((0_u8..9, any::<prop::sample::Index>(), any::<u8>()), 50),
    ) {
        let (chat, signer) = (SealedChat::new(turns), signer());
        let file = signer.sign(&exported(&chat, chat.turns.len())).unwrap();
        for (way, at, byte) in ways {
            let forged = manipulate(&file, way, at, byte);
            prop_assert!(forged.trim() == file || read(&forged, &signer).is_err(), "{way} {at:?} {byte}");
        }
    }
}

/// Changes one thing of a file; each number is another way.
fn manipulate(file: &str, way: u8, at: prop::sample::Index, byte: u8) -> String {
    let place = at.index(file.len());
    let mut bytes = file.as_bytes().to_vec();
    let turn_at = |claims: &Value| at.index(claims["turns"].as_array().unwrap().len());
    match way {
        0 => bytes[place] = byte,
        1 => bytes[place] = b"ABCDEFGH-_0189ab"[usize::from(byte % 16)],
        2 => drop(bytes.remove(place)),
        3 => bytes.insert(place, byte),
        4 => bytes.truncate(place),
        5 => {
            return edit(file, |claims| {
                let turn = turn_at(claims);
                drop(claims["turns"].as_array_mut().unwrap().remove(turn));
            });
        }
        6 => {
            return edit(file, |claims| {
                let name = ["user", "reply", "id", "end"][usize::from(byte % 4)];
                let turn = turn_at(claims);
                claims["turns"][turn][name] = json!("another");
            });
        }
        7 => {
            return edit(file, |claims| {
                let name = ["iss", "site", "origin", "sub", "sid_hash", "statement", "base", "head"]
                    [usize::from(byte % 8)];
                claims[name] = json!("another");
            });
        }
        _ => return edit(file, |claims| claims[["iat", "turn"][usize::from(byte % 2)]] = json!(byte)),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn the_first_turn_that_was_changed_is_named() {
    let (chat, signer) = (three_turns(), signer());
    let file = signer.sign(&exported(&chat, 3)).unwrap();
    let edits: [(u32, Edit); 11] = [
        (1, |claims| claims["turns"][0]["user"] = json!("Where is my refund?")),
        (2, |claims| claims["turns"][1]["reply"] = json!("two")),
        (2, |claims| claims["turns"][1]["end"] = json!("stopped")),
        (3, |claims| claims["turns"][2]["partial"] = json!(false)),
        (2, |claims| claims["turns"][1]["note"] = json!("more")),
        (2, |claims| claims["heads"][1] = claims["heads"][0].clone()),
        (1, |claims| claims["base"] = claims["heads"][0].clone()),
        (2, |claims| drop(claims["turns"].as_array_mut().unwrap().remove(1))),
        (3, |claims| drop(claims["turns"].as_array_mut().unwrap().remove(2))),
        (4, |claims| {
            claims["turns"]
                .as_array_mut()
                .unwrap()
                .push(json!({"id": "", "user": "", "reply": "", "end": "complete"}));
        }),
        (3, |claims| {
            claims["turns"][2]["reply"] = json!("4");
            claims["heads"].as_array_mut().unwrap().truncate(2);
        }),
    ];
    for (at, (turn, change)) in edits.into_iter().enumerate() {
        let fault = read(&edit(&file, change), &signer).unwrap_err();
        assert_eq!(fault, ExportFault::Turn { turn }, "{at}");
        let fault = verify(edit(&file, change).as_bytes(), &[]).unwrap_err();
        assert_eq!(fault, ExportFault::Turn { turn }, "{at}, without a key");
    }
    let other_time = edit(&file, |claims| claims["iat"] = json!(1));
    assert_eq!(read(&other_time, &signer).unwrap_err(), ExportFault::Signature);
}

#[test]
fn damage_to_any_byte_of_a_turn_names_that_turn() {
    let (chat, signer) = (three_turns(), signer());
    let file = signer.sign(&exported(&chat, 3)).unwrap();
    let parts: Vec<&str> = file.split('.').collect();
    let payload = from_b64(parts[1]).unwrap();
    let text = String::from_utf8(payload.clone()).unwrap();
    let starts: Vec<usize> = text.match_indices(r#"{"id":""#).map(|(at, _)| at).collect();
    for (at, byte) in payload.iter().enumerate().take(payload.len() - 2).skip(starts[0]) {
        let turn = starts.iter().filter(|start| **start <= at).count();
        // The comma between two turns belongs to the second.
        let turn =
            u32::try_from(turn).unwrap() + u32::from(text.as_bytes()[at..].starts_with(br#",{"id":""#));
        for other in [b'"', b'\\', b'x', 0xff, 0] {
            let mut damaged = payload.clone();
            damaged[at] = if *byte == other { b'}' } else { other };
            let damaged = [parts[0], &b64(&damaged), parts[2]].join(".");
            assert_eq!(read(&damaged, &signer).unwrap_err(), ExportFault::Turn { turn }, "{at} {other}");
        }
    }
}

#[test]
fn an_outside_library_verifies_an_export_with_the_public_key() {
    let (mut chat, signer) = (three_turns(), signer());
    chat.session.identity = Some(Identity {
        issuer: "https://shop.example".into(),
        subject: "u-1".into(),
        claims: None,
        expires: NOW,
    });
    let file = signer.sign(&exported(&chat, 3)).unwrap();
    let public: jwk::Jwk = serde_json::from_value(json!(signer.jwks().next())).unwrap();
    let mut lax = Validation::new(Algorithm::ES256);
    (lax.validate_aud, lax.validate_exp) = (false, false);
    lax.required_spec_claims.clear();
    let decoded = decode::<Value>(&file, &DecodingKey::from_jwk(&public).unwrap(), &lax).unwrap();
    assert_eq!(decoded.header.typ.as_deref(), Some("transcript+jws"));
    assert_eq!(decoded.header.kid, public.thumbprint(jwk::ThumbprintHash::SHA256).ok());
    let claims = decoded.claims;
    assert_eq!(
        (&claims["iss"], &claims["site"], &claims["sub"]),
        (&json!(ISSUER), &json!("default"), &json!("u-1"))
    );
    assert_eq!((&claims["iat"], &claims["turn"], &claims["full"]), (&json!(NOW), &json!(3), &json!(true)));
    assert_eq!(claims["head"], claims["heads"][2]);
    assert_eq!(claims["turns"][1]["partial"], true);
    assert!(!file.contains(&b64(chat.session.sid.as_bytes())) && claims["sid_hash"].is_string());
    assert!(claims["statement"].as_str().unwrap().contains("does not prove"));
}

#[test]
fn only_the_conversation_of_the_session_is_exported_and_only_with_its_texts() {
    let chat = three_turns();
    let whole = chat.told(3, 3);
    let mut forged = vec![whole.clone(); 6];
    forged[0].turns[0].reply = TurnText::Hashed(TextHash::new("x"));
    if let TurnText::Full(text) = &whole.turns[0].reply {
        forged[1].turns[0].reply = TurnText::Hashed(TextHash::new(text));
    }
    forged[2].keep = Some(2);
    forged[3].base = Some(chat.heads[1]);
    drop(forged[4].turns.pop());
    forged[5] = chat.told(3, 0);
    for (at, transcript) in forged.into_iter().enumerate() {
        let refused = Export::new(transcript, &chat.session, ISSUER, NOW).unwrap_err();
        assert_eq!(refused, TranscriptMismatch, "{at}");
    }
}

#[test]
fn no_token_passes_for_an_export_nor_an_export_for_a_token() {
    let (chat, key) = (three_turns(), SecretString::from(pem()));
    let signer = ExportSigner::new(&key).unwrap();
    let export = signer.sign(&exported(&chat, 3)).unwrap();
    let ring = Keyring::new(&[SecretString::from("q8Zr1vXoPf0mJc7uKd2sLwTb5nYh9eGa")]).unwrap();
    let claims = WorkflowClaims {
        issuer: ISSUER,
        audience: ISSUER,
        wsid: "w",
        jti: Uuid::nil(),
        issued: NOW,
        site: "default",
        origin: ISSUER,
        user: None,
        turn: 1,
        message: None,
    };
    // The settings refuse one key for both; the type holds even then.
    let workflow = WorkflowSigner::es256(&key).unwrap().sign(&claims).unwrap();
    for token in [workflow, ring.mint_session(&chat.session, ISSUER)] {
        assert_eq!(read(&token, &signer).unwrap_err(), ExportFault::Form, "{:?}", decode_header(&token));
    }
    let validation =
        crate::token::Validation { issuer: ISSUER, now: NOW, max_life: std::time::Duration::from_hours(720) };
    assert!(ring.verify_session(&export, &validation).is_err());
    assert!(ring.verify_ticket(&export, &validation).is_err());
    let other = WorkflowSigner::es256(&SecretString::from(pem())).unwrap();
    let public: jwk::Jwk = serde_json::from_value(json!(other.jwk())).unwrap();
    let mut lax = Validation::new(Algorithm::ES256);
    (lax.validate_aud, lax.validate_exp) = (false, false);
    lax.required_spec_claims.clear();
    assert!(decode::<Value>(&export, &DecodingKey::from_jwk(&public).unwrap(), &lax).is_err());
}

#[test]
fn the_first_key_signs_and_those_behind_it_verify() {
    let (old, new) = (pem(), pem());
    let signer = |pem: &str| ExportSigner::new(&SecretString::from(pem)).unwrap();
    let file = signer(&old).sign(&exported(&three_turns(), 2)).unwrap();
    let rotated = signer(&format!("{new}\n{old}"));
    assert!(read(&file, &rotated).is_ok());
    assert!(read(&rotated.sign(&exported(&three_turns(), 2)).unwrap(), &signer(&new)).is_ok());
    assert!(matches!(read(&file, &signer(&new)), Err(ExportFault::UnknownKey { .. })));
}

#[test]
fn a_key_set_is_read_whatever_else_is_in_it() {
    let signer = signer();
    let file = signer.sign(&exported(&three_turns(), 3)).unwrap();
    let key = json!(signer.jwks().next());
    let set = json!({"keys": [{"kty": "oct", "k": "AA"}, {"kty": "EC"}, 7, key]});
    for json in [set, key] {
        let keys = super::VerifyingKey::parse_set(json.to_string().as_bytes()).unwrap();
        assert!(verify(file.as_bytes(), &keys).is_ok(), "{json}");
    }
    for odd in ["", "[", r#"{"keys": 7}"#] {
        assert!(super::VerifyingKey::parse_set(odd.as_bytes()).is_none(), "{odd}");
    }
}
