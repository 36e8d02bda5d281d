//! Views that a person keeps: saved under a name, opened again, forgotten. They lie in a file of the person's settings.

use super::model::{Memory, PanelModel};
use super::widgets::{icon_button, text_button};
use crate::i18n::Texts;
use crate::view::bookmarks::{self, Bookmark};
use crate::view::{Command, from_link};
use bevy_egui::egui::{Key, RichText, TextEdit, Ui};
use egui_phosphor::regular as icon;
use std::path::PathBuf;

pub fn section(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.add_space(8.0);
    ui.separator();
    ui.label(RichText::new(texts.text("ui-views")).heading());
    let label = ui.label(RichText::new(texts.text("ui-view-name")).small());
    let field = ui.add(TextEdit::singleline(&mut memory.view_name).desired_width(f32::INFINITY).char_limit(bookmarks::MAX_NAME_CHARS)).labelled_by(label.id);
    let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let keep = texts.text("ui-view-keep");
    if text_button(ui, icon::BOOKMARK_SIMPLE, &keep, &texts.text("ui-view-keep-help")).clicked() || is_entered {
        let moment = texts.moment(model.clock, model.state.instant);
        let name = if memory.view_name.trim().is_empty() { &moment } else { &memory.view_name };
        let link = crate::view::to_link(&model.state);
        bookmarks::keep(&mut memory.bookmarks, Bookmark::new(&model.state.territory, name, &link));
        memory.view_name.clear();
    }
    let mut forgotten = None;
    for view in memory.bookmarks.iter().filter(|view| view.territory == model.state.territory) {
        ui.horizontal_wrapped(|ui| {
            if ui.link(&view.name).on_hover_text(texts.text("ui-view-open")).clicked() {
                // A link that is no longer understood changes nothing; a person keeps the language that is spoken now.
                let restored = from_link(&view.link, &model.state).map(|state| crate::view::ViewState { language: model.state.language, ..state });
                commands.extend(restored.ok().map(|state| Command::Restore { state: Box::new(state) }));
            }
            let label = texts.text_with("ui-view-remove", &[("name", view.name.as_str().into())]);
            if icon_button(ui, icon::X, &label, &label).clicked() {
                forgotten = Some(view.clone());
            }
        });
    }
    if let Some(view) = forgotten {
        memory.bookmarks.retain(|known| *known != view);
    }
    commands
}

/// Where settings lie: as the system has it, else below the home folder.
fn file() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let settings = folder("XDG_CONFIG_HOME").or_else(|| folder("APPDATA")).or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(settings.join("jumeau").join("views.json"))
}

/// Bytes of that file; a larger one is none of ours.
const MAX_BYTES: u64 = 16 << 20;

/// The views that were kept; none where there is no file, or one that cannot be read.
pub fn load() -> Vec<Bookmark> {
    let file = file().filter(|file| std::fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.len() <= MAX_BYTES));
    file.and_then(|file| std::fs::read_to_string(file).ok()).map_or_else(Vec::new, |text| bookmarks::read(&text))
}

/// Keeps them. The file is written beside and put in its place, so that a crash leaves the former one.
///
/// # Errors
/// What the system says.
pub fn save(list: &[Bookmark]) -> std::io::Result<()> {
    let Some(file) = file() else { return Ok(()) };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension("json.new");
    std::fs::write(&beside, bookmarks::write(list))?;
    std::fs::rename(&beside, &file)
}
