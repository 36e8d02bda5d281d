//! dBASE tables: the attributes of shapefiles, and tables on their own. Rows are read one by one.

use super::shapefile::Set;
use super::{Content, Found, Head, Note, Opened, Row, Table, short_name};
use crate::base::Severity;
use crate::formats::dbf;
use crate::formats::shape::ShapeKind;
use crate::formats::text::{Encoding, Evidence, Settled, settle};
use crate::pipeline::sources::open::start_of;
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Text files beside the shapes are a few hundred bytes.
const MAX_TEXT_BYTES: u64 = 64 << 10;
/// How many records tell the encoding.
const EVIDENCE_RECORDS: u64 = 200_000;

pub fn recognises(head: &Head) -> bool {
    dbf::recognises(head.bytes)
}

pub fn open(path: &Path) -> Opened {
    let mut notes = Vec::new();
    let set = Set::around(path);
    let attributes = Attributes::open(path, set.cpg.as_deref(), &mut notes)
        .map_err(|reason| ("source-unreadable", reason))?;
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Other,
        crs: None,
        columns: attributes.names(),
        content: Content::Table(Box::new(Plain { attributes, notes })),
    }])
}

/// A table on its own.
struct Plain {
    attributes: Attributes,
    notes: Vec<Note>,
}

impl Table for Plain {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        let plan = self.attributes.plan(mapping);
        let mut rows = self.attributes.start().map_err(text)?;
        let mut number = 0_u64;
        while let Some(row) = rows.next().map_err(text)? {
            number += 1;
            if !dbf::Header::is_deleted(row) {
                let mut record = Record {
                    object: format!("#{number}"),
                    ..Record::default()
                };
                self.attributes.fill(&mut record, row, &plan);
                each(Ok(record));
            }
        }
        Ok(())
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn rows(&self) -> Option<u64> {
        Some(self.attributes.header.rows)
    }

    fn has_geometry(&self) -> bool {
        false
    }
}

/// The table of attributes, before its rows are read.
pub(super) struct Attributes {
    path: PathBuf,
    pub header: dbf::Header,
    encoding: Encoding,
}

impl Attributes {
    pub(super) fn open(path: &Path, cpg: Option<&Path>, notes: &mut Vec<Note>) -> Result<Self, String> {
        let bytes = start_of(path, dbf::MAX_HEADER_BYTES).map_err(|error| error.to_string())?;
        let header = dbf::header(&bytes).map_err(|fault| fault.to_string())?;
        let label = cpg
            .and_then(|cpg| short_text(cpg).ok())
            .map(|label| label.trim().to_owned());
        let mut stated = None;
        if let Some(label) = label.filter(|label| !label.is_empty()) {
            stated = Encoding::from_label(&label);
            if stated.is_none() {
                notes.push(Note::new("encoding-unknown", Severity::Warning, label));
            }
        }
        let stated = stated.or_else(|| Encoding::from_dbase(header.language));
        let mut attributes = Self {
            path: path.to_owned(),
            header,
            encoding: Encoding::Utf8,
        };
        let settled = settle(
            stated,
            attributes.evidence().map_err(|error| error.to_string())?,
        );
        match settled {
            Settled::Stated(_) => {}
            Settled::Guessed(found) => {
                notes.push(Note::new("encoding-guessed", Severity::Info, found.name()))
            }
            Settled::Contradicted { stated, found } => notes.push(Note::new(
                "encoding-contradicted",
                Severity::Warning,
                format!("{} → {}", stated.name(), found.name()),
            )),
        }
        attributes.encoding = settled.encoding();
        Ok(attributes)
    }

    fn evidence(&self) -> std::io::Result<Evidence> {
        let mut evidence = Evidence::default();
        for field in &self.header.fields {
            evidence.add(&field.name);
        }
        let texts: Vec<&dbf::Field> = self
            .header
            .fields
            .iter()
            .filter(|field| field.kind == b'C')
            .collect();
        let mut rows = self.start()?;
        for _ in 0..self.header.rows.min(EVIDENCE_RECORDS) {
            let Some(record) = rows.next()? else { break };
            for field in &texts {
                if let Some(raw) = self.header.raw(field, record) {
                    evidence.add(dbf::trimmed(raw));
                }
            }
        }
        Ok(evidence)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.header
            .fields
            .iter()
            .map(|field| self.encoding.decode(&field.name).into_owned())
            .collect()
    }

    pub(super) fn start(&self) -> std::io::Result<AttributeRows> {
        let mut file = BufReader::new(File::open(&self.path)?);
        file.seek(SeekFrom::Start(self.header.header_bytes))?;
        Ok(AttributeRows {
            file,
            record: vec![0; self.header.record_bytes],
            left: self.header.rows,
        })
    }

    /// Which field feeds which term, in order of trust.
    pub(super) fn plan(&self, mapping: &Mapping) -> Vec<(&'static str, Vec<&dbf::Field>)> {
        let names = self.names();
        mapping
            .iter()
            .map(|(term, columns)| {
                let fields = columns.iter().filter_map(|column| {
                    let at = names.iter().position(|name| name == column)?;
                    self.header.fields.get(at)
                });
                (*term, fields.collect())
            })
            .collect()
    }

    pub(super) fn fill(&self, record: &mut Record, row: &[u8], plan: &[(&'static str, Vec<&dbf::Field>)]) {
        for (term, fields) in plan {
            let value = fields
                .iter()
                .find_map(|field| self.header.value(field, row, self.encoding));
            if let Some(value) = value {
                let cell = match value {
                    dbf::Value::Number(number) => Cell::Number(number),
                    dbf::Value::Text(text) => Cell::Text(text),
                    dbf::Value::Flag(flag) => Cell::Flag(flag),
                };
                record.values.push((term, cell));
            }
        }
        record.name_by_id();
    }
}

pub(super) struct AttributeRows {
    file: BufReader<File>,
    record: Vec<u8>,
    left: u64,
}

impl AttributeRows {
    /// The next record, cut short where the file is; `None` behind the last.
    pub(super) fn next(&mut self) -> std::io::Result<Option<&[u8]>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let filled = read_up_to(&mut self.file, &mut self.record)?;
        Ok(if filled == 0 {
            None
        } else {
            self.record.get(..filled)
        })
    }
}

fn read_up_to(file: &mut impl Read, into: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A small text file beside the shapes, whatever its encoding: what counts in it is ASCII.
pub(super) fn short_text(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_TEXT_BYTES)
        .read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
