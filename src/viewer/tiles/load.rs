//! From a decoded content to arrays the GPU takes as they are. Pure functions, run off the main thread.

use crate::base::Bounds2;
use crate::formats::gltf::{PropertyTable, TileContent, TileMesh};
use crate::formats::webtiles::from_lonlat;
use crate::geodesy::Ecef;
use crate::viewer::material::{ATTRIBUTE_COLOUR, ATTRIBUTE_FEATURE, ATTRIBUTE_NORMAL, ATTRIBUTE_PLACE};
use crate::viewer::platform::PICTURE_SIDE;
use crate::viewer::bvh::Bvh;
use crate::viewer::textures::{demand_record, table_image, table_records};
use bevy::asset::RenderAssetUsages;
use bevy::camera::primitives::Aabb;
use bevy::image::Image;
use bevy::mesh::{Indices, Mesh, PrimitiveTopology};
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
    let table_images: Vec<Image> = content
        .tables
        .iter()
        .map(|table| table_image(&table_records(table, &|row| demand_record(table, row))))
        .collect();
    let mut bytes = 0;
    for table in &content.tables {
        bytes += table.count as u64 * 16;
        for column in &table.columns {
            bytes += match &column.values {
                crate::formats::gltf::Values::Text(texts) => {
                    texts.iter().map(|text| text.len() as u64 + 24).sum()
                }
                values => values.len() as u64 * 8,
            };
        }
    }
    let meshes = content
        .meshes
        .into_iter()
        .filter(|mesh| !mesh.indices.is_empty())
        .map(|mesh| {
            let loaded = load_mesh(mesh, ecef_from_tile, pictured);
            if pictured {
                bytes += PICTURE_BYTES;
            }
            // 24 bytes a vertex on the GPU, positions and indices once more for picking.
            bytes += loaded.bvh.bytes() as u64
                + loaded.feature_ids.len() as u64 * (24 + 4)
                + loaded.bvh.triangle_count() as u64 * 12;
            loaded
        })
        .collect();
    LoadedTile {
        meshes,
        tables: content.tables,
        table_images,
        bytes,
    }
}

/// Places of positions in their rectangle in Web Mercator, from its north-west corner; and that rectangle.
fn places(positions: &[[f32; 3]], ecef_from_mesh: DMat4) -> (Bounds2, Vec<[u16; 2]>) {
    let placed: Vec<[f64; 2]> = positions
        .iter()
        .map(|position| {
            let ecef = ecef_from_mesh.transform_point3(Vec3::from_array(*position).as_dvec3());
            let at = Ecef(ecef).to_lonlath();
            from_lonlat(at.lon_deg, at.lat_deg)
        })
        .collect();
    let rect = Bounds2::of(placed.iter().copied());
    let size = rect.size().map(|size| size.max(1e-3));
    let share = |value: f64| (value.clamp(0.0, 1.0) * f64::from(u16::MAX)).round() as u16;
    let places = placed.iter().map(|at| [share((at[0] - rect.min[0]) / size[0]), share((rect.max[1] - at[1]) / size[1])]).collect();
    (rect, places)
}

fn load_mesh(source: TileMesh, ecef_from_tile: DMat4, pictured: bool) -> LoadedMesh {
    let count = source.positions.len();
    let ecef_from_mesh = ecef_from_tile * source.tile_from_mesh;
    let placed = pictured.then(|| places(&source.positions, ecef_from_mesh));
    let normals: Vec<[i8; 4]> = (0..count)
        .map(|i| {
            let [x, y, z] = source.normals.get(i).copied().unwrap_or([0.0, 1.0, 0.0]);
            [snorm(x), snorm(y), snorm(z), 0]
        })
        .collect();
    let colours: Vec<[u8; 4]> = (0..count)
        .map(|i| source.colors.get(i).copied().unwrap_or([214, 210, 202, 255]))
        .collect();
    let feature_ids: Vec<u32> = (0..count)
        .map(|i| source.feature_ids.get(i).copied().unwrap_or(0))
        .collect();
    let (mut low, mut high) = (Vec3::splat(f32::INFINITY), Vec3::splat(f32::NEG_INFINITY));
    for position in &source.positions {
        low = low.min(Vec3::from_array(*position));
        high = high.max(Vec3::from_array(*position));
    }
    let translucent = colours.iter().any(|[_, _, _, alpha]| *alpha < 255);
    let bvh = Bvh::build(&source.positions, &source.indices);
    let mut mesh = Mesh::new(
        PrimitiveTopology::TriangleList,
        RenderAssetUsages::RENDER_WORLD,
    );
    mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, source.positions);
    mesh.insert_attribute(
        ATTRIBUTE_NORMAL,
        bevy::mesh::VertexAttributeValues::Snorm8x4(normals),
    );
    mesh.insert_attribute(
        ATTRIBUTE_COLOUR,
        bevy::mesh::VertexAttributeValues::Unorm8x4(colours),
    );
    mesh.insert_attribute(
        ATTRIBUTE_FEATURE,
        bevy::mesh::VertexAttributeValues::Uint32(feature_ids.clone()),
    );
    let rect = placed.map(|(rect, places)| {
        mesh.insert_attribute(ATTRIBUTE_PLACE, bevy::mesh::VertexAttributeValues::Unorm16x2(places));
        rect
    });
    mesh.insert_indices(if count <= usize::from(u16::MAX) {
        Indices::U16(source.indices.iter().map(|i| *i as u16).collect())
    } else {
        Indices::U32(source.indices)
    });
    LoadedMesh {
        mesh,
        aabb: Aabb::from_min_max(low, high),
        ecef_from_mesh,
        table: source.table,
        double_sided: source.double_sided,
        translucent,
        bvh,
        feature_ids,
        rect,
    }
}

fn snorm(x: f32) -> i8 {
    (x.clamp(-1.0, 1.0) * 127.0).round() as i8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::{EnuFrame, LonLatH};

    /// A picture lies where its pixels were taken: shares are those of the map projection, whatever the mesh's axes.
    #[test]
    fn places_are_shares_of_the_rectangle_in_web_mercator() {
        let frame = EnuFrame::at(LonLatH::new(-1.55, 47.2, 60.0));
        let corners = [[-1.552, 47.199], [-1.549, 47.199], [-1.549, 47.2015], [-1.5512, 47.2007]];
        let positions: Vec<[f32; 3]> = corners
            .iter()
            .map(|[lon, lat]| frame.enu_from_ecef.transform_point3(LonLatH::new(*lon, *lat, 42.0).to_ecef().0).as_vec3().to_array())
            .collect();
        let (rect, places) = places(&positions, frame.ecef_from_enu);
        let (low, high) = (from_lonlat(-1.552, 47.199), from_lonlat(-1.549, 47.2015));
        for k in 0..2 {
            assert!((rect.min[k] - low[k]).abs() < 0.01 && (rect.max[k] - high[k]).abs() < 0.01, "{rect:?}");
        }
        for ([lon, lat], place) in corners.iter().zip(places) {
            let at = from_lonlat(*lon, *lat);
            let wanted = [(at[0] - low[0]) / (high[0] - low[0]), (high[1] - at[1]) / (high[1] - low[1])];
            for k in 0..2 {
                // Two centimetres of some three hundred metres.
                assert!((f64::from(place[k]) / 65_535.0 - wanted[k]).abs() < 1e-4, "{place:?} {wanted:?}");
            }
        }
    }
}
