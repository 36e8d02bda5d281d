//! At the foot of the left panel: how the picture is drawn.

use super::model::PanelModel;
use super::widgets::tip;
use crate::i18n::Texts;
use crate::view::{Command, Quality};
use bevy_egui::egui::{ComboBox, RichText, Ui};

pub fn section(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.add_space(8.0);
    ui.separator();
    ui.label(RichText::new(texts.text("ui-picture")).heading());
    let mut underground = model.state.underground;
    let help = tip(texts, "ui-underground-help", "key-underground");
    if ui.checkbox(&mut underground, texts.text("ui-underground")).on_hover_text(help).changed() {
        commands.push(Command::SetUnderground { underground });
    }
    let name = |quality: Quality| match quality {
        // What was picked is said, so that nobody wonders why the picture changed.
        Quality::Auto => texts.text_with("quality-auto-now", &[("now", texts.text(&format!("quality-{}", model.quality.id())).into())]),
        chosen => texts.text(&format!("quality-{}", chosen.id())),
    };
    ui.horizontal_wrapped(|ui| {
        let label = ui.label(texts.text("ui-quality"));
        let mut quality = model.state.quality;
        ComboBox::from_id_salt("quality")
            .selected_text(name(quality))
            .show_ui(ui, |ui| {
                for choice in Quality::ALL {
                    ui.selectable_value(&mut quality, choice, name(choice));
                }
            })
            .response
            .labelled_by(label.id)
            .on_hover_text(texts.text("ui-quality-help"));
        if quality != model.state.quality {
            commands.push(Command::SetQuality { quality });
        }
    });
    commands
}
