//! Orthophotographs, scanned plans and ready-made tiles, as pyramids of tiles in Web Mercator.
//!
//! A pyramid is drawn from pictures that belong together (one year, one folder, one size of pixel), or copied from a folder of tiles.
//! Its finest level is the one whose pixels are nearest to the pictures' own; coarser ones average four pixels each, up to where all is one tile.
//! It is drawn in parts of 32 × 32 tiles, each for itself and with a fingerprint of what it is drawn from: shards of their own (`shards`), after
//! those of the objects. Photographs become JPEG; a tile that is partly transparent is white there, and lies beside as PNG too. Plans become PNG.
//!
//! | module | does |
//! |---|---|
//! | [`source`] | opens pictures, with their place and system |
//! | [`tiles`] | folders of ready-made tiles |
//! | [`plan`] | pictures to pyramids and their parts |
//! | [`mosaic`] | one tile out of many pictures |
//! | [`draw`] | a part of a pyramid, and what lies above |
//! | [`encode`] | a tile as bytes |
//! | [`file`] | what is kept between the steps |

pub mod draw;
pub mod encode;
pub mod file;
pub mod mosaic;
pub mod plan;
pub mod source;
pub mod tiles;

use super::tile::package::write_file;
use super::{ImportFault, Progress};
use crate::base::{Dataset, DatasetId, Report};
use crate::formats::still::Encoding;
use crate::formats::territory::{Imagery, Name};
use crate::formats::webtiles::{self, TileJson};
use file::{DrawnTile, PartFile, PyramidFile};
use serde::{Deserialize, Serialize};
use source::{Kind, Source};
use std::path::Path;

/// A picture, or a folder of tiles, among the sources.
#[derive(Clone, Debug)]
pub struct Picture {
    /// As a person names the file.
    pub label: String,
    pub source: Source,
    pub dataset: DatasetId,
    /// What a declaration or a mapping file says.
    pub said: Said,
    /// The year in its name.
    pub year: Option<String>,
    /// Nobody declared it: the folder and the size of its pixels tell what belongs together.
    pub guessed: Option<String>,
    /// It came out of an archive and goes away with it.
    pub unpacked: bool,
}

/// What a person may say about imagery.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Pictures of one id are one pyramid; the data set's id without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// When the pictures were taken, ISO 8601; may be a year alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The system, where the files do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crs: Option<String>,
    /// Tiles count their rows from the south.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tms: Option<bool>,
}

impl Picture {
    /// Pictures of one group are one pyramid.
    pub fn group(&self) -> String {
        let own = self.said.id.clone().or_else(|| self.guessed.clone()).unwrap_or_else(|| self.dataset.to_string());
        // A folder of tiles is a pyramid of its own.
        if self.source.kind == Kind::Tiles { format!("{own}\n{}", self.label) } else { own }
    }
}

/// The year in a name: four digits between 1900 and 2099 that stand for themselves.
pub fn year_in(name: &str) -> Option<String> {
    name.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))).map(str::to_owned)
}

/// Completes a pyramid whose parts are done: the coarse tiles, the TileJSON, and its entry in the manifest.
///
/// # Errors
/// When a file cannot be written or the work is cancelled.
pub fn finish(
    pyramid: &PyramidFile,
    parts: &[PartFile],
    datasets: &[Dataset],
    package: &Path,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<Option<Imagery>, ImportFault> {
    let above = draw::above(pyramid, package, report, progress)?;
    let tiles = || parts.iter().flat_map(|part| &part.tiles).chain(&above);
    let count = tiles().count() as u64;
    if count == 0 {
        return Ok(None);
    }
    let [west_m, south_m, east_m, north_m] = pyramid.bounds_m;
    let ([west, south], [east, north]) = (webtiles::to_lonlat([west_m, south_m]), webtiles::to_lonlat([east_m, north_m]));
    let bounds = [west, south, east, north];
    let dataset = datasets.iter().find(|dataset| dataset.id == pyramid.dataset);
    let attribution = dataset.map(|dataset| dataset.attribution.clone()).unwrap_or_default();
    let beside = format!("{}/tiles.json", pyramid.folder());
    let json = TileJson {
        tilejson: "3.0.0".to_owned(),
        name: Some(pyramid.name.fr.clone()),
        attribution: Some(attribution).filter(|text| !text.is_empty()),
        tiles: vec![format!("{{z}}/{{x}}/{{y}}.{}", pyramid.extension)],
        scheme: Some("xyz".to_owned()),
        minzoom: Some(pyramid.min_zoom),
        maxzoom: Some(pyramid.max_zoom),
        bounds: Some(bounds),
        center: Some([(west + east) / 2.0, (south + north) / 2.0, f64::from(pyramid.min_zoom)]),
    };
    write_file(package, &beside, &json.to_bytes()).map_err(|fault| super::tile::imported::coded(&fault))?;
    let clear = pyramid.encoding() == Encoding::Jpeg && tiles().any(|tile| tile.4 > 0);
    Ok(Some(Imagery {
        id: pyramid.id.clone(),
        name: pyramid.name.clone(),
        tiles: pyramid.template(),
        clear_tiles: clear.then(|| pyramid.clear_template()),
        tilejson: beside,
        tile_size: pyramid.side as u32,
        min_zoom: pyramid.min_zoom,
        max_zoom: pyramid.max_zoom,
        bounds_lonlat: bounds,
        date: pyramid.date.clone(),
        dataset: pyramid.dataset.clone(),
        count,
        bytes: tiles().map(|DrawnTile(_, _, _, bytes, beside)| bytes + beside).sum(),
    }))
}
