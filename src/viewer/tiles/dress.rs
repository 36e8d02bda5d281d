//! What foreign models need before they can be drawn: names for their features, a look for each, a frame without stretching. Pure functions.

use crate::formats::gltf::{Column, PropertyTable, Shape, TileContent, TileMesh, Values};
use crate::formats::tiles3d::style::{Row, Style};
use crate::viewer::stand::Stand;
use crate::viewer::textures::{demand_record, table_records};
use glam::{DMat3, DMat4, DVec3};

/// Pixels across a point of which nobody says a size.
const POINT_PX: f32 = 3.0;
/// How wide a point of a cloud is, for each metre that they lie apart.
pub const OVERLAP: f32 = 1.4;
/// Largest point, pixels.
const MOST_POINT_PX: f64 = 64.0;
/// Positions further out than this are counted anew from their middle, metres: at 20 km an f32 is still true to two millimetres.
const FAR_M: f32 = 20_000.0;
/// What a rotation may be off by.
const ROUND: f64 = 1e-5;

/// How a mesh is drawn beside its colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub picture: Option<usize>,
    /// What is less opaque, of 255, is cut away; 0 cuts nothing.
    pub cutoff: u8,
    pub unlit: bool,
    pub shape: Shape,
    /// Its vertices tell where they are on a line or an object.
    pub stroked: bool,
}

/// Gives every feature an id, and what has no features one for all; returns how many rows somebody wrote.
pub fn name_features(content: &mut TileContent, name: &str) -> u64 {
    let written = content.tables.iter().map(|table| table.count as u64).sum();
    for (number, table) in content.tables.iter_mut().enumerate() {
        if matches!(table.column("id"), Some(Values::Text(_))) {
            continue;
        }
        let ids = table.ids(&format!("{name}/{number}"));
        table.columns.retain(|column| column.name != "id");
        table.columns.insert(0, Column { name: "id".to_owned(), values: Values::Text(ids.into()) });
    }
    let mut whole = None;
    for mesh in &mut content.meshes {
        if mesh.table.is_some() {
            continue;
        }
        // Features that no table describes can still be told apart.
        let rows = mesh.feature_ids.iter().filter(|id| **id != u32::MAX).max().map_or(0, |last| (*last as usize).saturating_add(1));
        let count = if rows > 1 && rows <= mesh.positions.len() { rows } else { 1 };
        if count == 1 {
            mesh.feature_ids.clear();
        }
        let table = match whole {
            Some(table) if count == 1 => table,
            _ => {
                let table = content.tables.len();
                let bare = PropertyTable { class: String::new(), count, columns: Vec::new() };
                let ids = bare.ids(&format!("{name}/{table}"));
                let ids = if count == 1 { vec![name.to_owned()] } else { ids };
                content.tables.push(PropertyTable { columns: vec![Column { name: "id".to_owned(), values: Values::Text(ids.into()) }], ..bare });
                if count == 1 {
                    whole = Some(table);
                }
                table
            }
        };
        mesh.table = Some(table);
    }
    written
}

/// Two texels for each feature, the second its look, and a last pair for what is no feature; and whether some are to be seen through.
/// `apart_m` is how far the points of a cloud lie apart, 0 of anything else.
/// See `shaders/lib/features.wgsl`.
pub fn records(table: &PropertyTable, style: Option<&Style>, apart_m: f32) -> (Vec<[u32; 4]>, bool) {
    // Points of a cloud grow with the picture once it is nearer than they lie apart: surfaces stay whole.
    let wide_m = (OVERLAP * apart_m).to_bits();
    let plain = [u32::MAX, 0, POINT_PX.to_bits(), wide_m];
    let mut translucent = false;
    let mut records = Vec::with_capacity(2 * table.count + 2);
    for (row, record) in table_records(table, &|row| demand_record(table, row)).into_iter().enumerate() {
        records.push(record);
        let Some(style) = style else {
            records.push(plain);
            continue;
        };
        // A property that cannot be evaluated for a feature keeps its default.
        let (looks, _) = style.appearance(&Row { table, row });
        let colour = looks.colour.map(|part| (part * 255.0).round() as u8);
        translucent |= looks.show && colour[3] < 255;
        let (size, wide_m) = match style.point_size {
            Some(_) => (looks.point_size.min(MOST_POINT_PX) as f32, 0),
            None => (POINT_PX, wide_m),
        };
        // A feature of which nothing can be seen is not shown at all.
        let hidden = !looks.show || colour[3] == 0;
        records.push([u32::from_le_bytes(colour), u32::from(hidden), size.to_bits(), wide_m]);
    }
    records.push([(-1.0_f32).to_bits(), u32::MAX, u32::MAX, 0]);
    records.push(plain);
    (records, translucent)
}

/// Which features a style hides, by their records; empty where it hides none.
pub fn hidden(records: &[[u32; 4]]) -> Vec<bool> {
    let hidden: Vec<bool> = records.as_chunks::<2>().0.iter().map(|[_, [_, hidden, ..]]| *hidden == 1).collect();
    if hidden.contains(&true) { hidden } else { Vec::new() }
}

/// Whether a mesh is not simply turned and moved, or counts from too far away.
pub fn wants_settling(mesh: &TileMesh, ecef_from_mesh: DMat4, stand: &Stand) -> bool {
    let linear = DMat3::from_mat4(ecef_from_mesh);
    let square = (linear.transpose() * linear).abs_diff_eq(DMat3::IDENTITY, ROUND) && linear.determinant() > 0.0;
    stand.bends() || !square || mesh.positions.as_flattened().iter().any(|x| x.abs() > FAR_M)
}

/// Puts a mesh into the globe's own axes, counted from its middle; returns its new place.
pub fn settle(mesh: &mut TileMesh, ecef_from_mesh: DMat4, stand: &Stand) -> DMat4 {
    let wide = |v: &[f32; 3]| DVec3::from_array(v.map(f64::from));
    let placed: Vec<DVec3> = mesh.positions.iter().map(|p| stand.exact(ecef_from_mesh.transform_point3(wide(p)))).collect();
    let (low, high) = placed.iter().fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(low, high), at| (low.min(*at), high.max(*at)));
    let middle = 0.5 * (low + high);
    if !middle.is_finite() {
        return ecef_from_mesh;
    }
    let linear = DMat3::from_mat4(ecef_from_mesh);
    let turned = linear.inverse().transpose();
    mesh.positions = placed.iter().map(|at| (*at - middle).as_vec3().to_array()).collect();
    for normal in &mut mesh.normals {
        *normal = (turned * wide(normal)).normalize_or(DVec3::Z).as_vec3().to_array();
    }
    if linear.determinant() < 0.0 && mesh.shape == Shape::Triangles {
        mesh.indices.chunks_exact_mut(3).for_each(|triangle| triangle.swap(1, 2));
    }
    DMat4::from_translation(middle)
}

/// Away from the Earth's centre, in a mesh's own axes.
pub fn up_in(ecef_from_mesh: DMat4) -> [f32; 3] {
    let up = ecef_from_mesh.w_axis.truncate().normalize_or(DVec3::Z);
    (DMat3::from_mat4(ecef_from_mesh).transpose() * up).normalize_or(DVec3::Y).as_vec3().to_array()
}

/// Every point becomes the corners of a triangle, all at its place; the shader spreads them to a disc of so many pixels.
pub fn spread_points(mesh: &mut TileMesh, corners: usize) {
    fn times<T: Copy + Default>(list: &[T], picks: &[u32], corners: usize) -> Vec<T> {
        picks.iter().flat_map(|at| std::iter::repeat_n(list.get(*at as usize).copied().unwrap_or_default(), corners)).collect()
    }
    let picks = std::mem::take(&mut mesh.indices);
    mesh.positions = times(&mesh.positions, &picks, corners);
    mesh.normals = times(&mesh.normals, &picks, corners);
    mesh.colors = times(&mesh.colors, &picks, corners);
    mesh.feature_ids = times(&mesh.feature_ids, &picks, corners);
    mesh.finish.uvs = times(&mesh.finish.uvs, &picks, corners);
    mesh.indices = (0..u32::try_from(mesh.positions.len()).unwrap_or(u32::MAX)).collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec3;

    fn table() -> PropertyTable {
        let heights = Column { name: "Height".into(), values: Values::F64(vec![5.0, 50.0]) };
        PropertyTable { class: String::new(), count: 2, columns: vec![heights] }
    }

    #[test]
    fn a_style_becomes_the_second_texel_of_a_feature() {
        let style = br#"{"color":{"conditions":[["${Height} > 20","color('red', 0.5)"],["true","color('lime')"]]},"show":"${Height} > 1"}"#;
        let style = Style::parse(style, "", &mut crate::base::Report::default()).unwrap();
        let (records, translucent) = records(&table(), Some(&style), 0.0);
        assert!(translucent);
        assert_eq!(records.len(), 6);
        assert_eq!(records[1][0].to_le_bytes(), [0, 255, 0, 255]);
        assert_eq!(records[3][0].to_le_bytes(), [255, 0, 0, 128]);
        // What is no feature looks as if nothing had been said.
        assert_eq!(records[5][..2], [u32::MAX, 0]);
        assert!(hidden(&records).is_empty());
        let tall = Style::parse(br#"{"show":"${Height} > 20"}"#, "", &mut crate::base::Report::default()).unwrap();
        assert_eq!(hidden(&super::records(&table(), Some(&tall), 0.0).0), [true, false, false]);
    }

    #[test]
    fn every_feature_has_a_name() {
        let mesh = |ids: &[u32], table| TileMesh { positions: vec![[0.0; 3]; 3], feature_ids: ids.to_vec(), table, ..TileMesh::default() };
        let meshes = vec![mesh(&[0, 1, 1], Some(0)), mesh(&[], None), mesh(&[0, 2, 1], None), mesh(&[], None)];
        let mut content = TileContent { meshes, tables: vec![table()] };
        assert_eq!(name_features(&mut content, "a.b3dm"), 2);
        let tables: Vec<_> = content.meshes.iter().map(|mesh| mesh.table).collect();
        assert_eq!(tables, [Some(0), Some(1), Some(2), Some(1)]);
        assert_eq!(content.tables[0].text("id", 1), Some("a.b3dm/0/1"));
        assert_eq!(content.tables[1].text("id", 0), Some("a.b3dm"));
        assert_eq!((content.tables[2].count, content.tables[2].text("id", 2)), (3, Some("a.b3dm/2/2")));
    }

    #[test]
    fn a_stretched_mesh_keeps_its_places_and_its_outside() {
        let ecef_from_mesh = DMat4::from_translation(DVec3::new(4e6, 3e6, 4e6)) * DMat4::from_scale(DVec3::new(2.0, -1.0, 1.0));
        let mut mesh = TileMesh {
            positions: vec![[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
            normals: vec![[0.0, 1.0, 0.0]; 3],
            indices: vec![0, 1, 2],
            ..TileMesh::default()
        };
        assert!(wants_settling(&mesh, ecef_from_mesh, &Stand::Globe));
        let placed = settle(&mut mesh, ecef_from_mesh, &Stand::Globe);
        let at = placed.transform_point3(Vec3::from(mesh.positions[1]).as_dvec3());
        assert!((at - DVec3::new(4e6 + 2.0, 3e6, 4e6)).length() < 1e-6);
        assert_eq!((mesh.indices, mesh.normals[0]), (vec![0, 2, 1], [0.0, -1.0, 0.0]));
        assert!(!wants_settling(&TileMesh { positions: mesh.positions, ..TileMesh::default() }, placed, &Stand::Globe));
    }
}
