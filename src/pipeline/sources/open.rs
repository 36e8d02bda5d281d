//! Files by their content: SQLite, TIFF, ASCII grid or JSON.

use super::geopackage::{self, TableHead};
use crate::base::{Finding, Report, Severity};
use crate::formats::{
    asciigrid,
    geojson::{self, GeoJson},
    geotiff,
    raster::Raster,
    shape::{Shape, ShapeKind},
};
use crate::geodesy::{Crs, GeodesyFault};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Text and raster files are read whole; larger ones are refused rather than filling the memory.
const MAX_BYTES: u64 = 2 << 30;
/// Files below one folder.
const MAX_FILES: usize = 10_000;
/// Folders inside folders.
const MAX_DEPTH: usize = 4;

/// One table or raster of a file.
pub struct Found {
    /// As a person names it.
    pub file: String,
    pub table: Option<String>,
    pub kind: ShapeKind,
    /// Code or WKT; `None` when the source states none.
    pub crs: Option<String>,
    pub columns: Vec<String>,
    pub content: Content,
}

pub enum Content {
    GeoPackage { path: PathBuf, head: TableHead },
    GeoJson(GeoJson),
    Raster(Raster),
}

impl Found {
    pub fn label(&self) -> String {
        match &self.table {
            Some(table) => format!("{}:{table}", self.file),
            None => self.file.clone(),
        }
    }
}

/// A code, URN or WKT as sources write it.
pub fn crs(text: &str) -> Result<Crs, GeodesyFault> {
    if text.contains('[') {
        Crs::from_wkt(text)
    } else {
        Crs::from_code(text)
    }
}

pub fn short_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_else(|| path.display().to_string())
}

/// The file itself, or all files below a folder in a stable order.
///
/// # Errors
/// When the folder cannot be listed.
pub fn files_below(path: &Path, report: &mut Report) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![(path.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if hidden {
                continue;
            }
            if kind.is_dir() && depth < MAX_DEPTH {
                folders.push((entry.path(), depth + 1));
            } else if !kind.is_dir() && entry.path().is_file() {
                if files.len() >= MAX_FILES {
                    report.push(
                        Finding::new("folder-too-large", Severity::Error, path.display().to_string())
                            .value(MAX_FILES),
                    );
                    files.sort();
                    return Ok(files);
                }
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Opens a file and says what is in it. The error is a code of a finding and its value.
///
/// # Errors
/// `source-unreadable`, `file-too-large` or `file-not-understood`.
pub fn open(path: &Path) -> Result<Vec<Found>, (&'static str, String)> {
    let unreadable = |error: std::io::Error| ("source-unreadable", error.to_string());
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut head = [0_u8; 4096];
    let mut filled = 0;
    while filled < head.len() {
        match file.read(&mut head[filled..]).map_err(unreadable)? {
            0 => break,
            count => filled += count,
        }
    }
    let head = &head[..filled];
    let name = short_name(path);
    if head.starts_with(b"SQLite format 3\0") {
        return open_geopackage(path, name);
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let text = text.trim_ascii_start();
    let tiff = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| head.starts_with(*magic));
    let grid = text.len() >= 5 && text[..5].eq_ignore_ascii_case(b"ncols");
    let json = text.first().is_some_and(|byte| *byte == b'{' || *byte == 0x1E);
    if !(tiff || grid || json) {
        let what = if head.starts_with(b"PK") {
            "zip".to_owned()
        } else if head.is_empty() {
            "0".to_owned()
        } else {
            String::from_utf8_lossy(&head[..head.len().min(24)])
                .chars()
                .filter(|c| !c.is_control())
                .collect()
        };
        return Err(("file-not-understood", what));
    }
    let length = file.metadata().map_err(unreadable)?.len();
    if length > MAX_BYTES {
        return Err(("file-too-large", length.to_string()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    if json {
        let document = geojson::parse(&bytes).map_err(|fault| {
            // JSON that is no GeoJSON is somebody else's file; broken JSON is damaged data.
            let code = if serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok() {
                "file-not-understood"
            } else {
                "source-unreadable"
            };
            (code, fault)
        })?;
        return Ok(vec![from_geojson(document, name)]);
    }
    let raster = if tiff { geotiff::parse(&bytes) } else { asciigrid::parse(&bytes) }
        .map_err(|fault| ("raster-unreadable", fault.to_string()))?;
    Ok(vec![Found {
        file: name,
        table: None,
        kind: ShapeKind::Other,
        crs: raster.epsg.map(|code| format!("EPSG:{code}")),
        columns: Vec::new(),
        content: Content::Raster(raster),
    }])
}

fn open_geopackage(path: &Path, name: String) -> Result<Vec<Found>, (&'static str, String)> {
    let heads = geopackage::tables(path).map_err(|error| ("source-unreadable", error))?;
    Ok(heads
        .into_iter()
        .map(|head| Found {
            file: name.clone(),
            table: Some(head.name.clone()),
            kind: head.kind,
            crs: head.crs.clone(),
            columns: head.columns.clone(),
            content: Content::GeoPackage {
                path: path.to_owned(),
                head,
            },
        })
        .collect())
}

fn from_geojson(document: GeoJson, name: String) -> Found {
    let mut columns: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut kinds = std::collections::BTreeSet::new();
    for feature in &document.features {
        for key in feature.properties.keys() {
            if seen.insert(key.as_str()) {
                columns.push(key.clone());
            }
        }
        if let Some(shape) = feature.shape.as_ref().filter(|shape| !Shape::is_empty(shape)) {
            kinds.insert(shape.kind());
        }
    }
    let kind = match (kinds.pop_first(), kinds.is_empty()) {
        (Some(kind), true) => kind,
        _ => ShapeKind::Other,
    };
    Found {
        file: name,
        table: None,
        kind,
        crs: Some(document.crs.clone().unwrap_or_else(|| "OGC:CRS84".to_owned())),
        columns,
        content: Content::GeoJson(document),
    }
}
