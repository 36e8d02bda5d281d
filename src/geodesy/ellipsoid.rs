//! The ellipsoid: geodetic coordinates to earth-centred ones and back.

use glam::DVec3;

/// An ellipsoid of revolution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipsoid {
    /// Semi-major axis, metres.
    pub a_m: f64,
    /// Inverse flattening.
    pub inverse_flattening: f64,
}

/// Longitude (east) and latitude (north), degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    pub lon_deg: f64,
    pub lat_deg: f64,
}

/// Longitude, latitude (degrees) and ellipsoidal height (metres): not an altitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLatH {
    pub lon_deg: f64,
    pub lat_deg: f64,
    pub height_m: f64,
}

/// Earth-centred, earth-fixed coordinates, metres (EPSG:4978).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ecef(pub DVec3);

impl LonLat {
    pub fn new(lon_deg: f64, lat_deg: f64) -> Self {
        Self { lon_deg, lat_deg }
    }

    pub fn at_height(self, height_m: f64) -> LonLatH {
        LonLatH {
            lon_deg: self.lon_deg,
            lat_deg: self.lat_deg,
            height_m,
        }
    }
}

impl LonLatH {
    pub fn new(lon_deg: f64, lat_deg: f64, height_m: f64) -> Self {
        Self {
            lon_deg,
            lat_deg,
            height_m,
        }
    }

    pub fn lonlat(self) -> LonLat {
        LonLat {
            lon_deg: self.lon_deg,
            lat_deg: self.lat_deg,
        }
    }

    /// On the WGS84 ellipsoid.
    pub fn to_ecef(self) -> Ecef {
        Ellipsoid::WGS84.to_ecef(self)
    }
}

impl Ecef {
    /// On the WGS84 ellipsoid. There and back again is within 10 nm from 10 km below to 1,000 km above the ellipsoid.
    pub fn to_lonlath(self) -> LonLatH {
        Ellipsoid::WGS84.to_lonlath(self)
    }
}

impl Ellipsoid {
    pub const WGS84: Self = Self {
        a_m: 6_378_137.0,
        inverse_flattening: 298.257_223_563,
    };
    /// RGF93 and ETRS89; its poles are 0.1 mm from those of WGS84.
    pub const GRS80: Self = Self {
        a_m: 6_378_137.0,
        inverse_flattening: 298.257_222_101,
    };
    /// NTF (EPSG:7011, semi-minor axis 6,356,515.0 m).
    pub const CLARKE_1880_IGN: Self = Self {
        a_m: 6_378_249.2,
        inverse_flattening: 293.466_021_293_626_9,
    };
    /// Hayford 1909 (EPSG:7022).
    pub const INTERNATIONAL_1924: Self = Self {
        a_m: 6_378_388.0,
        inverse_flattening: 297.0,
    };
    /// EPSG:7004.
    pub const BESSEL_1841: Self = Self {
        a_m: 6_377_397.155,
        inverse_flattening: 299.152_812_8,
    };

    /// First eccentricity, squared.
    fn e2(&self) -> f64 {
        let f = 1.0 / self.inverse_flattening;
        f * (2.0 - f)
    }

    /// Closed form.
    pub fn to_ecef(&self, p: LonLatH) -> Ecef {
        let e2 = self.e2();
        let (sin_lat, cos_lat) = p.lat_deg.to_radians().sin_cos();
        let (sin_lon, cos_lon) = p.lon_deg.to_radians().sin_cos();
        let n = self.a_m / (1.0 - e2 * sin_lat * sin_lat).sqrt();
        let r = (n + p.height_m) * cos_lat;
        Ecef(DVec3::new(
            r * cos_lon,
            r * sin_lon,
            (n * (1.0 - e2) + p.height_m) * sin_lat,
        ))
    }

    /// Bowring's formula (Survey Review 23, 1976), repeated until the reduced latitude stands still.
    ///
    /// One round is enough near the ground; three make it hold up to satellites. Within about 43 km of the earth's centre no geodetic latitude exists and the answer means nothing, but is finite.
    pub fn to_lonlath(&self, ecef: Ecef) -> LonLatH {
        let Ecef(v) = ecef;
        let e2 = self.e2();
        let flat = 1.0 - 1.0 / self.inverse_flattening;
        let b = self.a_m * flat;
        let second_e2 = e2 / (1.0 - e2);
        let p = v.x.hypot(v.y);
        let (mut sin_reduced, mut cos_reduced) = unit(v.z, flat * p);
        let (mut sin_lat, mut cos_lat) = (0.0, 1.0);
        for _ in 0..3 {
            (sin_lat, cos_lat) = unit(
                v.z + second_e2 * b * sin_reduced.powi(3),
                (p - e2 * self.a_m * cos_reduced.powi(3)).max(0.0),
            );
            (sin_reduced, cos_reduced) = unit(flat * sin_lat, cos_lat);
        }
        // This form of the height is as good at the poles as at the equator, unlike p / cos(lat) - N.
        let height_m =
            p * cos_lat + v.z * sin_lat - self.a_m * (1.0 - e2 * sin_lat * sin_lat).sqrt();
        LonLatH {
            lon_deg: v.y.atan2(v.x).to_degrees(),
            lat_deg: sin_lat.atan2(cos_lat).to_degrees(),
            height_m,
        }
    }
}

/// `(sin, cos)` of the angle whose tangent is `y / x`.
fn unit(y: f64, x: f64) -> (f64, f64) {
    let length = x.hypot(y);
    if length == 0.0 {
        (0.0, 1.0)
    } else {
        (y / length, x / length)
    }
}
