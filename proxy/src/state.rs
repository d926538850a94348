//! The state that all workers share: the chat, the settings of the process, bodies that wait for slow readers, and the
//! refusals that are summed up.

use std::sync::Arc;
use std::time::Instant;

use porthole_chat::Chat;
use porthole_config::ProcessConfig;

use crate::compressed_starts::CompressedStarts;
use crate::nonce_header::NonceHeader;
use crate::pending_bodies::PendingBodies;
use crate::refusal_sums::RefusalSums;

/// One replica's state.
pub(crate) struct State {
    /// The settings of the process, fixed since its start.
    pub(crate) process: ProcessConfig,
    pub(crate) chat: Arc<Chat>,
    pub(crate) pending_bodies: PendingBodies,
    pub(crate) refusals: RefusalSums,
    pub(crate) nonce: NonceHeader,
    /// The starts of chat documents.
    pub(crate) starts: CompressedStarts,
    pub(crate) started: Instant,
}

impl State {
    pub(crate) fn new(process: ProcessConfig, chat: Chat) -> Self {
        Self {
            process,
            chat: Arc::new(chat),
            pending_bodies: PendingBodies::default(),
            refusals: RefusalSums::default(),
            nonce: NonceHeader::default(),
            starts: CompressedStarts::default(),
            started: Instant::now(),
        }
    }
}

#[cfg(test)]
impl State {
    /// A proxy with one page on its list, and without documents.
    pub(crate) fn in_development() -> actix_web::web::Data<Self> {
        use porthole_chat::Site;
        use porthole_config::{Config, SettingSource};

        let settings = [
            ("DEBUG", "true"),
            ("PUBLIC_URL", "https://chat.example.com"),
            ("ALLOWED_ORIGINS", "https://shop.example"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let no_file = std::path::Path::new("/nonexistent/.env");
        let source = SettingSource::gather(std::iter::empty(), settings.into_iter(), no_file).unwrap();
        let Config { process, site } = Config::read(&source).unwrap();
        let keys = Arc::clone(&process.keys);
        let site = Site::open(site, Arc::clone(&keys)).unwrap();
        actix_web::web::Data::new(Self::new(process, Chat::new(site, keys)))
    }
}
