//! Why an address could not be asked, and what to do about it.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::finding::Finding;
use super::tls;
use porthole_config::setting::N8N_WEBHOOK_URL;

/// For a second look at a connection that did not come.
const LOOK: Duration = Duration::from_secs(2);

/// Why no whole answer came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The name leads nowhere.
    Name,
    /// Nothing listens there.
    Refused,
    /// No network leads there, in the system's words.
    NoWay(String),
    /// TLS failed, in the library's words, which name no secret.
    Tls(String),
    /// There was a connection, and over it no TLS in time.
    TlsTimedOut,
    /// No connection in time.
    ConnectTimedOut,
    /// A connection, the request was sent, and no answer in time.
    Silent,
    /// The connection broke before an answer.
    Broken,
    /// The answers lead on and on.
    Redirects,
    /// A redirect to what is no web page.
    Elsewhere,
}

impl Trouble {
    /// Reads the chain of causes of a failed request to `url`.
    pub(super) fn of(error: &reqwest::Error, url: &Url) -> Self {
        if error.is_dns() {
            return Self::Name;
        }
        let kind =
            causes(error).find_map(|cause| cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind));
        if !error.is_connect() {
            return if error.is_timeout() {
                Self::Silent
            } else {
                Self::Broken
            };
        }
        if error.is_timeout() || kind == Some(ErrorKind::TimedOut) {
            return Self::ConnectTimedOut;
        }
        match kind {
            Some(ErrorKind::ConnectionRefused) => Self::Refused,
            Some(
                ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::AddrNotAvailable,
            ) => Self::NoWay(root(error)),
            _ if url.scheme() == "https" => Self::Tls(root(error)),
            _ => Self::Broken,
        }
    }

    /// Says more of a connection that did not come: perhaps only TLS did not.
    pub(super) async fn looked_into(self, url: &Url) -> Self {
        if self != Self::ConnectTimedOut || url.scheme() != "https" {
            return self;
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return self;
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        match timeout(LOOK, TcpStream::connect((host, port))).await {
            Ok(Ok(_)) => Self::TlsTimedOut,
            Ok(Err(_)) | Err(_) => self,
        }
    }

    /// A finding about `what` ("The webhook"), which stands at `url`, whose setting is `setting`.
    pub(super) fn finding(&self, what: &str, url: &Url, setting: &str) -> Finding {
        self.found(what, url, setting).about(setting)
    }

    fn found(&self, what: &str, url: &Url, setting: &str) -> Finding {
        let host = url.host_str().unwrap_or_default();
        let place = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
        match self {
            Self::Name => Finding::problem(
                "connect.name",
                format!("{what}: the name {host} cannot be resolved."),
                format!(
                    "Correct the host in {setting}, or its DNS record; inside containers use the service's name."
                ),
            ),
            Self::Refused => Finding::problem(
                "connect.refused",
                format!("{what}: nothing listens on {place}."),
                format!(
                    "Start it, or correct the port in {setting}; inside a container 127.0.0.1 is the container itself."
                ),
            ),
            Self::NoWay(cause) => Finding::problem(
                "connect.no_route",
                format!("{what}: no network leads to {place} ({cause})."),
                "Check the network and the firewall of this machine.",
            ),
            Self::Tls(cause) => tls::finding(what, &place, host, setting, cause),
            Self::TlsTimedOut => tls::silent(what, &place, setting),
            Self::ConnectTimedOut => Finding::problem(
                "connect.timeout",
                format!("{what}: no connection to {place} in time."),
                "A firewall may drop the packets: open the port for this machine, or correct the host.",
            ),
            Self::Silent => Finding::problem(
                "connect.silent",
                format!("{what}: {place} took the request and did not answer in time."),
                if setting == N8N_WEBHOOK_URL.name {
                    "See whether it is overloaded or waits for something; a slow workflow needs a larger --timeout here, and streaming to be pleasant."
                } else {
                    "See whether it is overloaded or waits for something."
                },
            ),
            Self::Broken => Finding::problem(
                "connect.broken",
                format!("{what}: {place} closed the connection without an answer in HTTP."),
                format!(
                    "See whether the port in {setting} speaks HTTP, with or without TLS as the address says."
                ),
            ),
            Self::Redirects => Finding::problem(
                "connect.redirects",
                format!("{what}: more redirects than five."),
                "Name the last address.",
            ),
            Self::Elsewhere => Finding::problem(
                "connect.elsewhere",
                format!("{what}: redirects to an address that is neither http nor https."),
                "Name the page's own address.",
            ),
        }
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The innermost cause, which names no address.
fn root(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
