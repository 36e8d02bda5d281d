//! What lies between the sun and the ground: sunlight outside the atmosphere, air mass, pressure.
//!
//! Angles in degrees, irradiance in W/m², pressure in Pa, altitude in metres. Citations and constants as in pvlib 0.16.1, against which the tests hold every function.

/// The solar constant that Spencer's series is used with, W/m².
pub const SOLAR_CONSTANT: f64 = 1366.1;
/// The pressure that air masses refer to, Pa.
pub const STANDARD_PRESSURE_PA: f64 = 101_325.0;

/// Sunlight on a plane facing the sun outside the atmosphere, W/m²: J. W. Spencer, Search 2 (1971) 172, times `solar_constant`.
///
/// `day_of_year` counts from 1.
pub fn extraterrestrial_with(day_of_year: f64, solar_constant: f64) -> f64 {
    let b = 2.0 * std::f64::consts::PI / 365.0 * (day_of_year - 1.0);
    solar_constant
        * (1.00011
            + 0.034221 * b.cos()
            + 0.00128 * b.sin()
            + 0.000719 * (2.0 * b).cos()
            + 7.7e-05 * (2.0 * b).sin())
}

/// [`extraterrestrial_with`] the solar constant of 1366.1 W/m².
pub fn extraterrestrial(day_of_year: f64) -> f64 {
    extraterrestrial_with(day_of_year, SOLAR_CONSTANT)
}

/// Relative air mass: F. Kasten and A. T. Young, Applied Optics 28 (1989) 4735–4738, of the *apparent* zenith. `None` below the horizon.
pub fn air_mass(apparent_zenith: f64) -> Option<f64> {
    (apparent_zenith <= 90.0).then(|| {
        1.0 / (apparent_zenith.to_radians().cos()
            + 0.50572 * (6.07995 + (90.0 - apparent_zenith)).powf(-1.6364))
    })
}

/// Relative air mass of F. Kasten (1966), which DISC was fitted with. `None` below the horizon.
pub fn air_mass_kasten1966(zenith: f64) -> Option<f64> {
    (zenith <= 90.0)
        .then(|| 1.0 / (zenith.to_radians().cos() + 0.15 * (93.885 - zenith).powf(-1.253)))
}

/// Air mass that counts the air really above the place.
pub fn absolute_air_mass(relative: f64, pressure_pa: f64) -> f64 {
    relative * pressure_pa / STANDARD_PRESSURE_PA
}

/// Pressure of the standard atmosphere, Pa; altitudes are held within -1,000…20,000 m, where the formula is one.
pub fn pressure_pa(altitude_m: f64) -> f64 {
    let altitude_m = altitude_m.clamp(-1_000.0, 20_000.0);
    100.0 * ((44_331.514 - altitude_m) / 11_880.516).powf(1.0 / 0.1902632)
}
