//! Beam and diffuse light from their sum.
//!
//! | model | published in | fitted on |
//! |---|---|---|
//! | [`erbs`] | D. G. Erbs, S. A. Klein, J. A. Duffie, Solar Energy 28 (1982) 293–302 | hours, United States |
//! | [`boland`] | J. Boland, B. Ridley, B. Brown, Environmetrics 12 (2001) 103–116; Renewable Energy 33 (2008) | 15 minutes and hours, Australia |
//! | [`disc`] | E. L. Maxwell, SERI/TR-215-3087 (1987) | hours, United States |
//!
//! Angles in degrees, irradiance in W/m².

use super::atmosphere::{
    STANDARD_PRESSURE_PA, absolute_air_mass, air_mass_kasten1966, extraterrestrial,
    extraterrestrial_with,
};

/// Beam (normal) and diffuse (horizontal) light.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Split {
    /// W/m² on a plane facing the sun.
    pub dni: f64,
    /// W/m² on the horizontal.
    pub dhi: f64,
}

/// Least cosine of the zenith in a clearness index: a low sun would make it anything.
const MIN_COS_ZENITH: f64 = 0.065;
/// Beyond this zenith all light counts as diffuse.
const MAX_ZENITH: f64 = 87.0;

/// Global light as a share of what the top of the atmosphere gets, 0…1.
pub fn clearness_index(ghi: f64, zenith: f64, extraterrestrial: f64) -> f64 {
    (ghi / (extraterrestrial * zenith.to_radians().cos().max(MIN_COS_ZENITH))).clamp(0.0, 1.0)
}

pub fn erbs(ghi: f64, zenith: f64, day_of_year: f64) -> Split {
    let kt = clearness_index(ghi, zenith, extraterrestrial(day_of_year));
    let share = if kt > 0.8 {
        0.165
    } else if kt > 0.22 {
        0.9511 - 0.1604 * kt + 4.388 * kt.powi(2) - 16.638 * kt.powi(3) + 12.336 * kt.powi(4)
    } else {
        1.0 - 0.09 * kt
    };
    split(ghi, zenith, share)
}

/// The two coefficients of Boland's logistic curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BolandFit {
    pub steepness: f64,
    pub middle: f64,
}

impl BolandFit {
    /// For values each 15 minutes; pvlib's default.
    pub const QUARTER_HOURS: Self = Self {
        steepness: 8.645,
        middle: 0.613,
    };
}

pub fn boland(ghi: f64, zenith: f64, day_of_year: f64, fit: BolandFit) -> Split {
    let kt = clearness_index(ghi, zenith, extraterrestrial(day_of_year));
    split(
        ghi,
        zenith,
        1.0 / (1.0 + (fit.steepness * (kt - fit.middle)).exp()),
    )
}

fn split(ghi: f64, zenith: f64, diffuse_share: f64) -> Split {
    let dhi = diffuse_share * ghi;
    let dni = (ghi - dhi) / zenith.to_radians().cos();
    if zenith > MAX_ZENITH || ghi < 0.0 || dni < 0.0 {
        return Split { dni: 0.0, dhi: ghi };
    }
    Split { dni, dhi }
}

/// Beam light, W/m². DISC counts with its own solar constant, 1370 W/m², and its own air mass.
pub fn disc(ghi: f64, zenith: f64, day_of_year: f64, pressure_pa: Option<f64>) -> f64 {
    let top = extraterrestrial_with(day_of_year, 1370.0);
    let kt = clearness_index(ghi, zenith, top);
    let Some(relative) = air_mass_kasten1966(zenith) else {
        return 0.0;
    };
    let am = absolute_air_mass(relative, pressure_pa.unwrap_or(STANDARD_PRESSURE_PA)).min(12.0);
    let (a, b, c) = if kt <= 0.6 {
        (
            0.512 + kt * (-1.56 + kt * (2.286 - 2.222 * kt)),
            0.37 + 0.962 * kt,
            -0.28 + kt * (0.932 - 2.048 * kt),
        )
    } else {
        (
            -5.743 + kt * (21.77 + kt * (-27.49 + 11.56 * kt)),
            41.4 + kt * (-118.5 + kt * (66.05 + 31.9 * kt)),
            -47.01 + kt * (184.2 + kt * (-222.0 + 73.81 * kt)),
        )
    };
    let clear = 0.866 + am * (-0.122 + am * (0.0121 + am * (-0.000653 + 1.4e-05 * am)));
    let dni = (clear - (a + b * (c * am).exp())) * top;
    if zenith > MAX_ZENITH || ghi < 0.0 || dni < 0.0 {
        0.0
    } else {
        dni
    }
}

/// Beam light that closes `ghi = dhi + dni cos z`; 0 where the sun is too low for the quotient to mean anything.
pub fn beam_from_global(ghi: f64, dhi: f64, zenith: f64) -> f64 {
    if zenith > MAX_ZENITH {
        return 0.0;
    }
    ((ghi - dhi) / zenith.to_radians().cos()).max(0.0)
}
