//! Columns of the sources that keep their names, the same in all tiles of a layer, so that they share one schema.

use crate::formats::gltf::{Column, Values};
use crate::region::{Attribute, AttributeValue, Region};
use std::collections::{BTreeMap, BTreeSet};

/// The layer of buildings.
pub const BUILDINGS: &str = "buildings";

/// One kept column.
#[derive(Clone, Debug)]
pub struct Kept {
    name: &'static str,
    /// Its id in the schema: letters, digits and `_` only.
    id: String,
    /// Numbers throughout.
    numeric: bool,
}

/// Columns of one layer, and whether they hold numbers throughout.
pub type Columns = BTreeMap<&'static str, bool>;

/// The columns of all layers of a territory, by the layers' ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptColumns(BTreeMap<String, Columns>);

impl KeptColumns {
    /// Adds the columns of an object.
    pub fn note(&mut self, layer: &str, attributes: &[Attribute]) {
        for attribute in attributes {
            let is_number = matches!(attribute.value, AttributeValue::Number(_));
            self.add(layer, attribute.name, is_number);
        }
    }

    /// Adds a column; one of numbers stays one as long as all agree.
    pub fn add(&mut self, layer: &str, name: &'static str, numeric: bool) {
        if !self.0.contains_key(layer) {
            self.0.insert(layer.to_owned(), Columns::new());
        }
        let Some(columns) = self.0.get_mut(layer) else { return };
        *columns.entry(name).or_insert(true) &= numeric;
    }

    /// Those of a whole region.
    pub fn of(region: &Region) -> Self {
        let mut all = Self::default();
        region.buildings.iter().for_each(|building| all.note(BUILDINGS, &building.attributes));
        region.areas.iter().for_each(|area| all.note(area.theme.id(), &area.attributes));
        all
    }

    pub fn layer(&self, layer: &str) -> Columns {
        self.0.get(layer).cloned().unwrap_or_default()
    }

    /// Layer, name, numbers throughout; in a stable order.
    pub fn all(&self) -> impl Iterator<Item = (&str, &'static str, bool)> + '_ {
        self.0.iter().flat_map(|(layer, columns)| columns.iter().map(|(name, numeric)| (layer.as_str(), *name, *numeric)))
    }
}

/// The kept columns of a layer under ids of their own, in a stable order; a column named as one of `own` gives way.
pub fn columns(columns: &Columns, own: &[&str]) -> Vec<Kept> {
    let mut ids: BTreeSet<String> = own.iter().map(|name| (*name).to_owned()).collect();
    columns
        .iter()
        .map(|(&name, &numeric)| {
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
