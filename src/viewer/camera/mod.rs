//! The map camera: the state's camera becomes an eye, gestures become commands.
//!
//! Reads: [`Scene`], pointer, touch, keyboard, shown terrain. Writes: the eye's transform, [`EyePlace`], [`Anchor`]. Sends: [`ViewCommand`].

mod gestures;
mod keys;

use super::anchor::Anchor;
use super::pose::{self, FOV_Y, Pose};
use super::resident::{Resident, ground_height};
use super::vocab::{CameraSystems, DrawnCamera, Eye, EyePlace, Scene, ViewerSystems};
use crate::view::Camera as MapCamera;
use bevy::prelude::*;
use glam::{DQuat, DVec3};

/// The eye stays this far above the ground.
const CLEARANCE_M: f64 = 2.0;
/// The distance to the state's camera shrinks by this factor each second divided by e: soft, but done in a third of a second.
const EASE_PER_S: f64 = 11.0;

pub struct CameraPlugin;

impl Plugin for CameraPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<DrawnCamera>()
            .init_resource::<EyePlace>()
            .add_plugins((gestures::GesturesPlugin, keys::KeysPlugin))
            .add_systems(
                Update,
                (ease, follow, place_eye)
                    .chain()
                    .in_set(ViewerSystems::Prepare)
                    .in_set(CameraSystems)
                    .run_if(resource_exists::<Scene>.and_then(resource_exists::<Anchor>)),
            );
    }
}

fn ease(time: Res<Time>, scene: Res<Scene>, mut drawn: ResMut<DrawnCamera>) {
    let goal = scene.state.camera;
    let Some(now) = drawn.camera.filter(|_| !drawn.at_once) else {
        drawn.camera = Some(goal);
        drawn.moving = false;
        return;
    };
    if now == goal {
        drawn.moving = false;
        return;
    }
    let share = 1.0 - (-EASE_PER_S * f64::from(time.delta_secs()).min(0.1)).exp();
    let mut next = eased(&now, &goal, share);
    let near = (next.distance_m / goal.distance_m - 1.0).abs() < 1e-3
        && (next.target[0] - goal.target[0]).abs() < 1e-8
        && (next.target[1] - goal.target[1]).abs() < 1e-8
        && (next.target[2] - goal.target[2]).abs() < 0.01
        && turn(next.heading_deg, goal.heading_deg).abs() < 0.02
        && (next.pitch_deg - goal.pitch_deg).abs() < 0.02;
    if near {
        next = goal;
    }
    drawn.camera = Some(next);
    drawn.moving = !near;
}

fn eased(now: &MapCamera, goal: &MapCamera, share: f64) -> MapCamera {
    let mix = |a: f64, b: f64| a + (b - a) * share;
    MapCamera {
        target: [0, 1, 2].map(|axis| mix(now.target[axis], goal.target[axis])),
        // Distances ease in their logarithm: each step of the wheel feels alike.
        distance_m: (mix(now.distance_m.ln(), goal.distance_m.ln())).exp(),
        heading_deg: (now.heading_deg + turn(now.heading_deg, goal.heading_deg) * share).rem_euclid(360.0),
        pitch_deg: mix(now.pitch_deg, goal.pitch_deg),
    }
}

/// The shorter way from one heading to another, degrees.
fn turn(from: f64, to: f64) -> f64 {
    (to - from + 540.0).rem_euclid(360.0) - 180.0
}

/// Moves the anchor when the camera has left it far behind.
fn follow(drawn: Res<DrawnCamera>, mut anchor: ResMut<Anchor>) {
    let Some(camera) = drawn.camera else { return };
    let target = pose::lonlat(camera.target);
    if anchor.is_far_from(target, camera.distance_m) {
        *anchor = Anchor::at(target);
    }
}

fn place_eye(
    mut drawn: ResMut<DrawnCamera>,
    anchor: Res<Anchor>,
    resident: Res<Resident>,
    mut place: ResMut<EyePlace>,
    mut eyes: Query<(&mut Transform, &mut Projection, &Camera), With<Eye>>,
) {
    let Some(camera) = drawn.camera else { return };
    let Ok((mut transform, mut projection, eye)) = eyes.single_mut() else { return };
    let Some(size) = eye.physical_viewport_size() else { return };
    let (width, height) = (f64::from(size.x.max(1)), f64::from(size.y.max(1)));
    let aspect = width / height;
    let mut pose = Pose::of(&camera, &anchor);
    if let Some(ground) = ground_height(&anchor, &resident, pose.eye)
        && pose.eye.y < ground + CLEARANCE_M
    {
        pose = pose.lifted(ground + CLEARANCE_M);
    }
    if drawn.pose != Some(pose) {
        drawn.pose = Some(pose);
    }
    let rotation = DQuat::from_mat3(&pose.rotation());
    let placed = Transform::from_translation(pose.eye.as_vec3()).with_rotation(rotation.as_quat());
    if *transform != placed {
        *transform = placed;
    }
    // The nearest plane follows the scale, so that depth keeps its precision from the street to the region.
    let near = (camera.distance_m * 0.004).clamp((camera.distance_m * 0.02).min(0.2), 20.0) as f32;
    if let Projection::Perspective(perspective) = &mut *projection
        && (perspective.near != near || perspective.fov != FOV_Y as f32)
    {
        perspective.near = near;
        perspective.fov = FOV_Y as f32;
    }
    let ecef_from_world = anchor.ecef_from_world();
    let turn = |v: DVec3| ecef_from_world.transform_vector3(v);
    let position = ecef_from_world.transform_point3(pose.eye);
    place.viewport = [width, height];
    place.view = Some(crate::stream::View {
        position,
        direction: turn(pose.forward),
        frustum: pose
            .sides(aspect)
            .into_iter()
            .map(|(normal, _)| {
                let normal = turn(normal);
                (normal, -normal.dot(position))
            })
            .collect(),
        pixels_per_radian: height / (2.0 * (0.5 * FOV_Y).tan()),
    });
}

