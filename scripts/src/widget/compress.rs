//! Compression of assets, at the highest level, once for all requests.

use std::io::Write;

use brotli::enc::BrotliEncoderParams;

/// The largest window that the `br` encoding permits (RFC 7932), as a power of two.
const BROTLI_WINDOW: i32 = 22;

/// Tells if a file gets compressed copies; that of the template, which is filled in first, only says what it weighs.
pub(crate) fn has_compressed_copies(name: &str) -> bool {
    name != "hash"
}

/// Compresses with brotli.
pub(crate) fn brotli(bytes: &[u8]) -> Vec<u8> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: BROTLI_WINDOW,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    in_memory(brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters));
    compressed
}

/// Compresses with gzip, without a time, so that equal bytes stay equal.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    in_memory(encoder.write_all(bytes));
    in_memory(encoder.finish())
}

#[expect(clippy::expect_used, reason = "reading and writing memory does not fail")]
fn in_memory<T>(result: std::io::Result<T>) -> T {
    result.expect("reading and writing memory does not fail")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{brotli, gzip};

    #[test]
    fn both_encodings_are_read_back_as_they_were() {
        let text = "a porthole in a page, ".repeat(200);
        let mut unpacked = Vec::new();
        ::brotli::BrotliDecompress(&mut brotli(text.as_bytes()).as_slice(), &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
        let mut inflated = String::new();
        flate2::read::GzDecoder::new(gzip(text.as_bytes()).as_slice()).read_to_string(&mut inflated).unwrap();
        assert_eq!(inflated, text);
    }
}
