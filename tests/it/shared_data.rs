//! Real data that lie beside the checkout: read in place, never copied into it.

use std::path::{Path, PathBuf};

/// The file or folder under the shared data, or `None` after saying that the test is skipped.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("JUMEAU_SHARED_DATA") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("skipped: no shared data: {path}");
    None
}
