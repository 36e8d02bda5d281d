//! On the picture itself: names and the bar of lengths.

use super::model::PanelModel;
use crate::i18n::Texts;
use bevy_egui::egui::layers::ShapeIdx;
use bevy_egui::egui::{Align2, Color32, FontId, Galley, Pos2, Rect, Shape, Stroke, Ui, vec2};
use std::sync::Arc;

const INK: Color32 = Color32::from_rgb(38, 44, 52);
const PAPER: Color32 = Color32::from_rgba_premultiplied(206, 207, 208, 210);

/// Paper on both sides of a name.
const PAPER_BESIDE: f32 = 3.0;

/// A place under all panels for what is known once they stand.
pub fn room(ui: &Ui) -> ShapeIdx {
    ui.painter().add(Shape::Noop)
}

/// The bar, in the lower right corner of what the panels leave free, and there the names that nothing would cut off or cover.
pub fn write(ui: &Ui, under: ShapeIdx, model: &PanelModel, free: Rect, covered: Option<Rect>, texts: &Texts) {
    let bar = bar(ui, model, free, texts);
    let picture = ui.ctx().content_rect();
    let mut names = Vec::new();
    for name in &model.marks.names {
        let at = picture.min + vec2(name.at[0] as f32 * picture.width(), name.at[1] as f32 * picture.height());
        let (galley, place) = laid(ui, at, Align2::CENTER_CENTER, &name.text, 13.0);
        if free.contains_rect(place) && ![bar, covered].into_iter().flatten().any(|taken| taken.intersects(place)) {
            names.extend(paper(galley, place));
        }
    }
    ui.painter().set(under, Shape::Vec(names));
}

/// The bar and what it takes of the picture.
fn bar(ui: &Ui, model: &PanelModel, free: Rect, texts: &Texts) -> Option<Rect> {
    let bar = model.marks.bar?;
    let right = free.right_bottom() - vec2(14.0, 14.0);
    let left = right - vec2(bar.pixels as f32, 0.0);
    for (width, colour) in [(5.0, PAPER), (2.0, INK)] {
        let stroke = Stroke::new(width, colour);
        ui.painter().line_segment([left, right], stroke);
        for end in [left, right] {
            ui.painter().line_segment([end, end - vec2(0.0, 6.0)], stroke);
        }
    }
    let middle = left + (right - left) * 0.5 - vec2(0.0, 5.0);
    let (galley, place) = laid(ui, middle, Align2::CENTER_BOTTOM, &texts.length(bar.metres), 12.0);
    ui.painter().extend(paper(galley, place));
    Some(place.union(Rect::from_two_pos(left, right)).expand(4.0))
}

/// Letters and the room of their paper.
fn laid(ui: &Ui, at: Pos2, align: Align2, text: &str, size: f32) -> (Arc<Galley>, Rect) {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(size), INK);
    let place = align.anchor_size(at, galley.size()).expand2(vec2(PAPER_BESIDE, 0.0));
    (galley, place)
}

/// Letters on a little paper: thin strokes on a town of many colours would not be read.
fn paper(galley: Arc<Galley>, place: Rect) -> [Shape; 2] {
    [Shape::rect_filled(place, 3.0, PAPER), Shape::galley(place.min + vec2(PAPER_BESIDE, 0.0), galley, INK)]
}
