//! What the air is like at hub height, from measurements nearer to the ground.
//!
//! Range: flat open country and neutral stability; neither forest edges nor nights with a jet are described by a roughness alone.

/// Standard density, kg/m³.
pub const STANDARD_DENSITY: f64 = 1.225;

/// Logarithmic profile: v·ln((h − d)/z₀)/ln((h_data − d)/z₀) with d = 0.7 × the height of obstacles around.
///
/// `None` where a height lies below the displaced ground.
pub fn logarithmic(
    speed_ms: f64,
    measured_at_m: f64,
    hub_m: f64,
    roughness_m: f64,
    obstacles_m: f64,
) -> Option<f64> {
    let displaced = 0.7 * obstacles_m;
    let (low, high) = (measured_at_m - displaced, hub_m - displaced);
    // At the roughness length itself the profile is zero, and nothing can be scaled from it.
    let sound = roughness_m > 0.0 && low > roughness_m && high > roughness_m;
    let speed = speed_ms * (high / roughness_m).ln() / (low / roughness_m).ln();
    (sound && speed.is_finite()).then_some(speed)
}

/// Power law (Hellman): v·(h/h_data)^α.
pub fn power_law(speed_ms: f64, measured_at_m: f64, hub_m: f64, exponent: f64) -> f64 {
    speed_ms * (hub_m / measured_at_m).powf(exponent)
}

/// The exponent that fits a roughness, 1/ln(h_hub/z₀) (S. Sharp, as windpowerlib uses it).
pub fn exponent_of_roughness(hub_m: f64, roughness_m: f64) -> f64 {
    (hub_m / roughness_m).ln().recip()
}

/// −6.5 K each kilometre.
pub fn temperature_k(measured_k: f64, measured_at_m: f64, hub_m: f64) -> f64 {
    measured_k - 0.0065 * (hub_m - measured_at_m)
}

/// Density by the barometric height equation, kg/m³: the pressure falls by 1/8 hPa a metre.
pub fn density_barometric(pressure_pa: f64, measured_at_m: f64, hub_m: f64, hub_k: f64) -> f64 {
    (pressure_pa / 100.0 - (hub_m - measured_at_m) / 8.0) * STANDARD_DENSITY * 288.15 * 100.0
        / (101_330.0 * hub_k)
}

/// Density of an ideal gas, R_s = 287.058 J/(kg·K).
pub fn density_ideal_gas(pressure_pa: f64, measured_at_m: f64, hub_m: f64, hub_k: f64) -> f64 {
    (pressure_pa / 100.0 - (hub_m - measured_at_m) / 8.0) * 100.0 / (287.058 * hub_k)
}
