//! Posts and lines of a territory or of sources, and which are nearest to a place.

use super::territory::{YearFault, inside};
use crate::base::{Finding, Severity};
use crate::energy::grid::reach::{Found, Reach};
use crate::formats::grid::{Document, read};
use crate::formats::territory::Manifest;
use crate::geodesy::{Crs, LonLat};
use crate::region::Region;
use crate::region::utility::{FixtureKind, Utility};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;

/// French distribution connects up to this at low voltage, kVA (arrêté of 9 June 2020).
const LOW_VOLTAGE_KW: f64 = 250.0;
/// A file of a network.
const MAX_BYTES: u64 = 1 << 30;

/// Named posts and lines in the plane of a system.
#[derive(Default)]
pub struct Parts {
    posts: Vec<Named<[f64; 2]>>,
    lines: Vec<Named<Vec<[f64; 2]>>>,
    crs: Option<Crs>,
}

struct Named<T> {
    id: String,
    name: String,
    accuracy: &'static str,
    volt: Option<f64>,
    at: T,
}

/// Of source files that were read.
pub fn of_region(region: &Region, crs: Option<Crs>) -> Parts {
    let posts = region.fixtures.iter().filter(|post| post.utility == Utility::Electricity && matches!(post.kind, FixtureKind::Substation)).map(|post| Named {
        id: post.id.clone(),
        name: post.name.clone().unwrap_or_else(|| post.class.clone()),
        accuracy: post.accuracy.name(),
        volt: post.voltage_v,
        at: post.at,
    });
    let lines = region.conduits.iter().filter(|line| line.utility == Utility::Electricity).map(|line| Named {
        id: line.id.clone(),
        name: line.name.clone().unwrap_or_else(|| line.class.clone()),
        accuracy: line.accuracy.name(),
        volt: line.voltage_v,
        at: line.points.clone(),
    });
    Parts { posts: posts.collect(), lines: lines.collect(), crs }
}

/// Of the network that a territory carries; its lines are straight between their buses.
///
/// # Errors
/// As [`super::territory::open_territory`].
pub fn of_territory(manifest_at: &Path, manifest: &Manifest) -> Result<Parts, YearFault> {
    let fault = |code, value: String| YearFault::Finding(Finding::new(code, Severity::Error, manifest_at.display().to_string()).value(value));
    let grid = manifest.grids.first().ok_or_else(|| fault("grid-territory-none", manifest.id.clone()))?;
    let folder = manifest_at.parent().unwrap_or(Path::new("."));
    let path = inside(folder, &grid.path).ok_or_else(|| fault("manifest-path", grid.path.clone()))?;
    if std::fs::metadata(&path).map_or(0, |data| data.len()) > MAX_BYTES {
        return Err(fault("file-too-large", grid.path.clone()));
    }
    let bytes = std::fs::read(&path).map_err(|error| fault("file-unreadable", error.to_string()))?;
    let document = read(&bytes).map_err(|broken| YearFault::Finding(broken.finding(path.display().to_string())))?;
    let Document::PowerGrid(document) = document else { return Err(fault("grid-territory-none", grid.path.clone())) };
    let crs = Crs::from_code(&manifest.crs).ok();
    let mut parts = Parts::default();
    let Some(scenario) = document.scenarios.first() else { return Ok(parts) };
    let rows = |name: &str| scenario.get(name).into_iter().flat_map(|table| table.rows());
    let mut nodes: HashMap<i64, ([f64; 2], f64)> = HashMap::new();
    for row in rows("node") {
        let place = row.value("lonlat").and_then(Value::as_array).map(Vec::as_slice);
        if let (Some(id), Some([lon, lat]), Some(crs)) = (row.integer("id"), place, &crs)
            && let (Some(lon_deg), Some(lat_deg)) = (lon.as_f64(), lat.as_f64())
            && let Ok([x, y]) = crs.from_lonlat(LonLat { lon_deg, lat_deg })
        {
            nodes.insert(id, ([x, y], row.number_or("u_rated", 0.0)));
        }
    }
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    for row in rows("transformer") {
        let (Some(id), Some((at, _)), Some((_, volt))) = (row.integer("id"), row.integer("to_node").and_then(|node| nodes.get(&node)), row.integer("from_node").and_then(|node| nodes.get(&node))) else { continue };
        parts.posts.push(Named { id: format!("{}{id}", grid.prefix), name: text(row.value("name")), accuracy: "schematic", volt: Some(*volt), at: *at });
    }
    for row in rows("line") {
        let (Some(id), Some((a, volt)), Some((b, _))) = (row.integer("id"), row.integer("from_node").and_then(|node| nodes.get(&node)), row.integer("to_node").and_then(|node| nodes.get(&node))) else { continue };
        parts.lines.push(Named { id: format!("{}{id}", grid.prefix), name: text(row.value("name")), accuracy: "schematic", volt: Some(*volt), at: vec![*a, *b] });
    }
    parts.crs = crs;
    Ok(parts)
}

/// `post`, `line` and what may be connected; nothing where there is neither.
pub fn answer(parts: &Parts, lon_deg: f64, lat_deg: f64, kw: f64, english: bool) -> Option<Value> {
    let crs = parts.crs.as_ref()?;
    let at = crs.from_lonlat(LonLat { lon_deg, lat_deg }).ok()?;
    let wants_high = kw > LOW_VOLTAGE_KW;
    // A larger plant goes to 20 kV: lines of the low voltage are no answer for it.
    let fits = |volt: Option<f64>| !wants_high || volt.is_none_or(|volt| volt > 1_000.0);
    let lines: Vec<&Named<Vec<[f64; 2]>>> = parts.lines.iter().filter(|line| fits(line.volt)).collect();
    let posts: Vec<[f64; 2]> = parts.posts.iter().map(|post| post.at).collect();
    let ways: Vec<Vec<[f64; 2]>> = lines.iter().map(|line| line.at.clone()).collect();
    let reach = Reach::new(&posts, &ways);
    let (post, line) = (reach.post(at), reach.line(at));
    if post.is_none() && line.is_none() {
        return None;
    }
    let lonlat = |at: [f64; 2]| crs.to_lonlat(at[0], at[1]).ok().map(|place| [place.lon_deg, place.lat_deg]);
    let told = |found: &Found, id: &str, name: &str, accuracy: &str, volt: Option<f64>| {
        json!({"id": id, "name": name, "distance_m": found.distance_m, "at_lonlat": lonlat(found.at), "path_lonlat": [lonlat(at), lonlat(found.at)], "accuracy": accuracy, "voltage_v": volt})
    };
    let post = post.and_then(|found| parts.posts.get(found.index).map(|post| told(&found, &post.id, &post.name, post.accuracy, post.volt)));
    let line = line.and_then(|found| lines.get(found.index).map(|line| told(&found, &line.id, &line.name, line.accuracy, line.volt)));
    let level = if wants_high { "HTA" } else { "BT" };
    let note = if english {
        "Distances as the crow flies, to what the data draw; the grid operator alone says where and at what cost a plant is connected."
    } else {
        "Distances à vol d’oiseau, vers ce que les données dessinent ; seul le gestionnaire de réseau dit où et à quel coût un raccordement se fait."
    };
    Some(json!({"kw": kw, "level": level, "post": post, "line": line, "note": note}))
}

/// The answer for people.
pub fn words(answer: &Value, english: bool) -> String {
    let mut text = format!("{} {} kW, {}\n", if english { "To be connected:" } else { "À raccorder :" }, answer["kw"], answer["level"].as_str().unwrap_or_default());
    for (key, french, word) in [("post", "poste le plus proche", "nearest post"), ("line", "ligne la plus proche", "nearest line")] {
        let part = &answer[key];
        if let Some(metres) = part["distance_m"].as_f64() {
            let of = |key: &str| part[key].as_str().unwrap_or_default();
            text.push_str(&format!("{:<24}{metres:>10.1} m  {} {} ({})\n", if english { word } else { french }, of("id"), of("name"), of("accuracy")));
        }
    }
    text.push_str(answer["note"].as_str().unwrap_or_default());
    text.push('\n');
    text
}
