//! The flight of the benches: a scripted path over the territory, drawn without a window, each frame measured.
//!
//! It stands still first, at each height of the path, so that a frame in flight has something to be compared with.

use super::lost::Kept;
use super::open::Opening;
use super::quality::Cost;
use super::tiles::{Meter, StreamBudget};
use super::vocab::{DrawnCamera, Fault, Progress, Scene, SceneFacts, ViewCommand};
use super::{Smoothing, Target, app, platform};
use crate::io::{Clock, Location};
use crate::view::flight::{Band, Flight};
use crate::view::{Camera, Command, Quality, Theme};
use bevy::app::PluginsState;
use bevy::prelude::*;
use bevy::render::renderer::RenderDevice;

/// Without any progress for so long a view is measured as it is.
const PATIENCE_S: f64 = 60.0;
/// Frames of a view that stands still: enough for a median, and no more seconds than these.
const STILL_FRAMES: usize = 120;
const STILL_S: f64 = 10.0;
/// But never fewer.
const FEWEST_FRAMES: usize = 5;
/// The clock moves so far between two frames that ask for another hour, seconds.
const HOUR_S: i64 = 3600;
/// Frames after the last tile that are not counted: pipelines compile.
const SETTLING_FRAMES: usize = 3;
/// Time between two looks at the memory, seconds.
const SAMPLE_S: f64 = 1.0;
/// Growth counts from here: until then the caches fill. A shorter flight takes its middle.
const FILLED_S: f64 = 300.0;
/// The span of time whose median counts at both ends of the growth, seconds; a tenth of a shorter flight, but long enough for a slow frame.
const SPAN_S: [f64; 2] = [5.0, 60.0];
/// Slowest frames that are told one by one.
const SLOWEST: usize = 5;

#[derive(Clone, Debug)]
pub struct Request {
    pub location: Location,
    pub opening: Opening,
    pub width: u32,
    pub height: u32,
    pub screen_space_error: f64,
    pub quality: Quality,
    pub seconds: f64,
}

/// One frame in flight.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Since the flight began, seconds.
    pub at_s: f64,
    pub seconds: f64,
    /// Of these, work on tiles on the main thread.
    pub tile_work_s: f64,
    /// Tiles handed to the GPU in this frame.
    pub uploaded: u64,
    pub band: Band,
}

/// The state of the memory at one moment of the flight.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub at_s: f64,
    /// What the engines count: contents, GPU buffers, nodes, subtrees.
    pub resident_bytes: u64,
    /// What the system counts for the whole process, where it says so.
    pub process_bytes: Option<u64>,
    pub screen_space_error: f64,
    pub shown: usize,
    pub waiting: usize,
    pub failed: usize,
    pub requests: u64,
}

/// The opening view, from the start of the program.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub first_tile_s: f64,
    /// `None` when nothing moved any more before all tiles were there.
    pub all_tiles_s: Option<f64>,
    pub shown: usize,
    pub features: u64,
    pub requests: u64,
    pub resident_bytes: u64,
}

/// A view that stood still.
#[derive(Clone, Debug)]
pub struct Still {
    pub band: Band,
    pub complete: bool,
    pub shown: usize,
    pub features: u64,
    pub frames_s: Vec<f64>,
    /// The same with the colours of the demand at one hour, and with another hour in each frame.
    pub themed_s: Vec<f64>,
    pub moved_s: Vec<f64>,
}

#[derive(Clone, Debug)]
pub struct Record {
    pub start: Start,
    pub still: Vec<Still>,
    pub frames: Vec<Frame>,
    pub memory: Vec<Sample>,
    pub max_bytes: u64,
    pub faults: Vec<Fault>,
}

/// Flies and records.
///
/// # Errors
/// A fault with an i18n key: unreachable territory, an impossible size.
pub fn fly(request: Request) -> Result<Record, Fault> {
    let fault = |key: &str, value: String| Fault { key: key.to_owned(), value };
    let (width, height) = (request.width, request.height);
    if width == 0 || height == 0 || width.max(height) > super::snapshot::MAX_SIDE {
        return Err(fault("error-picture-size", format!("{width}x{height}")));
    }
    let clock = Clock::start();
    let mut app = app(request.location, request.opening, Target::Film { width, height }, Smoothing(1))
        .map_err(|io| fault("error-territory-unreachable", io.to_string()))?;
    app.insert_resource(Cost::of(request.quality));
    let mut budget = app.world_mut().resource_mut::<StreamBudget>();
    budget.screen_space_error = request.screen_space_error;
    let max_bytes = budget.max_bytes;
    app.insert_resource(DrawnCamera { at_once: true, ..default() });
    while app.plugins_state() == PluginsState::Adding {
        platform::tick_tasks();
    }
    app.finish();
    app.cleanup();

    let start = open(&mut app, &clock)?;
    let Some(limits) = app.world().get_resource::<Scene>().map(|scene| scene.limits.clone()) else {
        return Err(fault("error-picture-empty", String::new()));
    };
    let flight = Flight::over(limits.home, limits.bounds_lonlat, request.seconds);
    let still = Band::ALL.map(|band| stand(&mut app, band, flight.rest(band))).to_vec();
    let (frames, memory) = travel(&mut app, &flight);
    if let Some(loss) = app.world().resource::<Kept>().loss() {
        return Err(fault("error-graphics-lost", loss.cause));
    }
    Ok(Record { start, still, frames, memory, max_bytes, faults: facts(&app).faults.clone() })
}

/// One frame to its last pixel, seconds.
fn draw(app: &mut App) -> f64 {
    let clock = Clock::start();
    app.update();
    // Without a screen that asks for pictures the card would fall behind unseen.
    if let Some(device) = app.world().get_resource::<RenderDevice>() {
        platform::finish_drawing(device);
    }
    clock.seconds()
}

fn facts(app: &App) -> &SceneFacts {
    app.world().resource::<SceneFacts>()
}

fn meter(app: &App) -> Meter {
    *app.world().resource::<Meter>()
}

fn look(app: &mut App, camera: Camera) {
    app.world_mut().write_message(ViewCommand(Command::LookAt { camera }));
}

/// Draws until nothing is missing, or nothing moves any more; whether it is complete.
fn complete(app: &mut App, clock: &Clock, mut each: impl FnMut(Progress)) -> Result<bool, Fault> {
    let mut last = (clock.seconds(), Progress::default());
    loop {
        draw(app);
        let facts = facts(app);
        if app.world().get_resource::<Scene>().is_none()
            && let Some(fault) = facts.faults.first()
        {
            return Err(fault.clone());
        }
        each(facts.progress);
        if facts.progress.complete {
            return Ok(true);
        }
        if facts.progress != last.1 {
            last = (clock.seconds(), facts.progress);
        } else if clock.seconds() - last.0 > PATIENCE_S {
            return Ok(false);
        }
    }
}

fn open(app: &mut App, clock: &Clock) -> Result<Start, Fault> {
    let mut first_tile_s = f64::NAN;
    let all = complete(app, clock, |progress| {
        if progress.shown > 0 && first_tile_s.is_nan() {
            first_tile_s = clock.seconds();
        }
    })?;
    let Progress { shown, features, resident_bytes, .. } = facts(app).progress;
    Ok(Start { first_tile_s, all_tiles_s: all.then(|| clock.seconds()), shown, features, requests: meter(app).requests, resident_bytes })
}

fn stand(app: &mut App, band: Band, camera: Camera) -> Still {
    let clock = Clock::start();
    look(app, camera);
    // The command is heard in the first frame; only then is there something to wait for.
    draw(app);
    let complete = complete(app, &clock, |_| {}).unwrap_or(false);
    let Progress { shown, features, .. } = facts(app).progress;
    let frames_s = frames(app, None);
    app.world_mut().write_message(ViewCommand(Command::SetTheme { theme: Theme::Demand }));
    let themed_s = frames(app, None);
    let moved_s = frames(app, Some(Command::StepInstant { seconds: HOUR_S }));
    app.world_mut().write_message(ViewCommand(Command::SetTheme { theme: Theme::None }));
    draw(app);
    Still { band, complete, shown, features, frames_s, themed_s, moved_s }
}

/// The durations of frames of a picture that stands still but for a command in each.
fn frames(app: &mut App, each: Option<Command>) -> Vec<f64> {
    for _ in 0..SETTLING_FRAMES {
        draw(app);
    }
    let clock = Clock::start();
    let mut frames_s = Vec::new();
    while frames_s.len() < FEWEST_FRAMES || frames_s.len() < STILL_FRAMES && clock.seconds() < STILL_S {
        if let Some(command) = &each {
            app.world_mut().write_message(ViewCommand(command.clone()));
        }
        frames_s.push(draw(app));
    }
    frames_s
}

fn travel(app: &mut App, flight: &Flight) -> (Vec<Frame>, Vec<Sample>) {
    let (mut frames, mut memory) = (Vec::new(), Vec::new());
    let clock = Clock::start();
    let mut next_sample_s = 0.0;
    loop {
        let at_s = clock.seconds();
        if at_s >= next_sample_s {
            memory.push(sample(app, at_s));
            next_sample_s = at_s.max(next_sample_s + SAMPLE_S);
        }
        if at_s >= flight.seconds() {
            return (frames, memory);
        }
        let before = meter(app).uploaded;
        look(app, flight.camera(at_s));
        let seconds = draw(app);
        let after = meter(app);
        frames.push(Frame {
            at_s,
            seconds,
            tile_work_s: after.frame_s,
            uploaded: after.uploaded - before,
            band: flight.band(at_s),
        });
    }
}

fn sample(app: &App, at_s: f64) -> Sample {
    let Progress { shown, waiting, failed, resident_bytes, .. } = facts(app).progress;
    let meter = meter(app);
    Sample {
        at_s,
        resident_bytes,
        process_bytes: platform::process_bytes(),
        screen_space_error: meter.screen_space_error,
        shown,
        waiting,
        failed,
        requests: meter.requests,
    }
}

/// The value below which that share of the values lies; not a number for none.
pub fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted.get((share * last as f64).round() as usize).copied().unwrap_or(f64::NAN)
}

/// How memory changed between the time when the caches were full and the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    pub since_s: f64,
    pub resident_bytes: [f64; 2],
    pub process_bytes: Option<[f64; 2]>,
}

impl Record {
    pub fn growth(&self) -> Option<Growth> {
        let end = self.memory.last()?.at_s;
        let span = (0.1 * end).clamp(SPAN_S[0], SPAN_S[1]).min(end);
        let since_s = FILLED_S.min(0.5 * end);
        let within = |from: f64| self.memory.iter().filter(move |sample| (from..=from + span).contains(&sample.at_s));
        let both = |of: fn(&Sample) -> Option<u64>| {
            [since_s, end - span].map(|from| quantile(within(from).filter_map(of).map(|bytes| bytes as f64), 0.5))
        };
        let process = both(|sample| sample.process_bytes);
        Some(Growth {
            since_s,
            resident_bytes: both(|sample| Some(sample.resident_bytes)),
            process_bytes: process.iter().all(|bytes| bytes.is_finite()).then_some(process),
        })
    }

    /// The slowest frames in flight, slowest first.
    pub fn slowest(&self) -> Vec<Frame> {
        let mut frames = self.frames.clone();
        frames.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        frames.truncate(SLOWEST);
        frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_compares_the_middle_with_the_end_of_a_short_flight() {
        let sample = |at_s: f64, bytes: u64| Sample {
            at_s,
            resident_bytes: bytes,
            process_bytes: Some(2 * bytes),
            screen_space_error: 16.0,
            shown: 0,
            waiting: 0,
            failed: 0,
            requests: 0,
        };
        let record = Record {
            start: Start { first_tile_s: 0.0, all_tiles_s: None, shown: 0, features: 0, requests: 0, resident_bytes: 0 },
            still: Vec::new(),
            frames: Vec::new(),
            memory: (0..=100u32).map(|second| sample(f64::from(second), 1_000 + u64::from(second))).collect(),
            max_bytes: 0,
            faults: Vec::new(),
        };
        let growth = record.growth().unwrap();
        assert_eq!(growth, Growth { since_s: 50.0, resident_bytes: [1_055.0, 1_095.0], process_bytes: Some([2_110.0, 2_190.0]) });
    }

    #[test]
    fn quantiles_of_little_are_its_values() {
        assert!(quantile([], 0.5).is_nan());
        assert_eq!(quantile([3.0], 0.99), 3.0);
        assert_eq!(quantile([1.0, 3.0, 2.0], 0.5), 2.0);
        assert_eq!(quantile((0..=100).map(f64::from), 0.95), 95.0);
    }
}
