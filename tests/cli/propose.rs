//! A proposal and the place where it connects, from the demo's files, by the commands that people type.

use super::shards::{assert_no_errors, run};
use serde_json::{Value, json};
use std::process::Command;

/// A solar barn and a battery beside the fictional park.
const PROPOSAL: &str = r#"{"type":"FeatureCollection","proposal":{"limit_kw":6500,"battery_use":"connection"},"features":[
 {"type":"Feature","properties":{"kind":"solar","kwp":250,"tilt_deg":15,"azimuth_deg":180,"mount":"roof"},"geometry":{"type":"Point","coordinates":[1.2087,45.9580]}},
 {"type":"Feature","properties":{"kind":"battery","kwh":KWH,"kw":2000},"geometry":{"type":"Point","coordinates":[1.1962,45.9655]}},
 {"type":"Feature","properties":{"kind":"windmill"},"geometry":{"type":"Point","coordinates":[1.1,45.9]}}]}"#;

#[test]
fn a_proposal_is_answered_and_finds_its_post() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    run(&["demo", "--out", "a", "--seed", "7", "--buildings", "200", "--json"], at);
    run(&["import", "a", "--out", "t", "--json"], at);
    run(&["wind", "--park", "a/parc-eolien-fictif.geojson", "--series", "a/vent-fictif.csv", "--store", "t", "--json"], at);
    assert_no_errors(&run(&["check", "t", "--json"], at));
    let manifest: Value = serde_json::from_slice(&std::fs::read(at.join("t/territory.json")).unwrap()).unwrap();
    assert!(manifest["connect"]["posts"].as_u64().unwrap() > 0 && manifest["connect"]["lines"].as_u64().unwrap() > 0);

    let propose = |kwh: &str| {
        std::fs::write(at.join("p.geojson"), PROPOSAL.replace("KWH", kwh)).unwrap();
        run(&["propose", "t", "p.geojson", "--time", "2026-02-04T12:00:00Z", "--date", "2026-11-26", "--json"], at)
    };
    let (small, large) = (propose("1000"), propose("3300"));
    let number = |of: &Value, path: &str| path.split('.').fold(of.clone(), |value, key| value[key].clone()).as_f64().unwrap_or_else(|| panic!("{path}"));
    // The windy week is known, so the park is curtailed; the larger battery takes more of it.
    assert!(number(&small, "year.without_battery.curtailed_kwh") > 1_000.0);
    assert!(number(&large, "year.curtailment_avoided_kwh") > number(&small, "year.curtailment_avoided_kwh"));
    assert!(number(&small, "year.curtailment_avoided_kwh") > 0.0);
    for part in ["year", "day", "hour"] {
        for case in ["before", "without_battery", "after"] {
            let of = |key: &str| number(&large, &format!("{part}.{case}.{key}"));
            let gives = of("production_kwh") - of("curtailed_kwh") + of("discharged_kwh") + of("imported_kwh");
            let takes = of("consumption_kwh") + of("charged_kwh") + of("exported_kwh");
            assert!((gives - takes).abs() < 1e-6 * gives.max(1.0), "{part} {case}");
            assert!(of("peak_export_kw") <= 6500.0 + 1e-6);
        }
    }
    assert!(number(&large, "imbalance_kw") < 1e-6 && large["stored_kwh"][1].as_f64().unwrap() <= 3300.0 + 1e-6);
    assert_eq!((&large["left_out"], &large["nature"]), (&json!(1), &json!("simulated")));
    // The fictional land's posts are fiction, and say so; nobody gives a S3REnR.
    let fit = &large["connections"][0];
    assert_eq!((fit["level"].as_str(), fit["post"]["label"].as_str()), (Some("BT"), Some("généré, non réel")));
    assert!(fit["s3renr_mw"].is_null() && fit["post"]["remaining"].is_null());
    assert_eq!(large["connections"][1]["level"], "HTA");
    let reach = run(&["reach", "t", "--lon", "1.2087", "--lat", "45.9580", "--kw", "250", "--json"], at);
    assert_eq!((&reach["post"], &reach["line"]), (&fit["post"], &fit["line"]));
    // The sources themselves say the same, but for what only a territory knows.
    let sources = run(&["reach", "a", "--lon", "1.2087", "--lat", "45.9580", "--kw", "250", "--json"], at);
    assert_eq!(sources["post"]["id"], reach["post"]["id"]);
    assert!((number(&sources, "post.distance_m") - number(&reach, "post.distance_m")).abs() < 0.1);
}

#[test]
fn posts_with_classes_and_reserved_capacity_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let posts = r#"{"type":"FeatureCollection","features":[
     {"type":"Feature","properties":{"id":"P1","nature":"poste HTA/BT","tension":"20 kV","classe_precision":"A","puissance_kva":400},"geometry":{"type":"Point","coordinates":[1.2000,45.9600]}},
     {"type":"Feature","properties":{"id":"PS","nature":"poste source","tension":"63 kV","classe_precision":"C","s3renr_mw":12.5},"geometry":{"type":"Point","coordinates":[1.2300,45.9700]}},
     {"type":"Feature","properties":{"id":"PX","nature":"poste HTA/BT","tension":"20 kV","classe_precision":"B","s3renr_mw":-4},"geometry":{"type":"Point","coordinates":[1.2400,45.9700]}}]}"#;
    std::fs::write(at.join("postes-electriques.geojson"), posts).unwrap();
    let found = run(&["reach", "postes-electriques.geojson", "--lon", "1.2010", "--lat", "45.9600", "--kw", "300", "--json"], at);
    assert_eq!((found["post"]["id"].as_str(), found["post"]["accuracy"].as_str(), found["post"]["rated_kva"].as_f64()), (Some("P1"), Some("A"), Some(400.0)));
    assert_eq!((found["source"]["id"].as_str(), found["s3renr_mw"].as_f64(), found["source"]["accuracy"].as_str()), (Some("PS"), Some(12.5), Some("C")));
    // 0.001 degrees of longitude at 46° north.
    assert!((found["post"]["distance_m"].as_f64().unwrap() - 77.5).abs() < 0.5, "{}", found["post"]["distance_m"]);
}

#[test]
fn what_is_no_proposal_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    run(&["demo", "--out", "a", "--seed", "3", "--buildings", "200", "--json"], at);
    run(&["import", "a", "--out", "t", "--json"], at);
    std::fs::write(at.join("none.geojson"), "nothing").unwrap();
    std::fs::write(at.join("empty.geojson"), r#"{"type":"FeatureCollection","features":[]}"#).unwrap();
    let done = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_jumeau")).args(args).current_dir(at).output().unwrap();
    for args in [vec!["propose", "t", "none.geojson"], vec!["propose", "t", "absent.geojson"], vec!["propose", "a/absent", "empty.geojson"], vec!["propose", "t", "empty.geojson", "--limit-kw", "-5"], vec!["reach", "t", "--lon", "500", "--lat", "45"]] {
        let output = done(&args);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{args:?} {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stderr.is_empty());
    }
    // Nothing proposed changes nothing.
    let nothing = run(&["propose", "t", "empty.geojson", "--json"], at);
    assert_eq!(nothing["year"]["before"], nothing["year"]["after"]);
    let words = done(&["propose", "t", "empty.geojson", "--lang", "en"]);
    assert!(words.status.success() && String::from_utf8_lossy(&words.stdout).contains("Self-sufficiency"));
}
