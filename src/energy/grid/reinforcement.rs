//! Which branch, laid a second time beside itself, would relieve a network most.
//!
//! Relief is measured in what people want: how much more consumption the network takes (its headroom), how much more production ([`super::capacity`]), or how much less stays unserved after an outage ([`super::contingency`]).
//! Candidates are the branches between the element that limits and its source, and the most loaded ones: on a tree nothing else can help.
//!
//! Range: a second line or transformer of the same kind. Costs, ways and permits are for people to judge.

use super::capacity::{Capacity, CapacityFault, CapacityOptions, Limit, capacities};
use super::contingency::{ContingencyFault, ContingencyOptions, outages};
use super::feeder::depths;
use super::limits::{Band, Breach};
use super::network::{Branch, BranchKind, Coupling, LoadKind, Network, Rating};
use super::plan::{Plan, PlanFault};
use super::series::{
    Channel, Profiles, Quantity, Series, SeriesFault, SeriesOptions, Target, series,
};
use super::sweep::LANES;

/// Most branches tried for one question.
pub const MAX_CANDIDATES: usize = 64;
/// Where the search for headroom ends: nothing limits.
const MOST_FACTOR: f64 = 1e6;
/// Each round divides the interval by nine: twelve leave 1e-11 of it.
const ROUNDS: u32 = 12;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Headroom {
    /// All consumption can be multiplied by this before a limit breaks; below 1 one is broken already.
    pub factor: f64,
    pub limit: Option<Breach>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Relief {
    pub branch: usize,
    pub before: f64,
    pub after: f64,
}

/// What is to grow, or to shrink.
#[derive(Clone, Debug, PartialEq)]
pub enum Aim<'a> {
    /// Factor on all consumption.
    Consumption(Band),
    /// kW at each of these buses.
    Production(&'a [usize], CapacityOptions),
    /// MW unserved over all outages.
    Outages(ContingencyOptions),
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReinforcementFault {
    #[error(transparent)]
    Plan(#[from] PlanFault),
    #[error(transparent)]
    Series(#[from] SeriesFault),
    #[error(transparent)]
    Capacity(#[from] CapacityFault),
    #[error(transparent)]
    Contingency(#[from] ContingencyFault),
}

/// A branch as two of its kind side by side; `None` for what has no impedance.
pub fn doubled(branch: &Branch) -> Option<Branch> {
    let Coupling::TwoPort(port) = branch.coupling else {
        return None;
    };
    Some(Branch {
        coupling: Coupling::TwoPort(port.parallel(port)),
        rating: match branch.rating {
            Rating::None => Rating::None,
            Rating::Current { from_ka, to_ka } => Rating::Current {
                from_ka: 2.0 * from_ka,
                to_ka: 2.0 * to_ka,
            },
            Rating::Power { mva } => Rating::Power { mva: 2.0 * mva },
        },
        ..branch.clone()
    })
}

/// How far all consumption can grow together.
///
/// # Errors
/// A [`SeriesFault`] when the network cannot be solved at all.
pub fn headroom(network: &Network, band: &Band) -> Result<Headroom, SeriesFault> {
    // Doubling, eight powers of two at a time.
    let (mut fits, mut breaks) = (0.0, None);
    let none = at_factors(network, vec![0.0])?;
    if !within(&none, 0, band) {
        let limit = breach_at(network, 0.0, band)?;
        return Ok(Headroom { factor: 0.0, limit });
    }
    let mut first = 2.0_f64.powi(-4);
    while breaks.is_none() && first <= MOST_FACTOR {
        let factors: Vec<f64> = (0..LANES as i32).map(|k| first * 2.0_f64.powi(k)).collect();
        let done = at_factors(network, factors.clone())?;
        for (step, factor) in factors.into_iter().enumerate() {
            if within(&done, step, band) {
                fits = factor;
            } else {
                breaks = Some(factor);
                break;
            }
        }
        first *= 2.0_f64.powi(LANES as i32);
    }
    let Some(mut breaks) = breaks else {
        return Ok(Headroom {
            factor: fits,
            limit: None,
        });
    };
    for _ in 0..ROUNDS {
        let width = (breaks - fits) / (LANES + 1) as f64;
        let factors: Vec<f64> = (1..=LANES).map(|k| fits + width * k as f64).collect();
        let done = at_factors(network, factors.clone())?;
        for (step, factor) in factors.into_iter().enumerate() {
            if within(&done, step, band) {
                fits = factor;
            } else {
                breaks = factor;
                break;
            }
        }
    }
    Ok(Headroom {
        factor: fits,
        limit: breach_at(network, breaks, band)?,
    })
}

fn at_factors(network: &Network, factors: Vec<f64>) -> Result<Series, SeriesFault> {
    let channels = network
        .loads
        .iter()
        .enumerate()
        .filter(|(_, load)| load.kind == LoadKind::Consumption)
        .map(|(index, _)| Channel {
            target: Target::Load(index),
            quantity: Quantity::Factor,
            column: 0,
        })
        .collect();
    let profiles = Profiles {
        steps: factors.len(),
        columns: vec![factors],
        channels,
    };
    let options = SeriesOptions {
        tolerance_pu: 1e-12,
        max_iterations: 100,
        ..SeriesOptions::default()
    };
    series(network, &profiles, &options)
}

fn within(done: &Series, step: usize, band: &Band) -> bool {
    done.steps.get(step).is_some_and(|step| {
        step.lowest_pu >= band.lowest_pu
            && step.highest_pu <= band.highest_pu
            && step.loading_percent <= band.loading_percent
    })
}

fn breach_at(network: &Network, factor: f64, band: &Band) -> Result<Option<Breach>, SeriesFault> {
    let done = at_factors(network, vec![factor])?;
    let Some(step) = done.steps.first().filter(|step| step.lowest_pu.is_finite()) else {
        return Ok(Some(Breach::NoState));
    };
    let place = |worst: &Option<super::series::Worst>| worst.map(|worst| worst.place);
    let low = place(&done.lowest).filter(|_| step.lowest_pu < band.lowest_pu);
    let high = place(&done.highest).filter(|_| step.highest_pu > band.highest_pu);
    let loading = place(&done.loading).filter(|_| step.loading_percent > band.loading_percent);
    Ok(low
        .map(|bus| Breach::TooLow(bus, step.lowest_pu))
        .or(high.map(|bus| Breach::TooHigh(bus, step.highest_pu)))
        .or(loading.map(|branch| Breach::Overload(branch, step.loading_percent))))
}

/// What doubling each candidate brings, the best first; branches that bring nothing are left out.
///
/// # Errors
/// A [`ReinforcementFault`] when the question has no answer for the network as it is.
pub fn reliefs(network: &Network, aim: &Aim) -> Result<Vec<Relief>, ReinforcementFault> {
    let (before, candidates) = match aim {
        Aim::Consumption(band) => {
            let now = headroom(network, band)?;
            let elements: Vec<Element> =
                now.limit.and_then(Element::of_breach).into_iter().collect();
            (now.factor, candidates(network, &elements)?)
        }
        Aim::Production(buses, options) => {
            let now = production(network, buses, options)?;
            let elements: Vec<Element> = Element::of_limit(now.limit).into_iter().collect();
            (now.per_bus_kw, candidates(network, &elements)?)
        }
        Aim::Outages(options) => {
            let now = super::contingency::contingencies(network, options)?;
            let elements: Vec<Element> = now
                .outages
                .iter()
                .filter_map(|outage| Element::of_breach(outage.breach?))
                .collect();
            (
                now.unserved_mw(),
                candidates_of_outages(network, &elements)?,
            )
        }
    };
    let mut trial = network.clone();
    let mut reliefs = Vec::new();
    for index in candidates {
        let Some(branch) = network.branches.get(index) else {
            continue;
        };
        let Some(twice) = doubled(branch) else {
            continue;
        };
        if let Some(slot) = trial.branches.get_mut(index) {
            *slot = twice;
        }
        let after = match aim {
            Aim::Consumption(band) => headroom(&trial, band)?.factor,
            Aim::Production(buses, options) => production(&trial, buses, options)?.per_bus_kw,
            Aim::Outages(options) => unserved(&trial, network, index, options)?,
        };
        if let Some(slot) = trial.branches.get_mut(index) {
            slot.clone_from(branch);
        }
        let gain = match aim {
            Aim::Outages(_) => before - after,
            _ => after - before,
        };
        // The last digits of a bisection are no relief.
        if gain > 1e-7 * before.abs().max(1e-6) {
            reliefs.push(Relief {
                branch: index,
                before,
                after,
            });
        }
    }
    reliefs.sort_by(|a, b| {
        (b.after - b.before)
            .abs()
            .total_cmp(&(a.after - a.before).abs())
    });
    Ok(reliefs)
}

fn production(
    network: &Network,
    buses: &[usize],
    options: &CapacityOptions,
) -> Result<Capacity, CapacityFault> {
    capacities(network, &[buses.to_vec()], options)?
        .into_iter()
        .next()
        .ok_or(CapacityFault::NoBus)
}

/// Of two branches side by side one can fail while the other stays: the outage of the doubled one is none.
fn unserved(
    trial: &Network,
    network: &Network,
    doubled: usize,
    options: &ContingencyOptions,
) -> Result<f64, ContingencyFault> {
    let all = super::contingency::failing(network, options);
    let others: Vec<usize> = all.into_iter().filter(|&index| index != doubled).collect();
    Ok(outages(trial, &others, options)?.unserved_mw())
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Element {
    Bus(usize),
    Branch(usize),
}

impl Element {
    fn of_breach(breach: Breach) -> Option<Self> {
        match breach {
            Breach::TooLow(bus, _) | Breach::TooHigh(bus, _) => Some(Self::Bus(bus)),
            Breach::Overload(branch, _) => Some(Self::Branch(branch)),
            Breach::NoState => None,
        }
    }

    fn of_limit(limit: Limit) -> Option<Self> {
        match limit {
            Limit::Voltage(bus) => Some(Self::Bus(bus)),
            Limit::Loading(branch) => Some(Self::Branch(branch)),
            Limit::Collapse | Limit::Nothing => None,
        }
    }
}

/// Branches between the elements and their source; without elements the most loaded ones.
fn candidates(network: &Network, elements: &[Element]) -> Result<Vec<usize>, PlanFault> {
    let plan = Plan::of(network)?;
    let topology = &plan.topology;
    let depth = depths(network, topology);
    let depth_of = |bus: usize| topology.node(bus).and_then(|node| depth.get(node).copied());
    // The branch by which each node is reached from its source, with parallel ones.
    let mut towards: Vec<Vec<usize>> = vec![Vec::new(); topology.nodes];
    for (index, branch) in network.branches.iter().enumerate() {
        if !network.conducts(branch) || branch.coupling == Coupling::Ideal {
            continue;
        }
        let deeper = match (depth_of(branch.from), depth_of(branch.to)) {
            (Some(from), Some(to)) if from < to => branch.to,
            (Some(from), Some(to)) if from > to => branch.from,
            _ => continue,
        };
        if let Some(list) = topology.node(deeper).and_then(|node| towards.get_mut(node)) {
            list.push(index);
        }
    }
    let mut chosen = Vec::new();
    for element in elements {
        let mut at = match element {
            Element::Bus(bus) => topology.node(*bus),
            Element::Branch(index) => {
                chosen.push(*index);
                network.branches.get(*index).and_then(|branch| {
                    let ends = [branch.from, branch.to];
                    ends.into_iter()
                        .min_by_key(|bus| depth_of(*bus).unwrap_or(u32::MAX))
                        .and_then(|bus| topology.node(bus))
                })
            }
        };
        // Depths fall along the way, so it ends.
        while let Some(list) = at.and_then(|node| towards.get(node)) {
            chosen.extend(list.iter().copied());
            at = list
                .first()
                .and_then(|&index| network.branches.get(index))
                .and_then(|branch| {
                    let ends = [branch.from, branch.to];
                    ends.into_iter()
                        .min_by_key(|bus| depth_of(*bus).unwrap_or(u32::MAX))
                        .and_then(|bus| topology.node(bus))
                });
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    chosen.retain(|index| {
        let sound = network
            .branches
            .get(*index)
            .is_some_and(|branch| branch.kind != BranchKind::Internal);
        sound && seen.insert(*index)
    });
    chosen.truncate(MAX_CANDIDATES);
    Ok(chosen)
}

/// Back-feeds run through branches that limit them, and those before them in the normal state.
fn candidates_of_outages(network: &Network, elements: &[Element]) -> Result<Vec<usize>, PlanFault> {
    let mut counted: Vec<(usize, Element)> = Vec::new();
    for element in elements {
        match counted.iter_mut().find(|(_, known)| known == element) {
            Some((count, _)) => *count += 1,
            None => counted.push((1, *element)),
        }
    }
    counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let ordered: Vec<Element> = counted.into_iter().map(|(_, element)| element).collect();
    candidates(network, &ordered)
}
