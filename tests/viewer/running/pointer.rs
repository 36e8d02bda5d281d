//! Mouse, fingers, keys, and the eye they move.

use super::Running;
use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyCode};
use bevy::input::mouse::{MouseButton, MouseMotion};
use bevy::input::touch::TouchPhase;
use bevy::prelude::Vec2;
use jumeau::base::Amount;
use jumeau::geodesy::LonLatH;
use jumeau::view::{Command, Theme};
use jumeau::viewer::anchor::Anchor;
use jumeau::viewer::resident::{Resident, ground_height};
use jumeau::viewer::vocab::DrawnCamera;

#[test]
fn running_a_click_tells_what_is_known_of_a_building() {
    let mut running = Running::nantes("street");
    // The left side of the street is a row of façades.
    running.click(Vec2::new(60.0, 190.0));
    let selection = running.state().selection.clone().expect("something under the pointer");
    assert_eq!(selection.layer.as_str(), "buildings");
    assert!(selection.id.starts_with("BATIMENT"), "{}", selection.id);
    for _ in 0..200 {
        running.frame();
    }
    let figures = &running.facts().figures;
    assert!(figures.len() >= 5, "{figures:?}");
    // The sky is nothing.
    running.click(Vec2::new(320.0, 5.0));
    assert_eq!(running.state().selection, None);
    assert!(running.facts().figures.is_empty());
    // Escape goes back one step.
    running.click(Vec2::new(60.0, 190.0));
    assert!(running.state().selection.is_some());
    running.press(KeyCode::Escape, Key::Escape);
    assert_eq!(running.state().selection, None);
}

#[test]
fn running_a_drag_carries_the_ground_along_and_the_wheel_comes_nearer_to_it() {
    let mut running = Running::nantes("");
    let (from, to) = (Vec2::new(300.0, 250.0), Vec2::new(380.0, 290.0));
    let grabbed = running.under(from).expect("ground");
    running.drag(MouseButton::Left, from, to);
    let now = running.pixel_of(grabbed);
    assert!(now.distance(to) < 3.0, "the point went to {now}, the pointer to {to}");

    running.complete();
    let at = Vec2::new(420.0, 260.0);
    let aimed = running.under(at).expect("ground");
    let before = running.state().camera.distance_m;
    running.wheel(at, 2.0);
    let now = running.pixel_of(aimed);
    assert!(running.state().camera.distance_m < 0.75 * before);
    assert!(now.distance(at) < 6.0, "the point went to {now}, the pointer was at {at}");

    let heading = running.state().camera.heading_deg;
    running.drag(MouseButton::Right, at, at + Vec2::new(50.0, 0.0));
    let turned = (running.state().camera.heading_deg - heading).rem_euclid(360.0);
    assert!((turned - 15.0).abs() < 0.1, "50 pixels turn 15 degrees, not {turned}");
}

#[test]
fn running_a_finger_carries_the_ground_along_and_two_come_nearer() {
    let mut running = Running::nantes("");
    let (from, to) = (Vec2::new(300.0, 250.0), Vec2::new(380.0, 290.0));
    let grabbed = running.under(from).expect("ground");
    running.touch(1, TouchPhase::Started, from);
    running.touch(1, TouchPhase::Moved, to);
    running.touch(1, TouchPhase::Ended, to);
    running.complete();
    let now = running.pixel_of(grabbed);
    assert!(now.distance(to) < 3.0, "the point went to {now}, the finger to {to}");

    // Ten steps that spread two fingers to twice their distance halve the camera's, however slowly the picture follows.
    let (middle, before) = (Vec2::new(320.0, 200.0), running.state().camera.distance_m);
    let place = |side: f32, step: i32| middle + Vec2::new(side * 50.0 * 2f32.powf(step as f32 / 10.0), 0.0);
    running.touch(1, TouchPhase::Started, place(-1.0, 0));
    running.touch(2, TouchPhase::Started, place(1.0, 0));
    for step in 1..=10 {
        running.touch(1, TouchPhase::Moved, place(-1.0, step));
        running.touch(2, TouchPhase::Moved, place(1.0, step));
    }
    running.touch(1, TouchPhase::Ended, place(-1.0, 10));
    running.touch(2, TouchPhase::Ended, place(1.0, 10));
    let share = running.state().camera.distance_m / before;
    assert!((0.45..0.56).contains(&share), "the distance became {share} of what it was");
}

/// Who drags far enough for the anchor to follow keeps the ground in hand.
#[test]
fn running_a_drag_goes_on_while_the_anchor_follows() {
    let mut running = Running::nantes("");
    let at = Vec2::new(320.0, 220.0);
    running.point(at);
    running.button(MouseButton::Left, ButtonState::Pressed);
    let camera = running.state().camera;
    // Six kilometres away: as far as a wide territory would let the drag come.
    let away = LonLatH { lon_deg: camera.target[0] + 0.08, lat_deg: camera.target[1], height_m: 0.0 };
    *running.app.world_mut().resource_mut::<Anchor>() = Anchor::at(away);
    running.frame();
    running.app.world_mut().write_message(MouseMotion { delta: Vec2::new(1.0, 0.0) });
    running.frame();
    running.frame();
    let moved = running.state().camera.target[0] - camera.target[0];
    assert!(moved.abs() < 1e-4, "the map flew {moved} degrees away");
}

/// A building of a later year is not drawn, so it cannot be clicked either.
#[test]
fn running_what_is_not_built_yet_cannot_be_clicked() {
    let mut running = Running::nantes("street");
    let at = Vec2::new(60.0, 190.0);
    running.click(at);
    assert!(running.state().selection.is_some());
    running.send(Command::Select { selection: None });
    running.send(Command::SetTheme { theme: Theme::ConstructionYear });
    for year in [1850, 2026] {
        running.send(Command::SetYear { year });
        running.frame();
        running.click(at);
        if let Some(selection) = running.state().selection.clone() {
            for _ in 0..5 {
                running.frame();
            }
            let built = running.facts().figures.iter().find(|figure| figure.name == "figure-year").map(|figure| figure.amount.clone());
            let Some(Amount::Number(built)) = built else { continue };
            assert!(built <= f64::from(year), "{selection:?} of {built} was clicked in {year}");
        }
    }
}

#[test]
fn running_keys_count_by_what_they_write() {
    let mut running = Running::nantes("");
    let home = running.state().camera;
    // On a French keyboard the key that writes q lies where others have a.
    running.press(KeyCode::KeyA, Key::Character("q".into()));
    let turned = (running.state().camera.heading_deg - home.heading_deg + 180.0).rem_euclid(360.0) - 180.0;
    assert!(turned < -1e-6, "q turns left, not by {turned}");
    running.press(KeyCode::ArrowUp, Key::ArrowUp);
    assert_ne!(running.state().camera.target, home.target);
    // Held keys are forgotten by their place, whatever shift makes of them.
    running.key(KeyCode::KeyA, Key::Character("q".into()), ButtonState::Pressed);
    running.key(KeyCode::KeyA, Key::Character("Q".into()), ButtonState::Released);
    running.press(KeyCode::Home, Key::Home);
    for _ in 0..5 {
        running.frame();
    }
    assert_eq!(running.state().camera, home);
    let theme = running.state().theme;
    running.press(KeyCode::KeyT, Key::Character("t".into()));
    assert_ne!(running.state().theme, theme);
    let instant = running.state().instant;
    running.press(KeyCode::Comma, Key::Character(".".into()));
    assert_eq!(instant.plus_seconds(3600), running.state().instant);
}

#[test]
fn running_the_eye_never_goes_below_the_ground() {
    let mut running = Running::nantes("street");
    for _ in 0..40 {
        running.send(Command::Zoom { factor: 0.7 });
        running.send(Command::Orbit { heading_deg: 23.0, pitch_deg: 9.0 });
    }
    running.complete();
    let world = running.app.world();
    let (anchor, resident) = (world.resource::<Anchor>(), world.resource::<Resident>());
    let pose = world.resource::<DrawnCamera>().pose.expect("an eye");
    let ground = ground_height(anchor, resident, pose.eye).expect("ground");
    assert!(pose.eye.y >= ground + 1.0, "eye at {}, ground at {ground}", pose.eye.y);
}
