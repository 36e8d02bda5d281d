//! One ray over a grid, step by step on the bilinear surface. Plain and slow: single points, and the truth that faster ways are held against.

use super::{BENT_EARTH_M, EARTH_M, HeightGrid};

/// How a ray walks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    /// First step, metres: nearer things are the receiver itself.
    pub from_m: f64,
    pub step_m: f64,
    /// Where it gives up, metres.
    pub to_m: f64,
    /// What a surface must stand above the ray to count, metres.
    pub tolerance_m: f64,
    /// Far things sink behind the earth.
    pub curved: bool,
    /// What the grid's heights are measured from.
    pub heights: Heights,
}

/// Where heights of zero lie. It makes a difference far away only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Heights {
    /// Everywhere on the ellipsoid, as maps have it: all of the earth's curve is still to be taken off.
    #[default]
    OnEllipsoid,
    /// On the level plane of a local frame, in which what is far lies lower already: only the bending of light is left, which lifts it.
    InFrame,
}

impl Heights {
    /// What a thing sinks by the square of its distance.
    fn bend_per_m(self) -> f64 {
        match self {
            Self::OnEllipsoid => 0.5 / BENT_EARTH_M,
            Self::InFrame => 0.5 / BENT_EARTH_M - 0.5 / EARTH_M,
        }
    }
}

impl Default for Steps {
    /// Quarter metres, no end but the grid's.
    fn default() -> Self {
        Self {
            from_m: 0.25,
            step_m: 0.25,
            to_m: f64::INFINITY,
            tolerance_m: 1e-3,
            curved: false,
            heights: Heights::default(),
        }
    }
}

/// True when something stands in the way towards a sun at `altitude` degrees in the *grid* azimuth.
pub fn is_shaded(
    grid: &HeightGrid,
    from: [f64; 2],
    height_m: f64,
    grid_azimuth: f64,
    altitude: f64,
    steps: &Steps,
) -> bool {
    let slope = altitude.to_radians().tan();
    walk(grid, from, grid_azimuth, steps, |distance, surface| {
        surface > height_m + distance * slope + steps.tolerance_m
    })
}

/// Tangent of the horizon from a point (fractional column and row), looking along the *grid* azimuth; negative infinity over a void.
pub fn horizon_tan(
    grid: &HeightGrid,
    from: [f64; 2],
    height_m: f64,
    grid_azimuth: f64,
    steps: &Steps,
) -> f64 {
    let mut most = f64::NEG_INFINITY;
    walk(grid, from, grid_azimuth, steps, |distance, surface| {
        most = f64::max(most, (surface - height_m) / distance);
        false
    });
    most
}

/// Calls back with distance and surface until the edge of the grid or the first `true`, which it returns.
fn walk(
    grid: &HeightGrid,
    from: [f64; 2],
    grid_azimuth: f64,
    steps: &Steps,
    mut hit: impl FnMut(f64, f64) -> bool,
) -> bool {
    let (sin, cos) = grid_azimuth.to_radians().sin_cos();
    let cell = grid.cell_m();
    let across = (grid.columns().max(grid.rows()) as f64 * cell * 1.5).min(steps.to_m);
    if !(steps.step_m > 0.0 && steps.from_m >= 0.0) {
        return false;
    }
    let bend_per_m = if steps.curved {
        steps.heights.bend_per_m()
    } else {
        0.0
    };
    let count = ((across - steps.from_m) / steps.step_m).clamp(0.0, 1e8) as usize;
    for number in 0..=count {
        let distance = steps.from_m + number as f64 * steps.step_m;
        let (column, row) = (
            from[0] + sin * distance / cell,
            from[1] - cos * distance / cell,
        );
        if column < 0.0
            || row < 0.0
            || column > (grid.columns() - 1) as f64
            || row > (grid.rows() - 1) as f64
        {
            return false;
        }
        if let Some(surface) = grid.bilinear(column, row) {
            let sunk = distance * distance * bend_per_m;
            if distance > 0.0 && hit(distance, surface - sunk) {
                return true;
            }
        }
    }
    false
}
