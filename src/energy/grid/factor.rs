//! The admittance matrix of the free nodes, factored once without pivoting.
//!
//! On a tree the order of elimination runs from the leaves to the source, each node has one entry, and the two passes of [`super::sweep`] are the backward/forward sweep (Shirmohammadi et al., IEEE Transactions on Power Systems 3(2), 1988), with shunts and off-nominal ratios inside the passes.
//! Meshes add a few entries of fill, and the same two passes solve them exactly, where a sweep would need compensation currents.
//!
//! Pivots are sums: the diagonal is kept as its off-diagonal neighbours plus the row's excess, so that nothing cancels between a stiff and a weak branch (the idea of W. Grassmann, M. Taksar and D. Heyman, Operations Research 33(5), 1985, for Markov chains).

use super::network::Complex;
use super::plan::{Admittance, Role};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Most entries for each unknown before the mesh counts as too dense for this method.
const MAX_FILL: usize = 48;

/// d·x = b as two passes; unknowns in order of elimination.
#[derive(Clone, Debug)]
pub struct Factor {
    /// The node of each unknown.
    pub node: Vec<u32>,
    /// The unknown of each node; `u32::MAX` at sources.
    pub unknown: Vec<u32>,
    pub inverse: Vec<Complex>,
    /// Entries of unknown k are `start[k]..start[k + 1]`.
    pub start: Vec<u32>,
    /// A later unknown.
    pub later: Vec<u32>,
    /// b_later += lower · b_k.
    pub lower: Vec<Complex>,
    /// x_k = inverse · b_k + Σ upper · x_later.
    pub upper: Vec<Complex>,
}

impl Factor {
    /// `None` when a pivot vanishes or the fill grows out of bounds.
    pub fn of(matrix: &Admittance, roles: &[Role]) -> Option<Self> {
        let none = Complex::new(0.0, 0.0);
        let free = |node: usize| !matches!(roles[node], Role::Slack(_));
        let nodes = roles.len();
        // Of each node its free neighbours, as (−Y_ij, −Y_ji), and the rest of its row.
        let mut around: Vec<BTreeMap<u32, (Complex, Complex)>> = vec![BTreeMap::new(); nodes];
        let mut rest = matrix.excess.clone();
        for node in (0..nodes).filter(|&node| free(node)) {
            for (other, y) in matrix.row(node) {
                if free(other) {
                    around[node].entry(other as u32).or_insert((none, none)).0 -= y;
                    around[other].entry(node as u32).or_insert((none, none)).1 -= y;
                } else {
                    rest[node] -= y;
                }
            }
        }
        let unknowns = (0..nodes).filter(|&node| free(node)).count();
        let mut factor = Self {
            node: Vec::with_capacity(unknowns),
            unknown: vec![u32::MAX; nodes],
            inverse: Vec::with_capacity(unknowns),
            start: vec![0],
            later: Vec::new(),
            lower: Vec::new(),
            upper: Vec::new(),
        };
        // Least degree first; stale queue entries are passed over.
        let mut queue: BinaryHeap<Reverse<(usize, usize)>> = (0..nodes)
            .filter(|&node| free(node))
            .map(|node| Reverse((around[node].len(), node)))
            .collect();
        while let Some(Reverse((degree, node))) = queue.pop() {
            if factor.unknown[node] != u32::MAX || around[node].len() != degree {
                continue;
            }
            let neighbours = std::mem::take(&mut around[node]);
            let mut pivot = rest[node];
            let mut size = pivot.norm();
            for (out, _) in neighbours.values() {
                pivot += out;
                size += out.norm();
            }
            if !(pivot.norm() > size * 1e-13) || !pivot.re.is_finite() || !pivot.im.is_finite() {
                return None;
            }
            let inverse = pivot.inv();
            let list: Vec<(u32, Complex, Complex)> = neighbours
                .iter()
                .map(|(&other, &(out, back))| (other, out, back))
                .collect();
            for (index, &(i, i_out, i_back)) in list.iter().enumerate() {
                let share = i_back * inverse;
                let carried = rest[node];
                rest[i as usize] += share * carried;
                around[i as usize].remove(&(node as u32));
                for &(j, j_out, j_back) in &list[index + 1..] {
                    let ij = i_back * j_out * inverse;
                    let ji = j_back * i_out * inverse;
                    let of_i = around[i as usize].entry(j).or_insert((none, none));
                    of_i.0 += ij;
                    of_i.1 += ji;
                    let of_j = around[j as usize].entry(i).or_insert((none, none));
                    of_j.0 += ji;
                    of_j.1 += ij;
                }
                factor.later.push(i);
                factor.lower.push(share);
                factor.upper.push(i_out * inverse);
            }
            for &(i, ..) in &list {
                queue.push(Reverse((around[i as usize].len(), i as usize)));
            }
            factor.unknown[node] = factor.node.len() as u32;
            factor.node.push(node as u32);
            factor.inverse.push(inverse);
            factor.start.push(factor.later.len() as u32);
            if factor.later.len() > MAX_FILL * unknowns.max(64) {
                return None;
            }
        }
        for later in &mut factor.later {
            *later = factor.unknown[*later as usize];
        }
        Some(factor)
    }

    pub fn unknowns(&self) -> usize {
        self.node.len()
    }
}
