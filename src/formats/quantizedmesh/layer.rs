//! `layer.json`: which tiles of ground there are, and where.

use crate::formats::Fault;
use serde::Deserialize;

/// Largest `layer.json` read, bytes.
pub const MAX_LAYER_BYTES: usize = 64 << 20;
/// Deepest level; at 30 a tile is centimetres wide.
pub const MAX_LEVEL: u32 = 30;
/// Most ranges of all levels together.
const MAX_RANGES: usize = 2 << 20;

/// A rectangle of tiles of one level, edges included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Range {
    pub start_x: u32,
    pub start_y: u32,
    pub end_x: u32,
    pub end_y: u32,
}

impl Range {
    pub fn holds(&self, x: u32, y: u32) -> bool {
        (self.start_x..=self.end_x).contains(&x) && (self.start_y..=self.end_y).contains(&y)
    }
}

/// Which way rows are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// From the south.
    Tms,
    /// From the north (`slippyMap`, `xyz`).
    Xyz,
}

/// The description of a terrain.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Templates with `{z}`, `{x}`, `{y}`, `{version}`; relative to the file.
    pub tiles: Vec<String>,
    pub version: String,
    pub attribution: String,
    pub scheme: Scheme,
    /// True for EPSG:3857; EPSG:4326 with two tiles at level 0 otherwise.
    pub mercator: bool,
    /// Names of the extensions its tiles may have.
    pub extensions: Vec<String>,
    /// Ranges by level, rows from the south whatever the scheme; empty where nothing is said, which is not "none".
    pub available: Option<Vec<Vec<Range>>>,
    pub max_level: u32,
    /// Tiles at multiples of it say themselves what is below them.
    pub metadata_levels: Option<u32>,
    /// Another layer that fills what this one lacks.
    pub parent: Option<String>,
}

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Raw {
    format: String,
    version: String,
    attribution: Option<String>,
    scheme: String,
    projection: String,
    tiles: Vec<String>,
    extensions: Vec<String>,
    available: Option<Vec<Vec<Range>>>,
    maxzoom: Option<u32>,
    metadata_availability: Option<u32>,
    parent_url: Option<String>,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            format: String::new(),
            version: "1.0.0".to_owned(),
            attribution: None,
            scheme: "tms".to_owned(),
            projection: "EPSG:4326".to_owned(),
            tiles: Vec::new(),
            extensions: Vec::new(),
            available: None,
            maxzoom: None,
            metadata_availability: None,
            parent_url: None,
        }
    }
}

impl Layer {
    /// # Errors
    /// `terrain-layer-limit`, `terrain-layer-json`, `terrain-layer-format` (not quantized-mesh 1.x), `terrain-layer-scheme`, `terrain-layer-projection`,
    /// `terrain-layer-tiles` (no template).
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_LAYER_BYTES {
            return Err(Fault::new("terrain-layer-limit", "", bytes.len()));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let raw: Raw = serde_json::from_slice(bytes)
            .map_err(|error| Fault::new("terrain-layer-json", "", error))?;
        if !raw.format.starts_with("quantized-mesh-1.") {
            return Err(Fault::new("terrain-layer-format", "format", raw.format));
        }
        let scheme = match raw.scheme.as_str() {
            "tms" => Scheme::Tms,
            "slippyMap" | "xyz" => Scheme::Xyz,
            other => return Err(Fault::new("terrain-layer-scheme", "scheme", other)),
        };
        let mercator = match raw.projection.as_str() {
            "EPSG:4326" => false,
            "EPSG:3857" => true,
            other => return Err(Fault::new("terrain-layer-projection", "projection", other)),
        };
        if raw.tiles.is_empty() {
            return Err(Fault::new("terrain-layer-tiles", "tiles", ""));
        }
        if let Some(available) = &raw.available {
            check_ranges(available)?;
        }
        let deepest = raw
            .available
            .as_ref()
            .map(|levels| levels.len().saturating_sub(1) as u32);
        let stated = raw.maxzoom.or(deepest).unwrap_or(MAX_LEVEL);
        Ok(Self {
            tiles: raw.tiles,
            version: raw.version,
            attribution: raw.attribution.unwrap_or_default(),
            scheme,
            mercator,
            extensions: raw.extensions,
            available: raw.available,
            max_level: stated.min(MAX_LEVEL),
            metadata_levels: raw.metadata_availability.filter(|levels| *levels > 0),
            parent: raw.parent_url.filter(|url| !url.is_empty()),
        })
    }

    /// Tiles of a level, from west to east and from south to north.
    pub fn size(&self, level: u32) -> [u32; 2] {
        let rows = 1_u32 << level.min(MAX_LEVEL);
        if self.mercator {
            [rows, rows]
        } else {
            [rows * 2, rows]
        }
    }

    /// Whether a tile is there, its row counted from the south; `None` where only its ancestor's metadata can tell.
    pub fn has(&self, level: u32, x: u32, y: u32) -> Option<bool> {
        let [columns, rows] = self.size(level);
        if level > self.max_level || x >= columns || y >= rows {
            return Some(false);
        }
        let said = self
            .available
            .as_ref()
            .and_then(|levels| levels.get(level as usize));
        match (said, self.metadata_levels) {
            (Some(ranges), None) => Some(ranges.iter().any(|range| range.holds(x, y))),
            (Some(ranges), Some(_)) if ranges.iter().any(|range| range.holds(x, y)) => Some(true),
            (None, None) if self.available.is_some() => Some(false),
            _ if level == 0 => Some(true),
            _ => None,
        }
    }

    /// West, south, east and north of a tile in degrees, its row counted from the south.
    pub fn bounds_deg(&self, level: u32, x: u32, y: u32) -> [f64; 4] {
        let [columns, rows] = self.size(level).map(f64::from);
        let lon = |x: f64| -180.0 + 360.0 * x / columns;
        let lat = |y: f64| {
            if self.mercator {
                let at = (2.0 * y / rows - 1.0) * std::f64::consts::PI;
                at.sinh().atan().to_degrees()
            } else {
                -90.0 + 180.0 * y / rows
            }
        };
        let (x, y) = (f64::from(x), f64::from(y));
        [lon(x), lat(y), lon(x + 1.0), lat(y + 1.0)]
    }

    /// The address of a tile, its row counted from the south; tiles are spread over the templates as over servers.
    pub fn path(&self, level: u32, x: u32, y: u32) -> String {
        let [_, rows] = self.size(level);
        let flipped = rows.saturating_sub(1).saturating_sub(y);
        let (row, other) = match self.scheme {
            Scheme::Tms => (y, flipped),
            Scheme::Xyz => (flipped, y),
        };
        let number =
            (u64::from(x) + u64::from(y) + u64::from(level)) as usize % self.tiles.len().max(1);
        let template = self.tiles.get(number).map_or("", String::as_str);
        template
            .replace("{z}", &level.to_string())
            .replace("{x}", &x.to_string())
            .replace("{y}", &row.to_string())
            .replace("{reverseY}", &other.to_string())
            .replace("{version}", &self.version)
    }
}

/// The ranges of a tile's metadata.
pub(super) fn available(json: &[u8]) -> Result<Vec<Vec<Range>>, Fault> {
    #[derive(Deserialize)]
    struct Metadata {
        #[serde(default)]
        available: Vec<Vec<Range>>,
    }
    let metadata: Metadata = serde_json::from_slice(json)
        .map_err(|error| Fault::new("terrain-layer-json", "metadata", error))?;
    check_ranges(&metadata.available)?;
    Ok(metadata.available)
}

fn check_ranges(levels: &[Vec<Range>]) -> Result<(), Fault> {
    let count: usize = levels.iter().map(Vec::len).sum();
    if levels.len() > MAX_LEVEL as usize + 1 || count > MAX_RANGES {
        return Err(Fault::new(
            "terrain-layer-limit",
            "available",
            count.max(levels.len()),
        ));
    }
    Ok(())
}
