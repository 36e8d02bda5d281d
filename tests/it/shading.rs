//! Shading against closed forms and against brute-force marching.

use jumeau::energy::shading::bvh::Bvh;
use jumeau::energy::shading::march::{Heights, Steps, horizon_tan, is_shaded};
use jumeau::energy::shading::sweep::{SweepOptions, horizon, horizon_of};
use jumeau::energy::shading::{BENT_EARTH_M, Foliage, HeightGrid, Visibility, grid_azimuth};
use jumeau::energy::transposition::Plane;
use jumeau::geodesy::{Crs, EnuFrame, LonLatH};
use proptest::prelude::*;

/// A wall along a row of the grid, 20 cells north of the view point in the middle.
fn wall() -> HeightGrid {
    let mut heights = vec![0f32; 401 * 401];
    heights[180 * 401..181 * 401].fill(10.0);
    HeightGrid::new(401, 401, 1.0, heights).unwrap()
}

#[test]
fn a_wall_seen_under_any_azimuth_with_convergence() {
    let grid = wall();
    // Rennes, EPSG:2154; PROJ's sign, negative west of 3° E.
    let crs = Crs::from_epsg(2154).unwrap();
    let convergence = crs.convergence_deg(crs.to_lonlat(352_200.5, 6_789_230.5).unwrap());
    assert!((convergence + 3.3929).abs() < 1e-3, "{convergence}");
    let expected = [
        (75.0, 5.745),
        (60.0, 12.622),
        (45.0, 18.367),
        (30.0, 22.658),
        (15.0, 25.382),
        (0.0, 26.525),
        (345.0, 26.094),
        (330.0, 24.087),
        (315.0, 20.499),
        (300.0, 15.386),
        (285.0, 8.965),
    ];
    let mut out = Vec::new();
    for (azimuth, angle) in expected {
        horizon(
            &grid,
            grid_azimuth(azimuth, convergence),
            SweepOptions::default(),
            &mut out,
        );
        let found = f64::from(out[200 * 401 + 200]).atan().to_degrees();
        assert!(
            (found - angle).abs() <= 0.05,
            "{azimuth}: {found} ≠ {angle}"
        );
        let marched = horizon_tan(
            &grid,
            [200.0, 200.0],
            0.0,
            grid_azimuth(azimuth, convergence),
            &Steps {
                step_m: 0.001,
                ..Steps::default()
            },
        )
        .atan()
        .to_degrees();
        assert!(
            (marched - angle).abs() <= 0.05,
            "{azimuth}: {marched} ≠ {angle}"
        );
    }
    // The wrong sign must be seen.
    horizon(
        &grid,
        grid_azimuth(75.0, -convergence),
        SweepOptions::default(),
        &mut out,
    );
    assert!((f64::from(out[200 * 401 + 200]).atan().to_degrees() - 5.745).abs() > 2.0);
}

/// Horizon of every 1° from a grid cell.
fn seen(grid: &HeightGrid, at: usize) -> Visibility {
    let mut out = Vec::new();
    Visibility::from_horizon((0..360).map(|azimuth| {
        horizon(grid, f64::from(azimuth), SweepOptions::FAST, &mut out);
        out[at].atan().to_degrees()
    }))
}

#[test]
fn sky_view_factors_have_their_closed_forms() {
    // An infinite wall of 10 m at 20 m, a street between two, a basin whose rim stands under the same angle all round.
    let rise = |azimuth: f64| (0.5 * azimuth.to_radians().cos()).atan().to_degrees() as f32;
    let h = 0.5f64.atan();
    let of = |horizon: &dyn Fn(f64) -> f32| {
        Visibility::from_horizon((0..720).map(|n| horizon(f64::from(n) / 2.0))).sky_view()
    };
    assert!((of(&rise) - (1.0 + h.cos()) / 2.0).abs() < 1e-4);
    assert!((of(&|a| rise(a).max(rise(a + 180.0))) - h.cos()).abs() < 1e-4);
    assert!((of(&|_| h.to_degrees() as f32) - h.cos().powi(2)).abs() < 1e-6);
    assert_eq!(Visibility::open().sky_view(), 1.0);
    // The same from surfaces: the wall of the grid is 401 m long, the basin a bowl in a plain.
    let wall = seen(&wall(), 200 * 401 + 200).sky_view();
    assert!((wall - 0.947214).abs() < 3e-3, "{wall}");
    let bowl: Vec<f32> = (0..201 * 201)
        .map(|i| {
            let (x, y) = (f64::from(i % 201 - 100), f64::from(i / 201 - 100));
            if x.hypot(y) >= 40.0 { 20.0 } else { 0.0 }
        })
        .collect();
    let basin = seen(
        &HeightGrid::new(201, 201, 1.0, bowl).unwrap(),
        100 * 201 + 100,
    )
    .sky_view();
    assert!((basin - 0.8).abs() < 0.01, "{basin}");
}

#[test]
fn a_tilted_plane_in_the_open_sees_all_its_sky() {
    for (tilt, azimuth) in [(0.0, 0.0), (30.0, 180.0), (90.0, 77.0), (120.0, 10.0)] {
        assert!(
            (Visibility::open().sky_share(&Plane::new(tilt, azimuth), 0.0) - 1.0).abs() < 1e-12
        );
    }
    // A wall behind a façade hides nothing of what the façade sees; one in front hides what it hides.
    let behind =
        Visibility::from_horizon((0..72).map(|n| if (18..=54).contains(&n) { 0.0 } else { 60.0 }));
    assert!(behind.sky_share(&Plane::new(90.0, 180.0), 0.0) > 0.98);
    assert!(behind.sky_share(&Plane::new(90.0, 0.0), 0.0) < 0.45);
}

#[test]
fn trees_let_light_through_by_season() {
    let tree = Visibility::from_horizon(vec![5.0; 72]).with_tree_tops(vec![40.0; 72]);
    let foliage = Foliage::default();
    let (summer, winter) = (foliage.transmittance(172), foliage.transmittance(20));
    assert!(summer < winter);
    assert_eq!(tree.transmittance(180.0, 3.0, winter), 0.0);
    assert_eq!(tree.transmittance(180.0, 20.0, winter), winter);
    assert_eq!(tree.transmittance(180.0, 50.0, summer), 1.0);
    let flat = Plane::new(0.0, 180.0);
    assert!(tree.sky_share(&flat, summer) < tree.sky_share(&flat, winter));
    assert!(
        tree.sky_share(&flat, winter)
            < Visibility::from_horizon(vec![5.0; 72]).sky_share(&flat, winter)
    );
}

/// The generator of tests: splitmix64, so that a surface needs no file.
struct Dice(u64);

impl Dice {
    fn next(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        low + (high - low) * ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Rolling ground with gabled houses, after the recipe of the reference (other dice), and which cells are roof.
fn village(n: usize, seed: u64) -> (HeightGrid, Vec<bool>) {
    let mut dice = Dice(seed);
    let mut z: Vec<f64> = (0..n * n)
        .map(|i| 60.0 + 8.0 * ((i % n) as f64 / 180.0).sin() + 6.0 * ((i / n) as f64 / 230.0).cos())
        .collect();
    let mut roof = vec![false; n * n];
    for _ in 0..n * n / 1200 {
        let (cx, cy) = (dice.next(0.0, n as f64), dice.next(0.0, n as f64));
        let (w, d) = (dice.next(6.0, 18.0), dice.next(6.0, 18.0));
        let (h, rh, theta) = (
            dice.next(3.0, 9.0),
            dice.next(0.0, 3.5),
            dice.next(0.0, std::f64::consts::PI),
        );
        let base = z[(cy as usize) * n + cx as usize];
        for row in 0..n {
            for column in 0..n {
                let (x, y) = (column as f64 - cx, row as f64 - cy);
                let (u, v) = (
                    x * theta.cos() + y * theta.sin(),
                    -x * theta.sin() + y * theta.cos(),
                );
                if u.abs() < w / 2.0 && v.abs() < d / 2.0 {
                    let top = base + h + rh * (1.0 - v.abs() / (d / 2.0));
                    let at = row * n + column;
                    if top > z[at] {
                        z[at] = top;
                        roof[at] = true;
                    }
                }
            }
        }
    }
    let heights = z.into_iter().map(|z| z as f32).collect();
    (HeightGrid::new(n, n, 1.0, heights).unwrap(), roof)
}

#[test]
fn the_sweep_agrees_with_brute_force_on_roofs() {
    for options in [SweepOptions::default(), SweepOptions::FAST] {
        let (agreement, bias, cells) = agreement(options);
        println!(
            "{options:?}: {cells} roof cells, agreement {agreement:.3} %, bias {bias:.3} points"
        );
        assert!(agreement >= 99.5, "{agreement} %");
        assert!(bias.abs() <= 0.2, "{bias} points");
    }
}

/// Percent of roof cells whose shadow is that of brute force, bias of the shaded share in points, and how many cells.
fn agreement(options: SweepOptions) -> (f64, f64, usize) {
    const N: usize = 240;
    const MARGIN: usize = 40;
    let mut out = Vec::new();
    let (mut right, mut all, mut bias) = (0usize, 0usize, 0i64);
    for seed in [42, 7] {
        let (grid, roof) = village(N, seed);
        for (altitude, azimuth) in [
            (17.23, 73.85),
            (37.05, 95.45),
            (55.76, 125.38),
            (55.76, 234.62),
            (9.0, 251.0),
            (25.0, 180.0),
        ] {
            let azimuth = grid_azimuth(azimuth, -3.392446);
            horizon(&grid, azimuth, options, &mut out);
            let tan = (altitude as f64).to_radians().tan();
            for row in MARGIN..N - MARGIN {
                for column in MARGIN..N - MARGIN {
                    let at = row * N + column;
                    if !roof[at] {
                        continue;
                    }
                    let truth = is_shaded(
                        &grid,
                        [column as f64, row as f64],
                        f64::from(grid.at(column, row)),
                        azimuth,
                        altitude,
                        &Steps::default(),
                    );
                    let ours = f64::from(out[at]) > tan;
                    right += usize::from(ours == truth);
                    bias += i64::from(ours) - i64::from(truth);
                    all += 1;
                }
            }
        }
    }
    (
        100.0 * right as f64 / all as f64,
        100.0 * bias as f64 / all as f64,
        all,
    )
}

#[test]
fn grids_of_any_shape_with_holes_are_swept_whole_or_in_part() {
    let (mut whole, mut part) = (Vec::new(), Vec::new());
    for (columns, rows) in [(1, 90), (90, 2), (65, 130), (127, 64)] {
        // Hills high up in the mountains.
        let heights: Vec<f32> = (0..columns * rows)
            .map(|at| {
                let (x, y) = ((at % columns) as f64, (at / columns) as f64);
                let hills = 6.0 * (x / 9.0).sin() + 5.0 * (y / 13.0).cos();
                if at % 97 == 50 {
                    f32::NAN
                } else {
                    (1800.0 + hills) as f32
                }
            })
            .collect();
        let grid = HeightGrid::new(columns, rows, 2.0, heights).unwrap();
        let wanted: Vec<bool> = (0..columns * rows).map(|at| at % 7 < 2).collect();
        let (mut right, mut all) = (0, 0);
        for azimuth in [0.0, 31.0, 45.0, 90.0, 122.5, 200.0, 270.0, 301.0] {
            horizon(&grid, azimuth, SweepOptions::FAST, &mut whole);
            horizon_of(&grid, azimuth, SweepOptions::FAST, Some(&wanted), &mut part);
            for at in 0..whole.len() {
                let own = if wanted[at] {
                    whole[at]
                } else {
                    f32::NEG_INFINITY
                };
                assert_eq!(part[at], own);
                let height = f64::from(grid.heights()[at]);
                if height.is_nan() {
                    assert_eq!(whole[at], f32::NEG_INFINITY);
                } else if at % 5 == 0 {
                    let from = [(at % columns) as f64, (at / columns) as f64];
                    let steps = Steps {
                        from_m: 0.5,
                        step_m: 0.5,
                        ..Steps::default()
                    };
                    let truth = horizon_tan(&grid, from, height, azimuth, &steps).max(0.0);
                    let ours = f64::from(whole[at]).max(0.0);
                    right += usize::from((truth.atan() - ours.atan()).to_degrees().abs() < 0.5);
                    all += 1;
                }
            }
        }
        // Where lines leave the grid they know less than a ray: a narrow one is all edge.
        if columns.min(rows) > 2 {
            assert!(
                right * 100 >= 98 * all,
                "{columns} × {rows}: {right} of {all}"
            );
        }
    }
}

#[test]
fn far_mountains_sink_behind_the_earth() {
    // A ridge of 1,000 m at 40 km on cells of 25 m seen from sea level.
    let columns = 1700;
    let mut heights = vec![0f32; columns * 3];
    for row in 0..3 {
        heights[row * columns + 1650] = 1000.0;
    }
    let grid = HeightGrid::new(columns, 3, 25.0, heights).unwrap();
    let distance = 1600.0 * 25.0;
    let mut out = Vec::new();
    horizon(
        &grid,
        90.0,
        SweepOptions {
            curved: true,
            ..SweepOptions::FAST
        },
        &mut out,
    );
    let expected = (1000.0 - distance * distance / (2.0 * BENT_EARTH_M)) / distance;
    assert!(
        (f64::from(out[columns + 50]) - expected).abs() < 1e-6,
        "{} {expected}",
        out[columns + 50]
    );
    horizon(&grid, 90.0, SweepOptions::FAST, &mut out);
    assert!((f64::from(out[columns + 50]) - 1000.0 / distance).abs() < 1e-6);
    let steps = Steps {
        from_m: 25.0,
        step_m: 25.0,
        curved: true,
        ..Steps::default()
    };
    assert!((horizon_tan(&grid, [50.0, 1.0], 0.0, 90.0, &steps) - expected).abs() < 1e-6);
}

/// A mountain of 1,500 m some thirty kilometres off, laid as it lies in the frame of the place: the frame has lowered it by the curve of the earth
/// already, and only the bending of light is left. Beside the truth from straight lines in space, and to what maps' heights say of the same mountain.
#[test]
fn a_mountain_in_the_frame_sinks_once() {
    let (lon, lat) = (-1.55, 47.2);
    let frame = EnuFrame::at(LonLatH::new(lon, lat, 0.0));
    let top = frame.from_ecef(LonLatH::new(lon + 30_000.0 / (111_320.0 * f64::to_radians(lat).cos()), lat, 1500.0).to_ecef());
    let (cell_m, columns) = (25.0, 1300);
    let at = (top.x / cell_m).round() as usize;
    let far_m = at as f64 * cell_m;
    assert!((far_m - top.x).abs() < cell_m && (29_000.0..31_000.0).contains(&far_m) && (1425.0..1435.0).contains(&top.z), "{top}");
    let found = |height_m: f64, heights: Heights| {
        let mut grid = vec![f32::NAN; columns * 3];
        (0..3).for_each(|row| grid[row * columns + at] = height_m as f32);
        // Around the top nothing is known but the same height, so that a step beside it meets it too.
        (0..3).for_each(|row| [at - 1, at + 1].into_iter().for_each(|column| grid[row * columns + column] = height_m as f32));
        let grid = HeightGrid::new(columns, 3, cell_m, grid).unwrap();
        let steps = Steps { from_m: 100.0, step_m: cell_m, to_m: far_m, curved: true, heights, ..Steps::default() };
        horizon_tan(&grid, [0.0, 1.0], 0.0, 90.0, &steps).atan().to_degrees()
    };
    // A straight line in space, and half of what light bends on its way.
    let truth = (top.z / top.x).atan().to_degrees() + (0.13 * top.x / (2.0 * 6_371_000.0)).to_degrees();
    assert!((found(top.z, Heights::InFrame) - truth).abs() < 0.005, "{} {truth}", found(top.z, Heights::InFrame));
    assert!((found(1500.0, Heights::OnEllipsoid) - truth).abs() < 0.005, "{} {truth}", found(1500.0, Heights::OnEllipsoid));
}

#[test]
fn rays_see_the_wall_and_what_hangs_over() {
    // A wall 10 m high, 20 m to the north, very long; a roof of 4 m × 4 m, 3 m overhead.
    let far = 1e5;
    let quad = |a: [f64; 3], b: [f64; 3], c: [f64; 3], d: [f64; 3]| [[a, b, c], [a, c, d]];
    let wall = quad(
        [-far, 20.0, 0.0],
        [far, 20.0, 0.0],
        [far, 20.0, 10.0],
        [-far, 20.0, 10.0],
    );
    let roof = quad(
        [-2.0, -2.0, 3.0],
        [2.0, -2.0, 3.0],
        [2.0, 2.0, 3.0],
        [-2.0, 2.0, 3.0],
    );
    let bvh = Bvh::new(wall.into_iter().chain(roof));
    let seen = bvh.visibility([0.0; 3], 360, 0.01);
    for azimuth in [0.0f64, 30.0, 45.0, 60.0, 75.0, 330.0] {
        let expected = (0.5 * azimuth.to_radians().cos()).atan().to_degrees();
        assert!(
            (seen.horizon_at(azimuth) - expected).abs() < 0.05,
            "{azimuth}: {}",
            seen.horizon_at(azimuth)
        );
    }
    assert!(seen.horizon_at(180.0) < 0.01);
    assert_eq!(seen.transmittance(180.0, 80.0, 0.0), 0.0);
    assert_eq!(seen.transmittance(180.0, 40.0, 0.0), 1.0);
    assert_eq!(seen.transmittance(0.0, 20.0, 0.0), 0.0);
    assert_eq!(seen.transmittance(0.0, 40.0, 0.0), 1.0);
    let only_wall = Bvh::new(wall).visibility([0.0; 3], 360, 0.01).sky_view();
    assert!((only_wall - 0.947214).abs() < 1e-3, "{only_wall}");
    assert!(seen.sky_view() < only_wall - 0.2);
    assert!(Bvh::new([]).is_empty());
    assert_eq!(Bvh::new([]).visibility([0.0; 3], 8, 0.0).sky_view(), 1.0);
}

#[test]
fn grids_that_are_none_are_refused() {
    assert!(HeightGrid::new(0, 5, 1.0, vec![]).is_none());
    assert!(HeightGrid::new(2, 2, 1.0, vec![0.0; 3]).is_none());
    assert!(HeightGrid::new(2, 2, f64::NAN, vec![0.0; 4]).is_none());
    assert!(HeightGrid::new(usize::MAX, 2, 1.0, vec![0.0; 4]).is_none());
    // One cell, holes, any direction: no panic.
    let mut out = Vec::new();
    for (columns, rows) in [(1, 1), (1, 7), (7, 1)] {
        let grid = HeightGrid::new(columns, rows, 1.0, vec![f32::NAN; columns * rows]).unwrap();
        for azimuth in 0..36 {
            horizon(
                &grid,
                f64::from(azimuth) * 10.0,
                SweepOptions::default(),
                &mut out,
            );
            assert!(out.iter().all(|tan| *tan < 0.0), "{out:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn rays_agree_with_every_triangle_in_turn(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let triangles: Vec<[[f64; 3]; 3]> = (0..60)
            .map(|_| {
                let c = [dice.next(-20.0, 20.0), dice.next(-20.0, 20.0), dice.next(0.0, 15.0)];
                [0; 3].map(|_| [c[0] + dice.next(-4.0, 4.0), c[1] + dice.next(-4.0, 4.0), c[2] + dice.next(-4.0, 4.0)])
            })
            .collect();
        let bvh = Bvh::new(triangles.iter().copied());
        for _ in 0..50 {
            let direction = [dice.next(-1.0, 1.0), dice.next(-1.0, 1.0), dice.next(-1.0, 1.0)];
            let plain = triangles.iter().any(|t| Bvh::new([*t]).any_hit([0.0; 3], direction, 0.0, f64::INFINITY));
            prop_assert_eq!(bvh.any_hit([0.0; 3], direction, 0.0, f64::INFINITY), plain);
        }
    }

    #[test]
    fn more_horizon_is_less_sky(low in 0.0f32..40.0, more in 0.0f32..40.0, tilt in 0.0..90.0f64) {
        let plane = Plane::new(tilt, 180.0);
        let (open, closed) = (Visibility::from_horizon(vec![low; 72]), Visibility::from_horizon(vec![low + more; 72]));
        prop_assert!(open.sky_share(&plane, 0.0) >= closed.sky_share(&plane, 0.0) - 1e-12);
    }
}
