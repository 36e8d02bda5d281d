//! The series of a territory: their entry, their chunks, their instants and the names of their rows.

use super::walk::{Walk, resolve};
use crate::base::Severity;
use crate::formats::territory::{Axis, Manifest, ScaledSeries, Series};
use crate::formats::zarr::Layout;
use crate::formats::zarr_group;
use serde_json::Value;
use std::path::Path;

/// Instants compared one by one; of a longer axis the first so many.
const MAX_COMPARED: usize = 1 << 20;

impl Walk {
    pub(super) fn series(&mut self, manifest: &Manifest, path: &Path) {
        for series in &manifest.series {
            let object = format!("series.{}", series.id);
            let axis = manifest.axes.iter().find(|axis| axis.id == series.axis);
            if axis.is_none() {
                self.push("manifest-axis", Severity::Error, path, &object, &series.axis);
            }
            if !manifest.datasets.iter().any(|known| known.id == series.dataset) {
                self.push("manifest-dataset", Severity::Error, path, &object, &series.dataset);
            }
            self.array(series, axis, &object, path);
        }
        for scaled in &manifest.scaled {
            self.scaled(scaled, manifest, path);
        }
    }

    /// An array is there, as large as stated, and whole.
    fn array(&mut self, series: &Series, axis: Option<&Axis>, object: &str, path: &Path) {
        let Some(folder) = self.inside(path, &series.path, object) else { return };
        let file = folder.join("zarr.json");
        if !file.is_file() {
            return self.push("file-missing", Severity::Error, path, object, format!("{}/zarr.json", series.path));
        }
        let Some(bytes) = self.read(&file) else { return };
        let layout = match Layout::parse(&bytes) {
            Ok(layout) => layout,
            Err(fault) => {
                let name = self.name(&file);
                self.done.report.push(fault.finding(name));
                return;
            }
        };
        let steps = axis.and_then(Axis::steps);
        if layout.rows as u64 != series.height() || steps.is_some_and(|steps| steps != layout.steps as u64) {
            let want = format!("{} × {}", series.height(), steps.unwrap_or(layout.steps as u64));
            self.push("manifest-series", Severity::Error, path, object, format!("{} × {} ≠ {want}", layout.rows, layout.steps));
        }
        for at in layout.chunks() {
            let relative = layout.path(at);
            let Some(chunk) = resolve(&folder, &relative) else { continue };
            match std::fs::metadata(&chunk) {
                Ok(meta) if meta.is_file() => {
                    if meta.len() != layout.chunk_bytes() as u64 {
                        self.push("zarr-chunk", Severity::Error, &file, &relative, meta.len());
                        continue;
                    }
                    let values = std::fs::read(&chunk).ok().and_then(|bytes| layout.values(&relative, &bytes).ok()).unwrap_or_default();
                    if let Some(value) = values.iter().find(|value| value.is_infinite()) {
                        self.push("series-infinite", Severity::Error, path, object, format!("{relative}: {value}"));
                    }
                }
                // What the array itself calls empty need not be there.
                _ if layout.empty.as_ref().is_some_and(|empty| empty.contains(&at)) => {}
                _ => self.push("series-chunk-missing", Severity::Warning, path, object, relative),
            }
        }
        if let Some(group) = folder.parent().map(Path::to_owned) {
            if let Some(axis) = axis {
                self.instants(axis, &group.join("time"), object, path);
            }
            self.group(&group, object, path);
        }
        if let Some(labels) = &series.labels
            && let Some(folder) = self.inside(path, labels, object)
        {
            let metadata = std::fs::read(folder.join("zarr.json")).unwrap_or_default();
            let count = zarr_group::label_count(&metadata).ok();
            let chunk = std::fs::read(folder.join("c/0")).unwrap_or_default();
            let are_read = || zarr_group::read_texts(&metadata, &chunk).is_ok() || zarr_group::read_integers(&metadata, &chunk).is_ok();
            if count != Some(series.height()) || !are_read() {
                self.push("series-labels", Severity::Error, path, object, format!("{} ≠ {}", count.unwrap_or(0), series.height()));
            }
        }
    }

    /// A group says what its arrays say: readers over HTTP ask it alone. Arrays that stand alone, without coordinates, need none.
    fn group(&mut self, folder: &Path, object: &str, path: &Path) {
        let file = folder.join("zarr.json");
        if !self.seen.insert(file.clone()) || !file.is_file() && !folder.join("time").is_dir() {
            return;
        }
        let read = |file: &Path| std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let group = read(&file).filter(|group| group.get("zarr_format") == Some(&Value::from(3)) && group.get("node_type") == Some(&Value::from("group")));
        let Some(group) = group else {
            return self.push("series-group", Severity::Error, path, object, self.name(&file));
        };
        let members = group.pointer("/consolidated_metadata/metadata").and_then(Value::as_object);
        for (name, told) in members.into_iter().flatten() {
            let own = resolve(folder, name).map(|folder| folder.join("zarr.json"));
            if own.as_deref().and_then(read).as_ref() != Some(told) {
                self.push("series-group", Severity::Error, path, object, format!("{} ≠ {name}/zarr.json", self.name(&file)));
            }
        }
    }

    /// The coordinate beside an array rises, and is the axis of the manifest. One that another program left out is no fault.
    fn instants(&mut self, axis: &Axis, folder: &Path, object: &str, path: &Path) {
        let (Ok(metadata), Ok(chunk)) = (std::fs::read(folder.join("zarr.json")), std::fs::read(folder.join("c/0"))) else {
            if folder.is_dir() {
                self.push("series-axis", Severity::Error, path, object, "time/c/0");
            }
            return;
        };
        let instants = match zarr_group::read_integers(&metadata, &chunk) {
            Ok(instants) => instants,
            Err(fault) => {
                let name = self.name(&folder.join("zarr.json"));
                self.done.report.push(fault.finding(name));
                return;
            }
        };
        if let Some(at) = instants.windows(2).position(|pair| matches!(pair, [a, b] if a >= b)) {
            self.push("series-axis", Severity::Error, path, object, format!("time[{}]", at + 1));
        }
        if axis.steps() != Some(instants.len() as u64) {
            return self.push("series-axis", Severity::Error, path, object, format!("{} ≠ {}", instants.len(), axis.steps().unwrap_or(0)));
        }
        let wrong = instants.iter().take(MAX_COMPARED).enumerate().find(|(step, at)| axis.start_of(*step as u64).is_none_or(|start| start.0 != **at));
        if let Some((step, at)) = wrong {
            self.push("series-axis", Severity::Error, path, object, format!("time[{step}] = {at}"));
        }
    }

    /// Profiles and scales are there, as many as features, no profile is beyond the series it names, and no scale beyond what can be summed.
    fn scaled(&mut self, scaled: &ScaledSeries, manifest: &Manifest, path: &Path) {
        let object = format!("scaled.{}", scaled.id);
        if !manifest.datasets.iter().any(|known| known.id == scaled.dataset) {
            self.push("manifest-dataset", Severity::Error, path, &object, &scaled.dataset);
        }
        let Some(profiles) = manifest.series.iter().find(|series| series.id == scaled.profiles) else {
            return self.push("series-scaled", Severity::Error, path, &object, &scaled.profiles);
        };
        let Some(folder) = self.inside(path, &scaled.path, &object) else { return };
        for name in ["feature", "profile", "scale"] {
            let count = std::fs::read(folder.join(name).join("zarr.json")).ok().and_then(|bytes| zarr_group::label_count(&bytes).ok());
            if count != Some(scaled.count) || !folder.join(name).join("c/0").is_file() {
                self.push("series-scaled", Severity::Error, path, &object, format!("{name}: {} ≠ {}", count.unwrap_or(0), scaled.count));
            }
        }
        let read = std::fs::read(folder.join("profile/zarr.json")).ok().zip(std::fs::read(folder.join("profile/c/0")).ok());
        let rows = read.and_then(|(metadata, chunk)| zarr_group::read_integers(&metadata, &chunk).ok()).unwrap_or_default();
        let height = i64::try_from(profiles.height()).unwrap_or(i64::MAX);
        if let Some((at, row)) = rows.iter().enumerate().find(|(_, row)| !(-1..height).contains(*row)) {
            self.push("series-scaled", Severity::Error, path, &object, format!("profile[{at}] = {row}"));
        }
        let read = std::fs::read(folder.join("scale/zarr.json")).ok().zip(std::fs::read(folder.join("scale/c/0")).ok());
        let scales = read.and_then(|(metadata, chunk)| zarr_group::read_reals(&metadata, &chunk).ok()).unwrap_or_default();
        // Sums are laid out in four bytes; one that is infinite makes the sum of all say nothing.
        if let Some((at, scale)) = scales.iter().enumerate().find(|(_, scale)| (**scale as f32).is_infinite()) {
            self.push("series-infinite", Severity::Error, path, &object, format!("scale[{at}] = {scale}"));
        }
    }
}
