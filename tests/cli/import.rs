//! `jumeau import`: the whole way on small sources of our own, and its faults.

use std::path::Path;
use std::process::{Command, Output};

fn jumeau(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .arg("import")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn count(report: &serde_json::Value, code: &str) -> u64 {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["code"] == code)
        .map(|finding| finding["count"].as_u64().unwrap())
        .sum()
}

/// A square of `size` metres near Nantes, in Lambert-93.
fn square(x: f64, y: f64, size: f64) -> String {
    let (x, y) = (355_000.0 + x, 6_689_000.0 + y);
    format!(
        "[[[{x},{y}],[{0},{y}],[{0},{1}],[{x},{1}],[{x},{y}]]]",
        x + size,
        y + size
    )
}

fn feature(properties: &str, kind: &str, coordinates: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#)
}

fn collection(features: &[String]) -> String {
    format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::2154"}}}},"features":[{}]}}"#,
        features.join(",")
    )
}

/// Buildings, roads with their traps, and flat ground at 10 m.
fn sources(folder: &Path) {
    let buildings = collection(&[
        feature(r#""cleabs":"A","hauteur":6.0,"altitude_minimale_sol":10.0,"altitude_minimale_toit":16.0,"altitude_maximale_toit":19.0,"usage_1":"Résidentiel","identifiants_rnb":"ABCDEFGH1234/ABCDEFGH5678""#, "Polygon", &square(0.0, 0.0, 10.0)),
        feature(r#""cleabs":"B","hauteur":107.0,"altitude_minimale_sol":10.0,"altitude_minimale_toit":17.5"#, "Polygon", &square(20.0, 0.0, 10.0)),
        feature(r#""cleabs":"C","hauteur":null,"nombre_d_etages":3"#, "Polygon", &square(40.0, 0.0, 10.0)),
        feature(r#""cleabs":"D","hauteur":5.0"#, "Polygon", &square(60.0, 0.0, 0.5)),
        feature(r#""cleabs":"A","hauteur":4.0"#, "Polygon", &square(80.0, 0.0, 10.0)),
    ]);
    std::fs::write(folder.join("buildings.json"), buildings).unwrap();
    let line = |y: f64, z: [f64; 3]| {
        let y = 6_689_000.0 + y;
        format!("[[355000,{y},{}],[355040,{y},{}],[355080,{y},{}]]", z[0], z[1], z[2])
    };
    let roads = collection(&[
        feature(r#""cleabs":"r1","position_par_rapport_au_sol":"0","largeur_de_chaussee":5,"importance":"4""#, "LineString", &line(-10.0, [10.0, 10.1, 10.0])),
        feature(r#""cleabs":"r2","position_par_rapport_au_sol":"0","largeur_de_chaussee":5,"importance":"5""#, "LineString", &line(-20.0, [-1000.0; 3])),
        feature(r#""cleabs":"r3","position_par_rapport_au_sol":"0","largeur_de_chaussee":5,"importance":"5""#, "LineString", &line(-30.0, [10.0, 9.0, -38.3])),
        feature(r#""cleabs":"r4","position_par_rapport_au_sol":"1","largeur_de_chaussee":5,"importance":"5""#, "LineString", &line(-40.0, [12.0, 16.0, 12.0])),
        feature(r#""cleabs":"r5","position_par_rapport_au_sol":"0","largeur_de_chaussee":5,"nature":"Bac ou liaison maritime""#, "LineString", &line(-50.0, [0.0; 3])),
        feature(r#""cleabs":"r6","position_par_rapport_au_sol":"-1","largeur_de_chaussee":5,"importance":"5""#, "LineString", &line(-60.0, [4.0, 2.0, 4.0])),
    ]);
    std::fs::write(folder.join("roads.json"), roads).unwrap();
    let row = vec!["10"; 60].join(" ");
    let grid = format!(
        "ncols 60\nnrows 60\nxllcorner 354900\nyllcorner 6688850\ncellsize 5\nNODATA_value -9999\n{}\n",
        vec![row; 60].join("\n")
    );
    std::fs::write(folder.join("ground.asc"), grid).unwrap();
}

#[test]
fn small_sources_become_a_territory_with_a_true_report() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("sources");
    std::fs::create_dir(&from).unwrap();
    sources(&from);
    let output = jumeau(&["sources", "--out", "made", "--name", "Le Bourg d’Été", "--json"], folder.path());
    let report = json(&output);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let layer = |id: &str| {
        let layers = report["layers"].as_array().unwrap();
        let layer = layers.iter().find(|layer| layer["id"] == id).unwrap();
        ["read", "kept", "repaired", "rejected"].map(|key| layer[key].as_u64().unwrap())
    };
    assert_eq!(layer("buildings"), [5, 4, 2, 1]);
    assert_eq!(layer("roads"), [6, 5, 2, 1]);
    assert_eq!(layer("terrain"), [1, 1, 0, 0]);
    for (code, expected) in [
        ("building-height-contradictory", 1),
        ("building-height-from-storeys", 1),
        ("footprint-sliver", 1),
        ("duplicate-id", 1),
        ("road-without-altitude", 1),
        ("road-altitude-interpolated", 1),
        ("road-is-ferry", 1),
        ("line-underground", 1),
        ("crs-assumed", 1),
    ] {
        assert_eq!(count(&report, code), expected, "{code}");
    }
    assert!(report["seconds"].as_f64().unwrap() > 0.0);
    let manifest = std::fs::read(folder.path().join("made/territory.json")).unwrap();
    let manifest = jumeau::formats::territory::Manifest::parse(&manifest).unwrap();
    assert_eq!(manifest.id, "le-bourg-d-ete");
    assert_eq!(manifest.crs, "EPSG:2154");
    // What was kept and is not drawn has been said: the one underground.
    assert_eq!(manifest.layer(&"roads".into()).unwrap().features, 4);

    // A territory is replaced; a folder with anything else in it is not.
    let again = jumeau(&["sources", "--out", "made", "--lang", "en"], folder.path());
    assert_eq!(again.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&again.stdout).contains("Territory written"));
    std::fs::write(folder.path().join("made/mine.txt"), "keep me").unwrap();
    let refused = jumeau(&["sources", "--out", "made"], folder.path());
    assert_eq!(refused.status.code(), Some(2));
    assert!(folder.path().join("made/mine.txt").exists());
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_declaration_maps_fields_and_reports_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let data = collection(&[feature(r#""nummer":"x1","hoogte":7.5"#, "Polygon", &square(0.0, 0.0, 10.0))]);
    std::fs::write(folder.path().join("b.data"), data).unwrap();
    std::fs::write(
        folder.path().join("sources.json"),
        r#"{"id":"test","name":{"fr":"Essai","en":"Test"},"crs":"EPSG:2154",
            "datasets":[{"id":"d","title":"t","producer":"p","licence":"l","date":"2025","attribution":"a","nature":"measured"}],
            "layers":[
                {"file":"b.data","as":"buildings","dataset":"d","fields":{"height":"hoogte","id":"nummer","colour":"x"}},
                {"file":"absent.gpkg","as":"roads","dataset":"d"},
                {"file":"../b.data","as":"roads","dataset":"d"}
            ]}"#,
    )
    .unwrap();
    let output = jumeau(&[".", "--out", "made", "--json"], folder.path());
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(count(&report, "source-unreadable"), 1);
    assert_eq!(count(&report, "declaration-path-outside"), 1);
    assert_eq!(count(&report, "declaration-term-unknown"), 1);
    assert_eq!(count(&report, "building-height-missing"), 0);
    assert!(folder.path().join("made/territory.json").exists());
}

#[test]
fn what_cannot_be_done_is_said_in_one_sentence_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "Ceci n’est pas une carte.").unwrap();
    std::fs::write(folder.path().join("broken.gpkg"), [b"SQLite format 3\0".as_slice(), &[7; 900]].concat()).unwrap();
    std::fs::write(folder.path().join("half.json"), r#"{"type":"FeatureCollection","features":[{"#).unwrap();
    for (arguments, expected) in [
        (vec!["absent", "--out", "made"], "n’existe pas"),
        (vec!["notes.txt", "--out", "made"], "Rien d’utilisable"),
        (vec!["broken.gpkg", "--out", "made"], "Rien d’utilisable"),
        (vec!["half.json", "--out", "made"], "Rien d’utilisable"),
        (vec!["notes.txt", "--out", "made", "--lang", "en"], "Nothing usable"),
    ] {
        let output = jumeau(&arguments, folder.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert!(!folder.path().join("made").exists());
    }
    sources(folder.path());
    for crs in ["EPSG:99999", "EPSG:4326"] {
        let output = jumeau(&["buildings.json", "--out", "made", "--crs", crs], folder.path());
        assert_eq!(output.status.code(), Some(2), "{crs}");
        assert!(!folder.path().join("made").exists());
    }
}

#[test]
fn a_small_file_maps_any_schema() {
    let folder = tempfile::tempdir().unwrap();
    let data = collection(&[
        feature(r#""nummer":"x1","hoogte":7.5,"bouwjaar":"1931","wijk code":"Noord""#, "Polygon", &square(0.0, 0.0, 10.0)),
        feature(r#""nummer":"x2","hoogte":4,"bouwjaar":"1990","wijk code":null"#, "Polygon", &square(20.0, 0.0, 10.0)),
    ]);
    std::fs::write(folder.path().join("panden.json"), data).unwrap();
    // Nobody knows these columns.
    let unknown = jumeau(&["panden.json", "--out", "made"], folder.path());
    assert_eq!(unknown.status.code(), Some(2));
    let flat = r#"{"id":"nummer","height":"HOOGTE"}"#;
    let long = r#"[{"as":"buildings","file":"pand*.json","fields":{"id":"nummer","height":"hoogte","year":"bouwjaar","storeys":"lagen"},"keep":["wijk code"]}]"#;
    for (text, missing) in [(flat, 0), (long, 1)] {
        std::fs::write(folder.path().join("map.json"), text).unwrap();
        let output = jumeau(&["panden.json", "--out", "made", "--map", "map.json", "--json"], folder.path());
        let report = json(&output);
        assert_eq!(report["layers"][0]["kept"], 2, "{report:#}");
        assert_eq!(count(&report, "building-height-missing"), 0);
        assert_eq!(count(&report, "declaration-column-missing"), missing);
    }
    // The kept column stands in the tiles beside ours, under an id that the standard allows.
    let mut seen = false;
    let mut folders = vec![folder.path().join("made")];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "glb") {
                let read = jumeau::formats::gltf::read::glb(&std::fs::read(path).unwrap());
                for table in read.unwrap().tables.iter().filter(|table| table.class == "building") {
                    let rows: Vec<_> = (0..table.count).map(|row| (table.text("id", row), table.text("wijk_code", row))).collect();
                    seen |= rows.contains(&(Some("x1"), Some("Noord")));
                }
            }
        }
    }
    assert!(seen);
    let checked = Command::new(env!("CARGO_BIN_EXE_jumeau")).args(["check", "made"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stdout));
    for bad in ["[", r#"{"colour":"x"}"#, r#"{"as":"castles","fields":{}}"#] {
        std::fs::write(folder.path().join("map.json"), bad).unwrap();
        let output = jumeau(&["panden.json", "--out", "new", "--map", "map.json"], folder.path());
        assert_eq!(output.status.code(), Some(2), "{bad}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("map.json"), "{bad}");
        assert!(!folder.path().join("new").exists());
    }
}
