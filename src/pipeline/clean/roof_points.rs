//! Points of a survey joined to the footprints they lie over, and the planes in them.

use crate::base::{Finding, Report, Severity};
use crate::geodesy::{Geoid, Vertical};
use crate::pipeline::sources::RawRaster;
use crate::region::Building;
use crate::region::roof_planes::{PlaneSettings, SurveyedRoof, planes};
use geo::{Area, BoundingRect, Contains, Point};
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};
use std::collections::BTreeMap;

/// Points kept of one building; further ones replace none.
const MAX_POINTS: usize = 50_000;
/// Lower points are walls, cars and bushes, metres above the ground.
const LOWEST_M: f64 = 1.5;
/// Fewer points per square metre tell no roof.
const LEAST_PER_M2: f64 = 0.5;

/// The roofs that the point clouds among `rasters` show, by building.
pub fn roofs(
    rasters: &mut [RawRaster],
    buildings: &[Building],
    vertical: &Vertical,
    geoid: &Geoid,
    report: &mut Report,
) -> BTreeMap<String, SurveyedRoof> {
    if buildings.is_empty() || !rasters.iter().any(|raw| raw.heights.has_roof_points()) {
        return BTreeMap::new();
    }
    let boxes = buildings.iter().enumerate().filter_map(|(at, building)| {
        let rect = building.footprint.bounding_rect()?;
        let (low, high) = (rect.min(), rect.max());
        Some(GeomWithData::new(
            Rectangle::from_corners([low.x, low.y], [high.x, high.y]),
            at,
        ))
    });
    let index: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>> = RTree::bulk_load(boxes.collect());
    let mut points: BTreeMap<usize, Vec<[f64; 3]>> = BTreeMap::new();
    for raw in rasters
        .iter_mut()
        .filter(|raw| raw.heights.has_roof_points())
    {
        let placement = raw.heights.placement();
        let [x, y] = placement.at(0.5 * placement.columns as f64, 0.5 * placement.rows as f64);
        // One shift for a whole tile: undulations change by centimetres over a kilometre, roofs are read to decimetres.
        let shift_m = match raw.placer.vertical() {
            Some(own) if own != *vertical => {
                let centre = raw
                    .placer
                    .point(x, y)
                    .ok()
                    .and_then(|at| raw.placer.target_lonlat(at));
                match centre.and_then(|p| own.to(vertical, geoid, p)) {
                    Some(shift_m) => shift_m,
                    // Said already, with the terrain.
                    None => continue,
                }
            }
            _ => 0.0,
        };
        let RawRaster {
            heights,
            placer,
            file,
            ..
        } = raw;
        let read = heights.roof_points(&mut |[x, y, z]| {
            let Ok(at) = placer.point(x, y) else { return };
            for hit in index.locate_in_envelope_intersecting(&AABB::from_point(at)) {
                let Some(building) = buildings.get(hit.data) else {
                    continue;
                };
                let height = z + shift_m;
                if height < building.ground_m + LOWEST_M
                    || !building.footprint.contains(&Point::new(at[0], at[1]))
                {
                    continue;
                }
                let points = points.entry(hit.data).or_default();
                if points.len() < MAX_POINTS {
                    points.push([at[0], at[1], height]);
                }
            }
        });
        if let Err(fault) = read {
            report.push(
                Finding::new("points-unreadable", Severity::Error, file.as_str()).value(fault),
            );
        }
    }
    let mut found = BTreeMap::new();
    for (at, points) in points {
        let Some(building) = buildings.get(at) else {
            continue;
        };
        let area = building.footprint.unsigned_area();
        if (points.len() as f64) < LEAST_PER_M2 * area {
            continue;
        }
        let roof = planes(&points, area, &PlaneSettings::default());
        if roof.planes.is_empty() {
            continue;
        }
        report.push(
            Finding::new("roof-surveyed", Severity::Info, building.dataset.as_str())
                .object(&building.id)
                .value(format!(
                    "{} · {:.2} m · {:.0} %",
                    roof.planes.len(),
                    roof.residual_m,
                    100.0 * roof.explained
                )),
        );
        found.insert(building.id.clone(), roof);
    }
    found
}
