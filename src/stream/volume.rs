//! Bounding volumes in ECEF: how far, whether in view, how large.
//!
//! Every volume becomes an oriented box or a sphere that holds all of the original; none is ever smaller than what the tileset said.

use crate::geodesy::LonLatH;
use glam::{DMat4, DVec3};
use std::f64::consts::TAU;

/// A bounding volume in ECEF metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Volume {
    Sphere { centre: DVec3, radius_m: f64 },
    Obb(Obb),
}

/// An oriented box: three orthonormal axes and the half length along each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Obb {
    pub centre: DVec3,
    pub axes: [DVec3; 3],
    pub half_m: [f64; 3],
}

/// Regions wider or higher than this (radians) become a sphere round the Earth's centre; boxes round such a piece would not be tight either.
const WIDEST_REGION: f64 = 0.6;

/// Samples along each side of a region, for its box.
const REGION_SAMPLES: usize = 5;

/// No point of the ellipsoid is farther from the centre, metres; a little above the WGS 84 semi-major axis.
const EARTH_RADIUS_M: f64 = 6_378_138.0;

impl Volume {
    /// From `[west, south, east, north]` in radians and ellipsoidal heights in metres; west may lie east of east across the antimeridian.
    ///
    /// `None` when a number is not finite or the order of south and north or of the heights is broken beyond repair.
    pub fn of_region(region: [f64; 6]) -> Option<Self> {
        if region.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let [west, south, east, north, low, high] = region;
        let (south, north) = (south.min(north), south.max(north));
        let (low, high) = (low.min(high), low.max(high));
        let width = if east < west {
            east - west + TAU
        } else {
            east - west
        };
        let height = north - south;
        if !(0.0..=TAU + 1e-9).contains(&width) || south < -1.6 || north > 1.6 || high < -1e6 {
            return None;
        }
        if width > WIDEST_REGION || height > WIDEST_REGION {
            return Some(Self::Sphere {
                centre: DVec3::ZERO,
                radius_m: EARTH_RADIUS_M + high.max(0.0),
            });
        }

        // The box stands on the tangent plane in the middle, so that it lies flat under flat ground.
        let (mid_lon, mid_lat) = (west + 0.5 * width, 0.5 * (south + north));
        let east_axis = DVec3::new(-mid_lon.sin(), mid_lon.cos(), 0.0);
        let up = DVec3::new(
            mid_lat.cos() * mid_lon.cos(),
            mid_lat.cos() * mid_lon.sin(),
            mid_lat.sin(),
        );
        let axes = [east_axis, up.cross(east_axis), up];
        let origin = ecef(mid_lon, mid_lat, 0.0);
        let mut min = DVec3::INFINITY;
        let mut max = DVec3::NEG_INFINITY;
        let steps = (REGION_SAMPLES - 1) as f64;
        for i in 0..REGION_SAMPLES {
            for j in 0..REGION_SAMPLES {
                for h in [low, high] {
                    let lon = west + width * i as f64 / steps;
                    let lat = south + height * j as f64 / steps;
                    let from_origin = ecef(lon, lat, h) - origin;
                    let local = DVec3::from_array(axes.map(|axis| axis.dot(from_origin)));
                    min = min.min(local);
                    max = max.max(local);
                }
            }
        }
        // Between samples the surface bulges beyond the chords: by at most an eighth of the second derivative
        // (radius + height) times the squared step, for each of the two directions (bilinear interpolation error).
        let bulge = 0.125
            * 1.02
            * (EARTH_RADIUS_M + high.max(0.0))
            * ((width / steps).powi(2) + (height / steps).powi(2));
        let centre_local = 0.5 * (min + max);
        let half = 0.5 * (max - min) + DVec3::splat(bulge);
        Some(Self::Obb(Obb {
            centre: origin
                + axes[0] * centre_local.x
                + axes[1] * centre_local.y
                + axes[2] * centre_local.z,
            axes,
            half_m: half.to_array(),
        }))
    }

    /// From a centre and three half axes of a tile's frame, as 3D Tiles writes boxes: `[c, x, y, z]`, 12 numbers.
    ///
    /// Sheared boxes are legal in the standard (and follow from uneven scaling); they get a rectangular box around them.
    pub fn of_box(numbers: [f64; 12], ecef_from_tile: &DMat4) -> Option<Self> {
        let [cx, cy, cz, xx, xy, xz, yx, yy, yz, zx, zy, zz] = numbers;
        let centre = ecef_from_tile.transform_point3(DVec3::new(cx, cy, cz));
        let arms = [
            DVec3::new(xx, xy, xz),
            DVec3::new(yx, yy, yz),
            DVec3::new(zx, zy, zz),
        ]
        .map(|arm| ecef_from_tile.transform_vector3(arm));
        if !centre.is_finite() || arms.iter().any(|arm| !arm.is_finite()) {
            return None;
        }
        let axes = orthonormal(arms);
        let half_m = axes.map(|axis| arms.iter().map(|arm| axis.dot(*arm).abs()).sum());
        Some(Self::Obb(Obb {
            centre,
            axes,
            half_m,
        }))
    }

    /// From `[x, y, z, radius]` in a tile's frame.
    pub fn of_sphere(numbers: [f64; 4], ecef_from_tile: &DMat4) -> Option<Self> {
        let [x, y, z, radius] = numbers;
        let centre = ecef_from_tile.transform_point3(DVec3::new(x, y, z));
        let radius_m = radius.abs() * largest_scale(ecef_from_tile);
        (centre.is_finite() && radius_m.is_finite()).then_some(Self::Sphere { centre, radius_m })
    }

    /// Metres from a point to the volume, 0 inside.
    pub fn distance_m(&self, point: DVec3) -> f64 {
        match self {
            Self::Sphere { centre, radius_m } => (point.distance(*centre) - radius_m).max(0.0),
            Self::Obb(obb) => {
                let from_centre = point - obb.centre;
                let outside = DVec3::from_array(
                    [0, 1, 2]
                        .map(|i| (obb.axes[i].dot(from_centre).abs() - obb.half_m[i]).max(0.0)),
                );
                outside.length()
            }
        }
    }

    /// Whether some of it may lie inside all planes (`dot(n, p) + d >= 0`). Errs towards yes.
    pub fn in_frustum(&self, planes: &[(DVec3, f64)]) -> bool {
        planes.iter().all(|(normal, d)| match self {
            Self::Sphere { centre, radius_m } => {
                normal.dot(*centre) + d >= -radius_m * normal.length()
            }
            Self::Obb(obb) => {
                let reach: f64 = (0..3)
                    .map(|i| (normal.dot(obb.axes[i]) * obb.half_m[i]).abs())
                    .sum();
                normal.dot(obb.centre) + d >= -reach
            }
        })
    }

    /// Whether some of it may be in view. Errs towards yes, less often than [`Self::in_frustum`]: a box that crosses a plane far outside the
    /// frustum is told from one in view by its own faces.
    pub fn in_view(&self, frustum: &Frustum) -> bool {
        if !self.in_frustum(&frustum.planes) {
            return false;
        }
        match self {
            Self::Sphere { .. } => true,
            Self::Obb(obb) => !obb.has_outside(frustum),
        }
    }

    /// A sphere around it: centre in ECEF and radius in metres.
    pub fn bounding_sphere(&self) -> (DVec3, f64) {
        match self {
            Self::Sphere { centre, radius_m } => (*centre, *radius_m),
            Self::Obb(obb) => (obb.centre, DVec3::from_array(obb.half_m).length()),
        }
    }
}

impl Obb {
    /// Whether all of a frustum lies beyond one of the faces. False where the frustum has no corners to tell it by.
    fn has_outside(&self, frustum: &Frustum) -> bool {
        if frustum.corners.is_empty() {
            return false;
        }
        (0..6).any(|face| {
            let axis = if face < 3 { self.axes[face] } else { -self.axes[face - 3] };
            let reach_m = self.half_m[face % 3];
            frustum.rays.iter().all(|ray| axis.dot(*ray) >= 0.0)
                && frustum.corners.iter().all(|corner| axis.dot(*corner - self.centre) > reach_m)
        })
    }
}

/// What a view sees, with its corners and its edges without end, which tell the boxes that its planes alone cannot tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frustum {
    planes: Vec<(DVec3, f64)>,
    corners: Vec<DVec3>,
    /// Directions of the edges that have no end; a pyramid without a far plane has four.
    rays: Vec<DVec3>,
}

/// With more planes no corners are looked for: it takes the fourth power of their number.
const MAX_PLANES: usize = 6;

impl Frustum {
    /// From planes with the normal inside: `dot(n, p) + d >= 0`.
    pub fn of(planes: &[(DVec3, f64)]) -> Self {
        let mut frustum = Self { planes: planes.to_vec(), ..Self::default() };
        if planes.len() > MAX_PLANES {
            return frustum;
        }
        // What lies on the edge is kept: a corner too many culls less, one too few would cull what is in view.
        let holds = |point: DVec3| planes.iter().all(|(n, d)| n.dot(point) + d >= -1e-7 * (1.0 + point.length()) * n.length());
        let turns_in = |ray: DVec3| planes.iter().all(|(n, _)| n.dot(ray) >= -1e-9 * n.length());
        for (i, (a, da)) in planes.iter().enumerate() {
            for (j, (b, db)) in planes.iter().enumerate().skip(i + 1) {
                let edge = a.cross(*b);
                for (c, dc) in planes.iter().skip(j + 1) {
                    let det = edge.dot(*c);
                    if det.abs() > 1e-12 * a.length() * b.length() * c.length() {
                        let corner = -(b.cross(*c) * *da + c.cross(*a) * *db + edge * *dc) / det;
                        frustum.corners.extend(Some(corner).filter(|corner| holds(*corner)));
                    }
                }
                if let Some(ray) = edge.try_normalize() {
                    frustum.rays.extend([ray, -ray].into_iter().filter(|ray| turns_in(*ray)));
                }
            }
        }
        frustum
    }
}

/// Where an eye must be for a tile to count: a volume as the document has it. Regions are exact here, not boxed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Room {
    Volume(Volume),
    Region([f64; 6]),
}

impl Room {
    pub fn holds(&self, eye: DVec3) -> bool {
        match self {
            Self::Volume(volume) => volume.distance_m(eye) <= 0.0,
            Self::Region([west, south, east, north, low, high]) => {
                let at = crate::geodesy::Ecef(eye).to_lonlath();
                let (lon, lat) = (at.lon_deg.to_radians(), at.lat_deg.to_radians());
                let wide = if west <= east { (*west..=*east).contains(&lon) } else { lon >= *west || lon <= *east };
                wide && (*south..=*north).contains(&lat) && (*low..=*high).contains(&at.height_m)
            }
        }
    }
}

/// How much a transform stretches at most; geometric errors and radii scale with it. Exact without shear, an upper bound with it.
pub fn largest_scale(transform: &DMat4) -> f64 {
    let [x, y, z] = [transform.x_axis, transform.y_axis, transform.z_axis].map(|c| c.truncate());
    let longest = x.length().max(y.length()).max(z.length());
    let slant = x.dot(y).abs().max(y.dot(z).abs()).max(z.dot(x).abs());
    if slant <= 1e-9 * longest * longest {
        longest
    } else {
        (x.length_squared() + y.length_squared() + z.length_squared()).sqrt()
    }
}

/// Longitude and latitude in radians, ellipsoidal height in metres.
fn ecef(lon: f64, lat: f64, height_m: f64) -> DVec3 {
    LonLatH::new(lon.to_degrees(), lat.to_degrees(), height_m)
        .to_ecef()
        .0
}

/// Three orthonormal directions, the first two near the first two long arms; arms may be zero or parallel.
fn orthonormal(arms: [DVec3; 3]) -> [DVec3; 3] {
    let longest = arms.iter().map(|arm| arm.length()).fold(0.0, f64::max);
    let mut axes: Vec<DVec3> = Vec::with_capacity(3);
    let fallbacks = [DVec3::X, DVec3::Y, DVec3::Z];
    for candidate in arms
        .into_iter()
        .chain(fallbacks.map(|axis| axis * longest.max(1.0)))
    {
        if axes.len() == 3 {
            break;
        }
        let rest = axes
            .iter()
            .fold(candidate, |rest, axis| rest - *axis * axis.dot(rest));
        // What remains of an almost parallel arm is rounding, not a direction.
        if rest.length() > 1e-9 * longest.max(1e-300) {
            axes.push(rest.normalize());
        }
    }
    match axes[..] {
        [a, b, c] => [a, b, c],
        _ => fallbacks,
    }
}
