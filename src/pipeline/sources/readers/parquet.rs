//! Parquet, with geometries where its `geo` metadata say so (GeoParquet), row by row.
//!
//! The crate panics on some damaged or unusual files; each step into it is caught and becomes a finding.

use super::{CellRow, Content, Found, Head, Opened, Row, Table, Unread, short_name};
use crate::formats::geoparquet::{self, Geometry};
use crate::formats::shape::ShapeKind;
use crate::formats::wkb;
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use parquet::data_type::Decimal;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;
use std::collections::HashMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of nothing that are handed out, where no column is asked for: a footer may state any number of them.
const MAX_EMPTY_ROWS: u64 = 16 << 20;
/// Rows looked at for the kind of shapes, where the metadata leave it open.
const LOOK_ROWS: usize = 20;

pub fn recognises(head: &Head) -> bool {
    head.bytes.starts_with(b"PAR1")
}

/// What the crate does, with its panics as errors.
fn caught<T>(step: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(step))
        .unwrap_or_else(|_| Err("the file is damaged or unusual".to_owned()))
}

fn reader(path: &Path) -> Result<SerializedFileReader<File>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    SerializedFileReader::new(file).map_err(|fault| fault.to_string())
}

pub fn open(path: &Path) -> Opened {
    let mut rows = caught(|| Rows::open(path)).map_err(|reason| ("source-unreadable", reason))?;
    let mut kind = rows
        .geometry
        .as_ref()
        .map_or(ShapeKind::Other, |geometry| geometry.kind);
    if kind == ShapeKind::Other && rows.geometry.is_some() {
        kind = rows.first_kind();
    }
    if let Some(geometry) = &mut rows.geometry {
        geometry.kind = kind;
    }
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind,
        crs: rows
            .geometry
            .as_ref()
            .and_then(|geometry| geometry.crs.clone()),
        columns: rows.columns.clone(),
        content: Content::Table(Box::new(rows)),
    }])
}

struct Rows {
    path: PathBuf,
    geometry: Option<Geometry>,
    /// Single values only: lists and groups are nothing we can map.
    columns: Vec<String>,
    count: u64,
    stamps: HashMap<String, Stamps>,
}

impl Rows {
    fn open(path: &Path) -> Result<Self, String> {
        let reader = reader(path)?;
        let metadata = reader.metadata().file_metadata();
        let stated = metadata
            .key_value_metadata()
            .into_iter()
            .flatten()
            .find(|pair| pair.key == geoparquet::KEY);
        let geometry = match stated.and_then(|pair| pair.value.as_deref()) {
            Some(json) => Some(geoparquet::metadata(json).map_err(|fault| fault.to_string())?),
            None => None,
        };
        let columns = metadata
            .schema()
            .get_fields()
            .iter()
            .filter(|field| field.is_primitive())
            .map(|field| field.name().to_owned())
            .filter(|name| {
                geometry
                    .as_ref()
                    .is_none_or(|geometry| geometry.column != *name)
            })
            .collect();
        let count = u64::try_from(metadata.num_rows()).unwrap_or(0);
        let stamps = metadata.schema().get_fields().iter().filter_map(|field| Some((field.name().to_owned(), Stamps::of(field)?))).collect();
        Ok(Self {
            stamps,
            path: path.to_owned(),
            geometry,
            columns,
            count,
        })
    }

    fn first_kind(&self) -> ShapeKind {
        let mut kinds = Vec::new();
        let looked = self.walk(&[], LOOK_ROWS, &mut |fields| {
            if let Some((_, Field::Bytes(bytes))) = fields.first()
                && let Ok((shape, _)) = wkb::parse(bytes.data())
            {
                kinds.push(shape.kind());
            }
        });
        match (looked, kinds.first()) {
            (Ok(()), Some(first)) if kinds.iter().all(|kind| kind == first) => *first,
            _ => ShapeKind::Other,
        }
    }

    /// The rows' geometry and these columns, at most so many rows.
    fn walk(
        &self,
        columns: &[&str],
        most: usize,
        each: &mut dyn FnMut(Vec<(String, Field)>),
    ) -> Result<(), String> {
        let (mut left, mut fault) = (most, None);
        if left == 0 {
            return Ok(());
        }
        self.walk_while(columns, &mut |row| {
            match row {
                Ok(fields) => each(fields),
                Err(lost) => fault = Some(lost.reason),
            }
            left -= 1;
            left > 0 && fault.is_none()
        })?;
        fault.map_or(Ok(()), Err)
    }

    /// As long as `each` wants more. Where a group of rows is damaged, the rest of it is lost and the next one goes on.
    fn walk_while(&self, columns: &[&str], each: &mut dyn FnMut(Result<Vec<(String, Field)>, Lost>) -> bool) -> Result<(), String> {
        let reader = caught(|| reader(&self.path))?;
        let root = reader.metadata().file_metadata().schema();
        let is_geometry = |name: &str| self.geometry.as_ref().is_some_and(|geometry| geometry.column == name);
        let fields: Vec<Arc<Type>> = root.get_fields().iter().filter(|field| columns.contains(&field.name()) || is_geometry(field.name())).cloned().collect();
        if fields.is_empty() {
            for _ in 0..self.count.min(MAX_EMPTY_ROWS) {
                if !each(Ok(Vec::new())) {
                    break;
                }
            }
            return Ok(());
        }
        let projection = Type::group_type_builder(root.name()).with_fields(fields).build().map_err(|fault| fault.to_string())?;
        let mut before = 0_u64;
        for number in 0..reader.num_row_groups() {
            let count = reader.metadata().row_groups().get(number).map_or(0, |group| u64::try_from(group.num_rows()).unwrap_or(0));
            let mut read = 0;
            let lost = |read: u64, reason: String| Err(Lost { first: before + read + 1, last: before + count.max(read + 1), reason });
            let group = caught(|| reader.get_row_group(number).map_err(|fault| fault.to_string()));
            let rows = group.as_ref().map_err(Clone::clone).and_then(|group| caught(|| group.get_row_iter(Some(projection.clone())).map_err(|fault| fault.to_string())));
            let mut rows = match rows {
                Ok(rows) => rows,
                Err(reason) => {
                    if !each(lost(read, reason)) {
                        return Ok(());
                    }
                    before += count;
                    continue;
                }
            };
            loop {
                let row = match caught(|| rows.next().transpose().map_err(|fault| fault.to_string())) {
                    Ok(Some(row)) => Ok(row.into_columns()),
                    Ok(None) => break,
                    Err(reason) => lost(read, reason),
                };
                let is_lost = row.is_err();
                if !each(row) {
                    return Ok(());
                }
                if is_lost {
                    break;
                }
                read += 1;
            }
            before += count;
        }
        Ok(())
    }

    /// The same; a file of which nothing can be read is a fault as a whole.
    fn walk_through(&self, columns: &[&str], each: &mut dyn FnMut(Result<Vec<(String, Field)>, Lost>) -> bool) -> Result<(), String> {
        let (mut is_read, mut lost_before) = (false, Vec::new());
        self.walk_while(columns, &mut |row| match row {
            Err(lost) if !is_read => {
                lost_before.push(lost);
                true
            }
            row => {
                is_read = true;
                lost_before.drain(..).all(|lost| each(Err(lost))) && each(row)
            }
        })?;
        lost_before.into_iter().next().map_or(Ok(()), |lost| Err(lost.reason))
    }
}

/// Rows that cannot be read, counted from 1.
struct Lost {
    first: u64,
    last: u64,
    reason: String,
}

impl Lost {
    fn unread(self) -> Unread {
        let object = if self.first == self.last { format!("#{}", self.first) } else { format!("#{} … #{}", self.first, self.last) };
        Unread { object, reason: self.reason }
    }
}

impl Table for Rows {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let mut columns: Vec<&str> = mapping
            .iter()
            .flat_map(|(_, names)| names)
            .map(String::as_str)
            .collect();
        columns.dedup();
        let mut number = 0_u64;
        self.walk_through(&columns, &mut |row| {
            let row = match row {
                Ok(fields) => {
                    number += 1;
                    self.record(number, &fields, mapping)
                }
                Err(lost) => {
                    number = lost.last;
                    Err(lost.unread())
                }
            };
            each(row);
            true
        })
    }

    fn rows(&self) -> Option<u64> {
        Some(self.count)
    }

    fn has_geometry(&self) -> bool {
        self.geometry.is_some()
    }

    fn cells(&self, columns: &[(usize, &str)], each: &mut dyn FnMut(CellRow) -> bool) -> Result<(), String> {
        let names: Vec<&str> = columns.iter().map(|(_, name)| *name).collect();
        let kinds: Vec<Option<Stamps>> = names.iter().map(|name| self.stamps.get(*name).copied()).collect();
        let mut number = 0_u64;
        let mut cells: Vec<Option<Cell>> = Vec::new();
        self.walk_through(&names, &mut |row| {
            let fields = match row {
                Ok(fields) => fields,
                Err(lost) => {
                    number = lost.last;
                    return each(Err(lost.unread()));
                }
            };
            number += 1;
            cells.clear();
            cells.extend(names.iter().zip(&kinds).enumerate().map(|(at, (name, kind))| {
                // Mostly they come in the order of the file, which is that of the columns.
                let found = fields.get(at).filter(|(known, _)| known == name).or_else(|| fields.iter().find(|(known, _)| known == name));
                let (_, field) = found?;
                kind.map_or_else(|| infinite(field).or_else(|| cell(field)), |kind| kind.cell(field))
            }));
            each(Ok((number, &cells)))
        })
    }
}

/// How a column of instants is stored, where the row reader of the crate does not tell.
#[derive(Clone, Copy, Debug)]
struct Stamps {
    /// Of a second; 0 for columns the crate reads as instants itself.
    per_second: i64,
    /// Of no place: an hour of somebody's wall clock.
    wall: bool,
    /// A time of day.
    of_day: bool,
}

impl Stamps {
    /// Of a column; `None` when its values are no instants.
    fn of(column: &Type) -> Option<Self> {
        use parquet::basic::{LogicalType, TimeUnit};
        match column.get_basic_info().logical_type_ref() {
            Some(LogicalType::Timestamp(kind)) => {
                let per_second = if matches!(kind.unit, TimeUnit::NANOS) { 1_000_000_000 } else { 0 };
                Some(Self { per_second, wall: !kind.is_adjusted_to_u_t_c, of_day: false })
            }
            // The crate reads others itself.
            Some(LogicalType::Time(kind)) if matches!(kind.unit, TimeUnit::NANOS) => Some(Self { per_second: 1_000_000_000, wall: true, of_day: true }),
            _ => None,
        }
    }

    fn cell(self, field: &Field) -> Option<Cell> {
        let text = match field {
            Field::Long(count) if self.of_day => time_of_day(u64::try_from(*count).ok()?)?,
            Field::Long(count) if self.per_second > 0 => instant(count.div_euclid(self.per_second / 1000))?,
            other => match cell(other)? {
                Cell::Text(text) => text,
                other => return Some(other),
            },
        };
        // Without an offset the reader of the series asks whose clock it is.
        Some(Cell::Text(if self.wall { text.trim_end_matches('Z').to_owned() } else { text }))
    }
}

impl Rows {
    fn record(&self, number: u64, fields: &[(String, Field)], mapping: &Mapping) -> Row {
        let mut record = Record {
            object: format!("#{number}"),
            ..Record::default()
        };
        let field = |name: &str| {
            fields
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, field)| field)
        };
        for (term, names) in mapping {
            if let Some(cell) = names.iter().find_map(|name| cell(field(name)?)) {
                record.values.push((term, cell));
            }
        }
        record.name_by_id();
        if let Some(geometry) = &self.geometry {
            match field(&geometry.column) {
                None | Some(Field::Null) => {}
                Some(Field::Bytes(bytes)) => match wkb::parse(bytes.data()) {
                    Ok((shape, _)) => record.shape = Some(shape),
                    Err(fault) => {
                        return Err(Unread {
                            object: record.object,
                            reason: fault.to_string(),
                        });
                    }
                },
                Some(_) => {
                    let reason = "the geometry is no well-known binary".to_owned();
                    return Err(Unread {
                        object: record.object,
                        reason,
                    });
                }
            }
        }
        Ok(record)
    }
}

/// A number that went wrong, which a series tells from one that is not there; `NaN` is how many programs write the latter.
fn infinite(field: &Field) -> Option<Cell> {
    let value = match field {
        Field::Float(value) => f64::from(*value),
        Field::Double(value) => *value,
        _ => return None,
    };
    value.is_infinite().then_some(Cell::Number(value))
}

fn cell(field: &Field) -> Option<Cell> {
    let number = |value: f64| value.is_finite().then_some(Cell::Number(value));
    let text = |value: String| (!value.trim().is_empty()).then_some(Cell::Text(value));
    match field {
        Field::Bool(value) => Some(Cell::Flag(*value)),
        Field::Byte(value) => number(f64::from(*value)),
        Field::Short(value) => number(f64::from(*value)),
        Field::Int(value) => number(f64::from(*value)),
        Field::Long(value) => number(*value as f64),
        Field::UByte(value) => number(f64::from(*value)),
        Field::UShort(value) => number(f64::from(*value)),
        Field::UInt(value) => number(f64::from(*value)),
        Field::ULong(value) => number(*value as f64),
        Field::Float16(value) => number(f64::from(f32::from(*value))),
        Field::Float(value) => number(f64::from(*value)),
        Field::Double(value) => number(*value),
        Field::Decimal(value) => decimal(value).and_then(number),
        Field::Str(value) => text(value.clone()),
        Field::Bytes(value) => text(String::from_utf8(value.data().to_vec()).ok()?),
        Field::Date(days) => text(
            instant(i64::from(*days).checked_mul(86_400_000)?)?
                .get(..10)?
                .to_owned(),
        ),
        Field::TimestampMillis(value) => text(instant(*value)?),
        Field::TimestampMicros(value) => text(instant(value.div_euclid(1000))?),
        Field::TimeMillis(value) => time_of_day(u64::try_from(*value).ok()?.checked_mul(1_000_000)?).map(Cell::Text),
        Field::TimeMicros(value) => time_of_day(u64::try_from(*value).ok()?.checked_mul(1_000)?).map(Cell::Text),
        Field::Null
        | Field::Group(_)
        | Field::ListInternal(_)
        | Field::MapInternal(_) => None,
    }
}

/// What a clock shows so many nanoseconds after midnight.
fn time_of_day(nanoseconds: u64) -> Option<String> {
    let seconds = nanoseconds / 1_000_000_000;
    (seconds < 86_400).then(|| format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
}

/// RFC 3339, UTC.
fn instant(milliseconds: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(milliseconds)
        .ok()
        .map(|instant| instant.to_string())
}

/// Two's complement, the most significant byte first.
fn decimal(value: &Decimal) -> Option<f64> {
    let bytes = value.data();
    let negative = bytes.first()? & 0x80 != 0;
    let digits = bytes
        .iter()
        .fold(if negative { -1.0 } else { 0.0 }, |sum: f64, byte| {
            sum * 256.0 + f64::from(*byte)
        });
    Some(digits / 10_f64.powi(value.scale()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_infinite_number_is_not_absent() {
        assert_eq!(infinite(&Field::Double(f64::INFINITY)), Some(Cell::Number(f64::INFINITY)));
        assert_eq!(infinite(&Field::Float(f32::NEG_INFINITY)), Some(Cell::Number(f64::NEG_INFINITY)));
        assert_eq!([Field::Double(f64::NAN), Field::Double(1.0), Field::Null].map(|field| infinite(&field)), [None, None, None]);
    }
}
