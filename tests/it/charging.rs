//! Stations where electric vehicles charge: from the national base's rows and from OpenStreetMap to a year of simulated charging.

use jumeau::base::{Nature, Report};
use jumeau::formats::territory::Moves;
use jumeau::pipeline::demo::{self, DemoOptions};
use jumeau::pipeline::shards::ShardOptions;
use jumeau::pipeline::{ImportOptions, Imported, Silent, import, read_sources};
use jumeau::region::utility::{Fixture, FixtureKind, Utility};
use std::path::Path;

fn count<'a>(report: &'a Report, code: &str) -> Option<&'a str> {
    report.findings().iter().find(|finding| finding.code == code).map(|finding| finding.value.as_str())
}

fn imported(name: &str, text: &str) -> Imported {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    read_sources(&[path], &ImportOptions { crs: Some("EPSG:2154".to_owned()), ..ImportOptions::default() }, &Silent).unwrap()
}

fn station<'a>(imported: &'a Imported, id: &str) -> &'a Fixture {
    imported.region.fixtures.iter().find(|fixture| fixture.id == id).unwrap_or_else(|| panic!("{id}: {:?}", imported.region.fixtures))
}

/// Rows of the schema IRVE 2 as the consolidated file has them, made up: a station of three points one of which stands twice, one in watts, one
/// without an id, one without a place.
const ROWS: &str = r#"nom_station,id_station_itinerance,adresse_station,implantation_station,coordonneesXY,nbre_pdc,id_pdc_itinerance,puissance_nominale,condition_acces,date_mise_en_service,consolidated_longitude,consolidated_latitude
Mairie,FRXXXP1,1 rue A,Voirie,"[0.0, 0.0]",3,FRXXXE11,22,Accès libre,2023-04-01,-1.55,47.21
Mairie,FRXXXP1,1 rue A,Voirie,"[0.0, 0.0]",3,FRXXXE12,22.0,Accès libre,2021-02-01,-1.55,47.21
Mairie,FRXXXP1,1 rue A,Voirie,"[0.0, 0.0]",3,FRXXXE13,7.4,Accès libre,2023-04-01,-1.55,47.21
Mairie,FRXXXP1,1 rue A,Voirie,"[0.0, 0.0]",3,FRXXXE13,7.4,Accès libre,2023-04-01,-1.55,47.21
Halle,FRXXXP2,2 rue B,Parking public,"[-1.56, 47.22]",4,FRXXXE21,50000,Accès libre,,,
Port,Non concerné,3 rue C,Parking public,"[-1.57, 47.23]",1,Non concerné,,Accès libre,,,
Perdue,FRXXXP4,4 rue D,Voirie,,1,FRXXXE41,22,Accès libre,,,
"#;

#[test]
fn rows_of_the_national_base_become_stations() {
    let imported = imported("irve.csv", ROWS);
    let of = |id: &str| station(&imported, id);
    assert_eq!(imported.region.fixtures.len(), 3, "{:?}", imported.report.findings());
    assert!(imported.region.fixtures.iter().all(|fixture| (fixture.kind, fixture.utility) == (FixtureKind::Charger, Utility::Electricity)));
    let hall = of("FRXXXP1");
    assert_eq!((hall.name.as_deref(), hall.class.as_str(), hall.plugs.points, hall.years.from), (Some("Mairie"), "Voirie", Some(3), Some(2021)));
    assert!((hall.plugs.point_kw.unwrap() - (22.0 + 22.0 + 7.4) / 3.0).abs() < 1e-9);
    // Lambert-93 of 1.55° W, 47.21° N as PROJ has it, to a metre.
    assert!((hall.at[0] - 355_533.0).abs() < 3_000.0 && (hall.at[1] - 6_689_000.0).abs() < 6_000.0, "{:?}", hall.at);
    // A row says its station has four points, and writes watts.
    assert_eq!((of("FRXXXP2").plugs.points, of("FRXXXP2").plugs.point_kw), (Some(4), Some(50.0)));
    let port = of("Port · 3 rue C");
    assert_eq!((port.plugs.points, port.plugs.point_kw), (Some(1), None));
    for (code, value) in [("charging-point-twice", "1"), ("charging-power-in-watts", "1")] {
        assert_eq!(count(&imported.report, code), Some(value), "{code}");
    }
    assert!(count(&imported.report, "geometry-missing").is_some());
}

#[test]
fn the_same_rows_as_geojson_are_the_same_stations() {
    let row = |point: &str| format!(r#"{{"type":"Feature","properties":{{"nom_station":"Mairie","id_station_itinerance":"FRXXXP1","nbre_pdc":2,"id_pdc_itinerance":"{point}","puissance_nominale":22}},"geometry":{{"type":"Point","coordinates":[-1.55,47.21]}}}}"#);
    let imported = imported("irve.geojson", &format!(r#"{{"type":"FeatureCollection","features":[{},{}]}}"#, row("A"), row("B")));
    assert_eq!(imported.region.fixtures.len(), 1);
    assert_eq!(station(&imported, "FRXXXP1").plugs.points, Some(2));
}

#[test]
fn openstreetmap_has_stations_too() {
    let imported = imported("bornes.osm", r#"<?xml version="1.0"?><osm version="0.6">
<node id="1" lon="-1.55" lat="47.21"><tag k="amenity" v="charging_station"/><tag k="capacity" v="4"/><tag k="socket:type2:output" v="22 kW"/><tag k="name" v="Halle"/></node>
<node id="2" lon="-1.551" lat="47.211"><tag k="amenity" v="charging_station"/></node>
<node id="3" lon="-1.552" lat="47.212"><tag k="amenity" v="bench"/></node>
</osm>"#);
    let mut plugs: Vec<_> = imported.region.fixtures.iter().map(|fixture| (fixture.kind, fixture.plugs.points, fixture.plugs.point_kw)).collect();
    plugs.sort_by_key(|(_, points, _)| *points);
    assert_eq!(plugs, [(FixtureKind::Charger, None, None), (FixtureKind::Charger, Some(4), Some(22.0))]);
}

fn territory(folder: &Path, most_buildings: u64) -> import::Done {
    let sources = folder.join("sources");
    if !sources.exists() {
        demo::write(&sources, &DemoOptions { seed: 5, buildings: 200 }, &Silent).unwrap();
    }
    import::import(&[sources], &folder.join(format!("out-{most_buildings}")), &ImportOptions::default(), &ShardOptions { most_buildings }, 1, &Silent).unwrap()
}

#[test]
fn an_import_simulates_what_stations_draw_hour_by_hour() {
    let folder = tempfile::tempdir().unwrap();
    let done = territory(folder.path(), 20_000);
    let series = done.manifest.series.iter().find(|series| series.id == "vehicle-charging").expect("a series");
    assert_eq!((series.moves, series.unit.as_str(), series.nature), (Some(Moves::Charging), "kW", Nature::Simulated));
    assert_eq!(series.layer.as_ref().map(|layer| layer.as_str()), Some("electricity"));
    assert_eq!(series.full, [44.0, 132.0, 600.0]);
    assert!(series.rows.iter().all(|row| row.starts_with("FICTIF")));
    assert!(!done.manifest.is_made_up(&series.dataset), "the stations are made up, and say so; their load is simulated");
    let home = folder.path().join("out-20000");
    let array = jumeau::formats::zarr::read(&std::fs::read(home.join(&series.path).join("zarr.json")).unwrap(), &mut |path| std::fs::read(home.join(&series.path).join(path)).ok()).unwrap();
    assert_eq!((array.rows, array.steps), (3, 8760));
    for (row, full) in series.full.iter().enumerate() {
        let values = &array.values[row * array.steps..(row + 1) * array.steps];
        assert!(values.iter().all(|kw| (0.0..=full * 1.0001).contains(kw)), "never more than its points give");
        // Twelve kilowatt-hours three times a day at each point, but for stays that are too short.
        let points = [2.0, 6.0, 4.0][row];
        let kwh: f64 = values.iter().map(|kw| f64::from(*kw)).sum();
        assert!(kwh > 0.8 * 36.0 * 365.0 * points && kwh <= 1.0001 * 36.0 * 365.0 * points, "{kwh}");
        // Nobody charges there in the dead of night.
        assert_eq!(values.iter().skip(2).step_by(24).copied().fold(0.0, f32::max), 0.0);
    }
    // However the import is cut, the bytes are the same.
    let cut = territory(folder.path(), 60);
    let again = cut.manifest.series.iter().find(|series| series.id == "vehicle-charging").expect("a series");
    assert_eq!(series, again);
    let bytes = |out: &str| std::fs::read(folder.path().join(out).join(&series.path).join("c/0/0")).unwrap();
    assert_eq!(bytes("out-20000"), bytes("out-60"));
}
