//! The surroundings of protected monuments near the selected roof: a ring of 500 m on the ground around each.
//!
//! Reads: [`RoofFacts`], the shown ground. Writes: its own meshes, again when finer ground has come.

use crate::geodesy::{EnuFrame, LonLatH};
use crate::planning::rooftop::SURROUNDINGS_M;
use crate::viewer::shapes::{Laying, Shapes};
use crate::viewer::resident::{Resident, nearest_hit};
use crate::viewer::vocab::{RoofFacts, Scene};
use crate::formats::territory::LayerKind;
use bevy::prelude::*;
use glam::{DMat4, DVec3};
use std::f64::consts::TAU;

/// The violet of easements.
const COLOUR: [u8; 3] = [122, 60, 150];
/// Corners of a ring, the distance of its line above the ground and half its width, metres.
const CORNERS: usize = 180;
const ABOVE_M: f64 = 1.5;
const HALF_M: f64 = 0.9;
/// Rings that are drawn at once; more monuments lie in each other's.
const MOST: usize = 8;
/// Frames between two looks at the ground.
const PAUSE: u32 = 20;
/// Heights closer than this are the same ring, metres.
const SAME_M: f64 = 0.25;
/// Rays start so far above the territory's origin, metres.
const FROM_M: f64 = 5_000.0;

/// Marks a mesh of rings.
#[derive(Component)]
pub struct RingPiece;

/// What is drawn now.
#[derive(Default)]
pub(super) struct Drawn {
    version: Option<u64>,
    pause: u32,
    heights: Vec<Option<f64>>,
}

pub(super) fn draw(mut laying: Laying, scene: Res<Scene>, facts: Res<RoofFacts>, resident: Res<Resident>, pieces: Query<Entity, With<RingPiece>>, mut drawn: Local<Drawn>) {
    if !laying.is_ready() {
        return;
    }
    let is_new = drawn.version != Some(facts.version);
    let middles: Vec<[f64; 2]> = facts.card.iter().flat_map(|card| &card.monuments).take(MOST).map(|one| one.monument.at).collect();
    if middles.is_empty() {
        if is_new {
            laying.clear(&pieces);
            *drawn = Drawn { version: Some(facts.version), ..Drawn::default() };
        }
        return;
    }
    drawn.pause = drawn.pause.saturating_sub(1);
    if !is_new && drawn.pause > 0 {
        return;
    }
    drawn.pause = PAUSE;
    let [lon, lat, height_m] = scene.manifest.origin;
    let frame = EnuFrame::at(LonLatH::new(lon, lat, height_m));
    let corners: Vec<[f64; 2]> = middles.iter().flat_map(|middle| ring(*middle)).collect();
    let heights: Vec<Option<f64>> = corners.iter().map(|at| ground(&resident, &frame, *at)).collect();
    let same = |a: &Option<f64>, b: &Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < SAME_M,
        _ => a.is_none() && b.is_none(),
    };
    if drawn.heights.len() == heights.len() && drawn.heights.iter().zip(&heights).all(|(a, b)| same(a, b)) {
        drawn.version = Some(facts.version);
        return;
    }
    laying.clear(&pieces);
    let middle = DVec3::new(middles[0][0], middles[0][1], heights.iter().flatten().next().copied().unwrap_or(0.0));
    let ecef_from_mesh = frame.ecef_from_enu * DMat4::from_translation(middle);
    laying.lay(lines(&corners, &heights, middle), true, ecef_from_mesh, RingPiece);
    *drawn = Drawn { version: Some(facts.version), pause: PAUSE, heights };
}

fn ring([x, y]: [f64; 2]) -> impl Iterator<Item = [f64; 2]> {
    (0..CORNERS).map(move |corner| {
        let (sin, cos) = (TAU * corner as f64 / CORNERS as f64).sin_cos();
        [x + SURROUNDINGS_M * cos, y + SURROUNDINGS_M * sin]
    })
}

/// Height of the shown ground in the local frame.
fn ground(resident: &Resident, frame: &EnuFrame, [x, y]: [f64; 2]) -> Option<f64> {
    let from = frame.ecef_from_enu.transform_point3(DVec3::new(x, y, FROM_M));
    let down = frame.ecef_from_enu.transform_vector3(-DVec3::Z);
    nearest_hit(resident, from, down, |kind| matches!(kind, LayerKind::Terrain | LayerKind::Water)).map(|hit| FROM_M - hit.distance)
}

/// Rings of [`CORNERS`] corners each; where no ground is shown there is no line.
fn lines(corners: &[[f64; 2]], heights: &[Option<f64>], middle: DVec3) -> Shapes {
    let mut out = Shapes::default();
    for (ring, heights) in corners.chunks(CORNERS).zip(heights.chunks(CORNERS)) {
        let at = |corner: usize| {
            let place = corner % ring.len().max(1);
            let ([x, y], z) = (*ring.get(place)?, (*heights.get(place)?)?);
            Some(DVec3::new(x, y, z + ABOVE_M) - middle)
        };
        for corner in 0..ring.len() {
            if let (Some(from), Some(to)) = (at(corner), at(corner + 1)) {
                out.bar(&DMat4::IDENTITY, from, to, HALF_M, COLOUR);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_500_metres_wide_and_open_where_no_ground_is() {
        let corners: Vec<[f64; 2]> = ring([100.0, -50.0]).collect();
        assert!(corners.iter().all(|[x, y]| ((x - 100.0).hypot(y + 50.0) - 500.0).abs() < 1e-9));
        let whole = lines(&corners, &vec![Some(3.0); CORNERS], DVec3::ZERO).count();
        let mut heights = vec![Some(3.0); CORNERS];
        heights[7] = None;
        let open = lines(&corners, &heights, DVec3::ZERO).count();
        // A bar has eight triangles, and a corner two bars.
        assert_eq!((whole, whole - open), (8 * CORNERS, 16));
    }
}
