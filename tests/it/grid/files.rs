//! Networks in files of others, against pandapower's answers to them.

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
                include_bytes!(concat!("../../data/grid/", stringify!($name), ".json")),
                include_bytes!(concat!("../../data/grid/", stringify!($name), ".answer.json")),
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
                include_bytes!(concat!("../../data/grid/", $name)),
                include_bytes!(concat!("../../data/grid/", $answer)),
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
    let land = opened(include_bytes!("../../data/grid/kerber_landnetz.json")).network;
    let dorf = opened(include_bytes!("../../data/grid/kerber_dorfnetz.json")).network;
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
    let good = include_bytes!("../../data/grid/everything.json");
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
    let mut read = opened(include_bytes!("../../data/grid/kerber_landnetz.json"));
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
