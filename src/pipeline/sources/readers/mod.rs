//! One module for each format of sources: told by its first bytes, opened as tables or rasters.
//!
//! A new format is a new module here and a line in [`READERS`]; nothing else in the pipeline knows formats.

pub mod csv;
pub mod dbf;
pub mod epanet;
pub mod flatgeobuf;
pub mod addresses;
mod city;
pub mod geojson;
pub mod geopackage;
pub mod gtfs;
pub mod osm;
pub mod points;
pub mod parquet;
pub mod pictures;
pub mod rasters;
pub mod records;
pub mod roseau;
pub mod sensorthings;
pub mod shapefile;
pub mod weather;

use super::record::{Cell, Record};
use super::vocabulary::Mapping;
use crate::formats::series::preamble::Preamble;
use crate::formats::raster::Heights;
use crate::pipeline::imagery::source::Source;
use crate::base::{Dataset, DatasetId, Nature, Severity};
use crate::formats::shape::ShapeKind;
use std::path::Path;

/// The formats in the order they are tried.
pub const READERS: &[Reader] = &[
    Reader { recognises: geopackage::recognises, open: geopackage::open },
    Reader { recognises: pictures::is_companion, open: pictures::open_companion },
    Reader { recognises: rasters::is_tiff, open: rasters::open_tiff },
    Reader { recognises: pictures::is_still, open: pictures::open_still },
    Reader { recognises: pictures::is_jpeg2000, open: pictures::open_jpeg2000 },
    Reader { recognises: points::recognises, open: points::open },
    Reader { recognises: rasters::is_raw_header, open: rasters::open_raw_header },
    Reader { recognises: rasters::is_raw, open: rasters::open_raw },
    Reader { recognises: rasters::is_srtm, open: rasters::open_srtm },
    Reader { recognises: rasters::is_ascii_grid, open: rasters::open_ascii_grid },
    Reader { recognises: shapefile::is_companion, open: shapefile::open_companion },
    Reader { recognises: shapefile::recognises, open: shapefile::open },
    Reader { recognises: dbf::recognises, open: dbf::open },
    Reader { recognises: flatgeobuf::recognises, open: flatgeobuf::open },
    Reader { recognises: parquet::recognises, open: parquet::open },
    Reader { recognises: osm::is_pbf, open: osm::open_pbf },
    Reader { recognises: osm::is_xml, open: osm::open_xml },
    Reader { recognises: city::is_cityjson, open: city::open_cityjson },
    Reader { recognises: city::is_citygml, open: city::open_citygml },
    Reader { recognises: roseau::recognises, open: roseau::open },
    Reader { recognises: sensorthings::recognises, open: sensorthings::open },
    Reader { recognises: weather::recognises, open: weather::open },
    // Before GeoJSON, which takes any JSON object for one.
    Reader { recognises: records::recognises, open: records::open },
    Reader { recognises: geojson::recognises, open: geojson::open },
    // Without a mark of its own, so after all others.
    Reader { recognises: rasters::is_xyz, open: rasters::open_xyz },
    Reader { recognises: epanet::recognises, open: epanet::open },
    Reader { recognises: gtfs::recognises, open: gtfs::open },
    Reader { recognises: gtfs::is_companion, open: gtfs::open_companion },
    Reader { recognises: addresses::recognises, open: addresses::open },
    // Any text with delimiters: after all that say what they are.
    Reader { recognises: csv::recognises, open: csv::open },
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

/// The system of a plan that is drawn somewhere of its own: a person has to say where it belongs, or it is not drawn.
pub const PLAN: &str = "PLAN";

/// One table or raster of a file.
pub struct Found {
    /// As a person names it.
    pub file: String,
    pub table: Option<String>,
    pub kind: ShapeKind,
    /// Code or WKT, or [`PLAN`]; `None` when the source states none.
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
    /// Heights that have not been read yet.
    Raster(Box<dyn Heights>),
    /// Colours that have not been read yet, and how large a pixel is in the picture's own system.
    Picture { source: Source, pixel: Option<String> },
}

/// Rows that have not been read yet.
pub trait Table {
    /// Hands out every row, in the order of the source, with the values that `mapping` asks for.
    ///
    /// # Errors
    /// A sentence, when the table cannot be read at all; rows that are damaged go to `each` as [`Unread`].
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String>;

    /// What was noticed when it was opened; it is usable all the same.
    fn notes(&self) -> &[Note] {
        &[]
    }

    /// How many rows there are, where the source says so beforehand.
    fn rows(&self) -> Option<u64> {
        None
    }

    /// What was found beside the rows, once they are read: parts left out, links that lead nowhere.
    fn remarks(&self) -> Vec<Remark> {
        Vec::new()
    }

    /// Who made the data and on which terms, where the format itself says so.
    fn dataset(&self, id: &DatasetId, file: &str) -> Option<Dataset> {
        let _ = (id, file);
        None
    }

    /// False for a table whose rows lie nowhere: it can only be joined to another.
    fn has_geometry(&self) -> bool {
        true
    }

    /// Hands out the cells of these columns (place and name in [`Found::columns`]), until told to stop: for tables too long or too wide for a
    /// record of each row.
    ///
    /// # Errors
    /// As [`Table::read`].
    fn cells(&self, columns: &[(usize, &str)], each: &mut dyn FnMut(CellRow) -> bool) -> Result<(), String> {
        let mapping: Mapping = columns.iter().map(|(_, name)| (super::vocabulary::source_term(name), vec![(*name).to_owned()])).collect();
        let (mut number, mut going) = (0_u64, true);
        let mut cells: Vec<Option<Cell>> = Vec::new();
        self.read(&mapping, &mut |row| {
            number += 1;
            if !going {
                return;
            }
            going = match row {
                Err(unread) => each(Err(unread)),
                Ok(record) => {
                    cells.clear();
                    cells.extend(mapping.iter().map(|(term, _)| record.get(term).cloned()));
                    each(Ok((number, &cells)))
                }
            };
        })
    }

    /// What a format says of the series in it that no column shows.
    fn series_facts(&self) -> SeriesFacts {
        SeriesFacts::default()
    }
}

/// The number of a row, from 1, and its cells.
pub type CellRow<'a> = Result<(u64, &'a [Option<Cell>]), Unread>;

/// Facts about all series of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesFacts {
    pub nature: Option<Nature>,
    /// Months of several years in one.
    pub typical_year: bool,
    /// What stands before the table.
    pub before: Preamble,
}

/// A finding about a table as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub code: &'static str,
    pub severity: Severity,
    pub value: String,
}

impl Note {
    pub fn new(code: &'static str, severity: Severity, value: impl std::fmt::Display) -> Self {
        Self { code, severity, value: value.to_string() }
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
