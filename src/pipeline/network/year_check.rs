//! A year's steps looked at again: some of them solved by themselves, with the balance of power at every bus.

use crate::energy::grid::flow::{FlowOptions, flow};
use crate::energy::grid::series::{Profiles, Quantity, StepView, Target};
use crate::energy::grid::Network;

/// Steps that are looked at, spread over the year.
const STEPS: usize = 13;

/// What the second look found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Verified {
    pub steps: usize,
    /// Largest mismatch of power at any bus, per unit.
    pub residual_pu: f64,
    /// Largest difference of any voltage between the year and the step solved by itself, per unit.
    pub difference_pu: f64,
}

/// Voltages of some steps, kept for the second look.
pub struct Sample {
    steps: Vec<usize>,
    buses: usize,
    seen: Vec<(usize, Vec<Option<f64>>)>,
}

impl Sample {
    pub fn of(network: &Network, profiles: &Profiles) -> Self {
        let last = profiles.steps.saturating_sub(1);
        let mut steps: Vec<usize> = (0..STEPS).map(|index| index * last / (STEPS - 1)).collect();
        // And the step of the largest sum of all columns: most likely the worst.
        let sum = |step: usize| profiles.columns.iter().filter_map(|column| column.get(step)).sum::<f64>();
        steps.extend((0..profiles.steps).max_by(|a, b| sum(*a).total_cmp(&sum(*b))));
        steps.sort_unstable();
        steps.dedup();
        Self { steps, buses: network.buses.len(), seen: Vec::new() }
    }

    pub fn look(&mut self, step: usize, view: &StepView) {
        if self.steps.binary_search(&step).is_ok() {
            let voltages = (0..self.buses).map(|bus| view.voltage(bus).map(|voltage| voltage.norm())).collect();
            self.seen.push((step, voltages));
        }
    }

    pub fn verify(&self, network: &Network, profiles: &Profiles) -> Verified {
        let mut found = Verified::default();
        for (step, voltages) in &self.seen {
            let Ok(solved) = flow(&at_step(network, profiles, *step), &FlowOptions::default()) else {
                found.residual_pu = f64::INFINITY;
                continue;
            };
            found.steps += 1;
            found.residual_pu = found.residual_pu.max(solved.residual_pu);
            let pairs = voltages.iter().zip(&solved.voltages);
            let differences = pairs.filter_map(|(known, again)| Some((known.as_ref()? - again.as_ref()?.norm()).abs()));
            found.difference_pu = differences.fold(found.difference_pu, f64::max);
        }
        found
    }
}

/// The network with the powers of one step.
fn at_step(network: &Network, profiles: &Profiles, step: usize) -> Network {
    let mut made = network.clone();
    for channel in &profiles.channels {
        let Some(&value) = profiles.columns.get(channel.column).and_then(|column| column.get(step)) else { continue };
        match (channel.target, channel.quantity) {
            (Target::Load(load), quantity) => {
                if let Some(load) = made.loads.get_mut(load) {
                    match quantity {
                        Quantity::Factor => (load.p_mw, load.q_mvar) = (load.p_mw * value, load.q_mvar * value),
                        Quantity::ActiveMw => load.p_mw = value,
                        Quantity::ReactiveMvar => load.q_mvar = value,
                    }
                }
            }
            (Target::Generator(generator), quantity) => {
                if let Some(generator) = made.generators.get_mut(generator) {
                    match quantity {
                        Quantity::Factor => generator.p_mw *= value,
                        Quantity::ActiveMw => generator.p_mw = value,
                        Quantity::ReactiveMvar => {}
                    }
                }
            }
        }
    }
    made
}
