//! Feeders: what leaves a busbar by a line, down to the next transformer.
//!
//! A busbar is the node of a source, or of a transformer's side away from the source. Without its busbars and transformers a network falls into pieces: each piece is a feeder, with as many heads as lines leave busbars for it (one; two where it is a closed ring).
//! A regulator between equal voltages stands within a feeder. What hangs on the busbar itself belongs to none.

use super::network::{Branch, BranchKind, Coupling, Network};
use super::plan::{Plan, PlanFault};
use super::topology::Topology;
use std::collections::{BTreeMap, VecDeque};

#[derive(Clone, Debug, PartialEq)]
pub struct Feeder {
    /// Branches that leave busbars for it, in the network's order; its name is that of the first.
    pub heads: Vec<usize>,
    pub nominal_kv: f64,
    /// Buses behind the busbar, without internal ones.
    pub buses: Vec<usize>,
    /// Branches of this voltage, the heads among them.
    pub branches: Vec<usize>,
    /// Transformers that hang on it.
    pub transformers: Vec<usize>,
}

impl Feeder {
    /// Where production is connected to it: its load buses, or, where it supplies transformers only, the buses of these.
    pub fn connection_buses(&self, network: &Network, load_buses: &[usize]) -> Vec<usize> {
        let own = |bus: &usize| self.buses.binary_search(bus).is_ok();
        let loads: Vec<usize> = load_buses.iter().copied().filter(own).collect();
        if !loads.is_empty() {
            return loads;
        }
        let mut posts: Vec<usize> = self
            .transformers
            .iter()
            .filter_map(|&index| network.branches.get(index))
            .flat_map(|branch| [branch.from, branch.to])
            .filter(own)
            .collect();
        posts.sort_unstable();
        posts.dedup();
        posts
    }
}

/// All feeders, by their first head.
///
/// # Errors
/// A [`PlanFault`] when the network holds no sound numbers or no source.
pub fn feeders(network: &Network) -> Result<Vec<Feeder>, PlanFault> {
    let plan = Plan::of(network)?;
    let topology = &plan.topology;
    let depth = depths(network, topology);
    let mut busbar = vec![false; topology.nodes];
    for source in network.sources.iter().filter(|source| source.in_service) {
        mark(&mut busbar, topology.node(source.bus));
    }
    let ends = |branch: &Branch| {
        Some((topology.node(branch.from)?, topology.node(branch.to)?))
            .filter(|_| network.conducts(branch))
    };
    for branch in &network.branches {
        if let (true, Some((from, to))) = (steps_voltage(network, branch), ends(branch)) {
            let secondary = match depth.get(from).cmp(&depth.get(to)) {
                std::cmp::Ordering::Less => branch.to,
                std::cmp::Ordering::Greater => branch.from,
                // Supplied from both sides: the lower voltage.
                std::cmp::Ordering::Equal if kv(network, branch.to) <= kv(network, branch.from) => {
                    branch.to
                }
                std::cmp::Ordering::Equal => branch.from,
            };
            let is_star = network.buses.get(secondary).is_none_or(|bus| bus.internal);
            if !is_star {
                mark(&mut busbar, topology.node(secondary));
            }
        }
    }
    let is_busbar = |node: usize| busbar.get(node).copied().unwrap_or(false);
    // Pieces between busbars.
    let mut around: Vec<Vec<u32>> = vec![Vec::new(); topology.nodes];
    for branch in &network.branches {
        if steps_voltage(network, branch) || branch.coupling == Coupling::Ideal {
            continue;
        }
        if let Some((from, to)) = ends(branch).filter(|&(a, b)| !is_busbar(a) && !is_busbar(b)) {
            for (here, there) in [(from, to), (to, from)] {
                if let Some(list) = around.get_mut(here) {
                    list.push(there as u32);
                }
            }
        }
    }
    let piece = pieces(&around, &busbar);
    let piece_of = |node: usize| piece.get(node).copied().flatten();
    let mut of_piece: BTreeMap<usize, Feeder> = BTreeMap::new();
    let entry = |feeders: &mut BTreeMap<usize, Feeder>, piece: usize, bus: usize| {
        feeders.entry(piece).or_insert_with(|| Feeder {
            heads: Vec::new(),
            nominal_kv: kv(network, bus),
            buses: Vec::new(),
            branches: Vec::new(),
            transformers: Vec::new(),
        });
    };
    for (index, bus) in network.buses.iter().enumerate() {
        if let Some(piece) = topology.node(index).and_then(piece_of)
            && !bus.internal
        {
            entry(&mut of_piece, piece, index);
            if let Some(feeder) = of_piece.get_mut(&piece) {
                feeder.buses.push(index);
            }
        }
    }
    for (index, branch) in network.branches.iter().enumerate() {
        let Some((from, to)) = ends(branch) else {
            continue;
        };
        let (a, b) = (piece_of(from), piece_of(to));
        if steps_voltage(network, branch) {
            for piece in [a, b].into_iter().flatten() {
                if let Some(feeder) = of_piece.get_mut(&piece) {
                    feeder.transformers.push(index);
                }
            }
            continue;
        }
        if let Some(feeder) = a.or(b).and_then(|piece| of_piece.get_mut(&piece)) {
            feeder.branches.push(index);
            if a.is_none() || b.is_none() {
                feeder.heads.push(index);
            }
        }
    }
    let mut feeders: Vec<Feeder> = of_piece
        .into_values()
        .filter(|feeder| !feeder.heads.is_empty())
        .collect();
    feeders.sort_by_key(|feeder| feeder.heads.first().copied());
    Ok(feeders)
}

fn kv(network: &Network, bus: usize) -> f64 {
    network.buses.get(bus).map_or(0.0, |bus| bus.nominal_kv)
}

fn mark(busbar: &mut [bool], node: Option<usize>) {
    if let Some(slot) = node.and_then(|node| busbar.get_mut(node)) {
        *slot = true;
    }
}

/// Whether a branch leads from one voltage to another; star points have that of their high side.
fn steps_voltage(network: &Network, branch: &Branch) -> bool {
    match branch.kind {
        BranchKind::Winding => true,
        BranchKind::Transformer => {
            let (from, to) = (kv(network, branch.from), kv(network, branch.to));
            // 20 and 21 kV are one level: a regulator.
            from.max(to) > 1.3 * from.min(to)
        }
        _ => false,
    }
}

/// Branches from the nearest source.
pub(super) fn depths(network: &Network, topology: &Topology) -> Vec<u32> {
    let mut around: Vec<Vec<u32>> = vec![Vec::new(); topology.nodes];
    for branch in &network.branches {
        if !network.conducts(branch) || branch.coupling == Coupling::Ideal {
            continue;
        }
        if let (Some(from), Some(to)) = (topology.node(branch.from), topology.node(branch.to)) {
            for (here, there) in [(from, to), (to, from)] {
                if let Some(list) = around.get_mut(here) {
                    list.push(there as u32);
                }
            }
        }
    }
    let mut depth = vec![u32::MAX; topology.nodes];
    let mut queue: VecDeque<(usize, u32)> = network
        .sources
        .iter()
        .filter(|source| source.in_service)
        .filter_map(|source| Some((topology.node(source.bus)?, 0)))
        .collect();
    while let Some((node, at)) = queue.pop_front() {
        if let Some(slot) = depth.get_mut(node).filter(|slot| **slot == u32::MAX) {
            *slot = at;
            let next = around.get(node).into_iter().flatten();
            queue.extend(next.map(|&other| (other as usize, at + 1)));
        }
    }
    depth
}

/// A number for each connected group of nodes that are no busbars.
fn pieces(around: &[Vec<u32>], busbar: &[bool]) -> Vec<Option<usize>> {
    let mut piece: Vec<Option<usize>> = vec![None; around.len()];
    let mut stack = Vec::new();
    for first in 0..around.len() {
        if busbar.get(first).copied().unwrap_or(true) {
            continue;
        }
        stack.push(first);
        while let Some(node) = stack.pop() {
            if let Some(slot @ None) = piece.get_mut(node) {
                *slot = Some(first);
                stack.extend(around.get(node).into_iter().flatten().map(|&n| n as usize));
            }
        }
    }
    piece
}
