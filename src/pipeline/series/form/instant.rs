//! Which columns are the instants of a table.

use super::Form;
use super::look::{Look, bare};
use super::names::{DATE_PARTS, HOURS, INSTANTS, NIGHTS, QUARTERS, SLOTS, YEARS};
use crate::base::Instant;
use crate::formats::series::stamp::{DateOrder, DateTally, Part, Precision, Stamp, date_s};
use crate::pipeline::sources::record::Cell;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Headers of that kind make a table with a column for each instant.
const FEWEST_INSTANTS: usize = 3;

/// Times of a day that hours may be counted by: its minutes.
const MOST_MARKS: usize = 1440;
/// What is no such part so often is another one.
const MOST_MISSES: usize = 100;

/// Columns whose headers are instants.
pub(super) fn instants_in_headers(look: &Look, told: &[usize], wanted: bool) -> Vec<(usize, Stamp)> {
    let names = || look.columns.iter().enumerate().filter(|(at, _)| told.is_empty() || told.contains(at));
    let mut tally = DateTally::default();
    for (_, name) in names() {
        tally.add(name);
    }
    let order = tally.order().unwrap_or_default();
    let stamps: Vec<(usize, Stamp)> = names().filter_map(|(at, name)| Some((at, Stamp::parse_as(name, order)?))).collect();
    let others = (0..look.columns.len()).filter(|at| look.is_value(*at) && !stamps.iter().any(|(known, _)| known == at)).count();
    let fewest = if wanted { 1 } else { FEWEST_INSTANTS };
    // One kind of stamp, or the numbers are something else.
    let alike = stamps.windows(2).all(|pair| matches!(pair, [(_, a), (_, b)] if a.precision == b.precision));
    if stamps.len() >= fewest && (wanted || (alike && stamps.len() > others)) { stamps } else { Vec::new() }
}

/// Columns that make up the instant of a row: one, or a date and what refines it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instants {
    pub columns: Vec<usize>,
    /// What each column but the first says.
    pub parts: Vec<Part>,
    /// Hours are counted from 1 to 24, or written from 01:00 to 24:00: so many seconds before they end, their step begins.
    pub counted_s: i64,
    /// What follows a year is told by its numbers alone.
    pub is_guessed: bool,
}

impl Instants {
    pub(super) fn one(at: usize) -> Self {
        Self { columns: vec![at], ..Self::default() }
    }

    /// A row's stamp, by the texts of its columns.
    pub fn stamp<'a>(&self, order: DateOrder, text: impl Fn(usize) -> Cow<'a, str>) -> Option<Stamp> {
        let (first, rest) = self.columns.split_first()?;
        let date = Stamp::parse_as(&text(*first), order)?;
        let whole = rest.iter().zip(&self.parts).try_fold(date, |stamp, (at, part)| stamp.refined(*part, &text(*at)))?;
        Some(Stamp { seconds: whole.seconds - self.counted_s, ..whole })
    }

    /// With hours that run from 1 to 24 as the beginnings of their steps, as in columns `H1 … H24`.
    pub(super) fn with_counted(mut self, look: &Look) -> Self {
        let Some(at) = self.columns.last().copied() else { return self };
        // `24:00` behind a date is the midnight of the day before; a whole stamp that never says so is read as it stands.
        let says_24 = |text: &str| [" 24:0", "T24:0", " 24h"].iter().any(|midnight| text.contains(midnight));
        let of_stamp = |text: &str| {
            let stamp = Stamp::parse(text).filter(|stamp| stamp.precision == Precision::Time && !stamp.absolute)?;
            Some(if says_24(text) { 86_400 } else { stamp.seconds.rem_euclid(86_400) })
        };
        let part = match self.parts.last().copied() {
            Some(part @ (Part::Hour | Part::HourMinute)) => Some(part),
            None if look.rows.iter().any(|row| says_24(&look.text(row, at))) => None,
            _ => return self,
        };
        let mut marks: BTreeSet<i64> = BTreeSet::new();
        look.scan(at, &mut |text| {
            marks.extend(part.map_or_else(|| of_stamp(text), |part| part.read(text)));
            marks.first() != Some(&0) && marks.len() < MOST_MARKS
        });
        let ends_at_midnight = marks.first().is_some_and(|first| *first > 0) && marks.last() == Some(&86_400);
        let step_s = marks.iter().zip(marks.iter().skip(1)).map(|(a, b)| b - a).min();
        // The first is as far from midnight as the others are from each other.
        self.counted_s = step_s.filter(|step_s| ends_at_midnight && marks.first() == Some(step_s)).unwrap_or(0);
        self
    }

    /// As somebody declares them: by their names whatever their order, else each says more than the one before.
    pub(super) fn told(look: &Look, told: &[usize]) -> Self {
        let base = told.iter().position(|at| look.seen(*at).half(look.seen(*at).stamps)).unwrap_or(0);
        let before: Vec<usize> = told.iter().take(base).rev().copied().collect();
        let is_month = |at: usize| look.nearly_all_read(at, &|text| Part::Month.read(text).is_some());
        // A day before its month before its year, as they are written in France, unless the numbers have it the other way; hours behind them.
        let before = match before[..] {
            [second, first] if !is_month(second) && is_month(first) => vec![first, second],
            _ => before,
        };
        let mut rest: Vec<usize> = before.into_iter().chain(told.iter().skip(base + 1).copied()).collect();
        if rest.iter().all(|at| part_of(look, *at).is_some()) {
            rest.sort_by_key(|at| part_of(look, *at));
        }
        let mut columns: Vec<usize> = told.get(base).copied().into_iter().collect();
        let mut precision = columns.first().and_then(|at| look.precision(*at)).unwrap_or(Precision::Day);
        let mut parts: Vec<Part> = Vec::new();
        let mut is_guessed = false;
        for at in rest {
            let next: &[Part] = match (precision, parts.last()) {
                // Numbers above 12 are no months, those above 53 no weeks.
                (Precision::Year, _) => &[Part::Month, Part::Week, Part::Day],
                (Precision::Month, _) => &[Part::Day],
                (Precision::Day, Some(Part::Week)) if look.half_reads(at, &|text| Part::Weekday.read(text).is_some()) => &[Part::Weekday],
                (Precision::Day, _) => &[Part::Hour],
                (Precision::Time, None | Some(Part::Hour)) => &[Part::Minute],
                (Precision::Time, Some(_)) => &[Part::Second],
            };
            let fits = |part: &&Part| fits(look, at, **part);
            let by_name = part_of(look, at).map(|part| if part == Part::Day && parts.last() == Some(&Part::Week) { Part::Weekday } else { part });
            is_guessed |= by_name.is_none() && precision == Precision::Year;
            let part = by_name.unwrap_or_else(|| next.iter().find(fits).or(next.last()).copied().unwrap_or(Part::Hour));
            columns.push(at);
            parts.push(if part == Part::Hour { hour_of(look, at) } else { part });
            precision = reached(part);
        }
        Self { columns, parts, counted_s: 0, is_guessed }
    }
}

/// Whether all but a few numbers of a column are such parts, those included that come late.
fn fits(look: &Look, at: usize, part: Part) -> bool {
    let (mut rows, mut misses) = (0_usize, 0_usize);
    look.scan(at, &mut |text| {
        rows += 1;
        misses += usize::from(part.read(text).is_none());
        misses < MOST_MISSES
    });
    rows > 0 && misses < MOST_MISSES && 10 * misses <= rows
}

/// Hours by themselves, or with their minutes in one number.
fn hour_of(look: &Look, at: usize) -> Part {
    let numbers = || look.rows.iter().filter_map(|row| look.text(row, at).trim().parse::<u32>().ok());
    if numbers().any(|number| number > 24) && look.half_reads(at, &|text| Part::HourMinute.read(text).is_some()) { Part::HourMinute } else { Part::Hour }
}

/// How far a stamp goes down with that part.
fn reached(part: Part) -> Precision {
    match part {
        Part::Month => Precision::Month,
        Part::Week | Part::Weekday | Part::Day => Precision::Day,
        Part::Hour | Part::HourMinute | Part::Minute | Part::Second => Precision::Time,
    }
}

/// The columns of instants, and the wall clock beside them.
pub(super) fn instant_of(look: &Look) -> Option<(Instants, Option<[usize; 2]>)> {
    let hours = HOURS.iter().find_map(|name| look.plain.iter().position(|plain| bare(plain) == *name)).filter(|at| {
        let seen = look.seen(*at);
        seen.half(seen.hours) || seen.half(seen.small)
    });
    let dates = look.plain.iter().position(|plain| matches!(bare(plain), "date" | "jour" | "day")).filter(|at| look.seen(*at).precision == Some(Precision::Day));
    let wall = dates.zip(hours).map(|(date, hour)| [date, hour]);
    let by_name = INSTANTS.iter().find_map(|name| {
        look.plain.iter().enumerate().find_map(|(at, plain)| {
            let seen = look.seen(at);
            (bare(plain) == *name && seen.half(seen.stamps)).then_some(at)
        })
    });
    match by_name {
        Some(at) => {
            let instants = refined(look, at);
            let wall = wall.filter(|_| instants.parts.is_empty());
            Some((instants, wall))
        }
        // Without a name, only hours are certain to be stamps.
        None => (0..look.columns.len()).find(|at| look.seen(*at).mostly(look.seen(*at).times)).map(|at| (Instants::one(at), None)),
    }
}

/// A column of stamps with those that say more of them.
fn refined(look: &Look, at: usize) -> Instants {
    let mut instants = Instants::one(at);
    let mut precision = look.precision(at).unwrap_or(Precision::Time);
    loop {
        let next: &[Part] = match (precision, instants.parts.last()) {
            (Precision::Year, _) => of_year(look),
            (Precision::Month, _) => &[Part::Day],
            (Precision::Day, Some(Part::Week)) => &[Part::Weekday, Part::Hour],
            (Precision::Day, _) => &[Part::Hour],
            (Precision::Time, Some(Part::Hour)) => &[Part::Minute],
            (Precision::Time, Some(Part::Minute)) => &[Part::Second],
            (Precision::Time, _) => &[],
        };
        let found = next.iter().find_map(|part| part_column(look, *part).map(|column| (column, *part)));
        let Some((column, part)) = found.filter(|(column, _)| !instants.columns.contains(column)) else { return instants };
        let part = if part == Part::Hour { hour_of(look, column) } else { part };
        instants.columns.push(column);
        instants.parts.push(part);
        precision = reached(part);
        // An hour that is written with its minutes says all.
        if part == Part::Hour && look.seen(column).hours > 0 {
            return instants;
        }
    }
}

/// What may follow a year: its months, with their days; its weeks, with theirs; or its days.
fn of_year(look: &Look) -> &'static [Part] {
    match (part_column(look, Part::Month), part_column(look, Part::Week), part_column(look, Part::Day)) {
        (Some(_), _, Some(_)) | (Some(_), None, None) => &[Part::Month],
        (_, Some(_), _) => &[Part::Week],
        _ => &[Part::Day],
    }
}

/// The column of a part of dates. Days of a week may be called days.
fn part_column(look: &Look, wanted: Part) -> Option<usize> {
    let called = |wanted: Part| {
        let names = DATE_PARTS.iter().find(|(part, _)| *part == wanted).map_or(&[][..], |(_, names)| names);
        names.iter().find_map(|name| look.plain.iter().position(|plain| bare(plain) == *name))
    };
    let reads = |at: &usize| look.half_reads(*at, &|text| wanted.read(text).is_some());
    match wanted {
        Part::Day => called(wanted).filter(|at| !is_of_daytime(look, *at)),
        // With their minutes in one number too.
        Part::Hour => {
            let by_slot = || SLOTS.iter().find_map(|name| look.plain.iter().position(|plain| plain == name)).filter(|at| !look.is_number(*at));
            let reads = |text: &str| Part::Hour.read(text).or(Part::HourMinute.read(text)).is_some();
            return called(wanted).or_else(by_slot).filter(|at| look.half_reads(*at, &reads));
        }
        Part::Weekday => called(wanted).or_else(|| called(Part::Day)),
        _ => called(wanted),
    }
    .filter(reads)
}

/// Whether a column called `jour` beside one called `nuit` is what was measured by day: it is a date's where months come again, each with days of its own.
fn is_of_daytime(look: &Look, at: usize) -> bool {
    if !look.plain.iter().any(|plain| NIGHTS.contains(&bare(plain))) {
        return false;
    }
    let column = |names: &[&str]| names.iter().find_map(|name| look.plain.iter().position(|plain| bare(plain) == *name));
    let months = DATE_PARTS.first().map_or(&[][..], |(_, names)| names);
    let (Some(year), Some(month)) = (column(YEARS), column(months)) else { return true };
    let text = |row: &Vec<Option<Cell>>, at: usize| look.text(row, at);
    let of_months: BTreeSet<[String; 2]> = look.rows.iter().map(|row| [text(row, year), text(row, month)]).collect();
    let of_days: BTreeSet<[String; 3]> = look.rows.iter().map(|row| [text(row, year), text(row, month), text(row, at)]).collect();
    let are_days = look.nearly_all_read(at, &|text| Part::Day.read(text).is_some_and(|day| day <= 31));
    !(are_days && of_days.len() >= 2 * of_months.len())
}

/// The part of a date that a column is called after.
pub(super) fn part_of(look: &Look, at: usize) -> Option<Part> {
    let plain = bare(look.plain.get(at)?);
    DATE_PARTS.iter().find(|(_, names)| names.contains(&plain)).map(|(part, _)| *part)
}

/// Whether a column is called after a part of dates and holds nothing else.
pub(super) fn is_part(look: &Look, at: usize) -> bool {
    let is_year = look.plain.get(at).is_some_and(|plain| YEARS.contains(&bare(plain)));
    match part_of(look, at) {
        Some(Part::Day) if is_of_daytime(look, at) => false,
        Some(part) => look.nearly_all_read(at, &|text| part.read(text).is_some()),
        None if look.plain.get(at).is_some_and(|plain| QUARTERS.contains(&plain.as_str())) => look.nearly_all_read(at, &|text| text.trim().parse::<u8>().is_ok_and(|number| (1..=4).contains(&number))),
        None => is_year && look.nearly_all_read(at, &|text| Stamp::parse(text).is_some_and(|stamp| stamp.precision == Precision::Year)),
    }
}

/// Whether a column says nothing but a part of its row's stamp: the year of a date.
pub(super) fn repeats(look: &Look, instant: &Instants, at: usize) -> bool {
    let part = part_of(look, at);
    if part.is_none() && !look.plain.get(at).is_some_and(|plain| YEARS.contains(&bare(plain))) {
        return false;
    }
    let is_same = |row: &&Vec<Option<Cell>>| {
        let stamp = look.stamp(row, instant)?;
        let (date, text) = (Instant(stamp.seconds).utc(), look.text(row, at));
        let day = stamp.seconds.div_euclid(86_400);
        let said = match part {
            None => i64::from(date.year),
            Some(Part::Month) => i64::from(date.month),
            Some(Part::Day) => i64::from(date.day),
            // The first day of 1970 was a Thursday.
            Some(Part::Weekday) => (day + 3).rem_euclid(7) + 1,
            Some(Part::Week) => week_of(day),
            // That of a clock beside stamps that say their offset.
            Some(Part::Hour) if stamp.absolute => Part::Hour.read(&text)?,
            Some(Part::Hour) => stamp.seconds.rem_euclid(86_400) / 3600 * 3600,
            Some(Part::HourMinute) => return None,
            Some(Part::Minute) => stamp.seconds.rem_euclid(3600) / 60,
            Some(Part::Second) => stamp.seconds.rem_euclid(60),
        };
        let own = match part {
            None => text.trim().parse().ok()?,
            Some(part) => part.read(&text)?,
        };
        (own == said).then_some(())
    };
    look.seen(at).half(look.rows.iter().filter(|row| is_same(row).is_some()).count())
}

/// The week of ISO 8601 that a day is in, counted from 1970.
fn week_of(day: i64) -> i64 {
    // The week is that of its Thursday.
    let thursday = day - (day + 3).rem_euclid(7) + 3;
    let year = Instant(86_400 * thursday).utc().year;
    date_s(i64::from(year), 1, 1).map_or(0, |first| (thursday - first / 86_400) / 7 + 1)
}

/// What the first rows say of a wall clock beside stamps with an offset: seconds of the clock, and of their stamp in UTC.
pub(super) fn wall_rows(look: &Look, form: &Form) -> Vec<[i64; 2]> {
    let (Some([date, hour]), [instant]) = (form.wall, form.instant.columns.as_slice()) else { return Vec::new() };
    let of_row = |row: &Vec<Option<Cell>>| {
        let stamp = look.stamp(row, &Instants::one(*instant)).filter(|stamp| stamp.absolute)?;
        Some([look.stamp(row, &Instants { columns: vec![date, hour], parts: vec![Part::Hour], ..Instants::default() })?.seconds, stamp.seconds])
    };
    look.rows.iter().filter_map(of_row).collect()
}
