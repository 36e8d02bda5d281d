//! Real data beside the checkout, for tests only; absent data skip a test visibly.

use std::path::{Path, PathBuf};

/// The file or folder below `../shared/data`, or `None` with a message that the test is skipped.
pub fn shared(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let root = std::env::var_os("JUMEAU_SHARED_DATA").map_or(beside, PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    println!("skipped: no shared data: {path}");
    None
}
