//! Controls that say what they are: a visible or spoken label, and a tooltip with the shortcut.

use crate::i18n::Texts;
use crate::view::shortcuts;
use bevy_egui::egui::{Button, Response, RichText, Ui, WidgetInfo, WidgetType};
use egui_phosphor::regular as icon;

/// "généré, non réel", where something made up shows; nothing where the words are empty.
pub fn made_up(ui: &mut Ui, words: &str, texts: &Texts) {
    if !words.is_empty() {
        let colour = ui.visuals().warn_fg_color;
        ui.label(RichText::new(format!("{} {words}", icon::WARNING)).small().strong().color(colour)).on_hover_text(texts.text("made-up-help"));
    }
}

/// A button that is only an icon; `label` is what a screen reader says.
pub fn icon_button(ui: &mut Ui, icon: &str, label: &str, tip: &str) -> Response {
    let response = ui.add(Button::new(RichText::new(icon).size(16.0)));
    named(ui, response, label, tip)
}

/// A button with icon and text.
pub fn text_button(ui: &mut Ui, icon: &str, label: &str, tip: &str) -> Response {
    named_button(ui, icon, label, label, tip)
}

/// A button with icon and text that a screen reader calls something else: where several look alike.
pub fn named_button(ui: &mut Ui, icon: &str, words: &str, label: &str, tip: &str) -> Response {
    let response = ui.add(Button::new(format!("{icon} {words}")));
    named(ui, response, label, tip)
}

fn named(ui: &Ui, response: Response, label: &str, tip: &str) -> Response {
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, label));
    response.on_hover_text(tip)
}

/// A tooltip: what the control does, and its key when the table has one for `shortcut` (an i18n key such as `key-play`).
pub fn tip(texts: &Texts, text_key: &str, shortcut: &str) -> String {
    let text = texts.text(text_key);
    match key_name(texts, shortcut) {
        Some(key) => texts.text_with(
            "ui-tooltip-key",
            &[("text", text.into()), ("key", key.into())],
        ),
        None => text,
    }
}

/// How a key is called: what is written on it, or its name in the language.
pub fn key_name(texts: &Texts, shortcut: &str) -> Option<String> {
    let shortcut = shortcuts().iter().find(|entry| entry.text == shortcut)?;
    Some(match shortcut.name_key() {
        Some(name) => texts.text(name),
        None => shortcut.key.to_uppercase(),
    })
}

/// A number as somebody writes it, with a comma or a point.
pub fn written(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok()
}
