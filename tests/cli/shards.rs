//! An import in parts gives the bytes of an import in one go, whatever the order, the threads and the interruptions.

use jumeau::geodesy::{Crs, LonLat};
use jumeau::pipeline::tile::{TileOptions, grow_trees, write_imported};
use jumeau::pipeline::{ImportOptions, Silent, read_sources};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Buildings of a shard, so few that 600 are several.
const FEW: &str = "120";

pub fn output(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jumeau")).args(arguments).current_dir(folder).output().unwrap()
}

/// Runs the program and reads its JSON.
pub fn run(arguments: &[&str], folder: &Path) -> serde_json::Value {
    let output = output(arguments, folder);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {talk}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {talk}"))
}

/// All files below a folder, by their path.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        for entry in std::fs::read_dir(folder.join(&below)).unwrap() {
            let entry = entry.unwrap();
            let below = below.join(entry.file_name());
            if entry.path().is_dir() {
                open.push(below);
            } else {
                found.insert(below.display().to_string(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

/// Two folders hold the same; the first difference is named.
pub fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (files(a), files(b));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    for (name, bytes) in &a {
        assert!(Some(bytes) == b.get(name), "{name} differs");
    }
}

/// A territory of one shard is what the tiler makes of the same sources whole in memory.
pub fn assert_same_as_in_memory(at: &Path, sources: &[PathBuf], territory: &str) {
    let mut imported = read_sources(sources, &ImportOptions::default(), &Silent).unwrap();
    grow_trees(&mut imported);
    std::fs::create_dir(at.join("memory")).unwrap();
    write_imported(&imported, &at.join("memory"), &TileOptions::default(), &Silent).unwrap();
    std::fs::remove_dir_all(at.join(territory).join(".shards")).unwrap();
    // The index of names and the book of posts and lines are made by an import alone, where there is anything to write in them.
    for made in ["search", "connect"].map(|folder| at.join(territory).join(folder)) {
        if made.exists() {
            std::fs::remove_dir_all(made).unwrap();
        }
    }
    for folder in [territory, "memory"] {
        let path = at.join(folder).join("territory.json");
        let mut manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for made in ["search", "connect"] {
            manifest.as_object_mut().unwrap().remove(made);
        }
        std::fs::write(&path, manifest.to_string()).unwrap();
    }
    assert_same(&at.join(territory), &at.join("memory"));
}

/// Crowns that hang over a tile's edge are worth a warning and no more.
pub fn assert_no_errors(checked: &serde_json::Value) {
    let errors: Vec<_> = checked["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error").collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn demo(folder: &Path, seed: &str) {
    run(&["demo", "--out", "sources", "--seed", seed, "--buildings", "600", "--json"], folder);
}

#[test]
fn shards_in_any_order_give_the_bytes_of_one_import() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    demo(at, "3");
    run(&["import", "sources", "--out", "whole", "--shard-buildings", FEW, "--threads", "3", "--json"], at);
    let plan = run(&["plan", "sources", "--work", "work", "--shard-buildings", FEW, "--json"], at);
    let shards = plan["shards"].as_u64().unwrap();
    assert!(shards > 4, "{plan:#}");
    let early = output(&["merge", "work", "--out", "parts"], at);
    assert_eq!(early.status.code(), Some(2), "a merge without shards is refused");
    assert!(!at.join("parts").exists());
    for shard in (0..shards).rev() {
        let done = run(&["work", "work", "--shard", &shard.to_string(), "--threads", "1", "--json"], at);
        assert_eq!(done["shard"], shard);
    }
    // Once more changes nothing.
    run(&["work", "work", "--shard", "0", "--json"], at);
    let merged = run(&["merge", "work", "--out", "parts", "--json"], at);
    assert!(merged["tiles"].as_u64().unwrap() > 100);
    assert_same(&at.join("whole"), &at.join("parts"));
    assert_no_errors(&run(&["check", "parts", "--json"], at));
    let info = run(&["info", "parts", "--json"], at);
    let buildings = info["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == "buildings").unwrap();
    assert_eq!(buildings["features"], 600);
}

#[test]
fn one_shard_is_the_region_drawn_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    demo(at, "5");
    run(&["import", "sources", "--out", "disk", "--json"], at);
    assert_same_as_in_memory(at, &[at.join("sources")], "disk");
}

/// Networks over a territory: a line of a country's grid that only passes, towers and their wires, a sewer in many bends, and a line that lies far away.
fn networks(folder: &Path, [west, south, east, north]: [f64; 4]) -> [String; 3] {
    let at = |s: f64, t: f64| [west + s * (east - west), south + t * (north - south)];
    let line = |id: &str, volts: f64, points: Vec<[f64; 2]>| {
        serde_json::json!({ "type": "Feature", "properties": { "line_id": id, "voltage": volts, "type": "line" },
            "geometry": { "type": "LineString", "coordinates": points } })
    };
    let spans: Vec<[f64; 2]> = (0..=12).map(|i| at(f64::from(i) / 12.0, 0.3 + 0.4 * f64::from(i) / 12.0)).collect();
    let streets: Vec<[f64; 2]> = (0..=60).map(|i| at(f64::from(i) / 60.0, 0.5 + 0.2 * f64::from(i % 2))).collect();
    let lines = [
        line("passing", 400_000.0, vec![[west - 1.0, at(0.0, 0.4)[1]], [east + 1.0, at(0.0, 0.6)[1]]]),
        line("spans", 225_000.0, spans.clone()),
        line("streets", 20_000.0, streets.clone()),
        line("far", 225_000.0, vec![[west - 1.0, south - 1.0], [west - 0.9, south - 1.0]]),
    ];
    let towers = spans.iter().enumerate().map(|(number, at)| {
        serde_json::json!({ "type": "Feature", "properties": { "bus_id": number, "voltage": 225_000, "type": "tower" },
            "geometry": { "type": "Point", "coordinates": at } })
    });
    let sewers = streets.windows(2).enumerate().map(|(number, pair)| {
        serde_json::json!({ "type": "Feature", "properties": { "id_canalisation": number, "profondeur": 2.5, "diametre": 300, "classe": "B" },
            "geometry": { "type": "LineString", "coordinates": pair } })
    });
    let write = |name: &str, features: Vec<serde_json::Value>| {
        let text = serde_json::json!({ "type": "FeatureCollection", "features": features });
        std::fs::write(folder.join(name), text.to_string()).unwrap();
        name.to_owned()
    };
    [write("lignes_htb.geojson", lines.into()), write("pylones.geojson", towers.collect()), write("assainissement.geojson", sewers.collect())]
}

fn bounds(territory: &Path) -> [f64; 4] {
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(territory.join("territory.json")).unwrap()).unwrap();
    std::array::from_fn(|k| manifest["bounds_lonlat"][k].as_f64().unwrap())
}

fn features(territory: &str, folder: &Path) -> BTreeMap<String, u64> {
    let info = run(&["info", territory, "--json"], folder);
    let layers = info["layers"].as_array().unwrap();
    // How many trees are made is limited by shard.
    let told = layers.iter().filter(|layer| layer["id"] != "trees-generated");
    told.map(|layer| (layer["id"].as_str().unwrap().to_owned(), layer["features"].as_u64().unwrap())).collect()
}

/// The tiles of networks are the same bytes in two territories, and there are some.
fn assert_same_networks(a: &Path, b: &Path, layers: &[&str]) {
    let of = |folder: &Path| {
        let mut tiles = files(folder);
        tiles.retain(|name, _| layers.iter().any(|layer| name.starts_with(&format!("{layer}/content/"))));
        tiles
    };
    let (a, b) = (of(a), of(b));
    for layer in layers {
        assert!(a.keys().any(|name| name.starts_with(layer)), "{layer} has no tile");
    }
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(Some(bytes) == b.get(name), "{name} differs");
    }
}

#[test]
fn networks_do_not_depend_on_shards() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    demo(at, "3");
    run(&["import", "sources", "--out", "without", "--json"], at);
    let [lines, towers, sewers] = networks(at, bounds(&at.join("without")));
    let paths = ["sources", &lines, &towers, &sewers];
    let with = |command: &str, more: &[&str]| run(&[&[command], &paths[..], more, &["--json"]].concat(), at);
    let imported = with("import", &["--out", "one"]);
    let outside = imported["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "network-outside").unwrap();
    assert_eq!(outside["example"]["value"], "1");
    with("import", &["--out", "many", "--shard-buildings", FEW, "--threads", "3"]);
    let shards = |name: &str| std::fs::read_dir(at.join(name).join(".shards")).unwrap().count();
    assert!(shards("one") == 1 && shards("many") > 4, "{} {}", shards("one"), shards("many"));
    assert_same_networks(&at.join("one"), &at.join("many"), &["electricity", "sewer"]);
    // The line that passes crosses several shards and is one all the same; what lies far away is none.
    let counts = features("many", at);
    let own = features("without", at)["electricity"];
    assert_eq!((counts["electricity"], counts["sewer"]), (own + 3 + 13, 60));
    assert_eq!(counts, features("one", at));
    // The extent is that of the buildings.
    assert_eq!(bounds(&at.join("without")), bounds(&at.join("many")));
    assert_no_errors(&run(&["check", "many", "--json"], at));

    let plan = with("plan", &["--work", "work", "--shard-buildings", FEW]);
    for shard in (0..plan["shards"].as_u64().unwrap()).rev() {
        run(&["work", "work", "--shard", &shard.to_string(), "--threads", "1", "--json"], at);
    }
    run(&["merge", "work", "--out", "parts", "--json"], at);
    assert_same(&at.join("many"), &at.join("parts"));

    let sources: Vec<PathBuf> = paths.iter().map(|path| at.join(path)).collect();
    assert_same_as_in_memory(at, &sources, "one");
}

#[test]
fn a_changed_network_draws_its_shards_only() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    demo(at, "3");
    run(&["import", "sources", "--out", "without", "--json"], at);
    let [_, _, sewers] = networks(at, bounds(&at.join("without")));
    let import = |out: &str| run(&["import", "sources", &sewers, "--out", out, "--shard-buildings", FEW, "--json"], at);
    import("t");
    let before = files(&at.join("t"));
    let mut text: serde_json::Value = serde_json::from_slice(&std::fs::read(at.join(&sewers)).unwrap()).unwrap();
    text["features"][30]["properties"]["diametre"] = 400.into();
    std::fs::write(at.join(&sewers), text.to_string()).unwrap();
    import("t");
    import("fresh");
    assert_same(&at.join("t"), &at.join("fresh"));
    let after = files(&at.join("t"));
    let other = before.iter().filter(|(name, bytes)| name.starts_with(".shards/") && after.get(*name) != Some(*bytes)).count();
    let all = before.keys().filter(|name| name.starts_with(".shards/")).count();
    assert!(other >= 1 && other < all, "{other} of {all} shards were drawn again");
}

#[test]
fn a_village_of_openstreetmap_is_the_same_in_shards() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let village = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/osm/village.osm");
    // A slope below it: shapes of parts are given above the ground, and stand on it in every shard.
    let middle = Crs::from_code("EPSG:2154").unwrap().from_lonlat(LonLat { lon_deg: -2.758, lat_deg: 47.651 }).unwrap();
    let rows: Vec<String> = (0..100).map(|row| (0..100).map(|column| format!("{:.1} ", 50.0 + 0.2 * f64::from(row + column))).collect()).collect();
    let head = format!("ncols 100\nnrows 100\nxllcorner {:.1}\nyllcorner {:.1}\ncellsize 20\n", middle[0] - 1_000.0, middle[1] - 1_000.0);
    std::fs::write(at.join("relief.asc"), head + &rows.join("\n")).unwrap();
    let sources = [village, at.join("relief.asc")];
    // The village has elements that cannot be read, which the exit status tells; the territory is there all the same.
    let import = |out: &str, more: &[&str]| -> serde_json::Value {
        let [village, relief] = sources.each_ref().map(|path| path.to_str().unwrap());
        let output = output(&[&["import", village, relief, "--out", out, "--json"], more].concat(), at);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let one = import("one", &[]);
    let many = import("many", &["--shard-buildings", "1"]);
    assert_eq!(one["layers"], many["layers"]);
    assert!(std::fs::read_dir(at.join("many/.shards")).unwrap().count() > 4);
    assert_same_networks(&at.join("one"), &at.join("many"), &["electricity", "gas", "lighting", "transit"]);
    assert_eq!(features("one", at), features("many", at));
    assert_same_as_in_memory(at, &sources, "one");
}

#[test]
fn an_interrupted_import_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    demo(at, "3");
    run(&["import", "sources", "--out", "whole", "--shard-buildings", FEW, "--json"], at);
    // As an import leaves it that was killed: a plan, two shards done, and half a tile of a third.
    let plan = run(&["plan", "sources", "--work", ".again.work", "--shard-buildings", FEW, "--json"], at);
    for shard in ["1", "2"] {
        run(&["work", ".again.work", "--shard", shard, "--json"], at);
    }
    assert!(plan["shards"].as_u64().unwrap() > 3);
    let half = at.join(".again.work/package/buildings/content/9/9/9.glb");
    std::fs::create_dir_all(half.parent().unwrap()).unwrap();
    std::fs::write(&half, "glTF").unwrap();
    let done = at.join(".again.work/package/.shards");
    let before: Vec<_> = std::fs::read_dir(&done).unwrap().map(|entry| entry.unwrap().path()).collect();
    let age = |path: &PathBuf| std::fs::metadata(path).unwrap().modified().unwrap();
    let ages: Vec<_> = before.iter().map(age).collect();
    run(&["import", "sources", "--out", "again", "--shard-buildings", FEW, "--json"], at);
    assert_same(&at.join("whole"), &at.join("again"));
    assert!(!at.join(".again.work").exists(), "nothing is left of the work");
    let after: Vec<_> = before.iter().map(|path| age(&at.join("again/.shards").join(path.file_name().unwrap()))).collect();
    assert_eq!(ages, after, "shards that were done were not drawn again");
}

#[test]
fn a_changed_source_draws_its_shards_only() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    demo(at, "3");
    run(&["import", "sources", "--out", "t", "--shard-buildings", FEW, "--json"], at);
    let before = files(&at.join("t"));
    // One building grows by a storey.
    let package = rusqlite::Connection::open(at.join("sources/batiments-fictifs.gpkg")).unwrap();
    let changed = package
        .execute(
            "UPDATE batiment SET hauteur = hauteur + 3, altitude_minimale_toit = altitude_minimale_toit + 3, altitude_maximale_toit = altitude_maximale_toit + 3 WHERE fid = 300",
            [],
        )
        .unwrap();
    assert_eq!(changed, 1);
    package.close().unwrap();
    run(&["import", "sources", "--out", "t", "--shard-buildings", FEW, "--json"], at);
    run(&["import", "sources", "--out", "fresh", "--shard-buildings", FEW, "--json"], at);
    assert_same(&at.join("t"), &at.join("fresh"));
    let after = files(&at.join("t"));
    let shard_files = before.keys().filter(|name| name.starts_with(".shards/")).count();
    let other = before.iter().filter(|(name, bytes)| name.starts_with(".shards/") && after.get(*name) != Some(*bytes)).count();
    // Its own, and at most the neighbours that see it over their border.
    assert!((1..=4).contains(&other) && other < shard_files, "{other} of {shard_files} shards were drawn again");
}
