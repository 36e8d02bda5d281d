//! One module for each format of sources: told by its first bytes, opened as tables or rasters.
//!
//! A new format is a new module here and a line in [`READERS`]; nothing else in the pipeline knows formats.

pub mod city;
pub mod geojson;
pub mod geopackage;
pub mod rasters;

use super::record::Record;
use super::vocabulary::Mapping;
use crate::base::Severity;
use crate::formats::raster::Raster;
use crate::formats::shape::ShapeKind;
use std::path::Path;

/// The formats in the order they are tried.
pub const READERS: &[Reader] = &[
    Reader { recognises: geopackage::recognises, open: geopackage::open },
    Reader { recognises: rasters::is_tiff, open: rasters::open_tiff },
    Reader { recognises: rasters::is_ascii_grid, open: rasters::open_ascii_grid },
    Reader { recognises: city::is_cityjson, open: city::open_cityjson },
    Reader { recognises: city::is_citygml, open: city::open_citygml },
    Reader { recognises: geojson::recognises, open: geojson::open },
];

/// A format: how its first bytes look, and how a file of it is opened.
pub struct Reader {
    pub recognises: fn(&Head) -> bool,
    pub open: fn(&Path) -> Opened,
}

/// The tables and rasters of a file, or the code of a finding and its value.
pub type Opened = Result<Vec<Found>, (&'static str, String)>;

/// The first bytes of a file.
pub struct Head<'a> {
    pub path: &'a Path,
    /// Up to 4,096 bytes.
    pub bytes: &'a [u8],
}

impl Head<'_> {
    /// Without a byte order mark and leading white space.
    pub fn text(&self) -> &[u8] {
        self.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(self.bytes).trim_ascii_start()
    }
}

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

impl Found {
    pub fn label(&self) -> String {
        match &self.table {
            Some(table) => format!("{}:{table}", self.file),
            None => self.file.clone(),
        }
    }
}

pub enum Content {
    Table(Box<dyn Table>),
    Raster(Raster),
}

/// Rows that have not been read yet.
pub trait Table {
    /// Hands out every row, in the order of the source, with the values that `mapping` asks for.
    ///
    /// # Errors
    /// A sentence, when the table cannot be read at all; rows that are damaged go to `each` as [`Unread`].
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String>;

    /// What was found beside the rows, once they are read: parts left out, links that lead nowhere.
    fn remarks(&self) -> Vec<Remark> {
        Vec::new()
    }
}

/// A finding of a reader; the file is added by whoever asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub code: &'static str,
    pub severity: Severity,
    pub object: String,
    pub value: String,
}

pub type Row = Result<Record, Unread>;

/// A row that never became a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// How a person finds it: its id, or `#` and its number.
    pub object: String,
    pub reason: String,
}

/// Text and raster files are read whole; larger ones are refused rather than filling the memory.
const MAX_BYTES: u64 = 2 << 30;

/// A whole file, within bounds.
///
/// # Errors
/// `file-too-large` or `source-unreadable`.
pub fn whole(path: &Path) -> Result<Vec<u8>, (&'static str, String)> {
    let unreadable = |error: std::io::Error| ("source-unreadable", error.to_string());
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > MAX_BYTES {
        return Err(("file-too-large", length.to_string()));
    }
    std::fs::read(path).map_err(unreadable)
}

/// A file's name without its folders.
pub fn short_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_else(|| path.display().to_string())
}
