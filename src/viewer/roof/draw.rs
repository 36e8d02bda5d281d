//! The selected roof in the scene: its planes in the colours of their light, modules on them, lines of sight to what is protected.

use crate::energy::layout::ModuleKind;
use crate::energy::shading::sight::SightLine;
use crate::formats::roofbook::Record;
use crate::geodesy::{EnuFrame, LonLatH};
use crate::rooftop::card::{PlaneCard, colour};
use crate::rooftop::record;
use crate::stream::arrays::snorm;
use crate::viewer::anchor::Anchor;
use crate::viewer::material::{ATTRIBUTE_COLOUR, ATTRIBUTE_FEATURE, ATTRIBUTE_NORMAL, EmptyTextures, TileKey, TileMaterial};
use crate::viewer::vocab::{RoofFacts, Scene};
use bevy::asset::RenderAssetUsages;
use bevy::light::NotShadowCaster;
use bevy::mesh::{Mesh, MeshTag, PrimitiveTopology, VertexAttributeValues};
use bevy::prelude::*;
use glam::{DMat4, DVec3};

/// The coloured planes lie so far above the roof, and the modules above them, metres: far enough not to flicker with what lies below.
const PLANE_ABOVE_M: f64 = 0.10;
const MODULE_ABOVE_M: f64 = 0.20;
/// A module's frame is narrower than the module by this on every side, so that neighbours are told apart.
const MODULE_INSET: f64 = 0.03;
const MODULE: [u8; 3] = [20, 27, 48];
/// A free line of sight, one that something hides, and what of it lies behind.
const SEEN: [u8; 3] = [214, 40, 40];
const HIDDEN: [u8; 3] = [58, 124, 86];
/// Half the width of a line of sight, metres, for each metre of its length; at least, at most.
const LINE_SHARE: f64 = 1.0 / 700.0;
const LINE_M: [f64; 2] = [0.12, 0.6];
/// Length of the dashes of a hidden part, metres.
const DASH_M: f64 = 4.0;
const MOST_DASHES: usize = 200;

/// A mesh of the selected roof, and where it stands.
#[derive(Component)]
pub struct RoofPiece {
    ecef_from_mesh: DMat4,
}

/// Triangles on their way to a mesh.
#[derive(Default)]
pub(super) struct Triangles {
    positions: Vec<[f32; 3]>,
    normals: Vec<[i8; 4]>,
    colours: Vec<[u8; 4]>,
}

impl Triangles {
    /// In metres from the middle of the roof.
    fn push(&mut self, corners: [DVec3; 3], normal: DVec3, [r, g, b]: [u8; 3]) {
        for corner in corners {
            self.positions.push(corner.as_vec3().to_array());
            let n = normal.as_vec3();
            self.normals.push([snorm(n.x), snorm(n.y), snorm(n.z), 0]);
            self.colours.push([r, g, b, 255]);
        }
    }

    /// Triangles so far.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.positions.len() / 3
    }

    pub(super) fn mesh(self) -> Option<Mesh> {
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

/// Draws the roof anew when what is known of it has changed.
#[expect(clippy::too_many_arguments, reason = "meshes, materials and the scene at once")]
pub(super) fn draw(
    mut commands: Commands,
    scene: Res<Scene>,
    facts: Res<RoofFacts>,
    anchor: Res<Anchor>,
    empty: Option<Res<EmptyTextures>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<TileMaterial>>,
    pieces: Query<Entity, With<RoofPiece>>,
    mut drawn: Local<Option<u64>>,
) {
    let Some(empty) = empty.filter(|_| *drawn != Some(facts.version)) else { return };
    *drawn = Some(facts.version);
    pieces.iter().for_each(|piece| commands.entity(piece).despawn());
    let (Some(prepared), Some(kind)) = (&facts.prepared, &facts.module) else { return };
    let middle = DVec3::from_array(prepared.middle());
    let [lon, lat, height_m] = scene.manifest.origin;
    let ecef_from_mesh = EnuFrame::at(LonLatH::new(lon, lat, height_m)).ecef_from_enu * DMat4::from_translation(middle);
    let lines = facts.card.as_ref().map(|card| sight_lines(card.monuments.iter().flat_map(|one| one.direct.iter().chain(one.from_street.iter().flatten())), middle));
    let parts = [(planes(&prepared.record, &facts.planes, kind, middle), false), (lines.unwrap_or_default(), true)];
    for (triangles, unlit) in parts {
        let Some(mesh) = triangles.mesh() else { continue };
        let material = TileMaterial {
            key: TileKey { double_sided: true, unlit, ..TileKey::default() },
            table: Some(empty.table.clone()),
            profiles: Some(empty.profiles.clone()),
            picture: Some(empty.picture.clone()),
            order: 0,
        };
        commands.spawn((Mesh3d(meshes.add(mesh)), MeshMaterial3d(materials.add(material)), anchor.transform(ecef_from_mesh), MeshTag(255), NotShadowCaster, RoofPiece { ecef_from_mesh }));
    }
}

/// After the anchor has moved the roof is placed anew, from f64.
pub(super) fn place_again(anchor: Res<Anchor>, mut pieces: Query<(&mut Transform, &RoofPiece)>) {
    if anchor.is_changed() {
        pieces.iter_mut().for_each(|(mut transform, piece)| *transform = anchor.transform(piece.ecef_from_mesh));
    }
}

/// Planes in their colours, with the modules that are on.
fn planes(record: &Record, cards: &[PlaneCard], kind: &ModuleKind, middle: DVec3) -> Triangles {
    let mut out = Triangles::default();
    for (own, card) in record.planes.iter().zip(cards) {
        let plane = record::plane(own);
        let normal = DVec3::from_array(plane.normal);
        for triangle in &plane.triangles {
            let corners = triangle.map(|p| DVec3::from_array(p) - middle + PLANE_ABOVE_M * normal);
            out.push(corners, normal, colour(own.kwh_m2));
        }
        let modules = record::layout(own, kind).in_space(&plane, kind);
        for (module, _) in modules.iter().zip(&card.modules_at).filter(|(_, (on, _))| *on) {
            let centre = module.iter().fold(DVec3::ZERO, |sum, p| sum + DVec3::from_array(*p)) / 4.0;
            let [a, b, c, d] = module.map(|p| {
                let p = DVec3::from_array(p);
                p + MODULE_INSET * (centre - p) - middle + MODULE_ABOVE_M * normal
            });
            out.push([a, b, c], normal, MODULE);
            out.push([a, c, d], normal, MODULE);
        }
    }
    out
}

/// Lines of sight: whole where they are free, dashed from what hides them on.
fn sight_lines<'l>(lines: impl Iterator<Item = &'l SightLine>, middle: DVec3) -> Triangles {
    let mut out = Triangles::default();
    for line in lines {
        let half_m = (line.length_m() * LINE_SHARE).clamp(LINE_M[0], LINE_M[1]);
        let at = |p: [f64; 3]| DVec3::from_array(p) - middle;
        let Some(hidden_at) = line.hidden_at else {
            bar(&mut out, at(line.from), at(line.to), half_m, SEEN);
            continue;
        };
        bar(&mut out, at(line.from), at(hidden_at), half_m, HIDDEN);
        let (from, to) = (at(hidden_at), at(line.to));
        let dashes = ((to - from).length() / (2.0 * DASH_M)) as usize;
        for dash in 0..dashes.min(MOST_DASHES) {
            let share = |number: f64| from + (to - from) * ((2.0 * dash as f64 + number) / (2.0 * dashes as f64));
            bar(&mut out, share(1.0), share(2.0), 0.7 * half_m, HIDDEN);
        }
    }
    out
}

/// A bar of square section.
pub(super) fn bar(out: &mut Triangles, from: DVec3, to: DVec3, half_m: f64, colour: [u8; 3]) {
    let way = (to - from).normalize_or_zero();
    if way == DVec3::ZERO {
        return;
    }
    let side = way.any_orthonormal_vector();
    let up = way.cross(side);
    let corners = [side + up, up - side, -side - up, side - up].map(|corner| corner * half_m);
    for number in 0..4 {
        let (a, b) = (corners[number], corners[(number + 1) % 4]);
        let normal = (a + b).normalize_or_zero();
        out.push([from + a, from + b, to + b], normal, colour);
        out.push([from + a, to + b, to + a], normal, colour);
    }
}
