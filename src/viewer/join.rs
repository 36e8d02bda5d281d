//! Which row of values each feature has: its id, or another of its attributes, looked up among the rows of a series.

use crate::view::{Attribute, Filter};
use crate::base::{LayerId, joined_ids, plain_id};
use crate::formats::gltf::{PropertyTable, Values};
use super::attributes::says_nothing;
use super::series::{Choice, List, ListKind, SeriesStore};
use super::textures::{CONSTANT, NO_DATA, NO_VALUE, NOT_MEANT, demand_record};
use bevy::platform::collections::HashMap;

/// Hours of a year in the formula of amounts that follow a profile.
const HOURS_PER_YEAR: f64 = 8760.0;

/// How features find their values.
#[derive(Default)]
pub enum Join {
    /// As the tables themselves say it: demand and year.
    #[default]
    Own,
    Rows(Rows),
    Attribute(Named),
}

/// An attribute of a layer as values: a number as it is, a text as the place of its kind.
pub struct Named {
    pub attribute: Attribute,
    /// Kinds by their texts, where the attribute is a text; what is none of them is the last class.
    pub kinds: Option<HashMap<String, u32>>,
}

/// The class of all that has no colour of its own.
pub const OTHER_KIND: u32 = 7;

impl Named {
    fn find(&self, table: &PropertyTable, row: usize) -> f32 {
        let name = &self.attribute.name;
        match &self.kinds {
            None => table.number(name, row).map_or(NO_VALUE, |number| number as f32),
            Some(kinds) => table.text(name, row).filter(|text| !says_nothing(name, text)).map_or(NO_VALUE, |text| kinds.get(text).copied().unwrap_or(OTHER_KIND) as f32),
        }
    }
}

/// Whether all filters of a layer let a feature through.
pub fn passes(filters: &[Filter], layer: &LayerId, table: &PropertyTable, row: usize) -> bool {
    filters.iter().filter(|filter| filter.attribute.layer == *layer).all(|filter| {
        let name = &filter.attribute.name;
        filter.lets_through(table.number(name, row), table.text(name, row))
    })
}

/// The rows of a series by what its features are looked up by.
pub struct Rows {
    pub layer: LayerId,
    pub by: Option<String>,
    rows: HashMap<String, (u32, f32)>,
}

/// The lists of an amount that follows a profile.
const LISTS: [(&str, ListKind); 3] = [("feature", ListKind::Texts), ("profile", ListKind::Integers), ("scale", ListKind::Reals)];

impl Rows {
    /// Those of a series of features; `None` while their names are on their way, or where it is of no features.
    pub fn of(choice: &Choice, store: &mut SeriesStore) -> Option<Self> {
        let layer = choice.layer()?.clone();
        if let Some(scaled) = choice.scaled {
            // All three are asked for at once.
            let [features, profiles, scales] = LISTS.map(|(name, kind)| store.list(&format!("{}/{name}", scaled.path), kind).cloned());
            let (Some(List::Texts(features)), Some(List::Integers(profiles)), Some(List::Reals(scales))) = (features, profiles, scales) else { return None };
            return Some(Self::scaled(layer, choice.by(), &features, &profiles, &scales));
        }
        if choice.series.rows.is_empty() {
            let List::Texts(labels) = store.list(choice.series.labels.as_deref()?, ListKind::Texts)? else { return None };
            return Some(Self::direct(layer, choice.by(), labels));
        }
        Some(Self::direct(layer, choice.by(), &choice.series.rows))
    }

    /// Whether they cannot be had.
    pub fn have_failed(choice: &Choice, store: &SeriesStore) -> bool {
        let lists = choice.scaled.is_some_and(|scaled| LISTS.iter().any(|(name, _)| store.has_failed(&format!("{}/{name}", scaled.path))));
        lists || choice.series.rows.is_empty() && choice.series.labels.as_ref().is_none_or(|labels| store.has_failed(labels))
    }

    /// A value is that of its row.
    pub fn direct(layer: LayerId, by: Option<&str>, labels: &[String]) -> Self {
        let rows = labels.iter().enumerate().map(|(row, label)| (key(by, label), (row as u32, 1.0))).collect();
        Self { layer, by: by.map(str::to_owned), rows }
    }

    /// A value is `scale / 8760 h × coefficient of the profile`.
    pub fn scaled(layer: LayerId, by: Option<&str>, labels: &[String], profiles: &[i64], scales: &[f64]) -> Self {
        let rows = labels
            .iter()
            .zip(profiles)
            .zip(scales)
            .map(|((label, profile), scale)| {
                let row = u32::try_from(*profile).unwrap_or(NO_DATA);
                let scale = if scale.is_finite() { (scale / HOURS_PER_YEAR) as f32 } else { NO_VALUE };
                (key(by, label), (row, scale))
            })
            .collect();
        Self { layer, by: by.map(str::to_owned), rows }
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Some of the rows and scales, evenly taken in the order of their keys, so that the same series always gives the same ones.
    pub fn sample(&self, most: usize) -> Vec<(u32, f32)> {
        let mut keys: Vec<&String> = self.rows.keys().collect();
        keys.sort();
        let step = keys.len().div_ceil(most.max(1)).max(1);
        keys.into_iter().step_by(step).filter_map(|key| self.rows.get(key)).copied().filter(|(row, scale)| *row != NO_DATA && *scale > 0.5 * NO_VALUE).collect()
    }

    /// Row and scale of a feature by its id, where rows are looked up by ids.
    pub fn row_of(&self, id: &str) -> Option<(u32, f32)> {
        if self.by.is_some() { None } else { self.rows.get(id).copied() }
    }

    /// Whether a feature of a layer has an amount above nothing.
    pub fn has(&self, layer: &LayerId, table: &PropertyTable, row: usize) -> bool {
        self.layer == *layer && matches!(self.find(table, row), (scale, row) if row != NO_DATA && scale > 0.0)
    }

    /// Scale and row of a feature.
    pub fn find(&self, table: &PropertyTable, row: usize) -> (f32, u32) {
        let found = match &self.by {
            None => table.text("id", row).and_then(|id| self.rows.get(id)),
            Some(by) => {
                // A feature that stands for several rows has no value of its own here: which one it would be is nobody's to say.
                let text = attribute(table, by, row);
                let keys = text.map_or_else(Vec::new, |text| joined_ids(by, &text));
                let mut known = keys.iter().filter_map(|key| self.rows.get(key));
                known.next().filter(|_| known.next().is_none())
            }
        };
        found.map_or((NO_VALUE, NO_DATA), |(row, scale)| (*scale, *row))
    }
}

impl Join {
    /// What the shader reads of a feature of a layer.
    pub fn record(&self, layer: &LayerId, table: &PropertyTable, row: usize) -> (f32, u32) {
        match self {
            Self::Own => demand_record(table, row),
            Self::Rows(rows) if rows.layer == *layer => rows.find(table, row),
            Self::Attribute(named) if named.attribute.layer == *layer => (named.find(table, row), CONSTANT),
            Self::Rows(_) | Self::Attribute(_) => (NO_VALUE, NOT_MEANT),
        }
    }
}

fn key(by: Option<&str>, label: &str) -> String {
    if by.is_none() { label.to_owned() } else { plain_id(label) }
}

/// An attribute as it is compared: numbers without a fraction as people write them.
fn attribute(table: &PropertyTable, name: &str, row: usize) -> Option<String> {
    match &table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))?.values {
        Values::Text(texts) => texts.known(row).map(str::to_owned),
        odd @ (Values::Vectors { .. } | Values::Mixed(_)) => odd.said(row),
        _ => table.number(name, row).map(|number| number.to_string()),
    }
}
