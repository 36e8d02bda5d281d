//! Which columns are the instants of a table.

use super::Form;
use super::look::{Look, bare};
use super::names::{DATE_PARTS, HOURS, INSTANTS, YEARS};
use crate::base::Instant;
use crate::formats::series::stamp::{DateOrder, DateTally, Part, Precision, Stamp};
use crate::pipeline::sources::record::Cell;
use std::borrow::Cow;

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

    /// As somebody declares them: by their names whatever their order, else each says more than the one before.
    pub(super) fn told(look: &Look, told: &[usize]) -> Self {
        let (mut columns, base) = (told.to_vec(), told.iter().position(|at| look.seen(*at).half(look.seen(*at).stamps)));
        let part_of = |at: usize| DATE_PARTS.iter().find(|(_, names)| look.plain.get(at).is_some_and(|plain| names.contains(&bare(plain)))).map(|(part, _)| *part);
        let base = base.unwrap_or(0).min(columns.len().saturating_sub(1));
        if base < columns.len() {
            columns.get_mut(..=base).unwrap_or_default().rotate_right(1);
        }
        let rest = columns.get_mut(1..).unwrap_or_default();
        if rest.iter().all(|at| part_of(*at).is_some()) {
            rest.sort_by_key(|at| part_of(*at));
        }
        let mut precision = columns.first().and_then(|at| look.precision(*at)).unwrap_or(Precision::Day);
        let mut parts: Vec<Part> = Vec::new();
        for at in columns.iter().skip(1) {
            let next = match (precision, parts.last()) {
                (Precision::Year, _) => Part::Month,
                (Precision::Month, _) => Part::Day,
                (Precision::Day, _) => Part::Hour,
                (Precision::Time, None | Some(Part::Hour)) => Part::Minute,
                (Precision::Time, Some(_)) => Part::Second,
            };
            let part = part_of(*at).unwrap_or(next);
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
        Part::Week | Part::Day => Precision::Day,
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
            (Precision::Year, _) if part_column(look, Part::Day).is_none() => &[Part::Week, Part::Month],
            (Precision::Year, _) => &[Part::Month, Part::Day],
            (Precision::Month, _) => &[Part::Day],
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

/// The column of a part of dates.
fn part_column(look: &Look, wanted: Part) -> Option<usize> {
    let names = DATE_PARTS.iter().find(|(part, _)| *part == wanted).map_or(&[][..], |(_, names)| names);
    names.iter().find_map(|name| look.plain.iter().position(|plain| bare(plain) == *name)).filter(|at| look.half_reads(*at, &|text| wanted.read(text).is_some()))
}

/// Whether a column says nothing but a part of its row's stamp: the year of a date.
pub(super) fn repeats(look: &Look, instant: &Instants, at: usize) -> bool {
    let Some(plain) = look.plain.get(at).map(|plain| bare(plain)) else { return false };
    let part = DATE_PARTS.iter().find(|(_, names)| names.contains(&plain)).map(|(part, _)| *part);
    if part.is_none() && !YEARS.contains(&plain) {
        return false;
    }
    let is_same = |row: &&Vec<Option<Cell>>| {
        let stamp = look.stamp(row, instant)?;
        let (date, text) = (Instant(stamp.seconds).utc(), look.text(row, at));
        let said = match part {
            None => i64::from(date.year),
            Some(Part::Month) => i64::from(date.month),
            Some(Part::Day) => i64::from(date.day),
            Some(Part::Hour) => stamp.seconds.rem_euclid(86_400) / 3600 * 3600,
            Some(Part::Minute) => stamp.seconds.rem_euclid(3600) / 60,
            Some(Part::Week | Part::Second) => return None,
        };
        let own = match part {
            None => text.trim().parse().ok()?,
            Some(part) => part.read(&text)?,
        };
        (own == said).then_some(())
    };
    look.seen(at).half(look.rows.iter().filter(|row| is_same(row).is_some()).count())
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
