//! The balance of the territory, of the selected feature, or of the area that is drawn: sources, uses, and what passes the border, over the part of time that is chosen on the ruler, else
//! over the one that the clock is in. Steps that lie in it in part count with that part; accounts are closed step by step, and a long time is told by days, months or years of such steps.
//!
//! Reads: [`Scene`], the series in memory. Writes: the accounts of [`SceneFacts`]. Only what is shown is fetched.
//!
//! Lines are the demand by class of use and every series of energy whose name tells on which side it stands. What cannot be laid on the same steps,
//! or whose side nobody tells, is named as left out: a balance that leaves something out in silence would be a wrong one.

use super::{demand_by_use, shown_demand, window};
use crate::base::{Clock, Instant, Interval, LayerId, Nature};
use crate::energy::accounts::{Accounts, Entry, Side, close, closed, extremes, in_parts, whole_wh};
use crate::energy::sides;
use crate::formats::territory::{Axis, LayerKind};
use crate::view::curve::adds_up;
use crate::view::Selection;
use crate::view::timeline::Span as Grain;
use crate::viewer::join::Rows;
use crate::viewer::resident::Resident;
use crate::viewer::series::{self, Choice, List, ListKind, SeriesStore};
use crate::viewer::vocab::{AccountLine, AccountsFacts, AreaFacts, Inside, Scene, SceneFacts};
use crate::i18n::Texts;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;

/// Hours of a year in the formula of amounts that follow a profile.
const HOURS_PER_YEAR: f64 = 8760.0;
/// Lines of a balance; a legend of more cannot be read.
const MOST_LINES: usize = 24;
/// Rows that are added up in one line; a series of more is left out.
const MOST_ROWS: usize = 4096;
/// Chunks that one line may need.
const MOST_CHUNKS: usize = 64;
/// Steps of a balance: a year of quarter hours and some days. A longer time is none.
const MOST_STEPS: usize = 40_000;
/// Values that are added up for it: a tenth of a second.
const MOST_VALUES: usize = 32_000_000;
/// Parts that are told: a month of hours. More steps are told by days, months or years.
const MOST_PARTS: usize = 750;

/// A line that is to be filled: rows of an array with what each is multiplied by, to kilowatts or to the kilowatt-hours of a step.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    side: Side,
    name: String,
    path: String,
    rows: Vec<(usize, f64)>,
    amount: Amount,
    /// Where its own steps stand on those of the balance.
    span: Span,
    /// Of something made up.
    is_made_up: bool,
    /// What its values are, and whom they are owed to.
    nature: Nature,
    source: String,
}

#[derive(Default)]
pub(super) struct Kept {
    key: Option<(Option<Selection>, crate::base::Language, Option<u64>)>,
    /// The lines, once all names of rows are there; and what is left out.
    lines: Option<(Vec<Line>, Vec<String>)>,
    /// Of which part of time, and after how many arrivals where something was still on its way.
    drawn: Option<(Interval, Option<u64>)>,
}

/// What the values of a series are of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amount {
    /// The mean power over it.
    Power,
    /// Its energy, which no length of a step has a part in: months and days of a calendar differ.
    Energy,
}

impl Amount {
    /// With what a value is multiplied by, to kilowatts or kilowatt-hours.
    fn of(unit: &str) -> Option<(Self, f64)> {
        Some(match unit {
            "W" => (Self::Power, 1e-3),
            "kW" => (Self::Power, 1.0),
            "MW" => (Self::Power, 1e3),
            "GW" => (Self::Power, 1e6),
            "Wh" => (Self::Energy, 1e-3),
            "kWh" => (Self::Energy, 1.0),
            "MWh" => (Self::Energy, 1e3),
            "GWh" => (Self::Energy, 1e6),
            _ => return None,
        })
    }
}

/// The steps of a series among those of the balance: the first is step `first` there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: i64,
    steps: usize,
}

impl Span {
    /// `None` where the series has steps of its own.
    fn of(axis: &Axis, balance: &Axis) -> Option<Self> {
        Some(Self { first: axis.steps_after(balance)?, steps: usize::try_from(axis.steps()?).ok()? })
    }

    /// Its own steps within some of the balance.
    fn within(self, steps: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        let own = |step: usize| usize::try_from((step as i64 - self.first).max(0)).unwrap_or(usize::MAX).min(self.steps);
        own(steps.start)..own(steps.end)
    }
}

pub(super) fn account(scene: Res<Scene>, resident: Res<Resident>, area: Res<AreaFacts>, mut store: ResMut<SeriesStore>, mut kept: Local<Kept>, mut facts: ResMut<SceneFacts>) {
    let axis = series::demand(&scene.manifest).map(|choice| choice.axis).or_else(|| series::catalogue(&scene.manifest).iter().find(|choice| sides::side_of(choice.id).is_some()).map(|choice| choice.axis));
    let (true, Some(axis)) = (scene.state.balance, axis) else {
        if facts.accounts.is_some() {
            (facts.accounts, *kept) = (None, Kept::default());
        }
        return;
    };
    let store = store.bypass_change_detection();
    let inside = if scene.state.selection.is_none() && scene.state.area.is_closed() { Some(area.inside.clone().unwrap_or_default()) } else { None };
    let key = (scene.state.selection.clone(), scene.state.language, inside.is_some().then_some(area.version));
    if kept.key.as_ref() != Some(&key) {
        *kept = Kept { key: Some(key), ..Kept::default() };
    }
    if kept.lines.is_none() {
        kept.lines = find_lines(&scene, &resident, inside.as_deref(), axis, store);
    }
    let Some((lines, mut omitted)) = kept.lines.clone() else { return };
    let clock = scene.manifest.clock();
    let chosen = scene.state.span.filter(|span| !axis.steps_in(*span).is_empty());
    let of = chosen.unwrap_or_else(|| window(axis, scene.state.instant, &scene));
    let found = axis.steps_in(of);
    let of = if found.is_empty() { of } else { Interval { start: of.start.max(axis.start), end: of.end.min(axis.end) } };
    let steps = [found.start, found.end].map(|step| usize::try_from(step).unwrap_or(usize::MAX));
    let steps = steps[0]..steps[1];
    // What reaches over less than half of this part of time would leave the rest of it open.
    let (lines, away): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| !steps.is_empty() && 2 * line.span.within(&steps).len() >= steps.len());
    omitted.extend(away.into_iter().map(|line| line.name));
    let is_too_long = steps.len() > MOST_STEPS || steps.len().saturating_mul(lines.iter().map(|line| line.rows.len()).sum()) > MOST_VALUES;
    let wanted: Vec<Option<bool>> = if is_too_long { Vec::new() } else { lines.iter().map(|line| want(line, line.span.within(&steps), store)).collect() };
    let (is_too_long, is_there) = (is_too_long || wanted.contains(&None), !wanted.contains(&Some(false)));
    let drawn = (of, (!is_there).then_some(store.arrivals));
    if kept.drawn == Some(drawn) {
        return;
    }
    kept.drawn = Some(drawn);
    let texts = Texts::new(scene.state.language);
    let title = if inside.is_some() { "accounts-of-area" } else if scene.state.selection.is_some() { "accounts-of-selection" } else { "accounts-title" };
    let mut told = AccountsFacts {
        of: scene.state.selection.clone(),
        title: format!("{}, {}", texts.text(title), texts.interval(clock, of)),
        of_area: inside.is_some(),
        is_secret: inside.as_deref().is_some_and(|inside| inside.is_secret),
        is_made_up: lines.iter().any(|line| line.is_made_up),
        is_waiting: !is_there && !is_too_long,
        is_too_long,
        omitted,
        ..AccountsFacts::default()
    };
    // A day is drawn as it comes; what is long is added up once, when all of it is there.
    if !is_too_long && (is_there || steps.len() <= MOST_PARTS) {
        // Of steps at both ends only what lies in it.
        let spans: Vec<(Interval, f64)> = steps.clone().filter_map(|step| axis.span_of(step as u64)).map(|span| within(span, of)).collect();
        let entries = lines.iter().map(|line| Entry { side: line.side, name: line.name.clone(), wh: energies(line, &steps, &spans, store) });
        tell(&mut told, close(entries.collect()), &spans, clock, &texts);
        for (told, line) in told.lines.iter_mut().zip(&lines) {
            (told.nature, told.source) = (Some(line.nature), line.source.clone());
        }
    }
    if facts.accounts.as_ref() != Some(&told) {
        facts.accounts = Some(told);
    }
}

/// The part of a step that lies in an interval, and which share of it that is.
fn within(step: Interval, of: Interval) -> (Interval, f64) {
    let inside = Interval { start: step.start.max(of.start), end: step.end.min(of.end) };
    (inside, (inside.end.0 - inside.start.0) as f64 / (step.end.0 - step.start.0).max(1) as f64)
}

fn hours_of(of: Interval) -> f64 {
    (of.end.0 - of.start.0) as f64 / 3600.0
}

/// The energies of a line in steps of the balance.
fn energies(line: &Line, steps: &std::ops::Range<usize>, spans: &[(Interval, f64)], store: &SeriesStore) -> Vec<Option<i64>> {
    let chunk_steps = store.known_layout(&line.path).map_or(1, |layout| layout.chunk_steps.max(1));
    let own = line.span.within(steps);
    let mut sums = vec![f64::NAN; spans.len()];
    // Where its own first step stands among those of the balance.
    let first = usize::try_from(line.span.first + own.start as i64 - steps.start as i64).unwrap_or(0);
    let Some(sums_of_own) = sums.get_mut(first..first + own.len()) else { return vec![None; spans.len()] };
    sums_of_own.fill(0.0);
    for (row, times) in &line.rows {
        let mut at = own.start;
        while at < own.end {
            let until = ((at / chunk_steps + 1) * chunk_steps).min(own.end);
            let run = store.run(&line.path, *row, at..until);
            for step in at..until {
                // Of a chunk that is not stored at all every value is the array's usual one.
                let value = run.get(step - at).copied().or_else(|| store.value(&line.path, *row, step));
                if let Some(sum) = sums_of_own.get_mut(step - own.start) {
                    *sum += value.map_or(f64::NAN, |value| f64::from(value) * times);
                }
            }
            at = until;
        }
    }
    let energy = |(sum, (inside, share)): (&f64, &(Interval, f64))| whole_wh(*sum, if line.amount == Amount::Power { hours_of(*inside) } else { *share });
    sums.iter().zip(spans).map(energy).collect()
}

/// The parts that steps are told in.
fn parts_of(spans: &[(Interval, f64)], clock: Clock) -> (Vec<std::ops::Range<usize>>, Option<Grain>) {
    if spans.len() <= MOST_PARTS {
        return ((0..spans.len()).map(|step| step..step + 1).collect(), None);
    }
    let by = |grain: Grain| {
        let mut parts: Vec<std::ops::Range<usize>> = Vec::new();
        let mut ends = Instant(i64::MIN);
        for (step, (span, _)) in spans.iter().enumerate() {
            match parts.last_mut() {
                Some(part) if span.start < ends => part.end = step + 1,
                _ => {
                    ends = grain.around(clock, span.start).end;
                    parts.push(step..step + 1);
                }
            }
        }
        parts
    };
    let grains = [Grain::Day, Grain::Month].map(|grain| (by(grain), Some(grain)));
    grains.into_iter().find(|(parts, _)| parts.len() <= MOST_PARTS).unwrap_or_else(|| (by(Grain::Year), Some(Grain::Year)))
}

fn tell(told: &mut AccountsFacts, accounts: Accounts, spans: &[(Interval, f64)], clock: Clock, texts: &Texts) {
    let hours: Vec<f64> = spans.iter().map(|(span, _)| hours_of(*span)).collect();
    let uses: Vec<Option<i64>> = (0..accounts.steps()).map(|step| accounts.total_wh(Side::Consumption, step)).collect();
    if accounts.entries.iter().any(|entry| entry.side == Side::Consumption)
        && let Some([(most, high), (least, low)]) = extremes(&uses, &hours)
        && let (Some((at, _)), Some((then, _))) = (spans.get(most), spans.get(least))
    {
        told.extremes = Some([(at.start, high), (then.start, low)]);
    }
    let Accounts { entries, imported_wh, exported_wh } = accounts;
    let borders = [("accounts-imported", true, imported_wh), ("accounts-exported", false, exported_wh)].map(|(key, is_source, wh)| AccountLine { name: texts.text(key), nature: None, source: String::new(), is_source, is_border: true, wh });
    let mut lines: Vec<AccountLine> = entries.into_iter().map(|Entry { side, name, wh }| AccountLine { name, nature: None, source: String::new(), is_source: side.is_source(), is_border: false, wh }).collect();
    if !lines.is_empty() {
        lines.extend(borders);
    }
    let (parts, grain) = parts_of(spans, clock);
    let is_closed = closed(lines.iter().map(|line| line.wh.as_slice()));
    for line in &mut lines {
        line.wh = in_parts(&line.wh, &is_closed, &parts);
    }
    let counted = |part: &std::ops::Range<usize>| part.clone().filter(|step| part.len() == 1 || is_closed.get(*step) == Some(&true)).filter_map(|step| hours.get(step)).sum();
    told.counted_h = parts.iter().map(counted).collect();
    told.open = is_closed.iter().filter(|closed| !**closed).count();
    told.starts = parts.iter().filter_map(|part| spans.get(part.start)).map(|(span, _)| span.start).collect();
    told.end = spans.last().map(|(span, _)| span.end);
    (told.grain, told.lines) = (grain, lines);
}

/// Asks for the chunks of a line; whether they are there, `None` where they are too many.
fn want(line: &Line, steps: std::ops::Range<usize>, store: &mut SeriesStore) -> Option<bool> {
    let Some(layout) = store.layout(&line.path) else { return Some(store.has_failed(&line.path)) };
    let (chunk_rows, chunk_steps) = (layout.chunk_rows.max(1), layout.chunk_steps.max(1));
    let mut rows: Vec<usize> = line.rows.iter().map(|(row, _)| row / chunk_rows).collect();
    rows.sort_unstable();
    rows.dedup();
    let across = steps.start / chunk_steps..steps.end.div_ceil(chunk_steps);
    if rows.len().saturating_mul(across.len()) > MOST_CHUNKS {
        return None;
    }
    // Each is asked for before any answer counts.
    Some(rows.into_iter().flat_map(|row| across.clone().map(move |step| (row, step))).filter(|chunk| !store.want(&line.path, *chunk)).count() == 0)
}

/// The lines of the territory, of what is selected, or of what lies inside an area; `None` while names of rows are on their way.
fn find_lines(scene: &Scene, resident: &Resident, inside: Option<&Inside>, axis: &Axis, store: &mut SeriesStore) -> Option<(Vec<Line>, Vec<String>)> {
    let manifest = &scene.manifest;
    let texts = Texts::new(scene.state.language);
    let whole = Span::of(axis, axis).unwrap_or(Span { first: 0, steps: 0 });
    let selection = scene.state.selection.as_ref();
    let (mut lines, mut omitted) = (Vec::new(), Vec::new());
    let owed = |choice: &Choice| manifest.datasets.iter().find(|dataset| dataset.id == *choice.dataset()).map_or_else(|| texts.text("source-unknown"), |dataset| texts.source(dataset));
    let demand = series::demand(manifest).filter(|choice| choice.axis == axis);
    match (demand, selection) {
        (Some(choice), None) if inside.is_some() => {
            let of_area = inside.into_iter().flat_map(|inside| shown_demand(inside, &choice));
            lines.extend(of_area.map(|(row, name, kwh)| drawn(&choice, owed(&choice), texts.text(&format!("demand-class-{name}")), row, kwh / HOURS_PER_YEAR, whole)));
        }
        (Some(choice), None) => lines.extend(demand_by_use(&choice, scene).into_iter().map(|line| drawn(&choice, owed(&choice), line.name, line.row, line.scale, whole))),
        (Some(choice), Some(selection)) => {
            let layer = resident.layers.iter().find(|layer| layer.id == selection.layer)?;
            let mut tables = layer.tiles.values().flat_map(|tile| &tile.tables);
            let (table, row) = tables.find_map(|table| Some((table, (0..table.count).find(|row| table.text("id", *row) == Some(&selection.id))?)))?;
            let of_building = table.number("demand_kwh_year", row).zip(table.number("demand_profile", row)).filter(|_| layer.kind == LayerKind::Buildings);
            lines.extend(of_building.map(|(kwh, profile)| drawn(&choice, owed(&choice), texts.text("figure-demand-now"), profile as usize, kwh / HOURS_PER_YEAR, whole)));
        }
        (None, _) => {}
    }
    // What is computed of made-up houses is made up.
    let is_fictional = |id: &LayerId| manifest.layer(id).is_some_and(|layer| layer.nature == Nature::Made);
    let mut houses = manifest.layers.iter().filter(|layer| layer.kind == LayerKind::Buildings).peekable();
    if houses.peek().is_some() && houses.all(|layer| layer.nature == Nature::Made) {
        lines.iter_mut().for_each(|line: &mut Line| line.is_made_up = true);
    }
    let mut estimated = lines.len();
    for choice in series::catalogue(manifest) {
        let title = choice.title(manifest).text(&texts);
        let Some((amount, times)) = Amount::of(choice.unit()) else { continue };
        // The same demand once more, or sums of it: those are all there is of a selected district.
        if sides::repeats_the_demand(choice.id) && demand.is_some() && (selection.is_none() || estimated > 0) {
            continue;
        }
        let is_of_selection = selection.is_none_or(|selection| choice.layer() == Some(&selection.layer));
        // What belongs to no object lies in no area.
        let is_of_area = inside.is_none() || choice.layer().is_some();
        if !is_of_selection || !is_of_area {
            continue;
        }
        let Some(span) = Span::of(choice.axis, axis) else {
            omitted.push(title);
            continue;
        };
        match lines_of(&choice, &title, times, selection, inside, store)? {
            found if found.is_empty() && selection.is_none() && inside.is_none() => omitted.push(title),
            found => {
                let is_made_up = manifest.is_made_up(choice.dataset()) || choice.layer().is_some_and(is_fictional);
                // A profile times a year's energy is a power, whatever that energy is written in.
                let amount = if choice.scaled.is_some() { Amount::Power } else { amount };
                let quantity = choice.series.quantity.as_deref().unwrap_or_default();
                let repeats = |(side, name, _): &Found| *side == Side::Consumption && sides::is_of_buildings(&[choice.id, quantity, name]);
                // The demand of buildings is there already, as an estimate: of one building what was measured is better, of many it is a part of them.
                let (again, found): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|line| estimated > 0 && repeats(line));
                let found = if again.is_empty() {
                    found
                } else if selection.is_some() {
                    omitted.extend(lines.drain(..estimated).map(|line| line.name));
                    estimated = 0;
                    again.into_iter().chain(found).collect()
                } else {
                    omitted.push(title);
                    found
                };
                lines.extend(found.into_iter().map(|(side, name, rows)| Line { side, name, path: choice.series.path.clone(), rows, amount, span, is_made_up, nature: choice.nature(), source: owed(&choice) }));
            }
        }
    }
    omitted.truncate(MOST_LINES);
    if lines.len() > MOST_LINES {
        omitted.extend(lines.drain(MOST_LINES..).map(|line| line.name));
    }
    Some((lines, omitted))
}

/// A line of the buildings' demand: a row of its profiles times kilowatts.
fn drawn(choice: &Choice, source: String, name: String, row: usize, kw: f64, span: Span) -> Line {
    Line { side: Side::Consumption, name, path: choice.series.path.clone(), rows: vec![(row, kw)], amount: Amount::Power, span, is_made_up: false, nature: choice.nature(), source }
}

/// A side, a name, and rows with what each is multiplied by.
type Found = (Side, String, Vec<(usize, f64)>);

/// The lines of a series: none where its side is told by nothing. The outer `None` waits.
fn lines_of(choice: &Choice, title: &str, times: f64, selection: Option<&Selection>, inside: Option<&Inside>, store: &mut SeriesStore) -> Option<Vec<Found>> {
    let quantity = choice.series.quantity.as_deref().unwrap_or_default();
    if sides::is_left_out(choice.id) {
        return Some(Vec::new());
    }
    let side = sides::side_of(choice.id).or_else(|| sides::side_of(quantity));
    if let Some(scaled) = choice.scaled {
        let Some(side) = side.or(Some(Side::Consumption).filter(|_| scaled.layer.is_some())) else { return Some(Vec::new()) };
        let is_meant = |feature: &str| selection.is_none_or(|selection| selection.id == feature) && inside.is_none_or(|inside| inside.ids.contains(feature));
        let rows = scaled_rows(scaled, &is_meant, times, store)?;
        return Some(if rows.is_empty() { Vec::new() } else { vec![(side, title.to_owned(), rows)] });
    }
    if choice.series.height() as usize > MOST_ROWS {
        return Some(Vec::new());
    }
    if let Some(selection) = selection {
        let rows = Rows::of(choice, store)?;
        let found = rows.row_of(&selection.id);
        return Some(found.zip(side).map(|((row, _), side)| (side, title.to_owned(), vec![(row as usize, times)])).into_iter().collect());
    }
    let names: Vec<String> = match (&choice.series.rows, choice.series.labels.as_deref()) {
        (rows, Some(labels)) if rows.is_empty() => match store.list(labels, ListKind::Texts).cloned() {
            Some(List::Texts(names)) => names,
            _ if store.has_failed(labels) => return Some(Vec::new()),
            _ => return None,
        },
        (rows, _) => rows.clone(),
    };
    // Alternatives are no parts of anything.
    if choice.series.apart || !adds_up(choice.unit()) {
        return Some(Vec::new());
    }
    // Rows of features are one line, those of the whole territory tell their sides one by one.
    if choice.layer().is_some() {
        // What was measured at few homes stays out of an area, however it came into the territory.
        if inside.is_some_and(|inside| inside.is_secret) && matches!(choice.nature(), Nature::Measured | Nature::Declared) {
            return Some(Vec::new());
        }
        let of_area = |name: &String| inside.is_none_or(|inside| inside.ids.contains(name));
        let rows: Vec<(usize, f64)> = names.iter().enumerate().filter(|(_, name)| of_area(name)).map(|(row, _)| (row, times)).collect();
        return Some(side.filter(|_| !rows.is_empty()).map(|side| (side, title.to_owned(), rows)).into_iter().collect());
    }
    let by_row = names.iter().enumerate().filter_map(|(row, name)| {
        let side = sides::side_of(name).or(side.filter(|_| !sides::is_left_out(name)))?;
        Some((side, name.clone(), vec![(row, times)]))
    });
    Some(by_row.collect())
}

/// Rows of the profiles with the sums of what follows them, of the features that are meant. `None` waits.
pub(super) fn scaled_rows(scaled: &crate::formats::territory::ScaledSeries, is_meant: &dyn Fn(&str) -> bool, times: f64, store: &mut SeriesStore) -> Option<Vec<(usize, f64)>> {
    let paths = ["feature", "profile", "scale"].map(|name| format!("{}/{name}", scaled.path));
    let [features, profiles, scales] = &paths;
    let lists = [store.list(features, ListKind::Texts).cloned(), store.list(profiles, ListKind::Integers).cloned(), store.list(scales, ListKind::Reals).cloned()];
    if paths.iter().any(|path| store.has_failed(path)) {
        return Some(Vec::new());
    }
    let [Some(List::Texts(features)), Some(List::Integers(profiles)), Some(List::Reals(scales))] = lists else { return None };
    let mut sums: HashMap<usize, f64> = HashMap::default();
    for ((feature, profile), scale) in features.iter().zip(&profiles).zip(&scales) {
        if let (true, Ok(profile), true) = (is_meant(feature), usize::try_from(*profile), scale.is_finite()) {
            *sums.entry(profile).or_default() += scale / HOURS_PER_YEAR * times;
        }
    }
    let mut rows: Vec<(usize, f64)> = sums.into_iter().collect();
    rows.sort_by_key(|(row, _)| *row);
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energies_stay_energies_and_powers_powers() {
        assert_eq!(Amount::of("MW"), Some((Amount::Power, 1000.0)));
        assert_eq!(Amount::of("MWh"), Some((Amount::Energy, 1000.0)));
        assert_eq!(Amount::of("°C"), None);
    }

    #[test]
    fn a_series_that_begins_later_stands_on_its_own_steps() {
        let axis = |id: &str, start: i64, end: i64| Axis { id: id.to_owned(), start: Instant(start), end: Instant(end), step: 3600, calendar: None };
        let year = axis("hours", 0, 8760 * 3600);
        let span = Span::of(&axis("prod", 24 * 3600, 48 * 3600), &year).unwrap();
        assert_eq!((span.within(&(24..25)), span.within(&(47..48))), (0..1, 23..24));
        assert_eq!((span.within(&(0..24)), span.within(&(30..72)), span.within(&(48..60)).is_empty()), (0..0, 6..24, true));
        // One that began earlier; one between the hours; another step.
        assert_eq!(Span::of(&axis("old", -7200, 7200), &year).map(|span| span.within(&(1..2))), Some(3..4));
        assert_eq!(Span::of(&axis("half", 1800, 36_000), &year), None);
        assert_eq!(Span::of(&Axis { step: 1800, ..axis("fine", 0, 3600) }, &year), None);
    }
}
