//! Leaves frames out while tiles come and drawing is slow: a picture that changes anyway can wait a little, the tiles behind it need not.
//!
//! A page has one thread, and a frame that its card needs long for holds it up; each step of loading (a tileset, what it leads to, their
//! contents) would take a frame. So half of the time goes to loading alone. Who moves, plays or changes something sees every frame.
//!
//! Reads: [`Scene`], [`DrawnCamera`], [`SceneFacts`]. Writes: whether the eye is drawn, [`FrameTime`].

use super::platform;
use crate::view::Quality;
use super::vocab::{DrawnCamera, Eye, EyePlace, FrameTime, Scene, SceneFacts, ViewerSystems};
use bevy::prelude::*;

/// A frame that takes less holds nobody up, seconds.
const SLOW_S: f64 = 0.1;
/// The longest time for loading alone, seconds.
const LONGEST_S: f64 = 1.0;
/// Frames that are drawn one after another before any is left out or the picture may rest, so that the machine can be judged by them.
const JUDGED_BY: u64 = 6;
/// Longer than this is no frame: a tab was hidden, a machine slept. Seconds.
const PAUSE_S: f64 = 10.0;

/// Says which frames are drawn, and what they take. Pure.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// What frames have taken of late, seconds; half of it is forgotten with each.
    lately_s: f64,
    /// Since the last drawn frame: the longest step (the card works behind the page's back, and its work may show late), all of them, and their seconds.
    longest_s: f64,
    steps: u32,
    since_s: f64,
}

/// What [`Pace`] says of the next frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub draws: bool,
    /// What the last drawn frame took, seconds, where this one follows it at once: between others nobody can tell drawing from loading.
    pub took_s: Option<f64>,
}

impl Pace {
    /// Whether the next frame is drawn, `step_s` seconds after the last one (`None` after a pause); always where it cannot wait. One that
    /// can waits as long as a frame takes, and at least so many seconds.
    pub fn next(&mut self, step_s: Option<f64>, can_wait: Option<f64>) -> Step {
        let Some(step_s) = step_s.filter(|step_s| *step_s < PAUSE_S) else {
            *self = Self::default();
            return Step { draws: true, took_s: None };
        };
        self.longest_s = self.longest_s.max(step_s);
        self.steps += 1;
        self.since_s += step_s;
        let lately_s = self.longest_s.max(0.5 * self.lately_s);
        if let Some(least_s) = can_wait {
            let wait_s = lately_s.max(least_s).min(LONGEST_S);
            if wait_s > SLOW_S && self.since_s - self.longest_s < wait_s {
                return Step { draws: false, took_s: None };
            }
        }
        let took_s = (self.steps == 1).then_some(step_s);
        *self = Self { lately_s, ..Self::default() };
        Step { draws: true, took_s }
    }
}

#[derive(Resource, Default)]
struct Paced {
    pace: Pace,
    /// Something has been seen.
    seen: bool,
    /// Whether the frame before this one was followed at once.
    in_a_row: bool,
    /// The picture's size: a canvas that changes it is empty until it is drawn.
    viewport: [f64; 2],
}

/// Whether the machine has to be judged still: a small picture may be complete before enough frames of it were seen.
pub fn is_unjudged(scene: &Scene, facts: &SceneFacts, frame: &FrameTime) -> bool {
    facts.progress.shown > 0 && scene.state.quality == Quality::Auto && frame.count < JUDGED_BY
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
    (facts, eye): (Res<SceneFacts>, Res<EyePlace>),
    mut paced: ResMut<Paced>,
    mut frame: ResMut<FrameTime>,
    mut eyes: Query<&mut Camera, With<Eye>>,
) {
    // The first tile is what everybody waits for: before it there is only sky, and with it the picture comes at once.
    let first = facts.progress.shown > 0 && !paced.seen;
    paced.seen |= first;
    let least_s = if paced.seen { 0.0 } else { LONGEST_S };
    let resized = std::mem::replace(&mut paced.viewport, eye.viewport) != eye.viewport;
    // Before the first tile there is no picture that could stand still.
    let asked = facts.progress.complete || paced.seen && (resized || drawn.moving || scene.state.playback.playing || scene.is_changed());
    let unjudged = is_unjudged(&scene, &facts, &frame);
    // Between two frames of a picture at rest lies a pause, not work.
    let before = std::mem::replace(&mut paced.in_a_row, drawn.moving || scene.state.playback.playing || !facts.progress.complete || unjudged);
    let in_a_row = before || !paced.seen;
    let can_wait = (platform::LEAVES_FRAMES_OUT && !first && !asked && !unjudged).then_some(least_s);
    let step = paced.pace.next(in_a_row.then(|| time.delta_secs_f64()), can_wait);
    if let Some(took_s) = step.took_s {
        frame.count += 1;
        frame.seconds = took_s;
    }
    for mut camera in &mut eyes {
        if camera.is_active != step.draws {
            camera.is_active = step.draws;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::viewer::quality::Judge;

    /// Seconds on the clock, and how many frames were drawn, of `steps` steps where a drawn frame takes `frame_s` and another `quick_s`.
    fn run(steps: usize, frame_s: f64, quick_s: f64, can_wait: Option<f64>) -> (f64, usize) {
        let (mut pace, mut clock, mut count, mut step) = (Pace::default(), 0.0, 0, quick_s);
        for _ in 0..steps {
            clock += step;
            let draws = pace.next(Some(step), can_wait).draws;
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
            let draws = pace.next(Some(step), Some(0.0)).draws;
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

    /// Steps that only load are no frames, and what came before them is not told apart from them.
    #[test]
    fn what_a_frame_takes_is_told_where_another_follows_it_at_once() {
        let mut pace = Pace::default();
        assert_eq!(pace.next(Some(0.3), None), Step { draws: true, took_s: Some(0.3) });
        assert_eq!(pace.next(Some(0.4), None), Step { draws: true, took_s: Some(0.4) });
        assert!(!pace.next(Some(0.01), Some(0.0)).draws);
        let told = (0..1_000).map(|_| pace.next(Some(0.01), Some(0.0))).find(|step| step.draws);
        assert_eq!(told.and_then(|step| step.took_s), None);
    }

    /// What a judge thinks of a machine of `frame_s` a frame after one step of `odd_s`.
    fn judged(odd_s: Option<f64>, before: usize, frame_s: f64) -> Quality {
        let (mut pace, mut judge) = (Pace::default(), Judge::new(Quality::Laptop));
        let steps = std::iter::repeat_n(Some(frame_s), before).chain([odd_s]).chain(std::iter::repeat_n(Some(frame_s), 60));
        for step_s in steps {
            if let Some(took_s) = pace.next(step_s, None).took_s {
                judge.see(took_s);
            }
        }
        judge.preset()
    }

    #[test]
    fn one_long_frame_or_a_pause_says_nothing_of_a_machine() {
        for before in 0..6 {
            for odd_s in [Some(0.3), Some(1.5), Some(3.0), Some(60.0), None] {
                assert_eq!(judged(odd_s, before, 1.0 / 60.0), Quality::Laptop, "{odd_s:?} after {before}");
            }
            assert_eq!(judged(None, before, 0.8), Quality::Mobile);
        }
    }
}
