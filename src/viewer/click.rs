//! A click: a press and a release at nearly the same place, or a finger that stays where it was put down. The same for all who wait for one.

use super::vocab::PointerOverPanel;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use glam::DVec2;

/// A press that moves less than this is a click, logical pixels; a finger may move twice as far.
const SLOP_PX: f32 = 4.0;

/// The pointer of a system that waits for clicks; each remembers its own press.
#[derive(SystemParam)]
pub struct Clicks<'w, 's> {
    pub buttons: Res<'w, ButtonInput<MouseButton>>,
    touches: Res<'w, Touches>,
    windows: Query<'w, 's, &'static Window, With<PrimaryWindow>>,
    over_panel: Res<'w, PointerOverPanel>,
    pressed_at: Local<'s, Option<Vec2>>,
}

impl Clicks<'_, '_> {
    /// Where a click has just ended, logical pixels. To be asked in every frame; a press on a panel is the panel's.
    pub fn ended(&mut self) -> Option<DVec2> {
        let cursor = self.windows.single().ok()?.cursor_position();
        if self.buttons.just_pressed(MouseButton::Left) {
            *self.pressed_at = cursor.filter(|_| !self.over_panel.0);
        }
        let released = if self.buttons.just_released(MouseButton::Left) { self.pressed_at.take().zip(cursor) } else { None };
        let by_mouse = released.filter(|(from, to)| from.distance(*to) < SLOP_PX).map(|(_, to)| to);
        let finger = self.touches.iter_just_released().next().filter(|_| self.touches.iter().count() == 0);
        let by_touch = finger.filter(|touch| touch.distance().length() < 2.0 * SLOP_PX).map(|touch| touch.position());
        by_touch.or(by_mouse).map(|pointer| pointer.as_dvec2())
    }

    /// Gives up a press that has begun.
    pub fn forget(&mut self) {
        *self.pressed_at = None;
    }

    /// Where a press has just begun, outside of all panels.
    pub fn began(&self) -> Option<DVec2> {
        self.pressed_at.filter(|_| self.buttons.just_pressed(MouseButton::Left)).map(|pointer| pointer.as_dvec2())
    }

    /// Where a press that has moved too far for a click is now.
    pub fn dragged(&self) -> Option<DVec2> {
        let (from, to) = (*self.pressed_at).zip(self.windows.single().ok()?.cursor_position()).filter(|_| self.buttons.pressed(MouseButton::Left))?;
        (from.distance(to) >= SLOP_PX).then(|| to.as_dvec2())
    }

    /// Width and height of the window, logical pixels.
    pub fn size(&self) -> Option<DVec2> {
        let window = self.windows.single().ok()?;
        Some(DVec2::new(f64::from(window.width()).max(1.0), f64::from(window.height()).max(1.0)))
    }
}
