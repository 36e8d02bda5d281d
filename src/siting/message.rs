//! What a page is told of a proposal: one message of the bridge. Every sentence and written number is in the language of the state.
//!
//! ```text
//! { "kind": "proposal",
//!   "state": "none" | "waiting" | "failed" | "ready", "message": "why there is no answer" | null,
//!   "headline": [ { "key", "name", "value", "origin" }, … ], "money": [ the same, … ],
//!   "year" | "day" | "hour": [ { "key", "name", "values": ["before", "without batteries", "with all"] }, … ],
//!   "moments": [ { "at", "drawnKw": [before, without batteries, with all], "curtailedKw", "storedKwh" }, … ]    steps of the local day
//!   "fits": [ [ { "key": "post" | "line" | "s3renr", "text" }, … ], … ]                                         by thing, empty where nothing was found
//!   "notes": ["what the numbers rest on", …], "dated": bool, "hasBook": bool, "madeUp": a post or line found is made up, "nature": "simulated", "ms": milliseconds,
//!   "geojson": { … }                                                                                            the proposal as a file }
//! ```
//!
//! Commands: `use-tool`, `place`, `place-here`, `choose-placed`, `move-placed`, `put-placed`, `change-placed`, `remove-placed`, `set-site-limit`, `set-battery-use`, `set-site-wind`, `set-proposal`, `open-proposal`.

use super::answer::Moment;
use super::file::to_geojson;
use super::reach::Fit;
use super::told::{Card, Row};
use crate::rooftop::told::Line;
use crate::view::Proposal;
use serde_json::{Value, json};

/// What is known of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Outline<'a> {
    pub state: &'static str,
    pub message: Option<&'a str>,
    pub card: Option<&'a Card>,
    pub moments: &'a [Moment],
    pub fits: &'a [Option<Fit>],
    pub has_book: bool,
    pub ms: f64,
}

pub fn message(outline: &Outline, proposal: &Proposal, english: bool) -> Value {
    let mut told = json!({
        "kind": "proposal", "state": if outline.state.is_empty() { "none" } else { outline.state }, "message": outline.message,
        "hasBook": outline.has_book, "madeUp": outline.fits.iter().flatten().any(Fit::is_made_up), "nature": "simulated", "ms": outline.ms, "geojson": to_geojson(proposal),
        "fits": outline.fits.iter().map(|fit| fit.as_ref().map_or_else(Vec::new, |fit| fit.lines(english).into_iter().map(|(key, text)| json!({ "key": key, "text": text })).collect())).collect::<Vec<Vec<Value>>>(),
        "moments": outline.moments.iter().map(|moment| json!({ "at": moment.at, "drawnKw": moment.drawn_kw, "curtailedKw": moment.curtailed_kw, "storedKwh": moment.stored_kwh })).collect::<Vec<_>>(),
    });
    if let (Some(card), Value::Object(map)) = (outline.card, &mut told) {
        let lines = |lines: &[Line]| lines.iter().map(|line| json!({ "key": line.key, "name": line.name, "value": line.value, "origin": line.origin })).collect::<Vec<_>>();
        let rows = |rows: &[Row]| rows.iter().map(|row| json!({ "key": row.key, "name": row.name, "values": row.values })).collect::<Vec<_>>();
        for (key, value) in [("headline", lines(&card.headline)), ("money", lines(&card.money)), ("year", rows(&card.year)), ("day", rows(&card.day)), ("hour", rows(&card.hour))] {
            map.insert(key.to_owned(), json!(value));
        }
        map.insert("notes".to_owned(), json!(card.notes));
        map.insert("dated".to_owned(), json!(card.dated));
    }
    told
}
