//! Writes an event stream.

/// Appends one event: its `id`, its `event` and one `data` line.
///
/// `event` is one of the protocol's names and `data` is compact JSON, which holds no raw line end.
pub fn write(out: &mut Vec<u8>, id: u64, event: &str, data: &str) {
    debug_assert!(
        !event.contains(['\r', '\n']) && !data.contains(['\r', '\n']),
        "one line each"
    );
    let mut digits = [0; 20];
    for part in [
        b"id: ",
        decimal(id, &mut digits),
        b"\nevent: ",
        event.as_bytes(),
        b"\ndata: ",
        data.as_bytes(),
        b"\n\n",
    ] {
        out.extend_from_slice(part);
    }
}

/// Appends a comment that keeps the connection in use while there is nothing to say.
pub fn ping(out: &mut Vec<u8>) {
    out.extend_from_slice(b": ping\n\n");
}

/// The digits of `number`, at the end of `digits`: formatting would weigh kilobytes in the browser.
fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &digits[first..];
        }
    }
}
