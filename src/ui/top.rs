//! The bar at the top: where we are, and what concerns the whole program.

use super::model::{Memory, PanelModel};
use super::still::{Shot, What};
use super::{plan, search};
use super::widgets::{icon_button, text_button, tip};
use crate::i18n::Texts;
use crate::view::{Command, Language};
use bevy_egui::egui::{Align, Layout, RichText, Theme, Ui};
use egui_phosphor::regular as icon;

pub fn bar(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal(|ui| {
        if model.is_open {
            let fold = if memory.layers_open {
                "ui-layers-hide"
            } else {
                "ui-layers-show"
            };
            let fold = texts.text(fold);
            if icon_button(ui, icon::SIDEBAR_SIMPLE, &fold, &fold).clicked() {
                memory.layers_open = !memory.layers_open;
            }
        }
        let title = if model.is_open {
            model.territory.clone()
        } else {
            texts.text("ui-app")
        };
        ui.label(RichText::new(title).heading().strong());
        if model.is_open {
            for (icon, label, key, command) in [
                (icon::HOUSE, "ui-home", "key-home", Command::Home),
                (icon::COMPASS, "ui-north", "key-north", Command::North),
                (
                    icon::PLUS,
                    "ui-zoom-in",
                    "key-zoom-in",
                    Command::Zoom { factor: 0.8 },
                ),
                (
                    icon::MINUS,
                    "ui-zoom-out",
                    "key-zoom-out",
                    Command::Zoom { factor: 1.25 },
                ),
            ] {
                if icon_button(ui, icon, &texts.text(label), &tip(texts, key, key)).clicked() {
                    commands.push(command);
                }
            }
        }
        if model.is_open {
            commands.extend(search::field(ui, model, memory, texts));
            commands.extend(plan::opener(ui, model, texts));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let help = texts.text("ui-help");
            if icon_button(
                ui,
                icon::QUESTION,
                &help,
                &tip(texts, "ui-help", "key-help"),
            )
            .clicked()
            {
                memory.help_open = !memory.help_open;
            }
            let (shade, name) = if memory.dark {
                (icon::SUN, texts.text("ui-theme-light"))
            } else {
                (icon::MOON, texts.text("ui-theme-dark"))
            };
            if icon_button(ui, shade, &name, &name).clicked() {
                memory.dark = !memory.dark;
                ui.ctx().set_theme(if memory.dark {
                    Theme::Dark
                } else {
                    Theme::Light
                });
            }
            if model.is_open {
                commands.extend(languages(ui, model, texts));
                let link = model.link();
                let is_copied = memory.copied.as_ref() == Some(&link);
                let label = texts.text(if is_copied {
                    "ui-share-done"
                } else {
                    "ui-share"
                });
                let picture = texts.text("key-picture");
                if icon_button(ui, icon::CAMERA, &picture, &tip(texts, "save-scene-help", "key-picture")).clicked() {
                    memory.shot = Some(Shot::of(What::Scene));
                }
                let shape = if is_copied { icon::CHECK } else { icon::LINK };
                if text_button(ui, shape, &label, &tip(texts, "ui-share-help", "key-link"))
                    .clicked()
                {
                    ui.ctx().copy_text(link.clone());
                    memory.copied = Some(link);
                }
            }
        });
    });
    commands
}

/// Each language by its own name, so that nobody has to read the other one to find theirs.
fn languages(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Option<Command> {
    let mut chosen = None;
    // The bar is filled from the right.
    for language in Language::ALL.into_iter().rev() {
        let name = texts.text(&format!("ui-language-name-{}", language.code()));
        let is_current = model.state.language == language;
        let response = ui.selectable_label(is_current, name).on_hover_text(tip(
            texts,
            "ui-language",
            "key-language",
        ));
        if response.clicked() && !is_current {
            chosen = Some(Command::SetLanguage { language });
        }
    }
    chosen
}
