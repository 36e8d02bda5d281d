//! Trees: soft volumes of a few triangles, fewer of them and simpler from afar.
//!
//! A tile holds one model of each form and the places of its trees: a tree is some 25 bytes, and as triangles it would be 400.

use super::grid::{Grid, TileKey};
use super::mesh::Extent;
use super::palette;
use super::scene::{Drawn, Scene};
use crate::base::{Bounds2, Rng};
use crate::formats::gltf::instances::{Instances, gathered, written_out_in};
use crate::formats::gltf::{Column, PropertyTable, TileContent, TileMesh, Values, linear_from_srgb};
use crate::region::Tree;
use glam::{DMat4, DQuat, DVec3};
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// Coarser levels than this tolerance show no trees.
const UP_TO_TOLERANCE_M: f64 = 2.6;

/// A tile of fewer trees holds them as triangles: models and what names them take as much as some twenty trees.
const FEWEST_PLACES: usize = 20;

/// How much brighter models are than the mean tree: tints only darken.
const BRIGHT: f64 = 1.1;
/// Trees have one of so many shades and one of so many warmths; each pair is a tint that is computed once.
const SHADES: usize = 4;
const WARMTHS: usize = 4;

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
    let frame = scene.frame(key);
    let up = scene.grid.finest - key.level;
    let grown = (thinning(&scene.grid, key.level) as f64).sqrt().sqrt();
    let rect = scene.grid.rect(key);
    let mut planted: Vec<(Planted, [f64; 2], &Tree)> = indices
        .iter()
        .filter_map(|&(index, at)| scene.region.trees.get(index).map(|tree| (Planted::of(tree, index as u64, grown), at, tree)))
        .collect();
    // Neighbours after each other: what is alike packs well.
    planted.sort_by_key(|(tree, at, _)| (tree.form, along_a_curve(rect.min, *at)));
    let mut extent = Extent::EMPTY;
    let mut forms: BTreeMap<Form, Instances> = BTreeMap::new();
    for (feature, (tree, at, _)) in planted.iter().enumerate() {
        let (foot, foot_m) = frame.placed([at[0], at[1], surface.height(*at)]);
        let reach = tree.radius_m * MOST_NOISE;
        extent = extent.union(Extent {
            plan: Bounds2 { min: [at[0] - reach, at[1] - reach], max: [at[0] + reach, at[1] + reach] },
            min_m: foot_m - if up == 0 { ROOT * tree.height_m } else { 0.0 },
            max_m: foot_m + tree.height_m,
        });
        let copies = forms.entry(tree.form).or_default();
        let size = DVec3::new(tree.radius_m, tree.height_m, tree.radius_m);
        let foot = DVec3::from_array(foot.map(f64::from));
        copies.places.push(DMat4::from_scale_rotation_translation(size, DQuat::from_rotation_y(tree.turn), foot));
        copies.features.push(feature as u32);
        copies.tints.push(tree.tint);
        copies.table = Some(0);
    }
    if forms.is_empty() {
        return Drawn::default();
    }
    let mut meshes = Vec::new();
    for (form, copies) in forms {
        let model = form.model(up, name);
        if planted.len() >= FEWEST_PLACES {
            meshes.push(TileMesh { copies: Some(Box::new(copies)), tile_from_mesh: frame.tile_from_mesh(), ..model });
        } else if let Some(standing) = written_out_in(&model, frame.tile_from_mesh(), &copies) {
            gathered(&mut meshes, standing);
        }
    }
    let real = |of: &dyn Fn(&Tree) -> f64| Values::F32(planted.iter().map(|(_, _, tree)| of(tree) as f32).collect());
    let table = PropertyTable {
        class: "tree".to_owned(),
        count: planted.len(),
        columns: vec![
            Column { name: "height_m".to_owned(), values: real(&|t| t.height_m) },
            Column { name: "crown_m".to_owned(), values: real(&|t| t.crown_m) },
        ],
    };
    Drawn {
        content: TileContent { meshes, tables: vec![table] },
        extent: Some(extent),
        finest: false,
    }
}


/// The habit of a tree, seen from afar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Round,
    /// Taller than wide, full below.
    Oval,
    /// Widest at the foot.
    Cone,
    /// Flat above a long trunk.
    Spreading,
}

/// Most and least that a ring's corner is from the middle, as a share of its reach.
const MOST_NOISE: f64 = 1.12;
const LEAST_NOISE: f64 = 0.88;
/// How deep the trunk goes into the ground, as a share of the tree's height, and its radius as a share of the crown's.
const ROOT: f64 = 0.05;
const TRUNK_REACH: f64 = 0.1;

/// A tree as it stands.
struct Planted {
    form: Form,
    height_m: f64,
    radius_m: f64,
    turn: f64,
    tint: [f32; 3],
}

impl Planted {
    fn of(tree: &Tree, seed: u64, grown: f64) -> Self {
        let mut rng = Rng::new(seed ^ 0x7ee5);
        let height_m = tree.height_m.clamp(1.0, 60.0);
        let turn = rng.range(0.0, TAU);
        let part = |lot: f64, of: usize| (lot * of as f64).floor().min(of as f64 - 1.0) / (of as f64 - 1.0);
        let shade = 0.93 + 0.12 * part(rng.unit(), SHADES);
        let warm = -9.0 + 18.0 * part(rng.unit(), WARMTHS);
        let colour = [palette::CROWN[0] + warm, palette::CROWN[1] + 0.3 * warm, palette::CROWN[2] - 0.6 * warm];
        let share = |axis: usize| linear_from_srgb((255.0 * shade * colour[axis] / (BRIGHT * palette::CROWN[axis])).round().clamp(0.0, 255.0) as u8);
        Self {
            form: Form::of(rng.unit()),
            height_m,
            radius_m: (0.5 * tree.crown_m).clamp(0.3, 0.5 * height_m) * grown,
            turn,
            tint: [0, 1, 2].map(share),
        }
    }
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

    /// A crown of a few rings between two poles, and a trunk near by: one high, its crown of radius one, its foot in the origin; x east, y up, z south.
    fn model(self, up: u32, name: &str) -> TileMesh {
        let mut rng = Rng::new(0x7ee5 ^ self as u64);
        let (sides, rings, clear) = self.rings(up);
        let crown = 1.0 - clear;
        let mut mesh = TileMesh { name: name.to_owned(), ..TileMesh::default() };
        let mut vertex = |share: f64, reach: f64, angle: f64| {
            let (sin, cos) = angle.sin_cos();
            let at = DVec3::new(reach * cos, clear + share * crown, -reach * sin);
            // Normals of the ellipsoid it stands for: soft, whatever the facets.
            let normal = DVec3::new(at.x, (at.y - clear - 0.5 * crown) / (0.25 * crown * crown), at.z).normalize_or(DVec3::Y);
            let light = BRIGHT * (palette::CROWN_FOOT + (1.0 - palette::CROWN_FOOT) * share);
            push(&mut mesh, at, normal, palette::opaque(palette::scaled(palette::CROWN, light)))
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
                        let angle = TAU * (f64::from(side) + 0.5 * (ring % 2) as f64) / f64::from(sides);
                        vertex(*share, reach * rng.range(LEAST_NOISE, MOST_NOISE), angle)
                    })
                    .collect()
            })
            .collect();
        let next = |side: usize| (side + 1) % sides as usize;
        let triangles = &mut mesh.indices;
        if let (Some(first), Some(last)) = (circles.first(), circles.last()) {
            for side in 0..sides as usize {
                triangles.extend([low, first[next(side)], first[side]]);
                triangles.extend([last[side], last[next(side)], high]);
            }
        }
        for (ring, pair) in circles.windows(2).enumerate() {
            let (a, b) = (&pair[0], &pair[1]);
            for side in 0..sides as usize {
                let n = next(side);
                if ring % 2 == 0 {
                    // The upper ring is half a step ahead.
                    triangles.extend([a[side], a[n], b[side], a[n], b[n], b[side]]);
                } else {
                    triangles.extend([a[side], b[n], b[side], a[side], a[n], b[n]]);
                }
            }
        }
        if up == 0 {
            trunk(&mut mesh, clear + 0.2 * crown);
        }
        mesh
    }
}

fn push(mesh: &mut TileMesh, at: DVec3, normal: DVec3, colour: palette::Rgba) -> u32 {
    // Round numbers are short, and a tenth of a metre of the tallest tree is nothing.
    mesh.positions.push((256.0 * at).round().as_vec3().to_array().map(|x| x / 256.0));
    mesh.normals.push(normal.as_vec3().to_array());
    mesh.colors.push(colour);
    mesh.positions.len() as u32 - 1
}

fn trunk(mesh: &mut TileMesh, top: f64) {
    const SIDES: u32 = 4;
    let colour = palette::opaque(palette::scaled(palette::TRUNK, BRIGHT));
    let corner = |side: u32, height: f64| {
        let (sin, cos) = (TAU * f64::from(side) / f64::from(SIDES)).sin_cos();
        DVec3::new(TRUNK_REACH * cos, height, -TRUNK_REACH * sin)
    };
    for side in 0..SIDES {
        let corners = [corner(side, -ROOT), corner(side + 1, -ROOT), corner(side + 1, top), corner(side, top)];
        let normal = (corners[1] - corners[0]).cross(corners[2] - corners[0]).normalize_or(DVec3::Y);
        let [a, b, c, d] = corners.map(|at| push(mesh, at, normal, colour));
        mesh.indices.extend([a, b, c, a, c, d]);
    }
}

/// Where a place is on a curve through the tile that visits neighbours one after the other (Morton 1966), in steps of a metre.
fn along_a_curve(from: [f64; 2], at: [f64; 2]) -> u64 {
    let [x, y] = [0, 1].map(|axis: usize| (at[axis] - from[axis]).max(0.0) as u32);
    (0..32).map(|bit| u64::from(x >> bit & 1) << (2 * bit) | u64::from(y >> bit & 1) << (2 * bit + 1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen from outside, every face turns its front to the eye; nothing is wider or higher than it says.
    #[test]
    fn a_model_is_one_high_and_turned_outwards() {
        for form in [Form::Round, Form::Oval, Form::Cone, Form::Spreading] {
            for up in 0..3 {
                let model = form.model(up, "trees");
                let at = |index: u32| DVec3::from_array(model.positions[index as usize].map(f64::from));
                for triangle in model.indices.chunks_exact(3) {
                    let [a, b, c] = [at(triangle[0]), at(triangle[1]), at(triangle[2])];
                    // From the middle of the tree every face is seen from behind.
                    let out = (a + b + c) / 3.0 - DVec3::new(0.0, 0.5, 0.0);
                    assert!((b - a).cross(c - a).dot(out) > 0.0, "{form:?} {up} {triangle:?}");
                }
                let highest = model.positions.iter().map(|p| p[1]).fold(0.0, f32::max);
                let widest = model.positions.iter().map(|p| p[0].hypot(p[2])).fold(0.0, f32::max);
                assert!((highest - 1.0).abs() < 1e-6 && f64::from(widest) <= MOST_NOISE + 0.01, "{form:?} {up}: {highest} {widest}");
            }
        }
    }
}
