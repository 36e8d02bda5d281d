//! From prepared arrays to what Bevy hands to the graphics card.

use crate::base::Bounds2;
use crate::formats::gltf::{PropertyTable, TileContent};
use crate::stream::arrays::{MeshArrays, TileArrays, TriangleIndices};
use crate::stream::bvh::Bvh;
use crate::viewer::material::{ATTRIBUTE_COLOUR, ATTRIBUTE_FEATURE, ATTRIBUTE_NORMAL, ATTRIBUTE_PLACE};
use crate::viewer::platform::PICTURE_SIDE;
use crate::viewer::textures::{feature_hash, table_image};
use bevy::asset::RenderAssetUsages;
use bevy::camera::primitives::Aabb;
use bevy::image::Image;
use bevy::mesh::{Indices, Mesh, PrimitiveTopology, VertexAttributeValues};
use glam::{DMat4, Vec3};

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
        Self {
            bytes: arrays.bytes() + pictures * PICTURE_BYTES,
            table_images: arrays.tables.iter().map(|table| table_image(&table_records(table))).collect(),
            meshes: arrays.meshes.into_iter().map(load_mesh).collect(),
            tables: arrays.tables,
        }
    }
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

/// What the shader reads of a feature; see `shaders/lib/features.wgsl`.
fn table_records(table: &PropertyTable) -> Vec<[u32; 4]> {
    const NO_DATA: u32 = u32::MAX;
    const HOURS_PER_YEAR: f64 = 8760.0;
    (0..table.count)
        .map(|row| {
            // Watts per square metre of floor, averaged over the year; the profile's mean is one.
            let scale = match (
                table.number("demand_kwh_year", row),
                table.number("floor_area_m2", row),
            ) {
                (Some(kwh), Some(area)) if area > 0.0 => {
                    (kwh * 1000.0 / HOURS_PER_YEAR / area) as f32
                }
                _ => -1.0,
            };
            let profile = table
                .number("demand_profile", row)
                .map_or(NO_DATA, |profile| profile as u32);
            let year = table.number("year", row).map_or(NO_DATA, |year| year as u32);
            let hash = table.text("id", row).map_or(0, feature_hash);
            [scale.to_bits(), profile, year, hash]
        })
        .collect()
}
