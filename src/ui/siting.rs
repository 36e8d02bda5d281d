//! "Proposer": what to put down, how large; and what it would change, for the hour, the day and the year.

use super::model::PanelModel;
use super::widgets::{icon_button, made_up, text_button, tip};
use crate::energy::wind::library;
use crate::geodesy::geodesic;
use crate::i18n::Texts;
use crate::siting::answer::Moment;
use crate::siting::file;
use crate::siting::reach::Fit;
use crate::siting::told::{Card, Row};
use crate::view::proposal::{BATTERY_KW, BATTERY_KWH, LIMIT_KW, SOLAR_KWP, USUAL_WIND_MS, WIND_MS};
use crate::view::{BatteryUse, Command, Proposal, SolarMount, Thing, Tool};
use crate::viewer::vocab::{Scene, SitingFacts, ViewCommand};
use bevy::prelude::{MessageReader, MessageWriter, Res};
use bevy::window::FileDragAndDrop;
use bevy_egui::egui::{
    Align2, CollapsingHeader, Color32, ComboBox, DragValue, FontId, Rect, RichText, Sense, Slider, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use std::io::Read;

/// One press of an arrow, metres.
const STEP_M: f64 = 25.0;
const CHART_HEIGHT: f32 = 96.0;
const FOOT: f32 = 14.0;
/// Before, without batteries, with all.
const CURVES: [Color32; 3] = [Color32::from_rgb(0x99, 0x99, 0x99), Color32::from_rgb(0xe6, 0x9f, 0x00), Color32::from_rgb(0x00, 0x72, 0xb2)];
const STORED: Color32 = Color32::from_rgb(0x00, 0x9e, 0x73);

/// A proposal's answer as the panel shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SitingText {
    /// `waiting`, `failed`, `ready`; empty while nothing is proposed.
    pub state: &'static str,
    pub why: Option<String>,
    pub card: Option<Card>,
    pub moments: Vec<Moment>,
    /// By thing, what was found of posts and lines.
    pub fits: Vec<Vec<String>>,
    /// One of these is made up.
    pub is_made_up: bool,
    pub has_book: bool,
}

impl SitingText {
    pub fn of(facts: &SitingFacts, english: bool) -> Self {
        Self {
            state: facts.state,
            why: facts.why.clone(),
            card: facts.card.clone(),
            moments: facts.answer.as_ref().map_or_else(Vec::new, |answer| answer.moments.clone()),
            fits: facts.fits.iter().map(|fit| fit.as_ref().map_or_else(Vec::new, |fit| fit.lines(english).into_iter().map(|(_, line)| line).collect())).collect(),
            is_made_up: facts.fits.iter().flatten().any(Fit::is_made_up),
            has_book: facts.has_book,
        }
    }
}

/// A proposal dropped on the window as a file.
pub fn take_dropped(mut dropped: MessageReader<FileDragAndDrop>, scene: Option<Res<Scene>>, mut commands: MessageWriter<ViewCommand>) {
    for event in dropped.read() {
        let FileDragAndDrop::DroppedFile { path_buf, .. } = event else { continue };
        let is_map = path_buf.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("geojson") || extension.eq_ignore_ascii_case("json"));
        if !is_map || scene.is_none() {
            continue;
        }
        let mut bytes = Vec::new();
        let read = std::fs::File::open(path_buf).and_then(|file| file.take(file::MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
        // What cannot be read is an empty file: whoever reads proposals says so.
        let geojson = if read.is_ok() { String::from_utf8_lossy(&bytes).into_owned() } else { String::new() };
        // A surface is an area; points and lines are things that are proposed.
        let is_area = crate::view::DrawnArea::from_geojson(&geojson).is_ok();
        commands.write(ViewCommand(if is_area { Command::OpenArea { geojson } } else { Command::OpenProposal { geojson } }));
    }
}

/// On the left: what to put down, and the list of what was.
pub fn tools(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let proposal = &model.state.proposal;
    ui.add_space(8.0);
    ui.separator();
    CollapsingHeader::new(RichText::new(texts.text("siting-title")).heading()).id_salt("siting").default_open(!proposal.is_empty()).show(ui, |ui| {
        ui.label(RichText::new(texts.text("siting-help")).small().weak());
        for tool in Tool::ALL {
            let name = texts.text(&format!("tool-{}", tool.id()));
            ui.horizontal(|ui| {
                let is_in_hand = proposal.tool == Some(tool);
                if ui.selectable_label(is_in_hand, format!("{} {name}", mark(tool))).on_hover_text(tip(texts, "siting-place", "key-tool")).clicked() {
                    commands.push(Command::UseTool { tool: (!is_in_hand).then_some(tool) });
                }
                let here = texts.text("siting-place-here");
                if icon_button(ui, icon::CROSSHAIR, &format!("{name} : {here}"), &tip(texts, "siting-place-here", "key-put-down")).clicked() {
                    commands.push(Command::PlaceHere { tool });
                }
            });
        }
        if let Some(tool) = proposal.tool {
            let name = texts.text(&format!("tool-{}", tool.id()));
            ui.label(RichText::new(texts.text_with("siting-place-now", &[("tool", name.into())])).strong());
        }
        if proposal.is_empty() {
            ui.label(RichText::new(texts.text("siting-none")).weak());
            return;
        }
        ui.separator();
        for (index, placed) in proposal.placed.iter().enumerate() {
            let name = format!("{}. {}", index + 1, described(&placed.thing, texts));
            ui.horizontal(|ui| {
                let is_chosen = proposal.chosen == Some(index);
                if ui.selectable_label(is_chosen, format!("{} {name}", mark(placed.thing.tool()))).clicked() {
                    commands.push(Command::ChoosePlaced { index: (!is_chosen).then_some(index) });
                }
                let remove = texts.text_with("siting-remove", &[("name", name.as_str().into())]);
                if icon_button(ui, icon::X, &remove, &remove).clicked() {
                    commands.push(Command::RemovePlaced { index });
                }
            });
            if proposal.chosen == Some(index) {
                ui.indent(("placed", index), |ui| commands.extend(editor(ui, index, &placed.thing, texts)));
            }
        }
        ui.separator();
        commands.extend(whole(ui, proposal, texts));
    });
    commands
}

fn mark(tool: Tool) -> &'static str {
    match tool {
        Tool::Turbine => icon::WIND,
        Tool::Solar => icon::SUN,
        Tool::Battery => icon::BATTERY_CHARGING,
        Tool::Hub => icon::PLUG,
        Tool::Feeder => icon::LINE_SEGMENT,
    }
}

/// `Batterie · 2 000 kWh`.
fn described(thing: &Thing, texts: &Texts) -> String {
    let name = texts.text(&format!("tool-{}", thing.tool().id()));
    match thing {
        Thing::Turbine { model, .. } => format!("{name} · {model}"),
        Thing::Solar { kwp, .. } => format!("{name} · {}\u{A0}{}", texts.number(*kwp, 0), texts.text("unit-kwp")),
        Thing::Battery { kwh, .. } => format!("{name} · {}\u{A0}kWh", texts.number(*kwh, 0)),
        Thing::Hub { points, kw } => format!("{name} · {points} × {}\u{A0}kW", texts.number(*kw, 0)),
        Thing::Feeder { kw, .. } => format!("{name} · {}\u{A0}kW", texts.number(*kw, 0)),
    }
}

/// Size and place of the thing in hand.
fn editor(ui: &mut Ui, index: usize, thing: &Thing, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut next = thing.clone();
    let slider = |ui: &mut Ui, value: &mut f64, [low, high]: [f64; 2], logarithmic: bool, suffix: &str, key: &str| {
        ui.label(RichText::new(texts.text(key)).small());
        ui.add(Slider::new(value, low..=high).logarithmic(logarithmic).suffix(format!("\u{A0}{suffix}")).max_decimals(0));
    };
    match &mut next {
        Thing::Turbine { model, hub_m } => {
            ui.label(RichText::new(texts.text("siting-model")).small());
            ComboBox::from_id_salt(("turbine", index)).selected_text(model.as_str()).height(320.0).show_ui(ui, |ui| {
                for name in library::names() {
                    if ui.selectable_label(name == model, name).clicked() {
                        name.clone_into(model);
                    }
                }
            });
            slider(ui, hub_m, [20.0, 180.0], false, "m", "siting-hub");
        }
        Thing::Solar { kwp, tilt_deg, azimuth_deg, mount } => {
            slider(ui, kwp, [SOLAR_KWP[0], 10_000.0], true, &texts.text("unit-kwp"), "siting-kwp");
            slider(ui, tilt_deg, [0.0, 90.0], false, "°", "siting-tilt");
            slider(ui, azimuth_deg, [0.0, 359.0], false, "°", "siting-azimuth");
            ui.label(RichText::new(texts.text("siting-mount")).small());
            ui.horizontal_wrapped(|ui| {
                for known in SolarMount::ALL {
                    ui.radio_value(mount, known, texts.text(&format!("mount-{}", known.id())));
                }
            });
        }
        Thing::Battery { kwh, kw } => {
            slider(ui, kwh, [BATTERY_KWH[0].max(10.0), 50_000.0], true, "kWh", "siting-kwh");
            slider(ui, kw, [BATTERY_KW[0].max(5.0), 20_000.0], true, "kW", "siting-kw");
        }
        Thing::Hub { points, kw } => {
            ui.label(RichText::new(texts.text("siting-points")).small());
            ui.add(Slider::new(points, 1..=100));
            slider(ui, kw, [3.0, 350.0], true, "kW", "siting-point-kw");
        }
        Thing::Feeder { to, kw } => {
            slider(ui, kw, [10.0, 20_000.0], true, "kW", "siting-line-kw");
            ui.label(RichText::new(texts.text("siting-line-end")).small());
            if let Some(metres) = arrows(ui, texts) {
                *to = geodesic::moved(*to, metres);
            }
        }
    }
    if next != *thing {
        commands.push(Command::ChangePlaced { index, thing: next });
    }
    ui.label(RichText::new(texts.text("siting-move")).small());
    if let Some([east_m, north_m]) = arrows(ui, texts) {
        commands.push(Command::MovePlaced { index, east_m, north_m });
    }
    commands
}

/// Metres east and north that were asked for.
fn arrows(ui: &mut Ui, texts: &Texts) -> Option<[f64; 2]> {
    let mut asked = None;
    ui.horizontal(|ui| {
        for (mark, key, way) in [(icon::ARROW_UP, "siting-north", [0.0, STEP_M]), (icon::ARROW_DOWN, "siting-south", [0.0, -STEP_M]), (icon::ARROW_LEFT, "siting-west", [-STEP_M, 0.0]), (icon::ARROW_RIGHT, "siting-east", [STEP_M, 0.0])] {
            let label = texts.text(key);
            if icon_button(ui, mark, &label, &label).clicked() {
                asked = Some(way);
            }
        }
    });
    asked
}

/// What belongs to all of it: limit, use of batteries, wind, file.
fn whole(ui: &mut Ui, proposal: &Proposal, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal(|ui| {
        let mut is_limited = proposal.limit_kw.is_some();
        if ui.checkbox(&mut is_limited, texts.text("siting-limit")).changed() {
            commands.push(Command::SetSiteLimit { kw: is_limited.then_some(1_000.0) });
        }
        if let Some(limit) = proposal.limit_kw {
            let mut kw = limit;
            if ui.add(DragValue::new(&mut kw).range(LIMIT_KW[0]..=LIMIT_KW[1]).speed(10.0).max_decimals(0).suffix("\u{A0}kW")).changed() {
                commands.push(Command::SetSiteLimit { kw: Some(kw) });
            }
        }
    });
    let has = |tool: Tool| proposal.placed.iter().any(|placed| placed.thing.tool() == tool);
    if has(Tool::Battery) {
        ui.label(RichText::new(texts.text("siting-battery-use")).small());
        ui.horizontal_wrapped(|ui| {
            for known in BatteryUse::ALL {
                if ui.radio(proposal.battery_use == known, texts.text(&format!("battery-use-{}", known.id()))).clicked() {
                    commands.push(Command::SetBatteryUse { battery_use: known });
                }
            }
        });
    }
    if has(Tool::Turbine) {
        ui.label(RichText::new(texts.text("siting-wind")).small());
        let mut ms = proposal.wind_ms.unwrap_or(USUAL_WIND_MS);
        if ui.add(Slider::new(&mut ms, WIND_MS[0]..=WIND_MS[1]).step_by(0.1).suffix("\u{A0}m/s")).on_hover_text(texts.text("siting-wind-help")).changed() {
            commands.push(Command::SetSiteWind { ms: Some(ms) });
        }
    }
    ui.horizontal_wrapped(|ui| {
        let copy = texts.text("siting-copy");
        if text_button(ui, icon::COPY, &copy, &texts.text("siting-copy-help")).clicked() {
            ui.ctx().copy_text(format!("{:#}\n", file::to_geojson(proposal)));
        }
        let clear = texts.text("siting-clear");
        if text_button(ui, icon::TRASH, &clear, &clear).clicked() {
            commands.push(Command::SetProposal { proposal: Box::default() });
        }
    });
    commands
}

/// On the right: what changes.
pub fn card(ui: &mut Ui, model: &PanelModel, texts: &Texts) {
    let siting = &model.siting;
    ui.label(RichText::new(texts.text("siting-title")).heading().strong());
    if siting.state == "waiting" {
        ui.label(RichText::new(texts.text("siting-waiting")).weak());
    }
    if let Some(why) = &siting.why {
        ui.label(RichText::new(texts.text_with("siting-failed", &[("value", why.as_str().into())])).italics());
    }
    if let Some(card) = &siting.card {
        for line in &card.headline {
            ui.label(RichText::new(&line.name).small().weak()).on_hover_text(&line.origin);
            let size = if line.key == "avoided" { 18.0 } else { 14.0 };
            ui.label(RichText::new(&line.value).size(size).strong()).on_hover_text(&line.origin);
        }
        if siting.moments.len() > 1 {
            ui.add_space(4.0);
            ui.label(RichText::new(texts.text("siting-day-chart")).small());
            day(ui, &siting.moments, texts);
        }
        for (key, rows, open) in [("siting-hour", &card.hour, false), ("siting-day", &card.day, false), ("siting-year", &card.year, true)] {
            CollapsingHeader::new(texts.text(key)).id_salt(key).default_open(open).show(ui, |ui| table(ui, rows, texts));
        }
        CollapsingHeader::new(texts.text("siting-money")).id_salt("siting-money").default_open(true).show(ui, |ui| {
            if card.dated {
                ui.label(RichText::new(format!("{} {}", icon::WARNING, texts.text("siting-dated"))).color(ui.visuals().warn_fg_color));
            }
            for line in &card.money {
                ui.label(RichText::new(&line.name).small().weak()).on_hover_text(&line.origin);
                ui.label(RichText::new(&line.value).strong()).on_hover_text(&line.origin);
            }
        });
    }
    let connect = siting.fits.iter().any(|fit| !fit.is_empty());
    if connect || siting.state == "ready" && !siting.has_book {
        CollapsingHeader::new(texts.text("siting-connect")).id_salt("siting-connect").default_open(true).show(ui, |ui| {
            made_up(ui, &texts.made_up(siting.is_made_up), texts);
            if !siting.has_book {
                ui.label(RichText::new(texts.text("siting-no-book")).small().weak());
            }
            for (index, (fit, placed)) in siting.fits.iter().zip(&model.state.proposal.placed).enumerate().filter(|(_, (fit, _))| !fit.is_empty()) {
                ui.label(RichText::new(format!("{}. {}", index + 1, described(&placed.thing, texts))).strong());
                for line in fit {
                    ui.label(RichText::new(line).small());
                }
            }
        });
    }
    if let Some(card) = &siting.card {
        CollapsingHeader::new(texts.text("siting-notes")).id_salt("siting-notes").default_open(false).show(ui, |ui| {
            for note in &card.notes {
                ui.label(RichText::new(note).small());
            }
        });
    }
}

/// Each name above its three values: beside them it would be wider than the panel.
fn table(ui: &mut Ui, rows: &[Row], texts: &Texts) {
    ui.columns(3, |columns| {
        for (ui, key) in columns.iter_mut().zip(["siting-before", "siting-bare", "siting-after"]) {
            ui.label(RichText::new(texts.text(key)).small().weak());
        }
    });
    for row in rows {
        ui.label(RichText::new(&row.name).small());
        ui.columns(3, |columns| {
            for (place, (ui, value)) in columns.iter_mut().zip(&row.values).enumerate() {
                let text = RichText::new(value).small();
                ui.label(if place == 2 { text.strong() } else { text });
            }
        });
    }
}

/// The day's draw in the three cases, and the energy in the batteries.
fn day(ui: &mut Ui, moments: &[Moment], texts: &Texts) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CHART_HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, texts.text("siting-day-chart")));
    let plot = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - FOOT));
    let all = || moments.iter().flat_map(|moment| moment.drawn_kw);
    let (low, high) = (all().fold(0.0, f64::min), all().fold(1e-6, f64::max));
    let span = (high - low).max(1e-6);
    let step = plot.width() / moments.len() as f32;
    let y = |kw: f64| plot.bottom() - plot.height() * ((kw - low) / span) as f32;
    let most = moments.iter().map(|moment| moment.stored_kwh).fold(0.0, f64::max);
    let weak = ui.visuals().weak_text_color();
    for (place, moment) in moments.iter().enumerate().filter(|_| most > 0.0) {
        let left = plot.left() + step * place as f32;
        let top = plot.bottom() - plot.height() * (moment.stored_kwh / most) as f32;
        ui.painter().rect_filled(Rect::from_min_max(pos2(left, top), pos2(left + step, plot.bottom())), 0.0, STORED.gamma_multiply(0.25));
    }
    ui.painter().line_segment([pos2(plot.left(), y(0.0)), pos2(plot.right(), y(0.0))], Stroke::new(1.0, weak));
    for (of, colour) in CURVES.into_iter().enumerate() {
        let points = moments.iter().enumerate().flat_map(|(place, moment)| {
            let left = plot.left() + step * place as f32;
            let kw = moment.drawn_kw.get(of).copied().unwrap_or(0.0);
            [pos2(left, y(kw)), pos2(left + step, y(kw))]
        });
        ui.painter().line(points.collect(), Stroke::new(if of == 2 { 2.0 } else { 1.4 }, colour));
    }
    for (value, place, align) in [(high, plot.top(), Align2::LEFT_TOP), (low, plot.bottom(), Align2::LEFT_BOTTOM)] {
        ui.painter().text(pos2(plot.left() + 2.0, place), align, format!("{}\u{A0}kW", texts.number(value, 0)), FontId::proportional(10.0), weak);
    }
    for hour in [0, 6, 12, 18] {
        let share = hour as f32 / 24.0;
        ui.painter().text(pos2(plot.left() + plot.width() * share, plot.bottom() + 1.0), if hour == 0 { Align2::LEFT_TOP } else { Align2::CENTER_TOP }, format!("{hour}\u{A0}h"), FontId::proportional(10.0), weak);
    }
    ui.horizontal_wrapped(|ui| {
        for (colour, key) in CURVES.into_iter().zip(["siting-drawn-before", "siting-drawn-bare", "siting-drawn-after"]).chain((most > 0.0).then_some((STORED, "siting-stored"))) {
            let (swatch, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().rect_filled(swatch, 1.0, colour);
            ui.label(RichText::new(texts.text(key)).small());
        }
    });
}
