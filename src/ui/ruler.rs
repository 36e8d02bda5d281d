//! The ruler of time: marks from quarters of an hour to decades, what there is of each series under it (a few, or unfolded all with their names), the part that is
//! played.
//!
//! A click or a drag sets the clock, the wheel and + − come closer, a double click goes into a day or a year, a drag with the right button or shift takes the
//! part that is played; the arrows, Page up and down, Home and Escape do the same from the keyboard.

use super::model::{Memory, PanelModel, SeriesLine};
use crate::base::{Clock, Instant, Interval};
use crate::i18n::Texts;
use crate::view::Command;
use crate::view::timeline::{Mark, Ruler, Span, stepped};
use bevy_egui::egui::{
    Align2, Color32, FontId, Id, Key, Modifiers, PointerButton, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

const MARKS_HEIGHT: f32 = 26.0;
const LANE_HEIGHT: f32 = 5.0;
/// Series drawn under the ruler while it is folded; the one in view is always among them.
const MOST_LANES: usize = 4;
/// A row of the list of all of them, and the room of the list: the rest scrolls.
const ROW_HEIGHT: f32 = 22.0;
const MOST_ROOM: f32 = 154.0;
/// One step of the wheel or of + and −.
const ZOOM: f64 = 0.8;

pub fn ruler(ui: &mut Ui, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    // Beyond what has values there are years to look at too.
    let all = model.limits.reach();
    let lanes = lanes(model);
    let few: &[Lane] = if memory.lanes_open { &[] } else { lanes.get(..lanes.len().min(MOST_LANES)).unwrap_or_default() };
    let height = MARKS_HEIGHT + few.len() as f32 * (LANE_HEIGHT + 1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click_and_drag());
    let width = f64::from(rect.width()).max(1.0);
    // Whatever moves the clock: the ruler follows it.
    let mut shown = memory.ruler.unwrap_or_else(|| Ruler::whole(ruled(model))).zoomed(1.0, 0.5, all);
    if memory.ruler_at != Some(model.state.instant) {
        shown = shown.showing(model.state.instant, all);
        memory.ruler_at = Some(model.state.instant);
    }
    let clock = model.clock;
    pointer(ui, &response, rect, &mut shown, model, memory, &mut commands);
    if response.has_focus() {
        keys(ui, &response, &mut shown, width, model, &mut commands);
    }
    memory.ruler = Some(shown);
    paint(ui, rect, shown, few, model, texts, response.has_focus() || response.hovered());
    let value = model.state.instant.0 as f64;
    let said = format!("{}, {}", texts.text("ui-time"), texts.moment(clock, model.state.instant));
    response.widget_info(|| WidgetInfo::slider(true, value, texts.text("ui-time")));
    if let Some(at) = response.hover_pos() {
        let under = shown.hit(clock, f64::from(at.x - rect.left()), width);
        response.on_hover_text_at_pointer(format!("{}\n{}", texts.moment(clock, under), texts.text("ui-time-help")));
    } else {
        response.on_hover_text(said);
    }
    if memory.lanes_open {
        unfolded(ui, rect.width(), shown, model, texts, &mut commands);
    }
    commands
}

/// All of time that there is something of.
fn ruled(model: &PanelModel) -> [Instant; 2] {
    model.limits.ruled(model.state.instant, model.state.span)
}

/// Every series with its name, what there is of it under it, and its gaps; a click shows it, another one takes it away.
fn unfolded(ui: &mut Ui, width: f32, shown: Ruler, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let (weak, strong, accent) = (ui.visuals().weak_text_color(), ui.visuals().text_color(), ui.visuals().hyperlink_color);
    // The panel grows by as much as is asked for: it has no height of its own.
    let room = MOST_ROOM.min(ROW_HEIGHT * model.series.len() as f32);
    ScrollArea::vertical().id_salt("lanes").max_height(room).min_scrolled_height(room).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // In the order of the catalogue: rows that move under the pointer cannot be followed.
        for (series, lane) in model.series.iter().zip(model.series.iter().map(|series| Lane::of(series, model))) {
            let (rect, response) = ui.allocate_exact_size(vec2(width, ROW_HEIGHT), Sense::click());
            let dates = [lane.extent.start, lane.extent.end].map(|at| texts.date(model.clock.read(at)));
            let [from, to] = dates;
            let said = texts.text_with("lane-of", &[("name", lane.name.into()), ("from", from.into()), ("to", to.into()), ("gaps", (lane.gaps.len() as f64).into())]);
            response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, lane.is_current, &said));
            if response.has_focus() || response.hovered() {
                ui.painter().rect_stroke(rect, 2.0, Stroke::new(1.0, weak), StrokeKind::Inside);
            }
            let colour = if lane.is_current { accent } else { strong };
            ui.painter().with_clip_rect(rect).text(rect.left_top() + vec2(2.0, 0.0), Align2::LEFT_TOP, lane.name, FontId::proportional(11.0), colour);
            lane_bar(ui, rect.shrink2(vec2(0.0, 1.0)), shown, &lane);
            if response.on_hover_text(&said).clicked() {
                commands.push(Command::ShowSeries { series: (!lane.is_current).then(|| series.id.clone()) });
            }
        }
    });
}

/// What there is of a series, at the foot of a rectangle.
fn lane_bar(ui: &Ui, rect: Rect, shown: Ruler, lane: &Lane) {
    let visuals = ui.visuals();
    let (faint, colour) = (visuals.extreme_bg_color, if lane.is_current { visuals.hyperlink_color } else { visuals.weak_text_color().gamma_multiply(0.6) });
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let x = |at: Instant| rect.left() + rect.width() * shown.share_of(at).clamp(-0.1, 1.1) as f32;
    let bar = |from: Instant, to: Instant| Rect::from_min_max(pos2(x(from), rect.bottom() - LANE_HEIGHT), pos2(x(to).max(x(from) + 1.0), rect.bottom()));
    painter.rect_filled(bar(lane.extent.start, lane.extent.end), 1.0, colour);
    for gap in lane.gaps {
        painter.rect_filled(bar(gap.start, gap.end), 0.0, faint);
        painter.rect_stroke(bar(gap.start, gap.end), 0.0, Stroke::new(1.0, colour.gamma_multiply(0.6)), StrokeKind::Inside);
    }
}

/// Shows the day, month or year of the instant alone, or all of time.
pub fn zoom_to(model: &PanelModel, memory: &mut Memory, span: Option<Span>) {
    memory.ruler = Some(match span {
        None => Ruler::whole(ruled(model)),
        Some(span) => {
            let Interval { start, end } = span.around(model.clock, model.state.instant);
            Ruler { start, end }
        }
    });
}

struct Lane<'a> {
    name: &'a str,
    extent: Interval,
    gaps: &'a [Interval],
    is_current: bool,
}

impl<'a> Lane<'a> {
    fn of(series: &'a SeriesLine, model: &PanelModel) -> Self {
        Self { name: &series.title, extent: series.extent, gaps: &series.gaps, is_current: model.state.series.as_deref() == Some(series.id.as_str()) }
    }
}

/// The one in view first.
fn lanes(model: &PanelModel) -> Vec<Lane<'_>> {
    let mut lanes: Vec<Lane> = model.series.iter().map(|series| Lane::of(series, model)).collect();
    lanes.sort_by_key(|lane| !lane.is_current);
    lanes
}

fn pointer(ui: &Ui, response: &Response, rect: Rect, shown: &mut Ruler, model: &PanelModel, memory: &mut Memory, commands: &mut Vec<Command>) {
    let (all, clock, width) = (model.limits.reach(), model.clock, f64::from(rect.width()).max(1.0));
    if response.hovered() {
        let (scroll, across, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.smooth_scroll_delta().x, input.zoom_delta()));
        if let Some(at) = response.hover_pos() {
            let share = f64::from(at.x - rect.left()) / width;
            let factor = ZOOM.powf(f64::from(scroll) / 50.0) / f64::from(pinch).max(0.01);
            if (factor - 1.0).abs() > 1e-6 {
                *shown = shown.zoomed(factor, share, all);
            }
        }
        if across.abs() > 0.0 {
            *shown = shown.moved(-f64::from(across) / width, all);
        }
    }
    let Some(at) = response.interact_pointer_pos() else {
        memory.span_from = None;
        return;
    };
    let pixel = f64::from(at.x - rect.left()).clamp(0.0, width - 1.0);
    let takes_span = ui.input(|input| input.modifiers.shift) || response.dragged_by(PointerButton::Secondary);
    let finest = shown.finest(width);
    if response.double_clicked() {
        *shown = shown.entered(clock, pixel, width);
    } else if takes_span && response.dragged() {
        let under = shown.hit(clock, pixel, width);
        let from = *memory.span_from.get_or_insert(under);
        let (start, end) = (from.min(under), finest.around(clock, from.max(under)).end);
        commands.push(Command::SetSpan { span: Some(Interval { start, end }) });
    } else if response.dragged_by(PointerButton::Primary) || response.clicked() {
        let under = within_span(model, shown.hit(clock, pixel, width), finest);
        if under != model.state.instant {
            memory.ruler_at = Some(under);
            commands.push(Command::SetInstant { instant: under });
        }
    }
}

/// A day or more under the pointer keeps the hour: who looks for a season does not want midnight.
fn within_span(model: &PanelModel, under: Instant, finest: Span) -> Instant {
    if finest < Span::Day {
        return under;
    }
    let clock = model.clock;
    let local = clock.read(model.state.instant);
    let day = clock.read(under);
    clock.instant(day.year, day.month, day.day, local.hour, local.minute).unwrap_or(under)
}

fn keys(ui: &Ui, response: &Response, shown: &mut Ruler, width: f64, model: &PanelModel, commands: &mut Vec<Command>) {
    let all = model.limits.reach();
    ui.memory_mut(|memory| {
        let filter = bevy_egui::egui::EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: false, tab: false };
        memory.set_focus_lock_filter(response.id, filter);
    });
    let pressed = |key: Key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as i32;
    let finest = shown.finest(width);
    let count = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
    if count != 0 {
        commands.push(Command::SetInstant { instant: stepped(model.clock, model.state.instant, finest, count) });
    }
    let share = shown.share_of(model.state.instant);
    let closer = pressed(Key::ArrowUp) + pressed(Key::Plus) - pressed(Key::ArrowDown) - pressed(Key::Minus);
    if closer != 0 {
        *shown = shown.zoomed(ZOOM.powi(2 * closer), share.clamp(0.0, 1.0), all);
    }
    let over = pressed(Key::PageDown) - pressed(Key::PageUp);
    if over != 0 {
        *shown = shown.moved(f64::from(over), all);
    }
    if pressed(Key::Home) > 0 {
        *shown = Ruler::whole(ruled(model));
    }
    if pressed(Key::Enter) > 0 {
        *shown = shown.entered(model.clock, share * width, width);
    }
}

fn paint(ui: &Ui, rect: Rect, shown: Ruler, lanes: &[Lane], model: &PanelModel, texts: &Texts, is_active: bool) {
    let painter = ui.painter().with_clip_rect(rect.expand(1.0));
    let visuals = ui.visuals();
    let (faint, weak, strong) = (visuals.extreme_bg_color, visuals.weak_text_color(), visuals.text_color());
    let accent = visuals.hyperlink_color;
    painter.rect(rect, 4.0, faint, Stroke::new(1.0, if is_active { strong } else { weak.gamma_multiply(0.5) }), StrokeKind::Inside);
    let x = |at: Instant| rect.left() + rect.width() * shown.share_of(at).clamp(-0.1, 1.1) as f32;
    if let Some(span) = model.state.span {
        let part = Rect::from_min_max(pos2(x(span.start), rect.top()), pos2(x(span.end).max(x(span.start) + 2.0), rect.top() + MARKS_HEIGHT));
        painter.rect_filled(part, 0.0, accent.gamma_multiply(0.25));
    }
    let mut free_from = rect.left();
    for mark in shown.marks(model.clock, f64::from(rect.width())) {
        let at = rect.left() + rect.width() * mark.share as f32;
        let height = if mark.has_words { MARKS_HEIGHT } else { 6.0 };
        painter.line_segment([pos2(at, rect.top()), pos2(at, rect.top() + height)], Stroke::new(1.0, weak.gamma_multiply(if mark.has_words { 0.7 } else { 0.4 })));
        if mark.has_words && at >= free_from {
            let words = words(&mark, model.clock, texts);
            let drawn = painter.text(pos2(at + 4.0, rect.top() + MARKS_HEIGHT - 4.0), Align2::LEFT_BOTTOM, words, FontId::proportional(11.0), strong);
            free_from = drawn.right() + 6.0;
        }
    }
    for (at, lane) in lanes.iter().enumerate() {
        let bottom = rect.top() + MARKS_HEIGHT + (at + 1) as f32 * (LANE_HEIGHT + 1.0) - 1.0;
        let row = Rect::from_min_max(pos2(rect.left(), bottom - LANE_HEIGHT), pos2(rect.right(), bottom));
        lane_bar(ui, row, shown, lane);
        let extent = Rect::from_min_max(pos2(x(lane.extent.start), row.top()), pos2(x(lane.extent.end), row.bottom()));
        let name = ui.interact(extent.intersect(rect), Id::new(("lane", at)), Sense::hover());
        if name.hovered() {
            name.on_hover_text(lane.name);
        }
    }
    let now = x(model.state.instant);
    painter.line_segment([pos2(now, rect.top()), pos2(now, rect.bottom())], Stroke::new(2.0, Color32::from_rgb(0xd5, 0x5e, 0x00)));
}

/// What stands beside a mark: as much as tells it from its neighbours.
fn words(mark: &Mark, clock: Clock, texts: &Texts) -> String {
    let local = clock.read(mark.at);
    match mark.span {
        Span::Quarter | Span::Hour => texts.time(local),
        Span::Day => texts.text_with("ruler-day", &[("day", i32::from(local.day).into()), ("month", texts.text(&format!("month-short-{}", local.month)).into())]),
        Span::Month => texts.text(&format!("month-short-{}", local.month)),
        Span::Year | Span::Decade => local.year.to_string(),
    }
}
