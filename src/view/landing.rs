//! Where the camera comes down when a person goes to a place: near enough to read a house, far enough to see all of a commune.

use super::Camera;

/// From a house to the eye, metres.
pub const HOUSE_M: f64 = 110.0;
/// Something of a certain extent is seen from this many times its extent …
const SPANS: f64 = 1.25;
/// … but no street from farther than this: its middle is what was asked for.
const FARTHEST_M: f64 = 25_000.0;
/// Roofs are seen from above, not from beside and not straight down.
const PITCH_DEG: [f64; 2] = [-55.0, -30.0];

/// The camera over a place (degrees, degrees, metres above the ellipsoid) of so many metres; it keeps looking where it looked.
pub fn landing(camera: &Camera, at: [f64; 3], span_m: f64) -> Camera {
    let span_m = if span_m.is_finite() { span_m.clamp(0.0, FARTHEST_M) } else { 0.0 };
    Camera {
        target: at,
        distance_m: (SPANS * span_m).clamp(HOUSE_M, FARTHEST_M),
        heading_deg: camera.heading_deg,
        pitch_deg: camera.pitch_deg.clamp(PITCH_DEG[0], PITCH_DEG[1]),
    }
}
