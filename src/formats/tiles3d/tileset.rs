//! `tileset.json` as types; unknown properties are skipped.

use super::tileset_read::{Budget, TilesetSeed};
use super::{BoundingVolume, Entity, TilesFault};
use crate::formats::packed;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Largest `tileset.json` read, bytes.
pub const MAX_TILESET_BYTES: usize = 256 << 20;
/// Most explicit tiles of one document.
pub const MAX_TILES: usize = 1 << 20;

/// Required extensions that are read, or that need nothing special: glTF and batch tables are told by themselves.
pub const KNOWN_EXTENSIONS: [&str; 5] =
    ["3DTILES_content_gltf", "3DTILES_implicit_tiling", "3DTILES_multiple_contents", "3DTILES_metadata", "3DTILES_batch_table_hierarchy"];

fn no<T>(list: &[T]) -> bool {
    list.is_empty()
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tileset {
    pub asset: Asset,
    /// Metres of error when nothing at all is drawn.
    pub geometric_error: f64,
    pub root: Tile,
    #[serde(skip_serializing_if = "no")]
    pub extensions_used: Vec<String>,
    #[serde(skip_serializing_if = "no")]
    pub extensions_required: Vec<String>,
    /// Metadata schema, as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_uri: Option<String>,
    /// What it says of groups of contents, and of itself.
    #[serde(skip_serializing_if = "no")]
    pub groups: Vec<Entity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Entity>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extras: Map<String, Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asset {
    /// `1.0` or `1.1`.
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tileset_version: Option<String>,
    /// Not in the specification's list but allowed: who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator: Option<String>,
    /// `Z` where models are upright already; from before the standard, and still written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gltf_up_axis: Option<Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extras: Map<String, Value>,
}

impl Asset {
    /// Whether z is up in the models too; some write it among the extras.
    pub fn z_is_up(&self) -> bool {
        let said = self.gltf_up_axis.as_ref().or_else(|| self.extras.get("gltfUpAxis")).and_then(Value::as_str);
        said.is_some_and(|axis| axis.eq_ignore_ascii_case("z"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Refine {
    /// Children are drawn with their parent.
    #[serde(rename = "ADD")]
    Add,
    /// Children are drawn in place of their parent.
    #[serde(rename = "REPLACE")]
    Replace,
}

impl<'de> Deserialize<'de> for Refine {
    /// In capitals, as the specification has it, or as it was written before.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        match word.to_ascii_uppercase().as_str() {
            "ADD" => Ok(Self::Add),
            "REPLACE" => Ok(Self::Replace),
            _ => Err(serde::de::Error::custom("ADD or REPLACE")),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tile {
    pub bounding_volume: BoundingVolume,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub viewer_request_volume: Option<BoundingVolume>,
    /// Metres of error when this tile is drawn and its children are not.
    pub geometric_error: f64,
    /// The parent's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refine: Option<Refine>,
    /// Column-major, from this tile's frame to its parent's; the identity when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transform: Option<[f64; 16]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    #[serde(skip_serializing_if = "no")]
    pub contents: Vec<Content>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implicit_tiling: Option<ImplicitTiling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<Entity>>,
    #[serde(skip_serializing_if = "no")]
    pub children: Vec<Tile>,
}

impl Tile {
    /// A leaf without content.
    pub fn new(bounding_volume: BoundingVolume, geometric_error: f64) -> Self {
        Self {
            bounding_volume,
            viewer_request_volume: None,
            geometric_error,
            refine: None,
            transform: None,
            content: None,
            contents: Vec::new(),
            implicit_tiling: None,
            metadata: None,
            children: Vec::new(),
        }
    }

    /// All contents, whichever way they are given.
    pub fn all_contents(&self) -> impl Iterator<Item = &Content> {
        self.content.iter().chain(&self.contents)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// Relative to the tileset's folder; a template for implicit tiling; empty where the document has none. (`url` before 1.0 was final.)
    #[serde(default, alias = "url")]
    pub uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounding_volume: Option<BoundingVolume>,
    #[serde(default, deserialize_with = "whatever", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<Entity>>,
    /// Place in the tileset's list of groups.
    #[serde(default, deserialize_with = "whatever", skip_serializing_if = "Option::is_none")]
    pub group: Option<usize>,
    #[serde(default, deserialize_with = "whatever", skip_serializing)]
    pub(super) extensions: ContentExtensions,
}

impl Content {
    pub fn at(uri: &str) -> Self {
        Self { uri: uri.to_owned(), ..Self::default() }
    }
}

/// What is said beside a content does not cost the content when it has another shape than it should.
fn whatever<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// How 3D Tiles 1.0 said the group and the metadata of a content.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct ContentExtensions {
    #[serde(rename = "3DTILES_metadata")]
    pub metadata: Option<OldContentMetadata>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct OldContentMetadata {
    /// The group's name, or its number.
    pub group: Value,
    pub class: String,
    pub properties: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Subdivision {
    Quadtree,
    Octree,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImplicitTiling {
    pub subdivision_scheme: Subdivision,
    /// Levels of one subtree, at least 1.
    pub subtree_levels: u32,
    /// Levels of the whole tree, at least 1.
    pub available_levels: u32,
    pub subtrees: Subtrees,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subtrees {
    /// Template with `{level}`, `{x}`, `{y}`.
    pub uri: String,
}

impl Tileset {
    /// Reads a `tileset.json`; a byte order mark is forgiven. Deeper nesting than about sixty explicit tiles is refused, as JSON.
    ///
    /// # Errors
    /// `tileset-limit`, `tileset-json`.
    pub fn parse(bytes: &[u8]) -> Result<Self, TilesFault> {
        match Self::parse_some(bytes, MAX_TILES)? {
            (_, true) => Err(TilesFault::new("tileset-limit", "root", MAX_TILES)),
            (tileset, false) => Ok(tileset),
        }
    }

    /// Reads a `tileset.json` and at most so many of its tiles below the root, and says whether there were more.
    /// Children that do not fit are left out together, with all below them.
    ///
    /// # Errors
    /// `tileset-limit` for too many bytes, `tileset-json`.
    pub fn parse_some(bytes: &[u8], max_tiles: usize) -> Result<(Self, bool), TilesFault> {
        if bytes.len() > MAX_TILESET_BYTES {
            return Err(TilesFault::new("tileset-limit", "", bytes.len()));
        }
        let bytes = packed::unpacked(bytes, MAX_TILESET_BYTES).map_err(|why| TilesFault::new("content-packed", "", why))?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let budget = Budget::of(max_tiles);
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let tileset = TilesetSeed(&budget).deserialize(&mut json);
        let whole = tileset.and_then(|tileset| json.end().map(|()| tileset));
        match whole {
            Ok(tileset) => Ok((tileset, budget.is_short())),
            Err(error) => Err(TilesFault::new("tileset-json", "", error)),
        }
    }

    /// The document, indented, with a line's end.
    pub fn to_json(&self) -> Vec<u8> {
        // Text keys only, and numbers that JSON cannot hold become null: this does not fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// How many explicit tiles there are.
    pub fn count(&self) -> usize {
        let mut stack = vec![&self.root];
        let mut count = 0;
        while let Some(tile) = stack.pop() {
            count += 1;
            stack.extend(&tile.children);
        }
        count
    }
}
