//! How built-up the ground is, for its colour.

use crate::base::Bounds2;
use crate::region::{LineClass, Region};
use geo::{Area, Centroid};

const CELL_M: f64 = 20.0;
const MAX_CELLS: f64 = 4_000_000.0;
/// Share of a cell's area, built or paved, that counts as wholly urban.
const FULL_SHARE: f64 = 0.35;
/// Beyond the data the town has faded at this distance.
const FADES_WITHIN_M: f64 = 1_800.0;

/// Built and paved share of the ground on a coarse, softened raster of the plane.
#[derive(Clone, Debug)]
pub struct Urban {
    origin: [f64; 2],
    /// Where the data are.
    inner: Bounds2,
    cell_m: f64,
    columns: usize,
    rows: usize,
    shares: Vec<f32>,
}

impl Urban {
    pub fn new(
        region: &Region,
        extract: &Bounds2,
        place: impl Fn([f64; 2]) -> Option<[f64; 2]>,
    ) -> Self {
        let bounds = extract.grown(200.0);
        let size = if extract.is_empty() { [1.0; 2] } else { bounds.size() };
        let cell_m = CELL_M.max((size[0] * size[1] / MAX_CELLS).sqrt());
        let columns = (size[0] / cell_m).ceil().max(1.0) as usize;
        let rows = (size[1] / cell_m).ceil().max(1.0) as usize;
        let mut urban = Self {
            origin: bounds.min,
            inner: if extract.is_empty() { bounds } else { *extract },
            cell_m,
            columns,
            rows,
            shares: vec![0.0; columns * rows],
        };
        for building in &region.buildings {
            if let Some(at) = building
                .footprint
                .centroid()
                .and_then(|c| place([c.x(), c.y()]))
            {
                urban.add(at, building.footprint.unsigned_area());
            }
        }
        for line in &region.lines {
            if line.class == LineClass::Path {
                continue;
            }
            for pair in line.points.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                let length = (b[0] - a[0]).hypot(b[1] - a[1]);
                let steps = (length / cell_m).ceil().clamp(1.0, 1_000.0) as usize;
                for step in 0..steps {
                    let share = (step as f64 + 0.5) / steps as f64;
                    let at = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
                    if let Some(at) = place(at) {
                        urban.add(at, length / steps as f64 * line.width_m.clamp(2.0, 30.0));
                    }
                }
            }
        }
        let cell_area = cell_m * cell_m * FULL_SHARE;
        for share in &mut urban.shares {
            *share = (*share / cell_area as f32).min(2.0);
        }
        for _ in 0..3 {
            urban.soften();
        }
        urban
    }

    /// 0 in the open … 1 in town. Beyond the raster the town goes on as it is at the rim, blurred, and fades.
    pub fn at(&self, at: [f64; 2]) -> f64 {
        let near: [f64; 2] = std::array::from_fn(|k| at[k].clamp(self.inner.min[k], self.inner.max[k]));
        let away = (at[0] - near[0]).hypot(at[1] - near[1]);
        if away <= 0.0 {
            return self.known(at);
        }
        // What the rim is like over a width that grows with the distance; looked up a little inside, where the data are whole.
        let reach = (0.6 * away).min(400.0);
        let inward: [f64; 2] = std::array::from_fn(|k| near[k] + (near[k] - at[k]) / away * reach.min(150.0));
        let mut sum = 0.0;
        for step in -2..=2 {
            let slip = 0.5 * f64::from(step) * reach;
            let out = [(near[0] - at[0]) / away, (near[1] - at[1]) / away];
            sum += self.known([inward[0] - slip * out[1], inward[1] + slip * out[0]]);
        }
        let t = (away / FADES_WITHIN_M).min(1.0);
        (0.2 * sum * (1.0 - t * t * (3.0 - 2.0 * t))).clamp(0.0, 1.0)
    }

    /// The same from the data alone: 0 where there are none.
    pub fn known(&self, at: [f64; 2]) -> f64 {
        let x = (at[0] - self.origin[0]) / self.cell_m - 0.5;
        let y = (at[1] - self.origin[1]) / self.cell_m - 0.5;
        let (column, row) = (x.floor(), y.floor());
        let (fx, fy) = (x - column, y - row);
        let value = |dc: f64, dr: f64| {
            let (c, r) = (column + dc, row + dr);
            if c < 0.0 || r < 0.0 || c >= self.columns as f64 || r >= self.rows as f64 {
                return 0.0;
            }
            f64::from(self.shares[r as usize * self.columns + c as usize])
        };
        let south = value(0.0, 0.0) * (1.0 - fx) + value(1.0, 0.0) * fx;
        let north = value(0.0, 1.0) * (1.0 - fx) + value(1.0, 1.0) * fx;
        (south * (1.0 - fy) + north * fy).clamp(0.0, 1.0)
    }

    fn add(&mut self, at: [f64; 2], area_m2: f64) {
        let column = (at[0] - self.origin[0]) / self.cell_m;
        let row = (at[1] - self.origin[1]) / self.cell_m;
        if column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64 {
            self.shares[row as usize * self.columns + column as usize] += area_m2 as f32;
        }
    }

    /// The mean of each cell and its four neighbours.
    fn soften(&mut self) {
        let old = self.shares.clone();
        let at = |column: usize, row: usize| old[row * self.columns + column];
        for row in 0..self.rows {
            for column in 0..self.columns {
                let west = at(column.saturating_sub(1), row);
                let east = at((column + 1).min(self.columns - 1), row);
                let south = at(column, row.saturating_sub(1));
                let north = at(column, (row + 1).min(self.rows - 1));
                self.shares[row * self.columns + column] =
                    0.2 * (at(column, row) + west + east + south + north);
            }
        }
    }
}
