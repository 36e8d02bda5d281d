//! Addresses as text: the BAN's CSV and the BAL of communes. Tables with a house number, a street and a point in two columns.

use super::{Content, Found, Head, Note, Opened, Row, Table, csv};
use crate::formats::shape::{Shape, ShapeKind};
use crate::pipeline::sources::record::Cell;
use crate::pipeline::sources::vocabulary::{self, Mapping};
use std::path::Path;

/// Longitude and latitude go first: they say themselves what they are.
const LON: [&str; 3] = ["lon", "long", "longitude"];
const LAT: [&str; 3] = ["lat", "latitude", "y_wgs84"];
/// Lambert-93 in mainland France, others overseas.
const X: [&str; 2] = ["x", "x_l93"];
const Y: [&str; 2] = ["y", "y_l93"];
const WGS84: &str = "EPSG:4326";

pub fn recognises(head: &Head) -> bool {
    let first = head.text().split(|byte| *byte == b'\n').next().unwrap_or_default();
    if !first.is_ascii() || !csv::recognises(head) {
        return false;
    }
    let text = String::from_utf8_lossy(first).to_lowercase();
    let columns: Vec<String> = text.split([';', ',', '\t', '|']).map(|name| name.trim().trim_matches('"').to_owned()).collect();
    vocabulary::is_addresses(&columns) && columns_of(&columns).is_some()
}

/// The columns of a point, and whether they are degrees.
fn columns_of(columns: &[String]) -> Option<([String; 2], bool)> {
    let find = |names: &[&str]| columns.iter().find(|column| names.iter().any(|name| column.eq_ignore_ascii_case(name))).cloned();
    let degrees = find(&LON).zip(find(&LAT)).map(|(lon, lat)| ([lon, lat], true));
    degrees.or_else(|| find(&X).zip(find(&Y)).map(|(x, y)| ([x, y], false)))
}

pub fn open(path: &Path) -> Opened {
    let found = csv::open(path)?;
    let placed = |found: Found| {
        let Found { file, table, columns, content, .. } = found;
        let (Content::Table(rows), Some((place, in_degrees))) = (content, columns_of(&columns)) else {
            return Err(("file-not-understood", "csv".to_owned()));
        };
        let content = Content::Table(Box::new(Addresses { rows, place }));
        Ok(Found { file, table, kind: ShapeKind::Point, crs: in_degrees.then(|| WGS84.to_owned()), columns, content })
    };
    found.into_iter().map(placed).collect()
}

struct Addresses {
    rows: Box<dyn Table>,
    place: [String; 2],
}

/// Terms under which the columns of the point are asked for.
const PLACE: [&str; 2] = ["address:x", "address:y"];

impl Table for Addresses {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let mut mapping = mapping.clone();
        mapping.extend(PLACE.iter().zip(&self.place).map(|(term, column)| (*term, vec![column.clone()])));
        self.rows.read(&mapping, &mut |row| {
            each(row.map(|mut record| {
                if let (Some(x), Some(y)) = (record.number(PLACE[0]), record.number(PLACE[1])) {
                    record.shape = Some(Shape::Point([x, y, f64::NAN]));
                }
                record.values.retain(|(term, _): &(&str, Cell)| !PLACE.contains(term));
                record
            }));
        })
    }

    fn notes(&self) -> &[Note] {
        self.rows.notes()
    }
}
