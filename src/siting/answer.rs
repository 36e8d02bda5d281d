//! The three cases and what sets them apart: the territory as it is, with the proposal but its batteries, with all of it.
//!
//! A connection's limit cuts what is fed in: what does not fit is curtailed. What is drawn is never cut; hours beyond the limit are counted.
//! The batteries of a proposal act as one; 88 % of what they take comes back.

use super::SitingFault;
use super::ground::Prepared;
use super::plant::Plant;
use crate::base::Instant;
use crate::energy::balance::{Area, Totals, balance};
use crate::energy::storage::connection::connection;
use crate::energy::storage::greedy::greedy;
use crate::energy::storage::{Battery, Case, Goal};
use crate::view::{BatteryUse, Proposal};
use std::ops::Range;

/// From the network and back.
pub const ROUND_TRIP: f64 = 0.88;
/// Less than this is rounding, kW.
const NOTHING_KW: f64 = 1e-6;

/// The same thing in three cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared<T> {
    pub before: T,
    /// With the proposal, without its batteries.
    pub bare: T,
    pub after: T,
}

impl<T> Compared<T> {
    pub fn each<U>(&self, of: impl Fn(&T) -> U) -> Compared<U> {
        Compared { before: of(&self.before), bare: of(&self.bare), after: of(&self.after) }
    }
}

/// Sums over a part of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    pub totals: Totals,
    /// Hours in which something was curtailed.
    pub curtailing_h: f64,
    /// Hours in which more was drawn than the connection carries.
    pub overdrawn_h: f64,
    /// Energy taken from inside the batteries over their size.
    pub cycles: f64,
}

impl Outcome {
    /// Hours in which the connection was not enough.
    pub fn congested_h(&self) -> f64 {
        self.curtailing_h + self.overdrawn_h
    }
}

/// One step of the day, kW and kWh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    pub at: Instant,
    pub consumption_kw: f64,
    pub production_kw: f64,
    /// Drawn from the network around, negative where it is fed: before, without and with batteries.
    pub drawn_kw: [f64; 3],
    pub curtailed_kw: f64,
    pub stored_kwh: f64,
}

/// What a proposal does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub year: Compared<Outcome>,
    pub day: Compared<Outcome>,
    pub hour: Compared<Outcome>,
    pub moments: Vec<Moment>,
    pub plant: PlantSize,
    /// Made by the proposal in all steps, kWh.
    pub solar_kwh: f64,
    pub wind_kwh: f64,
    pub charging_kwh: f64,
    /// Hours of all steps.
    pub hours: f64,
    /// Lowest and highest state of charge, kWh.
    pub stored_kwh: [f64; 2],
    /// The largest error of any step's balance, kW, and of the batteries', kWh.
    pub imbalance: [f64; 2],
}

/// How much is proposed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlantSize {
    pub solar_kwp: f64,
    pub turbine_kw: f64,
    pub battery_kwh: f64,
    pub battery_kw: f64,
    pub hub_kw: f64,
    pub feeder_m: f64,
    pub wake_loss: f64,
    pub unknown: Vec<String>,
}

/// All steps of one case.
struct Run {
    case: Case,
    done: crate::energy::storage::Dispatch,
}

/// Answers for an instant's hour, its local day, and all steps.
///
/// # Errors
/// `siting-energy`, when a sum goes beyond what numbers hold.
pub fn answer(prepared: &Prepared, proposal: &Proposal, at: Instant) -> Result<Answer, SitingFault> {
    let plant = Plant::of(prepared, proposal);
    answer_of(prepared, proposal, &plant, at)
}

/// The same for a plant that is known.
///
/// # Errors
/// As [`answer`].
pub fn answer_of(prepared: &Prepared, proposal: &Proposal, plant: &Plant, at: Instant) -> Result<Answer, SitingFault> {
    let ground = &prepared.ground;
    let made: Vec<f64> = ground.production_kw.iter().zip(plant.production_kw()).map(|(today, new)| today + new).collect();
    let drawn: Vec<f64> = ground.demand_kw.iter().zip(&plant.charging_kw).map(|(today, new)| today + new).collect();
    let limit_mw = proposal.limit_kw.map_or(f64::INFINITY, |kw| kw / 1000.0);
    let battery = (plant.battery_kwh > 0.0 && plant.battery_kw > 0.0).then(|| Battery {
        energy_mwh: plant.battery_kwh / 1000.0,
        charge_mw: plant.battery_kw / 1000.0,
        discharge_mw: plant.battery_kw / 1000.0,
        charge_efficiency: ROUND_TRIP.sqrt(),
        discharge_efficiency: ROUND_TRIP.sqrt(),
        initial_mwh: 0.0,
        cyclic: false,
        degradation_eur_mwh: 0.0,
    });
    let run = |made: &[f64], drawn: &[f64], battery: Option<Battery>| {
        let mega = |list: &[f64]| list.iter().map(|kw| kw / 1000.0).collect::<Vec<f64>>();
        let case = Case {
            step_h: ground.step_h(),
            load_mw: mega(drawn),
            generation_mw: mega(made),
            import_price: vec![0.0; drawn.len()],
            export_price: vec![0.0; drawn.len()],
            import_limit_mw: f64::INFINITY,
            export_limit_mw: limit_mw,
            curtailable: false,
            battery,
            goal: Goal::Curtailment,
        };
        let done = match proposal.battery_use {
            BatteryUse::Connection => connection(&case),
            BatteryUse::OwnUse => greedy(&case),
        };
        done.map(|done| Run { case, done }).map_err(|fault| SitingFault::new("siting-energy", fault))
    };
    let runs = Compared { before: run(&ground.production_kw, &ground.demand_kw, None)?, bare: run(&made, &drawn, None)?, after: run(&made, &drawn, battery)? };
    let step = ground.step_at(at);
    let day = ground.day_of(step);
    let over = |range: Range<usize>| -> Result<Compared<Outcome>, SitingFault> {
        let of = |run: &Run| outcome(run, range.clone(), limit_mw, plant.battery_kwh);
        Ok(Compared { before: of(&runs.before)?, bare: of(&runs.bare)?, after: of(&runs.after)? })
    };
    let sum = |list: &[f64]| list.iter().sum::<f64>() * ground.step_h();
    let (outside, inside) = runs.after.done.imbalance(&runs.after.case);
    let stored = &runs.after.done.stored_mwh;
    Ok(Answer {
        year: over(0..ground.steps())?,
        day: over(day.clone())?,
        hour: over(step..step + 1)?,
        moments: day.map(|step| moment(ground.start.plus_seconds(ground.step_s * step as i64), &runs, step)).collect(),
        plant: PlantSize {
            solar_kwp: plant.solar_kwp,
            turbine_kw: plant.turbine_kw,
            battery_kwh: plant.battery_kwh,
            battery_kw: plant.battery_kw,
            hub_kw: plant.hub_kw,
            feeder_m: plant.feeder_m,
            wake_loss: plant.wake_loss,
            unknown: plant.unknown.clone(),
        },
        solar_kwh: sum(&plant.solar_kw),
        wind_kwh: sum(&plant.wind_kw),
        charging_kwh: sum(&plant.charging_kw),
        hours: ground.steps() as f64 * ground.step_h(),
        stored_kwh: [1000.0 * stored.iter().copied().fold(f64::INFINITY, f64::min).min(1e300), 1000.0 * stored.iter().copied().fold(0.0, f64::max)],
        imbalance: [1000.0 * outside, 1000.0 * inside],
    })
}

fn outcome(run: &Run, range: Range<usize>, limit_mw: f64, battery_kwh: f64) -> Result<Outcome, SitingFault> {
    let kilo = |list: &[f64]| list.get(range.clone()).unwrap_or_default().iter().map(|mw| 1000.0 * mw).collect::<Vec<f64>>();
    let stored = |step: Option<usize>| step.and_then(|step| run.done.stored_mwh.get(step)).map_or(0.0, |mwh| 1000.0 * mwh);
    let production_kw = kilo(&run.case.generation_mw);
    let area = Area {
        step_h: run.case.step_h,
        consumption_kw: kilo(&run.case.load_mw),
        // Rounding may throw away an epsilon more than there is.
        curtailed_kw: kilo(&run.done.curtailed_mw).into_iter().zip(&production_kw).map(|(kw, made)| if kw < NOTHING_KW { 0.0 } else { kw.min(*made) }).collect(),
        production_kw,
        charged_kw: kilo(&run.done.charged_mw),
        discharged_kw: kilo(&run.done.discharged_mw),
        losses_kw: Vec::new(),
        stored_kwh: (stored(range.start.checked_sub(1)), stored(range.end.checked_sub(1))),
    };
    let balance = balance(&area).map_err(|fault| SitingFault::new("siting-energy", fault))?;
    let hours = |is: &dyn Fn(&crate::energy::balance::Step) -> bool| balance.steps.iter().filter(|step| is(step)).count() as f64 * run.case.step_h;
    let limit_kw = 1000.0 * limit_mw;
    let totals = balance.totals();
    Ok(Outcome {
        curtailing_h: hours(&|step| step.curtailed_kw > 0.0),
        overdrawn_h: hours(&|step| step.imported_kw > limit_kw + NOTHING_KW),
        cycles: if battery_kwh > 0.0 { totals.discharged_kwh / ROUND_TRIP.sqrt() / battery_kwh } else { 0.0 },
        totals,
    })
}

fn moment(at: Instant, runs: &Compared<Run>, step: usize) -> Moment {
    let kw = |list: &[f64]| 1000.0 * list.get(step).copied().unwrap_or(0.0);
    let net = |run: &Run| kw(&run.done.imported_mw) - kw(&run.done.exported_mw);
    let after = &runs.after;
    Moment {
        at,
        consumption_kw: kw(&after.case.load_mw),
        production_kw: kw(&after.case.generation_mw),
        drawn_kw: [net(&runs.before), net(&runs.bare), net(after)],
        curtailed_kw: kw(&after.done.curtailed_mw),
        stored_kwh: kw(&after.done.stored_mwh),
    }
}
