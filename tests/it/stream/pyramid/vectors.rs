//! Vector tiles on the ground.

use super::*;

#[test]
fn vector_tiles_become_features_on_the_ground() {
    let Some(folder) = shared("vector-raster-tiles/mvt/compressed") else {
        return;
    };
    let document = json!({ "tilejson": "3.0.0", "tiles": ["compressed/{z}-{x}-{y}.mvt.gz"], "vector_layers": [], "minzoom": 14, "maxzoom": 14, "bounds": [26.19, -30.67, 26.25, -30.60] });
    let mut host = Host::default();
    let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    for (x, y) in [(9384, 9577), (9384, 9578), (9385, 9577), (9385, 9578)] {
        host = host.file(
            &format!("compressed/14-{x}-{y}.mvt.gz"),
            std::fs::read(folder.join(format!("14-{x}-{y}.mvt.gz"))).unwrap(),
        );
        let tile = WebTile { z: 14, x, y };
        let [west, north] = tile.corner();
        let side = WebTile::side_m(14);
        let ([w, n], [e, s]) = (
            jumeau::formats::webtiles::to_lonlat([west, north]),
            jumeau::formats::webtiles::to_lonlat([west + side, north - side]),
        );
        bounds = [
            bounds[0].min(w),
            bounds[1].min(s),
            bounds[2].max(e),
            bounds[3].max(n),
        ];
    }
    let mut document = document;
    document["bounds"] = json!(bounds.map(|degrees| (degrees * 1e9).round() / 1e9));
    host = host.file("tiles.json", document.to_string());
    let mut engine = engine("tiles.json");
    let (lon, lat) = (0.5 * (bounds[0] + bounds[2]), 0.5 * (bounds[1] + bounds[3]));
    let shown = host.settle(&mut engine, &above(lon, lat, 2_000.0), 0);
    let inside: Vec<_> = shown
        .iter()
        .filter(|(_, x, ..)| (9384..=9385).contains(x))
        .collect();
    assert_eq!(inside.len(), 4, "{shown:?}");
    for (plot, made) in host.made.values() {
        let (mesh, table) = (&made.content.meshes[0], &made.content.tables[0]);
        assert!(
            table.count > 10 && table.column("id").is_some() && table.column("layer").is_some()
        );
        assert_eq!(mesh.feature_ids.len(), mesh.positions.len());
        assert!(
            mesh.feature_ids
                .iter()
                .all(|row| *row == u32::MAX || (*row as usize) < table.count)
        );
        // All of it lies within the tile, and within a hand of the facets it is drawn on.
        let [west, south, east, north] = plot.bounds_deg();
        for position in &mesh.positions {
            let at = Ecef(
                mesh.tile_from_mesh
                    .transform_point3(Vec3::from(*position).as_dvec3()),
            )
            .to_lonlath();
            assert!(
                (west - 1e-6..=east + 1e-6).contains(&at.lon_deg)
                    && (south - 1e-6..=north + 1e-6).contains(&at.lat_deg),
                "{at:?}"
            );
            assert!((-0.2..2.0).contains(&at.height_m), "{at:?}");
        }
        // Every triangle looks up.
        for triangle in mesh.indices.chunks(3) {
            let [a, b, c] =
                [0, 1, 2].map(|k| Vec3::from(mesh.positions[triangle[k] as usize]).as_dvec3());
            assert!((b - a).cross(c - a).dot(DVec3::Y) > -0.5);
        }
    }
}

/// Every tile of the standard's fixtures makes a content or a fault, and none takes for ever.
#[test]
fn fixtures_of_vector_tiles_are_drawn_or_told() {
    let Some(folder) = shared("vector-raster-tiles/mvt/mvt-fixtures") else {
        return;
    };
    let document =
        json!({ "tilejson": "3.0.0", "tiles": ["{z}/{x}/{y}.pbf"], "maxzoom": 0 }).to_string();
    let plot = first_plot(document.as_bytes());
    let mut drawn = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let Ok(bytes) = std::fs::read(entry.path().join("tile.mvt")) else {
            continue;
        };
        if let Ok(made) = ground::content(&bytes, &plot) {
            drawn += usize::from(made.content.tables.iter().any(|table| table.count > 0));
        }
    }
    assert!(drawn > 5, "{drawn}");
}
