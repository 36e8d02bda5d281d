//! World files (`.tfw`, `.blw`, `.wld`): six lines that place an image.
//!
//! Order: x per column, y per column, x per row, y per row, then x and y of the *centre* of the first cell.

use super::raster::{Placement, RasterFault};

/// Reads the six numbers; `columns` and `rows` are those of the image it belongs to.
///
/// # Errors
/// [`RasterFault::Header`] for anything but six numbers, [`RasterFault::NoPlace`] for a map that is none.
pub fn parse(bytes: &[u8], columns: usize, rows: usize) -> Result<Placement, RasterFault> {
    const LONGEST: usize = 4096;
    let text = bytes.get(..bytes.len().min(LONGEST)).unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let numbers: Vec<f64> = text
        .trim_start_matches('\u{feff}')
        .split_whitespace()
        .map_while(|word| {
            word.parse()
                .ok()
                .or_else(|| word.replace(',', ".").parse().ok())
        })
        .take(6)
        .collect();
    let &[a, d, b, e, c, f] = numbers.as_slice() else {
        return Err(RasterFault::Header("six numbers of the world file"));
    };
    Placement {
        origin: [c, f],
        per_column: [a, d],
        per_row: [b, e],
        columns,
        rows,
    }
    .checked()
}
