//! "My roof" of a territory on disk: from its roof book where it has one, else by exact rays. Both ways end in a record, and the answer is the same function of it.

use super::around::{self, Land};
use super::book::{self, complete, shared};
use super::edit::{Changed, Neighbourhood};
use super::roofs::{BlockDone, Blockwise, RoofOptions, roofs_of};
use super::scene::{self, Scene};
use super::sights::Outlook;
use super::weather::Weather;
use crate::base::{Finding, Report, Severity};
use crate::energy::economics::Facts;
use crate::formats::roofbook::Record;
use crate::formats::territory::Manifest;
use crate::geodesy::LonLatH;
use crate::pipeline::Progress;
use crate::planning::file::Texts;
use crate::planning::rooftop::SURROUNDINGS_M;
use crate::rooftop::answer::{Ask, MyRoof, answer};
use crate::rooftop::prepare::{Prepared, Sunlight, middle};
use crate::rooftop::record::Shared;
use crate::rooftop::scenery::Scenery;
use std::path::Path;

/// Keeps the one block.
#[derive(Default)]
struct One(BlockDone);

impl Blockwise for One {
    fn known(&mut self, _block: usize) -> Option<BlockDone> {
        None
    }

    fn done(&mut self, _block: usize, done: BlockDone) -> Result<(), Finding> {
        self.0 = done;
        Ok(())
    }
}

/// An answer and what it was made from.
pub struct Found {
    pub roof: MyRoof,
    pub record: Record,
    pub shared: Shared,
    /// `book` or `rays`.
    pub shading: &'static str,
    pub report: Report,
}

/// Answers for one building; `rays` passes over the book.
///
/// # Errors
/// A finding when there is no such building, no roof on it, or an input is impossible.
pub fn my_roof(folder: &Path, manifest: &Manifest, (weather, options): (&Weather, &RoofOptions), rays: bool, ask: &Ask, (facts, texts): (&Facts, &Texts), progress: &dyn Progress) -> Result<Found, Finding> {
    let stored = if rays { None } else { book::read(folder, manifest, &ask.building) };
    let (mut report, shading) = (Report::default(), if stored.is_some() { "book" } else { "rays" });
    let (record, shared) = match stored {
        Some(stored) => stored,
        None => {
            let scene = scene::read(folder, manifest, &mut report, progress);
            let land = Land::read(folder, manifest, &scene, place_of(&scene, &ask.building))?;
            let record = by_rays(&scene, &land, folder, weather, options, &ask.building, &mut report, progress)?;
            (record, shared(manifest, weather, options, &land))
        }
    };
    let fault = |code: &'static str, value: &dyn std::fmt::Display| Finding::new(code, Severity::Error, folder.display().to_string()).object(ask.building.clone()).value(value);
    let sunlight = Sunlight::new(shared.clone()).ok_or_else(|| fault("roof-weather-year", &weather.hours.len()))?;
    let prepared = Prepared::new(record, &sunlight);
    let roof = answer(&prepared, &sunlight, manifest.clock(), ask, facts, texts).map_err(|error| fault(error.code, &error.value))?;
    Ok(Found { roof, record: prepared.record, shared, shading, report })
}

/// A circle in which trees are felled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Felling {
    /// Longitude and latitude, degrees.
    pub at: [f64; 2],
    pub radius_m: f64,
}

/// An answer without some trees, and which planes have another year for it.
pub struct Felled {
    pub found: Found,
    pub changed: Vec<Changed>,
    pub before_kwh_year: f64,
}

/// The same answer without the trees that stand wholly within circles; `found` was made by rays.
///
/// # Errors
/// As [`my_roof`].
pub fn without_trees(folder: &Path, manifest: &Manifest, found: Found, fellings: &[Felling], ask: &Ask, (facts, texts): (&Facts, &Texts), progress: &dyn Progress) -> Result<Felled, Finding> {
    let Found { roof, record, shared, shading, mut report } = found;
    let scene = scene::read(folder, manifest, &mut Report::default(), progress);
    let fault = |code: &'static str, value: &dyn std::fmt::Display| Finding::new(code, Severity::Error, folder.display().to_string()).object(ask.building.clone()).value(value);
    let sunlight = Sunlight::new(shared.clone()).ok_or_else(|| fault("roof-weather-year", &shared.hours.len()))?;
    let [x, y, _] = middle(&record);
    let mut neighbourhood = Neighbourhood::new(&scene, [x, y], vec![record]);
    let mut changed: Vec<Changed> = Vec::new();
    for Felling { at: [lon, lat], radius_m } in fellings {
        let [x, y, _] = scene.local(LonLatH::new(*lon, *lat, 0.0));
        for one in neighbourhood.fell([x, y], *radius_m, &sunlight) {
            match changed.iter_mut().find(|known| (&known.building, known.plane) == (&one.building, one.plane)) {
                Some(known) => known.after_kwh = one.after_kwh,
                None => changed.push(one),
            }
        }
    }
    if changed.is_empty() {
        report.push(Finding::new("solar-nothing-felled", Severity::Warning, folder.display().to_string()).object(ask.building.clone()).value(fellings.len()));
    }
    let record = neighbourhood.records.pop().unwrap_or_default();
    let prepared = Prepared::new(record, &sunlight);
    let after = answer(&prepared, &sunlight, manifest.clock(), ask, facts, texts).map_err(|error| fault(error.code, &error.value))?;
    Ok(Felled { before_kwh_year: roof.answer.kwh_year, found: Found { roof: after, record: prepared.record, shared, shading, report }, changed })
}

/// Middle of a building's outline.
fn place_of(scene: &Scene, building: &str) -> Option<[f64; 2]> {
    let [west, south, east, north] = scene.buildings.get(building)?.bounds();
    Some([0.5 * (west + east), 0.5 * (south + north)])
}

/// A building's record, made on the spot.
///
/// # Errors
/// `solar-building-unknown`.
#[expect(clippy::too_many_arguments, reason = "all that a record is made of")]
pub fn by_rays(scene: &Scene, land: &Land, folder: &Path, weather: &Weather, options: &RoofOptions, building: &str, report: &mut Report, progress: &dyn Progress) -> Result<Record, Finding> {
    let options = RoofOptions { building: Some(building.to_owned()), records: true, ..options.clone() };
    let mut all = One::default();
    let done = roofs_of(scene, &folder.display().to_string(), (&weather.hours, weather.step_h), None, &options, &mut all, progress)?;
    report.merge(done.report);
    let mut record = all.0.records.pop().unwrap_or_else(|| Record { building: building.to_owned(), ..Record::default() });
    let [x, y, _] = middle(&record);
    let outlook = std::sync::OnceLock::new();
    let mut left_out = land.left_out.clone();
    around::add(&mut left_out, &complete(&mut record, scene, land, &|| outlook.get_or_init(|| Outlook::near(scene, [x, y], SURROUNDINGS_M + 400.0))));
    around::told(&left_out, &folder.display().to_string()).for_each(|finding| report.push(finding));
    Ok(record)
}

/// The surroundings of an answer, for its drawings.
///
/// # Errors
/// `file-unreadable`.
pub fn drawn(folder: &Path, manifest: &Manifest, found: &MyRoof, progress: &dyn Progress) -> Result<Scenery, Finding> {
    let mut report = Report::default();
    let scene = scene::read(folder, manifest, &mut report, progress);
    let land = Land::read(folder, manifest, &scene, Some([found.at[0], found.at[1]]))?;
    let around = land.around(&scene, &found.building, found.at);
    Ok(Scenery {
        trees: scene.planted().copied().collect(),
        buildings: scene.buildings.into_iter().map(|(id, solid)| (id, solid.triangles)).collect(),
        ground: scene.ground,
        streets: around.streets,
        parcels: around.parcels,
        ..Scenery::new(scene.frame)
    })
}
