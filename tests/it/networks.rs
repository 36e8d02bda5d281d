//! Networks that are no roads: EPANET, GTFS, the high-voltage grid, and layers that only their names tell.

use crate::shared_data::shared;
use jumeau::base::Report;
use jumeau::pipeline::{ImportFault, ImportOptions, Imported, Silent, read_sources};
use jumeau::region::utility::{Accuracy, FixtureKind, Lay, Utility};
use std::path::{Path, PathBuf};

fn import(paths: &[PathBuf], options: &ImportOptions) -> Imported {
    read_sources(paths, options, &Silent).unwrap()
}

fn in_crs(code: &str) -> ImportOptions {
    ImportOptions {
        crs: Some(code.to_owned()),
        ..ImportOptions::default()
    }
}

fn count(report: &Report, code: &str) -> usize {
    report
        .findings()
        .iter()
        .filter(|finding| finding.code == code)
        .count()
}

fn value<'a>(report: &'a Report, code: &str) -> &'a str {
    &report
        .findings()
        .iter()
        .find(|finding| finding.code == code)
        .unwrap_or_else(|| panic!("{code}: {report:?}"))
        .value
}

fn read(imported: &Imported, layer: &str) -> (usize, usize) {
    imported
        .layers
        .iter()
        .find(|count| count.id == layer)
        .map_or((0, 0), |count| (count.read, count.kept))
}

// EPANET

/// A mapping file that places a plan.
fn placed(folder: &Path, scale: f64) -> ImportOptions {
    let map = folder.join("map.json");
    let text = format!(
        r#"{{ "as": "drinking-water", "file": "*.inp", "place": {{ "origin": [355000, 6690000], "scale": {scale} }} }}"#
    );
    std::fs::write(&map, text).unwrap();
    ImportOptions {
        map: Some(map),
        ..ImportOptions::default()
    }
}

#[test]
fn net3_is_drawn_where_it_is_placed() {
    let Some(path) = shared("epanet/Net3.inp") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let imported = import(&[path], &placed(folder.path(), 100.0));
    assert_eq!(
        value(&imported.report, "epanet-network"),
        "JUNCTIONS 92, RESERVOIRS 2, TANKS 3, PIPES 117, PUMPS 2, VALVES 0, GPM, H-W"
    );
    assert_eq!(read(&imported, "drinking-water"), (97 + 119, 97 + 119));
    let region = &imported.region;
    assert_eq!(region.conduits.len(), 119);
    // Pumps are things too.
    assert_eq!(region.fixtures.len(), 97 + 2);
    assert_eq!(
        region
            .fixtures
            .iter()
            .filter(|post| post.kind == FixtureKind::Tank)
            .count(),
        5
    );
    assert_eq!(
        region
            .fixtures
            .iter()
            .filter(|post| post.kind == FixtureKind::Pump)
            .count(),
        2
    );
    assert!(
        region
            .conduits
            .iter()
            .all(|pipe| matches!(pipe.lay, Lay::Underground { depth_m: None }))
    );
    // Pipe 20 of Net3 is 99 inches wide in the file.
    let pipe = region
        .conduits
        .iter()
        .find(|pipe| pipe.id == "pipe/20")
        .unwrap();
    assert!((pipe.diameter_m.unwrap() - 99.0 * 0.0254).abs() < 1e-9);
    let [x, y] = region
        .fixtures
        .iter()
        .find(|post| post.id == "junction/10")
        .unwrap()
        .at;
    assert!(
        (x - (355_000.0 + 900.0)).abs() < 1.0 && (y - (6_690_000.0 + 2_785.0)).abs() < 1.0,
        "{x} {y}"
    );
}

#[test]
fn l_town_counts_and_metric_units() {
    let Some(path) = shared("epanet/L-TOWN.inp") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let imported = import(&[path], &placed(folder.path(), 1.0));
    assert_eq!(
        value(&imported.report, "epanet-network"),
        "JUNCTIONS 782, RESERVOIRS 2, TANKS 1, PIPES 905, PUMPS 1, VALVES 3, CMH, H-W"
    );
    assert_eq!(read(&imported, "drinking-water"), (785 + 909, 785 + 909));
    assert!(
        imported
            .region
            .conduits
            .iter()
            .filter_map(|pipe| pipe.diameter_m)
            .all(|d| (0.03..1.0).contains(&d))
    );
}

#[test]
fn a_plan_is_never_drawn_in_the_gulf_of_guinea() {
    for name in ["epanet/Net3.inp", "epanet/L-TOWN.inp"] {
        let Some(path) = shared(name) else { return };
        let nowhere = import(&[path.clone()], &ImportOptions::default());
        assert_eq!(count(&nowhere.report, "plan-without-crs"), 2, "{name}");
        assert!(nowhere.region.conduits.is_empty() && nowhere.region.fixtures.is_empty());
        // Lambert-93 does not begin at zero either.
        let outside = import(&[path], &in_crs("EPSG:2154"));
        assert_eq!(count(&outside.report, "plan-outside"), 2, "{name}");
        assert!(outside.region.conduits.is_empty() && outside.region.fixtures.is_empty());
    }
}

#[test]
fn a_network_in_real_coordinates_needs_only_its_system() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bourg.inp");
    std::fs::write(
        &path,
        "[JUNCTIONS]\nA 10\nB 12\nC 9\n[PIPES]\nP A B 100 150 130\nQ B Z 10 100 130\n[OPTIONS]\nUnits LPS\n[COORDINATES]\nA 355000 6690000\nB 355100 6690000\n",
    )
    .unwrap();
    let imported = import(&[path], &in_crs("EPSG:2154"));
    assert_eq!(imported.region.conduits.len(), 1);
    assert_eq!(imported.region.conduits[0].diameter_m, Some(0.15));
    // A junction without a place, and the pipe that leads to a node that is none.
    assert_eq!(read(&imported, "drinking-water"), (5, 3));
    assert_eq!(count(&imported.report, "feature-unreadable"), 2);
}

// GTFS

fn feed(name: &str) -> Option<PathBuf> {
    shared(&format!("gtfs/gtfs-structures-fixtures/{name}"))
}

#[test]
fn feeds_in_folders_and_archives() {
    // California, Paris and Chicago: each in a system that reaches there.
    for (name, crs, stops, lines) in [
        ("zips/metra.zip", "EPSG:32616", None, true),
        ("subdirectory", "EPSG:32631", None, true),
        ("zips/gtfs.zip", "EPSG:32611", None, true),
        ("zips/gtfs_with_bom.zip", "EPSG:32611", None, true),
        ("with_levels", "EPSG:32632", None::<usize>, false),
    ] {
        let Some(path) = feed(name) else { return };
        let Ok(imported) = read_sources(&[path], &in_crs(crs), &Silent) else {
            panic!("{name}")
        };
        let (rows, _) = read(&imported, "transit");
        assert!(rows > 0, "{name}");
        assert!(
            stops.is_none_or(|count| count == imported.region.fixtures.len()),
            "{name}"
        );
        if lines && name.contains("metra") {
            assert!(
                !imported.region.conduits.is_empty(),
                "{name}: {:?}",
                imported.report.findings()
            );
        }
        // Nothing of a feed is taken for a table of something else.
        for code in [
            "table-without-geometry",
            "layer-not-understood",
            "file-not-understood",
        ] {
            let about: Vec<_> = imported
                .report
                .findings()
                .iter()
                .filter(|f| f.code == code && !f.file.contains("readme"))
                .collect();
            assert!(about.is_empty(), "{name}: {about:?}");
        }
        assert!(
            imported
                .region
                .fixtures
                .iter()
                .all(|post| post.kind == FixtureKind::Stop && post.utility == Utility::Transit)
        );
    }
}

#[test]
fn metra_has_its_shapes_and_stops() {
    let Some(path) = feed("zips/metra.zip") else {
        return;
    };
    let imported = import(&[path], &in_crs("EPSG:32616"));
    assert_eq!(imported.region.fixtures.len(), 240);
    // The feed is cut down: shapes that no trip of it uses have no route to be named after.
    let named: Vec<_> = imported
        .region
        .conduits
        .iter()
        .filter(|line| line.name.is_some())
        .collect();
    assert!(!named.is_empty() && named.iter().all(|line| line.class == "rail"));
    assert!(imported.region.conduits.iter().any(|line| {
        line.name
            .as_deref()
            .is_some_and(|name| name.contains("BNSF"))
    }));
}

#[test]
fn an_archive_that_climbs_out_is_refused() {
    let Some(path) = feed("zips/macosx.zip") else {
        return;
    };
    let fault = read_sources(&[path], &in_crs("EPSG:32611"), &Silent).unwrap_err();
    assert_eq!(
        fault,
        ImportFault {
            code: "import-nothing",
            ..fault.clone()
        }
    );
}

#[test]
fn a_feed_without_shapes_is_drawn_from_stop_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "agency.txt",
        "agency_id,agency_name,agency_url,agency_timezone\n1,Bus du Bourg,https://example.org,Europe/Paris\n",
    );
    write(
        "stops.txt",
        "\u{FEFF}stop_lat,stop_lon,stop_id,stop_name,location_type\n47.65,-2.76,A,Mairie,\n47.66,-2.75,B,\"École, haut\",0\n47.67,-2.74,C,Gare,1\n0,0,D,Nulle part,\n,,E,Quai,3\n47.65,-2.76,A,Encore,\n",
    );
    write(
        "routes.txt",
        "route_id,route_short_name,route_long_name,route_type,route_color\nR,1,Mairie – Gare,3,FF8000\n",
    );
    write(
        "trips.txt",
        "route_id,service_id,trip_id,direction_id\nR,S,t1,0\nR,S,t2,0\nR,S,t3,1\n",
    );
    write(
        "stop_times.txt",
        "trip_id,stop_sequence,stop_id\nt1,1,A\nt1,2,B\nt2,30,C\nt2,10,A\nt2,20,B\nt3,1,C\nt3,2,A\n",
    );
    let imported = import(&[folder.path().to_owned()], &ImportOptions::default());
    let region = &imported.region;
    assert_eq!(region.fixtures.len(), 3);
    let lines: Vec<(&str, usize)> = region
        .conduits
        .iter()
        .map(|line| (line.id.as_str(), line.points.len()))
        .collect();
    assert_eq!(lines, [("R/0", 3), ("R/1", 2)]);
    let line = &region.conduits[0];
    assert_eq!(
        (line.accuracy, line.colour, line.class.as_str()),
        (Accuracy::Schematic, Some([255, 128, 0]), "bus")
    );
    assert_eq!(line.name.as_deref(), Some("1 Mairie – Gare"));
    for code in [
        "gtfs-shapes-missing",
        "gtfs-lines-from-stops",
        "gtfs-licence-unknown",
        "gtfs-stop-twice",
        "gtfs-stop-without-place",
    ] {
        assert_eq!(count(&imported.report, code), 1, "{code}");
    }
    // The stop in the Gulf of Guinea.
    assert_eq!(read(&imported, "transit"), (3 + 1 + 2, 3 + 2));
    let dataset = &imported.declaration.datasets[0];
    assert_eq!(dataset.producer, "Bus du Bourg");
    // Without times nothing leads from stop to stop.
    std::fs::remove_file(folder.path().join("stop_times.txt")).unwrap();
    let imported = import(&[folder.path().to_owned()], &ImportOptions::default());
    assert!(imported.region.conduits.is_empty());
    assert_eq!(count(&imported.report, "gtfs-table-missing"), 1);
}

// Layers of lines and points

#[test]
fn the_high_voltage_grid_of_the_west() {
    let Some(path) = shared("electricity-hv-france") else {
        return;
    };
    let imported = import(&[path], &ImportOptions::default());
    let region = &imported.region;
    assert!(
        region
            .conduits
            .iter()
            .all(|line| line.utility == Utility::Electricity)
    );
    assert_eq!(region.conduits.len(), 108);
    assert_eq!(
        region
            .conduits
            .iter()
            .filter(|line| matches!(line.lay, Lay::Underground { .. }))
            .count(),
        7
    );
    let at = |volts: f64| {
        region
            .conduits
            .iter()
            .filter(|line| line.voltage_v == Some(volts))
            .count()
    };
    assert_eq!((at(220_000.0), at(380_000.0)), (90, 18));
    assert_eq!(region.fixtures.len(), 96 + 6);
    assert_eq!(
        region
            .fixtures
            .iter()
            .filter(|post| post.kind == FixtureKind::Substation)
            .count(),
        79
    );
    assert_eq!(
        region
            .fixtures
            .iter()
            .filter(|post| post.kind == FixtureKind::Plant)
            .count(),
        6
    );
    // Nothing in the files says how well they are surveyed, so nothing is claimed.
    assert!(
        region
            .conduits
            .iter()
            .all(|line| line.accuracy == Accuracy::Unstated)
    );
}

/// A layer of two lines and a point, `properties` on each.
fn layer(folder: &Path, name: &str, properties: &str, point: bool) -> PathBuf {
    let geometry = if point {
        r#"{"type":"Point","coordinates":[-2.76,47.65]}"#
    } else {
        r#"{"type":"LineString","coordinates":[[-2.76,47.65],[-2.759,47.651]]}"#
    };
    let path = folder.join(format!("{name}.geojson"));
    std::fs::write(&path, format!(r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":{geometry}}}]}}"#)).unwrap();
    path
}

#[test]
fn layers_that_their_names_tell() {
    let folder = tempfile::tempdir().unwrap();
    for (name, properties, point, utility) in [
        (
            "reseau_gaz",
            r#"{"num":1,"prof":"0,8","dn":"DN 160","mat":"PE","classe":"B"}"#,
            false,
            Utility::Gas,
        ),
        (
            "AEP_canalisations",
            r#"{"num":2,"diam":200}"#,
            false,
            Utility::Water,
        ),
        ("eaux_usees", r#"{"num":3}"#, false, Utility::Sewer),
        ("reseau de chaleur", r#"{"num":4}"#, false, Utility::Heat),
        ("fibre", r#"{"num":5}"#, false, Utility::Telecom),
        (
            "eclairage_public",
            r#"{"num":6,"hauteur":6.5}"#,
            true,
            Utility::Lighting,
        ),
        ("vannes_gaz", r#"{"num":7}"#, true, Utility::Gas),
    ] {
        let path = layer(folder.path(), name, properties, point);
        let imported = import(&[path], &ImportOptions::default());
        let region = &imported.region;
        let found = region
            .conduits
            .first()
            .map(|c| c.utility)
            .or(region.fixtures.first().map(|f| f.utility));
        assert_eq!(
            found,
            Some(utility),
            "{name}: {:?}",
            imported.report.findings()
        );
        assert_eq!(
            count(&imported.report, "layer-recognised-by-name"),
            1,
            "{name}"
        );
        match name {
            "reseau_gaz" => {
                let pipe = &region.conduits[0];
                assert_eq!(pipe.lay, Lay::Underground { depth_m: Some(0.8) });
                assert_eq!(
                    (pipe.diameter_m, pipe.accuracy, pipe.material.as_deref()),
                    (Some(0.16), Accuracy::B, Some("PE"))
                );
            }
            "AEP_canalisations" => assert_eq!(region.conduits[0].diameter_m, Some(0.2)),
            "eclairage_public" => assert_eq!(
                (region.fixtures[0].kind, region.fixtures[0].height_m),
                (FixtureKind::Lamp, Some(6.5))
            ),
            "vannes_gaz" => assert_eq!(region.fixtures[0].kind, FixtureKind::Valve),
            _ => {}
        }
    }
}

#[test]
fn the_mapping_file_says_what_no_name_tells() {
    let folder = tempfile::tempdir().unwrap();
    let path = layer(
        folder.path(),
        "couche_12",
        r#"{"P":1.2,"D":500,"Q":"A"}"#,
        false,
    );
    let map = folder.path().join("map.json");
    std::fs::write(
        &map,
        r#"{ "as": "sewer", "fields": { "depth": "P", "diameter": "D", "accuracy": "Q" } }"#,
    )
    .unwrap();
    let imported = import(
        &[path],
        &ImportOptions {
            map: Some(map),
            ..ImportOptions::default()
        },
    );
    let pipe = &imported.region.conduits[0];
    assert_eq!(
        (pipe.utility, pipe.lay, pipe.diameter_m, pipe.accuracy),
        (
            Utility::Sewer,
            Lay::Underground { depth_m: Some(1.2) },
            Some(0.5),
            Accuracy::A
        )
    );
}

#[test]
fn implausible_values_are_set_aside_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = layer(
        folder.path(),
        "reseau_gaz",
        r#"{"prof":4000,"dn":"90 m"}"#,
        false,
    );
    let imported = import(&[path], &ImportOptions::default());
    let pipe = &imported.region.conduits[0];
    assert_eq!(
        (pipe.lay, pipe.diameter_m),
        (Lay::Underground { depth_m: None }, None)
    );
    assert_eq!(count(&imported.report, "network-depth-implausible"), 1);
    assert_eq!(count(&imported.report, "network-diameter-implausible"), 1);
}

#[test]
fn vannes_from_osm_layers() {
    let Some(folder) = shared("vannes-osm") else {
        return;
    };
    let paths = ["BUILDING", "ROAD", "HYDRO"].map(|name| folder.join(format!("{name}.geojson")));
    let imported = import(&paths, &ImportOptions::default());
    assert_eq!(read(&imported, "buildings").0, 2506);
    assert!(
        read(&imported, "buildings").1 >= 2490,
        "{:?}",
        imported.layers
    );
    let roads: usize = ["roads", "tram", "rail"]
        .iter()
        .map(|layer| read(&imported, layer).0)
        .sum();
    assert!(
        roads >= 860,
        "{:?} {:?}",
        imported.layers,
        imported
            .report
            .findings()
            .iter()
            .take(3)
            .collect::<Vec<_>>()
    );
    let old = ["building_test", "road_test"].map(|name| folder.join(format!("{name}.geojson")));
    let imported = import(&old, &ImportOptions::default());
    assert_eq!(read(&imported, "buildings").0, 1491);
}

// The package

#[test]
fn networks_are_layers_of_a_sound_package() {
    use jumeau::pipeline::{check, import, shards};
    let village = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/osm/village.osm.pbf");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("village");
    let pipes = layer(
        folder.path(),
        "reseau_gaz",
        r#"{"prof":0.8,"classe":"B"}"#,
        false,
    );
    let done = import::import(&[village, pipes], &out, &ImportOptions::default(), &shards::ShardOptions::default(), 0, &Silent).unwrap();
    let features = |id: &str| {
        done.manifest
            .layers
            .iter()
            .find(|layer| layer.id.as_str() == id)
            .map(|layer| layer.features)
    };
    assert_eq!(features("buildings"), Some(11));
    // Two lines, three towers and a substation.
    assert_eq!(features("electricity"), Some(6));
    assert_eq!(features("gas"), Some(2));
    assert_eq!(
        (features("lighting"), features("transit"), features("sewer")),
        (Some(1), Some(1), None)
    );
    let report = check::check(&out).unwrap().report;
    let errors: Vec<_> = report
        .findings()
        .iter()
        .filter(|f| f.severity == jumeau::base::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn a_network_alone_is_a_territory() {
    let folder = tempfile::tempdir().unwrap();
    let path = layer(
        folder.path(),
        "ligne_electrique",
        r#"{"voltage":"63 kV"}"#,
        false,
    );
    let out = folder.path().join("grid");
    let done = jumeau::pipeline::import::import(&[path], &out, &ImportOptions::default(), &jumeau::pipeline::shards::ShardOptions::default(), 0, &Silent)
        .unwrap();
    let layer = done
        .manifest
        .layers
        .iter()
        .find(|layer| layer.id.as_str() == "electricity")
        .unwrap();
    assert_eq!(layer.features, 1);
}
