//! `plan.json`, and the file of each shard that is done.

use crate::base::{DatasetId, Finding, Report, Severity};
use crate::formats::territory::Layer;
use crate::pipeline::imagery::file::PyramidFile;
use crate::pipeline::series::SeriesFile;
use crate::pipeline::sources::declaration::Declaration;
use crate::pipeline::tile::grid::TileKey;
use crate::base::Bounds2;
use crate::pipeline::tile::mesh::Extent;
use crate::pipeline::tile::package::Written;
use crate::pipeline::tile::surround::Outing;
use crate::pipeline::{ImportFault, LayerCount, messages};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

/// Changes when the same inputs would give other tiles, or other files between the steps.
pub const VERSION: u32 = 9;
pub const PLAN: &str = "plan.json";
/// The territory under construction, in the folder of the plan.
pub const PACKAGE: &str = "package";
/// In the territory: what each shard wrote, for the next run.
pub const DONE: &str = ".shards";
pub const GROUND: &str = "ground.bin";
pub const URBAN: &str = "urban.bin";
/// The tiles of ground, and with them how fine the leaves are.
pub const TILES: &str = "tiles.bin";
/// Addresses and places, on their way to the search index.
pub const REGISTER: &str = "register.bin";
pub const GEOID: &str = "geoid.bin";
/// Layers that came ready-made, as they go into the territory; in the folder of the plan.
pub const MODELS: &str = "models";
/// Series as they go into the territory; in the folder of the plan.
pub const SERIES: &str = "series";
/// Series on their way.
pub const SERIES_WORK: &str = "series-work";
/// Pictures out of archives, which go away with the plan; in its folder.
pub const PICTURES: &str = "pictures";

/// Findings of one kind that are kept with their place.
const EXAMPLES: usize = 20;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanFile {
    pub version: u32,
    /// Of everything that all shards depend on.
    pub id: String,
    /// Of the sources' names, sizes and dates, and of the options: an unchanged one needs no new plan.
    pub inputs: String,
    pub declaration: Declaration,
    pub crs: String,
    /// West, south, east, north in the territory's system; in degrees where there are only models.
    pub extract: [f64; 4],
    /// Level of the finest tiles.
    pub finest: u32,
    pub shards: Vec<Shard>,
    /// Source columns that keep their names, by layer; true for numbers.
    pub kept: Vec<(String, String, bool)>,
    pub outings: Vec<OutingFile>,
    pub layers: Vec<CountFile>,
    pub findings: Vec<FindingFile>,
    pub buildings: u64,
    /// Neither buildings nor lines nor terrain: networks or areas alone.
    pub bare: bool,
    #[serde(default)]
    pub models: ModelsFile,
    /// Pyramids of pictures; each of their parts is a shard of its own, behind those of the objects.
    #[serde(default)]
    pub imagery: Vec<PyramidFile>,
    #[serde(default)]
    pub series: SeriesFile,
}

impl PlanFile {
    /// Ready-made models or pictures are all there is: no shard, and coordinates in degrees.
    pub fn models_alone(&self) -> bool {
        self.shards.is_empty()
    }

    /// All that is to be worked on.
    pub fn pieces(&self) -> usize {
        self.shards.len() + self.imagery.iter().map(|pyramid| pyramid.parts.len()).sum::<usize>()
    }

    /// The pyramid and the part of it that a number behind the shards stands for.
    pub fn imagery_part(&self, number: usize) -> Option<(&PyramidFile, usize)> {
        let mut left = number.checked_sub(self.shards.len())?;
        for pyramid in &self.imagery {
            match left.checked_sub(pyramid.parts.len()) {
                Some(beyond) => left = beyond,
                None => return Some((pyramid, left)),
            }
        }
        None
    }
}

/// Ready-made models, written by the plan.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ModelsFile {
    pub layers: Vec<Layer>,
    /// West, south, east, north in degrees, lowest and highest ellipsoidal height.
    pub bounds: Option<[f64; 6]>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Level, x, y of its uppermost tile.
    pub tile: [u32; 3],
    pub buildings: u64,
}

impl Shard {
    pub fn key(&self) -> TileKey {
        let [level, x, y] = self.tile;
        TileKey { level, x, y }
    }
}

/// What a shard wrote.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DoneFile {
    /// Fingerprint of all it read.
    pub key: String,
    pub tile: Option<[u32; 3]>,
    /// Buildings as their neighbours settled them.
    pub count: CountFile,
    pub layers: Vec<DoneLayer>,
    pub findings: Vec<FindingFile>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DoneLayer {
    pub id: String,
    pub features: u64,
    pub datasets: Vec<DatasetId>,
    pub tiles: Vec<TileFile>,
}

/// Level, x, y, bytes, lowest and highest metre, least and greatest place in the plane.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TileFile(u32, u32, u32, u64, f64, f64, [f64; 4]);

impl TileFile {
    pub fn of(written: &Written) -> Self {
        let Written { key, bytes, extent: Extent { plan, min_m, max_m } } = written;
        let plan = [plan.min[0], plan.min[1], plan.max[0], plan.max[1]];
        Self(key.level, key.x, key.y, *bytes, *min_m, *max_m, plan)
    }

    pub fn written(&self) -> Written {
        let [west, south, east, north] = self.6;
        Written {
            key: TileKey { level: self.0, x: self.1, y: self.2 },
            bytes: self.3,
            extent: Extent { plan: Bounds2 { min: [west, south], max: [east, north] }, min_m: self.4, max_m: self.5 },
        }
    }

    pub fn path(&self, layer: &str) -> String {
        format!("{layer}/content/{}/{}/{}.glb", self.0, self.1, self.2)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OutingFile {
    line: Vec<[f64; 2]>,
    width_m: f64,
    major: bool,
}

impl OutingFile {
    pub fn of(outing: &Outing) -> Self {
        Self { line: outing.line.clone(), width_m: outing.width_m, major: outing.major }
    }

    pub fn outing(&self) -> Outing {
        Outing { line: self.line.clone(), width_m: self.width_m, major: self.major }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CountFile {
    id: String,
    read: usize,
    kept: usize,
    repaired: usize,
    rejected: usize,
}

impl CountFile {
    pub fn of(count: &LayerCount) -> Self {
        let LayerCount { id, read, kept, repaired, rejected } = count.clone();
        Self { id, read, kept, repaired, rejected }
    }

    pub fn count(&self) -> LayerCount {
        LayerCount { id: self.id.clone(), read: self.read, kept: self.kept, repaired: self.repaired, rejected: self.rejected }
    }
}

/// Findings of one code: how many, and the first of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindingFile {
    code: String,
    severity: String,
    count: usize,
    /// File, object, value.
    examples: Vec<[String; 3]>,
}

pub fn findings_of(report: &Report) -> Vec<FindingFile> {
    report
        .summary()
        .map(|(code, severity, count, _)| FindingFile {
            code: code.to_owned(),
            severity: severity.name().to_owned(),
            count,
            examples: report
                .findings()
                .iter()
                .filter(|finding| finding.code == code && finding.severity == severity)
                .take(EXAMPLES)
                .map(|finding| [finding.file.clone(), finding.object.clone(), finding.value.clone()])
                .collect(),
        })
        .collect()
}

/// Findings back into a report; a code that this version does not know is left out.
pub fn report_of(findings: &[FindingFile], report: &mut Report) {
    for kind in findings {
        let severity = [Severity::Info, Severity::Warning, Severity::Error]
            .into_iter()
            .find(|severity| severity.name() == kind.severity);
        let (Some(code), Some(severity)) = (messages::known(&kind.code), severity) else {
            continue;
        };
        for [file, object, value] in &kind.examples {
            report.push(Finding::new(code, severity, file.as_str()).object(object.as_str()).value(value));
        }
        report.count_more(code, severity, kind.count.saturating_sub(kind.examples.len()));
    }
}

/// Where a shard's file is, in a territory.
pub fn done_path(package: &Path, tile: Option<[u32; 3]>) -> PathBuf {
    let name = match tile {
        Some([level, x, y]) => format!("{level}-{x}-{y}.json"),
        None => "above.json".to_owned(),
    };
    package.join(DONE).join(name)
}

/// # Errors
/// `plan-unreadable`.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T, ImportFault> {
    let fault = |value: String| ImportFault::new("plan-unreadable", path.display(), value);
    let bytes = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| fault(error.to_string()))
}

/// Writes beside and renames: a file is whole or not there, even when two write it at once.
///
/// # Errors
/// `write-failed`.
pub fn write(path: &Path, value: &impl Serialize) -> Result<(), ImportFault> {
    let bytes = serde_json::to_vec(value).map_err(|error| ImportFault::new("write-failed", path.display(), error))?;
    write_whole(path, &bytes)
}

/// # Errors
/// `write-failed`.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ImportFault> {
    // Workers on several machines may have the same process id, not the same moment too.
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let fault = |error: std::io::Error| ImportFault::new("write-failed", path.display(), error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}-{moment}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path)).map_err(fault)
}
