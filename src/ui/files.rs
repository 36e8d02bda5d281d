//! The files of a chart: its values as CSV and as Parquet, with where they come from, and itself as a picture.

use super::export;
use super::model::Memory;
use super::still::{Shot, What};
use super::widgets::named_button;
use crate::base::Clock;
use crate::i18n::Texts;
use crate::view::table::{About, Table};
use crate::view::{Form, Values};
use crate::viewer::curves::carried::written;
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
        Values::Flows => "save-of-flows",
    });
    // Several charts stand in one panel: who hears the buttons hears which is whose.
    let label = |form: &str| if values == Values::Curves { form.to_owned() } else { format!("{form}, {what}") };
    let help = |key: &str| format!("{} ({what})", texts.text(&format!("save-{key}-help")));
    for (form, seen) in [(Form::Csv, "CSV"), (Form::Parquet, "Parquet")] {
        if named_button(ui, icon::DOWNLOAD_SIMPLE, seen, &label(seen), &help(form.ending())).clicked() {
            let (about, table) = make();
            memory.kept = Some(match written(form, &about, &table, clock) {
                Ok(bytes) => super::said(export::keep(&export::folder(), &name, form.ending(), &bytes), texts),
                Err(why) => texts.text_with("save-failed", &[("path", export::folder().display().to_string().into()), ("why", why.into())]),
            });
        }
    }
    if named_button(ui, icon::IMAGE, "PNG", &label("PNG"), &help("png")).clicked() {
        memory.shot = Some(Shot::of(What::Values(values)));
    }
}
