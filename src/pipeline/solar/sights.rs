//! Covisibility of a roof with a monument: sight lines over terrain and buildings, straight between both, and from the streets that see both at once.

use super::around::Standing;
use super::scene::{Scene, Triangle};
use crate::energy::roof::RoofPlane;
use crate::energy::shading::bvh::Bvh;
use crate::energy::shading::sight::{SightLine, sights};
use rayon::prelude::*;

/// Things farther than this from the middle of a line hide nothing that matters here, metres beyond its half.
const AROUND_M: f64 = 60.0;
/// Eyes of a person in the street.
const EYES_M: f64 = 1.6;
/// One viewpoint on a street for so many metres, and most of them.
const EVERY_M: f64 = 15.0;
const MOST_VIEWPOINTS: usize = 300;
/// Roof and monument are seen at once when they are no farther apart than this, degrees: half of what a person sees without turning.
const AT_ONCE_DEG: f64 = 60.0;
/// A monument without a building in the data: the heights above ground that are looked at.
const ASSUMED_M: [f64; 3] = [3.0, 8.0, 15.0];
/// A building belongs to a monument that stands so near to it, metres.
const AT_MONUMENT_M: f64 = 15.0;

/// What was found for one monument.
#[derive(Clone, Debug, PartialEq)]
pub struct Covisibility {
    pub monument: Standing,
    /// The building of the scene that it is, where one stands there.
    pub building: Option<String>,
    /// `None` without terrain: then nothing can be said.
    pub covisible: Option<bool>,
    /// The free line with the shortest way, or the one that comes nearest to being free.
    pub direct: Option<SightLine>,
    /// A viewpoint in a street with its lines to the roof and to the monument.
    pub from_street: Option<[SightLine; 2]>,
    pub viewpoints: usize,
}

/// Sight lines between the planes of a building and a monument.
pub fn covisibility(scene: &Scene, building: &str, planes: &[RoofPlane], monument: &Standing, streets: &[Vec<[f64; 2]>]) -> Covisibility {
    let mut out = Covisibility { monument: monument.clone(), building: None, covisible: None, direct: None, from_street: None, viewpoints: 0 };
    let roof = roof_points(planes);
    let Some(first) = roof.first().copied() else { return out };
    if scene.ground.is_empty() {
        return out;
    }
    let (middle, reach) = (
        [0.5 * (first[0] + monument.at[0]), 0.5 * (first[1] + monument.at[1])],
        0.5 * (first[0] - monument.at[0]).hypot(first[1] - monument.at[1]) + 400.0 + AROUND_M,
    );
    let near = |triangle: &&Triangle| triangle.iter().any(|p| (p[0] - middle[0]).hypot(p[1] - middle[1]) < reach) || wide(triangle, middle, reach);
    let obstacles = Bvh::new(scene.solid().filter(near).copied());
    let ground = Bvh::new(scene.ground.iter().filter(near).copied());
    let (of_building, targets) = monument_points(scene, building, monument, &ground);
    out.building = of_building;
    if targets.is_empty() {
        return out;
    }
    out.direct = sights(&obstacles, &roof, &targets).into_iter().next();
    let eyes = viewpoints(streets, first, &ground);
    out.viewpoints = eyes.len();
    out.from_street = eyes
        .par_iter()
        .filter_map(|eye| {
            let of_roof = sights(&obstacles, &[*eye], &roof).into_iter().next().filter(SightLine::is_free)?;
            let of_monument = sights(&obstacles, &[*eye], &targets).into_iter().next().filter(SightLine::is_free)?;
            (apart_deg(*eye, of_roof.to, of_monument.to) <= AT_ONCE_DEG).then_some([of_roof, of_monument])
        })
        .min_by(|a, b| (a[0].length_m() + a[1].length_m()).total_cmp(&(b[0].length_m() + b[1].length_m())));
    out.covisible = Some(out.direct.as_ref().is_some_and(SightLine::is_free) || out.from_street.is_some());
    out
}

/// Large triangles may lie across a circle without a corner in it.
fn wide(triangle: &Triangle, middle: [f64; 2], reach: f64) -> bool {
    let span = |axis: usize| {
        let values = triangle.map(|p| p[axis]);
        (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    };
    (0..2).all(|axis| {
        let (low, high) = span(axis);
        low <= middle[axis] + reach && high >= middle[axis] - reach
    })
}

/// Corners and middles of the planes, a hand’s breadth above them.
fn roof_points(planes: &[RoofPlane]) -> Vec<[f64; 3]> {
    planes.iter().flat_map(|plane| plane.samples(4, 0.15)).take(24).collect()
}

/// Points of a monument: the top and the middle of the building that stands there, or some heights above the ground.
fn monument_points(scene: &Scene, own: &str, monument: &Standing, ground: &Bvh) -> (Option<String>, Vec<[f64; 3]>) {
    let at = monument.at;
    let near = scene
        .buildings
        .iter()
        .filter(|(id, _)| id.as_str() != own)
        .map(|(id, solid)| {
            let [west, south, east, north] = solid.bounds();
            let (dx, dy) = ((west - at[0]).max(at[0] - east).max(0.0), (south - at[1]).max(at[1] - north).max(0.0));
            (dx.hypot(dy), id, solid)
        })
        .filter(|(distance, ..)| *distance < AT_MONUMENT_M)
        .min_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, id, solid)) = near {
        let mut corners: Vec<[f64; 3]> = solid.triangles.iter().flatten().copied().collect();
        corners.sort_by(|a, b| b[2].total_cmp(&a[2]));
        corners.dedup();
        let foot = solid.foot_m();
        let mut points: Vec<[f64; 3]> = corners.iter().take(6).map(|p| [p[0], p[1], p[2] + 0.05]).collect();
        // The middle of its height, at the corners of its walls.
        let top = corners.first().map_or(foot, |p| p[2]);
        let lowest = corners.iter().rev().take(8).map(|p| [p[0] + (p[0] - at[0]).signum() * 0.5, p[1] + (p[1] - at[1]).signum() * 0.5, 0.5 * (foot + top)]);
        points.extend(lowest);
        return (Some(id.clone()), points);
    }
    let foot = foot(ground, at);
    (None, foot.map(|z| ASSUMED_M.map(|height| [at[0], at[1], z + height]).to_vec()).unwrap_or_default())
}

/// Height of the ground at a place.
fn foot(ground: &Bvh, at: [f64; 2]) -> Option<f64> {
    const HIGH_M: f64 = 9_000.0;
    ground.first_hit([at[0], at[1], HIGH_M], [0.0, 0.0, -1.0], 0.0, 2.0 * HIGH_M).map(|down| HIGH_M - down)
}

fn viewpoints(streets: &[Vec<[f64; 2]>], roof: [f64; 3], ground: &Bvh) -> Vec<[f64; 3]> {
    let mut places: Vec<[f64; 2]> = Vec::new();
    for street in streets {
        let mut left = 0.0;
        for side in street.windows(2) {
            let ([ax, ay], [bx, by]) = (side[0], side[1]);
            let length = (bx - ax).hypot(by - ay);
            while left <= length && places.len() < 100 * MOST_VIEWPOINTS {
                let part = if length > 0.0 { left / length } else { 0.0 };
                places.push([ax + part * (bx - ax), ay + part * (by - ay)]);
                left += EVERY_M;
            }
            left -= length;
        }
    }
    let far = |p: &[f64; 2]| (p[0] - roof[0]).hypot(p[1] - roof[1]);
    places.sort_by(|a, b| far(a).total_cmp(&far(b)));
    places.truncate(MOST_VIEWPOINTS);
    places.into_iter().filter_map(|p| Some([p[0], p[1], foot(ground, p)? + EYES_M])).collect()
}

/// Angle between two things as seen from a place.
fn apart_deg(eye: [f64; 3], a: [f64; 3], b: [f64; 3]) -> f64 {
    let to = |p: [f64; 3]| [p[0] - eye[0], p[1] - eye[1], p[2] - eye[2]];
    let (u, v) = (to(a), to(b));
    let dot = |p: [f64; 3], q: [f64; 3]| p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
    (dot(u, v) / (dot(u, u) * dot(v, v)).sqrt()).clamp(-1.0, 1.0).acos().to_degrees()
}
