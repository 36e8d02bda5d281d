//! The legend: title, unit, instant, colours, "no data", nature and source.

use super::model::LegendText;
use crate::i18n::Texts;
use bevy_egui::egui::{
    Align, Color32, Layout, Mesh, Pos2, Rect, RichText, Sense, Shape, Stroke, TextStyle, Ui, UiBuilder, Vec2, pos2, vec2,
};

const BAR_HEIGHT: f32 = 16.0;
/// Distance between the lines of the hatch, points.
const HATCH_STEP: f32 = 5.0;

pub fn legend(ui: &mut Ui, legend: &LegendText, texts: &Texts) {
    ui.label(RichText::new(texts.text("ui-legend")).weak());
    ui.label(RichText::new(&legend.title).strong());
    if !legend.at.is_empty() {
        ui.label(RichText::new(&legend.at).small());
    }
    let (_, bar) = ui.allocate_space(vec2(ui.available_width(), BAR_HEIGHT));
    ramp(ui, bar, &legend.colours);
    ticks(ui, &legend.ticks);
    ui.label(RichText::new(&legend.unit).small().weak());
    ui.horizontal(|ui| {
        let (swatch, _) = ui.allocate_exact_size(vec2(24.0, BAR_HEIGHT), Sense::hover());
        hatch(ui, swatch);
        ui.label(RichText::new(texts.text("legend-no-data")).small());
    });
    let nature = texts.text_with("ui-nature", &[("nature", legend.nature.as_str().into())]);
    ui.label(RichText::new(nature).small())
        .on_hover_text(&legend.nature_help);
    let source = texts.text_with("ui-source", &[("source", legend.source.as_str().into())]);
    ui.label(RichText::new(source).small().weak());
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
