//! Files below a folder, each opened by what it contains and not by its name.

use super::charging;
use super::readers::{Head, Opened, READERS, pictures};
use crate::pipeline::imagery::tiles;
use crate::base::{Finding, Report, Severity};
use crate::geodesy::{Crs, GeodesyFault};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Files below one folder.
const MAX_FILES: usize = 10_000;
/// Folders inside folders.
const MAX_DEPTH: usize = 8;

/// A code, URN or WKT as sources write it.
pub fn crs(text: &str) -> Result<Crs, GeodesyFault> {
    if text.trim_start().starts_with('{') {
        Crs::from_projjson(text)
    } else if text.contains('[') {
        Crs::from_wkt(text)
    } else {
        Crs::from_code(text)
    }
}

/// The file itself, or all files below a folder in a stable order.
///
/// # Errors
/// When the folder cannot be listed.
pub fn files_below(path: &Path, report: &mut Report) -> std::io::Result<Vec<PathBuf>> {
    // A pyramid of tiles is one source, of a million files.
    if !path.is_dir() || tiles::is_pyramid(path) {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![(path.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        // What an import wrote is not read as a source again, even when its target lies among the sources.
        if depth > 0 && is_territory(&folder) {
            report.push(Finding::new("folder-is-territory", Severity::Info, folder.display().to_string()));
            continue;
        }
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if hidden {
                continue;
            }
            if kind.is_dir() && tiles::is_pyramid(&entry.path()) {
                files.push(entry.path());
            } else if kind.is_dir() && depth < MAX_DEPTH {
                folders.push((entry.path(), depth + 1));
            } else if kind.is_dir() {
                report.push(
                    Finding::new("folder-too-deep", Severity::Warning, entry.path().display().to_string())
                        .value(MAX_DEPTH),
                );
            } else if !kind.is_dir() && entry.path().is_file() {
                if files.len() >= MAX_FILES {
                    report.push(
                        Finding::new("folder-too-large", Severity::Error, path.display().to_string())
                            .value(MAX_FILES),
                    );
                    files.sort();
                    return Ok(files);
                }
                files.push(entry.path());
            } else if let Some(what) = no_file(&entry.path()) {
                report.push(
                    Finding::new("source-not-a-file", Severity::Warning, entry.path().display().to_string())
                        .object(entry.path().display().to_string())
                        .value(what),
                );
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a folder holds a territory package.
fn is_territory(folder: &Path) -> bool {
    let manifest = folder.join("territory.json");
    manifest.is_file() && start_of(&manifest, HEAD_BYTES).is_ok_and(|bytes| bytes.windows(8).any(|word| word == b"\"jumeau\""))
}

/// What there is in place of a file or folder, once links are followed: a pipe, a socket or a device would never end.
pub fn no_file(path: &Path) -> Option<&'static str> {
    let kind = std::fs::metadata(path).ok()?.file_type();
    if kind.is_file() || kind.is_dir() {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("FIFO");
        }
        if kind.is_socket() {
            return Some("socket");
        }
    }
    Some("/dev")
}

/// The first bytes of a file, at most `most`.
///
/// # Errors
/// As the system reads.
pub fn start_of(path: &Path, most: usize) -> std::io::Result<Vec<u8>> {
    if let Some(what) = no_file(path) {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, what));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Bytes of a file that a reader is told by.
pub const HEAD_BYTES: usize = 4096;

/// Opens a file and says what is in it. The error is a code of a finding and its value.
///
/// # Errors
/// `source-unreadable`, `file-too-large` or `file-not-understood`.
pub fn open(path: &Path) -> Opened {
    if let Some(what) = no_file(path) {
        return Err(("source-not-a-file", what.to_owned()));
    }
    if path.is_dir() {
        return pictures::open_tiles(path);
    }
    let bytes = start_of(path, HEAD_BYTES).map_err(|error| ("source-unreadable", error.to_string()))?;
    let head = Head { path, bytes: &bytes };
    if let Some(reader) = READERS.iter().find(|reader| (reader.recognises)(&head)) {
        return (reader.open)(path).map(|found| found.into_iter().map(charging::gathered).collect());
    }
    if bytes.is_empty() {
        return Err(("file-empty", String::new()));
    }
    const SHOWN: usize = 24;
    match text_in(&bytes) {
        Some(text) => {
            let mut shown: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if let Some((at, _)) = shown.char_indices().nth(SHOWN) {
                shown.truncate(at);
                shown.push('…');
            }
            Err(("file-is-text", shown))
        }
        None => Err(("file-not-understood", String::from_utf8_lossy(bytes.get(..SHOWN).unwrap_or(&bytes)).into_owned())),
    }
}

/// Whether a fault of [`open`] says that no reader knows the file.
pub fn is_of_no_known_format(code: &str) -> bool {
    matches!(code, "file-not-understood" | "file-is-text")
}

/// The bytes as text, when that is what they are: the last letter may be cut.
fn text_in(bytes: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(fault) if fault.error_len().is_none() => std::str::from_utf8(bytes.get(..fault.valid_up_to())?).ok()?,
        Err(_) => return None,
    };
    let written = |c: char| !c.is_control() || c.is_whitespace();
    (!text.trim().is_empty() && text.chars().all(written)).then_some(text)
}
