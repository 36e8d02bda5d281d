//! Quantized meshes: what is listed, what tiles tell, what is cut from above.

use super::*;

/// Of four children only one is there: the others are cut from their parent, and the ground has no hole.
#[test]
fn a_missing_child_is_cut_from_the_tile_above() {
    let document =
        layer_json(json!({ "available": [[range([0, 1], [0, 0])], [range([2, 2], [1, 1])]] }));
    let flat = quantized([100.0, 300.0, 100.0, 300.0], None);
    let mut host = Host::default()
        .file("g/layer.json", document)
        .file("g/0/0/0.terrain?v=1.1.0", flat.clone())
        .file("g/0/1/0.terrain?v=1.1.0", flat.clone())
        .file("g/1/2/1.terrain?v=1.1.0", flat);
    let mut engine = engine("g/layer.json");
    let shown = host.settle(&mut engine, &above(45.0, 30.0, 3e6), 0);
    assert_disjoint(&shown);
    assert_eq!(
        shown,
        [
            (0, 0, 0, false),
            (1, 2, 0, true),
            (1, 2, 1, false),
            (1, 3, 0, true),
            (1, 3, 1, true)
        ]
    );
    assert!(
        engine.report().findings().is_empty(),
        "{:?}",
        engine.report()
    );
    // The plane rises from west to east: the eastern half of it from 200 to 300 metres.
    let (_, made) = host
        .made
        .values()
        .find(|(plot, _)| (plot.spot.x, plot.spot.y) == (3, 0))
        .unwrap();
    let [low, high] = made.heights_m.unwrap();
    assert!(
        (low - 200.0).abs() < 0.1 && (high - 300.0).abs() < 0.1,
        "{low} {high}"
    );
}

/// Corners of a cut tile are where its own bounds are, at the heights of the plane it was cut from.
#[test]
fn a_cut_tile_lies_where_it_belongs() {
    let document =
        layer_json(json!({ "available": [[range([0, 1], [0, 0])], [range([2, 2], [1, 1])]] }));
    let tile = quantized([0.0, 1_000.0, 0.0, 1_000.0], None);
    let mut host = Host::default()
        .file("layer.json", document)
        .file("0/0/0.terrain?v=1.1.0", tile.clone())
        .file("0/1/0.terrain?v=1.1.0", tile.clone())
        .file("1/2/1.terrain?v=1.1.0", tile);
    let mut engine = engine("layer.json");
    host.settle(&mut engine, &above(45.0, 30.0, 3e6), 0);
    let (plot, made) = host
        .made
        .values()
        .find(|(plot, _)| (plot.spot.z, plot.spot.x, plot.spot.y) == (1, 3, 1))
        .unwrap();
    let [west, south, east, north] = plot.bounds_deg();
    assert_eq!([west, south, east, north], [90.0, 0.0, 180.0, 90.0]);
    let mesh = &made.content.meshes[0];
    let places: Vec<LonLatH> = mesh
        .positions
        .iter()
        .map(|p| {
            Ecef(
                mesh.tile_from_mesh
                    .transform_point3(Vec3::from(*p).as_dvec3()),
            )
            .to_lonlath()
        })
        .collect();
    let corner = |lon: f64, lat: f64, height: f64| {
        places.iter().any(|p| {
            (p.lon_deg.abs() - lon).abs() < 1e-5
                && (p.lat_deg - lat).abs() < 1e-5
                && (p.height_m - height).abs() < 1.0
        })
    };
    assert!(
        corner(90.0, 0.0, 500.0) && corner(180.0, 0.0, 1_000.0),
        "{places:?}"
    );
}

/// What is below is told by tiles: nothing is asked for that they do not name.
#[test]
fn availability_comes_with_the_tiles() {
    let document = layer_json(json!({ "metadataAvailability": 2, "maxzoom": 4 }));
    let top =
        json!({ "available": [[range([2, 3], [0, 1])], [range([4, 7], [0, 3])]] }).to_string();
    let middle =
        json!({ "available": [[range([8, 15], [0, 7])], [range([16, 16], [0, 0])]] }).to_string();
    let mut host = Host::default().file("layer.json", document);
    let flat = |metadata: Option<&str>| quantized([0.0, 10.0, 0.0, 10.0], metadata);
    for x in 0..2 {
        host = host.file(
            &format!("0/{x}/0.terrain?v=1.1.0"),
            flat((x == 1).then_some(top.as_str())),
        );
    }
    for (z, metadata) in [(1, None), (2, Some(middle.as_str())), (3, None), (4, None)] {
        for x in 0..2 << z {
            for y in 0..1 << z {
                host = host.file(&format!("{z}/{x}/{y}.terrain?v=1.1.0"), flat(metadata));
            }
        }
    }
    let mut engine = engine("layer.json");
    let shown = host.settle(&mut engine, &above(5.0, -85.0, 1_000.0), 0);
    assert_disjoint(&shown);
    assert!((covered(&shown) - 2.0).abs() < 1e-9, "{shown:?}");
    // The western half has nothing below, so it is one tile; the corner that goes down to level 4 is shown there.
    assert!(
        shown.contains(&(0, 0, 0, false)) && shown.contains(&(4, 16, 0, false)),
        "{shown:?}"
    );
    assert!(
        shown.contains(&(4, 17, 0, true)),
        "its neighbour is cut: {shown:?}"
    );
    assert!(
        !host
            .asked
            .iter()
            .any(|path| path.starts_with("1/0/") || path.starts_with("4/17/")),
        "{:?}",
        host.asked
    );
}

#[test]
fn rows_are_counted_as_the_layer_says() {
    for (scheme, projection, path) in [
        ("tms", "EPSG:3857", "1/1/1.terrain"),
        ("slippyMap", "EPSG:3857", "1/1/0.terrain"),
        ("tms", "EPSG:4326", "1/3/1.terrain"),
    ] {
        let document = json!({ "format": "quantized-mesh-1.0", "scheme": scheme, "projection": projection, "tiles": ["{z}/{x}/{y}.terrain"], "maxzoom": 1 });
        let mut host = Host::default().file("layer.json", document.to_string());
        let mut engine = engine("layer.json");
        // Level 0 is there, level 1 is not: all four are asked for, and cut.
        for x in 0..2 {
            host = host.file(
                &format!("0/{x}/0.terrain"),
                quantized([0.0, 1.0, 2.0, 3.0], None),
            );
        }
        let shown = host.settle(&mut engine, &above(120.0, 50.0, 3e6), 0);
        assert!(
            host.asked.iter().any(|asked| asked == path),
            "{scheme} {projection}: {:?}",
            host.asked
        );
        assert_disjoint(&shown);
        assert!(
            shown.iter().all(|(z, .., cut)| (*z == 1) == *cut),
            "{shown:?}"
        );
    }
}

/// Real tiles of a terrain: the shape lies in its bounds and between its heights.
#[test]
fn quantized_meshes_of_others_lie_in_their_tiles() {
    let Some(folder) =
        shared("cesium-native-data/Cesium3DTilesSelection/test/data/CesiumTerrainTileJson")
    else {
        return;
    };
    let document = layer_json(json!({ "available": [[range([0, 1], [0, 0])]] }));
    let plot = first_plot(&document);
    for name in [
        "tile.terrain",
        "tile.32bitIndices.terrain",
        "tile.octvertexnormals.watermask.terrain",
        "tile.metadataavailability.terrain",
        "tile.unknownext.terrain",
    ] {
        let made = ground::content(&std::fs::read(folder.join(name)).unwrap(), &plot)
            .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let ([low, high], mesh) = (made.heights_m.unwrap(), &made.content.meshes[0]);
        let [west, south, east, north] = plot.bounds_deg();
        for position in &mesh.positions {
            let at = Ecef(
                mesh.tile_from_mesh
                    .transform_point3(Vec3::from(*position).as_dvec3()),
            )
            .to_lonlath();
            assert!(
                (south - 1e-4..=north + 1e-4).contains(&at.lat_deg),
                "{name}: {at:?}"
            );
            let inside = (west - 1e-4..=east + 1e-4).contains(&at.lon_deg)
                || at.lat_deg.abs() > 85.0
                || at.lon_deg.abs() > 179.9999;
            assert!(
                inside && at.height_m < high + 2.0 && at.height_m > low - 20_010.0,
                "{name}: {at:?}"
            );
        }
        assert!(
            mesh.normals
                .iter()
                .all(|n| (Vec3::from(*n).length() - 1.0).abs() < 0.02),
            "{name}"
        );
    }
}
