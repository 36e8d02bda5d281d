//! Themes: what the buildings' colours mean at the instant.
//!
//! Reads: [`Scene`] (theme, instant, year, selection), the territory's series. Writes: [`SceneUniform`]'s overlay part, [`Profiles`], the legend.
//! The series is uploaded once; afterwards the slider changes a few numbers of the uniform.

use super::requests::{Purpose, Requests};
use super::material::{Profiles, SceneUniform, TileMaterial};
use super::series::{DemandSeries, Loading, demand_series, step_at};
use super::textures::{PROFILE_WIDTH, feature_hash, profile_image};
use super::vocab::{Legend, Scene, SceneFacts, ViewCommand, ViewerSystems};
use crate::base::{DatasetId, Nature};
use crate::formats::zarr;
use crate::io::IoFault;
use crate::view::{Command, Theme};
use bevy::platform::collections::HashMap;
use bevy::prelude::*;

/// Passing faults of one series before it is given up, all its chunks together.
const MAX_TRIES: u32 = 6;
/// Wait before the first new try, seconds; doubles each time.
const RETRY_S: f64 = 0.5;
/// Top of the demand scale, W per square metre of floor: about what a shop or an office of the model draws at a winter noon.
const DEMAND_TOP_W_M2: f32 = 24.0;

/// Homes draw two or three watts per square metre and offices twenty: on an even scale every home would have one colour.
const DEMAND_EXPONENT: f64 = 0.5;

/// Eight colours of cividis (Nuñez, Anderton, Renslow 2018), dark to light; safe for the common colour-blindnesses.
const CIVIDIS: [[u8; 3]; 8] = [
    [0, 32, 77],
    [33, 60, 110],
    [76, 85, 108],
    [108, 110, 114],
    [140, 136, 120],
    [175, 165, 112],
    [214, 196, 92],
    [255, 234, 70],
];

#[derive(Resource, Default)]
struct Parts {
    metadata: Vec<u8>,
    /// What has come so far; `None` for a chunk that is not there, which the format reads as "no data".
    chunks: HashMap<String, Option<Vec<u8>>>,
    missing: usize,
    /// Passing faults so far.
    tries: u32,
}

pub struct OverlayPlugin;

impl Plugin for OverlayPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<DemandSeries>()
            .init_resource::<Parts>()
            .add_systems(
                Update,
                (load_series, write_overlay)
                    .chain()
                    .in_set(ViewerSystems::Prepare)
                    .run_if(resource_exists::<Scene>),
            );
    }
}

#[expect(clippy::too_many_arguments, reason = "a series touches requests, images and the materials that wait for it")]
fn load_series(
    scene: Res<Scene>,
    mut asked: MessageReader<ViewCommand>,
    mut requests: ResMut<Requests>,
    mut demand: ResMut<DemandSeries>,
    mut parts: ResMut<Parts>,
    mut profiles: ResMut<Profiles>,
    mut images: ResMut<Assets<Image>>,
    mut materials: ResMut<Assets<TileMaterial>>,
    mut facts: ResMut<SceneFacts>,
) {
    let again = asked.read().any(|command| command.0 == Command::TryAgain);
    if demand.state == Loading::Failed && again {
        demand.state = Loading::Unasked;
    }
    if demand.is_settled() {
        return;
    }
    let Some((index, series, _)) = demand_series(&scene.manifest) else {
        demand.state = Loading::Done;
        return;
    };
    let ask = |requests: &mut Requests, path: String| {
        requests.ask(&format!("{}/{path}", series.path), Purpose::Series { series: index, path });
    };
    if demand.state == Loading::Unasked {
        *parts = Parts::default();
        ask(&mut requests, "zarr.json".to_owned());
        demand.state = Loading::Metadata;
        return;
    }
    let mut fault = None;
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::Series { .. })) {
        let Purpose::Series { path, .. } = purpose else { continue };
        let bytes = match body {
            Ok(bytes) => Some(bytes),
            Err(IoFault::NotFound(_)) if demand.state == Loading::Chunks => None,
            Err(passing) if passing.is_passing() && parts.tries < MAX_TRIES => {
                let wait_s = RETRY_S * f64::from(1u32 << parts.tries);
                parts.tries += 1;
                requests.ask_after(wait_s, &format!("{}/{path}", series.path), Purpose::Series { series: index, path });
                continue;
            }
            Err(lasting) => {
                fault = Some(("error-series-unreachable", lasting.to_string()));
                break;
            }
        };
        if demand.state == Loading::Metadata {
            // A first reading without any chunk says which ones there are.
            let mut paths = Vec::new();
            let metadata = bytes.unwrap_or_default();
            let read = zarr::read(&metadata, &mut |path| {
                paths.push(path.to_owned());
                None
            });
            if let Err(unreadable) = read {
                fault = Some(("error-series-unreadable", unreadable.to_string()));
                break;
            }
            parts.missing = paths.len();
            for path in paths {
                ask(&mut requests, path);
            }
            parts.metadata = metadata;
            demand.state = Loading::Chunks;
        } else {
            parts.chunks.insert(path, bytes);
            parts.missing = parts.missing.saturating_sub(1);
        }
    }
    if fault.is_none() && demand.state == Loading::Chunks && parts.missing == 0 {
        demand.state = Loading::Done;
        let mut parts = std::mem::take(&mut *parts);
        match zarr::read(&parts.metadata, &mut |path| parts.chunks.remove(path).flatten()) {
            Ok(array) => match profile_image(&array.values, array.rows, array.steps) {
                Some(image) => {
                    let handle = images.add(image);
                    // Tiles that came first bound the stand-in; they take the true one now.
                    let waiting: Vec<_> = materials.iter().map(|(id, _)| id).collect();
                    for id in waiting {
                        if let Some(mut material) = materials.get_mut(id) {
                            material.profiles = Some(handle.clone());
                        }
                    }
                    profiles.0 = Some(handle);
                    demand.rows = array.rows;
                    demand.steps = array.steps;
                    demand.values = array.values;
                }
                None => fault = Some(("error-series-too-large", format!("{} × {}", array.rows, array.steps))),
            },
            Err(unreadable) => fault = Some(("error-series-unreadable", unreadable.to_string())),
        }
    }
    if let Some((key, detail)) = fault {
        facts.fault(key, format!("{}: {detail}", series.path));
        demand.state = Loading::Failed;
        // What is still on its way would be waited for in vain.
        requests.cancel(|purpose| matches!(purpose, Purpose::Series { .. }));
        requests.take(|purpose| matches!(purpose, Purpose::Series { .. }));
    }
}

fn write_overlay(
    scene: Res<Scene>,
    demand: Res<DemandSeries>,
    mut uniform: ResMut<SceneUniform>,
    mut facts: ResMut<SceneFacts>,
) {
    if !scene.is_changed() && !demand.is_changed() {
        return;
    }
    let state = &scene.state;
    let selected = state.selection.as_ref().map_or(0, |selection| feature_hash(&selection.id));
    let step = demand_series(&scene.manifest)
        .and_then(|(_, _, axis)| step_at(axis, state.instant))
        .filter(|step| *step < demand.steps);
    let (theme, low, high) = match state.theme {
        Theme::None => (0, 0.0, 1.0),
        Theme::Demand => (1, 0.0, DEMAND_TOP_W_M2),
        Theme::ConstructionYear => (2, scene.limits.years[0] as f32, scene.limits.years[1] as f32),
    };
    // Outside the series every building is "no data"; the shader reads it in the colour's w.
    let missing = theme == 1 && step.is_none();
    let lines = demand.steps.max(1).div_ceil(PROFILE_WIDTH) as f32;
    let mut next = uniform.clone();
    next.overlay = UVec4::new(theme, step.unwrap_or(0) as u32, PROFILE_WIDTH as u32, selected);
    next.overlay_range = Vec4::new(low, high, state.year as f32, lines);
    next.no_data_colour = Vec4::new(0.62, 0.62, 0.62, if missing { 1.0 } else { 0.0 });
    let exponent = if state.theme == Theme::Demand { DEMAND_EXPONENT } else { 1.0 };
    for (slot, colour) in next.ramp.iter_mut().zip(CIVIDIS) {
        *slot = linear(colour).extend(exponent as f32);
    }
    *uniform = next;
    let legend = legend(&scene);
    if facts.legend != legend {
        facts.legend = legend;
    }
}

fn legend(scene: &Scene) -> Option<Legend> {
    let buildings = scene
        .manifest
        .layers
        .iter()
        .find(|layer| layer.kind == crate::formats::territory::LayerKind::Buildings)
        .and_then(|layer| layer.datasets.first().cloned());
    match scene.state.theme {
        Theme::None => None,
        Theme::Demand => Some(Legend {
            title: "theme-demand",
            unit: "unit-watt-per-square-metre",
            low: 0.0,
            high: f64::from(DEMAND_TOP_W_M2),
            exponent: DEMAND_EXPONENT,
            colours: CIVIDIS.to_vec(),
            nature: Nature::Simulated,
            dataset: demand_series(&scene.manifest)
                .map(|(_, series, _)| series.dataset.clone())
                .unwrap_or_else(|| DatasetId::from("jumeau")),
        }),
        Theme::ConstructionYear => Some(Legend {
            title: "theme-construction-year",
            unit: "unit-year",
            low: f64::from(scene.limits.years[0]),
            high: f64::from(scene.limits.years[1]),
            exponent: 1.0,
            colours: CIVIDIS.to_vec(),
            nature: Nature::Declared,
            dataset: buildings.unwrap_or_else(|| DatasetId::from("jumeau")),
        }),
    }
}

fn linear([r, g, b]: [u8; 3]) -> Vec3 {
    let colour = Color::srgb_u8(r, g, b).to_linear();
    Vec3::new(colour.red, colour.green, colour.blue)
}
