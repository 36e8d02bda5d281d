//! Shapefiles: the files of a set brought together whatever the case of their names, whole or not.
//!
//! Rows are read one by one: a set of any size takes the memory of one record.

use super::dbf::{Attributes, short_text};
use super::{Content, Found, Head, Note, Opened, Row, Table, Unread, short_name};
use crate::base::Severity;
use crate::formats::dbf::Header as TableHeader;
use crate::formats::shape::ShapeKind;
use crate::formats::shapefile::{self, HEADER_BYTES, Kind, MAX_RECORD_BYTES, RECORD_HEADER_BYTES};
use crate::pipeline::sources::open::start_of;
use crate::pipeline::sources::record::Record;
use crate::pipeline::sources::vocabulary::Mapping;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What may lie beside a `.shp` and has nothing to say on its own.
const COMPANIONS: &[&str] = &[
    "dbf", "shx", "prj", "cpg", "cst", "qpj", "qix", "sbn", "sbx", "fbn", "fbx", "ain", "aih",
    "atx", "ixs", "mxs", "idm", "ind", "qmd", "xml",
];
pub fn recognises(head: &Head) -> bool {
    // A `.shx` begins like a `.shp`; its first entry then says 50 words, where shapes have the number of their first record.
    let like_index = head.bytes.get(HEADER_BYTES..HEADER_BYTES + 4) == Some(&50_u32.to_be_bytes());
    shapefile::recognises(head.bytes) && (!like_index || extension(head.path) == "shp")
}

pub fn is_companion(head: &Head) -> bool {
    let extension = extension(head.path);
    COMPANIONS.contains(&extension.as_str()) && Set::around(head.path).shp.is_some()
}

/// It is read together with its shapes.
pub fn open_companion(_: &Path) -> Opened {
    Ok(Vec::new())
}

fn extension(path: &Path) -> String {
    path.extension()
        .map(|e| e.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

/// The files that belong together: one stem, any case.
#[derive(Debug, Default)]
pub(super) struct Set {
    pub shp: Option<PathBuf>,
    pub shx: Option<PathBuf>,
    pub dbf: Option<PathBuf>,
    pub prj: Option<PathBuf>,
    pub cpg: Option<PathBuf>,
}

impl Set {
    pub(super) fn around(path: &Path) -> Self {
        let stem_of = |path: &Path| {
            path.file_stem()
                .map(|s| s.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        let stem = stem_of(path);
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut set = Self::default();
        let mut names: Vec<PathBuf> = std::fs::read_dir(parent)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .map(|entry| PathBuf::from(entry.file_name()))
            .filter(|name| stem_of(name).to_lowercase() == stem.to_lowercase())
            .collect();
        // The same spelling goes first where two sets differ in case only.
        names.sort_by_key(|name| (stem_of(name) != stem, name.clone()));
        for name in names {
            let slot = match extension(&name).as_str() {
                "shp" => &mut set.shp,
                "shx" => &mut set.shx,
                "dbf" => &mut set.dbf,
                "prj" => &mut set.prj,
                "cpg" => &mut set.cpg,
                _ => continue,
            };
            slot.get_or_insert_with(|| parent.join(name));
        }
        set
    }
}

pub fn open(path: &Path) -> Opened {
    let unreadable = |error: std::io::Error| ("source-unreadable", error.to_string());
    let bytes = start_of(path, HEADER_BYTES).map_err(unreadable)?;
    let header =
        shapefile::header(&bytes).map_err(|fault| ("source-unreadable", fault.to_string()))?;
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    let set = Set::around(path);
    let mut notes = Vec::new();
    if length < header.bytes {
        notes.push(Note::new(
            "shapefile-truncated",
            Severity::Error,
            format!("{length} / {}", header.bytes),
        ));
    }
    let index = set.shx.filter(|index| match index_is_sound(index, length) {
        Ok(()) => true,
        Err(reason) => {
            notes.push(Note::new(
                "shapefile-index-ignored",
                Severity::Warning,
                reason,
            ));
            false
        }
    });
    let attributes = match &set.dbf {
        Some(dbf) => Attributes::open(dbf, set.cpg.as_deref(), &mut notes)
            .map_err(|reason| {
                notes.push(Note::new(
                    "shapefile-attributes-unreadable",
                    Severity::Error,
                    reason,
                ))
            })
            .ok(),
        None => {
            notes.push(Note::new(
                "shapefile-attributes-missing",
                Severity::Warning,
                "",
            ));
            None
        }
    };
    let shapes = Shapes {
        path: path.to_owned(),
        index,
        length,
        attributes,
        notes: Vec::new(),
        count: 0,
    };
    let count = shapes.count().map_err(unreadable)?;
    if let Some(attributes) = &shapes.attributes
        && attributes.header.rows != count
    {
        notes.push(Note::new(
            "shapefile-attributes-differ",
            Severity::Warning,
            format!("{} / {count}", attributes.header.rows),
        ));
    }
    let crs = set
        .prj
        .as_deref()
        .and_then(|prj| short_text(prj).ok())
        .filter(|wkt| !wkt.trim().is_empty());
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: match header.kind {
            Kind::Point | Kind::MultiPoint => ShapeKind::Point,
            Kind::Line => ShapeKind::Line,
            Kind::Polygon | Kind::MultiPatch => ShapeKind::Polygon,
            Kind::Null => ShapeKind::Other,
        },
        crs,
        columns: shapes
            .attributes
            .as_ref()
            .map(Attributes::names)
            .unwrap_or_default(),
        content: Content::Table(Box::new(Shapes {
            notes,
            count,
            ..shapes
        })),
    }])
}

/// Every entry must point into the shapes, or the index is worth nothing.
fn index_is_sound(path: &Path, shapes_bytes: u64) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let length = std::fs::metadata(path).map_err(text)?.len();
    let mut entries = BufReader::new(File::open(path).map_err(text)?);
    let mut start = [0; HEADER_BYTES];
    entries.read_exact(&mut start).map_err(text)?;
    shapefile::header(&start).map_err(|fault| fault.to_string())?;
    for number in 1..=(length - HEADER_BYTES as u64) / 8 {
        let mut entry = [0; 8];
        entries.read_exact(&mut entry).map_err(text)?;
        let (at, content) = shapefile::index_entry(&entry);
        if at < HEADER_BYTES as u64
            || at.saturating_add(content) > shapes_bytes.saturating_sub(RECORD_HEADER_BYTES as u64)
        {
            return Err(format!("#{number}: {at} + {content} > {shapes_bytes}"));
        }
    }
    Ok(())
}

/// Shapes with what belongs to them.
struct Shapes {
    path: PathBuf,
    /// Its entries count rather than the order of the shapes: editors leave old shapes behind.
    index: Option<PathBuf>,
    length: u64,
    attributes: Option<Attributes>,
    notes: Vec<Note>,
    count: u64,
}

impl Shapes {
    /// How many records there are; without an index their headers are walked.
    fn count(&self) -> std::io::Result<u64> {
        let mut places = self.places()?;
        let mut count = 0;
        while places.next()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn places(&self) -> std::io::Result<Places> {
        Ok(match &self.index {
            Some(path) => {
                let left = std::fs::metadata(path)?
                    .len()
                    .saturating_sub(HEADER_BYTES as u64)
                    / 8;
                let mut entries = BufReader::new(File::open(path)?);
                entries.seek(SeekFrom::Start(HEADER_BYTES as u64))?;
                Places::Indexed { entries, left }
            }
            None => Places::Walked {
                headers: BufReader::new(File::open(&self.path)?),
                at: HEADER_BYTES as u64,
                length: self.length,
            },
        })
    }
}

/// Where the content of each record begins and its length.
enum Places {
    Indexed {
        entries: BufReader<File>,
        left: u64,
    },
    Walked {
        headers: BufReader<File>,
        at: u64,
        length: u64,
    },
}

impl Places {
    fn next(&mut self) -> std::io::Result<Option<(u64, u64)>> {
        match self {
            Self::Indexed { entries, left } => {
                if *left == 0 {
                    return Ok(None);
                }
                *left -= 1;
                let mut entry = [0; 8];
                entries.read_exact(&mut entry)?;
                let (at, content) = shapefile::index_entry(&entry);
                Ok(Some((at + RECORD_HEADER_BYTES as u64, content)))
            }
            Self::Walked {
                headers,
                at,
                length,
            } => {
                if at.saturating_add(RECORD_HEADER_BYTES as u64) > *length {
                    return Ok(None);
                }
                let behind = i64::try_from(*at - headers.stream_position()?).unwrap_or(i64::MAX);
                headers.seek_relative(behind)?;
                let mut header = [0; RECORD_HEADER_BYTES];
                headers.read_exact(&mut header)?;
                let content = shapefile::content_bytes(&header);
                // A record holds at least its type; zeros behind the last one are padding.
                if content == 0 {
                    return Ok(None);
                }
                let start = *at + RECORD_HEADER_BYTES as u64;
                *at = start.saturating_add(content);
                Ok(Some((start, content)))
            }
        }
    }
}

impl Table for Shapes {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        let mut places = self.places().map_err(text)?;
        let mut contents = BufReader::new(File::open(&self.path).map_err(text)?);
        let plan = self
            .attributes
            .as_ref()
            .map(|attributes| attributes.plan(mapping))
            .unwrap_or_default();
        let mut rows = match &self.attributes {
            Some(attributes) => Some(attributes.start().map_err(text)?),
            None => None,
        };
        let mut content = Vec::new();
        let mut number = 0_u64;
        while let Some((at, length)) = places.next().map_err(text)? {
            number += 1;
            let mut record = Record {
                object: format!("#{number}"),
                ..Record::default()
            };
            if let (Some(attributes), Some(rows)) = (&self.attributes, &mut rows)
                && let Some(row) = rows.next().map_err(text)?
            {
                if TableHeader::is_deleted(row) {
                    continue;
                }
                attributes.fill(&mut record, row, &plan);
            }
            match self.shape(&mut contents, at, length, &mut content) {
                Ok(shape) => {
                    record.shape = shape;
                    each(Ok(record));
                }
                Err(reason) => each(Err(Unread {
                    object: record.object,
                    reason,
                })),
            }
        }
        Ok(())
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn rows(&self) -> Option<u64> {
        Some(self.count)
    }
}

impl Shapes {
    fn shape(
        &self,
        contents: &mut BufReader<File>,
        at: u64,
        length: u64,
        buffer: &mut Vec<u8>,
    ) -> Result<Option<crate::formats::shape::Shape>, String> {
        // Both are bounded by the file before anything is allocated.
        if at.saturating_add(length) > self.length || length > MAX_RECORD_BYTES {
            return Err(format!(
                "{at} + {length} > {}",
                self.length.min(at.saturating_add(MAX_RECORD_BYTES))
            ));
        }
        let text = |error: std::io::Error| error.to_string();
        let here = contents.stream_position().map_err(text)?;
        let step = i128::from(at) - i128::from(here);
        contents
            .seek_relative(i64::try_from(step).unwrap_or(0))
            .map_err(text)?;
        buffer.resize(usize::try_from(length).unwrap_or(0), 0);
        contents.read_exact(buffer).map_err(text)?;
        shapefile::record(buffer).map_err(|fault| fault.to_string())
    }
}
