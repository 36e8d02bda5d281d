//! Roofs that make power: which ones could, how many are taken to do so, and what they make at the instant.
//!
//! Nobody says which roofs of a territory carry modules. So they are seen where a person supposes a share of them to, beside the flow diagram that asks for it,
//! and where the theme is what roofs would make. A roof without a value never shines.

use super::active;
use crate::base::Instant;
use crate::formats::territory::LayerKind;
use crate::viewer::join::Rows;
use crate::viewer::material::{SceneUniform, TileMaterial};
use crate::viewer::series::{self, Choice, SeriesStore};
use crate::viewer::vocab::{RoofsWaiting, Scene};
use bevy::prelude::*;
use std::sync::Arc;

/// The series of what all roofs would make, and its rows in the order of the shader: flat, and facing east, south and west.
pub const SERIES: &str = "pv-if-equipped";
const ROWS: [&str; 4] = ["pv-flat", "pv-east", "pv-south", "pv-west"];
/// The most that modules make, as a multiple of their mean over the year, where the importer did not count: a sunny noon in May.
const USUAL_MOST: f64 = 6.5;
const NOT_KNOWN: f32 = -1.0;

/// Which roofs could carry modules, while that is asked for.
#[derive(Resource, Default)]
pub struct Carrying {
    pub rows: Option<Arc<Rows>>,
    /// Changes with the rows.
    pub generation: u64,
    epoch: u64,
}

pub(super) fn shine(scene: Res<Scene>, mut store: ResMut<SeriesStore>, mut carrying: ResMut<Carrying>, mut waiting: ResMut<RoofsWaiting>, mut uniform: ResMut<SceneUniform>) {
    let flows = scene.state.flows;
    let share = if flows.shown { f32::from(flows.equipped_percent) / 100.0 } else { 0.0 };
    let choice = series::choice(&scene.manifest, SERIES).filter(|_| share > 0.0);
    let store = store.bypass_change_detection();
    let wanted = choice.filter(|choice| !Rows::have_failed(choice, store));
    if wanted.is_none() && carrying.rows.is_some() || carrying.epoch != store.epoch {
        *carrying = Carrying { rows: None, generation: carrying.generation + 1, epoch: store.epoch };
    }
    let (mut shares, mut missing) = ([NOT_KNOWN; 4], 0);
    if let Some(choice) = wanted {
        if carrying.rows.is_none() && let Some(rows) = Rows::of(&choice, store) {
            (carrying.rows, carrying.generation) = (Some(Arc::new(rows)), carrying.generation + 1);
        }
        missing += usize::from(carrying.rows.is_none());
        for (slot, name) in shares.iter_mut().zip(ROWS) {
            match share_of(&choice, name, scene.state.instant, store) {
                Ok(share) => *slot = share,
                Err(OnItsWay) => missing += 1,
            }
        }
    }
    waiting.set_if_neq(RoofsWaiting(missing));
    let is_theme = active(&scene, &scene.manifest).is_some_and(|choice| is_of_roofs(&choice, &scene));
    let next = (Vec2::new(if carrying.rows.is_some() { share } else { 0.0 }, if is_theme { 1.0 } else { 0.0 }), Vec4::from_array(shares));
    if (Vec2::new(uniform.raise.z, uniform.raise.w), uniform.roofs) != next {
        (uniform.raise.z, uniform.raise.w) = (next.0.x, next.0.y);
        uniform.roofs = next.1;
    }
}

/// Tells what lies in memory whether roofs shine: seldom, for it makes other pipelines. What comes later is told as it comes.
pub(super) fn tell(uniform: Res<SceneUniform>, mut materials: ResMut<Assets<TileMaterial>>, mut told: Local<bool>) {
    let shines = uniform.has_shine();
    if std::mem::replace(&mut *told, shines) == shines {
        return;
    }
    let others: Vec<_> = materials.iter().filter(|(_, material)| material.key.has_roofs() && material.key.shines != shines).map(|(id, _)| id).collect();
    for id in others {
        if let Some(mut material) = materials.get_mut(id) {
            material.key.shines = shines;
        }
    }
}

/// Whether a series is what single roofs make.
fn is_of_roofs(choice: &Choice, scene: &Scene) -> bool {
    let is_sun = choice.id.starts_with("pv-") || choice.id.starts_with("solar-");
    is_sun && choice.layer().and_then(|layer| scene.manifest.layer(layer)).is_some_and(|layer| layer.kind == LayerKind::Buildings)
}

struct OnItsWay;

/// What a row makes at an instant, as a share of the most; below 0 where there is no value.
fn share_of(choice: &Choice, name: &str, at: Instant, store: &mut SeriesStore) -> Result<f32, OnItsWay> {
    let path = &choice.series.path;
    let row = choice.series.rows.iter().position(|known| known == name);
    let step = choice.axis.step_at(at).and_then(|step| usize::try_from(step).ok());
    let (Some(row), Some(step), false) = (row, step, store.has_failed(path)) else { return Ok(NOT_KNOWN) };
    let (rows, steps, chunk) = store.layout(path).map(|layout| (layout.rows, layout.steps, (row / layout.chunk_rows.max(1), step / layout.chunk_steps.max(1)))).ok_or(OnItsWay)?;
    if row >= rows || step >= steps {
        return Ok(NOT_KNOWN);
    }
    if !store.want(path, chunk) {
        return Err(OnItsWay);
    }
    Ok(store.value(path, row, step).map_or(NOT_KNOWN, |value| (f64::from(value) / USUAL_MOST).clamp(0.0, 1.0) as f32))
}
