//! What `sources.json` says of time series: members `series` and `scaled`.
//!
//! ```json
//! "series": [ { "file": "courbes.csv", "dataset": "courbes", "onto": "buildings", "unit": "kWh", "time_zone": "Europe/Paris" } ],
//! "scaled": [ { "file": "contrats.csv", "dataset": "contrats", "onto": "buildings",
//!               "id": "cleabs", "profile": "profil", "scale": "kwh_an", "profiles": "profils-enedis" } ]
//! ```
//! Whatever is left out is told by the file's columns, and said as a finding.

use super::axis::MOST_STEP_S;
use crate::base::{DatasetId, Finding, Instant, Nature, Report, Severity};
use crate::formats::territory::Interpolation;
use crate::pipeline::sources::declaration::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One file, or all files of a folder or archive that are written alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredSeries {
    /// Path relative to the declaration, `/` between folders.
    pub file: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// How the series is called in the territory; by its file where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub dataset: DatasetId,
    /// The layer whose objects the ids are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onto: Option<Role>,
    /// Which term of those objects the ids are: `rnb`, where it is not their id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormName>,
    #[serde(default, skip_serializing_if = "DeclaredColumns::is_empty")]
    pub columns: DeclaredColumns,
    /// IANA name of the clock that stamps without an offset go by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Which end of its step a stamp marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<StampEnd>,
    /// Seconds of a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_s: Option<i64>,
    /// What the series should span; what lies outside is left out and said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Instant>,
    /// Unit of all values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Units by column or quantity, where they differ.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpolation: Option<Interpolation>,
    /// Values of fewer points than this are left out, where a column counts points; 10 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_below: Option<u32>,
    /// The values are never shown object by object, but summed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<DeclaredAggregate>,
}

/// Sums in place of the objects' own values: `"aggregate": { "onto": "iris" }`.
///
/// An object counts in the smallest surface that its middle lies in. Sums of fewer delivery points than `secret_below` are left out, and further
/// ones from which those could be computed ([`crate::energy::secrecy`]). Where a value of an object is absent, so is the sum. What does not add up
/// (a temperature, a share) becomes the mean of the objects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredAggregate {
    /// The layer of surfaces: `areas`, `iris`, `parcels` …
    pub onto: Role,
    /// Term of the objects that says how many delivery points each has, where the series has no column of it; `dwellings` unless said otherwise.
    /// An object that does not say it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<String>,
}

impl DeclaredSeries {
    /// A file of which nothing is said but where it comes from.
    pub fn of(file: String, table: Option<String>, dataset: DatasetId) -> Self {
        Self {
            file,
            table,
            id: None,
            dataset,
            onto: None,
            by: None,
            form: None,
            columns: DeclaredColumns::default(),
            time_zone: None,
            stamp: None,
            step_s: None,
            start: None,
            end: None,
            unit: None,
            units: BTreeMap::new(),
            nature: None,
            interpolation: None,
            secret_below: None,
            aggregate: None,
        }
    }

    /// The declaration without what nothing can be: a step of no seconds, an end before the start. Each is named.
    pub fn sound(&self, report: &mut Report) -> Self {
        let mut sound = self.clone();
        let called = self.id.as_ref().unwrap_or(&self.file);
        if let Some(step_s) = sound.step_s.take_if(|step_s| !(1..=MOST_STEP_S).contains(step_s)) {
            report.push(Finding::new("series-step-invalid", Severity::Error, &self.file).object(called).value(step_s));
        }
        if let (Some(start), Some(end)) = (self.start, self.end)
            && start >= end
        {
            (sound.start, sound.end) = (None, None);
            report.push(Finding::new("series-span-invalid", Severity::Error, &self.file).object(called).value(format!("{start} ≥ {end}")));
        }
        sound
    }
}

/// How a table lays out its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormName {
    /// A row for each value.
    Long,
    /// A column for each object.
    Objects,
    /// A column for each quantity.
    Quantities,
    /// A column for each instant.
    Instants,
    /// A column for each step of the day, a row for each day; or for each month, a row for each year.
    Hours,
}

impl FormName {
    pub fn name(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Objects => "objects",
            Self::Quantities => "quantities",
            Self::Instants => "instants",
            Self::Hours => "hours",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StampEnd {
    #[default]
    Start,
    End,
}

/// The columns that hold what, where their names do not tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredColumns {
    /// Several are joined to one id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id: Vec<String>,
    /// One, or a date and an hour.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instant: Vec<String>,
    /// One in long form; in the others those that are taken, all numbers where nothing is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How many points a value is the sum of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<String>,
}

impl DeclaredColumns {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A table of amounts, each with the profile it follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredScale {
    pub file: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// How it is called in the territory; by its file where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub dataset: DatasetId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onto: Option<Role>,
    /// Which term of those objects the ids are, where it is not their id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Column of the object's id.
    pub id: String,
    /// Column of the profile's name.
    pub profile: String,
    /// Column of the amount.
    pub scale: String,
    /// The series whose rows are the profiles, by its id.
    pub profiles: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
}
