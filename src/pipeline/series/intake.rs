//! One pass over the tables of a series: values to disk, and what must be known before they can be laid out.

use super::axis::Stamps;
use super::declared::{DeclaredSeries, StampEnd};
use super::columns::{ColumnPlan, PlannedValues};
use super::form::{Counted, Form, Known, text_of};
use super::places::delivery_points;
use super::split::{self, Member, Moved, Of, Stride};
use super::spool::{MOST_MET, Point, Points, Writer};
use super::tell::Teller;
use crate::base::{Clock, Instant, Severity, Wall};
use crate::formats::series::preamble::Preamble;
use crate::formats::series::stamp::{Precision, Stamp, WallClock, date_s};
use crate::formats::series::unit::Unit;
use crate::formats::series::value::Value;
use crate::pipeline::sources::readers::Table;
use crate::pipeline::sources::record::Cell;
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Objects of one series.
const MAX_ROWS: usize = 4 << 20;
/// Quantities of one series, each in a unit.
const MAX_SLOTS: usize = 1024;
/// Columns that lack values, counted by object; of more none is given a step of its own.
const MAX_COLUMNS: usize = 1 << 18;
/// Hours that the clock shows twice, counted by object.
const MAX_DOUBLES: usize = 8 << 20;

type Map<K, V> = HashMap<K, V, FixedState>;

/// A quantity in a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub quantity: String,
    /// As it will be written; empty where nobody says it.
    pub unit: String,
    pub lane: usize,
    /// The lane of its own that it was given because its objects have another step; 0 where they have not.
    pub apart: usize,
    pub count: u64,
}

/// Which way the rows of a source go in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Rising,
    Falling,
    Mixed,
}

/// An hour that the clock shows twice: its two instants, and how often it was met.
#[derive(Clone, Copy, Debug)]
pub struct Double {
    pub second: i64,
    pub met: u8,
}

/// What a pass brings.
pub struct Taken {
    pub points: Points,
    /// Names of rows as they were first met.
    pub rows: Vec<String>,
    pub slots: Vec<Slot>,
    /// Where the slot of a row's points is another than they say.
    pub moved: Moved,
    pub lanes: Vec<Stamps>,
    /// By the rows they were met among, and the first of the two instants.
    pub doubles: HashMap<(u32, i64), Double, FixedState>,
    pub order: Order,
    pub clock: Clock,
    pub ends: bool,
    /// Values, and rows that were lost whole.
    pub read: u64,
    /// Delivery points of rows as the series' own column counts them, the fewest of each; only where rows are to be summed.
    pub points_of: HashMap<u32, u64, FixedState>,
}

/// Objects that stand in order among themselves.
struct Track {
    last: i64,
    hash: u64,
    looked_at: bool,
    stride: Stride,
}

/// What a pass is told.
pub struct Wanted<'a> {
    pub id: &'a str,
    pub declared: Option<&'a DeclaredSeries>,
    /// One table is all of the series.
    pub is_alone: bool,
    /// The clock of the place.
    pub clock: Clock,
    /// Whether an id is one of the territory's objects.
    pub is_known: &'a dyn Fn(&str) -> bool,
    pub cancelled: &'a dyn Fn() -> bool,
}

pub struct Intake<'a> {
    pub(super) wanted: &'a Wanted<'a>,
    writer: Writer,
    rows: Vec<String>,
    row_of: Map<String, u32>,
    slots: Vec<Slot>,
    slot_of: BTreeMap<(String, String), u16>,
    /// Quantity and unit as the last row wrote them, and their slot: rows repeat themselves.
    pub(super) last_slot: Option<(String, String, Option<u16>)>,
    pub(super) lanes: Vec<Stamps>,
    tracks: Vec<Track>,
    track_of: Map<(u32, u16), u32>,
    doubles: Map<(u32, i64), Double>,
    rising: u64,
    falling: u64,
    pub(super) wall: WallClock,
    pub(super) zone_told: bool,
    pub(super) ends: bool,
    read: u64,
    points_of: Map<u32, u64>,
    /// Of objects that are columns: the stamps at which they have values.
    strides: Map<u32, Stride>,
    /// The same of quantities that are columns, by row and slot: of those that lack values.
    of_columns: Map<(u32, u16), Stride>,
}

/// A stamp in UTC; for an hour that the clock shows twice the first, and how often it was met.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub seconds: i64,
    pub precision: Precision,
    pub met: u8,
    pub among: u32,
}

impl<'a> Intake<'a> {
    pub fn new(path: &Path, wanted: &'a Wanted<'a>, teller: &mut Teller) -> std::io::Result<Self> {
        let declared = wanted.declared.and_then(|declared| declared.time_zone.as_deref());
        let named = declared.and_then(Clock::named);
        if let (Some(name), None) = (declared, named) {
            teller.push("series-zone-unknown", Severity::Error, name, wanted.clock.name());
        }
        Ok(Self {
            wanted,
            writer: Writer::create(path)?,
            rows: Vec::new(),
            row_of: Map::default(),
            slots: Vec::new(),
            slot_of: BTreeMap::new(),
            last_slot: None,
            lanes: Vec::new(),
            tracks: Vec::new(),
            track_of: Map::default(),
            doubles: Map::default(),
            rising: 0,
            falling: 0,
            wall: WallClock::new(named.unwrap_or(wanted.clock)),
            zone_told: named.is_some(),
            ends: wanted.declared.and_then(|declared| declared.stamp) == Some(StampEnd::End),
            read: 0,
            points_of: Map::default(),
            strides: Map::default(),
            of_columns: Map::default(),
        })
    }

    /// Reads a table.
    ///
    /// # Errors
    /// What the system says when the values cannot be kept.
    pub fn table(&mut self, columns: &[String], table: &dyn Table, form: &Form, teller: &mut Teller) -> std::io::Result<()> {
        let before = table.series_facts().before;
        let mut form = form.clone();
        // What stands before a table says more than two words over it, or that it is another thing.
        if form.known == Some(Known::EnedisCurve) && before != Preamble::default() {
            form.known = None;
        }
        self.clock_of(columns, &form, &before, teller);
        self.ends_of(columns, &form, &before, teller);
        self.objects_of(columns, &mut form);
        self.tell_form(columns, &form, teller);
        let Some(dates) = self.order_of_dates(columns, table, &form, teller) else { return Ok(()) };
        let plan = ColumnPlan::new(self, columns, &form, &before, dates, teller);
        let wanted: Vec<(usize, &str)> = form.columns().into_iter().map(|at| (at, columns.get(at).map_or("", String::as_str))).collect();
        let mut fault = None;
        let mut line = Line::default();
        let mut count = 0_u64;
        let read = table.cells(&wanted, &mut |row| {
            count += 1;
            if count % 65_536 == 0 && (self.wanted.cancelled)() {
                return false;
            }
            match row {
                Err(unread) => {
                    self.read += 1;
                    teller.note("series-row-unreadable", Severity::Warning, || unread.object.clone(), || unread.reason.clone());
                }
                Ok((number, cells)) => {
                    line.number = number;
                    if let Err(error) = self.row(&plan, cells, &mut line, teller) {
                        fault = Some(error);
                        return false;
                    }
                }
            }
            true
        });
        if let Some(error) = fault {
            return Err(error);
        }
        if let Err(reason) = read {
            teller.push("source-unreadable", Severity::Error, "", reason);
        }
        Ok(())
    }

    /// All that was taken.
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(mut self, typical_year: bool, teller: &mut Teller) -> std::io::Result<Taken> {
        let (rising, falling) = (self.rising, self.falling);
        let order = match (rising, falling) {
            (_, 0) => Order::Rising,
            (0, _) => Order::Falling,
            // A few rows out of their place do not turn a file.
            (up, down) if down.saturating_mul(20) <= up => Order::Rising,
            (up, down) if up.saturating_mul(20) <= down => Order::Falling,
            _ => Order::Mixed,
        };
        let astray = rising.min(falling);
        // A year made of several is laid on one, and begins wherever it did.
        if astray > 0 && !typical_year {
            teller.push("series-unsorted", Severity::Info, "", astray);
        }
        // A stated step is everyone's; sums are told by how many stand behind them, which a part of the objects would not be.
        let is_parted = self.wanted.declared.is_none_or(|declared| declared.step_s.is_none() && declared.aggregate.is_none());
        let members = if is_parted { self.members() } else { Vec::new() };
        let points = self.writer.finish()?;
        let parted = split::by_step(&members, &points, self.wall.clock(), self.ends, &mut self.slots, &mut self.lanes, MAX_SLOTS)?;
        for rhythms in &parted.rhythms {
            let said: Vec<String> = rhythms.iter().map(|(rhythm, objects)| format!("{objects} × {}", split::called(*rhythm))).collect();
            teller.push("series-steps-parted", Severity::Info, self.wanted.id, said.join(", "));
        }
        for (quantity, rhythm) in &parted.columns {
            teller.push("series-column-step", Severity::Info, quantity, split::called(*rhythm));
        }
        for (step, objects) in &parted.joined {
            teller.push("series-phases-joined", Severity::Warning, self.wanted.id, format!("{objects} × {}", split::called(split::Rhythm::of(*step))));
        }
        for (row, pieces) in &parted.changes {
            let name = || self.rows.get(*row as usize).cloned().unwrap_or_default();
            let step = |step: i64| split::called(split::Rhythm::of(step));
            let piece = |(from, own): &(i64, i64)| if *from == i64::MIN { step(*own) } else { format!("{} ({})", step(*own), Instant(*from)) };
            let said = || pieces.iter().map(piece).collect::<Vec<_>>().join(" → ");
            teller.note("series-step-changes", Severity::Info, name, said);
        }
        Ok(Taken {
            points,
            moved: parted.moved,
            rows: self.rows,
            slots: self.slots,
            lanes: self.lanes,
            doubles: self.doubles,
            order,
            clock: self.wall.clock(),
            ends: self.ends,
            read: self.read,
            points_of: self.points_of,
        })
    }

    /// All whose stamps may tell a step of their own.
    fn members(&self) -> Vec<Member> {
        let of_rows = self.track_of.iter().filter_map(|((row, lane), track)| {
            let track = self.tracks.get(*track as usize)?;
            (!self.strides.contains_key(row)).then_some(Member { row: *row, of: Of::Lane(usize::from(*lane)), lane: usize::from(*lane), hash: track.hash, stride: track.stride })
        });
        let hash = |row: u32| hash_of(self.rows.get(row as usize).map_or("", String::as_str));
        let of_objects = self.strides.iter().map(|(row, stride)| Member { row: *row, of: Of::Lane(0), lane: 0, hash: hash(*row), stride: *stride });
        let are_all = self.of_columns.len() < MAX_COLUMNS;
        let of_columns = self.of_columns.iter().filter(|_| are_all).filter_map(|((row, slot), stride)| {
            let lane = self.slots.get(usize::from(*slot))?.lane;
            stride.is_slower(&self.stride(*row, lane)).then_some(Member { row: *row, of: Of::Slot(*slot), lane, hash: hash(*row), stride: *stride })
        });
        of_rows.chain(of_objects).chain(of_columns).collect()
    }

    fn row(&mut self, plan: &ColumnPlan, cells: &[Option<Cell>], line: &mut Line, teller: &mut Teller) -> std::io::Result<()> {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).and_then(Option::as_ref);
        if let Some(row) = plan.constant {
            line.row = row;
        } else if matches!(plan.values, PlannedValues::Rows(_)) {
            // The columns are the objects.
        } else {
            line.id.clear();
            for at in &plan.id {
                if !line.id.is_empty() {
                    line.id.push_str(" · ");
                }
                match cell(Some(*at)) {
                    Some(Cell::Text(text)) => line.id.push_str(text.trim()),
                    Some(other) => line.id.push_str(&text_of(other)),
                    None => {}
                }
            }
            if line.id.is_empty() {
                self.read += 1;
                teller.note("series-id-missing", Severity::Warning, || line.place(), String::new);
                return Ok(());
            }
            let Some(row) = self.intern(&line.id, teller) else { return Ok(()) };
            line.row = row;
        }
        let secret = match cell(plan.points) {
            Some(points) => match number_of(points) {
                // What is summed is judged by its sum.
                Value::Number(count) if self.wanted.declared.is_some_and(|declared| declared.aggregate.is_some()) => {
                    let (count, known) = (delivery_points(count), self.points_of.entry(line.row).or_insert(u64::MAX));
                    *known = count.min(*known);
                    false
                }
                Value::Number(count) if count < plan.secret_below => {
                    teller.note("series-below-threshold", Severity::Info, || line.place(), || count.to_string());
                    true
                }
                Value::Masked => {
                    teller.note("series-masked", Severity::Info, || line.place(), || text_of(points));
                    true
                }
                _ => false,
            },
            None => false,
        };
        if let PlannedValues::Instants(list) = &plan.values {
            for (at, stamp) in list {
                let (slot, value) = (plan.slot_of_row(self, cells, teller), cell(Some(*at)));
                let (Some(slot), Some(stamp)) = (slot, stamp) else { continue };
                self.keep(line, slot, *stamp, value, secret, teller)?;
            }
            return Ok(());
        }
        let Some(stamp) = plan.stamp(cells) else {
            self.read += 1;
            teller.note("series-stamp-unreadable", Severity::Warning, || line.place(), || plan.stamp_text(cells));
            return Ok(());
        };
        match &plan.values {
            PlannedValues::One(at) => {
                let Some(slot) = plan.slot_of_row(self, cells, teller) else { return Ok(()) };
                let lane = self.slots.get(usize::from(slot)).map_or(0, |slot| slot.lane);
                let Some(stamp) = self.instant(plan, cells, line, stamp, lane, teller) else { return Ok(()) };
                self.keep(line, slot, stamp, cell(Some(*at)), secret, teller).map(|_| ())
            }
            PlannedValues::Slots(list) => {
                let lane = list.first().and_then(|(_, slot)| self.slots.get(usize::from(*slot))).map_or(0, |slot| slot.lane);
                let before = self.stride(line.row, lane);
                let shown = stamp;
                let Some(stamp) = self.instant(plan, cells, line, stamp, lane, teller) else { return Ok(()) };
                let shown_s = if shown.absolute { self.wall.shown_s(stamp.seconds) } else { shown.seconds };
                for (at, slot) in list {
                    let kept = self.keep(line, *slot, stamp, cell(Some(*at)), secret, teller)?;
                    // A column that is filled at every other row has a step of its own; until its first hole it has that of the rows.
                    if let Some(stride) = self.of_columns.get_mut(&(line.row, *slot)) {
                        if kept {
                            stride.add(stamp.seconds, shown_s);
                        }
                    } else if !kept && list.len() > 1 && self.of_columns.len() < MAX_COLUMNS {
                        self.of_columns.insert((line.row, *slot), before);
                    }
                }
                Ok(())
            }
            PlannedValues::Rows(list) => {
                // All objects of a row share its stamp, and the first speaks for them.
                line.row = list.first().map_or(0, |(_, row, _)| *row);
                let lane = list.first().and_then(|(_, _, slot)| self.slots.get(usize::from(*slot))).map_or(0, |slot| slot.lane);
                let shown = stamp;
                let Some(stamp) = self.instant(plan, cells, line, stamp, lane, teller) else { return Ok(()) };
                let shown_s = if shown.absolute { self.wall.shown_s(stamp.seconds) } else { shown.seconds };
                for (at, row, slot) in list {
                    line.row = *row;
                    // A column that is filled once a month has a step of its own.
                    if self.keep(line, *slot, stamp, cell(Some(*at)), secret, teller)? {
                        self.strides.entry(*row).or_default().add(stamp.seconds, shown_s);
                    }
                }
                Ok(())
            }
            PlannedValues::Hours(Counted::Months, list) => {
                if stamp.precision != Precision::Year {
                    return Ok(());
                }
                let year = i64::from(Instant(stamp.seconds).utc().year);
                for (at, month, own) in list {
                    let Some(slot) = own.or_else(|| plan.slot_of_row(self, cells, teller)) else { continue };
                    let lane = self.slots.get(usize::from(slot)).map_or(0, |slot| slot.lane);
                    let Some(seconds) = date_s(year, month + 1, 1) else { continue };
                    let Some(stamp) = self.instant(plan, cells, line, Stamp { seconds, absolute: false, precision: Precision::Month }, lane, teller) else { continue };
                    self.keep(line, slot, stamp, cell(Some(*at)), secret, teller)?;
                }
                Ok(())
            }
            PlannedValues::Hours(Counted::Elapsed, list) => {
                let Some(slot) = plan.slot_of_row(self, cells, teller).filter(|_| stamp.precision >= Precision::Day) else { return Ok(()) };
                let lane = self.slots.get(usize::from(slot)).map_or(0, |slot| slot.lane);
                self.assume_zone(stamp, teller);
                let clock = self.wall.clock();
                let midnight = if stamp.absolute { clock.shown_s(Instant(stamp.seconds)) } else { stamp.seconds };
                let (Some(start), Some(end)) = (clock.begins(midnight), clock.begins(midnight + 86_400)) else { return Ok(()) };
                for (at, after_s, _) in list {
                    let (seconds, value) = (start.0 + after_s, cell(Some(*at)));
                    // A stamp at the end of its step is just inside it.
                    if seconds - i64::from(self.ends) >= end.0 {
                        self.beyond(line, value, teller);
                        continue;
                    }
                    let Some(stamp) = self.instant(plan, cells, line, Stamp { seconds, absolute: true, precision: Precision::Time }, lane, teller) else { continue };
                    self.keep(line, slot, stamp, value, secret, teller)?;
                }
                Ok(())
            }
            PlannedValues::Hours(Counted::Clock, list) => {
                let Some(slot) = plan.slot_of_row(self, cells, teller).filter(|_| stamp.precision >= Precision::Day) else { return Ok(()) };
                let lane = self.slots.get(usize::from(slot)).map_or(0, |slot| slot.lane);
                for (at, after_s, _) in list {
                    let stamp = Stamp { seconds: stamp.seconds + after_s, precision: Precision::Time, ..stamp };
                    if !stamp.absolute && self.wall.read(stamp.seconds) == Wall::Never {
                        self.skip(line, stamp, cell(Some(*at)), teller);
                        continue;
                    }
                    let Some(stamp) = self.instant(plan, cells, line, stamp, lane, teller) else { continue };
                    self.keep(line, slot, stamp, cell(Some(*at)), secret, teller)?;
                }
                Ok(())
            }
            PlannedValues::Instants(_) => Ok(()),
        }
    }

    /// The column of an hour that the clock leaves out: there is nothing to read, and what stands there all the same is told.
    fn skip(&mut self, line: &Line, stamp: Stamp, cell: Option<&Cell>, teller: &mut Teller) {
        self.read += 1;
        let is_nothing = matches!(cell.map_or(Value::Absent, number_of), Value::Absent | Value::Number(0.0));
        let severity = if is_nothing { Severity::Info } else { Severity::Warning };
        let hour = || Instant(stamp.seconds).to_string().replace('T', " ").trim_end_matches(":00Z").to_owned();
        teller.note("series-hours-skipped", severity, || format!("{} {}", line.place(), hour()), || cell.map_or_else(|| "–".to_owned(), text_of));
    }

    /// The column of an hour that only a longer day has: empty on all others.
    fn beyond(&mut self, line: &Line, cell: Option<&Cell>, teller: &mut Teller) {
        let value = cell.map_or(Value::Absent, number_of);
        if value == Value::Absent {
            return;
        }
        self.read += 1;
        let severity = if value == Value::Number(0.0) { Severity::Info } else { Severity::Warning };
        teller.note("series-hours-beyond", severity, || line.place(), || cell.map(text_of).unwrap_or_default());
    }

    /// Keeps a value, or says why there is none; whether it was kept.
    fn keep(&mut self, line: &Line, slot: u16, at: At, cell: Option<&Cell>, secret: bool, teller: &mut Teller) -> std::io::Result<bool> {
        self.read += 1;
        let value = cell.map_or(Value::Absent, number_of);
        let shown = || cell.map(text_of).unwrap_or_default();
        match value {
            Value::Number(_) if secret => {}
            Value::Number(value) => {
                if let Some(slot) = self.slots.get_mut(usize::from(slot)) {
                    slot.count += 1;
                }
                let number = u32::try_from(line.number).unwrap_or(u32::MAX);
                self.writer.add(&Point { row: line.row, slot, at: at.seconds, value, number, precision: at.precision, met: at.met, among: at.among })?;
                return Ok(true);
            }
            Value::Absent => teller.note("series-value-absent", Severity::Info, || line.place(), shown),
            Value::Masked => teller.note("series-masked", Severity::Info, || line.place(), shown),
            Value::NotFinite => teller.note("series-value-not-finite", Severity::Warning, || line.place(), shown),
            Value::Unreadable => teller.note("series-value-unreadable", Severity::Warning, || line.place(), shown),
        }
        Ok(false)
    }

    /// A row's stamp as an instant, counted in its lane; `None` for hours that there are not.
    fn instant(&mut self, plan: &ColumnPlan, cells: &[Option<Cell>], line: &Line, stamp: Stamp, lane: usize, teller: &mut Teller) -> Option<At> {
        if let Some(wall) = plan.wall_hour(cells).filter(|_| stamp.absolute)
            && self.wall.read(wall) == Wall::Never
        {
            self.read += 1;
            teller.note("series-hour-nonexistent", Severity::Warning, || line.place(), || plan.stamp_text(cells));
            return None;
        }
        let (first, second) = match self.resolve(stamp) {
            Some(found) => found,
            None => {
                self.read += 1;
                teller.note("series-hour-nonexistent", Severity::Warning, || line.place(), || plan.stamp_text(cells));
                return None;
            }
        };
        self.assume_zone(stamp, teller);
        let track = self.track(line.row, lane);
        self.count(lane, track, first, stamp, second.is_some());
        let Some(second) = second else { return Some(At { seconds: first, precision: stamp.precision, met: 0, among: 0 }) };
        self.double(track, first, second, teller)
    }

    pub(super) fn double(&mut self, among: u32, first: i64, second: i64, teller: &mut Teller) -> Option<At> {
        if self.doubles.len() >= MAX_DOUBLES && !self.doubles.contains_key(&(among, first)) {
            teller.note("series-too-many-doubles", Severity::Error, String::new, || MAX_DOUBLES.to_string());
            return None;
        }
        let double = self.doubles.entry((among, first)).or_insert(Double { second, met: 0 });
        double.met = (double.met + 1).min(MOST_MET);
        Some(At { seconds: first, precision: Precision::Time, met: double.met, among })
    }

    /// The instant of a stamp, and the second where the clock shows it twice.
    pub(super) fn resolve(&mut self, stamp: Stamp) -> Option<(i64, Option<i64>)> {
        if stamp.absolute {
            return Some((stamp.seconds, None));
        }
        match self.wall.read(stamp.seconds) {
            Wall::Once(at) => Some((at.0, None)),
            // A day or a month begins when its first hour does.
            Wall::Twice(first, _) if stamp.precision != Precision::Time => Some((first.0, None)),
            Wall::Twice(first, second) => Some((first.0, Some(second.0))),
            // Midnight may be left out; the day is there all the same.
            Wall::Never if stamp.precision != Precision::Time => Some((self.wall.clock().wall_forward(stamp.seconds)?.0, None)),
            Wall::Never => None,
        }
    }

    /// Says once that stamps were taken to go by the clock of the place.
    pub(super) fn assume_zone(&mut self, stamp: Stamp, teller: &mut Teller) {
        if !stamp.absolute && !self.zone_told {
            self.zone_told = true;
            let severity = if stamp.precision == Precision::Time { Severity::Warning } else { Severity::Info };
            teller.push("series-zone-assumed", severity, "", self.wall.clock().name());
        }
    }

    pub(super) fn track(&mut self, row: u32, lane: usize) -> u32 {
        let key = (row, u16::try_from(lane).unwrap_or(u16::MAX));
        if let Some(track) = self.track_of.get(&key) {
            return *track;
        }
        let track = u32::try_from(self.tracks.len()).unwrap_or(u32::MAX);
        let hash = hash_of(self.rows.get(row as usize).map_or("", String::as_str));
        let (looked_at, evicted) = self.lanes.get_mut(lane).map_or((false, None), |lane| lane.admit(hash, track));
        if let Some(evicted) = evicted.and_then(|evicted| self.tracks.get_mut(evicted as usize)) {
            evicted.looked_at = false;
        }
        self.tracks.push(Track { last: i64::MIN, hash, looked_at, stride: Stride::default() });
        self.track_of.insert(key, track);
        track
    }

    /// What the stamps of an object have in common so far.
    fn stride(&self, row: u32, lane: usize) -> Stride {
        let track = self.track_of.get(&(row, u16::try_from(lane).unwrap_or(u16::MAX)));
        track.and_then(|track| self.tracks.get(*track as usize)).map_or_else(Stride::default, |track| track.stride)
    }

    /// `is_double`: the clock shows it twice, and which of both it is nobody knows yet.
    pub(super) fn count(&mut self, lane: usize, track: u32, at: i64, stamp: Stamp, is_double: bool) {
        let shown_s = if stamp.absolute { self.wall.shown_s(at) } else { stamp.seconds };
        let Some(lane) = self.lanes.get_mut(lane) else { return };
        lane.add(at, stamp.precision);
        let Some(found) = self.tracks.get_mut(track as usize) else { return };
        if found.looked_at {
            lane.look(found.hash, track, at);
        }
        found.stride.add(at, shown_s);
        if is_double {
            return;
        }
        if found.last != i64::MIN {
            self.rising += u64::from(at > found.last);
            self.falling += u64::from(at < found.last);
        }
        found.last = at;
    }

    pub(super) fn intern(&mut self, id: &str, teller: &mut Teller) -> Option<u32> {
        if let Some(row) = self.row_of.get(id) {
            return Some(*row);
        }
        if self.rows.len() >= MAX_ROWS {
            self.read += 1;
            teller.note("series-too-many-objects", Severity::Error, || id.to_owned(), || MAX_ROWS.to_string());
            return None;
        }
        let row = self.rows.len() as u32;
        self.rows.push(id.to_owned());
        self.row_of.insert(id.to_owned(), row);
        Some(row)
    }

    /// The slot of a quantity in a unit as written. `own_lane`: its stamps are its own.
    pub(super) fn slot(&mut self, quantity: &str, unit: &str, own_lane: bool, teller: &mut Teller) -> Option<u16> {
        let symbol = match Unit::parse(unit) {
            Some(unit) => unit.symbol.to_owned(),
            None => unit.trim().to_owned(),
        };
        let key = (quantity.to_owned(), symbol.clone());
        if let Some(slot) = self.slot_of.get(&key) {
            return Some(*slot);
        }
        if self.slots.len() >= MAX_SLOTS {
            self.read += 1;
            teller.note("series-too-many-quantities", Severity::Error, || quantity.to_owned(), || MAX_SLOTS.to_string());
            return None;
        }
        let called = if quantity.is_empty() { self.wanted.id } else { quantity };
        if symbol.is_empty() {
            teller.push("series-unit-missing", Severity::Warning, called, "");
        } else if Unit::parse(&symbol).is_none() {
            teller.push("series-unit-unknown", Severity::Warning, called, &symbol);
        }
        // One lane for columns of one table; one for each quantity of a long one, in whatever units.
        let known = if own_lane { self.slots.iter().find(|slot| slot.quantity == quantity).map(|slot| slot.lane) } else { (!self.lanes.is_empty()).then_some(0) };
        let lane = known.unwrap_or_else(|| {
            self.lanes.push(Stamps::default());
            self.lanes.len() - 1
        });
        let slot = self.slots.len() as u16;
        self.slots.push(Slot { quantity: quantity.to_owned(), unit: symbol, lane, apart: 0, count: 0 });
        self.slot_of.insert(key, slot);
        Some(slot)
    }
}

/// The row that is being read.
#[derive(Default)]
struct Line {
    number: u64,
    id: String,
    row: u32,
}

impl Line {
    fn place(&self) -> String {
        if self.id.is_empty() { format!("#{}", self.number) } else { format!("#{} {}", self.number, self.id) }
    }
}

fn number_of(cell: &Cell) -> Value {
    match cell {
        Cell::Number(number) if number.is_finite() => Value::Number(*number),
        Cell::Number(_) => Value::NotFinite,
        Cell::Flag(flag) => Value::Number(f64::from(u8::from(*flag))),
        Cell::Text(text) => Value::parse(text),
    }
}

/// The same on every machine and in every run (FNV-1a).
fn hash_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
