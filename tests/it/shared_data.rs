//! Where the shared data lie that are too large, or not ours, to be in the repository.

use std::path::PathBuf;

/// The path of a shared file or folder, or `None` with a visible message.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("JUMEAU_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let full = root.join(path);
    if full.exists() {
        return Some(full);
    }
    eprintln!("skipped: no shared data: {}", full.display());
    None
}
