//! The flight of the benches: a scripted path over the territory, drawn without a window, each frame measured.
//!
//! It stands still first, at each height of the path, so that a frame in flight has something to be compared with. Then it looks at all buildings of
//! the territory at once, and nothing else, and moves the clock: what another hour costs where very many are coloured.

use super::lost::Kept;
use super::open::Opening;
use super::patience::{Patience, Waiting};
use super::quality::Cost;
use super::material::SeriesUploads;
use super::tiles::{Meter, StreamBudget};
use super::vocab::{DrawnCamera, Eye, Fault, Progress, Scene, SceneFacts, ViewCommand};
use super::{Smoothing, Target, app, platform};
use crate::io::{Clock, Location};
use crate::base::{Instant, LayerId};
use crate::formats::territory::LayerKind;
use crate::view::flight::{Band, Flight, METRES_PER_DEGREE};
use crate::view::{Camera, Command, Quality, Theme};
use bevy::app::PluginsState;
use bevy::prelude::*;
use bevy::render::renderer::RenderDevice;

/// Without any progress for so long a view is measured as it is.
const PATIENCE: Patience = Patience { idle_s: 60.0, longest_s: 3_600.0 };
/// Frames of a view that stands still: enough for a median, and no more seconds than these.
const STILL_FRAMES: usize = 120;
const STILL_S: f64 = 10.0;
/// But never fewer.
const FEWEST_FRAMES: usize = 9;
/// Turns in which a picture at rest and a moved one are measured.
const TURNS: usize = 3;
/// Hours around noon that the clock is moved through, on one day after the other: a shadow map that comes and goes would be measured with it.
const DAYLIGHT_HOURS: i64 = 7;
const HOUR_S: i64 = 3600;
const DAY_S: i64 = 24 * HOUR_S;
/// Buildings that the slider is measured with, where the territory has so many.
const SLIDER_BUILDINGS: u64 = 100_000;
/// How often the error on screen is halved for them, and for how long they are waited for, seconds.
const MOST_HALVINGS: i32 = 14;
const SEARCH_S: f64 = 90.0;
/// Half the opening angle of the eye is so much, upwards and, at the least, sideways.
const HALF_ANGLE: f64 = std::f64::consts::FRAC_PI_8;
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
    /// Nothing but [`Whole`]: no views that stand still, no flight.
    pub only_whole: bool,
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
    pub plain: Run,
    /// The same with the colours of the demand.
    pub slider: Slider,
}

/// Frames of a view that stands still, coloured by a value of each hour.
#[derive(Clone, Debug)]
pub struct Slider {
    /// At one hour.
    pub themed: Run,
    /// With another hour in each frame.
    pub moved: Run,
    /// Both once more with the eye closed: what the program itself does, without the noise of drawing.
    pub undrawn: [Run; 2],
    /// Tiles and series asked for, and what was handed to the card, while the clock moved: a slider inside what is loaded needs none.
    pub requests: u64,
    pub uploads: u64,
}

/// All buildings of the territory from above, as finely as it takes to see very many, and nothing but them: what else there is would be the same at
/// every hour, and flatter the ratio.
#[derive(Clone, Debug)]
pub struct Whole {
    pub screen_space_error: f64,
    pub shown: usize,
    pub features: u64,
    /// What the territory has.
    pub of: u64,
    pub searched_s: f64,
    pub end: SearchEnd,
    pub slider: Slider,
}

/// Why nobody looked for more buildings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchEnd {
    /// As many as were wanted.
    Enough,
    /// As many as there are.
    All,
    /// The memory that is allowed.
    Memory,
    /// The time that is allowed, or nothing moved any more.
    Time,
    /// The finest error that is tried.
    Finest,
}

impl SearchEnd {
    pub fn id(self) -> &'static str {
        match self {
            Self::Enough => "enough",
            Self::All => "all",
            Self::Memory => "memory",
            Self::Time => "time",
            Self::Finest => "finest",
        }
    }
}

/// Whether the search goes on: how many buildings are seen of how many, whether all that was asked for is there, the error asked for and the one that memory allows.
fn search_end(features: u64, of: u64, is_complete: bool, asked: f64, kept: f64) -> Option<SearchEnd> {
    if features >= SLIDER_BUILDINGS {
        Some(SearchEnd::Enough)
    } else if of > 0 && features >= of {
        Some(SearchEnd::All)
    } else if kept > 1.5 * asked {
        // Short of memory, the engine shows less than it was asked for.
        Some(SearchEnd::Memory)
    } else if !is_complete {
        Some(SearchEnd::Time)
    } else {
        None
    }
}

/// Some frames, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// To the last pixel, seconds.
    pub frames_s: Vec<f64>,
    /// Processor time of the main thread in each, where the system says so, and of all threads in all of them, seconds.
    pub main_s: Vec<f64>,
    pub all_s: Option<f64>,
}

impl Run {
    /// Processor time of a frame, seconds: of the main thread (median), and of all threads (mean: they are counted in hundredths of a second).
    pub fn cpu_s(&self) -> Option<[f64; 2]> {
        Some([quantile(self.main_s.iter().copied(), 0.5), self.all_s? / self.frames_s.len() as f64])
    }

    fn append(&mut self, more: Self) {
        // The first of all has nothing to be added to.
        self.all_s = more.all_s.map(|all_s| all_s + self.all_s.unwrap_or(0.0));
        self.frames_s.extend(more.frames_s);
        self.main_s.extend(more.main_s);
    }
}

impl Slider {
    /// How many times a frame with another hour takes what one at rest takes: of the medians, and of the 99th percentiles.
    pub fn ratio(&self) -> [f64; 2] {
        [0.5, 0.99].map(|share| quantile(self.moved.frames_s.iter().copied(), share) / quantile(self.themed.frames_s.iter().copied(), share))
    }

    /// As [`Self::ratio`] of medians, but of the processor time of all threads: where pictures are drawn in software, other programs disturb it less.
    pub fn cpu_ratio(&self) -> Option<f64> {
        Some(self.moved.cpu_s()?[1] / self.themed.cpu_s()?[1])
    }

    /// Processor time that another hour costs beside the drawing, seconds: of the main thread, and of all threads.
    pub fn cpu_s(&self) -> Option<[f64; 2]> {
        let [themed, moved] = &self.undrawn;
        let (themed, moved) = (themed.cpu_s()?, moved.cpu_s()?);
        Some([moved[0] - themed[0], moved[1] - themed[1]])
    }
}

#[derive(Clone, Debug)]
pub struct Record {
    /// `None` where only [`Whole`] was wanted.
    pub start: Option<Start>,
    pub still: Vec<Still>,
    pub whole: Whole,
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

    if request.only_whole {
        // Nobody waits for what is not looked at.
        while app.world().get_resource::<Scene>().is_none() && facts(&app).faults.is_empty() && clock.seconds() < PATIENCE.idle_s {
            draw(&mut app);
        }
        if let (None, Some(fault)) = (app.world().get_resource::<Scene>(), facts(&app).faults.first()) {
            return Err(fault.clone());
        }
        let whole = overlook(&mut app, (width, height), request.screen_space_error).ok_or_else(|| fault("error-picture-empty", String::new()))?;
        lost(&app)?;
        return Ok(Record { start: None, still: Vec::new(), whole, frames: Vec::new(), memory: vec![sample(&app, clock.seconds())], max_bytes, faults: facts(&app).faults.clone() });
    }
    let start = open(&mut app, &clock)?;
    let Some(limits) = app.world().get_resource::<Scene>().map(|scene| scene.limits.clone()) else {
        return Err(fault("error-picture-empty", String::new()));
    };
    let flight = Flight::over(limits.home, limits.bounds_lonlat, request.seconds);
    let still = Band::ALL.map(|band| stand(&mut app, band, flight.rest(band))).to_vec();
    let whole = overlook(&mut app, (width, height), request.screen_space_error).ok_or_else(|| fault("error-picture-empty", String::new()))?;
    // Back to what was asked for, where the flight begins.
    app.world_mut().resource_mut::<StreamBudget>().screen_space_error = request.screen_space_error;
    look(&mut app, flight.camera(0.0));
    draw(&mut app);
    complete(&mut app, &Clock::start(), f64::INFINITY, |_| {})?;
    let (frames, memory) = travel(&mut app, &flight);
    lost(&app)?;
    Ok(Record { start: Some(start), still, whole, frames, memory, max_bytes, faults: facts(&app).faults.clone() })
}

fn lost(app: &App) -> Result<(), Fault> {
    match app.world().resource::<Kept>().loss() {
        Some(loss) => Err(Fault { key: "error-graphics-lost".to_owned(), value: loss.cause }),
        None => Ok(()),
    }
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

/// Draws until nothing is missing, nothing moves any more, or the clock stands at so many seconds; whether it is complete.
fn complete(app: &mut App, clock: &Clock, until_s: f64, mut each: impl FnMut(Progress)) -> Result<bool, Fault> {
    let mut waiting = Waiting::from(clock.seconds(), PATIENCE);
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
        let now_s = clock.seconds();
        if !waiting.goes_on(now_s, facts.progress) || now_s > until_s {
            return Ok(false);
        }
    }
}

fn open(app: &mut App, clock: &Clock) -> Result<Start, Fault> {
    let mut first_tile_s = f64::NAN;
    let all = complete(app, clock, f64::INFINITY, |progress| {
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
    let complete = complete(app, &clock, f64::INFINITY, |_| {}).unwrap_or(false);
    let Progress { shown, features, .. } = facts(app).progress;
    let plain = frames(app, 1, |_| None);
    Still { band, complete, shown, features, plain, slider: slide(app) }
}

/// Looks straight down on all buildings, more and more finely until enough are there. Until then no frame is drawn: each step of loading would wait for one.
fn overlook(app: &mut App, (width, height): (u32, u32), screen_space_error: f64) -> Option<Whole> {
    let scene = app.world().get_resource::<Scene>()?;
    let [west, south, east, north] = scene.limits.bounds_lonlat;
    let lat = 0.5 * (south + north);
    let size_m = [(east - west) * METRES_PER_DEGREE * lat.to_radians().cos(), (north - south) * METRES_PER_DEGREE];
    let aspect = f64::from(width) / f64::from(height);
    let distance_m = 0.5 * size_m[1].max(size_m[0] / aspect) / HALF_ANGLE.tan();
    let camera = Camera { target: [0.5 * (west + east), lat, scene.limits.home.target[2]], distance_m, heading_deg: 0.0, pitch_deg: -90.0 };
    let is_other = |kind| !matches!(kind, LayerKind::Buildings | LayerKind::Models);
    let others: Vec<LayerId> = scene.manifest.layers.iter().filter(|layer| is_other(layer.kind) && !scene.is_hidden(&layer.id)).map(|layer| layer.id.clone()).collect();
    let of = scene.manifest.layers.iter().filter(|layer| !is_other(layer.kind)).map(|layer| layer.features).sum();
    let show_others = |app: &mut App, visible: bool| {
        for layer in &others {
            app.world_mut().write_message(ViewCommand(Command::ShowLayer { layer: layer.clone(), visible }));
        }
    };
    show_others(app, false);
    look(app, camera);
    open_eyes(app, false);
    let clock = Clock::start();
    let mut end = SearchEnd::Finest;
    let mut error = screen_space_error;
    for halvings in 0..=MOST_HALVINGS {
        error = screen_space_error * 0.5_f64.powi(halvings);
        app.world_mut().resource_mut::<StreamBudget>().screen_space_error = error;
        draw(app);
        let is_complete = complete(app, &clock, SEARCH_S, |_| {}).unwrap_or(false);
        if let Some(now) = search_end(facts(app).progress.features, of, is_complete, error, meter(app).screen_space_error) {
            end = now;
            break;
        }
    }
    let searched_s = clock.seconds();
    open_eyes(app, true);
    let slider = slide(app);
    // What is seen while the clock moves: it may have gone on coming.
    let Progress { shown, features, .. } = facts(app).progress;
    let screen_space_error = error.max(meter(app).screen_space_error);
    show_others(app, true);
    Some(Whole { screen_space_error, shown, features, of, searched_s, end, slider })
}

/// Draws frames, or only loads.
fn open_eyes(app: &mut App, draws: bool) {
    let world = app.world_mut();
    for mut camera in world.query_filtered::<&mut bevy::camera::Camera, With<Eye>>().iter_mut(world) {
        camera.is_active = draws;
    }
}

/// The same picture with the colours of the demand, at one hour and with another hour in each frame.
fn slide(app: &mut App) -> Slider {
    // Each building, however far: that is what is measured.
    app.world_mut().write_message(ViewCommand(Command::SetGather { gather: false }));
    app.world_mut().write_message(ViewCommand(Command::SetTheme { theme: Theme::Demand }));
    draw(app);
    // Values come from files, as tiles do.
    let _ = complete(app, &Clock::start(), f64::INFINITY, |_| {});
    let (noon, days) = daylight(app);
    let hour = move |frame: i64| {
        let hour = frame % DAYLIGHT_HOURS - DAYLIGHT_HOURS / 2;
        Command::SetInstant { instant: noon.plus_seconds(days * DAY_S * (frame / DAYLIGHT_HOURS) + HOUR_S * hour) }
    };
    // By turns, so that a machine that gets slower or faster meanwhile does so to both.
    let (mut themed, mut moved) = (Run::default(), Run::default());
    let before = (meter(app).requests, handed_over(app));
    for turn in 0..TURNS as i64 {
        // At rest in the morning, at noon and in the afternoon: a low sun makes other shadows.
        app.world_mut().write_message(ViewCommand(hour(turn * (DAYLIGHT_HOURS - 1) / (TURNS as i64 - 1))));
        themed.append(frames(app, TURNS, |_| None));
        moved.append(frames(app, TURNS, |frame| Some(hour(frame))));
    }
    open_eyes(app, false);
    let undrawn = [frames(app, 1, |_| None), frames(app, 1, |frame| Some(hour(frame)))];
    open_eyes(app, true);
    let (requests, uploads) = (meter(app).requests - before.0, handed_over(app) - before.1);
    app.world_mut().write_message(ViewCommand(Command::SetTheme { theme: Theme::None }));
    draw(app);
    Slider { themed, moved, undrawn, requests, uploads }
}

/// Midday of the day that is shown, and whether days go on from there or back, so that the series does not end.
fn daylight(app: &App) -> (Instant, i64) {
    let Some(scene) = app.world().get_resource::<Scene>() else { return (Instant(0), 1) };
    let local = scene.limits.clock.read(scene.state.instant);
    let noon = scene.limits.clock.instant(local.year, local.month, local.day, 12, 0).unwrap_or(scene.state.instant);
    let longest_s = DAY_S * (STILL_FRAMES as i64 / DAYLIGHT_HOURS + 2);
    (noon, if noon.plus_seconds(longest_s) < scene.limits.instants[1] { 1 } else { -1 })
}

/// Tiles and parts of series handed to the card so far.
fn handed_over(app: &App) -> u64 {
    meter(app).uploaded + app.world().resource::<SeriesUploads>().0 as u64
}

/// Frames of a picture that stands still but for a command in each, for a part of the usual time; `each` gets the frame's number.
fn frames(app: &mut App, turns: usize, each: impl Fn(i64) -> Option<Command>) -> Run {
    for _ in 0..SETTLING_FRAMES {
        draw(app);
    }
    let (clock, cpu) = (Clock::start(), platform::cpu_s());
    let (mut frames_s, mut main_s) = (Vec::new(), Vec::new());
    while frames_s.len() < FEWEST_FRAMES / turns || frames_s.len() < STILL_FRAMES / turns && clock.seconds() < STILL_S / turns as f64 {
        if let Some(command) = each(frames_s.len() as i64) {
            app.world_mut().write_message(ViewCommand(command));
        }
        let before = platform::cpu_s();
        frames_s.push(draw(app));
        main_s.extend(before.zip(platform::cpu_s()).map(|(from, to)| to[0] - from[0]));
    }
    let all_s = cpu.zip(platform::cpu_s()).map(|(from, to)| to[1] - from[1]);
    Run { frames_s, main_s, all_s }
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
            start: None,
            still: Vec::new(),
            whole: Whole {
                screen_space_error: 16.0,
                shown: 0,
                features: 0,
                of: 0,
                searched_s: 0.0,
                end: SearchEnd::All,
                slider: Slider { themed: Run::default(), moved: Run::default(), undrawn: Default::default(), requests: 0, uploads: 0 },
            },
            frames: Vec::new(),
            memory: (0..=100u32).map(|second| sample(f64::from(second), 1_000 + u64::from(second))).collect(),
            max_bytes: 0,
            faults: Vec::new(),
        };
        let growth = record.growth().unwrap();
        assert_eq!(growth, Growth { since_s: 50.0, resident_bytes: [1_055.0, 1_095.0], process_bytes: Some([2_110.0, 2_190.0]) });
    }

    #[test]
    fn a_search_for_buildings_always_ends() {
        assert_eq!(search_end(0, 120_000, true, 16.0, 16.0), None);
        assert_eq!(search_end(99_999, 120_000, true, 1.0, 1.0), None);
        assert_eq!(search_end(100_000, 120_000, false, 1.0, 1.0), Some(SearchEnd::Enough));
        assert_eq!(search_end(8_620, 8_620, true, 1.0, 1.0), Some(SearchEnd::All));
        assert_eq!(search_end(50_000, 120_000, true, 1.0, 2.0), Some(SearchEnd::Memory));
        assert_eq!(search_end(50_000, 120_000, false, 1.0, 1.0), Some(SearchEnd::Time));
    }

    #[test]
    fn a_slider_is_what_another_hour_costs_beyond_the_same_picture() {
        let run = |frame_s: f64, cpu_s: f64| Run { frames_s: vec![frame_s; 9], main_s: vec![cpu_s; 9], all_s: Some(18.0 * cpu_s) };
        let slider = Slider { themed: run(0.02, 0.01), moved: run(0.022, 0.01), undrawn: [run(0.002, 0.001), run(0.003, 0.0015)], requests: 0, uploads: 0 };
        assert!(slider.ratio().iter().all(|ratio| (ratio - 1.1).abs() < 1e-9) && slider.cpu_ratio() == Some(1.0));
        assert!(slider.cpu_s().is_some_and(|[main, all]| (main - 0.0005).abs() < 1e-9 && (all - 0.001).abs() < 1e-9));
    }

    #[test]
    fn quantiles_of_little_are_its_values() {
        assert!(quantile([], 0.5).is_nan());
        assert_eq!(quantile([3.0], 0.99), 3.0);
        assert_eq!(quantile([1.0, 3.0, 2.0], 0.5), 2.0);
        assert_eq!(quantile((0..=100).map(f64::from), 0.95), 95.0);
    }
}
