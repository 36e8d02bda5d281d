//! When nothing is drawn at all.
//!
//! What is on its way is drawn on with; a picture at rest waits for events. What is done behind the window's back (a shader that another thread compiles)
//! wakes nobody, so that for a while there is a look every few seconds. Each draws a frame, which in software is a tenth of a processor: after some looks
//! at which nothing had come there are none until the next event, unless tiles have failed that will be asked for again.
//!
//! Reads: [`Scene`], [`SceneFacts`], [`DrawnCamera`]. Writes: how the window waits.

use super::pace;
use super::vocab::{DrawnCamera, FrameTime, Scene, SceneFacts, SitingFacts, ViewCommand};
use crate::io::Clock;
use bevy::prelude::*;
use bevy::window::{RequestRedraw, WindowEvent};
use bevy::winit::{UpdateMode, WinitSettings};
use std::time::Duration;

/// Between two looks at what may have come.
const LOOK: Duration = Duration::from_secs(5);
/// After the last event for so long, seconds.
const LOOKED_FOR_S: f64 = 10.0;
/// As good as never.
const NEVER: Duration = Duration::from_secs(86_400);

/// How long a picture waits for events. Pure.
#[derive(Clone, Debug, Default)]
pub(super) struct Rest {
    /// Since the last event, seconds.
    calm_s: f64,
    sleeps: bool,
}

impl Rest {
    /// How long to wait at most, after an update `step_s` seconds after the one before; `None` where drawing goes on. `is_event`: the update is one, as far as
    /// can be told. `fails`: something will be asked for again by itself.
    fn next(&mut self, is_busy: bool, is_event: bool, fails: bool, step_s: f64) -> Option<Duration> {
        // Falling asleep is itself followed by a frame, soon; later nothing but an event ends a sleep.
        let wakes = self.sleeps && step_s > LOOK.as_secs_f64();
        self.calm_s = if is_busy || is_event || wakes { 0.0 } else { self.calm_s + step_s };
        self.sleeps = self.calm_s >= LOOKED_FOR_S && !fails;
        (!is_busy).then_some(if self.sleeps { NEVER } else { LOOK })
    }
}

/// Draws on while something is on its way; otherwise waits for events.
pub(super) fn stay_awake(
    scene: Option<Res<Scene>>,
    facts: Res<SceneFacts>,
    (drawn, frame): (Res<DrawnCamera>, Res<FrameTime>),
    siting: Res<SitingFacts>,
    settings: Option<ResMut<WinitSettings>>,
    (mut events, mut commands): (MessageReader<WindowEvent>, MessageReader<ViewCommand>),
    (mut before, mut rest): (Local<Option<Clock>>, Local<Rest>),
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
    let is_event = commands.read().count() + events.read().filter(|event| !matches!(event, WindowEvent::RequestRedraw(_))).count() > 0;
    // The frames' clock tells each step one update late, so that the one that falls asleep would seem to come long after it.
    let step_s = before.replace(Clock::start()).map_or(0.0, |before| before.seconds());
    let mode = match rest.next(is_busy, is_event, facts.progress.failed > 0, step_s) {
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
        assert_eq!(rest.next(true, false, false, 0.016), None);
        assert_eq!(rest.next(false, true, false, 0.016), Some(LOOK));
        // A look may be two updates, and the one that falls asleep is followed by another.
        let rests = |rest: &mut Rest| [5.0, 0.016, 4.9, 5.0, 0.6].map(|step_s| rest.next(false, false, false, step_s));
        let expected = [LOOK, LOOK, LOOK, NEVER, NEVER].map(Some);
        assert_eq!(rests(&mut rest), expected);
        // An event that nobody knows, minutes later, and one that is known: what they begin is looked for again.
        assert_eq!(rest.next(false, false, false, 300.0), Some(LOOK));
        assert_eq!(rests(&mut rest), expected);
        assert_eq!(rest.next(false, true, false, 0.3), Some(LOOK));
        assert_eq!((rests(&mut rest), rest.next(true, false, false, 9.0)), (expected, None));
        // What has failed is looked for without end.
        assert!((0..100).all(|_| rest.next(false, false, true, 5.0) == Some(LOOK)));
    }
}
