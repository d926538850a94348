//! Addresses that must be free, checked before anything else takes long.

use std::net::TcpListener;

use crate::failure::{Failure, Outcome};

/// Takes an address, or says plainly who could be holding it.
pub(crate) fn listen(host: &str, port: u16, setting: &str) -> Outcome<TcpListener> {
    TcpListener::bind((host, port)).map_err(|error| {
        let what = format!("cannot listen on {host}:{port}: {error}");
        let remedy = format!(
            "Another program uses the port, perhaps a second `cargo xtask run`: end it, or choose another port:\n\
             {setting}={} cargo xtask run",
            port.saturating_add(10)
        );
        Failure::new(what, remedy)
    })
}

/// Reads a port from the settings.
pub(crate) fn parse(setting: &str, value: &str) -> Outcome<u16> {
    let port = value.parse().ok().filter(|&port| port != 0);
    port.ok_or_else(|| {
        Failure::new(
            format!("{setting}={value} is no port"),
            "A port is a number from 1 to 65535.",
        )
    })
}
