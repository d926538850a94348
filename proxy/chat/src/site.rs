//! A site as a value: everything about it that may change while the process runs, replaced as a whole.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use porthole_config::{KeyConfig, SiteConfig};
use porthole_domain::origin::Origin;
use porthole_domain::site::SiteId;
use porthole_library::LibraryError;
use porthole_protocol::session::SessionLimits;
use porthole_store::MemorySiteQuotas;
use porthole_upstream::Upstream;

/// One site: its settings, and what they are in operation.
#[derive(Debug)]
pub struct Site {
    /// Origins, texts, appearance, lifetimes and limits.
    pub config: SiteConfig,
    /// The source of answers.
    pub upstream: Upstream,
    /// The quotas of its visitors.
    pub quotas: MemorySiteQuotas,
    /// The process has a key to sign transcripts with.
    signs_exports: bool,
}

impl Site {
    /// Opens a site; a folder of documents is read here.
    pub fn open(config: SiteConfig, keys: Arc<KeyConfig>) -> Result<Self, LibraryError> {
        Ok(Self {
            signs_exports: keys.export.is_some(),
            upstream: Upstream::open(&config.upstream, keys)?,
            quotas: MemorySiteQuotas::new(&config.limits),
            config,
        })
    }

    /// Returns the site's name.
    #[must_use]
    pub fn id(&self) -> &SiteId {
        &self.config.id
    }

    /// Returns `true` where the chat may appear on pages of this origin: the proxy's own, or one on the site's list.
    #[must_use]
    pub fn permits(&self, origin: &Origin, own: &Origin) -> bool {
        origin == own || self.config.origins.permits(origin.as_str().as_bytes()).is_some()
    }

    /// Returns the limits that clients read.
    #[must_use]
    pub fn limits(&self) -> SessionLimits {
        SessionLimits {
            max_chars: self.config.max_chars,
            history_turns: self.config.memory.turns(),
            per_minute: self.config.limits.session_per_minute,
            uploads: false,
            export: self.signs_exports,
            feedback: self.config.feedback && self.upstream.takes_actions(),
        }
    }
}

/// The sites that this process serves.
#[derive(Debug, Default)]
pub struct Sites(RwLock<HashMap<SiteId, Arc<Site>>>);

impl Sites {
    /// Adds a site, or replaces the one of its name: calls in flight keep the one that they began with.
    pub fn replace(&self, site: Site) {
        self.0.write().insert(site.id().clone(), Arc::new(site));
    }

    /// Returns the site of this name, where it is set up.
    #[must_use]
    pub fn get(&self, id: &SiteId) -> Option<Arc<Site>> {
        self.0.read().get(id).cloned()
    }

    /// Returns the site that a call names, or the default one where it names none.
    #[must_use]
    pub fn named(&self, name: Option<&str>) -> Option<Arc<Site>> {
        let id = name.map_or_else(|| Ok(SiteId::default()), SiteId::parse).ok()?;
        self.get(&id)
    }

    /// Returns the origin where its bytes equal an entry on the list of any site: such a page may read why it is refused.
    #[must_use]
    pub fn listed(&self, origin: &[u8]) -> Option<Origin> {
        let sites = self.0.read();
        sites.values().find_map(|site| site.config.origins.permits(origin))
    }

    /// Evicts idle keys of all quotas; called from a timer.
    pub fn sweep(&self) {
        for site in self.0.read().values() {
            site.quotas.sweep();
        }
    }
}
