//! The default territory, imported once for all tests of this program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jumeau"));
    command.current_dir(root());
    command
}

pub fn territory() -> &'static Path {
    static TERRITORY: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TERRITORY.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("nantes");
        let status = program()
            .args(["import", "assets/territories/nantes-centre", "--out"])
            .arg(&out)
            .status()
            .expect("the importer starts");
        assert!(status.success(), "the default territory imports");
        (folder, out)
    });
    path
}

/// A copy that a test may damage; files are linked, so replace them instead of writing into them.
pub fn copy() -> tempfile::TempDir {
    let copy = tempfile::tempdir_in(territory().parent().expect("a parent")).expect("a temporary folder");
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(territory().join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let below = folder.join(entry.file_name());
            if entry.path().is_dir() {
                std::fs::create_dir(copy.path().join(&below)).expect("a folder");
                folders.push(below);
            } else {
                std::fs::hard_link(entry.path(), copy.path().join(&below)).expect("a link");
            }
        }
    }
    copy
}

/// All contents of a layer, the coarsest first.
pub fn contents(territory: &Path, layer: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![territory.join(layer).join("content")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort_by_key(|path| path.to_string_lossy().into_owned());
    found
}
