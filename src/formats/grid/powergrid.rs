//! power-grid-model's JSON: components by name, each row an object or a list in the order of `attributes`.

use super::table::Table;
use crate::formats::Fault;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Components by name (`node`, `line`, `sym_load` …).
pub type Components = BTreeMap<String, Table>;

#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// `input`, `update`, `sym_output` …
    pub kind: String,
    /// One for a plain data set, one for each scenario of a batch.
    pub scenarios: Vec<Components>,
}

/// Most scenarios of a batch: a year of minutes.
const MAX_SCENARIOS: usize = 527_040;

/// # Errors
/// A [`Fault`] when rows and attributes do not fit.
pub fn read(mut value: Value) -> Result<Document, Fault> {
    let kind = value
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("input")
        .to_owned();
    let attributes: BTreeMap<String, Vec<String>> = value
        .get("attributes")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, list)| {
            let list = list.as_array().into_iter().flatten();
            let names = list.filter_map(|name| name.as_str().map(str::to_owned));
            (name.clone(), names.collect())
        })
        .collect();
    // The first versions had the components at the top.
    let data = match value.get_mut("data") {
        Some(data) => data.take(),
        None => value,
    };
    let scenarios = match data {
        Value::Array(scenarios) => scenarios,
        one => vec![one],
    };
    if scenarios.len() > MAX_SCENARIOS {
        return Err(Fault::new("network-limit", "data", scenarios.len()));
    }
    let scenarios = scenarios
        .into_iter()
        .enumerate()
        .map(|(number, scenario)| match scenario {
            Value::Object(members) => components(members, &attributes),
            _ => Err(Fault::new(
                "network-table",
                format!("data[{number}]"),
                "object",
            )),
        })
        .collect::<Result<_, _>>()?;
    Ok(Document { kind, scenarios })
}

fn components(
    members: Map<String, Value>,
    attributes: &BTreeMap<String, Vec<String>>,
) -> Result<Components, Fault> {
    let mut components = Components::new();
    for (name, member) in members {
        let Value::Array(rows) = member else {
            continue;
        };
        let mut columns: Vec<String> = attributes.get(&name).cloned().unwrap_or_default();
        let mut places: BTreeMap<String, usize> = columns
            .iter()
            .enumerate()
            .map(|(place, column)| (column.clone(), place))
            .collect();
        let mut cells: Vec<Vec<Value>> = Vec::with_capacity(rows.len());
        for row in rows {
            match row {
                Value::Array(list) => cells.push(list),
                Value::Object(object) => {
                    let mut line = vec![Value::Null; columns.len()];
                    for (column, value) in object {
                        let place = *places.entry(column.clone()).or_insert_with(|| {
                            columns.push(column);
                            columns.len() - 1
                        });
                        if line.len() <= place {
                            line.resize(place + 1, Value::Null);
                        }
                        if let Some(cell) = line.get_mut(place) {
                            *cell = value;
                        }
                    }
                    cells.push(line);
                }
                _ => return Err(Fault::new("network-table", name, "row")),
            }
        }
        for line in &mut cells {
            // Rows name what they have; a longer list than its attributes is a fault that the table tells.
            if line.len() < columns.len() {
                line.resize(columns.len(), Value::Null);
            }
        }
        let index = (0..cells.len() as i64).collect();
        components.insert(name.clone(), Table::new(&name, columns, index, cells)?);
    }
    Ok(components)
}
