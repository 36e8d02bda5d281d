//! `jumeau demo`: a fictional territory that imports without a fault, the same bytes for the same seed.

use super::shards::{assert_no_errors, files, run};

#[test]
fn a_demo_is_a_clean_territory() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(&["demo", "--out", "a", "--seed", "7", "--buildings", "200", "--json"], folder.path());
    assert_eq!(made["buildings"], 200);
    let listed: Vec<&str> = made["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    let written = files(&folder.path().join("a"));
    assert_eq!(listed, written.keys().map(String::as_str).collect::<Vec<_>>());
    run(&["demo", "--out", "b", "--seed", "7", "--buildings", "200", "--json"], folder.path());
    assert!(written == files(&folder.path().join("b")), "the same seed gave other bytes");
    run(&["demo", "--out", "c", "--seed", "8", "--buildings", "200", "--json"], folder.path());
    assert!(written != files(&folder.path().join("c")), "another seed gave the same bytes");

    let report = run(&["import", "a", "--out", "t", "--json"], folder.path());
    let faults: Vec<_> = report["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] != "info").collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let layer = |id: &str| report["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == id).unwrap().clone();
    assert_eq!((&layer("buildings")["kept"], &layer("buildings")["repaired"]), (&200.into(), &0.into()));
    assert_eq!(layer("areas")["kept"], 1);
    assert!(layer("zones")["kept"].as_u64().unwrap() > 1);
    assert!(layer("roads")["kept"].as_u64().unwrap() > 10);
    assert!(layer("electricity")["kept"].as_u64().unwrap() > 10);
    assert_no_errors(&run(&["check", "t", "--json"], folder.path()));
    let manifest = std::fs::read_to_string(folder.path().join("t/territory.json")).unwrap();
    assert!(manifest.contains("fictif") && manifest.contains("fictional"));
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .args(["demo", "--out", "."])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(files(folder.path()).len(), 1);
}
