//! A network made ready for solving: nodes, their roles, the admittance matrix in the turned frame.
//!
//! Made once; thousands of time steps share it.
//! Voltages are U = V·e^(−jφ) with φ the node's [`Topology::turn_rad`]: behind a 150° transformer they start near 1∠0 like everywhere else, and powers are the same in both frames.

use super::network::{Complex, Coupling, MAX_BRANCHES, MAX_BUSES, Network, TwoPort};
use super::topology::Topology;

/// What is known of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// Voltage, in the turned frame.
    Slack(Complex),
    /// Magnitude of the voltage.
    Held(f64),
    Free,
}

/// What a network cannot be solved for at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    #[error("the network has more than {MAX_BUSES} buses or {MAX_BRANCHES} branches")]
    TooLarge,
    #[error("{what} names bus {bus}, which does not exist")]
    Dangling { what: String, bus: usize },
    #[error("{0} holds a number that is not finite, or a voltage that is not positive")]
    NotFinite(String),
    #[error("no source in service")]
    NoSource,
}

/// Injected power of a node by its dependence on voltage, per unit; consumption is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Injection {
    pub power: Complex,
    pub current: Complex,
    pub impedance: Complex,
}

impl Injection {
    /// At a voltage magnitude.
    pub fn at(&self, vm: f64) -> Complex {
        self.power + self.current * vm + self.impedance * (vm * vm)
    }

    pub fn is_constant(&self) -> bool {
        let none = Complex::new(0.0, 0.0);
        self.current == none && self.impedance == none
    }
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub topology: Topology,
    pub base_mva: f64,
    pub roles: Vec<Role>,
    pub matrix: Admittance,
    /// As the network states its loads and generators.
    pub injections: Vec<Injection>,
}

/// Rows of node admittances, compressed.
#[derive(Clone, Debug, Default)]
pub struct Admittance {
    pub diagonal: Vec<Complex>,
    /// Sum of each row, summed branch by branch: what is left after neighbours cancel, without rounding it away.
    pub excess: Vec<Complex>,
    pub start: Vec<usize>,
    pub column: Vec<u32>,
    pub value: Vec<Complex>,
}

impl Admittance {
    pub fn row(&self, node: usize) -> impl Iterator<Item = (usize, Complex)> + '_ {
        let range = self.start[node]..self.start[node + 1];
        self.column[range.clone()]
            .iter()
            .zip(&self.value[range])
            .map(|(&column, &value)| (column as usize, value))
    }
}

impl Plan {
    /// # Errors
    /// A [`PlanFault`] when nothing can be computed; islands are no fault, they are in the topology.
    pub fn of(network: &Network) -> Result<Self, PlanFault> {
        check(network)?;
        let topology = Topology::of(network);
        let nodes = topology.nodes;
        let mut roles = vec![Role::Free; nodes];
        for generator in network.generators.iter().filter(|g| g.in_service) {
            if let Some(node) = topology.node(generator.bus) {
                roles[node] = Role::Held(generator.vm_pu);
            }
        }
        let mut sources = 0;
        // Of two sources at one node the first holds it.
        for source in network.sources.iter().rev().filter(|s| s.in_service) {
            if let Some(node) = topology.node(source.bus) {
                let angle = source.va_deg.to_radians() - topology.turn_rad[node];
                roles[node] = Role::Slack(Complex::from_polar(source.vm_pu, angle));
                sources += 1;
            }
        }
        if sources == 0 {
            return Err(PlanFault::NoSource);
        }
        let matrix = admittance(network, &topology);
        let injections = injections(network, &topology);
        Ok(Self {
            topology,
            base_mva: network.base_mva,
            roles,
            matrix,
            injections,
        })
    }

    pub fn has_held_nodes(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Held(_)))
    }

    /// The voltage of the first source, where every node starts.
    pub fn start(&self) -> Complex {
        self.roles
            .iter()
            .find_map(|role| match role {
                Role::Slack(voltage) => Some(*voltage),
                _ => None,
            })
            .unwrap_or(Complex::new(1.0, 0.0))
    }
}

/// A two-port with its ends in the turned frame.
pub fn turned(port: &TwoPort, from_rad: f64, to_rad: f64) -> TwoPort {
    let turn = Complex::from_polar(1.0, to_rad - from_rad);
    TwoPort {
        ft: port.ft * turn,
        tf: port.tf * turn.conj(),
        ..*port
    }
}

fn check(network: &Network) -> Result<(), PlanFault> {
    if network.buses.len() > MAX_BUSES || network.branches.len() > MAX_BRANCHES {
        return Err(PlanFault::TooLarge);
    }
    let known = |what: &str, id: &str, bus: usize| {
        if bus < network.buses.len() {
            Ok(())
        } else {
            Err(PlanFault::Dangling {
                what: format!("{what} {id}"),
                bus,
            })
        }
    };
    let finite = |what: &str, id: &str, values: &[f64]| {
        if values.iter().all(|value| value.is_finite()) {
            Ok(())
        } else {
            Err(PlanFault::NotFinite(format!("{what} {id}")))
        }
    };
    let positive = |what: &str, id: &str, value: f64| {
        if value > 0.0 && value.is_finite() {
            Ok(())
        } else {
            Err(PlanFault::NotFinite(format!("{what} {id}")))
        }
    };
    positive("base", "MVA", network.base_mva)?;
    for bus in &network.buses {
        positive("bus", &bus.id, bus.nominal_kv)?;
    }
    for branch in &network.branches {
        known(branch.kind.name(), &branch.id, branch.from)?;
        known(branch.kind.name(), &branch.id, branch.to)?;
        if let Coupling::TwoPort(port) = branch.coupling
            && !(port.is_finite() && port.shift_rad.is_finite())
        {
            return Err(PlanFault::NotFinite(format!(
                "{} {}",
                branch.kind.name(),
                branch.id
            )));
        }
    }
    for load in &network.loads {
        known("load", &load.id, load.bus)?;
        let zip = load.zip;
        let values = [
            load.p_mw,
            load.q_mvar,
            zip.current_p,
            zip.current_q,
            zip.impedance_p,
            zip.impedance_q,
        ];
        finite("load", &load.id, &values)?;
    }
    for generator in &network.generators {
        known("generator", &generator.id, generator.bus)?;
        finite("generator", &generator.id, &[generator.p_mw])?;
        positive("generator", &generator.id, generator.vm_pu)?;
    }
    for source in &network.sources {
        known("source", &source.id, source.bus)?;
        finite("source", &source.id, &[source.va_deg])?;
        positive("source", &source.id, source.vm_pu)?;
    }
    for shunt in &network.shunts {
        known("shunt", &shunt.id, shunt.bus)?;
        finite("shunt", &shunt.id, &[shunt.g_pu, shunt.b_pu])?;
    }
    Ok(())
}

fn admittance(network: &Network, topology: &Topology) -> Admittance {
    let none = Complex::new(0.0, 0.0);
    let nodes = topology.nodes;
    let mut diagonal = vec![none; nodes];
    let mut excess = vec![none; nodes];
    let mut entries: Vec<(u32, u32, Complex)> = Vec::with_capacity(2 * network.branches.len());
    for branch in &network.branches {
        let Coupling::TwoPort(port) = &branch.coupling else {
            continue;
        };
        let from = topology.node(branch.from).filter(|_| branch.from_closed);
        let to = topology.node(branch.to).filter(|_| branch.to_closed);
        match (from, to) {
            (Some(from), Some(to)) if from == to => {
                let both = port.ff + port.ft + port.tf + port.tt;
                diagonal[from] += both;
                excess[from] += both;
            }
            (Some(from), Some(to)) => {
                let port = turned(port, topology.turn_rad[from], topology.turn_rad[to]);
                diagonal[from] += port.ff;
                diagonal[to] += port.tt;
                excess[from] += port.ff + port.ft;
                excess[to] += port.tt + port.tf;
                entries.push((from as u32, to as u32, port.ft));
                entries.push((to as u32, from as u32, port.tf));
            }
            (Some(from), None) => {
                let seen = finite_or_none(port.seen_from());
                diagonal[from] += seen;
                excess[from] += seen;
            }
            (None, Some(to)) => {
                let seen = finite_or_none(port.seen_to());
                diagonal[to] += seen;
                excess[to] += seen;
            }
            (None, None) => {}
        }
    }
    for shunt in network.shunts.iter().filter(|s| s.in_service) {
        if let Some(node) = topology.node(shunt.bus) {
            let y = Complex::new(shunt.g_pu, shunt.b_pu);
            diagonal[node] += y;
            excess[node] += y;
        }
    }
    // Parallel branches become one entry.
    entries.sort_unstable_by_key(|&(row, column, _)| (row, column));
    let mut matrix = Admittance {
        diagonal,
        excess,
        start: vec![0; nodes + 1],
        column: Vec::with_capacity(entries.len()),
        value: Vec::with_capacity(entries.len()),
    };
    let mut last = None;
    for (row, column, value) in entries {
        if last == Some((row, column)) {
            if let Some(sum) = matrix.value.last_mut() {
                *sum += value;
            }
        } else {
            matrix.start[row as usize + 1] += 1;
            matrix.column.push(column);
            matrix.value.push(value);
            last = Some((row, column));
        }
    }
    for node in 0..nodes {
        matrix.start[node + 1] += matrix.start[node];
    }
    matrix
}

/// An open end without any shunt gives 0 − 0 over 0 in the odd case of a branch of opposite admittances.
pub fn finite_or_none(y: Complex) -> Complex {
    if y.re.is_finite() && y.im.is_finite() {
        y
    } else {
        Complex::new(0.0, 0.0)
    }
}

fn injections(network: &Network, topology: &Topology) -> Vec<Injection> {
    let mut injections = vec![Injection::default(); topology.nodes];
    for load in network.loads.iter().filter(|l| l.in_service) {
        if let Some(node) = topology.node(load.bus) {
            let (p, q, zip) = (
                -load.p_mw / network.base_mva,
                -load.q_mvar / network.base_mva,
                load.zip,
            );
            let injection = &mut injections[node];
            injection.power += Complex::new(
                p * (1.0 - zip.current_p - zip.impedance_p),
                q * (1.0 - zip.current_q - zip.impedance_q),
            );
            injection.current += Complex::new(p * zip.current_p, q * zip.current_q);
            injection.impedance += Complex::new(p * zip.impedance_p, q * zip.impedance_q);
        }
    }
    for generator in network.generators.iter().filter(|g| g.in_service) {
        if let Some(node) = topology.node(generator.bus) {
            injections[node].power += Complex::new(generator.p_mw / network.base_mva, 0.0);
        }
    }
    injections
}
