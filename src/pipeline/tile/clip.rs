//! Cutting triangles along the terrain's cells, so that what lies on the ground lies on it exactly.

use crate::base::Bounds2;

/// A convex polygon in the plane, counter-clockwise.
type Convex = Vec<[f64; 2]>;

/// Which of a cell's two triangles: the diagonal runs from south-west to north-east.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// South of the diagonal.
    South,
    /// North of the diagonal.
    North,
}

/// Smaller pieces (in square metres) are dust of the arithmetic.
const DUST_M2: f64 = 1e-6;

/// Twice the signed area of a triangle; positive when counter-clockwise.
pub fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Cuts a triangle along the lines and diagonals of a lattice with the given cell, and hands on the pieces of the cells of `window`
/// whose column and row are wanted.
///
/// The triangle may be given in either order; pieces are counter-clockwise.
pub fn along_cells(
    triangle: [[f64; 2]; 3],
    cell: f64,
    window: &Bounds2,
    wanted: impl Fn(i64, i64) -> bool,
    mut piece: impl FnMut(&[[f64; 2]]),
) {
    let [a, mut b, mut c] = triangle;
    let area = cross(a, b, c);
    if !area.is_finite() || area.abs() < DUST_M2 {
        return;
    }
    if area < 0.0 {
        std::mem::swap(&mut b, &mut c);
    }
    let bounds = Bounds2::of([a, b, c]);
    // Half a millimetre inward: a window edge that is a lattice line must not open the next row.
    let inside = |k: usize, value: f64| value.clamp(window.min[k], window.max[k]);
    let first = |k: usize| ((inside(k, bounds.min[k]) + 5e-4) / cell).floor() as i64;
    let last = |k: usize| ((inside(k, bounds.max[k]) - 5e-4) / cell).floor() as i64;
    let (mut row_strip, mut square, mut half, mut spare) =
        (Convex::new(), Convex::new(), Convex::new(), Convex::new());
    for row in first(1)..=last(1) {
        let south = row as f64 * cell;
        keep(&[a, b, c], &mut spare, |p| p[1] - south);
        keep(&spare, &mut row_strip, |p| south + cell - p[1]);
        if row_strip.len() < 3 {
            continue;
        }
        let strip = Bounds2::of(row_strip.iter().copied());
        let from = ((inside(0, strip.min[0]) + 5e-4) / cell).floor() as i64;
        let to = ((inside(0, strip.max[0]) - 5e-4) / cell).floor() as i64;
        for column in (from..=to).filter(|column| wanted(*column, row)) {
            let west = column as f64 * cell;
            keep(&row_strip, &mut spare, |p| p[0] - west);
            keep(&spare, &mut square, |p| west + cell - p[0]);
            if square.len() < 3 {
                continue;
            }
            let above = |p: [f64; 2]| (p[1] - south) - (p[0] - west);
            for side in [Half::South, Half::North] {
                match side {
                    Half::South => keep(&square, &mut half, |p| -above(p)),
                    Half::North => keep(&square, &mut half, above),
                }
                if half.len() >= 3 && polygon_area2(&half) > DUST_M2 {
                    piece(&half);
                }
            }
        }
    }
}

/// The part of a triangle inside a rectangle, counter-clockwise; empty when there is none.
pub fn inside(triangle: [[f64; 2]; 3], window: &Bounds2) -> Vec<[f64; 2]> {
    let [a, b, c] = triangle;
    let polygon = if cross(a, b, c) < 0.0 { vec![a, c, b] } else { vec![a, b, c] };
    within(polygon, window)
}

/// The part of a convex polygon inside a rectangle; empty when there is none.
pub fn within(mut polygon: Vec<[f64; 2]>, window: &Bounds2) -> Vec<[f64; 2]> {
    let mut spare = Convex::new();
    for k in 0..2 {
        keep(&polygon, &mut spare, |p| p[k] - window.min[k]);
        keep(&spare, &mut polygon, |p| window.max[k] - p[k]);
    }
    if polygon_area2(&polygon) > DUST_M2 { polygon } else { Vec::new() }
}

/// The part of a convex polygon where `distance` is not negative (Sutherland and Hodgman 1974).
fn keep(polygon: &[[f64; 2]], out: &mut Convex, distance: impl Fn([f64; 2]) -> f64) {
    out.clear();
    let Some(&last) = polygon.last() else { return };
    let (mut from, mut from_distance) = (last, distance(last));
    for &to in polygon {
        let to_distance = distance(to);
        if (from_distance < 0.0) != (to_distance < 0.0) {
            let share = from_distance / (from_distance - to_distance);
            out.push([
                from[0] + share * (to[0] - from[0]),
                from[1] + share * (to[1] - from[1]),
            ]);
        }
        if to_distance >= 0.0 {
            out.push(to);
        }
        (from, from_distance) = (to, to_distance);
    }
}

fn polygon_area2(polygon: &[[f64; 2]]) -> f64 {
    let Some(&origin) = polygon.first() else {
        return 0.0;
    };
    polygon
        .windows(2)
        .skip(1)
        .map(|pair| cross(origin, pair[0], pair[1]))
        .sum()
}

/// Where a segment crosses lattice lines and diagonals, as shares in `[0, 1]`, ends included, ascending.
pub fn crossings(from: [f64; 2], to: [f64; 2], cell: f64) -> Vec<f64> {
    /// A segment longer than this many cells is not cut any finer.
    const MAX: i64 = 100_000;
    let mut shares = vec![0.0, 1.0];
    let mut along = |a: f64, b: f64| {
        let (low, high) = (a.min(b) / cell, a.max(b) / cell);
        if high - low < 1e-12 {
            return;
        }
        let (first, last) = (low.ceil() as i64, high.floor() as i64);
        for line in first..=last.min(first.saturating_add(MAX)) {
            let share = (line as f64 * cell - a) / (b - a);
            if share > 1e-9 && share < 1.0 - 1e-9 {
                shares.push(share);
            }
        }
    };
    along(from[0], to[0]);
    along(from[1], to[1]);
    along(from[1] - from[0], to[1] - to[0]);
    shares.sort_by(f64::total_cmp);
    shares.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The sum of the parts is the whole, and each part lies in one half of one cell.
        #[test]
        fn pieces_add_up(
            a in prop::array::uniform2(0.0..100.0f64),
            b in prop::array::uniform2(0.0..100.0f64),
            c in prop::array::uniform2(0.0..100.0f64),
        ) {
            let window = Bounds2 { min: [0.0; 2], max: [100.0; 2] };
            let cell = 7.3;
            let mut sum = 0.0;
            along_cells([a, b, c], cell, &window, |_, _| true, |piece| {
                sum += polygon_area2(piece);
                let bounds = Bounds2::of(piece.iter().copied());
                let corner = [
                    (bounds.centre()[0] / cell).floor() * cell,
                    (bounds.centre()[1] / cell).floor() * cell,
                ];
                assert!(bounds.min[0] >= corner[0] - 1e-9 && bounds.max[0] <= corner[0] + cell + 1e-9);
                assert!(bounds.min[1] >= corner[1] - 1e-9 && bounds.max[1] <= corner[1] + cell + 1e-9);
            });
            prop_assert!((sum - cross(a, b, c).abs()).abs() < 0.02, "{sum}");
        }
    }

    #[test]
    fn a_rectangle_cuts_a_corner_off() {
        let window = Bounds2 { min: [0.0, 0.0], max: [10.0, 10.0] };
        let cut = inside([[-5.0, 5.0], [5.0, 5.0], [5.0, 15.0]], &window);
        assert!((polygon_area2(&cut) - (100.0 - 2.0 * 12.5 - 25.0)).abs() < 30.0);
        assert!(cut.iter().all(|p| window.contains(*p)));
        assert!(inside([[20.0, 0.0], [21.0, 0.0], [21.0, 1.0]], &window).is_empty());
    }

    #[test]
    fn a_window_takes_its_share_only() {
        let window = Bounds2 { min: [10.0, 0.0], max: [20.0, 10.0] };
        let mut sum = 0.0;
        along_cells([[0.0, 0.0], [30.0, 0.0], [30.0, 30.0]], 10.0, &window, |_, _| true, |p| sum += polygon_area2(p));
        // Under the diagonal from (10,10) down: the whole square of 100 m².
        assert!((sum - 200.0).abs() < 1e-6, "{sum}");
    }

    #[test]
    fn crossings_are_ordered() {
        let shares = crossings([0.5, 0.5], [3.5, 1.2], 1.0);
        assert!(shares.windows(2).all(|w| w[0] < w[1]));
        // Lines x = 1, 2, 3; y = 1; diagonals y - x = -1, -2.
        assert_eq!(shares.len(), 2 + 3 + 1 + 2);
    }
}
