//! A proposal drawn: turbines, modules, containers, charging points and lines, each in a ring that says "not there yet"; the ways to the nearest post and line.

use crate::energy::wind::library;
use crate::geodesy::{EnuFrame, LonLatH, geodesic};
use crate::siting::reach::{End, Fit};
use crate::view::{Placed, Proposal, SolarMount, Thing};
use crate::viewer::footing::Footing;
use crate::viewer::resident::Resident;
use crate::viewer::shapes::{Laying, Rgb, Shapes};
use crate::viewer::vocab::{Doing, Scene, SceneFacts, SitingFacts, Standing};
use bevy::prelude::*;
use glam::{DMat4, DVec3};

const WHITE: Rgb = [238, 240, 240];
/// Proposed, and in hand.
const PROJECT: Rgb = [230, 120, 20];
const CHOSEN: Rgb = [255, 205, 40];
const MODULE: Rgb = [30, 46, 88];
const FRAME: Rgb = [120, 128, 138];
const CONTAINER: Rgb = [225, 230, 232];
const POLE: Rgb = [110, 84, 60];
const MODULE_AT_NOON: Rgb = [74, 138, 232];
/// The glass in front of what is stored, its foot and height, metres; what is stored, or flows into a car.
const GLASS: Rgb = [44, 50, 56];
const GLASS_FROM_M: f64 = 0.35;
const GLASS_M: f64 = 1.9;
const FULL: Rgb = [70, 200, 110];
const IDLE: Rgb = [126, 132, 138];
const PAINTS: [Rgb; 5] = [[226, 228, 230], [150, 158, 168], [96, 116, 148], [172, 104, 88], [206, 196, 170]];
/// Ways: room enough, not enough, not known.
const ENOUGH: Rgb = [0, 140, 90];
const SHORT: Rgb = [205, 40, 50];
const UNKNOWN: Rgb = [60, 110, 190];
/// Square metres of modules for each kilowatt.
const M2_PER_KWP: f64 = 4.8;
/// A container holds so much.
const CONTAINER_KWH: f64 = 2_500.0;
const MOST_CONTAINERS: usize = 60;
const MOST_POINTS: u16 = 60;
/// Steps of a way along the ground, metres, and most of them.
const WAY_STEP_M: f64 = 20.0;
const MOST_STEPS: usize = 120;
const WAY_ABOVE_M: f64 = 1.6;
const SPAN_M: f64 = 50.0;
const POLE_M: f64 = 10.0;
/// Rings of so many things follow the ground; of more they are level.
const MOST_FITTED: usize = 8;

/// Marks a mesh of a proposal.
#[derive(Component)]
pub struct Piece;

/// What a drawing depends on.
#[derive(PartialEq)]
pub(super) struct Drawn {
    proposal: Proposal,
    facts: u64,
    shown: usize,
}

#[expect(clippy::too_many_arguments, reason = "a drawing, what it shows and the scene at once")]
pub(super) fn draw(
    mut laying: Laying,
    scene: Res<Scene>,
    facts: Res<SitingFacts>,
    told: Res<SceneFacts>,
    resident: Res<Resident>,
    mut standing: ResMut<Standing>,
    pieces: Query<Entity, With<Piece>>,
    mut drawn: Local<Option<Drawn>>,
) {
    let proposal = &scene.state.proposal;
    let now = Drawn { proposal: Proposal { tool: None, ..proposal.clone() }, facts: facts.version, shown: if proposal.is_empty() { 0 } else { told.progress.shown } };
    if drawn.as_ref() == Some(&now) || !laying.is_ready() {
        return;
    }
    *drawn = Some(now);
    laying.clear(&pieces);
    standing.things.clear();
    standing.version += 1;
    let Some(first) = proposal.placed.first() else { return };
    let ground = Footing { anchor: &laying.anchor, resident: &resident, usual_m: scene.manifest.origin[2] };
    let ecef_from_mesh = EnuFrame::at(ground.on(first.at, false)).ecef_from_enu;
    let mesh_from_ecef = ecef_from_mesh.inverse();
    let mut solid = Shapes::default();
    let mut bright = Shapes::default();
    for (index, placed) in proposal.placed.iter().enumerate() {
        let is_chosen = proposal.chosen == Some(index);
        let on_roof = matches!(placed.thing, Thing::Solar { mount: SolarMount::Roof, .. });
        let foot = ground.on(placed.at, on_roof);
        let ecef_from_thing = EnuFrame::at(foot).ecef_from_enu;
        let place = mesh_from_ecef * ecef_from_thing;
        let (radius, middle_m) = thing([&mut solid, &mut bright], &place, placed, &facts.doing, &ground, &mesh_from_ecef);
        let accent = if is_chosen { CHOSEN } else { PROJECT };
        let rings = [radius, radius * 1.06 + 1.2];
        if proposal.placed.len() <= MOST_FITTED {
            fitted_ring(&mut bright, &ground, &mesh_from_ecef, placed.at, rings, accent);
        } else {
            bright.ring(&place, rings[0], rings[1], 0.5, accent);
        }
        standing.things.push((ecef_from_thing.transform_point3(DVec3::ZERO), ecef_from_thing.transform_point3(DVec3::Z * middle_m)));
        if let Some(Some(fit)) = facts.fits.get(index) {
            for end in [&fit.post, &fit.line].into_iter().flatten() {
                way(&mut bright, &ground, &mesh_from_ecef, fit, end, is_chosen);
            }
        }
    }
    for (shapes, unlit) in [(solid, false), (bright, true)] {
        laying.lay(shapes, unlit, ecef_from_mesh, Piece);
    }
}

/// A ring that follows the ground.
fn fitted_ring(shapes: &mut Shapes, ground: &Footing, mesh_from_ecef: &DMat4, [lon, lat]: [f64; 2], [inner, outer]: [f64; 2], colour: Rgb) {
    const PARTS: usize = 36;
    let place = |part: usize, radius: f64| {
        let (sin, cos) = (std::f64::consts::TAU * part as f64 / PARTS as f64).sin_cos();
        geodesic::moved([lon, lat], [radius * cos, radius * sin])
    };
    let at = |part: usize, radius: f64, height_m: f64| {
        let [lon, lat] = place(part, radius);
        mesh_from_ecef.transform_point3(LonLatH::new(lon, lat, height_m).to_ecef().0)
    };
    let heights: Vec<f64> = (0..PARTS).map(|part| ground.on(place(part, outer), false).height_m + 0.6).collect();
    for part in 0..PARTS {
        let next = part + 1;
        let (Some(here), Some(there)) = (heights.get(part), heights.get(next % PARTS)) else { continue };
        shapes.quad(&DMat4::IDENTITY, [at(part, inner, *here), at(part, outer, *here), at(next, outer, *there), at(next, inner, *there)], colour);
    }
}

/// Draws a thing; the radius of its ring, and how high its middle is.
fn thing([shapes, bright]: [&mut Shapes; 2], place: &DMat4, placed: &Placed, doing: &Doing, ground: &Footing, mesh_from_ecef: &DMat4) -> (f64, f64) {
    match &placed.thing {
        Thing::Turbine { model, hub_m } => {
            let known = library::turbine(model);
            let rotor_m = known.and_then(|turbine| turbine.rotor_m).filter(|rotor| *rotor > 0.0).unwrap_or(0.9 * hub_m);
            shapes.turbine(place, *hub_m, rotor_m, 225.0, WHITE, PROJECT);
            (0.5 * rotor_m, *hub_m)
        }
        Thing::Solar { kwp, tilt_deg, azimuth_deg, mount } => {
            let (spread, up) = match mount {
                SolarMount::Roof => (1.08, 0.35),
                SolarMount::CarPark => (1.2, 3.2),
                SolarMount::Ground => (2.2, 0.9),
            };
            let area_m2 = M2_PER_KWP * kwp;
            shapes.modules(place, area_m2, spread, *tilt_deg, *azimuth_deg, up, between_colours(MODULE, MODULE_AT_NOON, doing.sun), FRAME);
            ((area_m2 * spread * 0.625).sqrt() + 2.0, up)
        }
        Thing::Battery { kwh, .. } => {
            let count = ((kwh / CONTAINER_KWH).ceil() as usize).clamp(1, MOST_CONTAINERS);
            let columns = (count as f64).sqrt().ceil() as usize;
            for number in 0..count {
                let (row, column) = (number / columns, number % columns);
                let middle = |index: usize, of: usize| index as f64 - 0.5 * (of as f64 - 1.0);
                let foot = DVec3::new(5.0 * middle(column, columns), 9.0 * middle(row, count.div_ceil(columns)), 0.0);
                shapes.block(place, foot, [6.1, 2.44, 2.9], 0.0, CONTAINER);
                shapes.block(place, foot + DVec3::Z * 2.45, [6.16, 2.5, 0.3], 0.0, PROJECT);
                // What is in it, behind a dark glass.
                shapes.block(place, foot + DVec3::Z * GLASS_FROM_M, [5.2, 2.5, GLASS_M], 0.0, GLASS);
                if doing.stored > 0.005 {
                    shapes.block(place, foot + DVec3::Z * GLASS_FROM_M, [5.2, 2.56, GLASS_M * doing.stored], 0.0, FULL);
                }
            }
            (5.0 * columns as f64 + 3.0, 2.0)
        }
        Thing::Hub { points, .. } => {
            let shown = (*points).min(MOST_POINTS);
            let columns = usize::from(shown.min(12));
            // As many cars as the power of the hour is for: one that waits for nobody is not drawn.
            let charging = (doing.charging * f64::from(shown)).ceil() as usize;
            for number in 0..usize::from(shown) {
                let (row, column) = (number / columns.max(1), number % columns.max(1));
                let foot = DVec3::new(2.7 * (column as f64 - 0.5 * (columns as f64 - 1.0)), 11.0 * row as f64, 0.0);
                shapes.block(place, foot, [0.35, 0.55, 1.9], 90.0, PROJECT);
                let bay = foot - DVec3::Y * 3.0;
                shapes.block(place, bay, [4.8, 2.2, 0.06], 0.0, [70, 78, 90]);
                let charges = number < charging;
                bright.block(place, foot + DVec3::Z * 1.9, [0.38, 0.6, 0.22], 90.0, if charges { FULL } else { IDLE });
                if charges {
                    let paint = PAINTS[number % PAINTS.len()];
                    shapes.block(place, bay + DVec3::Z * 0.28, [4.1, 1.72, 0.62], 0.0, paint);
                    shapes.block(place, bay + DVec3::new(0.0, -0.15, 0.9), [2.3, 1.55, 0.55], 0.0, GLASS);
                    bright.bar(place, foot + DVec3::Z * 1.1, bay + DVec3::new(0.0, 2.05, 0.7), 0.06, FULL);
                }
            }
            (1.6 * columns as f64 + 5.0, 1.5)
        }
        Thing::Feeder { to, .. } => {
            feeder(shapes, placed.at, *to, ground, mesh_from_ecef);
            (6.0, POLE_M)
        }
    }
}

fn between_colours(from: Rgb, to: Rgb, share: f64) -> Rgb {
    std::array::from_fn(|part| (f64::from(from[part]) + share.clamp(0.0, 1.0) * (f64::from(to[part]) - f64::from(from[part]))).round() as u8)
}

/// Poles and the line that they carry.
fn feeder(shapes: &mut Shapes, from: [f64; 2], to: [f64; 2], ground: &Footing, mesh_from_ecef: &DMat4) {
    let mut before: Option<DVec3> = None;
    for at in between(from, to, SPAN_M) {
        let foot = ground.on(at, false);
        let place = *mesh_from_ecef * EnuFrame::at(foot).ecef_from_enu;
        shapes.bar(&place, DVec3::ZERO, DVec3::Z * POLE_M, 0.16, POLE);
        let top = place.transform_point3(DVec3::Z * POLE_M);
        if let Some(before) = before {
            shapes.bar(&DMat4::IDENTITY, before, top, 0.14, PROJECT);
        }
        before = Some(top);
    }
}

/// The way to a post or a line, along the ground.
fn way(shapes: &mut Shapes, ground: &Footing, mesh_from_ecef: &DMat4, fit: &Fit, end: &End, is_chosen: bool) {
    let colour = match end.room {
        Some(room) if room.feed_kw >= fit.kw => ENOUGH,
        Some(_) => SHORT,
        None => UNKNOWN,
    };
    let half_m = if is_chosen { 0.9 } else { 0.45 };
    let mut before: Option<DVec3> = None;
    for at in between(fit.from, end.at, WAY_STEP_M) {
        let foot = ground.on(at, false);
        let point = mesh_from_ecef.transform_point3(LonLatH { height_m: foot.height_m + WAY_ABOVE_M, ..foot }.to_ecef().0);
        if let Some(before) = before {
            shapes.bar(&DMat4::IDENTITY, before, point, half_m, colour);
        }
        before = Some(point);
    }
    let place = *mesh_from_ecef * EnuFrame::at(ground.on(end.at, false)).ecef_from_enu;
    shapes.ring(&place, 3.0, 5.0, 0.6, colour);
}

/// Points from one place to another, both included.
fn between(from: [f64; 2], to: [f64; 2], step_m: f64) -> Vec<[f64; 2]> {
    let parts = ((geodesic::distance_m(from, to) / step_m).ceil() as usize).clamp(1, MOST_STEPS);
    (0..=parts).map(|part| part as f64 / parts as f64).map(|share| [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]).collect()
}
