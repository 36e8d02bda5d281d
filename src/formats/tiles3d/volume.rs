//! Bounding volumes in f64.

use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// Where a tile's content lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub enum BoundingVolume {
    /// Centre, then the half axes x, y and z; metres in the tile's frame.
    Box([f64; 12]),
    /// West, south, east, north (radians, EPSG:4979), lowest and highest ellipsoidal height (metres); no transform applies to it.
    Region([f64; 6]),
    /// Centre and radius; metres in the tile's frame.
    Sphere([f64; 4]),
}

/// The JSON: an object with one of three keys.
#[derive(Serialize, Deserialize)]
struct Raw {
    #[serde(rename = "box", default, skip_serializing_if = "Option::is_none")]
    a_box: Option<[f64; 12]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<[f64; 6]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sphere: Option<[f64; 4]>,
}

impl TryFrom<Raw> for BoundingVolume {
    type Error = &'static str;

    fn try_from(raw: Raw) -> Result<Self, Self::Error> {
        // A volume may be given in several forms; the region needs no transform, the box is the tightest of the others.
        if let Some(region) = raw.region {
            Ok(Self::Region(region))
        } else if let Some(a_box) = raw.a_box {
            Ok(Self::Box(a_box))
        } else if let Some(sphere) = raw.sphere {
            Ok(Self::Sphere(sphere))
        } else {
            Err("a bounding volume needs a box, a region or a sphere")
        }
    }
}

impl From<BoundingVolume> for Raw {
    fn from(volume: BoundingVolume) -> Self {
        let mut raw = Self {
            a_box: None,
            region: None,
            sphere: None,
        };
        match volume {
            BoundingVolume::Box(a_box) => raw.a_box = Some(a_box),
            BoundingVolume::Region(region) => raw.region = Some(region),
            BoundingVolume::Sphere(sphere) => raw.sphere = Some(sphere),
        }
        raw
    }
}

impl BoundingVolume {
    /// Stands for a volume that a document lacks or spells wrong; [`Self::is_sound`] is false.
    pub const UNSOUND: Self = Self::Sphere([f64::NAN; 4]);

    /// The volume of an implicit tile of a quadtree inside this one, the root's.
    pub fn quadtree_tile(&self, coord: super::TileCoord) -> Option<Self> {
        self.implicit_tile(coord.into())
    }

    /// The volume of an implicit tile inside this one, the root's.
    ///
    /// Computed from the root and not step by step, so that neighbours share their edges exactly.
    /// A region is halved in longitude and latitude, a box along its x and y half axes; an octree halves heights and z too.
    /// `None` for a sphere, which cannot be divided, and for a coordinate outside its level.
    pub fn implicit_tile(&self, coord: super::CellCoord) -> Option<Self> {
        if !coord.is_valid() {
            return None;
        }
        let tiles = f64::from(coord.level).exp2();
        let [(x0, x1), (y0, y1), (z0, z1)] = coord.at.map(|at| (f64::from(at) / tiles, f64::from(at + 1) / tiles));
        let deep = coord.scheme == super::Subdivision::Octree;
        match *self {
            Self::Region([west, south, east, north, low, high]) => {
                // A region may cross the antimeridian: then its west is east of its east.
                let width = if east < west {
                    east - west + TAU
                } else {
                    east - west
                };
                let lon = |share: f64| {
                    let lon = west + width * share;
                    if lon > std::f64::consts::PI {
                        lon - TAU
                    } else {
                        lon
                    }
                };
                // The last edge is the root's own, whatever rounding says.
                let part = |from: f64, to: f64, share: f64| if share == 1.0 { to } else { from + (to - from) * share };
                let (bottom, top) = if deep { (part(low, high, z0), part(low, high, z1)) } else { (low, high) };
                Some(Self::Region([
                    lon(x0),
                    part(south, north, y0),
                    if x1 == 1.0 { east } else { lon(x1) },
                    part(south, north, y1),
                    bottom,
                    top,
                ]))
            }
            Self::Box(b) => {
                let mut tile = b;
                let cz = if deep { z0 + z1 - 1.0 } else { 0.0 };
                let (cx, cy) = (x0 + x1 - 1.0, y0 + y1 - 1.0);
                for axis in 0..3 {
                    tile[axis] = b[axis] + b[3 + axis] * cx + b[6 + axis] * cy + b[9 + axis] * cz;
                    tile[3 + axis] = b[3 + axis] / tiles;
                    tile[6 + axis] = b[6 + axis] / tiles;
                    tile[9 + axis] = if deep { b[9 + axis] / tiles } else { b[9 + axis] };
                }
                Some(Self::Box(tile))
            }
            Self::Sphere(_) => None,
        }
    }

    /// The eight corners of a box; `None` for the others.
    pub fn box_corners(&self) -> Option<[[f64; 3]; 8]> {
        let Self::Box(b) = self else { return None };
        let mut corners = [[0.0; 3]; 8];
        for (number, corner) in corners.iter_mut().enumerate() {
            let sign = |bit: usize| if number >> bit & 1 == 1 { 1.0 } else { -1.0 };
            for (axis, slot) in corner.iter_mut().enumerate() {
                *slot =
                    b[axis] + sign(0) * b[3 + axis] + sign(1) * b[6 + axis] + sign(2) * b[9 + axis];
            }
        }
        Some(corners)
    }

    /// True when all numbers are finite, radii not negative and a region's edges in range and order.
    pub fn is_sound(&self) -> bool {
        use std::f64::consts::{FRAC_PI_2, PI};
        // Files round π to their own number of digits.
        let slack = 1e-6;
        match self {
            Self::Box(b) => b.iter().all(|x| x.is_finite()),
            Self::Sphere(s) => s.iter().all(|x| x.is_finite()) && s[3] >= 0.0,
            Self::Region([west, south, east, north, low, high]) => {
                [west, east].iter().all(|x| x.abs() <= PI + slack)
                    && [south, north].iter().all(|x| x.abs() <= FRAC_PI_2 + slack)
                    && south <= north
                    && low <= high
                    && low.is_finite()
                    && high.is_finite()
            }
        }
    }
}
