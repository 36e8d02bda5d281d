//! Property tables of `EXT_structural_metadata`, both ways.
//!
//! Read: scalars of every number type, booleans (0 and 1), enumerations (as the names of their values) and texts.
//! Vectors, matrices and arrays have no place in [`Values`]; such columns are skipped.
//! 64-bit integers become f64 and lose digits beyond 2^53.

use super::accessor::{Store, document_extension};
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
struct Declared<'s> {
    /// Properties by class and name.
    classes: HashMap<&'s str, HashMap<&'s str, Property>>,
    /// The type of their numbers, and names by number.
    enums: HashMap<&'s str, (Option<String>, HashMap<i64, String>)>,
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
type View<'s> = dyn Fn(usize) -> Result<&'s [u8], GltfFault> + 's;

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
        let mut numbers: Vec<f64> = match (property.kind.as_str(), source.raw()?) {
            ("ENUM", Some(raw)) => raw.into_iter().map(|number| number as f64).collect(),
            ("ENUM", None) => return Ok(None),
            _ => match source.numbers()? {
                Some(Values::U32(list)) => list.into_iter().map(f64::from).collect(),
                Some(Values::F32(list)) => list.into_iter().map(f64::from).collect(),
                Some(Values::F64(list)) => list,
                Some(Values::Text(_)) | None => return Ok(None),
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
fn numbers_of(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_f64).collect(),
        value => value.as_f64().into_iter().collect(),
    }
}

struct Source<'s, 'v> {
    view: &'s View<'v>,
    schema: &'s Declared<'s>,
    property: &'s Property,
    place: &'s TableProperty,
    count: usize,
    object: &'s dyn Fn() -> String,
}

impl Source<'_, '_> {
    fn column(&self, text: &mut usize) -> Result<Option<Values>, GltfFault> {
        if self.property.array {
            return Ok(None);
        }
        match self.property.kind.as_str() {
            "SCALAR" => self.numbers(),
            "BOOLEAN" => self.booleans().map(Some),
            "STRING" => self.texts(text).map(Some),
            "ENUM" => self.names(text),
            _ => Ok(None),
        }
    }

    /// `count` elements of `B` bytes.
    fn bytes<const B: usize>(&self) -> Result<impl Iterator<Item = [u8; B]>, GltfFault> {
        let view = (self.view)(self.place.values)?;
        let need = self.count.saturating_mul(B);
        let bytes = view
            .get(..need)
            .ok_or_else(|| self.short(view.len(), need))?;
        Ok(bytes.chunks_exact(B).map(|chunk| {
            let mut element = [0; B];
            element.copy_from_slice(chunk);
            element
        }))
    }

    fn short(&self, have: usize, need: usize) -> GltfFault {
        GltfFault::new(
            "gltf-metadata-range",
            (self.object)(),
            format!("{have} < {need}"),
        )
    }

    fn numbers(&self) -> Result<Option<Values>, GltfFault> {
        let no_data = self.property.no_data.as_ref().and_then(Value::as_f64);
        let factor = |own: &Option<Value>, class: &Option<Value>| {
            own.as_ref().or(class.as_ref()).and_then(Value::as_f64)
        };
        let scale = factor(&self.place.scale, &self.property.scale);
        let offset = factor(&self.place.offset, &self.property.offset);
        let plain = !self.property.normalized && scale.is_none() && offset.is_none();
        let component = self.property.component_type.as_deref().unwrap_or("");
        if plain {
            let whole = |x: u32| {
                if no_data == Some(f64::from(x)) {
                    u32::MAX
                } else {
                    x
                }
            };
            match component {
                "UINT8" => {
                    return Ok(Some(Values::U32(
                        self.bytes()?.map(|[b]| whole(b.into())).collect(),
                    )));
                }
                "UINT16" => {
                    let list = self.bytes()?.map(|b| whole(u16::from_le_bytes(b).into()));
                    return Ok(Some(Values::U32(list.collect())));
                }
                "UINT32" => {
                    let list = self.bytes()?.map(|b| whole(u32::from_le_bytes(b)));
                    return Ok(Some(Values::U32(list.collect())));
                }
                "FLOAT32" => {
                    let no_data = no_data.map(|x| x as f32);
                    let list = self.bytes()?.map(|b| {
                        let x = f32::from_le_bytes(b);
                        if Some(x) == no_data { f32::NAN } else { x }
                    });
                    return Ok(Some(Values::F32(list.collect())));
                }
                _ => {}
            }
        }
        // The largest value of the type, for normalised numbers.
        let (raw, max): (Vec<f64>, f64) = match component {
            "INT8" => (self.bytes()?.map(|[b]| f64::from(b as i8)).collect(), 127.0),
            "UINT8" => (self.bytes()?.map(|[b]| f64::from(b)).collect(), 255.0),
            "INT16" => (
                self.bytes()?
                    .map(|b| f64::from(i16::from_le_bytes(b)))
                    .collect(),
                32_767.0,
            ),
            "UINT16" => (
                self.bytes()?
                    .map(|b| f64::from(u16::from_le_bytes(b)))
                    .collect(),
                65_535.0,
            ),
            "INT32" => (
                self.bytes()?
                    .map(|b| f64::from(i32::from_le_bytes(b)))
                    .collect(),
                f64::from(i32::MAX),
            ),
            "UINT32" => (
                self.bytes()?
                    .map(|b| f64::from(u32::from_le_bytes(b)))
                    .collect(),
                f64::from(u32::MAX),
            ),
            "INT64" => (
                self.bytes()?
                    .map(|b| i64::from_le_bytes(b) as f64)
                    .collect(),
                i64::MAX as f64,
            ),
            "UINT64" => (
                self.bytes()?
                    .map(|b| u64::from_le_bytes(b) as f64)
                    .collect(),
                u64::MAX as f64,
            ),
            "FLOAT32" => (
                self.bytes()?
                    .map(|b| f64::from(f32::from_le_bytes(b)))
                    .collect(),
                1.0,
            ),
            "FLOAT64" => (self.bytes()?.map(f64::from_le_bytes).collect(), 1.0),
            _ => return Ok(None),
        };
        let unit = if self.property.normalized { max } else { 1.0 };
        let (scale, offset) = (scale.unwrap_or(1.0), offset.unwrap_or(0.0));
        let list = raw.into_iter().map(|x| {
            if Some(x) == no_data {
                f64::NAN
            } else {
                (x / unit).max(if self.property.normalized {
                    -1.0
                } else {
                    f64::MIN
                }) * scale
                    + offset
            }
        });
        Ok(Some(Values::F64(list.collect())))
    }

    fn booleans(&self) -> Result<Values, GltfFault> {
        let view = (self.view)(self.place.values)?;
        let need = self.count.div_ceil(8);
        let bytes = view
            .get(..need)
            .ok_or_else(|| self.short(view.len(), need))?;
        let bits = bytes
            .iter()
            .flat_map(|byte| (0..8).map(move |bit| u32::from((byte >> bit) & 1)));
        Ok(Values::U32(bits.take(self.count).collect()))
    }

    fn texts(&self, budget: &mut usize) -> Result<Values, GltfFault> {
        let view = (self.view)(self.place.values)?;
        let offsets = self.offsets()?;
        let no_data = self.property.no_data.as_ref().and_then(Value::as_str);
        let mut list = Vec::with_capacity(self.count);
        for pair in offsets.windows(2) {
            let &[from, to] = pair else { continue };
            let bytes = view
                .get(from..to)
                .ok_or_else(|| self.short(view.len(), to))?;
            *budget = budget
                .checked_sub(bytes.len())
                .ok_or_else(|| GltfFault::new("gltf-limit", "text_bytes", ""))?;
            let text = std::str::from_utf8(bytes)
                .map_err(|error| GltfFault::new("gltf-metadata-text", (self.object)(), error))?;
            list.push(if Some(text) == no_data {
                String::new()
            } else {
                text.to_owned()
            });
        }
        Ok(Values::Text(list))
    }

    fn offsets(&self) -> Result<Vec<usize>, GltfFault> {
        let number = self.place.string_offsets.ok_or_else(|| {
            GltfFault::new("gltf-metadata-range", (self.object)(), "stringOffsets")
        })?;
        let view = (self.view)(number)?;
        let size = match self.place.string_offset_type.as_deref() {
            Some("UINT8") => 1,
            Some("UINT16") => 2,
            Some("UINT64") => 8,
            _ => 4,
        };
        let need = self.count.saturating_add(1).saturating_mul(size);
        let bytes = view
            .get(..need)
            .ok_or_else(|| self.short(view.len(), need))?;
        Ok(bytes
            .chunks_exact(size)
            .map(|chunk| {
                let mut wide = [0; 8];
                wide.iter_mut()
                    .zip(chunk)
                    .for_each(|(to, from)| *to = *from);
                usize::try_from(u64::from_le_bytes(wide)).unwrap_or(usize::MAX)
            })
            .collect())
    }

    /// The numbers behind the names of an enumeration; `None` where it is none.
    fn raw(&self) -> Result<Option<Vec<i64>>, GltfFault> {
        if self.property.kind != "ENUM" {
            return Ok(None);
        }
        let id = self.property.enum_type.as_deref().unwrap_or("");
        let Some((value_type, _)) = self.schema.enums.get(id) else {
            return Ok(None);
        };
        Ok(Some(match value_type.as_deref().unwrap_or("UINT16") {
            "INT8" => self.bytes()?.map(|[b]| i64::from(b as i8)).collect(),
            "UINT8" => self.bytes()?.map(|[b]| i64::from(b)).collect(),
            "INT16" => self
                .bytes()?
                .map(|b| i64::from(i16::from_le_bytes(b)))
                .collect(),
            "UINT16" => self
                .bytes()?
                .map(|b| i64::from(u16::from_le_bytes(b)))
                .collect(),
            "INT32" => self
                .bytes()?
                .map(|b| i64::from(i32::from_le_bytes(b)))
                .collect(),
            "UINT32" => self
                .bytes()?
                .map(|b| i64::from(u32::from_le_bytes(b)))
                .collect(),
            "INT64" | "UINT64" => self.bytes()?.map(i64::from_le_bytes).collect(),
            _ => return Ok(None),
        }))
    }

    fn names(&self, budget: &mut usize) -> Result<Option<Values>, GltfFault> {
        let Some((_, name_of)) = self.schema.enums.get(self.property.enum_type.as_deref().unwrap_or("")) else { return Ok(None) };
        let Some(raw) = self.raw()? else { return Ok(None) };
        let no_data = self.property.no_data.as_ref().and_then(Value::as_str);
        let mut names = Vec::with_capacity(raw.len());
        for value in raw {
            let name = name_of.get(&value).map_or("", String::as_str);
            // A long name costs its length for each row, though the file holds it once.
            *budget = budget
                .checked_sub(name.len())
                .ok_or_else(|| GltfFault::new("gltf-limit", "text_bytes", ""))?;
            names.push(if Some(name) == no_data {
                String::new()
            } else {
                name.to_owned()
            });
        }
        Ok(Some(Values::Text(names)))
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
        Values::Text(v) => v.iter().any(String::is_empty),
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
    };
    Property {
        kind: kind.to_owned(),
        component_type: component_type.map(str::to_owned),
        no_data,
        ..Property::default()
    }
}

fn place(values: &Values, no_data: Option<f64>, bin: &mut Bin) -> Result<TableProperty, GltfFault> {
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
        Values::Text(v) => {
            let mut offsets = Vec::with_capacity((v.len() + 1) * 4);
            offsets.extend_from_slice(&0_u32.to_le_bytes());
            for text in v {
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
