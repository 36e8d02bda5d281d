//! Zip archives and gzip around sources: unpacked into a folder that goes away with the import, within bounds.
//!
//! What an archive states about itself is not believed: names, sizes and ratios are checked while the bytes come.

use super::open::start_of;
use crate::formats::packed;
use crate::base::{Finding, Report, Severity};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// Entries of one archive.
const MAX_ENTRIES: usize = 20_000;
/// Bytes of all archives of one import together, unpacked.
const MAX_TOTAL_BYTES: u64 = 64 << 30;
/// Archives in archives.
const MAX_DEPTH: usize = 3;
/// An entry may grow to so many times its packed size …
const MAX_RATIO: u64 = 200;
/// … once it is larger than this: small files of blanks shrink to nothing. The same holds for all entries of an archive together, those of
/// archives inside it too: entries may lie over each other and unpack the same bytes a thousand times.
const RATIO_FROM_BYTES: u64 = 64 << 20;

/// Whether a file is an archive, by its first bytes; one packed with gzip by its name too, for contents of tiles are packed so inside their own files.
pub fn is_archive(path: &Path) -> bool {
    start_of(path, 4).is_ok_and(|bytes| bytes == b"PK\x03\x04" || bytes == b"PK\x05\x06") || is_gzip(path)
}

fn is_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz")) && start_of(path, 2).is_ok_and(|bytes| packed::is_gzip(&bytes))
}

/// The folders of all archives of one import; they go away when this does.
#[derive(Debug, Default)]
pub struct Unpacked {
    archives: Vec<Archive>,
    /// Unpacked so far.
    bytes: u64,
    /// What the sizes of the outermost archives allow.
    allowed: u64,
}

#[derive(Debug)]
struct Archive {
    path: PathBuf,
    /// As a person names it: `commune.zip`, or `commune.zip/bati.zip`.
    label: String,
    depth: usize,
    folder: tempfile::TempDir,
}

impl Unpacked {
    /// The folder with the contents of an archive; every refusal is a finding. `None` when nothing could be unpacked.
    pub fn folder(&mut self, path: &Path, report: &mut Report) -> Option<PathBuf> {
        if let Some(known) = self.archives.iter().find(|archive| archive.path == path) {
            return Some(known.folder.path().to_owned());
        }
        let label = self.label(path);
        let depth = self.around(path).map_or(0, |archive| archive.depth + 1);
        let mut refuse = |code, value: String| {
            report.push(Finding::new(code, Severity::Error, &label).value(value));
            None
        };
        if depth >= MAX_DEPTH {
            return refuse("archive-nested", MAX_DEPTH.to_string());
        }
        if depth == 0 {
            let length = std::fs::metadata(path).map_or(0, |meta| meta.len());
            self.allowed = self.allowed.saturating_add(length.saturating_mul(MAX_RATIO).max(RATIO_FROM_BYTES));
        }
        let folder = match tempfile::Builder::new().prefix("jumeau-").tempdir() {
            Ok(folder) => folder,
            Err(error) => return refuse("archive-unreadable", error.to_string()),
        };
        let opened = File::open(path).map_err(ZipError::from);
        let opened = if is_gzip(path) { opened.map(Packed::Gzip) } else { opened.and_then(ZipArchive::new).map(Packed::Zip) };
        let mut packed = match opened {
            Ok(packed) => packed,
            Err(fault) => return refuse("archive-unreadable", fault.to_string()),
        };
        let entries = if let Packed::Zip(archive) = &packed { archive.len() } else { 1 };
        if entries > MAX_ENTRIES {
            return refuse("archive-entries", entries.to_string());
        }
        for index in 0..entries {
            let kept = match &mut packed {
                Packed::Zip(archive) => self.entry(archive, index, folder.path()),
                Packed::Gzip(file) => self.only(file, path, folder.path()),
            };
            if let Err(refusal) = kept {
                report.push(
                    Finding::new(refusal.code, Severity::Error, &label)
                        .object(refusal.entry)
                        .value(refusal.value),
                );
                // Whoever packs a bomb packs two.
                if refusal.code == "archive-bomb" || refusal.code == "archive-too-large" {
                    break;
                }
            }
        }
        let unpacked = folder.path().to_owned();
        self.archives.push(Archive {
            path: path.to_owned(),
            label,
            depth,
            folder,
        });
        Some(unpacked)
    }

    /// How a person names a file: below its archive where it came out of one.
    pub fn label(&self, path: &Path) -> String {
        match self.around(path) {
            Some(archive) => {
                let inner = path.strip_prefix(archive.folder.path()).unwrap_or(path);
                let parts: Vec<_> = inner
                    .components()
                    .map(|part| part.as_os_str().to_string_lossy())
                    .collect();
                format!("{}/{}", archive.label, parts.join("/"))
            }
            None => super::readers::short_name(path),
        }
    }

    /// Whether a file goes away when the import ends.
    pub fn holds(&self, path: &Path) -> bool {
        self.around(path).is_some()
    }

    /// The archive a file came out of.
    fn around(&self, path: &Path) -> Option<&Archive> {
        self.archives
            .iter()
            .find(|archive| path.starts_with(archive.folder.path()))
    }

    fn entry(
        &mut self,
        archive: &mut ZipArchive<File>,
        index: usize,
        folder: &Path,
    ) -> Result<(), Refusal> {
        let (name, encrypted) = match archive.by_index_raw(index) {
            Ok(raw) => {
                let name = match raw.name() {
                    Ok(name) => name.into_owned(),
                    Err(_) => String::from_utf8_lossy(raw.name_raw()).into_owned(),
                };
                (name, raw.encrypted())
            },
            Err(fault) => {
                return Err(Refusal::new(
                    "archive-entry-unreadable",
                    format!("#{}", index + 1),
                    fault,
                ));
            }
        };
        if encrypted {
            return Err(Refusal::new("archive-encrypted", name, ""));
        }
        let mut entry = archive
            .by_index(index)
            .map_err(|fault| Refusal::new("archive-entry-unreadable", &name, fault))?;
        if entry.is_dir() {
            return Ok(());
        }
        if entry.is_symlink() {
            return Err(Refusal::new("archive-path", name, "symlink"));
        }
        let Some(inner) = inner_path(&name) else {
            return Err(Refusal::new("archive-path", name, ""));
        };
        // What file managers leave behind is nobody's data.
        if inner.components().any(|part| {
            let part = part.as_os_str().to_string_lossy();
            part.starts_with('.') || part == "__MACOSX"
        }) {
            return Ok(());
        }
        let packed = entry.compressed_size();
        self.keep(&mut entry, &name, &folder.join(inner), packed)
    }

    /// The one file that gzip packs, under the name without its ending.
    fn only(&mut self, file: &File, path: &Path, folder: &Path) -> Result<(), Refusal> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let length = file.metadata().map_or(0, |meta| meta.len());
        self.keep(&mut flate2::read::MultiGzDecoder::new(file), &name, &folder.join(&name), length)
    }

    fn keep(&mut self, entry: &mut impl Read, name: &str, target: &Path, packed: u64) -> Result<(), Refusal> {
        let packed = packed.max(1);
        let unreadable =
            |error: std::io::Error| Refusal::new("archive-entry-unreadable", name, error);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(unreadable)?;
        }
        // Two entries of one name: the first counts.
        let mut file = File::create_new(target)
            .map_err(|error| Refusal::new("archive-path", name, error))?;
        let room = Room {
            packed,
            allowed: self.allowed.saturating_sub(self.bytes),
            total: MAX_TOTAL_BYTES.saturating_sub(self.bytes),
        };
        let copied = copy(entry, &mut file, room);
        match copied {
            Ok(bytes) => {
                self.bytes += bytes;
                Ok(())
            }
            Err(stop) => {
                drop(file);
                // Half a file would be read as a whole one.
                let _ = std::fs::remove_file(target);
                Err(match stop {
                    Stop::Ratio(bytes) => {
                        Refusal::new("archive-bomb", name, format!("{packed} → {bytes}"))
                    }
                    Stop::Total => Refusal::new("archive-too-large", name, MAX_TOTAL_BYTES),
                    Stop::Broken(error) => unreadable(error),
                })
            }
        }
    }
}

enum Packed {
    Zip(ZipArchive<File>),
    Gzip(File),
}

struct Refusal {
    code: &'static str,
    entry: String,
    value: String,
}

impl Refusal {
    fn new(code: &'static str, entry: impl Into<String>, value: impl std::fmt::Display) -> Self {
        Self {
            code,
            entry: entry.into(),
            value: value.to_string(),
        }
    }
}

enum Stop {
    Ratio(u64),
    Total,
    Broken(std::io::Error),
}

/// How far one entry may grow.
struct Room {
    /// Its bytes in the archive.
    packed: u64,
    /// What is left to the entries of its archive together.
    allowed: u64,
    /// What is left to the import.
    total: u64,
}

fn copy(from: &mut impl Read, to: &mut impl Write, room: Room) -> Result<u64, Stop> {
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0_u64;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Stop::Broken(error)),
        };
        bytes += count as u64;
        if bytes > RATIO_FROM_BYTES && bytes / room.packed > MAX_RATIO || bytes > room.allowed {
            return Err(Stop::Ratio(bytes));
        }
        if bytes > room.total {
            return Err(Stop::Total);
        }
        to.write_all(buffer.get(..count).unwrap_or_default())
            .map_err(Stop::Broken)?;
    }
}

/// The path of an entry when it stays inside; Windows' separators count as separators, drives and roots do not.
fn inner_path(name: &str) -> Option<PathBuf> {
    let name = name.replace('\\', "/");
    if name.contains('\0')
        || name
            .split('/')
            .next()
            .is_some_and(|first| first.ends_with(':'))
    {
        return None;
    }
    let path = Path::new(&name);
    let inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let named = path.file_name().is_some();
    (inside && named).then(|| {
        path.components()
            .filter(|part| *part != Component::CurDir)
            .collect()
    })
}
