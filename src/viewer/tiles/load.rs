//! From a decoded content to arrays the GPU takes as they are. Pure functions, run off the main thread.

use super::dress::{self, Look};
use crate::base::Bounds2;
use crate::formats::gltf::{PropertyTable, Shape, TileMesh};
use crate::formats::tiles3d::content::Drawn;
use crate::formats::webtiles::from_lonlat;
use crate::geodesy::Ecef;
use crate::viewer::bvh::Bvh;
use crate::viewer::material::{ATTRIBUTE_COLOUR, ATTRIBUTE_FEATURE, ATTRIBUTE_NORMAL, ATTRIBUTE_PLACE, ATTRIBUTE_UV};
use crate::viewer::platform::PICTURE_SIDE;
use crate::viewer::stand::Stand;
use crate::viewer::textures::{feature_hash, surface_image, table_image};
use bevy::asset::RenderAssetUsages;
use bevy::camera::primitives::Aabb;
use bevy::image::Image;
use bevy::mesh::{Indices, Mesh, PrimitiveTopology, VertexAttributeValues};
use glam::{DMat4, Vec3};

/// A picture on the ground with its halvings.
const PICTURE_BYTES: u64 = PICTURE_SIDE as u64 * PICTURE_SIDE as u64 * 16 / 3;
/// Surfaces without a colour of their own.
const PLAIN: [u8; 4] = [214, 210, 202, 255];

/// One drawable piece, ready to be handed over.
pub struct LoadedMesh {
    pub mesh: Mesh,
    pub aabb: Aabb,
    pub ecef_from_mesh: DMat4,
    pub table: Option<usize>,
    pub double_sided: bool,
    /// Some of its colours let what lies behind show through.
    pub translucent: bool,
    pub look: Look,
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
    /// Pictures of its own, as [`Look::picture`] counts them.
    pub pictures: Vec<Option<Image>>,
    /// Rows that somebody wrote.
    pub features: u64,
    /// Some features are to be seen through.
    pub styled_translucent: bool,
    /// Main memory and GPU memory together.
    pub bytes: u64,
}

/// Where a content goes and how it is to be seen.
#[derive(Clone, Debug)]
pub struct Wish {
    pub ecef_from_tile: DMat4,
    pub stand: Stand,
    /// Ground gets places for a picture, and room for it.
    pub pictured: bool,
    /// Features get a look of their own, and names where their tables have none: after this.
    pub dressed: Option<String>,
    pub style: Option<std::sync::Arc<crate::formats::tiles3d::style::Style>>,
}

/// Prepares a content.
pub fn load(drawn: Drawn, wish: &Wish) -> LoadedTile {
    let Drawn { mut content, pictures, .. } = drawn;
    content.meshes.retain(|mesh| !mesh.indices.is_empty());
    let mut features = content.tables.iter().map(|table| table.count as u64).sum();
    if let Some(name) = &wish.dressed {
        features = dress::name_features(&mut content, name);
    }
    let mut styled_translucent = false;
    let table_images: Vec<Image> = content
        .tables
        .iter()
        .map(|table| match &wish.dressed {
            None => table_image(&table_records(table)),
            Some(_) => {
                let (records, translucent) = dress::records(table, wish.style.as_deref());
                styled_translucent |= translucent;
                table_image(&records)
            }
        })
        .collect();
    let mut bytes = 0;
    for table in &content.tables {
        bytes += table.count as u64 * if wish.dressed.is_some() { 32 } else { 16 };
        for column in &table.columns {
            bytes += match &column.values {
                crate::formats::gltf::Values::Text(texts) => {
                    texts.iter().map(|text| text.len() as u64 + 24).sum()
                }
                values => values.len() as u64 * 8,
            };
        }
    }
    let opaque: Vec<bool> = pictures.iter().map(|picture| picture.as_ref().is_none_or(|picture| picture.opaque)).collect();
    let meshes = content
        .meshes
        .into_iter()
        .map(|mesh| {
            let rows = mesh.table.and_then(|table| content.tables.get(table)).map_or(0, |table| table.count);
            let loaded = load_mesh(mesh, rows, &opaque, wish);
            if wish.pictured {
                bytes += PICTURE_BYTES;
            }
            // 24 bytes a vertex on the GPU (eight more for its place on a picture), positions and indices once more for picking.
            let a_vertex = 24 + 4 + if loaded.look.picture.is_some() { 8 } else { 0 };
            bytes += loaded.bvh.bytes() as u64
                + loaded.mesh.count_vertices() as u64 * a_vertex
                + loaded.bvh.triangle_count() as u64 * 12;
            loaded
        })
        .collect();
    bytes += pictures.iter().flatten().map(|picture| picture.bytes.len() as u64).sum::<u64>();
    LoadedTile {
        meshes,
        tables: content.tables,
        table_images,
        pictures: pictures.into_iter().map(|picture| picture.map(surface_image)).collect(),
        features,
        styled_translucent,
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

fn load_mesh(mut source: TileMesh, rows: usize, opaque: &[bool], wish: &Wish) -> LoadedMesh {
    let mut ecef_from_mesh = wish.ecef_from_tile * source.tile_from_mesh;
    if dress::wants_settling(&source, ecef_from_mesh, &wish.stand) {
        ecef_from_mesh = dress::settle(&mut source, ecef_from_mesh, &wish.stand);
    }
    let picture = source.finish.picture.filter(|_| source.finish.uvs.len() == source.positions.len());
    let plain = if picture.is_some() { [255; 4] } else { PLAIN };
    source.colors.resize(source.positions.len(), plain);
    source.feature_ids.resize(source.positions.len(), 0);
    if wish.dressed.is_some() {
        // The row after the last looks like nothing was said.
        let last = u32::try_from(rows).unwrap_or(u32::MAX);
        source.feature_ids.iter_mut().for_each(|id| *id = (*id).min(last));
    }
    let cutoff = source.finish.cutoff.map_or(0, |cutoff| (cutoff.clamp(0.0, 1.0) * 255.0).round() as u8);
    let see_through = source.colors.iter().any(|[_, _, _, alpha]| *alpha < 255)
        || source.finish.blends && picture.is_some_and(|picture| !opaque.get(picture).copied().unwrap_or(true));
    let look = Look {
        picture,
        cutoff,
        unlit: source.finish.unlit,
        shape: source.shape,
    };
    let up = dress::up_in(ecef_from_mesh);
    let no_normal = if source.shape == Shape::Triangles { [0.0, 1.0, 0.0] } else { up };
    source.normals.resize(source.positions.len(), no_normal);
    let placed = wish.pictured.then(|| places(&source.positions, ecef_from_mesh));
    let (mut low, mut high) = (Vec3::splat(f32::INFINITY), Vec3::splat(f32::NEG_INFINITY));
    for position in &source.positions {
        low = low.min(Vec3::from_array(*position));
        high = high.max(Vec3::from_array(*position));
    }
    let bvh = match source.shape {
        Shape::Triangles => Bvh::build(&source.positions, &source.indices),
        Shape::Points | Shape::Lines => Bvh::build(&[], &[]),
    };
    let corners: &[i8] = if source.shape == Shape::Points { &[-127, 0, 127] } else { &[0] };
    if source.shape == Shape::Points {
        dress::spread_points(&mut source, corners.len());
    }
    let normals: Vec<[i8; 4]> = source
        .normals
        .iter()
        .zip(corners.iter().cycle())
        .map(|([x, y, z], corner)| [snorm(*x), snorm(*y), snorm(*z), *corner])
        .collect();
    let topology = match source.shape {
        Shape::Lines => PrimitiveTopology::LineList,
        Shape::Points | Shape::Triangles => PrimitiveTopology::TriangleList,
    };
    let count = source.positions.len();
    let mut mesh = Mesh::new(topology, RenderAssetUsages::RENDER_WORLD);
    mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, source.positions);
    mesh.insert_attribute(ATTRIBUTE_NORMAL, VertexAttributeValues::Snorm8x4(normals));
    mesh.insert_attribute(ATTRIBUTE_COLOUR, VertexAttributeValues::Unorm8x4(source.colors));
    mesh.insert_attribute(ATTRIBUTE_FEATURE, VertexAttributeValues::Uint32(source.feature_ids.clone()));
    if picture.is_some() {
        mesh.insert_attribute(ATTRIBUTE_UV, VertexAttributeValues::Float32x2(source.finish.uvs));
    }
    let rect = placed.map(|(rect, places)| {
        mesh.insert_attribute(ATTRIBUTE_PLACE, VertexAttributeValues::Unorm16x2(places));
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
        translucent: see_through && cutoff == 0,
        look,
        bvh,
        feature_ids: source.feature_ids,
        rect,
    }
}

fn snorm(x: f32) -> i8 {
    (x.clamp(-1.0, 1.0) * 127.0).round() as i8
}

/// What the shader reads of a feature; see `shaders/lib/features.wgsl`.
pub(super) fn table_records(table: &PropertyTable) -> Vec<[u32; 4]> {
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
