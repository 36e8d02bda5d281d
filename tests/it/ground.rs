//! Terrain of others: quantized-mesh and heights in colours, against what their own readers say (`tests/data/ground`).

use super::shared_data::shared;
use jumeau::formats::mvt;
use jumeau::formats::quantizedmesh::{Layer, MAX_COORDINATE, Mesh, Water};
use jumeau::formats::terrainrgb::{self, Rule};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ground")
}

fn json(name: &str) -> Json {
    serde_json::from_slice(&std::fs::read(folder().join(name)).unwrap()).unwrap()
}

/// As `make.mjs` adds numbers up, so that their order counts.
fn sum(numbers: impl Iterator<Item = u32>) -> u64 {
    numbers
        .enumerate()
        .map(|(at, number)| u64::from(number) * (at as u64 % 97 + 1))
        .sum()
}

#[test]
fn quantized_meshes_are_what_heres_decoder_reads() {
    let expected = json("expected.json");
    let mut count = 0;
    for (path, theirs) in expected["meshes"].as_object().unwrap() {
        let file = if path == "hill.terrain" {
            Some(folder().join(path))
        } else {
            shared(path)
        };
        let Some(file) = file else { continue };
        let ours = Mesh::parse(&std::fs::read(file).unwrap());
        count += 1;
        if theirs.is_string() {
            println!(
                "{path}: {theirs}, ours {:?}",
                ours.map(|mesh| mesh.vertices.len())
            );
            continue;
        }
        let ours = ours.unwrap_or_else(|fault| panic!("{path}: {fault}"));
        let numbers = |json: &Json| {
            json.as_array()
                .unwrap()
                .iter()
                .map(|number| number.as_f64().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            ours.centre.0.to_array().to_vec(),
            numbers(&theirs["centre"]),
            "{path}"
        );
        assert_eq!(
            ours.heights_m.to_vec(),
            numbers(&theirs["heights"]),
            "{path}"
        );
        assert_eq!(
            ours.vertices.len() as u64,
            theirs["vertices"].as_u64().unwrap(),
            "{path}"
        );
        for axis in 0..3 {
            let ours = sum(ours.vertices.iter().map(|vertex| u32::from(vertex[axis])));
            assert_eq!(
                ours,
                theirs["sums"][axis].as_u64().unwrap(),
                "{path} {axis}"
            );
        }
        assert_eq!(
            ours.indices.len() as u64,
            theirs["indices"].as_u64().unwrap(),
            "{path}"
        );
        assert_eq!(
            sum(ours.indices.iter().copied()),
            theirs["indexSum"].as_u64().unwrap(),
            "{path}"
        );
        for (ours, theirs) in ours.edges.iter().zip(theirs["edges"].as_array().unwrap()) {
            assert_eq!(ours.len() as u64, theirs[0].as_u64().unwrap(), "{path}");
            assert_eq!(
                sum(ours.iter().copied()),
                theirs[1].as_u64().unwrap(),
                "{path}"
            );
        }
        assert_eq!(
            ours.normals.is_some(),
            !theirs["normals"].is_null(),
            "{path}"
        );
        assert_eq!(ours.water.is_some(), !theirs["water"].is_null(), "{path}");
        assert_eq!(ours.clamped, 0, "{path}");
    }
    println!("{count} tiles");
}

/// The hill that was put in (`make.py`): every vertex where it was, normals that point up, water in the south-west.
#[test]
fn a_hill_comes_back_as_it_was_made() {
    let mesh = Mesh::parse(&std::fs::read(folder().join("hill.terrain")).unwrap()).unwrap();
    let bounds = [-1.5600586, 47.2119141, -1.5380859, 47.2338867];
    assert_eq!((mesh.vertices.len(), mesh.indices.len()), (169, 864));
    // The encoder rounds down, the edge included.
    let (width, depth) = (
        (bounds[2] - bounds[0]) / (f64::from(MAX_COORDINATE) - 0.001),
        (bounds[3] - bounds[1]) / (f64::from(MAX_COORDINATE) - 0.001),
    );
    for (number, vertex) in mesh.vertices.iter().enumerate() {
        let (u, v) = ((number % 13) as f64 / 12.0, (number / 13) as f64 / 12.0);
        let place = mesh.place(*vertex, bounds);
        assert!((place.lon_deg - (bounds[0] + (bounds[2] - bounds[0]) * u)).abs() <= width);
        assert!((place.lat_deg - (bounds[1] + (bounds[3] - bounds[1]) * v)).abs() <= depth);
        let height = 40.0 + 25.0 * (5.0 * u).sin() * (4.0 * v).cos();
        assert!(
            (place.height_m - height).abs() < 0.01,
            "{number}: {} ≠ {height}",
            place.height_m
        );
        let up = place.to_ecef().0.normalize();
        let [x, y, z] = mesh.normals.as_ref().unwrap()[number].map(f64::from);
        assert!((x * x + y * y + z * z - 1.0).abs() < 1e-5);
        // At most 25 m up and down over a kilometre.
        assert!(up.dot(glam::DVec3::new(x, y, z)) > 0.95, "{number}");
    }
    assert_eq!([mesh.edges[0].len(), mesh.edges[1].len()], [13, 13]);
    let Some(Water::Mask(mask)) = &mesh.water else {
        panic!()
    };
    assert_eq!(
        (
            mask[0],
            mask[200 * 256],
            mask[199 * 256],
            mask[255 * 256 + 63],
            mask[255 * 256 + 64]
        ),
        (0, 255, 0, 255, 0)
    );
    assert_eq!(mesh.available.len(), 2);
    assert!(mesh.available[0][0].holds(2, 3) && !mesh.available[0][0].holds(0, 3));
    assert_eq!(mesh.unknown, [0_u8; 0]);
}

#[test]
fn broken_meshes_are_faults() {
    let whole = std::fs::read(folder().join("hill.terrain")).unwrap();
    for cut in [0, 10, 87, 91, 200, 1_100, 1_105, 2_000, whole.len() - 1] {
        assert_eq!(
            Mesh::parse(&whole[..cut]).unwrap_err().code,
            "quantized-mesh-short",
            "{cut}"
        );
    }
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = whole.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        Mesh::parse(&changed).map_err(|fault| fault.code)
    };
    assert_eq!(
        with(88, &u32::MAX.to_le_bytes()),
        Err("quantized-mesh-short")
    );
    assert_eq!(
        with(24, &f32::NAN.to_le_bytes()),
        Err("quantized-mesh-number")
    );
    assert_eq!(
        with(92 + 169 * 6, &u32::MAX.to_le_bytes()),
        Err("quantized-mesh-short")
    );
    assert_eq!(
        with(92 + 169 * 6 + 4, &77_u16.to_le_bytes()),
        Err("quantized-mesh-index")
    );
    // Metadata without the length before it, as some encoders write it; and an extension of another time.
    let more = [
        whole.as_slice(),
        b"\x04\x1E\0\0\0",
        br#"{"available":[[],[],[],[],[]]}"#,
        b"\x63\x02\0\0\0ab",
    ]
    .concat();
    let mesh = Mesh::parse(&more).unwrap();
    assert_eq!(
        (mesh.available.len(), mesh.unknown.as_slice()),
        (5, &[0x63_u8][..])
    );
    // Beyond the tile: put on its edge and counted.
    assert!(with(92, &u16::MAX.to_le_bytes()).unwrap().clamped > 0);
    // A little packed, a lot inside.
    let bomb = {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        (0..80).for_each(|_| encoder.write_all(&vec![0; 1 << 20]).unwrap());
        encoder.finish().unwrap()
    };
    assert_eq!(
        Mesh::parse(&bomb).unwrap_err().code,
        "quantized-mesh-packed"
    );
    assert_eq!(mvt::Tile::parse(&bomb).unwrap_err().code, "mvt-packed");
}

#[test]
fn layers_say_which_tiles_there_are() {
    let text = r#"{ "tilejson": "2.1.0", "format": "quantized-mesh-1.0", "version": "1.2.0", "scheme": "tms", "tiles": ["a/{z}/{x}/{y}.terrain?v={version}"],
        "available": [[{ "startX": 0, "startY": 0, "endX": 1, "endY": 0 }], [{ "startX": 2, "startY": 1, "endX": 2, "endY": 1 }]], "parentUrl": "../world/" }"#;
    let layer = Layer::parse(text.as_bytes()).unwrap();
    assert_eq!(layer.path(3, 7, 5), "a/3/7/5.terrain?v=1.2.0");
    assert_eq!(
        [
            layer.has(0, 1, 0),
            layer.has(0, 2, 0),
            layer.has(1, 2, 1),
            layer.has(1, 2, 0),
            layer.has(2, 4, 2)
        ],
        [true, false, true, false, false].map(Some)
    );
    assert_eq!(layer.bounds_deg(1, 2, 1), [0.0, 0.0, 90.0, 90.0]);
    assert_eq!(layer.parent.as_deref(), Some("../world/"));
    let flipped = Layer::parse(
        text.replace("\"tms\"", "\"slippyMap\"")
            .replace("{y}.", "{y}-{reverseY}.")
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(flipped.path(3, 7, 5), "a/3/7/2-5.terrain?v=1.2.0");
    let mercator = Layer::parse(
        text.replace("\"scheme\"", "\"projection\": \"EPSG:3857\", \"scheme\"")
            .as_bytes(),
    )
    .unwrap();
    assert!(
        (mercator.bounds_deg(0, 0, 0)[3] - 85.051_128_779_806_59).abs() < 1e-12
            && mercator.has(0, 1, 0) == Some(false)
    );
    let unsaid = Layer::parse(
        text.replace("\"available\"", "\"metadataAvailability\": 10, \"unused\"")
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(
        [unsaid.has(0, 1, 0), unsaid.has(5, 1, 0)],
        [Some(true), None]
    );
    for (from, to, code) in [
        (
            "quantized-mesh-1.0",
            "heightmap-1.0",
            "terrain-layer-format",
        ),
        ("\"tms\"", "\"zigzag\"", "terrain-layer-scheme"),
        (
            "[\"a/{z}/{x}/{y}.terrain?v={version}\"]",
            "[]",
            "terrain-layer-tiles",
        ),
        ("\"startX\": 0", "\"startX\": -1", "terrain-layer-json"),
    ] {
        assert_eq!(
            Layer::parse(text.replacen(from, to, 1).as_bytes())
                .unwrap_err()
                .code,
            code
        );
    }
    let levels = vec!["[]"; 40].join(",");
    let deep =
        format!(r#"{{ "format": "quantized-mesh-1.0", "tiles": ["x"], "available": [{levels}] }}"#);
    assert_eq!(
        Layer::parse(deep.as_bytes()).unwrap_err().code,
        "terrain-layer-limit"
    );
}

#[test]
fn layers_of_cesium_are_read() {
    let Some(folder) =
        shared("cesium-native-data/Cesium3DTilesSelection/test/data/CesiumTerrainTileJson")
    else {
        return;
    };
    let mut read = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".tile.json") {
            match Layer::parse(&std::fs::read(&path).unwrap()) {
                Ok(layer) => read.push((name, layer.metadata_levels.is_some())),
                Err(fault) => assert!(
                    ["terrain-layer-tiles", "terrain-layer-format"].contains(&fault.code),
                    "{name}: {fault}"
                ),
            }
        }
    }
    assert!(
        read.len() >= 5
            && read
                .iter()
                .any(|(name, metadata)| name.starts_with("Metadata") && *metadata),
        "{read:?}"
    );
}

fn png(columns: u32, rows: u32, colour: png::ColorType, pixels: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, columns, rows);
    encoder.set_color(colour);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(pixels)
        .unwrap();
    out
}

/// The values that the two rules' own documentation gives, and the ends of what they can say.
#[test]
fn colours_are_heights() {
    let rgb = png(
        4,
        1,
        png::ColorType::Rgb,
        &[1, 134, 160, 0, 0, 0, 1, 134, 170, 255, 255, 255],
    );
    assert_eq!(
        terrainrgb::decode(&rgb, &Rule::MAPBOX).unwrap().heights_m,
        [0.0, -10_000.0, 1.0, 1_667_721.5]
    );
    let terrarium = png(
        2,
        2,
        png::ColorType::Rgba,
        &[
            128, 0, 0, 255, 162, 144, 128, 255, 127, 255, 0, 255, 1, 2, 3, 0,
        ],
    );
    let heights = terrainrgb::decode(&terrarium, &Rule::TERRARIUM).unwrap();
    assert_eq!((heights.columns, heights.rows), (2, 2));
    assert_eq!(heights.heights_m[..3], [0.0, 8_848.5, -1.0]);
    assert!(heights.heights_m[3].is_nan(), "transparent is no height");
    let own = Rule {
        red_m: 0.0,
        green_m: 10.0,
        blue_m: 0.5,
        base_m: 2.0,
    };
    assert_eq!(own.height_m([9, 3, 4]), 34.0);
    assert_eq!(
        (
            Rule::named("mapbox"),
            Rule::named("terrarium"),
            Rule::named("custom")
        ),
        (Some(Rule::MAPBOX), Some(Rule::TERRARIUM), None)
    );
    let lossy = |bytes: &[u8]| terrainrgb::decode(bytes, &Rule::MAPBOX).unwrap_err().code;
    assert_eq!(lossy(b"\xFF\xD8\xFF\xE0 and so on"), "terrain-rgb-lossy");
    assert_eq!(
        lossy(b"RIFF\x1A\0\0\0WEBPVP8 \x0A\0\0\00123456789"),
        "terrain-rgb-lossy"
    );
    assert_eq!(lossy(b"GIF89a"), "terrain-rgb-picture");
    assert_eq!(lossy(&rgb[..40]), "terrain-rgb-picture");
}

/// The seeds of the fuzzer, written by hand from the specifications (`fuzz/make_seeds.py`), say what they were made to say.
#[test]
fn what_was_written_by_hand_is_read() {
    let seed = |path: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(path)).unwrap();
    let mesh = Mesh::parse(&seed("quantized_mesh/square.terrain")).unwrap();
    assert_eq!(mesh.vertices, [[0, 0, 0], [MAX_COORDINATE, 0, 9000], [0, MAX_COORDINATE, MAX_COORDINATE], [MAX_COORDINATE, MAX_COORDINATE, 12]]);
    assert_eq!((mesh.indices.as_slice(), mesh.edges[1].as_slice(), &mesh.water), (&[0, 1, 2, 2, 3, 1][..], &[0, 1][..], &Some(Water::All(255))));
    assert_eq!((mesh.heights_m, mesh.available[0][0].end_y), ([3.5, 61.25], 4));
    assert!(Layer::parse(&seed("quantized_mesh/layer.json")).unwrap().mercator);
    assert_eq!(terrainrgb::decode(&seed("terrain_rgb/hill.png"), &Rule::MAPBOX).unwrap().heights_m[15], 1.5);
}
