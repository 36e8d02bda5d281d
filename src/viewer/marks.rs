//! What is written on the picture: names of what is seen, and the bar of lengths.
//!
//! Reads: [`Resident`], the eye's pose, [`Scene`]. Writes: [`SceneFacts::marks`]. Panels and pages draw it with their own letters.

use super::anchor::Anchor;
use super::pose::{FOV_Y, Pose};
use super::resident::{Resident, nearest_hit};
use super::vocab::{DrawnCamera, EyePlace, Marks, Name, Scene, SceneFacts, Standing, ViewerSystems};
use crate::formats::territory::LayerKind;
use crate::i18n::Texts;
use crate::view::{Candidate, names, scale_bar};
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use glam::{DVec2, DVec3};
use std::collections::HashSet;

/// Height of the letters, and the mean width of one as a share of it.
const LETTER_PX: f64 = 13.0;
const LETTER_WIDTH: f64 = 0.6;
/// What looks smaller than this is not named, pixels.
const SMALLEST_PX: f64 = 60.0;
/// Up to this many letters an area is written as what it is everywhere, as a zone's code (UMd1, A); beyond it has a name.
const LONGEST_CODE: usize = 4;
/// Proposed things are named before all else.
const PROPOSED: f64 = 1e9;
/// The longest bar, pixels.
const BAR_PX: f64 = 140.0;
/// Seen from nearer than this, a street behind a house is not named; from farther off names say what lies in the gorges between roofs.
const NEAR_M: f64 = 400.0;
/// How high above its place a name is thought, and how far before it a house may stand, metres.
const ABOVE_M: f64 = 2.0;
const SLACK_M: f64 = 3.0;

pub struct MarksPlugin;

impl Plugin for MarksPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(
            Update,
            write_marks
                .in_set(ViewerSystems::Report)
                .run_if(resource_exists::<Scene>.and_then(resource_exists::<Anchor>)),
        );
    }
}

/// What the marks of a picture depend on, so that a picture at rest costs nothing.
#[derive(Default, PartialEq)]
struct Drawn {
    pose: Option<Pose>,
    shown: usize,
    waiting: usize,
    hidden: usize,
    viewport: [f64; 2],
    proposed: u64,
    language: crate::view::Language,
    year: i32,
}

#[expect(clippy::too_many_arguments, reason = "what is seen, from where, and how large")]
fn write_marks(
    scene: Res<Scene>,
    anchor: Res<Anchor>,
    resident: Res<Resident>,
    camera: Res<DrawnCamera>,
    eye: Res<EyePlace>,
    standing: Option<Res<Standing>>,
    windows: Query<&Window, With<PrimaryWindow>>,
    mut before: Local<Drawn>,
    mut facts: ResMut<SceneFacts>,
) {
    let (Some(pose), Some(drawn)) = (camera.pose, camera.camera) else { return };
    let now = Drawn {
        pose: Some(pose),
        shown: facts.progress.shown,
        waiting: facts.progress.waiting,
        hidden: scene.state.hidden.len(),
        viewport: eye.viewport,
        proposed: standing.as_ref().map_or(0, |standing| standing.version),
        language: scene.state.language,
        year: scene.state.year,
    };
    if *before == now {
        return;
    }
    let year = now.year;
    *before = now;
    // Letters are as large on a fine screen as on a coarse one.
    let scale = windows.iter().next().map_or(1.0, |window| f64::from(window.scale_factor())).max(0.1);
    let picture = eye.viewport.map(|side| side / scale);
    if picture.iter().any(|side| *side < 1.0) {
        return;
    }
    let pixels_per_radian = picture[1] / (2.0 * (0.5 * FOV_Y).tan());
    let (mut candidates, mut places) = (Vec::new(), Vec::new());
    for layer in resident.layers.iter().filter(|layer| !scene.is_hidden(&layer.id)) {
        for place in layer.tiles.values().filter(|tile| tile.shown).flat_map(|tile| &tile.names).filter(|place| place.life.stands(year)) {
            let Some((at, away_m)) = seen(&pose, anchor.world_from_ecef().transform_point3(place.ecef), picture) else { continue };
            let rank = place.extent_m / away_m * pixels_per_radian;
            if rank >= SMALLEST_PX {
                let width = place.text.chars().count() as f64 * LETTER_PX * LETTER_WIDTH;
                places.push(place.ecef);
                let once = layer.kind == LayerKind::Areas && place.text.chars().count() > LONGEST_CODE;
                candidates.push(Candidate { text: place.text.clone(), at, size: [width, LETTER_PX], rank, once });
            }
        }
    }
    // What is proposed says so: nobody shall take it for something that stands there.
    let things: &[(DVec3, DVec3)] = standing.as_ref().map_or(&[], |standing| standing.things.as_slice());
    // Words are read anew where there is something to name, not at every step of the camera.
    let texts = (!things.is_empty()).then(|| Texts::new(scene.state.language));
    for ((_, middle), placed) in things.iter().zip(&scene.state.proposal.placed) {
        let Some(texts) = &texts else { break };
        let Some((at, _)) = seen(&pose, anchor.world_from_ecef().transform_point3(*middle), picture) else { continue };
        let text = format!("{} · {}", texts.text("siting-project"), texts.text(&format!("tool-{}", placed.thing.tool().id())));
        let width = text.chars().count() as f64 * LETTER_PX * LETTER_WIDTH;
        candidates.push(Candidate { text, at: [at[0], at[1] - 2.0 * LETTER_PX], size: [width, LETTER_PX], rank: PROPOSED, once: false });
    }
    let kept: HashSet<String> = facts.marks.names.iter().map(|name| name.text.clone()).collect();
    let ecef = anchor.ecef_from_world();
    let (from, up) = (ecef.transform_point3(pose.eye), ecef.transform_vector3(DVec3::Y));
    let written = names(&candidates, picture, &kept, |index| {
        drawn.distance_m < NEAR_M && places.get(index).is_some_and(|place| stands_before(&resident, from, *place + up * ABOVE_M))
    });
    let marks = Marks {
        names: written
            .into_iter()
            .filter_map(|i| candidates.get(i))
            .map(|candidate| Name {
                text: candidate.text.clone(),
                at: [candidate.at[0] / picture[0], candidate.at[1] / picture[1]],
            })
            .collect(),
        bar: scale_bar(drawn.distance_m / pixels_per_radian, BAR_PX),
    };
    if facts.marks != marks {
        facts.marks = marks;
    }
}

/// Whether a building stands between an eye and a place, both in ECEF.
fn stands_before(resident: &Resident, eye: DVec3, place: DVec3) -> bool {
    let away_m = eye.distance(place);
    away_m > SLACK_M
        && nearest_hit(resident, eye, (place - eye) / away_m, |kind| kind == LayerKind::Buildings).is_some_and(|hit| hit.distance < away_m - SLACK_M)
}

/// Where a point of the world is in the picture, in pixels from the top left, and how far along the view, metres; `None` behind the eye.
fn seen(pose: &Pose, point: DVec3, picture: [f64; 2]) -> Option<([f64; 2], f64)> {
    let at = pose.pixel_of(point, DVec2::from_array(picture))?;
    Some((at.to_array(), (point - pose.eye).dot(pose.forward)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::LonLatH;
    use crate::view;

    /// What the middle of the picture looks at is written in the middle, and a point to the right to the right of it.
    #[test]
    fn points_are_written_where_they_are_seen() {
        let at = LonLatH { lon_deg: -1.55, lat_deg: 47.2, height_m: 30.0 };
        let anchor = Anchor::at(at);
        let camera = view::Camera { target: [at.lon_deg, at.lat_deg, at.height_m], distance_m: 500.0, heading_deg: 0.0, pitch_deg: -40.0 };
        let pose = Pose::of(&camera, &anchor);
        let (middle, away) = seen(&pose, pose.target, [800.0, 600.0]).unwrap();
        assert!((middle[0] - 400.0).abs() < 1e-6 && (middle[1] - 300.0).abs() < 1e-6 && (away - 500.0).abs() < 1e-6);
        let (east, _) = seen(&pose, pose.target + DVec3::X * 100.0, [800.0, 600.0]).unwrap();
        // 100 m at 500 m under 45 degrees of 600 pixels.
        assert!((east[0] - 400.0 - 0.2 * 300.0 / (0.5 * FOV_Y).tan()).abs() < 1e-6, "{east:?}");
        assert_eq!(seen(&pose, pose.eye - pose.forward * 10.0, [800.0, 600.0]), None);
    }
}
