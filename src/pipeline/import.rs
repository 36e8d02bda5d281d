//! Sources to a territory package in one go: read, clean, grow what is asked for, tile into a folder beside the target, rename.
//!
//! The target appears whole or not at all; what stood there before is replaced only when it was a territory and nothing else.

use super::{ImportFault, ImportOptions, LayerCount, Progress, read_sources, tile};
use crate::base::{Finding, Report, Severity};
use crate::formats::territory::Manifest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const MANIFEST: &str = "territory.json";
/// A manifest is a few kilobytes; larger files of that name are something else.
const LARGEST_MANIFEST: u64 = 16 << 20;

/// What an import did.
#[derive(Clone, Debug)]
pub struct Done {
    pub manifest: Manifest,
    pub layers: Vec<LayerCount>,
    pub report: Report,
}

/// Imports `sources` into the folder `out`.
///
/// # Errors
/// An [`ImportFault`]; then `out` is as it was before.
pub fn import(
    sources: &[PathBuf],
    out: &Path,
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<Done, ImportFault> {
    // Refused before the long work, not after it.
    let target = Target::new(out)?;
    let mut imported = read_sources(sources, options, progress)?;
    progress.step("import-generate", 0, 1);
    tile::imported::grow_trees(&mut imported);
    progress.step("import-generate", 1, 1);
    let partial = target.begin()?;
    // The one place that calls the tiler; `partial` cleans up after any fault.
    let summary = tile::imported::write_imported(
        &imported,
        &partial.path,
        &tile::TileOptions { geoid: options.geoid.clone(), ..tile::TileOptions::default() },
        progress,
    )?;
    if progress.cancelled() {
        return Err(ImportFault::new("import-cancelled", "", ""));
    }
    target.finish(partial)?;
    let mut report = imported.report;
    report.merge(summary.report);
    let layers = imported.layers.into_iter().chain(summary.models).collect();
    Ok(Done { manifest: summary.manifest, layers, report })
}

/// The folder that shall appear.
struct Target {
    out: PathBuf,
    parent: PathBuf,
    name: String,
}

/// A folder beside the target that goes away unless it is finished.
struct Partial {
    path: PathBuf,
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Nothing can be done about a folder that does not go away; the target is untouched either way.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

impl Target {
    fn new(out: &Path) -> Result<Self, ImportFault> {
        let refused = || ImportFault::new("out-exists", out.display(), "");
        let name = out.file_name().ok_or_else(refused)?.to_string_lossy().into_owned();
        let parent = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        if out.exists() && !replaceable(out) {
            return Err(refused());
        }
        Ok(Self { out: out.to_owned(), parent, name })
    }

    fn begin(&self) -> Result<Partial, ImportFault> {
        let path = self.parent.join(format!(".{}.partial-{}", self.name, std::process::id()));
        let fault = |error: std::io::Error| ImportFault::new("write-failed", self.out.display(), error);
        std::fs::create_dir_all(&self.parent).map_err(fault)?;
        std::fs::create_dir(&path).map_err(fault)?;
        Ok(Partial { path })
    }

    fn finish(&self, partial: Partial) -> Result<(), ImportFault> {
        let fault = |error: std::io::Error| ImportFault::new("write-failed", self.out.display(), error);
        // Somebody may have put something there while the work went on.
        if self.out.exists() && !replaceable(&self.out) {
            return Err(ImportFault::new("out-exists", self.out.display(), ""));
        }
        if self.out.exists() {
            let old = Partial {
                path: self.parent.join(format!(".{}.old-{}", self.name, std::process::id())),
            };
            std::fs::rename(&self.out, &old.path).map_err(fault)?;
            if let Err(error) = std::fs::rename(&partial.path, &self.out) {
                // The former territory comes back; its guard then finds nothing to remove.
                let _ = std::fs::rename(&old.path, &self.out);
                return Err(fault(error));
            }
        } else {
            std::fs::rename(&partial.path, &self.out).map_err(fault)?;
        }
        Ok(())
    }
}

/// True for an empty folder and for a territory without anything else beside it.
fn replaceable(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    let names: BTreeSet<String> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    if names.is_empty() {
        return true;
    }
    let manifest = folder.join(MANIFEST);
    let small = std::fs::metadata(&manifest).is_ok_and(|meta| meta.len() <= LARGEST_MANIFEST);
    let Some(manifest) = std::fs::read(&manifest)
        .ok()
        .filter(|_| small)
        .and_then(|bytes| Manifest::parse(&bytes).ok())
    else {
        return false;
    };
    let top = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    let ours: BTreeSet<String> = manifest
        .layers
        .iter()
        .map(|layer| top(&layer.tileset))
        .chain(manifest.series.iter().map(|series| top(&series.path)))
        .chain(manifest.features.iter().map(|features| top(&features.path)))
        .chain([MANIFEST.to_owned()])
        .collect();
    names.is_subset(&ours)
}

/// A report as the command line's JSON wants it.
pub fn findings_json(report: &Report) -> serde_json::Value {
    report
        .summary()
        .map(|(code, severity, count, example): (&str, Severity, usize, &Finding)| {
            serde_json::json!({
                "code": code,
                "severity": severity.name(),
                "count": count,
                "example": {
                    "file": example.file,
                    "object": example.object,
                    "value": example.value,
                },
            })
        })
        .collect()
}

/// Counts by layer as the command line's JSON wants them.
pub fn layers_json(layers: &[LayerCount]) -> serde_json::Value {
    layers
        .iter()
        .map(|layer| {
            serde_json::json!({
                "id": layer.id,
                "read": layer.read,
                "kept": layer.kept,
                "repaired": layer.repaired,
                "rejected": layer.rejected,
            })
        })
        .collect()
}
