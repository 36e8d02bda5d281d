//! On the left: an area that a person draws, what lies in it, and its file.

use super::export;
use super::model::{Memory, PanelModel};
use super::widgets::{text_button, tip};
use crate::i18n::Texts;
use crate::view::Command;
use bevy_egui::egui::{CollapsingHeader, RichText, Ui};
use egui_phosphor::regular as icon;

pub fn section(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let area = &model.state.area;
    ui.add_space(8.0);
    ui.separator();
    CollapsingHeader::new(RichText::new(texts.text("area-title")).heading()).id_salt("area").default_open(!area.is_empty()).open(area.drawing.then_some(true)).show(ui, |ui| {
        ui.label(RichText::new(texts.text("area-help")).small().weak());
        ui.horizontal_wrapped(|ui| {
            if area.drawing {
                let label = texts.text("area-close");
                let enough = area.corners.len() >= crate::view::area::FEWEST_CORNERS;
                if ui.add_enabled_ui(enough, |ui| text_button(ui, icon::CHECK, &label, &tip(texts, "area-close", "key-area"))).inner.clicked() {
                    commands.push(Command::DrawArea { drawing: false });
                }
                let label = texts.text("area-corner-here");
                if text_button(ui, icon::CROSSHAIR, &label, &tip(texts, "area-corner-here", "key-area-corner")).clicked() {
                    commands.push(Command::AddCornerHere);
                }
                let label = texts.text("area-back");
                if ui.add_enabled_ui(!area.corners.is_empty(), |ui| text_button(ui, icon::ARROW_U_UP_LEFT, &label, &tip(texts, "area-back", "key-area-back"))).inner.clicked() {
                    commands.push(Command::RemoveCorner);
                }
            } else {
                let label = texts.text(if area.is_empty() { "area-draw" } else { "area-draw-again" });
                if text_button(ui, icon::POLYGON, &label, &tip(texts, "area-draw", "key-area")).clicked() {
                    commands.push(Command::DrawArea { drawing: true });
                }
            }
            if !area.is_empty() {
                let label = texts.text("area-remove");
                if text_button(ui, icon::TRASH, &label, &label).clicked() {
                    commands.push(Command::SetArea { corners: Vec::new() });
                }
            }
        });
        for line in said(model, texts) {
            ui.label(RichText::new(line).small());
        }
        if area.is_closed() {
            let label = texts.text("area-save");
            if text_button(ui, icon::DOWNLOAD_SIMPLE, &label, &texts.text("area-save-help")).clicked() {
                let file = area.to_geojson(&texts.text("area-title"));
                let bytes = serde_json::to_vec_pretty(&file).unwrap_or_default();
                memory.kept = Some(super::said(export::keep(&export::folder(), &format!("{}-zone", model.state.territory), "geojson", &bytes), texts));
            }
        } else {
            ui.label(RichText::new(texts.text("area-open-help")).small().weak());
        }
    });
    commands
}

/// What there is to say of it, a sentence a line.
fn said(model: &PanelModel, texts: &Texts) -> Vec<String> {
    let area = &model.state.area;
    let facts = &model.area;
    let size = || texts.text_with("area-size", &[("hectares", texts.number(facts.area_m2 / 1e4, if facts.area_m2 < 1e6 { 2 } else { 0 }).into())]);
    match (facts.state, &facts.inside) {
        ("drawing", _) => vec![texts.text_with("area-drawing", &[("count", (area.corners.len() as f64).into())])],
        ("waiting", _) => vec![size(), texts.text("legend-waiting")],
        ("unknown", _) => vec![size(), texts.text("area-unknown")],
        ("ready", Some(inside)) => {
            let mut lines = vec![texts.text_with("area-inside", &[("buildings", (inside.buildings as f64).into()), ("homes", (inside.homes as f64).into())]), size()];
            lines.extend(inside.is_secret.then(|| texts.text("area-secret")));
            lines
        }
        _ => Vec::new(),
    }
}
