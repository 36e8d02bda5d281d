//! Adds computed series to a territory that is finished: arrays beside its tiles, and the manifest told last, whole or not at all.

use super::spread::jenks;
use crate::base::{Dataset, Instant};
use crate::formats::territory::{Axis, Manifest, Series};
use crate::formats::zarr::{self, About};
use crate::formats::zarr_group::{self, Coordinate, Labels};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Steps of one chunk.
const CHUNK_STEPS: usize = 1_024;

/// When the values are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    pub start: Instant,
    pub step_s: i64,
    pub count: usize,
}

impl Steps {
    fn end(&self) -> Instant {
        Instant(self.start.0 + self.step_s * self.count as i64)
    }
}

/// A series and its values, row by row; NaN is no data. Its path and axis are set when it is added.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    pub series: Series,
    pub values: Vec<f32>,
}

/// Why nothing was added.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AddFault {
    #[error("{0} {1}")]
    Manifest(&'static str, String),
    #[error("{0}")]
    Array(String),
    #[error("{path}: {why}")]
    Write { path: String, why: String },
    #[error("{0} steps of {1} s are no axis")]
    Steps(usize, i64),
}

/// Writes the arrays into the folder `name` of a territory and their entries into its manifest; entries of the same ids give way. The bytes written.
///
/// # Errors
/// An [`AddFault`]; the manifest is then as it was.
pub fn add(manifest_at: &Path, name: &str, steps: Steps, dataset: Dataset, added: Vec<Added>) -> Result<u64, AddFault> {
    if steps.count == 0 || steps.step_s <= 0 {
        return Err(AddFault::Steps(steps.count, steps.step_s));
    }
    let home = manifest_at.parent().unwrap_or(Path::new("."));
    let failed = |path: &Path, why: &dyn std::fmt::Display| AddFault::Write { path: path.display().to_string(), why: why.to_string() };
    let bytes = fs::read(manifest_at).map_err(|error| failed(manifest_at, &error))?;
    let mut manifest = Manifest::parse(&bytes).map_err(|(code, detail)| AddFault::Manifest(code, detail))?;
    let same = |axis: &&Axis| (axis.start, axis.end, axis.step, axis.calendar.is_none()) == (steps.start, steps.end(), steps.step_s, true);
    let axis = manifest.axes.iter().find(same).map(|axis| axis.id.clone());
    let axis = axis.unwrap_or_else(|| {
        let id = format!("{name}-steps");
        manifest.axes.retain(|axis| axis.id != id);
        manifest.axes.push(Axis { id: id.clone(), start: steps.start, end: steps.end(), step: steps.step_s, calendar: None });
        id
    });
    let mut written = 0;
    for Added { mut series, values } in added {
        let group = format!("{name}/{}", series.id);
        for (path, bytes) in files(&series, &dataset, steps, &values)? {
            let whole = home.join(&group).join(path);
            whole.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&whole, &bytes)).map_err(|error| failed(&whole, &error))?;
            written += bytes.len() as u64;
        }
        (series.path, series.axis, series.dataset) = (format!("{group}/values"), axis.clone(), dataset.id.clone());
        series.quantiles = quantiles(&values);
        series.jenks = classes(&values, series.directed);
        manifest.series.retain(|known| known.id != series.id);
        manifest.series.push(series);
    }
    match manifest.datasets.iter_mut().find(|known| known.id == dataset.id) {
        Some(known) => *known = dataset,
        None => manifest.datasets.push(dataset),
    }
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(manifest_at, &error))?;
    let beside = manifest_at.with_extension("json.new");
    fs::write(&beside, text).and_then(|()| fs::rename(&beside, manifest_at)).map_err(|error| failed(manifest_at, &error))?;
    Ok(written)
}

fn files(series: &Series, dataset: &Dataset, steps: Steps, values: &[f32]) -> Result<Vec<(String, Vec<u8>)>, AddFault> {
    let broken = |fault: crate::formats::Fault| AddFault::Array(fault.to_string());
    let said = About {
        dimensions: ["feature", "time"],
        attributes: json!({ "long_name": series.quantity, "units": series.unit, "source": dataset.attribution, "nature": series.nature }),
    };
    let mut files: Vec<(String, Vec<u8>)> = zarr::write(series.rows.len(), steps.count, CHUNK_STEPS, values, &said)
        .map_err(broken)?
        .into_iter()
        .map(|(path, bytes)| (format!("values/{path}"), bytes))
        .collect();
    let metadata = files.iter().find(|(path, _)| path == "values/zarr.json").map(|(_, bytes)| bytes.clone()).unwrap_or_default();
    let coordinates = [
        Coordinate { name: "feature", labels: Labels::Texts(series.rows.clone()), attributes: json!({}) },
        Coordinate {
            name: "time",
            labels: Labels::Integers((0..steps.count as i64).map(|step| steps.start.0 + steps.step_s * step).collect()),
            attributes: json!({
                "long_name": "start of the step, UTC", "standard_name": "time", "units": "seconds since 1970-01-01 00:00:00", "calendar": "proleptic_gregorian",
            }),
        },
    ];
    let about = json!({ "Conventions": "CF-1.11", "title": dataset.title, "source": dataset.attribution, "license": dataset.licence, "nature": series.nature });
    files.extend(zarr_group::write(&about, &coordinates, &[("values", metadata.as_slice())]).map_err(broken)?);
    Ok(files)
}

/// Ends of Jenks' classes, of amounts where the sign is a way.
fn classes(values: &[f32], is_directed: bool) -> Vec<Vec<f32>> {
    let amounts: Vec<f32> = values.iter().copied().filter(|value| value.is_finite()).map(|value| if is_directed { value.abs() } else { value }).collect();
    if amounts.len() < 2 { Vec::new() } else { jenks(&amounts, None) }
}

/// Values at even shares, for the scale of colours; none for less than two.
fn quantiles(values: &[f32]) -> Vec<f32> {
    const SHARES: usize = 64;
    let mut known: Vec<f32> = values.iter().copied().filter(|value| value.is_finite()).collect();
    if known.len() < 2 {
        return Vec::new();
    }
    known.sort_by(f32::total_cmp);
    (0..=SHARES).filter_map(|share| known.get(share * (known.len() - 1) / SHARES)).copied().collect()
}
