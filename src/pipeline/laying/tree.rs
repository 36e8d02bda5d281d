//! Trees over the streets: cutting them into parts of a bounded size, finding their middle, walking them in runs.

use super::graph::{Forest, Graph};
use std::collections::BTreeSet;

/// Towards the root: the next node and the edge to it.
pub type Up = [Option<(u32, u32)>];

/// The children of every node, in the order of the tree.
#[derive(Clone, Debug)]
pub struct Children(Vec<Vec<u32>>);

impl Children {
    pub fn of(up: &Up, order: &[u32]) -> Self {
        let mut children = vec![Vec::new(); up.len()];
        for &node in order {
            if let Some(Some((parent, _))) = up.get(node as usize)
                && let Some(list) = children.get_mut(*parent as usize)
            {
                list.push(node);
            }
        }
        Self(children)
    }

    pub fn at(&self, node: u32) -> &[u32] {
        self.0.get(node as usize).map_or(&[], Vec::as_slice)
    }
}

/// What can be added up along a tree and has a size that may not be exceeded.
pub trait Amount: Clone + Default {
    fn add(&mut self, other: &Self);
    /// The same seen from a way up.
    fn farther(&self, by_m: f64) -> Self;
    fn is_none(&self) -> bool;
    /// How full it is, 1 at the limit.
    fn filling(&self) -> f64;
}

/// Cuts the trees of a forest from their leaves upwards, so that no part is fuller than its limit unless one node alone is.
/// Of each node the root of its part; nothing for nodes in parts without any amount.
pub fn parts<A: Amount>(graph: &Graph, forest: &Forest, children: &Children, own: &dyn Fn(u32) -> A) -> Vec<Option<u32>> {
    let count = graph.len();
    let mut sums: Vec<A> = vec![A::default(); count];
    let mut cut: BTreeSet<u32> = BTreeSet::new();
    for &node in forest.order.iter().rev() {
        let mut below: Vec<(u32, A)> = children
            .at(node)
            .iter()
            .filter(|child| !cut.contains(child))
            .filter_map(|&child| {
                let (_, edge) = (*forest.up.get(child as usize)?)?;
                let sum = sums.get(child as usize)?;
                (!sum.is_none()).then(|| (child, sum.farther(graph.edge(edge).length_m)))
            })
            .collect();
        let mut total = sum_of(&own(node), &below);
        while total.filling() > 1.0 && !below.is_empty() {
            let fullest = below.iter().enumerate().max_by(|a, b| a.1.1.filling().total_cmp(&b.1.1.filling()).then(b.0.cmp(&a.0))).map_or(0, |(place, _)| place);
            cut.insert(below.remove(fullest).0);
            total = sum_of(&own(node), &below);
        }
        if let Some(slot) = sums.get_mut(node as usize) {
            *slot = total;
        }
    }
    let mut of = vec![None; count];
    for &node in &forest.order {
        let part = match forest.up.get(node as usize).copied().flatten() {
            Some((parent, _)) if !cut.contains(&node) => of.get(parent as usize).copied().flatten(),
            _ => sums.get(node as usize).is_some_and(|sum| !sum.is_none()).then_some(node),
        };
        if let Some(slot) = of.get_mut(node as usize) {
            *slot = part;
        }
    }
    of
}

fn sum_of<A: Amount>(own: &A, below: &[(u32, A)]) -> A {
    let mut total = own.clone();
    below.iter().for_each(|(_, amount)| total.add(amount));
    total
}

/// The node of a part from which the weighted ways to all others are shortest: where a post is best.
/// `nodes` are those of one part, parents before children.
pub fn middle(forest: &Forest, nodes: &[u32], weight: &dyn Fn(u32) -> f64) -> Option<u32> {
    let inside: std::collections::HashMap<u32, usize> = nodes.iter().enumerate().map(|(place, node)| (*node, place)).collect();
    let mut below: Vec<f64> = nodes.iter().map(|node| weight(*node)).collect();
    let parent = |node: u32| inside.get(&forest.up.get(node as usize).copied().flatten()?.0).copied();
    for (place, node) in nodes.iter().enumerate().rev() {
        let sum = below.get(place).copied().unwrap_or(0.0);
        if let Some(slot) = parent(*node).and_then(|at| below.get_mut(at)) {
            *slot += sum;
        }
    }
    let whole = below.first().copied()?;
    // The last node, from the root downwards, that still has half of everything below it.
    let mut at = 0;
    for (place, node) in nodes.iter().enumerate().skip(1) {
        if parent(*node) == Some(at) && below.get(place).is_some_and(|sum| *sum > 0.5 * whole) {
            at = place;
        }
    }
    nodes.get(at).copied()
}

/// A way up a tree without a branch on it.
#[derive(Clone, Debug)]
pub struct Run {
    pub from: u32,
    pub to: u32,
    /// From `from` to `to`.
    pub nodes: Vec<u32>,
    pub length_m: f64,
}

impl Run {
    pub fn points(&self, graph: &Graph) -> Vec<[f64; 2]> {
        self.nodes.iter().map(|node| graph.place(*node)).collect()
    }

    /// From the next stop down to where it begins: as power is fed, and as the network's file says from and to.
    pub fn downwards(&self, graph: &Graph) -> Vec<[f64; 2]> {
        self.nodes.iter().rev().map(|node| graph.place(*node)).collect()
    }
}

/// The runs of a pruned tree: from each stop up to the next one. `order` has parents before children.
pub fn runs(graph: &Graph, up: &Up, order: &[u32], stops: &dyn Fn(u32) -> bool) -> Vec<Run> {
    let mut all = Vec::new();
    for &from in order.iter().filter(|node| stops(**node)) {
        let mut run = Run { from, to: from, nodes: vec![from], length_m: 0.0 };
        while let Some((next, edge)) = up.get(run.to as usize).copied().flatten() {
            run.length_m += graph.edge(edge).length_m;
            run.nodes.push(next);
            run.to = next;
            if stops(next) {
                break;
            }
        }
        if run.to != from {
            all.push(run);
        }
    }
    all
}

/// A tree from another root, over the edges of a part: (towards the root, order with parents first). Nodes outside are left as they are.
pub fn rerooted(graph: &Graph, up: &Up, nodes: &[u32], root: u32) -> (std::collections::HashMap<u32, (u32, u32)>, Vec<u32>) {
    let inside: std::collections::HashSet<u32> = nodes.iter().copied().collect();
    let is_of_tree = |node: u32, edge: u32, other: u32| {
        let of = |a: u32, b: u32| up.get(a as usize).copied().flatten() == Some((b, edge));
        of(node, other) || of(other, node)
    };
    let mut towards = std::collections::HashMap::new();
    let mut order = vec![root];
    let mut next = 0;
    while let Some(&node) = order.get(next) {
        next += 1;
        for &(other, edge) in graph.links(node) {
            if other != root && inside.contains(&other) && !towards.contains_key(&other) && is_of_tree(node, edge, other) {
                towards.insert(other, (node, edge));
                order.push(other);
            }
        }
    }
    (towards, order)
}
