//! Requests that got no whole answer: the reason, and its remedy.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use porthole_config::setting::N8N_WEBHOOK_URL;
use porthole_upstream::webhook::HEAD_TOO_LARGE;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::peer::Peer;
use super::tls;
use crate::finding::{Finding, FindingCode};

/// Timeout of a second try to connect, without TLS.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

const SLOW_WORKFLOW: &str = "See whether it is overloaded or waits for something; a slow workflow needs a larger \
                             --timeout here, and streaming to be pleasant.";

/// The reason why no whole answer came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RequestError {
    /// The name cannot be resolved.
    Name,
    /// Nothing listens there.
    Refused,
    /// No network leads there, in the system's words.
    NoRoute(String),
    /// TLS failed, in the library's words, which name no secret.
    Tls(String),
    /// There was a connection, and over it no TLS in time.
    TlsTimedOut,
    /// No connection in time.
    ConnectTimedOut,
    /// The request was sent, and no answer came in time.
    Silent,
    /// The connection broke before an answer.
    Broken,
    /// The answer's head has more headers than are read.
    HeadTooLarge,
    /// Too many redirects.
    Redirects,
    /// A redirect to another scheme than HTTP.
    Elsewhere,
}

impl RequestError {
    /// Reads the chain of causes of a failed request to `url`.
    pub(super) fn new(error: &reqwest::Error, url: &Url) -> Self {
        if error.is_dns() {
            return Self::Name;
        }
        if !error.is_connect() {
            return match root(error).as_str() {
                _ if error.is_timeout() => Self::Silent,
                HEAD_TOO_LARGE => Self::HeadTooLarge,
                _ => Self::Broken,
            };
        }
        let io_error = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
        let kind = io_error.map(io::Error::kind);
        match kind {
            _ if error.is_timeout() || kind == Some(ErrorKind::TimedOut) => Self::ConnectTimedOut,
            Some(ErrorKind::ConnectionRefused) => Self::Refused,
            Some(
                ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::AddrNotAvailable,
            ) => Self::NoRoute(root(error)),
            _ if url.scheme() == "https" => Self::Tls(root(error)),
            _ => Self::Broken,
        }
    }

    /// Tells a timeout of TLS from one of the connection by a second try without TLS.
    pub(super) async fn probed(self, url: &Url) -> Self {
        if self != Self::ConnectTimedOut || url.scheme() != "https" {
            return self;
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return self;
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        match timeout(PROBE_TIMEOUT, TcpStream::connect((host, port))).await {
            Ok(Ok(_)) => Self::TlsTimedOut,
            Ok(Err(_)) | Err(_) => self,
        }
    }

    /// Builds the finding about the peer that gave no answer.
    pub(crate) fn finding(&self, peer: Peer<'_>) -> Finding {
        let (code, fact) = self.fact(peer);
        let finding = code.with_message(format!("{}: {fact}.", peer.name)).about(peer.setting);
        match self.remedy(peer) {
            Some(remedy) => finding.remedy(remedy),
            None => finding,
        }
    }

    fn fact(&self, peer: Peer<'_>) -> (FindingCode, String) {
        let (host, place) = (peer.host(), peer.place());
        match self {
            Self::Name => (FindingCode::ConnectName, format!("the name {host} cannot be resolved")),
            Self::Refused => (FindingCode::ConnectRefused, format!("nothing listens on {place}")),
            Self::NoRoute(cause) => {
                (FindingCode::ConnectNoRoute, format!("no network leads to {place} ({cause})"))
            }
            Self::Tls(cause) => tls::fact(peer, cause),
            Self::TlsTimedOut => (FindingCode::ConnectTlsNotSpoken, format!("no TLS begins at {place}")),
            Self::ConnectTimedOut => {
                (FindingCode::ConnectTimeout, format!("no connection to {place} in time"))
            }
            Self::Silent => {
                (FindingCode::ConnectSilent, format!("{place} took the request and did not answer in time"))
            }
            Self::Broken => (FindingCode::ConnectBroken, format!("{place} gives no answer in HTTP")),
            Self::HeadTooLarge => (
                FindingCode::ConnectHeadTooLarge,
                format!("{place} answers with more than 100 headers, which are not read"),
            ),
            Self::Redirects => (FindingCode::ConnectRedirects, "more redirects than five".to_owned()),
            Self::Elsewhere => {
                (FindingCode::ConnectElsewhere, "redirects to neither http nor https".to_owned())
            }
        }
    }

    /// Returns the remedy, where it depends on the peer.
    fn remedy(&self, peer: Peer<'_>) -> Option<String> {
        let setting = peer.setting;
        Some(match self {
            Self::Name => format!(
                "Correct the host in {setting}, or its DNS record; inside containers use the service's name."
            ),
            Self::Refused => format!(
                "Start it, or correct the port in {setting}; inside a container 127.0.0.1 is the container itself."
            ),
            Self::Tls(cause) => tls::remedy(peer, cause),
            Self::TlsTimedOut => {
                format!("Use http:// in {setting} if the port speaks no TLS, or the port that does.")
            }
            Self::Silent if setting == N8N_WEBHOOK_URL.name => SLOW_WORKFLOW.to_owned(),
            Self::Broken => format!(
                "See whether the port in {setting} speaks HTTP, with or without TLS as the address says."
            ),
            _ => return None,
        })
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Returns the innermost cause, which names no address.
fn root(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
