//! What a state may not exceed: a voltage band and the ratings of branches.

use super::flow::Flow;
use super::network::Network;

/// French rule: a customer is badly supplied below 90 % or above 110 % of the nominal voltage (arrêté of 24 December 2007).
pub const LOWEST_PU: f64 = 0.90;
pub const HIGHEST_PU: f64 = 1.10;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    pub lowest_pu: f64,
    pub highest_pu: f64,
    /// Of the rating, percent.
    pub loading_percent: f64,
}

impl Default for Band {
    fn default() -> Self {
        Self {
            lowest_pu: LOWEST_PU,
            highest_pu: HIGHEST_PU,
            loading_percent: 100.0,
        }
    }
}

/// What is beyond a limit, and by how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Breach {
    /// Index of a bus, and its voltage, per unit.
    TooLow(usize, f64),
    TooHigh(usize, f64),
    /// Index of a branch, and its loading, percent.
    Overload(usize, f64),
    /// The network has no state.
    NoState,
}

/// Limits of each element. One that is beyond the band already before anything happens may stay where it is, but not get worse.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    low_pu: Vec<f64>,
    high_pu: Vec<f64>,
    loading_percent: Vec<f64>,
}

/// Rounding of a flow is no breach.
const SLACK: f64 = 1e-9;

impl Limits {
    /// The same for all.
    pub fn uniform(network: &Network, band: &Band) -> Self {
        Self {
            low_pu: vec![band.lowest_pu; network.buses.len()],
            high_pu: vec![band.highest_pu; network.buses.len()],
            loading_percent: vec![band.loading_percent; network.branches.len()],
        }
    }

    /// Widened to what a state before shows.
    pub fn beside(network: &Network, band: &Band, before: &Flow) -> Self {
        let mut limits = Self::uniform(network, band);
        let voltages = before.voltages.iter().map(|v| v.map(|v| v.norm()));
        for ((low, high), vm) in limits
            .low_pu
            .iter_mut()
            .zip(&mut limits.high_pu)
            .zip(voltages)
        {
            if let Some(vm) = vm {
                *low = low.min(vm);
                *high = high.max(vm);
            }
        }
        for (limit, branch) in limits.loading_percent.iter_mut().zip(&before.branches) {
            *limit = limit.max(branch.loading_percent.unwrap_or(0.0));
        }
        limits
    }

    /// The breach that is largest in proportion to its limit; `None` where all holds.
    pub fn breach(&self, network: &Network, flow: &Flow) -> Option<Breach> {
        let mut worst: Option<(f64, Breach)> = None;
        self.each(network, flow, &mut |excess, breach| {
            if worst.is_none_or(|(known, _)| excess > known) {
                worst = Some((excess, breach));
            }
        });
        worst.map(|(_, breach)| breach)
    }

    /// All breaches, the largest in proportion to its limit first.
    pub fn breaches(&self, network: &Network, flow: &Flow) -> Vec<Breach> {
        let mut all: Vec<(f64, Breach)> = Vec::new();
        self.each(network, flow, &mut |excess, breach| {
            all.push((excess, breach))
        });
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        all.into_iter().map(|(_, breach)| breach).collect()
    }

    fn each(&self, network: &Network, flow: &Flow, learn: &mut dyn FnMut(f64, Breach)) {
        let mut told = |excess: f64, breach: Breach| {
            if excess > SLACK {
                learn(excess, breach);
            }
        };
        let seen = network.buses.iter().zip(&flow.voltages).enumerate();
        for ((bus, (known, voltage)), (low, high)) in
            seen.zip(self.low_pu.iter().zip(&self.high_pu))
        {
            if let Some(vm) = voltage.map(|v| v.norm()).filter(|_| !known.internal) {
                // The band is a tenth wide: a voltage a hundredth outside weighs as much as a branch a tenth over.
                told(10.0 * (low - vm), Breach::TooLow(bus, vm));
                told(10.0 * (vm - high), Breach::TooHigh(bus, vm));
            }
        }
        for (index, (branch, limit)) in flow.branches.iter().zip(&self.loading_percent).enumerate()
        {
            if let Some(percent) = branch.loading_percent {
                told(percent / limit - 1.0, Breach::Overload(index, percent));
            }
        }
    }

    /// How far all breaches go together: 0 where all holds. For comparing states of one network only.
    pub fn excess(&self, network: &Network, flow: &Flow) -> f64 {
        let seen = network.buses.iter().zip(&flow.voltages);
        let voltages: f64 = seen
            .zip(self.low_pu.iter().zip(&self.high_pu))
            .filter(|((bus, _), _)| !bus.internal)
            .filter_map(|((_, voltage), (low, high))| {
                let vm = (*voltage)?.norm();
                Some((low - vm).max(vm - high).max(0.0))
            })
            .sum();
        let loadings: f64 = flow
            .branches
            .iter()
            .zip(&self.loading_percent)
            .filter_map(|(branch, limit)| Some((branch.loading_percent? / limit - 1.0).max(0.0)))
            .sum();
        10.0 * voltages + loadings
    }
}
