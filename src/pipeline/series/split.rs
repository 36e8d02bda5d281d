//! Objects of one series that do not share a step: hours of some, half-hours of others. Each step gets an axis and an array of its own, as quantities do.

use super::axis::{self, Stamps};
use super::intake::Slot;
use super::spool::Points;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Stamps of an object that tell its step.
const FEWEST_STAMPS: u32 = 8;

/// What the stamps of an object have in common, in whatever order they come: in UTC, and as the clock shows them, which has days of one length.
#[derive(Clone, Copy, Default)]
pub struct Stride {
    in_utc: Distances,
    shown: Distances,
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
        (axis::is_usual(self.common) && is_dense).then_some(self.common)
    }
}

impl Stride {
    /// A stamp in UTC, and what the clock shows then.
    pub fn add(&mut self, at: i64, shown_s: i64) {
        self.in_utc.add(at);
        self.shown.add(shown_s);
        self.count = self.count.saturating_add(1);
    }

    /// The object's step, seconds; `None` where nothing is sure. Days that cross a change of the clock are hours in UTC, so the longer counts.
    fn step_s(&self) -> Option<i64> {
        let found = [self.in_utc, self.shown].into_iter().filter_map(|distances| distances.step_s(self.count)).max();
        found.filter(|_| self.count >= FEWEST_STAMPS)
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

/// Slots of rows that are no longer those their points say.
pub type Moved = HashMap<(u32, u16), u16>;

/// Parts lanes whose objects have several steps. An object whose step is not sure stays with the shortest, which loses least.
///
/// # Errors
/// What the system says.
pub fn by_step(members: &[Member], points: &Points, slots: &mut Vec<Slot>, lanes: &mut Vec<Stamps>, most_slots: usize) -> std::io::Result<Moved> {
    let mut steps: Vec<BTreeSet<i64>> = vec![BTreeSet::new(); lanes.len()];
    for member in members {
        if let (Some(known), Some(step)) = (steps.get_mut(member.lane), member.stride.step_s()) {
            known.insert(step);
        }
    }
    if steps.iter().all(|steps| steps.len() < 2) {
        return Ok(Moved::new());
    }
    // Row and old lane of an object, to its new lane and its name's hash.
    let mut lane_of: HashMap<(u32, usize), (usize, u64)> = HashMap::new();
    let mut lane_with: BTreeMap<(usize, i64), usize> = BTreeMap::new();
    for (lane, steps) in steps.iter().enumerate().filter(|(_, steps)| steps.len() > 1) {
        if let Some(stamps) = lanes.get_mut(lane) {
            *stamps = Stamps::default();
        }
        for (at, step) in steps.iter().enumerate() {
            lane_with.insert((lane, *step), if at == 0 { lane } else { lanes.len() });
            if at > 0 {
                lanes.push(Stamps::default());
            }
        }
    }
    for member in members.iter().filter(|member| steps.get(member.lane).is_some_and(|steps| steps.len() > 1)) {
        let lane = member.stride.step_s().and_then(|step| lane_with.get(&(member.lane, step))).copied().unwrap_or(member.lane);
        lane_of.insert((member.row, member.lane), (lane, member.hash));
        if let Some(stamps) = lanes.get_mut(lane) {
            stamps.admit(member.hash, member.row);
        }
    }
    let mut moved = Moved::new();
    let mut slot_in: HashMap<(u16, usize), u16> = HashMap::new();
    points.each(&mut |point| {
        let Some(old) = slots.get(usize::from(point.slot)).map(|slot| slot.lane) else { return Ok(()) };
        if steps.get(old).is_none_or(|steps| steps.len() < 2) {
            return Ok(());
        }
        let (mut lane, hash) = lane_of.get(&(point.row, old)).copied().unwrap_or((old, 0));
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
                    moved.insert((point.row, point.slot), slot);
                    for (at, more) in [(point.slot, false), (slot, true)] {
                        if let Some(slot) = slots.get_mut(usize::from(at)) {
                            slot.count = if more { slot.count + 1 } else { slot.count.saturating_sub(1) };
                        }
                    }
                }
                None => lane = old,
            }
        }
        if let Some(stamps) = lanes.get_mut(lane) {
            stamps.add(point.at, point.precision);
            stamps.look(hash, point.row, point.at);
        }
        Ok(())
    })?;
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Clock, Instant};

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
}
