//! What is said of the arrays of a series: the Zarr groups around them, and their entries in the manifest.

use super::intake::Taken;
use super::lay::{Axes, Laid, Placed, Spec};
use crate::formats::territory::{Axis, Series};
use crate::formats::zarr::About;
use crate::formats::zarr_group::{self, Coordinate, Labels};
use crate::pipeline::ImportFault;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// Rows that the manifest names; of more it says how many and where their names are.
const ROWS_IN_MANIFEST: usize = 1000;

/// The metadata of all groups, their coordinates and arrays.
pub fn write_groups(placed: &[Placed], axes: &Axes, groups: &[String], rows: &[String], spec: &Spec, taken: &Taken, folder: &Path) -> Result<(), ImportFault> {
    let failed = |path: &str, error: &dyn std::fmt::Display| ImportFault::new("write-failed", folder.join(path).display(), error);
    for (at, (found, group)) in axes.found.iter().zip(groups).enumerate() {
        let starts: Vec<i64> = (0..found.steps).filter_map(|step| found.axis.start_of(step)).map(|start| start.0).collect();
        let coordinates = [
            Coordinate { name: "feature", labels: Labels::Texts(rows.to_vec()), attributes: json!({ "long_name": "id" }) },
            Coordinate {
                name: "time",
                labels: Labels::Integers(starts),
                attributes: json!({
                    "long_name": "start of the step, UTC",
                    "standard_name": "time",
                    "units": "seconds since 1970-01-01 00:00:00",
                    "calendar": "proleptic_gregorian",
                }),
            },
        ];
        let mut metadata: Vec<(&str, Vec<u8>)> = Vec::new();
        for array in placed.iter().filter(|array| array.axis == at) {
            let about = About {
                dimensions: ["feature", "time"],
                attributes: json!({
                    "long_name": if array.array.quantity.is_empty() { spec.dataset.title.as_str() } else { array.array.quantity.as_str() },
                    "units": array.array.unit,
                    "source": spec.dataset.attribution,
                    "nature": spec.nature,
                }),
            };
            metadata.push((&array.name, array.layout.metadata(&about).map_err(|fault| failed(&array.path, &fault))?));
        }
        let members: Vec<(&str, &[u8])> = metadata.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let about = json!({
            "Conventions": "CF-1.11",
            "title": spec.dataset.title,
            "institution": spec.dataset.producer,
            "source": spec.dataset.attribution,
            "license": spec.dataset.licence,
            "nature": spec.nature,
            "timezone": taken.clock.name(),
            "typical_year": spec.typical_year,
        });
        let mut files = zarr_group::write(&about, &coordinates, &members).map_err(|fault| failed(group, &fault))?;
        files.extend(metadata.into_iter().map(|(name, bytes)| (format!("{name}/zarr.json"), bytes)));
        for (path, bytes) in files {
            let path = format!("{group}/{path}");
            let whole = folder.join(&path);
            let written = whole.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&whole, bytes));
            written.map_err(|error| failed(&path, &error))?;
        }
    }
    Ok(())
}

/// What the manifest says of it.
pub fn described(placed: Vec<Placed>, axes: Axes, groups: &[String], rows: Vec<String>, kept: u64, spec: &Spec) -> Laid {
    let alone = placed.len() == 1;
    let listed = rows.len() <= ROWS_IN_MANIFEST;
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let series = placed
        .into_iter()
        .filter_map(|array| {
            let group = groups.get(array.axis)?;
            let axis = &axes.found.get(array.axis)?.axis;
            let mut id = if alone { spec.id.to_owned() } else { format!("{}-{}", spec.id, array.name) };
            let known = ids.entry(id.clone()).or_default();
            *known += 1;
            if *known > 1 {
                id = format!("{id}-{known}");
            }
            Some(Series {
                id,
                path: format!("{}/{}", spec.group, array.path),
                axis: group.clone(),
                rows: if listed { rows.clone() } else { Vec::new() },
                unit: array.array.unit,
                nature: spec.nature,
                dataset: spec.dataset.id.clone(),
                row_count: (!listed).then_some(rows.len() as u64),
                labels: Some(format!("{}/{group}/feature", spec.group)),
                quantity: (!array.array.quantity.is_empty()).then_some(array.array.quantity),
                layer: spec.layer.clone(),
                by: spec.by.map(str::to_owned),
                interpolation: spec.interpolation,
                typical_year: spec.typical_year,
                band: None,
                directed: false,
                moves: None,
                full: Vec::new(),
                apart: false,
                quantiles: array.spread.quantiles(),
                jenks: array.spread.jenks(),
                gaps: array.spread.gaps(axis),
            })
        })
        .collect();
    let axes = axes.found.into_iter().zip(groups).map(|(found, group)| Axis { id: group.clone(), ..found.axis }).collect();
    Laid { axes, series, rows, kept }
}
