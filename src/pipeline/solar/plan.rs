//! The commune's solar plan: large roofs in order, their total against what the place consumes, exports with provenance.
//!
//! Car parks would stand beside the roofs; a territory has no layer of them yet, and the plan says so.

use super::around::covers;
use super::roofs::{BlockDone, Blockwise, Roof, RoofOptions, roofs_of};
use super::scene::{self, Scene};
use super::store::{Made, YEAR, shape_of};
use crate::rooftop::year::StoredYear;
use crate::base::{Clock, Finding, Report, Severity};
use crate::energy::demand::{DemandClass, hours_of, profile};
use crate::formats::shape::Shape;
use crate::formats::territory::Manifest;
use crate::pipeline::Progress;
use crate::pipeline::demo::files::{Package, TableShape};
use crate::pipeline::sources::readers::{Content, parquet};
use crate::pipeline::sources::vocabulary::Mapping;
use crate::pipeline::tile::features::{FeatureWriter, Kind, Leaf, Row, Value};
use rusqlite::types::Value as Sql;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::BufWriter;
use std::path::Path;

/// Roofs smaller than this are not a planner's first question, m².
pub const LEAST_M2: f64 = 500.0;

/// One building's roof.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub building: String,
    pub layer: String,
    pub usage: String,
    /// All planes.
    pub area_m2: f64,
    pub usable_m2: f64,
    pub modules: usize,
    pub kwp: f64,
    pub kwh_year: f64,
    pub kwh_year_p90: f64,
    pub kwh_month: [f64; 12],
    /// Share of the unshaded year that shade takes, by energy.
    pub shading_loss: f64,
    pub demand_kwh_year: Option<f64>,
    /// Protected perimeters that cover it: `AC1`, `AC2`, `AC4`.
    pub heritage: Vec<String>,
    pub lon: f64,
    pub lat: f64,
    pub shape: Shape,
}

/// The plan.
#[derive(Clone, Debug, Default)]
pub struct SolarPlan {
    /// The large ones, most energy first.
    pub roofs: Vec<Candidate>,
    pub least_m2: f64,
    /// Of the listed roofs.
    pub area_m2: f64,
    pub kwp: f64,
    pub kwh_year: f64,
    pub kwh_year_p90: f64,
    pub kwh_month: [f64; 12],
    /// Of all roofs of the territory.
    pub all_buildings: usize,
    pub all_kwp: f64,
    pub all_kwh_year: f64,
    /// Estimated demand of all buildings, kWh a year; `None` where no table says it.
    pub demand_kwh_year: Option<f64>,
    /// Share of that demand covered at the hour it arises, and share of the production used at that hour, by the listed roofs.
    pub covered_at_once: Option<f64>,
    pub used_at_once: Option<f64>,
    /// Largest hour of the listed roofs' surplus over demand, kW.
    pub most_surplus_kw: Option<f64>,
    /// The territory has servitudes to look at.
    pub has_servitudes: bool,
    pub report: Report,
}

/// Buildings' rows of the feature table.
#[derive(Default)]
struct Said {
    usage: BTreeMap<String, String>,
    demand: BTreeMap<String, f64>,
    by_class: BTreeMap<&'static str, f64>,
    servitudes: Vec<(String, Shape)>,
}

/// Sums the hours of buildings whose roofs are large enough, and keeps all planes.
struct Summing {
    roofs: Vec<Roof>,
    hours: Vec<f64>,
    least_m2: f64,
}

impl Blockwise for Summing {
    fn known(&mut self, _block: usize) -> Option<BlockDone> {
        None
    }

    fn done(&mut self, _block: usize, done: BlockDone) -> Result<(), Finding> {
        let mut area: BTreeMap<&str, f64> = BTreeMap::new();
        for roof in &done.roofs {
            *area.entry(roof.building.as_str()).or_default() += roof.area_m2;
        }
        for (building, hours) in &done.hours {
            if area.get(building.as_str()).is_some_and(|area| *area >= self.least_m2) {
                self.hours.iter_mut().zip(hours).for_each(|(sum, kw)| *sum += if kw.is_finite() { f64::from(*kw) } else { 0.0 });
            }
        }
        self.roofs.extend(done.roofs);
        Ok(())
    }
}

/// Works out the plan of a territory.
///
/// # Errors
/// A finding when nothing can be computed, or the feature table is broken.
pub fn plan(folder: &Path, manifest: &Manifest, made: &Made, options: &RoofOptions, least_m2: f64, progress: &dyn Progress) -> Result<SolarPlan, Finding> {
    let mut report = Report::default();
    let scene = scene::read(folder, manifest, &mut report, progress);
    let year = StoredYear::new(YEAR, &made.weather.hours);
    let mut all = Summing { roofs: Vec::new(), hours: year.as_ref().map(StoredYear::empty).unwrap_or_default(), least_m2 };
    let done = roofs_of(&scene, &folder.display().to_string(), (&made.weather.hours, made.weather.step_h), year.as_ref(), options, &mut all, progress)?;
    report.merge(done.report);
    let said = said(folder, manifest)?;
    let mut out = of_roofs(&all.roofs, &scene, &said, least_m2);
    out.has_servitudes = !said.servitudes.is_empty();
    let demand: f64 = said.by_class.values().sum();
    if demand > 0.0 {
        out.demand_kwh_year = Some(demand);
        let load = demand_hours(&said.by_class, manifest.clock());
        if load.len() == all.hours.len() {
            let at_once: f64 = load.iter().zip(&all.hours).map(|(need, make)| need.min(*make)).sum();
            let made: f64 = all.hours.iter().sum();
            out.covered_at_once = Some(at_once / demand);
            out.used_at_once = (made > 0.0).then(|| at_once / made);
            out.most_surplus_kw = Some(load.iter().zip(&all.hours).map(|(need, make)| make - need).fold(0.0, f64::max));
        }
    }
    out.report = report;
    Ok(out)
}

fn demand_hours(by_class: &BTreeMap<&'static str, f64>, clock: Clock) -> Vec<f64> {
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

/// The planes of buildings put together, sorted and summed up.
fn of_roofs(roofs: &[Roof], scene: &Scene, said: &Said, least_m2: f64) -> SolarPlan {
    let mut by_building: BTreeMap<&str, Vec<&Roof>> = BTreeMap::new();
    for roof in roofs {
        by_building.entry(roof.building.as_str()).or_default().push(roof);
    }
    let mut out = SolarPlan { least_m2, all_buildings: by_building.len(), all_kwp: roofs.iter().map(|roof| roof.kwp).sum(), all_kwh_year: roofs.iter().map(|roof| roof.kwh_year).sum(), ..SolarPlan::default() };
    for (building, planes) in by_building {
        let sum = |of: fn(&Roof) -> f64| planes.iter().map(|roof| of(roof)).sum::<f64>();
        let area_m2 = sum(|roof| roof.area_m2);
        if area_m2 < least_m2 {
            continue;
        }
        let rings: Vec<Vec<[f64; 3]>> = planes.iter().flat_map(|roof| roof.outline.iter().cloned()).collect();
        let degrees: Vec<Vec<[f64; 3]>> = rings
            .iter()
            .map(|ring| {
                let at = |p: &[f64; 3]| {
                    let at = scene.lonlat(*p);
                    [at.lon_deg, at.lat_deg, f64::NAN]
                };
                ring.iter().map(at).collect()
            })
            .collect();
        let Some(shape) = shape_of(&degrees, &rings) else { continue };
        let corners: Vec<[f64; 3]> = rings.iter().flatten().copied().collect();
        let middle = corners.iter().fold([0.0; 3], |sum: [f64; 3], p| [sum[0] + p[0], sum[1] + p[1], sum[2] + p[2]]).map(|x| x / corners.len().max(1) as f64);
        let at = scene.lonlat(middle);
        let kwh_year = sum(|roof| roof.kwh_year);
        let open: f64 = planes.iter().map(|roof| roof.kwh_year / (1.0 - roof.shading_loss).max(0.01)).sum();
        let mut kwh_month = [0.0; 12];
        for roof in &planes {
            kwh_month.iter_mut().zip(roof.kwh_month).for_each(|(sum, kwh)| *sum += kwh);
        }
        let heritage: BTreeSet<String> = said.servitudes.iter().filter(|(_, shape)| covers(shape, [at.lon_deg, at.lat_deg])).map(|(code, _)| code.clone()).collect();
        out.roofs.push(Candidate {
            building: building.to_owned(),
            layer: planes.first().map(|roof| roof.layer.to_string()).unwrap_or_default(),
            usage: said.usage.get(building).cloned().unwrap_or_default(),
            area_m2,
            usable_m2: sum(|roof| roof.usable_m2),
            modules: planes.iter().map(|roof| roof.modules).sum(),
            kwp: sum(|roof| roof.kwp),
            kwh_year,
            kwh_year_p90: sum(|roof| roof.kwh_year_p90),
            kwh_month,
            shading_loss: if open > 0.0 { 1.0 - kwh_year / open } else { 0.0 },
            demand_kwh_year: said.demand.get(building).copied(),
            heritage: heritage.into_iter().collect(),
            lon: at.lon_deg,
            lat: at.lat_deg,
            shape,
        });
    }
    out.roofs.sort_by(|a, b| b.kwh_year.total_cmp(&a.kwh_year).then_with(|| a.building.cmp(&b.building)));
    for roof in &out.roofs {
        out.area_m2 += roof.area_m2;
        out.kwp += roof.kwp;
        out.kwh_year += roof.kwh_year;
        out.kwh_year_p90 += roof.kwh_year_p90;
        out.kwh_month.iter_mut().zip(roof.kwh_month).for_each(|(sum, kwh)| *sum += kwh);
    }
    out
}

/// What the feature table says of buildings and protected perimeters.
fn said(folder: &Path, manifest: &Manifest) -> Result<Said, Finding> {
    let mut out = Said::default();
    let Some(table) = &manifest.features else { return Ok(out) };
    let unreadable = |reason: String| Finding::new("file-unreadable", Severity::Error, table.path.clone()).value(reason);
    let terms = ["id", "layer", "class", "usage", "demand_kwh_year", "attributes"];
    let mapping: Mapping = terms.iter().map(|term| (*term, vec![(*term).to_owned()])).collect();
    for found in parquet::open(&folder.join(&table.path)).map_err(|(_, reason)| unreadable(reason))? {
        let Content::Table(table) = found.content else { continue };
        table
            .read(&mapping, &mut |row| {
                let Ok(record) = row else { return };
                let layer = record.text("layer").unwrap_or_default();
                if let (Some(id), Some(usage)) = (record.text("id"), record.text("usage")) {
                    if let Some(kwh) = record.number("demand_kwh_year").filter(|kwh| *kwh > 0.0) {
                        *out.by_class.entry(class_of(&usage).name()).or_default() += kwh;
                        out.demand.insert(id.clone(), kwh);
                    }
                    out.usage.insert(id, usage);
                } else if layer == "servitudes"
                    && let (Some(code), Some(shape)) = (record.text("class"), record.shape)
                {
                    let code = code.trim().to_uppercase();
                    if let Some(category) = ["AC1", "AC2", "AC4"].into_iter().find(|category| code.starts_with(category)) {
                        out.servitudes.push((category.to_owned(), shape));
                    }
                }
            })
            .map_err(unreadable)?;
    }
    Ok(out)
}

/// The load profile of a use, as the tiles name uses.
fn class_of(usage: &str) -> DemandClass {
    DemandClass::ALL.into_iter().find(|class| class.name() == usage).unwrap_or(if usage == "commercial" { DemandClass::Services } else { DemandClass::Unknown })
}

/// The plan as JSON; `made` is its provenance.
pub fn json(plan: &SolarPlan, provenance: &Json) -> Json {
    let roofs: Vec<Json> = plan.roofs.iter().map(properties).collect();
    json!({
        "roofs": roofs, "least_area_m2": plan.least_m2, "count": plan.roofs.len(), "area_m2": plan.area_m2, "kwp": plan.kwp,
        "kwh_year": plan.kwh_year, "kwh_year_p90": plan.kwh_year_p90, "kwh_month": plan.kwh_month,
        "all": { "buildings": plan.all_buildings, "kwp": plan.all_kwp, "kwh_year": plan.all_kwh_year },
        "demand_kwh_year": plan.demand_kwh_year, "covered_at_once": plan.covered_at_once, "used_at_once": plan.used_at_once, "most_surplus_kw": plan.most_surplus_kw,
        "heritage_known": plan.has_servitudes, "car_parks": Json::Null, "provenance": provenance, "nature": "simulated",
    })
}

fn properties(roof: &Candidate) -> Json {
    json!({
        "building": roof.building, "layer": roof.layer, "usage": roof.usage, "area_m2": roof.area_m2, "usable_m2": roof.usable_m2, "modules": roof.modules,
        "kwp": roof.kwp, "kwh_year": roof.kwh_year, "kwh_year_p90": roof.kwh_year_p90, "kwh_month": roof.kwh_month, "shading_loss": roof.shading_loss,
        "demand_kwh_year": roof.demand_kwh_year, "heritage": roof.heritage.join(" "), "over_100_kwp": roof.kwp > 100.0, "lon": roof.lon, "lat": roof.lat,
    })
}

/// Formats of an export, by the file's ending.
pub const ENDINGS: [&str; 4] = ["csv", "gpkg", "parquet", "geojson"];

/// Writes the listed roofs; `provenance` goes into the file.
///
/// # Errors
/// A sentence: what the disk says, or an ending that is none of [`ENDINGS`].
pub fn export(plan: &SolarPlan, path: &Path, provenance: &Json) -> Result<(), String> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "csv" => std::fs::write(path, csv(plan, provenance)).map_err(|error| error.to_string()),
        "geojson" => std::fs::write(path, geojson(plan, provenance)).map_err(|error| error.to_string()),
        "parquet" => parquet_file(plan, path, provenance),
        "gpkg" => geopackage(plan, path, provenance),
        _ => Err(format!("{} : .{}", path.display(), ENDINGS.join(", ."))),
    }
}

fn csv(plan: &SolarPlan, provenance: &Json) -> String {
    // Provenance as a note that spreadsheets show and readers of ours pass over.
    let mut out = format!("# {}\n", provenance.to_string().replace(['\n', '\r'], " "));
    out.push_str("building,layer,usage,area_m2,usable_m2,modules,kwp,kwh_year,kwh_year_p90,shading_loss,demand_kwh_year,heritage,lon,lat\n");
    let quoted = |text: &str| if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() };
    for roof in &plan.roofs {
        // Writing to a text does not fail.
        let _ = writeln!(
            out,
            "{},{},{},{:.2},{:.2},{},{:.3},{:.3},{:.3},{:.5},{},{},{:.7},{:.7}",
            quoted(&roof.building), roof.layer, roof.usage, roof.area_m2, roof.usable_m2, roof.modules, roof.kwp, roof.kwh_year, roof.kwh_year_p90, roof.shading_loss,
            roof.demand_kwh_year.map(|kwh| format!("{kwh:.1}")).unwrap_or_default(), roof.heritage.join(" "), roof.lon, roof.lat
        );
    }
    out
}

fn geojson(plan: &SolarPlan, provenance: &Json) -> String {
    let features: Vec<String> = plan
        .roofs
        .iter()
        .map(|roof| {
            let polygon = |rings: &Vec<Vec<[f64; 3]>>| json!(rings.iter().map(|ring| ring.iter().map(|p| [p[0], p[1]]).collect::<Vec<_>>()).collect::<Vec<_>>());
            let geometry = match &roof.shape {
                Shape::Polygon(rings) => json!({ "type": "Polygon", "coordinates": polygon(rings) }),
                Shape::Many(parts) => {
                    let parts: Vec<Json> = parts.iter().filter_map(|part| if let Shape::Polygon(rings) = part { Some(polygon(rings)) } else { None }).collect();
                    json!({ "type": "MultiPolygon", "coordinates": parts })
                }
                _ => Json::Null,
            };
            json!({ "type": "Feature", "id": roof.building, "properties": properties(roof), "geometry": geometry }).to_string()
        })
        .collect();
    format!("{{\"type\":\"FeatureCollection\",\"provenance\":{provenance},\"features\":[\n{}\n]}}\n", features.join(",\n"))
}

const COLUMNS: [Leaf; 12] = [
    ("building", Kind::Text, true),
    ("layer", Kind::Text, true),
    ("usage", Kind::Text, false),
    ("area_m2", Kind::Real, true),
    ("usable_m2", Kind::Real, true),
    ("modules", Kind::Count, true),
    ("kwp", Kind::Real, true),
    ("kwh_year", Kind::Real, true),
    ("kwh_year_p90", Kind::Real, true),
    ("shading_loss", Kind::Real, true),
    ("demand_kwh_year", Kind::Real, false),
    ("heritage", Kind::Text, false),
];

fn parquet_file(plan: &SolarPlan, path: &Path, provenance: &Json) -> Result<(), String> {
    let file = std::fs::File::create(path).map_err(|error| error.to_string())?;
    let mut writer = FeatureWriter::of_columns(BufWriter::new(file), &COLUMNS).map_err(|error| error.to_string())?;
    for roof in &plan.roofs {
        let mut values = vec![
            ("building", Value::Text(roof.building.clone())),
            ("layer", Value::Text(roof.layer.clone())),
            ("usage", Value::Text(roof.usage.clone())),
            ("area_m2", Value::Real(roof.area_m2)),
            ("usable_m2", Value::Real(roof.usable_m2)),
            ("modules", Value::Count(i32::try_from(roof.modules).unwrap_or(i32::MAX))),
            ("kwp", Value::Real(roof.kwp)),
            ("kwh_year", Value::Real(roof.kwh_year)),
            ("kwh_year_p90", Value::Real(roof.kwh_year_p90)),
            ("shading_loss", Value::Real(roof.shading_loss)),
            ("heritage", Value::Text(roof.heritage.join(" "))),
        ];
        values.extend(roof.demand_kwh_year.map(|kwh| ("demand_kwh_year", Value::Real(kwh))));
        writer.push(&Row { shape: roof.shape.clone(), at: [roof.lon, roof.lat], values }).map_err(|error| error.to_string())?;
    }
    writer.note("jumeau", provenance.to_string());
    let (_, sink) = writer.finish().map_err(|error| error.to_string())?;
    sink.into_inner().map(|_| ()).map_err(|error| error.to_string())
}

fn geopackage(plan: &SolarPlan, path: &Path, provenance: &Json) -> Result<(), String> {
    const TABLE: TableShape = TableShape {
        name: "solar_roofs",
        kind: "MULTIPOLYGON",
        columns: &[
            ("building", "TEXT"), ("layer", "TEXT"), ("usage", "TEXT"), ("area_m2", "DOUBLE"), ("usable_m2", "DOUBLE"), ("modules", "INTEGER"), ("kwp", "DOUBLE"),
            ("kwh_year", "DOUBLE"), ("kwh_year_p90", "DOUBLE"), ("shading_loss", "DOUBLE"), ("demand_kwh_year", "DOUBLE"), ("heritage", "TEXT"),
        ],
    };
    // A package is made, not added to.
    if path.exists() {
        std::fs::remove_file(path).map_err(|error| error.to_string())?;
    }
    let extent = plan.roofs.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, roof| [b[0].min(roof.lon), b[1].min(roof.lat), b[2].max(roof.lon), b[3].max(roof.lat)]);
    let extent = if plan.roofs.is_empty() { [0.0; 4] } else { extent };
    let mut package = Package::create_in(path, &[TABLE], extent, 4326, &provenance.to_string()).map_err(|fault| fault.value)?;
    for roof in &plan.roofs {
        let shape = if matches!(roof.shape, Shape::Many(_)) { roof.shape.clone() } else { Shape::Many(vec![roof.shape.clone()]) };
        let values = vec![
            Sql::Text(roof.building.clone()),
            Sql::Text(roof.layer.clone()),
            Sql::Text(roof.usage.clone()),
            Sql::Real(roof.area_m2),
            Sql::Real(roof.usable_m2),
            Sql::Integer(i64::try_from(roof.modules).unwrap_or(i64::MAX)),
            Sql::Real(roof.kwp),
            Sql::Real(roof.kwh_year),
            Sql::Real(roof.kwh_year_p90),
            Sql::Real(roof.shading_loss),
            roof.demand_kwh_year.map_or(Sql::Null, Sql::Real),
            Sql::Text(roof.heritage.join(" ")),
        ];
        package.add(0, &shape, values).map_err(|fault| fault.value)?;
    }
    package.finish().map_err(|fault| fault.value)
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

    proptest! {
        #[test]
        fn the_sum_of_the_parts_is_the_total(planes in proptest::collection::vec((0..12_usize, 1.0..40.0_f64, 0.0..9e5_f64), 1..60), least in 0.0..3000.0_f64) {
            let scene = Scene { frame: EnuFrame::at(LonLatH::new(-1.5, 47.2, 20.0)), buildings: BTreeMap::new(), ground: Vec::new(), trees: Vec::new() };
            let roofs: Vec<Roof> = planes.iter().enumerate().map(|(plane, (building, side, kwh))| roof(*building, plane, *side, *kwh)).collect();
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
            let plan = of_roofs(&roofs, &scene, &Said::default(), least);
            prop_assert!(near(plan.roofs.iter().map(|one| one.kwh_year).sum(), plan.kwh_year));
            prop_assert!(near(plan.roofs.iter().map(|one| one.kwp).sum(), plan.kwp));
            prop_assert!(near(plan.kwh_month.iter().sum(), plan.kwh_year));
            prop_assert!(plan.roofs.iter().all(|one| one.area_m2 >= least));
            prop_assert!(plan.roofs.windows(2).all(|pair| pair[0].kwh_year >= pair[1].kwh_year));
            // Every plane is in the list or belongs to a building that is too small.
            let listed: f64 = roofs.iter().filter(|roof| plan.roofs.iter().any(|one| one.building == roof.building)).map(|roof| roof.kwh_year).sum();
            prop_assert!(near(listed, plan.kwh_year));
            let whole = of_roofs(&roofs, &scene, &Said::default(), 0.0);
            prop_assert!(near(whole.kwh_year, whole.all_kwh_year) && near(whole.kwp, plan.all_kwp));
        }
    }
}
