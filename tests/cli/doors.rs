//! What comes in and goes out by the program's doors: odd sources, targets, outputs and options.

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn jumeau(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(output)))
}

fn codes(report: &serde_json::Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// Houses of 10 m, 30 m apart in rows of ten, from each of `corners` (metres from a point near Nantes); `many` at each.
fn houses(file: &Path, corners: &[([f64; 2], usize)]) {
    let mut features = Vec::new();
    for (corner, many) in corners {
        for i in 0..*many {
            let x = 355_000.0 + corner[0] + 30.0 * (i % 10) as f64;
            let y = 6_689_000.0 + corner[1] + 30.0 * (i / 10) as f64;
            let (e, n) = (x + 10.0, y + 10.0);
            features.push(format!(
                r#"{{"type":"Feature","properties":{{"cleabs":"H{}-{i}","hauteur":6.0,"altitude_minimale_sol":10.0}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{e},{y}],[{e},{n}],[{x},{n}],[{x},{y}]]]}}}}"#,
                corner[0]
            ));
        }
    }
    let text = format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::2154"}}}},"features":[{}]}}"#,
        features.join(",")
    );
    std::fs::write(file, text).unwrap();
}

fn files_below(folder: &Path) -> usize {
    let mut count = 0;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { count += 1 }
        }
    }
    count
}

#[test]
fn one_house_far_from_all_others_is_set_aside_and_named() {
    let folder = tempfile::tempdir().unwrap();
    houses(&folder.path().join("near.json"), &[([0.0, 0.0], 10)]);
    houses(&folder.path().join("far.json"), &[([0.0, 0.0], 10), ([50_000.0, 0.0], 1)]);
    assert_eq!(jumeau(&["import", "near.json", "--out", "near"], folder.path()).status.code(), Some(0));
    let output = jumeau(&["import", "far.json", "--out", "far", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let report = json(&output);
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["code"] == "feature-far-away").unwrap();
    assert_eq!(finding["example"]["object"], "H50000-0");
    assert_eq!(finding["example"]["value"], "50 km");
    assert_eq!((&report["layers"][0]["read"], &report["layers"][0]["rejected"]), (&11.into(), &1.into()));
    let [near, far] = ["near", "far"].map(|name| files_below(&folder.path().join(name)));
    assert_eq!(near, far);
}

#[test]
fn the_cost_of_a_scattered_territory_follows_what_stands_in_it() {
    let folder = tempfile::tempdir().unwrap();
    // Two villages 60 km apart: nobody is wrong, and the emptiness between them is drawn coarsely.
    houses(&folder.path().join("villages.json"), &[([0.0, 0.0], 30), ([60_000.0, 20_000.0], 30)]);
    let output = jumeau(&["import", "villages.json", "--out", "made", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(json(&output)["layers"][0]["kept"], 60);
    let files = files_below(&folder.path().join("made"));
    assert!(files < 1_200, "{files}");
    let checked = jumeau(&["check", "made"], folder.path());
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[cfg(target_os = "linux")]
#[test]
fn data_that_cannot_be_written_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    houses(&folder.path().join("s.json"), &[([0.0, 0.0], 3)]);
    assert_eq!(jumeau(&["import", "s.json", "--out", "made"], folder.path()).status.code(), Some(0));
    let sun = ["sun", "--lat", "47", "--lon", "-1.5", "--time", "2026-06-21T12:00:00Z"];
    for arguments in [
        &["info", "made", "--json"][..],
        &["info", "made"],
        &["check", "made", "--json"],
        &["import", "s.json", "--out", "again", "--json"],
        &["pv", "--lat", "47", "--lon", "-1.5", "--elevation", "0", "--tilt", "30", "--azimuth", "180", "--year", "2025", "--json"],
        &sun,
        &[&sun[..], &["--json"]].concat(),
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_jumeau"))
            .args(arguments)
            .current_dir(folder.path())
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("n’a pas pu être écrit"), "{arguments:?}: {}", said(&output));
        assert!(!said(&output).contains("panicked"), "{arguments:?}");
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    std::fs::write(folder.path().join("points"), "3 46.5\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .args(["project", "--from", "4326", "--to", "2154"])
        .current_dir(folder.path())
        .stdin(std::fs::File::open(folder.path().join("points")).unwrap())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    // A reader that has gone away is no fault.
    for arguments in [&["info", "made"][..], &sun] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jumeau"))
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[cfg(unix)]
fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_pipe_is_named_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("s");
    std::fs::create_dir(&sources).unwrap();
    fifo(&sources.join("pipe.json"));
    std::os::unix::fs::symlink(sources.join("pipe.json"), folder.path().join("link.json")).unwrap();
    for name in ["s/pipe.json", "link.json"] {
        let output = jumeau(&["import", name, "--out", "made"], folder.path());
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains("n’est pas un fichier"), "{}", said(&output));
        let output = jumeau(&["check", name, "--json"], folder.path());
        assert_eq!((output.status.code(), codes(&json(&output))), (Some(1), vec!["source-not-a-file".to_owned()]));
    }
    houses(&sources.join("houses.json"), &[([0.0, 0.0], 3)]);
    let output = jumeau(&["import", "s", "--out", "made", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(codes(&json(&output)).contains(&"source-not-a-file".to_owned()));
}

#[test]
fn what_killed_imports_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    houses(&folder.path().join("s.json"), &[([0.0, 0.0], 3)]);
    // No process has the largest number; this test's own is running.
    let (stale, running) = (".made.partial-4294967295", format!(".made.partial-{}", std::process::id()));
    for name in [stale, running.as_str(), ".made.partial-x", ".other.partial-4294967295"] {
        std::fs::create_dir_all(folder.path().join(name).join("terrain")).unwrap();
    }
    let output = jumeau(&["import", "s.json", "--out", "made", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(codes(&json(&output)).contains(&"out-leftover".to_owned()));
    let there = |name: &str| folder.path().join(name).exists();
    assert!(!there(stale) && there(".made.partial-x") && there(".other.partial-4294967295"));
    #[cfg(target_os = "linux")]
    assert!(there(&running));
}

#[cfg(unix)]
#[test]
fn a_link_as_target_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    houses(&folder.path().join("s.json"), &[([0.0, 0.0], 3)]);
    std::fs::create_dir_all(folder.path().join("disk/real")).unwrap();
    std::os::unix::fs::symlink("disk/real", folder.path().join("made")).unwrap();
    let output = jumeau(&["import", "s.json", "--out", "made"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(folder.path().join("made").is_symlink());
    assert!(folder.path().join("disk/real/territory.json").is_file());
}

#[test]
fn a_bad_target_is_found_before_the_sources_are_read() {
    let folder = tempfile::tempdir().unwrap();
    houses(&folder.path().join("s.json"), &[([0.0, 0.0], 3)]);
    std::fs::write(folder.path().join("file"), "x").unwrap();
    for out in ["file", "file/below"] {
        let output = jumeau(&["import", "s.json", "--out", out], folder.path());
        assert_eq!(output.status.code(), Some(2));
        assert!(!said(&output).contains("Lecture des sources"), "{}", said(&output));
        assert!(said(&output).contains("file"), "{}", said(&output));
    }
    // Nothing of a target that never came stays.
    let output = jumeau(&["import", "absent.json", "--out", "a/b/made"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("a").exists());
    // A strange file in a territory is named.
    assert_eq!(jumeau(&["import", "s.json", "--out", "made"], folder.path()).status.code(), Some(0));
    std::fs::write(folder.path().join("made/notes.json"), "{}").unwrap();
    let output = jumeau(&["import", "s.json", "--out", "made"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("notes.json"), "{}", said(&output));
}

#[test]
fn a_territory_among_the_sources_is_not_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("s");
    std::fs::create_dir(&sources).unwrap();
    houses(&sources.join("houses.json"), &[([0.0, 0.0], 3)]);
    for round in 0..2 {
        let output = jumeau(&["import", "s", "--out", "s/made", "--json"], folder.path());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let report = json(&output);
        assert_eq!(codes(&report).contains(&"folder-is-territory".to_owned()), round == 1);
        assert!(!codes(&report).contains(&"file-not-understood".to_owned()), "{report:#}");
        assert_eq!(report["layers"][0]["read"], 3);
    }
}

#[test]
fn sources_are_checked_as_an_import_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    houses(&folder.path().join("houses.json"), &[([0.0, 0.0], 3)]);
    let output = jumeau(&["check", "houses.json", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let report = json(&output);
    assert!(codes(&report).contains(&"dataset-unknown".to_owned()), "{report:#}");
    let messages = report["findings"].as_array().unwrap().iter().map(|f| f["message"].as_str().unwrap());
    assert!(messages.clone().all(|message| !message.is_empty()));
    // A folder of sources, a sequence, a damaged GeoPackage, an empty file.
    assert_eq!(jumeau(&["check", "."], folder.path()).status.code(), Some(0));
    let line = |x: f64| format!("{{\"type\":\"Feature\",\"properties\":{{\"cleabs\":\"S{x}\",\"hauteur\":6}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[[{x},47],[{0},47],[{0},47.0001],[{x},47]]]}}}}\n", x + 0.0001);
    std::fs::write(folder.path().join("seq.geojsonl"), line(-1.5) + &line(-1.6)).unwrap();
    let output = jumeau(&["check", "seq.geojsonl", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    std::fs::write(folder.path().join("broken.gpkg"), [b"SQLite format 3\0".as_slice(), &[7; 900]].concat()).unwrap();
    let output = jumeau(&["check", "broken.gpkg", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(!codes(&json(&output)).contains(&"file-unknown".to_owned()), "{}", String::from_utf8_lossy(&output.stdout));
    std::fs::write(folder.path().join("conso.csv"), "id_rnb,kwh\nA,1\nB,2\n").unwrap();
    let output = jumeau(&["check", "conso.csv", "--json"], folder.path());
    assert_eq!((output.status.code(), codes(&json(&output))), (Some(0), vec!["table-without-geometry".to_owned()]));
    std::fs::write(folder.path().join("empty.shp"), "").unwrap();
    let output = jumeau(&["check", "empty.shp", "--json"], folder.path());
    assert_eq!((output.status.code(), codes(&json(&output))), (Some(1), vec!["file-empty".to_owned()]));
}

#[test]
fn odd_words_get_the_sentence_they_need() {
    let folder = tempfile::tempdir().unwrap();
    houses(&folder.path().join("s.json"), &[([0.0, 0.0], 3)]);
    std::fs::write(folder.path().join("empty.json"), "").unwrap();
    std::fs::write(folder.path().join("notes.txt"), "Ceci n’est pas une carte.").unwrap();
    for (arguments, expected) in [
        (&["import", "empty.json", "--out", "made"][..], "est vide (0 octet)"),
        (&["import", "notes.txt", "--out", "made"], "GeoParquet"),
        (&["import", "s.json", "--out", "made", "--name", "a\u{1b}[31mb"], "caractères"),
        (&["import", "s.json", "--out", "made", "--name", " "], "caractères"),
        (&["import", "s.json", "--out", "made", "--crs", "EPSG:99999"], "système de coordonnées inconnu"),
        (&["sun", "--lat", "95", "--lon", "0", "--time", "2026-06-21T12:00:00Z", "--lang", "en"], "latitude 95 is not within"),
        (&["project", "--from", "1", "--to", "2154", "--lang", "en"], "unknown coordinate reference system"),
        (&["serve", "nowhere", "--lang", "en"], "'"),
    ] {
        let output = jumeau(arguments, folder.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(expected), "{arguments:?}: {}", said(&output));
        assert!(!said(&output).contains('\u{1b}'), "{arguments:?}");
    }
    let output = jumeau(&["import", "s.json", "--out", "made", "--crs", "EPSG:99999"], folder.path());
    assert!(!said(&output).contains("overseas") && !said(&output).contains("unknown"), "{}", said(&output));
}

#[test]
fn foreign_text_does_not_steer_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.json");
    houses(&file, &[([0.0, 0.0], 3)]);
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replacen("\"hauteur\":6.0", "\"hauteur\":-3.0", 1).replace("H0-0", "H\\u001b[31m\\n\\u202eX");
    std::fs::write(&file, text).unwrap();
    let output = jumeau(&["import", "s.json", "--out", "made"], folder.path());
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(report.contains("H\\u{1b}[31m\\u{a}\\u{202e}X"), "{report}");
    assert!(!report.contains(['\u{1b}', '\u{202e}']), "{report}");
}

#[test]
fn the_sun_s_day_is_that_of_the_clock_it_was_asked_by() {
    let folder = tempfile::tempdir().unwrap();
    let sun = |time: &str, lon: &str| json(&jumeau(&["sun", "--lat", "47.2", "--lon", lon, "--time", time, "--json"], folder.path()));
    for (time, lon, day, transit) in [
        ("2026-06-21T00:30:00+02:00", "-1.55", "2026-06-21", "2026-06-21T12:"),
        ("2026-06-21T23:30:00+02:00", "-1.55", "2026-06-21", "2026-06-21T12:"),
        ("2026-06-20T23:30:00Z", "-1.55", "2026-06-20", "2026-06-20T12:"),
        // Noumea: its day began eleven hours before Greenwich's.
        ("2026-06-20T23:30:00Z", "166.45", "2026-06-21", "2026-06-21T00:"),
    ] {
        let sky = sun(time, lon);
        assert_eq!(sky["day"], day, "{time}");
        assert!(sky["transit"].as_str().unwrap().starts_with(transit), "{time}: {sky}");
    }
    let (whole, half) = (sun("2026-06-21T12:00:00Z", "0"), sun("2026-06-21T12:00:00.5Z", "0"));
    assert_eq!(half["time"], "2026-06-21T12:00:00.5Z");
    let turned = half["azimuth"].as_f64().unwrap() - whole["azimuth"].as_f64().unwrap();
    assert!(turned > 1e-4 && turned < 0.02, "{turned}");
}
