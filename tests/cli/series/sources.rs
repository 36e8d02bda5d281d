//! What others publish, in every form; and what other programs find in the territory.

use super::{codes, count, finding, fixture, fixtures, import, manifest, series, truth, values};
use crate::shards::{assert_no_errors, files, run};
use crate::shared_data::shared;
use jumeau::base::Instant;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[test]
fn all_forms_of_the_same_series_give_what_pandas_has() {
    let expected = truth("expected.json");
    let mut chunks: Option<BTreeMap<String, Vec<u8>>> = None;
    for (name, form) in [
        ("long_local.csv", "long"),
        ("long_utc_shuffled.csv", "long"),
        ("objects.csv", "objects"),
        ("instants.csv", "instants"),
        ("long_local.parquet", "long"),
        ("long_local_brotli.parquet", "long"),
        ("objects.parquet", "objects"),
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
