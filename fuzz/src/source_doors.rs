//! The doors that need a file: readers that seek in it, archives, and what joins several rooms.

use super::doors::Door;
use jumeau::base::Report;
use jumeau::formats::raster::Window;
use jumeau::pipeline::sources::container::Unpacked;
use jumeau::pipeline::sources::declaration::Declaration;
use jumeau::pipeline::sources::{self, mapping};
use jumeau::pipeline::{ImportOptions, Silent, network};
use std::path::PathBuf;

/// Every door that needs the pipeline, in the order of the table `doors.txt`.
pub const SOURCE_DOORS: &[Door] = &[
    ("parquet", parquet),
    ("laz", laz),
    ("database", database),
    ("source", any_source),
    ("archive", archive),
    ("declaration", declaration),
    ("network_flow", network_flow),
];

pub fn parquet(data: &[u8]) {
    if data.starts_with(b"PAR1") {
        any_source(data);
    }
}

pub fn laz(data: &[u8]) {
    if data.starts_with(b"LASF") {
        any_source(data);
    }
}

/// A GeoPackage: SQLite itself is as old as it is tested; what is asked here is what we make of its tables.
pub fn database(data: &[u8]) {
    if data.starts_with(b"SQLite format 3\0") {
        any_source(data);
    }
}

/// Any file as an import opens it: told by its content, all rows read, rasters read in their corners.
pub fn any_source(data: &[u8]) {
    // Archives have a door of their own.
    if data.starts_with(b"PK") {
        return;
    }
    in_file(data, &|path| {
        let mut report = Report::default();
        let options = ImportOptions {
            crs: Some("EPSG:2154".to_owned()),
            ..ImportOptions::default()
        };
        let Ok(opened) = sources::open_all(&[path], &options, &mut report, &Silent) else {
            return;
        };
        for table in &opened.tables {
            let _ = table.rows();
            let _ = table.read(&mut report, &mut |_, _| ());
        }
        for mut raster in opened.rasters {
            let placement = raster.heights.placement();
            let [columns, rows] = [placement.columns.min(64), placement.rows.min(64)];
            let _ = raster.heights.read(Window {
                column: 0,
                row: 0,
                columns,
                rows,
            });
            let _ = raster.heights.remarks();
        }
    });
}

pub fn archive(data: &[u8]) {
    if data.starts_with(b"PK") {
        in_file(data, &|path| {
            let _ = Unpacked::default().folder(&path, &mut Report::default());
        });
    }
}

pub fn declaration(data: &[u8]) {
    let _ = mapping::parse(data);
    if let Ok(declaration) = Declaration::parse(data)
        && let Ok(written) = serde_json::to_vec(&declaration)
    {
        assert!(
            Declaration::parse(&written).is_ok(),
            "what we wrote cannot be read"
        );
    }
}

/// A network, what joins its parts, and the flow in it.
pub fn network_flow(data: &[u8]) {
    let _ = network::findings(data, "x.json");
}

/// In memory where the system has such a place: a fuzzer writes a thousand files a second.
fn in_file(data: &[u8], act: &dyn Fn(PathBuf)) {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    let Ok(folder) = tempfile::Builder::new()
        .prefix("jumeau-door-")
        .tempdir_in(folder)
    else {
        return;
    };
    let path = folder.path().join("source");
    if std::fs::write(&path, data).is_ok() {
        act(path);
    }
}
