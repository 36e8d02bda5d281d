//! Every number says where it comes from.

use super::ids::DatasetId;
use serde::{Deserialize, Serialize};

/// What kind of knowledge a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nature {
    /// Observed on the object itself ("mesuré").
    Measured,
    /// Drawn from a population the object belongs to ("statistique").
    Statistical,
    /// Computed by a model ("simulé").
    Simulated,
    /// Stated by an authority or the producer ("déclaré"): an id, a use, a date.
    Declared,
    /// Drawn by us where the data are silent ("schématique").
    Made,
}

/// The unit of an amount, in SI or the field's usual terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A plain count or ratio.
    One,
    Metre,
    SquareMetre,
    Kilowatt,
    KilowattHour,
    KilowattHourPerYear,
    WattPerSquareMetre,
    Volt,
    Degree,
    Percent,
    /// A calendar year.
    Year,
}

/// A value that a figure can show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Amount {
    Number(f64),
    Text(String),
    /// Known to be unknown; never shown as zero.
    Absent,
}

/// A data set with its terms, as the territory's manifest lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    pub id: DatasetId,
    pub title: String,
    pub producer: String,
    pub licence: String,
    /// Edition or survey date, ISO 8601 (may be a year alone).
    pub date: String,
    /// The sentence that must stand wherever the data are shown.
    pub attribution: String,
    pub nature: Nature,
}

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    pub dataset: DatasetId,
    /// i18n key of the sentence that names formula or method; empty when the value stands in the data set as it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub method: String,
}

/// How far the true value may lie from the stated one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Uncertainty {
    /// Half-width in the figure's unit.
    Plus(f64),
    /// Half-width as a share of the value, 0.2 for ±20 %.
    Share(f64),
    /// `[low, high]` in the figure's unit.
    Between(f64, f64),
}

/// Begins the name of a figure that stands in the source under a name of its own: `column:LIBELLE`.
pub const COLUMN: &str = "column:";
/// The same of what a tileset says of all of itself, of the group of a tile's content, of the tile and of the content: `about-tile:district`.
pub const ABOUT: [&str; 4] = ["about-tileset:", "about-group:", "about-tile:", "about-content:"];

/// A number (or word) that may be shown: value, unit, nature, origin, uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// i18n key of its name: `figure-height`; or [`COLUMN`] and the name that the source gives to it.
    pub name: String,
    pub amount: Amount,
    pub unit: Unit,
    pub nature: Nature,
    pub provenance: Provenance,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
}
