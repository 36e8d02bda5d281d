//! The folder beside the target in which an import grows, and what killed imports left there.

use crate::base::{Finding, Report, Severity};
use std::io::Result;
use std::path::{Path, PathBuf};

/// Links that lead to links.
const MAX_LINKS: usize = 40;

/// Where a person's `--out` really lies: a link is followed, to a folder that may not exist yet.
pub fn followed(out: &Path) -> PathBuf {
    let mut path = out.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

/// Makes a folder and those above it; gives the topmost one that was not there before.
///
/// # Errors
/// What the system says: the first sign that nothing can be written here, before any source is read.
pub fn make(folder: &Path) -> Result<Option<PathBuf>> {
    let missing = folder
        .ancestors()
        .take_while(|above| !above.as_os_str().is_empty() && !above.exists())
        .last()
        .map(Path::to_owned);
    std::fs::create_dir_all(folder)?;
    Ok(missing)
}

/// Removes a folder, and of those above it what [`make`] had made, as far as they are empty.
pub fn unmake(folder: &Path, made: Option<&Path>) {
    // Nothing can be done about a folder that does not go away; the target is untouched either way.
    let _ = std::fs::remove_dir_all(folder);
    let above = folder.ancestors().skip(1);
    for folder in above.take_while(|folder| made.is_some_and(|made| folder.starts_with(made))) {
        if std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

/// Removes what imports to the same target left when they were killed, each named in a finding.
///
/// A former territory that was moved aside for an exchange that never ended comes back.
pub fn sweep(parent: &Path, name: &str, report: &mut Report) {
    let Ok(entries) = std::fs::read_dir(parent) else { return };
    for entry in entries.filter_map(Result::ok) {
        let left = entry.file_name().to_string_lossy().into_owned();
        let Some((kind, owner)) = left
            .strip_prefix('.')
            .and_then(|rest| rest.strip_prefix(name))
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.split_once('-'))
        else {
            continue;
        };
        let Ok(owner) = owner.parse::<u32>() else { continue };
        // Containers give every run the same number: what bears our own is not ours, for we have not begun.
        let stale = owner == std::process::id() || !runs(owner);
        let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !stale || !folder || !(kind == "partial" || kind == "old") {
            continue;
        }
        let target = parent.join(name);
        let (code, done) = if kind == "old" && !target.exists() {
            ("out-restored", std::fs::rename(entry.path(), target))
        } else {
            ("out-leftover", std::fs::remove_dir_all(entry.path()))
        };
        // What cannot be removed is in nobody's way; it is tried again next time.
        if done.is_ok() {
            report.push(Finding::new(code, Severity::Info, left.as_str()).object(left.as_str()));
        }
    }
}

/// Whether a process is there; where the system does not tell, it is taken to be.
fn runs(process: u32) -> bool {
    let processes = Path::new("/proc");
    !processes.join("self").exists() || processes.join(process.to_string()).exists()
}
