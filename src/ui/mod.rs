//! The desktop's panels: state in, commands out.
//!
//! Each panel is a function of a [`PanelModel`] that answers with the commands a person asked for; nothing here changes the scene.
//! What a panel remembers of itself (folded, explained, help open) is [`Memory`].
//!
//! | module | shows |
//! |---|---|
//! | [`search`] | the search box and its answers |
//! | [`top`] | territory, whole view, link, language, help |
//! | [`layers`] | what to see, what the colours mean, the legend |
//! | [`attributes`] | colours and filters by what objects are |
//! | [`marks`] | names and scale on the picture |
//! | [`picture`] | under the ground, how much the picture may cost |
//! | [`sheet`] | what is known of the selected feature, each figure with its origin |
//! | [`roof`] | "my roof" of the selected building |
//! | [`roof_trial`] | what can be tried on it: modules, trees, the terrain
//! | [`plan`] | the commune's solar plan: a table of large roofs and car parks |
//! | [`area`] | an area that is drawn |
//! | [`export`], [`still`] | files and pictures that a person keeps |
//! | [`siting`] | proposals: what to put down, what it would change |
//! | [`ruler`] | the ruler of time, with the extent of each series |
//! | [`bookmarks`] | views that a person keeps |
//! | [`typical`] | typical days of the seasons |
//! | [`calendar`] | a year of a series, hour by hour |
//! | [`accounts`] | the balance of sources and uses |
//! | [`gantt`] | what changes around the year shown |
//! | [`sankey`] | where power comes from and where it goes |
//! | [`chart`] | curves of series, with the numbers behind them |
//! | [`time`] | day, hour, year, the running clock; sources; loading |
//! | [`notice`] | errors, the help page |
//! | [`plugin`] | the thin glue to the viewer |

mod accounts;
mod area;
mod attributes;
mod bookmarks;
mod calendar;
mod chart;
pub mod export;
mod files;
mod gantt;
mod layers;
mod legend;
pub mod model;
mod marks;
mod notice;
mod picture;
pub mod plan;
mod roof;
mod roof_trial;
mod plugin;
mod ruler;
mod sankey;
pub mod search;
mod siting;
mod sheet;
pub mod still;
mod style;
mod time;
mod top;
mod typical;
mod widgets;

pub use model::{AttributeLine, ChartText, FlowsText, HistogramText, LayerLine, LegendText, Memory, PanelModel, SeriesLine};
pub use plugin::UiPlugin;
pub use roof::RoofText;
pub use siting::SitingText;
pub use style::{install, style};

use crate::i18n::Texts;
use crate::view::Command;
use bevy_egui::egui;

/// Between the picture's edge and what lies on it, points.
const MARGIN: f32 = 12.0;
const LEGEND_WIDTH: f32 = 240.0;

/// All panels around the picture, which is what they leave free. Answers what was asked for, in order.
pub fn panels(
    ui: &mut egui::Ui,
    model: &PanelModel,
    memory: &mut Memory,
    texts: &Texts,
) -> Vec<Command> {
    let mut commands = Vec::new();
    let under = marks::room(ui);
    egui::Panel::top("top")
        .show_separator_line(false)
        .frame(style::bar(ui))
        .show(ui, |ui| commands.extend(top::bar(ui, model, memory, texts)));
    notice::faults(ui, model, memory, texts);
    egui::Panel::bottom("time")
        .show_separator_line(false)
        .frame(style::bar(ui))
        .show(ui, |ui| commands.extend(time::strip(ui, model, memory, texts)));
    if model.is_open {
        let mut layers_open = memory.layers_open;
        egui::Panel::left("layers")
            // A handle to resize would be a stop of the Tab key that says nothing.
            .resizable(false)
            .exact_size(272.0)
            .frame(style::side(ui))
            .show_collapsible(ui, &mut layers_open, |ui| {
                scrolled(ui, |ui| {
                    commands.extend(layers::panel(ui, model, texts));
                    commands.extend(area::section(ui, model, memory, texts));
                    commands.extend(siting::tools(ui, model, texts));
                    commands.extend(bookmarks::section(ui, model, memory, texts));
                });
            });
        memory.layers_open = layers_open;
    }
    let asked = model.state.selection.is_some() || model.chart.is_some() || model.accounts.is_some();
    if asked || model.flows.is_some() || !model.state.proposal.is_empty() {
        egui::Panel::right("sheet")
            .resizable(false)
            .exact_size(320.0)
            .frame(style::side(ui))
            .show(ui, |ui| {
                scrolled(ui, |ui| {
                    if !model.state.proposal.is_empty() {
                        siting::card(ui, model, texts);
                        ui.separator();
                    }
                    commands.extend(sheet::panel(ui, model, memory, texts));
                });
            });
    }
    let covered = model.legend.as_ref().map(|of_theme| {
        // On the picture: colours without their key mean nothing, whatever panel is closed or however low the window.
        let corner = ui.available_rect_before_wrap().left_bottom() + egui::vec2(MARGIN, -MARGIN);
        let card = egui::Area::new(egui::Id::new("legend"))
            .pivot(egui::Align2::LEFT_BOTTOM)
            .fixed_pos(corner)
            .show(ui.ctx(), |ui| {
                style::card(ui).show(ui, |ui| {
                    ui.set_width(LEGEND_WIDTH);
                    commands.extend(legend::legend(ui, of_theme, &model.state.scale, memory, texts));
                    if !memory.legend_short {
                        commands.extend(legend::grain(ui, model, texts));
                    }
                });
            });
        card.response.rect
    });
    marks::write(ui, under, model, ui.available_rect_before_wrap(), covered, texts);
    commands.extend(plan::window(ui, model, texts));
    notice::kept(ui, memory, texts);
    notice::help(ui, memory, texts);
    commands
}

/// Scrolls within the panel's own rectangle: a row that is wider is cut, and never moves the picture beside.
fn scrolled(ui: &mut egui::Ui, add: impl FnOnce(&mut egui::Ui)) {
    let rect = ui.available_rect_before_wrap();
    let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    egui::ScrollArea::vertical().show(&mut inside, add);
    ui.allocate_rect(rect, egui::Sense::hover());
}

/// Where a file lies now, or why it does not.
fn said(kept: Result<std::path::PathBuf, (std::path::PathBuf, std::io::Error)>, texts: &Texts) -> String {
    match kept {
        Ok(path) => texts.text_with("save-done", &[("path", path.display().to_string().into())]),
        Err((folder, error)) => texts.text_with("save-failed", &[("path", folder.display().to_string().into()), ("why", error.to_string().into())]),
    }
}
