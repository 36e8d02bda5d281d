//! A single band of numbers on a regular grid with its place on the earth, as raster formats know it.

/// One band; row 0 is the northernmost, `NaN` is "no data".
#[derive(Clone, Debug, PartialEq)]
pub struct Raster {
    /// Centre of the first (north-west) cell, in the raster's own system.
    pub origin: [f64; 2],
    /// Cell size along x and y, both positive.
    pub cell: [f64; 2],
    pub columns: usize,
    pub rows: usize,
    pub values: Vec<f32>,
    /// EPSG code of the system, where the file states one.
    pub epsg: Option<u32>,
    /// True where the stated system is geographic (degrees).
    pub geographic: bool,
}

/// More cells than this are refused: 256 MiB of values.
pub const MAX_CELLS: usize = 64 << 20;

/// Why a file is no usable raster.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RasterFault {
    #[error("{0}")]
    Unreadable(String),
    #[error("the raster has {0} bands or a colour model; one band of numbers is needed")]
    Bands(String),
    #[error("the raster has no place on the earth (no tie point and cell size)")]
    NoPlace,
    #[error("the raster is turned or sheared, which is not supported")]
    Turned,
    #[error("{columns} × {rows} cells are more than the {MAX_CELLS} supported")]
    TooLarge { columns: u64, rows: u64 },
    #[error("the header lacks '{0}'")]
    Header(&'static str),
    #[error("{found} values where {expected} are announced")]
    Count { found: usize, expected: usize },
}

impl Raster {
    /// Bilinear value; `None` outside the cells' outer edges and where all cells around are unknown.
    pub fn value(&self, x: f64, y: f64) -> Option<f64> {
        let column = (x - self.origin[0]) / self.cell[0];
        let row = (self.origin[1] - y) / self.cell[1];
        let (last_column, last_row) = ((self.columns as f64) - 1.0, (self.rows as f64) - 1.0);
        // Half a cell beyond the outermost centres still belongs to the raster.
        if !(column >= -0.5001
            && row >= -0.5001
            && column <= last_column + 0.5001
            && row <= last_row + 0.5001)
        {
            return None;
        }
        let (column, row) = (column.clamp(0.0, last_column), row.clamp(0.0, last_row));
        let (c0, r0) = (column.floor() as usize, row.floor() as usize);
        let (c1, r1) = ((c0 + 1).min(self.columns - 1), (r0 + 1).min(self.rows - 1));
        let (fc, fr) = (column - c0 as f64, row - r0 as f64);
        let (mut sum, mut weight) = (0.0, 0.0);
        for (c, r, w) in [
            (c0, r0, (1.0 - fc) * (1.0 - fr)),
            (c1, r0, fc * (1.0 - fr)),
            (c0, r1, (1.0 - fc) * fr),
            (c1, r1, fc * fr),
        ] {
            let value = self
                .values
                .get(r * self.columns + c)
                .map_or(f64::NAN, |value| f64::from(*value));
            if value.is_finite() {
                sum += w * value;
                weight += w;
            }
        }
        (weight > 1e-9).then(|| sum / weight)
    }
}
