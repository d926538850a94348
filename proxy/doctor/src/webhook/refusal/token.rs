//! Refused tokens: the reason, in n8n's words and in those of the libraries that other endpoints check tokens with.

use crate::finding::{Code, Finding};
use crate::webhook::credential_kind::CredentialKind;

/// A reason that is known.
struct Reason {
    /// Words that tell it, in lower case.
    words: &'static [&'static str],
    code: Code,
    meaning: &'static str,
}

/// The first that fits counts: "signature has expired" is about a time, "invalid algorithm for the signature" about
/// neither.
const REASONS: &[Reason] = &[
    Reason {
        words: &["secret or public key must be provided"],
        code: Code::JwtCredentialEmpty,
        meaning: "the JWT credential in n8n holds no key",
    },
    Reason {
        words: &["audience", "\"aud\"", "\\\"aud\\\"", "aud claim"],
        code: Code::JwtAudience,
        meaning: "it expects a token for another audience (`aud`)",
    },
    Reason {
        words: &["issuer", "\"iss\"", "\\\"iss\\\"", "iss claim"],
        code: Code::JwtIssuer,
        meaning: "it expects a token of another issuer (`iss`)",
    },
    Reason {
        words: &["expired", "\"exp\"", "\\\"exp\\\"", "exp claim"],
        code: Code::JwtExpired,
        meaning: "the token is too old when it arrives: the webhook's clock is ahead of ours",
    },
    Reason {
        words: &[
            "not active",
            "not yet valid",
            "before issued",
            "immature",
            "\"iat\"",
            "\\\"iat\\\"",
            "iat claim",
        ],
        code: Code::JwtNotActive,
        meaning: "the token is not valid yet: the webhook's clock is behind ours",
    },
    Reason {
        words: &["algorithm", "signing method", "alg value"],
        code: Code::JwtAlgorithm,
        meaning: "what checks the token expects another algorithm",
    },
    Reason {
        words: &["signature"],
        code: Code::JwtSignature,
        meaning: "the keys differ: the token's signature does not fit",
    },
];

/// Judges the words of a refused token; `None` where they give no known reason.
pub(super) fn judge(words: &str, status: u16, kind: CredentialKind) -> Option<Finding> {
    let words = words.to_lowercase();
    let fits = |reason: &&Reason| reason.words.iter().any(|known| words.contains(known));
    let Reason { code, meaning, .. } = REASONS.iter().find(fits)?;
    let finding = code.with_message(format!("The webhook refuses us (status {status}): {meaning}."));
    Some(match remedy(*code, kind) {
        Some(remedy) => finding.remedy(remedy),
        None => finding,
    })
}

/// Returns the remedy, where it depends on the key that signed.
fn remedy(code: Code, kind: CredentialKind) -> Option<&'static str> {
    match (code, kind) {
        (Code::JwtAlgorithm, CredentialKind::OwnKey) => {
            Some("Set the algorithm of n8n's JWT credential to ES256 (key type PEM).")
        }
        (Code::JwtAlgorithm, _) => {
            Some("Set the algorithm of n8n's JWT credential to HS256 (key type Passphrase).")
        }
        (Code::JwtSignature, CredentialKind::OwnKey) => Some(
            "Give n8n's JWT credential the public half of WORKFLOW_SIGNING_KEY (`openssl pkey -pubout` prints it).",
        ),
        (Code::JwtSignature, _) => Some(
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
        (
            "jwt audience invalid. expected: https://n8n.example.com/webhook/x",
            "jwt.audience",
        ),
        ("{\"detail\":\"Audience doesn't match\"}", "jwt.audience"),
        ("InvalidAudience", "jwt.audience"),
        (
            "{\"error\":\"unexpected \\\"aud\\\" claim value\"}",
            "jwt.audience",
        ),
        (
            "jwt issuer invalid. expected: https://chat.example.com",
            "jwt.issuer",
        ),
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
        (
            "token signature is invalid: signature is invalid",
            "jwt.signature",
        ),
    ];

    #[test]
    fn a_refusal_is_understood_in_the_words_of_many_libraries() {
        for (words, want) in WORDS {
            let finding = judge(words, 401, CredentialKind::SharedSecret).unwrap();
            assert_eq!(finding.code.name(), *want, "{words}");
        }
        assert_eq!(
            judge("{\"error\":\"no\"}", 401, CredentialKind::SharedSecret),
            None
        );
    }

    #[test]
    fn a_signature_that_does_not_fit_names_the_key_that_made_it() {
        for (kind, key, other) in [
            (
                CredentialKind::SharedSecret,
                "SESSION_SECRET_KEY",
                "WORKFLOW_SIGNING_KEY",
            ),
            (
                CredentialKind::OwnKey,
                "WORKFLOW_SIGNING_KEY",
                "SESSION_SECRET_KEY",
            ),
        ] {
            let remedy = judge("invalid signature", 403, kind).unwrap().remedy;
            assert!(
                remedy.contains(key) && !remedy.contains(other),
                "{kind:?}: {remedy}"
            );
        }
    }
}
