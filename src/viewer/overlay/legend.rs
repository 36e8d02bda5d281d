//! What the colours mean: title, unit, classes, and how the values in view are spread.

use super::{Shown, ThemeValues, active, is_value, shown_attribute, wants_mean};
use crate::viewer::attributes;
use crate::viewer::join::{OTHER_KIND, passes};
use crate::base::{DatasetId, Interval, LayerId, Nature};
use crate::formats::territory::{Axis, LayerKind, Manifest};
use crate::siting::rooms;
use crate::stream::TileId;
use crate::view::classes::{are_exact, ends, histogram, quantile};
use crate::view::colours::{Palette, on_dark};
use crate::view::life::YEARS_AHEAD;
use crate::view::{Breaks, Filter, Scale, Theme, ViewState};
use crate::viewer::resident::Resident;
use crate::viewer::lives::Lives;
use crate::viewer::series;
use crate::viewer::textures::{CONSTANT, NO_DATA};
use crate::viewer::vocab::{Histogram, Legend, Raise, Scene, SceneFacts, Words};
use bevy::platform::collections::HashSet;
use bevy::prelude::*;

/// Top of the demand scale, W per square metre of floor: about what a shop or an office of the model draws at a winter noon.
const DEMAND_TOP_W_M2: f64 = 24.0;
/// Homes draw two or three watts per square metre and offices twenty: on an even scale every home would have one colour.
const DEMAND_EXPONENT: f64 = 0.5;
/// Bars of a histogram.
const BINS: usize = 24;
/// Features in view that are counted; a picture of more is counted in part, and says how many.
const MOST_COUNTED: usize = 200_000;

/// From values to colours.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub low: f64,
    pub high: f64,
    pub exponent: f64,
    /// Upper ends of classes; none where colours run into each other.
    pub ends: Vec<f64>,
    pub colours: Vec<[u8; 3]>,
}

/// How dark the ground is that lines of the theme lie on: 0 by day and for whatever is no network, 1 at night; in eighths, so that dusk does not change the
/// legend in every frame.
pub fn darkness(scene: &Scene) -> f64 {
    let is_network = scene.theme() == Theme::Series && target(scene).and_then(|layer| scene.manifest.layer(&layer).map(|layer| layer.kind)) == Some(LayerKind::Networks);
    if !is_network {
        return 0.0;
    }
    let [lon, lat, _] = scene.limits.home.target;
    let elevation_deg = crate::energy::sun::sun_direction_enu(scene.state.instant, lat, lon).z.clamp(-1.0, 1.0).asin().to_degrees();
    let share = ((DAY_DEG - elevation_deg) / (DAY_DEG - NIGHT_DEG)).clamp(0.0, 1.0);
    (8.0 * share).round() / 8.0
}

/// The sun's elevation from which lines look as by day, and as at night.
const DAY_DEG: f64 = 4.0;
const NIGHT_DEG: f64 = -4.0;

/// The key of the theme that is shown, its colours as they are seen in the light of the moment.
pub fn key(scene: &Scene, values: &ThemeValues) -> Key {
    let dark = darkness(scene);
    let mut key = key_by_day(scene, values);
    key.colours.iter_mut().for_each(|colour| *colour = on_dark(*colour, dark));
    key
}

/// Whether the colours are of values whose spread is known, so that classes can follow them.
fn of_values(scene: &Scene) -> bool {
    matches!(scene.theme(), Theme::Series | Theme::Attribute)
}

/// What a sample of values was cut for, and where: sorting and cutting a town's values takes longer than a frame may.
#[derive(Clone, Debug)]
pub struct Classes {
    of: (Scale, bool, u64),
    low: f64,
    /// Of a scale without classes.
    range: [f64; 2],
    ends: Vec<f64>,
    is_exact: bool,
}

/// Cuts the values of the theme into classes, once for each scale.
pub(super) fn classify(scene: Res<Scene>, mut values: ResMut<ThemeValues>) {
    if !of_values(&scene) {
        return;
    }
    // What runs both ways is coloured by how much runs.
    let is_directed = active(&scene, &scene.manifest).is_some_and(|choice| choice.series.directed);
    let of = (scene.state.scale.clone(), is_directed, values.sampled);
    if values.classes.as_ref().is_some_and(|classes| classes.of == of) {
        return;
    }
    let mut amounts = Vec::new();
    if is_directed {
        amounts.extend(values.sample.iter().map(|value| value.abs()));
        amounts.sort_by(f64::total_cmp);
    }
    let sample = if is_directed { &amounts } else { &values.sample };
    let Scale { breaks, palette } = &of.0;
    let follows = matches!(breaks, Breaks::Quantiles { .. } | Breaks::Jenks { .. });
    let classes = Classes {
        low: sample.first().copied().unwrap_or(0.0),
        range: range(sample, *palette),
        ends: match told_classes(&scene, &values, breaks) {
            Some(ends) => ends,
            None if *breaks == Breaks::Smooth && palette.is_ordered() => Vec::new(),
            None => ends(sample, breaks),
        },
        is_exact: !follows || sample.is_empty() || values.is_complete && are_exact(sample, breaks),
        of,
    };
    values.classes = Some(classes);
}

/// Jenks' classes as the importer found them in more values than are at hand here.
fn told_classes(scene: &Scene, values: &ThemeValues, breaks: &Breaks) -> Option<Vec<f64>> {
    let Breaks::Jenks { classes } = breaks else { return None };
    let choice = active(scene, &scene.manifest).filter(|choice| choice.scaled.is_none() && !values.is_complete && !values.sample.is_empty())?;
    let told = choice.series.jenks.get(usize::from(*classes).checked_sub(2)?)?;
    Some(told.iter().copied().map(f64::from).collect())
}

fn key_by_day(scene: &Scene, values: &ThemeValues) -> Key {
    let Scale { breaks, palette } = &scene.state.scale;
    if scene.theme() == Theme::Attribute && !values.kinds.is_empty() {
        return key_of_kinds(values);
    }
    // Colours are of what has stood so far; what is planned has a colour of its own.
    let [first, last] = scene.limits.years;
    let (first, last) = (f64::from(first), f64::from((last - YEARS_AHEAD).max(first + 1)));
    let cut = values.classes.as_ref();
    let range = cut.map_or([0.0, 1.0], |classes| classes.range);
    let ([low, high], exponent) = match scene.theme() {
        Theme::None => ([0.0, 1.0], 1.0),
        Theme::Demand => ([0.0, DEMAND_TOP_W_M2], DEMAND_EXPONENT),
        Theme::ConstructionYear => ([first, last], 1.0),
        Theme::Attribute => (range, 1.0),
        Theme::Series => {
            let shown = active(scene, &scene.manifest);
            let bounds = match shown.as_ref().and_then(|choice| choice.series.band.filter(|_| choice.series.directed)) {
                // Up to its limit: what is beyond has a mark of its own.
                Some([_, most]) if most.is_finite() && most > 0.0 => [0.0, most],
                // From one bound to the other, best in the middle.
                _ => shown.filter(|choice| choice.parts()).and_then(|choice| choice.series.band).unwrap_or(range),
            };
            (bounds, 1.0)
        }
    };
    let of_values = of_values(scene);
    // What is not counted beforehand has no quantiles: evenly cut instead.
    let breaks = match breaks {
        Breaks::Quantiles { classes } | Breaks::Jenks { classes } => &Breaks::Equal { classes: *classes },
        other => other,
    };
    let (ends, lowest) = match cut {
        Some(classes) if of_values => (classes.ends.clone(), classes.low),
        _ if of_values || scene.theme() == Theme::None || *breaks == Breaks::Smooth && palette.is_ordered() => (Vec::new(), low),
        _ => (ends(&[low, high], breaks), low),
    };
    if ends.len() > 1 {
        let colours = palette.classes(ends.len());
        return Key { low: lowest, high: ends.last().copied().unwrap_or(high), exponent: 1.0, ends, colours };
    }
    Key { low, high, exponent, ends: Vec::new(), colours: palette.stops().to_vec() }
}

/// Grey, between the colours of kinds and the hatch of what is not known.
const OTHER_COLOUR: [u8; 3] = [96, 96, 96];

/// A colour for each kind, whatever palette is chosen: kinds have no order. Of more than eight the last one is all others.
fn key_of_kinds(values: &ThemeValues) -> Key {
    let mut colours = Palette::OkabeIto.classes(values.kinds.len());
    if values.has_others {
        colours.truncate(OTHER_KIND as usize);
        colours.push(OTHER_COLOUR);
    }
    let ends = (0..colours.len()).map(|place| place as f64 + 0.5).collect();
    Key { low: -0.5, high: colours.len() as f64 - 0.5, exponent: 1.0, ends, colours }
}

/// Where a scale without classes begins and ends: round numbers that leave out the outermost hundredth; about zero for two directions.
fn range(sample: &[f64], palette: Palette) -> [f64; 2] {
    let (Some(low), Some(high)) = (quantile(sample, 0.01), quantile(sample, 0.99)) else { return [0.0, 1.0] };
    if palette == Palette::BlueOrange {
        let most = rounded_up(low.abs().max(high.abs()));
        return [-most, most];
    }
    let high = if high > 0.0 { rounded_up(high) } else { -rounded_down(-high) };
    // A scale of amounts begins at nothing where it nearly does.
    let low = if low >= 0.0 && low < 0.5 * high { 0.0 } else if low < 0.0 { -rounded_up(-low) } else { rounded_down(low) };
    if high > low { [low, high] } else { [low - 0.5, low + 0.5] }
}

/// Two digits.
fn rounded_up(value: f64) -> f64 {
    let unit = unit_of(value);
    (value / unit).ceil() * unit
}

fn rounded_down(value: f64) -> f64 {
    let unit = unit_of(value);
    (value / unit).floor() * unit
}

fn unit_of(value: f64) -> f64 {
    if value.abs() > f64::MIN_POSITIVE { 10_f64.powf(value.abs().log10().floor() - 1.0) } else { 1.0 }
}

/// What the histogram was counted for; it is counted again when this has changed and then stood still for a frame.
#[derive(Clone, PartialEq)]
pub(super) struct Counted {
    theme: Theme,
    series: Option<String>,
    /// Means of two intervals are two.
    of: Option<(Shown, Option<Interval>)>,
    generation: u64,
    filters: Vec<Filter>,
    year: i32,
    key: Key,
    is_directed: bool,
    shown: Vec<(usize, TileId)>,
}

pub(super) fn describe(
    scene: Res<Scene>,
    values: Res<ThemeValues>,
    resident: Res<Resident>,
    mut seen: Local<Option<Counted>>,
    mut counted: Local<Option<(Counted, Histogram)>>,
    mut facts: ResMut<SceneFacts>,
) {
    if scene.theme() == Theme::None {
        *counted = None;
        if facts.legend.is_some() {
            facts.legend = None;
        }
        return;
    }
    let key = key(&scene, &values);
    let ready = values.ready(&scene.state);
    let now = Counted {
        theme: scene.theme(),
        series: scene.series().map(str::to_owned),
        of: ready.map(|shown| (shown, wants_mean(&scene.state))),
        generation: values.generation,
        filters: scene.state.filters.clone(),
        year: scene.state.year,
        key: key.clone(),
        is_directed: active(&scene, &scene.manifest).is_some_and(|choice| choice.series.directed),
        shown: shown(&resident, target(&scene).as_ref()),
    };
    // Counting a town takes longer than a frame may: never while the clock or the camera runs.
    let is_still = seen.as_ref() == Some(&now) && !scene.state.playback.playing;
    if is_still && counted.as_ref().is_none_or(|(of, _)| *of != now) {
        let histogram = count(&scene.state, &values, &resident, &now, &key);
        *counted = Some((now.clone(), histogram));
    }
    // What is on its way is not without a value.
    let of_now = counted.as_ref().filter(|_| !is_waiting(&scene, &values)).filter(|(of, _)| *of == now).map(|(_, histogram)| histogram.clone());
    *seen = Some(now);
    let legend = legend(&scene, &values, key, of_now);
    if facts.legend != legend {
        facts.legend = legend;
    }
}

/// The layer that the theme is about; `None` for the buildings.
fn target(scene: &Scene) -> Option<LayerId> {
    match scene.theme() {
        Theme::Attribute => shown_attribute(scene).map(|attribute| attribute.layer.clone()),
        Theme::Series => active(scene, &scene.manifest)?.layer().cloned(),
        Theme::None | Theme::Demand | Theme::ConstructionYear => None,
    }
}

fn shown(resident: &Resident, layer: Option<&LayerId>) -> Vec<(usize, TileId)> {
    let is_meant = |held: &crate::viewer::resident::ResidentLayer| layer.map_or(held.kind == LayerKind::Buildings, |layer| held.id == *layer);
    let layers = resident.layers.iter().enumerate().filter(|(_, held)| is_meant(held));
    let mut tiles: Vec<(usize, TileId)> = layers.flat_map(|(at, held)| held.tiles.iter().filter(|(_, tile)| tile.shown).map(move |(id, _)| (at, *id))).collect();
    tiles.sort();
    tiles
}

fn count(state: &ViewState, values: &ThemeValues, resident: &Resident, now: &Counted, key: &Key) -> Histogram {
    let mut found: Vec<f64> = Vec::new();
    let mut without = 0_u32;
    let ready = values.ready(state);
    // Surfaces and lines are cut where their tiles meet: each counts once.
    let mut met: HashSet<&str> = HashSet::default();
    'tiles: for (at, id) in &now.shown {
        let Some((layer, tile)) = resident.layers.get(*at).and_then(|layer| Some((layer, layer.tiles.get(id)?))) else { continue };
        for table in &tile.tables {
            let lives = Lives::of(table);
            for row in 0..table.count {
                if found.len() + without as usize >= MOST_COUNTED {
                    break 'tiles;
                }
                let life = lives.get(row);
                if layer.kind != LayerKind::Buildings && table.text("id", row).is_some_and(|id| !met.insert(id)) {
                    continue;
                }
                if !life.stands(now.year) || !passes(&state.filters, &layer.id, table, row) {
                    continue;
                }
                let value = if now.theme == Theme::ConstructionYear {
                    life.from.map(f64::from)
                } else if now.theme == Theme::Attribute {
                    let (value, row) = values.join.as_ref().map_or((f32::NAN, 0), |join| join.record(&layer.id, table, row));
                    (row == CONSTANT && is_value(value)).then_some(f64::from(value))
                } else {
                    let of_row = ready.zip(values.join.as_ref()).and_then(|(shown, join)| {
                        let (scale, values_row) = join.record(&layer.id, table, row);
                        let is_known = values_row < NO_DATA - 1 && is_value(scale);
                        let is_directed = now.is_directed;
                        let value = is_known.then(|| values.value(shown, values_row as usize)).flatten()?;
                        let value = f64::from(value * scale);
                        Some(if is_directed { value.abs() } else { value })
                    });
                    of_row
                };
                match value {
                    Some(value) => found.push(value),
                    None => without += 1,
                }
            }
        }
    }
    let known = found.len() as u32;
    let bins = if now.theme == Theme::Attribute && !values.kinds.is_empty() { key.ends.len() } else { BINS };
    Histogram { low: key.low, high: key.high, counts: histogram(found.into_iter(), [key.low, key.high], bins), known, without }
}

fn legend(scene: &Scene, values: &ThemeValues, key: Key, histogram: Option<Histogram>) -> Option<Legend> {
    let buildings = |manifest: &Manifest| manifest.layers.iter().find(|layer| layer.kind == LayerKind::Buildings).and_then(|layer| layer.datasets.first().cloned());
    let ours = || DatasetId::from("jumeau");
    let (title, unit, nature, dataset) = match scene.theme() {
        Theme::None => return None,
        Theme::Demand => (
            Words::Key("theme-demand"),
            Words::Key("unit-watt-per-square-metre"),
            Nature::Simulated,
            series::demand(&scene.manifest).map_or_else(ours, |choice| choice.dataset().clone()),
        ),
        Theme::ConstructionYear => {
            (Words::Key("theme-construction-year"), Words::Key("unit-year"), Nature::Declared, buildings(&scene.manifest).unwrap_or_else(ours))
        }
        Theme::Series => {
            let choice = active(scene, &scene.manifest)?;
            (choice.title_apart(&scene.manifest), Words::Said(choice.unit().to_owned()), choice.nature(), choice.dataset().clone())
        }
        Theme::Attribute => {
            let attribute = shown_attribute(scene)?;
            let layer = scene.manifest.layer(&attribute.layer);
            // What is computed of made-up things is made up.
            let of_layer = layer.map_or(Nature::Declared, |layer| layer.nature);
            let nature = attributes::nature(&attribute.name).filter(|_| of_layer != Nature::Made).unwrap_or(of_layer);
            let dataset = layer.and_then(|layer| layer.datasets.first().cloned()).unwrap_or_else(ours);
            (attributes::title(&attribute.name), attributes::unit(&attribute.name), nature, dataset)
        }
    };
    let of_series = is_of_series(scene);
    let raising = key.clone();
    let key_is_cut = key.ends.len() > 1 && of_values(scene) && values.kinds.is_empty();
    // Where all is made up the legend says so already.
    let says_so = scene.manifest.is_made_up(&dataset);
    Some(Legend {
        title,
        unit,
        low: key.low,
        high: key.high,
        exponent: key.exponent,
        attribute: shown_attribute(scene).filter(|_| scene.theme() == Theme::Attribute).map_or_else(String::new, |attribute| attribute.name.clone()),
        names: names(scene, values),
        ends: key.ends,
        colours: key.colours,
        nature,
        dataset,
        histogram,
        is_waiting: is_waiting(scene, values),
        mean_over: wants_mean(&scene.state).filter(|_| of_series).and_then(|span| inside(span, values.axis.as_ref()?)),
        is_too_long: values.mean.as_ref().is_some_and(|mean| mean.is_too_long) && wants_mean(&scene.state).is_some(),
        is_outside: is_outside(scene, values),
        counts_classes: of_values(scene),
        band: active(scene, &scene.manifest).and_then(|choice| choice.series.band),
        is_approximate: key_is_cut && values.classes.as_ref().is_some_and(|classes| !classes.is_exact),
        is_directed: active(scene, &scene.manifest).is_some_and(|choice| choice.series.directed),
        is_typical: active(scene, &scene.manifest).is_some_and(|choice| choice.series.typical_year),
        note: match active(scene, &scene.manifest) {
            Some(choice) if [rooms::FEED, rooms::DRAW].contains(&choice.id) => "legend-room",
            _ if scene.gathered().is_some() => "legend-gathered",
            _ if scene.theme() == Theme::ConstructionYear && !says_so && shows_made_networks(scene) => "legend-years-made",
            _ => "",
        },
        raise: raise_of(scene, &raising),
    })
}

fn is_of_series(scene: &Scene) -> bool {
    matches!(scene.theme(), Theme::Demand | Theme::Series)
}

/// Whether the instant lies beside all values of the series.
fn is_outside(scene: &Scene, values: &ThemeValues) -> bool {
    is_of_series(scene) && values.plan.is_some() && values.axis.is_some() && values.is_outside(&scene.state)
}

/// Whether values of the instant are on their way.
fn is_waiting(scene: &Scene, values: &ThemeValues) -> bool {
    is_of_series(scene) && !is_outside(scene, values) && !values.failed && values.shown.is_some() && values.ready(&scene.state).is_none()
}

/// Whether networks are in view that nobody surveyed; their years are as made up as they are.
fn shows_made_networks(scene: &Scene) -> bool {
    scene.manifest.layers.iter().any(|layer| layer.kind == LayerKind::Networks && layer.nature == Nature::Made && layer.features > 0 && !scene.is_hidden(&layer.id))
}

/// What a metre of height stands for, where values can be told by heights, and whether they are.
fn raise_of(scene: &Scene, key: &Key) -> Option<Raise> {
    let metres_per_unit = super::raise::metres_per_unit(scene, key);
    (metres_per_unit > 0.0).then(|| Raise { value_per_m: metres_per_unit.recip(), is_on: scene.state.raised })
}

/// What the classes are called, where they are kinds.
fn names(scene: &Scene, values: &ThemeValues) -> Vec<String> {
    if scene.theme() != Theme::Attribute {
        return Vec::new();
    }
    let others = values.has_others.then(String::new);
    values.kinds.iter().take(if values.has_others { OTHER_KIND as usize } else { usize::MAX }).cloned().chain(others).collect()
}

/// What of a part of time a series reaches over.
fn inside(span: Interval, axis: &Axis) -> Option<Interval> {
    let of = Interval { start: span.start.max(axis.start), end: span.end.min(axis.end) };
    (of.start < of.end).then_some(of)
}
