//! What a roof answers: laws of its year, and modules that lie where they are said to.

use jumeau::base::Instant;
use jumeau::energy::answer::{HomeBattery, PlaneYear, Question, answer, facts_used, worth_covering};
use jumeau::energy::economics::{Facts, PayBack, Use, Validity, file::france};
use jumeau::energy::layout::{ModuleKind, lay, lay_around};
use jumeau::energy::roof::{MAX_PLANES, RoofPlane, planes};
use jumeau::energy::shading::bvh::Bvh;
use jumeau::energy::shading::sight::{sight, sights};
use jumeau::energy::yields::Sureness;
use proptest::prelude::*;

fn plane(kwp: f64, kwh_year: f64, number: usize) -> PlaneYear {
    PlaneYear { plane: number, area_m2: 40.0, usable_m2: 30.0, modules: 14, kwp, kwh_year, kwh_month: [kwh_year / 12.0; 12] }
}

fn question<'a>(planes: &'a [PlaneYear], production: &'a [f64], load: &'a [f64], battery_kwh: f64, date: &str) -> Question<'a> {
    Question {
        planes,
        production_kw: production,
        load_kw: load,
        step_h: 1.0,
        battery: Some(HomeBattery::of_kwh(battery_kwh)),
        sureness: Sureness::TYPICAL_YEAR,
        at: Instant::parse(&format!("{date}T12:00:00Z")).unwrap(),
        way: Use::Surplus,
        is_home: true,
        cost_eur: Some(9000.0),
        ageing: 0.005,
    }
}

/// The shipped facts with a price of power for every date.
fn priced() -> Facts {
    france().unwrap().with_own(&[("power-price", 0.2)], Instant::parse("2026-01-01T00:00:00Z").unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn every_hour_closes_and_a_larger_battery_never_takes_own_use_away(
        hours in proptest::collection::vec((0.0..6.0f64, 0.0..4.0f64), 24..200), small in 0.0..10.0f64, more in 0.0..10.0f64,
    ) {
        let (production, load): (Vec<f64>, Vec<f64>) = hours.into_iter().unzip();
        let planes = [plane(6.0, production.iter().sum(), 0)];
        let facts = priced();
        let of = |kwh: f64| answer(&question(&planes, &production, &load, kwh, "2026-02-01"), &facts).unwrap();
        let (a, b) = (of(small), of(small + more));
        for found in [&a, &b] {
            prop_assert!(found.imbalance_kwh < 1e-6, "{}", found.imbalance_kwh);
            let balance = found.balance;
            prop_assert!((balance.produced - balance.own_use - balance.exported - balance.stored_or_lost).abs() < 1e-6);
            prop_assert!((balance.demanded - balance.own_use - balance.imported).abs() < 1e-6);
            prop_assert!(balance.stored_or_lost > -1e-6);
        }
        prop_assert!(b.self_consumption >= a.self_consumption - 1e-9, "{} {}", a.self_consumption, b.self_consumption);
        prop_assert!(b.earnings.savings.unwrap() >= a.earnings.savings.unwrap() - 1e-9);
        prop_assert!(a.kwh_p90 <= a.kwh_year && a.kwh_year <= a.kwh_p10);
    }
}

#[test]
fn a_tariff_past_its_date_is_said_and_one_in_force_is_not() {
    let planes = [plane(6.0, 6600.0, 0)];
    let (production, load) = (vec![0.75; 8760], vec![0.5; 8760]);
    let facts = france().unwrap();
    let of = |date: &str| answer(&question(&planes, &production, &load, 0.0, date), &facts).unwrap();
    assert!(!of("2026-02-01").earnings.past().any(|fact| fact.id == "pv-premium"));
    let late = of("2026-11-26");
    assert!(late.is_dated() && late.earnings.past().any(|fact| fact.id == "pv-surplus-tariff"));
    assert_eq!(late.earnings.premium, Some(480.0), "the last known value is used, and said to be past");
    // 0.5 kW of own use all year at 0.2001 €/kWh.
    assert!((late.earnings.savings.unwrap() - 0.5 * 8760.0 * 0.2001).abs() < 1e-6);
    assert!(answer(&question(&planes, &production, &load[1..], 0.0, "2026-02-01"), &facts).is_err());
}

/// What a battery saves pays for a battery: without its cost the pay-back is that of the modules; with a quotation it is that of all of it.
#[test]
fn a_battery_of_no_price_pays_for_nothing() {
    let planes = [plane(6.0, 6600.0, 0)];
    let production: Vec<f64> = (0..8760).map(|hour| if (8..18).contains(&(hour % 24)) { 1.8 } else { 0.0 }).collect();
    let load = vec![0.5; 8760];
    let facts = priced();
    let of = |kwh: f64, cost_eur: Option<f64>| answer(&Question { cost_eur, ..question(&planes, &production, &load, kwh, "2026-02-01") }, &facts).unwrap();
    let (bare, with) = (of(0.0, None), of(10.0, None));
    assert!(with.self_consumption > bare.self_consumption + 0.1 && with.earnings.savings > bare.earnings.savings);
    assert_eq!(with.earnings.payback, bare.earnings.payback);
    assert!(matches!(bare.earnings.payback, PayBack::Years(_)) && with.payback_without_battery && !bare.payback_without_battery);
    let (bare, with) = (of(0.0, Some(9000.0)), of(10.0, Some(9000.0)));
    assert!(with.earnings.payback.years() < bare.earnings.payback.years() && !with.payback_without_battery);
}

/// All of it goes to the grid: no battery and no household is in between.
#[test]
fn what_is_sold_as_a_whole_is_used_by_nobody_here() {
    let planes = [plane(6.0, 6600.0, 0)];
    let (production, load) = (vec![0.75; 8760], vec![0.5; 8760]);
    let found = answer(&Question { way: Use::TotalSale, ..question(&planes, &production, &load, 12.0, "2026-02-01") }, &france().unwrap()).unwrap();
    assert!((found.balance.exported - found.balance.produced).abs() < 1e-9 && (found.balance.produced - 6570.0).abs() < 1e-6);
    assert!((found.balance.imported - found.balance.demanded).abs() < 1e-9);
    assert_eq!((found.self_consumption, found.self_sufficiency, found.balance.own_use, found.balance.stored_or_lost), (0.0, 0.0, 0.0, 0.0));
    assert_eq!(found.earnings.savings, Some(0.0));
}

/// The mean of 2024 is no figure of 2026, and everything that tells of dates says so.
#[test]
fn carbon_of_a_past_year_is_said_to_be() {
    let planes = [plane(6.0, 6600.0, 0)];
    let (production, load) = (vec![0.75; 8760], vec![0.5; 8760]);
    let mut facts = france().unwrap();
    facts.facts.retain(|fact| fact.id.starts_with("co2-"));
    let found = answer(&question(&planes, &production, &load, 0.0, "2026-02-01"), &facts).unwrap();
    assert!(found.earnings.used.is_empty() && !found.is_dated() && found.rests_on_past());
    assert!(facts_used(&found).iter().any(|(fact, validity)| fact.id == "co2-average" && *validity == Validity::Past));
}

#[test]
fn north_planes_are_left_out_and_empty_ones_too() {
    let planes = [plane(4.0, 4400.0, 0), plane(4.0, 2600.0, 1), plane(0.0, 0.0, 2), plane(2.0, 2100.0, 3)];
    assert_eq!(worth_covering(&planes, 0.75), [0, 3]);
    assert!(worth_covering(&[], 0.75).is_empty());
}

/// A tilted rectangle turned by `turn` degrees: 12 m along the eave, 6 m up the slope of 30°.
fn roof(turn: f64) -> RoofPlane {
    let (sin, cos) = turn.to_radians().sin_cos();
    let (run, rise) = (6.0 * 30f64.to_radians().cos(), 3.0);
    let p = |x: f64, y: f64, z: f64| [x * cos + y * sin + 100.0, -x * sin + y * cos - 50.0, z + 7.0];
    let (a, b, c, d) = (p(0.0, 0.0, 0.0), p(12.0, 0.0, 0.0), p(12.0, run, rise), p(0.0, run, rise));
    planes(&[[a, b, c], [a, c, d]]).remove(0)
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn modules_lie_on_their_plane_and_round_what_stands_there(turn in 0.0..360.0f64, along in 1.0..10.0f64, up in 1.0..5.0f64) {
        let plane = roof(turn);
        let kind = ModuleKind::default();
        let (level, upwards) = plane.axes();
        let whole = lay(&plane, &kind);
        // The plane's own corner, and a chimney of 60 cm.
        let corner = plane.triangles[0][0];
        let place = |x: f64, y: f64| [0, 1, 2].map(|axis: usize| corner[axis] + x * level[axis] + y * upwards[axis]);
        let chimney = vec![place(along, up), place(along + 0.6, up), place(along + 0.6, up + 0.6), place(along, up + 0.6)];
        let round = lay_around(&plane, &kind, &[chimney]);
        prop_assert!(round.modules < whole.modules || whole.modules == 0 || round.modules == whole.modules);
        prop_assert!(round.usable_m2 < whole.usable_m2);
        let size = round.module_size(&kind);
        for module in round.in_space(&plane, &kind) {
            for point in module {
                prop_assert!(dot([point[0] - corner[0], point[1] - corner[1], point[2] - corner[2]], plane.normal).abs() < 1e-9);
            }
            let from = |p: [f64; 3], axis: [f64; 3]| dot([p[0] - corner[0], p[1] - corner[1], p[2] - corner[2]], axis);
            let (x, y) = (from(module[0], level), from(module[0], upwards));
            prop_assert!(x > 0.3 - 1e-9 && y > 0.3 - 1e-9 && x + size[0] < 11.7 + 1e-9 && y + size[1] < 5.7 + 1e-9, "{x} {y}");
            let clear = x > along + 0.9 - 1e-9 || x + size[0] < along - 0.3 + 1e-9 || y > up + 0.9 - 1e-9 || y + size[1] < up - 0.3 + 1e-9;
            prop_assert!(clear, "a module at {x} {y} meets the chimney at {along} {up}");
        }
        let fewer = whole.without(&[0, 2, 999], &kind);
        prop_assert_eq!(fewer.modules, whole.modules - 2);
        prop_assert!((fewer.kwp - fewer.modules as f64 * kind.kwp).abs() < 1e-12);
    }
}

#[test]
fn a_wall_hides_what_is_lower_than_the_line_over_it() {
    // A wall of 10 m in the middle of 100 m: from 2 m one sees over it what stands above 18 m.
    let wall = |top: f64| Bvh::new([[[50.0, -20.0, 0.0], [50.0, 20.0, 0.0], [50.0, 20.0, top]], [[50.0, -20.0, 0.0], [50.0, 20.0, top], [50.0, -20.0, top]]]);
    let from = [0.0, 0.0, 2.0];
    for (height, free) in [(17.9, false), (18.1, true)] {
        let line = sight(&wall(10.0), from, [100.0, 0.0, height]);
        assert_eq!(line.is_free(), free, "{height}");
        if let Some(at) = line.hidden_at {
            assert!((at[0] - 50.0).abs() < 1e-9 && (at[2] - 0.5 * (2.0 + height)).abs() < 1e-9);
        }
    }
    let lines = sights(&wall(10.0), &[from], &[[100.0, 0.0, 5.0], [100.0, 0.0, 30.0], [100.0, 0.0, 25.0]]);
    assert!(lines[0].is_free() && lines[0].to[2] == 25.0 && !lines[2].is_free());
    assert!(sight(&Bvh::default(), from, from).is_free());
}

/// A whole quarter in one building, a plane for each triangle: the largest are taken, and it ends.
#[test]
fn a_roof_of_too_many_planes_is_its_largest() {
    let triangles: Vec<[[f64; 3]; 3]> = (0..MAX_PLANES + 500)
        .map(|number| {
            let (side, z) = (2.0 + 1e-4 * number as f64, number as f64);
            [[0.0, 0.0, z], [side, 0.0, z], [0.0, side, z]]
        })
        .collect();
    let found = planes(&triangles);
    assert_eq!(found.len(), MAX_PLANES);
    assert!(found.iter().all(|plane| plane.eave_m >= 500.0), "the small ones went");
}
