//! Simple clear shapes that lie on no tile: roofs lit up, lines of sight, proposed things; in metres east, north and up of their place.

use crate::stream::arrays::snorm;
use crate::viewer::anchor::Anchor;
use crate::viewer::material::{ATTRIBUTE_COLOUR, ATTRIBUTE_FEATURE, ATTRIBUTE_NORMAL, EmptyTextures, TileMaterial};
use bevy::asset::RenderAssetUsages;
use bevy::ecs::system::SystemParam;
use bevy::light::NotShadowCaster;
use bevy::mesh::{Mesh, MeshTag, PrimitiveTopology, VertexAttributeValues};
use bevy::prelude::*;
use glam::{DMat4, DVec3};
use std::f64::consts::TAU;

pub type Rgb = [u8; 3];

/// A mesh of such shapes, and where it stands.
#[derive(Component)]
pub struct Laid {
    ecef_from_mesh: DMat4,
}

/// What it takes to put shapes into the scene; whoever does marks them as its own by a component, and takes them away by it.
#[derive(SystemParam)]
pub struct Laying<'w, 's> {
    pub commands: Commands<'w, 's>,
    pub anchor: Res<'w, Anchor>,
    empty: Option<Res<'w, EmptyTextures>>,
    meshes: ResMut<'w, Assets<Mesh>>,
    materials: ResMut<'w, Assets<TileMaterial>>,
}

impl Laying<'_, '_> {
    /// Whether there is anything to draw with yet.
    pub fn is_ready(&self) -> bool {
        self.empty.is_some()
    }

    pub fn clear(&mut self, pieces: impl IntoIterator<Item = Entity>) {
        pieces.into_iter().for_each(|piece| self.commands.entity(piece).despawn());
    }

    /// Shapes without a triangle leave nothing.
    pub fn lay(&mut self, shapes: Shapes, unlit: bool, ecef_from_mesh: DMat4, mark: impl Component) {
        let (Some(empty), Some(mesh)) = (&self.empty, shapes.mesh()) else { return };
        let material = self.materials.add(empty.plain(unlit));
        self.commands.spawn((Mesh3d(self.meshes.add(mesh)), MeshMaterial3d(material), self.anchor.transform(ecef_from_mesh), MeshTag(255), NotShadowCaster, Laid { ecef_from_mesh }, mark));
    }
}

/// After the anchor has moved everything is placed anew, from f64.
pub fn place_again(anchor: Res<Anchor>, mut pieces: Query<(&mut Transform, &Laid)>) {
    if anchor.is_changed() {
        pieces.iter_mut().for_each(|(mut transform, piece)| *transform = anchor.transform(piece.ecef_from_mesh));
    }
}

/// Triangles on their way to a mesh.
#[derive(Default)]
pub struct Shapes {
    positions: Vec<[f32; 3]>,
    normals: Vec<[i8; 4]>,
    colours: Vec<[u8; 4]>,
}

/// Most vertices: a few hundred things.
const MAX_VERTICES: usize = 600_000;

impl Shapes {
    pub fn triangle(&mut self, place: &DMat4, corners: [DVec3; 3], colour: Rgb) {
        let corners = corners.map(|corner| place.transform_point3(corner));
        let normal = (corners[1] - corners[0]).cross(corners[2] - corners[0]).normalize_or_zero();
        self.facing(corners, normal, colour);
    }

    /// As [`Self::triangle`], with a normal that is known.
    pub fn facing(&mut self, corners: [DVec3; 3], normal: DVec3, [r, g, b]: Rgb) {
        if self.positions.len() >= MAX_VERTICES {
            return;
        }
        let n = normal.as_vec3();
        for corner in corners {
            self.positions.push(corner.as_vec3().to_array());
            self.normals.push([snorm(n.x), snorm(n.y), snorm(n.z), 0]);
            self.colours.push([r, g, b, 255]);
        }
    }

    /// Triangles so far.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.positions.len() / 3
    }

    /// Corners in order, counter-clockwise from where it is seen.
    pub fn quad(&mut self, place: &DMat4, [a, b, c, d]: [DVec3; 4], colour: Rgb) {
        self.triangle(place, [a, b, c], colour);
        self.triangle(place, [a, c, d], colour);
    }

    /// A box around the vertical through `foot`, with its long side in a direction (degrees from north).
    pub fn block(&mut self, place: &DMat4, foot: DVec3, [long, wide, high]: [f64; 3], heading_deg: f64, colour: Rgb) {
        let (sin, cos) = heading_deg.to_radians().sin_cos();
        let (along, beside) = (DVec3::new(sin, cos, 0.0) * (0.5 * long), DVec3::new(cos, -sin, 0.0) * (0.5 * wide));
        let low = [along + beside, beside - along, -along - beside, along - beside].map(|corner| foot + corner);
        let top = low.map(|corner| corner + DVec3::Z * high);
        // Clockwise from above: sides are told so that they look outward.
        for side in 0..4 {
            let next = (side + 1) % 4;
            self.quad(place, [low[next], low[side], top[side], top[next]], colour);
        }
        self.quad(place, [top[3], top[2], top[1], top[0]], colour);
    }

    /// A ring on the ground.
    pub fn ring(&mut self, place: &DMat4, inner: f64, outer: f64, up: f64, colour: Rgb) {
        const PARTS: usize = 40;
        let at = |part: usize, radius: f64| {
            let (sin, cos) = (TAU * part as f64 / PARTS as f64).sin_cos();
            DVec3::new(radius * cos, radius * sin, up)
        };
        for part in 0..PARTS {
            self.quad(place, [at(part, inner), at(part, outer), at(part + 1, outer), at(part + 1, inner)], colour);
        }
    }

    /// A mast that narrows.
    pub fn mast(&mut self, place: &DMat4, foot: DVec3, high: f64, [low_r, top_r]: [f64; 2], colour: Rgb) {
        const SIDES: usize = 12;
        let at = |side: usize, radius: f64, up: f64| {
            let (sin, cos) = (TAU * side as f64 / SIDES as f64).sin_cos();
            foot + DVec3::new(radius * cos, radius * sin, up)
        };
        for side in 0..SIDES {
            self.quad(place, [at(side, low_r, 0.0), at(side + 1, low_r, 0.0), at(side + 1, top_r, high), at(side, top_r, high)], colour);
        }
    }

    /// A bar of square section between two points.
    pub fn bar(&mut self, place: &DMat4, from: DVec3, to: DVec3, half_m: f64, colour: Rgb) {
        let way = (to - from).normalize_or_zero();
        if way == DVec3::ZERO {
            return;
        }
        let side = way.any_orthonormal_vector();
        let up = way.cross(side);
        let corners = [side + up, up - side, -side - up, side - up].map(|corner| corner * half_m);
        for number in 0..4 {
            let (a, b) = (corners[number], corners[(number + 1) % 4]);
            self.quad(place, [from + a, from + b, to + b, to + a], colour);
        }
    }

    /// A turbine that looks to where the wind comes from.
    pub fn turbine(&mut self, place: &DMat4, hub_m: f64, rotor_m: f64, from_deg: f64, white: Rgb, accent: Rgb) {
        self.mast(place, DVec3::ZERO, hub_m, [0.026 * hub_m, 0.014 * hub_m], white);
        // A band that says from afar that it is none yet.
        self.mast(place, DVec3::Z * (0.55 * hub_m), 0.12 * hub_m, [0.0225 * hub_m, 0.0205 * hub_m], accent);
        let (sin, cos) = from_deg.to_radians().sin_cos();
        let (front, right) = (DVec3::new(sin, cos, 0.0), DVec3::new(cos, -sin, 0.0));
        let hub = DVec3::Z * hub_m;
        self.block(place, hub - DVec3::Z * (0.02 * hub_m), [0.1 * hub_m, 0.045 * hub_m, 0.045 * hub_m], from_deg, white);
        let nose = hub + front * (0.055 * hub_m);
        let radius = 0.5 * rotor_m;
        for blade in 0..3 {
            let (s, c) = (0.35 + TAU * blade as f64 / 3.0).sin_cos();
            let (along, across) = (right * s + DVec3::Z * c, right * c - DVec3::Z * s);
            let (root, tip) = (0.055 * radius, 0.012 * radius);
            let corners = [nose + across * root, nose + along * radius + across * tip, nose + along * radius - across * tip, nose - across * root];
            let thick = front * (0.018 * radius);
            let colour = if blade == 0 { accent } else { white };
            self.quad(place, corners, colour);
            self.quad(place, [corners[3] - thick, corners[2], corners[1], corners[0] - thick], colour);
        }
    }

    /// Rows of modules that look to an azimuth; as many square metres as there are modules.
    #[expect(clippy::too_many_arguments, reason = "a field of modules is its size, its slope and its stand")]
    pub fn modules(&mut self, place: &DMat4, area_m2: f64, spread: f64, tilt_deg: f64, azimuth_deg: f64, up: f64, dark: Rgb, frame: Rgb) {
        const DEEP_M: f64 = 4.0;
        const MOST_ROWS: usize = 80;
        let side = (area_m2 * spread).sqrt().max(2.0);
        // Twice as long as deep: so most barns are.
        let (long, deep) = (side * std::f64::consts::SQRT_2, side / std::f64::consts::SQRT_2);
        let rows = ((deep / (DEEP_M * spread)).round() as usize).clamp(1, MOST_ROWS);
        let pitch = deep / rows as f64;
        let strip = (pitch / spread).max(0.5);
        let (sin, cos) = azimuth_deg.to_radians().sin_cos();
        let (down, beside) = (DVec3::new(sin, cos, 0.0), DVec3::new(cos, -sin, 0.0));
        let (slope_sin, slope_cos) = tilt_deg.to_radians().sin_cos();
        for row in 0..rows {
            let middle = down * (pitch * (row as f64 + 0.5) - 0.5 * deep);
            let low = middle + down * (0.5 * strip * slope_cos) + DVec3::Z * up;
            let high = middle - down * (0.5 * strip * slope_cos) + DVec3::Z * (up + strip * slope_sin);
            let half = beside * (0.5 * long);
            self.quad(place, [low - half, low + half, high + half, high - half], frame);
            let parts = ((long / 12.0).round() as usize).clamp(1, 40);
            let lift = DVec3::Z * 0.06;
            for part in 0..parts {
                let from = -1.0 + 2.0 * (part as f64 + 0.04) / parts as f64;
                let to = -1.0 + 2.0 * (part as f64 + 0.96) / parts as f64;
                let inner = |end: DVec3, share: f64| end + half * share + lift;
                self.quad(place, [inner(low, from), inner(low, to), inner(high, to), inner(high, from)], dark);
            }
            if up > 0.6 {
                for share in [-0.95, 0.0, 0.95] {
                    self.bar(place, low + half * share - DVec3::Z * up, low + half * share, 0.09, frame);
                    self.bar(place, high + half * share - DVec3::Z * (up + strip * slope_sin), high + half * share, 0.09, frame);
                }
            }
        }
    }

    pub fn mesh(self) -> Option<Mesh> {
        if self.positions.is_empty() {
            return None;
        }
        let rows = vec![0_u32; self.positions.len()];
        Some(
            Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD | RenderAssetUsages::MAIN_WORLD)
                .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, self.positions)
                .with_inserted_attribute(ATTRIBUTE_NORMAL, VertexAttributeValues::Snorm8x4(self.normals))
                .with_inserted_attribute(ATTRIBUTE_COLOUR, VertexAttributeValues::Unorm8x4(self.colours))
                .with_inserted_attribute(ATTRIBUTE_FEATURE, rows),
        )
    }
}
