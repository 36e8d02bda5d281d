//! Square picture tiles in Web Mercator (EPSG:3857) by level, column and row, and the TileJSON beside them.
//!
//! Sources: OGC 17-083r4 (WebMercatorQuad); TileJSON 3.0.0. Rows count from the north; TMS counts them from the south.

use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Radius of the sphere that the projection is drawn on, metres.
const RADIUS_M: f64 = 6_378_137.0;
/// Half the side of the square world, metres.
pub const HALF_WORLD_M: f64 = PI * RADIUS_M;
/// Where the square world ends, degrees.
pub const MAX_LATITUDE_DEG: f64 = 85.051_128_779_806_59;
/// Levels beyond are finer than any camera: 2 cm a pixel at level 23.
pub const MAX_LEVEL: u32 = 24;
/// Pixels of a tile's side.
pub const TILE_SIDE: usize = 256;
/// A TileJSON file is small.
pub const MAX_TILEJSON_BYTES: u64 = 1 << 20;

/// A tile's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WebTile {
    pub z: u32,
    pub x: u32,
    /// From the north.
    pub y: u32,
}

impl WebTile {
    /// The tile at a point of the projection, metres; the nearest one for points outside the world.
    pub fn at(z: u32, [east, north]: [f64; 2]) -> Self {
        let count = (1_u64 << z.min(MAX_LEVEL)) as f64;
        let index = |share: f64| (share * count).floor().clamp(0.0, count - 1.0) as u32;
        Self {
            z,
            x: index((east + HALF_WORLD_M) / (2.0 * HALF_WORLD_M)),
            y: index((HALF_WORLD_M - north) / (2.0 * HALF_WORLD_M)),
        }
    }

    pub fn side_m(z: u32) -> f64 {
        2.0 * HALF_WORLD_M / (1_u64 << z.min(MAX_LEVEL)) as f64
    }

    /// Its north-west corner in the projection, metres.
    pub fn corner(&self) -> [f64; 2] {
        let side = Self::side_m(self.z);
        [f64::from(self.x) * side - HALF_WORLD_M, HALF_WORLD_M - f64::from(self.y) * side]
    }

    pub fn exists(&self) -> bool {
        self.z <= MAX_LEVEL && u64::from(self.x) < 1 << self.z && u64::from(self.y) < 1 << self.z
    }

    pub fn parent(&self) -> Option<Self> {
        Some(Self { z: self.z.checked_sub(1)?, x: self.x / 2, y: self.y / 2 })
    }

    /// North-west, north-east, south-west, south-east.
    pub fn children(&self) -> [Self; 4] {
        let (z, x, y) = (self.z + 1, self.x.saturating_mul(2), self.y.saturating_mul(2));
        [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].map(|(x, y)| Self { z, x, y })
    }

    /// The tile of a coarser level that it lies in.
    pub fn above(&self, z: u32) -> Option<Self> {
        let levels = self.z.checked_sub(z)?;
        Some(Self { z, x: self.x >> levels, y: self.y >> levels })
    }

    /// The address with its row counted from the other end.
    pub fn flipped(&self) -> Option<Self> {
        let last = (1_u64 << self.z.min(MAX_LEVEL)) - 1;
        let y = last.checked_sub(u64::from(self.y))?;
        Some(Self { y: u32::try_from(y).ok()?, ..*self })
    }

    /// A digit for each level, the coarsest first, as Bing counts tiles.
    fn quadkey(&self) -> String {
        let digit = |level: u32| 2 * (self.y >> level & 1) + (self.x >> level & 1);
        (0..self.z.min(MAX_LEVEL)).rev().map(|level| char::from(b'0' + digit(level) as u8)).collect()
    }

    /// A template's path for this tile: `{z}`, `{x}`, `{y}`, with `{-y}` for rows from the south, and the names that WMTS has for them.
    pub fn path(&self, template: &str) -> String {
        let [z, x, y] = [self.z, self.x, self.y].map(|number| number.to_string());
        let other = self.flipped().map_or_else(String::new, |tile| tile.y.to_string());
        let names = [("{z}", &z), ("{x}", &x), ("{y}", &y), ("{-y}", &other), ("{TileMatrix}", &z), ("{TileCol}", &x), ("{TileRow}", &y)];
        let mut path = names.into_iter().fold(template.to_owned(), |path, (name, number)| path.replace(name, number));
        if path.contains(QUADKEY) {
            path = path.replace(QUADKEY, &self.quadkey());
        }
        // Servers of maps (WMS) want the rectangle, metres.
        if path.contains(BBOX) {
            let ([west, north], side) = (self.corner(), Self::side_m(self.z));
            path = path.replace(BBOX, &format!("{west},{},{},{north}", north - side, west + side));
        }
        path
    }
}

/// Where a template wants a tile's rectangle: west, south, east, north.
const BBOX: &str = "{bbox-epsg-3857}";

/// Where a template wants a digit for each level: 0 and 1 in the north, 0 and 2 in the west.
const QUADKEY: &str = "{quadkey}";

/// Degrees to metres of the projection.
pub fn from_lonlat(lon_deg: f64, lat_deg: f64) -> [f64; 2] {
    let lat = lat_deg.clamp(-MAX_LATITUDE_DEG, MAX_LATITUDE_DEG).to_radians();
    [RADIUS_M * lon_deg.to_radians(), RADIUS_M * (PI / 4.0 + lat / 2.0).tan().ln()]
}

/// Metres of the projection to longitude and latitude in degrees.
pub fn to_lonlat([east, north]: [f64; 2]) -> [f64; 2] {
    [(east / RADIUS_M).to_degrees(), (2.0 * (north / RADIUS_M).exp().atan() - PI / 2.0).to_degrees()]
}

/// TileJSON, as far as pictures need it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TileJson {
    pub tilejson: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
    #[serde(default)]
    pub tiles: Vec<String>,
    /// `tms` counts rows from the south; absent and `xyz` from the north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minzoom: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maxzoom: Option<u32>,
    /// West, south, east, north in degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub center: Option<[f64; 3]>,
}

impl TileJson {
    /// # Errors
    /// The parser's sentence with line and column.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    /// Indented, with a final line break.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Texts and finite numbers always have a JSON form.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    pub fn is_tms(&self) -> bool {
        self.scheme.as_deref().is_some_and(|scheme| scheme.eq_ignore_ascii_case("tms"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_where_mercantile_says() {
        // mercantile 1.2.1: tile(-1.5536, 47.2173, 19).
        let at = from_lonlat(-1.5536, 47.2173);
        let tile = WebTile::at(19, at);
        assert_eq!((tile.z, tile.x, tile.y), (19, 259_881, 183_940));
        let [lon, lat] = to_lonlat(at);
        assert!((lon + 1.5536).abs() < 1e-12 && (lat - 47.2173).abs() < 1e-12);
        assert_eq!(tile.flipped().unwrap().flipped(), Some(tile));
        // The example of Bing's own description of its tile system.
        assert_eq!(WebTile { z: 3, x: 3, y: 5 }.path("h{quadkey}.png?z={z}"), "h213.png?z=3");
        assert_eq!(tile.parent().unwrap().children()[(tile.x % 2 + 2 * (tile.y % 2)) as usize], tile);
    }
}
