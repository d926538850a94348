//! The application: every address, and the order of what stands around it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::{Any, Get, Head};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, Route};
use actix_web_lab::middleware::CatchPanic;
use porthole_protocol::{Code, path};

use crate::connection;
use crate::error::Refusal;
use crate::gate;
use crate::http::{action, answer, assets, frame, message, operation, pages, session};
use crate::state::State;
use crate::upstream::{self, Webhook};

/// The application of one worker.
///
/// A request passes, from the outside in: [`answer::every`] (id, problem bodies, headers, log), the
/// net for panics, [`gate::check_host`], and for the API [`gate::check`]; then its handler.
fn app(
    state: Data<State>,
    client: upstream::Client,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl actix_web::body::MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(state)
        .app_data(Data::new(client))
        .configure(routes)
        .default_service(web::route().to(nothing_here))
        .wrap(from_fn(gate::check_host))
        .wrap(CatchPanic::default())
        .wrap(from_fn(answer::every))
}

fn routes(config: &mut ServiceConfig) {
    let api = web::scope(path::API)
        .route("/session/create", web::post().to(session::create))
        .route("/session/validate", web::get().to(session::validate))
        .route("/session/end", web::post().to(session::end))
        .route("/chat/message", web::post().to(message::send))
        .route("/chat/stream", web::post().to(message::send))
        .route("/chat/message/{message_id}", web::get().to(message::join))
        .route("/chat/message/{message_id}", web::delete().to(message::stop))
        .route("/chat/history/{session_id}", web::get().to(action::load))
        .route("/chat/history/{session_id}", web::delete().to(action::forget))
        .route("/chat/feedback", web::post().to(action::feedback))
        .default_service(web::route().to(nothing_here))
        .wrap(from_fn(gate::check));
    config.service(api);
    config
        .service(page(path::WIDGET_JS, read().to(assets::loader)))
        .service(page("/assets/{hash}/{name}", read().to(assets::asset)))
        // Replies are never compressed, which would hold tokens back; the document is.
        .service(page(path::FRAME, read().to(frame::frame)).wrap(Compress::default()))
        .service(page(path::CHAT, read().to(frame::chat)).wrap(Compress::default()))
        .service(page("/chat/{site}", read().to(frame::chat)).wrap(Compress::default()))
        .service(page("/", read().to(pages::playground)))
        .service(page("/pages/{name}", read().to(pages::file)))
        .service(page("/health", read().to(operation::health)))
        .service(page("/health/live", read().to(operation::live)))
        .service(page("/health/ready", read().to(operation::ready)))
        .service(page(path::HEALTH_STREAM, read().to(operation::pace)))
        .service(page("/metrics", read().to(operation::metrics)))
        .service(page("/.well-known/jwks.json", read().to(operation::jwks)));
}

/// An address that is only read; other methods are told so.
fn page(address: &str, read: Route) -> actix_web::Resource {
    web::resource(address.to_owned())
        .route(read)
        .default_service(web::route().to(only_read))
}

fn read() -> Route {
    web::route().guard(Any(Get()).or(Head()))
}

async fn only_read(body: web::Payload) -> Result<&'static str, Refusal> {
    gate::drain(body.into_inner()).await;
    Err(Refusal::allowing("GET, HEAD"))
}

async fn nothing_here(body: web::Payload) -> Result<&'static str, Refusal> {
    gate::drain(body.into_inner()).await;
    Err(Code::NotFound.into())
}

/// One client a worker, used on that worker only: a shared one makes bursts travel between threads.
#[derive(Clone)]
pub(crate) struct Clients {
    made: Arc<[upstream::Client]>,
    given: Arc<AtomicUsize>,
}

impl Clients {
    /// Made before there are workers, so that a fault of TLS is an error of the start.
    pub(crate) fn new() -> Result<Self, upstream::ClientError> {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let made: Result<Arc<[_]>, _> = (0..workers).map(|_| Webhook::client()).collect();
        Ok(Self {
            made: made?,
            given: Arc::default(),
        })
    }

    fn next(&self) -> upstream::Client {
        let given = self.given.fetch_add(1, Ordering::Relaxed);
        self.made[given % self.made.len()].clone()
    }
}

/// A server that is bound to its port.
pub(crate) struct Bound {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
}

/// Binds the main port.
pub(crate) fn bind(state: &Data<State>, clients: Clients) -> std::io::Result<Bound> {
    let listen = &state.config.process.listen;
    let (shared, workers) = (state.clone(), clients.made.len());
    let app = move || app(shared.clone(), clients.next());
    let (server, address) = connection::serve((listen.host, listen.port).into(), workers, state, app)?;
    Ok(Bound { server, address })
}

/// Binds the port of the metrics, where there is one.
pub(crate) fn bind_metrics(state: &Data<State>) -> std::io::Result<Option<Server>> {
    let Some(port) = state.config.process.metrics.port else {
        return Ok(None);
    };
    let shared = state.clone();
    let app = move || {
        App::new()
            .app_data(shared.clone())
            .service(page("/metrics", read().to(operation::metrics_of_own_port)))
            .default_service(web::route().to(nothing_here))
            .wrap(from_fn(gate::check_host))
            .wrap(from_fn(answer::every))
    };
    let (server, _) = connection::serve((state.config.process.listen.host, port).into(), 1, state, app)?;
    Ok(Some(server))
}
