//! Where there is something to show: so that the cost of a territory follows what stands in it, and not its area.

use super::grid::{Grid, TileKey};
use crate::base::Bounds2;
use crate::region::utility::{Conduit, Fixture};
use crate::region::{Area, AreaShape, Building, HeightGrid, NetworkLine, Tree};
use std::collections::HashSet;

/// The most tiles of ground; a territory that wants more gets coarser leaves, and says so.
pub const MOST_GROUND_TILES: usize = 1 << 17;

/// Tiles of this level and coarser are everywhere: 256 of them at most, so that the empty parts of a large territory cost next to nothing.
pub const EVERYWHERE_LEVEL: u32 = 4;

/// Places looked at along all lines together; what is longer is marked at its corners only.
const MOST_STEPS: u64 = 1 << 25;

/// Measured ground is looked through in blocks of so many cells.
const BLOCK_CELLS: usize = 64;

/// The tiles that hold a piece of the data, by level.
#[derive(Clone, Debug, Default)]
pub struct Occupied {
    /// Tiles with objects.
    objects: Vec<HashSet<[u32; 2]>>,
    /// Tiles with measured ground.
    measured: Vec<HashSet<[u32; 2]>>,
    /// Measured ground has nothing finer to show than this level.
    measured_level: u32,
}

/// Marks objects one by one, in whatever order they come.
pub struct OccupiedCount {
    grid: Grid,
    finest: HashSet<[u32; 2]>,
    /// Steps along lines that are still allowed.
    steps: u64,
}

type Place<'a> = &'a dyn Fn([f64; 2]) -> Option<[f64; 2]>;

impl OccupiedCount {
    pub fn over(grid: &Grid) -> Self {
        Self { grid: *grid, finest: HashSet::new(), steps: MOST_STEPS }
    }

    pub fn building(&mut self, building: &Building, place: Place) {
        for polygon in &building.footprint {
            self.walk(polygon.exterior().0.iter().map(|c| [c.x, c.y]), place);
        }
    }

    pub fn line(&mut self, line: &NetworkLine, place: Place) {
        self.walk(line.points.iter().map(|p| [p[0], p[1]]), place);
    }

    pub fn conduit(&mut self, conduit: &Conduit, place: Place) {
        self.walk(conduit.points.iter().copied(), place);
    }

    pub fn fixture(&mut self, fixture: &Fixture, place: Place) {
        self.mark(fixture.at, place);
    }

    pub fn tree(&mut self, tree: &Tree, place: Place) {
        self.mark([tree.x, tree.y], place);
    }

    /// The edges of an area. They count where there is nothing else: under a plan the ground follows what stands on it.
    pub fn area(&mut self, area: &Area, place: Place) {
        match &area.shape {
            AreaShape::Surface(outline) => {
                for polygon in outline {
                    self.walk(polygon.exterior().0.iter().map(|c| [c.x, c.y]), place);
                }
            }
            AreaShape::Lines(lines) => lines.iter().for_each(|line| self.walk(line.iter().copied(), place)),
            AreaShape::Places(places) => places.iter().for_each(|at| self.mark(*at, place)),
        }
    }

    fn mark(&mut self, at: [f64; 2], place: Place) {
        if let Some(at) = place(at) {
            let key = self.grid.tile_at(self.grid.finest, at);
            self.finest.insert([key.x, key.y]);
        }
    }

    /// Points along a line, half a tile apart at most; the ends alone once all steps are used up.
    fn walk(&mut self, points: impl Iterator<Item = [f64; 2]>, place: Place) {
        let step_m = 0.5 * self.grid.tile_side(self.grid.finest);
        let mut last: Option<[f64; 2]> = None;
        for at in points.filter(|at| at.iter().all(|v| v.is_finite())) {
            let from = last.unwrap_or(at);
            let length = (at[0] - from[0]).hypot(at[1] - from[1]);
            let steps = ((length / step_m).ceil() as u64).clamp(1, self.steps.max(1));
            self.steps = self.steps.saturating_sub(steps);
            for step in 1..=steps {
                let share = step as f64 / steps as f64;
                self.mark([from[0] + share * (at[0] - from[0]), from[1] + share * (at[1] - from[1])], place);
            }
            last = Some(at);
        }
    }

    pub fn finish(self, terrain: Option<&HeightGrid>, place: Place) -> Occupied {
        let grid = &self.grid;
        let (mut measured, mut measured_level) = (HashSet::new(), 0);
        if let Some(ground) = terrain {
            measured_level = (0..grid.finest)
                .find(|level| grid.cell(*level) <= ground.cell_m)
                .unwrap_or(grid.finest);
            for rect in known_blocks(ground) {
                let corners = [
                    rect.min,
                    [rect.max[0], rect.min[1]],
                    rect.max,
                    [rect.min[0], rect.max[1]],
                ];
                let placed = Bounds2::of(corners.into_iter().filter_map(place));
                measured.extend(grid.tiles_in(measured_level, &placed).iter().map(|key| [key.x, key.y]));
            }
        }
        Occupied {
            objects: pyramid(self.finest, grid.finest),
            measured: pyramid(measured, measured_level),
            measured_level,
        }
    }
}

impl Occupied {
    /// Whether objects stand in a tile or within one side of it.
    pub fn near_objects(&self, key: TileKey) -> bool {
        let Some(tiles) = self.objects.get(key.level as usize) else {
            return false;
        };
        let around = |at: u32| at.saturating_sub(1)..=at.saturating_add(1);
        around(key.y).any(|y| around(key.x).any(|x| tiles.contains(&[x, y])))
    }

    /// Whether finer tiles would show more of the measured ground.
    pub fn has_finer_ground(&self, key: TileKey) -> bool {
        key.level < self.measured_level
            && self
                .measured
                .get(key.level as usize)
                .is_some_and(|tiles| tiles.contains(&[key.x, key.y]))
    }
}

/// The blocks of a height grid that know at least one height.
fn known_blocks(ground: &HeightGrid) -> impl Iterator<Item = Bounds2> + '_ {
    let blocks = |count: usize| (0..count).step_by(BLOCK_CELLS);
    blocks(ground.rows).flat_map(move |row| {
        blocks(ground.columns).filter_map(move |column| {
            let (rows, columns) = (
                BLOCK_CELLS.min(ground.rows - row),
                BLOCK_CELLS.min(ground.columns - column),
            );
            let known = (row..row + rows).any(|r| {
                ground
                    .values
                    .get(r * ground.columns + column..r * ground.columns + column + columns)
                    .is_some_and(|values| values.iter().any(|v| v.is_finite()))
            });
            let at = |c: f64, r: f64| [ground.origin[0] + c * ground.cell_m, ground.origin[1] - r * ground.cell_m];
            known.then(|| {
                Bounds2::of([
                    at(column as f64 - 0.5, row as f64 - 0.5),
                    at((column + columns) as f64 - 0.5, (row + rows) as f64 - 0.5),
                ])
            })
        })
    })
}

/// The tiles of a level and all those above them, coarsest level first.
fn pyramid(finest: HashSet<[u32; 2]>, level: u32) -> Vec<HashSet<[u32; 2]>> {
    let mut levels = vec![finest];
    for _ in 0..level {
        let above = levels
            .last()
            .map(|tiles| tiles.iter().map(|[x, y]| [x / 2, y / 2]).collect())
            .unwrap_or_default();
        levels.push(above);
    }
    levels.reverse();
    levels
}
