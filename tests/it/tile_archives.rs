//! Vector tiles and archives of tiles of others: MVT and PMTiles, against what their own readers say (`tests/data/ground`).

use super::shared_data::shared;
use jumeau::formats::mvt::{self, Shape, Value};
use jumeau::formats::pmtiles::{self, Archive, Compression, Directory, Header, Kind, Span};
use proptest::prelude::*;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ground")
}

fn json(name: &str) -> Json {
    serde_json::from_slice(&std::fs::read(folder().join(name)).unwrap()).unwrap()
}

fn lines_of(shape: &Shape) -> Vec<Vec<[i32; 2]>> {
    match shape {
        Shape::Unknown => Vec::new(),
        Shape::Points(points) => points.iter().map(|point| vec![*point]).collect(),
        Shape::Lines(lines) => lines.clone(),
        Shape::Areas(areas) => areas.iter().flatten().cloned().collect(),
    }
}

#[test]
fn vector_tiles_are_what_mapboxs_reader_reads() {
    let expected = json("expected.json");
    let (mut tiles, mut features) = (0, 0);
    for (path, theirs) in expected["tiles"].as_object().unwrap() {
        let Some(file) = shared(&format!("vector-raster-tiles/mvt/{path}")) else {
            continue;
        };
        let ours = mvt::Tile::parse(&std::fs::read(file).unwrap());
        let Some(theirs) = theirs.as_array() else {
            // What the peer throws for, ours reads or refuses, by a code.
            println!("{path}: {theirs}, ours {:?}", ours.map(|tile| tile.faults));
            continue;
        };
        let ours = ours.unwrap_or_else(|fault| panic!("{path}: {fault}"));
        tiles += 1;
        for theirs in theirs {
            let name = theirs["name"].as_str().unwrap();
            let layer = ours
                .layers
                .iter()
                .rfind(|layer| layer.name == name)
                .unwrap_or_else(|| panic!("{path}: no layer {name}"));
            assert_eq!(
                (u64::from(layer.version), u64::from(layer.extent)),
                (
                    theirs["version"].as_u64().unwrap(),
                    theirs["extent"].as_u64().unwrap()
                ),
                "{path}"
            );
            if ours.faults.is_empty() {
                assert_eq!(
                    layer.features.len() as u64,
                    theirs["length"].as_u64().unwrap(),
                    "{path} {name}"
                );
            }
            features += layer.features.len();
            let (mut corners, mut total) = (0, 0_i64);
            let mut dropped = false;
            for feature in &layer.features {
                let closed = matches!(feature.shape, Shape::Areas(_));
                for line in lines_of(&feature.shape) {
                    for [x, y] in line
                        .iter()
                        .copied()
                        .chain(line.first().copied().filter(|_| closed))
                    {
                        corners += 1;
                        total += 3 * i64::from(x) + 5 * i64::from(y);
                    }
                }
                dropped |= feature.shape == Shape::Unknown
                    || matches!(&feature.shape, Shape::Areas(areas) if areas.is_empty());
            }
            // Rings without an area are left out here.
            if !dropped
                && ours.faults.is_empty()
                && theirs.get("features").is_none()
                && corners as u64 == theirs["corners"].as_u64().unwrap()
            {
                assert_eq!(
                    total as f64,
                    theirs["sum"].as_f64().unwrap(),
                    "{path} {name}"
                );
            }
            let Some(list) = theirs
                .get("features")
                .and_then(Json::as_array)
                .filter(|_| ours.faults.is_empty())
            else {
                continue;
            };
            for (ours, theirs) in layer.features.iter().zip(list) {
                let kind = match ours.shape {
                    Shape::Unknown => 0,
                    Shape::Points(_) => 1,
                    Shape::Lines(_) => 2,
                    Shape::Areas(_) => 3,
                };
                assert_eq!(kind, theirs["type"].as_u64().unwrap(), "{path}");
                for (key, value) in layer.properties(ours) {
                    let theirs = &theirs["properties"][key];
                    let same = match value {
                        Value::Text(text) => theirs.as_str() == Some(text),
                        Value::Bool(truth) => theirs.as_bool() == Some(*truth),
                        Value::Float(number) => theirs.as_f64() == Some(f64::from(*number)),
                        Value::Double(number) => theirs.as_f64() == Some(*number),
                        Value::Int(number) => theirs.as_f64() == Some(*number as f64),
                        Value::Uint(number) => theirs.as_f64() == Some(*number as f64),
                        Value::Nothing => theirs.is_null(),
                    };
                    assert!(same, "{path} {key}: {value:?} {theirs}");
                }
                let numbers = |line: &Json| {
                    line.as_array()
                        .unwrap()
                        .iter()
                        .map(|at| {
                            [
                                at[0].as_f64().unwrap() as i32,
                                at[1].as_f64().unwrap() as i32,
                            ]
                        })
                        .collect::<Vec<_>>()
                };
                let mut theirs: Vec<Vec<[i32; 2]>> = theirs["lines"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(numbers)
                    .collect();
                if kind == 3 {
                    theirs.iter_mut().for_each(|ring| {
                        ring.pop();
                    });
                    theirs.retain(|ring| ring.len() >= 3);
                }
                if kind == 1 {
                    theirs = theirs
                        .into_iter()
                        .flatten()
                        .map(|point| vec![point])
                        .collect();
                }
                if !path.contains("/049/") && !path.contains("/050/") && kind != 0 {
                    assert_eq!(lines_of(&ours.shape), theirs, "{path}");
                }
            }
        }
    }
    println!("{tiles} tiles, {features} features");
}

#[test]
fn broken_vector_tiles_are_bounded() {
    // A layer with one feature: command MoveTo of half a billion corners, four bytes of them.
    let feature = [
        0x18, 0x01, 0x22, 0x07, 0xF9, 0xFF, 0xFF, 0xFF, 0x0F, 0x02, 0x02,
    ];
    let mut layer = vec![0x0A, 0x01, b'a', 0x12, feature.len() as u8];
    layer.extend(feature);
    let mut tile = vec![0x1A, layer.len() as u8];
    tile.extend(&layer);
    let read = mvt::Tile::parse(&tile).unwrap();
    assert_eq!(
        (
            read.layers[0].features.len(),
            read.faults[0].code,
            read.faults[0].object.as_str()
        ),
        (0, "mvt-feature", "layers[0].features[0]")
    );
    assert_eq!(
        mvt::Tile::parse(&tile[..tile.len() - 3]).unwrap_err().code,
        "mvt-broken"
    );
    assert_eq!(mvt::Tile::parse(b"").unwrap(), mvt::Tile::default());
    assert_eq!(mvt::Tile::parse(b"<html>").unwrap_err().code, "mvt-broken");
    // A ring that closes what was never begun, a tag that points nowhere.
    for feature in [
        vec![0x18, 0x03, 0x22, 0x01, 0x0F],
        vec![0x12, 0x02, 0x00, 0x00, 0x18, 0x01],
    ] {
        let mut layer = vec![0x12, feature.len() as u8];
        layer.extend(feature);
        let mut tile = vec![0x1A, layer.len() as u8];
        tile.extend(&layer);
        assert_eq!(
            mvt::Tile::parse(&tile).unwrap().faults[0].code,
            "mvt-feature"
        );
    }
}

#[test]
fn tiles_have_the_numbers_that_protomaps_gives_them() {
    let numbers = json("numbers.json");
    for row in numbers["numbers"].as_array().unwrap() {
        let at = |place: usize| row[place].as_u64().unwrap();
        let (z, x, y) = (at(0) as u32, at(1) as u32, at(2) as u32);
        assert_eq!(pmtiles::number_of(z, x, y), Some(at(3)), "{z}/{x}/{y}");
        assert_eq!(pmtiles::tile_of(at(3)), Some((z, x, y)));
    }
    assert_eq!(
        (
            pmtiles::number_of(2, 4, 0),
            pmtiles::number_of(40, 0, 0),
            pmtiles::tile_of(u64::MAX)
        ),
        (None, None, None)
    );
}

proptest! {
    #[test]
    fn numbers_of_tiles_go_there_and_back(level in 0_u32..=31, x in any::<u32>(), y in any::<u32>()) {
        let (x, y) = (x & ((1_u32 << level) - 1), y & ((1_u32 << level) - 1));
        let number = pmtiles::number_of(level, x, y).unwrap();
        prop_assert_eq!(pmtiles::tile_of(number), Some((level, x, y)));
    }

    #[test]
    fn any_number_is_a_tile_or_none(number in any::<u64>()) {
        if let Some((z, x, y)) = pmtiles::tile_of(number) {
            prop_assert_eq!(pmtiles::number_of(z, x, y), Some(number));
        }
    }
}

/// Reads an archive of `bytes`, and counts how often.
fn tile(
    archive: &Archive,
    bytes: &[u8],
    z: u32,
    x: u32,
    y: u32,
    reads: &mut usize,
) -> Option<String> {
    let mut read = |span: Span| {
        *reads += 1;
        bytes
            .get(span.offset as usize..(span.offset + span.length) as usize)
            .map(<[u8]>::to_vec)
    };
    let found = archive
        .tile(pmtiles::number_of(z, x, y).unwrap(), &mut read)
        .unwrap();
    found.map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn an_archive_of_protomaps_has_its_tiles() {
    let bytes = std::fs::read(folder().join("pyramid.pmtiles")).unwrap();
    let archive = Archive::open(&bytes[..pmtiles::HEAD_BYTES.min(bytes.len())]).unwrap();
    let header = &archive.header;
    assert_eq!(
        (
            header.kind,
            header.compression,
            header.internal,
            header.levels,
            header.clustered
        ),
        (
            Kind::Png,
            Compression::None,
            Compression::Gzip,
            [1, 15],
            true
        )
    );
    assert_eq!(header.bounds_deg, [-1.6, 47.1, -1.5, 47.3]);
    assert!(header.leaves.length > 0, "directories below the root");
    for z in 0..7 {
        for x in 0..1 << z {
            for y in 0..1 << z {
                let expected = ((x + y) % 7 != 0).then(|| format!("{z}/{}/{}", x / 4, y / 4));
                let mut reads = 0;
                assert_eq!(
                    tile(&archive, &bytes, z, x, y, &mut reads),
                    expected,
                    "{z}/{x}/{y}"
                );
                assert!(reads <= 2);
            }
        }
    }
    for lone in json("numbers.json")["lone"].as_array().unwrap() {
        let at = |place: usize| lone[place].as_u64().unwrap() as u32;
        assert_eq!(
            tile(&archive, &bytes, at(0), at(1), at(2), &mut 0),
            Some(format!("{}/{}/{}", at(0), at(1), at(2)))
        );
    }
}

#[test]
fn archives_of_others_open() {
    for (name, kind, tiles) in [
        ("png", Kind::Png, 5),
        ("webp2", Kind::Webp, 5),
        ("js_test_fixture_1", Kind::Mvt, 1),
        ("js_test_fixture_mlt", Kind::Mlt, 0),
    ] {
        let Some(path) = shared(&format!("vector-raster-tiles/pmtiles/{name}.pmtiles")) else {
            return;
        };
        let bytes = std::fs::read(path).unwrap();
        let archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.header.kind, kind, "{name}");
        let mut found = 0;
        for number in 0..5 {
            let mut read = |span: Span| {
                bytes
                    .get(span.offset as usize..(span.offset + span.length) as usize)
                    .map(<[u8]>::to_vec)
            };
            if let Some(tile) = archive.tile(number, &mut read).unwrap() {
                found += 1;
                match kind {
                    Kind::Png => assert!(tile.starts_with(b"\x89PNG")),
                    Kind::Webp => assert!(tile.starts_with(b"RIFF")),
                    _ => assert!(!mvt::Tile::parse(&tile).unwrap().layers.is_empty()),
                }
            }
        }
        assert_eq!(found, tiles, "{name}");
    }
}

/// What Brotli and Zstandard have packed, at several levels, is what went in; torn anywhere it is a fault or what it was.
#[test]
fn archives_are_packed_with_brotli_and_zstandard_too() {
    for (name, compression) in [("brotli", Compression::Brotli), ("zstd", Compression::Zstd)] {
        let bytes = std::fs::read(folder().join(format!("{name}.pmtiles"))).unwrap();
        let archive = Archive::open(&bytes).unwrap();
        assert_eq!((archive.header.internal, archive.header.compression), (compression, compression));
        let span = |span: Span| bytes.get(span.offset as usize..(span.offset + span.length) as usize).map(<[u8]>::to_vec);
        assert_eq!(compression.unpack(&span(archive.header.metadata).unwrap(), 100).unwrap(), br#"{"name": "packed"}"#);
        for number in 0..341 {
            let (z, x, y) = pmtiles::tile_of(number).unwrap();
            let tile = archive.tile(number, &mut |at| span(at)).unwrap().unwrap();
            let expected = format!("{z}/{x}/{y}").repeat(1 + number as usize % 50).into_bytes();
            assert_eq!(compression.unpack(&tile, expected.len()).unwrap(), expected, "{name} {number}");
            let fault = compression.unpack(&tile, expected.len() - 1).unwrap_err();
            assert_eq!((fault.code, fault.value), ("pmtiles-packed", format!("> {}", expected.len() - 1)), "{name} {number}");
            for length in 0..tile.len() {
                match compression.unpack(&tile[..length], expected.len()) {
                    // Between two frames nothing is missed.
                    Ok(part) => assert!(compression == Compression::Zstd && expected.starts_with(&part), "{name} {number} {length}"),
                    Err(fault) => assert_eq!(fault.code, "pmtiles-packed"),
                }
            }
        }
        assert_eq!(archive.tile(341, &mut |at| span(at)), Ok(None));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Damaged anywhere, and as much as one likes: a fault or bytes within the limit.
    #[test]
    fn damaged_packing_is_a_fault(number in 0_u64..341, places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        for (name, compression) in [("brotli", Compression::Brotli), ("zstd", Compression::Zstd)] {
            let bytes = std::fs::read(folder().join(format!("{name}.pmtiles"))).unwrap();
            let archive = Archive::open(&bytes).unwrap();
            let mut span = |span: Span| bytes.get(span.offset as usize..(span.offset + span.length) as usize).map(<[u8]>::to_vec);
            let mut tile = archive.tile(number, &mut span).unwrap().unwrap();
            for (place, byte) in &places {
                *place.get_mut(&mut tile) = *byte;
            }
            match compression.unpack(&tile, 4096) {
                Ok(unpacked) => prop_assert!(unpacked.len() <= 4096),
                Err(fault) => prop_assert_eq!(fault.code, "pmtiles-packed"),
            }
        }
    }
}

#[test]
fn broken_archives_are_faults() {
    let whole = std::fs::read(folder().join("pyramid.pmtiles")).unwrap();
    let code = |bytes: &[u8]| Archive::open(bytes).map(|_| ()).map_err(|fault| fault.code);
    assert_eq!(code(b"SQLite format 3"), Err("pmtiles-magic"));
    assert_eq!(code(&whole[..100]), Err("pmtiles-short"));
    assert_eq!(code(&whole[..130]), Err("pmtiles-short"));
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = whole.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    assert_eq!(code(&with(7, &[2])), Err("pmtiles-version"));
    assert_eq!(
        code(&with(8, &u64::MAX.to_le_bytes())),
        Err("pmtiles-range")
    );
    // Packed otherwise than is said.
    for other in [3, 4] {
        assert_eq!(code(&with(97, &[other])), Err("pmtiles-packed"));
    }
    assert_eq!(code(&with(137, &[0xFF; 12])), Err("pmtiles-packed"));
    for (bytes, expected) in [
        (vec![0xFF; 9], "pmtiles-directory"),
        (vec![0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "pmtiles-limit"),
        (vec![1, 0, 1, 0, 1, 0, 0], "pmtiles-directory"),
        (vec![1, 0, 1, 5, 0], "pmtiles-directory"),
        (vec![2, 3, 0, 1, 1, 5, 5, 1, 1], "pmtiles-directory"),
    ] {
        assert_eq!(
            Directory::parse(&bytes).unwrap_err().code,
            expected,
            "{bytes:?}"
        );
    }
    // A directory that leads to itself.
    let mut header = vec![0; pmtiles::HEADER_BYTES];
    header[..8].copy_from_slice(b"PMTiles\x03");
    let ring = [1, 0, 0, 5, 1];
    for (at, value) in [
        (8, 127_u64),
        (16, 5),
        (40, 127),
        (48, 5),
        (56, 127),
        (64, 5),
    ] {
        header[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
    header[97] = 1;
    header[98] = 1;
    header.extend(ring);
    assert!(Header::parse(&header).is_ok());
    let archive = Archive::open(&header).unwrap();
    let mut read = |span: Span| {
        header
            .get(span.offset as usize..(span.offset + span.length) as usize)
            .map(<[u8]>::to_vec)
    };
    assert_eq!(
        archive.tile(7, &mut read).unwrap_err().code,
        "pmtiles-depth"
    );
}

/// The seeds of the fuzzer, written by hand from the specifications (`fuzz/make_seeds.py`), say what they were made to say.
#[test]
fn what_was_written_by_hand_is_read() {
    let seed = |path: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(path)).unwrap();
    let tile = mvt::Tile::parse(&seed("mvt/every_kind.mvt")).unwrap();
    assert_eq!(tile.faults, []);
    let [point, lines, area] = &tile.layers[0].features[..] else { panic!() };
    assert_eq!((point.id, &point.shape), (Some(7), &Shape::Points(vec![[25, 17]])));
    let properties: Vec<_> = tile.layers[0].properties(point).collect();
    assert_eq!(properties, [("class", &Value::Text("route".to_owned())), ("width", &Value::Float(1.5))]);
    assert_eq!(lines.shape, Shape::Lines(vec![vec![[2, 2], [2, 10], [10, 10]], vec![[1, 1], [3, 5]]]));
    assert_eq!(area.shape, Shape::Areas(vec![vec![vec![[0, 0], [10, 0], [10, 10], [0, 10]], vec![[2, 2], [2, 6], [6, 6], [6, 2]]]]));
    for name in ["plain", "packed"] {
        let bytes = seed(&format!("pmtiles/{name}.pmtiles"));
        let archive = Archive::open(&bytes).unwrap();
        let read = |number: u64| {
            let mut read = |span: Span| bytes.get(span.offset as usize..(span.offset + span.length) as usize).map(<[u8]>::to_vec);
            archive.tile(number, &mut read).unwrap().map(|tile| String::from_utf8(tile).unwrap())
        };
        assert_eq!([0, 2, 3, 5, 6, 7, 9, 10].map(read), [Some("one"), Some("one"), None, Some("two2"), Some("two2"), None, Some("far"), None].map(|text| text.map(str::to_owned)), "{name}");
    }
}
