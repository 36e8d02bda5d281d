//! Files below a folder, each opened by what it contains and not by its name.

use super::readers::{Head, Opened, READERS};
use crate::base::{Finding, Report, Severity};
use crate::geodesy::{Crs, GeodesyFault};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Files below one folder.
const MAX_FILES: usize = 10_000;
/// Folders inside folders.
const MAX_DEPTH: usize = 4;

/// A code, URN or WKT as sources write it.
pub fn crs(text: &str) -> Result<Crs, GeodesyFault> {
    if text.contains('[') {
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

/// Opens a file and says what is in it. The error is a code of a finding and its value.
///
/// # Errors
/// `source-unreadable`, `file-too-large` or `file-not-understood`.
pub fn open(path: &Path) -> Opened {
    let unreadable = |error: std::io::Error| ("source-unreadable", error.to_string());
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = [0_u8; 4096];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read(&mut bytes[filled..]).map_err(unreadable)? {
            0 => break,
            count => filled += count,
        }
    }
    let head = Head { path, bytes: &bytes[..filled] };
    if let Some(reader) = READERS.iter().find(|reader| (reader.recognises)(&head)) {
        return (reader.open)(path);
    }
    let what = if head.bytes.starts_with(b"PK") {
        "zip".to_owned()
    } else if head.bytes.is_empty() {
        "0".to_owned()
    } else {
        String::from_utf8_lossy(&head.bytes[..filled.min(24)])
            .chars()
            .filter(|c| !c.is_control())
            .collect()
    };
    Err(("file-not-understood", what))
}
