//! Leaves frames out while tiles come and drawing is slow: a picture that changes anyway can wait a little, the tiles behind it need not.
//!
//! A page has one thread, and a frame that its card needs long for holds it up; each step of loading (a tileset, what it leads to, their
//! contents) would take a frame. So half of the time goes to loading alone. Who moves, plays or changes something sees every frame.
//!
//! Reads: [`Scene`], [`DrawnCamera`], [`SceneFacts`]. Writes: whether the eye is drawn, [`FrameTime`].

use super::platform;
use super::vocab::{DrawnCamera, Eye, FrameTime, Scene, SceneFacts, ViewerSystems};
use bevy::prelude::*;

/// A frame that takes less holds nobody up, seconds.
const SLOW_S: f64 = 0.1;
/// The longest time for loading alone, seconds.
const LONGEST_S: f64 = 1.0;

/// Says which frames are drawn. Pure.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// What a frame took last: the longest step after it was begun, seconds.
    frame_s: f64,
    /// The longest step since the last drawn frame, and all of them.
    longest_s: f64,
    since_s: f64,
}

impl Pace {
    /// Whether the next frame is drawn, `step_s` seconds after the last one; always where it cannot wait. One that can waits as long as a
    /// frame takes, and at least so many seconds.
    pub fn draws(&mut self, step_s: f64, can_wait: Option<f64>) -> bool {
        self.longest_s = self.longest_s.max(step_s);
        self.since_s += step_s;
        // The card works behind the page's back: the wait shows only after a frame or two.
        let frame_s = self.longest_s.max(0.5 * self.frame_s);
        let loaded_s = self.since_s - self.longest_s;
        if let Some(least_s) = can_wait {
            let wait_s = frame_s.max(least_s).min(LONGEST_S);
            if wait_s > SLOW_S && loaded_s < wait_s {
                return false;
            }
        }
        *self = Self { frame_s, ..Self::default() };
        true
    }

    /// What a drawn frame took last, seconds.
    pub fn frame_s(&self) -> f64 {
        self.frame_s
    }
}

#[derive(Resource, Default)]
struct Paced {
    pace: Pace,
    /// Something has been seen.
    seen: bool,
    /// Whether the frame before this one was followed at once.
    in_a_row: bool,
}

/// For what is drawn again and again: a page, a window.
pub struct PacePlugin;

impl Plugin for PacePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Paced>().add_systems(Update, pace.after(ViewerSystems::Report).run_if(resource_exists::<Scene>));
    }
}

fn pace(
    time: Res<Time<Real>>,
    scene: Res<Scene>,
    drawn: Res<DrawnCamera>,
    facts: Res<SceneFacts>,
    mut paced: ResMut<Paced>,
    mut frame: ResMut<FrameTime>,
    mut eyes: Query<&mut Camera, With<Eye>>,
) {
    // The first tile is what everybody waits for: before it there is only sky, and with it the picture comes at once.
    let first = facts.progress.shown > 0 && !paced.seen;
    paced.seen |= first;
    let least_s = if paced.seen { 0.0 } else { LONGEST_S };
    let asked = drawn.moving || scene.state.playback.playing || facts.progress.complete || paced.seen && scene.is_changed();
    // Between two frames of a picture at rest lies a pause, not work.
    let in_a_row = std::mem::replace(&mut paced.in_a_row, drawn.moving || scene.state.playback.playing || !facts.progress.complete);
    let can_wait = (platform::LEAVES_FRAMES_OUT && !first && !asked).then_some(least_s);
    let step_s = if in_a_row { time.delta_secs_f64() } else { 0.0 };
    let draws = paced.pace.draws(step_s, can_wait);
    if draws && in_a_row {
        frame.count += 1;
        frame.seconds = paced.pace.frame_s();
    }
    for mut camera in &mut eyes {
        if camera.is_active != draws {
            camera.is_active = draws;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds on the clock, and how many frames were drawn, of `steps` steps where a drawn frame takes `frame_s` and another `quick_s`.
    fn run(steps: usize, frame_s: f64, quick_s: f64, can_wait: Option<f64>) -> (f64, usize) {
        let (mut pace, mut clock, mut count, mut step) = (Pace::default(), 0.0, 0, quick_s);
        for _ in 0..steps {
            clock += step;
            let draws = pace.draws(step, can_wait);
            count += usize::from(draws);
            step = if draws { frame_s } else { quick_s };
        }
        (clock, count)
    }

    #[test]
    fn slow_frames_leave_half_of_the_time_to_loading() {
        let (clock, drawn) = run(2_000, 0.8, 0.01, Some(0.0));
        let share = drawn as f64 * 0.8 / clock;
        assert!((0.4..0.6).contains(&share), "{share}");
    }

    #[test]
    fn a_picture_never_stands_still_for_longer_than_a_frame_and_a_second() {
        let (mut pace, mut still, mut step) = (Pace::default(), 0.0_f64, 5.0);
        for _ in 0..1_000 {
            let draws = pace.draws(step, Some(0.0));
            still = if draws { 0.0 } else { still + step };
            assert!(still <= 5.0 + LONGEST_S + 0.011, "{still}");
            step = if draws { 5.0 } else { 0.01 };
        }
    }

    #[test]
    fn quick_frames_and_those_that_cannot_wait_are_all_drawn() {
        assert_eq!(run(100, 0.03, 0.01, Some(0.0)).1, 100);
        assert_eq!(run(100, 0.8, 0.01, None).1, 100);
    }

    #[test]
    fn what_nobody_would_see_waits_even_where_frames_are_quick() {
        let (clock, drawn) = run(1_000, 0.02, 0.01, Some(LONGEST_S));
        assert!(drawn as f64 <= clock / LONGEST_S + 1.0, "{drawn} in {clock} s");
    }
}
