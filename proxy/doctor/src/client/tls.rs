//! TLS that failed: the library's words, and their meaning.

use super::peer::Peer;
use crate::finding::{Finding, connect};

/// Builds the finding about a handshake that failed, by the library's words.
pub(super) fn finding(peer: Peer<'_>, words: &str) -> Finding {
    let failure = format!("{}: TLS with {} failed", peer.name, peer.place());
    let at = format!("In {} or at {}", peer.setting, peer.host());
    let has = |known: &str| words.contains(known);
    if has("certificate expired") {
        connect::tls_expired(failure, words, at)
    } else if has("certificate not valid yet") {
        connect::tls_not_yet(failure, words, at)
    } else if has("not valid for name") {
        connect::tls_name(failure, words, at)
    } else if has("UnknownIssuer") {
        let or = ", of an authority that this machine does not trust, or comes without its chain";
        connect::tls_untrusted(failure, or, words, at)
    } else if has("CaUsedAsEndEntity") {
        connect::tls_untrusted(failure, "", words, at)
    } else if has("InvalidContentType") {
        let fact = format!("{failure}, because the port answers without TLS ({words})");
        connect::tls_not_spoken(fact, format!("{at}: Use http://, or the port that speaks TLS"))
    } else {
        connect::tls(failure, words, peer.host(), peer.setting)
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn what_is_wrong_with_a_certificate_is_named() {
        let table = [
            (
                "invalid peer certificate: certificate expired: verification time 1 (UNIX)",
                "connect.tls_expired",
            ),
            ("invalid peer certificate: certificate not valid for name \"a.example\"", "connect.tls_name"),
            ("invalid peer certificate: UnknownIssuer", "connect.tls_untrusted"),
            ("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "connect.tls_untrusted"),
            ("received corrupt message of type InvalidContentType", "connect.tls_not_spoken"),
            ("received fatal alert: HandshakeFailure", "connect.tls"),
        ];
        let url = Url::parse("https://a.example").unwrap();
        let peer = Peer { name: "The webhook", url: &url, setting: "N8N_WEBHOOK_URL" };
        for (cause, want) in table {
            assert_eq!(finding(peer, cause).code, want, "{cause}");
        }
    }
}
