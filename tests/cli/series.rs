//! Time series through the importer: tables in every form, their oddities, and what other programs find in the territory.

use crate::shards::{assert_no_errors, assert_same, files, output, run};
use crate::shared_data::shared;
use jumeau::base::Instant;
use jumeau::formats::territory::{Manifest, Series};
use jumeau::formats::zarr;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/series")
}

pub fn fixture(name: &str) -> String {
    fixtures().join(name).display().to_string()
}

fn truth(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(fixtures().join(name)).unwrap()).unwrap()
}

pub fn manifest(territory: &Path) -> Manifest {
    Manifest::parse(&std::fs::read(territory.join("territory.json")).unwrap()).unwrap()
}

/// The values of a series that are there, by row and instant.
pub fn values(territory: &Path, series: &Series) -> BTreeMap<String, BTreeMap<i64, f32>> {
    let folder = territory.join(&series.path);
    let array = zarr::read(&std::fs::read(folder.join("zarr.json")).unwrap(), &mut |chunk| std::fs::read(folder.join(chunk)).ok()).unwrap();
    let manifest = manifest(territory);
    let axis = manifest.axes.iter().find(|axis| axis.id == series.axis).unwrap();
    let known = |(step, value): (usize, &f32)| (!value.is_nan()).then(|| (axis.start_of(step as u64).unwrap().0, *value));
    let row = |(at, name): (usize, &String)| (name.clone(), array.row(at).iter().enumerate().filter_map(known).collect());
    series.rows.iter().enumerate().map(row).collect()
}

fn series<'a>(manifest: &'a Manifest, id: &str) -> &'a Series {
    manifest.series.iter().find(|series| series.id == id).unwrap_or_else(|| panic!("{id}: {:?}", manifest.series.iter().map(|s| &s.id).collect::<Vec<_>>()))
}

pub fn count(done: &Value, code: &str) -> u64 {
    done["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == code).filter_map(|finding| finding["count"].as_u64()).sum()
}

/// The finding of a code in an import.
pub fn finding<'a>(done: &'a Value, code: &str) -> &'a Value {
    done["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == code).unwrap_or_else(|| panic!("{code}: {:#}", done["findings"]))
}

pub fn codes(done: &Value) -> Vec<&str> {
    let of_series = |code: &&str| code.starts_with("series-") || code.starts_with("scaled-");
    done["findings"].as_array().unwrap().iter().filter_map(|finding| finding["code"].as_str()).filter(of_series).collect()
}

/// Buildings and one file of series, imported.
pub fn import(at: &Path, file: &str) -> Value {
    run(&["import", &fixture("buildings.geojson"), file, "--out", "territory", "--json"], at)
}

#[test]
fn all_forms_of_the_same_series_give_what_pandas_has() {
    let expected = truth("expected.json");
    let mut chunks: Option<BTreeMap<String, Vec<u8>>> = None;
    for (name, form) in [
        ("long_local.csv", "long"),
        ("long_utc_shuffled.csv", "long"),
        ("objects.csv", "quantities"),
        ("instants.csv", "instants"),
        ("long_local.parquet", "long"),
        ("long_local_brotli.parquet", "long"),
        ("objects.parquet", "quantities"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let done = import(at, &fixture(name));
        assert!(finding(&done, "series-recognised")["example"]["value"].as_str().unwrap().starts_with(form), "{name}: {:#}", done["findings"]);
        let territory = at.join("territory");
        let manifest = manifest(&territory);
        let [imported] = manifest.series.iter().filter(|series| series.id != "demand").collect::<Vec<_>>()[..] else { panic!("{name}") };
        assert_eq!(imported.layer.as_ref().unwrap().as_str(), "buildings", "{name}");
        let found = values(&territory, imported);
        for (row, expected) in expected.as_object().unwrap() {
            let expected: BTreeMap<i64, f32> = expected.as_object().unwrap().iter().map(|(at, value)| (at.parse().unwrap(), value.as_f64().unwrap() as f32)).collect();
            assert_eq!(found[row], expected, "{name} {row}");
        }
        // The chunks are the same bytes, whatever the form was.
        let array = files(&territory.join(&imported.path)).into_iter().filter(|(path, _)| path != "zarr.json").collect();
        assert!(chunks.get_or_insert_with(|| BTreeMap::clone(&array)) == &array, "{name}");
        let local = name.contains("local");
        assert_eq!(count(&done, "series-hour-twice"), if local { 8 } else { 0 }, "{name}");
        assert_eq!(count(&done, "series-zone-assumed"), u64::from(local), "{name}");
        assert_no_errors(&run(&["check", "territory", "--json"], at));
        let info = run(&["info", "territory", "--json"], at);
        assert!(info["series"].as_array().unwrap().iter().any(|series| series["rows"] == 4 && series["layer"] == "buildings"), "{info:#}");
    }
}

/// What ODRÉ's API answers: numbers that are texts, `ND`, hours to come, and more records than the page holds.
#[test]
fn records_of_an_api_are_series() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let record = |hour: usize, load: Value, wind: Value| {
        json!({"code_insee_region": "53", "libelle_region": "Bretagne", "date": "2025-06-21", "heure": format!("{:02}:00", hour + 2),
            "date_heure": format!("2025-06-21T{hour:02}:00:00+00:00"), "consommation": load, "eolien": wind, "stockage_batterie": null})
    };
    let results = [record(0, json!("2100"), json!(300)), record(1, json!(2050), json!("ND")), record(2, json!(2000), json!("280")), record(3, json!(null), json!(null))];
    let load: BTreeMap<i64, f32> = [2100.0, 2050.0, 2000.0].into_iter().zip(0..).map(|(value, hour)| (Instant::parse(&format!("2025-06-21T{hour:02}:00:00Z")).unwrap().0, value)).collect();
    for (name, document, missing) in [
        ("page.json", json!({"total_count": 96, "results": results}), 92),
        ("export.json", json!(results), 0),
        ("first.json", json!({"nhits": 4, "records": results.iter().map(|one| json!({"recordid": "x", "fields": one})).collect::<Vec<_>>()}), 0),
    ] {
        std::fs::write(at.join(name), document.to_string()).unwrap();
        let done = import(at, &at.join(name).display().to_string());
        let announced = done["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "records-missing");
        assert_eq!(announced.map(|finding| finding["example"]["value"].as_str().unwrap().to_owned()), (missing > 0).then(|| missing.to_string()), "{name}");
        let territory = at.join("territory");
        let manifest = manifest(&territory);
        let stem = name.trim_end_matches(".json");
        assert_eq!(values(&territory, series(&manifest, &format!("{stem}-consommation")))["53"], load, "{name}");
        assert_eq!(values(&territory, series(&manifest, &format!("{stem}-eolien")))["53"].len(), 2, "{name}");
        std::fs::remove_dir_all(&territory).unwrap();
    }
}

#[test]
fn eco2mix_keeps_its_holes_and_drops_hours_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let done = import(at, &fixture("eco2mix.csv"));
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let load = series(&manifest, "eco2mix-consommation");
    assert_eq!((load.unit.as_str(), load.nature, load.layer.as_ref()), ("MW", jumeau::base::Nature::Measured, None));
    assert_eq!(series(&manifest, "eco2mix-tco-solaire").unit, "%");
    let found = values(&territory, load);
    for (code, expected) in truth("eco2mix_expected.json").as_object().unwrap() {
        let expected: BTreeMap<i64, f32> = expected.as_object().unwrap().iter().map(|(at, value)| (at.parse().unwrap(), value.as_f64().unwrap() as f32)).collect();
        assert_eq!(found[code], expected, "{code}");
    }
    // 02:00 and 02:30 of 30 March, twice; nothing of the following hour took their values.
    assert_eq!(count(&done, "series-hour-nonexistent"), 4);
    assert_eq!(count(&done, "series-stamp-conflict") + count(&done, "series-stamp-duplicate"), 0);
    // Nothing where there is ND: a row of it in the Loire, one hour of load in both.
    assert!(values(&territory, series(&manifest, "eco2mix-nucleaire"))["52"].is_empty());
    assert!(values(&territory, series(&manifest, "eco2mix-nucleaire"))["53"].values().all(|value| *value == 0.0));
    assert_no_errors(&run(&["check", "territory", "--json"], at));
}

#[test]
fn profiles_masks_and_amounts_of_a_distributor() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("sources")).unwrap();
    for name in ["buildings.geojson", "enedis_profiles.csv", "enedis_aggregates.csv", "contracts.csv"] {
        std::fs::copy(fixtures().join(name), at.join("sources").join(name)).unwrap();
    }
    let dataset = |id: &str| json!({ "id": id, "title": id, "producer": "Enedis", "licence": "LO 2.0", "date": "2025", "attribution": "Enedis", "nature": "statistical" });
    let declaration = json!({
        "id": "essai", "datasets": [dataset("bati"), dataset("enedis")],
        "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "bati" }],
        "series": [{ "file": "enedis_profiles.csv", "id": "profils", "dataset": "enedis" }, { "file": "enedis_aggregates.csv", "dataset": "enedis" }],
        "scaled": [{ "file": "contracts.csv", "dataset": "enedis", "onto": "buildings", "id": "cleabs", "profile": "profil", "scale": "conso_kwh", "profiles": "profils-coefficient-ajuste" }],
    });
    std::fs::write(at.join("sources/sources.json"), declaration.to_string()).unwrap();
    let done = run(&["import", "sources", "--out", "territory", "--json"], at);
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let coefficients = series(&manifest, "profils-coefficient-ajuste");
    assert_eq!((coefficients.unit.as_str(), coefficients.rows.join(",").as_str()), ("1", "ENT1_BASE,PRD3_BASE,RES1_BASE"));
    // A day of 25 hours, and a coefficient that nobody has filled in is no series.
    assert!(values(&territory, coefficients).values().all(|row| row.len() == 50));
    assert!(!manifest.series.iter().any(|series| series.id.ends_with("dynamique")));
    let energy = series(&manifest, "enedis-aggregates-total-energie-soutiree");
    let found = values(&territory, energy);
    assert_eq!(energy.unit, "Wh");
    let known: Vec<(&str, usize)> = found.iter().map(|(row, values)| (row.as_str(), values.len())).collect();
    assert_eq!(known, [("Bretagne · PRO1 · P3: ]6-9] kVA", 0), ("Bretagne · RES1 · P1: ]0-3] kVA", 50), ("Bretagne · RES2 · P5: ]12-15] kVA", 0)]);
    assert_eq!(count(&done, "series-below-threshold"), 50);
    assert!(count(&done, "series-masked") >= 100);
    let scaled = &manifest.scaled[0];
    assert_eq!((scaled.count, scaled.unit.as_str(), scaled.id.as_str()), (4, "kWh", "contracts"));
    let scale = std::fs::read(territory.join("timeseries/contracts/scale/c/0")).unwrap();
    let scale: Vec<f64> = scale.chunks(8).map(|eight| f64::from_le_bytes(eight.try_into().unwrap())).collect();
    assert_eq!((scale[0], scale[1], scale[2], scale[3].is_nan()), (4200.0, 12_500.5, 300.0, true));
    assert_eq!((count(&done, "scaled-profile-unknown"), count(&done, "series-id-unknown")), (1, 1));
    assert_no_errors(&run(&["check", "territory", "--json"], at));
}

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

#[test]
fn the_sectors_of_an_iris_are_quantities_of_its_years() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let row = |year: i64, sector: &str, value: &str, sites: &str| format!("{year},441090101,{sector},{value},{sites}\n");
    let rows: String = (2018..2024).map(|year| row(year, "RESIDENTIEL", &format!("{year}.5"), "300") + &row(year, "TERTIAIRE", "7", if year == 2020 { "3" } else { "30" })).collect();
    std::fs::write(at.join("iris.csv"), format!("annee,code_iris,code_grand_secteur,conso_totale_mwh,nb_sites\n{rows}")).unwrap();
    let done = import(at, "iris.csv");
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let homes = values(&territory, series(&manifest, "iris-residentiel"));
    assert_eq!(homes["441090101"].values().copied().collect::<Vec<_>>(), (2018..2024).map(|year| year as f32 + 0.5).collect::<Vec<_>>());
    // Fewer than ten points are a secret.
    assert_eq!(values(&territory, series(&manifest, "iris-tertiaire"))["441090101"].len(), 5);
    assert_eq!((count(&done, "series-below-threshold"), count(&done, "series-stamp-conflict")), (1, 0));
    let axis = manifest.axes.iter().find(|axis| axis.id == "iris").unwrap();
    assert_eq!((axis.steps(), axis.calendar.as_ref().unwrap().timezone.as_str()), (Some(6), "Europe/Paris"));
    assert_no_errors(&run(&["check", "territory", "--json"], at));
}

#[test]
fn observations_of_sensors_have_a_step_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let done = import(at, &fixture("sensorthings.json"));
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let of = |quantity: &str| manifest.series.iter().find(|series| series.quantity.as_deref() == Some(quantity)).unwrap();
    let start = Instant::parse("2026-11-01T00:00:00Z").unwrap().0;
    let power = of("Puissance");
    // One unit: watts became kilowatts, for most values are.
    assert_eq!(power.unit, "kW");
    let found = values(&territory, power);
    assert_eq!(found["Mairie"].values().copied().collect::<Vec<_>>(), [1.5, 2.0, 2.5, 3.0, 3.5]);
    assert_eq!(found["École"], BTreeMap::from([(start, 1.5), (start + 900, 2.0), (start + 2700, 3.0)]));
    let warmth = values(&territory, of("Température"));
    assert_eq!(warmth["Mairie"], BTreeMap::from([(start, 7.0), (start + 3600, 7.5), (start + 3 * 3600, 6.25)]));
    assert_eq!(codes(&done), ["series-pages-missing", "series-recognised", "series-result-structured", "series-steps-absent", "series-value-absent", "series-value-not-finite"]);
    assert_no_errors(&run(&["check", "territory", "--json"], at));
}

#[test]
fn whatever_is_wrong_with_a_table_is_said_and_the_rest_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    // A table is told by its first rows; sixty good ones of another house.
    let good: String = (0..60).map(|hour| format!("BAT-3;{};{hour}\n", Instant(1_748_736_000 + 3600 * hour))).collect();
    let bad = "\
BAT-1;2025-06-01T02:00:00Z;3
BAT-1;2025-06-01T00:00:00Z;1
BAT-1;2025-06-01T01:00:00Z;2
BAT-1;2025-06-01T03:00:00Z;NaN
BAT-1;2025-06-01T04:00:00Z;beaucoup
BAT-1;2025-06-01T05:00:00Z;6
BAT-1;2025-06-01T05:00:00Z;6
BAT-1;2025-06-01T06:00:00Z;7
BAT-1;2025-06-01T06:00:00Z;8
BAT-1;2025-06-01T06:00:00Z;7
BAT-1;2025-06-31T06:00:00Z;7
BAT-1;2125-06-01T06:00:00Z;7
BAT-2;2025-06-01T00:00:00Z;S
BAT-2;2025-06-01T01:00:00Z;
BAT-2;2025-06-01T02:10:00Z;5
BAT-2;2025-06-01T02:20:00Z;6
BAT-2;2025-06-01T03:00:00Z;9
BAT-2;demain;9
;2025-06-01T03:00:00Z;9
BAT-2;2025-06-01T04:00:00Z
BAT-7;2025-06-01T04:00:00Z;4
";
    std::fs::write(at.join("series.csv"), format!("cleabs;horodate;valeur (kWh)\n{good}{bad}")).unwrap();
    let done = import(at, "series.csv");
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let start = Instant::parse("2025-06-01T00:00:00Z").unwrap().0;
    let found = values(&territory, series(&manifest, "series"));
    let hours = |row: &str| found[row].iter().map(|(at, value)| ((at - start) / 3600, *value)).collect::<Vec<_>>();
    assert_eq!(hours("BAT-1"), [(0, 1.0), (1, 2.0), (2, 3.0), (5, 6.0)]);
    assert_eq!(hours("BAT-2"), [(2, 5.0), (3, 9.0)]);
    assert_eq!((found.len(), found["BAT-3"].len()), (3, 60));
    for (code, times) in [
        ("series-unsorted", 1),
        ("series-value-not-finite", 1),
        ("series-value-unreadable", 1),
        ("series-value-absent", 1),
        ("series-masked", 1),
        ("series-stamp-duplicate", 1),
        ("series-stamp-conflict", 2),
        ("series-stamp-unreadable", 2),
        ("series-stamp-astray", 1),
        ("series-stamp-off-grid", 2),
        ("series-step-several", 1),
        ("series-id-missing", 1),
        ("series-id-unknown", 1),
        ("series-row-unreadable", 1),
    ] {
        assert_eq!(count(&done, code), times, "{code}: {:#}", done["findings"]);
    }
    let conflict = &finding(&done, "series-stamp-conflict")["example"];
    assert_eq!((conflict["file"].as_str(), conflict["value"].as_str()), (Some("series.csv"), Some("7 ≠ 8")));
    assert_eq!(conflict["object"], "#69 BAT-1 2025-06-01T06:00:00Z");
    let counted = done["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == "series").unwrap();
    assert_eq!((counted["kept"].as_u64(), counted["read"].as_u64()), (Some(66), Some(81)), "{counted}");
}

/// Hour after hour, as meters deliver: the first thousands of lines are all of one hour.
#[test]
fn a_table_whose_first_lines_are_all_of_one_hour_is_a_series() {
    for header in ["cleabs;horodate;valeur (kW)", "cleabs;horodate;kW", "cleabs;instant;valeur"] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let hours = (0..3).flat_map(|hour| (0..7_000).map(move |of| format!("BAT-{};2025-06-01T{hour:02}:00:00Z;{}\n", of + 1, f64::from(of) / 8.0 + f64::from(hour))));
        std::fs::write(at.join("series.csv"), format!("{header}\n{}", hours.collect::<String>())).unwrap();
        import(at, "series.csv");
        let manifest = manifest(&at.join("territory"));
        let folder = at.join("territory").join(&series(&manifest, "series").path);
        let array = zarr::read(&std::fs::read(folder.join("zarr.json")).unwrap(), &mut |chunk| std::fs::read(folder.join(chunk)).ok()).unwrap();
        let sum: f64 = (0..7_000).flat_map(|row| array.row(row)).map(|value| f64::from(*value)).sum();
        assert_eq!(sum, 3.0 * 6_999.0 * 7_000.0 / 16.0 + 3.0 * 7_000.0, "{header}");
    }
}

#[test]
fn the_double_hour_is_only_told_apart_where_it_can_be() {
    let rows = |lines: &[(&str, f64)]| lines.iter().fold("id;horodate_locale;valeur_kw\n".to_owned(), |text, (at, value)| text + &format!("BAT-1;2025-10-26 {at};{value}\n"));
    let check = |lines: &[(&str, f64)], expect: &[(i64, f32)], code: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("nuit.csv"), rows(lines)).unwrap();
        let done = import(folder.path(), "nuit.csv");
        let territory = folder.path().join("territory");
        let midnight = Instant::parse("2025-10-25T22:00:00Z").unwrap().0;
        let found = values(&territory, series(&manifest(&territory), "nuit"));
        let hours: Vec<(i64, f32)> = found["BAT-1"].iter().map(|(at, value)| ((at - midnight) / 3600, *value)).collect();
        assert_eq!(hours, expect, "{lines:?}");
        assert!(count(&done, code) > 0, "{code}: {:#}", done["findings"]);
    };
    let forward = [("01:00", 1.0), ("02:00", 2.0), ("02:00", 3.0), ("03:00", 4.0), ("04:00", 5.0)];
    check(&forward, &[(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (5, 5.0)], "series-hour-twice");
    let back: Vec<_> = forward.iter().rev().copied().collect();
    check(&back, &[(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (5, 5.0)], "series-hour-twice");
    let mixed = [forward[3], forward[1], forward[0], forward[4], forward[2]];
    check(&mixed, &[(1, 1.0), (4, 4.0), (5, 5.0)], "series-hour-undecided");
    // A column for each hour of that night, two of them of one name.
    let folder = tempfile::tempdir().unwrap();
    let (hours, numbers): (Vec<String>, Vec<String>) = forward.iter().map(|(at, value)| (format!("2025-10-26 {at}"), value.to_string())).unzip();
    std::fs::write(folder.path().join("nuit.csv"), format!("cleabs;{}\nBAT-1;{}\n", hours.join(";"), numbers.join(";"))).unwrap();
    import(folder.path(), "nuit.csv");
    let territory = folder.path().join("territory");
    let found = values(&territory, series(&manifest(&territory), "nuit"));
    assert_eq!(found["BAT-1"].values().copied().collect::<Vec<_>>(), [1.0, 2.0, 3.0, 4.0, 5.0]);
    check(&[forward[0], forward[1], forward[3], forward[4]], &[(1, 1.0), (2, 2.0), (4, 4.0), (5, 5.0)], "series-hour-ambiguous");
}

#[test]
fn a_declaration_counts_more_than_a_guess() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("sources")).unwrap();
    std::fs::copy(fixtures().join("buildings.geojson"), at.join("sources/buildings.geojson")).unwrap();
    // Hours that end at their stamps, in the time of La Réunion, with more of them than the declaration says.
    let rows: String = (1..=30).map(|hour| format!("{:02}/06/2025;{:02}:00;{hour};{}\n", 1 + hour / 24, hour % 24, 100 + hour)).collect();
    std::fs::write(at.join("sources/compteurs.csv"), format!("jour;heure;BAT-1 (kW);BAT-2 (kW)\n{rows}")).unwrap();
    let dataset = json!({ "id": "d", "title": "d", "producer": "d", "licence": "d", "date": "2025", "attribution": "d", "nature": "measured" });
    let declare = |member: Value| {
        let mut series = json!({ "file": "compteurs.csv", "dataset": "d", "id": "relevés", "onto": "buildings", "form": "objects", "stamp": "end",
            "time_zone": "Indian/Reunion", "unit": "MWh", "end": "2025-06-01T20:00:00Z", "start": "2025-05-31T20:00:00Z", "interpolation": "linear" });
        series.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
        let declaration = json!({ "id": "essai", "datasets": [dataset], "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "d" }], "series": [series] });
        std::fs::write(at.join("sources/sources.json"), declaration.to_string()).unwrap();
        // Findings of severity error end with 1, and the territory is there.
        serde_json::from_slice::<Value>(&output(&["import", "sources", "--out", "territory", "--json"], at).stdout).unwrap()
    };
    let done = declare(json!({}));
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let one = series(&manifest, "releves");
    assert_eq!((one.unit.as_str(), one.nature, one.interpolation.is_some()), ("MWh", jumeau::base::Nature::Measured, true));
    let found = values(&territory, one);
    let start = Instant::parse("2025-05-31T20:00:00Z").unwrap().0;
    assert_eq!(found["BAT-2"], (0..24).map(|hour| (start + 3600 * hour, 101.0 + hour as f32)).collect());
    assert_eq!((count(&done, "series-longer-than-declared"), count(&done, "series-unit-contradicted")), (12, 2));
    assert!(codes(&done).iter().all(|code| !code.contains("assumed") && !code.contains("guessed")), "{:#}", done["findings"]);
    // Two columns of a register of other ids, in RNB's spelling: nobody has them here.
    let done = declare(json!({ "by": "rnb" }));
    assert_eq!(count(&done, "series-id-unknown"), 2);
    let done = declare(json!({ "time_zone": "Europe/Brume" }));
    assert_eq!(finding(&done, "series-zone-unknown")["severity"], "error");
    let done = declare(json!({ "columns": { "instant": ["jour", "minute"] } }));
    assert_eq!(finding(&done, "declaration-column-missing")["example"]["object"], "minute");
}

#[test]
fn series_find_their_objects_by_another_id() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("sources")).unwrap();
    let buildings = std::fs::read_to_string(fixtures().join("buildings.geojson")).unwrap();
    let with_rnb = ["ABCDEF123456", "BBBBBB222222/CCCCCC333333"].iter().zip(["BAT-1", "BAT-2"]).fold(buildings, |text, (rnb, id)| {
        text.replace(&format!("\"cleabs\": \"{id}\""), &format!("\"cleabs\": \"{id}\", \"identifiants_rnb\": \"{rnb}\""))
    });
    std::fs::write(at.join("sources/buildings.geojson"), with_rnb).unwrap();
    let hours: String = (0..5).map(|hour| format!("2025-06-01T0{hour}:00:00Z;1;2;3\n")).collect();
    std::fs::write(at.join("sources/s.csv"), format!("time;ABCD-EF12-3456;cccccc333333;DDDDDD444444\n{hours}")).unwrap();
    let dataset = json!({ "id": "d", "title": "d", "producer": "d", "licence": "d", "date": "2025", "attribution": "d", "nature": "measured" });
    let declaration = json!({ "id": "essai", "datasets": [dataset],
        "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "d", "fields": { "rnb": "identifiants_rnb" } }],
        "series": [{ "file": "s.csv", "dataset": "d", "onto": "buildings", "by": "rnb", "form": "objects", "unit": "kW" }] });
    std::fs::write(at.join("sources/sources.json"), declaration.to_string()).unwrap();
    let done = run(&["import", "sources", "--out", "territory", "--json"], at);
    let manifest = manifest(&at.join("territory"));
    let one = series(&manifest, "s");
    assert_eq!((one.rows.join(" "), one.by.as_deref()), ("ABCD-EF12-3456 cccccc333333".to_owned(), Some("rnb")));
    assert_eq!(finding(&done, "series-id-unknown")["example"]["object"], "DDDDDD444444");
}

#[test]
fn a_series_alone_and_a_table_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let alone = output(&["import", &fixture("objects.csv"), "--out", "t", "--json"], at);
    assert_eq!(alone.status.code(), Some(2));
    assert!(!at.join("t").exists());
    // A register has a date in each row and is no series.
    std::fs::write(at.join("registre.csv"), "id;date_mise_en_service;puissance_kw\nA;2011-03-04;3\nB;2015-08-01;9\nC;2019-01-17;36\n").unwrap();
    let done = import(at, "registre.csv");
    assert_eq!((count(&done, "table-without-geometry"), count(&done, "series-recognised")), (1, 0));
    let checked = run(&["check", &fixture("enedis_aggregates.csv"), "--json"], at);
    assert!(checked["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "series-masked"), "{checked:#}");
}

#[test]
fn check_misses_what_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    import(at, &fixture("objects.csv"));
    let group = at.join("territory/timeseries/objects");
    let array = group.join("value");
    let checked = |code: &str| {
        let output = output(&["check", "territory", "--json"], at);
        let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
        checked["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == code)
    };
    let damage = |path: &str, bytes: Option<Vec<u8>>, code: &str| {
        let path = if path.starts_with("c/") { array.join(path) } else { group.join(path) };
        let before = std::fs::read(&path).unwrap();
        assert!(!checked(code), "{code}");
        std::fs::remove_file(&path).unwrap();
        if let Some(bytes) = bytes {
            std::fs::write(&path, bytes).unwrap();
        }
        assert!(checked(code), "{code}");
        std::fs::write(&path, before).unwrap();
    };
    damage("c/0/0", None, "series-chunk-missing");
    damage("c/0/0", Some(vec![0; 4]), "zarr-chunk");
    let mut infinite = std::fs::read(array.join("c/0/0")).unwrap();
    infinite[..4].copy_from_slice(&f32::INFINITY.to_le_bytes());
    damage("c/0/0", Some(infinite), "series-infinite");
    damage("feature/c/0", None, "series-labels");
    let time = std::fs::read(group.join("time/c/0")).unwrap();
    let mut turned = time.clone();
    turned[..8].copy_from_slice(&time[8..16]);
    damage("time/c/0", Some(turned), "series-axis");
    damage("time/c/0", Some(time[8..].to_vec()), "zarr-chunk");
    // A chunk that the array itself calls empty is none that is missing.
    let metadata = std::fs::read_to_string(array.join("zarr.json")).unwrap();
    std::fs::write(array.join("zarr.json"), metadata.replace("\"attributes\": {", "\"attributes\": { \"empty_chunks\": [\"0/0\"],")).unwrap();
    std::fs::remove_file(array.join("c/0/0")).unwrap();
    assert!(!checked("series-chunk-missing"));
}

#[test]
fn shards_and_repetition_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let sources = [fixture("buildings.geojson"), fixture("long_local.csv"), fixture("eco2mix.csv")];
    let [a, b, c] = sources.each_ref().map(String::as_str);
    run(&["import", a, b, c, "--out", "whole", "--json"], at);
    let plan = run(&["plan", a, b, c, "--work", "work", "--shard-buildings", "1", "--json"], at);
    for shard in (0..plan["shards"].as_u64().unwrap()).rev() {
        run(&["work", "work", "--shard", &shard.to_string(), "--json"], at);
    }
    run(&["merge", "work", "--out", "parts", "--json"], at);
    assert_same(&at.join("whole/timeseries"), &at.join("parts/timeseries"));
    // Again, into the territory that is there.
    run(&["import", c, b, a, "--out", "whole", "--json"], at);
    assert_same(&at.join("whole/timeseries"), &at.join("parts/timeseries"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]
    #[test]
    fn the_order_of_rows_changes_no_byte(seed in any::<u64>(), step in prop::sample::select(vec![600_i64, 900, 1800, 3600, 86_400])) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let mut lines: Vec<String> = (0..160_i64)
            .filter(|k| (k.wrapping_mul(31) + seed as i64 % 7) % 11 != 0)
            .map(|k| format!("BAT-{};{};{}", 1 + k % 4, Instant(1_750_000_000 / step * step + step * (k / 4)), k))
            .collect();
        let write = |lines: &[String]| std::fs::write(at.join("s.csv"), format!("cleabs;horodate;valeur (kWh)\n{}\n", lines.join("\n"))).unwrap();
        write(&lines);
        import(at, "s.csv");
        std::fs::rename(at.join("territory"), at.join("first")).unwrap();
        lines.sort_by_key(|line| line.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)));
        write(&lines);
        import(at, "s.csv");
        assert_same(&at.join("first/timeseries"), &at.join("territory/timeseries"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    /// Whatever stands in the cells of a table, whatever is said of it: the import ends, and says what it found.
    #[test]
    fn no_table_is_too_odd(
        header in prop::collection::vec(prop::sample::select(HEADERS.to_vec()), 2..7),
        cells in prop::collection::vec(prop::sample::select(CELLS.to_vec()), 6..90),
        declared in any::<[u8; 6]>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let rows: String = cells.chunks(header.len()).filter(|row| row.len() == header.len()).map(|row| row.join(";") + "\n").collect();
        std::fs::write(at.join("s.csv"), format!("{}\n{rows}", header.join(";"))).unwrap();
        std::fs::copy(fixtures().join("buildings.geojson"), at.join("buildings.geojson")).unwrap();
        let pick = |at: usize, list: &[Value]| list[usize::from(declared[at]) % list.len()].clone();
        let dataset = json!({ "id": "d", "title": "d", "producer": "d", "licence": "d", "date": "2025", "attribution": "d", "nature": "measured" });
        let mut one = json!({ "file": "s.csv", "dataset": "d" });
        let members = [
            ("form", pick(0, &[Value::Null, json!("long"), json!("objects"), json!("quantities"), json!("instants"), json!("hours")])),
            ("step_s", pick(1, &[Value::Null, json!(1), json!(-5), json!(0), json!(i64::MAX), json!(900)])),
            ("start", pick(2, &[Value::Null, json!("2025-01-01T00:00:00Z"), json!("2199-01-01T00:00:00Z"), json!("1800-01-02T00:00:00Z")])),
            ("end", pick(3, &[Value::Null, json!("2025-01-01T06:00:00Z"), json!("2200-01-01T00:00:00Z")])),
            ("stamp", pick(4, &[Value::Null, json!("end"), json!("start")])),
            ("onto", pick(5, &[Value::Null, json!("buildings"), json!("roads")])),
        ];
        one.as_object_mut().unwrap().extend(members.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)));
        let declaration = json!({ "id": "essai", "datasets": [dataset], "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "d" }], "series": [one] });
        std::fs::write(at.join("sources.json"), declaration.to_string()).unwrap();
        let read = |path: PathBuf| jumeau::pipeline::read_sources(&[path], &jumeau::pipeline::ImportOptions::default(), &jumeau::pipeline::Silent);
        prop_assert!(read(at.to_owned()).is_ok());
        // And as somebody who says nothing about it.
        std::fs::remove_file(at.join("sources.json")).unwrap();
        prop_assert!(read(at.to_owned()).is_ok());
    }
}

const HEADERS: [&str; 19] = [
    "id", "cleabs", "horodate", "date", "heure", "Date - Heure", "valeur (kWh)", "value", "unit", "quantity", "BAT-1", "nb_points", "2025-01-01T00:00:00Z",
    "2025-10-26 02:00", "2025-10-26 02:00", "consommation", "00:00", "01:00", "02:00",
];
const CELLS: [&str; 28] = [
    "BAT-1", "BAT-2", "", "2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z", "2025-10-26 02:30", "2025-03-30 02:30", "26/10/2025 02:00", "1800-01-01", "2200-12-31T23:59:59Z", "02:00",
    "24:00", "2025", "2025-06", "12,5", "-1e300", "1e39", "NaN", "S", "< 10", "ND", "kWh", "MW", "lieues", "99999999999999999999", "1750000000", "é\u{fffd}", "\"a;b\"",
];

/// A year of Paris, every hour as the wall clock shows it: 8,760 hours in, the same 8,760 hours out.
#[test]
fn a_whole_year_of_paris_keeps_its_hours() {
    use jumeau::base::Clock;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let start = Clock::Paris.instant(2025, 1, 1, 0, 0).unwrap().0;
    let wall = |at: i64| Instant(at + i64::from(Clock::Paris.read(Instant(at)).offset_s)).to_string().replace('T', " ").replace('Z', "");
    let rows: String = (0..8760).map(|hour| format!("{};{hour}\n", wall(start + 3600 * hour))).collect();
    std::fs::write(at.join("annee.csv"), format!("date_heure;BAT-1\n{rows}")).unwrap();
    import(at, "annee.csv");
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let year = series(&manifest, "annee");
    let axis = manifest.axes.iter().find(|axis| axis.id == year.axis).unwrap();
    assert_eq!((axis.steps(), axis.start.0, axis.end), (Some(8760), start, Clock::Paris.instant(2026, 1, 1, 0, 0).unwrap()));
    assert_eq!(values(&territory, year)["BAT-1"], (0..8760).map(|hour| (start + 3600 * hour, hour as f32)).collect());
}

/// What others find: xarray and zarr of PyPI open the groups, where `JUMEAU_PYTHON` names a Python that has them.
#[test]
fn xarray_finds_the_same_numbers() {
    let Some(python) = std::env::var_os("JUMEAU_PYTHON") else {
        return eprintln!("skipped: JUMEAU_PYTHON names no Python with xarray and zarr");
    };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["long_local.csv", "sensorthings.json", "eco2mix.csv"] {
        import(at, &fixture(name));
        let territory = at.join("territory");
        let output = std::process::Command::new(&python).arg(fixtures().join("read_with_xarray.py")).arg(&territory).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let found: BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>> = serde_json::from_slice(&output.stdout).unwrap();
        let manifest = manifest(&territory);
        assert_eq!(found.len(), manifest.series.len() - 1);
        for (id, rows) in found {
            let ours = values(&territory, series(&manifest, &id));
            let theirs = rows.into_iter().map(|(row, values)| (row, values.into_iter().map(|(at, value)| (at.parse().unwrap(), value as f32)).collect())).collect();
            assert_eq!(ours, theirs, "{name} {id}");
        }
    }
}

#[test]
fn months_of_the_regions_of_france() {
    let Some(months) = shared("eco2mix/eco2mix_regions_monthly_2010_2017.csv") else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    import(at, months.to_str().unwrap());
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let load = series(&manifest, "eco2mix-regions-monthly-2010-2017-load");
    let axis = manifest.axes.iter().find(|axis| axis.id == load.axis).unwrap();
    assert_eq!((axis.steps(), axis.calendar.is_some()), (Some(86), true));
    let of_2016 = |id: &str, region: &str| {
        let found = values(&territory, series(&manifest, &format!("eco2mix-regions-monthly-2010-2017-{id}")));
        let clock = jumeau::base::Clock::Paris;
        let year: Vec<f32> = found[region].iter().filter(|(at, _)| clock.read(Instant(**at)).year == 2016).map(|(_, value)| *value).collect();
        (year.len(), year.iter().sum::<f32>())
    };
    // As its SOURCE.md counts them.
    assert_eq!(of_2016("load", "Bretagne"), (12, 22_463.0));
    assert_eq!(of_2016("wind", "Pays-de-la-Loire"), (12, 1_253.0));
    // Empty in 2013, and not zero: 50 months of which 12 have no load.
    assert_eq!(values(&territory, load)["Bretagne"].len(), 38);
}

#[test]
fn weather_files_are_series_too() {
    let Some(tmy) = shared("pvlib-testdata/tmy_45.000_8.000_2005_2023.csv") else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    import(at, tmy.to_str().unwrap());
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let ghi = manifest.series.iter().find(|series| series.quantity.as_deref() == Some("ghi")).unwrap();
    assert!(ghi.typical_year && ghi.unit == "W/m²");
    let found = values(&territory, ghi);
    let row = found.values().next().unwrap();
    // 1,435.861 kWh/m², as its SOURCE.md counts.
    assert_eq!(row.len(), 8760);
    assert!((row.values().map(|value| f64::from(*value)).sum::<f64>() / 1000.0 - 1435.861).abs() < 0.001);
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

#[test]
fn departures_of_a_feed_are_a_series_of_its_stops() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let feed = at.join("bus");
    std::fs::create_dir(&feed).unwrap();
    for (name, text) in [
        ("agency.txt", "agency_id,agency_name,agency_url,agency_timezone\nB,Bus du Bourg,http://b,Europe/Paris\n"),
        ("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nA,Mairie,47.2100,-1.5500\nB,Gare,47.2150,-1.5450\n"),
        ("routes.txt", "route_id,agency_id,route_short_name,route_type\nR,B,1,3\n"),
        ("trips.txt", "route_id,service_id,trip_id\nR,all,T\nR,all,N\n"),
        ("stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT,8:00:00,8:00:00,A,1\nT,8:20:00,8:20:00,B,2\nN,24:30:00,24:30:00,B,1\nN,24:50:00,24:50:00,A,2\n"),
        // The clock goes back in the night to Sunday 25 October.
        ("calendar.txt", "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nall,1,1,1,1,1,1,1,20261024,20261026\n"),
    ] {
        std::fs::write(feed.join(name), text).unwrap();
    }
    let done = run(&["import", "bus", "--crs", "EPSG:2154", "--out", "territory", "--json"], at);
    let territory = at.join("territory");
    let told = manifest(&territory);
    let departures = told.series.iter().find(|series| series.id.starts_with("departures")).unwrap_or_else(|| panic!("{:#}", done["findings"]));
    assert_eq!((departures.layer.as_ref().map(|layer| layer.as_str()), departures.rows.len()), (Some("transit"), 2));
    let found = values(&territory, departures);
    let at_utc = |text: &str| Instant::parse(text).unwrap().0;
    // Eight in the morning is six in summer and seven in winter.
    assert_eq!(found["A"][&at_utc("2026-10-24T06:00:00Z")], 1.0);
    assert_eq!(found["A"][&at_utc("2026-10-25T07:00:00Z")], 1.0);
    assert_eq!(found["A"][&at_utc("2026-10-25T06:00:00Z")], 0.0);
    // Half past midnight of the night in which the clock goes back, before it does.
    assert_eq!(found["B"][&at_utc("2026-10-24T22:00:00Z")], 1.0);
    assert_eq!(found["B"].values().sum::<f32>(), 2.0, "of three nights the last is beyond the last day");
    assert_no_errors(&run(&["check", "territory", "--json"], at));
}
