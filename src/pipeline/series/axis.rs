//! The time axis of stamps that nobody described: where it begins, how long a step is, and which stamps are astray.
//!
//! What is found does not depend on the order of the rows: stamps are counted by month, and a few objects, chosen by their names, are looked at whole.

use crate::base::{CalendarUnit, Clock, Instant, WallSteps};
use crate::formats::series::stamp::Precision;
use crate::formats::territory::{Axis, AxisCalendar, AxisUnit};
use std::collections::BTreeMap;

/// Objects whose stamps are looked at whole.
const LOOKED_AT: usize = 12;
/// Stamps of one of them.
const MOST_STAMPS: usize = 1 << 18;
/// Seconds of a bin.
const BIN_S: i64 = 2_629_746;
/// Stamps that lie so many bins from the next are a world of their own.
const APART_BINS: i64 = 60;
/// A group of stamps apart is kept when so many of it are as many as the largest.
const FEWEST_SHARE: u64 = 20;
/// Seconds of a step that somebody states: a century.
pub const MOST_STEP_S: i64 = 100 * 31_556_952;
/// Steps of one axis.
pub const MAX_STEPS: u64 = 1 << 23;
/// Steps that people measure in, seconds.
const USUAL_S: [i64; 16] = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 86_400];

/// Whether people measure in steps of so many seconds.
pub fn is_usual(step_s: i64) -> bool {
    USUAL_S.contains(&step_s)
}

/// What stamps fall on, most of them: how far after multiples of a step, and how many do.
fn most(seen: &[i64], phase_of: &dyn Fn(i64) -> i64) -> (i64, u64) {
    let mut phases: BTreeMap<i64, u64> = BTreeMap::new();
    seen.iter().for_each(|at| *phases.entry(phase_of(*at)).or_default() += 1);
    phases.into_iter().max_by_key(|(phase, count)| (*count, -*phase)).unwrap_or((0, 0))
}

/// What is kept of the stamps of one lane: of series that share their stamps.
#[derive(Default)]
pub struct Stamps {
    /// By month: how many, first, last.
    bins: BTreeMap<i64, (u64, i64, i64)>,
    /// Of the objects with the smallest hashes: all stamps.
    looked_at: BTreeMap<(u64, u32), Vec<i64>>,
    /// How many go down to years, months, days, and further.
    by_precision: [u64; 4],
}

impl Stamps {
    pub fn add(&mut self, at: i64, precision: Precision) {
        if let Some(count) = self.by_precision.get_mut(precision as usize) {
            *count += 1;
        }
        let bin = self.bins.entry(at.div_euclid(BIN_S)).or_insert((0, at, at));
        *bin = (bin.0 + 1, bin.1.min(at), bin.2.max(at));
    }

    /// Whether an object that occurs for the first time is one of those looked at; with it the one that has to make room.
    pub fn admit(&mut self, hash: u64, object: u32) -> (bool, Option<u32>) {
        if self.looked_at.len() < LOOKED_AT {
            self.looked_at.insert((hash, object), Vec::new());
            return (true, None);
        }
        match self.looked_at.last_key_value() {
            Some((last, _)) if (hash, object) < *last => {
                let evicted = self.looked_at.pop_last().map(|((_, object), _)| object);
                self.looked_at.insert((hash, object), Vec::new());
                (true, evicted)
            }
            _ => (false, None),
        }
    }

    pub fn look(&mut self, hash: u64, object: u32, at: i64) {
        if let Some(stamps) = self.looked_at.get_mut(&(hash, object))
            && stamps.len() < MOST_STAMPS
        {
            stamps.push(at);
        }
    }

    /// The precision of most stamps.
    fn prevailing(&self) -> Precision {
        let all = [Precision::Year, Precision::Month, Precision::Day, Precision::Time];
        all.into_iter().zip(self.by_precision).max_by_key(|(_, count)| *count).map_or(Precision::Time, |(precision, _)| precision)
    }

    /// A year among days is no day. A date among hours is: some programs leave midnight out.
    pub fn is_coarse(&self, precision: Precision) -> bool {
        precision <= Precision::Month && precision < self.prevailing()
    }

    pub fn is_empty(&self) -> bool {
        self.bins.is_empty()
    }

    /// First and last stamp of those that belong together, and how many do not.
    fn span(&self) -> Option<(i64, i64, u64)> {
        let mut groups: Vec<(u64, i64, i64, i64)> = Vec::new();
        for (bin, (count, first, last)) in &self.bins {
            match groups.last_mut() {
                Some(group) if bin - group.3 <= APART_BINS => *group = (group.0 + count, group.1, group.2.max(*last), *bin),
                _ => groups.push((*count, *first, *last, *bin)),
            }
        }
        let largest = groups.iter().map(|group| group.0).max()?;
        let kept: Vec<_> = groups.iter().filter(|group| FEWEST_SHARE.saturating_mul(group.0) >= largest).collect();
        let first = kept.iter().map(|group| group.1).min()?;
        let last = kept.iter().map(|group| group.2).max()?;
        let astray = groups.iter().filter(|group| group.2 < first || group.1 > last).map(|group| group.0).sum();
        Some((first, last, astray))
    }
}

/// What a declaration says of the axis.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    pub step_s: Option<i64>,
    pub start: Option<Instant>,
    pub end: Option<Instant>,
    /// Stamps mark the end of their step.
    pub ends: bool,
}

/// An axis, and how a stamp finds its step.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub axis: Axis,
    pub steps: u64,
    /// Stamps outside the span that most of them lie in.
    pub astray: u64,
    /// No step was the distance of most stamps.
    pub irregular: bool,
    ends: bool,
    /// Stamps waver about the steps, and belong to the nearest.
    nearest: bool,
    /// So far on the other side of its mark a stamp is still meant for it.
    tolerance_s: i64,
}

impl Found {
    /// The step of a stamp, and a number by which stamps of one step are told apart: the smallest counts. It is the first, after those that miss the
    /// beginning of a step by little and lie before it, or its end and lie behind it.
    pub fn place(&self, at: i64) -> Option<(u64, u32)> {
        let step = self.axis.step_at(Instant(at.checked_add(self.shift_s())?))?;
        let into_s = at - self.axis.start_of(step)?.0;
        let end_s = || self.axis.start_of(step + 1).map_or(i64::MAX, |end| end.0);
        let rank = match self.ends {
            _ if self.nearest => into_s + self.shift_s(),
            false if into_s < 0 => MISSED - into_s,
            true if at > end_s() => MISSED + at - end_s(),
            _ => into_s,
        };
        Some((step, u32::try_from(rank).unwrap_or(u32::MAX - 1)))
    }

    /// Where in its step a stamp is looked for, from where it stands: at the end of a step it is just inside, and one that wavers belongs to the nearest.
    fn shift_s(&self) -> i64 {
        match (self.ends, self.nearest) {
            (false, true) => self.axis.step / 2,
            (true, true) => self.axis.step / 2 - self.axis.step,
            (ends, false) => shift_s(ends, self.tolerance_s),
        }
    }

    /// Whether another axis has the same steps, be it longer or shorter.
    pub fn joins(&self, other: &Self) -> bool {
        self.nearest == other.nearest && self.ends == other.ends && self.axis.steps_after(&other.axis).is_some()
    }

    /// Spans both.
    pub fn join(&mut self, other: &Self) {
        self.axis.start = self.axis.start.min(other.axis.start);
        self.axis.end = self.axis.end.max(other.axis.end);
        self.steps = self.axis.steps().unwrap_or(self.steps);
        self.astray += other.astray;
        self.irregular |= other.irregular;
    }

    /// By how many seconds a stamp misses the mark of its step, by its rank.
    pub fn off_by_s(&self, rank: u32) -> i64 {
        let rank = i64::from(rank);
        match (self.ends, &self.axis.calendar) {
            _ if self.nearest => rank - self.axis.step / 2,
            (false, _) if rank > MISSED => MISSED - rank,
            (false, _) => rank,
            (true, _) if rank > MISSED => rank - MISSED,
            (true, None) => rank - self.axis.step,
            (true, Some(_)) => 0,
        }
    }
}

/// Clocks of loggers may differ by so much, and by a tenth of the step at most.
const ALIKE_S: i64 = 60;
/// Ranks of stamps on the other side of their mark begin here.
const MISSED: i64 = 1 << 31;

/// By how much stamps of one step may differ and be meant for the same one.
pub fn alike_s(step_s: i64) -> i64 {
    ALIKE_S.min(step_s / 10)
}

/// The axis of some stamps. `clock` is whose midnights count. `None` when there is no stamp, or more steps than an axis may have.
pub fn of(stamps: &Stamps, told: &Told, clock: Clock) -> Result<Found, Option<u64>> {
    let (first, last, astray) = stamps.span().ok_or(None)?;
    let mut gaps: BTreeMap<i64, u64> = BTreeMap::new();
    for list in stamps.looked_at.values() {
        let mut sorted: Vec<i64> = list.iter().copied().filter(|at| (first..=last).contains(at)).collect();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.windows(2).for_each(|pair| *gaps.entry(pair.get(1).copied().unwrap_or(0) - pair.first().copied().unwrap_or(0)).or_default() += 1);
    }
    let total: u64 = gaps.values().sum();
    // Of equally frequent distances the shorter.
    let usual = gaps.iter().max_by_key(|(gap, count)| (**count, -**gap)).map(|(gap, count)| (*gap, *count));
    let seen: Vec<i64> = stamps.looked_at.values().flatten().copied().filter(|at| (first..=last).contains(at)).collect();
    let wavering = wavering_about(&gaps, total);
    // A logger that runs slow by a second each time and is set right every night has a distance of 601 seconds, and no step that holds.
    let drifts = |step: i64| wavering.is_some_and(|about| about != step) && 10 * most(&seen, &|at| at.rem_euclid(step)).1 < 9 * seen.len() as u64;
    let is_usual = usual.is_some_and(|(gap, count)| 2 * count >= total && !drifts(gap));
    let calendar = match told.step_s {
        Some(_) => None,
        // Dates without a usual distance stand each on their own day.
        None => calendar_of(stamps, &seen, usual, clock).or((stamps.prevailing() == Precision::Day && !is_usual && !is_fixed(clock)).then_some((CalendarUnit::Day, Marks::Starts))),
    };
    if let Some((unit, marks)) = calendar {
        let ends = match marks {
            Marks::Starts => told.ends,
            Marks::LastDays => true,
            Marks::Names => false,
        };
        return by_calendar(unit, first, last, astray, &Told { ends, ..*told }, clock, calendar_tolerance_s(unit));
    }
    let (step, irregular) = match (told.step_s.filter(|step| (1..=MOST_STEP_S).contains(step)), usual) {
        (Some(step), _) => (step, false),
        (None, Some((gap, _))) if is_usual => (gap, false),
        (None, Some(_)) => (wavering.unwrap_or_else(|| step_between(&gaps, total)), true),
        // A single stamp has no distance.
        (None, None) if stamps.prevailing() == Precision::Day => (86_400, false),
        (None, None) => (3600, false),
    };
    if irregular && step == CalendarUnit::Day.usual_s() && !is_fixed(clock) {
        // Some seconds before and after the midnights of the clock, or at any hour of its days.
        let near = seen.iter().filter(|at| !(3600..82_800).contains(&clock.shown_s(Instant(**at)).rem_euclid(86_400))).count();
        let tolerance_s = if 10 * near >= 9 * seen.len() { step / 2 } else { 0 };
        return Ok(Found { irregular, ..by_calendar(CalendarUnit::Day, first, last, astray, told, clock, tolerance_s)? });
    }
    let nearest = irregular && wavering.is_some();
    let (in_utc, on_clock) = (most(&seen, &|at| at.rem_euclid(step)), most(&seen, &|at| clock.shown_s(Instant(at)).rem_euclid(step)));
    // Steps longer than what a clock is set by keep to the clock where more stamps do.
    if !irregular && step > WallSteps::LONGER_THAN_S && on_clock.1 > in_utc.1 && told.start.is_none_or(|start| clock.shown_s(start).rem_euclid(step) == on_clock.0) {
        return by_clock(step, on_clock.0, first, last, astray, told, clock);
    }
    let phase = if irregular { 0 } else { in_utc.0 };
    let tolerance_s = if irregular { 0 } else { alike_s(step) };
    let shift = match (told.ends, nearest) {
        (false, true) => step / 2,
        (true, true) => step / 2 - step,
        (ends, false) => shift_s(ends, tolerance_s),
    };
    let start = told.start.map_or_else(|| (first + shift - phase).div_euclid(step) * step + phase, |start| start.0);
    let end = told.end.map_or_else(|| (last + shift - start).div_euclid(step) * step + step + start, |end| end.0);
    let axis = Axis { id: String::new(), start: Instant(start), end: Instant(end), step, calendar: None };
    Ok(Found { irregular, nearest, ..finish(axis, astray, told, tolerance_s)? })
}

/// The usual step that most distances are within a tenth of: a sensor that means every ten minutes and is some seconds early or late.
fn wavering_about(gaps: &BTreeMap<i64, u64>, total: u64) -> Option<i64> {
    let near = |step: i64| gaps.iter().filter(|(gap, _)| 10 * (**gap - step).abs() <= step).map(|(_, count)| *count).sum::<u64>();
    USUAL_S.iter().copied().filter(|step| *step >= 10).find(|step| 10 * near(*step) >= 6 * total.max(1))
}

/// Where stamps have no usual distance: a usual step that a quarter of the distances are not shorter than.
fn step_between(gaps: &BTreeMap<i64, u64>, total: u64) -> i64 {
    let mut below = 0;
    let quarter = gaps.iter().find(|(_, count)| {
        below += **count;
        4 * below >= total
    });
    let quarter = quarter.map_or(1, |(gap, _)| *gap);
    USUAL_S.iter().rev().copied().find(|step| *step <= quarter).unwrap_or(1)
}

/// What of a calendar's step its stamps are.
#[derive(Clone, Copy, PartialEq)]
enum Marks {
    /// Its midnight, which begins it or ends the one before.
    Starts,
    /// Its last day: `2025-01-31` for January.
    LastDays,
    /// Its name: `2025-01` is all of January, whichever end of a step stamps are said to mark.
    Names,
}

/// Where in its step a stamp is looked for, from where it stands.
fn shift_s(ends: bool, tolerance_s: i64) -> i64 {
    if ends { -1 - tolerance_s } else { tolerance_s }
}

/// Days, months and years of a clock.
fn calendar_of(stamps: &Stamps, seen: &[i64], usual: Option<(i64, u64)>, clock: Clock) -> Option<(CalendarUnit, Marks)> {
    let ends = |unit: CalendarUnit, at: &i64| unit.start_of(clock, unit.step_of(clock, Instant(*at)) + 1).is_some_and(|end| (1..=25 * 3600).contains(&(end.0 - at)));
    let starts = |unit: CalendarUnit| seen.iter().all(|at| unit.start_of(clock, unit.step_of(clock, Instant(*at))) == Some(Instant(*at)));
    let gap = usual.map_or(0, |(gap, _)| gap);
    match stamps.prevailing() {
        Precision::Year => return Some((CalendarUnit::Year, Marks::Names)),
        Precision::Month => return Some((CalendarUnit::Month, Marks::Names)),
        _ => {}
    }
    let marks = |unit: CalendarUnit| if starts(unit) { Some((unit, Marks::Starts)) } else { seen.iter().all(|at| ends(unit, at)).then_some((unit, Marks::LastDays)) };
    if gap > 300 * 86_400 {
        marks(CalendarUnit::Year)
    } else if (28 * 86_400 - 3600..=31 * 86_400 + 3600).contains(&gap) {
        marks(CalendarUnit::Month)
    } else if (23 * 3600..=25 * 3600).contains(&gap) && !is_fixed(clock) && starts(CalendarUnit::Day) {
        Some((CalendarUnit::Day, Marks::Starts))
    } else {
        None
    }
}

/// A clock that is never set has days that are all alike.
fn is_fixed(clock: Clock) -> bool {
    matches!(clock, Clock::Hours(0))
}

/// Months and years are told by their days, and none is early by a minute.
fn calendar_tolerance_s(unit: CalendarUnit) -> i64 {
    if unit == CalendarUnit::Day { alike_s(unit.usual_s()) } else { 0 }
}

fn by_calendar(unit: CalendarUnit, first: i64, last: i64, astray: u64, told: &Told, clock: Clock, tolerance_s: i64) -> Result<Found, Option<u64>> {
    let shift_s = shift_s(told.ends, tolerance_s);
    let step = |at: i64| unit.step_of(clock, Instant(at + shift_s));
    let start = told.start.or_else(|| unit.start_of(clock, step(first))).ok_or(None)?;
    let end = told.end.or_else(|| unit.start_of(clock, step(last) + 1)).ok_or(None)?;
    let calendar = Some(AxisCalendar { unit: AxisUnit::Calendar(unit), timezone: clock.name() });
    finish(Axis { id: String::new(), start, end, step: unit.usual_s(), calendar }, astray, told, tolerance_s)
}

/// Steps of the clock on the wall, where it shows so many seconds since a multiple of them.
fn by_clock(step: i64, phase: i64, first: i64, last: i64, astray: u64, told: &Told, clock: Clock) -> Result<Found, Option<u64>> {
    if step == CalendarUnit::Day.usual_s() && phase == 0 {
        return by_calendar(CalendarUnit::Day, first, last, astray, told, clock, calendar_tolerance_s(CalendarUnit::Day));
    }
    let tolerance_s = alike_s(step);
    let shift_s = shift_s(told.ends, tolerance_s);
    // What the clock shows where the step of the first stamp begins.
    let wall_s = (clock.shown_s(Instant(first + shift_s)) - phase).div_euclid(step) * step + phase;
    let start = told.start.or_else(|| clock.begins(wall_s)).ok_or(None)?;
    let steps = WallSteps::new(clock, start, step).ok_or(None)?;
    let end = told.end.or_else(|| steps.start_of(steps.step_of(Instant(last + shift_s)) + 1)).ok_or(None)?;
    let calendar = Some(AxisCalendar { unit: AxisUnit::Clock, timezone: clock.name() });
    finish(Axis { id: String::new(), start, end, step, calendar }, astray, told, tolerance_s)
}

fn finish(axis: Axis, astray: u64, told: &Told, tolerance_s: i64) -> Result<Found, Option<u64>> {
    let steps = axis.steps().ok_or(None)?;
    if steps > MAX_STEPS {
        return Err(Some(steps));
    }
    Ok(Found { axis, steps, astray, irregular: false, ends: told.ends, nearest: false, tolerance_s })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(list: &[i64], precision: Precision) -> Stamps {
        let mut stamps = Stamps::default();
        stamps.admit(1, 0);
        list.iter().for_each(|at| {
            stamps.add(*at, precision);
            stamps.look(1, 0, *at);
        });
        stamps
    }

    fn at(text: &str) -> i64 {
        Instant::parse(text).unwrap().0
    }

    #[test]
    fn a_year_of_paris_has_8760_hours_in_any_order() {
        let start = Clock::Paris.instant(2026, 1, 1, 0, 0).unwrap().0;
        let mut list: Vec<i64> = (0..8760).map(|hour| start + 3600 * hour).collect();
        let sorted = of(&stamps(&list, Precision::Time), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((sorted.steps, sorted.axis.step, sorted.axis.start.0), (8760, 3600, start));
        assert_eq!(sorted.axis.end, Clock::Paris.instant(2027, 1, 1, 0, 0).unwrap());
        list.sort_by_key(|at| at.wrapping_mul(0x9E37_79B9) % 1_000_003);
        assert_eq!(of(&stamps(&list, Precision::Time), &Told::default(), Clock::Paris).unwrap(), sorted);
    }

    #[test]
    fn days_and_months_follow_the_calendar() {
        let months: Vec<i64> = (1..=12).map(|month| Clock::Paris.instant(2026, month, 1, 0, 0).unwrap().0).collect();
        let found = of(&stamps(&months, Precision::Month), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((found.steps, found.axis.calendar.as_ref().unwrap().unit), (12, AxisUnit::Calendar(CalendarUnit::Month)));
        assert_eq!(found.place(at("2026-03-31T21:59:59Z")).unwrap().0, 2);
        assert_eq!(found.place(at("2026-03-31T22:00:00Z")), Some((3, 0)));
        let days: Vec<i64> = (20..=31).map(|day| Clock::Paris.instant(2026, 3, day, 0, 0).unwrap().0).collect();
        let found = of(&stamps(&days, Precision::Day), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((found.steps, found.axis.calendar.as_ref().unwrap().unit), (12, AxisUnit::Calendar(CalendarUnit::Day)));
        // In UTC all days are alike.
        let found = of(&stamps(&[0, 86_400, 172_800], Precision::Day), &Told::default(), Clock::Hours(0)).unwrap();
        assert_eq!((found.steps, found.axis.calendar), (3, None));
    }

    #[test]
    fn months_may_be_written_by_their_last_day_or_their_name() {
        let last_days = [(1, 31), (2, 28), (3, 31), (4, 30)].map(|(month, day)| Clock::Paris.instant(2025, month, day, 0, 0).unwrap().0);
        let january = Clock::Paris.instant(2025, 1, 1, 0, 0).unwrap();
        for ends in [false, true] {
            let found = of(&stamps(&last_days, Precision::Day), &Told { ends, ..Told::default() }, Clock::Paris).unwrap();
            assert_eq!((found.steps, found.axis.start, found.axis.calendar.as_ref().unwrap().unit), (4, january, AxisUnit::Calendar(CalendarUnit::Month)));
            for (month, at) in last_days.iter().enumerate() {
                assert_eq!(found.place(*at).map(|(step, into_s)| (step, found.off_by_s(into_s))), Some((month as u64, 0)));
            }
            // `mois_fin` = 2025-01 is January all the same.
            let named = of(&stamps(&[january.0, Clock::Paris.instant(2025, 2, 1, 0, 0).unwrap().0], Precision::Month), &Told { ends, ..Told::default() }, Clock::Paris).unwrap();
            assert_eq!((named.axis.start, named.place(january.0)), (january, Some((0, 0))));
        }
        // Where stamps are midnights that end a month, the first of February is January's.
        let midnights = [2, 3, 4].map(|month| Clock::Paris.instant(2025, month, 1, 0, 0).unwrap().0);
        let found = of(&stamps(&midnights, Precision::Day), &Told { ends: true, ..Told::default() }, Clock::Paris).unwrap();
        assert_eq!((found.axis.start, found.place(midnights[0]).unwrap().0), (january, 0));
        let years = [2022, 2023, 2024].map(|year| Clock::Paris.instant(year, 12, 31, 0, 0).unwrap().0);
        let found = of(&stamps(&years, Precision::Day), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((found.steps, found.axis.start), (3, Clock::Paris.instant(2022, 1, 1, 0, 0).unwrap()));
    }

    #[test]
    fn a_year_among_hours_is_no_hour() {
        let mut hours = stamps(&(0..48).map(|hour| at("2025-01-01T00:00:00Z") + 3600 * hour).collect::<Vec<_>>(), Precision::Time);
        hours.add(at("2024-12-31T23:00:00Z"), Precision::Year);
        let found = of(&hours, &Told::default(), Clock::Paris).unwrap();
        assert_eq!((found.axis.step, found.axis.calendar.clone()), (3600, None));
        assert!(hours.is_coarse(Precision::Year) && hours.is_coarse(Precision::Month) && !hours.is_coarse(Precision::Day) && !hours.is_coarse(Precision::Time));
        assert!(!stamps(&[0], Precision::Year).is_coarse(Precision::Year));
    }

    #[test]
    fn weeks_and_days_from_six_keep_to_the_clock() {
        // Monday the 6th of January 2025 and twenty Mondays on; days that begin at six; three hours each.
        for (days, hour, step_days, count) in [(6, 0, 7, 20), (1, 6, 1, 140)] {
            let first = Clock::Paris.instant(2025, 1, days, hour, 0).unwrap().0;
            let list: Vec<i64> = (0..count).map(|n| first + n * step_days * 86_400).map(|at| at - i64::from(Clock::Paris.read(Instant(at)).offset_s - 3600)).collect();
            let found = of(&stamps(&list, if hour == 0 { Precision::Day } else { Precision::Time }), &Told::default(), Clock::Paris).unwrap();
            assert_eq!((found.steps, found.axis.step, found.axis.start.0), (count as u64, step_days * 86_400, first));
            assert_eq!(found.axis.calendar.as_ref().unwrap().unit, AxisUnit::Clock);
            for (n, at) in list.iter().enumerate() {
                assert_eq!((found.place(*at), found.axis.start_of(n as u64)), (Some((n as u64, 0)), Some(Instant(*at))), "{}", Instant(*at));
            }
        }
        let first = at("2025-01-31T23:00:00Z");
        let list: Vec<i64> = (0..8 * 90).map(|n| first + n * 10_800).filter(|at| !("2025-03-30T00:00:00Z".."2025-03-30T04:00:00Z").contains(&Instant(*at).to_string().as_str())).map(|at| at - i64::from(Clock::Paris.read(Instant(at)).offset_s - 3600)).collect();
        let found = of(&stamps(&list, Precision::Time), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((found.axis.start.0, found.place(at("2025-04-15T22:00:00Z")).map(|(_, into)| into)), (first, Some(0)));
        // Stamps at the end of their step are of the step before.
        let list: Vec<i64> = (1..=20).map(|week| Clock::Paris.instant(2025, 1, 6, 0, 0).unwrap().0 + week * 604_800).map(|at| at - i64::from(Clock::Paris.read(Instant(at)).offset_s - 3600)).collect();
        let found = of(&stamps(&list, Precision::Day), &Told { ends: true, ..Told::default() }, Clock::Paris).unwrap();
        assert_eq!((found.steps, found.axis.start, found.axis.end.0), (20, Clock::Paris.instant(2025, 1, 6, 0, 0).unwrap(), list[19]));
        assert_eq!(found.place(list[12]).map(|(step, _)| step), Some(12));
        // Weeks of universal time are those of no clock.
        let found = of(&stamps(&(0..200).map(|n| n * 604_800).collect::<Vec<_>>(), Precision::Time), &Told::default(), Clock::Paris).unwrap();
        assert!(found.axis.calendar.is_none() && found.steps == 200);
    }

    #[test]
    fn dates_at_any_distance_stand_on_their_own_day() {
        let day = |month: i8, day: i8| Clock::Paris.instant(2025, month, day, 0, 0).unwrap().0;
        let found = of(&stamps(&[day(1, 31), day(2, 28), day(3, 31), day(4, 7), day(4, 30)], Precision::Day), &Told::default(), Clock::Paris).unwrap();
        assert_eq!(found.axis.calendar.as_ref().unwrap().unit, AxisUnit::Calendar(CalendarUnit::Day));
        assert_eq!((found.axis.start.0, found.place(day(3, 31))), (day(1, 31), Some((59, 0))));
        let one = of(&stamps(&[day(3, 30)], Precision::Day), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((one.axis.start.0, one.axis.end.0, one.steps), (day(3, 30), day(3, 31), 1));
    }

    #[test]
    fn one_wild_stamp_does_not_make_the_axis_long() {
        let mut list: Vec<i64> = (0..1000).map(|hour| at("2026-01-01T00:00:00Z") + 3600 * hour).collect();
        list.push(at("2126-01-01T00:00:00Z"));
        let found = of(&stamps(&list, Precision::Time), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((found.steps, found.astray), (1000, 1));
        assert_eq!(found.place(at("2126-01-01T00:00:00Z")), None);
    }

    #[test]
    fn a_sensor_that_wavers_keeps_one_value_in_each_step() {
        // Ten minutes, up to 9 seconds early or late.
        let list: Vec<i64> = (0..500).map(|k: i64| at("2026-01-01T00:00:00Z") + 600 * k + k * k * 7_919 % 19 - 9).collect();
        let found = of(&stamps(&list, Precision::Time), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((found.axis.step, found.steps, found.irregular), (600, 500, true));
        for (k, at) in list.iter().enumerate() {
            let (step, into) = found.place(*at).unwrap();
            assert!(step == k as u64 && found.off_by_s(into).abs() <= 9);
        }
    }

    #[test]
    fn a_logger_that_drifts_and_is_set_right_keeps_its_step() {
        // A second later each time, and right again every midnight.
        let drifting: Vec<i64> = (0..144 * 20).map(|k: i64| at("2026-01-01T00:00:00Z") + 600 * k + k % 144).collect();
        let found = of(&stamps(&drifting, Precision::Time), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((found.axis.step, found.steps, found.irregular), (600, 144 * 20, true));
        drifting.iter().enumerate().for_each(|(k, at)| assert_eq!(found.place(*at).unwrap().0, k as u64));
        // One that always takes 601 seconds has that step.
        let slow: Vec<i64> = (0..2000).map(|k: i64| at("2026-01-01T00:00:00Z") + 601 * k).collect();
        let found = of(&stamps(&slow, Precision::Time), &Told::default(), Clock::Paris).unwrap();
        assert_eq!((found.axis.step, found.steps, found.irregular), (601, 2000, false));
    }

    #[test]
    fn ends_that_waver_belong_to_the_step_that_they_end() {
        // A second early and late by turns; and days.
        let list: Vec<i64> = (1..=48).map(|hour| at("2026-01-01T00:00:00Z") + 3600 * hour + hour % 2 * 2 - 1).collect();
        let found = of(&stamps(&list, Precision::Time), &Told { ends: true, ..Told::default() }, Clock::Paris).unwrap();
        assert_eq!((found.axis.step, found.axis.start.0, found.steps), (3600, at("2026-01-01T00:00:00Z"), 48));
        for (step, stamp) in list.iter().enumerate() {
            let (found_step, rank) = found.place(*stamp).unwrap();
            assert_eq!((found_step, found.off_by_s(rank).abs()), (step as u64, 1));
        }
        let midnight = |day: i64| Clock::Paris.begins(at("2026-03-20T00:00:00Z") + 86_400 * day).unwrap().0;
        for ends in [false, true] {
            let days: Vec<i64> = (0..20).map(|day| midnight(day + i64::from(ends)) + day * 7 % 9 - 4).collect();
            let found = of(&stamps(&days, Precision::Time), &Told { ends, ..Told::default() }, Clock::Paris).unwrap();
            assert_eq!((found.axis.start.0, found.steps, found.axis.calendar.as_ref().map(|calendar| calendar.unit)), (midnight(0), 20, Some(AxisUnit::Calendar(CalendarUnit::Day))));
            days.iter().enumerate().for_each(|(day, stamp)| assert_eq!(found.place(*stamp).unwrap().0, day as u64));
        }
    }

    #[test]
    fn a_stamp_that_misses_its_mark_by_little_is_meant_for_it() {
        let start = at("2026-01-01T00:00:00Z");
        let all = |off: i64| (1..=24).flat_map(move |hour| [start + 3600 * hour, start + 3600 * hour + off]).collect::<Vec<i64>>();
        for off in [-4, 4, -60, 60] {
            let begins = of(&stamps(&(1..=24).map(|hour| start + 3600 * hour).collect::<Vec<_>>(), Precision::Time), &Told::default(), Clock::Paris).unwrap();
            let ends = of(&stamps(&all(0), Precision::Time), &Told { ends: true, step_s: Some(3600), ..Told::default() }, Clock::Paris).unwrap();
            for found in [begins, ends] {
                let mark = start + 3600 * 7;
                let ((exact, first), (near, rank)) = (found.place(mark).unwrap(), found.place(mark + off).unwrap());
                assert_eq!((near, found.off_by_s(first), found.off_by_s(rank)), (exact, 0, off), "{off}");
                // The one that is on its mark counts, before one that is too early where steps begin, and too late where they end.
                assert!(if found.ends { off < 0 || rank > first } else { rank > first }, "{off}");
            }
        }
        let early = of(&stamps(&all(-4), Precision::Time), &Told { step_s: Some(3600), ..Told::default() }, Clock::Paris).unwrap();
        assert_eq!((early.axis.start.0, early.steps), (start + 3600, 24));
    }

    #[test]
    fn stamps_at_the_end_belong_to_the_step_before() {
        let list: Vec<i64> = (1..=24).map(|hour| at("2026-01-01T00:00:00Z") + 3600 * hour).collect();
        let found = of(&stamps(&list, Precision::Time), &Told { ends: true, ..Told::default() }, Clock::Paris).unwrap();
        assert_eq!((found.axis.start.0, found.steps), (at("2026-01-01T00:00:00Z"), 24));
        let (step, into) = found.place(at("2026-01-01T01:00:00Z")).unwrap();
        assert!(step == 0 && found.off_by_s(into) == 0);
    }
}
