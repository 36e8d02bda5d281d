//! What went wrong, and how to use the program.

use super::model::{Memory, PanelModel};
use super::style;
use super::widgets::{icon_button, key_name};
use crate::i18n::Texts;
use crate::view::shortcuts;
use bevy_egui::egui::{Align2, Area, Grid, Order, Panel, RichText, ScrollArea, Ui, Window, vec2};
use egui_phosphor::regular as icon;

/// A banner with the newest sentence the person has not closed yet.
pub fn faults(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) {
    // The model's list is bounded and loses its oldest; so does what is remembered of it.
    memory
        .closed_faults
        .retain(|fault| model.faults.contains(fault));
    let unseen: Vec<&str> = model
        .faults
        .iter()
        .filter(|fault| !memory.closed_faults.contains(fault))
        .map(String::as_str)
        .collect();
    let Some((newest, older)) = unseen.split_last() else {
        return;
    };
    let (frame, colour) = style::warning(ui);
    Panel::top("faults")
        .frame(frame)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.visuals_mut().override_text_color = Some(colour);
            ui.horizontal_wrapped(|ui| {
                let hide = texts.text("ui-fault-hide");
                if icon_button(ui, icon::X, &hide, &hide).clicked() {
                    memory.closed_faults.clone_from(&model.faults);
                }
                ui.label(icon::WARNING);
                ui.label(*newest);
                if !older.is_empty() {
                    let more = texts.text_with("ui-fault-more", &[("count", older.len().into())]);
                    ui.label(RichText::new(more).small())
                        .on_hover_text(older.join("\n\n"));
                }
            });
        });
}

/// Where a file was kept, until it is closed.
pub fn kept(ui: &mut Ui, memory: &mut Memory, texts: &Texts) {
    let Some(said) = memory.kept.clone() else { return };
    let place = ui.available_rect_before_wrap();
    Area::new("kept".into()).order(Order::Foreground).pivot(Align2::CENTER_BOTTOM).fixed_pos(place.center_bottom() - vec2(0.0, 16.0)).show(ui.ctx(), |ui| {
        style::card(ui).show(ui, |ui| {
            ui.set_max_width(0.8 * place.width());
            ui.horizontal_wrapped(|ui| {
                ui.label(&said);
                let close = texts.text("ui-close");
                if icon_button(ui, icon::X, &close, &close).clicked() {
                    memory.kept = None;
                }
            });
        });
    });
}

/// All shortcuts and the mouse, over the picture; Escape closes it.
pub fn help(ui: &mut Ui, memory: &mut Memory, texts: &Texts) {
    if !memory.help_open {
        return;
    }
    let mut is_open = true;
    Window::new(texts.text("ui-help-title"))
        .id("help".into())
        .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
        .collapsible(false)
        .resizable(false)
        .open(&mut is_open)
        .show(ui.ctx(), |ui| {
            ScrollArea::vertical().max_height(440.0).show(ui, |ui| {
                ui.label(RichText::new(texts.text("ui-help-mouse-title")).strong());
                for key in [
                    "ui-help-mouse-pan",
                    "ui-help-mouse-orbit",
                    "ui-help-mouse-zoom",
                    "ui-help-mouse-pick",
                ] {
                    ui.label(texts.text(key));
                }
                ui.separator();
                Grid::new("keys")
                    .num_columns(2)
                    .spacing([24.0, 4.0])
                    .show(ui, |ui| {
                        for shortcut in shortcuts() {
                            ui.label(
                                RichText::new(key_name(texts, shortcut.text).unwrap_or_default())
                                    .strong(),
                            );
                            ui.label(texts.text(shortcut.text));
                            ui.end_row();
                        }
                    });
            });
            ui.add_space(8.0);
            if ui.button(texts.text("ui-close")).clicked() {
                memory.help_open = false;
            }
        });
    if !is_open {
        memory.help_open = false;
    }
}
