//! Refused tokens: the reason, in n8n's words and in those of the libraries that other endpoints check tokens with.

use crate::finding::FindingCode;
use crate::webhook::credential_kind::CredentialKind;

/// Words that tell a reason, in lower case.
///
/// The first that fits counts: "signature has expired" is about a time, "invalid algorithm for the signature" about
/// neither.
const REASONS: &[(FindingCode, &[&str])] = &[
    (FindingCode::JwtCredentialEmpty, &["secret or public key must be provided"]),
    (FindingCode::JwtAudience, &["audience", "\"aud\"", "\\\"aud\\\"", "aud claim"]),
    (FindingCode::JwtIssuer, &["issuer", "\"iss\"", "\\\"iss\\\"", "iss claim"]),
    (FindingCode::JwtExpired, &["expired", "\"exp\"", "\\\"exp\\\"", "exp claim"]),
    (FindingCode::JwtNotActive, &["not active", "not yet valid", "before issued", "immature"]),
    (FindingCode::JwtNotActive, &["\"iat\"", "\\\"iat\\\"", "iat claim"]),
    (FindingCode::JwtAlgorithm, &["algorithm", "signing method", "alg value"]),
    (FindingCode::JwtSignature, &["signature"]),
];

/// Finds the reason in the words of a refusal; `None` where they give no known one.
pub(super) fn find(words: &str) -> Option<FindingCode> {
    let words = words.to_lowercase();
    let mut reasons = REASONS.iter();
    let fits = |known: &[&str]| known.iter().any(|known| words.contains(known));
    reasons.find(|(_, known)| fits(known)).map(|(code, _)| *code)
}

/// Returns the remedy, where it depends on the key that signed.
pub(super) fn remedy(code: FindingCode, kind: CredentialKind) -> Option<&'static str> {
    match (code, kind) {
        (FindingCode::JwtAlgorithm, CredentialKind::OwnKey) => {
            Some("Set the algorithm of n8n's JWT credential to ES256 (key type PEM).")
        }
        (FindingCode::JwtAlgorithm, _) => {
            Some("Set the algorithm of n8n's JWT credential to HS256 (key type Passphrase).")
        }
        (FindingCode::JwtSignature, CredentialKind::OwnKey) => Some(
            "Give n8n's JWT credential the public half of WORKFLOW_SIGNING_KEY (`openssl pkey -pubout` prints it).",
        ),
        (FindingCode::JwtSignature, _) => Some(
            "Make SESSION_SECRET_KEY and the passphrase of n8n's JWT credential the same text, without spaces or line \
             breaks around it.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of n8n's library and of others, and the reason behind them.
    const WORDS: &[(&str, &str)] = &[
        ("jwt audience invalid. expected: https://n8n.example.com/webhook/x", "jwt.audience"),
        ("{\"detail\":\"Audience doesn't match\"}", "jwt.audience"),
        ("InvalidAudience", "jwt.audience"),
        ("{\"error\":\"unexpected \\\"aud\\\" claim value\"}", "jwt.audience"),
        ("jwt issuer invalid. expected: https://chat.example.com", "jwt.issuer"),
        ("unexpected \"iss\" claim value", "jwt.issuer"),
        ("{\"detail\":\"Signature has expired\"}", "jwt.expired"),
        ("ExpiredSignature", "jwt.expired"),
        ("\"exp\" claim timestamp check failed", "jwt.expired"),
        ("token has invalid claims: token is expired", "jwt.expired"),
        ("The token is not yet valid (iat)", "jwt.not_active"),
        ("Token used before issued", "jwt.not_active"),
        ("The specified alg value is not allowed", "jwt.algorithm"),
        ("signing method HS256 is invalid", "jwt.algorithm"),
        ("InvalidAlgorithm", "jwt.algorithm"),
        ("Signature verification failed", "jwt.signature"),
        ("InvalidSignature", "jwt.signature"),
        ("token signature is invalid: signature is invalid", "jwt.signature"),
    ];

    #[test]
    fn a_refusal_is_understood_in_the_words_of_many_libraries() {
        for (words, want) in WORDS {
            assert_eq!(find(words).unwrap().name(), *want, "{words}");
        }
        assert_eq!(find("{\"error\":\"no\"}"), None);
    }

    #[test]
    fn a_signature_that_does_not_fit_names_the_key_that_made_it() {
        for (kind, key, other) in [
            (CredentialKind::SharedSecret, "SESSION_SECRET_KEY", "WORKFLOW_SIGNING_KEY"),
            (CredentialKind::OwnKey, "WORKFLOW_SIGNING_KEY", "SESSION_SECRET_KEY"),
        ] {
            let code = find("invalid signature").unwrap();
            let remedy = remedy(code, kind).unwrap();
            assert!(remedy.contains(key) && !remedy.contains(other), "{kind:?}: {remedy}");
        }
    }
}
