//! One picture for one piece of ground, put together from the tiles of a pyramid. Pure functions, run off the main thread.

use crate::base::Bounds2;
use crate::formats::still::Still;
use crate::formats::territory::Imagery;
use crate::formats::webtiles::{HALF_WORLD_M, WebTile, from_lonlat};
use std::sync::Arc;

/// Ground that wants more tiles lies where the pyramid has no level so coarse; from there no picture is seen.
const MOST_TILES: u32 = 36;

/// The tiles whose pixels are nearest in size to those of a picture of `side` pixels over a rectangle (Web Mercator, metres), as far as the
/// pyramid has them; `None` where that would be too many. Its tiles are `tile_size` pixels wide.
pub fn tiles(rect: &Bounds2, side: u32, tile_size: u32, imagery: &Imagery) -> Option<Vec<WebTile>> {
    let [width, height] = rect.size();
    let pixel_m = width.max(height) / f64::from(side);
    if !(pixel_m.is_finite() && pixel_m > 0.0) || tile_size == 0 {
        return None;
    }
    let level = (WebTile::side_m(0) / f64::from(tile_size) / pixel_m).log2().round().max(0.0) as u32;
    let z = level.clamp(imagery.min_zoom, imagery.max_zoom.max(imagery.min_zoom));
    let [west, south, east, north] = imagery.bounds_lonlat;
    let covered = Bounds2 { min: from_lonlat(west, south), max: from_lonlat(east, north) };
    let common = Bounds2 {
        min: [0, 1].map(|k| rect.min[k].max(covered.min[k])),
        max: [0, 1].map(|k| rect.max[k].min(covered.max[k])),
    };
    if common.min[0] >= common.max[0] || common.min[1] >= common.max[1] {
        return Some(Vec::new());
    }
    let first = WebTile::at(z, [common.min[0], common.max[1]]);
    let last = WebTile::at(z, [common.max[0], common.min[1]]);
    let (columns, rows) = (last.x - first.x + 1, last.y - first.y + 1);
    if columns.saturating_mul(rows) > MOST_TILES {
        return None;
    }
    Some((first.y..=last.y).flat_map(|y| (first.x..=last.x).map(move |x| WebTile { z, x, y })).collect())
}

/// The part of a picture that a tile below it is, drawn as large as the whole.
pub fn part(still: Arc<Still>, tile: WebTile, from: WebTile) -> Arc<Still> {
    let levels = tile.z.saturating_sub(from.z).min(31);
    if levels == 0 {
        return still;
    }
    let share = f64::from(1_u32 << levels).recip();
    let first = [tile.x, tile.y].map(|at| f64::from(at & ((1 << levels) - 1)) * share);
    let at = |k: usize, count: usize, first: f64| ((first * count as f64 + (k as f64 + 0.5) * share) as usize).min(count.saturating_sub(1));
    let (columns, rows) = (still.columns, still.rows);
    let pixels = (0..columns * rows).map(|k| {
        let (x, y) = (at(k % columns, columns, first[0]), at(k / columns, rows, first[1]));
        still.pixels.get(y * columns + x).copied().unwrap_or([0; 4])
    });
    Arc::new(Still { columns, rows, pixels: pixels.collect(), drawing: still.drawing })
}

/// Tiles of one level side by side.
struct Mosaic<'a> {
    first: [u32; 2],
    columns: usize,
    stills: Vec<Option<&'a Still>>,
    tile_size: usize,
}

impl<'a> Mosaic<'a> {
    fn of(sources: &'a [(WebTile, Option<Arc<Still>>)], tile_size: usize) -> Option<Self> {
        let first = [sources.iter().map(|(tile, _)| tile.x).min()?, sources.iter().map(|(tile, _)| tile.y).min()?];
        let last = [sources.iter().map(|(tile, _)| tile.x).max()?, sources.iter().map(|(tile, _)| tile.y).max()?];
        let [columns, rows] = [0, 1].map(|k| (last[k] - first[k]) as usize + 1);
        let mut stills = vec![None; columns.checked_mul(rows)?];
        for (tile, still) in sources {
            let place = (tile.y - first[1]) as usize * columns + (tile.x - first[0]) as usize;
            // A tile of another size than the pyramid says is none.
            let sound = still.as_deref().filter(|still| still.columns == tile_size && still.rows == tile_size);
            if let (Some(slot), Some(still)) = (stills.get_mut(place), sound) {
                *slot = Some(still);
            }
        }
        Some(Self { first, columns, stills, tile_size })
    }

    /// A pixel counted from the first tile's corner; transparent where there is none.
    fn pixel(&self, x: i64, y: i64) -> [u8; 4] {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return [0; 4] };
        let (column, row) = (x / self.tile_size, y / self.tile_size);
        if column >= self.columns {
            return [0; 4];
        }
        let still = self.stills.get(row * self.columns + column).copied().flatten();
        still
            .and_then(|still| still.pixels.get((y % self.tile_size) * self.tile_size + x % self.tile_size))
            .copied()
            .unwrap_or([0; 4])
    }
}

/// How wide the pictures of a pyramid are: as wide as they are where all are squares of one size, whatever was said of them.
fn width(sources: &[(WebTile, Option<Arc<Still>>)], said: u32) -> u32 {
    let mut stills = sources.iter().filter_map(|(_, still)| still.as_deref());
    let Some(first) = stills.next() else { return said };
    let alike = first.columns == first.rows && stills.all(|still| [still.columns, still.rows] == [first.columns; 2]);
    u32::try_from(first.columns).ok().filter(|width| alike && *width > 0).unwrap_or(said)
}

/// A picture of `side × side` pixels over a rectangle, north up, sRGB with alpha, and all its halvings after it; `None` where nothing lies in it.
pub fn compose(rect: &Bounds2, side: u32, sources: &[(WebTile, Option<Arc<Still>>)], tile_size: u32) -> Option<Vec<u8>> {
    let tile_size = width(sources, tile_size);
    let mosaic = Mosaic::of(sources, tile_size as usize)?;
    let z = sources.first()?.0.z;
    let per_m = f64::from(tile_size) / WebTile::side_m(z);
    let step = rect.size().map(|size| size / f64::from(side));
    // Between the centres of two pixels, in pixels from the first tile's corner.
    let place = |metres_from_corner: f64, first: u32| {
        let at = metres_from_corner * per_m - f64::from(first) * f64::from(tile_size) - 0.5;
        (at.floor() as i64, at - at.floor())
    };
    let columns: Vec<(i64, f64)> =
        (0..side).map(|i| place(rect.min[0] + (f64::from(i) + 0.5) * step[0] + HALF_WORLD_M, mosaic.first[0])).collect();
    let mut pixels = Vec::with_capacity((side * side) as usize);
    for row in 0..side {
        let (y, fy) = place(HALF_WORLD_M - rect.max[1] + (f64::from(row) + 0.5) * step[1], mosaic.first[1]);
        for (x, fx) in &columns {
            let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| {
                let weight = (if dx == 0 { 1.0 - fx } else { *fx }) * (if dy == 0 { 1.0 - fy } else { fy });
                (mosaic.pixel(x + dx, y + dy), weight)
            });
            pixels.push(mean(corners));
        }
    }
    pixels.iter().any(|pixel| pixel[3] > 0).then(|| with_halvings(pixels, side as usize))
}

/// The mean of weighted pixels; colours count by what they cover.
fn mean(pixels: [([u8; 4], f64); 4]) -> [u8; 4] {
    if pixels.iter().all(|(pixel, _)| *pixel == pixels[0].0) {
        return pixels[0].0;
    }
    let (mut sum, mut covered, mut weights) = ([0.0; 3], 0.0, 0.0);
    for ([r, g, b, alpha], weight) in pixels {
        let share = weight * f64::from(alpha);
        for (sum, value) in sum.iter_mut().zip([r, g, b]) {
            *sum += share * f64::from(value);
        }
        covered += share;
        weights += weight;
    }
    if covered <= 0.0 {
        return [0; 4];
    }
    let [r, g, b] = sum.map(|sum| (sum / covered).round() as u8);
    [r, g, b, (covered / weights).round() as u8]
}

/// The bytes of a square picture and of its halvings, down to one pixel.
fn with_halvings(mut pixels: Vec<[u8; 4]>, mut side: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pixels.len() * 16 / 3 + 16);
    loop {
        bytes.extend(pixels.iter().flatten());
        if side <= 1 {
            return bytes;
        }
        let half = side / 2;
        let at = |x: usize, y: usize| pixels.get(y * side + x).copied().unwrap_or([0; 4]);
        pixels = (0..half * half)
            .map(|i| {
                let (x, y) = (2 * (i % half), 2 * (i / half));
                mean([at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)].map(|pixel| (pixel, 0.25)))
            })
            .collect();
        side = half;
    }
}

/// Halvings of a picture of a power of two, itself among them.
pub fn halvings(side: u32) -> u32 {
    side.max(1).ilog2() + 1
}

/// Whether a tile has white that may stand for nothing: one pixel in a hundred.
pub fn has_white(still: &Still) -> bool {
    let white = still.pixels.iter().filter(|[r, g, b, _]| *r >= 250 && *g >= 250 && *b >= 250).count();
    100 * white >= still.pixels.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::DatasetId;
    use crate::formats::territory::Name;

    fn imagery(min_zoom: u32, max_zoom: u32) -> Imagery {
        Imagery {
            id: "photo".to_owned(),
            name: Name { fr: String::new(), en: String::new() },
            tiles: "{z}/{x}/{y}.jpg".to_owned(),
            clear_tiles: None,
            tilejson: String::new(),
            tile_size: 4,
            min_zoom,
            max_zoom,
            bounds_lonlat: [-2.0, 46.0, 2.0, 49.0],
            date: None,
            dataset: DatasetId::from("photo"),
            count: 0,
            bytes: 0,
        }
    }

    /// The rectangle of a tile.
    fn rect(tile: WebTile) -> Bounds2 {
        let ([west, north], side) = (tile.corner(), WebTile::side_m(tile.z));
        Bounds2 { min: [west, north - side], max: [west + side, north] }
    }

    fn still(of: impl Fn(usize, usize) -> [u8; 4]) -> Option<Arc<Still>> {
        Some(Arc::new(Still { columns: 4, rows: 4, pixels: (0..16).map(|i| of(i % 4, i / 4)).collect(), drawing: false }))
    }

    #[test]
    fn ground_the_size_of_a_tile_is_that_tile() {
        let tile = WebTile::at(12, from_lonlat(0.5, 47.0));
        assert_eq!(tiles(&rect(tile).grown(-0.01), 4, 4, &imagery(0, 19)), Some(vec![tile]));
        let picture = |x: usize, y: usize| [40 * x as u8, 40 * y as u8, 7, 255];
        let bytes = compose(&rect(tile), 4, &[(tile, still(picture))], 4).unwrap();
        let wanted: Vec<u8> = (0..16).flat_map(|i| picture(i % 4, i / 4)).collect();
        assert_eq!(bytes[..64], wanted);
        // 4 × 4, 2 × 2 and one pixel.
        assert_eq!(bytes.len(), 4 * (16 + 4 + 1));
        assert_eq!(halvings(4), 3);
        assert_eq!(bytes[80..], [60, 60, 7, 255]);
    }

    #[test]
    fn finer_than_the_pyramid_is_drawn_from_its_finest_level_and_far_coarser_not_at_all() {
        let tile = WebTile::at(12, from_lonlat(0.5, 47.0));
        let [fine, ..] = tile.children();
        assert_eq!(tiles(&rect(fine).grown(-0.01), 4, 4, &imagery(0, 12)), Some(vec![tile]));
        assert_eq!(tiles(&rect(WebTile::at(5, from_lonlat(0.5, 47.0))), 4, 4, &imagery(12, 12)), None);
        // Beside what was photographed there is nothing to ask for.
        assert_eq!(tiles(&rect(WebTile::at(12, from_lonlat(9.0, 47.0))), 4, 4, &imagery(0, 12)), Some(Vec::new()));
    }

    #[test]
    fn pictures_are_as_wide_as_they_are_and_parts_stand_in() {
        let tile = WebTile::at(12, from_lonlat(0.5, 47.0));
        let quarters = |x: usize, y: usize| [if x < 2 { 10 } else { 200 }, if y < 2 { 10 } else { 200 }, 7, 255];
        // Said to be eight pixels wide, and four.
        let bytes = compose(&rect(tile), 4, &[(tile, still(quarters))], 8).unwrap();
        let wanted: Vec<u8> = (0..16).flat_map(|i| quarters(i % 4, i / 4)).collect();
        assert_eq!(bytes[..64], wanted);
        for (child, red, green) in tile.children().into_iter().map(|child| (child, child.x & 1, child.y & 1)) {
            let cut = part(still(quarters).unwrap(), child, tile);
            let colour = |odd: u32| if odd == 0 { 10 } else { 200 };
            assert!(cut.pixels.iter().all(|pixel| pixel[..2] == [colour(red), colour(green)]), "{child:?} {:?}", cut.pixels);
        }
    }

    #[test]
    fn where_a_tile_is_missing_the_ground_shows() {
        let west = WebTile { z: 3, x: 2, y: 3 };
        let east = WebTile { z: 3, x: 3, y: 3 };
        let both = Bounds2 { min: rect(west).min, max: rect(east).max };
        let bytes = compose(&both, 8, &[(west, still(|_, _| [10, 20, 30, 255])), (east, None)], 4).unwrap();
        let pixel = |x: usize| &bytes[(3 * 8 + x) * 4..(3 * 8 + x) * 4 + 4];
        assert_eq!(pixel(0), [10, 20, 30, 255]);
        // Colours are not darkened towards what is missing.
        assert!(pixel(3)[..3] == [10, 20, 30] && pixel(7)[3] == 0);
        assert_eq!(compose(&both, 8, &[(west, None), (east, None)], 4), None);
    }
}
