//! Why a token was refused, in n8n's words and in those of the libraries that other endpoints check tokens with.

use super::finding::Finding;
use super::refusal::Way;

/// A reason: words that tell it, in lower case, our code, what they mean.
struct Reason {
    words: &'static [&'static str],
    code: &'static str,
    why: &'static str,
}

/// The first that fits counts: "signature has expired" is about a time, "invalid algorithm for the signature" about
/// neither.
const REASONS: &[Reason] = &[
    Reason {
        words: &["secret or public key must be provided"],
        code: "jwt.credential_empty",
        why: "the JWT credential in n8n holds no key",
    },
    Reason {
        words: &["audience", "\"aud\"", "\\\"aud\\\"", "aud claim"],
        code: "jwt.audience",
        why: "it expects a token for another audience (`aud`)",
    },
    Reason {
        words: &["issuer", "\"iss\"", "\\\"iss\\\"", "iss claim"],
        code: "jwt.issuer",
        why: "it expects a token of another issuer (`iss`)",
    },
    Reason {
        words: &["expired", "\"exp\"", "\\\"exp\\\"", "exp claim"],
        code: "jwt.expired",
        why: "the token is too old when it arrives: the webhook's clock is ahead of ours",
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
        code: "jwt.not_active",
        why: "the token is not valid yet: the webhook's clock is behind ours",
    },
    Reason {
        words: &["algorithm", "signing method", "alg value"],
        code: "jwt.algorithm",
        why: "what checks the token expects another algorithm",
    },
    Reason {
        words: &["signature"],
        code: "jwt.signature",
        why: "the keys differ: the token's signature does not fit",
    },
];

/// Judges what was said with a refusal of our token; `None` where it gives no reason that is known.
pub(super) fn judge(says: &str, status: u16, way: Way) -> Option<Finding> {
    let says = says.to_lowercase();
    let is_said = |reason: &&Reason| reason.words.iter().any(|words| says.contains(words));
    let Reason { code, why, .. } = REASONS.iter().find(is_said)?;
    Some(Finding::problem(
        code,
        format!("The webhook refuses us (status {status}): {why}."),
        remedy(code, way),
    ))
}

fn remedy(code: &str, way: Way) -> &'static str {
    match (code, way) {
        ("jwt.credential_empty", _) => "Fill in the credential's secret.",
        ("jwt.audience", _) => {
            "Let it expect N8N_WEBHOOK_URL, exactly so but without a query, as `aud`; or set N8N_WEBHOOK_URL to the address that it expects."
        }
        ("jwt.issuer", _) => "Let it expect PUBLIC_URL, exactly so, as `iss`.",
        ("jwt.expired" | "jwt.not_active", _) => "Let both machines keep their time by NTP.",
        ("jwt.algorithm", Way::OwnKey) => {
            "Set the algorithm of n8n's JWT credential to ES256 (key type PEM)."
        }
        ("jwt.algorithm", _) => "Set the algorithm of n8n's JWT credential to HS256 (key type Passphrase).",
        (_, Way::OwnKey) => {
            "Give n8n's JWT credential the public half of WORKFLOW_SIGNING_KEY (`openssl pkey -pubout` prints it)."
        }
        (_, _) => {
            "Make SESSION_SECRET_KEY and the passphrase of n8n's JWT credential the same text, without spaces or line breaks around it."
        }
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
            let finding = judge(words, 401, Way::SharedSecret).unwrap();
            assert_eq!(finding.code, *want, "{words}");
        }
        assert_eq!(judge("{\"error\":\"no\"}", 401, Way::SharedSecret), None);
    }

    #[test]
    fn a_signature_that_does_not_fit_names_the_key_that_made_it() {
        for (way, key, other) in [
            (Way::SharedSecret, "SESSION_SECRET_KEY", "WORKFLOW_SIGNING_KEY"),
            (Way::OwnKey, "WORKFLOW_SIGNING_KEY", "SESSION_SECRET_KEY"),
        ] {
            let remedy = judge("invalid signature", 403, way).unwrap().remedy;
            assert!(
                remedy.contains(key) && !remedy.contains(other),
                "{way:?}: {remedy}"
            );
        }
    }
}
