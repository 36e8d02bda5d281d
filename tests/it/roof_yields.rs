//! Planes of a roof, modules on them, and what shade takes.

use jumeau::energy::layout::{ModuleKind, lay};
use jumeau::energy::production::produce;
use jumeau::energy::pv::System;
use jumeau::energy::roof::planes;
use jumeau::energy::shading::{Foliage, Visibility};
use jumeau::energy::transposition::{Plane, SkyModel};
use jumeau::energy::weather::{Site, Turbidity, clear_year};
use jumeau::energy::yields::{PlaneView, Sureness, produce_shaded};
use proptest::prelude::*;

type Triangle = [[f64; 3]; 3];

/// A gable of 10 m × 8 m with its ridge along the first side, turned by `turn` degrees clockwise; rises by `rise`.
fn gable(turn: f64, rise: f64) -> Vec<Triangle> {
    let (sin, cos) = turn.to_radians().sin_cos();
    let p = |x: f64, y: f64, z: f64| [x * cos + y * sin, -x * sin + y * cos, z];
    let (a, b, c, d) = (
        p(-5.0, -4.0, 0.0),
        p(5.0, -4.0, 0.0),
        p(5.0, 4.0, 0.0),
        p(-5.0, 4.0, 0.0),
    );
    let (w, e) = (p(-5.0, 0.0, rise), p(5.0, 0.0, rise));
    // South, north, two gable walls.
    vec![
        [a, b, e],
        [a, e, w],
        [c, d, w],
        [c, w, e],
        [b, c, e],
        [d, a, w],
    ]
}

#[test]
fn a_gable_has_two_planes() {
    let found = planes(&gable(20.0, 4.0));
    assert_eq!(found.len(), 2);
    for plane in &found {
        assert!((plane.tilt - 45.0).abs() < 1e-9, "{}", plane.tilt);
        assert!((plane.area_m2 - 10.0 * 32f64.sqrt()).abs() < 1e-9);
        assert!((plane.plan_m2() - 40.0).abs() < 1e-9);
        assert_eq!((plane.eave_m, plane.ridge_m), (0.0, 4.0));
    }
    let mut azimuths: Vec<f64> = found.iter().map(|plane| plane.azimuth).collect();
    azimuths.sort_by(f64::total_cmp);
    assert!(
        (azimuths[0] - 20.0).abs() < 1e-9 && (azimuths[1] - 200.0).abs() < 1e-9,
        "{azimuths:?}"
    );
}

#[test]
fn modules_lie_inside_their_margins() {
    let found = planes(&gable(0.0, 3.0));
    // 10 m along the eave, 5 m up: with 30 cm all round 9.4 m × 4.4 m.
    let kind = ModuleKind::default();
    let layout = lay(&found[0], &kind);
    assert!(
        (layout.usable_m2 - 9.4 * 4.4).abs() < 1e-9,
        "{}",
        layout.usable_m2
    );
    // Upright: 8 columns of 1.154 m in 9.4 m, 2 rows of 1.782 m in 4.4 m.
    assert_eq!(layout.modules, 16);
    assert!((layout.kwp - 16.0 * kind.kwp).abs() < 1e-9);
    for [x, y] in &layout.corners {
        assert!(
            *x >= 0.3 - 1e-9
                && *y >= 0.3 - 1e-9
                && x + kind.short_m <= 9.7 + 1e-9
                && y + kind.long_m <= 4.7 + 1e-9
        );
    }
    let huge = ModuleKind {
        long_m: 20.0,
        ..kind
    };
    assert_eq!(lay(&found[0], &huge).modules, 0);
    assert_eq!(
        lay(
            &found[0],
            &ModuleKind {
                margin_m: f64::NAN,
                ..kind
            }
        )
        .modules,
        0
    );
}

#[test]
fn bad_triangles_are_no_roof() {
    let bad: Vec<Triangle> = vec![
        [[0.0; 3]; 3],
        [[f64::NAN; 3]; 3],
        [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]],
        // A wall, an underside, a chip.
        [[0.0, 0.0, 0.0], [5.0, 0.0, 0.0], [5.0, 0.0, 5.0]],
        [[0.0, 0.0, 0.0], [0.0, 5.0, 0.0], [5.0, 0.0, 0.0]],
        [[0.0, 0.0, 0.0], [0.3, 0.0, 0.0], [0.0, 0.3, 0.0]],
    ];
    assert!(planes(&bad).is_empty());
    assert!(planes(&[]).is_empty());
}

#[test]
fn an_open_view_changes_nothing_and_a_wall_takes_what_it_hides() {
    let site = Site {
        lat: 47.2,
        lon: -1.55,
        elevation_m: 20.0,
    };
    let hours = clear_year(&site, 2025, &Turbidity::Constant(3.0)).unwrap();
    let plane = Plane::new(30.0, 180.0);
    for model in SkyModel::ALL {
        let system = System {
            model,
            ..System::default()
        };
        let plain = produce(&system, &plane, &hours, 1.0);
        let mut by_hour = 0.0;
        let open = produce_shaded(&system, &plane, &PlaneView::open(), &hours, 1.0, |kw| {
            by_hour += kw
        });
        assert!((open.ac_kwh / plain.ac_kwh - 1.0).abs() < 1e-9, "{model:?}");
        assert!((by_hour - open.ac_kwh).abs() < 1e-6);
        let flat = PlaneView::new(
            &plane,
            &[Visibility::from_horizon(vec![0.0; 72])],
            Foliage::default(),
        );
        assert!(
            (produce_shaded(&system, &plane, &flat, &hours, 1.0, |_| {}).ac_kwh / plain.ac_kwh
                - 1.0)
                .abs()
                < 0.01
        );
        // Nothing but a slit overhead.
        let pit = PlaneView::new(
            &plane,
            &[Visibility::from_horizon(vec![89.9; 72])],
            Foliage::default(),
        );
        let dark = produce_shaded(&system, &plane, &pit, &hours, 1.0, |_| {});
        assert!(
            dark.ac_kwh < 0.02 * plain.ac_kwh,
            "{model:?} {}",
            dark.ac_kwh / plain.ac_kwh
        );
    }
}

#[test]
fn the_table_of_a_plane_lets_through_what_its_horizon_does() {
    // Shares in a table against the horizon itself, hour by hour. The horizon is smooth: where it steps between two directions, the table takes
    // the share of each side and the horizon a slope, and neither knows better.
    let site = Site {
        lat: 47.2,
        lon: -1.55,
        elevation_m: 20.0,
    };
    let hours = clear_year(&site, 2025, &Turbidity::Constant(3.0)).unwrap();
    let horizon: Vec<f32> = (0..72)
        .map(|n| 14.0 + 11.0 * (n as f32 * 15.0).to_radians().sin())
        .collect();
    let seen = Visibility::from_horizon(horizon);
    let plane = Plane::new(30.0, 180.0);
    let view = PlaneView::new(&plane, std::slice::from_ref(&seen), Foliage::default());
    let (mut table, mut direct) = (0.0, 0.0);
    for hour in hours.iter().filter(|hour| hour.sky.dni > 0.0) {
        let elevation = 90.0 - hour.sky.zenith;
        table += hour.sky.dni * view.sun_share(hour.sky.sun_azimuth, elevation, 0);
        direct += hour.sky.dni * seen.transmittance(hour.sky.sun_azimuth, elevation, 0.0);
    }
    assert!((table / direct - 1.0).abs() < 0.005, "{table} {direct}");
}

#[test]
fn nine_years_of_ten() {
    let p90 = Sureness::CLIMATOLOGY.p90(1000.0);
    assert!(p90 < Sureness::TYPICAL_YEAR.p90(1000.0) && p90 > 800.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn planes_add_up_and_samples_lie_on_them(turn in 0.0..360.0f64, rise in 0.2..9.0f64) {
        let found = planes(&gable(turn, rise));
        prop_assert_eq!(found.len(), 2);
        prop_assert!((found.iter().map(|plane| plane.plan_m2()).sum::<f64>() - 80.0).abs() < 1e-6);
        for plane in &found {
            let samples = plane.samples(16, 0.05);
            prop_assert!(!samples.is_empty() && samples.len() <= 16);
            let corner = plane.triangles[0][0];
            for sample in samples {
                let height: f64 = (0..3).map(|axis| (sample[axis] - corner[axis]) * plane.normal[axis]).sum();
                prop_assert!((height - 0.05).abs() < 1e-6, "{}", height);
            }
            let layout = lay(plane, &ModuleKind::default());
            prop_assert!(layout.covered_m2 <= layout.usable_m2 + 1e-6 && layout.usable_m2 <= plane.area_m2);
        }
    }
}
