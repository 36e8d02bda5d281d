//! Triangles of a territory as a grid of heights.

use crate::energy::shading::HeightGrid;
use crate::energy::shading::height_grid::MAX_CELLS;

/// A grid under construction: x east, y north, the highest surface counts.
#[derive(Clone, Debug)]
pub struct Surface {
    west: f64,
    north: f64,
    cell_m: f64,
    columns: usize,
    rows: usize,
    heights: Vec<f32>,
}

impl Surface {
    /// A grid over a rectangle `[west, south, east, north]`; cells grow until there are no more than `most`. `None` for no rectangle.
    pub fn new(bounds: [f64; 4], cell_m: f64, most: usize) -> Option<Self> {
        let [west, south, east, north] = bounds;
        let (width, height) = (east - west, north - south);
        if !(width.is_finite()
            && height.is_finite()
            && width >= 0.0
            && height >= 0.0
            && cell_m > 0.0)
        {
            return None;
        }
        let most = most.min(MAX_CELLS) as f64;
        let mut cell_m = cell_m;
        while (width / cell_m + 2.0) * (height / cell_m + 2.0) > most {
            cell_m *= 1.25;
        }
        let columns = (width / cell_m).ceil() as usize + 1;
        let rows = (height / cell_m).ceil() as usize + 1;
        Some(Self {
            west,
            north,
            cell_m,
            columns,
            rows,
            heights: vec![f32::NAN; columns * rows],
        })
    }

    pub fn cell_m(&self) -> f64 {
        self.cell_m
    }

    /// Raises the cells whose centres a triangle covers.
    pub fn add(&mut self, triangle: &[[f64; 3]; 3]) {
        if !triangle.as_flattened().iter().all(|x| x.is_finite()) {
            return;
        }
        // Fractional column and row of the corners.
        let [a, b, c] = triangle.map(|p| {
            [
                (p[0] - self.west) / self.cell_m,
                (self.north - p[1]) / self.cell_m,
                p[2],
            ]
        });
        let whole = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        if whole.abs() < 1e-12 {
            return;
        }
        let span = |axis: usize, most: usize| {
            let low = a[axis].min(b[axis]).min(c[axis]).ceil().max(0.0);
            let high = a[axis]
                .max(b[axis])
                .max(c[axis])
                .floor()
                .min(most as f64 - 1.0);
            (low, high)
        };
        let ((left, right), (top, bottom)) = (span(0, self.columns), span(1, self.rows));
        if left > right || top > bottom {
            return;
        }
        for row in top as usize..=bottom as usize {
            for column in left as usize..=right as usize {
                let (x, y) = (column as f64, row as f64);
                let u = ((b[0] - x) * (c[1] - y) - (b[1] - y) * (c[0] - x)) / whole;
                let v = ((c[0] - x) * (a[1] - y) - (c[1] - y) * (a[0] - x)) / whole;
                let w = 1.0 - u - v;
                if u < -1e-9 || v < -1e-9 || w < -1e-9 {
                    continue;
                }
                let z = (u * a[2] + v * b[2] + w * c[2]) as f32;
                if let Some(slot) = self.heights.get_mut(row * self.columns + column)
                    && (slot.is_nan() || *slot < z)
                {
                    *slot = z;
                }
            }
        }
    }

    /// The cell whose centre is nearest to a place; `None` outside.
    pub fn cell(&self, x: f64, y: f64) -> Option<usize> {
        let (column, row) = (
            ((x - self.west) / self.cell_m).round(),
            ((self.north - y) / self.cell_m).round(),
        );
        (column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64)
            .then(|| row as usize * self.columns + column as usize)
    }

    /// A place as fractional column and row.
    pub fn place(&self, x: f64, y: f64) -> [f64; 2] {
        [
            (x - self.west) / self.cell_m,
            (self.north - y) / self.cell_m,
        ]
    }

    /// Centre of a cell.
    pub fn centre(&self, cell: usize) -> [f64; 2] {
        let (column, row) = (cell % self.columns, cell / self.columns);
        [
            self.west + column as f64 * self.cell_m,
            self.north - row as f64 * self.cell_m,
        ]
    }

    pub fn height(&self, cell: usize) -> f32 {
        self.heights.get(cell).copied().unwrap_or(f32::NAN)
    }

    pub fn grid(&self) -> Option<HeightGrid> {
        HeightGrid::new(self.columns, self.rows, self.cell_m, self.heights.clone())
    }
}
