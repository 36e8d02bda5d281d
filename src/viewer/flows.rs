//! The flow diagram: where the power of the territory, of an area (one of the territory's or one that is drawn) or of a building comes from at the
//! instant, and where it goes; or the energy of the day or the year around it.
//!
//! Reads: [`Scene`], the series in memory, the selected feature's table. Writes: the flows of [`SceneFacts`].
//! What has no value has no band and is named; nothing that is unknown stands as zero. Sums follow the steps of the demand, in whole watt-hours, as the
//! balance does: those of a day are the sums of its hours.

use super::join::Rows;
use super::resident::Resident;
use super::series::{self, Choice, List, ListKind, SeriesStore};
use super::textures::{NO_DATA, NO_VALUE};
use super::vocab::{AreaFacts, FlowFacts, FlowKind, FlowNode, FlowScope, Inside, Scene, SceneFacts, ViewerSystems};
use crate::base::{DatasetId, Instant, Language};
use crate::energy::flows::{Course, End};
use crate::formats::territory::{Axis, LayerKind, Manifest};
use crate::i18n::Texts;
use crate::view::sankey::{Flow, Frame, layout};
use crate::view::timeline::Span;
use crate::view::{FlowChoice, FlowSpan, Selection};
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::ops::Range;

/// The sheet that the diagram is laid out on, points.
pub const FRAME: Frame = Frame { width: 296.0, height: 330.0, node_width: 9.0, gap: 15.0 };
/// Uses that are told apart; the rest is one.
const MOST_USES: usize = 8;
const HOURS_PER_YEAR: f64 = 8760.0;
/// Turbines that are added up.
const MOST_ROWS: usize = 512;
/// Steps that are summed: a year of quarters of an hour. And chunks that one row may need.
const MOST_STEPS: usize = 36_000;
const MOST_CHUNKS: usize = 64;
/// What charging stations draw.
const CHARGING: &str = "vehicle-charging";
/// How the controller's row is called in a battery's series.
const WITH_BATTERY: &str = "avec batterie";

pub struct FlowsPlugin;

impl Plugin for FlowsPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, draw.in_set(ViewerSystems::Prepare).run_if(resource_exists::<Scene>));
    }
}

/// Whether a territory has what a diagram is made of.
pub fn are_known(manifest: &Manifest) -> bool {
    series::demand(manifest).is_some() && manifest.features.as_ref().is_some_and(|features| !features.demand.is_empty())
}

/// What was drawn last: instant or beginning of what is summed, what is selected, language, choices, the state of the memory, and which area is meant.
type Drawn = (Option<Instant>, Option<Selection>, Language, FlowChoice, u64, u64, Option<u64>);

/// What is kept from one picture to the next.
#[derive(Default)]
struct Kept {
    drawn: Option<Drawn>,
    /// Amounts that follow a profile, added up: kWh of a year by row.
    sums: HashMap<String, Vec<(usize, f64)>>,
    /// The same of what lies in the area that is drawn, and which area that is.
    inside: HashMap<String, Vec<(usize, f64)>>,
    inside_of: u64,
    rows: HashMap<String, Rows>,
    /// Of a building, kept because its tile may be dropped while the clock runs on.
    building: Option<(Selection, Option<(f64, usize)>, Option<(f64, usize)>)>,
    epoch: u64,
}

/// Values at the steps that are looked at, NaN where there is none: of a row of which at least one is known.
#[derive(Clone, Debug, PartialEq)]
enum Reading {
    Kw(Vec<f64>),
    Absent,
    Waiting,
}

impl Reading {
    fn times(mut self, factor: f64) -> Self {
        if let Self::Kw(kw) = &mut self {
            kw.iter_mut().for_each(|kw| *kw *= factor);
        }
        self
    }

    /// A sum has a value only where all of its parts have one.
    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Kw(a), Self::Kw(b)) => Self::Kw(a.iter().zip(&b).map(|(a, b)| a + b).collect()),
            (Self::Waiting, _) | (_, Self::Waiting) => Self::Waiting,
            _ => Self::Absent,
        }
    }
}

/// Reads values at one instant, or over steps.
struct Reader<'a> {
    manifest: &'a Manifest,
    store: &'a mut SeriesStore,
    /// Beginning and end of each step.
    steps: &'a [(Instant, Instant)],
}

/// The steps of an axis that a stretch of time holds, or the one that holds it.
fn steps_in(axis: &Axis, (from, to): (Instant, Instant), most: usize) -> Range<usize> {
    let at = |at: Instant| axis.step_at(at).and_then(|step| usize::try_from(step).ok());
    match (at(from), at(Instant(to.0 - 1))) {
        (Some(first), Some(last)) if last < most => first..last + 1,
        _ => 0..0,
    }
}

impl Reader<'_> {
    fn of(&mut self, choice: &Choice, row: usize) -> Reading {
        let path = &choice.series.path;
        if self.store.has_failed(path) {
            return Reading::Absent;
        }
        let Some((rows, steps, by_rows, by_steps)) = self.store.layout(path).map(|layout| (layout.rows, layout.steps, layout.chunk_rows.max(1), layout.chunk_steps.max(1))) else {
            return Reading::Waiting;
        };
        if row >= rows {
            return Reading::Absent;
        }
        let wanted: Vec<Range<usize>> = self.steps.iter().map(|span| steps_in(choice.axis, *span, steps)).collect();
        let some = || wanted.iter().filter(|range| !range.is_empty());
        let (Some(first), Some(last)) = (some().map(|range| range.start).min(), some().map(|range| range.end).max()) else { return Reading::Absent };
        let chunks = (first / by_steps..last.div_ceil(by_steps)).take(MOST_CHUNKS);
        if chunks.filter(|chunk| !self.store.want(path, (row / by_rows, *chunk))).count() > 0 {
            return Reading::Waiting;
        }
        // Chunk by chunk: a year of values is not looked up one by one.
        let (mut at, mut held): (usize, &[f32]) = (usize::MAX, &[]);
        let store = &*self.store;
        let mut value = |step: usize| {
            if at != step / by_steps {
                at = step / by_steps;
                held = store.run(path, row, at * by_steps..((at + 1) * by_steps).min(steps));
            }
            let known = if held.is_empty() { store.value(path, row, step) } else { held.get(step % by_steps).copied().filter(|value| value.is_finite()) };
            known.map_or(f64::NAN, f64::from)
        };
        // Finer steps than those that are summed count with their mean.
        let kw: Vec<f64> = wanted.into_iter().map(|range| if range.len() == 1 { value(range.start) } else { range.clone().map(&mut value).sum::<f64>() / range.len() as f64 }).collect();
        if kw.iter().any(|kw| kw.is_finite()) { Reading::Kw(kw) } else { Reading::Absent }
    }

    fn named(&mut self, id: &str, row: &str) -> Option<Reading> {
        let manifest = self.manifest;
        let choice = series::choice(manifest, id)?;
        let row = choice.series.rows.iter().position(|known| known == row)?;
        Some(self.of(&choice, row).times(kilo(choice.unit())))
    }

    /// Of all rows together.
    fn all(&mut self, id: &str) -> Option<Reading> {
        let manifest = self.manifest;
        let choice = series::choice(manifest, id)?;
        let rows = usize::try_from(choice.series.height()).ok()?;
        let sum = (0..rows.min(MOST_ROWS)).map(|row| self.of(&choice, row)).reduce(Reading::plus)?;
        // A sum of some would pass for the sum of all.
        Some(if rows > MOST_ROWS { Reading::Absent } else { sum.times(kilo(choice.unit())) })
    }

    /// Of those rows together whose features lie inside an area; none where there is none.
    fn rows_inside(&mut self, id: &str, inside: &Inside) -> Option<Reading> {
        let manifest = self.manifest;
        let choice = series::choice(manifest, id)?;
        let rows: Vec<usize> = choice.series.rows.iter().enumerate().filter(|(_, name)| inside.ids.contains(*name)).map(|(row, _)| row).take(MOST_ROWS).collect();
        let sum = rows.into_iter().map(|row| self.of(&choice, row)).reduce(Reading::plus)?;
        Some(sum.times(kilo(choice.unit())))
    }

    /// Of an amount that follows profiles, over those of its features that lie inside an area.
    fn sum_inside(&mut self, id: &str, inside: &Inside, kept: &mut Kept) -> Option<Reading> {
        let manifest = self.manifest;
        let choice = series::choice(manifest, id)?;
        let scaled = choice.scaled?;
        if Rows::have_failed(&choice, self.store) {
            return Some(Reading::Absent);
        }
        if !kept.inside.contains_key(id) {
            let lists = [("feature", ListKind::Texts), ("profile", ListKind::Integers), ("scale", ListKind::Reals)].map(|(name, kind)| self.store.list(&format!("{}/{name}", scaled.path), kind).cloned());
            let [Some(List::Texts(features)), Some(List::Integers(profiles)), Some(List::Reals(scales))] = lists else { return Some(Reading::Waiting) };
            let rows = features.iter().zip(profiles).zip(scales).filter(|((feature, _), _)| inside.ids.contains(*feature));
            let (profiles, scales): (Vec<i64>, Vec<f64>) = rows.map(|((_, profile), scale)| (profile, scale)).unzip();
            kept.inside.insert(id.to_owned(), added_up(&profiles, &scales));
        }
        let sums = kept.inside.get(id)?.clone();
        let (unit, nothing) = (kilo(choice.unit()), Reading::Kw(vec![0.0; self.steps.len()]));
        Some(sums.into_iter().map(|(row, amount)| self.of(&choice, row).times(unit * amount / HOURS_PER_YEAR)).fold(nothing, Reading::plus))
    }

    /// Of an amount that follows profiles, over all of its features.
    fn sum(&mut self, id: &str, kept: &mut Kept) -> Option<Reading> {
        let manifest = self.manifest;
        let choice = series::choice(manifest, id)?;
        let scaled = choice.scaled?;
        if Rows::have_failed(&choice, self.store) {
            return Some(Reading::Absent);
        }
        if !kept.sums.contains_key(id) {
            let lists = [("profile", ListKind::Integers), ("scale", ListKind::Reals)].map(|(name, kind)| self.store.list(&format!("{}/{name}", scaled.path), kind).cloned());
            let [Some(List::Integers(profiles)), Some(List::Reals(scales))] = lists else { return Some(Reading::Waiting) };
            kept.sums.insert(id.to_owned(), added_up(&profiles, &scales));
        }
        let sums = kept.sums.get(id)?.clone();
        let (unit, nothing) = (kilo(choice.unit()), Reading::Kw(vec![0.0; self.steps.len()]));
        Some(sums.into_iter().map(|(row, amount)| self.of(&choice, row).times(unit * amount / HOURS_PER_YEAR)).fold(nothing, Reading::plus))
    }
}

/// Amounts by their profile's row; those without one are left out.
fn added_up(profiles: &[i64], scales: &[f64]) -> Vec<(usize, f64)> {
    let mut sums: Vec<(usize, f64)> = Vec::new();
    for (profile, scale) in profiles.iter().zip(scales).filter(|(_, scale)| scale.is_finite()) {
        let Ok(row) = usize::try_from(*profile) else { continue };
        match sums.iter_mut().find(|(known, _)| *known == row) {
            Some((_, sum)) => *sum += scale,
            None => sums.push((row, *scale)),
        }
    }
    sums
}

fn kilo(unit: &str) -> f64 {
    match unit {
        "W" => 1e-3,
        "MW" => 1e3,
        "GW" => 1e6,
        _ => 1.0,
    }
}

/// What a diagram is put together of.
#[derive(Default)]
struct Draft {
    parts: Course<usize>,
    nodes: Vec<(String, FlowKind)>,
    absent: Vec<String>,
    is_waiting: bool,
    datasets: Vec<DatasetId>,
}

impl Draft {
    fn name(&mut self, name: String, kind: FlowKind) -> usize {
        self.nodes.push((name, kind));
        self.nodes.len() - 1
    }

    /// The values; what is not there is told by its name.
    fn take(&mut self, reading: Option<Reading>, name: &str) -> Option<Vec<f64>> {
        match reading? {
            // Computed values may be a hair below nothing.
            Reading::Kw(mut kw) => {
                kw.iter_mut().filter(|kw| **kw < 0.0).for_each(|kw| *kw = 0.0);
                return Some(kw);
            }
            Reading::Absent if !self.absent.iter().any(|known| known == name) => self.absent.push(name.to_owned()),
            Reading::Absent => {}
            Reading::Waiting => self.is_waiting = true,
        }
        None
    }

    fn made(&mut self, name: String, kind: FlowKind, kw: Vec<f64>, curtailed_kw: Vec<f64>) {
        let node = self.name(name, kind);
        self.parts.made.push((node, kw, curtailed_kw));
    }

    fn used(&mut self, name: String, kw: Vec<f64>) {
        let node = self.name(name, FlowKind::Use);
        self.parts.used.push((node, kw));
    }

    fn source(&mut self, manifest: &Manifest, id: &str) {
        let dataset = if id == series::DEMAND_SERIES { series::demand(manifest).map(|choice| choice.dataset()) } else { series::choice(manifest, id).map(|choice| choice.dataset()) };
        if let Some(dataset) = dataset.filter(|dataset| !self.datasets.contains(dataset)) {
            self.datasets.push(dataset.clone());
        }
    }
}

fn draw(scene: Res<Scene>, resident: Res<Resident>, area: Res<AreaFacts>, mut store: ResMut<SeriesStore>, mut kept: Local<Kept>, mut facts: ResMut<SceneFacts>) {
    let store = store.bypass_change_detection();
    let state = &scene.state;
    if !state.flows.shown || !are_known(&scene.manifest) {
        kept.drawn = None;
        if facts.flows.is_some() {
            facts.flows = None;
        }
        return;
    }
    if kept.epoch != store.epoch {
        *kept = Kept { epoch: store.epoch, ..Kept::default() };
    }
    let steps = steps(&scene);
    let of = if state.flows.over == FlowSpan::Hour { Some(state.instant) } else { steps.first().map(|(from, _)| *from) };
    let is_of_area = state.selection.is_none() && state.area.is_closed();
    let now: Drawn = (of, state.selection.clone(), state.language, state.flows, store.arrivals, store.epoch, is_of_area.then_some(area.version));
    let is_waiting = facts.flows.as_ref().is_none_or(|flows| flows.is_waiting);
    // What is waited for is asked for in each frame.
    if kept.drawn.as_ref() == Some(&now) && !is_waiting {
        return;
    }
    let texts = Texts::new(state.language);
    if kept.inside_of != area.version {
        (kept.inside, kept.inside_of) = (HashMap::default(), area.version);
    }
    let scope = match (is_of_area, &area.inside) {
        (true, Some(inside)) => Scope::Drawn(inside.clone()),
        (true, None) if area.state == "waiting" => Scope::Waiting,
        (true, None) => Scope::Drawn(Default::default()),
        (false, _) => scope(&scene, &resident, store, &mut kept),
    };
    let mut draft = Draft::default();
    let mut reader = Reader { manifest: &scene.manifest, store, steps: &steps };
    let can_equip = match &scope {
        Scope::Territory => of_territory(&mut reader, &mut draft, &mut kept, &texts, state.flows),
        Scope::Area { demand, row, sun } => of_area(&mut reader, &mut draft, &texts, state.flows, demand, *row, sun.as_deref()),
        Scope::Building { demand, sun } => of_building(&mut reader, &mut draft, &texts, state.flows, *demand, *sun),
        Scope::Drawn(inside) => of_drawn(&mut reader, &mut draft, &mut kept, &texts, state.flows, inside),
        Scope::Waiting => {
            draft.is_waiting = true;
            false
        }
    };
    kept.drawn = Some(now);
    let told = told(draft, &scope, &texts, can_equip, state.flows.over, &steps);
    if facts.flows.as_ref() != Some(&told) {
        facts.flows = Some(told);
    }
}

/// The instant, or the demand's steps in the local day or year around it.
fn steps(scene: &Scene) -> Vec<(Instant, Instant)> {
    let at = scene.state.instant;
    let span = match scene.state.flows.over {
        FlowSpan::Hour => return vec![(at, at.plus_seconds(1))],
        FlowSpan::Day => Span::Day,
        FlowSpan::Year => Span::Year,
    };
    let Some(axis) = series::demand(&scene.manifest).map(|choice| choice.axis) else { return Vec::new() };
    let around = span.around(scene.manifest.clock(), at);
    let (from, to) = (around.start.max(axis.start), around.end.min(axis.end));
    let (Some(first), true) = (axis.step_at(from), from < to) else { return Vec::new() };
    let starts = (first..).take(MOST_STEPS).map_while(|step| axis.start_of(step));
    // A step that began before belongs to the time before.
    let starts: Vec<Instant> = starts.take_while(|start| *start < to).filter(|start| *start >= from).collect();
    let ends = starts.iter().skip(1).copied().chain([to]);
    starts.iter().copied().zip(ends).collect()
}

/// What the diagram is of.
enum Scope {
    Territory,
    Area { demand: String, row: usize, sun: Option<String> },
    /// kWh a year and profile of what a building draws and of what its roof would make.
    Building { demand: Option<(f64, usize)>, sun: Option<(f64, usize)> },
    Drawn(std::sync::Arc<Inside>),
    Waiting,
}

/// Series of areas: what is drawn in them, and what their roofs would make.
fn of_layer(layer: &str) -> [String; 2] {
    [format!("demand-{layer}"), format!("pv-{layer}")]
}

fn scope(scene: &Scene, resident: &Resident, store: &mut SeriesStore, kept: &mut Kept) -> Scope {
    let Some(selection) = &scene.state.selection else { return Scope::Territory };
    let [demand, sun] = of_layer(selection.layer.as_str());
    if let Some(choice) = series::choice(&scene.manifest, &demand) {
        let row = if choice.series.rows.is_empty() {
            let Some(labels) = &choice.series.labels else { return Scope::Territory };
            if store.has_failed(labels) {
                return Scope::Territory;
            }
            let Some(List::Texts(names)) = store.list(labels, ListKind::Texts) else { return Scope::Waiting };
            names.iter().position(|name| *name == selection.id)
        } else {
            choice.series.rows.iter().position(|name| *name == selection.id)
        };
        let sun = series::choice(&scene.manifest, &sun).map(|choice| choice.id.to_owned());
        return row.map_or(Scope::Territory, |row| Scope::Area { demand, row, sun });
    }
    let is_building = scene.manifest.layer(&selection.layer).is_some_and(|layer| layer.kind == LayerKind::Buildings);
    if !is_building {
        return Scope::Territory;
    }
    if let Some((_, demand, sun)) = kept.building.as_ref().filter(|(known, ..)| known == selection) {
        return Scope::Building { demand: *demand, sun: *sun };
    }
    let choice = series::choice(&scene.manifest, "pv-if-equipped");
    if let Some(choice) = choice.filter(|choice| !Rows::have_failed(choice, store)) && !kept.rows.contains_key(choice.id) {
        let Some(rows) = Rows::of(&choice, store) else { return Scope::Waiting };
        kept.rows.insert(choice.id.to_owned(), rows);
    }
    let layer = resident.layers.iter().find(|layer| layer.id == selection.layer);
    let mut tables = layer.into_iter().flat_map(|layer| layer.tiles.values()).flat_map(|tile| &tile.tables);
    let found = tables.find_map(|table| Some((table, (0..table.count).find(|row| table.text("id", *row) == Some(&selection.id))?)));
    let Some((table, row)) = found else { return Scope::Waiting };
    let demand = table.number("demand_kwh_year", row).zip(table.number("demand_profile", row)).map(|(kwh, profile)| (kwh, profile as usize));
    let sun = kept.rows.get("pv-if-equipped").map(|rows| rows.find(table, row)).filter(|(scale, row)| *row != NO_DATA && *scale > 0.5 * NO_VALUE);
    let sun = sun.map(|(scale, row)| (f64::from(scale) * HOURS_PER_YEAR, row as usize));
    kept.building = Some((selection.clone(), demand, sun));
    Scope::Building { demand, sun }
}

fn sun(draft: &mut Draft, reading: Option<Reading>, choice: FlowChoice, texts: &Texts) {
    let name = texts.text("flows-sun");
    if choice.equipped_percent > 0 && let Some(kw) = draft.take(reading, &name) {
        let share = f64::from(choice.equipped_percent) / 100.0;
        draft.made(name, FlowKind::Sun, kw.into_iter().map(|kw| kw * share).collect(), Vec::new());
    }
}

/// Whether its roofs may be equipped.
fn of_territory(reader: &mut Reader, draft: &mut Draft, kept: &mut Kept, texts: &Texts, choice: FlowChoice) -> bool {
    let manifest = reader.manifest;
    let has_roofs = series::choice(manifest, "pv-if-equipped").is_some();
    if has_roofs && choice.equipped_percent > 0 {
        let reading = reader.sum("pv-if-equipped", kept);
        sun(draft, reading, choice, texts);
        draft.source(manifest, "pv-if-equipped");
    }
    park(reader, draft, texts);
    let mut uses = of_buildings(reader, draft, texts);
    for (id, key) in [("lighting", "series-lighting"), ("tram", "series-tram")] {
        let name = texts.text(key);
        let reading = reader.sum(id, kept);
        if reading.is_some() {
            draft.source(manifest, id);
        }
        if let Some(kw) = draft.take(reading, &name) {
            let kwh: f64 = kept.sums.get(id).map_or(0.0, |sums| sums.iter().map(|(_, kwh)| kwh).sum());
            uses.push((name, kwh, kw));
        }
    }
    let name = texts.text("series-vehicle-charging");
    if let Some(kw) = reader.all(CHARGING).and_then(|reading| draft.take(Some(reading), &name)) {
        draft.source(manifest, CHARGING);
        uses.push((name, 0.0, kw));
    }
    // By their year, so that none changes its place while the clock runs.
    uses.sort_by(|a, b| b.1.total_cmp(&a.1));
    let most = if uses.len() > MOST_USES { MOST_USES - 1 } else { MOST_USES };
    let others = (uses.len() > most).then(|| draft.name(texts.text("flows-others"), FlowKind::Use));
    for (place, (name, _, kw)) in uses.into_iter().enumerate() {
        match others.filter(|_| place >= most) {
            Some(others) => draft.parts.used.push((others, kw)),
            None => draft.used(name, kw),
        }
    }
    let reading = reader.named("flow-losses", "losses");
    if reading.is_some() {
        draft.source(manifest, "flow-losses");
    }
    draft.parts.losses_kw = draft.take(reading, &texts.text("flows-losses")).unwrap_or_default();
    has_roofs
}

/// Name, kWh a year and powers of each class of use.
fn of_buildings(reader: &mut Reader, draft: &mut Draft, texts: &Texts) -> Vec<(String, f64, Vec<f64>)> {
    let manifest = reader.manifest;
    let Some(choice) = series::demand(manifest) else { return Vec::new() };
    draft.source(manifest, series::DEMAND_SERIES);
    let classes = manifest.features.as_ref().map_or(&[][..], |features| &features.demand);
    let mut uses = Vec::new();
    for class in classes.iter().filter(|class| class.kwh_year.is_finite() && class.kwh_year > 0.0) {
        let Some(row) = choice.series.rows.iter().position(|row| *row == class.profile) else { continue };
        let name = texts.text(&format!("demand-class-{}", class.profile));
        let reading = reader.of(&choice, row).times(class.kwh_year / HOURS_PER_YEAR);
        if let Some(kw) = draft.take(Some(reading), &name) {
            uses.push((name, class.kwh_year, kw));
        }
    }
    uses
}

/// A wind park, and its battery where a case was computed for it.
fn park(reader: &mut Reader, draft: &mut Draft, texts: &Texts) {
    let manifest = reader.manifest;
    let has_wind = series::choice(manifest, "wind-power").is_some();
    let name = texts.text(if has_wind { "flows-wind" } else { "flows-park" });
    let kind = if has_wind { FlowKind::Wind } else { FlowKind::Made };
    let production = reader.all("battery-production");
    let [curtailed, exported] = ["battery-curtailed", "battery-export"].map(|id| reader.named(id, WITH_BATTERY));
    if let (Some(Reading::Kw(made)), Some(Reading::Kw(curtailed)), Some(Reading::Kw(exported))) = (&production, &curtailed, &exported) {
        draft.source(manifest, "battery-production");
        let split = made.iter().zip(curtailed).zip(exported).map(|((made, curtailed), exported)| split(*made, *curtailed, *exported));
        let (mut kw, mut away) = (Vec::new(), Vec::new());
        for [made, curtailed, charged, discharged] in split {
            kw.push(made);
            away.push(curtailed);
            draft.parts.charged_kw.push(charged);
            draft.parts.discharged_kw.push(discharged);
        }
        draft.made(name, kind, kw, away);
        return;
    }
    let parts = [production.clone(), curtailed, exported];
    let reading = reader.all("wind-power").or(production);
    if let Some(kw) = draft.take(reading, &name) {
        draft.source(manifest, "wind-power");
        draft.made(name, kind, kw, Vec::new());
    }
    if parts.iter().any(Option::is_some) {
        let battery = texts.text("flows-battery");
        // For what it says of itself alone: nothing of it is drawn by halves.
        for reading in parts {
            let _ = draft.take(reading, &battery);
        }
    }
}

/// What is made, thrown away, charged and discharged; all NaN where one is not known.
fn split(made: f64, curtailed: f64, exported: f64) -> [f64; 4] {
    if !(made.is_finite() && curtailed.is_finite() && exported.is_finite()) {
        return [f64::NAN; 4];
    }
    let made = made.max(0.0);
    let curtailed = curtailed.clamp(0.0, made);
    // What neither goes out nor is thrown away went into the store; what goes out beyond that came from it.
    let stored = made - curtailed - exported;
    // Values are kept with seven digits.
    let noise = 1e-5 * made.max(exported.abs()).max(1.0);
    [made, curtailed, if stored > noise { stored } else { 0.0 }, if stored < -noise { -stored } else { 0.0 }]
}

fn of_area(reader: &mut Reader, draft: &mut Draft, texts: &Texts, choice: FlowChoice, demand: &str, row: usize, roofs: Option<&str>) -> bool {
    let manifest = reader.manifest;
    if let Some(id) = roofs.filter(|_| choice.equipped_percent > 0) && let Some(series) = series::choice(manifest, id) {
        let reading = reader.of(&series, row).times(kilo(series.unit()));
        sun(draft, Some(reading), choice, texts);
        draft.source(manifest, id);
    }
    if let Some(series) = series::choice(manifest, demand) {
        let name = texts.text("flows-use");
        let reading = reader.of(&series, row).times(kilo(series.unit()));
        if let Some(kw) = draft.take(Some(reading), &name) {
            draft.used(name, kw);
        }
        draft.source(manifest, demand);
    }
    roofs.is_some()
}

fn of_building(reader: &mut Reader, draft: &mut Draft, texts: &Texts, choice: FlowChoice, demand: Option<(f64, usize)>, roof: Option<(f64, usize)>) -> bool {
    let manifest = reader.manifest;
    if let Some((kwh, row)) = roof.filter(|_| choice.equipped_percent > 0) && let Some(series) = series::choice(manifest, "pv-if-equipped") {
        let reading = reader.of(&series, row).times(kwh / HOURS_PER_YEAR);
        sun(draft, Some(reading), choice, texts);
        draft.source(manifest, "pv-if-equipped");
    }
    if let (Some((kwh, row)), Some(series)) = (demand, series::demand(manifest)) {
        let name = series.series.rows.get(row).map_or_else(|| texts.text("flows-use"), |class| texts.text(&format!("demand-class-{class}")));
        let reading = reader.of(&series, row).times(kwh / HOURS_PER_YEAR);
        if let Some(kw) = draft.take(Some(reading), &name) {
            draft.used(name, kw);
        }
        draft.source(manifest, series::DEMAND_SERIES);
    }
    roof.is_some()
}

/// What lies inside an area that somebody drew: demand by use, what its roofs would make, and amounts of its single objects.
fn of_drawn(reader: &mut Reader, draft: &mut Draft, kept: &mut Kept, texts: &Texts, choice: FlowChoice, inside: &Inside) -> bool {
    const HOMES: &str = "residential";
    let manifest = reader.manifest;
    let has_roofs = series::choice(manifest, "pv-if-equipped").is_some();
    if has_roofs && choice.equipped_percent > 0 {
        let reading = reader.sum_inside("pv-if-equipped", inside, kept);
        sun(draft, reading, choice, texts);
        draft.source(manifest, "pv-if-equipped");
    }
    let mut uses: Vec<(String, f64, Vec<f64>)> = Vec::new();
    if let Some(series) = series::demand(manifest) {
        draft.source(manifest, series::DEMAND_SERIES);
        for (row, kwh) in &inside.demand {
            let Some(class) = series.series.rows.get(*row) else { continue };
            let name = texts.text(&format!("demand-class-{class}"));
            // Homes that are too few are not known here.
            let reading = if inside.is_secret && class == HOMES { Reading::Absent } else { reader.of(&series, *row).times(kwh / HOURS_PER_YEAR) };
            if let Some(kw) = draft.take(Some(reading), &name) {
                uses.push((name, *kwh, kw));
            }
        }
    }
    for (id, key) in [("lighting", "series-lighting"), ("tram", "series-tram")] {
        let reading = reader.sum_inside(id, inside, kept);
        let has_some = match &reading {
            Some(Reading::Kw(kw)) => kw.iter().any(|kw| *kw != 0.0),
            other => other.is_some(),
        };
        let name = texts.text(key);
        if let Some(kw) = draft.take(reading.filter(|_| has_some), &name) {
            draft.source(manifest, id);
            uses.push((name, 0.0, kw));
        }
    }
    let name = texts.text("series-vehicle-charging");
    if let Some(kw) = reader.rows_inside(CHARGING, inside).and_then(|reading| draft.take(Some(reading), &name)) {
        draft.source(manifest, CHARGING);
        uses.push((name, 0.0, kw));
    }
    uses.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (name, _, kw) in uses {
        draft.used(name, kw);
    }
    has_roofs
}

/// The diagram of a draft: sources on the left, what mixes in the middle, uses on the right.
fn told(draft: Draft, scope: &Scope, texts: &Texts, can_equip: bool, over: FlowSpan, steps: &[(Instant, Instant)]) -> FlowFacts {
    let Draft { parts, nodes: named, absent, is_waiting, datasets } = draft;
    let mut ends: Vec<(End<usize>, End<usize>, f64)> = Vec::new();
    let known = if over == FlowSpan::Hour {
        // Parts are checked where they are made; a value that is none leaves the diagram empty.
        for flow in parts.at(0).flows().unwrap_or_default() {
            match ends.iter_mut().find(|(from, to, _)| (*from, *to) == (flow.from, flow.to)) {
                Some((.., kw)) => *kw += flow.kw,
                None => ends.push((flow.from, flow.to, flow.kw)),
            }
        }
        steps.len()
    } else {
        let hours: Vec<f64> = steps.iter().map(|(from, to)| (to.0 - from.0) as f64 / 3600.0).collect();
        let sums = parts.over(&hours);
        ends.extend(sums.flows.into_iter().map(|(from, to, wh)| (from, to, wh as f64 / 1000.0)));
        sums.known
    };
    let period = if over == FlowSpan::Hour { None } else { steps.first().zip(steps.last()).map(|((from, _), (_, to))| (*from, *to)) };
    let of = match scope {
        Scope::Territory => FlowScope::Territory,
        Scope::Area { .. } => FlowScope::Area,
        Scope::Building { .. } => FlowScope::Building,
        Scope::Drawn(_) => FlowScope::Drawn,
        Scope::Waiting => FlowScope::Territory,
    };
    let mut nodes: Vec<FlowNode> = Vec::new();
    let mut places: Vec<End<usize>> = Vec::new();
    for end in ends.iter().flat_map(|(from, to, _)| [*from, *to]) {
        if places.contains(&end) {
            continue;
        }
        let own = |key: &str, kind: FlowKind| (texts.text(key), kind);
        let (name, kind) = match end {
            End::Made(node) | End::Used(node) => named.get(node).cloned().unwrap_or_default(),
            End::Discharged => own("flows-discharged", FlowKind::Storage),
            End::Charged => own("flows-charged", FlowKind::Storage),
            End::Imported => own("flows-imported", FlowKind::Network),
            End::Exported => own("flows-exported", FlowKind::Network),
            End::Losses => own("flows-losses", FlowKind::Losses),
            End::Curtailed => own("flows-curtailed", FlowKind::Curtailed),
            End::Area => own(of.key(), FlowKind::Area),
        };
        let column = match end {
            End::Made(_) | End::Discharged | End::Imported => 0,
            End::Area => 1,
            _ => 2,
        };
        places.push(end);
        nodes.push(FlowNode { name, kind, column, kw: 0.0 });
    }
    let place = |end: End<usize>| places.iter().position(|known| *known == end).unwrap_or(0);
    let flows: Vec<Flow> = ends.iter().map(|(from, to, value)| Flow { from: place(*from), to: place(*to), value: *value }).collect();
    let columns: Vec<usize> = nodes.iter().map(|node| node.column).collect();
    let diagram = layout(&columns, &flows, &FRAME);
    for (node, at) in nodes.iter_mut().zip(&diagram.places) {
        node.kw = at.map_or(0.0, |at| at.value);
    }
    FlowFacts { of, over, period, known, steps: steps.len(), nodes, flows, diagram, absent, is_waiting, can_equip, datasets }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_add_up_by_profile() {
        assert_eq!(added_up(&[1, 0, -1, 1], &[2.0, 3.0, 4.0, 5.0]), [(1, 7.0), (0, 3.0)]);
        assert_eq!(added_up(&[0, 0], &[f64::NAN, 1.0]), [(0, 1.0)]);
    }

    #[test]
    fn a_sum_of_which_a_part_is_missing_is_missing() {
        let kw = |kw: f64| Reading::Kw(vec![kw]);
        assert_eq!(kw(1.0).plus(Reading::Absent), Reading::Absent);
        assert_eq!(Reading::Absent.plus(Reading::Waiting), Reading::Waiting);
        assert_eq!(kw(1.0).plus(kw(2.0)).times(1e3), kw(3000.0));
    }
}
