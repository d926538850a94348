//! Documents that differ for each visitor in their ends alone: their starts are compressed once, at the highest level, and
//! an end follows as it is (RFC 7932 §9.2).

use std::collections::HashMap;
use std::io::Write as _;

use actix_web::web::{self, Bytes};
use brotli::CompressorWriter;
use brotli::enc::BrotliEncoderParams;
use parking_lot::Mutex;

/// The most starts that are kept: each site has two.
const MAX_STARTS: usize = 512;
/// The window, as a power of two: a document is smaller.
const WINDOW: i32 = 16;
const BUFFER_BYTES: usize = 4_096;
/// The most bytes of a meta-block whose length has four nibbles.
const MAX_BLOCK_BYTES: usize = 1 << 16;
/// The bit `ISUNCOMPRESSED`, behind `ISLAST`, `MNIBBLES` and the sixteen bits of the length, which begin at the fourth.
const IS_UNCOMPRESSED: u32 = 1 << 19;
const LENGTH_SHIFT: u32 = 3;
/// The bits `ISLAST` and `ISLASTEMPTY`.
const END_OF_STREAM: u8 = 0b11;

/// The starts of documents in the encoding `br`, by what each was made of.
#[derive(Default)]
pub(crate) struct CompressedStarts(Mutex<HashMap<String, Bytes>>);

impl CompressedStarts {
    /// Returns a document in the encoding `br`; `make` returns its start, which `key` stands for.
    pub(crate) async fn document(
        &self,
        key: &str,
        make: impl FnOnce() -> String,
        end: &str,
    ) -> Option<Vec<u8>> {
        let known = self.0.lock().get(key).cloned();
        let start = match known {
            Some(start) => start,
            None => self.keep(key, make()).await?,
        };
        let mut document = Vec::with_capacity(start.len() + end.len() + 8);
        document.extend_from_slice(&start);
        append(&mut document, end.as_bytes());
        Some(document)
    }

    async fn keep(&self, key: &str, start: String) -> Option<Bytes> {
        // That takes some 40 ms, in which the worker has others to serve.
        let compressed = web::block(move || compress(start.as_bytes())).await.ok()?.ok()?;
        let compressed = Bytes::from(compressed);
        let mut starts = self.0.lock();
        if starts.len() >= MAX_STARTS {
            starts.clear();
        }
        starts.insert(key.to_owned(), compressed.clone());
        Some(compressed)
    }
}

/// Compresses the start of a stream, up to a whole byte.
fn compress(start: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: WINDOW,
        size_hint: start.len(),
        ..BrotliEncoderParams::default()
    };
    let mut writer = CompressorWriter::with_params(Vec::new(), BUFFER_BYTES, &parameters);
    writer.write_all(start)?;
    writer.flush()?;
    Ok(writer.get_ref().clone())
}

/// Ends a stream with bytes that are not compressed.
fn append(stream: &mut Vec<u8>, end: &[u8]) {
    for block in end.chunks(MAX_BLOCK_BYTES) {
        let length = u32::try_from(block.len() - 1).unwrap_or_default();
        let header = length << LENGTH_SHIFT | IS_UNCOMPRESSED;
        stream.extend_from_slice(&header.to_le_bytes()[..3]);
        stream.extend_from_slice(block);
    }
    stream.push(END_OF_STREAM);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CompressedStarts, append, compress};

    fn decompressed(stream: &[u8]) -> Vec<u8> {
        let mut whole = Vec::new();
        brotli::BrotliDecompress(&mut &*stream, &mut whole).unwrap();
        whole
    }

    proptest! {
        #[test]
        fn a_document_is_read_back_as_it_was(start: Vec<u8>, end: Vec<u8>) {
            let mut stream = compress(&start).unwrap();
            append(&mut stream, &end);
            prop_assert_eq!(decompressed(&stream), [start, end].concat());
        }
    }

    #[test]
    fn an_end_of_any_length_is_read_back() {
        for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
            let mut stream = compress(b"start").unwrap();
            append(&mut stream, &vec![b'x'; length]);
            assert_eq!(decompressed(&stream).len(), 5 + length);
        }
    }

    #[actix_web::test]
    async fn a_start_is_made_once_for_its_key() {
        let starts = CompressedStarts::default();
        for (key, start, end, whole) in [("a", "A", "1", "A1"), ("b", "B", "2", "B2"), ("a", "C", "3", "A3")]
        {
            let document = starts.document(key, || start.to_owned(), end).await.unwrap();
            assert_eq!(decompressed(&document), whole.as_bytes());
        }
    }
}
