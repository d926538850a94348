//! Refused tokens: the reason, in n8n's words and in those of the libraries that other endpoints check tokens with.

use reqwest::header::WWW_AUTHENTICATE;

use crate::client::TimedResponse;
use crate::finding::{Finding, jwt};
use crate::webhook::credential_kind::CredentialKind;

const SAME_TEXT: &str = "Make SESSION_SECRET_KEY and the passphrase of n8n's JWT credential the same text, without \
                         spaces or line breaks around it.";
const PUBLIC_HALF: &str = "Give n8n's JWT credential the public half of WORKFLOW_SIGNING_KEY (`openssl pkey -pubout` \
                           prints it).";

/// Judges the reason of a refused token, which may stand in the header as well (RFC 6750, section 3).
pub(super) fn judge(response: &TimedResponse, kind: CredentialKind) -> Option<Finding> {
    let challenge = response.header(WWW_AUTHENTICATE).unwrap_or_default();
    let words = format!("{challenge}\n{}", response.beginning());
    kind.is_token().then(|| reason(&words, response.status, kind)).flatten()
}

/// Finds the reason in the words of a refusal; `None` where they give no known one.
fn reason(words: &str, status: u16, kind: CredentialKind) -> Option<Finding> {
    let words = words.to_lowercase();
    let has = |known: &[&str]| known.iter().any(|known| words.contains(known));
    let is_own_key = kind == CredentialKind::OwnKey;
    // The first that fits counts: "signature has expired" is about a time, "invalid algorithm for the signature" about
    // neither.
    Some(if has(&["secret or public key must be provided"]) {
        jwt::credential_empty(status)
    } else if has(&["audience", "\"aud\"", "\\\"aud\\\"", "aud claim"]) {
        jwt::audience(status)
    } else if has(&["issuer", "\"iss\"", "\\\"iss\\\"", "iss claim"]) {
        jwt::issuer(status)
    } else if has(&["expired", "\"exp\"", "\\\"exp\\\"", "exp claim"]) {
        jwt::expired(status)
    } else if has(&["not active", "not yet valid", "before issued", "immature"])
        || has(&["\"iat\"", "\\\"iat\\\"", "iat claim"])
    {
        jwt::not_active(status)
    } else if has(&["algorithm", "signing method", "alg value"]) {
        let (algorithm, key_type) = if is_own_key { ("ES256", "PEM") } else { ("HS256", "Passphrase") };
        jwt::algorithm(status, algorithm, key_type)
    } else if has(&["signature"]) {
        jwt::signature(status, if is_own_key { PUBLIC_HALF } else { SAME_TEXT })
    } else {
        return None;
    })
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
            assert_eq!(reason(words, 403, CredentialKind::OwnKey).unwrap().code, *want, "{words}");
        }
        assert_eq!(reason("{\"error\":\"no\"}", 403, CredentialKind::OwnKey), None);
    }

    #[test]
    fn a_signature_that_does_not_fit_names_the_key_that_made_it() {
        for (kind, key, other) in [
            (CredentialKind::SharedSecret, "SESSION_SECRET_KEY", "WORKFLOW_SIGNING_KEY"),
            (CredentialKind::OwnKey, "WORKFLOW_SIGNING_KEY", "SESSION_SECRET_KEY"),
        ] {
            let Finding { remedy, .. } = reason("invalid signature", 403, kind).unwrap();
            assert!(remedy.contains(key) && !remedy.contains(other), "{kind:?}: {remedy}");
        }
    }
}
