//! `porthole serve`: runs until it is told to stop, and then lets replies in flight finish.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web::Data;
use porthole_chat::{Chat, Site};
use porthole_config::{Config, ProcessConfig, SettingSource, SiteConfig, Stage, UpstreamConfig};
use porthole_telemetry::{AUDIT, event, log, panics};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::CommandError;
use crate::app::{self, WorkerClients};
use crate::server::OpenConnections;
use crate::state::State;

/// The time that replies in flight have to finish once the process shuts down.
const DRAIN: Duration = Duration::from_secs(30);

/// The period of sweeps, which evict idle quotas and old replies.
const SWEEP: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT.
pub(super) async fn serve(source: &SettingSource) -> Result<(), CommandError> {
    let config = Config::read(source).map_err(CommandError::Settings)?;
    log::start(&config.process.log);
    panics::install_hook();
    for warning in source.warnings() {
        event!(WARN, %warning, "serve.setting_doubtful");
    }
    let connections =
        OpenConnections::new(raise_descriptor_limit(), config.process.listen.trusted_proxies.clone());
    let mut signals = Signals::new().map_err(CommandError::Signals)?;
    let state = Data::new(open(config)?);
    let clients = WorkerClients::new(&state.process)?;
    let bound = app::bind(&state, clients, connections.clone())
        .map_err(|error| CommandError::Bind(listen_address(&state), error))?;
    let metrics = app::bind_metrics(&state, connections)
        .map_err(|error| CommandError::Bind("METRICS_PORT".to_owned(), error))?;
    announce(bound.address);
    let handle = bound.server.handle();
    let mut server = actix_web::rt::spawn(bound.server);
    let metrics = metrics.map(|bound| (bound.server.handle(), actix_web::rt::spawn(bound.server)));
    let sweeping = actix_web::rt::spawn(sweep(state.clone()));
    tokio::select! {
        () = signals.stop_requested() => {}
        ended = &mut server => return ended.map_err(|_| CommandError::Worker)?.map_err(CommandError::Server),
    }
    drain(&state, &mut signals).await;
    handle.stop(true).await;
    if let Some((handle, _)) = &metrics {
        handle.stop(false).await;
    }
    sweeping.abort();
    state.refusals.write_all();
    event!(INFO, target: AUDIT, "serve.stopped");
    Ok(())
}

/// Opens the site and its stores.
fn open(config: Config) -> Result<State, CommandError> {
    let Config { process, site } = config;
    warn_of_development(&process, &site);
    let keys = Arc::clone(&process.keys);
    let site = Site::open(site, Arc::clone(&keys))?;
    Ok(State::new(process, Chat::new(site, keys)))
}

/// Writes the line that scripts and tests wait for.
fn announce(address: std::net::SocketAddr) {
    event!(INFO, target: AUDIT, address = %address, version = env!("CARGO_PKG_VERSION"), "serve.listening");
    // A closed output is no fault: its reader has left.
    let _closed = writeln!(std::io::stdout(), "porthole listening on http://{address}");
}

fn listen_address(state: &State) -> String {
    format!("{}:{}", state.process.listen.host, state.process.listen.port)
}

fn warn_of_development(process: &ProcessConfig, site: &SiteConfig) {
    if process.stage == Stage::Development {
        event!(WARN, "serve.development: DEBUG=true; never like this on the open internet");
    }
    if process.keys.generated {
        event!(WARN, "serve.keys_made_up: JWT_SECRET_KEY is not set; sessions end with this process");
    }
    if matches!(site.upstream, UpstreamConfig::Docs(None)) {
        event!(
            WARN,
            "serve.no_documents: no webhook, model, agent or DOCS_DIR is set; there is nothing to answer from"
        );
    }
}

/// Raises the limit of descriptors, usually 1,024, and returns it: a visitor who waits for a reply takes one or two.
fn raise_descriptor_limit() -> usize {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => event!(DEBUG, limit, "serve.descriptors"),
        Err(error) => event!(WARN, error = %error, "serve.descriptors_not_raised"),
    }
    let limit = rlimit::getrlimit(rlimit::Resource::NOFILE).map_or(u64::MAX, |(limit, _)| limit);
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// The signals that shut the process down, and the one that would without a handler.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for SIGTERM or Ctrl-C. SIGHUP, of a closed terminal or a rotated log, cuts no reply.
    async fn stop_requested(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hangup.recv() => {
                    event!(INFO, "serve.hangup_ignored: settings are read at the start only");
                }
            }
        }
    }

    /// Waits for a second Ctrl-C, of a person in a hurry. Supervisors may well send SIGTERM twice.
    async fn hurry_requested(&mut self) {
        self.interrupt.recv().await;
    }
}

/// Lets replies in flight finish and be read; those that take longer end with an event.
async fn drain(state: &State, signals: &mut Signals) {
    let (chat, relay) = (&state.chat, &state.chat.relay);
    chat.start_draining();
    event!(INFO, target: AUDIT, replies = relay.in_flight(), "serve.draining");
    let began = Instant::now();
    let left = tokio::select! {
        left = relay.drain(DRAIN) => left,
        () = signals.hurry_requested() => relay.in_flight(),
    };
    if left > 0 {
        event!(WARN, target: AUDIT, replies = left, "serve.cut_off");
        relay.fail_in_flight();
    }
    tokio::select! {
        () = relay.flush(DRAIN.saturating_sub(began.elapsed())) => {}
        () = signals.hurry_requested() => {}
    }
}

async fn sweep(state: Data<State>) {
    let mut timer = tokio::time::interval(SWEEP);
    loop {
        timer.tick().await;
        state.chat.sweep();
        state.refusals.write(Instant::now());
    }
}
