//! Terrain sources to one ground: priorities, feathers, holes, vertical systems, point clouds.

use crate::shared_data::shared;
use jumeau::pipeline::{ImportOptions, Imported, Silent, read_sources};
use jumeau::region::HeightGrid;
use jumeau::region::height_blend::{Blend, Block, FILLED, UNKNOWN};
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/terrain")
        .join(name)
}

fn read(paths: &[PathBuf], options: &ImportOptions) -> Imported {
    read_sources(paths, options, &Silent).unwrap()
}

fn import(paths: &[PathBuf]) -> Imported {
    read(paths, &ImportOptions::default())
}

/// An ESRI ASCII grid of our own.
fn ascii(
    west: f64,
    south: f64,
    cell: f64,
    columns: usize,
    rows: usize,
    height: impl Fn(f64, f64) -> f64,
) -> String {
    let mut text = format!(
        "ncols {columns}\nnrows {rows}\nxllcorner {west}\nyllcorner {south}\ncellsize {cell}\nNODATA_value -9999\n"
    );
    for row in 0..rows {
        for column in 0..columns {
            let x = west + (column as f64 + 0.5) * cell;
            let y = south + ((rows - row) as f64 - 0.5) * cell;
            text.push_str(&format!("{} ", height(x, y)));
        }
        text.push('\n');
    }
    text
}

fn codes(imported: &Imported) -> Vec<&'static str> {
    imported.report.summary().map(|(code, ..)| code).collect()
}

#[test]
fn a_single_grid_passes_unchanged() {
    let imported = import(&[fixture("f32-tiles-lzw-p3.tif")]);
    let grid = imported.region.terrain.as_ref().unwrap();
    assert_eq!(
        (grid.origin, grid.cell_m, grid.columns, grid.rows),
        ([355_002.5, 6_689_997.5], 5.0, 37, 29)
    );
    assert_eq!((grid.values[0], grid.values[14 * 37 + 18]), (40.0, 65.625));
    // The hole of 3 × 5 cells is enclosed: filled smoothly, and marked.
    let cover = imported.terrain_cover.as_ref().unwrap();
    assert_eq!(
        (cover.filled, cover.unknown, cover.by_layer.as_slice()),
        (15, 0, &[37 * 29 - 15][..])
    );
    assert_eq!(cover.cells[4 * 37 + 6], FILLED);
    let hole = grid.values[4 * 37 + 6];
    assert!((35.0..46.0).contains(&hole), "{hole}");
    assert!(codes(&imported).contains(&"terrain-holes-filled"));
    assert_eq!(imported.declaration.vertical.as_deref(), Some("NGF-IGN69"));
}

#[test]
fn every_format_gives_the_same_ground() {
    let reference = import(&[fixture("f32-strips.tif")]).region.terrain.unwrap();
    for name in [
        "grid.bil",
        "corner.asc",
        "points.xyz",
        "points-comma.xyz",
        "world-file.tif",
        "pixel-is-point.tif",
        "south-up.tif",
        "own-crs.tif",
        "compound.tif",
    ] {
        let options = ImportOptions {
            crs: Some("EPSG:2154".to_owned()),
            ..Default::default()
        };
        let grid = read(&[fixture(name)], &options)
            .region
            .terrain
            .unwrap_or_else(|| panic!("{name}"));
        assert_eq!(
            (grid.origin, grid.cell_m, grid.columns, grid.rows),
            (reference.origin, 5.0, 37, 29),
            "{name}"
        );
        if name != "south-up.tif" {
            let worst = grid
                .values
                .iter()
                .zip(&reference.values)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 1e-3, "{name}: {worst}");
        }
    }
    // A header beside the numbers is no source of its own.
    let folder = tempfile::tempdir().unwrap();
    for name in ["grid.bil", "grid.hdr", "grid.prj"] {
        std::fs::copy(fixture(name), folder.path().join(name)).unwrap();
    }
    let imported = import(&[folder.path().to_owned()]);
    let terrain = imported
        .layers
        .iter()
        .find(|layer| layer.id == "terrain")
        .unwrap();
    assert_eq!((terrain.read, terrain.kept), (1, 1));
}

#[test]
fn a_turned_grid_lies_where_it_lies() {
    let imported = import(&[fixture("turned.tif")]);
    let grid = imported.region.terrain.unwrap();
    // The cell in the middle of the file, by GDAL's transform.
    let (x, y) = (
        355_003.415_063_510_9 + 18.0 * 4.330_127_018_922_194 + 14.0 * 2.5,
        6_689_999.084_936_49 + 18.0 * 2.5 - 14.0 * 4.330_127_018_922_194,
    );
    let height = grid.altitude(x, y).unwrap();
    assert!((height - 65.625).abs() < 0.6, "{height}");
}

/// A fine grid in the middle of a coarse one that is 10 m higher.
fn two_grids(folder: &Path) {
    std::fs::write(
        folder.join("fine.asc"),
        ascii(1_000.0, 1_000.0, 1.0, 100, 100, |_, _| 20.0),
    )
    .unwrap();
    std::fs::write(
        folder.join("coarse.asc"),
        ascii(900.0, 900.0, 10.0, 30, 30, |_, _| 30.0),
    )
    .unwrap();
}

fn at(grid: &HeightGrid, x: f64, y: f64) -> f64 {
    grid.altitude(x, y).unwrap()
}

#[test]
fn finer_sources_lie_on_coarser_ones_with_feathered_edges() {
    let folder = tempfile::tempdir().unwrap();
    two_grids(folder.path());
    let imported = import(&[folder.path().to_owned()]);
    let grid = imported.region.terrain.as_ref().unwrap();
    assert_eq!((grid.cell_m, grid.columns, grid.rows), (1.0, 300, 300));
    assert_eq!(at(grid, 1_050.5, 1_050.5), 20.0);
    assert_eq!(at(grid, 920.5, 920.5), 30.0);
    // From edge to core the step of 10 m is spread over sixteen cells, without a jump.
    let profile: Vec<f64> = (0..40)
        .map(|k| at(grid, 990.5 + f64::from(k), 1_050.5))
        .collect();
    for pair in profile.windows(2) {
        assert!(
            pair[1] <= pair[0] + 1e-6 && pair[0] - pair[1] < 0.7,
            "{profile:?}"
        );
    }
    assert!(profile[18] < 25.5 && profile[18] > 24.0, "{profile:?}");
    let shares: Vec<_> = imported
        .report
        .findings()
        .iter()
        .filter(|f| f.code == "terrain-share")
        .map(|f| (f.object.as_str(), f.value.as_str()))
        .collect();
    assert_eq!(shares.len(), 2, "{shares:?}");
    assert_eq!(shares[0].0, "fine.asc");
}

#[test]
fn the_declared_order_goes_before_fineness() {
    let folder = tempfile::tempdir().unwrap();
    two_grids(folder.path());
    let layer = |file: &str, id: &str| {
        format!(r#"{{"file": "{file}", "as": "terrain", "dataset": "{id}"}}"#)
    };
    let declaration = format!(
        r#"{{"id": "two", "crs": "EPSG:2154", "layers": [{}, {}]}}"#,
        layer("coarse.asc", "first"),
        layer("fine.asc", "second")
    );
    std::fs::write(folder.path().join("sources.json"), declaration).unwrap();
    let imported = import(&[folder.path().to_owned()]);
    let grid = imported.region.terrain.as_ref().unwrap();
    assert_eq!(at(grid, 1_050.5, 1_050.5), 30.0);
    assert_eq!(imported.terrain_cover.as_ref().unwrap().by_layer[1], 0);
}

#[test]
fn tiles_side_by_side_have_no_seam_even_above_a_coarser_source() {
    let folder = tempfile::tempdir().unwrap();
    let plane = |x: f64, y: f64| 20.0 + 0.1 * (x - 1_000.0) + 0.05 * (y - 1_000.0);
    std::fs::write(
        folder.path().join("west.asc"),
        ascii(1_000.0, 1_000.0, 1.0, 60, 60, plane),
    )
    .unwrap();
    std::fs::write(
        folder.path().join("east.asc"),
        ascii(1_060.0, 1_000.0, 1.0, 60, 60, plane),
    )
    .unwrap();
    std::fs::write(
        folder.path().join("world.asc"),
        ascii(900.0, 900.0, 20.0, 16, 13, |_, _| 500.0),
    )
    .unwrap();
    let imported = import(&[folder.path().to_owned()]);
    let grid = imported.region.terrain.as_ref().unwrap();
    for k in 0..40 {
        let x = 1_040.5 + f64::from(k);
        assert!(
            (at(grid, x, 1_030.5) - plane(x, 1_030.5)).abs() < 1e-3,
            "{x}"
        );
    }
    assert_eq!(at(grid, 910.5, 910.5), 500.0);
}

#[test]
fn degrees_are_reprojected() {
    let folder = tempfile::tempdir().unwrap();
    let text = ascii(-1.60, 47.20, 0.0005, 60, 60, |lon, lat| {
        100.0 * (lon + 1.6) + 50.0 * (lat - 47.2) + 10.0
    });
    std::fs::write(folder.path().join("degrees.asc"), text).unwrap();
    std::fs::write(folder.path().join("degrees.prj"), "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]").unwrap();
    let imported = import(&[folder.path().join("degrees.asc")]);
    let grid = imported.region.terrain.as_ref().unwrap();
    let lambert = jumeau::geodesy::Crs::from_code("EPSG:2154").unwrap();
    for (lon, lat) in [(-1.5901, 47.2103), (-1.5777, 47.2251), (-1.5733, 47.2044)] {
        let [x, y] = lambert
            .from_lonlat(jumeau::geodesy::LonLat::new(lon, lat))
            .unwrap();
        let expect = 100.0 * (lon + 1.6) + 50.0 * (lat - 47.2) + 10.0;
        assert!(
            (at(grid, x, y) - expect).abs() < 0.01,
            "{lon} {lat}: {} {expect}",
            at(grid, x, y)
        );
    }
    assert!(codes(&imported).contains(&"terrain-resampled"));
}

#[test]
fn heights_above_another_zero_are_converted_or_said() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("N47W002.hgt");
    std::fs::write(
        &name,
        (0..121 * 121)
            .flat_map(|_| 50_i16.to_be_bytes())
            .collect::<Vec<u8>>(),
    )
    .unwrap();
    let imported = import(&[name]);
    let grid = imported.region.terrain.as_ref().unwrap();
    // EGM96 and NGF-IGN69 differ by half a metre: not mixed silently.
    let middle = f64::from(grid.values[grid.rows / 2 * grid.columns + grid.columns / 2]);
    assert!((middle - 50.486).abs() < 0.02, "{middle}");
    assert!(
        codes(&imported).contains(&"vertical-converted"),
        "{:?}",
        codes(&imported)
    );
}

fn cloud(name: &str) {
    let options = ImportOptions {
        crs: Some("EPSG:2154".to_owned()),
        ..Default::default()
    };
    let imported = read(&[fixture(name)], &options);
    let grid = imported.region.terrain.as_ref().unwrap();
    // The plane the points were drawn on, with three points 40 m above it, five withheld ones at 500 m, and a roof left out.
    let (mut worst, mut count) = (0.0_f64, 0);
    for row in 0..grid.rows {
        for column in 0..grid.columns {
            let x = grid.origin[0] + column as f64 * grid.cell_m - 770_500.0;
            let y = grid.origin[1] - row as f64 * grid.cell_m - 6_277_500.0;
            let value = f64::from(grid.values[row * grid.columns + column]);
            let roof = x > 7.0 && x < 23.0 && y > 7.0 && y < 21.0;
            if value.is_finite() && !roof && x > 1.0 && y > 1.0 && x < 39.0 && y < 29.0 {
                let off = (value - (20.0 + 0.1 * x + 0.05 * y)).abs();
                // A cell with one outlier and one ground point has no majority.
                worst = worst.max(if off > 10.0 { 0.0 } else { off });
                count += 1;
            }
        }
    }
    assert!(
        count > 30 && worst < 0.35,
        "{name}: {count} cells, worst {worst}"
    );
    let codes = codes(&imported);
    assert!(
        codes.contains(&"points-classes") && codes.contains(&"points-synthetic"),
        "{codes:?}"
    );
    assert_eq!(
        codes.contains(&"points-virtual"),
        name.contains("-14-"),
        "{codes:?}"
    );
    // Under the roof nothing was measured: filled, and marked.
    assert!(imported.terrain_cover.as_ref().unwrap().filled > 0);
}

#[test]
fn ground_points_become_a_grid() {
    for name in [
        "cloud-12-1.las",
        "cloud-14-6.las",
        "cloud-12-3.laz",
        "cloud-14-7.laz",
    ] {
        cloud(name);
    }
}

#[test]
fn damaged_clouds_are_findings() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["cloud-12-1.las", "cloud-14-7.laz", "cloud-12-3.laz"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        for (kind, damaged) in [
            ("cut", bytes[..bytes.len() * 2 / 3].to_vec()),
            ("noise", {
                let mut noisy = bytes.clone();
                let from = noisy.len() / 2;
                noisy[from..]
                    .iter_mut()
                    .enumerate()
                    .for_each(|(k, b)| *b = (k * 37 % 251) as u8);
                noisy
            }),
        ] {
            let path = folder.path().join(format!("{kind}-{name}"));
            std::fs::write(&path, damaged).unwrap();
            let options = ImportOptions {
                crs: Some("EPSG:2154".to_owned()),
                ..Default::default()
            };
            // Whatever it gives, it gives an answer.
            if let Ok(imported) = read_sources(&[path], &options, &Silent) {
                assert!(!imported.report.is_empty(), "{kind} {name}");
            }
        }
    }
}

/// The LiDAR HD tile of Montpellier: its SOURCE.md states classes and the range of the ground.
#[test]
fn a_real_lidar_tile_has_its_ground() {
    let Some(path) = shared("ign-lidar-hd/test_data_77050_627755_LA93_IGN69.laz") else {
        return;
    };
    let options = ImportOptions {
        crs: Some("EPSG:2154".to_owned()),
        ..Default::default()
    };
    let imported = read(&[path], &options);
    let classes = imported
        .report
        .findings()
        .iter()
        .find(|f| f.code == "points-classes")
        .unwrap();
    assert_eq!(
        classes.value,
        "1: 1344, 2: 13881, 3: 187, 4: 1190, 5: 29514, 6: 27239"
    );
    let grid = imported.region.terrain.as_ref().unwrap();
    let known: Vec<f32> = grid
        .values
        .iter()
        .copied()
        .filter(|v| v.is_finite())
        .collect();
    let (low, high) = known
        .iter()
        .fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    assert!(low >= 20.25 && high <= 21.42, "{low} {high}");
    println!(
        "{} × {} cells of {} m, {} filled",
        grid.columns,
        grid.rows,
        grid.cell_m,
        imported.terrain_cover.as_ref().unwrap().filled
    );
}

#[test]
fn what_reaches_the_border_is_not_invented() {
    let mut blend = Blend::new([0.5, 9.5], 1.0, 10, 10);
    let block = Block {
        column: 0,
        row: 0,
        columns: 10,
        rows: 10,
        margin: 0,
    };
    let mut values: Vec<f32> = (0..100).map(|k| (k / 10) as f32).collect();
    for row in 0..10 {
        values[row * 10 + 9] = f32::NAN;
    }
    values[44] = f32::NAN;
    values[45] = f32::NAN;
    blend.add(0, &block, &values);
    let (grid, cover) = blend.finish(1);
    assert_eq!((cover.filled, cover.unknown), (2, 10));
    assert!((grid.values[44] - 4.0).abs() < 0.05 && grid.values[9].is_nan());
    assert_eq!(
        (cover.cells[44], cover.cells[9], cover.cells[0]),
        (FILLED, UNKNOWN, 0)
    );
}

#[test]
fn roofs_are_seen_in_the_points_over_their_footprint() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(fixture("cloud-14-7.laz"), folder.path().join("cloud.laz")).unwrap();
    let ring = [[10, 10], [20, 10], [20, 18], [10, 18], [10, 10]]
        .map(|[x, y]| format!("[{}, {}]", 770_500 + x, 6_277_500 + y))
        .join(", ");
    let house = format!(
        r#"{{"type": "FeatureCollection", "crs": {{"type": "name", "properties": {{"name": "EPSG:2154"}}}}, "features": [
            {{"type": "Feature", "id": "house", "properties": {{"cleabs": "BATIMENT1", "hauteur": 10.0, "usage_1": "Résidentiel"}},
              "geometry": {{"type": "Polygon", "coordinates": [[{ring}]]}}}}]}}"#
    );
    std::fs::write(folder.path().join("batiment.geojson"), house).unwrap();
    let imported = import(&[folder.path().to_owned()]);
    assert_eq!(imported.region.buildings.len(), 1, "{:?}", codes(&imported));
    let roof = imported.region.buildings[0].measured.as_ref().expect("a measured roof");
    // The roof was drawn with two planes that rise by half a metre a metre.
    assert_eq!(roof.planes.len(), 2, "{roof:?}");
    for plane in &roof.planes {
        let tilt_deg = plane.slope[0].hypot(plane.slope[1]).atan().to_degrees();
        assert!((tilt_deg - 26.565).abs() < 1.0, "{plane:?}");
    }
    assert!(roof.residual_m < 0.03, "{}", roof.residual_m);
    assert!(codes(&imported).contains(&"roof-surveyed"));
}

/// A cloud-optimised file that copclib wrote: the ground is a plane, a quarter of the points stand above it.
#[test]
fn a_cloud_optimised_file_is_read_like_any_other() {
    let imported = import(&[fixture("cloud.copc.laz")]);
    let codes_found = codes(&imported);
    assert!(codes_found.contains(&"points-classes") && !codes_found.contains(&"points-copc") && !codes_found.contains(&"points-missing"), "{codes_found:?}");
    let classes = imported.report.findings().iter().find(|finding| finding.code == "points-classes").unwrap();
    // What laspy counts.
    assert_eq!(classes.value, "2: 4438, 5: 1562");
    let grid = imported.region.terrain.as_ref().unwrap();
    let mut count = 0;
    for row in 2..grid.rows - 2 {
        for column in 2..grid.columns - 2 {
            let (x, y) = (grid.origin[0] + column as f64 * grid.cell_m, grid.origin[1] - row as f64 * grid.cell_m);
            let height = grid.values[row * grid.columns + column];
            if height.is_finite() {
                // Noise of 2 cm, and points that lie beside the cell's centre on a slope.
                let plane = 40.0 + 0.05 * (x - 355_000.0) - 0.02 * (y - 6_690_000.0);
                assert!((f64::from(height) - plane).abs() < 0.15, "{x} {y}: {height} {plane}");
                count += 1;
            }
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn a_lying_or_cut_octree_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(fixture("cloud.copc.laz")).unwrap();
    // The description lies behind the header (375) and its own (54).
    let half_at = 375 + 54 + 24;
    let page_at = 375 + 54 + 40;
    let changed = |at: usize, with: [u8; 8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + 8].copy_from_slice(&with);
        bytes
    };
    for (name, bytes) in [
        ("half", changed(half_at, 0.0_f64.to_le_bytes())),
        ("small", changed(half_at, 1.0_f64.to_le_bytes())),
        ("nan", changed(half_at, f64::NAN.to_le_bytes())),
        ("page", changed(page_at, u64::MAX.to_le_bytes())),
        ("far", changed(page_at, (1_u64 << 40).to_le_bytes())),
    ] {
        let path = folder.path().join(format!("{name}.copc.laz"));
        std::fs::write(&path, bytes).unwrap();
        let imported = import(&[path]);
        assert!(codes(&imported).contains(&"points-copc"), "{name}: {:?}", codes(&imported));
        // The points do not need it.
        assert!(imported.region.terrain.is_some(), "{name}");
    }
    for share in [2, 3, 10] {
        let path = folder.path().join("cut.copc.laz");
        std::fs::write(&path, &bytes[..bytes.len() * (share - 1) / share]).unwrap();
        match read_sources(&[path], &ImportOptions::default(), &Silent) {
            Ok(imported) => assert!(imported.report.has_errors() || codes(&imported).contains(&"points-copc"), "{share}: {:?}", codes(&imported)),
            Err(fault) => assert!(!fault.code.is_empty()),
        }
    }
}
