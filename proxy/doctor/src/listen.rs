//! The ports to listen on: free, or taken by this proxy itself.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use porthole_config::Config;
use porthole_config::setting::{API_PORT, METRICS_PORT, Setting};
use porthole_protocol::path;
use reqwest::Client;
use url::Url;

use crate::client::{Redirects, TimedResponse, fetch};
use crate::finding::{Finding, FindingCode};
use crate::public;

/// A port, and the test by which a proxy like this one is recognised there.
struct Port {
    setting: &'static Setting,
    address: SocketAddr,
    path: &'static str,
    is_proxy: fn(&TimedResponse) -> bool,
}

/// Binds every port for a moment.
pub(crate) async fn check(client: &Client, config: &Config) -> Vec<Finding> {
    let (listen, metrics) = (&config.process.listen, &config.process.metrics);
    let main = Port {
        setting: &API_PORT,
        address: SocketAddr::new(listen.host, listen.port),
        path: path::HEALTH,
        is_proxy: public::is_health,
    };
    let metrics = metrics.port.map(|port| Port {
        setting: &METRICS_PORT,
        address: SocketAddr::new(listen.host, port),
        path: path::METRICS,
        is_proxy: |response| response.body().contains("chat_requests_total"),
    });
    let mut findings = Vec::new();
    let ports = std::iter::once(main).chain(metrics);
    for port in ports.filter(|port| port.address.port() != 0) {
        findings.extend(port.check(client).await);
    }
    findings
}

impl Port {
    async fn check(&self, client: &Client) -> Option<Finding> {
        let error = TcpListener::bind(self.address).err()?;
        let name = self.setting.name;
        let place = format!("{}:{}", self.address.ip(), self.address.port());
        let finding = match error.kind() {
            ErrorKind::AddrInUse if self.is_served(client).await => {
                FindingCode::ListenRunning.with_message(format!("A proxy listens on {place} ({name})."))
            }
            ErrorKind::AddrInUse => taken(name, &place),
            ErrorKind::AddrNotAvailable => not_here(self.address.ip()),
            ErrorKind::PermissionDenied => forbidden(name, &place),
            _ => FindingCode::ListenFailed
                .with_message(format!("{name}: it is not possible to listen on {place} ({error})."))
                .remedy(format!("Correct API_HOST or {name}.")),
        };
        Some(finding.about(name))
    }

    async fn is_served(&self, client: &Client) -> bool {
        let host = match self.address.ip() {
            host if !host.is_unspecified() => host,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        let address = SocketAddr::new(host, self.address.port());
        let Ok(url) = Url::parse(&format!("http://{address}{}", self.path)) else {
            return false;
        };
        let response = fetch(client, &url, Redirects::Stop).await;
        response.is_ok_and(|response| (self.is_proxy)(&response))
    }
}

fn taken(name: &str, place: &str) -> Finding {
    FindingCode::ListenTaken
        .with_message(format!("{name}: another program listens on {place}, so the proxy cannot start."))
        .remedy(format!("End that program, or set {name} to a free port."))
}

fn not_here(host: IpAddr) -> Finding {
    FindingCode::ListenNotHere
        .with_message(format!("API_HOST: {host} is no address of this machine, so the proxy cannot start."))
}

fn forbidden(name: &str, place: &str) -> Finding {
    FindingCode::ListenForbidden
        .with_message(format!("{name}: this user may not listen on {place}."))
        .remedy(format!("Set {name} to a port above 1023, and let the load balancer have the other one."))
}
