//! The hourly load profiles as a Zarr group: the viewer reads its array, xarray and its like the whole.

use super::{TileFault, package};
use crate::base::{Clock, Dataset, DatasetId, Instant, LayerId, Nature};
use crate::energy::demand::{DemandClass, profile};
use crate::formats::territory::{Axis, Manifest, Series};
use crate::formats::zarr_group::{self, Coordinate, Labels};
use crate::formats::{Fault, zarr};
use crate::pipeline::series::spread::jenks;
use serde_json::json;
use std::path::Path;

/// The year whose calendar the profiles follow.
pub const YEAR: i16 = crate::rooftop::YEAR;
/// Hours of a chunk: some three months, so that a year is four requests.
pub const CHUNK_HOURS: usize = 2196;

pub const AXIS: &str = "hours";
/// Folder of the group.
const GROUP: &str = "series";
pub const ARRAY: &str = "demand";
/// Folder of series of a layer's features, beside the imported ones.
const FEATURES_GROUP: &str = "timeseries";
/// Values of one chunk of them: a mebibyte.
const CHUNK_VALUES: usize = 1 << 18;
/// Seconds of a step.
const STEP: i64 = 3600;

/// One row for each class: coefficients with mean 1.
pub struct Demand {
    pub rows: usize,
    pub hours: usize,
    pub values: Vec<f32>,
}

impl Demand {
    /// The profiles of a territory with this clock.
    pub fn new(clock: Clock) -> Self {
        let rows: Vec<Vec<f32>> = DemandClass::ALL.iter().map(|class| profile(*class, YEAR, clock)).collect();
        let hours = rows.iter().map(Vec::len).min().unwrap_or(0);
        Self {
            rows: rows.len(),
            hours,
            values: rows.iter().flat_map(|row| row.iter().take(hours)).copied().collect(),
        }
    }

    /// The package's files: the group, its coordinates and the array. Empty when no calendar knows the year.
    ///
    /// # Errors
    /// As [`zarr::write`].
    pub fn files(&self, dataset: &Dataset) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        let Some(start) = Instant::from_utc(YEAR, 1, 1, 0, 0, 0) else {
            return Ok(Vec::new());
        };
        let about = zarr::About {
            dimensions: ["profile", "time"],
            attributes: json!({
                "long_name": "hourly electricity demand by class, mean of the year 1",
                "units": "1",
                "source": dataset.attribution,
                "nature": Nature::Simulated,
            }),
        };
        let array = zarr::write(self.rows, self.hours, CHUNK_HOURS, &self.values, &about)?;
        let coordinates = [
            Coordinate {
                name: "profile",
                labels: Labels::Texts(DemandClass::ALL.iter().map(|class| class.name().to_owned()).collect()),
                attributes: json!({ "long_name": "class of use" }),
            },
            Coordinate {
                name: "time",
                labels: Labels::Integers((0..self.hours as i64).map(|hour| start.0 + STEP * hour).collect()),
                // Encoded as CF has it: readers turn these into dates.
                attributes: json!({
                    "long_name": "start of the hour, UTC",
                    "standard_name": "time",
                    "units": "seconds since 1970-01-01 00:00:00",
                    "calendar": "proleptic_gregorian",
                }),
            },
        ];
        let group = json!({
            "Conventions": "CF-1.11",
            "title": dataset.title,
            "institution": dataset.producer,
            "source": dataset.attribution,
            "license": dataset.licence,
            "nature": dataset.nature,
        });
        let metadata: Vec<(&str, &[u8])> =
            array.iter().filter(|(path, _)| path == "zarr.json").map(|(_, bytes)| (ARRAY, bytes.as_slice())).collect();
        let mut files = zarr_group::write(&group, &coordinates, &metadata)?;
        files.extend(array.into_iter().map(|(path, bytes)| (format!("{ARRAY}/{path}"), bytes)));
        Ok(files.into_iter().map(|(path, bytes)| (format!("{GROUP}/{path}"), bytes)).collect())
    }

    /// What the manifest says about it; `None` when no calendar knows the year.
    pub fn described(&self, dataset: DatasetId) -> Option<(Axis, Series)> {
        let start = Instant::from_utc(YEAR, 1, 1, 0, 0, 0)?;
        let axis = Axis {
            id: AXIS.to_owned(),
            start,
            end: start.plus_seconds(STEP * self.hours as i64),
            step: STEP,
            calendar: None,
        };
        let series = Series {
            rows: DemandClass::ALL.iter().map(|class| class.name().to_owned()).collect(),
            ..Series::of(ARRAY, format!("{GROUP}/{ARRAY}"), AXIS, "1", Nature::Simulated, dataset)
        };
        Some((axis, series))
    }
}

/// A year of hourly powers of a layer's features that we estimate.
#[derive(Clone, Debug)]
pub struct Hourly<'a> {
    pub id: String,
    pub array: &'static str,
    /// In English, for other readers of the file.
    pub said: &'static str,
    pub names: &'a [String],
    pub hours: usize,
    pub layer: &'a LayerId,
}

impl Hourly<'_> {
    /// Writes the values, kW, feature by feature, below `out` and tells the manifest; a series of that id that is there already stays. What stands in
    /// the manifest, where it is new.
    ///
    /// # Errors
    /// A [`TileFault`] when a file cannot be written.
    pub fn write<'m>(&self, values: &[f32], dataset: &DatasetId, out: &Path, manifest: &'m mut Manifest) -> Result<Option<&'m mut Series>, TileFault> {
        let fault = |detail: &dyn std::fmt::Display| TileFault::Content { layer: FEATURES_GROUP.to_owned(), detail: detail.to_string() };
        let Self { id, array: name, said, names, hours, layer } = self;
        if manifest.series.iter().any(|series| series.id == *id) {
            return Ok(None);
        }
        let attributes = json!({ "long_name": said, "units": "kW", "nature": Nature::Simulated });
        let about = zarr::About { dimensions: ["feature", "time"], attributes };
        let array = zarr::write(names.len(), *hours, (CHUNK_VALUES / names.len().max(1)).clamp(24, CHUNK_HOURS), values, &about).map_err(|error| fault(&error))?;
        let start = manifest.axes.iter().find(|axis| axis.id == AXIS).map_or(0, |axis| axis.start.0);
        let coordinates = [
            Coordinate { name: "feature", labels: Labels::Texts(names.to_vec()), attributes: json!({ "long_name": "id" }) },
            Coordinate {
                name: "time",
                labels: Labels::Integers((0..*hours as i64).map(|hour| start + STEP * hour).collect()),
                attributes: json!({
                    "long_name": "start of the hour, UTC",
                    "standard_name": "time",
                    "units": "seconds since 1970-01-01 00:00:00",
                    "calendar": "proleptic_gregorian",
                }),
            },
        ];
        let metadata: Vec<(&str, &[u8])> = array.iter().filter(|(path, _)| path == "zarr.json").map(|(_, bytes)| (*name, bytes.as_slice())).collect();
        let about = json!({ "Conventions": "CF-1.11", "title": said, "nature": Nature::Simulated });
        let mut files = zarr_group::write(&about, &coordinates, &metadata).map_err(|error| fault(&error))?;
        files.extend(array.iter().map(|(path, bytes)| (format!("{name}/{path}"), bytes.clone())));
        for (path, bytes) in files {
            package::write_file(out, &format!("{FEATURES_GROUP}/{id}/{path}"), &bytes)?;
        }
        let mut quantiles = values.to_vec();
        quantiles.sort_by(f32::total_cmp);
        let last = quantiles.len().saturating_sub(1);
        manifest.series.push(Series {
            rows: names.to_vec(),
            labels: Some(format!("{FEATURES_GROUP}/{id}/feature")),
            layer: Some((*layer).clone()),
            jenks: jenks(values, None),
            quantiles: (0..=64).filter_map(|share| quantiles.get(share * last / 64)).copied().collect(),
            ..Series::of(id, format!("{FEATURES_GROUP}/{id}/{name}"), AXIS, "kW", Nature::Simulated, dataset.clone())
        });
        Ok(manifest.series.last_mut())
    }
}
