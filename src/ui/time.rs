//! At the bottom, over the full width: day, hour and year, the running clock, what is loading, and whose data these are.

use super::model::PanelModel;
use super::widgets::{icon_button, text_button, tip};
use crate::base::{Clock, Instant};
use crate::i18n::Texts;
use crate::view::{Command, SPEED, Theme};
use bevy_egui::egui::{Align, Layout, RichText, Slider, Ui, WidgetInfo};
use egui_phosphor::regular as icon;

const DAY_S: i64 = 86_400;
const HOUR_S: i64 = 3_600;
const MINUTE_S: i64 = 60;
/// The hour slider moves by quarters of an hour, like the shadows one can tell apart.
const STEP_MIN: i64 = 15;

pub fn strip(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    if model.is_open {
        ui.horizontal_wrapped(|ui| {
            clock(ui, model, texts, &mut commands);
            sun(ui, model, texts, &mut commands);
        });
        ui.horizontal(|ui| {
            hour(ui, model, texts, &mut commands);
            if model.state.theme == Theme::ConstructionYear {
                year(ui, model, texts, &mut commands);
            } else {
                day(ui, model, texts, &mut commands);
            }
        });
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
    for (shape, key, seconds) in [
        (icon::CARET_DOUBLE_LEFT, "day-earlier", -DAY_S),
        (icon::CARET_LEFT, "hour-earlier", -HOUR_S),
        (icon::CARET_RIGHT, "hour-later", HOUR_S),
        (icon::CARET_DOUBLE_RIGHT, "day-later", DAY_S),
    ] {
        let label = format!("ui-{key}");
        let help = tip(texts, &label, &format!("key-{key}"));
        if icon_button(ui, shape, &texts.text(&label), &help).clicked() {
            commands.push(Command::StepInstant { seconds });
        }
    }
    let now = texts.date_time(model.clock.read(model.state.instant));
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
        (icon::SUN_HORIZON, "ui-sunrise"),
        (icon::SUN, "ui-noon"),
        (icon::MOON_STARS, "ui-sunset"),
    ];
    for ((shape, key), instant) in shapes.into_iter().zip(events) {
        let label = texts.text(key);
        let at = format!("{label}, {}", texts.time(model.clock.read(instant)));
        if icon_button(ui, shape, &label, &at).clicked() {
            commands.push(Command::SetInstant { instant });
        }
    }
}

/// Local time of the day.
fn hour(ui: &mut Ui, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let local = model.clock.read(model.state.instant);
    let now = i64::from(local.hour) * 60 + i64::from(local.minute);
    let mut minutes = now;
    ui.spacing_mut().slider_width = (ui.available_width() * 0.3).clamp(80.0, 320.0);
    // A slider with steps would round the running clock and call that a change.
    let response = ui.add(Slider::new(&mut minutes, 0..=1439).show_value(false));
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
        let wanted = (quarter * STEP_MIN).clamp(0, 1440 - STEP_MIN);
        commands.push(Command::SetInstant {
            instant: model.state.instant.plus_seconds((wanted - now) * MINUTE_S),
        });
    }
}

/// Day of the territory's time; the hour stays, so that dragging shows how the sun climbs over the year.
fn day(ui: &mut Ui, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let [start, end] = model.limits.instants;
    let days = (end.0.saturating_sub(start.0) / DAY_S).max(1) - 1;
    let since = model.state.instant.0.saturating_sub(start.0);
    let today = since.div_euclid(DAY_S);
    let mut day = today;
    ui.spacing_mut().slider_width = (ui.available_width() - 8.0).max(80.0);
    let response = ui.add(Slider::new(&mut day, 0..=days).show_value(false));
    describe(ui, &response, today as f64, &texts.text("ui-time"));
    if response
        .on_hover_text(tip(texts, "ui-time-help", "key-day-later"))
        .changed()
    {
        commands.push(Command::SetInstant {
            instant: same_hour(model.clock, model.state.instant, day - today),
        });
    }
}

/// The instant some days later at the same local hour, across changes of the clock.
fn same_hour(clock: Clock, instant: Instant, days: i64) -> Instant {
    let moved = instant.plus_seconds(days.saturating_mul(DAY_S));
    let shift = i64::from(clock.read(instant).offset_s) - i64::from(clock.read(moved).offset_s);
    moved.plus_seconds(shift)
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
