//! When nothing is drawn at all.
//!
//! What is on its way is drawn on with; a picture at rest waits for events. What arrives behind the window's back (an answer of a server that belongs to no
//! tile, work of another thread) wakes nobody, so that for a while there is a look every few seconds. Each draws a frame, which in software is a tenth of a
//! processor: after some looks at which nothing had come there are none until the next event, unless tiles have failed that will be asked for again.
//!
//! Reads: [`Scene`], [`SceneFacts`], [`DrawnCamera`]. Writes: how the window waits.

use super::pace;
use super::vocab::{DrawnCamera, FrameTime, Scene, SceneFacts, SitingFacts};
use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy::winit::{UpdateMode, WinitSettings};
use std::time::Duration;

/// Between two looks at what may have come.
const LOOK: Duration = Duration::from_secs(5);
/// What comes sooner after the last update is an event, seconds.
const EVENT_S: f64 = 4.0;
/// Looks at which nothing had come, before there are no more.
const LOOKS: u32 = 4;
/// As good as never.
const NEVER: Duration = Duration::from_secs(86_400);

/// How long a picture waits for events. Pure.
#[derive(Clone, Debug, Default)]
pub(super) struct Rest {
    /// Looks in a row.
    looks: u32,
    sleeps: bool,
}

impl Rest {
    /// How long to wait at most, after an update `step_s` seconds after the one before; `None` where drawing goes on. `fails`: something will be asked for
    /// again by itself.
    fn next(&mut self, is_busy: bool, fails: bool, step_s: f64) -> Option<Duration> {
        // Only an event ends a sleep.
        let is_look = !is_busy && !self.sleeps && step_s > EVENT_S;
        self.looks = if is_look { (self.looks + 1).min(LOOKS) } else { 0 };
        self.sleeps = self.looks == LOOKS && !fails;
        (!is_busy).then_some(if self.sleeps { NEVER } else { LOOK })
    }
}

/// Draws on while something is on its way; otherwise waits for events.
pub(super) fn stay_awake(
    scene: Option<Res<Scene>>,
    facts: Res<SceneFacts>,
    (drawn, frame, time): (Res<DrawnCamera>, Res<FrameTime>, Res<Time<Real>>),
    siting: Res<SitingFacts>,
    settings: Option<ResMut<WinitSettings>>,
    mut rest: Local<Rest>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Some(mut settings) = settings else { return };
    let is_busy = match &scene {
        None => facts.faults.is_empty(),
        Some(scene) => {
            let searches = facts.search.as_ref().is_some_and(|search| search.is_waiting);
            let moves = scene.is_changed() || drawn.moving || scene.state.playback.playing;
            moves || siting.state == "waiting" || searches || !facts.progress.complete || pace::is_unjudged(scene, &facts, &frame)
        }
    };
    let mode = match rest.next(is_busy, facts.progress.failed > 0, time.delta_secs_f64()) {
        None => UpdateMode::Continuous,
        Some(wait) => UpdateMode::reactive(wait),
    };
    if settings.focused_mode != mode {
        settings.focused_mode = mode;
        settings.unfocused_mode = mode;
    }
    if is_busy {
        redraw.write(RequestRedraw);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_at_rest_is_looked_at_a_few_times_and_then_left_alone() {
        let mut rest = Rest::default();
        assert_eq!(rest.next(true, false, 0.016), None);
        assert_eq!(rest.next(false, false, 0.016), Some(LOOK));
        let waits: Vec<_> = (0..4).map(|_| rest.next(false, false, 5.0).unwrap()).collect();
        assert_eq!(waits, [LOOK, LOOK, LOOK, NEVER]);
        // An event, minutes later: what it begins is looked for again.
        assert_eq!(rest.next(false, false, 300.0), Some(LOOK));
        let waits: Vec<_> = (0..4).map(|_| rest.next(false, false, 5.0).unwrap()).collect();
        assert_eq!(waits, [LOOK, LOOK, LOOK, NEVER]);
        // Pointers that move begin anew; what has failed is looked for without end.
        assert_eq!((rest.next(false, false, 9.0), rest.next(false, false, 0.05)), (Some(LOOK), Some(LOOK)));
        assert!((0..100).all(|_| rest.next(false, true, 5.0) == Some(LOOK)));
    }
}
