//! The pointer and a proposal: a click puts a thing down, a drag that begins on one moves it.

use crate::view::Command;
use crate::viewer::anchor::Anchor;
use crate::viewer::click::Clicks;
use crate::viewer::footing::under;
use crate::viewer::pose::Pose;
use crate::viewer::resident::Resident;
use crate::viewer::vocab::{DrawnCamera, PointerTaken, Scene, Standing, ViewCommand};
use bevy::prelude::*;
use glam::DVec2;

/// A thing is grabbed within so many pixels of its middle.
const GRAB_PX: f64 = 22.0;

#[expect(clippy::too_many_arguments, reason = "a hand is pointer and scene at once")]
pub(super) fn hold(
    mut clicks: Clicks,
    drawn: Res<DrawnCamera>,
    anchor: Res<Anchor>,
    resident: Res<Resident>,
    scene: Res<Scene>,
    standing: Res<Standing>,
    mut grabbed: Local<Option<usize>>,
    mut taken: ResMut<PointerTaken>,
    mut commands: MessageWriter<ViewCommand>,
) {
    let proposal = &scene.state.proposal;
    // The frame of the release still belongs to the hand, or the click that ends a drag would choose a building.
    if grabbed.is_some() && !clicks.buttons.pressed(MouseButton::Left) && !clicks.buttons.just_released(MouseButton::Left) {
        *grabbed = None;
    }
    // A corner that is put down takes the click too.
    let is_busy = proposal.tool.is_some() || scene.state.area.drawing;
    let (Some(size), Some(pose)) = (clicks.size(), drawn.pose) else {
        taken.set_if_neq(PointerTaken(grabbed.is_some() || is_busy));
        return;
    };
    let clicked = clicks.ended();
    let point = |pointer: DVec2| under(&resident, &anchor, &pose, pointer, size);
    if let Some(pointer) = clicks.began() {
        *grabbed = if is_busy { None } else { nearest(&standing, &anchor, &pose, pointer, size) };
        if let Some(index) = grabbed.filter(|index| proposal.chosen != Some(*index)) {
            commands.write(ViewCommand(Command::ChoosePlaced { index: Some(index) }));
        }
    }
    if let (Some(index), Some(at)) = (*grabbed, clicks.dragged().filter(|_| grabbed.is_some()).and_then(point))
        && proposal.placed.get(index).is_some_and(|placed| placed.at != at)
    {
        commands.write(ViewCommand(Command::PutPlaced { index, at }));
    }
    if let (Some(tool), Some(at)) = (proposal.tool, clicked.filter(|_| proposal.tool.is_some()).and_then(point)) {
        commands.write(ViewCommand(Command::Place { at, thing: tool.usual(at) }));
    }
    taken.set_if_neq(PointerTaken(grabbed.is_some() || is_busy));
}

/// The thing whose middle is nearest to the pointer in the picture.
fn nearest(standing: &Standing, anchor: &Anchor, pose: &Pose, pointer: DVec2, size: DVec2) -> Option<usize> {
    let world = anchor.world_from_ecef();
    let all = standing.things.iter().enumerate().filter_map(|(index, (foot, middle))| {
        let seen = [*foot, *middle].into_iter().filter_map(|ecef| pose.pixel_of(world.transform_point3(ecef), size));
        let away = seen.map(|at| at.distance(pointer)).fold(f64::INFINITY, f64::min);
        (away <= GRAB_PX).then_some((index, away))
    });
    all.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}
