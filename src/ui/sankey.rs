//! The flow diagram: where power comes from and where it goes at the instant, with the numbers behind it as a table.

use super::chart::written;
use super::files;
use super::model::{FlowsText, Memory, PanelModel};
use super::widgets::{icon_button, made_up, text_button};
use crate::i18n::Texts;
use crate::view::sankey::{Band, Label, apart, bent};
use crate::view::{Command, FlowSpan, Values};
use crate::viewer::flows::FRAME;
use crate::viewer::vocab::FlowNode;
use bevy_egui::egui::{Align, Align2, Color32, FontId, Grid, Layout, Mesh, Pos2, Rect, RichText, Sense, Slider, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular as icon;

/// Straight pieces that a band is drawn of.
const PIECES: u32 = 24;

/// The switch in the list of what to see.
pub fn switch(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Option<Command> {
    if !model.has_flows {
        return None;
    }
    let mut shown = model.state.flows.shown;
    ui.add_space(4.0);
    let response = ui.checkbox(&mut shown, texts.text("flows-title")).on_hover_text(texts.text("flows-help"));
    response.changed().then_some(Command::ShowFlows { shown })
}

pub fn panel(ui: &mut Ui, flows: &FlowsText, model: &PanelModel, memory: &mut Memory, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal(|ui| {
        ui.label(RichText::new(texts.text("flows-title")).heading().strong());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = texts.text("ui-close");
            if icon_button(ui, icon::X, &close, &close).clicked() {
                commands.push(Command::ShowFlows { shown: false });
            }
        });
    });
    let facts = &flows.facts;
    commands.extend(spans(ui, model, texts));
    body(ui, flows, model, texts);
    if facts.can_equip {
        let label = ui.label(RichText::new(texts.text("flows-equipped")).small());
        let mut percent = model.state.flows.equipped_percent;
        let slider = ui.add(Slider::new(&mut percent, 0..=100).suffix("\u{A0}%")).labelled_by(label.id).on_hover_text(texts.text("flows-equipped-help"));
        if slider.changed() {
            commands.push(Command::SetEquipped { percent });
        }
    }
    origin(ui, flows, texts);
    ui.horizontal_wrapped(|ui| {
        let (shape, key) = if memory.flows_table_open { (icon::CARET_DOWN, "chart-table-hide") } else { (icon::CARET_RIGHT, "chart-table-show") };
        let label = texts.text(key);
        if text_button(ui, shape, &label, &label).clicked() {
            memory.flows_table_open = !memory.flows_table_open;
        }
        if !facts.flows.is_empty() {
            files::buttons(ui, Values::Flows, &model.state.territory, model.clock, memory, texts, || {
                (facts.about(&flows.made_up, &flows.source, &model.state, model.clock, texts), facts.table())
            });
        }
    });
    if memory.flows_table_open {
        table(ui, flows, texts);
    }
    commands
}

/// The diagram to be kept as a picture, nothing to press.
pub fn still(ui: &mut Ui, flows: &FlowsText, model: &PanelModel, texts: &Texts) {
    ui.label(RichText::new(texts.text("flows-title")).heading().strong());
    body(ui, flows, model, texts);
    let assumption = flows.facts.assumption(model.state.flows.equipped_percent, texts);
    if !assumption.is_empty() {
        ui.label(RichText::new(assumption).small());
    }
    origin(ui, flows, texts);
}

/// The picture, what it is of, and what is not in it.
fn body(ui: &mut Ui, flows: &FlowsText, model: &PanelModel, texts: &Texts) {
    let facts = &flows.facts;
    let of = texts.text(facts.of.key());
    let local = model.clock.read(model.state.instant);
    let at = match facts.over {
        FlowSpan::Hour => texts.date_time(local),
        FlowSpan::Day => texts.date(local),
        FlowSpan::Year => local.year.to_string(),
    };
    ui.label(RichText::new(format!("{of} · {at}")).small());
    made_up(ui, &flows.made_up, texts);
    if facts.is_waiting && !facts.flows.is_empty() {
        ui.label(RichText::new(texts.text("legend-waiting")).small().weak());
    }
    if facts.flows.is_empty() {
        let key = if facts.is_waiting { "legend-waiting" } else if facts.over == FlowSpan::Hour { "flows-none" } else { "flows-none-over" };
        ui.label(RichText::new(texts.text(key)).weak());
    } else {
        picture(ui, flows, texts);
    }
    for sentence in [facts.omitted(texts), facts.gaps(texts)].into_iter().filter(|sentence| !sentence.is_empty()) {
        ui.label(RichText::new(sentence).small());
    }
}

/// What its values are, and whose.
fn origin(ui: &mut Ui, flows: &FlowsText, texts: &Texts) {
    ui.label(RichText::new(texts.text_with("ui-nature", &[("nature", flows.nature.as_str().into())])).small()).on_hover_text(&flows.nature_help);
    ui.label(RichText::new(texts.text_with("ui-source", &[("source", flows.source.as_str().into())])).small().weak());
}

/// The instant, its day or its year.
fn spans(ui: &mut Ui, model: &PanelModel, texts: &Texts) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal(|ui| {
        for over in FlowSpan::ALL {
            let name = texts.text(&format!("flows-over-{}", over.id()));
            let help = texts.text(&format!("flows-over-{}-help", over.id()));
            let is_chosen = model.state.flows.over == over;
            let response = ui.selectable_label(is_chosen, name);
            // Other controls have the same short names.
            response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, is_chosen, &help));
            if response.on_hover_text(&help).clicked() {
                commands.push(Command::SetFlowSpan { over });
            }
        }
    });
    commands
}

/// Kilowatts, or kilowatt-hours, as people say them.
fn amount(value: f64, over: FlowSpan, texts: &Texts) -> String {
    if over == FlowSpan::Hour { power(value, texts) } else { energy(value, texts) }
}

fn energy(kwh: f64, texts: &Texts) -> String {
    match kwh {
        kwh if kwh >= 999_500.0 => written(kwh / 1e6, "GWh", texts),
        kwh if kwh >= 999.5 => written(kwh / 1e3, "MWh", texts),
        kwh if kwh < 0.9995 => written(kwh * 1e3, "Wh", texts),
        kwh => written(kwh, "kWh", texts),
    }
}

/// Kilowatts as people say them.
pub fn power(kw: f64, texts: &Texts) -> String {
    match kw {
        kw if kw >= 999_500.0 => written(kw / 1e6, "GW", texts),
        kw if kw >= 999.5 => written(kw / 1e3, "MW", texts),
        kw if kw < 0.9995 => written(kw * 1e3, "W", texts),
        kw => written(kw, "kW", texts),
    }
}

/// All of it in one sentence, for whoever does not see it.
fn said(flows: &FlowsText, texts: &Texts) -> String {
    let side = |column: usize| {
        let nodes = flows.facts.nodes.iter().filter(|node| node.column == column);
        nodes.map(|node| format!("{} {}", node.name, amount(node.kw, flows.facts.over, texts))).collect::<Vec<_>>().join(", ")
    };
    texts.text_with("flows-said", &[("sources", side(0).into()), ("uses", side(2).into())])
}

fn picture(ui: &mut Ui, flows: &FlowsText, texts: &Texts) {
    let facts = &flows.facts;
    let width = ui.available_width();
    let scale = width / FRAME.width as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(width, FRAME.height as f32), Sense::hover());
    let said = said(flows, texts);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &said));
    let at = |[x, y]: [f64; 2]| pos2(rect.left() + x as f32 * scale, rect.top() + y as f32);
    let colour = |node: usize| facts.nodes.get(node).map_or(Color32::GRAY, |node| {
        let [r, g, b] = node.kind.colour();
        Color32::from_rgb(r, g, b)
    });
    let painter = ui.painter_at(rect);
    for band in &facts.diagram.bands {
        let Some(flow) = facts.flows.get(band.flow) else { continue };
        // A band has the colour of its outer end: the middle has none of its own.
        let is_in = facts.nodes.get(flow.to).is_some_and(|node| node.column == 1);
        painter.add(strip(band, &at, colour(if is_in { flow.from } else { flow.to }).gamma_multiply(0.45)));
    }
    let text = ui.visuals().strong_text_color();
    let back = ui.visuals().panel_fill;
    let mut words = Vec::new();
    for (index, (node, place)) in facts.nodes.iter().zip(&facts.diagram.places).enumerate() {
        let Some(place) = place else { continue };
        let [left, right] = [at([place.left, place.top]), at([place.left + place.width, place.top + place.height])];
        let bar = Rect::from_two_pos(left, right);
        // What is thin is still seen.
        painter.rect_filled(Rect::from_center_size(bar.center(), vec2(bar.width(), bar.height().max(1.5))), 1.0, colour(index));
        let (anchor, pos) = label_at(node, bar, rect);
        let said = format!("{}\u{A0}· {}", node.name, amount(node.kw, facts.over, texts));
        let galley = painter.layout_no_wrap(said, FontId::proportional(11.0), text);
        words.push((node.column == 1, anchor.anchor_size(pos, galley.size()), galley));
    }
    // The middle one gives way to those beside the ends; these are put from the foot up, where small ones crowd, so that they keep their order.
    words.sort_by(|(a_middle, a, _), (b_middle, b, _)| a_middle.cmp(b_middle).then(b.top().total_cmp(&a.top())));
    let [top, height] = [rect.top(), rect.height()].map(f64::from);
    let label = |place: &Rect| Label { left: f64::from(place.left()), top: f64::from(place.top()) - top, width: f64::from(place.width()), height: f64::from(place.height()) };
    let tops = apart(&words.iter().map(|(_, place, _)| label(place)).collect::<Vec<_>>(), height);
    for ((_, place, galley), down) in words.into_iter().zip(tops) {
        let place = Rect::from_min_size(pos2(place.left(), (top + down) as f32), place.size());
        // Words lie on bands: a breath of the panel's colour keeps them readable.
        painter.rect_filled(place, 2.0, back.gamma_multiply(0.65));
        painter.galley(place.min, galley, text);
    }
    if let Some(node) = response.hover_pos().and_then(|pointer| under(flows, pointer, &at)) {
        response.on_hover_text_at_pointer(format!("{}\n{}", node.name, amount(node.kw, facts.over, texts)));
    }
}

/// Beside its node, inside the sheet.
fn label_at(node: &FlowNode, bar: Rect, sheet: Rect) -> (Align2, Pos2) {
    match node.column {
        0 => (Align2::LEFT_CENTER, pos2(bar.right() + 4.0, bar.center().y)),
        // Below: small uses crowd above.
        1 => (Align2::CENTER_TOP, pos2(bar.center().x, (bar.bottom() + 2.0).min(sheet.bottom() - 14.0))),
        _ => (Align2::RIGHT_CENTER, pos2(bar.left() - 4.0, bar.center().y)),
    }
}

fn under<'a>(flows: &'a FlowsText, pointer: Pos2, at: &dyn Fn([f64; 2]) -> Pos2) -> Option<&'a FlowNode> {
    flows.facts.nodes.iter().zip(&flows.facts.diagram.places).find_map(|(node, place)| {
        let place = (*place)?;
        let bar = Rect::from_two_pos(at([place.left, place.top]), at([place.left + place.width, place.top + place.height]));
        bar.expand2(vec2(4.0, 6.0)).contains(pointer).then_some(node)
    })
}

fn strip(band: &Band, at: &dyn Fn([f64; 2]) -> Pos2, colour: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    let thickness = band.thickness.max(0.6);
    for piece in 0..=PIECES {
        let share = f64::from(piece) / f64::from(PIECES);
        let (x, y) = (band.from[0] + (band.to[0] - band.from[0]) * share, bent(band.from[1], band.to[1], share));
        mesh.colored_vertex(at([x, y]), colour);
        mesh.colored_vertex(at([x, y + thickness]), colour);
        if piece > 0 {
            let base = 2 * (piece - 1);
            mesh.add_triangle(base, base + 1, base + 2);
            mesh.add_triangle(base + 1, base + 3, base + 2);
        }
    }
    mesh
}

fn table(ui: &mut Ui, flows: &FlowsText, texts: &Texts) {
    let name = |node: usize| flows.facts.nodes.get(node).map_or(String::new(), |node| node.name.clone());
    // Long names are broken, so that the values stay inside the panel.
    let widest = ui.available_width() / 3.0 - ui.spacing().item_spacing.x;
    Grid::new("flows-values").striped(true).max_col_width(widest).show(ui, |ui| {
        let amounts = if flows.facts.over == FlowSpan::Hour { "flows-power" } else { "flows-energy" };
        for key in ["flows-from", "flows-to", amounts] {
            ui.label(RichText::new(texts.text(key)).small().strong());
        }
        ui.end_row();
        for flow in &flows.facts.flows {
            ui.label(RichText::new(name(flow.from)).small());
            ui.label(RichText::new(name(flow.to)).small());
            ui.label(RichText::new(amount(flow.value, flows.facts.over, texts)).small());
            ui.end_row();
        }
    });
}
