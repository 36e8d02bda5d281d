//! The mean of each row over an interval: what the colours show of a day, a season or a year at once.
//!
//! Steps weigh by how long they last inside the interval: a month of 31 days more than one of 28, the day with 25 hours more than one with 24, a step that lies in it in part
//! only with that part. Amounts of steps (kWh, m³) are no powers: each counts with the share of its step that lies inside, so that their mean is that of whole steps.
//!
//! It is added up chunk by chunk as they come, a few in each frame, and lies on the card beside the pages of steps: to show it, and to go back to an
//! instant, is a change of two numbers of the uniform.

use super::pages::{LINE_VALUES, Plan};
use crate::base::Interval;
use crate::formats::territory::Axis;
use crate::formats::zarr::Layout;
use crate::viewer::material::{LineWrite, LineWrites};
use crate::viewer::series::SeriesStore;
use crate::viewer::textures::{NO_VALUE, VALUES_WIDTH};
use bevy::asset::AssetId;
use bevy::image::Image;
use std::ops::Range;

/// Chunks of one mean: a quarter of a gigabyte of values a mebibyte each. A longer interval has none.
const MOST_CHUNKS: usize = 1024;
/// Values that are added up in one frame: some three milliseconds.
const VALUES_A_FRAME: usize = 1 << 22;
/// Chunks that are asked for ahead.
const AHEAD: usize = 12;

pub struct Mean {
    pub of: Interval,
    steps: Range<usize>,
    /// What each of the steps weighs.
    weights: Vec<f64>,
    todo: Vec<(usize, usize)>,
    sums: Vec<f64>,
    /// What the values of a row weigh together.
    whole: Vec<f64>,
    /// A value for each row, or [`NO_VALUE`].
    values: Vec<f32>,
    pub is_ready: bool,
    /// More than can be added up.
    pub is_too_long: bool,
}

impl Mean {
    /// Begins the mean over the steps that lie in an interval; `is_amount` where their values are amounts.
    pub fn begin(of: Interval, axis: &Axis, is_amount: bool, plan: &Plan, layout: &Layout) -> Self {
        let steps = steps(of, axis, plan.steps);
        let (chunk_rows, chunk_steps) = (layout.chunk_rows.max(1), layout.chunk_steps.max(1));
        let across = steps.start / chunk_steps..if steps.is_empty() { steps.start / chunk_steps } else { steps.end.div_ceil(chunk_steps) };
        let down = layout.rows.div_ceil(chunk_rows);
        let is_too_long = across.len().saturating_mul(down) > MOST_CHUNKS;
        let todo = if is_too_long { Vec::new() } else { across.rev().flat_map(|step| (0..down).map(move |row| (row, step))).collect() };
        let weights = if is_too_long { Vec::new() } else { steps.clone().map(|step| weight(of, axis, is_amount, step)).collect() };
        Self { of, steps, weights, todo, sums: vec![0.0; plan.rows], whole: vec![0.0; plan.rows], values: Vec::new(), is_ready: false, is_too_long }
    }

    /// Whether the interval holds any step.
    pub fn has_steps(&self) -> bool {
        !self.steps.is_empty()
    }

    /// The mean of a row.
    pub fn value(&self, row: usize) -> Option<f32> {
        self.values.get(row).copied().filter(|value| *value > 0.5 * NO_VALUE)
    }

    /// Adds up what has come, and hands the means to the card once they are whole; whether there is nothing left to do.
    #[expect(clippy::too_many_arguments, reason = "a mean is made of a series, its plan, the memory and the card")]
    pub fn go_on(&mut self, path: &str, plan: &Plan, layout: &Layout, image: AssetId<Image>, store: &mut SeriesStore, writes: &mut LineWrites, uploads: &mut usize) -> bool {
        if self.is_ready || self.is_too_long || !self.has_steps() {
            return true;
        }
        let mut room = VALUES_A_FRAME;
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        while let Some(chunk) = self.todo.pop() {
            if room == 0 || waiting.len() >= AHEAD {
                self.todo.push(chunk);
                break;
            }
            if store.want(path, chunk) {
                room = room.saturating_sub(self.add(chunk, layout, |row, steps| store.run(path, row, steps)));
            } else {
                waiting.push(chunk);
            }
        }
        self.todo.extend(waiting.into_iter().rev());
        if !self.todo.is_empty() {
            return false;
        }
        self.values = self.sums.iter().zip(&self.whole).map(|(sum, whole)| if *whole > 0.0 { (sum / whole) as f32 } else { NO_VALUE }).collect();
        let lines = plan.mean_lines();
        let padded = self.values.iter().copied().chain(std::iter::repeat(NO_VALUE)).take(lines * LINE_VALUES);
        writes.0.push(LineWrite {
            image,
            first_line: (plan.lines() * plan.slots()) as u32,
            width: VALUES_WIDTH as u32,
            lines: lines as u32,
            line_bytes: (LINE_VALUES * 4) as u32,
            bytes: padded.flat_map(f32::to_le_bytes).collect(),
        });
        *uploads += 1;
        self.is_ready = true;
        true
    }

    /// Adds the part of a chunk that lies in the interval; how many values that were.
    fn add<'a>(&mut self, chunk: (usize, usize), layout: &Layout, run: impl Fn(usize, Range<usize>) -> &'a [f32]) -> usize {
        let first = (chunk.1 * layout.chunk_steps).max(self.steps.start);
        let last = ((chunk.1 + 1) * layout.chunk_steps).min(self.steps.end);
        let weights = self.weights.get(first.saturating_sub(self.steps.start)..last.saturating_sub(self.steps.start)).unwrap_or_default();
        let mut added = 0;
        for row in chunk.0 * layout.chunk_rows..((chunk.0 + 1) * layout.chunk_rows).min(layout.rows) {
            let (Some(sum), Some(whole)) = (self.sums.get_mut(row), self.whole.get_mut(row)) else { break };
            // What is absent counts nowhere: it is no zero.
            for (value, weight) in run(row, first..last).iter().zip(weights).filter(|(value, _)| value.is_finite()) {
                *sum += f64::from(*value) * weight;
                *whole += weight;
            }
            added += last.saturating_sub(first).max(1);
        }
        added
    }
}

/// The steps that lie in an interval, be it in part.
fn steps(of: Interval, axis: &Axis, most: usize) -> Range<usize> {
    let found = axis.steps_in(of);
    let [start, end] = [found.start, found.end].map(|step| usize::try_from(step).unwrap_or(usize::MAX).min(most));
    start..end
}

/// Seconds of a step in the interval, or of an amount its share.
fn weight(of: Interval, axis: &Axis, is_amount: bool, step: usize) -> f64 {
    let Some(span) = axis.span_of(step as u64) else { return 0.0 };
    let inside = (span.end.min(of.end).0 - span.start.max(of.start).0).max(0) as f64;
    if is_amount { inside / (span.end.0 - span.start.0).max(1) as f64 } else { inside }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    #[test]
    fn absent_values_count_nowhere_and_only_the_interval_counts() {
        let axis = Axis { id: "hours".to_owned(), start: Instant(0), end: Instant(6 * 3600), step: 3600, calendar: None };
        let layout = Layout::parse(
            br#"{"zarr_format":3,"node_type":"array","shape":[2,6],"data_type":"float32","chunk_grid":{"name":"regular","configuration":{"chunk_shape":[2,4]}},
            "chunk_key_encoding":{"name":"default","configuration":{"separator":"/"}},"fill_value":"NaN","codecs":[{"name":"bytes","configuration":{"endian":"little"}}],"attributes":{},"dimension_names":["feature","time"]}"#,
        )
        .expect("a layout");
        let plan = Plan::new(2, 6, 4, false).expect("a plan");
        let mut mean = Mean::begin(Interval { start: Instant(3600), end: Instant(5 * 3600) }, &axis, false, &plan, &layout);
        assert_eq!((mean.steps.clone(), mean.todo.len()), (1..5, 2));
        let rows = [[100.0, 1.0, 2.0, f32::NAN, 6.0, 100.0], [f32::NAN; 6]];
        for chunk in [(0, 0), (0, 1)] {
            mean.add(chunk, &layout, |row, steps| &rows[row][steps]);
        }
        assert_eq!((mean.sums[0], mean.whole[0], mean.whole[1]), (9.0 * 3600.0, 3.0 * 3600.0, 0.0));
        let nowhere = Mean::begin(Interval { start: Instant(90 * 3600), end: Instant(95 * 3600) }, &axis, false, &plan, &layout);
        assert!(!nowhere.has_steps() && nowhere.todo.is_empty());
        // Half of the second hour, a quarter of the fifth.
        let mut mean = Mean::begin(Interval { start: Instant(5400), end: Instant(4 * 3600 + 900) }, &axis, false, &plan, &layout);
        for chunk in [(0, 0), (0, 1)] {
            mean.add(chunk, &layout, |row, steps| &rows[row][steps]);
        }
        assert_eq!(mean.sums[0] / mean.whole[0], (0.5 * 1.0 + 2.0 + 0.25 * 6.0) / 1.75);
    }

    /// Value of the only row over an interval of an axis whose step `n` has the value `n + 1`.
    fn over(axis: &Axis, is_amount: bool, of: [&str; 2]) -> f64 {
        let steps = axis.steps().unwrap() as usize;
        let about = format!(
            r#"{{"zarr_format":3,"node_type":"array","shape":[1,{steps}],"data_type":"float32","chunk_grid":{{"name":"regular","configuration":{{"chunk_shape":[1,{steps}]}}}},
            "chunk_key_encoding":{{"name":"default","configuration":{{"separator":"/"}}}},"fill_value":"NaN","codecs":[{{"name":"bytes","configuration":{{"endian":"little"}}}}],"attributes":{{}},"dimension_names":["feature","time"]}}"#
        );
        let layout = Layout::parse(about.as_bytes()).expect("a layout");
        let plan = Plan::new(1, steps, steps, false).expect("a plan");
        let [start, end] = of.map(|at| Instant::parse(at).expect("an instant"));
        let mut mean = Mean::begin(Interval { start, end }, axis, is_amount, &plan, &layout);
        let row: Vec<f32> = (0..steps).map(|step| step as f32 + 1.0).collect();
        mean.add((0, 0), &layout, |_, steps| &row[steps]);
        mean.sums[0] / mean.whole[0]
    }

    #[test]
    fn months_and_days_of_the_clock_weigh_by_how_long_they_are() {
        use crate::base::CalendarUnit;
        use crate::formats::territory::{AxisCalendar, AxisUnit};
        let [start, end] = ["2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"].map(|at| Instant::parse(at).expect("an instant"));
        let axis = |unit, step| Axis { id: "axis".to_owned(), start, end, step, calendar: Some(AxisCalendar { unit, timezone: "Europe/Paris".to_owned() }) };
        let months = axis(AxisUnit::Calendar(CalendarUnit::Month), 2_629_746);
        let days_of = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
        // The clock takes an hour from March and gives it back in October.
        let hours: Vec<f64> = days_of.iter().enumerate().map(|(month, days)| 24.0 * days + match month { 2 => -1.0, 9 => 1.0, _ => 0.0 }).collect();
        let year = hours.iter().enumerate().map(|(month, hours)| (month + 1) as f64 * hours).sum::<f64>() / 8760.0;
        let whole = ["2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"];
        assert!((over(&months, false, whole) - year).abs() < 1e-12);
        // Energies of months are added as they are.
        assert!((over(&months, true, whole) - 6.5).abs() < 1e-12);
        // From the middle of February.
        let part = ["2026-02-14T23:00:00Z", "2026-03-31T22:00:00Z"];
        assert!((over(&months, false, part) - (14.0 * 24.0 * 2.0 + hours[2] * 3.0) / (14.0 * 24.0 + hours[2])).abs() < 1e-12);
        assert!((over(&months, true, part) - (0.5 * 2.0 + 3.0) / 1.5).abs() < 1e-12);
        // The 28th, 29th (23 hours) and 30th of March are the days 87 to 89.
        for unit in [AxisUnit::Calendar(CalendarUnit::Day), AxisUnit::Clock] {
            let found = over(&axis(unit, 86_400), false, ["2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z"]);
            assert!((found - (87.0 * 24.0 + 88.0 * 23.0 + 89.0 * 24.0) / 71.0).abs() < 1e-12, "{unit:?} {found}");
        }
    }
}
