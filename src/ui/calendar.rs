//! A year as a sheet: days from left to right, hours from top to bottom, the value as a colour; a click goes there.

use super::chart::{number, written};
use super::model::ChartText;
use crate::base::{Clock, Instant};
use crate::i18n::Texts;
use crate::view::Command;
use crate::view::colours::Palette;
use bevy_egui::egui::{Align2, Color32, FontId, Mesh, Pos2, Rect, RichText, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2};

const HEIGHT: f32 = 120.0;
const FOOT: f32 = 16.0;
const LEFT: f32 = 44.0;

/// `None` where there is no year to show.
pub fn calendar(ui: &mut Ui, chart: &ChartText, clock: Clock, now: Instant, texts: &Texts) -> Option<Vec<Command>> {
    let mut commands = Vec::new();
    let sheet = &chart.calendar;
    let values = || sheet.hours.iter().flatten().flatten().copied();
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if sheet.days.len() < 2 || low > high {
        return None;
    }
    ui.add_space(4.0);
    ui.label(RichText::new(texts.text("chart-calendar")).small());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    let of = [("title", chart.title.as_str().into()), ("low", written(low, &chart.unit, texts).into()), ("high", written(high, &chart.unit, texts).into())];
    let said = texts.text_with("chart-calendar-of", &of);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &said));
    let plot = Rect::from_min_max(pos2(rect.left() + LEFT, rect.top() + 2.0), pos2(rect.right() - 4.0, rect.bottom() - FOOT));
    let (width, height) = (plot.width() / sheet.days.len() as f32, plot.height() / 24.0);
    let weak = ui.visuals().weak_text_color();
    // Behind the cells: what has no value stays bare.
    ui.painter().rect_filled(plot, 0.0, weak.gamma_multiply(0.15));
    let mut mesh = Mesh::default();
    for (day, hours) in sheet.hours.iter().enumerate() {
        for (hour, value) in hours.iter().enumerate() {
            let Some(value) = value else { continue };
            let [r, g, b] = Palette::Cividis.at((value - low) / (high - low).max(f64::MIN_POSITIVE));
            let corner = pos2(plot.left() + day as f32 * width, plot.top() + hour as f32 * height);
            mesh.add_colored_rect(Rect::from_min_size(corner, vec2(width, height)), Color32::from_rgb(r, g, b));
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    let small = FontId::proportional(10.0);
    for hour in [0, 6, 12, 18] {
        let words = texts.text_with("chart-hour", &[("hour", f64::from(hour).into())]);
        ui.painter().text(pos2(plot.left() - 4.0, plot.top() + hour as f32 * height), Align2::RIGHT_TOP, words, small.clone(), weak);
    }
    for (share, align) in [(0.0, Align2::LEFT_TOP), (0.5, Align2::CENTER_TOP), (1.0, Align2::RIGHT_TOP)] {
        let day = ((sheet.days.len() - 1) as f64 * share) as usize;
        if let Some(at) = sheet.days.get(day) {
            let x = plot.left() + plot.width() * share as f32;
            ui.painter().text(pos2(x, plot.bottom() + 2.0), align, texts.date(clock.read(*at)), small.clone(), weak);
        }
    }
    let of_day = sheet.days.partition_point(|day| *day <= now);
    if of_day > 0 && now.0 - sheet.days.get(of_day - 1).map_or(0, |day| day.0) < 26 * 3600 {
        let hour = f32::from(clock.read(now).hour);
        let cell = Rect::from_min_size(pos2(plot.left() + (of_day - 1) as f32 * width, plot.top() + hour * height), vec2(width.max(3.0), height));
        ui.painter().rect_stroke(cell.expand(1.0), 0.0, Stroke::new(1.5, Color32::from_rgb(0xd5, 0x5e, 0x00)), StrokeKind::Outside);
    }
    let pointed = response.interact_pointer_pos().or_else(|| response.hover_pos()).filter(|at| plot.contains(*at));
    if let Some((at, value)) = pointed.and_then(|at| under(at, plot, sheet, clock)) {
        if response.clicked() {
            commands.push(Command::SetInstant { instant: at });
        }
        let value = value.map_or_else(|| texts.text("legend-no-data"), |value| written(value, &chart.unit, texts));
        response.on_hover_text_at_pointer(format!("{}\n{value}", texts.moment(clock, at)));
    }
    ui.horizontal(|ui| {
        ui.label(RichText::new(number(low, texts)).small().weak());
        let (ramp, _) = ui.allocate_exact_size(vec2(80.0, 8.0), Sense::hover());
        for part in 0..16 {
            let [r, g, b] = Palette::Cividis.at(f64::from(part) / 15.0);
            let left = ramp.left() + ramp.width() * part as f32 / 16.0;
            ui.painter().rect_filled(Rect::from_min_size(pos2(left, ramp.top()), vec2(ramp.width() / 16.0 + 0.5, ramp.height())), 0.0, Color32::from_rgb(r, g, b));
        }
        ui.label(RichText::new(written(high, &chart.unit, texts)).small().weak());
    });
    Some(commands)
}

/// The hour under a point: where it begins, and its value. Hours are counted on the clock, so that a night of 23 or 25 hours stays right.
fn under(at: Pos2, plot: Rect, sheet: &crate::view::curve::Calendar, clock: Clock) -> Option<(Instant, Option<f64>)> {
    let day = ((at.x - plot.left()) / plot.width() * sheet.days.len() as f32) as usize;
    let hour = (((at.y - plot.top()) / plot.height() * 24.0) as usize).min(23);
    let midnight = *sheet.days.get(day)?;
    let guess = midnight.plus_seconds(3600 * hour as i64);
    let off = hour as i64 - i64::from(clock.read(guess).hour);
    let begins = if off.abs() == 1 { guess.plus_seconds(3600 * off) } else { guess };
    Some((begins, *sheet.hours.get(day)?.get(hour)?))
}
