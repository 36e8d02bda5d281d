//! On the picture itself: names and the bar of lengths.

use super::model::PanelModel;
use crate::i18n::Texts;
use bevy_egui::egui::{Align2, Color32, FontId, Pos2, Rect, Stroke, Ui, vec2};

const INK: Color32 = Color32::from_rgb(38, 44, 52);
const PAPER: Color32 = Color32::from_rgba_premultiplied(206, 207, 208, 210);

/// Names, under all panels.
pub fn names(ui: &Ui, model: &PanelModel) {
    let picture = ui.ctx().content_rect();
    for name in &model.marks.names {
        let at = picture.min + vec2(name.at[0] as f32 * picture.width(), name.at[1] as f32 * picture.height());
        written(ui, at, Align2::CENTER_CENTER, &name.text, 13.0);
    }
}

/// The bar, in the lower right corner of what the panels leave free.
pub fn bar(ui: &Ui, model: &PanelModel, free: Rect, texts: &Texts) {
    let Some(bar) = model.marks.bar else { return };
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
    written(ui, middle, Align2::CENTER_BOTTOM, &texts.length(bar.metres), 12.0);
}

/// Letters on a little paper: thin strokes on a town of many colours would not be read.
fn written(ui: &Ui, at: Pos2, align: Align2, text: &str, size: f32) {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(size), INK);
    let place = align.anchor_size(at, galley.size());
    ui.painter().rect_filled(place.expand2(vec2(3.0, 0.0)), 3.0, PAPER);
    ui.painter().galley(place.min, galley, INK);
}
