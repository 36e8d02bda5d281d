//! The ground of the fictional land as grids of altitudes.

use super::files::{self, Text};
use super::land::Land;
use crate::pipeline::{ImportFault, Progress};
use std::path::Path;

/// Relief is written in files of so many cells along a side.
const FILE_CELLS: usize = 1_000;
/// Cells of small and of large territories, metres.
const FINE_CELL_M: f64 = 5.0;
const COARSE_CELL_M: f64 = 25.0;
/// Up to so many communes the relief is fine.
const FINE_COMMUNES: usize = 9;
/// The relief goes on beyond the communes by this.
const RELIEF_MARGIN_M: f64 = 300.0;
const RELIEF: &str = "relief-fictif";

/// Altitudes as ASCII grids, row by row.
///
/// # Errors
/// `write-failed` or `import-cancelled`.
pub fn write(out: &Path, land: &Land, progress: &dyn Progress) -> Result<Vec<String>, ImportFault> {
    let cell = if land.communes().count() <= FINE_COMMUNES { FINE_CELL_M } else { COARSE_CELL_M };
    let bounds = land.bounds().grown(RELIEF_MARGIN_M);
    let [columns, rows] = bounds.size().map(|size| (size / cell).ceil() as usize);
    let (across, down) = (columns.div_ceil(FILE_CELLS), rows.div_ceil(FILE_CELLS));
    let mut files = Vec::new();
    for file in 0..across * down {
        let (column, row) = (file % across * FILE_CELLS, file / across * FILE_CELLS);
        let (wide, high) = (FILE_CELLS.min(columns - column), FILE_CELLS.min(rows - row));
        let corner = [bounds.min[0] + column as f64 * cell, bounds.min[1] + row as f64 * cell];
        let name = format!("{RELIEF}/relief-{:03}-{:03}", column / FILE_CELLS, row / FILE_CELLS);
        let mut text = Text::create(&out.join(format!("{name}.asc")))?;
        text.add(&format!(
            "ncols {wide}\nnrows {high}\nxllcorner {}\nyllcorner {}\ncellsize {cell}\nNODATA_value -9999\n",
            corner[0], corner[1],
        ))?;
        let mut line = String::new();
        for r in (0..high).rev() {
            if progress.cancelled() {
                return Err(ImportFault::new("import-cancelled", "", ""));
            }
            line.clear();
            for c in 0..wide {
                let at = [corner[0] + (c as f64 + 0.5) * cell, corner[1] + (r as f64 + 0.5) * cell];
                line.push_str(&format!("{:.2} ", land.ground(at)));
            }
            line.pop();
            line.push('\n');
            text.add(&line)?;
        }
        text.finish()?;
        let mut projection = Text::create(&out.join(format!("{name}.prj")))?;
        projection.add(files::LAMBERT_93)?;
        projection.finish()?;
        files.extend([format!("{name}.asc"), format!("{name}.prj")]);
        progress.step("demo-relief", file as u64 + 1, (across * down) as u64);
    }
    Ok(files)
}
