//! The lines of a sweep, a sheaf at a time.
//!
//! Line i of a family f of F lies at row i + f/F + drift·n in column n, so all lines of a family have the same fraction of a row there, and neighbours read neighbours.
//! Every receiver is served by the line at its row or above (the "upper") and the one below it (the "lower"), which may be of another family; "above" is the larger row.

use super::hull::{Hulls, LANES, Lane, NONE};
use super::{NEAR_COLUMNS, SweepOptions, Way, between};
use crate::energy::shading::BENT_EARTH_M;

/// Rows of a column that they need, with those that a step back or up may reach.
const REACH: usize = LANES + 8;
/// Rows before the first lane's own.
const MARGIN: i64 = 3;
/// Columns that are remembered: a receiver's and those it looks at for itself.
const KEPT: usize = NEAR_COLUMNS + 1;

/// A point that stands out by less than this part of a cell is no corner: an edge that passes over it is a fiftieth of a degree too flat at most, and smooth ground has far fewer corners.
const SLACK: f64 = 3e-4;
/// Between columns the surface is looked at where it stands out by more than this part of a cell over what lies straight between them.
const BULGE: f64 = 5e-4;

/// Tangents of all lines' receivers, written to `out` in the grid's order.
pub fn sweep(
    heights: &[f32],
    way: &Way,
    options: SweepOptions,
    wanted: Option<&[bool]>,
    out: &mut [f32],
) {
    let families = usize::from(options.lines_per_cell.clamp(1, 16));
    let mut sheaf = Sheaf {
        heights,
        way,
        wanted,
        bend: if options.curved {
            0.5 / BENT_EARTH_M
        } else {
            0.0
        },
        first: 0,
        columns: std::array::from_fn(|_| Column::new()),
        families: (0..families)
            .map(|number| Family::new(number as f64 / families as f64, (SLACK * way.cell_m) as f32))
            .collect(),
    };
    let moved = way.drift * (way.columns - 1) as f64;
    let last = (way.rows as f64 - moved.min(0.0)).ceil() as i64 + 1;
    let mut first = (-moved.max(0.0)).floor() as i64 - 3;
    while first < last {
        sheaf.run(first, out);
        first += LANES as i64 - 1;
    }
}

struct Sheaf<'g> {
    heights: &'g [f32],
    way: &'g Way,
    wanted: Option<&'g [bool]>,
    /// 1/2R.
    bend: f64,
    /// Number of the first line of each family.
    first: i64,
    columns: [Column; KEPT],
    families: Vec<Family>,
}

/// Heights of one column beside the lines.
struct Column {
    /// Row of the first height.
    from: i64,
    heights: [f32; REACH],
    /// Where only some cells are asked for, those: not a number elsewhere.
    asked: [f32; REACH],
}

struct Family {
    /// Its lines lie so far above whole rows.
    offset: f64,
    hulls: Hulls,
    samples: [Samples; KEPT],
}

/// What a family sees in a column and on the way to it.
struct Samples {
    /// Row of the line numbered 0, and the part of a row that lies above it.
    row: i64,
    part: f64,
    column: Lane,
    /// Lines that must look between the columns.
    bulges: [u32; LANES],
    /// Parts of the way from the column before, and heights there.
    on_the_way: [(f64, Lane); 3],
    count: usize,
}

impl Column {
    fn new() -> Self {
        Self {
            from: 0,
            heights: [f32::NAN; REACH],
            asked: [f32::NAN; REACH],
        }
    }

    /// Heights of all lanes, from a row of the first.
    fn lane(values: &[f32; REACH], from: i64) -> &Lane {
        usize::try_from(from)
            .ok()
            .and_then(|from| values.get(from..)?.first_chunk())
            .unwrap_or(&NONE)
    }

    /// Heights of all lines at a place between rows of the column, counted from the first line: those at the rows around it, with weights.
    fn around(&self, place: (i64, f64)) -> [(&Lane, f32); 2] {
        let from = place.0 - self.from;
        let low = Self::lane(&self.heights, from);
        let high = if place.1 == 0.0 {
            low
        } else {
            Self::lane(&self.heights, from + 1)
        };
        [(low, (1.0 - place.1) as f32), (high, place.1 as f32)]
    }
}

impl Family {
    fn new(offset: f64, slack: f32) -> Self {
        Self {
            offset,
            hulls: Hulls::new(slack),
            samples: std::array::from_fn(|_| Samples::new()),
        }
    }
}

impl Samples {
    fn new() -> Self {
        Self {
            row: 0,
            part: 0.0,
            column: NONE,
            bulges: [0; LANES],
            on_the_way: [(0.0, NONE); 3],
            count: 0,
        }
    }
}

impl Sheaf<'_> {
    /// Runs over the grid with the lines from `first` on.
    fn run(&mut self, first: i64, out: &mut [f32]) {
        self.first = first;
        let rows = self.way.rows as i64;
        let beside = |column: &usize| {
            let low = first + (self.way.drift * *column as f64).floor() as i64;
            low <= rows && low + LANES as i64 + 1 >= -1
        };
        let Some((from, to)) = (0..self.way.columns)
            .find(beside)
            .zip((0..self.way.columns).rfind(beside))
        else {
            return;
        };
        self.families
            .iter_mut()
            .for_each(|family| family.hulls.clear());
        for column in from..=to {
            self.load(column);
            for family in 0..self.families.len() {
                self.sample(family, column, column > from);
            }
            self.look(column, column >= from + NEAR_COLUMNS, out);
        }
    }

    /// Reads a column's heights, less what the earth has sunk there; beyond the edge lies a row like the outermost, then nothing.
    fn load(&mut self, column: usize) {
        let rows = self.way.rows as i64;
        let away = column as f64 * self.way.step_m;
        let sunk = (self.bend * away * away) as f32;
        let kept = &mut self.columns[column % KEPT];
        kept.from = self.first + (self.way.drift * column as f64).floor() as i64 - MARGIN;
        let low = kept.from.clamp(0, rows);
        let high = (kept.from + REACH as i64).clamp(low, rows);
        let at = self.way.start(column) + low as usize * self.way.row_step;
        let slots = (low - kept.from) as usize..(high - kept.from) as usize;
        kept.heights.fill(f32::NAN);
        let heights = self.way.rows_from(self.heights, at);
        for (slot, height) in kept
            .heights
            .get_mut(slots.clone())
            .unwrap_or_default()
            .iter_mut()
            .zip(heights)
        {
            *slot = height - sunk;
        }
        if let Some(wanted) = self.wanted {
            kept.asked.fill(f32::NAN);
            let wanted = self.way.rows_from(wanted, at);
            let own = kept.heights.get(slots.clone()).unwrap_or_default();
            for ((slot, height), wanted) in kept
                .asked
                .get_mut(slots)
                .unwrap_or_default()
                .iter_mut()
                .zip(own)
                .zip(wanted)
            {
                *slot = if *wanted { *height } else { f32::NAN };
            }
        }
        for (edge, inner) in [(-1, 0), (rows, rows - 1)] {
            let (edge, inner) = (edge - kept.from, inner - kept.from);
            if let (Ok(edge), Ok(inner)) = (usize::try_from(edge), usize::try_from(inner))
                && let Some(height) = kept.heights.get(inner).copied()
                && let Some(slot) = kept.heights.get_mut(edge)
            {
                *slot = height;
            }
        }
    }

    /// Interpolates a family's heights in a column and, where there is one before it, on the way to it.
    fn sample(&mut self, family: usize, column: usize, on_the_way: bool) {
        let drift = self.way.drift;
        let here = &self.columns[column % KEPT];
        let there = &self.columns[(column + KEPT - 1) % KEPT];
        let first = self.first;
        let own = &mut self.families[family];
        let row = |column: f64| own.offset + drift * column;
        let place = |row: f64| {
            let (below, part) = between(row);
            (first + below, part)
        };
        let (end, start) = (row(column as f64), row(column as f64 - 1.0));
        let (now, before) = (column % KEPT, (column + KEPT - 1) % KEPT);
        let Ok([samples, last]) = own.samples.get_disjoint_mut([now, before]) else {
            return;
        };
        (samples.row, samples.part) = between(end);
        let [(a, u), (b, v)] = here.around(place(end));
        for lane in 0..LANES {
            samples.column[lane] = a[lane] * u + b[lane] * v;
        }
        samples.bulges = [0; LANES];
        samples.count = 0;
        if !on_the_way {
            return;
        }
        let crossed = between(start.min(end)).0 as f64 + 1.0;
        let crossing = (crossed - start) / drift;
        let parts: &[f64] = if crossed < start.max(end) - 1e-6 {
            &[0.5 * crossing, crossing, 0.5 * (1.0 + crossing)]
        } else {
            &[0.5]
        };
        let limit = (BULGE * self.way.cell_m) as f32;
        samples.count = parts.len();
        for ((at, surface), part) in samples.on_the_way.iter_mut().zip(parts) {
            *at = *part;
            let place = place(start + drift * part);
            let ([(a, u), (b, v)], [(c, x), (d, y)]) = (there.around(place), here.around(place));
            let (part, rest) = (*part as f32, (1.0 - part) as f32);
            for lane in 0..LANES {
                let height =
                    (a[lane] * u + b[lane] * v) * rest + (c[lane] * x + d[lane] * y) * part;
                let chord = last.column[lane] * rest + samples.column[lane] * part;
                surface[lane] = height;
                // Beside a hole it must look.
                samples.bulges[lane] |= u32::from(!(height - chord <= limit));
            }
        }
    }

    /// Hulls take in the column that has come out of the receivers' own sight, receivers look at them, and what the two lines beside each say is written.
    fn look(&mut self, column: usize, ripe: bool, out: &mut [f32]) {
        let now = column % KEPT;
        let parts = || {
            self.families
                .iter()
                .map(|family| family.samples[now].part)
                .enumerate()
        };
        let by_part = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
        // The lines at a receiver's row or above it, and those below it.
        let (Some((upper, part)), Some((lower, _))) =
            (parts().min_by(by_part), parts().max_by(by_part))
        else {
            return;
        };
        let row = self.first + self.families[upper].samples[now].row;
        let below = self.first + self.families[lower].samples[now].row + 1;
        let weight = part * self.families.len() as f64;
        let kept = &self.columns[now];
        let asked = if self.wanted.is_some() {
            &kept.asked
        } else {
            &kept.heights
        };
        let (mut first, mut second) = (NONE, NONE);
        for (number, family) in self.families.iter_mut().enumerate() {
            if ripe {
                family.take(column - NEAR_COLUMNS);
            }
            if number == upper {
                first = family
                    .hulls
                    .tangents(column as f32, Column::lane(asked, row - kept.from));
            }
            if number == lower && weight > 0.0 {
                second = family
                    .hulls
                    .tangents(column as f32, Column::lane(asked, below - kept.from));
            }
        }
        let scale = (1.0 / self.way.step_m) as f32;
        let mut tans = if weight > 0.0 {
            join(&first, &second, row - below, weight as f32, scale)
        } else {
            first.map(|slope| slope * scale)
        };
        let turn = (2.0 * self.bend * self.way.step_m * column as f64) as f32;
        for tan in &mut tans {
            *tan = if tan.is_nan() {
                f32::NEG_INFINITY
            } else {
                *tan - turn
            };
        }
        // The first lane belongs to the sheaf before.
        let (from, to) = (
            (row + 1).clamp(0, self.way.rows as i64),
            (row + LANES as i64).clamp(0, self.way.rows as i64),
        );
        let (from_lane, to_lane) = ((from - row).max(0) as usize, (to - row).max(0) as usize);
        let tans = tans.get(from_lane..to_lane).unwrap_or_default();
        let out = out
            .get_mut(self.way.start(column) + from as usize * self.way.row_step..)
            .unwrap_or_default();
        if self.way.row_step == 1 {
            if let Some(out) = out.get_mut(..tans.len()) {
                out.copy_from_slice(tans);
            }
        } else {
            for (slot, tan) in out.iter_mut().step_by(self.way.row_step).zip(tans) {
                *slot = *tan;
            }
        }
    }
}

impl Family {
    /// A column and what lies before it, for all hulls.
    fn take(&mut self, column: usize) {
        let Some(samples) = self.samples.get(column % KEPT) else {
            return;
        };
        let t = column as f32;
        for lane in 0..LANES {
            if samples.bulges[lane] != 0 {
                for (part, heights) in samples.on_the_way.iter().take(samples.count) {
                    self.hulls
                        .push_one(lane, t - (1.0 - part) as f32, heights[lane]);
                }
            }
        }
        self.hulls.push(t, &samples.column);
    }
}

/// One horizon of two lines: their mean by distance where they look at the same thing, else that of the nearer line. The second comes with its weight; its lanes are `shift` (none or -1) off.
fn join(first: &Lane, second: &Lane, shift: i64, weight: f32, scale: f32) -> Lane {
    let mut aside = NONE;
    for (slot, tan) in aside
        .iter_mut()
        .skip(shift.unsigned_abs() as usize)
        .zip(second)
    {
        *slot = *tan;
    }
    let nearer = if weight > 0.5 { &aside } else { first };
    std::array::from_fn(|lane| {
        let (a, b) = (first[lane] * scale, aside[lane] * scale);
        let same = (a - b).abs() <= SAME_THING * (1.0 + a.abs().min(b.abs()));
        if same {
            a * (1.0 - weight) + b * weight
        } else {
            nearer[lane] * scale
        }
    })
}

/// Tangents closer than this belong to one obstacle.
const SAME_THING: f32 = 0.05;
