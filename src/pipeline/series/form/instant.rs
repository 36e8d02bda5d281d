//! Which columns are the instants of a table.

use super::Form;
use super::look::{Look, bare};
use super::names::{DATE_PARTS, HOURS, INSTANTS, NIGHTS, YEARS};
use crate::base::Instant;
use crate::formats::series::stamp::{DateOrder, DateTally, Part, Precision, Stamp, date_s};
use crate::pipeline::sources::record::Cell;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Headers of that kind make a table with a column for each instant.
const FEWEST_INSTANTS: usize = 3;

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
}

impl Instants {
    pub(super) fn one(at: usize) -> Self {
        Self { columns: vec![at], parts: Vec::new() }
    }

    /// A row's stamp, by the texts of its columns.
    pub fn stamp<'a>(&self, order: DateOrder, text: impl Fn(usize) -> Cow<'a, str>) -> Option<Stamp> {
        let (first, rest) = self.columns.split_first()?;
        let date = Stamp::parse_as(&text(*first), order)?;
        rest.iter().zip(&self.parts).try_fold(date, |stamp, (at, part)| stamp.refined(*part, &text(*at)))
    }

    /// The column of hours that are counted from 1 to 24: each is told by its end, as in columns `H1 … H24`.
    pub(super) fn counted(&self, look: &Look) -> Option<usize> {
        let at = self.columns.iter().skip(1).zip(&self.parts).find(|(_, part)| **part == Part::Hour).map(|(at, _)| *at)?;
        let numbers: BTreeSet<i64> = look.rows.iter().filter_map(|row| look.text(row, at).trim().parse().ok()).collect();
        (numbers.first() == Some(&1) && numbers.last() == Some(&24)).then_some(at)
    }

    /// As somebody declares them: by their names whatever their order, else each says more than the one before.
    pub(super) fn told(look: &Look, told: &[usize]) -> Self {
        let base = told.iter().position(|at| look.seen(*at).half(look.seen(*at).stamps)).unwrap_or(0);
        // A day before its month before its year, as they are written in France; hours behind them.
        let mut rest: Vec<usize> = told.iter().take(base).rev().chain(told.iter().skip(base + 1)).copied().collect();
        if rest.iter().all(|at| part_of(look, *at).is_some()) {
            rest.sort_by_key(|at| part_of(look, *at));
        }
        let mut columns: Vec<usize> = told.get(base).copied().into_iter().collect();
        let mut precision = columns.first().and_then(|at| look.precision(*at)).unwrap_or(Precision::Day);
        let mut parts: Vec<Part> = Vec::new();
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
            let fits = |part: &&Part| look.nearly_all_read(at, &|text| part.read(text).is_some());
            let by_name = part_of(look, at).map(|part| if part == Part::Day && parts.last() == Some(&Part::Week) { Part::Weekday } else { part });
            let part = by_name.unwrap_or_else(|| next.iter().find(fits).or(next.last()).copied().unwrap_or(Part::Hour));
            columns.push(at);
            parts.push(part);
            precision = reached(part);
        }
        Self { columns, parts }
    }
}

/// How far a stamp goes down with that part.
fn reached(part: Part) -> Precision {
    match part {
        Part::Month => Precision::Month,
        Part::Week | Part::Weekday | Part::Day => Precision::Day,
        Part::Hour | Part::Minute | Part::Second => Precision::Time,
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
            Some((instants.clone(), wall.filter(|_| instants.parts.is_empty())))
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
    // What is by day and by night is measured so.
    let is_night = || look.plain.iter().any(|plain| NIGHTS.contains(&bare(plain)));
    match wanted {
        Part::Day => called(wanted).filter(|_| !is_night()),
        Part::Weekday => called(wanted).or_else(|| called(Part::Day)),
        _ => called(wanted),
    }
    .filter(reads)
}

/// The part of a date that a column is called after.
pub(super) fn part_of(look: &Look, at: usize) -> Option<Part> {
    let plain = bare(look.plain.get(at)?);
    DATE_PARTS.iter().find(|(_, names)| names.contains(&plain)).map(|(part, _)| *part)
}

/// Whether a column is called after a part of dates and holds nothing else.
pub(super) fn is_part(look: &Look, at: usize) -> bool {
    let is_year = look.plain.get(at).is_some_and(|plain| YEARS.contains(&bare(plain)));
    let is_night = || look.plain.iter().any(|plain| NIGHTS.contains(&bare(plain)));
    match part_of(look, at) {
        Some(Part::Day) if is_night() => false,
        Some(part) => look.nearly_all_read(at, &|text| part.read(text).is_some()),
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
        Some([look.stamp(row, &Instants { columns: vec![date, hour], parts: vec![Part::Hour] })?.seconds, stamp.seconds])
    };
    look.rows.iter().filter_map(of_row).collect()
}
