//! What the planes of roofs see: by one sweep over a grid for whole blocks of a territory, by exact rays for a single building.
//!
//! A territory is cut into blocks whose fine grid fits into memory, each with a margin; beyond the margin a coarser grid of the whole town counts, and beyond the town the land, as far as 50 km.

use super::roofs::RoofOptions;
use super::scene::{Scene, bounds};
use super::surface::Surface;
use crate::energy::roof::RoofPlane;
use crate::energy::shading::Visibility;
use crate::energy::shading::bvh::Bvh;
use crate::energy::shading::march::{Heights, Steps, horizon_tan};
use crate::energy::shading::sweep::{SweepOptions, horizon_of};
use crate::pipeline::Progress;
use rayon::prelude::*;

/// Directions of a horizon.
pub const AZIMUTHS: usize = 72;
/// Points of a plane that look around: at least, at most, and one for so many m².
const SAMPLES: [usize; 2] = [16, 200];
const SAMPLE_M2: f64 = 4.0;
/// Above its plane, so that it does not hide itself, metres.
pub const ABOVE_M: f64 = 0.05;
/// Triangles farther than this from a single building are left to the horizon of the terrain, metres.
pub const NEAR_M: f64 = 600.0;
/// Fine cells reach so far beyond the outermost building, metres.
const AROUND_M: f64 = 60.0;
/// And so far beyond a block's own buildings.
const REACH_M: f64 = 300.0;
/// Cells of the town beyond a block, metres, most of them, and how far it counts: 30 m of building are half a degree there.
const TOWN_CELL_M: f64 = 4.0;
const TOWN_MOST_CELLS: usize = 16_000_000;
const TOWN_M: f64 = 3_000.0;
/// Cells of the land beyond, metres, and most of them.
const FAR_CELL_M: f64 = 25.0;
const FAR_MOST_CELLS: usize = 4_000_000;
/// Land farther than this is below any roof's horizon that matters, metres.
const FAR_M: f64 = 50_000.0;

/// A plane of a building.
#[derive(Clone, Debug)]
pub struct Placed<'s> {
    pub building: &'s str,
    /// From 0, the largest of its building first.
    pub number: usize,
    pub plane: RoofPlane,
}

impl Placed<'_> {
    fn samples(&self) -> usize {
        samples_of(&self.plane)
    }
}

/// Points of a plane that look around.
pub fn samples_of(plane: &RoofPlane) -> usize {
    ((plane.area_m2 / SAMPLE_M2) as usize).clamp(SAMPLES[0], SAMPLES[1])
}

/// Squares of land that are worked on one after the other.
#[derive(Clone, Debug)]
pub struct Blocks {
    west: f64,
    south: f64,
    side_m: f64,
    columns: usize,
    rows: usize,
}

impl Blocks {
    /// One block where the whole fits into the cells allowed, otherwise squares that do.
    pub fn new(built: [f64; 4], options: &RoofOptions) -> Self {
        let [west, south, east, north] = built;
        let (width, height) = ((east - west).max(0.0), (north - south).max(0.0));
        let cells = |metres: f64| (metres + 2.0 * AROUND_M) / options.cell_m;
        if !(cells(width) * cells(height)).is_finite() || cells(width) * cells(height) <= options.most_cells as f64 {
            return Self { west, south, side_m: width.max(height).max(1.0) + 1.0, columns: 1, rows: 1 };
        }
        let side_m = ((options.most_cells as f64).sqrt() * options.cell_m - 2.0 * REACH_M).max(2.0 * REACH_M);
        let count = |metres: f64| ((metres / side_m) as usize + 1).min(MOST_BLOCKS_ACROSS);
        Self { west, south, side_m, columns: count(width), rows: count(height) }
    }

    pub fn count(&self) -> usize {
        self.columns * self.rows
    }

    /// The block of a place; places outside belong to the nearest.
    pub fn of(&self, at: [f64; 2]) -> usize {
        let along = |x: f64, from: f64, count: usize| (((x - from) / self.side_m).max(0.0) as usize).min(count.saturating_sub(1));
        along(at[1], self.south, self.rows) * self.columns + along(at[0], self.west, self.columns)
    }

    /// `[west, south, east, north]` of a block with its margin.
    fn near(&self, number: usize) -> [f64; 4] {
        let (column, row) = (number % self.columns.max(1), number / self.columns.max(1));
        let west = self.west + column as f64 * self.side_m;
        let south = self.south + row as f64 * self.side_m;
        [west - REACH_M, south - REACH_M, west + self.side_m + REACH_M, south + self.side_m + REACH_M]
    }
}

/// 300 km of blocks of a kilometre.
const MOST_BLOCKS_ACROSS: usize = 300;

/// What lies beyond the fine cells.
pub struct Beyond {
    town: Option<Surface>,
    land: Option<Surface>,
}

impl Beyond {
    /// The grids of a whole territory that `blocks` cut up.
    pub fn new(scene: &Scene, blocks: &Blocks) -> Self {
        let whole = bounds(scene.solid());
        let town = (blocks.count() > 1).then(|| Surface::new(bounds(scene.built()), TOWN_CELL_M, TOWN_MOST_CELLS)).flatten();
        Self {
            town: town.map(|mut town| {
                scene.solid().for_each(|triangle| town.add(triangle));
                town
            }),
            land: land(scene, whole, fine_bounds(scene, whole)),
        }
    }
}

/// Where fine cells lie: round all buildings.
fn fine_bounds(scene: &Scene, whole: [f64; 4]) -> [f64; 4] {
    let built = bounds(scene.built());
    inside([built[0] - AROUND_M, built[1] - AROUND_M, built[2] + AROUND_M, built[3] + AROUND_M], whole)
}

fn inside(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])]
}

/// The land, where there is more of it than the fine cells show.
fn land(scene: &Scene, whole: [f64; 4], near: [f64; 4]) -> Option<Surface> {
    let beyond = (0..4).any(|side| (whole[side] - near[side]).abs() > 2.0 * FAR_CELL_M);
    if !beyond {
        return None;
    }
    let mut land = Surface::new(whole, FAR_CELL_M, FAR_MOST_CELLS)?;
    scene.ground.iter().for_each(|triangle| land.add(triangle));
    Some(land)
}

/// Views of one building’s planes by exact rays, with the terrain’s horizon behind.
pub fn by_rays(
    scene: &Scene,
    planes: &[Placed],
    progress: &dyn Progress,
) -> Views {
    let centre = planes
        .iter()
        .flat_map(|placed| placed.plane.triangles.iter().flatten())
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
        scene.solid().filter(near).copied(),
    );
    let trees = Bvh::new(scene.planted().filter(near).copied());
    let whole = bounds(scene.solid());
    let land = land(
        scene,
        whole,
        [
            at[0] - NEAR_M,
            at[1] - NEAR_M,
            at[0] + NEAR_M,
            at[1] + NEAR_M,
        ],
    );
    let far = far_horizons(land.as_ref(), planes, &LAND, progress);
    let views = planes
        .par_iter()
        .enumerate()
        .map(|(number, placed)| {
            placed
                .plane
                .samples(placed.samples(), ABOVE_M)
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
        .collect();
    Views::Traced(views)
}

/// Views of a block’s planes from one grid; a plane too small for a cell of its own looks from the nearest one.
pub fn by_sweep(
    scene: &Scene,
    planes: &[Placed],
    (blocks, block): (&Blocks, usize),
    beyond: &Beyond,
    options: &RoofOptions,
    progress: &dyn Progress,
) -> (Views, Option<f64>) {
    let fine = fine_bounds(scene, bounds(scene.solid()));
    let near = if blocks.count() > 1 { inside(blocks.near(block), fine) } else { fine };
    let Some(mut surface) = Surface::new(near, options.cell_m, options.most_cells) else {
        return (Views::Open, None);
    };
    scene.solid().for_each(|triangle| surface.add(triangle));
    let samples = cells_of_planes(&surface, planes);
    let mut cells: Vec<usize> = samples.iter().flatten().copied().collect();
    cells.sort_unstable();
    cells.dedup();
    let solid = horizons(&surface, &cells, "solar-horizon", progress);
    let tops = (!scene.trees.is_empty()).then(|| {
        let mut with_trees = surface.clone();
        scene.planted().for_each(|triangle| with_trees.add(triangle));
        // The receiver stands on its roof, also where a crown hangs over it.
        horizons(&with_trees, &cells, "solar-trees", progress)
    });
    let far = far_horizons(beyond.land.as_ref(), planes, &LAND, progress);
    let town = far_horizons(beyond.town.as_ref(), planes, &TOWN, progress);
    (Views::Swept(Box::new(Swept { samples, cells, solid, tops, beyond: [far, town] })), Some(surface.cell_m()))
}

/// What the samples of planes see, plane by plane.
pub enum Views {
    Open,
    Traced(Vec<Vec<Visibility>>),
    Swept(Box<Swept>),
}

/// Horizons of all samples in one table: made into [`Visibility`] when their plane's turn comes.
pub struct Swept {
    samples: Vec<Vec<usize>>,
    cells: Vec<usize>,
    /// [`AZIMUTHS`] degrees for each cell.
    solid: Vec<f32>,
    tops: Option<Vec<f32>>,
    beyond: [Vec<Visibility>; 2],
}

impl Views {
    /// Of a plane, by its place in the list; empty is the whole sky.
    pub fn of(&self, number: usize) -> Vec<Visibility> {
        match self {
            Self::Open => Vec::new(),
            Self::Traced(views) => views.get(number).cloned().unwrap_or_default(),
            Self::Swept(swept) => swept.of(number),
        }
    }
}

impl Swept {
    fn of(&self, number: usize) -> Vec<Visibility> {
        let row = |table: &[f32], cell: usize| {
            let at = self.cells.binary_search(&cell).unwrap_or(0) * AZIMUTHS;
            table.get(at..at + AZIMUTHS).map(<[f32]>::to_vec).unwrap_or_default()
        };
        let samples = self.samples.get(number).map(Vec::as_slice).unwrap_or_default();
        samples
            .iter()
            .map(|cell| {
                let mut seen = Visibility::from_horizon(row(&self.solid, *cell));
                self.beyond.iter().filter_map(|beyond| beyond.get(number)).for_each(|beyond| seen.raise(beyond));
                match &self.tops {
                    Some(tops) => seen.with_tree_tops(row(tops, *cell)),
                    None => seen,
                }
            })
            .collect()
    }
}

/// How a ray walks over the land: near things are on finer grids.
const LAND: Steps = Steps { from_m: 100.0, step_m: FAR_CELL_M, to_m: FAR_M, tolerance_m: 1e-3, curved: true, heights: Heights::InFrame };
/// And over the town beyond a block.
const TOWN: Steps = Steps { from_m: REACH_M, step_m: TOWN_CELL_M, to_m: TOWN_M, tolerance_m: 1e-3, curved: true, heights: Heights::InFrame };

/// Horizon of what lies beyond the fine cells, plane by plane; empty where there is nothing.
fn far_horizons(surface: Option<&Surface>, planes: &[Placed], steps: &Steps, progress: &dyn Progress) -> Vec<Visibility> {
    let Some((surface, grid)) = surface.and_then(|surface| Some((surface, surface.grid()?))) else {
        return Vec::new();
    };
    progress.step("solar-far", 0, 1);
    // Cells may have grown beyond what was asked for.
    let cell_m = surface.cell_m();
    let steps = Steps { from_m: steps.from_m.max(4.0 * cell_m), step_m: cell_m, ..*steps };
    // From far away the planes of one building are one place: its largest looks for all.
    let buildings: Vec<&[Placed]> = planes.chunk_by(|a, b| a.building == b.building).collect();
    let seen: Vec<Vec<Visibility>> = buildings
        .par_iter()
        .map(|own| {
            let Some(point) = own.first().and_then(|placed| placed.plane.samples(1, ABOVE_M).into_iter().next()) else {
                return vec![Visibility::open(); own.len()];
            };
            let from = surface.place(point[0], point[1]);
            let horizon = Visibility::from_horizon((0..AZIMUTHS).map(|number| {
                let tan = horizon_tan(&grid, from, point[2], 360.0 * number as f64 / AZIMUTHS as f64, &steps);
                tan.atan().to_degrees() as f32
            }));
            vec![horizon; own.len()]
        })
        .collect();
    seen.concat()
}

/// Some cells of each plane whose highest surface is the plane itself.
fn cells_of_planes(surface: &Surface, planes: &[Placed]) -> Vec<Vec<usize>> {
    planes
        .par_iter()
        .map(|placed| {
            let plane = &placed.plane;
            let points = plane.samples(4 * placed.samples(), 0.0);
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
            let step = kept.len().div_ceil(placed.samples()).max(1);
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
        .map_init(Vec::new, |out, number| {
            if progress.cancelled() {
                return vec![0.0; cells.len()];
            }
            horizon_of(
                &grid,
                360.0 * number as f64 / AZIMUTHS as f64,
                SweepOptions::FAST,
                Some(&wanted),
                out,
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
