//! The running clock: while it plays, each frame is a [`Command::Tick`].
//!
//! Reads: [`Scene`]. Sends: [`ViewCommand`].

use super::vocab::{Scene, ViewCommand, ViewerSystems};
use crate::view::Command;
use bevy::prelude::*;

pub struct TimePlugin;

impl Plugin for TimePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(
            Update,
            tick.in_set(ViewerSystems::Input).run_if(resource_exists::<Scene>),
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
