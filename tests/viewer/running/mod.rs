//! Tier 2: the viewer as it runs, driven by pointer and keys through the engine's own input, without a window and without drawing.
//!
//! | file | what |
//! |---|---|
//! | `pointer.rs` | mouse, fingers, keys, and the eye they move |
//! | `values.rs` | attributes, filters, curves, flows, the clock |
//! | `scene.rs` | layers, names, presets, graphics that fail, the flight |
//! | `pictures.rs` | pictures from above |
//! | `failing.rs` | servers and files that fail, and how long they are waited for |

mod failing;
mod pictures;
mod pointer;
mod scene;
mod values;

use super::territory::territory;
use bevy::app::PluginsState;
use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyCode, KeyboardInput};
use bevy::input::mouse::{MouseButton, MouseButtonInput, MouseMotion, MouseScrollUnit, MouseWheel};
use bevy::input::touch::{TouchInput, TouchPhase};
use bevy::prelude::{App, Entity, Vec2, With, Window};
use bevy::window::PrimaryWindow;
use glam::{DVec2, DVec3};
use jumeau::io::Location;
use jumeau::view::{Command, ViewState};
use jumeau::viewer::anchor::Anchor;
use jumeau::viewer::resident::{Resident, nearest_hit};
use jumeau::viewer::vocab::{DrawnCamera, Eye, Scene, SceneFacts, ViewCommand};
use jumeau::viewer::{Smoothing, Target, app, open::Opening};
use std::path::Path;

pub const WIDTH: u32 = 640;
pub const HEIGHT: u32 = 360;
/// More frames than any of these stories needs; a wait beyond is a hang.
const MOST_FRAMES: usize = 60_000;

pub struct Running {
    pub app: App,
    window: Entity,
}

impl Running {
    pub fn open(location: &str, link: &str) -> Self {
        Self::opened(location, Opening { link: link.to_owned(), ..Opening::default() })
    }

    pub fn opened(location: &str, opening: Opening) -> Self {
        let target = Target::Picture { width: WIDTH, height: HEIGHT };
        let mut app = app(Location::parse(location), opening, target, Smoothing(1)).expect("a viewer");
        while app.plugins_state() == PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        app.finish();
        app.cleanup();
        let mut window = Window::default();
        window.resolution.set(WIDTH as f32, HEIGHT as f32);
        let window = app.world_mut().spawn((window, PrimaryWindow)).id();
        Self { app, window }
    }

    /// The default territory, complete.
    pub fn nantes(link: &str) -> Self {
        let mut running = Self::open(&territory().display().to_string(), link);
        running.complete();
        running
    }

    pub fn frame(&mut self) {
        self.app.update();
        // Nothing of these tests is about pixels.
        let world = self.app.world_mut();
        let mut eyes = world.query_filtered::<&mut bevy::camera::Camera, With<Eye>>();
        for mut eye in eyes.iter_mut(world) {
            eye.is_active = false;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }

    pub fn complete(&mut self) {
        for _ in 0..MOST_FRAMES {
            self.frame();
            if self.facts().progress.complete {
                return;
            }
        }
        panic!("never complete: {:?} {:?}", self.facts().progress, self.facts().faults);
    }

    pub fn facts(&self) -> &SceneFacts {
        self.app.world().resource::<SceneFacts>()
    }

    pub fn resource<R: bevy::prelude::Resource>(&self) -> &R {
        self.app.world().resource::<R>()
    }

    pub fn state(&self) -> &ViewState {
        &self.app.world().resource::<Scene>().state
    }

    pub fn send(&mut self, command: Command) {
        self.app.world_mut().write_message(ViewCommand(command));
        self.frame();
    }

    fn point(&mut self, at: Vec2) {
        let window = self.window;
        let mut windows = self.app.world_mut().query::<&mut Window>();
        let mut window = windows.get_mut(self.app.world_mut(), window).expect("the window");
        window.set_cursor_position(Some(at));
    }

    fn button(&mut self, button: MouseButton, state: ButtonState) {
        let window = self.window;
        self.app.world_mut().write_message(MouseButtonInput { button, state, window });
        self.frame();
    }

    pub fn click(&mut self, at: Vec2) {
        self.point(at);
        self.button(MouseButton::Left, ButtonState::Pressed);
        self.button(MouseButton::Left, ButtonState::Released);
        // The command of this frame is state in the next one.
        self.frame();
    }

    pub fn drag(&mut self, button: MouseButton, from: Vec2, to: Vec2) {
        self.point(from);
        self.button(button, ButtonState::Pressed);
        self.point(to);
        self.app.world_mut().write_message(MouseMotion { delta: to - from });
        self.frame();
        self.button(button, ButtonState::Released);
        self.frame();
    }

    fn touch(&mut self, id: u64, phase: TouchPhase, at: Vec2) {
        let window = self.window;
        self.app.world_mut().write_message(TouchInput { phase, position: at, window, force: None, id });
        self.frame();
    }

    fn wheel(&mut self, at: Vec2, notches: f32) {
        self.point(at);
        let window = self.window;
        self.app.world_mut().write_message(MouseWheel {
            unit: MouseScrollUnit::Line,
            x: 0.0,
            y: notches,
            window,
            phase: TouchPhase::Moved,
        });
        self.frame();
        self.frame();
    }

    fn key(&mut self, place: KeyCode, writes: Key, state: ButtonState) {
        let window = self.window;
        self.app.world_mut().write_message(KeyboardInput {
            key_code: place,
            logical_key: writes,
            state,
            text: None,
            repeat: false,
            window,
        });
        self.frame();
    }

    fn press(&mut self, place: KeyCode, writes: Key) {
        self.key(place, writes.clone(), ButtonState::Pressed);
        self.frame();
        self.key(place, writes, ButtonState::Released);
        self.frame();
    }

    /// Goes above a content of the buildings, near enough to need it, and waits until all is there that can be.
    fn look_down_on(&mut self, territory: &Path, content: &Path) {
        let tileset = std::fs::read(territory.join("buildings/tileset.json")).expect("a tileset");
        let tileset: serde_json::Value = serde_json::from_slice(&tileset).expect("JSON");
        let region: Vec<f64> = serde_json::from_value(tileset["root"]["boundingVolume"]["region"].clone()).expect("a region");
        let number = |part: &std::ffi::OsStr| part.to_string_lossy().parse::<f64>().expect("a number");
        let mut parts = content.components().rev().map(|part| Path::new(part.as_os_str()).file_stem().expect("a name"));
        let (y, x, level) = (
            number(parts.next().expect("y")),
            number(parts.next().expect("x")),
            number(parts.next().expect("a level")),
        );
        let share = |low: f64, high: f64, place: f64| (low + (high - low) * (place + 0.5) / level.exp2()).to_degrees();
        let mut camera = self.state().camera;
        camera.target = [share(region[0], region[2], x), share(region[1], region[3], y), camera.target[2]];
        camera.distance_m = 250.0;
        camera.pitch_deg = -80.0;
        self.send(Command::LookAt { camera });
        self.complete();
    }

    /// The point of the scene under a pixel, in ECEF.
    fn under(&self, at: Vec2) -> Option<DVec3> {
        let world = self.app.world();
        let pose = world.resource::<DrawnCamera>().pose?;
        let ray = pose.ray_at(at.as_dvec2(), DVec2::new(f64::from(WIDTH), f64::from(HEIGHT)));
        let ecef = world.resource::<Anchor>().ecef_from_world();
        let (eye, along) = (ecef.transform_point3(pose.eye), ecef.transform_vector3(ray));
        let hit = nearest_hit(world.resource::<Resident>(), eye, along, |_| true)?;
        Some(eye + along * hit.distance)
    }

    /// Where a point of ECEF is drawn, pixels.
    fn pixel_of(&self, point: DVec3) -> Vec2 {
        let world = self.app.world();
        let pose = world.resource::<DrawnCamera>().pose.expect("an eye");
        let point = world.resource::<Anchor>().ecef_from_world().inverse().transform_point3(point) - pose.eye;
        let half = (0.5 * jumeau::viewer::pose::FOV_Y).tan();
        let depth = point.dot(pose.forward);
        let (x, y) = (point.dot(pose.right) / depth / half, point.dot(pose.up) / depth / half);
        let height = f64::from(HEIGHT);
        DVec2::new(0.5 * (f64::from(WIDTH) + x * height), 0.5 * height * (1.0 - y)).as_vec2()
    }
}
