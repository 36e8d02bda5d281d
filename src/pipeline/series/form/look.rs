//! A look at the first rows of a table.

use super::known::is_of_stations;
use super::names::{CLOCKS, NO_VALUES, NO_VALUES_BEGIN, POINTS};
use crate::formats::series::plain_name;
use crate::formats::series::stamp::{DateOrder, DateTally, Precision, Stamp, hour_of_day, time_of_day};
use crate::formats::series::unit::Unit;
use crate::formats::series::value::Value;
use crate::pipeline::series::form::Instants;
use crate::pipeline::sources::readers::Table;
use crate::pipeline::sources::record::Cell;

/// Cells looked at, over all columns.
const LOOK_CELLS: usize = 200_000;
const LOOK_ROWS: usize = 512;

/// What a look at a column shows.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) filled: usize,
    pub(super) numbers: usize,
    pub(super) stamps: usize,
    pub(super) times: usize,
    pub(super) hours: usize,
    /// Plain numbers that may be hours.
    pub(super) small: usize,
    /// The coarsest stamp.
    pub(super) precision: Option<Precision>,
}

impl Seen {
    pub(super) fn mostly(&self, count: usize) -> bool {
        self.filled > 0 && 10 * count >= 9 * self.filled
    }

    /// Enough for a column whose name says what it is: a few bad rows do not hide a table.
    pub(super) fn half(&self, count: usize) -> bool {
        count > 0 && 2 * count >= self.filled
    }
}

/// Rows that are gone through where the first do not decide.
const MOST_SCANNED: usize = 5_000_000;

/// The first rows of a table.
pub struct Look<'a> {
    table: &'a dyn Table,
    pub columns: Vec<String>,
    pub(super) plain: Vec<String>,
    pub(super) rows: Vec<Vec<Option<Cell>>>,
    seen: Vec<Seen>,
    /// Of the dates in each column, as these rows have them.
    orders: Vec<DateOrder>,
    /// Why no row could be read, where none could and there are some.
    pub fault: Option<String>,
}

impl<'a> Look<'a> {
    /// Reads them.
    pub fn at(columns: &[String], table: &'a dyn Table) -> Self {
        let all: Vec<(usize, &str)> = columns.iter().enumerate().map(|(at, name)| (at, name.as_str())).collect();
        let most = (LOOK_CELLS / columns.len().max(1)).clamp(3, LOOK_ROWS);
        let mut rows: Vec<Vec<Option<Cell>>> = Vec::new();
        let mut fault = None;
        // What cannot be read is told when all of it is.
        let read = table.cells(&all, &mut |row| {
            match row {
                Ok((_, cells)) => rows.push(cells.to_vec()),
                Err(unread) => drop(fault.get_or_insert(unread.reason)),
            }
            rows.len() < most
        });
        let fault = read.err().or(fault).filter(|_| rows.is_empty());
        let mut tallies = vec![DateTally::default(); columns.len()];
        for row in &rows {
            for (tally, cell) in tallies.iter_mut().zip(row) {
                if let Some(Cell::Text(text)) = cell {
                    tally.add(text);
                }
            }
        }
        let orders: Vec<DateOrder> = tallies.iter().map(|tally| tally.order().unwrap_or_default()).collect();
        let mut seen = vec![Seen::default(); columns.len()];
        for row in &rows {
            for ((seen, cell), order) in seen.iter_mut().zip(row).zip(&orders) {
                note(seen, cell.as_ref(), *order);
            }
        }
        Self { table, columns: columns.to_vec(), plain: columns.iter().map(|name| plain_name(name)).collect(), rows, seen, orders, fault }
    }

    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.eq_ignore_ascii_case(name.trim()))
    }

    /// The first column of these names, in the order of the names; units and clocks at the end of a name do not count.
    pub(super) fn named(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.plain.iter().position(|plain| plain == name))
    }

    pub(super) fn seen(&self, at: usize) -> Seen {
        self.seen.get(at).copied().unwrap_or_default()
    }

    pub(super) fn is_number(&self, at: usize) -> bool {
        let seen = self.seen(at);
        seen.numbers > 0 && seen.mostly(seen.numbers)
    }

    /// A column of values.
    pub(super) fn is_value(&self, at: usize) -> bool {
        self.may_be_value(at) && self.is_number(at)
    }

    /// A column of values that has none so far: batteries and wind at sea begin late. Without a unit in its name it must be one of many alike.
    pub(super) fn is_empty_value(&self, at: usize, alike: bool) -> bool {
        let unit = self.columns.get(at).is_some_and(|name| Unit::in_header(name).is_some());
        self.may_be_value(at) && self.seen(at).filled == 0 && (alike || unit)
    }

    /// A name that is no other thing's.
    pub(super) fn may_be_value(&self, at: usize) -> bool {
        let Some(name) = self.plain.get(at) else { return false };
        // Météo-France's code of quality stands behind each value: `T`, `QT`.
        let is_quality = name.strip_prefix('q').is_some_and(|of| self.plain.iter().any(|plain| plain == of)) && is_of_stations(&self.plain);
        // A lone `y` is no coordinate.
        let is_coordinate = !matches!(name.as_str(), "x" | "y" | "z") || ["x", "y"].iter().all(|axis| self.plain.iter().any(|plain| plain == axis));
        let excluded = is_quality || is_coordinate && NO_VALUES.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit())) || NO_VALUES_BEGIN.iter().any(|start| name.starts_with(start)) || POINTS.contains(&name.as_str()) || name.is_empty();
        !excluded
    }

    /// How far a column's stamps go down. Where some say their hour, the others are its midnights; where all are midnights, they are days.
    pub(super) fn precision(&self, at: usize) -> Option<Precision> {
        let seen = self.seen(at);
        if seen.times == 0 {
            return seen.precision;
        }
        let instant = Instants::one(at);
        let are_days = self.rows.iter().filter_map(|row| self.stamp(row, &instant)).all(|stamp| !stamp.absolute && stamp.seconds % 86_400 == 0);
        Some(if are_days { Precision::Day } else { Precision::Time })
    }

    /// The stamp of a row.
    pub(super) fn stamp(&self, row: &[Option<Cell>], instant: &Instants) -> Option<Stamp> {
        let order = instant.columns.first().and_then(|at| self.orders.get(*at)).copied().unwrap_or_default();
        instant.stamp(order, |at| self.text(row, at).into())
    }

    /// Goes through a column row by row, until it has been enough.
    pub(super) fn scan(&self, at: usize, each: &mut dyn FnMut(&str) -> bool) {
        let name = self.columns.get(at).map_or("", String::as_str);
        let mut rows = 0;
        // What cannot be read is told when the values are.
        let _ = self.table.cells(&[(at, name)], &mut |row| {
            rows += 1;
            let goes_on = match row {
                Ok((_, [Some(cell)])) => each(&text_of(cell)),
                _ => true,
            };
            goes_on && rows < MOST_SCANNED
        });
    }

    /// Whether all but a few of the values that a column holds are read so.
    pub(super) fn nearly_all_read(&self, at: usize, reads: &dyn Fn(&str) -> bool) -> bool {
        let read = self.rows.iter().filter(|row| reads(&self.text(row, at))).count();
        self.seen(at).mostly(read)
    }

    /// Whether at least half of what a column holds is read so.
    pub(super) fn half_reads(&self, at: usize, reads: &dyn Fn(&str) -> bool) -> bool {
        let read = self.rows.iter().filter(|row| reads(&self.text(row, at))).count();
        self.seen(at).half(read)
    }

    pub(super) fn text(&self, row: &[Option<Cell>], at: usize) -> String {
        row.get(at).and_then(Option::as_ref).map(text_of).unwrap_or_default()
    }
}

/// A cell as it would be written.
pub fn text_of(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
    }
}

fn note(seen: &mut Seen, cell: Option<&Cell>, order: DateOrder) {
    let Some(cell) = cell else { return };
    let text = text_of(cell);
    let value = match cell {
        Cell::Text(text) => Value::parse(text),
        Cell::Number(_) | Cell::Flag(_) => Value::Number(0.0),
    };
    if value == Value::Absent {
        return;
    }
    seen.filled += 1;
    seen.numbers += usize::from(value != Value::Unreadable);
    if let Some(stamp) = Stamp::parse_as(&text, order) {
        seen.stamps += 1;
        // Digits alone may be anything; only a name makes them an instant.
        seen.times += usize::from(stamp.precision == Precision::Time && !text.bytes().all(|byte| byte.is_ascii_digit()));
        seen.precision = Some(seen.precision.map_or(stamp.precision, |known| known.min(stamp.precision)));
    } else if time_of_day(&text).is_some() {
        seen.hours += 1;
    } else if hour_of_day(&text).is_some() {
        seen.small += 1;
    }
}

/// A name without what it says of clocks.
pub(super) fn bare(plain: &str) -> &str {
    let mut name = plain;
    while let Some(shorter) = CLOCKS.iter().find_map(|ending| name.strip_suffix(ending)) {
        name = shorter;
    }
    name
}
