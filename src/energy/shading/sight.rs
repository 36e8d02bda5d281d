//! Sight lines: does one place see another over what stands between?
//!
//! Places are seen at several points (a façade's foot, middle and top; the corners of a roof); one free line is enough to be seen. What hides is told with the point at which it does.

use super::bvh::Bvh;

type Point = [f64; 3];

/// A line from one place to another, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SightLine {
    pub from: Point,
    pub to: Point,
    /// Where the first obstacle stands; `None` when the line is free.
    pub hidden_at: Option<Point>,
}

impl SightLine {
    pub fn is_free(&self) -> bool {
        self.hidden_at.is_none()
    }

    pub fn length_m(&self) -> f64 {
        (0..3).map(|axis| (self.to[axis] - self.from[axis]).powi(2)).sum::<f64>().sqrt()
    }
}

/// Next to its ends a line passes through the things it joins, metres.
pub const ENDS_M: f64 = 0.3;

/// The line between two points.
pub fn sight(obstacles: &Bvh, from: Point, to: Point) -> SightLine {
    let way = [0, 1, 2].map(|axis: usize| to[axis] - from[axis]);
    let length = way.iter().map(|x| x * x).sum::<f64>().sqrt();
    let mut line = SightLine { from, to, hidden_at: None };
    if length.is_nan() || length <= 2.0 * ENDS_M {
        return line;
    }
    let end = ENDS_M / length;
    line.hidden_at = obstacles.first_hit(from, way, end, 1.0 - end).map(|part| [0, 1, 2].map(|axis: usize| from[axis] + part * way[axis]));
    line
}

/// All lines between two places, the free ones first, then by length.
pub fn sights(obstacles: &Bvh, from: &[Point], to: &[Point]) -> Vec<SightLine> {
    let mut lines: Vec<SightLine> = from.iter().flat_map(|a| to.iter().map(|b| sight(obstacles, *a, *b))).collect();
    lines.sort_by(|a, b| b.is_free().cmp(&a.is_free()).then(a.length_m().total_cmp(&b.length_m())));
    lines
}
