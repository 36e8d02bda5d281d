//! Flows, series and capacities in the fields of the command line.

use crate::base::Report;
use crate::energy::grid::capacity::{Capacity, Limit, Study};
use crate::energy::grid::flow::Method;
use crate::energy::grid::series::{Series, Worst};
use crate::energy::grid::{BranchKind, Flow, Network};
use crate::formats::grid::Kind;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A flow's fields, `converged` true.
pub fn flow(network: &Network, kind: Kind, flow: &Flow) -> Map<String, Value> {
    let name = |id: &str| identifier(id, kind);
    let buses: Vec<Value> = network
        .buses
        .iter()
        .zip(&flow.voltages)
        .filter(|(bus, _)| !bus.internal)
        .map(|(bus, voltage)| {
            json!({
                "id": name(&bus.id),
                "vm_pu": voltage.map(|v| v.norm()),
                "va_deg": voltage.map(|v| v.arg().to_degrees()),
                "nominal_kv": bus.nominal_kv,
                "lonlat": bus.place.map(|place| [place.lon_deg, place.lat_deg]),
            })
        })
        .collect();
    let bus_name = |bus: usize| {
        network
            .buses
            .get(bus)
            .filter(|b| !b.internal)
            .map(|b| name(&b.id))
    };
    let branches: Vec<Value> = network
        .branches
        .iter()
        .zip(&flow.branches)
        .filter(|(branch, _)| branch.kind != BranchKind::Internal)
        .map(|(branch, flow)| {
            json!({
                "id": name(&branch.id),
                "kind": branch.kind.name(),
                "from": bus_name(branch.from),
                "to": bus_name(branch.to),
                "loading_percent": flow.loading_percent,
                "p_from_mw": flow.from_mva.map(|s| s.re),
                "q_from_mvar": flow.from_mva.map(|s| s.im),
                "p_to_mw": flow.to_mva.map(|s| s.re),
                "q_to_mvar": flow.to_mva.map(|s| s.im),
            })
        })
        .collect();
    let method = match flow.method {
        Method::Sweep => "sweep",
        Method::Newton => "newton",
    };
    let document = json!({
        "converged": true,
        "iterations": flow.iterations,
        "residual_pu": flow.residual_pu,
        "base_mva": network.base_mva,
        "method": method,
        "slack": {"p_mw": flow.slack_mva.re, "q_mvar": flow.slack_mva.im},
        "losses_mw": flow.losses_mw,
        "buses": buses,
        "branches": branches,
    });
    into_map(document)
}

/// The same fields where there is no flow: nothing looks like zero.
pub fn no_flow(iterations: u32, mismatch_pu: Option<f64>) -> Map<String, Value> {
    into_map(json!({
        "converged": false,
        "iterations": iterations,
        "residual_pu": mismatch_pu.filter(|mismatch| mismatch.is_finite()),
        "slack": {"p_mw": null, "q_mvar": null},
        "losses_mw": null,
        "buses": [],
        "branches": [],
    }))
}

fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A number where the format's names are numbers, and the name is one.
pub fn identifier(id: &str, kind: Kind) -> Value {
    let number = (kind != Kind::Roseau)
        .then(|| id.parse::<i64>().ok())
        .flatten();
    match number {
        Some(number) if number.to_string() == id => json!(number),
        _ => json!(id),
    }
}

/// `steps`, `flows_per_second`, `worst` and the hours out of bounds.
pub fn series(network: &Network, kind: Kind, series: &Series, seconds: f64) -> Map<String, Value> {
    let bus = |worst: &Worst| {
        json!({
            "step": worst.step,
            "bus": network.buses.get(worst.place).map(|bus| identifier(&bus.id, kind)),
            "vm_pu": worst.value,
        })
    };
    let branch = |worst: &Worst| {
        let branch = network.branches.get(worst.place);
        json!({
            "step": worst.step,
            "branch": branch.map(|branch| identifier(&branch.id, kind)),
            "kind": branch.map(|branch| branch.kind.name()),
            "loading_percent": worst.value,
        })
    };
    let count = |outside: &dyn Fn(&crate::energy::grid::series::Step) -> bool| {
        series.steps.iter().filter(|step| outside(step)).count()
    };
    into_map(json!({
        "steps": series.steps.len(),
        "flows_per_second": if seconds > 0.0 { series.steps.len() as f64 / seconds } else { 0.0 },
        "failed_steps": series.failed,
        "worst": {
            "lowest": series.lowest.as_ref().map(bus),
            "highest": series.highest.as_ref().map(bus),
            "loading": series.loading.as_ref().map(branch),
        },
        "steps_below_090": count(&|step| step.lowest_pu < 0.9),
        "steps_above_110": count(&|step| step.highest_pu > 1.1),
        "steps_congested": count(&|step| step.loading_percent > 100.0),
        "mean_losses_mw": series.steps.iter().map(|step| step.losses_mw).filter(|l| l.is_finite()).sum::<f64>()
            / series.steps.len().max(1) as f64,
    }))
}

/// What broke: a word, and the element.
pub fn limit(network: &Network, kind: Kind, limit: Limit) -> (&'static str, Value) {
    match limit {
        Limit::Voltage(bus) => (
            "voltage",
            network
                .buses
                .get(bus)
                .map_or(Value::Null, |bus| identifier(&bus.id, kind)),
        ),
        Limit::Loading(branch) => match network.branches.get(branch) {
            Some(branch) => {
                let word = match branch.kind {
                    BranchKind::Transformer | BranchKind::Winding => "transformer",
                    BranchKind::Line => "line",
                    other => other.name(),
                };
                (word, identifier(&branch.id, kind))
            }
            None => ("line", Value::Null),
        },
        Limit::Collapse => ("collapse", Value::Null),
        Limit::Nothing => ("nothing", Value::Null),
    }
}

/// `per_bus_kw` and `limited_by` for the same power everywhere, then bus by bus and draw by draw.
pub fn capacity(
    network: &Network,
    kind: Kind,
    everywhere: &Capacity,
    buses: &[(usize, Capacity)],
    study: Option<&Study>,
) -> Map<String, Value> {
    let (word, element) = limit(network, kind, everywhere.limit);
    let each: Vec<Value> = buses
        .iter()
        .map(|(bus, capacity)| {
            let (word, element) = limit(network, kind, capacity.limit);
            json!({
                "id": network.buses.get(*bus).map(|bus| identifier(&bus.id, kind)),
                "kw": capacity.per_bus_kw,
                "limited_by": word,
                "limiting_element": element,
            })
        })
        .collect();
    into_map(json!({
        "per_bus_kw": everywhere.per_bus_kw,
        "limited_by": word,
        "limiting_element": element,
        "load_buses": buses.len(),
        "capacity_buses": each,
        "monte_carlo": study.map(draws),
    }))
}

/// What random sets of buses can take: the power per bus that fits in so many of them, and what stopped the rest.
pub fn draws(study: &Study) -> Value {
    let mut stopped: BTreeMap<&str, usize> = BTreeMap::new();
    for draw in &study.draws {
        let word = match draw.capacity.limit {
            Limit::Voltage(_) => "voltage",
            Limit::Loading(_) => "loading",
            Limit::Collapse => "collapse",
            Limit::Nothing => "nothing",
        };
        *stopped.entry(word).or_default() += 1;
    }
    json!({
        "draws": study.draws.len(),
        "fits_95_percent_kw": study.quantile_kw(0.95),
        "fits_50_percent_kw": study.quantile_kw(0.5),
        "fits_5_percent_kw": study.quantile_kw(0.05),
        "limited_by": stopped,
    })
}

/// `findings` as `jumeau check` writes them.
pub fn findings(report: &Report, english: bool) -> Value {
    report
        .findings()
        .iter()
        .map(|finding| {
            json!({
                "code": finding.code,
                "severity": finding.severity.name(),
                "file": finding.file,
                "object": finding.object,
                "value": finding.value,
                "message": super::messages::sentence(finding, english),
            })
        })
        .collect()
}
