//! Health: of the process, and of the streams that pass what stands before it.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use bytes::Bytes;
use futures_util::stream;
use porthole_protocol::Code;
use serde_json::json;

use super::framing::unbuffered;
use crate::error::Refusal;
use crate::state::State;

/// `GET /health`
pub(crate) async fn health(state: Data<State>) -> impl Responder {
    let site = state.chat.sites.named(None);
    let kind = site.as_ref().map_or("none", |site| site.config.upstream.kind());
    // The scope of a dependency is the reach of its state.
    HttpResponse::Ok().json(json!({
        "status": if state.chat.is_draining() { "draining" } else { "ok" },
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_seconds": state.started.elapsed().as_secs(),
        "dependencies": [
            { "name": "upstream", "kind": kind, "scope": "replica" },
            { "name": "store", "kind": "memory", "scope": "replica" },
        ],
    }))
}

/// `GET /health/live`: the process answers.
pub(crate) async fn live() -> impl Responder {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// `GET /health/ready`: new visitors may be sent here.
pub(crate) async fn ready(state: Data<State>) -> Result<impl Responder, Refusal> {
    if state.chat.is_draining() {
        return Err(Code::Draining.into());
    }
    Ok(HttpResponse::Ok().json(json!({ "status": "ok" })))
}

/// The pause between the two events: longer than a network delays one.
const PAUSE: Duration = Duration::from_millis(500);

/// `GET /health/stream`: two events with a pause between. They arrive together where a proxy on the way buffers streams,
/// and replies with them.
pub(crate) async fn paced_stream() -> impl Responder {
    let events = stream::unfold(0_u8, |sent| async move {
        match sent {
            0 => {}
            1 => tokio::time::sleep(PAUSE).await,
            _ => return None,
        }
        let event = Bytes::from_static(b"event: pace\ndata: {}\n\n");
        Some((Ok::<_, Infallible>(event), sent + 1))
    });
    // As a reply's stream, so that it shows how one would arrive.
    unbuffered("text/event-stream").streaming(events)
}
