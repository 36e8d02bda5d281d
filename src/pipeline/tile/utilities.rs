//! Networks of utilities: traces on the ground, tubes in the earth where the depth is known, wires in the air, and what stands at their points.
//!
//! What is buried is marked on the ground as surveyors mark it: in the colours of the French standard for marking networks (NF P 98-332:
//! red electricity and lighting, yellow gas, blue water, brown sewers, green telecommunication, violet heat), unbroken where the place is
//! known within 40 cm (class A), in long dashes within 1.5 m (B), in short ones otherwise. Where the depth is known too, the pipe itself
//! lies below.

mod painter;
mod table;

use super::drape::Drape;
use super::grid::{Grid, TileKey};
use super::mesh::MeshBuilder;
use super::scene::{Drawn, Scene};
use crate::base::{Bounds2, DatasetId, Finding, Report, Severity};
use crate::formats::gltf::TileContent;
use crate::region::LineClass;
use crate::region::utility::{Conduit, Fixture, FixtureKind, Utility};
use painter::Painter;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::collections::{BTreeMap, BTreeSet};
use table::{Row, table};

/// Coarser levels than these tolerances leave out …
const POINTS_UP_TO_M: f64 = 2.6;
/// Turbines are seen across a country.
const TALL_POINTS_UP_TO_M: f64 = 22.0;
const LOW_LINES_UP_TO_M: f64 = 5.5;
const MIDDLE_LINES_UP_TO_M: f64 = 11.0;
const HIGH_LINES_UP_TO_M: f64 = 22.0;
/// Lines of this voltage and more are seen from afar, volts.
const HIGH_V: f64 = 45_000.0;
/// Lines of this voltage and more carry power from town to town, volts.
const MIDDLE_V: f64 = 1_000.0;
/// A charging station stands on a street no further away than this.
const STREET_WITHIN_M: f64 = 40.0;
/// A segment is looked at in pieces of so many tiles.
const PIECE_TILES: f64 = 8.0;

/// What one layer holds, by tile.
#[derive(Debug)]
pub struct Plan {
    pub utility: Utility,
    lines: Vec<Line>,
    posts: Vec<Post>,
    tiles: BTreeMap<TileKey, (Vec<usize>, Vec<usize>)>,
    pub datasets: Vec<DatasetId>,
    /// Those that are counted in the scene's part.
    pub features: usize,
}

#[derive(Debug)]
struct Line {
    conduit: usize,
    /// In the plane.
    points: Vec<[f64; 2]>,
    bounds: Bounds2,
}

#[derive(Debug)]
struct Post {
    fixture: usize,
    at: [f64; 2],
    /// Clockwise from north, along the line it carries.
    turn: f64,
}

impl Plan {
    pub fn new(scene: &Scene, utility: Utility) -> Self {
        let root = scene.grid.rect(TileKey::ROOT);
        let place = |at: [f64; 2]| scene.place(at);
        let mut features = 0;
        let mut datasets = BTreeSet::new();
        let mut lines = Vec::new();
        for (index, conduit) in scene.region.conduits.iter().enumerate().filter(|(_, conduit)| conduit.utility == utility) {
            let Some((points, entry)) = placed(conduit, &place, &root) else { continue };
            // A line that runs through several parts is counted where it begins.
            features += usize::from(scene.owns(entry));
            datasets.insert(&conduit.dataset);
            lines.push(Line { conduit: index, bounds: Bounds2::of(points.iter().copied()), points });
        }
        // Towers stand across their line, so each looks for the wire that goes through it.
        let mut directions: BTreeMap<[i64; 2], f64> = BTreeMap::new();
        for line in &lines {
            for (index, at) in line.points.iter().enumerate() {
                let before = line.points.get(index.wrapping_sub(1)).unwrap_or(at);
                let after = line.points.get(index + 1).unwrap_or(at);
                directions.insert(
                    lattice(*at),
                    (after[0] - before[0]).atan2(after[1] - before[1]),
                );
            }
        }
        let into_bays = bays(scene, utility);
        let mut posts = Vec::new();
        for (index, fixture) in scene.region.fixtures.iter().enumerate().filter(|(_, fixture)| fixture.utility == utility) {
            let Some(at) = stands(fixture, &place, &root) else { continue };
            features += usize::from(scene.owns(at));
            datasets.insert(&fixture.dataset);
            posts.push(Post {
                fixture: index,
                at,
                turn: into_bays.get(&index).or_else(|| directions.get(&lattice(at))).copied().unwrap_or(0.0),
            });
        }
        let mut plan = Self {
            utility,
            lines,
            posts,
            tiles: BTreeMap::new(),
            datasets: datasets.into_iter().cloned().collect(),
            features,
        };
        plan.spread(scene);
        plan
    }

    /// Which tiles of the scene's part show what.
    fn spread(&mut self, scene: &Scene) {
        let window = scene.part.window(&scene.grid);
        for level in scene.part.levels(&scene.grid) {
            let tolerance = scene.grid.tolerance(level);
            let finest = level == scene.grid.finest;
            let reach = 2.0 * tolerance + 2.0;
            let window = window.grown(reach);
            for (index, line) in self.lines.iter().enumerate() {
                let Some(conduit) = scene.region.conduits.get(line.conduit) else {
                    continue;
                };
                if (!finest && !shown(conduit, tolerance)) || !line.bounds.intersects(&window) {
                    continue;
                }
                // By segments, or a long diagonal would fill every tile of its box.
                let mut mine: BTreeSet<TileKey> = BTreeSet::new();
                for side in line.points.windows(2).filter(|side| Bounds2::of(side.iter().copied()).intersects(&window)) {
                    let flat: Vec<[f64; 3]> = side.iter().map(|p| [p[0], p[1], 0.0]).collect();
                    let pieces = super::ribbon::subdivided(&flat, PIECE_TILES * scene.grid.tile_side(level));
                    let pieces: Vec<[f64; 2]> = pieces.into_iter().map(|p| [p[0], p[1]]).collect();
                    for pair in pieces.windows(2) {
                        let bounds = Bounds2::of(pair.iter().copied()).grown(reach);
                        if !bounds.intersects(&window) {
                            continue;
                        }
                        let keys = scene.grid.tiles_in(level, &bounds).into_iter();
                        mine.extend(keys.filter(|key| scene.part.holds(*key) && near(&scene.grid.rect(*key).grown(reach), pair)));
                    }
                }
                for key in mine {
                    self.tiles.entry(key).or_default().0.push(index);
                }
            }
            if finest || tolerance <= TALL_POINTS_UP_TO_M {
                for (index, post) in self.posts.iter().enumerate() {
                    let is_tall = || scene.region.fixtures.get(post.fixture).is_some_and(|fixture| fixture.kind == FixtureKind::Turbine);
                    if !finest && tolerance > POINTS_UP_TO_M && !is_tall() {
                        continue;
                    }
                    let key = scene.grid.tile_at(level, post.at);
                    if scene.part.holds(key) {
                        self.tiles.entry(key).or_default().1.push(index);
                    }
                }
            }
        }
    }

    pub fn tiles(&self) -> impl Iterator<Item = TileKey> + '_ {
        self.tiles.keys().copied()
    }
}

/// Ways into the bays of charging stations, clockwise from north: away from the street they stand on.
fn bays(scene: &Scene, utility: Utility) -> BTreeMap<usize, f64> {
    let stations = scene.region.fixtures.iter().enumerate().filter(|(_, fixture)| fixture.utility == utility && fixture.kind == FixtureKind::Charger);
    let stations: Vec<GeomWithData<[f64; 2], usize>> = stations.map(|(index, fixture)| GeomWithData::new(fixture.at, index)).collect();
    let mut nearest: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    if stations.is_empty() {
        return BTreeMap::new();
    }
    let tree = RTree::bulk_load(stations);
    let is_street = |class: LineClass| !matches!(class, LineClass::Tram | LineClass::Rail);
    for line in scene.region.lines.iter().filter(|line| is_street(line.class)) {
        for [a, b] in line.points.array_windows::<2>() {
            let ends = [a, b].map(|end| [end[0], end[1]]);
            let around = Bounds2::of(ends.into_iter()).grown(STREET_WITHIN_M);
            for station in tree.locate_in_envelope(&AABB::from_corners(around.min, around.max)) {
                let [Some(at), Some(a), Some(b)] = [*station.geom(), ends[0], ends[1]].map(|point| scene.place(point)) else { continue };
                let d = [b[0] - a[0], b[1] - a[1]];
                let length = d[0].hypot(d[1]);
                if length < 1e-6 {
                    continue;
                }
                let t = (((at[0] - a[0]) * d[0] + (at[1] - a[1]) * d[1]) / (length * length)).clamp(0.0, 1.0);
                let off = [at[0] - a[0] - t * d[0], at[1] - a[1] - t * d[1]];
                let distance = off[0].hypot(off[1]);
                // Square to the street, on the station's side of it.
                let side = if d[0] * off[1] - d[1] * off[0] >= 0.0 { 1.0 } else { -1.0 };
                let away = [-side * d[1] / length, side * d[0] / length];
                let known = nearest.get(&station.data).map_or(STREET_WITHIN_M, |(known, _)| *known);
                if distance < known {
                    nearest.insert(station.data, (distance, away[0].atan2(away[1])));
                }
            }
        }
    }
    nearest.into_iter().map(|(index, (_, turn))| (index, turn)).collect()
}

/// A place in the plane, where there is one.
type Place<'a> = &'a dyn Fn([f64; 2]) -> Option<[f64; 2]>;

/// A line in the plane and where it enters the territory and its surroundings; `None` when it never does.
fn placed(conduit: &Conduit, place: Place, root: &Bounds2) -> Option<(Vec<[f64; 2]>, [f64; 2])> {
    let points: Vec<[f64; 2]> = conduit.points.iter().filter_map(|at| place(*at)).collect();
    let entry = points.windows(2).find_map(|pair| {
        let (from, to) = within(pair[0], pair[1], root);
        (from < to).then(|| std::array::from_fn(|k| (pair[0][k] + from * (pair[1][k] - pair[0][k])).clamp(root.min[k], root.max[k])))
    })?;
    Some((points, entry))
}

fn stands(fixture: &Fixture, place: Place, root: &Bounds2) -> Option<[f64; 2]> {
    let at = place(fixture.at)?;
    (0..2).all(|k| root.min[k] <= at[k] && at[k] < root.max[k]).then_some(at)
}

/// Lines and points that lie beyond the territory and its surroundings, and are not drawn.
pub struct Far {
    root: Bounds2,
    counts: BTreeMap<Utility, usize>,
}

impl Far {
    pub fn from(grid: &Grid) -> Self {
        Self { root: grid.rect(TileKey::ROOT), counts: BTreeMap::new() }
    }

    /// Where a line enters the territory; one that never does is counted as far.
    pub fn conduit(&mut self, conduit: &Conduit, place: Place) -> Option<[f64; 2]> {
        let entry = placed(conduit, place, &self.root).map(|(_, entry)| entry);
        self.note(conduit.utility, entry)
    }

    /// Where a point stands; one beyond the territory is counted as far.
    pub fn fixture(&mut self, fixture: &Fixture, place: Place) -> Option<[f64; 2]> {
        let at = stands(fixture, place, &self.root);
        self.note(fixture.utility, at)
    }

    fn note(&mut self, utility: Utility, at: Option<[f64; 2]>) -> Option<[f64; 2]> {
        if at.is_none() {
            *self.counts.entry(utility).or_default() += 1;
        }
        at
    }

    pub fn tell(&self, report: &mut Report) {
        for (utility, count) in &self.counts {
            report.push(Finding::new("network-outside", Severity::Info, "territory").object(utility.id()).value(count));
        }
    }
}

/// Whether levels of this tolerance show a line.
pub fn shown(conduit: &Conduit, tolerance_m: f64) -> bool {
    tolerance_m <= up_to(conduit)
}

fn lattice(at: [f64; 2]) -> [i64; 2] {
    at.map(|v| (v * 4.0).round() as i64)
}

/// Does a segment come near a rectangle? Both ends beyond the same side say no.
fn near(rect: &Bounds2, pair: &[[f64; 2]]) -> bool {
    let (Some(a), Some(b)) = (pair.first(), pair.last()) else {
        return false;
    };
    let beyond = (0..2).any(|k| {
        (a[k] < rect.min[k] && b[k] < rect.min[k]) || (a[k] > rect.max[k] && b[k] > rect.max[k])
    });
    if beyond {
        return false;
    }
    // And all corners on one side of the line say no.
    let side = |p: [f64; 2]| (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
    let corners = [
        rect.min,
        rect.max,
        [rect.min[0], rect.max[1]],
        [rect.max[0], rect.min[1]],
    ];
    let signs = corners.map(|corner| side(corner) > 0.0);
    signs.contains(&true) && signs.contains(&false) || (a == b)
}

fn is_high(conduit: &Conduit) -> bool {
    conduit.voltage_v.is_some_and(|volts| volts >= HIGH_V)
}

fn up_to(conduit: &Conduit) -> f64 {
    if is_high(conduit) || conduit.utility == Utility::Transit {
        HIGH_LINES_UP_TO_M
    } else if conduit.voltage_v.is_some_and(|volts| volts >= MIDDLE_V) {
        MIDDLE_LINES_UP_TO_M
    } else {
        LOW_LINES_UP_TO_M
    }
}

/// The layer's name in French and English.
pub fn title(utility: Utility) -> (&'static str, &'static str) {
    match utility {
        Utility::Electricity => ("Réseau électrique", "Electricity network"),
        Utility::Gas => ("Réseau de gaz", "Gas network"),
        Utility::Heat => ("Réseau de chaleur", "District heating"),
        Utility::Water => ("Eau potable", "Drinking water"),
        Utility::Sewer => ("Assainissement", "Sewers"),
        Utility::Telecom => ("Télécommunications", "Telecommunications"),
        Utility::Lighting => ("Éclairage public", "Street lighting"),
        Utility::Transit => ("Transports en commun", "Public transport"),
    }
}

pub fn draw(scene: &Scene, plan: &Plan, key: TileKey) -> Drawn {
    let Some((lines, posts)) = plan.tiles.get(&key) else {
        return Drawn::default();
    };
    let tolerance = scene.grid.tolerance(key.level);
    let rect = scene.grid.rect(key);
    let surface = scene.surface(key);
    let step_m = super::package::position_step(&scene.grid, key.level);
    let mesh = MeshBuilder::new(plan.utility.id(), scene.frame(key)).featured(0);
    let mut painter = Painter {
        scene,
        rect,
        tolerance,
        cloth: Drape::new(&surface, &rect, step_m, tolerance, mesh),
    };
    let mut rows: Vec<Row> = Vec::new();
    for line in lines.iter().filter_map(|index| plan.lines.get(*index)) {
        let Some(conduit) = scene.region.conduits.get(line.conduit) else {
            continue;
        };
        let before = painter.cloth.mesh.triangles();
        if line.bounds.grown(4.0 * tolerance + 4.0).intersects(&rect) {
            painter.line(line, conduit, rows.len() as u32);
        }
        if painter.cloth.mesh.triangles() > before {
            rows.push(Row::Line(conduit));
        }
    }
    for post in posts.iter().filter_map(|index| plan.posts.get(*index)) {
        let Some(fixture) = scene.region.fixtures.get(post.fixture) else {
            continue;
        };
        let before = painter.cloth.mesh.triangles();
        let foot = [post.at[0], post.at[1], surface.height(post.at)];
        painter.post(foot, post.turn, fixture, rows.len() as u32);
        if painter.cloth.mesh.triangles() > before {
            rows.push(Row::Post(fixture));
        }
    }
    if painter.cloth.mesh.is_empty() {
        return Drawn::default();
    }
    let (mesh, extent) = painter.cloth.mesh.finish();
    Drawn {
        content: TileContent {
            meshes: vec![mesh],
            tables: vec![table(&rows)],
        },
        extent: Some(extent),
        finest: false,
    }
}

/// The shares of a segment between which it is inside a window; equal where it is not.
fn within(a: [f64; 2], b: [f64; 2], window: &Bounds2) -> (f64, f64) {
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for k in 0..2 {
        let d = b[k] - a[k];
        if d.abs() < 1e-12 {
            if a[k] < window.min[k] || a[k] > window.max[k] {
                return (0.0, 0.0);
            }
            continue;
        }
        let (x, y) = ((window.min[k] - a[k]) / d, (window.max[k] - a[k]) / d);
        from = from.max(x.min(y));
        to = to.min(x.max(y));
    }
    if from < to { (from, to) } else { (0.0, 0.0) }
}
