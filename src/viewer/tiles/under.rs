//! Looking under the ground: land and streets become glass, and a hole is cut around what is looked at.
//!
//! Reads: [`Scene`], the camera. Writes: keys of materials, [`SceneUniform`].

use super::Streams;
use crate::formats::territory::LayerKind;
use crate::geodesy::LonLatH;
use crate::region::utility::Utility;
use crate::viewer::anchor::Anchor;
use crate::viewer::material::{SceneUniform, TileMaterial};
use crate::viewer::resident::{Resident, ResidentLayer};
use crate::viewer::vocab::{DrawnCamera, Scene};
use bevy::prelude::*;

/// How much of the ground is left to see while one looks under it: enough to know where one is.
const GROUND_OVER_NETWORKS: f32 = 0.35;
/// The hole in the ground, as a share of the distance it is seen from, and in metres.
const CUT_SHARE: f64 = 0.2;
const CUT_M: [f64; 2] = [4.0, 400.0];

/// What lies on the networks that run underground: land, and streets on it.
pub(super) fn covers_networks(layer: &ResidentLayer) -> bool {
    match layer.kind {
        LayerKind::Terrain | LayerKind::Water | LayerKind::Areas => true,
        LayerKind::Networks => !Utility::ALL.iter().any(|utility| utility.id() == layer.id.as_str()),
        LayerKind::Buildings | LayerKind::Trees | LayerKind::Models => false,
    }
}

/// Turns the ground to glass while one looks under it, and back.
pub(super) fn glaze(scene: Res<Scene>, resident: Res<Resident>, mut streams: ResMut<Streams>, mut materials: ResMut<Assets<TileMaterial>>) {
    let streams = &mut *streams;
    if !scene.state.underground && !streams.glazed {
        return;
    }
    streams.glazed = scene.state.underground;
    for layer in streams.layers.iter_mut().zip(&resident.layers).filter(|(_, held)| covers_networks(held)).map(|(layer, _)| layer) {
        for piece in layer.pieces.values_mut().flatten().filter(|piece| piece.glass != scene.state.underground) {
            if let Some(mut material) = materials.get_mut(&piece.fading) {
                material.key.glass = scene.state.underground;
                piece.glass = scene.state.underground;
            }
        }
    }
}

/// Where the ground is cut away: around what is looked at, as wide as a quarter of the way there.
pub(super) fn cut_ground(scene: Res<Scene>, drawn: Res<DrawnCamera>, anchor: Res<Anchor>, mut uniform: ResMut<SceneUniform>) {
    let cut = match drawn.camera.filter(|_| scene.state.underground) {
        Some(camera) => {
            let [lon_deg, lat_deg, height_m] = camera.target;
            let at = anchor.world(LonLatH { lon_deg, lat_deg, height_m }).as_vec3();
            let radius_m = (CUT_SHARE * camera.distance_m).clamp(CUT_M[0], CUT_M[1]) as f32;
            Vec4::new(at.x, GROUND_OVER_NETWORKS, at.z, radius_m)
        }
        None => Vec4::ZERO,
    };
    if uniform.cut != cut {
        uniform.cut = cut;
    }
}
