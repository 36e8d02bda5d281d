//! What reads bytes of others, each as one function from bytes to nothing.
//!
//! A door opens what it is given as the program would, goes through all of it, and asserts a law where there is one.
//! libFuzzer (`fuzz_targets/`) and the tests (`tests/it/doors.rs`) use the same functions. They name pure rooms only;
//! what needs files is in `source_doors.rs`.

#[path = "doors/ground.rs"]
mod ground;
#[path = "doors/points.rs"]
pub mod points;
#[path = "doors/tiles.rs"]
mod tiles;
#[path = "doors/vectors.rs"]
mod vectors;

pub use ground::*;
pub use tiles::*;
pub use vectors::*;

use jumeau::base::Instant;
use jumeau::formats::{asciigrid, bil, geotiff, grid, hgt, territory, weather, wind, worldfile, zarr};
use jumeau::formats::raster::{self, Heights};
use jumeau::geodesy::{Crs, Geoid, LonLat};
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
