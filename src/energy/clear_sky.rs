//! Light under a cloudless sky.
//!
//! | model | published in |
//! |---|---|
//! | [`ineichen`] | P. Ineichen, R. Perez, Solar Energy 73 (2002) 151–157, without the enhancement of low suns |
//! | [`haurwitz`] | B. Haurwitz, Journal of Meteorology 2 (1945) 154–166 |
//! | [`simplified_solis`] | P. Ineichen, Solar Energy 82 (2008) 758–762 |
//!
//! Angles in degrees, irradiance in W/m².

/// Global and diffuse on the horizontal, beam on a plane facing the sun, W/m².
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Light {
    pub ghi: f64,
    pub dni: f64,
    pub dhi: f64,
}

/// Linke turbidity of a clean, dry, aerosol-free sky is 1; France lies between 2 and 5.
///
/// `absolute_air_mass` is `None` below the horizon: night.
pub fn ineichen(
    apparent_zenith: f64,
    absolute_air_mass: Option<f64>,
    linke_turbidity: f64,
    altitude_m: f64,
    extraterrestrial: f64,
) -> Light {
    let Some(am) = absolute_air_mass else {
        return Light::default();
    };
    let cos_zenith = apparent_zenith.to_radians().cos().max(0.0);
    if cos_zenith <= 0.0 {
        return Light::default();
    }
    let tl = linke_turbidity;
    let fh1 = (-altitude_m / 8000.0).exp();
    let fh2 = (-altitude_m / 1250.0).exp();
    let cg1 = 5.09e-05 * altitude_m + 0.868;
    let cg2 = 3.92e-05 * altitude_m + 0.0387;
    let passed = (-cg2 * am * (fh1 + fh2 * (tl - 1.0))).exp();
    let ghi = cg1 * extraterrestrial * cos_zenith * passed.max(0.0);
    let b = 0.664 + 0.163 / fh1;
    let beam = extraterrestrial * (b * (-0.09 * am * (tl - 1.0)).exp()).max(0.0);
    let most = (1.0 - (0.1 - 0.2 * (-tl).exp()) / (0.1 + 0.882 / fh1)) / cos_zenith;
    let dni = beam.min(ghi * most.clamp(0.0, 1e20));
    Light {
        ghi,
        dni,
        dhi: ghi - dni * cos_zenith,
    }
}

/// Global light alone, W/m².
pub fn haurwitz(apparent_zenith: f64) -> f64 {
    let cos_zenith = apparent_zenith.to_radians().cos();
    if cos_zenith > 0.0 {
        1098.0 * cos_zenith * (-0.059 / cos_zenith).exp()
    } else {
        0.0
    }
}

/// What simplified Solis asks about the air.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolisAir {
    /// Aerosol optical depth at 700 nm; valid to 0.45.
    pub aod700: f64,
    /// Precipitable water, cm; at least 0.2 is used.
    pub precipitable_water_cm: f64,
    pub pressure_pa: f64,
}

impl Default for SolisAir {
    fn default() -> Self {
        Self {
            aod700: 0.1,
            precipitable_water_cm: 1.0,
            pressure_pa: super::atmosphere::STANDARD_PRESSURE_PA,
        }
    }
}

pub fn simplified_solis(apparent_elevation: f64, air: SolisAir, extraterrestrial: f64) -> Light {
    let aod = air.aod700;
    let w = air.precipitable_water_cm.max(0.2);
    let ln_w = w.ln();
    let ln_p = (air.pressure_pa / super::atmosphere::STANDARD_PRESSURE_PA).ln();
    let i0 = extraterrestrial
        * (0.12 * w.powf(0.56) * aod * aod
            + 0.97 * w.powf(0.032) * aod
            + 1.08 * w.powf(0.0051)
            + 0.071 * ln_p);
    let tau_b = (1.82 + 0.056 * ln_w + 0.0071 * ln_w * ln_w) * aod
        + 0.33
        + 0.045 * ln_w
        + 0.0096 * ln_w * ln_w
        + (0.0089 * w + 0.13) * ln_p;
    let b = (0.00925 * aod * aod + 0.0148 * aod - 0.0172) * ln_w - 0.7565 * aod * aod
        + 0.5057 * aod
        + 0.4557;
    let tau_g = (1.24 + 0.047 * ln_w + 0.0061 * ln_w * ln_w) * aod
        + 0.27
        + 0.043 * ln_w
        + 0.0090 * ln_w * ln_w
        + (0.0079 * w + 0.1) * ln_p;
    let g = -0.0147 * ln_w - 0.3079 * aod * aod + 0.2846 * aod + 0.3798;
    let (t4, t3, t2, t1, t0, tp) = if aod < 0.05 {
        (
            86.0 * w - 13800.0,
            -3.11 * w + 79.4,
            -0.23 * w + 74.8,
            0.092 * w - 8.86,
            0.0042 * w + 3.12,
            -0.83 * (1.0 + aod).powf(-17.2),
        )
    } else {
        (
            -0.21 * w + 11.6,
            0.27 * w - 20.7,
            -0.134 * w + 15.5,
            0.0554 * w - 5.71,
            0.0057 * w + 2.94,
            -0.71 * (1.0 + aod).powf(-15.0),
        )
    };
    let tau_d = t4 * aod.powi(4) + t3 * aod.powi(3) + t2 * aod.powi(2) + t1 * aod + t0 + tp * ln_p;
    let d = -0.337 * aod * aod + 0.63 * aod + 0.116 + ln_p / (18.0 + 152.0 * aod);
    let sine = apparent_elevation.to_radians().sin().max(1e-30);
    Light {
        ghi: i0 * (-tau_g / sine.powf(g)).exp() * sine,
        dni: i0 * (-tau_b / sine.powf(b)).exp(),
        dhi: i0 * (-tau_d / sine.powf(d)).exp(),
    }
}
