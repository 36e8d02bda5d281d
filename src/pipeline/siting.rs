//! What a proposal would do in a territory on disk.

use super::network::territory::{YearFault, array};
use crate::formats::territory::Manifest;
use crate::formats::zarr;
use crate::siting::SitingFault;
use crate::siting::ground::Prepared;
use crate::siting::territory::{ground, wanted};
use std::collections::HashMap;
use std::path::Path;

/// The territory's steps with its sun and its wind.
///
/// # Errors
/// As [`Prepared::new`]; `siting-series` where a series cannot be read.
pub fn prepare(folder: &Path, manifest: &Manifest) -> Result<Prepared, SitingFault> {
    let mut arrays: HashMap<&str, zarr::Array> = HashMap::new();
    for wanted in wanted(manifest) {
        let read = array(folder, wanted.series).map_err(|fault| match fault {
            YearFault::Finding(finding) => SitingFault::new("siting-series", format!("{} {}", wanted.series.id, finding.code)),
            _ => SitingFault::new("siting-series", &wanted.series.id),
        })?;
        arrays.insert(&wanted.series.path, read);
    }
    let value = |path: &str, row: usize, step: usize| arrays.get(path)?.row(row).get(step).copied().map(f64::from).filter(|value| value.is_finite());
    Prepared::new(ground(manifest, &value)?)
}
