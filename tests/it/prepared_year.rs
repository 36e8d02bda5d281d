//! A prepared year gives what the plain chain gives, for every model, mount and modifier.

use jumeau::energy::cell::Mount;
use jumeau::energy::incidence::Iam;
use jumeau::energy::prepared::PreparedYear;
use jumeau::energy::pv::System;
use jumeau::energy::shading::{Foliage, Visibility};
use jumeau::energy::transposition::{Plane, SkyModel};
use jumeau::energy::weather::{Site, SkyHour, Turbidity, clear_year, missing_months, month_times};
use jumeau::energy::yields::{PlaneView, produce_shaded};
use proptest::prelude::*;
use std::sync::LazyLock;

/// Every ninth hour of a clear year, with clouds drawn over most of them, and hours that no sky has.
static HOURS: LazyLock<Vec<SkyHour>> = LazyLock::new(|| {
    let site = Site { lat: 47.2, lon: -1.55, elevation_m: 20.0 };
    let mut hours: Vec<SkyHour> = clear_year(&site, 2026, &Turbidity::Constant(3.0)).unwrap().into_iter().step_by(9).collect();
    for (number, hour) in hours.iter_mut().enumerate() {
        let clear = [1.0, 0.6, 0.2, 0.0][number % 4];
        hour.sky.dhi += 0.5 * (1.0 - clear) * hour.sky.dni;
        hour.sky.dni *= clear;
        hour.air_c = (number % 40) as f64 - 8.0;
        hour.wind_m_s = (number % 7) as f64;
    }
    if let Some(hour) = hours.get_mut(500) {
        hour.sky.dhi = 0.0;
    }
    hours
});

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn it_is_the_plain_chain_only_sooner(
        tilt in 0.0..90.0f64, azimuth in 0.0..360.0f64, model in 0..6usize, mount in 0..3usize, iam in 0..4usize,
        horizon in proptest::collection::vec(0.0..60.0f32, 36), tops in 0.0..80.0f32, open in proptest::bool::ANY,
    ) {
        let system = System {
            model: SkyModel::ALL[model],
            mount: [Mount::SEMI_INTEGRATED, Mount::FAIMAN, Mount::SAPM_CLOSE_MOUNT_GLASS_GLASS][mount],
            iam: [Iam::PHYSICAL, Iam::ASHRAE, Iam::MARTIN_RUIZ, Iam::None][iam],
            ..System::default()
        };
        let plane = Plane::new(tilt, azimuth);
        let seen = Visibility::from_horizon(horizon).with_tree_tops(vec![tops; 36]);
        let view = if open { PlaneView::open() } else { PlaneView::new(&plane, &[seen], Foliage::default()) };
        let mut each = Vec::new();
        let plain = produce_shaded(&system, &plane, &view, &HOURS, 1.0, |kw| each.push(kw));
        let unshaded = produce_shaded(&system, &plane, &PlaneView::open(), &HOURS, 1.0, |_| {});
        let mut soon = vec![0.0; HOURS.len()];
        let (sums, open_kwh) = PreparedYear::new(&system, &HOURS, 1.0).produce(&plane, &view, |hour, kw| soon[hour] = kw);
        prop_assert!(near(sums.ac_kwh, plain.ac_kwh), "{} {}", sums.ac_kwh, plain.ac_kwh);
        prop_assert!(near(sums.poa_kwh, plain.poa_kwh) && near(sums.dc_kwh, plain.dc_kwh));
        prop_assert!(near(sums.ghi_kwh, plain.ghi_kwh) && sums.hours == plain.hours);
        prop_assert!(near(open_kwh, unshaded.ac_kwh));
        for (a, b) in sums.month_kwh.iter().zip(plain.month_kwh) {
            prop_assert!(near(*a, b));
        }
        for (a, b) in soon.iter().zip(&each) {
            prop_assert!(near(*a, *b), "{a} {b}");
        }
    }
}

/// A year is the sum of its months, whichever of them are there how often: twice, from another day on, or hardly.
#[test]
fn a_part_of_a_year_is_not_blown_up_to_a_year() {
    let site = Site { lat: 47.2, lon: -1.55, elevation_m: 20.0 };
    let year = |year: i16| clear_year(&site, year, &Turbidity::Constant(3.0)).unwrap();
    let plane = Plane::new(30.0, 180.0);
    let view = PlaneView::new(&plane, &[], Foliage::default());
    let of = |hours: &[SkyHour]| {
        let prepared = PreparedYear::new(&System::default(), hours, 1.0);
        let (sums, _) = prepared.produce(&plane, &view, |_, _| ());
        (prepared.of_one_year(sums.month_kwh), prepared.of_one_year(sums.month_poa_kwh).iter().sum::<f64>(), sums)
    };
    let whole = year(2025);
    let (months, poa, sums) = of(&whole);
    assert!(missing_months(&whole, 1.0).is_empty() && month_times(&whole, 1.0) == [1.0; 12]);
    assert!((months.iter().sum::<f64>() - sums.ac_kwh).abs() < 1e-9 && (poa - sums.poa_kwh).abs() < 1e-9);
    // Three months of it are three months.
    let spring: Vec<SkyHour> = whole.iter().filter(|hour| (2..5).contains(&hour.month)).cloned().collect();
    assert_eq!(missing_months(&spring, 1.0), [1, 2, 6, 7, 8, 9, 10, 11, 12]);
    let (of_spring, ..) = of(&spring);
    for (month, (part, all)) in of_spring.iter().zip(months).enumerate() {
        assert_eq!(*part, if (2..5).contains(&month) { all } else { 0.0 }, "{month}");
    }
    // Two years are their mean, a leap year is a year, days without their nights are days.
    let two: Vec<SkyHour> = whole.iter().chain(&year(2026)).cloned().collect();
    let days: Vec<SkyHour> = whole.iter().filter(|hour| hour.sky.ghi > 0.0).cloned().collect();
    for hours in [two, year(2024), days] {
        let (found, ..) = of(&hours);
        let (sum, right) = (found.iter().sum::<f64>(), months.iter().sum::<f64>());
        assert!((sum / right - 1.0).abs() < 0.01 && missing_months(&hours, 1.0).is_empty(), "{sum} {right}");
    }
    // From the middle of a month round to the middle of it: that month is whole, from two halves.
    let round: Vec<SkyHour> = whole[2000..].iter().chain(&year(2026)[..2000]).cloned().collect();
    assert_eq!(month_times(&round, 1.0), [1.0; 12]);
    // Half hours are no second year.
    let halves: Vec<SkyHour> = whole.iter().flat_map(|hour| [hour.clone(), hour.clone()]).collect();
    assert_eq!(month_times(&halves, 0.5), [1.0; 12]);
}
