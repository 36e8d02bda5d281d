//! What each command does, and how a state is kept inside its limits.

use super::{
    attribute, Breaks, Camera, Command, DrawnArea, FlowChoice, Limits, Placed, Playback, Proposal, Quality, RoofChoice, RoofLoad, Scale, Selection, Theme, ViewState, landing, timeline,
};
use super::colours::Palette;
use crate::base::{Instant, Interval, Language, LayerId};
use std::collections::BTreeSet;

/// Lowest and highest pitch, degrees. The eye stays above its target, so that it cannot dive under level ground.
pub const PITCH_DEG: [f64; 2] = [-90.0, -1.0];
/// Slowest and fastest clock: real time, and ten days a second.
pub const SPEED: [f64; 2] = [1.0, 864_000.0];
/// The longest tick that counts, seconds: a window that was hidden for an hour does not jump.
pub const MAX_TICK_S: f64 = 1.0;
/// Most layers that can be hidden at once.
pub const MAX_HIDDEN: usize = 32;
/// Longest id of a layer, bytes.
pub const MAX_LAYER_BYTES: usize = 64;
/// Longest id of a selected feature, bytes.
pub const MAX_ID_BYTES: usize = 200;

/// Longest id of a series, bytes.
pub const MAX_SERIES_BYTES: usize = 200;

/// Ellipsoidal heights of targets, metres: wider than the Earth's surface, narrow enough for sums to stay exact.
const HEIGHT_M: [f64; 2] = [-1_000.0, 10_000.0];
/// One pan, metres; farther is meant for `LookAt`.
const MAX_PAN_M: f64 = 100_000.0;

/// The state a territory opens with.
pub fn opening(territory: &str, instant: Instant, limits: &Limits) -> ViewState {
    let state = ViewState {
        territory: territory.to_owned(),
        camera: limits.home,
        instant,
        year: i32::from(limits.clock.read(instant).year),
        playback: Playback::default(),
        hidden: BTreeSet::new(),
        theme: Theme::None,
        selection: None,
        language: Language::default(),
        underground: false,
        quality: Quality::default(),
        series: None,
        span: None,
        scale: Scale::default(),
        attribute: None,
        filters: Vec::new(),
        roof: RoofChoice::default(),
        plan: None,
        raised: false,
        balance: false,
        flows: FlowChoice::default(),
        proposal: Proposal::default(),
        mean: false,
        gather: true,
        area: DrawnArea::default(),
    };
    kept_inside(state, limits)
}

/// The state after a command; never outside `limits`.
///
/// A command that holds a number that is none (NaN, infinite) is ignored as a whole; so is one that names an impossible id.
pub fn apply(state: &ViewState, command: &Command, limits: &Limits) -> ViewState {
    let mut next = state.clone();
    match command {
        Command::LookAt { camera } => {
            if is_finite(camera) {
                next.camera = *camera;
            }
        }
        Command::Orbit {
            heading_deg,
            pitch_deg,
        } => {
            if heading_deg.is_finite() && pitch_deg.is_finite() {
                next.camera.heading_deg += heading_deg % 360.0;
                next.camera.pitch_deg += pitch_deg;
            }
        }
        Command::Zoom { factor } => {
            if factor.is_finite() && *factor > 0.0 {
                next.camera.distance_m *= factor;
            }
        }
        Command::Pan { right_m, forward_m } => {
            if right_m.is_finite() && forward_m.is_finite() {
                let reach = [-MAX_PAN_M, MAX_PAN_M];
                next.camera.target = panned(
                    &next.camera,
                    within(*right_m, reach),
                    within(*forward_m, reach),
                );
            }
        }
        Command::Home => next.camera = limits.home,
        Command::North => next.camera.heading_deg = 0.0,
        Command::SetInstant { instant } => set_instant(&mut next, *instant),
        Command::StepInstant { seconds } => {
            let instant = next.instant.plus_seconds(*seconds);
            set_instant(&mut next, instant);
        }
        Command::StepClock { unit, count } => {
            let instant = timeline::stepped(limits.clock, next.instant, *unit, *count);
            set_instant(&mut next, instant);
        }
        Command::SetSpan { span } => next.span = *span,
        Command::ShowMean { shown } => next.mean = *shown,
        Command::SetGather { gather } => next.gather = *gather,
        Command::SetYear { year } => {
            let instant = in_year(next.instant, *year, limits);
            set_instant(&mut next, instant);
        }
        Command::Play { playing } => next.playback.playing = *playing,
        Command::SetSpeed { speed } => {
            if speed.is_finite() {
                next.playback.speed = *speed;
            }
        }
        Command::ShowLayer { layer, visible } => {
            if *visible {
                next.hidden.remove(layer);
            } else if next.hidden.len() < MAX_HIDDEN {
                next.hidden.insert(layer.clone());
            }
        }
        Command::SetTheme { theme } => {
            let is_there = match theme {
                Theme::Series => is_on_features(next.series.as_deref(), limits),
                Theme::Attribute => next.attribute.is_some(),
                Theme::None | Theme::Demand | Theme::ConstructionYear => true,
            };
            if is_there {
                next.theme = *theme;
                // The curve beside the demand is the demand's, and no longer that of a series shown before.
                if *theme == Theme::Demand {
                    next.series = None;
                }
            }
        }
        Command::ShowAttribute { attribute } => {
            if attribute.as_ref().is_none_or(attribute::Attribute::is_sound) {
                next.attribute.clone_from(attribute);
                match attribute {
                    Some(_) => next.theme = Theme::Attribute,
                    None if next.theme == Theme::Attribute => next.theme = Theme::None,
                    None => {}
                }
            }
        }
        Command::SetFilters { filters } => {
            if attribute::are_sound(filters) {
                next.filters.clone_from(filters);
            }
        }
        Command::ShowSeries { series } => show_series(&mut next, series.as_deref(), limits),
        Command::NextSeries { by } => {
            let count = limits.series.len() as i64;
            let place = limits.series.iter().position(|known| Some(&known.id) == next.series.as_ref());
            // Before the first stands "none", so that going on comes back to the plain map.
            let place = (place.map_or(0, |place| place as i64 + 1) + i64::from(*by)).rem_euclid(count + 1);
            let series = usize::try_from(place - 1).ok().and_then(|place| limits.series.get(place)).map(|known| known.id.clone());
            show_series(&mut next, series.as_deref(), limits);
        }
        Command::SetScale { scale } => {
            if scale.is_sound() {
                next.scale.clone_from(scale);
            }
        }
        Command::SetRaised { raised } => next.raised = *raised,
        Command::ShowBalance { shown } => next.balance = *shown,
        Command::SetUnderground { underground } => next.underground = *underground,
        Command::SetQuality { quality } => next.quality = *quality,
        Command::Select { selection } => {
            if selection.as_ref().is_none_or(is_selectable) {
                next.roof.follow(next.selection.as_ref(), selection.as_ref());
                next.selection.clone_from(selection);
            }
        }
        Command::GoTo { at, span_m, selection } => {
            if at.iter().all(|part| part.is_finite()) && span_m.is_finite() && selection.as_ref().is_none_or(is_selectable) {
                next.camera = landing(&state.camera, *at, *span_m);
                next.roof.follow(next.selection.as_ref(), selection.as_ref());
                next.selection.clone_from(selection);
            }
        }
        Command::SetRoofLoad { load, kwh } => (next.roof.load, next.roof.load_kwh) = (*load, *kwh),
        Command::SetRoofBattery { kwh } => {
            if kwh.is_finite() {
                next.roof.battery_kwh = *kwh;
            }
        }
        Command::SetRoofHeatPump { on, kwh } => (next.roof.heat_pump, next.roof.heat_kwh) = (*on, *kwh),
        Command::SetRoofAmount { amount, value } => next.roof.own(*amount, *value),
        Command::SetRoofSale { all } => next.roof.sell_all = *all,
        Command::CoverRoofPlane { plane, covered } => next.roof.cover(*plane, *covered),
        Command::SetRoofModule { plane, place, on } => next.roof.module(*plane, *place, *on),
        Command::SetRoofLayout { lay, margin_m } => next.roof.lay(*lay, *margin_m),
        Command::FellRoofTree { tree } => next.roof.felled = *tree,
        Command::SetRoofTerrain { bare } => next.roof.bare = *bare,
        Command::ResetRoof => next.roof.reset(),
        Command::ShowPlan { plan } => next.plan.clone_from(plan),
        Command::ShowFlows { shown } => next.flows.shown = *shown,
        Command::SetEquipped { percent } => next.flows.equipped_percent = *percent,
        Command::SetFlowSpan { over } => next.flows.over = *over,
        Command::RoofMeter { csv, .. } => match csv {
            Some(_) => (next.roof.load, next.roof.load_kwh) = (RoofLoad::Meter, None),
            None if next.roof.load == RoofLoad::Meter => next.roof.load = RoofLoad::default(),
            None => {}
        },
        Command::UseTool { tool } => {
            next.proposal.tool = *tool;
            // A click does one thing.
            if tool.is_some() && next.area.drawing {
                next.area.draw(false);
            }
        }
        Command::DrawArea { drawing } => {
            next.area.draw(*drawing);
            if *drawing {
                next.proposal.tool = None;
            }
        }
        Command::AddCorner { at } => next.area.add(*at),
        Command::AddCornerHere => {
            let [lon, lat, _] = next.camera.target;
            next.area.add([lon, lat]);
        }
        Command::RemoveCorner => next.area.take_back(),
        Command::SetArea { corners } => next.area = DrawnArea { corners: corners.clone(), drawing: false },
        Command::Place { at, thing } => next.proposal.place(Placed { at: *at, thing: thing.clone() }),
        Command::PlaceHere { tool } => {
            let [lon, lat, _] = next.camera.target;
            next.proposal.place(Placed { at: [lon, lat], thing: tool.usual([lon, lat]) });
        }
        Command::ChoosePlaced { index } => next.proposal.chosen = *index,
        Command::MovePlaced { index, east_m, north_m } => next.proposal.shift(*index, *east_m, *north_m),
        Command::PutPlaced { index, at } => next.proposal.put(*index, *at),
        Command::ChangePlaced { index, thing } => next.proposal.change(*index, thing),
        Command::RemovePlaced { index } => next.proposal.remove(*index),
        Command::SetSiteLimit { kw } => next.proposal.limit_kw = *kw,
        Command::SetBatteryUse { battery_use } => next.proposal.battery_use = *battery_use,
        Command::SetSiteWind { ms } => next.proposal.wind_ms = *ms,
        Command::SetProposal { proposal } => next.proposal.clone_from(proposal),
        Command::SetLanguage { language } => next.language = *language,
        // The state of the picture is what was asked for already; whoever fetches listens to this one.
        Command::TryAgain | Command::SaveRoofDossier | Command::SavePlan { .. } | Command::SaveValues { .. } | Command::SelectCentre | Command::JumpTo { .. } | Command::Find { .. } | Command::OpenProposal { .. } | Command::OpenArea { .. } => {}
        Command::Restore { state: restored } => next = restored_over(state, restored, limits),
        Command::Tick { seconds } => tick(&mut next, *seconds, limits),
    }
    kept_inside(next, limits)
}

fn is_on_features(series: Option<&str>, limits: &Limits) -> bool {
    layer_of(series, limits).is_some()
}

/// The layer of the features that a series belongs to.
fn layer_of<'a>(series: Option<&str>, limits: &'a Limits) -> Option<&'a LayerId> {
    limits.series.iter().find(|known| Some(known.id.as_str()) == series)?.layer.as_ref()
}

/// An id that no series has changes nothing.
fn show_series(state: &mut ViewState, series: Option<&str>, limits: &Limits) {
    if series.is_none_or(|id| limits.series.iter().any(|known| known.id == id)) {
        // Who has not chosen colours gets those that suit the series; who has keeps them.
        if state.scale == usual_scale(state.series.as_deref(), limits) {
            state.scale = usual_scale(series, limits);
        }
        state.series = series.map(str::to_owned);
        if let Some(layer) = layer_of(series, limits) {
            state.theme = Theme::Series;
            // Colours of what is switched off would be seen nowhere.
            state.hidden.remove(layer);
        } else if state.theme == Theme::Series {
            state.theme = Theme::None;
        }
    }
}

/// The scale that a series has until somebody chooses another one.
fn usual_scale(series: Option<&str>, limits: &Limits) -> Scale {
    let known = limits.series.iter().find(|known| Some(known.id.as_str()) == series);
    Scale {
        palette: if known.is_some_and(|known| known.parts) { Palette::BlueOrange } else { Palette::default() },
        breaks: known.filter(|known| !known.breaks.is_empty()).map_or(Breaks::default(), |known| Breaks::Manual { at: known.breaks.clone() }),
    }
}

fn set_instant(state: &mut ViewState, instant: Instant) {
    state.instant = instant;
    state.playback.carry_s = 0.0;
}

/// The same day and hour of a year, or of the nearest one that the clock may be set to.
fn in_year(at: Instant, year: i32, limits: &Limits) -> Instant {
    let [first, last] = limits.years;
    timeline::in_year(limits.clock, at, year.min(last).max(first))
}

/// The clock plays over and over what is chosen of time, or all that has values. Where years are the colours it goes on from one to the next.
fn tick(state: &mut ViewState, seconds: f64, limits: &Limits) {
    if !state.playback.playing || !seconds.is_finite() || seconds <= 0.0 {
        return;
    }
    let passed = state.playback.carry_s + seconds.min(MAX_TICK_S) * state.playback.speed;
    // A speed from outside may be anything; `kept_inside` has not seen it yet when a state is handed in raw.
    let passed = within(passed, [0.0, SPEED[1] * MAX_TICK_S + 1.0]);
    let [start, end] = limits.instants;
    let has_values = state.theme != Theme::ConstructionYear && (start..end).contains(&state.instant);
    state.instant = state.instant.plus_seconds(passed.floor() as i64);
    if let Some(Interval { start, end }) = state.span {
        state.instant = looped(state.instant, [start, end]);
    } else if has_values {
        state.instant = looped(state.instant, limits.instants);
    }
    state.playback.carry_s = passed - passed.floor();
}

/// The restored state, with the parts that make no sense taken from the one before.
fn restored_over(before: &ViewState, restored: &ViewState, limits: &Limits) -> ViewState {
    let mut next = restored.clone();
    next.territory.clone_from(&before.territory);
    next.quality = before.quality;
    if !is_finite(&next.camera) {
        next.camera = before.camera;
    }
    if !next.playback.speed.is_finite() {
        next.playback = before.playback;
    }
    // Years once had a clock of their own: what a link of then showed in their colours was of that year, whatever its date.
    if next.theme == Theme::ConstructionYear {
        next.instant = in_year(next.instant, next.year, limits);
    }
    next
}

/// The same state, moved as little as needed to lie inside `limits`.
fn kept_inside(mut state: ViewState, limits: &Limits) -> ViewState {
    let [west, south, east, north] = limits.bounds_lonlat;
    let home = &limits.home;
    let camera = &mut state.camera;
    camera.target = [
        within(or(camera.target[0], home.target[0]), [west, east]),
        within(or(camera.target[1], home.target[1]), [south, north]),
        within(or(camera.target[2], home.target[2]), HEIGHT_M),
    ];
    camera.distance_m = within(or(camera.distance_m, home.distance_m), limits.distance_m);
    camera.heading_deg = turned(or(camera.heading_deg, home.heading_deg));
    camera.pitch_deg = within(or(camera.pitch_deg, home.pitch_deg), PITCH_DEG);

    let reach = limits.reach();
    if !(reach[0]..reach[1]).contains(&state.instant) {
        let year = i32::from(limits.clock.read(state.instant).year);
        state.instant = looped(in_year(state.instant, year, limits), reach);
    }
    // What is played may lie where nothing has values: years ahead are worth looking at for what is planned.
    state.span = state.span.and_then(|span| {
        let (start, end) = (span.start.max(reach[0]), span.end.min(reach[1]));
        (start < end).then_some(Interval { start, end })
    });
    if state.series.as_ref().is_some_and(|id| !limits.series.iter().any(|known| known.id == *id)) {
        state.series = None;
    }
    if state.theme == Theme::Series && !is_on_features(state.series.as_deref(), limits) {
        state.theme = Theme::None;
    }
    if !state.attribute.as_ref().is_none_or(attribute::Attribute::is_sound) {
        state.attribute = None;
    }
    if state.theme == Theme::Attribute && state.attribute.is_none() {
        state.theme = Theme::None;
    }
    if !attribute::are_sound(&state.filters) {
        state.filters.clear();
    }
    state.roof = state.roof.sound();
    state.plan = state.plan.map(super::PlanView::sound);
    state.flows = state.flows.sound();
    state.proposal = std::mem::take(&mut state.proposal).sound(limits.bounds_lonlat);
    state.area = std::mem::take(&mut state.area).sound(limits.bounds_lonlat);
    if !state.scale.is_sound() {
        state.scale = Scale::default();
    }
    let [first, last] = limits.years;
    state.year = i32::from(limits.clock.read(state.instant).year).min(last).max(first);
    state.playback.speed = within(or(state.playback.speed, SPEED[0]), SPEED);
    if !(0.0..1.0).contains(&state.playback.carry_s) {
        state.playback.carry_s = 0.0;
    }
    state.hidden.retain(is_layer);
    while state.hidden.len() > MAX_HIDDEN {
        state.hidden.pop_last();
    }
    if !state.selection.as_ref().is_none_or(is_selectable) {
        state.selection = None;
    }
    state
}

/// The target after a move along a line of constant heading, with WGS 84's radii of curvature at the middle of the way.
///
/// Not the geodesic, whose heading turns on the way (9 cm aside in a kilometre at 47° north):
/// on a map, right and then left must come back to the same place.
fn panned(camera: &Camera, right_m: f64, forward_m: f64) -> [f64; 3] {
    const A_M: f64 = 6_378_137.0;
    const E2: f64 = 6.694_379_990_141_316_5e-3;
    let (sin_h, cos_h) = camera.heading_deg.to_radians().sin_cos();
    let east_m = forward_m * sin_h + right_m * cos_h;
    let north_m = forward_m * cos_h - right_m * sin_h;
    let [lon, lat, height_m] = camera.target;
    let radii = |lat_deg: f64| {
        let sin = lat_deg.to_radians().sin();
        let w2 = 1.0 - E2 * sin * sin;
        let prime_vertical = A_M / w2.sqrt();
        (prime_vertical * (1.0 - E2) / w2, prime_vertical)
    };
    let (meridian, _) = radii(lat);
    let middle = lat + 0.5 * (north_m / (meridian + height_m)).to_degrees();
    let (meridian, prime_vertical) = radii(middle);
    // At the poles every direction is north or south; the floor keeps the division finite.
    let parallel_m = (prime_vertical + height_m) * middle.to_radians().cos().max(1e-6);
    [
        lon + (east_m / parallel_m).to_degrees(),
        lat + (north_m / (meridian + height_m)).to_degrees(),
        height_m,
    ]
}

/// The instant at the same place of the loop `[start, end)`.
fn looped(instant: Instant, [start, end]: [Instant; 2]) -> Instant {
    if end <= start {
        return start;
    }
    if (start..end).contains(&instant) {
        return instant;
    }
    let (start, end) = (i128::from(start.0), i128::from(end.0));
    let inside = start + (i128::from(instant.0) - start).rem_euclid(end - start);
    // It lies between two i64, so it is one.
    Instant(inside as i64)
}

/// A direction in `[0, 360)`.
fn turned(heading_deg: f64) -> f64 {
    let turned = heading_deg.rem_euclid(360.0);
    // The remainder of a tiny negative angle rounds up to the full turn.
    if turned >= 360.0 { 0.0 } else { turned }
}

/// Never panics, unlike `f64::clamp`, whatever limits a territory states.
fn within(value: f64, [low, high]: [f64; 2]) -> f64 {
    value.min(high).max(low)
}

fn or(value: f64, otherwise: f64) -> f64 {
    if value.is_finite() { value } else { otherwise }
}

fn is_finite(camera: &Camera) -> bool {
    camera.target.iter().all(|x| x.is_finite())
        && camera.distance_m.is_finite()
        && camera.heading_deg.is_finite()
        && camera.pitch_deg.is_finite()
}

fn is_layer(layer: &LayerId) -> bool {
    is_id(layer.as_str(), MAX_LAYER_BYTES)
}

fn is_selectable(selection: &Selection) -> bool {
    is_layer(&selection.layer) && is_id(&selection.id, MAX_ID_BYTES)
}

pub(super) fn is_id(text: &str, most_bytes: usize) -> bool {
    !text.is_empty() && text.len() <= most_bytes && !text.chars().any(char::is_control)
}
