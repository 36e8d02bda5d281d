//! A profile times a year's energy, and the part that follows the cold.
//!
//! The convention is that of Enedis' "coefficients des profils": power = annual energy / hours of the year × coefficient. Its coefficients are data to be loaded; [`half_hours`] are our own, from [`crate::energy::demand`].

use super::steps::{Steps, energy_kwh, halved};
use super::{LoadFault, same_length, within};
use crate::base::Clock;
use crate::energy::demand::{self, DemandClass};

/// Above this outside temperature French buildings are not heated: the threshold of the grid operators' degree days.
pub const HEATING_BELOW_C: f64 = 15.0;

/// Our half-hourly coefficients of a year, mean 1; empty for years no calendar knows.
pub fn half_hours(class: DemandClass, year: i16, clock: Clock) -> Vec<f64> {
    let hours: Vec<f64> = demand::profile(class, year, clock)
        .into_iter()
        .map(f64::from)
        .collect();
    halved(&hours)
}

/// Powers whose energy is exactly `energy_kwh`, kW.
///
/// # Errors
/// A [`LoadFault`] when a coefficient is negative or no number, or all are zero.
pub fn spread(energy: f64, coefficients: &[f64], step_h: f64) -> Result<Vec<f64>, LoadFault> {
    within("coefficient", coefficients, 0.0..=f64::MAX)?;
    within("energy", &[energy], f64::MIN..=f64::MAX)?;
    let sum = energy_kwh(coefficients, step_h);
    if !(sum > 0.0 && sum.is_finite()) {
        return Err(LoadFault::Empty("the profile"));
    }
    let scale = energy / sum;
    Ok(coefficients.iter().map(|c| c * scale).collect())
}

/// As the grid operator reads coefficients: annual energy over the hours of its year, times the coefficient; a part of a year has a part of the energy.
///
/// # Errors
/// As [`spread`].
pub fn by_mean_power(
    annual_kwh: f64,
    hours_of_year: f64,
    coefficients: &[f64],
) -> Result<Vec<f64>, LoadFault> {
    within("coefficient", coefficients, 0.0..=f64::MAX)?;
    within("hours of the year", &[hours_of_year], 8760.0..=8784.0)?;
    within("energy", &[annual_kwh], f64::MIN..=f64::MAX)?;
    let mean_kw = annual_kwh / hours_of_year;
    Ok(coefficients.iter().map(|c| c * mean_kw).collect())
}

/// kW more for each kelvin below the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gradient {
    pub kw_per_k: f64,
    pub threshold_c: f64,
}

impl Gradient {
    /// The gradient of a consumption of which `share` followed the cold in these temperatures.
    ///
    /// # Errors
    /// A [`LoadFault`] when it was never cold, or a value is impossible.
    pub fn of_share(
        annual_kwh: f64,
        share: f64,
        air_c: &[f64],
        step_h: f64,
        threshold_c: f64,
    ) -> Result<Self, LoadFault> {
        within("share", &[share], 0.0..=1.0)?;
        within("annual energy", &[annual_kwh], 0.0..=f64::MAX)?;
        within("temperature", air_c, -90.0..=70.0)?;
        let kelvin_hours: f64 = air_c
            .iter()
            .map(|c| (threshold_c - c).max(0.0))
            .sum::<f64>()
            * step_h;
        let heat_kwh = annual_kwh * share;
        if kelvin_hours <= 0.0 && heat_kwh > 0.0 {
            return Err(LoadFault::Empty("the cold"));
        }
        Ok(Self {
            kw_per_k: if heat_kwh > 0.0 {
                heat_kwh / kelvin_hours
            } else {
                0.0
            },
            threshold_c,
        })
    }

    pub fn power_kw(&self, air_c: f64) -> f64 {
        self.kw_per_k * (self.threshold_c - air_c).max(0.0)
    }
}

/// What does not follow the cold, plus what does.
///
/// # Errors
/// A [`LoadFault`] when lengths differ or a temperature is impossible.
pub fn with_cold(
    base_kw: &[f64],
    air_c: &[f64],
    gradient: &Gradient,
) -> Result<Vec<f64>, LoadFault> {
    same_length("temperature", air_c.len(), base_kw.len())?;
    within("temperature", air_c, -90.0..=70.0)?;
    let both = base_kw.iter().zip(air_c);
    Ok(both.map(|(kw, c)| kw + gradient.power_kw(*c)).collect())
}

/// A customer in a given year: a profile without cold, and a gradient found in a normal year. In that normal year the energy is exactly the annual one; a colder year takes more.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    pub annual_kwh: f64,
    pub thermosensitive_share: f64,
    pub threshold_c: f64,
}

impl Customer {
    /// # Errors
    /// A [`LoadFault`] with what is impossible.
    pub fn power_kw(
        &self,
        coefficients: &[f64],
        steps: &Steps,
        normal_c: &[f64],
        actual_c: &[f64],
    ) -> Result<Vec<f64>, LoadFault> {
        same_length("coefficients", coefficients.len(), steps.count)?;
        same_length("normal temperature", normal_c.len(), steps.count)?;
        let gradient = Gradient::of_share(
            self.annual_kwh,
            self.thermosensitive_share,
            normal_c,
            steps.step_h(),
            self.threshold_c,
        )?;
        let base = spread(
            self.annual_kwh * (1.0 - self.thermosensitive_share),
            coefficients,
            steps.step_h(),
        )?;
        with_cold(&base, actual_c, &gradient)
    }
}
