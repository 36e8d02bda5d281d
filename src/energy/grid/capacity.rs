//! Hosting capacity: how much production a network takes before a limit breaks.
//!
//! The same production, at unity power factor, at every bus of a set; doubled from 1 kW until a limit breaks, then bisected.
//! Reported is the last power that fits and what breaks just above it.
//! Eight sets are tried side by side, so that a thousand random sets of a low-voltage network take a fraction of a second.
//!
//! An indication, not an answer of the grid operator: it knows the network as the file states it, one state of load, and no rule of planning.

use super::feeder::Feeder;
use super::meter::Meter;
use super::network::{Complex, Network};
use super::plan::{Plan, PlanFault};
use super::sweep::{LANES, Sweep};
use crate::base::Rng;

/// Most bisections: each halves the interval, 50 leave nothing of a double's mantissa that matters.
pub const MAX_BISECTIONS: u32 = 60;
/// Most doublings: beyond a thousand gigawatts nothing limits.
const MAX_DOUBLINGS: u32 = 40;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapacityOptions {
    /// Highest voltage allowed anywhere, per unit; 1.10 in France (arrêté of 24 December 2007).
    pub highest_pu: f64,
    /// Highest loading of lines and transformers, percent.
    pub loading_percent: f64,
    /// All consumption is taken times this: sun shines on little load.
    pub load_factor: f64,
    pub bisections: u32,
    pub tolerance_pu: f64,
    pub max_iterations: u32,
}

impl Default for CapacityOptions {
    fn default() -> Self {
        Self {
            highest_pu: 1.10,
            loading_percent: 100.0,
            load_factor: 0.2,
            bisections: 50,
            tolerance_pu: 1e-12,
            max_iterations: 100,
        }
    }
}

/// What breaks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Index of a bus.
    Voltage(usize),
    /// Index of a branch.
    Loading(usize),
    /// The network no longer has a state.
    Collapse,
    /// Nothing broke, as far as was tried.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capacity {
    /// At each bus of the set, kW; 0 when a limit is broken already without production.
    pub per_bus_kw: f64,
    pub limit: Limit,
}

/// A random study: shares of the draws that fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    pub draws: Vec<Draw>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// Indices of buses.
    pub buses: Vec<usize>,
    pub capacity: Capacity,
}

impl Study {
    /// The power per bus that this share of the draws can take at least, kW; `share` within 0…1.
    pub fn quantile_kw(&self, share: f64) -> Option<f64> {
        let mut all: Vec<f64> = self.draws.iter().map(|d| d.capacity.per_bus_kw).collect();
        all.sort_unstable_by(f64::total_cmp);
        let place = ((1.0 - share.clamp(0.0, 1.0)) * (all.len().checked_sub(1)? as f64)).round();
        all.get(place as usize).copied()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapacityFault {
    #[error(transparent)]
    Plan(#[from] PlanFault),
    /// Voltage-held nodes, or a mesh too dense: hosting capacity is a question of distribution grids.
    #[error("hosting capacity needs a network without voltage-held buses")]
    NotADistributionGrid,
    #[error("bus {0} is not supplied")]
    Unsupplied(usize),
    #[error("no load bus")]
    NoBus,
}

/// The distinct supplied buses that carry a load in service.
pub fn load_buses(network: &Network) -> Vec<usize> {
    let mut buses: Vec<usize> = network
        .loads
        .iter()
        .filter(|load| load.in_service && load.kind == super::network::LoadKind::Consumption)
        .map(|load| load.bus)
        .collect();
    buses.sort_unstable();
    buses.dedup();
    buses
}

/// One capacity for each set of buses.
///
/// # Errors
/// A [`CapacityFault`] when the question cannot be asked.
pub fn capacities(
    network: &Network,
    sets: &[Vec<usize>],
    options: &CapacityOptions,
) -> Result<Vec<Capacity>, CapacityFault> {
    let mut study = Bench::of(network, options)?;
    let mut found = Vec::with_capacity(sets.len());
    for group in sets.chunks(LANES) {
        found.extend(study.group(group)?);
    }
    Ok(found)
}

/// Each bus alone.
///
/// # Errors
/// As [`capacities`].
pub fn each_bus(
    network: &Network,
    buses: &[usize],
    options: &CapacityOptions,
) -> Result<Vec<Capacity>, CapacityFault> {
    let sets: Vec<Vec<usize>> = buses.iter().map(|&bus| vec![bus]).collect();
    capacities(network, &sets, options)
}

/// What a feeder takes when nothing is added elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct FeederCapacity {
    /// Where the production stands: [`Feeder::connection_buses`].
    pub buses: Vec<usize>,
    pub capacity: Capacity,
}

impl FeederCapacity {
    pub fn total_kw(&self) -> f64 {
        self.capacity.per_bus_kw * self.buses.len() as f64
    }
}

/// Each feeder alone, the same production at each of its connection buses; feeders without any take nothing.
///
/// # Errors
/// As [`capacities`].
pub fn each_feeder(
    network: &Network,
    feeders: &[Feeder],
    options: &CapacityOptions,
) -> Result<Vec<FeederCapacity>, CapacityFault> {
    let all = load_buses(network);
    let sets: Vec<Vec<usize>> = feeders
        .iter()
        .map(|feeder| feeder.connection_buses(network, &all))
        .collect();
    let found = capacities(network, &sets, options)?;
    Ok(sets
        .into_iter()
        .zip(found)
        .map(|(buses, capacity)| FeederCapacity { buses, capacity })
        .collect())
}

/// Random sets of the load buses: each draw takes between one and all of them.
///
/// # Errors
/// As [`capacities`].
pub fn monte_carlo(
    network: &Network,
    draws: usize,
    seed: u64,
    options: &CapacityOptions,
) -> Result<Study, CapacityFault> {
    monte_carlo_of(network, &load_buses(network), draws, seed, options)
}

/// Random sets of these buses.
///
/// # Errors
/// As [`capacities`].
pub fn monte_carlo_of(
    network: &Network,
    buses: &[usize],
    draws: usize,
    seed: u64,
    options: &CapacityOptions,
) -> Result<Study, CapacityFault> {
    if buses.is_empty() {
        return Err(CapacityFault::NoBus);
    }
    let mut rng = Rng::new(seed);
    let sets: Vec<Vec<usize>> = (0..draws)
        .map(|_| {
            let count = 1 + (rng.unit() * buses.len() as f64) as usize;
            let mut pool = buses.to_vec();
            // The first `count` of a shuffle.
            for at in 0..count.min(pool.len()) {
                let rest = pool.len() - at;
                let other = at + ((rng.unit() * rest as f64) as usize).min(rest - 1);
                pool.swap(at, other);
            }
            pool.truncate(count);
            pool.sort_unstable();
            pool
        })
        .collect();
    let found = capacities(network, &sets, options)?;
    let draws = sets.into_iter().zip(found);
    Ok(Study {
        draws: draws
            .map(|(buses, capacity)| Draw { buses, capacity })
            .collect(),
    })
}

/// The network ready for many trials.
struct Bench<'a> {
    plan: Plan,
    sweep: Sweep,
    meter: Meter,
    options: &'a CapacityOptions,
    base_mva: f64,
}

/// Where the search of one lane stands.
#[derive(Clone, Copy)]
struct Search {
    fits_kw: f64,
    breaks_kw: Option<f64>,
    trial_kw: f64,
    limit: Limit,
    doublings: u32,
    bisections: u32,
    done: bool,
}

impl<'a> Bench<'a> {
    fn of(network: &Network, options: &'a CapacityOptions) -> Result<Self, CapacityFault> {
        let mut scaled = network.clone();
        for load in &mut scaled.loads {
            if load.kind == super::network::LoadKind::Consumption {
                load.p_mw *= options.load_factor;
                load.q_mvar *= options.load_factor;
            }
        }
        let plan = Plan::of(&scaled)?;
        let sweep = Sweep::of(&plan).ok_or(CapacityFault::NotADistributionGrid)?;
        let meter = Meter::of(&scaled, &plan, &sweep);
        Ok(Self {
            base_mva: network.base_mva,
            plan,
            sweep,
            meter,
            options,
        })
    }

    fn group(&mut self, sets: &[Vec<usize>]) -> Result<Vec<Capacity>, CapacityFault> {
        // Unknowns of each lane's set; a bus at a source changes nothing but is no fault.
        let mut places: Vec<Vec<usize>> = Vec::with_capacity(LANES);
        for set in sets {
            let mut of_lane = Vec::with_capacity(set.len());
            for &bus in set {
                let node = self
                    .plan
                    .topology
                    .node(bus)
                    .ok_or(CapacityFault::Unsupplied(bus))?;
                let unknown = self.sweep.factor.unknown[node] as usize;
                if unknown != u32::MAX as usize {
                    self.sweep.load(unknown);
                    of_lane.push(unknown);
                }
            }
            places.push(of_lane);
        }
        let rest = self.sweep.power.clone();
        let start = Search {
            fits_kw: 0.0,
            breaks_kw: None,
            trial_kw: 0.0,
            limit: Limit::Nothing,
            doublings: 0,
            bisections: 0,
            done: false,
        };
        let mut lanes = vec![start; sets.len()];
        let rounds = MAX_DOUBLINGS + self.options.bisections.min(MAX_BISECTIONS) + 2;
        for _ in 0..rounds {
            if lanes.iter().all(|lane| lane.done) {
                break;
            }
            for (lane, (search, of_lane)) in lanes.iter().zip(&places).enumerate() {
                let power = search.trial_kw / 1000.0 / self.base_mva;
                for &unknown in of_lane {
                    self.sweep.power[unknown].re[lane] = rest[unknown].re[lane];
                }
                // A bus that stands twice in a set takes twice the power.
                for &unknown in of_lane {
                    self.sweep.power[unknown].re[lane] += power;
                }
            }
            let swept = self
                .sweep
                .solve(self.options.tolerance_pu, self.options.max_iterations);
            let reading = self.meter.read(&self.sweep, true);
            let mut lost = false;
            for (lane, search) in lanes.iter_mut().enumerate() {
                // Near collapse the last digits swing; a change of 1e-9 still decides a limit.
                let solved = swept.change[lane] <= self.options.tolerance_pu.max(1e-9);
                lost |= !solved;
                let broken = if !solved {
                    Some(Limit::Collapse)
                } else if reading.highest_pu[lane] > self.options.highest_pu {
                    self.meter
                        .extreme_bus(&self.sweep, lane, true)
                        .map(Limit::Voltage)
                } else if 100.0 * reading.loading[lane] > self.options.loading_percent {
                    self.meter
                        .extreme_branch(&self.sweep, lane)
                        .map(Limit::Loading)
                } else {
                    None
                };
                search.learn(broken, self.options.bisections.min(MAX_BISECTIONS));
            }
            if lost {
                self.sweep.restart();
            }
        }
        self.sweep.power = rest;
        Ok(lanes
            .into_iter()
            .map(|search| Capacity {
                per_bus_kw: search.fits_kw,
                limit: search.limit,
            })
            .collect())
    }
}

impl Search {
    fn learn(&mut self, broken: Option<Limit>, bisections: u32) {
        if self.done {
            return;
        }
        match (broken, self.trial_kw == 0.0) {
            (Some(limit), first) => {
                self.limit = limit;
                self.breaks_kw = Some(self.trial_kw);
                // Broken without any production: there is nothing to search.
                self.done = first;
            }
            (None, true) => {}
            (None, false) => self.fits_kw = self.trial_kw,
        }
        self.trial_kw = match self.breaks_kw {
            None if self.trial_kw == 0.0 => 1.0,
            None => {
                self.doublings += 1;
                self.done = self.doublings >= MAX_DOUBLINGS;
                2.0 * self.trial_kw
            }
            Some(breaks_kw) => {
                self.bisections += 1;
                self.done |= self.bisections > bisections;
                0.5 * (self.fits_kw + breaks_kw)
            }
        };
        if self.done {
            self.trial_kw = self.fits_kw;
        }
    }
}

/// Voltage rise at a bus for 1 MW there, per unit: the network's sensitivity at its present state, by a difference of two flows.
///
/// # Errors
/// As [`capacities`].
pub fn rise_per_mw(network: &Network, bus: usize) -> Result<f64, CapacityFault> {
    let plan = Plan::of(network)?;
    let mut sweep = Sweep::of(&plan).ok_or(CapacityFault::NotADistributionGrid)?;
    let node = plan
        .topology
        .node(bus)
        .ok_or(CapacityFault::Unsupplied(bus))?;
    let unknown = sweep.factor.unknown[node] as usize;
    let Some(power) = sweep.power.get_mut(unknown) else {
        return Ok(0.0);
    };
    // The second lane carries a kilowatt more.
    let more = Complex::new(1e-3 / network.base_mva, 0.0);
    power.re[1] += more.re;
    sweep.load(unknown);
    let swept = sweep.solve(1e-14, 200);
    if !swept.change.iter().all(|change| change.is_finite()) {
        return Err(CapacityFault::NotADistributionGrid);
    }
    let vm = |lane: usize| (sweep.origin() + sweep.drop[unknown].lane(lane)).norm();
    Ok((vm(1) - vm(0)) / 1e-3)
}
