//! Sources to a territory package in one go: read, clean, grow what is asked for, tile into a folder beside the target, rename.
//!
//! The target appears whole or not at all; what stood there before is replaced only when it was a territory and nothing else.

use super::{ImportFault, ImportOptions, LayerCount, Progress, outfolder, read_sources, tile};
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
    let mut swept = Report::default();
    outfolder::sweep(&target.parent, &target.name, &mut swept);
    let partial = target.begin()?;
    let mut imported = read_sources(sources, options, progress)?;
    progress.step("import-generate", 0, 1);
    tile::imported::grow_trees(&mut imported);
    progress.step("import-generate", 1, 1);
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
    report.merge(swept);
    report.merge(summary.report);
    Ok(Done { manifest: summary.manifest, layers: imported.layers, report })
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
    /// The topmost folder that was made for it.
    made: Option<PathBuf>,
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Nothing can be done about a folder that does not go away; the target is untouched either way.
        let _ = std::fs::remove_dir_all(&self.path);
        // Folders made for a target that never came go too, as far as they are empty.
        let above = self.path.ancestors().skip(1);
        for folder in above.take_while(|folder| self.made.as_ref().is_some_and(|made| folder.starts_with(made))) {
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
}

impl Target {
    fn new(out: &Path) -> Result<Self, ImportFault> {
        let out = &outfolder::followed(out);
        let refused = || ImportFault::new("out-exists", out.display(), "");
        let name = out.file_name().ok_or_else(refused)?.to_string_lossy().into_owned();
        let parent = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        refuse_strangers(out)?;
        Ok(Self { out: out.to_owned(), parent, name })
    }

    fn begin(&self) -> Result<Partial, ImportFault> {
        let path = self.parent.join(format!(".{}.partial-{}", self.name, std::process::id()));
        let fault = |error: std::io::Error| ImportFault::new("write-failed", self.out.display(), error);
        let made = outfolder::make(&self.parent).map_err(fault)?;
        let partial = Partial { path, made };
        std::fs::create_dir(&partial.path).map_err(fault)?;
        Ok(partial)
    }

    fn finish(&self, partial: Partial) -> Result<(), ImportFault> {
        let fault = |error: std::io::Error| ImportFault::new("write-failed", self.out.display(), error);
        // Somebody may have put something there while the work went on.
        refuse_strangers(&self.out)?;
        if self.out.exists() {
            let old = Partial {
                made: None,
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

/// Only nothing, an empty folder, or a territory without anything else beside it is replaced.
fn refuse_strangers(folder: &Path) -> Result<(), ImportFault> {
    if !folder.exists() {
        return Ok(());
    }
    let refused = || ImportFault::new("out-exists", folder.display(), "");
    let entries = std::fs::read_dir(folder).map_err(|_| refused())?;
    let names: BTreeSet<String> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let manifest = folder.join(MANIFEST);
    let small = std::fs::metadata(&manifest).is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST_MANIFEST);
    let manifest = small
        .then(|| std::fs::read(&manifest).ok())
        .flatten()
        .and_then(|bytes| Manifest::parse(&bytes).ok());
    let manifest = manifest.ok_or_else(refused)?;
    let top = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    let ours: BTreeSet<String> = manifest
        .layers
        .iter()
        .map(|layer| top(&layer.tileset))
        .chain(manifest.series.iter().map(|series| top(&series.path)))
        .chain([MANIFEST.to_owned()])
        .collect();
    match names.difference(&ours).next() {
        Some(stranger) => Err(ImportFault::new("out-has-other-files", folder.display(), stranger)),
        None => Ok(()),
    }
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
