//! Exact rays through triangles: is anything in the way?
//!
//! A small tree of boxes of our own (halves at the median of the longest axis, four triangles a leaf): some tens of thousands of triangles round one building are built in milliseconds, and nothing beyond this file is needed in the browser.

use super::visibility::{ELEVATION_BINS, Visibility};

type Point = [f64; 3];

/// Triangles of a leaf at most.
const LEAF: usize = 4;
/// Deeper than any tree of halves over 2³² triangles.
const STACK: usize = 64;

/// Triangles in a tree of boxes.
#[derive(Clone, Debug, Default)]
pub struct Bvh {
    nodes: Vec<Node>,
    /// A corner and two sides each, in the order of the leaves.
    triangles: Vec<[Point; 3]>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    low: Point,
    high: Point,
    /// First triangle of a leaf, or the right child (the left one follows its parent).
    first: u32,
    /// Triangles of a leaf; 0 for a branch.
    count: u32,
}

impl Bvh {
    /// Triangles that are not finite are left out.
    pub fn new(triangles: impl IntoIterator<Item = [Point; 3]>) -> Self {
        let mut list: Vec<[Point; 3]> = triangles
            .into_iter()
            .filter(|triangle| triangle.as_flattened().iter().all(|x| x.is_finite()))
            .take(u32::MAX as usize)
            .collect();
        let mut nodes = Vec::new();
        if !list.is_empty() {
            let count = list.len();
            nodes.reserve(count);
            build(&mut list, 0, &mut nodes);
        }
        for triangle in &mut list {
            let [a, b, c] = *triangle;
            *triangle = [a, minus(b, a), minus(c, a)];
        }
        Self {
            nodes,
            triangles: list,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// True when a triangle lies on the ray between the two distances (in lengths of `direction`), from either side.
    pub fn any_hit(&self, origin: Point, direction: Point, from: f64, to: f64) -> bool {
        self.nearest(origin, direction, from, to, true).is_some()
    }

    /// How far the nearest triangle on the ray is, in lengths of `direction`.
    pub fn first_hit(&self, origin: Point, direction: Point, from: f64, to: f64) -> Option<f64> {
        self.nearest(origin, direction, from, to, false)
    }

    /// The nearest hit, or any.
    fn nearest(&self, origin: Point, direction: Point, from: f64, to: f64, any: bool) -> Option<f64> {
        let inverse = direction.map(|x| 1.0 / x);
        let mut stack = [0u32; STACK];
        let mut depth = usize::from(!self.nodes.is_empty());
        let (mut end, mut found) = (to, None);
        while depth > 0 {
            depth -= 1;
            let number = stack[depth];
            let Some(node) = self.nodes.get(number as usize) else {
                continue;
            };
            if !crosses(node, origin, inverse, from, end) {
                continue;
            }
            if node.count > 0 {
                let range = node.first as usize..(node.first + node.count) as usize;
                let leaf = self.triangles.get(range).unwrap_or_default();
                for at in leaf.iter().filter_map(|triangle| meets(triangle, origin, direction)) {
                    if at > from && at < end {
                        if any {
                            return Some(at);
                        }
                        (end, found) = (at, Some(at));
                    }
                }
            } else if depth + 2 <= STACK {
                stack[depth] = node.first;
                stack[depth + 1] = number + 1;
                depth += 2;
            }
        }
        found
    }

    /// What a point sees among the triangles, in `azimuths` directions (x east, y *true* north, z up).
    ///
    /// `from_m` keeps a roof from hiding its own samples.
    pub fn visibility(&self, point: Point, azimuths: usize, from_m: f64) -> Visibility {
        let azimuths = azimuths.clamp(1, 3600);
        let (horizon, overhead): (Vec<f32>, Vec<u64>) = (0..azimuths).map(|number| self.look(point, 360.0 * number as f64 / azimuths as f64, from_m)).unzip();
        Visibility::from_horizon(horizon).with_overhead(overhead)
    }

    /// Horizon in one direction, degrees, and the hidden bins above it.
    pub fn look(&self, point: Point, azimuth_deg: f64, from_m: f64) -> (f32, u64) {
        let bin = 90.0 / ELEVATION_BINS as f64;
        let azimuth = azimuth_deg.to_radians();
        let hidden = |elevation: f64| {
            let (sin, cos) = elevation.to_radians().sin_cos();
            self.any_hit(point, [azimuth.sin() * cos, azimuth.cos() * cos, sin], from_m, f64::INFINITY)
        };
        let bits = (0..ELEVATION_BINS).fold(0u64, |bits, at| bits | u64::from(hidden((at as f64 + 0.5) * bin)) << at);
        let run = bits.trailing_ones() as usize;
        // The edge lies between the middles of two bins.
        let (mut low, mut high) = ((run as f64 - 0.5) * bin, (run as f64 + 0.5) * bin);
        if run == 0 {
            (low, high) = (0.0, 0.5 * bin);
        }
        for _ in 0..7 {
            let middle = 0.5 * (low + high);
            if hidden(middle) { low = middle } else { high = middle }
        }
        let edge = if run == 0 && low == 0.0 { 0.0 } else { 0.5 * (low + high) };
        (edge as f32, if run >= 64 { 0 } else { bits >> run << run })
    }
}

fn build(list: &mut [[Point; 3]], first: usize, nodes: &mut Vec<Node>) {
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for point in list.iter().flatten() {
        for axis in 0..3 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let at = nodes.len();
    nodes.push(Node {
        low,
        high,
        first: first as u32,
        count: list.len() as u32,
    });
    if list.len() <= LEAF {
        return;
    }
    let axis = (0..3)
        .max_by(|a, b| (high[*a] - low[*a]).total_cmp(&(high[*b] - low[*b])))
        .unwrap_or(0);
    let middle = list.len() / 2;
    let centre = |triangle: &[Point; 3]| triangle[0][axis] + triangle[1][axis] + triangle[2][axis];
    list.select_nth_unstable_by(middle, |a, b| centre(a).total_cmp(&centre(b)));
    let (left, right) = list.split_at_mut(middle);
    build(left, first, nodes);
    let second = nodes.len() as u32;
    build(right, first + middle, nodes);
    if let Some(node) = nodes.get_mut(at) {
        node.first = second;
        node.count = 0;
    }
}

/// The slab test.
fn crosses(node: &Node, origin: Point, inverse: Point, from: f64, to: f64) -> bool {
    let (mut near, mut far) = (from, to);
    for axis in 0..3 {
        let a = (node.low[axis] - origin[axis]) * inverse[axis];
        let b = (node.high[axis] - origin[axis]) * inverse[axis];
        // A ray in the face of a box gives NaN, which min and max pass over.
        near = near.max(a.min(b));
        far = far.min(a.max(b));
    }
    near <= far
}

/// Where a ray meets a triangle, in lengths of `direction`. T. Möller and B. Trumbore, Journal of Graphics Tools 2 (1997) 21–28.
fn meets(triangle: &[Point; 3], origin: Point, direction: Point) -> Option<f64> {
    let [corner, e1, e2] = *triangle;
    let p = cross(direction, e2);
    let determinant = dot(e1, p);
    if determinant.abs() < 1e-12 {
        return None;
    }
    let s = minus(origin, corner);
    let u = dot(s, p) / determinant;
    if !(0.0..=1.0).contains(&u) {
        return None;
    }
    let q = cross(s, e1);
    let v = dot(direction, q) / determinant;
    if v < 0.0 || u + v > 1.0 {
        return None;
    }
    Some(dot(e2, q) / determinant)
}

fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Point, b: Point) -> Point {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}
