//! Several layers of heights laid over each other: the first that knows a place counts, its edges fade into the next, enclosed holes are filled and marked.

use super::HeightGrid;

/// Who a cell's height comes from: [`FILLED`], [`UNKNOWN`], or the number of a layer.
pub type Origin = u8;
/// Nobody knows; the cell has no height.
pub const UNKNOWN: Origin = 255;
/// Interpolated from the rim of an enclosed hole.
pub const FILLED: Origin = 254;
/// Layers that can be told apart.
pub const MAX_LAYERS: usize = 254;

/// Where the heights of a grid come from, cell by cell in the grid's own order.
#[derive(Clone, Debug, PartialEq)]
pub struct HeightCover {
    pub cells: Vec<Origin>,
    /// Cells of each layer, in order of priority.
    pub by_layer: Vec<usize>,
    pub filled: usize,
    pub unknown: usize,
}

/// What is left of a cell before it counts as settled; a thousandth of a height is below any survey.
const SETTLED: f32 = 1e-3;

/// Layers are added from the first to the last in priority, each block by block.
pub struct Blend {
    origin: [f64; 2],
    cell_m: f64,
    columns: usize,
    rows: usize,
    /// Sum of height times weight.
    sum: Vec<f32>,
    /// One minus the sum of weights.
    rest: Vec<f32>,
    first: Vec<Origin>,
}

/// A block of the grid with a margin of values around it.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub column: usize,
    pub row: usize,
    pub columns: usize,
    pub rows: usize,
    /// Cells of values on each side beyond the block.
    pub margin: usize,
}

impl Block {
    /// Columns of the values, the margins included.
    pub fn wide(&self) -> usize {
        self.columns + 2 * self.margin
    }

    pub fn high(&self) -> usize {
        self.rows + 2 * self.margin
    }
}

impl Blend {
    pub fn new(origin: [f64; 2], cell_m: f64, columns: usize, rows: usize) -> Self {
        let cells = columns * rows;
        Self {
            origin,
            cell_m,
            columns,
            rows,
            sum: vec![0.0; cells],
            rest: vec![1.0; cells],
            first: vec![UNKNOWN; cells],
        }
    }

    /// Whether any cell of the block still wants heights.
    pub fn is_open(&self, block: &Block) -> bool {
        (block.row..(block.row + block.rows).min(self.rows)).any(|row| {
            let start = row * self.columns + block.column;
            let end = start + block.columns.min(self.columns - block.column);
            self.rest
                .get(start..end)
                .is_some_and(|rest| rest.iter().any(|rest| *rest > SETTLED))
        })
    }

    /// Lays the values of one layer under what is there. They cover the block and its margin, `NaN` where the layer knows nothing; within `block.margin` cells of such a place the layer fades out.
    pub fn add(&mut self, layer: Origin, block: &Block, values: &[f32]) {
        let (wide, high) = (block.wide(), block.high());
        if values.len() != wide * high {
            return;
        }
        let inside = (block.margin > 0).then(|| distances(values, wide, high, block.margin));
        for r in 0..block.rows {
            for c in 0..block.columns {
                let at = (r + block.margin) * wide + c + block.margin;
                let (Some(value), row, column) = (values.get(at), block.row + r, block.column + c)
                else {
                    continue;
                };
                if !value.is_finite() || row >= self.rows || column >= self.columns {
                    continue;
                }
                let weight = inside
                    .as_ref()
                    .and_then(|inside| inside.get(at))
                    .map_or(1.0, |distance| {
                        (distance / (block.margin as f32 + 1.0)).clamp(0.0, 1.0)
                    });
                let cell = row * self.columns + column;
                if let (Some(sum), Some(rest), Some(first)) = (
                    self.sum.get_mut(cell),
                    self.rest.get_mut(cell),
                    self.first.get_mut(cell),
                ) && *rest > SETTLED
                {
                    *sum += value * weight * *rest;
                    // The layer that has most of a cell names it.
                    if *first == UNKNOWN || weight * *rest > 1.0 - *rest {
                        *first = layer;
                    }
                    *rest *= 1.0 - weight;
                }
            }
        }
    }

    /// The heights, and where they come from. `layers` is how many there were.
    pub fn finish(self, layers: usize) -> (HeightGrid, HeightCover) {
        let Self {
            origin,
            cell_m,
            columns,
            rows,
            sum,
            rest,
            mut first,
        } = self;
        let mut values = sum;
        for (value, rest) in values.iter_mut().zip(&rest) {
            *value = if *rest < 1.0 {
                *value / (1.0 - rest)
            } else {
                f32::NAN
            };
        }
        drop(rest);
        let filled = fill_enclosed(&mut values, columns, rows);
        for cell in &filled {
            if let Some(origin) = first.get_mut(*cell) {
                *origin = FILLED;
            }
        }
        let mut by_layer = vec![0; layers.min(MAX_LAYERS)];
        let mut unknown = 0;
        for cell in &first {
            match by_layer.get_mut(usize::from(*cell)) {
                Some(count) => *count += 1,
                None if *cell == UNKNOWN => unknown += 1,
                None => {}
            }
        }
        let cover = HeightCover {
            cells: first,
            by_layer,
            filled: filled.len(),
            unknown,
        };
        (
            HeightGrid {
                origin,
                cell_m,
                columns,
                rows,
                values,
            },
            cover,
        )
    }
}

/// Distance of each known cell to the nearest unknown one, in cells, by chamfer (Borgefors 1986, weights 1 and √2); whoever is farther than `reach` has `reach` + 1.
fn distances(values: &[f32], wide: usize, high: usize, reach: usize) -> Vec<f32> {
    const DIAGONAL: f32 = std::f32::consts::SQRT_2;
    let far = reach as f32 + 1.0;
    let mut distance: Vec<f32> = values
        .iter()
        .map(|v| if v.is_finite() { far } else { 0.0 })
        .collect();
    let relax = |distance: &mut Vec<f32>, at: usize, from: usize, step: f32| {
        let candidate = distance[from] + step;
        if candidate < distance[at] {
            distance[at] = candidate;
        }
    };
    for row in 0..high {
        for column in 0..wide {
            let at = row * wide + column;
            if column > 0 {
                relax(&mut distance, at, at - 1, 1.0);
            }
            if row > 0 {
                relax(&mut distance, at, at - wide, 1.0);
                if column > 0 {
                    relax(&mut distance, at, at - wide - 1, DIAGONAL);
                }
                if column + 1 < wide {
                    relax(&mut distance, at, at - wide + 1, DIAGONAL);
                }
            }
        }
    }
    for row in (0..high).rev() {
        for column in (0..wide).rev() {
            let at = row * wide + column;
            if column + 1 < wide {
                relax(&mut distance, at, at + 1, 1.0);
            }
            if row + 1 < high {
                relax(&mut distance, at, at + wide, 1.0);
                if column + 1 < wide {
                    relax(&mut distance, at, at + wide + 1, DIAGONAL);
                }
                if column > 0 {
                    relax(&mut distance, at, at + wide - 1, DIAGONAL);
                }
            }
        }
    }
    distance
}

/// Fills the unknown cells that known ones enclose; returns which they were, in order.
///
/// What reaches the border is where the sources end: nothing is invented there.
/// The surface is the smooth one of a pyramid of means (pull and push, Gortler 1996), relaxed towards a membrane so that it meets its rim without a step.
fn fill_enclosed(values: &mut [f32], columns: usize, rows: usize) -> Vec<usize> {
    let holes = enclosed(values, columns, rows);
    if holes.is_empty() {
        return holes;
    }
    let coarse = pulled(values, columns, rows);
    for cell in &holes {
        let (column, row) = (cell % columns, cell / columns);
        if let Some(value) = values.get_mut(*cell) {
            *value = pushed(&coarse, column, row);
        }
    }
    const ROUNDS: usize = 40;
    for _ in 0..ROUNDS {
        for &cell in &holes {
            let (column, row) = (cell % columns, cell / columns);
            let (mut sum, mut count) = (0.0, 0.0);
            let mut take = |at: usize| {
                if let Some(value) = values.get(at).filter(|value| value.is_finite()) {
                    sum += *value;
                    count += 1.0;
                }
            };
            if column > 0 {
                take(cell - 1);
            }
            if column + 1 < columns {
                take(cell + 1);
            }
            if row > 0 {
                take(cell - columns);
            }
            if row + 1 < rows {
                take(cell + columns);
            }
            if count > 0.0 {
                values[cell] = sum / count;
            }
        }
    }
    holes
}

/// Unknown cells from which no way over unknown cells leads to the border.
fn enclosed(values: &[f32], columns: usize, rows: usize) -> Vec<usize> {
    let unknown = |at: usize| values.get(at).is_some_and(|value| !value.is_finite());
    let mut outside = vec![false; values.len()];
    let mut waiting = Vec::new();
    let reach = |at: usize, outside: &mut Vec<bool>, waiting: &mut Vec<usize>| {
        if unknown(at) && !outside[at] {
            outside[at] = true;
            waiting.push(at);
        }
    };
    for column in 0..columns {
        reach(column, &mut outside, &mut waiting);
        reach((rows - 1) * columns + column, &mut outside, &mut waiting);
    }
    for row in 0..rows {
        reach(row * columns, &mut outside, &mut waiting);
        reach(row * columns + columns - 1, &mut outside, &mut waiting);
    }
    while let Some(at) = waiting.pop() {
        let (column, row) = (at % columns, at / columns);
        if column > 0 {
            reach(at - 1, &mut outside, &mut waiting);
        }
        if column + 1 < columns {
            reach(at + 1, &mut outside, &mut waiting);
        }
        if row > 0 {
            reach(at - columns, &mut outside, &mut waiting);
        }
        if row + 1 < rows {
            reach(at + columns, &mut outside, &mut waiting);
        }
    }
    (0..values.len())
        .filter(|at| unknown(*at) && !outside[*at])
        .collect()
}

/// One level of the pyramid.
struct Level {
    columns: usize,
    rows: usize,
    values: Vec<f32>,
}

/// Means of two by two cells, again and again, until one cell is left; unknown cells have no weight.
fn pulled(values: &[f32], columns: usize, rows: usize) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    loop {
        let (fine, wide, high) = match levels.last() {
            Some(level) => (level.values.as_slice(), level.columns, level.rows),
            None => (values, columns, rows),
        };
        if wide <= 1 && high <= 1 {
            return levels;
        }
        let (half_wide, half_high) = (wide.div_ceil(2), high.div_ceil(2));
        let mut means = Vec::with_capacity(half_wide * half_high);
        for row in 0..half_high {
            for column in 0..half_wide {
                let (mut sum, mut count) = (0.0, 0.0);
                for r in 2 * row..(2 * row + 2).min(high) {
                    for c in 2 * column..(2 * column + 2).min(wide) {
                        if let Some(value) =
                            fine.get(r * wide + c).filter(|value| value.is_finite())
                        {
                            sum += *value;
                            count += 1.0;
                        }
                    }
                }
                means.push(if count > 0.0 { sum / count } else { f32::NAN });
            }
        }
        levels.push(Level {
            columns: half_wide,
            rows: half_high,
            values: means,
        });
    }
}

/// The value of the finest level that knows something around a cell of the grid below the pyramid.
fn pushed(levels: &[Level], column: usize, row: usize) -> f32 {
    for (index, level) in levels.iter().enumerate() {
        let scale = (2_u64 << index) as f64;
        // Centres of the coarse cells lie between those of the fine ones.
        let c = ((column as f64 + 0.5) / scale - 0.5).clamp(0.0, (level.columns - 1) as f64);
        let r = ((row as f64 + 0.5) / scale - 0.5).clamp(0.0, (level.rows - 1) as f64);
        let (c0, r0) = (c.floor() as usize, r.floor() as usize);
        let (c1, r1) = (
            (c0 + 1).min(level.columns - 1),
            (r0 + 1).min(level.rows - 1),
        );
        let (fc, fr) = (c - c0 as f64, r - r0 as f64);
        let (mut sum, mut weight) = (0.0, 0.0);
        for (c, r, w) in [
            (c0, r0, (1.0 - fc) * (1.0 - fr)),
            (c1, r0, fc * (1.0 - fr)),
            (c0, r1, (1.0 - fc) * fr),
            (c1, r1, fc * fr),
        ] {
            if let Some(value) = level
                .values
                .get(r * level.columns + c)
                .filter(|value| value.is_finite())
            {
                sum += w * f64::from(*value);
                weight += w;
            }
        }
        if weight > 1e-3 {
            return (sum / weight) as f32;
        }
    }
    f32::NAN
}
