//! Roof planes from points: known roofs with noise, and the laws they keep.

use jumeau::base::Rng;
use jumeau::region::roof_planes::{METHOD, PlaneSettings, SurveyedRoof, planes};
use proptest::prelude::*;

/// Points over a rectangle of `wide` × `deep` metres, about eight a square metre, with noise.
fn over(
    wide: f64,
    deep: f64,
    noise_m: f64,
    seed: u64,
    height: impl Fn(f64, f64) -> f64,
) -> Vec<[f64; 3]> {
    let mut rng = Rng::new(seed);
    (0..(8.0 * wide * deep) as usize)
        .map(|_| {
            let (x, y) = (rng.range(0.0, wide), rng.range(0.0, deep));
            [
                770_000.0 + x,
                6_277_000.0 + y,
                height(x, y) + rng.range(-noise_m, noise_m),
            ]
        })
        .collect()
}

fn found(points: &[[f64; 3]], area: f64) -> SurveyedRoof {
    planes(points, area, &PlaneSettings::default())
}

#[test]
fn a_gable_has_two_planes() {
    // Ridge along x: planes look south and north, 30°.
    let slope = 30.0_f64.to_radians().tan();
    let points = over(12.0, 8.0, 0.04, 1, |_, y| {
        10.0 + slope * (4.0 - (y - 4.0).abs())
    });
    let roof = found(&points, 96.0);
    assert_eq!((roof.planes.len(), roof.method), (2, METHOD), "{roof:?}");
    for plane in &roof.planes {
        assert!((plane.tilt_deg - 30.0).abs() < 0.5, "{plane:?}");
        let south = (plane.azimuth_deg - 180.0).abs();
        let north = plane.azimuth_deg.min(360.0 - plane.azimuth_deg);
        assert!(south.min(north) < 1.5, "{plane:?}");
        assert!(
            (plane.plan_area_m2 - 48.0).abs() < 3.0 && plane.residual_m < 0.04,
            "{plane:?}"
        );
    }
    assert!(roof.explained > 0.97, "{}", roof.explained);
}

#[test]
fn a_pyramid_has_four_planes_and_a_flat_roof_one() {
    let pyramid = over(10.0, 10.0, 0.03, 2, |x, y| {
        9.0 + 0.6 * (5.0 - (x - 5.0).abs().max((y - 5.0).abs()))
    });
    let roof = found(&pyramid, 100.0);
    let mut looks: Vec<i64> = roof
        .planes
        .iter()
        .map(|p| (p.azimuth_deg / 90.0).round() as i64 % 4)
        .collect();
    looks.sort_unstable();
    assert_eq!(looks, [0, 1, 2, 3], "{roof:?}");
    let flat = found(&over(10.0, 10.0, 0.05, 3, |_, _| 12.0), 100.0);
    assert_eq!(flat.planes.len(), 1);
    assert!(flat.planes[0].tilt_deg < 0.5 && flat.planes[0].azimuth_deg == 0.0);
    assert!((flat.planes[0].height_at(770_005.0, 6_277_005.0) - 12.0).abs() < 0.02);
}

#[test]
fn steps_of_a_flat_roof_are_planes_of_their_own() {
    let roof = found(
        &over(16.0, 8.0, 0.03, 4, |x, _| if x < 8.0 { 10.0 } else { 13.0 }),
        128.0,
    );
    assert_eq!(roof.planes.len(), 2, "{roof:?}");
}

#[test]
fn a_tree_is_no_roof() {
    let mut rng = Rng::new(9);
    let crown: Vec<[f64; 3]> = (0..400)
        .map(|_| {
            [
                rng.range(0.0, 7.0),
                rng.range(0.0, 7.0),
                rng.range(3.0, 12.0),
            ]
        })
        .collect();
    let roof = found(&crown, 49.0);
    assert!(roof.explained < 0.35, "{roof:?}");
    assert!(found(&[], 10.0).planes.is_empty());
    assert!(found(&[[0.0; 3]; 40], 10.0).planes.is_empty());
}

proptest! {
    #[test]
    fn any_points_give_an_answer(points in proptest::collection::vec(proptest::array::uniform3(-1e3..1e3f64), 0..120), area in -1.0..1e3f64) {
        let roof = found(&points, area);
        prop_assert!((0.0..=1.0).contains(&roof.explained));
        prop_assert!(roof.planes.iter().all(|plane| plane.residual_m <= PlaneSettings::default().tolerance_m));
    }

    #[test]
    fn a_plane_is_found_wherever_it_looks(tilt in 0.0..50.0f64, azimuth in 0.0..360.0f64, seed in 0u64..100) {
        let (sin, cos) = azimuth.to_radians().sin_cos();
        let slope = tilt.to_radians().tan();
        let roof = found(&over(8.0, 6.0, 0.02, seed, |x, y| 10.0 - slope * (sin * x + cos * y)), 48.0);
        prop_assert_eq!(roof.planes.len(), 1);
        let plane = &roof.planes[0];
        prop_assert!((plane.tilt_deg - tilt).abs() < 0.5);
        if tilt > 5.0 {
            let off = (plane.azimuth_deg - azimuth).abs();
            prop_assert!(off.min(360.0 - off) < 4.0, "{} {}", plane.azimuth_deg, azimuth);
        }
    }
}
