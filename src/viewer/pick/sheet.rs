//! A row of a property table as figures: each with unit, nature, origin and, where we made it, its method.

use crate::base::{Amount, DatasetId, Figure, Nature, Provenance, Uncertainty, Unit};
use crate::formats::gltf::PropertyTable;

struct Sheet<'a> {
    /// One row.
    table: &'a PropertyTable,
    dataset: &'a DatasetId,
    figures: Vec<Figure>,
}

impl Sheet<'_> {
    fn text(&mut self, name: &str, column: &str) {
        let amount = self
            .table
            .text(column, 0)
            .map_or(Amount::Absent, |text| Amount::Text(text.to_owned()));
        self.push(name, amount, Unit::One, Nature::Declared, "");
    }

    fn number(&mut self, name: &str, column: &str, unit: Unit, nature: Nature, method: &str) {
        let amount = self
            .table
            .number(column, 0)
            .map_or(Amount::Absent, Amount::Number);
        self.push(name, amount, unit, nature, method);
    }

    fn push(&mut self, name: &str, amount: Amount, unit: Unit, nature: Nature, method: &str) {
        self.figures.push(Figure {
            name: name.to_owned(),
            amount,
            unit,
            nature,
            provenance: Provenance {
                dataset: self.dataset.clone(),
                method: method.to_owned(),
            },
            uncertainty: None,
        });
    }

    fn uncertain(&mut self, uncertainty: Option<Uncertainty>) {
        if let Some(figure) = self.figures.last_mut()
            && figure.amount != Amount::Absent
        {
            figure.uncertainty = uncertainty;
        }
    }
}

/// `table` has the one row of the building; `coefficient` is the profile's value at the instant, `None` where the series has none.
pub fn building(
    table: &PropertyTable,
    dataset: &DatasetId,
    model: &DatasetId,
    coefficient: Option<f32>,
) -> Vec<Figure> {
    let mut sheet = Sheet { table, dataset, figures: Vec::new() };
    sheet.text("figure-rnb", "rnb");
    sheet.text("figure-usage", "usage");
    // How a height came about decides what it may be called.
    let (nature, method) = match table.text("height_origin", 0) {
        Some("source") => (Nature::Measured, ""),
        Some("other-altitudes") => (Nature::Measured, "method-height-other-altitudes"),
        Some("storeys") => (Nature::Simulated, "method-height-storeys"),
        Some("neighbours") => (Nature::Statistical, "method-height-neighbours"),
        _ => (Nature::Made, "method-height-assumed"),
    };
    sheet.number("figure-height", "height_m", Unit::Metre, nature, method);
    sheet.number("figure-storeys", "storeys", Unit::One, Nature::Declared, "");
    sheet.number("figure-dwellings", "dwellings", Unit::One, Nature::Declared, "");
    sheet.number("figure-year", "year", Unit::Year, Nature::Declared, "method-year");
    sheet.number("figure-footprint", "footprint_m2", Unit::SquareMetre, Nature::Measured, "method-footprint");
    sheet.number("figure-floor-area", "floor_area_m2", Unit::SquareMetre, Nature::Simulated, "method-floor-area");
    sheet.dataset = model;
    let yearly = table.number("demand_kwh_year", 0);
    sheet.number(
        "figure-demand-year",
        "demand_kwh_year",
        Unit::KilowattHourPerYear,
        Nature::Simulated,
        "method-demand-year",
    );
    // How far a single building may lie from the estimate depends on its use; the importer says it.
    let spread = table.number("demand_spread", 0).map(Uncertainty::Share);
    sheet.uncertain(spread.clone());
    let now = match (yearly, coefficient) {
        (Some(kwh), Some(coefficient)) => Amount::Number(kwh / 8760.0 * f64::from(coefficient)),
        _ => Amount::Absent,
    };
    sheet.push("figure-demand-now", now, Unit::Kilowatt, Nature::Simulated, "method-demand-now");
    sheet.uncertain(spread);
    sheet.dataset = dataset;
    sheet.text("figure-id", "id");
    sheet.figures
}

/// A road, path or track: the one row of `table`.
pub fn line(table: &PropertyTable, dataset: &DatasetId) -> Vec<Figure> {
    let mut sheet = Sheet { table, dataset, figures: Vec::new() };
    sheet.text("figure-road-name", "name");
    sheet.text("figure-class", "class");
    sheet.number("figure-road-width", "width_m", Unit::Metre, Nature::Measured, "");
    sheet.text("figure-id", "id");
    sheet.figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::gltf::{Column, Values};

    #[test]
    fn what_is_not_known_is_absent_and_never_zero() {
        let table = PropertyTable {
            class: "building".into(),
            count: 1,
            columns: vec![
                Column { name: "id".into(), values: Values::Text(vec!["B1".into()]) },
                Column { name: "storeys".into(), values: Values::U32(vec![u32::MAX]) },
                Column { name: "height_m".into(), values: Values::F32(vec![12.0]) },
                Column { name: "height_origin".into(), values: Values::Text(vec!["neighbours".into()]) },
            ],
        };
        let figures = building(&table, &"bdtopo".into(), &"model".into(), None);
        let figure = |name: &str| figures.iter().find(|figure| figure.name == name).unwrap();
        assert_eq!(figure("figure-storeys").amount, Amount::Absent);
        assert_eq!(figure("figure-demand-now").amount, Amount::Absent);
        assert_eq!(figure("figure-height").nature, Nature::Statistical);
        assert_eq!(figure("figure-height").uncertainty, None);
    }
}
