//! What operators and their machines ask: health, metrics, public keys.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::http::header::{self, Accept, Header as _, Quality};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use bytes::Bytes;
use futures_util::stream;
use porthole_domain::keys;
use porthole_protocol::Code;
use secrecy::SecretString;
use serde::Serialize;

use crate::error::Refusal;
use crate::gate;
use crate::state::State;
use porthole_config::{Stage, UpstreamConfig};

/// Only for who asks for it: Prometheus does, by a list that it prefers it in.
const OPEN_METRICS: &str = "application/openmetrics-text";
const OPEN_METRICS_1: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    uptime_seconds: u64,
    dependencies: [Dependency; 2],
}

#[derive(Serialize)]
struct Dependency {
    name: &'static str,
    kind: &'static str,
    /// How far its state reaches.
    scope: &'static str,
}

/// `GET /health`
pub(crate) async fn health(state: Data<State>) -> impl Responder {
    let upstream = match state.config.site.upstream {
        UpstreamConfig::Webhook(_) => "webhook",
        UpstreamConfig::Docs(_) => "docs",
    };
    let health = Health {
        status: if state.is_draining() { "draining" } else { "ok" },
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: state.started.elapsed().as_secs(),
        dependencies: [
            Dependency {
                name: "upstream",
                kind: upstream,
                scope: "replica",
            },
            Dependency {
                name: "store",
                kind: "memory",
                scope: "replica",
            },
        ],
    };
    HttpResponse::Ok().json(health)
}

/// `GET /health/live`: the process answers.
pub(crate) async fn live() -> impl Responder {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}

/// `GET /health/ready`: new visitors may be sent here.
pub(crate) async fn ready(state: Data<State>) -> Result<impl Responder, Refusal> {
    if state.is_draining() {
        return Err(Code::Draining.into());
    }
    Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ok" })))
}

/// Between the two events of [`pace`]: more than a network delays one by.
const PACE: Duration = Duration::from_millis(500);

/// `GET /health/stream`: two events with a pause between. Where they arrive together, something on the way holds
/// streams back, and replies with them.
pub(crate) async fn pace() -> impl Responder {
    let events = stream::unfold(0_u8, |given| async move {
        match given {
            0 => {}
            1 => tokio::time::sleep(PACE).await,
            _ => return None,
        }
        let event = Bytes::from_static(b"event: pace\ndata: {}\n\n");
        Some((Ok::<_, Infallible>(event), given + 1))
    });
    // As a reply's stream.
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events)
}

/// `GET /metrics` on the main port: with the token, or in development.
pub(crate) async fn metrics(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let config = &state.config.process.metrics;
    match &config.token {
        Some(token) if bears(&request, token) => metrics_text(&state, &request),
        Some(_) => Err(Refusal::new(Code::InvalidToken).because("The metrics token is missing or wrong.")),
        None if config.port.is_none() && state.config.process.stage == Stage::Development => {
            metrics_text(&state, &request)
        }
        None => Err(Code::NotFound.into()),
    }
}

/// `GET /metrics` on its own port.
pub(crate) async fn metrics_of_own_port(
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    metrics_text(&state, &request)
}

fn metrics_text(state: &State, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
    let text = state.metrics.render().map_err(|_| Code::Internal)?;
    let media_type = if asks_for_open_metrics(request) {
        OPEN_METRICS_1
    } else {
        PROMETHEUS_TEXT
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::VARY, "Accept"))
        .body(text))
}

fn asks_for_open_metrics(request: &HttpRequest) -> bool {
    Accept::parse(request).is_ok_and(|accept| {
        let mut ranges = accept.0.iter();
        ranges.any(|range| range.item.essence_str() == OPEN_METRICS && range.quality > Quality::ZERO)
    })
}

fn bears(request: &HttpRequest, token: &SecretString) -> bool {
    gate::bearer(request.headers()).is_some_and(|given| keys::constant_time_eq(token, given.as_bytes()))
}

/// `GET /.well-known/jwks.json`: the public half of the workflow's signing key; empty with a shared secret.
pub(crate) async fn jwks(state: Data<State>) -> impl Responder {
    let key = state
        .config
        .process
        .keys
        .workflow
        .as_ref()
        .and_then(|signer| signer.jwk());
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::CONTENT_TYPE, "application/jwk-set+json"))
        .json(serde_json::json!({ "keys": key.into_iter().collect::<Vec<_>>() }))
}
