//! Trees where the sources have none: "arbres générés", modest, plausible, and marked as made.
//!
//! Three kinds grow: rows along wide streets, loose groups in the open parts of blocks, and thinning woods beyond the last buildings.
//! All are a function of the region and a seed alone.
//! Each place draws from its own random numbers, so that a repaired building moves the trees beside it and no others.
//!
//! Laws, kept by construction (every tree passes [`Ground::is_free`]) and by tests:
//! no tree within [`TreeSettings::from_wall_m`] of a building, on or within [`TreeSettings::from_kerb_m`] of a carriageway, path or track,
//! nor in or within [`TreeSettings::from_bank_m`] of water.

use crate::base::{Bounds2, Rng};
use crate::region::{LineClass, NetworkLine, Region, Tree};
use geo::{LineString, Polygon};
use rstar::primitives::{GeomWithData, Line, Rectangle};
use rstar::{AABB, RTree};
use std::collections::HashMap;

/// What is plausible in a French town; [`Default`] is what the importer uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TreeSettings {
    /// At most so many trees; rows along streets come first.
    pub limit: usize,
    /// Distance of a trunk from walls, metres.
    pub from_wall_m: f64,
    /// Distance of a trunk from the edge of a carriageway, path or track, metres.
    pub from_kerb_m: f64,
    /// Distance of a trunk from the bank, metres.
    pub from_bank_m: f64,
    /// A street is wide when its carriageway has this width …
    pub wide_carriageway_m: f64,
    /// … or when the walls on its two sides stand so far apart.
    pub wide_street_m: f64,
}

impl Default for TreeSettings {
    fn default() -> Self {
        Self {
            limit: 12_000,
            from_wall_m: 2.5,
            from_kerb_m: 1.2,
            from_bank_m: 2.0,
            wide_carriageway_m: 9.0,
            wide_street_m: 20.0,
        }
    }
}

/// Trees of the region's streets and open blocks, with the default settings.
pub fn trees(region: &Region, seed: u64) -> Vec<Tree> {
    trees_with(region, seed, &TreeSettings::default())
}

/// The same with settings.
pub fn trees_with(region: &Region, seed: u64, settings: &TreeSettings) -> Vec<Tree> {
    let ground = Ground::new(region, settings);
    let mut stand = Stand::default();
    let mut rows = Vec::new();
    for line in &region.lines {
        plant_row(line, &ground, seed, settings, &mut stand, &mut rows);
    }
    let mut trees = thin(rows, settings.limit);
    let room = settings.limit - trees.len();
    if room > 0 {
        trees.extend(thin(block_trees(&ground, seed, &mut stand), room));
    }
    let room = settings.limit - trees.len();
    if room > 0 {
        trees.extend(thin(
            rim_trees(&ground, seed, &mut stand),
            room.min(MOST_RIM_TREES),
        ));
    }
    trees
}

/// A tree with its lot in the draw that [`thin`] makes.
type Drawn = (u64, Tree);

/// Keeps at most `room` trees: a fair draw over the whole territory, not the first of it.
fn thin(mut found: Vec<Drawn>, room: usize) -> Vec<Tree> {
    if found.len() > room {
        let mut ranks: Vec<u64> = found.iter().map(|(rank, _)| *rank).collect();
        let (_, &mut limit, _) = ranks.select_nth_unstable(room);
        found.retain(|(rank, _)| *rank < limit);
    }
    found.into_iter().map(|(_, tree)| tree).collect()
}

// --- rows along streets -------------------------------------------------------------------------------------------

/// Nearer than this, two trees of rows would be one crown, metres.
const ROW_APART_M: f64 = 6.0;
/// Share of the wide streets that have trees.
const PLANTED_SHARE: f64 = 0.8;
/// A line longer than this is bad data, metres; the walk along it stays bounded.
const LONGEST_LINE_M: f64 = 50_000.0;

fn plant_row(
    line: &NetworkLine,
    ground: &Ground,
    seed: u64,
    settings: &TreeSettings,
    stand: &mut Stand,
    rows: &mut Vec<Drawn>,
) {
    let class_fits = matches!(
        line.class,
        LineClass::MajorRoad | LineClass::Road | LineClass::MinorRoad
    );
    if !class_fits || line.level != 0 || !(4.0..60.0).contains(&line.width_m) {
        return;
    }
    // A street keeps its habit from one segment to the next: spacing and kind of tree belong to its name.
    let street = line.name.as_deref().unwrap_or(&line.id);
    let mut habit = Rng::new(hash(seed, fnv(street.as_bytes())));
    if habit.unit() > PLANTED_SHARE {
        return;
    }
    let spacing = habit.range(8.0, 12.0);
    let usual_height = habit.range(8.0, 14.0);
    let usual_slimness = habit.range(0.45, 0.62);
    let verge = habit.range(1.6, 2.4).max(settings.from_kerb_m + 0.05);
    let mut rng = Rng::new(hash(seed ^ 0x5EED, fnv(line.id.as_bytes())));

    let mut next = 0.5 * spacing;
    let mut gone = 0.0;
    for pair in line.points.windows(2) {
        let &[a, b] = pair else { continue };
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy);
        if !(length > 1e-6) || gone + length > LONGEST_LINE_M {
            continue;
        }
        let (ux, uy) = (dx / length, dy / length);
        while next <= gone + length {
            let along = next - gone;
            next += spacing;
            let at = [a[0] + ux * along, a[1] + uy * along];
            if !is_wide(at, [-uy, ux], line.width_m, ground, settings) {
                continue;
            }
            for side in [-1.0, 1.0] {
                let off = side * (0.5 * line.width_m + verge);
                let slip = rng.range(-0.5, 0.5);
                let size = rng.range(0.85, 1.12);
                let lost = rng.unit() < 0.06;
                let x = at[0] - uy * off + ux * slip;
                let y = at[1] + ux * off + uy * slip;
                if lost || !ground.is_free([x, y], Margins::row(settings)) {
                    continue;
                }
                let height_m = usual_height * size;
                if stand.claim([x, y], ROW_APART_M) {
                    let wall = ground.wall_within([x, y], 8.0);
                    rows.push((rng.next_u64(), tree([x, y], height_m, usual_slimness, wall)));
                }
            }
        }
        gone += length;
    }
}

/// Wide by its carriageway, or by the room between the walls across it.
fn is_wide(
    at: [f64; 2],
    across: [f64; 2],
    width_m: f64,
    ground: &Ground,
    settings: &TreeSettings,
) -> bool {
    if width_m >= settings.wide_carriageway_m {
        return true;
    }
    // Circles on both sides instead of a ray: a gap between two houses does not make a street wide.
    let need = 0.5 * settings.wide_street_m;
    let side = |sign: f64| {
        let centre = [
            at[0] + sign * across[0] * 0.5 * need,
            at[1] + sign * across[1] * 0.5 * need,
        ];
        ground.wall_within(centre, 0.5 * need).unwrap_or(0.5 * need) + 0.5 * need
    };
    side(1.0) + side(-1.0) >= settings.wide_street_m
}

// --- groups in open blocks ----------------------------------------------------------------------------------------

/// Side of the cells that may hold one tree each, metres.
const CELL_M: f64 = 6.5;
/// More cells than this are not visited: the cells grow instead.
const MOST_CELLS: f64 = 4.0e6;
/// Trees grow so near to houses; beyond, the sources know nothing of the land, metres.
const KNOWN_WITHIN_M: f64 = 70.0;
/// From here on a place counts as wide open, metres to the nearest wall.
const OPEN_M: f64 = 25.0;
const BLOCK_APART_M: f64 = 4.5;

fn block_trees(ground: &Ground, seed: u64, stand: &mut Stand) -> Vec<Drawn> {
    let bounds = ground.built;
    if bounds.is_empty() {
        return Vec::new();
    }
    let [width, height] = bounds.size();
    let cell = CELL_M.max((width * height / MOST_CELLS).sqrt());
    let first = [
        (bounds.min[0] / cell).floor(),
        (bounds.min[1] / cell).floor(),
    ];
    let last = [
        (bounds.max[0] / cell).floor(),
        (bounds.max[1] / cell).floor(),
    ];
    // A strip of no height can still be long: both counts are bounded, not only their product.
    let columns = (last[0] - first[0]).clamp(0.0, MOST_CELLS) as i64;
    let rows = (last[1] - first[1]).clamp(0.0, MOST_CELLS) as i64;
    let mut found = Vec::new();
    for row in 0..=rows {
        for column in 0..=columns {
            let (i, j) = (first[0] as i64 + column, first[1] as i64 + row);
            let mut rng = Rng::new(hash(hash(seed, i as u64), j as u64));
            let at = [
                (i as f64 + rng.unit()) * cell,
                (j as f64 + rng.unit()) * cell,
            ];
            let chance = rng.unit();
            // Groves and clearings: slow noise, with a finer one that frays their edges.
            let grove = 0.7 * noise(seed, at, 55.0) + 0.3 * noise(seed ^ 0xF1E1D, at, 17.0);
            if chance > grove_density(grove) || !bounds.contains(at) {
                continue;
            }
            if !ground.is_free(at, Margins::BLOCK) || !ground.is_known(at) {
                continue;
            }
            let wall = ground.wall_within(at, OPEN_M);
            let open = wall.unwrap_or(OPEN_M) / OPEN_M;
            // In a courtyard one tree or none, in a park many, and the taller the freer.
            if rng.unit() > 0.35 + 0.65 * open {
                continue;
            }
            let height_m =
                (3.5 + 9.0 * open.sqrt() * rng.range(0.55, 1.0) + 3.0 * rng.unit().powi(3))
                    .min(18.0);
            let slimness = rng.range(0.5, 0.8);
            let rank = rng.next_u64();
            if stand.claim(at, BLOCK_APART_M) {
                found.push((rank, tree(at, height_m, slimness, wall)));
            }
        }
    }
    found
}

// --- woods at the rim ---------------------------------------------------------------------------------------------

/// Woods go on so far beyond the last buildings, ever thinner, so that a town cut by the extract does not end like a cake.
const RIM_M: f64 = 380.0;
const RIM_CELL_M: f64 = 8.0;
const MOST_RIM_TREES: usize = 4_000;

fn rim_trees(ground: &Ground, seed: u64, stand: &mut Stand) -> Vec<Drawn> {
    let bounds = ground.built;
    if bounds.is_empty() {
        return Vec::new();
    }
    let outer = bounds.grown(RIM_M);
    let [width, height] = outer.size();
    let cell = RIM_CELL_M.max((width * height / MOST_CELLS).sqrt());
    let cells = |k: usize| {
        let first = (outer.min[k] / cell).floor();
        (
            first as i64,
            ((outer.max[k] / cell).floor() - first).clamp(0.0, MOST_CELLS) as i64,
        )
    };
    let ((first_column, columns), (first_row, rows)) = (cells(0), cells(1));
    let mut found = Vec::new();
    for row in 0..=rows {
        for column in 0..=columns {
            let (i, j) = (first_column + column, first_row + row);
            let mut rng = Rng::new(hash(hash(seed ^ 0x0171, i as u64), j as u64));
            let at = [
                (i as f64 + rng.unit()) * cell,
                (j as f64 + rng.unit()) * cell,
            ];
            let away = (0..2)
                .map(|k| (bounds.min[k] - at[k]).max(at[k] - bounds.max[k]).max(0.0))
                .fold(0.0, f64::hypot);
            if away <= 0.0 || away >= RIM_M {
                continue;
            }
            let wood =
                0.75 * noise(seed ^ 0x300D, at, 140.0) + 0.25 * noise(seed ^ 0xF1E1D, at, 23.0);
            // Woods end one by one, not tree by tree: what the distance takes is the edge of each.
            let edge = 0.40 + 0.34 * away / RIM_M;
            let density = 0.9 * ((wood - edge) / 0.08).clamp(0.0, 1.0);
            if rng.unit() > density || !ground.is_free(at, Margins::BLOCK) {
                continue;
            }
            let height_m = rng.range(6.0, 13.0);
            let slimness = rng.range(0.55, 0.85);
            let rank = rng.next_u64();
            if stand.claim(at, BLOCK_APART_M) {
                found.push((
                    rank,
                    tree(at, height_m, slimness, ground.wall_within(at, OPEN_M)),
                ));
            }
        }
    }
    found
}

/// How many of the cells hold a tree, for a noise value in `[0, 1]`.
fn grove_density(grove: f64) -> f64 {
    let t = ((grove - 0.38) / 0.3).clamp(0.0, 1.0);
    0.04 + 0.72 * t * t * (3.0 - 2.0 * t)
}

/// Smooth value noise in `[0, 1]` with the given wave length.
pub fn noise(seed: u64, at: [f64; 2], wave_m: f64) -> f64 {
    let (x, y) = (at[0] / wave_m, at[1] / wave_m);
    let (i, j) = (x.floor(), y.floor());
    let corner = |di: i64, dj: i64| {
        let key = hash(hash(seed, (i as i64 + di) as u64), (j as i64 + dj) as u64);
        Rng::new(key).unit()
    };
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - i), ease(y - j));
    let low = corner(0, 0) * (1.0 - u) + corner(1, 0) * u;
    let high = corner(0, 1) * (1.0 - u) + corner(1, 1) * u;
    low * (1.0 - v) + high * v
}

/// A tree whose crown stays out of the walls. `slimness` is crown diameter over height.
fn tree(at: [f64; 2], height_m: f64, slimness: f64, wall_m: Option<f64>) -> Tree {
    let widest = wall_m.map_or(f64::INFINITY, |wall| 2.0 * (wall - 0.4));
    let crown_m = (height_m * slimness).min(11.0).min(widest).max(1.6);
    // A crown that is squeezed belongs to a smaller tree.
    let height_m = height_m.min(crown_m * 2.6).max(2.5);
    Tree {
        x: at[0],
        y: at[1],
        height_m,
        crown_m,
        generated: true,
    }
}

// --- where nothing stands in the way ------------------------------------------------------------------------------

/// Distances that a trunk keeps, metres.
#[derive(Clone, Copy)]
struct Margins {
    wall: f64,
    kerb: f64,
    bank: f64,
}

impl Margins {
    const BLOCK: Self = Self {
        wall: 4.0,
        kerb: 2.5,
        bank: 4.0,
    };

    fn row(settings: &TreeSettings) -> Self {
        Self {
            wall: settings.from_wall_m,
            kerb: settings.from_kerb_m,
            bank: settings.from_bank_m,
        }
    }

    /// At least what the settings ask for.
    fn at_least(self, other: Self) -> Self {
        Self {
            wall: self.wall.max(other.wall),
            kerb: self.kerb.max(other.kerb),
            bank: self.bank.max(other.bank),
        }
    }
}

type Boxed = GeomWithData<Rectangle<[f64; 2]>, usize>;
/// A piece of a centre line with half its width.
type Lane = GeomWithData<Line<[f64; 2]>, f64>;

/// Everything a tree must avoid, indexed.
struct Ground<'r> {
    walls: Shapes<'r>,
    water: Shapes<'r>,
    lanes: RTree<Lane>,
    widest_half: f64,
    least: Margins,
    /// Where buildings are.
    built: Bounds2,
}

impl<'r> Ground<'r> {
    fn new(region: &'r Region, settings: &TreeSettings) -> Self {
        let walls = Shapes::new(
            region
                .buildings
                .iter()
                .flat_map(|building| building.footprint.iter()),
        );
        let water = Shapes::new(region.water.iter().map(|area| &area.outline));
        let mut lanes = Vec::new();
        let mut widest_half = 0.0f64;
        // A tunnel does not stand in a tree's way; a bridge does.
        for line in region.lines.iter().filter(|line| line.level >= 0) {
            let half = if line.width_m.is_finite() {
                0.5 * line.width_m.clamp(0.5, 60.0)
            } else {
                0.5
            };
            for pair in line.points.windows(2) {
                let &[[ax, ay, _], [bx, by, _]] = pair else {
                    continue;
                };
                if [ax, ay, bx, by].iter().all(|value| value.is_finite()) {
                    lanes.push(Lane::new(Line::new([ax, ay], [bx, by]), half));
                    widest_half = widest_half.max(half);
                }
            }
        }
        let built = walls.bounds;
        Self {
            walls,
            water,
            lanes: RTree::bulk_load(lanes),
            widest_half,
            least: Margins::row(settings),
            built,
        }
    }

    fn is_free(&self, at: [f64; 2], margins: Margins) -> bool {
        let margins = margins.at_least(self.least);
        at.iter().all(|value| value.is_finite())
            && self.is_off_lanes(at, margins.kerb)
            && self.walls.distance_within(at, margins.wall).is_none()
            && self.water.distance_within(at, margins.bank).is_none()
    }

    fn is_off_lanes(&self, at: [f64; 2], margin: f64) -> bool {
        self.lanes
            .locate_in_envelope_intersecting(&around(at, self.widest_half + margin))
            .all(|lane| {
                let line = lane.geom();
                segment_distance(at, line.from, line.to) >= lane.data + margin
            })
    }

    /// Is there a building near enough for the sources to know this land?
    fn is_known(&self, at: [f64; 2]) -> bool {
        self.walls
            .index
            .locate_in_envelope_intersecting(&around(at, KNOWN_WITHIN_M))
            .next()
            .is_some()
    }

    /// Distance to the nearest wall if it is below `reach`.
    fn wall_within(&self, at: [f64; 2], reach: f64) -> Option<f64> {
        self.walls.distance_within(at, reach)
    }
}

/// Polygons by their boxes.
struct Shapes<'r> {
    polygons: Vec<&'r Polygon<f64>>,
    index: RTree<Boxed>,
    bounds: Bounds2,
}

impl<'r> Shapes<'r> {
    fn new(polygons: impl Iterator<Item = &'r Polygon<f64>>) -> Self {
        let mut kept = Vec::new();
        let mut boxes = Vec::new();
        let mut all = Bounds2::EMPTY;
        for polygon in polygons {
            let finite = polygon
                .exterior()
                .coords()
                .filter(|c| c.x.is_finite() && c.y.is_finite());
            let bounds = Bounds2::of(finite.map(|c| [c.x, c.y]));
            if bounds.is_empty() {
                continue;
            }
            all = all.union(bounds);
            boxes.push(Boxed::new(
                Rectangle::from_corners(bounds.min, bounds.max),
                kept.len(),
            ));
            kept.push(polygon);
        }
        Self {
            polygons: kept,
            index: RTree::bulk_load(boxes),
            bounds: all,
        }
    }

    /// Distance to the nearest polygon (0 inside) if it is below `reach`.
    fn distance_within(&self, at: [f64; 2], reach: f64) -> Option<f64> {
        let mut best = reach;
        for boxed in self
            .index
            .locate_in_envelope_intersecting(&around(at, reach))
        {
            let Some(polygon) = self.polygons.get(boxed.data) else {
                continue;
            };
            best = best.min(polygon_distance(at, polygon));
        }
        (best < reach).then_some(best)
    }
}

fn around(at: [f64; 2], reach: f64) -> AABB<[f64; 2]> {
    AABB::from_corners(
        [at[0] - reach, at[1] - reach],
        [at[0] + reach, at[1] + reach],
    )
}

/// 0 inside, otherwise the distance to the outline.
fn polygon_distance(at: [f64; 2], polygon: &Polygon<f64>) -> f64 {
    let mut inside = false;
    let mut nearest = f64::INFINITY;
    for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
        let (crosses, distance) = ring_distance(at, ring);
        inside ^= crosses;
        nearest = nearest.min(distance);
    }
    if inside { 0.0 } else { nearest }
}

/// Whether a ray to the east crosses the ring an odd number of times, and the distance to the ring.
fn ring_distance(at: [f64; 2], ring: &LineString<f64>) -> (bool, f64) {
    let mut odd = false;
    let mut nearest = f64::INFINITY;
    for line in ring.lines() {
        let (a, b) = ([line.start.x, line.start.y], [line.end.x, line.end.y]);
        if (a[1] > at[1]) != (b[1] > at[1])
            && at[0] < a[0] + (at[1] - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        {
            odd = !odd;
        }
        nearest = nearest.min(segment_distance(at, a, b));
    }
    (odd, nearest)
}

fn segment_distance(at: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let square = dx * dx + dy * dy;
    let t = if square > 0.0 {
        (((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (at[0] - a[0] - t * dx).hypot(at[1] - a[1] - t * dy)
}

// --- the stand ----------------------------------------------------------------------------------------------------

/// The places taken so far, on a grid that keeps trees apart.
#[derive(Default)]
struct Stand {
    cells: HashMap<(i64, i64), Vec<[f64; 2]>>,
}

impl Stand {
    /// Side of a cell: the largest distance ever asked for.
    const CELL_M: f64 = 8.0;

    /// Takes the place if no tree stands nearer than `apart`.
    fn claim(&mut self, at: [f64; 2], apart: f64) -> bool {
        debug_assert!(apart <= Self::CELL_M);
        let (i, j) = (
            (at[0] / Self::CELL_M).floor() as i64,
            (at[1] / Self::CELL_M).floor() as i64,
        );
        for di in -1..=1 {
            for dj in -1..=1 {
                let near = self
                    .cells
                    .get(&(i.saturating_add(di), j.saturating_add(dj)));
                if near
                    .into_iter()
                    .flatten()
                    .any(|p| (p[0] - at[0]).hypot(p[1] - at[1]) < apart)
                {
                    return false;
                }
            }
        }
        self.cells.entry((i, j)).or_default().push(at);
        true
    }
}

// --- random numbers by place --------------------------------------------------------------------------------------

/// Mixes two numbers into one: the second draw of a generator seeded with both.
fn hash(a: u64, b: u64) -> u64 {
    let mut rng = Rng::new(a.rotate_left(23) ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    rng.next_u64();
    rng.next_u64()
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo): the same on every machine, which the standard hasher does not promise.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |state, byte| {
        (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
