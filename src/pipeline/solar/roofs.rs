//! Every roof of a territory package: planes, modules, shade, a year of power.
//!
//! The finest tiles of buildings and terrain are laid into the local frame of the territory's origin, whose y is *true* north, so no grid convergence is left to apply.
//! All roofs are shaded by sweeps over grids of the surface, block by block; a single building by exact rays through the triangles around it.
//! Generated trees (drawn, not surveyed) hide nothing; surveyed ones are porous, by season.
//! One bad building is a finding, never the end.

use super::horizons::{Beyond, Blocks, Placed, Views, by_rays, by_sweep};
use super::scene::{self, Scene, bounds};
use crate::rooftop::record;
use crate::rooftop::year::StoredYear;
use crate::base::{Finding, LayerId, Report, Severity};
use crate::energy::layout::{Layout, ModuleKind, lay};
use crate::energy::prepared::PreparedYear;
use crate::energy::pv::System;
use crate::energy::roof;
use crate::energy::shading::Foliage;
use crate::energy::shading::condense::condensed;
use crate::energy::cell::Mount;
use crate::energy::transposition::{Plane, SkyModel};
use crate::energy::weather::SkyHour;
use crate::energy::yields::{PlaneView, Sureness};
use crate::formats::roofbook::{PlaneRecord, Record};
use crate::formats::territory::Manifest;
use crate::pipeline::Progress;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is asked.
#[derive(Clone, Debug)]
pub struct RoofOptions {
    /// Id of one building; all without.
    pub building: Option<String>,
    /// Cell of the surface, metres.
    pub cell_m: f64,
    /// Most cells of a surface in memory; a territory that needs more is cut into blocks.
    pub most_cells: usize,
    pub module: ModuleKind,
    /// For 1 kWp.
    pub system: System,
    pub foliage: Foliage,
    pub sureness: Sureness,
    /// Records of the roof book are wanted.
    pub records: bool,
}

impl Default for RoofOptions {
    /// As the command line has it: cells of a metre, Hay and Davies' sky, modules close to the roof, 14 % losses.
    fn default() -> Self {
        Self {
            building: None,
            cell_m: 1.0,
            most_cells: 16_000_000,
            module: ModuleKind::default(),
            system: System { model: SkyModel::HayDavies, mount: Mount::SEMI_INTEGRATED, losses: 0.14, ..System::default() },
            foliage: Foliage::default(),
            sureness: Sureness::CLIMATOLOGY,
            records: false,
        }
    }
}

pub use crate::rooftop::Roof;

/// All planes with what was found on the way.
#[derive(Clone, Debug, Default)]
pub struct Roofs {
    pub roofs: Vec<Roof>,
    pub buildings: usize,
    /// Surveyed trees took part.
    pub trees: bool,
    /// Cell of the surface; `None` when rays were used.
    pub cell_m: Option<f64>,
    pub report: Report,
}

/// One block done: its planes, and the hourly kW of its buildings where they were asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockDone {
    pub roofs: Vec<Roof>,
    /// Building and the hours of a [`StoredYear`].
    pub hours: Vec<(String, Vec<f32>)>,
    /// What the roof book is to know of each building, without its place; where it was asked for.
    pub records: Vec<Record>,
    pub cell_m: Option<f64>,
}

/// Takes blocks as they are done, and may know some from an earlier run.
pub trait Blockwise {
    /// A block that need not be worked out again.
    fn known(&mut self, block: usize) -> Option<BlockDone>;
    /// # Errors
    /// A finding that ends the work.
    fn done(&mut self, block: usize, done: BlockDone) -> Result<(), Finding>;
}

/// Keeps the planes and forgets the blocks.
struct Gathering<'o>(&'o mut Vec<Roof>, Option<f64>);

impl Blockwise for Gathering<'_> {
    fn known(&mut self, _block: usize) -> Option<BlockDone> {
        None
    }

    fn done(&mut self, _block: usize, mut done: BlockDone) -> Result<(), Finding> {
        self.0.append(&mut done.roofs);
        self.1 = self.1.into_iter().chain(done.cell_m).reduce(f64::max);
        Ok(())
    }
}

/// Computes the roofs of a territory, buildings in the order of their ids.
///
/// # Errors
/// A finding when nothing can be computed: no buildings, no such building.
pub fn roofs(
    folder: &Path,
    manifest: &Manifest,
    hours: &[SkyHour],
    step_h: f64,
    options: &RoofOptions,
    progress: &dyn Progress,
) -> Result<Roofs, Finding> {
    let mut all = Vec::new();
    let mut gathering = Gathering(&mut all, None);
    let mut out = roofs_into(folder, manifest, (hours, step_h), None, options, &mut gathering, progress)?;
    out.cell_m = gathering.1;
    all.sort_by(|a, b| (&a.building, a.plane).cmp(&(&b.building, b.plane)));
    out.roofs = all;
    Ok(out)
}

/// The same, block by block; `year` asks for hours of each building.
///
/// # Errors
/// As [`roofs`], and what the taker of blocks says.
pub fn roofs_into(
    folder: &Path,
    manifest: &Manifest,
    (hours, step_h): (&[SkyHour], f64),
    year: Option<&StoredYear>,
    options: &RoofOptions,
    taker: &mut dyn Blockwise,
    progress: &dyn Progress,
) -> Result<Roofs, Finding> {
    let mut report = Report::default();
    let scene = scene::read(folder, manifest, &mut report, progress);
    let place = folder.display().to_string();
    let mut out = roofs_of(&scene, &place, (hours, step_h), year, options, taker, progress)?;
    report.merge(out.report);
    out.report = report;
    Ok(out)
}

/// The same of a scene that has been read; `place` is what findings call it.
///
/// # Errors
/// As [`roofs_into`].
pub fn roofs_of(
    scene: &Scene,
    place: &str,
    (hours, step_h): (&[SkyHour], f64),
    year: Option<&StoredYear>,
    options: &RoofOptions,
    taker: &mut dyn Blockwise,
    progress: &dyn Progress,
) -> Result<Roofs, Finding> {
    let mut out = Roofs::default();
    let wanted: Vec<&String> = match &options.building {
        Some(id) => scene.buildings.get_key_value(id).map(|(id, _)| id).into_iter().collect(),
        None => scene.buildings.keys().collect(),
    };
    if wanted.is_empty() {
        let value = options.building.clone().unwrap_or_default();
        let code = if options.building.is_some() { "solar-building-unknown" } else { "solar-no-buildings" };
        return Err(Finding::new(code, Severity::Error, place).value(value));
    }
    out.buildings = wanted.len();
    out.trees = !scene.trees.is_empty();
    let hours = record::hours_rounded(hours);
    let prepared = PreparedYear::new(&options.system, &hours, step_h);
    let rest = Rest { scene, prepared: &prepared, year, options, total: wanted.len() as u64, done: AtomicU64::new(0) };
    if options.building.is_some() {
        let planes = rest.planes(&wanted, place, &mut out.report);
        let views = by_rays(scene, &planes, progress);
        taker.done(0, rest.block(&planes, &views, progress))?;
        return Ok(out);
    }
    let blocks = Blocks::new(bounds(scene.built()), options);
    let mut of_block: BTreeMap<usize, Vec<&String>> = BTreeMap::new();
    for id in wanted {
        let [west, south, east, north] = scene.buildings.get(id).map_or([0.0; 4], |solid| solid.bounds());
        of_block.entry(blocks.of([0.5 * (west + east), 0.5 * (south + north)])).or_default().push(id);
    }
    let mut beyond: Option<Beyond> = None;
    for (number, ids) in of_block {
        if progress.cancelled() {
            break;
        }
        let planes = rest.planes(&ids, place, &mut out.report);
        if let Some(known) = taker.known(number) {
            rest.count(ids.len(), progress);
            taker.done(number, known)?;
            continue;
        }
        let beyond = beyond.get_or_insert_with(|| Beyond::new(scene, &blocks));
        let (views, cell_m) = by_sweep(scene, &planes, (&blocks, number), beyond, options, progress);
        let mut done = rest.block(&planes, &views, progress);
        if progress.cancelled() {
            break;
        }
        done.cell_m = cell_m;
        taker.done(number, done)?;
    }
    Ok(out)
}

/// What all blocks share.
struct Rest<'a> {
    scene: &'a Scene,
    prepared: &'a PreparedYear,
    year: Option<&'a StoredYear>,
    options: &'a RoofOptions,
    /// Buildings.
    total: u64,
    done: AtomicU64,
}

impl<'a> Rest<'a> {
    fn planes(&self, ids: &[&'a String], place: &str, report: &mut Report) -> Vec<Placed<'a>> {
        let mut planes = Vec::new();
        for id in ids {
            let triangles = self.scene.buildings.get(*id).map(|solid| solid.triangles.as_slice()).unwrap_or_default();
            let found = roof::planes(triangles);
            if found.is_empty() {
                report.push(Finding::new("solar-roof-none", Severity::Warning, place).object((*id).clone()).value(triangles.len()));
            }
            if triangles.len() > roof::MAX_TRIANGLES || found.len() >= roof::MAX_PLANES {
                report.push(Finding::new("solar-roof-cut", Severity::Warning, place).object((*id).clone()).value(triangles.len()));
            }
            planes.extend(found.into_iter().enumerate().map(|(number, plane)| Placed { building: id.as_str(), number, plane: record::plane_rounded(plane) }));
        }
        planes
    }

    fn count(&self, buildings: usize, progress: &dyn Progress) {
        let before = self.done.fetch_add(buildings as u64, Ordering::Relaxed);
        let now = before + buildings as u64;
        if now / 64 != before / 64 || now == self.total {
            progress.step("solar-yield", now, self.total);
        }
    }

    /// The planes of a block; those of a building follow one another.
    fn block(&self, planes: &[Placed], views: &Views, progress: &dyn Progress) -> BlockDone {
        progress.step("solar-yield", self.done.load(Ordering::Relaxed), self.total);
        let mut first = 0;
        let buildings: Vec<std::ops::Range<usize>> = planes
            .chunk_by(|a, b| a.building == b.building)
            .map(|own| {
                let range = first..first + own.len();
                first = range.end;
                range
            })
            .collect();
        let done: Vec<BlockDone> = buildings
            .into_par_iter()
            .filter(|_| !progress.cancelled())
            .map(|range| {
                let answer = self.building(planes, range, views);
                self.count(1, progress);
                answer
            })
            .collect();
        let mut block = BlockDone::default();
        for mut own in done {
            block.roofs.append(&mut own.roofs);
            block.hours.append(&mut own.hours);
            block.records.append(&mut own.records);
        }
        block
    }

    fn building(&self, planes: &[Placed], range: std::ops::Range<usize>, views: &Views) -> BlockDone {
        let own = planes.get(range.clone()).unwrap_or_default();
        let mut out = BlockDone::default();
        let Some(first) = own.first() else { return out };
        let mut hours = self.year.map(StoredYear::empty);
        let mut records = Vec::new();
        for (placed, number) in own.iter().zip(range) {
            let (roof, record) = self.roof(placed, views, number, hours.as_deref_mut());
            out.roofs.push(roof);
            records.push(record);
        }
        // A building without a single module has no series.
        if let (Some(year), Some(sums), true) = (self.year, hours, out.roofs.iter().any(|roof| roof.modules > 0)) {
            out.hours.push((first.building.to_owned(), year.mean(&sums)));
        }
        if self.options.records {
            let solid = self.scene.buildings.get(first.building);
            out.records.push(Record {
                building: first.building.to_owned(),
                layer: solid.map_or_else(String::new, |solid| solid.layer.to_string()),
                foot_m: record::rounded(solid.map_or(0.0, super::scene::Solid::foot_m), 3),
                planes: records,
                ..Record::default()
            });
        }
        out
    }

    fn roof(&self, placed: &Placed, views: &Views, number: usize, mut hours: Option<&mut [f64]>) -> (Roof, PlaneRecord) {
        let plane = &placed.plane;
        let layout = record::layout_rounded(lay(plane, &self.options.module));
        let Layout { modules, kwp, usable_m2, .. } = layout;
        let tilted = Plane::new(plane.tilt, plane.azimuth);
        let seen = condensed(&views.of(number));
        let view = PlaneView::new(&tilted, &seen, self.options.foliage);
        let (shaded, open_kwh) = self.prepared.produce(&tilted, &view, |hour, kw| {
            if let (Some(sums), Some(year)) = (hours.as_deref_mut(), self.year) {
                year.add(sums, hour, kw * kwp);
            }
        });
        let kwh_month = self.prepared.of_one_year(shaded.month_kwh).map(|kwh| record::energy(kwh * kwp));
        let kwh_year = record::energy(kwh_month.iter().sum());
        let solid = self.scene.buildings.get(placed.building);
        let roof = Roof {
            building: placed.building.to_owned(),
            layer: solid.map_or_else(|| LayerId::from("buildings"), |solid| solid.layer.clone()),
            plane: placed.number,
            area_m2: plane.area_m2,
            usable_m2,
            tilt: plane.tilt,
            azimuth: plane.azimuth,
            ridge_m: plane.ridge_m - solid.map_or(0.0, super::scene::Solid::foot_m),
            modules,
            kwp,
            kwh_year,
            kwh_year_p90: self.options.sureness.p90(kwh_year),
            kwh_month,
            shading_loss: record::energy(if open_kwh > 0.0 { (1.0 - shaded.ac_kwh / open_kwh).clamp(0.0, 1.0) } else { 0.0 }),
            sky_view: record::energy(view.sky_share() * tilted.sky_view()),
            poa_kwh_m2: record::energy(self.prepared.of_one_year(shaded.month_poa_kwh).iter().sum()),
            outline: plane.outline(),
        };
        let record = record::plane_record(plane, &layout, &roof, &seen);
        (roof, record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::climate::typical_year;
    use crate::energy::weather::Site;
    use crate::geodesy::{EnuFrame, LonLatH};
    use crate::pipeline::Silent;
    use crate::pipeline::solar::scene::{Solid, Triangle};

    /// A roof of two triangles 6 m above the ground and its walls left out.
    fn roof(x: f64, heights: [f64; 4]) -> Vec<Triangle> {
        let [a, b, c, d] = [[x, 0.0, heights[0]], [x + 12.0, 0.0, heights[1]], [x + 12.0, 8.0, heights[2]], [x, 8.0, heights[3]]];
        vec![[a, b, c], [a, c, d]]
    }

    fn found(buildings: Vec<(&str, Vec<Triangle>)>, lat: f64) -> Roofs {
        let ground = [[-400.0, -400.0, 0.0], [400.0, -400.0, 0.0], [0.0, 400.0, 0.0]];
        let solid = |triangles| Solid { layer: LayerId::from("buildings"), triangles };
        let buildings = buildings.into_iter().map(|(id, triangles)| (id.to_owned(), solid(triangles))).collect();
        let scene = Scene { frame: EnuFrame::at(LonLatH::new(2.0, lat, 20.0)), buildings, ground: vec![ground], trees: Vec::new() };
        let hours = typical_year(&Site { lat, lon: 2.0, elevation_m: 20.0 }, 2026).unwrap();
        let mut all = Vec::new();
        let mut out = roofs_of(&scene, "village", (&hours, 1.0), None, &RoofOptions::default(), &mut Gathering(&mut all, None), &Silent).unwrap();
        out.roofs = all;
        out
    }

    #[test]
    fn bad_roofs_are_findings_and_the_others_keep_their_answer() {
        let good = || ("good", roof(0.0, [5.0, 5.0, 9.0, 9.0]));
        let alone = found(vec![good()], 48.0);
        let upside_down: Vec<Triangle> = roof(100.0, [5.0; 4]).into_iter().map(|[a, b, c]| [a, c, b]).collect();
        let (a, b, c, d) = ([200.0, 0.0, 6.0], [212.0, 0.0, 6.0], [212.0, 8.0, 6.0], [200.0, 8.0, 6.0]);
        let crossing = vec![[a, c, b], [a, b, d], [d, b, [206.0, 4.0, f64::NAN]]];
        let together = found(
            vec![
                good(),
                ("upside-down", upside_down),
                ("crossing", crossing),
                ("bent", roof(300.0, [5.0, 7.5, 4.0, 9.0])),
                ("no-height", roof(-100.0, [0.0; 4])),
                ("nowhere", vec![[[f64::NAN; 3]; 3]]),
                ("nothing", Vec::new()),
            ],
            48.0,
        );
        let of = |roofs: &Roofs| roofs.roofs.iter().filter(|roof| roof.building == "good").map(|roof| (roof.kwp, roof.kwh_year)).collect::<Vec<_>>();
        // The grid that shades has other cells where it reaches farther.
        assert!(of(&together).len() == 1 && of(&together).iter().zip(of(&alone)).all(|(a, b)| a.0 == b.0 && (a.1 / b.1 - 1.0).abs() < 1e-4), "{:?} {:?}", of(&together), of(&alone));
        for id in ["upside-down", "nowhere", "nothing"] {
            let told = together.report.findings().iter().any(|finding| finding.code == "solar-roof-none" && finding.object == id);
            assert!(told, "{id}: {:?}", together.report.findings());
        }
        // Two planes where a bent quadrilateral is drawn as two triangles, and every number of theirs is one.
        assert_eq!(together.roofs.iter().filter(|roof| roof.building == "bent").count(), 2);
        assert!(together.roofs.iter().all(|roof| roof.kwh_year.is_finite() && roof.kwh_year >= 0.0 && roof.area_m2.is_finite()));
    }

    #[test]
    fn a_place_where_the_sun_stays_below_the_horizon_for_months_has_an_answer() {
        let polar = found(vec![("hut", roof(0.0, [5.0, 5.0, 9.0, 9.0]))], 78.0);
        let hut = &polar.roofs[0];
        assert!(hut.kwh_month[11] == 0.0 && hut.kwh_month[5] > 0.0 && hut.kwh_year.is_finite(), "{:?}", hut.kwh_month);
    }
}
