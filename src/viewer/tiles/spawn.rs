//! From loaded meshes to entities.

use super::Piece;
use super::load::LoadedMesh;
use crate::base::LayerId;
use crate::formats::gltf::Shape;
use crate::formats::territory::LayerKind;
use crate::stream::TileId;
use crate::viewer::anchor::Anchor;
use crate::viewer::material::{EmptyTextures, Profiles, SceneUniform, TileKey, TileMaterial};
use crate::viewer::resident::PickMesh;
use crate::viewer::vocab::{Featured, Ground, PicturesWaiting, Scene, TilePiece};
use bevy::ecs::system::SystemParam;
use bevy::light::NotShadowCaster;
use bevy::mesh::MeshTag;
use bevy::prelude::*;
use std::sync::Arc;

/// What it takes to draw something.
#[derive(SystemParam)]
pub(super) struct Hands<'w, 's> {
    pub commands: Commands<'w, 's>,
    pub scene: Res<'w, Scene>,
    pub images: ResMut<'w, Assets<Image>>,
    anchor: Res<'w, Anchor>,
    meshes: ResMut<'w, Assets<Mesh>>,
    materials: ResMut<'w, Assets<TileMaterial>>,
    profiles: Res<'w, Profiles>,
    uniform: Res<'w, SceneUniform>,
    empty: Res<'w, EmptyTextures>,
    pictures: ResMut<'w, PicturesWaiting>,
}

/// What a mesh is of.
pub(super) struct Of<'a> {
    /// Of the layer, in the manifest's order.
    pub index: usize,
    pub tile: TileId,
    pub layer: &'a LayerId,
    pub kind: LayerKind,
    /// Features have a look of their own.
    pub dressed: bool,
    /// Some of its features are to be seen through.
    pub styled_translucent: bool,
}

impl Hands<'_, '_> {
    /// An entity for a mesh, hidden at first, and what rays ask of it. `tables` and `own_pictures` are the tile's.
    pub fn spawn(&mut self, of: &Of, mesh: LoadedMesh, tables: &[Handle<Image>], own_pictures: &[Option<Handle<Image>>]) -> (Piece, PickMesh) {
        let table = mesh.table.and_then(|index| tables.get(index)).cloned();
        let picture = mesh.look.picture.and_then(|index| own_pictures.get(index)).cloned().flatten();
        let key = TileKey {
            water: of.kind == LayerKind::Water,
            // Buildings, areas and networks answer to themes, filters and selection, other layers where a series is about them; the rest keeps
            // the cheaper pipeline.
            features: table.is_some() && (answers(of.kind) || has_series(&self.scene, of.layer)),
            shines: false,
            fading: false,
            double_sided: mesh.double_sided,
            translucent: mesh.translucent || of.styled_translucent && mesh.look.cutoff == 0,
            picture: false,
            flat: !matches!(of.kind, LayerKind::Buildings | LayerKind::Trees),
            glass: false,
            textured: picture.is_some(),
            points: mesh.look.shape == Shape::Points,
            unlit: mesh.look.unlit,
            styled: of.dressed && table.is_some(),
            stroked: mesh.look.stroked,
            cutoff: mesh.look.cutoff,
        };
        let key = TileKey { shines: key.has_roofs() && self.uniform.has_shine(), ..key };
        let material = TileMaterial {
            key,
            table: Some(table.unwrap_or_else(|| self.empty.table.clone())),
            profiles: Some(self.profiles.0.clone().unwrap_or_else(|| self.empty.profiles.clone())),
            picture: Some(picture.unwrap_or_else(|| self.empty.picture.clone())),
            order: u16::try_from(of.index).unwrap_or(u16::MAX),
        };
        let solid = self.materials.add(material.clone());
        let fading = self.materials.add(TileMaterial {
            key: TileKey { fading: true, ..key },
            ..material
        });
        let mut entity = self.commands.spawn((
            Mesh3d(self.meshes.add(mesh.mesh)),
            MeshMaterial3d(solid.clone()),
            self.anchor.transform(mesh.ecef_from_mesh),
            mesh.aabb,
            Visibility::Hidden,
            MeshTag(255),
            TilePiece { layer: of.layer.clone(), tile: of.tile },
        ));
        if !matches!(of.kind, LayerKind::Buildings | LayerKind::Trees) {
            entity.insert(NotShadowCaster);
        }
        if let Some(table) = mesh.table.filter(|_| key.features && !key.styled) {
            entity.insert(Featured { layer: of.index, tile: of.tile, table, solid: solid.clone(), fading: fading.clone() });
        }
        if let Some(rect) = mesh.rect {
            entity.insert(Ground { rect, solid: solid.clone(), fading: fading.clone() });
            self.pictures.0 += 1;
        }
        let piece = Piece {
            entity: entity.id(),
            ecef_from_mesh: mesh.ecef_from_mesh,
            solid,
            fading,
            table: mesh.table,
            translucent: mesh.translucent,
            glass: false,
        };
        let pick = PickMesh {
            ecef_from_mesh: mesh.ecef_from_mesh,
            bvh: Arc::new(mesh.bvh),
            feature_ids: mesh.feature_ids,
            probes: mesh.probes,
            table: mesh.table,
            dots: mesh.dots,
            told: mesh.told,
        };
        (piece, pick)
    }
}

/// Whether the features of a layer have attributes that people ask for by colour or filter.
fn answers(kind: LayerKind) -> bool {
    matches!(kind, LayerKind::Buildings | LayerKind::Areas | LayerKind::Networks)
}

/// Whether a series of the territory is about features of a layer.
fn has_series(scene: &Scene, layer: &LayerId) -> bool {
    let manifest = &scene.manifest;
    manifest.series.iter().any(|series| series.layer.as_ref() == Some(layer)) || manifest.scaled.iter().any(|scaled| scaled.layer.as_ref() == Some(layer))
}
