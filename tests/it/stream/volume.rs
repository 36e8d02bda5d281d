//! Bounding volumes hold what they bound.

use glam::{DMat4, DQuat, DVec3};
use jumeau::base::Rng;
use jumeau::geodesy::LonLatH;
use jumeau::stream::Volume;

/// Small tiles, a city, a country, half the globe; at the equator, in Nantes, near a pole, across the antimeridian.
#[test]
fn a_region_lies_inside_its_volume() {
    let mut rng = Rng::new(7);
    for (lon, lat) in [(0.0, 0.0), (-0.0271, 0.824), (3.1, -0.3), (-1.0, 1.5)] {
        for size in [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5, 1.5] {
            let (south, north) = (
                f64::max(lat - 0.5 * size, -1.57),
                f64::min(lat + 0.5 * size, 1.57),
            );
            let wrap = |lon: f64| {
                (lon + std::f64::consts::PI).rem_euclid(std::f64::consts::TAU)
                    - std::f64::consts::PI
            };
            let region = [
                wrap(lon - 0.5 * size),
                south,
                wrap(lon + 0.5 * size),
                north,
                -20.0,
                180.0,
            ];
            let volume = Volume::of_region(region).unwrap();
            let (centre, radius) = volume.bounding_sphere();
            for _ in 0..400 {
                let lon = lon + size * (rng.unit() - 0.5);
                let at = LonLatH::new(
                    lon.to_degrees(),
                    rng.range(south, north).to_degrees(),
                    rng.range(-20.0, 180.0),
                );
                let point = at.to_ecef().0;
                let outside = volume.distance_m(point);
                assert!(
                    outside < 1e-6,
                    "{outside} m outside, size {size} at {lon} {lat}"
                );
                assert!(point.distance(centre) <= radius + 1e-6);
            }
        }
    }
}

/// A tile of a city must not be bounded by half of it: the box is tight to a few centimetres and its height.
#[test]
fn the_volume_of_a_small_region_is_tight() {
    let (lon, lat, size) = (-0.0271, 0.824, 1.0e-4);
    let volume = Volume::of_region([lon, lat, lon + size, lat + size, 40.0, 90.0]).unwrap();
    let above = LonLatH::new(
        (lon + 0.5 * size).to_degrees(),
        (lat + 0.5 * size).to_degrees(),
        590.0,
    );
    assert!((volume.distance_m(above.to_ecef().0) - 500.0).abs() < 0.2);
    let beside = LonLatH::new(
        (lon + 0.5 * size).to_degrees(),
        (lat + 2.0 * size).to_degrees(),
        60.0,
    );
    // One size of latitude is 6,367 km times it.
    assert!((volume.distance_m(beside.to_ecef().0) - 637.0).abs() < 2.0);
}

#[test]
fn broken_regions_are_refused() {
    for region in [
        [f64::NAN, 0.0, 1.0, 1.0, 0.0, 1.0],
        [0.0, 0.0, 1.0, f64::INFINITY, 0.0, 1.0],
        [0.0, -7.0, 1.0, 1.0, 0.0, 1.0],
        [0.0, 0.0, 90.0, 1.0, 0.0, 1.0],
    ] {
        assert_eq!(Volume::of_region(region), None, "{region:?}");
    }
}

#[test]
fn a_box_holds_its_points_under_any_transform() {
    let mut rng = Rng::new(11);
    for case in 0..300 {
        let mut number = || rng.range(-10.0, 10.0);
        let mut numbers: [f64; 12] = std::array::from_fn(|_| number());
        // Flat, thin and vanished boxes are legal.
        for (axis, every) in [(0, 3), (1, 4), (2, 5)] {
            if case % every == 0 {
                numbers[3 + 3 * axis..6 + 3 * axis].fill(0.0);
            }
        }
        let turn = DQuat::from_xyzw(number(), number(), number(), number()).normalize();
        let stretch = DVec3::new(number(), number(), number());
        let transform = DMat4::from_scale_rotation_translation(
            stretch,
            turn,
            DVec3::new(number(), 4e6, number()),
        );
        let volume = Volume::of_box(numbers, &transform).unwrap();
        let arm = |axis: usize| DVec3::from_slice(&numbers[3 + 3 * axis..6 + 3 * axis]);
        for _ in 0..50 {
            let mut share = || rng.range(-1.0, 1.0);
            let point = DVec3::from_slice(&numbers[..3])
                + arm(0) * share()
                + arm(1) * share()
                + arm(2) * share();
            let point = transform.transform_point3(point);
            assert!(volume.distance_m(point) < 1e-6, "case {case}");
            // A plane that has a point of the box on its inner side cannot cull the box.
            let normal = DVec3::new(share(), share(), share()).normalize_or(DVec3::X);
            assert!(volume.in_frustum(&[(normal, 1e-6 - normal.dot(point))]));
        }
    }
}

#[test]
fn a_sphere_grows_with_the_largest_scale() {
    let transform = DMat4::from_scale(DVec3::new(1.0, 3.0, 2.0));
    let volume = Volume::of_sphere([1.0, 1.0, 1.0, 2.0], &transform).unwrap();
    assert_eq!(volume.bounding_sphere(), (DVec3::new(1.0, 3.0, 2.0), 6.0));
    assert_eq!(volume.distance_m(DVec3::new(1.0, 3.0, 18.0)), 10.0);
    assert!(volume.in_frustum(&[(DVec3::X, 5.0)]));
    assert!(!volume.in_frustum(&[(DVec3::X, -8.0)]));
}
