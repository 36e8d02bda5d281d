//! On the left: what to see, and what the colours mean.

use super::model::{LayerLine, PanelModel};
use super::widgets::tip;
use crate::formats::territory::LayerKind;
use crate::i18n::Texts;
use crate::view::{Command, Theme};
use bevy_egui::egui::{RichText, Ui};

/// Layers in the order of the questions they answer.
const GROUPS: [(&str, &[Option<LayerKind>]); 5] = [
    ("ui-group-built", &[Some(LayerKind::Buildings), Some(LayerKind::Models)]),
    ("ui-group-networks", &[Some(LayerKind::Networks)]),
    (
        "ui-group-ground",
        &[Some(LayerKind::Terrain), Some(LayerKind::Water), Some(LayerKind::Trees)],
    ),
    ("ui-group-imagery", &[None]),
    ("ui-group-areas", &[Some(LayerKind::Areas)]),
];

pub fn panel(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.label(RichText::new(texts.text("ui-layers")).heading());
    for (title, kinds) in GROUPS {
        let mut layers = model
            .layers
            .iter()
            .filter(|layer| kinds.contains(&layer.kind))
            .peekable();
        if layers.peek().is_none() {
            continue;
        }
        ui.add_space(4.0);
        ui.label(RichText::new(texts.text(title)).weak());
        for layer in layers {
            commands.extend(line(ui, model, layer, texts));
        }
    }
    ui.add_space(8.0);
    ui.separator();
    ui.label(RichText::new(texts.text("ui-colours")).heading());
    for theme in Theme::ALL {
        let key = format!("theme-{}", theme.id());
        let is_current = model.state.theme == theme;
        let response = ui.radio(is_current, texts.text(&key)).on_hover_text(tip(
            texts,
            &format!("{key}-help"),
            "key-theme",
        ));
        if response.clicked() && !is_current {
            commands.push(Command::SetTheme { theme });
        }
    }
    for on_features in [true, false] {
        commands.extend(series(ui, model, on_features, texts));
    }
    let mut shown = model.state.balance;
    if ui.checkbox(&mut shown, texts.text("accounts-show")).changed() {
        commands.push(Command::ShowBalance { shown });
    }
    commands.extend(super::sankey::switch(ui, model, texts));
    commands.extend(super::attributes::section(ui, model, texts));
    commands.extend(super::picture::section(ui, model, texts));
    commands
}

/// The territory's own series: on its features as colours, of the whole as curves.
fn series(ui: &mut Ui, model: &PanelModel, on_features: bool, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut lines = model.series.iter().filter(|series| series.on_features == on_features).peekable();
    if lines.peek().is_none() {
        return commands;
    }
    ui.add_space(4.0);
    ui.label(RichText::new(texts.text(if on_features { "ui-series-features" } else { "ui-series-territory" })).weak());
    for line in lines {
        let is_current = model.state.series.as_deref() == Some(line.id.as_str()) && (!on_features || model.state.theme == Theme::Series);
        let (from, to) = (model.clock.read(line.extent.start), model.clock.read(line.extent.end.plus_seconds(-1)));
        let extent = texts.text_with("ui-series-extent", &[("from", texts.date(from).into()), ("to", texts.date(to).into()), ("unit", line.unit.as_str().into())]);
        if ui.radio(is_current, &line.title).on_hover_text(tip_text(texts, &extent)).clicked() {
            let series = (!is_current).then(|| line.id.clone());
            commands.push(Command::ShowSeries { series });
        }
    }
    commands
}

fn tip_text(texts: &Texts, text: &str) -> String {
    match super::widgets::key_name(texts, "key-series-next") {
        Some(key) => texts.text_with("ui-tooltip-key", &[("text", text.into()), ("key", key.into())]),
        None => text.to_owned(),
    }
}

fn line(ui: &mut Ui, model: &PanelModel, layer: &LayerLine, texts: &Texts) -> Option<Command> {
    let mut visible = !model.state.hidden.contains(&layer.id);
    let help = texts.text_with("ui-layer-help", &[("name", layer.name.as_str().into())]);
    let mut command = None;
    ui.horizontal_wrapped(|ui| {
        if ui
            .checkbox(&mut visible, &layer.name)
            .on_hover_text(help)
            .changed()
        {
            command = Some(Command::ShowLayer {
                layer: layer.id.clone(),
                visible,
            });
        }
        if !layer.mark.is_empty() {
            ui.label(RichText::new(&layer.mark).small().weak().italics())
                .on_hover_text(&layer.mark_help);
        }
    });
    command
}
