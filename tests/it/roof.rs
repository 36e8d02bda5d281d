//! Roofs against analytic volumes, and the laws of closed surfaces.

use crate::bare_building::bare_building;
use geo::{Area, Coord, LineString, MultiPolygon, Polygon};
use jumeau::region::roof::{RoofOptions, Surface, SurfaceMesh, block_surface, building_surface, drawn, roof_of};
use jumeau::region::roof_shape::RoofKind;
use jumeau::region::{Building, Usage};
use proptest::prelude::*;

pub fn building(outline: &[[f64; 2]], eave: f64, ridge: f64) -> Building {
    Building { usage: Usage::Residential, ..bare_building("b", "test", MultiPolygon::new(vec![polygon(outline, &[])]), 10.0, [eave, ridge]) }
}

/// Turned by 30° and moved to Nantes: nothing may depend on axes or small numbers.
fn polygon(outline: &[[f64; 2]], holes: &[Vec<[f64; 2]>]) -> Polygon<f64> {
    let ring = |points: &[[f64; 2]]| {
        let (sin, cos) = 30f64.to_radians().sin_cos();
        let mut ring: Vec<Coord<f64>> = points
            .iter()
            .map(|[x, y]| Coord {
                x: 355_000.0 + cos * x - sin * y,
                y: 6_689_000.0 + sin * x + cos * y,
            })
            .collect();
        ring.push(ring[0]);
        LineString::new(ring)
    };
    Polygon::new(ring(outline), holes.iter().map(|hole| ring(hole)).collect())
}

pub fn closed(mesh: &SurfaceMesh) -> bool {
    mesh.is_closed()
}

/// A mesh without one of its triangles has an edge.
#[test]
fn a_hole_is_noticed() {
    let house = building(&[[0.0, 0.0], [20.0, 0.0], [20.0, 10.0], [0.0, 10.0]], 6.0, 9.0);
    let mut mesh = building_surface(&house, &RoofOptions::default());
    assert!(mesh.is_closed());
    mesh.triangles.pop();
    assert!(!mesh.is_closed());
}

fn check(building: &Building, kind: RoofKind, volume: f64) {
    let options = RoofOptions::default();
    let mesh = building_surface(building, &options);
    assert_eq!(roof_of(building, &building.footprint.0[0], &options).kind(), kind);
    assert!(closed(&mesh), "{kind:?} is not closed");
    let found = mesh.volume_m3();
    assert!((found / volume - 1.0).abs() < 1e-6, "{kind:?}: {found} instead of {volume}");
}

const FOUNDATION: f64 = 0.5;

#[test]
fn a_gable_has_half_its_box_above_the_eave() {
    // 20 × 10 m, eave 6 m, ridge 3 m higher: 200 · 6.5 + 20 · 10 · 3 / 2.
    let house = building(&[[0.0, 0.0], [20.0, 0.0], [20.0, 10.0], [0.0, 10.0]], 6.0, 9.0);
    check(&house, RoofKind::Gable, 200.0 * (6.0 + FOUNDATION) + 300.0);
}

#[test]
fn a_hip_is_a_prism_and_a_pyramid() {
    // 30 × 16 m, rise 4 m over 8 m: a prism of 14 m and a pyramid of 16 × 16 m.
    let house = building(&[[0.0, 0.0], [30.0, 0.0], [30.0, 16.0], [0.0, 16.0]], 9.0, 13.0);
    let roof = 16.0 * 4.0 / 2.0 * 14.0 + 16.0 * 16.0 * 4.0 / 3.0;
    check(&house, RoofKind::Hip, 480.0 * (9.0 + FOUNDATION) + roof);
}

#[test]
fn a_steep_slate_roof_is_as_steep_as_stated() {
    // 5 m over a half width of 4 m: 51°.
    let house = building(&[[0.0, 0.0], [12.0, 0.0], [12.0, 8.0], [0.0, 8.0]], 6.0, 11.0);
    check(&house, RoofKind::Gable, 96.0 * (6.0 + FOUNDATION) + 12.0 * 8.0 * 5.0 / 2.0);
    assert!((drawn(&house, &RoofOptions::default()).ridge_m.unwrap() - 11.0).abs() < 1e-6);
}

#[test]
fn what_is_drawn_says_its_own_ridge() {
    let options = RoofOptions::default();
    // A tower of 20 m over a part of the footprint that nobody knows: the roof stays a roof.
    let tower = building(&[[0.0, 0.0], [12.0, 0.0], [12.0, 8.0], [0.0, 8.0]], 6.0, 26.0);
    let seen = drawn(&tower, &options);
    assert_eq!(seen.roof, RoofKind::Gable);
    assert!((seen.ridge_m.unwrap() - 10.0).abs() < 1e-6, "{:?}", seen.ridge_m);
    // A garage that a neighbour's wall overlaps leans; one with a believable pair of slopes has them.
    let mut garage = building(&[[0.0, 0.0], [6.0, 0.0], [6.0, 4.0], [0.0, 4.0]], 2.5, 12.0);
    garage.usage = Usage::Annex;
    let seen = drawn(&garage, &options);
    assert_eq!((seen.roof, (10.0 * seen.ridge_m.unwrap()).round()), (RoofKind::Shed, 37.0));
    garage.ridge_height_m = 4.3;
    let seen = drawn(&garage, &options);
    assert_eq!((seen.roof, (10.0 * seen.ridge_m.unwrap()).round()), (RoofKind::Gable, 43.0));
    garage.ground_m = f64::NAN;
    assert_eq!(drawn(&garage, &options).ridge_m, None);
}

#[test]
fn a_slope_nobody_believes_is_45_degrees() {
    // A spire of 20 m on a house of 8 m is drawn 4 m high.
    let house = building(&[[0.0, 0.0], [12.0, 0.0], [12.0, 8.0], [0.0, 8.0]], 6.0, 26.0);
    check(&house, RoofKind::Gable, 96.0 * (6.0 + FOUNDATION) + 12.0 * 8.0 * 4.0 / 2.0);
}

#[test]
fn a_corner_house_has_a_hip_outside_and_a_valley_inside() {
    // Two arms 8 m wide, 20 m long over the outer corner; rise 2 m.
    let house = building(
        &[[0.0, 0.0], [20.0, 0.0], [20.0, 8.0], [8.0, 8.0], [8.0, 20.0], [0.0, 20.0]],
        6.0,
        8.0,
    );
    // Each arm beyond the corner square is half a box; over the square the roof is min(x, y) up to the ridges:
    // the higher of two tents, hipped at the outer corner.
    let arms = 2.0 * (12.0 * 8.0 * 2.0 / 2.0);
    let slope = 0.5;
    let n = 800;
    let mut corner = 0.0;
    for i in 0..n {
        for j in 0..n {
            let (x, y) = (8.0 * (i as f64 + 0.5) / n as f64, 8.0 * (j as f64 + 0.5) / n as f64);
            let along_x = (y.min(8.0 - y) * slope).min(x * slope);
            let along_y = (x.min(8.0 - x) * slope).min(y * slope);
            corner += along_x.max(along_y) * 64.0 / (n * n) as f64;
        }
    }
    let options = RoofOptions::default();
    let mesh = building_surface(&house, &options);
    assert_eq!(roof_of(&house, &house.footprint.0[0], &options).kind(), RoofKind::Corner);
    assert!(closed(&mesh));
    let volume = 256.0 * (6.0 + FOUNDATION) + arms + corner;
    assert!((mesh.volume_m3() / volume - 1.0).abs() < 1e-5, "{} {volume}", mesh.volume_m3());
}

#[test]
fn annexes_lean_and_courtyards_stay_open() {
    let mut shed = building(&[[0.0, 0.0], [6.0, 0.0], [6.0, 4.0], [0.0, 4.0]], 2.5, 3.5);
    shed.usage = Usage::Annex;
    check(&shed, RoofKind::Shed, 24.0 * (2.5 + FOUNDATION) + 24.0 * 0.5);
    let mut block = building(&[[0.0, 0.0], [40.0, 0.0], [40.0, 40.0], [0.0, 40.0]], 15.0, 18.0);
    let court = vec![[10.0, 10.0], [10.0, 30.0], [30.0, 30.0], [30.0, 10.0]];
    block.footprint = MultiPolygon::new(vec![polygon(&[[0.0, 0.0], [40.0, 0.0], [40.0, 40.0], [0.0, 40.0]], &[court])]);
    // Wings of 10 m, ridge 5 m from both eaves: what lies deeper than s is a frame of (40 − 2s)² − (20 + 2s)²; the roof holds 0.6 · ∫ of it.
    check(&block, RoofKind::Skeleton, 1200.0 * (15.0 + FOUNDATION) + 1800.0);
}

#[test]
fn a_block_keeps_its_area_and_has_no_more_than_it_needs() {
    let jagged = building(
        &[[0.0, 0.0], [10.0, 0.3], [20.0, 0.0], [20.0, 10.0], [10.0, 9.7], [0.0, 10.0]],
        6.0,
        9.0,
    );
    let fine = building_surface(&jagged, &RoofOptions::default());
    let coarse = block_surface(&jagged, 1.0);
    assert!(closed(&coarse));
    assert!(coarse.triangles.len() < fine.triangles.len());
    let expected = 200.0 * (6.0 + 1.5 + FOUNDATION);
    assert!((coarse.volume_m3() / expected - 1.0).abs() < 0.05);
}

#[test]
fn impossible_numbers_draw_nothing() {
    let mut house = building(&[[0.0, 0.0], [20.0, 0.0], [20.0, 10.0], [0.0, 10.0]], 6.0, 9.0);
    house.ground_m = f64::NAN;
    assert!(building_surface(&house, &RoofOptions::default()).triangles.is_empty());
    assert!(block_surface(&house, f64::NAN).triangles.is_empty());
}

proptest! {
    /// Any simple star-shaped outline gives a closed surface of plausible volume.
    #[test]
    fn surfaces_are_closed(
        radii in proptest::collection::vec(3.0f64..25.0, 3..12),
        eave in 2.0f64..30.0,
        rise in 0.0f64..12.0,
    ) {
        let n = radii.len() as f64;
        let outline: Vec<[f64; 2]> = radii
            .iter()
            .enumerate()
            .map(|(i, r)| {
                let angle = std::f64::consts::TAU * i as f64 / n;
                [r * angle.cos(), r * angle.sin()]
            })
            .collect();
        let house = building(&outline, eave, eave + rise);
        laws(&house)?;
    }

    /// Rectangles with a notch or a bump: what houses look like.
    #[test]
    fn notched_rectangles_are_closed(
        length in 6.0f64..30.0,
        width in 4.0f64..20.0,
        notch in 0.05f64..2.0,
        at in 0.1f64..0.6,
        eave in 2.0f64..30.0,
        rise in 0.0f64..12.0,
    ) {
        let (a, b) = (at * length, (at + 0.3) * length);
        let outline = [
            [0.0, 0.0], [a, 0.0], [a, notch], [b, notch], [b, 0.0], [length, 0.0],
            [length, width], [0.0, width],
        ];
        laws(&building(&outline, eave, eave + rise))?;
    }

    /// L-shaped houses of any proportions.
    #[test]
    fn corner_houses_are_closed(
        long in 10.0f64..40.0,
        short in 8.0f64..40.0,
        first in 0.2f64..0.8,
        second in 0.2f64..0.8,
        rise in 0.5f64..6.0,
    ) {
        let outline = [
            [0.0, 0.0], [long, 0.0], [long, second * short], [first * long, second * short],
            [first * long, short], [0.0, short],
        ];
        laws(&building(&outline, 6.0, 6.0 + rise))?;
    }
}

fn laws(house: &Building) -> Result<(), TestCaseError> {
    let area = house.footprint.unsigned_area();
    let seen = drawn(house, &RoofOptions::default());
    let mesh = building_surface(house, &RoofOptions::default());
    prop_assert_eq!(&mesh, &seen.mesh);
    let ridge_m = seen.ridge_m.unwrap();
    prop_assert!(ridge_m >= house.eave_height_m - 1e-6 && ridge_m <= house.ridge_height_m + 1e-3, "{ridge_m}");
    let top = mesh.triangles.iter().flat_map(|(points, _)| points.map(|p| p[2])).fold(f64::NEG_INFINITY, f64::max);
    prop_assert!((house.ground_m + ridge_m - top).abs() < 1e-9);
    prop_assert!(closed(&mesh), "not closed");
    let volume = mesh.volume_m3();
    // Corners within 2 cm of a straight side are left out, so the plan may differ by a triangle of that height along its sides.
    let perimeter: f64 = house.footprint.iter().flat_map(|polygon| polygon.exterior().lines()).map(|side| side.dx().hypot(side.dy())).sum();
    let off = 0.5 * 0.02 * perimeter;
    prop_assert!(volume > 0.9 * area * (house.eave_height_m + FOUNDATION), "{volume}");
    prop_assert!(volume < 1.001 * (area + off) * (house.ridge_height_m + FOUNDATION), "{volume}");
    let roof: f64 = mesh
        .triangles
        .iter()
        .filter(|(_, surface)| *surface == Surface::Roof)
        .map(|([a, b, c], _)| 0.5 * ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])))
        .sum();
    prop_assert!((roof - area).abs() < 1e-3 * area + off, "roof covers {roof} of {area}");
    Ok(())
}

mod footprints {
    use super::*;
    use geo::Validation;
    use jumeau::region::footprint::{Rejection, repair};

    fn ring(points: &[[f64; 2]]) -> Vec<Vec<Vec<[f64; 2]>>> {
        vec![vec![points.to_vec()]]
    }

    #[test]
    fn a_bow_tie_becomes_two_triangles() {
        let (fixed, repairs) = repair(ring(&[[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]])).unwrap();
        assert!(repairs.crossings);
        assert!((fixed.unsigned_area() - 50.0).abs() < 1e-3);
    }

    #[test]
    fn a_spike_goes_and_the_square_stays() {
        let (fixed, repairs) =
            repair(ring(&[[0.0, 0.0], [10.0, 0.0], [10.0, 5.0], [30.0, 5.0], [10.0, 5.0], [10.0, 10.0], [0.0, 10.0]])).unwrap();
        assert!(repairs.spikes);
        assert!((fixed.unsigned_area() - 100.0).abs() < 1e-9);
    }

    #[test]
    fn slivers_and_nothing_are_refused() {
        assert_eq!(repair(ring(&[[0.0, 0.0], [1.0, 0.0], [1.0, 0.5], [0.0, 0.5]])), Err(Rejection::Sliver(0.5)));
        assert!(matches!(repair(ring(&[[0.0, 0.0], [90.0, 0.0], [90.0, 0.05], [0.0, 0.05]])), Err(Rejection::Sliver(_))));
        assert_eq!(repair(ring(&[[0.0, 0.0], [1.0, 1.0]])), Err(Rejection::Degenerate));
        assert_eq!(repair(ring(&[[f64::NAN, 0.0]; 5])), Err(Rejection::Degenerate));
        assert_eq!(repair(Vec::new()), Err(Rejection::Degenerate));
    }

    proptest! {
        /// Whatever comes in, what comes out is valid, turned the right way, and never larger than its box.
        #[test]
        fn repaired_means_valid(points in proptest::collection::vec((0i32..20, 0i32..20), 3..14)) {
            let points: Vec<[f64; 2]> = points.into_iter().map(|(x, y)| [355_000.0 + f64::from(x), 6_689_000.0 + f64::from(y)]).collect();
            if let Ok((fixed, _)) = repair(ring(&points)) {
                prop_assert!(fixed.is_valid());
                prop_assert!(fixed.unsigned_area() <= 400.0 + 1e-6);
                for polygon in &fixed {
                    prop_assert!(polygon.signed_area() > 0.0);
                }
            }
        }
    }
}
