//! ESRI ASCII grid: a short header of `key value` lines, then rows of numbers from north to south.
//!
//! `xllcorner`/`yllcorner` are the outer corner of the south-west cell, `xllcenter`/`yllcenter` its centre: half a cell apart, and mixing them is the classic fault.

use super::raster::{MAX_CELLS, NoData, Raster, RasterFault};

/// Reads a whole grid. The format states no reference system.
///
/// # Errors
/// A [`RasterFault`] for a missing header line, a wrong number of values or a size beyond [`MAX_CELLS`].
pub fn parse(bytes: &[u8]) -> Result<Raster, RasterFault> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| RasterFault::Unreadable("the grid is not plain text".into()))?;
    let mut words = text.split_ascii_whitespace().peekable();
    let (mut columns, mut rows, mut cell, mut cell_x, mut cell_y) = (None, None, None, None, None);
    let (mut x, mut y, mut x_is_centre, mut y_is_centre) = (None, None, false, false);
    let mut nodata = None;
    while let Some(word) = words.peek() {
        if !word.starts_with(|c: char| c.is_ascii_alphabetic()) || is_nan_word(word) {
            break;
        }
        let key = word.to_ascii_lowercase();
        words.next();
        let text = words.next();
        let number: Option<f64> = text.and_then(number).filter(|value| value.is_finite());
        match key.as_str() {
            "ncols" => columns = number,
            "nrows" => rows = number,
            "cellsize" => cell = number,
            "dx" => cell_x = number,
            "dy" => cell_y = number,
            "xllcorner" => x = number,
            "yllcorner" => y = number,
            "xllcenter" | "xllcentre" => (x, x_is_centre) = (number, true),
            "yllcenter" | "yllcentre" => (y, y_is_centre) = (number, true),
            "nodata_value" | "nodata" => nodata = text,
            _ => return Err(RasterFault::Unreadable(format!("unknown header line '{key}'"))),
        }
    }
    let columns = columns.ok_or(RasterFault::Header("ncols"))?;
    let rows = rows.ok_or(RasterFault::Header("nrows"))?;
    let cell_x = cell_x.or(cell).filter(|size| *size > 0.0);
    let cell_y = cell_y.or(cell).filter(|size| *size > 0.0);
    let (Some(cell_x), Some(cell_y)) = (cell_x, cell_y) else {
        return Err(RasterFault::Header("cellsize"));
    };
    let x = x.ok_or(RasterFault::Header("xllcorner"))?;
    let y = y.ok_or(RasterFault::Header("yllcorner"))?;
    if !(columns >= 1.0 && rows >= 1.0) || columns * rows > MAX_CELLS as f64 {
        return Err(RasterFault::TooLarge {
            columns: columns as u64,
            rows: rows as u64,
        });
    }
    let (columns, rows) = (columns as usize, rows as usize);
    let expected = columns * rows;
    let mut nodata = NoData::new(nodata.or(Some("-9999")), false);
    let mut values = Vec::new();
    for word in words {
        if values.len() >= expected {
            return Err(RasterFault::Count {
                found: values.len() + 1,
                expected,
            });
        }
        let value = number(word)
            .ok_or_else(|| RasterFault::Unreadable(format!("'{word}' is not a number")))?;
        values.push(nodata.clean(value) as f32);
    }
    if values.len() != expected {
        return Err(RasterFault::Count {
            found: values.len(),
            expected,
        });
    }
    let west = if x_is_centre { x } else { x + 0.5 * cell_x };
    let south = if y_is_centre { y } else { y + 0.5 * cell_y };
    Ok(Raster {
        origin: [west, south + (rows - 1) as f64 * cell_y],
        cell: [cell_x, cell_y],
        columns,
        rows,
        values,
        epsg: None,
        geographic: false,
    })
}

/// Some producers write a decimal comma.
fn number(word: &str) -> Option<f64> {
    word.parse()
        .ok()
        .or_else(|| word.replace(',', ".").parse().ok())
}

fn is_nan_word(word: &str) -> bool {
    word.eq_ignore_ascii_case("nan")
}
