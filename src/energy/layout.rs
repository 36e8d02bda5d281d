//! Modules on a roof plane: rows along the eave, upright or lying, with a margin to every edge.

use super::roof::{RoofPlane, inside};

/// A module and how it is laid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModuleKind {
    pub long_m: f64,
    pub short_m: f64,
    /// Rated power, kWp.
    pub kwp: f64,
    /// Kept free along every edge of the plane, metres.
    pub margin_m: f64,
    /// Between modules, metres.
    pub gap_m: f64,
}

impl Default for ModuleKind {
    /// 1.76 m × 1.13 m and 430 Wp, a common module of 2025; 30 cm to the edge.
    fn default() -> Self {
        Self {
            long_m: 1.762,
            short_m: 1.134,
            kwp: 0.43,
            margin_m: 0.3,
            gap_m: 0.02,
        }
    }
}

/// How the long side lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// Up the slope.
    Portrait,
    /// Along the eave.
    Landscape,
}

/// Modules on a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    pub orientation: Orientation,
    /// Lower left corners in the plane's own axes (along the eave, up the slope), metres from the plane's lowest left corner.
    pub corners: Vec<[f64; 2]>,
    pub modules: usize,
    pub kwp: f64,
    /// Covered by modules, m².
    pub covered_m2: f64,
    /// Inside the margins, m².
    pub usable_m2: f64,
}

/// Above this many modules, places are not tried one by one: a hall's roof is filled by its area.
const MOST_TRIED: f64 = 2_000.0;
/// Share of the usable area that modules fill on a large roof, paths between fields left free.
const LARGE_FILL: f64 = 0.85;
/// So near to the margin's line a module still counts as inside, metres: the first row lies right on it, and a roof's edge that is a millimetre off its
/// square must not cost a whole row.
const EDGE_M: f64 = 0.005;
/// How finely the first row and column are shifted to find the best layout.
const SHIFTS: usize = 4;

/// The better of upright and lying modules in a regular grid; places can be taken out by hand afterwards ([`Layout::without`]).
pub fn lay(plane: &RoofPlane, kind: &ModuleKind) -> Layout {
    lay_around(plane, kind, &[])
}

/// The same round obstacles (chimneys, windows, dormers): rings in space, whose shadow on the plane along its normal is kept free with the margin.
pub fn lay_around(plane: &RoofPlane, kind: &ModuleKind, obstacles: &[Vec<[f64; 3]>]) -> Layout {
    lay_as(plane, kind, None, obstacles)
}

/// The same with modules that stand, or lie, because somebody wants them so.
pub fn lay_as(plane: &RoofPlane, kind: &ModuleKind, wanted: Option<Orientation>, obstacles: &[Vec<[f64; 3]>]) -> Layout {
    let outline = Outline::new(plane, obstacles);
    let free_m2 = (plane.area_m2 - outline.obstacles_m2()).max(0.0);
    let usable_m2 = (outline.usable_m2(plane.area_m2, kind.margin_m) - outline.obstacles_m2()).clamp(0.0, free_m2);
    let module_m2 = kind.long_m * kind.short_m;
    let none = Layout {
        orientation: wanted.unwrap_or(Orientation::Portrait),
        corners: Vec::new(),
        modules: 0,
        kwp: 0.0,
        covered_m2: 0.0,
        usable_m2,
    };
    if !(module_m2 > 0.0 && kind.margin_m >= 0.0 && kind.gap_m >= 0.0) {
        return none;
    }
    if usable_m2 / module_m2 > MOST_TRIED && obstacles.is_empty() {
        let modules = (usable_m2 * LARGE_FILL / module_m2) as usize;
        return Layout {
            modules,
            kwp: modules as f64 * kind.kwp,
            covered_m2: modules as f64 * module_m2,
            ..none
        };
    }
    let mut best = none;
    for (orientation, width, depth) in [
        (Orientation::Portrait, kind.short_m, kind.long_m),
        (Orientation::Landscape, kind.long_m, kind.short_m),
    ] {
        if wanted.is_some_and(|wanted| wanted != orientation) {
            continue;
        }
        for shift in 0..SHIFTS * SHIFTS {
            let share = |n: usize| n as f64 / SHIFTS as f64;
            let corners = outline.places(
                width,
                depth,
                kind,
                [share(shift % SHIFTS), share(shift / SHIFTS)],
            );
            if corners.len() > best.modules {
                let corners = outline.centred(corners, [width, depth], kind);
                best = Layout {
                    orientation,
                    modules: corners.len(),
                    kwp: corners.len() as f64 * kind.kwp,
                    covered_m2: corners.len() as f64 * module_m2,
                    corners,
                    usable_m2,
                };
            }
        }
    }
    best
}

impl Layout {
    /// Without some of the modules, by their places in the list; places that are none are ignored.
    pub fn without(&self, taken: &[usize], kind: &ModuleKind) -> Self {
        let corners: Vec<[f64; 2]> = self.corners.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, corner)| *corner).collect();
        let modules = corners.len();
        Self { modules, kwp: modules as f64 * kind.kwp, covered_m2: modules as f64 * kind.long_m * kind.short_m, corners, ..self.clone() }
    }

    /// Width along the eave and depth up the slope of its modules, metres.
    pub fn module_size(&self, kind: &ModuleKind) -> [f64; 2] {
        match self.orientation {
            Orientation::Portrait => [kind.short_m, kind.long_m],
            Orientation::Landscape => [kind.long_m, kind.short_m],
        }
    }

    /// The four corners of each module in space, on the plane.
    pub fn in_space(&self, plane: &RoofPlane, kind: &ModuleKind) -> Vec<[[f64; 3]; 4]> {
        let (level, up) = plane.axes();
        let outline = Outline::new(plane, &[]);
        let Some(on) = plane.triangles.first().map(|triangle| triangle[0]) else { return Vec::new() };
        let height = dot(on, plane.normal);
        let point = |x: f64, y: f64| {
            let (along, upwards) = (x + outline.low[0], y + outline.low[1]);
            [0, 1, 2].map(|axis: usize| along * level[axis] + upwards * up[axis] + height * plane.normal[axis])
        };
        let [width, depth] = self.module_size(kind);
        self.corners.iter().map(|[x, y]| [point(*x, *y), point(x + width, *y), point(x + width, y + depth), point(*x, y + depth)]).collect()
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// A plane in its own two axes.
struct Outline {
    triangles: Vec<[[f64; 2]; 3]>,
    /// Its lowest left corner in the axes of space.
    low: [f64; 2],
    size: [f64; 2],
    perimeter_m: f64,
    /// Rings, closed.
    obstacles: Vec<Vec<[f64; 2]>>,
}

impl Outline {
    fn new(plane: &RoofPlane, obstacles: &[Vec<[f64; 3]>]) -> Self {
        let (level, up) = plane.axes();
        let along = dot;
        let mut triangles: Vec<[[f64; 2]; 3]> = plane
            .triangles
            .iter()
            .map(|t| t.map(|p| [along(p, level), along(p, up)]))
            .collect();
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for point in triangles.iter().flatten() {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        for point in triangles.iter_mut().flatten() {
            *point = [point[0] - low[0], point[1] - low[1]];
        }
        let perimeter_m = perimeter(&triangles);
        let ring = |ring: &Vec<[f64; 3]>| {
            let mut flat: Vec<[f64; 2]> = ring.iter().map(|p| [along(*p, level) - low[0], along(*p, up) - low[1]]).collect();
            if flat.first() != flat.last() {
                flat.extend(flat.first().copied());
            }
            flat
        };
        Self {
            triangles,
            low,
            size: [high[0] - low[0], high[1] - low[1]],
            perimeter_m,
            obstacles: obstacles.iter().map(ring).filter(|ring| ring.len() > 3).collect(),
        }
    }

    fn obstacles_m2(&self) -> f64 {
        let area = |ring: &Vec<[f64; 2]>| 0.5 * ring.windows(2).map(|side| side[0][0] * side[1][1] - side[1][0] * side[0][1]).sum::<f64>().abs();
        self.obstacles.iter().map(area).sum()
    }

    /// Whether a rectangle and an obstacle have a point in common.
    fn meets_obstacle(&self, low: [f64; 2], high: [f64; 2]) -> bool {
        let corners = [low, [high[0], low[1]], high, [low[0], high[1]]];
        self.obstacles.iter().any(|ring| {
            let within = |p: &[f64; 2]| (low[0]..=high[0]).contains(&p[0]) && (low[1]..=high[1]).contains(&p[1]);
            ring.iter().any(within)
                || corners.iter().any(|corner| goes_round(ring, *corner))
                || ring.windows(2).any(|side| (0..4).any(|at| cross_each_other([side[0], side[1]], [corners[at], corners[(at + 1) % 4]])))
        })
    }

    /// What a margin along all edges leaves: exact for rectangles, close for others.
    fn usable_m2(&self, area_m2: f64, margin_m: f64) -> f64 {
        // Pulled in by more than the plane is wide, the formula would grow again.
        let wide = 2.0 * area_m2 / self.perimeter_m.max(1e-9);
        if margin_m >= wide {
            return 0.0;
        }
        (area_m2 - margin_m * self.perimeter_m + 4.0 * margin_m * margin_m).clamp(0.0, area_m2)
    }

    fn contains(&self, point: [f64; 2]) -> bool {
        self.triangles
            .iter()
            .any(|triangle| inside(triangle, point).is_some())
    }

    /// A whole field moved into the middle of what is left free beside it, along the eave and then up the slope, where all its modules still have their margin.
    fn centred(&self, corners: Vec<[f64; 2]>, size: [f64; 2], kind: &ModuleKind) -> Vec<[f64; 2]> {
        let mut field = corners;
        for axis in 0..2 {
            let low = field.iter().map(|corner| corner[axis]).fold(f64::INFINITY, f64::min);
            let high = field.iter().map(|corner| corner[axis] + size[axis]).fold(f64::NEG_INFINITY, f64::max);
            let mut moved = field.clone();
            moved.iter_mut().for_each(|corner| corner[axis] += 0.5 * (self.size[axis] - low - high));
            if moved.iter().all(|corner| self.fits(*corner, size, kind)) {
                field = moved;
            }
        }
        field
    }

    /// Whether a module lies inside with its margin.
    fn fits(&self, [x, y]: [f64; 2], [width, depth]: [f64; 2], kind: &ModuleKind) -> bool {
        let box_of = |reach: f64| ([x - reach, y - reach], [x + width + reach, y + depth + reach]);
        let ([x0, y0], [x1, y1]) = box_of(kind.margin_m - EDGE_M);
        // Corners, middles of sides and the middle: a notch narrower than half a module is missed, edges are not.
        let tried = [0.0, 0.5, 1.0].iter().flat_map(|u| [0.0, 0.5, 1.0].iter().map(move |v| [x0 + u * (x1 - x0), y0 + v * (y1 - y0)]));
        let (low, high) = box_of(kind.margin_m);
        tried.into_iter().all(|point| self.contains(point)) && !self.meets_obstacle(low, high)
    }

    /// Corners of the modules of one grid that lie inside with their margin.
    fn places(&self, width: f64, depth: f64, kind: &ModuleKind, shift: [f64; 2]) -> Vec<[f64; 2]> {
        let pitch = [width + kind.gap_m, depth + kind.gap_m];
        let count =
            |axis: usize| ((self.size[axis] / pitch[axis]).ceil().clamp(0.0, 4096.0)) as usize + 1;
        let mut corners = Vec::new();
        for i in 0..count(0) {
            for j in 0..count(1) {
                let x = kind.margin_m + (i as f64 - shift[0]) * pitch[0];
                let y = kind.margin_m + (j as f64 - shift[1]) * pitch[1];
                if self.fits([x, y], [width, depth], kind) {
                    corners.push([x, y]);
                }
            }
        }
        corners
    }
}

fn goes_round(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let crossings = ring.windows(2).filter(|side| {
        let ([ax, ay], [bx, by]) = (side[0], side[1]);
        (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
    });
    crossings.count() % 2 == 1
}

fn cross_each_other([a, b]: [[f64; 2]; 2], [c, d]: [[f64; 2]; 2]) -> bool {
    let side = |u: [f64; 2], v: [f64; 2], w: [f64; 2]| (v[0] - u[0]) * (w[1] - u[1]) - (v[1] - u[1]) * (w[0] - u[0]);
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}

/// Length of the edges that belong to one triangle only.
fn perimeter(triangles: &[[[f64; 2]; 3]]) -> f64 {
    // Points within a millimetre are one.
    let key = |p: [f64; 2]| {
        (
            (p[0] * 1000.0).round() as i64,
            (p[1] * 1000.0).round() as i64,
        )
    };
    let mut edges = std::collections::BTreeMap::new();
    for [a, b, c] in triangles {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            let (u, v) = (key(*from), key(*to));
            let length = (to[0] - from[0]).hypot(to[1] - from[1]);
            let entry = edges
                .entry((u.min(v), u.max(v)))
                .or_insert((0usize, length));
            entry.0 += 1;
        }
    }
    edges
        .values()
        .filter(|(count, _)| *count == 1)
        .map(|(_, length)| length)
        .sum()
}
