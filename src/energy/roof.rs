//! Planes of a roof from its triangles: area, tilt, azimuth, ridge, what can be covered.
//!
//! Plain triangles in metres, x east, y true north, z up; it does not matter whose building they are.

use std::collections::BTreeMap;

type Point = [f64; 3];

/// A surface steeper than this is a wall, degrees.
const STEEPEST_DEG: f64 = 80.0;
/// Triangles whose normals are closer than this may be one plane, degrees.
const SAME_TILT_DEG: f64 = 3.0;
/// And whose corners lie this near to it, metres.
const SAME_PLANE_M: f64 = 0.12;
/// Triangles smaller than this have no direction of their own, m².
const SLIVER_M2: f64 = 1e-4;
/// Planes smaller than this are left out, m².
pub const SMALLEST_M2: f64 = 1.0;
/// Triangles of one roof that are looked at, the largest, and planes that they may make: each triangle is held against each plane.
pub const MAX_TRIANGLES: usize = 1 << 17;
pub const MAX_PLANES: usize = 10_000;
/// Below this tilt a roof counts as flat, degrees.
pub const FLAT_DEG: f64 = 5.0;

/// One plane of a roof.
#[derive(Clone, Debug, PartialEq)]
pub struct RoofPlane {
    /// Along the slope, m².
    pub area_m2: f64,
    pub tilt: f64,
    /// Clockwise from true north, the way down; 180 for a plane without slope.
    pub azimuth: f64,
    /// Lowest and highest point, metres.
    pub eave_m: f64,
    pub ridge_m: f64,
    /// Unit normal, upwards.
    pub normal: Point,
    /// Counter-clockwise from above.
    pub triangles: Vec<[Point; 3]>,
}

/// The planes of a building's triangles, largest first. Walls, floors and what is no triangle are left out; a triangle that looks down is turned.
pub fn planes(triangles: &[[Point; 3]]) -> Vec<RoofPlane> {
    let mut roof: Vec<(f64, Point, [Point; 3])> = triangles
        .iter()
        .filter(|triangle| triangle.as_flattened().iter().all(|x| x.is_finite()))
        .filter_map(|triangle| {
            let (area, normal) = area_and_normal(triangle)?;
            // The underside of an eave faces down and carries nothing.
            (normal[2] > STEEPEST_DEG.to_radians().cos()).then_some((area, normal, *triangle))
        })
        .collect();
    roof.sort_by(|a, b| b.0.total_cmp(&a.0));
    roof.truncate(MAX_TRIANGLES);
    let cosine = SAME_TILT_DEG.to_radians().cos();
    let mut groups: Vec<Group> = Vec::new();
    for (area, normal, triangle) in roof {
        let is_full = groups.len() >= MAX_PLANES;
        let home = groups.iter_mut().find(|group| {
            // A sliver's normal means nothing; its place does.
            (area < 0.05 || dot(group.normal, normal) > cosine)
                && triangle
                    .iter()
                    .all(|point| dot(group.normal, minus(*point, group.point)).abs() < SAME_PLANE_M)
        });
        match home {
            Some(group) => group.add(area, normal, triangle),
            None if is_full => {}
            None => groups.push(Group {
                normal,
                point: triangle[0],
                sum: normal.map(|x| x * area),
                area,
                triangles: vec![triangle],
            }),
        }
    }
    let mut planes: Vec<RoofPlane> = groups
        .into_iter()
        .filter(|group| group.area >= SMALLEST_M2)
        .map(Group::plane)
        .collect();
    planes.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
    planes
}

/// Triangles of one plane; the first, largest one says where it lies.
struct Group {
    normal: Point,
    point: Point,
    sum: Point,
    area: f64,
    triangles: Vec<[Point; 3]>,
}

impl Group {
    fn add(&mut self, area: f64, normal: Point, triangle: [Point; 3]) {
        for axis in 0..3 {
            self.sum[axis] += normal[axis] * area;
        }
        self.area += area;
        self.triangles.push(triangle);
    }

    fn plane(self) -> RoofPlane {
        let length = dot(self.sum, self.sum).sqrt();
        let normal = if length > 0.0 {
            self.sum.map(|x| x / length)
        } else {
            self.normal
        };
        let tilt = normal[2].clamp(-1.0, 1.0).acos().to_degrees();
        // The direction of a slope that is hardly one is noise.
        let azimuth = if tilt < 0.5 {
            180.0
        } else {
            normal[0].atan2(normal[1]).to_degrees().rem_euclid(360.0)
        };
        let heights = self.triangles.iter().flatten().map(|point| point[2]);
        RoofPlane {
            area_m2: self.area,
            tilt,
            azimuth,
            eave_m: heights.clone().fold(f64::INFINITY, f64::min),
            ridge_m: heights.fold(f64::NEG_INFINITY, f64::max),
            normal,
            triangles: self.triangles,
        }
    }
}

impl RoofPlane {
    pub fn is_flat(&self) -> bool {
        self.tilt < FLAT_DEG
    }

    /// Area seen from above, m².
    pub fn plan_m2(&self) -> f64 {
        self.area_m2 * self.normal[2]
    }

    /// Axes in the plane: level (along the eave, to the right of a person who looks at the slope), and up the slope.
    pub fn axes(&self) -> (Point, Point) {
        let azimuth = self.azimuth.to_radians();
        // A flat roof has no eave: its own longest side is its direction.
        let level = if self.tilt < 0.5 {
            self.longest_side()
        } else {
            [-azimuth.cos(), azimuth.sin(), 0.0]
        };
        let up = cross(self.normal, level);
        (level, up)
    }

    /// Rings round the plane's triangles, each closed by its first point; outer ones counter-clockwise from above, holes the other way.
    ///
    /// Where triangles meet only part of a side, their sides do not cancel: then each triangle is a ring of its own.
    pub fn outline(&self) -> Vec<Vec<Point>> {
        let turned: Vec<[Point; 3]> = self
            .triangles
            .iter()
            .map(|[a, b, c]| {
                let up = cross(minus(*b, *a), minus(*c, *a))[2] >= 0.0;
                if up { [*a, *b, *c] } else { [*a, *c, *b] }
            })
            .collect();
        rings(&turned).unwrap_or_else(|| turned.iter().map(|[a, b, c]| vec![*a, *b, *c, *a]).collect())
    }

    fn longest_side(&self) -> Point {
        let mut best = ([1.0, 0.0, 0.0], 0.0);
        // Of the outline: a side between two triangles runs across the roof, and modules along it would too.
        for ring in self.outline() {
            for ends in ring.windows(2) {
                let (from, to) = (ends[0], ends[1]);
                let side = [to[0] - from[0], to[1] - from[1], 0.0];
                let length = dot(side, side);
                if length > best.1 {
                    best = (side.map(|x| x / length.sqrt()), length);
                }
            }
        }
        best.0
    }

    /// Points spread over the plane, at most `most`, each just above it; the middle of its largest triangle when it is too small for more.
    pub fn samples(&self, most: usize, above_m: f64) -> Vec<Point> {
        let most = most.max(1);
        let lift = |p: Point| [0, 1, 2].map(|axis: usize| p[axis] + above_m * self.normal[axis]);
        let spacing = (self.area_m2 / most as f64).sqrt().max(0.5);
        let (level, up) = self.axes();
        let flat: Vec<[[f64; 2]; 3]> = self
            .triangles
            .iter()
            .map(|t| t.map(|p| [dot(p, level), dot(p, up)]))
            .collect();
        let corner = |pick: fn(f64, f64) -> f64, start: f64, axis: usize| {
            flat.iter().flatten().map(|p| p[axis]).fold(start, pick)
        };
        let low = [
            corner(f64::min, f64::INFINITY, 0),
            corner(f64::min, f64::INFINITY, 1),
        ];
        let high = [
            corner(f64::max, f64::NEG_INFINITY, 0),
            corner(f64::max, f64::NEG_INFINITY, 1),
        ];
        let count = |axis: usize| {
            (((high[axis] - low[axis]) / spacing)
                .ceil()
                .clamp(1.0, 512.0)) as usize
        };
        let mut points = Vec::new();
        for i in 0..count(0) {
            for j in 0..count(1) {
                let at = [
                    low[0] + (i as f64 + 0.5) * spacing,
                    low[1] + (j as f64 + 0.5) * spacing,
                ];
                if let Some((triangle, weights)) = flat
                    .iter()
                    .zip(&self.triangles)
                    .find_map(|(t, solid)| Some((solid, inside(t, at)?)))
                {
                    points.push([0, 1, 2].map(|axis: usize| {
                        (0..3).map(|k: usize| weights[k] * triangle[k][axis]).sum()
                    }));
                }
            }
        }
        if points.is_empty()
            && let Some([a, b, c]) = self.triangles.first()
        {
            points.push([0, 1, 2].map(|axis: usize| (a[axis] + b[axis] + c[axis]) / 3.0));
        }
        // Every n-th, so that what is left out is spread too.
        let step = points.len().div_ceil(most).max(1);
        points.into_iter().step_by(step).map(lift).collect()
    }
}

/// Sides that no neighbour runs back along, one after the other; `None` when they do not close.
fn rings(triangles: &[[Point; 3]]) -> Option<Vec<Vec<Point>>> {
    // Points within a millimetre are one.
    let key = |p: Point| p.map(|x| (x * 1000.0).round() as i64);
    type Key = [i64; 3];
    let mut sides: BTreeMap<(Key, Key), Point> = BTreeMap::new();
    for [a, b, c] in triangles {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            if key(*from) != key(*to) && sides.remove(&(key(*to), key(*from))).is_none() {
                sides.insert((key(*from), key(*to)), *to);
            }
        }
    }
    let mut rings = Vec::new();
    while let Some(((start, mut at), to)) = sides.pop_first() {
        let mut ring = vec![to];
        while at != start {
            let next = sides.range((at, [i64::MIN; 3])..=(at, [i64::MAX; 3])).next().map(|(side, to)| (*side, *to));
            let (side, to) = next?;
            sides.remove(&side);
            ring.push(to);
            at = side.1;
        }
        let first = *ring.first()?;
        ring.push(first);
        rings.push(ring);
    }
    (!rings.is_empty()).then_some(rings)
}

/// Weights of the corners, if the point lies in the triangle.
pub(super) fn inside(triangle: &[[f64; 2]; 3], p: [f64; 2]) -> Option<[f64; 3]> {
    let [a, b, c] = *triangle;
    let side = |u: [f64; 2], v: [f64; 2], w: [f64; 2]| {
        (v[0] - u[0]) * (w[1] - u[1]) - (v[1] - u[1]) * (w[0] - u[0])
    };
    let whole = side(a, b, c);
    if whole.abs() < 1e-12 {
        return None;
    }
    let weights = [
        side(b, c, p) / whole,
        side(c, a, p) / whole,
        side(a, b, p) / whole,
    ];
    weights.iter().all(|w| *w >= -1e-9).then_some(weights)
}

fn area_and_normal(triangle: &[Point; 3]) -> Option<(f64, Point)> {
    let [a, b, c] = *triangle;
    let n = cross(minus(b, a), minus(c, a));
    let double = dot(n, n).sqrt();
    (double > 2.0 * SLIVER_M2).then(|| (0.5 * double, n.map(|x| x / double)))
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
