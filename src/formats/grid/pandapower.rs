//! pandapower's JSON: an object of tables, each a text that holds a data frame in split form.

use super::table::{Table, number};
use crate::formats::Fault;
use serde_json::Value;
use std::collections::BTreeMap;

/// Most texts inside texts: a real file has two.
const MAX_DEPTH: usize = 4;

#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The power of 1 per unit, MVA.
    pub sn_mva: f64,
    pub f_hz: f64,
    /// Element tables by name (`bus`, `line` …); results are left out.
    pub tables: BTreeMap<String, Table>,
}

impl Document {
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }
}

/// # Errors
/// A [`Fault`] when the object is no network, or a table's rows and columns do not fit.
pub fn read(value: Value) -> Result<Document, Fault> {
    let mut net = unwrapped(value, "")?;
    if let Some(inner) = net.get_mut("_object") {
        net = unwrapped(inner.take(), "_object")?;
    }
    let Value::Object(members) = net else {
        return Err(Fault::new("network-json", "_object", "object"));
    };
    let mut document = Document {
        sn_mva: 1.0,
        f_hz: 50.0,
        tables: BTreeMap::new(),
    };
    for (name, member) in members {
        match name.as_str() {
            "sn_mva" => document.sn_mva = number(&member).unwrap_or(1.0),
            // `sn_kva` is what version 1 said.
            "sn_kva" => document.sn_mva = number(&member).map_or(1.0, |kva| kva / 1000.0),
            "f_hz" => document.f_hz = number(&member).unwrap_or(50.0),
            name if name.starts_with("res_") || name.starts_with('_') => {}
            _ => {
                if let Some(table) = table(&name, member)? {
                    document.tables.insert(name, table);
                }
            }
        }
    }
    if !document.tables.contains_key("bus") {
        return Err(Fault::new("network-table", "bus", "–"));
    }
    Ok(document)
}

/// JSON that is written as a text, opened.
fn unwrapped(mut value: Value, name: &str) -> Result<Value, Fault> {
    for _ in 0..MAX_DEPTH {
        match value {
            Value::String(text) => {
                value = serde_json::from_str(&text)
                    .map_err(|error| Fault::new("network-json", name, error))?;
            }
            other => return Ok(other),
        }
    }
    Err(Fault::new("network-limit", name, MAX_DEPTH))
}

/// The data frame of a member; `None` for members that are something else.
fn table(name: &str, mut member: Value) -> Result<Option<Table>, Fault> {
    if member.get("_class").and_then(Value::as_str) != Some("DataFrame") {
        return Ok(None);
    }
    let Some(object) = member.get_mut("_object") else {
        return Ok(None);
    };
    let mut frame = unwrapped(object.take(), name)?;
    let missing = |part: &str| Fault::new("network-table", name, part);
    let columns = match frame.get_mut("columns").map(Value::take) {
        Some(Value::Array(columns)) => columns
            .into_iter()
            .map(|column| match column {
                Value::String(text) => text,
                other => other.to_string(),
            })
            .collect(),
        _ => return Err(missing("columns")),
    };
    let index = match frame.get_mut("index").map(Value::take) {
        Some(Value::Array(index)) => index
            .iter()
            .enumerate()
            // Names of rows that are no numbers (standard types) get their place.
            .map(|(place, value)| value.as_i64().unwrap_or(place as i64))
            .collect(),
        _ => return Err(missing("index")),
    };
    let rows = match frame.get_mut("data").map(Value::take) {
        Some(Value::Array(rows)) => rows
            .into_iter()
            .map(|row| match row {
                Value::Array(cells) => cells,
                _ => Vec::new(),
            })
            .collect(),
        _ => return Err(missing("data")),
    };
    Table::new(name, columns, index, rows).map(Some)
}
