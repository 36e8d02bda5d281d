//! Vector tiles on the ground.

use super::*;
use crate::vector_tile;
use glam::DMat4;
use jumeau::stream::arrays::TileArrays;
use jumeau::stream::ground::{Patch, Pyramid, Spot};
use std::sync::Arc;

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

/// Ground of a level that a tile of vectors lies on: two triangles between four heights (south-west, south-east, north-west, north-east).
fn ground_of(spot: &str, z: u32, x: u32, y: u32, heights_m: [f32; 4]) -> Arc<Patch> {
    let document = layer_json(json!({ "projection": "EPSG:3857", "available": [[range([0, 0], [0, 0])]] }));
    let mut plot = first_plot(&document);
    plot.spot = Spot { z, x, y };
    plot.from = plot.spot;
    let made = ground::content(&quantized(heights_m, None), &plot).unwrap_or_else(|fault| panic!("{spot}: {fault}"));
    let arrays = TileArrays::of(made.content, DMat4::IDENTITY, false);
    let mesh = arrays.meshes.into_iter().next().unwrap();
    Arc::new(Patch::new(Arc::new(mesh.bvh), mesh.ecef_from_mesh))
}

/// The same as a lake.
fn lake_of(z: u32, x: u32, y: u32, level_m: f32) -> Arc<Patch> {
    let lake = ground_of("lake", z, x, y, [level_m; 4]);
    Arc::new(Arc::into_inner(lake).unwrap().of_water())
}

/// The plot of a vector tile that lies on ground, and one of its own size.
fn plot_on_ground(z: u32, x: u32, y: u32) -> Plot {
    let document = json!({ "tilejson": "3.0.0", "tiles": ["{z}/{x}/{y}.pbf"], "maxzoom": 14 }).to_string();
    let mut plot = first_plot(document.as_bytes());
    let mut pyramid = Pyramid::clone(&plot.pyramid);
    pyramid.paper = false;
    plot.pyramid = Arc::new(pyramid);
    plot.spot = Spot { z, x, y };
    plot.from = plot.spot;
    plot
}

/// The places of a mesh: shares of the tile and heights.
fn places(plot: &Plot, made: &Made) -> (Vec<[f64; 3]>, Vec<[usize; 3]>) {
    let mesh = &made.content.meshes[0];
    let [west, south, east, north] = plot.bounds_deg();
    let up = |lat: f64| lat.to_radians().tan().asinh();
    let places = mesh.positions.iter().map(|position| {
        let at = Ecef(mesh.tile_from_mesh.transform_point3(Vec3::from(*position).as_dvec3())).to_lonlath();
        [(at.lon_deg - west) / (east - west), (up(at.lat_deg) - up(south)) / (up(north) - up(south)), at.height_m]
    });
    (places.collect(), mesh.indices.chunks(3).map(|t| [t[0] as usize, t[1] as usize, t[2] as usize]).collect())
}

fn area(places: &[[f64; 3]], triangles: &[[usize; 3]]) -> f64 {
    let of = |[a, b, c]: [usize; 3]| {
        let (a, b, c) = (places[a], places[b], places[c]);
        0.5 * ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
    };
    triangles.iter().map(|triangle| of(*triangle)).sum()
}

/// An area and a line over a slope with a ridge: wherever one looks, also between corners, they lie a hand above the ground, and nothing is lost.
#[test]
fn vectors_lie_on_the_ground_that_is_shown() {
    let plot = plot_on_ground(12, 2100, 2600);
    let bytes = vector_tile::tile(4096, &[
        ("landcover", &[("pré", vector_tile::Drawn::Area(vec![[0, 0], [4096, 0], [4096, 4096], [0, 4096]]))]),
        ("roads", &[("D 7", vector_tile::Drawn::Line(vec![[-100, 2000], [2000, 2100], [4200, 300]]))]),
    ]);
    // Ground one level finer, in four pieces that differ.
    let heights = [[0.0, 800.0, 0.0, 800.0], [800.0, 100.0, 800.0, 0.0], [0.0, 800.0, 300.0, 700.0], [800.0, 0.0, 700.0, 900.0]];
    let patches: Vec<_> = heights.iter().enumerate().map(|(k, heights)| {
        let k = k as u32;
        ground_of("quarter", 13, 4200 + k % 2, 5200 + k / 2, *heights)
    }).collect();
    let made = ground::content_on(&bytes, &plot, Some(&patches)).unwrap();
    let (places, triangles) = places(&plot, &made);
    let height = |[u, v]: [f64; 2]| {
        let (column, row) = (usize::from(u > 0.5), usize::from(v > 0.5));
        let [sw, se, nw, ne] = heights[row * 2 + column].map(f64::from);
        let (x, y) = (2.0 * u - column as f64, 2.0 * v - row as f64);
        // The two triangles meet on the falling diagonal.
        if x + y <= 1.0 { sw + (se - sw) * x + (nw - sw) * y } else { ne + (nw - ne) * (1.0 - x) + (se - ne) * (1.0 - y) }
    };
    for triangle in &triangles {
        let corners = triangle.map(|at| places[at]);
        let middle = [0, 1, 2].map(|k| corners.iter().map(|corner| corner[k]).sum::<f64>() / 3.0);
        for [u, v, height_m] in corners.into_iter().chain([middle]) {
            let above = height_m - height([u, v]);
            // The ground's triangles are chords of a bent Earth, half a metre deep where they are five kilometres long.
            assert!((-0.6..3.0).contains(&above), "{above} m above the ground at {u} {v}");
        }
    }
    // The area is whole, and the line is as long as it was: its ribbon has the area that it has where it lies flat.
    let flat = ground::content(&bytes, &plot).unwrap();
    let (flat_places, flat_triangles) = self::places(&plot, &flat);
    let (laid, lay_flat) = (area(&places, &triangles), area(&flat_places, &flat_triangles));
    assert!((laid - lay_flat).abs() < 1e-4 && laid > 1.0, "{laid} {lay_flat}");
    let [low, high] = made.heights_m.unwrap();
    assert!((-2.0..=0.0).contains(&low) && (900.0..=902.0).contains(&high), "{low} {high}");
}

/// A meadow and a road over a slope that dips into a lake: on the water where it is higher, on the land elsewhere, each place once, and the road goes on.
#[test]
fn vectors_lie_on_a_lake_and_not_on_its_bed() {
    let plot = plot_on_ground(12, 2100, 2600);
    let bytes = vector_tile::tile(4096, &[
        ("landcover", &[("pré", vector_tile::Drawn::Area(vec![[0, 0], [4096, 0], [4096, 4096], [0, 4096]]))]),
        ("roads", &[("D 7", vector_tile::Drawn::Line(vec![[-100, 3000], [2000, 3100], [4200, 3300]]))]),
    ]);
    // From 0 m in the west to 1,000 m in the east; 300 m of water on its southern half, under the hill from there on.
    let slope = ground_of("slope", 12, 2100, 2600, [0.0, 1_000.0, 0.0, 1_000.0]);
    let lakes = [lake_of(13, 4200, 5200, 300.0), lake_of(13, 4201, 5200, 300.0)];
    let flat = ground::content(&bytes, &plot).unwrap();
    let (flat_places, flat_triangles) = places(&plot, &flat);
    for patches in [vec![&slope, &lakes[0], &lakes[1]], vec![&lakes[1], &lakes[0], &slope], vec![&lakes[0], &slope]] {
        let patches: Vec<Arc<Patch>> = patches.into_iter().map(Arc::clone).collect();
        let made = ground::content_on(&bytes, &plot, Some(&patches)).unwrap();
        let (places, triangles) = places(&plot, &made);
        let mut wet = 0;
        for triangle in &triangles {
            let corners = triangle.map(|at| places[at]);
            // Rounding leaves slivers on both sides of a shore.
            if area(&places, &[*triangle]) < 1e-7 {
                continue;
            }
            let [u, v, height_m] = [0, 1, 2].map(|k| corners.iter().map(|corner| corner[k]).sum::<f64>() / 3.0);
            let is_wet = v < 0.5 && u < 0.3;
            wet += usize::from(is_wet);
            let above = height_m - if is_wet { 300.0 } else { 1_000.0 * u };
            // Chords of a bent Earth again.
            assert!((-2.5..3.0).contains(&above), "{above} m above what is seen at {u} {v}");
            // No triangle is partly wet: all of it is on one side of the shore.
            assert!(corners.iter().all(|corner| !is_wet || corner[0] < 0.303 && corner[1] < 0.5 + 1e-4), "{corners:?}");
        }
        assert!(wet > 4, "{wet}");
        let (laid, lay_flat) = (area(&places, &triangles), area(&flat_places, &flat_triangles));
        assert!((laid - lay_flat).abs() < 1e-4 && laid > 1.0, "{laid} {lay_flat}");
        // The road is as high as the water up to the shore, and as the slope from there on: no step, and no hole.
        let mesh = &made.content.meshes[0];
        let road: Vec<[f64; 3]> = places.iter().zip(&mesh.feature_ids).filter(|(_, row)| **row == 1).map(|(place, _)| *place).collect();
        let at_shore = road.iter().filter(|place| (place[0] - 0.3).abs() < 3e-3).count();
        assert!(at_shore >= 4 && road.iter().any(|place| place[0] < 1e-6) && road.iter().any(|place| place[0] > 1.0 - 1e-6), "{at_shore} {road:?}");
    }
}

/// Where there is no ground yet, nothing floats; where it is hidden, all lies flat at the height of its middle.
#[test]
fn without_ground_nothing_is_laid_and_without_any_all_is_flat() {
    let plot = plot_on_ground(12, 2100, 2600);
    let bytes = vector_tile::tile(4096, &[("roads", &[("D 7", vector_tile::Drawn::Line(vec![[0, 2000], [4096, 2100]]))])]);
    let far = ground_of("far", 12, 900, 900, [0.0; 4]);
    for under in [vec![], vec![far]] {
        let made = ground::content_on(&bytes, &plot, Some(&under)).unwrap();
        assert!(made.content.meshes.is_empty() && made.heights_m.is_none() && made.content.tables[0].count == 1);
        // And once it comes, the same tile is laid on it without being read again.
        let near = [ground_of("near", 12, 2100, 2600, [50.0; 4])];
        let laid = ground::lay(made.flat.as_ref().unwrap(), &plot, Some(&near));
        assert!(laid.heights_m.is_some_and(|[low, high]| low > 48.0 && high < 52.0));
        // Lit as the ground is, at the edges too, where its skirts hang.
        let normals = laid.mesh.map(|mesh| mesh.normals).unwrap_or_default();
        assert!(!normals.is_empty() && normals.iter().all(|normal| normal[1] > 0.999));
    }
    let made = ground::content(&bytes, &plot).unwrap();
    assert!(made.heights_m.is_some_and(|[low, high]| low >= -1.5 && high <= 1.5));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Any triangle over any ground of eight pieces: the part inside the tile is laid once, whole.
    #[test]
    fn laying_loses_nothing_and_doubles_nothing(corners in prop::array::uniform3(prop::array::uniform2(-600..4700_i32)), heights in prop::collection::vec(0.0..2000.0_f32, 16)) {
        let plot = plot_on_ground(12, 2100, 2600);
        let bytes = vector_tile::tile(4096, &[("landuse", &[("a", vector_tile::Drawn::Area(corners.to_vec()))])]);
        let patches: Vec<_> = (0..4_u32).map(|k| {
            let at = k as usize * 4;
            ground_of("quarter", 13, 4200 + k % 2, 5200 + k / 2, [heights[at], heights[at + 1], heights[at + 2], heights[at + 3]])
        }).collect();
        let measure = |made: Made| if made.content.meshes.is_empty() { 0.0 } else { let (places, triangles) = places(&plot, &made); area(&places, &triangles) };
        let flat = measure(ground::content(&bytes, &plot).unwrap());
        let laid = measure(ground::content_on(&bytes, &plot, Some(&patches)).unwrap());
        prop_assert!((flat - laid).abs() < 2e-4, "{} {}", flat, laid);
    }

    /// The same where lakes of any level stand in that ground: no place is left bare, and none is covered twice.
    #[test]
    fn lakes_lose_nothing_and_double_nothing(corners in prop::array::uniform3(prop::array::uniform2(-600..4700_i32)), heights in prop::collection::vec(0.0..400.0_f32, 16), levels in prop::array::uniform3(0.0..400.0_f32)) {
        let plot = plot_on_ground(12, 2100, 2600);
        let bytes = vector_tile::tile(4096, &[("landuse", &[("a", vector_tile::Drawn::Area(corners.to_vec()))])]);
        let mut patches: Vec<_> = (0..4_u32).map(|k| {
            let at = k as usize * 4;
            ground_of("quarter", 13, 4200 + k % 2, 5200 + k / 2, [heights[at], heights[at + 1], heights[at + 2], heights[at + 3]])
        }).collect();
        // One in a quarter of a quarter, one at the edge, one over a whole quarter beside them.
        patches.extend([lake_of(14, 8401, 10401, levels[0]), lake_of(14, 8403, 10400, levels[1]), lake_of(13, 4200, 5201, levels[2])]);
        let measure = |made: Made| if made.content.meshes.is_empty() { 0.0 } else { let (places, triangles) = places(&plot, &made); area(&places, &triangles) };
        let flat = measure(ground::content(&bytes, &plot).unwrap());
        let laid = measure(ground::content_on(&bytes, &plot, Some(&patches)).unwrap());
        prop_assert!((flat - laid).abs() < 4e-4, "{} {}", flat, laid);
    }
}

/// Two bytes may be a layer, a feature, a key: what would fill the memory is refused, and areas that would take hours to cut are left out and told.
#[test]
fn small_bytes_that_want_much_are_refused() {
    let plot = first_plot(json!({ "tilejson": "3.0.0", "tiles": ["{z}/{x}/{y}.pbf"], "maxzoom": 0 }).to_string().as_bytes());
    for two in [[0x1A, 0x00], [0x12, 0x00], [0x22, 0x00]] {
        let things: Vec<u8> = std::iter::repeat_n(two, 3_000_000).flatten().collect();
        let bytes = if two[0] == 0x1A {
            things
        } else {
            // One layer of them.
            let mut bytes = vec![0x1A];
            let mut length = things.len();
            while length >= 0x80 {
                bytes.push(length as u8 | 0x80);
                length >>= 7;
            }
            bytes.push(length as u8);
            bytes.extend(things);
            bytes
        };
        assert_eq!(ground::content(&bytes, &plot).unwrap_err().code, "mvt-limit", "{two:?}");
    }
    let turn = |k: i32| { let (sin, cos) = f64::from(k).sin_cos(); [(2048.0 + 2000.0 * cos) as i32, (2048.0 + 2000.0 * sin) as i32] };
    let bytes = vector_tile::tile(4096, &[("landuse", &[("a", vector_tile::Drawn::Area((0..200_000).map(turn).collect())), ("b", vector_tile::Drawn::Line(vec![[0, 0], [9, 9]]))])]);
    let made = ground::content(&bytes, &plot).unwrap();
    assert!(made.faults.iter().any(|fault| fault.code == "vectors-too-many") && made.content.tables[0].count == 1, "{:?}", made.faults);
}

/// Coordinates far outside, a side of one unit, a side of four billion: places, or nothing, and never a panic.
#[test]
fn odd_extents_are_drawn_where_they_are() {
    let plot = plot_on_ground(12, 2100, 2600);
    let ground_there = [ground_of("near", 12, 2100, 2600, [50.0, 60.0, 70.0, 80.0])];
    for (extent, far) in [(1, 1), (4096, i32::MAX), (u32::MAX, i32::MAX), (512, 512)] {
        let square = vec![[0, 0], [far, 0], [far, far], [0, far]];
        let bytes = vector_tile::tile(extent, &[("landuse", &[("a", vector_tile::Drawn::Area(square.clone())), ("b", vector_tile::Drawn::Line(square))])]);
        for under in [None, Some(&ground_there[..])] {
            let made = ground::content_on(&bytes, &plot, under).unwrap();
            assert!(made.content.meshes.iter().flat_map(|mesh| &mesh.positions).flatten().all(|x| x.is_finite()), "{extent}");
            assert!(!made.content.meshes.is_empty(), "{extent} {far}");
        }
    }
}
