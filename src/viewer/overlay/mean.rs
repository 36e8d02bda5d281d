//! The mean of each row over an interval: what the colours show of a day, a season or a year at once.
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
    todo: Vec<(usize, usize)>,
    sums: Vec<f64>,
    counts: Vec<u32>,
    /// A value for each row, or [`NO_VALUE`].
    values: Vec<f32>,
    pub is_ready: bool,
    /// More than can be added up.
    pub is_too_long: bool,
}

impl Mean {
    /// Begins the mean over the steps that begin in an interval.
    pub fn begin(of: Interval, axis: &Axis, plan: &Plan, layout: &Layout) -> Self {
        let steps = steps(of, axis, plan.steps);
        let (chunk_rows, chunk_steps) = (layout.chunk_rows.max(1), layout.chunk_steps.max(1));
        let across = steps.start / chunk_steps..if steps.is_empty() { steps.start / chunk_steps } else { steps.end.div_ceil(chunk_steps) };
        let down = layout.rows.div_ceil(chunk_rows);
        let is_too_long = across.len().saturating_mul(down) > MOST_CHUNKS;
        let todo = if is_too_long { Vec::new() } else { across.rev().flat_map(|step| (0..down).map(move |row| (row, step))).collect() };
        Self { of, steps, todo, sums: vec![0.0; plan.rows], counts: vec![0; plan.rows], values: Vec::new(), is_ready: false, is_too_long }
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
        self.values = self.sums.iter().zip(&self.counts).map(|(sum, count)| if *count > 0 { (sum / f64::from(*count)) as f32 } else { NO_VALUE }).collect();
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
        let mut added = 0;
        for row in chunk.0 * layout.chunk_rows..((chunk.0 + 1) * layout.chunk_rows).min(layout.rows) {
            let (Some(sum), Some(count)) = (self.sums.get_mut(row), self.counts.get_mut(row)) else { break };
            // What is absent counts nowhere: it is no zero.
            for value in run(row, first..last).iter().filter(|value| value.is_finite()) {
                *sum += f64::from(*value);
                *count += 1;
            }
            added += last.saturating_sub(first).max(1);
        }
        added
    }
}

/// The steps that begin in an interval.
fn steps(of: Interval, axis: &Axis, most: usize) -> Range<usize> {
    let (start, end) = (of.start.max(axis.start), of.end.min(axis.end));
    if start >= end {
        return 0..0;
    }
    let at = |at| axis.step_at(at).and_then(|step| usize::try_from(step).ok());
    let (Some(mut first), Some(last)) = (at(start), at(end.plus_seconds(-1))) else { return 0..0 };
    if axis.start_of(first as u64).is_some_and(|begins| begins < start) {
        first += 1;
    }
    first..(last + 1).min(most).max(first)
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
        let mut mean = Mean::begin(Interval { start: Instant(3600), end: Instant(5 * 3600) }, &axis, &plan, &layout);
        assert_eq!((mean.steps.clone(), mean.todo.len()), (1..5, 2));
        let rows = [[100.0, 1.0, 2.0, f32::NAN, 6.0, 100.0], [f32::NAN; 6]];
        for chunk in [(0, 0), (0, 1)] {
            mean.add(chunk, &layout, |row, steps| &rows[row][steps]);
        }
        assert_eq!((mean.sums[0], mean.counts[0], mean.counts[1]), (9.0, 3, 0));
        let nowhere = Mean::begin(Interval { start: Instant(90 * 3600), end: Instant(95 * 3600) }, &axis, &plan, &layout);
        assert!(!nowhere.has_steps() && nowhere.todo.is_empty());
    }
}
