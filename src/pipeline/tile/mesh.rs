//! From the plane to a tile's mesh: exact positions, shared vertices, features.

use super::grid::{Grid, Plane, TileKey};
use super::palette::Rgba;
use crate::base::Bounds2;
use super::stroke::Drawing;
use crate::formats::gltf::{Stroke, TileMesh};
use crate::geodesy::{EnuFrame, LonLatH};
use glam::{DMat4, DVec3, DVec4};
use meshoptimizer_rs::{Positions, SimplifyOptions, SimplifySettings, Workspace, simplify};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

/// The room that vertices take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// In the plane.
    pub plan: Bounds2,
    /// Heights above the ellipsoid, metres.
    pub min_m: f64,
    pub max_m: f64,
}

impl Extent {
    pub const EMPTY: Self = Self {
        plan: Bounds2::EMPTY,
        min_m: f64::INFINITY,
        max_m: f64::NEG_INFINITY,
    };

    pub fn union(self, other: Self) -> Self {
        Self {
            plan: self.plan.union(other.plan),
            min_m: self.min_m.min(other.min_m),
            max_m: self.max_m.max(other.max_m),
        }
    }

    pub fn is_empty(self) -> bool {
        self.min_m > self.max_m
    }
}

/// Where a tile's mesh stands on Earth: an east-north-up frame in the middle of the tile.
pub struct TileFrame<'a> {
    plane: &'a Plane,
    enu_from_ecef: DMat4,
    tile_from_mesh: DMat4,
    /// Metres east and south, in the mesh's axes, for a metre along each axis of the plane.
    mesh_from_plane: [[f32; 2]; 2],
}

impl<'a> TileFrame<'a> {
    /// `height_m` is the ellipsoidal height of the frame's origin, near the tile's content.
    pub fn new(plane: &'a Plane, grid: &Grid, key: TileKey, height_m: f64) -> Self {
        let middle = plane.lonlat(grid.rect(key).centre());
        let frame = EnuFrame::at(LonLatH {
            lon_deg: middle.lon_deg,
            lat_deg: middle.lat_deg,
            height_m,
        });
        // The mesh has glTF's axes: x east, y up, z south.
        let enu_from_mesh = DMat4::from_cols(DVec4::X, DVec4::Z, -DVec4::Y, DVec4::W);
        let mut frame = Self {
            plane,
            enu_from_ecef: frame.enu_from_ecef,
            tile_from_mesh: frame.ecef_from_enu * enu_from_mesh,
            mesh_from_plane: [[1.0, 0.0], [0.0, -1.0]],
        };
        const ARM_M: f64 = 100.0;
        let centre = grid.rect(key).centre();
        let from = frame.mesh_point(centre, height_m);
        frame.mesh_from_plane = [[ARM_M, 0.0], [0.0, ARM_M]].map(|arm| {
            let to = frame.mesh_point([centre[0] + arm[0], centre[1] + arm[1]], height_m);
            [0, 2].map(|axis: usize| (to[axis] - from[axis]) / ARM_M as f32)
        });
        frame
    }

    /// A direction of the plane as metres east and south.
    fn mesh_direction(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [east, north] = self.mesh_from_plane;
        [0, 1].map(|axis: usize| x * east[axis] + y * north[axis])
    }

    /// From the mesh's axes to the tile's frame.
    pub fn tile_from_mesh(&self) -> DMat4 {
        self.tile_from_mesh
    }

    /// A point `[east, north, height in the sources' datum]` in the mesh's axes, and its height above the ellipsoid.
    pub fn placed(&self, at: [f64; 3]) -> ([f32; 3], f64) {
        let plan = [at[0], at[1]];
        let height_m = at[2] + self.plane.undulation_m(plan);
        (self.mesh_point(plan, height_m), height_m)
    }

    /// A point of the plane with an ellipsoidal height, in the mesh's axes.
    fn mesh_point(&self, at: [f64; 2], height_m: f64) -> [f32; 3] {
        let lonlat = self.plane.lonlat(at);
        let ecef = LonLatH {
            lon_deg: lonlat.lon_deg,
            lat_deg: lonlat.lat_deg,
            height_m,
        }
        .to_ecef();
        let enu: DVec3 = self.enu_from_ecef.transform_point3(ecef.0);
        [enu.x as f32, enu.z as f32, -enu.y as f32]
    }
}

/// What makes two vertices one: place in tenths of a millimetre, normal and colour, feature.
#[derive(Clone, Copy, PartialEq, Eq)]
struct VertexKey {
    place: [i64; 3],
    normal_and_colour: u64,
    feature: u32,
    stroke: [u32; 4],
}

impl VertexKey {
    fn new(at: [f64; 3], normal: [f32; 3], colour: Rgba, feature: u32, stroke: Stroke) -> Self {
        let [x, y, z] = normal.map(|value| (value * 127.0).round() as i8 as u8);
        let [r, g, b, alpha] = colour;
        Self {
            // A tenth of a millimetre: what two computations of one point may differ by.
            place: at.map(|value| (value * 1e4).round() as i64),
            normal_and_colour: u64::from_le_bytes([x, y, z, 0, r, g, b, alpha]),
            feature,
            stroke: stroke.map(f32::to_bits),
        }
    }
}

impl Hash for VertexKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.place.iter().for_each(|value| state.write_i64(*value));
        state.write_u64(self.normal_and_colour);
        state.write_u32(self.feature);
        if self.stroke != [0; 4] {
            self.stroke.iter().for_each(|part| state.write_u32(*part));
        }
    }
}

/// Triangles in the making; equal vertices become one.
pub struct MeshBuilder<'a> {
    frame: TileFrame<'a>,
    mesh: TileMesh,
    /// Asked for every corner of every triangle: the standard library's hasher took a tenth of a whole import. No order of it is ever used.
    known: HashMap<VertexKey, u32, foldhash::fast::RandomState>,
    extent: Extent,
    with_features: bool,
    /// What the next vertices draw; `None` for surfaces, whose vertices tell nothing of it.
    drawing: Option<Drawing>,
}

impl<'a> MeshBuilder<'a> {
    pub fn new(name: &str, frame: TileFrame<'a>) -> Self {
        Self {
            mesh: TileMesh {
                name: name.to_owned(),
                tile_from_mesh: frame.tile_from_mesh,
                ..TileMesh::default()
            },
            frame,
            known: HashMap::default(),
            extent: Extent::EMPTY,
            with_features: false,
            drawing: None,
        }
    }

    /// Vertices carry the feature they are given, an index into this table of the tile.
    pub fn featured(mut self, table: usize) -> Self {
        self.with_features = true;
        self.mesh.table = Some(table);
        self
    }

    /// Vertices tell where they are on what they draw: this, until the next.
    pub fn draws(&mut self, drawing: Drawing) {
        self.drawing = Some(drawing);
    }

    /// A vertex at `[east, north, height in the sources' datum]`, its normal in east, north, up.
    pub fn vertex(&mut self, at: [f64; 3], normal: [f32; 3], colour: Rgba, feature: u32) -> u32 {
        let stroke = self.drawing.map(|drawing| {
            let [along, x, y, place] = drawing.stroke(at);
            let [east, south] = self.frame.mesh_direction([x, y]);
            [along, east, south, place]
        });
        let key = VertexKey::new(at, normal, colour, feature, stroke.unwrap_or_default());
        if let Some(index) = self.known.get(&key) {
            return *index;
        }
        let plan = [at[0], at[1]];
        let (point, height_m) = self.frame.placed(at);
        self.extent = self.extent.union(Extent {
            plan: Bounds2 { min: plan, max: plan },
            min_m: height_m,
            max_m: height_m,
        });
        let index = self.mesh.positions.len() as u32;
        self.mesh.positions.push(point);
        self.mesh.normals.push([normal[0], normal[2], -normal[1]]);
        self.mesh.colors.push(colour);
        if self.with_features {
            self.mesh.feature_ids.push(feature);
        }
        self.mesh.strokes.extend(stroke);
        self.known.insert(key, index);
        index
    }

    /// A triangle, counter-clockwise from outside. Those without an area are left out.
    pub fn triangle(&mut self, a: u32, b: u32, c: u32) {
        if a != b && b != c && c != a {
            self.mesh.indices.extend([a, b, c]);
        }
    }

    /// A flat face: a convex polygon counter-clockwise from outside, its normal computed.
    pub fn face(&mut self, corners: &[[f64; 3]], colours: &[Rgba], feature: u32) {
        let Some(normal) = face_normal(corners) else {
            return;
        };
        let mut fan: Option<(u32, u32)> = None;
        for (corner, colour) in corners.iter().zip(colours) {
            let next = self.vertex(*corner, normal, *colour, feature);
            let (first, before) = fan.unwrap_or((next, next));
            // The first two corners make none: two of its corners are one.
            self.triangle(first, before, next);
            fan = Some((first, next));
        }
    }

    /// Triangles so far.
    pub fn triangles(&self) -> usize {
        self.mesh.indices.len() / 3
    }

    pub fn is_empty(&self) -> bool {
        self.mesh.indices.is_empty()
    }

    pub fn finish(self) -> (TileMesh, Extent) {
        (self.mesh, self.extent)
    }

    /// The same without vertices that change the surface by less than `error_m` (edge collapse by quadrics, Garland and Heckbert 1997).
    ///
    /// Colours and features stay apart, for they share no vertex. What cannot be simplified is left as it is.
    pub fn finish_within(mut self, error_m: f64) -> (TileMesh, Extent) {
        let settings = SimplifySettings {
            target_index_count: 0,
            target_error: error_m as f32,
            options: SimplifyOptions::ERROR_ABSOLUTE,
        };
        let positions = Positions::from_packed(&self.mesh.positions);
        // Vertices that nothing uses any more are left out when the mesh is written.
        if let Ok(simplified) = simplify(&self.mesh.indices, positions, settings, &mut Workspace::default()) {
            self.mesh.indices = simplified.indices;
        }
        self.finish()
    }
}

/// Newell's normal of a polygon; `None` for a needle.
fn face_normal(corners: &[[f64; 3]]) -> Option<[f32; 3]> {
    let origin = DVec3::from(*corners.first()?);
    let mut sum = DVec3::ZERO;
    for pair in corners.windows(2).skip(1) {
        sum += (DVec3::from(pair[0]) - origin).cross(DVec3::from(pair[1]) - origin);
    }
    let normal = sum.try_normalize()?;
    Some([normal.x as f32, normal.y as f32, normal.z as f32])
}
