//! Coloured pictures on a regular grid with their place on the earth, read window by window: the counterpart of [`super::raster::Heights`].

use super::raster::{Placement, RasterFault, Remark, Window};

/// Red, green, blue and how opaque: 0 is "no data". Colours are not multiplied by it.
pub type Pixel = [u8; 4];

/// Nothing was photographed there.
pub const CLEAR: Pixel = [0; 4];

/// A picture that is read piece by piece.
pub trait Colours {
    fn placement(&self) -> Placement;

    /// Code, WKT or PROJ text of the system; `None` where the file states none.
    fn crs(&self) -> Option<&str>;

    /// The pixels of a window inside the grid, row by row in the file's own order.
    ///
    /// # Errors
    /// Where the source is gone or the window is outside; damaged pieces of a file are clear and a remark instead.
    fn read(&mut self, window: Window) -> Result<Vec<Pixel>, RasterFault>;

    /// A plan or a scan of few colours rather than a photograph: it keeps its sharp edges only without loss.
    fn is_drawing(&self) -> bool {
        false
    }

    /// Lets go of what is kept between two windows; a later window takes it up again.
    fn release(&mut self) {}

    /// What was noticed so far; complete once everything has been read.
    fn remarks(&self) -> Vec<Remark> {
        Vec::new()
    }
}

/// A picture held in memory.
#[derive(Clone, Debug)]
pub struct HeldPicture {
    pub placement: Placement,
    pub pixels: Vec<Pixel>,
    pub crs: Option<String>,
    pub drawing: bool,
}

impl Colours for HeldPicture {
    fn placement(&self) -> Placement {
        self.placement
    }

    fn crs(&self) -> Option<&str> {
        self.crs.as_deref()
    }

    fn read(&mut self, window: Window) -> Result<Vec<Pixel>, RasterFault> {
        if !super::raster::is_inside(&window, &self.placement) {
            return Err(super::raster::outside());
        }
        let mut pixels = Vec::with_capacity(window.cells());
        for row in window.row..window.row + window.rows {
            let start = row * self.placement.columns + window.column;
            pixels.extend_from_slice(self.pixels.get(start..start + window.columns).ok_or_else(super::raster::outside)?);
        }
        Ok(pixels)
    }

    fn is_drawing(&self) -> bool {
        self.drawing
    }
}

/// A colour that can be averaged: red, green and blue multiplied by how opaque they are, each 0 to 255.
pub type Weighed = [f32; 4];

/// A pixel as a colour that can be averaged.
pub fn weighed([r, g, b, a]: Pixel) -> Weighed {
    let opaque = f32::from(a) / 255.0;
    [f32::from(r) * opaque, f32::from(g) * opaque, f32::from(b) * opaque, f32::from(a)]
}

/// The pixel of an averaged colour.
pub fn pixel([r, g, b, a]: Weighed) -> Pixel {
    if a < 0.5 {
        return CLEAR;
    }
    // Rounding half up; the cast keeps within a byte.
    let colour = |value: f32| (value * 255.0 / a + 0.5) as u8;
    [colour(r), colour(g), colour(b), (a + 0.5) as u8]
}

/// A window of a picture that is asked for colours between its pixels.
pub struct Sampled<'a> {
    pub pixels: &'a [Pixel],
    pub window: Window,
    /// Columns and rows of the whole picture: its rim is no place to look beyond.
    pub size: [usize; 2],
}

impl Sampled<'_> {
    /// Bilinear colour at a column and row of the whole picture, pixel centres being whole numbers; clear outside the pixels' outer edges.
    pub fn at(&self, [column, row]: [f64; 2]) -> Weighed {
        let [columns, rows] = self.size;
        let (last_column, last_row) = (columns as f64 - 1.0, rows as f64 - 1.0);
        if !(column >= -0.5 && row >= -0.5 && column <= last_column + 0.5 && row <= last_row + 0.5) {
            return [0.0; 4];
        }
        let (column, row) = (column.clamp(0.0, last_column), row.clamp(0.0, last_row));
        let (c0, r0) = (column.floor() as usize, row.floor() as usize);
        let (c1, r1) = ((c0 + 1).min(columns - 1), (r0 + 1).min(rows - 1));
        let (fc, fr) = ((column - c0 as f64) as f32, (row - r0 as f64) as f32);
        let mut sum = [0.0_f32; 4];
        for (c, r, weight) in [
            (c0, r0, (1.0 - fc) * (1.0 - fr)),
            (c1, r0, fc * (1.0 - fr)),
            (c0, r1, (1.0 - fc) * fr),
            (c1, r1, fc * fr),
        ] {
            let inside = c >= self.window.column && r >= self.window.row && c - self.window.column < self.window.columns;
            let Some(found) = inside
                .then(|| (r - self.window.row) * self.window.columns + (c - self.window.column))
                .and_then(|at| self.pixels.get(at))
            else {
                continue;
            };
            for (sum, part) in sum.iter_mut().zip(weighed(*found)) {
                *sum += weight * part;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clear_pixel_lends_its_neighbour_no_colour() {
        let pixels = [[200, 100, 50, 255], [0, 0, 0, 0]];
        let window = Window { column: 0, row: 0, columns: 2, rows: 1 };
        let sampled = Sampled { pixels: &pixels, window, size: [2, 1] };
        assert_eq!(pixel(sampled.at([0.5, 0.0])), [200, 100, 50, 128]);
        assert_eq!(pixel(sampled.at([0.0, 0.4])), [200, 100, 50, 255]);
        assert_eq!(pixel(sampled.at([1.6, 0.0])), CLEAR);
        assert_eq!(pixel(sampled.at([-0.51, 0.0])), CLEAR);
    }
}
