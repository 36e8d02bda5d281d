//! Covisibility of a roof with a monument: sight lines over terrain and buildings, straight between both, and from the streets that see both at once.

use super::scene::{Scene, Triangle};
use crate::energy::roof::RoofPlane;
use crate::energy::shading::bvh::Bvh;
use crate::energy::shading::sight::{SightLine, sight};
use crate::rooftop::{Covisibility, Standing};
use std::collections::HashMap;
use std::sync::Mutex;

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

/// What hides and what is seen: of a whole territory, or of the land between two places.
pub struct Outlook {
    obstacles: Bvh,
    ground: Bvh,
    /// Ids of buildings with `[west, south, east, north]`.
    boxes: Vec<(String, [f64; 4])>,
    has_ground: bool,
    /// What viewpoints see of monuments: neighbours look from the same ones.
    of_monuments: Mutex<HashMap<Looking, Option<SightLine>>>,
}

/// A viewpoint and the first point of a monument, bit by bit, and how many points it has.
type Looking = ([u64; 6], usize);
/// Looks that are remembered.
const MOST_REMEMBERED: usize = 1 << 20;

impl Outlook {
    /// All of a territory: for many buildings.
    pub fn whole(scene: &Scene) -> Self {
        Self::of(scene, |_| true)
    }

    /// What may hide two places no farther from `at` than `reach_m`.
    pub fn near(scene: &Scene, at: [f64; 2], reach_m: f64) -> Self {
        let reach = reach_m + AROUND_M;
        Self::of(scene, |triangle| triangle.iter().any(|p| (p[0] - at[0]).hypot(p[1] - at[1]) < reach) || wide(triangle, at, reach))
    }

    fn of(scene: &Scene, keep: impl Fn(&Triangle) -> bool) -> Self {
        Self {
            obstacles: Bvh::new(scene.solid().filter(|triangle| keep(triangle)).copied()),
            ground: Bvh::new(scene.ground.iter().filter(|triangle| keep(triangle)).copied()),
            boxes: scene.buildings.iter().map(|(id, solid)| (id.clone(), solid.bounds())).collect(),
            has_ground: !scene.ground.is_empty(),
            of_monuments: Mutex::default(),
        }
    }

    /// Sight lines between the planes of a building and a monument.
    pub fn covisibility(&self, scene: &Scene, building: &str, planes: &[RoofPlane], monument: &Standing, streets: &[Vec<[f64; 2]>]) -> Covisibility {
        let mut out = Covisibility { monument: monument.clone(), building: None, covisible: None, direct: None, from_street: None, viewpoints: 0 };
        let roof = roof_points(planes);
        let Some(first) = roof.first().copied() else { return out };
        if !self.has_ground {
            return out;
        }
        let (of_building, targets) = self.monument_points(scene, building, monument);
        out.building = of_building;
        if targets.is_empty() {
            return out;
        }
        out.direct = best_sight(&self.obstacles, &roof, &targets);
        let eyes = viewpoints(streets, first, &self.ground);
        out.viewpoints = eyes.len();
        out.from_street = self.from_street(&eyes, &roof, &targets);
        out.covisible = Some(out.direct.as_ref().is_some_and(SightLine::is_free) || out.from_street.is_some());
        out
    }

    /// The viewpoint with the shortest lines to both, as long as both are free and seen at once.
    fn from_street(&self, eyes: &[[f64; 3]], roof: &[[f64; 3]], targets: &[[f64; 3]]) -> Option<[SightLine; 2]> {
        let nearest = |eye: &[f64; 3], points: &[[f64; 3]]| points.iter().map(|point| length_m(*eye, *point)).fold(f64::INFINITY, f64::min);
        let mut order: Vec<(f64, &[f64; 3])> = eyes.iter().map(|eye| (nearest(eye, roof) + nearest(eye, targets), eye)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut best: Option<(f64, [SightLine; 2])> = None;
        for (at_least, eye) in order {
            // No line from here can be shorter than what has been found.
            if best.as_ref().is_some_and(|(length, _)| *length <= at_least) {
                break;
            }
            let Some(of_monument) = self.monument_from(*eye, targets) else { continue };
            let Some(of_roof) = best_sight(&self.obstacles, &[*eye], roof).filter(SightLine::is_free) else { continue };
            let length = of_roof.length_m() + of_monument.length_m();
            if apart_deg(*eye, of_roof.to, of_monument.to) <= AT_ONCE_DEG && best.as_ref().is_none_or(|(known, _)| length < *known) {
                best = Some((length, [of_roof, of_monument]));
            }
        }
        best.map(|(_, lines)| lines)
    }

    /// The shortest free line from a viewpoint to a monument.
    fn monument_from(&self, eye: [f64; 3], targets: &[[f64; 3]]) -> Option<SightLine> {
        let first = targets.first().copied().unwrap_or_default();
        let bits = |point: [f64; 3]| point.map(f64::to_bits);
        let ([a, b, c], [d, e, f]) = (bits(eye), bits(first));
        let key = ([a, b, c, d, e, f], targets.len());
        // A look that another thread was about to remember is taken twice: the answer is the same.
        if let Some(known) = self.of_monuments.lock().ok().and_then(|known| known.get(&key).copied()) {
            return known;
        }
        let found = best_sight(&self.obstacles, &[eye], targets).filter(SightLine::is_free);
        if let Ok(mut known) = self.of_monuments.lock()
            && known.len() < MOST_REMEMBERED
        {
            known.insert(key, found);
        }
        found
    }

    /// Points of a monument: the top and the middle of the building that stands there, or some heights above the ground.
    fn monument_points(&self, scene: &Scene, own: &str, monument: &Standing) -> (Option<String>, Vec<[f64; 3]>) {
        let at = monument.at;
        let near = self
            .boxes
            .iter()
            .filter(|(id, _)| id.as_str() != own)
            .map(|(id, [west, south, east, north])| ((west - at[0]).max(at[0] - east).max(0.0).hypot((south - at[1]).max(at[1] - north).max(0.0)), id))
            .filter(|(distance, _)| *distance < AT_MONUMENT_M)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .and_then(|(_, id)| Some((id, scene.buildings.get(id)?)));
        let Some((id, solid)) = near else {
            return (None, foot(&self.ground, at).map(|z| ASSUMED_M.map(|height| [at[0], at[1], z + height]).to_vec()).unwrap_or_default());
        };
        let mut corners: Vec<[f64; 3]> = solid.triangles.iter().flatten().copied().collect();
        corners.sort_by(|a, b| b[2].total_cmp(&a[2]));
        corners.dedup();
        let foot = solid.foot_m();
        let mut points: Vec<[f64; 3]> = corners.iter().take(6).map(|p| [p[0], p[1], p[2] + 0.05]).collect();
        // The middle of its height, at the corners of its walls.
        let top = corners.first().map_or(foot, |p| p[2]);
        let lowest = corners.iter().rev().take(8).map(|p| [p[0] + (p[0] - at[0]).signum() * 0.5, p[1] + (p[1] - at[1]).signum() * 0.5, 0.5 * (foot + top)]);
        points.extend(lowest);
        (Some(id.clone()), points)
    }
}

fn length_m(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f64>().sqrt()
}

/// Of all lines between two places the shortest free one, or the shortest.
fn best_sight(obstacles: &Bvh, from: &[[f64; 3]], to: &[[f64; 3]]) -> Option<SightLine> {
    let mut pairs: Vec<(f64, [f64; 3], [f64; 3])> = from.iter().flat_map(|a| to.iter().map(|b| (length_m(*a, *b), *a, *b))).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut shortest = None;
    for (_, a, b) in pairs {
        let line = sight(obstacles, a, b);
        if line.is_free() {
            return Some(line);
        }
        shortest.get_or_insert(line);
    }
    shortest
}

/// Large triangles may lie across a circle without a corner in it.
pub fn wide(triangle: &Triangle, middle: [f64; 2], reach: f64) -> bool {
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

/// Height of the ground at a place.
pub fn foot(ground: &Bvh, at: [f64; 2]) -> Option<f64> {
    const HIGH_M: f64 = 9_000.0;
    ground.first_hit([at[0], at[1], HIGH_M], [0.0, 0.0, -1.0], 0.0, 2.0 * HIGH_M).map(|down| HIGH_M - down)
}

/// Eyes of people in the streets, the nearest to a roof first.
pub fn viewpoints(streets: &[Vec<[f64; 2]>], roof: [f64; 3], ground: &Bvh) -> Vec<[f64; 3]> {
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
