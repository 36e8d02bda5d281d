//! The pointer and a proposal: a click puts a thing down, a drag that begins on one moves it.

use crate::viewer::anchor::Anchor;
use crate::viewer::pose::{FOV_Y, Pose};
use crate::viewer::footing::under;
use crate::viewer::resident::Resident;
use crate::viewer::vocab::{DrawnCamera, PointerOverPanel, PointerTaken, Scene, Standing, ViewCommand};
use crate::view::Command;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use glam::{DVec2, DVec3};

/// A press that moves less than this is a click, logical pixels.
const CLICK_SLOP_PX: f32 = 4.0;
/// A thing is grabbed within so many pixels of its middle.
const GRAB_PX: f64 = 22.0;

/// What the pointer holds.
#[derive(Default)]
pub(super) struct Hand {
    pressed_at: Option<Vec2>,
    grabbed: Option<usize>,
}

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
    standing: Res<Standing>,
    mut hand: Local<Hand>,
    mut taken: ResMut<PointerTaken>,
    mut commands: MessageWriter<ViewCommand>,
) {
    let proposal = &scene.state.proposal;
    // The frame of the release still belongs to the hand, or the click that ends a drag would choose a building.
    let ended = hand.grabbed.is_some() && !buttons.pressed(MouseButton::Left) && !buttons.just_released(MouseButton::Left);
    if ended {
        hand.grabbed = None;
    }
    // A corner that is put down takes the click too.
    let mut is_taken = hand.grabbed.is_some() || proposal.tool.is_some() || scene.state.area.drawing;
    let (Ok(window), Some(pose)) = (windows.single(), drawn.pose) else {
        taken.set_if_neq(PointerTaken(is_taken));
        return;
    };
    let size = DVec2::new(f64::from(window.width()).max(1.0), f64::from(window.height()).max(1.0));
    let point = |pointer: DVec2| under(&resident, &anchor, &pose, pointer, size);
    let cursor = window.cursor_position();
    if buttons.just_pressed(MouseButton::Left) && !over_panel.0 {
        hand.pressed_at = cursor;
        hand.grabbed = cursor.filter(|_| proposal.tool.is_none() && !scene.state.area.drawing).and_then(|cursor| nearest(&standing, &anchor, &pose, cursor.as_dvec2(), size));
        if let Some(index) = hand.grabbed {
            is_taken = true;
            if proposal.chosen != Some(index) {
                commands.write(ViewCommand(Command::ChoosePlaced { index: Some(index) }));
            }
        }
    }
    if let (Some(index), Some(cursor), Some(from)) = (hand.grabbed, cursor, hand.pressed_at)
        && buttons.pressed(MouseButton::Left)
        && from.distance(cursor) >= CLICK_SLOP_PX
        && let Some(at) = point(cursor.as_dvec2())
        && proposal.placed.get(index).is_some_and(|placed| placed.at != at)
    {
        commands.write(ViewCommand(Command::PutPlaced { index, at }));
    }
    if let Some(tool) = proposal.tool {
        let by_mouse = if buttons.just_released(MouseButton::Left) { hand.pressed_at.take().zip(cursor).filter(|(from, to)| from.distance(*to) < CLICK_SLOP_PX).map(|(_, to)| to) } else { None };
        let by_touch = touches.iter_just_released().next().filter(|touch| touches.iter().count() == 0 && touch.distance().length() < 2.0 * CLICK_SLOP_PX).map(|touch| touch.position());
        if let Some(at) = by_mouse.or(by_touch).and_then(|pointer| point(pointer.as_dvec2())) {
            commands.write(ViewCommand(Command::Place { at, thing: tool.usual(at) }));
        }
    }
    taken.set_if_neq(PointerTaken(is_taken));
}

/// The thing whose middle is nearest to the pointer in the picture.
fn nearest(standing: &Standing, anchor: &Anchor, pose: &Pose, pointer: DVec2, size: DVec2) -> Option<usize> {
    let focal = size.y / (2.0 * (0.5 * FOV_Y).tan());
    let seen = |ecef: DVec3| {
        let to = anchor.world_from_ecef().transform_point3(ecef) - pose.eye;
        let depth = to.dot(pose.forward);
        (depth > 1.0).then(|| DVec2::new(0.5 * size.x + focal * to.dot(pose.right) / depth, 0.5 * size.y - focal * to.dot(pose.up) / depth))
    };
    let all = standing.things.iter().enumerate().filter_map(|(index, (foot, middle))| {
        let away = [*foot, *middle].into_iter().filter_map(seen).map(|at| at.distance(pointer)).fold(f64::INFINITY, f64::min);
        (away <= GRAB_PX).then_some((index, away))
    });
    all.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}
