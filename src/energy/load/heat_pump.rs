//! Heat, and what a heat pump draws for it.
//!
//! Heat follows the cold outside. The coefficient of performance falls with the lift ΔT from the source to the water of the heating:
//!
//! | source | COP at ΔT in kelvin |
//! |---|---|
//! | air | 6.08 − 0.09·ΔT + 0.0005·ΔT² |
//! | ground | 10.29 − 0.21·ΔT + 0.0012·ΔT² |
//! | ground water | 9.97 − 0.20·ΔT + 0.0012·ΔT² |
//!
//! (O. Ruhnau, L. Hirth, A. Praktiknjo, "Time series of heat demand and heat pump efficiency for energy system modeling", Scientific Data 6:189, 2019: regressions on makers' data, ΔT at least 15 K, times 0.85 for what happens in real houses.)
//! Radiators want 40 °C − T, floors 30 °C − 0.5·T, T the outside temperature in °C; hot water 50 °C.

use super::{LoadFault, same_length, within};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Air,
    Ground,
    GroundWater,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    Radiators,
    Floor,
    HotWater,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatPump {
    pub source: Source,
    pub sink: Sink,
    /// Of real houses against makers' data.
    pub correction: f64,
    /// Heat it gives at most, kW; a resistance gives the rest. Infinite where it was sized for the coldest day.
    pub heat_kw: f64,
}

impl HeatPump {
    pub fn new(source: Source, sink: Sink) -> Self {
        Self {
            source,
            sink,
            correction: 0.85,
            heat_kw: f64::INFINITY,
        }
    }

    /// Heat for each unit of electricity; at least 1.
    ///
    /// `ground_c` matters for ground and ground water: brine is 5 K colder than the ground, water as it is.
    pub fn cop(&self, air_c: f64, ground_c: f64) -> f64 {
        let sink_c = match self.sink {
            Sink::Radiators => 40.0 - air_c,
            Sink::Floor => 30.0 - 0.5 * air_c,
            Sink::HotWater => 50.0,
        };
        let (source_c, [a, b, c]) = match self.source {
            Source::Air => (air_c, [6.08, -0.09, 0.0005]),
            Source::Ground => (ground_c - 5.0, [10.29, -0.21, 0.0012]),
            Source::GroundWater => (ground_c, [9.97, -0.20, 0.0012]),
        };
        // The parabolas rise again beyond their lowest point, which no machine does.
        let lift = (sink_c - source_c).clamp(15.0, -b / (2.0 * c));
        (self.correction * (a + b * lift + c * lift * lift)).max(1.0)
    }

    /// Electricity for a heat, kW.
    pub fn power_kw(&self, heat_kw: f64, air_c: f64, ground_c: f64) -> f64 {
        let pumped = heat_kw.min(self.heat_kw);
        pumped / self.cop(air_c, ground_c) + (heat_kw - pumped)
    }
}

/// Heat of a building over a series of temperatures: `energy_kwh` altogether, by the cold of each step and a shape of habits (empty: none), kW.
///
/// # Errors
/// A [`LoadFault`] when it is never cold or a value is impossible.
pub fn heat_kw(
    energy_kwh: f64,
    air_c: &[f64],
    threshold_c: f64,
    habits: &[f64],
    step_h: f64,
) -> Result<Vec<f64>, LoadFault> {
    within("temperature", air_c, -90.0..=70.0)?;
    if !habits.is_empty() {
        same_length("habits", habits.len(), air_c.len())?;
    }
    let weights: Vec<f64> = air_c
        .iter()
        .enumerate()
        .map(|(step, c)| (threshold_c - c).max(0.0) * habits.get(step).copied().unwrap_or(1.0))
        .collect();
    super::profile::spread(energy_kwh, &weights, step_h).map_err(|fault| match fault {
        LoadFault::Empty(_) => LoadFault::Empty("the cold"),
        other => other,
    })
}

/// Electricity of a heat pump over a series, kW.
///
/// # Errors
/// A [`LoadFault`] when lengths differ or a value is impossible.
pub fn electricity_kw(
    pump: &HeatPump,
    heat_kw: &[f64],
    air_c: &[f64],
    ground_c: f64,
) -> Result<Vec<f64>, LoadFault> {
    same_length("temperature", air_c.len(), heat_kw.len())?;
    within("temperature", air_c, -90.0..=70.0)?;
    within("ground temperature", &[ground_c], -30.0..=60.0)?;
    within("heat", heat_kw, 0.0..=f64::MAX)?;
    within("correction", &[pump.correction], 0.1..=1.5)?;
    let both = heat_kw.iter().zip(air_c);
    Ok(both
        .map(|(heat, air)| pump.power_kw(*heat, *air, ground_c))
        .collect())
}
