//! N-1: what is lost when one branch fails, and what switching can feed from the other side.
//!
//! The failed branch is taken out at both ends (its fault is found and isolated); each part that is dark then is tied to a part that is not, by the open branch whose closing strains the network least; several parts take several closings.
//! Where one tie cannot carry a whole part and others reach it, the part is cut in two at one of its own branches, each half on a tie of its own; where that does not hold either, the share of the consumption that fits is bisected.
//!
//! Range: steady states before and after switching. How long the switching takes, and whether a switch stands at each end, is not known to a network file.

use super::flow::{Flow, FlowOptions, flow};
use super::limits::{Band, Breach, Limits};
use super::network::{Branch, BranchKind, Coupling, LoadKind, Network};
use super::plan::PlanFault;
use super::topology::Topology;

/// Most outages of one study.
pub const MAX_OUTAGES: usize = 20_000;
/// Ties tried for one dark part; the first ones of the network where there are more.
const MAX_TIES: usize = 32;
/// Closings after one outage: nobody drives to more switches.
const MAX_CLOSINGS: usize = 4;
/// Places tried to cut a dark part between two ties.
const MAX_CUTS: usize = 64;
/// Halvings of the share that can be fed: to a ten-thousandth of a percent.
const HALVINGS: u32 = 20;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ContingencyOptions {
    /// Holds after switching; an emergency may allow more than daily life.
    pub band: Band,
    /// Branches out of service at both ends count as reserves too: many files write normally open ties so.
    pub reserves: bool,
    /// Nominal voltages of the branches that fail, kV; the medium voltage of France lies between 1 and 50 kV.
    pub from_kv: f64,
    pub to_kv: f64,
}

impl Default for ContingencyOptions {
    fn default() -> Self {
        Self {
            band: Band::default(),
            reserves: true,
            from_kv: 1.0,
            to_kv: 50.0,
        }
    }
}

/// How an outage ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// No consumption was cut, and all limits hold.
    Secure,
    /// What was cut is fed again, and all limits hold.
    BackFed,
    /// A part of what was cut is fed again.
    Partly,
    /// Nothing of what was cut can be fed.
    Lost,
    /// No consumption was cut, but a limit breaks.
    Overloaded,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    pub branch: usize,
    /// Buses in the dark before any switching.
    pub dark_buses: usize,
    /// Consumption in the dark before any switching, MW.
    pub cut_mw: f64,
    /// Branches that are closed, in order.
    pub closed: Vec<usize>,
    /// A branch within the dark part that is opened, so that two ties share it.
    pub opened: Option<usize>,
    /// Consumption that stays in the dark, or is more than the ties can carry, MW.
    pub unserved_mw: f64,
    /// What breaks when all that can be reached is fed whole.
    pub breach: Option<Breach>,
    /// Extremes after switching, of what is fed whole; `None` without a state.
    pub lowest_pu: Option<f64>,
    pub loading_percent: Option<f64>,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Security {
    /// What is beyond the band before anything fails.
    pub before: Option<Breach>,
    /// Branches that could be closed.
    pub ties: Vec<usize>,
    pub outages: Vec<Outage>,
    /// Outages that were left out for [`MAX_OUTAGES`].
    pub left_out: usize,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ContingencyFault {
    #[error(transparent)]
    Plan(#[from] PlanFault),
    #[error("the network has no state even before anything fails")]
    NoState,
}

impl Security {
    /// Branches and what each of them, as the limit of a back-feed, leaves unserved over all outages, MW; the largest first.
    pub fn bottlenecks(&self) -> Vec<(usize, f64)> {
        let mut sums: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
        for outage in &self.outages {
            if let Some(Breach::Overload(branch, _)) = outage.breach {
                *sums.entry(branch).or_default() += outage.unserved_mw;
            }
        }
        let mut sums: Vec<(usize, f64)> = sums.into_iter().collect();
        sums.sort_by(|a, b| b.1.total_cmp(&a.1));
        sums
    }

    pub fn unserved_mw(&self) -> f64 {
        let all = self.outages.iter();
        all.fold(0.0, |sum, outage| sum + outage.unserved_mw)
    }
}

/// Each branch of the chosen voltages, one after another.
///
/// # Errors
/// A [`ContingencyFault`] when there is nothing to compare with.
pub fn contingencies(
    network: &Network,
    options: &ContingencyOptions,
) -> Result<Security, ContingencyFault> {
    outages(network, &failing(network, options), options)
}

/// The branches that fail one after another in [`contingencies`].
pub fn failing(network: &Network, options: &ContingencyOptions) -> Vec<usize> {
    let range = options.from_kv..=options.to_kv;
    let kv = |bus: usize| {
        network
            .buses
            .get(bus)
            .map_or(f64::NAN, |bus| bus.nominal_kv)
    };
    let fails = |branch: &Branch| {
        let fallible = matches!(
            branch.kind,
            BranchKind::Line | BranchKind::Transformer | BranchKind::Impedance
        );
        // A transformer counts where it supplies the voltage in question; one that only hangs on it does not, and a regulator does.
        let counts = match branch.kind {
            BranchKind::Transformer => range.contains(&kv(branch.from).min(kv(branch.to))),
            _ => range.contains(&kv(branch.from)),
        };
        fallible && counts && network.conducts(branch)
    };
    (0..network.branches.len())
        .filter(|&index| network.branches.get(index).is_some_and(fails))
        .collect()
}

/// These branches, one after another.
///
/// # Errors
/// As [`contingencies`].
pub fn outages(
    network: &Network,
    branches: &[usize],
    options: &ContingencyOptions,
) -> Result<Security, ContingencyFault> {
    let study = Study::of(network, options)?;
    let supplied = |&&index: &&usize| {
        network
            .branches
            .get(index)
            .is_some_and(|branch| study.normal.node(branch.from).is_some())
    };
    let mut trial = network.clone();
    let outages: Vec<Outage> = branches
        .iter()
        .filter(supplied)
        .take(MAX_OUTAGES)
        .map(|&branch| study.outage(&mut trial, branch))
        .collect();
    Ok(Security {
        before: Limits::uniform(network, &options.band).breach(network, &study.before),
        left_out: branches.iter().filter(supplied).count() - outages.len(),
        ties: study.ties.clone(),
        outages,
    })
}

struct Study<'a> {
    network: &'a Network,
    normal: Topology,
    before: Flow,
    limits: Limits,
    ties: Vec<usize>,
}

/// One state after switching.
struct After {
    excess: f64,
    flow: Option<Flow>,
}

/// How a dark part is shared by two ties.
struct Split {
    tie: usize,
    opened: usize,
    after: After,
}

/// Branches with impedance on the shortest way between two buses through these buses only.
fn path(network: &Network, inside: &dyn Fn(usize) -> bool, from: usize, to: usize) -> Vec<usize> {
    let mut around: Vec<Vec<(usize, usize)>> = vec![Vec::new(); network.buses.len()];
    for (index, branch) in network.branches.iter().enumerate() {
        if network.conducts(branch) && inside(branch.from) && inside(branch.to) {
            for (here, there) in [(branch.from, branch.to), (branch.to, branch.from)] {
                if let Some(list) = around.get_mut(here) {
                    list.push((there, index));
                }
            }
        }
    }
    let mut came_by: Vec<Option<(usize, usize)>> = vec![None; network.buses.len()];
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(bus) = queue.pop_front() {
        if bus == to {
            break;
        }
        for &(next, index) in around.get(bus).into_iter().flatten() {
            if next != from
                && let Some(slot @ None) = came_by.get_mut(next)
            {
                *slot = Some((bus, index));
                queue.push_back(next);
            }
        }
    }
    let mut way = Vec::new();
    let mut at = to;
    while let Some((before, index)) = came_by.get(at).copied().flatten() {
        let has_impedance = network
            .branches
            .get(index)
            .is_some_and(|branch| branch.coupling != Coupling::Ideal);
        if has_impedance {
            way.push(index);
        }
        at = before;
    }
    way
}

impl<'a> Study<'a> {
    fn of(network: &'a Network, options: &ContingencyOptions) -> Result<Self, ContingencyFault> {
        let before = match flow(network, &FlowOptions::default()) {
            Ok(flow) => flow,
            Err(super::flow::FlowFault::Plan(fault)) => return Err(fault.into()),
            Err(super::flow::FlowFault::Diverged { .. }) => return Err(ContingencyFault::NoState),
        };
        let can_close = |branch: &Branch| {
            let kv = |bus: usize| network.buses.get(bus).map(|bus| bus.nominal_kv);
            let out = !branch.from_closed && !branch.to_closed;
            let reserve = branch.kind == BranchKind::Switch || !out || options.reserves;
            !network.conducts(branch)
                && network.live(branch.from)
                && network.live(branch.to)
                && branch.kind != BranchKind::Internal
                && reserve
                // Without impedance it must not couple two voltages.
                && (branch.coupling != Coupling::Ideal || kv(branch.from) == kv(branch.to))
        };
        Ok(Self {
            network,
            normal: Topology::of(network),
            limits: Limits::beside(network, &options.band, &before),
            before,
            ties: (0..network.branches.len())
                .filter(|&index| network.branches.get(index).is_some_and(can_close))
                .collect(),
        })
    }

    /// `trial` is the network as it was, before and after.
    fn outage(&self, trial: &mut Network, branch: usize) -> Outage {
        set(trial, branch, (false, false));
        let topology = Topology::of(trial);
        let dark = self.dark(&topology);
        let cut_mw = self.consumption_mw(&dark);
        let mut closed = Vec::new();
        let mut after = After {
            excess: f64::INFINITY,
            flow: None,
        };
        let mut still = topology;
        while closed.len() < MAX_CLOSINGS {
            let Some((tie, state)) = self.best_tie(trial, branch, &still) else {
                break;
            };
            set(trial, tie, (true, true));
            closed.push(tie);
            after = state;
            still = Topology::of(trial);
        }
        if closed.is_empty() {
            after = self.state(trial);
        }
        let mut opened = None;
        if let ([tie], true) = (&closed[..], after.excess > 0.0)
            && let Some(split) = self.split(trial, *tie, &dark)
        {
            set(trial, split.opened, (false, false));
            set(trial, split.tie, (true, true));
            opened = Some(split.opened);
            closed.push(split.tie);
            after = split.after;
            still = Topology::of(trial);
        }
        let left = self.dark(&still);
        let left_mw = self.consumption_mw(&left);
        let breach = match &after.flow {
            Some(flow) => self.limits.breach(self.network, flow),
            None => Some(Breach::NoState),
        };
        let fed: Vec<bool> = dark.iter().zip(&left).map(|(a, b)| *a && !*b).collect();
        let fed_mw = self.consumption_mw(&fed);
        let unserved_mw = match breach {
            None => left_mw,
            Some(_) => left_mw + fed_mw * (1.0 - self.share_that_fits(trial, &fed)),
        };
        let verdict = match (cut_mw > 0.0, breach) {
            (false, None) => Verdict::Secure,
            (false, Some(_)) => Verdict::Overloaded,
            (true, None) if left_mw <= 0.0 && !closed.is_empty() => Verdict::BackFed,
            (true, _) if unserved_mw < cut_mw * (1.0 - 1e-6) => Verdict::Partly,
            (true, _) => Verdict::Lost,
        };
        set(trial, branch, self.ends(branch));
        for &switched in closed.iter().chain(&opened) {
            set(trial, switched, self.ends(switched));
        }
        let flow = after.flow.as_ref();
        Outage {
            branch,
            dark_buses: dark.iter().filter(|dark| **dark).count(),
            cut_mw,
            closed,
            opened,
            unserved_mw,
            breach,
            lowest_pu: flow.map(|flow| lowest_pu(self.network, flow)),
            loading_percent: flow.map(highest_loading),
            verdict,
        }
    }

    fn ends(&self, branch: usize) -> (bool, bool) {
        self.network
            .branches
            .get(branch)
            .map_or((false, false), |b| (b.from_closed, b.to_closed))
    }

    /// Which buses had a voltage before, and have none now.
    fn dark(&self, now: &Topology) -> Vec<bool> {
        (0..self.network.buses.len())
            .map(|bus| self.normal.node(bus).is_some() && now.node(bus).is_none())
            .collect()
    }

    fn consumption_mw(&self, at: &[bool]) -> f64 {
        self.network
            .loads
            .iter()
            .filter(|load| load.in_service && load.kind == LoadKind::Consumption)
            .filter(|load| at.get(load.bus).copied().unwrap_or(false))
            .map(|load| load.p_mw)
            // An empty sum is −0, and nobody wants to read that.
            .fold(0.0, |sum, p_mw| sum + p_mw)
    }

    /// The closing that feeds some dark part with consumption and strains the network least.
    fn best_tie(
        &self,
        trial: &mut Network,
        failed: usize,
        now: &Topology,
    ) -> Option<(usize, After)> {
        let part = now.islands.iter().find(|island| {
            let mut at = vec![false; self.network.buses.len()];
            for &bus in island.iter() {
                if let Some(slot) = at.get_mut(bus) {
                    *slot = self.normal.node(bus).is_some();
                }
            }
            self.consumption_mw(&at) > 0.0 && self.reachable(&at, failed, now).next().is_some()
        })?;
        let mut at = vec![false; self.network.buses.len()];
        for &bus in part {
            if let Some(slot) = at.get_mut(bus) {
                *slot = true;
            }
        }
        let candidates: Vec<usize> = self.reachable(&at, failed, now).take(MAX_TIES).collect();
        let mut best: Option<(usize, After)> = None;
        for tie in candidates {
            set(trial, tie, (true, true));
            let state = self.state(trial);
            set(trial, tie, self.ends(tie));
            let better = match &best {
                None => true,
                Some((_, known)) => match state.excess.total_cmp(&known.excess) {
                    std::cmp::Ordering::Less => true,
                    std::cmp::Ordering::Greater => false,
                    // Of two that hold all limits the one with the higher lowest voltage.
                    std::cmp::Ordering::Equal => match (&state.flow, &known.flow) {
                        (Some(a), Some(b)) => {
                            lowest_pu(self.network, a) > lowest_pu(self.network, b)
                        }
                        _ => false,
                    },
                },
            };
            if better {
                best = Some((tie, state));
            }
        }
        best
    }

    /// A second tie, and the branch between both to open, that bring the breaches down most; the first tie is closed already.
    fn split(&self, trial: &mut Network, first: usize, dark: &[bool]) -> Option<Split> {
        let whole = self.state(trial).excess;
        let inside = |bus: usize| dark.get(bus).copied().unwrap_or(false);
        let landing = |tie: usize| {
            let branch = self.network.branches.get(tie)?;
            match (inside(branch.from), inside(branch.to)) {
                (true, false) => Some(branch.from),
                (false, true) => Some(branch.to),
                _ => None,
            }
        };
        let now = Topology::of(trial);
        let others: Vec<usize> = self
            .ties
            .iter()
            .copied()
            .filter(|&tie| tie != first && landing(tie).is_some())
            .filter(|&tie| {
                // Both ends live: closing it makes the ring that is then opened elsewhere.
                let branch = self.network.branches.get(tie);
                branch.is_some_and(|b| now.node(b.from).is_some() && now.node(b.to).is_some())
            })
            .take(MAX_TIES)
            .collect();
        let mut best: Option<Split> = None;
        for tie in others {
            let (Some(from), Some(to)) = (landing(first), landing(tie)) else {
                continue;
            };
            for opened in path(trial, &inside, from, to).into_iter().take(MAX_CUTS) {
                set(trial, opened, (false, false));
                set(trial, tie, (true, true));
                let after = self.state(trial);
                set(trial, opened, self.ends(opened));
                set(trial, tie, self.ends(tie));
                let known = best.as_ref().map_or(whole, |best| best.after.excess);
                if after.excess < known {
                    best = Some(Split { tie, opened, after });
                }
            }
        }
        best
    }

    /// Open branches between a dark part and one that is supplied.
    fn reachable<'b>(
        &'b self,
        part: &'b [bool],
        failed: usize,
        now: &'b Topology,
    ) -> impl Iterator<Item = usize> + 'b {
        let inside = |bus: usize| part.get(bus).copied().unwrap_or(false);
        self.ties.iter().copied().filter(move |&tie| {
            tie != failed
                && self.network.branches.get(tie).is_some_and(|branch| {
                    (inside(branch.from) && now.node(branch.to).is_some())
                        || (inside(branch.to) && now.node(branch.from).is_some())
                })
        })
    }

    fn state(&self, trial: &Network) -> After {
        match flow(trial, &FlowOptions::default()) {
            Ok(flow) => After {
                excess: self.limits.excess(self.network, &flow),
                flow: Some(flow),
            },
            Err(_) => After {
                excess: f64::INFINITY,
                flow: None,
            },
        }
    }

    /// The largest share of the consumption at these buses that all limits allow.
    fn share_that_fits(&self, trial: &mut Network, at: &[bool]) -> f64 {
        let scaled: Vec<(usize, f64, f64)> = self
            .network
            .loads
            .iter()
            .enumerate()
            .filter(|(_, load)| load.kind == LoadKind::Consumption)
            .filter(|(_, load)| at.get(load.bus).copied().unwrap_or(false))
            .map(|(index, load)| (index, load.p_mw, load.q_mvar))
            .collect();
        let scale = |trial: &mut Network, share: f64| {
            for &(index, p_mw, q_mvar) in &scaled {
                if let Some(load) = trial.loads.get_mut(index) {
                    load.p_mw = p_mw * share;
                    load.q_mvar = q_mvar * share;
                }
            }
        };
        let holds = |trial: &mut Network, share: f64| {
            scale(trial, share);
            let state = self.state(trial);
            state
                .flow
                .is_some_and(|flow| self.limits.breach(self.network, &flow).is_none())
        };
        let (mut fits, mut breaks) = (0.0, 1.0);
        if !scaled.is_empty() && holds(trial, 0.0) {
            for _ in 0..HALVINGS {
                let middle = 0.5 * (fits + breaks);
                if holds(trial, middle) {
                    fits = middle;
                } else {
                    breaks = middle;
                }
            }
        }
        scale(trial, 1.0);
        fits
    }
}

fn set(network: &mut Network, branch: usize, (from, to): (bool, bool)) {
    if let Some(branch) = network.branches.get_mut(branch) {
        branch.from_closed = from;
        branch.to_closed = to;
    }
}

fn lowest_pu(network: &Network, flow: &Flow) -> f64 {
    let seen = network.buses.iter().zip(&flow.voltages);
    seen.filter(|(bus, _)| !bus.internal)
        .filter_map(|(_, voltage)| Some((*voltage)?.norm()))
        .fold(f64::INFINITY, f64::min)
}

fn highest_loading(flow: &Flow) -> f64 {
    let loadings = flow.branches.iter().filter_map(|b| b.loading_percent);
    loadings.fold(0.0, f64::max)
}
