//! Answers of open-data services: JSON lists of records, bare (`/exports/json`) or in an envelope (Opendatasoft `results` and `records`, data-fair `results`, Hub'Eau `data`).
//!
//! No geometry: such rows are series, or joined to a layer by an id.

use super::{CellRow, Content, Found, Head, Note, Opened, Row, Table, short_name, whole};
use crate::base::Severity;
use crate::formats::shape::ShapeKind;
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::path::Path;

/// A document is parsed whole; services answer in pages that are far smaller.
const MAX_BYTES: u64 = 512 << 20;
/// Members beyond so many are no columns any more.
const MAX_COLUMNS: usize = 10_000;
/// Where envelopes hold their records.
const LISTS: [&str; 3] = ["results", "records", "data"];
/// What envelopes call the number of all records.
const TOTALS: [&str; 4] = ["total_count", "total", "nhits", "count"];

pub fn recognises(head: &Head) -> bool {
    let text = String::from_utf8_lossy(head.text());
    let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_other = ["\"FeatureCollection\"", "\"is_batch\"", "\"CityJSON\""].iter().any(|mark| squeezed.contains(mark));
    let in_envelope = || LISTS.iter().any(|list| squeezed.contains(&format!("\"{list}\":[{{")));
    !is_other && (squeezed.starts_with("[{") || squeezed.starts_with('{') && in_envelope())
}

pub fn open(path: &Path) -> Opened {
    let length = std::fs::metadata(path).map_or(0, |meta| meta.len());
    if length > MAX_BYTES {
        return Err(("file-too-large", length.to_string()));
    }
    let bytes = whole(path)?;
    let document: Value = serde_json::from_slice(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes)).map_err(|error| ("source-unreadable", error.to_string()))?;
    drop(bytes);
    let stated = TOTALS.iter().find_map(|total| document.get(total)?.as_u64()).unwrap_or(0);
    let Some(list) = list_of(document) else { return Err(("file-not-understood", "json".to_owned())) };
    let rows: Vec<Map<String, Value>> = list.into_iter().filter_map(fields_of).collect();
    let mut columns: Vec<String> = Vec::new();
    let mut seen: HashSet<&String> = HashSet::new();
    let single = |(name, value): (_, &Value)| (!value.is_array() && !value.is_object()).then_some(name);
    for name in rows.iter().flat_map(|row| row.iter().filter_map(single)) {
        if columns.len() < MAX_COLUMNS && seen.insert(name) {
            columns.push(name.clone());
        }
    }
    let mut notes = Vec::new();
    if stated > rows.len() as u64 {
        notes.push(Note::new("records-missing", Severity::Warning, stated - rows.len() as u64));
    }
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Other,
        crs: None,
        columns,
        content: Content::Table(Box::new(Rows { rows, notes })),
    }])
}

fn list_of(document: Value) -> Option<Vec<Value>> {
    match document {
        Value::Array(list) => Some(list),
        Value::Object(mut members) => LISTS.iter().find_map(|name| match members.remove(*name) {
            Some(Value::Array(list)) => Some(list),
            _ => None,
        }),
        _ => None,
    }
}

/// The members of a record; Opendatasoft's first versions wrapped them.
fn fields_of(value: Value) -> Option<Map<String, Value>> {
    let Value::Object(mut members) = value else { return None };
    if let Some(inner @ Value::Object(_)) = members.remove("record") {
        return fields_of(inner);
    }
    match members.remove("fields") {
        Some(Value::Object(fields)) => Some(fields),
        _ => Some(members),
    }
}

struct Rows {
    rows: Vec<Map<String, Value>>,
    notes: Vec<Note>,
}

impl Table for Rows {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        for (number, row) in self.rows.iter().enumerate() {
            let mut record = Record { object: format!("#{}", number + 1), ..Record::default() };
            for (term, names) in mapping {
                if let Some(cell) = names.iter().find_map(|name| cell(row.get(name)?)) {
                    record.values.push((term, cell));
                }
            }
            record.name_by_id();
            each(Ok(record));
        }
        Ok(())
    }

    fn cells(&self, columns: &[(usize, &str)], each: &mut dyn FnMut(CellRow) -> bool) -> Result<(), String> {
        let mut cells = Vec::with_capacity(columns.len());
        for (number, row) in self.rows.iter().enumerate() {
            cells.clear();
            cells.extend(columns.iter().map(|(_, name)| row.get(*name).and_then(cell)));
            if !each(Ok((number as u64 + 1, &cells))) {
                break;
            }
        }
        Ok(())
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows.len() as u64)
    }

    fn has_geometry(&self) -> bool {
        false
    }
}

fn cell(value: &Value) -> Option<Cell> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(Cell::Text(text.trim().to_owned())),
        Value::Number(number) => number.as_f64().map(Cell::Number),
        Value::Bool(flag) => Some(Cell::Flag(*flag)),
        _ => None,
    }
}
