//! The file of dated facts.

use super::{Confidence, Fact, Facts, Grounds};
use crate::base::Instant;
use serde::Deserialize;

/// What the product ships.
static FRANCE: &str = include_str!("../../../assets/energy/facts-france.json");

/// Why a file of facts cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FactsFault {
    #[error("not a file of facts: {0}")]
    Json(String),
    #[error("{0}: “{1}” is not a date")]
    Date(String, String),
    #[error("{0}: “{1}” is none of official, reported, assumption")]
    Grounds(String, String),
}

#[derive(Deserialize)]
struct Document {
    facts: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    kwp: Option<[f64; 2]>,
    value: Option<f64>,
    #[serde(default)]
    unit: String,
    from: String,
    to: Option<String>,
    confidence: String,
    /// A person's own file may leave it out.
    #[serde(default = "reported")]
    grounds: String,
    fr: String,
    en: String,
    source: String,
    link: Option<String>,
    read: Option<String>,
}

fn reported() -> String {
    Grounds::Reported.name().to_owned()
}

/// Reads facts; a person may edit the file.
///
/// # Errors
/// [`FactsFault`].
pub fn parse(text: &str) -> Result<Facts, FactsFault> {
    let document: Document =
        serde_json::from_str(text).map_err(|error| FactsFault::Json(error.to_string()))?;
    let facts = document
        .facts
        .into_iter()
        .map(|line| {
            let date = |text: &str| {
                Instant::parse(&format!("{text}T00:00:00Z"))
                    .ok_or_else(|| FactsFault::Date(line.id.clone(), text.to_owned()))
            };
            Ok(Fact {
                from: date(&line.from)?,
                to: line.to.as_deref().map(date).transpose()?,
                read: line.read.as_deref().map(date).transpose()?,
                grounds: Grounds::from_name(&line.grounds).ok_or_else(|| FactsFault::Grounds(line.id.clone(), line.grounds.clone()))?,
                id: line.id.clone(),
                kwp: line.kwp,
                value: line.value,
                unit: line.unit,
                confidence: match line.confidence.as_str() {
                    "high" => Confidence::High,
                    "medium" => Confidence::Medium,
                    _ => Confidence::Low,
                },
                fr: line.fr,
                en: line.en,
                source: line.source,
                link: line.link,
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Facts { facts })
}

/// France's facts as shipped.
///
/// # Errors
/// [`FactsFault`]; a test keeps the shipped file readable.
pub fn france() -> Result<Facts, FactsFault> {
    parse(FRANCE)
}
