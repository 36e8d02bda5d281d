//! A single band of numbers on a regular grid with its place on the earth, as raster formats know it.
//!
//! Small grids are a [`Raster`] in memory; everything else speaks [`Heights`], which hands out windows, so that a grid of a whole département never has to fit into memory.

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

/// More cells than this are refused where a grid must be held whole: 256 MiB of values.
pub const MAX_CELLS: usize = 64 << 20;
/// More columns or rows than this are no grid of heights, whatever can be read of it.
pub const MAX_SIDE: usize = 1 << 24;

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

/// Where the cells of a grid lie: cell centres as an affine image of column and row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Centre of the first cell of the file, in the raster's own system.
    pub origin: [f64; 2],
    /// From one column's centre to the next.
    pub per_column: [f64; 2],
    /// From one row's centre to the next; southwards in most files.
    pub per_row: [f64; 2],
    pub columns: usize,
    pub rows: usize,
}

/// Cells of a grid: first column and row, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub column: usize,
    pub row: usize,
    pub columns: usize,
    pub rows: usize,
}

/// A point that may lie on a roof.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoofPoint {
    pub at: [f64; 3],
    /// The source says that it lies on a building; otherwise only its height over the ground can tell.
    pub classified: bool,
}

/// What a reader noticed without being stopped by it: the code of a finding and its value.
pub type Remark = (&'static str, String);

/// Heights that are read piece by piece.
pub trait Heights {
    fn placement(&self) -> Placement;

    /// Code, compound code, WKT or PROJ text of the system; `None` where the file states none.
    fn crs(&self) -> Option<&str>;

    /// The values of a window inside the grid, row by row in the file's own order, metres, `NaN` where unknown.
    ///
    /// # Errors
    /// Where the source is gone or the window is outside; damaged pieces of a file are `NaN` and a remark instead.
    fn read(&mut self, window: Window) -> Result<Vec<f32>, RasterFault>;

    /// True where the source also has points on roofs.
    fn has_roof_points(&self) -> bool {
        false
    }

    /// Hands out the points on roofs, in the source's own system; nothing for most sources.
    ///
    /// # Errors
    /// Where they cannot be read at all.
    fn roof_points(&mut self, _take: &mut dyn FnMut(RoofPoint)) -> Result<(), RasterFault> {
        Ok(())
    }

    /// The year the source was made or flown, where it says so.
    fn year(&self) -> Option<i32> {
        None
    }

    /// Lets go of what is kept between two windows; a later window takes it up again.
    fn release(&mut self) {}

    /// What was noticed so far; complete once everything has been read.
    fn remarks(&self) -> Vec<Remark> {
        Vec::new()
    }
}

impl Window {
    pub fn cells(&self) -> usize {
        self.columns.saturating_mul(self.rows)
    }

    fn is_inside(&self, columns: usize, rows: usize) -> bool {
        self.column
            .checked_add(self.columns)
            .is_some_and(|end| end <= columns)
            && self
                .row
                .checked_add(self.rows)
                .is_some_and(|end| end <= rows)
    }
}

impl Placement {
    /// Rows from north to south, columns from west to east.
    pub fn upright(origin: [f64; 2], cell: [f64; 2], columns: usize, rows: usize) -> Self {
        Self {
            origin,
            per_column: [cell[0], 0.0],
            per_row: [0.0, -cell[1]],
            columns,
            rows,
        }
    }

    /// # Errors
    /// [`RasterFault::NoPlace`] where the map is not finite or flat, [`RasterFault::TooLarge`] or [`RasterFault::Header`] where the size is none.
    pub fn checked(self) -> Result<Self, RasterFault> {
        if self.columns == 0 || self.rows == 0 {
            return Err(RasterFault::Header("columns and rows"));
        }
        if self.columns > MAX_SIDE || self.rows > MAX_SIDE {
            return Err(RasterFault::TooLarge {
                columns: self.columns as u64,
                rows: self.rows as u64,
            });
        }
        let finite = [self.origin, self.per_column, self.per_row]
            .iter()
            .flatten()
            .all(|value| value.is_finite() && value.abs() < 1e9);
        let area = self.determinant().abs();
        let lengths = self.cell();
        // A map that is nearly flat cannot be turned around.
        if !finite
            || !(area > 1e-9 * lengths[0] * lengths[1])
            || !(lengths[0] > 0.0 && lengths[1] > 0.0)
        {
            return Err(RasterFault::NoPlace);
        }
        Ok(self)
    }

    fn determinant(&self) -> f64 {
        self.per_column[0] * self.per_row[1] - self.per_column[1] * self.per_row[0]
    }

    /// Lengths of a cell along a row and along a column, in units of the raster's system.
    pub fn cell(&self) -> [f64; 2] {
        [
            self.per_column[0].hypot(self.per_column[1]),
            self.per_row[0].hypot(self.per_row[1]),
        ]
    }

    /// Rows run from north to south and columns from west to east.
    pub fn is_upright(&self) -> bool {
        self.per_column[1] == 0.0
            && self.per_row[0] == 0.0
            && self.per_column[0] > 0.0
            && self.per_row[1] < 0.0
    }

    /// The centre of a cell, or any point between.
    pub fn at(&self, column: f64, row: f64) -> [f64; 2] {
        [0, 1].map(|axis| {
            self.origin[axis] + column * self.per_column[axis] + row * self.per_row[axis]
        })
    }

    /// Column and row of a point; cell centres are whole numbers.
    pub fn find(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (dx, dy) = (x - self.origin[0], y - self.origin[1]);
        let area = self.determinant();
        [
            (dx * self.per_row[1] - dy * self.per_row[0]) / area,
            (dy * self.per_column[0] - dx * self.per_column[1]) / area,
        ]
    }

    pub fn whole(&self) -> Window {
        Window {
            column: 0,
            row: 0,
            columns: self.columns,
            rows: self.rows,
        }
    }
}

/// A whole grid in memory that is read like any other.
#[derive(Clone, Debug)]
pub struct Held {
    pub placement: Placement,
    pub values: Vec<f32>,
    pub crs: Option<String>,
    pub remarks: Vec<Remark>,
}

impl From<Raster> for Held {
    fn from(raster: Raster) -> Self {
        Self {
            placement: Placement::upright(raster.origin, raster.cell, raster.columns, raster.rows),
            values: raster.values,
            crs: raster.epsg.map(|code| format!("EPSG:{code}")),
            remarks: Vec::new(),
        }
    }
}

impl Heights for Held {
    fn placement(&self) -> Placement {
        self.placement
    }

    fn crs(&self) -> Option<&str> {
        self.crs.as_deref()
    }

    fn read(&mut self, window: Window) -> Result<Vec<f32>, RasterFault> {
        let Placement { columns, rows, .. } = self.placement;
        if !window.is_inside(columns, rows) {
            return Err(outside());
        }
        let mut values = Vec::with_capacity(window.cells());
        for row in window.row..window.row + window.rows {
            let start = row * columns + window.column;
            values.extend_from_slice(
                self.values
                    .get(start..start + window.columns)
                    .ok_or_else(outside)?,
            );
        }
        Ok(values)
    }

    fn remarks(&self) -> Vec<Remark> {
        self.remarks.clone()
    }
}

/// A window that is not inside its grid: a fault of the caller, never of the file.
pub(super) fn outside() -> RasterFault {
    RasterFault::Unreadable("the window leaves the grid".into())
}

pub(super) fn is_inside(window: &Window, placement: &Placement) -> bool {
    window.is_inside(placement.columns, placement.rows)
}

/// The grid of `source` whole, where it stands upright and is small enough.
///
/// # Errors
/// As the source's own, [`RasterFault::Turned`] or [`RasterFault::TooLarge`].
pub fn whole(source: &mut dyn Heights) -> Result<Raster, RasterFault> {
    let placement = source.placement();
    if placement.columns.saturating_mul(placement.rows) > MAX_CELLS {
        return Err(RasterFault::TooLarge {
            columns: placement.columns as u64,
            rows: placement.rows as u64,
        });
    }
    if !placement.is_upright() {
        return Err(RasterFault::Turned);
    }
    let values = source.read(placement.whole())?;
    Ok(Raster {
        origin: placement.origin,
        cell: placement.cell(),
        columns: placement.columns,
        rows: placement.rows,
        values,
        epsg: None,
        geographic: false,
    })
}

/// Tells numbers that mean "no data" from heights.
///
/// Producers state one such number and use others beside it, sometimes in one delivery: the classic ones are therefore taken as "no data" too wherever no ground can have that height.
#[derive(Clone, Debug, Default)]
pub struct NoData {
    /// What the file states.
    stated: Option<f64>,
    /// True when raw numbers are scaled to heights: then 9999 may be a height.
    scaled: bool,
    undeclared: u64,
}

/// Beyond any ground and any sea floor, and known to be used for "no data".
const CLASSIC: [f64; 9] = [
    -9999.0, 9999.0, -99999.0, 99999.0, -999999.0, 999999.0, -32767.0, -32768.0, 32767.0,
];

impl NoData {
    /// `stated` is the number as the file writes it; `NaN` texts are understood and need no test.
    pub fn new(stated: Option<&str>, scaled: bool) -> Self {
        let stated = stated
            .map(|text| text.trim_matches(|c: char| c == '\0' || c.is_whitespace() || c == '"'))
            .and_then(|text| {
                text.parse()
                    .ok()
                    .or_else(|| text.replace(',', ".").parse().ok())
            })
            .filter(|value: &f64| !value.is_nan());
        Self {
            stated,
            scaled,
            undeclared: 0,
        }
    }

    /// The height, or `NaN`.
    pub fn clean(&mut self, raw: f64) -> f64 {
        if raw.is_nan() {
            return f64::NAN;
        }
        if let Some(stated) = self.stated
            // Written with seven digits and read back as a float, -3.4e38 is not quite itself.
            && (raw == stated || (raw as f32) == (stated as f32) || (stated.abs() > 1e6 && (raw / stated - 1.0).abs() < 1e-6))
        {
            return f64::NAN;
        }
        let classic = if self.scaled {
            raw == -32768.0
        } else {
            CLASSIC.contains(&raw)
        };
        if classic || raw.abs() > 1e30 {
            self.undeclared += 1;
            return f64::NAN;
        }
        raw
    }

    /// A remark where numbers were taken as "no data" although the file states another.
    pub fn remark(&self) -> Option<Remark> {
        (self.undeclared > 0).then(|| ("terrain-nodata-undeclared", self.undeclared.to_string()))
    }
}

impl Raster {
    /// Bilinear value; `None` outside the cells' outer edges and where all cells around are unknown.
    pub fn value(&self, x: f64, y: f64) -> Option<f64> {
        let column = (x - self.origin[0]) / self.cell[0];
        let row = (self.origin[1] - y) / self.cell[1];
        bilinear(&self.values, [self.columns, self.rows], [column, row])
    }
}

/// Bilinear value at a column and row of `values`, cell centres being whole numbers; half a cell beyond the outermost centres still belongs to the grid.
///
/// Unknown cells have no weight; `None` where all around are unknown, and outside.
pub fn bilinear(
    values: &[f32],
    [columns, rows]: [usize; 2],
    [column, row]: [f64; 2],
) -> Option<f64> {
    let (last_column, last_row) = ((columns as f64) - 1.0, (rows as f64) - 1.0);
    if !(column >= -0.5001
        && row >= -0.5001
        && column <= last_column + 0.5001
        && row <= last_row + 0.5001)
    {
        return None;
    }
    let (column, row) = (column.clamp(0.0, last_column), row.clamp(0.0, last_row));
    let (c0, r0) = (column.floor() as usize, row.floor() as usize);
    let (c1, r1) = ((c0 + 1).min(columns - 1), (r0 + 1).min(rows - 1));
    let (fc, fr) = (column - c0 as f64, row - r0 as f64);
    let (mut sum, mut weight) = (0.0, 0.0);
    for (c, r, w) in [
        (c0, r0, (1.0 - fc) * (1.0 - fr)),
        (c1, r0, fc * (1.0 - fr)),
        (c0, r1, (1.0 - fc) * fr),
        (c1, r1, fc * fr),
    ] {
        let value = values
            .get(r * columns + c)
            .map_or(f64::NAN, |value| f64::from(*value));
        if value.is_finite() {
            sum += w * value;
            weight += w;
        }
    }
    (weight > 1e-9).then(|| sum / weight)
}
