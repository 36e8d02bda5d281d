//! The pointer and an area: each click is a corner; a click on the first corner, or two at one place, close it.

use crate::geodesy::LonLatH;
use crate::view::{Command, area::FEWEST_CORNERS};
use crate::viewer::anchor::Anchor;
use crate::viewer::click::Clicks;
use crate::viewer::footing::under;
use crate::viewer::resident::Resident;
use crate::viewer::vocab::{DrawnCamera, Scene, ViewCommand};
use bevy::prelude::*;

/// So near to the first corner a click closes the ring, logical pixels.
const CLOSE_PX: f64 = 12.0;

pub(super) fn hold(mut clicks: Clicks, drawn: Res<DrawnCamera>, anchor: Res<Anchor>, resident: Res<Resident>, scene: Res<Scene>, mut commands: MessageWriter<ViewCommand>) {
    let (true, Some(size), Some(pose)) = (scene.state.area.drawing, clicks.size(), drawn.pose) else {
        clicks.forget();
        return;
    };
    let Some(pointer) = clicks.ended() else { return };
    let Some(at) = under(&resident, &anchor, &pose, pointer, size) else { return };
    let corners = &scene.state.area.corners;
    // The ends of what is drawn so far: a click on one of them says that nothing follows.
    let ends = [corners.first(), corners.last()].into_iter().flatten();
    let height_m = scene.state.camera.target[2];
    let seen = |[lon, lat]: &[f64; 2]| pose.pixel_of(anchor.world(LonLatH::new(*lon, *lat, height_m)), size);
    let is_end = corners.len() >= FEWEST_CORNERS && ends.filter_map(seen).any(|place| place.distance(pointer) < CLOSE_PX);
    commands.write(ViewCommand(if is_end { Command::DrawArea { drawing: false } } else { Command::AddCorner { at } }));
}
