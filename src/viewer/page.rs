//! The bridge to a page: commands come in as JSON, state and figures go out as JSON.
//!
//! The same messages are the embedding API; the page's shell forwards them. Reads and writes what panels read and write.

use super::attributes::title;
use super::changes::AROUND;
use super::flows::{FRAME, are_known};
use super::{foreign, over};
use super::platform;
use super::series::{catalogue, titles};
use super::tiles::Meter;
use super::vocab::{
    AccountsFacts, AreaFacts, Changes, Chart, DayFacts, FlowFacts, KnownAttribute, Marks, PlanFacts, Progress, RoofFacts, Scene, SceneFacts, SearchFacts, SitingFacts, ViewCommand,
    ViewerSystems, Words,
};
use crate::base::DatasetId;
use crate::formats::territory::{Imagery, Layer, Manifest};
use crate::geodesy::{EnuFrame, LonLatH};
use crate::i18n::{Texts, figure_line};
use crate::rooftop::{message, plan_message};
use crate::view::curve::sum_unit;
use crate::view::{Command, FlowChoice, Language, Quality, ViewState, to_link};
use bevy::prelude::*;
use bevy::winit::{EventLoopProxyWrapper, WinitUserEvent};
use serde_json::{Value, json};

/// Commands taken from the page in one frame; the rest waits for the next.
const COMMANDS_PER_FRAME: usize = 64;

/// Both languages, read once.
struct BothTexts {
    fr: Texts,
    en: Texts,
}

impl Default for BothTexts {
    fn default() -> Self {
        Self {
            fr: Texts::new(Language::Fr),
            en: Texts::new(Language::En),
        }
    }
}

impl BothTexts {
    fn of(&self, language: Language) -> &Texts {
        match language {
            Language::Fr => &self.fr,
            Language::En => &self.en,
        }
    }
}

#[derive(Default)]
struct Told {
    ready: bool,
    laid: bool,
    state: Option<ViewState>,
    progress: Option<Progress>,
    quality: Quality,
    marks: Marks,
    figures: Option<String>,
    legend: Option<String>,
    faults: usize,
    search: Option<SearchFacts>,
    day: Option<DayFacts>,
    /// The language it was told in.
    catalogue: Option<Language>,
    attributes: Option<Vec<KnownAttribute>>,
    calendar: Option<std::sync::Arc<crate::view::curve::Calendar>>,
    chart: Option<Chart>,
    chart_language: Option<Language>,
    roof: Option<u64>,
    plan: Option<u64>,
    changes: Option<Changes>,
    accounts: Option<AccountsFacts>,
    flows: Option<(Option<FlowFacts>, FlowChoice, Language)>,
    siting: Option<u64>,
    area: Option<u64>,
}

pub struct PagePlugin;

impl Plugin for PagePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, wake_up).add_systems(
            Update,
            (
                // What a page says before the territory is open waits in its queue: a command needs a state.
                hear.in_set(ViewerSystems::Input).run_if(resource_exists::<Scene>),
                speak.in_set(ViewerSystems::Report),
            ),
        );
    }
}

/// Commands of the page end the wait for events.
fn wake_up(events: Option<Res<EventLoopProxyWrapper>>) {
    let Some(events) = events else { return };
    let events = (**events).clone();
    platform::on_message(move || {
        // An event loop that has ended hears nothing more.
        let _ = events.send_event(WinitUserEvent::WakeUp);
    });
}

fn hear(mut commands: MessageWriter<ViewCommand>, mut facts: ResMut<SceneFacts>) {
    for text in platform::take_messages(COMMANDS_PER_FRAME) {
        match serde_json::from_str::<Command>(&text) {
            Ok(command) => {
                commands.write(ViewCommand(command));
            }
            Err(error) => facts.fault("error-command", error.to_string()),
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "all that a page is told")]
fn speak(
    scene: Option<Res<Scene>>,
    facts: Res<SceneFacts>,
    roof: Option<Res<RoofFacts>>,
    plan: Option<Res<PlanFacts>>,
    (siting, area): (Option<Res<SitingFacts>>, Option<Res<AreaFacts>>),
    meter: Option<Res<Meter>>,
    both: Local<BothTexts>,
    mut asked: MessageReader<ViewCommand>,
    mut told: Local<Told>,
) {
    // The page shows at once what it asked for: where that was refused or bounded it must hear what is so, even when nothing has changed.
    let was_asked = asked.read().count() > 0;
    if let Some(scene) = &scene {
        if !std::mem::replace(&mut told.laid, true)
            && let Some(laid) = laid_message(&scene.manifest)
        {
            platform::post(&laid);
        }
        // A playing clock changes the state each frame; a page needs the whole of it all the same: it is one small object.
        if was_asked || told.state.as_ref() != Some(&scene.state) {
            platform::post(&json!({ "kind": "state", "state": scene.state, "link": to_link(&scene.state) }));
            told.state = Some(scene.state.clone());
        }
        if scene.is_changed() || facts.is_changed() {
            tell_figures(scene, &facts, &both, &mut told);
        }
        if let Some(roof) = roof.filter(|roof| told.roof != Some(roof.version)) {
            platform::post(&roof_message(scene, &roof, &both));
            told.roof = Some(roof.version);
        }
        if let Some(plan) = plan.filter(|plan| told.plan != Some(plan.version)) {
            platform::post(&told_plan(scene, &plan, &both));
            told.plan = Some(plan.version);
        }
        if let Some(siting) = siting.filter(|siting| told.siting != Some(siting.version)) {
            platform::post(&siting_message(scene, &siting));
            told.siting = Some(siting.version);
        }
        if let Some(area) = area.filter(|area| told.area != Some(area.version)) {
            let inside = area.inside.as_ref().map(|inside| json!({ "buildings": inside.buildings, "homes": inside.homes, "secret": inside.is_secret }));
            platform::post(&json!({ "kind": "area", "state": area.state, "area_m2": area.area_m2, "inside": inside }));
            told.area = Some(area.version);
        }
    }
    if told.marks != facts.marks {
        let names: Vec<Value> = facts.marks.names.iter().map(|name| json!({ "text": name.text, "x": name.at[0], "y": name.at[1] })).collect();
        let bar = facts.marks.bar.map(|bar| json!({ "metres": bar.metres, "pixels": bar.pixels }));
        platform::post(&json!({ "kind": "marks", "names": names, "bar": bar }));
        told.marks = facts.marks.clone();
    }
    if told.accounts != facts.accounts {
        platform::post(&match &facts.accounts {
            None => json!({ "kind": "accounts", "lines": null }),
            Some(accounts) => json!({
                "kind": "accounts", "of": accounts.of, "title": accounts.title, "ofArea": accounts.of_area, "secret": accounts.is_secret, "starts": accounts.starts, "end": accounts.end, "omitted": accounts.omitted, "waiting": accounts.is_waiting, "madeUp": accounts.is_made_up,
                "hours": (0..accounts.starts.len()).map(|at| accounts.hours(at)).collect::<Vec<_>>(), "grain": accounts.grain, "open": accounts.open, "tooLong": accounts.is_too_long, "nature": accounts.nature(), "sources": accounts.source(),
                "extremes": accounts.extremes,
                "lines": accounts.lines.iter().map(|line| json!({ "name": line.name, "source": line.is_source, "border": line.is_border, "wh": line.wh, "nature": line.nature, "from": line.source })).collect::<Vec<_>>(),
            }),
        });
        told.accounts.clone_from(&facts.accounts);
    }
    if told.changes != facts.changes {
        platform::post(&changes_message(facts.changes.as_ref()));
        told.changes.clone_from(&facts.changes);
    }
    if told.search != facts.search {
        platform::post(&search_message(facts.search.as_ref()));
        told.search.clone_from(&facts.search);
    }
    if told.quality != facts.quality {
        platform::post(&json!({ "kind": "quality", "quality": facts.quality }));
        told.quality = facts.quality;
    }
    if told.progress != Some(facts.progress) {
        let Progress { waiting, shown, failed, complete, features, resident_bytes, .. } = facts.progress;
        platform::post(&json!({
            "kind": "progress", "waiting": waiting, "shown": shown, "failed": failed,
            "complete": complete, "features": features, "bytes": resident_bytes,
            // What a bench asks: milliseconds of the page's thread for tiles so far, and how many that was.
            "work_ms": meter.as_ref().map(|meter| 1e3 * meter.total_s), "uploaded": meter.as_ref().map(|meter| meter.uploaded),
            "memory": platform::process_bytes(),
        }));
        told.progress = Some(facts.progress);
    }
    if !told.ready && (facts.progress.shown > 0 || facts.progress.complete) {
        platform::post(&json!({ "kind": "ready" }));
        told.ready = true;
    }
    for fault in facts.faults_after(told.faults) {
        let in_language = |language| {
            both.of(language).text_with(&fault.key, &[("value", fault.value.as_str().into())])
        };
        platform::post(&json!({
            "kind": "fault", "code": fault.key, "value": fault.value,
            // Without a territory there will be no picture.
            "fatal": scene.is_none(),
            "fr": in_language(Language::Fr), "en": in_language(Language::En),
        }));
    }
    told.faults = facts.faults_told;
}

/// What a page's shell cannot know from the territory's manifest: a document that opens by itself, and what lies over. `None` where there is nothing such.
fn laid_message(manifest: &Manifest) -> Option<Value> {
    let layers: Vec<&Layer> = manifest.layers.iter().filter(|layer| layer.id.as_str() == foreign::LAYER || over::is_vectors(layer)).collect();
    let imagery: Vec<&Imagery> = manifest.imagery.iter().filter(|imagery| over::is_over(imagery)).collect();
    let owed = |id: &DatasetId| layers.iter().any(|layer| layer.datasets.contains(id)) || imagery.iter().any(|imagery| imagery.dataset == *id);
    let datasets: Vec<_> = manifest.datasets.iter().filter(|dataset| owed(&dataset.id)).collect();
    let some = !layers.is_empty() || !imagery.is_empty();
    some.then(|| {
        json!({
            "kind": "laid", "datasets": datasets,
            "layers": layers.iter().map(|layer| json!({ "id": layer.id, "kind": layer.kind, "name": layer.name, "features": layer.features, "nature": layer.nature })).collect::<Vec<_>>(),
            "imagery": imagery.iter().map(|imagery| json!({ "id": imagery.id, "name": imagery.name, "date": imagery.date })).collect::<Vec<_>>(),
        })
    })
}

/// What changes around the year shown.
fn changes_message(changes: Option<&Changes>) -> Value {
    let Some(changes) = changes else { return json!({ "kind": "changes", "rows": null }) };
    let rows: Vec<Value> = changes
        .rows
        .iter()
        .map(|row| {
            json!({
                "layer": row.layer, "id": row.id, "name": row.name, "madeUp": row.is_made_up, "works": row.life.works, "from": row.life.from, "to": row.life.to,
                "year": row.year, "at": row.at, "span_m": row.span_m,
            })
        })
        .collect();
    json!({ "kind": "changes", "year": changes.year, "first": changes.year - AROUND, "last": changes.year + AROUND, "rows": rows, "more": changes.more })
}

/// Answers of the search box; each brings the command that goes there.
fn search_message(search: Option<&SearchFacts>) -> Value {
    let Some(SearchFacts { query, answer, is_waiting, has_index }) = search else {
        return json!({ "kind": "search", "query": "", "hits": [], "waiting": false, "index": true, "partial": false });
    };
    let hits: Vec<Value> = answer
        .hits
        .iter()
        .map(|hit| {
            let selection = hit.feature.as_ref().map(|(layer, id)| json!({ "layer": layer, "id": id }));
            json!({
                "label": hit.label, "detail": hit.detail, "what": if hit.is_house { "address" } else { hit.kind.id() }, "remark": hit.remark.id(),
                "go": { "do": "go-to", "at": hit.at, "span_m": hit.span_m, "selection": selection },
            })
        })
        .collect();
    json!({ "kind": "search", "query": query, "hits": hits, "waiting": is_waiting, "index": has_index, "partial": answer.is_partial })
}

fn tell_figures(scene: &Scene, facts: &SceneFacts, both: &BothTexts, told: &mut Told) {
    let texts = both.of(scene.state.language);
    let figures: Vec<Value> = facts
        .figures
        .iter()
        .map(|figure| {
            let text = figure_line(figure, &scene.manifest.datasets, texts);
            json!({
                "key": figure.name, "name": text.name, "value": text.value, "nature": if text.made_up { json!("made-up") } else { json!(figure.nature) }, "absent": text.absent,
                "source": text.source, "method": text.method, "uncertainty": text.uncertainty,
            })
        })
        .collect();
    let message = json!({ "kind": "figures", "selection": scene.state.selection, "figures": figures });
    let text = message.to_string();
    if told.figures.as_ref() != Some(&text) {
        platform::post(&message);
        told.figures = Some(text);
    }
    let message = match &facts.legend {
        None => json!({ "kind": "legend", "theme": "none" }),
        Some(legend) => {
            let dataset = scene.manifest.datasets.iter().find(|dataset| dataset.id == legend.dataset);
            let colours: Vec<String> = legend.colours.iter().map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}")).collect();
            json!({
                "kind": "legend", "theme": scene.state.theme, "title": in_both(&legend.title, both), "unit": legend.unit.text(texts),
                "domain": [legend.low, legend.high], "years": scene.limits.years, "colours": colours, "ticks": legend.ticks(), "ends": legend.ends, "names": legend.names.iter().map(|name| texts.kind(&legend.attribute, name)).collect::<Vec<_>>(), "nature": legend.nature,
                "madeUp": scene.manifest.is_made_up(&legend.dataset), "source": dataset.map(|dataset| dataset.attribution.clone()),
                "date": dataset.map(|dataset| dataset.date.clone()),
                "waiting": legend.is_waiting, "outside": legend.is_outside, "mean": legend.mean_over, "tooLong": legend.is_too_long, "countsClasses": legend.counts_classes, "typical": legend.is_typical, "approximate": legend.is_approximate,
                "note": (!legend.note.is_empty()).then(|| in_both(&Words::Key(legend.note), both)), "band": legend.band, "directed": legend.is_directed, "raise": legend.raise.map(|raise| json!({ "perMetre": raise.value_per_m, "on": raise.is_on })),
                "histogram": legend.histogram.as_ref().map(|histogram| json!({
                    "low": histogram.low, "high": histogram.high, "counts": histogram.counts, "known": histogram.known, "without": histogram.without,
                })),
            })
        }
    };
    let text = message.to_string();
    if told.legend.as_ref() != Some(&text) {
        platform::post(&message);
        told.legend = Some(text);
    }
    tell_curves(scene, facts, both, told);
    let flows = (facts.flows.clone(), scene.state.flows, scene.state.language);
    if told.flows.as_ref() != Some(&flows) {
        platform::post(&flows_message(scene, facts, texts));
        told.flows = Some(flows);
    }
}

/// The flow diagram as it is laid out; a page paints it and writes the table.
fn flows_message(scene: &Scene, facts: &SceneFacts, texts: &Texts) -> Value {
    let drawn = facts.flows.as_ref().map(|flows| {
        let nodes = flows.nodes.iter().zip(&flows.diagram.places).map(|(node, place)| {
            let at = place.map(|place| [place.left, place.top, place.width, place.height]);
            let [r, g, b] = node.kind.colour();
            json!({ "name": node.name, "kind": node.kind.id(), "colour": format!("#{r:02x}{g:02x}{b:02x}"), "column": node.column, "kw": node.kw, "at": at })
        });
        let bands = flows.diagram.bands.iter().map(|band| json!({ "flow": band.flow, "from": band.from, "to": band.to, "thickness": band.thickness }));
        let links = flows.flows.iter().map(|flow| json!({ "from": flow.from, "to": flow.to, "kw": flow.value }));
        let datasets = &scene.manifest.datasets;
        json!({
            "of": texts.text(flows.of.key()), "nodes": nodes.collect::<Vec<_>>(), "bands": bands.collect::<Vec<_>>(), "flows": links.collect::<Vec<_>>(),
            "frame": [FRAME.width, FRAME.height], "absent": flows.absent, "waiting": flows.is_waiting, "canEquip": flows.can_equip,
            "over": flows.over, "known": flows.known, "steps": flows.steps, "madeUp": flows.is_made_up(datasets),
            "nature": crate::base::Nature::Simulated, "source": flows.source(datasets, texts),
        })
    });
    let FlowChoice { shown, equipped_percent, .. } = scene.state.flows;
    json!({ "kind": "flows", "known": are_known(&scene.manifest), "shown": shown, "equipped": equipped_percent, "diagram": drawn })
}

fn in_both(words: &Words, both: &BothTexts) -> Value {
    json!({ "fr": words.text(&both.fr), "en": words.text(&both.en) })
}

/// Curves, moments of the day, and what there is in time: the page's charts and ruler.
fn tell_curves(scene: &Scene, facts: &SceneFacts, both: &BothTexts, told: &mut Told) {
    if told.day != Some(facts.day) {
        let DayFacts { sunrise, noon, sunset, peak } = facts.day;
        platform::post(&json!({ "kind": "day", "sunrise": sunrise, "noon": noon, "sunset": sunset, "peak": peak }));
        told.day = Some(facts.day);
    }
    if told.catalogue != Some(scene.state.language) {
        let choices = catalogue(&scene.manifest);
        let series: Vec<Value> = choices
            .iter()
            .zip(titles(&scene.manifest, &choices, both.of(scene.state.language)))
            .map(|(choice, title)| {
                json!({
                    "id": choice.id, "title": title, "unit": choice.unit(), "nature": choice.nature(), "layer": choice.layer(),
                    "start": choice.axis.start, "end": choice.axis.end, "step": choice.axis.step, "gaps": choice.series.gaps,
                })
            })
            .collect();
        platform::post(&json!({ "kind": "series", "series": series, "start": scene.limits.instants[0], "end": scene.limits.instants[1], "years": scene.limits.years }));
        told.catalogue = Some(scene.state.language);
    }
    let calendar = facts.chart.as_ref().map(|chart| &chart.calendar);
    if told.calendar.as_ref().map(std::sync::Arc::as_ptr) != calendar.map(std::sync::Arc::as_ptr) {
        // Apart from the chart, which changes with the day: days as their midnights, four digits of each hour.
        let short = |value: &Option<f64>| value.map(|value| format!("{value:.3e}").parse::<f64>().unwrap_or(value));
        let hours = |sheet: &crate::view::curve::Calendar| sheet.hours.iter().map(|hours| json!(hours.iter().map(short).collect::<Vec<_>>())).collect::<Vec<Value>>();
        let days = facts.chart.as_ref().map(|chart| chart.typical_days.clone()).unwrap_or_default();
        let typical: Vec<Value> = days.iter().map(|day| json!({ "season": day.season, "weekend": day.weekend, "days": day.days, "hours": day.hours.iter().map(short).collect::<Vec<_>>() })).collect();
        platform::post(&json!({ "kind": "calendar", "days": calendar.map(|sheet| sheet.days.clone()).unwrap_or_default(), "hours": calendar.map(|sheet| hours(sheet)).unwrap_or_default(), "typical": typical }));
        told.calendar = calendar.cloned();
    }
    if told.attributes.as_ref() != Some(&facts.attributes) {
        let list = facts.attributes.iter().map(|known| {
            let KnownAttribute { attribute, range, kinds } = known;
            json!({ "layer": attribute.layer, "name": attribute.name, "title": in_both(&title(&attribute.name), both), "range": range, "kinds": kinds, "words": kinds.iter().map(|kind| json!({ "fr": both.fr.kind(&attribute.name, kind), "en": both.en.kind(&attribute.name, kind) })).collect::<Vec<_>>() })
        });
        platform::post(&json!({ "kind": "attributes", "attributes": list.collect::<Vec<_>>() }));
        told.attributes = Some(facts.attributes.clone());
    }
    if told.chart != facts.chart || told.chart_language != Some(scene.state.language) {
        let texts = both.of(scene.state.language);
        platform::post(&match &facts.chart {
            None => json!({ "kind": "chart", "chart": null }),
            Some(chart) => json!({ "kind": "chart", "chart": chart_message(chart, scene, both, texts) }),
        });
        told.chart.clone_from(&facts.chart);
        told.chart_language = Some(scene.state.language);
    }
}

fn chart_message(chart: &Chart, scene: &Scene, both: &BothTexts, texts: &Texts) -> Value {
    let dataset = scene.manifest.datasets.iter().find(|dataset| dataset.id == chart.dataset);
    let source = dataset.map_or_else(|| texts.text("source-unknown"), |dataset| texts.source(dataset));
    let curves: Vec<Value> = chart
        .day
        .iter()
        .map(|(name, points)| json!({ "name": name, "points": points.iter().map(|point| json!([point.at, point.value])).collect::<Vec<_>>() }))
        .collect();
    let method = if chart.method.is_empty() { String::new() } else { texts.text(chart.method) };
    json!({
        "series": chart.series, "title": in_both(&chart.title, both), "unit": chart.unit, "nature": chart.nature, "madeUp": scene.manifest.is_made_up(&chart.dataset), "source": source, "method": method,
        "curves": curves, "end": chart.end, "duration": chart.duration, "known": chart.known, "absent": chart.absent,
        "peak": chart.peak.map(|(at, value)| json!([at, value])), "trough": chart.trough.map(|(at, value)| json!([at, value])), "moreRows": chart.more_rows, "total": chart.has_total,
        "over": chart.over.map(|over| json!({ "mean": over.mean, "sum": over.sum, "sumUnit": sum_unit(&chart.unit), "known": over.known, "absent": over.absent })),
        "worst": chart.worst, "beyond": chart.beyond,
        "waiting": chart.is_waiting, "typical": chart.is_typical,
    })
}

/// The solar plan's table, as [`plan_message`] has it.
fn told_plan(scene: &Scene, plan: &PlanFacts, both: &BothTexts) -> Value {
    let has = scene.manifest.roofs.as_ref().is_some_and(|book| book.plan.is_some());
    let texts = both.of(scene.state.language);
    let not_saved = plan.saved.as_ref().and_then(|saved| saved.as_ref().err()).map(|why| texts.text_with("plan-not-saved", &[("why", why.as_str().into())]));
    match (&plan.shown, &scene.state.plan) {
        (Some(shown), Some(view)) => plan_message::ready(shown, &view.only.iter().map(String::as_str).collect::<Vec<_>>(), not_saved, scene.state.language == Language::En),
        _ => plan_message::without(plan.state, plan.why.as_ref().map(|(key, value)| texts.text_with(key, &[("value", value.as_str().into())])), has),
    }
}

/// The selected roof, as [`message`] has it.
fn roof_message(scene: &Scene, roof: &RoofFacts, both: &BothTexts) -> Value {
    let english = scene.state.language == Language::En;
    let choice = &scene.state.roof;
    let told = message::Outline {
        state: if roof.state.is_empty() { "none" } else { roof.state },
        building: roof.building.clone(),
        message: roof.why.as_ref().map(|(key, value)| both.of(scene.state.language).text_with(key, &[("value", value.as_str().into())])),
        choice: json!({
            "load": choice.load, "loadKwh": choice.load_kwh, "batteryKwh": choice.battery_kwh, "sellAll": choice.sell_all,
            "heatPump": choice.heat_pump, "heatKwh": choice.heat_kwh, "own": choice.own,
            "planes": roof.chosen_planes, "without": choice.without, "lay": choice.lay, "marginM": choice.margin_m, "tree": choice.felled, "bare": choice.bare,
        }),
        meter: roof.meter.clone(),
    };
    match (&roof.card, &roof.found) {
        (Some(card), Some(found)) => {
            let [lon, lat, height_m] = scene.manifest.origin;
            message::ready(&told, &roof.planes, card, found, &EnuFrame::at(LonLatH::new(lon, lat, height_m)), english, roof.ms)
        }
        _ => message::outline(&told, &roof.planes, english),
    }
}

/// The proposal, as [`crate::siting::message`] has it.
fn siting_message(scene: &Scene, siting: &SitingFacts) -> Value {
    let outline = crate::siting::message::Outline {
        state: siting.state,
        message: siting.why.as_deref(),
        card: siting.card.as_ref(),
        moments: siting.answer.as_ref().map_or(&[], |answer| answer.moments.as_slice()),
        fits: &siting.fits,
        has_book: siting.has_book,
        ms: siting.ms,
    };
    crate::siting::message::message(&outline, &scene.state.proposal, scene.state.language == Language::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_what_lies_over_and_whose_it_is() {
        let tileset = br#"{"asset":{"version":"1.1","extras":{"copyright":"City of Essai"}},"geometricError":10,"root":{"geometricError":0,"boundingVolume":{"region":[-0.02705,0.82373,-0.02704,0.82374,0,40]}}}"#;
        let tileset = crate::formats::tiles3d::Tileset::parse(tileset).unwrap();
        let mut manifest = foreign::scene(&tileset, "tileset.json", "essai", None).unwrap().manifest;
        over::add(&mut manifest, 0, "https://e.org/{z}/{x}/{y}.png", None).unwrap();
        let vectors = br#"{"tilejson":"3.0.0","name":"Roads","tiles":["{z}/{x}/{y}.pbf"],"vector_layers":[],"attribution":"Somebody"}"#;
        over::add(&mut manifest, 1, "https://e.org/roads.json", Some(vectors)).unwrap();
        let said = laid_message(&manifest).unwrap();
        let all = |what: &str, key: &str| said[what].as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!((all("layers", "id"), all("imagery", "id")), (vec!["tileset".to_owned(), "over-2".to_owned()], vec!["over-1".to_owned()]));
        assert_eq!(all("datasets", "attribution"), ["City of Essai", "", "Somebody"]);
        // A territory of ours with nothing over it is told by its manifest.
        manifest.layers.clear();
        manifest.imagery.clear();
        assert_eq!(laid_message(&manifest), None);
    }
}
