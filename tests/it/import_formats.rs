//! Readers of foreign bytes: what they understand, and that nothing breaks them.

use jumeau::formats::shape::{Shape, ShapeKind};
use jumeau::formats::{asciigrid, geojson, geopackage, geotiff, wkb};
use proptest::prelude::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Points written by hand after OGC 06-103r4; `1.0` is 3FF0…, `2.0` is 4000…, `3.0` is 4008….
#[test]
fn points_in_all_dialects_of_wkb() {
    let (x, y, z) = ("3FF0000000000000", "4000000000000000", "4008000000000000");
    let little = |big: &str| {
        let mut bytes = hex(big);
        bytes.reverse();
        bytes
    };
    let plain = [hex("01 01000000"), little(x), little(y)].concat();
    let (shape, srid) = wkb::parse(&plain).unwrap();
    assert!(matches!(shape, Shape::Point([1.0, 2.0, z]) if z.is_nan()));
    assert_eq!(srid, None);
    for (header, has_m) in [
        ("00 000003E9", false),          // ISO, type 1001
        ("00 80000001", false),          // EWKB, Z flag
        ("00 A0000001 0000086A", false), // EWKB, Z and SRID 2154
        ("00 00000BB9", true),           // ISO, type 3001 (ZM)
        ("00 C0000001", true),           // EWKB, Z and M
    ] {
        let mut bytes = [hex(header), hex(x), hex(y), hex(z)].concat();
        if has_m {
            bytes.extend(hex("7FF8000000000000"));
        }
        let (shape, srid) = wkb::parse(&bytes).unwrap();
        assert_eq!(shape, Shape::Point([1.0, 2.0, 3.0]), "{header}");
        assert_eq!(srid, header.contains("086A").then_some(2154));
    }
}

#[test]
fn wkb_that_promises_too_much_is_refused() {
    // A polygon of four thousand million rings in nine bytes.
    assert_eq!(wkb::parse(&hex("01 03000000 FFFFFFFF")), Err(wkb::WkbFault::Count(u32::MAX)));
    assert_eq!(wkb::parse(&hex("01 02000000 00")), Err(wkb::WkbFault::Truncated(5)));
    assert_eq!(wkb::parse(&hex("07 01000000")), Err(wkb::WkbFault::ByteOrder(7)));
    assert_eq!(wkb::parse(&hex("01 63000000 00000000")), Err(wkb::WkbFault::Type(99)));
    // Collections in collections in collections …
    let nested = hex("01 07000000 01000000").repeat(50);
    assert!(wkb::parse(&nested).is_err());
}

#[test]
fn a_geopackage_header_may_have_any_envelope() {
    let point = hex("01 01000000 000000000000F03F 0000000000000040");
    for (code, length) in [(0, 0), (1, 32), (2, 48), (3, 48), (4, 64)] {
        let blob = [hex("47 50 00"), vec![1 | code << 1], hex("6A080000"), vec![0; length], point.clone()].concat();
        let geometry = geopackage::parse_geometry(&blob).unwrap();
        assert_eq!(geometry.srs_id, 2154);
        assert_eq!(geometry.shape.kind(), ShapeKind::Point);
    }
    let bad = [hex("47 50 00 0B 6A080000"), point].concat();
    assert_eq!(geopackage::parse_geometry(&bad), Err(geopackage::GeoPackageFault::Envelope(5)));
}

#[test]
fn geojson_keeps_its_crs_and_survives_bad_features() {
    let text = br#"{"type":"FeatureCollection",
        "crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}},
        "features":[
            {"type":"Feature","id":7,"properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2,3]}},
            {"type":"Feature","properties":null,"geometry":null},
            {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[["x"]]]}},
            {"type":"Feature","properties":{},"geometry":{"type":"MultiLineString","coordinates":[[[0,0],[1,1]]]}}
        ]}"#;
    let read = geojson::parse(text).unwrap();
    assert_eq!(read.crs.as_deref(), Some("urn:ogc:def:crs:EPSG::2154"));
    assert_eq!(read.features.len(), 3);
    assert_eq!(read.features[0].id, "7");
    assert_eq!(read.features[0].shape, Some(Shape::Point([1.0, 2.0, 3.0])));
    assert_eq!(read.features[1].shape, None);
    assert_eq!(read.faults.len(), 1);
    assert_eq!(read.faults[0].0, 2);
}

#[test]
fn geojson_sequences_are_read_record_by_record() {
    let record = |x: i32| {
        format!(r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Point","coordinates":[{x},0]}}}}"#)
    };
    let lines = format!("{}\n{}\n", record(1), record(2));
    let rs = format!("\u{1e}{}\n\u{1e}{{\"type\":\n\u{1e}{}\n", record(1), record(2));
    assert_eq!(geojson::parse(lines.as_bytes()).unwrap().features.len(), 2);
    let read = geojson::parse(rs.as_bytes()).unwrap();
    assert_eq!((read.features.len(), read.faults.len()), (2, 1));
    assert!(geojson::parse(b"not json").is_err());
    assert!(geojson::parse(b"[1,2]").is_err());
}

#[test]
fn a_grid_corner_and_a_grid_centre_are_half_a_cell_apart() {
    let grid = |word: &str| {
        format!("ncols 2\nnrows 2\nxll{word} 100\nyll{word} 200\ncellsize 10\nNODATA_value -1\n1 2\n3 -1\n")
    };
    let corner = asciigrid::parse(grid("corner").as_bytes()).unwrap();
    assert_eq!(corner.origin, [105.0, 215.0]);
    let centre = asciigrid::parse(grid("center").as_bytes()).unwrap();
    assert_eq!(centre.origin, [100.0, 210.0]);
    assert_eq!(&centre.values[..3], &[1.0, 2.0, 3.0]);
    assert!(centre.values[3].is_nan());
    assert_eq!(centre.value(105.0, 210.0), Some(1.5));
    assert_eq!(centre.value(90.0, 210.0), None);
    assert!(asciigrid::parse(b"ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n1 2 3").is_err());
    assert!(asciigrid::parse(b"ncols 99999999\nnrows 99999999\nxllcorner 0\nyllcorner 0\ncellsize 1\n").is_err());
}

/// The derived terrain of Nantes: its SOURCE.md states 524 × 433 cells, 1.0 to 36.3 m.
#[test]
fn a_geotiff_with_float_predictor_is_read() {
    let Some(path) = crate::shared_data::shared("nantes-centre/terrain_derived_5m.tif") else {
        return;
    };
    let raster = geotiff::parse(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!((raster.columns, raster.rows), (524, 433));
    assert_eq!(raster.epsg, Some(2154));
    assert_eq!(raster.cell, [5.0, 5.0]);
    let known = || raster.values.iter().filter(|v| v.is_finite());
    let low = known().fold(f32::MAX, |a, b| a.min(*b));
    let high = known().fold(f32::MIN, |a, b| a.max(*b));
    assert!((low - 1.0).abs() < 0.06 && (high - 36.3).abs() < 0.06, "{low} {high}");
}

proptest! {
    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = wkb::parse(&bytes);
        let _ = geopackage::parse_geometry(&bytes);
        let _ = geojson::parse(&bytes);
        let _ = geotiff::parse(&bytes);
        let _ = asciigrid::parse(&bytes);
        let behind = |head: &[u8]| [head, bytes.as_slice()].concat();
        let _ = wkb::parse(&behind(b"\x01\x06\x00\x00\x00"));
        let _ = geopackage::parse_geometry(&behind(b"GP\x00\x01\x6a\x08\x00\x00\x01"));
        let _ = geotiff::parse(&behind(b"II*\x00\x08\x00\x00\x00"));
        let _ = asciigrid::parse(&behind(b"ncols 2\nnrows 2\n"));
    }
}
