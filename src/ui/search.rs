//! The search box of the top bar: letters in, commands out; arrows choose, Enter goes, Escape closes.

use super::model::{Memory, PanelModel};
use super::style;
use crate::i18n::Texts;
use crate::search::{Hit, Remark};
use crate::view::{Command, Selection};
use bevy_egui::egui::{self, Align2, Area, Id, Key, Order, RichText, Sense, TextEdit, Ui, WidgetInfo, WidgetType};
use egui_phosphor::regular as icon;

const WIDTH: f32 = 250.0;
const LIST_WIDTH: f32 = 360.0;
const FIELD: &str = "search-field";

/// What a person sees of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchModel {
    /// The query that the answers are of.
    pub query: String,
    pub hits: Vec<Hit>,
    pub is_waiting: bool,
    pub is_partial: bool,
    /// Nothing was asked yet, or this territory can be searched.
    pub has_index: bool,
}

/// What the box remembers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchMemory {
    pub text: String,
    /// The answer that Enter takes.
    pub cursor: usize,
    pub is_open: bool,
    /// The keyboard shall go to the box.
    pub wants_focus: bool,
}

/// The box, and its answers below it.
pub fn field(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let mine = &mut memory.search;
    let hits = model.search.as_ref().map_or(&[][..], |search| search.hits.as_slice());
    // Before the field sees them: there, arrows would move the caret.
    let has_focus = ui.memory(|memory| memory.has_focus(Id::new(FIELD)));
    let (mut go, mut leave) = (false, false);
    if has_focus {
        ui.input_mut(|input| {
            if input.consume_key(egui::Modifiers::NONE, Key::ArrowDown) && !hits.is_empty() {
                mine.cursor = (mine.cursor + 1) % hits.len();
            }
            if input.consume_key(egui::Modifiers::NONE, Key::ArrowUp) && !hits.is_empty() {
                mine.cursor = (mine.cursor + hits.len() - 1) % hits.len();
            }
            go = input.consume_key(egui::Modifiers::NONE, Key::Enter);
            leave = input.consume_key(egui::Modifiers::NONE, Key::Escape);
        });
    }
    let label = texts.text("search-label");
    let edit = TextEdit::singleline(&mut mine.text).id(Id::new(FIELD)).hint_text(format!("{} {}", icon::MAGNIFYING_GLASS, texts.text("search-hint"))).desired_width(WIDTH);
    let response = ui.add(edit).on_hover_text(texts.text("search-tip"));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, &label));
    if std::mem::take(&mut mine.wants_focus) {
        response.request_focus();
    }
    if response.changed() {
        mine.cursor = 0;
        mine.is_open = true;
        commands.push(Command::Find { query: mine.text.clone() });
    }
    if response.gained_focus() && !mine.text.trim().is_empty() {
        mine.is_open = true;
    }
    // The field gives the keyboard up by itself on Escape, before anybody is asked.
    if leave || response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
        mine.is_open = false;
        response.surrender_focus();
    }
    mine.cursor = mine.cursor.min(hits.len().saturating_sub(1));
    if go && mine.is_open {
        commands.extend(hits.get(mine.cursor).map(go_to));
        if !hits.is_empty() {
            mine.is_open = false;
            response.surrender_focus();
        }
    }
    let Some(search) = model.search.as_ref().filter(|_| mine.is_open && !mine.text.trim().is_empty()) else { return commands };
    let mut chosen = None;
    let list = Area::new(Id::new("search-answers")).order(Order::Foreground).pivot(Align2::LEFT_TOP).fixed_pos(response.rect.left_bottom() + egui::vec2(0.0, 6.0)).show(ui.ctx(), |ui| {
        style::card(ui).show(ui, |ui| {
            ui.set_width(LIST_WIDTH);
            for (place, hit) in hits.iter().enumerate() {
                if answer(ui, hit, place == mine.cursor, texts) {
                    chosen = Some(hit);
                }
            }
            if let Some(sentence) = sentence(search, texts) {
                ui.label(RichText::new(sentence).weak());
            }
            ui.label(RichText::new(texts.text("search-local")).weak().small());
        });
    });
    if let Some(hit) = chosen {
        commands.push(go_to(hit));
        mine.is_open = false;
    } else if list.response.clicked_elsewhere() && response.clicked_elsewhere() {
        mine.is_open = false;
    }
    commands
}

/// What is to be said where answers lack or are not all.
fn sentence(search: &SearchModel, texts: &Texts) -> Option<String> {
    if !search.has_index {
        Some(texts.text("search-no-index"))
    } else if search.is_waiting {
        search.hits.is_empty().then(|| texts.text("search-waiting"))
    } else if search.is_partial {
        Some(texts.text("search-partial"))
    } else {
        search.hits.is_empty().then(|| texts.text_with("search-nothing", &[("query", search.query.as_str().into())]))
    }
}

/// One answer; whether it was clicked.
fn answer(ui: &mut Ui, hit: &Hit, is_current: bool, texts: &Texts) -> bool {
    let kind = texts.text(&format!("search-kind-{}", if hit.is_house { "address" } else { hit.kind.id() }));
    let mut below = [kind.as_str(), hit.detail.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    if hit.remark != Remark::None {
        below = format!("{below} — {}", texts.text(&format!("search-remark-{}", hit.remark.id())));
    }
    let fill = if is_current { ui.visuals().selection.bg_fill.gamma_multiply(0.35) } else { egui::Color32::TRANSPARENT };
    let row = egui::Frame::new().fill(fill).corner_radius(6).inner_margin(egui::Margin::symmetric(8, 4)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical(|ui| {
            ui.label(RichText::new(&hit.label).strong());
            ui.label(RichText::new(&below).weak().small());
        });
    });
    let response = row.response.interact(Sense::click()).on_hover_cursor(egui::CursorIcon::PointingHand);
    let said = format!("{}, {below}", hit.label);
    response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, is_current, &said));
    response.clicked()
}

/// Goes there, and chooses what stands there.
fn go_to(hit: &Hit) -> Command {
    let selection = hit.feature.as_ref().map(|(layer, id)| Selection { layer: layer.as_str().into(), id: id.clone() });
    Command::GoTo { at: hit.at, span_m: hit.span_m, selection }
}
