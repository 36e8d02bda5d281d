//! The balance: sources above the line, uses below it, as much above as below in every step; and what it comes to at the clock and over the whole.

use super::chart::written;
use super::files;
use super::model::{Memory, PanelModel};
use crate::base::{Clock, Instant};
use crate::energy::accounts::{closed, over_closed};
use crate::i18n::Texts;
use crate::view::{Command, Values};
use crate::view::colours::Palette;
use crate::view::timeline::Span;
use crate::viewer::vocab::{AccountLine, AccountsFacts};
use bevy_egui::egui::{Align2, Color32, FontId, Grid, Label, Mesh, Pos2, Rect, RichText, Sense, Shape, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};

const HEIGHT: f32 = 170.0;
const FOOT: f32 = 16.0;
const LEFT: f32 = 48.0;
/// What a colour keeps of its light when it comes once more.
const AGAIN: f32 = 0.55;
/// A picture of at most so many seconds has hours below it, and its day above.
const HOURS_UP_TO_S: i64 = 2 * 86_400;
/// Height of a row of the table.
const ROW: f32 = 15.0;
/// Room for a column of numbers.
const VALUES: f32 = 80.0;

pub fn section(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let Some(accounts) = &model.accounts else { return commands };
    ui.label(RichText::new(&accounts.title).strong());
    super::widgets::made_up(ui, &texts.made_up(accounts.is_made_up), texts);
    if accounts.is_waiting {
        ui.label(RichText::new(texts.text("legend-waiting")).small().weak());
    }
    if accounts.is_secret {
        ui.label(RichText::new(texts.text("area-secret")).small());
    }
    if accounts.is_too_long {
        ui.label(RichText::new(texts.text("accounts-too-long")));
    } else if accounts.lines.is_empty() {
        if !accounts.is_waiting {
            ui.label(RichText::new(texts.text("accounts-none")).weak());
        }
    } else {
        body(ui, accounts, model, texts, &mut commands);
        ui.horizontal_wrapped(|ui| {
            files::buttons(ui, Values::Balance, &model.state.territory, model.clock, memory, texts, || {
                (accounts.about(&model.state.territory, model.clock, &model.link(), texts), accounts.table(texts))
            });
        });
    }
    if !accounts.omitted.is_empty() {
        let values = [("names", accounts.omitted.join(", ").into())];
        ui.label(RichText::new(texts.text_with("accounts-omitted", &values)).small().weak());
    }
    ui.label(RichText::new(texts.text("accounts-help")).small().weak());
    commands
}

/// The picture with its numbers, and where they come from.
fn body(ui: &mut Ui, accounts: &AccountsFacts, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    picture(ui, accounts, model.clock, model.state.instant, texts, commands);
    extremes(ui, accounts, model.clock, texts);
    table(ui, accounts, model.state.instant, texts);
    let nature = texts.text_with("ui-nature", &[("nature", texts.nature(accounts.nature()).into())]);
    ui.label(RichText::new(nature).small()).on_hover_text(texts.nature_help(accounts.nature()));
    let source = accounts.source();
    if !source.is_empty() {
        ui.add(Label::new(RichText::new(texts.text_with("ui-source", &[("source", source.into())])).small().weak()).wrap());
    }
}

/// The balance to be kept as a picture, nothing to press.
pub fn still(ui: &mut Ui, accounts: &AccountsFacts, model: &PanelModel, texts: &Texts) {
    ui.label(RichText::new(&accounts.title).heading().strong());
    super::widgets::made_up(ui, &texts.made_up(accounts.is_made_up), texts);
    body(ui, accounts, model, texts, &mut Vec::new());
    if !accounts.omitted.is_empty() {
        let values = [("names", accounts.omitted.join(", ").into())];
        ui.label(RichText::new(texts.text_with("accounts-omitted", &values)).small().weak());
    }
}

/// A colour by the place of a line: stable for as long as its territory is, darker where the colours begin again. What passes the border is grey.
fn colour(lines: &[AccountLine], place: usize) -> Color32 {
    if lines.get(place).is_some_and(|line| line.is_border) {
        return Color32::from_gray(150);
    }
    // Without black, which a dark panel swallows.
    let stops: Vec<[u8; 3]> = Palette::OkabeIto.stops().into_iter().filter(|stop| *stop != [0; 3]).collect();
    let [r, g, b] = stops[place % stops.len()];
    let rounds = i32::try_from(place / stops.len()).unwrap_or(i32::MAX);
    let [r, g, b] = [r, g, b].map(|part| (f32::from(part) * AGAIN.powi(rounds)) as u8);
    Color32::from_rgb(r, g, b)
}

fn picture(ui: &mut Ui, accounts: &AccountsFacts, clock: Clock, now: Instant, texts: &Texts, commands: &mut Vec<Command>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, texts.text("accounts-picture")));
    let plot = Rect::from_min_max(pos2(rect.left() + LEFT, rect.top() + 6.0), pos2(rect.right() - 4.0, rect.bottom() - FOOT));
    let (Some(start), steps) = (accounts.starts.first().copied(), accounts.starts.len()) else { return };
    let end = accounts.end.unwrap_or(start.plus_seconds(3600));
    // Watts, so that a part that is cut off is no lower for it.
    let watts = |line: &AccountLine, at: usize| line.wh.get(at).copied().flatten().unwrap_or(0).max(0) as f64 / accounts.hours(at);
    let side = |is_source: bool, at: usize| -> f64 { accounts.lines.iter().filter(|line| line.is_source == is_source).map(|line| watts(line, at)).sum() };
    let most = (0..steps).map(|at| side(true, at).max(side(false, at))).fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let middle = plot.center().y;
    let scale = 0.5 * f64::from(plot.height()) / most;
    let place_of = |at: Instant| plot.left() + plot.width() * ((at.0 - start.0) as f32 / (end.0 - start.0).max(1) as f32);
    let x = |at: usize| place_of(accounts.starts.get(at).copied().unwrap_or(end));
    for is_source in [true, false] {
        let mut base = vec![0.0_f64; steps];
        for (place, line) in accounts.lines.iter().enumerate().filter(|(_, line)| line.is_source == is_source) {
            // Days of a year are narrower than a pixel: soft edges of each would leave pale gaps between them.
            let mut bars = Mesh::default();
            for (at, base) in base.iter_mut().enumerate() {
                let power = watts(line, at);
                if power > 0.0 {
                    let way = if is_source { -1.0 } else { 1.0 };
                    let (near, far) = (middle + (way * *base * scale) as f32, middle + (way * (*base + power) * scale) as f32);
                    bars.add_colored_rect(Rect::from_two_pos(pos2(x(at), near), pos2(x(at + 1), far)), colour(&accounts.lines, place));
                }
                *base += power;
            }
            ui.painter().add(Shape::mesh(bars));
        }
    }
    let weak = ui.visuals().weak_text_color();
    let ends: [(f64, f32); 3] = [(most, plot.top()), (0.0, middle), (most, plot.bottom())];
    for (watts, y) in ends {
        ui.painter().line_segment([pos2(plot.left(), y), pos2(plot.right(), y)], Stroke::new(1.0, weak.gamma_multiply(if watts > 0.0 { 0.25 } else { 0.8 })));
        ui.painter().text(pos2(plot.left() - 4.0, y), Align2::RIGHT_CENTER, power(watts, texts), FontId::proportional(10.0), weak);
    }
    for (share, align) in [(0.0, Align2::LEFT_TOP), (0.5, Align2::CENTER_TOP), (1.0, Align2::RIGHT_TOP)] {
        let local = clock.read(start.plus_seconds((share * (end.0 - start.0) as f64) as i64));
        let words = if end.0 - start.0 <= HOURS_UP_TO_S { texts.time(local) } else { texts.date(local) };
        ui.painter().text(pos2(plot.left() + plot.width() * share as f32, plot.bottom() + 2.0), align, words, FontId::proportional(10.0), weak);
    }
    if now >= start && now < end {
        let x = place_of(now);
        let line: Vec<Pos2> = vec![pos2(x, plot.top()), pos2(x, plot.bottom())];
        ui.painter().add(Shape::line(line, Stroke::new(1.5, ui.visuals().strong_text_color())));
    }
    let pointed = response.interact_pointer_pos().filter(|at| plot.contains(*at));
    if let Some(at) = pointed.filter(|_| response.clicked() || response.dragged()) {
        let pointed = start.plus_seconds((f64::from((at.x - plot.left()) / plot.width()) * (end.0 - start.0) as f64) as i64);
        let place = accounts.starts.partition_point(|begins| *begins <= pointed).checked_sub(1);
        commands.extend(place.and_then(|place| accounts.starts.get(place)).map(|instant| Command::SetInstant { instant: *instant }));
    }
}

/// Kilowatts in the unit that reads best.
fn power(watts: f64, texts: &Texts) -> String {
    let (value, unit) = if watts >= 1e9 { (watts / 1e9, "GW") } else if watts >= 1e6 { (watts / 1e6, "MW") } else { (watts / 1e3, "kW") };
    written(value, unit, texts)
}

fn energy(wh: i64, texts: &Texts) -> String {
    let wh = wh as f64;
    let (value, unit) = if wh.abs() >= 1e9 { (wh / 1e9, "GWh") } else if wh.abs() >= 1e6 { (wh / 1e6, "MWh") } else { (wh / 1e3, "kWh") };
    written(value, unit, texts)
}

/// When most is used, and when least.
fn extremes(ui: &mut Ui, accounts: &AccountsFacts, clock: Clock, texts: &Texts) {
    if let Some([(at, high), (then, low)]) = accounts.extremes {
        let values = [("high", power(high * 1e3, texts).into()), ("at", texts.moment(clock, at).into()), ("low", power(low * 1e3, texts).into()), ("then", texts.moment(clock, then).into())];
        ui.add(Label::new(RichText::new(texts.text_with("accounts-extremes", &values)).small()).wrap());
    }
}

/// The words over what a line is at the clock: a part that is longer than a step has a mean.
fn now_words(accounts: &AccountsFacts) -> &'static str {
    match accounts.grain {
        None => "accounts-now",
        Some(Span::Day) => "accounts-mean-day",
        Some(Span::Month) => "accounts-mean-month",
        Some(_) => "accounts-mean-year",
    }
}

/// Each line at the clock and over all that is drawn.
fn table(ui: &mut Ui, accounts: &AccountsFacts, now: Instant, texts: &Texts) {
    let at = accounts.starts.partition_point(|start| *start <= now).checked_sub(1);
    let mean = |wh: i64| power(wh as f64 / at.map_or(1.0, |at| accounts.hours(at)), texts);
    // Where a line is absent no step is summed: both sides stay the same, and the sentence says how many are left out.
    let is_closed = closed(accounts.lines.iter().map(|line| line.wh.as_slice()));
    let told = |wh: i64| if is_closed.contains(&true) { energy(wh, texts) } else { texts.text("legend-no-data") };
    // Long names take several lines rather than the room of the numbers.
    let names = (ui.available_width() - 2.0 * VALUES).max(VALUES);
    // As close as lines of text: nothing here is pressed.
    Grid::new("accounts").num_columns(3).striped(true).max_col_width(names).min_row_height(ROW).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = ROW;
        for is_source in [true, false] {
            ui.label(RichText::new(texts.text(if is_source { "accounts-sources" } else { "accounts-uses" })).small().strong());
            ui.label(RichText::new(texts.text(now_words(accounts))).small().strong());
            ui.label(RichText::new(texts.text("accounts-all")).small().strong());
            ui.end_row();
            let side = || accounts.lines.iter().enumerate().filter(|(_, line)| line.is_source == is_source);
            for (place, line) in side() {
                ui.horizontal(|ui| {
                    let (swatch, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
                    ui.painter().rect_filled(swatch, 1.0, colour(&accounts.lines, place));
                    let name = ui.add(Label::new(RichText::new(&line.name).small()).wrap());
                    if let Some(nature) = line.nature {
                        name.on_hover_text(format!("{} · {}", texts.nature(nature), line.source));
                    }
                });
                let value = at.and_then(|at| line.wh.get(at).copied().flatten());
                ui.label(RichText::new(value.map_or_else(|| texts.text("legend-no-data"), mean)).small());
                ui.label(RichText::new(told(over_closed(&line.wh, &is_closed))).small());
                ui.end_row();
            }
            let now = at.and_then(|at| side().try_fold(0_i64, |sum, (_, line)| sum.checked_add(line.wh.get(at).copied().flatten()?)));
            let all: i64 = side().map(|(_, line)| over_closed(&line.wh, &is_closed)).fold(0, i64::saturating_add);
            ui.label(RichText::new(texts.text("chart-total")).small().strong());
            ui.label(RichText::new(now.map_or_else(|| texts.text("legend-no-data"), mean)).small().strong());
            ui.label(RichText::new(told(all)).small().strong());
            ui.end_row();
        }
    });
    if accounts.open > 0 {
        ui.label(RichText::new(texts.text_with("accounts-open", &[("count", (accounts.open as f64).into())])).small().weak());
    }
}
