//! What lies in memory of each layer, for whoever asks the scene: rays, facts, the height of the ground.
//!
//! Written by the tiles plugin alone.

use super::anchor::Anchor;
use super::join::passes;
use super::lift::{Lifting, MOST_M};
use super::lives::Lives;
use crate::view::Filter;
use crate::view::life::Life;
use crate::base::LayerId;
use crate::formats::gltf::{Column, PropertyTable};
use crate::formats::gltf::sampled::Tells;
use crate::formats::tiles3d::content::Painting;
use crate::formats::territory::LayerKind;
use crate::stream::TileId;
use crate::stream::bvh::{Bvh, Hit};
use crate::stream::dots::Dots;
use crate::stream::narrow::Narrow;
use crate::stream::rise;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use glam::{DMat4, DVec3};
use std::sync::Arc;

/// A mesh that rays can ask.
pub struct PickMesh {
    pub ecef_from_mesh: DMat4,
    pub bvh: Arc<Bvh>,
    /// By vertex, the row of [`Self::table`]; none where there is no table.
    pub feature_ids: Narrow,
    pub table: Option<usize>,
    /// Its points, where it has any, and what is known of each.
    pub dots: Dots,
    pub told: Vec<Column>,
    /// What pictures tell of places on it.
    pub probes: Vec<Probe>,
}

/// How far from a ray a point may lie that is met, as an angle: four pixels in a window of usual size.
const SPREAD: f32 = 0.004;

/// A picture that tells something of a surface: see [`crate::formats::gltf::sampled`].
pub struct Probe {
    pub painting: Arc<Painting>,
    pub uvs: Vec<[f32; 2]>,
    pub tells: Tells,
}

impl Probe {
    /// What the picture holds where a ray met the surface.
    pub fn texel(&self, hit: &RayHit) -> Option<[u8; 4]> {
        let mut corners = [[0.0; 2]; 3];
        for (place, corner) in corners.iter_mut().zip(hit.corners) {
            *place = *self.uvs.get(corner as usize)?;
        }
        let ([a, b, c], [second, third]) = (corners, hit.shares);
        self.painting.texel([0, 1].map(|axis: usize| a[axis] + second * (b[axis] - a[axis]) + third * (c[axis] - a[axis])))
    }
}

/// Something that has a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPlace {
    pub text: String,
    /// On the thing itself, near its middle.
    pub ecef: DVec3,
    /// How large it is, metres across.
    pub extent_m: f64,
    /// When it is there.
    pub life: Life,
}

/// A tile whose content is in memory.
pub struct ResidentTile {
    pub shown: bool,
    pub names: Vec<NamedPlace>,
    /// Rows that somebody wrote.
    pub features: u64,
    /// By table, which of its features a style hides; an empty list hides none.
    pub hidden: Vec<Vec<bool>>,
    pub meshes: Vec<PickMesh>,
    pub tables: Vec<PropertyTable>,
    /// What its tileset says of it, of its group and of its content.
    pub about: Vec<Column>,
    /// Of a cloud, how far its points lie apart, metres.
    pub apart_m: f32,
}

impl ResidentTile {
    /// Whether a vertex belongs to a feature that a style hides: what cannot be seen cannot be met.
    fn is_hidden(&self, mesh: &PickMesh, vertex: u32) -> bool {
        let row = || {
            let hidden = self.hidden.get(mesh.table?).filter(|hidden| !hidden.is_empty())?;
            hidden.get(mesh.feature_ids.get(vertex as usize)? as usize).copied()
        };
        row().unwrap_or(false)
    }
}

/// A layer's tiles in memory.
pub struct ResidentLayer {
    pub id: LayerId,
    pub kind: LayerKind,
    pub tiles: HashMap<TileId, ResidentTile>,
}

/// All layers, in the manifest's order.
#[derive(Resource, Default)]
pub struct Resident {
    pub layers: Vec<ResidentLayer>,
    /// The year shown: what does not stand in it is not drawn.
    pub year: Option<i32>,
    /// What features must be like to be drawn.
    pub filters: Vec<Filter>,
}

impl Resident {
    /// Whether a vertex belongs to a feature that is not drawn: it does not stand yet in the year shown, or a filter leaves it out.
    /// The shader leaves the same ones out.
    fn is_away(&self, layer: &ResidentLayer, tile: &ResidentTile, mesh: &PickMesh, vertex: u32) -> bool {
        if self.year.is_none() && self.filters.is_empty() {
            return false;
        }
        let of_feature = mesh.table.and_then(|table| Some((tile.tables.get(table)?, mesh.feature_ids.get(vertex as usize)? as usize)));
        let Some((table, row)) = of_feature else { return false };
        self.year.is_some_and(|year| !Lives::of(table).get(row).stands(year)) || row < table.count && !passes(&self.filters, &layer.id, table, row)
    }
}

/// The nearest hit of a ray given in ECEF among the shown tiles of the layers that `wanted` accepts.
pub fn nearest_hit(
    resident: &Resident,
    origin: glam::DVec3,
    direction: glam::DVec3,
    wanted: impl Fn(LayerKind) -> bool,
) -> Option<RayHit> {
    nearest_raised(resident, None, origin, direction, wanted)
}

/// The same where values raise features.
pub fn nearest_raised(
    resident: &Resident,
    lifting: Option<&Lifting>,
    origin: glam::DVec3,
    direction: glam::DVec3,
    wanted: impl Fn(LayerKind) -> bool,
) -> Option<RayHit> {
    let mut best: Option<RayHit> = None;
    for (index, layer) in resident.layers.iter().enumerate().filter(|(_, layer)| wanted(layer.kind)) {
        for (id, tile) in layer.tiles.iter().filter(|(_, tile)| tile.shown) {
            for (mesh_index, mesh) in tile.meshes.iter().enumerate() {
                // Placements are rotations and translations, so lengths along the ray stay true.
                let mesh_from_ecef = mesh.ecef_from_mesh.inverse();
                let local = mesh_from_ecef.transform_point3(origin).as_vec3();
                let along = mesh_from_ecef.transform_vector3(direction).as_vec3();
                let counts = |vertex| !resident.is_away(layer, tile, mesh, vertex) && !tile.is_hidden(mesh, vertex);
                let hit = match lifting.filter(|_| matches!(layer.kind, LayerKind::Buildings | LayerKind::Areas)) {
                    Some(lifting) => raised_hit(lifting, layer, tile, mesh, [local, along], &counts),
                    None => mesh.bvh.nearest(local, along, &counts),
                };
                // A point is met alone: a triangle of three corners that are one.
                let dot = mesh.dots.nearest(local, along, SPREAD, counts);
                let dot = dot.filter(|(t, _)| hit.is_none_or(|hit| *t < hit.t)).map(|(t, vertex)| Hit { t, vertex, corners: [vertex; 3], shares: [0.0; 2] });
                if let Some(hit) = dot.or(hit)
                    && best.as_ref().is_none_or(|best| f64::from(hit.t) < best.distance)
                {
                    best = Some(RayHit {
                        layer: index,
                        tile: *id,
                        mesh: mesh_index,
                        vertex: hit.vertex,
                        corners: hit.corners,
                        shares: hit.shares,
                        distance: f64::from(hit.t),
                    });
                }
            }
        }
    }
    best
}

/// The nearest hit of a mesh whose features are raised. A click asks once: nothing of it is kept.
fn raised_hit(lifting: &Lifting, layer: &ResidentLayer, tile: &ResidentTile, mesh: &PickMesh, [origin, along]: [Vec3; 2], counts: impl Fn(u32) -> bool) -> Option<Hit> {
    let table = mesh.table.and_then(|table| tile.tables.get(table));
    let Some(table) = table else { return mesh.bvh.nearest(origin, along, counts) };
    if !mesh.bvh.is_near(origin, along, MOST_M as f32) {
        return None;
    }
    let up = mesh.ecef_from_mesh.inverse().transform_vector3(mesh.ecef_from_mesh.w_axis.truncate()).normalize_or(DVec3::Y).as_vec3();
    // Our own meshes are upright, and the globe's middle is not quite under them.
    let up = if up.y > 0.999 { Vec3::Y } else { up };
    // As a whole, where it lies on the ground; our own areas and what the shader raises are the same.
    let is_whole = table.class == "area";
    let positions = || mesh.bvh.positions().map(|position| position.to_array()).collect::<Vec<_>>();
    let codes = if is_whole { vec![1; mesh.feature_ids.len()] } else { rise::codes(&positions(), &mesh.feature_ids.iter().collect::<Vec<_>>(), up) };
    let heights: Vec<f32> = (0..table.count).map(|row| lifting.of(&layer.id, table, row)).collect();
    let moved = |vertex: u32| {
        let lifted = codes.get(vertex as usize).is_some_and(|code| rise::is_lifted(*code));
        let row = mesh.feature_ids.get(vertex as usize).map(|row| row as usize);
        row.filter(|_| lifted).and_then(|row| heights.get(row)).map_or(Vec3::ZERO, |height| *height * up)
    };
    mesh.bvh.nearest_moved(origin, along, counts, moved)
}

/// Where a ray met a tile.
#[derive(Clone, Debug)]
pub struct RayHit {
    pub layer: usize,
    pub tile: TileId,
    pub mesh: usize,
    pub vertex: u32,
    /// Of the triangle, and how much of the second and of the third there is in the place.
    pub corners: [u32; 3],
    pub shares: [f32; 2],
    /// In lengths of the ray's direction.
    pub distance: f64,
}

/// Height (world y) of the shown ground under a world point.
pub fn ground_height(anchor: &Anchor, resident: &Resident, point: DVec3) -> Option<f64> {
    const ABOVE_M: f64 = 5_000.0;
    let from = DVec3::new(point.x, ABOVE_M, point.z);
    let ecef = anchor.ecef_from_world();
    let hit = nearest_hit(
        resident,
        ecef.transform_point3(from),
        ecef.transform_vector3(-DVec3::Y),
        |kind| matches!(kind, LayerKind::Terrain | LayerKind::Water),
    )?;
    Some(ABOVE_M - hit.distance)
}
