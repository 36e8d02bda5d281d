//! The arrows of lines whose values have a direction: how far apart they are, and how far they have gone.
//!
//! They move while the clock plays and stand still when it does: a picture that nobody changes is not drawn anew.

use super::active;
use crate::viewer::material::SceneUniform;
use crate::viewer::pose::FOV_Y;
use crate::viewer::vocab::{EyePlace, Scene};
use bevy::prelude::*;

/// Pixels from one arrow to the next, about.
const APART_PX: f64 = 56.0;
/// Nearest and farthest, metres.
const APART_M: [f64; 2] = [4.0, 4096.0];
/// Arrows that pass a place in a second.
const PER_SECOND: f64 = 0.7;

pub(super) fn run(scene: Res<Scene>, eye: Res<EyePlace>, time: Res<Time>, mut gone: Local<f64>, mut uniform: ResMut<SceneUniform>) {
    if !active(&scene, &scene.manifest).is_some_and(|choice| choice.series.directed) {
        return;
    }
    if scene.state.playback.playing {
        // A frame that took long must not make them leap.
        *gone = (*gone + PER_SECOND * time.delta_secs_f64().min(0.25)).fract();
    }
    let next = Vec4::new(apart_m(scene.state.camera.distance_m, eye.viewport[1]) as f32, *gone as f32, 0.0, 0.0);
    if uniform.run != next {
        uniform.run = next;
    }
}

/// Powers of two, so that arrows do not slide along while the eye comes nearer.
fn apart_m(distance_m: f64, height_px: f64) -> f64 {
    let pixel_m = 2.0 * distance_m * (0.5 * FOV_Y).tan() / height_px.max(1.0);
    (APART_PX * pixel_m).clamp(APART_M[0], APART_M[1]).log2().round().exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_stay_about_as_far_apart_on_the_picture() {
        for distance_m in [120.0, 300.0, 1_000.0, 5_000.0] {
            let pixel_m = 2.0 * distance_m * (0.5 * FOV_Y).tan() / 720.0;
            let apart_px = apart_m(distance_m, 720.0) / pixel_m;
            assert!((0.7 * APART_PX..1.45 * APART_PX).contains(&apart_px), "{apart_px}");
        }
        assert_eq!(apart_m(1e9, 720.0), APART_M[1]);
        assert_eq!(apart_m(0.0, 0.0), APART_M[0]);
    }
}
