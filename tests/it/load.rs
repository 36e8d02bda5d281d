//! Loads: sums to 1e-9, days of 23 and 25 hours, smart charging against HiGHS, heat pumps and lamps by hand.

use jumeau::base::{Clock, Instant};
use jumeau::energy::demand::{DemandClass, hours_of};
use jumeau::energy::load::heat_pump::{HeatPump, Sink, Source, electricity_kw, heat_kw};
use jumeau::energy::load::lamp::{Hours, Lamps};
use jumeau::energy::load::profile::{
    Customer, Gradient, HEATING_BELOW_C, by_mean_power, half_hours, spread, with_cold,
};
use jumeau::energy::load::site::{Shop, Site, Use};
use jumeau::energy::load::steps::{energy_kwh, halved, resample};
use jumeau::energy::load::vehicle::{Charging, Fleet, Plug, Session, charge};
use jumeau::energy::load::{LoadFault, Steps, lamp};
use proptest::prelude::*;
use serde_json::Value;

fn year() -> Steps {
    Steps::of_year(2025, 1800).unwrap()
}

/// A year between −4 and 29 °C.
fn air_c(steps: &Steps) -> Vec<f64> {
    (0..steps.count)
        .map(|step| {
            let hours = step as f64 * steps.step_h();
            let tau = std::f64::consts::TAU;
            12.5 - 11.0 * (tau * (hours / 24.0 - 17.0) / 365.25).cos()
                + 5.5 * (tau * (hours - 15.0) / 24.0).cos()
        })
        .collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn days_have_23_and_25_hours() {
    let steps = year();
    assert_eq!((steps.count, steps.step_h()), (17_520, 0.5));
    let days = steps.days(Clock::Paris);
    let length = |month: i8, day: i8| {
        days.iter()
            .find(|d| (d.year, d.month, d.day) == (2025, month, day))
            .unwrap()
            .steps
            .len()
    };
    assert_eq!((length(3, 30), length(10, 26), length(6, 1)), (46, 50, 48));
    assert_eq!(
        days.iter().map(|day| day.steps.len()).sum::<usize>(),
        17_520
    );
    assert!(Steps::of_year(2025, 0).is_none() && Steps::of_year(2025, 700).is_none());
    assert_eq!(Steps::of_year(2024, 3600).unwrap().count, 8784);
}

#[test]
fn every_class_adds_up_to_its_year() {
    for class in DemandClass::ALL {
        let coefficients = half_hours(class, 2025, Clock::Paris);
        assert_eq!(coefficients.len(), 2 * hours_of(2025));
        assert!(coefficients.iter().all(|c| *c >= 0.0));
        let kw = spread(4700.0, &coefficients, 0.5).unwrap();
        assert!(close(energy_kwh(&kw, 0.5), 4700.0), "{}", class.name());
        // Each pair of half hours is its hour.
        let hours = resample(&kw, 1800, 3600).unwrap();
        assert!(close(energy_kwh(&hours, 1.0), 4700.0));
        let operator = by_mean_power(4700.0, 8760.0, &coefficients).unwrap();
        assert!((energy_kwh(&operator, 0.5) - 4700.0).abs() < 1e-3);
    }
    assert!(spread(1.0, &[0.0, 0.0], 0.5).is_err());
    assert!(spread(1.0, &[1.0, -1.0], 0.5).is_err());
    assert!(spread(1.0, &[1.0, f64::NAN], 0.5).is_err());
    assert!(spread(f64::INFINITY, &[1.0], 0.5).is_err());
}

#[test]
fn cold_is_a_gradient() {
    let steps = year();
    let normal = air_c(&steps);
    let customer = Customer {
        annual_kwh: 6000.0,
        thermosensitive_share: 0.4,
        threshold_c: HEATING_BELOW_C,
    };
    let shape = half_hours(DemandClass::Residential, 2025, Clock::Paris);
    let kw = customer.power_kw(&shape, &steps, &normal, &normal).unwrap();
    assert!(close(energy_kwh(&kw, 0.5), 6000.0));
    // Two kelvin colder everywhere: the gradient times the kelvin hours more.
    let colder: Vec<f64> = normal.iter().map(|c| c - 2.0).collect();
    let more = customer.power_kw(&shape, &steps, &normal, &colder).unwrap();
    let gradient = Gradient::of_share(6000.0, 0.4, &normal, 0.5, 15.0).unwrap();
    let kelvin_hours = |air: &[f64]| air.iter().map(|c| (15.0 - c).max(0.0)).sum::<f64>() * 0.5;
    let expected = gradient.kw_per_k * (kelvin_hours(&colder) - kelvin_hours(&normal));
    assert!(close(energy_kwh(&more, 0.5) - 6000.0, expected) && expected > 0.0);
    let bare = with_cold(&[1.0, 1.0, 1.0], &[20.0, 15.0, 5.0], &gradient).unwrap();
    assert_eq!(bare[..2], [1.0, 1.0]);
    assert!(close(bare[2], 1.0 + 10.0 * gradient.kw_per_k));
    assert_eq!(
        Gradient::of_share(10.0, 0.5, &[20.0], 0.5, 15.0),
        Err(LoadFault::Empty("the cold"))
    );
    assert!(with_cold(&[1.0], &[f64::NAN], &gradient).is_err());
    assert!(with_cold(&[1.0], &[1.0, 2.0], &gradient).is_err());
}

#[test]
fn heat_pumps_follow_the_regressions() {
    let radiators = HeatPump::new(Source::Air, Sink::Radiators);
    // At 0 °C the lift is 40 K: 0.85·(6.08 − 3.6 + 0.8).
    assert!(close(radiators.cop(0.0, 10.0), 0.85 * 3.28));
    let floor = HeatPump::new(Source::Ground, Sink::Floor);
    // Water of 27.5 °C from brine of 5 °C.
    assert!(close(
        floor.cop(5.0, 10.0),
        0.85 * (10.29 - 0.21 * 22.5 + 0.0012 * 22.5 * 22.5)
    ));
    // Never a lift below 15 K, never worse than a resistance, never better in the cold.
    assert!(close(
        floor.cop(35.0, 30.0),
        0.85 * (10.29 - 0.21 * 15.0 + 0.0012 * 225.0)
    ));
    let cops: Vec<f64> = (-40..40)
        .map(|c| radiators.cop(f64::from(c), 10.0))
        .collect();
    assert!(cops.windows(2).all(|pair| pair[0] <= pair[1]) && cops[0] >= 1.0);
    let steps = year();
    let air = air_c(&steps);
    let heat = heat_kw(12_000.0, &air, 15.0, &[], 0.5).unwrap();
    assert!(close(energy_kwh(&heat, 0.5), 12_000.0));
    let drawn = electricity_kw(&radiators, &heat, &air, 11.0).unwrap();
    let factor = 12_000.0 / energy_kwh(&drawn, 0.5);
    assert!((2.0..4.0).contains(&factor), "{factor}");
    // A small machine leaves the rest to a resistance: more electricity, the same heat.
    let small = HeatPump {
        heat_kw: 2.0,
        ..radiators
    };
    let more = electricity_kw(&small, &heat, &air, 11.0).unwrap();
    assert!(more.iter().zip(&drawn).all(|(a, b)| *a >= b - 1e-12));
    assert!(close(
        small.power_kw(5.0, 0.0, 11.0),
        2.0 / (0.85 * 3.28) + 3.0
    ));
    assert!(heat_kw(1.0, &[30.0], 15.0, &[], 0.5).is_err());
}

#[test]
fn lamps_burn_from_dusk_to_dawn() {
    let start = Instant::from_utc(2026, 12, 21, 12, 0, 0).unwrap();
    let night = Steps {
        start,
        step_s: 1800,
        count: 48,
    };
    let all = Lamps {
        power_kw: 10.0,
        sun_below_deg: -0.833,
        reduced: None,
    };
    let (lat, lon) = (48.1173, -1.6778);
    let kw = lamp::power_kw(&all, &night, lat, lon, Clock::Paris).unwrap();
    // The almanac has sunset at Rennes near 16:15 UTC, sunrise near 7:57.
    let hours = energy_kwh(&kw, 0.5) / 10.0;
    assert!((hours - (24.0 - 16.25 + 7.95)).abs() < 0.1, "{hours}");
    assert_eq!((kw[0], kw[24]), (0.0, 10.0));
    // Out from 23:00 to 5:30 by the clock: 6.5 hours less.
    let out = Lamps {
        reduced: Some((
            Hours {
                from_min: 23 * 60,
                to_min: 5 * 60 + 30,
            },
            0.0,
        )),
        ..all
    };
    let less = lamp::power_kw(&out, &night, lat, lon, Clock::Paris).unwrap();
    assert!(close(hours - energy_kwh(&less, 0.5) / 10.0, 6.5));
    // Midnight in Paris is 23:00 UTC: out.
    assert_eq!(less[22], 0.0);
    let never = Lamps {
        power_kw: f64::NAN,
        ..all
    };
    assert!(lamp::power_kw(&never, &night, lat, lon, Clock::Paris).is_err());
}

#[test]
fn farms_and_shops() {
    let steps = year();
    let air = air_c(&steps);
    let farm = Site::dairy_farm(60.0)
        .power_kw(&steps, Clock::Paris, &air)
        .unwrap();
    let per_cow = energy_kwh(&farm, 0.5) / 60.0;
    assert!((380.0..460.0).contains(&per_cow), "{per_cow}");
    for (kind, range) in [
        (Shop::Food, 350.0..650.0),
        (Shop::Bakery, 250.0..700.0),
        (Shop::Other, 60.0..200.0),
    ] {
        let shop = Site::shop(kind, 400.0);
        let kw = shop.power_kw(&steps, Clock::Paris, &air).unwrap();
        let per_m2 = energy_kwh(&kw, 0.5) / 400.0;
        assert!(range.contains(&per_m2), "{kind:?} {per_m2}");
        let known = shop.scaled(123_456.0, &steps, Clock::Paris, &air).unwrap();
        assert!(close(energy_kwh(&known, 0.5), 123_456.0));
        let twice = shop
            .times(2.0)
            .power_kw(&steps, Clock::Paris, &air)
            .unwrap();
        assert!(close(energy_kwh(&twice, 0.5), 2.0 * energy_kwh(&kw, 0.5)));
    }
    // A use within the hour counts its minutes.
    let short = Site {
        uses: vec![Use::During {
            kw: 6.0,
            days: jumeau::energy::load::site::Days::ALL,
            hours: Hours {
                from_min: 9 * 60 + 15,
                to_min: 9 * 60 + 40,
            },
        }],
    };
    let day = Steps {
        start: Instant::from_utc(2026, 1, 14, 0, 0, 0).unwrap(),
        step_s: 1800,
        count: 48,
    };
    let kw = short.power_kw(&day, Clock::Paris, &[10.0; 48]).unwrap();
    assert!(close(kw[16], 3.0) && close(kw[17], 2.0) && close(energy_kwh(&kw, 0.5), 2.5));
    assert!(short.power_kw(&day, Clock::Paris, &[10.0; 3]).is_err());
    assert!(
        short
            .times(-1.0)
            .power_kw(&day, Clock::Paris, &[10.0; 48])
            .is_err()
    );
}

fn frozen() -> (Value, Vec<Session>) {
    let answers: Value = serde_json::from_str(include_str!("../data/load/answers.json")).unwrap();
    let sessions = answers["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| Session {
            arrival: one["arrival"].as_u64().unwrap() as usize,
            departure: one["departure"].as_u64().unwrap() as usize,
            energy_kwh: one["energy_kwh"].as_f64().unwrap(),
            power_kw: one["power_kw"].as_f64().unwrap(),
        })
        .collect();
    (answers, sessions)
}

fn numbers(value: &Value) -> Vec<f64> {
    let all = value.as_array().unwrap();
    all.iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn smart_charging_as_highs_plans_it() {
    let (answers, sessions) = frozen();
    let (rest, price) = (numbers(&answers["rest_kw"]), numbers(&answers["price"]));
    let all: f64 = sessions.iter().map(|s| s.energy_kwh).sum();
    let flat = charge(&sessions, 48, 0.5, &Charging::Flat(&rest)).unwrap();
    let squares: f64 = flat
        .power_kw
        .iter()
        .zip(&rest)
        .map(|(a, b)| (a + b).powi(2))
        .sum();
    let theirs = answers["flat"]["squares"].as_f64().unwrap();
    assert!(
        (squares - theirs).abs() < 1e-6 * theirs,
        "{squares} {theirs}"
    );
    for (step, total) in numbers(&answers["flat"]["total_kw"])
        .into_iter()
        .enumerate()
    {
        assert!(
            (flat.power_kw[step] + rest[step] - total).abs() < 1e-3,
            "{step}"
        );
    }
    assert!(close(energy_kwh(&flat.power_kw, 0.5), all));
    let cheap = charge(&sessions, 48, 0.5, &Charging::Cheapest(&price)).unwrap();
    let cost: f64 = cheap
        .power_kw
        .iter()
        .zip(&price)
        .map(|(a, b)| a * b * 0.5)
        .sum();
    assert!(close(cost, answers["cheapest"].as_f64().unwrap()));
    // A linear programme delivers the most; the controller without foresight comes near, and is exact where all fits.
    for answer in answers["within"].as_array().unwrap() {
        let limit_kw = answer["limit_kw"].as_f64().unwrap();
        let most = answer["delivered_kwh"].as_f64().unwrap();
        let held = charge(&sessions, 48, 0.5, &Charging::Within(limit_kw)).unwrap();
        assert!(held.power_kw.iter().all(|kw| *kw <= limit_kw + 1e-9));
        let delivered = energy_kwh(&held.power_kw, 0.5);
        assert!(
            delivered <= most + 1e-6 && delivered > 0.97 * most,
            "{limit_kw}: {delivered} {most}"
        );
        assert!(close(delivered + held.unmet_kwh.iter().sum::<f64>(), all));
    }
    // Flattening never makes a higher peak than charging at once.
    let now = charge(&sessions, 48, 0.5, &Charging::Immediate).unwrap();
    let peak = |kw: &[f64]| kw.iter().zip(&rest).map(|(a, b)| a + b).fold(0.0, f64::max);
    assert!(peak(&flat.power_kw) < peak(&now.power_kw));
}

#[test]
fn sessions_by_hand() {
    let one = |arrival, departure, energy_kwh, power_kw| Session {
        arrival,
        departure,
        energy_kwh,
        power_kw,
    };
    let stay = [one(1, 5, 6.0, 3.0)];
    let run = |charging: &Charging| charge(&stay, 6, 1.0, charging).unwrap().power_kw;
    assert_eq!(run(&Charging::Immediate), [0.0, 3.0, 3.0, 0.0, 0.0, 0.0]);
    let allowed = [true, false, false, true, false, true];
    // The allowed step first, the rest from the arrival on: the vehicle leaves full all the same.
    assert_eq!(
        run(&Charging::OffPeak(&allowed)),
        [0.0, 3.0, 0.0, 3.0, 0.0, 0.0]
    );
    assert_eq!(
        run(&Charging::Cheapest(&[1.0, 9.0, 2.0, 8.0, 1.0, 0.0])),
        [0.0, 0.0, 3.0, 0.0, 3.0, 0.0]
    );
    assert_eq!(
        run(&Charging::Flat(&[0.0, 4.0, 1.0, 0.0, 9.0, 0.0])),
        [0.0, 0.0, 3.0, 3.0, 0.0, 0.0]
    );
    assert_eq!(run(&Charging::Within(2.0)), [0.0, 2.0, 2.0, 2.0, 0.0, 0.0]);
    // Too short a stay.
    let short = charge(&[one(0, 2, 10.0, 3.0)], 6, 1.0, &Charging::Flat(&[0.0; 6])).unwrap();
    assert_eq!((short.unmet_kwh[0], short.power_kw[0]), (4.0, 3.0));
    for bad in [
        one(3, 2, 1.0, 1.0),
        one(0, 9, 1.0, 1.0),
        one(0, 2, f64::NAN, 1.0),
        one(0, 2, 1.0, -1.0),
    ] {
        assert!(charge(&[bad], 6, 1.0, &Charging::Immediate).is_err());
    }
    assert!(charge(&stay, 6, 1.0, &Charging::Cheapest(&[1.0])).is_err());
    assert!(charge(&stay, 6, 1.0, &Charging::Within(f64::NAN)).is_err());
}

#[test]
fn a_fleet_draws_its_year() {
    let steps = year();
    for plug in [Plug::Home, Plug::Work, Plug::Public] {
        let fleet = Fleet {
            vehicles: 20,
            annual_kwh: 2400.0,
            power_kw: 7.4,
            plugged_share: 0.7,
            plug,
        };
        let sessions = fleet.sessions(&steps, Clock::Paris, 5).unwrap();
        assert_eq!(sessions, fleet.sessions(&steps, Clock::Paris, 5).unwrap());
        let wanted: f64 = sessions.iter().map(|s| s.energy_kwh).sum();
        assert!(close(wanted, 48_000.0), "{wanted}");
        let done = charge(&sessions, steps.count, 0.5, &Charging::Immediate).unwrap();
        let unmet: f64 = done.unmet_kwh.iter().sum();
        assert!(close(energy_kwh(&done.power_kw, 0.5) + unmet, wanted));
        // Homes are quiet at noon of a weekday, workplaces at night.
        let wednesday = (14 * 24 + 11) * 2;
        let noon: f64 = done.power_kw[wednesday..wednesday + 2].iter().sum();
        let evening: f64 = done.power_kw[wednesday + 14..wednesday + 16].iter().sum();
        match plug {
            Plug::Home => assert!(evening > noon),
            Plug::Work => assert_eq!(evening, 0.0),
            Plug::Public => {}
        }
    }
    let nobody = Fleet {
        vehicles: 0,
        annual_kwh: 2400.0,
        power_kw: 7.4,
        plugged_share: 0.7,
        plug: Plug::Home,
    };
    assert!(nobody.sessions(&steps, Clock::Paris, 1).unwrap().is_empty());
    let many = Fleet {
        vehicles: usize::MAX,
        ..nobody
    };
    assert!(many.sessions(&steps, Clock::Paris, 1).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No energy is lost between steps of any lengths that fill the whole.
    #[test]
    fn resampling_conserves(values in prop::collection::vec(-5.0..50.0_f64, 12..60), length in 0usize..4) {
        let values = &values[..values.len() / 12 * 12];
        let to_s = [600, 900, 1200, 3600][length];
        let made = resample(values, 1800, to_s).unwrap();
        let (before, after) = (energy_kwh(values, 0.5), energy_kwh(&made, to_s as f64 / 3600.0));
        prop_assert!(close(before, after));
        let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
        prop_assert!(made.iter().all(|v| *v >= low - 1e-9 && *v <= high + 1e-9));
        let positive: Vec<f64> = values.iter().map(|v| v.abs()).collect();
        let twice = halved(&positive);
        prop_assert!(twice.iter().all(|v| *v >= 0.0));
        for (pair, value) in twice.chunks(2).zip(&positive) {
            prop_assert!(close(pair[0] + pair[1], 2.0 * value));
        }
        prop_assert_eq!(resample(values, 1800, 0), Err(LoadFault::Resample(1800, 0)));
    }

    /// Whatever the strategy: no session gets more than its power or its wish, and what is missing is told.
    #[test]
    fn charging_conserves(
        stays in prop::collection::vec((0usize..40, 1usize..20, 0.0..60.0_f64, 0.0..22.0_f64), 1..25),
        rest in prop::collection::vec(-30.0..60.0_f64, 48),
        limit in 0.0..60.0_f64,
    ) {
        let sessions: Vec<Session> = stays.iter().map(|&(arrival, stay, energy_kwh, power_kw)| Session {
            arrival, departure: (arrival + stay).min(48), energy_kwh, power_kw,
        }).collect();
        let allowed: Vec<bool> = rest.iter().map(|kw| *kw < 10.0).collect();
        let wanted: f64 = sessions.iter().map(|s| s.energy_kwh).sum();
        let mut least = f64::INFINITY;
        for charging in [
            Charging::Flat(&rest), Charging::Immediate, Charging::OffPeak(&allowed),
            Charging::Cheapest(&rest), Charging::Within(limit),
        ] {
            let done = charge(&sessions, 48, 0.5, &charging).unwrap();
            let unmet: f64 = done.unmet_kwh.iter().sum();
            prop_assert!((energy_kwh(&done.power_kw, 0.5) + unmet - wanted).abs() < 1e-6);
            for (session, kw) in sessions.iter().zip(&done.sessions_kw) {
                prop_assert!(kw.iter().all(|kw| (-1e-12..=session.power_kw + 1e-9).contains(kw)));
                prop_assert!(energy_kwh(kw, 0.5) <= session.energy_kwh + 1e-9);
            }
            if let Charging::Within(limit) = charging {
                prop_assert!(done.power_kw.iter().all(|kw| *kw <= limit + 1e-9));
                continue;
            }
            // All but the limited one deliver the same; the flat one is the flattest.
            let squares: f64 = done.power_kw.iter().zip(&rest).map(|(a, b)| (a + b).powi(2)).sum();
            if matches!(charging, Charging::Flat(_)) {
                least = squares;
            }
            prop_assert!(squares >= least - 1e-6 * least.abs().max(1.0));
        }
    }

    /// The sum over places is the whole.
    #[test]
    fn a_territory_is_the_sum_of_its_parts(parts in prop::collection::vec((0usize..9, 1.0..1e6_f64), 1..20)) {
        let shapes: Vec<Vec<f64>> = DemandClass::ALL.iter().map(|class| half_hours(*class, 2025, Clock::Paris)[..480].to_vec()).collect();
        let mut sum = vec![0.0; 480];
        for (class, kwh) in &parts {
            for (slot, kw) in sum.iter_mut().zip(spread(*kwh, &shapes[*class], 0.5).unwrap()) {
                *slot += kw;
            }
        }
        let whole: f64 = parts.iter().map(|(_, kwh)| kwh).sum();
        prop_assert!(close(energy_kwh(&sum, 0.5), whole));
    }
}

#[test]
fn published_coefficients_are_read_in_any_order() {
    use jumeau::formats::load_profile::{Kind, read};
    // The hours around the change of clocks in autumn, out of order, one row twice, one missing.
    let text = "\u{feff}horodate;sous_profil;categorie;coefficient_prepare;coefficient_ajuste;coefficient_dynamique\n\
        2025-10-26T02:30:00+01:00;RES1-P1;Résidentiel;0,93;0,94;\n\
        2025-10-26T02:00:00+02:00;RES1-P1;Résidentiel;0,90;0,91;\n\
        2025-10-26T02:30:00+02:00;RES1-P1;Résidentiel;0,91;;\n\
        2025-10-26T03:30:00+01:00;RES1-P1;Résidentiel;0,95;0,96;\n\
        2025-10-26T02:30:00+01:00;RES1-P1;Résidentiel;7;7;\n\
        2025-10-26T02:00:00+01:00;RES1-P1;Résidentiel;0,92;0,93;\n\
        hier;RES1-P1;Résidentiel;1;1;\n\
        2025-10-26T02:00:00+02:00;PRD3-BASE;Production;0;;0,00\n";
    let document = read(text).unwrap();
    assert_eq!(
        (document.unreadable, document.first_unreadable),
        (1, Some(8))
    );
    assert_eq!(document.profiles.len(), 2);
    let home = &document.profiles[1];
    assert_eq!(
        (home.name.as_str(), home.category.as_str()),
        ("RES1-P1", "Résidentiel")
    );
    assert_eq!(home.start, Instant::parse("2025-10-26T00:00:00Z").unwrap());
    assert_eq!(
        (home.step_s, home.missing, home.doubled, home.astray),
        (1800, 1, 1, 0)
    );
    assert_eq!(
        home.coefficients(Kind::Prepared),
        [
            Some(0.90),
            Some(0.91),
            Some(0.92),
            Some(0.93),
            None,
            Some(0.95)
        ]
    );
    assert_eq!(home.coefficients(Kind::Adjusted)[1], None);
    assert_eq!(home.best(), Some(Kind::Adjusted));
    assert_eq!(document.profiles[0].best(), Some(Kind::Dynamic));
    for (bad, code) in [
        ("", "load-profile-empty"),
        (
            "horodate;sous_profil;coefficient_ajuste\n",
            "load-profile-empty",
        ),
        (
            "horodate;sous_profil;coefficient_ajuste\nx;y;1\n",
            "load-profile-empty",
        ),
        (
            "horodate;profil;coefficient_ajuste\n",
            "load-profile-columns",
        ),
        ("horodate;sous_profil;valeur\n", "load-profile-columns"),
        (
            "horodate,sous_profil,coefficient_ajuste\n1900-01-01T00:00:00Z,A,1\n1900-01-01T00:30:00Z,A,1\n2100-01-01T00:00:00Z,A,1\n",
            "load-profile-limit",
        ),
    ] {
        assert_eq!(read(bad).unwrap_err().code, code, "{bad}");
    }
}
