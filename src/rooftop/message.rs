//! What a page is told of the roof that is selected: one message of the bridge, and the commands that change it.
//!
//! # The message
//!
//! Sent when the selection, the choice, the language or the answer changes. Amounts are numbers for drawing; every sentence and every written number is in
//! the language of the state and stands ready to be shown. Keys never change meaning; a page passes over those it does not know.
//!
//! ```text
//! { "kind": "roof",
//!   "state": "none"      nothing selected, or no building, or a territory without a roof book: show no card
//!          | "waiting"   on its way
//!          | "absent"    the book does not know this building            → "message" says so
//!          | "empty"     a roof on which no module fits (or all are off) → "message" says so; "planes" is there
//!          | "failed"    could not be fetched or read                    → "message" says so; the command try-again asks once more
//!          | "ready",
//!   "building": "id" | null,
//!   "message": "sentence" | null,
//!   "choice": { "load": "household" | "farm" | "school" | "meter", "loadKwh": number | null, "batteryKwh": number, "sellAll": bool,
//!               "heatPump": bool, "heatKwh": number | null, "own": { "cost" | "power-price" | "surplus-tariff" | "total-tariff" | "premium" | "vat": number },
//!               "planes": [plane, …] | null, "without": [[plane, place], …], "lay": "best" | "portrait" | "landscape", "marginM": number | null,
//!               "tree": "none" | "all" | "2", "bare": bool },
//!   "meter": { "name": "file's name", "hours": number } | null,         a meter's file that was handed in and is kept on this device
//!   "numbers": {                                                         only with "ready", as all that follows
//!     "areaM2", "usableM2", "modules", "kwp", "kwhYear", "kwhP90", "kwhP10", "loadKwh", "pumpKwh", "pumpHeatKwh": number | null,
//!     "selfConsumption", "selfSufficiency": shares 0…1, "costEur", "premiumEur", "savingsEur", "saleEur": EUR, null where no fact says it,
//!     "paybackYears": number | null, "payback": "years" | "never" | "unknown", "paybackWithoutBattery": bool, "delayMonths": 1 | 2 | 5, "covisible": true | false | null, "dated": bool   some amount rests on a fact past its validity },
//!   "figures": [ { "key": "production", "name": "Production", "value": "8 123 kWh/an (7 204 – 9 042)", "origin": "simulé : …" }, … ],
//!   "months": [12 × kWh], "monthNames": [12 × "janv."],
//!   "days": [12 × { "production": [24 × kW], "load": [24 × kW] }],       the mean day of each month, hours of the territory's clock
//!   "planes": [ { "plane": 0, "name": "Pan 1 · sud-ouest · 32°", "areaM2", "usableM2", "tilt", "azimuth", "modules", "places", "kwp", "kwhYear",
//!                 "kwhM2": light on the plane, kWh/m² a year, "shadingLoss": 0…1, "skyView": 0…1, "covered": bool, "colour": "#rrggbb",
//!                 "outline": [ [[x, y], …], … ]       rings seen from above, metres east and north of the roof's middle,
//!                 "modulesAt": [ { "place": 0, "on": bool, "corners": [[x, y] × 4] }, … ] }, … ],
//!   "legend": { "low": kWh/m², "high": kWh/m², "colours": ["#rrggbb", …], "unit": "kWh/m²/an" },
//!   "facts": [ { "id", "text", "value": number | null, "unit", "from": "2025-10-01", "to": "2026-03-31" | null, "state": "valid" | "past" | "not-yet",
//!                "confidence": "low" | "medium" | "high", "source" }, … ],
//!   "missing": ["id of a fact that nobody has", …],
//!   "steps": [ { "id", "state": "needed" | "known" | "to-verify", "text", "do": "what to do" | "", "origin": "article and source", "from", "past": bool, "why" }, … ],
//!   "monuments": [ { "name", "distanceM", "covisible": true | false | null, "viewpoints": number,
//!                    "direct": LINE | null, "fromStreet": [LINE, LINE] | null }, … ],      LINE = { "from": [lon, lat, h], "to": […], "free": bool, "hiddenAt": […] | null }
//!   "trees": [ { "name": "Arbre 1 · 12 m de haut, à 8 m, sud", "felled": bool }, … ],     surveyed trees that take light; their places are their numbers
//!   "allTrees": bool                                                     felling all of them can be tried too
//!   "tried": { "felled": "Sans l’arbre 1 : de 8 123 à 8 567 kWh/an (+5,5 %)" | null, "beforeKwh", "afterKwh": number | null, "bare": "sentence" | null,
//!     "around": { "sentence", "roofs": [ { "layer", "id", "text", "moreKwh", "at": [lon, lat] }, … ] } | null },   roofs beside that gain too
//!   "co2": [ { "key": "against-mean" | "life-cycle" | "marginal", "name", "kgYear": number | null, "origin" } × 3 ],
//!   "sources": ["attribution", …], "nature": "simulated", "shading": "book", "ms": milliseconds that the answer took }
//! ```
//!
//! # The commands
//!
//! ```text
//! { "do": "set-roof-load", "load": "household" | "farm" | "school" | "meter", "kwh": number | null }
//! { "do": "set-roof-battery", "kwh": 0…10 }                             rounded to tenths
//! { "do": "set-roof-heat-pump", "on": bool, "kwh": number | null }      heat a year where it is known
//! { "do": "set-roof-amount", "amount": "cost" | "power-price" | …, "value": number | null }   EUR before tax, EUR/kWh, EUR/kWp, a share; null is the dated fact again
//! { "do": "set-roof-sale", "all": bool }
//! { "do": "cover-roof-plane", "plane": 0, "covered": bool }
//! { "do": "set-roof-module", "plane": 0, "place": 3, "on": bool }
//! { "do": "set-roof-layout", "lay": "best" | "portrait" | "landscape", "margin_m": 0…3 | null }     lays all modules again
//! { "do": "fell-roof-tree", "tree": "none" | "all" | "2" }             thinks a tree away
//! { "do": "set-roof-terrain", "bare": bool }                           monuments as if the terrain hid nothing
//! { "do": "reset-roof" }                                                planes and modules as they are proposed
//! { "do": "roof-meter", "name": "file's name", "csv": "text" | null }   a meter's file; kept on this device, in no link; null forgets it
//! ```

use super::answer::MyRoof;
use super::card::{COLOURS, Card, LIGHT_KWH_M2, PlaneCard};
use super::told::line;
use crate::geodesy::EnuFrame;
use serde_json::{Value, json};

/// What the page's `kind: "roof"` holds beside the answer itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// `none`, `waiting`, `absent`, `empty`, `failed`, `ready`.
    pub state: &'static str,
    pub building: Option<String>,
    pub message: Option<String>,
    /// As the state of the picture has it.
    pub choice: Value,
    /// Name of a meter's file and how many steps it has.
    pub meter: Option<(String, usize)>,
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The message without an answer: `planes` are there as soon as the record is.
pub fn outline(told: &Outline, planes: &[PlaneCard], english: bool) -> Value {
    let planes: Vec<Value> = planes.iter().map(plane).collect();
    json!({
        "kind": "roof", "state": told.state, "building": told.building, "message": told.message, "choice": told.choice,
        "meter": told.meter.as_ref().map(|(name, hours)| json!({ "name": name, "hours": hours })),
        "planes": planes,
        "legend": {
            "low": LIGHT_KWH_M2[0], "high": LIGHT_KWH_M2[1], "colours": COLOURS.map(hex), "unit": if english { "kWh/m²/year" } else { "kWh/m²/an" },
        },
    })
}

fn plane(plane: &PlaneCard) -> Value {
    let modules: Vec<Value> = plane.modules_at.iter().enumerate().map(|(place, (on, corners))| json!({ "place": place, "on": on, "corners": corners })).collect();
    json!({
        "plane": plane.plane, "name": plane.name, "areaM2": plane.area_m2, "usableM2": plane.usable_m2, "tilt": plane.tilt, "azimuth": plane.azimuth,
        "modules": plane.modules, "places": plane.places, "kwp": plane.kwp, "kwhYear": plane.kwh_year, "kwhM2": plane.kwh_m2,
        "shadingLoss": plane.shading_loss, "skyView": plane.sky_view, "covered": plane.covered, "colour": hex(plane.colour),
        "outline": plane.outline, "modulesAt": modules,
    })
}

/// The whole message of a roof with an answer.
pub fn ready(told: &Outline, planes: &[PlaneCard], card: &Card, found: &MyRoof, frame: &EnuFrame, english: bool, ms: f64) -> Value {
    let mut message = outline(told, planes, english);
    let answer = &found.answer;
    let earned = &answer.earnings;
    let written = |line: &super::told::Line| json!({ "key": line.key, "name": line.name, "value": line.value, "origin": line.origin });
    let steps: Vec<Value> = card
        .steps
        .iter()
        .map(|one| {
            let step = &one.step;
            json!({
                "id": step.id, "state": step.state.name(), "text": one.text, "do": one.todo, "origin": step.origin(), "from": step.from,
                "past": step.past, "why": one.why,
            })
        })
        .collect();
    let facts: Vec<Value> = card
        .facts
        .iter()
        .map(|one| {
            let fact = &one.fact;
            let day = |at: crate::base::Instant| super::told::day(at);
            json!({
                "id": fact.id, "text": one.text, "value": fact.value, "unit": fact.unit, "from": day(fact.from), "to": fact.to.map(day), "state": one.state,
                "confidence": one.confidence, "grounds": fact.grounds.name(), "source": one.origin, "link": fact.link,
            })
        })
        .collect();
    let monuments: Vec<Value> = card
        .monuments
        .iter()
        .map(|one| {
            json!({
                "name": one.monument.name, "distanceM": one.monument.distance_m, "isThis": one.is_of(&found.building), "covisible": one.covisible, "viewpoints": one.viewpoints,
                "direct": one.direct.as_ref().map(|sight| sighted(frame, sight)),
                "fromStreet": one.from_street.as_ref().map(|[a, b]| json!([sighted(frame, a), sighted(frame, b)])),
            })
        })
        .collect();
    let more = json!({
        "numbers": {
            "areaM2": answer.area_m2, "usableM2": answer.usable_m2, "modules": answer.modules, "kwp": answer.kwp, "kwhYear": answer.kwh_year,
            "kwhP90": answer.kwh_p90, "kwhP10": answer.kwh_p10, "loadKwh": found.load_kwh, "selfConsumption": answer.self_consumption,
            "selfSufficiency": answer.self_sufficiency, "pumpKwh": found.pump.as_ref().map(crate::rooftop::load::Pumped::kwh), "pumpHeatKwh": found.pump.as_ref().map(|pump| pump.heat_kwh), "costEur": earned.cost_with_tax, "premiumEur": earned.premium, "savingsEur": earned.savings,
            "saleEur": earned.sale, "paybackYears": earned.payback.years(), "payback": earned.payback.name(), "paybackWithoutBattery": answer.payback_without_battery, "delayMonths": card.delay_months, "covisible": card.covisible, "dated": answer.is_dated(),
            "worstStepKwh": answer.imbalance_kwh, "marginM": found.module.margin_m,
        },
        "trees": card.tried.trees.iter().map(|one| json!({ "name": one.name, "felled": one.is_felled })).collect::<Vec<_>>(), "allTrees": card.tried.has_all,
        "tried": {
            "felled": card.tried.felled.as_ref().map(|(_, text)| text), "beforeKwh": card.tried.felled.as_ref().map(|([before, _], _)| before),
            "afterKwh": card.tried.felled.as_ref().map(|([_, after], _)| after), "bare": card.tried.bare,
            "around": card.tried.around.as_ref().map(|around| json!({
                "sentence": around.sentence,
                "roofs": around.roofs.iter().map(|(one, text)| json!({ "layer": one.layer, "id": one.building, "text": text, "moreKwh": one.more_kwh(), "at": lonlat(frame, one.at) })).collect::<Vec<_>>(),
            })),
        },
        "figures": card.figures.iter().map(written).collect::<Vec<_>>(),
        "months": card.months, "monthNames": card.month_names,
        "days": card.days.iter().map(|day| json!({ "production": day.production, "load": day.load })).collect::<Vec<_>>(),
        "facts": facts, "missing": card.missing, "steps": steps, "monuments": monuments,
        "co2": card.co2.iter().map(|one| json!({ "key": one.key, "name": one.line.name, "kgYear": one.kg_year, "origin": one.line.origin })).collect::<Vec<_>>(),
        "sources": card.sources, "nature": "simulated", "shading": "book", "ms": ms,
    });
    if let (Some(message), Value::Object(more)) = (message.as_object_mut(), more) {
        message.extend(more);
    }
    message
}

/// Longitude and latitude of a local point.
fn lonlat(frame: &EnuFrame, at: [f64; 3]) -> [f64; 2] {
    let at = super::told::lonlat(frame, at);
    [at.lon_deg, at.lat_deg]
}

/// A line of sight with the page's names.
fn sighted(frame: &EnuFrame, sight: &crate::energy::shading::sight::SightLine) -> Value {
    let told = line(frame, sight);
    json!({ "from": told["from"], "to": told["to"], "free": told["free"], "hiddenAt": told["hidden_at"] })
}
