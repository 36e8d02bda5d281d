//! Energy of a series of weather.

use super::curve::PowerCurve;
use super::profile;

/// How the speed grows with height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Profile {
    /// By the roughness of the ground; metres of obstacles around.
    Logarithmic { obstacles_m: f64 },
    /// By an exponent, or the one that fits the roughness.
    PowerLaw { exponent: Option<f64> },
}

/// Weather of one step; a height goes with each measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weather {
    pub speed_ms: f64,
    pub speed_at_m: f64,
    pub roughness_m: f64,
    /// For the density; standard air where absent.
    pub air: Option<Air>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Air {
    pub temperature_k: f64,
    pub temperature_at_m: f64,
    pub pressure_pa: f64,
    pub pressure_at_m: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conversion<'a> {
    pub curve: &'a PowerCurve,
    pub hub_m: f64,
    pub profile: Profile,
    /// Corrects the curve for the density of the air.
    pub density_correction: bool,
    /// Share of time that the turbine runs, and what cables and wakes leave, 0…1.
    pub availability: f64,
}

impl Conversion<'_> {
    /// Speed at hub height, m/s; `None` where the profile has no answer.
    pub fn hub_speed_ms(&self, weather: &Weather) -> Option<f64> {
        if weather.speed_at_m == self.hub_m {
            return Some(weather.speed_ms);
        }
        let speed = match self.profile {
            Profile::Logarithmic { obstacles_m } => profile::logarithmic(
                weather.speed_ms,
                weather.speed_at_m,
                self.hub_m,
                weather.roughness_m,
                obstacles_m,
            )?,
            Profile::PowerLaw { exponent } => {
                let exponent = exponent.unwrap_or_else(|| {
                    profile::exponent_of_roughness(self.hub_m, weather.roughness_m)
                });
                profile::power_law(weather.speed_ms, weather.speed_at_m, self.hub_m, exponent)
            }
        };
        speed.is_finite().then_some(speed)
    }

    /// Mean power of a step, kW; `None` without a speed.
    pub fn power_kw(&self, weather: &Weather) -> Option<f64> {
        let speed = self.hub_speed_ms(weather)?;
        let power = match weather.air.filter(|_| self.density_correction) {
            None => self.curve.at(speed),
            Some(air) => {
                let hub_k = if air.temperature_at_m == self.hub_m {
                    air.temperature_k
                } else {
                    profile::temperature_k(air.temperature_k, air.temperature_at_m, self.hub_m)
                };
                let density = profile::density_barometric(
                    air.pressure_pa,
                    air.pressure_at_m,
                    self.hub_m,
                    hub_k,
                );
                if !(density > 0.0) {
                    return None;
                }
                self.curve.at_density(speed, density)
            }
        };
        Some(power * self.availability)
    }
}
