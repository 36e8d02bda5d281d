//! Walls, roofs and floors of what OSM describes, in metres around it.

use super::buildings::Roof;
use crate::base::DatasetId;
use crate::formats::shape::{Face, FaceRole, Shell};
use crate::region::roof::{RoofOptions, Surface, building_surface};
use crate::region::roof_shape::RoofRules;
use crate::region::{Building, HeightOrigin, Usage};

/// Circles of a dome.
const DOME_STEPS: usize = 5;

/// Metres around a point of the earth; exact enough for one building, and the way back is the same numbers.
pub(super) struct Plane {
    lon_deg: f64,
    lat_deg: f64,
    east_m: f64,
    north_m: f64,
}

impl Plane {
    pub(super) fn at(p: &[f64; 3]) -> Self {
        let latitude = p[1].to_radians();
        // Metres of a degree on the ellipsoid (WGS 84), series of the latitude.
        Self {
            lon_deg: p[0],
            lat_deg: p[1],
            east_m: (111_412.84 * latitude.cos() - 93.5 * (3.0 * latitude).cos()).max(1.0),
            north_m: 111_132.954 - 559.822 * (2.0 * latitude).cos()
                + 1.175 * (4.0 * latitude).cos(),
        }
    }

    pub(super) fn metres(&self, p: &[f64; 3]) -> [f64; 2] {
        [
            (p[0] - self.lon_deg) * self.east_m,
            (p[1] - self.lat_deg) * self.north_m,
        ]
    }

    fn degrees(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        [
            self.lon_deg + x / self.east_m,
            self.lat_deg + y / self.north_m,
            z,
        ]
    }
}

/// What is to be built on one polygon: heights above the ground.
pub(super) struct Solid<'a> {
    pub(super) plane: &'a Plane,
    pub(super) base: f64,
    pub(super) eave: f64,
    pub(super) ridge: f64,
}

impl Solid<'_> {
    fn face(&self, role: FaceRole, rings: Vec<Vec<[f64; 3]>>) -> Face {
        Face {
            role,
            rings: rings
                .into_iter()
                .map(|ring| ring.into_iter().map(|p| self.plane.degrees(p)).collect())
                .collect(),
        }
    }

    /// Flat, gabled and hipped, as the roofs of all other buildings are made.
    pub(super) fn usual(&self, polygon: &geo::Polygon<f64>, kind: Roof) -> Shell {
        let building = Building {
            id: String::new(),
            rnb: Vec::new(),
            dataset: DatasetId::from("osm"),
            footprint: geo::MultiPolygon(vec![polygon.clone()]),
            ground_m: self.base,
            eave_height_m: self.eave - self.base,
            ridge_height_m: if kind == Roof::Flat {
                self.eave
            } else {
                self.ridge
            } - self.base,
            height_origin: HeightOrigin::Source,
            usage: Usage::Unknown,
            second_usage: None,
            dwellings: None,
            storeys: None,
            year: None,
            light: false,
            attributes: Vec::new(),
            surveyed: None,
            measured: None,
        };
        let options = RoofOptions {
            foundation_m: 0.0,
            rules: RoofRules {
                max_slope: 6.0,
                min_slope: 0.02,
                // The form is told, so no width decides it.
                hip_width_m: if kind == Roof::Hipped { 0.0 } else { 1_000.0 },
                widest_m: 1_000.0,
                ..RoofRules::default()
            },
        };
        let faces = building_surface(&building, &options)
            .triangles
            .into_iter()
            .map(|(corners, surface)| {
                let role = match surface {
                    Surface::Roof => FaceRole::Roof,
                    Surface::Wall => FaceRole::Wall,
                    Surface::Floor => FaceRole::Ground,
                };
                self.face(role, vec![corners.to_vec()])
            })
            .collect();
        Shell { solid: true, faces }
    }

    /// Pyramid, cone or dome over an outline whose middle lies inside; `None` for any other.
    pub(super) fn pointed(&self, polygon: &geo::Polygon<f64>, round: bool) -> Option<Shell> {
        use geo::{Centroid, Contains};
        let middle = polygon.centroid()?;
        if !polygon.interiors().is_empty()
            || !polygon.contains(&middle)
            || self.ridge - self.eave < 0.05
        {
            return None;
        }
        let outline = corners(polygon.exterior());
        // Every side has to be seen from the middle, or the slopes would cut through each other.
        let seen = sides(&outline).all(|([ax, ay], [bx, by])| {
            (ax - middle.x()) * (by - middle.y()) - (bx - middle.x()) * (ay - middle.y()) > 0.0
        });
        if !seen {
            return None;
        }
        let mut faces = self.block(&outline);
        let steps = if round { DOME_STEPS } else { 1 };
        let circle = |step: usize| -> (f64, f64) {
            let angle = std::f64::consts::FRAC_PI_2 * step as f64 / steps as f64;
            if round {
                (angle.cos(), angle.sin())
            } else {
                (1.0 - step as f64, step as f64)
            }
        };
        let rise = self.ridge - self.eave;
        let at = |corner: [f64; 2], step: usize| {
            let (reach, height) = circle(step);
            [
                middle.x() + reach * (corner[0] - middle.x()),
                middle.y() + reach * (corner[1] - middle.y()),
                self.eave + height * rise,
            ]
        };
        let top = [middle.x(), middle.y(), self.ridge];
        for (a, b) in sides(&outline) {
            for step in 0..steps {
                if step + 1 == steps {
                    faces
                        .push(self.face(FaceRole::Roof, vec![vec![at(a, step), at(b, step), top]]));
                } else {
                    faces.push(self.face(
                        FaceRole::Roof,
                        vec![vec![
                            at(a, step),
                            at(b, step),
                            at(b, step + 1),
                            at(a, step + 1),
                        ]],
                    ));
                }
            }
        }
        Some(Shell { solid: true, faces })
    }

    /// One slope that faces `direction` (degrees clockwise from north), or down across the longest side.
    pub(super) fn skillion(&self, polygon: &geo::Polygon<f64>, direction: Option<f64>) -> Option<Shell> {
        if self.ridge - self.eave < 0.05 {
            return None;
        }
        let outline = corners(polygon.exterior());
        let down = match direction {
            Some(degrees) => {
                let (sin, cos) = degrees.to_radians().sin_cos();
                [sin, cos]
            }
            None => {
                let (a, b) =
                    sides(&outline).max_by(|p, q| dist(p.0, p.1).total_cmp(&dist(q.0, q.1)))?;
                let length = dist(a, b);
                [(b[1] - a[1]) / length, -(b[0] - a[0]) / length]
            }
        };
        let along = |p: [f64; 2]| p[0] * down[0] + p[1] * down[1];
        let low = outline
            .iter()
            .map(|p| along(*p))
            .fold(f64::NEG_INFINITY, f64::max);
        let high = outline
            .iter()
            .map(|p| along(*p))
            .fold(f64::INFINITY, f64::min);
        if !(low - high > 0.1) {
            return None;
        }
        let top =
            |p: [f64; 2]| self.eave + (self.ridge - self.eave) * (low - along(p)) / (low - high);
        let all: Vec<Vec<[f64; 2]>> = std::iter::once(outline)
            .chain(polygon.interiors().iter().map(corners))
            .collect();
        let mut faces = Vec::new();
        for ring in &all {
            for (a, b) in sides(ring) {
                let wall = vec![
                    [a[0], a[1], self.base],
                    [b[0], b[1], self.base],
                    [b[0], b[1], top(b)],
                    [a[0], a[1], top(a)],
                ];
                faces.push(self.face(FaceRole::Wall, vec![wall]));
            }
        }
        let lifted = |height: &dyn Fn([f64; 2]) -> f64, turned: bool| {
            all.iter()
                .map(|ring| {
                    let mut ring: Vec<[f64; 3]> =
                        ring.iter().map(|p| [p[0], p[1], height(*p)]).collect();
                    if turned {
                        ring.reverse();
                    }
                    ring
                })
                .collect::<Vec<_>>()
        };
        faces.push(self.face(FaceRole::Roof, lifted(&top, false)));
        faces.push(self.face(FaceRole::Ground, lifted(&|_| self.base, true)));
        Some(Shell { solid: true, faces })
    }

    /// Floor and walls up to the eave.
    fn block(&self, outline: &[[f64; 2]]) -> Vec<Face> {
        let floor: Vec<[f64; 3]> = outline
            .iter()
            .rev()
            .map(|p| [p[0], p[1], self.base])
            .collect();
        let mut faces = vec![self.face(FaceRole::Ground, vec![floor])];
        for (a, b) in sides(outline) {
            let wall = vec![
                [a[0], a[1], self.base],
                [b[0], b[1], self.base],
                [b[0], b[1], self.eave],
                [a[0], a[1], self.eave],
            ];
            faces.push(self.face(FaceRole::Wall, vec![wall]));
        }
        faces
    }
}

/// Of a closed ring, the last point not repeated.
fn corners(ring: &geo::LineString<f64>) -> Vec<[f64; 2]> {
    let mut corners: Vec<[f64; 2]> = ring.0.iter().map(|c| [c.x, c.y]).collect();
    corners.pop();
    corners
}

fn sides(corners: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + '_ {
    corners
        .iter()
        .copied()
        .zip(corners.iter().copied().cycle().skip(1))
}

fn dist(a: [f64; 2], b: [f64; 2]) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}
