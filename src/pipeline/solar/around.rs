//! What the territory's tables say about a building and the place it stands in.

use crate::base::{Finding, Severity};
use crate::formats::shape::Shape;
use crate::formats::territory::Manifest;
use crate::geodesy::LonLatH;
use crate::pipeline::solar::scene::Scene;
use crate::pipeline::sources::readers::{Content, parquet};
use crate::pipeline::sources::vocabulary::Mapping;
use crate::planning::rooftop::{Cover, SURROUNDINGS_M};
use serde_json::Value;
use std::path::Path;

/// Streets farther than this are no viewpoints, metres; and most of them that are kept.
const STREETS_M: f64 = 400.0;
const MOST_STREETS: usize = 2_000;
/// Zones and the like that a place lies in; more is a fault of the data.
const MOST_COVERS: usize = 200;
/// Parcels and outlines round the building that its ground plan shows, metres.
const PLAN_M: f64 = 80.0;

/// A protected monument, where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub name: String,
    pub dataset: String,
    /// In the local frame; heights are not known.
    pub at: [f64; 2],
    pub distance_m: f64,
    /// Told by its perimeter alone.
    pub guessed: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Around {
    pub usage: String,
    pub dwellings: Option<u32>,
    pub year: Option<i32>,
    pub demand_kwh_year: Option<f64>,
    pub dataset: String,
    pub commune: Option<(String, String)>,
    pub zones: Vec<Cover>,
    pub servitudes: Vec<Cover>,
    pub prescriptions: Vec<Cover>,
    pub information: Vec<Cover>,
    pub monuments: Vec<Standing>,
    /// Layers that have any row at all.
    pub layers: Vec<String>,
    /// Lines and rings in the local frame.
    pub streets: Vec<Vec<[f64; 2]>>,
    pub parcels: Vec<Vec<[f64; 2]>>,
}

/// Looks round a building.
///
/// # Errors
/// `file-unreadable` when the territory's feature table is there and cannot be read. A territory without one has nothing to say.
pub fn around(folder: &Path, manifest: &Manifest, scene: &Scene, building: &str, at: [f64; 3]) -> Result<Around, Finding> {
    let mut out = Around::default();
    let Some(table) = &manifest.features else { return Ok(out) };
    let unreadable = |reason: String| Finding::new("file-unreadable", Severity::Error, table.path.clone()).value(reason);
    let found = parquet::open(&folder.join(&table.path)).map_err(|(_, reason)| unreadable(reason))?;
    let terms = ["id", "layer", "name", "class", "dataset", "usage", "dwellings", "year", "demand_kwh_year", "attributes"];
    let mapping: Mapping = terms.iter().map(|term| (*term, vec![(*term).to_owned()])).collect();
    let centre = scene.lonlat(at);
    for found in found {
        let Content::Table(table) = found.content else { continue };
        table
            .read(&mapping, &mut |row| {
                let Ok(record) = row else { return };
                let text = |term: &str| record.text(term).unwrap_or_default();
                let layer = text("layer");
                if !out.layers.contains(&layer) && out.layers.len() < 64 {
                    out.layers.push(layer.clone());
                }
                if record.object == building || text("id") == building {
                    if scene.buildings.get(building).is_some_and(|solid| solid.layer.as_str() == layer) {
                        out.usage = text("usage");
                        out.dwellings = record.number("dwellings").filter(|count| *count > 0.0).map(|count| count as u32);
                        out.year = record.number("year").map(|year| year as i32);
                        out.demand_kwh_year = record.number("demand_kwh_year").filter(|kwh| *kwh > 0.0);
                        out.dataset = text("dataset");
                    }
                    return;
                }
                let Some(shape) = &record.shape else { return };
                let local = |p: &[f64; 3]| {
                    let [x, y, _] = scene.local(LonLatH::new(p[0], p[1], centre.height_m));
                    [x, y]
                };
                let near = |metres: f64| distance_m(shape, &local, [at[0], at[1]]) <= metres;
                match layer.as_str() {
                    "roads" if out.streets.len() < MOST_STREETS => {
                        if let Shape::Line(points) = shape
                            && near(STREETS_M)
                        {
                            out.streets.push(points.iter().map(local).collect());
                        }
                    }
                    "parcels" if near(PLAN_M) => rings(shape).into_iter().take(64).for_each(|ring| out.parcels.push(ring.iter().map(local).collect())),
                    "zones" | "servitudes" | "prescriptions" | "information" | "areas" => {
                        let covers = covers(shape, [centre.lon_deg, centre.lat_deg]);
                        let attributes: Value = serde_json::from_str(&text("attributes")).unwrap_or(Value::Null);
                        let cover = Cover { code: text("class"), name: text("name"), dataset: text("dataset"), date: said(&attributes, &["datvalid", "datappro", "date_approbation"]).unwrap_or_default() };
                        if layer == "servitudes" && cover.code.get(..3).is_some_and(|code| code.eq_ignore_ascii_case("AC1")) {
                            monument(&mut out, shape, &attributes, &cover, covers, &local, at);
                        }
                        let list = match layer.as_str() {
                            "zones" => &mut out.zones,
                            "servitudes" if !is_generator(&attributes) => &mut out.servitudes,
                            "prescriptions" => &mut out.prescriptions,
                            "information" => &mut out.information,
                            "areas" if covers => {
                                if out.commune.is_none() {
                                    out.commune = Some((cover.name, cover.code));
                                }
                                return;
                            }
                            _ => return,
                        };
                        if covers && list.len() < MOST_COVERS && !list.contains(&cover) {
                            list.push(cover);
                        }
                    }
                    _ => {}
                }
            })
            .map_err(unreadable)?;
    }
    // A perimeter says where its monument may stand; the monument itself says it better.
    if out.monuments.iter().any(|monument| !monument.guessed) {
        out.monuments.retain(|monument| !monument.guessed);
    }
    out.monuments.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
    out.monuments.truncate(20);
    Ok(out)
}

/// A monument, or a round perimeter of 500 m whose middle it is.
fn monument(out: &mut Around, shape: &Shape, attributes: &Value, cover: &Cover, covers: bool, local: &dyn Fn(&[f64; 3]) -> [f64; 2], at: [f64; 3]) {
    let points: Vec<[f64; 2]> = positions(shape).iter().map(local).collect();
    let Some(middle) = middle(&points) else { return };
    let generator = is_generator(attributes) || !matches!(shape, Shape::Polygon(_) | Shape::Many(_));
    let reach: Vec<f64> = points.iter().map(|p| (p[0] - middle[0]).hypot(p[1] - middle[1])).collect();
    let round = reach.iter().all(|r| (0.9 * SURROUNDINGS_M..1.2 * SURROUNDINGS_M).contains(r));
    let distance = if generator { distance_m(shape, local, [at[0], at[1]]) } else { (at[0] - middle[0]).hypot(at[1] - middle[1]) };
    if (generator && distance <= SURROUNDINGS_M) || (!generator && covers && round) {
        let name = said(attributes, &["nomgen", "nomsuplitt", "nomreg", "libelle", "nomass"]).filter(|name| !name.trim().is_empty()).unwrap_or_else(|| cover.name.clone());
        out.monuments.push(Standing { name, dataset: cover.dataset.clone(), at: middle, distance_m: distance, guessed: !generator });
    }
}

/// The standard of servitudes keeps what is protected (générateur) apart from where it binds (assiette).
fn is_generator(attributes: &Value) -> bool {
    let has = |name: &str| attributes.as_object().is_some_and(|object| object.keys().any(|key| key.eq_ignore_ascii_case(name)));
    (has("typegen") || has("idgen")) && !has("idass") && !has("typeass")
}

fn said(attributes: &Value, names: &[&str]) -> Option<String> {
    let object = attributes.as_object()?;
    names.iter().find_map(|name| {
        let (_, value) = object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    })
}

fn positions(shape: &Shape) -> Vec<[f64; 3]> {
    match shape {
        Shape::Point(p) => vec![*p],
        Shape::Line(points) => points.clone(),
        Shape::Polygon(rings) => rings.first().cloned().unwrap_or_default(),
        Shape::Many(parts) => parts.iter().flat_map(positions).collect(),
        Shape::Shells(_) => Vec::new(),
    }
}

fn rings(shape: &Shape) -> Vec<Vec<[f64; 3]>> {
    match shape {
        Shape::Polygon(rings) => rings.clone(),
        Shape::Many(parts) => parts.iter().flat_map(rings).collect(),
        _ => Vec::new(),
    }
}

fn middle(points: &[[f64; 2]]) -> Option<[f64; 2]> {
    let bounds = points.iter().filter(|p| p[0].is_finite() && p[1].is_finite()).fold(None, |bounds: Option<[f64; 4]>, p| {
        let [w, s, e, n] = bounds.unwrap_or([p[0], p[1], p[0], p[1]]);
        Some([w.min(p[0]), s.min(p[1]), e.max(p[0]), n.max(p[1])])
    });
    bounds.map(|[w, s, e, n]| [0.5 * (w + e), 0.5 * (s + n)])
}

/// Whether a surface covers a point, holes left out.
pub fn covers(shape: &Shape, at: [f64; 2]) -> bool {
    match shape {
        Shape::Polygon(rings) => {
            let inside = |ring: &Vec<[f64; 3]>| super::store::contains(ring, [at[0], at[1], 0.0]);
            rings.iter().filter(|ring| inside(ring)).count() % 2 == 1
        }
        Shape::Many(parts) => parts.iter().any(|part| covers(part, at)),
        _ => false,
    }
}

/// From a point to a shape's lines; 0 inside a surface.
fn distance_m(shape: &Shape, local: &dyn Fn(&[f64; 3]) -> [f64; 2], at: [f64; 2]) -> f64 {
    let line = |points: &[[f64; 3]]| -> f64 {
        let flat: Vec<[f64; 2]> = points.iter().map(local).collect();
        let ends = flat.first().map_or(f64::INFINITY, |p| (p[0] - at[0]).hypot(p[1] - at[1]));
        flat.windows(2).map(|side| to_side(side[0], side[1], at)).fold(ends, f64::min)
    };
    match shape {
        Shape::Point(p) => line(&[*p]),
        Shape::Line(points) => line(points),
        Shape::Polygon(rings) => {
            let flat: Vec<Vec<[f64; 3]>> = rings.iter().map(|ring| ring.iter().map(|p| { let [x, y] = local(p); [x, y, 0.0] }).collect()).collect();
            if flat.iter().filter(|ring| super::store::contains(ring, [at[0], at[1], 0.0])).count() % 2 == 1 {
                return 0.0;
            }
            rings.iter().map(|ring| line(ring)).fold(f64::INFINITY, f64::min)
        }
        Shape::Many(parts) => parts.iter().map(|part| distance_m(part, local, at)).fold(f64::INFINITY, f64::min),
        Shape::Shells(_) => f64::INFINITY,
    }
}

fn to_side(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let part = if length > 0.0 { (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (a[0] + part * dx - p[0]).hypot(a[1] + part * dy - p[1])
}
