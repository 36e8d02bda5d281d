//! Distances along the ellipsoid, and places so many metres away: the shortest way (Karney 2013, by GeographicLib), on WGS84.
//!
//! GRS80's ellipsoid is a tenth of a millimetre flatter at the pole: no distance in a territory differs by a micrometre.

use geo::{Bearing, Destination, Distance, Geodesic, Point};

/// Between two places in degrees, metres.
pub fn distance_m(from: [f64; 2], to: [f64; 2]) -> f64 {
    Geodesic.distance(point(from), point(to))
}

/// How far to the east and to the north a place is from another, metres: the length of the shortest way, in the direction in which it leaves.
pub fn east_north_m(from: [f64; 2], to: [f64; 2]) -> [f64; 2] {
    if from == to {
        return [0.0; 2];
    }
    let (sin, cos) = Geodesic.bearing(point(from), point(to)).to_radians().sin_cos();
    let distance_m = distance_m(from, to);
    [distance_m * sin, distance_m * cos]
}

/// The place so far to the east and to the north.
pub fn moved(from: [f64; 2], [east_m, north_m]: [f64; 2]) -> [f64; 2] {
    let place = Geodesic.destination(point(from), east_m.atan2(north_m).to_degrees(), east_m.hypot(north_m));
    [place.x(), place.y()]
}

fn point([lon, lat]: [f64; 2]) -> Point<f64> {
    Point::new(lon, lat)
}
