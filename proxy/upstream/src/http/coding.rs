//! The content coding of an answer: `identity` is asked for, and some servers compress all the same.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use reqwest::header::HeaderValue;

use crate::Failure;

/// The bytes that come out at least, before they are compared with those that went in.
const FREE: usize = 256 * 1024;

/// The bytes that come out for one that went in: more than any text, and far less than what is made to fill memory.
const MAX_RATIO: usize = 100;

/// The error of a body that cannot be decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodingError {
    /// It is no such coding, or was cut.
    Broken,
    /// It grows beyond all measure.
    TooLarge,
}

impl From<CodingError> for Failure {
    fn from(error: CodingError) -> Self {
        match error {
            CodingError::Broken => Self::Encoded,
            CodingError::TooLarge => Self::TooLarge,
        }
    }
}

/// A decoder of an answer's content coding, which may be cut anywhere.
#[derive(Debug)]
pub struct Inflater(Format);

#[derive(Debug)]
enum Format {
    Gzip(MultiGzDecoder<Bounded>),
    /// The first byte tells the two forms of `deflate` apart.
    Undetected,
    Zlib(ZlibDecoder<Bounded>),
    Deflate(DeflateDecoder<Bounded>),
}

impl Inflater {
    /// Returns the decoder of a `Content-Encoding`: none for `identity`, and where the header only says that there is
    /// no coding, as some set it to switch compression off; an error for a coding that is not known.
    pub fn new(header: Option<&HeaderValue>) -> Result<Option<Self>, CodingError> {
        let name = header.map_or(&b""[..], HeaderValue::as_bytes).trim_ascii().to_ascii_lowercase();
        match name.as_slice() {
            b"gzip" | b"x-gzip" => Ok(Some(Self(Format::Gzip(MultiGzDecoder::new(Bounded::default()))))),
            b"deflate" => Ok(Some(Self(Format::Undetected))),
            b"br" | b"zstd" | b"compress" | b"x-compress" | b"dcb" | b"dcz" => Err(CodingError::Broken),
            several if several.contains(&b',') => Err(CodingError::Broken),
            _ => Ok(None),
        }
    }

    /// Returns what the bytes decompress into so far.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, CodingError> {
        let Some(first) = bytes.first() else {
            return Ok(Vec::new());
        };
        if matches!(self.0, Format::Undetected) {
            // The method in the header of zlib, with a window of at most 32 KiB.
            let is_zlib = first & 0x8f == 0x08;
            self.0 = if is_zlib {
                Format::Zlib(ZlibDecoder::new(Bounded::default()))
            } else {
                Format::Deflate(DeflateDecoder::new(Bounded::default()))
            };
        }
        match &mut self.0 {
            Format::Gzip(decoder) => push(decoder, MultiGzDecoder::get_mut, bytes),
            Format::Zlib(decoder) => push(decoder, ZlibDecoder::get_mut, bytes),
            Format::Deflate(decoder) => push(decoder, DeflateDecoder::get_mut, bytes),
            Format::Undetected => Ok(Vec::new()),
        }
    }

    /// Ends the body, which must be whole.
    pub fn finish(&mut self) -> Result<Vec<u8>, CodingError> {
        let ended = match &mut self.0 {
            Format::Gzip(decoder) => decoder.try_finish().map(|()| decoder.get_mut().take()),
            Format::Zlib(decoder) => decoder.try_finish().map(|()| decoder.get_mut().take()),
            Format::Deflate(decoder) => decoder.try_finish().map(|()| decoder.get_mut().take()),
            Format::Undetected => Ok(Vec::new()),
        };
        ended.map_err(|_| CodingError::Broken)
    }
}

fn push<D: Write>(
    decoder: &mut D,
    output: fn(&mut D) -> &mut Bounded,
    bytes: &[u8],
) -> Result<Vec<u8>, CodingError> {
    output(decoder).permit(bytes.len());
    let written = decoder.write_all(bytes).and_then(|()| decoder.flush());
    let output = output(decoder);
    match written {
        Ok(()) => Ok(output.take()),
        Err(_) if output.is_full => Err(CodingError::TooLarge),
        Err(_) => Err(CodingError::Broken),
    }
}

/// The output of a decoder, bounded by its input.
#[derive(Debug)]
struct Bounded {
    bytes: Vec<u8>,
    left: usize,
    is_full: bool,
}

impl Default for Bounded {
    fn default() -> Self {
        Self { bytes: Vec::new(), left: FREE, is_full: false }
    }
}

impl Bounded {
    const fn permit(&mut self, input: usize) {
        self.left = self.left.saturating_add(input.saturating_mul(MAX_RATIO));
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len()) else {
            self.is_full = true;
            return Err(io::ErrorKind::StorageFull.into());
        };
        self.left = left;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn inflate(coding: &str, body: &[u8], size: usize) -> Result<Vec<u8>, CodingError> {
        let header = HeaderValue::from_str(coding).unwrap();
        let mut inflater = Inflater::new(Some(&header))?.unwrap();
        let mut text = Vec::new();
        for piece in body.chunks(size) {
            text.extend(inflater.push(piece)?);
        }
        text.extend(inflater.finish()?);
        Ok(text)
    }

    #[test]
    fn an_answer_that_came_compressed_is_read_wherever_it_is_cut() {
        let text = "Two lamps, and a shade. ".repeat(40);
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(text.as_bytes()).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(text.as_bytes()).unwrap();
        let twice = [gzip(&text.as_bytes()[..100]), gzip(&text.as_bytes()[100..])].concat();
        for (coding, body) in [
            ("gzip", gzip(text.as_bytes())),
            ("X-GZip", twice),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", raw.finish().unwrap()),
        ] {
            for size in [1, 7, 10_000] {
                assert_eq!(
                    inflate(coding, &body, size).as_deref(),
                    Ok(text.as_bytes()),
                    "{coding} by {size}"
                );
            }
            assert_eq!(inflate(coding, &body[..body.len() - 9], 50), Err(CodingError::Broken), "{coding}");
        }
    }

    #[test]
    fn what_was_flushed_is_there_at_once() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let mut inflater = Inflater::new(Some(&HeaderValue::from_static("gzip"))).unwrap().unwrap();
        for word in ["Two ", "lamps"] {
            encoder.write_all(word.as_bytes()).unwrap();
            encoder.flush().unwrap();
            let written = std::mem::take(encoder.get_mut());
            assert_eq!(inflater.push(&written).as_deref(), Ok(word.as_bytes()));
        }
    }

    #[test]
    fn a_body_that_grows_beyond_all_measure_is_not_decompressed() {
        let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
        assert_eq!(inflate("gzip", &bomb, 8 * 1024), Err(CodingError::TooLarge));
    }

    #[test]
    fn a_header_that_names_no_coding_means_none() {
        for name in ["", "none", "identity", "Identity ", "off", "utf-8"] {
            let header = HeaderValue::from_str(name).unwrap();
            assert!(matches!(Inflater::new(Some(&header)), Ok(None)), "{name}");
        }
        for name in ["br", "zstd", "gzip, br"] {
            let header = HeaderValue::from_str(name).unwrap();
            assert!(Inflater::new(Some(&header)).is_err(), "{name}");
        }
    }
}
