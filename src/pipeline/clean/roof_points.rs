//! Points of clouds and of surface models, joined to the footprints they lie over, and the roofs they show.
//!
//! Clouds are read one after the other from south to north, and a building is settled as soon as no later one reaches it: what is held are the points
//! of one cloud's buildings and of those at its edge. A cloud over very many buildings is read several times, each time for some of them.

use super::buildings::Draft;
use super::terrain::Floor;
use super::{Fate, relief};
use crate::base::{Bounds2, Dataset, DatasetId, Finding, Report, Severity};
use crate::formats::raster::{RasterFault, RoofPoint, Window};
use crate::geodesy::{Geoid, Vertical};
use crate::pipeline::sources::declaration::Declaration;
use crate::pipeline::sources::{RawRaster, Surface};
use crate::pipeline::{ImportFault, LayerCount, Progress};
use crate::region::HeightOrigin;
use crate::region::measured::{self, MeasureSettings, MeasuredRoof, Refusal, RoofSource};
use geo::{Area, BoundingRect, Contains, Distance, Euclidean, MultiPolygon, Point};
use rayon::prelude::*;
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};
use std::collections::{BTreeMap, HashMap};

/// Lower points of buildings are walls and balconies, metres above the ground.
const LOWEST_M: f64 = 1.5;
/// The same for points that nobody classified: cars and bushes too.
const LOWEST_LOOSE_M: f64 = 2.2;
/// Points are kept by squares of this side, so many in each.
const SQUARE_M: f64 = 0.5;
const MOST_IN_A_SQUARE: u8 = 4;
/// Beyond the squares' share, so many points of one building are held before they are thinned.
const ROOM: usize = 2_000;
/// Footprints that are held at once, m²: at sixteen points a square metre some 400 MiB.
const MOST_HELD_M2: f64 = 2e6;
/// Cells of a surface model that are read at once.
const MOST_CELLS: usize = 4 << 20;
/// Cells of a surface model nearer to the outline than this share of their size are half street.
const EDGE_CELLS: f64 = 0.6;
/// A measured top so far from the stated one is worth saying, metres.
const CONTRADICTS_M: f64 = 5.0;

/// Whether a source has points or cells on roofs.
pub fn has_roofs(raw: &RawRaster) -> bool {
    raw.surface.is_some() || raw.heights.has_roof_points()
}

/// A footprint that waits for points.
pub struct Site {
    pub number: u64,
    id: String,
    dataset: DatasetId,
    footprint: MultiPolygon<f64>,
    ground_m: Option<f64>,
    year: Option<i32>,
}

impl Site {
    /// A building within `bounds` whose source has no surfaces of its own.
    pub fn of(number: u64, draft: &Draft, bounds: &Bounds2) -> Option<Self> {
        let building = &draft.building;
        if building.surveyed.is_some() || !bounds_of(&building.footprint).intersects(bounds) {
            return None;
        }
        Some(Self {
            number,
            id: building.id.clone(),
            dataset: building.dataset.clone(),
            footprint: building.footprint.clone(),
            ground_m: draft.has_ground.then_some(building.ground_m),
            year: building.year,
        })
    }
}

/// What the points say of a building.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    pub roof: Option<MeasuredRoof>,
    /// Altitude in the middle of the points, where they are enough to tell a height.
    pub median_m: Option<f64>,
}

/// The years of data sets by their stated dates.
pub fn years(declaration: &Declaration) -> BTreeMap<DatasetId, i32> {
    let year = |dataset: &Dataset| Some((dataset.id.clone(), dataset.date.get(..4)?.parse().ok()?));
    declaration.datasets.iter().filter_map(year).collect()
}

/// A building with what its points say.
pub fn give(draft: &mut Draft, outcome: Outcome, report: &mut Report) {
    let building = &mut draft.building;
    let say = |code, value: String| Finding::new(code, Severity::Info, &draft.file).object(&building.id).value(value);
    let measured = outcome.roof.as_ref().and_then(MeasuredRoof::eave_and_ridge_m);
    if !draft.has_height
        && draft.has_ground
        && let Some((eave, ridge)) = measured.or(outcome.median_m.map(|median| (median, median)))
        && eave - building.ground_m >= super::heights::LOWEST_M
        && ridge - building.ground_m <= super::heights::HIGHEST_M
    {
        building.eave_height_m = eave - building.ground_m;
        building.ridge_height_m = ridge - building.ground_m;
        building.height_origin = HeightOrigin::Measured;
        draft.has_height = true;
        draft.repaired = true;
        report.push(say("building-height-from-points", format!("{:.1} m", building.eave_height_m)));
    } else if let (Some((_, ridge)), true) = (measured, draft.has_height && draft.has_ground) {
        let (measured_m, stated_m) = (ridge - building.ground_m, building.ridge_height_m);
        if (measured_m - stated_m).abs() > CONTRADICTS_M {
            report.push(say("roof-contradicts-heights", format!("{measured_m:.1} m ≠ {stated_m:.1} m")));
        }
    }
    building.measured = outcome.roof;
}

/// What all sources of points are read against.
pub struct Survey<'a> {
    pub floor: &'a Floor<'a>,
    pub vertical: &'a Vertical,
    pub geoid: &'a Geoid,
    pub years: &'a BTreeMap<DatasetId, i32>,
    pub progress: &'a dyn Progress,
}

/// The sites within bounds.
pub type Sites<'a> = dyn FnMut(&Bounds2) -> Result<Vec<Site>, ImportFault> + 'a;
/// Takes what is known of a site.
pub type Done<'a> = dyn FnMut(u64, Outcome) -> Result<(), ImportFault> + 'a;

/// A source of points, with its place.
struct Cloud {
    at: usize,
    bounds: Bounds2,
    source: RoofSource,
    year: Option<i32>,
}

/// A site and what was gathered over it.
struct Held {
    site: Site,
    /// Whole metres, so that points need half the memory.
    origin: [f64; 3],
    points: BTreeMap<RoofSource, Vec<[f32; 3]>>,
    most: usize,
    /// Size of the largest cell of a surface model, metres.
    cell_m: f64,
    /// The latest year among the sources of its points.
    newest: Option<i32>,
    /// The last cloud that reaches it.
    last: usize,
}

impl Survey<'_> {
    /// Reads every source of points and settles every site under them; what comes is the same for any number of threads.
    ///
    /// # Errors
    /// When the work is cancelled, or what `sites` and `done` bring.
    pub fn roofs(
        &self,
        rasters: &mut [RawRaster],
        sites: &mut Sites,
        done: &mut Done,
        count: &mut LayerCount,
        report: &mut Report,
    ) -> Result<(), ImportFault> {
        let clouds = self.clouds(rasters, count, report);
        let mut held: HashMap<u64, Held> = HashMap::new();
        for (number, cloud) in clouds.iter().enumerate() {
            self.progress.step("import-roofs", number as u64, clouds.len() as u64);
            let mut here = sites(&cloud.bounds)?;
            here.sort_by_key(|site| site.number);
            let mut faulty = false;
            while !here.is_empty() {
                if self.progress.cancelled() {
                    return Err(ImportFault::new("import-cancelled", "", ""));
                }
                let mut area = 0.0;
                let mut pass: Vec<u64> = Vec::new();
                while area < MOST_HELD_M2
                    && let Some(site) = here.pop()
                {
                    area += site.footprint.unsigned_area();
                    pass.push(site.number);
                    if !held.contains_key(&site.number) {
                        let last = last_over(&clouds, &site).max(number);
                        held.insert(site.number, Held::new(site, last));
                    }
                }
                let Some(raw) = rasters.get_mut(cloud.at) else { continue };
                if let Err(fault) = self.gather(raw, cloud, &pass, &mut held) {
                    faulty = true;
                    report.push(Finding::new("points-unreadable", Severity::Error, raw.file.as_str()).value(fault));
                }
                let mut complete: Vec<Held> = pass
                    .iter()
                    .filter(|site| held.get(site).is_some_and(|held| held.last == number))
                    .copied()
                    .collect::<Vec<u64>>()
                    .into_iter()
                    .filter_map(|site| held.remove(&site))
                    .collect();
                complete.sort_by_key(|held| held.site.number);
                let settled: Vec<(u64, Outcome, Vec<Finding>)> = complete.into_par_iter().map(|held| held.settled()).collect();
                for (site, outcome, findings) in settled {
                    findings.into_iter().for_each(|finding| report.push(finding));
                    done(site, outcome)?;
                }
                if faulty {
                    break;
                }
            }
            if let Some(raw) = rasters.get_mut(cloud.at) {
                raw.heights.release();
                if raw.surface.is_some() {
                    count.add(if faulty { Fate::Rejected } else { Fate::Kept });
                    for (code, value) in raw.heights.remarks() {
                        report.push(Finding::new(code, Severity::Info, &raw.file).value(value));
                    }
                }
            }
        }
        // A cloud that could not be read to its end leaves buildings behind.
        let mut rest: Vec<Held> = held.into_values().collect();
        rest.sort_by_key(|held| held.site.number);
        for (site, outcome, findings) in rest.into_par_iter().map(Held::settled).collect::<Vec<_>>() {
            findings.into_iter().for_each(|finding| report.push(finding));
            done(site, outcome)?;
        }
        self.progress.step("import-roofs", clouds.len() as u64, clouds.len() as u64);
        Ok(())
    }

    /// The sources of points from south to north.
    fn clouds(&self, rasters: &[RawRaster], count: &mut LayerCount, report: &mut Report) -> Vec<Cloud> {
        let mut clouds: Vec<(Cloud, &str)> = Vec::new();
        for (at, raw) in rasters.iter().enumerate().filter(|(_, raw)| has_roofs(raw)) {
            let Some(bounds) = relief::bounds(raw, &raw.heights.placement()) else {
                // Of clouds it was said with the terrain.
                if raw.surface.is_some() {
                    count.add(Fate::Rejected);
                    report.push(Finding::new("coordinates-outside", Severity::Error, &raw.file));
                }
                continue;
            };
            let source = if raw.surface.is_some() { RoofSource::SurfaceModel } else { RoofSource::Points };
            let year = self.years.get(&raw.dataset).copied().or_else(|| raw.heights.year());
            clouds.push((Cloud { at, bounds, source, year }, &raw.file));
        }
        clouds.sort_by(|(a, a_file), (b, b_file)| {
            let order = a.bounds.min[1].total_cmp(&b.bounds.min[1]).then(a.bounds.min[0].total_cmp(&b.bounds.min[0]));
            order.then(a_file.cmp(b_file)).then(a.at.cmp(&b.at))
        });
        clouds.into_iter().map(|(cloud, _)| cloud).collect()
    }

    /// Points of one source to those of its sites that are looked at in this pass.
    fn gather(&self, raw: &mut RawRaster, cloud: &Cloud, pass: &[u64], held: &mut HashMap<u64, Held>) -> Result<(), RasterFault> {
        let Some(shift_m) = self.shift_m(raw) else { return Ok(()) };
        let boxes: Vec<_> = pass
            .iter()
            .filter_map(|number| {
                let bounds = bounds_of(&held.get(number)?.site.footprint);
                Some(GeomWithData::new(Rectangle::from_corners(bounds.min, bounds.max), *number))
            })
            .collect();
        let within = boxes.iter().fold(Bounds2::EMPTY, |all, entry| {
            all.union(Bounds2 { min: entry.geom().lower(), max: entry.geom().upper() })
        });
        let index = RTree::bulk_load(boxes);
        let above_ground = raw.surface == Some(Surface::AboveGround);
        let mut take = |placed: [f64; 2], z: f64, classified: bool| {
            for hit in index.locate_in_envelope_intersecting(&AABB::from_point(placed)) {
                let Some(held) = held.get_mut(&hit.data) else { continue };
                let ground_m = || self.floor.ground(placed[0], placed[1]).or(held.site.ground_m);
                let height_m = if above_ground {
                    let Some(ground_m) = ground_m() else { continue };
                    ground_m + z
                } else {
                    z + shift_m
                };
                let least_m = if classified { LOWEST_M } else { LOWEST_LOOSE_M };
                let high_enough = match ground_m() {
                    Some(ground_m) => height_m >= ground_m + least_m,
                    // Only what somebody looked at is known to be no car.
                    None => classified,
                };
                if high_enough && held.site.footprint.contains(&Point::new(placed[0], placed[1])) {
                    held.add(cloud.source, [placed[0], placed[1], height_m]);
                    held.newest = held.newest.max(cloud.year);
                }
            }
        };
        if raw.surface.is_some() {
            let cell_m = {
                let placement = raw.heights.placement();
                let size = cloud.bounds.size();
                (size[0] / placement.columns.max(1) as f64).max(size[1] / placement.rows.max(1) as f64)
            };
            cells(raw, &within, &mut |at, z| take(at, z, false))?;
            for number in pass {
                if let Some(held) = held.get_mut(number) {
                    held.cell_m = held.cell_m.max(cell_m);
                }
            }
            return Ok(());
        }
        let RawRaster { heights, placer, .. } = raw;
        heights.roof_points(&mut |RoofPoint { at: [x, y, z], classified }| {
            if let Ok(at) = placer.point(x, y) {
                take(at, z, classified);
            }
        })
    }

    /// What brings a source's heights into the territory's system. One shift for a whole source: undulations change by centimetres over a kilometre,
    /// roofs are read to decimetres. `None`: not to be converted, which was said with the terrain.
    fn shift_m(&self, raw: &RawRaster) -> Option<f64> {
        let Some(own) = raw.placer.vertical().filter(|own| own != self.vertical) else { return Some(0.0) };
        let placement = raw.heights.placement();
        let [x, y] = placement.at(0.5 * placement.columns as f64, 0.5 * placement.rows as f64);
        let centre = raw.placer.point(x, y).ok().and_then(|at| raw.placer.target_lonlat(at));
        own.to(self.vertical, self.geoid, centre?)
    }
}

/// Hands out the known cells of a raster within bounds of the territory's system.
fn cells(raw: &mut RawRaster, within: &Bounds2, take: &mut dyn FnMut([f64; 2], f64)) -> Result<(), RasterFault> {
    let placement = raw.heights.placement();
    let mut range = Bounds2::EMPTY;
    let size = within.size();
    for (u, v) in (0..=8).flat_map(|u| (0..=8).map(move |v| (u, v))) {
        let at = [within.min[0] + size[0] * f64::from(u) / 8.0, within.min[1] + size[1] * f64::from(v) / 8.0];
        if let Ok(own) = raw.placer.back(at[0], at[1]) {
            range.add(placement.find(own));
        }
    }
    if range.is_empty() {
        return Ok(());
    }
    let clamp = |value: f64, most: usize| value.clamp(0.0, most as f64) as usize;
    let (left, right) = (clamp(range.min[0] - 2.0, placement.columns), clamp(range.max[0] + 3.0, placement.columns));
    let (top, bottom) = (clamp(range.min[1] - 2.0, placement.rows), clamp(range.max[1] + 3.0, placement.rows));
    if left >= right {
        return Ok(());
    }
    let columns = right - left;
    let high = (MOST_CELLS / columns).max(1);
    for row in (top..bottom).step_by(high) {
        let window = Window { column: left, row, columns, rows: high.min(bottom - row) };
        let values = raw.heights.read(window)?;
        for (number, value) in values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            let [x, y] = placement.at((left + number % columns) as f64, (row + number / columns) as f64);
            if let Ok(at) = raw.placer.point(x, y) {
                take(at, f64::from(*value));
            }
        }
    }
    Ok(())
}

/// The last cloud over a site.
fn last_over(clouds: &[Cloud], site: &Site) -> usize {
    let bounds = bounds_of(&site.footprint);
    clouds.iter().rposition(|cloud| cloud.bounds.intersects(&bounds)).unwrap_or(0)
}

fn bounds_of(footprint: &MultiPolygon<f64>) -> Bounds2 {
    footprint.bounding_rect().map_or(Bounds2::EMPTY, |rect| Bounds2 {
        min: [rect.min().x, rect.min().y],
        max: [rect.max().x, rect.max().y],
    })
}

impl Held {
    fn new(site: Site, last: usize) -> Self {
        let corner = bounds_of(&site.footprint).min.map(f64::floor);
        let squares = site.footprint.unsigned_area() / (SQUARE_M * SQUARE_M);
        Self {
            origin: [corner[0], corner[1], site.ground_m.unwrap_or(0.0).floor()],
            points: BTreeMap::new(),
            most: (squares * f64::from(MOST_IN_A_SQUARE)) as usize + ROOM,
            cell_m: 0.0,
            newest: None,
            last,
            site,
        }
    }

    fn add(&mut self, source: RoofSource, at: [f64; 3]) {
        let points = self.points.entry(source).or_default();
        points.push([0, 1, 2].map(|k| (at[k] - self.origin[k]) as f32));
        if points.len() > 2 * self.most {
            // The first of each square: a cloud comes in strips, and one strip agrees with itself.
            let mut seen: HashMap<[i32; 2], u8> = HashMap::new();
            points.retain(|[x, y, _]| {
                let many = seen.entry([x, y].map(|v| (f64::from(*v) / SQUARE_M).floor() as i32)).or_default();
                *many = many.saturating_add(1);
                *many <= MOST_IN_A_SQUARE
            });
            points.truncate(self.most);
        }
    }

    /// The points of a source, exact enough again.
    fn points(&self, source: RoofSource) -> Vec<[f64; 3]> {
        let own = self.points.get(&source).into_iter().flatten();
        let mut points: Vec<[f64; 3]> = own.map(|p| [0, 1, 2].map(|k| f64::from(p[k]) + self.origin[k])).collect();
        if source == RoofSource::SurfaceModel {
            let edge_m = EDGE_CELLS * self.cell_m;
            let inner = |p: &[f64; 3]| {
                let at = Point::new(p[0], p[1]);
                let rings = self.site.footprint.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
                rings.map(|ring| Euclidean.distance(&at, ring)).all(|distance| distance >= edge_m)
            };
            points.retain(inner);
        }
        points
    }

    /// The roof from the better source that shows one: points before cells.
    fn settled(self) -> (u64, Outcome, Vec<Finding>) {
        let Site { number, id, dataset, footprint, year, .. } = &self.site;
        let finding = |code, value: String| Finding::new(code, Severity::Info, dataset.as_str()).object(id).value(value);
        let mut outcome = Outcome::default();
        let mut findings = Vec::new();
        if let (Some(built), Some(newest)) = (*year, self.newest)
            && built > newest
        {
            // What they show stood there before.
            findings.push(finding("roof-points-outdated", format!("{newest} < {built}")));
            return (*number, outcome, findings);
        }
        let mut refused = None;
        for source in RoofSource::ALL.into_iter().filter(|source| self.points.contains_key(source)) {
            let points = self.points(source);
            let settings = MeasureSettings::default();
            match measured::measure(&points, footprint, source, &settings) {
                Ok(roof) => {
                    if source == RoofSource::Points {
                        findings.push(finding("roof-surveyed", format!("{} · {:.2} m · {:.0} %", roof.planes.len(), roof.residual_m, 100.0 * roof.near)));
                    }
                    outcome = Outcome { roof: Some(roof), median_m: None };
                    refused = None;
                    break;
                }
                Err(refusal) => {
                    let tells_height = !matches!(refusal, Refusal::Few(_) | Refusal::Gaps(_));
                    outcome.median_m = outcome.median_m.or(tells_height.then(|| measured::median_m(&points)).flatten());
                    refused.get_or_insert(refusal);
                }
            }
        }
        if let Some(refusal) = refused {
            findings.push(match refusal {
                Refusal::Few(per_m2) => finding("roof-points-few", format!("{per_m2:.2}/m²")),
                Refusal::Gaps(share) => finding("roof-points-gaps", format!("{:.0} %", 100.0 * share)),
                Refusal::Scattered(near, residual_m) => finding("roof-points-scattered", format!("{:.0} % · {residual_m:.2} m", 100.0 * near)),
                Refusal::Shape => finding("roof-points-shape", String::new()),
            });
        }
        (*number, outcome, findings)
    }
}
