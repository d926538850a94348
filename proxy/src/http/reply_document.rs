//! A whole reply as one JSON document ([`porthole_protocol::message::ReplyDocument`]).

use std::convert::Infallible;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::ContentType;
use actix_web::web::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::iter;
use porthole_chat::Visitor;
use porthole_protocol::Code;
use porthole_relay::{Reply, TextReader};

use crate::error::Refusal;

/// Returns the document once the reply has ended; its text is written as fast as the client reads it.
pub(super) async fn document(reply: Arc<Reply>, visitor: &Visitor) -> Result<HttpResponse, Refusal> {
    let finished = reply.wait_for_end().await?;
    let suggestions = serde_json::to_vec(&finished.suggestions).map_err(|_| Code::Internal)?;
    let sources = serde_json::to_vec(&finished.sources).map_err(|_| Code::Internal)?;
    let head =
        format!(r#"{{"message_id":"{}","session_id":"{}","text":""#, reply.message_id(), visitor.session.sid);
    let done = finished.done.strip_prefix(b"{").unwrap_or_default();
    let tail = [b"\",\"suggestions\":", &*suggestions, b",\"sources\":", &*sources, b",", done].concat();
    let length = head.len() + finished.text_len + tail.len();
    let parts = iter([Bytes::from(head)])
        .chain(iter(TextReader::new(reply)).map(Bytes::from))
        .chain(iter([Bytes::from(tail)]));
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(SizedStream::new(length as u64, parts.map(Ok::<_, Infallible>))))
}
