//! Pyramids of ground and of vectors through the engine: what is there is asked for, what is not is cut from above, nothing is a hole.

use crate::shared_data::shared;
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

mod archives;
mod heights;
mod layers;
mod terrain;
mod vectors;

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
