//! Roads and tracks: class, width, level, and altitudes that can be trusted or none.
//!
//! BD TOPO writes Z = -1000 for "no altitude", and where a line was cut, values between -1000 and the truth were interpolated; some look right.
//! One false vertex therefore spoils the whole line: its altitudes are dropped, and it lies on the terrain.
//! A line is spoilt by any of: `acqu_alti = 'Pas de Z'`; a vertex below everything plausible; a steep drop at an end; and, on the ground, a vertex far from the terrain.

use super::terrain::Floor;
use super::{Fate, Source};
use crate::base::Severity;
use crate::pipeline::sources::declaration::Role;
use crate::pipeline::sources::record::Record;
use crate::region::{LineClass, NetworkLine};

/// A vertex of a line on the ground may differ from the terrain by so much, metres: a derived 5 m grid on embankments.
pub const OFF_TERRAIN_M: f64 = 6.0;
/// A bridge may pass so far over the terrain, metres.
const BRIDGE_RISE_M: f64 = 80.0;
/// A slope steeper than this (1 is 45°) at a line's end, over a drop of at least [`DROP_M`], is interpolation towards a false value. Streets are below 0.35.
const STEEPEST: f64 = 0.6;
const DROP_M: f64 = 3.0;
/// Shorter lines are left-overs of a cut, metres.
const SHORTEST_M: f64 = 0.1;
/// Wider carriageways are squares or mistakes, metres.
const WIDEST_M: f64 = 60.0;

/// Cleans one record into lines, one for each part.
pub fn clean(
    record: &Record,
    floor: &Floor,
    source: &mut Source,
    lines: &mut Vec<NetworkLine>,
) -> Fate {
    let object = record.object.as_str();
    let nature = record.text("class").unwrap_or_default();
    if record.flag("fictive") == Some(true) || nature == "Bac ou liaison maritime" {
        let code = if nature == "Bac ou liaison maritime" { "road-is-ferry" } else { "road-fictive" };
        source.finding(code, Severity::Info, object, nature);
        return Fate::Rejected;
    }
    if let Some(state) = record.text("state")
        && state == "En projet"
    {
        source.finding("road-not-built", Severity::Info, object, state);
        return Fate::Rejected;
    }
    let Some(shape) = record.shape.as_ref().filter(|shape| !shape.is_empty()) else {
        source.finding("geometry-missing", Severity::Warning, object, "");
        return Fate::Rejected;
    };
    let parts: Vec<Vec<[f64; 3]>> = joined(shape.lines())
        .into_iter()
        .filter(|part| length(part) >= SHORTEST_M)
        .collect();
    if parts.is_empty() {
        source.finding("line-degenerate", Severity::Warning, object, "");
        return Fate::Rejected;
    }
    let level = level(record);
    if level < 0 {
        // Kept: it passes below what is planted and built. The tiler draws no line under the ground.
        source.finding("line-underground", Severity::Info, object, level);
    }
    if parts.len() > 1 {
        source.finding("line-in-parts", Severity::Info, object, parts.len());
    }
    let class = class(record, source.role, &nature);
    let (width_m, width_assumed) = width(record, class);
    if width_assumed && matches!(source.role, Role::Roads) && !matches!(class, LineClass::Path) {
        source.finding("road-width-assumed", Severity::Info, object, format!("{width_m} m"));
    }
    let no_z = record.text("z_quality").is_some_and(|text| text == "Pas de Z");
    let mut fate = Fate::Kept;
    let several = parts.len() > 1;
    for (index, mut points) in parts.into_iter().enumerate() {
        let has_z = points.iter().any(|p| p[2].is_finite());
        if has_z && let Some((code, value)) = spoilt(&points, level, no_z, floor) {
            fate = Fate::Repaired;
            source.finding(code, Severity::Warning, object, value);
            for point in &mut points {
                point[2] = f64::NAN;
            }
        }
        lines.push(NetworkLine {
            id: if several { format!("{object}/{}", index + 1) } else { object.to_owned() },
            dataset: source.dataset.clone(),
            class,
            points,
            width_m,
            level,
            name: record.text("name"),
        });
    }
    fate
}

/// Why a line's altitudes cannot be trusted: code and value.
fn spoilt(
    points: &[[f64; 3]],
    level: i32,
    no_z: bool,
    floor: &Floor,
) -> Option<(&'static str, String)> {
    let implausible: Vec<f64> = points
        .iter()
        .map(|p| p[2])
        .filter(|z| !floor.plausible(*z))
        .collect();
    let lowest = points.iter().map(|p| p[2]).fold(f64::INFINITY, f64::min);
    if implausible.len() == points.len() || no_z {
        return Some(("road-without-altitude", format!("{lowest} m")));
    }
    if !implausible.is_empty() {
        return Some(("road-altitude-interpolated", format!("{lowest} m")));
    }
    if let Some(drop) = end_drop(points) {
        return Some(("road-altitude-interpolated", format!("{drop:.1} m")));
    }
    // Tunnels have their own depth; the tiler does not draw them on the ground.
    if level < 0 {
        return None;
    }
    let (low, high) = if level > 0 { (-OFF_TERRAIN_M, BRIDGE_RISE_M) } else { (-OFF_TERRAIN_M, OFF_TERRAIN_M) };
    points
        .iter()
        .filter_map(|p| Some(p[2] - floor.ground(p[0], p[1])?))
        .find(|off| !(low..=high).contains(off))
        .map(|off| ("road-altitude-off-terrain", format!("{off:+.1} m")))
}

/// A drop at either end, steeper than any street: how deep.
fn end_drop(points: &[[f64; 3]]) -> Option<f64> {
    let drop = |end: &[f64; 3], before: &[f64; 3]| {
        let run = (end[0] - before[0]).hypot(end[1] - before[1]);
        let fall = before[2] - end[2];
        (fall > DROP_M && fall > STEEPEST * run).then_some(fall)
    };
    match points {
        [first, second, ..] => {
            let last = points.last()?;
            let before = points.get(points.len().checked_sub(2)?)?;
            drop(first, second).or_else(|| drop(last, before))
        }
        _ => None,
    }
}

/// Parts that continue each other become one; points on top of each other one.
fn joined(parts: Vec<&[[f64; 3]]>) -> Vec<Vec<[f64; 3]>> {
    let same = |a: &[f64; 3], b: &[f64; 3]| (a[0] - b[0]).hypot(a[1] - b[1]) < 0.001;
    let mut lines: Vec<Vec<[f64; 3]>> = Vec::new();
    for part in parts {
        let mut points: Vec<[f64; 3]> = Vec::with_capacity(part.len());
        for point in part.iter().filter(|p| p[0].is_finite() && p[1].is_finite()) {
            if points.last().is_none_or(|last| !same(last, point)) {
                points.push(*point);
            }
        }
        match lines.last_mut() {
            Some(line)
                if line
                    .last()
                    .zip(points.first())
                    .is_some_and(|(end, start)| same(end, start)) =>
            {
                line.extend_from_slice(&points[1..]);
            }
            _ if points.len() >= 2 => lines.push(points),
            _ => {}
        }
    }
    lines
}

fn length(points: &[[f64; 3]]) -> f64 {
    points
        .windows(2)
        .map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]))
        .sum()
}

/// `pos_sol` is a number or the words "Gué ou radier"; OSM has `layer`, `bridge` and `tunnel`.
fn level(record: &Record) -> i32 {
    let stated = record
        .number("position")
        .filter(|level| level.abs() <= 10.0)
        .map_or(0, |level| level.round() as i32);
    if record.flag("tunnel") == Some(true) {
        return stated.min(-1);
    }
    if record.flag("bridge") == Some(true) {
        return stated.max(1);
    }
    // OSM's `layer` alone orders crossings and says nothing about the ground, but underground it does.
    stated
}

fn class(record: &Record, role: Role, nature: &str) -> LineClass {
    match role {
        Role::Tram | Role::Rail => {
            let lower = nature.to_lowercase();
            return if lower.contains("tram") || lower == "light_rail" {
                LineClass::Tram
            } else if role == Role::Rail || matches!(lower.as_str(), "rail" | "narrow_gauge") {
                LineClass::Rail
            } else {
                LineClass::Tram
            };
        }
        _ => {}
    }
    match nature {
        "Sentier" | "Escalier" | "Chemin" | "Piste cyclable" => return LineClass::Path,
        "Type autoroutier" | "Quasi-autoroute" | "Bretelle" => return LineClass::MajorRoad,
        "Route empierrée" => return LineClass::MinorRoad,
        _ => {}
    }
    if let Some(class) = osm_class(&nature.to_lowercase()) {
        return class;
    }
    match record.number("importance").map(|i| i.round() as i32) {
        Some(1..=3) => LineClass::MajorRoad,
        Some(4) => LineClass::Road,
        _ => LineClass::MinorRoad,
    }
}

fn osm_class(highway: &str) -> Option<LineClass> {
    let base = highway.strip_suffix("_link").unwrap_or(highway);
    Some(match base {
        "motorway" | "trunk" | "primary" => LineClass::MajorRoad,
        "secondary" | "tertiary" => LineClass::Road,
        "residential" | "unclassified" | "service" | "living_street" | "pedestrian" | "road"
        | "highway" | "busway" => LineClass::MinorRoad,
        "path" | "footway" | "steps" | "cycleway" | "track" | "bridleway" | "corridor" => {
            LineClass::Path
        }
        _ => return None,
    })
}

/// True for the classes Geofabrik's road layers use.
pub fn is_osm_road(class: &str) -> bool {
    osm_class(class).is_some() || class.starts_with("track_grade")
}

/// Width of the carriageway, and whether it was assumed: from lanes of 3 m, or by class.
fn width(record: &Record, class: LineClass) -> (f64, bool) {
    if let Some(width) = record.number("width").filter(|w| *w > 0.5 && *w <= WIDEST_M) {
        return (width, false);
    }
    if let Some(lanes) = record.number("lanes").filter(|n| (1.0..=12.0).contains(n))
        && !matches!(class, LineClass::Tram | LineClass::Rail)
    {
        return (lanes * 3.0, true);
    }
    let width = match class {
        LineClass::MajorRoad => 7.0,
        LineClass::Road => 6.0,
        LineClass::MinorRoad => 4.0,
        LineClass::Path => 1.8,
        LineClass::Tram => 2.6,
        LineClass::Rail => 3.0,
    };
    (width, true)
}
