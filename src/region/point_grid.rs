//! Scattered heights to a grid: robust means of the points in each cell, holes left as holes.
//!
//! A triangulation was rejected: it closes every hole, so that nothing tells a measured cell from a courtyard of guesses, and it carries single outliers into the surface.

/// Points that are kept, 8 bytes each; beyond it every further one thins the rest evenly.
const MAX_KEPT: usize = 48 << 20;
/// Points whose distance from their cell's median exceeds so many standard deviations (by the median absolute deviation) do not count.
const OUTLIER_SIGMAS: f32 = 3.0;
/// … but what is so near the median always counts, metres: the noise of an airborne scanner.
const NOISE_M: f32 = 0.15;
/// The median absolute deviation of a normal distribution, in standard deviations.
const MAD_TO_SIGMA: f32 = 1.4826;

/// Collects heights and hands out a grid; cells are counted from the north-west.
pub struct PointGrid {
    origin: [f64; 2],
    cell: f64,
    columns: usize,
    rows: usize,
    points: Vec<(u32, f32)>,
    /// Every so many points one is kept; grows by doubling.
    every: u64,
    seen: u64,
}

/// A cell size from points per square metre, so that a cell holds about four of those that lie on the ground.
pub fn cell_for_density(points_per_m2: f64, ground_share: f64) -> f64 {
    const NICE: [f64; 6] = [0.5, 1.0, 2.0, 5.0, 10.0, 25.0];
    let wanted = 2.0 / (points_per_m2 * ground_share).max(1e-9).sqrt();
    NICE.into_iter()
        .find(|cell| *cell >= wanted)
        .unwrap_or(25.0)
}

impl PointGrid {
    /// A grid over `[west, south, east, north]` whose cell borders lie on multiples of the cell size, so that the grids of neighbouring files fit together. `None` where that is no grid or one of more than `most_cells` cells.
    pub fn over(
        [west, south, east, north]: [f64; 4],
        cell: f64,
        most_cells: usize,
    ) -> Option<Self> {
        if !(cell > 0.0
            && west <= east
            && south <= north
            && [west, south, east, north].iter().all(|v| v.is_finite()))
        {
            return None;
        }
        let (left, right) = ((west / cell).floor(), (east / cell).floor() + 1.0);
        let (bottom, top) = ((south / cell).floor(), (north / cell).floor() + 1.0);
        let (columns, rows) = (right - left, top - bottom);
        if !(columns * rows <= most_cells as f64 && columns * rows <= f64::from(u32::MAX)) {
            return None;
        }
        Some(Self {
            origin: [(left + 0.5) * cell, (top - 0.5) * cell],
            cell,
            columns: columns as usize,
            rows: rows as usize,
            points: Vec::new(),
            every: 1,
            seen: 0,
        })
    }

    /// Centre of the first cell.
    pub fn origin(&self) -> [f64; 2] {
        self.origin
    }

    /// Columns and rows.
    pub fn size(&self) -> [usize; 2] {
        [self.columns, self.rows]
    }

    pub fn cell(&self) -> f64 {
        self.cell
    }

    /// Points outside the grid and those that are no numbers are ignored.
    pub fn add(&mut self, [x, y, z]: [f64; 3]) {
        let column = ((x - self.origin[0]) / self.cell + 0.5).floor();
        let row = ((self.origin[1] - y) / self.cell + 0.5).floor();
        if !(z.is_finite()
            && column >= 0.0
            && row >= 0.0
            && column < self.columns as f64
            && row < self.rows as f64)
        {
            return;
        }
        self.seen += 1;
        if !self.seen.is_multiple_of(self.every) {
            return;
        }
        if self.points.len() >= MAX_KEPT {
            let mut index = 0_usize;
            self.points.retain(|_| {
                index += 1;
                index.is_multiple_of(2)
            });
            self.every *= 2;
        }
        self.points.push((
            (row as usize * self.columns + column as usize) as u32,
            z as f32,
        ));
    }

    /// How many points lay on the grid.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// One robust mean a cell, `NaN` where no point lay.
    pub fn values(mut self) -> Vec<f32> {
        let mut values = vec![f32::NAN; self.columns * self.rows];
        self.points
            .sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        for group in self.points.chunk_by(|a, b| a.0 == b.0) {
            if let (Some((cell, _)), Some(mean)) = (group.first(), robust_mean(group))
                && let Some(value) = values.get_mut(*cell as usize)
            {
                *value = mean;
            }
        }
        values
    }
}

/// Mean of what lies near the median; the group is sorted by height.
fn robust_mean(group: &[(u32, f32)]) -> Option<f32> {
    let median = group.get(group.len() / 2)?.1;
    let mut distances: Vec<f32> = group.iter().map(|(_, z)| (z - median).abs()).collect();
    let middle = distances.len() / 2;
    let (_, mad, _) = distances.select_nth_unstable_by(middle, f32::total_cmp);
    let reach = (*mad * MAD_TO_SIGMA * OUTLIER_SIGMAS).max(NOISE_M);
    let (mut sum, mut count) = (0.0, 0.0);
    for (_, z) in group.iter().filter(|(_, z)| (z - median).abs() <= reach) {
        sum += f64::from(*z);
        count += 1.0;
    }
    (count > 0.0).then(|| (sum / count) as f32)
}
