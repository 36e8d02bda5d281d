//! What a plan says about imagery, and what a drawn part of a pyramid says about itself.

use crate::base::{Bounds2, DatasetId};
use crate::formats::raster::Placement;
use crate::formats::still::Encoding;
use crate::formats::territory::Name;
use crate::formats::webtiles::WebTile;
use crate::pipeline::shards::file::{DONE, FindingFile};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// One pyramid of a territory.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PyramidFile {
    pub id: String,
    pub name: Name,
    pub dataset: DatasetId,
    pub date: Option<String>,
    pub min_zoom: u32,
    pub max_zoom: u32,
    /// Pixels of a tile's side.
    pub side: usize,
    /// Ending of the tiles' names.
    pub extension: String,
    /// West, south, east, north in metres of the projection.
    pub bounds_m: [f64; 4],
    /// Uppermost tiles of the parts: level, column, row.
    pub parts: Vec<[u32; 3]>,
    pub from: From,
}

/// What a pyramid is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    Pictures(Vec<PictureFile>),
    Tiles(TilesFile),
}

/// A picture with its place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PictureFile {
    pub label: String,
    pub path: PathBuf,
    pub still: bool,
    /// Code, WKT or PROJ text.
    pub crs: String,
    /// Centre of the first pixel, step per column, step per row.
    pub place: [f64; 6],
    pub size: [usize; 2],
    /// The value that is white, where the file has more than eight bits.
    pub white: Option<u16>,
    /// West, south, east, north in metres of the projection.
    pub bounds_m: [f64; 4],
    /// Fingerprint of its bytes.
    pub print: String,
}

/// A folder of ready-made tiles.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TilesFile {
    pub label: String,
    pub path: PathBuf,
    /// Rows are counted from the south.
    pub tms: bool,
    /// The coarsest level that it has.
    pub coarsest: u32,
}

impl PyramidFile {
    pub fn folder(&self) -> String {
        format!("imagery/{}", self.id)
    }

    /// Path of the tiles in the territory, with slots.
    pub fn template(&self) -> String {
        format!("{}/{{z}}/{{x}}/{{y}}.{}", self.folder(), self.extension)
    }

    /// The same for the tiles that are partly transparent, beside those of photographs, which cannot be.
    pub fn clear_template(&self) -> String {
        format!("{}/{{z}}/{{x}}/{{y}}.png", self.folder())
    }

    pub fn encoding(&self) -> Encoding {
        Encoding::from_extension(&self.extension).unwrap_or(Encoding::Jpeg)
    }

    pub fn bounds(&self) -> Bounds2 {
        bounds(self.bounds_m)
    }

    pub fn part(&self, number: usize) -> Option<WebTile> {
        self.parts.get(number).map(|[z, x, y]| WebTile { z: *z, x: *x, y: *y })
    }
}

fn bounds([west, south, east, north]: [f64; 4]) -> Bounds2 {
    Bounds2 { min: [west, south], max: [east, north] }
}

impl PictureFile {
    pub fn bounds(&self) -> Bounds2 {
        bounds(self.bounds_m)
    }

    pub fn placement(&self) -> Placement {
        let [x, y, a, b, c, d] = self.place;
        Placement { origin: [x, y], per_column: [a, b], per_row: [c, d], columns: self.size[0], rows: self.size[1] }
    }
}

/// What a part of a pyramid wrote.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartFile {
    /// Fingerprint of all it was drawn from.
    pub key: String,
    pub pyramid: String,
    pub tile: [u32; 3],
    pub tiles: Vec<DrawnTile>,
    pub findings: Vec<FindingFile>,
}

/// Level, column, row, bytes, and bytes of the transparent one beside it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DrawnTile(pub u32, pub u32, pub u32, pub u64, pub u64);

impl DrawnTile {
    pub fn tile(&self) -> WebTile {
        WebTile { z: self.0, x: self.1, y: self.2 }
    }

    /// Paths in the territory, with how many bytes they have.
    pub fn paths(&self, folder: &str, extension: &str) -> impl Iterator<Item = (String, u64)> {
        let name = |extension: &str| format!("{folder}/{}/{}/{}.{extension}", self.0, self.1, self.2);
        let clear = (self.4 > 0).then(|| (name("png"), self.4));
        [(name(extension), self.3)].into_iter().chain(clear)
    }
}

impl PartFile {
    /// Paths of all it wrote, with their bytes.
    pub fn paths(&self, extension: &str) -> Vec<(String, u64)> {
        let folder = format!("imagery/{}", self.pyramid);
        self.tiles.iter().flat_map(|tile| tile.paths(&folder, extension)).collect()
    }
}

/// Where a part's file is, in a territory.
pub fn part_path(package: &Path, pyramid: &str, [z, x, y]: [u32; 3]) -> PathBuf {
    package.join(DONE).join(format!("imagery-{pyramid}-{z}-{x}-{y}.json"))
}
