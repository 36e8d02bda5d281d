//! How the values of a series are spread, and when it has none: what a scale of colours and a ruler of time are drawn from.

use crate::base::{Instant, Interval};
use crate::formats::territory::Axis;
use crate::view::MAX_CLASSES;
use crate::view::classes::jenks_of_each;

/// Values that are kept for the count, evenly taken.
const MOST_KEPT: usize = 1 << 16;
/// Even shares that are told, ends included.
const SHARES: usize = 65;
/// Gaps that are told.
const MOST_GAPS: usize = 64;

/// What is counted while an array is written. Its memory does not grow with the number of values.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    kept: Vec<f32>,
    /// One of so many places is looked at; doubles whenever too many were kept.
    every: u64,
    low: Option<f32>,
    high: Option<f32>,
    /// Steps at which some row has a value.
    known: Vec<bool>,
}

impl Spread {
    /// Counts rows of so many steps; which values are kept depends on their places alone, not on the order in which rows come.
    pub fn add(&mut self, first_row: usize, steps: usize, held: &[f32]) {
        self.every = self.every.max(1);
        self.known.resize(steps, false);
        for (place, value) in held.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            if let Some(known) = self.known.get_mut(place % steps.max(1)) {
                *known = true;
            }
            self.low = Some(self.low.map_or(*value, |low| low.min(*value)));
            self.high = Some(self.high.map_or(*value, |high| high.max(*value)));
            let place = (first_row as u64).wrapping_mul(steps as u64).wrapping_add(place as u64);
            if mixed(place) % self.every == 0 {
                self.kept.push(*value);
                if self.kept.len() > MOST_KEPT {
                    // Half of them go, by their order: no value is likelier to stay than another.
                    let mut odd = false;
                    self.kept.retain(|_| {
                        odd = !odd;
                        odd
                    });
                    self.every = self.every.saturating_mul(2);
                }
            }
        }
    }

    /// Values at even shares, the lowest and the highest among them.
    pub fn quantiles(&self) -> Vec<f32> {
        let (Some(low), Some(high)) = (self.low, self.high) else { return Vec::new() };
        let mut sorted = self.kept.clone();
        sorted.sort_by(f32::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let mut told: Vec<f32> = (0..SHARES).filter_map(|share| sorted.get(share * last / (SHARES - 1))).copied().collect();
        if let Some(first) = told.first_mut() {
            *first = low;
        }
        if let Some(end) = told.last_mut() {
            *end = high;
        }
        told
    }

    /// Upper ends of Jenks' classes, for two classes, three, …: of the values that are kept, the last end being the highest of all.
    pub fn jenks(&self) -> Vec<Vec<f32>> {
        jenks(&self.kept, self.high)
    }

    /// The longest spans without any value, in the order of time.
    pub fn gaps(&self, axis: &Axis) -> Vec<Interval> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (step, _) in self.known.iter().enumerate().filter(|(_, known)| !**known) {
            match runs.last_mut() {
                Some((_, end)) if *end == step => *end = step + 1,
                _ => runs.push((step, step + 1)),
            }
        }
        runs.sort_by_key(|(from, to)| std::cmp::Reverse(to - from));
        runs.truncate(MOST_GAPS);
        runs.sort_unstable();
        let at = |step: usize| axis.start_of(step as u64).map(|start| Instant(start.0.clamp(axis.start.0, axis.end.0)));
        runs.into_iter().filter_map(|(from, to)| Some(Interval { start: at(from)?, end: at(to)? })).filter(|gap| gap.start < gap.end).collect()
    }
}

/// Upper ends of Jenks' classes of values, for two classes, three, …, the last end being `high` where that is known.
pub fn jenks(values: &[f32], high: Option<f32>) -> Vec<Vec<f32>> {
    let values: Vec<f64> = values.iter().copied().map(f64::from).collect();
    let narrow = |ends: Vec<f64>| {
        let mut ends: Vec<f32> = ends.into_iter().map(|end| end as f32).collect();
        if let (Some(last), Some(high)) = (ends.last_mut(), high) {
            *last = high.max(*last);
        }
        ends
    };
    jenks_of_each(&values, MAX_CLASSES).into_iter().map(narrow).collect()
}

/// A number that looks drawn by chance, always the same for a place (the finaliser of splitmix64).
fn mixed(place: u64) -> u64 {
    let z = (place ^ (place >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_values_are_told_by_their_quantiles_and_their_gaps() {
        let mut spread = Spread::default();
        let steps = 1000;
        for row in 0..1000 {
            let held: Vec<f32> = (0..steps).map(|step| if (300..320).contains(&step) { f32::NAN } else { ((row * 7 + step * 13) % 1000) as f32 }).collect();
            spread.add(row, steps, &held);
        }
        let told = spread.quantiles();
        assert_eq!((told.len(), told[0], told[SHARES - 1]), (SHARES, 0.0, 999.0));
        for (share, value) in told.iter().enumerate() {
            let expect = 999.0 * share as f32 / (SHARES - 1) as f32;
            assert!((value - expect).abs() < 15.0, "{share}: {value} is far from {expect}");
        }
        // Evenly spread: classes of the same width.
        let jenks = spread.jenks();
        assert_eq!((jenks.len(), jenks[0].len(), jenks[6].len(), jenks[6][7]), (MAX_CLASSES - 1, 2, 8, 999.0));
        assert!(jenks[2].iter().zip([250.0, 500.0, 750.0, 999.0]).all(|(end, expect)| (end - expect).abs() < 15.0), "{:?}", jenks[2]);
        let axis = Axis { id: String::new(), start: Instant(0), end: Instant(3600 * 1000), step: 3600, calendar: None };
        assert_eq!(spread.gaps(&axis), [Interval { start: Instant(300 * 3600), end: Instant(320 * 3600) }]);
    }
}
