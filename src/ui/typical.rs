//! Typical days of the seasons beside the real one, and what an interval comes to.

use super::chart::{number, written};
use super::model::ChartText;
use crate::i18n::Texts;
use crate::view::curve::sum_unit;
use crate::view::typical::{SEASONS, TypicalDay};
use bevy_egui::egui::{Align2, Color32, FontId, Pos2, Rect, RichText, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};

const HEIGHT: f32 = 110.0;
const LEGEND_LINE: f32 = 16.0;
const FOOT: f32 = 16.0;
const LEFT: f32 = 44.0;
/// One colour for each season; weekends are paler.
const COLOURS: [Color32; 4] = [Color32::from_rgb(0x56, 0xb4, 0xe9), Color32::from_rgb(0x00, 0x9e, 0x73), Color32::from_rgb(0xe6, 0x9f, 0x00), Color32::from_rgb(0xcc, 0x79, 0xa7)];

pub fn typical(ui: &mut Ui, chart: &ChartText, texts: &Texts) {
    if let Some(over) = &chart.over {
        let mut said = texts.text_with("chart-over-mean", &[("value", written(over.mean, &chart.unit, texts).into()), ("known", (over.known as f64).into()), ("absent", (over.absent as f64).into())]);
        if let Some(unit) = sum_unit(&chart.unit) {
            said = format!("{said} · {}", texts.text_with("chart-over-sum", &[("value", written(over.sum, unit, texts).into())]));
        }
        ui.label(RichText::new(said).small());
    }
    let days = &chart.typical_days;
    let values = || days.iter().flat_map(|day| day.hours).flatten();
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if days.is_empty() || low > high {
        return;
    }
    let low = if low > 0.0 && low < 0.6 * high { 0.0 } else { low };
    let [low, high] = if high > low { [low, high] } else { [low - 0.5, low + 0.5] };
    ui.add_space(4.0);
    ui.label(RichText::new(texts.text("chart-typical-days")).small());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, texts.text("chart-typical-days")));
    let plot = Rect::from_min_max(pos2(rect.left() + LEFT, rect.top() + 4.0), pos2(rect.right() - 4.0, rect.bottom() - FOOT));
    let weak = ui.visuals().weak_text_color();
    for share in [0.0_f32, 0.5, 1.0] {
        let y = plot.bottom() - plot.height() * share;
        ui.painter().line_segment([pos2(plot.left(), y), pos2(plot.right(), y)], Stroke::new(1.0, weak.gamma_multiply(0.25)));
        ui.painter().text(pos2(plot.left() - 4.0, y), Align2::RIGHT_CENTER, number(low + (high - low) * f64::from(share), texts), FontId::proportional(10.0), weak);
    }
    for hour in [0, 6, 12, 18, 24] {
        let align = if hour == 0 { Align2::LEFT_TOP } else if hour == 24 { Align2::RIGHT_TOP } else { Align2::CENTER_TOP };
        let words = texts.text_with("chart-hour", &[("hour", f64::from(hour).into())]);
        ui.painter().text(pos2(plot.left() + plot.width() * hour as f32 / 24.0, plot.bottom() + 2.0), align, words, FontId::proportional(10.0), weak);
    }
    for day in days.iter() {
        let colour = colour(day);
        // A value holds for its hour; hours without any interrupt the line.
        let point = |at: usize, value: f64| pos2(plot.left() + plot.width() * at as f32 / 24.0, plot.bottom() - plot.height() * ((value - low) / (high - low)) as f32);
        for run in (0..24).collect::<Vec<usize>>().chunk_by(|a, b| day.hours.get(*a).is_some_and(Option::is_some) == day.hours.get(*b).is_some_and(Option::is_some)) {
            let line: Vec<Pos2> = run.iter().filter_map(|hour| Some((*hour, (*day.hours.get(*hour)?)?))).flat_map(|(hour, value)| [point(hour, value), point(hour + 1, value)]).collect();
            ui.painter().line(line, Stroke::new(if day.weekend { 1.0 } else { 1.8 }, colour));
        }
    }
    // A line each: a swatch that ends a line would stand apart from its name.
    ui.scope(|ui| {
        // As close as lines of text: nothing here is pressed.
        (ui.spacing_mut().interact_size.y, ui.spacing_mut().item_spacing.y) = (LEGEND_LINE, 0.0);
        for day in days.iter() {
            ui.horizontal(|ui| {
                let (swatch, _) = ui.allocate_exact_size(vec2(12.0, 10.0), Sense::hover());
                ui.painter().line_segment([swatch.left_center(), swatch.right_center()], Stroke::new(if day.weekend { 1.5 } else { 3.0 }, colour(day)));
                ui.label(RichText::new(name(day, texts)).small());
            });
        }
    });
    ui.label(RichText::new(texts.text("chart-typical-nature")).small().weak());
}

fn colour(day: &TypicalDay) -> Color32 {
    let colour = COLOURS.get(day.season).copied().unwrap_or(Color32::GRAY);
    if day.weekend { colour.gamma_multiply(0.7) } else { colour }
}

fn name(day: &TypicalDay, texts: &Texts) -> String {
    let season = texts.text(&format!("season-{}", SEASONS.get(day.season).unwrap_or(&"winter")));
    let part = texts.text(if day.weekend { "chart-weekend" } else { "chart-weekday" });
    texts.text_with("chart-typical-name", &[("season", season.into()), ("part", part.into()), ("days", f64::from(day.days).into())])
}
