use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use porthole_domain::chain::Head;
use porthole_domain::export::{Export, ExportFault, ExportSigner, verify};
use secrecy::SecretString;

/// A key of this test alone, made by `openssl ecparam -name prime256v1 -genkey -noout`.
static SIGNER: LazyLock<ExportSigner> = LazyLock::new(|| {
    let pem = "-----BEGIN PRIVATE KEY-----\n\
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgULeEYjm8Smb15d5I\n\
        Q5lChmNiAckup5ftWZTx9/Mg4M2hRANCAASAN1uSQx/S8twHWIVm51qSVDkxqHFV\n\
        d0aDr/MyZh4i53UQiPXVjKif6pikbh0cWoWjcpn2ewBx0+EpckgldQQD\n\
        -----END PRIVATE KEY-----";
    ExportSigner::new(&SecretString::from(pem)).unwrap()
});

/// The claims of the first seed.
const WHOLE: &str = include_str!("../../seeds/export/whole");

/// Reads a signed transcript, and claims without a signature of theirs: none holds. Claims that are signed hold only where
/// each turn fits its head.
pub fn export(input: &[u8]) {
    let keys = SIGNER.verifying_keys();
    let refuse = |file: &[u8]| match verify(file, &keys).unwrap_err() {
        ExportFault::Turn { turn } => assert_ne!(turn, 0),
        fault => assert!(fault.to_string().len() < 200, "{fault}"),
    };
    refuse(input);
    let signed = SIGNER.sign(&serde_json::from_str(WHOLE).unwrap()).unwrap();
    let (header, signature) = (signed.split('.').next().unwrap(), signed.rsplit('.').next().unwrap());
    if input != WHOLE.as_bytes() {
        refuse([header, &URL_SAFE_NO_PAD.encode(input), signature].join(".").as_bytes());
    }
    let Ok(claims) = serde_json::from_slice::<Export>(input) else { return };
    match verify(SIGNER.sign(&claims).unwrap().as_bytes(), &keys) {
        Ok(verified) => check_heads(&verified.export),
        Err(fault) => assert!(matches!(fault, ExportFault::Turn { turn: 1.. }), "{fault}"),
    }
}

fn check_heads(export: &Export) {
    let count = u32::try_from(export.turns.len()).unwrap();
    let mut head = Head::parse(&export.base).unwrap();
    for (number, (turn, claimed)) in (export.turn - count + 1..).zip(export.turns.iter().zip(&export.heads)) {
        head = head.after(number, &turn.sealed().unwrap());
        assert_eq!(head.to_string(), *claimed);
    }
    assert_eq!((export.heads.len(), head.to_string()), (export.turns.len(), export.head.clone()));
}
