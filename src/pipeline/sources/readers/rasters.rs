//! Height rasters: GeoTIFF and ESRI ASCII grid.

use super::{Content, Found, Head, Opened, short_name, whole};
use crate::formats::raster::Raster;
use crate::formats::shape::ShapeKind;
use crate::formats::{asciigrid, geotiff};
use std::path::Path;

pub fn is_tiff(head: &Head) -> bool {
    [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]
        .iter()
        .any(|magic| head.bytes.starts_with(*magic))
}

pub fn is_ascii_grid(head: &Head) -> bool {
    head.text().get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"ncols"))
}

pub fn open_tiff(path: &Path) -> Opened {
    opened(path, geotiff::parse(&whole(path)?))
}

pub fn open_ascii_grid(path: &Path) -> Opened {
    opened(path, asciigrid::parse(&whole(path)?))
}

fn opened<F: std::fmt::Display>(path: &Path, parsed: Result<Raster, F>) -> Opened {
    let raster = parsed.map_err(|fault| ("raster-unreadable", fault.to_string()))?;
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Other,
        crs: raster.epsg.map(|code| format!("EPSG:{code}")),
        columns: Vec::new(),
        content: Content::Raster(raster),
    }])
}
