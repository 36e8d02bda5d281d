//! Files of the solar plan: CSV, GeoPackage, GeoParquet and GeoJSON, each with its provenance inside.

use super::plan::{SolarPlan, canopies_said, properties};
use crate::base::Dataset;
use crate::formats::roofplan::{Item, Plan, Protection};
use crate::formats::shape::Shape;
use crate::formats::territory::Manifest;
use crate::pipeline::demo::files::{Package, TableShape};
use crate::rooftop::planner;
use crate::pipeline::table::{FeatureWriter, Kind, Leaf, Row, Value};
use rusqlite::types::Value as Sql;
use serde_json::{Value as Json, json};
use std::io::BufWriter;
use std::path::Path;

/// Names of the columns in every format, in their order.
const COLUMNS: [Leaf; 18] = [
    ("building", Kind::Text, true),
    ("layer", Kind::Text, true),
    ("kind", Kind::Text, true),
    ("name", Kind::Text, false),
    ("usage", Kind::Text, false),
    ("public", Kind::Text, true),
    ("area_m2", Kind::Real, true),
    ("usable_m2", Kind::Real, true),
    ("modules", Kind::Count, true),
    ("kwp", Kind::Real, true),
    ("kwh_year", Kind::Real, true),
    ("kwh_year_p90", Kind::Real, true),
    ("shading_loss", Kind::Real, true),
    ("demand_kwh_year", Kind::Real, false),
    ("useful_kwh", Kind::Real, false),
    ("heritage", Kind::Text, false),
    ("perimeters", Kind::Text, false),
    ("excluded", Kind::Text, true),
];

/// The values of an item, in the order of the columns; what is not known has none.
fn values(item: &Item) -> [Option<Value>; 18] {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let yes = |yes: bool| text(if yes { "yes" } else { "no" });
    let real = |value: f64| Some(Value::Real(value));
    [
        text(&item.id),
        text(&item.layer),
        text(item.facets.kind.name()),
        text(&item.name),
        text(&item.usage),
        yes(item.facets.public),
        real(item.area_m2),
        real(item.usable_m2),
        Some(Value::Count(i32::try_from(item.modules).unwrap_or(i32::MAX))),
        real(item.kwp),
        real(item.kwh_year),
        real(item.kwh_year_p90),
        real(item.shading_loss),
        item.demand_kwh_year.map(Value::Real),
        item.useful_kwh.map(Value::Real),
        text(&planner::categories(item)),
        text(&planner::perimeters(item)),
        yes(item.facets.protection == Protection::Excluded),
    ]
}

/// What a plan rests on; `wishes` are what was asked of it.
pub fn provenance(plan: &Plan, manifest: &Manifest, parameters: Json, wishes: Json) -> Json {
    // What an earlier run computed is no source of this one.
    let datasets: Vec<&Dataset> = manifest.datasets.iter().filter(|set| set.id.as_str() != super::store::DATASET).collect();
    json!({ "territory": manifest.id, "datasets": datasets, "parameters": parameters, "plan": wishes, "car_parks": canopies_said(&plan.canopies).0, "exclusions": planner::exclusions(plan) })
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

/// The table as CSV, its provenance in the first line.
pub fn csv(plan: &SolarPlan, provenance: &Json) -> String {
    planner::csv(&[provenance.to_string()], plan.plan.items.iter())
}

fn geojson(plan: &SolarPlan, provenance: &Json) -> String {
    let polygon = |rings: &[Vec<[f64; 3]>]| json!(rings.iter().map(|ring| ring.iter().map(|p| [p[0], p[1]]).collect::<Vec<_>>()).collect::<Vec<_>>());
    let features: Vec<String> = plan
        .plan
        .items
        .iter()
        .zip(&plan.shapes)
        .map(|(item, shape)| {
            let geometry = match shape {
                Shape::Polygon(rings) => json!({ "type": "Polygon", "coordinates": polygon(rings) }),
                Shape::Many(parts) => {
                    let parts: Vec<Json> = parts.iter().filter_map(|part| if let Shape::Polygon(rings) = part { Some(polygon(rings)) } else { None }).collect();
                    json!({ "type": "MultiPolygon", "coordinates": parts })
                }
                _ => Json::Null,
            };
            json!({ "type": "Feature", "id": item.id, "properties": properties(item), "geometry": geometry }).to_string()
        })
        .collect();
    format!("{{\"type\":\"FeatureCollection\",\"provenance\":{provenance},\"features\":[\n{}\n]}}\n", features.join(",\n"))
}

fn parquet_file(plan: &SolarPlan, path: &Path, provenance: &Json) -> Result<(), String> {
    let file = std::fs::File::create(path).map_err(|error| error.to_string())?;
    let mut writer = FeatureWriter::new(BufWriter::new(file), &COLUMNS).map_err(|error| error.to_string())?;
    for (item, shape) in plan.plan.items.iter().zip(&plan.shapes) {
        let values = COLUMNS.iter().zip(values(item)).filter_map(|((name, ..), value)| Some((*name, value?))).collect();
        writer.push(&Row { shape: shape.clone(), at: [item.at[0], item.at[1]], values }).map_err(|error| error.to_string())?;
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
            ("building", "TEXT"), ("layer", "TEXT"), ("kind", "TEXT"), ("name", "TEXT"), ("usage", "TEXT"), ("public", "TEXT"), ("area_m2", "DOUBLE"), ("usable_m2", "DOUBLE"),
            ("modules", "INTEGER"), ("kwp", "DOUBLE"), ("kwh_year", "DOUBLE"), ("kwh_year_p90", "DOUBLE"), ("shading_loss", "DOUBLE"), ("demand_kwh_year", "DOUBLE"),
            ("useful_kwh", "DOUBLE"), ("heritage", "TEXT"), ("perimeters", "TEXT"), ("excluded", "TEXT"),
        ],
    };
    // A package is made, not added to.
    if path.exists() {
        std::fs::remove_file(path).map_err(|error| error.to_string())?;
    }
    let items = &plan.plan.items;
    let extent = items.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, item| [b[0].min(item.at[0]), b[1].min(item.at[1]), b[2].max(item.at[0]), b[3].max(item.at[1])]);
    let extent = if items.is_empty() { [0.0; 4] } else { extent };
    let mut package = Package::create_in(path, &[TABLE], extent, 4326, &provenance.to_string()).map_err(|fault| fault.value)?;
    for (item, shape) in items.iter().zip(&plan.shapes) {
        let shape = if matches!(shape, Shape::Many(_)) { shape.clone() } else { Shape::Many(vec![shape.clone()]) };
        let row = values(item)
            .into_iter()
            .map(|value| match value {
                Some(Value::Text(text)) => Sql::Text(text),
                Some(Value::Count(count)) => Sql::Integer(count.into()),
                Some(Value::Real(real)) => Sql::Real(real),
                None => Sql::Null,
            })
            .collect();
        package.add(0, &shape, row).map_err(|fault| fault.value)?;
    }
    package.finish().map_err(|fault| fault.value)
}
