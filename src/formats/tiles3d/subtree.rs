//! Subtrees of implicit tiling: which tiles, contents and child subtrees exist. JSON and binary form, both ways.

use crate::formats::gltf::Column;
use super::implicit::{MAX_SUBTREE_LEVELS, tiles_above};
use super::metadata::{self, TileBounds, TileSchema};
use super::tables::{self, RawTable, Rows};
use crate::formats::packed;
use super::{BoundingVolume, CellCoord, Refine, Subdivision, TilesFault};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const MAGIC: &[u8; 4] = b"subt";
/// Largest subtree read, bytes.
pub const MAX_SUBTREE_BYTES: usize = 64 << 20;

/// One bit for each of a number of things, or one answer for all.
#[derive(Clone, Debug, PartialEq)]
pub enum Availability {
    All(bool),
    /// Least significant bit first; what lies beyond the bytes is not available.
    Bits {
        bytes: Vec<u8>,
        /// What the file states, if it does; not trusted, only checked.
        stated: Option<u64>,
    },
}

impl Availability {
    /// Nothing available yet, of so many things.
    pub fn none(count: u64) -> Self {
        Self::Bits {
            bytes: vec![0; usize::try_from(count.div_ceil(8)).unwrap_or(0)],
            stated: None,
        }
    }

    pub fn get(&self, index: u64) -> bool {
        match self {
            Self::All(answer) => *answer,
            Self::Bits { bytes, .. } => usize::try_from(index / 8)
                .ok()
                .and_then(|at| bytes.get(at))
                .is_some_and(|byte| byte >> (index % 8) & 1 == 1),
        }
    }

    /// Makes one available; nothing happens beyond the bits or with one answer for all.
    pub fn set(&mut self, index: u64) {
        if let Self::Bits { bytes, .. } = self
            && let Some(byte) = usize::try_from(index / 8)
                .ok()
                .and_then(|at| bytes.get_mut(at))
        {
            *byte |= 1 << (index % 8);
        }
    }

    /// How many of the first `count` are available.
    pub fn count(&self, count: u64) -> u64 {
        match self {
            Self::All(true) => count,
            Self::All(false) => 0,
            Self::Bits { bytes, .. } => {
                let whole = usize::try_from(count / 8)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                let full: u64 = bytes
                    .iter()
                    .take(whole)
                    .map(|byte| u64::from(byte.count_ones()))
                    .sum();
                let rest = bytes.get(whole).filter(|_| whole as u64 == count / 8);
                let rest = rest.map_or(0, |byte| byte & ((1_u16 << (count % 8)) - 1) as u8);
                full + u64::from(rest.count_ones())
            }
        }
    }

    fn simplified(self, count: u64) -> Self {
        match self.count(count) {
            0 => Self::All(false),
            all if all == count => Self::All(true),
            some => match self {
                Self::Bits { bytes, .. } => Self::Bits {
                    bytes,
                    stated: Some(some),
                },
                constant => constant,
            },
        }
    }

    fn bits(&self) -> Option<u64> {
        match self {
            Self::All(_) => None,
            Self::Bits { bytes, .. } => Some(bytes.len() as u64 * 8),
        }
    }
}

/// What exists below one tile of a quadtree or an octree.
///
/// Bits of tiles and contents are [`CellCoord::bit`] of the tile seen from the subtree's root, bits of children the [`CellCoord::morton`] of their roots one level below its last.
#[derive(Clone, Debug, PartialEq)]
pub struct Subtree {
    pub tiles: Availability,
    /// One for each content of a tile; may be empty.
    pub contents: Vec<Availability>,
    pub children: Availability,
    /// Tighter bounds than the implicit ones, where the file tells them.
    pub bounds: Option<TileBounds>,
    /// What else it says of available tiles, and of the available contents of each number.
    pub said: Said,
}

/// Rows in the order of the bits of what is available.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    pub tiles: Rows,
    pub contents: Vec<Rows>,
}

impl Said {
    /// In memory.
    pub fn bytes(&self) -> u64 {
        self.contents.iter().chain([&self.tiles]).map(Rows::bytes).sum()
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Document {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    buffers: Vec<RawBuffer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    buffer_views: Vec<RawView>,
    tile_availability: RawAvailability,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_more")]
    content_availability: Vec<RawAvailability>,
    child_subtree_availability: RawAvailability,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    property_tables: Vec<RawTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tile_metadata: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    content_metadata: Vec<usize>,
    #[serde(skip_serializing)]
    extensions: Extensions,
}

/// As long as implicit tiling was an extension of 3D Tiles 1.0, a tile had one content there, and more by another extension.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Extensions {
    #[serde(rename = "3DTILES_multiple_contents")]
    contents: OldContents,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OldContents {
    #[serde(deserialize_with = "one_or_more")]
    content_availability: Vec<RawAvailability>,
}

fn one_or_more<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<RawAvailability>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        More(Vec<RawAvailability>),
        One(RawAvailability),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::More(list) => list,
        Either::One(one) => vec![one],
    })
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawBuffer {
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    byte_length: usize,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawView {
    buffer: usize,
    byte_offset: usize,
    byte_length: usize,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawAvailability {
    /// `bufferView` before 1.1 was final.
    #[serde(alias = "bufferView", skip_serializing_if = "Option::is_none")]
    bitstream: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constant: Option<u8>,
}

impl Subtree {
    /// Reads a subtree, binary or JSON, whose buffers are inside it.
    ///
    /// # Errors
    /// `subtree-limit`, `subtree-magic`, `subtree-truncated`, `subtree-json`, `subtree-buffer`, `subtree-availability`.
    pub fn parse(bytes: &[u8]) -> Result<Self, TilesFault> {
        Self::parse_with(bytes, &TileSchema::default(), &mut |_| None)
    }

    /// Reads a subtree with what its tileset's schema says of metadata, and a way to get external buffers by their URI.
    ///
    /// # Errors
    /// As [`Self::parse`], and `subtree-metadata`.
    pub fn parse_with(
        bytes: &[u8],
        schema: &TileSchema,
        resources: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    ) -> Result<Self, TilesFault> {
        if bytes.len() > MAX_SUBTREE_BYTES {
            return Err(TilesFault::new("subtree-limit", "", bytes.len()));
        }
        let bytes = packed::unpacked(bytes, MAX_SUBTREE_BYTES).map_err(|why| TilesFault::new("content-packed", "", why))?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let (json, bin) = split(bytes)?;
        let document: Document = serde_json::from_slice(json)
            .map_err(|error| TilesFault::new("subtree-json", "", error))?;
        let contents = match document.content_availability.is_empty() {
            true => &document.extensions.contents.content_availability,
            false => &document.content_availability,
        };
        let mut source = Source {
            buffers: document.buffers,
            views: document.buffer_views,
            bin,
            resources,
        };
        let mut subtree = Self {
            tiles: source.availability(&document.tile_availability, "tileAvailability")?,
            contents: contents
                .iter()
                .map(|raw| source.availability(raw, "contentAvailability"))
                .collect::<Result<_, _>>()?,
            children: source.availability(
                &document.child_subtree_availability,
                "childSubtreeAvailability",
            )?,
            bounds: None,
            said: Said::default(),
        };
        let listed = |number: &usize, name| document.property_tables.get(*number).ok_or_else(|| TilesFault::new("subtree-metadata", name, number));
        if let Some(number) = &document.tile_metadata {
            let table = listed(number, "tileMetadata")?;
            let views = source.views_of(table, schema, true)?;
            subtree.bounds = tables::bounds(table, schema, &views)?;
            subtree.said.tiles = tables::rows(table, schema, &views);
        }
        for number in &document.content_metadata {
            let table = listed(number, "contentMetadata")?;
            let views = source.views_of(table, schema, false)?;
            subtree.said.contents.push(tables::rows(table, schema, &views));
        }
        Ok(subtree)
    }

    /// The row of an available tile in tables of tiles, the tile given from the subtree's root.
    fn row(&self, inner: CellCoord) -> Option<usize> {
        // Rows are those of available tiles, in the order of their bits.
        usize::try_from(self.tiles.count(inner.bit())).ok().filter(|_| self.has_tile(inner))
    }

    /// What the metadata say of an available tile's error, metres in its own frame, and of how it is refined.
    pub fn fineness_of(&self, inner: impl Into<CellCoord>) -> (Option<f64>, Option<Refine>) {
        let told = self.row(inner.into()).zip(self.bounds.as_ref());
        told.map_or((None, None), |(row, bounds)| (bounds.geometric_error(row), bounds.refine(row)))
    }

    /// What else is said of an available tile.
    pub fn said_of(&self, inner: impl Into<CellCoord>) -> Vec<Column> {
        self.row(inner.into()).map_or_else(Vec::new, |row| self.said.tiles.row(row))
    }

    /// What is said of an available tile's content of a number.
    pub fn said_of_content(&self, inner: impl Into<CellCoord>, number: usize) -> Vec<Column> {
        let inner = inner.into();
        let found = self.said.contents.get(number).zip(self.contents.get(number)).filter(|_| self.has_content(inner, number));
        let row = found.and_then(|(rows, contents)| Some((rows, usize::try_from(contents.count(inner.bit())).ok()?)));
        row.map_or_else(Vec::new, |(rows, row)| rows.row(row))
    }

    /// The bounds of an available tile, given from the subtree's root: as its metadata tell, or else the implicit ones.
    pub fn bounds_of(&self, inner: impl Into<CellCoord>, implicit: BoundingVolume) -> BoundingVolume {
        let inner = inner.into();
        match &self.bounds {
            Some(bounds) => self.row(inner).map_or(implicit, |row| bounds.applied(row, implicit)),
            None => implicit,
        }
    }

    /// Whether the metadata tell a volume of its own for an available tile, which need not lie in the implicit one.
    pub fn states_volume(&self, inner: impl Into<CellCoord>) -> bool {
        let inner = inner.into();
        self.bounds.as_ref().zip(self.row(inner)).is_some_and(|(bounds, row)| bounds.stated(row).is_some())
    }

    /// Is the tile there? It is given from the subtree's root.
    pub fn has_tile(&self, inner: impl Into<CellCoord>) -> bool {
        self.tiles.get(inner.into().bit())
    }

    /// Has the tile its content of that number (0 mostly)?
    pub fn has_content(&self, inner: impl Into<CellCoord>, number: usize) -> bool {
        self.contents
            .get(number)
            .is_some_and(|contents| contents.get(inner.into().bit()))
    }

    /// Is there a subtree with that root, given from this subtree's root (its level is the subtree's depth)?
    pub fn has_child(&self, inner: impl Into<CellCoord>) -> bool {
        self.children.get(inner.into().morton())
    }

    /// Turns bits that all agree into one answer, and states the counts, for a subtree of so many levels.
    pub fn simplify(&mut self, levels: u32) {
        let levels = levels.min(MAX_SUBTREE_LEVELS);
        let take = |part: &mut Availability, count| {
            let old = std::mem::replace(part, Availability::All(false));
            *part = old.simplified(count);
        };
        take(&mut self.tiles, tiles_above(levels));
        self.contents
            .iter_mut()
            .for_each(|part| take(part, tiles_above(levels)));
        take(&mut self.children, 1 << (2 * levels));
    }

    /// Checks the laws of a quadtree's subtree of so many levels; see [`Self::check_of`].
    pub fn check(&self, levels: u32) -> Vec<TilesFault> {
        self.check_of(Subdivision::Quadtree, levels)
    }

    /// Checks the laws of a subtree of so many levels: bits suffice, stated counts are right, every tile but the root has a parent, every content a tile, every child subtree a parent tile.
    /// Returns the first few breaches of each law.
    pub fn check_of(&self, scheme: Subdivision, levels: u32) -> Vec<TilesFault> {
        const EXAMPLES: usize = 8;
        let mut faults = Vec::new();
        if !(1..=scheme.max_subtree_levels()).contains(&levels) {
            return vec![TilesFault::new("implicit-levels", "subtreeLevels", levels)];
        }
        let tiles = scheme.tiles_above(levels);
        let children = 1_u64 << (scheme.axes() * levels);
        let parts = [(&self.tiles, tiles, "tileAvailability")]
            .into_iter()
            .chain(self.contents.iter().map(|part| (part, tiles, "contentAvailability")))
            .chain([(&self.children, children, "childSubtreeAvailability")]);
        for (part, count, name) in parts {
            if let Some(bits) = part.bits().filter(|bits| bits.div_ceil(8) != count.div_ceil(8)) {
                faults.push(TilesFault::new("subtree-bits", name, format!("{bits} ≠ {count}")));
            }
            if let Availability::Bits { stated: Some(stated), .. } = part
                && *stated != part.count(count)
            {
                let value = format!("{stated} ≠ {}", part.count(count));
                faults.push(TilesFault::new("subtree-count", name, value));
            }
        }
        if !self.tiles.get(0) && self.tiles.count(tiles) == 0 && self.children.count(children) == 0 {
            faults.push(TilesFault::new("subtree-empty", "tileAvailability", 0));
        }
        let (mut orphans, mut bare, mut loose) = (0, 0, 0);
        let parent = |inner: CellCoord| inner.ancestor(inner.level.saturating_sub(1));
        let mut say = |count: &mut usize, code: &'static str, inner: CellCoord| {
            *count += 1;
            if *count <= EXAMPLES {
                faults.push(TilesFault::new(code, inner.to_string(), ""));
            }
        };
        for inner in CellCoord::root(scheme).levels(levels) {
            let there = self.has_tile(inner);
            if there && inner.level > 0 && !self.has_tile(parent(inner)) {
                say(&mut orphans, "subtree-orphan", inner);
            }
            if !there && (0..self.contents.len()).any(|number| self.has_content(inner, number)) {
                say(&mut bare, "subtree-content-without-tile", inner);
            }
        }
        for morton in 0..children {
            let inner = CellCoord::from_morton(scheme, levels, morton);
            if self.has_child(inner) && !self.has_tile(parent(inner)) {
                say(&mut loose, "subtree-child-without-tile", inner);
            }
        }
        faults
    }
}

struct Source<'s> {
    buffers: Vec<RawBuffer>,
    views: Vec<RawView>,
    bin: &'s [u8],
    resources: &'s mut dyn FnMut(&str) -> Option<Vec<u8>>,
}

impl Source<'_> {
    fn availability(
        &mut self,
        raw: &RawAvailability,
        name: &str,
    ) -> Result<Availability, TilesFault> {
        let Some(number) = raw.bitstream else {
            return match raw.constant {
                Some(0) => Ok(Availability::All(false)),
                Some(1) => Ok(Availability::All(true)),
                Some(other) => Err(TilesFault::new("subtree-availability", name, other)),
                None => Err(TilesFault::new("subtree-availability", name, "")),
            };
        };
        Ok(Availability::Bits {
            bytes: self.view(number, name)?,
            stated: raw.available_count,
        })
    }

    /// The buffer views that a table names. Of those that tell what tiles are like none may be missing; others are left out.
    fn views_of(&mut self, table: &RawTable, schema: &TileSchema, tells: bool) -> Result<BTreeMap<usize, Vec<u8>>, TilesFault> {
        let mut views = BTreeMap::new();
        let mut room = MAX_SUBTREE_BYTES;
        for (name, property) in &table.properties {
            let wanted = tells && schema.semantic(&table.class, name).is_some();
            for number in tables::views(property) {
                if views.contains_key(&number) {
                    continue;
                }
                match self.view(number, "propertyTables") {
                    Ok(bytes) if bytes.len() <= room => {
                        room -= bytes.len();
                        views.insert(number, bytes);
                    }
                    Err(fault) if wanted => return Err(fault),
                    Ok(_) | Err(_) => {}
                }
            }
        }
        Ok(views)
    }

    /// The bytes of a buffer view.
    fn view(&mut self, number: usize, name: &str) -> Result<Vec<u8>, TilesFault> {
        let fault = |value: &dyn std::fmt::Display| TilesFault::new("subtree-buffer", name, value);
        let view = self
            .views
            .get(number)
            .ok_or_else(|| fault(&format!("bufferViews[{number}]")))?;
        let buffer = self
            .buffers
            .get(view.buffer)
            .ok_or_else(|| fault(&format!("buffers[{}]", view.buffer)))?;
        let end = view
            .byte_offset
            .checked_add(view.byte_length)
            // A view has one byte at least: of none, nobody could say what it is a view of.
            .filter(|end| *end <= buffer.byte_length && (1..=MAX_SUBTREE_BYTES).contains(&view.byte_length))
            .ok_or_else(|| fault(&format!("{} + {}", view.byte_offset, view.byte_length)))?;
        let bytes = match &buffer.uri {
            None => self.bin.get(view.byte_offset..end).map(<[u8]>::to_vec),
            Some(uri) => {
                let whole = crate::formats::gltf::container::data_uri(uri)
                    .or_else(|| (self.resources)(uri))
                    .ok_or_else(|| fault(uri))?;
                whole.get(view.byte_offset..end).map(<[u8]>::to_vec)
            }
        };
        bytes.ok_or_else(|| fault(&end))
    }
}

fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), TilesFault> {
    if !bytes.starts_with(MAGIC) {
        if bytes.trim_ascii_start().starts_with(b"{") {
            return Ok((bytes, &[]));
        }
        let start: Vec<u8> = bytes.iter().take(4).copied().collect();
        let value = String::from_utf8_lossy(&start).escape_default().to_string();
        return Err(TilesFault::new("subtree-magic", "", value));
    }
    let truncated = || TilesFault::new("subtree-truncated", "", bytes.len());
    let length = |at: usize| -> Option<usize> {
        let eight = bytes.get(at..at + 8)?;
        usize::try_from(u64::from_le_bytes(eight.try_into().ok()?)).ok()
    };
    let (Some(json), Some(bin)) = (length(8), length(16)) else {
        return Err(truncated());
    };
    let json_end = 24_usize.checked_add(json).ok_or_else(truncated)?;
    let bin_end = json_end.checked_add(bin).ok_or_else(truncated)?;
    match (bytes.get(24..json_end), bytes.get(json_end..bin_end)) {
        (Some(json), Some(bin)) => Ok((json, bin)),
        _ => Err(truncated()),
    }
}

/// Writes a subtree in its binary form, with one internal buffer. Of the bounds, those of [`metadata::tile_schema`] are written.
pub fn write_subtree(subtree: &Subtree) -> Vec<u8> {
    let mut bin: Vec<u8> = Vec::new();
    let mut views = Vec::new();
    let mut raw = |part: &Availability| match part {
        Availability::All(answer) => RawAvailability {
            constant: Some(u8::from(*answer)),
            ..RawAvailability::default()
        },
        Availability::Bits { bytes, stated } => {
            bin.resize(bin.len().next_multiple_of(8), 0);
            views.push(RawView {
                buffer: 0,
                byte_offset: bin.len(),
                byte_length: bytes.len(),
            });
            bin.extend_from_slice(bytes);
            RawAvailability {
                bitstream: Some(views.len() - 1),
                available_count: *stated,
                constant: None,
            }
        }
    };
    let tile_availability = raw(&subtree.tiles);
    let content_availability = subtree.contents.iter().map(&mut raw).collect();
    let child_subtree_availability = raw(&subtree.children);
    let mut table = RawTable {
        class: metadata::TILE_CLASS.to_owned(),
        ..RawTable::default()
    };
    for (semantic, name) in metadata::TILE_PROPERTIES {
        let Some(values) = subtree
            .bounds
            .as_ref()
            .and_then(|b| b.columns.get(&semantic))
        else {
            continue;
        };
        bin.resize(bin.len().next_multiple_of(8), 0);
        let property = serde_json::json!({ "values": views.len() });
        let start = bin.len();
        if semantic.is_double() {
            bin.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        } else {
            bin.extend(values.iter().flat_map(|value| (*value as f32).to_le_bytes()));
        }
        views.push(RawView {
            buffer: 0,
            byte_offset: start,
            byte_length: bin.len() - start,
        });
        table.count = values.len() / semantic.numbers();
        table.properties.insert(name.to_owned(), property);
    }
    let with_bounds = !table.properties.is_empty();
    bin.resize(bin.len().next_multiple_of(8), 0);
    let document = Document {
        buffers: if bin.is_empty() {
            Vec::new()
        } else {
            vec![RawBuffer {
                uri: None,
                byte_length: bin.len(),
            }]
        },
        buffer_views: views,
        tile_availability,
        content_availability,
        child_subtree_availability,
        tile_metadata: with_bounds.then_some(0),
        content_metadata: Vec::new(),
        property_tables: if with_bounds {
            vec![table]
        } else {
            Vec::new()
        },
        extensions: Extensions::default(),
    };
    // Text keys and whole numbers only: this does not fail.
    let mut json = serde_json::to_vec(&document).unwrap_or_default();
    json.resize(json.len().next_multiple_of(8), b' ');
    let mut out = Vec::with_capacity(24 + json.len() + bin.len());
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&1_u32.to_le_bytes());
    out.extend_from_slice(&(json.len() as u64).to_le_bytes());
    out.extend_from_slice(&(bin.len() as u64).to_le_bytes());
    out.extend_from_slice(&json);
    out.extend_from_slice(&bin);
    out
}
