//! Curves of a series, painted, with the numbers behind them as a table: what one sees can also be read, copied and carried away.

use super::files;
use super::model::{ChartText, Memory};
use super::widgets::{made_up, text_button};
use crate::base::{Clock, Instant};
use crate::i18n::Texts;
use crate::view::{Command, Values};
use crate::view::colours::Palette;
use crate::view::curve::{step_under, with_ends};
use bevy_egui::egui::{Align2, Color32, FontId, Grid, Pos2, Rect, RichText, ScrollArea, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular as icon;

const HEIGHT: f32 = 120.0;
/// Room for the words of the axes.
const FOOT: f32 = 16.0;
const LEFT: f32 = 44.0;
/// Rows of the table that are laid out; the file has them all.
const MOST_ROWS: usize = 200;

pub fn chart(ui: &mut Ui, chart: &ChartText, clock: Clock, now: Instant, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.label(RichText::new(&chart.title).strong());
    let mark = if chart.typical { format!("{} · {}", chart.unit, texts.text("chart-typical")) } else { chart.unit.clone() };
    ui.label(RichText::new(mark).small().weak());
    if chart.waiting {
        ui.label(RichText::new(texts.text("legend-waiting")).small().weak());
    }
    if chart.curves.is_empty() {
        // What is selected is not among those that the series is of: there is nothing to draw, to read or to carry away.
        ui.label(texts.text("chart-without"));
        ui.label(RichText::new(texts.text_with("ui-source", &[("source", chart.source.as_str().into())])).small().weak());
        return commands;
    }
    if chart.curves.iter().all(|(_, points)| points.iter().all(|point| point.value.is_none())) {
        ui.label(RichText::new(texts.text(if chart.waiting { "legend-waiting" } else { "chart-none" })).weak());
    } else {
        day(ui, chart, clock, now, texts, &mut commands);
        keys(ui, chart, texts);
    }
    if !chart.duration.is_empty() {
        ui.add_space(4.0);
        ui.label(RichText::new(texts.text("chart-duration")).small());
        duration(ui, chart, texts);
        let values = [("known", (chart.known as f64).into()), ("absent", (chart.absent as f64).into())];
        ui.label(RichText::new(texts.text_with("chart-counts", &values)).small().weak());
        ui.horizontal_wrapped(|ui| files(ui, chart, Values::Duration, clock, memory, texts));
        for (key, (at, value)) in [("chart-peak", chart.peak), ("chart-trough", chart.trough)].into_iter().filter_map(|(key, end)| Some((key, end?))) {
            let text = texts.text_with(key, &[("value", written(value, &chart.unit, texts).into()), ("instant", texts.moment(clock, at).into())]);
            if ui.link(RichText::new(text).small()).on_hover_text(texts.text("chart-peak-help")).clicked() {
                commands.push(Command::SetInstant { instant: at });
            }
        }
    }
    if let Some(beyond) = chart.beyond {
        ui.label(RichText::new(texts.text_with("chart-beyond", &[("count", (beyond as f64).into())])).small());
    }
    if !chart.worst.is_empty() {
        ui.label(RichText::new(texts.text("chart-worst")).small().strong());
        for (at, value) in &chart.worst {
            let text = format!("{} · {}", texts.moment(clock, *at), written(*value, &chart.unit, texts));
            if ui.link(RichText::new(text).small()).on_hover_text(texts.text("chart-peak-help")).clicked() {
                commands.push(Command::SetInstant { instant: *at });
            }
        }
    }
    let sheet = super::calendar::calendar(ui, chart, clock, now, texts);
    if let Some(asked) = sheet {
        ui.horizontal_wrapped(|ui| files(ui, chart, Values::Calendar, clock, memory, texts));
        commands.extend(asked);
    }
    super::typical::typical(ui, chart, texts);
    made_up(ui, &chart.made_up, texts);
    let nature = texts.text_with("ui-nature", &[("nature", chart.nature.as_str().into())]);
    ui.label(RichText::new(nature).small()).on_hover_text(&chart.nature_help);
    if !chart.method.is_empty() {
        ui.label(RichText::new(&chart.method).small().weak());
    }
    ui.label(RichText::new(texts.text_with("ui-source", &[("source", chart.source.as_str().into())])).small().weak());
    ui.horizontal_wrapped(|ui| {
        let (shape, label) = if memory.table_open { (icon::CARET_DOWN, "chart-table-hide") } else { (icon::CARET_RIGHT, "chart-table-show") };
        let label = texts.text(label);
        if text_button(ui, shape, &label, &label).clicked() {
            memory.table_open = !memory.table_open;
        }
        // A table is written when it is asked for: what was copied is known by what it is of.
        let of = format!("csv {} {:?} {:?}", chart.series, chart.curves.first().and_then(|(_, points)| points.first()).map(|point| point.at), chart.end);
        let is_copied = memory.copied.as_ref() == Some(&of);
        let label = texts.text(if is_copied { "ui-copied" } else { "chart-csv" });
        if text_button(ui, if is_copied { icon::CHECK } else { icon::COPY }, &label, &texts.text("chart-csv-help")).clicked() {
            ui.ctx().copy_text(chart.table(Values::Curves).csv(&chart.about, clock));
            memory.copied = Some(of);
        }
        files(ui, chart, Values::Curves, clock, memory, texts);
    });
    if memory.table_open {
        table(ui, chart, clock, texts);
    }
    commands
}

/// A chart to be kept as a picture: what is asked for of it and where it comes from, nothing to press.
pub fn still(ui: &mut Ui, chart: &ChartText, values: Values, clock: Clock, now: Instant, texts: &Texts) {
    ui.label(RichText::new(&chart.title).heading().strong());
    let mark = if chart.typical { format!("{} · {}", chart.unit, texts.text("chart-typical")) } else { chart.unit.clone() };
    ui.label(RichText::new(mark).weak());
    if values == Values::Calendar {
        super::calendar::calendar(ui, chart, clock, now, texts);
    } else {
        if values == Values::Curves {
            day(ui, chart, clock, now, texts, &mut Vec::new());
            keys(ui, chart, texts);
            ui.add_space(8.0);
        }
        if !chart.duration.is_empty() {
            ui.label(texts.text("chart-duration"));
            duration(ui, chart, texts);
            let values = [("known", (chart.known as f64).into()), ("absent", (chart.absent as f64).into())];
            ui.label(RichText::new(texts.text_with("chart-counts", &values)).small().weak());
        }
    }
    made_up(ui, &chart.made_up, texts);
    let nature = texts.text_with("ui-nature", &[("nature", chart.nature.as_str().into())]);
    let source = texts.text_with("ui-source", &[("source", chart.source.as_str().into())]);
    ui.label(RichText::new(format!("{nature} · {source}")).small());
    if !chart.method.is_empty() {
        ui.label(RichText::new(&chart.method).small().weak());
    }
}

/// The files of a chart, or of a part of it.
fn files(ui: &mut Ui, chart: &ChartText, values: Values, clock: Clock, memory: &mut Memory, texts: &Texts) {
    files::buttons(ui, values, &format!("{}-{}", chart.territory(), chart.series), clock, memory, texts, || (chart.about.clone(), chart.table(values)));
}

/// Lowest and highest of all curves; from nothing where all is above.
fn reach(chart: &ChartText) -> [f64; 2] {
    let values = || chart.curves.iter().flat_map(|(_, points)| points).filter_map(|point| point.value);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let low = if low > 0.0 && low < 0.6 * high { 0.0 } else { low };
    if high > low { [low, high] } else { [low - 0.5, low + 0.5] }
}

fn colour(line: usize) -> Color32 {
    let stops = Palette::OkabeIto.stops();
    let [r, g, b] = stops[line % stops.len()];
    Color32::from_rgb(r, g, b)
}

fn frame(ui: &mut Ui, label: String) -> (Rect, bevy_egui::egui::Response) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &label));
    (Rect::from_min_max(pos2(rect.left() + LEFT, rect.top() + 6.0), pos2(rect.right() - 4.0, rect.bottom() - FOOT)), response)
}

fn axis(ui: &Ui, plot: Rect, [low, high]: [f64; 2], texts: &Texts) {
    let weak = ui.visuals().weak_text_color();
    for share in [0.0_f32, 0.5, 1.0] {
        let y = plot.bottom() - plot.height() * share;
        ui.painter().line_segment([pos2(plot.left(), y), pos2(plot.right(), y)], Stroke::new(1.0, weak.gamma_multiply(0.25)));
        let value = low + (high - low) * f64::from(share);
        ui.painter().text(pos2(plot.left() - 4.0, y), Align2::RIGHT_CENTER, number(value, texts), FontId::proportional(10.0), weak);
    }
}

fn day(ui: &mut Ui, chart: &ChartText, clock: Clock, now: Instant, texts: &Texts, commands: &mut Vec<Command>) {
    let (plot, response) = frame(ui, texts.text_with("chart-of", &[("title", chart.title.as_str().into())]));
    let [low, high] = reach(chart);
    axis(ui, plot, [low, high], texts);
    let points = || chart.curves.iter().flat_map(|(_, points)| points);
    let (Some(start), Some(end)) = (points().map(|point| point.at).min(), chart.end) else { return };
    let x = |at: Instant| plot.left() + plot.width() * ((at.0 - start.0) as f64 / (end.0 - start.0).max(1) as f64) as f32;
    let y = |value: f64| plot.bottom() - plot.height() * (((value - low) / (high - low)) as f32).clamp(0.0, 1.0);
    for (line, (name, points)) in chart.curves.iter().enumerate() {
        let is_total = chart.has_total && line + 1 == chart.curves.len() && name.is_empty();
        let stroke = if is_total { Stroke::new(2.0, ui.visuals().strong_text_color()) } else { Stroke::new(1.6, colour(line)) };
        // A value holds for its whole step; where there is none the line is interrupted.
        let of_steps: Vec<_> = with_ends(points, end).collect();
        for run in of_steps.chunk_by(|(a, _), (b, _)| a.value.is_some() == b.value.is_some()) {
            let steps = run.iter().filter_map(|(point, ends)| Some((point.at, *ends, point.value?)));
            ui.painter().line(steps.flat_map(|(from, to, value)| [pos2(x(from), y(value)), pos2(x(to), y(value))]).collect(), stroke);
        }
    }
    let weak = ui.visuals().weak_text_color();
    for share in [0.0, 0.5, 1.0] {
        let at = Instant(start.0 + ((end.0 - start.0) as f64 * share) as i64);
        let align = if share == 0.0 { Align2::LEFT_TOP } else if share == 1.0 { Align2::RIGHT_TOP } else { Align2::CENTER_TOP };
        let local = clock.read(at);
        let words = if end.0 - start.0 <= 2 * 86_400 { texts.time(local) } else { texts.date(local) };
        ui.painter().text(pos2(x(at), plot.bottom() + 2.0), align, words, FontId::proportional(10.0), weak);
    }
    if now >= start && now < end {
        ui.painter().line_segment([pos2(x(now), plot.top()), pos2(x(now), plot.bottom())], Stroke::new(1.5, Color32::from_rgb(0xd5, 0x5e, 0x00)));
    }
    let pointed = response.interact_pointer_pos().or_else(|| response.hover_pos());
    if let Some(at) = pointed.filter(|at| plot.contains(*at)) {
        let under = Instant(start.0 + (f64::from((at.x - plot.left()) / plot.width()) * (end.0 - start.0) as f64) as i64);
        let Some(begins) = chart.curves.iter().find_map(|(_, points)| step_under(points, end, under)).map(|point| point.at) else { return };
        if response.clicked() || response.dragged() {
            commands.push(Command::SetInstant { instant: begins });
        }
        let lines: Vec<String> = chart.curves.iter().map(|(name, points)| {
            let value = step_under(points, end, under).and_then(|point| point.value).map_or_else(|| texts.text("legend-no-data"), |value| written(value, &chart.unit, texts));
            if chart.curves.len() > 1 { format!("{}: {value}", line_name(name, texts)) } else { value }
        }).collect();
        response.on_hover_text_at_pointer(format!("{}\n{}", texts.moment(clock, begins), lines.join("\n")));
    }
}

fn line_name(name: &str, texts: &Texts) -> String {
    if name.is_empty() { texts.text("chart-total") } else { name.to_owned() }
}

/// Which line is which, where there are several.
fn keys(ui: &mut Ui, chart: &ChartText, texts: &Texts) {
    if chart.curves.len() < 2 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for (line, (name, _)) in chart.curves.iter().enumerate() {
            let colour = if name.is_empty() && chart.has_total { ui.visuals().strong_text_color() } else { colour(line) };
            let (swatch, _) = ui.allocate_exact_size(vec2(12.0, 10.0), Sense::hover());
            ui.painter().line_segment([swatch.left_center(), swatch.right_center()], Stroke::new(3.0, colour));
            ui.label(RichText::new(line_name(name, texts)).small());
        }
        if chart.more_rows > 0 {
            ui.label(RichText::new(texts.text_with("chart-more", &[("count", (chart.more_rows as f64).into())])).small().weak());
        }
    });
}

fn duration(ui: &mut Ui, chart: &ChartText, texts: &Texts) {
    let (plot, _) = frame(ui, texts.text("chart-duration"));
    let (high, low) = (chart.duration.first().copied().unwrap_or(1.0), chart.duration.last().copied().unwrap_or(0.0));
    let low = if low > 0.0 && low < 0.6 * high { 0.0 } else { low };
    let [low, high] = if high > low { [low, high] } else { [low - 0.5, low + 0.5] };
    axis(ui, plot, [low, high], texts);
    let last = chart.duration.len().saturating_sub(1).max(1) as f32;
    let line: Vec<Pos2> = chart
        .duration
        .iter()
        .enumerate()
        .map(|(place, value)| pos2(plot.left() + plot.width() * place as f32 / last, plot.bottom() - plot.height() * ((value - low) / (high - low)) as f32))
        .collect();
    ui.painter().line(line, Stroke::new(1.6, colour(0)));
    let weak = ui.visuals().weak_text_color();
    for (share, align) in [(0.0, Align2::LEFT_TOP), (0.5, Align2::CENTER_TOP), (1.0, Align2::RIGHT_TOP)] {
        let words = texts.text_with("percent-whole", &[("percent", texts.number(f64::from(share) * 100.0, 0).into())]);
        ui.painter().text(pos2(plot.left() + plot.width() * share, plot.bottom() + 2.0), align, words, FontId::proportional(10.0), weak);
    }
}

fn table(ui: &mut Ui, chart: &ChartText, clock: Clock, texts: &Texts) {
    ScrollArea::both().id_salt("chart-table").max_height(180.0).show(ui, |ui| {
        Grid::new("chart-values").striped(true).show(ui, |ui| {
            ui.label(RichText::new(texts.text("chart-instant")).small().strong());
            for (name, _) in &chart.curves {
                ui.label(RichText::new(if chart.curves.len() > 1 { line_name(name, texts) } else { chart.unit.clone() }).small().strong());
            }
            ui.end_row();
            let Some((_, first)) = chart.curves.first() else { return };
            for (row, point) in first.iter().enumerate().take(MOST_ROWS) {
                ui.label(RichText::new(texts.moment(clock, point.at)).small());
                for (_, points) in &chart.curves {
                    let value = points.get(row).and_then(|point| point.value);
                    ui.label(RichText::new(value.map_or_else(|| texts.text("legend-no-data"), |value| number(value, texts))).small());
                }
                ui.end_row();
            }
        });
    });
}

/// Three digits that count, without zeros at their end.
pub fn number(value: f64, texts: &Texts) -> String {
    let mut digits = if value == 0.0 { 0 } else { (2.0 - value.abs().log10().floor()).clamp(0.0, 6.0) as i32 };
    let rounded = |digits: i32| (value * 10_f64.powi(digits)).round() / 10_f64.powi(digits);
    while digits > 0 && (rounded(digits) - rounded(digits - 1)).abs() < 1e-9 * value.abs() {
        digits -= 1;
    }
    texts.number(value, digits as usize)
}

pub fn written(value: f64, unit: &str, texts: &Texts) -> String {
    format!("{}\u{A0}{unit}", number(value, texts)).trim_end().to_owned()
}
