//! The line in the log, and the count, of each refusal.

use std::time::Instant;

use porthole_protocol::Code;
use porthole_telemetry::{AUDIT, event};
use tracing::Level;

use crate::error::Refusal;
use crate::refusal_sums::RefusalKind;
use crate::request::RequestId;
use crate::state::State;

/// The refusals of audit lines: callers without access, and calls beyond a limit.
const AUDITED: [Code; 4] =
    [Code::OriginNotAllowed, Code::OriginRequired, Code::InvalidToken, Code::RateLimited];

/// Counts a refusal and logs it, unless there were too many of its kind.
pub(super) fn log_refusal(
    refusal: &Refusal,
    id: RequestId,
    path: &'static str,
    state: &State,
    client: impl FnOnce() -> String,
) {
    state.chat.metrics.refused(refusal.code);
    let (code, level) = (refusal.code.as_str(), refusal.level());
    let is_audited = AUDITED.contains(&refusal.code);
    if level == Level::DEBUG && !is_audited {
        event!(DEBUG, request_id = %id, path, code, "request.refused");
        return;
    }
    let client = client();
    if !state.refusals.has_line(RefusalKind { code, client: client.clone() }, Instant::now()) {
        return;
    }
    match level {
        _ if is_audited => {
            event!(INFO, target: AUDIT, request_id = %id, path, code, client, "request.refused");
        }
        Level::ERROR => event!(ERROR, request_id = %id, path, code, "request.refused"),
        Level::WARN => event!(WARN, request_id = %id, path, code, "request.refused"),
        _ => event!(INFO, request_id = %id, path, code, "request.refused"),
    }
}
