//! The hourly load profiles as a Zarr array.

use crate::base::{DatasetId, Instant, Nature};
use crate::energy::demand::{DemandClass, profile};
use crate::formats::territory::{Axis, Series};

/// The year whose calendar the profiles follow.
pub const YEAR: i16 = 2026;
/// Hours of a chunk: some three months, so that a year is four requests.
pub const CHUNK_HOURS: usize = 2196;

pub const AXIS: &str = "hours";
pub const PATH: &str = "series/demand";

/// One row for each class: coefficients with mean 1.
pub struct Demand {
    pub rows: usize,
    pub hours: usize,
    pub values: Vec<f32>,
}

impl Demand {
    pub fn new() -> Self {
        let rows: Vec<Vec<f32>> = DemandClass::ALL.iter().map(|class| profile(*class, YEAR)).collect();
        let hours = rows.iter().map(Vec::len).min().unwrap_or(0);
        Self {
            rows: rows.len(),
            hours,
            values: rows.iter().flat_map(|row| row.iter().take(hours)).copied().collect(),
        }
    }

    /// What the manifest says about it; `None` when no calendar knows the year.
    pub fn described(&self, dataset: DatasetId) -> Option<(Axis, Series)> {
        let start = Instant::from_utc(YEAR, 1, 1, 0, 0, 0)?;
        let axis = Axis {
            id: AXIS.to_owned(),
            start,
            end: start.plus_seconds(3600 * self.hours as i64),
            step: 3600,
        };
        let series = Series {
            id: "demand".to_owned(),
            path: PATH.to_owned(),
            axis: AXIS.to_owned(),
            rows: DemandClass::ALL.iter().map(|class| class.name().to_owned()).collect(),
            unit: "1".to_owned(),
            nature: Nature::Simulated,
            dataset,
        };
        Some((axis, series))
    }
}
