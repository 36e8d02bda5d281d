//! Lines and outlines with fewer points (Ramer 1972, Douglas and Peucker 1973), for lines of any form.
//!
//! Splitting at the furthest point takes the square of the number of points, and as deep a recursion, on a line like the teeth of a saw.
//! Here what is split too often is split in the middle: a few points more are kept, and the work stays `n log n`.

use geo::{Coord, LineString, MultiPolygon, Polygon};

/// A ring keeps at least so many points, its repeated first one among them.
const RING_POINTS: usize = 4;
const LINE_POINTS: usize = 2;

/// Spans are split at the furthest point down to this depth, and to so many times the depth of halving.
const DEPTH: usize = 32;
const HALVINGS: usize = 4;

/// The same with fewer points: what is left out is at most `tolerance_m` from what is kept. Rings may come to cross themselves.
pub trait Simplify {
    #[must_use]
    fn simplify(&self, tolerance_m: f64) -> Self;
}

impl Simplify for LineString<f64> {
    fn simplify(&self, tolerance_m: f64) -> Self {
        Self::new(kept(&self.0, tolerance_m, LINE_POINTS))
    }
}

impl Simplify for Polygon<f64> {
    fn simplify(&self, tolerance_m: f64) -> Self {
        let ring = |ring: &LineString<f64>| LineString::new(kept(&ring.0, tolerance_m, RING_POINTS));
        Self::new(ring(self.exterior()), self.interiors().iter().map(ring).collect())
    }
}

impl Simplify for MultiPolygon<f64> {
    fn simplify(&self, tolerance_m: f64) -> Self {
        self.iter().map(|polygon| polygon.simplify(tolerance_m)).collect()
    }
}

/// The points that stay, `least` of them where there are so many.
fn kept(points: &[Coord<f64>], tolerance_m: f64, least: usize) -> Vec<Coord<f64>> {
    let Some(end) = points.len().checked_sub(1).filter(|end| *end >= 2 && tolerance_m > 0.0) else {
        return points.to_vec();
    };
    let deepest = DEPTH + HALVINGS * (usize::BITS - points.len().leading_zeros()) as usize;
    let mut left = points.len();
    let mut out = Vec::new();
    // Spans still to be looked at, the next one last.
    let mut open = vec![(0, end, 0)];
    while let Some((from, to, depth)) = open.pop() {
        let (Some(span), inner) = (points.get(from..=to), to - from - 1) else { break };
        let (furthest, distance2) = furthest(span);
        if inner > 0 && distance2 > tolerance_m * tolerance_m {
            let split = if depth < deepest { from + furthest } else { from + (to - from) / 2 };
            open.push((split, to, depth + 1));
            open.push((from, split, depth + 1));
        } else if left - inner < least {
            out.extend(span.iter().take(inner + 1));
        } else {
            left -= inner;
            out.extend(span.first());
        }
    }
    out.extend(points.last());
    out
}

/// The point of a span that is furthest from the segment between its ends, and its squared distance; the last of several.
fn furthest(span: &[Coord<f64>]) -> (usize, f64) {
    let (Some(a), Some(b)) = (span.first(), span.last()) else { return (0, 0.0) };
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length2 = dx * dx + dy * dy;
    let mut best = (0, 0.0);
    for (index, p) in span.iter().enumerate().take(span.len() - 1).skip(1) {
        let (px, py) = (p.x - a.x, p.y - a.y);
        let t = if length2 > 0.0 { ((px * dx + py * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
        let (ex, ey) = (px - t * dx, py - t * dy);
        let distance2 = ex * ex + ey * ey;
        if distance2 >= best.1 {
            best = (index, distance2);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Simplify as Reference;
    use proptest::prelude::*;

    fn line(points: Vec<(f64, f64)>) -> LineString<f64> {
        points.into()
    }

    proptest! {
        /// The same as geo's on lines that do not wind too much.
        #[test]
        fn agrees_with_the_plain_recursion(points in prop::collection::vec((-100.0..100.0f64, -100.0..100.0f64), 0..60), tolerance in 0.1..80.0f64) {
            let open = line(points.clone());
            prop_assert_eq!(Simplify::simplify(&open, tolerance), Reference::simplify(&open, tolerance));
            let ring = Polygon::new(line(points), Vec::new());
            prop_assert_eq!(Simplify::simplify(&ring, tolerance), Reference::simplify(&ring, tolerance));
        }
    }

    #[test]
    fn a_saw_of_many_teeth_is_done_and_stays_within_the_tolerance() {
        let saw = line((0..400_000).map(|i| (0.1 * f64::from(i), if i % 2 == 0 { 0.0 } else { 30.0 })).collect());
        let fine = Simplify::simplify(&saw, 5.0);
        let mut points = saw.0.iter();
        for pair in fine.0.windows(2) {
            let from = std::iter::once(&pair[0]).chain(points.by_ref().skip_while(|p| **p == pair[0]).take_while(|p| **p != pair[1]));
            let span: Vec<Coord<f64>> = from.copied().chain([pair[1]]).collect();
            assert!(furthest(&span).1 <= 25.0, "{span:?}");
        }
        assert!(points.next().is_none());
        let coarse = Simplify::simplify(&saw, 40.0);
        assert_eq!(coarse.0.len(), 2);
    }
}
