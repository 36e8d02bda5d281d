//! Collective self-consumption: who gets which part of what neighbours produce, and whether they are near enough.
//!
//! French law (code de l’énergie, L315-2 and following): producers and consumers of one operation, gathered in one legal person, share production step by step by keys that they give to the grid operator.
//! A consumer gets in each step min(consumption, key × production); what a key leaves over is nobody else's in that step, it is the producers' surplus.
//!
//! | keys | are |
//! |---|---|
//! | static | one share for each consumer, all year |
//! | proportional | the grid operator's dynamic default: by consumption of the step |
//! | ranked | dynamic: one group after another, by consumption within a group |
//! | dynamic | any share for each consumer and step |
//!
//! Distances, power and their dates are facts of [`super::economics`] (`acc-distance`, `acc-power`), not code.

pub mod file;

use super::economics::{Fact, Facts, Validity};
use crate::base::Instant;
use crate::geodesy::LonLat;

/// Most steps: a year of quarter hours.
pub const MAX_STEPS: usize = 35_136;
/// Most participants of one side; the largest operations of France have some hundreds.
pub const MAX_PARTICIPANTS: usize = 5_000;
/// Keys may miss 1 by the rounding of percents with two decimals over all participants.
const KEY_SLACK: f64 = 1e-6;

#[derive(Clone, Debug, PartialEq)]
pub enum Keys {
    /// Of each consumer, 0…1, together at most 1.
    Static(Vec<f64>),
    Proportional,
    /// Rank of each consumer; rank 0 is served first.
    Ranked(Vec<u32>),
    /// Of each consumer in each step, together at most 1 in every step.
    Dynamic(Vec<Vec<f64>>),
}

/// Mean powers of each step, kW; what producers feed in and consumers draw, after their own self-consumption.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    pub step_h: f64,
    pub producers_kw: Vec<Vec<f64>>,
    pub consumers_kw: Vec<Vec<f64>>,
    pub keys: Keys,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared {
    pub step_h: f64,
    /// What each consumer gets from the operation, kW in each step.
    pub allocated_kw: Vec<Vec<f64>>,
    /// What is left to each producer, in proportion to what it fed in.
    pub surplus_kw: Vec<Vec<f64>>,
    pub consumers: Vec<Consumer>,
    pub producers: Vec<Producer>,
}

/// A consumer's year, kWh.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Consumer {
    pub consumption_kwh: f64,
    pub allocated_kwh: f64,
    /// What the usual supplier sells.
    pub supplied_kwh: f64,
}

/// A producer's year, kWh.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Producer {
    pub production_kwh: f64,
    pub shared_kwh: f64,
    pub surplus_kwh: f64,
}

/// What is impossible in an operation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SharingFault {
    #[error("a step of {0} h is not possible")]
    Step(f64),
    #[error("{0} steps, between 1 and {MAX_STEPS} are possible")]
    Steps(usize),
    #[error("{0} participants, between 1 and {MAX_PARTICIPANTS} are possible on each side")]
    Participants(usize),
    #[error("{who} {index} has {found} values for {steps} steps")]
    Length {
        who: &'static str,
        index: usize,
        found: usize,
        steps: usize,
    },
    #[error("{who} {index}, step {step}: {value} is not possible")]
    Value {
        who: &'static str,
        index: usize,
        step: usize,
        value: f64,
    },
    #[error("{found} keys for {consumers} consumers")]
    Keys { found: usize, consumers: usize },
    #[error("the keys of step {step} add up to {sum}, more than everything")]
    Sum { step: usize, sum: f64 },
}

/// # Errors
/// A [`SharingFault`] with the first thing that is impossible.
pub fn share(operation: &Operation) -> Result<Shared, SharingFault> {
    let steps = check(operation)?;
    let consumers = operation.consumers_kw.len();
    let mut allocated_kw = vec![vec![0.0; steps]; consumers];
    let mut surplus_kw = vec![vec![0.0; steps]; operation.producers_kw.len()];
    let mut drawn = vec![0.0; consumers];
    let mut given = vec![0.0; consumers];
    for step in 0..steps {
        let production: f64 = operation.producers_kw.iter().map(|kw| at(kw, step)).sum();
        for (slot, kw) in drawn.iter_mut().zip(&operation.consumers_kw) {
            *slot = at(kw, step);
        }
        match &operation.keys {
            Keys::Static(keys) => by_keys(keys.iter().copied(), production, &drawn, &mut given),
            Keys::Dynamic(keys) => by_keys(
                keys.iter().map(|of| at(of, step)),
                production,
                &drawn,
                &mut given,
            ),
            Keys::Proportional => {
                given.fill(0.0);
                proportional(production, &drawn, |_| true, &mut given);
            }
            Keys::Ranked(ranks) => ranked(ranks, production, &drawn, &mut given),
        }
        for (list, kw) in allocated_kw.iter_mut().zip(&given) {
            if let Some(slot) = list.get_mut(step) {
                *slot = *kw;
            }
        }
        let left = (production - given.iter().sum::<f64>()).max(0.0);
        for (list, kw) in surplus_kw.iter_mut().zip(&operation.producers_kw) {
            if let Some(slot) = list.get_mut(step)
                && production > 0.0
            {
                *slot = at(kw, step) * (left / production).min(1.0);
            }
        }
    }
    let kwh = |kw: &[f64]| kw.iter().sum::<f64>() * operation.step_h;
    Ok(Shared {
        step_h: operation.step_h,
        consumers: operation
            .consumers_kw
            .iter()
            .zip(&allocated_kw)
            .map(|(drawn, given)| Consumer {
                consumption_kwh: kwh(drawn),
                allocated_kwh: kwh(given),
                supplied_kwh: kwh(drawn) - kwh(given),
            })
            .collect(),
        producers: operation
            .producers_kw
            .iter()
            .zip(&surplus_kw)
            .map(|(made, left)| Producer {
                production_kwh: kwh(made),
                shared_kwh: kwh(made) - kwh(left),
                surplus_kwh: kwh(left),
            })
            .collect(),
        allocated_kw,
        surplus_kw,
    })
}

fn at(values: &[f64], step: usize) -> f64 {
    values.get(step).copied().unwrap_or(0.0)
}

fn by_keys(keys: impl Iterator<Item = f64>, production: f64, drawn: &[f64], given: &mut [f64]) {
    let mut left = production;
    for ((key, draw), slot) in keys.zip(drawn).zip(given) {
        // Keys that miss 1 by their rounding must not give what is not there.
        *slot = (key * production).min(*draw).min(left).max(0.0);
        left -= *slot;
    }
}

/// Adds to the chosen consumers what `available` brings, by consumption; returns what is left.
fn proportional(
    available: f64,
    drawn: &[f64],
    chosen: impl Fn(usize) -> bool,
    given: &mut [f64],
) -> f64 {
    let all = drawn.iter().enumerate().filter(|(index, _)| chosen(*index));
    let wanted: f64 = all.map(|(_, kw)| kw).sum();
    if wanted <= 0.0 {
        return available;
    }
    let part = (available / wanted).min(1.0);
    for (index, (slot, draw)) in given.iter_mut().zip(drawn).enumerate() {
        if chosen(index) {
            *slot = draw * part;
        }
    }
    (available - wanted).max(0.0)
}

fn ranked(ranks: &[u32], production: f64, drawn: &[f64], given: &mut [f64]) {
    given.fill(0.0);
    let mut left = production;
    let mut next = ranks.iter().min().copied();
    while let Some(rank) = next {
        left = proportional(left, drawn, |index| ranks.get(index) == Some(&rank), given);
        next = ranks.iter().filter(|other| **other > rank).min().copied();
    }
}

fn check(operation: &Operation) -> Result<usize, SharingFault> {
    if !(operation.step_h > 0.0 && operation.step_h.is_finite()) {
        return Err(SharingFault::Step(operation.step_h));
    }
    for side in [&operation.producers_kw, &operation.consumers_kw] {
        if !(1..=MAX_PARTICIPANTS).contains(&side.len()) {
            return Err(SharingFault::Participants(side.len()));
        }
    }
    let steps = operation.consumers_kw.first().map_or(0, Vec::len);
    if !(1..=MAX_STEPS).contains(&steps) {
        return Err(SharingFault::Steps(steps));
    }
    let powers = f64::MAX;
    sound("producer", &operation.producers_kw, steps, powers)?;
    sound("consumer", &operation.consumers_kw, steps, powers)?;
    let consumers = operation.consumers_kw.len();
    let count = |found: usize| {
        if found == consumers {
            Ok(())
        } else {
            Err(SharingFault::Keys { found, consumers })
        }
    };
    let whole = |step: usize, sum: f64| {
        if sum <= 1.0 + KEY_SLACK {
            Ok(())
        } else {
            Err(SharingFault::Sum { step, sum })
        }
    };
    match &operation.keys {
        Keys::Proportional => {}
        Keys::Ranked(ranks) => count(ranks.len())?,
        Keys::Static(keys) => {
            count(keys.len())?;
            for (index, &value) in keys.iter().enumerate() {
                if !(0.0..=1.0).contains(&value) {
                    let (who, step) = ("key of consumer", 0);
                    return Err(SharingFault::Value {
                        who,
                        index,
                        step,
                        value,
                    });
                }
            }
            whole(0, keys.iter().sum())?;
        }
        Keys::Dynamic(keys) => {
            count(keys.len())?;
            sound("key of consumer", keys, steps, 1.0)?;
            for step in 0..steps {
                whole(step, keys.iter().map(|of| at(of, step)).sum())?;
            }
        }
    }
    Ok(steps)
}

fn sound(
    who: &'static str,
    lists: &[Vec<f64>],
    steps: usize,
    most: f64,
) -> Result<(), SharingFault> {
    for (index, list) in lists.iter().enumerate() {
        if list.len() != steps {
            let found = list.len();
            return Err(SharingFault::Length {
                who,
                index,
                found,
                steps,
            });
        }
        let odd = |(_, value): &(usize, &f64)| !(0.0..=most).contains(*value);
        if let Some((step, &value)) = list.iter().enumerate().find(odd) {
            return Err(SharingFault::Value {
                who,
                index,
                step,
                value,
            });
        }
    }
    Ok(())
}

impl Shared {
    /// Share of the production that the operation uses itself (taux d'autoconsommation), 0…1.
    pub fn self_consumption(&self) -> f64 {
        let made: f64 = self.producers.iter().map(|p| p.production_kwh).sum();
        let shared: f64 = self.producers.iter().map(|p| p.shared_kwh).sum();
        if made > 0.0 { shared / made } else { 0.0 }
    }

    /// Share of the consumption that the operation covers (taux d'autoproduction), 0…1.
    pub fn self_production(&self) -> f64 {
        let drawn: f64 = self.consumers.iter().map(|c| c.consumption_kwh).sum();
        let given: f64 = self.consumers.iter().map(|c| c.allocated_kwh).sum();
        if drawn > 0.0 { given / drawn } else { 0.0 }
    }
}

/// Where an operation lies: the distance that may separate its participants depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The general rule.
    Anywhere,
    /// By derogation, where houses are sparse.
    Periurban,
    Rural,
    /// Participants of one building: no distance.
    Building,
}

/// A participant on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    pub place: LonLat,
    /// Power of production installed there, kW.
    pub production_kw: f64,
}

/// Whether an operation may exist where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Eligibility {
    /// Between the two participants farthest from each other, km; the law counts this, not the radius of a circle.
    pub extent_km: f64,
    pub farthest: Option<(usize, usize)>,
    pub production_kw: f64,
    /// The facts that were applied, with their validity at the date asked for.
    pub distance: Option<(Fact, Validity)>,
    pub power: Option<(Fact, Validity)>,
    /// `None` where no value is known for the date.
    pub near_enough: Option<bool>,
    pub small_enough: Option<bool>,
}

/// # Errors
/// [`SharingFault::Participants`] when there are too many to compare.
pub fn eligibility(
    sites: &[Site],
    setting: Setting,
    facts: &Facts,
    at: Instant,
) -> Result<Eligibility, SharingFault> {
    if sites.len() > 2 * MAX_PARTICIPANTS {
        return Err(SharingFault::Participants(sites.len()));
    }
    let places: Vec<_> = sites
        .iter()
        .map(|site| site.place.at_height(0.0).to_ecef().0)
        .collect();
    let mut widest: Option<(f64, (usize, usize))> = None;
    for (a, here) in places.iter().enumerate() {
        for (b, there) in places.iter().enumerate().skip(a + 1) {
            // Chords: 8 mm short at 20 km.
            let square = here.distance_squared(*there);
            if widest.is_none_or(|(known, _)| square > known) {
                widest = Some((square, (a, b)));
            }
        }
    }
    let extent_km = widest.map_or(0.0, |(square, _)| square.sqrt() / 1000.0);
    let production_kw: f64 = sites.iter().map(|site| site.production_kw).sum();
    let find = |id: &str| {
        let found = facts.find(id, 0.0, at);
        found.map(|(fact, validity)| (fact.clone(), validity))
    };
    let distance = match setting {
        Setting::Anywhere => find("acc-distance"),
        Setting::Periurban => find("acc-distance-periurban"),
        Setting::Rural => find("acc-distance-rural"),
        Setting::Building => None,
    };
    let power = find("acc-power");
    let below = |fact: &Option<(Fact, Validity)>, value: f64| {
        let most = fact.as_ref().and_then(|(fact, _)| fact.value)?;
        Some(value <= most)
    };
    Ok(Eligibility {
        extent_km,
        farthest: widest.map(|(_, pair)| pair),
        production_kw,
        near_enough: match setting {
            Setting::Building => Some(true),
            _ => below(&distance, extent_km),
        },
        small_enough: below(&power, production_kw),
        distance,
        power,
    })
}
