//! Coded findings on a network, before and after it is solved: every doubt has its element and its value.

use super::flow::FlowFault;
use super::network::{BranchKind, Coupling, LoadKind, Network};
use super::plan::PlanFault;
use super::topology::Topology;
use crate::base::{Finding, Severity};
use std::collections::BTreeSet;

/// Names written out of a group; the rest is counted.
const NAMED: usize = 8;
/// Line-to-line voltages that networks have, kV.
const VOLTAGES_KV: std::ops::RangeInclusive<f64> = 0.05..=1500.0;

/// What is doubtful in the data themselves.
pub fn network(network: &Network, file: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    doubled(network, file, &mut findings);
    plausibility(network, file, &mut findings);
    let topology = Topology::of(network);
    shape(network, &topology, file, &mut findings);
    findings
}

/// Why there is no flow, as a finding.
pub fn fault(fault: &FlowFault, file: &str) -> Finding {
    match fault {
        FlowFault::Diverged {
            iterations,
            mismatch_pu,
            bus,
        } => Finding::new("grid-not-converged", Severity::Error, file)
            .object(format!("bus {bus}"))
            .value(format!("{iterations} iterations, {mismatch_pu:.3e} pu")),
        FlowFault::Plan(PlanFault::NoSource) => {
            Finding::new("grid-no-source", Severity::Error, file)
        }
        FlowFault::Plan(PlanFault::TooLarge) => {
            Finding::new("grid-too-large", Severity::Error, file)
        }
        FlowFault::Plan(PlanFault::Dangling { what, bus }) => {
            Finding::new("grid-dangling", Severity::Error, file)
                .object(what.clone())
                .value(bus)
        }
        FlowFault::Plan(PlanFault::NotFinite(what)) => {
            Finding::new("grid-number", Severity::Error, file).object(what.clone())
        }
    }
}

fn doubled(network: &Network, file: &str, findings: &mut Vec<Finding>) {
    let mut report = |what: &str, ids: &mut dyn Iterator<Item = (String, &str)>| {
        let mut seen = BTreeSet::new();
        for (kind, id) in ids {
            if !seen.insert((kind, id)) {
                findings.push(
                    Finding::new("grid-id-doubled", Severity::Error, file)
                        .object(format!("{what} {id}"))
                        .value(id),
                );
            }
        }
    };
    let none = String::new;
    report(
        "bus",
        &mut network.buses.iter().map(|b| (none(), b.id.as_str())),
    );
    let kind = |kind: BranchKind| kind.name().to_owned();
    report(
        "branch",
        &mut network
            .branches
            .iter()
            .map(|b| (kind(b.kind), b.id.as_str())),
    );
    let kind = |kind: LoadKind| format!("{kind:?}");
    report(
        "load",
        &mut network.loads.iter().map(|l| (kind(l.kind), l.id.as_str())),
    );
    report(
        "generator",
        &mut network.generators.iter().map(|g| (none(), g.id.as_str())),
    );
    report(
        "source",
        &mut network.sources.iter().map(|s| (none(), s.id.as_str())),
    );
}

fn plausibility(network: &Network, file: &str, findings: &mut Vec<Finding>) {
    let mut push = |code, object: String, value: String| {
        findings.push(
            Finding::new(code, Severity::Warning, file)
                .object(object)
                .value(value),
        );
    };
    for bus in &network.buses {
        if !VOLTAGES_KV.contains(&bus.nominal_kv) {
            push(
                "grid-voltage-implausible",
                format!("bus {}", bus.id),
                format!("{} kV", bus.nominal_kv),
            );
        }
    }
    for branch in &network.branches {
        let (Some(from), Some(to)) = (network.buses.get(branch.from), network.buses.get(branch.to))
        else {
            continue;
        };
        let object = || format!("{} {}", branch.kind.name(), branch.id);
        let apart = (from.nominal_kv / to.nominal_kv).ln().abs();
        let one_voltage = matches!(branch.kind, BranchKind::Line | BranchKind::Switch);
        if one_voltage && apart > 0.2 {
            push(
                "grid-voltages-differ",
                object(),
                format!("{} / {} kV", from.nominal_kv, to.nominal_kv),
            );
        }
        if let Coupling::TwoPort(port) = &branch.coupling {
            let z_pu = port.ft.norm().recip();
            let ohm = z_pu * network.base_ohm(from.nominal_kv);
            // A line of a thousand ohms is a kilometre written in metres, or an ohm in milliohms; equivalents of whole grids have as much at high voltage.
            if branch.kind == BranchKind::Line && from.nominal_kv < 60.0 && ohm > 1000.0 {
                push(
                    "grid-impedance-implausible",
                    object(),
                    format!("{ohm:.4} Ω"),
                );
            }
        }
        if branch.from == branch.to {
            push("grid-branch-short", object(), from.id.clone());
        }
    }
    for load in &network.loads {
        let Some(bus) = network.buses.get(load.bus) else {
            continue;
        };
        let most_mva = match bus.nominal_kv {
            kv if kv <= 1.1 => 5.0,
            kv if kv <= 50.0 => 200.0,
            _ => 20_000.0,
        };
        let mva = load.p_mw.hypot(load.q_mvar);
        if mva > most_mva {
            push(
                "grid-power-implausible",
                format!("load {}", load.id),
                format!("{mva:.4} MVA, {} kV", bus.nominal_kv),
            );
        }
    }
    let held = network.generators.iter().map(|g| (&g.id, g.vm_pu));
    for (id, vm_pu) in held.chain(network.sources.iter().map(|s| (&s.id, s.vm_pu))) {
        if !(0.5..=1.5).contains(&vm_pu) {
            push(
                "grid-voltage-implausible",
                format!("source {id}"),
                format!("{vm_pu} pu"),
            );
        }
    }
}

fn shape(network: &Network, topology: &Topology, file: &str, findings: &mut Vec<Finding>) {
    let name = |bus: &usize| network.buses.get(*bus).map(|bus| bus.id.as_str());
    for island in &topology.islands {
        let mut names: Vec<&str> = island.iter().filter_map(name).take(NAMED).collect();
        if island.len() > NAMED {
            names.push("…");
        }
        findings.push(
            Finding::new("grid-island", Severity::Warning, file)
                .object(format!("buses {}", names.join(", ")))
                .value(island.len()),
        );
    }
    for &index in &topology.ideal_loops {
        let Some(branch) = network.branches.get(index) else {
            continue;
        };
        findings.push(
            Finding::new("grid-zero-impedance-loop", Severity::Warning, file)
                .object(format!("{} {}", branch.kind.name(), branch.id))
                .value(format!(
                    "{} – {}",
                    name(&branch.from).unwrap_or(""),
                    name(&branch.to).unwrap_or("")
                )),
        );
    }
    let mut held: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
    let sources = network.sources.iter().filter(|s| s.in_service);
    let generators = network.generators.iter().filter(|g| g.in_service);
    let all = sources
        .map(|s| (&s.id, s.bus, s.vm_pu))
        .chain(generators.map(|g| (&g.id, g.bus, g.vm_pu)));
    for (id, bus, vm_pu) in all {
        let Some(node) = topology.node(bus) else {
            continue;
        };
        match held.get(&node) {
            Some(first) if (first - vm_pu).abs() > 1e-9 => findings.push(
                Finding::new("grid-setpoints-differ", Severity::Warning, file)
                    .object(format!("source {id}"))
                    .value(format!("{first} / {vm_pu} pu")),
            ),
            Some(_) => {}
            None => {
                held.insert(node, vm_pu);
            }
        }
    }
}
