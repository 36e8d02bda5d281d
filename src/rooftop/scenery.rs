//! What stands around a roof, for the drawings of its dossier: from the files of a territory or from what a viewer holds of it.

use crate::energy::shading::bvh::Bvh;
use crate::geodesy::{EnuFrame, LonLatH};
use glam::DVec3;
use std::collections::BTreeMap;

/// Corners in the local frame, metres: x east, y true north, z up.
pub type Triangle = [[f64; 3]; 3];

/// Eyes of a person in the street.
const EYES_M: f64 = 1.6;
/// One viewpoint on a street for so many metres, and most of them.
const EVERY_M: f64 = 15.0;
const MOST_VIEWPOINTS: usize = 300;

/// The surroundings of a roof.
#[derive(Clone, Debug)]
pub struct Scenery {
    pub frame: EnuFrame,
    /// By building id.
    pub buildings: BTreeMap<String, Vec<Triangle>>,
    pub ground: Vec<Triangle>,
    pub trees: Vec<Triangle>,
    /// Middle lines of the streets; or their surfaces, where only those are known.
    pub streets: Vec<Vec<[f64; 2]>>,
    pub paving: Vec<[[f64; 2]; 3]>,
    pub parcels: Vec<Vec<[f64; 2]>>,
}

impl Scenery {
    pub fn new(frame: EnuFrame) -> Self {
        Self { frame, buildings: BTreeMap::new(), ground: Vec::new(), trees: Vec::new(), streets: Vec::new(), paving: Vec::new(), parcels: Vec::new() }
    }

    /// Longitude and latitude, degrees, and ellipsoidal height of a local point.
    pub fn lonlat(&self, point: [f64; 3]) -> LonLatH {
        self.frame.to_ecef(DVec3::from_array(point)).to_lonlath()
    }

    /// Lines that people walk along; a piece of a surface is a place on it.
    pub fn walks(&self) -> Vec<Vec<[f64; 2]>> {
        let middle = |[a, b, c]: &[[f64; 2]; 3]| vec![[0, 1].map(|axis: usize| (a[axis] + b[axis] + c[axis]) / 3.0); 2];
        self.streets.iter().cloned().chain(self.paving.iter().map(middle)).collect()
    }
}

/// `[west, south, east, north]` of triangles.
pub fn bounds<'t>(triangles: impl Iterator<Item = &'t Triangle>) -> [f64; 4] {
    triangles.flatten().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])])
}

/// Large triangles may lie across a circle without a corner in it.
pub fn wide(triangle: &Triangle, middle: [f64; 2], reach: f64) -> bool {
    let span = |axis: usize| {
        let values = triangle.map(|p| p[axis]);
        (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    };
    (0..2).all(|axis| {
        let (low, high) = span(axis);
        low <= middle[axis] + reach && high >= middle[axis] - reach
    })
}

/// Height of the ground at a place.
pub fn foot(ground: &Bvh, at: [f64; 2]) -> Option<f64> {
    const HIGH_M: f64 = 9_000.0;
    ground.first_hit([at[0], at[1], HIGH_M], [0.0, 0.0, -1.0], 0.0, 2.0 * HIGH_M).map(|down| HIGH_M - down)
}

/// Eyes of people in the streets, the nearest to a roof first.
pub fn viewpoints(streets: &[Vec<[f64; 2]>], roof: [f64; 3], ground: &Bvh) -> Vec<[f64; 3]> {
    let mut places: Vec<[f64; 2]> = Vec::new();
    for street in streets {
        let mut left = 0.0;
        for side in street.windows(2) {
            let ([ax, ay], [bx, by]) = (side[0], side[1]);
            let length = (bx - ax).hypot(by - ay);
            while left <= length && places.len() < 100 * MOST_VIEWPOINTS {
                let part = if length > 0.0 { left / length } else { 0.0 };
                places.push([ax + part * (bx - ax), ay + part * (by - ay)]);
                left += EVERY_M;
            }
            left -= length;
        }
    }
    let far = |p: &[f64; 2]| (p[0] - roof[0]).hypot(p[1] - roof[1]);
    places.sort_by(|a, b| far(a).total_cmp(&far(b)));
    places.truncate(MOST_VIEWPOINTS);
    places.into_iter().filter_map(|p| Some([p[0], p[1], foot(ground, p)? + EYES_M])).collect()
}

