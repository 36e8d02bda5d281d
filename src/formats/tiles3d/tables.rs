//! Property tables of subtrees: what they tell of tiles ([`super::metadata`]), and what else is said of tiles and contents, for people.

use super::TilesFault;
use super::metadata::{TileBounds, TileSchema};
use crate::formats::gltf::metadata::Reader;
use crate::formats::gltf::{Column, GltfFault, Limits, Values};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Properties of one table that are kept for people.
const MAX_COLUMNS: usize = 64;
/// Rows of one table: more than the deepest subtree that is read has tiles.
const MAX_ROWS: usize = 1 << 19;
/// Values of one table that are kept for people, all columns together: a few bytes may be many texts.
const MAX_VALUES: usize = 1 << 21;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RawTable {
    pub class: String,
    pub count: usize,
    /// [`crate::formats::gltf::json::TableProperty`] by property id.
    pub properties: Map<String, Value>,
}

/// The buffer views that a column lies in.
pub(super) fn views(property: &Value) -> impl Iterator<Item = usize> {
    ["values", "stringOffsets", "arrayOffsets"].into_iter().filter_map(|name| usize::try_from(property.get(name)?.as_u64()?).ok())
}

/// What a table says, a row for each thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows(Vec<Column>);

impl Rows {
    /// What is said of one thing.
    pub fn row(&self, row: usize) -> Vec<Column> {
        let of = |column: &Column| {
            let values = match &column.values {
                Values::U32(list) => Values::U32(vec![*list.get(row).filter(|value| **value != u32::MAX)?]),
                Values::F32(list) => Values::F32(vec![*list.get(row).filter(|value| value.is_finite())?]),
                Values::F64(list) => Values::F64(vec![*list.get(row).filter(|value| value.is_finite())?]),
                Values::Text(list) => Values::Text([list.known(row)?].into()),
                odd @ (Values::Vectors { .. } | Values::Mixed(_)) => Values::Text([odd.said(row)?].into()),
            };
            Some(Column { name: column.name.clone(), values })
        };
        self.0.iter().filter_map(of).collect()
    }

    /// In memory.
    pub fn bytes(&self) -> u64 {
        self.0.iter().map(|column| column.values.bytes()).sum()
    }
}

/// The columns that tell what tiles are like.
pub(super) fn bounds(table: &RawTable, schema: &TileSchema, views: &BTreeMap<usize, Vec<u8>>) -> Result<Option<TileBounds>, TilesFault> {
    let view = |number: usize| found(views, number);
    let reader = Reader::new(&schema.schema, &view, &Limits::default());
    let mut bounds = TileBounds::default();
    for (name, place) in &table.properties {
        let Some(semantic) = schema.semantic(&table.class, name) else { continue };
        let numbers = reader.numbers(&table.class, name, place, table.count.min(MAX_ROWS), semantic.numbers());
        match numbers {
            Ok(Some(numbers)) => {
                bounds.columns.insert(semantic, numbers);
            }
            Ok(None) => {}
            Err(fault) => return Err(TilesFault::new("subtree-metadata", "propertyTables", format!("{name}: {}", fault.value))),
        }
    }
    Ok((!bounds.columns.is_empty()).then_some(bounds))
}

/// All else. A column that cannot be read costs nobody the tile.
pub(super) fn rows(table: &RawTable, schema: &TileSchema, views: &BTreeMap<usize, Vec<u8>>) -> Rows {
    let view = |number: usize| found(views, number);
    let mut reader = Reader::new(&schema.schema, &view, &Limits::default());
    let mut rows = Vec::new();
    let columns = MAX_COLUMNS.min(MAX_VALUES / table.count.clamp(1, MAX_ROWS));
    for (name, place) in &table.properties {
        if rows.len() >= columns || schema.semantic(&table.class, name).is_some() {
            continue;
        }
        if let Ok(Some(values)) = reader.column(&table.class, name, place, table.count.min(MAX_ROWS)) {
            rows.push(Column { name: name.clone(), values });
        }
    }
    Rows(rows)
}

fn found(views: &BTreeMap<usize, Vec<u8>>, number: usize) -> Result<&[u8], GltfFault> {
    views.get(&number).map(Vec::as_slice).ok_or_else(|| GltfFault::new("gltf-index", format!("bufferViews[{number}]"), ""))
}
