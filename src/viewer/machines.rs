//! Turbines that face the wind of the hour and turn with it, batteries that fill, stations where as many vehicles charge as the power of the hour is for.
//!
//! Reads: [`Scene`], the series in memory that say what they move. Writes: the machines' part of [`SceneUniform`].
//! Each machine follows its own row; what has none follows the mean of all. Rotors turn while the clock plays; otherwise nothing is drawn anew.

use super::material::{MACHINES, SceneUniform};
use super::series::{List, ListKind, SeriesStore, catalogue};
use super::textures::feature_hash;
use super::vocab::{MachinesWaiting, Scene, ViewerSystems};
use crate::base::Instant;
use crate::formats::territory::Moves;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::f64::consts::TAU;

/// Rows that are averaged.
const MOST_ROWS: usize = 512;
/// Rotors stand below the first and above the last, m/s.
const TURNS_MS: [f64; 2] = [2.5, 28.0];
/// Turns in a minute at the wind where a turbine gives its most, and that wind, m/s.
const MOST_RPM: f64 = 19.0;
const FULL_MS: f64 = 12.5;
/// Where rotors stand in a picture: no blade hides behind the mast.
const STILL_RAD: f64 = 0.35;

pub struct MachinesPlugin;

impl Plugin for MachinesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<MachinesWaiting>().add_systems(Update, turn.in_set(ViewerSystems::Prepare).run_if(resource_exists::<Scene>));
    }
}

/// Angles of rotors: of the mean, and of machines by the hash of their ids.
#[derive(Default)]
struct Angles {
    mean: Option<f64>,
    own: HashMap<u32, f64>,
}

fn turn(scene: Res<Scene>, time: Res<Time>, mut store: ResMut<SeriesStore>, mut angles: Local<Angles>, mut waiting: ResMut<MachinesWaiting>, mut uniform: ResMut<SceneUniform>) {
    if scene.manifest.series.iter().all(|series| series.moves.is_none()) {
        waiting.set_if_neq(MachinesWaiting(0));
        // Where nothing is known no vehicle charges.
        if uniform.charging.x != 1.0 {
            uniform.charging.x = 1.0;
        }
        return;
    }
    let store = store.bypass_change_detection();
    let mut missing = 0;
    let mut now = |moves: Moves| rows(&scene, store, moves, scene.state.instant).unwrap_or_else(|OnItsWay| {
        missing += 1;
        Vec::new()
    });
    let [speeds, directions, charges, charging] = [Moves::WindSpeed, Moves::WindDirection, Moves::Charge, Moves::Charging].map(&mut now);
    waiting.set_if_neq(MachinesWaiting(missing));
    let values = |rows: &[(u32, f64)]| -> Vec<f64> { rows.iter().map(|(_, value)| *value).collect() };
    let mean = |rows: &[(u32, f64)]| (!rows.is_empty()).then(|| values(rows).iter().sum::<f64>() / rows.len() as f64);
    let further = |speed_ms: Option<f64>| if scene.state.playback.playing { TAU * rpm(speed_ms.unwrap_or(0.0)) / 60.0 * time.delta_secs_f64().min(0.25) } else { 0.0 };
    let facing = |degrees: Option<f64>, otherwise: f32| degrees.map_or(otherwise, |degrees| degrees.to_radians() as f32);
    let empty = |percent: Option<f64>| percent.map_or(0.0, |percent| (1.0 - percent / 100.0).clamp(0.0, 1.0) as f32);
    let free = |share: Option<f64>| share.map_or(1.0, |share| (1.0 - share).clamp(0.0, 1.0) as f32);
    let angle = angles.mean.get_or_insert(STILL_RAD);
    *angle = (*angle + further(mean(&speeds))).rem_euclid(TAU);
    let mut next = Vec4::new(facing(mean_direction(&values(&directions)), uniform.machines.x), *angle as f32, empty(mean(&charges)), 0.0);
    let mut machine = [UVec4::ZERO; MACHINES];
    let of = |rows: &[(u32, f64)], hash: u32| rows.iter().find(|(known, _)| *known == hash).map(|(_, value)| *value);
    let mut hashes: Vec<u32> = speeds.iter().chain(&directions).chain(&charges).chain(&charging).map(|(hash, _)| *hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    for (slot, hash) in machine.iter_mut().zip(&hashes) {
        let angle = angles.own.entry(*hash).or_insert(STILL_RAD);
        *angle = (*angle + further(of(&speeds, *hash))).rem_euclid(TAU);
        let share = of(&charging, *hash);
        let own = [facing(of(&directions, *hash), next.x), *angle as f32, if share.is_some() { free(share) } else { empty(of(&charges, *hash)) }];
        let [facing, angle, empty] = own.map(f32::to_bits);
        *slot = UVec4::new(*hash, facing, angle, empty);
    }
    next.w = hashes.len().min(MACHINES) as f32;
    let stations = Vec4::new(free(mean(&charging)), 0.0, 0.0, 0.0);
    if uniform.machines != next || uniform.charging != stations || uniform.machine != machine {
        (uniform.machines, uniform.charging, uniform.machine) = (next, stations, machine);
    }
}

fn rpm(speed_ms: f64) -> f64 {
    if (TURNS_MS[0]..TURNS_MS[1]).contains(&speed_ms) { MOST_RPM * (speed_ms / FULL_MS).min(1.0) } else { 0.0 }
}

/// Values have been asked for.
struct OnItsWay;

/// Hashes and values of the rows of the first series that moves something, at the step of an instant; asked for while they are not there.
fn rows(scene: &Scene, store: &mut SeriesStore, moves: Moves, at: Instant) -> Result<Vec<(u32, f64)>, OnItsWay> {
    let choice = catalogue(&scene.manifest).into_iter().find(|choice| choice.scaled.is_none() && choice.series.moves == Some(moves));
    let Some((choice, step)) = choice.and_then(|choice| Some((choice, usize::try_from(choice.axis.step_at(at)?).ok()?))) else { return Ok(Vec::new()) };
    let path = &choice.series.path;
    if store.has_failed(path) {
        return Ok(Vec::new());
    }
    let names = match (&choice.series.labels, choice.series.rows.is_empty()) {
        (Some(labels), true) if store.has_failed(labels) => Vec::new(),
        (Some(labels), true) => match store.list(labels, ListKind::Texts) {
            Some(List::Texts(names)) => names.clone(),
            Some(_) => Vec::new(),
            None => return Err(OnItsWay),
        },
        _ => choice.series.rows.clone(),
    };
    let layout = store.layout(path).ok_or(OnItsWay)?.clone();
    if step >= layout.steps {
        return Ok(Vec::new());
    }
    let count = layout.rows.min(MOST_ROWS);
    for row in (0..count).step_by(layout.chunk_rows.max(1)) {
        if !store.want(path, (row / layout.chunk_rows.max(1), step / layout.chunk_steps.max(1))) {
            return Err(OnItsWay);
        }
    }
    let hash = |row: usize| names.get(row).map_or(0, |name| feature_hash(name));
    let full = |row: usize| choice.series.full.get(row).filter(|full| **full > 0.0).map_or(1.0, |full| f64::from(*full));
    Ok((0..count).filter_map(|row| Some((hash(row), f64::from(store.value(path, row, step)?) / full(row)))).collect())
}

/// 350° and 10° are 0° together, not 180°.
fn mean_direction(degrees: &[f64]) -> Option<f64> {
    let (sin, cos) = degrees.iter().map(|degrees| degrees.to_radians().sin_cos()).fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    (sin.hypot(cos) > 1e-9).then(|| sin.atan2(cos).to_degrees().rem_euclid(360.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_averaged_around_north() {
        let mean = mean_direction(&[350.0, 10.0]).unwrap();
        assert!(mean < 1e-9 || mean > 360.0 - 1e-9, "{mean}");
        assert!((mean_direction(&[200.0, 220.0]).unwrap() - 210.0).abs() < 1e-9);
        assert_eq!(mean_direction(&[0.0, 180.0]), None);
        assert_eq!(mean_direction(&[]), None);
    }

    #[test]
    fn rotors_stand_in_calm_and_in_storm() {
        assert_eq!((rpm(1.0), rpm(30.0)), (0.0, 0.0));
        assert!(rpm(6.0) < rpm(12.0));
        assert_eq!(rpm(20.0), MOST_RPM);
    }
}
