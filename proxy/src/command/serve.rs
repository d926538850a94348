//! `porthole serve`: runs until it is told to stop, and then lets replies in flight finish.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web::Data;
use porthole_library::Library;
use porthole_telemetry::{AUDIT, event, log, panics};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Failed;
use crate::app::{self, WorkerClients};
use crate::state::State;
use crate::upstream::{Docs, Upstream, Webhook};
use porthole_config::{Config, Stage, UpstreamConfig};

/// How long replies in flight may take to finish once the process is told to stop.
const DRAIN: Duration = Duration::from_secs(30);

/// How often idle limits and old replies are forgotten.
const SWEEP: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT.
pub(super) async fn serve(config: Config) -> Result<(), Failed> {
    log::start(&config.process.log);
    panics::install_hook();
    raise_descriptor_limit();
    let upstream = upstream(&config)?;
    let state = Data::new(State::new(config, upstream));
    warn_of_development(&state);
    let clients = WorkerClients::new()?;
    let bound = app::bind(&state, clients).map_err(|error| Failed::Bind(listen_address(&state), error))?;
    let metrics =
        app::bind_metrics(&state).map_err(|error| Failed::Bind("METRICS_PORT".to_owned(), error))?;
    announce(bound.address);
    let handle = bound.server.handle();
    let mut server = actix_web::rt::spawn(bound.server);
    let metrics = metrics.map(|bound| (bound.server.handle(), actix_web::rt::spawn(bound.server)));
    let sweeping = actix_web::rt::spawn(sweep(state.clone()));
    let mut signals = Signals::new().map_err(Failed::Signals)?;
    tokio::select! {
        () = signals.told_to_stop() => {}
        ended = &mut server => return ended.map_err(|_| Failed::Worker)?.map_err(Failed::Server),
    }
    drain(&state, &mut signals).await;
    handle.stop(true).await;
    if let Some((handle, _)) = &metrics {
        handle.stop(false).await;
    }
    sweeping.abort();
    event!(INFO, target: AUDIT, "serve.stopped");
    Ok(())
}

fn upstream(config: &Config) -> Result<Upstream, Failed> {
    match &config.site.upstream {
        UpstreamConfig::Webhook(webhook) => {
            let at_once = NonZeroUsize::new(webhook.concurrency);
            Ok(Upstream::Webhook(Webhook::new(
                webhook.url.clone(),
                webhook.credential.clone(),
                at_once,
            )))
        }
        UpstreamConfig::Docs(folder) => {
            let library = folder
                .as_deref()
                .map_or_else(|| Ok(Library::empty()), Library::open)?;
            for skipped in library.skipped() {
                event!(WARN, file = %skipped.path.display(), reason = %skipped.reason, "documents.skipped");
            }
            event!(INFO, documents = library.document_count(), "documents.read");
            Ok(Upstream::Docs(Docs::new(Arc::new(library))))
        }
    }
}

/// The line that scripts and tests wait for.
fn announce(address: std::net::SocketAddr) {
    event!(INFO, target: AUDIT, address = %address, version = env!("CARGO_PKG_VERSION"), "serve.listening");
    // Whoever closed our output does not want to read it.
    let _closed = writeln!(std::io::stdout(), "porthole listening on http://{address}");
}

fn listen_address(state: &State) -> String {
    format!(
        "{}:{}",
        state.config.process.listen.host, state.config.process.listen.port
    )
}

fn warn_of_development(state: &State) {
    if state.config.process.stage == Stage::Development {
        event!(
            WARN,
            "serve.development: DEBUG=true; never like this on the open internet"
        );
    }
    if state.config.process.keys.generated {
        event!(
            WARN,
            "serve.keys_made_up: JWT_SECRET_KEY is not set; sessions end with this process"
        );
    }
    if matches!(state.config.site.upstream, UpstreamConfig::Docs(None)) {
        event!(
            WARN,
            "serve.no_documents: neither N8N_WEBHOOK_URL nor DOCS_DIR is set; there is nothing to answer from"
        );
    }
}

/// Every visitor who waits for a reply takes a descriptor or two, and the usual limit is 1,024.
fn raise_descriptor_limit() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => event!(DEBUG, limit, "serve.descriptors"),
        Err(error) => event!(WARN, error = %error, "serve.descriptors_not_raised"),
    }
}

/// What tells the process to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn told_to_stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits for a second Ctrl-C, from a person who does not want to wait. Supervisors may well send SIGTERM twice.
    async fn told_to_hurry(&mut self) {
        self.interrupt.recv().await;
    }
}

/// Lets replies in flight finish and be read; those that take longer end with an event.
async fn drain(state: &State, signals: &mut Signals) {
    state.start_draining();
    event!(INFO, target: AUDIT, replies = state.relay.running(), "serve.draining");
    let began = Instant::now();
    let left = tokio::select! {
        left = state.relay.drained(DRAIN) => left,
        () = signals.told_to_hurry() => state.relay.running(),
    };
    if left > 0 {
        event!(WARN, target: AUDIT, replies = left, "serve.cut_off");
        state.relay.cut_off();
    }
    tokio::select! {
        () = state.relay.read_out(DRAIN.saturating_sub(began.elapsed())) => {}
        () = signals.told_to_hurry() => {}
    }
}

async fn sweep(state: Data<State>) {
    let mut timer = tokio::time::interval(SWEEP);
    loop {
        timer.tick().await;
        state.relay.sweep(Instant::now());
        state.limits.sweep();
        state.ended.sweep(state.now());
    }
}
