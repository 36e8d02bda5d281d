//! The network of a territory through its year: loads that follow the territory's profiles, every step solved, kept beside the tiles.
//!
//! | array of the group `flow/ID` | is |
//! |---|---|
//! | `loading_percent` (feature, time) | of lines and transformers; negative where power runs against the branch; NaN is no data |
//! | `vm_pu` (place, time) | voltage as a share of the nominal one: at the far end of a line, on the low side of a transformer, at a bus that is drawn |
//! | `losses_kw` (sum, time) | in all lines and transformers of the network; NaN where a step has no solution |
//! | `duration_percent` (feature, share) | load-duration curve: loading that is exceeded in so many percent of the year |
//! | `worst_hour` (feature, rank) | steps of the highest loadings, the worst first |
//! | `room/feed_kw`, `room/draw_kw` (feature, time) | what the worst step leaves of the rating: one step |
//!
//! Rows are the features of the layer that the network is drawn in, by their ids.
//! Values go to disk as they are solved; in memory are one block of steps and the loadings of all.

use super::year_check::{self, Verified};
use super::{Opened, open};
use crate::base::{Dataset, Finding, Instant, LayerId, Nature, Severity};
use crate::energy::grid::record::{duration_curve, duration_points, worst_steps};
use crate::energy::grid::series::{Channel, Profiles, Quantity, Series as Solved, SeriesFault, SeriesOptions, Target, series_with};
use crate::energy::grid::{BranchKind, Rating};
use crate::formats::grid::{Document, read};
use crate::formats::territory::{Axis, GridFile, Manifest, Series};
use crate::formats::zarr::{self, About, Layout};
use crate::formats::zarr_group::{self, Coordinate, Labels};
use crate::pipeline::Progress;
use crate::siting::reach::Room;
use crate::siting::rooms;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Folder of computed years in a territory.
pub const FOLDER: &str = "flow";
/// Values kept in memory: loadings of all steps, and one block of both quantities.
const MAX_VALUES: usize = 120_000_000;
const CHUNK_ROWS: usize = 256;
const CHUNK_STEPS: usize = 1_024;
/// A file of a network; a metropolis has a hundred megabytes.
const MAX_BYTES: u64 = 1 << 30;
const DURATION_POINTS: usize = 101;
const WORST: usize = 24;
/// Row of the losses.
const LOSSES: &str = "losses";
/// What the contract of supply allows, as a share of the nominal voltage.
const VOLTAGE_BAND_PU: [f64; 2] = [0.9, 1.1];
/// Rows that the manifest names; of more it says where their names are.
const ROWS_IN_MANIFEST: usize = 1_000;

/// A territory's network with what drives it.
pub struct Driven {
    pub opened: Opened,
    pub profiles: Profiles,
    pub start: Instant,
    pub step_h: f64,
    pub grid: GridFile,
    pub file: String,
    pub(super) folder: PathBuf,
    pub(super) manifest_at: PathBuf,
    /// Told in the manifest when the year is kept, where it is not there yet.
    pub(super) dataset: Option<Dataset>,
    /// Buses are features of the layer too.
    pub(super) draws_buses: bool,
}

/// Why a territory's network has no year.
#[derive(Clone, Debug, thiserror::Error)]
pub enum YearFault {
    #[error("{} {}", .0.code, .0.value)]
    Finding(Finding),
    #[error(transparent)]
    Series(#[from] SeriesFault),
    #[error("cancelled")]
    Cancelled,
}

impl YearFault {
    pub fn finding(self, file: &str) -> Finding {
        match self {
            Self::Finding(finding) => finding,
            Self::Series(fault) => Finding::new("profiles-value", Severity::Error, file).value(fault),
            Self::Cancelled => Finding::new("import-cancelled", Severity::Error, file),
        }
    }
}

pub(super) fn fault(code: &'static str, file: &Path, value: impl std::fmt::Display) -> YearFault {
    YearFault::Finding(Finding::new(code, Severity::Error, file.display().to_string()).value(value))
}

/// Reads the network of a territory and its profiles.
///
/// # Errors
/// `grid-territory-none` for a territory without a network, `grid-axis-uneven` for profiles by the month or by days of the clock, or what is unreadable.
pub fn open_territory(manifest_at: &Path, manifest: &Manifest) -> Result<Driven, YearFault> {
    let folder = manifest_at.parent().unwrap_or(Path::new(".")).to_owned();
    let grid = manifest.grids.first().cloned().ok_or_else(|| fault("grid-territory-none", manifest_at, &manifest.id))?;
    let path = inside(&folder, &grid.path).ok_or_else(|| fault("manifest-path", manifest_at, &grid.path))?;
    let size = std::fs::metadata(&path).map_or(0, |data| data.len());
    if size > MAX_BYTES {
        return Err(fault("file-too-large", &path, size));
    }
    let bytes = std::fs::read(&path).map_err(|error| fault("file-unreadable", &path, error))?;
    let file = path.display().to_string();
    let broken = |broken: crate::formats::Fault| YearFault::Finding(broken.finding(file.clone()));
    let mut opened = open(&bytes, &file).map_err(broken)?;
    let Document::PowerGrid(document) = read(&bytes).map_err(broken)? else {
        return Err(fault("grid-territory-none", &path, "power-grid-model"));
    };
    // Which profile each load follows.
    let index: HashMap<&str, usize> = opened.network.loads.iter().enumerate().map(|(index, load)| (load.id.as_str(), index)).collect();
    let mut follows: Vec<(usize, String)> = Vec::new();
    for row in document.scenarios.iter().flat_map(|scenario| scenario.get("sym_load")).flat_map(|table| table.rows()) {
        let load = row.integer("id").and_then(|id| index.get(id.to_string().as_str()).copied());
        if let (Some(load), Some(profile)) = (load, row.value("profile").and_then(Value::as_str)) {
            follows.push((load, profile.to_owned()));
        }
    }
    let wanted = manifest.series.iter().filter(|series| series.unit == "1" && series.layer.is_none());
    let mut column_of: HashMap<String, usize> = HashMap::new();
    let mut profiles = Profiles::default();
    let mut axis = None;
    for series in wanted {
        let rows: Vec<(usize, &String)> = series.rows.iter().enumerate().filter(|(_, row)| follows.iter().any(|(_, name)| name == *row) && !column_of.contains_key(*row)).collect();
        if rows.is_empty() || axis.as_ref().is_some_and(|known| *known != series.axis) {
            continue;
        }
        let array = array(&folder, series)?;
        axis = Some(series.axis.clone());
        profiles.steps = array.steps;
        for (row, name) in rows {
            column_of.insert(name.clone(), profiles.columns.len());
            profiles.columns.push(array.row(row).iter().map(|value| f64::from(*value)).collect());
        }
    }
    let axis = axis.and_then(|id| manifest.axes.iter().find(|axis| axis.id == id)).ok_or_else(|| fault("grid-territory-profiles", manifest_at, &grid.id))?;
    for (load, profile) in follows {
        match column_of.get(&profile) {
            Some(&column) => profiles.channels.push(Channel { target: Target::Load(load), quantity: Quantity::Factor, column }),
            None => {
                let name = opened.network.loads.get(load).map_or(String::new(), |load| load.id.clone());
                opened.report.push(Finding::new("profiles-element-unknown", Severity::Warning, file.clone()).object(name).value(profile));
            }
        }
    }
    // A year is summed up in hours of equal steps and dated by their number.
    let step_s = axis.even_step().filter(|_| axis.start_of(0) == Some(axis.start)).ok_or_else(|| fault("grid-axis-uneven", manifest_at, &axis.id))?;
    let (start, step_h) = (axis.start, step_s as f64 / 3600.0);
    Ok(Driven { opened, profiles, start, step_h, grid, file, folder, manifest_at: manifest_at.to_owned(), dataset: None, draws_buses: false })
}

/// A path of a manifest, if it stays in the territory.
pub(super) fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let plain = !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']));
    plain.then(|| folder.join(path))
}

/// The values of a series, all in memory.
pub(in crate::pipeline) fn array(folder: &Path, series: &Series) -> Result<zarr::Array, YearFault> {
    let at = inside(folder, &series.path).ok_or_else(|| fault("manifest-path", folder, &series.path))?;
    let about = std::fs::read(at.join("zarr.json")).map_err(|error| fault("file-unreadable", &at, error))?;
    zarr::read(&about, &mut |path| std::fs::read(at.join(path)).ok()).map_err(|broken| YearFault::Finding(broken.finding(at.display().to_string())))
}

/// What a year was.
pub struct Year {
    pub solved: Solved,
    pub seconds: f64,
    pub verified: Verified,
    /// Feature and its year, the most loaded first.
    pub lines: Vec<crate::energy::grid::record::LineYear>,
    pub rows: usize,
    pub bytes: u64,
    /// Signed loadings of the kept branches, row by row.
    loadings: Vec<f32>,
    kept: Vec<usize>,
}

impl Year {
    /// The signed loadings of a branch.
    pub fn loading_of(&self, branch: usize) -> &[f32] {
        let steps = self.solved.steps.len();
        let row = self.kept.iter().position(|known| *known == branch);
        row.and_then(|row| self.loadings.get(row * steps..(row + 1) * steps)).unwrap_or_default()
    }
}

impl Driven {
    /// The name on the map of a branch.
    pub fn feature(&self, branch: usize) -> String {
        self.opened.network.branches.get(branch).map_or(String::new(), |branch| format!("{}{}", self.grid.prefix, branch.id))
    }

    /// Branches that have a year: lines and transformers with a rating; where they are too many, those above low voltage.
    fn kept(&self) -> Vec<usize> {
        let network = &self.opened.network;
        let rated: Vec<usize> = network
            .branches
            .iter()
            .enumerate()
            .filter(|(_, branch)| matches!(branch.kind, BranchKind::Line | BranchKind::Transformer) && branch.rating != Rating::None)
            .map(|(index, _)| index)
            .collect();
        if rated.len().saturating_mul(self.profiles.steps) <= MAX_VALUES {
            return rated;
        }
        let is_high = |branch: &usize| network.branches.get(*branch).and_then(|branch| network.buses.get(branch.from)).is_some_and(|bus| bus.nominal_kv > 1.0);
        rated.into_iter().filter(is_high).take(MAX_VALUES / self.profiles.steps.max(1)).collect()
    }

    /// Where voltages are kept: at the far ends of the branches, and at the buses that are drawn.
    fn places(&self, kept: &[usize]) -> Vec<(String, usize)> {
        let network = &self.opened.network;
        let ends = kept.iter().filter_map(|branch| Some((self.feature(*branch), network.branches.get(*branch)?.to)));
        let mut places: Vec<(String, usize)> = ends.collect();
        if self.draws_buses {
            let known: HashSet<String> = places.iter().map(|(name, _)| name.clone()).collect();
            let buses = network.buses.iter().enumerate().filter(|(_, bus)| !bus.internal);
            let named = buses.map(|(index, bus)| (format!("{}{}", self.grid.prefix, bus.id), index)).filter(|(name, _)| !known.contains(name));
            places.extend(named.take(MAX_VALUES / self.profiles.steps.max(1)));
        }
        places
    }

    /// Solves all steps; with `keep`, writes the year into the territory and tells its manifest.
    ///
    /// # Errors
    /// A [`YearFault`]; what was written until then is no part of the territory.
    pub fn year(&self, keep: bool, limit_percent: f64, progress: &dyn Progress) -> Result<Year, YearFault> {
        let (network, steps) = (&self.opened.network, self.profiles.steps);
        let kept = self.kept();
        let rows = kept.len();
        let places = self.places(&kept);
        let write_failed = |error: &dyn std::fmt::Display| fault("write-failed", &self.folder, error);
        // Into a folder beside, which takes the place of an older year when it is whole.
        let group = self.folder.join(FOLDER).join(&self.grid.id);
        let growing = self.folder.join(FOLDER).join(format!(".{}.new", self.grid.id));
        if keep {
            let _ = std::fs::remove_dir_all(&growing);
            std::fs::create_dir_all(&growing).map_err(|error| write_failed(&error))?;
        }
        let laid = |rows: usize| Layout::new(rows, steps, CHUNK_ROWS, CHUNK_STEPS).map_err(|broken| YearFault::Finding(broken.finding(self.file.clone())));
        let (layout, voltage_layout) = (laid(rows)?, laid(places.len())?);
        let mut loadings = vec![f32::NAN; rows * steps];
        let mut voltages = vec![f32::NAN; if keep { places.len() * CHUNK_STEPS } else { 0 }];
        let (mut bytes, mut trouble, mut block) = (0_u64, None, 0);
        let mut check = year_check::Sample::of(network, &self.profiles);
        let started = std::time::Instant::now();
        let flush = |block: usize, loadings: &[f32], voltages: &mut [f32]| -> std::io::Result<u64> {
            let mut written = 0;
            let mut put = |name: &str, layout: &Layout, at: (usize, usize), bytes: Vec<u8>| {
                let path = growing.join(name).join(layout.path(at));
                path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                std::fs::write(&path, &bytes)?;
                written += bytes.len() as u64;
                std::io::Result::Ok(())
            };
            for row in 0..rows.div_ceil(CHUNK_ROWS) {
                let at = (row, block);
                let (loading, _) = layout.chunk(at, &mut |row, step| loadings.get(row * steps + step).copied().unwrap_or(f32::NAN));
                put("loading_percent", &layout, at, loading)?;
            }
            for row in 0..places.len().div_ceil(CHUNK_ROWS) {
                let at = (row, block);
                let (voltage, _) = voltage_layout.chunk(at, &mut |row, step| voltages.get(row * CHUNK_STEPS + step % CHUNK_STEPS).copied().unwrap_or(f32::NAN));
                put("vm_pu", &voltage_layout, at, voltage)?;
            }
            voltages.fill(f32::NAN);
            Ok(written)
        };
        let solved = series_with(network, &self.profiles, &SeriesOptions::default(), &mut |step, view| {
            if step % 256 == 0 {
                progress.step("flow-steps", step as u64, steps as u64);
            }
            if trouble.is_some() || progress.cancelled() {
                return;
            }
            if keep && step / CHUNK_STEPS != block {
                match flush(block, &loadings, &mut voltages) {
                    Ok(written) => bytes += written,
                    Err(error) => trouble = Some(error.to_string()),
                }
                block = step / CHUNK_STEPS;
            }
            for (row, &branch) in kept.iter().enumerate() {
                let flow = view.branch(network, branch);
                if let (Some(percent), Some(from), Some(slot)) = (flow.loading_percent, flow.from_mva, loadings.get_mut(row * steps + step)) {
                    *slot = if from.re < 0.0 { -percent } else { percent } as f32;
                }
            }
            for (row, (_, bus)) in places.iter().enumerate() {
                if let (Some(slot), Some(voltage)) = (voltages.get_mut(row * CHUNK_STEPS + step % CHUNK_STEPS), view.voltage(*bus)) {
                    *slot = voltage.norm() as f32;
                }
            }
            check.look(step, view);
        })?;
        let seconds = started.elapsed().as_secs_f64();
        if progress.cancelled() {
            let _ = std::fs::remove_dir_all(&growing);
            return Err(YearFault::Cancelled);
        }
        progress.step("flow-steps", steps as u64, steps as u64);
        if keep && trouble.is_none() {
            match flush(block, &loadings, &mut voltages) {
                Ok(written) => bytes += written,
                Err(error) => trouble = Some(error.to_string()),
            }
        }
        if let Some(error) = trouble {
            let _ = std::fs::remove_dir_all(&growing);
            return Err(write_failed(&error));
        }
        let verified = check.verify(network, &self.profiles);
        let of = |row: usize| loadings.get(row * steps..(row + 1) * steps).unwrap_or_default();
        let mut lines: Vec<_> = kept.iter().enumerate().map(|(row, &branch)| crate::energy::grid::record::LineYear::of(branch, of(row), limit_percent, self.step_h)).collect();
        lines.sort_by(|a, b| b.highest_percent.total_cmp(&a.highest_percent));
        if keep {
            bytes += self.finish(&growing, [&layout, &voltage_layout], &kept, &places, &of, &solved).map_err(|error| write_failed(&error))?;
            if group.exists() {
                std::fs::remove_dir_all(&group).map_err(|error| write_failed(&error))?;
            }
            std::fs::rename(&growing, &group).map_err(|error| write_failed(&error))?;
            self.publish(&kept, &places).map_err(|error| write_failed(&error))?;
        }
        Ok(Year { solved, seconds, verified, lines, rows, bytes, loadings, kept })
    }

    /// The small arrays, the coordinates and the group's own files.
    fn finish<'a>(&self, folder: &Path, [layout, voltage_layout]: [&Layout; 2], kept: &[usize], places: &[(String, usize)], of: &dyn Fn(usize) -> &'a [f32], solved: &Solved) -> Result<u64, String> {
        let steps = self.profiles.steps;
        let text = |fault: crate::formats::Fault| format!("{} {}", fault.object, fault.value);
        let of_rows = |first: &'static str, name: &str, units: &str, second: &'static str| About {
            dimensions: [first, second],
            attributes: json!({"long_name": name, "units": units, "nature": Nature::Simulated}),
        };
        let about = |name: &str, units: &str, second: &'static str| of_rows("feature", name, units, second);
        let mut files: Vec<(String, Vec<u8>)> = vec![
            ("loading_percent/zarr.json".to_owned(), layout.metadata(&about("loading of lines and transformers, negative against the branch’s direction", "%", "time")).map_err(text)?),
            ("vm_pu/zarr.json".to_owned(), voltage_layout.metadata(&of_rows("place", "voltage at the far end of a branch, or at a bus", "1", "time")).map_err(text)?),
        ];
        let duration: Vec<f32> = (0..kept.len())
            .flat_map(|row| {
                let mut points = duration_points(&duration_curve(of(row)), DURATION_POINTS);
                points.resize(DURATION_POINTS, f32::NAN);
                points
            })
            .collect();
        let worst: Vec<f32> = (0..kept.len())
            .flat_map(|row| {
                let mut found: Vec<f32> = worst_steps(of(row), WORST).into_iter().map(|(step, _)| step as f32).collect();
                found.resize(WORST, f32::NAN);
                found
            })
            .collect();
        for (name, values, width, said) in [
            ("duration_percent", &duration, DURATION_POINTS, about("loading exceeded in so much of the year", "%", "share")),
            ("worst_hour", &worst, WORST, about("steps of the highest loadings, the worst first", "1", "rank")),
        ] {
            let written = zarr::write(kept.len(), width, width, values, &said).map_err(text)?;
            files.extend(written.into_iter().map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
        }
        let losses: Vec<f32> = solved.steps.iter().map(|step| (1_000.0 * step.losses_mw) as f32).collect();
        let written = zarr::write(1, steps, CHUNK_STEPS, &losses, &of_rows("sum", "losses in lines and transformers", "kW", "time")).map_err(text)?;
        files.extend(written.into_iter().map(|(path, bytes)| (format!("losses_kw/{path}"), bytes)));
        let step_s = (self.step_h * 3600.0).round() as i64;
        let coordinates = [
            Coordinate { name: "place", labels: Labels::Texts(places.iter().map(|(name, _)| name.clone()).collect()), attributes: json!({"long_name": "id on the map of the branch or bus"}) },
            Coordinate { name: "sum", labels: Labels::Texts(vec![LOSSES.to_owned()]), attributes: json!({"long_name": "of the whole network"}) },
            Coordinate { name: "feature", labels: Labels::Texts(kept.iter().map(|branch| self.feature(*branch)).collect()), attributes: json!({"long_name": "id on the map"}) },
            Coordinate {
                name: "time",
                labels: Labels::Integers((0..steps as i64).map(|step| self.start.0 + step_s * step).collect()),
                attributes: json!({"long_name": "start of the step, UTC", "standard_name": "time", "units": "seconds since 1970-01-01 00:00:00", "calendar": "proleptic_gregorian"}),
            },
            Coordinate { name: "share", labels: Labels::Reals((0..DURATION_POINTS).map(|point| point as f64).collect()), attributes: json!({"units": "%"}) },
            Coordinate { name: "rank", labels: Labels::Integers((1..=WORST as i64).collect()), attributes: json!({}) },
        ];
        let group = json!({
            "Conventions": "CF-1.11",
            "title": format!("AC power flow of {}", self.grid.path),
            "source": if self.grid.nature == Nature::Made { "réseau généré, non réel ; calcul AC de Jumeau" } else { "calcul AC de Jumeau" },
            "nature": Nature::Simulated,
        });
        let metadata: Vec<(String, Vec<u8>)> = files.iter().filter_map(|(path, bytes)| Some((path.strip_suffix("/zarr.json")?.to_owned(), bytes.clone()))).collect();
        let members: Vec<(&str, &[u8])> = metadata.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        files.extend(zarr_group::write(&group, &coordinates, &members).map_err(text)?);
        files.extend(self.room_files(kept, of).map_err(text)?);
        let mut written = 0;
        for (path, bytes) in files {
            let whole = folder.join(path);
            let done = whole.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&whole, &bytes));
            done.map_err(|error| error.to_string())?;
            written += bytes.len() as u64;
        }
        Ok(written)
    }

    /// A group of its own: its time is one step, all of the year.
    fn room_files<'a>(&self, kept: &[usize], of: &dyn Fn(usize) -> &'a [f32]) -> Result<Vec<(String, Vec<u8>)>, crate::formats::Fault> {
        let mut files = Vec::new();
        for (name, values) in self.rooms(kept, of) {
            let said = About { dimensions: ["feature", "time"], attributes: json!({"long_name": "what the worst step leaves of the rating, heat alone", "units": "kW", "nature": Nature::Simulated}) };
            files.extend(zarr::write(kept.len(), 1, 1, &values, &said)?.into_iter().map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
        }
        let coordinates = [
            Coordinate { name: "feature", labels: Labels::Texts(kept.iter().map(|branch| self.feature(*branch)).collect()), attributes: json!({"long_name": "id on the map"}) },
            Coordinate {
                name: "time",
                labels: Labels::Integers(vec![self.start.0]),
                attributes: json!({"long_name": "start of the year, UTC", "standard_name": "time", "units": "seconds since 1970-01-01 00:00:00", "calendar": "proleptic_gregorian"}),
            },
        ];
        let metadata: Vec<(String, Vec<u8>)> = files.iter().filter_map(|(path, bytes)| Some((path.strip_suffix("/zarr.json")?.to_owned(), bytes.clone()))).collect();
        let members: Vec<(&str, &[u8])> = metadata.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        files.extend(zarr_group::write(&json!({"Conventions": "CF-1.11", "title": format!("what a year leaves of {}", self.grid.path), "nature": Nature::Simulated}), &coordinates, &members)?);
        Ok(files.into_iter().map(|(path, bytes)| (format!("room/{path}"), bytes)).collect())
    }

    /// What is left for feeding in and for drawing, kW, row by row.
    fn rooms<'a>(&self, kept: &[usize], of: &dyn Fn(usize) -> &'a [f32]) -> [(&'static str, Vec<f32>); 2] {
        let network = &self.opened.network;
        let found = |row: usize, index: usize| {
            let branch = network.branches.get(index)?;
            let nominal_kv = network.buses.get(branch.from)?.nominal_kv;
            let rated_kva = match branch.rating {
                Rating::None => return None,
                Rating::Current { from_ka, .. } => 3_f64.sqrt() * nominal_kv * from_ka * 1000.0,
                Rating::Power { mva } => 1000.0 * mva,
            };
            rooms::room(rated_kva, of(row), branch.kind == BranchKind::Line)
        };
        let all: Vec<_> = kept.iter().enumerate().map(|(row, index)| found(row, *index)).collect();
        let column = |pick: fn(&Room) -> f64| all.iter().map(|room| room.as_ref().map_or(f32::NAN, |room| pick(room) as f32)).collect();
        [("feed_kw", column(|room| room.feed_kw)), ("draw_kw", column(|room| room.draw_kw))]
    }

    /// The manifest with the series of the year, written whole or not at all.
    fn publish(&self, kept: &[usize], places: &[(String, usize)]) -> Result<(), String> {
        let bytes = std::fs::read(&self.manifest_at).map_err(|error| error.to_string())?;
        let mut manifest = Manifest::parse(&bytes).map_err(|(code, detail)| format!("{code} {detail}"))?;
        let step = (self.step_h * 3600.0).round() as i64;
        let same = |axis: &&Axis| axis.start == self.start && axis.step == step && axis.calendar.is_none() && axis.steps() == Some(self.profiles.steps as u64);
        let axis = manifest.axes.iter().find(same).map(|axis| axis.id.clone()).unwrap_or_else(|| {
            let id = format!("{FOLDER}-steps");
            manifest.axes.retain(|axis| axis.id != id);
            manifest.axes.push(Axis { id: id.clone(), start: self.start, end: self.start.plus_seconds(step * self.profiles.steps as i64), step, calendar: None });
            id
        });
        if let Some(dataset) = &self.dataset {
            manifest.datasets.retain(|known| known.id != dataset.id);
            manifest.datasets.push(dataset.clone());
        }
        let at = |array: &str| format!("{FOLDER}/{}/{array}", self.grid.id);
        let of = |id: &str, array: &str, unit: &str, quantity: &str| Series {
            quantity: Some(quantity.to_owned()),
            ..Series::of(id, at(array), &axis, unit, Nature::Simulated, self.grid.dataset.clone())
        };
        let drawn = |series: Series, rows: Vec<String>, labels: &str, band: [f64; 2], directed: bool| {
            let named = rows.len() <= ROWS_IN_MANIFEST;
            Series {
                row_count: (!named).then_some(rows.len() as u64),
                rows: if named { rows } else { Vec::new() },
                labels: (!named).then(|| at(labels)),
                layer: Some(LayerId::from(self.grid.layer.as_str())),
                band: Some(band),
                directed,
                ..series
            }
        };
        let branches: Vec<String> = kept.iter().map(|branch| self.feature(*branch)).collect();
        let buses = places.iter().map(|(name, _)| name.clone()).collect();
        for series in [
            drawn(of("flow-loading", "loading_percent", "%", "charge"), branches.clone(), "feature", [-100.0, 100.0], true),
            drawn(of("flow-voltage", "vm_pu", "1", "tension"), buses, "place", VOLTAGE_BAND_PU, false),
            Series { rows: vec![LOSSES.to_owned()], ..of("flow-losses", "losses_kw", "kW", "pertes") },
        ] {
            manifest.series.retain(|known| known.id != series.id);
            manifest.series.push(series);
        }
        // What is left of the ratings holds for all of the time: one step.
        let end = self.start.plus_seconds((self.profiles.steps as f64 * self.step_h * 3600.0).round() as i64);
        let whole = Axis { id: format!("{FOLDER}-all"), start: self.start, end, step: end.0 - self.start.0, calendar: None };
        manifest.axes.retain(|axis| axis.id != whole.id);
        for (id, array, quantity) in [(rooms::FEED, "room/feed_kw", "capacité restante en injection"), (rooms::DRAW, "room/draw_kw", "capacité restante en soutirage")] {
            let series = Series { axis: whole.id.clone(), apart: true, ..drawn(of(id, array, "kW", quantity), branches.clone(), "feature", [0.0, 0.0], false) };
            manifest.series.retain(|known| known.id != id);
            manifest.series.push(Series { band: None, ..series });
        }
        manifest.axes.push(whole);
        let text = serde_json::to_vec_pretty(&manifest).map_err(|error| error.to_string())?;
        let beside = self.manifest_at.with_extension("json.new");
        std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, &self.manifest_at)).map_err(|error| error.to_string())
    }
}

/// `seconds`, `checked`, `lines`, `stored` of a territory's year.
pub fn answer(driven: &Driven, year: &Year, most: usize) -> Map<String, Value> {
    let stamp = |step: usize| driven.start.plus_seconds((step as f64 * driven.step_h * 3600.0).round() as i64).to_string();
    let lines: Vec<Value> = year
        .lines
        .iter()
        .take(most)
        .map(|line| {
            let signed = year.loading_of(line.branch);
            let worst: Vec<Value> = worst_steps(signed, WORST)
                .into_iter()
                .map(|(step, percent)| json!({"step": step, "instant": stamp(step), "loading_percent": percent.abs(), "reversed": percent < 0.0}))
                .collect();
            json!({
                "feature": driven.feature(line.branch),
                "congested_hours": line.congested_h,
                "excess_hours": line.excess_h,
                "highest_percent": line.highest_percent,
                "mean_percent": line.mean_percent,
                "reversed_share": line.reversed_share,
                "duration_percent": duration_points(&duration_curve(signed), DURATION_POINTS),
                "worst": worst,
            })
        })
        .collect();
    let mut found = Map::new();
    found.insert("seconds".into(), json!(year.seconds));
    // Of a network that nobody has.
    found.insert("generated".into(), json!(driven.grid.nature == Nature::Made));
    found.insert("checked".into(), json!({"steps": year.verified.steps, "residual_pu": year.verified.residual_pu, "difference_pu": year.verified.difference_pu}));
    if most > 0 {
        found.insert("lines".into(), Value::Array(lines));
    }
    if year.bytes > 0 {
        let folder = driven.folder.join(FOLDER).join(&driven.grid.id);
        found.insert("stored".into(), json!({"folder": folder.display().to_string(), "bytes": year.bytes, "features": year.rows}));
    }
    found
}
