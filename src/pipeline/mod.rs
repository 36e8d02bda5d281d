//! Sources to territory package: read, check, transform, tile, write.
//!
//! | module | does |
//! |---|---|
//! | [`sources`] | opens what a person names, tells what is what, hands out records in our own terms |
//! | [`clean`] | records to [`Region`], with every repair and rejection reported |
//! | [`generate`] | what the sources lack, made and marked as made |
//! | [`laying`] | networks laid along the streets where the sources have none |
//! | [`imagery`] | pictures from above to pyramids of tiles |
//! | [`series`] | tables of values in time to Zarr groups |
//! | [`table`] | features as rows of one GeoParquet file |
//! | [`tile`] | region to tiles, load profiles and manifest |
//! | [`demo`] | a fictional territory of any size, as source files |
//! | [`check`] | coded findings on a package, tileset, glb or subtree |
//! | [`info`] | what a package holds |
//! | [`solar`] | weather files and roofs joined to the models of [`crate::energy`] |
//! | [`import`] | all of it, into a folder that appears whole or not at all |
//! | [`search`] | names and addresses to the search index |
//! | [`shards`] | the same in parts, on one machine or many |
//! | [`outfolder`] | where an import grows, and what killed ones left there |
//! | [`messages`] | the sentences of this room's findings |
//! | [`models`] | tilesets and glTF files that came ready-made |
//! | [`network`] | files of electrical networks to the model of [`crate::energy::grid`], and flows to JSON |

pub mod check;
pub mod clean;
pub mod demo;
pub mod generate;
pub mod imagery;
pub mod import;
pub mod info;
pub mod laying;
pub mod messages;
pub mod siting;
pub mod solar;
pub mod models;
pub mod network;
pub mod outfolder;
pub mod search;
pub mod series;
pub mod shards;
pub mod sources;
pub mod table;
pub mod tile;

use crate::base::{Dataset, Report};
use crate::geodesy::Geoid;
use crate::region::Region;
use crate::region::height_blend::HeightCover;
use sources::declaration::Declaration;
use std::path::PathBuf;

/// Sources as one clean region, with what was found on the way.
#[derive(Clone, Debug)]
pub struct Imported {
    pub region: Region,
    /// The folder's `sources.json`, or what was guessed in its place; data sets complete.
    pub declaration: Declaration,
    /// The system all coordinates of the region are in: `EPSG:2154`.
    pub crs: String,
    pub layers: Vec<LayerCount>,
    /// Which source each cell of the terrain comes from; nothing without terrain sources.
    pub terrain_cover: Option<HeightCover>,
    pub report: Report,
}

impl Imported {
    pub fn datasets(&self) -> &[Dataset] {
        &self.declaration.datasets
    }
}

/// How a layer fared. `read = kept + rejected`; `repaired` are among the kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerCount {
    /// `buildings`, `roads`, `tram`, `rail`, `water`, `terrain` (files), `areas`, `trees`.
    pub id: String,
    pub read: usize,
    pub kept: usize,
    pub repaired: usize,
    pub rejected: usize,
}

#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Target system, `EPSG:2154`; otherwise the declaration's, the first projected source's, or Lambert-93.
    pub crs: Option<String>,
    /// Name of the territory in both languages, instead of the declared one.
    pub name: Option<String>,
    /// Bytes of a geoid grid such as RAF20; without one, ellipsoidal heights are approximate.
    pub geoid: Option<Vec<u8>>,
    /// Mapping file for schemas the vocabulary does not know; see [`sources::mapping`].
    pub map: Option<PathBuf>,
}

/// Told how far the work has come; may stop it.
pub trait Progress: Sync {
    /// `what` is an i18n key (`import-read`, `import-buildings` …); `total` 0 means unknown.
    fn step(&self, what: &str, done: u64, total: u64);

    /// True when the person wants to stop; asked often.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Says nothing and never stops.
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _what: &str, _done: u64, _total: u64) {}
}

/// Why nothing could be imported. The code has a message in [`messages`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {object} {value}")]
pub struct ImportFault {
    pub code: &'static str,
    /// The file or folder.
    pub object: String,
    /// What was found, or what the system said.
    pub value: String,
}

impl ImportFault {
    pub fn new(
        code: &'static str,
        object: impl std::fmt::Display,
        value: impl std::fmt::Display,
    ) -> Self {
        Self {
            code,
            object: object.to_string(),
            value: value.to_string(),
        }
    }
}

/// Reads files or folders into one clean region.
///
/// Bad records never stop it: they are repaired or rejected, and reported.
///
/// # Errors
/// An [`ImportFault`] when nothing usable was named, the target system is unknown, or the work was cancelled.
pub fn read_sources(
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<Imported, ImportFault> {
    let mut report = Report::default();
    let geoid = match &options.geoid {
        Some(bytes) => Geoid::from_raf20_tiff(bytes)
            .map_err(|fault| ImportFault::new("geoid-unreadable", "", fault))?,
        None => Geoid::approximate_france(),
    };
    let gathered = sources::gather(paths, options, &mut report, progress)?;
    clean::clean(gathered, &geoid, report, progress)
}
