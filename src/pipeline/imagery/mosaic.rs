//! One tile of the finest level, drawn from the pictures that lie in it.

use super::file::PictureFile;
use super::source;
use crate::base::{Bounds2, Finding, Report, Severity};
use crate::formats::colours::{CLEAR, Colours, Pixel, Sampled, Weighed, pixel};
use crate::formats::raster::{Placement, Window};
use crate::formats::webtiles::{self, TILE_SIDE, WebTile};
use crate::geodesy::{Crs, LonLat};
use crate::pipeline::sources::crs as known_crs;

/// Places are computed at every so many pixels and lie on straight lines between: at the scale of a territory a thousandth of a pixel away from it.
const STEP: usize = 16;
const NODES: usize = TILE_SIDE / STEP + 1;
/// Samples of one pixel along each side, where the picture is finer than the tile.
const MOST_SAMPLES: usize = 4;

/// Pictures that are open while a part of the pyramid is drawn.
pub struct Mosaic<'a> {
    pictures: Vec<Open<'a>>,
}

struct Open<'a> {
    file: &'a PictureFile,
    bounds_m: Bounds2,
    placement: Placement,
    crs: Crs,
    colours: Option<Box<dyn Colours>>,
    broken: bool,
}

impl<'a> Mosaic<'a> {
    /// The pictures that reach into a rectangle of the projection.
    pub fn over(files: &'a [PictureFile], rect: &Bounds2) -> Self {
        let pictures = files.iter().filter(|file| file.bounds().intersects(rect)).filter_map(|file| {
            Some(Open { file, bounds_m: file.bounds(), placement: file.placement(), crs: known_crs(&file.crs).ok()?, colours: None, broken: false })
        });
        Self { pictures: pictures.collect() }
    }

    /// The pixels of a tile; `None` where no picture shows anything.
    pub fn tile(&mut self, tile: WebTile, report: &mut Report) -> Option<Vec<Pixel>> {
        let rect = rect(tile);
        let mut sums: Option<Vec<Weighed>> = None;
        for picture in &mut self.pictures {
            if picture.broken || !picture.bounds_m.intersects(&rect) {
                continue;
            }
            if sums.as_ref().is_some_and(|sums| sums.iter().all(|sum| sum[3] >= 254.5)) {
                break;
            }
            picture.draw(tile, &mut sums, report);
        }
        let pixels: Vec<Pixel> = sums?.into_iter().map(pixel).collect();
        pixels.iter().any(|pixel| *pixel != CLEAR).then_some(pixels)
    }

    /// Closes the pictures that lie wholly north of a line: what is drawn goes southwards.
    pub fn leave_above(&mut self, north_m: f64, report: &mut Report) {
        for picture in self.pictures.iter_mut().filter(|picture| picture.bounds_m.min[1] > north_m) {
            picture.close(report);
        }
    }

    /// Closes all, and says what was noticed about them.
    pub fn close(mut self, report: &mut Report) {
        self.pictures.iter_mut().for_each(|picture| picture.close(report));
    }
}

impl Open<'_> {
    fn close(&mut self, report: &mut Report) {
        let Some(colours) = self.colours.take() else { return };
        for (code, value) in colours.remarks() {
            // What is true of the whole file was said when it was planned.
            if code == "imagery-pieces-damaged" {
                report.push(Finding::new(code, Severity::Error, &self.file.label).value(value));
            }
        }
    }

    fn draw(&mut self, tile: WebTile, sums: &mut Option<Vec<Weighed>>, report: &mut Report) {
        let Some(places) = Places::of(tile, &self.crs, &self.placement) else { return };
        let Some(window) = places.window(&self.placement) else { return };
        let file = self.file;
        let mut fail = |value: &dyn std::fmt::Display| {
            report.push(Finding::new("imagery-unreadable", Severity::Error, &file.label).value(value));
        };
        if self.colours.is_none() {
            match source::open_again(file) {
                Ok(colours) => self.colours = Some(colours),
                Err(reason) => {
                    self.broken = true;
                    return fail(&reason);
                }
            }
        }
        let Some(colours) = &mut self.colours else { return };
        let pixels = match colours.read(window) {
            Ok(pixels) => pixels,
            Err(fault) => {
                self.broken = true;
                return fail(&fault);
            }
        };
        let sampled = Sampled { pixels: &pixels, window, size: [self.placement.columns, self.placement.rows] };
        let sums = sums.get_or_insert_with(|| vec![[0.0; 4]; TILE_SIDE * TILE_SIDE]);
        let samples = places.samples();
        let share = 1.0 / (samples * samples) as f32;
        for (at, sum) in sums.iter_mut().enumerate() {
            if sum[3] >= 254.5 {
                continue;
            }
            let (column, row) = (at % TILE_SIDE, at / TILE_SIDE);
            let mut found = [0.0_f32; 4];
            for part in 0..samples * samples {
                let within = |k: usize| (k as f64 + 0.5) / samples as f64;
                let Some(place) = places.at([column as f64 + within(part % samples), row as f64 + within(part / samples)]) else { continue };
                for (found, sample) in found.iter_mut().zip(sampled.at(place)) {
                    *found += share * sample;
                }
            }
            // Under what is there already.
            let free = 1.0 - sum[3] / 255.0;
            for (sum, found) in sum.iter_mut().zip(found) {
                *sum += free * found;
            }
        }
    }
}

/// A tile's rectangle in the projection.
pub fn rect(tile: WebTile) -> Bounds2 {
    let ([west, north], side) = (tile.corner(), WebTile::side_m(tile.z));
    Bounds2 { min: [west, north - side], max: [west + side, north] }
}

/// Where a tile's pixels lie in a picture, in its columns and rows.
struct Places {
    nodes: Vec<Option<[f64; 2]>>,
}

impl Places {
    fn of(tile: WebTile, crs: &Crs, placement: &Placement) -> Option<Self> {
        let ([west, north], side) = (tile.corner(), WebTile::side_m(tile.z));
        let step = side / (NODES - 1) as f64;
        let nodes: Vec<Option<[f64; 2]>> = (0..NODES * NODES)
            .map(|at| {
                let [lon_deg, lat_deg] = webtiles::to_lonlat([west + step * (at % NODES) as f64, north - step * (at / NODES) as f64]);
                let place = crs.from_lonlat(LonLat { lon_deg, lat_deg }).ok()?;
                Some(placement.find(place)).filter(|place| place.iter().all(|value| value.is_finite()))
            })
            .collect();
        nodes.iter().any(Option::is_some).then_some(Self { nodes })
    }

    /// The part of the picture that is looked at.
    fn window(&self, placement: &Placement) -> Option<Window> {
        let mut bounds = Bounds2::EMPTY;
        self.nodes.iter().flatten().for_each(|place| bounds.add(*place));
        let span = |k: usize, most: usize| {
            let first = (bounds.min[k].floor() - 1.0).max(0.0);
            let last = (bounds.max[k].ceil() + 1.0).min(most as f64 - 1.0);
            (first <= last).then(|| (first as usize, last as usize - first as usize + 1))
        };
        let (column, columns) = span(0, placement.columns)?;
        let (row, rows) = span(1, placement.rows)?;
        Some(Window { column, row, columns, rows })
    }

    /// How many samples of a pixel see all of the picture: as many as it has pixels there.
    fn samples(&self) -> usize {
        let middle = (NODES / 2) * NODES + NODES / 2;
        let at = |index: usize| self.nodes.get(index).copied().flatten();
        let ratio = match (at(middle), at(middle + 1), at(middle + NODES)) {
            (Some(here), Some(right), Some(below)) => {
                let far = |other: [f64; 2]| (other[0] - here[0]).hypot(other[1] - here[1]) / STEP as f64;
                far(right).max(far(below))
            }
            _ => 1.0,
        };
        // Up to a tenth more than one pixel is no reduction anybody sees.
        ((ratio - 0.1).ceil().max(1.0) as usize).min(MOST_SAMPLES)
    }

    /// The place of a point of the tile, its left upper corner being zero.
    fn at(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let cell = |value: f64| ((value / STEP as f64) as usize).min(NODES - 2);
        let (cx, cy) = (cell(x), cell(y));
        let (fx, fy) = (x / STEP as f64 - cx as f64, y / STEP as f64 - cy as f64);
        let node = |dx: usize, dy: usize| self.nodes.get((cy + dy) * NODES + cx + dx).copied().flatten();
        let (a, b, c, d) = (node(0, 0)?, node(1, 0)?, node(0, 1)?, node(1, 1)?);
        Some([0, 1].map(|k| (a[k] * (1.0 - fx) + b[k] * fx) * (1.0 - fy) + (c[k] * (1.0 - fx) + d[k] * fx) * fy))
    }
}
