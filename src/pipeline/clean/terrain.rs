//! What is plausible above the ground; [`super::relief`] makes the ground itself.

use crate::base::Bounds2;
use crate::region::HeightGrid;

/// Altitudes of France's ground, with room: from below the polders to above Mont Blanc, metres.
pub(super) const PLAUSIBLE_M: std::ops::RangeInclusive<f64> = -20.0..=4_900.0;
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
                min: [
                    grid.origin[0],
                    grid.origin[1] - (grid.rows.saturating_sub(1)) as f64 * grid.cell_m,
                ],
                max: [
                    grid.origin[0] + (grid.columns.saturating_sub(1)) as f64 * grid.cell_m,
                    grid.origin[1],
                ],
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
