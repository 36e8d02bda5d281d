//! A proposal's production and charging, step by step.
//!
//! Assumptions, all told with the answer: solar modules in the open (shade is "my roof"'s matter), 14 % losses; wind by the power law with an exponent of 0.2, Jensen's wakes as the mean over all directions, 97 % availability;
//! hubs with three sessions of 12 kWh a point and day, never above what their points give together.

use super::ground::{Prepared, Wind};
use crate::energy::load::vehicle::public_station;
use crate::energy::wind::library;
use crate::energy::wind::park::{Park, Thrust, Turbine};
use crate::energy::wind::profile::power_law;
use crate::energy::wind::wake::Rotor;
use crate::geodesy::geodesic;
use crate::view::proposal::USUAL_WIND_MS;
use crate::view::{Proposal, Thing};

/// How the wind grows with height over fields with hedges.
const SHEAR: f64 = 0.2;
const AVAILABILITY: f64 = 0.97;
const THRUST: f64 = 0.8;
/// How fast wakes widen over land.
const WIDENING: f64 = 0.075;
/// Directions and speeds at which wakes are looked at.
const DIRECTIONS: usize = 24;
const SPEEDS: usize = 26;
/// A rotor of unknown width, for each square root of its kilowatts, metres.
const ROTOR_M: f64 = 1.65;
const SEED: u64 = 7;

/// What the things of a proposal do together. All lists have a value for each step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plant {
    pub solar_kw: Vec<f64>,
    pub wind_kw: Vec<f64>,
    pub charging_kw: Vec<f64>,
    pub battery_kwh: f64,
    pub battery_kw: f64,
    pub solar_kwp: f64,
    pub turbine_kw: f64,
    pub hub_kw: f64,
    pub feeder_m: f64,
    /// Share that wakes take of the year's wind energy.
    pub wake_loss: f64,
    /// Names of turbines that no curve is known for; they are not counted.
    pub unknown: Vec<String>,
}

impl Plant {
    pub fn of(prepared: &Prepared, proposal: &Proposal) -> Self {
        let steps = prepared.ground.steps();
        let mut plant = Self { solar_kw: vec![0.0; steps], wind_kw: vec![0.0; steps], charging_kw: vec![0.0; steps], ..Self::default() };
        let mut turbines = Vec::new();
        // Plants of one tilt share their sun.
        let mut suns: Vec<((f64, f64, crate::view::SolarMount), Vec<f64>)> = Vec::new();
        for placed in &proposal.placed {
            match &placed.thing {
                Thing::Turbine { model, hub_m } => match library::turbine(model) {
                    Some(known) => turbines.push((placed.at, *hub_m, known)),
                    None => plant.unknown.push(model.clone()),
                },
                Thing::Solar { kwp, tilt_deg, azimuth_deg, mount } => {
                    let key = (*tilt_deg, *azimuth_deg, *mount);
                    if !suns.iter().any(|(known, _)| *known == key) {
                        suns.push((key, prepared.solar(*tilt_deg, *azimuth_deg, *mount)));
                    }
                    if let Some((_, sun)) = suns.iter().find(|(known, _)| *known == key) {
                        plant.solar_kw.iter_mut().zip(sun).for_each(|(sum, kw)| *sum += kwp * kw);
                    }
                    plant.solar_kwp += kwp;
                }
                Thing::Battery { kwh, kw } => {
                    plant.battery_kwh += kwh;
                    plant.battery_kw += kw;
                }
                Thing::Hub { points, kw } => {
                    let charged = charging(prepared, *points, *kw);
                    plant.charging_kw.iter_mut().zip(charged).for_each(|(sum, kw)| *sum += kw);
                    plant.hub_kw += f64::from(*points) * kw;
                }
                Thing::Feeder { to, .. } => plant.feeder_m += geodesic::distance_m(placed.at, *to),
            }
        }
        plant.blow(prepared, proposal.wind_ms.unwrap_or(USUAL_WIND_MS), &turbines);
        plant
    }

    fn blow(&mut self, prepared: &Prepared, mean_ms: f64, turbines: &[([f64; 2], f64, library::Turbine)]) {
        if turbines.is_empty() {
            return;
        }
        let kept = kept_of_wakes(turbines);
        let (mut whole, mut left) = (0.0, 0.0);
        for (step, slot) in self.wind_kw.iter_mut().enumerate() {
            let wind = prepared.wind(step, mean_ms);
            let mut free = 0.0;
            for (_, hub_m, turbine) in turbines {
                let speed = match wind {
                    Wind::AtHub(speed) => speed,
                    Wind::At100m(speed) => power_law(speed, 100.0, *hub_m, SHEAR),
                };
                free += turbine.curve.at(speed);
            }
            let speed = match wind {
                Wind::AtHub(speed) | Wind::At100m(speed) => speed,
            };
            *slot = (AVAILABILITY * free * share_at(&kept, speed)).max(0.0);
            whole += free;
            left += free * share_at(&kept, speed);
        }
        self.turbine_kw = turbines.iter().map(|(_, _, turbine)| turbine.nominal_kw).sum();
        self.wake_loss = if whole > 0.0 { 1.0 - left / whole } else { 0.0 };
    }

    /// What is made, step by step.
    pub fn production_kw(&self) -> impl Iterator<Item = f64> + '_ {
        self.solar_kw.iter().zip(&self.wind_kw).map(|(solar, wind)| solar + wind)
    }
}

/// What wakes leave at each whole speed, as the mean over all directions: nobody knows which way the wind blows most.
fn kept_of_wakes(turbines: &[([f64; 2], f64, library::Turbine)]) -> Vec<f64> {
    let origin = turbines.first().map_or([0.0; 2], |(at, ..)| *at);
    let parts = turbines
        .iter()
        .map(|(at, hub_m, turbine)| {
            let [east_m, north_m] = geodesic::east_north_m(origin, *at);
            let diameter_m = turbine.rotor_m.filter(|rotor| *rotor > 0.0).unwrap_or(ROTOR_M * turbine.nominal_kw.max(1.0).sqrt());
            Turbine { rotor: Rotor { east_m, north_m, hub_m: *hub_m, diameter_m }, curve: turbine.curve.clone(), availability: 1.0 }
        })
        .collect();
    let park = if turbines.len() > 1 { Park::new(parts, Thrust::Constant(THRUST), WIDENING).ok() } else { None };
    let Some(park) = park else { return vec![1.0; SPEEDS] };
    (0..SPEEDS)
        .map(|speed| {
            let (mut free, mut left) = (0.0, 0.0);
            for direction in 0..DIRECTIONS {
                let output = park.output(speed as f64, 360.0 * direction as f64 / DIRECTIONS as f64, None);
                free += output.free_kw.iter().sum::<f64>();
                left += output.power_kw();
            }
            if free > 0.0 { (left / free).clamp(0.0, 1.0) } else { 1.0 }
        })
        .collect()
}

/// Linear between whole speeds, the last one beyond.
fn share_at(kept: &[f64], speed: f64) -> f64 {
    let at = speed.max(0.0);
    let low = at.floor() as usize;
    let value = |index: usize| kept.get(index).or(kept.last()).copied().unwrap_or(1.0);
    let part = at - at.floor();
    value(low) * (1.0 - part) + value(low.saturating_add(1)) * part
}

fn charging(prepared: &Prepared, points: u16, kw: f64) -> Vec<f64> {
    let ground = &prepared.ground;
    public_station(points, kw, &ground.as_steps(), ground.clock, SEED).unwrap_or_default()
}

/// What a connection of a thing has to carry, kW; none of a line.
pub fn connected_kw(thing: &Thing) -> Option<f64> {
    match thing {
        Thing::Turbine { model, .. } => library::turbine(model).map(|turbine| turbine.nominal_kw),
        Thing::Solar { kwp, .. } => Some(*kwp),
        Thing::Battery { kw, .. } => Some(*kw),
        Thing::Hub { points, kw } => Some(f64::from(*points) * kw),
        Thing::Feeder { .. } => None,
    }
}
