//! Files below a folder, each opened by what it contains and not by its name.

use super::readers::{Head, Opened, READERS};
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
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![(path.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if hidden {
                continue;
            }
            if kind.is_dir() && depth < MAX_DEPTH {
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
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The first bytes of a file, at most `most`.
///
/// # Errors
/// As the system reads.
pub fn start_of(path: &Path, most: usize) -> std::io::Result<Vec<u8>> {
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
    let bytes = start_of(path, HEAD_BYTES).map_err(|error| ("source-unreadable", error.to_string()))?;
    let head = Head { path, bytes: &bytes };
    if let Some(reader) = READERS.iter().find(|reader| (reader.recognises)(&head)) {
        return (reader.open)(path);
    }
    let what = if bytes.is_empty() {
        "0".to_owned()
    } else {
        String::from_utf8_lossy(bytes.get(..24).unwrap_or(&bytes))
            .chars()
            .filter(|c| !c.is_control())
            .collect()
    };
    Err(("file-not-understood", what))
}
