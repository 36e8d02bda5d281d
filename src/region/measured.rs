//! Roofs from measured points: planes by region growing, made regular to the footprint, and pieces of the footprint under them.
//!
//! What comes out is drawn only where the points really show it: enough of them, over the whole footprint, near to the planes. Everything else is a
//! [`Refusal`] with its number, and the building gets the roof it would have had without points.

use super::roof::{self, SurfaceMesh};
use super::roof_pieces::{self, Labelled, PiecePlane, RoofPiece};
use super::roof_planes::{self, Fit, PlaneSettings};
use geo::{Area, Contains, MultiPolygon, Point, Polygon};
use std::collections::BTreeMap;

/// Where the points of a roof come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoofSource {
    /// A cloud of laser or image points.
    Points,
    /// A raster of the surface.
    SurfaceModel,
}

impl RoofSource {
    pub const ALL: [Self; 2] = [Self::Points, Self::SurfaceModel];
}

/// The roof of one building as points show it, in coordinates relative to an origin.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredRoof {
    pub source: RoofSource,
    /// Root mean square of the vertical distances of the points to the drawn roof, without those farther than [`BESIDE_M`].
    pub residual_m: f64,
    /// Share of the points that lie near the drawn roof.
    pub near: f64,
    pub origin: [f64; 2],
    pub planes: Vec<PiecePlane>,
    pub pieces: Vec<RoofPiece>,
}

/// What a roof from points is held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasureSettings {
    pub planes: PlaneSettings,
    /// Fewer points per square metre tell no roof.
    pub least_per_m2: f64,
    /// Share of the footprint that has points.
    pub least_covered: f64,
    /// Share of the points that lie near the drawn roof: dormers, chimneys and crowns are the rest.
    pub least_near: f64,
    pub most_residual_m: f64,
    /// Smaller planes are left out; a share of the footprint.
    pub least_share: f64,
    pub most_planes: usize,
}

impl Default for MeasureSettings {
    fn default() -> Self {
        Self {
            planes: PlaneSettings { least_area_m2: 2.5, ..PlaneSettings::default() },
            least_per_m2: 0.5,
            least_covered: 0.6,
            least_near: 0.7,
            most_residual_m: 0.3,
            least_share: 0.015,
            most_planes: 16,
        }
    }
}

/// Why the points of a building are not drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// Points per square metre.
    Few(f64),
    /// Share of the footprint that has points.
    Gaps(f64),
    /// Share of the points near the planes, and their residual in metres.
    Scattered(f64, f64),
    /// No closed and plausible surface.
    Shape,
}

/// Farther points are of something else than the roof: a crown, a mast, a wall, metres.
pub const BESIDE_M: f64 = 1.0;
/// Points so near to the drawn roof are explained by it, metres.
const NEAR_M: f64 = 0.3;
/// Of each square of this side one point is looked at: planes are no better for more, metres.
const THIN_M: f64 = 0.5;
/// Points of one roof that are looked at.
const MOST_POINTS: usize = 12_000;
/// Squares in which points are counted, metres.
const SQUARE_M: f64 = 1.0;
/// Flatter planes are level, if their points agree: 3°.
const LEVEL_SLOPE: f64 = 0.052;
/// A plane looks at right angles to a side of the footprint if it nearly does, degrees.
const SQUARE_DEG: f64 = 8.0;
/// What a regular plane may cost in residual, metres.
const REGULAR_M: f64 = 0.03;
/// A point so near to two planes is of neither, metres.
const EITHER_M: f64 = 0.25;
/// No roof is steeper, rise by run.
const STEEPEST: f64 = 4.0;
/// Planes are not drawn farther above or below the points than this, metres.
const OVERSHOOT_M: f64 = 1.0;

impl MeasuredRoof {
    /// The closed surface down to `base_m`; `None` where the roof comes too near to it.
    pub fn mesh(&self, base_m: f64) -> Option<SurfaceMesh> {
        let mut mesh = roof_pieces::surface(&self.pieces, &self.planes, base_m, roof::LEAST_WALL_M)?;
        for corner in mesh.triangles.iter_mut().flat_map(|(corners, _)| corners) {
            corner[0] += self.origin[0];
            corner[1] += self.origin[1];
        }
        Some(mesh)
    }

    /// Altitudes of the lowest and the highest corner.
    pub fn eave_and_ridge_m(&self) -> Option<(f64, f64)> {
        let heights = self.pieces.iter().flat_map(|piece| {
            let plane = self.planes.get(piece.plane);
            piece.rings.iter().flatten().filter_map(move |p| Some(plane?.height(*p)))
        });
        heights.fold(None, |range: Option<(f64, f64)>, z| Some(range.map_or((z, z), |(low, high)| (low.min(z), high.max(z)))))
    }
}

/// The roof that points over a footprint show; points beside it are ignored.
///
/// The same points give the same roof, whatever their order.
///
/// # Errors
/// The [`Refusal`] for what the points do not show.
pub fn measure(
    points: &[[f64; 3]],
    footprint: &MultiPolygon<f64>,
    source: RoofSource,
    settings: &MeasureSettings,
) -> Result<MeasuredRoof, Refusal> {
    let origin = footprint.0.first().map(roof::polygon_origin).ok_or(Refusal::Shape)?;
    let local: Vec<[f64; 3]> = points
        .iter()
        .filter(|p| p.iter().all(|v| v.is_finite()) && footprint.contains(&Point::new(p[0], p[1])))
        .map(|[x, y, z]| [x - origin[0], y - origin[1], *z])
        .collect();
    let area = footprint.unsigned_area();
    let density = local.len() as f64 / area.max(1e-9);
    if density < settings.least_per_m2 || local.len() < settings.planes.least_points {
        return Err(Refusal::Few(density));
    }
    let covered = covered(&local, footprint, origin, density);
    if covered < settings.least_covered {
        return Err(Refusal::Gaps(covered));
    }
    let thinned = thinned(local);
    let rings: Vec<Vec<Vec<[f64; 2]>>> = footprint.iter().filter_map(|polygon| roof::rings_of(polygon, origin)).collect();
    let (planes, labelled) = regular_planes(&thinned, area, &rings, settings);
    if planes.is_empty() {
        return Err(Refusal::Scattered(0.0, f64::INFINITY));
    }
    let mut pieces = Vec::new();
    for (rings, polygon) in rings.iter().zip(footprint.iter()) {
        let own: Vec<Labelled> = labelled.iter().filter(|point| is_over(polygon, origin, point.at)).copied().collect();
        pieces.extend(roof_pieces::part(rings, &planes, &own).ok_or(Refusal::Shape)?);
    }
    let mut roof = MeasuredRoof { source, residual_m: 0.0, near: 0.0, origin, planes, pieces };
    let (near, residual_m) = roof.judged(&thinned);
    if near < settings.least_near || residual_m > settings.most_residual_m {
        return Err(Refusal::Scattered(near, residual_m));
    }
    roof.residual_m = residual_m;
    roof.near = near;
    let heights = thinned.iter().map(|p| p[2]);
    let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), z| (low.min(z), high.max(z)));
    let (eave, ridge) = roof.eave_and_ridge_m().ok_or(Refusal::Shape)?;
    if eave < low - OVERSHOOT_M || ridge > high + OVERSHOOT_M {
        return Err(Refusal::Shape);
    }
    // A surface that closes over some base closes over every lower one.
    roof.mesh(eave - 3.0).ok_or(Refusal::Shape)?;
    Ok(roof)
}

/// The height of a building whose roof the points do not show clearly: half of them lie higher.
pub fn median_m(points: &[[f64; 3]]) -> Option<f64> {
    let mut heights: Vec<f64> = points.iter().map(|p| p[2]).filter(|z| z.is_finite()).collect();
    heights.sort_by(f64::total_cmp);
    heights.get(heights.len() / 2).copied()
}

fn is_over(polygon: &Polygon<f64>, origin: [f64; 2], at: [f64; 2]) -> bool {
    polygon.contains(&Point::new(at[0] + origin[0], at[1] + origin[1]))
}

fn square(p: &[f64; 3], side_m: f64) -> (i64, i64) {
    ((p[0] / side_m).floor() as i64, (p[1] / side_m).floor() as i64)
}

/// The share of the footprint's squares that have a point; squares as large as the points are apart.
fn covered(points: &[[f64; 3]], footprint: &MultiPolygon<f64>, origin: [f64; 2], density: f64) -> f64 {
    let side = SQUARE_M.max(2.0 / density.max(1e-9).sqrt());
    let seen: std::collections::HashSet<(i64, i64)> = points.iter().map(|p| square(p, side)).collect();
    let Some(bounds) = geo::BoundingRect::bounding_rect(footprint) else { return 0.0 };
    let low = square(&[bounds.min().x - origin[0], bounds.min().y - origin[1], 0.0], side);
    let high = square(&[bounds.max().x - origin[0], bounds.max().y - origin[1], 0.0], side);
    let (mut inside, mut with_points) = (0_usize, 0_usize);
    for x in low.0..=high.0 {
        for y in low.1..=high.1 {
            let centre = Point::new(origin[0] + (x as f64 + 0.5) * side, origin[1] + (y as f64 + 0.5) * side);
            if footprint.contains(&centre) {
                inside += 1;
                with_points += usize::from(seen.contains(&(x, y)));
            }
        }
    }
    // A narrow footprint may hold no middle of a square.
    if inside == 0 { 1.0 } else { with_points as f64 / inside as f64 }
}

/// One point of each small square, the nearest to its middle. Choosing by height (the highest, the middle one) would lift or lower every roof by part of the noise.
fn thinned(mut points: Vec<[f64; 3]>) -> Vec<[f64; 3]> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])).then(a[2].total_cmp(&b[2])));
    let mut side = THIN_M;
    loop {
        let mut squares: BTreeMap<(i64, i64), Vec<[f64; 3]>> = BTreeMap::new();
        for point in &points {
            squares.entry(square(point, side)).or_default().push(*point);
        }
        if squares.len() <= MOST_POINTS {
            return squares
                .into_iter()
                .filter_map(|((column, row), own)| {
                    let middle = [(column as f64 + 0.5) * side, (row as f64 + 0.5) * side];
                    let off = |p: &[f64; 3]| (p[0] - middle[0]).powi(2) + (p[1] - middle[1]).powi(2);
                    own.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)))
                })
                .collect();
        }
        side *= 1.5;
    }
}

/// The planes of the points, made regular, and the points that lie on one.
fn regular_planes(
    points: &[[f64; 3]],
    area: f64,
    rings: &[Vec<Vec<[f64; 2]>>],
    settings: &MeasureSettings,
) -> (Vec<PiecePlane>, Vec<Labelled>) {
    let segments = roof_planes::segments(points, area, &settings.planes);
    let least = settings.planes.least_area_m2.max(settings.least_share * area);
    let mut members: Vec<Vec<[f64; 3]>> = segments.roof.planes.iter().map(|_| Vec::new()).collect();
    for (point, of) in segments.points.iter().zip(&segments.planes_of) {
        if let Some(own) = of.and_then(|of| members.get_mut(of)) {
            own.push(*point);
        }
    }
    let mut found: Vec<Vec<[f64; 3]>> = members
        .into_iter()
        .zip(&segments.roof.planes)
        .filter(|(_, plane)| plane.plan_area_m2 >= least && plane.slope[0].hypot(plane.slope[1]) <= STEEPEST)
        .map(|(own, _)| own)
        .collect();
    unite(&mut found, settings.planes.tolerance_m);
    found.truncate(settings.most_planes);
    let directions: Vec<[f64; 2]> = rings.iter().flat_map(|rings| roof_pieces::directions(rings)).collect();
    let free: Vec<PiecePlane> =
        found.iter().filter_map(|own| Fit::of(own.iter())).map(|fit| PiecePlane { at: fit.centre, slope: fit.slope }).collect();
    let mut planes = Vec::new();
    let mut labelled = Vec::new();
    for (own, plane) in found.iter().zip(&free) {
        // Beside a ridge a point belongs to either plane and bends the one that has got it.
        let clear: Vec<[f64; 3]> = own
            .iter()
            .filter(|p| free.iter().all(|other| other == plane || (p[2] - other.height([p[0], p[1]])).abs() > EITHER_M))
            .copied()
            .collect();
        let own = if clear.len() < settings.planes.least_points { own } else { &clear };
        let Some(fit) = Fit::of(own.iter()) else { continue };
        let number = planes.len();
        planes.push(regular(own, &fit, &directions));
        labelled.extend(own.iter().map(|p| Labelled { at: [p[0], p[1]], plane: number }));
    }
    (planes, labelled)
}

/// Planes that are one: region growing parts a plane at a gap, at a row of windows.
fn unite(found: &mut Vec<Vec<[f64; 3]>>, tolerance_m: f64) {
    let mut first = 0;
    while first < found.len() {
        let mut second = first + 1;
        while second < found.len() {
            let (Some(a), Some(b)) = (found.get(first), found.get(second)) else { break };
            let fits = || {
                let (own, other, both) = (Fit::of(a.iter())?, Fit::of(b.iter())?, Fit::of(a.iter().chain(b))?);
                let off = |points: &[[f64; 3]]| rms(points, &PiecePlane { at: both.centre, slope: both.slope });
                let allowed = |fit: &Fit| fit.residual_m + 0.25 * tolerance_m;
                Some(off(a) <= allowed(&own) && off(b) <= allowed(&other))
            };
            if fits() == Some(true) {
                let more = found.remove(second);
                if let Some(own) = found.get_mut(first) {
                    own.extend(more);
                }
                second = first + 1;
            } else {
                second += 1;
            }
        }
        first += 1;
    }
    found.sort_by_key(|own| std::cmp::Reverse(own.len()));
}

fn rms(points: &[[f64; 3]], plane: &PiecePlane) -> f64 {
    let squares: f64 = points.iter().map(|p| (p[2] - plane.height([p[0], p[1]])).powi(2)).sum();
    (squares / points.len().max(1) as f64).sqrt()
}

/// Level where it is nearly level, at right angles to a side of the footprint where it nearly is, if the points agree.
fn regular(points: &[[f64; 3]], fit: &Fit, directions: &[[f64; 2]]) -> PiecePlane {
    let free = PiecePlane { at: fit.centre, slope: fit.slope };
    let allowed = rms(points, &free) + REGULAR_M;
    let steep = fit.slope[0].hypot(fit.slope[1]);
    if steep < LEVEL_SLOPE {
        let level = PiecePlane { slope: [0.0; 2], ..free };
        return if rms(points, &level) <= allowed { level } else { free };
    }
    let aligned = |d: &[f64; 2]| ((d[0] * fit.slope[0] + d[1] * fit.slope[1]) / steep).abs();
    let Some(direction) = directions.iter().max_by(|a, b| aligned(a).total_cmp(&aligned(b))) else {
        return free;
    };
    if aligned(direction) < SQUARE_DEG.to_radians().cos() {
        return free;
    }
    let (mut uu, mut uz) = (0.0, 0.0);
    for p in points {
        let u = direction[0] * (p[0] - fit.centre[0]) + direction[1] * (p[1] - fit.centre[1]);
        uu += u * u;
        uz += u * (p[2] - fit.centre[2]);
    }
    if !(uu > 0.0) {
        return free;
    }
    let square = PiecePlane { slope: [direction[0] * uz / uu, direction[1] * uz / uu], ..free };
    if rms(points, &square) <= allowed { square } else { free }
}

impl MeasuredRoof {
    /// The share of points near the roof, and the residual of those that are of it.
    fn judged(&self, points: &[[f64; 3]]) -> (f64, f64) {
        let (mut seen, mut near, mut of_it, mut squares) = (0_usize, 0_usize, 0_usize, 0.0);
        for p in points {
            let over = |piece: &&RoofPiece| piece.rings.iter().filter(|ring| roof_pieces::contains(ring, [p[0], p[1]])).count() % 2 == 1;
            let Some(plane) = self.pieces.iter().find(over).and_then(|piece| self.planes.get(piece.plane)) else { continue };
            let off = (p[2] - plane.height([p[0], p[1]])).abs();
            seen += 1;
            near += usize::from(off <= NEAR_M);
            if off <= BESIDE_M {
                of_it += 1;
                squares += off * off;
            }
        }
        (near as f64 / seen.max(1) as f64, (squares / of_it.max(1) as f64).sqrt())
    }
}
