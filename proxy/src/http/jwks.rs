//! `GET /.well-known/jwks.json`: the public half of the key that signs workflow tokens; empty with a shared secret.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use serde_json::json;

use crate::state::State;

/// Answers with the key set (RFC 7517 §5).
pub(crate) async fn jwks(state: Data<State>) -> impl Responder {
    let signer = state.process.keys.workflow.as_ref();
    let key = signer.and_then(|signer| signer.jwk());
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::CONTENT_TYPE, "application/jwk-set+json"))
        .json(json!({ "keys": key.into_iter().collect::<Vec<_>>() }))
}
