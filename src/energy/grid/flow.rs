//! One power flow: solve by the method that fits, then say what every bus and branch does.
//!
//! The residual is computed from the network's own elements at the found voltages, not from the matrix the solver used: a fault in assembling the matrix shows there.

use super::network::{Branch, BranchKind, Complex, Coupling, Network, Rating};
use super::newton::{Diverged, Newton, NewtonOptions};
use super::plan::{Plan, PlanFault, finite_or_none};
use super::sweep::Sweep;

/// How a flow was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Backward/forward sweep (a tree), or the same passes over a mesh.
    Sweep,
    Newton,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlowOptions {
    /// Last change of any voltage when sweeping, per unit.
    pub sweep_tolerance_pu: f64,
    pub sweep_iterations: u32,
    pub newton: NewtonOptions,
}

impl Default for FlowOptions {
    fn default() -> Self {
        Self {
            sweep_tolerance_pu: 1e-13,
            sweep_iterations: 100,
            newton: NewtonOptions::default(),
        }
    }
}

/// A solved network. Without a supply a bus has no voltage and a branch no flow: `None`, never zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    pub method: Method,
    pub iterations: u32,
    /// Largest difference between what flows into a bus and what is drawn there, per unit.
    pub residual_pu: f64,
    /// V of each bus, per unit of its nominal voltage.
    pub voltages: Vec<Option<Complex>>,
    pub branches: Vec<BranchFlow>,
    /// Sum of all sources.
    pub slack_mva: Complex,
    /// What lines, transformers and impedances turn into heat.
    pub losses_mw: f64,
}

/// Powers into a branch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BranchFlow {
    pub from_mva: Option<Complex>,
    pub to_mva: Option<Complex>,
    /// Share of the rating in percent, where there is a rating.
    pub loading_percent: Option<f64>,
}

/// Why there is no flow.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FlowFault {
    #[error(transparent)]
    Plan(#[from] PlanFault),
    #[error(
        "no solution after {iterations} iterations; mismatch of {mismatch_pu:.3e} pu at bus {bus}"
    )]
    Diverged {
        iterations: u32,
        mismatch_pu: f64,
        bus: String,
    },
}

/// # Errors
/// A [`FlowFault`] when the network cannot be solved, or has no solution near its nominal state.
pub fn flow(network: &Network, options: &FlowOptions) -> Result<Flow, FlowFault> {
    let plan = Plan::of(network)?;
    solve(network, &plan, options)
}

/// The same with the plan at hand.
///
/// # Errors
/// As [`flow`].
pub fn solve(network: &Network, plan: &Plan, options: &FlowOptions) -> Result<Flow, FlowFault> {
    let (voltages, iterations, method) = voltages(network, plan, options)?;
    Ok(results(network, plan, &voltages, iterations, method))
}

fn voltages(
    network: &Network,
    plan: &Plan,
    options: &FlowOptions,
) -> Result<(Vec<Complex>, u32, Method), FlowFault> {
    if let Some(mut sweep) = Sweep::of(plan) {
        let swept = sweep.solve(options.sweep_tolerance_pu, options.sweep_iterations);
        if swept.change[0] <= options.sweep_tolerance_pu.max(1e-11) {
            return Ok((sweep.voltages(plan, 0), swept.iterations, Method::Sweep));
        }
    }
    match newton(plan, options.newton) {
        Ok(solved) => Ok((solved.0, solved.1, Method::Newton)),
        Err(diverged) => Err(FlowFault::Diverged {
            iterations: diverged.iterations,
            mismatch_pu: diverged.mismatch_pu,
            bus: name_of_node(network, plan, diverged.worst_node),
        }),
    }
}

fn newton(plan: &Plan, options: NewtonOptions) -> Result<(Vec<Complex>, u32), Diverged> {
    let Some(mut newton) = Newton::of(plan) else {
        return Err(Diverged {
            iterations: 0,
            mismatch_pu: f64::INFINITY,
            worst_node: 0,
        });
    };
    // From the linear flow; the same with shorter steps; then from nominal voltages, for the linear flow misleads where resistances rule.
    let flat = vec![plan.start(); plan.roles.len()];
    let tries: [(Option<&[Complex]>, bool); 4] = [
        (None, false),
        (None, true),
        (Some(&flat), false),
        (Some(&flat), true),
    ];
    let mut nearest: Option<Diverged> = None;
    for (start, damped) in tries {
        match newton.solve(
            plan,
            &plan.injections,
            start,
            NewtonOptions { damped, ..options },
        ) {
            Ok(solved) => return Ok((solved.voltages, solved.iterations)),
            Err(failed) => {
                let nearer = nearest.is_none_or(|known| {
                    failed.mismatch_pu.is_finite() && !(known.mismatch_pu <= failed.mismatch_pu)
                });
                if nearer {
                    nearest = Some(failed);
                }
            }
        }
    }
    Err(nearest.unwrap_or(Diverged {
        iterations: 0,
        mismatch_pu: f64::INFINITY,
        worst_node: 0,
    }))
}

/// The bus that people know a node by.
pub fn name_of_node(network: &Network, plan: &Plan, node: usize) -> String {
    let of_node = |bus: &usize| plan.topology.node(*bus) == Some(node);
    let buses = 0..network.buses.len();
    buses
        .clone()
        .filter(of_node)
        .find(|&bus| !network.buses[bus].internal)
        .or_else(|| buses.clone().find(of_node))
        .map_or_else(String::new, |bus| network.buses[bus].id.clone())
}

/// What every bus and branch does at these voltages of the nodes (turned frame).
pub fn results(
    network: &Network,
    plan: &Plan,
    node_voltages: &[Complex],
    iterations: u32,
    method: Method,
) -> Flow {
    let voltages: Vec<Option<Complex>> = (0..network.buses.len())
        .map(|bus| {
            let node = plan.topology.node(bus)?;
            let turn = Complex::from_polar(1.0, plan.topology.turn_rad[node]);
            Some(node_voltages[node] * turn)
        })
        .collect();
    let mut branches = vec![BranchFlow::default(); network.branches.len()];
    // Power that leaves each bus through elements other than ideal couplings.
    let mut leaving = vec![Complex::new(0.0, 0.0); network.buses.len()];
    for (branch, out) in network.branches.iter().zip(&mut branches) {
        let from = voltages[branch.from];
        let Some((from_pu, to_pu)) = through(branch, from, voltages[branch.to]) else {
            continue;
        };
        leaving[branch.from] += from_pu;
        leaving[branch.to] += to_pu;
        out.from_mva = Some(from_pu * network.base_mva);
        out.to_mva = Some(to_pu * network.base_mva);
    }
    for shunt in network.shunts.iter().filter(|s| s.in_service) {
        if let Some(voltage) = voltages[shunt.bus] {
            leaving[shunt.bus] += Complex::new(shunt.g_pu, -shunt.b_pu) * voltage.norm_sqr();
        }
    }
    for load in network.loads.iter().filter(|l| l.in_service) {
        if let Some(voltage) = voltages[load.bus] {
            let (v, z) = (voltage.norm(), load.zip);
            let share = |current: f64, impedance: f64| {
                1.0 - current - impedance + current * v + impedance * v * v
            };
            let p = load.p_mw * share(z.current_p, z.impedance_p);
            let q = load.q_mvar * share(z.current_q, z.impedance_q);
            leaving[load.bus] += Complex::new(p, q) / network.base_mva;
        }
    }
    for generator in network.generators.iter().filter(|g| g.in_service) {
        if voltages[generator.bus].is_some() {
            leaving[generator.bus] -= Complex::new(generator.p_mw / network.base_mva, 0.0);
        }
    }
    let balance = balance(network, plan, &mut leaving);
    ideal_flows(network, plan, &mut leaving, &mut branches);
    for (branch, out) in network.branches.iter().zip(&mut branches) {
        out.loading_percent = loading(
            network,
            branch,
            out,
            voltages[branch.from],
            voltages[branch.to],
        );
    }
    // A stiff source is what stands at its bus, not what its inner impedance takes.
    let inside: Complex = network
        .branches
        .iter()
        .zip(&branches)
        .filter(|(branch, _)| branch.kind == BranchKind::Internal)
        .filter(|(branch, _)| {
            network
                .sources
                .iter()
                .any(|source| source.bus == branch.from)
        })
        .filter_map(|(_, flow)| Some(flow.from_mva? + flow.to_mva?))
        .sum();
    // A closed switch has no losses; what it is given are two equal numbers of opposite sign.
    let losses_mw = network
        .branches
        .iter()
        .zip(&branches)
        .filter(|(branch, _)| {
            branch.coupling != Coupling::Ideal && branch.kind != BranchKind::Internal
        })
        .filter_map(|(_, flow)| Some(flow.from_mva?.re + flow.to_mva?.re))
        .sum();
    Flow {
        method,
        iterations,
        residual_pu: balance.residual_pu,
        voltages,
        branches,
        slack_mva: balance.slack_pu * network.base_mva - inside,
        losses_mw,
    }
}

/// Powers into both ends of a branch, per unit; `None` for ideal couplings and where no closed end has a voltage.
fn through(
    branch: &Branch,
    from: Option<Complex>,
    to: Option<Complex>,
) -> Option<(Complex, Complex)> {
    let Coupling::TwoPort(port) = &branch.coupling else {
        return None;
    };
    let none = Complex::new(0.0, 0.0);
    let from = from.filter(|_| branch.from_closed);
    let to = to.filter(|_| branch.to_closed);
    match (from, to) {
        (Some(f), Some(t)) => Some((
            f * (port.ff * f + port.ft * t).conj(),
            t * (port.tf * f + port.tt * t).conj(),
        )),
        (Some(f), None) => Some(((finite_or_none(port.seen_from()) * f).conj() * f, none)),
        (None, Some(t)) => Some((none, (finite_or_none(port.seen_to()) * t).conj() * t)),
        (None, None) => None,
    }
}

/// What one branch does between these voltages; an ideal coupling's share is not known here.
pub fn branch_flow(
    network: &Network,
    branch: &Branch,
    from: Option<Complex>,
    to: Option<Complex>,
) -> BranchFlow {
    let Some((from_pu, to_pu)) = through(branch, from, to) else {
        return BranchFlow::default();
    };
    let mut flow = BranchFlow {
        from_mva: Some(from_pu * network.base_mva),
        to_mva: Some(to_pu * network.base_mva),
        loading_percent: None,
    };
    flow.loading_percent = loading(network, branch, &flow, from, to);
    flow
}

struct Balance {
    residual_pu: f64,
    slack_pu: Complex,
}

/// Sums the power that leaves each node; what sources and held nodes give is booked at their bus, the rest is residual.
fn balance(network: &Network, plan: &Plan, leaving: &mut [Complex]) -> Balance {
    use super::plan::Role;
    let none = Complex::new(0.0, 0.0);
    let mut of_node = vec![none; plan.roles.len()];
    for (bus, power) in leaving.iter().enumerate() {
        if let Some(node) = plan.topology.node(bus) {
            of_node[node] += power;
        }
    }
    let mut balance = Balance {
        residual_pu: 0.0,
        slack_pu: none,
    };
    // Where the balancing power of a node enters: the bus of its source or generator.
    let mut enters: Vec<Option<usize>> = vec![None; plan.roles.len()];
    let generators = network
        .generators
        .iter()
        .filter(|g| g.in_service)
        .map(|g| g.bus);
    let sources = network
        .sources
        .iter()
        .filter(|s| s.in_service)
        .map(|s| s.bus);
    for bus in generators.chain(sources) {
        if let Some(node) = plan.topology.node(bus) {
            enters[node] = Some(bus);
        }
    }
    for (node, role) in plan.roles.iter().enumerate() {
        let sum = of_node[node];
        let (given, residual) = match role {
            Role::Slack(_) => {
                balance.slack_pu += sum;
                (sum, 0.0)
            }
            Role::Held(_) => (Complex::new(0.0, sum.im), sum.re.abs()),
            Role::Free => (none, sum.re.abs().max(sum.im.abs())),
        };
        if let Some(bus) = enters[node] {
            leaving[bus] -= given;
        }
        if residual > balance.residual_pu || residual.is_nan() {
            balance.residual_pu = residual;
        }
    }
    balance
}

/// What switches carry, from Kirchhoff's first law along the tree they form; those that close a loop stay without a value.
fn ideal_flows(
    network: &Network,
    plan: &Plan,
    leaving: &mut [Complex],
    branches: &mut [BranchFlow],
) {
    let tree = &plan.topology.ideal_tree;
    let mut degree = vec![0_u32; network.buses.len()];
    let mut at_bus: Vec<Vec<usize>> = vec![Vec::new(); network.buses.len()];
    for &index in tree {
        let branch = &network.branches[index];
        for bus in [branch.from, branch.to] {
            degree[bus] += 1;
            at_bus[bus].push(index);
        }
    }
    // Where a loop of switches exists, nothing is known of the tree's share either.
    let mut undetermined = vec![false; plan.roles.len()];
    for &index in &plan.topology.ideal_loops {
        if let Some(node) = plan.topology.node(network.branches[index].from) {
            undetermined[node] = true;
        }
    }
    let mut leaves: Vec<usize> = (0..degree.len()).filter(|&bus| degree[bus] == 1).collect();
    let mut done = vec![false; network.branches.len()];
    while let Some(bus) = leaves.pop() {
        let Some(&index) = at_bus[bus].iter().find(|&&index| !done[index]) else {
            continue;
        };
        done[index] = true;
        let branch = &network.branches[index];
        let other = if branch.from == bus {
            branch.to
        } else {
            branch.from
        };
        let need = leaving[bus];
        leaving[other] += need;
        degree[other] -= 1;
        if degree[other] == 1 {
            leaves.push(other);
        }
        let determined = plan
            .topology
            .node(bus)
            .is_some_and(|node| !undetermined[node]);
        if determined {
            let mva = need * network.base_mva;
            let (from, to) = if branch.to == bus {
                (mva, -mva)
            } else {
                (-mva, mva)
            };
            branches[index].from_mva = Some(from);
            branches[index].to_mva = Some(to);
        }
    }
}

fn loading(
    network: &Network,
    branch: &Branch,
    flow: &BranchFlow,
    from_pu: Option<Complex>,
    to_pu: Option<Complex>,
) -> Option<f64> {
    let (from, to) = (flow.from_mva?, flow.to_mva?);
    let current_ka = |power: Complex, bus: usize, voltage: Option<Complex>| match voltage {
        Some(voltage) if power.norm() > 0.0 => {
            power.norm() / (voltage.norm() * network.buses[bus].nominal_kv * 3.0_f64.sqrt())
        }
        _ => 0.0,
    };
    let share = match branch.rating {
        Rating::None => return None,
        Rating::Current { from_ka, to_ka } => {
            let of = |ka: f64, limit: f64| if limit > 0.0 { ka / limit } else { 0.0 };
            of(current_ka(from, branch.from, from_pu), from_ka)
                .max(of(current_ka(to, branch.to, to_pu), to_ka))
        }
        Rating::Power { mva } if mva > 0.0 => from.norm().max(to.norm()) / mva,
        Rating::Power { .. } => return None,
    };
    share.is_finite().then_some(100.0 * share)
}
