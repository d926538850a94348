//! Why TLS failed: the library's words, and what they mean.

use super::finding::Finding;

/// The library's words, our code, what they mean, the remedy.
const CAUSES: &[(&str, &str, &str, &str)] = &[
    (
        "certificate expired",
        "connect.tls_expired",
        "its certificate has expired",
        "Renew the certificate, see that the server has loaded it, and that this machine's clock is right.",
    ),
    (
        "certificate not valid yet",
        "connect.tls_not_yet",
        "its certificate is not valid yet",
        "See that this machine's clock is right; otherwise wait, or have the certificate issued anew.",
    ),
    (
        "not valid for name",
        "connect.tls_name",
        "its certificate is for another name",
        "Use a name that the certificate lists, or have one issued for this name.",
    ),
    (
        "UnknownIssuer",
        "connect.tls_untrusted",
        "its certificate is self-signed, of an authority that this machine does not trust, or comes without its chain",
        "Serve the whole chain (fullchain.pem); an authority of your own is named by SSL_CERT_FILE, for the proxy as well.",
    ),
    (
        "CaUsedAsEndEntity",
        "connect.tls_untrusted",
        "its certificate is self-signed",
        "Serve a certificate of an authority; one of your own is named by SSL_CERT_FILE, for the proxy as well.",
    ),
    (
        "InvalidContentType",
        "connect.tls_not_spoken",
        "the port answers without TLS",
        "Use http://, or the port that speaks TLS.",
    ),
];

/// A finding about a handshake that failed.
pub(super) fn finding(what: &str, place: &str, host: &str, setting: &str, cause: &str) -> Finding {
    let known = CAUSES.iter().find(|(words, ..)| cause.contains(words));
    if let Some((_, code, why, remedy)) = known {
        let message = format!("{what}: TLS with {place} failed, because {why} ({cause}).");
        return Finding::problem(code, message, format!("In {setting} or at {host}: {remedy}"));
    }
    Finding::problem(
        "connect.tls",
        format!("{what}: TLS with {place} failed ({cause})."),
        format!(
            "Serve a certificate for {host} with its whole chain, from an authority that this machine trusts, or use http:// in {setting} if the port speaks no TLS."
        ),
    )
}

/// A finding about a port that takes connections and does not begin a handshake.
pub(super) fn silent(what: &str, place: &str, setting: &str) -> Finding {
    Finding::problem(
        "connect.tls_not_spoken",
        format!("{what}: {place} takes connections, but no TLS begins there."),
        format!("Use http:// in {setting} if the port speaks no TLS, or the port that does."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_certificate_is_named() {
        let table = [
            (
                "invalid peer certificate: certificate expired: verification time 1 (UNIX)",
                "connect.tls_expired",
            ),
            (
                "invalid peer certificate: certificate not valid for name \"a.example\"",
                "connect.tls_name",
            ),
            ("invalid peer certificate: UnknownIssuer", "connect.tls_untrusted"),
            (
                "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
                "connect.tls_untrusted",
            ),
            (
                "received corrupt message of type InvalidContentType",
                "connect.tls_not_spoken",
            ),
            ("received fatal alert: HandshakeFailure", "connect.tls"),
        ];
        for (cause, want) in table {
            let finding = finding(
                "The webhook",
                "a.example:443",
                "a.example",
                "N8N_WEBHOOK_URL",
                cause,
            );
            assert_eq!(finding.code, want, "{cause}");
        }
    }
}
