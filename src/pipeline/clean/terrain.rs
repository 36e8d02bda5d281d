//! Rasters to one height grid, and what is plausible above it.

use super::Fate;
use crate::base::{Bounds2, Finding, Report, Severity};
use crate::formats::raster::{MAX_CELLS, Raster};
use crate::pipeline::LayerCount;
use crate::pipeline::sources::RawRaster;
use crate::region::HeightGrid;

/// Altitudes of France's ground, with room: from below the polders to above Mont Blanc, metres.
const PLAUSIBLE_M: std::ops::RangeInclusive<f64> = -20.0..=4_900.0;
/// Below the terrain's own lowest cell by so much, nothing on the surface is plausible, metres.
const BELOW_LOWEST_M: f64 = 10.0;

/// What altitudes are judged against.
pub struct Floor<'a> {
    pub terrain: Option<&'a HeightGrid>,
    /// Altitudes below are no altitudes, metres.
    pub lowest_m: f64,
    /// Altitudes above are none either, metres.
    pub highest_m: f64,
    bounds: Bounds2,
}

impl<'a> Floor<'a> {
    pub fn of(terrain: Option<&'a HeightGrid>) -> Self {
        let mut floor = Self {
            terrain,
            lowest_m: *PLAUSIBLE_M.start(),
            highest_m: *PLAUSIBLE_M.end() + 400.0,
            bounds: Bounds2::EMPTY,
        };
        if let Some(grid) = terrain {
            let known = || grid.values.iter().filter(|v| v.is_finite());
            let lowest = known().fold(f32::INFINITY, |low, v| low.min(*v));
            if lowest.is_finite() {
                floor.lowest_m = f64::from(lowest) - BELOW_LOWEST_M;
            }
            let reach = grid.cell_m;
            floor.bounds = Bounds2 {
                min: [grid.origin[0], grid.origin[1] - (grid.rows.saturating_sub(1)) as f64 * grid.cell_m],
                max: [grid.origin[0] + (grid.columns.saturating_sub(1)) as f64 * grid.cell_m, grid.origin[1]],
            }
            .grown(reach);
        }
        floor
    }

    /// The ground at a place; `None` outside the grid, where its edge would only mislead.
    pub fn ground(&self, x: f64, y: f64) -> Option<f64> {
        if !self.bounds.contains([x, y]) {
            return None;
        }
        self.terrain?.altitude(x, y)
    }

    pub fn plausible(&self, altitude_m: f64) -> bool {
        altitude_m.is_finite() && altitude_m > self.lowest_m && altitude_m < self.highest_m
    }
}

/// All rasters as one grid in the territory's system. A single one that fits is taken as it is; others are resampled (bilinear) at the finest cell size.
pub fn grid(
    rasters: Vec<RawRaster>,
    count: &mut LayerCount,
    report: &mut Report,
) -> Option<HeightGrid> {
    let mut usable = Vec::new();
    for mut raw in rasters {
        let odd = scrub(&mut raw.raster);
        if odd > 0 {
            report.push(Finding::new("terrain-implausible", Severity::Warning, &raw.file).value(odd));
        }
        if raw.raster.values.iter().all(|value| !value.is_finite()) {
            report.push(Finding::new("terrain-empty", Severity::Error, &raw.file));
            count.add(Fate::Rejected);
            continue;
        }
        match bounds(&raw) {
            Some(bounds) => usable.push((raw, bounds, odd > 0)),
            None => {
                report.push(Finding::new("coordinates-outside", Severity::Error, &raw.file));
                count.add(Fate::Rejected);
            }
        }
    }
    let square = |raster: &Raster| (raster.cell[0] / raster.cell[1] - 1.0).abs() < 1e-6;
    if let [(raw, _, odd)] = usable.as_slice()
        && raw.placer.is_identity()
        && square(&raw.raster)
    {
        count.add(if *odd { Fate::Repaired } else { Fate::Kept });
        let raster = &raw.raster;
        return Some(HeightGrid {
            origin: raster.origin,
            cell_m: raster.cell[0],
            columns: raster.columns,
            rows: raster.rows,
            values: raster.values.clone(),
        });
    }
    let whole = usable
        .iter()
        .fold(Bounds2::EMPTY, |whole, (_, bounds, _)| whole.union(*bounds));
    if whole.is_empty() {
        return None;
    }
    let mut cell_m = usable
        .iter()
        .map(|(raw, bounds, _)| {
            // In degrees the cell's size in metres follows from the whole raster's.
            (bounds.size()[0] / raw.raster.columns as f64).min(bounds.size()[1] / raw.raster.rows as f64)
        })
        .fold(f64::INFINITY, f64::min)
        .max(0.1);
    let cells = |cell: f64| (whole.size()[0] / cell).ceil() * (whole.size()[1] / cell).ceil();
    let wanted = cell_m;
    while cells(cell_m) > MAX_CELLS as f64 {
        cell_m *= 1.25;
    }
    if cell_m > wanted {
        report.push(
            Finding::new("terrain-coarsened", Severity::Warning, usable.first().map_or("", |u| &u.0.file))
                .value(format!("{wanted:.2} m → {cell_m:.2} m")),
        );
    }
    let columns = (whole.size()[0] / cell_m).ceil().max(1.0) as usize;
    let rows = (whole.size()[1] / cell_m).ceil().max(1.0) as usize;
    let origin = [whole.min[0] + 0.5 * cell_m, whole.max[1] - 0.5 * cell_m];
    let mut values = vec![f32::NAN; columns * rows];
    for (raw, bounds, odd) in &usable {
        let column = |x: f64| ((x - origin[0]) / cell_m).floor().clamp(0.0, columns as f64) as usize;
        let row = |y: f64| ((origin[1] - y) / cell_m).floor().clamp(0.0, rows as f64) as usize;
        for r in row(bounds.max[1])..(row(bounds.min[1]) + 2).min(rows) {
            for c in column(bounds.min[0])..(column(bounds.max[0]) + 2).min(columns) {
                let at = r * columns + c;
                if values[at].is_finite() {
                    continue;
                }
                let [x, y] = [origin[0] + c as f64 * cell_m, origin[1] - r as f64 * cell_m];
                let value = raw.placer.back(x, y).ok().and_then(|[x, y]| raw.raster.value(x, y));
                if let Some(value) = value {
                    values[at] = value as f32;
                }
            }
        }
        let resampled = !raw.placer.is_identity() || *odd;
        count.add(if resampled { Fate::Repaired } else { Fate::Kept });
        if !raw.placer.is_identity() {
            report.push(Finding::new("terrain-resampled", Severity::Info, &raw.file).value(format!("{cell_m:.2} m")));
        }
    }
    Some(HeightGrid { origin, cell_m, columns, rows, values })
}

/// Makes implausible altitudes unknown; says how many there were.
fn scrub(raster: &mut Raster) -> usize {
    let mut odd = 0;
    for value in &mut raster.values {
        if value.is_finite() && !PLAUSIBLE_M.contains(&f64::from(*value)) {
            *value = f32::NAN;
            odd += 1;
        }
    }
    odd
}

/// Bounds of the raster's cells in the territory's system, from its border.
fn bounds(raw: &RawRaster) -> Option<Bounds2> {
    let raster = &raw.raster;
    let west = raster.origin[0] - 0.5 * raster.cell[0];
    let north = raster.origin[1] + 0.5 * raster.cell[1];
    let mut bounds = Bounds2::EMPTY;
    const STEPS: usize = 16;
    for i in 0..=STEPS {
        let t = i as f64 / STEPS as f64;
        let x = west + t * raster.cell[0] * raster.columns as f64;
        let y = north - t * raster.cell[1] * raster.rows as f64;
        let east = west + raster.cell[0] * raster.columns as f64;
        let south = north - raster.cell[1] * raster.rows as f64;
        for (x, y) in [(x, north), (x, south), (west, y), (east, y)] {
            bounds.add(raw.placer.point(x, y).ok()?);
        }
    }
    Some(bounds)
}
