//! Packed bytes: gzip around tiles, which servers and archives put there, often without saying so; Brotli and Zstandard in archives.
//!
//! Sources: RFC 1952 (gzip), RFC 7932 (Brotli), RFC 8878 (Zstandard). Every function says what is wrong in words, and gives nothing back that is larger than it is told.

use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use std::borrow::Cow;
use std::io::Read;

/// Bytes that Brotli reads at a time.
const BROTLI_BUFFER: usize = 4096;
/// The window that every reader of Zstandard has to have (RFC 8878, 3.1.1.1.2).
const ZSTD_WINDOW: u64 = 8 << 20;

/// The bytes inside, where they are packed with gzip; the bytes themselves where not.
///
/// # Errors
/// What is wrong: broken, or more than `limit` bytes inside.
pub fn unpacked(bytes: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, String> {
    if !is_gzip(bytes) {
        return Ok(Cow::Borrowed(bytes));
    }
    gzip(bytes, limit).map(Cow::Owned)
}

pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1F, 0x8B])
}

/// # Errors
/// As [`unpacked`].
pub fn gzip(bytes: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    add(flate2::read::MultiGzDecoder::new(bytes), limit, &mut out)?;
    Ok(out)
}

/// # Errors
/// As [`unpacked`].
pub fn brotli(bytes: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    add(brotli_decompressor::Decompressor::new(bytes, BROTLI_BUFFER), limit, &mut out)?;
    Ok(out)
}

/// All frames one after the other; those that are to be skipped are.
///
/// # Errors
/// As [`unpacked`]; a window larger than `limit` and what every reader has.
pub fn zstd(bytes: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let (mut rest, mut out) = (bytes, Vec::new());
    while !rest.is_empty() {
        // The decoder takes the whole window at once, whatever it is for.
        if let Some(window) = window_of(rest).filter(|window| *window > ZSTD_WINDOW.max(limit as u64)) {
            return Err(format!("window of {window} bytes"));
        }
        match StreamingDecoder::new(&mut rest) {
            Ok(frame) => add(frame, limit, &mut out)?,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                rest = rest.get(length as usize..).ok_or("frame to be skipped")?;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    if bytes.is_empty() { Err("0".into()) } else { Ok(out) }
}

/// The window of a Zstandard frame by its header (RFC 8878, 3.1.1.1), bytes; `None` where there is no such header.
fn window_of(frame: &[u8]) -> Option<u64> {
    let header = frame.strip_prefix(&[0x28, 0xB5, 0x2F, 0xFD])?;
    let descriptor = *header.first()?;
    if descriptor & 0x20 == 0 {
        let window = *header.get(1)?;
        let base = 1_u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    // One segment: the window is the content.
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let mut eight = [0; 8];
    eight.get_mut(..size)?.copy_from_slice(header.get(1 + dictionary..1 + dictionary + size)?);
    // Of two bytes, 256 are left out.
    Some(u64::from_le_bytes(eight) + if size == 2 { 256 } else { 0 })
}

fn add(reader: impl Read, limit: usize, out: &mut Vec<u8>) -> Result<(), String> {
    reader.take((limit.saturating_sub(out.len()) as u64).saturating_add(1)).read_to_end(out).map_err(|error| error.to_string())?;
    if out.len() > limit { Err(format!("> {limit}")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_of_a_frame_is_that_of_the_standard() {
        // No single segment, exponent 3, mantissa 1: 2¹³ and an eighth.
        assert_eq!(window_of(&[0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x19]), Some(8192 + 1024));
        // One segment, contents of 300 bytes in two, 256 left out; and the same after a dictionary's number of one byte.
        assert_eq!(window_of(&[0x28, 0xB5, 0x2F, 0xFD, 0x60, 44, 0]), Some(300));
        assert_eq!(window_of(&[0x28, 0xB5, 0x2F, 0xFD, 0x61, 9, 44, 0]), Some(300));
        assert_eq!(window_of(&[0x28, 0xB5, 0x2F, 0xFD, 0x60, 44]), None);
        assert_eq!(window_of(b"%PDF"), None);
    }

    #[test]
    fn a_giant_window_is_refused_before_it_is_taken() {
        let why = zstd(&[0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xFF, 0, 0, 0], 1024);
        assert!(why.as_ref().is_err_and(|why| why.starts_with("window of")), "{why:?}");
    }

    #[test]
    fn nothing_and_rubbish_are_no_packed_bytes() {
        for read in [gzip, brotli, zstd] {
            assert!(read(b"", 10).is_err());
            assert!(read(b"\x1F\x8B rubbish", 10).is_err());
        }
    }
}
