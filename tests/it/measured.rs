//! Roofs from points: known roofs sampled with noise must come back within stated tolerances, and what the points do not show is refused.

use super::roof::building;
use geo::{Area, BoundingRect, Contains, MultiPolygon, Point};
use jumeau::base::Rng;
use jumeau::region::measured::{MeasureSettings, MeasuredRoof, Refusal, RoofSource, measure};
use jumeau::region::roof::{RoofOptions, Surface, SurfaceMesh, building_surface, drawn};
use jumeau::region::roof_shape::{RoofKind, RoofMethod};
use jumeau::region::{Building, HeightOrigin, footprint};
use jumeau::region::surveyed::{Surveyed, SurveyedFace};
use proptest::prelude::*;

/// Noise of a good airborne scanner, uniform to both sides, metres.
const NOISE_M: f64 = 0.05;

/// Points over a plan in its own coordinates, `[x, y]` → altitude; `None` leaves a gap.
fn scanned(outline: &[[f64; 2]], per_m2: f64, seed: u64, height: impl Fn(f64, f64) -> Option<f64>) -> (Building, Vec<[f64; 3]>) {
    let house = building(outline, 5.0, 5.0);
    let plain = geo::Polygon::new(outline.iter().map(|[x, y]| (*x, *y)).collect::<Vec<_>>().into(), Vec::new());
    let bounds = plain.bounding_rect().unwrap();
    let mut rng = Rng::new(seed);
    let (sin, cos) = 30f64.to_radians().sin_cos();
    let mut points = Vec::new();
    for _ in 0..(per_m2 * bounds.width() * bounds.height()) as usize {
        let (x, y) = (rng.range(bounds.min().x, bounds.max().x), rng.range(bounds.min().y, bounds.max().y));
        let noise = rng.range(-NOISE_M, NOISE_M);
        if !plain.contains(&Point::new(x, y)) {
            continue;
        }
        if let Some(z) = height(x, y) {
            // As `roof::building` turns and moves its outlines.
            points.push([355_000.0 + cos * x - sin * y, 6_689_000.0 + sin * x + cos * y, z + noise]);
        }
    }
    (house, points)
}

fn measured(house: &Building, points: &[[f64; 3]]) -> Result<MeasuredRoof, Refusal> {
    measure(points, &house.footprint, RoofSource::Points, &MeasureSettings::default())
}

fn volume_over_base(house: &Building, roof: &MeasuredRoof, base_m: f64) -> f64 {
    let mesh = roof.mesh(base_m).expect("a closed surface");
    laws(&mesh, &house.footprint);
    mesh.volume_m3()
}

/// What holds of every roof that is drawn.
fn laws(mesh: &SurfaceMesh, footprint: &MultiPolygon<f64>) {
    assert!(mesh.is_closed());
    let mut covered = 0.0;
    for (corners, surface) in &mesh.triangles {
        if *surface == Surface::Roof {
            let [a, b, c] = *corners;
            let up = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
            assert!(up > 0.0, "a roof triangle looks down: {corners:?}");
            covered += 0.5 * up;
        }
    }
    // Corners within two centimetres of a straight side are not built.
    let built = |polygon: &geo::Polygon<f64>| {
        let corner = polygon.exterior().0[0];
        let corners = footprint::corners(polygon.exterior(), [corner.x.floor(), corner.y.floor()], 0.02);
        geo::Polygon::new(corners.into_iter().map(|[x, y]| (x, y)).collect::<Vec<_>>().into(), Vec::new()).unsigned_area()
    };
    let area: f64 = footprint.iter().map(built).sum();
    assert!((covered / area - 1.0).abs() < 1e-6, "{covered} of {area} m²");
}

/// Root mean square distance of the drawn roof from the truth over a fine grid of the plan.
fn off(roof: &MeasuredRoof, outline: &[[f64; 2]], truth: impl Fn(f64, f64) -> f64) -> f64 {
    let mesh = roof.mesh(0.0).unwrap();
    let (sin, cos) = 30f64.to_radians().sin_cos();
    let plain = geo::Polygon::new(outline.iter().map(|[x, y]| (*x, *y)).collect::<Vec<_>>().into(), Vec::new());
    let bounds = plain.bounding_rect().unwrap();
    let (mut sum, mut count) = (0.0, 0.0);
    let mut y = bounds.min().y + 0.23;
    while y < bounds.max().y {
        let mut x = bounds.min().x + 0.17;
        while x < bounds.max().x {
            if plain.contains(&Point::new(x, y)) {
                let at = [355_000.0 + cos * x - sin * y, 6_689_000.0 + sin * x + cos * y];
                let z = mesh.triangles.iter().filter(|(_, surface)| *surface == Surface::Roof).find_map(|(t, _)| above(t, at)).expect("a roof over every place");
                // The step itself may stand a little beside its place.
                sum += (z - truth(x, y)).powi(2).min(1.0);
                count += 1.0;
            }
            x += 0.5;
        }
        y += 0.5;
    }
    (sum / count as f64).sqrt()
}

fn above([a, b, c]: &[[f64; 3]; 3], p: [f64; 2]) -> Option<f64> {
    let cross = |a: &[f64; 3], b: &[f64; 3]| (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
    let (u, v, w) = (cross(b, c), cross(c, a), cross(a, b));
    (u >= -1e-6 && v >= -1e-6 && w >= -1e-6).then(|| (u * a[2] + v * b[2] + w * c[2]) / (u + v + w))
}

fn rectangle(wide: f64, deep: f64) -> Vec<[f64; 2]> {
    vec![[0.0, 0.0], [wide, 0.0], [wide, deep], [0.0, deep]]
}

/// A roof over a plan, the number of its planes, and how near the drawn one must come.
fn check(name: &str, outline: &[[f64; 2]], planes: usize, within_m: f64, truth: impl Fn(f64, f64) -> f64) -> MeasuredRoof {
    for (seed, per_m2) in [(1, 10.0), (2, 4.0), (3, 25.0)] {
        let (house, points) = scanned(outline, per_m2, seed, |x, y| Some(truth(x, y)));
        let roof = measured(&house, &points).unwrap_or_else(|refusal| panic!("{name}, {per_m2}/m²: {refusal:?}"));
        assert_eq!(roof.planes.len(), planes, "{name}, {per_m2}/m²: {:?}", roof.planes);
        let off_m = off(&roof, outline, &truth);
        assert!(off_m < within_m, "{name}, {per_m2}/m²: {off_m:.3} m off");
        assert!(roof.residual_m < within_m + NOISE_M, "{name}, {per_m2}/m²: residual {:.3} m", roof.residual_m);
        volume_over_base(&house, &roof, 0.0);
    }
    let (house, points) = scanned(outline, 10.0, 1, |x, y| Some(truth(x, y)));
    measured(&house, &points).unwrap()
}

#[test]
fn a_gable_has_its_ridge_in_the_middle() {
    let roof = check("gable", &rectangle(12.0, 8.0), 2, 0.04, |_, y| 15.0 + 0.6 * (4.0 - (y - 4.0).abs()));
    let (eave, ridge) = roof.eave_and_ridge_m().unwrap();
    assert!((eave - 15.0).abs() < 0.05 && (ridge - 17.4).abs() < 0.05, "{eave} {ridge}");
    // Two slopes of two triangles each: nothing is drawn that is not there.
    let mesh = roof.mesh(9.5).unwrap();
    assert_eq!(mesh.triangles.iter().filter(|(_, surface)| *surface == Surface::Roof).count(), 4);
}

#[test]
fn a_hip_has_four_slopes_that_meet() {
    let roof = check("hip", &rectangle(20.0, 10.0), 4, 0.06, |x, y| 14.0 + 0.7 * x.min(20.0 - x).min(y).min(10.0 - y));
    assert_eq!(roof.pieces.len(), 4, "{:?}", roof.pieces);
    let (eave, ridge) = roof.eave_and_ridge_m().unwrap();
    assert!((eave - 14.0).abs() < 0.1 && (ridge - 17.5).abs() < 0.1, "{eave} {ridge}");
}

#[test]
fn a_shed_is_one_slope_and_a_flat_roof_is_level() {
    let shed = check("shed", &rectangle(9.0, 5.0), 1, 0.03, |_, y| 13.0 + 0.25 * y);
    assert_eq!(shed.pieces.len(), 1);
    let flat = check("flat", &rectangle(15.0, 12.0), 1, 0.02, |_, _| 18.0);
    let (eave, ridge) = flat.eave_and_ridge_m().unwrap();
    assert_eq!(eave, ridge);
}

#[test]
fn the_wings_of_an_l_meet_in_hip_and_valley() {
    let outline = [[0.0, 0.0], [18.0, 0.0], [18.0, 8.0], [8.0, 8.0], [8.0, 20.0], [0.0, 20.0]];
    check("L", &outline, 4, 0.08, |x, y| {
        let along = 14.0 + 0.6 * (4.0 - (y - 4.0).abs()).min(x);
        let across = 14.0 + 0.6 * (4.0 - (x - 4.0).abs()).min(y);
        if x > 8.0 { 14.0 + 0.6 * (4.0 - (y - 4.0).abs()) } else if y > 8.0 { 14.0 + 0.6 * (4.0 - (x - 4.0).abs()) } else { along.max(across) }
    });
}

#[test]
fn a_mansard_has_steep_and_gentle_slopes() {
    check("mansard", &rectangle(16.0, 12.0), 4, 0.08, |_, y| {
        let d = y.min(12.0 - y);
        if d < 2.5 { 14.0 + 1.6 * d } else { 18.0 + 0.35 * (d - 2.5) }
    });
}

#[test]
fn a_tower_stands_on_its_roof_with_walls_of_its_own() {
    let roof = check("tower", &rectangle(24.0, 16.0), 2, 0.2, |x, y| {
        if (8.0..16.0).contains(&x) && (5.0..12.0).contains(&y) { 24.0 } else { 15.0 }
    });
    assert_eq!(roof.pieces.iter().map(|piece| piece.rings.len()).sum::<usize>(), 3, "a ring around a ring");
    let volume = roof.mesh(10.0).unwrap().volume_m3();
    assert!((volume - (24.0 * 16.0 * 5.0 + 8.0 * 7.0 * 9.0)).abs() < 60.0, "{volume}");
}

#[test]
fn a_parapet_does_not_lift_the_roof() {
    let outline = rectangle(20.0, 14.0);
    let truth = |x: f64, y: f64| if x.min(20.0 - x).min(y).min(14.0 - y) < 0.35 { 19.1 } else { 18.0 };
    let (house, points) = scanned(&outline, 10.0, 4, |x, y| Some(truth(x, y)));
    let roof = measured(&house, &points).unwrap();
    let (eave, ridge) = roof.eave_and_ridge_m().unwrap();
    assert!((eave - 18.0).abs() < 0.03 && ridge < 19.2, "{eave} {ridge}");
}

#[test]
fn crowns_over_a_corner_and_chimneys_do_not_bend_the_roof() {
    let outline = rectangle(14.0, 9.0);
    let truth = |y: f64| 15.0 + 0.7 * (4.5 - (y - 4.5).abs());
    let mut rng = Rng::new(9);
    let crown: Vec<f64> = (0..20_000).map(|_| rng.range(0.5, 5.0)).collect();
    let mut next = std::cell::Cell::new(0);
    let (house, points) = scanned(&outline, 12.0, 5, |x, y| {
        let z = truth(y);
        if (x - 13.0).hypot(y - 1.0) < 3.0 {
            next.set(next.get() + 1);
            return Some(z + crown[next.get()]);
        }
        Some(if (x - 4.0).abs() < 0.4 && (y - 4.5).abs() < 0.4 { z + 1.4 } else { z })
    });
    next.get_mut();
    let roof = measured(&house, &points).unwrap();
    assert_eq!(roof.planes.len(), 2);
    assert!(off(&roof, &outline, |_, y| truth(y)) < 0.05);
}

#[test]
fn a_missing_strip_is_bridged_and_a_missing_half_is_not() {
    let outline = rectangle(16.0, 10.0);
    let truth = |y: f64| 15.0 + 0.5 * (5.0 - (y - 5.0).abs());
    let (house, points) = scanned(&outline, 8.0, 6, |x, y| (!(6.0..9.0).contains(&x)).then(|| truth(y)));
    let roof = measured(&house, &points).unwrap();
    assert!(roof.planes.len() == 2 && off(&roof, &outline, |_, y| truth(y)) < 0.05);
    let (house, points) = scanned(&outline, 8.0, 6, |x, y| (x < 8.0).then(|| truth(y)));
    assert!(matches!(measured(&house, &points), Err(Refusal::Gaps(share)) if (0.4..0.6).contains(&share)));
}

#[test]
fn what_points_do_not_show_is_refused() {
    let outline = rectangle(16.0, 10.0);
    let (house, points) = scanned(&outline, 0.3, 7, |_, _| Some(15.0));
    assert!(matches!(measured(&house, &points), Err(Refusal::Few(_))));
    let mut rng = Rng::new(8);
    let crown: Vec<f64> = (0..20_000).map(|_| rng.range(0.0, 6.0)).collect();
    let next = std::cell::Cell::new(0);
    let (house, points) = scanned(&outline, 8.0, 7, |_, _| {
        next.set(next.get() + 1);
        Some(15.0 + crown[next.get()])
    });
    assert!(matches!(measured(&house, &points), Err(Refusal::Scattered(..))));
    assert!(matches!(measured(&house, &[]), Err(Refusal::Few(_))));
    assert!(matches!(measured(&house, &[[f64::NAN; 3]; 500]), Err(Refusal::Few(_))));
}

#[test]
fn a_measured_roof_is_drawn_and_says_so() {
    let outline = rectangle(12.0, 8.0);
    let (mut house, points) = scanned(&outline, 10.0, 1, |_, y| Some(15.0 + 0.6 * (4.0 - (y - 4.0).abs())));
    house.measured = Some(measured(&house, &points).unwrap());
    let shown = drawn(&house, &RoofOptions::default());
    assert_eq!((shown.roof, shown.method), (RoofKind::Measured, RoofMethod::Points));
    assert!((shown.ridge_m.unwrap() - 7.4).abs() < 0.1 && shown.residual_m.unwrap() < 0.06);
    laws(&shown.mesh, &house.footprint);
    // A roof below its own ground is of something else: the stated heights draw it then.
    house.ground_m = 30.0;
    house.height_origin = HeightOrigin::Source;
    let shown = drawn(&house, &RoofOptions::default());
    assert_eq!((shown.method, shown.residual_m), (RoofMethod::Flat, None));
    assert!(building_surface(&house, &RoofOptions::default()).is_closed());
}

#[test]
fn surfaces_of_the_source_go_before_points() {
    let outline = rectangle(12.0, 8.0);
    let (mut house, points) = scanned(&outline, 10.0, 1, |_, y| Some(15.0 + 0.6 * (4.0 - (y - 4.0).abs())));
    let own = building_surface(&house, &RoofOptions::default());
    house.measured = Some(measured(&house, &points).unwrap());
    let faces = own.triangles.iter().map(|(corners, surface)| SurveyedFace { surface: *surface, rings: vec![corners.to_vec()] }).collect();
    house.surveyed = Some(Surveyed { faces, lod: 2.0, closed: true });
    let shown = drawn(&house, &RoofOptions::default());
    assert_eq!((shown.roof, shown.method, shown.residual_m), (RoofKind::Surveyed, RoofMethod::Surfaces, None));
    assert_eq!(shown.mesh.highest_roof_m(), own.highest_roof_m());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever lies over whatever outline: a closed roof over the whole of it or a refusal, and the same for any order of the points.
    #[test]
    fn any_points_give_a_sound_roof_or_none(
        outline in proptest::collection::vec((4.0_f64..14.0, 0.15_f64..1.0), 4..14),
        planes in proptest::collection::vec((-0.8_f64..0.8, -0.8_f64..0.8, 12.0_f64..20.0), 1..5),
        steps in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let whole: f64 = outline.iter().map(|(_, turn)| turn).sum();
        let mut angle = 0.0;
        let star: Vec<[f64; 2]> = outline.iter().map(|(radius, turn)| {
            angle += turn / whole * std::f64::consts::TAU;
            [radius * angle.cos(), radius * angle.sin()]
        }).collect();
        let (house, mut points) = scanned(&star, 6.0, seed, |x, y| {
            let at = planes.iter().map(|(east, north, z)| east * x + north * y + z);
            Some(if steps {
                let number = (((x + 14.0) / 7.0) as usize + ((y + 14.0) / 9.0) as usize) % planes.len();
                planes[number].2
            } else {
                at.fold(f64::INFINITY, f64::min)
            })
        });
        if let Ok(roof) = measured(&house, &points) {
            let (eave, _) = roof.eave_and_ridge_m().unwrap();
            laws(&roof.mesh(eave - 2.0).unwrap(), &house.footprint);
            points.reverse();
            prop_assert_eq!(&measured(&house, &points).unwrap(), &roof);
        }
    }
}
