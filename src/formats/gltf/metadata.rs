//! Property tables of `EXT_structural_metadata`, both ways.
//!
//! Read: numbers of every type, truths, enumerations (as the names of their values), texts, vectors, matrices and lists of all of them;
//! what the schema says of a property that a table leaves out (`default`) is said of all its rows.

use super::accessor::{Store, document_extension};
use super::columns::{self, Source};
use super::json::{
    Class, Enumeration, Primitive, Property, Schema, StructuralMetadata, Table, TableProperty, extension, value,
};
use super::write::Bin;
use super::{Column, GltfFault, Limits, PropertyTable, Values};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

pub const STRUCTURAL_METADATA: &str = "EXT_structural_metadata";
/// Sets of attributes of one primitive, and attributes of one set.
const MAX_SETS: usize = 16;
const MAX_ATTRIBUTES: usize = 64;

/// The property tables of a document, in its order, so that their numbers stay.
///
/// # Errors
/// `gltf-limit`, `gltf-metadata-range`, `gltf-metadata-text`, and the faults of buffer views.
pub fn tables(store: &Store<'_>, limits: &Limits) -> Result<Vec<PropertyTable>, GltfFault> {
    let Some(metadata) =
        document_extension::<StructuralMetadata>(store.document, STRUCTURAL_METADATA)
    else {
        return Ok(Vec::new());
    };
    let schema = Declared::of(metadata.schema.as_ref().or(store.schema.as_ref()));
    let mut values = 0_usize;
    let mut text = limits.text_bytes;
    let mut tables = Vec::with_capacity(metadata.property_tables.len());
    for (number, table) in metadata.property_tables.into_iter().enumerate() {
        let class = schema.classes.get(table.class.as_str());
        let mut columns = Vec::with_capacity(table.properties.len());
        // Rows that nothing is said of have ids all the same.
        values = values.saturating_add(table.count);
        if values > limits.table_values {
            return Err(GltfFault::new("gltf-limit", "table_values", values));
        }
        for (name, place) in &table.properties {
            let property = class.and_then(|class| class.get(name.as_str()));
            let (Some(property), Ok(place)) = (property, TableProperty::deserialize(place)) else {
                continue;
            };
            // A column costs something even where it has no rows.
            values = values.saturating_add(table.count).saturating_add(1);
            if values > limits.table_values {
                return Err(GltfFault::new("gltf-limit", "table_values", values));
            }
            let object = || format!("propertyTables[{number}].properties.{name}");
            let source = Source {
                view: &|number| store.view(number),
                schema: &schema,
                property,
                place: &place,
                count: table.count,
                object: &object,
            };
            if let Some(values) = source.column(&mut text)? {
                columns.push(Column {
                    name: name.clone(),
                    values,
                });
            }
        }
        // Told in the order of their names, since the schema is not kept in its own.
        let mut left_out: Vec<_> = class.into_iter().flatten().filter(|(name, _)| !table.properties.contains_key(**name)).collect();
        left_out.sort_by_key(|(name, _)| **name);
        for (name, property) in left_out {
            let Some(room) = limits.table_values.checked_sub(values.saturating_add(table.count)) else { break };
            if let Some(column) = columns::default(property, table.count, &mut text) {
                values = limits.table_values - room;
                columns.push(Column { name: (*name).to_owned(), values: column });
            }
        }
        tables.push(PropertyTable {
            class: table.class,
            count: table.count,
            columns,
        });
    }
    Ok(tables)
}

/// Attributes of vertices that the schema knows (`propertyAttributes`), as a table with a row for each vertex; `None` where there are none.
///
/// # Errors
/// Those of accessors.
pub(super) fn of_vertices(store: &Store<'_>, primitive: &Primitive, told: &StructuralMetadata, schema: &Schema, count: usize) -> Result<Option<PropertyTable>, GltfFault> {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct ByNumber {
        property_attributes: Vec<usize>,
    }
    let numbers = extension::<ByNumber>(&primitive.extensions, STRUCTURAL_METADATA).unwrap_or_default().property_attributes;
    let mut table = PropertyTable { count, ..PropertyTable::default() };
    for set in numbers.iter().take(MAX_SETS).filter_map(|number| told.property_attributes.get(*number)) {
        let class = set.get("class").and_then(Value::as_str).unwrap_or_default();
        let described = schema.classes.get(class).and_then(|class| class.get("properties"));
        table.class = class.to_owned();
        for (name, place) in set.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let property = described.and_then(|class| Property::deserialize(class.get(name)?).ok());
            let attribute = place.get("attribute").and_then(Value::as_str).and_then(|name| primitive.attribute(name));
            let (Some(property), Some(attribute)) = (property, attribute) else { continue };
            if property.kind != "SCALAR" || store.accessor(attribute)?.kind != "SCALAR" || table.columns.len() >= MAX_ATTRIBUTES {
                continue;
            }
            let number = |key: &str, class: &Option<Value>| place.get(key).or(class.as_ref()).and_then(Value::as_f64);
            let (scale, offset) = (number("scale", &property.scale).unwrap_or(1.0), number("offset", &property.offset).unwrap_or(0.0));
            let no_data = property.no_data.as_ref().and_then(Value::as_f64);
            let value = |raw: f32| if Some(f64::from(raw)) == no_data { f32::NAN } else { (f64::from(raw) * scale + offset) as f32 };
            let values: Vec<f32> = store.vectors::<1>(attribute, count)?.into_iter().map(|[raw]| value(raw)).collect();
            if values.len() == count {
                table.columns.push(Column { name: name.clone(), values: Values::F32(values) });
            }
        }
    }
    Ok((!table.columns.is_empty() && count > 0).then_some(table))
}

/// A schema read once, since a million tables may be of one class and a thousand columns of one enumeration.
#[derive(Default)]
pub(super) struct Declared<'s> {
    /// Properties by class and name.
    classes: HashMap<&'s str, HashMap<&'s str, Property>>,
    /// The type of their numbers, and names by number.
    pub enums: HashMap<&'s str, (Option<String>, HashMap<i64, String>)>,
}

impl<'s> Declared<'s> {
    fn of(schema: Option<&'s Schema>) -> Self {
        let Some(schema) = schema else {
            return Self::default();
        };
        let properties = |class: &'s Value| -> HashMap<&'s str, Property> {
            let listed = class.get("properties").and_then(Value::as_object).into_iter().flatten();
            listed.filter_map(|(name, property)| Some((name.as_str(), Property::deserialize(property).ok()?))).collect()
        };
        let names = |enumeration: &Value| -> Option<(Option<String>, HashMap<i64, String>)> {
            let list = Enumeration::deserialize(enumeration).ok()?;
            Some((list.value_type, list.values.into_iter().map(|value| (value.value, value.name)).collect()))
        };
        Self {
            classes: schema.classes.iter().map(|(id, class)| (id.as_str(), properties(class))).collect(),
            enums: schema.enums.iter().filter_map(|(id, one)| Some((id.as_str(), names(one)?))).collect(),
        }
    }
}

/// The bytes of a buffer view.
pub(super) type View<'s> = dyn Fn(usize) -> Result<&'s [u8], GltfFault> + 's;

/// Property tables of another document that has the same kind of tables: a subtree of implicit tiling.
pub struct Reader<'s> {
    schema: Declared<'s>,
    view: &'s View<'s>,
    text: usize,
}

impl<'s> Reader<'s> {
    pub fn new(schema: &'s Schema, view: &'s View<'s>, limits: &Limits) -> Self {
        Self { schema: Declared::of(Some(schema)), view, text: limits.text_bytes }
    }

    /// A column of so many rows, where it has a place in [`Values`].
    ///
    /// # Errors
    /// Those of [`tables`].
    pub fn column(&mut self, class: &str, name: &str, place: &Value, count: usize) -> Result<Option<Values>, GltfFault> {
        let property = self.schema.classes.get(class).and_then(|class| class.get(name));
        let (Some(property), Ok(place)) = (property, TableProperty::deserialize(place)) else { return Ok(None) };
        let object = || name.to_owned();
        Source { view: self.view, schema: &self.schema, property, place: &place, count, object: &object }.column(&mut self.text)
    }

    /// The numbers of a column with so many a row; NaN where the column says that there is none. `None` for anything that is no such numbers.
    ///
    /// # Errors
    /// Those of [`tables`].
    pub fn numbers(&self, class: &str, name: &str, place: &Value, count: usize, a_row: usize) -> Result<Option<Vec<f64>>, GltfFault> {
        let property = self.schema.classes.get(class).and_then(|class| class.get(name));
        let (Some(property), Ok(place)) = (property, TableProperty::deserialize(place)) else { return Ok(None) };
        if property.numbers() != Some(a_row) {
            return Ok(None);
        }
        // Factors of their own for each number of a row are none we apply.
        let factors = [&place.scale, &place.offset, &property.scale, &property.offset];
        if factors.into_iter().flatten().any(|factor| !factor.is_number()) {
            return Ok(None);
        }
        let mut plain = property.clone();
        let none = plain.no_data.take();
        let object = || name.to_owned();
        let source = Source { view: self.view, schema: &self.schema, property: &plain, place: &place, count: count.saturating_mul(a_row), object: &object };
        let mut numbers: Vec<f64> = match (property.kind.as_str(), source.raw(source.count)?) {
            ("ENUM", Some(raw)) => raw.into_iter().map(|number| number as f64).collect(),
            ("ENUM", None) => return Ok(None),
            _ => match source.numbers()? {
                Some(Values::U32(list)) => list.into_iter().map(f64::from).collect(),
                Some(Values::F32(list)) => list.into_iter().map(f64::from).collect(),
                Some(Values::F64(list)) => list,
                Some(Values::Text(_) | Values::Vectors { .. } | Values::Mixed(_)) | None => return Ok(None),
            },
        };
        let default = property.default.as_ref().map_or_else(Vec::new, numbers_of);
        let none = none.as_ref().map_or_else(Vec::new, numbers_of);
        if !none.is_empty() {
            for row in numbers.chunks_mut(a_row.max(1)).filter(|row| **row == none) {
                row.iter_mut().enumerate().for_each(|(k, slot)| *slot = default.get(k).copied().unwrap_or(f64::NAN));
            }
        }
        Ok(Some(numbers))
    }
}

/// A number, or a list of numbers.
pub(super) fn numbers_of(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_f64).collect(),
        value => value.as_f64().into_iter().collect(),
    }
}

/// Writes the tables' bytes and returns the extension's JSON; `None` for no tables.
///
/// # Errors
/// `glb-table`: a column whose length is not the table's, a name that is no identifier, one class with two shapes, or an empty table.
pub(super) fn write(tables: &[PropertyTable], bin: &mut Bin) -> Result<Option<Value>, GltfFault> {
    if tables.is_empty() {
        return Ok(None);
    }
    let mut classes: Map<String, Value> = Map::new();
    let mut written = Vec::with_capacity(tables.len());
    for (number, table) in tables.iter().enumerate() {
        let fault = |value: &dyn std::fmt::Display| {
            GltfFault::new(
                "glb-table",
                format!("tables[{number}] {}", table.class),
                value,
            )
        };
        if table.count == 0 || !is_identifier(&table.class) {
            return Err(fault(&table.count));
        }
        let mut properties: Map<String, Value> = Map::new();
        let mut places: Map<String, Value> = Map::new();
        for column in &table.columns {
            if column.values.len() != table.count || !is_identifier(&column.name) {
                return Err(fault(&format!("{}: {}", column.name, column.values.len())));
            }
            let no_data = no_data(tables, &table.class, &column.name);
            let property = property(&column.values, no_data);
            if properties
                .insert(column.name.clone(), value(&property))
                .is_some()
            {
                return Err(fault(&column.name));
            }
            let place = place(&column.values, no_data, bin)?;
            places.insert(column.name.clone(), value(&place));
        }
        let class = value(&Class { properties });
        match classes.get(&table.class) {
            Some(other) if *other != class => return Err(fault(&"class")),
            Some(_) => {}
            None => {
                classes.insert(table.class.clone(), class);
            }
        }
        written.push(Table {
            name: None,
            class: table.class.clone(),
            count: table.count,
            properties: places,
        });
    }
    Ok(Some(value(&StructuralMetadata {
        schema: Some(Schema {
            id: "jumeau".to_owned(),
            classes,
            enums: Map::new(),
        }),
        property_tables: written,
        ..StructuralMetadata::default()
    })))
}

/// The form that class and property ids must have: `[A-Za-z_][A-Za-z0-9_]*`.
pub fn is_identifier(name: &str) -> bool {
    let mut letters = name.bytes();
    letters
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && letters.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The number that means "no data" in a column of floats, of all tables of its class; `None` when all are known.
fn no_data(tables: &[PropertyTable], class: &str, name: &str) -> Option<f64> {
    let columns = || {
        tables
            .iter()
            .filter(|table| table.class == class)
            .filter_map(|table| table.column(name))
    };
    let unknown = columns().any(|values| match values {
        Values::F32(v) => v.iter().any(|x| !x.is_finite()),
        Values::F64(v) => v.iter().any(|x| !x.is_finite()),
        Values::U32(v) => v.contains(&u32::MAX),
        Values::Text(v) => v.iter().any(str::is_empty),
        odd @ (Values::Vectors { .. } | Values::Mixed(_)) => (0..odd.len()).any(|row| odd.said(row).is_none()),
    });
    if !unknown {
        return None;
    }
    // Round numbers that f32 holds exactly, so that people and other programs recognise them.
    let free = |candidate: f64| {
        columns().all(|values| match values {
            Values::F32(v) => !v.iter().any(|x| f64::from(*x) == candidate),
            Values::F64(v) => !v.contains(&candidate),
            _ => true,
        })
    };
    (0..24)
        .map(|power| -9999.0 * f64::from(1_u32 << power))
        .find(|candidate| free(*candidate))
        .or(Some(f64::from(f32::MIN)))
}

fn property(values: &Values, no_data: Option<f64>) -> Property {
    let (kind, component_type, no_data) = match values {
        Values::F32(_) => ("SCALAR", Some("FLOAT32"), no_data.map(|x| json!(x))),
        Values::F64(_) => ("SCALAR", Some("FLOAT64"), no_data.map(|x| json!(x))),
        Values::U32(_) => ("SCALAR", Some("UINT32"), no_data.map(|_| json!(u32::MAX))),
        Values::Text(_) => ("STRING", None, no_data.map(|_| json!(""))),
        odd @ (Values::Vectors { .. } | Values::Mixed(_)) => return property(&odd.clone().plain(), no_data),
    };
    Property {
        kind: kind.to_owned(),
        component_type: component_type.map(str::to_owned),
        no_data,
        ..Property::default()
    }
}

fn place(values: &Values, no_data: Option<f64>, bin: &mut Bin) -> Result<TableProperty, GltfFault> {
    if let odd @ (Values::Vectors { .. } | Values::Mixed(_)) = values {
        return place(&odd.clone().plain(), no_data, bin);
    }
    let mut place = TableProperty::default();
    let mut bytes = Vec::new();
    match values {
        Values::F32(v) => {
            let blank = no_data.unwrap_or(0.0) as f32;
            for x in v {
                bytes.extend_from_slice(&if x.is_finite() { *x } else { blank }.to_le_bytes());
            }
        }
        Values::F64(v) => {
            let blank = no_data.unwrap_or(0.0);
            for x in v {
                bytes.extend_from_slice(&if x.is_finite() { *x } else { blank }.to_le_bytes());
            }
        }
        Values::U32(v) => v
            .iter()
            .for_each(|x| bytes.extend_from_slice(&x.to_le_bytes())),
        // Such are none by now.
        Values::Vectors { .. } | Values::Mixed(_) => {}
        Values::Text(v) => {
            let mut offsets = Vec::with_capacity((v.len() + 1) * 4);
            offsets.extend_from_slice(&0_u32.to_le_bytes());
            for text in v.iter() {
                bytes.extend_from_slice(text.as_bytes());
                let end = u32::try_from(bytes.len())
                    .map_err(|_| GltfFault::new("gltf-limit", "text_bytes", bytes.len()))?;
                offsets.extend_from_slice(&end.to_le_bytes());
            }
            if bytes.is_empty() {
                // A buffer view of no bytes is not allowed; one that nobody reads is.
                bytes.push(0);
            }
            place.string_offsets = Some(bin.view(&offsets, 8));
        }
    }
    place.values = bin.view(&bytes, 8);
    Ok(place)
}
