//! `GET /metrics`: one text for both of the media types that scrapers ask for.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use porthole_config::Stage;
use porthole_domain::keys;
use porthole_protocol::Code;
use secrecy::SecretString;

use super::negotiate;
use crate::error::Refusal;
use crate::gate;
use crate::request::is_own_host;
use crate::state::State;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers on the main port: with the token, or in development.
pub(crate) async fn metrics(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let config = &state.process.metrics;
    match &config.token {
        Some(token) if bears(&request, token) => answer(&state, &request),
        Some(_) => {
            Err(Refusal::new(Code::InvalidToken).with_detail("The metrics token is missing or wrong."))
        }
        None if config.port.is_none() && is_development(&state, &request) => answer(&state, &request),
        None => Err(Code::NotFound.into()),
    }
}

/// Answers on a port of its own, which is for the operator alone.
pub(crate) async fn metrics_of_own_port(
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    answer(&state, &request)
}

/// Returns `true` in development, for a client that knows our name: there is no token to tell an operator by.
fn is_development(state: &State, request: &HttpRequest) -> bool {
    state.process.stage == Stage::Development && is_own_host(request.headers(), &state.process.listen)
}

fn answer(state: &State, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
    let text = state.chat.metrics.render().map_err(|_| Code::Internal)?;
    let media_type = if negotiate::names_open_metrics(request) { OPEN_METRICS } else { PROMETHEUS_TEXT };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::VARY, "Accept"))
        .body(text))
}

fn bears(request: &HttpRequest, token: &SecretString) -> bool {
    gate::bearer(request.headers())
        .is_some_and(|presented| keys::constant_time_eq(token, presented.as_bytes()))
}
