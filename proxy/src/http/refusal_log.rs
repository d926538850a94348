//! The line in the log, and the count, of each refusal.

use porthole_protocol::Code;
use porthole_telemetry::{AUDIT, event};
use tracing::Level;

use crate::error::Refusal;
use crate::request::RequestId;
use crate::state::State;

/// The refusals of audit lines: callers without access, and calls beyond a limit.
const AUDITED: [Code; 4] =
    [Code::OriginNotAllowed, Code::OriginRequired, Code::InvalidToken, Code::RateLimited];

/// Counts a refusal and logs it.
pub(super) fn log_refusal(
    refusal: &Refusal,
    id: RequestId,
    path: &'static str,
    state: &State,
    client: impl FnOnce() -> String,
) {
    state.chat.metrics.refused(refusal.code);
    let code = refusal.code.as_str();
    if AUDITED.contains(&refusal.code) {
        let client = client();
        event!(INFO, target: AUDIT, request_id = %id, path, code, client, "request.refused");
        return;
    }
    match refusal.level() {
        Level::ERROR => event!(ERROR, request_id = %id, path, code, "request.refused"),
        Level::WARN => event!(WARN, request_id = %id, path, code, "request.refused"),
        Level::INFO => event!(INFO, request_id = %id, path, code, "request.refused"),
        _ => event!(DEBUG, request_id = %id, path, code, "request.refused"),
    }
}
