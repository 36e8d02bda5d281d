//! Pyramids of ground and of vectors through the engine: what is there is asked for, what is not is cut from above, nothing is a hole.

use super::super::shared_data::shared;
use glam::{DVec3, Vec3};
use image::ImageEncoder;
use jumeau::formats::pmtiles::{self, number_of};
use jumeau::formats::webtiles::{WebTile, from_lonlat};
use jumeau::geodesy::{Ecef, Geoid, LonLat, LonLatH};
use jumeau::stream::ground::{self, Made, Opened, Plot};
use jumeau::stream::{
    Delivery, Engine, Fetch, FetchFault, RootState, Settings, TileId, Update, View, Wanted,
};
use proptest::prelude::*;
use serde_json::json;
use std::collections::HashMap;

/// What answers an engine: files, and what became of them.
#[derive(Default)]
struct Host {
    files: HashMap<String, Vec<u8>>,
    asked: Vec<String>,
    pending: Vec<Fetch>,
    made: HashMap<TileId, (Plot, Made)>,
}

impl Host {
    fn file(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), bytes.into());
        self
    }

    fn body(&mut self, engine: &Engine, fetch: &Fetch) -> Result<Delivery, FetchFault> {
        let Some(bytes) = self.files.get(&fetch.path) else {
            return Err(FetchFault::Absent(fetch.path.clone()));
        };
        let bytes = match fetch.span {
            None => bytes.clone(),
            Some(span) => {
                let end = (span.offset + span.length).min(bytes.len() as u64);
                bytes
                    .get(span.offset as usize..end as usize)
                    .unwrap_or_default()
                    .to_vec()
            }
        };
        if fetch.wanted != Wanted::Content {
            return Ok(Delivery::Bytes(bytes));
        }
        let plot = engine
            .placement(fetch.tile)
            .and_then(|placement| placement.plot)
            .expect("a place in the pyramid");
        match ground::content(&bytes, &plot) {
            Ok(made) => {
                let (heights_m, below) = (made.heights_m, made.below.clone());
                self.made.insert(fetch.tile, (plot, made));
                Ok(Delivery::Ground {
                    bytes: 10_000,
                    heights_m,
                    below,
                })
            }
            Err(fault) => Err(FetchFault::Lasting(fault.to_string())),
        }
    }

    fn frame(&mut self, engine: &mut Engine, view: &View, frame: u64) -> Update {
        for fetch in std::mem::take(&mut self.pending) {
            let body = self.body(engine, &fetch);
            engine.deliver(fetch.id, body);
        }
        let update = engine.update(std::slice::from_ref(view), frame);
        self.asked
            .extend(update.fetch.iter().map(|fetch| fetch.path.clone()));
        self.pending.extend(update.fetch.clone());
        self.pending
            .retain(|fetch| !update.cancel.contains(&fetch.id));
        for tile in &update.evict {
            self.made.remove(tile);
        }
        update
    }

    /// The places shown once all is there: level, column, row from the south, and whether each is cut from above.
    fn settle(
        &mut self,
        engine: &mut Engine,
        view: &View,
        from: u64,
    ) -> Vec<(u32, u32, u32, bool)> {
        let mut last = Update::default();
        for frame in from..from + 400 {
            last = self.frame(engine, view, frame);
        }
        assert_eq!(
            last.stats.waiting,
            0,
            "{:?} {:?}",
            last.stats,
            engine.report()
        );
        let mut shown: Vec<_> = last
            .show
            .iter()
            .map(|show| {
                let plot = engine.placement(show.tile).unwrap().plot.unwrap();
                assert!(
                    self.made.contains_key(&show.tile),
                    "{:?} is shown and not there",
                    plot.spot
                );
                (
                    plot.spot.z,
                    plot.spot.x,
                    plot.spot.y,
                    plot.from != plot.spot,
                )
            })
            .collect();
        shown.sort_unstable();
        shown
    }
}

fn engine(path: &str) -> Engine {
    Engine::new(
        path,
        Settings {
            fade_frames: 0,
            ..Settings::default()
        },
    )
}

fn above(lon: f64, lat: f64, height_m: f64) -> View {
    let position = LonLatH::new(lon, lat, height_m).to_ecef().0;
    View {
        position,
        direction: -position.normalize(),
        frustum: Vec::new(),
        pixels_per_radian: 800.0,
    }
}

/// Places that are shown lie beside each other: none in another one.
fn assert_disjoint(shown: &[(u32, u32, u32, bool)]) {
    for (k, a) in shown.iter().enumerate() {
        for b in &shown[k + 1..] {
            let levels = b.0 - a.0;
            assert!(
                (b.1 >> levels, b.2 >> levels) != (a.1, a.2),
                "{b:?} lies in {a:?}"
            );
        }
    }
}

/// The part of a level-0 row of tiles that is shown, counted in tiles of it.
fn covered(shown: &[(u32, u32, u32, bool)]) -> f64 {
    shown.iter().map(|(z, ..)| 0.25_f64.powi(*z as i32)).sum()
}

/// A quantized mesh of two triangles: a plane between four heights, given for south-west, south-east, north-west and north-east.
fn quantized(heights_m: [f32; 4], metadata: Option<&str>) -> Vec<u8> {
    let low = heights_m.iter().copied().fold(f32::MAX, f32::min);
    let high = heights_m.iter().copied().fold(f32::MIN, f32::max);
    let mut bytes = Vec::new();
    for number in [4e6, 0.0, 4e6] {
        bytes.extend(f64::to_le_bytes(number));
    }
    bytes.extend(low.to_le_bytes());
    bytes.extend(high.to_le_bytes());
    for number in [4e6, 0.0, 4e6, 1e6, 0.0, 0.0, 0.0] {
        bytes.extend(f64::to_le_bytes(number));
    }
    bytes.extend(4_u32.to_le_bytes());
    let share = |height: f32| {
        if high > low {
            (f64::from((height - low) / (high - low)) * 32_767.0).round() as i32
        } else {
            0
        }
    };
    let axes: [[i32; 4]; 3] = [
        [0, 32_767, 0, 32_767],
        [0, 0, 32_767, 32_767],
        heights_m.map(share),
    ];
    for axis in axes {
        let mut last = 0;
        for value in axis {
            let step: i32 = value - last;
            last = value;
            bytes.extend((((step << 1) ^ (step >> 31)) as u16).to_le_bytes());
        }
    }
    bytes.extend(2_u32.to_le_bytes());
    // 0 1 2, 2 1 3, counted down from the highest so far.
    for code in [0_u16, 0, 0, 1, 2, 0] {
        bytes.extend(code.to_le_bytes());
    }
    for edge in [[0_u16, 2], [0, 1], [1, 3], [2, 3]] {
        bytes.extend(2_u32.to_le_bytes());
        edge.into_iter()
            .for_each(|index| bytes.extend(index.to_le_bytes()));
    }
    if let Some(json) = metadata {
        bytes.push(4);
        bytes.extend((json.len() as u32 + 4).to_le_bytes());
        bytes.extend((json.len() as u32).to_le_bytes());
        bytes.extend(json.as_bytes());
    }
    bytes
}

fn layer_json(rest: serde_json::Value) -> Vec<u8> {
    let mut json = json!({ "tilejson": "2.1.0", "format": "quantized-mesh-1.0", "version": "1.1.0", "scheme": "tms", "tiles": ["{z}/{x}/{y}.terrain?v={version}"] });
    json.as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    json.to_string().into_bytes()
}

fn range(x: [u32; 2], y: [u32; 2]) -> serde_json::Value {
    json!({ "startX": x[0], "startY": y[0], "endX": x[1], "endY": y[1] })
}

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

fn png(side: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let pixels: Vec<u8> = (0..side * side)
        .flat_map(|k| pixel(k % side, k / side))
        .collect();
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(&pixels, side, side, image::ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

/// A height in Mapbox's colours.
fn coloured(height_m: f64) -> [u8; 3] {
    let code = ((height_m + 10_000.0) / 0.1).round() as u32;
    [(code >> 16) as u8, (code >> 8) as u8, code as u8]
}

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
                let truth = 100.0
                    + pixel.clamp(0.0, 255.0)
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

/// An archive as `pmtiles` writes it, without compression: tiles, with the directory of all but the first in a leaf.
fn archive(
    kind: u8,
    levels: [u8; 2],
    metadata: &str,
    tiles: &[(u32, u32, u32, Vec<u8>)],
) -> Vec<u8> {
    fn varint(mut value: u64, out: &mut Vec<u8>) {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }
    let directory = |entries: &[(u64, u64, u64, u64)]| {
        let mut out = Vec::new();
        varint(entries.len() as u64, &mut out);
        let mut last = 0;
        for (number, ..) in entries {
            varint(number - last, &mut out);
            last = *number;
        }
        entries
            .iter()
            .for_each(|(_, run, ..)| varint(*run, &mut out));
        entries
            .iter()
            .for_each(|(_, _, length, _)| varint(*length, &mut out));
        entries
            .iter()
            .for_each(|(.., offset)| varint(offset + 1, &mut out));
        out
    };
    let mut numbered: Vec<(u64, &Vec<u8>)> = tiles
        .iter()
        .map(|(z, x, y, bytes)| (number_of(*z, *x, *y).unwrap(), bytes))
        .collect();
    numbered.sort_unstable_by_key(|(number, _)| *number);
    let mut data: Vec<u8> = Vec::new();
    let entries: Vec<(u64, u64, u64, u64)> = numbered
        .into_iter()
        .map(|(number, bytes)| {
            let offset = data.len() as u64;
            data.extend(bytes);
            (number, 1, bytes.len() as u64, offset)
        })
        .collect();
    let leaf = directory(&entries[1..]);
    let mut root = vec![entries[0]];
    root.extend(
        entries
            .get(1)
            .map(|(number, ..)| (*number, 0, leaf.len() as u64, 0)),
    );
    let root = directory(&root);
    let mut out = b"PMTiles\x03".to_vec();
    let root_at = 127_u64;
    let metadata_at = root_at + root.len() as u64;
    let leaves_at = metadata_at + metadata.len() as u64;
    let data_at = leaves_at + leaf.len() as u64;
    for (offset, length) in [
        (root_at, root.len()),
        (metadata_at, metadata.len()),
        (leaves_at, leaf.len()),
        (data_at, data.len()),
    ] {
        out.extend(offset.to_le_bytes());
        out.extend((length as u64).to_le_bytes());
    }
    out.extend([0; 24]);
    out.extend([1, 1, 1, kind, levels[0], levels[1]]);
    for degrees in [-180.0, -85.0, 180.0, 85.0] {
        out.extend(((degrees * 1e7) as i32).to_le_bytes());
    }
    out.resize(127, 0);
    out.extend(root);
    out.extend(metadata.as_bytes());
    out.extend(leaf);
    out.extend(data);
    out
}

#[test]
fn an_archive_is_read_in_pieces() {
    let picture = |height: f64| png(16, |_, _| coloured(height));
    let mut tiles = vec![(0, 0, 0, picture(10.0))];
    tiles.extend([
        (1, 1, 0, picture(20.0)),
        (1, 0, 0, picture(30.0)),
        (1, 0, 1, picture(40.0)),
    ]);
    let bytes = archive(2, [0, 1], r#"{"encoding":"mapbox"}"#, &tiles);
    let mut host = Host::default().file("world.pmtiles", bytes);
    let mut engine = engine("world.pmtiles");
    let shown = host.settle(&mut engine, &above(60.0, 40.0, 2e6), 0);
    assert_disjoint(&shown);
    assert_eq!(engine.root_state(), RootState::Open);
    assert!((covered(&shown) - 1.0).abs() < 1e-9, "{shown:?}");
    // The south-east is not in the archive: it is cut from level 0.
    assert!(
        shown
            .iter()
            .any(|(z, x, y, cut)| *cut && (x >> (z - 1), y >> (z - 1)) == (1, 0)),
        "{shown:?}"
    );
    assert!(
        engine.report().findings().is_empty(),
        "{:?}",
        engine.report()
    );
}

/// Directories that lead to themselves end after a few steps, with a word about it; so does an archive that is cut off.
#[test]
fn an_archive_that_leads_nowhere_is_told() {
    let mut bytes = archive(
        2,
        [0, 1],
        r#"{"encoding":"mapbox"}"#,
        &[
            (0, 0, 0, png(16, |_, _| coloured(1.0))),
            (1, 1, 0, vec![1, 2, 3]),
        ],
    );
    // The leaf's one entry: count, number, run, length, offset. It becomes "another directory", which is the leaf itself.
    let [leaf_at, leaf_length] =
        [40, 48].map(|at| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize);
    let own = [1, bytes[leaf_at + 1], 0, leaf_length as u8];
    bytes[leaf_at..leaf_at + 4].copy_from_slice(&own);
    let offset: &[u8] = if leaf_length == 5 { &[1] } else { &[0x81, 0] };
    bytes[leaf_at + 4..leaf_at + leaf_length].copy_from_slice(offset);
    let mut host = Host::default().file("x.pmtiles", bytes.clone());
    let mut looping = engine("x.pmtiles");
    let shown = host.settle(&mut looping, &above(60.0, 40.0, 2e6), 0);
    assert!((covered(&shown) - 1.0).abs() < 1e-9, "{shown:?}");
    assert_eq!(looping.report().findings()[0].code, "pmtiles-depth");
    let mut host = Host::default().file("x.pmtiles", &bytes[..130]);
    let mut cut = engine("x.pmtiles");
    for frame in 0..50 {
        host.frame(&mut cut, &above(60.0, 40.0, 2e6), frame);
    }
    assert_eq!(cut.root_state(), RootState::Failed);
    assert_eq!(cut.report().findings()[0].code, "pmtiles-short");
}

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

/// The plot of the first tile of a document.
fn first_plot(document: &[u8]) -> Plot {
    let mut host = Host::default().file("tiles.json", document);
    let mut engine = engine("tiles.json");
    for frame in 0..20 {
        let update = host.frame(&mut engine, &above(10.0, 10.0, 1e7), frame);
        if let Some(fetch) = update
            .fetch
            .iter()
            .find(|fetch| fetch.wanted == Wanted::Content)
        {
            return engine.placement(fetch.tile).unwrap().plot.unwrap();
        }
    }
    panic!("no tile was asked for");
}

/// The archives of other programs open, and say what they hold.
#[test]
fn archives_of_others_open_or_say_why_not() {
    let Some(folder) = shared("vector-raster-tiles/pmtiles") else {
        return;
    };
    let opened = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let head = &bytes[..bytes.len().min(pmtiles::HEAD_BYTES)];
        match ground::pyramid(head, name) {
            Some(Ok(Opened::Pyramid(pyramid))) => {
                format!("{:?} {:?}", pyramid.matter, pyramid.levels)
            }
            Some(Ok(Opened::Longer(bytes))) => format!("longer: {bytes}"),
            Some(Err(fault)) => fault.to_string(),
            None => "none".to_owned(),
        }
    };
    assert_eq!(opened("js_test_fixture_1.pmtiles"), "Vectors [0, 0]");
    assert_eq!(opened("js_test_fixture_2.pmtiles"), "Vectors [0, 0]");
    assert_eq!(
        opened("js_test_fixture_mlt.pmtiles"),
        "ground-matter at kind: Mlt"
    );
    assert!(
        opened("png.pmtiles").starts_with("ground-matter"),
        "{}",
        opened("png.pmtiles")
    );
    assert!(
        opened("webp2.pmtiles").starts_with("ground-matter"),
        "{}",
        opened("webp2.pmtiles")
    );
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

/// What a description must not do.
#[test]
fn descriptions_that_lead_elsewhere_are_refused() {
    for (document, code) in [
        (
            layer_json(json!({ "tiles": ["../../{z}.terrain"] })),
            "tile-path-refused",
        ),
        (
            layer_json(json!({ "tiles": ["file:///etc/{z}"] })),
            "tile-path-refused",
        ),
        (
            layer_json(json!({ "tiles": ["http://user@host/{z}"] })),
            "tile-path-refused",
        ),
        (
            layer_json(json!({ "format": "heightmap-1.0" })),
            "terrain-layer-format",
        ),
        (
            layer_json(json!({ "projection": "EPSG:2154" })),
            "terrain-layer-projection",
        ),
        (
            br#"{"tilejson":"3.0.0","tiles":["{z}.jpg"]}"#.to_vec(),
            "ground-matter",
        ),
    ] {
        let Some(Err(fault)) = ground::pyramid(&document, "a/layer.json") else {
            panic!("{code} was expected")
        };
        assert_eq!(fault.code, code);
    }
    let away = layer_json(json!({ "tiles": ["https://tiles.example.org/{z}/{x}/{y}.terrain"] }));
    assert!(matches!(ground::pyramid(&away, "layer.json"), Some(Ok(_))));
    assert!(ground::pyramid(b"{\"asset\":{}}", "a.json").is_none());
    assert!(ground::pyramid(b"glTF", "a.json").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is there and whatever is not: once all has come, the whole world is covered, once.
    #[test]
    fn ground_has_no_holes(there in prop::collection::vec(any::<bool>(), 2 + 8 + 32), lon in -170.0..170.0_f64, lat in -80.0..80.0_f64, height in 5e4..2e7_f64) {
        let document = json!({ "format": "quantized-mesh-1.0", "projection": "EPSG:4326", "tiles": ["{z}/{x}/{y}.terrain"], "maxzoom": 2 });
        let mut host = Host::default().file("layer.json", document.to_string());
        let mut there = there.into_iter();
        for z in 0..3_u32 {
            for x in 0..2 << z {
                for y in 0..1 << z {
                    if there.next() == Some(true) || z == 0 {
                        host = host.file(&format!("{z}/{x}/{y}.terrain"), quantized([0.0, 50.0, 10.0, 20.0], None));
                    }
                }
            }
        }
        let mut engine = engine("layer.json");
        let shown = host.settle(&mut engine, &above(lon, lat, height), 0);
        assert_disjoint(&shown);
        prop_assert!((covered(&shown) - 2.0).abs() < 1e-9, "{:?}", shown);
    }

    /// Whatever the bytes: an answer, soon.
    #[test]
    fn bytes_of_any_kind_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in 0..120_usize, flips in prop::collection::vec((0..400_usize, any::<u8>()), 0..6)) {
        let _ = ground::pyramid(&bytes, "x");
        let mesh_plot = first_plot(&layer_json(json!({ "available": [[range([0, 1], [0, 0])]] })));
        let mut tile = quantized([0.0, 50.0, 10.0, 20.0], Some("{\"available\":[[]]}"));
        tile.truncate(tile.len().saturating_sub(cut));
        for (at, byte) in flips {
            if let Some(slot) = tile.get_mut(at) {
                *slot = byte;
            }
        }
        let _ = ground::content(&tile, &mesh_plot);
        let _ = ground::content(&bytes, &mesh_plot);
    }
}
