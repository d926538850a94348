//! Ports that must be free, checked before anything else takes long.

use std::net::TcpListener;

use crate::error::{TaskError, TaskResult};

/// Binds a port; the error names the setting that chooses another one.
pub(crate) fn bind(host: &str, port: u16, setting: &str) -> TaskResult<TcpListener> {
    TcpListener::bind((host, port)).map_err(|error| {
        let message = format!("cannot listen on {host}:{port}: {error}");
        let remedy = format!(
            "Another program uses the port, perhaps a second `cargo xtask run`: end it, or choose another port:\n\
             {setting}={} cargo xtask run",
            port.saturating_add(10)
        );
        TaskError::new(message, remedy)
    })
}

/// Parses the port in a setting's value.
pub(crate) fn parse(setting: &str, value: &str) -> TaskResult<u16> {
    let port = value.parse().ok().filter(|&port| port != 0);
    port.ok_or_else(|| {
        TaskError::new(format!("{setting}={value} is no port"), "A port is a number from 1 to 65535.")
    })
}
