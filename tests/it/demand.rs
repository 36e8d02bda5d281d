//! Laws of the demand model.

use jumeau::base::{Clock, Instant, Uncertainty};
use jumeau::energy::demand::{
    DemandClass, annual_kwh, floor_area_m2, floor_area_of_class_m2, hours_of, profile,
};
use crate::shared_data::shared;
use proptest::prelude::*;

/// Mean coefficient over the hours of a year that a test picks by local month, weekday (0 Monday) and hour.
fn mean(class: DemandClass, year: i16, pick: impl Fn(i8, i64, i8) -> bool) -> f64 {
    let start = Instant::from_utc(year, 1, 1, 0, 0, 0).unwrap();
    let (mut sum, mut count) = (0.0, 0.0);
    for (k, &c) in profile(class, year, Clock::Paris).iter().enumerate() {
        let at = start.plus_seconds(k as i64 * 3600);
        let local = Clock::Paris.read(at);
        let weekday = ((at.0 + i64::from(local.offset_s)).div_euclid(86_400) + 3).rem_euclid(7);
        if pick(local.month, weekday, local.hour) {
            sum += f64::from(c);
            count += 1.0;
        }
    }
    sum / count
}

#[test]
fn a_profile_spreads_the_annual_energy_and_no_more() {
    for class in DemandClass::ALL {
        for (year, hours) in [(2023, 8760), (2024, 8784), (2025, 8760), (2028, 8784)] {
            let coefficients = profile(class, year, Clock::Paris);
            assert_eq!((coefficients.len(), hours_of(year)), (hours, hours));
            assert!(
                coefficients.iter().all(|&c| c > 0.0 && c < 12.0),
                "{class:?}"
            );
            let annual = 4_700.0;
            let energy: f64 = coefficients
                .iter()
                .map(|&c| annual / hours as f64 * f64::from(c))
                .sum();
            assert!(
                (energy / annual - 1.0).abs() < 1e-9,
                "{class:?} {year}: {energy}"
            );
        }
    }
}

#[test]
fn homes_peak_in_the_evening_and_offices_at_noon() {
    let home = |hour| mean(DemandClass::Residential, 2025, |_, _, h| h == hour);
    let peak = (0..24)
        .max_by(|&a, &b| home(a).total_cmp(&home(b)))
        .unwrap();
    assert!((18..=20).contains(&peak), "{peak}");
    let office = |hour: i8, days: std::ops::Range<i64>| {
        mean(DemandClass::Services, 2025, |_, d, h| {
            h == hour && days.contains(&d)
        })
    };
    assert!(office(12, 0..5) > 2.0 * office(3, 0..5));
    assert!(office(12, 0..5) > 1.5 * office(12, 6..7));
    assert!(
        mean(DemandClass::Public, 2025, |m, _, _| m == 1)
            > mean(DemandClass::Public, 2025, |m, _, _| m == 7)
    );
}

#[test]
fn winter_is_heavier_than_summer() {
    for class in DemandClass::ALL {
        let (winter, summer) = (
            mean(class, 2025, |m, _, _| m == 1),
            mean(class, 2025, |m, _, _| m == 7),
        );
        assert!(winter > summer, "{class:?}: {winter} {summer}");
    }
    let ratio = mean(DemandClass::Residential, 2025, |m, _, _| m == 1)
        / mean(DemandClass::Residential, 2025, |m, _, _| m == 7);
    assert!((1.5..3.5).contains(&ratio), "{ratio}");
}

#[test]
fn people_follow_the_clock_through_its_changes() {
    // The office wakes between six and seven by the clock, an hour earlier by UTC in summer.
    let coefficients = profile(DemandClass::Services, 2026, Clock::Paris);
    let start = Instant::from_utc(2026, 1, 1, 0, 0, 0).unwrap();
    let at = |text: &str| {
        f64::from(coefficients[((Instant::parse(text).unwrap().0 - start.0) / 3600) as usize])
    };
    // Friday before, Monday after the change of 29 March; the same local hour is alike, the same UTC hour is not.
    let (before, after) = (at("2026-03-27T05:00:00Z"), at("2026-03-30T04:00:00Z"));
    assert!((before / after - 1.0).abs() < 0.05, "{before} {after}");
    assert!(at("2026-03-30T05:00:00Z") / before > 1.1);
}

#[test]
fn a_bank_holiday_is_a_day_of_rest() {
    let coefficients = profile(DemandClass::Services, 2026, Clock::Paris);
    let start = Instant::from_utc(2026, 1, 1, 0, 0, 0).unwrap();
    let noon = |day: &str| {
        f64::from(
            coefficients[((Instant::parse(&format!("{day}T10:00:00Z")).unwrap().0 - start.0) / 3600)
                as usize],
        )
    };
    // Ascension Thursday against the Thursday before.
    assert!(noon("2026-05-14") < 0.6 * noon("2026-05-07"));
}

#[test]
fn orders_of_magnitude_are_french() {
    let mean_home_floor = 91.0 / 0.8;
    let (home, spread) = annual_kwh(DemandClass::Residential, mean_home_floor, Some(1));
    assert!((home - 4_685.0).abs() < 1.0, "{home}");
    assert_eq!(spread, Uncertainty::Share(0.5));
    let (unknown, _) = annual_kwh(DemandClass::Residential, mean_home_floor, None);
    assert!((unknown / home - 1.0).abs() < 1e-9);
    assert_eq!(
        annual_kwh(DemandClass::Residential, mean_home_floor, Some(0)),
        annual_kwh(DemandClass::Residential, mean_home_floor, None)
    );
    assert_eq!(
        annual_kwh(DemandClass::Services, 1_000.0, None).0,
        140_000.0
    );
    for nonsense in [f64::NAN, -5.0, f64::NEG_INFINITY, f64::INFINITY] {
        assert_eq!(annual_kwh(DemandClass::Services, nonsense, None).0, 0.0);
    }
}

#[test]
fn floors_are_counted_or_estimated() {
    for (footprint, storeys, eave, expected) in [
        (100.0, Some(4), 5.0, 400.0),
        (100.0, None, 9.2, 300.0),
        (100.0, Some(0), 9.2, 300.0),
        (100.0, None, 2.0, 100.0),
        (100.0, None, f64::NAN, 100.0),
        (100.0, Some(4_000), 9.0, 6_000.0),
        (-3.0, Some(2), 6.0, 0.0),
        (f64::NAN, Some(2), 6.0, 0.0),
    ] {
        assert_eq!(
            floor_area_m2(footprint, storeys, eave),
            expected,
            "{footprint} {storeys:?} {eave}"
        );
    }
    assert_eq!(
        floor_area_of_class_m2(DemandClass::Industrial, 100.0, None, 12.0),
        100.0
    );
    assert_eq!(
        floor_area_of_class_m2(DemandClass::Residential, 100.0, None, 12.0),
        400.0
    );
}

proptest! {
    #[test]
    fn more_floor_never_costs_less(area in 0.0..1e6f64, more in 0.0..1e6f64, homes in proptest::option::of(0u32..2000), which in 0usize..9) {
        let class = DemandClass::ALL[which];
        let small = annual_kwh(class, area, homes).0;
        let large = annual_kwh(class, area + more, homes).0;
        prop_assert!(small >= 0.0 && large >= small && large.is_finite());
    }
}

/// Power by month of Pays de la Loire, 2014 to 2016, as RTE's éCO2mix publishes it; the mix of uses is that of the region's electricity (homes 42 %, services 30 %, industry 24 %, farms 4 %: orders of magnitude of SDES).
#[test]
fn demand_follows_the_published_months() {
    let Some(path) = shared("eco2mix/eco2mix_regions_monthly_2010_2017.csv") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| header.iter().position(|known| *known == name).unwrap();
    let (area, month, load) = (column("area"), column("month"), column("load"));
    let mut published = [0.0; 12];
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let year = &cells[month][..4];
        if cells[area] == "Pays-de-la-Loire" && ["2014", "2015", "2016"].contains(&year) {
            let place: usize = cells[month][5..].parse().unwrap();
            published[place - 1] += cells[load].parse::<f64>().unwrap();
        }
    }
    let days = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
    // Three Februaries, one of 29 days.
    let published_days = days.map(|d| if d == 28.0 { 85.0 } else { 3.0 * d });
    let mix = [
        (DemandClass::Residential, 0.42),
        (DemandClass::Services, 0.27),
        (DemandClass::Public, 0.03),
        (DemandClass::Industrial, 0.24),
        (DemandClass::Agricultural, 0.04),
    ];
    let mut ours = [0.0; 12];
    let start = Instant::from_utc(2026, 1, 1, 0, 0, 0).unwrap();
    for (class, share) in mix {
        for (k, &c) in profile(class, 2026, Clock::Paris).iter().enumerate() {
            let month = Clock::Paris.read(start.plus_seconds(k as i64 * 3600)).month;
            ours[month as usize - 1] += share * f64::from(c);
        }
    }
    let power = |energy: [f64; 12], days: [f64; 12]| {
        let daily: Vec<f64> = energy.iter().zip(days).map(|(e, d)| e / d).collect();
        let mean = daily.iter().sum::<f64>() / 12.0;
        daily.into_iter().map(|p| p / mean).collect::<Vec<f64>>()
    };
    let (ours, published) = (power(ours, days), power(published, published_days));
    for (month, (a, b)) in ours.iter().zip(&published).enumerate() {
        assert!((a / b - 1.0).abs() < 0.05, "month {}: {a} against {b}", month + 1);
    }
}

#[test]
fn between_the_tropics_nobody_heats() {
    let start = Instant::from_utc(2026, 1, 1, 0, 0, 0).unwrap();
    // Two Tuesdays that are no holidays, hour by hour.
    let day = |class: DemandClass, clock: Clock, month: i8, day: i8| -> Vec<f32> {
        let is_that_day = |k: usize| {
            let local = clock.read(start.plus_seconds(k as i64 * 3600));
            (local.month, local.day) == (month, day)
        };
        profile(class, 2026, clock).iter().enumerate().filter(|(k, _)| is_that_day(*k)).map(|(_, c)| *c).collect()
    };
    for class in DemandClass::ALL {
        for clock in [Clock::Reunion, Clock::Martinique, Clock::Tahiti] {
            let (january, july) = (day(class, clock, 1, 13), day(class, clock, 7, 7));
            assert_eq!((january.len(), july.len()), (24, 24));
            for (a, b) in january.iter().zip(&july) {
                assert!((a - b).abs() < 1e-5, "{class:?} {clock:?}: {a} {b}");
            }
        }
    }
    let sum = |month, date| day(DemandClass::Residential, Clock::Paris, month, date).iter().sum::<f32>();
    assert!(sum(1, 13) > 1.5 * sum(7, 7));
}
