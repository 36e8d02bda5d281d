//! Which roof a footprint gets, as a piecewise plane surface: the highest of a few "tents", each the lowest of a few planes.
//!
//! A gable is the lower of two planes, a hip the lower of four; an L is the higher of two such roofs, whose meeting gives the valley.
//! So every simple roof is one formula, and one routine can cut any footprint along its ridges, hips and valleys.

use super::footprint;
use super::skeleton::{self, Skeleton};
use geo::{Area, Coord, LineString, MinimumRotatedRect, Polygon};

/// `height = east · x + north · y + at_origin`, heights above the eave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    pub east: f64,
    pub north: f64,
    pub at_origin: f64,
}

impl Plane {
    pub fn height(&self, p: [f64; 2]) -> f64 {
        self.east * p[0] + self.north * p[1] + self.at_origin
    }
}

/// The highest of tents, each the lowest of its planes. Never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Tents(pub Vec<Vec<Plane>>);

impl Tents {
    pub fn height(&self, p: [f64; 2]) -> f64 {
        self.0
            .iter()
            .map(|tent| {
                tent.iter()
                    .map(|plane| plane.height(p))
                    .fold(f64::INFINITY, f64::min)
            })
            .fold(f64::NEG_INFINITY, f64::max)
    }

    pub fn planes(&self) -> Vec<Plane> {
        self.0.iter().flatten().copied().collect()
    }
}

/// What a roof looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoofKind {
    Flat,
    /// One slope, for annexes.
    Shed,
    Gable,
    Hip,
    /// Two wings meeting in a corner.
    Corner,
    /// Hips over an outline of any shape, by its straight skeleton, narrow ends as gables.
    Skeleton,
    /// The source's own surfaces.
    Surveyed,
    /// Planes that measured points show.
    Measured,
}

/// How a roof is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoofMethod {
    /// The source's own surfaces.
    Surfaces,
    /// Planes in the points of a cloud.
    Points,
    /// Planes in a raster of the surface.
    SurfaceModel,
    /// A form that fits the footprint and the stated eave and ridge.
    Altitudes,
    /// Nothing tells a form, or none can be drawn: level.
    Flat,
}

impl RoofMethod {
    pub const ALL: [Self; 5] = [Self::Surfaces, Self::Points, Self::SurfaceModel, Self::Altitudes, Self::Flat];

    /// As tables and files name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Surfaces => "surfaces",
            Self::Points => "points",
            Self::SurfaceModel => "surface-model",
            Self::Altitudes => "altitudes",
            Self::Flat => "flat",
        }
    }
}

impl RoofKind {
    /// The form as tables and files name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Shed => "shed",
            Self::Gable => "gable",
            Self::Hip => "hip",
            Self::Corner => "corner",
            Self::Skeleton => "skeleton",
            Self::Surveyed => "surveyed",
            Self::Measured => "measured",
        }
    }
}

/// A roof over a footprint in local coordinates.
#[derive(Clone, Debug, PartialEq)]
pub enum RoofShape {
    /// Flat at this height above the eave.
    Flat(f64),
    Tents(RoofKind, Tents),
    /// The skeleton with this slope, rise by run.
    Skeleton(Skeleton, f64),
}

impl RoofShape {
    pub fn kind(&self) -> RoofKind {
        match self {
            Self::Flat(_) => RoofKind::Flat,
            Self::Tents(kind, _) => *kind,
            Self::Skeleton(..) => RoofKind::Skeleton,
        }
    }
}

/// What decides about a roof.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoofRules {
    /// Steepest slope that is drawn where the stated rise is no single roof's, rise by run; 1 is 45°.
    pub max_slope: f64,
    /// Steepest slope that a stated rise is believed to be: 1.43 is 55°, a steep slate roof of the Loire.
    /// Beyond it, the top belongs to something else than this roof: a tower, a raised part, a neighbour's wall.
    pub steepest_slope: f64,
    /// Roofs flatter than this are drawn flat: 0.09 is 5°.
    pub min_slope: f64,
    /// Corners nearer than this to a straight side are ignored when the form is judged, metres.
    pub corner_tolerance_m: f64,
    /// Outlines with more corners than this are no simple houses.
    pub most_corners: usize,
    /// Share of its smallest rectangle that a "rectangular" footprint covers.
    pub rectangular_share: f64,
    /// Wider rectangles get hips instead of gables, metres.
    pub hip_width_m: f64,
    /// Wider roofs are flat or industrial: one pair of slopes would tower over the town, metres.
    pub widest_m: f64,
    /// A flat roof rises at most this much above the eave, metres.
    pub max_flat_rise_m: f64,
}

impl Default for RoofRules {
    fn default() -> Self {
        Self {
            max_slope: 1.0,
            steepest_slope: 1.43,
            min_slope: 0.09,
            corner_tolerance_m: 0.5,
            most_corners: 16,
            rectangular_share: 0.85,
            hip_width_m: 14.0,
            widest_m: 26.0,
            max_flat_rise_m: 2.5,
        }
    }
}

/// How much of a roof's rise a flat drawing shows: half, bounded.
pub fn flat_rise_m(rise_m: f64, rules: &RoofRules) -> f64 {
    (0.5 * rise_m.max(0.0)).min(rules.max_flat_rise_m)
}

/// Chooses a roof for a footprint given as corners relative to `origin`.
///
/// `rise_m` is ridge minus eave; `annex` makes narrow simple buildings sheds.
pub fn choose(
    polygon: &Polygon<f64>,
    origin: [f64; 2],
    rise_m: f64,
    annex: bool,
    rules: &RoofRules,
) -> RoofShape {
    let flat = RoofShape::Flat(flat_rise_m(rise_m, rules));
    if !polygon.interiors().is_empty() || !(rise_m >= 0.3) {
        return flat;
    }
    let corners = footprint::corners(polygon.exterior(), origin, rules.corner_tolerance_m);
    if corners.len() < 4 || corners.len() > rules.most_corners {
        return flat;
    }
    if let Some(frame) = rectangle(polygon, origin, rules) {
        return over_rectangle(&frame, rise_m, annex, rules).unwrap_or(flat);
    }
    if corners.len() == 6
        && !annex
        && let Some(roof) = over_corner(&corners, rise_m, rules)
    {
        return roof;
    }
    flat
}

/// Hips and gables over an outline that is no rectangle and no L: rings as they will be built, outer counter-clockwise, holes clockwise.
///
/// All sides rise with one slope, so that the highest ridge has the stated rise; narrower wings stay lower, as they do in reality.
pub fn over_any(rings: &[Vec<[f64; 2]>], rise_m: f64, rules: &RoofRules) -> Option<RoofShape> {
    if !(rise_m >= 0.3) {
        return None;
    }
    let skeleton = skeleton::skeleton(rings)?;
    let deepest = skeleton.deepest_m();
    if 2.0 * deepest > rules.widest_m {
        return None;
    }
    let slope = slope(rise_m, deepest, rules)?;
    Some(RoofShape::Skeleton(skeleton::with_gables(skeleton, rings, rules.hip_width_m), slope))
}

/// A rectangle: middle, unit direction of the long axis, half length and half width.
#[derive(Clone, Copy, Debug)]
struct Frame {
    middle: [f64; 2],
    along: [f64; 2],
    half_length: f64,
    half_width: f64,
}

impl Frame {
    /// From any rectangle's corners.
    fn of(corners: &[[f64; 2]]) -> Option<Self> {
        let [a, b, c, d] = corners else { return None };
        let side = |p: &[f64; 2], q: &[f64; 2]| ([q[0] - p[0], q[1] - p[1]], dist(*p, *q));
        let (ab, ab_length) = side(a, b);
        let (bc, bc_length) = side(b, c);
        let (direction, length, width) = if ab_length >= bc_length {
            (ab, ab_length, bc_length)
        } else {
            (bc, bc_length, ab_length)
        };
        if !(width > 0.5) {
            return None;
        }
        Some(Self {
            middle: [
                0.25 * (a[0] + b[0] + c[0] + d[0]),
                0.25 * (a[1] + b[1] + c[1] + d[1]),
            ],
            along: [direction[0] / length, direction[1] / length],
            half_length: 0.5 * length,
            half_width: 0.5 * width,
        })
    }

    /// The plane that rises with `slope` from the side at distance `half` in `direction`.
    fn slope_from(&self, direction: [f64; 2], half: f64, slope: f64) -> Plane {
        // slope · (half − direction · (p − middle))
        Plane {
            east: -slope * direction[0],
            north: -slope * direction[1],
            at_origin: slope
                * (half + direction[0] * self.middle[0] + direction[1] * self.middle[1]),
        }
    }

    fn across(&self) -> [f64; 2] {
        [-self.along[1], self.along[0]]
    }

    fn long_sides(&self, slope: f64) -> Vec<Plane> {
        let across = self.across();
        vec![
            self.slope_from(across, self.half_width, slope),
            self.slope_from(negated(across), self.half_width, slope),
        ]
    }
}

fn rectangle(polygon: &Polygon<f64>, origin: [f64; 2], rules: &RoofRules) -> Option<Frame> {
    // Relative coordinates first: the rectangle's angle loses digits at six million metres north.
    let local = Polygon::new(
        LineString::new(
            polygon
                .exterior()
                .0
                .iter()
                .map(|c| Coord {
                    x: c.x - origin[0],
                    y: c.y - origin[1],
                })
                .collect(),
        ),
        Vec::new(),
    );
    let around = local.minimum_rotated_rect()?;
    let share = local.unsigned_area() / around.unsigned_area().max(1e-9);
    if share < rules.rectangular_share {
        return None;
    }
    let corners: Vec<[f64; 2]> = around
        .exterior()
        .0
        .iter()
        .take(4)
        .map(|c| [c.x, c.y])
        .collect();
    Frame::of(&corners)
}

/// The slope that reaches `rise_m` over `run_m` where a roof may be so steep, a modest one where not; `None` where it would be flat.
fn slope(rise_m: f64, run_m: f64, rules: &RoofRules) -> Option<f64> {
    let stated = rise_m / run_m.max(0.1);
    let slope = if stated <= rules.steepest_slope { stated } else { stated.min(rules.max_slope) };
    (slope >= rules.min_slope).then_some(slope)
}

/// Steepest single slope, rise by run: 17°.
const LEANING_SLOPE: f64 = 0.3;

fn over_rectangle(
    frame: &Frame,
    rise_m: f64,
    annex: bool,
    rules: &RoofRules,
) -> Option<RoofShape> {
    let width = 2.0 * frame.half_width;
    if width > rules.widest_m {
        return None;
    }
    // One slope over the whole width, modest: sheds lean against something. Where a steeper rise makes a believable
    // pair of slopes instead, it is that.
    let leaning = rise_m <= LEANING_SLOPE * width || rise_m > rules.max_slope * frame.half_width;
    if annex && width <= 6.0 && leaning {
        let slope = slope(rise_m.min(LEANING_SLOPE * width), width, rules)?;
        let plane = frame.slope_from(frame.across(), frame.half_width, slope);
        return Some(RoofShape::Tents(RoofKind::Shed, Tents(vec![vec![plane]])));
    }
    let slope = slope(rise_m, frame.half_width, rules)?;
    let mut planes = frame.long_sides(slope);
    let kind = if width <= rules.hip_width_m {
        RoofKind::Gable
    } else {
        planes.push(frame.slope_from(frame.along, frame.half_length, slope));
        planes.push(frame.slope_from(negated(frame.along), frame.half_length, slope));
        RoofKind::Hip
    };
    Some(RoofShape::Tents(kind, Tents(vec![planes])))
}

/// Two wings of an L: each a roof over its own arm as far as the outer corner, where they meet in a hip outside and a valley inside.
fn over_corner(corners: &[[f64; 2]], rise_m: f64, rules: &RoofRules) -> Option<RoofShape> {
    let n = corners.len();
    let at = |i: usize| corners[i % n];
    let turn = |i: usize| crate::base::polygon::cross(at(i + n - 1), at(i), at(i + 1));
    // Exactly one corner points inwards, and all are nearly right angles.
    let mut reflex = None;
    for i in 0..n {
        let (u, v) = (sub(at(i), at(i + n - 1)), sub(at(i + 1), at(i)));
        let cosine = (u[0] * v[0] + u[1] * v[1]) / (norm(u) * norm(v)).max(1e-9);
        if cosine.abs() > 0.3 {
            return None;
        }
        if turn(i) < 0.0 && reflex.replace(i).is_some() {
            return None;
        }
    }
    let r = reflex?;
    // Counter-clockwise from the inner corner r: r+1, r+2 end one arm; r+3 is the outer corner; r+4, r+5 end the other.
    let outer = at(r + 3);
    let wing = |end_a: [f64; 2], end_b: [f64; 2]| {
        // The arm runs from its free end (a, b) to the far wall through the outer corner.
        let along = sub(outer, end_b);
        let length = norm(along);
        let along = [along[0] / length.max(1e-9), along[1] / length.max(1e-9)];
        let across = sub(end_a, end_b);
        // Width at right angles to the arm, towards the inner corner.
        let normal = [-along[1], along[0]];
        let width = across[0] * normal[0] + across[1] * normal[1];
        let middle = [
            end_b[0] + 0.5 * length * along[0] + 0.5 * width * normal[0],
            end_b[1] + 0.5 * length * along[1] + 0.5 * width * normal[1],
        ];
        (width.abs() > 1.0 && length > 1.0).then_some(Frame {
            middle,
            along,
            half_length: 0.5 * length,
            half_width: 0.5 * width.abs(),
        })
    };
    let first = wing(at(r + 1), at(r + 2))?;
    let second = wing(at(r + 5), at(r + 4))?;
    let widest = first.half_width.max(second.half_width);
    if 2.0 * widest > rules.widest_m {
        return None;
    }
    let slope = slope(rise_m, widest, rules)?;
    let tents = [first, second]
        .iter()
        .map(|frame| {
            let mut planes = frame.long_sides(slope);
            // Hipped at the outer corner only: the free ends are gables, often party walls.
            planes.push(frame.slope_from(frame.along, frame.half_length, slope));
            planes
        })
        .collect();
    Some(RoofShape::Tents(RoofKind::Corner, Tents(tents)))
}

fn sub(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn norm(v: [f64; 2]) -> f64 {
    v[0].hypot(v[1])
}

fn dist(a: [f64; 2], b: [f64; 2]) -> f64 {
    norm(sub(b, a))
}

fn negated(v: [f64; 2]) -> [f64; 2] {
    [-v[0], -v[1]]
}
