//! Tables as text (CSV and its kin): no geometry, to be joined to a layer by an id.

use super::{CellRow, Content, Found, Head, Note, Opened, Row, SeriesFacts, Table, Unread, short_name};
use crate::base::Severity;
use crate::formats::csv::{self, Dialect, Records};
use crate::formats::decimals::{self, Marks, written_number};
use crate::formats::series::preamble::Preamble;
use crate::formats::series::stamp::{Precision, Stamp};
use crate::formats::shape::ShapeKind;
use crate::formats::text::Encoding;
use crate::pipeline::sources::open::{HEAD_BYTES, start_of};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// How much of a file tells its dialect.
const LOOK_BYTES: usize = 1 << 20;
/// Rows that tell whether the first one is one of them.
const ROWS_BELOW: usize = 16;
/// Read at once, where all rows are.
const BUFFER_BYTES: usize = 1 << 20;

pub fn recognises(head: &Head) -> bool {
    let first = head.text().first();
    // Markup and JSON have commas too.
    if matches!(first, None | Some(b'<' | b'{' | b'[')) {
        return false;
    }
    // The names of a wide table alone are longer than the head.
    csv::sniff(head.bytes).is_some()
        || (head.bytes.len() == HEAD_BYTES
            && !head.bytes.contains(&0)
            && start_of(head.path, LOOK_BYTES).is_ok_and(|start| csv::sniff(&start).is_some()))
}

pub fn open(path: &Path) -> Opened {
    let unreadable = |error: std::io::Error| ("source-unreadable", error.to_string());
    let start = start_of(path, LOOK_BYTES).map_err(unreadable)?;
    let dialect = csv::sniff(&start).ok_or(("file-not-understood", "csv".to_owned()))?;
    let mut records = Records::of(start.as_slice(), &dialect).map_err(unreadable)?;
    let names = match records.next().map_err(unreadable)? {
        Some(Ok(names)) => names,
        _ => return Err(("file-not-understood", "csv".to_owned())),
    };
    let mut columns: Vec<String> = names
        .iter()
        .take(dialect.columns)
        .map(|name| dialect.encoding.decode(name).trim().to_owned())
        .collect();
    let has_names = !begins_with_row(&columns, &mut records, &dialect);
    if !has_names {
        columns = (1..=columns.len()).map(|number| format!("colonne_{number}")).collect();
    }
    let mut notes = match dialect.encoding {
        Encoding::Utf8 => Vec::new(),
        other => vec![Note::new("encoding-guessed", Severity::Info, other.name())],
    };
    if !has_names {
        notes.push(Note::new("table-without-names", Severity::Warning, columns.join(", ")));
    }
    if dialect.before > 0 {
        notes.push(Note::new("table-lines-before", Severity::Info, dialect.before));
    }
    let marks = decimals::marks(&start, &dialect, start.len() >= LOOK_BYTES);
    let assumed: Vec<&str> = columns.iter().zip(&marks).filter(|(_, marks)| marks.assumed).map(|(name, _)| name.as_str()).collect();
    if !assumed.is_empty() {
        notes.push(Note::new("table-commas-assumed", Severity::Warning, assumed.join(", ")));
    }
    let assumed: Vec<&str> = columns.iter().zip(&marks).filter(|(_, marks)| marks.points_assumed).map(|(name, _)| name.as_str()).collect();
    if !assumed.is_empty() {
        notes.push(Note::new("table-points-assumed", Severity::Warning, assumed.join(", ")));
    }
    if dialect.trailing {
        notes.push(Note::new("table-trailing-delimiter", Severity::Info, columns.len()));
    }
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Other,
        crs: None,
        columns: columns.clone(),
        content: Content::Table(Box::new(Rows {
            path: path.to_owned(),
            dialect,
            has_names,
            marks,
            columns,
            notes,
            before: Preamble::of(&csv::before(&start, &dialect)),
        })),
    }])
}

/// Whether what stands for the names of columns is a row like those below it: a stamp over stamps.
fn begins_with_row(names: &[String], below: &mut Records<&[u8]>, dialect: &Dialect) -> bool {
    let is_stamp = |text: &str| Stamp::parse(text).is_some_and(|stamp| stamp.precision >= Precision::Day) && !text.bytes().all(|byte| byte.is_ascii_digit());
    let stamped: Vec<usize> = (0..names.len()).filter(|at| names.get(*at).is_some_and(|name| is_stamp(name))).collect();
    let [at] = stamped[..] else { return false };
    let rows: Vec<Vec<Vec<u8>>> = std::iter::from_fn(|| below.next().ok().flatten()).filter_map(Result::ok).filter(|row| csv::fits(row, names.len())).take(ROWS_BELOW).collect();
    let alike = rows.iter().filter(|row| row.get(at).is_some_and(|field| is_stamp(dialect.encoding.decode(field).trim()))).count();
    !rows.is_empty() && 10 * alike >= 9 * rows.len()
}

struct Rows {
    path: PathBuf,
    dialect: Dialect,
    /// The first record names the columns.
    has_names: bool,
    /// Of each column.
    marks: Vec<Marks>,
    columns: Vec<String>,
    notes: Vec<Note>,
    before: Preamble,
}

impl Table for Rows {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        let file = BufReader::new(File::open(&self.path).map_err(text)?);
        let mut records = Records::of(file, &self.dialect).map_err(text)?;
        if self.has_names {
            records.next().map_err(text)?;
        }
        let plan: Vec<(&'static str, Vec<usize>)> = mapping
            .iter()
            .map(|(term, names)| {
                let at = |name: &String| self.columns.iter().position(|column| column == name);
                (*term, names.iter().filter_map(at).collect())
            })
            .collect();
        let mut number = 0_u64;
        while let Some(fields) = records.next().map_err(text)? {
            number += 1;
            let object = format!("#{number}");
            let fields = match fields {
                Ok(fields) if csv::fits(&fields, self.columns.len()) => fields,
                Ok(fields) => {
                    each(Err(Unread {
                        object,
                        reason: format!("{} / {}", fields.len(), self.columns.len()),
                    }));
                    continue;
                }
                Err(length) => {
                    each(Err(Unread {
                        object,
                        reason: format!("{length} > {}", csv::MAX_RECORD_BYTES),
                    }));
                    continue;
                }
            };
            let mut record = Record {
                object,
                ..Record::default()
            };
            for (term, places) in &plan {
                let cell = places.iter().find_map(|at| self.cell(*at, fields.get(*at)?));
                if let Some(cell) = cell {
                    record.values.push((term, cell));
                }
            }
            record.name_by_id();
            each(Ok(record));
        }
        Ok(())
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn has_geometry(&self) -> bool {
        false
    }

    fn series_facts(&self) -> SeriesFacts {
        SeriesFacts { before: self.before.clone(), ..SeriesFacts::default() }
    }

    fn cells(&self, columns: &[(usize, &str)], each: &mut dyn FnMut(CellRow) -> bool) -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        let file = BufReader::with_capacity(BUFFER_BYTES, File::open(&self.path).map_err(text)?);
        let mut records = Records::of(file, &self.dialect).map_err(text)?;
        if self.has_names {
            records.next().map_err(text)?;
        }
        let (mut number, mut cells) = (0_u64, Vec::with_capacity(columns.len()));
        while let Some(fields) = records.next().map_err(text)? {
            number += 1;
            let unread = |reason: String| Unread { object: format!("#{number}"), reason };
            let going = match fields {
                Ok(fields) if csv::fits(&fields, self.columns.len()) => {
                    cells.clear();
                    cells.extend(columns.iter().map(|(at, _)| fields.get(*at).and_then(|field| self.cell(*at, field))));
                    each(Ok((number, &cells)))
                }
                Ok(fields) => each(Err(unread(format!("{} / {}", fields.len(), self.columns.len())))),
                Err(length) => each(Err(unread(format!("{length} > {}", csv::MAX_RECORD_BYTES)))),
            };
            if !going {
                break;
            }
        }
        Ok(())
    }
}

impl Rows {
    fn cell(&self, at: usize, field: &[u8]) -> Option<Cell> {
        let text = self.dialect.encoding.decode(field);
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Some(match written_number(text, self.marks.get(at).copied().unwrap_or_default()) {
            Some(number) => Cell::Number(number),
            None => Cell::Text(text.to_owned()),
        })
    }
}
