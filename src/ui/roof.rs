//! "My roof" of the selected building: what it yields, what it earns, what has to be asked for; every number with its origin on hover.

use super::model::PanelModel;
use super::roof_trial;
use super::widgets::{icon_button, text_button, written};
use crate::base::{Clock, Instant, Language};
use crate::i18n::Texts;
use crate::planning::rooftop::State;
use crate::rooftop::answer::MyRoof;
use crate::rooftop::hours;
use crate::rooftop::card::{COLOURS, Card, Day, LIGHT_KWH_M2, PlaneCard};
use crate::rooftop::told::Line;
use crate::view::{Command, MAX_BATTERY_KWH, MAX_HEAT_KWH, RoofAmount, RoofLoad};
use crate::viewer::vocab::{RoofFacts, Scene, ViewCommand};
use bevy::prelude::{MessageReader, MessageWriter, Res};
use bevy::window::FileDragAndDrop;
use bevy_egui::egui::{
    Align2, CollapsingHeader, Color32, ComboBox, DragValue, FontId, Rect, RichText, Sense, Slider, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use std::io::Read;
use std::sync::Arc;

/// Largest meter's file that is read, bytes.
const MAX_METER_BYTES: u64 = 64 << 20;
const CHART_HEIGHT: f32 = 84.0;
const FOOT: f32 = 14.0;
const SUN: Color32 = Color32::from_rgb(0xe6, 0x9f, 0x00);
const DRAWN: Color32 = Color32::from_rgb(0x00, 0x72, 0xb2);

/// A roof as the panel shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoofText {
    /// `waiting`, `absent`, `empty`, `failed`, `ready`.
    pub state: &'static str,
    /// Why there is no answer, or what is wrong with it.
    pub message: Option<String>,
    pub planes: Vec<PlaneCard>,
    pub card: Option<Card>,
    /// Name of a meter's file and how many steps it has.
    pub meter: Option<(String, usize)>,
    /// Something rests on a fact past its validity.
    pub dated: bool,
    /// Where the dossier was put, or why not.
    pub saved: Option<Result<String, String>>,
    /// Kept free along every edge of the planes.
    pub margin_m: Option<f64>,
    /// What the year is written from, hour by hour.
    pub found: Option<Found>,
}

/// An answer; the same one is the same.
#[derive(Clone, Debug)]
pub struct Found(Arc<MyRoof>);

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl RoofText {
    /// `None` where nothing is to be shown.
    pub fn of(facts: &RoofFacts, texts: &Texts) -> Option<Self> {
        facts.building.as_ref()?;
        Some(Self {
            state: facts.state,
            message: facts.why.as_ref().map(|(key, value)| texts.text_with(key, &[("value", value.as_str().into())])),
            planes: facts.planes.clone(),
            card: facts.card.clone(),
            meter: facts.meter.clone(),
            saved: facts.saved.clone(),
            margin_m: facts.found.as_ref().map(|found| found.module.margin_m),
            found: facts.found.clone().map(Found),
            dated: facts.found.as_ref().is_some_and(|found| found.answer.is_dated()),
        })
    }
}

/// A meter's file dropped on the window while a roof is in view.
pub fn take_dropped(mut dropped: MessageReader<FileDragAndDrop>, scene: Option<Res<Scene>>, mut commands: MessageWriter<ViewCommand>) {
    for event in dropped.read() {
        let FileDragAndDrop::DroppedFile { path_buf, .. } = event else { continue };
        // A map is a proposal, no meter.
        let is_map = path_buf.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("geojson") || extension.eq_ignore_ascii_case("json"));
        if is_map || scene.as_ref().is_none_or(|scene| scene.state.selection.is_none()) {
            continue;
        }
        let name = path_buf.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut bytes = Vec::new();
        let read = std::fs::File::open(path_buf).and_then(|file| file.take(MAX_METER_BYTES).read_to_end(&mut bytes));
        // What cannot be read is an empty file: whoever reads tables says so.
        let csv = if read.is_ok() { String::from_utf8_lossy(&bytes).into_owned() } else { String::new() };
        commands.write(ViewCommand(Command::RoofMeter { name, csv: Some(csv) }));
    }
}

pub fn panel(ui: &mut Ui, roof: &RoofText, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.label(RichText::new(texts.text("roof-title")).heading().strong());
    if roof.state == "waiting" {
        ui.label(RichText::new(texts.text("roof-waiting")).weak());
    }
    if let Some(message) = &roof.message {
        ui.label(RichText::new(message).italics());
    }
    if let Some(card) = &roof.card {
        headline(ui, card);
        if roof.dated {
            ui.label(RichText::new(format!("{} {}", icon::WARNING, texts.text("roof-dated"))).color(ui.visuals().warn_fg_color));
        }
        ui.add_space(4.0);
        ui.label(RichText::new(texts.text("roof-months")).small());
        months(ui, card, texts);
        ui.label(RichText::new(texts.text_with("roof-day", &[("month", month_of(card, model.clock, model.state.instant).into())])).small());
        day(ui, card, model.clock, model.state.instant, texts);
        if let Some(Found(found)) = &roof.found
            && text_button(ui, icon::COPY, &texts.text("roof-year-csv"), &texts.text("roof-year-csv-help")).clicked()
        {
            ui.ctx().copy_text(hours::csv(found, &model.territory, &card.sources, model.clock));
        }
        if text_button(ui, icon::FILE_PDF, &texts.text("roof-dossier"), &texts.text("roof-dossier-help")).clicked() {
            commands.push(Command::SaveRoofDossier);
        }
        let saved = roof.saved.as_ref().map(|saved| match saved {
            Ok(path) => RichText::new(texts.text_with("roof-dossier-saved", &[("path", path.as_str().into())])).small(),
            Err(why) => RichText::new(texts.text_with("roof-dossier-failed", &[("why", why.as_str().into())])).color(ui.visuals().warn_fg_color),
        });
        if let Some(saved) = saved {
            ui.label(saved);
        }
    }
    if roof.card.is_some() || roof.state == "empty" {
        ui.separator();
        choices(ui, roof, model, texts, &mut commands);
    }
    if !roof.planes.is_empty() {
        ui.separator();
        planes(ui, roof, model, texts, &mut commands);
    }
    roof_trial::trees(ui, roof, model, texts, &mut commands);
    if let Some(card) = &roof.card {
        ui.separator();
        money_and_law(ui, card, (roof, model), texts, &mut commands);
    }
    commands
}

/// A name and its value; what it rests on stands on hover.
fn figure(ui: &mut Ui, line: &Line) {
    ui.label(RichText::new(&line.name).small().weak()).on_hover_text(&line.origin);
    ui.label(RichText::new(&line.value).strong()).on_hover_text(&line.origin);
    if !line.origin.is_empty() {
        ui.label(RichText::new(&line.origin).small().weak().italics());
    }
}

/// The four figures that people ask for first.
fn headline(ui: &mut Ui, card: &Card) {
    for key in ["production", "power", "usable-area", "pay-back"] {
        if let Some(line) = card.figures.iter().find(|line| line.key == key) {
            ui.label(RichText::new(&line.name).small().weak());
            let size = if key == "production" { 18.0 } else { 14.0 };
            ui.label(RichText::new(&line.value).size(size).strong()).on_hover_text(&line.origin);
        }
    }
}

fn frame(ui: &mut Ui, label: String) -> (Rect, bevy_egui::egui::Response) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CHART_HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &label));
    (Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - FOOT)), response)
}

/// kWh by month as bars.
fn months(ui: &mut Ui, card: &Card, texts: &Texts) {
    let (plot, response) = frame(ui, texts.text("roof-months"));
    let most = card.months.iter().copied().fold(1e-9, f64::max);
    let step = plot.width() / 12.0;
    let weak = ui.visuals().weak_text_color();
    for (month, kwh) in card.months.iter().enumerate() {
        let left = plot.left() + step * month as f32;
        let top = plot.bottom() - plot.height() * (kwh / most).clamp(0.0, 1.0) as f32;
        ui.painter().rect_filled(Rect::from_min_max(pos2(left + 1.5, top), pos2(left + step - 1.5, plot.bottom())), 1.0, SUN);
        let initial: String = card.month_names.get(month).and_then(|name| name.chars().next()).map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
        ui.painter().text(pos2(left + 0.5 * step, plot.bottom() + 1.0), Align2::CENTER_TOP, initial, FontId::proportional(10.0), weak);
    }
    if let Some(at) = response.hover_pos() {
        let month = (((at.x - plot.left()) / step).max(0.0) as usize).min(11);
        if let (Some(name), Some(kwh)) = (card.month_names.get(month), card.months.get(month)) {
            response.on_hover_text_at_pointer(format!("{name} {}\u{A0}kWh", texts.number(*kwh, 0)));
        }
    }
}

fn month_at(clock: Clock, instant: Instant) -> usize {
    (clock.read(instant).month - 1).clamp(0, 11) as usize
}

fn month_of(card: &Card, clock: Clock, instant: Instant) -> String {
    card.month_names.get(month_at(clock, instant)).cloned().unwrap_or_default()
}

/// The mean day of the month that is shown: what the roof makes, what the load draws.
fn day(ui: &mut Ui, card: &Card, clock: Clock, instant: Instant, texts: &Texts) {
    let Some(Day { production, load }) = card.days.get(month_at(clock, instant)) else { return };
    let (plot, response) = frame(ui, texts.text("roof-hours"));
    let most = production.iter().chain(load).copied().fold(1e-9, f64::max);
    let step = plot.width() / 24.0;
    let y = |kw: f64| plot.bottom() - plot.height() * (kw / most).clamp(0.0, 1.0) as f32;
    for (hour, kw) in production.iter().enumerate() {
        let left = plot.left() + step * hour as f32;
        ui.painter().rect_filled(Rect::from_min_max(pos2(left, y(*kw)), pos2(left + step, plot.bottom())), 0.0, SUN);
    }
    let steps = load.iter().enumerate().flat_map(|(hour, kw)| {
        let left = plot.left() + step * hour as f32;
        [pos2(left, y(*kw)), pos2(left + step, y(*kw))]
    });
    ui.painter().line(steps.collect(), Stroke::new(2.0, DRAWN));
    let weak = ui.visuals().weak_text_color();
    for hour in [0, 6, 12, 18] {
        let align = if hour == 0 { Align2::LEFT_TOP } else { Align2::CENTER_TOP };
        ui.painter().text(pos2(plot.left() + step * hour as f32, plot.bottom() + 1.0), align, format!("{hour}\u{A0}h"), FontId::proportional(10.0), weak);
    }
    if let Some(at) = response.hover_pos() {
        let hour = (((at.x - plot.left()) / step).max(0.0) as usize).min(23);
        if let (Some(made), Some(drawn)) = (production.get(hour), load.get(hour)) {
            let values = [("hour", (hour as f64).into()), ("made", texts.number(*made, 2).into()), ("drawn", texts.number(*drawn, 2).into())];
            response.on_hover_text_at_pointer(texts.text_with("roof-hour", &values));
        }
    }
    ui.horizontal(|ui| {
        for (colour, key) in [(SUN, "roof-made"), (DRAWN, "roof-drawn")] {
            let (swatch, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().rect_filled(swatch, 1.0, colour);
            ui.label(RichText::new(texts.text(key)).small());
        }
    });
}

/// Load, battery, sale.
fn choices(ui: &mut Ui, roof: &RoofText, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let choice = &model.state.roof;
    let name = |load: RoofLoad| texts.text(&format!("roof-load-{}", load.id()));
    ui.horizontal(|ui| {
        let label = ui.label(texts.text("roof-load"));
        ComboBox::from_id_salt("roof-load")
            .selected_text(name(choice.load))
            .show_ui(ui, |ui| {
                for load in RoofLoad::ALL.into_iter().filter(|load| *load != RoofLoad::Meter || roof.meter.is_some()) {
                    if ui.selectable_label(load == choice.load, name(load)).clicked() && load != choice.load {
                        commands.push(Command::SetRoofLoad { load, kwh: None });
                    }
                }
            })
            .response
            .labelled_by(label.id)
            .on_hover_text(texts.text("roof-load-help"));
    });
    ui.horizontal(|ui| {
        let label = ui.label(texts.text("roof-demand"));
        let mut kwh = choice.load_kwh.unwrap_or(0.0);
        let mut drag = DragValue::new(&mut kwh).range(0.0..=1e7).speed(50.0).max_decimals(0);
        drag = match choice.load_kwh {
            Some(_) => drag.suffix("\u{A0}kWh"),
            None => drag.custom_formatter(|_, _| texts.text("roof-demand-known")),
        };
        let response = ui.add(drag).labelled_by(label.id).on_hover_text(texts.text("roof-demand-help"));
        if response.changed() {
            commands.push(Command::SetRoofLoad { load: choice.load, kwh: (kwh > 0.0).then_some(kwh) });
        }
    });
    let mut battery = choice.battery_kwh;
    let slider = Slider::new(&mut battery, 0.0..=MAX_BATTERY_KWH).step_by(0.5).custom_formatter(|kwh, _| texts.number(kwh, 1)).custom_parser(written).suffix("\u{A0}kWh").text(texts.text("roof-battery"));
    if ui.add(slider).on_hover_text(texts.text("roof-battery-help")).changed() {
        commands.push(Command::SetRoofBattery { kwh: battery });
    }
    heat_pump(ui, roof, model, texts, commands);
    let mut all = choice.sell_all;
    if ui.checkbox(&mut all, texts.text("roof-sell-all")).changed() {
        commands.push(Command::SetRoofSale { all });
    }
    if let Some((name, _)) = &roof.meter {
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).small().weak());
            let label = texts.text("roof-meter-forget");
            if text_button(ui, icon::TRASH, &label, &label).clicked() {
                commands.push(Command::RoofMeter { name: String::new(), csv: None });
            }
        });
    } else {
        ui.label(RichText::new(texts.text("roof-meter-drop")).small().weak());
    }
}

/// A heat pump, and the heat that it gives.
fn heat_pump(ui: &mut Ui, roof: &RoofText, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let choice = &model.state.roof;
    let mut on = choice.heat_pump;
    if ui.checkbox(&mut on, texts.text("roof-heat-pump")).on_hover_text(texts.text("roof-heat-pump-help")).changed() {
        commands.push(Command::SetRoofHeatPump { on, kwh: None });
    }
    if !choice.heat_pump {
        return;
    }
    ui.horizontal(|ui| {
        let label = ui.label(texts.text("roof-heat"));
        let known = roof.found.as_ref().and_then(|found| found.0.pump.as_ref()).map(|pump| pump.heat_kwh);
        let mut kwh = choice.heat_kwh.or(known).unwrap_or(0.0);
        let drag = DragValue::new(&mut kwh).range(0.0..=MAX_HEAT_KWH).speed(50.0).max_decimals(0).custom_formatter(|kwh, _| texts.number(kwh, 0)).custom_parser(written).suffix("\u{A0}kWh");
        if ui.add(drag).labelled_by(label.id).on_hover_text(texts.text("roof-heat-help")).changed() {
            commands.push(Command::SetRoofHeatPump { on: true, kwh: (kwh > 0.0).then_some(kwh) });
        }
    });
}

/// A person's own amounts in place of the dated facts: what was used stands there until they write another.
fn own_amounts(ui: &mut Ui, card: &Card, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let choice = &model.state.roof;
    ui.label(RichText::new(texts.text("roof-own-help")).small().weak());
    for amount in RoofAmount::ALL {
        let own = choice.own.get(&amount).copied();
        // A quotation is a whole, and its fact one for each kWp.
        let used = if amount == RoofAmount::Cost { None } else { card.facts.iter().find(|one| amount.facts().contains(&one.fact.id.as_str())).and_then(|one| one.fact.value) };
        let (scale, digits, unit) = match amount {
            RoofAmount::Cost => (1.0, 0, "€"),
            RoofAmount::Vat => (100.0, 1, "%"),
            RoofAmount::Premium => (1.0, 0, if texts.language() == Language::En { "€/kWp" } else { "€/kWc" }),
            RoofAmount::PowerPrice | RoofAmount::SurplusTariff | RoofAmount::TotalTariff => (1.0, 4, "€/kWh"),
        };
        ui.horizontal(|ui| {
            let label = ui.label(texts.text(&format!("roof-own-{}", amount.id())));
            let mut value = scale * own.or(used).unwrap_or(0.0);
            let is_known = own.or(used).is_some();
            let drag = DragValue::new(&mut value)
                .range(0.0..=scale * amount.most())
                .speed(if amount == RoofAmount::Cost { 50.0 } else { scale * 0.001 })
                .max_decimals(digits)
                .custom_formatter(|value, _| if is_known { texts.number(value, digits) } else { "–".to_owned() })
                .custom_parser(written)
                .suffix(format!("\u{A0}{unit}"));
            if ui.add(drag).labelled_by(label.id).changed() {
                commands.push(Command::SetRoofAmount { amount, value: Some(value / scale) });
            }
            let label = texts.text("roof-own-reset");
            if own.is_some() && icon_button(ui, icon::ARROW_COUNTER_CLOCKWISE, &label, &label).clicked() {
                commands.push(Command::SetRoofAmount { amount, value: None });
            }
        });
    }
}

/// The planes, each with its light, and the key of their colours.
fn planes(ui: &mut Ui, roof: &RoofText, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    ui.label(RichText::new(texts.text("roof-planes")).strong());
    for plane in &roof.planes {
        ui.horizontal_wrapped(|ui| {
            let (swatch, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
            let [r, g, b] = plane.colour;
            ui.painter().rect_filled(swatch, 2.0, Color32::from_rgb(r, g, b));
            let mut covered = plane.covered;
            let enabled = plane.places > 0;
            let said = texts.text_with(
                "roof-plane",
                &[
                    ("light", texts.number(plane.kwh_m2, 0).into()),
                    ("modules", (plane.modules as f64).into()),
                    ("places", (plane.places as f64).into()),
                ],
            );
            let help = texts.text_with(
                "roof-plane-help",
                &[
                    ("area", texts.number(plane.area_m2, 0).into()),
                    ("usable", texts.number(plane.usable_m2, 0).into()),
                    ("shade", texts.number(100.0 * plane.shading_loss, 0).into()),
                    ("sky", texts.number(100.0 * plane.sky_view, 0).into()),
                ],
            );
            ui.add_enabled_ui(enabled, |ui| {
                if ui.checkbox(&mut covered, &plane.name).on_hover_text(&help).changed()
                    && let Ok(number) = u16::try_from(plane.plane)
                {
                    commands.push(Command::CoverRoofPlane { plane: number, covered });
                }
            });
            ui.label(RichText::new(said).small()).on_hover_text(&help);
        });
    }
    key(ui, texts);
    roof_trial::layout(ui, roof, model, texts, commands);
    if model.state.roof.is_by_hand() {
        let label = texts.text("roof-reset");
        if text_button(ui, icon::ARROW_COUNTER_CLOCKWISE, &label, &texts.text("roof-reset-help")).clicked() {
            commands.push(Command::ResetRoof);
        }
    }
}

/// What the colours of the planes mean.
fn key(ui: &mut Ui, texts: &Texts) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 10.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, texts.text("roof-key")));
    let step = rect.width() / COLOURS.len() as f32;
    for (place, [r, g, b]) in COLOURS.into_iter().enumerate() {
        let left = rect.left() + step * place as f32;
        ui.painter().rect_filled(Rect::from_min_max(pos2(left, rect.top()), pos2(left + step, rect.bottom())), 0.0, Color32::from_rgb(r, g, b));
    }
    let ends = LIGHT_KWH_M2.map(|light| texts.number(light, 0));
    ui.label(RichText::new(texts.text_with("roof-key-ends", &[("low", ends[0].as_str().into()), ("high", ends[1].as_str().into())])).small().weak());
}

/// All figures, the three ways of carbon, the dated facts, the check-list.
fn money_and_law(ui: &mut Ui, card: &Card, (roof, model): (&RoofText, &PanelModel), texts: &Texts, commands: &mut Vec<Command>) {
    CollapsingHeader::new(texts.text("roof-figures")).default_open(true).show(ui, |ui| {
        for line in &card.figures {
            figure(ui, line);
        }
    });
    CollapsingHeader::new(texts.text("roof-carbon")).default_open(false).show(ui, |ui| {
        ui.label(RichText::new(texts.text("roof-carbon-help")).small().weak());
        for one in &card.co2 {
            figure(ui, &one.line);
        }
    });
    let delay = texts.text_with("roof-formalities", &[("months", f64::from(card.delay_months).into())]);
    CollapsingHeader::new(delay).id_salt("roof-formalities").default_open(true).show(ui, |ui| {
        if let Some(name) = &card.listed {
            let name = if name.is_empty() { String::new() } else { format!("{name}. ") };
            ui.label(RichText::new(format!("{name}{}", texts.text("roof-listed"))).strong());
        }
        let others = card.monuments.len() - usize::from(card.listed.is_some());
        match card.covisible {
            Some(true) => drop(ui.label(RichText::new(texts.text("roof-covisible")).strong())),
            Some(false) if others > 0 => drop(ui.label(texts.text("roof-not-covisible"))),
            _ if others == 0 && card.listed.is_some() => {}
            _ => drop(ui.label(RichText::new(texts.text("roof-covisible-unknown")).small().weak())),
        }
        roof_trial::terrain(ui, roof, model, texts, commands);
        for one in &card.steps {
            let (mark, word) = match one.step.state {
                State::Needed => (icon::CHECK_SQUARE, "roof-step-needed"),
                State::Known => (icon::INFO, "roof-step-known"),
                State::ToVerify => (icon::QUESTION, "roof-step-to-verify"),
            };
            let step = &one.step;
            let past = if step.past { format!("\n{}", texts.text("roof-dated")) } else { String::new() };
            let origin = format!("{}\n{} · {}{past}", one.todo, step.origin(), step.from);
            ui.horizontal_wrapped(|ui| {
                ui.label(mark).on_hover_text(texts.text(word));
                let why = if one.why.is_empty() { String::new() } else { format!(" — {}", one.why) };
                ui.label(format!("{}{why}", one.text)).on_hover_text(origin.trim());
            });
        }
    });
    CollapsingHeader::new(texts.text("roof-facts")).default_open(false).show(ui, |ui| {
        for one in &card.facts {
            let fact = &one.fact;
            let day = crate::rooftop::told::day;
            let until = fact.to.map(|to| format!(" – {}", day(to))).unwrap_or_default();
            let value = fact.value.map(|value| format!(" : {value} {}", fact.unit)).unwrap_or_default();
            let text = RichText::new(format!("{}{value}", one.text)).small();
            ui.label(if one.state == "past" { text.color(ui.visuals().warn_fg_color) } else { text }).on_hover_text(texts.text(if one.state == "past" { "roof-dated" } else { "roof-facts" }));
            ui.label(RichText::new(format!("{} ; {}{until}", one.origin, day(fact.from))).small().weak().italics());
        }
    });
    CollapsingHeader::new(texts.text("roof-own")).id_salt("roof-own").default_open(!model.state.roof.own.is_empty()).show(ui, |ui| own_amounts(ui, card, model, texts, commands));
    ui.label(RichText::new(texts.text_with("ui-source", &[("source", card.sources.join(" ; ").into())])).small().weak());
}
