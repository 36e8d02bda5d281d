//! Covisibility of a roof with a monument: sight lines over terrain and buildings, straight between both, and from the streets that see both at once.

use super::around::apart;
use super::scene::{Scene, Solid, Triangle};
use crate::energy::roof::RoofPlane;
use crate::energy::shading::bvh::Bvh;
use crate::energy::shading::sight::{SightLine, sight};
use crate::rooftop::scenery::{foot, viewpoints, wide};
use crate::rooftop::{Bare, Covisibility, Standing};
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

/// Things farther than this from the middle of a line hide nothing that matters here, metres beyond its half.
const AROUND_M: f64 = 60.0;
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
    /// Buildings alone, for what the terrain does: made when it is asked about.
    built: OnceLock<Bvh>,
    /// A place and how far around it things count; everything without.
    around: Option<([f64; 2], f64)>,
    /// Ids of buildings with `[west, south, east, north]`.
    boxes: Vec<(String, [f64; 4])>,
    has_ground: bool,
    /// What viewpoints see of monuments: neighbours look from the same ones.
    of_monuments: Mutex<HashMap<Looking, Option<SightLine>>>,
}

/// A viewpoint and the first point of a monument, bit by bit, how many points it has, and whether the terrain hides.
type Looking = ([u64; 6], usize, bool);
/// Looks that are remembered.
const MOST_REMEMBERED: usize = 1 << 20;

impl Outlook {
    /// All of a territory: for many buildings.
    pub fn whole(scene: &Scene) -> Self {
        Self::of(scene, None)
    }

    /// What may hide two places no farther from `at` than `reach_m`.
    pub fn near(scene: &Scene, at: [f64; 2], reach_m: f64) -> Self {
        Self::of(scene, Some((at, reach_m + AROUND_M)))
    }

    fn of(scene: &Scene, around: Option<([f64; 2], f64)>) -> Self {
        let near = |triangle: &&Triangle| counts(triangle, around);
        Self {
            obstacles: Bvh::new(scene.solid().filter(near).copied()),
            ground: Bvh::new(scene.ground.iter().filter(near).copied()),
            built: OnceLock::new(),
            around,
            boxes: scene.buildings.iter().map(|(id, solid)| (id.clone(), solid.bounds())).collect(),
            has_ground: !scene.ground.is_empty(),
            of_monuments: Mutex::default(),
        }
    }

    /// All that hides: ground and buildings.
    pub fn obstacles(&self) -> &Bvh {
        &self.obstacles
    }

    /// Buildings no farther from a place than this, the nearest first.
    pub fn buildings_near(&self, at: [f64; 2], reach_m: f64) -> Vec<String> {
        let mut near: Vec<(f64, &String)> = self.boxes.iter().map(|(id, bounds)| (apart(bounds, at), id)).filter(|(distance, _)| *distance <= reach_m).collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        near.into_iter().map(|(_, id)| id.clone()).collect()
    }

    /// Sight lines between the planes of a building and a monument.
    pub fn covisibility(&self, scene: &Scene, building: &str, planes: &[RoofPlane], monument: &Standing, streets: &[Vec<[f64; 2]>]) -> Covisibility {
        let mut out = Covisibility { monument: monument.clone(), building: None, covisible: None, direct: None, from_street: None, viewpoints: 0, bare: None };
        if self.stands_on(scene, building, monument) {
            out.building = Some(building.to_owned());
            return out;
        }
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
        let eyes = viewpoints(streets, first, &self.ground);
        out.viewpoints = eyes.len();
        let seen = |hides: (&Bvh, bool)| {
            let direct = best_sight(hides.0, &roof, &targets);
            let from_street = self.from_street(hides, &eyes, &roof, &targets);
            Bare { covisible: Some(direct.as_ref().is_some_and(SightLine::is_free) || from_street.is_some()), direct, from_street }
        };
        let Bare { covisible, direct, from_street } = seen((&self.obstacles, true));
        (out.covisible, out.direct, out.from_street) = (covisible, direct, from_street);
        if out.covisible == Some(false) {
            let built = self.built.get_or_init(|| Bvh::new(scene.built().filter(|triangle| counts(triangle, self.around)).copied()));
            out.bare = Some(Box::new(seen((built, false))));
        }
        out
    }

    /// The viewpoint with the shortest lines to both, as long as both are free and seen at once.
    fn from_street(&self, hides: (&Bvh, bool), eyes: &[[f64; 3]], roof: &[[f64; 3]], targets: &[[f64; 3]]) -> Option<[SightLine; 2]> {
        let nearest = |eye: &[f64; 3], points: &[[f64; 3]]| points.iter().map(|point| length_m(*eye, *point)).fold(f64::INFINITY, f64::min);
        let mut order: Vec<(f64, &[f64; 3])> = eyes.iter().map(|eye| (nearest(eye, roof) + nearest(eye, targets), eye)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut best: Option<(f64, [SightLine; 2])> = None;
        for (at_least, eye) in order {
            // No line from here can be shorter than what has been found.
            if best.as_ref().is_some_and(|(length, _)| *length <= at_least) {
                break;
            }
            let Some(of_monument) = self.monument_from(hides, *eye, targets) else { continue };
            let Some(of_roof) = best_sight(hides.0, &[*eye], roof).filter(SightLine::is_free) else { continue };
            let length = of_roof.length_m() + of_monument.length_m();
            if apart_deg(*eye, of_roof.to, of_monument.to) <= AT_ONCE_DEG && best.as_ref().is_none_or(|(known, _)| length < *known) {
                best = Some((length, [of_roof, of_monument]));
            }
        }
        best.map(|(_, lines)| lines)
    }

    /// The shortest free line from a viewpoint to a monument.
    fn monument_from(&self, (obstacles, with_terrain): (&Bvh, bool), eye: [f64; 3], targets: &[[f64; 3]]) -> Option<SightLine> {
        let first = targets.first().copied().unwrap_or_default();
        let bits = |point: [f64; 3]| point.map(f64::to_bits);
        let ([a, b, c], [d, e, f]) = (bits(eye), bits(first));
        let key = ([a, b, c, d, e, f], targets.len(), with_terrain);
        // A look that another thread was about to remember is taken twice: the answer is the same.
        if let Some(known) = self.of_monuments.lock().ok().and_then(|known| known.get(&key).copied()) {
            return known;
        }
        let found = best_sight(obstacles, &[eye], targets).filter(SightLine::is_free);
        if let Ok(mut known) = self.of_monuments.lock()
            && known.len() < MOST_REMEMBERED
        {
            known.insert(key, found);
        }
        found
    }

    /// Whether the monument is the building itself: it stands within its walls, or no other building is nearer. A perimeter's middle is no place that a survey gave: it has to lie within.
    fn stands_on(&self, scene: &Scene, building: &str, monument: &Standing) -> bool {
        let Some(own) = scene.buildings.get(building) else { return false };
        let within = |solid: &Solid| solid.triangles.iter().any(|triangle| covers(triangle, monument.at));
        if within(own) {
            return true;
        }
        let distance = |bounds: &[f64; 4]| apart(bounds, monument.at);
        let nearest = self.boxes.iter().map(|(id, bounds)| (distance(bounds), id)).filter(|(distance, _)| *distance < AT_MONUMENT_M).min_by(|a, b| a.0.total_cmp(&b.0));
        !monument.guessed && nearest.is_some_and(|(_, id)| id == building) && !scene.buildings.values().any(within)
    }

    /// Points of a monument: the top and the middle of the building that stands there, or some heights above the ground.
    fn monument_points(&self, scene: &Scene, own: &str, monument: &Standing) -> (Option<String>, Vec<[f64; 3]>) {
        let at = monument.at;
        let near = self
            .boxes
            .iter()
            .filter(|(id, _)| id.as_str() != own)
            .map(|(id, bounds)| (apart(bounds, at), id))
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

/// Whether a triangle may hide anything around a place.
fn counts(triangle: &Triangle, around: Option<([f64; 2], f64)>) -> bool {
    around.is_none_or(|(at, reach)| triangle.iter().any(|p| (p[0] - at[0]).hypot(p[1] - at[1]) < reach) || wide(triangle, at, reach))
}

/// Corners and middles of the planes, a hand’s breadth above them.
fn roof_points(planes: &[RoofPlane]) -> Vec<[f64; 3]> {
    planes.iter().flat_map(|plane| plane.samples(4, 0.15)).take(24).collect()
}

/// Whether a triangle lies over a place, as seen from above; a wall lies over none.
fn covers([a, b, c]: &Triangle, at: [f64; 2]) -> bool {
    let side = |p: &[f64; 3], q: &[f64; 3]| (q[0] - p[0]) * (at[1] - p[1]) - (q[1] - p[1]) * (at[0] - p[0]);
    let sides = [side(a, b), side(b, c), side(c, a)];
    sides.iter().any(|side| *side != 0.0) && (sides.iter().all(|side| *side >= 0.0) || sides.iter().all(|side| *side <= 0.0))
}

/// Angle between two things as seen from a place.
fn apart_deg(eye: [f64; 3], a: [f64; 3], b: [f64; 3]) -> f64 {
    let to = |p: [f64; 3]| [p[0] - eye[0], p[1] - eye[1], p[2] - eye[2]];
    let (u, v) = (to(a), to(b));
    let dot = |p: [f64; 3], q: [f64; 3]| p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
    (dot(u, v) / (dot(u, u) * dot(v, v)).sqrt()).clamp(-1.0, 1.0).acos().to_degrees()
}
