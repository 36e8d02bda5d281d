//! Tier 2: the viewer as it runs, driven by pointer and keys through the engine's own input, without a window and without drawing.

use super::territory::{contents, copy, program, territory};
use bevy::app::PluginsState;
use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyCode, KeyboardInput};
use bevy::input::mouse::{MouseButton, MouseButtonInput, MouseMotion, MouseScrollUnit, MouseWheel};
use bevy::input::touch::{TouchInput, TouchPhase};
use bevy::prelude::{App, Assets, Entity, Mesh, Vec2, With, Window};
use bevy::render::renderer::RenderDevice;
use bevy::window::PrimaryWindow;
use glam::{DVec2, DVec3};
use jumeau::base::Amount;
use jumeau::formats::webtiles::{self, WebTile};
use jumeau::geodesy::LonLatH;
use jumeau::io::Location;
use jumeau::view::{Attribute, Filter, Keep, Command, Theme, ViewState, to_link};
use jumeau::viewer::anchor::Anchor;
use jumeau::viewer::lost::Kept;
use jumeau::viewer::material::TileMaterial;
use jumeau::viewer::requests::Requests;
use jumeau::viewer::resident::{Resident, ground_height, nearest_hit};
use jumeau::viewer::vocab::{DrawnCamera, Eye, FlowFacts, FlowScope, Ground, Scene, SceneFacts, ViewCommand};
use jumeau::viewer::{Smoothing, Target, app, open::Opening};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

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

fn all_meshes(running: &Running) -> Vec<bevy::asset::AssetId<Mesh>> {
    let mut ids: Vec<_> = running.app.world().resource::<Assets<Mesh>>().ids().collect();
    ids.sort();
    ids
}

/// An attribute becomes colours and a filter hides the rest, from the pointer and from the counts too; no geometry moves for either.
#[test]
fn running_attributes_and_filters_cost_no_geometry() {
    let mut running = Running::nantes("street");
    let at = Vec2::new(60.0, 190.0);
    running.click(at);
    let selection = running.state().selection.clone().expect("a building");
    running.send(Command::Select { selection: None });
    running.complete();
    let of = |name: &str| Attribute { layer: "buildings".into(), name: name.to_owned() };
    let known = |running: &Running, name: &str| running.facts().attributes.iter().find(|known| known.attribute == of(name)).cloned().expect("an attribute");
    let [low, high] = known(&running, "height_m").range.expect("numbers");
    assert!(low < high && known(&running, "usage").kinds.contains(&"residential".to_owned()), "{:?}", known(&running, "usage"));
    let before = all_meshes(&running);
    let counted = |running: &mut Running| {
        for _ in 0..20 {
            running.frame();
        }
        let legend = running.facts().legend.clone().expect("a legend");
        (legend.names.clone(), legend.colours.len(), legend.histogram.expect("a count"))
    };
    running.send(Command::ShowAttribute { attribute: Some(of("usage")) });
    let (names, colours, all) = counted(&mut running);
    assert!(names.contains(&"residential".to_owned()) && names.len() == colours && all.known > 100, "{names:?} {all:?}");
    // Only homes: one class has all, and there are as many of them as before.
    let homes = Filter { attribute: of("usage"), keep: Keep::Values { values: vec!["residential".to_owned()] } };
    running.send(Command::SetFilters { filters: vec![homes] });
    let (_, _, some) = counted(&mut running);
    let place = names.iter().position(|name| name == "residential").expect("homes");
    assert_eq!((some.known, some.counts[place]), (all.counts[place], all.counts[place]));
    // Nothing is so high: no building is left under the pointer.
    running.send(Command::SetFilters { filters: vec![Filter { attribute: of("height_m"), keep: Keep::Range { low: Some(high + 1.0), high: None } }] });
    running.frame();
    running.click(at);
    assert!(running.state().selection.as_ref().is_none_or(|selection| selection.layer.as_str() != "buildings"), "{:?}", running.state().selection);
    running.send(Command::SetFilters { filters: Vec::new() });
    running.frame();
    running.click(at);
    assert_eq!(running.state().selection.as_ref(), Some(&selection));
    assert_eq!(all_meshes(&running), before);
}

/// The demand of the territory is a curve by use whose parts sum to the total at every step, and to the buildings' own figures.
#[test]
fn running_the_territory_has_a_curve_by_use() {
    let mut running = Running::nantes("");
    running.send(Command::SetTheme { theme: Theme::Demand });
    running.complete();
    for _ in 0..200 {
        running.frame();
    }
    let chart = running.facts().chart.clone().expect("a chart");
    assert!(chart.has_total && chart.day.len() > 3, "{:?}", chart.day.len());
    let (total, parts) = chart.day.split_last().expect("a total");
    for (step, point) in total.1.iter().enumerate() {
        let sum: f64 = parts.iter().map(|(_, points)| points[step].value.expect("a value")).sum();
        assert!((sum - point.value.expect("a total")).abs() <= 1e-9 * sum);
    }
    assert_eq!((chart.calendar.days.len(), chart.known, chart.absent), (365, 8760, 0));
    let (peak, trough) = (chart.peak.expect("a peak").1, chart.trough.expect("a trough").1);
    assert!(trough > 0.0 && trough < peak);
    let kwh: f64 = running.resource::<Scene>().manifest.features.as_ref().expect("features").demand.iter().map(|of| of.kwh_year).sum();
    let mean = chart.calendar.hours.iter().flatten().flatten().sum::<f64>() / chart.calendar.hours.iter().flatten().flatten().count() as f64;
    assert!((mean * 8760.0 / kwh - 1.0).abs() < 1e-3, "{mean} kW all year are {kwh} kWh");
}

fn settled(running: &mut Running) {
    running.complete();
    for _ in 0..200 {
        running.frame();
    }
}

/// A day in spring with 23 hours: to the last watt-hour.
fn sums_of_flows_are_those_of_their_hours_and_of_the_balance(running: &mut Running) {
    let midnight = jumeau::base::Instant::parse("2026-03-28T23:00:00Z").expect("an instant");
    let wh = |flows: &FlowFacts| flows.nodes.iter().map(|node| (node.name.clone(), node.column, (1000.0 * node.kw).round() as i64)).collect::<Vec<_>>();
    let mut hours: std::collections::BTreeMap<(usize, String), i64> = Default::default();
    for hour in 0..23 {
        running.send(Command::SetInstant { instant: midnight.plus_seconds(3600 * hour) });
        settled(running);
        for (name, column, wh) in wh(running.facts().flows.as_ref().expect("a diagram")) {
            *hours.entry((column, name)).or_default() += wh;
        }
    }
    running.send(Command::SetFlowSpan { over: jumeau::view::FlowSpan::Day });
    running.send(Command::ShowBalance { shown: true });
    settled(running);
    let day = running.facts().flows.clone().expect("a diagram");
    assert_eq!((day.is_waiting, day.known, day.steps), (false, 23, 23));
    let of_day = wh(&day);
    let side = |column: usize| of_day.iter().filter(|(_, of, _)| *of == column).map(|(.., wh)| wh).sum::<i64>();
    assert!(side(0) > 0 && side(0) == side(2), "{of_day:?}");
    // Uses that are shown one by one; what comes in is found from whole watt-hours here and from powers there.
    for (name, _, wh) in of_day.iter().filter(|(_, column, _)| *column == 2) {
        let others = jumeau::i18n::Texts::new(jumeau::base::Language::Fr).text("flows-others");
        assert!(hours[&(2, name.clone())] == *wh || *name == others && (hours[&(2, name.clone())] - wh).abs() <= 23 * 8, "{name} {wh} {:?}", hours[&(2, name.clone())]);
    }
    let accounts = running.facts().accounts.clone().expect("a balance");
    let mut compared = 0;
    for line in &accounts.lines {
        let total = line.wh.iter().flatten().sum::<i64>();
        if let Some((_, column, wh)) = of_day.iter().find(|(name, ..)| *name == line.name) {
            assert_eq!((*column, *wh), (if line.is_source { 0 } else { 2 }, total), "{}", line.name);
            compared += 1;
        }
    }
    // Where both have the same lines what comes in is the same too.
    let inner = accounts.lines.iter().filter(|line| !line.is_border).count();
    if compared == inner && of_day.iter().filter(|(_, column, _)| *column == 2).count() == inner {
        let imported: i64 = accounts.lines.iter().filter(|line| line.is_border && line.is_source).flat_map(|line| line.wh.iter().flatten()).sum();
        assert_eq!(side(0), imported);
    }
    // What is carried away is the diagram's own table: as much comes in as goes out, and each use is the balance's line, to the last watt-hour.
    let texts = jumeau::i18n::Texts::new(jumeau::base::Language::Fr);
    let table = day.table();
    let jumeau::view::table::Key::Pairs(pairs) = &table.key else { panic!("{:?}", table.key) };
    let kept: Vec<(&[String; 2], i64)> = pairs.iter().zip(&table.columns[0].1).map(|(pair, kwh)| (pair, (1000.0 * kwh.expect("a value")).round() as i64)).collect();
    let inside = texts.text("flows-territory");
    let through = |end: usize| kept.iter().filter(|(pair, _)| pair[end] == inside).map(|(_, wh)| wh).sum::<i64>();
    assert!(through(0) > 0 && through(0) == through(1), "{kept:?}");
    for line in accounts.lines.iter().filter(|line| !line.is_source && !line.is_border) {
        if let Some((_, wh)) = kept.iter().find(|(pair, _)| pair[1] == line.name) {
            assert_eq!(*wh, line.wh.iter().flatten().sum::<i64>(), "{}", line.name);
        }
    }
    assert!(compared >= 4, "{compared} of {:?}", accounts.lines.iter().map(|line| &line.name).collect::<Vec<_>>());
    running.send(Command::SetFlowSpan { over: jumeau::view::FlowSpan::Year });
    settled(running);
    let year = running.facts().flows.clone().expect("a diagram");
    assert!(!year.is_waiting && year.known == year.steps && year.steps >= 8_758, "{} of {}", year.known, year.steps);
    let of_year = wh(&year);
    let side = |column: usize| of_year.iter().filter(|(_, of, _)| *of == column).map(|(.., wh)| wh).sum::<i64>();
    assert!(side(0) == side(2) && side(2) > 200 * of_day.iter().filter(|(_, of, _)| *of == 2).map(|(.., wh)| wh).sum::<i64>(), "{of_year:?}");
    // Inside the year nothing is summed again.
    let drawn = running.facts().flows.clone();
    running.send(Command::SetInstant { instant: midnight.plus_seconds(86_400 * 40) });
    assert_eq!(running.facts().flows, drawn);
    running.send(Command::SetFlowSpan { over: jumeau::view::FlowSpan::Hour });
    running.send(Command::ShowBalance { shown: false });
    running.send(Command::SetInstant { instant: jumeau::base::Instant::parse("2026-06-15T03:00:00Z").expect("an instant") });
    settled(running);
}

#[test]
fn running_the_flow_diagram_follows_the_clock_and_what_is_selected() {
    let mut running = Running::nantes("street");
    assert!(running.facts().flows.is_none());
    running.send(Command::ShowFlows { shown: true });
    running.send(Command::SetInstant { instant: jumeau::base::Instant::parse("2026-01-15T18:00:00Z").expect("an instant") });
    settled(&mut running);
    let flows = running.facts().flows.clone().expect("a diagram");
    let sum = |flows: &FlowFacts, column: usize| flows.nodes.iter().filter(|node| node.column == column).map(|node| node.kw).sum::<f64>();
    assert!(!flows.is_waiting && flows.of == FlowScope::Territory);
    // What comes in goes out; without an assumption all of it comes from outside.
    assert!((sum(&flows, 0) - sum(&flows, 2)).abs() < 1e-9 * sum(&flows, 2), "{:?}", flows.nodes);
    assert_eq!(flows.nodes.iter().filter(|node| node.column == 0).count(), 1);
    // It is the demand that the curve by use has at that instant.
    running.send(Command::SetTheme { theme: Theme::Demand });
    settled(&mut running);
    let chart = running.facts().chart.clone().expect("a chart");
    let total = chart.day.last().and_then(|(_, points)| points.iter().find(|point| point.at == running.state().instant)).and_then(|point| point.value).expect("a value");
    let demand: f64 = total;
    let others: f64 = sum(&flows, 2) - demand;
    assert!(others > -1e-6 * demand && others < 0.5 * demand, "{demand} {others}");
    // Another hour, other flows.
    running.send(Command::SetInstant { instant: jumeau::base::Instant::parse("2026-06-15T03:00:00Z").expect("an instant") });
    settled(&mut running);
    let later = running.facts().flows.clone().expect("a diagram");
    assert!(sum(&later, 2) < sum(&flows, 2));
    sums_of_flows_are_those_of_their_hours_and_of_the_balance(&mut running);
    // Of a building, and gone when it is not asked for.
    running.click(Vec2::new(60.0, 190.0));
    settled(&mut running);
    let of_one = running.facts().flows.clone().expect("a diagram");
    assert_eq!(of_one.of, FlowScope::Building);
    assert!(sum(&of_one, 2) < 0.1 * sum(&later, 2));
    running.send(Command::ShowFlows { shown: false });
    running.frame();
    assert!(running.facts().flows.is_none());
}

/// The facts stay when their tile goes, and follow the clock.
#[test]
fn running_the_sheet_outlives_its_tile() {
    let mut running = Running::nantes("street");
    running.click(Vec2::new(60.0, 190.0));
    let demand = |running: &Running| {
        let now = running.facts().figures.iter().find(|figure| figure.name == "figure-demand-now");
        now.expect("a figure").amount.clone()
    };
    running.complete();
    let before = demand(&running);
    assert!(matches!(before, Amount::Number(_)), "{before:?}");
    let layer = running.state().selection.clone().expect("a building").layer;
    running.send(Command::ShowLayer { layer, visible: false });
    running.complete();
    running.send(Command::StepInstant { seconds: 6 * 3600 });
    running.frame();
    let after = demand(&running);
    assert!(matches!(after, Amount::Number(_)) && after != before, "{before:?} then {after:?}");
}

/// A link from elsewhere is kept inside the territory's limits, before any command.
#[test]
fn running_a_link_cannot_lead_out_of_the_territory() {
    let running = Running::nantes("#v=1&t=1801-06-21T12:00:00Z&c=-1.55,47.2,20,50000000,0,80&lang=en");
    let scene = running.app.world().resource::<Scene>();
    let (camera, limits) = (scene.state.camera, &scene.limits);
    assert!(camera.distance_m <= limits.distance_m[1] && camera.pitch_deg <= -1.0, "{camera:?}");
    assert!(scene.state.instant >= limits.reach()[0] && scene.state.instant < limits.reach()[1]);
}

/// With every layer off the picture is the sky, and it is complete.
#[test]
fn running_without_any_layer_is_complete() {
    let mut running = Running::nantes("");
    let layers: Vec<_> = running.app.world().resource::<Scene>().manifest.layers.iter().map(|layer| layer.id.clone()).collect();
    for layer in layers {
        running.send(Command::ShowLayer { layer, visible: false });
    }
    running.complete();
    assert_eq!(running.facts().progress.shown, 0);
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

/// Moving the clock changes a uniform: no request, no new mesh, no tile asked for or dropped.
#[test]
fn running_time_costs_no_request_and_no_geometry() {
    let mut running = Running::nantes("");
    running.send(Command::SetTheme { theme: Theme::Demand });
    running.complete();
    for _ in 0..200 {
        running.frame();
    }
    assert!(running.facts().legend.is_some());
    let (before, shown) = (all_meshes(&running), running.facts().progress);
    for step in 0..50 {
        running.send(Command::StepInstant { seconds: 3600 * (1 + step) });
        assert_eq!(running.app.world().resource::<Requests>().waiting(), 0);
    }
    assert_eq!(all_meshes(&running), before);
    assert_eq!(running.facts().progress, shown);
}

/// One damaged file and one that is not there: the rest is shown, and both are named.
#[test]
fn running_damaged_and_missing_tiles_are_said_and_the_rest_is_shown() {
    let whole = Running::nantes("").facts().progress;
    let copy = copy();
    let buildings = contents(copy.path(), "buildings");
    // Far from each other: beside a child that failed for good the parent stands in, and its other children are not needed.
    let (cut, gone) = (deepest(&buildings, 2), deepest(&buildings, 4));
    let bytes = std::fs::read(&cut).expect("a content");
    std::fs::remove_file(&cut).expect("a link");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).expect("a shorter content");
    std::fs::remove_file(&gone).expect("a link");
    let mut running = Running::open(&copy.path().display().to_string(), "");
    running.complete();
    for path in [&cut, &gone] {
        running.look_down_on(copy.path(), path);
    }
    let everywhere = running.facts().progress;
    let said: Vec<&str> = running.facts().faults.iter().map(|fault| fault.value.as_str()).collect();
    for path in [&cut, &gone] {
        let name = path.strip_prefix(copy.path()).expect("below the copy").display().to_string();
        assert!(said.iter().any(|value| value.contains(&name)), "{name} is not named: {said:?} {everywhere:?}");
    }
    assert!(everywhere.failed >= 2);
    assert!(whole.failed == 0 && everywhere.complete);
}

/// A JPEG of one colour.
fn one_colour(colour: [u8; 3]) -> Vec<u8> {
    let pixels: Vec<u8> = std::iter::repeat_n(colour, 256 * 256).flatten().collect();
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 90).encode(&pixels, 256, 256, jpeg_encoder::ColorType::Rgb).expect("a JPEG");
    bytes
}

/// The default territory with two pictures from above, red in 2020 and blue in 2010, of one tile each at level 12.
fn photographed() -> (tempfile::TempDir, [f64; 4]) {
    let copy = copy();
    let text = std::fs::read(copy.path().join("territory.json")).expect("a manifest");
    let mut manifest: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let home = &manifest["home"];
    let at = webtiles::from_lonlat(home["lon"].as_f64().expect("degrees"), home["lat"].as_f64().expect("degrees"));
    let tile = WebTile::at(12, at);
    let ([west, north], side) = (tile.corner(), WebTile::side_m(12));
    let (low, high) = (webtiles::to_lonlat([west, north - side]), webtiles::to_lonlat([west + side, north]));
    let bounds = [low[0], low[1], high[0], high[1]];
    let picture = |id: &str, date: &str| {
        serde_json::json!({
            "id": id, "name": { "fr": "Photo", "en": "Photo" }, "tiles": format!("imagery/{id}/{{z}}/{{x}}/{{y}}.jpg"), "tilejson": "",
            "tile_size": 256, "min_zoom": 12, "max_zoom": 12, "bounds_lonlat": bounds, "date": date, "dataset": "photo", "count": 1, "bytes": 1,
        })
    };
    manifest["imagery"] = serde_json::json!([picture("old", "2010"), picture("new", "2020")]);
    for (id, colour) in [("old", [0, 0, 200]), ("new", [200, 0, 0])] {
        let path = copy.path().join("imagery").join(id).join(tile.path("{z}/{x}/{y}.jpg"));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, one_colour(colour)).expect("a tile");
    }
    std::fs::remove_file(copy.path().join("territory.json")).expect("a link");
    std::fs::write(copy.path().join("territory.json"), manifest.to_string()).expect("a manifest");
    (copy, bounds)
}

/// Pieces of ground with a picture, and all of them.
fn pictured(running: &mut Running) -> (usize, usize) {
    let world = running.app.world_mut();
    let mut query = world.query::<(&Ground, &bevy::prelude::Visibility)>();
    let pieces: Vec<Ground> = query.iter(world).filter(|(_, visibility)| **visibility != bevy::prelude::Visibility::Hidden).map(|(ground, _)| ground.clone()).collect();
    let materials = world.resource::<Assets<TileMaterial>>();
    let with = pieces.iter().filter(|ground| materials.get(&ground.solid).is_some_and(|material| material.key.picture)).count();
    (with, pieces.len())
}

#[test]
fn running_the_newest_picture_lies_on_the_ground_until_it_is_switched_off() {
    let (copy, bounds) = photographed();
    let mut running = Running::open(&copy.path().display().to_string(), "");
    running.complete();
    let hidden: Vec<&str> = running.state().hidden.iter().map(|id| id.as_str()).collect();
    assert!(hidden.contains(&"old") && !hidden.contains(&"new"), "{hidden:?}");
    let (with, all) = pictured(&mut running);
    // Ground beyond the picture keeps its own colours.
    assert!(with > 10 && with < all, "{with} of {all}");
    let world = running.app.world_mut();
    let low = webtiles::from_lonlat(bounds[0], bounds[1]);
    let high = webtiles::from_lonlat(bounds[2], bounds[3]);
    let mut query = world.query::<&Ground>();
    let pieces: Vec<Ground> = query.iter(world).cloned().collect();
    let materials = world.resource::<Assets<TileMaterial>>();
    for ground in &pieces {
        let reaches = (0..2).all(|k| ground.rect.max[k] > low[k] && ground.rect.min[k] < high[k]);
        assert!(reaches || !materials.get(&ground.solid).expect("a material").key.picture);
        assert!(ground.rect.size().iter().all(|side| *side > 1.0));
    }
    running.send(Command::ShowLayer { layer: "new".into(), visible: false });
    running.complete();
    assert_eq!(pictured(&mut running).0, 0);
    running.send(Command::ShowLayer { layer: "old".into(), visible: true });
    running.complete();
    assert!(pictured(&mut running).0 > 10);
}

#[test]
fn running_a_picture_whose_tiles_are_missing_or_damaged_leaves_the_ground_bare() {
    let (copy, _) = photographed();
    std::fs::remove_dir_all(copy.path().join("imagery/old")).expect("a folder");
    let mut running = Running::open(&copy.path().display().to_string(), "");
    running.complete();
    running.send(Command::ShowLayer { layer: "old".into(), visible: true });
    running.send(Command::ShowLayer { layer: "new".into(), visible: false });
    running.complete();
    assert_eq!(pictured(&mut running).0, 0);
}

/// Of the finest contents, the one after a half, a third … of them.
fn deepest(paths: &[PathBuf], part: usize) -> PathBuf {
    let level = |path: &PathBuf| -> u32 {
        let level = path.parent().and_then(Path::parent).and_then(Path::file_name).expect("a level");
        level.to_string_lossy().parse().expect("a number")
    };
    let finest = paths.iter().map(level).max().expect("contents");
    let fine: Vec<&PathBuf> = paths.iter().filter(|path| level(path) == finest).collect();
    fine[fine.len() / part].clone()
}

/// A server that answers 500 for every building: the ground is shown, the failure is said, nothing waits for ever.
#[test]
fn running_a_server_that_fails_is_said() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    let mut running = Running::open(&address, "");
    running.complete();
    let facts = running.facts();
    assert!(facts.progress.shown > 0 && facts.progress.features == 0, "{:?}", facts.progress);
    let said = facts.faults.iter().any(|fault| fault.key == "error-connection");
    assert!(said, "{:?}", facts.faults);
    // Once the server is well, asking again brings everything.
    WELL.store(true, std::sync::atomic::Ordering::Relaxed);
    running.send(Command::TryAgain);
    running.complete();
    let facts = running.facts();
    let progress = facts.progress;
    assert!(progress.features > 1000 && progress.failed == 0, "{progress:?}");
    assert!(facts.faults.is_empty(), "{:?}", facts.faults);
}

/// Whether [`answer`] gives what it is asked for.
static WELL: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

fn answer(mut stream: std::net::TcpStream) {
    let mut request = [0; 4096];
    let count = stream.read(&mut request).unwrap_or(0);
    let text = String::from_utf8_lossy(&request[..count]).into_owned();
    let path = text.split_whitespace().nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
    let (status, body) = if path.starts_with("buildings/content") && !WELL.load(std::sync::atomic::Ordering::Relaxed) {
        ("500 Internal Server Error", Vec::new())
    } else {
        match std::fs::read(territory().join(&path)) {
            Ok(body) => ("200 OK", body),
            Err(_) => ("404 Not Found", Vec::new()),
        }
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // A client that has gone is no fault of this test.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// A picture of nothing is no picture: the damage is named at once, not after a wait.
#[test]
fn running_a_picture_of_nothing_but_damage_is_refused() {
    let copy = copy();
    let layers = std::fs::read_dir(copy.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
    for layer in layers.filter(|path| path.join("tileset.json").is_file()) {
        for content in contents(copy.path(), &layer.file_name().expect("a name").to_string_lossy()) {
            std::fs::remove_file(&content).expect("a link");
            std::fs::write(&content, b"glTF").expect("a short content");
        }
    }
    let out = copy.path().join("picture.png");
    let output = program()
        .args(["snapshot", "--size", "160x90", "--lang", "en", "--out"])
        .args([&out, copy.path()])
        .output()
        .expect("the viewer starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("damaged") && said.contains(".glb"), "{said}");
    assert!(!out.exists());
}

#[test]
fn running_names_what_is_seen_and_looks_under_the_ground() {
    use bevy::prelude::{MeshMaterial3d, Visibility};
    use jumeau::viewer::vocab::TilePiece;
    let mut running = Running::nantes("");
    let marks = running.facts().marks.clone();
    assert!(marks.names.len() > 5, "{marks:?}");
    assert!(marks.names.iter().all(|name| name.at.iter().all(|share| (0.0..=1.0).contains(share))), "{marks:?}");
    assert!(marks.names.iter().any(|name| name.text == "La Loire" || name.text.starts_with("Quai ")), "{marks:?}");
    assert!(marks.bar.is_some_and(|bar| bar.metres >= 10.0 && bar.pixels > 40.0), "{marks:?}");

    // Which of the tiles that are seen are glass.
    let glass = |running: &mut Running, layer: &str| -> Vec<bool> {
        let world = running.app.world_mut();
        let mut pieces = world.query::<(&TilePiece, &MeshMaterial3d<TileMaterial>, &Visibility)>();
        let shown = pieces.iter(world).filter(|(piece, _, seen)| piece.layer.as_str() == layer && **seen == Visibility::Visible);
        let handles: Vec<_> = shown.map(|(_, material, _)| material.0.clone()).collect();
        let materials = world.resource::<Assets<TileMaterial>>();
        handles.iter().map(|handle| materials.get(handle).expect("a material").key.glass).collect()
    };
    assert!(glass(&mut running, "terrain").iter().all(|glass| !glass));
    running.send(Command::SetUnderground { underground: true });
    running.frame();
    for (layer, sheer) in [("terrain", true), ("streets", true), ("buildings", false), ("tram", true)] {
        let glass = glass(&mut running, layer);
        assert!(!glass.is_empty() && glass.iter().all(|glass| *glass == sheer), "{layer} {glass:?}");
    }
    running.send(Command::SetUnderground { underground: false });
    running.frame();
    assert!(glass(&mut running, "terrain").iter().all(|glass| !glass));
}

#[test]
fn running_graphics_that_fail_keep_the_place() {
    let mut running = Running::nantes("v=1&c=-1.556,47.213,20,800,40,-30");
    let kept = running.app.world().resource::<Kept>().clone();
    assert_eq!(kept.loss(), None);
    let place = to_link(&running.state());
    let before = running.app.world().resource::<Scene>().state.camera;
    let device = running.app.world().resource::<RenderDevice>().clone();
    device.wgpu_device().destroy();
    for _ in 0..200 {
        running.frame();
        // Its driver says so when it is asked the next time, and a device that is gone may answer anything.
        let _ = device.poll(wgpu::PollType::Poll);
        if kept.loss().is_some() {
            break;
        }
    }
    let loss = kept.loss().expect("the loss of a device is noticed");
    assert_eq!((loss.link, loss.out_of_memory), (place, false));
    assert!(running.app.should_exit().is_some_and(|exit| exit.is_error()), "the program ends instead of standing still");
    // What is opened by that link is what was seen.
    let again = Running::nantes(&kept.loss().expect("still there").link);
    let after = again.app.world().resource::<Scene>().state.camera;
    assert!((after.heading_deg - before.heading_deg).abs() < 0.1 && (after.target[0] - before.target[0]).abs() < 1e-5, "{after:?} {before:?}");
}

#[test]
fn running_draws_with_the_preset_that_was_chosen() {
    use bevy::light::DirectionalLightShadowMap;
    use bevy::render::view::Msaa;
    use jumeau::view::Quality;
    use jumeau::viewer::quality::{Cost, QualityPlugin};
    let mut running = Running::nantes("");
    bevy::prelude::Plugin::build(&QualityPlugin, &mut running.app);
    for (quality, samples, texels) in [(Quality::Mobile, 1, 1024), (Quality::Presentation, 4, 4096), (Quality::Laptop, 4, 2048)] {
        running.send(Command::SetQuality { quality });
        running.frame();
        assert_eq!(running.facts().quality, quality);
        let world = running.app.world_mut();
        assert_eq!(world.resource::<DirectionalLightShadowMap>().size, texels);
        assert_eq!(world.resource::<Cost>().samples, samples);
        let mut eyes = world.query_filtered::<&Msaa, With<Eye>>();
        assert_eq!(eyes.single(world).ok().map(Msaa::samples), Some(samples));
    }
    // Left to itself, it names what it has picked.
    running.send(Command::SetQuality { quality: Quality::Auto });
    running.complete();
    assert_ne!(running.facts().quality, Quality::Auto);
}

/// The flight of the benches: every height stood still and flown, memory looked at all the way, nothing more than its ceiling held.
#[test]
fn running_flight_measures_every_height() {
    let output = program()
        .args(["fly"])
        .arg(territory())
        .args(["--seconds", "6", "--size", "96x54", "--sse", "64", "--quality", "mobile", "--memory", "256", "--json"])
        .output()
        .expect("the viewer starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let flown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert!(flown["start"]["all_tiles_s"].as_f64().is_some_and(|seconds| seconds > 0.0), "{}", flown["start"]);
    for still in flown["still"].as_array().expect("the still views") {
        assert!(still["complete"] == true && still["tiles"].as_u64() > Some(0) && still["frames"].as_u64() >= Some(5), "{still}");
        assert!(still["frame_ms"]["median"].as_f64() > Some(0.0), "{still}");
    }
    // The whole territory with another hour in each frame: nothing is asked for, nothing handed over.
    let whole = &flown["whole"];
    assert!(whole["features"].as_u64() > Some(1_000) && whole["searched_s"].as_f64() < Some(100.0), "{whole}");
    assert!(["all", "memory", "time"].contains(&whole["ended"].as_str().unwrap_or_default()), "{whole}");
    let slider = &whole["slider"];
    assert!(slider["requests"] == 0 && slider["uploads"] == 0, "{slider}");
    assert!(slider["ratio"]["median"].as_f64() > Some(0.0) && slider["moved_ms"]["p99"].as_f64() > Some(0.0), "{slider}");
    assert!(!cfg!(target_os = "linux") || slider["cpu_ms"]["main"].as_f64() > Some(0.0), "{slider}");
    let frames = flown["flight"]["frames"].as_u64().expect("a count of frames");
    let heights = flown["flight"]["heights"].as_array().expect("the heights");
    assert_eq!(heights.iter().filter_map(|height| height["frames"].as_u64()).sum::<u64>(), frames);
    let memory = flown["memory"].as_array().expect("the memory");
    assert!(memory.len() >= 2);
    for sample in memory {
        assert!(sample["resident_bytes"].as_u64().is_some_and(|bytes| bytes > 0 && bytes <= 256 << 20), "{sample}");
        assert!(sample["failed"] == 0 && sample["screen_space_error"].as_f64() >= Some(64.0), "{sample}");
    }
}
