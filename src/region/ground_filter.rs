//! The ground among the lowest points of a cloud that nobody classified.
//!
//! Method: Zhang et al., "A progressive morphological filter for removing nonground measurements from airborne LIDAR data" (IEEE TGRS 41-4, 2003):
//! the surface is opened (lowest, then highest of a window) with growing windows; what sinks by more than the land can fall within the window's growth
//! is a tree or a building. Windows are square and as wide as halls are: what is larger than [`WIDEST_M`] stays.

use std::collections::VecDeque;

/// Half sides of the windows, metres.
const HALF_SIDES_M: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 28.0, 40.0];
/// Buildings up to this width are told from the ground, metres.
pub const WIDEST_M: f64 = 80.0;
/// The land is taken to fall so much, rise by run; steeper land loses its edges.
const SLOPE: f64 = 0.25;
/// The noise of the lowest points, metres.
const NOISE_M: f64 = 0.3;
/// What sinks deeper is never ground, metres.
const DEEPEST_M: f64 = 2.5;

/// Makes unknown what is no ground. `values` row by row, `NaN` where there is no point; cells are square.
pub fn keep_ground(values: &mut [f32], columns: usize, cell_m: f64) {
    if columns == 0 || !(cell_m > 0.0) {
        return;
    }
    let mut surface = values.to_vec();
    let mut before = 0;
    for half_m in HALF_SIDES_M {
        let half = (half_m / cell_m).round() as usize;
        if half <= before {
            continue;
        }
        let growth_m = 2.0 * (half - before) as f64 * cell_m;
        let allowed = (NOISE_M + SLOPE * growth_m).min(DEEPEST_M) as f32;
        before = half;
        let opened = opened(&surface, columns, half);
        for ((value, was), now) in values.iter_mut().zip(&surface).zip(&opened) {
            if was - now > allowed {
                *value = f32::NAN;
            }
        }
        surface = opened;
    }
}

/// The lowest of each window, then the highest of those; unknown cells count for nothing.
fn opened(values: &[f32], columns: usize, half: usize) -> Vec<f32> {
    let rows = values.len() / columns;
    let lowest = across(&across(values, columns, half, f32::lt), rows, half, f32::lt);
    across(&across(&lowest, columns, half, f32::gt), rows, half, f32::gt)
}

/// The best of a window along each row, with rows and columns exchanged: twice is the square window and the old order.
fn across(values: &[f32], columns: usize, half: usize, better: fn(&f32, &f32) -> bool) -> Vec<f32> {
    let rows = values.len() / columns;
    let mut turned = vec![f32::NAN; rows * columns];
    let mut window: VecDeque<(usize, f32)> = VecDeque::new();
    for (row, line) in values.chunks_exact(columns).enumerate() {
        window.clear();
        // Each cell enters the window once and leaves it once, whatever its width.
        for column in 0..columns + half {
            if let Some(value) = line.get(column).filter(|value| value.is_finite()) {
                while window.back().is_some_and(|(_, known)| !better(known, value)) {
                    window.pop_back();
                }
                window.push_back((column, *value));
            }
            let Some(middle) = column.checked_sub(half) else { continue };
            while window.front().is_some_and(|(at, _)| at + half < middle) {
                window.pop_front();
            }
            if let (Some((_, best)), Some(cell)) = (window.front(), turned.get_mut(middle * rows + row)) {
                *cell = *best;
            }
        }
    }
    turned
}
