//! An import in parts gives the bytes of an import in one go, whatever the order, the threads and the interruptions.

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
fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (files(a), files(b));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    for (name, bytes) in &a {
        assert!(Some(bytes) == b.get(name), "{name} differs");
    }
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
    let mut imported = read_sources(&[at.join("sources")], &ImportOptions::default(), &Silent).unwrap();
    grow_trees(&mut imported);
    std::fs::create_dir(at.join("memory")).unwrap();
    write_imported(&imported, &at.join("memory"), &TileOptions::default(), &Silent).unwrap();
    std::fs::remove_dir_all(at.join("disk/.shards")).unwrap();
    assert_same(&at.join("disk"), &at.join("memory"));
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
