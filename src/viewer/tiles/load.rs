//! From prepared arrays to what Bevy hands to the graphics card.

use crate::base::Bounds2;
use crate::formats::gltf::{PropertyTable, TileContent};
use crate::stream::arrays::{MeshArrays, TileArrays, TriangleIndices};
use crate::stream::bvh::Bvh;
use crate::viewer::material::{ATTRIBUTE_COLOUR, ATTRIBUTE_FEATURE, ATTRIBUTE_NORMAL, ATTRIBUTE_PLACE};
use crate::viewer::platform::PICTURE_SIDE;
use crate::viewer::textures::{demand_record, table_image, table_records};
use bevy::asset::RenderAssetUsages;
use bevy::camera::primitives::Aabb;
use bevy::image::Image;
use bevy::mesh::{Indices, Mesh, PrimitiveTopology, VertexAttributeValues};
use crate::i18n::place_name;
use crate::viewer::resident::NamedPlace;
use glam::{DMat4, DVec3, Vec3};
use std::collections::BTreeMap;

/// A picture on the ground with its halvings.
const PICTURE_BYTES: u64 = PICTURE_SIDE as u64 * PICTURE_SIDE as u64 * 16 / 3;

/// One drawable piece, ready to be handed over.
pub struct LoadedMesh {
    pub mesh: Mesh,
    pub aabb: Aabb,
    pub ecef_from_mesh: DMat4,
    pub table: Option<usize>,
    pub double_sided: bool,
    /// Some of its colours let what lies behind show through.
    pub translucent: bool,
    /// For picking and for the height of the ground.
    pub bvh: Bvh,
    pub feature_ids: Vec<u32>,
    /// Where a picture lies on it, when one may: its rectangle in Web Mercator, metres.
    pub rect: Option<Bounds2>,
}

pub struct LoadedTile {
    pub meshes: Vec<LoadedMesh>,
    pub tables: Vec<PropertyTable>,
    /// What bears a name.
    pub names: Vec<NamedPlace>,
    /// One texture per table.
    pub table_images: Vec<Image>,
    /// Main memory and GPU memory together.
    pub bytes: u64,
}

/// Prepares a content whose tile lies at `ecef_from_tile`; `pictured` ground gets places for a picture, and room for it.
pub fn load(content: TileContent, ecef_from_tile: DMat4, pictured: bool) -> LoadedTile {
    LoadedTile::of(TileArrays::of(content, ecef_from_tile, pictured))
}

impl LoadedTile {
    /// What was prepared, here or in a worker: only moved, nothing computed.
    pub fn of(arrays: TileArrays) -> Self {
        let pictures = arrays.meshes.iter().filter(|mesh| mesh.places.is_some()).count() as u64;
        let names = names(&arrays);
        let written: u64 = names.iter().map(|place| place.text.len() as u64 + std::mem::size_of::<NamedPlace>() as u64).sum();
        Self {
            bytes: arrays.bytes() + pictures * PICTURE_BYTES + written,
            names,
            table_images: arrays.tables.iter().map(|table| table_image(&table_records(table, &|row| demand_record(table, row)))).collect(),
            meshes: arrays.meshes.into_iter().map(load_mesh).collect(),
            tables: arrays.tables,
        }
    }
}

/// Most names of one tile; a picture has room for far fewer.
const MAX_NAMES: usize = 256;
/// Longest name that is written, characters.
const LONGEST_NAME: usize = 48;

/// The features with a name, each at the triangle of it that is nearest to its middle.
fn names(arrays: &TileArrays) -> Vec<NamedPlace> {
    struct Thing {
        sum: DVec3,
        weight: f64,
        low: Vec3,
        high: Vec3,
        nearest: (f64, DVec3),
    }
    let mut found = Vec::new();
    for mesh in &arrays.meshes {
        let Some(table) = mesh.table.and_then(|table| arrays.tables.get(table)) else { continue };
        let named: Vec<bool> = (0..table.count).map(|row| table.text("name", row).is_some_and(|name| name.chars().count() <= LONGEST_NAME)).collect();
        if !named.contains(&true) {
            continue;
        }
        let mut things: BTreeMap<u32, Thing> = BTreeMap::new();
        let corners = |triangle: &[u32; 3]| {
            let row = *mesh.feature_ids.get(triangle[0] as usize)?;
            if !named.get(row as usize).copied().unwrap_or(false) {
                return None;
            }
            let [a, b, c] = triangle.map(|index| mesh.positions.get(index as usize).copied().map(Vec3::from_array));
            Some((row, [a?, b?, c?]))
        };
        let indices: Vec<u32> = match &mesh.indices {
            TriangleIndices::U16(indices) => indices.iter().map(|index| u32::from(*index)).collect(),
            TriangleIndices::U32(indices) => indices.clone(),
        };
        let triangles = indices.as_chunks::<3>().0;
        for (row, [a, b, c]) in triangles.iter().filter_map(corners) {
            let thing = things.entry(row).or_insert(Thing {
                sum: DVec3::ZERO,
                weight: 0.0,
                low: Vec3::INFINITY,
                high: Vec3::NEG_INFINITY,
                nearest: (f64::INFINITY, DVec3::ZERO),
            });
            let weight = f64::from((b - a).cross(c - a).length());
            thing.sum += weight * ((a + b + c) / 3.0).as_dvec3();
            thing.weight += weight;
            for corner in [a, b, c] {
                thing.low = thing.low.min(corner);
                thing.high = thing.high.max(corner);
            }
        }
        for (row, [a, b, c]) in triangles.iter().filter_map(corners) {
            let Some(thing) = things.get_mut(&row) else { continue };
            let middle = ((a + b + c) / 3.0).as_dvec3();
            let away = middle.distance(thing.sum / thing.weight.max(f64::MIN_POSITIVE));
            if away < thing.nearest.0 {
                thing.nearest = (away, middle);
            }
        }
        for (row, thing) in things.into_iter().filter(|(_, thing)| thing.nearest.0.is_finite()) {
            let Some(text) = table.text("name", row as usize) else { continue };
            found.push(NamedPlace {
                text: place_name(text),
                ecef: mesh.ecef_from_mesh.transform_point3(thing.nearest.1),
                extent_m: f64::from((thing.high - thing.low).length()),
            });
        }
    }
    found.sort_by(|a, b| b.extent_m.total_cmp(&a.extent_m));
    found.truncate(MAX_NAMES);
    found
}

fn load_mesh(source: MeshArrays) -> LoadedMesh {
    let mut mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD);
    mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, source.positions);
    mesh.insert_attribute(ATTRIBUTE_NORMAL, VertexAttributeValues::Snorm8x4(source.normals));
    mesh.insert_attribute(ATTRIBUTE_COLOUR, VertexAttributeValues::Unorm8x4(source.colours));
    mesh.insert_attribute(ATTRIBUTE_FEATURE, VertexAttributeValues::Uint32(source.feature_ids.clone()));
    let rect = source.places.map(|(rect, places)| {
        mesh.insert_attribute(ATTRIBUTE_PLACE, VertexAttributeValues::Unorm16x2(places));
        rect
    });
    mesh.insert_indices(match source.indices {
        TriangleIndices::U16(indices) => Indices::U16(indices),
        TriangleIndices::U32(indices) => Indices::U32(indices),
    });
    LoadedMesh {
        mesh,
        aabb: Aabb::from_min_max(Vec3::from_array(source.low), Vec3::from_array(source.high)),
        ecef_from_mesh: source.ecef_from_mesh,
        table: source.table,
        double_sided: source.double_sided,
        translucent: source.translucent,
        bvh: source.bvh,
        feature_ids: source.feature_ids,
        rect,
    }
}
