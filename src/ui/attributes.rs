//! Attributes of the objects: which one the colours show, and which objects are shown at all.

use super::model::PanelModel;
use super::widgets::icon_button;
use crate::i18n::Texts;
use crate::view::attribute::{MAX_FILTERS, MAX_FILTER_VALUES};
use crate::view::{Command, Filter, Keep, Theme};
use bevy_egui::egui::{ComboBox, DragValue, RichText, Ui};
use egui_phosphor::regular as icon;

pub fn section(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    if model.attributes.is_empty() && model.state.filters.is_empty() && model.state.attribute.is_none() {
        return commands;
    }
    ui.add_space(4.0);
    let label = ui.label(RichText::new(texts.text("ui-attributes")).weak());
    let shown = model.state.attribute.as_ref().filter(|_| model.state.theme == Theme::Attribute);
    let none = texts.text("ui-attribute-none");
    let current = shown.map_or_else(|| none.clone(), |attribute| model.title_of(attribute));
    let combo = ComboBox::from_id_salt("attribute").selected_text(current).width(236.0).show_ui(ui, |ui| {
        if ui.selectable_label(shown.is_none(), &none).clicked() && shown.is_some() {
            commands.push(Command::ShowAttribute { attribute: None });
        }
        for line in &model.attributes {
            let is_current = shown == Some(&line.attribute);
            if ui.selectable_label(is_current, &line.title).clicked() && !is_current {
                commands.push(Command::ShowAttribute { attribute: Some(line.attribute.clone()) });
            }
        }
    });
    combo.response.labelled_by(label.id);
    ui.add_space(8.0);
    ui.separator();
    ui.label(RichText::new(texts.text("ui-filters")).heading());
    let filters = &model.state.filters;
    for (at, filter) in filters.iter().enumerate() {
        if let Some(changed) = one(ui, filter, model, texts) {
            let mut next = filters.clone();
            match changed {
                Some(filter) => next[at] = filter,
                None => drop(next.remove(at)),
            }
            commands.push(Command::SetFilters { filters: next });
        }
    }
    if filters.len() < MAX_FILTERS {
        let add = texts.text("ui-filter-add");
        ComboBox::from_id_salt("filter").selected_text(&add).width(236.0).show_ui(ui, |ui| {
            let is_free = |line: &&super::model::AttributeLine| filters.iter().all(|filter| filter.attribute != line.attribute);
            for line in model.attributes.iter().filter(is_free) {
                if ui.selectable_label(false, &line.title).clicked() {
                    let keep = match line.range {
                        Some([low, high]) => Keep::Range { low: Some(low), high: Some(high) },
                        None => Keep::Values { values: line.kinds.iter().take(MAX_FILTER_VALUES).cloned().collect() },
                    };
                    let filter = Filter { attribute: line.attribute.clone(), keep };
                    let mut next = filters.clone();
                    next.extend(Some(filter).filter(Filter::is_sound));
                    commands.push(Command::SetFilters { filters: next });
                }
            }
        });
    }
    commands
}

/// The filter as a person changed it; the inner `None` takes it away.
#[expect(clippy::option_option, reason = "unchanged, taken away, or another one")]
fn one(ui: &mut Ui, filter: &Filter, model: &PanelModel, texts: &Texts) -> Option<Option<Filter>> {
    let title = model.title_of(&filter.attribute);
    let mut changed = None;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&title).strong());
        let label = texts.text_with("ui-filter-remove", &[("name", title.as_str().into())]);
        if icon_button(ui, icon::X, &label, &label).clicked() {
            changed = Some(None);
        }
    });
    let known = model.attributes.iter().find(|line| line.attribute == filter.attribute);
    let with = |keep: Keep| Some(Some(Filter { attribute: filter.attribute.clone(), keep }).filter(Filter::is_sound)).filter(Option::is_some);
    match &filter.keep {
        Keep::Range { low, high } => {
            let [least, most] = known.and_then(|line| line.range).unwrap_or([low.unwrap_or(0.0), high.unwrap_or(0.0)]);
            let (mut from, mut to) = (low.unwrap_or(least), high.unwrap_or(most));
            let (lower, upper, reach) = (from, to, [least.min(from), most.max(to)]);
            let speed = ((most - least) / 200.0).max(f64::MIN_POSITIVE);
            ui.horizontal(|ui| {
                let label = ui.label(RichText::new(texts.text("ui-filter-from")).small());
                let first = ui.add(DragValue::new(&mut from).speed(speed).range(reach[0]..=upper)).labelled_by(label.id);
                let label = ui.label(RichText::new(texts.text("ui-filter-to")).small());
                let second = ui.add(DragValue::new(&mut to).speed(speed).range(lower..=reach[1])).labelled_by(label.id);
                if first.changed() || second.changed() {
                    changed = changed.take().or_else(|| with(Keep::Range { low: Some(from), high: Some(to) }));
                }
            });
        }
        Keep::Values { values } => {
            let all = known.map_or(values, |line| &line.kinds);
            for kind in all {
                let mut is_in = values.contains(kind);
                if ui.checkbox(&mut is_in, texts.kind(&filter.attribute.name, kind)).changed() {
                    // In the order of the list, so that the same choice is the same link.
                    let next = all.iter().filter(|other| if *other == kind { is_in } else { values.contains(other) }).cloned().collect();
                    changed = changed.take().or_else(|| with(Keep::Values { values: next }));
                }
            }
        }
    }
    changed
}
