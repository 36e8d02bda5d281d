//! Heights in colours.

use super::*;

#[test]
fn heights_in_colours_stand_above_the_ellipsoid() {
    // A plane in Web Mercator, so that what is between two pixels is known: 100 m and one metre for each pixel to the east.
    let document = json!({ "tilejson": "2.2.0", "encoding": "mapbox", "tiles": ["{z}/{x}/{y}.png"], "minzoom": 8, "maxzoom": 8, "bounds": [-2.0, 47.0, -1.0, 47.5] });
    let tile = WebTile::at(8, from_lonlat(-1.55, 47.2));
    let picture = png(256, |x, _| coloured(100.0 + f64::from(x)));
    let mut host = Host::default()
        .file("dem/tiles.json", document.to_string())
        .file(&format!("dem/8/{}/{}.png", tile.x, tile.y), picture);
    let mut engine = engine("dem/tiles.json");
    let shown = host.settle(&mut engine, &above(-1.55, 47.2, 20_000.0), 0);
    assert_disjoint(&shown);
    // Two levels more are cut from the last one, which has more pixels than a tile has posts; nothing was asked for beyond it.
    assert!(
        shown.iter().any(|(z, .., cut)| *z == 10 && *cut),
        "{shown:?}"
    );
    assert!(
        host.asked
            .iter()
            .all(|path| path == "dem/tiles.json" || path.starts_with("dem/8/")),
        "{:?}",
        host.asked
    );
    let geoid = Geoid::approximate_france();
    let mut looked = 0;
    for (plot, made) in host.made.values() {
        for mesh in &made.content.meshes {
            // Skirts hang lower; the first places are the ground.
            let side = (mesh.positions.len() as f64).sqrt() as usize;
            let Some(posts) = (4..=64)
                .rev()
                .find(|n| (n + 1) * (n + 1) + 4 * (n + 1) == mesh.positions.len())
            else {
                panic!("{side}")
            };
            for position in mesh
                .positions
                .iter()
                .take((posts + 1) * (posts + 1))
                .step_by(7)
            {
                let at = Ecef(
                    mesh.tile_from_mesh
                        .transform_point3(Vec3::from(*position).as_dvec3()),
                )
                .to_lonlath();
                let [east, _] = from_lonlat(at.lon_deg, at.lat_deg);
                let pixel = (east
                    - WebTile {
                        z: 8,
                        x: plot.from.x,
                        y: 0,
                    }
                    .corner()[0])
                    / WebTile::side_m(8)
                    * 256.0
                    - 0.5;
                // To the very edge, half a pixel beyond the middle of the last one.
                let truth = 100.0
                    + pixel
                    + geoid.undulation_m(LonLat::new(at.lon_deg, at.lat_deg));
                assert!(
                    (at.height_m - truth).abs() < 0.1,
                    "{:?} {at:?} {truth}",
                    plot.spot
                );
                looked += 1;
            }
        }
    }
    assert!(looked > 1_000);
}

/// Black pixels and transparent ones are no heights: there is a hole, not an abyss.
#[test]
fn what_nobody_measured_is_no_ground() {
    let document = json!({ "tilejson": "2.2.0", "encoding": "mapbox", "tiles": ["{z}/{x}/{y}.png"], "minzoom": 0, "maxzoom": 0 });
    let half = png(64, |x, _| if x < 32 { [0, 0, 0] } else { coloured(50.0) });
    let mut host = Host::default()
        .file("tiles.json", document.to_string())
        .file("0/0/0.png", half);
    let mut engine = engine("tiles.json");
    host.settle(&mut engine, &above(60.0, 10.0, 6e6), 0);
    let [low, high] = host
        .made
        .values()
        .filter_map(|(_, made)| made.heights_m)
        .fold([f64::MAX, f64::MIN], |[a, b], [c, d]| [a.min(c), b.max(d)]);
    // Nothing but 50 m above the sea, wherever that is.
    assert!(low > -80.0 && high < 150.0, "{low} {high}");
}
