//! Files that a person keeps: in the folder of downloads, never over another file.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Files of one name; a folder of so many is somebody's mistake.
const MOST_ALIKE: usize = 1000;
/// Bytes of a file's name before its ending.
const MOST_NAME: usize = 80;

/// Where downloads go: as the system has it, else the folder that is usual, else the home folder.
pub fn folder() -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = set("HOME").or_else(|| set("USERPROFILE")).unwrap_or_else(std::env::temp_dir);
    let named = set("XDG_DOWNLOAD_DIR").or_else(|| user_dirs(&home));
    named.into_iter().chain(["Téléchargements", "Downloads"].map(|name| home.join(name))).find(|folder| folder.is_dir()).unwrap_or(home)
}

/// What the desktop's own settings say: `XDG_DOWNLOAD_DIR="$HOME/Téléchargements"`.
fn user_dirs(home: &Path) -> Option<PathBuf> {
    let settings = std::env::var_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from).join("user-dirs.dirs");
    let text = std::fs::read_to_string(settings).ok()?;
    let value = text.lines().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?.trim_matches('"');
    Some(value.strip_prefix("$HOME/").map_or_else(|| PathBuf::from(value), |below| home.join(below)))
}

/// Writes a file of a name that no other file has.
///
/// # Errors
/// The folder, and what the system says.
pub fn keep(folder: &Path, name: &str, ending: &str, bytes: &[u8]) -> Result<PathBuf, (PathBuf, std::io::Error)> {
    let mut plain: String = name.chars().map(|c| if c.is_alphanumeric() || "-_".contains(c) { c } else { '-' }).collect();
    while plain.len() > MOST_NAME {
        plain.pop();
    }
    let plain = if plain.is_empty() { "jumeau" } else { &plain };
    let mut last = std::io::Error::other("");
    for number in 1..=MOST_ALIKE {
        let path = folder.join(if number == 1 { format!("{plain}.{ending}") } else { format!("{plain}-{number}.{ending}") });
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                return file.write_all(bytes).and_then(|()| file.sync_all()).map(|()| path.clone()).map_err(|error| {
                    // Half a file would pass for a whole one.
                    let _ = std::fs::remove_file(&path);
                    (folder.to_owned(), error)
                });
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err((folder.to_owned(), error)),
        }
    }
    Err((folder.to_owned(), last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_written_over_and_names_are_plain() {
        let folder = std::env::temp_dir().join(format!("jumeau-export-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let first = keep(&folder, "../Énergie : été", "csv", b"one").unwrap();
        let second = keep(&folder, "../Énergie : été", "csv", b"two").unwrap();
        assert_eq!(first.file_name().unwrap(), "---Énergie---été.csv");
        assert_eq!((std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap()), (b"one".to_vec(), b"two".to_vec()));
        assert_eq!(first.parent(), Some(folder.as_path()));
        assert!(keep(&folder.join("missing"), "x", "csv", b"").is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
