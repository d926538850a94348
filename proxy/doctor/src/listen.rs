//! The ports to listen on: free, or taken by this proxy itself.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use porthole_config::Config;
use porthole_config::setting::{API_PORT, METRICS_PORT, Setting};
use porthole_protocol::path;
use reqwest::Client;
use url::Url;

use crate::client::{Redirects, TimedResponse, fetch};
use crate::finding::{Finding, listen};
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
        let place = format_args!("{}:{}", self.address.ip(), self.address.port());
        let finding = match error.kind() {
            ErrorKind::AddrInUse if self.is_served(client).await => listen::running(name, place),
            ErrorKind::AddrInUse => listen::taken(name, place),
            ErrorKind::AddrNotAvailable => listen::not_here(self.address.ip()),
            ErrorKind::PermissionDenied => listen::forbidden(name, place),
            _ => listen::failed(name, place, error),
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
