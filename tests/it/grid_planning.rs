//! Feeders, outages with back-feed, headroom, reinforcement and a line's year, against pandapower's frozen answers and by hand.

use jumeau::energy::grid::capacity::{
    CapacityFault, CapacityOptions, Limit, capacities, each_feeder, load_buses, monte_carlo_of,
};
use jumeau::energy::grid::contingency::{ContingencyOptions, Verdict, contingencies, outages};
use jumeau::energy::grid::elements::Line;
use jumeau::energy::grid::feeder::feeders;
use jumeau::energy::grid::flow::{FlowOptions, flow};
use jumeau::energy::grid::limits::{Band, Breach, Limits};
use jumeau::energy::grid::record::{
    Kept, LineYear, RecordFault, duration_curve, duration_points, record, worst_steps,
};
use jumeau::energy::grid::reinforcement::{Aim, headroom, reliefs};
use jumeau::energy::grid::series::{Channel, Profiles, Quantity, SeriesOptions, Target, series};
use jumeau::energy::grid::{
    Branch, BranchKind, Bus, Coupling, Load, LoadKind, Network, Rating, Source, TwoPort, Zip,
};
use proptest::prelude::*;

fn line(id: &str, from: usize, to: usize, km: f64, ka: f64) -> Branch {
    let line = Line {
        r_ohm: 0.2 * km,
        x_ohm: 0.35 * km,
        g_s: 0.0,
        b_s: 3e-6 * km,
    };
    Branch {
        id: id.into(),
        kind: BranchKind::Line,
        from,
        to,
        from_closed: true,
        to_closed: true,
        coupling: line
            .two_port(400.0)
            .map_or(Coupling::Ideal, Coupling::TwoPort),
        rating: Rating::Current {
            from_ka: ka,
            to_ka: ka,
        },
    }
}

fn load(bus: usize, p_mw: f64) -> Load {
    Load {
        id: format!("load{bus}"),
        kind: LoadKind::Consumption,
        bus,
        p_mw,
        q_mvar: 0.3 * p_mw,
        zip: Zip::POWER,
        in_service: true,
    }
}

/// Two feeders of three buses from one busbar, and an open tie between their ends; the second one's first line is thin.
fn two_feeders(ka: f64) -> Network {
    let mut network = Network {
        base_mva: 1.0,
        ..Network::default()
    };
    for bus in 0..7 {
        network.buses.push(Bus::new(bus.to_string(), 20.0));
    }
    for (id, from, to) in [
        ("a1", 0, 1),
        ("a2", 1, 2),
        ("a3", 2, 3),
        ("b1", 0, 4),
        ("b2", 4, 5),
        ("b3", 5, 6),
    ] {
        network.branches.push(line(id, from, to, 2.0, ka));
    }
    let mut tie = line("tie", 3, 6, 1.0, ka);
    tie.to_closed = false;
    network.branches.push(tie);
    for bus in 1..7 {
        network.loads.push(load(bus, 1.0));
    }
    network.sources.push(Source {
        id: "s".into(),
        bus: 0,
        vm_pu: 1.0,
        va_deg: 0.0,
        in_service: true,
    });
    network
}

#[test]
fn feeders_are_what_leaves_the_busbar() {
    let net = two_feeders(0.3);
    let found = feeders(&net).unwrap();
    let buses: Vec<&[usize]> = found.iter().map(|f| f.buses.as_slice()).collect();
    assert_eq!(buses, [&[1, 2, 3][..], &[4, 5, 6]]);
    assert_eq!(found[0].heads, [0]);
    assert_eq!(found[1].branches, [3, 4, 5]);
    // Closed, the tie makes one ring of two heads.
    let mut ring = net.clone();
    ring.branches[6].to_closed = true;
    let found = feeders(&ring).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].heads, [0, 3]);
    assert_eq!(found[0].buses.len(), 6);
    // Out of service, a feeder is none; without a source there is nothing to leave.
    let mut cut = net.clone();
    cut.branches[0].from_closed = false;
    assert_eq!(feeders(&cut).unwrap().len(), 1);
    cut.sources.clear();
    assert!(feeders(&cut).is_err());
    assert_eq!(found[0].connection_buses(&net, &load_buses(&net)).len(), 6);
}

#[test]
fn a_failed_line_is_fed_from_the_other_side() {
    let net = two_feeders(0.3);
    let study = contingencies(&net, &ContingencyOptions::default()).unwrap();
    assert_eq!((study.ties.as_slice(), study.outages.len()), (&[6][..], 6));
    for outage in &study.outages {
        assert_eq!(outage.verdict, Verdict::BackFed, "{outage:?}");
        assert_eq!(outage.closed, [6]);
        assert_eq!(outage.unserved_mw, 0.0);
    }
    assert_eq!(study.outages[0].dark_buses, 3);
    assert!((study.outages[0].cut_mw - 3.0).abs() < 1e-12);
    assert!((study.outages[2].cut_mw - 1.0).abs() < 1e-12);
    // Without the tie everything behind is lost.
    let mut alone = net.clone();
    alone.branches.truncate(6);
    let study = contingencies(&alone, &ContingencyOptions::default()).unwrap();
    assert!(study.outages.iter().all(|o| o.verdict == Verdict::Lost));
    assert!((study.unserved_mw() - 2.0 * (3.0 + 2.0 + 1.0)).abs() < 1e-12);
    // A thin cable carries a part: the rest is what exceeds its rating.
    let thin = two_feeders(0.13);
    let study = contingencies(&thin, &ContingencyOptions::default()).unwrap();
    let first = &study.outages[0];
    assert_eq!(first.verdict, Verdict::Partly);
    assert!(
        matches!(first.breach, Some(Breach::Overload(3, _))),
        "{first:?}"
    );
    let fits_mva = 3.0_f64.sqrt() * 20.0 * 0.13;
    // All six loads on b1, the last three scaled.
    let carried = (fits_mva / 1.044 - 3.0) / 3.0;
    let share = 1.0 - first.unserved_mw / 3.0;
    assert!((share - carried).abs() < 0.03, "{share} {carried}");
    assert_eq!(study.bottlenecks()[0].0 % 3, 0);
    // The network is as it was.
    assert!(study.before.is_none());
    // A doubled first line is the best relief of either feeder, and nothing else comes near.
    let best = reliefs(&thin, &Aim::Outages(ContingencyOptions::default())).unwrap();
    assert!(best[0].branch == 0 || best[0].branch == 3, "{best:?}");
    assert!(best[0].after < best[0].before);
}

/// Two neighbours that can carry two thirds each: the dark feeder is cut between them.
#[test]
fn two_ties_share_what_one_cannot_carry() {
    let mut net = two_feeders(0.155);
    for bus in 7..10 {
        net.buses.push(Bus::new(bus.to_string(), 20.0));
        net.loads.push(load(bus, 1.0));
    }
    for (id, from, to) in [("c1", 0, 7), ("c2", 7, 8), ("c3", 8, 9)] {
        net.branches.push(line(id, from, to, 2.0, 0.155));
    }
    let mut second = line("tie2", 2, 9, 1.0, 0.155);
    second.from_closed = false;
    net.branches.push(second);
    let as_it_was = net.clone();
    let study = contingencies(&net, &ContingencyOptions::default()).unwrap();
    let first = &study.outages[0];
    assert_eq!(first.verdict, Verdict::BackFed, "{first:?}");
    let mut closed = first.closed.clone();
    closed.sort_unstable();
    // a3, between the two landings, is the only place to cut.
    assert_eq!((closed, first.opened), (vec![6, 10], Some(2)));
    assert_eq!((first.unserved_mw, first.breach), (0.0, None));
    assert_eq!(net, as_it_was);
    // Where one tie carries all, nothing is cut.
    let wide = {
        let mut wide = as_it_was;
        for branch in &mut wide.branches {
            branch.rating = Rating::None;
        }
        wide
    };
    let study = contingencies(&wide, &ContingencyOptions::default()).unwrap();
    assert!(
        study
            .outages
            .iter()
            .all(|o| o.opened.is_none() && o.verdict == Verdict::BackFed)
    );
}

#[test]
fn a_ring_loses_nothing_but_may_be_overloaded() {
    let mut ring = two_feeders(0.3);
    ring.branches[6].to_closed = true;
    let study = contingencies(&ring, &ContingencyOptions::default()).unwrap();
    assert_eq!(study.outages.len(), 7);
    assert!(
        study
            .outages
            .iter()
            .all(|o| o.verdict == Verdict::Secure && o.cut_mw == 0.0)
    );
    let mut thin = two_feeders(0.13);
    thin.branches[6].to_closed = true;
    let study = contingencies(&thin, &ContingencyOptions::default()).unwrap();
    assert_eq!(study.outages[0].verdict, Verdict::Overloaded);
    assert!(study.outages[0].breach.is_some());
    // One chosen outage, and one that does not exist.
    let one = outages(&thin, &[0, 99], &ContingencyOptions::default()).unwrap();
    assert_eq!(one.outages.len(), 1);
    assert_eq!(one.outages[0], study.outages[0]);
}

#[test]
fn what_was_beyond_a_limit_before_is_no_new_breach() {
    let mut net = two_feeders(0.3);
    net.sources[0].vm_pu = 0.89;
    let band = Band::default();
    let before = flow(&net, &FlowOptions::default()).unwrap();
    assert!(matches!(
        Limits::uniform(&net, &band).breach(&net, &before),
        Some(Breach::TooLow(..))
    ));
    let beside = Limits::beside(&net, &band, &before);
    assert_eq!(beside.breach(&net, &before), None);
    assert_eq!(beside.excess(&net, &before), 0.0);
}

#[test]
fn headroom_by_hand() {
    // One line of 4 + 7j Ω and 0.1 kA at 20 kV; 1 MW at unity power factor fits until the current does.
    let mut two = two_feeders(0.1);
    two.buses.truncate(2);
    two.branches.truncate(1);
    two.branches[0].coupling = Coupling::TwoPort(TwoPort::pi(
        jumeau::energy::grid::Complex::new(0.01, 0.0175).inv(),
        jumeau::energy::grid::Complex::new(0.0, 0.0),
        jumeau::energy::grid::Complex::new(0.0, 0.0),
        1.0,
        0.0,
    ));
    two.loads = vec![Load {
        q_mvar: 0.0,
        ..load(1, 1.0)
    }];
    let found = headroom(&two, &Band::default()).unwrap();
    assert!(matches!(found.limit, Some(Breach::Overload(0, _))));
    // |I| = 3.4641 MVA per unit: V₂ = P/I, and V₁² = (V₂ + r·I)² + (x·I)².
    let current = 3.0_f64.sqrt() * 20.0 * 0.1;
    let v2 = (1.0 - (0.0175 * current).powi(2)).sqrt() - 0.01 * current;
    assert!((found.factor - v2 * current).abs() < 1e-8, "{found:?}");
    // Doubled, exactly twice as much: twice the current over half the impedance drops the same.
    let best = reliefs(&two, &Aim::Consumption(Band::default())).unwrap();
    assert_eq!((best.len(), best[0].branch), (1, 0));
    assert!((best[0].after - 2.0 * best[0].before).abs() < 1e-8);
    // Production limits itself elsewhere.
    let options = CapacityOptions::default();
    let more = reliefs(&two, &Aim::Production(&[1], options)).unwrap();
    assert!(more[0].after > more[0].before);
    // Already broken without any load.
    let low = Band {
        highest_pu: 0.99,
        ..Band::default()
    };
    let none = headroom(&two, &low).unwrap();
    assert!(none.factor == 0.0 && matches!(none.limit, Some(Breach::TooHigh(..))));
}

#[test]
fn each_feeder_has_its_own_capacity() {
    let net = two_feeders(0.3);
    let found = feeders(&net).unwrap();
    let options = CapacityOptions {
        highest_pu: 1.01,
        ..CapacityOptions::default()
    };
    let each = each_feeder(&net, &found, &options).unwrap();
    assert_eq!(each.len(), 2);
    for (feeder, capacity) in found.iter().zip(&each) {
        let buses = feeder.connection_buses(&net, &load_buses(&net));
        let alone = capacities(&net, &[buses.clone()], &options).unwrap()[0];
        assert_eq!(capacity.capacity, alone);
        assert!((capacity.total_kw() - alone.per_bus_kw * 3.0).abs() < 1e-9);
        let study = monte_carlo_of(&net, &buses, 40, 3, &options).unwrap();
        assert!(
            study
                .draws
                .iter()
                .all(|d| d.buses.iter().all(|b| buses.contains(b)))
        );
        // Fewer buses take more each, but hardly more together than the nearest one alone.
        assert!(
            study
                .draws
                .iter()
                .all(|d| d.capacity.per_bus_kw >= alone.per_bus_kw - 1e-6)
        );
    }
    assert_eq!(
        monte_carlo_of(&net, &[], 4, 3, &options),
        Err(CapacityFault::NoBus)
    );
    assert!(matches!(each[0].capacity.limit, Limit::Voltage(3)));
}

#[test]
fn a_year_of_a_line() {
    let net = two_feeders(0.1);
    let steps = 50;
    let column: Vec<f64> = (0..steps)
        .map(|t| 1.5 * (0.4 * f64::from(t)).sin())
        .collect();
    let profiles = Profiles {
        steps: steps as usize,
        columns: vec![column],
        channels: (0..6)
            .map(|index| Channel {
                target: Target::Load(index),
                quantity: Quantity::Factor,
                column: 0,
            })
            .collect(),
    };
    let options = SeriesOptions {
        tolerance_pu: 1e-12,
        ..SeriesOptions::default()
    };
    let kept = Kept::all(&net);
    assert_eq!((kept.branches.len(), kept.buses.len()), (7, 7));
    let (year, kept_values) = record(&net, &profiles, &options, &kept).unwrap();
    assert_eq!(year, series(&net, &profiles, &options).unwrap());
    let of_line = kept_values.loading_of(0);
    assert_eq!(of_line.len(), 50);
    // Its highest step is the series' own, negative where power runs back.
    for (step, value) in of_line.iter().enumerate() {
        let known = year.steps[step].loading_percent;
        assert!((f64::from(value.abs()) - known).abs() < 1e-3 * known.max(1.0));
        let factor = profiles.columns[0][step];
        if factor.abs() > 0.01 {
            assert_eq!(*value > 0.0, factor > 0.0, "{step}");
        }
    }
    let curve = duration_curve(of_line);
    assert!(curve.windows(2).all(|pair| pair[0] >= pair[1]));
    let worst = worst_steps(of_line, 3);
    assert_eq!(worst[0].1.abs(), curve[0]);
    assert_eq!(worst[0].0, year.loading.unwrap().step);
    let points = duration_points(&curve, 11);
    assert_eq!(
        (points[0], points[10], points.len()),
        (curve[0], curve[49], 11)
    );
    let years = kept_values.years(100.0, 0.5);
    assert!(years[0].branch == 0 || years[0].branch == 3);
    let over = curve.iter().filter(|value| **value > 100.0).count();
    assert_eq!(years[0].congested_h, over as f64 * 0.5);
    assert!(over > 0 && years[0].excess_h > 0.0 && years[0].reversed_share > 0.3);
    assert!(
        kept_values
            .voltage_of(3)
            .iter()
            .all(|vm| (0.9..1.1).contains(vm))
    );
    assert!(kept_values.loading_of(99).is_empty());
    // No data is neither zero nor the last value.
    let gaps = LineYear::of(0, &[f32::NAN, -120.0, 60.0], 100.0, 1.0);
    assert_eq!(
        (
            gaps.steps_without_state,
            gaps.congested_h,
            gaps.highest_percent,
            gaps.mean_percent
        ),
        (1, 1.0, 120.0, 90.0)
    );
    assert_eq!(duration_curve(&[f32::NAN]), Vec::<f32>::new());
    let strange = Kept {
        branches: vec![77],
        buses: vec![],
    };
    assert_eq!(
        record(&net, &profiles, &options, &strange),
        Err(RecordFault::Dangling(77))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Feeders of a tree share no bus, miss none behind the busbar, and every one hangs on one head.
    #[test]
    fn feeders_part_a_tree(parents in prop::collection::vec(0.0..1.0_f64, 1..40)) {
        let mut net = two_feeders(0.3);
        net.buses.truncate(1);
        net.branches.clear();
        net.loads.clear();
        for (at, share) in parents.iter().enumerate() {
            let parent = (share * (at + 1) as f64) as usize;
            net.buses.push(Bus::new((at + 1).to_string(), 20.0));
            net.branches.push(line(&at.to_string(), parent, at + 1, 0.1, 0.3));
            net.loads.push(load(at + 1, 0.01));
        }
        let found = feeders(&net).unwrap();
        let heads = net.branches.iter().filter(|b| b.from == 0).count();
        prop_assert_eq!(found.len(), heads);
        let mut all: Vec<usize> = found.iter().flat_map(|f| f.buses.clone()).collect();
        all.sort_unstable();
        prop_assert_eq!(all, (1..net.buses.len()).collect::<Vec<_>>());
        prop_assert_eq!(found.iter().map(|f| f.branches.len()).sum::<usize>(), parents.len());
        // Every line of a tree without ties cuts exactly what hangs behind it, and nothing of it comes back.
        let study = contingencies(&net, &ContingencyOptions::default()).unwrap();
        for outage in &study.outages {
            prop_assert_eq!(outage.verdict, Verdict::Lost);
            prop_assert!((outage.cut_mw - 0.01 * outage.dark_buses as f64).abs() < 1e-12);
            prop_assert_eq!(outage.unserved_mw, outage.cut_mw);
        }
    }
}

#[cfg(feature = "pipeline")]
mod against_pandapower {
    use super::*;
    use serde_json::Value;

    const NETWORKS: [(&str, &[u8]); 3] = [
        ("cigre_mv", include_bytes!("../data/grid/cigre_mv.json")),
        ("case33bw", include_bytes!("../data/grid/case33bw.json")),
        (
            "kerber_landnetz",
            include_bytes!("../data/grid/kerber_landnetz.json"),
        ),
    ];

    fn number(value: &Value) -> f64 {
        value.as_f64().unwrap()
    }

    fn index_of(net: &Network, kind: BranchKind, id: &Value) -> usize {
        let id = id.to_string();
        net.branches
            .iter()
            .position(|b| b.kind == kind && b.id == id)
            .unwrap()
    }

    /// Each network with its limits and what pandapower says of it.
    fn answered() -> Vec<(&'static str, Network, Band, Value)> {
        let answers: Value = serde_json::from_str(include_str!("../data/grid/security.answer.json")).unwrap();
        let of = |(name, bytes): (&'static str, &[u8])| {
            let net = jumeau::pipeline::network::open(bytes, name).unwrap().network;
            let answer = answers[name].clone();
            let [lowest_pu, highest_pu, loading_percent] = [0, 1, 2].map(|place| number(&answer["band"][place]));
            (name, net, Band { lowest_pu, highest_pu, loading_percent }, answer)
        };
        NETWORKS.into_iter().map(of).collect()
    }

    #[test]
    fn outages_and_ties() {
        for (name, net, band, answer) in answered() {
            let answer = &answer;
            let mut fed_by_one = 0;
            let lines: Vec<usize> = answer["outages"]
                .as_array()
                .unwrap()
                .iter()
                .map(|o| index_of(&net, BranchKind::Line, &o["line"]))
                .collect();
            let options = ContingencyOptions {
                band,
                ..ContingencyOptions::default()
            };
            let study = outages(&net, &lines, &options).unwrap();
            let mut ties: Vec<usize> = answer["ties"]
                .as_array()
                .unwrap()
                .iter()
                .map(|tie| index_of(&net, BranchKind::Line, tie))
                .collect();
            ties.sort_unstable();
            assert_eq!(study.ties, ties, "{name}");
            for (ours, theirs) in study
                .outages
                .iter()
                .zip(answer["outages"].as_array().unwrap())
            {
                let dark = theirs["dark"].as_array().unwrap();
                assert_eq!(ours.dark_buses, dark.len(), "{name} {ours:?}");
                assert!((ours.cut_mw - number(&theirs["cut_mw"])).abs() < 1e-12);
                let tried = theirs["ties"].as_array().unwrap();
                if let [tie] = ours.closed[..] {
                    let same = tried
                        .iter()
                        .find(|t| index_of(&net, BranchKind::Line, &t["tie"]) == tie)
                        .unwrap();
                    let lowest = number(&same["lowest_pu"]);
                    assert!(
                        (ours.lowest_pu.unwrap() - lowest).abs() < 1e-8,
                        "{name} {ours:?}"
                    );
                    let loading = number(&same["loading_percent"]);
                    assert!(
                        (ours.loading_percent.unwrap() - loading).abs() < 1e-6 * loading.max(1.0),
                        "{name} {ours:?} {same}"
                    );
                    // Of the ties that keep all limits the one with the highest lowest voltage.
                    if ours.breach.is_none() {
                        for other in tried.iter().filter(|t| {
                            t["lowest_pu"].as_f64().is_some_and(|v| v >= band.lowest_pu)
                                && number(&t["loading_percent"]) <= band.loading_percent
                        }) {
                            assert!(lowest >= number(&other["lowest_pu"]) - 1e-9, "{name}");
                        }
                    }
                    fed_by_one += 1;
                } else if ours.closed.is_empty() && ours.cut_mw > 0.0 {
                    assert!(tried.is_empty() && ours.verdict == Verdict::Lost, "{name}");
                }
            }
            assert!(fed_by_one > 5 || ties.is_empty(), "{name}: {fed_by_one}");
        }
    }

    #[test]
    fn headroom_and_what_widens_it() {
        for (name, net, band, answer) in answered() {
            let answer = &answer;
            let ours = headroom(&net, &band).unwrap();
            let theirs = number(&answer["headroom"]);
            assert!(
                (ours.factor - theirs).abs() < 1e-7,
                "{name}: {ours:?} {theirs}"
            );
            let doubled = answer["doubled"].as_array().unwrap();
            if doubled.is_empty() {
                continue;
            }
            let best = reliefs(&net, &Aim::Consumption(band)).unwrap();
            for relief in &best {
                let branch = &net.branches[relief.branch];
                let table = if branch.kind == BranchKind::Line {
                    "line"
                } else {
                    "trafo"
                };
                let same = doubled
                    .iter()
                    .find(|d| d["table"] == table && d["index"].to_string() == branch.id)
                    .unwrap();
                assert!(
                    (relief.after - number(&same["factor"])).abs() < 1e-7,
                    "{relief:?} {same}"
                );
            }
            // No branch that was not tried would have done better.
            let most = doubled
                .iter()
                .map(|d| number(&d["factor"]))
                .fold(0.0, f64::max);
            assert!((best.first().map_or(theirs, |r| r.after) - most).abs() < 1e-7);
        }
    }
}
