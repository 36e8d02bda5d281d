//! On the right: what is known of the selected feature. Every figure says where it comes from, one click away.

use super::{accounts, chart, roof, sankey};
use super::model::{Memory, PanelModel};
use super::widgets::{icon_button, tip};
use crate::formats::territory::LayerKind;
use crate::i18n::{FigureText, Texts};
use crate::view::Command;
use bevy_egui::egui::{Align, Frame, Label, Layout, Margin, RichText, Ui};
use egui_phosphor::regular as icon;

/// Figures that people carry elsewhere.
const COPIED: [&str; 2] = ["figure-rnb", "figure-id"];

pub fn panel(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let Some(selection) = &model.state.selection else {
        commands.extend(accounts::section(ui, model, memory, texts));
        if let Some(flows) = &model.flows {
            commands.extend(sankey::panel(ui, flows, model, memory, texts));
            if model.chart.is_some() {
                ui.separator();
            }
        }
        commands.extend(curves(ui, model, memory, texts));
        return commands;
    };
    let of_layer = match model.layers.iter().find(|layer| layer.id == selection.layer) {
        Some(layer) if layer.kind != Some(LayerKind::Buildings) => layer.name.clone(),
        _ => texts.text("ui-sheet-building"),
    };
    // A thing goes by its name; what it is stands below.
    let said = |keys: &[&str]| model.figures.iter().find(|figure| keys.contains(&figure.key.as_str()) && !figure.absent).map(|figure| figure.value.as_str());
    let name = said(&["figure-name", "figure-road-name"]);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = texts.text("ui-close");
            if icon_button(ui, icon::X, &close, &tip(texts, "ui-close", "key-escape")).clicked() {
                commands.push(Command::Select { selection: None });
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(name.unwrap_or(&of_layer)).heading().strong()).truncate());
            });
        });
    });
    if name.is_some() {
        let kind = said(&["figure-utility-kind"]).map_or_else(|| of_layer.clone(), |kind| format!("{of_layer} · {kind}"));
        ui.label(RichText::new(kind).weak());
    }
    if let Some(of_roof) = &model.roof {
        commands.extend(roof::panel(ui, of_roof, model, texts));
        ui.separator();
    }
    if model.figures.is_empty() {
        let key = if model.figures_ready {
            "ui-sheet-none"
        } else {
            "ui-sheet-loading"
        };
        ui.label(texts.text(key));
    }
    if model.accounts.is_some() {
        ui.separator();
        commands.extend(accounts::section(ui, model, memory, texts));
    }
    if let Some(flows) = &model.flows {
        ui.separator();
        commands.extend(sankey::panel(ui, flows, model, memory, texts));
    }
    if model.chart.is_some() {
        ui.separator();
        commands.extend(curves(ui, model, memory, texts));
    }
    for figure in &model.figures {
        ui.separator();
        line(ui, figure, memory, texts);
    }
    commands
}

/// The curves of the series in view; of the whole territory they have a way to be closed.
fn curves(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let Some(of_series) = &model.chart else { return Vec::new() };
    let mut commands = Vec::new();
    if model.state.selection.is_none() {
        ui.horizontal(|ui| {
            ui.label(RichText::new(texts.text(if of_series.of_area { "chart-area" } else { "chart-territory" })).heading().strong());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let close = texts.text("ui-close");
                if icon_button(ui, icon::X, &close, &close).clicked() {
                    commands.push(Command::ShowSeries { series: None });
                }
            });
        });
    }
    commands.extend(chart::chart(ui, of_series, model.clock, model.state.instant, memory, texts));
    commands
}

fn line(ui: &mut Ui, figure: &FigureText, memory: &mut Memory, texts: &Texts) {
    let is_explained = memory.explained.as_ref() == Some(&figure.key);
    ui.horizontal(|ui| {
        ui.label(RichText::new(&figure.name).weak());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = ("name", figure.name.as_str().into());
            let why = texts.text_with("ui-why-of", &[name]);
            if icon_button(ui, icon::INFO, &why, &texts.text("ui-why")).clicked() {
                memory.explained = (!is_explained).then(|| figure.key.clone());
            }
            if !figure.absent {
                ui.label(RichText::new(&figure.nature).small().italics().weak())
                    .on_hover_text(&figure.nature_help);
            }
        });
    });
    ui.horizontal(|ui| {
        let value = RichText::new(&figure.value);
        let value = if figure.absent {
            value.weak().italics()
        } else {
            value.strong()
        };
        ui.add(Label::new(value).wrap().selectable(true));
        if COPIED.contains(&figure.key.as_str()) && !figure.absent {
            let is_copied = memory.copied.as_ref() == Some(&figure.value);
            let label = texts.text_with("ui-copy-of", &[("name", figure.name.as_str().into())]);
            let (shape, tip) = if is_copied {
                (icon::CHECK, "ui-copied")
            } else {
                (icon::COPY, "ui-copy")
            };
            if icon_button(ui, shape, &label, &texts.text(tip)).clicked() {
                ui.ctx().copy_text(figure.value.clone());
                memory.copied = Some(figure.value.clone());
            }
        }
    });
    if is_explained {
        explanation(ui, figure, texts);
    } else if !figure.uncertainty.is_empty() {
        ui.label(RichText::new(&figure.uncertainty).small().weak());
    }
}

fn explanation(ui: &mut Ui, figure: &FigureText, texts: &Texts) {
    Frame::new()
        .fill(ui.visuals().faint_bg_color)
        .inner_margin(Margin::same(8))
        .show(ui, |ui| {
            ui.label(&figure.nature_help);
            for (key, argument, text) in [
                ("ui-why-method", "method", &figure.method),
                ("ui-why-uncertainty", "uncertainty", &figure.uncertainty),
                ("ui-source", "source", &figure.source),
            ] {
                if !text.is_empty() {
                    ui.label(texts.text_with(key, &[(argument, text.as_str().into())]));
                }
            }
        });
}
