//! The balance of the territory, of the selected feature, or of the area that is drawn, over the part of time that the clock is in: sources, uses, and what passes the border.
//!
//! Reads: [`Scene`], the series in memory. Writes: the accounts of [`SceneFacts`]. Only what is shown is fetched.
//!
//! Lines are the demand by class of use and every series of energy whose name tells on which side it stands. What cannot be laid on the same steps,
//! or whose side nobody tells, is named as left out: a balance that leaves something out in silence would be a wrong one.

use super::{demand_by_use, shown_demand, steps_of, window};
use crate::base::{Instant, Nature};
use crate::energy::accounts::{Accounts, Entry, Side, close, whole_wh};
use crate::energy::sides;
use crate::formats::territory::LayerKind;
use crate::view::curve::adds_up;
use crate::view::Selection;
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

/// A line that is to be filled: rows of an array with what each is multiplied by, to kilowatts.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    side: Side,
    name: String,
    path: String,
    rows: Vec<(usize, f64)>,
    /// Of something made up.
    is_made_up: bool,
}

#[derive(Default)]
pub(super) struct Kept {
    key: Option<(Option<Selection>, crate::base::Language, Option<u64>)>,
    /// The lines, once all names of rows are there; and what is left out.
    lines: Option<(Vec<Line>, Vec<String>)>,
    drawn: Option<(crate::base::Interval, u64)>,
}

/// Kilowatts of a unit of power, and of a unit of energy that a step of so many hours holds.
fn kilowatts(unit: &str, step_h: f64) -> Option<f64> {
    Some(match unit {
        "W" => 1e-3,
        "kW" => 1.0,
        "MW" => 1e3,
        "GW" => 1e6,
        "Wh" => 1e-3 / step_h,
        "kWh" => 1.0 / step_h,
        "MWh" => 1e3 / step_h,
        "GWh" => 1e6 / step_h,
        _ => return None,
    })
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
    let Some((lines, omitted)) = kept.lines.clone() else { return };
    let part = window(axis, scene.state.instant, &scene);
    let steps = steps_of(axis, part, usize::try_from(axis.steps().unwrap_or(0)).unwrap_or(usize::MAX));
    let mut is_there = true;
    for line in &lines {
        is_there &= want(line, steps.clone(), store);
    }
    let drawn = (part, store.arrivals);
    if kept.drawn == Some(drawn) {
        return;
    }
    kept.drawn = Some(drawn);
    let starts: Vec<Instant> = steps.clone().filter_map(|step| axis.start_of(step as u64)).collect();
    let hours = |at: usize| {
        let from = starts.get(at).copied();
        let to = starts.get(at + 1).copied().or_else(|| axis.start_of((steps.start + at + 1) as u64));
        from.zip(to).map_or(1.0, |(from, to)| (to.0 - from.0) as f64 / 3600.0)
    };
    let entries = lines.iter().map(|line| {
        let wh = (0..starts.len()).map(|at| {
            let kw = line.rows.iter().try_fold(0.0, |sum, (row, times)| Some(sum + f64::from(store.value(&line.path, *row, steps.start + at)?) * times))?;
            whole_wh(kw, hours(at))
        });
        Entry { side: line.side, name: line.name.clone(), wh: wh.collect() }
    });
    let mut told = told(close(entries.collect()), starts, is_there, omitted, inside.as_deref(), &scene);
    told.is_made_up = lines.iter().any(|line| line.is_made_up);
    if facts.accounts.as_ref() != Some(&told) {
        facts.accounts = Some(told);
    }
}

fn told(accounts: Accounts, starts: Vec<Instant>, is_there: bool, omitted: Vec<String>, inside: Option<&Inside>, scene: &Scene) -> AccountsFacts {
    let texts = Texts::new(scene.state.language);
    let Accounts { entries, imported_wh, exported_wh } = accounts;
    let mut lines: Vec<AccountLine> = entries.into_iter().map(|Entry { side, name, wh }| AccountLine { name, is_source: side.is_source(), is_border: false, wh }).collect();
    if !lines.is_empty() {
        lines.push(AccountLine { name: texts.text("accounts-imported"), is_source: true, is_border: true, wh: imported_wh });
        lines.push(AccountLine { name: texts.text("accounts-exported"), is_source: false, is_border: true, wh: exported_wh });
    }
    AccountsFacts { of: scene.state.selection.clone(), of_area: inside.is_some(), is_secret: inside.is_some_and(|inside| inside.is_secret), starts, lines, omitted, is_waiting: !is_there, is_made_up: false }
}

/// Asks for the chunks of a line; whether they are there.
fn want(line: &Line, steps: std::ops::Range<usize>, store: &mut SeriesStore) -> bool {
    let Some(layout) = store.layout(&line.path) else { return store.has_failed(&line.path) };
    let (chunk_rows, chunk_steps) = (layout.chunk_rows.max(1), layout.chunk_steps.max(1));
    let mut rows: Vec<usize> = line.rows.iter().map(|(row, _)| row / chunk_rows).collect();
    rows.sort_unstable();
    rows.dedup();
    let mut chunks = rows.into_iter().flat_map(|row| (steps.start / chunk_steps..steps.end.div_ceil(chunk_steps)).map(move |step| (row, step)));
    let mut is_there = true;
    for chunk in chunks.by_ref().take(MOST_CHUNKS) {
        is_there &= store.want(&line.path, chunk);
    }
    is_there
}

/// The lines of the territory, of what is selected, or of what lies inside an area; `None` while names of rows are on their way.
fn find_lines(scene: &Scene, resident: &Resident, inside: Option<&Inside>, axis: &crate::formats::territory::Axis, store: &mut SeriesStore) -> Option<(Vec<Line>, Vec<String>)> {
    let manifest = &scene.manifest;
    let texts = Texts::new(scene.state.language);
    let step_h = axis.step as f64 / 3600.0;
    let selection = scene.state.selection.as_ref();
    let (mut lines, mut omitted) = (Vec::new(), Vec::new());
    let demand = series::demand(manifest).filter(|choice| choice.axis == axis);
    match (demand, selection) {
        (Some(choice), None) if inside.is_some() => lines.extend(inside.into_iter().flat_map(|inside| shown_demand(inside, &choice)).map(|(row, name, kwh)| Line {
            side: Side::Consumption,
            name: texts.text(&format!("demand-class-{name}")),
            path: choice.series.path.clone(),
            rows: vec![(row, kwh / HOURS_PER_YEAR)],
            is_made_up: false,
        })),
        (Some(choice), None) => lines.extend(demand_by_use(&choice, scene).into_iter().map(|line| Line {
            side: Side::Consumption,
            name: line.name,
            path: choice.series.path.clone(),
            rows: vec![(line.row, line.scale)],
            is_made_up: false,
        })),
        (Some(choice), Some(selection)) => {
            let layer = resident.layers.iter().find(|layer| layer.id == selection.layer)?;
            let mut tables = layer.tiles.values().flat_map(|tile| &tile.tables);
            let (table, row) = tables.find_map(|table| Some((table, (0..table.count).find(|row| table.text("id", *row) == Some(&selection.id))?)))?;
            let of_building = table.number("demand_kwh_year", row).zip(table.number("demand_profile", row)).filter(|_| layer.kind == LayerKind::Buildings);
            lines.extend(of_building.map(|(kwh, profile)| Line {
                side: Side::Consumption,
                name: texts.text("figure-demand-now"),
                path: choice.series.path.clone(),
                rows: vec![(profile as usize, kwh / HOURS_PER_YEAR)],
                is_made_up: false,
            }));
        }
        (None, _) => {}
    }
    for choice in series::catalogue(manifest) {
        let title = choice.title(manifest).text(&texts);
        let Some(times) = kilowatts(choice.unit(), if choice.scaled.is_some() { 1.0 } else { step_h }) else { continue };
        // The same demand once more, or sums of it.
        if sides::repeats_the_demand(choice.id) && demand.is_some() {
            continue;
        }
        let is_of_selection = selection.is_none_or(|selection| choice.layer() == Some(&selection.layer));
        // What belongs to no object lies in no area.
        let is_of_area = inside.is_none() || choice.layer().is_some();
        if !is_of_selection || !is_of_area {
            continue;
        }
        if choice.axis != axis {
            omitted.push(title);
            continue;
        }
        match lines_of(&choice, &title, times, selection, inside, store)? {
            found if found.is_empty() && selection.is_none() && inside.is_none() => omitted.push(title),
            found => {
                let is_made_up = manifest.is_made_up(choice.dataset());
                lines.extend(found.into_iter().map(|line| Line { is_made_up, ..line }));
            }
        }
    }
    omitted.truncate(MOST_LINES);
    if lines.len() > MOST_LINES {
        omitted.extend(lines.drain(MOST_LINES..).map(|line| line.name));
    }
    Some((lines, omitted))
}

/// The lines of a series: none where its side is told by nothing. The outer `None` waits.
fn lines_of(choice: &Choice, title: &str, times: f64, selection: Option<&Selection>, inside: Option<&Inside>, store: &mut SeriesStore) -> Option<Vec<Line>> {
    let path = choice.series.path.clone();
    let quantity = choice.series.quantity.as_deref().unwrap_or_default();
    if sides::is_left_out(choice.id) {
        return Some(Vec::new());
    }
    let side = sides::side_of(choice.id).or_else(|| sides::side_of(quantity));
    if let Some(scaled) = choice.scaled {
        let Some(side) = side.or(Some(Side::Consumption).filter(|_| scaled.layer.is_some())) else { return Some(Vec::new()) };
        let is_meant = |feature: &str| selection.is_none_or(|selection| selection.id == feature) && inside.is_none_or(|inside| inside.ids.contains(feature));
        return Some(vec![Line { side, name: title.to_owned(), path, rows: scaled_rows(scaled, &is_meant, times, store)?, is_made_up: false }].into_iter().filter(|line| !line.rows.is_empty()).collect());
    }
    if choice.series.height() as usize > MOST_ROWS {
        return Some(Vec::new());
    }
    if let Some(selection) = selection {
        let rows = Rows::of(choice, store)?;
        let found = rows.row_of(&selection.id);
        return Some(found.zip(side).map(|((row, _), side)| Line { side, name: title.to_owned(), path, rows: vec![(row as usize, times)], is_made_up: false }).into_iter().collect());
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
        return Some(side.filter(|_| !rows.is_empty()).map(|side| Line { side, name: title.to_owned(), path, rows, is_made_up: false }).into_iter().collect());
    }
    let by_row = names.iter().enumerate().filter_map(|(row, name)| {
        let side = sides::side_of(name).or(side.filter(|_| !sides::is_left_out(name)))?;
        Some(Line { side, name: name.clone(), path: path.clone(), rows: vec![(row, times)], is_made_up: false })
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
    fn energies_of_a_step_are_mean_powers() {
        assert_eq!(kilowatts("kW", 0.5), Some(1.0));
        assert_eq!(kilowatts("MWh", 0.5), Some(2000.0));
        assert_eq!(kilowatts("°C", 1.0), None);
    }
}
