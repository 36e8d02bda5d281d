//! Sources to a territory package in one go: plan, draw all shards and merge in a folder beside the target, rename.
//!
//! The target appears whole or not at all; what stood there before is replaced only when it was a territory and nothing else.

use super::shards::file::DONE;
use super::shards::work::{self, Loaded};
use super::shards::{ShardOptions, merge, plan};
use super::{ImportFault, ImportOptions, LayerCount, Progress, outfolder};
use crate::base::{Finding, Report, Severity};
use crate::formats::territory::Manifest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const MANIFEST: &str = "territory.json";
const LOCK: &str = "lock";
/// A manifest is a few kilobytes; larger files of that name are something else.
const LARGEST_MANIFEST: u64 = 16 << 20;

/// What an import did.
#[derive(Clone, Debug)]
pub struct Done {
    pub manifest: Manifest,
    pub layers: Vec<LayerCount>,
    pub report: Report,
}

/// Imports `sources` into the folder `out`: plan, all shards, merge.
///
/// What an interrupted import has done lies beside `out` and is taken up again; so are the shards of a territory in `out` that read the same.
///
/// # Errors
/// An [`ImportFault`]; then `out` is as it was before.
pub fn import(
    sources: &[PathBuf],
    out: &Path,
    options: &ImportOptions,
    sharding: &ShardOptions,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Done, ImportFault> {
    // Refused before the long work, not after it.
    let target = Target::new(out)?;
    let mut swept = Report::default();
    outfolder::sweep(&target.parent, &target.name, &mut swept);
    let (folder, made) = target.work_folder()?;
    let _held = hold(&folder)?;
    if let Err(fault) = plan::plan(sources, &folder, options, sharding, progress) {
        // Without a plan there is nothing to go on with.
        outfolder::unmake(&folder, made.as_deref());
        return Err(fault);
    }
    let loaded = Loaded::open(&folder)?;
    work::work_all(&loaded, Some(out), threads, progress)?;
    let merged = merge::merge(&loaded, progress)?;
    if progress.cancelled() {
        return Err(ImportFault::new("import-cancelled", "", ""));
    }
    target.finish(&loaded.package())?;
    // The work is done; a folder that does not go away is only a nuisance.
    let _ = std::fs::remove_dir_all(&folder);
    let mut report = merged.report;
    report.merge(swept);
    Ok(Done { manifest: merged.manifest, layers: merged.layers, report })
}

/// Completes a planned import whose shards are done, and lets the territory appear.
///
/// # Errors
/// An [`ImportFault`]; then `out` is as it was before.
pub fn merge_into(folder: &Path, out: &Path, progress: &dyn Progress) -> Result<Done, ImportFault> {
    let target = Target::new(out)?;
    let _held = hold(folder)?;
    let loaded = Loaded::open(folder)?;
    let merged = merge::merge(&loaded, progress)?;
    target.finish(&loaded.package())?;
    Ok(Done { manifest: merged.manifest, layers: merged.layers, report: merged.report })
}

/// Holds a folder of work for this process: two imports into one folder would spoil each other. The system lets go when the process ends, however it ends.
pub fn hold(folder: &Path) -> Result<std::fs::File, ImportFault> {
    let fault = |error: &dyn std::fmt::Display| ImportFault::new("write-failed", folder.display(), error);
    let lock = std::fs::File::create(folder.join(LOCK)).map_err(|error| fault(&error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(ImportFault::new("work-busy", folder.display(), "")),
        // Some file systems know no locks; then nobody is kept out.
        Err(std::fs::TryLockError::Error(_)) => Ok(lock),
    }
}

/// The folder that shall appear.
struct Target {
    out: PathBuf,
    parent: PathBuf,
    name: String,
}

/// A folder beside the target that goes away.
struct Leaving {
    path: PathBuf,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        // Nothing can be done about a folder that does not go away; the target is untouched either way.
        let _ = std::fs::remove_dir_all(&self.path);
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

    /// Where the work is done, beside the target; it stays when the work is interrupted.
    /// With it, the topmost folder that was made for it.
    fn work_folder(&self) -> Result<(PathBuf, Option<PathBuf>), ImportFault> {
        let path = self.parent.join(format!(".{}.work", self.name));
        let made = outfolder::make(&path).map_err(|error| ImportFault::new("write-failed", self.out.display(), error))?;
        Ok((path, made))
    }

    fn finish(&self, package: &Path) -> Result<(), ImportFault> {
        let fault = |error: std::io::Error| ImportFault::new("write-failed", self.out.display(), error);
        std::fs::create_dir_all(&self.parent).map_err(fault)?;
        // Somebody may have put something there while the work went on.
        refuse_strangers(&self.out)?;
        if self.out.exists() {
            let old = Leaving {
                path: self.parent.join(format!(".{}.old-{}", self.name, std::process::id())),
            };
            std::fs::rename(&self.out, &old.path).map_err(fault)?;
            if let Err(error) = move_folder(package, &self.out) {
                // The former territory comes back; its guard then finds nothing to remove.
                let _ = std::fs::rename(&old.path, &self.out);
                return Err(fault(error));
            }
        } else {
            move_folder(package, &self.out).map_err(fault)?;
        }
        Ok(())
    }
}

/// Renames a folder, or copies it where the two are on different file systems: under another name first, so that it appears whole.
fn move_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    let Err(error) = std::fs::rename(from, to) else { return Ok(()) };
    if error.kind() != std::io::ErrorKind::CrossesDevices {
        return Err(error);
    }
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let copy = Leaving { path: to.with_file_name(format!(".{name}.copy-{}", std::process::id())) };
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        std::fs::create_dir_all(copy.path.join(&below))?;
        for entry in std::fs::read_dir(from.join(&below))? {
            let entry = entry?;
            let below = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                open.push(below);
            } else {
                std::fs::copy(entry.path(), copy.path.join(&below))?;
            }
        }
    }
    std::fs::rename(&copy.path, to)?;
    std::fs::remove_dir_all(from)
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
        .chain(manifest.scaled.iter().map(|scaled| top(&scaled.path)))
        .chain(manifest.grids.iter().map(|grid| top(&grid.path)))
        .chain(manifest.features.iter().map(|features| top(&features.path)))
        .chain(manifest.features.iter().filter_map(|features| features.places.as_ref()).map(|places| top(&places.path)))
        .chain(manifest.imagery.iter().map(|imagery| top(&imagery.tiles)))
        .chain(manifest.search.iter().map(|search| top(&search.path)))
        .chain(manifest.connect.iter().map(|book| top(&book.path)))
        .chain([MANIFEST.to_owned(), DONE.to_owned()])
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
                "files": report.files(code, severity),
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
