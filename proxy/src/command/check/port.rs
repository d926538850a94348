//! The ports to listen on: free, or taken by this proxy itself.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};

use reqwest::Client;
use url::Url;

use super::fetch::{self, Fetched, Redirects};
use super::finding::Finding;
use super::public;
use porthole_config::Config;
use porthole_config::setting::{API_PORT, METRICS_PORT, Setting};

/// A port, and how it is known that a proxy like this one serves it.
struct Port {
    setting: &'static Setting,
    host: IpAddr,
    number: u16,
    path: &'static str,
    is_ours: fn(&Fetched) -> bool,
}

/// Tries every port for a moment.
pub(super) async fn check(client: &Client, config: &Config) -> Vec<Finding> {
    let host = config.process.listen.host;
    let main = Port {
        setting: &API_PORT,
        host,
        number: config.process.listen.port,
        path: "/health",
        is_ours: public::is_health,
    };
    let metrics = config.process.metrics.port.map(|number| Port {
        setting: &METRICS_PORT,
        host,
        number,
        path: "/metrics",
        is_ours: |fetched| String::from_utf8_lossy(&fetched.body).contains("chat_requests_total"),
    });
    let mut findings = Vec::new();
    for port in std::iter::once(main)
        .chain(metrics)
        .filter(|port| port.number != 0)
    {
        findings.extend(port.check(client).await);
    }
    findings
}

impl Port {
    async fn check(&self, client: &Client) -> Option<Finding> {
        let error = TcpListener::bind((self.host, self.number)).err()?;
        let (name, place) = (self.setting.name, format!("{}:{}", self.host, self.number));
        Some(
            match error.kind() {
                ErrorKind::AddrInUse if self.is_served(client).await => {
                    Finding::ok("listen.running", format!("A proxy listens on {place} ({name})."))
                }
                ErrorKind::AddrInUse => Finding::problem(
                    "listen.taken",
                    format!("{name}: another program listens on {place}, so the proxy cannot start."),
                    format!("End that program, or set {name} to a free port."),
                ),
                ErrorKind::AddrNotAvailable => Finding::problem(
                    "listen.not_here",
                    format!(
                        "API_HOST: {} is no address of this machine, so the proxy cannot start.",
                        self.host
                    ),
                    "Set API_HOST to 127.0.0.1, 0.0.0.0 or an address of this machine.",
                ),
                ErrorKind::PermissionDenied => Finding::problem(
                    "listen.forbidden",
                    format!("{name}: this user may not listen on {place}."),
                    format!("Set {name} to a port above 1023, and let the load balancer have the other one."),
                ),
                _ => Finding::problem(
                    "listen.failed",
                    format!("{name}: it is not possible to listen on {place} ({error})."),
                    format!("Correct API_HOST or {name}."),
                ),
            }
            .about(name),
        )
    }

    async fn is_served(&self, client: &Client) -> bool {
        let host = match self.host {
            host if !host.is_unspecified() => host,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        let address = std::net::SocketAddr::new(host, self.number);
        let Ok(url) = Url::parse(&format!("http://{address}{}", self.path)) else {
            return false;
        };
        let fetched = fetch::get(client, &url, Redirects::Stop).await;
        fetched.is_ok_and(|fetched| (self.is_ours)(&fetched))
    }
}
