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
    commands.extend(super::picture::section(ui, model, texts));
    commands
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
