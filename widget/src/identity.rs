//! Fresh message ids.

use js_sys::Uint8Array;

use crate::js;

/// Makes a `UUIDv7` from the time and ten random bytes. (`crypto.randomUUID` needs a secure context,
/// which a frame in an http page is not.)
pub(crate) fn message_id(now: u64) -> String {
    let random = Uint8Array::new_with_length(10);
    // Every browser that runs WebAssembly has it; without it ids are still unique in one chat.
    let _ = js::call(
        &js::get(&js::window(), "crypto"),
        "getRandomValues",
        &[random.clone().into()],
    );
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&now.to_be_bytes()[2..]);
    random.copy_to(&mut bytes[6..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    written(bytes)
}

/// The lower-case form with hyphens.
fn written(bytes: [u8; 16]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut id = String::with_capacity(36);
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        id.push(DIGITS[usize::from(byte >> 4)].into());
        id.push(DIGITS[usize::from(byte & 15)].into());
    }
    id
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn an_id_is_lower_case_with_hyphens() {
        let bytes = [
            0x01, 0x99, 0xaa, 0xaa, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0xff,
        ];
        assert_eq!(written(bytes), "0199aaaa-0000-7000-8000-0000000000ff");
    }
}
