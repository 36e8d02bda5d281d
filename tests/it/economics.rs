//! Earnings of a roof: dated facts, balances that close, pay-back.

use jumeau::base::Instant;
use jumeau::energy::economics::file::{france, parse};
use jumeau::energy::economics::{
    Battery, Project, Use, Validity, balance, carbon, earnings, payback,
};
use proptest::prelude::*;

fn at(day: &str) -> Instant {
    Instant::parse(&format!("{day}T12:00:00Z")).unwrap()
}

const HOME: Project = Project {
    kwp: 6.0,
    cost_eur: 10_000.0,
    own_use_kwh: 2_000.0,
    sold_kwh: 4_500.0,
    way: Use::Surplus,
    ageing: 0.005,
    power_price: None,
};

#[test]
fn a_home_in_the_first_quarter_of_2026() {
    let facts = france().unwrap();
    let found = earnings(
        &Project {
            power_price: Some(0.2),
            ..HOME
        },
        &facts,
        at("2026-02-10"),
    );
    assert!((found.premium - 480.0).abs() < 1e-9);
    assert!((found.cost_with_tax - 10_550.0).abs() < 1e-9);
    assert!((found.savings - 400.0).abs() < 1e-9 && (found.sale - 180.0).abs() < 1e-9);
    assert_eq!(found.past().count(), 0);
    assert!(found.missing.is_empty());
    let years = found.payback_years.unwrap();
    assert!((17.0..19.0).contains(&years), "{years}");
}

#[test]
fn past_facts_are_used_and_said_to_be_past() {
    let facts = france().unwrap();
    let found = earnings(&HOME, &facts, at("2026-11-25"));
    let past: Vec<&str> = found.past().map(|fact| fact.id.as_str()).collect();
    assert_eq!(past, ["pv-premium", "pv-surplus-tariff"]);
    // The last day is still valid, the day after is not.
    let (_, last) = facts.find("pv-premium", 6.0, at("2026-03-31")).unwrap();
    let (_, after) = facts
        .find(
            "pv-premium",
            6.0,
            Instant::parse("2026-04-01T00:00:00Z").unwrap(),
        )
        .unwrap();
    assert_eq!((last, after), (Validity::Valid, Validity::Past));
    assert!(facts.find("pv-premium", 6.0, at("2024-01-01")).is_none());
}

#[test]
fn sizes_choose_their_tariff() {
    let facts = france().unwrap();
    let value = |id: &str, kwp: f64| {
        facts
            .find(id, kwp, at("2026-02-10"))
            .and_then(|(fact, _)| fact.value)
    };
    assert_eq!(
        (
            value("pv-premium", 9.0),
            value("pv-premium", 9.1),
            value("pv-premium", 99.0)
        ),
        (Some(80.0), Some(140.0), Some(70.0))
    );
    assert_eq!(value("pv-total-tariff", 5.0), None);
    let sale = earnings(
        &Project {
            way: Use::TotalSale,
            ..HOME
        },
        &facts,
        at("2026-02-10"),
    );
    assert_eq!(
        (sale.sale, sale.missing.as_slice()),
        (0.0, &["pv-total-tariff"][..])
    );
    assert_eq!(sale.payback_years, None);
}

#[test]
fn every_shipped_fact_has_a_source_and_both_languages() {
    for fact in france().unwrap().facts {
        assert!(
            !fact.source.is_empty() && !fact.fr.is_empty() && !fact.en.is_empty(),
            "{fact:?}"
        );
        assert!(fact.to.is_none_or(|to| to >= fact.from), "{fact:?}");
    }
    assert!(parse("{}").is_err());
    assert!(parse(r#"{"facts":[{"id":"a","value":1,"from":"soon","confidence":"high","fr":"a","en":"a","source":"b"}]}"#).is_err());
}

#[test]
fn carbon_has_three_names_and_no_single_number() {
    let found = carbon(6_500.0, &france().unwrap(), at("2026-11-25"));
    assert!((found.against_mean.unwrap() - 141.05).abs() < 1e-9);
    assert!(found.life_cycle.unwrap() < 0.0);
    assert_eq!(found.marginal, None);
}

#[test]
fn pay_back_ends() {
    assert_eq!(payback(1_000.0, 100.0, 0.0), Some(10.0));
    assert_eq!(payback(1_000.0, 0.0, 0.0), None);
    assert_eq!(payback(1_000.0, f64::NAN, 0.0), None);
    assert_eq!(payback(-5.0, 0.0, 0.0), Some(0.0));
    assert_eq!(payback(1e9, 1.0, 0.01), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn energy_in_is_energy_out(made in proptest::collection::vec(0.0..9.0f64, 72), need in proptest::collection::vec(0.0..5.0f64, 72), small in 0.0..5.0f64, more in 0.0..5.0f64, efficiency in 0.5..1.0f64) {
        let with = |capacity_kwh: f64| balance(&made, &need, 1.0, Some(Battery { capacity_kwh, power_kw: 3.0, efficiency }));
        let (none, low, high) = (balance(&made, &need, 1.0, None), with(small), with(small + more));
        for b in [none, low, high] {
            prop_assert!((b.produced - b.own_use - b.exported - b.stored_or_lost).abs() < 1e-6);
            prop_assert!((b.demanded - b.own_use - b.imported).abs() < 1e-6);
        }
        // A larger battery never lowers self-consumption.
        prop_assert!(none.own_use <= low.own_use + 1e-9 && low.own_use <= high.own_use + 1e-9);
    }
}
