//! Writes an event stream.

/// Appends one event: its `id`, its `event` and one `data` line.
///
/// `event` is one of the contract's names and `data` is compact JSON, which holds no raw line end.
pub fn write(out: &mut Vec<u8>, id: u64, event: &str, data: &str) {
    debug_assert!(!event.contains(['\r', '\n']) && !data.contains(['\r', '\n']), "one line each");
    for part in ["id: ", &id.to_string(), "\nevent: ", event, "\ndata: ", data, "\n\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}
