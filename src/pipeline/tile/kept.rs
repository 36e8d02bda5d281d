//! Columns of the sources that keep their names, the same in all tiles of a layer, so that they share one schema.

use crate::formats::gltf::{Column, Values};
use crate::region::{Attribute, AttributeValue};
use std::collections::{BTreeMap, BTreeSet};

/// One kept column.
#[derive(Clone, Debug)]
pub struct Kept {
    name: &'static str,
    /// Its id in the schema: letters, digits and `_` only.
    id: String,
    /// Numbers throughout.
    numeric: bool,
}

/// The kept columns of all objects of a layer, in a stable order; a column named as one of `own` gives way.
pub fn columns<'a>(objects: impl Iterator<Item = &'a [Attribute]>, own: &[&str]) -> Vec<Kept> {
    let mut numeric: BTreeMap<&'static str, bool> = BTreeMap::new();
    for attribute in objects.flatten() {
        let is_number = matches!(attribute.value, AttributeValue::Number(_));
        *numeric.entry(attribute.name).or_insert(true) &= is_number;
    }
    let mut ids: BTreeSet<String> = own.iter().map(|name| (*name).to_owned()).collect();
    numeric
        .into_iter()
        .map(|(name, numeric)| {
            let plain: String = name
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
                .collect();
            let begins_well = plain.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            let mut id = if begins_well {
                plain
            } else {
                format!("source_{plain}")
            };
            // Two names that differ in punctuation only, or one of ours.
            while !ids.insert(id.clone()) {
                id = format!("source_{id}");
            }
            Kept { name, id, numeric }
        })
        .collect()
}

impl Kept {
    /// The column of a tile's objects.
    pub fn column<'a>(&self, objects: impl Iterator<Item = &'a [Attribute]>) -> Column {
        let value = |attributes: &'a [Attribute]| {
            attributes
                .iter()
                .find(|a| a.name == self.name)
                .map(|a| &a.value)
        };
        let values = if self.numeric {
            let number = |attributes| match value(attributes) {
                Some(AttributeValue::Number(number)) => *number,
                _ => f64::NAN,
            };
            Values::F64(objects.map(number).collect())
        } else {
            let text = |attributes| match value(attributes) {
                Some(AttributeValue::Number(number)) => number.to_string(),
                Some(AttributeValue::Text(text)) => text.clone(),
                None => String::new(),
            };
            Values::Text(objects.map(text).collect())
        };
        Column {
            name: self.id.clone(),
            values,
        }
    }
}
