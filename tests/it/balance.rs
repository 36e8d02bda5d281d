//! The balance of areas and the sharing of an operation: laws of conservation, and cases by hand.

use jumeau::base::Instant;
use jumeau::energy::balance::{Area, BalanceFault, Node, balance};
use jumeau::energy::economics::{Validity, file};
use jumeau::energy::sharing::{Keys, Operation, Setting, SharingFault, Site, eligibility, share};
use jumeau::energy::storage::{Battery, Case, Goal, greedy::greedy};
use jumeau::geodesy::LonLat;
use proptest::prelude::*;

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn a_day_by_hand() {
    let area = Area {
        step_h: 0.5,
        consumption_kw: vec![2.0, 3.0, 1.0],
        production_kw: vec![0.0, 5.0, 9.0],
        curtailed_kw: vec![0.0, 0.0, 1.0],
        charged_kw: vec![0.0, 2.0, 2.0],
        discharged_kw: vec![1.0, 0.0, 0.0],
        losses_kw: vec![0.1, 0.2, 0.3],
        stored_kwh: (0.5, 1.8),
    };
    let done = balance(&area).unwrap();
    let exchange: Vec<(f64, f64)> = done
        .steps
        .iter()
        .map(|s| (s.imported_kw, s.exported_kw))
        .collect();
    assert!(close(exchange[0].0, 1.1) && exchange[0].1 == 0.0);
    assert!(close(exchange[1].0, 0.2) && exchange[1].1 == 0.0);
    assert!(exchange[2].0 == 0.0 && close(exchange[2].1, 4.7));
    let totals = done.totals();
    assert!(close(totals.imported_kwh, 0.65) && close(totals.exported_kwh, 2.35));
    assert!(close(totals.storage_losses_kwh, 2.0 - 0.5 - 1.3));
    assert!(close(totals.self_sufficiency, 1.0 - 0.65 / 3.3));
    assert!(close(totals.self_consumption, 1.0 - 2.85 / 7.0));
    assert_eq!((totals.hours_of_import, totals.hours_of_export), (1.0, 0.5));
    assert!(close(totals.peak_export_kw, 4.7));
    // Coarser steps keep the energy.
    let day = done.coarser(3);
    assert!(close(day[0].imported_kw * 1.5, totals.imported_kwh));
    // Every side of the picture adds up.
    for step in &done.steps {
        let links = step.links();
        let from = |node: Node| {
            links
                .iter()
                .filter(|l| l.from == node)
                .map(|l| l.kw)
                .sum::<f64>()
        };
        let to = |node: Node| {
            links
                .iter()
                .filter(|l| l.to == node)
                .map(|l| l.kw)
                .sum::<f64>()
        };
        assert!(close(from(Node::Production), step.production_kw));
        assert!(close(from(Node::Network), step.imported_kw));
        assert!(close(to(Node::Network), step.exported_kw));
        assert!(close(to(Node::Consumption), step.consumption_kw));
        assert!(close(to(Node::Curtailed), step.curtailed_kw));
        assert!(close(from(Node::Storage), step.discharged_kw));
        assert!(close(to(Node::Storage), step.charged_kw));
    }
}

#[test]
fn impossible_areas_are_told() {
    let area = Area {
        step_h: 1.0,
        consumption_kw: vec![1.0, 2.0],
        ..Area::default()
    };
    assert!(balance(&area).is_ok());
    let none = Area {
        consumption_kw: vec![],
        ..area.clone()
    };
    assert_eq!(balance(&none), Err(BalanceFault::Steps(0)));
    let odd = Area {
        step_h: 0.0,
        ..area.clone()
    };
    assert_eq!(balance(&odd), Err(BalanceFault::Step(0.0)));
    let short = Area {
        production_kw: vec![1.0],
        ..area.clone()
    };
    assert!(matches!(
        balance(&short),
        Err(BalanceFault::Length { found: 1, .. })
    ));
    let negative = Area {
        losses_kw: vec![0.0, -1.0],
        ..area.clone()
    };
    assert!(matches!(
        balance(&negative),
        Err(BalanceFault::Value { step: 1, .. })
    ));
    let nan = Area {
        consumption_kw: vec![f64::NAN, 1.0],
        ..area.clone()
    };
    assert!(matches!(
        balance(&nan),
        Err(BalanceFault::Value { step: 0, .. })
    ));
    let more = Area {
        curtailed_kw: vec![1.0, 0.0],
        ..area.clone()
    };
    assert!(matches!(
        balance(&more),
        Err(BalanceFault::Curtailed { .. })
    ));
    let full = balance(&area).unwrap();
    let other = balance(&Area {
        step_h: 0.5,
        ..area
    })
    .unwrap();
    assert_eq!(full.plus(&other), Err(BalanceFault::Unlike));
}

#[test]
fn keys_by_hand() {
    let operation = |keys| Operation {
        step_h: 0.5,
        producers_kw: vec![vec![6.0, 0.0], vec![4.0, 2.0]],
        consumers_kw: vec![vec![8.0, 1.0], vec![2.0, 4.0], vec![0.0, 5.0]],
        keys,
    };
    let given = |keys| {
        let shared = share(&operation(keys)).unwrap();
        let steps: Vec<Vec<f64>> = (0..2)
            .map(|step| shared.allocated_kw.iter().map(|of| of[step]).collect())
            .collect();
        (steps, shared)
    };
    // Static: 50, 30 and 20 %; what a key leaves is surplus, though others would take it.
    let (steps, shared) = given(Keys::Static(vec![0.5, 0.3, 0.2]));
    assert_eq!(steps, [vec![5.0, 2.0, 0.0], vec![1.0, 0.6, 0.4]]);
    assert!(close(shared.surplus_kw[0][0], 6.0 * 0.3) && close(shared.surplus_kw[1][0], 4.0 * 0.3));
    assert!(close(shared.self_consumption(), 9.0 / 12.0));
    assert!(close(shared.self_production(), 9.0 / 20.0));
    assert!(close(shared.consumers[0].supplied_kwh, 0.5 * 3.0));
    // By consumption nothing is left over while anybody draws.
    let (steps, shared) = given(Keys::Proportional);
    assert_eq!(steps, [vec![8.0, 2.0, 0.0], vec![0.2, 0.8, 1.0]]);
    assert!(shared.producers.iter().all(|p| p.surplus_kwh.abs() < 1e-12));
    // The third first, then the others.
    let (steps, _) = given(Keys::Ranked(vec![7, 7, 1]));
    assert_eq!(steps, [vec![8.0, 2.0, 0.0], vec![0.0, 0.0, 2.0]]);
    let (steps, _) = given(Keys::Dynamic(vec![
        vec![1.0, 0.0],
        vec![0.0, 0.5],
        vec![0.0, 0.5],
    ]));
    assert_eq!(steps, [vec![8.0, 0.0, 0.0], vec![0.0, 1.0, 1.0]]);
    for (keys, fault) in [
        (
            Keys::Static(vec![0.5, 0.5]),
            SharingFault::Keys {
                found: 2,
                consumers: 3,
            },
        ),
        (
            Keys::Static(vec![0.5, 0.5, 0.2]),
            SharingFault::Sum { step: 0, sum: 1.2 },
        ),
    ] {
        assert_eq!(share(&operation(keys)), Err(fault));
    }
    assert!(matches!(
        share(&operation(Keys::Static(vec![0.5, f64::NAN, 0.2]))),
        Err(SharingFault::Value { .. })
    ));
    assert!(matches!(
        share(&operation(Keys::Dynamic(vec![
            vec![1.0, 0.0],
            vec![0.1, 0.5],
            vec![0.0, 0.5]
        ]))),
        Err(SharingFault::Sum { step: 0, .. })
    ));
    let mut none = operation(Keys::Proportional);
    none.producers_kw.clear();
    assert_eq!(share(&none), Err(SharingFault::Participants(0)));
}

#[test]
fn who_may_share() {
    let facts = file::france().unwrap();
    let at = Instant::from_utc(2026, 6, 1, 0, 0, 0).unwrap();
    // Along a meridian at 48.5° N a degree is 111.2 km: 0.0135° are 1.5 km.
    let site = |north: f64, production_kw: f64| Site {
        place: LonLat::new(-4.6, 48.5 + north),
        production_kw,
    };
    let near = [site(0.0, 36.0), site(0.0135, 0.0), site(0.005, 100.0)];
    let found = eligibility(&near, Setting::Anywhere, &facts, at).unwrap();
    assert!(
        (found.extent_km - 1.5013).abs() < 1e-3,
        "{}",
        found.extent_km
    );
    assert_eq!((found.farthest, found.production_kw), (Some((0, 1)), 136.0));
    assert_eq!(
        (found.near_enough, found.small_enough),
        (Some(true), Some(true))
    );
    assert_eq!(found.distance.unwrap().1, Validity::Valid);
    // Two sites, each 1.5 km from the middle, are 3 km apart: the law counts that.
    let far = [site(-0.0135, 36.0), site(0.0, 0.0), site(0.0135, 6000.0)];
    let found = eligibility(&far, Setting::Anywhere, &facts, at).unwrap();
    assert_eq!(
        (found.near_enough, found.small_enough),
        (Some(false), Some(false))
    );
    for setting in [Setting::Periurban, Setting::Rural, Setting::Building] {
        assert_eq!(
            eligibility(&far, setting, &facts, at).unwrap().near_enough,
            Some(true)
        );
    }
    // Before the law there is no answer, rather than a yes.
    let early = Instant::from_utc(2010, 1, 1, 0, 0, 0).unwrap();
    assert_eq!(
        eligibility(&far, Setting::Anywhere, &facts, early)
            .unwrap()
            .near_enough,
        None
    );
    assert_eq!(
        eligibility(&[], Setting::Anywhere, &facts, at)
            .unwrap()
            .extent_km,
        0.0
    );
}

fn powers(steps: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.0..50.0_f64, steps)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// In every step what comes in goes out, a battery's losses are its efficiency's, and an area is the sum of its parts.
    #[test]
    fn energy_is_conserved(
        load in powers(24), made in powers(24), other_load in powers(24), other_made in powers(24),
        losses in powers(24), energy in 1.0..200.0_f64, efficiency in 0.7..1.0_f64, limit in 5.0..40.0_f64,
    ) {
        let battery = Battery {
            energy_mwh: energy,
            charge_mw: 10.0,
            discharge_mw: 10.0,
            charge_efficiency: efficiency,
            discharge_efficiency: efficiency,
            initial_mwh: energy / 2.0,
            cyclic: false,
            degradation_eur_mwh: 0.0,
        };
        let case = Case {
            step_h: 0.5,
            load_mw: load.clone(),
            generation_mw: made.clone(),
            import_price: vec![0.0; 24],
            export_price: vec![0.0; 24],
            import_limit_mw: f64::INFINITY,
            export_limit_mw: limit,
            curtailable: false,
            battery: Some(battery),
            goal: Goal::Cost,
        };
        let plan = greedy(&case).unwrap();
        let first = balance(&Area {
            step_h: 0.5,
            consumption_kw: load,
            production_kw: made,
            curtailed_kw: plan.curtailed_mw.clone(),
            charged_kw: plan.charged_mw.clone(),
            discharged_kw: plan.discharged_mw.clone(),
            losses_kw: vec![],
            stored_kwh: (energy / 2.0, plan.stored_mwh[23]),
        }).unwrap();
        for (step, (imported, exported)) in first.steps.iter().zip(plan.imported_mw.iter().zip(&plan.exported_mw)) {
            prop_assert!(close(step.imported_kw, *imported) && close(step.exported_kw, *exported));
            prop_assert!(step.imbalance_kw().abs() < 1e-9);
            prop_assert!(step.imported_kw == 0.0 || step.exported_kw == 0.0);
        }
        let totals = first.totals();
        let by_efficiency = totals.charged_kwh * (1.0 - efficiency) + totals.discharged_kwh * (1.0 / efficiency - 1.0);
        prop_assert!((totals.storage_losses_kwh - by_efficiency).abs() < 1e-8);
        let whole = |t: &jumeau::energy::balance::Totals| t.production_kwh + t.imported_kwh + t.discharged_kwh
            - t.consumption_kwh - t.exported_kwh - t.curtailed_kwh - t.charged_kwh - t.losses_kwh;
        prop_assert!(whole(&totals).abs() < 1e-9 * (1.0 + totals.production_kwh + totals.consumption_kwh));
        let second = balance(&Area {
            step_h: 0.5,
            consumption_kw: other_load,
            production_kw: other_made,
            losses_kw: losses,
            ..Area::default()
        }).unwrap();
        let both = first.plus(&second).unwrap();
        prop_assert_eq!(&both, &second.plus(&first).unwrap());
        let sum = both.totals();
        let parts = (totals, second.totals());
        prop_assert!(close(sum.consumption_kwh, parts.0.consumption_kwh + parts.1.consumption_kwh));
        prop_assert!(close(sum.losses_kwh, parts.0.losses_kwh + parts.1.losses_kwh));
        // Neighbours help each other, never hinder; the net exchange is the sum of theirs.
        prop_assert!(sum.imported_kwh <= parts.0.imported_kwh + parts.1.imported_kwh + 1e-9);
        let net = |t: &jumeau::energy::balance::Totals| t.imported_kwh - t.exported_kwh;
        prop_assert!((net(&sum) - net(&parts.0) - net(&parts.1)).abs() < 1e-8);
    }

    /// Nobody gets more than drawn, all together not more than made, and nothing is lost; by consumption most is shared.
    #[test]
    fn sharing_conserves(
        producers in prop::collection::vec(powers(6), 1..4),
        consumers in prop::collection::vec(powers(6), 1..6),
        weights in prop::collection::vec(0.0..1.0_f64, 6),
        ranks in prop::collection::vec(0u32..3, 6),
    ) {
        let count = consumers.len();
        let sum: f64 = weights[..count].iter().sum::<f64>().max(1e-9);
        let fixed: Vec<f64> = weights[..count].iter().map(|w| w / sum).collect();
        let operation = |keys| Operation {
            step_h: 0.25,
            producers_kw: producers.clone(),
            consumers_kw: consumers.clone(),
            keys,
        };
        let best = share(&operation(Keys::Proportional)).unwrap().self_consumption();
        for keys in [
            Keys::Proportional,
            Keys::Static(fixed.clone()),
            Keys::Ranked(ranks[..count].to_vec()),
            Keys::Dynamic(fixed.iter().map(|key| vec![*key; 6]).collect()),
        ] {
            let ranked = matches!(keys, Keys::Ranked(_));
            let shared = share(&operation(keys)).unwrap();
            for step in 0..6 {
                let made: f64 = producers.iter().map(|p| p[step]).sum();
                let given: f64 = shared.allocated_kw.iter().map(|a| a[step]).sum();
                let left: f64 = shared.surplus_kw.iter().map(|s| s[step]).sum();
                prop_assert!((made - given - left).abs() < 1e-9, "{made} {given} {left}");
                for (got, drawn) in shared.allocated_kw.iter().zip(&consumers) {
                    prop_assert!(got[step] >= 0.0 && got[step] <= drawn[step] + 1e-12);
                }
            }
            let made: f64 = shared.producers.iter().map(|p| p.shared_kwh).sum();
            let given: f64 = shared.consumers.iter().map(|c| c.allocated_kwh).sum();
            prop_assert!((made - given).abs() < 1e-9);
            prop_assert!(shared.self_consumption() <= best + 1e-12);
            prop_assert!(!ranked || (shared.self_consumption() - best).abs() < 1e-12);
        }
    }
}
