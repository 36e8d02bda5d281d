//! From a decoded content to arrays the graphics card takes as they are, and to what rays ask. Pure functions, run off the main thread.

use super::bvh::Bvh;
use super::narrow::Narrow;
use super::{curtain, rise};
use crate::base::Bounds2;
use crate::formats::gltf::{PropertyTable, Stroke, TileContent, TileMesh};
use crate::formats::webtiles::from_lonlat;
use crate::geodesy::Ecef;
use glam::{DMat4, Vec3};

/// Colour of a vertex that has none.
const UNCOLOURED: [u8; 4] = [214, 210, 202, 255];

/// A tile's content, ready to be handed over.
#[derive(Clone, Debug, PartialEq)]
pub struct TileArrays {
    pub meshes: Vec<MeshArrays>,
    pub tables: Vec<PropertyTable>,
}

/// One drawable piece.
#[derive(Clone, Debug, PartialEq)]
pub struct MeshArrays {
    pub positions: Vec<[f32; 3]>,
    /// Signed shares of 127; the fourth is what [`rise`] says of the vertex.
    pub normals: Vec<[i8; 4]>,
    pub colours: Vec<[u8; 4]>,
    pub feature_ids: Vec<u32>,
    /// Where each vertex is on its line or object; none for surfaces.
    pub strokes: Vec<Stroke>,
    /// Where a picture lies on it, when one may: its rectangle in Web Mercator (metres), and the places of its positions there.
    pub places: Option<(Bounds2, Vec<[u16; 2]>)>,
    pub indices: Narrow,
    pub low: [f32; 3],
    pub high: [f32; 3],
    pub ecef_from_mesh: DMat4,
    pub table: Option<usize>,
    pub double_sided: bool,
    /// Some of its colours let what lies behind show through.
    pub translucent: bool,
    /// For picking and for the height of the ground.
    pub bvh: Bvh,
}

impl TileArrays {
    /// Prepares a content whose tile lies at `ecef_from_tile`; `pictured` ground gets places for a picture.
    pub fn of(content: TileContent, ecef_from_tile: DMat4, pictured: bool) -> Self {
        let classes: Vec<&str> = content.tables.iter().map(|table| table.class.as_str()).collect();
        let class_of = |mesh: &TileMesh| mesh.table.and_then(|table| classes.get(table)).copied().unwrap_or_default();
        let meshes = content
            .meshes
            .into_iter()
            .filter(|mesh| !mesh.indices.is_empty())
            .map(|mesh| {
                let class = class_of(&mesh);
                MeshArrays::of(mesh, ecef_from_tile, pictured, class)
            })
            .collect();
        Self { meshes, tables: content.tables }
    }

    /// Main memory and GPU memory together.
    pub fn bytes(&self) -> u64 {
        let tables: u64 = self.tables.iter().map(table_bytes).sum();
        tables + self.meshes.iter().map(MeshArrays::bytes).sum::<u64>()
    }
}

/// What a table costs in memory and on the GPU, bytes.
pub fn table_bytes(table: &PropertyTable) -> u64 {
    let columns: u64 = table.columns.iter().map(|column| column.values.bytes()).sum();
    table.count as u64 * 16 + columns
}

impl MeshArrays {
    fn of(mut source: TileMesh, ecef_from_tile: DMat4, pictured: bool, class: &str) -> Self {
        // Rays ask for what is drawn without any value: walls that have no height are not there.
        // Nobody points at a tree: rays pass through.
        let bvh = if class == "tree" { Bvh::build(&[], &[]) } else { Bvh::build(&source.positions, &source.indices) };
        let rises = rises(class, &mut source);
        let count = source.positions.len();
        let ecef_from_mesh = ecef_from_tile * source.tile_from_mesh;
        let places = pictured.then(|| places(&source.positions, ecef_from_mesh));
        let normals = (0..count)
            .map(|i| {
                let [x, y, z] = source.normals.get(i).copied().unwrap_or([0.0, 1.0, 0.0]);
                [snorm(x), snorm(y), snorm(z), rises.get(i).copied().unwrap_or(0)]
            })
            .collect();
        let colours: Vec<[u8; 4]> = (0..count).map(|i| source.colors.get(i).copied().unwrap_or(UNCOLOURED)).collect();
        let feature_ids = (0..count).map(|i| source.feature_ids.get(i).copied().unwrap_or(0)).collect();
        let (mut low, mut high) = (Vec3::splat(f32::INFINITY), Vec3::splat(f32::NEG_INFINITY));
        for position in &source.positions {
            low = low.min(Vec3::from_array(*position));
            high = high.max(Vec3::from_array(*position));
        }
        Self {
            translucent: colours.iter().any(|[_, _, _, alpha]| *alpha < 255),
            bvh,
            indices: Narrow::from(source.indices),
            positions: source.positions,
            normals,
            colours,
            feature_ids,
            strokes: if source.strokes.len() == count { source.strokes } else { Vec::new() },
            places,
            low: low.to_array(),
            high: high.to_array(),
            ecef_from_mesh,
            table: source.table,
            double_sided: source.double_sided,
        }
    }

    fn bytes(&self) -> u64 {
        // 24 bytes a vertex on the GPU; positions, triangles and rows once more for picking.
        let rows = if self.table.is_some() { Narrow::bytes_of(&self.feature_ids) } else { 0 };
        (self.strokes.len() * 16 + self.feature_ids.len() * 24 + self.indices.bytes() + self.bvh.bytes() + rows) as u64
    }
}

/// What a value raises: the walls and roofs of buildings, and areas as a whole. Our own tiles are upright.
fn rises(class: &str, source: &mut TileMesh) -> Vec<i8> {
    match class {
        "building" if source.feature_ids.len() == source.positions.len() => rise::codes(&source.positions, &source.feature_ids, Vec3::Y),
        "area" if source.strokes.is_empty() => curtain::hang(source),
        "area" => vec![1; source.positions.len()],
        _ => Vec::new(),
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

/// A share of one as a signed byte.
pub fn snorm(x: f32) -> i8 {
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
