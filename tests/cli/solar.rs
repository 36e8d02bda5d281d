//! `jumeau solar` on a made-up hamlet: a house alone, its copy behind a tower, a flat hall.

use crate::bare_building::bare_building;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use jumeau::base::{Dataset, Nature};
use jumeau::formats::territory::Name;
use jumeau::geodesy::Crs;
use jumeau::pipeline::Silent;
use jumeau::pipeline::tile::{Territory, TileOptions, write_territory};
use jumeau::region::{Building, HeightGrid, Region, Tree, Usage};
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
    Building { usage: Usage::Residential, dwellings: Some(1), ..bare_building(id, "houses", MultiPolygon(vec![Polygon::new(ring, vec![])]), 20.0, [eave, ridge]) }
}

fn hamlet(out: &Path, trees: Vec<Tree>) {
    settle(out, trees, buildings());
}

fn buildings() -> Vec<Building> {
    vec![
        building("alone", [50.0, 50.0], [14.0, 9.0], 6.0, 9.0),
        building("behind", [250.0, 50.0], [14.0, 9.0], 6.0, 9.0),
        building("tower", [247.0, 25.0], [20.0, 12.0], 30.0, 30.0),
        building("hall", [400.0, 60.0], [60.0, 40.0], 8.0, 8.0),
    ]
}

fn settle(out: &Path, trees: Vec<Tree>, buildings: Vec<Building>) {
    let region = Region {
        buildings,
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
        datasets: vec![Dataset {
            id: "houses".into(),
            title: "Maisons".to_owned(),
            producer: "essai".to_owned(),
            licence: "CC0 1.0".to_owned(),
            date: "2026".to_owned(),
            attribution: "maisons d’essai".to_owned(),
            nature: Nature::Made,
        }],
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

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jumeau")).args(arguments).output().unwrap()
}

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push((path.strip_prefix(folder).unwrap().display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// A stored array and the names of its rows.
fn series(folder: &Path, path: &str) -> (jumeau::formats::zarr::Array, Value) {
    let array = folder.join(path);
    let read = |path: &str| std::fs::read(array.join(path)).ok();
    let read = jumeau::formats::zarr::read(&read("zarr.json").unwrap(), &mut |chunk: &str| read(chunk)).unwrap();
    (read, serde_json::from_slice(&std::fs::read(folder.join("territory.json")).unwrap()).unwrap())
}

#[test]
fn results_land_in_the_territory() {
    let folder = tempfile::tempdir().unwrap();
    hamlet(folder.path(), vec![]);
    let path = folder.path().to_str().unwrap();
    let plain = answer(&[path, "--json"]);
    let stored = answer(&[path, "--all", "--store", "--json"]);
    assert_eq!(plain["roofs"], stored["roofs"], "storing changes no number");
    assert_eq!(stored["stored"]["hours"], true);
    let planes = stored["roofs"].as_array().unwrap().len();
    assert_eq!(stored["stored"]["table"], planes);
    let first = files(folder.path());
    assert!(first.iter().all(|(path, _)| !path.contains(".part") && !path.contains("solar.work")), "nothing is left of the work");

    let check = program(&["check", path, "--json"]);
    let found: Value = serde_json::from_slice(&check.stdout).unwrap();
    assert_eq!(check.status.code(), Some(0), "{found:#}");
    assert!(found["findings"].as_array().unwrap().is_empty(), "{found:#}");
    let info: Value = serde_json::from_slice(&program(&["info", path, "--json"]).stdout).unwrap();
    assert_eq!(info["tables"][0]["rows"], planes);
    let ids: Vec<&str> = info["series"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"solar-months") && ids.contains(&"solar-hours"), "{ids:?}");
    assert!(String::from_utf8_lossy(&program(&["info", path]).stdout).contains("solar-roofs"));

    // Twice is once: the same bytes, and no entry doubled.
    answer(&[path, "--store", "--json"]);
    let second = files(folder.path());
    for ((name, a), (other, b)) in first.iter().zip(&second) {
        assert!(name == other && a == b, "{name} {other}");
    }
    assert_eq!(first.len(), second.len());

    // The sums of the series are those of the planes, by building, month by month and over the hours.
    let (months, manifest) = series(folder.path(), "solar/months/kwh");
    let (hours, _) = series(folder.path(), "solar/hours/kw");
    let of = |id: &str| manifest["series"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    let names: Vec<String> = serde_json::from_value(of("solar-hours")["rows"].clone()).unwrap();
    assert_eq!(of("solar-hours")["axis"], "hours", "the axis of the demand is shared");
    assert_eq!((hours.rows, hours.steps, months.steps), (names.len(), 8760, 12));
    for (row, name) in names.iter().enumerate() {
        let own: Vec<&Value> = stored["roofs"].as_array().unwrap().iter().filter(|roof| roof["building"] == name.as_str()).collect();
        let kwh = total(&own, "kwh_year");
        let of_months: f64 = months.row(row).iter().map(|kwh| f64::from(*kwh)).sum();
        let of_hours: f64 = hours.row(row).iter().map(|kw| f64::from(*kw)).sum();
        assert!((of_months / kwh - 1.0).abs() < 1e-6, "{name}: {of_months} {kwh}");
        assert!((of_hours / kwh - 1.0).abs() < 1e-6, "{name}: {of_hours} {kwh}");
        assert!(hours.row(row).iter().all(|kw| *kw >= 0.0));
    }
}

#[test]
fn an_interrupted_run_goes_on_and_another_question_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    hamlet(folder.path(), vec![]);
    let path = folder.path().to_str().unwrap();
    answer(&[path, "--store", "--hours", "never", "--json"]);
    let whole = files(folder.path());
    assert!(whole.iter().all(|(path, _)| !path.starts_with("solar/hours")));
    // What a killed run leaves: a half folder of results, and blocks of another question.
    std::fs::create_dir_all(folder.path().join("solar.part/months")).unwrap();
    std::fs::create_dir_all(folder.path().join("solar.work")).unwrap();
    std::fs::write(folder.path().join("solar.work/key"), "another").unwrap();
    std::fs::write(folder.path().join("solar.work/block-0"), "JSOLAR01 but damaged").unwrap();
    answer(&[path, "--store", "--hours", "never", "--json"]);
    assert!(files(folder.path()) == whole);
}

#[test]
fn blocks_say_what_the_whole_says() {
    use jumeau::energy::yields::Sureness;
    use jumeau::pipeline::solar::{roofs, weather};
    let folder = tempfile::tempdir().unwrap();
    let mut all = buildings();
    // A second hamlet in other blocks.
    all.extend(buildings().into_iter().map(|mut building| {
        use geo::Translate;
        building.id.push_str("-far");
        building.footprint.translate_mut(700.0, 900.0);
        building
    }));
    settle(folder.path(), vec![], all);
    let (_, manifest) = jumeau::pipeline::info::manifest(folder.path()).unwrap();
    let [lon, lat, _] = manifest.origin;
    let ask = weather::Ask { lat: Some(lat), lon: Some(lon), year: 2026, ..weather::Ask::default() };
    let weather = weather::weather(&ask).unwrap();
    let of = |most_cells: usize| {
        let options = roofs::RoofOptions { records: false,
            building: None,
            cell_m: 2.0,
            most_cells,
            module: Default::default(),
            system: Default::default(),
            foliage: Default::default(),
            sureness: Sureness::CLIMATOLOGY,
        };
        roofs::roofs(folder.path(), &manifest, &weather.hours, 1.0, &options, &Silent).unwrap()
    };
    let (whole, blocks) = (of(40_000_000), of(400_000));
    assert_eq!(whole.roofs.len(), blocks.roofs.len());
    for (a, b) in whole.roofs.iter().zip(&blocks.roofs) {
        assert_eq!((&a.building, a.plane, a.modules), (&b.building, b.plane, b.modules));
        assert!((a.shading_loss - b.shading_loss).abs() < 0.02, "{} {}: {} {}", a.building, a.plane, a.shading_loss, b.shading_loss);
    }
}

#[test]
fn the_plan_of_the_commune_adds_up_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    hamlet(folder.path(), vec![]);
    let path = folder.path().to_str().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let names = ["plan.csv", "plan.gpkg", "plan.parquet", "plan.geojson"].map(file);
    let mut arguments = vec![path, "--plan", "200", "--json"];
    names.iter().for_each(|name| arguments.extend(["--export", name.as_str()]));
    let found = answer(&arguments);
    let roofs = found["roofs"].as_array().unwrap();
    // The hall and the tower; the houses are smaller.
    assert_eq!(roofs.iter().map(|roof| roof["building"].as_str().unwrap()).collect::<Vec<_>>(), ["hall", "tower"]);
    let sum = |key: &str| roofs.iter().map(|roof| number(roof, key)).sum::<f64>();
    for key in ["kwh_year", "kwp", "area_m2", "kwh_year_p90"] {
        assert!((sum(key) - number(&found, key)).abs() < 1e-6, "{key}");
    }
    assert!(number(&found["all"], "kwh_year") > number(&found, "kwh_year"));
    assert!((0.0..=1.0).contains(&number(&found, "covered_at_once")) && (0.0..=1.0).contains(&number(&found, "used_at_once")));
    assert!(found["provenance"]["parameters"]["sky_model"].is_string());
    // Every file has both roofs, the same energy, and where it comes from.
    let csv = std::fs::read_to_string(&names[0]).unwrap();
    assert!(csv.starts_with("# {") && csv.lines().count() == 4);
    let column = csv.lines().nth(1).unwrap().split(',').position(|name| name == "kwh_year").unwrap();
    let kwh: f64 = csv.lines().skip(2).map(|line| line.split(',').nth(column).unwrap().parse::<f64>().unwrap()).sum();
    assert!((kwh - number(&found, "kwh_year")).abs() < 0.01);
    let geojson: Value = serde_json::from_str(&std::fs::read_to_string(&names[3]).unwrap()).unwrap();
    assert_eq!(geojson["features"].as_array().unwrap().len(), 2);
    assert!(geojson["provenance"]["parameters"].is_object());
    let package = rusqlite::Connection::open(&names[1]).unwrap();
    let (rows, kwh, about): (i64, f64, String) =
        package.query_row("SELECT count(*), sum(kwh_year), (SELECT description FROM gpkg_contents) FROM solar_roofs", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    assert!(rows == 2 && (kwh - number(&found, "kwh_year")).abs() < 1e-6 && about.contains("sky_model"));
    assert!(std::fs::read(&names[2]).unwrap().starts_with(b"PAR1"));
    assert_eq!(jumeau(&[path, "--plan", "--export", &file("plan.xls")]).status.code(), Some(2));
    // An answer of PVGIS stands beside ours for the same plane; a file that is none says what to ask for.
    let pvgis = file("pvgis.json");
    let text = r#"{"inputs":{"location":{"latitude":47.2,"longitude":-1.55},"meteo_data":{"radiation_db":"PVGIS-SARAH3"},
        "mounting_system":{"fixed":{"slope":{"value":30},"azimuth":{"value":0},"type":"free-standing"}},"pv_module":{"peak_power":2.0,"system_loss":14.0}},
        "outputs":{"totals":{"fixed":{"E_y":2400.0}}}}"#;
    std::fs::write(&pvgis, text).unwrap();
    let compared = answer(&[path, "--plan", "200", "--json", "--pvgis", &pvgis])["pvgis"].clone();
    assert_eq!((number(&compared, "kwh_year"), number(&compared, "azimuth"), number(&compared, "losses")), (2400.0, 180.0, 0.14));
    // The band of open south roofs in Nantes, 1,180 to 1,250 kWh for each kWp, and a tenth on either side.
    assert!((2.0 * 1_060.0..2.0 * 1_375.0).contains(&number(&compared, "ours_kwh_year")), "{compared}");
    std::fs::write(&pvgis, r#"{"inputs":{}}"#).unwrap();
    let refused = jumeau(&[path, "--plan", "--lang", "en", "--pvgis", &pvgis]);
    assert!(refused.status.code() == Some(2) && String::from_utf8_lossy(&refused.stderr).contains("PVcalc"), "{}", String::from_utf8_lossy(&refused.stderr));
}

#[test]
fn a_felled_tree_changes_the_numbers_of_a_roof() {
    let folder = tempfile::tempdir().unwrap();
    let trees = (0..8).map(|i| Tree { x: AT[0] + 46.0 + 3.0 * f64::from(i), y: AT[1] + 44.0, height_m: 16.0, crown_m: 6.0, generated: false }).collect();
    hamlet(folder.path(), trees);
    let path = folder.path().to_str().unwrap();
    let crs = Crs::from_code("EPSG:2154").unwrap();
    let roof = |more: &[&str]| -> (Option<i32>, Value) {
        let out = Command::new(env!("CARGO_BIN_EXE_jumeau")).args(["roof", path, "--building", "alone", "--rays", "--json", "--date", "2026-02-01"]).args(more).output().unwrap();
        (out.status.code(), serde_json::from_slice(&out.stdout).unwrap_or(Value::Null))
    };
    let (_, before) = roof(&[]);
    let at = crs.to_lonlat(AT[0] + 56.5, AT[1] + 44.0).unwrap();
    let all = format!("{},{},60", at.lon_deg, at.lat_deg);
    let (code, after) = roof(&["--fell", &all]);
    assert_eq!(code, Some(0));
    let year = |found: &Value| number(found, "kwh_year");
    assert!((number(&after["felled"], "before_kwh_year") - year(&before)).abs() < 1e-6 * year(&before));
    assert!(year(&after) > 1.02 * year(&before), "{} {}", year(&before), year(&after));
    // One tree of the row gives back less than the row.
    let first = crs.to_lonlat(AT[0] + 46.0, AT[1] + 44.0).unwrap();
    let (_, one) = roof(&["--fell", &format!("{},{},4", first.lon_deg, first.lat_deg)]);
    assert!(year(&one) >= year(&before) && year(&one) < year(&after), "{} {} {}", year(&before), year(&one), year(&after));
    // Without all trees it is the roof that they never shaded.
    let open = tempfile::tempdir().unwrap();
    hamlet(open.path(), vec![]);
    let out = Command::new(env!("CARGO_BIN_EXE_jumeau")).args(["roof", open.path().to_str().unwrap(), "--building", "alone", "--rays", "--json", "--date", "2026-02-01"]).output().unwrap();
    let never: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!((year(&never) - year(&after)).abs() < 2e-3 * year(&never), "{} {}", year(&never), year(&after));
    assert_eq!(roof(&["--fell", "200,47"]).0, Some(2), "no such place");
}
