//! A table of JSON values with named columns: what two of the formats are made of.

use super::MAX_ROWS;
use crate::formats::Fault;
use serde_json::Value;
use std::collections::HashMap;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: HashMap<String, usize>,
    /// The name of each row; its number where the format names none.
    index: Vec<i64>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    /// # Errors
    /// `network-limit` or `network-table` when rows and columns do not fit each other.
    pub fn new(
        name: &str,
        columns: Vec<String>,
        index: Vec<i64>,
        rows: Vec<Vec<Value>>,
    ) -> Result<Self, Fault> {
        if rows.len() > MAX_ROWS {
            return Err(Fault::new("network-limit", name, rows.len()));
        }
        if index.len() != rows.len() {
            let value = format!("{} ≠ {}", index.len(), rows.len());
            return Err(Fault::new("network-table", name, value));
        }
        if let Some(row) = rows.iter().position(|row| row.len() != columns.len()) {
            let found = rows.get(row).map_or(0, Vec::len);
            let value = format!("{found} ≠ {}", columns.len());
            return Err(Fault::new("network-table", format!("{name}[{row}]"), value));
        }
        let columns = columns
            .into_iter()
            .enumerate()
            .map(|(place, column)| (column, place))
            .collect();
        Ok(Self {
            columns,
            index,
            rows,
        })
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.index
            .iter()
            .zip(&self.rows)
            .map(|(&index, cells)| Row {
                index,
                columns: &self.columns,
                cells,
            })
    }
}

/// One row; a column that is absent and a cell that is null look the same.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub index: i64,
    columns: &'a HashMap<String, usize>,
    cells: &'a [Value],
}

impl<'a> Row<'a> {
    pub fn value(&self, column: &str) -> Option<&'a Value> {
        let place = *self.columns.get(column)?;
        self.cells.get(place).filter(|value| !value.is_null())
    }

    /// Whether the table has the column at all.
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// A finite number; text that reads as one counts.
    pub fn number(&self, column: &str) -> Option<f64> {
        number(self.value(column)?)
    }

    pub fn number_or(&self, column: &str, default: f64) -> f64 {
        self.number(column).unwrap_or(default)
    }

    pub fn integer(&self, column: &str) -> Option<i64> {
        let number = self.number(column)?;
        (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
    }

    /// True, false, or a number other than or equal to zero.
    pub fn flag_or(&self, column: &str, default: bool) -> bool {
        match self.value(column) {
            Some(Value::Bool(flag)) => *flag,
            Some(value) => number(value).map_or(default, |number| number != 0.0),
            None => default,
        }
    }

    pub fn text(&self, column: &str) -> Option<&'a str> {
        self.value(column)?.as_str()
    }
}

/// A finite number of a JSON value.
pub fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}
