//! Themes: what colours mean at the instant.
//!
//! Reads: [`Scene`] (theme, series, instant, year, selection), the series in memory. Writes: [`SceneUniform`]'s overlay part, [`Profiles`], the tables of
//! [`Featured`] tiles, the legend.
//! A page of the series lies on the card; inside it the slider changes a few numbers of the uniform. The page that comes next is written ahead, in place.

mod course;
mod legend;
mod mean;
pub mod pages;
mod raise;
pub mod roofs;

use super::attributes::{Attributes, Seen};
use super::join::{Join, Named, OTHER_KIND, Rows, passes};
use super::lift::{self, Lifts};
use super::material::{LineWrite, LineWrites, Profiles, SceneUniform, SeriesUploads, TileMaterial};
use super::series::{self, Choice, SeriesStore};
use super::textures::{NO_VALUE, VALUES_WIDTH, feature_hash, filtered_records, table_image, value_image};
use super::resident::Resident;
use super::vocab::{DrawnCamera, Featured, RoofsWaiting, Scene, SceneFacts, ValuesWaiting, ViewerSystems};
use crate::formats::territory::{Axis, Manifest};
use crate::formats::zarr::Layout;
use crate::base::Interval;
use crate::view::{Attribute, Filter, Theme, ViewState};
use crate::view::curve::is_amount;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::sync::Arc;
use mean::Mean;
use pages::{LINE_VALUES, Pages, Plan, Slot};

/// Rows of the texture that are written in one frame: 4 MiB of the page that is waited for, 1 MiB of the one that comes next.
const LINES_NOW: usize = 128;
const LINES_AHEAD: usize = 32;
/// Rows and steps of a series that its scale is drawn up from, where the importer did not count.
const SAMPLE_ROWS: usize = 500;
const SAMPLE_STEPS: usize = 40;
/// Values of a series that are all looked at where they are at hand, so that its classes are exact.
const ALL_VALUES: usize = 1 << 19;

/// What is shown of a series: its values on the card, and how features find theirs.
#[derive(Resource, Default)]
pub struct ThemeValues {
    /// Id of the choice; the demand's own for the demand theme.
    shown: Option<String>,
    path: String,
    axis: Option<Axis>,
    interpolates: bool,
    layout: Option<Layout>,
    plan: Option<Plan>,
    pages: Pages,
    /// Over the interval of the clock, while it is wanted.
    mean: Option<Mean>,
    join: Option<Arc<Join>>,
    /// Changes with what features are looked up by.
    generation: u64,
    /// Values of the series, sorted, that its scale is drawn up from.
    sample: Vec<f64>,
    is_sampled: bool,
    /// Whether these are all values there are.
    is_complete: bool,
    /// Changes with the sample.
    sampled: u64,
    /// Its classes, found once.
    classes: Option<legend::Classes>,
    /// Kinds of the attribute that is shown, a colour each, in the order of their names.
    kinds: Vec<String>,
    /// Whether there are kinds without a colour of their own.
    has_others: bool,
    /// Of the attributes in memory, when the sample was taken.
    attributes: u64,
    step: Option<usize>,
    forwards: bool,
    has_moved: bool,
    failed: bool,
    /// Of the memory, when this began.
    epoch: u64,
}

impl ThemeValues {
    /// The step of an instant, where the series has one.
    fn step_at(&self, instant: crate::base::Instant) -> Option<usize> {
        let step = usize::try_from(self.axis.as_ref()?.step_at(instant)?).ok()?;
        (step < self.plan.as_ref()?.steps).then_some(step)
    }

    /// How far an instant is on the way from its step to the next one, where the series may be interpolated.
    fn part_at(&self, instant: crate::base::Instant, step: usize) -> f32 {
        let (Some(axis), Some(plan)) = (&self.axis, &self.plan) else { return 0.0 };
        if !self.interpolates || step + 1 >= plan.steps {
            return 0.0;
        }
        match (axis.start_of(step as u64), axis.start_of(step as u64 + 1)) {
            (Some(from), Some(to)) if to > from => ((instant.0 - from.0) as f64 / (to.0 - from.0) as f64) as f32,
            _ => 0.0,
        }
    }

    /// What the card holds for a row at an instant: no data, or nothing yet, is none.
    pub fn held(&self, row: usize, instant: crate::base::Instant) -> Option<f32> {
        let step = self.step_at(instant)?;
        let slot = self.pages.slot_of(self.plan.as_ref()?, step)?;
        self.pages.slots.get(slot)?.value(self.plan.as_ref()?, row, step)
    }

    /// Steps of one page.
    pub fn page_steps(&self) -> Option<usize> {
        self.plan.as_ref().map(|plan| plan.page_steps)
    }

    /// What is shown, once it is there: the page that holds the instant, or the mean over the interval.
    fn ready(&self, state: &ViewState) -> Option<Shown> {
        self.join.as_ref()?;
        if wants_mean(state).is_some() {
            return self.mean.as_ref().filter(|mean| mean.is_ready).map(|_| Shown::Mean);
        }
        let step = self.step_at(state.instant)?;
        Some(Shown::Step { slot: self.pages.slot_of(self.plan.as_ref()?, step)?, step })
    }

    /// The value of a row there; `None` for no data.
    fn value(&self, shown: Shown, row: usize) -> Option<f32> {
        match shown {
            Shown::Step { slot, step } => self.pages.slots.get(slot)?.value(self.plan.as_ref()?, row, step),
            Shown::Mean => self.mean.as_ref()?.value(row),
        }
    }

    /// Whether there is nothing to show: the series does not reach the instant, or no step begins in the interval.
    fn is_outside(&self, state: &ViewState) -> bool {
        match wants_mean(state) {
            Some(_) => self.mean.as_ref().is_some_and(|mean| !mean.has_steps() || mean.is_too_long),
            None => self.step_at(state.instant).is_none(),
        }
    }
}

/// What the colours are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Step { slot: usize, step: usize },
    Mean,
}

/// The interval whose mean is to be shown. A clock that plays shows its instants.
fn wants_mean(state: &ViewState) -> Option<Interval> {
    state.span.filter(|_| state.mean && !state.playback.playing)
}

pub struct OverlayPlugin;

impl Plugin for OverlayPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ThemeValues>()
            .init_resource::<ValuesWaiting>()
            .init_resource::<Lifts>()
            .init_resource::<roofs::Carrying>()
            .init_resource::<RoofsWaiting>()
            .add_systems(
                Update,
                (
                    (load_values, legend::classify, write_overlay, roofs::shine, roofs::tell, raise::tell, course::run).chain().in_set(ViewerSystems::Prepare),
                    bind_tables.after(ViewerSystems::Stream).before(ViewerSystems::Report),
                    raise::make_room.after(ViewerSystems::Stream).before(ViewerSystems::Report),
                    legend::describe.in_set(ViewerSystems::Report),
                )
                    .run_if(resource_exists::<Scene>),
            );
    }
}

/// The series that the theme shows.
fn active<'a>(scene: &Scene, manifest: &'a Manifest) -> Option<Choice<'a>> {
    match scene.theme() {
        Theme::Demand => series::demand(manifest),
        Theme::Series => series::choice(manifest, scene.series()?).filter(|choice| choice.layer().is_some()),
        Theme::None | Theme::ConstructionYear | Theme::Attribute => None,
    }
}

/// The attribute that the theme shows.
fn shown_attribute(scene: &Scene) -> Option<&Attribute> {
    scene.state.attribute.as_ref().filter(|_| scene.theme() == Theme::Attribute)
}

/// Takes over what is known of the attribute that is shown; its kinds get their colours in the order of their names.
fn load_attribute(attribute: &Attribute, features: u64, attributes: &Attributes, values: &mut ThemeValues) {
    if values.attributes == attributes.changes && values.join.is_some() {
        return;
    }
    values.attributes = attributes.changes;
    let seen = attributes.get(attribute);
    let kinds = seen.map(|seen| seen.kinds()).unwrap_or_default();
    values.has_others = kinds.len() > OTHER_KIND as usize + 1;
    let most = OTHER_KIND as usize + usize::from(!values.has_others);
    // The most frequent ones have colours, in the order of their names: whichever tile came first, the same kinds look the same.
    let mut named: Vec<String> = kinds.into_iter().take(most).map(str::to_owned).collect();
    named.sort();
    if values.join.is_none() || named != values.kinds {
        let of_kinds = || named.iter().enumerate().map(|(place, kind)| (kind.clone(), place as u32)).collect();
        let is_text = seen.is_some_and(|seen| seen.is_text());
        values.join = Some(Arc::new(Join::Attribute(Named { attribute: attribute.clone(), kinds: is_text.then(of_kinds) })));
        values.kinds = named;
        values.generation += 1;
    }
    values.sample = seen.map(Seen::sample).unwrap_or_default();
    values.is_complete = seen.is_some_and(|seen| seen.is_complete(features));
    values.sampled += 1;
}

#[expect(clippy::too_many_arguments, reason = "a series touches memory, images and the materials that wait for it")]
fn load_values(
    scene: Res<Scene>,
    drawn: Res<DrawnCamera>,
    mut store: ResMut<SeriesStore>,
    mut values: ResMut<ThemeValues>,
    mut profiles: ResMut<Profiles>,
    mut writes: ResMut<LineWrites>,
    mut uploads: ResMut<SeriesUploads>,
    mut images: ResMut<Assets<Image>>,
    mut materials: ResMut<Assets<TileMaterial>>,
    mut waiting: ResMut<ValuesWaiting>,
    mut facts: ResMut<SceneFacts>,
    attributes: Res<Attributes>,
) {
    let store = store.bypass_change_detection();
    let choice = active(&scene, &scene.manifest);
    let attribute = shown_attribute(&scene);
    // Ids of series hold no control characters.
    let named = attribute.map(|attribute| format!("{}\n{}", attribute.layer.as_str(), attribute.name));
    let wanted = choice.map(|choice| choice.id).or(named.as_deref());
    if values.shown.as_deref() != wanted || values.epoch != store.epoch {
        *values = ThemeValues {
            epoch: store.epoch,
            shown: wanted.map(str::to_owned),
            path: choice.map_or_else(String::new, |choice| choice.series.path.clone()),
            axis: choice.map(|choice| choice.axis.clone()),
            interpolates: choice.is_some_and(|choice| choice.interpolates()),
            forwards: true,
            generation: values.generation + 1,
            sampled: values.sampled + 1,
            ..ThemeValues::default()
        };
    }
    if let Some(attribute) = attribute {
        if values.attributes != attributes.changes || values.join.is_none() {
            let features = scene.manifest.layer(&attribute.layer).map_or(0, |layer| layer.features);
            load_attribute(attribute, features, &attributes, &mut values);
        }
        waiting.set_if_neq(ValuesWaiting(usize::from(attributes.is_behind)));
        return;
    }
    let Some(choice) = choice else {
        waiting.set_if_neq(ValuesWaiting(0));
        return;
    };
    if values.failed != store.has_failed(&values.path) {
        values.failed = store.has_failed(&values.path);
    }
    let is_settled = values.failed || {
        let is_here = values.plan.is_some() && values.join.is_some();
        is_here && settle_pages(&scene, &drawn, store, &mut values, &profiles, &mut writes, &mut uploads) && settle_mean(&scene, store, &mut values, &profiles, &mut writes, &mut uploads)
    };
    if !values.failed && values.plan.is_none() && let Some(layout) = store.layout(&choice.series.path).cloned() {
        match Plan::new(layout.rows, layout.steps, layout.chunk_steps, values.interpolates) {
            Some(plan) => {
                let handle = images.add(value_image(VALUES_WIDTH, plan.lines() * plan.slots() + plan.mean_lines()));
                // Tiles that came first bound another one; they take this one now.
                let bound: Vec<_> = materials.iter().map(|(id, _)| id).collect();
                for id in bound {
                    if let Some(mut material) = materials.get_mut(id) {
                        material.profiles = Some(handle.clone());
                    }
                }
                profiles.0 = Some(handle);
                (values.plan, values.layout) = (Some(plan), Some(layout));
            }
            None => {
                facts.fault("error-series-too-large", format!("{}: {} × {}", choice.id, layout.rows, layout.steps));
                values.failed = true;
            }
        }
    }
    if !values.failed && values.join.is_none() && let Some(join) = join(&choice, &scene, store) {
        values.join = Some(Arc::new(join));
        values.generation += 1;
    }
    let is_settled = is_settled || Rows::have_failed(&choice, store);
    waiting.set_if_neq(ValuesWaiting(usize::from(!is_settled)));
}

/// How features find their rows; `None` while the names of the rows are on their way.
fn join(choice: &Choice, scene: &Scene, store: &mut SeriesStore) -> Option<Join> {
    if scene.theme() == Theme::Demand { Some(Join::Own) } else { Rows::of(choice, store).map(Join::Rows) }
}

/// Brings the page of the instant, then the next one where the clock moves, onto the card; whether they are there.
fn settle_pages(
    scene: &Scene,
    drawn: &DrawnCamera,
    store: &mut SeriesStore,
    values: &mut ThemeValues,
    profiles: &Profiles,
    writes: &mut LineWrites,
    uploads: &mut SeriesUploads,
) -> bool {
    let step = values.step_at(scene.state.instant);
    let ThemeValues { plan, layout, pages, path, .. } = values;
    let (Some(plan), Some(layout), Some(image)) = (*plan, layout.as_ref(), profiles.0.as_ref()) else { return false };
    // Outside of the series there is nothing to wait for, but something to count its scale from.
    let at = step.unwrap_or(0).min(plan.steps.saturating_sub(1));
    if let (Some(before), Some(now)) = (values.step, step)
        && before != now
    {
        (values.forwards, values.has_moved) = (now > before, true);
    }
    values.step = step.or(values.step);
    let page = plan.page_of(at);
    let keep = values.has_moved.then(|| Pages::next(&plan, at, values.forwards)).flatten();
    let place = |pages: &Pages, page: usize, other: Option<usize>| {
        let holds = pages.slots.iter().position(|slot| slot.page == Some(page));
        let free = || pages.slots.iter().take(plan.slots()).position(|slot| slot.page.is_none() || slot.page != other);
        holds.or_else(free).unwrap_or(0)
    };
    let begin = |pages: &mut Pages, page: usize, other: Option<usize>| {
        let at = place(pages, page, other);
        let slot = &mut pages.slots[at];
        if slot.page != Some(page) {
            *slot = Slot::begin(page, &plan, layout);
        }
        at
    };
    let current = begin(pages, page, keep);
    let mut fill = |slot_at: usize, slot: &mut Slot, lines: usize| {
        if slot.is_ready {
            return;
        }
        let missing = std::mem::take(&mut slot.missing);
        for chunk in missing {
            if store.want(path, chunk) {
                slot.copy(chunk, &plan, layout, |row, steps| store.run(path, row, steps));
            } else {
                slot.missing.push(chunk);
            }
        }
        if slot.missing.is_empty() {
            let lines = lines.min(plan.lines() - slot.written);
            let part = slot.values.get(slot.written * LINE_VALUES..(slot.written + lines) * LINE_VALUES).unwrap_or_default();
            writes.0.push(LineWrite {
                image: image.id(),
                first_line: (slot_at * plan.lines() + slot.written) as u32,
                width: VALUES_WIDTH as u32,
                lines: lines as u32,
                line_bytes: (LINE_VALUES * 4) as u32,
                bytes: part.iter().flat_map(|value| value.to_le_bytes()).collect(),
            });
            uploads.0 += 1;
            slot.written += lines;
            slot.is_ready = slot.written >= plan.lines();
        }
    };
    let at_once = if drawn.at_once { usize::MAX } else { LINES_NOW };
    fill(current, &mut pages.slots[current], at_once.min(plan.lines()));
    let is_ready = pages.slots[current].is_ready;
    let mut is_ahead = true;
    if is_ready && let Some(next) = keep.filter(|next| *next != page && !drawn.at_once) {
        let ahead = begin(pages, next, Some(page));
        fill(ahead, &mut pages.slots[ahead], LINES_AHEAD);
        is_ahead = pages.slots[ahead].is_ready;
    }
    if is_ready && !values.is_sampled {
        values.is_sampled = true;
        (values.sample, values.is_complete) = sample(scene, values, current);
        values.sampled += 1;
    }
    is_ready && is_ahead
}

/// Adds up the mean of the interval, where it is wanted; whether it is there.
fn settle_mean(scene: &Scene, store: &mut SeriesStore, values: &mut ThemeValues, profiles: &Profiles, writes: &mut LineWrites, uploads: &mut SeriesUploads) -> bool {
    let Some(span) = wants_mean(&scene.state) else { return true };
    let ThemeValues { plan: Some(plan), layout: Some(layout), axis: Some(axis), mean, path, .. } = values else { return false };
    let Some(image) = profiles.0.as_ref() else { return false };
    if mean.as_ref().is_none_or(|mean| mean.of != span) {
        let is_amount = active(scene, &scene.manifest).is_some_and(|choice| is_amount(choice.unit()));
        *mean = Some(Mean::begin(span, axis, is_amount, plan, layout));
    }
    mean.as_mut().is_none_or(|mean| mean.go_on(path, plan, layout, image.id(), store, writes, &mut uploads.0))
}

/// Values that the scale is drawn up from, in order, and whether they are all: all of a series that one page holds, else the importer's own count, else
/// some of the page that came first.
fn sample(scene: &Scene, values: &ThemeValues, slot: usize) -> (Vec<f64>, bool) {
    let (Some(plan), Some(Join::Rows(rows))) = (&values.plan, values.join.as_deref()) else { return (Vec::new(), false) };
    let Some(slot) = values.pages.slots.get(slot) else { return (Vec::new(), false) };
    let range = slot.page.map_or(0..0, |page| plan.range(page));
    let keyed = rows.sample(usize::MAX);
    let is_all = plan.pages() == 1 && keyed.len().saturating_mul(range.len()) <= ALL_VALUES;
    let choice = active(scene, &scene.manifest);
    let counted = choice.filter(|choice| choice.scaled.is_none()).map(|choice| &choice.series.quantiles).filter(|quantiles| quantiles.len() > 1);
    if let Some(quantiles) = counted.filter(|_| !is_all) {
        return (quantiles.iter().map(|value| f64::from(*value)).collect(), false);
    }
    let (rows_apart, steps_apart) = if is_all { (1, 1) } else { (keyed.len().div_ceil(SAMPLE_ROWS).max(1), range.len().div_ceil(SAMPLE_STEPS).max(1)) };
    let mut found: Vec<f64> = Vec::new();
    for (row, scale) in keyed.into_iter().step_by(rows_apart) {
        let of_row = range.clone().step_by(steps_apart);
        found.extend(of_row.filter_map(|step| slot.value(plan, row as usize, step)).map(|value| f64::from(value * scale)));
    }
    found.sort_by(f64::total_cmp);
    (found, is_all)
}

fn write_overlay(scene: Res<Scene>, values: Res<ThemeValues>, mut uniform: ResMut<SceneUniform>) {
    if !scene.is_changed() && !values.is_changed() {
        return;
    }
    let state = &scene.state;
    let selected = state.selection.as_ref().map_or(0, |selection| feature_hash(&selection.id));
    let key = legend::key(&scene, &values);
    let theme = match scene.theme() {
        Theme::None => 0,
        Theme::Demand | Theme::Series | Theme::Attribute => 1,
        Theme::ConstructionYear => 2,
    };
    let step = values.step_at(state.instant);
    let ready = values.ready(state);
    // Outside the series every feature is "no data"; on its way it is not yet anything. The shader reads both in the colour's w.
    let mark = match (theme, ready) {
        _ if scene.theme() == Theme::Attribute => 0.0,
        (1, Some(_)) | (0 | 2, _) => 0.0,
        _ if values.plan.is_some() && values.is_outside(state) => 1.0,
        _ if values.failed || values.shown.is_none() => 1.0,
        _ => 2.0,
    };
    let plan = values.plan;
    let (offset, stride) = match (ready, plan) {
        (Some(Shown::Step { slot, step }), Some(plan)) => (plan.offset(slot, step), plan.stride),
        (Some(Shown::Mean), Some(plan)) => (plan.mean_offset(), 1),
        _ => (0, 1),
    };
    let mut next = uniform.clone();
    next.overlay = UVec4::new(theme, offset as u32, stride as u32, selected);
    next.overlay_range = Vec4::new(key.low as f32, key.high as f32, scene.state.year as f32, step.filter(|_| ready != Some(Shown::Mean)).map_or(0.0, |step| values.part_at(state.instant, step)));
    let series = active(&scene, &scene.manifest).map(|choice| choice.series);
    let [least, most] = series.and_then(|series| series.band).unwrap_or_default();
    next.band = Vec4::new(least as f32, most as f32, if series.is_some_and(|series| series.directed) { 1.0 } else { 0.0 }, legend::darkness(&scene) as f32);
    next.no_data_colour = Vec4::new(0.62, 0.62, 0.62, mark);
    let metres_per_unit = if state.raised { raise::metres_per_unit(&scene, &key) } else { 0.0 };
    (next.raise.x, next.raise.y) = (metres_per_unit as f32, lift::MOST_M as f32);
    for (slot, colour) in next.ramp.iter_mut().zip(&key.colours) {
        *slot = linear(*colour).extend(0.0);
    }
    next.ramp[0].w = key.exponent as f32;
    next.ramp[1].w = key.ends.len() as f32;
    next.ramp[2].w = plan.map_or(0.0, |plan| plan.rows as f32);
    let inner = key.ends.len().saturating_sub(1);
    let end = |at: usize| key.ends.get(at).filter(|_| at < inner).map_or(f32::MAX, |end| *end as f32);
    next.breaks = [Vec4::new(end(0), end(1), end(2), end(3)), Vec4::new(end(4), end(5), end(6), end(7))];
    *uniform = next;
}

/// Writes the rows of values into the tables of tiles: of all when the series changes, of those that have come since otherwise.
#[expect(clippy::too_many_arguments, reason = "a table is made of the series, the filters and the roofs")]
fn bind_tables(
    scene: Res<Scene>,
    values: Res<ThemeValues>,
    carrying: Res<roofs::Carrying>,
    resident: Res<Resident>,
    featured: Query<Ref<Featured>>,
    mut bound: Local<(u64, u64, Vec<Filter>)>,
    mut images: ResMut<Assets<Image>>,
    mut materials: ResMut<Assets<TileMaterial>>,
    mut uploads: ResMut<SeriesUploads>,
) {
    let is_own = !matches!(scene.theme(), Theme::Series | Theme::Attribute) || values.join.is_none();
    let filters = &scene.state.filters;
    let all = bound.0 != values.generation || bound.1 != carrying.generation || bound.2 != *filters;
    if all {
        *bound = (values.generation, carrying.generation, filters.clone());
    }
    let own = Join::Own;
    let join = if is_own { &own } else { values.join.as_deref().unwrap_or(&own) };
    // Tables come with their own rows.
    let roofs = carrying.rows.as_deref();
    if !all && is_own && filters.is_empty() && roofs.is_none() {
        return;
    }
    let mut made: HashMap<(usize, crate::stream::TileId, usize), Handle<Image>> = HashMap::default();
    for piece in featured.iter().filter(|piece| all || piece.is_added()) {
        let Some(layer) = resident.layers.get(piece.layer) else { continue };
        let Some(table) = layer.tiles.get(&piece.tile).and_then(|tile| tile.tables.get(piece.table)) else { continue };
        let image = made.entry((piece.layer, piece.tile, piece.table)).or_insert_with(|| {
            uploads.0 += 1;
            images.add(table_image(&filtered_records(table, &|row| join.record(&layer.id, table, row), &|row| passes(filters, &layer.id, table, row), &|row| roofs.is_some_and(|roofs| roofs.has(&layer.id, table, row)))))
        });
        for handle in [&piece.solid, &piece.fading] {
            if let Some(mut material) = materials.get_mut(handle) {
                material.table = Some(image.clone());
            }
        }
    }
}

fn linear([r, g, b]: [u8; 3]) -> Vec3 {
    let colour = Color::srgb_u8(r, g, b).to_linear();
    Vec3::new(colour.red, colour.green, colour.blue)
}

/// Whether a value is there.
fn is_value(value: f32) -> bool {
    value > 0.5 * NO_VALUE
}
