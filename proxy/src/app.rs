//! The application: the handler of every route, and the order of the middleware around them.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, Resource};
use actix_web_lab::middleware::CatchPanic;
use porthole_config::ProcessConfig;
use porthole_protocol::{Code, path};
use porthole_upstream::{Client, ClientError, client};

use crate::error::Refusal;
use crate::gate;
use crate::http::{
    action, assets, frame, health, jwks, message, metrics, pages, respond, session, unhandled,
};
use crate::routes::{Endpoint, METRICS, ROUTES, Route};
use crate::server::{self, Bound, OpenConnections, RenderError};
use crate::state::State;

/// The application of one worker.
///
/// A request passes, from the outside in: [`respond::respond`] (context, [`gate::check_host`], problems, headers, log), the
/// net for panics, and for the API [`gate::check`]; then its handler.
fn app(
    state: Data<State>,
    client: Client,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(state)
        .app_data(Data::new(client))
        .configure(configure)
        .default_service(web::route().to(not_found))
        .wrap(CatchPanic::default())
        .wrap(from_fn(respond::respond))
}

fn configure(config: &mut ServiceConfig) {
    let (api, pages): (Vec<&Route>, Vec<&Route>) = ROUTES.iter().partition(|route| route.is_api());
    let scope = api.into_iter().fold(web::scope(path::API), |scope, route| {
        scope.service(resource(&route.path[path::API.len()..], route, handler))
    });
    config.service(scope.default_service(web::route().to(not_found)).wrap(from_fn(gate::check)));
    for route in pages {
        let resource = resource(route.path, route, handler);
        match route.methods[0].2 {
            // Never a reply: compression would hold its tokens back.
            Endpoint::Frame | Endpoint::HostedPage => config.service(resource.wrap(Compress::default())),
            _ => config.service(resource),
        };
    }
}

/// Returns the resource of a route, at its path within a scope; it refuses other methods.
fn resource(
    path: &'static str,
    route: &'static Route,
    handler: impl Fn(Endpoint) -> actix_web::Route,
) -> Resource {
    let resource = web::resource(path);
    let resource = route.methods.iter().fold(resource, |resource, (method, _, endpoint)| {
        resource.route(handler(*endpoint).method(method.clone()))
    });
    resource.default_service(web::route().to(move |body| method_not_allowed(route, body)))
}

fn handler(endpoint: Endpoint) -> actix_web::Route {
    let route = web::route();
    match endpoint {
        Endpoint::CreateSession => route.to(session::create),
        Endpoint::ValidateSession => route.to(session::validate),
        Endpoint::EndSession => route.to(session::end),
        Endpoint::SendMessage => route.to(message::send),
        Endpoint::JoinReply => route.to(message::join_reply),
        Endpoint::StopReply => route.to(message::stop_reply),
        Endpoint::LoadHistory => route.to(action::load),
        Endpoint::ForgetHistory => route.to(action::forget),
        Endpoint::Rate => route.to(action::rate),
        Endpoint::Export => route.to(action::export),
        Endpoint::Loader => route.to(assets::loader),
        Endpoint::Asset => route.to(assets::asset),
        Endpoint::Frame => route.to(frame::frame),
        Endpoint::HostedPage => route.to(frame::hosted_page),
        Endpoint::VerifyPage => route.to(pages::verify),
        Endpoint::Playground => route.to(pages::playground),
        Endpoint::PageFile => route.to(pages::file),
        Endpoint::Health => route.to(health::health),
        Endpoint::Live => route.to(health::live),
        Endpoint::Ready => route.to(health::ready),
        Endpoint::PacedStream => route.to(health::paced_stream),
        Endpoint::Metrics => route.to(metrics::metrics),
        Endpoint::Jwks => route.to(jwks::jwks),
        Endpoint::TranscriptJwks => route.to(jwks::transcript_jwks),
    }
}

async fn method_not_allowed(route: &Route, body: web::Payload) -> Result<&'static str, Refusal> {
    gate::drain(body.into_inner()).await;
    Err(Refusal::method_not_allowed(route.allow()))
}

async fn not_found(body: web::Payload) -> Result<&'static str, Refusal> {
    gate::drain(body.into_inner()).await;
    Err(Code::NotFound.into())
}

/// The clients of the workers: one shared by several would make bursts travel between threads.
#[derive(Clone)]
pub(crate) struct WorkerClients {
    clients: Arc<[Client]>,
    next: Arc<AtomicUsize>,
}

impl WorkerClients {
    /// Makes them before there are workers, so that a fault of TLS is an error of the start.
    pub(crate) fn new(process: &ProcessConfig) -> Result<Self, ClientError> {
        let workers = std::thread::available_parallelism().map_or(2, NonZero::get);
        let clients: Result<Arc<[_]>, _> =
            (0..workers).map(|_| client(&process.webhook_authorities)).collect();
        Ok(Self { clients: clients?, next: Arc::default() })
    }

    fn next(&self) -> Client {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.clients[next % self.clients.len()].clone()
    }
}

/// Binds the main port.
pub(crate) fn bind(
    state: &Data<State>,
    clients: WorkerClients,
    connections: OpenConnections,
) -> std::io::Result<Bound> {
    let listen = &state.process.listen;
    let (shared, workers) = (state.clone(), clients.clients.len());
    let app = move || app(shared.clone(), clients.next());
    server::serve((listen.host, listen.port).into(), workers, connections, render_error(state), app)
}

/// Binds the port of the metrics, where there is one.
pub(crate) fn bind_metrics(
    state: &Data<State>,
    connections: OpenConnections,
) -> std::io::Result<Option<Bound>> {
    let process = &state.process;
    let Some(port) = process.metrics.port else {
        return Ok(None);
    };
    let shared = state.clone();
    let app = move || {
        App::new()
            .app_data(shared.clone())
            .service(resource(METRICS.path, &METRICS, |_| web::route().to(metrics::metrics_of_own_port)))
            .default_service(web::route().to(not_found))
            .wrap(from_fn(respond::respond))
    };
    server::serve((process.listen.host, port).into(), 1, connections, render_error(state), app).map(Some)
}

fn render_error(state: &Data<State>) -> Arc<RenderError> {
    let state = state.clone();
    Arc::new(move |code, date| unhandled::render_unread(&state, code, date))
}
