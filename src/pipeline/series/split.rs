//! Objects of one series that do not share a step, or that change theirs: hours of some, half-hours or months of others. Each step gets an axis and an array
//! of its own, as quantities do, so that no value is lost and none passes for one of a shorter time.

use super::axis::{self, Stamps};
use super::intake::Slot;
use super::spool::Points;
use crate::base::{CalendarUnit, Clock, Instant};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Seconds of the clock between two stamps a week apart.
const WEEK_S: i64 = 7 * 86_400;
/// Stamps of objects whose step changes that are held in memory, over all of them.
const MOST_HELD: usize = 1 << 24;
/// Steps of one object, one after the other.
const MOST_PIECES: usize = 64;

/// Stamps of an object that tell its step, by how long that is.
fn fewest_stamps(step_s: i64) -> u32 {
    match step_s {
        step if step < WEEK_S => 8,
        WEEK_S => 4,
        _ => 3,
    }
}

/// What the stamps of an object have in common, in whatever order they come: in UTC, and as the clock shows them, which has days of one length and months.
#[derive(Clone, Copy, Default)]
pub struct Stride {
    in_utc: Distances,
    shown: Distances,
    months: Months,
    runs: Runs,
    count: u32,
}

#[derive(Clone, Copy)]
struct Distances {
    low: i64,
    high: i64,
    /// Largest number of seconds that divides all distances.
    common: i64,
}

impl Default for Distances {
    fn default() -> Self {
        Self { low: i64::MAX, high: i64::MIN, common: 0 }
    }
}

impl Distances {
    fn add(&mut self, at: i64) {
        if self.low <= self.high {
            self.common = common(self.common, at.saturating_sub(self.low).saturating_abs());
        }
        self.low = self.low.min(at);
        self.high = self.high.max(at);
    }

    /// A step that people measure in, and that every second of has a stamp.
    fn step_s(&self, count: u32) -> Option<i64> {
        let gaps = i64::from(count) - 1;
        let is_dense = 2 * gaps.saturating_mul(self.common) >= self.high.saturating_sub(self.low);
        ((axis::is_usual(self.common) || self.common == WEEK_S) && is_dense).then_some(self.common)
    }
}

/// Whether all stamps are midnights of the first day of a month, or of the last one; and the distances of these months, in months.
#[derive(Clone, Copy)]
struct Months {
    are_first: bool,
    are_last: bool,
    low: i32,
    high: i32,
    common: i32,
}

impl Default for Months {
    fn default() -> Self {
        Self { are_first: true, are_last: true, low: i32::MAX, high: i32::MIN, common: 0 }
    }
}

impl Months {
    fn add(&mut self, shown_s: i64) {
        // Most stamps say so at once, and nothing is counted of them.
        if !(self.are_first || self.are_last) {
            return;
        }
        (self.are_first, self.are_last) = (self.are_first && is_first(shown_s), self.are_last && is_first(shown_s + 86_400));
        let local = Instant(shown_s).utc();
        let month = 12 * i32::from(local.year) + i32::from(local.month);
        if self.low <= self.high {
            self.common = i32::try_from(common(i64::from(self.common), i64::from((month - self.low).abs()))).unwrap_or(1);
        }
        (self.low, self.high) = (self.low.min(month), self.high.max(month));
    }

    fn step_s(&self, count: u32) -> Option<i64> {
        let unit = if self.common > 0 && self.common % 12 == 0 { (12, CalendarUnit::Year) } else { (1, CalendarUnit::Month) };
        let is_dense = 2 * (i64::from(count) - 1) * unit.0 >= i64::from(self.high) - i64::from(self.low);
        ((self.are_first || self.are_last) && self.high > self.low && is_dense).then_some(unit.1.usual_s())
    }
}

/// Whether what the clock shows is the midnight that begins a month.
fn is_first(shown_s: i64) -> bool {
    shown_s.rem_euclid(86_400) == 0 && Instant(shown_s).utc().day == 1
}

/// Steps that many stamps in a row keep, as far as a table is in order: a sensor may be set to another one.
#[derive(Clone, Copy, Default)]
struct Runs {
    last: Option<i64>,
    step_s: i64,
    length: u32,
    /// The first two.
    known: [i64; 2],
}

impl Runs {
    fn add(&mut self, shown_s: i64) {
        let step_s = self.last.and_then(|last| distance(last, shown_s)).unwrap_or(0);
        self.last = Some(shown_s);
        (self.step_s, self.length) = (step_s, if step_s == self.step_s { self.length.saturating_add(1) } else { 1 });
        if step_s > 0
            && self.length + 1 == fewest_stamps(step_s)
            && !self.known.contains(&step_s)
            && let Some(free) = self.known.iter_mut().find(|known| **known == 0)
        {
            *free = step_s;
        }
    }

    fn are_several(&self) -> bool {
        self.known[1] != 0
    }
}

/// The step that people measure in between what the clock shows at two stamps next to each other, whichever comes first.
fn distance(a: i64, b: i64) -> Option<i64> {
    let (from, to) = (a.min(b), a.max(b));
    let ends_months = |day_s: i64| is_first(from + day_s) && is_first(to + day_s);
    match to - from {
        gap if axis::is_usual(gap) || gap == WEEK_S => Some(gap),
        gap if (28 * 86_400..=31 * 86_400).contains(&gap) && (ends_months(0) || ends_months(86_400)) => Some(CalendarUnit::Month.usual_s()),
        gap if (365 * 86_400..=366 * 86_400).contains(&gap) && (ends_months(0) || ends_months(86_400)) => Some(CalendarUnit::Year.usual_s()),
        _ => None,
    }
}

impl Stride {
    /// A stamp in UTC, and what the clock shows then.
    pub fn add(&mut self, at: i64, shown_s: i64) {
        self.in_utc.add(at);
        self.shown.add(shown_s);
        self.months.add(shown_s);
        self.runs.add(shown_s);
        self.count = self.count.saturating_add(1);
    }

    /// The object's step, seconds, of months and years a usual one; `None` where nothing is sure. Days that cross a change of the clock are hours in UTC, so the
    /// longer counts.
    fn step_s(&self) -> Option<i64> {
        let found = [self.in_utc.step_s(self.count), self.shown.step_s(self.count), self.months.step_s(self.count)].into_iter().flatten().max();
        found.filter(|step| self.count >= fewest_stamps(*step))
    }
}

fn common(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// An object in a lane.
pub struct Member {
    pub row: u32,
    pub lane: usize,
    /// Of its name.
    pub hash: u64,
    pub stride: Stride,
}

/// Slots of rows that are no longer those their points say, from one instant on or always.
#[derive(Default)]
pub struct Moved(HashMap<(u32, u16), Vec<(i64, u16)>>);

impl Moved {
    /// The slot of a point.
    pub fn slot(&self, row: u32, slot: u16, at: i64) -> u16 {
        if self.0.is_empty() {
            return slot;
        }
        let since = |pieces: &Vec<(i64, u16)>| pieces.iter().rev().find(|(from, _)| *from <= at).map(|(_, slot)| *slot);
        self.0.get(&(row, slot)).and_then(since).unwrap_or(slot)
    }
}

/// A step as people call it, in both languages.
pub fn called(step_s: i64) -> String {
    match step_s {
        step if step == CalendarUnit::Year.usual_s() => "an (year)".to_owned(),
        step if step == CalendarUnit::Month.usual_s() => "mois (month)".to_owned(),
        WEEK_S => "semaine (week)".to_owned(),
        86_400 => "jour (day)".to_owned(),
        step if step % 3600 == 0 => format!("{} h", step / 3600),
        step if step % 60 == 0 => format!("{} min", step / 60),
        step => format!("{step} s"),
    }
}

/// What came of it.
#[derive(Default)]
pub struct Parted {
    pub moved: Moved,
    /// Steps of objects of one lane, seconds, with how many objects have each; only where there are several.
    pub steps: Vec<BTreeMap<i64, usize>>,
    /// Rows that change their step, with the instants from which each one holds.
    pub changes: Vec<(u32, Vec<(i64, i64)>)>,
}

/// Parts lanes whose objects have several steps. An object whose step is not sure stays with the shortest, which loses least. `ends`: stamps mark the end of
/// their step.
///
/// # Errors
/// What the system says.
pub fn by_step(members: &[Member], points: &Points, clock: Clock, ends: bool, slots: &mut Vec<Slot>, lanes: &mut Vec<Stamps>, most_slots: usize) -> std::io::Result<Parted> {
    let pieces = pieces(members, points, slots, clock, ends)?;
    let mut steps: Vec<BTreeMap<i64, usize>> = vec![BTreeMap::new(); lanes.len()];
    for member in members {
        let own: BTreeSet<i64> = match pieces.get(&(member.row, member.lane)) {
            Some(pieces) => pieces.iter().map(|(_, step)| *step).collect(),
            None => member.stride.step_s().into_iter().collect(),
        };
        if let Some(known) = steps.get_mut(member.lane) {
            own.into_iter().for_each(|step| *known.entry(step).or_default() += 1);
        }
    }
    if steps.iter().all(|steps| steps.len() < 2) {
        return Ok(Parted::default());
    }
    let is_parted = |lane: usize| steps.get(lane).is_some_and(|steps| steps.len() > 1);
    let mut lane_with: BTreeMap<(usize, i64), usize> = BTreeMap::new();
    for (lane, steps) in steps.iter().enumerate().filter(|(_, steps)| steps.len() > 1) {
        if let Some(stamps) = lanes.get_mut(lane) {
            *stamps = Stamps::default();
        }
        for (at, step) in steps.keys().enumerate() {
            lane_with.insert((lane, *step), if at == 0 { lane } else { lanes.len() });
            if at > 0 {
                lanes.push(Stamps::default());
            }
        }
    }
    // Row and old lane of an object, to its new lanes by when they begin, and its name's hash.
    let mut lanes_of: HashMap<(u32, usize), (Vec<(i64, usize)>, u64)> = HashMap::new();
    for member in members.iter().filter(|member| is_parted(member.lane)) {
        let lane = |step: i64| lane_with.get(&(member.lane, step)).copied().unwrap_or(member.lane);
        let own: Vec<(i64, usize)> = match pieces.get(&(member.row, member.lane)) {
            Some(pieces) => pieces.iter().map(|(from, step)| (*from, lane(*step))).collect(),
            None => vec![(i64::MIN, member.stride.step_s().map_or(member.lane, lane))],
        };
        for lane in own.iter().map(|(_, lane)| *lane).collect::<BTreeSet<usize>>() {
            if let Some(stamps) = lanes.get_mut(lane) {
                stamps.admit(member.hash, member.row);
            }
        }
        lanes_of.insert((member.row, member.lane), (own, member.hash));
    }
    let mut moved = Moved::default();
    let mut slot_in: HashMap<(u16, usize), u16> = HashMap::new();
    points.each(&mut |point| {
        let Some(old) = slots.get(usize::from(point.slot)).map(|slot| slot.lane).filter(|old| is_parted(*old)) else { return Ok(()) };
        let of_object = lanes_of.get(&(point.row, old));
        let hash = of_object.map_or(0, |(_, hash)| *hash);
        let mut lane = of_object.and_then(|(own, _)| own.iter().rev().find(|(from, _)| *from <= point.at)).map_or(old, |(_, lane)| *lane);
        if lane != old {
            let full = slots.len() >= most_slots;
            let slot = slot_in.get(&(point.slot, lane)).copied().or_else(|| {
                let slot = slots.get(usize::from(point.slot)).filter(|_| !full)?;
                let own = Slot { quantity: slot.quantity.clone(), unit: slot.unit.clone(), lane, apart: lane, count: 0 };
                slots.push(own);
                u16::try_from(slots.len() - 1).ok()
            });
            match slot {
                Some(slot) => {
                    slot_in.insert((point.slot, lane), slot);
                    for (at, more) in [(point.slot, false), (slot, true)] {
                        if let Some(slot) = slots.get_mut(usize::from(at)) {
                            slot.count = if more { slot.count + 1 } else { slot.count.saturating_sub(1) };
                        }
                    }
                }
                None => lane = old,
            }
        }
        if let (Some((own, _)), false) = (of_object, moved.0.contains_key(&(point.row, point.slot))) {
            // Filled below, once all slots are there.
            moved.0.insert((point.row, point.slot), own.iter().map(|(from, _)| (*from, point.slot)).collect());
        }
        if let Some(stamps) = lanes.get_mut(lane) {
            stamps.add(point.at, point.precision);
            stamps.look(hash, point.row, point.at);
        }
        Ok(())
    })?;
    for ((row, slot), parts) in &mut moved.0 {
        let old = slots.get(usize::from(*slot)).map_or(0, |slot| slot.lane);
        let Some((own, _)) = lanes_of.get(&(*row, old)) else { continue };
        for (part, (_, lane)) in parts.iter_mut().zip(own) {
            part.1 = slot_in.get(&(*slot, *lane)).copied().unwrap_or(*slot);
        }
    }
    moved.0.retain(|(_, slot), parts| parts.iter().any(|(_, own)| own != slot));
    let mut changes: Vec<(u32, Vec<(i64, i64)>)> = pieces.into_iter().map(|((row, _), pieces)| (row, pieces)).collect();
    changes.sort();
    Ok(Parted { moved, steps: steps.into_iter().filter(|steps| steps.len() > 1).collect(), changes })
}

/// Objects whose step changes: from when each step holds, the first from ever.
type Pieces = HashMap<(u32, usize), Vec<(i64, i64)>>;

fn pieces(members: &[Member], points: &Points, slots: &[Slot], clock: Clock, ends: bool) -> std::io::Result<Pieces> {
    let mut stamps: HashMap<(u32, usize), Vec<i64>> = members.iter().filter(|member| member.stride.runs.are_several()).map(|member| ((member.row, member.lane), Vec::new())).collect();
    if stamps.is_empty() {
        return Ok(Pieces::new());
    }
    let mut held = 0;
    points.each(&mut |point| {
        let Some(lane) = slots.get(usize::from(point.slot)).map(|slot| slot.lane) else { return Ok(()) };
        if let Some(list) = stamps.get_mut(&(point.row, lane)).filter(|_| held < MOST_HELD) {
            list.push(point.at);
            held += 1;
        }
        Ok(())
    })?;
    // Of an object that is not held whole nothing is sure.
    if held >= MOST_HELD {
        return Ok(Pieces::new());
    }
    Ok(stamps.into_iter().filter_map(|(object, list)| Some((object, pieces_of(list, clock, ends)?))).collect())
}

/// The steps of stamps, one after the other: each is kept by many stamps in a row, and what lies between them, holes and all, goes on with the one before.
fn pieces_of(mut stamps: Vec<i64>, clock: Clock, ends: bool) -> Option<Vec<(i64, i64)>> {
    stamps.sort_unstable();
    stamps.dedup();
    let shown: Vec<i64> = stamps.iter().map(|at| clock.shown_s(Instant(*at))).collect();
    let gaps: Vec<Option<i64>> = shown.windows(2).map(|pair| distance(*pair.first()?, *pair.last()?)).collect();
    let mut pieces: Vec<(i64, i64)> = Vec::new();
    let mut at = 0;
    for run in gaps.chunk_by(|a, b| a == b) {
        let step = run.first().copied().flatten();
        if let Some(step) = step.filter(|step| run.len() + 1 >= fewest_stamps(*step) as usize)
            && pieces.last().is_none_or(|(_, known)| *known != step)
        {
            // The stamp that both runs share begins a step of the new one, or ends one of the old.
            let is_of_old = ends && at > 0 && gaps.get(at - 1).copied().flatten() == pieces.last().map(|(_, known)| *known);
            pieces.push((stamps.get(at + usize::from(is_of_old)).copied()?, step));
        }
        at += run.len();
    }
    let (first, rest) = pieces.split_first_mut()?;
    first.0 = i64::MIN;
    (!rest.is_empty() && rest.len() < MOST_PIECES).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step_of(stamps: impl IntoIterator<Item = i64>) -> Option<i64> {
        let mut stride = Stride::default();
        stamps.into_iter().for_each(|at| stride.add(at, Clock::Paris.shown_s(Instant(at))));
        stride.step_s()
    }

    #[test]
    fn stamps_tell_a_step_in_any_order_or_none() {
        assert_eq!(step_of((0..48).map(|hour| 3600 * hour)), Some(3600));
        assert_eq!(step_of((0..48).map(|hour| 3600 * (hour * 29 % 48) + 1800)), Some(3600));
        // A hole changes nothing; few, rare or wavering stamps say nothing.
        assert_eq!(step_of((0..48).filter(|hour| !(20..30).contains(hour)).map(|hour| 3600 * hour)), Some(3600));
        assert_eq!(step_of((0..3).map(|hour| 3600 * hour)), None);
        assert_eq!(step_of((0..48).map(|n| 3600 * n * n)), None);
        assert_eq!(step_of((0..48).map(|n| 600 * n + n * n % 7)), None);
        // Days, and two hours, over a change of the clock; hours of UTC stay hours.
        let local = |month, day, hour| Clock::Paris.instant(2025, month, day, hour, 0).unwrap().0;
        assert_eq!(step_of((0..30).map(|n| local(10, 10 + n % 20, 0)).chain([local(11, 1, 0)])), Some(86_400));
        assert_eq!(step_of((20..30).flat_map(|day| (0..12).map(move |n| local(10, day, 2 * n)))), Some(7200));
        assert_eq!(step_of((0..480).map(|hour| local(10, 20, 0) + 3600 * hour)), Some(3600));
    }

    #[test]
    fn months_weeks_and_years_are_steps_too() {
        let local = |year, month, day| Clock::Paris.instant(year, month, day, 0, 0).unwrap().0;
        let month = CalendarUnit::Month.usual_s();
        assert_eq!(step_of((1..=3).map(|m| local(2025, m, 1))), Some(month));
        // By their last days, in any order, with holes.
        assert_eq!(step_of([(12, 31), (1, 31), (2, 28), (4, 30), (6, 30)].map(|(m, d)| local(2025, m, d))), None);
        assert_eq!(step_of([(5, 31), (1, 31), (2, 28), (4, 30), (6, 30)].map(|(m, d)| local(2025, m, d))), Some(month));
        assert_eq!(step_of((2020..2024).map(|year| local(year, 1, 1))), Some(CalendarUnit::Year.usual_s()));
        assert_eq!(step_of((0..20).map(|week| Clock::Paris.begins(local(2025, 1, 6) + 3600 + week * WEEK_S).unwrap().0)), Some(WEEK_S));
        assert_eq!(step_of([local(2025, 1, 1), local(2025, 2, 1)]), None);
    }

    #[test]
    fn a_sensor_that_is_set_to_another_step_has_both() {
        let start = Clock::Paris.instant(2025, 3, 1, 0, 0).unwrap().0;
        let slow: Vec<i64> = (0..=1000).map(|n| start + 600 * n).filter(|at| (at - start) % 7 != 0 || at - start < 60_000).collect();
        let from = start + 600_000;
        let all: Vec<i64> = slow.iter().copied().chain((1..500).map(|n| from + 60 * n)).collect();
        assert_eq!(pieces_of(all.clone(), Clock::Paris, false), Some(vec![(i64::MIN, 600), (from, 60)]));
        assert_eq!(pieces_of(all, Clock::Paris, true), Some(vec![(i64::MIN, 600), (from + 60, 60)]));
        // Holes of two steps here and there are no half-hours.
        assert_eq!(pieces_of((0..2000).filter(|n| n % 40 > 1).map(|n| start + 600 * n).collect(), Clock::Paris, false), None);
        // Back and forth; a change of the clock in between changes nothing.
        let back = (1..3000).map(|n| from + 30_000 + 600 * n);
        assert_eq!(pieces_of(slow.iter().copied().chain((1..=500).map(|n| from + 60 * n)).chain(back).collect(), Clock::Paris, false).map(|pieces| pieces.len()), Some(3));
    }
}
