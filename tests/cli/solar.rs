//! `jumeau solar` on a made-up hamlet: a house alone, its copy behind a tower, a flat hall.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use jumeau::formats::territory::Name;
use jumeau::geodesy::Crs;
use jumeau::pipeline::Silent;
use jumeau::pipeline::tile::{Territory, TileOptions, write_territory};
use jumeau::region::{Building, HeightGrid, HeightOrigin, Region, Tree, Usage};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// Near Nantes, Lambert-93; the grid's north lies 3.3° east of true north.
const AT: [f64; 2] = [355_000.0, 6_689_000.0];
const CONVERGENCE: f64 = -3.31;
/// Metres of the projection per metre of ground there: areas on the ground are larger than in the plane.
const SCALE: f64 = 0.99912;

fn building(id: &str, corner: [f64; 2], size: [f64; 2], eave: f64, ridge: f64) -> Building {
    let [x, y] = [AT[0] + corner[0], AT[1] + corner[1]];
    let ring = [
        [x, y],
        [x + size[0], y],
        [x + size[0], y + size[1]],
        [x, y + size[1]],
        [x, y],
    ];
    let ring = LineString(ring.map(|[x, y]| Coord { x, y }).to_vec());
    Building {
        id: id.to_owned(),
        rnb: vec![],
        dataset: "houses".into(),
        footprint: MultiPolygon(vec![Polygon::new(ring, vec![])]),
        ground_m: 20.0,
        eave_height_m: eave,
        ridge_height_m: ridge,
        height_origin: HeightOrigin::Source,
        usage: Usage::Residential,
        second_usage: None,
        dwellings: Some(1),
        storeys: None,
        year: None,
        light: false,
        attributes: Vec::new(),
        surveyed: None,
        measured: None,
    }
}

fn hamlet(out: &Path, trees: Vec<Tree>) {
    let region = Region {
        buildings: vec![
            building("alone", [50.0, 50.0], [14.0, 9.0], 6.0, 9.0),
            building("behind", [250.0, 50.0], [14.0, 9.0], 6.0, 9.0),
            building("tower", [247.0, 25.0], [20.0, 12.0], 30.0, 30.0),
            building("hall", [400.0, 60.0], [60.0, 40.0], 8.0, 8.0),
        ],
        lines: vec![],
        water: vec![],
        trees,
        terrain: Some(HeightGrid {
            origin: [AT[0], AT[1] + 600.0],
            cell_m: 5.0,
            columns: 120,
            rows: 120,
            values: vec![20.0; 120 * 120],
        }),
        areas: vec![],
        ..Region::default()
    };
    let crs = Crs::from_code("EPSG:2154").unwrap();
    let territory = Territory {
        id: "hamlet".to_owned(),
        name: Name {
            fr: "Hameau".to_owned(),
            en: "Hamlet".to_owned(),
        },
        crs: &crs,
        vertical: "NGF-IGN69".to_owned(),
        region: &region,
        datasets: vec![],
        terrain_dataset: None,
        generated_trees_dataset: None,
        trees_dataset: None,
        home: None,
        views: vec![],
    };
    write_territory(
        &territory,
        out,
        &TileOptions {
            geoid: None,
            threads: 1,
        },
        &Silent,
    )
    .unwrap();
}

fn jumeau(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .arg("solar")
        .args(arguments)
        .output()
        .unwrap()
}

fn answer(arguments: &[&str]) -> Value {
    let out = jumeau(arguments);
    assert_eq!(
        out.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_slice(&out.stdout).unwrap()
}

fn planes<'v>(answer: &'v Value, building: &str) -> Vec<&'v Value> {
    answer["roofs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|roof| roof["building"] == building)
        .collect()
}

fn number(roof: &Value, key: &str) -> f64 {
    roof[key]
        .as_f64()
        .unwrap_or_else(|| panic!("{key}: {roof}"))
}

fn total(roofs: &[&Value], key: &str) -> f64 {
    roofs.iter().map(|roof| number(roof, key)).sum()
}

#[test]
fn a_tower_to_the_south_costs_its_neighbour() {
    let folder = tempfile::tempdir().unwrap();
    hamlet(folder.path(), vec![]);
    let path = folder.path().to_str().unwrap();
    let all = answer(&[path, "--all", "--json"]);
    assert_eq!(all["weather"], "climatology");
    assert_eq!(all["shading"], "sweep");
    assert_eq!(all["buildings"], 4);
    let (alone, behind, hall) = (
        planes(&all, "alone"),
        planes(&all, "behind"),
        planes(&all, "hall"),
    );
    assert!(alone.len() >= 2 && alone.len() == behind.len(), "{alone:?}");
    // Seen from above, the planes are the footprint.
    let plan: f64 = alone
        .iter()
        .map(|roof| number(roof, "area_m2") * number(roof, "tilt").to_radians().cos())
        .sum();
    assert!((plan - 126.0).abs() < 0.5, "{plan}");
    let plan: f64 = hall
        .iter()
        .map(|roof| number(roof, "area_m2") * number(roof, "tilt").to_radians().cos())
        .sum();
    assert!((plan - 2400.0 / SCALE.powi(2)).abs() < 1.0, "{hall:?}");
    assert!(number(hall[0], "tilt") < 1.0);
    // Its roof lies eight metres above the ground; the walls go a little into it.
    let ridge_m = number(hall[0], "ridge_m");
    assert!((8.0..9.0).contains(&ridge_m), "{ridge_m}");
    // Nothing stands near the first house.
    for roof in &alone {
        assert!(number(roof, "shading_loss") < 0.01, "{roof}");
        // True north, not the grid's: ridges follow the walls.
        let turned = (number(roof, "azimuth") - CONVERGENCE).rem_euclid(90.0);
        assert!(turned < 0.3 || turned > 89.7, "{roof}");
    }
    let per_kwp = |roofs: &[&Value]| total(roofs, "kwh_year") / total(roofs, "kwp");
    assert!(
        per_kwp(&behind) < 0.85 * per_kwp(&alone),
        "{} {}",
        per_kwp(&behind),
        per_kwp(&alone)
    );
    // Tiles round to millimetres, and a module more or less may hang on one.
    assert!((total(&alone, "kwp") / total(&behind, "kwp") - 1.0).abs() < 0.1);
    for roof in all["roofs"].as_array().unwrap() {
        let months: f64 = roof["kwh_month"]
            .as_array()
            .unwrap()
            .iter()
            .map(|kwh| kwh.as_f64().unwrap())
            .sum();
        assert!((months - number(roof, "kwh_year")).abs() < 1e-6 * months.max(1.0));
        assert_eq!(roof["kwh_month"].as_array().unwrap().len(), 12);
        assert!((0.0..=1.0).contains(&number(roof, "sky_view")));
        assert!(number(roof, "kwh_year_p90") <= number(roof, "kwh_year"));
        assert!(number(roof, "usable_m2") <= number(roof, "area_m2"));
    }
    // Exact rays say the same as the sweep.
    for id in ["alone", "behind", "hall"] {
        let one = answer(&[path, "--building", id, "--json"]);
        assert_eq!(one["shading"], "rays");
        let (by_rays, by_sweep) = (planes(&one, id), planes(&all, id));
        let (a, b) = (total(&by_rays, "kwh_year"), total(&by_sweep, "kwh_year"));
        assert!((a / b - 1.0).abs() < 0.03, "{id}: {a} {b}");
    }
}

#[test]
fn surveyed_trees_take_light_and_drawn_ones_do_not() {
    let row = |generated: bool| {
        (0..8)
            .map(|i| Tree {
                x: AT[0] + 46.0 + 3.0 * f64::from(i),
                y: AT[1] + 44.0,
                height_m: 16.0,
                crown_m: 6.0,
                generated,
            })
            .collect::<Vec<_>>()
    };
    let mut losses = Vec::new();
    for trees in [vec![], row(true), row(false)] {
        let folder = tempfile::tempdir().unwrap();
        hamlet(folder.path(), trees);
        let all = answer(&[folder.path().to_str().unwrap(), "--json"]);
        let alone = planes(&all, "alone");
        losses.push((total(&alone, "kwh_year"), all["trees"].clone()));
    }
    assert_eq!(
        (&losses[0].1, &losses[1].1, &losses[2].1),
        (&Value::from(false), &Value::from(false), &Value::from(true))
    );
    assert!((losses[0].0 - losses[1].0).abs() < 1e-9);
    assert!(losses[2].0 < 0.97 * losses[0].0, "{losses:?}");
}

#[test]
fn a_table_for_people_and_one_for_spreadsheets() {
    let folder = tempfile::tempdir().unwrap();
    hamlet(folder.path(), vec![]);
    let path = folder.path().to_str().unwrap();
    let out = jumeau(&[path, "--csv"]);
    let text = String::from_utf8(out.stdout).unwrap();
    let mut lines = text.lines();
    let columns = lines.next().unwrap().split(',').count();
    assert_eq!(columns, 26);
    assert!(lines.clone().count() >= 6 && lines.all(|line| line.split(',').count() == columns));
    let text = String::from_utf8(jumeau(&[path]).stdout).unwrap();
    assert!(
        text.contains("climatologie") && text.contains("hall"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_computed_is_named_and_one_bad_tile_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    hamlet(folder.path(), vec![]);
    let path = folder.path().to_str().unwrap();
    for arguments in [
        &["no-such-territory"][..],
        &[path, "--building", "nobody"],
        &[path, "--weather", "no-such-file.epw"],
        &[path, "--cell", "0"],
        &[path, "--model", "moon"],
    ] {
        let out = jumeau(arguments);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}");
        assert!(out.stdout.is_empty() && !out.stderr.is_empty());
    }
    // The terrain's finest tiles are ruined: buildings are computed, the fault is a finding, the exit says so.
    let mut ruined = 0;
    let mut open = vec![folder.path().join("terrain").join("content")];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let file = entry.unwrap().path();
            if file.is_dir() {
                open.push(file);
            } else {
                std::fs::write(&file, b"glTF no more").unwrap();
                ruined += 1;
            }
        }
    }
    assert!(ruined > 0);
    let out = jumeau(&[path, "--json"]);
    assert_eq!(out.status.code(), Some(1));
    let all: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(planes(&all, "alone").len() >= 2);
    assert!(!all["findings"].as_array().unwrap().is_empty());
}
