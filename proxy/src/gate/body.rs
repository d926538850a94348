//! Bounded reads of a request's body. None is left unread: actix would close the connection.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use porthole_protocol::Code;
use porthole_protocol::limits::MAX_BODY_BYTES;
use tokio::time::timeout;

use crate::error::Refusal;

/// Timeout of a read: enough for 512 KiB over a bad mobile network.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// Timeout of draining: a refused request is worth no longer wait.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads the whole body.
pub(crate) async fn read(mut payload: Payload) -> Result<Bytes, Refusal> {
    let whole = timeout(READ_TIMEOUT, gather(&mut payload)).await;
    match whole {
        Ok(Ok(bytes)) => Ok(bytes),
        // A body that cannot be read has no end to wait for.
        Ok(Err(refusal)) if refusal.code == Code::MalformedRequest => Err(refusal),
        Ok(Err(refusal)) => {
            drain(payload).await;
            Err(refusal)
        }
        Err(_) => Err(Code::RequestTimeout.into()),
    }
}

async fn gather(payload: &mut Payload) -> Result<Bytes, Refusal> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Code::MalformedRequest)?;
        if (whole.len() + chunk.len()) as u64 > MAX_BODY_BYTES {
            return Err(Code::BodyTooLarge.into());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// Reads and discards a body of at most [`MAX_BODY_BYTES`].
pub(crate) async fn drain(mut payload: Payload) {
    let discard = async {
        let mut read = 0;
        while let Some(Ok(chunk)) = payload.next().await {
            read += chunk.len() as u64;
            if read > MAX_BODY_BYTES {
                return;
            }
        }
    };
    let _timed_out = timeout(DRAIN_TIMEOUT, discard).await;
}
