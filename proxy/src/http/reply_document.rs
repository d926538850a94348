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
use porthole_protocol::{Code, Done};
use porthole_relay::{Reply, TextReader};
use serde::Serialize;

use crate::error::Refusal;

/// The members behind the text.
#[derive(Serialize)]
struct Tail<'a> {
    suggestions: &'a [String],
    #[serde(flatten)]
    done: &'a Done,
}

/// Returns the document once the reply has ended; its text is written as fast as the client reads it.
pub(super) async fn document(reply: Arc<Reply>, visitor: &Visitor) -> Result<HttpResponse, Refusal> {
    let finished = reply.wait_for_end().await?;
    let tail = Tail { suggestions: &finished.suggestions, done: &finished.done };
    let tail = serde_json::to_string(&tail).map_err(|_| Code::Internal)?;
    let head =
        format!(r#"{{"message_id":"{}","session_id":"{}","text":""#, reply.message_id(), visitor.session.sid);
    let tail = format!("\",{}", tail.trim_start_matches('{'));
    let length = head.len() + finished.text_len + tail.len();
    let parts = iter([Bytes::from(head)])
        .chain(iter(TextReader::new(reply)).map(Bytes::from))
        .chain(iter([Bytes::from(tail)]));
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(SizedStream::new(length as u64, parts.map(Ok::<_, Infallible>))))
}
