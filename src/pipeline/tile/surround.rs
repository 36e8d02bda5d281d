//! Beyond the data: the main roads go on for a while and fade, so that the territory ends as a map does and not as a slab.
//!
//! Where they really go nobody told us: this is made, and its layer says so.

use super::courses::{Courses, Kind};
use super::drape::{Drape, lift};
use super::grid::TileKey;
use super::mesh::MeshBuilder;
use super::palette;
use super::ribbon::{End, Ribbon};
use super::scene::{Drawn, Scene};
use super::terrain::ground_colour;
use crate::base::Bounds2;
use crate::formats::gltf::TileContent;
use crate::pipeline::generate::noise;
use crate::region::LineClass;
use std::collections::HashMap;

/// How far a road goes on, metres.
const LENGTH_M: f64 = 3_500.0;
const STEP_M: f64 = 60.0;
/// A road's last stretch gives its heading.
const HEADING_FROM_M: f64 = 80.0;
/// Ahead of a road that goes on there is nothing known at these distances.
const AHEAD_M: [f64; 3] = [120.0, 200.0, 300.0];
/// Two roads that leave nearer to each other than this are one.
const APART_M: f64 = 120.0;
/// The most a road turns in a step, radians.
const BEND: f64 = 0.06;
const MOST_ROADS: usize = 400;
const WIDTH_TOLERANCES: f64 = 0.8;

/// A road beyond the data.
#[derive(Clone, Debug)]
pub struct Outing {
    pub line: Vec<[f64; 2]>,
    pub width_m: f64,
    pub major: bool,
}

impl Outing {
    fn bounds(&self) -> Bounds2 {
        Bounds2::of(self.line.iter().copied()).grown(2.0 * self.width_m)
    }
}

/// Lines that come this near to the rim of the data may go on beyond it: all that [`outings`] needs.
pub const RIM_M: f64 = 320.0;

#[derive(Debug, Default)]
pub struct Plan {
    roads: Vec<(Outing, Bounds2)>,
    tiles: Vec<TileKey>,
}

/// Where the main roads leave the data. Only lines near the rim matter, but all of those.
pub fn outings(scene: &Scene, courses: &Courses) -> Vec<Outing> {
    let mut ends: HashMap<[i64; 2], u32> = HashMap::new();
    let key = |at: &[f64; 2]| at.map(|v| (v * 2.0).round() as i64);
    for course in &courses.all {
        let ends_of = course.ends();
        for at in ends_of.into_iter().flatten() {
            *ends.entry(key(&at)).or_default() += 1;
        }
    }
    let mut roads: Vec<Outing> = Vec::new();
    for class in [LineClass::MajorRoad, LineClass::Road] {
        for course in courses.all.iter().filter(|course| course.class == class) {
            let Kind::Ground(points) = &course.kind else {
                continue;
            };
            let backwards: Vec<[f64; 2]> = points.iter().rev().copied().collect();
            for points in [points, &backwards] {
                let Some(end) = points.last() else { continue };
                let alone = ends.get(&key(end)) == Some(&1);
                let Some(heading) =
                    heading(points).filter(|_| alone && roads.len() < MOST_ROADS)
                else {
                    continue;
                };
                let ahead = |m: f64| [end[0] + m * heading.cos(), end[1] + m * heading.sin()];
                let open = AHEAD_M.iter().all(|m| scene.urban.known(ahead(*m)) < 0.02);
                let leaves = !scene.extract.contains(ahead(AHEAD_M[2]));
                let beside = roads.iter().any(|road| {
                    road.line
                        .first()
                        .is_some_and(|p| (p[0] - end[0]).hypot(p[1] - end[1]) < APART_M)
                });
                if open && leaves && !beside {
                    roads.push(walk(
                        scene,
                        *end,
                        heading,
                        course.width_m,
                        class == LineClass::MajorRoad,
                    ));
                }
            }
        }
    }
    roads
}

impl Plan {
    pub fn new(scene: &Scene, roads: &[Outing]) -> Self {
        let roads: Vec<(Outing, Bounds2)> = roads.iter().map(|road| (road.clone(), road.bounds())).collect();
        // The tiles of the ground below, no finer.
        let tiles = scene
            .ground_tiles()
            .into_iter()
            .filter(|key| {
                let rect = scene.grid.rect(*key);
                roads.iter().any(|(_, bounds)| bounds.intersects(&rect))
            })
            .collect();
        Self { roads, tiles }
    }

    pub fn tiles(&self) -> impl Iterator<Item = TileKey> + '_ {
        self.tiles.iter().copied()
    }
}

/// The way a line goes at its end, radians counter-clockwise from east.
fn heading(points: &[[f64; 2]]) -> Option<f64> {
    let end = points.last()?;
    let from = points
        .iter()
        .rev()
        .find(|p| (end[0] - p[0]).hypot(end[1] - p[1]) > HEADING_FROM_M)
        .or(points.first())?;
    let (dx, dy) = (end[0] - from[0], end[1] - from[1]);
    (dx.hypot(dy) > 2.0).then(|| dy.atan2(dx))
}

/// A gently winding line outward; it ends where there is water.
fn walk(scene: &Scene, from: [f64; 2], heading: f64, width_m: f64, major: bool) -> Outing {
    let mut line = vec![from];
    let (mut at, mut way) = (from, heading);
    let steps = (LENGTH_M / STEP_M) as usize;
    for _ in 0..steps {
        way += BEND * (2.0 * noise(0x60AD, at, 700.0) - 1.0);
        at = [at[0] + STEP_M * way.cos(), at[1] + STEP_M * way.sin()];
        if scene.water.pool_at(at).is_some() {
            line.pop();
            break;
        }
        line.push(at);
    }
    Outing { line, width_m, major }
}

pub fn draw(scene: &Scene, plan: &Plan, key: TileKey) -> Drawn {
    let rect = scene.grid.rect(key);
    let tolerance = scene.grid.tolerance(key.level);
    let step_m = super::package::position_step(&scene.grid, key.level);
    let surface = scene.surface(key);
    let mesh = MeshBuilder::new("surround", scene.frame(key));
    let mut cloth = Drape::new(&surface, &rect, step_m, tolerance, mesh);
    for (road, _) in plan
        .roads
        .iter()
        .filter(|(_, bounds)| bounds.intersects(&rect))
    {
        let width_m = road
            .width_m
            .max(WIDTH_TOLERANCES * tolerance)
            .min(2.0 * road.width_m);
        let start = road.line.first().copied().unwrap_or_default();
        let white = if road.major {
            palette::MAJOR_ROAD
        } else {
            palette::ROAD
        };
        let white = [0, 1, 2].map(|k| f64::from(white[k]));
        let colour = |at: [f64; 2]| {
            // The further out, the more of the ground.
            let t = ((at[0] - start[0]).hypot(at[1] - start[1]) / (0.8 * LENGTH_M)).clamp(0.0, 1.0);
            palette::opaque(palette::mix(
                white,
                ground_colour(scene, at),
                0.25 + 0.75 * t.sqrt(),
            ))
        };
        let ribbon = Ribbon::new(&road.line, 0.5 * width_m, [End::Flat; 2]);
        let lift_m = if road.major {
            lift::MAJOR_ROAD
        } else {
            lift::ROAD
        };
        cloth.lay(ribbon.triangles(), lift_m, &colour, 0);
    }
    if cloth.mesh.is_empty() {
        return Drawn::default();
    }
    let (mesh, extent) = cloth.finish();
    Drawn {
        content: TileContent {
            meshes: vec![mesh],
            tables: Vec::new(),
        },
        extent: Some(extent),
        finest: false,
    }
}
