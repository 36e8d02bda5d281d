//! Gzip around tiles: servers and archives pack them, often without saying so.

use std::borrow::Cow;
use std::io::Read;

/// The bytes inside, where they are packed; the bytes themselves where not.
///
/// # Errors
/// What is wrong, in words: broken, or more than `limit` bytes inside.
pub fn unpacked(bytes: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, String> {
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut out = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes).take(limit as u64 + 1);
    reader
        .read_to_end(&mut out)
        .map_err(|error| error.to_string())?;
    if out.len() > limit {
        Err(format!("> {limit}"))
    } else {
        Ok(Cow::Owned(out))
    }
}
