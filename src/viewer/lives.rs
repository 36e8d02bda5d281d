//! The years of features, out of the tables of their tiles: whatever a source calls them.

use crate::formats::gltf::{PropertyTable, Values};
use crate::view::life::{FROM, Life, TO, WORKS, year_of};

/// The columns of a table that say from when to when its features stand.
#[derive(Clone, Copy, Default)]
pub struct Lives<'a> {
    works: Option<&'a Values>,
    from: Option<&'a Values>,
    to: Option<&'a Values>,
}

impl<'a> Lives<'a> {
    pub fn of(table: &'a PropertyTable) -> Self {
        let find = |names: &[&str]| names.iter().find_map(|name| table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))).map(|column| &column.values);
        Self { works: find(&WORKS), from: find(&FROM), to: find(&TO) }
    }

    /// Whether the table says anything.
    pub fn are_said(&self) -> bool {
        self.works.is_some() || self.from.is_some() || self.to.is_some()
    }

    /// Those of a feature.
    pub fn get(&self, row: usize) -> Life {
        let year = |values: Option<&Values>| year_at(values?, row);
        Life::new(year(self.works), year(self.from), year(self.to))
    }
}

fn year_at(values: &Values, row: usize) -> Option<i32> {
    let whole = |number: f64| (number.is_finite() && number.abs() < 10_000.0).then_some(number as i32);
    match values {
        Values::F32(numbers) => whole(f64::from(*numbers.get(row)?)),
        Values::F64(numbers) => whole(*numbers.get(row)?),
        Values::U32(numbers) => whole(f64::from(*numbers.get(row)?)),
        Values::Text(texts) => year_of(texts.get(row)?),
        odd @ (Values::Vectors { .. } | Values::Mixed(_)) => year_of(&odd.said(row)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::gltf::Column;
    use crate::view::life::Phase;

    #[test]
    fn columns_are_found_by_any_of_their_names() {
        let column = |name: &str, values: Values| Column { name: name.to_owned(), values };
        let table = PropertyTable {
            class: "area".to_owned(),
            count: 3,
            columns: vec![
                column("ANNEE_DEBUT_TRAVAUX", Values::Text(["2028-09-01", "", "bientôt"].into())),
                column("yearOfConstruction", Values::U32(vec![2031, u32::MAX, 1998])),
                column("to_year", Values::F64(vec![f64::NAN, 2040.0, f64::NAN])),
            ],
        };
        let lives = Lives::of(&table);
        assert!(lives.are_said());
        assert_eq!(lives.get(0).phase(2029), Phase::UnderWorks);
        assert_eq!((lives.get(1).phase(2039), lives.get(1).phase(2040)), (Phase::InService, Phase::Removed));
        assert_eq!(lives.get(2), Life { works: None, from: Some(1998), to: None });
        assert_eq!(lives.get(7), Life::default());
    }
}
