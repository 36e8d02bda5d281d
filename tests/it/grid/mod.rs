//! Power flow, series and hosting capacity against pandapower's frozen answers and the laws of circuits.

#[cfg(feature = "pipeline")]
mod files;

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
