//! Feeders, outages, reinforcements and the years of lines in the fields of the command line.

use super::answer::{self, identifier, limit};
use crate::energy::grid::Network;
use crate::energy::grid::capacity::{FeederCapacity, Study};
use crate::energy::grid::contingency::{Security, Verdict};
use crate::energy::grid::feeder::Feeder;
use crate::energy::grid::limits::Breach;
use crate::energy::grid::record::{Record, duration_curve, duration_points, worst_steps};
use crate::energy::grid::reinforcement::{Headroom, Relief};
use crate::formats::grid::Kind;
use serde_json::{Value, json};

/// Points of a duration curve: one for each percent of the time.
const DURATION_POINTS: usize = 101;
const WORST_STEPS: usize = 24;
/// Reinforcements named for one question.
const RELIEFS: usize = 10;

fn bus(network: &Network, kind: Kind, bus: usize) -> Value {
    let found = network.buses.get(bus);
    found.map_or(Value::Null, |bus| identifier(&bus.id, kind))
}

/// Names of branches are unique within their kind only, so both stand there.
fn branch(network: &Network, kind: Kind, branch: usize) -> Value {
    network.branches.get(branch).map_or(
        Value::Null,
        |branch| json!({"id": identifier(&branch.id, kind), "kind": branch.kind.name()}),
    )
}

fn breach(network: &Network, kind: Kind, breach: Option<Breach>) -> Value {
    match breach {
        None => Value::Null,
        Some(Breach::TooLow(at, vm_pu)) => {
            json!({"limit": "low-voltage", "bus": bus(network, kind, at), "vm_pu": vm_pu})
        }
        Some(Breach::TooHigh(at, vm_pu)) => {
            json!({"limit": "high-voltage", "bus": bus(network, kind, at), "vm_pu": vm_pu})
        }
        Some(Breach::Overload(at, percent)) => {
            json!({"limit": "loading", "branch": branch(network, kind, at), "loading_percent": percent})
        }
        Some(Breach::NoState) => json!({"limit": "collapse"}),
    }
}

/// `feeders`: heads, sizes, and what each takes.
pub fn feeders(
    network: &Network,
    kind: Kind,
    feeders: &[Feeder],
    capacities: &[FeederCapacity],
    studies: &[Option<Study>],
) -> Value {
    let all = feeders.iter().zip(capacities).enumerate();
    all.map(|(index, (feeder, found))| {
        let study = studies.get(index).and_then(Option::as_ref);
        let (word, element) = limit(network, kind, found.capacity.limit);
        let heads: Vec<Value> = feeder
            .heads
            .iter()
            .map(|&head| branch(network, kind, head))
            .collect();
        json!({
            "heads": heads,
            "nominal_kv": feeder.nominal_kv,
            "buses": feeder.buses.len(),
            "branches": feeder.branches.len(),
            "transformers": feeder.transformers.len(),
            "connection_buses": found.buses.len(),
            "per_bus_kw": found.capacity.per_bus_kw,
            "total_kw": found.total_kw(),
            "limited_by": word,
            "limiting_element": element,
            "monte_carlo": study.map(answer::draws),
        })
    })
    .collect()
}

/// `violations`: all that is beyond the band, the worst first.
pub fn violations(network: &Network, kind: Kind, breaches: &[Breach]) -> Value {
    let all = breaches.iter();
    all.map(|one| breach(network, kind, Some(*one))).collect()
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Secure => "secure",
        Verdict::BackFed => "back-fed",
        Verdict::Partly => "partly",
        Verdict::Lost => "lost",
        Verdict::Overloaded => "overloaded",
    }
}

/// `n_1`: each outage with its switching, and how many ended how.
pub fn outages(network: &Network, kind: Kind, security: &Security) -> Value {
    let outages: Vec<Value> = security
        .outages
        .iter()
        .map(|outage| {
            let closed: Vec<Value> = outage
                .closed
                .iter()
                .map(|&tie| branch(network, kind, tie))
                .collect();
            json!({
                "branch": branch(network, kind, outage.branch),
                "verdict": verdict(outage.verdict),
                "dark_buses": outage.dark_buses,
                "cut_mw": outage.cut_mw,
                "closed": closed,
                "opened": outage.opened.map(|at| branch(network, kind, at)),
                "unserved_mw": outage.unserved_mw,
                "lowest_pu": outage.lowest_pu,
                "loading_percent": outage.loading_percent,
                "breach": breach(network, kind, outage.breach),
            })
        })
        .collect();
    let count = |of: Verdict| {
        let all = security.outages.iter();
        all.filter(|outage| outage.verdict == of).count()
    };
    let bottlenecks: Vec<Value> = security
        .bottlenecks()
        .into_iter()
        .map(|(at, mw)| json!({"branch": branch(network, kind, at), "unserved_mw": mw}))
        .collect();
    json!({
        "before": breach(network, kind, security.before),
        "ties": security.ties.len(),
        "secure": count(Verdict::Secure),
        "back_fed": count(Verdict::BackFed),
        "partly": count(Verdict::Partly),
        "lost": count(Verdict::Lost),
        "overloaded": count(Verdict::Overloaded),
        "unserved_mw": security.unserved_mw(),
        "left_out": security.left_out,
        "bottlenecks": bottlenecks,
        "outages": outages,
    })
}

/// The best reinforcements for one question; `before` is what it is without any.
pub fn reliefs(network: &Network, kind: Kind, reliefs: &[Relief]) -> Value {
    let best = reliefs.iter().take(RELIEFS);
    best.map(|relief| {
        json!({
            "branch": branch(network, kind, relief.branch),
            "before": relief.before,
            "after": relief.after,
        })
    })
    .collect()
}

pub fn headroom(network: &Network, kind: Kind, headroom: &Headroom) -> Value {
    json!({"load_factor": headroom.factor, "limited_by": breach(network, kind, headroom.limit)})
}

/// `lines`: the years of the most loaded branches; steps are counted from 0 as in the profiles.
pub fn lines(
    network: &Network,
    kind: Kind,
    record: &Record,
    most: usize,
    limit_percent: f64,
    step_h: f64,
) -> Value {
    record
        .years(limit_percent, step_h)
        .into_iter()
        .take(most)
        .map(|year| {
            let signed = record.loading_of(year.branch);
            let worst: Vec<Value> = worst_steps(signed, WORST_STEPS)
                .into_iter()
                .map(|(step, percent)| {
                    json!({"step": step, "loading_percent": percent.abs(), "reversed": percent < 0.0})
                })
                .collect();
            json!({
                "branch": branch(network, kind, year.branch),
                "congested_hours": year.congested_h,
                "excess_hours": year.excess_h,
                "highest_percent": year.highest_percent,
                "mean_percent": year.mean_percent,
                "reversed_share": year.reversed_share,
                "steps_without_state": year.steps_without_state,
                "duration_percent": duration_points(&duration_curve(signed), DURATION_POINTS),
                "worst": worst,
            })
        })
        .collect()
}
