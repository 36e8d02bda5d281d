//! Pictures that a person keeps: the scene without panels but with its legend and whose data it shows; or a chart alone, whole and with its source.
//!
//! What is kept is what is drawn: for a few frames the window shows the picture instead of the panels, then it is read back.

use super::model::{Memory, PanelModel};
use super::{accounts, chart, export, legend, marks, sankey, style};
use crate::i18n::Texts;
use crate::view::Values;
use crate::viewer::snapshot::{Picture, encode_png};
use bevy::prelude::{Commands, Image, On};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy_egui::egui::{Align2, Area, Color32, FontId, Frame, Id, Margin, Order, Pos2, Rect, RichText, Stroke, Ui, vec2};
use std::sync::{Arc, Mutex};

/// Frames until what is shown stands: layouts of egui settle in two.
const SETTLING: u32 = 4;
/// Frames until a picture that does not come is given up.
const PATIENCE: u32 = 240;
/// Width of a chart that is kept, points.
const CHART_WIDTH: f32 = 560.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Scene,
    Values(Values),
}

/// A picture on its way.
#[derive(Clone, Debug)]
pub struct Shot {
    what: What,
    frames: u32,
    /// The part of the window that is kept, points.
    rect: Rect,
    taken: Arc<Mutex<Option<Image>>>,
}

impl PartialEq for Shot {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what && self.frames == other.frames
    }
}

impl Shot {
    pub fn of(what: What) -> Self {
        Self { what, frames: 0, rect: Rect::NOTHING, taken: Arc::default() }
    }
}

/// Draws what is kept in place of the panels, and takes it once it stands. `false` when there is nothing to take.
pub fn shoot(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts, commands: &mut Commands) -> bool {
    let Some(mut shot) = memory.shot.take() else { return false };
    let rect = match shot.what {
        What::Scene => Some(scene(ui, model, texts)),
        What::Values(Values::Balance) => model.accounts.as_ref().map(|of| card(ui, model, texts, |ui| accounts::still(ui, of, model, texts))),
        What::Values(Values::Flows) => model.flows.as_ref().map(|of| card(ui, model, texts, |ui| sankey::still(ui, of, model, texts))),
        What::Values(values) => model.chart.as_ref().map(|of| card(ui, model, texts, |ui| chart::still(ui, of, values, model.clock, model.state.instant, texts))),
    };
    let Some(rect) = rect else { return false };
    shot.rect = rect.intersect(ui.ctx().content_rect());
    shot.frames += 1;
    ui.ctx().request_repaint();
    if shot.frames == SETTLING {
        let slot = shot.taken.clone();
        commands.spawn(Screenshot::primary_window()).observe(move |captured: On<ScreenshotCaptured>| {
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(captured.image.clone());
            }
        });
    }
    let image = shot.taken.lock().ok().and_then(|mut slot| slot.take());
    let name = match (shot.what, &model.chart) {
        (What::Values(values @ (Values::Balance | Values::Flows)), _) => format!("{}{}", model.state.territory, values.ending()),
        (What::Values(values), Some(of)) => format!("{}-{}{}", model.state.territory, of.series, values.ending()),
        _ => format!("{}-{}", model.state.territory, model.state.instant),
    };
    match image {
        Some(image) => {
            let kept = picture(image, shot.rect, ui.ctx().pixels_per_point(), model).and_then(|picture| encode_png(&picture));
            memory.kept = Some(match kept {
                Ok(bytes) => super::said(export::keep(&export::folder(), &name, "png", &bytes), texts),
                Err(why) => texts.text_with("save-failed", &[("path", export::folder().display().to_string().into()), ("why", why.into())]),
            });
        }
        None if shot.frames > PATIENCE => {
            memory.kept = Some(texts.text_with("save-failed", &[("path", export::folder().display().to_string().into()), ("why", texts.text("save-no-picture").into())]));
        }
        None => memory.shot = Some(shot),
    }
    true
}

/// The part of a window's picture, as a file says it.
fn picture(image: Image, rect: Rect, pixels_per_point: f32, model: &PanelModel) -> Result<Picture, String> {
    let whole = image.try_into_dynamic().map_err(|error| error.to_string())?.to_rgb8();
    let pixel = |points: f32, most: u32| ((points * pixels_per_point).round().max(0.0) as u32).min(most);
    let (left, top) = (pixel(rect.left(), whole.width()), pixel(rect.top(), whole.height()));
    let (right, bottom) = (pixel(rect.right(), whole.width()), pixel(rect.bottom(), whole.height()));
    if right <= left || bottom <= top {
        return Err(String::new());
    }
    let part = image::imageops::crop_imm(&whole, left, top, right - left, bottom - top).to_image();
    Ok(Picture {
        width: part.width(),
        height: part.height(),
        rgb: part.into_raw(),
        tiles: 0,
        features: 0,
        first_tile_s: 0.0,
        seconds: 0.0,
        faults: Vec::new(),
        title: model.territory.clone(),
        credits: model.attributions.clone(),
        link: model.link(),
    })
}

/// Names, legend, scale, and a line of what it is and whose.
fn scene(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Rect {
    const MARGIN: f32 = 12.0;
    let whole = ui.ctx().content_rect();
    let under = marks::room(ui);
    let said = format!("{} · {}", model.territory, texts.moment(model.clock, model.state.instant));
    let font = FontId::proportional(11.0);
    let line = ui.painter().layout(format!("{said}   {}", model.attributions.join(" · ")), font, Color32::from_gray(30), whole.width() - 2.0 * MARGIN);
    let foot = Rect::from_min_max(Pos2::new(whole.left(), whole.bottom() - line.size().y - 8.0), whole.max);
    ui.painter().rect_filled(foot, 0.0, Color32::from_rgb(247, 246, 242));
    ui.painter().galley(foot.min + vec2(MARGIN, 4.0), line, Color32::from_gray(30));
    let covered = model.legend.as_ref().map(|of_theme| {
        let key = Area::new(Id::new("kept-legend")).pivot(Align2::LEFT_BOTTOM).fixed_pos(foot.left_top() + vec2(MARGIN, -MARGIN)).show(ui.ctx(), |ui| {
            style::card(ui).show(ui, |ui| {
                ui.set_width(super::LEGEND_WIDTH);
                // Without its controls: nobody presses a picture.
                ui.label(RichText::new(texts.text("ui-legend")).weak());
                legend::key(ui, of_theme, false, texts);
            });
        });
        key.response.rect
    });
    marks::write(ui, under, model, Rect::from_min_max(whole.min, foot.right_top()), covered, texts);
    whole
}

/// A chart as a sheet of its own.
fn card(ui: &mut Ui, model: &PanelModel, texts: &Texts, draw: impl FnOnce(&mut Ui)) -> Rect {
    let fill = ui.visuals().panel_fill;
    ui.painter().rect_filled(ui.ctx().content_rect(), 0.0, fill);
    let shown = Area::new(Id::new("kept-chart")).order(Order::Foreground).fixed_pos(ui.ctx().content_rect().min).show(ui.ctx(), |ui| {
        Frame::new().fill(fill).inner_margin(Margin::same(16)).stroke(Stroke::NONE).show(ui, |ui| {
            ui.set_width(CHART_WIDTH);
            draw(ui);
            let place = format!("{} · {}", model.territory, texts.moment(model.clock, model.state.instant));
            ui.label(RichText::new(place).small().weak());
        });
    });
    shown.response.rect
}
