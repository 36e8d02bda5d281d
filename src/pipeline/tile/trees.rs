//! Trees: soft volumes of a few triangles, fewer of them and simpler from afar.

use super::grid::{Grid, TileKey};
use super::mesh::MeshBuilder;
use super::palette;
use super::scene::{Drawn, Scene};
use crate::base::Rng;
use crate::formats::gltf::{Column, PropertyTable, TileContent, Values};
use crate::region::Tree;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// Coarser levels than this tolerance show no trees.
const UP_TO_TOLERANCE_M: f64 = 2.6;

/// Which trees each tile holds.
#[derive(Debug, Default)]
pub struct Plan {
    /// Places in the region's list, and where that is in the plane: several levels draw a tree, one projection serves all.
    tiles: BTreeMap<TileKey, Vec<(usize, [f64; 2])>>,
    features: usize,
}

impl Plan {
    /// Only surveyed trees, or only those we made.
    pub fn new(scene: &Scene, generated: bool) -> Self {
        let mut plan = Self::default();
        for (index, tree) in scene.region.trees.iter().enumerate() {
            let sound = [tree.x, tree.y, tree.height_m, tree.crown_m].iter().all(|v| v.is_finite());
            if tree.generated != generated || !sound {
                continue;
            }
            let Some(at) = scene.place([tree.x, tree.y]) else { continue };
            if !scene.owns(at) {
                continue;
            }
            plan.features += 1;
            for level in levels(&scene.grid) {
                // From afar every second tree, then every fourth, drawn larger.
                if index % thinning(&scene.grid, level) == 0 && scene.part.holds(scene.grid.tile_at(level, at)) {
                    plan.tiles
                        .entry(scene.grid.tile_at(level, at))
                        .or_default()
                        .push((index, at));
                }
            }
        }
        plan
    }

    pub fn tiles(&self) -> impl Iterator<Item = TileKey> + '_ {
        self.tiles.keys().copied()
    }

    pub fn features(&self) -> usize {
        self.features
    }
}

fn levels(grid: &Grid) -> impl Iterator<Item = u32> + '_ {
    (0..=grid.finest).filter(|level| *level == grid.finest || grid.tolerance(*level) <= UP_TO_TOLERANCE_M)
}

fn thinning(grid: &Grid, level: u32) -> usize {
    match grid.finest - level {
        0 | 1 => 1,
        2 => 2,
        _ => 4,
    }
}

pub fn draw(scene: &Scene, plan: &Plan, key: TileKey, name: &str) -> Drawn {
    let Some(indices) = plan.tiles.get(&key) else {
        return Drawn::default();
    };
    let surface = scene.surface(key);
    let up = scene.grid.finest - key.level;
    let grown = (thinning(&scene.grid, key.level) as f64).sqrt().sqrt();
    let mut mesh = MeshBuilder::new(name, scene.frame(key)).featured(0);
    let mut drawn: Vec<&Tree> = Vec::with_capacity(indices.len());
    for &(index, at) in indices {
        let Some(tree) = scene.region.trees.get(index) else { continue };
        let feature = drawn.len() as u32;
        plant(&mut mesh, tree, [at[0], at[1], surface.height(at)], index as u64, up, grown, feature);
        drawn.push(tree);
    }
    if mesh.is_empty() {
        return Drawn::default();
    }
    let real = |of: &dyn Fn(&Tree) -> f64| Values::F32(drawn.iter().map(|t| of(t) as f32).collect());
    let table = PropertyTable {
        class: "tree".to_owned(),
        count: drawn.len(),
        columns: vec![
            Column { name: "height_m".to_owned(), values: real(&|t| t.height_m) },
            Column { name: "crown_m".to_owned(), values: real(&|t| t.crown_m) },
        ],
    };
    let (mesh, extent) = mesh.finish();
    Drawn {
        content: TileContent {
            meshes: vec![mesh],
            tables: vec![table],
        },
        extent: Some(extent),
        finest: false,
    }
}

/// The habit of a tree, seen from afar.
#[derive(Clone, Copy)]
enum Form {
    Round,
    /// Taller than wide, full below.
    Oval,
    /// Widest at the foot.
    Cone,
    /// Flat above a long trunk.
    Spreading,
}

impl Form {
    fn of(lot: f64) -> Self {
        match lot {
            lot if lot < 0.45 => Self::Round,
            lot if lot < 0.72 => Self::Oval,
            lot if lot < 0.84 => Self::Cone,
            _ => Self::Spreading,
        }
    }

    /// Sides of a ring; for each ring its share of the crown's height and of its radius; the share of the height that is trunk.
    fn rings(self, up: u32) -> (u32, &'static [(f64, f64)], f64) {
        let (near, far, clear): (&[(f64, f64)], &[(f64, f64)], f64) = match self {
            Self::Round => (&[(0.22, 0.80), (0.55, 1.0), (0.84, 0.62)], &[(0.25, 0.85), (0.70, 0.90)], 0.24),
            Self::Oval => (&[(0.20, 0.74), (0.48, 0.94), (0.80, 0.60)], &[(0.24, 0.80), (0.68, 0.80)], 0.15),
            Self::Cone => (&[(0.12, 0.92), (0.42, 0.74), (0.76, 0.38)], &[(0.14, 0.90), (0.60, 0.56)], 0.14),
            Self::Spreading => (&[(0.26, 0.86), (0.56, 1.0), (0.86, 0.74)], &[(0.30, 0.94), (0.74, 0.92)], 0.34),
        };
        match up {
            0 => (6, near, clear),
            1 => (5, far, clear),
            _ => (4, &[(0.42, 1.0)], clear),
        }
    }
}

/// A crown of a few rings between two poles, and a trunk near by.
fn plant(mesh: &mut MeshBuilder, tree: &Tree, foot: [f64; 3], seed: u64, up: u32, grown: f64, feature: u32) {
    let mut rng = Rng::new(seed ^ 0x7ee5);
    let height = tree.height_m.clamp(1.0, 60.0);
    let radius = (0.5 * tree.crown_m).clamp(0.3, 0.5 * height) * grown;
    let turn = rng.range(0.0, TAU);
    let shade = rng.range(0.93, 1.05);
    let warm = rng.range(-9.0, 9.0);
    let form = Form::of(rng.unit());
    let base = [palette::CROWN[0] + warm, palette::CROWN[1] + 0.3 * warm, palette::CROWN[2] - 0.6 * warm];
    let (sides, rings, clear) = form.rings(up);
    let bottom = height * clear;
    let crown = height - bottom;
    let centre = [foot[0], foot[1], foot[2] + bottom + 0.5 * crown];
    let mut vertex = |share: f64, reach: f64, angle: f64| {
        let (sin, cos) = angle.sin_cos();
        let at = [
            foot[0] + radius * reach * cos,
            foot[1] + radius * reach * sin,
            foot[2] + bottom + share * crown,
        ];
        // Normals of the ellipsoid it stands for: soft, whatever the facets.
        let mut n = [
            (at[0] - centre[0]) / (radius * radius),
            (at[1] - centre[1]) / (radius * radius),
            (at[2] - centre[2]) / (0.25 * crown * crown),
        ];
        let length = n.iter().map(|v| v * v).sum::<f64>().sqrt().max(1e-9);
        n = n.map(|v| v / length);
        let light = shade * (palette::CROWN_FOOT + (1.0 - palette::CROWN_FOOT) * share);
        let colour = palette::opaque(palette::scaled(base, light));
        mesh.vertex(at, n.map(|v| v as f32), colour, feature)
    };
    let low = vertex(0.0, 0.0, 0.0);
    let high = vertex(1.0, 0.0, 0.0);
    let circles: Vec<Vec<u32>> = rings
        .iter()
        .enumerate()
        .map(|(ring, (share, reach))| {
            (0..sides)
                .map(|side| {
                    // Half a step of turn from ring to ring makes the facets rounder; a little noise makes the tree.
                    let angle = turn + TAU * (f64::from(side) + 0.5 * (ring % 2) as f64) / f64::from(sides);
                    let noise = 0.88 + 0.24 * rng.unit();
                    vertex(*share, reach * noise, angle)
                })
                .collect()
        })
        .collect();
    let next = |side: usize| (side + 1) % sides as usize;
    if let (Some(first), Some(last)) = (circles.first(), circles.last()) {
        for side in 0..sides as usize {
            mesh.triangle(low, first[next(side)], first[side]);
            mesh.triangle(last[side], last[next(side)], high);
        }
    }
    for (ring, pair) in circles.windows(2).enumerate() {
        let (a, b) = (&pair[0], &pair[1]);
        for side in 0..sides as usize {
            let n = next(side);
            if ring % 2 == 0 {
                // The upper ring is half a step ahead.
                mesh.triangle(a[side], a[n], b[side]);
                mesh.triangle(a[n], b[n], b[side]);
            } else {
                mesh.triangle(a[side], b[n], b[side]);
                mesh.triangle(a[side], a[n], b[n]);
            }
        }
    }
    if up == 0 {
        trunk(mesh, foot, (0.03 * height).clamp(0.12, 0.45), bottom + 0.2 * crown, turn, feature);
    }
}

fn trunk(mesh: &mut MeshBuilder, foot: [f64; 3], radius: f64, top_m: f64, turn: f64, feature: u32) {
    const SIDES: u32 = 4;
    let corner = |side: u32, z: f64| {
        let (sin, cos) = (turn + TAU * f64::from(side % SIDES) / f64::from(SIDES)).sin_cos();
        [foot[0] + radius * cos, foot[1] + radius * sin, foot[2] + z]
    };
    for side in 0..SIDES {
        let face = [
            corner(side, -0.4),
            corner(side + 1, -0.4),
            corner(side + 1, top_m),
            corner(side, top_m),
        ];
        mesh.face(&face, &[palette::TRUNK; 4], feature);
    }
}
