//! The outline of an area, laid over ground and roofs so that no house hides it, and a post at each corner.

use crate::geodesy::{EnuFrame, LonLatH};
use crate::view::DrawnArea;
use crate::viewer::footing::Footing;
use crate::viewer::resident::Resident;
use crate::viewer::shapes::{Laying, Rgb, Shapes};
use crate::viewer::vocab::{Scene, SceneFacts};
use bevy::prelude::*;
use glam::{DMat4, DVec3};

/// Finished, and being drawn: neither is a colour of a scale.
const CLOSED: Rgb = [20, 20, 24];
const OPEN: Rgb = [230, 120, 20];
const WHITE: Rgb = [250, 250, 250];
/// Places of the whole outline where ground and roofs are looked for, and the shortest way between two, metres.
const MOST_PLACES: f64 = 420.0;
const STEP_M: f64 = 6.0;
const METRES_PER_DEGREE: f64 = 111_320.0;
/// Half the width of the line, as a share of the distance it is seen from, and in metres.
const HALF_SHARE: f64 = 0.0014;
const HALF_M: [f64; 2] = [0.25, 25.0];
/// The line is as wide as the picture wants it within such a factor.
const STEPS_OF_WIDTH: f64 = 1.5;

/// Marks the mesh of the outline.
#[derive(Component)]
pub struct Outline;

/// What a drawing depends on.
#[derive(PartialEq)]
pub(super) struct Drawn {
    area: DrawnArea,
    shown: usize,
    width: i32,
}

pub(super) fn draw(mut laying: Laying, scene: Res<Scene>, told: Res<SceneFacts>, resident: Res<Resident>, pieces: Query<Entity, With<Outline>>, mut drawn: Local<Option<Drawn>>) {
    let area = &scene.state.area;
    let is_bare = area.corners.is_empty();
    let width = (scene.state.camera.distance_m.max(1.0).ln() / STEPS_OF_WIDTH.ln()).round() as i32;
    // Houses that come later lift the line.
    let now = Drawn { area: area.clone(), shown: if is_bare { 0 } else { told.progress.shown }, width: if is_bare { 0 } else { width } };
    if drawn.as_ref() == Some(&now) || !laying.is_ready() {
        return;
    }
    *drawn = Some(now);
    laying.clear(&pieces);
    let Some(first) = area.corners.first() else { return };
    let footing = Footing { anchor: &laying.anchor, resident: &resident, usual_m: scene.manifest.origin[2] };
    let ecef_from_mesh = EnuFrame::at(footing.on(*first, false)).ecef_from_enu;
    let half_m = (HALF_SHARE * STEPS_OF_WIDTH.powi(width)).clamp(HALF_M[0], HALF_M[1]);
    let outline = shapes(area, &footing, &ecef_from_mesh.inverse(), half_m);
    laying.lay(outline, true, ecef_from_mesh, Outline);
}

fn shapes(area: &DrawnArea, footing: &Footing, mesh_from_ecef: &DMat4, half_m: f64) -> Shapes {
    let mut shapes = Shapes::default();
    let colour = if area.drawing { OPEN } else { CLOSED };
    let point = |at: [f64; 2], up: f64| {
        let foot = footing.on(at, true);
        mesh_from_ecef.transform_point3(LonLatH { height_m: foot.height_m + up, ..foot }.to_ecef().0)
    };
    let count = area.corners.len();
    // A ring in drawing is open: its last side is not yet said.
    let sides: Vec<[[f64; 2]; 2]> = (0..count).filter(|at| at + 1 < count || area.is_closed()).map(|at| [area.corners[at], area.corners[(at + 1) % count]]).collect();
    let length = |[from, to]: &[[f64; 2]; 2]| ((to[0] - from[0]) * from[1].to_radians().cos()).hypot(to[1] - from[1]) * METRES_PER_DEGREE;
    let step_m = (sides.iter().map(length).sum::<f64>() / MOST_PLACES).max(STEP_M);
    for side in &sides {
        let parts = (length(side) / step_m).ceil().clamp(1.0, MOST_PLACES) as usize;
        let mut before: Option<DVec3> = None;
        for part in 0..=parts {
            let share = part as f64 / parts as f64;
            let here = point([0, 1].map(|axis| side[0][axis] + share * (side[1][axis] - side[0][axis])), 1.2 * half_m);
            if let Some(before) = before {
                // Light around dark: the line is seen on roofs and on water, by day and by night.
                shapes.bar(&DMat4::IDENTITY, before - DVec3::Z * half_m, here - DVec3::Z * half_m, 1.35 * half_m, WHITE);
                shapes.bar(&DMat4::IDENTITY, before, here, half_m, colour);
            }
            before = Some(here);
        }
    }
    for corner in &area.corners {
        let foot = point(*corner, 0.0);
        shapes.bar(&DMat4::IDENTITY, foot, foot + DVec3::Z * (9.0 * half_m), 1.6 * half_m, WHITE);
        shapes.bar(&DMat4::IDENTITY, foot + DVec3::Z * (2.5 * half_m), foot + DVec3::Z * (7.0 * half_m), 1.9 * half_m, colour);
    }
    shapes
}
