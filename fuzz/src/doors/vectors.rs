//! Vectors, tables and city models.

use jumeau::formats::shape::Shape;
use jumeau::formats::text::Encoding;
use jumeau::formats::{citygml, cityjson, csv, dbf, decimals, epanet, flatgeobuf, geojson, geopackage, geoparquet, gtfs, osm, shapefile, wkb};
use std::io::Cursor;

pub fn well_known_binary(data: &[u8]) {
    if let Ok(geometry) = geopackage::parse_geometry(data) {
        let written = geopackage::write_geometry(geometry.srs_id, &geometry.shape);
        match geopackage::parse_geometry(&written) {
            Ok(again) => {
                assert_eq!(again.srs_id, geometry.srs_id);
                assert_eq!(
                    points(&again.shape),
                    points(&geometry.shape),
                    "points were lost"
                );
            }
            Err(fault) => panic!("what we wrote cannot be read: {fault}"),
        }
    }
    if let Ok((shape, _)) = wkb::parse(data) {
        let _ = wkb::parse(&wkb::write(&shape));
    }
}

fn points(shape: &Shape) -> usize {
    shape.points().len()
        + shape.lines().iter().map(|line| line.len()).sum::<usize>()
        + shape
            .polygons()
            .iter()
            .flat_map(|rings| rings.iter())
            .map(Vec::len)
            .sum::<usize>()
}

/// A file of shapes, walked as a reader walks it.
pub fn shapes(data: &[u8]) {
    let _ = shapefile::recognises(data);
    if let Ok(header) = shapefile::header(data) {
        let _ = header.kind;
    }
    let mut at = shapefile::HEADER_BYTES;
    while let Some(header) = data.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let _ = shapefile::index_entry(header);
        let length = shapefile::content_bytes(header);
        let Some(content) = usize::try_from(length)
            .ok()
            .and_then(|length| data.get(at + 8..)?.get(..length))
        else {
            break;
        };
        let _ = shapefile::record(content);
        at += 8 + content.len();
    }
    let _ = shapefile::record(data);
}

pub fn records(data: &[u8]) {
    let _ = dbf::recognises(data);
    let Ok(header) = dbf::header(data) else {
        return;
    };
    let Some(rows) = usize::try_from(header.header_bytes)
        .ok()
        .and_then(|at| data.get(at..))
    else {
        return;
    };
    for row in rows.chunks(header.record_bytes.max(1)).take(256) {
        let _ = dbf::Header::is_deleted(row);
        for field in header.fields.iter().take(256) {
            for encoding in [Encoding::Utf8, Encoding::Dos850] {
                let _ = header.value(field, row, encoding);
            }
        }
    }
}

pub fn flat(data: &[u8]) {
    let _ = flatgeobuf::recognises(data);
    if flatgeobuf::magic(data).is_err() {
        return;
    }
    let sized = |at: usize| -> Option<&[u8]> {
        let length = u32::from_le_bytes(*data.get(at..)?.first_chunk::<4>()?);
        data.get(at + 4..)?.get(..usize::try_from(length).ok()?)
    };
    let Some(head) = sized(8) else {
        return;
    };
    let Ok(header) = flatgeobuf::header(head) else {
        return;
    };
    let Some(mut at) = usize::try_from(header.index_bytes)
        .ok()
        .and_then(|index| index.checked_add(12 + head.len()))
    else {
        return;
    };
    while let Some(body) = sized(at) {
        let _ = flatgeobuf::feature(body, &header);
        at += 4 + body.len();
    }
}

pub fn geoparquet_metadata(data: &[u8]) {
    let _ = geoparquet::metadata(&String::from_utf8_lossy(data));
}

pub fn features(data: &[u8]) {
    let _ = geojson::parse(data);
    let _ = geojson::parse_stream(Cursor::new(data), &mut |_, _| ());
}

pub fn city_json(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    match (cityjson::parse_header(first), lines.next()) {
        (Ok(document), Some(rest)) => {
            for line in rest.split(|byte| *byte == b'\n') {
                let _ = cityjson::parse_feature(line, &document.header);
            }
        }
        _ => {
            let _ = cityjson::parse(data);
        }
    }
}

pub fn city_gml(data: &[u8]) {
    let _ = citygml::outline(Cursor::new(data));
    let _ = citygml::read(Cursor::new(data), &mut |object| {
        let _ = object.shape();
        true
    });
}

pub fn table(data: &[u8]) {
    let delimiter = csv::sniff(data).map_or(b',', |dialect| dialect.delimiter);
    let mut records = csv::Records::new(Cursor::new(data), delimiter);
    let mut read = 0;
    while let Ok(Some(fields)) = records.next() {
        read += fields.map_or(0, |fields| fields.len());
        assert!(read <= 2 * data.len() + 2, "more fields than bytes");
    }
    let text = String::from_utf8_lossy(data);
    let _ = [true, false].map(|comma| decimals::written_number(&text, decimals::Marks::of_comma(comma)));
    if let Some(dialect) = csv::sniff(data) {
        let marks = decimals::marks(data, &dialect, true);
        assert!(marks.len() == dialect.columns);
    }
}

pub fn timetable(data: &[u8]) {
    let mut faults = Vec::new();
    let _ = gtfs::has_columns(data, &["stop_id"]);
    let _ = gtfs::stops(Cursor::new(data), &mut faults);
    let _ = gtfs::shapes(Cursor::new(data), &mut faults);
    if let Ok(routes) = gtfs::routes(Cursor::new(data)) {
        for route in routes.values() {
            let _ = (route.name(), route.class());
        }
    }
    let _ = gtfs::trips(Cursor::new(data));
    let _ = gtfs::stop_counts(Cursor::new(data));
    let _ = gtfs::sequences(Cursor::new(data), &|_| true);
}

pub fn water(data: &[u8]) {
    let _ = epanet::recognises(data);
    let _ = epanet::read(Cursor::new(data));
}

pub fn osm_pbf(data: &[u8]) {
    if let Ok(mut pbf) = osm::pbf::Pbf::open(Cursor::new(data)) {
        passes(&mut pbf);
    }
}

pub fn osm_xml(data: &[u8]) {
    if let Ok(mut xml) = osm::xml::Xml::open(Cursor::new(data)) {
        passes(&mut xml);
    }
}

fn passes(source: &mut dyn osm::Passes) {
    use osm::features::Use;
    let _ = source.pass(osm::Wanted::ALL, &mut |_| true);
    let _ = osm::features::read(
        source,
        &|kind, _, closed| match (kind, closed) {
            (osm::Kind::Node, _) => Use::Point,
            (osm::Kind::Way, false) => Use::Line,
            _ => Use::Area,
        },
        &mut |_| (),
    );
}
