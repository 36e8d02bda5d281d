//! City models through the whole importer: small ones of our own making, and Delfshaven in place.

use crate::shared_data::shared;
use std::path::Path;
use std::process::Command;

fn import(source: &Path, out: &Path, more: &[&str]) -> serde_json::Value {
    let output = Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .arg("import")
        .arg(source)
        .args(["--json", "--out"])
        .arg(out)
        .args(more)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn layer(report: &serde_json::Value, id: &str) -> [u64; 4] {
    let layers = report["layers"].as_array().unwrap();
    let layer = layers.iter().find(|layer| layer["id"] == id).unwrap();
    ["read", "kept", "repaired", "rejected"].map(|key| layer[key].as_u64().unwrap())
}

fn count(report: &serde_json::Value, code: &str) -> u64 {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .filter(|f| f["code"] == code)
        .map(|f| f["count"].as_u64().unwrap())
        .sum()
}

/// A house in Lambert-93, one wall turned inwards, and a tree that is no building.
const HOUSE: &str = r#"{"type":"CityJSON","version":"1.1","transform":{"scale":[0.001,0.001,0.001],"translate":[355000.0,6689000.0,10.0]},
"metadata":{"referenceSystem":"https://www.opengis.net/def/crs/EPSG/0/5698"},
"CityObjects":{"tree":{"type":"SolitaryVegetationObject"},
 "house":{"type":"Building","attributes":{"yearOfConstruction":1932,"storeysAboveGround":1,"class":"1000","measuredHeight":5},"geometry":[{"type":"Solid","lod":"2",
 "boundaries":[[[[3,2,1,0]],[[4,5,1,0]],[[1,2,6,9,5]],[[2,3,7,6]],[[3,0,4,8,7]],[[4,5,9,8]],[[7,8,9,6]]]]}]}},
"vertices":[[0,0,0],[10000,0,0],[10000,6000,0],[0,6000,0],[0,0,3000],[10000,0,3000],[10000,6000,3000],[0,6000,3000],[0,3000,5000],[10000,3000,5000]]}"#;

#[test]
fn a_house_of_its_own_surfaces_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("house.json");
    std::fs::write(&source, HOUSE).unwrap();
    let options = jumeau::pipeline::ImportOptions::default();
    let imported =
        jumeau::pipeline::read_sources(&[source.clone()], &options, &jumeau::pipeline::Silent)
            .unwrap();
    assert_eq!(imported.crs, "EPSG:2154");
    let house = &imported.region.buildings[0];
    assert_eq!(
        (house.ground_m, house.eave_height_m, house.ridge_height_m),
        (10.0, 3.0, 5.0)
    );
    assert_eq!((house.year, house.storeys), (Some(1932), Some(1)));
    assert_eq!(house.usage, jumeau::region::Usage::Residential);
    let surveyed = house.surveyed.as_ref().unwrap();
    assert!(surveyed.closed && surveyed.lod == 2.0);
    let mesh = jumeau::region::roof::building_surface(house, &Default::default());
    assert!(mesh.is_closed());
    assert!((mesh.volume_m3() - 240.0).abs() < 1e-6);
    for code in ["surface-orientation", "city-object-left-out"] {
        assert_eq!(imported.report.count(code), 1, "{code}");
    }
    let report = import(&source, &folder.path().join("made"), &[]);
    assert_eq!(layer(&report, "buildings"), [1, 1, 0, 0]);
}

/// The same roof with latitude first, as PLATEAU writes it: in Tokyo, brought into a Japanese zone.
#[test]
fn latitude_first_is_understood() {
    let ring = |points: &[[f64; 3]]| -> String {
        points
            .iter()
            .map(|p| format!("{} {} {} ", p[0], p[1], p[2]))
            .collect()
    };
    let face = |kind: &str, points: &[[f64; 3]]| {
        format!(
            r#"<bldg:boundedBy><bldg:{kind}><bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>{}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:{kind}></bldg:boundedBy>"#,
            ring(points)
        )
    };
    let corners = [
        [35.68, 139.76],
        [35.68, 139.7602],
        [35.6801, 139.7602],
        [35.6801, 139.76],
    ];
    let at = |height: f64| corners.map(|[lat, lon]| [lat, lon, height]);
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" xmlns:bldg="http://www.opengis.net/citygml/building/2.0" xmlns:gml="http://www.opengis.net/gml"><gml:boundedBy><gml:Envelope srsName="http://www.opengis.net/def/crs/EPSG/0/6697" srsDimension="3"><gml:lowerCorner>35 139 0</gml:lowerCorner></gml:Envelope></gml:boundedBy><core:cityObjectMember><bldg:Building gml:id="bldg_1"><bldg:usage>411</bldg:usage><bldg:measuredHeight uom="m">9.5</bldg:measuredHeight>{}{}</bldg:Building></core:cityObjectMember></core:CityModel>"#,
        face("GroundSurface", &at(3.0)),
        face("RoofSurface", &at(12.5)),
    );
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("53394611_bldg.gml");
    std::fs::write(&source, document).unwrap();
    let options = jumeau::pipeline::ImportOptions {
        crs: Some("EPSG:6677".into()),
        ..Default::default()
    };
    let imported =
        jumeau::pipeline::read_sources(&[source], &options, &jumeau::pipeline::Silent).unwrap();
    let house = &imported.region.buildings[0];
    assert_eq!(house.id, "bldg_1");
    assert_eq!((house.ground_m, house.eave_height_m), (3.0, 9.5));
    assert_eq!(house.usage, jumeau::region::Usage::Residential);
    // 0.0002° of longitude and 0.0001° of latitude: 18.1 m by 11.1 m.
    let area = geo::Area::unsigned_area(&house.footprint);
    assert!((area - 18.1 * 11.1).abs() < 1.0, "{area}");
}

/// SOURCE.md of the folder: 853 buildings in EPSG:28992.
#[test]
fn delfshaven_is_imported_whole() {
    let Some(source) = shared("val3dity-data/data/rotterdam/3-20-DELFSHAVEN.city.json") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let report = import(&source, &folder.path().join("made"), &[]);
    let [read, kept, _, rejected] = layer(&report, "buildings");
    assert_eq!((read, kept + rejected), (853, 853));
    assert!(rejected <= 8, "{rejected} rejected: {}", report["findings"]);
    assert_eq!(count(&report, "coordinates-outside"), 0);
}

#[test]
fn indoor_gml_is_refused_by_name() {
    let Some(source) = shared("val3dity-data/data/gml/FZK-Haus_full.gml") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("sources");
    std::fs::create_dir(&copy).unwrap();
    std::fs::write(copy.join("house.json"), HOUSE).unwrap();
    std::fs::copy(source, copy.join("indoor.gml")).unwrap();
    let report = import(&copy, &folder.path().join("made"), &[]);
    assert_eq!(count(&report, "indoorgml-refused"), 1);
    assert_eq!(layer(&report, "buildings")[1], 1);
}
