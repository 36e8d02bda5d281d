//! A row of a property table as figures: each with unit, nature, origin and, where we made it, its method.

use crate::base::{ABOUT, Amount, COLUMN, DatasetId, Figure, Nature, Provenance, Uncertainty, Unit};
use crate::formats::gltf::{PropertyTable, Values};
use crate::viewer::attributes;
use crate::viewer::vocab::Words;

/// The most columns of a source that one sheet shows.
const MAX_COLUMNS: usize = 120;
/// Columns of ours that the sheets show under a word, or that serve the picture; every other one is the source's own.
const OURS: [&str; 37] = [
    "id", "name", "class", "kind", "theme", "code", "dataset", "width_m", "level", "area_m2", "accuracy", "material", "depth_m",
    "height_m", "diameter_m", "voltage_v", "rnb", "usage", "usage2", "dwellings", "storeys", "works_year", "year", "to_year", "ridge_m", "ridge_stated_m",
    "points", "point_kw", "ground_m", "roof", "roof_method", "height_origin", "footprint_m2", "floor_area_m2", "demand_kwh_year", "demand_spread", "demand_profile",
];

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

    /// As [`Self::text`] where the table has the column and says something in it: what few objects have is no gap in the others.
    fn text_if_known(&mut self, name: &str, column: &str) {
        if self.table.text(column, 0).is_some() {
            self.text(name, column);
        }
    }

    fn number_if_known(&mut self, name: &str, column: &str, unit: Unit, nature: Nature) {
        if self.table.number(column, 0).is_some() {
            self.number(name, column, unit, nature, "");
        }
    }

    /// What the source says beside, under the source's own names.
    fn columns_of_the_source(&mut self) {
        let table = self.table;
        let theirs = table.columns.iter().filter(|column| !OURS.contains(&column.name.as_str()));
        // A class of points has its word already.
        let theirs = theirs.filter(|column| table.class != "points" || column.name != "Class");
        for column in theirs.take(MAX_COLUMNS) {
            let own = ABOUT.iter().any(|about| column.name.starts_with(about));
            let name = match attributes::title(&column.name) {
                Words::Key(key) => key.to_owned(),
                Words::Said(_) if own => column.name.clone(),
                Words::Said(_) => format!("{COLUMN}{}", column.name),
            };
            match column.values {
                Values::Text(_) => self.text_if_known(&name, &column.name),
                _ => {
                    let unit = if column.name.ends_with("_m") { Unit::Metre } else { Unit::One };
                    self.number_if_known(&name, &column.name, unit, attributes::nature(&column.name).unwrap_or(Nature::Declared));
                }
            }
        }
    }

    fn uncertain(&mut self, uncertainty: Option<Uncertainty>) {
        if let Some(figure) = self.figures.last_mut()
            && figure.amount != Amount::Absent
        {
            figure.uncertainty = uncertainty;
        }
    }
}

/// `table` has the one row of the building; `coefficient` is the profile's value at the instant, `None` where the series has none, once `is_there` says that
/// it is known.
pub fn building(
    table: &PropertyTable,
    dataset: &DatasetId,
    model: &DatasetId,
    coefficient: Option<f32>,
    is_there: bool,
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
        // The importer estimates that of every building but light constructions.
        if yearly.is_some() { "method-demand-year" } else { "method-demand-light" },
    );
    // How far a single building may lie from the estimate depends on its use; the importer says it.
    let spread = table.number("demand_spread", 0).map(Uncertainty::Share);
    sheet.uncertain(spread.clone());
    let now = match (yearly, coefficient) {
        (Some(kwh), Some(coefficient)) => Amount::Number(kwh / 8760.0 * f64::from(coefficient)),
        _ => Amount::Absent,
    };
    // What is on its way is not absent.
    if is_there {
        sheet.push("figure-demand-now", now, Unit::Kilowatt, Nature::Simulated, "method-demand-now");
        sheet.uncertain(spread);
    }
    sheet.dataset = dataset;
    sheet.text_if_known("attribute-roof-method", "roof_method");
    sheet.columns_of_the_source();
    sheet.text("figure-id", "id");
    sheet.figures
}

/// Anything but a building: the one row of `table`, by the class that the importer gave to it.
pub fn object(table: &PropertyTable, dataset: &DatasetId) -> Vec<Figure> {
    let mut sheet = Sheet { table, dataset, figures: Vec::new() };
    match table.class.as_str() {
        "line" => {
            sheet.text("figure-road-name", "name");
            sheet.text("figure-class", "class");
            sheet.number("figure-road-width", "width_m", Unit::Metre, Nature::Measured, "");
        }
        "utility" => {
            sheet.text_if_known("figure-name", "name");
            sheet.text_if_known("figure-utility-class", "class");
            sheet.text("figure-utility-kind", "kind");
            sheet.number_if_known("figure-voltage", "voltage_v", Unit::Volt, Nature::Declared);
            sheet.number_if_known("figure-charging-points", "points", Unit::One, Nature::Declared);
            sheet.number_if_known("figure-charging-power", "point_kw", Unit::Kilowatt, Nature::Declared);
            sheet.number_if_known("figure-diameter", "diameter_m", Unit::Metre, Nature::Declared);
            sheet.text_if_known("figure-material", "material");
            sheet.number_if_known("figure-depth", "depth_m", Unit::Metre, Nature::Declared);
            sheet.number_if_known("figure-height-above", "height_m", Unit::Metre, Nature::Declared);
            sheet.number_if_known("figure-works-year", "works_year", Unit::Year, Nature::Declared);
            sheet.number_if_known("figure-service-year", "year", Unit::Year, Nature::Declared);
            sheet.number_if_known("figure-removed-year", "to_year", Unit::Year, Nature::Declared);
            sheet.text("figure-accuracy", "accuracy");
        }
        "points" => {
            let class = table.number("Classification", 0).map_or(Amount::Absent, |class| Amount::Text(class.to_string()));
            sheet.push("figure-point-class", class, Unit::One, Nature::Declared, "");
        }
        "area" => {
            sheet.text_if_known("figure-name", "name");
            sheet.text_if_known("figure-area-code", "code");
            sheet.number_if_known("figure-area", "area_m2", Unit::SquareMetre, Nature::Measured);
        }
        _ => sheet.text_if_known("figure-name", "name"),
    }
    sheet.columns_of_the_source();
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
                Column { name: "id".into(), values: Values::Text(["B1"].into()) },
                Column { name: "storeys".into(), values: Values::U32(vec![u32::MAX]) },
                Column { name: "height_m".into(), values: Values::F32(vec![12.0]) },
                Column { name: "height_origin".into(), values: Values::Text(["neighbours"].into()) },
            ],
        };
        let figures = building(&table, &"bdtopo".into(), &"model".into(), None, true);
        let figure = |name: &str| figures.iter().find(|figure| figure.name == name).unwrap();
        assert_eq!(figure("figure-storeys").amount, Amount::Absent);
        assert_eq!(figure("figure-demand-now").amount, Amount::Absent);
        assert_eq!(figure("figure-height").nature, Nature::Statistical);
        assert_eq!(figure("figure-height").uncertainty, None);
    }

    #[test]
    fn an_area_tells_what_its_source_says_under_its_own_names() {
        let text = |name: &str, value: &str| Column { name: name.into(), values: Values::Text([value].into()) };
        let table = PropertyTable {
            class: "area".into(),
            count: 1,
            columns: vec![
                text("id", "Z1"),
                text("code", "UA"),
                text("theme", "zones"),
                text("LIBELONG", "Zone urbaine"),
                text("DESTDOMI", ""),
                Column { name: "NBLOG".into(), values: Values::F64(vec![f64::NAN]) },
            ],
        };
        let figures = object(&table, &"plu".into());
        let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
        assert_eq!(names, ["figure-area-code", "column:LIBELONG", "figure-id"]);
    }
}
