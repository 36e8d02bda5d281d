//! The file of dated texts.

use serde::Deserialize;

static FRANCE: &str = include_str!("../../assets/planning/rooftop-france.json");

#[derive(Clone, Debug, Deserialize)]
struct Document {
    steps: Vec<Text>,
}

/// A step of a formality as the law has it.
#[derive(Clone, Debug, Deserialize)]
pub struct Text {
    pub id: String,
    #[serde(default)]
    pub article: String,
    /// ISO dates.
    pub from: String,
    pub to: Option<String>,
    pub confidence: String,
    pub fr: String,
    pub en: String,
    #[serde(default)]
    pub do_fr: String,
    #[serde(default)]
    pub do_en: String,
    pub source: String,
}

/// The texts of the law, dated.
#[derive(Clone, Debug)]
pub struct Texts(pub Vec<Text>);

impl Texts {
    /// Reads a file of texts; a person may edit it.
    ///
    /// # Errors
    /// A sentence when it is no such file.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str::<Document>(text).map(|document| Self(document.steps)).map_err(|error| error.to_string())
    }

    /// Those the product ships.
    ///
    /// # Errors
    /// As [`Self::parse`]; a test keeps the shipped file readable.
    pub fn france() -> Result<Self, String> {
        Self::parse(FRANCE)
    }
}
