//! Water and trees, and outlines as all areas have them.

use super::terrain::Floor;
use super::{Fate, Source};
use crate::base::Severity;
use crate::pipeline::sources::record::Record;
use crate::region::footprint::{self, Rejection, Repairs};
use crate::region::{Tree, WaterArea};
use geo::MultiPolygon;

/// Height of a tree of which nothing is known, metres.
const TREE_M: f64 = 8.0;

/// Water: one area for each polygon, its level stated, from its own altitudes, or from the lowest terrain of its bank.
pub fn water(
    record: &Record,
    floor: &Floor,
    source: &mut Source,
    water: &mut Vec<WaterArea>,
) -> Fate {
    let Some((outline, repairs)) = outline(record, source) else {
        return Fate::Rejected;
    };
    let mut fate = if repairs.any() { Fate::Repaired } else { Fate::Kept };
    let stated = record.number("level").filter(|level| floor.plausible(*level));
    let mut altitudes: Vec<f64> = record
        .shape
        .iter()
        .flat_map(|shape| shape.polygons())
        .flat_map(|rings| rings.iter().flatten())
        .map(|p| p[2])
        .filter(|z| floor.plausible(*z))
        .collect();
    altitudes.sort_by(f64::total_cmp);
    let own = altitudes.get(altitudes.len() / 2).copied().filter(|z| *z != 0.0);
    let several = outline.0.len() > 1;
    for (index, polygon) in outline.into_iter().enumerate() {
        let level_m = match stated.or(own) {
            Some(level) => level,
            None => {
                fate = Fate::Repaired;
                // A tenth of the bank lies lower: a single low cell does not pull the water down.
                let mut bank: Vec<f64> = polygon
                    .exterior()
                    .0
                    .iter()
                    .filter_map(|c| floor.ground(c.x, c.y))
                    .collect();
                bank.sort_by(f64::total_cmp);
                let level = bank.get(bank.len() / 10).copied().unwrap_or(0.0);
                source.finding("water-level-assumed", Severity::Info, &record.object, format!("{level:.1} m"));
                level
            }
        };
        water.push(WaterArea {
            id: part_id(&record.object, index, several),
            dataset: source.dataset.clone(),
            outline: polygon,
            level_m,
            name: record.text("name"),
        });
    }
    fate
}

pub fn tree(record: &Record, source: &mut Source, trees: &mut Vec<Tree>) -> Fate {
    let points = record.shape.as_ref().map(|shape| shape.points()).unwrap_or_default();
    if points.is_empty() {
        source.finding("geometry-missing", Severity::Warning, &record.object, "");
        return Fate::Rejected;
    }
    let height = record.number("height").filter(|h| (0.5..=60.0).contains(h));
    let height_m = height.unwrap_or(TREE_M);
    let crown_m = record
        .number("crown")
        .filter(|c| (0.3..=40.0).contains(c))
        .unwrap_or(0.6 * height_m);
    for [x, y, _] in points {
        trees.push(Tree { x, y, height_m, crown_m, generated: false });
    }
    if height.is_some() {
        Fate::Kept
    } else {
        source.finding("tree-height-assumed", Severity::Info, &record.object, format!("{height_m} m"));
        Fate::Repaired
    }
}

pub(super) fn outline(record: &Record, source: &mut Source) -> Option<(MultiPolygon<f64>, Repairs)> {
    let polygons: Vec<Vec<Vec<[f64; 2]>>> = record
        .shape
        .iter()
        .flat_map(|shape| shape.polygons())
        .map(|rings| {
            rings
                .iter()
                .map(|ring| ring.iter().map(|p| [p[0], p[1]]).collect())
                .collect()
        })
        .collect();
    if polygons.is_empty() {
        source.finding("geometry-missing", Severity::Warning, &record.object, "");
        return None;
    }
    match footprint::repair(polygons) {
        Ok((outline, repairs)) => {
            if repairs.any() {
                source.finding("outline-repaired", Severity::Info, &record.object, "");
            }
            Some((outline, repairs))
        }
        Err(rejection) => {
            let (code, value) = match rejection {
                Rejection::Degenerate => ("footprint-degenerate", String::new()),
                Rejection::Sliver(area) => ("footprint-sliver", format!("{area:.2} m²")),
                Rejection::Invalid => ("footprint-invalid", String::new()),
            };
            source.finding(code, Severity::Warning, &record.object, value);
            None
        }
    }
}

fn part_id(object: &str, index: usize, several: bool) -> String {
    if several { format!("{object}/{}", index + 1) } else { object.to_owned() }
}
