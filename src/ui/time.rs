//! At the bottom, over the full width: day, hour and year, the running clock, what is loading, and whose data these are.

use super::model::{Memory, PanelModel};
use super::{gantt, ruler};
use super::widgets::{icon_button, text_button, tip};
use crate::base::{Instant, Interval};
use crate::i18n::Texts;
use crate::view::timeline::{Span, at_minute_of_day, minute_of_day, read_date};
use crate::view::{Command, SPEED, Theme};
use bevy_egui::egui::{Align, Key, Layout, RichText, Slider, TextEdit, Ui, WidgetInfo};
use egui_phosphor::regular as icon;

const HOUR_S: i64 = 3_600;
/// The hour slider moves by quarters of an hour, like the shadows one can tell apart.
const STEP_MIN: i64 = 15;

pub fn strip(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    if model.is_open {
        ui.horizontal_wrapped(|ui| {
            clock(ui, model, texts, &mut commands);
            sun(ui, model, texts, &mut commands);
            date(ui, model, memory, texts, &mut commands);
            scopes(ui, model, memory, texts, &mut commands);
            mean(ui, model, texts, &mut commands);
        });
        if model.state.theme == Theme::ConstructionYear {
            ui.horizontal(|ui| {
                hour(ui, model, texts, &mut commands);
                year(ui, model, texts, &mut commands);
            });
            commands.extend(gantt::strip(ui, model, texts));
        } else {
            ui.horizontal(|ui| {
                hour(ui, model, texts, &mut commands);
                ui.vertical(|ui| commands.extend(ruler::ruler(ui, model, memory, texts)));
            });
        }
    }
    ui.horizontal_wrapped(|ui| {
        if !model.attributions.is_empty() {
            let sources = model.attributions.join(" · ");
            let line = texts.text_with("ui-attribution", &[("sources", sources.into())]);
            ui.label(RichText::new(line).small().weak());
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            progress(ui, model, texts);
        });
    });
    commands
}

/// The date as text, play and pause, speed, steps.
fn clock(ui: &mut Ui, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let playback = &model.state.playback;
    let (shape, label) = if playback.playing {
        (icon::PAUSE, "ui-pause")
    } else {
        (icon::PLAY, "ui-play")
    };
    if text_button(
        ui,
        shape,
        &texts.text(label),
        &tip(texts, "ui-play-help", "key-play"),
    )
    .clicked()
    {
        commands.push(Command::Play {
            playing: !playback.playing,
        });
    }
    for (shape, key, command) in [
        (icon::CARET_DOUBLE_LEFT, "ui-year-earlier", later(Span::Year, -1)),
        (icon::ARROW_LEFT, "ui-month-earlier", later(Span::Month, -1)),
        (icon::CARET_LINE_LEFT, "ui-day-earlier", later(Span::Day, -1)),
        (icon::CARET_LEFT, "ui-hour-earlier", Command::StepInstant { seconds: -HOUR_S }),
        (icon::CARET_RIGHT, "ui-hour-later", Command::StepInstant { seconds: HOUR_S }),
        (icon::CARET_LINE_RIGHT, "ui-day-later", later(Span::Day, 1)),
        (icon::ARROW_RIGHT, "ui-month-later", later(Span::Month, 1)),
        (icon::CARET_DOUBLE_RIGHT, "ui-year-later", later(Span::Year, 1)),
    ] {
        let help = tip(texts, key, &key.replacen("ui", "key", 1));
        if icon_button(ui, shape, &texts.text(key), &help).clicked() {
            commands.push(command);
        }
    }
    let now = texts.moment(model.clock, model.state.instant);
    ui.label(RichText::new(now).strong().size(16.0));
    ui.label(RichText::new(texts.text("ui-local-time")).small().weak());
    for (shape, key, factor) in [
        (icon::REWIND, "key-slower", 0.5),
        (icon::FAST_FORWARD, "key-faster", 2.0),
    ] {
        if icon_button(ui, shape, &texts.text(key), &tip(texts, key, key)).clicked() {
            commands.push(Command::SetSpeed {
                speed: (playback.speed * factor).max(SPEED[0]).min(SPEED[1]),
            });
        }
    }
    ui.label(RichText::new(texts.speed(playback.speed)).small())
        .on_hover_text(texts.text("ui-speed-help"));
}

/// Jumps to sunrise, noon and sunset of the day.
fn sun(ui: &mut Ui, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let Some(events) = model.sun else { return };
    let shapes = [
        (icon::SUN_HORIZON, "sunrise"),
        (icon::SUN, "noon"),
        (icon::MOON_STARS, "sunset"),
    ];
    for ((shape, key), instant) in shapes.into_iter().zip(events) {
        jump(ui, model, shape, key, instant, texts, commands);
    }
}

fn jump(ui: &mut Ui, model: &PanelModel, shape: &str, key: &str, instant: Instant, texts: &Texts, commands: &mut Vec<Command>) {
    let label = texts.text(&format!("ui-{key}"));
    let at = format!("{}, {}", tip(texts, &format!("ui-{key}"), &format!("key-{key}")), texts.time(model.clock.read(instant)));
    if icon_button(ui, shape, &label, &at).clicked() {
        commands.push(Command::SetInstant { instant });
    }
}

fn later(unit: Span, count: i32) -> Command {
    Command::StepClock { unit, count }
}

/// A date as people write it; Enter goes there.
fn date(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts, commands: &mut Vec<Command>) {
    if let Some(instant) = model.peak {
        jump(ui, model, icon::CHART_LINE_UP, "peak", instant, texts, commands);
    }
    let field = TextEdit::singleline(&mut memory.date).desired_width(160.0).hint_text(texts.text("ui-date-hint"));
    let response = ui.add(field);
    let said = memory.date.clone();
    response.widget_info(|| WidgetInfo {
        label: Some(texts.text("ui-date")),
        ..WidgetInfo::text_edit(true, &said, &said, "")
    });
    if response.changed() {
        memory.date_wrong = false;
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !memory.date.trim().is_empty() {
        match read_date(&memory.date, model.clock, model.state.instant) {
            Some(instant) => {
                commands.push(Command::SetInstant { instant });
                memory.date.clear();
                memory.date_wrong = false;
            }
            None => memory.date_wrong = true,
        }
    }
    let help = texts.text(if memory.date_wrong { "ui-date-wrong" } else { "ui-date-help" });
    response.on_hover_text(help);
    if memory.date_wrong {
        ui.label(RichText::new(texts.text("ui-date-wrong")).small().strong());
    }
}

/// How much of time the ruler shows, and the part that is played.
fn scopes(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts, commands: &mut Vec<Command>) {
    if model.state.theme == Theme::ConstructionYear {
        return;
    }
    for (key, span) in [("ui-scope-day", Some(Span::Day)), ("ui-scope-month", Some(Span::Month)), ("ui-scope-year", Some(Span::Year)), ("ui-scope-all", None)] {
        let help = texts.text("ui-scope-help");
        if ui.small_button(texts.text(key)).on_hover_text(help).clicked() {
            ruler::zoom_to(model, memory, span);
        }
    }
    if !model.series.is_empty() {
        let words = texts.text_with("ui-lanes", &[("count", (model.series.len() as f64).into())]);
        if icon_button(ui, if memory.lanes_open { icon::CARET_DOUBLE_UP } else { icon::ROWS }, &words, &texts.text("ui-lanes-help")).clicked() {
            memory.lanes_open = !memory.lanes_open;
        }
    }
    let label = texts.text(if model.state.span.is_some() { "ui-span-none" } else { "ui-span-shown" });
    let help = tip(texts, "ui-span-help", "key-span-none");
    if icon_button(ui, if model.state.span.is_some() { icon::ARROWS_OUT_LINE_HORIZONTAL } else { icon::REPEAT }, &label, &help).clicked() {
        let shown = memory.ruler.map(|ruler| Interval { start: ruler.start, end: ruler.end });
        commands.push(Command::SetSpan { span: if model.state.span.is_some() { None } else { shown } });
    }
}

/// Whether the colours show the mean over the part that is played.
fn mean(ui: &mut Ui, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let is_of_use = model.state.span.is_some() && matches!(model.state.theme, Theme::Demand | Theme::Series);
    let mut shown = model.state.mean;
    if is_of_use && ui.checkbox(&mut shown, texts.text("ui-mean")).on_hover_text(tip(texts, "ui-mean-help", "key-mean")).changed() {
        commands.push(Command::ShowMean { shown });
    }
}

/// The time of the local day, as much of it as the day has.
fn hour(ui: &mut Ui, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let [now, of_day] = minute_of_day(model.clock, model.state.instant);
    let mut minutes = now;
    ui.spacing_mut().slider_width = (ui.available_width() * 0.2).clamp(80.0, 240.0);
    // A slider with steps would round the running clock and call that a change.
    let response = ui.add(Slider::new(&mut minutes, 0..=of_day - 1).show_value(false));
    describe(ui, &response, now as f64, &texts.text("ui-hour"));
    if response
        .on_hover_text(tip(texts, "ui-hour-help", "key-hour-later"))
        .changed()
    {
        let quarter = match minutes - now {
            // An arrow key.
            step @ (-1 | 1) => now.div_euclid(STEP_MIN) + step,
            _ => (minutes + STEP_MIN / 2).div_euclid(STEP_MIN),
        };
        let wanted = (quarter * STEP_MIN).clamp(0, of_day - STEP_MIN);
        commands.push(Command::SetInstant {
            instant: at_minute_of_day(model.clock, model.state.instant, wanted),
        });
    }
}

fn year(ui: &mut Ui, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let [first, last] = model.limits.years;
    let mut year = model.state.year;
    ui.label(RichText::new(format!("{} {year}", texts.text("ui-year"))).strong());
    ui.spacing_mut().slider_width = (ui.available_width() - 8.0).max(80.0);
    let response = ui.add(Slider::new(&mut year, first..=last.max(first)).show_value(false));
    describe(
        ui,
        &response,
        f64::from(model.state.year),
        &texts.text("ui-year"),
    );
    if response
        .on_hover_text(tip(texts, "ui-year-help", "key-decade-later"))
        .changed()
    {
        commands.push(Command::SetYear { year });
    }
}

fn progress(ui: &mut Ui, model: &PanelModel, texts: &Texts) {
    if !model.is_open {
        if model.faults.is_empty() {
            ui.label(texts.text("ui-opening"));
        }
    } else if model.waiting > 0 {
        let line = texts.text_with("ui-progress", &[("count", model.waiting.into())]);
        ui.label(RichText::new(line).small().weak());
    }
}

/// A slider without a visible label still has a name for those who do not see it.
fn describe(ui: &Ui, response: &bevy_egui::egui::Response, value: f64, label: &str) {
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::slider(enabled, value, label));
}
