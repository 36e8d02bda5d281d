//! Turbines that face the wind of the hour and turn with it, batteries that fill.
//!
//! Reads: [`Scene`], the series in memory that say what they move. Writes: the machines' part of [`SceneUniform`].
//! One wind and one level for all of a territory: the mean of the rows. Rotors turn while the clock plays; otherwise nothing is drawn anew.

use super::material::SceneUniform;
use super::series::{SeriesStore, catalogue};
use super::vocab::{MachinesWaiting, Scene, ViewerSystems};
use crate::base::Instant;
use crate::formats::territory::Moves;
use bevy::prelude::*;
use std::f64::consts::TAU;

/// Rows that are averaged.
const MOST_ROWS: usize = 64;
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

fn turn(scene: Res<Scene>, time: Res<Time>, mut store: ResMut<SeriesStore>, mut turned: Local<Option<f64>>, mut waiting: ResMut<MachinesWaiting>, mut uniform: ResMut<SceneUniform>) {
    if scene.manifest.series.iter().all(|series| series.moves.is_none()) {
        waiting.set_if_neq(MachinesWaiting(0));
        return;
    }
    let store = store.bypass_change_detection();
    let mut missing = 0;
    let mut now = |moves: Moves| mean(&scene, store, moves, scene.state.instant).unwrap_or_else(|OnItsWay| {
        missing += 1;
        None
    });
    let (speed_ms, from_deg, charge) = (now(Moves::WindSpeed), now(Moves::WindDirection), now(Moves::Charge));
    waiting.set_if_neq(MachinesWaiting(missing));
    let angle = turned.get_or_insert(STILL_RAD);
    if scene.state.playback.playing {
        *angle = (*angle + TAU * rpm(speed_ms.unwrap_or(0.0)) / 60.0 * time.delta_secs_f64().min(0.25)).rem_euclid(TAU);
    }
    let next = Vec4::new(
        from_deg.map_or(uniform.machines.x, |degrees| degrees.to_radians() as f32),
        *angle as f32,
        charge.map_or(0.0, |percent| (1.0 - percent / 100.0).clamp(0.0, 1.0) as f32),
        0.0,
    );
    if uniform.machines != next {
        uniform.machines = next;
    }
}

fn rpm(speed_ms: f64) -> f64 {
    if (TURNS_MS[0]..TURNS_MS[1]).contains(&speed_ms) { MOST_RPM * (speed_ms / FULL_MS).min(1.0) } else { 0.0 }
}

/// Values have been asked for.
struct OnItsWay;

/// The mean over the rows of the first series that moves something, at the step of an instant; asked for while it is not there.
fn mean(scene: &Scene, store: &mut SeriesStore, moves: Moves, at: Instant) -> Result<Option<f64>, OnItsWay> {
    let choice = catalogue(&scene.manifest).into_iter().find(|choice| choice.scaled.is_none() && choice.series.moves == Some(moves));
    let Some((choice, step)) = choice.and_then(|choice| Some((choice, usize::try_from(choice.axis.step_at(at)?).ok()?))) else { return Ok(None) };
    let path = &choice.series.path;
    if store.has_failed(path) {
        return Ok(None);
    }
    let layout = store.layout(path).ok_or(OnItsWay)?.clone();
    if step >= layout.steps {
        return Ok(None);
    }
    let rows = layout.rows.min(MOST_ROWS);
    for row in (0..rows).step_by(layout.chunk_rows.max(1)) {
        if !store.want(path, (row / layout.chunk_rows.max(1), step / layout.chunk_steps.max(1))) {
            return Err(OnItsWay);
        }
    }
    let values: Vec<f64> = (0..rows).filter_map(|row| store.value(path, row, step)).map(f64::from).collect();
    Ok(if moves == Moves::WindDirection { mean_direction(&values) } else { (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64) })
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
