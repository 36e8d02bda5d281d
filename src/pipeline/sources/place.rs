//! From a source's system to the territory's.

use crate::formats::shape::Shape;
use crate::geodesy::{Crs, GeodesyFault, LonLat, Vertical};

/// Coordinates beyond this are no place on the earth in any system, metres.
const FARTHEST: f64 = 1e8;

/// Brings positions from one system to another.
pub struct Placer {
    from: Crs,
    to: Crs,
}

impl Placer {
    pub fn between(from: Crs, to: Crs) -> Self {
        Self { from, to }
    }

    pub fn is_identity(&self) -> bool {
        self.from.code() == self.to.code()
    }

    /// The vertical system that the source states; a system of three dimensions counts from the ellipsoid.
    pub fn vertical(&self) -> Option<Vertical> {
        self.from.vertical_system()
    }

    /// Code of the source's system.
    pub fn from_code(&self) -> &str {
        self.from.code()
    }

    /// Where a point of the target system is on the earth.
    pub fn target_lonlat(&self, [x, y]: [f64; 2]) -> Option<LonLat> {
        self.to.to_lonlat(x, y).ok()
    }

    /// Code of the territory's system.
    pub fn target_code(&self) -> &str {
        self.to.code()
    }

    /// A point of the target system as text, when it is nowhere the system is made for.
    pub fn outside(&self, [x, y]: [f64; 2]) -> Option<String> {
        let [west, south, east, north] = self.to.area_of_use();
        let inside = self.target_lonlat([x, y]).is_some_and(|at| (west..=east).contains(&at.lon_deg) && (south..=north).contains(&at.lat_deg));
        (!inside).then(|| format!("{x} {y}"))
    }

    /// # Errors
    /// Where the point does not exist in one of the systems.
    pub fn point(&self, x: f64, y: f64) -> Result<[f64; 2], GeodesyFault> {
        if !(x.is_finite() && y.is_finite()) {
            return Err(GeodesyFault::NotFinite);
        }
        if x.abs() > FARTHEST || y.abs() > FARTHEST {
            return Err(GeodesyFault::OutsideProjection {
                crs: self.from.code().to_owned(),
                x,
                y,
            });
        }
        if self.is_identity() {
            return Ok([x, y]);
        }
        self.to.from_lonlat(self.from.to_lonlat(x, y)?)
    }

    /// Moves a whole shape; its altitudes stay, they are in the vertical system.
    ///
    /// # Errors
    /// The first point that cannot be placed.
    pub fn shape(&self, shape: &mut Shape) -> Result<(), GeodesyFault> {
        shape.try_map(&mut |position: &mut [f64; 3]| {
            let [x, y] = self.point(position[0], position[1])?;
            position[0] = x;
            position[1] = y;
            Ok(())
        })
    }

    /// The way back, for resampling rasters.
    ///
    /// # Errors
    /// Where the point does not exist in one of the systems.
    pub fn back(&self, x: f64, y: f64) -> Result<[f64; 2], GeodesyFault> {
        if self.is_identity() {
            return Ok([x, y]);
        }
        self.from.from_lonlat(self.to.to_lonlat(x, y)?)
    }
}
