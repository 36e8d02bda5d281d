//! Tables joined to the objects of a layer by an id: consumption, dwellings, year of construction …
//!
//! An object may have several ids (a footprint over several RNB buildings) and an id several objects (a building surveyed in parts):
//! counts and amounts are added up in the first case and given to the largest object in the second, so that no sum changes.

use super::declaration::{DeclaredJoin, Role};
use super::readers::{Content, Found};
use super::record::{Cell, Record};
use super::vocabulary::{self, Mapping};
pub use crate::base::plain_id as plain;
use crate::base::{Finding, Report, Severity};
use std::collections::HashMap;

/// Rows of one table.
const MAX_ROWS: usize = 20_000_000;
/// The term under which the id of a row is read.
const KEY: &str = "join:key";
/// Terms whose values are amounts: they add up, and are given away once.
const AMOUNTS: &[&str] = &["dwellings", "consumption"];

/// A table in memory, by its ids.
pub struct Joined {
    pub onto: Role,
    file: String,
    /// The term of the layer that holds the id.
    pub by: &'static str,
    rows: HashMap<String, Vec<(&'static str, Cell)>>,
}

impl Joined {
    /// Reads a table; what is wrong with it is reported.
    pub fn read(join: &DeclaredJoin, found: &Found, report: &mut Report) -> Option<Self> {
        let file = found.label();
        let Content::Table(table) = &found.content else {
            report.push(Finding::new("declaration-mismatch", Severity::Error, &file).value("join"));
            return None;
        };
        let column = |name: &str| {
            found
                .columns
                .iter()
                .find(|column| column.eq_ignore_ascii_case(name))
                .cloned()
        };
        let missing = |name: &str, report: &mut Report| {
            report.push(
                Finding::new("join-column-missing", Severity::Error, &file)
                    .object(name)
                    .value(
                        found
                            .columns
                            .iter()
                            .take(12)
                            .cloned()
                            .collect::<Vec<_>>()
                            .join(", "),
                    ),
            );
        };
        let Some(key) = column(&join.column) else {
            missing(&join.column, report);
            return None;
        };
        let mut mapping: Mapping = vec![(KEY, vec![key])];
        for (term, name) in &join.fields {
            match (vocabulary::term(join.onto, term), column(name)) {
                (Some(term), Some(column)) => mapping.push((term, vec![column])),
                (None, _) => report.push(
                    Finding::new("declaration-term-unknown", Severity::Warning, &file).object(term),
                ),
                (_, None) => missing(name, report),
            }
        }
        mapping.extend(vocabulary::kept(&join.keep, &found.columns));
        let by = vocabulary::term(join.onto, &join.by)
            .unwrap_or_else(|| vocabulary::joining_term(&join.by));

        let mut rows: HashMap<String, Vec<(&'static str, Cell)>> = HashMap::new();
        let mut full = false;
        let read = table.read(&mapping, &mut |row| {
            let mut record = match row {
                Ok(record) => record,
                Err(unread) => {
                    report.push(
                        Finding::new("feature-unreadable", Severity::Error, &file)
                            .object(unread.object)
                            .value(unread.reason),
                    );
                    return;
                }
            };
            let Some(key) = record.text(KEY).map(|key| plain(&key)) else {
                report.push(
                    Finding::new("join-id-missing", Severity::Warning, &file).object(record.object),
                );
                return;
            };
            record.values.retain(|(term, _)| *term != KEY);
            if rows.len() >= MAX_ROWS {
                full = true;
            } else if rows.contains_key(&key) {
                report.push(Finding::new("join-id-twice", Severity::Warning, &file).object(key));
            } else {
                rows.insert(key, record.values);
            }
        });
        if let Err(reason) = read {
            report.push(Finding::new("source-unreadable", Severity::Error, &file).value(reason));
        }
        if full {
            report.push(Finding::new("join-too-large", Severity::Error, &file).value(MAX_ROWS));
        }
        Some(Self {
            onto: join.onto,
            file,
            by,
            rows,
        })
    }

    /// Gives the rows' values to the records, in place of what they have; rows without a record are reported.
    pub fn apply(&self, layers: &mut [super::RawLayer], report: &mut Report) {
        let mut owners = Owners::default();
        for (at, layer) in layers.iter().enumerate().filter(|(_, layer)| layer.role == self.onto) {
            owners.layers += 1;
            for (index, record) in layer.records.iter().enumerate() {
                self.survey(record, (at, index), &mut owners);
            }
        }
        let mut tally = Tally::default();
        for (at, layer) in layers.iter_mut().enumerate().filter(|(_, layer)| layer.role == self.onto) {
            for (index, record) in layer.records.iter_mut().enumerate() {
                self.give_to(record, (at, index), &owners, &mut tally);
            }
        }
        self.conclude(&owners, &tally, report);
    }

    /// First every record is looked at: the largest object of each id is the one that gets its amounts.
    pub fn survey(&self, record: &Record, place: Place, owners: &mut Owners) {
        let size = size(record);
        for id in ids(record, self.by).into_iter().filter(|id| self.rows.contains_key(id)) {
            match owners.largest.get_mut(&id) {
                Some(known) if known.0 >= size => {}
                Some(known) => *known = (size, place),
                None => {
                    owners.largest.insert(id, (size, place));
                }
            }
        }
    }

    /// Then each record gets its values.
    pub fn give_to(&self, record: &mut Record, place: Place, owners: &Owners, tally: &mut Tally) {
        let mut given: Vec<(&'static str, Cell)> = Vec::new();
        let mut found = false;
        for id in ids(record, self.by) {
            let Some(values) = self.rows.get(&id) else {
                continue;
            };
            found = true;
            let owner = owners.largest.get(&id).is_some_and(|(_, owner)| *owner == place);
            tally.shared += usize::from(!owner);
            for (term, cell) in values {
                give(&mut given, term, cell, owner);
            }
        }
        tally.without += usize::from(!found);
        for (term, cell) in given {
            record.values.retain(|(known, _)| *known != term);
            record.values.push((term, cell));
        }
    }

    /// What did not find each other is said.
    pub fn conclude(&self, owners: &Owners, tally: &Tally, report: &mut Report) {
        if owners.layers == 0 {
            report.push(
                Finding::new("join-layer-missing", Severity::Error, &self.file)
                    .value(self.onto.id()),
            );
            return;
        }
        // In the order of the ids, so that two runs say the same.
        let mut unmatched: Vec<&String> = self
            .rows
            .keys()
            .filter(|id| !owners.largest.contains_key(*id))
            .collect();
        unmatched.sort();
        for id in unmatched {
            report.push(Finding::new("join-unmatched", Severity::Warning, &self.file).object(id));
        }
        if tally.without > 0 {
            report
                .push(Finding::new("join-without-row", Severity::Info, &self.file).value(tally.without));
        }
        if tally.shared > 0 {
            report.push(Finding::new("join-shared", Severity::Info, &self.file).value(tally.shared));
        }
    }
}

/// A record's layer and its number there.
pub type Place = (usize, usize);

/// The largest object of each id.
#[derive(Default)]
pub struct Owners {
    /// Layers of the joined role that were looked at.
    pub layers: usize,
    largest: HashMap<String, (f64, Place)>,
}

/// Records without a row, and rows given to a second record.
#[derive(Default)]
pub struct Tally {
    without: usize,
    shared: usize,
}

fn give(given: &mut Vec<(&'static str, Cell)>, term: &'static str, cell: &Cell, owner: bool) {
    let amount = AMOUNTS.contains(&term);
    if amount && !owner {
        return;
    }
    let number = |cell: &Cell| {
        Record {
            values: vec![(term, cell.clone())],
            ..Record::default()
        }
        .number(term)
    };
    match given.iter_mut().find(|(known, _)| *known == term) {
        Some((_, sum)) if amount => {
            if let (Some(a), Some(b)) = (number(sum), number(cell)) {
                *sum = Cell::Number(a + b);
            }
        }
        // Of other values the first counts.
        Some(_) => {}
        None => given.push((term, cell.clone())),
    }
}

/// The ids of a record, as they are compared.
pub fn ids(record: &Record, by: &str) -> Vec<String> {
    let Some(text) = record.text(by) else {
        return Vec::new();
    };
    crate::base::joined_ids(by, &text)
}

/// Area of its outlines, for telling the largest.
fn size(record: &Record) -> f64 {
    let Some(shape) = &record.shape else {
        return 0.0;
    };
    shape
        .polygons()
        .iter()
        .filter_map(|rings| rings.first())
        .map(|ring| {
            let Some(origin) = ring.first() else {
                return 0.0;
            };
            let twice: f64 = ring
                .windows(2)
                .filter_map(|edge| match edge {
                    [a, b] => Some(
                        (a[0] - origin[0]) * (b[1] - origin[1])
                            - (b[0] - origin[0]) * (a[1] - origin[1]),
                    ),
                    _ => None,
                })
                .sum();
            0.5 * twice.abs()
        })
        .sum()
}
