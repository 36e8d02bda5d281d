//! Roof planes from the points of a survey: region growing over neighbours, least-squares planes, residuals kept.
//!
//! Method: Rabbani, van den Heuvel, Vosselman, "Segmentation of point clouds using smoothness constraint" (ISPRS 2006), with planes `z = a x + b y + c` instead of free surfaces: a roof is seen from above and no plane of it stands upright.
//! A Hough transform was rejected: it finds the large planes and lets dormers go, and its cells need tuning to the density.

use rstar::RTree;
use rstar::primitives::GeomWithData;

/// What the planes are held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneSettings {
    /// A point farther from a plane than this is not of it, metres.
    pub tolerance_m: f64,
    /// The plane through a point's neighbours may be inclined so much against the growing one, degrees.
    pub angle_deg: f64,
    /// Smaller planes are none.
    pub least_points: usize,
    /// A plane that covers less in plan is none, m².
    pub least_area_m2: f64,
}

impl Default for PlaneSettings {
    fn default() -> Self {
        Self {
            tolerance_m: 0.15,
            angle_deg: 15.0,
            least_points: 10,
            least_area_m2: 2.0,
        }
    }
}

/// One plane of a roof.
#[derive(Clone, Debug, PartialEq)]
pub struct RoofPlane {
    /// Mean of its points.
    pub centre: [f64; 3],
    /// Rise per metre to the east and to the north.
    pub slope: [f64; 2],
    /// Inclination against the horizontal, degrees.
    pub tilt_deg: f64,
    /// Where the plane looks, clockwise from grid north, degrees; zero for a flat one.
    pub azimuth_deg: f64,
    pub points: usize,
    /// In plan, from the share of the points it has.
    pub plan_area_m2: f64,
    /// Root mean square of the points' distances, metres.
    pub residual_m: f64,
}

impl RoofPlane {
    pub fn height_at(&self, x: f64, y: f64) -> f64 {
        self.centre[2] + self.slope[0] * (x - self.centre[0]) + self.slope[1] * (y - self.centre[1])
    }
}

/// A roof as a survey saw it.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyedRoof {
    /// How the planes were found.
    pub method: &'static str,
    /// From the largest to the smallest.
    pub planes: Vec<RoofPlane>,
    /// Points that were given.
    pub points: usize,
    /// Share of the points that lie on a plane.
    pub explained: f64,
    /// Root mean square of all explained points' distances, metres.
    pub residual_m: f64,
}

/// The method's name, as it is stored with each roof.
pub const METHOD: &str = "region-growing";

/// Neighbours of a point.
const NEIGHBOURS: usize = 12;
/// Neighbours farther than this are on another roof, metres.
const FARTHEST_M: f64 = 3.0;
/// More points of one roof are thinned evenly: a plane is no better for a million.
const MAX_POINTS: usize = 20_000;
/// A plane inclined by less looks nowhere, degrees.
const FLAT_DEG: f64 = 2.0;

/// Finds the planes of one roof. `plan_area_m2` is the footprint's; points that are no numbers are ignored.
pub fn planes(points: &[[f64; 3]], plan_area_m2: f64, settings: &PlaneSettings) -> SurveyedRoof {
    segments(points, plan_area_m2, settings).roof
}

/// A roof and which of its points lie on which plane.
pub(super) struct Segments {
    pub roof: SurveyedRoof,
    /// The points that were looked at.
    pub points: Vec<[f64; 3]>,
    /// For each of them its plane's place in the roof's list.
    pub planes_of: Vec<Option<usize>>,
}

/// As [`planes`], with the points.
pub(super) fn segments(
    points: &[[f64; 3]],
    plan_area_m2: f64,
    settings: &PlaneSettings,
) -> Segments {
    let given = points.len();
    let every = given.div_ceil(MAX_POINTS).max(1);
    let points: Vec<[f64; 3]> = points
        .iter()
        .step_by(every)
        .filter(|p| p.iter().all(|v| v.is_finite()))
        .copied()
        .collect();
    let neighbours = neighbours(&points);
    let local: Vec<Option<Fit>> = neighbours
        .iter()
        .enumerate()
        .map(|(at, near)| {
            Fit::of(
                near.iter()
                    .copied()
                    .chain([at])
                    .filter_map(|k| points.get(k)),
            )
        })
        .collect();
    // The smoothest places first; ties in the order of the points, so that the same points give the same planes.
    let mut seeds: Vec<usize> = (0..points.len())
        .filter(|at| local.get(*at).is_some_and(Option::is_some))
        .collect();
    let roughness = |at: usize| {
        local
            .get(at)
            .and_then(Option::as_ref)
            .map_or(f64::INFINITY, |fit| fit.residual_m)
    };
    seeds.sort_by(|a, b| roughness(*a).total_cmp(&roughness(*b)).then(a.cmp(b)));
    let mut taken = vec![false; points.len()];
    let mut found: Vec<(RoofPlane, Vec<usize>)> = Vec::new();
    let share = plan_area_m2.max(0.0) / points.len().max(1) as f64;
    for seed in seeds {
        if taken.get(seed).copied().unwrap_or(true) || roughness(seed) > settings.tolerance_m {
            continue;
        }
        let members = grown(seed, &points, &neighbours, &local, &taken, settings);
        let area = share * members.len() as f64;
        let Some(fit) = Fit::of(members.iter().filter_map(|at| points.get(*at))) else {
            continue;
        };
        if members.len() < settings.least_points || area < settings.least_area_m2 {
            continue;
        }
        for at in &members {
            if let Some(taken) = taken.get_mut(*at) {
                *taken = true;
            }
        }
        found.push((fit.plane(members.len(), area), members));
    }
    found.sort_by(|(a, _), (b, _)| {
        b.points
            .cmp(&a.points)
            .then(a.centre[0].total_cmp(&b.centre[0]))
    });
    let mut planes_of = vec![None; points.len()];
    let mut planes = Vec::with_capacity(found.len());
    for (number, (plane, members)) in found.into_iter().enumerate() {
        for at in members {
            if let Some(of) = planes_of.get_mut(at) {
                *of = Some(number);
            }
        }
        planes.push(plane);
    }
    let found = planes;
    let explained: usize = found.iter().map(|plane| plane.points).sum();
    let squares: f64 = found
        .iter()
        .map(|plane| plane.residual_m.powi(2) * plane.points as f64)
        .sum();
    let roof = SurveyedRoof {
        method: METHOD,
        points: given,
        explained: explained as f64 / points.len().max(1) as f64,
        residual_m: if explained > 0 {
            (squares / explained as f64).sqrt()
        } else {
            0.0
        },
        planes: found,
    };
    Segments {
        roof,
        points,
        planes_of,
    }
}

/// The nearest points in space of each point, itself left out.
fn neighbours(points: &[[f64; 3]]) -> Vec<Vec<usize>> {
    let entries = points
        .iter()
        .enumerate()
        .map(|(at, point)| GeomWithData::new(*point, at))
        .collect();
    let tree = RTree::bulk_load(entries);
    points
        .iter()
        .enumerate()
        .map(|(at, point)| {
            tree.nearest_neighbor_iter_with_distance_2(point)
                .take_while(|(_, distance_2)| *distance_2 <= FARTHEST_M * FARTHEST_M)
                .map(|(near, _)| near.data)
                .filter(|near| *near != at)
                .take(NEIGHBOURS)
                .collect()
        })
        .collect()
}

fn grown(
    seed: usize,
    points: &[[f64; 3]],
    neighbours: &[Vec<usize>],
    local: &[Option<Fit>],
    taken: &[bool],
    settings: &PlaneSettings,
) -> Vec<usize> {
    let Some(mut plane) = local.get(seed).copied().flatten() else {
        return Vec::new();
    };
    let angle = settings.angle_deg.to_radians().cos();
    let mut seen = std::collections::HashSet::from([seed]);
    let mut members = vec![seed];
    let mut refit_at = 2 * NEIGHBOURS;
    let mut next = 0;
    while let Some(at) = members.get(next).copied() {
        next += 1;
        for near in neighbours.get(at).into_iter().flatten().copied() {
            if taken.get(near).copied().unwrap_or(true) || !seen.insert(near) {
                continue;
            }
            let Some(point) = points.get(near) else {
                continue;
            };
            let distance = plane.distance(point);
            // Beside a ridge a point's neighbours lie on both sides and their plane on none: there only the distance tells.
            let alike = local.get(near).copied().flatten().is_some_and(|fit| {
                fit.residual_m <= settings.tolerance_m && fit.normal_dot(&plane) >= angle
            });
            if distance <= settings.tolerance_m && (alike || distance <= 0.5 * settings.tolerance_m)
            {
                members.push(near);
            }
        }
        if members.len() >= refit_at {
            refit_at *= 2;
            if let Some(fit) = Fit::of(members.iter().filter_map(|at| points.get(*at))) {
                plane = fit;
            }
        }
    }
    // The plane has moved while it grew.
    if let Some(fit) = Fit::of(members.iter().filter_map(|at| points.get(*at))) {
        members.retain(|at| {
            points
                .get(*at)
                .is_some_and(|point| fit.distance(point) <= settings.tolerance_m)
        });
    }
    members
}

/// A least-squares plane `z = a x + b y + c` about the mean of its points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub centre: [f64; 3],
    pub slope: [f64; 2],
    pub residual_m: f64,
}

impl Fit {
    /// `None` for fewer than three points and for points on one line in plan.
    pub fn of<'a>(points: impl Iterator<Item = &'a [f64; 3]> + Clone) -> Option<Self> {
        let mut centre = [0.0; 3];
        let mut count = 0.0;
        for point in points.clone() {
            centre.iter_mut().zip(point).for_each(|(sum, v)| *sum += v);
            count += 1.0;
        }
        if count < 3.0 {
            return None;
        }
        centre.iter_mut().for_each(|sum| *sum /= count);
        let (mut xx, mut xy, mut yy, mut xz, mut yz) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for point in points.clone() {
            let [x, y, z] = [0, 1, 2].map(|k| point[k] - centre[k]);
            xx += x * x;
            xy += x * y;
            yy += y * y;
            xz += x * z;
            yz += y * z;
        }
        let area = xx * yy - xy * xy;
        // Relative to the spread: a line of points has no plane.
        if !(area > 1e-4 * (xx + yy).powi(2)) {
            return None;
        }
        let slope = [(xz * yy - yz * xy) / area, (yz * xx - xz * xy) / area];
        let mut fit = Self {
            centre,
            slope,
            residual_m: 0.0,
        };
        let squares: f64 = points.map(|point| fit.distance(point).powi(2)).sum();
        fit.residual_m = (squares / count).sqrt();
        Some(fit)
    }

    /// Square-root of one plus the squares of the slope: how much longer a step along the plane is than in plan.
    fn stretch(&self) -> f64 {
        (1.0 + self.slope[0].powi(2) + self.slope[1].powi(2)).sqrt()
    }

    /// At right angles to the plane.
    fn distance(&self, point: &[f64; 3]) -> f64 {
        let on_plane = self.centre[2]
            + self.slope[0] * (point[0] - self.centre[0])
            + self.slope[1] * (point[1] - self.centre[1]);
        (point[2] - on_plane).abs() / self.stretch()
    }

    fn normal_dot(&self, other: &Self) -> f64 {
        (1.0 + self.slope[0] * other.slope[0] + self.slope[1] * other.slope[1])
            / (self.stretch() * other.stretch())
    }

    fn plane(&self, points: usize, plan_area_m2: f64) -> RoofPlane {
        let tilt_deg = self.slope[0].hypot(self.slope[1]).atan().to_degrees();
        // A plane looks down its slope.
        let azimuth_deg = if tilt_deg < FLAT_DEG {
            0.0
        } else {
            (-self.slope[0])
                .atan2(-self.slope[1])
                .to_degrees()
                .rem_euclid(360.0)
        };
        RoofPlane {
            centre: self.centre,
            slope: self.slope,
            tilt_deg,
            azimuth_deg,
            points,
            plan_area_m2,
            residual_m: self.residual_m,
        }
    }
}
