//! Objects of one series that do not share a step, or that change theirs: hours of some, half-hours or months of others, days from midnight and days from
//! six; and columns of one table that are filled at every other row. Each gets an axis and an array of its own, as quantities do, so that no value is lost
//! and none passes for one of another time.

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
/// Beginnings of one step, among the objects of a series; of more, all are laid on one.
const MOST_PHASES: usize = 6;
/// The same before those that are alike are one.
const MOST_SEEN: usize = 10_000;
/// A Monday.
const MONDAY_S: i64 = 4 * 86_400;

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

    /// Whether what has this stride comes at a longer step than what has the other.
    pub fn is_slower(&self, rows: &Self) -> bool {
        matches!((self.step_s(), rows.step_s()), (Some(own), Some(rows)) if own > rows)
    }

    /// How far into a step stamps fall, in UTC and as the clock shows it; `None` where it is not always as far.
    fn phases(&self, step_s: i64) -> Phases {
        [&self.in_utc, &self.shown].map(|distances| (distances.common > 0 && distances.common % step_s == 0).then(|| phase(distances.low, step_s)))
    }
}

/// How far into a step, in UTC and by the clock.
type Phases = [Option<i64>; 2];

/// Weeks begin with their Monday.
fn phase(at: i64, step_s: i64) -> i64 {
    (at - if step_s == WEEK_S { MONDAY_S } else { 0 }).rem_euclid(step_s)
}

fn common(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// What of an object a member is: all that it has in a lane, or one quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Of {
    Lane(usize),
    Slot(u16),
}

/// An object in a lane, or a column of it.
pub struct Member {
    pub row: u32,
    pub of: Of,
    pub lane: usize,
    /// Of its name.
    pub hash: u64,
    pub stride: Stride,
}

/// A step and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rhythm {
    pub step_s: i64,
    /// Seconds after a multiple of the step, in UTC or by the clock.
    pub phase_s: i64,
    /// As UTC has it, not the clock.
    in_utc: bool,
}

impl Rhythm {
    pub fn of(step_s: i64) -> Self {
        Self { step_s, phase_s: 0, in_utc: false }
    }
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
pub fn called(rhythm: Rhythm) -> String {
    let plain = |step_s: i64| match step_s {
        step if step % 3600 == 0 => format!("{} h", step / 3600),
        step if step % 60 == 0 => format!("{} min", step / 60),
        step => format!("{step} s"),
    };
    let step = match rhythm.step_s {
        step if step == CalendarUnit::Year.usual_s() => "an (year)".to_owned(),
        step if step == CalendarUnit::Month.usual_s() => "mois (month)".to_owned(),
        WEEK_S => "semaine (week)".to_owned(),
        86_400 => "jour (day)".to_owned(),
        step => plain(step),
    };
    if rhythm.phase_s == 0 { step } else { format!("{step} (+ {})", plain(rhythm.phase_s)) }
}

/// What came of it.
#[derive(Default)]
pub struct Parted {
    pub moved: Moved,
    /// Rhythms of objects of one lane, with how many objects have each; only where there are several.
    pub rhythms: Vec<BTreeMap<Rhythm, usize>>,
    /// Quantities that come at a longer step than the rows of their table.
    pub columns: BTreeSet<(String, Rhythm)>,
    /// Steps that objects begin at too many times, and how many objects.
    pub joined: BTreeMap<i64, usize>,
    /// Rows that change their step, with the instants from which each one holds.
    pub changes: Vec<(u32, Vec<(i64, i64)>)>,
}

/// From when each rhythm of a member holds, the first from ever.
type Own = Vec<(i64, Rhythm)>;

/// Parts lanes whose objects have several rhythms. An object whose step is not sure stays with the shortest, which loses least. `ends`: stamps mark the end
/// of their step.
///
/// # Errors
/// What the system says.
pub fn by_step(members: &[Member], points: &Points, clock: Clock, ends: bool, slots: &mut Vec<Slot>, lanes: &mut Vec<Stamps>, most_slots: usize) -> std::io::Result<Parted> {
    let pieces = pieces(members, points, slots, clock, ends)?;
    let mut parted = Parted::default();
    let rhythms = Rhythms::of(members, &pieces, clock, &mut parted.joined);
    // How many objects, and how many columns, have each rhythm.
    let mut counts: Vec<BTreeMap<Rhythm, (usize, usize)>> = vec![BTreeMap::new(); lanes.len()];
    for member in members {
        let Some(counts) = counts.get_mut(member.lane) else { continue };
        for rhythm in rhythms.own(member).iter().map(|(_, rhythm)| *rhythm).collect::<BTreeSet<_>>() {
            let count = counts.entry(rhythm).or_default();
            match member.of {
                Of::Lane(_) => count.0 += 1,
                Of::Slot(slot) => {
                    count.1 += 1;
                    let quantity = slots.get(usize::from(slot)).map_or_else(String::new, |slot| slot.quantity.clone());
                    parted.columns.insert((quantity, rhythm));
                }
            }
        }
    }
    if counts.iter().all(|counts| counts.len() < 2) {
        return Ok(Parted { joined: parted.joined, ..Parted::default() });
    }
    let is_parted = |lane: usize| counts.get(lane).is_some_and(|counts| counts.len() > 1);
    let mut lane_with: BTreeMap<(usize, Rhythm), usize> = BTreeMap::new();
    for (lane, counts) in counts.iter().enumerate().filter(|(_, counts)| counts.len() > 1) {
        if let Some(stamps) = lanes.get_mut(lane) {
            *stamps = Stamps::default();
        }
        let mut order: Vec<(Rhythm, usize)> = counts.iter().map(|(rhythm, (objects, columns))| (*rhythm, objects + columns)).collect();
        // The shortest step first, the most frequent of its beginnings: what is not sure stays there.
        order.sort_by_key(|(rhythm, count)| (rhythm.step_s, std::cmp::Reverse(*count), *rhythm));
        for (at, (rhythm, _)) in order.into_iter().enumerate() {
            lane_with.insert((lane, rhythm), if at == 0 { lane } else { lanes.len() });
            if at > 0 {
                lanes.push(Stamps::default());
            }
        }
    }
    // Members by their row, to their new lanes by when they begin, and the hash of their name.
    let mut lanes_of: HashMap<(u32, Of), (Vec<(i64, usize)>, u64)> = HashMap::new();
    for member in members.iter().filter(|member| is_parted(member.lane)) {
        let mut own: Vec<(i64, usize)> = rhythms.own(member).iter().map(|(from, rhythm)| (*from, lane_with.get(&(member.lane, *rhythm)).copied().unwrap_or(member.lane))).collect();
        if own.is_empty() {
            own.push((i64::MIN, member.lane));
        }
        for lane in own.iter().map(|(_, lane)| *lane).collect::<BTreeSet<usize>>() {
            if let Some(stamps) = lanes.get_mut(lane) {
                stamps.admit(member.hash, member.row);
            }
        }
        lanes_of.insert((member.row, member.of), (own, member.hash));
    }
    let of_point = |row: u32, slot: u16, lane: usize| lanes_of.get(&(row, Of::Slot(slot))).or_else(|| lanes_of.get(&(row, Of::Lane(lane))));
    let mut moved = Moved::default();
    let mut slot_in: HashMap<(u16, usize), u16> = HashMap::new();
    points.each(&mut |point| {
        let Some(old) = slots.get(usize::from(point.slot)).map(|slot| slot.lane).filter(|old| is_parted(*old)) else { return Ok(()) };
        let member = of_point(point.row, point.slot, old);
        let hash = member.map_or(0, |(_, hash)| *hash);
        let mut lane = member.and_then(|(own, _)| own.iter().rev().find(|(from, _)| *from <= point.at)).map_or(old, |(_, lane)| *lane);
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
        if let (Some((own, _)), false) = (member, moved.0.contains_key(&(point.row, point.slot))) {
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
        let Some((own, _)) = of_point(*row, *slot, old) else { continue };
        for (part, (_, lane)) in parts.iter_mut().zip(own) {
            part.1 = slot_in.get(&(*slot, *lane)).copied().unwrap_or(*slot);
        }
    }
    moved.0.retain(|(_, slot), parts| parts.iter().any(|(_, own)| own != slot));
    let mut changes: Vec<(u32, Vec<(i64, i64)>)> = pieces.into_iter().map(|((row, _), pieces)| (row, pieces.into_iter().map(|(from, step, _)| (from, step)).collect())).collect();
    changes.sort();
    changes.dedup();
    parted.rhythms = counts.into_iter().map(|counts| counts.into_iter().filter(|(_, (objects, _))| *objects > 0).map(|(rhythm, (objects, _))| (rhythm, objects)).collect::<BTreeMap<_, _>>()).filter(|counts| counts.len() > 1).collect();
    Ok(Parted { moved, changes, ..parted })
}

/// The rhythms of members, by lane, step and phases. Members may be millions: nothing is kept of each.
struct Rhythms<'a> {
    pieces: &'a Pieces,
    clock: Clock,
    found: BTreeMap<(usize, i64), BTreeMap<Phases, Rhythm>>,
}

impl<'a> Rhythms<'a> {
    fn of(members: &[Member], pieces: &'a Pieces, clock: Clock, joined: &mut BTreeMap<i64, usize>) -> Self {
        let mut seen: BTreeMap<(usize, i64), (BTreeSet<Phases>, usize)> = BTreeMap::new();
        for member in members {
            for (_, step, phases) in steps(member, pieces, clock) {
                let seen = seen.entry((member.lane, step)).or_default();
                // So many beginnings are too many already.
                if seen.0.len() < MOST_SEEN {
                    seen.0.insert(phases);
                }
                seen.1 += 1;
            }
        }
        let mut found = BTreeMap::new();
        for ((lane, step), (phases, count)) in seen {
            let mut own = by_phase(step, &phases);
            if phases.len() == MOST_SEEN || own.values().collect::<BTreeSet<_>>().len() > MOST_PHASES {
                *joined.entry(step).or_default() += count;
                own.clear();
            }
            found.insert((lane, step), own);
        }
        Self { pieces, clock, found }
    }

    /// Those of a member; none where nothing is sure.
    fn own(&self, member: &Member) -> Own {
        let rhythm = |step: i64, phases: &Phases| self.found.get(&(member.lane, step)).and_then(|found| found.get(phases)).copied().unwrap_or(Rhythm::of(step));
        steps(member, self.pieces, self.clock).into_iter().map(|(from, step, phases)| (from, rhythm(step, &phases))).collect()
    }
}

/// The steps of a member, from when each holds, with its phases.
fn steps(member: &Member, pieces: &Pieces, clock: Clock) -> Vec<(i64, i64, Phases)> {
    let of_piece = |(from, step, at): &(i64, i64, i64)| {
        // A run is even by the clock; up to an hour in UTC too.
        let phases = [(*step <= 3600).then(|| phase(*at, *step)), has_phase(*step).then(|| phase(clock.shown_s(Instant(*at)), *step))];
        (*from, *step, phases)
    };
    match pieces.get(&(member.row, member.of)) {
        Some(pieces) => pieces.iter().map(of_piece).collect(),
        None => member.stride.step_s().map(|step| (i64::MIN, step, if has_phase(step) { member.stride.phases(step) } else { [None; 2] })).into_iter().collect(),
    }
}

/// Months and years begin with their first day.
fn has_phase(step_s: i64) -> bool {
    step_s <= WEEK_S
}

/// Phases of one step as rhythms. What has one phase by UTC and by the clock, as all that lies between two changes of the clock, belongs to whichever others
/// have, else to that of which there are fewer.
fn by_phase(step_s: i64, seen: &BTreeSet<Phases>) -> BTreeMap<Phases, Rhythm> {
    let alike_s = axis::alike_s(step_s);
    // 23:59:59 is the end of a day to some, and not a logger's midnight.
    let is_end = |a: i64, b: i64| a.min(b) == 0 && a.max(b) == step_s - 1;
    let is_near = |a: i64, b: i64| (a - b).rem_euclid(step_s).min((b - a).rem_euclid(step_s)) <= alike_s && !is_end(a, b);
    // The first of those that are alike stands for them.
    let place = |groups: &mut Vec<i64>, phase: i64| groups.iter().copied().find(|known| is_near(*known, phase)).unwrap_or_else(|| {
        groups.push(phase);
        phase
    });
    let (mut in_utc, mut by_clock): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
    let mut found: BTreeMap<Phases, Rhythm> = BTreeMap::new();
    let mut open: Vec<(Phases, i64, i64)> = Vec::new();
    for phases in seen {
        match *phases {
            [None, None] => drop(found.insert(*phases, Rhythm::of(step_s))),
            [Some(utc), None] => drop(found.insert(*phases, Rhythm { step_s, phase_s: place(&mut in_utc, utc), in_utc: true })),
            [None, Some(shown)] => drop(found.insert(*phases, Rhythm { step_s, phase_s: place(&mut by_clock, shown), in_utc: false })),
            [Some(utc), Some(shown)] => open.push((*phases, utc, shown)),
        }
    }
    let (mut own_utc, mut own_clock) = (Vec::new(), Vec::new());
    let known = |groups: &[i64], phase: i64| groups.iter().copied().find(|known| is_near(*known, phase));
    let mut rest = Vec::new();
    for (phases, utc, shown) in open {
        let rhythm = known(&in_utc, utc).map(|phase_s| Rhythm { step_s, phase_s, in_utc: true }).or_else(|| known(&by_clock, shown).map(|phase_s| Rhythm { step_s, phase_s, in_utc: false }));
        match rhythm {
            Some(rhythm) => drop(found.insert(phases, rhythm)),
            None => {
                place(&mut own_utc, utc);
                place(&mut own_clock, shown);
                rest.push((phases, utc, shown));
            }
        }
    }
    let by_utc = own_utc.len() < own_clock.len();
    for (phases, utc, shown) in rest {
        let (groups, phase) = if by_utc { (&mut own_utc, utc) } else { (&mut own_clock, shown) };
        found.insert(phases, Rhythm { step_s, phase_s: place(groups, phase), in_utc: by_utc });
    }
    found
}

/// Members whose step changes: from when each step holds, the first from ever, and a stamp of it.
type Pieces = HashMap<(u32, Of), Vec<(i64, i64, i64)>>;

fn pieces(members: &[Member], points: &Points, slots: &[Slot], clock: Clock, ends: bool) -> std::io::Result<Pieces> {
    let mut stamps: HashMap<(u32, Of), Vec<i64>> = members.iter().filter(|member| member.stride.runs.are_several()).map(|member| ((member.row, member.of), Vec::new())).collect();
    if stamps.is_empty() {
        return Ok(Pieces::new());
    }
    let mut held = 0;
    points.each(&mut |point| {
        let Some(lane) = slots.get(usize::from(point.slot)).map(|slot| slot.lane) else { return Ok(()) };
        for of in [Of::Lane(lane), Of::Slot(point.slot)] {
            if let Some(list) = stamps.get_mut(&(point.row, of)).filter(|_| held < MOST_HELD) {
                list.push(point.at);
                held += 1;
            }
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
fn pieces_of(mut stamps: Vec<i64>, clock: Clock, ends: bool) -> Option<Vec<(i64, i64, i64)>> {
    stamps.sort_unstable();
    stamps.dedup();
    let shown: Vec<i64> = stamps.iter().map(|at| clock.shown_s(Instant(*at))).collect();
    let gaps: Vec<Option<i64>> = shown.windows(2).map(|pair| distance(*pair.first()?, *pair.last()?)).collect();
    let mut pieces: Vec<(i64, i64, i64)> = Vec::new();
    let mut at = 0;
    for run in gaps.chunk_by(|a, b| a == b) {
        let step = run.first().copied().flatten();
        if let Some(step) = step.filter(|step| run.len() + 1 >= fewest_stamps(*step) as usize)
            && pieces.last().is_none_or(|(_, known, _)| *known != step)
        {
            // The stamp that both runs share begins a step of the new one, or ends one of the old.
            let is_of_old = ends && at > 0 && gaps.get(at - 1).copied().flatten() == pieces.last().map(|(_, known, _)| *known);
            pieces.push((stamps.get(at + usize::from(is_of_old)).copied()?, step, stamps.get(at).copied()?));
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
    fn beginnings_of_a_step_are_told_apart_by_whichever_clock_has_fewer() {
        let phases = |list: &[Phases]| {
            let found = by_phase(86_400, &list.iter().copied().collect());
            list.iter().map(|phases| (found[phases].phase_s, found[phases].in_utc)).collect::<Vec<_>>()
        };
        let (five, six, four) = (5 * 3600, 6 * 3600, 4 * 3600);
        // Days from six by the clock, of the whole year, of winter alone, of summer alone; those from midnight are others.
        assert_eq!(phases(&[[None, Some(six)], [Some(five), Some(six)], [Some(four), Some(six)], [None, Some(0)]]), [(six, false), (six, false), (six, false), (0, false)]);
        // Without one of the whole year, the clock has one beginning and UTC two; and the other way round.
        assert_eq!(phases(&[[Some(five), Some(six)], [Some(four), Some(six)]]), [(six, false); 2]);
        assert_eq!(phases(&[[Some(five), Some(six)], [Some(five), Some(7 * 3600)]]), [(five, true); 2]);
        // Loggers' clocks differ by some seconds, across midnight too.
        assert_eq!(phases(&[[None, Some(20)], [None, Some(86_390)]]), [(20, false); 2]);
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
        assert_eq!(pieces_of(all.clone(), Clock::Paris, false), Some(vec![(i64::MIN, 600, start), (from, 60, from)]));
        assert_eq!(pieces_of(all, Clock::Paris, true), Some(vec![(i64::MIN, 600, start), (from + 60, 60, from)]));
        // Holes of two steps here and there are no half-hours.
        assert_eq!(pieces_of((0..2000).filter(|n| n % 40 > 1).map(|n| start + 600 * n).collect(), Clock::Paris, false), None);
        // Back and forth; a change of the clock in between changes nothing.
        let back = (1..3000).map(|n| from + 30_000 + 600 * n);
        assert_eq!(pieces_of(slow.iter().copied().chain((1..=500).map(|n| from + 60 * n)).chain(back).collect(), Clock::Paris, false).map(|pieces| pieces.len()), Some(3));
    }
}
