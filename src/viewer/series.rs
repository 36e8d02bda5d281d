//! The series of a territory in memory: written by the overlay, read for figures.

use crate::base::Instant;
use crate::formats::territory::{Axis, Manifest, Series};
use bevy::prelude::*;

/// Id of the series the demand theme reads.
pub const DEMAND_SERIES: &str = "demand";

/// A series on its way to the GPU, then in memory for figures.
#[derive(Resource, Default)]
pub struct DemandSeries {
    pub state: Loading,
    pub values: Vec<f32>,
    pub rows: usize,
    pub steps: usize,
}

#[derive(Default, PartialEq)]
pub enum Loading {
    #[default]
    Unasked,
    Metadata,
    Chunks,
    Done,
    /// Given up; a person may ask again.
    Failed,
}

impl DemandSeries {
    /// The coefficient of a profile at a step; `None` where the series has none.
    pub fn coefficient(&self, row: usize, step: usize) -> Option<f32> {
        (row < self.rows && step < self.steps)
            .then(|| self.values.get(row * self.steps + step).copied())
            .flatten()
            .filter(|value| value.is_finite())
    }

    pub fn is_settled(&self) -> bool {
        matches!(self.state, Loading::Done | Loading::Failed)
    }
}

/// The step of an axis at an instant; before the first and after the last there is none.
pub fn step_at(axis: &Axis, instant: Instant) -> Option<usize> {
    if axis.step <= 0 || instant < axis.start || instant >= axis.end {
        return None;
    }
    usize::try_from((instant.0 - axis.start.0) / axis.step).ok()
}

pub fn demand_series(manifest: &Manifest) -> Option<(usize, &Series, &Axis)> {
    let (index, series) = manifest
        .series
        .iter()
        .enumerate()
        .find(|(_, series)| series.id == DEMAND_SERIES)?;
    let axis = manifest.axes.iter().find(|axis| axis.id == series.axis)?;
    Some((index, series, axis))
}

