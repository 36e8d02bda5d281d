//! The chunks of a GLB, and data URIs.

use super::json::Document;
use super::{GltfFault, Limits};
use crate::base::percent_decoded;

const MAGIC: &[u8; 4] = b"glTF";
const JSON_CHUNK: u32 = 0x4E4F_534A;
const BIN_CHUNK: u32 = 0x004E_4942;

/// A glTF document split from its bytes.
#[derive(Debug)]
pub struct Container<'a> {
    pub document: Document,
    /// The JSON as it stands.
    pub json: &'a [u8],
    /// The binary chunk of a GLB.
    pub bin: Option<&'a [u8]>,
}

/// True when the bytes begin like a GLB.
pub fn is_glb(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Splits a GLB, or takes bytes that begin with `{` as a `.gltf`.
///
/// # Errors
/// `gltf-limit`, `glb-truncated`, `glb-magic`, `glb-version`, `glb-chunk`, `gltf-json`, `gltf-version`.
pub fn split<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Container<'a>, GltfFault> {
    if bytes.len() > limits.file_bytes {
        return Err(GltfFault::new("gltf-limit", "file_bytes", bytes.len()));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let (json, bin) = if is_glb(bytes) {
        chunks(bytes)?
    } else if bytes.trim_ascii_start().starts_with(b"{") {
        (bytes, None)
    } else {
        let start: Vec<u8> = bytes.iter().take(4).copied().collect();
        return Err(GltfFault::new(
            "glb-magic",
            "",
            String::from_utf8_lossy(&start).escape_default(),
        ));
    };
    let document: Document =
        serde_json::from_slice(json).map_err(|error| GltfFault::new("gltf-json", "JSON", error))?;
    if !document.asset.version.starts_with("2.") {
        return Err(GltfFault::new(
            "gltf-version",
            "asset.version",
            &document.asset.version,
        ));
    }
    Ok(Container {
        document,
        json,
        bin,
    })
}

fn chunks(bytes: &[u8]) -> Result<(&[u8], Option<&[u8]>), GltfFault> {
    let version = u32_at(bytes, 4).ok_or_else(|| truncated(bytes.len(), 12))?;
    if version != 2 {
        return Err(GltfFault::new("glb-version", "", version));
    }
    let total = u32_at(bytes, 8).ok_or_else(|| truncated(bytes.len(), 12))? as usize;
    let Some(bytes) = bytes.get(..total) else {
        return Err(truncated(bytes.len(), total));
    };
    let mut at = 12;
    let mut json = None;
    let mut bin = None;
    // A GLB has a JSON chunk first and a binary chunk second; further chunks are for others.
    while json.is_none() || (bin.is_none() && at < bytes.len()) {
        let (Some(length), Some(kind)) = (u32_at(bytes, at), u32_at(bytes, at + 4)) else {
            return Err(truncated(bytes.len(), at + 8));
        };
        let end = (at + 8).saturating_add(length as usize);
        let Some(body) = bytes.get(at + 8..end) else {
            return Err(truncated(bytes.len(), end));
        };
        match kind {
            JSON_CHUNK if json.is_none() => json = Some(body),
            BIN_CHUNK if json.is_some() => bin = Some(body),
            _ if json.is_none() => {
                return Err(GltfFault::new("glb-chunk", format!("byte {at}"), kind));
            }
            _ => {}
        }
        at = end;
    }
    Ok((json.unwrap_or_default(), bin))
}

fn truncated(have: usize, want: usize) -> GltfFault {
    GltfFault::new("glb-truncated", format!("byte {have}"), want)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// Joins JSON and binary chunk to a GLB.
///
/// # Errors
/// `gltf-limit` when the file would not fit the format's 32-bit lengths.
pub fn join(mut json: Vec<u8>, mut bin: Vec<u8>) -> Result<Vec<u8>, GltfFault> {
    json.resize(json.len().next_multiple_of(4), b' ');
    bin.resize(bin.len().next_multiple_of(4), 0);
    let total = 12 + 8 + json.len() + if bin.is_empty() { 0 } else { 8 + bin.len() };
    let total_u32 =
        u32::try_from(total).map_err(|_| GltfFault::new("gltf-limit", "file_bytes", total))?;
    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&2_u32.to_le_bytes());
    out.extend_from_slice(&total_u32.to_le_bytes());
    for (kind, body) in [(JSON_CHUNK, &json), (BIN_CHUNK, &bin)] {
        if !body.is_empty() {
            // Both are shorter than the total, which fits.
            out.extend_from_slice(&(body.len() as u32).to_le_bytes());
            out.extend_from_slice(&kind.to_le_bytes());
            out.extend_from_slice(body);
        }
    }
    Ok(out)
}

/// The bytes of a data URI, in base64 or percent-encoded; `None` when it is no such URI or broken.
pub fn data_uri(uri: &str) -> Option<Vec<u8>> {
    let (head, body) = uri.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:")).and_then(|_| uri.get(5..)?.split_once(','))?;
    let body = percent_decoded(body);
    if !head.to_ascii_lowercase().ends_with(";base64") {
        return Some(body);
    }
    let end = body.iter().rposition(|letter| *letter != b'=').map_or(0, |last| last + 1);
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 2);
    let mut bits: u32 = 0;
    let mut held = 0;
    for letter in body.get(..end)? {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::data_uri;

    #[test]
    fn data_uris_are_read_as_people_write_them() {
        for (uri, bytes) in [
            ("data:application/octet-stream;base64,AQID", Some(&b"\x01\x02\x03"[..])),
            ("data:;base64,AQI%3D", Some(b"\x01\x02")),
            ("DATA:text/plain;charset=utf-8;BASE64,AQ==", Some(b"\x01")),
            ("data:application/json,%7B%22a%22:1%7D", Some(br#"{"a":1}"#)),
            ("data:,50%", Some(b"50%")),
            ("data:;base64,A*", None),
            ("data:nothing", None),
            ("file:a,b", None),
        ] {
            assert_eq!(data_uri(uri).as_deref(), bytes, "{uri}");
        }
    }
}
