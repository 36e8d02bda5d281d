//! Speed of sun and shade on this machine, one `name value` a line; accuracy stands before every time.
//!
//! `peers.py` beside it makes the surface, runs this, pvlib and GRASS r.horizon on the same inputs, and prints ratios.
//! Arguments: a file of f32 heights (rows from the north), its columns and rows, a folder for the horizons; all optional.

mod felled;

use jumeau::energy::prepared::PreparedYear;
use jumeau::energy::production::produce;
use jumeau::energy::pv::System;
use jumeau::energy::shading::march::{Steps, horizon_tan};
use jumeau::energy::shading::sweep::{SweepOptions, horizon};
use jumeau::energy::shading::{Foliage, HeightGrid, Visibility};
use jumeau::energy::transposition::{Plane, SkyModel};
use jumeau::energy::weather::{Site, Turbidity, clear_year};
use jumeau::energy::yields::{PlaneView, produce_shaded};
use std::time::Instant;

/// Runs of each measurement; the best counts.
const RUNS: usize = 3;

fn best<T>(mut run: impl FnMut() -> T) -> (f64, Option<T>) {
    let (mut seconds, mut result) = (f64::INFINITY, None);
    for _ in 0..RUNS {
        let start = Instant::now();
        result = Some(run());
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    (seconds, result)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    felled::felled();
    planes();
    shaded();
    if let [file, columns, rows, folder] = arguments.as_slice() {
        let heights: Vec<f32> = std::fs::read(file).unwrap_or_default().chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
        let (columns, rows) = (columns.parse().unwrap_or(0), rows.parse().unwrap_or(0));
        if let Some(grid) = HeightGrid::new(columns, rows, 1.0, heights) {
            surface(&grid, folder);
        }
    }
    square_kilometre();
}

/// Years of unshaded planes, as the plain chain and as a prepared year gives them.
fn planes() {
    let site = Site { lat: 48.1173, lon: -1.6778, elevation_m: 40.0 };
    let hours = clear_year(&site, 2025, &Turbidity::Constant(3.0)).unwrap_or_default();
    const PLANES: usize = 500;
    for model in [SkyModel::HayDavies, SkyModel::Perez] {
        let system = System { model, ..System::default() };
        let plane = |n: usize| Plane::new(30.0, 180.0 + n as f64 / 100.0);
        let plain: f64 = (0..100).map(|n| produce(&system, &plane(n), &hours, 1.0).ac_kwh).sum();
        let year = PreparedYear::new(&system, &hours, 1.0);
        let ready: f64 = (0..100).map(|n| year.produce(&plane(n), &PlaneView::open(), |_, _| {}).0.ac_kwh).sum();
        println!("prepared_differs_by {} {:.1e}", model.name(), (ready / plain - 1.0).abs());
        println!("mean_ac_kwh {} {:.9}", model.name(), ready / 100.0);
        let (seconds, _) = best(|| {
            // Preparing counts: a peer computes its sky too.
            let year = PreparedYear::new(&system, &hours, 1.0);
            (0..PLANES).map(|n| year.produce(&plane(n), &PlaneView::open(), |_, _| {}).0.ac_kwh).sum::<f64>()
        });
        println!("plane_years_per_s {} {:.0}", model.name(), PLANES as f64 / seconds);
    }
}

/// Years of shaded roofs with 200 samples of 72 directions each.
fn shaded() {
    let site = Site { lat: 48.1173, lon: -1.6778, elevation_m: 40.0 };
    let hours = clear_year(&site, 2025, &Turbidity::Constant(3.0)).unwrap_or_default();
    let system = System { model: SkyModel::HayDavies, ..System::default() };
    let year = PreparedYear::new(&system, &hours, 1.0);
    for samples in [16, 200] {
        let views: Vec<Visibility> = (0..samples).map(|n| Visibility::from_horizon((0..72).map(move |azimuth| ((azimuth * 7 + n * 13) % 30) as f32))).collect();
        let plane = Plane::new(30.0, 200.0);
        let view = PlaneView::new(&plane, &views, Foliage::default());
        let plain = produce_shaded(&system, &plane, &view, &hours, 1.0, |_| {}).ac_kwh;
        let (ready, _) = year.produce(&plane, &view, |_, _| {});
        println!("shaded_differs_by {:.1e}", (ready.ac_kwh / plain - 1.0).abs());
        const PLANES: usize = 200;
        let (seconds, _) = best(|| {
            (0..PLANES)
                .map(|n| {
                    let plane = Plane::new(30.0, 180.0 + n as f64 / 100.0);
                    let view = PlaneView::new(&plane, &views, Foliage::default());
                    year.produce(&plane, &view, |_, _| {}).0.ac_kwh
                })
                .sum::<f64>()
        });
        println!("shaded_roofs_per_s {samples}_samples {:.0}", PLANES as f64 / seconds);
    }
}

/// Horizons of a surface: agreement with brute force at some thousand cells, then the time of 36 directions.
fn surface(grid: &HeightGrid, folder: &str) {
    let cells = grid.heights().len();
    for (name, options) in [("fast", SweepOptions::FAST), ("default", SweepOptions::default())] {
        let (mut good, mut looked) = (0_usize, 0_usize);
        for azimuth in [20.0, 73.0, 135.0, 200.0, 310.0] {
            let mut out = Vec::new();
            horizon(grid, azimuth, options, &mut out);
            for cell in (0..cells).step_by(89) {
                let (column, row) = (cell % grid.columns(), cell / grid.columns());
                let steps = Steps::default();
                let truth = horizon_tan(grid, [column as f64, row as f64], f64::from(grid.at(column, row)), azimuth, &steps).max(0.0);
                let ours = f64::from(out.get(cell).copied().unwrap_or(0.0)).max(0.0);
                looked += 1;
                good += usize::from((truth.atan() - ours.atan()).to_degrees().abs() < 1.0);
            }
        }
        println!("sweep_within_a_degree {name} {:.4}", good as f64 / looked as f64);
        let mut out = Vec::new();
        let (seconds, _) = best(|| (0..36).for_each(|number| horizon(grid, f64::from(number) * 10.0, options, &mut out)));
        println!("sweep_36_s {name} {seconds:.4}");
        println!("sweep_mcell_directions_per_s {name} {:.2}", 36.0 * cells as f64 / seconds / 1e6);
    }
    for azimuth in [0_u32, 70, 140, 250] {
        let mut out = Vec::new();
        horizon(grid, f64::from(azimuth), SweepOptions::FAST, &mut out);
        let bytes: Vec<u8> = out.iter().flat_map(|tan| tan.to_le_bytes()).collect();
        let _ = std::fs::write(format!("{folder}/horizon-{azimuth}.f32"), bytes);
    }
}

/// One square kilometre at half a metre, 72 directions, on two threads.
fn square_kilometre() {
    const N: usize = 2000;
    let heights: Vec<f32> = (0..N * N)
        .map(|at| {
            let (x, y) = ((at % N) as f32 * 0.5, (at / N) as f32 * 0.5);
            let ground = 60.0 + 8.0 * (x / 180.0).sin() + 6.0 * (y / 230.0).cos();
            let (u, v) = (x % 36.0, y % 30.0);
            // Gabled houses of 12 m × 10 m.
            ground + if u < 12.0 && v < 10.0 { 5.0 + 3.0 * (1.0 - (v - 5.0).abs() / 5.0) } else { 0.0 }
        })
        .collect();
    let Some(grid) = HeightGrid::new(N, N, 0.5, heights) else { return };
    let run = |wanted: Option<&[bool]>| {
        let start = Instant::now();
        std::thread::scope(|scope| {
            for half in 0..2 {
                let grid = &grid;
                scope.spawn(move || {
                    let mut out = Vec::new();
                    for number in (half..72).step_by(2) {
                        jumeau::energy::shading::sweep::horizon_of(grid, f64::from(number) * 5.0, SweepOptions::FAST, wanted, &mut out);
                    }
                });
            }
        });
        start.elapsed().as_secs_f64()
    };
    println!("square_kilometre_72_all_cells_s {:.2}", run(None));
    let roofs: Vec<bool> = (0..N * N).map(|at| ((at % N) as f32 * 0.5) % 36.0 < 12.0 && ((at / N) as f32 * 0.5) % 30.0 < 10.0).collect();
    println!("square_kilometre_72_roof_cells_s {:.2}", run(Some(&roofs)));
}
