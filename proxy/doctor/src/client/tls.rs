//! TLS that failed: the library's words, and their meaning.

use super::peer::Peer;
use crate::finding::FindingCode;

/// A cause that is known.
struct Cause {
    /// The library's words.
    words: &'static str,
    code: FindingCode,
    meaning: &'static str,
}

const CAUSES: &[Cause] = &[
    Cause {
        words: "certificate expired",
        code: FindingCode::ConnectTlsExpired,
        meaning: "its certificate has expired",
    },
    Cause {
        words: "certificate not valid yet",
        code: FindingCode::ConnectTlsNotYet,
        meaning: "its certificate is not valid yet",
    },
    Cause {
        words: "not valid for name",
        code: FindingCode::ConnectTlsName,
        meaning: "its certificate is for another name",
    },
    Cause {
        words: "UnknownIssuer",
        code: FindingCode::ConnectTlsUntrusted,
        meaning: "its certificate is self-signed, of an authority that this machine does not trust, or comes without its chain",
    },
    Cause {
        words: "CaUsedAsEndEntity",
        code: FindingCode::ConnectTlsUntrusted,
        meaning: "its certificate is self-signed",
    },
    Cause {
        words: "InvalidContentType",
        code: FindingCode::ConnectTlsNotSpoken,
        meaning: "the port answers without TLS",
    },
];

/// Returns the code and the fact of a handshake that failed.
pub(super) fn fact(peer: Peer<'_>, words: &str) -> (FindingCode, String) {
    let place = peer.place();
    match find(words) {
        Some(Cause { code, meaning, .. }) => {
            (*code, format!("TLS with {place} failed, because {meaning} ({words})"))
        }
        None => (FindingCode::ConnectTls, format!("TLS with {place} failed ({words})")),
    }
}

pub(super) fn remedy(peer: Peer<'_>, words: &str) -> String {
    let (setting, host) = (peer.setting, peer.host());
    match find(words) {
        Some(Cause { code, .. }) => format!("In {setting} or at {host}: {}", code.remedy()),
        None => format!(
            "Serve a certificate for {host} with its whole chain, from an authority that this machine trusts, or use \
             http:// in {setting} if the port speaks no TLS."
        ),
    }
}

fn find(words: &str) -> Option<&'static Cause> {
    CAUSES.iter().find(|cause| words.contains(cause.words))
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
            assert_eq!(fact(peer, cause).0.name(), want, "{cause}");
        }
    }
}
