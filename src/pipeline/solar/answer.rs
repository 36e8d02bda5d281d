//! "My roof", joined: a building's planes and year, its load, the dated facts, the formalities of its place.

use super::around::{Around, around};
use super::roofs::{BlockDone, Blockwise, Roof, RoofOptions, roofs_of};
use super::scene::{self, Scene};
use super::sights::{Covisibility, covisibility};
use super::weather::Weather;
use super::year::StoredYear;
use crate::base::{Clock, Finding, Instant, Report, Severity};
use crate::energy::answer::{Answer, HomeBattery, PlaneYear, Question, answer, worth_covering};
use crate::energy::demand::{DemandClass, hours_of, profile};
use crate::energy::economics::{Facts, Use};
use crate::energy::layout::{Layout, ModuleKind, lay};
use crate::energy::roof::{self, RoofPlane};
use crate::formats::meter::Meter;
use crate::formats::territory::Manifest;
use crate::pipeline::Progress;
use crate::pipeline::solar::store::YEAR;
use crate::planning::file::Texts;
use crate::planning::rooftop::{self, Formalities, Monument, Place, Plan};
use std::path::Path;

/// Whose load the roof meets.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    Household,
    Farm,
    School,
    Meter(Meter),
}

impl Load {
    /// A stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Farm => "farm",
            Self::School => "school",
            Self::Meter(_) => "meter",
        }
    }

    fn class(&self) -> DemandClass {
        match self {
            Self::Household | Self::Meter(_) => DemandClass::Residential,
            Self::Farm => DemandClass::Agricultural,
            Self::School => DemandClass::Public,
        }
    }

    /// kWh a year where nobody knows: a mean French home (SDES, INSEE), a dairy farm of 70 cows (Institut de l’Élevage), a school of 900 m².
    fn usual_kwh(&self) -> f64 {
        match self {
            Self::Household | Self::Meter(_) => 4_700.0,
            Self::Farm => 29_400.0,
            Self::School => 63_000.0,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Ask {
    pub building: String,
    pub load: Load,
    /// kWh a year, where it is known.
    pub load_kwh: Option<f64>,
    pub battery_kwh: f64,
    pub power_price: Option<f64>,
    pub cost_eur: Option<f64>,
    pub way: Use,
    pub at: Instant,
    /// Planes to cover; those worth it otherwise.
    pub planes: Option<Vec<usize>>,
    /// Modules beyond this power are left out, the least sunny plane first.
    pub most_kwp: Option<f64>,
    /// Modules taken out by hand: plane and place in its list.
    pub without: Vec<(usize, usize)>,
}

/// A plane's yield below this share of the best one's is not worth its modules.
pub const WORTH: f64 = 0.75;
/// Loss of output a year: what manufacturers guarantee for common modules.
const AGEING: f64 = 0.005;

/// A covered plane.
#[derive(Clone, Debug)]
pub struct Covered {
    pub roof: Roof,
    pub plane: RoofPlane,
    pub layout: Layout,
    /// Modules in space, corner by corner.
    pub modules: Vec<[[f64; 3]; 4]>,
}

/// Everything the card and the dossier show.
#[derive(Clone, Debug)]
pub struct MyRoof {
    pub building: String,
    /// Middle of the roof.
    pub at: [f64; 3],
    pub around: Around,
    /// All planes, and those that are covered.
    pub roofs: Vec<Roof>,
    pub covered: Vec<Covered>,
    pub module: ModuleKind,
    pub answer: Answer,
    pub load_kwh: f64,
    /// How the load's energy is known: `given`, `meter`, `building`, `usual`.
    pub load_known: &'static str,
    /// Hours of the meter's year that were not in its file.
    pub load_missing: usize,
    pub formalities: Formalities,
    pub place: Place,
    pub covisibilities: Vec<Covisibility>,
    pub report: Report,
    pub scene: Scene,
}

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

/// Answers for one building.
///
/// # Errors
/// A finding when there is no such building, no roof on it, or an input is impossible.
pub fn my_roof(folder: &Path, manifest: &Manifest, weather: &Weather, options: &RoofOptions, ask: &Ask, facts: &Facts, texts: &Texts, progress: &dyn Progress) -> Result<MyRoof, Finding> {
    let fault = |code: &'static str, value: &dyn std::fmt::Display| Finding::new(code, Severity::Error, folder.display().to_string()).object(ask.building.clone()).value(value);
    let mut report = Report::default();
    let scene = scene::read(folder, manifest, &mut report, progress);
    let options = RoofOptions { building: Some(ask.building.clone()), ..options.clone() };
    let mut all = One::default();
    let done = roofs_of(&scene, &folder.display().to_string(), (&weather.hours, weather.step_h), None, &options, &mut all, progress)?;
    report.merge(done.report);
    let roofs = all.0.roofs;
    let planes = roof::planes(scene.buildings.get(&ask.building).map(|solid| solid.triangles.as_slice()).unwrap_or_default());
    let years: Vec<PlaneYear> = roofs.iter().map(plane_year).collect();
    let wanted = match &ask.planes {
        Some(planes) => planes.clone(),
        None => worth_covering(&years, WORTH),
    };
    let mut covered: Vec<Covered> = Vec::new();
    let mut order: Vec<&Roof> = roofs.iter().filter(|roof| wanted.contains(&roof.plane)).collect();
    let per_kwp = |roof: &Roof| if roof.kwp > 0.0 { roof.kwh_year / roof.kwp } else { 0.0 };
    order.sort_by(|a, b| per_kwp(b).total_cmp(&per_kwp(a)));
    let mut left_kwp = ask.most_kwp.unwrap_or(f64::INFINITY);
    for roof in order {
        let Some(plane) = planes.get(roof.plane) else { continue };
        let mut layout = lay(plane, &options.module);
        let taken: Vec<usize> = ask.without.iter().filter(|(plane, _)| *plane == roof.plane).map(|(_, place)| *place).collect();
        layout = if layout.corners.is_empty() { layout } else { layout.without(&taken, &options.module) };
        let room = (left_kwp / options.module.kwp + 1e-9).max(0.0) as usize;
        if layout.modules > room {
            // From the ridge down: the last places of the list are those farthest along the eave and up.
            let beyond: Vec<usize> = (room..layout.modules).collect();
            layout = if layout.corners.is_empty() { few(&layout, room, &options.module) } else { layout.without(&beyond, &options.module) };
        }
        if layout.modules == 0 {
            continue;
        }
        left_kwp -= layout.kwp;
        let share = layout.kwp / roof.kwp;
        let roof = Roof {
            modules: layout.modules,
            kwp: layout.kwp,
            kwh_year: roof.kwh_year * share,
            kwh_year_p90: roof.kwh_year_p90 * share,
            kwh_month: roof.kwh_month.map(|kwh| kwh * share),
            ..roof.clone()
        };
        covered.push(Covered { modules: layout.in_space(plane, &options.module), roof, plane: plane.clone(), layout });
    }
    if covered.is_empty() {
        return Err(fault("roof-nothing-to-cover", &roofs.len()));
    }
    covered.sort_by_key(|covered| covered.roof.plane);
    let production = production(&scene, weather, &options, &covered, progress).ok_or_else(|| fault("roof-weather-year", &weather.hours.len()))?;
    let at = centre(&covered);
    let around = around(folder, manifest, &scene, &ask.building, at)?;
    let (load_kwh, load_known) = match (&ask.load, ask.load_kwh, around.demand_kwh_year) {
        (Load::Meter(_), None, _) => (0.0, "meter"),
        (_, Some(kwh), _) => (kwh, "given"),
        (Load::Household, None, Some(kwh)) if around.usage == "residential" => (kwh, "building"),
        (load, None, _) => (load.usual_kwh(), "usual"),
    };
    let (load_kw, load_missing) = load_year(&ask.load, load_kwh, manifest.clock(), ask.load_kwh.is_some()).ok_or_else(|| fault("roof-load-empty", &load_kwh))?;
    let load_kwh = load_kw.iter().sum();
    let chosen: Vec<PlaneYear> = covered.iter().map(|covered| plane_year(&covered.roof)).collect();
    let question = Question {
        planes: &chosen,
        production_kw: &production,
        load_kw: &load_kw,
        step_h: 1.0,
        battery: (ask.battery_kwh > 0.0).then(|| HomeBattery::of_kwh(ask.battery_kwh)),
        sureness: options.sureness,
        at: ask.at,
        way: ask.way,
        cost_eur: ask.cost_eur,
        power_price: ask.power_price,
        ageing: AGEING,
    };
    let answer = answer(&question, facts).map_err(|error| fault("roof-question", &error))?;
    let covered_planes: Vec<RoofPlane> = covered.iter().map(|covered| covered.plane.clone()).collect();
    let covisibilities: Vec<Covisibility> = around.monuments.iter().map(|monument| covisibility(&scene, &ask.building, &covered_planes, monument, &around.streets)).collect();
    let has = |layer: &str| around.layers.iter().any(|known| known == layer);
    let place = Place {
        zones: around.zones.clone(),
        servitudes: around.servitudes.clone(),
        prescriptions: around.prescriptions.clone(),
        information: around.information.clone(),
        monuments: covisibilities
            .iter()
            .map(|found| Monument { name: found.monument.name.clone(), dataset: found.monument.dataset.clone(), distance_m: found.monument.distance_m, covisible: found.covisible })
            .collect(),
        has_zones: has("zones"),
        has_servitudes: has("servitudes"),
        has_prescriptions: has("prescriptions"),
        new_building: false,
    };
    let formalities = rooftop::formalities(&place, &Plan { kwp: answer.kwp, feeds_in: answer.balance.exported > 0.0 || ask.way == Use::TotalSale }, texts, ask.at);
    Ok(MyRoof { building: ask.building.clone(), at, around, roofs, covered, module: options.module, answer, load_kwh, load_known, load_missing, formalities, place, covisibilities, report, scene })
}

fn plane_year(roof: &Roof) -> PlaneYear {
    PlaneYear { plane: roof.plane, area_m2: roof.area_m2, usable_m2: roof.usable_m2, modules: roof.modules, kwp: roof.kwp, kwh_year: roof.kwh_year, kwh_month: roof.kwh_month }
}

/// A field that was filled by its area has no places to take out.
fn few(layout: &Layout, modules: usize, kind: &ModuleKind) -> Layout {
    Layout { modules, kwp: modules as f64 * kind.kwp, covered_m2: modules as f64 * kind.long_m * kind.short_m, ..layout.clone() }
}

fn centre(covered: &[Covered]) -> [f64; 3] {
    let corners: Vec<[f64; 3]> = covered.iter().flat_map(|covered| covered.plane.triangles.iter().flatten()).copied().collect();
    let sum = corners.iter().fold([0.0; 3], |sum: [f64; 3], p| [sum[0] + p[0], sum[1] + p[1], sum[2] + p[2]]);
    sum.map(|x| x / corners.len().max(1) as f64)
}

/// Power of the covered planes by hour of the stored year; an hour that the weather lacks counts as dark. `None` when no calendar knows the year.
fn production(scene: &Scene, weather: &Weather, options: &RoofOptions, covered: &[Covered], progress: &dyn Progress) -> Option<Vec<f64>> {
    use super::horizons::{Placed, by_rays};
    use crate::energy::prepared::PreparedYear;
    use crate::energy::transposition::Plane;
    use crate::energy::yields::PlaneView;
    let year = StoredYear::new(YEAR, &weather.hours)?;
    let prepared = PreparedYear::new(&options.system, &weather.hours, weather.step_h);
    let building = covered.first().map(|covered| covered.roof.building.as_str()).unwrap_or_default();
    let planes: Vec<Placed> = covered.iter().map(|covered| Placed { building, number: covered.roof.plane, plane: covered.plane.clone() }).collect();
    let views = by_rays(scene, &planes, progress);
    let mut sums = year.empty();
    for (number, covered) in covered.iter().enumerate() {
        let tilted = Plane::new(covered.plane.tilt, covered.plane.azimuth);
        let view = PlaneView::new(&tilted, &views.of(number), options.foliage);
        prepared.produce(&tilted, &view, |hour, kw| year.add(&mut sums, hour, kw * covered.roof.kwp));
    }
    Some(year.mean(&sums).into_iter().map(|kw| if kw.is_finite() { f64::from(kw) } else { 0.0 }).collect())
}

/// kW of each hour of the stored year, and how many hours a meter's file left open; `None` without any load.
fn load_year(load: &Load, kwh: f64, clock: Clock, scale: bool) -> Option<(Vec<f64>, usize)> {
    let Load::Meter(meter) = load else {
        let hours = hours_of(YEAR);
        let coefficients = profile(load.class(), YEAR, clock);
        let kw: Vec<f64> = coefficients.iter().map(|c| kwh / hours as f64 * f64::from(*c)).collect();
        return (kwh > 0.0 && kw.len() == hours).then_some((kw, 0));
    };
    let start = Instant::from_utc(YEAR, 1, 1, 0, 0, 0)?;
    let hours = hours_of(YEAR);
    let (mut sums, mut counts) = (vec![0.0; hours], vec![0_u32; hours]);
    let (mut by_hour, mut of_hour) = ([0.0; 24], [0_u32; 24]);
    for (at, kw) in &meter.kw {
        let at = if meter.absolute { Instant(*at) } else { clock.wall_forward(*at)? };
        let read = at.utc();
        let Some(here) = Instant::from_utc(YEAR, read.month, read.day, read.hour, 0, 0) else { continue };
        // A step longer than an hour holds for all its hours.
        for more in 0..(meter.step_s / 3600).max(1) {
            let slot = usize::try_from((here.0 - start.0) / 3600 + more).ok()? % hours.max(1);
            if let (Some(sum), Some(count)) = (sums.get_mut(slot), counts.get_mut(slot)) {
                *sum += kw.max(0.0);
                *count += 1;
            }
            let of_day = slot % 24;
            by_hour[of_day] += kw.max(0.0);
            of_hour[of_day] += 1;
        }
    }
    let missing = counts.iter().filter(|count| **count == 0).count();
    let mut kw: Vec<f64> = sums
        .iter()
        .zip(&counts)
        .enumerate()
        .map(|(slot, (sum, count))| if *count > 0 { sum / f64::from(*count) } else { by_hour[slot % 24] / f64::from(of_hour[slot % 24].max(1)) })
        .collect();
    let total: f64 = kw.iter().sum();
    if scale && total > 0.0 {
        kw.iter_mut().for_each(|kw_now| *kw_now *= kwh / total);
    }
    (total > 0.0).then_some((kw, missing))
}
