//! Tier 2: values that run, that have bounds, and that move what stands in the scene.

use super::running::Running;
use super::territory::program;
use jumeau::base::{Dataset, DatasetId, Instant, LayerId, Nature};
use jumeau::formats::territory::{Moves, Series};
use jumeau::pipeline::series::add::{Added, Steps, add};
use jumeau::view::colours::Palette;
use jumeau::view::{Command, Selection};
use jumeau::viewer::material::SceneUniform;
use jumeau::viewer::resident::Resident;
use jumeau::viewer::textures::feature_hash;
use std::f32::consts::{FRAC_PI_2, PI};

const STEPS: usize = 48;

fn at_step(step: usize) -> Instant {
    Instant::parse("2024-01-01T00:00:00Z").expect("an instant").plus_seconds(3600 * step as i64)
}

fn series(id: &str, unit: &str, rows: Vec<String>) -> Series {
    Series { rows, quantity: Some(id.to_owned()), ..Series::of(id, String::new(), "", unit, Nature::Simulated, DatasetId::from("essai")) }
}

/// A small fictional territory with these.
fn with(make: impl FnOnce(String) -> Vec<Added>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let status = program().args(["demo", "--seed", "3", "--buildings", "200", "--out"]).arg(at("sources")).status().expect("the program starts");
    assert!(status.success());
    let status = program().arg("import").arg(at("sources")).arg("--out").arg(at("territory")).status().expect("the program starts");
    assert!(status.success());
    let id = {
        let mut running = Running::open(&at("territory").display().to_string(), "");
        running.complete();
        let resident = running.resource::<Resident>();
        let layer = resident.layers.iter().find(|layer| layer.id.as_str() == "buildings").expect("buildings");
        let table = layer.tiles.values().flat_map(|tile| &tile.tables).find(|table| table.count > 0).expect("a table");
        table.text("id", 0).expect("an id").to_owned()
    };
    let dataset = Dataset {
        id: DatasetId::from("essai"),
        title: "Essai".to_owned(),
        producer: "Jumeau".to_owned(),
        licence: "CC0".to_owned(),
        date: "2026".to_owned(),
        attribution: "essai".to_owned(),
        nature: Nature::Simulated,
    };
    let steps = Steps { start: at_step(0), step_s: 3600, count: STEPS };
    add(&at("territory/territory.json"), "essai", steps, dataset, make(id)).expect("added");
    folder
}

fn open(folder: &tempfile::TempDir) -> Running {
    let mut running = Running::open(&folder.path().join("territory").display().to_string(), "");
    running.complete();
    running
}

fn settle(running: &mut Running) {
    running.complete();
    for _ in 0..60 {
        running.frame();
    }
}

#[test]
fn power_rotors_face_the_wind_of_the_hour_and_batteries_fill() {
    let of = |moves: Moves, value: &dyn Fn(usize) -> f32| Added {
        series: Series { moves: Some(moves), ..series(&format!("{moves:?}"), "", vec!["E1".to_owned()]) },
        values: (0..STEPS).map(value).collect(),
    };
    let folder = with(|_| vec![
        of(Moves::WindSpeed, &|step| if step < 10 { 11.0 } else { 0.0 }),
        of(Moves::WindDirection, &|step| if step == 0 { 90.0 } else { 180.0 }),
        of(Moves::Charge, &|step| if step == 0 { 25.0 } else { 100.0 }),
    ]);
    let mut running = open(&folder);
    running.send(Command::SetInstant { instant: at_step(0) });
    settle(&mut running);
    let machines = |running: &Running| running.resource::<SceneUniform>().machines;
    let first = machines(&running);
    assert!((first.x - FRAC_PI_2).abs() < 1e-6 && (first.z - 0.75).abs() < 1e-6, "{first:?}");
    // The machine follows its own row: here it is the only one.
    let own = running.resource::<SceneUniform>().machine[0];
    assert_eq!((first.w, own.x), (1.0, feature_hash("E1")));
    assert_eq!([own.y, own.w].map(f32::from_bits), [first.x, first.z]);
    // While the clock stands, nothing moves.
    settle(&mut running);
    assert_eq!(machines(&running), first);
    running.send(Command::SetInstant { instant: at_step(1) });
    settle(&mut running);
    let second = machines(&running);
    assert!((second.x - PI).abs() < 1e-6 && second.z == 0.0 && second.y == first.y, "{second:?}");
    // While it plays, rotors turn in a wind …
    running.send(Command::SetSpeed { speed: 60.0 });
    running.send(Command::Play { playing: true });
    for _ in 0..5 {
        running.frame();
    }
    let turned = machines(&running).y;
    assert_ne!(turned, second.y);
    // … and stand in a calm.
    running.send(Command::SetInstant { instant: at_step(20) });
    running.frame();
    let calm = machines(&running).y;
    for _ in 0..5 {
        running.frame();
    }
    assert_eq!(machines(&running).y, calm);
    // Beyond the series batteries are as they were built, and no older level stays.
    running.send(Command::Play { playing: false });
    running.send(Command::SetInstant { instant: at_step(STEPS + 3) });
    settle(&mut running);
    assert_eq!(machines(&running).z, 0.0);
}

#[test]
fn power_that_runs_has_arrows_and_bounds() {
    let mut id = String::new();
    let folder = with(|first| {
        id.clone_from(&first);
        vec![Added {
            series: Series { layer: Some(LayerId::from("buildings")), band: Some([-100.0, 100.0]), directed: true, ..series("charge", "%", vec![first.clone()]) },
            values: (0..STEPS).map(|step| if step == 7 { -130.0 } else if step == 30 { 110.0 } else { step as f32 }).collect(),
        }, Added {
            series: Series { layer: Some(LayerId::from("buildings")), band: Some([0.9, 1.1]), ..series("tension", "1", vec![first]) },
            values: (0..STEPS).map(|step| if step == 7 { 0.85 } else { 0.97 }).collect(),
        }]
    });
    let mut running = open(&folder);
    running.send(Command::SetInstant { instant: at_step(7) });
    running.send(Command::ShowSeries { series: Some("charge".to_owned()) });
    running.send(Command::Select { selection: Some(Selection { layer: "buildings".into(), id }) });
    settle(&mut running);
    let uniform = running.resource::<SceneUniform>().clone();
    assert_eq!(uniform.band.truncate().to_array(), [-100.0, 100.0, 1.0]);
    assert!(uniform.run.x >= 4.0);
    // The scale is of the amount, up to the limit.
    assert_eq!((uniform.overlay_range.x, uniform.overlay_range.y), (0.0, 100.0));
    let legend = running.facts().legend.clone().expect("a legend");
    assert!(legend.is_directed && legend.band == Some([-100.0, 100.0]));
    let chart = running.facts().chart.clone().expect("a chart");
    assert_eq!(chart.beyond, Some(2));
    assert_eq!(chart.worst[..2], [(at_step(7), -130.0), (at_step(30), 110.0)]);
    assert_eq!(chart.duration.first(), Some(&130.0));
    assert_eq!(chart.peak, Some((at_step(7), 130.0)));
    // Arrows go with the clock, and stand with it.
    settle(&mut running);
    assert_eq!(running.resource::<SceneUniform>().run, uniform.run);
    running.send(Command::Play { playing: true });
    for _ in 0..3 {
        running.frame();
    }
    assert_ne!(running.resource::<SceneUniform>().run.y, uniform.run.y);
    // Another theme has no bounds.
    running.send(Command::ShowSeries { series: None });
    running.frame();
    assert_eq!(running.resource::<SceneUniform>().band.truncate().to_array(), [0.0; 3]);
    // What is best in its middle has colours that part there, from one bound to the other.
    running.send(Command::ShowSeries { series: Some("tension".to_owned()) });
    settle(&mut running);
    let uniform = running.resource::<SceneUniform>().clone();
    assert_eq!(uniform.band.truncate().to_array(), [0.9, 1.1, 0.0]);
    assert_eq!((uniform.overlay_range.x, uniform.overlay_range.y), (0.9, 1.1));
    let legend = running.facts().legend.clone().expect("a legend");
    assert_eq!(legend.colours, Palette::BlueOrange.stops());
    assert_eq!(legend.ticks().map(|tick| (tick * 1e3).round() as i32), [900, 950, 1000, 1050, 1100]);
    assert_eq!(running.facts().chart.clone().expect("a chart").beyond, Some(1));
}
