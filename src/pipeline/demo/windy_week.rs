//! A week of strong wind over the fictional park, and what its battery is asked.
//!
//! Modelled on a real park of Brittany: four turbines of 2 MW on masts of 84 m, a battery of more than 3.3 MWh.
//! Its power, its efficiency and the limit of the connection are not published: here they are parameters, and the files say so.

use crate::base::{Instant, Rng};
use crate::energy::wind::library;
use crate::energy::wind::park::{Park, Thrust, Turbine};
use crate::energy::wind::wake::Rotor;
use serde_json::json;
use std::f64::consts::TAU;
use std::fmt::Write;

pub const CURVE: &str = "E-70/2000";
pub const NOMINAL_KW: f64 = 2_000.0;
pub const HUB_M: f64 = 84.0;
pub const ROTOR_M: f64 = 71.0;
pub const BATTERY_MWH: f64 = 3.3;
/// Assumed.
pub const AVAILABILITY: f64 = 0.97;
pub const BATTERY_MW: f64 = 2.0;
pub const ROUND_TRIP: f64 = 0.88;
pub const CONNECTION_MW: f64 = 6.5;

const HOURS: usize = 7 * 24;
/// A Monday in February.
const START: &str = "2026-02-02T00:00:00Z";
/// Fronts that come through, one each so many hours.
const FRONT_H: f64 = 41.0;

pub struct Week {
    speed_ms: Vec<f64>,
    from_deg: Vec<f64>,
}

impl Week {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x0077_696e_6479);
        let mut gust = 0.0;
        let (mut speed_ms, mut from_deg) = (Vec::new(), Vec::new());
        for hour in 0..HOURS {
            let front = TAU * hour as f64 / FRONT_H;
            // Each hour keeps most of the one before.
            gust = 0.82 * gust + rng.range(-1.1, 1.1);
            let speed: f64 = 10.5 + 4.2 * front.sin() + 1.0 * (TAU * hour as f64 / 24.0 - 2.0).sin() + gust;
            speed_ms.push((speed.clamp(1.0, 24.0) * 10.0).round() / 10.0);
            // The wind veers from south-west to north-west as a front goes by.
            let from = 245.0 + 48.0 * (front - 1.1).sin() + 6.0 * gust;
            from_deg.push(from.rem_euclid(360.0).round());
        }
        Self { speed_ms, from_deg }
    }

    /// As `jumeau wind --series` reads it.
    pub fn csv(&self) -> String {
        let mut text = String::from("# vent fictif / fictional wind\ntime,wind_speed_84m,wind_direction_84m\n");
        let start = Instant::parse(START).unwrap_or(Instant(0));
        for (hour, (speed, from)) in self.speed_ms.iter().zip(&self.from_deg).enumerate() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{},{speed:.1},{from:.0}", start.plus_seconds(3_600 * hour as i64));
        }
        text
    }

    /// As `jumeau dispatch` reads it; turbines in any plane of metres, north up.
    pub fn case(&self, battery: &str, turbines: &[[f64; 2]]) -> String {
        let park = library::turbine(CURVE).and_then(|known| {
            let turbines = turbines.iter().map(|at| Turbine {
                rotor: Rotor { east_m: at[0], north_m: at[1], hub_m: HUB_M, diameter_m: ROTOR_M },
                curve: known.curve.clone(),
                availability: AVAILABILITY,
            });
            Park::new(turbines.collect(), Thrust::Constant(0.8), 0.075).ok()
        });
        let power = |speed: f64, from: f64| park.as_ref().map_or(0.0, |park| (park.output(speed, from, None).power_kw().round()) / 1_000.0);
        let generation: Vec<f64> = self.speed_ms.iter().zip(&self.from_deg).map(|(speed, from)| power(*speed, *from)).collect();
        // What electricity is worth follows the day.
        let price = |hour: usize| (60.0 + 22.0 * (TAU * (hour % 24) as f64 / 12.0 - 2.1).sin()).round();
        let case = json!({
            "title": format!("Parc fictif et batterie {battery} ; puissance de la batterie, rendement et limite de raccordement : paramètres supposés, non publiés"),
            "step_h": 1.0,
            "load_mw": vec![0.0; generation.len()],
            "price_eur_mwh": (0..generation.len()).map(price).collect::<Vec<f64>>(),
            "generation_mw": { "wind": generation },
            "export_price_factor": 1.0,
            "import_limit_mw": 0.0,
            "export_limit_mw": CONNECTION_MW,
            "battery": { "energy_mwh": BATTERY_MWH, "power_mw": BATTERY_MW, "round_trip_efficiency": ROUND_TRIP, "initial_mwh": 0.0, "cyclic": false },
        });
        format!("{case:#}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::storage::{connection::connection, file};

    #[test]
    fn the_battery_saves_wind_that_the_connection_cannot_carry() {
        for seed in [0, 1, 44, 2026] {
            let text = Week::new(seed).case("BAT", &[[0.0, 0.0], [330.0, 0.0], [0.0, 370.0], [330.0, 370.0]]);
            let case = file::read(text.as_bytes()).unwrap();
            let (with, without) = (connection(&case).unwrap().totals(&case), connection(&case.without_battery()).unwrap().totals(&case.without_battery()));
            assert!(without.curtailed_mwh > 5.0, "seed {seed}: {}", without.curtailed_mwh);
            assert!(with.curtailed_mwh < without.curtailed_mwh - 1.0, "seed {seed}: {}", with.curtailed_mwh);
        }
    }
}
