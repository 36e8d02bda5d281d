//! The house as it is seen from the street, without modules and with them: lines and surfaces of the scene in perspective, for a sheet of paper.
//!
//! The eye stands where a person stands: on a street nearby, where most of the modules are seen, or where the house is when none is. What hides them is worked out by
//! sight lines; the drawing itself is painted from far to near.

use crate::energy::shading::bvh::Bvh;
use crate::energy::shading::sight::sight;
use crate::formats::pdf::Colour;
use super::answer::{Covered, MyRoof};
use super::scenery::{Scenery, Triangle, bounds, viewpoints, wide};
use glam::DVec3;

/// Streets farther than this from the roof are no place to look from, and nearer ones only show eaves, metres.
const FROM_M: [f64; 2] = [7.0, 120.0];
/// The distance that is liked best, metres.
const LIKED_M: f64 = 28.0;
/// What is drawn around the house and the eye, metres.
const AROUND_M: f64 = 160.0;
/// Where no street is: so far from the house and so far above its foot, metres.
const AIR_M: [f64; 2] = [45.0, 25.0];
/// Surfaces nearer to the eye than this are cut off, metres.
const NEAR_M: f64 = 0.4;
/// Edges of what is painted are no longer than this near the house, metres: large triangles cannot be put in order.
const EDGE_M: f64 = 5.0;
const MOST_SPLITS: usize = 6;
/// Modules are painted as if they stood so much nearer than they do, metres: what is nearer than that still hides them.
const MODULE_BEFORE_M: f64 = 3.5;
/// Points of the modules that are looked for.
const POINTS: usize = 60;
/// Half of the angle of view, degrees: at least, at most.
const HALF_ANGLE_DEG: [f64; 2] = [12.0, 48.0];

const WALL: [f64; 3] = [0.93, 0.91, 0.87];
const OWN_WALL: [f64; 3] = [0.98, 0.95, 0.88];
const ROOF: [f64; 3] = [0.72, 0.6, 0.54];
const OWN_ROOF: [f64; 3] = [0.8, 0.55, 0.42];
const GROUND: [f64; 3] = [0.8, 0.83, 0.72];
const MODULE: [f64; 3] = [0.11, 0.18, 0.34];
const TREE: [f64; 3] = [0.55, 0.68, 0.48];
/// Light comes over the left shoulder.
const LIGHT: DVec3 = DVec3::new(-0.5, -0.62, 0.6);

/// A piece of the picture; x from -1 to 1, y as far as the picture is high.
#[derive(Clone, Debug)]
pub struct Face {
    pub corners: Vec<[f64; 2]>,
    pub colour: Colour,
    /// Modules are framed.
    pub is_module: bool,
}

/// The picture, from far to near; modules apart, so that it can be drawn without them.
#[derive(Clone, Debug)]
pub struct StreetView {
    pub faces: Vec<Face>,
    pub eye: [f64; 3],
    pub distance_m: f64,
    /// On a street; in the air otherwise.
    pub from_street: bool,
    /// Share of the modules that is seen from here.
    pub seen: f64,
}

/// `None` of a roof without a covered plane.
pub fn view(scene: &Scenery, found: &MyRoof) -> Option<StreetView> {
    let own = scene.buildings.get(&found.building)?;
    let [west, south, east, north] = bounds(own.iter());
    let foot = own.iter().flatten().map(|p| p[2]).fold(f64::INFINITY, f64::min);
    let top = own.iter().flatten().map(|p| p[2]).fold(foot, f64::max);
    let house = DVec3::new(0.5 * (west + east), 0.5 * (south + north), foot + 0.55 * (top - foot));
    let near = |triangle: &&Triangle| wide(triangle, [house.x, house.y], AROUND_M);
    let ground: Vec<Triangle> = scene.ground.iter().filter(near).copied().collect();
    let built: Vec<(&str, Triangle)> = scene.buildings.iter().flat_map(|(id, solid)| solid.iter().map(move |triangle| (id.as_str(), *triangle))).filter(|(_, triangle)| near(&triangle)).collect();
    let trees: Vec<Triangle> = scene.trees.iter().filter(near).copied().collect();
    let land = Bvh::new(ground.iter().copied());
    // A tree before the house hides it from who stands there, whatever the season.
    let solid = Bvh::new(ground.iter().chain(&trees).copied().chain(built.iter().map(|(_, triangle)| *triangle)));
    let modules: Vec<[[f64; 3]; 4]> = found.covered.iter().flat_map(|covered| covered.modules.iter().copied()).collect();
    let points = points(found, &modules);
    let first = points.first()?;
    let seen = |eye: [f64; 3]| points.iter().filter(|point| sight(&solid, eye, **point).is_free()).count() as f64 / points.len() as f64;
    let score = |eye: &[f64; 3]| {
        let far = (eye[0] - house.x).hypot(eye[1] - house.y);
        // Where nothing is seen the nearest liked place still shows the house.
        let liked = 1.0 / (1.0 + (far - LIKED_M).abs() / LIKED_M);
        (FROM_M[0]..=FROM_M[1]).contains(&far).then(|| (seen(*eye), liked))
    };
    // Modules seen along their own plane are seen by nobody.
    let facing = |eye: &[f64; 3]| {
        let of_plane = |covered: &Covered| {
            let way = DVec3::from_array(*eye) - covered.plane.triangles.first().map_or(house, |triangle| DVec3::from_array(triangle[0]));
            DVec3::from_array(covered.plane.normal).dot(way.normalize_or_zero()).max(0.0)
        };
        found.covered.iter().map(of_plane).fold(0.0, f64::max)
    };
    let best = viewpoints(&scene.walks(), *first, &land)
        .into_iter()
        .filter_map(|eye| score(&eye).map(|(seen, liked)| ((seen * (0.05 + facing(&eye)) + 0.02) * liked, seen, eye)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let (from_street, eye, seen) = match best {
        Some((_, seen, eye)) => (true, eye, seen),
        None => {
            let azimuth = found.covered.first().map_or(180.0, |covered| covered.roof.azimuth).to_radians();
            let eye = [house.x + AIR_M[0] * azimuth.sin(), house.y + AIR_M[0] * azimuth.cos(), foot + AIR_M[1]];
            (false, eye, seen(eye))
        }
    };
    let corners: Vec<DVec3> = own.iter().flatten().map(|p| DVec3::from_array(*p)).collect();
    let camera = Camera::towards(DVec3::from_array(eye), house, &corners);
    let mut out = Vec::new();
    camera.paint(&mut out, ground.iter().map(|triangle| (*triangle, GROUND, false)), false);
    let walls = built.iter().map(|(id, triangle)| {
        let is_roof = normal(triangle).z > 0.2;
        let is_own = *id == found.building;
        let colour = match (is_roof, is_own) {
            (true, true) => OWN_ROOF,
            (true, false) => ROOF,
            (false, true) => OWN_WALL,
            (false, false) => WALL,
        };
        (*triangle, colour, false)
    });
    // A hand's breadth above the roof, towards the eye, so that they lie before it.
    let panels = modules.iter().flat_map(|module| {
        let up = normal(&[module[0], module[1], module[2]]) * 0.12;
        let [a, b, c, d] = module.map(|p| (DVec3::from_array(p) + up).to_array());
        [([a, b, c], MODULE, true), ([a, c, d], MODULE, true)]
    });
    camera.paint(&mut out, walls.chain(trees.iter().map(|triangle| (*triangle, TREE, false))).chain(panels), true);
    Some(StreetView { faces: out, eye, distance_m: (DVec3::from_array(eye) - house).length(), from_street, seen })
}

/// Middles of modules, or points of the covered planes where modules have no places.
fn points(found: &MyRoof, modules: &[[[f64; 3]; 4]]) -> Vec<[f64; 3]> {
    const ABOVE_M: f64 = 0.2;
    let step = modules.len().div_ceil(POINTS).max(1);
    let middles: Vec<[f64; 3]> = modules.iter().step_by(step).map(|module| (module.iter().fold(DVec3::ZERO, |sum, p| sum + DVec3::from_array(*p)) / 4.0 + DVec3::Z * ABOVE_M).to_array()).collect();
    if middles.is_empty() { found.covered.iter().flat_map(|covered| covered.plane.samples(POINTS, ABOVE_M)).collect() } else { middles }
}

fn normal(triangle: &Triangle) -> DVec3 {
    let [a, b, c] = triangle.map(DVec3::from_array);
    (b - a).cross(c - a).normalize_or_zero()
}

struct Camera {
    eye: DVec3,
    forward: DVec3,
    right: DVec3,
    up: DVec3,
    /// Of a length at the distance 1.
    scale: f64,
}

impl Camera {
    /// All corners of the house in view, and some of its surroundings.
    fn towards(eye: DVec3, house: DVec3, corners: &[DVec3]) -> Self {
        let forward = (house - eye).normalize_or(DVec3::Y);
        let right = forward.cross(DVec3::Z).normalize_or(DVec3::X);
        let up = right.cross(forward);
        let widest = corners
            .iter()
            .map(|corner| {
                let way = *corner - eye;
                let ahead = way.dot(forward).max(NEAR_M);
                (way.dot(right) / ahead).abs().max(1.6 * (way.dot(up) / ahead).abs())
            })
            .fold(0.0, f64::max);
        let half = (1.35 * widest).clamp(HALF_ANGLE_DEG[0].to_radians().tan(), HALF_ANGLE_DEG[1].to_radians().tan());
        Self { eye, forward, right, up, scale: 1.0 / half }
    }

    /// Paints from far to near; surfaces that look away are left out where `closed` solids are painted.
    fn paint(&self, out: &mut Vec<Face>, triangles: impl Iterator<Item = (Triangle, [f64; 3], bool)>, closed: bool) {
        let mut faces: Vec<(f64, Face)> = Vec::new();
        for (triangle, colour, is_module) in triangles {
            let n = normal(&triangle);
            let away = n.dot(self.eye - DVec3::from_array(triangle[0])) <= 0.0;
            // Modules on the other side of the roof are behind it.
            if n == DVec3::ZERO || (closed && away && colour != TREE) {
                continue;
            }
            let facing = if away { -n } else { n };
            let light = 0.76 + 0.24 * facing.dot(LIGHT.normalize()).max(0.0);
            let shade = colour.map(|part| (part * light).clamp(0.0, 1.0));
            let mut pieces = vec![triangle];
            if closed {
                pieces = split(pieces);
            }
            for piece in pieces {
                let Some(corners) = self.project(&piece) else { continue };
                let middle = piece.iter().fold(DVec3::ZERO, |sum, p| sum + DVec3::from_array(*p)) / 3.0;
                // A module lies on pieces of the roof whose middles may be nearer than its own.
                let before = if is_module { MODULE_BEFORE_M } else { 0.0 };
                faces.push(((middle - self.eye).length() - before, Face { corners, colour: shade, is_module }));
            }
        }
        faces.sort_by(|a, b| b.0.total_cmp(&a.0));
        out.extend(faces.into_iter().map(|(_, face)| face));
    }

    /// What of a triangle lies before the eye, on the picture.
    fn project(&self, triangle: &Triangle) -> Option<Vec<[f64; 2]>> {
        let local = triangle.map(|p| {
            let way = DVec3::from_array(p) - self.eye;
            DVec3::new(way.dot(self.right), way.dot(self.up), way.dot(self.forward))
        });
        let mut before = Vec::with_capacity(4);
        for number in 0..3 {
            let (a, b) = (local[number], local[(number + 1) % 3]);
            if a.z >= NEAR_M {
                before.push(a);
            }
            if (a.z >= NEAR_M) != (b.z >= NEAR_M) {
                before.push(a + (b - a) * ((NEAR_M - a.z) / (b.z - a.z)));
            }
        }
        let corners: Vec<[f64; 2]> = before.iter().map(|p| [self.scale * p.x / p.z, self.scale * p.y / p.z]).collect();
        let beside = |axis: usize, side: f64| corners.iter().all(|p| side * p[axis] > 1.2);
        let out = corners.len() < 3 || (0..2).any(|axis| beside(axis, 1.0) || beside(axis, -1.0));
        // Far beside the picture numbers grow without bound: nothing there is seen.
        (!out).then(|| corners.into_iter().map(|p| p.map(|x| x.clamp(-50.0, 50.0))).collect())
    }
}

/// Halves the longest edge until all are short.
fn split(mut pieces: Vec<Triangle>) -> Vec<Triangle> {
    for _ in 0..MOST_SPLITS {
        let mut next = Vec::with_capacity(2 * pieces.len());
        let mut changed = false;
        for piece in pieces {
            let edge = |number: usize| (DVec3::from_array(piece[number]) - DVec3::from_array(piece[(number + 1) % 3])).length();
            let longest = (0..3).max_by(|a, b| edge(*a).total_cmp(&edge(*b))).unwrap_or(0);
            if edge(longest) <= EDGE_M {
                next.push(piece);
                continue;
            }
            changed = true;
            let (a, b, c) = (piece[longest], piece[(longest + 1) % 3], piece[(longest + 2) % 3]);
            let middle = [0, 1, 2].map(|axis: usize| 0.5 * (a[axis] + b[axis]));
            next.extend([[a, middle, c], [middle, b, c]]);
        }
        pieces = next;
        if !changed {
            break;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn camera() -> Camera {
        Camera::towards(DVec3::new(0.0, -30.0, 1.6), DVec3::new(0.0, 0.0, 4.0), &[DVec3::new(-6.0, 0.0, 0.0), DVec3::new(6.0, 0.0, 8.0)])
    }

    #[test]
    fn the_house_stands_in_the_middle_and_what_lies_behind_the_eye_is_not_drawn() {
        let camera = camera();
        let middle = camera.project(&[[0.0, 0.0, 4.0], [0.01, 0.0, 4.0], [0.0, 0.0, 4.01]]).unwrap();
        assert!(middle[0][0].abs() < 1e-9 && middle[0][1].abs() < 1e-9, "{middle:?}");
        assert!(camera.project(&[[0.0, -40.0, 4.0], [1.0, -40.0, 4.0], [0.0, -40.0, 5.0]]).is_none());
        // East is on the right of who looks north, and up is up.
        let beside = camera.project(&[[3.0, 0.0, 7.0], [3.1, 0.0, 7.0], [3.0, 0.0, 7.1]]).unwrap();
        assert!(beside[0][0] > 0.1 && beside[0][1] > 0.1);
    }

    #[test]
    fn near_surfaces_are_painted_over_far_ones() {
        let wall = |y: f64| [[-2.0, y, 0.0], [2.0, y, 0.0], [0.0, y, 5.0]];
        let mut out = Vec::new();
        camera().paint(&mut out, [(wall(-10.0), WALL, false), (wall(5.0), ROOF, false)].into_iter(), false);
        assert_eq!(out.len(), 2);
        assert!(out[0].colour[2] < out[1].colour[2], "the roof's colour, farther away, first");
    }

    proptest! {
        #[test]
        fn pieces_cover_what_was_split(corners in proptest::array::uniform3(proptest::array::uniform3(-30.0..30.0_f64))) {
            let area = |t: &Triangle| { let [a, b, c] = t.map(DVec3::from_array); 0.5 * (b - a).cross(c - a).length() };
            let pieces = split(vec![corners]);
            let sum: f64 = pieces.iter().map(area).sum();
            prop_assert!((sum - area(&corners)).abs() < 1e-6 * area(&corners).max(1.0));
            prop_assert!(pieces.len() <= 1 << MOST_SPLITS);
        }
    }
}
