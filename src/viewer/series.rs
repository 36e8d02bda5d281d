//! The series of a territory: which there are, and the parts of them that are in memory.
//!
//! Whoever needs values says so each frame ([`SeriesStore::want`], [`SeriesStore::want_list`]); what is not there is fetched, a few parts at a time,
//! and what nobody has looked at for long gives way. A chunk that is missing or listed as empty holds "no data", never a number.

use super::platform;
use super::requests::{Purpose, Requests};
use super::vocab::{Scene, SceneFacts, ViewCommand, ViewerSystems, Words};
use crate::base::{DatasetId, LayerId, Nature};
use crate::formats::territory::{Axis, Interpolation, Manifest, ScaledSeries, Series};
use crate::formats::zarr::Layout;
use crate::formats::zarr_group;
use crate::i18n::Texts;
use crate::io::IoFault;
use crate::siting::rooms;
use crate::view::{Command, KnownSeries, MAX_SERIES_BYTES};
use bevy::platform::collections::{HashMap, HashSet};
use bevy::prelude::*;

/// Id of the series the demand theme reads.
pub use crate::view::grain::DEMAND as DEMAND_SERIES;
/// Series of one territory that are offered.
const MAX_SERIES: usize = 512;
/// Parts on their way at once.
const AT_ONCE: usize = 12;
/// Passing faults of one array before it is given up.
const MAX_TRIES: u32 = 6;
/// Wait before the first new try, seconds; doubles each time.
const RETRY_S: f64 = 0.5;

/// Series that we compute ourselves, and what they are called.
const OWN: [(&str, &str); 26] = [
    ("demand-areas", "series-demand-areas"),
    ("demand-iris", "series-demand-iris"),
    ("pv-areas", "series-pv-areas"),
    ("pv-iris", "series-pv-iris"),
    ("demand-of-buildings", "series-demand-of-buildings"),
    ("pv-if-equipped", "series-pv-if-equipped"),
    ("lighting", "series-lighting"),
    ("tram", "series-tram"),
    ("vehicle-charging", "series-vehicle-charging"),
    ("flow-loading", "series-flow-loading"),
    ("flow-voltage", "series-flow-voltage"),
    ("flow-losses", "series-flow-losses"),
    ("flow-room-feed", "series-flow-room-feed"),
    ("flow-room-draw", "series-flow-room-draw"),
    ("wind-power", "series-wind-power"),
    ("wind-speed", "series-wind-speed"),
    ("wind-direction", "series-wind-direction"),
    ("wind-park", "series-wind-park"),
    ("battery-production", "series-battery-production"),
    ("battery-export", "series-battery-export"),
    ("battery-curtailed", "series-battery-curtailed"),
    ("battery-stored", "series-battery-stored"),
    ("battery-charge", "series-battery-charge"),
    ("solar-months", "series-solar-months"),
    ("solar-hours", "series-solar-hours"),
    ("loads", "series-loads"),
];

/// Rows of those series, and what they are called; others are names of their own.
const OWN_ROWS: [(&str, &str); 13] = [
    ("sans batterie", "row-without-battery"),
    ("avec batterie", "row-with-battery"),
    ("plan optimal", "row-planned"),
    ("sans sillages", "row-without-wakes"),
    ("parc", "row-park"),
    ("production", "row-production"),
    ("losses", "row-losses"),
    ("lighting", "series-lighting"),
    ("tram", "series-tram"),
    ("pv-flat", "row-pv-flat"),
    ("pv-east", "row-pv-east"),
    ("pv-south", "row-pv-south"),
    ("pv-west", "row-pv-west"),
];

/// A series that may be shown: values of rows, or amounts that follow the rows as profiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice<'a> {
    pub id: &'a str,
    /// Where the values stand.
    pub series: &'a Series,
    pub axis: &'a Axis,
    /// The amounts, where the rows are profiles.
    pub scaled: Option<&'a ScaledSeries>,
}

impl<'a> Choice<'a> {
    /// The layer whose features have these values.
    pub fn layer(&self) -> Option<&'a LayerId> {
        self.scaled.map_or(self.series.layer.as_ref(), |scaled| scaled.layer.as_ref())
    }

    /// The attribute of those features that is looked up, where it is not their id.
    pub fn by(&self) -> Option<&'a str> {
        self.scaled.map_or(self.series.by.as_deref(), |scaled| scaled.by.as_deref()).filter(|by| *by != "id")
    }

    pub fn nature(&self) -> Nature {
        self.scaled.map_or(self.series.nature, |scaled| scaled.nature)
    }

    pub fn dataset(&self) -> &'a DatasetId {
        self.scaled.map_or(&self.series.dataset, |scaled| &scaled.dataset)
    }

    /// Of the values as they are shown: an amount of a year becomes what is drawn at a step.
    pub fn unit(&self) -> &'a str {
        let unit = match self.scaled.map(|scaled| scaled.unit.as_str()) {
            Some("kWh") => "kW",
            Some("MWh") => "MW",
            Some("Wh") => "W",
            Some("GWh") => "GW",
            Some(other) => other,
            None => self.series.unit.as_str(),
        };
        // "1" is how files write that a number has no unit; people read nothing there.
        if unit == "1" { "" } else { unit }
    }

    /// Whether it has a best value in the middle of its bounds, as a voltage has: bounds of what runs are those of its amount alone.
    pub fn parts(&self) -> bool {
        self.series.band.is_some_and(|[least, most]| least.is_finite() && most.is_finite() && least < most) && !self.series.directed
    }

    /// How a value between two steps is found.
    pub fn interpolates(&self) -> bool {
        self.series.interpolation == Some(Interpolation::Linear)
    }

    /// What a row is called: those of our own series in words of the language.
    pub fn row_name(&self, manifest: &Manifest, row: &str, texts: &Texts) -> String {
        let is_own = self.layer().is_none() && matches!(self.title(manifest), Words::Key(_));
        OWN_ROWS.iter().find(|(name, _)| is_own && *name == row).map_or_else(|| row.to_owned(), |(_, key)| texts.text(key))
    }

    /// What it is called: ours by our own words, others by what is measured, else by the data set.
    pub fn title(&self, manifest: &Manifest) -> Words {
        let dataset = manifest.datasets.iter().find(|dataset| dataset.id == *self.dataset());
        let is_own = self.nature() == Nature::Simulated && dataset.is_some_and(|dataset| dataset.producer.starts_with("Jumeau"));
        if let Some((_, key)) = OWN.iter().find(|(id, _)| is_own && *id == self.id) {
            return Words::Key(key);
        }
        let of_dataset = || dataset.map(|dataset| dataset.title.clone());
        let named = match self.scaled {
            Some(_) => of_dataset(),
            None => self.series.quantity.clone().or_else(of_dataset),
        };
        Words::Said(named.filter(|name| !name.is_empty()).unwrap_or_else(|| self.id.to_owned()))
    }

    /// Its title, with its id where another series has the same one.
    pub fn title_apart(&self, manifest: &Manifest) -> Words {
        let title = self.title(manifest);
        match &title {
            Words::Said(words) if catalogue(manifest).iter().any(|other| other.id != self.id && other.title(manifest) == title) => Words::Said(format!("{words} ({})", self.id)),
            _ => title,
        }
    }
}

/// Everything that may be shown, in the manifest's order: series of features first, then those of the whole territory.
pub fn catalogue(manifest: &Manifest) -> Vec<Choice<'_>> {
    let axis = |series: &Series| manifest.axes.iter().find(|axis| axis.id == series.axis && axis.steps().is_some());
    let direct = manifest.series.iter().filter(|series| series.id != DEMAND_SERIES);
    let direct = direct.filter_map(|series| Some(Choice { id: &series.id, series, axis: axis(series)?, scaled: None }));
    let scaled = manifest.scaled.iter().filter_map(|scaled| {
        let series = manifest.series.iter().find(|series| series.id == scaled.profiles)?;
        Some(Choice { id: &scaled.id, series, axis: axis(series)?, scaled: Some(scaled) })
    });
    let mut ids: HashSet<&str> = HashSet::default();
    // An id that stands twice could not be told in a link.
    let is_sound = |choice: &Choice| (1..=MAX_SERIES_BYTES).contains(&choice.id.len());
    let mut choices: Vec<Choice> = direct.chain(scaled).filter(is_sound).filter(|choice| ids.insert(choice.id)).take(MAX_SERIES).collect();
    choices.sort_by_key(|choice| choice.layer().is_none());
    choices
}

/// The names of all, told apart by their ids where two are alike.
pub fn titles(manifest: &Manifest, choices: &[Choice], texts: &Texts) -> Vec<String> {
    let plain: Vec<String> = choices.iter().map(|choice| choice.title(manifest).text(texts)).collect();
    let alike = |title: &String| plain.iter().filter(|other| *other == title).count() > 1;
    plain.iter().zip(choices).map(|(title, choice)| if alike(title) { format!("{title} ({})", choice.id) } else { title.clone() }).collect()
}

/// What [`crate::view::apply`] knows of them.
pub fn known(manifest: &Manifest) -> Vec<KnownSeries> {
    catalogue(manifest).iter().map(|choice| KnownSeries { id: choice.id.to_owned(), layer: choice.layer().cloned(), parts: choice.parts(), breaks: rooms::usual_breaks(choice.id) }).collect()
}

pub fn choice<'a>(manifest: &'a Manifest, id: &str) -> Option<Choice<'a>> {
    let axis = |series: &Series| manifest.axes.iter().find(|axis| axis.id == series.axis && axis.steps().is_some());
    let direct = manifest.series.iter().find(|series| series.id == id && series.id != DEMAND_SERIES);
    if let Some(series) = direct {
        return Some(Choice { id: &series.id, series, axis: axis(series)?, scaled: None });
    }
    let scaled = manifest.scaled.iter().find(|scaled| scaled.id == id)?;
    let series = manifest.series.iter().find(|series| series.id == scaled.profiles)?;
    Some(Choice { id: &scaled.id, series, axis: axis(series)?, scaled: Some(scaled) })
}

/// The profiles of the demand theme.
pub fn demand(manifest: &Manifest) -> Option<Choice<'_>> {
    let series = manifest.series.iter().find(|series| series.id == DEMAND_SERIES)?;
    let axis = manifest.axes.iter().find(|axis| axis.id == series.axis && axis.steps().is_some())?;
    Some(Choice { id: DEMAND_SERIES, series, axis, scaled: None })
}

/// What a list along a dimension holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListKind {
    Texts,
    Integers,
    Reals,
}

#[derive(Clone, Debug, PartialEq)]
pub enum List {
    Texts(Vec<String>),
    Integers(Vec<i64>),
    Reals(Vec<f64>),
}

/// A part of an array in the territory's folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Layout,
    Chunk(usize, usize),
    ListLayout(ListKind),
    ListChunk(ListKind),
}

enum Held {
    Values(Vec<f32>),
    /// Nothing but what stands where nothing was written.
    Empty,
}

#[derive(Default)]
struct Stored {
    layout: Option<Layout>,
    chunks: HashMap<(usize, usize), (Held, u64)>,
    list: Option<List>,
    list_layout: Vec<u8>,
    asked: HashSet<(usize, usize)>,
    asked_layout: bool,
    /// How often each part was asked for again after a passing fault.
    tries: HashMap<Part, u32>,
    failed: bool,
    /// A chunk could not be had and stands as "no data".
    lost: bool,
}

impl Stored {
    /// One chunk that cannot be had costs that chunk; the rest of the series is shown.
    fn give_up(&mut self, part: &Part, now: u64) {
        match part {
            Part::Chunk(row, step) => {
                self.lost = true;
                self.chunks.insert((*row, *step), (Held::Empty, now));
            }
            _ => self.failed = true,
        }
    }
}

/// The parts of all series that are in memory.
#[derive(Resource, Default)]
pub struct SeriesStore {
    arrays: HashMap<String, Stored>,
    wants: Vec<(String, Part)>,
    bytes: usize,
    /// Frames, for what was looked at last.
    now: u64,
    on_way: usize,
    /// Changes whenever something has arrived.
    pub arrivals: u64,
    /// Changes when what could not be had is asked for again.
    pub epoch: u64,
}

impl SeriesStore {
    /// Shape and chunks of an array; asked for when it is not known.
    pub fn layout(&mut self, path: &str) -> Option<&Layout> {
        if self.arrays.get(path).is_none_or(|stored| stored.layout.is_none()) {
            self.wants.push((path.to_owned(), Part::Layout));
        }
        self.arrays.get(path)?.layout.as_ref()
    }

    pub fn known_layout(&self, path: &str) -> Option<&Layout> {
        self.arrays.get(path)?.layout.as_ref()
    }

    /// A list along a dimension; asked for when it is not there.
    pub fn list(&mut self, path: &str, kind: ListKind) -> Option<&List> {
        if self.arrays.get(path).is_none_or(|stored| stored.list.is_none()) {
            self.wants.push((path.to_owned(), Part::ListLayout(kind)));
        }
        self.arrays.get(path)?.list.as_ref()
    }

    /// Whether an array has been given up.
    pub fn has_failed(&self, path: &str) -> bool {
        self.arrays.get(path).is_some_and(|stored| stored.failed)
    }

    /// Says that a chunk is needed; whether it is there.
    pub fn want(&mut self, path: &str, at: (usize, usize)) -> bool {
        let now = self.now;
        let Some(stored) = self.arrays.get_mut(path) else { return false };
        if let Some((_, used)) = stored.chunks.get_mut(&at) {
            *used = now;
            return true;
        }
        if stored.failed || stored.layout.as_ref().is_some_and(|layout| layout.empty.as_ref().is_some_and(|empty| empty.contains(&at))) {
            stored.chunks.insert(at, (Held::Empty, now));
            return true;
        }
        if !stored.asked.contains(&at) {
            self.wants.push((path.to_owned(), Part::Chunk(at.0, at.1)));
        }
        false
    }

    /// A value of a chunk that is there; `None` for no data.
    pub fn value(&self, path: &str, row: usize, step: usize) -> Option<f32> {
        let stored = self.arrays.get(path)?;
        let layout = stored.layout.as_ref().filter(|layout| row < layout.rows && step < layout.steps)?;
        let (held, _) = stored.chunks.get(&(row / layout.chunk_rows, step / layout.chunk_steps))?;
        let value = match held {
            Held::Values(values) => *values.get((row % layout.chunk_rows) * layout.chunk_steps + step % layout.chunk_steps)?,
            Held::Empty => layout.fill(),
        };
        value.is_finite().then_some(value)
    }

    /// The values of some steps of a row that lie in one chunk; empty where the chunk holds no data.
    pub fn run(&self, path: &str, row: usize, steps: std::ops::Range<usize>) -> &[f32] {
        let run = || {
            let stored = self.arrays.get(path)?;
            let layout = stored.layout.as_ref()?;
            let (Held::Values(values), _) = stored.chunks.get(&(row / layout.chunk_rows, steps.start / layout.chunk_steps))? else { return None };
            let from = (row % layout.chunk_rows) * layout.chunk_steps + steps.start % layout.chunk_steps;
            values.get(from..from + steps.len())
        };
        run().unwrap_or(&[])
    }

    fn evict(&mut self) {
        while self.bytes > platform::SERIES_BYTES {
            let now = self.now;
            let oldest = self
                .arrays
                .iter()
                .flat_map(|(path, stored)| stored.chunks.iter().map(move |(at, (held, used))| (path, *at, held, *used)))
                .filter(|(_, _, held, used)| matches!(held, Held::Values(_)) && *used < now)
                .min_by_key(|(_, _, _, used)| *used)
                .map(|(path, at, _, _)| (path.clone(), at));
            let Some((path, at)) = oldest else { return };
            let gone = self.arrays.get_mut(&path).and_then(|stored| {
                stored.asked.remove(&at);
                stored.chunks.remove(&at)
            });
            if let Some((Held::Values(values), _)) = gone {
                self.bytes = self.bytes.saturating_sub(values.len() * 4);
            }
        }
    }
}

pub struct SeriesPlugin;

impl Plugin for SeriesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<SeriesStore>().add_systems(
            Update,
            (
                take.in_set(ViewerSystems::Arrive),
                ask.after(ViewerSystems::Prepare).before(ViewerSystems::Stream),
            )
                .run_if(resource_exists::<Scene>),
        );
    }
}

fn take(mut requests: ResMut<Requests>, mut asked: MessageReader<ViewCommand>, mut store: ResMut<SeriesStore>, mut facts: ResMut<SceneFacts>) {
    let store = &mut *store;
    store.now += 1;
    store.wants.clear();
    if asked.read().any(|command| command.0 == Command::TryAgain) {
        // What stood in for parts that could not be fetched goes too.
        store.arrays.retain(|_, stored| !stored.failed && !stored.lost);
        store.bytes = store.arrays.values().flat_map(|stored| stored.chunks.values()).map(|(held, _)| if let Held::Values(values) = held { values.len() * 4 } else { 0 }).sum();
        store.epoch += 1;
    }
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::Values { .. })) {
        let Purpose::Values { path, part } = purpose else { continue };
        let stored = store.arrays.entry(path.clone()).or_default();
        store.arrivals += 1;
        let body = match body {
            Ok(bytes) => Some(bytes),
            // A chunk that is no file holds no data, as the format has it.
            Err(IoFault::NotFound(_)) if matches!(part, Part::Chunk(..)) => None,
            Err(passing) if passing.is_passing() && stored.tries.get(&part).is_none_or(|tries| *tries < MAX_TRIES) => {
                let tries = stored.tries.entry(part.clone()).or_default();
                let wait_s = RETRY_S * f64::from(1_u32 << *tries);
                *tries += 1;
                requests.ask_after(wait_s, &file_of(&path, &part, stored.layout.as_ref()), Purpose::Values { path, part });
                continue;
            }
            Err(lasting) => {
                stored.give_up(&part, store.now);
                store.on_way = store.on_way.saturating_sub(1);
                facts.fault("error-series-unreachable", format!("{path}: {lasting}"));
                continue;
            }
        };
        store.on_way = store.on_way.saturating_sub(1);
        stored.tries.remove(&part);
        let bytes = body.as_deref().unwrap_or_default();
        let read = match (&part, body.is_some()) {
            (Part::Layout, _) => Layout::parse(bytes).map(|layout| stored.layout = Some(layout)),
            (Part::Chunk(row, step), false) => {
                stored.chunks.insert((*row, *step), (Held::Empty, store.now));
                Ok(())
            }
            (Part::Chunk(row, step), true) => match stored.layout.as_ref().map(|layout| layout.values(&layout.path((*row, *step)), bytes)) {
                Some(Ok(values)) => {
                    store.bytes += values.len() * 4;
                    stored.chunks.insert((*row, *step), (Held::Values(values), store.now));
                    Ok(())
                }
                Some(Err(fault)) => Err(fault),
                None => Ok(()),
            },
            (Part::ListLayout(kind), _) => {
                stored.list_layout = bytes.to_vec();
                let part = Part::ListChunk(*kind);
                requests.ask(&file_of(&path, &part, None), Purpose::Values { path: path.clone(), part });
                store.on_way += 1;
                Ok(())
            }
            (Part::ListChunk(kind), _) => {
                let list = match kind {
                    ListKind::Texts => zarr_group::read_texts(&stored.list_layout, bytes).map(List::Texts),
                    ListKind::Integers => zarr_group::read_integers(&stored.list_layout, bytes).map(List::Integers),
                    ListKind::Reals => zarr_group::read_reals(&stored.list_layout, bytes).map(List::Reals),
                };
                list.map(|list| stored.list = Some(list))
            }
        };
        if let Err(unreadable) = read {
            stored.give_up(&part, store.now);
            facts.fault("error-series-unreadable", format!("{path}: {unreadable}"));
        }
    }
    store.evict();
}

/// Sends off what was asked for in this frame, as far as there is room on the way.
fn ask(mut requests: ResMut<Requests>, mut store: ResMut<SeriesStore>) {
    let store = store.bypass_change_detection();
    for (path, part) in std::mem::take(&mut store.wants) {
        if store.on_way >= AT_ONCE {
            return;
        }
        let stored = store.arrays.entry(path.clone()).or_default();
        let is_new = match part {
            Part::Chunk(row, step) => stored.layout.is_some() && stored.asked.insert((row, step)),
            _ => !std::mem::replace(&mut stored.asked_layout, true),
        };
        if is_new && !stored.failed {
            store.on_way += 1;
            requests.ask(&file_of(&path, &part, stored.layout.as_ref()), Purpose::Values { path, part });
        }
    }
}

fn file_of(path: &str, part: &Part, layout: Option<&Layout>) -> String {
    match part {
        Part::Layout | Part::ListLayout(_) => format!("{path}/zarr.json"),
        Part::Chunk(row, step) => format!("{path}/{}", layout.map_or_else(String::new, |layout| layout.path((*row, *step)))),
        Part::ListChunk(_) => format!("{path}/c/0"),
    }
}
