//! The solar plan of the commune: a table of its large roofs and car parks, filtered and sorted, with their sum against what the place draws; a row leads to its roof.

use super::model::PanelModel;
use super::widgets::text_button;
use crate::formats::roofplan::{Item, Kind, Protection};
use crate::i18n::Texts;
use crate::rooftop::planner::{Column, SIZES_KWP, Shown, exclusions, pvgis_said, title, useful_share};
use crate::view::{Command, PlanView, Selection};
use crate::viewer::vocab::PlanFacts;
use bevy_egui::egui::{Align2, Button, Color32, FontId, Id, Pos2, Rect, RichText, ScrollArea, Sense, Stroke, Ui, WidgetInfo, WidgetType, Window, pos2, vec2};
use egui_phosphor::regular as icon;
use std::sync::Arc;

const WIDTH: f32 = 640.0;
const ROW: f32 = 24.0;
const TABLE_HEIGHT: f32 = 240.0;
const CHART_HEIGHT: f32 = 72.0;
const FOOT: f32 = 14.0;
/// Of the columns, points; numbers stand on the right of theirs.
const COLUMNS: [(Column, f32); 8] = [
    (Column::Name, 180.0),
    (Column::Usage, 108.0),
    (Column::Area, 58.0),
    (Column::Power, 58.0),
    (Column::Energy, 70.0),
    (Column::Shade, 52.0),
    (Column::UsefulShare, 52.0),
    (Column::Protection, 58.0),
];
const MADE: Color32 = Color32::from_rgb(0xe6, 0x9f, 0x00);
const DRAWN: Color32 = Color32::from_rgb(0x00, 0x72, 0xb2);
/// What can be chosen, and what the same button asks the other way round.
const WISHES: [&str; 6] = ["roofs", "car-parks", "public", "heritage", "over-100-kwp", "kept"];

/// The table as the panel shows it.
#[derive(Clone, Debug)]
pub struct PlanText {
    /// `waiting`, `failed`, `ready`.
    pub state: &'static str,
    pub message: Option<String>,
    pub shown: Option<Arc<Shown>>,
    /// Where a file was put, or why not.
    pub saved: Option<Result<String, String>>,
}

impl PartialEq for PlanText {
    /// A table is made anew with every wish: the same one is the same table.
    fn eq(&self, other: &Self) -> bool {
        let place = |text: &Self| text.shown.as_ref().map(Arc::as_ptr);
        (self.state, &self.message, &self.saved, place(self)) == (other.state, &other.message, &other.saved, place(other))
    }
}

impl PlanText {
    /// `None` where the table is closed.
    pub fn of(facts: &PlanFacts, texts: &Texts) -> Option<Self> {
        if matches!(facts.state, "" | "none") {
            return None;
        }
        let message = facts.why.as_ref().map(|(key, value)| texts.text_with(key, &[("value", value.as_str().into())]));
        Some(Self { state: facts.state, message, shown: facts.shown.clone(), saved: facts.saved.clone() })
    }
}

/// The button of the top bar; nothing in a territory without a plan.
pub fn opener(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Option<Command> {
    if !model.has_plan {
        return None;
    }
    let is_open = model.state.plan.is_some();
    let label = texts.text("plan-open");
    let response = ui.add(Button::new(format!("{} {label}", icon::SOLAR_ROOF)).selected(is_open)).on_hover_text(texts.text("plan-open-help"));
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, is_open, &label));
    response.clicked().then(|| Command::ShowPlan { plan: if is_open { None } else { Some(PlanView::default()) } })
}

/// The window, where the table is open.
pub fn window(ui: &Ui, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    let (Some(view), Some(plan)) = (&model.state.plan, &model.plan) else { return commands };
    let mut is_open = true;
    let at = ui.available_rect_before_wrap().left_top() + vec2(12.0, 12.0);
    Window::new(texts.text("plan-title")).id(Id::new("solar-plan")).default_pos(at).collapsible(true).resizable(false).open(&mut is_open).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        match (&plan.shown, plan.state) {
            (Some(shown), _) => {
                table_of(ui, shown, view, model, texts, &mut commands);
                saved(ui, plan, texts);
            }
            (None, "waiting") => {
                ui.label(RichText::new(texts.text("plan-waiting")).weak());
            }
            (None, _) => {
                ui.label(plan.message.clone().unwrap_or_default());
            }
        }
    });
    if !is_open {
        commands.push(Command::ShowPlan { plan: None });
    }
    commands
}

fn table_of(ui: &mut Ui, shown: &Shown, view: &PlanView, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let totals = &shown.totals;
    let number = |value: f64, decimals: usize| texts.number(value, decimals);
    let values = [
        ("count", (totals.count as f64).into()),
        ("power", number(totals.kwp / 1e3, 2).into()),
        ("energy", number(totals.kwh_year / 1e6, 2).into()),
        ("sure", number(totals.kwh_year_p90 / 1e6, 2).into()),
    ];
    ui.label(RichText::new(texts.text_with("plan-total", &values)).strong().size(16.0)).on_hover_text(origin(shown, texts));
    match &shown.coverage {
        Some(hours) => {
            let values = [
                ("demand", number(hours.demand_kwh / 1e6, 2).into()),
                ("covered", number(100.0 * hours.covered(), 1).into()),
                ("used", number(100.0 * hours.used(), 1).into()),
                ("hours", (hours.hours_covered as f64).into()),
                ("of", (hours.hours as f64).into()),
            ];
            ui.label(texts.text_with("plan-coverage", &values)).on_hover_text(texts.text("plan-coverage-help"));
        }
        None => {
            ui.label(RichText::new(texts.text("plan-no-demand")).weak());
        }
    }
    ui.horizontal(|ui| {
        let titled = |ui: &mut Ui, key: &str, draw: &dyn Fn(&mut Ui)| {
            ui.vertical(|ui| {
                ui.label(RichText::new(texts.text(key)).small().weak());
                draw(ui);
            })
        };
        titled(ui, "plan-sizes-title", &|ui| sizes(ui, totals.sizes, texts));
        if shown.coverage.is_some() {
            ui.add_space(16.0);
            titled(ui, "plan-day-title", &|ui| day(ui, &shown.day, texts));
        }
    });
    ui.horizontal_wrapped(|ui| {
        for wish in WISHES {
            // What the data cannot tell is not offered as if it could.
            let known = match wish {
                "car-parks" => shown.plan.car_parks_known,
                "public" => shown.plan.facilities_known,
                "heritage" | "kept" => shown.plan.servitudes_known,
                _ => true,
            };
            let is_on = view.only.contains(wish);
            let help = texts.text(&format!("{}{wish}", if known { "plan-only-help-" } else { "plan-unknown-" }));
            if ui.add_enabled(known || is_on, Button::new(texts.text(&format!("plan-only-{wish}"))).selected(is_on)).on_hover_text(&help).on_disabled_hover_text(&help).clicked() {
                let mut next = view.clone();
                if !next.only.remove(wish) {
                    next.only.insert(wish.to_owned());
                }
                commands.push(Command::ShowPlan { plan: Some(next) });
            }
        }
    });
    head(ui, view, texts, commands);
    if shown.rows.is_empty() {
        ui.label(RichText::new(texts.text("plan-empty")).weak());
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("plan-rows").max_height(TABLE_HEIGHT).min_scrolled_height(TABLE_HEIGHT).auto_shrink([false, true]).show_rows(ui, ROW, shown.rows.len(), |ui, range| {
        for item in shown.rows.get(range).unwrap_or_default().iter().filter_map(|place| shown.plan.items.get(*place)) {
            if row(ui, item, model, texts) {
                let selection = Selection { layer: item.layer.as_str().into(), id: item.id.clone() };
                commands.push(Command::GoTo { at: item.at, span_m: 2.0 * item.area_m2.max(0.0).sqrt(), selection: Some(selection) });
            }
        }
    });
    ui.spacing_mut().item_spacing.y = 8.0;
    ui.add_space(4.0);
    if shown.plan.car_parks_known {
        let canopies = &shown.plan.canopies;
        let values = [("share", number(100.0 * canopies.usable_share, 0).into()), ("tilt", number(canopies.tilt, 0).into()), ("azimuth", number(canopies.azimuth, 0).into())];
        ui.label(RichText::new(texts.text_with("plan-canopies", &values)).small().italics());
    }
    let excluded = exclusions(&shown.plan);
    if !excluded.is_empty() {
        let listed: Vec<String> = excluded.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        ui.label(RichText::new(texts.text_with("plan-exclusions", &[("list", listed.join(" ; ").into())])).small());
    }
    if let Some(one) = &shown.plan.pvgis {
        ui.label(RichText::new(pvgis_said(one, texts.language() == crate::view::Language::En)).small());
    }
    // It wraps: a long sentence must not widen the window over its neighbours.
    ui.horizontal_wrapped(|ui| {
        if text_button(ui, icon::COPY, &texts.text("plan-csv"), &texts.text("plan-csv-help")).clicked() {
            ui.ctx().copy_text(shown.csv());
        }
        for file in &model.plan_files {
            let key = if file.ends_with(".gpkg") { "plan-geopackage" } else { "plan-geoparquet" };
            if text_button(ui, icon::DOWNLOAD_SIMPLE, &texts.text(key), &texts.text("plan-file-help")).clicked() {
                commands.push(Command::SavePlan { file: file.clone() });
            }
        }
        let weather = if texts.language() == crate::view::Language::En { &shown.plan.weather[2] } else { &shown.plan.weather[1] };
        ui.label(RichText::new(texts.text_with("plan-simulated", &[("weather", weather.as_str().into())])).small().weak()).on_hover_text(origin(shown, texts));
    });
}

/// Where a file was put, or why not and what to do.
fn saved(ui: &mut Ui, plan: &PlanText, texts: &Texts) {
    match &plan.saved {
        Some(Ok(path)) => ui.label(RichText::new(texts.text_with("plan-saved", &[("path", path.as_str().into())])).small()),
        Some(Err(why)) => ui.label(RichText::new(texts.text_with("plan-not-saved", &[("why", why.as_str().into())])).color(ui.visuals().warn_fg_color)),
        None => return,
    };
}

/// Where the figures come from.
fn origin(shown: &Shown, texts: &Texts) -> String {
    let plan = &shown.plan;
    let values = [("least", texts.number(plan.least_m2, 0).into()), ("buildings", (plan.all_roofs.buildings as f64).into()), ("energy", texts.number(plan.all_roofs.kwh_year / 1e6, 2).into())];
    format!("{}\n{}", texts.text_with("plan-origin", &values), plan.sources.join(" ; "))
}

/// Headings that sort.
fn head(ui: &mut Ui, view: &PlanView, texts: &Texts, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().button_padding.x = 2.0;
        for (column, width) in COLUMNS {
            let is_current = view.by == column.id();
            let arrow = match (is_current, view.falling) {
                (true, true) => icon::CARET_DOWN,
                (true, false) => icon::CARET_UP,
                _ => "",
            };
            let name = texts.text(&format!("plan-column-{}", column.id()));
            let text = RichText::new(format!("{name} {arrow}")).small().strong();
            let help = texts.text(&format!("plan-column-help-{}", column.id()));
            let response = ui.add_sized([width, 22.0], Button::new(text).frame(false).selected(is_current)).on_hover_text(help);
            let said = texts.text_with("plan-sort-by", &[("column", name.as_str().into())]);
            response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, is_current, &said));
            if response.clicked() {
                let falling = if is_current { !view.falling } else { column.falls_first() };
                commands.push(Command::ShowPlan { plan: Some(PlanView { by: column.id().to_owned(), falling, only: view.only.clone() }) });
            }
        }
    });
}

/// The words of an item's cells.
fn cells(item: &Item, texts: &Texts) -> [String; 8] {
    let usage = match item.facets.kind {
        Kind::CarPark => texts.text("plan-kind-car-park"),
        Kind::Roof if item.usage.is_empty() => String::new(),
        Kind::Roof => texts.text(&format!("usage-{}", item.usage)),
    };
    let public = if item.facets.public { format!("{usage} {}", icon::BANK) } else { usage };
    let share = useful_share(item).map_or_else(|| "–".to_owned(), |share| format!("{} %", texts.number(100.0 * share, 0)));
    let protection = match item.facets.protection {
        Protection::None => String::new(),
        Protection::Surroundings => "AC1".to_owned(),
        Protection::Excluded => format!("{} {}", icon::PROHIBIT, crate::rooftop::planner::categories(item)),
    };
    [
        title(item).to_owned(),
        public,
        texts.number(item.area_m2, 0),
        texts.number(item.kwp, 0),
        texts.number(item.kwh_year / 1e3, 1),
        format!("{} %", texts.number(100.0 * item.shading_loss, 0)),
        share,
        protection,
    ]
}

/// One row; whether it was clicked.
fn row(ui: &mut Ui, item: &Item, model: &PanelModel, texts: &Texts) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let is_chosen = model.state.selection.as_ref().is_some_and(|chosen| chosen.id == item.id && chosen.layer.as_str() == item.layer);
    let words = cells(item, texts);
    let said = words.join(", ");
    response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, is_chosen, &said));
    let visuals = ui.visuals();
    if is_chosen || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 3.0, visuals.selection.bg_fill.gamma_multiply(if is_chosen { 1.0 } else { 0.4 }));
    }
    let (text, weak) = (visuals.text_color(), visuals.weak_text_color());
    let mut left = rect.left();
    for ((column, width), words) in COLUMNS.iter().zip(&words) {
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(*width, ROW));
        let is_number = column.falls_first() && *column != Column::Protection;
        let (at, align) = if is_number { (cell.right_center() - vec2(6.0, 0.0), Align2::RIGHT_CENTER) } else { (cell.left_center() + vec2(4.0, 0.0), Align2::LEFT_CENTER) };
        let colour = if matches!(column, Column::Usage | Column::Shade) { weak } else { text };
        ui.painter().with_clip_rect(cell.intersect(ui.clip_rect())).text(at, align, words, FontId::proportional(13.0), colour);
        left += width;
    }
    let mut hover = vec![title(item).to_owned()];
    hover.extend(item.perimeters.iter().map(crate::rooftop::planner::perimeter_name));
    if item.facets.kind == Kind::CarPark {
        hover.push(texts.text("plan-kind-assumed"));
    }
    let response = response.on_hover_text(hover.join("\n")).on_hover_cursor(bevy_egui::egui::CursorIcon::PointingHand);
    response.clicked()
}

fn plot(ui: &mut Ui, width: f32, said: &str) -> Rect {
    let (rect, response) = ui.allocate_exact_size(vec2(width, CHART_HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, said));
    response.on_hover_text(said);
    Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - FOOT))
}

/// How many items of which power.
fn sizes(ui: &mut Ui, counts: [usize; SIZES_KWP.len()], texts: &Texts) {
    let ends: Vec<String> = SIZES_KWP.iter().map(|end| if end.is_finite() { format!("≤ {end:.0}") } else { "> 1000".to_owned() }).collect();
    let listed: Vec<String> = ends.iter().zip(counts).map(|(end, count)| format!("{end} : {count}")).collect();
    let plot = plot(ui, 270.0, &texts.text_with("plan-sizes", &[("list", listed.join(" · ").into())]));
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f32;
    let step = plot.width() / counts.len() as f32;
    let weak = ui.visuals().weak_text_color();
    for (number, (count, end)) in counts.into_iter().zip(&ends).enumerate() {
        let left = plot.left() + step * number as f32;
        let top = plot.bottom() - (plot.height() - 12.0) * count as f32 / most;
        ui.painter().rect_filled(Rect::from_min_max(pos2(left + 3.0, top), pos2(left + step - 3.0, plot.bottom())), 1.0, MADE);
        ui.painter().text(pos2(left + 0.5 * step, top - 1.0), Align2::CENTER_BOTTOM, count.to_string(), FontId::proportional(10.0), weak);
        ui.painter().text(pos2(left + 0.5 * step, plot.bottom() + 1.0), Align2::CENTER_TOP, end, FontId::proportional(10.0), weak);
    }
}

/// The mean day of the year, by the clock of the place: what is made, what is drawn.
fn day(ui: &mut Ui, hours: &[[f64; 2]; 24], texts: &Texts) {
    let plot = plot(ui, 270.0, &texts.text("plan-day"));
    let most = hours.iter().flatten().copied().fold(1e-9, f64::max);
    let step = plot.width() / 24.0;
    let y = |kw: f64| plot.bottom() - plot.height() * (kw / most).clamp(0.0, 1.0) as f32;
    let weak = ui.visuals().weak_text_color();
    let mut line: Vec<Pos2> = Vec::new();
    for (hour, [made, drawn]) in hours.iter().enumerate() {
        let left = plot.left() + step * hour as f32;
        ui.painter().rect_filled(Rect::from_min_max(pos2(left, y(*made)), pos2(left + step, plot.bottom())), 0.0, MADE);
        line.extend([pos2(left, y(*drawn)), pos2(left + step, y(*drawn))]);
    }
    ui.painter().line(line, Stroke::new(2.0, DRAWN));
    for hour in [0, 6, 12, 18] {
        let align = if hour == 0 { Align2::LEFT_TOP } else { Align2::CENTER_TOP };
        ui.painter().text(pos2(plot.left() + step * hour as f32, plot.bottom() + 1.0), align, format!("{hour}\u{A0}h"), FontId::proportional(10.0), weak);
    }
}
