//! How far the value of the moment raises the features of the theme, for whoever asks rays: the shader raises the same ones.
//!
//! Written by the overlay.

use super::join::Join;
use super::textures::{CONSTANT, NO_VALUE};
use crate::base::LayerId;
use crate::formats::gltf::PropertyTable;
use bevy::prelude::*;
use std::sync::Arc;

/// Metres that the top of a scale stands for.
pub const TOP_M: f64 = 80.0;
/// What no value raises beyond: one that is far out of the scale must not hide the territory.
pub const MOST_M: f64 = 250.0;

/// What is raised, and how far.
#[derive(Resource, Clone, Default)]
pub struct Lifts(pub Option<Lifting>);

#[derive(Clone)]
pub struct Lifting {
    pub join: Arc<Join>,
    /// Of each row at the instant; [`NO_VALUE`] where there is none.
    pub values: Arc<Vec<f32>>,
    pub metres_per_unit: f32,
    /// The sign of a value is the way it runs.
    pub is_directed: bool,
}

impl Lifting {
    /// Metres that a feature's value raises it.
    pub fn of(&self, layer: &LayerId, table: &PropertyTable, row: usize) -> f32 {
        let (scale, values_row) = self.join.record(layer, table, row);
        let value = if values_row == CONSTANT { 1.0 } else { self.values.get(values_row as usize).copied().unwrap_or(NO_VALUE) };
        if scale <= 0.5 * NO_VALUE || value <= 0.5 * NO_VALUE {
            return 0.0;
        }
        let value = scale * value;
        let amount = if self.is_directed { value.abs() } else { value };
        (amount * self.metres_per_unit).clamp(0.0, MOST_M as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::gltf::{Column, Values};
    use crate::viewer::join::Rows;

    #[test]
    fn a_value_raises_by_its_amount_and_what_is_absent_stays() {
        let layer = LayerId::from("buildings");
        let names = ["a", "b", "c"].map(str::to_owned);
        let rows = Rows::scaled(layer.clone(), None, &names, &[0, 1, 0], &[8760.0, 17_520.0, f64::NAN]);
        let lifting = Lifting { join: Arc::new(Join::Rows(rows)), values: Arc::new(vec![3.0, NO_VALUE]), metres_per_unit: 2.0, is_directed: false };
        let table = PropertyTable {
            class: "building".to_owned(),
            count: 4,
            columns: vec![Column { name: "id".to_owned(), values: Values::Text(["a", "b", "c", "d"].into()) }],
        };
        let metres: Vec<f32> = (0..4).map(|row| lifting.of(&layer, &table, row)).collect();
        assert_eq!(metres, [6.0, 0.0, 0.0, 0.0]);
        let far = Lifting { values: Arc::new(vec![1e9, -5.0]), ..lifting.clone() };
        assert_eq!((far.of(&layer, &table, 0), far.of(&layer, &table, 1)), (MOST_M as f32, 0.0));
        let both_ways = Lifting { values: Arc::new(vec![-3.0, 0.0]), is_directed: true, ..lifting };
        assert_eq!(both_ways.of(&layer, &table, 0), 6.0);
        assert_eq!(both_ways.of(&LayerId::from("roads"), &table, 0), 0.0);
    }
}
