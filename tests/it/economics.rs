//! Earnings of a roof: dated facts, pay-back.

use jumeau::base::Instant;
use jumeau::energy::economics::file::{france, parse};
use jumeau::energy::economics::{
    Confidence, Facts, Grounds, PayBack, Project, Use, Validity, carbon, earnings, payback, Why,
};

fn at(day: &str) -> Instant {
    Instant::parse(&format!("{day}T12:00:00Z")).unwrap()
}

const HOME: Project = Project {
    kwp: 6.0,
    cost_eur: Some(10_000.0),
    is_home: true,
    own_use_kwh: 2_000.0,
    sold_kwh: 4_500.0,
    way: Use::Surplus,
    ageing: 0.005,
};

#[test]
fn a_home_in_the_first_quarter_of_2026() {
    let facts = france().unwrap().with_own(&[("power-price", 0.2)], at("2026-02-10"));
    let found = earnings(&HOME, &facts, at("2026-02-10"));
    assert!((found.premium.unwrap() - 480.0).abs() < 1e-9);
    assert!((found.cost_with_tax.unwrap() - 10_550.0).abs() < 1e-9);
    assert!((found.savings.unwrap() - 400.0).abs() < 1e-9 && (found.sale.unwrap() - 180.0).abs() < 1e-9);
    assert_eq!(found.past().count(), 0);
    assert!(found.missing.is_empty());
    let years = found.payback.years().unwrap();
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
        (sale.sale, sale.missing.len(), sale.missing[0].id),
        (None, 1, "pv-total-tariff")
    );
    // What the law has ended is no gap of ours, and says so.
    assert!(matches!(&sale.missing[0].why, Why::Abolished(fact) if fact.from == Instant::parse("2025-03-28T00:00:00Z").unwrap()), "{:?}", sale.missing);
    let early = earnings(&HOME, &facts, at("2020-02-10"));
    let premium = early.missing.iter().find(|lack| lack.id == "pv-premium").unwrap();
    assert_eq!(premium.why, Why::NotBefore(Instant::parse("2025-03-28T00:00:00Z").unwrap()));
    assert_eq!(sale.payback, PayBack::Unknown);
    // Beyond every size that a tariff is known for, and without the tax: unknown, not nothing.
    let large = earnings(&Project { kwp: 250.0, ..HOME }, &facts, at("2026-02-10"));
    assert_eq!((large.premium, large.sale, large.payback), (None, None, PayBack::Unknown), "{:?}", large.missing);
    let untaxed = Facts { facts: facts.facts.iter().filter(|fact| fact.id != "vat").cloned().collect() };
    let untaxed = earnings(&HOME, &untaxed, at("2026-02-10"));
    assert_eq!((untaxed.cost_with_tax, untaxed.payback), (None, PayBack::Unknown));
    assert!(untaxed.missing.iter().any(|lack| lack.id == "vat" && lack.why == Why::Unknown) && untaxed.premium.is_some());
    // Known amounts that never pay are another answer.
    let never = earnings(&Project { cost_eur: Some(1e9), ..HOME }, &facts.with_own(&[("power-price", 0.2)], at("2026-02-10")), at("2026-02-10"));
    assert_eq!(never.payback, PayBack::Never);
}

#[test]
fn every_shipped_fact_has_a_source_and_both_languages() {
    for fact in france().unwrap().facts {
        assert!(
            !fact.source.is_empty() && !fact.fr.is_empty() && !fact.en.is_empty() && fact.read.is_some(),
            "{fact:?}"
        );
        // What is no official source is never told as one, in either language.
        for english in [false, true] {
            let told = fact.origin(english);
            let said = match (fact.grounds, english) {
                (Grounds::Official, _) => "",
                (Grounds::Reported, false) => "montant rapporté, à vérifier",
                (Grounds::Reported, true) => "as reported, to be checked",
                (Grounds::Assumption, false) => "hypothèse de Jumeau, sans source officielle",
                (Grounds::Assumption, true) => "an assumption of Jumeau, without official source",
                (Grounds::Given, _) => panic!("no shipped fact is a person’s own: {fact:?}"),
            };
            assert!(told.contains(said) && told.contains(&fact.source), "{told}");
        }
        match fact.grounds {
            // The article, the act or the publication by name.
            Grounds::Official => assert!(["art. ", "Bilan électrique"].iter().any(|name| fact.source.contains(name)), "{fact:?}"),
            Grounds::Assumption => assert_eq!(fact.confidence, Confidence::Low, "{fact:?}"),
            Grounds::Reported | Grounds::Given => {}
        }
        assert!(fact.link.as_ref().is_none_or(|link| link.starts_with("https://")), "{fact:?}");
        assert!(fact.to.is_none_or(|to| to >= fact.from), "{fact:?}");
    }
    assert!(parse("{}").is_err());
    assert!(parse(r#"{"facts":[{"id":"a","value":1,"from":"2026-01-01","confidence":"high","grounds":"hearsay","fr":"a","en":"a","source":"b"}]}"#).unwrap_err().to_string().contains("hearsay"));
    assert!(parse(r#"{"facts":[{"id":"a","value":1,"from":"2026-01-01","confidence":"high","grounds":"given","fr":"a","en":"a","source":"b"}]}"#).is_err());
    let own = parse(r#"{"facts":[{"id":"a","value":1,"from":"2026-01-01","confidence":"high","fr":"a","en":"a","source":"b"}]}"#).unwrap();
    assert_eq!(own.facts[0].grounds, Grounds::Reported, "a person’s own fact is not official by itself");
    assert!(parse(r#"{"facts":[{"id":"a","value":1,"from":"soon","confidence":"high","fr":"a","en":"a","source":"b"}]}"#).is_err());
}

#[test]
fn carbon_has_three_names_and_no_single_number() {
    let found = carbon(6_500.0, &france().unwrap(), at("2026-11-25"));
    assert!((found.against_mean.unwrap() - 141.05).abs() < 1e-9);
    assert!(found.life_cycle.unwrap() < 0.0);
    assert_eq!(found.marginal, None);
    let used: Vec<(&str, Validity)> = found.used.iter().map(|(fact, validity)| (fact.id.as_str(), *validity)).collect();
    assert_eq!(used, [("co2-average", Validity::Past), ("co2-life-cycle-pv", Validity::Valid)]);
}

#[test]
fn the_tax_of_a_home_is_not_that_of_a_barn() {
    let facts = france().unwrap();
    let cost = |is_home, kwp| earnings(&Project { is_home, kwp, ..HOME }, &facts, at("2026-02-10"));
    for (is_home, kwp, with_tax, id) in [(true, 9.0, 10_550.0, "vat"), (true, 9.5, 12_000.0, "vat"), (false, 6.0, 12_000.0, "vat-elsewhere"), (false, 90.0, 12_000.0, "vat-elsewhere")] {
        let found = cost(is_home, kwp);
        assert!((found.cost_with_tax.unwrap() - with_tax).abs() < 1e-9, "{is_home} {kwp}: {:?}", found.cost_with_tax);
        let fact = found.used.iter().map(|(fact, _)| fact).find(|fact| fact.id == id).unwrap();
        assert!(fact.source.contains("code général des impôts") && fact.grounds == Grounds::Official, "{fact:?}");
    }
}

#[test]
fn pay_back_ends() {
    assert_eq!(payback(1_000.0, 100.0, 0.0), Some(10.0));
    assert_eq!(payback(1_000.0, 0.0, 0.0), None);
    assert_eq!(payback(1_000.0, f64::NAN, 0.0), None);
    assert_eq!(payback(-5.0, 0.0, 0.0), Some(0.0));
    assert_eq!(payback(1e9, 1.0, 0.01), None);
}
