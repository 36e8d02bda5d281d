//! What reads bytes of others, each as one function from bytes to nothing.
//!
//! A door opens what it is given as the program would, goes through all of it, and asserts a law where there is one.
//! libFuzzer (`fuzz_targets/`) and the tests (`tests/it/doors.rs`) use the same functions. This file names pure rooms only;
//! what needs files is in `source_doors.rs`.

#[path = "doors/points.rs"]
pub mod points;

use jumeau::base::Instant;
use jumeau::formats::gltf::{Limits, TileContent, TileMesh, container, read, write};
use jumeau::formats::raster::{self, Heights};
use jumeau::formats::shape::Shape;
use jumeau::formats::text::Encoding;
use jumeau::formats::tiles3d::style::{Feature, Style, Value};
use jumeau::formats::tiles3d::{Subtree, TileSchema, Tileset, batched, write_subtree};
use jumeau::formats::{
    asciigrid, bil, check, citygml, cityjson, csv, dbf, decimals, epanet, flatgeobuf, geojson, geopackage,
    geoparquet, geotiff, grid, gtfs, hgt, mvt, osm, pmtiles, quantizedmesh, shapefile, terrainrgb,
    territory, weather, wind, wkb, worldfile, zarr,
};
use jumeau::geodesy::{Crs, Geoid, LonLat};
use jumeau::stream::{Delivery, Engine, FetchFault, Settings, View, Wanted, ground};
use jumeau::view::{self, Camera};
use std::io::Cursor;

/// The name of a door and what it does with bytes.
pub type Door = (&'static str, fn(&[u8]));

/// Every door, in the order of the table `doors.txt`.
pub const DOORS: &[Door] = &[
    ("glb", glb),
    ("meshopt", meshopt),
    ("batched", batched_model),
    ("subtree", subtree),
    ("tileset", tileset),
    ("stream", stream),
    ("style", style),
    ("territory", manifest),
    ("zarr", array),
    ("link", link),
    ("wkb", well_known_binary),
    ("shapefile", shapes),
    ("dbf", records),
    ("flatgeobuf", flat),
    ("geoparquet", geoparquet_metadata),
    ("geojson", features),
    ("cityjson", city_json),
    ("citygml", city_gml),
    ("geotiff", tiff),
    ("grids", grids),
    ("xyz", points::as_text),
    ("las", points::header),
    ("cloud", points::cloud),
    ("quantized_mesh", quantized_mesh),
    ("ground", pyramid),
    ("terrain_rgb", terrain_rgb),
    ("mvt", vector_tile),
    ("pmtiles", archive_of_tiles),
    ("csv", table),
    ("gtfs", timetable),
    ("epanet", water),
    ("osm_pbf", osm_pbf),
    ("osm_xml", osm_xml),
    ("crs", reference_system),
    ("geoid", geoid),
    ("weather", weather_file),
    ("wind", wind_series),
    ("network", network),
    ("energy", energy_files),
];

/// A tile's content, checked and read; what was read is written and reads the same.
pub fn glb(data: &[u8]) {
    let _ = check::kind(data);
    let _ = check::content::gltf(data, "x.glb", None, &mut |_| None);
    let Ok(content) = read::glb_with(data, &limits(), &mut |_| None) else {
        return;
    };
    // Merging equal corners may leave a triangle without area, which is then dropped: no law there.
    let _ = write::glb(&content, &write::WriteOptions::default());
    for compress in [false, true] {
        let options = write::WriteOptions {
            compress,
            optimize: false,
            ..write::WriteOptions::default()
        };
        let Ok(written) = write::glb(&content, &options) else {
            continue;
        };
        match read::glb(&written) {
            Ok(again) => assert_eq!(
                triangles(&content),
                triangles(&again),
                "triangles were lost"
            ),
            Err(fault) => panic!("what we wrote cannot be read: {fault}"),
        }
    }
}

fn triangles(content: &TileContent) -> usize {
    content
        .meshes
        .iter()
        .map(|mesh: &TileMesh| mesh.indices.len() / 3)
        .sum()
}

/// Smaller than the program's own, so that a fuzzer's memory tells bounds from their absence.
fn limits() -> Limits {
    Limits {
        decoded_bytes: 16 << 20,
        vertices: 1 << 18,
        indices: 1 << 20,
        table_values: 1 << 20,
        text_bytes: 4 << 20,
        pictures: 16,
        ..Limits::default()
    }
}

/// A style, or its bytes as one expression, for a feature that has a value of each kind.
pub fn style(data: &[u8]) {
    struct Any;
    impl Feature for Any {
        fn property(&self, name: &str) -> Option<Value> {
            Some(match name.len() % 5 {
                0 => Value::Number(7.5),
                1 => Value::Text("École n° 3".to_owned()),
                2 => Value::Bool(true),
                3 => Value::vector(&[1.0, 0.5, 0.25, 1.0]),
                _ => return None,
            })
        }
    }
    let mut report = jumeau::base::Report::default();
    let text = String::from_utf8_lossy(data);
    let as_expression = serde_json::json!({ "show": text, "color": text, "meta": { "m": text } }).to_string();
    for bytes in [data, as_expression.as_bytes()] {
        if let Ok(style) = Style::parse(bytes, "style.json", &mut report) {
            let _ = style.appearance(&Any);
            for (_, expression) in &style.meta {
                let _ = expression.evaluate(&Any);
            }
        }
    }
}

/// A compressed buffer view, all of whose header the bytes choose: mode, filter, count and stride.
pub fn meshopt(data: &[u8]) {
    let Some(([mode, filter, stride, count @ ..], packed)) = data.split_first_chunk::<6>() else {
        return;
    };
    let mode = ["ATTRIBUTES", "TRIANGLES", "INDICES"][usize::from(*mode) % 3];
    let filter = ["NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL"][usize::from(*filter) % 4];
    let [a, b, c] = *count;
    let count = u32::from_le_bytes([a, b, c, 0]);
    let document = serde_json::json!({
        "asset": { "version": "2.0" },
        "buffers": [
            { "byteLength": packed.len() },
            { "byteLength": u64::from(count) * u64::from(*stride) },
        ],
        "bufferViews": [{
            "buffer": 1, "byteLength": u64::from(count) * u64::from(*stride), "byteStride": stride,
            "extensions": { "EXT_meshopt_compression": {
                "buffer": 0, "byteLength": packed.len(), "byteStride": stride, "count": count, "mode": mode, "filter": filter,
            }},
        }],
    });
    let Ok(json) = serde_json::to_vec(&document) else {
        return;
    };
    if let Ok(bytes) = container::join(json, packed.to_vec()) {
        let _ = read::glb_with(&bytes, &limits(), &mut |_| None);
    }
}

/// The formats of 3D Tiles 1.0.
pub fn batched_model(data: &[u8]) {
    let _ = batched::is_legacy(data);
    let _ = batched::parts(data);
    let _ = check::content::legacy(data, "x.b3dm", None, &mut |_| None);
}

pub fn subtree(data: &[u8]) {
    let Ok(mut subtree) = Subtree::parse(data) else {
        return;
    };
    for levels in [0, 1, 2, 4, 31] {
        let _ = subtree.check(levels);
    }
    let written = write_subtree(&subtree);
    let again = Subtree::parse(&written);
    // Bounds are told by a schema, which a subtree alone has not.
    assert_eq!(
        again.ok().map(|again| again.check(3).len()),
        Some(subtree.check(3).len())
    );
    subtree.simplify(3);
    let _ = Subtree::parse_with(data, &TileSchema::default(), &mut |_| Some(data.to_vec()));
}

pub fn tileset(data: &[u8]) {
    let _ = check::kind(data);
    let _ = check::tileset::tileset(data, "tileset.json");
    if let Ok(tileset) = Tileset::parse(data) {
        let written = tileset.to_json();
        if let Ok(again) = Tileset::parse(&written) {
            assert_eq!(again.count(), tileset.count());
            assert_eq!(
                again.to_json(),
                written,
                "what was written is written otherwise"
            );
        }
        let _ = TileSchema::of(tileset.schema.as_ref());
    }
}

/// The engine gets the bytes for everything it asks for: as tileset, as tilesets in the tileset, as subtrees.
pub fn stream(data: &[u8]) {
    let settings = Settings {
        max_bytes: 32 << 20,
        max_requests: 8,
        max_retries: 1,
        ..Settings::default()
    };
    let mut engine = Engine::new("tileset.json", settings);
    let up = glam::DVec3::new(4_268_000.0, -115_000.0, 4_722_000.0);
    let views = [View {
        position: up,
        direction: -up.normalize(),
        frustum: Vec::new(),
        pixels_per_radian: 1_000.0,
    }];
    for frame in 0..8 {
        let update = engine.update(&views, frame);
        assert!(
            update.fetch.len() <= 64,
            "{} requests in one frame",
            update.fetch.len()
        );
        for fetch in update.fetch {
            let delivery = match fetch.wanted {
                Wanted::Tileset | Wanted::Subtree => Delivery::Bytes(data.to_vec()),
                Wanted::Content => Delivery::Content { bytes: 1_000 },
            };
            engine.deliver(fetch.id, Ok(delivery));
        }
    }
}

pub fn manifest(data: &[u8]) {
    if let Ok(manifest) = territory::Manifest::parse(data)
        && let Ok(written) = serde_json::to_vec(&manifest)
    {
        match territory::Manifest::parse(&written) {
            Ok(again) => assert_eq!(again.layers.len(), manifest.layers.len()),
            Err((code, value)) => panic!("what we wrote cannot be read: {code} {value}"),
        }
    }
}

/// The first line is the metadata, all else every chunk.
pub fn array(data: &[u8]) {
    let end = data
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(data.len());
    let (json, chunk) = data.split_at(end);
    let _ = zarr::read(json, &mut |_| {
        Some(chunk.get(1..).unwrap_or_default().to_vec())
    });
    let _ = zarr::read(json, &mut |_| None);
}

/// A share link; what a territory makes of it can be shared again and means the same.
pub fn link(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let camera = Camera {
        target: [-1.55, 47.21, 55.0],
        distance_m: 1_200.0,
        heading_deg: 30.0,
        pitch_deg: -32.0,
    };
    let Some(instant) = Instant::parse("2026-06-21T13:30:00Z") else {
        return;
    };
    let limits = view::Limits {
        home: camera,
        bounds_lonlat: [-1.6, 47.19, -1.52, 47.24],
        distance_m: [20.0, 20_000.0],
        instants: [instant, instant.plus_seconds(31_000_000)],
        years: [1800, 2025],
        clock: jumeau::base::Clock::Paris,
        series: vec![view::KnownSeries { id: "courbes".to_owned(), layer: Some("buildings".into()), parts: false, breaks: Vec::new() }],
    };
    let base = view::opening("nantes-centre", instant, &limits);
    if let Ok(state) = view::from_link(&text, &base) {
        let state = view::apply(
            &base,
            &view::Command::Restore {
                state: Box::new(state),
            },
            &limits,
        );
        let written = view::to_link(&state);
        match view::from_link(&written, &base) {
            Ok(again) => assert_eq!(view::to_link(&again), written),
            // A link may be longer written out than it was.
            Err(fault) => assert!(written.len() > view::MAX_LINK_BYTES, "{fault}: {written}"),
        }
    }
}

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

pub fn tiff(data: &[u8]) {
    // A fuzzer's memory is small: wide grids are opened, and read in one corner.
    let Ok(mut source) = geotiff::Tiff::open(Cursor::new(data)) else {
        return;
    };
    let placement = source.placement();
    let window = raster::Window {
        column: 0,
        row: 0,
        columns: placement.columns.min(64),
        rows: placement.rows.min(64),
    };
    let _ = source.read(window);
    let last = raster::Window {
        column: placement.columns.saturating_sub(8),
        row: placement.rows.saturating_sub(8),
        columns: placement.columns.min(8),
        rows: placement.rows.min(8),
    };
    let _ = source.read(last);
    let _ = source.remarks();
    if placement.columns.saturating_mul(placement.rows) < 1 << 20 {
        let _ = geotiff::parse(data);
    }
}

/// Grids that say nothing of themselves but a header of text, or a name.
pub fn grids(data: &[u8]) {
    let _ = asciigrid::parse(data);
    let _ = worldfile::parse(data, 12, 8);
    let _ = bil::is_header(data);
    // A header of text and the numbers it is about, separated by a zero.
    let end = data
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(data.len());
    let (text, numbers) = data.split_at(end);
    for float in [false, true] {
        let Ok(header) = bil::parse_header(text, float) else {
            continue;
        };
        let place = raster::Placement::upright([0.0, 0.0], [1.0, 1.0], header.columns, header.rows);
        let Ok(mut source) = bil::Grid::open(Cursor::new(numbers), header, Some(place), None)
        else {
            continue;
        };
        let placement = source.placement();
        let window = raster::Window {
            column: 0,
            row: 0,
            columns: placement.columns.min(512),
            rows: placement.rows.min(64),
        };
        let _ = source.read(window);
    }
    let name = String::from_utf8_lossy(text);
    let _ = hgt::corner(&name);
    if let Ok(mut tile) = hgt::Tile::open(Cursor::new(numbers), "N47W002.hgt") {
        let whole = tile.placement().whole();
        let _ = tile.read(whole);
    }
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

/// A reference system by code, WKT, PROJ text or PROJJSON; a point goes there and back.
pub fn reference_system(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for crs in [
        Crs::from_code(&text),
        Crs::from_wkt(&text),
        Crs::from_proj(&text),
        Crs::from_projjson(&text),
    ]
    .into_iter()
    .flatten()
    {
        let _ = (
            crs.code().len(),
            crs.name().len(),
            crs.area_of_use(),
            crs.vertical_system(),
            crs.is_three_d(),
        );
        for (lon_deg, lat_deg) in [(-1.55, 47.21), (0.0, 0.0), (180.0, 90.0), (-180.0, -90.0)] {
            let point = LonLat { lon_deg, lat_deg };
            let _ = crs.convergence_deg(point);
            if let Ok([x, y]) = crs.from_lonlat(point) {
                let _ = crs.to_lonlat(x, y);
            }
            let _ = crs.to_lonlat(f64::MAX, f64::NAN);
        }
    }
}

pub fn geoid(data: &[u8]) {
    if let Ok(geoid) = Geoid::from_raf20_tiff(data) {
        for (lon_deg, lat_deg) in [
            (-1.55, 47.21),
            (-5.5, 42.0),
            (180.0, -90.0),
            (f64::NAN, f64::INFINITY),
        ] {
            let _ = geoid.undulation_m(LonLat { lon_deg, lat_deg });
        }
    }
}

pub fn weather_file(data: &[u8]) {
    let _ = weather::read(data, "x.epw");
}

pub fn wind_series(data: &[u8]) {
    let _ = wind::read(&String::from_utf8_lossy(data));
}

pub fn network(data: &[u8]) {
    let _ = grid::read(data);
    let _ = grid::profiles::read(&String::from_utf8_lossy(data));
}

/// Cases of storage and facts of prices: small JSON that a person writes.
pub fn energy_files(data: &[u8]) {
    let _ = jumeau::energy::storage::file::read(data);
    let _ = jumeau::energy::economics::file::parse(&String::from_utf8_lossy(data));
}

/// A tile of ground, or the description of all of them.
pub fn quantized_mesh(data: &[u8]) {
    if let Ok(mesh) = quantizedmesh::Mesh::parse(data) {
        for index in mesh.indices.iter().chain(mesh.edges.iter().flatten()) {
            assert!((*index as usize) < mesh.vertices.len(), "an index out of the mesh");
        }
        for vertex in mesh.vertices.iter().take(64) {
            let _ = mesh.place(*vertex, [0.0, 45.0, 1.0, 46.0]);
        }
    }
    if let Ok(layer) = quantizedmesh::Layer::parse(data) {
        for (level, x, y) in [(0, 0, 0), (3, 5, 2), (u32::MAX, u32::MAX, u32::MAX)] {
            let _ = (layer.has(level, x, y), layer.bounds_deg(level, x, y), layer.path(level, x, y));
        }
    }
}

/// A description of a pyramid and one body for all of its tiles, streamed for some frames: the first two bytes are the description's length.
pub fn pyramid(data: &[u8]) {
    let Some((head, rest)) = data.split_first_chunk::<2>() else { return };
    let at = usize::from(u16::from_le_bytes(*head)).min(rest.len());
    let (document, body) = rest.split_at(at);
    let document = if at == 0 { body } else { document };
    let path = if document.starts_with(b"PMTiles") { "a.pmtiles" } else { "layer.json" };
    let position = LonLat::new(2.0, 47.0).at_height(30_000.0).to_ecef().0;
    let view = View { position, direction: -position.normalize(), frustum: Vec::new(), pixels_per_radian: 800.0 };
    let mut engine = Engine::new(path, Settings { fade_frames: 0, max_bytes: 8 << 20, ..Settings::default() });
    let mut bodies = 0;
    for frame in 0..24 {
        let update = engine.update(std::slice::from_ref(&view), frame);
        for fetch in update.fetch {
            let part = |bytes: &[u8]| match fetch.span {
                None => bytes.to_vec(),
                Some(span) => {
                    let from = usize::try_from(span.offset).unwrap_or(usize::MAX).min(bytes.len());
                    let to = from.saturating_add(usize::try_from(span.length).unwrap_or(usize::MAX)).min(bytes.len());
                    bytes[from..to].to_vec()
                }
            };
            let plot = engine.placement(fetch.tile).and_then(|placement| placement.plot);
            let answer = match (fetch.wanted, plot) {
                (Wanted::Content, Some(plot)) => {
                    bodies += 1;
                    if bodies > 8 {
                        continue;
                    }
                    match ground::content(&if fetch.span.is_some() { part(document) } else { body.to_vec() }, &plot) {
                        Ok(made) => {
                            for mesh in &made.content.meshes {
                                assert!(mesh.indices.iter().all(|index| (*index as usize) < mesh.positions.len()), "an index out of the mesh");
                                assert_eq!(mesh.positions.len(), mesh.normals.len());
                            }
                            Ok(Delivery::Ground { bytes: 1_000, heights_m: made.heights_m, below: made.below })
                        }
                        Err(fault) => Err(FetchFault::Lasting(fault.to_string())),
                    }
                }
                (Wanted::Content, None) => Ok(Delivery::Content { bytes: 1_000 }),
                (Wanted::Tileset | Wanted::Subtree, _) => Ok(Delivery::Bytes(part(document))),
            };
            engine.deliver(fetch.id, answer);
        }
    }
}

/// Heights in a picture, by either rule.
pub fn terrain_rgb(data: &[u8]) {
    for rule in [terrainrgb::Rule::MAPBOX, terrainrgb::Rule::TERRARIUM] {
        if let Ok(heights) = terrainrgb::decode(data, &rule) {
            assert_eq!(heights.heights_m.len(), heights.columns * heights.rows);
        }
    }
}

/// A vector tile, every property and every corner of it.
pub fn vector_tile(data: &[u8]) {
    let Ok(tile) = mvt::Tile::parse(data) else { return };
    for layer in &tile.layers {
        for feature in &layer.features {
            assert_eq!(layer.properties(feature).count(), feature.tags.len(), "a tag that points nowhere");
        }
    }
}

/// An archive of tiles: the directories on the way to some of them, and to the first of each directory.
pub fn archive_of_tiles(data: &[u8]) {
    let _ = pmtiles::Directory::parse(data);
    let Ok(archive) = pmtiles::Archive::open(data) else { return };
    let firsts = archive.root.entries.iter().take(32).map(|entry| entry.first);
    for number in [0, 1, 5, 1_000_000, u64::MAX].into_iter().chain(firsts) {
        let mut read = |span: pmtiles::Span| {
            let from = usize::try_from(span.offset).ok()?;
            data.get(from..from.checked_add(usize::try_from(span.length).ok()?)?).map(<[u8]>::to_vec)
        };
        let _ = archive.tile(number, &mut read);
        if let Some((level, x, y)) = pmtiles::tile_of(number) {
            assert_eq!(pmtiles::number_of(level, x, y), Some(number));
        }
    }
}
