//! What the territory's tables say about a building and the place it stands in.

use crate::base::{Finding, Severity};
use crate::formats::shape::Shape;
use crate::formats::territory::Manifest;
use crate::geodesy::LonLatH;
use crate::pipeline::solar::scene::Scene;
use crate::pipeline::sources::readers::{Content, parquet};
use crate::pipeline::sources::vocabulary::Mapping;
use crate::planning::rooftop::{Cover, SURROUNDINGS_M};
use crate::rooftop::Standing;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Streets farther than this are no viewpoints, metres; and most of them that are kept.
const STREETS_M: f64 = 400.0;
const MOST_STREETS: usize = 2_000;
/// Zones and the like that a place lies in; more is a fault of the data.
const MOST_COVERS: usize = 200;
/// Monuments that a place is looked at from, the nearest first.
const MOST_MONUMENTS: usize = 20;
/// Parcels and outlines round the building that its ground plan shows, metres.
const PLAN_M: f64 = 80.0;

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
    /// Lines and rings in the local frame.
    pub streets: Vec<Vec<[f64; 2]>>,
    pub parcels: Vec<Vec<[f64; 2]>>,
    /// What there was more of than is kept.
    pub left_out: LeftOut,
}

/// How many of what were left out, because there were more than are kept.
pub type LeftOut = BTreeMap<&'static str, u64>;

/// Adds what was left out elsewhere.
pub fn add(sum: &mut LeftOut, more: &LeftOut) {
    more.iter().for_each(|(what, count)| *sum.entry(what).or_default() += count);
}

/// What was left out, said.
pub fn told(left_out: &LeftOut, place: &str) -> impl Iterator<Item = Finding> {
    left_out.iter().map(move |(what, count)| Finding::new("solar-around-cut", Severity::Warning, place).object(*what).value(count))
}

/// What a territory's table says, read once for as many buildings as are asked about.
#[derive(Clone, Debug, Default)]
pub struct Land {
    /// Layers that have any row at all.
    pub layers: Vec<String>,
    buildings: BTreeMap<String, Facts>,
    covers: Vec<Covering>,
    streets: Vec<Boxed>,
    parcels: Vec<Boxed>,
    /// Rows beyond what is kept of a whole territory.
    pub left_out: LeftOut,
}

/// A building's own row.
#[derive(Clone, Debug, Default)]
struct Facts {
    usage: String,
    dwellings: Option<u32>,
    year: Option<i32>,
    demand_kwh_year: Option<f64>,
    dataset: String,
}

/// A zone, a servitude … with its shape in degrees and where it lies in the local frame.
#[derive(Clone, Debug)]
struct Covering {
    layer: &'static str,
    shape: Shape,
    /// Degrees.
    bounds: [f64; 4],
    cover: Cover,
    protects: bool,
    generator: bool,
    monument: String,
}

/// A line in the local frame and its `[west, south, east, north]`.
type Boxed = ([f64; 4], Vec<[f64; 2]>);

/// Layers whose surfaces say something of a place.
const COVERS: [&str; 5] = ["zones", "servitudes", "prescriptions", "information", "areas"];
/// Rows that are kept of a whole territory; more is a fault of the data.
const MOST_COVERINGS: usize = 1 << 20;
const MOST_LINES: usize = 1 << 22;

impl Land {
    /// Reads the territory's table; `near` is the one place that will be asked about.
    ///
    /// # Errors
    /// `file-unreadable` when the feature table is there and cannot be read. A territory without one has nothing to say.
    pub fn read(folder: &Path, manifest: &Manifest, scene: &Scene, near: Option<[f64; 2]>) -> Result<Self, Finding> {
        let mut out = Self::default();
        let Some(table) = &manifest.features else { return Ok(out) };
        let unreadable = |reason: String| Finding::new("file-unreadable", Severity::Error, table.path.clone()).value(reason);
        let found = parquet::open(&folder.join(&table.path)).map_err(|(_, reason)| unreadable(reason))?;
        let terms = ["id", "layer", "name", "class", "dataset", "usage", "dwellings", "year", "demand_kwh_year", "attributes"];
        let mapping: Mapping = terms.iter().map(|term| (*term, vec![(*term).to_owned()])).collect();
        let [.., height_m] = manifest.origin;
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
                    let id = if scene.buildings.contains_key(&record.object) { record.object.clone() } else { text("id") };
                    if scene.buildings.get(&id).is_some_and(|solid| solid.layer.as_str() == layer) {
                        let facts = Facts {
                            usage: text("usage"),
                            dwellings: record.number("dwellings").filter(|count| *count > 0.0).map(|count| count as u32),
                            year: record.number("year").map(|year| year as i32),
                            demand_kwh_year: record.number("demand_kwh_year").filter(|kwh| *kwh > 0.0),
                            dataset: text("dataset"),
                        };
                        out.buildings.insert(id, facts);
                        return;
                    }
                    let Some(shape) = &record.shape else { return };
                    let local = |p: &[f64; 3]| {
                        let [x, y, _] = scene.local(LonLatH::new(p[0], p[1], height_m));
                        [x, y]
                    };
                    match layer.as_str() {
                        "roads" => {
                            if let Shape::Line(points) = shape {
                                keep((&mut out.streets, &mut out.left_out), "roads", points.iter().map(local).collect(), near);
                            }
                        }
                        // The ground plan is drawn of one building.
                        "parcels" if near.is_some() => rings(shape).into_iter().take(64).for_each(|ring| keep((&mut out.parcels, &mut out.left_out), "parcels", ring.iter().map(local).collect(), near)),
                        name => {
                            let Some(layer) = COVERS.into_iter().find(|known| *known == name) else { return };
                            let attributes: Value = serde_json::from_str(&text("attributes")).unwrap_or(Value::Null);
                            let cover = Cover { code: text("class"), name: text("name"), dataset: text("dataset"), date: said(&attributes, &["datvalid", "datappro", "date_approbation"]).unwrap_or_default() };
                            let protects = layer == "servitudes" && cover.code.get(..3).is_some_and(|code| code.eq_ignore_ascii_case("AC1"));
                            let monument = said(&attributes, &["nomgen", "nomsuplitt", "nomreg", "libelle", "nomass"]).filter(|name| !name.trim().is_empty()).unwrap_or_else(|| cover.name.clone());
                            let points: Vec<[f64; 2]> = positions(shape).iter().map(|p| [p[0], p[1]]).collect();
                            let Some(bounds) = bounds(&points) else { return };
                            if out.covers.len() < MOST_COVERINGS {
                                out.covers.push(Covering { layer, shape: shape.clone(), bounds, cover, protects, generator: is_generator(&attributes), monument });
                            } else {
                                *out.left_out.entry(layer).or_default() += 1;
                            }
                        }
                    }
                })
                .map_err(unreadable)?;
        }
        Ok(out)
    }

    /// What is known of a building that stands there.
    pub fn around(&self, scene: &Scene, building: &str, at: [f64; 3]) -> Around {
        let mut out = Around::default();
        if let Some(facts) = self.buildings.get(building) {
            let Facts { usage, dwellings, year, demand_kwh_year, dataset } = facts.clone();
            out = Around { usage, dwellings, year, demand_kwh_year, dataset, ..out };
        }
        let centre = scene.lonlat(at);
        let place = [centre.lon_deg, centre.lat_deg];
        let local = |p: &[f64; 3]| {
            let [x, y, _] = scene.local(LonLatH::new(p[0], p[1], centre.height_m));
            [x, y]
        };
        // A degree of latitude is 111 km, of longitude less: a generous box round the place.
        let reach_deg = [SURROUNDINGS_M / 111_000.0 / centre.lat_deg.to_radians().cos().max(0.01) * 1.2, SURROUNDINGS_M / 111_000.0 * 1.2];
        for one in &self.covers {
            let [west, south, east, north] = one.bounds;
            let reach = if one.protects { reach_deg } else { [0.0; 2] };
            if place[0] < west - reach[0] || place[0] > east + reach[0] || place[1] < south - reach[1] || place[1] > north + reach[1] {
                continue;
            }
            let covers = covers(&one.shape, place);
            if one.protects {
                monument(&mut out, one, covers, &local, at);
            }
            let list = match one.layer {
                "zones" => &mut out.zones,
                "servitudes" if !one.generator => &mut out.servitudes,
                "prescriptions" => &mut out.prescriptions,
                "information" => &mut out.information,
                "areas" if covers => {
                    if out.commune.is_none() {
                        out.commune = Some((one.cover.name.clone(), one.cover.code.clone()));
                    }
                    continue;
                }
                _ => continue,
            };
            if !covers || list.contains(&one.cover) {
                continue;
            }
            if list.len() < MOST_COVERS {
                list.push(one.cover.clone());
            } else {
                *out.left_out.entry(one.layer).or_default() += 1;
            }
        }
        let flat = [at[0], at[1]];
        let mut near = |what: &'static str, lines: &[Boxed], metres: f64| -> Vec<Vec<[f64; 2]>> {
            let mut kept: Vec<(f64, &Boxed)> = lines.iter().filter(|(bounds, _)| apart(bounds, flat) <= metres).map(|one| (line_distance_m(&one.1, flat), one)).filter(|(distance, _)| *distance <= metres).collect();
            // The nearest ones, where there are more than are kept.
            if kept.len() > MOST_STREETS {
                kept.sort_by(|a, b| a.0.total_cmp(&b.0));
                *out.left_out.entry(what).or_default() += (kept.len() - MOST_STREETS) as u64;
                kept.truncate(MOST_STREETS);
            }
            kept.into_iter().map(|(_, (_, line))| line.clone()).collect()
        };
        let (streets, parcels) = (near("roads", &self.streets, STREETS_M), near("parcels", &self.parcels, PLAN_M));
        (out.streets, out.parcels) = (streets, parcels);
        // A perimeter says where its monument may stand; the monument itself says it better.
        if out.monuments.iter().any(|monument| !monument.guessed) {
            out.monuments.retain(|monument| !monument.guessed);
        }
        out.monuments.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
        if out.monuments.len() > MOST_MONUMENTS {
            *out.left_out.entry("monuments").or_default() += (out.monuments.len() - MOST_MONUMENTS) as u64;
            out.monuments.truncate(MOST_MONUMENTS);
        }
        out
    }
}

/// Keeps a line that may be near enough.
fn keep((lines, left_out): (&mut Vec<Boxed>, &mut LeftOut), what: &'static str, line: Vec<[f64; 2]>, near: Option<[f64; 2]>) {
    let Some(bounds) = bounds(&line) else { return };
    if near.is_some_and(|at| apart(&bounds, at) > STREETS_M) {
        return;
    }
    if lines.len() < MOST_LINES {
        lines.push((bounds, line));
    } else {
        *left_out.entry(what).or_default() += 1;
    }
}

/// From a place to a rectangle, metres.
pub(super) fn apart([west, south, east, north]: &[f64; 4], at: [f64; 2]) -> f64 {
    (west - at[0]).max(at[0] - east).max(0.0).hypot((south - at[1]).max(at[1] - north).max(0.0))
}

/// A monument, or a round perimeter of 500 m whose middle it is.
fn monument(out: &mut Around, one: &Covering, covers: bool, local: &dyn Fn(&[f64; 3]) -> [f64; 2], at: [f64; 3]) {
    let points: Vec<[f64; 2]> = positions(&one.shape).iter().map(local).collect();
    let Some(middle) = middle(&points) else { return };
    let generator = one.generator || !matches!(one.shape, Shape::Polygon(_) | Shape::Many(_));
    let reach: Vec<f64> = points.iter().map(|p| (p[0] - middle[0]).hypot(p[1] - middle[1])).collect();
    let round = reach.iter().all(|r| (0.9 * SURROUNDINGS_M..1.2 * SURROUNDINGS_M).contains(r));
    let distance = if generator { distance_m(&one.shape, local, [at[0], at[1]]) } else { (at[0] - middle[0]).hypot(at[1] - middle[1]) };
    if (generator && distance <= SURROUNDINGS_M) || (!generator && covers && round) {
        out.monuments.push(Standing { name: one.monument.clone(), dataset: one.cover.dataset.clone(), at: middle, distance_m: distance, guessed: !generator });
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

pub fn positions(shape: &Shape) -> Vec<[f64; 3]> {
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
    bounds(points).map(|[w, s, e, n]| [0.5 * (w + e), 0.5 * (s + n)])
}

/// `[west, south, east, north]` of points.
pub fn bounds(points: &[[f64; 2]]) -> Option<[f64; 4]> {
    points.iter().filter(|p| p[0].is_finite() && p[1].is_finite()).fold(None, |bounds: Option<[f64; 4]>, p| {
        let [w, s, e, n] = bounds.unwrap_or([p[0], p[1], p[0], p[1]]);
        Some([w.min(p[0]), s.min(p[1]), e.max(p[0]), n.max(p[1])])
    })
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
    let line = |points: &[[f64; 3]]| line_distance_m(&points.iter().map(local).collect::<Vec<_>>(), at);
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

fn line_distance_m(line: &[[f64; 2]], at: [f64; 2]) -> f64 {
    let ends = line.first().map_or(f64::INFINITY, |p| (p[0] - at[0]).hypot(p[1] - at[1]));
    line.windows(2).map(|side| to_side(side[0], side[1], at)).fold(ends, f64::min)
}

fn to_side(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let part = if length > 0.0 { (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (a[0] + part * dx - p[0]).hypot(a[1] + part * dy - p[1])
}
