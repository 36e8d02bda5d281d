//! Which buses are one node, which nodes a source supplies, and by how much their angles are turned.

use super::network::{Coupling, Network};
use std::collections::VecDeque;

/// The nodes of a network.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    /// Node of each bus; `None` where out of service or without a source.
    pub node_of_bus: Vec<Option<u32>>,
    pub nodes: usize,
    /// Reference phase of each node, radians: transformer shifts added up from its source, so that voltages in the turned frame lie near 1∠0.
    pub turn_rad: Vec<f64>,
    /// Groups of connected buses in service that no source supplies.
    pub islands: Vec<Vec<usize>>,
    /// Branches without impedance that close a loop of such: what they carry is not determined.
    pub ideal_loops: Vec<usize>,
    /// Branches without impedance that hold their node together, in an order in which each touches what came before.
    pub ideal_tree: Vec<usize>,
}

/// Union-find with path halving.
struct Groups(Vec<u32>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count as u32).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while let Some(parent) = self.0.get(at).map(|&parent| parent as usize) {
            if parent == at {
                break;
            }
            let above = self.0.get(parent).copied().unwrap_or(parent as u32);
            if let Some(slot) = self.0.get_mut(at) {
                *slot = above;
            }
            at = above as usize;
        }
        at
    }

    /// False when both were one already.
    fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return false;
        }
        if let Some(slot) = self.0.get_mut(b) {
            *slot = a as u32;
        }
        true
    }
}

impl Topology {
    pub fn of(network: &Network) -> Self {
        let buses = network.buses.len();
        let mut fused = Groups::new(buses);
        let (mut ideal_loops, mut ideal_tree) = (Vec::new(), Vec::new());
        for (index, branch) in network.branches.iter().enumerate() {
            if branch.coupling == Coupling::Ideal && network.conducts(branch) {
                if fused.join(branch.from, branch.to) {
                    ideal_tree.push(index);
                } else {
                    ideal_loops.push(index);
                }
            }
        }
        // Adjacency between fused groups, as (other group, shift towards it).
        let mut neighbours: Vec<Vec<(u32, f64)>> = vec![Vec::new(); buses];
        for branch in &network.branches {
            let Coupling::TwoPort(port) = branch.coupling else {
                continue;
            };
            if !network.conducts(branch) {
                continue;
            }
            let (from, to) = (fused.root(branch.from), fused.root(branch.to));
            if from == to {
                continue;
            }
            if let Some(list) = neighbours.get_mut(from) {
                list.push((to as u32, -port.shift_rad));
            }
            if let Some(list) = neighbours.get_mut(to) {
                list.push((from as u32, port.shift_rad));
            }
        }
        let mut turn_of_group: Vec<Option<f64>> = vec![None; buses];
        let mut queue = VecDeque::new();
        for source in network.sources.iter().filter(|s| s.in_service) {
            if network.live(source.bus) {
                // The source's own angle is kept in its voltage, not in the frame.
                queue.push_back((fused.root(source.bus), 0.0));
            }
            while let Some((group, turn)) = queue.pop_front() {
                if let Some(slot @ None) = turn_of_group.get_mut(group) {
                    *slot = Some(turn);
                    let around = neighbours.get(group).into_iter().flatten();
                    queue.extend(around.map(|&(other, shift)| (other as usize, turn + shift)));
                }
            }
        }
        let mut topology = Self {
            node_of_bus: vec![None; buses],
            ideal_loops,
            ideal_tree,
            ..Self::default()
        };
        let mut node_of_group: Vec<Option<u32>> = vec![None; buses];
        let mut island_of_group: Vec<Option<usize>> = vec![None; buses];
        for bus in 0..buses {
            if !network.live(bus) {
                continue;
            }
            let group = fused.root(bus);
            match turn_of_group.get(group).copied().flatten() {
                Some(turn) => {
                    let slot = node_of_group.get_mut(group);
                    let Some(slot) = slot else { continue };
                    let node = *slot.get_or_insert_with(|| {
                        topology.turn_rad.push(turn);
                        topology.turn_rad.len() as u32 - 1
                    });
                    if let Some(place) = topology.node_of_bus.get_mut(bus) {
                        *place = Some(node);
                    }
                }
                None => {
                    let island = match island_of_group.get(group).copied().flatten() {
                        Some(island) => island,
                        None => {
                            let island = topology.islands.len();
                            topology.islands.push(Vec::new());
                            let mut stack = vec![group];
                            while let Some(at) = stack.pop() {
                                if let Some(slot @ None) = island_of_group.get_mut(at) {
                                    *slot = Some(island);
                                    stack.extend(
                                        neighbours
                                            .get(at)
                                            .into_iter()
                                            .flatten()
                                            .map(|&(other, _)| other as usize),
                                    );
                                }
                            }
                            island
                        }
                    };
                    if let Some(members) = topology.islands.get_mut(island) {
                        members.push(bus);
                    }
                }
            }
        }
        topology.nodes = topology.turn_rad.len();
        topology
    }

    pub fn node(&self, bus: usize) -> Option<usize> {
        self.node_of_bus
            .get(bus)
            .copied()
            .flatten()
            .map(|n| n as usize)
    }
}
