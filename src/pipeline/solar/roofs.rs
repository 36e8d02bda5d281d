//! Every roof of a territory package: planes, modules, shade, a year of power.
//!
//! The finest tiles of buildings and terrain are laid into the local frame of the territory's origin (x east, y *true* north), so no grid convergence is left to apply.
//! All roofs are shaded by one sweep over a grid of the surface; a single building by exact rays through the triangles around it.
//! Generated trees (drawn, not surveyed) hide nothing; surveyed ones are porous, by season.
//! One bad building is a finding, never the end.

use super::surface::Surface;
use super::tiles::{self, Leaf};
use crate::base::{Finding, Nature, Report, Severity};
use crate::energy::layout::{Layout, ModuleKind, lay};
use crate::energy::pv::System;
use crate::energy::roof::{self, RoofPlane};
use crate::energy::shading::bvh::Bvh;
use crate::energy::shading::march::{Steps, horizon_tan};
use crate::energy::shading::sweep::{SweepOptions, horizon_of};
use crate::energy::shading::{Foliage, Visibility};
use crate::energy::transposition::Plane;
use crate::energy::weather::SkyHour;
use crate::energy::yields::{PlaneView, Sureness, produce_shaded};
use crate::formats::territory::{LayerKind, Manifest};
use crate::geodesy::{EnuFrame, LonLatH};
use crate::pipeline::Progress;
use glam::{DMat4, DVec3};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Directions of a horizon.
pub const AZIMUTHS: usize = 72;
/// Points of a plane that look around.
const SAMPLES: usize = 16;
/// Above its plane, so that it does not hide itself, metres.
const ABOVE_M: f64 = 0.05;
/// Triangles farther than this from a single building are left to the horizon of the terrain, metres.
const NEAR_M: f64 = 600.0;

/// Fine cells reach so far beyond the outermost building, metres.
const AROUND_M: f64 = 60.0;
/// Cells of the land beyond, metres, and most of them.
const FAR_CELL_M: f64 = 25.0;
const FAR_MOST_CELLS: usize = 4_000_000;
/// Land farther than this is below any roof's horizon that matters, metres.
const FAR_M: f64 = 50_000.0;

/// What is asked.
#[derive(Clone, Debug)]
pub struct RoofOptions {
    /// Id of one building; all without.
    pub building: Option<String>,
    /// Cell of the surface, metres; larger where the territory would need too many.
    pub cell_m: f64,
    /// Most cells of the surface.
    pub most_cells: usize,
    pub module: ModuleKind,
    /// For 1 kWp.
    pub system: System,
    pub foliage: Foliage,
    pub sureness: Sureness,
}

/// One plane's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Roof {
    pub building: String,
    /// From 0, the largest of its building first.
    pub plane: usize,
    pub area_m2: f64,
    pub usable_m2: f64,
    pub tilt: f64,
    pub azimuth: f64,
    /// The plane's highest point above the lowest one of its building, where its walls meet the ground.
    pub ridge_m: f64,
    pub modules: usize,
    pub kwp: f64,
    pub kwh_year: f64,
    /// Reached in nine years of ten.
    pub kwh_year_p90: f64,
    pub kwh_month: [f64; 12],
    /// Share of the unshaded year that shade takes.
    pub shading_loss: f64,
    /// Share of the sky's dome that the plane sees, its own tilt included.
    pub sky_view: f64,
    /// Light on the plane, shade included, kWh/m² a year.
    pub poa_kwh_m2: f64,
}

/// All planes with what was found on the way.
#[derive(Clone, Debug, Default)]
pub struct Roofs {
    pub roofs: Vec<Roof>,
    pub buildings: usize,
    /// Surveyed trees took part.
    pub trees: bool,
    /// Cell of the surface; `None` when rays were used.
    pub cell_m: Option<f64>,
    pub report: Report,
}

/// What a territory holds that can hide the sun.
struct Scene {
    /// Triangles by building id, in the order of the ids.
    buildings: BTreeMap<String, Vec<[[f64; 3]; 3]>>,
    ground: Vec<[[f64; 3]; 3]>,
    trees: Vec<[[f64; 3]; 3]>,
}

/// Computes the roofs of a territory.
///
/// # Errors
/// A finding when nothing can be computed: no buildings, no such building.
pub fn roofs(
    folder: &Path,
    manifest: &Manifest,
    hours: &[SkyHour],
    step_h: f64,
    options: &RoofOptions,
    progress: &dyn Progress,
) -> Result<Roofs, Finding> {
    let mut out = Roofs::default();
    let scene = scene(folder, manifest, &mut out.report, progress);
    let wanted: Vec<(&String, &Vec<[[f64; 3]; 3]>)> = match &options.building {
        Some(id) => scene.buildings.get_key_value(id).into_iter().collect(),
        None => scene.buildings.iter().collect(),
    };
    if wanted.is_empty() {
        let value = options.building.clone().unwrap_or_default();
        let code = if options.building.is_some() {
            "solar-building-unknown"
        } else {
            "solar-no-buildings"
        };
        return Err(Finding::new(code, Severity::Error, folder.display().to_string()).value(value));
    }
    out.buildings = wanted.len();
    out.trees = !scene.trees.is_empty();
    let planes: Vec<(&String, usize, RoofPlane)> = wanted
        .iter()
        .flat_map(|(id, triangles)| {
            let planes = roof::planes(triangles);
            if planes.is_empty() {
                out.report.push(
                    Finding::new(
                        "solar-roof-none",
                        Severity::Warning,
                        folder.display().to_string(),
                    )
                    .object((*id).clone())
                    .value(triangles.len()),
                );
            }
            planes
                .into_iter()
                .enumerate()
                .map(move |(number, plane)| (*id, number, plane))
        })
        .collect();
    let views = if options.building.is_some() {
        by_rays(&scene, &planes, progress)
    } else {
        let (views, cell_m) = by_sweep(&scene, &planes, options, progress);
        out.cell_m = cell_m;
        views
    };
    progress.step("solar-yield", 0, planes.len() as u64);
    let done = std::sync::atomic::AtomicU64::new(0);
    out.roofs = planes
        .par_iter()
        .zip(views.par_iter())
        .filter(|_| !progress.cancelled())
        .map(|((id, number, plane), samples)| {
            let count = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            if count % 64 == 0 || count as usize == planes.len() {
                progress.step("solar-yield", count, planes.len() as u64);
            }
            let corners = scene.buildings.get(*id).into_iter().flatten().flatten();
            let foot_m = corners.map(|[_, _, up]| *up).fold(f64::INFINITY, f64::min);
            let roof = roof(id, *number, plane, samples, hours, step_h, options);
            Roof { ridge_m: roof.ridge_m - foot_m, ..roof }
        })
        .collect();
    Ok(out)
}

fn roof(
    id: &str,
    number: usize,
    plane: &RoofPlane,
    samples: &[Visibility],
    hours: &[SkyHour],
    step_h: f64,
    options: &RoofOptions,
) -> Roof {
    let Layout {
        modules,
        kwp,
        usable_m2,
        ..
    } = lay(plane, &options.module);
    let tilted = Plane::new(plane.tilt, plane.azimuth);
    let view = PlaneView::new(&tilted, samples, options.foliage);
    let shaded = produce_shaded(&options.system, &tilted, &view, hours, step_h, |_| {});
    let open = produce_shaded(
        &options.system,
        &tilted,
        &PlaneView::open(),
        hours,
        step_h,
        |_| {},
    );
    // Files may hold more or less than a year.
    let years = (hours.len() as f64 * step_h / 8766.0).max(1e-9);
    let years = if (0.99..1.01).contains(&years) {
        1.0
    } else {
        years
    };
    let kwh_year = shaded.ac_kwh * kwp / years;
    Roof {
        building: id.to_owned(),
        plane: number,
        area_m2: plane.area_m2,
        usable_m2,
        tilt: plane.tilt,
        azimuth: plane.azimuth,
        ridge_m: plane.ridge_m,
        modules,
        kwp,
        kwh_year,
        kwh_year_p90: options.sureness.p90(kwh_year),
        kwh_month: shaded.month_kwh.map(|kwh| kwh * kwp / years),
        shading_loss: if open.ac_kwh > 0.0 {
            (1.0 - shaded.ac_kwh / open.ac_kwh).clamp(0.0, 1.0)
        } else {
            0.0
        },
        sky_view: view.sky_share() * tilted.sky_view(),
        poa_kwh_m2: shaded.poa_kwh / years,
    }
}

fn by_rays(
    scene: &Scene,
    planes: &[(&String, usize, RoofPlane)],
    progress: &dyn Progress,
) -> Vec<Vec<Visibility>> {
    let centre = planes
        .iter()
        .flat_map(|(_, _, plane)| plane.triangles.iter().flatten())
        .fold(([0.0; 2], 0.0), |(sum, count), p| {
            ([sum[0] + p[0], sum[1] + p[1]], count + 1.0)
        });
    let at = centre.0.map(|x| x / f64::max(centre.1, 1.0));
    let near = |triangle: &&[[f64; 3]; 3]| {
        triangle
            .iter()
            .any(|p| (p[0] - at[0]).hypot(p[1] - at[1]) < NEAR_M)
    };
    let solid = Bvh::new(
        scene
            .buildings
            .values()
            .flatten()
            .chain(&scene.ground)
            .filter(near)
            .copied(),
    );
    let trees = Bvh::new(scene.trees.iter().filter(near).copied());
    let whole = bounds(scene.buildings.values().flatten().chain(&scene.ground));
    let far = far_horizons(
        scene,
        planes,
        whole,
        [
            at[0] - NEAR_M,
            at[1] - NEAR_M,
            at[0] + NEAR_M,
            at[1] + NEAR_M,
        ],
        progress,
    );
    planes
        .par_iter()
        .enumerate()
        .map(|(number, (_, _, plane))| {
            plane
                .samples(SAMPLES, ABOVE_M)
                .into_iter()
                .map(|point| {
                    let mut seen = solid.visibility(point, AZIMUTHS, 1e-3);
                    if let Some(far) = far.get(number) {
                        seen.raise(far);
                    }
                    if trees.is_empty() {
                        return seen;
                    }
                    let tops = trees.visibility(point, AZIMUTHS, 1e-3);
                    seen.with_tree_tops(tops.horizon().iter().copied())
                })
                .collect()
        })
        .collect()
}

/// Horizons of all planes from one grid; a plane too small for a cell of its own looks from the nearest one.
fn by_sweep(
    scene: &Scene,
    planes: &[(&String, usize, RoofPlane)],
    options: &RoofOptions,
    progress: &dyn Progress,
) -> (Vec<Vec<Visibility>>, Option<f64>) {
    let everything = || scene.buildings.values().flatten().chain(&scene.ground);
    let whole = bounds(everything());
    let built = bounds(scene.buildings.values().flatten());
    // Fine cells where buildings stand; the rest of the land is only a horizon.
    let near = [
        (built[0] - AROUND_M).max(whole[0]),
        (built[1] - AROUND_M).max(whole[1]),
        (built[2] + AROUND_M).min(whole[2]),
        (built[3] + AROUND_M).min(whole[3]),
    ];
    let Some(mut surface) = Surface::new(near, options.cell_m, options.most_cells) else {
        return (vec![Vec::new(); planes.len()], None);
    };
    everything().for_each(|triangle| surface.add(triangle));
    let samples = cells_of_planes(&surface, planes);
    let mut cells: Vec<usize> = samples.iter().flatten().copied().collect();
    cells.sort_unstable();
    cells.dedup();
    let solid = horizons(&surface, &cells, "solar-horizon", progress);
    let tops = (!scene.trees.is_empty()).then(|| {
        let mut with_trees = surface.clone();
        scene
            .trees
            .iter()
            .for_each(|triangle| with_trees.add(triangle));
        // The receiver stands on its roof, also where a crown hangs over it.
        horizons(&with_trees, &cells, "solar-trees", progress)
    });
    let row = |table: &[f32], cell: usize| {
        let at = cells.binary_search(&cell).unwrap_or(0) * AZIMUTHS;
        table
            .get(at..at + AZIMUTHS)
            .map(<[f32]>::to_vec)
            .unwrap_or_default()
    };
    let far = far_horizons(scene, planes, whole, near, progress);
    let views = samples
        .iter()
        .zip(far.iter().map(Some).chain(std::iter::repeat(None)))
        .map(|(cells, far)| {
            cells
                .iter()
                .map(|cell| {
                    let mut seen = Visibility::from_horizon(row(&solid, *cell));
                    if let Some(far) = far {
                        seen.raise(far);
                    }
                    match &tops {
                        Some(tops) => seen.with_tree_tops(row(tops, *cell)),
                        None => seen,
                    }
                })
                .collect()
        })
        .collect();
    (views, Some(surface.cell_m()))
}

/// `[west, south, east, north]` of triangles.
fn bounds<'t>(triangles: impl Iterator<Item = &'t [[f64; 3]; 3]>) -> [f64; 4] {
    triangles.flatten().fold(
        [
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ],
        |b, p| {
            [
                b[0].min(p[0]),
                b[1].min(p[1]),
                b[2].max(p[0]),
                b[3].max(p[1]),
            ]
        },
    )
}

/// Horizon of the land beyond the fine cells, plane by plane; empty where there is none.
fn far_horizons(
    scene: &Scene,
    planes: &[(&String, usize, RoofPlane)],
    whole: [f64; 4],
    near: [f64; 4],
    progress: &dyn Progress,
) -> Vec<Visibility> {
    let beyond = (0..4).any(|side| (whole[side] - near[side]).abs() > 2.0 * FAR_CELL_M);
    if !beyond {
        return Vec::new();
    }
    let Some(mut land) = Surface::new(whole, FAR_CELL_M, FAR_MOST_CELLS) else {
        return Vec::new();
    };
    scene.ground.iter().for_each(|triangle| land.add(triangle));
    let Some(grid) = land.grid() else {
        return Vec::new();
    };
    progress.step("solar-far", 0, 1);
    let steps = Steps {
        from_m: 4.0 * land.cell_m(),
        step_m: land.cell_m(),
        to_m: FAR_M,
        curved: true,
        ..Steps::default()
    };
    planes
        .par_iter()
        .map(|(_, _, plane)| {
            let Some(point) = plane.samples(1, ABOVE_M).into_iter().next() else {
                return Visibility::open();
            };
            let from = land.place(point[0], point[1]);
            Visibility::from_horizon((0..AZIMUTHS).map(|number| {
                let tan = horizon_tan(
                    &grid,
                    from,
                    point[2],
                    360.0 * number as f64 / AZIMUTHS as f64,
                    &steps,
                );
                tan.atan().to_degrees() as f32
            }))
        })
        .collect()
}

/// Up to [`SAMPLES`] cells of each plane whose highest surface is the plane itself.
fn cells_of_planes(surface: &Surface, planes: &[(&String, usize, RoofPlane)]) -> Vec<Vec<usize>> {
    planes
        .par_iter()
        .map(|(_, _, plane)| {
            let points = plane.samples(4 * SAMPLES, 0.0);
            let mut cells: Vec<usize> = points
                .iter()
                .filter_map(|p| surface.cell(p[0], p[1]))
                .collect();
            cells.sort_unstable();
            cells.dedup();
            let on_plane = |cell: &usize| {
                let [x, y] = surface.centre(*cell);
                let [p, ..] = plane.triangles.first().copied().unwrap_or_default();
                let n = plane.normal;
                let z = p[2] - (n[0] * (x - p[0]) + n[1] * (y - p[1])) / n[2].max(0.05);
                (f64::from(surface.height(*cell)) - z).abs() < 0.5
            };
            let own: Vec<usize> = cells.iter().copied().filter(on_plane).collect();
            let kept = if own.is_empty() { cells } else { own };
            let step = kept.len().div_ceil(SAMPLES).max(1);
            kept.into_iter().step_by(step).collect()
        })
        .collect()
}

/// Degrees above the horizontal of each cell in each direction, cell by cell.
fn horizons(surface: &Surface, cells: &[usize], stage: &str, progress: &dyn Progress) -> Vec<f32> {
    let Some(grid) = surface.grid() else {
        return vec![0.0; cells.len() * AZIMUTHS];
    };
    let mut wanted = vec![false; grid.heights().len()];
    for cell in cells {
        if let Some(slot) = wanted.get_mut(*cell) {
            *slot = true;
        }
    }
    let done = std::sync::atomic::AtomicU64::new(0);
    let columns: Vec<Vec<f32>> = (0..AZIMUTHS)
        .into_par_iter()
        .map(|number| {
            if progress.cancelled() {
                return vec![0.0; cells.len()];
            }
            let mut out = Vec::new();
            horizon_of(
                &grid,
                360.0 * number as f64 / AZIMUTHS as f64,
                SweepOptions::FAST,
                Some(&wanted),
                &mut out,
            );
            progress.step(
                stage,
                done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1,
                AZIMUTHS as u64,
            );
            cells
                .iter()
                .map(|cell| out.get(*cell).map_or(0.0, |tan| tan.atan().to_degrees()))
                .collect()
        })
        .collect();
    let mut table = vec![0f32; cells.len() * AZIMUTHS];
    for (number, column) in columns.iter().enumerate() {
        for (cell, value) in column.iter().enumerate() {
            if let Some(slot) = table.get_mut(cell * AZIMUTHS + number) {
                *slot = *value;
            }
        }
    }
    table
}

fn scene(
    folder: &Path,
    manifest: &Manifest,
    report: &mut Report,
    progress: &dyn Progress,
) -> Scene {
    let [lon, lat, height] = manifest.origin;
    let frame = EnuFrame::at(LonLatH::new(lon, lat, height));
    let mut scene = Scene {
        buildings: BTreeMap::new(),
        ground: Vec::new(),
        trees: Vec::new(),
    };
    for layer in &manifest.layers {
        let wanted = match layer.kind {
            LayerKind::Buildings | LayerKind::Terrain => true,
            LayerKind::Trees => layer.nature != Nature::Made,
            LayerKind::Water | LayerKind::Networks | LayerKind::Areas | LayerKind::Models => false,
        };
        if !wanted {
            continue;
        }
        let leaves = tiles::leaves(folder, &layer.tileset, report);
        progress.step("solar-read", 0, leaves.len() as u64);
        for (number, leaf) in leaves.iter().enumerate() {
            progress.step("solar-read", number as u64 + 1, leaves.len() as u64);
            match tiles::content(folder, leaf) {
                Ok(content) => take(&mut scene, layer.kind, leaf, &content, &frame),
                Err(finding) => report.push(finding),
            }
        }
    }
    scene
}

/// Sorts a tile's triangles into the scene, in the local frame.
fn take(
    scene: &mut Scene,
    kind: LayerKind,
    leaf: &Leaf,
    content: &crate::formats::gltf::TileContent,
    frame: &EnuFrame,
) {
    for (mesh_number, mesh) in content.meshes.iter().enumerate() {
        let ecef_from_mesh: DMat4 = leaf.ecef_from_tile * mesh.tile_from_mesh;
        let local: Vec<[f64; 3]> = mesh
            .positions
            .iter()
            .map(|p| {
                let at = DVec3::new(p[0].into(), p[1].into(), p[2].into());
                frame
                    .from_ecef(crate::geodesy::Ecef(ecef_from_mesh.transform_point3(at)))
                    .to_array()
            })
            .collect();
        let table = mesh.table.and_then(|number| content.tables.get(number));
        for corner in mesh.indices.chunks_exact(3) {
            let &[a, b, c] = corner else { continue };
            let point = |index: u32| local.get(index as usize).copied();
            let (Some(p), Some(q), Some(r)) = (point(a), point(b), point(c)) else {
                continue;
            };
            let triangle = [p, q, r];
            match kind {
                LayerKind::Buildings => {
                    let feature = mesh.feature_ids.get(a as usize).copied();
                    let id = feature
                        .and_then(|row| table?.text("id", row as usize).map(str::to_owned))
                        // Content of others without our table: a name of its own, so that nothing is lost.
                        .unwrap_or_else(|| {
                            format!("{}#{mesh_number}.{}", leaf.path, feature.unwrap_or(0))
                        });
                    scene.buildings.entry(id).or_default().push(triangle);
                }
                LayerKind::Trees => scene.trees.push(triangle),
                LayerKind::Terrain | LayerKind::Water | LayerKind::Networks | LayerKind::Areas | LayerKind::Models => {
                    scene.ground.push(triangle)
                }
            }
        }
    }
}
