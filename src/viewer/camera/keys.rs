//! Keys of the desktop → commands, by the table of [`crate::view::shortcuts`]; in the browser the page sends the same commands.
//!
//! A key counts by what it writes, not by where it lies: `q` is where a French keyboard has it.
//! Keys that move the camera do so smoothly for as long as they are held; all others act once.

use crate::view::{Action, Ask, Command, Shortcut, ViewState, shortcut_for};
use crate::viewer::platform;
use crate::viewer::vocab::{KeysInPanel, Scene, ViewCommand, ViewerSystems};
use bevy::input::keyboard::{Key, KeyboardFocusLost, KeyboardInput};
use bevy::platform::collections::HashMap;
use bevy::prelude::*;

/// A held key does in a second what so many single presses would do.
const PRESSES_PER_SECOND: f64 = 5.0;
/// Shift hurries.
const HURRY: f64 = 3.0;
/// A slow frame moves the camera no further than this, seconds.
const LONGEST_STEP_S: f64 = 0.1;

/// The moving keys that are down, by their place: what a key writes may change while it is held, with shift for example.
#[derive(Resource, Default)]
struct Held(HashMap<KeyCode, &'static Shortcut>);

pub struct KeysPlugin;

impl Plugin for KeysPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<KeysInPanel>().init_resource::<Held>();
        if platform::OWN_KEYBOARD {
            app.add_systems(
                Update,
                (press, hold)
                    .chain()
                    .in_set(ViewerSystems::Input)
                    .run_if(resource_exists::<Scene>),
            );
        }
    }
}

fn press(
    mut keyboard: MessageReader<KeyboardInput>,
    mut lost: MessageReader<KeyboardFocusLost>,
    places: Res<ButtonInput<KeyCode>>,
    in_panel: Res<KeysInPanel>,
    scene: Res<Scene>,
    mut held: ResMut<Held>,
    mut commands: MessageWriter<ViewCommand>,
) {
    if lost.read().count() > 0 || in_panel.0 {
        held.0.clear();
        keyboard.clear();
        return;
    }
    // The desktop's own shortcuts stay the desktop's.
    let foreign = places.any_pressed([
        KeyCode::ControlLeft,
        KeyCode::ControlRight,
        KeyCode::AltLeft,
        KeyCode::SuperLeft,
        KeyCode::SuperRight,
    ]);
    for event in keyboard.read() {
        if !event.state.is_pressed() {
            held.0.remove(&event.key_code);
            continue;
        }
        let Some(shortcut) = written(&event.logical_key).and_then(|key| shortcut_for(&key)) else { continue };
        let Action::View(ask) = shortcut.action else { continue };
        if event.repeat || foreign {
            continue;
        }
        if is_smooth(ask) {
            held.0.insert(event.key_code, shortcut);
        } else {
            commands.write_batch(shortcut.command(&scene.state).map(ViewCommand));
        }
    }
}

fn hold(
    held: Res<Held>,
    time: Res<Time>,
    places: Res<ButtonInput<KeyCode>>,
    scene: Res<Scene>,
    mut commands: MessageWriter<ViewCommand>,
) {
    let hurry = if places.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]) { HURRY } else { 1.0 };
    let presses = f64::from(time.delta_secs()).min(LONGEST_STEP_S) * PRESSES_PER_SECOND * hurry;
    for shortcut in held.0.values() {
        if let Action::View(ask) = shortcut.action {
            commands.write_batch(moved(ask, presses, &scene.state).map(ViewCommand));
        }
    }
}

fn is_smooth(ask: Ask) -> bool {
    matches!(ask, Ask::Pan { .. } | Ask::Orbit { .. } | Ask::Zoom { .. })
}

/// What so many presses of a moving key do together.
fn moved(ask: Ask, presses: f64, state: &ViewState) -> Option<Command> {
    let share = match ask {
        Ask::Pan { right, forward } => Ask::Pan { right: right * presses, forward: forward * presses },
        Ask::Orbit { heading_deg, pitch_deg } => {
            Ask::Orbit { heading_deg: heading_deg * presses, pitch_deg: pitch_deg * presses }
        }
        Ask::Zoom { factor } => Ask::Zoom { factor: factor.powf(presses) },
        _ => return None,
    };
    Some(share.command(state))
}

/// The key as the table names it.
fn written(key: &Key) -> Option<String> {
    Some(match key {
        // `=` lies under `+` on most keyboards, and nobody wants to hold shift to come nearer.
        Key::Character(text) if text.as_str() == "=" => "+".to_owned(),
        Key::Character(text) => text.to_string(),
        Key::Space => " ".to_owned(),
        Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown | Key::Home
        | Key::Escape | Key::Enter | Key::Delete | Key::Backspace => format!("{key:?}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::shortcuts;

    /// Every key of the table can be pressed: its name leads back to its row.
    #[test]
    fn every_key_of_the_table_is_understood() {
        for shortcut in shortcuts() {
            let key = match shortcut.key {
                " " => Key::Space,
                "ArrowLeft" => Key::ArrowLeft,
                "ArrowRight" => Key::ArrowRight,
                "ArrowUp" => Key::ArrowUp,
                "ArrowDown" => Key::ArrowDown,
                "PageUp" => Key::PageUp,
                "PageDown" => Key::PageDown,
                "Home" => Key::Home,
                "Escape" => Key::Escape,
                "Enter" => Key::Enter,
                "Delete" => Key::Delete,
                "Backspace" => Key::Backspace,
                text if text.chars().count() > 1 => panic!("{text} is the name of a key, not what it writes"),
                text => Key::Character(text.into()),
            };
            let found = written(&key).and_then(|key| shortcut_for(&key));
            assert_eq!(found.map(|found| found.key), Some(shortcut.key));
        }
    }
}
