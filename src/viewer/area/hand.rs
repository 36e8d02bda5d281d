//! The pointer and an area: each click is a corner; a click on the first corner, or two at one place, close it.

use crate::view::{Command, area::FEWEST_CORNERS};
use crate::viewer::anchor::Anchor;
use crate::viewer::footing::under;
use crate::viewer::pose::{FOV_Y, Pose};
use crate::viewer::resident::Resident;
use crate::viewer::vocab::{DrawnCamera, PointerOverPanel, Scene, ViewCommand};
use crate::geodesy::LonLatH;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use glam::DVec2;

/// A press that moves less than this is a click, logical pixels.
const CLICK_SLOP_PX: f32 = 4.0;
/// So near to the first corner a click closes the ring, logical pixels.
const CLOSE_PX: f64 = 12.0;

#[expect(clippy::too_many_arguments, reason = "a hand is pointer, window and scene at once")]
pub(super) fn hold(
    buttons: Res<ButtonInput<MouseButton>>,
    touches: Res<Touches>,
    windows: Query<&Window, With<PrimaryWindow>>,
    over_panel: Res<PointerOverPanel>,
    drawn: Res<DrawnCamera>,
    anchor: Res<Anchor>,
    resident: Res<Resident>,
    scene: Res<Scene>,
    mut pressed_at: Local<Option<Vec2>>,
    mut commands: MessageWriter<ViewCommand>,
) {
    let (true, Ok(window), Some(pose)) = (scene.state.area.drawing, windows.single(), drawn.pose) else {
        *pressed_at = None;
        return;
    };
    if buttons.just_pressed(MouseButton::Left) {
        *pressed_at = window.cursor_position().filter(|_| !over_panel.0);
    }
    let by_mouse = if buttons.just_released(MouseButton::Left) { pressed_at.take().zip(window.cursor_position()).filter(|(from, to)| from.distance(*to) < CLICK_SLOP_PX).map(|(_, to)| to) } else { None };
    let by_touch = touches.iter_just_released().next().filter(|touch| touches.iter().count() == 0 && touch.distance().length() < 2.0 * CLICK_SLOP_PX).map(|touch| touch.position());
    let Some(pointer) = by_mouse.or(by_touch).map(|pointer| pointer.as_dvec2()) else { return };
    let size = DVec2::new(f64::from(window.width()).max(1.0), f64::from(window.height()).max(1.0));
    let Some(at) = under(&resident, &anchor, &pose, pointer, size) else { return };
    let corners = &scene.state.area.corners;
    // The ends of what is drawn so far: a click on one of them says that nothing follows.
    let ends = [corners.first(), corners.last()].into_iter().flatten();
    let height_m = scene.state.camera.target[2];
    let is_end = corners.len() >= FEWEST_CORNERS && ends.filter_map(|corner| seen(*corner, height_m, &anchor, &pose, size)).any(|place| place.distance(pointer) < CLOSE_PX);
    commands.write(ViewCommand(if is_end { Command::DrawArea { drawing: false } } else { Command::AddCorner { at } }));
}

/// Where a corner is in the picture, at the height of what is looked at.
fn seen([lon, lat]: [f64; 2], height_m: f64, anchor: &Anchor, pose: &Pose, size: DVec2) -> Option<DVec2> {
    let focal = size.y / (2.0 * (0.5 * FOV_Y).tan());
    let to = anchor.world(LonLatH::new(lon, lat, height_m)) - pose.eye;
    let depth = to.dot(pose.forward);
    (depth > 1.0).then(|| DVec2::new(0.5 * size.x + focal * to.dot(pose.right) / depth, 0.5 * size.y - focal * to.dot(pose.up) / depth))
}
