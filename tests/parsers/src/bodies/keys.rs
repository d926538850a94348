use porthole_domain::keys::{
    KeyError, Keyring, MIN_SECRET_BYTES, NamedSecret, find_weaknesses, parse_secrets,
};
use porthole_domain::workflow::WorkflowSigner;
use secrecy::{ExposeSecret, SecretString};

use crate::input;

/// Reads a list of secrets: weak ones are found, and none is shown.
pub fn secrets(input: &[u8]) {
    let text = input::text(input);
    let secrets = parse_secrets(&text);
    let texts: Vec<&str> = secrets.iter().map(ExposeSecret::expose_secret).collect();
    assert!(texts.iter().all(|text| !text.is_empty() && text.trim() == *text && !text.contains(',')));
    let named: Vec<NamedSecret<'_>> =
        secrets.iter().map(|secret| NamedSecret { setting: "JWT_SECRET_KEY", secret }).collect();
    let short = texts.iter().filter(|text| text.len() < MIN_SECRET_BYTES).count();
    assert!(find_weaknesses(&named).len() >= short);

    let mut different = texts.clone();
    different.sort_unstable();
    different.dedup();
    match Keyring::new(&secrets) {
        Ok(ring) => {
            assert_eq!(different.len(), texts.len());
            let shown = format!("{ring:?} {secrets:?}");
            assert!(texts.iter().all(|text| text.len() < 12 || !shown.contains(text)), "{shown}");
        }
        Err(KeyError::NoSecret) => assert!(texts.is_empty()),
        Err(KeyError::Repeated { first, second }) => assert_eq!(texts[first - 1], texts[second - 1]),
        Err(KeyError::Derivation) => panic!("HKDF takes any secret"),
    }
}

/// Reads a private key; what cannot be read is not repeated in the error.
pub fn pem(input: &[u8]) {
    let text = input::text(input);
    match WorkflowSigner::es256(&SecretString::from(text.as_ref())) {
        Ok(signer) => {
            let shown = format!("{signer:?}");
            let lines = text.lines().filter(|line| line.len() > 20 && !line.starts_with('-'));
            assert!(lines.into_iter().all(|line| !shown.contains(line)), "{shown}");
            assert!(text.contains("PRIVATE KEY"));
        }
        Err(error) => assert!(error.to_string().len() < 200, "{error}"),
    }
}
