//! The files of a chart: its values as CSV and as Parquet, with where they come from, and itself as a picture.

use super::export;
use super::model::Memory;
use super::still::{Shot, What};
use super::widgets::named_button;
use crate::base::Clock;
use crate::i18n::Texts;
use crate::view::Values;
use crate::view::table::{About, Table};
use bevy_egui::egui::Ui;
use egui_phosphor::regular as icon;

/// What is asked for is kept, or said why not. `of` begins the names of the files; `make` gives what they say and hold.
pub fn buttons(ui: &mut Ui, values: Values, of: &str, clock: Clock, memory: &mut Memory, texts: &Texts, make: impl Fn() -> (About, Table)) {
    let name = format!("{of}{}", values.ending());
    let what = texts.text(match values {
        Values::Curves => "save-of-curves",
        Values::Duration => "save-of-duration",
        Values::Calendar => "save-of-calendar",
        Values::Balance => "save-of-balance",
    });
    // Several charts stand in one panel: who hears the buttons hears which is whose.
    let label = |form: &str| if values == Values::Curves { form.to_owned() } else { format!("{form}, {what}") };
    let help = |key: &str| format!("{} ({what})", texts.text(&format!("save-{key}-help")));
    let keep = |ending: &str, bytes: &[u8]| super::said(export::keep(&export::folder(), &name, ending, bytes), texts);
    if named_button(ui, icon::DOWNLOAD_SIMPLE, "CSV", &label("CSV"), &help("csv")).clicked() {
        let (about, table) = make();
        // The mark at the beginning tells spreadsheets that it is UTF-8.
        memory.kept = Some(keep("csv", format!("\u{feff}{}", table.csv(&about, clock)).as_bytes()));
    }
    if named_button(ui, icon::DOWNLOAD_SIMPLE, "Parquet", &label("Parquet"), &help("parquet")).clicked() {
        let (about, table) = make();
        memory.kept = Some(match export::parquet(&about, &table, clock) {
            Ok(bytes) => keep("parquet", &bytes),
            Err(error) => texts.text_with("save-failed", &[("path", export::folder().display().to_string().into()), ("why", error.to_string().into())]),
        });
    }
    if named_button(ui, icon::IMAGE, "PNG", &label("PNG"), &help("png")).clicked() {
        memory.shot = Some(Shot::of(What::Values(values)));
    }
}
