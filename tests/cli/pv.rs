//! `jumeau pv` as people type it.

use std::process::{Command, Output};

fn jumeau(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .args(arguments)
        .output()
        .unwrap()
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let out = jumeau(arguments);
    assert_eq!(
        out.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_slice(&out.stdout).unwrap()
}

const RENNES: [&str; 7] = [
    "pv",
    "--lat",
    "48.1173",
    "--lon",
    "-1.6778",
    "--elevation",
    "40",
];

fn rennes(more: &[&str]) -> Vec<&'static str> {
    // Arguments of tests are literals; leaking them keeps the calls short.
    RENNES
        .into_iter()
        .chain(more.iter().map(|word| &*word.to_string().leak()))
        .collect()
}

#[test]
fn the_clear_year_of_rennes() {
    for (model, azimuth, poa, ac) in [
        ("isotropic", "180", 2187.4843, 1726.5872),
        ("hay-davies", "180", 2245.6229, 1770.5819),
        ("perez", "180", 2271.0212, 1790.6887),
        ("perez", "90", 1678.7852, 1311.1838),
    ] {
        let answer = json(&rennes(&[
            "--tilt",
            "30",
            "--azimuth",
            azimuth,
            "--year",
            "2025",
            "--clear-sky",
            "--linke",
            "3.0",
            "--model",
            model,
            "--json",
        ]));
        let close = |key: &str, expected: f64| {
            let got = answer[key].as_f64().unwrap();
            assert!(
                (got - expected).abs() < 1e-4 + 1e-6 * expected,
                "{key} {model}: {got}"
            );
        };
        close("ghi_kwh", 1757.8514);
        close("dni_kwh", 2840.3658);
        close("dhi_kwh", 273.2671);
        close("poa_kwh", poa);
        close("ac_kwh", ac);
        assert_eq!(answer["hours"], 8760);
        assert_eq!(answer["weather"], "clear-sky");
    }
}

#[test]
fn a_file_brings_its_place_and_its_hours() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("day.csv");
    let mut text = "# lat: 47.2\n# lon: -1.5\ntime,ghi,dni,dhi,temp_air\n".to_owned();
    for hour in 0..24 {
        let light = if (6..18).contains(&hour) { 400 } else { 0 };
        text += &format!("2025-06-21 {hour:02}:00,{light},{light},{},20\n", light / 4);
    }
    std::fs::write(&file, text).unwrap();
    let answer = json(&["pv", "--weather", file.to_str().unwrap(), "--json"]);
    assert_eq!(answer["hours"], 24);
    assert_eq!(answer["weather"], "CSV");
    assert!((answer["ghi_kwh"].as_f64().unwrap() - 4.8).abs() < 1e-9);
    assert_eq!(answer["lat"], 47.2);
    let out = jumeau(&["pv", "--weather", file.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&out.stdout).contains("kWh/kWp"));
}

#[test]
fn without_a_file_the_climatology_says_its_name() {
    let answer = json(&rennes(&["--json"]));
    assert_eq!(answer["weather"], "climatology");
    let yearly = answer["ac_kwh"].as_f64().unwrap();
    assert!((1000.0..1250.0).contains(&yearly), "{yearly}");
    let out = jumeau(&rennes(&[]));
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(
        text.contains("climatologie") && text.contains("climatology"),
        "{text}"
    );
}

#[test]
fn mistakes_are_named() {
    for arguments in [
        &["pv"][..],
        &["pv", "--lat", "95", "--lon", "0", "--clear-sky"],
        &["pv", "--lat", "0", "--lon", "0"],
        &["pv", "--lat", "48", "--lon", "2", "--tilt", "500"],
        &["pv", "--lat", "48", "--lon", "2", "--model", "moon"],
        &[
            "pv",
            "--lat",
            "48",
            "--lon",
            "2",
            "--clear-sky",
            "--linke",
            "many",
        ],
        &[
            "pv",
            "--lat",
            "48",
            "--lon",
            "2",
            "--clear-sky",
            "--year",
            "9999",
        ],
        &["pv", "--lat", "NaN", "--lon", "2", "--clear-sky"],
        &["pv", "--weather", "no-such-file.epw"],
    ] {
        let out = jumeau(arguments);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}");
        assert!(
            out.stdout.is_empty() && !out.stderr.is_empty(),
            "{arguments:?}"
        );
    }
}
