//! How built-up the ground is, for its colour.

use crate::base::Bounds2;
use crate::pipeline::shards::bytes::{Bytes, Fingerprint};
use crate::region::{Building, LineClass, NetworkLine};
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

/// Built and paved area, counted object by object; in whole square decimetres, so that their order changes nothing.
pub struct UrbanCount {
    bounds: Bounds2,
    inner: Bounds2,
    cell_m: f64,
    columns: usize,
    rows: usize,
    dm2: Vec<u64>,
}

impl UrbanCount {
    pub fn over(extract: &Bounds2) -> Self {
        let bounds = extract.grown(200.0);
        let size = if extract.is_empty() { [1.0; 2] } else { bounds.size() };
        let cell_m = CELL_M.max((size[0] * size[1] / MAX_CELLS).sqrt());
        let columns = (size[0] / cell_m).ceil().max(1.0) as usize;
        let rows = (size[1] / cell_m).ceil().max(1.0) as usize;
        Self {
            bounds,
            inner: if extract.is_empty() { bounds } else { *extract },
            cell_m,
            columns,
            rows,
            dm2: vec![0; columns * rows],
        }
    }

    pub fn building(&mut self, building: &Building, place: impl Fn([f64; 2]) -> Option<[f64; 2]>) {
        if let Some(at) = building
            .footprint
            .centroid()
            .and_then(|c| place([c.x(), c.y()]))
        {
            self.add(at, building.footprint.unsigned_area());
        }
    }

    pub fn line(&mut self, line: &NetworkLine, place: impl Fn([f64; 2]) -> Option<[f64; 2]>) {
        if line.class == LineClass::Path {
            return;
        }
        for pair in line.points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let length = (b[0] - a[0]).hypot(b[1] - a[1]);
            let steps = (length / self.cell_m).ceil().clamp(1.0, 1_000.0) as usize;
            for step in 0..steps {
                let share = (step as f64 + 0.5) / steps as f64;
                let at = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
                if let Some(at) = place(at) {
                    self.add(at, length / steps as f64 * line.width_m.clamp(2.0, 30.0));
                }
            }
        }
    }

    fn add(&mut self, at: [f64; 2], area_m2: f64) {
        let column = (at[0] - self.bounds.min[0]) / self.cell_m;
        let row = (at[1] - self.bounds.min[1]) / self.cell_m;
        if column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64 {
            self.dm2[row as usize * self.columns + column as usize] += (100.0 * area_m2).round() as u64;
        }
    }

    pub fn finish(self) -> Urban {
        let full_dm2 = 100.0 * self.cell_m * self.cell_m * FULL_SHARE;
        let mut urban = Urban {
            origin: self.bounds.min,
            inner: self.inner,
            cell_m: self.cell_m,
            columns: self.columns,
            rows: self.rows,
            shares: self.dm2.iter().map(|dm2| ((*dm2 as f64 / full_dm2) as f32).min(2.0)).collect(),
        };
        for _ in 0..3 {
            urban.soften();
        }
        urban
    }
}

impl Urban {
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

    /// Everything, as bytes.
    pub fn put(&self, bytes: &mut Vec<u8>) {
        let numbers = [self.origin[0], self.origin[1], self.inner.min[0], self.inner.min[1], self.inner.max[0], self.inner.max[1], self.cell_m];
        numbers.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        [self.columns, self.rows].iter().for_each(|value| bytes.extend((*value as u64).to_le_bytes()));
        self.shares.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    }

    /// What [`Self::put`] wrote.
    pub fn take(bytes: &mut Bytes) -> Option<Self> {
        let [x, y, w, s, e, n, cell_m] = bytes.f64s()?;
        let (columns, rows) = (bytes.count()?, bytes.count()?);
        let shares = bytes.f32_list(columns.checked_mul(rows)?)?;
        Some(Self { origin: [x, y], inner: Bounds2 { min: [w, s], max: [e, n] }, cell_m, columns, rows, shares })
    }

    /// Adds what is known within a rectangle of the plane to a fingerprint: all of it where the rectangle goes beyond the data.
    pub fn mark(&self, rect: &Bounds2, print: &mut Fingerprint) {
        let inside = self.inner.contains(rect.min) && self.inner.contains(rect.max);
        let place = |value: f64, k: usize, last: usize| ((value - self.origin[k]) / self.cell_m).clamp(0.0, last as f64) as usize;
        let (columns, rows) = if inside {
            let column = |value| place(value, 0, self.columns - 1);
            let row = |value| place(value, 1, self.rows - 1);
            (column(rect.min[0])..=column(rect.max[0]), row(rect.min[1])..=row(rect.max[1]))
        } else {
            (0..=self.columns - 1, 0..=self.rows - 1)
        };
        for row in rows {
            let cells = self.shares.get(row * self.columns + columns.start()..=row * self.columns + columns.end());
            cells.unwrap_or_default().iter().for_each(|share| print.add(&share.to_le_bytes()));
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
