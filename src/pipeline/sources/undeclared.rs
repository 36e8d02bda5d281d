//! Tables that lie beside a declaration which does not name them.

use super::declaration::Declaration;
use super::open;
use crate::base::{Finding, Report, Severity};
use std::path::{Component, Path, PathBuf};

/// Endings of tables. Geometries may lie there for other uses: places of the actors of a story are no layer.
const TABLE_ENDINGS: [&str; 3] = ["csv", "tsv", "parquet"];

/// Tells each: whoever put them there may think that they are read. `given` is what the person named, which is read anyway.
pub(super) fn tell(declaration: &Path, folder: &Path, read: &Declaration, given: &[PathBuf], report: &mut Report) {
    let named: Vec<PathBuf> = (read.layers.iter().map(|layer| &layer.file))
        .chain(read.join.iter().map(|join| &join.file))
        .chain(read.series.iter().map(|series| &series.file))
        .chain(read.scaled.iter().map(|scale| &scale.file))
        // `./a.csv` is `a.csv`.
        .map(|file| Path::new(file).components().filter(|part| matches!(part, Component::Normal(_))).collect())
        .collect();
    let is_table = |file: &Path| file.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| TABLE_ENDINGS.contains(&ending.to_lowercase().as_str()));
    let is_given = |file: &Path| given.iter().any(|path| path != folder && path != declaration && file.starts_with(path));
    // What is wrong with the folder itself is told where it is read.
    for file in open::files_below(folder, &mut Report::default()).unwrap_or_default() {
        let Ok(inside) = file.strip_prefix(folder) else { continue };
        // A declaration names a folder or archive for all that is in it, and one table of an archive for the archive.
        if is_table(&file) && !is_given(&file) && !named.iter().any(|named| inside.starts_with(named) || named.starts_with(inside)) {
            report.push(Finding::new("source-undeclared", Severity::Info, inside.display().to_string()).object(inside.display().to_string()));
        }
    }
}
