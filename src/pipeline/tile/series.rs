//! The hourly load profiles as a Zarr group: the viewer reads its array, xarray and its like the whole.

use crate::base::{Clock, Dataset, DatasetId, Instant, Nature};
use crate::energy::demand::{DemandClass, profile};
use crate::formats::territory::{Axis, Series};
use crate::formats::zarr_group::{self, Coordinate, Labels};
use crate::formats::{Fault, zarr};
use serde_json::json;

/// The year whose calendar the profiles follow.
pub const YEAR: i16 = crate::rooftop::YEAR;
/// Hours of a chunk: some three months, so that a year is four requests.
pub const CHUNK_HOURS: usize = 2196;

pub const AXIS: &str = "hours";
/// Folder of the group.
const GROUP: &str = "series";
pub const ARRAY: &str = "demand";
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
