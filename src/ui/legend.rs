//! The legend: title, unit, instant, colours, "no data", nature and source.

use super::model::{HistogramText, LegendText, Memory, PanelModel};
use super::widgets::{icon_button, made_up, text_button};
use crate::i18n::Texts;
use crate::view::colours::Palette;
use crate::view::{Breaks, Command, MAX_CLASSES, Scale, Theme};
use crate::view::grain::{DEMAND, FAMILIES, asked, is_far};
use bevy_egui::egui::{
    Align, Color32, Key, Layout, Mesh, Painter, Pos2, Rect, RichText, Sense, Shape, Stroke, StrokeKind, TextEdit, TextStyle, Ui, UiBuilder, Vec2,
    WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;

const BAR_HEIGHT: f32 = 16.0;
/// Distance between the lines of the hatch, points.
const HATCH_STEP: f32 = 5.0;

pub fn legend(ui: &mut Ui, legend: &LegendText, scale: &Scale, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let (shape, label) = if memory.legend_short { (icon::CARET_UP, "legend-unfold") } else { (icon::CARET_DOWN, "legend-fold") };
    let label = texts.text(label);
    ui.horizontal(|ui| {
        ui.label(RichText::new(texts.text("ui-legend")).weak());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, shape, &label, &label).clicked() {
                memory.legend_short = !memory.legend_short;
            }
        });
    });
    key(ui, legend, memory.legend_short, texts);
    if memory.legend_short {
        return Vec::new();
    }
    let mut commands = raise(ui, legend, texts);
    commands.extend(scale_controls(ui, legend, scale, memory, texts));
    commands
}

/// What the colours mean, without anything to press; in short without what is in view and without the source.
pub fn key(ui: &mut Ui, legend: &LegendText, short: bool, texts: &Texts) {
    let histogram = legend.histogram.as_ref().filter(|_| !short);
    ui.label(RichText::new(&legend.title).strong());
    made_up(ui, &legend.made_up, texts);
    if !legend.at.is_empty() {
        ui.label(RichText::new(&legend.at).small());
    }
    if !legend.notice.is_empty() {
        ui.label(RichText::new(&legend.notice).small().strong());
    }
    if let Some(histogram) = histogram {
        let (response, bars) = ui.allocate_painter(vec2(ui.available_width(), HISTOGRAM_HEIGHT), Sense::hover());
        spread(&bars, response.rect, histogram, ui.visuals().weak_text_color());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &histogram.said));
        response.on_hover_text(&histogram.said);
    }
    if legend.classes.is_empty() {
        let (_, bar) = ui.allocate_space(vec2(ui.available_width(), BAR_HEIGHT));
        ramp(ui, bar, &legend.colours);
        ticks(ui, &legend.ticks);
    }
    for (words, colour) in legend.classes.iter().zip(&legend.colours) {
        ui.scope(|ui| {
            // Classes stand close: they are one scale, not rows of controls.
            (ui.spacing_mut().interact_size.y, ui.spacing_mut().item_spacing.y) = (14.0, 1.0);
            ui.horizontal(|ui| {
                let (swatch, _) = ui.allocate_exact_size(vec2(24.0, 12.0), Sense::hover());
                let [r, g, b] = *colour;
                ui.painter().rect(swatch, 0.0, Color32::from_rgb(r, g, b), Stroke::new(1.0, ui.visuals().weak_text_color()), StrokeKind::Inside);
                ui.label(RichText::new(words).small());
            });
        });
    }
    ui.label(RichText::new(&legend.unit).small().weak());
    if let Some(histogram) = histogram {
        ui.label(RichText::new(&histogram.said).small().weak());
    }
    ui.horizontal(|ui| {
        let (swatch, _) = ui.allocate_exact_size(vec2(24.0, BAR_HEIGHT), Sense::hover());
        hatch(ui, swatch);
        ui.label(RichText::new(texts.text("legend-no-data")).small());
    });
    for mark in &legend.marks {
        ui.label(RichText::new(mark).small());
    }
    let nature = texts.text_with("ui-nature", &[("nature", legend.nature.as_str().into())]);
    ui.label(RichText::new(nature).small())
        .on_hover_text(&legend.nature_help);
    if short {
        return;
    }
    let source = texts.text_with("ui-source", &[("source", legend.source.as_str().into())]);
    ui.label(RichText::new(source).small().weak());
}

/// What the grains of [`FAMILIES`] are called.
const GRAINS: [&str; 3] = ["legend-by-building", "legend-by-district", "legend-by-iris"];

/// How finely the quantity is shown, where the territory has it by larger surfaces too: by itself after the distance, or always the same.
pub fn grain(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let Some(shown) = asked(&model.state) else { return Vec::new() };
    let Some(family) = FAMILIES.iter().find(|family| family.contains(&shown)) else { return Vec::new() };
    let is_there = |id: &str| id == DEMAND || model.series.iter().any(|series| series.id == id);
    let offers: Vec<(&str, &str)> = GRAINS.into_iter().zip(*family).filter(|(_, id)| is_there(id)).collect();
    let Some((_, finest)) = offers.first().copied().filter(|_| offers.len() > 1) else { return Vec::new() };
    let mut commands = Vec::new();
    let show = |id: &str| if id == DEMAND { Command::SetTheme { theme: Theme::Demand } } else { Command::ShowSeries { series: Some(id.to_owned()) } };
    let gathers = model.state.gather;
    ui.horizontal_wrapped(|ui| {
        let is_auto = shown == finest && gathers;
        let label = RichText::new(texts.text("legend-by-distance")).small();
        if ui.selectable_label(is_auto, label).on_hover_text(texts.text("legend-by-distance-help")).clicked() && !is_auto {
            commands.push(Command::SetGather { gather: true });
            commands.extend((shown != finest).then(|| show(finest)));
        }
        for (key, id) in offers {
            let is_current = id == shown && (id != finest || !gathers);
            if ui.selectable_label(is_current, RichText::new(texts.text(key)).small()).clicked() && !is_current {
                commands.extend((id == finest).then_some(Command::SetGather { gather: false }));
                commands.extend((id != shown).then(|| show(id)));
            }
        }
    });
    if !gathers && shown == finest && is_far(&model.state) {
        ui.label(RichText::new(texts.text("legend-far")).small().weak());
    }
    commands
}

/// Values as heights: the switch, and what a height means.
fn raise(ui: &mut Ui, legend: &LegendText, texts: &Texts) -> Vec<Command> {
    let Some((is_on, key)) = &legend.raise else { return Vec::new() };
    let mut raised = *is_on;
    let has_changed = ui.checkbox(&mut raised, RichText::new(texts.text("legend-raise")).small()).changed();
    if *is_on {
        ui.label(RichText::new(key).small().weak());
    }
    if has_changed { vec![Command::SetRaised { raised }] } else { Vec::new() }
}

const HISTOGRAM_HEIGHT: f32 = 28.0;

fn spread(painter: &Painter, rect: Rect, histogram: &HistogramText, colour: Color32) {
    let most = histogram.counts.iter().copied().max().unwrap_or(0).max(1) as f32;
    let width = rect.width() / histogram.counts.len().max(1) as f32;
    for (bin, count) in histogram.counts.iter().enumerate() {
        if *count > 0 {
            // A single object still shows.
            let height = (rect.height() * *count as f32 / most).max(1.5);
            let left = rect.left() + bin as f32 * width;
            painter.rect_filled(Rect::from_min_max(pos2(left, rect.bottom() - height), pos2(left + (width - 1.0).max(1.0), rect.bottom())), 0.0, colour);
        }
    }
}

/// Colours and classes, folded away until somebody wants to change them.
fn scale_controls(ui: &mut Ui, legend: &LegendText, scale: &Scale, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let (shape, label) = if memory.scale_open { (icon::CARET_DOWN, "legend-scale-hide") } else { (icon::CARET_RIGHT, "legend-scale-show") };
    let label = texts.text(label);
    if text_button(ui, shape, &label, &label).clicked() {
        memory.scale_open = !memory.scale_open;
    }
    if !memory.scale_open {
        return commands;
    }
    let mut set = |breaks: Breaks, palette: Palette| commands.push(Command::SetScale { scale: Scale { breaks, palette } });
    ui.horizontal_wrapped(|ui| {
        for palette in Palette::ALL {
            let name = texts.text(&format!("legend-palette-{}", palette.id()));
            if ui.selectable_label(scale.palette == palette, RichText::new(name).small()).clicked() {
                set(scale.breaks.clone(), palette);
            }
        }
    });
    let classes = match &scale.breaks {
        Breaks::Equal { classes } | Breaks::Quantiles { classes } | Breaks::Jenks { classes } => *classes,
        Breaks::Smooth | Breaks::Manual { .. } => 5,
    };
    let mut offers = vec![("smooth", Breaks::Smooth), ("equal", Breaks::Equal { classes })];
    if legend.counts_classes {
        offers.extend([("quantiles", Breaks::Quantiles { classes }), ("jenks", Breaks::Jenks { classes })]);
    }
    ui.horizontal_wrapped(|ui| {
        for (id, breaks) in offers {
            let is_current = scale.breaks == breaks;
            let name = RichText::new(texts.text(&format!("legend-breaks-{id}"))).small();
            if ui.selectable_label(is_current, name).on_hover_text(texts.text(&format!("legend-breaks-{id}-help"))).clicked() {
                set(breaks, scale.palette);
            }
        }
    });
    let with = |classes: u8| match &scale.breaks {
        Breaks::Equal { .. } => Some(Breaks::Equal { classes }),
        Breaks::Quantiles { .. } => Some(Breaks::Quantiles { classes }),
        Breaks::Jenks { .. } => Some(Breaks::Jenks { classes }),
        Breaks::Smooth | Breaks::Manual { .. } => None,
    };
    if with(classes).is_some() {
        ui.horizontal(|ui| {
            ui.label(RichText::new(texts.text_with("legend-classes", &[("count", i32::from(classes).into())])).small());
            for (shape, label, next) in [(icon::MINUS, "legend-classes-fewer", classes - 1), (icon::PLUS, "legend-classes-more", classes + 1)] {
                let label = texts.text(label);
                let sound = (2..=MAX_CLASSES).contains(&usize::from(next));
                let button = ui.add_enabled_ui(sound, |ui| icon_button(ui, shape, &label, &label)).inner;
                if button.clicked() && let Some(breaks) = with(next) {
                    set(breaks, scale.palette);
                }
            }
        });
        let found = legend.classes.len();
        let values = [("most", (MAX_CLASSES as f64).into()), ("count", (found as f64).into())];
        let said = if found > 0 && found < usize::from(classes) { "legend-classes-found" } else { "legend-classes-limits" };
        ui.label(RichText::new(texts.text_with(said, &values)).small().weak());
    }
    let label = ui.label(RichText::new(texts.text("legend-breaks-manual")).small());
    let field = ui.add(TextEdit::singleline(&mut memory.ends).desired_width(f32::INFINITY).hint_text(texts.text("legend-breaks-manual-hint"))).labelled_by(label.id);
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        // A comma is decimal in French: ends are told apart by semicolons or blanks.
        let at: Option<Vec<f64>> = memory.ends.split([';', ' ']).map(str::trim).filter(|part| !part.is_empty()).map(|part| part.replace(',', ".").parse().ok()).collect();
        let breaks = at.map(|at| Breaks::Manual { at }).filter(|breaks| Scale { breaks: breaks.clone(), palette: scale.palette }.is_sound());
        memory.ends_wrong = breaks.is_none() && !memory.ends.trim().is_empty();
        if let Some(breaks) = breaks {
            set(breaks, scale.palette);
        }
    }
    if memory.ends_wrong {
        let wrong = texts.text_with("legend-ends-wrong", &[("most", ((MAX_CLASSES - 1) as f64).into())]);
        ui.label(RichText::new(wrong).small().color(ui.visuals().warn_fg_color));
    }
    commands
}

/// The values under the ramp, each below its place; the first and the last keep to the ends.
fn ticks(ui: &mut Ui, ticks: &[String]) {
    let height = ui.text_style_height(&TextStyle::Small);
    let (_, line) = ui.allocate_space(vec2(ui.available_width(), height));
    let last = ticks.len().saturating_sub(1);
    let width = line.width() / ticks.len().max(1) as f32;
    for (place, tick) in ticks.iter().enumerate() {
        let middle = line.left() + line.width() * place as f32 / last.max(1) as f32;
        let left = (middle - 0.5 * width).min(line.right() - width).max(line.left());
        let layout = match place {
            0 => Layout::left_to_right(Align::Center),
            _ if place == last => Layout::right_to_left(Align::Center),
            _ => Layout::top_down(Align::Center),
        };
        let cell = Rect::from_min_size(pos2(left, line.top()), vec2(width, height));
        ui.scope_builder(UiBuilder::new().max_rect(cell).layout(layout), |ui| {
            ui.label(RichText::new(tick).small());
        });
    }
}

/// The scale's colours, blended between their places as the scene blends them.
fn ramp(ui: &Ui, bar: Rect, colours: &[[u8; 3]]) {
    let colour = |[r, g, b]: [u8; 3]| Color32::from_rgb(r, g, b);
    let mut mesh = Mesh::default();
    let last = colours.len().saturating_sub(1).max(1) as f32;
    for (place, pair) in colours.windows(2).enumerate() {
        let [from, to] = [place, place + 1].map(|i| bar.left() + bar.width() * i as f32 / last);
        let base = u32::try_from(mesh.vertices.len()).unwrap_or(u32::MAX);
        for (x, rgb) in [(from, pair[0]), (to, pair[1])] {
            mesh.colored_vertex(pos2(x, bar.top()), colour(rgb));
            mesh.colored_vertex(pos2(x, bar.bottom()), colour(rgb));
        }
        mesh.add_triangle(base, base + 1, base + 2);
        mesh.add_triangle(base + 2, base + 1, base + 3);
    }
    ui.painter().add(Shape::mesh(mesh));
}

/// Light diagonal lines: no colour of a scale can be taken for it.
fn hatch(ui: &Ui, swatch: Rect) {
    let painter = ui.painter().with_clip_rect(swatch);
    let stroke = Stroke::new(1.0, ui.visuals().weak_text_color());
    let height = swatch.height();
    let mut x = swatch.left() - height;
    while x < swatch.right() {
        let foot = Pos2::new(x, swatch.bottom());
        painter.line_segment([foot, foot + Vec2::new(height, -height)], stroke);
        x += HATCH_STEP;
    }
    painter.rect_stroke(swatch, 0.0, stroke, bevy_egui::egui::StrokeKind::Inside);
}
