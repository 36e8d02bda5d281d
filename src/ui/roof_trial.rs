//! What can be tried on the selected roof: how modules lie, which of them are left out, a felled tree, monuments without the terrain between.

use super::model::PanelModel;
use super::roof::RoofText;
use super::widgets::written;
use crate::i18n::Texts;
use crate::rooftop::card::PlaneCard;
use crate::view::{Command, MAX_MARGIN_M, RoofLay, RoofTree, Selection};
use bevy_egui::egui::{CollapsingHeader, Color32, ComboBox, DragValue, Pos2, Rect, RichText, Sense, Shape, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};

/// The ground plan is no higher than this.
const PLAN_HEIGHT: f32 = 170.0;
const EDGE: f32 = 4.0;
const MODULE: Color32 = Color32::from_rgb(0x14, 0x1b, 0x30);
/// Modules that are listed one by one; a larger roof is changed by pointing at its plan.
const MOST_LISTED: usize = 64;
/// Where no margin is chosen and none is known, metres.
const USUAL_MARGIN_M: f64 = 0.3;

/// How modules lie, and the plan on which they are taken out.
pub fn layout(ui: &mut Ui, roof: &RoofText, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let choice = &model.state.roof;
    ui.horizontal(|ui| {
        let label = ui.label(texts.text("roof-lay"));
        let name = |lay: RoofLay| texts.text(&format!("roof-lay-{}", lay.id()));
        ComboBox::from_id_salt("roof-lay")
            .selected_text(name(choice.lay))
            .show_ui(ui, |ui| {
                for lay in RoofLay::ALL {
                    if ui.selectable_label(lay == choice.lay, name(lay)).clicked() && lay != choice.lay {
                        commands.push(Command::SetRoofLayout { lay, margin_m: choice.margin_m });
                    }
                }
            })
            .response
            .labelled_by(label.id)
            .on_hover_text(texts.text("roof-lay-help"));
    });
    ui.horizontal(|ui| {
        let label = ui.label(texts.text("roof-margin"));
        let mut margin = choice.margin_m.or(roof.margin_m).unwrap_or(USUAL_MARGIN_M);
        let drag = DragValue::new(&mut margin).range(0.0..=MAX_MARGIN_M).speed(0.02).max_decimals(1).custom_formatter(|metres, _| texts.number(metres, 1)).custom_parser(written).suffix("\u{A0}m");
        if ui.add(drag).labelled_by(label.id).on_hover_text(texts.text("roof-margin-help")).changed() {
            commands.push(Command::SetRoofLayout { lay: choice.lay, margin_m: Some(margin) });
        }
    });
    plan(ui, &roof.planes, texts, commands);
    let covered = || roof.planes.iter().filter(|plane| plane.covered);
    let places: usize = covered().map(|plane| plane.modules_at.len()).sum();
    if (1..=MOST_LISTED).contains(&places) {
        CollapsingHeader::new(texts.text("roof-modules-list")).id_salt("roof-modules-list").default_open(false).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                for (plane, place, is_on) in covered().flat_map(|plane| plane.modules_at.iter().enumerate().map(|(place, (is_on, _))| (plane.plane, place, *is_on))) {
                    let mut on = is_on;
                    let said = texts.text_with("roof-module-at", &[("plane", (plane as f64 + 1.0).into()), ("place", (place as f64 + 1.0).into())]);
                    if ui.checkbox(&mut on, said).changed() {
                        commands.extend(module(plane, place, on));
                    }
                }
            });
        });
    }
}

fn module(plane: usize, place: usize, on: bool) -> Option<Command> {
    Some(Command::SetRoofModule { plane: u16::try_from(plane).ok()?, place: u16::try_from(place).ok()?, on })
}

/// The roof from above, north up: a click takes a module out or puts it back.
fn plan(ui: &mut Ui, planes: &[PlaneCard], texts: &Texts, commands: &mut Vec<Command>) {
    let corners = planes.iter().flat_map(|plane| plane.outline.iter().flatten());
    let [west, south, east, north] = corners.fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |[w, s, e, n], [x, y]| [w.min(*x), s.min(*y), e.max(*x), n.max(*y)]);
    let (width, height) = (east - west, north - south);
    if !(width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite()) {
        return;
    }
    let room = vec2(ui.available_width() - 2.0 * EDGE, PLAN_HEIGHT - 2.0 * EDGE);
    let scale = (f64::from(room.x.max(1.0)) / width).min(f64::from(room.y) / height);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), (scale * height) as f32 + 2.0 * EDGE), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, texts.text("roof-plan")));
    let left = rect.center().x - 0.5 * (scale * width) as f32;
    let at = |[x, y]: [f64; 2]| pos2(left + (scale * (x - west)) as f32, rect.top() + EDGE + (scale * (north - y)) as f32);
    let painter = ui.painter_at(rect.expand(1.0));
    let line = ui.visuals().weak_text_color();
    let pointer = response.hover_pos();
    let mut said = None;
    for plane in planes {
        let [r, g, b] = plane.colour;
        for ring in &plane.outline {
            let points: Vec<Pos2> = ring.iter().map(|p| at(*p)).collect();
            painter.add(Shape::closed_line(points, Stroke::new(2.0, Color32::from_rgb(r, g, b))));
        }
        for (place, (is_on, corners)) in plane.modules_at.iter().enumerate() {
            let quad = corners.map(&at);
            let is_met = plane.covered && pointer.is_some_and(|pointer| inside(&quad, pointer));
            let fill = if *is_on { MODULE } else { Color32::TRANSPARENT };
            let stroke = if is_met { Stroke::new(2.0, ui.visuals().selection.stroke.color) } else { Stroke::new(1.0, line) };
            // A plane that bears nothing shows where modules would be only by its outline.
            if plane.covered {
                painter.add(Shape::convex_polygon(quad.to_vec(), fill, stroke));
            }
            if is_met {
                said = Some((plane, place, *is_on));
            }
        }
    }
    let Some((plane, place, is_on)) = said else { return };
    if response.clicked() {
        commands.extend(module(plane.plane, place, !is_on));
    }
    response.on_hover_text_at_pointer(format!("{}\n{}", plane.name, texts.text(if is_on { "roof-module-out" } else { "roof-module-in" })));
}

/// Whether a point lies in a convex quadrilateral.
fn inside(quad: &[Pos2; 4], at: Pos2) -> bool {
    if !Rect::from_points(quad).contains(at) {
        return false;
    }
    let side = |number: usize| {
        let (a, b) = (quad[number], quad[(number + 1) % 4]);
        (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x)
    };
    (0..4).all(|number| side(number) >= 0.0) || (0..4).all(|number| side(number) <= 0.0)
}

/// The trees that take light: one of them felled, or all.
pub fn trees(ui: &mut Ui, roof: &RoofText, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let Some(tried) = roof.card.as_ref().map(|card| &card.tried).filter(|tried| !tried.trees.is_empty()) else { return };
    ui.separator();
    ui.label(RichText::new(texts.text("roof-trees")).strong());
    let felled = model.state.roof.felled;
    let mut offer = |ui: &mut Ui, tree: RoofTree, name: &str| {
        if ui.radio(felled == tree, name).on_hover_text(texts.text("roof-trees-help")).clicked() && felled != tree {
            commands.push(Command::FellRoofTree { tree });
        }
    };
    offer(ui, RoofTree::None, &texts.text("roof-trees-stand"));
    for (number, tree) in tried.trees.iter().enumerate() {
        let Ok(number) = u16::try_from(number) else { continue };
        offer(ui, RoofTree::One(number), &texts.text_with("roof-trees-without", &[("tree", tree.name.as_str().into())]));
    }
    if tried.has_all {
        offer(ui, RoofTree::All, &texts.text("roof-trees-all"));
    }
    if let Some((_, said)) = &tried.felled {
        ui.label(RichText::new(said).strong());
    }
    let Some(around) = &tried.around else { return };
    // A heading does not wrap; the sentence does.
    ui.label(&around.sentence);
    CollapsingHeader::new(texts.text("roof-around")).id_salt("roof-around").default_open(false).show(ui, |ui| {
        for (one, said) in &around.roofs {
            if ui.link(said).on_hover_text(texts.text("roof-around-help")).clicked() {
                commands.push(Command::Select { selection: Some(Selection { layer: one.layer.as_str().into(), id: one.building.clone() }) });
            }
        }
    });
}

/// Whether the terrain hides what is seen of the monuments.
pub fn terrain(ui: &mut Ui, roof: &RoofText, model: &PanelModel, texts: &Texts, commands: &mut Vec<Command>) {
    let Some(card) = roof.card.as_ref().filter(|card| card.monuments.len() > usize::from(card.listed.is_some())) else { return };
    let mut bare = model.state.roof.bare;
    if ui.checkbox(&mut bare, texts.text("roof-bare")).on_hover_text(texts.text("roof-bare-help")).changed() {
        commands.push(Command::SetRoofTerrain { bare });
    }
    if let Some(said) = &card.tried.bare {
        ui.label(RichText::new(said).color(ui.visuals().warn_fg_color));
    }
}
