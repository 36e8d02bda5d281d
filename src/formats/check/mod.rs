//! Rules that a tileset, a subtree, a metadata schema or a tile content must keep, as functions from bytes to coded findings.
//!
//! They follow links nowhere: what a document names, they hand back ([`tileset::Links`]), and `pipeline::check` walks the files.
//! The rules are those of OGC 3D Tiles 1.1, glTF 2.0, EXT_mesh_features and EXT_structural_metadata that concern what a viewer would draw or show wrongly; textures, animations and the glTF schema itself are left to the Khronos validator.

pub mod content;
pub mod schema;
pub mod tileset;

use serde_json::Value;

/// What a file is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Manifest,
    Tileset,
    Subtree,
    /// GLB or `.gltf`.
    Gltf,
    /// `b3dm`, `i3dm`, `pnts` or `cmpt` of 3D Tiles 1.0.
    Legacy,
    /// A metadata schema on its own.
    Schema,
    /// `layer.json` of a terrain in quantized-mesh tiles.
    Ground,
    /// TileJSON, or the `metadata.json` of an exported folder of tiles.
    Pyramid,
    /// Begins like JSON and is none.
    BrokenJson,
    Unknown,
}

/// Looks at the first bytes, and at the first level of a JSON document; a file's name plays no part.
pub fn kind(bytes: &[u8]) -> Kind {
    match bytes.get(..4) {
        Some(b"glTF") => return Kind::Gltf,
        Some(b"subt") => return Kind::Subtree,
        Some(b"b3dm" | b"i3dm" | b"pnts" | b"cmpt") => return Kind::Legacy,
        _ => {}
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if !text.trim_ascii_start().starts_with(b"{") {
        return Kind::Unknown;
    }
    let Ok(Value::Object(document)) = serde_json::from_slice::<Value>(text) else {
        return Kind::BrokenJson;
    };
    let has = |key: &str| document.contains_key(key);
    if has("jumeau") {
        Kind::Manifest
    } else if has("tileAvailability") || has("childSubtreeAvailability") {
        Kind::Subtree
    } else if has("root") || has("geometricError") {
        Kind::Tileset
    } else if has("asset") {
        Kind::Gltf
    } else if has("tiles") && document.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("quantized-mesh")) {
        Kind::Ground
    } else if has("tilejson") || has("vector_layers") || has("format") && has("minzoom") {
        Kind::Pyramid
    } else if has("classes") {
        Kind::Schema
    } else {
        Kind::Unknown
    }
}
