//! Curves of the series in view: of the selected feature, of the area that is drawn, or of the whole territory where it belongs to no feature.
//!
//! Reads: [`Scene`], the series in memory, the selected feature's table, [`AreaFacts`]. Writes: the chart and the day's peak of [`SceneFacts`].

mod accounts;
pub mod carried;

use super::join::Rows;
use super::resident::Resident;
use super::series::{self, Choice, List, ListKind, SeriesStore};
use super::textures::{NO_DATA, NO_VALUE};
use super::vocab::{AreaFacts, Chart, Inside, Scene, SceneFacts, ViewerSystems, Words};
use crate::base::{Clock, Instant, Interval, Language};
use crate::formats::territory::{Axis, LayerKind};
use crate::formats::zarr::Layout;
use crate::view::curve::{Calendar, Point, Sum, adds_up, calendar, is_amount, load_duration, peak, thinned, trough, worst};
use crate::view::timeline::Span;
use crate::view::typical::{TypicalDay, over, typical_days};
use crate::view::{Selection, Theme};
use bevy::prelude::*;
use std::sync::Arc;

/// Curves that are drawn in one chart; more cannot be told apart. Its sum is of all of them.
const MOST_ROWS: usize = 7;
/// Rows of one sum; of a series with more of them no sum is told.
const MOST_SUMMED: usize = 4096;
/// Steps of the part that is drawn.
const MOST_STEPS: usize = 4096;
/// Chunks that are fetched for all of a curve, or for all rows of a sum: some 32 MiB.
const MOST_CHUNKS: usize = 32;
/// Points of a load-duration curve.
const DURATION_POINTS: usize = 256;
/// Worst moments that are told.
const MOST_WORST: usize = 8;

pub struct CurvesPlugin;

impl Plugin for CurvesPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, (draw, accounts::account, carried::hand_over).in_set(ViewerSystems::Prepare).run_if(resource_exists::<Scene>));
    }
}

/// A row that is drawn: its name, its place in the array, and what its values are multiplied by.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    name: String,
    row: usize,
    scale: f64,
}

/// What a chart is of, kept because the feature's tile may be dropped while the clock runs on.
#[derive(Default)]
struct Subject {
    /// Series, what is selected, language, and which area is meant.
    key: Option<(String, Option<Selection>, Language, Option<u64>)>,
    /// All of them, those that are drawn first.
    lines: Option<Arc<Vec<Line>>>,
    /// Rows that are not among the lines: nobody knows their names.
    more_rows: u64,
    /// Whether what is selected has no row in a series of its layer.
    is_without: bool,
    rows: Option<Rows>,
    rows_of: String,
    /// Of all steps, once they are there.
    whole: Option<Whole>,
    layout: Option<Layout>,
    /// What was drawn last, and for which state of the memory.
    drawn: Option<(Interval, Option<Interval>, u64, bool)>,
}

struct Whole {
    sorted: Arc<Vec<f64>>,
    duration: Vec<f64>,
    absent: usize,
    peak: Option<(Instant, f64)>,
    worst: Vec<(Instant, f64)>,
    beyond: Option<usize>,
    trough: Option<(Instant, f64)>,
    points: Vec<Point>,
    typical_days: Arc<Vec<TypicalDay>>,
    /// Of the year that begins there.
    calendar: Option<(Instant, Arc<Calendar>)>,
}

impl Whole {
    /// Made once for a year.
    fn calendar(&mut self, clock: Clock, at: Instant) -> Arc<Calendar> {
        let year = Span::Year.around(clock, at).start;
        match &self.calendar {
            Some((of, sheet)) if *of == year => sheet.clone(),
            _ => {
                let sheet = Arc::new(calendar(&self.points, clock, at));
                self.calendar = Some((year, sheet.clone()));
                sheet
            }
        }
    }
}

fn draw(scene: Res<Scene>, resident: Res<Resident>, area: Res<AreaFacts>, mut store: ResMut<SeriesStore>, mut subject: Local<Subject>, mut facts: ResMut<SceneFacts>) {
    let store = store.bypass_change_detection();
    let selection = scene.state.selection.clone();
    let chosen = scene.state.series.as_deref().and_then(|id| series::choice(&scene.manifest, id));
    // An area is meant while nothing is selected; what lies in it may still be on its way.
    let is_of_area = selection.is_none() && scene.state.area.is_closed();
    let of_demand = chosen.is_none() && (scene.state.theme == Theme::Demand || selection.is_some() || is_of_area);
    let Some(choice) = chosen.or_else(|| of_demand.then(|| series::demand(&scene.manifest)).flatten()) else {
        clear(&mut subject, &mut facts);
        return;
    };
    let is_of_feature = of_demand || choice.layer().is_some();
    let is_of_area = is_of_area && is_of_feature;
    let inside = if is_of_area { Some(area.inside.clone().unwrap_or_default()) } else { None };
    let key = (choice.id.to_owned(), selection.clone().filter(|_| is_of_feature), scene.state.language, is_of_area.then_some(area.version));
    if subject.key.as_ref() != Some(&key) {
        let rows = if subject.rows_of == choice.id { subject.rows.take() } else { None };
        *subject = Subject { key: Some(key), rows, rows_of: choice.id.to_owned(), ..Subject::default() };
    }
    if subject.lines.is_none() {
        match &inside {
            Some(inside) => subject.lines = lines_inside(&choice, of_demand, &scene, inside, store).map(Arc::new),
            None => find_lines(&choice, of_demand, &scene, &resident, store, &mut subject),
        }
        let subject = &mut *subject;
        if let Some(lines) = subject.lines.as_mut().filter(|lines| lines.len() > MOST_SUMMED) {
            subject.more_rows += (lines.len() - MOST_SUMMED) as u64;
            Arc::make_mut(lines).truncate(MOST_SUMMED);
        }
    }
    let Some(lines) = subject.lines.clone().filter(|lines| !lines.is_empty()) else {
        // Who has no row in the series shown is told so, under its name.
        let chart = subject.is_without.then(|| blank(&choice, of_demand, &scene, &subject));
        if facts.chart != chart || facts.day.peak.is_some() {
            (facts.chart, facts.day.peak) = (chart, None);
        }
        return;
    };
    let path = &choice.series.path;
    if subject.layout.is_none() {
        subject.layout = store.layout(path).cloned();
    }
    let Some(layout) = subject.layout.take() else { return };
    draw_lines(&choice, of_demand, &scene, &lines, &layout, store, &mut subject, &mut facts);
    subject.layout = Some(layout);
}

#[expect(clippy::too_many_arguments, reason = "a chart is made of a series, its rows, the memory and the clock")]
fn draw_lines(
    choice: &Choice,
    of_demand: bool,
    scene: &Scene,
    lines: &[Line],
    layout: &Layout,
    store: &mut SeriesStore,
    subject: &mut Subject,
    facts: &mut ResMut<SceneFacts>,
) {
    let path = &choice.series.path;
    let unit = if of_demand { "kW" } else { choice.unit() };
    // Alternatives are no parts of anything.
    let adds = adds_up(unit) && !choice.series.apart;
    let window = window(choice.axis, scene.state.instant, scene);
    let steps = steps_of(choice.axis, window, layout.steps);
    let steps_of_chunks = chunks(steps.clone(), layout.chunk_steps);
    // A sum of some would pass for the sum, and one of several lines for all of them.
    let is_complete = subject.more_rows == 0 && rows_of_chunks(lines, layout).len() * steps_of_chunks.len() <= MOST_CHUNKS;
    let (adds, is_told) = (adds && is_complete, adds && is_complete || lines.len() < 2);
    let shown = lines.get(..lines.len().min(MOST_ROWS)).unwrap_or_default();
    let summed = if adds { lines } else { shown };
    let rows_of_chunks = rows_of_chunks(summed, layout);
    let mut is_there = true;
    for chunk in rows_of_chunks.iter().flat_map(|row| steps_of_chunks.clone().map(move |step| (*row, step))) {
        is_there &= store.want(path, chunk);
    }
    let all_chunks = layout.steps.div_ceil(layout.chunk_steps);
    if subject.whole.is_none() && is_told && is_there && all_chunks * rows_of_chunks.len() <= MOST_CHUNKS {
        // Every chunk is asked for before any answer counts.
        let missing = rows_of_chunks.iter().flat_map(|row| (0..all_chunks).map(move |step| (*row, step))).filter(|chunk| !store.want(path, *chunk)).count();
        if missing == 0 {
            let every = starts(choice.axis, 0..layout.steps);
            let sum = sum_of(summed, &every, adds, path, store);
            let points = sum.or_else(|| lines.first().map(|line| values(line, &every, path, store))).unwrap_or_default();
            // How long a line carries how much does not ask which way.
            let amounts: Vec<Point> = match choice.series.directed {
                true => points.iter().map(|point| Point { value: point.value.map(f64::abs), ..*point }).collect(),
                false => points.clone(),
            };
            let duration = load_duration(&amounts);
            let (worst, beyond) = match choice.series.band.filter(|_| lines.len() == 1) {
                Some(band) => {
                    let (moments, beyond) = worst(&points, band, MOST_WORST);
                    (moments, Some(beyond))
                }
                None => (Vec::new(), None),
            };
            subject.whole = Some(Whole {
                worst,
                beyond,
                absent: points.len() - duration.len(),
                peak: peak(&amounts),
                trough: trough(&points),
                duration: thinned(&duration, DURATION_POINTS),
                sorted: Arc::new(duration),
                typical_days: Arc::new(typical_days(&points, scene.manifest.clock())),
                calendar: None,
                points,
            });
        }
    }
    let drawn = (window, scene.state.span, store.arrivals, subject.whole.is_some());
    if subject.drawn == Some(drawn) {
        return;
    }
    subject.drawn = Some(drawn);
    let of_day = starts(choice.axis, steps.clone());
    let sum = sum_of(summed, &of_day, adds, path, store);
    let has_total = sum.is_some();
    let mut day: Vec<(String, Vec<Point>)> = shown.iter().map(|line| (line.name.clone(), values(line, &of_day, path, store))).collect();
    let highest = peak(sum.as_deref().or_else(|| day.first().filter(|_| is_told).map(|(_, points)| points.as_slice())).unwrap_or_default());
    day.extend(sum.map(|sum| (String::new(), sum)));
    let calendar = subject.whole.as_mut().map(|whole| whole.calendar(scene.manifest.clock(), scene.state.instant)).unwrap_or_default();
    let whole = subject.whole.as_ref();
    let chart = Chart {
        day,
        end: choice.axis.start_of(steps.end as u64).unwrap_or(window.end),
        sorted: whole.map(|whole| whole.sorted.clone()).unwrap_or_default(),
        duration: whole.map(|whole| whole.duration.clone()).unwrap_or_default(),
        known: whole.map_or(0, |whole| whole.sorted.len()),
        absent: whole.map_or(0, |whole| whole.absent),
        peak: whole.and_then(|whole| whole.peak),
        worst: whole.map(|whole| whole.worst.clone()).unwrap_or_default(),
        beyond: whole.and_then(|whole| whole.beyond),
        trough: whole.and_then(|whole| whole.trough),
        calendar,
        typical_days: whole.map(|whole| whole.typical_days.clone()).unwrap_or_default(),
        over: whole.zip(scene.state.span).and_then(|(whole, span)| over(&whole.points, span, last_s(choice.axis, &whole.points), is_amount(unit))),
        more_rows: subject.more_rows + (lines.len() - shown.len()) as u64,
        has_total,
        is_waiting: !is_there,
        ..blank(choice, of_demand, scene, subject)
    };
    facts.day.peak = highest.map(|(at, _)| at);
    if facts.chart.as_ref() != Some(&chart) {
        facts.chart = Some(chart);
    }
}

/// A chart of what it is of, without any values.
fn blank(choice: &Choice, of_demand: bool, scene: &Scene, subject: &Subject) -> Chart {
    let of_area = subject.key.as_ref().is_some_and(|(_, _, _, area)| area.is_some());
    let title = match (of_demand, of_area) {
        (false, _) => choice.title_apart(&scene.manifest),
        (true, true) => Words::Key("chart-demand-area"),
        (true, false) if scene.state.selection.is_none() => Words::Key("chart-demand-territory"),
        (true, false) => Words::Key("figure-demand-now"),
    };
    Chart {
        series: choice.id.to_owned(),
        title,
        unit: if of_demand { "kW" } else { choice.unit() }.to_owned(),
        nature: choice.nature(),
        dataset: choice.dataset().clone(),
        method: if of_demand || choice.scaled.is_some() { "method-demand-now" } else { "" },
        day: Vec::new(),
        end: choice.axis.end,
        sorted: Arc::default(),
        duration: Vec::new(),
        known: 0,
        absent: 0,
        peak: None,
        worst: Vec::new(),
        beyond: None,
        trough: None,
        calendar: Arc::default(),
        typical_days: Arc::default(),
        over: None,
        more_rows: 0,
        of_area,
        has_total: false,
        is_waiting: false,
        is_typical: choice.series.typical_year,
    }
}

fn clear(subject: &mut Subject, facts: &mut ResMut<SceneFacts>) {
    *subject = Subject::default();
    if facts.chart.is_some() || facts.day.peak.is_some() {
        (facts.chart, facts.day.peak) = (None, None);
    }
}

/// The rows that are drawn; stays unknown while names or tiles are on their way.
fn find_lines(choice: &Choice, of_demand: bool, scene: &Scene, resident: &Resident, store: &mut SeriesStore, subject: &mut Subject) {
    let selection = scene.state.selection.as_ref();
    let table_of = |selection: &Selection| {
        let layer = resident.layers.iter().find(|layer| layer.id == selection.layer)?;
        let mut tables = layer.tiles.values().flat_map(|tile| &tile.tables);
        tables.find_map(|table| Some((layer.kind, table, (0..table.count).find(|row| table.text("id", *row) == Some(&selection.id))?)))
    };
    if of_demand && selection.is_none() {
        subject.lines = Some(demand_by_use(choice, scene).into());
        return;
    }
    if of_demand {
        let Some((kind, table, row)) = selection.and_then(table_of) else { return };
        let line = table.number("demand_kwh_year", row).zip(table.number("demand_profile", row)).filter(|_| kind == LayerKind::Buildings);
        let line = line.map(|(kwh, profile)| Line { name: selection.map(|selection| selection.id.clone()).unwrap_or_default(), row: profile as usize, scale: kwh / 8760.0 });
        subject.lines = Some(Arc::new(line.into_iter().collect()));
        return;
    }
    if let Some(layer) = choice.layer() {
        let Some(selection) = selection.filter(|selection| selection.layer == *layer) else {
            subject.lines = Some(Arc::default());
            return;
        };
        if subject.rows.is_none() {
            subject.rows = Rows::of(choice, store);
        }
        let (Some(rows), Some((_, table, row))) = (&subject.rows, table_of(selection)) else { return };
        let (scale, values_row) = rows.find(table, row);
        let line = (values_row != NO_DATA && scale > 0.5 * NO_VALUE).then(|| Line { name: selection.id.clone(), row: values_row as usize, scale: f64::from(scale) });
        subject.is_without = line.is_none();
        subject.lines = Some(Arc::new(line.into_iter().collect()));
        return;
    }
    let names: Vec<String> = if choice.series.rows.is_empty() {
        let Some(labels) = choice.series.labels.as_deref() else {
            subject.lines = Some(Arc::default());
            return;
        };
        let Some(List::Texts(names)) = store.list(labels, ListKind::Texts) else { return };
        names.clone()
    } else {
        choice.series.rows.clone()
    };
    subject.more_rows = choice.series.height().saturating_sub(names.len() as u64);
    let texts = crate::i18n::Texts::new(scene.state.language);
    let named = names.iter().enumerate().map(|(row, name)| Line { name: choice.row_name(&scene.manifest, name, &texts), row, scale: 1.0 });
    subject.lines = Some(Arc::new(named.collect()));
}

/// The demand of all buildings, a line for each class of use, the greatest first: their sum is the sum over the buildings.
fn demand_by_use(choice: &Choice, scene: &Scene) -> Vec<Line> {
    let texts = crate::i18n::Texts::new(scene.state.language);
    let demand = scene.manifest.features.as_ref().map_or(&[][..], |features| &features.demand);
    let mut lines: Vec<Line> = demand
        .iter()
        .filter(|of| of.kwh_year.is_finite() && of.kwh_year > 0.0)
        .filter_map(|of| {
            let row = choice.series.rows.iter().position(|row| *row == of.profile)?;
            Some(Line { name: texts.text(&format!("demand-class-{}", of.profile)), row, scale: of.kwh_year / 8760.0 })
        })
        .collect();
    lines.sort_by(|a, b| b.scale.total_cmp(&a.scale));
    lines
}

/// The lines of an area: the demand by use, or the amounts that follow a profile, a line for each profile. A series with rows of its own for each
/// feature has none: its rows are told one by one. `None` while names are on their way.
fn lines_inside(choice: &Choice, of_demand: bool, scene: &Scene, inside: &Inside, store: &mut SeriesStore) -> Option<Vec<Line>> {
    let texts = crate::i18n::Texts::new(scene.state.language);
    if of_demand {
        let lines = shown_demand(inside, choice).map(|(row, name, kwh)| Line { name: texts.text(&format!("demand-class-{name}")), row, scale: kwh / 8760.0 });
        let mut lines: Vec<Line> = lines.collect();
        lines.sort_by(|a, b| b.scale.total_cmp(&a.scale));
        return Some(lines);
    }
    let Some(scaled) = choice.scaled else { return Some(Vec::new()) };
    let rows = accounts::scaled_rows(scaled, &|feature| inside.ids.contains(feature), 1.0, store)?;
    let name = |row: usize| choice.series.rows.get(row).map_or_else(|| (row + 1).to_string(), |name| choice.row_name(&scene.manifest, name, &texts));
    let mut lines: Vec<Line> = rows.into_iter().map(|(row, scale)| Line { name: name(row), row, scale }).collect();
    lines.sort_by(|a, b| b.scale.total_cmp(&a.scale));
    Some(lines)
}

/// Row, name and kWh of a year of each class of use in an area; homes that are too few are not among them.
fn shown_demand<'a>(inside: &'a Inside, choice: &'a Choice) -> impl Iterator<Item = (usize, &'a str, f64)> {
    const HOMES: &str = "residential";
    let named = inside.demand.iter().filter_map(move |(row, kwh)| Some((*row, choice.series.rows.get(*row)?.as_str(), *kwh)));
    named.filter(move |(_, name, kwh)| *kwh > 0.0 && !(inside.is_secret && *name == HOMES))
}

/// The part of time that a chart draws: the day, or the year where a step is as long as a day, or everything.
fn window(axis: &Axis, at: Instant, scene: &Scene) -> Interval {
    let clock = scene.manifest.clock();
    match axis.step {
        step if step < Span::Day.usual_s() / 2 => Span::Day.around(clock, at),
        step if step < 2 * Span::Month.usual_s() => Span::Year.around(clock, at),
        _ => Interval { start: axis.start, end: axis.end },
    }
}

/// How long the last step lasts, seconds.
fn last_s(axis: &Axis, points: &[Point]) -> i64 {
    let ends = |at: Instant| axis.start_of(axis.step_at(at)? + 1).map(|end| end.0 - at.0);
    points.last().and_then(|point| ends(point.at)).unwrap_or(axis.step)
}

fn steps_of(axis: &Axis, window: Interval, most: usize) -> std::ops::Range<usize> {
    let (start, end) = (window.start.max(axis.start), window.end.min(axis.end));
    if start >= end {
        return 0..0;
    }
    let at = |at: Instant| axis.step_at(at).and_then(|step| usize::try_from(step).ok());
    let (Some(mut first), Some(last)) = (at(start), at(Instant(end.0 - 1))) else { return 0..0 };
    // A step that began before belongs to the time before.
    if axis.start_of(first as u64).is_some_and(|begins| begins < start) {
        first += 1;
    }
    first..(last + 1).min(most).min(first + MOST_STEPS).max(first)
}

/// Where steps begin.
fn starts(axis: &Axis, steps: std::ops::Range<usize>) -> Vec<(usize, Instant)> {
    steps.filter_map(|step| Some((step, axis.start_of(step as u64)?))).collect()
}

/// The chunks that hold a range.
fn chunks(range: std::ops::Range<usize>, length: usize) -> std::ops::Range<usize> {
    let length = length.max(1);
    if range.is_empty() { 0..0 } else { range.start / length..range.end.div_ceil(length) }
}

/// The chunks that hold the rows of lines, each once.
fn rows_of_chunks(lines: &[Line], layout: &Layout) -> Vec<usize> {
    let mut found: Vec<usize> = lines.iter().map(|line| line.row / layout.chunk_rows).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The values of a row at steps, as far as they are in memory.
fn values(line: &Line, starts: &[(usize, Instant)], path: &str, store: &SeriesStore) -> Vec<Point> {
    starts.iter().map(|(step, at)| Point { at: *at, value: store.value(path, line.row, *step).map(|value| f64::from(value) * line.scale) }).collect()
}

/// The sum of several lines, where they add up.
fn sum_of(lines: &[Line], starts: &[(usize, Instant)], adds: bool, path: &str, store: &SeriesStore) -> Option<Vec<Point>> {
    if lines.len() < 2 || !adds {
        return None;
    }
    let mut sum = Sum::default();
    for line in lines {
        sum.add(&values(line, starts, path, store));
    }
    sum.points()
}
