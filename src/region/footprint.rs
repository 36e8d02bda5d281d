//! Footprints as sources bring them, made simple and valid: or refused with the reason.

use super::simplify::Simplify;
use geo::{
    Area, BooleanOps, Centroid, Coord, CoordsIter, LineString, MultiPolygon, Orient, Polygon,
    Validation, bool_ops::FillRule, orient::Direction,
};

/// Points closer than this are one point, in metres.
pub const SAME_POINT_M: f64 = 0.001;
/// Smaller polygons are slivers of a cut, in square metres.
pub const SLIVER_M2: f64 = 1.0;
/// A polygon whose mean width (twice the area by the perimeter) is smaller is a line drawn there and back, in metres.
pub const THIN_M: f64 = 0.2;
/// Smaller holes are digitising noise, in square metres.
pub const TINY_HOLE_M2: f64 = 0.5;
/// With more points, comparing every edge with every other would take minutes: outlines are judged by what resolving them changes.
const MOST_COMPARED: usize = 2_000;
/// Two areas are one within this share: what rounding to the lattice of a resolution may do.
const SAME_AREA: f64 = 1e-6;

/// What was done to a footprint beyond turning its rings and dropping exact duplicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Vertices where the outline turned back on itself.
    pub spikes: bool,
    /// The outline crossed or touched itself, or parts overlapped.
    pub crossings: bool,
    /// Parts or holes too small to mean anything were dropped.
    pub slivers: bool,
}

impl Repairs {
    pub fn any(self) -> bool {
        self.spikes || self.crossings || self.slivers
    }
}

/// Why a footprint cannot be used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rejection {
    /// No ring with three different, finite points.
    Degenerate,
    /// Only slivers: the largest part's area in square metres.
    Sliver(f64),
    /// Invalid even after repair.
    Invalid,
}

/// Makes a footprint simple, valid, counter-clockwise outside. Rings are lists of points, closed or not.
///
/// # Errors
/// A [`Rejection`] when nothing usable is left.
pub fn repair(polygons: Vec<Vec<Vec<[f64; 2]>>>) -> Result<(MultiPolygon<f64>, Repairs), Rejection> {
    let mut repairs = Repairs::default();
    let mut parts = Vec::new();
    for rings in polygons {
        let mut rings = rings.into_iter();
        let Some(outer) = rings.next().and_then(|ring| clean_ring(ring, &mut repairs)) else {
            continue;
        };
        let holes = rings
            .filter_map(|ring| clean_ring(ring, &mut repairs))
            .collect();
        parts.push(Polygon::new(outer, holes));
    }
    if parts.is_empty() {
        return Err(Rejection::Degenerate);
    }
    let mut whole = MultiPolygon::new(parts);
    if !is_valid(&whole) {
        repairs.crossings = true;
        whole = MultiPolygon::new(
            resolved(&whole)
                .into_iter()
                .filter_map(|polygon| {
                    let (outer, holes) = polygon.into_inner();
                    let outer = clean_line(outer)?;
                    Some(Polygon::new(
                        outer,
                        holes.into_iter().filter_map(clean_line).collect(),
                    ))
                })
                .collect(),
        );
    }
    let whole = drop_slivers(whole, &mut repairs)?;
    if !is_valid(&whole) {
        return Err(Rejection::Invalid);
    }
    Ok((whole.orient(Direction::Default), repairs))
}

/// Whether no edges cross or overlap and holes lie inside: the rules of OGC Simple Features, in nearly linear time.
pub fn is_valid<Outline>(outline: &Outline) -> bool
where
    Outline: Validation + CoordsIter<Scalar = f64> + BooleanOps<Scalar = f64> + Area<f64>,
{
    if outline.coords_count() <= MOST_COMPARED {
        return outline.is_valid();
    }
    let after = resolved(outline);
    let (area, area_after) = (outline.unsigned_area(), after.unsigned_area());
    let rings_after: usize = after.iter().map(|polygon| 1 + polygon.interiors().len()).sum();
    outline.rings().count() == rings_after && (area - area_after).abs() <= SAME_AREA * area
}

/// The outline without crossings. The even-odd rule keeps what a person would see filled, whatever the direction of the rings.
fn resolved(outline: &impl BooleanOps<Scalar = f64>) -> MultiPolygon<f64> {
    outline.boolean_op_with_fill_rule(&MultiPolygon::<f64>::new(Vec::new()), geo::OpType::Union, FillRule::EvenOdd)
}

/// Rings of at most so many points each, and the distance that points left out have from those kept, metres; 0 where nothing was left out.
///
/// Points nearer than a distance to the last one kept go, and the distance doubles until the ring is short enough:
/// linear whatever the ring's form, unlike Ramer–Douglas–Peucker.
pub fn thinned(rings: &mut [Vec<[f64; 2]>], most_points: usize) -> f64 {
    let mut coarsest_m = 0.0_f64;
    for ring in rings.iter_mut().filter(|ring| ring.len() > most_points) {
        let mut distance_m = 0.05;
        while ring.len() > most_points {
            let mut last: Option<[f64; 2]> = None;
            ring.retain(|at| {
                let keep = last.is_none_or(|last| !((at[0] - last[0]).hypot(at[1] - last[1]) < distance_m));
                if keep {
                    last = Some(*at);
                }
                keep
            });
            coarsest_m = coarsest_m.max(distance_m);
            distance_m *= 2.0;
        }
    }
    coarsest_m
}

/// Mean width of a polygon: `2 A / P`, the short side of a long rectangle.
pub fn mean_width_m(polygon: &Polygon<f64>) -> f64 {
    let perimeter: f64 = std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .flat_map(|ring| ring.lines())
        .map(|line| line.dx().hypot(line.dy()))
        .sum();
    if perimeter > 0.0 {
        2.0 * polygon.unsigned_area() / perimeter
    } else {
        0.0
    }
}

/// The polygon with fewer points, at most `tolerance_m` away (Ramer–Douglas–Peucker); the polygon itself where simplifying would break it.
pub fn simplified(polygon: &Polygon<f64>, tolerance_m: f64) -> Polygon<f64> {
    let simple = polygon.simplify(tolerance_m);
    let holes = simple
        .interiors()
        .iter()
        .filter(|hole| {
            hole.0.len() >= 4
                && Polygon::new((*hole).clone(), Vec::new()).unsigned_area()
                    > tolerance_m * tolerance_m
        })
        .cloned()
        .collect();
    let simple = Polygon::new(simple.exterior().clone(), holes);
    let kept = simple.unsigned_area() / polygon.unsigned_area().max(1e-9);
    if simple.exterior().0.len() >= 4 && (0.5..2.0).contains(&kept) && simple.is_valid() {
        simple.orient(Direction::Default)
    } else {
        polygon.clone()
    }
}

/// The corners of a ring (without the repeated last point), in coordinates relative to `origin`, without points nearer than `tolerance_m` to the line between their neighbours.
///
/// Unlike Ramer–Douglas–Peucker it can also drop the ring's first point, so a rectangle digitised from the middle of a side has four corners.
pub fn corners(ring: &LineString<f64>, origin: [f64; 2], tolerance_m: f64) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = ring
        .0
        .iter()
        .map(|c| [c.x - origin[0], c.y - origin[1]])
        .collect();
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    // The flattest corner goes first, so that the result does not depend on where the ring begins.
    while points.len() > 3 {
        let flattest = (0..points.len())
            .map(|i| {
                let n = points.len();
                let (a, b, c) = (points[(i + n - 1) % n], points[i], points[(i + 1) % n]);
                (i, distance_to_segment(b, a, c))
            })
            .min_by(|a, b| a.1.total_cmp(&b.1));
        match flattest {
            Some((index, distance)) if distance < tolerance_m => {
                points.remove(index);
            }
            _ => break,
        }
    }
    points
}

/// The middle of a footprint, for origins and for looking things up.
pub fn centre(footprint: &MultiPolygon<f64>) -> Option<[f64; 2]> {
    footprint.centroid().map(|point| [point.x(), point.y()])
}

fn distance_to_segment(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 {
        (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (p[0] - a[0] - t * dx).hypot(p[1] - a[1] - t * dy)
}

fn clean_line(line: LineString<f64>) -> Option<LineString<f64>> {
    clean_ring(
        line.0.into_iter().map(|c| [c.x, c.y]).collect(),
        &mut Repairs::default(),
    )
}

/// Drops what is not finite, duplicates and spikes; closes the ring. `None` when fewer than three points remain.
fn clean_ring(points: Vec<[f64; 2]>, repairs: &mut Repairs) -> Option<LineString<f64>> {
    let finite = |point: &[f64; 2]| point[0].is_finite() && point[1].is_finite();
    let mut kept: Vec<[f64; 2]> = Vec::with_capacity(points.len());
    // A spike's removal may bring its neighbours together and make another: what was kept is looked at again from its end.
    for point in points.into_iter().filter(finite) {
        while let [.., a, b] = *kept.as_slice() {
            if !(near(a, point) || is_spike(a, b, point)) || near(b, point) {
                break;
            }
            kept.pop();
            repairs.spikes = true;
        }
        if kept.last().is_none_or(|last| !near(*last, point)) {
            kept.push(point);
        }
    }
    // The ring has no beginning: its two ends are neighbours as well.
    let mut from = 0;
    while let [first, second, .., before, last] = kept[from..] {
        if near(first, last) {
            kept.pop();
        } else if near(before, first) || is_spike(before, last, first) {
            kept.pop();
            repairs.spikes = true;
        } else if near(last, second) || is_spike(last, first, second) {
            from += 1;
            repairs.spikes = true;
        } else {
            break;
        }
    }
    kept.drain(..from);
    if let [a, b, c] = *kept.as_slice()
        && [(a, b, c), (b, c, a), (c, a, b)].into_iter().any(|(a, b, c)| near(a, b) || is_spike(a, b, c))
    {
        return None;
    }
    if kept.len() < 3 {
        return None;
    }
    let mut ring: Vec<Coord<f64>> = kept.into_iter().map(|[x, y]| Coord { x, y }).collect();
    ring.push(*ring.first()?);
    Some(LineString::new(ring))
}

fn near(a: [f64; 2], b: [f64; 2]) -> bool {
    (a[0] - b[0]).abs() <= SAME_POINT_M && (a[1] - b[1]).abs() <= SAME_POINT_M
}

/// True where the outline goes to `b` and returns the way it came.
fn is_spike(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> bool {
    let (ux, uy) = (b[0] - a[0], b[1] - a[1]);
    let (vx, vy) = (c[0] - b[0], c[1] - b[1]);
    let dot = ux * vx + uy * vy;
    let cross = ux * vy - uy * vx;
    dot < 0.0 && cross.abs() <= SAME_POINT_M * ux.hypot(uy).min(vx.hypot(vy))
}

fn drop_slivers(
    whole: MultiPolygon<f64>,
    repairs: &mut Repairs,
) -> Result<MultiPolygon<f64>, Rejection> {
    let mut largest = 0.0_f64;
    let mut kept = Vec::new();
    for polygon in whole {
        let (outer, holes) = polygon.into_inner();
        let before = holes.len();
        let holes: Vec<_> = holes
            .into_iter()
            .filter(|hole| {
                Polygon::new(hole.clone(), Vec::new()).unsigned_area() >= TINY_HOLE_M2
            })
            .collect();
        let lost_hole = holes.len() != before;
        let polygon = Polygon::new(outer, holes);
        let area = polygon.unsigned_area();
        largest = largest.max(area);
        if area < SLIVER_M2 || mean_width_m(&polygon) < THIN_M {
            repairs.slivers = true;
            continue;
        }
        repairs.slivers |= lost_hole;
        kept.push(polygon);
    }
    if kept.is_empty() {
        return Err(Rejection::Sliver(largest));
    }
    Ok(MultiPolygon::new(kept))
}
