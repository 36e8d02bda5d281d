//! `jumeau flow`, `dispatch`, `wind` and `check` of a network, as people type them.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn jumeau(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .args(arguments)
        .output()
        .unwrap()
}

fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/grid")
        .join(name);
    path.display().to_string()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_flow_has_the_fields_of_the_contract() {
    let done = jumeau(&["flow", &data("case14.json"), "--json"]);
    assert_eq!(done.status.code(), Some(0));
    let answer = json(&done);
    assert_eq!(answer["converged"], true);
    assert!(answer["iterations"].as_u64().unwrap() > 0);
    assert!(answer["residual_pu"].as_f64().unwrap() < 1e-9);
    assert!((answer["slack"]["p_mw"].as_f64().unwrap() - 232.393272352).abs() < 1e-6);
    assert!((answer["losses_mw"].as_f64().unwrap() - 13.393272357).abs() < 1e-6);
    assert_eq!(answer["buses"].as_array().unwrap().len(), 14);
    assert_eq!(answer["buses"][3]["id"], 3);
    assert!(answer["buses"][3]["va_deg"].as_f64().unwrap() < -10.0);
    assert!(answer["violations"].as_array().unwrap().is_empty());
    let tight = json(&jumeau(&["flow", &data("cigre_mv.json"), "--json"]));
    // The reference: one transformer at 101.41 %.
    assert_eq!(tight["violations"][0]["limit"], "loading");
    assert_eq!(tight["violations"][0]["branch"]["kind"], "transformer");
    for key in ["id", "loading_percent", "p_from_mw", "q_from_mvar"] {
        assert!(answer["branches"][0].get(key).is_some(), "{key}");
    }
}

#[test]
fn profiles_and_capacity() {
    let folder = tempfile::tempdir().unwrap();
    let profile = written(&folder, "p.csv", "*\n0.2\n1.0\n0.5\n");
    let file = data("kerber_landnetz.json");
    let done = jumeau(&[
        "flow",
        &file,
        "--profiles",
        &profile,
        "--capacity",
        "--vmax",
        "1.03",
        "--draws",
        "16",
        "--json",
    ]);
    let answer = json(&done);
    assert_eq!(answer["steps"], 3);
    assert!(answer["flows_per_second"].as_f64().unwrap() > 0.0);
    assert_eq!(answer["worst"]["lowest"]["step"], 1);
    assert!((answer["per_bus_kw"].as_f64().unwrap() - 6.539955).abs() < 1e-6);
    assert_eq!(answer["limited_by"], "voltage");
    assert_eq!(answer["capacity_buses"].as_array().unwrap().len(), 13);
    assert_eq!(answer["monte_carlo"]["draws"], 16);
    let stopped = answer["monte_carlo"]["limited_by"].as_object().unwrap();
    assert_eq!(
        stopped.values().map(|n| n.as_u64().unwrap()).sum::<u64>(),
        16
    );
    // Feeder by feeder: each alone takes more at each bus than all of them together.
    let feeders = answer["feeders"].as_array().unwrap();
    assert!(!feeders.is_empty());
    let buses = feeders
        .iter()
        .map(|f| f["connection_buses"].as_u64().unwrap());
    assert_eq!(buses.sum::<u64>(), 13);
    for feeder in feeders {
        assert!(
            feeder["per_bus_kw"].as_f64().unwrap() >= answer["per_bus_kw"].as_f64().unwrap() - 1e-6
        );
        assert!(feeder["total_kw"].is_number() && feeder["limited_by"].is_string());
        assert!(feeder["monte_carlo"]["draws"].as_u64().unwrap() >= 1);
    }
    assert!(answer.get("lines").is_none());
}

#[test]
fn a_year_of_lines_outages_and_what_would_help() {
    let folder = tempfile::tempdir().unwrap();
    let profile = written(&folder, "p.csv", "*\n0.2\n1.3\n-0.5\n");
    let done = jumeau(&[
        "flow",
        &data("cigre_mv.json"),
        "--profiles",
        &profile,
        "--lines",
        "3",
        "--step-hours",
        "0.5",
        "--store",
        &folder.path().join("year").display().to_string(),
        "--n-1",
        "--reinforce",
        "--loading-max",
        "120",
        "--json",
    ]);
    let answer = json(&done);
    let lines = answer["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["duration_percent"].as_array().unwrap().len(), 101);
    assert_eq!(lines[0]["worst"][0]["step"], 1);
    assert_eq!(lines[0]["congested_hours"], 0.5);
    assert!(lines[0]["branch"]["kind"].is_string());
    // The same year, kept: what is read back is what was told.
    let year = folder.path().join("year");
    assert!(answer["stored"]["bytes"].as_u64().unwrap() > 0);
    let array = |name: &str| {
        let at = year.join(name);
        let json = std::fs::read(at.join("zarr.json")).unwrap();
        jumeau::formats::zarr::read(&json, &mut |chunk| std::fs::read(at.join(chunk)).ok()).unwrap()
    };
    let (loading, voltage) = (array("loading_percent"), array("vm_pu"));
    assert_eq!((loading.steps, voltage.rows, voltage.steps), (3, 15, 3));
    let highest = loading.values.iter().map(|v| v.abs()).fold(0.0, f32::max);
    assert!((f64::from(highest) - lines[0]["highest_percent"].as_f64().unwrap()).abs() < 1e-4);
    assert!(voltage.values.iter().all(|vm| (0.8..1.2).contains(vm)));
    // A folder with something in it is left alone.
    let again = jumeau(&[
        "flow",
        &data("cigre_mv.json"),
        "--profiles",
        &profile,
        "--store",
        &year.display().to_string(),
        "--json",
    ]);
    assert_eq!(again.status.code(), Some(1));
    let told = &json(&again)["findings"];
    assert!(
        told.as_array()
            .unwrap()
            .iter()
            .any(|f| f["code"] == "grid-store")
    );
    let outages = &answer["n_1"];
    assert_eq!(outages["ties"], 3);
    let sum: u64 = ["secure", "back_fed", "partly", "lost", "overloaded"]
        .iter()
        .map(|key| outages[key].as_u64().unwrap())
        .sum();
    let all = outages["outages"].as_array().unwrap();
    assert_eq!(sum as usize, all.len());
    assert!(
        all.iter()
            .any(|o| !o["closed"].as_array().unwrap().is_empty())
    );
    // pandapower's bisection: 1.1641159 as it is, 1.2352731 with the best branch doubled.
    let help = &answer["reinforcement"];
    assert!((help["headroom"]["load_factor"].as_f64().unwrap() - 1.1641159).abs() < 1e-6);
    assert!((help["consumption"][0]["after"].as_f64().unwrap() - 1.2352731).abs() < 1e-6);
    for key in ["production_kw", "unserved_mw"] {
        assert!(help[key].is_array(), "{key}");
    }
}

#[test]
fn curves_are_listed_without_anything_else() {
    let done = jumeau(&["wind", "--curve", "list"]);
    assert_eq!(done.status.code(), Some(0));
    let text = String::from_utf8(done.stdout).unwrap();
    assert_eq!(text.lines().count(), 67);
    assert!(text.contains("E-82/2300\t2300 kW"));
    let listed = json(&jumeau(&["wind", "--curve", "list", "--json"]));
    assert_eq!(listed["curves"].as_array().unwrap().len(), 67);
    // With a turbine the height and the series are still needed.
    let bare = jumeau(&["wind", "--curve", "E-82/2300"]);
    assert_eq!((bare.status.code(), bare.stdout.len()), (Some(2), 0));
}

#[test]
fn what_cannot_be_solved_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let heavy = std::fs::read_to_string(data("case33bw.json"))
        .unwrap()
        .replace("\\\"data\\\":[[null,1,0.1,", "\\\"data\\\":[[null,1,1e5,");
    let heavy = written(&folder, "heavy.json", &heavy);
    let case = written(
        &folder,
        "far.m",
        "function mpc = far\nmpc.baseMVA = 1;\nmpc.bus = [1 3 0 0 0 0 1 1 0 20 1 1.1 0.9; 2 1 900 9 0 0 1 1 0 20 1 1.1 0.9];\nmpc.gen = [1 0 0 9 -9 1 1 1 9 0];\nmpc.branch = [1 2 0.1 0.1 0 0 0 0 0 0 1];\n",
    );
    let done = jumeau(&["flow", &case, "--json", "--lang", "en"]);
    assert_eq!(done.status.code(), Some(1));
    let answer = json(&done);
    assert_eq!(answer["converged"], false);
    assert_eq!(answer["losses_mw"], Value::Null);
    let finding = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["code"] == "grid-not-converged")
        .unwrap();
    assert_eq!(finding["object"], "bus 2");
    let checked = jumeau(&["check", &case, "--json"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(
        json(&checked)["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["code"] == "grid-not-converged")
    );
    assert_eq!(
        jumeau(&["check", &data("cigre_mv.json"), "--json"])
            .status
            .code(),
        Some(0)
    );
    let text = written(&folder, "not.json", "{\"a\": 1}");
    assert_eq!(jumeau(&["flow", &text]).status.code(), Some(2));
    assert_eq!(jumeau(&["flow", "no such file"]).status.code(), Some(2));
    // A network is answered, whatever its loads are.
    assert!(
        json(&jumeau(&["flow", &heavy, "--json"]))
            .get("converged")
            .is_some()
    );
}

#[test]
fn a_battery_is_planned() {
    let folder = tempfile::tempdir().unwrap();
    let case = written(
        &folder,
        "case.json",
        r#"{"load_mw":[1,3],"generation_mw":[3,1],"price_eur_mwh":[10,100],
        "battery":{"energy_mwh":2,"power_mw":2,"charge_efficiency":1,"discharge_efficiency":1,"initial_mwh":0}}"#,
    );
    let answer = json(&jumeau(&["dispatch", &case, "--json", "--series"]));
    assert!((answer["import_mwh"].as_f64().unwrap()).abs() < 1e-6);
    assert!((answer["discharged_mwh"].as_f64().unwrap() - 2.0).abs() < 1e-6);
    for key in [
        "objective_eur",
        "export_mwh",
        "curtailed_mwh",
        "charged_mwh",
        "cycles",
        "self_sufficiency",
    ] {
        assert!(answer[key].is_number(), "{key}");
    }
    assert_eq!(answer["without_battery"]["import_mwh"], 2.0);
    assert_eq!(answer["series"]["stored_mwh"].as_array().unwrap().len(), 2);
    let bad = written(&folder, "bad.json", "{}");
    assert_eq!(jumeau(&["dispatch", &bad]).status.code(), Some(2));
}

/// A connection that cannot carry the consumption is an error that is told, not a cheap plan.
#[test]
fn what_a_battery_cannot_save_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let case = written(&folder, "case.json", r#"{"load_mw":[3,3],"generation_mw":[0,0],"price_eur_mwh":50,"import_limit_mw":1,"battery":{"energy_mwh":2,"power_mw":2,"initial_mwh":0}}"#);
    let told = jumeau(&["dispatch", &case, "--json", "--lang", "en"]);
    assert_eq!(told.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert!((answer["unserved_mwh"].as_f64().unwrap() - 4.0).abs() < 1e-6);
    assert_eq!(answer["findings"][0]["code"], "dispatch-unserved");
    assert!(String::from_utf8_lossy(&told.stderr).contains("4.000 MWh"), "{}", String::from_utf8_lossy(&told.stderr));
    let sound = written(&folder, "sound.json", r#"{"load_mw":[1,1],"generation_mw":[0,0],"price_eur_mwh":50,"import_limit_mw":1}"#);
    assert_eq!(json(&jumeau(&["dispatch", &sound, "--json"]))["findings"], serde_json::json!([]));
}

#[test]
fn wind_becomes_energy() {
    let folder = tempfile::tempdir().unwrap();
    let series = written(
        &folder,
        "wind.csv",
        "time,wind_speed_10m\n2025-01-01T00:00:00Z,5\n2025-01-01T01:00:00Z,\n2025-01-01T02:00:00Z,9\n",
    );
    let answer = json(&jumeau(&[
        "wind",
        "--curve",
        "E-82/2300",
        "--hub",
        "98",
        "--series",
        &series,
        "--json",
    ]));
    // Section 6 of the reference, 5 and 9 m/s at 10 m: 734,999.49 and 2,339,116.29 W.
    assert!((answer["kwh"].as_f64().unwrap() - (734.99949 + 2339.11629)).abs() < 1e-4);
    assert!((answer["full_load_hours"].as_f64().unwrap() - 3074.11578 / 2300.0).abs() < 1e-6);
    assert_eq!(answer["missing_steps"], 1);
    assert_eq!(
        jumeau(&[
            "wind", "--curve", "E-66", "--hub", "98", "--series", &series
        ])
        .status
        .code(),
        Some(2)
    );
}

/// What cannot be meant is refused, with a park and without; a density that cannot be corrected is told.
#[test]
fn wind_refuses_what_it_would_pass_over() {
    let folder = tempfile::tempdir().unwrap();
    let series = written(&folder, "wind.csv", "time,wind_speed_10m,wind_direction_10m,temperature_2m\n2025-01-01T00:00:00Z,5,270,280\n2025-01-01T01:00:00Z,,270,280\n2025-01-01T02:00:00Z,9,270,280\n");
    let park = written(&folder, "park.json", r#"{"turbines": [{"id": "a", "east_m": 0, "north_m": 0, "hub_m": 98, "rotor_m": 82, "curve": "E-82/2300"}]}"#);
    let alone = ["wind", "--curve", "E-82/2300", "--hub", "98", "--series", &series];
    let together = ["wind", "--park", &park, "--series", &series];
    for of in [&alone[..], &together] {
        for wrong in [&["--step-hours=-1"][..], &["--step-hours", "NaN"], &["--height", "0"], &["--height", "inf"], &["--roughness", "-0.1"], &["--obstacles", "NaN"], &["--shear", "inf"]] {
            assert_eq!(jumeau(&[of, wrong].concat()).status.code(), Some(2), "{of:?} {wrong:?}");
        }
        let told = jumeau(&[of, &["--density", "--json"]].concat());
        assert!(String::from_utf8_lossy(&told.stderr).contains("density not corrected"), "{}", String::from_utf8_lossy(&told.stderr));
        assert_eq!(json(&told)["uncorrected_steps"], 2);
        assert_eq!(json(&jumeau(&[of, &["--json"]].concat()))["uncorrected_steps"], 0);
    }
    for smooth in ["0", "0.01", "1.5", "NaN"] {
        assert_eq!(jumeau(&[&alone[..], &["--smooth", smooth]].concat()).status.code(), Some(2), "{smooth}");
    }
    // A park counts neither: it does not take them and say nothing.
    for more in [["--smooth", "0.1"], ["--availability", "0.9"]] {
        assert_eq!(jumeau(&[&together[..], &more].concat()).status.code(), Some(2), "{more:?}");
    }
}

#[test]
fn a_collective_self_consumption_is_shared() {
    let folder = tempfile::tempdir().unwrap();
    let case = written(
        &folder,
        "case.json",
        r#"{"step_h": 1.0, "producers_kw": {"école": [10.0, 0.0]}, "consumers_kw": {"b": [8.0, 1.0], "a": [4.0, 1.0]}, "keys": {"static": {"a": 0.5, "b": 0.5}}}"#,
    );
    let answer = json(&jumeau(&["share", &case, "--series", "--json"]));
    // By hand: a gets its 4 of 5, b 5 of 8; 1 kW is left to the producer.
    assert_eq!(answer["consumers"][0]["id"], "a");
    assert_eq!(answer["consumers"][0]["allocated_kw"], serde_json::json!([4.0, 0.0]));
    assert_eq!(answer["consumers"][1]["allocated_kwh"], 5.0);
    assert_eq!(answer["producers"][0]["surplus_kwh"], 1.0);
    assert_eq!(answer["self_consumption"], 0.9);
    let strange = written(&folder, "strange.json", r#"{"producers_kw": {"p": [1.0]}, "consumers_kw": {"a": [1.0]}, "keys": {"static": {"b": 1.0}}}"#);
    let refused = jumeau(&["share", &strange]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains('a'));
}
