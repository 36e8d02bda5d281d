//! Pictures: stills with a world file, folders of tiles. Colour GeoTIFF is told from heights in [`super::rasters`].

use super::{Content, Found, Head, Opened, short_name};
use crate::formats::shape::ShapeKind;
use crate::formats::still::Encoding;
use crate::pipeline::imagery::source::{self, Kind, Source};
use std::path::Path;

pub fn is_still(head: &Head) -> bool {
    Encoding::of(head.bytes).is_some()
}

/// World files and what GDAL writes beside pictures are read with them.
pub fn is_companion(head: &Head) -> bool {
    source::is_beside(head.path)
}

pub fn open_companion(_path: &Path) -> Opened {
    Ok(Vec::new())
}

/// JPEG 2000 has a mark, and no reader here.
pub fn is_jpeg2000(head: &Head) -> bool {
    head.bytes.starts_with(b"\0\0\0\x0cjP  \r\n\x87\n") || head.bytes.starts_with(b"\xFF\x4F\xFF\x51")
}

pub fn open_jpeg2000(path: &Path) -> Opened {
    Err(("imagery-jpeg2000", short_name(path)))
}

/// Opens a picture only as far as its place.
pub fn open_still(path: &Path) -> Opened {
    found(path, Kind::Still)
}

pub fn open_tiff(path: &Path) -> Opened {
    found(path, Kind::Tiff)
}

pub fn open_tiles(path: &Path) -> Opened {
    found(path, Kind::Tiles)
}

fn found(path: &Path, kind: Kind) -> Opened {
    let source = Source { path: path.to_owned(), kind };
    let (crs, pixel) = match kind {
        Kind::Tiles => (Some("EPSG:3857".to_owned()), None),
        _ => {
            let colours = source::open(&source)?;
            let [a, b] = colours.placement().cell();
            // Two digits of the pixel's size: what was flown together has one.
            (source::crs(path, colours.as_ref()), Some(format!("{:.1e}", (a * b).sqrt())))
        }
    };
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Other,
        crs,
        columns: Vec::new(),
        content: Content::Picture { source, pixel },
    }])
}
