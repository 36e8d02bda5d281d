//! The local frame of a place: x east, y north (true north), z up along the ellipsoid's normal.

use super::{Ecef, LonLatH};
use glam::{DMat4, DVec3, DVec4};

/// East, north, up at an origin, metres; both directions of the rigid transform, in f64.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnuFrame {
    pub origin: LonLatH,
    pub ecef_from_enu: DMat4,
    pub enu_from_ecef: DMat4,
}

impl EnuFrame {
    pub fn at(origin: LonLatH) -> Self {
        let (sin_lat, cos_lat) = origin.lat_deg.to_radians().sin_cos();
        let (sin_lon, cos_lon) = origin.lon_deg.to_radians().sin_cos();
        let east = DVec3::new(-sin_lon, cos_lon, 0.0);
        let north = DVec3::new(-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat);
        let up = DVec3::new(cos_lat * cos_lon, cos_lat * sin_lon, sin_lat);
        let Ecef(at) = origin.to_ecef();
        let ecef_from_enu = DMat4::from_cols(
            east.extend(0.0),
            north.extend(0.0),
            up.extend(0.0),
            at.extend(1.0),
        );
        // The transpose of a rotation is its inverse, exactly; a general inverse would lose digits at 6,000 km.
        let enu_from_ecef = DMat4::from_cols(
            DVec4::new(east.x, north.x, up.x, 0.0),
            DVec4::new(east.y, north.y, up.y, 0.0),
            DVec4::new(east.z, north.z, up.z, 0.0),
            DVec4::new(-east.dot(at), -north.dot(at), -up.dot(at), 1.0),
        );
        Self {
            origin,
            ecef_from_enu,
            enu_from_ecef,
        }
    }

    /// A point of the local frame, earth-centred.
    pub fn to_ecef(&self, enu_m: DVec3) -> Ecef {
        Ecef(self.ecef_from_enu.transform_point3(enu_m))
    }

    /// An earth-centred point in the local frame. Subtracts before it rotates, so that a point nearby keeps nanometres.
    pub fn from_ecef(&self, ecef: Ecef) -> DVec3 {
        let at = self.ecef_from_enu.w_axis.truncate();
        self.enu_from_ecef.transform_vector3(ecef.0 - at)
    }
}
