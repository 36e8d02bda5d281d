//! Tier 2: values that run, that have bounds, and that move what stands in the scene.

use super::running::Running;
use super::territory::program;
use jumeau::base::{Dataset, DatasetId, Instant, LayerId, Nature};
use jumeau::formats::territory::{Moves, Series};
use jumeau::pipeline::series::add::{Added, Steps, add};
use jumeau::view::colours::Palette;
use jumeau::formats::territory::Manifest;
use jumeau::formats::{zarr, zarr_group};
use jumeau::view::{Command, Selection};
use jumeau::viewer::material::{SceneUniform, SeriesUploads};
use jumeau::viewer::overlay::ThemeValues;
use jumeau::viewer::overlay::roofs::Carrying;
use jumeau::viewer::requests::Requests;
use jumeau::viewer::resident::Resident;
use jumeau::viewer::textures::feature_hash;
use bevy::asset::Assets;
use bevy::prelude::Mesh;
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

/// At a charging station as many vehicles stand as the power of the hour is for.
#[test]
fn power_vehicles_charge_by_the_clock() {
    let folder = with(|_| vec![Added { series: series("x", "kW", vec!["x".to_owned()]), values: vec![0.0; STEPS] }]);
    let home = folder.path().join("territory");
    let manifest = Manifest::parse(&std::fs::read(home.join("territory.json")).expect("a manifest")).expect("sound");
    let charging = manifest.series.iter().find(|series| series.moves == Some(Moves::Charging)).expect("stations have a series");
    let at = home.join(&charging.path);
    let array = zarr::read(&std::fs::read(at.join("zarr.json")).expect("an array"), &mut |path| std::fs::read(at.join(path)).ok()).expect("values");
    let share = |row: usize, hour: usize| array.values[row * array.steps + hour] / charging.full[row];
    let rows = charging.rows.len();
    let mean = |hour: usize| (0..rows).map(|row| share(row, hour)).sum::<f32>() / rows as f32;
    let busy = (0..array.steps).max_by(|a, b| mean(*a).total_cmp(&mean(*b))).expect("hours");
    let quiet = (0..array.steps).find(|hour| mean(*hour) == 0.0).expect("a quiet hour");
    let mut running = open(&folder);
    let start = manifest.axes.iter().find(|axis| axis.id == charging.axis).expect("an axis").start;
    let mut show = |hour: usize| {
        running.send(Command::SetInstant { instant: start.plus_seconds(3600 * hour as i64) });
        settle(&mut running);
        running.resource::<SceneUniform>().clone()
    };
    let at_busy = show(busy);
    assert!((at_busy.charging.x - (1.0 - mean(busy))).abs() < 1e-5, "{} {}", at_busy.charging.x, mean(busy));
    assert_eq!(at_busy.machines.w, rows as f32);
    // The shader looks for a station by halves.
    assert!(at_busy.machine[..rows].is_sorted_by_key(|slot| slot.x));
    for (row, name) in charging.rows.iter().enumerate() {
        let slot = at_busy.machine.iter().find(|slot| slot.x == feature_hash(name)).expect("a place of its own");
        assert!((f32::from_bits(slot.w) - (1.0 - share(row, busy))).abs() < 1e-5, "{name}");
    }
    // While the clock stands, nothing moves; in a quiet hour and beyond the year every bay is free.
    assert_eq!(show(busy).machine, at_busy.machine);
    assert_eq!(show(quiet).charging.x, 1.0);
    assert_eq!(show(array.steps + 5).charging.x, 1.0);
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

/// The fictional territory, imported after its declaration and its folder of sources have been changed.
fn imported(change: impl FnOnce(&mut serde_json::Value, &std::path::Path)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let status = program().args(["demo", "--seed", "3", "--buildings", "200", "--out"]).arg(at("sources")).status().expect("the program starts");
    assert!(status.success());
    let declared = at("sources/sources.json");
    let mut sources: serde_json::Value = serde_json::from_slice(&std::fs::read(&declared).expect("a declaration")).expect("JSON");
    change(&mut sources, &at("sources"));
    std::fs::write(&declared, sources.to_string()).expect("written");
    let status = program().arg("import").arg(at("sources")).arg("--out").arg(at("territory")).status().expect("the program starts");
    assert!(status.success());
    folder
}

/// Without its own lines: the importer draws a network, which nobody has.
fn generated() -> tempfile::TempDir {
    imported(|sources, folder| {
        let layers = sources["layers"].as_array_mut().expect("layers");
        for layer in layers.iter().filter(|layer| layer["as"] == "electricity") {
            let _ = std::fs::remove_file(folder.join(layer["file"].as_str().expect("a file")));
        }
        layers.retain(|layer| layer["as"] != "electricity");
        sources["generate"]["networks"] = true.into();
    })
}

/// A year of a generated network, computed and stored, and scrubbed: every value that the card holds is the stored one, and inside a page the clock moves
/// without a request and without a byte on the card.
#[test]
fn power_of_a_stored_year_is_scrubbed() {
    let folder = generated();
    let at = folder.path().join("territory");
    let status = program().arg("flow").arg(&at).args(["--store"]).arg(&at).arg("--json").stdout(std::process::Stdio::null()).status().expect("the program starts");
    assert!(status.success());
    let manifest = Manifest::parse(&std::fs::read(at.join("territory.json")).expect("a manifest")).expect("sound");
    let series = manifest.series.iter().find(|series| series.id == "flow-loading").expect("a stored year");
    let read = |path: &str| std::fs::read(at.join(path)).expect("a file");
    let stored = zarr::read(&read(&format!("{}/zarr.json", series.path)), &mut |chunk| std::fs::read(at.join(&series.path).join(chunk)).ok()).expect("an array");
    let rows = if series.rows.is_empty() {
        let labels = series.labels.clone().expect("names of rows");
        zarr_group::read_texts(&read(&format!("{labels}/zarr.json")), &read(&format!("{labels}/c/0"))).expect("names")
    } else {
        series.rows.clone()
    };
    assert!(stored.steps >= 8_760 && rows.len() == stored.rows && stored.rows > 50, "{} × {}", stored.rows, stored.steps);
    let axis = manifest.axes.iter().find(|axis| axis.id == series.axis).expect("its steps");
    let start_of = |step: usize| axis.start_of(step as u64).expect("a step");

    let mut running = Running::open(&at.display().to_string(), "");
    running.app.world_mut().resource_mut::<jumeau::viewer::vocab::DrawnCamera>().at_once = false;
    running.complete();
    running.send(Command::SetInstant { instant: start_of(0) });
    running.send(Command::ShowSeries { series: Some(series.id.clone()) });
    settle(&mut running);
    assert!(running.facts().legend.as_ref().is_some_and(|legend| legend.is_directed && !legend.is_waiting));
    let page = running.resource::<ThemeValues>().page_steps().expect("pages");
    let step_of = |text: &str| usize::try_from(axis.step_at(Instant::parse(text).expect("an instant")).expect("inside")).expect("small");
    // The year's ends, the borders of pages and of chunks, both days on which the clocks change.
    let mut steps = vec![0, 1, 1_023, 1_024, 4_000, stored.steps - 1];
    steps.extend([page.saturating_sub(1), page, page + 1].into_iter().filter(|step| *step < stored.steps));
    for day in ["2026-03-29", "2026-10-25"] {
        steps.extend((0..4).map(|hour| step_of(&format!("{day}T0{hour}:00:00Z"))));
    }
    let mut known = 0;
    for step in steps {
        running.send(Command::SetInstant { instant: start_of(step) });
        running.complete();
        let held = running.resource::<ThemeValues>();
        for row in (0..stored.rows).step_by((stored.rows / 40).max(1)) {
            let value = stored.row(row).get(step).copied().filter(|value| value.is_finite());
            assert_eq!(held.held(row, start_of(step)), value, "{} at {}", rows[row], start_of(step));
            known += usize::from(value.is_some());
        }
    }
    assert!(known > 100);
    // Half a page through, by days: neither a mesh nor a request nor a byte on the card.
    running.send(Command::SetInstant { instant: start_of(2) });
    running.complete();
    running.send(Command::SetInstant { instant: start_of(3) });
    settle(&mut running);
    let untouched = |running: &Running| {
        let mut meshes: Vec<_> = running.resource::<Assets<Mesh>>().ids().collect();
        meshes.sort();
        (meshes, running.resource::<Requests>().waiting(), *running.resource::<SeriesUploads>())
    };
    let before = untouched(&running);
    for step in (3..page.min(stored.steps) / 2).step_by(23) {
        running.send(Command::SetInstant { instant: start_of(step) });
        assert_eq!(untouched(&running), before, "{}", start_of(step));
    }
    // It is nobody's network, and says so: in the legend, in the curve and in what is copied of it.
    let legend = running.facts().legend.clone().expect("a legend");
    assert!(running.resource::<jumeau::viewer::vocab::Scene>().manifest.is_made_up(&legend.dataset));
    // At night lines are light.
    let darkest = |running: &Running| running.facts().legend.clone().expect("a legend").colours[0];
    running.send(Command::SetInstant { instant: Instant::parse("2026-06-21T12:00:00Z").expect("an instant") });
    settle(&mut running);
    assert_eq!((darkest(&running), running.resource::<SceneUniform>().band.w), (Palette::Cividis.stops()[0], 0.0));
    running.send(Command::SetInstant { instant: Instant::parse("2026-01-15T22:00:00Z").expect("an instant") });
    settle(&mut running);
    assert_eq!(running.resource::<SceneUniform>().band.w, 1.0);
    assert!(darkest(&running).iter().map(|part| u32::from(*part)).sum::<u32>() > 330, "{:?}", darkest(&running));
}

#[test]
fn power_roofs_shine_as_far_as_somebody_supposes_them_to_be_equipped() {
    let mut running = Running::nantes("");
    let at = |text: &str| Instant::parse(text).expect("an instant");
    let uniform = |running: &Running| { let uniform = running.resource::<SceneUniform>(); (uniform.raise.z, uniform.raise.w, uniform.roofs.to_array()) };
    running.send(Command::SetInstant { instant: at("2026-06-21T12:00:00Z") });
    settle(&mut running);
    assert_eq!(uniform(&running), (0.0, 0.0, [-1.0; 4]));
    // Nobody assumes anything at first.
    running.send(Command::ShowFlows { shown: true });
    settle(&mut running);
    assert_eq!(uniform(&running).0, 0.0);
    running.send(Command::SetEquipped { percent: 30 });
    settle(&mut running);
    let (share, theme, noon) = uniform(&running);
    assert!((share - 0.3).abs() < 1e-6 && theme == 0.0 && noon.iter().all(|share| (0.05..=1.0).contains(share)), "{noon:?}");
    // What has no value never shines.
    let carrying = running.resource::<Carrying>().rows.clone().expect("which roofs could");
    let resident = running.resource::<Resident>();
    let layer = resident.layers.iter().find(|layer| layer.id.as_str() == "buildings").expect("buildings");
    let all: Vec<bool> = layer.tiles.values().flat_map(|tile| &tile.tables).flat_map(|table| (0..table.count).map(|row| carrying.has(&layer.id, table, row)).collect::<Vec<_>>()).collect();
    assert!(all.contains(&true) && all.contains(&false));
    // In the morning the east makes more, and at night nothing does.
    running.send(Command::SetInstant { instant: at("2026-06-21T06:00:00Z") });
    settle(&mut running);
    let [_, east, _, west] = uniform(&running).2;
    assert!(east > west, "{east} {west}");
    running.send(Command::SetInstant { instant: at("2026-06-21T23:30:00Z") });
    settle(&mut running);
    assert_eq!(uniform(&running).2, [0.0; 4]);
    running.send(Command::ShowFlows { shown: false });
    settle(&mut running);
    assert_eq!(uniform(&running), (0.0, 0.0, [-1.0; 4]));
    // As a theme each roof has its own value.
    running.send(Command::ShowSeries { series: Some("pv-if-equipped".to_owned()) });
    settle(&mut running);
    assert_eq!(uniform(&running).1, 1.0);
}

/// A table of what was measured beside the estimate of all buildings: gas is no electricity, the consumption is in the estimate, and what charges is not.
#[test]
fn what_was_measured_is_not_counted_on_top_of_the_estimate() {
    let folder = imported(|sources, folder| {
        let series = serde_json::json!({ "file": "mesures.csv", "id": "mesures", "dataset": sources["datasets"][0]["id"] });
        match sources["series"].as_array_mut() {
            Some(known) => known.push(series),
            None => sources["series"] = serde_json::json!([series]),
        }
        let mut table = "instant;Consommation de gaz (kW);Production photovoltaïque (kW);Consommation électrique (kW);Recharge de véhicules (kW)\n".to_owned();
        for hour in 0..8760 {
            let instant = Instant::parse("2026-01-01T00:00:00Z").expect("an instant").plus_seconds(3600 * hour);
            table.push_str(&format!("{instant};200;50;120;10\n"));
        }
        std::fs::write(folder.join("mesures.csv"), table).expect("written");
    });
    let mut running = Running::open(&folder.path().join("territory").display().to_string(), "theme=demand&balance=1");
    running.complete();
    let mut frames = 0;
    let accounts = loop {
        running.frame();
        frames += 1;
        assert!(frames < 5000, "{:?}", running.facts().accounts);
        if let Some(accounts) = running.facts().accounts.clone().filter(|accounts| !accounts.is_waiting && !accounts.lines.is_empty()) {
            break accounts;
        }
    };
    let lines_of = |wh: i64| accounts.lines.iter().filter(|line| !line.is_border && line.wh.iter().all(|known| *known == Some(wh))).map(|line| line.is_source).collect::<Vec<bool>>();
    assert_eq!((lines_of(50_000), lines_of(10_000)), (vec![true], vec![false]), "{:?}", accounts.lines);
    assert!(lines_of(200_000).is_empty() && lines_of(120_000).is_empty(), "{:?}", accounts.lines);
    assert!(accounts.omitted.len() >= 2, "{:?}", accounts.omitted);
}
