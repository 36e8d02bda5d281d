//! A surface as heights on a square lattice.

/// Largest grid, cells: a territory of 8 km at 1 m.
pub const MAX_CELLS: usize = 1 << 26;

/// Heights at the centres of square cells, rows from north to south. A hole is NaN and hides nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct HeightGrid {
    columns: usize,
    rows: usize,
    cell_m: f64,
    heights: Vec<f32>,
}

impl HeightGrid {
    /// `None` for an empty or oversized grid, a wrong count or a cell that is no length.
    pub fn new(columns: usize, rows: usize, cell_m: f64, heights: Vec<f32>) -> Option<Self> {
        let cells = columns.checked_mul(rows)?;
        (cells > 0
            && cells <= MAX_CELLS
            && heights.len() == cells
            && cell_m.is_finite()
            && cell_m > 0.0)
            .then_some(Self {
                columns,
                rows,
                cell_m,
                heights,
            })
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn cell_m(&self) -> f64 {
        self.cell_m
    }

    pub fn heights(&self) -> &[f32] {
        &self.heights
    }

    /// Height of a cell; NaN outside.
    pub fn at(&self, column: usize, row: usize) -> f32 {
        if column < self.columns && row < self.rows {
            self.heights
                .get(row * self.columns + column)
                .copied()
                .unwrap_or(f32::NAN)
        } else {
            f32::NAN
        }
    }

    /// Height between cell centres, bilinear, at fractional column and row; `None` outside the centres or beside a hole.
    pub fn bilinear(&self, column: f64, row: f64) -> Option<f64> {
        let inside = column >= 0.0
            && row >= 0.0
            && column <= (self.columns - 1) as f64
            && row <= (self.rows - 1) as f64;
        if !inside {
            return None;
        }
        let (c, r) = (
            (column as usize).min(self.columns.saturating_sub(2)),
            (row as usize).min(self.rows.saturating_sub(2)),
        );
        let (u, v) = (column - c as f64, row - r as f64);
        let z =
            |c: usize, r: usize| f64::from(self.at(c.min(self.columns - 1), r.min(self.rows - 1)));
        let top = z(c, r) * (1.0 - u) + z(c + 1, r) * u;
        let bottom = z(c, r + 1) * (1.0 - u) + z(c + 1, r + 1) * u;
        let height = top * (1.0 - v) + bottom * v;
        height.is_finite().then_some(height)
    }
}
