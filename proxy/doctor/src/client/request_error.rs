//! Requests that got no whole answer: the reason, and its remedy.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use porthole_config::setting::N8N_WEBHOOK_URL;
use porthole_upstream::http::HEAD_TOO_LARGE;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::peer::Peer;
use super::tls;
use crate::finding::{Finding, connect};

/// Timeout of a second try to connect, without TLS.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// The end of the remedy for a silent workflow.
const SLOW_WORKFLOW: &str = "; a slow workflow needs a larger --timeout here, and streaming to be pleasant";

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
        let Peer { name, setting, .. } = peer;
        let (host, place) = (peer.host(), peer.place());
        let finding = match self {
            Self::Name => connect::name(name, host, setting),
            Self::Refused => connect::refused(name, place, setting),
            Self::NoRoute(cause) => connect::no_route(name, place, cause),
            Self::Tls(words) => tls::finding(peer, words),
            Self::TlsTimedOut => connect::tls_not_spoken(
                format_args!("{name}: no TLS begins at {place}"),
                format_args!("Use http:// in {setting} if the port speaks no TLS, or the port that does"),
            ),
            Self::ConnectTimedOut => connect::timeout(name, place),
            Self::Silent if setting == N8N_WEBHOOK_URL.name => connect::silent(name, place, SLOW_WORKFLOW),
            Self::Silent => connect::silent(name, place, ""),
            Self::Broken => connect::broken(name, place, setting),
            Self::HeadTooLarge => connect::head_too_large(name, place),
            Self::Redirects => connect::redirects(name),
            Self::Elsewhere => connect::elsewhere(name),
        };
        finding.about(setting)
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Returns the innermost cause, which names no address.
fn root(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
