//! Search: story 1 begins with an address, offline; and what other sources of addresses bring.

use super::shards::{assert_no_errors, files, run};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The answer of `jumeau find`, and its exit code.
fn find(folder: &Path, territory: &str, query: &str) -> (Value, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_jumeau")).args(["find", territory, query, "--json"]).current_dir(folder).output().unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{query}: {}", String::from_utf8_lossy(&output.stderr)));
    (json, output.status.code())
}

#[test]
fn twelve_rue_des_lilas_is_found_in_every_demo() {
    let folder = tempfile::tempdir().unwrap();
    for (seed, buildings) in [("0", "200"), ("7", "200"), ("3", "500")] {
        let (sources, territory) = (format!("s{seed}"), format!("t{seed}"));
        run(&["demo", "--out", &sources, "--seed", seed, "--buildings", buildings, "--json"], folder.path());
        let report = run(&["import", &sources, "--out", &territory, "--json"], folder.path());
        let layer = report["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == "addresses").unwrap().clone();
        assert!(layer["kept"].as_u64().unwrap() > 60 && layer["rejected"] == 0, "{layer}");
        let (answer, code) = find(folder.path(), &territory, "12 rue des Lilas");
        assert_eq!(code, Some(0));
        let hit = &answer["hits"][0];
        assert_eq!((&hit["kind"], &hit["remark"]), (&"address".into(), &"none".into()), "{answer}");
        assert!(hit["label"].as_str().unwrap().starts_with("12 rue des Lilas"), "{hit}");
        // The building that stands there is named: its footprint holds the point.
        assert_eq!(hit["feature"]["layer"], "buildings");
        assert!(hit["feature"]["id"].as_str().unwrap().starts_with("FICTIF_BATIMENT"), "{hit}");
        assert!(hit["detail"].as_str().unwrap().contains("(fictif)"));
        // A first search downloads the index, a file of words and one of numbers.
        assert!(answer["files"].as_u64().unwrap() <= 4 && answer["bytes"].as_u64().unwrap() < 100_000, "{answer}");
        let (unknown, code) = find(folder.path(), &territory, "9998 rue des Lilas");
        assert_eq!((code, &unknown["hits"][0]["remark"]), (Some(0), &"number-unknown".into()));
        let (nothing, code) = find(folder.path(), &territory, "12 boulevard Inexistant");
        assert_eq!((code, nothing["hits"].as_array().unwrap().len()), (Some(1), 0));
        assert_no_errors(&run(&["check", &territory, "--json"], folder.path()));
        let info = run(&["info", &territory, "--json"], folder.path());
        assert_eq!(info["search"]["addresses"], layer["kept"], "{}", info["search"]);
        assert!(info["search"]["names"].as_u64().unwrap() > 10);
    }
}

/// Two houses, and streets with the names that BD TOPO writes.
fn town(folder: &Path) {
    let square = |x: f64, y: f64| format!("[[[{},{}],[{},{}],[{},{}],[{},{}],[{},{}]]]", x, y, x + 10.0, y, x + 10.0, y + 10.0, x, y + 10.0, x, y);
    let house = |id: &str, x: f64, y: f64| format!(r#"{{"type":"Feature","properties":{{"cleabs":"{id}","hauteur":6,"usage_1":"Résidentiel"}},"geometry":{{"type":"Polygon","coordinates":{}}}}}"#, square(x, y));
    let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}}"#;
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("batiment.geojson"), format!(r#"{{"type":"FeatureCollection",{crs},"features":[{},{}]}}"#, house("B1", 355_000.0, 6_689_000.0), house("B2", 355_040.0, 6_689_000.0))).unwrap();
    let road = |id: &str, name: &str, y: f64| format!(r#"{{"type":"Feature","properties":{{"cleabs":"{id}","nature":"Route à 1 chaussée","importance":"5","largeur_de_chaussee":5,"position_par_rapport_au_sol":"0","nom_collaboratif_gauche":"{name}"}},"geometry":{{"type":"LineString","coordinates":[[354990,{y}],[355100,{y}]]}}}}"#);
    std::fs::write(folder.join("troncon_de_route.geojson"), format!(r#"{{"type":"FeatureCollection",{crs},"features":[{},{}]}}"#, road("R1", "R DES ACACIAS", 6_688_990.0), road("R2", "PL DU MARCHE", 6_689_100.0))).unwrap();
}

#[test]
fn addresses_come_as_france_publishes_them() {
    let folder = tempfile::tempdir().unwrap();
    // The same three addresses as the BAN's CSV, a commune's BAL and the BAN's GeoJSON.
    let csv = "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;x;y;lon;lat\n\
        44109_0010_00002;;2;;Rue des Acacias;44000;44109;Nantes;355005;6689005;-1.5539;47.2184\n\
        44109_0010_00002_bis;;2;bis;Rue des Acacias;44000;44109;Nantes;355045;6689005;-1.5534;47.2184\n\
        44109_0010_0;;;;Rue des Acacias;44000;44109;Nantes;355045;6689005;-1.5534;47.2184\n";
    let to_lonlat = |x: f64, y: f64| jumeau::geodesy::Crs::from_code("EPSG:2154").unwrap().to_lonlat(x, y).unwrap();
    let (one, two) = (to_lonlat(355_005.0, 6_689_005.0), to_lonlat(355_045.0, 6_689_005.0));
    let csv = csv.replace("-1.5539;47.2184", &format!("{:.8};{:.8}", one.lon_deg, one.lat_deg)).replace("-1.5534;47.2184", &format!("{:.8};{:.8}", two.lon_deg, two.lat_deg));
    let bal = "cle_interop;uid_adresse;voie_nom;lieudit_complement_nom;numero;suffixe;commune_insee;commune_nom;position;x;y;long;lat;source;date_der_maj;certification_commune\n".to_owned()
        + &format!("44109_0010_00002;;Rue des Acacias;;2;;44109;Nantes;entrée;355005;6689005;{:.8};{:.8};x;2026-01-01;1\n", one.lon_deg, one.lat_deg)
        + &format!("44109_0010_00002_bis;;Rue des Acacias;;2;bis;44109;Nantes;entrée;355045;6689005;{:.8};{:.8};x;2026-01-01;1\n", two.lon_deg, two.lat_deg);
    let point = |number: &str, at: jumeau::geodesy::LonLat| format!(r#"{{"type":"Feature","geometry":{{"type":"Point","coordinates":[{:.8},{:.8}]}},"properties":{{"type":"housenumber","label":"{number} Rue des Acacias 44000 Nantes","housenumber":"{number}","name":"{number} Rue des Acacias","street":"Rue des Acacias","postcode":"44000","citycode":"44109","city":"Nantes","id":"44109_{number}"}}}}"#, at.lon_deg, at.lat_deg);
    let geojson = format!(r#"{{"type":"FeatureCollection","features":[{},{}]}}"#, point("2", one), point("2bis", two));
    for (name, content) in [("ban.csv", csv), ("bal.csv", bal), ("ban.geojson", geojson)] {
        let sources = folder.path().join(name.replace('.', "-"));
        town(&sources);
        std::fs::write(sources.join(name), content).unwrap();
        let out = format!("t-{name}");
        let report = run(&["import", sources.to_str().unwrap(), "--out", &out, "--json"], folder.path());
        let layer = report["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == "addresses").unwrap_or_else(|| panic!("{name}: {report:#}")).clone();
        assert_eq!(layer["kept"], 2, "{name}: {report:#}");
        let (answer, _) = find(folder.path(), &out, "2 bis r des acacias nantes");
        let hit = &answer["hits"][0];
        assert_eq!((&hit["label"], &hit["feature"]["id"]), (&"2 bis rue des Acacias".into(), &"B2".into()), "{name}: {answer:#}");
        let (answer, _) = find(folder.path(), &out, "2 rue des acacias");
        assert_eq!(answer["hits"][0]["feature"]["id"], "B1", "{name}");
        // A street of the roads without numbers is found all the same, and says so.
        let (answer, _) = find(folder.path(), &out, "5 place du marche");
        assert_eq!((&answer["hits"][0]["label"], &answer["hits"][0]["remark"]), (&"Place du Marche".into(), &"number-unknown".into()), "{name}: {answer:#}");
        assert_no_errors(&run(&["check", &out, "--json"], folder.path()));
    }
}

#[test]
fn a_damaged_index_is_told() {
    let folder = tempfile::tempdir().unwrap();
    town(&folder.path().join("s"));
    run(&["import", "s", "--out", "t", "--json"], folder.path());
    let index = folder.path().join("t/search");
    assert!(files(&index).keys().any(|name| name == "index.bin"));
    let words = std::fs::read_dir(index.join("words")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&words).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&words, bytes).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_jumeau")).args(["check", "t", "--json"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("search-broken"));
}
