//! Sums of homes that tell of nobody.

use super::{count, finding, fixtures, manifest, series, values};
use crate::shards::{assert_no_errors, files, output, run};
use jumeau::base::Instant;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[test]
fn amounts_of_few_homes_are_nobodys_to_see() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("sources")).unwrap();
    std::fs::copy(fixtures().join("enedis_profiles.csv"), at.join("sources/enedis_profiles.csv")).unwrap();
    // A house, a house that does not say how many homes it holds, nine homes, ten homes, an office.
    let buildings: Vec<serde_json::Value> = [("HOUSE", "Résidentiel", Some(1)), ("SILENT", "Résidentiel", None), ("NINE", "Résidentiel", Some(9)), ("TEN", "Résidentiel", Some(10)), ("OFFICE", "Commercial et services", None)]
        .iter()
        .enumerate()
        .map(|(place, (id, usage, dwellings))| {
            let (x, y) = (355_000.0 + 30.0 * place as f64, 6_689_000.0);
            let ring = [[x, y], [x + 10.0, y], [x + 10.0, y + 10.0], [x, y + 10.0], [x, y]];
            json!({ "type": "Feature", "properties": { "cleabs": id, "usage_1": usage, "nombre_de_logements": dwellings, "hauteur": 8.0 }, "geometry": { "type": "Polygon", "coordinates": [ring] } })
        })
        .collect();
    let buildings = json!({ "type": "FeatureCollection", "crs": { "type": "name", "properties": { "name": "urn:ogc:def:crs:EPSG::2154" } }, "features": buildings });
    std::fs::write(at.join("sources/buildings.geojson"), buildings.to_string()).unwrap();
    let rows = ["HOUSE", "SILENT", "NINE", "TEN", "OFFICE"].map(|id| format!("{id};RES1_BASE;5000\n")).concat();
    std::fs::write(at.join("sources/contracts.csv"), format!("cleabs;profil;conso_kwh\n{rows}")).unwrap();
    let dataset = |id: &str| json!({ "id": id, "title": id, "producer": "Enedis", "licence": "LO 2.0", "date": "2025", "attribution": "Enedis", "nature": "measured" });
    for (nature, kept, secret) in [("measured", 2, 3), ("simulated", 5, 0)] {
        let declaration = json!({
            "id": "essai", "datasets": [dataset("bati"), dataset("enedis")],
            "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "bati" }],
            "series": [{ "file": "enedis_profiles.csv", "id": "profils", "dataset": "enedis" }],
            "scaled": [{ "file": "contracts.csv", "dataset": "enedis", "onto": "buildings", "id": "cleabs", "profile": "profil", "scale": "conso_kwh", "profiles": "profils-coefficient-ajuste", "nature": nature }],
        });
        std::fs::write(at.join("sources/sources.json"), declaration.to_string()).unwrap();
        let done = run(&["import", "sources", "--out", nature, "--json"], at);
        let scale = std::fs::read(at.join(nature).join("timeseries/contracts/scale/c/0")).unwrap();
        let known = scale.chunks(8).filter(|eight| !f64::from_le_bytes((*eight).try_into().unwrap()).is_nan()).count();
        assert_eq!((known, count(&done, "scaled-secret")), (kept, secret), "{nature}");
    }
}

/// Five areas side by side, a hundred metres wide, with so many homes in each; home `H<area>-<n>` stands in area `A<area>`.
fn homes(at: &Path, homes: [usize; 5]) -> (PathBuf, BTreeMap<String, usize>) {
    let square = |x: f64, y: f64, side: f64| json!({ "type": "Polygon", "coordinates": [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]] });
    let collection = |features: Vec<Value>| json!({ "type": "FeatureCollection", "crs": { "type": "name", "properties": { "name": "EPSG:2154" } }, "features": features });
    let (mut buildings, mut area_of) = (Vec::new(), BTreeMap::new());
    let areas = (0..5).map(|area| json!({ "type": "Feature", "properties": { "code_iris": format!("A{area}"), "nom_iris": format!("Aire {area}") }, "geometry": square(355_000.0 + 100.0 * area as f64, 6_689_000.0, 100.0) }));
    let areas = collection(areas.collect());
    for (area, count) in homes.into_iter().enumerate() {
        for home in 0..count {
            let id = format!("H{area}-{home}");
            let (x, y) = (355_002.0 + 100.0 * area as f64 + 12.0 * (home % 8) as f64, 6_689_002.0 + 12.0 * (home / 8) as f64);
            buildings.push(json!({ "type": "Feature", "properties": { "cleabs": id, "hauteur": 6.0, "usage_1": "Résidentiel" }, "geometry": square(x, y, 8.0) }));
            area_of.insert(id, area);
        }
    }
    let folder = at.join("sources");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("homes.geojson"), collection(buildings).to_string()).unwrap();
    std::fs::write(folder.join("iris.geojson"), areas.to_string()).unwrap();
    (folder, area_of)
}

#[test]
fn energy_of_homes_is_summed_by_area_and_tells_of_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    // 4 homes are secret; so that they cannot be computed from the total, the smallest other area is withheld.
    let (sources, area_of) = homes(at, [20, 4, 12, 0, 31]);
    let value = |home: usize, hour: usize| (home % 7 + 1) as f64 * 0.125 + hour as f64 * 0.25;
    let mut csv = String::from("cleabs;horodate_utc;kWh\n");
    let (mut by_area, mut all) = (vec![[0.0; 24]; 5], [0.0; 24]);
    for (home, (id, area)) in area_of.iter().enumerate() {
        for hour in 0..24 {
            // One home of area 4 says nothing at five o'clock.
            if id == "H4-3" && hour == 5 {
                continue;
            }
            csv.push_str(&format!("{id};2025-01-01T{hour:02}:00:00Z;{}\n", value(home, hour)));
            by_area[*area][hour] += value(home, hour);
            all[hour] += value(home, hour);
        }
    }
    std::fs::write(sources.join("courbes.csv"), csv).unwrap();
    let dataset = |id: &str| json!({ "id": id, "title": id, "producer": "P", "licence": "LO 2.0", "date": "2025", "attribution": "P", "nature": "measured" });
    let declare = |aggregate: Value| {
        let mut series = json!({ "file": "courbes.csv", "id": "conso", "dataset": "courbes", "onto": "buildings", "unit": "kWh" });
        if !aggregate.is_null() {
            series["aggregate"] = aggregate;
        }
        let declaration = json!({
            "id": "essai", "datasets": [dataset("bati"), dataset("courbes")],
            "layers": [{ "file": "homes.geojson", "as": "buildings", "dataset": "bati" }, { "file": "iris.geojson", "as": "iris", "dataset": "bati" }],
            "series": [series],
        });
        std::fs::write(sources.join("sources.json"), declaration.to_string()).unwrap();
    };
    declare(json!({ "onto": "iris" }));
    let done = run(&["import", "sources", "--out", "territory", "--json"], at);
    assert_eq!((count(&done, "series-cell-secret"), count(&done, "series-cell-withheld")), (1, 1), "{:#}", done["findings"]);
    assert_eq!(finding(&done, "series-cell-secret")["example"]["object"], "A1");
    assert_eq!(finding(&done, "series-cell-withheld")["example"]["object"], "A2");
    assert_eq!(count(&done, "series-personal"), 0);
    let territory = at.join("territory");
    let told = manifest(&territory);
    let of_areas = series(&told, "conso");
    assert_eq!((of_areas.rows.as_slice(), of_areas.layer.as_ref().unwrap().as_str(), of_areas.unit.as_str()), (["A0".to_owned(), "A4".to_owned()].as_slice(), "iris", "kWh"));
    let (sums, total) = (values(&territory, of_areas), values(&territory, series(&told, "conso-total")));
    let start = Instant::parse("2025-01-01T00:00:00Z").unwrap().0;
    for hour in 0..24 {
        let at = start + 3600 * hour as i64;
        assert_eq!(sums["A0"][&at], by_area[0][hour] as f32);
        // A sum without one of its homes is none.
        assert_eq!(sums["A4"].get(&at), (hour != 5).then_some(&(by_area[4][hour] as f32)));
        assert_eq!(total["total"].get(&at), (hour != 5).then_some(&(all[hour] as f32)));
    }
    // No home's own value is anywhere in the territory.
    let of_homes = files(&territory.join("timeseries")).into_iter().filter(|(_, bytes)| bytes.windows(4).any(|four| four == b"H0-3")).count();
    assert_eq!(of_homes, 0);
    assert_no_errors(&run(&["check", "territory", "--json"], at));
    // Nothing is said to sum them: they are taken as they are, and somebody is told what that means.
    declare(Value::Null);
    let done = run(&["import", "sources", "--out", "plain", "--json"], at);
    assert_eq!(count(&done, "series-personal"), 1);
    // A layer of surfaces that is not there publishes nothing.
    declare(json!({ "onto": "zones" }));
    let done = output(&["import", "sources", "--out", "none", "--json"], at);
    let done: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(count(&done, "series-areas-missing"), 1);
    let told = manifest(&at.join("none"));
    assert!(told.series.iter().all(|series| series.id.starts_with("demand")));
    // The estimate by area: all homes lie in areas, so their sum is the territory's demand at every hour.
    let [homes] = told.features.as_ref().unwrap().demand.as_slice() else { panic!("homes alone") };
    assert_eq!((homes.profile.as_str(), homes.buildings), ("residential", area_of.len() as u64));
    let profile = &values(&at.join("none"), series(&told, "demand"))["residential"];
    let by_area = values(&at.join("none"), series(&told, "demand-iris"));
    assert_eq!(by_area.len(), 4, "an area without a building has no demand");
    for (at, coefficient) in profile.iter().step_by(97) {
        let (sum, whole) = (by_area.values().map(|area| f64::from(area[at])).sum::<f64>(), homes.kwh_year / 8760.0 * f64::from(*coefficient));
        assert!((sum - whole).abs() < 1e-5 * whole, "{sum} ≠ {whole}");
    }
}

/// An object that is said to stand for no delivery point still has values: it counts as one, or a total less a sum would be its own curve.
#[test]
fn a_home_of_no_points_counts_as_one() {
    for points in ["0", "-3", "0.4", "0,9"] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let (sources, area_of) = homes(at, [12, 1, 0, 0, 0]);
        let mut csv = String::from("cleabs;nb_points;horodate_utc;kWh\n");
        for (home, (id, area)) in area_of.iter().enumerate() {
            for hour in 0..6 {
                csv.push_str(&format!("{id};{};2025-01-01T{hour:02}:00:00Z;{}\n", if *area == 1 { points } else { "1" }, home + hour));
            }
        }
        std::fs::write(sources.join("courbes.csv"), csv).unwrap();
        let dataset = |id: &str| json!({ "id": id, "title": id, "producer": "P", "licence": "LO 2.0", "date": "2025", "attribution": "P", "nature": "measured" });
        let declaration = json!({
            "id": "essai", "datasets": [dataset("bati"), dataset("courbes")],
            "layers": [{ "file": "homes.geojson", "as": "buildings", "dataset": "bati" }, { "file": "iris.geojson", "as": "iris", "dataset": "bati" }],
            "series": [{ "file": "courbes.csv", "id": "conso", "dataset": "courbes", "onto": "buildings", "unit": "kWh", "aggregate": { "onto": "iris" } }],
        });
        std::fs::write(sources.join("sources.json"), declaration.to_string()).unwrap();
        let done = run(&["import", "sources", "--out", "territory", "--json"], at);
        assert_eq!((count(&done, "series-cell-secret"), count(&done, "series-cell-withheld")), (1, 1), "{points}: {:#}", done["findings"]);
        let told = manifest(&at.join("territory"));
        assert!(told.series.iter().all(|series| series.id != "conso"), "{points}: the twelve beside the total are the one");
        assert!(told.series.iter().any(|series| series.id == "conso-total"), "{points}");
    }
}

/// Each of two declarations publishes only what tells of nobody; side by side they would: eleven homes in a zone, ten of which are a district.
#[test]
fn one_table_is_summed_onto_one_layer() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (sources, area_of) = homes(at, [10, 11, 0, 0, 0]);
    let mut csv = String::from("cleabs;horodate_utc;kWh;kvarh\n");
    for (home, (id, _)) in area_of.iter().enumerate() {
        (0..4).for_each(|hour| csv.push_str(&format!("{id};2025-01-01T{hour:02}:00:00Z;{};{}\n", home + hour, 2 * home + hour)));
    }
    std::fs::write(sources.join("courbes.csv"), csv).unwrap();
    let dataset = |id: &str| json!({ "id": id, "title": id, "producer": "P", "licence": "LO 2.0", "date": "2025", "attribution": "P", "nature": "measured" });
    let told = |out: &str, second: Value| {
        let first = json!({ "file": "courbes.csv", "id": "conso", "dataset": "courbes", "onto": "buildings", "unit": "kWh", "columns": { "value": ["kWh"] }, "aggregate": { "onto": "iris" } });
        let declaration = json!({
            "id": "essai", "datasets": [dataset("bati"), dataset("courbes")],
            "layers": [{ "file": "homes.geojson", "as": "buildings", "dataset": "bati" }, { "file": "iris.geojson", "as": "iris", "dataset": "bati" }],
            "series": [first, second],
        });
        std::fs::write(sources.join("sources.json"), declaration.to_string()).unwrap();
        let done: Value = serde_json::from_slice(&output(&["import", "sources", "--out", out, "--json"], at).stdout).unwrap();
        let ids: Vec<String> = manifest(&at.join(out)).series.iter().map(|series| series.id.clone()).filter(|id| !id.starts_with("demand")).collect();
        (count(&done, "series-summed-twice"), ids.iter().any(|id| id == "conso"), ids.iter().any(|id| id.starts_with("encore")))
    };
    let second = |columns: Value| json!({ "file": "courbes.csv", "id": "encore", "dataset": "courbes", "onto": "buildings", "unit": "kWh", "columns": columns, "secret_below": 2, "aggregate": { "onto": "iris" } });
    assert_eq!(told("a", second(json!({ "value": ["kWh"] }))), (1, true, false));
    assert_eq!(told("b", second(json!({}))), (1, true, false));
    // Another quantity of the same table is another thing.
    assert_eq!(told("c", second(json!({ "value": ["kvarh"] }))), (0, true, true));
}
