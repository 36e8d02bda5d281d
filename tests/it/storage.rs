//! Battery dispatch against HiGHS's answers of the closed reference case, and the conservation of energy.

use jumeau::energy::storage::optimal::optimal;
use jumeau::energy::storage::{Battery, Case, CaseFault, Goal, connection::connection, file, greedy::greedy};
use proptest::prelude::*;
use std::f64::consts::PI;

/// The reference case: load, wind, sun and price as formulas of the hour.
fn reference(steps: usize) -> Case {
    let bell = |h: f64, at: f64, wide: f64| (-((h - at) / wide).powi(2)).exp();
    let mut case = Case {
        step_h: 1.0,
        load_mw: Vec::new(),
        generation_mw: Vec::new(),
        import_price: Vec::new(),
        export_price: Vec::new(),
        import_limit_mw: f64::INFINITY,
        export_limit_mw: f64::INFINITY,
        curtailable: false,
        battery: Some(Battery {
            energy_mwh: 3.3,
            charge_mw: 2.0,
            discharge_mw: 2.0,
            charge_efficiency: 0.95,
            discharge_efficiency: 0.95,
            initial_mwh: 1.65,
            cyclic: true,
            degradation_eur_mwh: 0.0,
        }),
        goal: Goal::Cost,
    };
    for step in 0..steps {
        let (t, h, d) = (step as f64, (step % 24) as f64, (step / 24) as f64);
        case.load_mw
            .push(2.0 + 1.5 * bell(h, 19.0, 3.0) + 0.8 * bell(h, 8.0, 2.0) + 0.1 * (d % 7.0));
        let wind =
            4.0 + 3.5 * (2.0 * PI * t / 61.0).sin() + 1.5 * (2.0 * PI * t / 23.0 + 1.0).sin();
        let sun = (PI * (h - 6.0) / 12.0).sin().max(0.0) * (0.6 + 0.4 * (2.0 * PI * d / 5.0).cos());
        case.generation_mw
            .push(0.3 * wind.clamp(0.0, 8.0) + 5.0 * sun);
        let price = 60.0 + 30.0 * bell(h, 19.0, 2.5) - 35.0 * bell(h, 13.0, 3.0);
        case.import_price.push(price);
        case.export_price.push(0.4 * price);
    }
    case
}

fn close(ours: f64, theirs: f64, within: f64) {
    assert!((ours - theirs).abs() < within, "{ours} ≠ {theirs}");
}

#[test]
fn a_week_as_highs_plans_it() {
    let case = reference(168);
    close(case.load_mw.iter().sum(), 461.183212, 1e-6);
    let plan = optimal(&case).unwrap();
    let totals = plan.totals(&case);
    close(totals.cost_eur, 7662.742797, 1e-6 * 7662.0);
    close(totals.import_mwh, 131.633341, 1e-5);
    close(totals.export_mwh, 61.475668, 1e-5);
    close(totals.cycles, 7.228684, 1e-5);
    assert!(totals.simultaneous_mwh < 1e-6);
    let without = case.without_battery();
    let none = greedy(&without).unwrap().totals(&without);
    close(none.import_mwh, 149.462487, 1e-6);
    close(none.export_mwh, 81.753055, 1e-6);
    close(none.cost_eur, 9265.797042, 1e-5);
    // No battery: the plan has no choice either.
    close(
        optimal(&without).unwrap().totals(&without).cost_eur,
        none.cost_eur,
        1e-5,
    );
    let simple = greedy(&case).unwrap().totals(&case);
    close(simple.import_mwh, 129.972129791, 1e-8);
    close(simple.export_mwh, 61.893933682, 1e-8);
    close(simple.charged_mwh, 19.859121320, 1e-8);
    close(simple.discharged_mwh, 19.490356992, 1e-8);
    close(simple.final_mwh, 0.0, 1e-12);
    close(simple.self_sufficiency, 0.718177, 1e-6);
    close(simple.self_consumption, 0.842699, 1e-6);
}

#[test]
fn a_year_as_highs_plans_it() {
    let case = reference(8760);
    let plan = optimal(&case).unwrap();
    close(plan.totals(&case).cost_eur, 497_384.0077, 1e-6 * 497_384.0);
    let (outside, inside) = plan.imbalance(&case);
    assert!(outside < 1e-6 && inside < 1e-6);
}

/// Three aims, wear, limits both ways, a given start: the objective of each within 1e-6 of HiGHS's.
#[test]
fn aims_as_highs_meets_them() {
    let answers: serde_json::Value =
        serde_json::from_str(include_str!("../data/storage/answers.json")).unwrap();
    let mut met = 0;
    for frozen in answers.as_array().unwrap() {
        for answer in frozen["answers"].as_array().unwrap() {
            let mut written = frozen["case"].clone();
            written["objective"] = answer["goal"].clone();
            let case = file::read(written.to_string().as_bytes()).unwrap();
            let plan = optimal(&case).unwrap();
            let totals = plan.totals(&case);
            let ours = match case.goal {
                Goal::Cost => totals.cost_eur,
                Goal::Import => totals.import_mwh,
                Goal::Curtailment => totals.curtailed_mwh,
            };
            let theirs = answer["objective"].as_f64().unwrap();
            let name = &frozen["name"];
            assert!(totals.unserved_mwh < 1e-6, "{name}: {totals:?}");
            assert!(
                (ours - theirs).abs() <= 1e-6 * theirs.abs(),
                "{name} {:?}: {ours} {theirs}",
                case.goal
            );
            let (outside, inside) = plan.imbalance(&case);
            assert!(outside < 1e-6 && inside < 1e-6, "{name}");
            // Where only curtailment counts, losses are no loss.
            let burns = case.goal == Goal::Curtailment;
            assert!(
                burns || totals.simultaneous_mwh < 1e-5,
                "{name}: {totals:?}"
            );
            met += 1;
        }
    }
    assert_eq!(met, 17);
}

/// Behind a full connection production is thrown away, not warmed away by charging and discharging at once.
#[test]
fn a_full_connection_curtails() {
    for steps in [96, 480] {
        let whole = Case { export_limit_mw: 0.3, ..reference(steps) };
        let plan = optimal(&whole).unwrap();
        let totals = plan.totals(&whole);
        assert!(totals.simultaneous_mwh < 1e-6 && totals.curtailed_mwh > 1.0, "{steps}: {totals:?}");
        let (outside, inside) = plan.imbalance(&whole);
        assert!(outside < 1e-6 && inside < 1e-6);
    }
}

/// Hours of negative prices exist. A plan neither buys and sells at once nor burns energy in its battery, and is never dearer than no battery.
#[test]
fn negative_prices_have_a_plan() {
    for (steps, factor) in [(96, 0.4), (96, 1.3), (480, 0.4), (96, -0.2)] {
        let mut case = reference(steps);
        for (step, price) in case.import_price.iter_mut().enumerate() {
            if (11..15).contains(&(step % 24)) {
                *price = -40.0;
            }
            case.export_price[step] = factor * *price;
        }
        let plan = optimal(&case).unwrap();
        let totals = plan.totals(&case);
        assert!(
            totals.simultaneous_mwh < 1e-5,
            "{steps} {factor}: {totals:?}"
        );
        for step in 0..steps {
            assert!(
                plan.imported_mw[step].min(plan.exported_mw[step]) < 1e-6,
                "{step}"
            );
        }
        let without = case.without_battery();
        let none = greedy(&without).unwrap().totals(&without);
        assert!(
            totals.cost_eur <= none.cost_eur + 1e-6 * none.cost_eur.abs(),
            "{steps} {factor}"
        );
    }
}

/// Where nothing is gained by it, nothing is bought and sold in one step: prices of nought, equal prices, and selling for less, by either solver.
#[test]
fn one_meter_turns_one_way() {
    for steps in [96, 480] {
        for (buy, sell) in [(0.0, 0.0), (80.0, 80.0), (80.0, 0.0), (-20.0, -20.0)] {
            for goal in [Goal::Cost, Goal::Import, Goal::Curtailment] {
                let mut case = Case { goal, ..reference(steps) };
                case.import_price.fill(buy);
                case.export_price.fill(sell);
                let plan = optimal(&case).unwrap();
                let both: f64 = plan.imported_mw.iter().zip(&plan.exported_mw).map(|(a, b)| a.min(*b)).sum();
                assert!(both < 1e-9, "{steps} {buy} {sell} {goal:?}: {both} MWh both ways");
                let (outside, inside) = plan.imbalance(&case);
                assert!(outside < 1e-6 && inside < 1e-6, "{steps} {buy} {sell} {goal:?}");
                let totals = plan.totals(&case);
                assert!((0.0..=1.0).contains(&totals.self_sufficiency) && (0.0..=1.0).contains(&totals.self_consumption), "{totals:?}");
            }
        }
    }
}

/// Story 10: behind a narrow connection a larger battery never curtails more.
#[test]
fn curtailment_falls_with_size() {
    let mut last = f64::INFINITY;
    for energy_mwh in [0.0, 1.0, 2.0, 4.0, 8.0] {
        let mut case = reference(168);
        case.export_limit_mw = 1.0;
        case.goal = Goal::Curtailment;
        if let Some(battery) = &mut case.battery {
            battery.energy_mwh = energy_mwh;
            battery.initial_mwh = 0.0;
        }
        let plan = optimal(&case).unwrap();
        let totals = plan.totals(&case);
        assert!(
            totals.curtailed_mwh <= last + 1e-6,
            "{energy_mwh}: {totals:?}"
        );
        assert!(
            plan.stored_mwh
                .iter()
                .all(|e| (0.0..=energy_mwh).contains(e))
        );
        assert!(plan.exported_mw.iter().all(|p| *p <= 1.0));
        let simple = greedy(&case).unwrap().totals(&case);
        assert!(totals.curtailed_mwh <= simple.curtailed_mwh + 1e-6);
        last = totals.curtailed_mwh;
    }
}

#[test]
fn a_case_file() {
    let text = br#"{"load_mw":[1,2],"generation_mw":{"wind":[0,3],"pv":[1,0]},"price_eur_mwh":50,"objective":"self-sufficiency",
        "battery":{"energy_mwh":2,"power_mw":1,"round_trip_efficiency":0.81,"cyclic":false}}"#;
    let case = file::read(text).unwrap();
    assert_eq!(case.generation_mw, [1.0, 3.0]);
    assert_eq!(
        (case.export_price.clone(), case.goal),
        (vec![20.0, 20.0], Goal::Import)
    );
    let battery = case.battery.unwrap();
    assert!((battery.charge_efficiency - 0.9).abs() < 1e-12 && battery.initial_mwh == 1.0);
    for bad in [
        &br#"{"load_mw":[1],"generation_mw":[1,2]}"#[..],
        br#"{"load_mw":[-1],"generation_mw":[1]}"#,
        br#"{"load_mw":[],"generation_mw":[]}"#,
        br#"{"load_mw":[1],"generation_mw":[1],"typo":2}"#,
        br#"{"load_mw":[1],"generation_mw":[1],"objective":"fun"}"#,
        br#"{"load_mw":[1],"generation_mw":[1],"battery":{"energy_mwh":1}}"#,
        br#"{"load_mw":[1],"generation_mw":[1],"battery":{"energy_mwh":1,"power_mw":1,"initial_mwh":2}}"#,
        b"[",
    ] {
        assert!(file::read(bad).is_err(), "{}", String::from_utf8_lossy(bad));
    }
    let mut case = case;
    case.load_mw[1] = f64::NAN;
    assert!(matches!(
        optimal(&case),
        Err(CaseFault::Value { step: 1, .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// In = out + stored + lost, in every step, with and without foresight, limits or not.
    #[test]
    fn energy_is_conserved(
        load in prop::collection::vec(0.0..5.0_f64, 24),
        generation in prop::collection::vec(0.0..8.0_f64, 24),
        price in prop::collection::vec(1.0..200.0_f64, 24),
        energy_mwh in 0.1..10.0_f64,
        power_mw in 0.1..5.0_f64,
        efficiency in 0.6..1.0_f64,
        limits in (0.5..6.0_f64, 0.5..6.0_f64),
        cyclic in any::<bool>(),
    ) {
        let case = Case {
            step_h: 0.5,
            load_mw: load,
            generation_mw: generation,
            export_price: price.iter().map(|p| 0.4 * p).collect(),
            import_price: price,
            import_limit_mw: limits.0,
            export_limit_mw: limits.1,
            curtailable: false,
            battery: Some(Battery {
                energy_mwh,
                charge_mw: power_mw,
                discharge_mw: power_mw,
                charge_efficiency: efficiency,
                discharge_efficiency: efficiency,
                initial_mwh: energy_mwh / 3.0,
                cyclic,
                degradation_eur_mwh: 1.0,
            }),
            goal: Goal::Cost,
        };
        let simple = greedy(&case).unwrap();
        let (outside, inside) = simple.imbalance(&case);
        prop_assert!(outside < 1e-9 && inside < 1e-9);
        prop_assert!(simple.stored_mwh.iter().all(|e| (0.0..=energy_mwh).contains(e)));
        let plan = optimal(&case).unwrap();
        let (outside, inside) = plan.imbalance(&case);
        prop_assert!(outside < 1e-6 && inside < 1e-6, "{outside} {inside}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Story 10: at a connection, a battery keeps its bounds, loses no energy, and a larger one never curtails more.
    #[test]
    fn a_battery_at_a_connection(
        steps in prop::collection::vec((0.0..9.0f64, 0.0..3.0f64), 1..80),
        limit_mw in 0.5..8.0f64,
        power_mw in 0.0..4.0f64,
        sizes_mwh in prop::array::uniform2(0.0..12.0f64),
        efficiency in 0.7..1.0f64,
        step_h in prop::sample::select(vec![0.25, 0.5, 1.0]),
    ) {
        let of = |energy_mwh: f64| Case {
            step_h,
            generation_mw: steps.iter().map(|(generation, _)| *generation).collect(),
            load_mw: steps.iter().map(|(_, load)| *load).collect(),
            import_price: vec![60.0; steps.len()],
            export_price: vec![50.0; steps.len()],
            import_limit_mw: f64::INFINITY,
            export_limit_mw: limit_mw,
            curtailable: false,
            battery: Some(Battery {
                energy_mwh,
                charge_mw: power_mw,
                discharge_mw: power_mw,
                charge_efficiency: efficiency,
                discharge_efficiency: efficiency,
                initial_mwh: 0.0,
                cyclic: false,
                degradation_eur_mwh: 0.0,
            }),
            goal: Goal::Cost,
        };
        let [small, large] = { let mut sizes = sizes_mwh; sizes.sort_by(f64::total_cmp); sizes };
        let mut curtailed = Vec::new();
        for energy_mwh in [0.0, small, large] {
            let case = of(energy_mwh);
            let done = connection(&case).unwrap();
            let (imbalance_mw, imbalance_mwh) = done.imbalance(&case);
            prop_assert!(imbalance_mw < 1e-9 && imbalance_mwh < 1e-9, "{imbalance_mw} {imbalance_mwh}");
            for stored in &done.stored_mwh {
                prop_assert!((0.0..=energy_mwh).contains(stored), "{stored} of {energy_mwh}");
            }
            for (step, exported) in done.exported_mw.iter().enumerate() {
                prop_assert!(*exported <= limit_mw + 1e-12);
                prop_assert!(done.charged_mw[step] * done.discharged_mw[step] == 0.0, "never both at once");
                prop_assert!(done.curtailed_mw[step] >= -1e-12 && done.unserved_mw[step] >= -1e-12);
            }
            curtailed.push(done.curtailed_mw);
        }
        for pair in curtailed.windows(2) {
            // Not only in sum: in every step of the time that has passed so far.
            let (mut less, mut more) = (0.0, 0.0);
            for (a, b) in pair[0].iter().zip(&pair[1]) {
                (more, less) = (more + a, less + b);
                prop_assert!(less <= more + 1e-9, "{less} > {more}");
            }
        }
        // Perfect foresight never throws away more than no battery.
        if energy_of(&of(large)) {
            let planned = optimal(&of(large)).unwrap().totals(&of(large));
            let without = connection(&of(large).without_battery()).unwrap().totals(&of(large).without_battery());
            prop_assert!(planned.curtailed_mwh <= without.curtailed_mwh + 1e-6);
        }
    }
}

/// Whether a case has a battery worth a plan.
fn energy_of(case: &Case) -> bool {
    case.battery.is_some_and(|battery| battery.energy_mwh > 0.1 && battery.charge_mw > 0.1)
}
