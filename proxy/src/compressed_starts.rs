//! Documents that differ for each visitor in their ends alone: their starts are compressed once, at the highest level, and
//! an end follows as it is (RFC 7932 §9.2).

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;

use actix_web::error::BlockingError;
use actix_web::web::{self, Bytes};
use brotli::CompressorWriter;
use brotli::enc::BrotliEncoderParams;
use parking_lot::Mutex;
use tokio::sync::OnceCell;

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
pub(crate) struct CompressedStarts(Mutex<HashMap<String, Arc<OnceCell<Bytes>>>>);

impl CompressedStarts {
    /// Returns a document in the encoding `br`; `make` returns its start, which `key` stands for.
    ///
    /// The first caller compresses it, which takes some 40 ms; those who come meanwhile wait for that.
    pub(crate) async fn document(
        &self,
        key: &str,
        make: impl FnOnce() -> String,
        end: &str,
    ) -> Result<Vec<u8>, BlockingError> {
        let cell = self.cell(key);
        let compressed = cell.get_or_try_init(|| {
            let start = make();
            web::block(move || Bytes::from(compress(start.as_bytes())))
        });
        let mut document = compressed.await?.to_vec();
        append(&mut document, end.as_bytes());
        Ok(document)
    }

    fn cell(&self, key: &str) -> Arc<OnceCell<Bytes>> {
        let mut starts = self.0.lock();
        if starts.len() >= MAX_STARTS && !starts.contains_key(key) {
            starts.clear();
        }
        Arc::clone(starts.entry(key.to_owned()).or_default())
    }
}

/// Compresses the start of a stream, up to a whole byte.
#[expect(clippy::expect_used, reason = "writing to memory does not fail")]
fn compress(start: &[u8]) -> Vec<u8> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: WINDOW,
        size_hint: start.len(),
        ..BrotliEncoderParams::default()
    };
    let mut writer = CompressorWriter::with_params(Vec::new(), BUFFER_BYTES, &parameters);
    writer.write_all(start).and_then(|()| writer.flush()).expect("writing to memory does not fail");
    writer.get_ref().clone()
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
    use std::cell::Cell;

    use futures_util::future::join_all;
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
            let mut stream = compress(&start);
            append(&mut stream, &end);
            prop_assert_eq!(decompressed(&stream), [start, end].concat());
        }
    }

    #[test]
    fn an_end_of_any_length_is_read_back() {
        for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
            let mut stream = compress(b"start");
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

    #[actix_web::test]
    async fn callers_at_the_same_moment_have_one_start_made() {
        let (starts, made) = (CompressedStarts::default(), Cell::new(0));
        let make = || {
            made.set(made.get() + 1);
            "start ".to_owned()
        };
        let documents = join_all((0..8).map(|_| starts.document("key", make, "end"))).await;
        assert!(documents.iter().all(|it| decompressed(it.as_ref().unwrap()) == b"start end"));
        assert_eq!(made.get(), 1);
    }
}
