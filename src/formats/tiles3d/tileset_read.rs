//! `tileset.json` into types, field by field: a tile that is wrong in one place is read in all others.
//!
//! What has the wrong shape becomes a value that is told from sound ones and that whoever uses the tile reports with its address:
//! numbers that are not finite in a volume, an error or a transform, an empty URI. So one broken tile of a thousand costs one tile.
//! Tiles are counted while they are read, since a document of a few megabytes can name a million of them.

use super::{
    Asset, BoundingVolume, Content, Entity, ImplicitTiling, Refine, Subdivision, Subtrees, Tile, Tileset,
};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::cell::Cell;
use std::collections::BTreeMap;

/// More contents of one tile are not read.
const MAX_CONTENTS: usize = 64;

/// Something that may have another shape than it should.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lenient<T> {
    Good(T),
    Other(IgnoredAny),
}

impl<T> Lenient<T> {
    fn good(self) -> Option<T> {
        match self {
            Self::Good(value) => Some(value),
            Self::Other(_) => None,
        }
    }

    fn or(self, otherwise: T) -> T {
        self.good().unwrap_or(otherwise)
    }
}

/// How many tiles may still be read.
pub(super) struct Budget {
    left: Cell<usize>,
    short: Cell<bool>,
}

impl Budget {
    pub(super) fn of(tiles: usize) -> Self {
        Self {
            left: Cell::new(tiles),
            short: Cell::new(false),
        }
    }

    /// Whether there was more than could be read.
    pub(super) fn is_short(&self) -> bool {
        self.short.get()
    }

    fn take(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        self.short.set(self.short.get() || left == 0);
        left > 0
    }
}

/// Reads a whole document.
pub(super) struct TilesetSeed<'b>(pub(super) &'b Budget);

impl<'de> DeserializeSeed<'de> for TilesetSeed<'_> {
    type Value = Tileset;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tileset, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TilesetSeed<'_> {
    type Value = Tileset;

    fn expecting(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str("a tileset")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tileset, A::Error> {
        let (mut asset, mut root) = (None, None);
        let mut tileset = Tileset {
            asset: Asset::default(),
            geometric_error: f64::NAN,
            root: Tile::new(BoundingVolume::UNSOUND, f64::NAN),
            extensions_used: Vec::new(),
            extensions_required: Vec::new(),
            schema: None,
            schema_uri: None,
            groups: Vec::new(),
            metadata: None,
            extras: serde_json::Map::new(),
        };
        let mut extensions = TilesetExtensions::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "asset" => asset = Some(map.next_value::<Asset>()?),
                "geometricError" => {
                    tileset.geometric_error = map.next_value::<Lenient<f64>>()?.or(f64::NAN)
                }
                "root" => root = Some(map.next_value_seed(TileSeed(self.0))?),
                "extensionsUsed" => {
                    tileset.extensions_used = map.next_value::<Lenient<_>>()?.or(Vec::new())
                }
                "extensionsRequired" => {
                    tileset.extensions_required = map.next_value::<Lenient<_>>()?.or(Vec::new())
                }
                "schema" => tileset.schema = Some(map.next_value()?),
                "schemaUri" => tileset.schema_uri = map.next_value::<Lenient<_>>()?.good(),
                "groups" => tileset.groups = entities(map.next_value()?),
                "metadata" => tileset.metadata = map.next_value::<Lenient<_>>()?.good(),
                "extensions" => extensions = map.next_value::<Lenient<_>>()?.or(extensions),
                "extras" => {
                    tileset.extras = map.next_value::<Lenient<_>>()?.or(serde_json::Map::new())
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let missing = <A::Error as serde::de::Error>::missing_field;
        tileset.asset = asset.ok_or_else(|| missing("asset"))?;
        tileset.root = root.ok_or_else(|| missing("root"))?;
        extensions.apply(&mut tileset);
        Ok(tileset)
    }
}

struct TileSeed<'b>(&'b Budget);

impl<'de> DeserializeSeed<'de> for TileSeed<'_> {
    type Value = Tile;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tile, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TileSeed<'_> {
    type Value = Tile;

    fn expecting(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str("a tile")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tile, A::Error> {
        let mut tile = Tile::new(BoundingVolume::UNSOUND, f64::NAN);
        let mut extensions = Extensions::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "boundingVolume" => {
                    tile.bounding_volume =
                        map.next_value::<Lenient<_>>()?.or(BoundingVolume::UNSOUND)
                }
                "viewerRequestVolume" => {
                    tile.viewer_request_volume =
                        Some(map.next_value::<Lenient<_>>()?.or(BoundingVolume::UNSOUND));
                }
                "geometricError" => {
                    tile.geometric_error = map.next_value::<Lenient<f64>>()?.or(f64::NAN)
                }
                "refine" => tile.refine = map.next_value::<Lenient<Refine>>()?.good(),
                "transform" => {
                    tile.transform = Some(map.next_value::<Lenient<_>>()?.or([f64::NAN; 16]))
                }
                "content" => tile.content = map.next_value::<Lenient<_>>()?.good(),
                "contents" => tile.contents = contents(map.next_value()?),
                "metadata" => tile.metadata = map.next_value::<Lenient<_>>()?.good(),
                "implicitTiling" => tile.implicit_tiling = map.next_value::<Lenient<_>>()?.good(),
                "children" => tile.children = map.next_value_seed(ChildrenSeed(self.0))?,
                "extensions" => extensions = map.next_value::<Lenient<_>>()?.or(extensions),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        extensions.apply(&mut tile);
        Ok(tile)
    }
}

/// The children of a tile: all of them, or none where there are too many, since a place without its child would be a hole.
struct ChildrenSeed<'b>(&'b Budget);

impl<'de> DeserializeSeed<'de> for ChildrenSeed<'_> {
    type Value = Vec<Tile>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Tile>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ChildrenSeed<'_> {
    type Value = Vec<Tile>;

    fn expecting(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str("a list of tiles")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Tile>, A::Error> {
        let mut children = Vec::new();
        loop {
            if !self.0.take() {
                // The end of the list is no tile.
                if list.next_element::<IgnoredAny>()?.is_none() {
                    return Ok(children);
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Vec::new());
            }
            match list.next_element_seed(TileSeed(self.0))? {
                Some(child) => children.push(child),
                None => {
                    self.0.left.set(self.0.left.get() + 1);
                    return Ok(children);
                }
            }
        }
    }
}

fn contents(list: Lenient<Vec<Lenient<Content>>>) -> Vec<Content> {
    let list = list.good().unwrap_or_default();
    list.into_iter()
        .take(MAX_CONTENTS)
        .map(|content| content.or(Content::default()))
        .collect()
}

/// More groups of contents are not read.
const MAX_GROUPS: usize = 1 << 16;

/// What is no entity keeps its place: contents count groups.
fn entities(list: Lenient<Vec<Lenient<Entity>>>) -> Vec<Entity> {
    let list = list.good().unwrap_or_default();
    list.into_iter().take(MAX_GROUPS).map(|entity| entity.or(Entity::default())).collect()
}

/// Metadata as 1.0 had them: groups have names there, which become places in the list.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TilesetExtensions {
    #[serde(rename = "3DTILES_metadata")]
    metadata: Option<Lenient<OldMetadata>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OldMetadata {
    schema: Option<Value>,
    schema_uri: Option<String>,
    groups: BTreeMap<String, Entity>,
    tileset: Option<Entity>,
}

impl TilesetExtensions {
    fn apply(self, tileset: &mut Tileset) {
        let old = self.metadata.and_then(Lenient::good).unwrap_or_default();
        tileset.schema = tileset.schema.take().or(old.schema);
        tileset.schema_uri = tileset.schema_uri.take().or(old.schema_uri);
        tileset.metadata = tileset.metadata.take().or(old.tileset);
        let by_name: BTreeMap<String, usize> = old.groups.keys().take(MAX_GROUPS).enumerate().map(|(number, name)| (name.clone(), number)).collect();
        if tileset.groups.is_empty() {
            tileset.groups = old.groups.into_values().take(MAX_GROUPS).collect();
        }
        let mut waiting = vec![&mut tileset.root];
        while let Some(tile) = waiting.pop() {
            for content in tile.content.iter_mut().chain(&mut tile.contents) {
                let Some(old) = content.extensions.metadata.take() else { continue };
                let named = old.group.as_str().and_then(|name| by_name.get(name).copied());
                content.group = content.group.or(named).or(old.group.as_u64().and_then(|number| usize::try_from(number).ok()));
                if content.metadata.is_none() && !old.properties.is_empty() {
                    content.metadata = Some(Box::new(Entity { class: old.class, properties: old.properties }));
                }
            }
            waiting.extend(&mut tile.children);
        }
    }
}

/// What 3D Tiles 1.1 took over from extensions of 1.0, as tilesets of that time have it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Extensions {
    #[serde(rename = "3DTILES_implicit_tiling")]
    implicit_tiling: Option<Lenient<OldImplicitTiling>>,
    #[serde(rename = "3DTILES_multiple_contents")]
    multiple_contents: Option<Lenient<OldContents>>,
    #[serde(rename = "3DTILES_metadata")]
    metadata: Option<Lenient<Entity>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldImplicitTiling {
    subdivision_scheme: Subdivision,
    subtree_levels: u32,
    /// The deepest level, before it became a number of levels.
    maximum_level: Option<u32>,
    available_levels: Option<u32>,
    subtrees: Subtrees,
}

#[derive(Deserialize)]
struct OldContents {
    #[serde(alias = "contents")]
    content: Vec<Lenient<Content>>,
}

impl Extensions {
    fn apply(self, tile: &mut Tile) {
        if tile.metadata.is_none() {
            tile.metadata = self.metadata.and_then(Lenient::good).map(Box::new);
        }
        if let Some(old) = self.implicit_tiling.and_then(Lenient::good)
            && tile.implicit_tiling.is_none()
        {
            let levels = old
                .available_levels
                .or_else(|| old.maximum_level?.checked_add(1));
            tile.implicit_tiling = Some(ImplicitTiling {
                subdivision_scheme: old.subdivision_scheme,
                subtree_levels: old.subtree_levels,
                available_levels: levels.unwrap_or(u32::MAX),
                subtrees: old.subtrees,
            });
        }
        if let Some(old) = self.multiple_contents.and_then(Lenient::good)
            && tile.contents.is_empty()
        {
            tile.contents = contents(Lenient::Good(old.content));
        }
    }
}
