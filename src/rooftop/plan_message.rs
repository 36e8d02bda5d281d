//! What a page is told of the solar plan: one message of the bridge.
//!
//! Sent when the table is opened or closed, and when what sorts or filters it changes. Amounts are numbers; rows come in their order.
//!
//! ```text
//! { "kind": "plan",
//!   "state": "none" | "waiting" | "failed" | "ready", "message": "sentence" | null, "has": bool     the territory has a plan
//!   "by": "energy", "falling": bool, "only": ["public", …],                        as the state of the picture has it
//!   "count", "areaM2", "kwp", "kwhYear", "kwhP90", "usefulKwh",                    sums of what is shown; only with "ready", as all that follows
//!   "sizes": [ { "end": kWp | null, "count" } ],
//!   "coverage": { "demandKwh", "covered": 0…1, "used": 0…1, "hours", "hoursCovered", "mostSurplusKw", "day": [24 × [made kW, drawn kW], by the hour of the territory's clock] } | null,
//!   "rows": [ { "id", "layer", "kind": "roof" | "car-park", "name", "usage", "public": bool, "areaM2", "kwp", "kwhYear", "kwhP90", "shadingLoss",
//!               "usefulShare": 0…1 | null, "protection": "none" | "surroundings" | "excluded", "perimeters": ["AC1 …"], "at": [lon, lat, h] } ],
//!   "more": rows beyond those that are told,
//!   "known": { "carParks": bool, "public": bool, "servitudes": bool }, "leastM2",
//!   "canopies": { "usableShare", "tilt", "azimuth" }, "all": { "buildings", "kwp", "kwhYear" }, "sources": [], "weather": "words", "nature": "simulated",
//!   "exclusions": [ { "name": "AC4 …", "count" } ],                                what the law keeps free, of the whole plan
//!   "pvgis": "sentence" | null,                                                    an answer of PVGIS beside ours
//!   "notSaved": "sentence" | null }                                                why a file of the plan was not handed over
//! ```
//!
//! The command `{ "do": "show-plan", "plan": { "by", "falling", "only" } | null }` opens it, sorts and filters it, closes it;
//! `{ "do": "save-plan", "file": "plan.gpkg" }`, one of the manifest's `roofs.files`, fetches the whole plan and answers with a message `file`.

use super::planner::{SIZES_KWP, Shown, exclusions, perimeter_name, pvgis_said, title, useful_share};
use serde_json::{Value, json};

/// Rows that a page is told; a table of more is for a file.
pub const MOST_ROWS: usize = 2_000;

/// While there is no table: why.
pub fn without(state: &str, message: Option<String>, has: bool) -> Value {
    json!({ "kind": "plan", "state": if state.is_empty() { "none" } else { state }, "message": message, "has": has })
}

pub fn ready(shown: &Shown, only: &[&str], not_saved: Option<String>, english: bool) -> Value {
    let plan = &shown.plan;
    let rows: Vec<Value> = shown
        .items()
        .take(MOST_ROWS)
        .map(|item| {
            json!({
                "id": item.id, "layer": item.layer, "kind": item.facets.kind.name(), "name": title(item), "usage": item.usage, "public": item.facets.public,
                "areaM2": item.area_m2, "kwp": item.kwp, "kwhYear": item.kwh_year, "kwhP90": item.kwh_year_p90, "shadingLoss": item.shading_loss,
                "usefulShare": useful_share(item), "protection": item.facets.protection.name(), "perimeters": item.perimeters.iter().map(perimeter_name).collect::<Vec<_>>(), "at": item.at,
            })
        })
        .collect();
    let totals = &shown.totals;
    json!({
        "kind": "plan", "state": "ready", "message": null, "has": true, "by": shown.by.id(), "falling": shown.falling, "only": only,
        "count": totals.count, "areaM2": totals.area_m2, "kwp": totals.kwp, "kwhYear": totals.kwh_year, "kwhP90": totals.kwh_year_p90, "usefulKwh": totals.useful_kwh,
        "sizes": SIZES_KWP.iter().zip(totals.sizes).map(|(end, count)| json!({ "end": end.is_finite().then_some(end), "count": count })).collect::<Vec<_>>(),
        "coverage": shown.coverage.as_ref().map(|one| json!({
            "demandKwh": one.demand_kwh, "covered": one.covered(), "used": one.used(), "hours": one.hours, "hoursCovered": one.hours_covered,
            "mostSurplusKw": one.most_surplus_kw, "day": shown.day,
        })),
        "more": shown.rows.len().saturating_sub(rows.len()), "rows": rows,
        "known": { "carParks": plan.car_parks_known, "public": plan.facilities_known, "servitudes": plan.servitudes_known }, "leastM2": plan.least_m2,
        "canopies": { "usableShare": plan.canopies.usable_share, "tilt": plan.canopies.tilt, "azimuth": plan.canopies.azimuth },
        "all": { "buildings": plan.all_roofs.buildings, "kwp": plan.all_roofs.kwp, "kwhYear": plan.all_roofs.kwh_year },
        "sources": plan.sources, "weather": plan.weather[if english { 2 } else { 1 }], "nature": "simulated",
        "exclusions": exclusions(plan).into_iter().map(|(name, count)| json!({ "name": name, "count": count })).collect::<Vec<_>>(),
        "pvgis": plan.pvgis.as_ref().map(|one| pvgis_said(one, english)), "notSaved": not_saved,
    })
}
