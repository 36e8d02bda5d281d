//! The fictional park with its battery, from the demo's files to series of the territory, by the commands that its page names.

use super::shards::{assert_no_errors, run};
use serde_json::{Value, json};

#[test]
fn a_windy_week_with_and_without_the_battery() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    run(&["demo", "--out", "a", "--seed", "7", "--buildings", "200", "--json"], at);
    run(&["import", "a", "--out", "t", "--json"], at);
    let manifest = || -> Value { serde_json::from_slice(&std::fs::read(at.join("t/territory.json")).unwrap()).unwrap() };
    let before = manifest();
    // Studies are of a network file: of a territory they are refused by name, not passed over.
    for study in [&["--capacity"][..], &["--draws", "5"], &["--n-1"], &["--reinforce"]] {
        let done = super::shards::output(&[&["flow", "t", "--json"], study].concat(), at);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.code() == Some(2) && said.contains(study[0]) && done.stdout.is_empty(), "{study:?}: {said}");
    }

    let park = run(&["wind", "--park", "a/parc-eolien-fictif.geojson", "--series", "a/vent-fictif.csv", "--store", "t", "--hourly", "--json"], at);
    assert_eq!((&park["nominal_kw"], &park["hub_m"], &park["missing_steps"], &park["steps"]), (&json!(8000.0), &json!(84.0), &json!(0), &json!(168)));
    let loss = park["wake_loss"].as_f64().unwrap();
    assert!((0.001..0.25).contains(&loss), "{loss}");
    let turbines = park["turbines"].as_array().unwrap();
    let sum: f64 = turbines.iter().map(|turbine| turbine["kwh"].as_f64().unwrap()).sum();
    assert_eq!(turbines.len(), 4);
    assert!((sum - park["kwh"].as_f64().unwrap()).abs() < 1e-6);
    // The case that the demo wrote is this very park: to the watt it is rounded to.
    let case: Value = serde_json::from_slice(&std::fs::read(at.join("a/cas-batterie-fictif.json")).unwrap()).unwrap();
    for (ours, theirs) in case["generation_mw"]["wind"].as_array().unwrap().iter().zip(park["power_kw"].as_array().unwrap()) {
        // The plane of the map and the sphere's tangent differ by a few degrees of north.
        assert!((1000.0 * ours.as_f64().unwrap() - theirs.as_f64().unwrap()).abs() < 400.0, "{ours} {theirs}");
    }

    let battery = turbines[0]["id"].as_str().unwrap().replace("-E1", "-BAT");
    let done = run(&["dispatch", "a/cas-batterie-fictif.json", "--start", "2026-02-02T00:00:00Z", "--feature", &battery, "--store", "t", "--json"], at);
    let avoided = done["curtailment_avoided_mwh"].as_f64().unwrap();
    let of = |key: &str| done[key]["curtailed_mwh"].as_f64().unwrap();
    assert!(avoided > 1.0 && (avoided - (of("without_battery") - of("connection"))).abs() < 1e-9);

    let after = manifest();
    let series = |id: &str| after["series"].as_array().unwrap().iter().find(|series| series["id"] == id).unwrap_or_else(|| panic!("{id}")).clone();
    assert_eq!(series("wind-speed")["moves"], "wind-speed");
    assert_eq!(series("wind-direction")["moves"], "wind-direction");
    assert_eq!((&series("battery-charge")["moves"], &series("battery-charge")["rows"]), (&json!("charge"), &json!([battery])));
    assert_eq!(series("battery-curtailed")["rows"], json!(["sans batterie", "avec batterie", "plan optimal"]));
    // One axis for both, and what was there is still there.
    assert_eq!(series("wind-power")["axis"], series("battery-export")["axis"]);
    for known in before["series"].as_array().unwrap() {
        assert!(after["series"].as_array().unwrap().contains(known));
    }
    assert_no_errors(&run(&["check", "t", "--json"], at));
    // Once more: nothing stands twice.
    run(&["wind", "--park", "a/parc-eolien-fictif.geojson", "--series", "a/vent-fictif.csv", "--store", "t", "--json"], at);
    assert_eq!(manifest()["series"].as_array().unwrap().len(), after["series"].as_array().unwrap().len());
    assert_no_errors(&run(&["check", "t", "--json"], at));
}

#[test]
fn a_park_that_is_none_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("wind.csv"), "time,wind_speed_80m\n2026-01-01T00:00:00Z,8\n").unwrap();
    std::fs::write(at.join("odd.json"), r#"{"turbines":[{"id":"A","lonlat":[-4.6,48.5],"hub_m":84,"curve":"none"}]}"#).unwrap();
    std::fs::write(at.join("two.json"), r#"{"turbines":[{"id":"A","lonlat":[-4.6,48.5],"hub_m":84,"curve":"E-70/2000"},{"id":"B","lonlat":[-4.6,48.504],"hub_m":84,"curve":"E-70/2000"}]}"#).unwrap();
    for (park, code) in [("wind.csv", "wind-park"), ("odd.json", "wind-turbine"), ("two.json", "wind-direction")] {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_jumeau")).args(["wind", "--park", park, "--series", "wind.csv"]).current_dir(at).output().unwrap();
        assert_eq!((done.status.code(), done.stdout.len()), (Some(2), 0), "{park}");
        assert!(String::from_utf8_lossy(&done.stderr).contains(code), "{park}: {}", String::from_utf8_lossy(&done.stderr));
    }
}
