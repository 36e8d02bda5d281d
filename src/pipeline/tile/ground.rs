//! The ground everywhere: known heights, filled holes, banks above the water, and a calm continuation beyond the data.

use super::grid::{Grid, Plane};
use crate::base::{Bounds2, Finding, Report, Severity};
use crate::pipeline::shards::bytes::{Bytes, Fingerprint};
use crate::region::{Building, HeightGrid, NetworkLine, Region, WaterArea};
use geo::Polygon;
use std::cell::Cell;
use std::sync::OnceLock;

/// A bank rises at least this far above the water, and this far inland.
const BANK_M: f64 = 0.6;
const BANK_WIDTH_M: f64 = 25.0;

/// Beyond the data the ground becomes level within this distance.
const CALM_WITHIN_M: f64 = 3_000.0;

/// Cells of a ground made from roads and buildings.
const MADE_CELL_M: f64 = 20.0;
/// The most cells of such a ground; coarser cells beyond.
const MAX_MADE_CELLS: f64 = 4_000_000.0;

/// Heights of the ground in the sources' vertical datum, at any point of the plane.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The data and its halvings, each without holes; the first is the finest.
    pyramid: Vec<HeightGrid>,
    bounds: Bounds2,
    calm_m: f64,
    /// Of all finest heights, taken when it is first asked for: every shard at the rim of the data asks, and a region has 64 million of them.
    print: OnceLock<Fingerprint>,
}

impl Ground {
    /// From the region's terrain, or else from what stands and lies on the ground.
    pub fn new(region: &Region, extract: &Bounds2, report: &mut Report) -> Self {
        let mut known = KnownHeights::over(extract);
        let needed = usable(region.terrain.as_ref()).is_none();
        if needed {
            region.lines.iter().for_each(|line| known.line(line));
            region.buildings.iter().for_each(|building| known.building(building));
        }
        Self::from_parts(region.terrain.clone(), known, &region.water, extract, report)
    }

    /// From terrain, or where there is none from heights known of lines and buildings; water lies lower than its banks.
    pub fn from_parts(terrain: Option<HeightGrid>, known: KnownHeights, water: &[WaterArea], extract: &Bounds2, report: &mut Report) -> Self {
        let base = match terrain.filter(|grid| usable(Some(grid)).is_some()) {
            Some(grid) => grid,
            None => {
                let made = known.finish();
                let code = if made.is_some() { "terrain-derived" } else { "terrain-flat" };
                report.push(Finding::new(code, Severity::Warning, "terrain"));
                made.unwrap_or_else(|| flat(extract))
            }
        };
        let mut pyramid = filled(base);
        if let Some(finest) = pyramid.first_mut() {
            for area in water {
                raise_banks(finest, &area.outline, area.level_m);
            }
        }
        let lowest_calm = water
            .iter()
            .map(|area| area.level_m + 2.0 * BANK_M)
            .fold(f64::NEG_INFINITY, f64::max);
        let finest = &pyramid[0];
        let bounds = Bounds2 {
            min: [
                finest.origin[0],
                finest.origin[1] - (finest.rows - 1) as f64 * finest.cell_m,
            ],
            max: [
                finest.origin[0] + (finest.columns - 1) as f64 * finest.cell_m,
                finest.origin[1],
            ],
        };
        let calm_m = median(finest.values.iter().map(|v| f64::from(*v)).collect())
            .unwrap_or(0.0)
            .max(lowest_calm);
        Self {
            pyramid,
            bounds,
            calm_m,
            print: OnceLock::new(),
        }
    }

    /// Height at a point of the sources' system.
    pub fn height(&self, at: [f64; 2]) -> f64 {
        let near = [
            at[0].clamp(self.bounds.min[0], self.bounds.max[0]),
            at[1].clamp(self.bounds.min[1], self.bounds.max[1]),
        ];
        let away = (at[0] - near[0]).hypot(at[1] - near[1]);
        if away <= 0.0 {
            return self.sample(0, near);
        }
        // The further out, the smoother: otherwise every bump of the rim would run outward as a ridge.
        let step = (1.0 + away / self.pyramid[0].cell_m / 4.0).log2();
        let last = self.pyramid.len() - 1;
        let (low, share) = (step.floor() as usize, step.fract());
        let rim = if low >= last {
            self.sample(last, near)
        } else {
            let (fine, coarse) = (self.sample(low, near), self.sample(low + 1, near));
            fine + share * (coarse - fine)
        };
        let t = (away / CALM_WITHIN_M).min(1.0);
        rim + t * t * (3.0 - 2.0 * t) * (self.calm_m - rim)
    }

    /// Everything, as bytes.
    pub fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.calm_m.to_le_bytes());
        [self.bounds.min, self.bounds.max].iter().flatten().for_each(|value| bytes.extend(value.to_le_bytes()));
        bytes.extend((self.pyramid.len() as u64).to_le_bytes());
        for grid in &self.pyramid {
            [grid.origin[0], grid.origin[1], grid.cell_m].iter().for_each(|value| bytes.extend(value.to_le_bytes()));
            [grid.columns, grid.rows].iter().for_each(|value| bytes.extend((*value as u64).to_le_bytes()));
            grid.values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        }
    }

    /// What [`Self::put`] wrote.
    pub fn take(bytes: &mut Bytes) -> Option<Self> {
        let [calm_m, w, s, e, n] = bytes.f64s()?;
        let mut pyramid = Vec::new();
        for _ in 0..bytes.count()? {
            let [x, y, cell_m] = bytes.f64s()?;
            let (columns, rows) = (bytes.count()?, bytes.count()?);
            let values = bytes.f32_list(columns.checked_mul(rows)?)?;
            pyramid.push(HeightGrid { origin: [x, y], cell_m, columns, rows, values });
        }
        (!pyramid.is_empty()).then_some(Self { pyramid, bounds: Bounds2 { min: [w, s], max: [e, n] }, calm_m, print: OnceLock::new() })
    }

    /// Adds the heights within a rectangle of the sources' system to a fingerprint: all of them where the rectangle goes beyond.
    pub fn mark(&self, rect: &Bounds2, print: &mut Fingerprint) {
        print.add(&self.calm_m.to_le_bytes());
        let Some(grid) = self.pyramid.first() else { return };
        if !(self.bounds.contains(rect.min) && self.bounds.contains(rect.max)) {
            let whole = self.print.get_or_init(|| {
                let mut print = Fingerprint::default();
                grid.values.iter().for_each(|value| print.add(&value.to_le_bytes()));
                print
            });
            return print.text(&whole.hex());
        }
        let column = |x: f64| ((x - grid.origin[0]) / grid.cell_m).max(0.0) as usize;
        let row = |y: f64| ((grid.origin[1] - y) / grid.cell_m).max(0.0) as usize;
        let (first, last) = (column(rect.min[0]), (column(rect.max[0]) + 1).min(grid.columns - 1));
        for row in row(rect.max[1])..=row(rect.min[1]) + 1 {
            let cells = grid.values.get(row * grid.columns + first..=row * grid.columns + last);
            cells.unwrap_or_default().iter().for_each(|value| print.add(&value.to_le_bytes()));
        }
    }

    fn sample(&self, level: usize, at: [f64; 2]) -> f64 {
        self.pyramid[level]
            .altitude(at[0], at[1])
            .unwrap_or(self.calm_m)
    }
}

/// The ground as one level of tiles shows it: flat triangles over the level's cells.
pub struct Surface<'a> {
    ground: &'a Ground,
    plane: &'a Plane,
    cell: f64,
    /// Heights of the lattice nodes around one tile, each computed when it is first asked for, NaN before:
    /// a tile with one road on it asks for few of them.
    first: [i64; 2],
    side: usize,
    nodes: Vec<Cell<f64>>,
    /// Slopes there (east, north), likewise.
    slopes: Vec<Cell<[f64; 2]>>,
}

impl<'a> Surface<'a> {
    pub fn new(ground: &'a Ground, plane: &'a Plane, grid: &Grid, level: u32, rect: &Bounds2) -> Self {
        let cell = grid.cell(level);
        // Two nodes beyond the tile: one for what hangs over its rim, one for the slope there.
        let first = [0, 1].map(|k| (rect.min[k] / cell).round() as i64 - 2);
        let side = ((rect.max[0] - rect.min[0]) / cell).round().clamp(1.0, 256.0) as usize + 5;
        Self {
            ground,
            plane,
            cell,
            first,
            side,
            nodes: vec![Cell::new(f64::NAN); side * side],
            slopes: vec![Cell::new([f64::NAN; 2]); side * side],
        }
    }

    pub fn cell(&self) -> f64 {
        self.cell
    }

    /// Height of a lattice node, counted from the plane's corner.
    pub fn node(&self, column: i64, row: i64) -> f64 {
        let known = self.place(column, row).and_then(|place| self.nodes.get(place));
        if let Some(height) = known.map(Cell::get).filter(|height| !height.is_nan()) {
            return height;
        }
        let at = [column as f64 * self.cell, row as f64 * self.cell];
        let height = self.ground.height(self.plane.source(at));
        if let Some(known) = known {
            known.set(height);
        }
        height
    }

    /// Where a node near the tile is kept.
    fn place(&self, column: i64, row: i64) -> Option<usize> {
        let (c, r) = (column.wrapping_sub(self.first[0]), row.wrapping_sub(self.first[1]));
        let near = c >= 0 && r >= 0 && (c as usize) < self.side && (r as usize) < self.side;
        near.then(|| r as usize * self.side + c as usize)
    }

    /// Slope at a lattice node, east and north.
    fn slope(&self, column: i64, row: i64) -> [f64; 2] {
        let known = self.place(column, row).and_then(|place| self.slopes.get(place));
        if let Some(slope) = known.map(Cell::get).filter(|slope| !slope[0].is_nan()) {
            return slope;
        }
        let across = 2.0 * self.cell;
        let slope = [
            (self.node(column + 1, row) - self.node(column - 1, row)) / across,
            (self.node(column, row + 1) - self.node(column, row - 1)) / across,
        ];
        if let Some(known) = known {
            known.set(slope);
        }
        slope
    }

    /// The drawn triangle over a point of the plane: its corners' nodes, and the point's share of each.
    fn triangle(&self, at: [f64; 2]) -> [((i64, i64), f64); 3] {
        let (x, y) = (at[0] / self.cell, at[1] / self.cell);
        let (column, row) = (whole(x), whole(y));
        let (fx, fy) = (x - column as f64, y - row as f64);
        let north_east = (column + 1, row + 1);
        if fx >= fy {
            [((column, row), 1.0 - fx), ((column + 1, row), fx - fy), (north_east, fy)]
        } else {
            [((column, row), 1.0 - fy), ((column, row + 1), fy - fx), (north_east, fx)]
        }
    }

    /// Height of the drawn ground at a point of the plane: on the very triangle that is drawn there.
    pub fn height(&self, at: [f64; 2]) -> f64 {
        self.triangle(at).iter().map(|((column, row), share)| share * self.node(*column, *row)).sum()
    }

    /// Upward unit normal (east, north, up): smooth across cells, and what a renderer makes of the normals at the drawn triangle's corners.
    pub fn normal(&self, at: [f64; 2]) -> [f32; 3] {
        let [mut dx, mut dy] = [0.0; 2];
        for ((column, row), share) in self.triangle(at) {
            let slope = self.slope(column, row);
            dx += share * slope[0];
            dy += share * slope[1];
        }
        let length = (dx * dx + dy * dy + 1.0).sqrt();
        [(-dx / length) as f32, (-dy / length) as f32, (1.0 / length) as f32]
    }

    /// Does the ground keep to one plane over a whole tile, but for so much?
    pub fn is_plane(&self, bend_m: f64) -> bool {
        let corner = [0, 1].map(|k| self.first[k] + 2);
        let last = self.side as i64 - 5;
        let node = |column: i64, row: i64| self.node(corner[0] + column, corner[1] + row);
        let (south_west, south_east, north_west) = (node(0, 0), node(last, 0), node(0, last));
        let slope = [south_east - south_west, north_west - south_west].map(|rise| rise / last as f64);
        (0..=last).all(|row| {
            (0..=last).all(|column| {
                let plane = south_west + column as f64 * slope[0] + row as f64 * slope[1];
                (plane - node(column, row)).abs() <= bend_m
            })
        })
    }
}

/// The whole number at or below; without the call that `f64::floor` is on processors of any age.
fn whole(value: f64) -> i64 {
    let towards_zero = value as i64;
    towards_zero.saturating_sub(i64::from(towards_zero as f64 > value))
}

/// A grid whose sizes agree with each other and that knows at least one height.
fn usable(grid: Option<&HeightGrid>) -> Option<&HeightGrid> {
    grid.filter(|g| {
        g.columns > 0
            && g.rows > 0
            && g.columns.checked_mul(g.rows) == Some(g.values.len())
            && g.cell_m.is_finite()
            && g.cell_m > 0.0
            && g.values.iter().any(|v| v.is_finite())
    })
}

fn flat(extract: &Bounds2) -> HeightGrid {
    HeightGrid {
        origin: extract.centre(),
        cell_m: MADE_CELL_M,
        columns: 1,
        rows: 1,
        values: vec![0.0],
    }
}

/// Heights of road vertices and building grounds, for a ground that no source gives.
pub struct KnownHeights {
    extract: Bounds2,
    cell_m: f64,
    columns: usize,
    rows: usize,
    /// Cell and height.
    known: Vec<(u32, f32)>,
}

impl KnownHeights {
    pub fn over(extract: &Bounds2) -> Self {
        let sound = !extract.is_empty() && extract.size().iter().all(|s| s.is_finite());
        let size = if sound { extract.size() } else { [0.0; 2] };
        let cell_m = MADE_CELL_M.max((size[0] * size[1] / MAX_MADE_CELLS).sqrt());
        let cells = |size: f64| (size / cell_m).ceil() as usize + 1;
        Self {
            extract: if sound { *extract } else { Bounds2::EMPTY },
            cell_m,
            columns: cells(size[0]),
            rows: cells(size[1]),
            known: Vec::new(),
        }
    }

    pub fn line(&mut self, line: &NetworkLine) {
        if line.level == 0 {
            line.points.iter().for_each(|point| self.add(*point));
        }
    }

    pub fn building(&mut self, building: &Building) {
        use geo::Centroid;
        if let Some(at) = building.footprint.centroid() {
            self.add([at.x(), at.y(), building.ground_m]);
        }
    }

    fn add(&mut self, point: [f64; 3]) {
        if !point.iter().all(|v| v.is_finite()) || !self.extract.contains([point[0], point[1]]) {
            return;
        }
        let column = ((point[0] - self.extract.min[0]) / self.cell_m).round() as usize;
        let row = ((self.extract.max[1] - point[1]) / self.cell_m).round() as usize;
        let cell = row.min(self.rows - 1) * self.columns + column.min(self.columns - 1);
        self.known.push((cell as u32, point[2] as f32));
    }

    /// The median of each cell; `None` where nothing is known.
    fn finish(mut self) -> Option<HeightGrid> {
        if self.known.is_empty() {
            return None;
        }
        self.known.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut values = vec![f32::NAN; self.columns * self.rows];
        for group in self.known.chunk_by(|a, b| a.0 == b.0) {
            let cell = group.first().map_or(0, |(cell, _)| *cell as usize);
            if let (Some(middle), Some(value)) = (group.get(group.len() / 2), values.get_mut(cell)) {
                *value = middle.1;
            }
        }
        Some(HeightGrid {
            origin: [self.extract.min[0], self.extract.max[1]],
            cell_m: self.cell_m,
            columns: self.columns,
            rows: self.rows,
            values,
        })
    }
}

/// Halves the grid until one cell is left, then fills each level's holes from the coarser one (pull and push, Gortler 1996).
fn filled(base: HeightGrid) -> Vec<HeightGrid> {
    let mut pyramid = vec![base];
    while let Some(fine) = pyramid.last() {
        if fine.columns == 1 && fine.rows == 1 {
            break;
        }
        let coarse = halved(fine);
        pyramid.push(coarse);
    }
    for level in (0..pyramid.len().saturating_sub(1)).rev() {
        let (fine, coarse) = pyramid.split_at_mut(level + 1);
        let (Some(fine), Some(coarse)) = (fine.last_mut(), coarse.first()) else {
            break;
        };
        for row in 0..fine.rows {
            for column in 0..fine.columns {
                let index = row * fine.columns + column;
                if !fine.values[index].is_finite() {
                    let x = fine.origin[0] + column as f64 * fine.cell_m;
                    let y = fine.origin[1] - row as f64 * fine.cell_m;
                    fine.values[index] = coarse.altitude(x, y).unwrap_or(0.0) as f32;
                }
            }
        }
    }
    pyramid
}

fn halved(fine: &HeightGrid) -> HeightGrid {
    let (columns, rows) = (fine.columns.div_ceil(2), fine.rows.div_ceil(2));
    let mut values = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let (mut sum, mut count) = (0.0f64, 0u32);
            for r in 2 * row..(2 * row + 2).min(fine.rows) {
                for c in 2 * column..(2 * column + 2).min(fine.columns) {
                    let value = fine.values[r * fine.columns + c];
                    if value.is_finite() {
                        sum += f64::from(value);
                        count += 1;
                    }
                }
            }
            values.push(if count > 0 { (sum / f64::from(count)) as f32 } else { f32::NAN });
        }
    }
    HeightGrid {
        origin: [
            fine.origin[0] + 0.5 * fine.cell_m,
            fine.origin[1] - 0.5 * fine.cell_m,
        ],
        cell_m: 2.0 * fine.cell_m,
        columns,
        rows,
        values,
    }
}

/// Lifts known ground beside water to at least a low bank: derived terrain often dips below the level it is given.
fn raise_banks(grid: &mut HeightGrid, outline: &Polygon<f64>, level_m: f64) {
    if !level_m.is_finite() {
        return;
    }
    let wanted = (level_m + BANK_M) as f32;
    let reach = (BANK_WIDTH_M / grid.cell_m).ceil() as i64;
    let (columns, rows) = (grid.columns as i64, grid.rows as i64);
    for ring in std::iter::once(outline.exterior()).chain(outline.interiors()) {
        for line in ring.lines() {
            let (a, b) = (line.start, line.end);
            let steps = ((b.x - a.x).hypot(b.y - a.y) / grid.cell_m).ceil().clamp(1.0, 1e5) as i64;
            for step in 0..=steps {
                let share = step as f64 / steps as f64;
                let x = a.x + share * (b.x - a.x);
                let y = a.y + share * (b.y - a.y);
                let column = ((x - grid.origin[0]) / grid.cell_m).round() as i64;
                let row = ((grid.origin[1] - y) / grid.cell_m).round() as i64;
                if column < -reach || row < -reach || column >= columns + reach || row >= rows + reach {
                    continue;
                }
                for r in (row - reach).max(0)..=(row + reach).min(rows - 1) {
                    for c in (column - reach).max(0)..=(column + reach).min(columns - 1) {
                        let value = &mut grid.values[(r * columns + c) as usize];
                        *value = value.max(wanted);
                    }
                }
            }
        }
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|v| v.is_finite());
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    let (_, value, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    Some(*value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_between_their_rims() {
        let mut values = vec![f32::NAN; 100];
        for row in 0..10 {
            values[row * 10] = 10.0;
            values[row * 10 + 9] = 20.0;
        }
        let pyramid = filled(HeightGrid {
            origin: [0.0, 9.0],
            cell_m: 1.0,
            columns: 10,
            rows: 10,
            values,
        });
        assert!(pyramid[0].values.iter().all(|v| (10.0..=20.0).contains(v)));
        assert!((pyramid[0].values[55] - 15.0).abs() < 3.0);
    }

    #[test]
    fn whole_numbers_are_those_of_floor() {
        for value in [0.0, -0.0, 0.5, -0.5, 3.0, -3.0, 2.999_999_999, -1e-300, 1e15, -1e15 - 0.5, f64::MAX, f64::MIN] {
            assert_eq!(whole(value), value.floor() as i64, "{value}");
        }
    }

    #[test]
    fn a_region_without_anything_is_flat() {
        let mut report = Report::default();
        let extract = Bounds2 { min: [0.0; 2], max: [100.0; 2] };
        let ground = Ground::new(&Region::default(), &extract, &mut report);
        assert_eq!(ground.height([50.0, 5_000.0]), 0.0);
        assert_eq!(report.count("terrain-flat"), 1);
    }

    #[test]
    fn far_out_the_ground_is_calm() {
        let region = Region {
            terrain: Some(HeightGrid {
                origin: [0.0, 90.0],
                cell_m: 10.0,
                columns: 10,
                rows: 10,
                values: (0..100).map(|i| (i % 10) as f32).collect(),
            }),
            ..Region::default()
        };
        let extract = Bounds2 { min: [0.0; 2], max: [90.0; 2] };
        let ground = Ground::new(&region, &extract, &mut Report::default());
        assert_eq!(ground.height([90.0, 50.0]), 9.0);
        assert!((ground.height([90.1, 50.0]) - 9.0).abs() < 0.1);
        assert!((ground.height([9_000.0, 50.0]) - 5.0).abs() < 1e-9);
    }
}
