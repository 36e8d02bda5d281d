//! The running clock: while it plays, each frame is a [`Command::Tick`]. And the moments of the day that one can jump to.
//!
//! Reads: [`Scene`]. Sends: [`ViewCommand`]. Writes: the sun's moments of [`SceneFacts`].

use super::vocab::{Scene, SceneFacts, ViewCommand, ViewerSystems};
use crate::base::{Clock, Instant};
use crate::energy::sun;
use crate::view::{Command, Moment, ViewState};
use bevy::ecs::message::{MessageCursor, Messages};
use bevy::prelude::*;

pub struct TimePlugin;

impl Plugin for TimePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(
            Update,
            (
                (jump, tick).chain().in_set(ViewerSystems::Input),
                sun_of_day.in_set(ViewerSystems::Report),
            )
                .run_if(resource_exists::<Scene>),
        );
    }
}

fn tick(time: Res<Time>, scene: Res<Scene>, mut commands: MessageWriter<ViewCommand>) {
    if scene.state.playback.playing {
        // A frame that took long (a hidden tab, a slow machine) must not make the clock leap.
        let seconds = f64::from(time.delta_secs()).min(0.25);
        commands.write(ViewCommand(Command::Tick { seconds }));
    }
}

/// Goes to a moment of the day, where there is one.
fn jump(mut asked: Local<MessageCursor<ViewCommand>>, mut commands: ResMut<Messages<ViewCommand>>, facts: Res<SceneFacts>) {
    let wanted = asked.read(&commands).filter_map(|command| match command.0 {
        Command::JumpTo { moment } => Some(moment),
        _ => None,
    });
    let Some(moment) = wanted.last() else { return };
    let instant = match moment {
        Moment::Sunrise => facts.day.sunrise,
        Moment::Noon => facts.day.noon,
        Moment::Sunset => facts.day.sunset,
        Moment::Peak => facts.day.peak,
    };
    if let Some(instant) = instant {
        commands.write(ViewCommand(Command::SetInstant { instant }));
    }
}

fn sun_of_day(scene: Res<Scene>, mut told: Local<Option<(i64, [i64; 2])>>, mut facts: ResMut<SceneFacts>) {
    let clock = scene.manifest.clock();
    let [lon, lat, _] = scene.state.camera.target;
    let day = crate::base::CalendarUnit::Day.step_of(clock, scene.state.instant);
    // A hundredth of a degree is two seconds of sunrise.
    let key = (day, [lon, lat].map(|degrees| (degrees * 100.0) as i64));
    if *told == Some(key) {
        return;
    }
    *told = Some(key);
    let [sunrise, noon, sunset] = events(&scene.state, clock).unwrap_or_default();
    (facts.day.sunrise, facts.day.noon, facts.day.sunset) = (sunrise, noon, sunset);
}

/// Sunrise, solar noon and sunset of the local calendar day at the camera's target.
fn events(state: &ViewState, clock: Clock) -> Option<[Option<Instant>; 3]> {
    let [lon, lat, _] = state.camera.target;
    let local = clock.read(state.instant);
    // From midday the solar day is the calendar's, whatever the hour shown.
    let midday = clock.instant(local.year, local.month, local.day, 12, 0)?;
    let events = sun::events(midday, lat, lon, None).ok()?;
    Some([events.sunrise, events.transit, events.sunset])
}
