//! The glue between the panels and the viewer.
//!
//! Reads: [`Scene`], [`SceneFacts`], the keyboard. Sends: [`ViewCommand`]. Writes: [`PointerOverPanel`], [`KeysInPanel`].

use super::model::{AttributeLine, ChartText, FlowsText, HistogramText, LegendText, Memory, PanelModel};
use super::plan::PlanText;
use super::roof::{self, RoofText};
use super::siting::{self, SitingText};
use super::still::{Shot, What};
use super::{install, panels};
use crate::base::{Clock, Dataset, Nature};
use crate::i18n::{Texts, figure_line};
use crate::viewer::attributes::title;
use crate::viewer::curves::carried::about;
use crate::view::{Action, Language, Theme, ViewState, shortcut_for};
use crate::viewer::vocab::{AreaFacts, Chart, FlowFacts, KeysInPanel, Legend, PlanFacts, PointerOverPanel, RoofFacts, Scene, SceneFacts, SitingFacts, ViewCommand, Words};
use bevy::input::InputSystems;
use bevy::input::keyboard::{Key, KeyboardInput};
use bevy::prelude::*;
use bevy::window::{FileDragAndDrop, RequestRedraw};
use bevy_egui::input::EguiWantsInput;
use bevy_egui::{EguiContexts, EguiInput, EguiPlugin, EguiPreUpdateSet, EguiPrimaryContextPass, egui};

/// Draws the panels over the viewer's window.
pub struct UiPlugin;

impl Plugin for UiPlugin {
    fn build(&self, app: &mut App) {
        if !app.is_plugin_added::<EguiPlugin>() {
            app.add_plugins(EguiPlugin::default());
        }
        app.init_resource::<Panels>()
            .init_resource::<PointerOverPanel>()
            .init_resource::<KeysInPanel>()
            .add_systems(PreUpdate, keep_keys.after(InputSystems))
            .add_systems(PreUpdate, only_news.after(EguiPreUpdateSet::ProcessInput).before(EguiPreUpdateSet::BeginPass))
            .init_resource::<RoofFacts>()
            .init_resource::<PlanFacts>()
            .add_message::<FileDragAndDrop>()
            .init_resource::<SitingFacts>()
            .init_resource::<AreaFacts>()
            .add_systems(Update, (roof::take_dropped, siting::take_dropped))
            .add_systems(EguiPrimaryContextPass, draw);
    }
}

/// What the panels keep from frame to frame.
#[derive(Resource)]
struct Panels {
    texts: Texts,
    memory: Memory,
    model: PanelModel,
    is_installed: bool,
    is_fresh: bool,
}

impl Default for Panels {
    fn default() -> Self {
        let language = Language::default();
        Self {
            texts: Texts::new(language),
            memory: Memory { bookmarks: super::bookmarks::load(), ..Memory::default() },
            model: PanelModel::closed(language),
            is_installed: false,
            is_fresh: false,
        }
    }
}

/// Whether Shift and its like are held is told with every frame, and whatever is told asks for one more: a window that rests would never do so.
fn only_news(mut inputs: Query<&mut EguiInput>, mut known: Local<egui::Modifiers>) {
    for mut input in &mut inputs {
        input.events.retain(|event| match event {
            egui::Event::ModifiersChanged(held) => std::mem::replace(&mut *known, *held) != *held,
            _ => true,
        });
    }
}

/// Keys that a panel uses do not move the map too: a space on a focused button, Escape with the help open.
fn keep_keys(
    wants: Option<Res<EguiWantsInput>>,
    mut panels: ResMut<Panels>,
    keys: Res<ButtonInput<KeyCode>>,
    mut in_panel: ResMut<KeysInPanel>,
) {
    let is_helping = panels.memory.help_open;
    if is_helping && keys.just_pressed(KeyCode::Escape) {
        panels.memory.help_open = false;
    }
    let is_wanted = wants.is_some_and(|wants| wants.wants_keyboard_input());
    in_panel.set_if_neq(KeysInPanel(is_helping || is_wanted));
}

#[expect(
    clippy::too_many_arguments,
    reason = "the one place where panels and viewer meet"
)]
fn draw(
    mut contexts: EguiContexts,
    scene: Option<Res<Scene>>,
    facts: Res<SceneFacts>,
    roof: Res<RoofFacts>,
    plan: Res<PlanFacts>,
    siting: Res<SitingFacts>,
    area: Res<AreaFacts>,
    mut world: Commands,
    mut panels_state: ResMut<Panels>,
    mut over_panel: ResMut<PointerOverPanel>,
    mut keyboard: MessageReader<KeyboardInput>,
    mut commands: MessageWriter<ViewCommand>,
    mut redraw: MessageWriter<RequestRedraw>,
) -> Result {
    let ctx = contexts.ctx_mut()?;
    let state = &mut *panels_state;
    if !state.is_installed {
        install(ctx);
        state.is_installed = true;
    }
    let scene_changed = scene.as_ref().is_some_and(|scene| scene.is_changed());
    if scene_changed || facts.is_changed() || roof.is_changed() || plan.is_changed() || siting.is_changed() || area.is_changed() || !state.is_fresh {
        state.is_fresh = true;
        refresh(state, scene.as_deref(), &facts, &roof, &plan, (&siting, &area));
    }
    let mut root = egui::Ui::new(
        ctx.clone(),
        "jumeau".into(),
        egui::UiBuilder::new()
            .layer_id(egui::LayerId::background())
            .max_rect(ctx.content_rect()),
    );
    if super::still::shoot(&mut root, &state.model, &mut state.memory, &state.texts, &mut world) {
        // Nothing can be pressed while a picture is taken; it is a few frames.
        keyboard.clear();
        over_panel.0 = true;
        redraw.write(RequestRedraw);
        return Ok(());
    }
    let kept = state.memory.bookmarks.clone();
    let asked = panels(&mut root, &state.model, &mut state.memory, &state.texts);
    if kept != state.memory.bookmarks && let Err(error) = super::bookmarks::save(&state.memory.bookmarks) {
        warn!("views cannot be kept: {error}");
    }
    if ctx.egui_wants_keyboard_input() {
        keyboard.clear();
    } else {
        pressed(ctx, &mut keyboard, &state.model, &mut state.memory);
    }
    over_panel.0 = is_over(ctx, &root);
    if !asked.is_empty() {
        // The commands are applied in the next frame, which an idle window would not draw by itself.
        redraw.write(RequestRedraw);
    }
    for command in asked {
        commands.write(ViewCommand(command));
    }
    Ok(())
}

/// Whether the pointer is on a panel, a window or in the middle of dragging a control.
fn is_over(ctx: &egui::Context, root: &egui::Ui) -> bool {
    let picture = root.available_rect_before_wrap();
    let pointer = ctx.input(|input| input.pointer.latest_pos());
    ctx.egui_is_using_pointer()
        || pointer.is_some_and(|pointer| {
            let floats = ctx
                .layer_id_at(pointer)
                .is_some_and(|layer| layer.order != egui::Order::Background);
            floats || !picture.contains(pointer)
        })
}

/// Help and link are the panels' own keys; all others are the viewer's.
fn pressed(
    ctx: &egui::Context,
    keyboard: &mut MessageReader<KeyboardInput>,
    model: &PanelModel,
    memory: &mut Memory,
) {
    let held = ctx.input(|input| input.modifiers);
    if model.is_open && ctx.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::K)) {
        memory.search.wants_focus = true;
    }
    for press in keyboard.read() {
        let Key::Character(text) = &press.logical_key else {
            continue;
        };
        if !press.state.is_pressed() || press.repeat || held.ctrl || held.command || held.alt {
            continue;
        }
        match shortcut_for(text).map(|shortcut| shortcut.action) {
            Some(Action::Search) if model.is_open => memory.search.wants_focus = true,
            Some(Action::Picture) if model.is_open => memory.shot = Some(Shot::of(What::Scene)),
            Some(Action::Help) => memory.help_open = !memory.help_open,
            Some(Action::CopyLink) if model.is_open => {
                let link = model.link();
                ctx.copy_text(link.clone());
                memory.copied = Some(link);
            }
            _ => {}
        }
    }
}

fn refresh(panels: &mut Panels, scene: Option<&Scene>, facts: &SceneFacts, roof: &RoofFacts, plan: &PlanFacts, (siting, area): (&SitingFacts, &AreaFacts)) {
    let Some(scene) = scene else {
        panels.model = PanelModel::closed(panels.texts.language());
        panels.model.faults = sentences(facts, &panels.texts);
        return;
    };
    if panels.texts.language() != scene.state.language {
        panels.texts = Texts::new(scene.state.language);
    }
    let texts = &panels.texts;
    let datasets = &scene.manifest.datasets;
    let clock = scene.manifest.clock();
    let legend = facts
        .legend
        .as_ref()
        .map(|legend| legend_text(legend, &scene.state, clock, datasets, texts));
    let figures = facts
        .figures
        .iter()
        .map(|figure| figure_line(figure, datasets, texts))
        .collect();
    panels.model = PanelModel {
        figures,
        figures_ready: facts.progress.complete,
        legend,
        attributes: attributes(scene, facts, texts),
        chart: facts.chart.as_ref().map(|chart| chart_text(chart, scene, texts)),
        flows: facts.flows.as_ref().map(|flows| flows_text(flows, datasets, texts)),
        search: facts.search.as_ref().map(|search| super::search::SearchModel {
            query: search.query.clone(),
            hits: search.answer.hits.clone(),
            is_waiting: search.is_waiting,
            is_partial: search.answer.is_partial,
            has_index: search.has_index,
        }),
        roof: RoofText::of(roof, texts),
        plan: PlanText::of(plan, texts),
        accounts: facts.accounts.clone(),
        changes: facts.changes.clone(),
        area: area.clone(),
        siting: SitingText::of(siting, texts.language() == Language::En),
        peak: facts.day.peak,
        sun: facts.day.sunrise.zip(facts.day.noon).zip(facts.day.sunset).map(|((rise, noon), set)| [rise, noon, set]),
        waiting: facts.progress.waiting,
        quality: facts.quality,
        marks: facts.marks.clone(),
        faults: sentences(facts, texts),
        ..PanelModel::open(&scene.manifest, &scene.state, &scene.limits, texts)
    };
}

/// All of it is computed, whatever the data under it are.
fn flows_text(flows: &FlowFacts, datasets: &[Dataset], texts: &Texts) -> FlowsText {
    let source = flows.source(datasets, texts);
    FlowsText {
        facts: flows.clone(),
        made_up: texts.made_up(flows.is_made_up(datasets)),
        nature: texts.nature(Nature::Simulated),
        nature_help: texts.nature_help(Nature::Simulated),
        source: if source.is_empty() { texts.text("source-unknown") } else { source },
    }
}

fn attributes(scene: &Scene, facts: &SceneFacts, texts: &Texts) -> Vec<AttributeLine> {
    let lines = facts.attributes.iter().map(|known| {
        let layer = scene.manifest.layer(&known.attribute.layer).map_or_else(|| known.attribute.layer.to_string(), |layer| layer.name.text(texts.language()).to_owned());
        let title = format!("{layer} · {}", title(&known.attribute.name).text(texts));
        AttributeLine { attribute: known.attribute.clone(), title, range: known.range, kinds: known.kinds.clone() }
    });
    lines.collect()
}

fn sentences(facts: &SceneFacts, texts: &Texts) -> Vec<String> {
    facts
        .faults
        .iter()
        .map(|fault| texts.text_with(&fault.key, &[("value", fault.value.as_str().into())]))
        .collect()
}

fn legend_text(
    legend: &Legend,
    state: &ViewState,
    clock: Clock,
    datasets: &[Dataset],
    texts: &Texts,
) -> LegendText {
    let of_years = state.theme == Theme::ConstructionYear;
    let are_years = of_years || legend.unit == Words::Key("unit-year");
    let number = |value: f64| {
        if are_years {
            format!("{value:.0}")
        } else {
            super::chart::number(value, texts)
        }
    };
    let mut low = legend.low;
    let others = texts.text("legend-others");
    let named = legend.names.iter().map(|name| if name.is_empty() { others.clone() } else { texts.kind(&legend.attribute, name) });
    let ranges = legend.ends.iter().skip(legend.names.len()).map(|end| {
        let words = texts.text_with("legend-class", &[("low", number(low).into()), ("high", number(*end).into())]);
        low = *end;
        words
    });
    let classes = named.chain(ranges).collect();
    let notice = if legend.is_waiting {
        texts.text("legend-waiting")
    } else if legend.is_too_long {
        texts.text("legend-mean-too-long")
    } else if legend.is_outside {
        texts.text("legend-outside")
    } else if legend.is_typical {
        texts.text("chart-typical")
    } else {
        String::new()
    };
    let histogram = legend.histogram.as_ref().map(|histogram| HistogramText {
        counts: histogram.counts.clone(),
        said: texts.text_with("legend-histogram", &[("known", f64::from(histogram.known).into()), ("without", f64::from(histogram.without).into())]),
    });
    let at = if state.theme == Theme::Attribute {
        String::new()
    } else if of_years {
        texts.text_with("legend-in-year", &[("year", state.year.to_string().into())])
    } else if let Some(span) = legend.mean_over {
        let [from, to] = [span.start, span.end].map(|at| texts.moment(clock, at));
        texts.text_with("legend-mean", &[("from", from.into()), ("to", to.into())])
    } else {
        let instant = texts.moment(clock, state.instant);
        texts.text_with("legend-at", &[("instant", instant.into())])
    };
    let source = datasets
        .iter()
        .find(|dataset| dataset.id == legend.dataset)
        .map_or_else(
            || texts.text("source-unknown"),
            |dataset| texts.source(dataset),
        );
    LegendText {
        title: legend.title.text(texts),
        ticks: legend.ticks().into_iter().map(number).collect(),
        unit: legend.unit.text(texts),
        at,
        colours: legend.colours.clone(),
        made_up: texts.made_up(datasets.iter().any(|dataset| dataset.id == legend.dataset && dataset.nature == Nature::Made)),
        nature: texts.nature(legend.nature),
        nature_help: texts.nature_help(legend.nature),
        source,
        classes,
        histogram,
        notice,
        counts_classes: legend.counts_classes,
        marks: marks(legend, texts),
        raise: legend.raise.map(|raise| {
            let value = super::chart::number(10.0 * raise.value_per_m, texts);
            (raise.is_on, texts.text_with("legend-raise-key", &[("value", value.into()), ("unit", legend.unit.text(texts).into())]))
        }),
    }
}

/// Words for the marks of a scene that are no colours.
fn marks(legend: &Legend, texts: &Texts) -> Vec<String> {
    let number = |value: f64| super::chart::number(value, texts);
    let unit = legend.unit.text(texts);
    let mut said = Vec::new();
    match legend.band {
        Some([_, most]) if legend.is_directed => said.push(texts.text_with("legend-beyond", &[("most", number(most).into()), ("unit", unit.into())])),
        Some([least, most]) => said.push(texts.text_with("legend-outside-band", &[("least", number(least).into()), ("most", number(most).into())])),
        None => {}
    }
    if legend.is_approximate {
        said.push(texts.text("legend-approximate"));
    }
    if !legend.note.is_empty() {
        said.push(texts.text(legend.note));
    }
    if legend.title == Words::Key("theme-construction-year") {
        said.push(texts.text("legend-works"));
    }
    if legend.is_directed {
        said.push(texts.text("legend-arrows"));
    }
    said
}

fn chart_text(chart: &Chart, scene: &Scene, texts: &Texts) -> ChartText {
    let dataset = scene.manifest.datasets.iter().find(|dataset| dataset.id == chart.dataset);
    let source = dataset.map_or_else(|| texts.text("source-unknown"), |dataset| texts.source(dataset));
    let title = chart.title.text(texts);
    let method = if chart.method.is_empty() { String::new() } else { texts.text(chart.method) };
    let made_up = texts.made_up(scene.manifest.is_made_up(&chart.dataset));
    ChartText {
        unit: chart.unit.clone(),
        made_up: made_up.clone(),
        nature: texts.nature(chart.nature),
        nature_help: texts.nature_help(chart.nature),
        curves: chart.day.clone(),
        end: Some(chart.end),
        has_total: chart.has_total,
        more_rows: chart.more_rows,
        of_area: chart.of_area,
        sorted: chart.sorted.clone(),
        duration: chart.duration.clone(),
        known: chart.known,
        absent: chart.absent,
        peak: chart.peak,
        worst: chart.worst.clone(),
        beyond: chart.beyond,
        trough: chart.trough,
        typical_days: chart.typical_days.clone(),
        over: chart.over,
        calendar: chart.calendar.clone(),
        waiting: chart.is_waiting,
        typical: chart.is_typical,
        series: chart.series.clone(),
        about: about(chart, scene, texts),
        title,
        source,
        method,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_news_once() {
        let mut app = App::new();
        app.add_systems(Update, only_news);
        let context = app.world_mut().spawn(EguiInput::default()).id();
        let mut told = |held: egui::Modifiers| {
            let mut input = app.world_mut().get_mut::<EguiInput>(context).expect("a context");
            input.events = vec![egui::Event::ModifiersChanged(held), egui::Event::Copy];
            app.update();
            app.world().get::<EguiInput>(context).map_or(0, |input| input.events.len())
        };
        assert_eq!([egui::Modifiers::NONE, egui::Modifiers::NONE, egui::Modifiers::SHIFT, egui::Modifiers::SHIFT, egui::Modifiers::NONE].map(&mut told), [1, 1, 2, 1, 2]);
    }
}
