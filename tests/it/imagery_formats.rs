//! Pictures as GDAL reads them, and what bad ones lead to.

use jumeau::formats::colours::{Colours, Pixel};
use jumeau::formats::geotiff_colours::{ColourTiff, Holds, holds};
use jumeau::formats::raster::{Placement, Window};
use jumeau::formats::{still, worldfile};
use proptest::prelude::*;
use serde_json::Value;
use std::io::Cursor;

fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/imagery/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn truth() -> Value {
    serde_json::from_slice(&data("truth.json")).unwrap()
}

/// The largest difference of a colour.
fn difference(a: Pixel, b: Pixel) -> u8 {
    a.iter().zip(b).map(|(a, b)| a.abs_diff(b)).max().unwrap()
}

fn rgba(pixel: &Value) -> Pixel {
    serde_json::from_value(pixel["rgba"].clone()).unwrap()
}

#[test]
fn colour_tiffs_are_what_gdal_reads() {
    let mut seen = 0;
    for (name, file) in truth().as_object().unwrap() {
        if !name.ends_with(".tif") {
            continue;
        }
        seen += 1;
        let bytes = data(name);
        assert!(matches!(holds(Cursor::new(&bytes)).unwrap(), Holds::Colours | Holds::Grey { bits: 8 }), "{name}");
        let mut tiff = ColourTiff::open(Cursor::new(bytes)).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let placement = tiff.placement();
        assert_eq!(serde_json::json!([placement.columns, placement.rows]), file["size"], "{name}");
        let exact = file["exact"].as_bool().unwrap();
        for pixel in file["pixels"].as_array().unwrap() {
            let at: [usize; 2] = serde_json::from_value(pixel["at"].clone()).unwrap();
            let map: [f64; 2] = serde_json::from_value(pixel["map"].clone()).unwrap();
            let place = placement.at(at[0] as f64, at[1] as f64);
            assert!((place[0] - map[0]).abs() < 1e-6 && (place[1] - map[1]).abs() < 1e-6, "{name}: {place:?} {map:?}");
            let window = Window { column: at[0], row: at[1], columns: 1, rows: 1 };
            let found = tiff.read(window).unwrap()[0];
            let stated = rgba(pixel);
            if stated[3] == 0 {
                assert_eq!(found[3], 0, "{name} {at:?}");
            } else {
                // Two decoders of one JPEG round differently: a few levels.
                assert!(difference(found, stated) <= if exact { 0 } else { 4 }, "{name} {at:?}: {found:?} {stated:?}");
            }
        }
        let remarks = tiff.remarks();
        assert!(!remarks.iter().any(|(code, _)| *code == "imagery-pieces-damaged"), "{name}: {remarks:?}");
    }
    assert_eq!(seen, 21);
}

#[test]
fn windows_of_any_size_are_parts_of_the_whole() {
    for name in ["rgb_tiles_lzw.tif", "rgb_bands_apart.tif", "rgb_one_strip.tif", "rgb_mask_jpeg.tif"] {
        let mut tiff = ColourTiff::open(Cursor::new(data(name))).unwrap();
        let all = tiff.read(tiff.placement().whole()).unwrap();
        for window in [Window { column: 13, row: 5, columns: 50, rows: 37 }, Window { column: 79, row: 59, columns: 1, rows: 1 }, Window { column: 0, row: 31, columns: 80, rows: 2 }] {
            let part = tiff.read(window).unwrap();
            for row in 0..window.rows {
                let from = (window.row + row) * 80 + window.column;
                assert_eq!(part[row * window.columns..][..window.columns], all[from..][..window.columns], "{name}");
            }
        }
        assert!(tiff.read(Window { column: 70, row: 0, columns: 11, rows: 1 }).is_err());
    }
}

#[test]
fn stills_are_what_gdal_reads() {
    for (name, world) in [("plan.png", "plan.pgw"), ("photo.jpg", "photo.jgw")] {
        let picture = still::decode(&data(name)).unwrap();
        let file = &truth()[name];
        let placement: Placement = worldfile::parse(&data(world), picture.columns, picture.rows).unwrap();
        let exact = file["exact"].as_bool().unwrap();
        for pixel in file["pixels"].as_array().unwrap() {
            let [column, row]: [usize; 2] = serde_json::from_value(pixel["at"].clone()).unwrap();
            let map: [f64; 2] = serde_json::from_value(pixel["map"].clone()).unwrap();
            assert_eq!(placement.at(column as f64, row as f64), map);
            let found = picture.pixels[row * picture.columns + column];
            assert!(difference(found, rgba(pixel)) <= if exact { 0 } else { 4 }, "{name}: {found:?}");
        }
    }
    // WebP without loss is the PNG.
    assert_eq!(still::decode(&data("photo.webp")).unwrap().pixels, still::decode(&data("plan.png")).unwrap().pixels);
}

#[test]
fn heights_are_no_picture() {
    let folder = format!("{}/tests/data/terrain", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "tif") {
            continue;
        }
        let found = holds(std::io::BufReader::new(std::fs::File::open(&path).unwrap())).unwrap();
        let expected = match path.file_stem().unwrap().to_str().unwrap() {
            "u8-strips" => Holds::Grey { bits: 8 },
            "u16-strips-packbits" => Holds::Grey { bits: 16 },
            _ => Holds::Heights,
        };
        assert_eq!(found, expected, "{}", path.display());
    }
}

#[test]
fn pictures_cut_short_are_refused_or_said_to_be_damaged() {
    for name in ["plan.png", "photo.jpg", "photo.webp"] {
        let bytes = data(name);
        assert!(still::decode(&bytes[..bytes.len() / 2]).is_err(), "{name}");
    }
    let bytes = data("rgb_strips.tif");
    let mut tiff = ColourTiff::open(Cursor::new(bytes[..bytes.len() * 3 / 4].to_vec())).unwrap();
    let pixels = tiff.read(tiff.placement().whole()).unwrap();
    assert!(pixels.iter().any(|pixel| pixel[3] == 0) && pixels.iter().any(|pixel| pixel[3] == 255));
    assert_eq!(tiff.remarks()[0].0, "imagery-pieces-damaged");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any bytes changed anywhere: a fault, a remark or other colours, never a panic and never much memory.
    #[test]
    fn damaged_pictures_never_panic(which in 0..8_usize, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), header in any::<bool>()) {
        let name = ["rgb_tiles_lzw.tif", "rgb_bands_apart.tif", "rgba_deflate.tif", "rgb_mask_jpeg.tif", "palette_4_bits.tif", "rgb_12_bits.tif", "rgb_webp.tif", "grey.tif"][which];
        let mut bytes = data(name);
        let length = bytes.len();
        for (at, value) in changes {
            // Tags lie at the start or at the end.
            let at = at.index(if header { 300.min(length) } else { length });
            bytes[at] = value;
        }
        let _ = holds(Cursor::new(&bytes));
        if let Ok(mut tiff) = ColourTiff::open(Cursor::new(bytes)) {
            let Placement { columns, rows, .. } = tiff.placement();
            let window = Window { column: columns / 2, row: rows / 2, columns: (columns / 2).clamp(1, 64), rows: (rows / 2).clamp(1, 64) };
            let _ = tiff.read(window);
        }
    }

    #[test]
    fn damaged_stills_never_panic(which in 0..3_usize, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = data(["plan.png", "photo.jpg", "photo.webp"][which]);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _ = still::decode(&bytes);
    }
}
