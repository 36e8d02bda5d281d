//! The real Nantes sources: counts that its SOURCE.md states.

use crate::shared_data::shared;
use jumeau::pipeline::{ImportOptions, Silent, read_sources};
use jumeau::region::HeightOrigin;

#[test]
fn nantes_is_read_whole_and_its_traps_are_reported() {
    let (Some(bdtopo), Some(terrain)) = (
        shared("nantes-centre/nantes_centre_bdtopo.gpkg"),
        shared("nantes-centre/terrain_derived_5m.tif"),
    ) else {
        return;
    };
    let imported = read_sources(&[bdtopo, terrain], &ImportOptions::default(), &Silent).unwrap();
    for layer in &imported.layers {
        println!("{layer:?}");
        assert_eq!(layer.read, layer.kept + layer.rejected);
    }
    for (code, severity, count, example) in imported.report.summary() {
        println!("{count:6} {:8} {code}  {} {}", severity.name(), example.object, example.value);
    }
    let count = |id: &str| imported.layers.iter().find(|layer| layer.id == id).unwrap();
    assert_eq!(count("buildings").read, 8_639);
    assert_eq!(count("roads").read, 3_696);
    assert_eq!(imported.crs, "EPSG:2154");

    // 19 footprints are under a square metre.
    assert_eq!(imported.report.count("footprint-sliver"), 19);
    // 74 heights are null.
    assert_eq!(imported.report.count("building-height-missing"), 74);
    // The one of 107 m has its roof at 36 m: the altitudes win.
    let tower = imported.region.buildings.iter().find(|b| b.id == "BATIMENT0000000302931842").unwrap();
    assert_eq!(tower.height_origin, HeightOrigin::OtherAltitudes);
    assert!((tower.eave_height_m - 7.5).abs() < 0.01);

    // No line keeps an altitude that is not the ground's or a bridge's.
    for line in &imported.region.lines {
        for point in &line.points {
            assert!(point[2].is_nan() || point[2] > -5.0, "{} {}", line.id, point[2]);
        }
    }
    // At least the 511 roads that say so themselves, less ferries and fictive ones.
    assert!(imported.report.count("road-without-altitude") >= 500);
    // 8,515 buildings have an RNB id, 370 of them several.
    let with_rnb = imported.region.buildings.iter().filter(|b| !b.rnb.is_empty()).count();
    assert!(with_rnb > 8_400, "{with_rnb}");

    let mut kinds = std::collections::BTreeMap::new();
    let options = jumeau::region::roof::RoofOptions::default();
    let mut open = 0;
    let (mut triangles, mut bad_volume) = (0, 0);
    for building in &imported.region.buildings {
        for polygon in &building.footprint {
            *kinds.entry(jumeau::region::roof::roof_of(building, polygon, &options).kind()).or_insert(0) += 1;
        }
        let mesh = jumeau::region::roof::building_surface(building, &options);
        triangles += mesh.triangles.len();
        let area = geo::Area::unsigned_area(&building.footprint);
        let volume = mesh.volume_m3();
        if volume < area * (building.eave_height_m + 0.5) * 0.9 || volume > area * (building.ridge_height_m + 0.6) * 1.02 {
            bad_volume += 1;
            println!("volume {volume:.1} of {} area {area:.1} eave {} ridge {}", building.id, building.eave_height_m, building.ridge_height_m);
        }
        if !crate::roof::closed(&mesh) {
            open += 1;
            println!("open: {} {:?}", building.id, building.footprint);
        }
    }
    println!("{kinds:?} triangles {triangles} open {open} odd volumes {bad_volume}");
    assert_eq!(open, 0);
    assert_eq!(bad_volume, 0);
}
