//! What a receiver sees over the first columns, along its own ray.
//!
//! The ray is the same for every cell, so each sample of it is one sum with constant weights over neighbours: a pass over rows of memory.

use super::{NEAR_COLUMNS, Way, between};
use crate::energy::shading::HeightGrid;
use std::ops::Range;

/// Nearer than this the surface is the receiver itself, cells.
const NEAREST_CELLS: f64 = 0.25;

/// Cells that are looked at together when not all are wanted.
const RUN: usize = 32;

/// A sample of the ray.
struct Sample {
    /// Cells from which it lies on the grid.
    columns: Range<usize>,
    rows: Range<usize>,
    /// Neighbours by their distance in memory, and weights: by distance, so that their sum over differences of height is a slope.
    taps: Vec<(isize, f32)>,
}

/// Raises `out` to what is seen near; cells that nobody wants are negative infinity afterwards.
pub fn look(grid: &HeightGrid, way: &Way, wanted: Option<&[bool]>, out: &mut [f32]) {
    let columns = grid.columns();
    let samples: Vec<Sample> = places(way.drift)
        .into_iter()
        .map(|place| Sample::new(grid, way, place))
        .collect();
    for (row, out) in out.chunks_exact_mut(columns).enumerate() {
        let start = row * columns;
        let samples = || samples.iter().filter(|sample| sample.rows.contains(&row));
        let Some(wanted) =
            wanted.map(|wanted| wanted.get(start..start + columns).unwrap_or_default())
        else {
            samples().for_each(|sample| sample.raise(grid.heights(), start, 0, out));
            continue;
        };
        for (number, (out, wanted)) in out.chunks_mut(RUN).zip(wanted.chunks(RUN)).enumerate() {
            if wanted.contains(&true) {
                samples().for_each(|sample| sample.raise(grid.heights(), start, number * RUN, out));
            }
            for (slot, wanted) in out.iter_mut().zip(wanted) {
                *slot = if *wanted { *slot } else { f32::NEG_INFINITY };
            }
        }
    }
}

/// Where the ray is looked at, in columns from the receiver: at its creases. From its own corner the slope to a cell's surface rises or falls steadily, so of the first piece the ends are enough.
fn places(drift: f64) -> Vec<f64> {
    let mut places: Vec<f64> = (1..=NEAR_COLUMNS).map(|column| column as f64).collect();
    places.extend(
        (1..=NEAR_COLUMNS)
            .map(|row| row as f64 / drift.abs())
            .filter(|place| *place < NEAR_COLUMNS as f64),
    );
    places.push(NEAREST_CELLS / (1.0 + drift * drift).sqrt());
    places.sort_by(f64::total_cmp);
    places.dedup_by(|b, a| *b - *a < 1e-3);
    places
}

impl Sample {
    /// At so many columns towards the sun.
    fn new(grid: &HeightGrid, way: &Way, place: f64) -> Self {
        let along = if way.reversed { place } else { -place };
        let across = -way.drift * place;
        let (column, row) = if way.column_step == 1 {
            (along, across)
        } else {
            (across, along)
        };
        let (column, row) = (between(column), between(row));
        let distance = place * way.step_m;
        let taps = [(0, 1.0 - row.1), (1, row.1)]
            .into_iter()
            .flat_map(|(y, v)| [(0, 1.0 - column.1), (1, column.1)].map(|(x, u)| (x, y, u * v)))
            .filter(|(.., weight)| *weight != 0.0)
            .map(|(x, y, weight)| {
                let offset = (row.0 + y) * grid.columns() as i64 + column.0 + x;
                (offset as isize, (weight / distance) as f32)
            })
            .collect();
        Self {
            columns: inside(column, grid.columns()),
            rows: inside(row, grid.rows()),
            taps,
        }
    }

    /// Cells of a row that starts at `start`, from its column `first` on.
    fn raise(&self, heights: &[f32], start: usize, first: usize, out: &mut [f32]) {
        let from = self.columns.start.max(first);
        let to = self.columns.end.min(first + out.len());
        if from >= to {
            return;
        }
        let Some(out) = out.get_mut(from - first..to - first) else {
            return;
        };
        let cells = start + from..start + to;
        let tap = |at: usize| {
            let (offset, weight) = self.taps.get(at).copied().unwrap_or_default();
            let moved = cells
                .start
                .checked_add_signed(offset)
                .zip(cells.end.checked_add_signed(offset));
            (
                moved
                    .and_then(|(from, to)| heights.get(from..to))
                    .unwrap_or_default(),
                weight,
            )
        };
        let own = heights.get(cells.clone()).unwrap_or_default();
        match self.taps.len() {
            1 => raise(out, own, [tap(0)]),
            2 => raise(out, own, [tap(0), tap(1)]),
            _ => raise(out, own, [tap(0), tap(1), tap(2), tap(3)]),
        }
    }
}

/// From where a place so far away is still among `count`.
fn inside((low, part): (i64, f64), count: usize) -> Range<usize> {
    let high = if part > 0.0 { low + 1 } else { low };
    let count = count as i64;
    (-low).clamp(0, count) as usize..(count - high).clamp(0, count) as usize
}

/// Differences are weighed, not heights: single precision is enough for them on any mountain.
#[inline(always)]
fn raise<const N: usize>(out: &mut [f32], own: &[f32], taps: [(&[f32], f32); N]) {
    let count = out.len();
    if own.len() != count || taps.iter().any(|(tap, _)| tap.len() != count) {
        return;
    }
    for at in 0..count {
        let slope: f32 = taps
            .iter()
            .map(|(tap, weight)| (tap[at] - own[at]) * weight)
            .sum();
        // A hole compares as nothing.
        out[at] = if slope > out[at] { slope } else { out[at] };
    }
}
