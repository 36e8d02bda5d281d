//! Roofs from clouds and surface models: an import of a folder with footprints and points draws what the points show, the same in shards and in memory.

use super::shards::{assert_no_errors, assert_same, assert_same_as_in_memory, run};
use std::path::Path;

const WEST: f64 = 355_000.0;
const SOUTH: f64 = 6_689_000.0;
const GROUND_M: f64 = 20.0;

/// A repeatable number between −1 and 1.
fn noise(seed: u64) -> f64 {
    let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed >> 11) as f64 / (1_u64 << 53) as f64) * 2.0 - 1.0
}

/// Houses in a row from west to east: a gable, a hip, a flat roof, a shed; 12 × 8 m, one every 30 m, two rows.
const PER_ROW: usize = 8;

fn corner(number: usize) -> [f64; 2] {
    [WEST + 14.0 + 30.0 * (number % PER_ROW) as f64, SOUTH + 16.0 + 40.0 * (number / PER_ROW) as f64]
}

fn roof(number: usize, x: f64, y: f64) -> f64 {
    GROUND_M + match number % 4 {
        0 => 5.0 + 0.7 * y.min(8.0 - y),
        1 => 5.0 + 0.8 * x.min(12.0 - x).min(y).min(8.0 - y),
        2 => 9.0,
        _ => 4.0 + 0.3 * y,
    }
}

/// The height of the surface, and whether it is a roof's.
fn surface(x: f64, y: f64) -> (f64, bool) {
    for number in 0..2 * PER_ROW {
        let [west, south] = corner(number);
        let (u, v) = (x - west, y - south);
        if (0.0..=12.0).contains(&u) && (0.0..=8.0).contains(&v) {
            return (roof(number, u, v), true);
        }
    }
    (GROUND_M, false)
}

/// LAS 1.2, format 0. `classes` as LAS numbers them, or all zero.
fn las(path: &Path, [west, south, east, north]: [f64; 4], classified: bool) {
    const STEP: f64 = 0.4;
    let mut records = Vec::new();
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    let mut count = 0_u32;
    let (columns, rows) = (((east - west) / STEP) as u64, ((north - south) / STEP) as u64);
    for row in 0..rows {
        for column in 0..columns {
            let seed = row * 100_003 + column + west as u64 + south as u64;
            let x = west + (column as f64 + 0.5 + 0.3 * noise(3 * seed)) * STEP;
            let y = south + (row as f64 + 0.5 + 0.3 * noise(3 * seed + 1)) * STEP;
            let (z, on_roof) = surface(x, y);
            let at = [x, y, z + 0.05 * noise(3 * seed + 2)];
            for k in 0..3 {
                low[k] = low[k].min(at[k]);
                high[k] = high[k].max(at[k]);
                let origin = [WEST, SOUTH, 0.0][k];
                records.extend((((at[k] - origin) * 1_000.0).round() as i32).to_le_bytes());
            }
            records.extend([0, 0, 0b0000_1001]);
            records.push(if !classified { 0 } else if on_roof { 6 } else { 2 });
            records.extend([0; 4]);
            count += 1;
        }
    }
    let mut file = b"LASF".to_vec();
    file.extend([0; 20]);
    file.extend([1, 2]);
    file.extend([0; 64]);
    file.extend(0_u16.to_le_bytes());
    file.extend(2_022_u16.to_le_bytes());
    file.extend(227_u16.to_le_bytes());
    file.extend(227_u32.to_le_bytes());
    file.extend(0_u32.to_le_bytes());
    file.push(0);
    file.extend(20_u16.to_le_bytes());
    file.extend(count.to_le_bytes());
    file.extend([0; 20]);
    [0.001, 0.001, 0.001, WEST, SOUTH, 0.0].iter().for_each(|value: &f64| file.extend(value.to_le_bytes()));
    (0..3).for_each(|k| [high[k], low[k]].iter().for_each(|value| file.extend(value.to_le_bytes())));
    assert_eq!(file.len(), 227);
    file.extend(records);
    std::fs::write(path, file).unwrap();
}

fn grid(path: &Path, cell: f64, height: impl Fn(f64, f64) -> f64) {
    let (columns, rows) = ((280.0 / cell) as usize, (120.0 / cell) as usize);
    let mut text = format!("ncols {columns}\nnrows {rows}\nxllcorner {WEST}\nyllcorner {SOUTH}\ncellsize {cell}\n");
    for row in 0..rows {
        for column in 0..columns {
            let (x, y) = (WEST + (column as f64 + 0.5) * cell, SOUTH + ((rows - row) as f64 - 0.5) * cell);
            text += &format!("{:.3} ", height(x, y));
        }
        text.push('\n');
    }
    std::fs::write(path, text).unwrap();
}

fn footprints(folder: &Path, with_heights: bool, year: Option<i32>) {
    let features: Vec<serde_json::Value> = (0..2 * PER_ROW)
        .map(|number| {
            let [x, y] = corner(number);
            let mut properties = serde_json::json!({ "cleabs": format!("BATIMENT{number:02}"), "usage_1": "Résidentiel" });
            if with_heights {
                properties["hauteur"] = 5.0.into();
            }
            if let Some(year) = year {
                properties["date_d_apparition"] = format!("{year}-01-01").into();
            }
            serde_json::json!({ "type": "Feature", "properties": properties,
                "geometry": { "type": "Polygon", "coordinates": [[[x, y], [x + 12.0, y], [x + 12.0, y + 8.0], [x, y + 8.0], [x, y]]] } })
        })
        .collect();
    let text = serde_json::json!({ "type": "FeatureCollection", "crs": { "type": "name", "properties": { "name": "EPSG:2154" } }, "features": features });
    std::fs::write(folder.join("batiment.geojson"), text.to_string()).unwrap();
}

/// How often a code stands in the report.
fn count(report: &serde_json::Value, code: &str) -> u64 {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["code"] == code).map_or(0, |finding| finding["count"].as_u64().unwrap())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sources")).unwrap();
    folder
}

#[test]
fn a_classified_cloud_in_tiles_gives_every_roof_whatever_the_shards() {
    let folder = folder();
    let at = folder.path();
    footprints(&at.join("sources"), true, None);
    // The border of the two clouds runs through a house, and so does that of the rows.
    las(&at.join("sources/west.las"), [WEST, SOUTH, WEST + 80.0, SOUTH + 120.0], true);
    las(&at.join("sources/south-east.las"), [WEST + 80.0, SOUTH, WEST + 280.0, SOUTH + 60.0], true);
    las(&at.join("sources/north-east.las"), [WEST + 80.0, SOUTH + 60.0, WEST + 280.0, SOUTH + 120.0], true);
    let import = |out: &str, more: &[&str]| run(&[&["import", "sources", "--out", out, "--json"], more].concat(), at);
    let report = import("one", &[]);
    assert_eq!(count(&report, "roof-by-points"), 16, "{report:#}");
    assert_eq!(count(&report, "roof-surveyed"), 16);
    assert_no_errors(&run(&["check", "one", "--json"], at));
    let many = import("many", &["--shard-buildings", "2", "--threads", "3"]);
    assert_eq!(count(&many, "roof-by-points"), 16);
    assert!(std::fs::read_dir(at.join("many/.shards")).unwrap().count() > 3);
    let plan = run(&["plan", "sources", "--work", "work", "--shard-buildings", "2", "--json"], at);
    for shard in (0..plan["shards"].as_u64().unwrap()).rev() {
        run(&["work", "work", "--shard", &shard.to_string(), "--threads", "1", "--json"], at);
    }
    run(&["merge", "work", "--out", "parts", "--json"], at);
    assert_same(&at.join("many"), &at.join("parts"));
    assert_same_as_in_memory(at, &[at.join("sources")], "one");
}

#[test]
fn a_cloud_without_classes_gives_ground_heights_and_roofs() {
    let folder = folder();
    let at = folder.path();
    footprints(&at.join("sources"), false, None);
    las(&at.join("sources/cloud.las"), [WEST, SOUTH, WEST + 280.0, SOUTH + 120.0], false);
    let report = run(&["import", "sources", "--out", "out", "--json"], at);
    assert_eq!((count(&report, "roof-by-points"), count(&report, "points-ground-filtered")), (16, 1), "{report:#}");
    assert_eq!(count(&report, "building-height-from-points"), 16);
}

#[test]
fn a_surface_model_beside_a_terrain_gives_roofs_and_no_ground() {
    let folder = folder();
    let at = folder.path();
    footprints(&at.join("sources"), true, None);
    grid(&at.join("sources/mnt.asc"), 1.0, |_, _| GROUND_M);
    grid(&at.join("sources/mns.asc"), 0.5, |x, y| surface(x, y).0);
    let report = run(&["import", "sources", "--out", "out", "--json"], at);
    assert_eq!(count(&report, "roof-by-surface-model"), 16, "{report:#}");
    let layers = report["layers"].as_array().unwrap();
    let of = |id: &str| layers.iter().find(|layer| layer["id"] == id).map(|layer| layer["kept"].as_u64().unwrap());
    assert_eq!((of("terrain"), of("surface-model")), (Some(1), Some(1)), "{report:#}");
    // The ground is the terrain's: nothing of a roof is in it.
    let imported = jumeau::pipeline::read_sources(&[at.join("sources")], &jumeau::pipeline::ImportOptions::default(), &jumeau::pipeline::Silent).unwrap();
    let grid = imported.region.terrain.as_ref().unwrap();
    assert!(grid.values.iter().all(|value| (value - 20.0).abs() < 1e-3));
    for (number, building) in imported.region.buildings.iter().enumerate() {
        let measured = building.measured.as_ref().unwrap();
        let (_, ridge) = measured.eave_and_ridge_m().unwrap();
        let truth = GROUND_M + [7.8, 8.2, 9.0, 6.4][number % 4];
        assert!((ridge - truth).abs() < 0.15 && measured.residual_m < 0.1, "{}: {ridge} ≠ {truth}, {}", building.id, measured.residual_m);
    }
    assert_same_as_in_memory(at, &[at.join("sources")], "out");
}

#[test]
fn points_older_than_the_building_draw_nothing() {
    let folder = folder();
    let at = folder.path();
    footprints(&at.join("sources"), true, Some(2_024));
    las(&at.join("sources/cloud.las"), [WEST, SOUTH, WEST + 280.0, SOUTH + 120.0], true);
    let report = run(&["import", "sources", "--out", "out", "--json"], at);
    assert_eq!((count(&report, "roof-points-outdated"), count(&report, "roof-by-points")), (16, 0), "{report:#}");
    assert_eq!(count(&report, "roof-flat") + count(&report, "roof-by-altitudes"), 16);
}
