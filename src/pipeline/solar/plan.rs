//! The commune's solar plan: large roofs and car parks in order, their total against what the place draws hour by hour, what is left out and why.
//!
//! Roofs come block by block, so that memory does not grow with the hours of a territory: what is kept of a large roof is its row and its mean day in each month.

use super::canopies::{self, ASSUMED};
use super::plan_land::PlanLand;
use super::roofs::{BlockDone, Blockwise, Roof, RoofOptions, roofs_of};
use super::scene::{self, Scene};
use super::store::{Made, YEAR, shape_of};
use crate::base::{Clock, Finding, Instant, Report};
use crate::energy::demand::{DemandClass, hours_of, profile};
use crate::formats::roofplan::{Canopies, Facets, Group, Item, Kind, Plan, Protection, VERSION, Whole};
use crate::formats::shape::Shape;
use crate::formats::territory::Manifest;
use crate::pipeline::Progress;
use crate::rooftop::planner::{Coverage, Filter, categories, coverage, exclusions, perimeter_name, totals, useful_share};
use crate::rooftop::prepare::{Prepared, Sunlight};
use crate::rooftop::record;
use crate::rooftop::year::StoredYear;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Roofs smaller than this are not a planner's first question, m².
pub const LEAST_M2: f64 = 500.0;
/// Above this power another procedure begins: calls for tenders instead of an open tariff.
pub const LARGE_KWP: f64 = 100.0;
/// Hours of a day in each month: what is kept of an item's hours.
const CELLS: usize = 12 * 24;

/// The plan with what a file of it is made from.
#[derive(Clone, Debug)]
pub struct SolarPlan {
    pub plan: Plan,
    /// Of each item, degrees.
    pub shapes: Vec<Shape>,
    pub report: Report,
}

/// Collects the large roofs of blocks as they are done.
pub struct Planner<'p> {
    land: &'p PlanLand,
    frame: crate::geodesy::EnuFrame,
    least_m2: f64,
    /// For roofs whose hours were not kept: their records have them.
    sunlight: Option<Sunlight>,
    items: Vec<(Item, Shape, Vec<f64>)>,
    groups: BTreeMap<Facets, Vec<f64>>,
    whole: Whole,
    cells: Vec<usize>,
}

impl<'p> Planner<'p> {
    pub fn new(scene: &Scene, land: &'p PlanLand, least_m2: f64, sunlight: Option<Sunlight>) -> Self {
        Self { land, frame: scene.frame, least_m2, sunlight, items: Vec::new(), groups: BTreeMap::new(), whole: Whole::default(), cells: cells() }
    }

    /// Takes the buildings of a block.
    pub fn take(&mut self, done: &BlockDone) {
        let hours: BTreeMap<&str, &[f32]> = done.hours.iter().map(|(building, hours)| (building.as_str(), hours.as_slice())).collect();
        for planes in done.roofs.chunk_by(|a, b| a.building == b.building) {
            let sum = |of: fn(&Roof) -> f64| planes.iter().map(of).sum::<f64>();
            self.whole.buildings += 1;
            self.whole.kwp += sum(|roof| roof.kwp);
            self.whole.kwh_year += sum(|roof| roof.kwh_year);
            let Some((item, shape)) = self.item(planes) else { continue };
            let kept;
            let own = match (hours.get(item.id.as_str()), &self.sunlight) {
                (Some(own), _) => *own,
                (None, Some(sunlight)) => {
                    let record = done.records.iter().find(|record| record.building == item.id);
                    kept = record.map(|record| hours_of_record(record, sunlight)).unwrap_or_default();
                    kept.as_slice()
                }
                (None, None) => &[],
            };
            self.push(item, shape, own);
        }
    }

    /// A row of the table; `None` of a small roof, and of one that has no outline.
    fn item(&self, planes: &[Roof]) -> Option<(Item, Shape)> {
        let first = planes.first()?;
        let sum = |of: fn(&Roof) -> f64| planes.iter().map(of).sum::<f64>();
        let area_m2 = sum(|roof| roof.area_m2);
        if area_m2 < self.least_m2 {
            return None;
        }
        let rings: Vec<Vec<[f64; 3]>> = planes.iter().flat_map(|roof| roof.outline.iter().cloned()).collect();
        let lonlat = |p: &[f64; 3]| {
            let at = self.frame.to_ecef(glam::DVec3::from_array(*p)).to_lonlath();
            [at.lon_deg, at.lat_deg, at.height_m]
        };
        let degrees: Vec<Vec<[f64; 3]>> = rings.iter().map(|ring| ring.iter().map(|p| { let [lon, lat, _] = lonlat(p); [lon, lat, f64::NAN] }).collect()).collect();
        let shape = shape_of(&degrees, &rings)?;
        let corners: Vec<[f64; 3]> = rings.iter().flatten().copied().collect();
        let middle = corners.iter().fold([0.0; 3], |sum: [f64; 3], p| [sum[0] + p[0], sum[1] + p[1], sum[2] + p[2]]).map(|x| x / corners.len().max(1) as f64);
        let at = lonlat(&middle);
        let kwh_year = sum(|roof| roof.kwh_year);
        let open: f64 = planes.iter().map(|roof| roof.kwh_year / (1.0 - roof.shading_loss).max(0.01)).sum();
        let mut kwh_month = [0.0; 12];
        for roof in planes {
            kwh_month.iter_mut().zip(roof.kwh_month).for_each(|(sum, kwh)| *sum += kwh);
        }
        let kwp = sum(|roof| roof.kwp);
        let place = [at[0], at[1]];
        let (perimeters, protection) = self.land.perimeters(place);
        let building = first.building.as_str();
        let item = Item {
            id: building.to_owned(),
            layer: first.layer.to_string(),
            facets: Facets { kind: Kind::Roof, public: self.land.is_public(Some(building), place), protection, over_100_kwp: kwp > LARGE_KWP },
            name: self.land.names.get(building).cloned().unwrap_or_default(),
            usage: self.land.usage.get(building).cloned().unwrap_or_default(),
            area_m2,
            usable_m2: sum(|roof| roof.usable_m2),
            modules: planes.iter().map(|roof| roof.modules).sum(),
            kwp,
            kwh_year,
            kwh_year_p90: sum(|roof| roof.kwh_year_p90),
            kwh_month,
            shading_loss: if open > 0.0 { record::energy(1.0 - kwh_year / open) } else { 0.0 },
            demand_kwh_year: self.land.demand.get(building).copied(),
            useful_kwh: None,
            perimeters,
            at,
        };
        Some((item, shape))
    }

    /// Adds an item; its hours are made to add up to its year, which they miss where the weather is not exactly one year long.
    fn push(&mut self, item: Item, shape: Shape, hours: &[f32]) {
        let known = |kw: &f32| if kw.is_finite() { f64::from(*kw) } else { 0.0 };
        let sum: f64 = hours.iter().map(known).sum();
        let mut days = vec![0.0; CELLS];
        if sum > 0.0 && item.kwh_year > 0.0 {
            let scale = item.kwh_year / sum;
            let group = self.groups.entry(item.facets).or_insert_with(|| vec![0.0; self.cells.len()]);
            for ((kw, slot), cell) in hours.iter().zip(group).zip(&self.cells) {
                let kw = known(kw) * scale;
                *slot += kw;
                if let Some(day) = days.get_mut(*cell) {
                    *day += kw;
                }
            }
        }
        self.items.push((item, shape, days));
    }

    /// Car parks under canopies; the scene has their decks afterwards.
    pub fn cover_car_parks(&mut self, scene: &mut Scene, made: &Made, year: Option<&StoredYear>, options: &RoofOptions, progress: &dyn Progress) {
        let land = self.land;
        for covered in canopies::covered(scene, &land.parks, &ASSUMED, (&made.weather.hours, made.weather.step_h), year, options, progress) {
            let Some(park) = land.parks.get(covered.park) else { continue };
            let (perimeters, protection) = land.perimeters(park.at);
            let at = scene.lonlat(covered.at);
            let item = Item {
                id: park.id.clone(),
                layer: "car-parks".to_owned(),
                facets: Facets { kind: Kind::CarPark, public: land.is_public(None, park.at), protection, over_100_kwp: covered.kwp > LARGE_KWP },
                name: park.name.clone(),
                usage: "car-park".to_owned(),
                area_m2: park.area_m2,
                usable_m2: covered.usable_m2,
                modules: covered.modules,
                kwp: covered.kwp,
                kwh_year: covered.kwh_year,
                kwh_year_p90: options.sureness.p90(covered.kwh_year),
                kwh_month: covered.kwh_month,
                shading_loss: covered.shading_loss,
                demand_kwh_year: None,
                useful_kwh: None,
                perimeters,
                at: [at.lon_deg, at.lat_deg, at.height_m],
            };
            self.push(item, park.shape.clone(), &covered.kw);
        }
    }

    /// Everything in order, most energy first.
    pub fn finish(self, clock: Clock, weather: [String; 3], sources: Vec<String>) -> (Plan, Vec<Shape>) {
        let Self { land, least_m2, mut items, groups, whole, cells, .. } = self;
        let demand_kw = demand_hours(&land.by_class, clock);
        useful(&mut items, &groups, &demand_kw, &cells);
        items.sort_by(|(a, ..), (b, ..)| b.kwh_year.total_cmp(&a.kwh_year).then_with(|| (a.facets.kind, &a.id).cmp(&(b.facets.kind, &b.id))));
        let (items, shapes) = items.into_iter().map(|(item, shape, _)| (item, shape)).unzip();
        let short = |kw: Vec<f64>| kw.into_iter().map(|kw| record::rounded(kw, 4)).collect::<Vec<f64>>();
        let plan = Plan {
            roofplan: VERSION,
            least_m2,
            year: YEAR,
            items,
            groups: groups.into_iter().map(|(facets, kw)| Group { facets, kw: short(kw) }).collect(),
            demand_kw: short(demand_kw),
            all_roofs: whole,
            canopies: ASSUMED,
            servitudes_known: land.servitudes_known,
            car_parks_known: land.car_parks_known,
            facilities_known: land.facilities_known(),
            weather,
            sources,
            pvgis: None,
        };
        (plan, shapes)
    }
}

impl Blockwise for Planner<'_> {
    fn known(&mut self, _block: usize) -> Option<BlockDone> {
        None
    }

    fn done(&mut self, _block: usize, done: BlockDone) -> Result<(), Finding> {
        self.take(&done);
        Ok(())
    }
}

/// Month and hour of the day (UTC) of each hour of the year.
fn cells() -> Vec<usize> {
    let Some(start) = Instant::from_utc(YEAR, 1, 1, 0, 0, 0) else { return Vec::new() };
    let cell = |hour: usize| (start.plus_seconds(3600 * hour as i64).utc().month.clamp(1, 12) as usize - 1) * 24 + hour % 24;
    (0..hours_of(YEAR)).map(cell).collect()
}

/// The hours of a building, from what its roof book record says that it sees.
fn hours_of_record(record: &crate::formats::roofbook::Record, sunlight: &Sunlight) -> Vec<f32> {
    let prepared = Prepared::new(record.clone(), sunlight);
    let hours = prepared.per_kwp.iter().map(Vec::len).max().unwrap_or(0);
    let mut out = vec![0.0_f32; hours];
    for (own, plane) in prepared.per_kwp.iter().zip(&prepared.record.planes) {
        out.iter_mut().zip(own).for_each(|(sum, kw)| *sum += kw * plane.kwp as f32);
    }
    out
}

/// What each item makes at hours when the territory draws it, if all is built.
///
/// In an hour in which less is drawn than made, everybody has the same share of it. Of an item its mean day in each month is known, so the share is that of the
/// month and the hour of the day: the sum over all items is what is used at once in the whole year.
fn useful(items: &mut [(Item, Shape, Vec<f64>)], groups: &BTreeMap<Facets, Vec<f64>>, demand_kw: &[f64], cells: &[usize]) {
    if demand_kw.len() != cells.len() {
        return;
    }
    let (mut made, mut used) = (vec![0.0; CELLS], vec![0.0; CELLS]);
    for (hour, (cell, need)) in cells.iter().zip(demand_kw).enumerate() {
        let kw: f64 = groups.values().filter_map(|kw| kw.get(hour)).sum();
        if let (Some(made), Some(used)) = (made.get_mut(*cell), used.get_mut(*cell)) {
            *made += kw;
            *used += kw.min(*need);
        }
    }
    for (item, _, days) in items {
        let sum = days.iter().zip(made.iter().zip(&used)).filter(|(_, (made, _))| **made > 0.0).map(|(kwh, (made, used))| kwh * used / made).sum();
        item.useful_kwh = Some(record::energy(sum));
    }
}

/// Works out the plan of a territory.
///
/// # Errors
/// A finding when nothing can be computed, or the feature table is broken.
pub fn plan(folder: &Path, manifest: &Manifest, made: &Made, options: &RoofOptions, least_m2: f64, progress: &dyn Progress) -> Result<SolarPlan, Finding> {
    let mut report = Report::default();
    let mut scene = scene::read(folder, manifest, &mut report, progress);
    let year = StoredYear::new(YEAR, &made.weather.hours);
    let land = PlanLand::read(folder, manifest, least_m2)?;
    let mut planner = Planner::new(&scene, &land, least_m2, None);
    let done = roofs_of(&scene, &folder.display().to_string(), (&made.weather.hours, made.weather.step_h), year.as_ref(), options, &mut planner, progress)?;
    report.merge(done.report);
    planner.cover_car_parks(&mut scene, made, year.as_ref(), options, progress);
    let (weather, sources) = said_of(manifest, made);
    let (mut plan, shapes) = planner.finish(manifest.clock(), weather, sources);
    plan.pvgis = made.pvgis.map(|answer| super::compare::compared(answer, made, options));
    Ok(SolarPlan { plan, shapes, report })
}

/// The weather in words, and the attributions of what the plan is made from.
pub fn said_of(manifest: &Manifest, made: &Made) -> ([String; 3], Vec<String>) {
    let (fr, en) = made.weather.origin.sentence();
    let said = |text: &str| format!("{text} {}", made.weather.title).trim().to_owned();
    let sources = manifest.datasets.iter().filter(|set| set.id.as_str() != super::store::DATASET).map(|set| if set.attribution.is_empty() { set.title.clone() } else { set.attribution.clone() });
    ([made.weather.origin.name().to_owned(), said(fr), said(en)], sources.collect())
}

/// Hours of the demand of all buildings, kW; none where none is known.
fn demand_hours(by_class: &BTreeMap<&'static str, f64>, clock: Clock) -> Vec<f64> {
    if by_class.values().sum::<f64>() <= 0.0 {
        return Vec::new();
    }
    let hours = hours_of(YEAR);
    let mut load = vec![0.0; hours];
    for class in DemandClass::ALL {
        let Some(kwh) = by_class.get(class.name()) else { continue };
        for (sum, c) in load.iter_mut().zip(profile(class, YEAR, clock)) {
            *sum += kwh / hours as f64 * f64::from(c);
        }
    }
    load
}

/// The plan as JSON with its provenance.
pub fn json(plan: &Plan, provenance: &Json) -> Json {
    let of = |kind: Kind| plan.items.iter().filter(|item| item.facets.kind == kind).map(properties).collect::<Vec<Json>>();
    let sums = |filter: Filter| {
        let sums = totals(plan, &filter);
        json!({ "count": sums.count, "area_m2": sums.area_m2, "kwp": sums.kwp, "kwh_year": sums.kwh_year, "kwh_year_p90": sums.kwh_year_p90, "kwh_month": sums.kwh_month, "sizes": sums.sizes })
    };
    let roofs = totals(plan, &Filter { kind: Some(Kind::Roof), ..Filter::default() });
    let excluded: Vec<&Item> = plan.items.iter().filter(|item| item.facets.protection == Protection::Excluded).collect();
    let (all, kept) = (coverage(plan, &Filter::default()), coverage(plan, &Filter { without_excluded: true, ..Filter::default() }));
    let told = |coverage: &Option<Coverage>| coverage.as_ref().map(|one| json!({ "covered_at_once": one.covered(), "used_at_once": one.used(), "hours": one.hours, "hours_covered": one.hours_covered, "most_surplus_kw": one.most_surplus_kw }));
    json!({
        "roofs": of(Kind::Roof), "car_parks": plan.car_parks_known.then(|| of(Kind::CarPark)),
        "least_area_m2": plan.least_m2, "count": roofs.count, "area_m2": roofs.area_m2, "kwp": roofs.kwp,
        "kwh_year": roofs.kwh_year, "kwh_year_p90": roofs.kwh_year_p90, "kwh_month": roofs.kwh_month,
        "car_park_sums": sums(Filter { kind: Some(Kind::CarPark), ..Filter::default() }),
        "total": sums(Filter::default()), "kept": sums(Filter { without_excluded: true, ..Filter::default() }),
        "excluded": { "count": excluded.len(), "kwp": excluded.iter().map(|item| item.kwp).sum::<f64>(), "kwh_year": excluded.iter().map(|item| item.kwh_year).sum::<f64>(), "why": exclusions(plan) },
        "all": { "buildings": plan.all_roofs.buildings, "kwp": plan.all_roofs.kwp, "kwh_year": plan.all_roofs.kwh_year },
        "demand_kwh_year": all.as_ref().map(|one| one.demand_kwh), "covered_at_once": all.as_ref().map(Coverage::covered), "used_at_once": all.as_ref().map(Coverage::used),
        "most_surplus_kw": all.as_ref().map(|one| one.most_surplus_kw), "coverage": told(&all), "coverage_kept": told(&kept),
        "canopies": { "usable_share": plan.canopies.usable_share, "tilt": plan.canopies.tilt, "azimuth": plan.canopies.azimuth, "height_m": plan.canopies.height_m, "nature": "assumed" },
        "heritage_known": plan.servitudes_known, "public_known": plan.facilities_known, "pvgis": plan.pvgis, "provenance": provenance, "nature": "simulated",
    })
}

/// An item under the names of the exports.
pub fn properties(item: &Item) -> Json {
    json!({
        "building": item.id, "layer": item.layer, "kind": item.facets.kind.name(), "name": item.name, "usage": item.usage, "public": item.facets.public, "area_m2": item.area_m2,
        "usable_m2": item.usable_m2, "modules": item.modules, "kwp": item.kwp, "kwh_year": item.kwh_year, "kwh_year_p90": item.kwh_year_p90, "kwh_month": item.kwh_month,
        "shading_loss": item.shading_loss, "demand_kwh_year": item.demand_kwh_year, "useful_kwh": item.useful_kwh, "useful_share": useful_share(item),
        "heritage": categories(item), "perimeters": item.perimeters.iter().map(perimeter_name).collect::<Vec<_>>(),
        "excluded": item.facets.protection == Protection::Excluded, "over_100_kwp": item.facets.over_100_kwp, "lon": item.at[0], "lat": item.at[1],
    })
}

/// How the assumption of canopies reads, French and English.
pub fn canopies_said(canopies: &Canopies) -> (String, String) {
    let percent = 100.0 * canopies.usable_share;
    (
        format!("hypothèse : ombrières sur {percent:.0} % de la surface (loi APER, art. 40), inclinaison {:.0}°, azimut {:.0}°, à {:.0} m du sol", canopies.tilt, canopies.azimuth, canopies.height_m),
        format!("assumption: canopies over {percent:.0} % of the area (APER law, art. 40), tilt {:.0}°, azimuth {:.0}°, {:.0} m above ground", canopies.tilt, canopies.azimuth, canopies.height_m),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LayerId;
    use crate::geodesy::{EnuFrame, LonLatH};
    use proptest::prelude::*;

    fn roof(building: usize, plane: usize, side: f64, kwh: f64) -> Roof {
        let at = 40.0 * building as f64;
        let ring = vec![[at, 0.0, 5.0], [at + side, 0.0, 5.0], [at + side, side, 5.0], [at, side, 5.0], [at, 0.0, 5.0]];
        Roof {
            building: format!("b{building}"),
            layer: LayerId::from("buildings"),
            plane,
            area_m2: side * side,
            usable_m2: 0.8 * side * side,
            tilt: 0.0,
            azimuth: 180.0,
            ridge_m: 5.0,
            modules: 1,
            kwp: side,
            kwh_year: kwh,
            kwh_year_p90: 0.9 * kwh,
            kwh_month: [kwh / 12.0; 12],
            shading_loss: 0.1,
            sky_view: 1.0,
            poa_kwh_m2: 1000.0,
            outline: vec![ring],
        }
    }

    /// Every building shines in its own hours of each day.
    fn block(planes: &[(usize, f64, f64)]) -> BlockDone {
        let mut roofs: Vec<Roof> = planes.iter().enumerate().map(|(plane, (building, side, kwh))| roof(*building, plane, *side, *kwh)).collect();
        roofs.sort_by(|a, b| a.building.cmp(&b.building));
        let hours = roofs
            .chunk_by(|a, b| a.building == b.building)
            .enumerate()
            .map(|(number, own)| {
                let lit = |hour: usize| (8 + number % 6..14 + number % 6).contains(&(hour % 24));
                (own[0].building.clone(), (0..hours_of(YEAR)).map(|hour| if lit(hour) { 1.0 + (hour / 2000) as f32 } else { 0.0 }).collect())
            })
            .collect();
        BlockDone { roofs, hours, ..BlockDone::default() }
    }

    fn planned(planes: &[(usize, f64, f64)], land: &PlanLand, least_m2: f64) -> Plan {
        let scene = Scene { frame: EnuFrame::at(LonLatH::new(-1.5, 47.2, 20.0)), buildings: BTreeMap::new(), ground: Vec::new(), trees: Vec::new() };
        let mut planner = Planner::new(&scene, land, least_m2, None);
        planner.take(&block(planes));
        planner.finish(Clock::default(), Default::default(), Vec::new()).0
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn the_sum_of_the_parts_is_the_total(planes in proptest::collection::vec((0..12_usize, 1.0..40.0_f64, 0.0..9e5_f64), 1..60), least in 0.0..3000.0_f64, demand in 1e4..1e8_f64) {
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0);
            let land = PlanLand { by_class: [("residential", demand)].into(), ..PlanLand::default() };
            let plan = planned(&planes, &land, least);
            let sums = totals(&plan, &Filter::default());
            prop_assert!(near(sums.kwh_month.iter().sum(), sums.kwh_year));
            prop_assert!(plan.items.iter().all(|one| one.area_m2 >= least));
            prop_assert!(plan.items.windows(2).all(|pair| pair[0].kwh_year >= pair[1].kwh_year));
            // Every plane is in the list or belongs to a building that is too small.
            let listed: f64 = planes.iter().filter(|(building, ..)| plan.items.iter().any(|one| one.id == format!("b{building}"))).map(|(.., kwh)| kwh).sum();
            prop_assert!(near(listed, sums.kwh_year));
            // The hours of the groups are the year, and what is useful of each adds up to what is used at once.
            let hours = coverage(&plan, &Filter::default()).unwrap();
            prop_assert!((hours.made_kwh - sums.kwh_year).abs() <= 1e-6 * sums.kwh_year + 1.0, "{} {}", hours.made_kwh, sums.kwh_year);
            prop_assert!((hours.at_once_kwh - sums.useful_kwh).abs() <= 1e-6 * sums.kwh_year + 1.0, "{} {}", hours.at_once_kwh, sums.useful_kwh);
            prop_assert!(plan.items.iter().all(|one| one.useful_kwh.unwrap() <= one.kwh_year + 1e-3));
            let whole = planned(&planes, &land, 0.0);
            let all = totals(&whole, &Filter::default());
            prop_assert!(near(all.kwh_year, whole.all_roofs.kwh_year) && near(all.kwp, plan.all_roofs.kwp));
        }
    }
}
