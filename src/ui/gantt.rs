//! What changes around the year shown, each thing on a line of its own; a click goes to the year and to the place.

use super::model::PanelModel;
use super::widgets::made_up;
use crate::i18n::Texts;
use crate::view::Command;
use crate::view::Selection;
use crate::viewer::changes::AROUND;
use crate::viewer::vocab::Change;
use bevy_egui::egui::text::{LayoutJob, TextWrapping};
use bevy_egui::egui::{Color32, FontId, Rect, RichText, ScrollArea, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};

const LINE: f32 = 18.0;
const MOST_HEIGHT: f32 = 110.0;
const AXIS: f32 = 15.0;
/// Years from one mark to the next.
const TICKS: i32 = 5;
/// Room for the names: a share of the line, and its bounds.
const NAMES: f32 = 0.26;
const NAMES_PT: [f32; 2] = [120.0, 360.0];
/// As the scene has them: works are magenta.
const WORKS: Color32 = Color32::from_rgb(0xdc, 0x30, 0x9e);
const SERVICE: Color32 = Color32::from_rgb(0x56, 0x8f, 0xb8);

pub fn strip(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let Some(changes) = &model.changes else { return commands };
    let values = [("first", (changes.year - AROUND).to_string().into()), ("last", (changes.year + AROUND).to_string().into())];
    if changes.rows.is_empty() {
        ui.label(RichText::new(texts.text_with("gantt-none", &values)).small().weak());
        return commands;
    }
    ui.label(RichText::new(texts.text_with("gantt-title", &values)).small().weak());
    if changes.rows.iter().any(|change| change.is_made_up) {
        // Of some of them or of all: each says it of itself.
        made_up(ui, &texts.made_up(true), texts);
    }
    axis(ui, changes.year);
    ScrollArea::vertical().id_salt("gantt").max_height(MOST_HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for change in &changes.rows {
            commands.extend(line(ui, change, changes.year, texts));
        }
        if changes.more > 0 {
            ui.label(RichText::new(texts.text_with("gantt-more", &[("count", (changes.more as f64).into())])).small().weak());
        }
    });
    commands
}

/// Where the bars lie, and where on them a year begins.
struct Scale {
    bars: Rect,
    first: i32,
    last: i32,
}

impl Scale {
    fn of(rect: Rect, year: i32) -> Self {
        let names = names_width(rect);
        let bars = Rect::from_min_max(pos2(rect.left() + names, rect.top() + 3.0), pos2(rect.right() - 4.0, rect.bottom() - 3.0));
        Self { bars, first: year - AROUND, last: year + AROUND + 1 }
    }

    fn x(&self, year: i32) -> f32 {
        self.bars.left() + self.bars.width() * ((year - self.first) as f32 / (self.last - self.first) as f32).clamp(0.0, 1.0)
    }
}

fn names_width(rect: Rect) -> f32 {
    (NAMES * rect.width()).clamp(NAMES_PT[0], NAMES_PT[1])
}

/// Every fifth year over the bars; their lines say their years themselves to who cannot see.
fn axis(ui: &mut Ui, year: i32) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), AXIS), Sense::hover());
    let (scale, weak) = (Scale::of(rect, year), ui.visuals().weak_text_color());
    for tick in (scale.first..=scale.last).filter(|tick| tick.rem_euclid(TICKS) == 0) {
        let x = scale.x(tick);
        let words = ui.painter().layout_no_wrap(tick.to_string(), FontId::proportional(10.0), weak);
        // A year's bar begins at its mark; the last has no room to its right.
        let left = x.min(scale.bars.right() - words.size().x);
        ui.painter().galley(pos2(left, rect.top()), words, weak);
        ui.painter().line_segment([pos2(x, rect.bottom() - 3.0), pos2(x, rect.bottom())], Stroke::new(1.0, weak));
    }
}

fn line(ui: &mut Ui, change: &Change, year: i32, texts: &Texts) -> Vec<Command> {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    let mut said = format!("{} · {}", change.name, years(change, texts));
    if change.is_made_up && !change.name.contains(&texts.made_up(true)) {
        said = format!("{said} · {}", texts.made_up(true));
    }
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &said));
    let painter = ui.painter().with_clip_rect(rect);
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 2.0, ui.visuals().widgets.hovered.weak_bg_fill);
    }
    let (scale, names) = (Scale::of(rect, year), names_width(rect));
    // What does not fit ends in dots; all of it stands in the tip.
    let mut name = LayoutJob::simple_singleline(change.name.clone(), FontId::proportional(12.0), ui.visuals().text_color());
    name.wrap = TextWrapping::truncate_at_width(names - 10.0);
    let name = painter.layout_job(name);
    painter.galley(pos2(rect.left() + 4.0, rect.center().y - 0.5 * name.size().y), name, ui.visuals().text_color());
    let Scale { bars, first, last } = scale;
    let x = |year: i32| scale.x(year);
    let life = change.life;
    let bar = |from: i32, to: i32, colour: Color32| {
        if to > first && from < last {
            painter.rect_filled(Rect::from_min_max(pos2(x(from), bars.top()), pos2(x(to).max(x(from) + 2.0), bars.bottom())), 2.0, colour);
        }
    };
    if let Some((works, from)) = life.works.zip(life.from) {
        bar(works, from.min(life.to.unwrap_or(from)), WORKS);
    }
    bar(life.from.unwrap_or(first), life.to.unwrap_or(last), SERVICE);
    // The year shown is the whole of the year.
    painter.line_segment([pos2(x(year), rect.top()), pos2(x(year), rect.bottom())], Stroke::new(1.5, Color32::from_rgb(0xd5, 0x5e, 0x00)));
    if response.on_hover_text(said).clicked() {
        let selection = (!change.id.is_empty()).then(|| Selection { layer: change.layer.clone(), id: change.id.clone() });
        return vec![Command::SetYear { year: change.year }, Command::GoTo { at: change.at, span_m: change.span_m, selection }];
    }
    Vec::new()
}

/// Its years as a sentence.
fn years(change: &Change, texts: &Texts) -> String {
    let life = change.life;
    let said = [("gantt-works", life.works), ("gantt-from", life.from), ("gantt-to", life.to)].into_iter().filter_map(|(key, year)| Some(texts.text_with(key, &[("year", year?.to_string().into())])));
    said.collect::<Vec<_>>().join(", ")
}
