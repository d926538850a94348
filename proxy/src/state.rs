//! What all workers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

use porthole_domain::clock::UnixTime;
use porthole_domain::origin::Origin;
use porthole_domain::site::SiteId;
use porthole_domain::token::Validation;
use porthole_protocol::session::SessionLimits;
use porthole_telemetry::metrics::Metrics;

use crate::ended::EndedSessions;
use crate::limits::Limits;
use crate::relay::Relay;
use crate::untaken::Untaken;
use crate::upstream::Upstream;
use porthole_config::Config;

/// One replica's state: fixed settings, and memory that may be lost at any time.
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) limits: Limits,
    pub(crate) relay: Relay,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) ended: EndedSessions,
    pub(crate) untaken: Untaken,
    pub(crate) metrics: Metrics,
    pub(crate) started: Instant,
    draining: AtomicBool,
}

impl State {
    pub(crate) fn new(config: Config, upstream: Upstream) -> Self {
        Self {
            upstream: Arc::new(upstream),
            limits: Limits::new(&config.site.limits),
            relay: Relay::new(config.site.resume),
            ended: EndedSessions::default(),
            untaken: Untaken::default(),
            metrics: Metrics::default(),
            started: Instant::now(),
            draining: AtomicBool::new(false),
            config,
        }
    }

    /// The time of day, for tokens.
    #[expect(
        clippy::unused_self,
        reason = "the clock belongs to the state: handlers read no other"
    )]
    pub(crate) fn now(&self) -> UnixTime {
        SystemTime::now().into()
    }

    /// Whether a site of this name is set up and on.
    #[expect(
        clippy::unused_self,
        reason = "which sites there are is state, though it is one so far"
    )]
    pub(crate) fn has_site(&self, site: &SiteId) -> bool {
        *site == SiteId::default()
    }

    /// The site that a call names, or the only one where it names none; `None` where there is no such site.
    pub(crate) fn site(&self, named: Option<&str>) -> Option<SiteId> {
        let site = named.map_or_else(|| Ok(SiteId::default()), SiteId::parse);
        site.ok().filter(|site| self.has_site(site))
    }

    /// What our tokens have to agree with now.
    pub(crate) fn expect<'a>(&self, own: &'a Origin) -> Validation<'a> {
        Validation {
            issuer: own.as_str(),
            now: self.now(),
            max_life: self.config.site.lifetimes.max,
        }
    }

    /// Whether the chat may appear on pages of this origin: our own, or one on the list.
    pub(crate) fn may_show(&self, origin: &Origin, own: &Origin) -> bool {
        origin == own
            || self
                .config
                .site
                .origins
                .permits(origin.as_str().as_bytes())
                .is_some()
    }

    /// The limits as clients are told.
    pub(crate) fn wire_limits(&self) -> SessionLimits {
        SessionLimits {
            max_chars: self.config.site.max_chars,
            history_turns: self.config.site.history_turns,
            per_minute: self.config.site.limits.session_per_minute,
            uploads: false,
        }
    }

    /// From now on no new replies are started.
    pub(crate) fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
impl State {
    /// A proxy with one page on its list, and without documents.
    pub(crate) fn of_a_developer() -> actix_web::web::Data<Self> {
        use crate::upstream::Docs;
        use porthole_config::SettingSource;

        let settings = [
            ("DEBUG", "true"),
            ("PUBLIC_URL", "https://chat.example.com"),
            ("ALLOWED_ORIGINS", "https://shop.example"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let nothing = std::path::Path::new("/nonexistent/.env");
        let source = SettingSource::gather(std::iter::empty(), settings.into_iter(), nothing).unwrap();
        let library = Upstream::Docs(Docs::new(Arc::new(porthole_library::Library::empty())));
        actix_web::web::Data::new(Self::new(Config::read(&source).unwrap(), library))
    }
}
