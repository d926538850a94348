//! Settings of the process and of its site: read once, all mistakes named at once. It may not open a socket.
//!
//! Flags, the environment and files are read at the start; nothing is read afterwards.

pub mod setting;

mod authorities;
mod credential;
mod error;
mod keys;
mod limits;
mod listen;
mod log;
mod models;
mod process;
mod reader;
mod site;
mod source;
mod stage;
mod unavailable;
mod upstream;
mod warning;

pub use credential::Credential;
pub use error::SettingError;
pub use keys::{KeyConfig, random_secret};
pub use limits::LimitConfig;
pub use listen::ListenConfig;
pub use log::{LogConfig, LogFormat};
pub use models::{ModelApi, ModelsConfig};
pub use process::{MetricsConfig, ProcessConfig};
pub use site::SiteConfig;
pub use source::SettingSource;
pub use stage::Stage;
pub use upstream::{UpstreamConfig, WebhookConfig, WebhookProtocol};
pub use warning::SettingWarning;

use reader::SettingReader;

/// All settings, checked.
#[derive(Debug)]
pub struct Config {
    /// Settings of the process, whatever sites it serves.
    pub process: ProcessConfig,
    /// Settings of the only site, `default`.
    pub site: SiteConfig,
}

impl Config {
    /// Reads and checks all settings; on failure the list has every mistake, in the order of [`setting::ALL`].
    pub fn read(source: &SettingSource) -> Result<Self, Vec<SettingError>> {
        let mut reader = SettingReader::new(source);
        let stage = Stage::read(&mut reader);
        unavailable::reject(&mut reader);
        // Both parts are read before either is missed, so that one mistake does not hide another.
        let process = ProcessConfig::read(&mut reader, stage);
        let site = SiteConfig::read(&mut reader, stage);
        let errors = reader.into_errors();
        match (process, site) {
            (Some(process), Some(site)) if errors.is_empty() => Ok(Self { process, site }),
            _ => Err(errors),
        }
    }
}
