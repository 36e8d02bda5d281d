//! Pointer and touch → commands.
//!
//! Drag moves the point under the pointer; right drag (or two fingers) turns; the wheel comes nearer to the pointer. Keys do all of it in [`super::keys`].

use crate::view::{Camera, Command};
use crate::viewer::anchor::Anchor;
use crate::viewer::pose::{self, Pose, dragged, on_plane, zoomed};
use crate::viewer::resident::{Resident, ground_height, nearest_hit};
use crate::viewer::vocab::{DrawnCamera, PointerOverPanel, PointerTaken, Scene, ViewCommand, ViewerSystems};
use bevy::input::mouse::{AccumulatedMouseMotion, MouseScrollUnit, MouseWheel};
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use glam::{DVec2, DVec3};

/// Degrees of turn for each pixel of a right drag.
const TURN_PER_PX: f64 = 0.3;
/// One notch of the wheel.
const ZOOM_PER_NOTCH: f64 = 0.85;
/// A touchpad's pixels that make a notch.
const PX_PER_NOTCH: f64 = 60.0;

#[derive(Resource, Default)]
pub struct Gesture {
    /// The point of the scene, in ECEF, that was under the pointer when the button went down. The anchor may move during a drag.
    grabbed: Option<DVec3>,
    /// The same for one finger.
    touched: Option<DVec3>,
    turning: bool,
    /// Last two fingers, if two are down.
    fingers: Option<(DVec2, DVec2)>,
}

pub struct GesturesPlugin;

impl Plugin for GesturesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Gesture>()
            .init_resource::<PointerOverPanel>()
            .add_systems(
                Update,
                (drag, wheel, fingers)
                    .in_set(ViewerSystems::Input)
                    .run_if(resource_exists::<Scene>.and_then(resource_exists::<Anchor>)),
            );
    }
}

/// The picture as gestures see it.
struct Picture<'a> {
    camera: Camera,
    pose: Pose,
    anchor: &'a Anchor,
    resident: &'a Resident,
    size: DVec2,
}

impl<'a> Picture<'a> {
    fn of(drawn: &DrawnCamera, anchor: &'a Anchor, resident: &'a Resident, window: &Window) -> Option<Self> {
        let camera = drawn.camera?;
        Some(Self {
            camera,
            pose: drawn.pose?,
            anchor,
            resident,
            size: DVec2::new(f64::from(window.width()).max(1.0), f64::from(window.height()).max(1.0)),
        })
    }

    fn ray(&self, pointer: DVec2) -> DVec3 {
        self.pose.ray_at(pointer, self.size)
    }

    /// The point of the scene (world axes) under the pointer, or of the plane at the target's height where nothing is drawn yet.
    fn point(&self, pointer: DVec2) -> Option<DVec3> {
        let ray = self.ray(pointer);
        let ecef = self.anchor.ecef_from_world();
        let hit = nearest_hit(
            self.resident,
            ecef.transform_point3(self.pose.eye),
            ecef.transform_vector3(ray),
            |_| true,
        );
        match hit {
            Some(hit) => Some(self.pose.eye + ray * hit.distance),
            None => self.plane(pointer, self.pose.target.y),
        }
    }

    /// As [`Self::point`], in ECEF.
    fn grab(&self, pointer: DVec2) -> Option<DVec3> {
        Some(self.anchor.ecef_from_world().transform_point3(self.point(pointer)?))
    }

    /// The camera for which the grabbed point (ECEF) lies under the pointer.
    fn carried(&self, grabbed: DVec3, pointer: DVec2) -> Option<Camera> {
        let grabbed = self.anchor.world_from_ecef().transform_point3(grabbed);
        let now = self.plane(pointer, grabbed.y)?;
        Some(self.grounded(dragged(&self.camera, self.anchor, grabbed, now)))
    }

    fn plane(&self, pointer: DVec2, height: f64) -> Option<DVec3> {
        on_plane(self.pose.eye, self.ray(pointer), height, self.camera.distance_m * 20.0)
    }

    /// The camera with its target put on the ground below it.
    fn grounded(&self, mut camera: Camera) -> Camera {
        let target = self.anchor.world(pose::lonlat(camera.target));
        if let Some(ground) = ground_height(self.anchor, self.resident, target) {
            camera.target[2] += ground - target.y;
        }
        camera
    }
}

#[expect(clippy::too_many_arguments, reason = "a gesture is pointer, window and scene at once")]
fn drag(
    buttons: Res<ButtonInput<MouseButton>>,
    motion: Res<AccumulatedMouseMotion>,
    windows: Query<&Window, With<PrimaryWindow>>,
    over_panel: Res<PointerOverPanel>,
    taken: Option<Res<PointerTaken>>,
    scene: Res<Scene>,
    drawn: Res<DrawnCamera>,
    anchor: Res<Anchor>,
    resident: Res<Resident>,
    mut gesture: ResMut<Gesture>,
    mut commands: MessageWriter<ViewCommand>,
) {
    let Ok(window) = windows.single() else { return };
    let Some(picture) = Picture::of(&drawn, &anchor, &resident, window) else { return };
    let pointer = window.cursor_position().map(|p| p.as_dvec2());
    // A thing in the hand moves, the map does not; with a tool the map still goes by dragging.
    let is_held = taken.is_some_and(|taken| taken.0) && scene.state.proposal.tool.is_none() && !scene.state.area.drawing;
    if buttons.just_pressed(MouseButton::Left) && !over_panel.0 && !is_held {
        gesture.grabbed = pointer.and_then(|p| picture.grab(p));
    }
    if buttons.any_just_pressed([MouseButton::Right, MouseButton::Middle]) {
        gesture.turning = !over_panel.0;
    }
    if !buttons.pressed(MouseButton::Left) {
        gesture.grabbed = None;
    }
    if !buttons.any_pressed([MouseButton::Right, MouseButton::Middle]) {
        gesture.turning = false;
    }
    if motion.delta == Vec2::ZERO {
        return;
    }
    if let (Some(grabbed), Some(pointer)) = (gesture.grabbed, pointer)
        && let Some(camera) = picture.carried(grabbed, pointer)
    {
        commands.write(ViewCommand(Command::LookAt { camera }));
    } else if gesture.turning {
        commands.write(ViewCommand(Command::Orbit {
            heading_deg: f64::from(motion.delta.x) * TURN_PER_PX,
            pitch_deg: -f64::from(motion.delta.y) * TURN_PER_PX,
        }));
    }
}

#[expect(clippy::too_many_arguments, reason = "a gesture is pointer, window and scene at once")]
fn wheel(
    mut wheel: MessageReader<MouseWheel>,
    windows: Query<&Window, With<PrimaryWindow>>,
    over_panel: Res<PointerOverPanel>,
    drawn: Res<DrawnCamera>,
    scene: Res<Scene>,
    anchor: Res<Anchor>,
    resident: Res<Resident>,
    mut commands: MessageWriter<ViewCommand>,
) {
    let notches: f64 = wheel
        .read()
        .map(|event| match event.unit {
            MouseScrollUnit::Line => f64::from(event.y),
            MouseScrollUnit::Pixel => f64::from(event.y) / PX_PER_NOTCH,
        })
        .sum();
    if notches == 0.0 || over_panel.0 {
        return;
    }
    let Ok(window) = windows.single() else { return };
    let Some(picture) = Picture::of(&drawn, &anchor, &resident, window) else { return };
    let factor = ZOOM_PER_NOTCH.powf(notches.clamp(-8.0, 8.0));
    // The goal is the state's camera, not the drawn one: quick notches add up while the picture still eases.
    let goal = scene.state.camera;
    let point = window
        .cursor_position()
        .and_then(|p| picture.point(p.as_dvec2()))
        .unwrap_or(picture.pose.target);
    let camera = picture.grounded(zoomed(&goal, &anchor, point, factor));
    commands.write(ViewCommand(Command::LookAt { camera }));
}

#[expect(clippy::too_many_arguments, reason = "a gesture is fingers, window and scene at once")]
fn fingers(
    touches: Res<Touches>,
    windows: Query<&Window, With<PrimaryWindow>>,
    drawn: Res<DrawnCamera>,
    scene: Res<Scene>,
    anchor: Res<Anchor>,
    resident: Res<Resident>,
    mut gesture: ResMut<Gesture>,
    mut commands: MessageWriter<ViewCommand>,
) {
    let Ok(window) = windows.single() else { return };
    let Some(picture) = Picture::of(&drawn, &anchor, &resident, window) else { return };
    let mut down: Vec<_> = touches.iter().collect();
    down.sort_by_key(|touch| touch.id());
    match down.as_slice() {
        [one] => {
            gesture.fingers = None;
            let pointer = one.position().as_dvec2();
            if touches.just_pressed(one.id()) || gesture.touched.is_none() {
                gesture.touched = picture.grab(pointer);
            } else if let Some(touched) = gesture.touched
                && one.delta() != Vec2::ZERO
                && let Some(camera) = picture.carried(touched, pointer)
            {
                commands.write(ViewCommand(Command::LookAt { camera }));
            }
        }
        [a, b, ..] => {
            gesture.touched = None;
            let (a, b) = (a.position().as_dvec2(), b.position().as_dvec2());
            if let Some((old_a, old_b)) = gesture.fingers {
                let (old, new) = (old_b - old_a, b - a);
                if old.length() > 1.0 && new.length() > 1.0 {
                    // As with the wheel, the goal is the state's camera: steps add up while the picture still eases.
                    let middle = 0.5 * (a + b);
                    let point = picture.point(middle).unwrap_or(picture.pose.target);
                    let camera = zoomed(&scene.state.camera, &anchor, point, old.length() / new.length());
                    commands.write(ViewCommand(Command::LookAt { camera: picture.grounded(camera) }));
                    let risen = middle.y - 0.5 * (old_a + old_b).y;
                    commands.write(ViewCommand(Command::Orbit {
                        heading_deg: -old.angle_to(new).to_degrees(),
                        pitch_deg: -risen * TURN_PER_PX,
                    }));
                }
            }
            gesture.fingers = Some((a, b));
        }
        [] => {
            gesture.fingers = None;
            gesture.touched = None;
        }
    }
}
