//! Power flow, series and hosting capacity against pandapower's frozen answers and the laws of circuits.

use jumeau::energy::grid::capacity::{
    CapacityOptions, Limit, capacities, load_buses, monte_carlo, rise_per_mw,
};
use jumeau::energy::grid::elements::Line;
use jumeau::energy::grid::flow::{FlowFault, FlowOptions, Method, flow};
use jumeau::energy::grid::series::{
    Channel, Profiles, Quantity, SeriesOptions, Target, series, series_with,
};
use jumeau::energy::grid::{
    Branch, BranchKind, Bus, Complex, Coupling, Load, LoadKind, Network, Rating, Source, TwoPort,
    Zip, check,
};
use proptest::prelude::*;

/// A tree or mesh of 20 kV lines given by its ends; a tenth of a megawatt at each bus but the first.
fn network(buses: usize, lines: &[(usize, usize, f64)]) -> Network {
    let mut network = Network {
        base_mva: 1.0,
        ..Network::default()
    };
    for bus in 0..buses {
        network.buses.push(Bus::new(bus.to_string(), 20.0));
        if bus > 0 {
            network.loads.push(load(bus, 0.1, 0.03));
        }
    }
    for (id, &(from, to, km)) in lines.iter().enumerate() {
        let line = Line {
            r_ohm: 0.2 * km,
            x_ohm: 0.35 * km,
            g_s: 0.0,
            b_s: 3e-6 * km,
        };
        network.branches.push(Branch {
            id: id.to_string(),
            kind: BranchKind::Line,
            from,
            to,
            from_closed: true,
            to_closed: true,
            coupling: line
                .two_port(network.base_ohm(20.0))
                .map_or(Coupling::Ideal, Coupling::TwoPort),
            rating: Rating::Current {
                from_ka: 0.3,
                to_ka: 0.3,
            },
        });
    }
    network.sources.push(Source {
        id: "s".into(),
        bus: 0,
        vm_pu: 1.02,
        va_deg: 0.0,
        in_service: true,
    });
    network
}

fn load(bus: usize, p_mw: f64, q_mvar: f64) -> Load {
    Load {
        id: bus.to_string(),
        kind: LoadKind::Consumption,
        bus,
        p_mw,
        q_mvar,
        zip: Zip::POWER,
        in_service: true,
    }
}

fn vm(voltage: Option<Complex>) -> f64 {
    voltage.unwrap().norm()
}

#[test]
fn two_buses_by_hand() {
    // 1 MW over 4 + 7j Ω at 20 kV: V₂² solves V⁴ + V²(2(PR + QX) − V₁²) + (P² + Q²)Z² = 0.
    let mut two = network(2, &[(0, 1, 20.0)]);
    two.loads = vec![load(1, 1.0, 0.5)];
    let Coupling::TwoPort(port) = &mut two.branches[0].coupling else {
        panic!()
    };
    *port = TwoPort::pi(
        Complex::new(4.0 / 400.0, 7.0 / 400.0).inv(),
        Complex::new(0.0, 0.0),
        Complex::new(0.0, 0.0),
        1.0,
        0.0,
    );
    let (p, q, r, x, v1) = (1.0, 0.5, 0.01, 0.0175, 1.02_f64);
    let b: f64 = 2.0 * (p * r + q * x) - v1 * v1;
    let c: f64 = (p * p + q * q) * (r * r + x * x);
    let v2 = ((-b + (b * b - 4.0 * c).sqrt()) / 2.0).sqrt();
    let flow = flow(&two, &FlowOptions::default()).unwrap();
    assert!((vm(flow.voltages[1]) - v2).abs() < 1e-14);
    let losses = (p * p + q * q) / (v2 * v2) * r;
    assert!(
        (flow.losses_mw - losses).abs() < 1e-13,
        "{}",
        flow.losses_mw
    );
    assert!((flow.slack_mva.re - 1.0 - losses).abs() < 1e-12);
}

#[test]
fn a_mesh_is_swept_as_newton_solves_it() {
    let lines = [
        (0, 1, 5.0),
        (1, 2, 4.0),
        (2, 3, 3.0),
        (3, 0, 6.0),
        (1, 3, 2.0),
        (3, 4, 8.0),
    ];
    let mesh = network(5, &lines);
    let swept = flow(&mesh, &FlowOptions::default()).unwrap();
    assert_eq!(swept.method, Method::Sweep);
    let only_newton = FlowOptions {
        sweep_iterations: 0,
        ..FlowOptions::default()
    };
    let solved = flow(&mesh, &only_newton).unwrap();
    assert_eq!(solved.method, Method::Newton);
    for (a, b) in swept.voltages.iter().zip(&solved.voltages) {
        assert!((a.unwrap() - b.unwrap()).norm() < 1e-12);
    }
    assert!(swept.residual_pu < 1e-11 && solved.residual_pu < 1e-11);
}

#[test]
fn parallel_branches_share_and_switches_fuse() {
    let mut twin = network(4, &[(0, 1, 10.0), (0, 1, 10.0), (2, 3, 5.0)]);
    twin.branches.push(Branch {
        id: "sw".into(),
        kind: BranchKind::Switch,
        from: 1,
        to: 2,
        from_closed: true,
        to_closed: true,
        coupling: Coupling::Ideal,
        rating: Rating::None,
    });
    let done = flow(&twin, &FlowOptions::default()).unwrap();
    assert_eq!(done.branches[0], done.branches[1]);
    assert_eq!(done.voltages[1], done.voltages[2]);
    // What passes the switch is what the line behind it takes, and the load beside it.
    let behind = done.branches[2].from_mva.unwrap() + Complex::new(0.1, 0.03);
    assert!((done.branches[3].from_mva.unwrap() - behind).norm() < 1e-12);
    assert!(check::network(&twin, "f").is_empty());
    // A second switch closes a loop without impedance: told, and nothing invented.
    let second = twin.branches[3].clone();
    twin.branches.push(Branch {
        id: "sw2".into(),
        ..second
    });
    let done = flow(&twin, &FlowOptions::default()).unwrap();
    assert_eq!(done.branches[3].from_mva, None);
    assert_eq!(done.branches[4].from_mva, None);
    let codes: Vec<&str> = check::network(&twin, "f").iter().map(|f| f.code).collect();
    assert_eq!(codes, ["grid-zero-impedance-loop"]);
}

#[test]
fn islands_are_named_and_have_no_voltage() {
    let island = network(5, &[(0, 1, 1.0), (2, 3, 1.0)]);
    let done = flow(&island, &FlowOptions::default()).unwrap();
    let none: Vec<bool> = done.voltages.iter().map(Option::is_none).collect();
    assert_eq!(none, [false, false, true, true, true]);
    assert_eq!(done.branches[1].from_mva, None);
    let findings = check::network(&island, "f");
    let names: Vec<&str> = findings.iter().map(|f| f.object.as_str()).collect();
    assert_eq!(names, ["buses 2, 3", "buses 4"]);
}

#[test]
fn too_much_load_is_told_with_its_bus() {
    let mut weak = network(3, &[(0, 1, 50.0), (1, 2, 50.0)]);
    weak.loads[1].p_mw = 500.0;
    match flow(&weak, &FlowOptions::default()) {
        Err(FlowFault::Diverged {
            iterations, bus, ..
        }) => {
            assert!(iterations > 0 && (bus == "1" || bus == "2"), "{bus}");
        }
        other => panic!("{other:?}"),
    }
    let mut dark = network(2, &[(0, 1, 1.0)]);
    dark.sources.clear();
    assert!(matches!(
        flow(&dark, &FlowOptions::default()),
        Err(FlowFault::Plan(_))
    ));
    dark.branches[0].to = 7;
    assert!(flow(&dark, &FlowOptions::default()).is_err());
}

#[test]
fn an_open_end_still_charges() {
    let mut open = network(3, &[(0, 1, 5.0), (1, 2, 40.0)]);
    open.branches[1].to_closed = false;
    let done = flow(&open, &FlowOptions::default()).unwrap();
    let charging = done.branches[1].from_mva.unwrap();
    // 40 km at 3 µS and 20 kV: some 48 kvar given.
    assert!(
        (charging.im + 0.048 * 1.02_f64.powi(2)).abs() < 1e-3,
        "{charging}"
    );
    assert_eq!(done.branches[1].to_mva.unwrap().norm(), 0.0);
    assert_eq!(done.voltages[2], None);
}

#[test]
fn a_series_is_its_single_flows() {
    for lines in [
        vec![(0, 1, 5.0), (1, 2, 4.0), (1, 3, 9.0)],
        vec![(0, 1, 5.0), (1, 2, 4.0), (2, 3, 3.0), (3, 0, 6.0)],
    ] {
        let mut net = network(4, &lines);
        net.loads[1].zip = Zip::shares(0.3, 0.5);
        let steps = 21;
        let values = |k: f64| {
            (0..steps)
                .map(|t| 0.2 + (k * f64::from(t)).sin().abs() * 3.0)
                .collect()
        };
        let profiles = Profiles {
            steps: steps as usize,
            columns: vec![values(1.0), values(0.3)],
            channels: vec![
                Channel {
                    target: Target::Load(0),
                    quantity: Quantity::Factor,
                    column: 0,
                },
                Channel {
                    target: Target::Load(1),
                    quantity: Quantity::Factor,
                    column: 1,
                },
                Channel {
                    target: Target::Load(2),
                    quantity: Quantity::ActiveMw,
                    column: 1,
                },
            ],
        };
        let options = SeriesOptions {
            tolerance_pu: 1e-13,
            ..SeriesOptions::default()
        };
        let mut seen = Vec::new();
        let done = series_with(&net, &profiles, &options, &mut |step, view| {
            seen.push((
                step,
                (0..4)
                    .map(|bus| view.voltage(bus).unwrap())
                    .collect::<Vec<_>>(),
            ));
        })
        .unwrap();
        assert_eq!(done.steps.len(), 21);
        for (step, voltages) in seen {
            let mut one = net.clone();
            one.loads[0].p_mw *= profiles.columns[0][step];
            one.loads[0].q_mvar *= profiles.columns[0][step];
            one.loads[1].p_mw *= profiles.columns[1][step];
            one.loads[1].q_mvar *= profiles.columns[1][step];
            one.loads[2].p_mw = profiles.columns[1][step];
            let single = flow(&one, &FlowOptions::default()).unwrap();
            for (a, b) in voltages.iter().zip(&single.voltages) {
                assert!((a - b.unwrap()).norm() < 1e-12);
            }
            let known = done.steps[step];
            assert!((known.losses_mw - single.losses_mw).abs() < 1e-11);
            let loading = single
                .branches
                .iter()
                .filter_map(|b| b.loading_percent)
                .fold(0.0, f64::max);
            assert!((known.loading_percent - loading).abs() < 1e-9);
            let lowest = single.voltages.iter().map(|v| vm(*v)).fold(2.0, f64::min);
            assert!((known.lowest_pu - lowest).abs() < 1e-12);
        }
        let worst = done.lowest.unwrap();
        assert_eq!(done.steps[worst.step].lowest_pu, worst.value);
    }
    let short = Profiles {
        steps: 3,
        columns: vec![vec![1.0, f64::NAN, 1.0]],
        channels: vec![],
    };
    assert!(
        series(
            &network(2, &[(0, 1, 1.0)]),
            &short,
            &SeriesOptions::default()
        )
        .is_err()
    );
}

#[test]
fn capacity_stops_at_the_limit() {
    let feeder = network(
        6,
        &[
            (0, 1, 5.0),
            (1, 2, 5.0),
            (2, 3, 5.0),
            (3, 4, 5.0),
            (4, 5, 5.0),
        ],
    );
    let options = CapacityOptions {
        highest_pu: 1.05,
        ..CapacityOptions::default()
    };
    let buses = load_buses(&feeder);
    let found = capacities(&feeder, &[buses.clone()], &options).unwrap()[0];
    let state = |kw: f64| {
        let mut with = feeder.clone();
        for load in &mut with.loads {
            load.p_mw *= 0.2;
            load.q_mvar *= 0.2;
        }
        for &bus in &buses {
            with.loads.push(load(bus, -kw / 1000.0, 0.0));
        }
        let flow = flow(&with, &FlowOptions::default()).unwrap();
        let highest = flow.voltages.iter().map(|v| vm(*v)).fold(0.0, f64::max);
        let loading = flow
            .branches
            .iter()
            .filter_map(|b| b.loading_percent)
            .fold(0.0, f64::max);
        (highest, loading)
    };
    let (at, above) = (state(found.per_bus_kw), state(found.per_bus_kw * 1.0001));
    assert!(at.0 <= 1.05 + 1e-9 && at.1 <= 100.0 + 1e-6, "{at:?}");
    match found.limit {
        Limit::Voltage(bus) => assert!(above.0 > 1.05 && bus == 5),
        Limit::Loading(_) => assert!(above.1 > 100.0),
        other => panic!("{other:?}"),
    }
    // More buses share less each, and a larger band never takes less.
    let single = capacities(&feeder, &[vec![5]], &options).unwrap()[0];
    assert!(single.per_bus_kw >= found.per_bus_kw);
    let wide = CapacityOptions {
        highest_pu: 1.10,
        ..options
    };
    assert!(capacities(&feeder, &[buses], &wide).unwrap()[0].per_bus_kw >= found.per_bus_kw);
    let study = monte_carlo(&feeder, 50, 7, &options).unwrap();
    assert_eq!(study, monte_carlo(&feeder, 50, 7, &options).unwrap());
    assert!(study.quantile_kw(0.95).unwrap() <= study.quantile_kw(0.05).unwrap());
    // Already too high without any production: nothing fits, and the bus is named.
    let low = CapacityOptions {
        highest_pu: 1.0,
        ..options
    };
    let none = capacities(&feeder, &[vec![5]], &low).unwrap()[0];
    assert!(none.per_bus_kw == 0.0 && matches!(none.limit, Limit::Voltage(_)));
    assert!(rise_per_mw(&feeder, 5).unwrap() > rise_per_mw(&feeder, 1).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any network that converges balances at every bus, and its source covers loads and losses.
    #[test]
    fn power_is_conserved(
        parents in prop::collection::vec(0.0..1.0_f64, 1..30),
        km in prop::collection::vec(0.05..4.0_f64, 40),
        extra in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 0..6),
        power in prop::collection::vec(-0.3..0.4_f64, 40),
    ) {
        let buses = parents.len() + 1;
        let mut lines: Vec<(usize, usize, f64)> = parents
            .iter()
            .enumerate()
            .map(|(at, share)| ((share * (at + 1) as f64) as usize, at + 1, km[at % 40]))
            .collect();
        for (index, (a, b)) in extra.iter().enumerate() {
            let (a, b) = ((a * buses as f64) as usize, (b * buses as f64) as usize);
            if a != b {
                lines.push((a, b, km[index]));
            }
        }
        let mut net = network(buses, &lines);
        for (load, p) in net.loads.iter_mut().zip(&power) {
            load.p_mw = *p;
            load.q_mvar = 0.3 * p;
        }
        if let Ok(done) = flow(&net, &FlowOptions::default()) {
            prop_assert!(done.residual_pu < 1e-9, "{}", done.residual_pu);
            let drawn: f64 = net.loads.iter().map(|l| l.p_mw).sum();
            prop_assert!((done.slack_mva.re - drawn - done.losses_mw).abs() < 1e-9);
            prop_assert!(done.losses_mw >= -1e-12);
        }
    }
}

#[cfg(feature = "pipeline")]
mod files {
    use super::*;
    use crate::shared_data::shared;
    use jumeau::pipeline::network::{Opened, open, profiles};
    use serde_json::Value;

    fn opened(bytes: &[u8]) -> Opened {
        open(bytes, "file").unwrap_or_else(|fault| panic!("{fault}"))
    }

    fn number(value: &Value) -> f64 {
        value.as_f64().unwrap()
    }

    fn against(name: &str, bytes: &[u8], answer: &[u8]) {
        let net = opened(bytes).network;
        let answer: Value = serde_json::from_slice(answer).unwrap();
        let done = flow(&net, &FlowOptions::default()).unwrap_or_else(|f| panic!("{name}: {f}"));
        assert!(done.residual_pu <= 1e-9, "{name}: {}", done.residual_pu);
        let slack = Complex::new(number(&answer["slack_mw"]), number(&answer["slack_mvar"]));
        assert!(
            (done.slack_mva - slack).norm() < 1e-6 * slack.norm().max(1.0),
            "{name}"
        );
        let mut count = 0;
        for (bus, known) in net
            .buses
            .iter()
            .filter(|b| !b.internal)
            .zip(answer["buses"].as_array().unwrap())
        {
            assert_eq!(bus.id, known["id"].to_string(), "{name}");
            let ours = done.voltages[count];
            count += 1;
            match known["vm_pu"].as_f64() {
                None => assert_eq!(ours, None, "{name} {}", bus.id),
                Some(vm_pu) => {
                    let theirs =
                        Complex::from_polar(vm_pu, known["va_deg"].as_f64().unwrap().to_radians());
                    let apart = (ours.unwrap() - theirs).norm();
                    assert!(apart < 1e-8, "{name} {}: {apart:e}", bus.id);
                }
            }
        }
        assert_eq!(count, answer["buses"].as_array().unwrap().len());
        let loadings = |kind: BranchKind| -> Vec<f64> {
            let all = net
                .branches
                .iter()
                .zip(&done.branches)
                .filter(|(b, _)| b.kind == kind);
            all.map(|(_, flow)| flow.loading_percent.unwrap_or(0.0))
                .collect()
        };
        for (kind, key) in [
            (BranchKind::Line, "line_loading"),
            (BranchKind::Transformer, "trafo_loading"),
        ] {
            for (ours, theirs) in loadings(kind).iter().zip(answer[key].as_array().unwrap()) {
                let theirs = theirs.as_f64().unwrap_or(0.0);
                assert!(
                    (ours - theirs).abs() < 1e-6 * theirs.max(1.0),
                    "{name} {key}: {ours} {theirs}"
                );
            }
        }
    }

    macro_rules! frozen {
        ($($name:ident)*) => {$(
            #[test]
            fn $name() {
                against(
                    stringify!($name),
                    include_bytes!(concat!("../data/grid/", stringify!($name), ".json")),
                    include_bytes!(concat!("../data/grid/", stringify!($name), ".answer.json")),
                );
            }
        )*};
    }
    frozen! {
        everything mixed_shares case14 case33bw case118 cigre_hv cigre_lv cigre_mv cigre_mv_der
        kerber_landnetz kerber_dorfnetz three_windings
    }

    /// The other formats: power-grid-model's own answers with every component, MATPOWER cases with pandapower's.
    #[test]
    fn other_formats_agree() {
        macro_rules! pair {
            ($($name:literal, $answer:literal)*) => {$(
                against(
                    $name,
                    include_bytes!(concat!("../data/grid/", $name)),
                    include_bytes!(concat!("../data/grid/", $answer)),
                );
            )*};
        }
        pair! {
            "pgm_0.json", "pgm_0.answer.json"
            "pgm_1.json", "pgm_1.answer.json"
            "pgm_2.json", "pgm_2.answer.json"
            "case14.m", "case14.m.answer.json"
            "case39.m", "case39.m.answer.json"
        }
    }

    /// Section 10 of the reference: the last feasible power at each load bus, and what breaks above it.
    #[test]
    fn hosting_capacity_of_the_reference() {
        let land = opened(include_bytes!("../data/grid/kerber_landnetz.json")).network;
        let dorf = opened(include_bytes!("../data/grid/kerber_dorfnetz.json")).network;
        for (net, count, highest_pu, kw, voltage) in [
            (&land, 13, 1.03, 6.539955, true),
            (&land, 13, 1.05, 9.994082, true),
            (&land, 13, 1.10, 14.589854, false),
            (&dorf, 57, 1.03, 5.576096, true),
            (&dorf, 57, 1.05, 8.413080, false),
            (&dorf, 57, 1.10, 8.413080, false),
        ] {
            let buses = load_buses(net);
            assert_eq!(buses.len(), count);
            let options = CapacityOptions {
                highest_pu,
                ..CapacityOptions::default()
            };
            let found = capacities(net, &[buses], &options).unwrap()[0];
            assert!((found.per_bus_kw - kw).abs() < 1e-6, "{found:?}");
            match found.limit {
                Limit::Voltage(_) => assert!(voltage),
                Limit::Loading(branch) => {
                    assert!(!voltage && net.branches[branch].kind == BranchKind::Transformer);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_case_file_with_arithmetic() {
        let case = "function mpc = two\n%% ohms and kilowatts\nmpc.version = '2';\nmpc.baseMVA = 10;\n\
            mpc.bus = [ %% bus_i type Pd ...\n\t1 3 0 0 0 0 1 1 0 12.66 1 1.1 0.9;\n\t2, 1, 100, 60, 0, 0, 1, 1, 0, 12.66, 1, 1.1, 0.9\n];\n\
            mpc.gen = [1 0 0 10 -10 1.02 100 1 10 0];\nmpc.branch = [\n1 2 0.0922 0.0470 0 0 0 0 0 0 1 -360 ...\n 360; ];\n\
            Vbase = mpc.bus(1, BASE_KV) * 1e3;      %% in Volts\nSbase = mpc.baseMVA * 1e6;\n\
            mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);\n\
            mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;\n";
        let read = opened(case.as_bytes());
        assert!(!read.report.has_errors() && read.report.count("matpower-statement") == 0);
        let done = flow(&read.network, &FlowOptions::default()).unwrap();
        // 0.1 MW and 0.06 Mvar over 0.0922 + 0.0470j Ω at 12.66 kV.
        let drop = (0.1 * 0.0922 + 0.06 * 0.0470) / (12.66 * 12.66) / 1.02;
        assert!((vm(done.voltages[0]) - vm(done.voltages[1]) - drop).abs() < 1e-8);
        // case141 splits kVA by a power factor, other cases change rows and cells.
        let split = case.replace("100, 60, 0", "116.6190378969060, 0, 0") + "pf = 100 / 116.6190378969060;\nmpc.bus(:, QD) = mpc.bus(:, PD) * sin(acos(pf));\nmpc.bus(:, PD) = mpc.bus(:, PD) * pf;\nmpc.branch(1, [BR_B, RATE_A]) = [0, 2*5];\nmpc.gen(end, VG) = sqrt(1.02 .^ 2);\nmpc.bus(1:2, VM) = [1.01; 1];\n";
        let read = opened(split.as_bytes());
        assert_eq!(read.report.count("matpower-statement"), 0);
        let again = flow(&read.network, &FlowOptions::default()).unwrap();
        assert!(done.voltages.iter().zip(&again.voltages).all(|(a, b)| (a.unwrap() - b.unwrap()).norm() < 1e-12));
        assert_eq!(read.network.branches[0].rating, jumeau::energy::grid::Rating::Power { mva: 10.0 });
        let odd = case.replace(
            "mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;",
            "mpc.bus(2, PD) = f(3);",
        );
        assert_eq!(opened(odd.as_bytes()).report.count("matpower-statement"), 1);
        for (bad, code) in [
            (case.replace("0.0922", "0.09x2"), "matpower-number"),
            (case.replace("360; ]", "360; 1 2 3; ]"), "matpower-matrix"),
            (
                case.replace("mpc.bus = [", "mpc.but = ["),
                "matpower-matrix",
            ),
        ] {
            assert_eq!(open(bad.as_bytes(), "f").unwrap_err().code, code);
        }
    }

    #[test]
    fn real_feeders_of_normandie() {
        for (file, buses, kw) in [
            ("MVFeeder210_Winter", 128, 2751.3),
            ("MVFeeder210_Summer", 128, 498.0),
            ("LVFeeder18498_Winter", 18, 87.0),
            ("LVFeeder18498_Summer", 18, 16.0),
        ] {
            let Some(path) = shared(&format!("roseau-mv-lv-networks/{file}.json")) else {
                continue;
            };
            let read = opened(&std::fs::read(path).unwrap());
            let net = &read.network;
            assert!(!read.report.has_errors(), "{:?}", read.report.findings());
            assert_eq!(net.buses.len(), buses);
            assert!(
                net.buses
                    .iter()
                    .all(|bus| bus.place.is_some_and(|p| p.lat_deg > 48.0))
            );
            let drawn: f64 = net.loads.iter().map(|l| 1000.0 * l.p_mw).sum();
            assert!((drawn - kw).abs() < 0.06, "{file}: {drawn}");
            let done = flow(net, &FlowOptions::default()).unwrap();
            assert!(done.residual_pu < 1e-9);
            assert!((1000.0 * (done.slack_mva.re - done.losses_mw) - drawn).abs() < 1e-6);
            assert!(done.voltages.iter().all(|v| (0.85..1.05).contains(&vm(*v))));
        }
    }

    /// Nothing that is cut, doubled or nonsense may panic.
    #[test]
    fn bad_files_are_findings() {
        let good = include_bytes!("../data/grid/everything.json");
        for end in (0..good.len()).step_by(997) {
            let _ = open(&good[..end], "cut");
        }
        let text = String::from_utf8(good.to_vec()).unwrap();
        for (from, to) in [
            ("vn_kv", "vn_v"),
            ("hv_bus", "hvbus"),
            ("110.0", "-1"),
            ("null", "1e999"),
            ("0.4", "null"),
            ("\\\"split\\\"", "\\\"records\\\""),
        ] {
            if let Ok(read) = open(text.replace(from, to).as_bytes(), "changed") {
                let _ = flow(&read.network, &FlowOptions::default());
            }
        }
        for (bytes, code) in [
            (&b"hello"[..], "network-unknown"),
            (b"{\"a\": 1}", "network-unknown"),
            (b"{\"data\": {\"node\": [{\"id\": 1}, 3]}}", "network-table"),
            (b"{\"data\": [{}, {}]}", "network-batch"),
            (b"{", "network-json"),
        ] {
            assert_eq!(open(bytes, "f").unwrap_err().code, code);
        }
        let pgm = br#"{"version":"1.0","type":"input","is_batch":false,"attributes":{"node":["id","u_rated"]},"data":{
            "node":[[1,20000],[1,20000],[2,20000],[3,20]],
            "line":[{"id":4,"from_node":1,"to_node":2,"from_status":1,"to_status":1,"r1":0.1,"x1":0.1,"c1":0,"tan1":0,"i_n":100},
                    {"id":5,"from_node":1,"to_node":99,"from_status":1,"to_status":1,"r1":0.1,"x1":0.1,"c1":0,"tan1":0}],
            "sym_load":[{"id":6,"node":2,"status":1,"type":0,"p_specified":1e9,"q_specified":0}],
            "source":[{"id":7,"node":1,"status":1,"u_ref":1.0}]}}"#;
        let read = opened(pgm);
        for code in [
            "grid-id-doubled",
            "grid-bus-unknown",
            "grid-voltage-implausible",
            "grid-power-implausible",
            "grid-island",
            "grid-place-missing",
        ] {
            assert!(
                read.report.count(code) > 0,
                "{code}: {:?}",
                read.report.findings()
            );
        }
        for finding in read.report.findings() {
            let (french, english) = jumeau::pipeline::network::messages::message(finding).unwrap();
            assert!(!french.contains('{') && !english.contains('{'), "{french}");
        }
    }

    #[test]
    fn sentences_are_sorted_and_unique() {
        let codes: Vec<&str> = jumeau::pipeline::network::messages::SENTENCES
            .iter()
            .map(|(c, ..)| *c)
            .collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    }

    #[test]
    fn profiles_by_name() {
        let mut read = opened(include_bytes!("../data/grid/kerber_landnetz.json"));
        let csv = b"time;*;0:p_kw\n2025-01-01T00:00Z;0,5;3\n2025-01-01T01:00Z;1;4,5\n";
        let made = profiles::open(csv, "p.csv", &mut read).unwrap();
        assert_eq!(
            (made.steps, made.columns.len(), made.channels.len()),
            (2, 2, 14)
        );
        assert_eq!(made.columns[1], [0.003, 0.0045]);
        let done = series(&read.network, &made, &SeriesOptions::default()).unwrap();
        assert!(done.steps[0].lowest_pu > done.steps[1].lowest_pu);
        for (bad, code) in [
            (&b"time,*\n"[..], "profiles-empty"),
            (b"*\nx\n", "profiles-value"),
            (b"*\n1,2\n", "profiles-row"),
            (b"*,0\n1,2,3\n", "profiles-row"),
        ] {
            assert_eq!(profiles::open(bad, "p", &mut read).unwrap_err().code, code);
        }
        assert_eq!(
            profiles::open(b"nobody\n1\n", "p", &mut read)
                .unwrap()
                .channels
                .len(),
            0
        );
        assert_eq!(read.report.count("profiles-element-unknown"), 1);
    }
}
