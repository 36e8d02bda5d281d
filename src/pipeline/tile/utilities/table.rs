//! What the tiles of a network say of its lines and posts.

use crate::formats::gltf::{Column, PropertyTable, Values};
use crate::region::utility::{Conduit, Fixture, FixtureKind, Lay, Plugs, Years};

/// An object of a network.
pub(super) enum Row<'a> {
    Line(&'a Conduit),
    Post(&'a Fixture),
}

fn years(row: &Row) -> Years {
    match row {
        Row::Line(line) => line.years,
        Row::Post(post) => post.years,
    }
}

/// The property table of a tile: one row for each object, in the order of their numbers.
pub(super) fn table(rows: &[Row]) -> PropertyTable {
    let column = |name: &str, values: Values| Column {
        name: name.to_owned(),
        values,
    };
    let text = |name: &str, of: &dyn Fn(&Row) -> String| {
        column(name, Values::Text(rows.iter().map(of).collect()))
    };
    let number = |name: &str, of: &dyn Fn(&Row) -> Option<f64>| {
        column(
            name,
            Values::F32(
                rows.iter()
                    .map(|row| of(row).map_or(f32::NAN, |value| value as f32))
                    .collect(),
            ),
        )
    };
    let plugs = |row: &Row| match row {
        Row::Post(post) if post.kind == FixtureKind::Charger => post.plugs,
        _ => Plugs::default(),
    };
    // What few layers have is no column of the others.
    let charging = [number("points", &|row| plugs(row).points.map(f64::from)), number("point_kw", &|row| plugs(row).point_kw)];
    let has_chargers = rows.iter().any(|row| matches!(row, Row::Post(post) if post.kind == FixtureKind::Charger));
    let mut table = PropertyTable {
        class: "utility".to_owned(),
        count: rows.len(),
        columns: vec![
            text("id", &|row| match row {
                Row::Line(line) => line.id.clone(),
                Row::Post(post) => post.id.clone(),
            }),
            text("name", &|row| match row {
                Row::Line(line) => line.name.clone().unwrap_or_default(),
                Row::Post(post) => post.name.clone().unwrap_or_default(),
            }),
            text("class", &|row| match row {
                Row::Line(line) => line.class.clone(),
                Row::Post(post) => post.class.clone(),
            }),
            text("kind", &|row| {
                match row {
                    Row::Line(line) => match line.lay {
                        Lay::Ground => "ground",
                        Lay::Underground { .. } => "underground",
                        Lay::Overhead { .. } => "overhead",
                    },
                    Row::Post(post) => post.kind.name(),
                }
                .to_owned()
            }),
            text("accuracy", &|row| {
                match row {
                    Row::Line(line) => line.accuracy,
                    Row::Post(post) => post.accuracy,
                }
                .name()
                .to_owned()
            }),
            text("material", &|row| match row {
                Row::Line(line) => line.material.clone().unwrap_or_default(),
                Row::Post(_) => String::new(),
            }),
            number("depth_m", &|row| match row {
                Row::Line(Conduit {
                    lay: Lay::Underground { depth_m },
                    ..
                }) => *depth_m,
                _ => None,
            }),
            number("height_m", &|row| match row {
                Row::Line(Conduit {
                    lay: Lay::Overhead { height_m },
                    ..
                }) => *height_m,
                Row::Line(_) => None,
                Row::Post(post) => post.height_m,
            }),
            number("diameter_m", &|row| match row {
                Row::Line(line) => line.diameter_m,
                Row::Post(post) => post.diameter_m,
            }),
            number("voltage_v", &|row| match row {
                Row::Line(line) => line.voltage_v,
                Row::Post(post) => post.voltage_v,
            }),
            // As `view::life` looks for them.
            number("works_year", &|row| years(row).works.map(f64::from)),
            number("year", &|row| years(row).from.map(f64::from)),
            number("to_year", &|row| years(row).to.map(f64::from)),
            text("dataset", &|row| match row {
                Row::Line(line) => line.dataset.to_string(),
                Row::Post(post) => post.dataset.to_string(),
            }),
        ],
    };
    if has_chargers {
        table.columns.extend(charging);
    }
    table
}
