//! Writes an event stream.

/// Appends one event: its `id`, its `event` and one `data` line.
///
/// `event` is one of the contract's names and `data` is compact JSON, which holds no raw line end.
pub fn write(out: &mut Vec<u8>, id: u64, event: &str, data: &[u8]) {
    debug_assert!(!event.contains(['\r', '\n']) && !data.contains(&b'\n'), "one line each");
    let (id, event) = (id.to_string(), event.as_bytes());
    for part in [b"id: ", id.as_bytes(), b"\nevent: ", event, b"\ndata: ", data, b"\n\n"] {
        out.extend_from_slice(part);
    }
}
