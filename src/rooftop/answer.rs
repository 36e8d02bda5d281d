//! What changes with the question: planes and modules, load and battery, money, formalities.

use super::load::{Load, Pumped, USUAL_HOME_KWH, load_year, unheated_year};
use super::prepare::{Prepared, Sunlight};
use super::record::{cover, covisibility, layout, plane, roofs};
use super::{Covisibility, Roof};
use crate::base::{Clock, Instant};
use crate::energy::answer::{Answer, HomeBattery, PlaneYear, Question, answer as answer_of, worth_covering};
use crate::energy::economics::{Facts, Use};
use crate::energy::layout::{Layout, ModuleKind};
use crate::energy::roof::RoofPlane;
use crate::planning::file::Texts;
use crate::planning::rooftop::{self, Formalities, Monument, Place, Plan};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Ask {
    pub building: String,
    pub load: Load,
    /// kWh a year, where it is known.
    pub load_kwh: Option<f64>,
    /// A heat pump heats the building.
    pub heat_pump: Option<HeatAsked>,
    pub battery_kwh: f64,
    /// Before tax, of a quotation.
    pub cost_eur: Option<f64>,
    /// The person's own amounts, by the ids of the dated facts that they stand for.
    pub own: Vec<(&'static str, f64)>,
    pub way: Use,
    pub at: Instant,
    /// Planes to cover; those worth it otherwise.
    pub planes: Option<Vec<usize>>,
    /// Modules beyond this power are left out, the least sunny plane first.
    pub most_kwp: Option<f64>,
    /// Modules taken out by hand: plane and place in its list.
    pub without: Vec<(usize, usize)>,
    /// As if the terrain hid nothing of the monuments: to try what it does.
    pub bare: bool,
    /// Kept free along every edge, metres, where it is not the book's; see [`Prepared::relaid`].
    pub margin_m: Option<f64>,
}

/// The heat that a pump is to give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeatAsked {
    /// As the dated fact `home-heat` has it for a mean home, in proportion to the building's demand.
    Usual,
    /// kWh a year.
    Kwh(f64),
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
    /// Middle of the covered planes, in the local frame.
    pub at: [f64; 3],
    /// All planes, and those that are covered.
    pub roofs: Vec<Roof>,
    pub covered: Vec<Covered>,
    pub module: ModuleKind,
    pub answer: Answer,
    /// kW of the covered planes and of the load, by hour of the stored year.
    pub production_kw: Vec<f64>,
    pub load_kw: Vec<f64>,
    pub load_kwh: f64,
    /// How the load's energy is known: `given`, `meter`, `building`, `usual`.
    pub load_known: &'static str,
    /// Hours of the meter's year that were not in its file.
    pub load_missing: usize,
    /// Rows of that file that could not be read, or repeat a stamp.
    pub load_refused: usize,
    pub pump: Option<Pumped>,
    pub formalities: Formalities,
    pub place: Place,
    pub covisibilities: Vec<Covisibility>,
}

/// Why a roof has no answer: the code of a finding and the value it speaks of.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}: {value}")]
pub struct RoofFault {
    pub code: &'static str,
    pub value: String,
}

impl RoofFault {
    fn new(code: &'static str, value: impl std::fmt::Display) -> Self {
        Self { code, value: value.to_string() }
    }
}

/// Answers for one building.
///
/// # Errors
/// `roof-plane-unknown`, `roof-power-small`, `roof-nothing-to-cover`, `roof-load-empty`, `roof-heat`, `roof-question`.
pub fn answer(prepared: &Prepared, sunlight: &Sunlight, clock: Clock, ask: &Ask, facts: &Facts, texts: &Texts) -> Result<MyRoof, RoofFault> {
    let record = &prepared.record;
    let shared = &sunlight.shared;
    let kind = &ModuleKind { margin_m: ask.margin_m.unwrap_or(shared.module.margin_m), ..shared.module };
    let roofs = roofs(record, shared.sureness);
    asked_exists(&roofs, kind, ask)?;
    let covered = covered(prepared, &roofs, kind, ask);
    if covered.is_empty() {
        return Err(RoofFault::new("roof-nothing-to-cover", roofs.len()));
    }
    let with_own = (!ask.own.is_empty()).then(|| facts.with_own(&ask.own, ask.at));
    let facts = with_own.as_ref().unwrap_or(facts);
    let hours = prepared.per_kwp.iter().map(Vec::len).max().unwrap_or(0);
    let mut production = vec![0.0; hours];
    for covered in &covered {
        let own = prepared.per_kwp.get(covered.roof.plane).map(Vec::as_slice).unwrap_or_default();
        production.iter_mut().zip(own).for_each(|(sum, kw)| *sum += f64::from(*kw) * covered.roof.kwp);
    }
    let (load_kwh, load_known) = match (&ask.load, ask.load_kwh, record.demand_kwh_year) {
        (Load::Meter(_), None, _) => (0.0, "meter"),
        (_, Some(kwh), _) => (kwh, "given"),
        (Load::Household, None, Some(kwh)) if record.usage == "residential" => (kwh, "building"),
        (load, None, _) => (load.usual_kwh(), "usual"),
    };
    let empty = || RoofFault::new("roof-load-empty", load_kwh);
    // What a mean home draws for heat is not drawn beside the pump; a person's own figure stays as it is.
    let replaces = ask.heat_pump.is_some() && matches!(ask.load, Load::Household) && load_known != "given";
    let (mut load_kw, load_missing) = if replaces { (unheated_year(load_kwh, clock).ok_or_else(empty)?, 0) } else { load_year(&ask.load, load_kwh, clock, ask.load_kwh.is_some()).ok_or_else(empty)? };
    let heat = match ask.heat_pump {
        None => None,
        Some(HeatAsked::Kwh(kwh)) => Some((kwh, None)),
        Some(HeatAsked::Usual) => {
            let usual = facts.find("home-heat", 0.0, ask.at).and_then(|(fact, validity)| Some((fact.value?, fact, validity)));
            let (kwh, fact, validity) = usual.ok_or_else(|| RoofFault::new("roof-heat", ""))?;
            let homes = record.demand_kwh_year.filter(|_| record.usage == "residential").map_or(1.0, |kwh| kwh / USUAL_HOME_KWH);
            Some((kwh * homes, Some((fact.clone(), validity))))
        }
    };
    let pump = match &heat {
        None => None,
        Some((kwh, fact)) => Some(Pumped::new(*kwh, fact.is_none(), replaces, &sunlight.air_year(), clock).ok_or_else(|| RoofFault::new("roof-heat", kwh))?),
    };
    if let Some(pump) = &pump {
        load_kw.iter_mut().zip(&pump.kw).for_each(|(kw, more)| *kw += more);
    }
    let load_kwh = load_kw.iter().sum();
    let chosen: Vec<PlaneYear> = covered.iter().map(|covered| plane_year(&covered.roof)).collect();
    let question = Question {
        planes: &chosen,
        production_kw: &production,
        load_kw: &load_kw,
        step_h: 1.0,
        battery: (ask.battery_kwh > 0.0).then(|| HomeBattery::of_kwh(ask.battery_kwh)),
        sureness: shared.sureness,
        at: ask.at,
        way: ask.way,
        cost_eur: ask.cost_eur,
        is_home: is_home(&record.usage, &ask.load),
        ageing: AGEING,
    };
    let mut answer = answer_of(&question, facts).map_err(|error| RoofFault::new("roof-question", error))?;
    answer.earnings.used.extend(heat.and_then(|(_, fact)| fact));
    let covisibilities: Vec<Covisibility> = record.monuments.iter().map(covisibility).map(|one| if ask.bare { one.without_terrain() } else { one }).collect();
    let has = |layer: &str| shared.layers.iter().any(|known| known == layer);
    let place = Place {
        zones: record.zones.iter().map(cover).collect(),
        servitudes: record.servitudes.iter().map(cover).collect(),
        prescriptions: record.prescriptions.iter().map(cover).collect(),
        information: record.information.iter().map(cover).collect(),
        monuments: covisibilities
            .iter()
            .map(|found| Monument {
                name: found.monument.name.clone(),
                dataset: found.monument.dataset.clone(),
                distance_m: found.monument.distance_m,
                covisible: found.covisible,
                is_it: found.is_of(&record.building),
            })
            .collect(),
        has_zones: has("zones"),
        has_servitudes: has("servitudes"),
        has_prescriptions: has("prescriptions"),
        new_building: false,
    };
    let formalities = rooftop::formalities(&place, &Plan { kwp: answer.kwp, feeds_in: answer.balance.exported > 0.0 || ask.way == Use::TotalSale }, texts, ask.at);
    let at = centre(&covered);
    Ok(MyRoof {
        building: record.building.clone(),
        at,
        roofs,
        covered,
        module: *kind,
        answer,
        production_kw: production,
        load_kw,
        load_kwh,
        load_known,
        load_missing,
        pump,
        load_refused: if let Load::Meter(meter) = &ask.load { meter.unreadable + meter.doubled } else { 0 },
        formalities,
        place,
        covisibilities,
    })
}

/// Planes and modules that were named are there, and one module at least may be laid.
fn asked_exists(roofs: &[Roof], kind: &ModuleKind, ask: &Ask) -> Result<(), RoofFault> {
    if let Some(plane) = ask.planes.iter().flatten().find(|plane| **plane >= roofs.len()) {
        return Err(RoofFault::new("roof-plane-unknown", format!("{plane} (0…{})", roofs.len().saturating_sub(1))));
    }
    if let Some(most) = ask.most_kwp.filter(|most| *most + 1e-9 < kind.kwp) {
        return Err(RoofFault::new("roof-power-small", format!("{most} < {} kWp", kind.kwp)));
    }
    Ok(())
}

/// Whether people live there: as the building's use says, or the load where that is unknown.
fn is_home(usage: &str, load: &Load) -> bool {
    match usage {
        "residential" => true,
        "" | "unknown" => !matches!(load, Load::Farm | Load::School),
        _ => false,
    }
}

/// Planes that are covered where nobody chose others.
pub fn proposed(roofs: &[Roof]) -> Vec<usize> {
    worth_covering(&roofs.iter().map(plane_year).collect::<Vec<_>>(), WORTH)
}

fn covered(prepared: &Prepared, roofs: &[Roof], kind: &ModuleKind, ask: &Ask) -> Vec<Covered> {
    let wanted = match &ask.planes {
        Some(planes) => planes.clone(),
        None => proposed(roofs),
    };
    let mut covered: Vec<Covered> = Vec::new();
    let mut order: Vec<&Roof> = roofs.iter().filter(|roof| wanted.contains(&roof.plane)).collect();
    let per_kwp = |roof: &Roof| if roof.kwp > 0.0 { roof.kwh_year / roof.kwp } else { 0.0 };
    order.sort_by(|a, b| per_kwp(b).total_cmp(&per_kwp(a)));
    let mut left_kwp = ask.most_kwp.unwrap_or(f64::INFINITY);
    for roof in order {
        let Some(own) = prepared.record.planes.get(roof.plane) else { continue };
        let mut layout = layout(own, kind);
        let taken: Vec<usize> = ask.without.iter().filter(|(plane, _)| *plane == roof.plane).map(|(_, place)| *place).collect();
        layout = if layout.corners.is_empty() || taken.is_empty() { layout } else { layout.without(&taken, kind) };
        let room = (left_kwp / kind.kwp + 1e-9).max(0.0) as usize;
        if layout.modules > room {
            // From the ridge down: the last places of the list are those farthest along the eave and up.
            let beyond: Vec<usize> = (room..layout.modules).collect();
            layout = if layout.corners.is_empty() { few(&layout, room, kind) } else { layout.without(&beyond, kind) };
        }
        if layout.modules == 0 || roof.kwp <= 0.0 {
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
        let plane = plane(own);
        covered.push(Covered { modules: layout.in_space(&plane, kind), roof, plane, layout });
    }
    covered.sort_by_key(|covered| covered.roof.plane);
    covered
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
