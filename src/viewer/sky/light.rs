//! Light and sky of a moment, from the sun's elevation alone. Pure.
//!
//! Colours are linear RGB. They are chosen by eye for a calm map (no photometric claim): noon stays below white on light roofs, night stays readable.

use glam::Vec3;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Light {
    /// Strength of the direct light, 0 below the horizon.
    pub sun: f32,
    pub sun_colour: Vec3,
    pub sky_light: Vec3,
    pub ground_light: Vec3,
    pub zenith: Vec3,
    pub haze: Vec3,
    /// Glow around the sun.
    pub glow: f32,
}

struct Stop {
    elevation_deg: f32,
    light: Light,
}

const fn rgb(r: f32, g: f32, b: f32) -> Vec3 {
    Vec3::new(r, g, b)
}

/// From deep night to high sun; between two stops everything is mixed.
const STOPS: [Stop; 7] = [
    Stop {
        elevation_deg: -14.0,
        light: Light {
            sun: 0.0,
            sun_colour: rgb(0.2, 0.22, 0.3),
            sky_light: rgb(0.070, 0.088, 0.145),
            ground_light: rgb(0.040, 0.044, 0.065),
            zenith: rgb(0.010, 0.016, 0.040),
            haze: rgb(0.030, 0.042, 0.075),
            glow: 0.0,
        },
    },
    Stop {
        elevation_deg: -6.0,
        light: Light {
            sun: 0.0,
            sun_colour: rgb(0.9, 0.45, 0.3),
            sky_light: rgb(0.150, 0.175, 0.270),
            ground_light: rgb(0.080, 0.080, 0.105),
            zenith: rgb(0.045, 0.080, 0.190),
            haze: rgb(0.260, 0.215, 0.245),
            glow: 0.25,
        },
    },
    Stop {
        elevation_deg: -0.5,
        light: Light {
            sun: 0.0,
            sun_colour: rgb(1.0, 0.46, 0.22),
            sky_light: rgb(0.300, 0.310, 0.400),
            ground_light: rgb(0.165, 0.150, 0.160),
            zenith: rgb(0.120, 0.205, 0.400),
            haze: rgb(0.640, 0.440, 0.360),
            glow: 0.5,
        },
    },
    Stop {
        elevation_deg: 4.0,
        light: Light {
            sun: 0.85,
            sun_colour: rgb(0.814, 0.459, 0.237),
            sky_light: rgb(0.304, 0.320, 0.384),
            ground_light: rgb(0.184, 0.168, 0.160),
            zenith: rgb(0.165, 0.300, 0.560),
            haze: rgb(0.760, 0.600, 0.470),
            glow: 0.42,
        },
    },
    Stop {
        elevation_deg: 12.0,
        light: Light {
            sun: 1.0,
            sun_colour: rgb(0.851, 0.636, 0.429),
            sky_light: rgb(0.344, 0.376, 0.448),
            ground_light: rgb(0.232, 0.220, 0.204),
            zenith: rgb(0.190, 0.360, 0.660),
            haze: rgb(0.750, 0.730, 0.690),
            glow: 0.4,
        },
    },
    Stop {
        elevation_deg: 28.0,
        light: Light {
            sun: 1.0,
            sun_colour: rgb(0.784, 0.703, 0.592),
            sky_light: rgb(0.360, 0.400, 0.472),
            ground_light: rgb(0.256, 0.248, 0.232),
            zenith: rgb(0.210, 0.400, 0.720),
            haze: rgb(0.730, 0.790, 0.830),
            glow: 0.22,
        },
    },
    Stop {
        elevation_deg: 60.0,
        light: Light {
            sun: 1.0,
            sun_colour: rgb(0.725, 0.688, 0.622),
            sky_light: rgb(0.360, 0.400, 0.472),
            ground_light: rgb(0.264, 0.260, 0.244),
            zenith: rgb(0.200, 0.400, 0.740),
            haze: rgb(0.720, 0.800, 0.860),
            glow: 0.15,
        },
    },
];

/// The light at a solar elevation in degrees.
pub fn light(elevation_deg: f32) -> Light {
    let last = STOPS.len() - 1;
    let upper = STOPS
        .iter()
        .position(|stop| stop.elevation_deg > elevation_deg)
        .unwrap_or(last)
        .max(1);
    let (a, b) = (&STOPS[upper - 1], &STOPS[upper]);
    let t = ((elevation_deg - a.elevation_deg) / (b.elevation_deg - a.elevation_deg)).clamp(0.0, 1.0);
    let (a, b) = (&a.light, &b.light);
    Light {
        sun: a.sun + (b.sun - a.sun) * t,
        sun_colour: a.sun_colour.lerp(b.sun_colour, t),
        sky_light: a.sky_light.lerp(b.sky_light, t),
        ground_light: a.ground_light.lerp(b.ground_light, t),
        zenith: a.zenith.lerp(b.zenith, t),
        haze: a.haze.lerp(b.haze, t),
        glow: a.glow + (b.glow - a.glow) * t,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_never_jumps_and_night_has_no_sun() {
        let mut before = light(-30.0);
        assert_eq!(before.sun, 0.0);
        for tenth in -300..900 {
            let now = light(tenth as f32 / 10.0);
            assert!((now.sky_light - before.sky_light).length() < 0.02, "{tenth}");
            assert!((now.sun - before.sun).abs() < 0.03, "{tenth}");
            before = now;
        }
    }

    #[test]
    fn a_light_roof_at_noon_stays_below_white() {
        let noon = light(66.0);
        let roof = Vec3::splat(0.85) * (noon.sky_light + noon.sun_colour * 0.92);
        assert!(roof.max_element() < 1.0, "{roof}");
    }
}
