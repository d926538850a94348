//! `GET /.well-known/…`: the public halves of the keys that sign for others; empty where there are none.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use porthole_domain::es256::Jwk;
use porthole_domain::export::ExportSigner;
use serde_json::json;

use crate::state::State;

/// `GET /.well-known/jwks.json`: of workflow tokens.
pub(crate) async fn jwks(state: Data<State>) -> impl Responder {
    let signer = state.process.keys.workflow.as_ref();
    key_set(signer.and_then(|signer| signer.jwk()))
}

/// `GET /.well-known/transcript-jwks.json`: of signed transcripts.
pub(crate) async fn transcript_jwks(state: Data<State>) -> impl Responder {
    key_set(state.process.keys.export.iter().flat_map(ExportSigner::jwks))
}

/// Answers with a key set (RFC 7517 §5).
fn key_set<'a>(keys: impl IntoIterator<Item = &'a Jwk>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::CONTENT_TYPE, "application/jwk-set+json"))
        .json(json!({ "keys": keys.into_iter().collect::<Vec<_>>() }))
}
