//! Settings of the process: they hold for every site that it serves.

use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use secrecy::SecretString;

use crate::authorities;
use crate::keys::KeyConfig;
use crate::listen::ListenConfig;
use crate::log::LogConfig;
use crate::reader::SettingReader;
use crate::setting::{METRICS_PORT, METRICS_TOKEN, PLAYGROUND};
use crate::stage::Stage;

/// Access to `/metrics`.
#[derive(Clone, Debug)]
pub struct MetricsConfig {
    /// A port of its own, without a token.
    pub port: Option<u16>,
    /// The token for the main port.
    pub token: Option<SecretString>,
}

/// Settings of the process.
#[derive(Debug)]
pub struct ProcessConfig {
    /// Development or production rules.
    pub stage: Stage,
    /// Addresses: the proxy's own and those in front of it.
    pub listen: ListenConfig,
    /// Certificate authorities that the webhook's TLS is trusted by, beside those of the machine.
    pub webhook_authorities: Vec<CertificateDer<'static>>,
    /// Keys and signers.
    pub keys: Arc<KeyConfig>,
    /// The log.
    pub log: LogConfig,
    /// Access to `/metrics`.
    pub metrics: MetricsConfig,
    /// `true` where `/` shows the playground.
    pub playground: bool,
}

impl ProcessConfig {
    /// Reads every part before any is missed; `None` only together with a mistake.
    pub(crate) fn read(reader: &mut SettingReader<'_>, stage: Stage) -> Option<Self> {
        let listen = ListenConfig::read(reader, stage);
        let keys = KeyConfig::read(reader, stage);
        let webhook_authorities = authorities::read(reader);
        let log = LogConfig::read(reader, stage);
        let metrics = MetricsConfig {
            port: reader.parsed(&METRICS_PORT, "a port from 1 to 65535"),
            token: reader.secret(&METRICS_TOKEN),
        };
        let playground = reader.switch(&PLAYGROUND);
        let listen = listen?;
        if metrics.port.is_some_and(|port| port != 0 && port == listen.port) {
            reader.reject(&METRICS_PORT, "the same as API_PORT; it needs a port of its own");
        }
        Some(Self {
            stage,
            listen,
            webhook_authorities,
            keys: Arc::new(keys?),
            log,
            metrics,
            playground: playground.unwrap_or(stage == Stage::Development),
        })
    }
}
