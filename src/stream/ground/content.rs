//! Bytes of a tile become a content, as its place in the pyramid says.

use super::lay::{Flat, Patch};
use super::sheet::Sheet;
use super::{Matter, Plot, Pyramid, vectors};
use crate::formats::gltf::TileContent;
use crate::formats::quantizedmesh::{MAX_COORDINATE, Mesh, Range, WATER_SIDE, Water};
use crate::formats::terrainrgb::{self, Heights, Rule};
use crate::formats::{Fault, mvt};
use crate::geodesy::{Geoid, LonLat};
use std::borrow::Cow;
use std::sync::Arc;

/// Largest tile, unpacked, bytes.
const MAX_BYTES: usize = 64 << 20;
/// Posts of a side of ground that is made from a picture, but one.
const CELLS: usize = 64;
/// And at least.
const LEAST_CELLS: usize = 4;
/// How deep skirts hang, as a share of a tile's geometric error.
const SKIRT_SHARE: f64 = 0.625;
/// And under a picture of heights at least so many of its pixels.
const PIXELS_DEEP: f64 = 0.5;
/// No skirt needs to be deeper, metres.
const DEEPEST_SKIRT_M: f64 = 20_000.0;
/// Colours of ground by height in metres: sRGB; calm, so that what stands on it is seen.
const LAND: [(f64, [u8; 3]); 6] = [
    (-50.0, [176, 192, 156]),
    (150.0, [190, 200, 164]),
    (600.0, [200, 192, 156]),
    (1_400.0, [184, 168, 140]),
    (2_400.0, [178, 170, 160]),
    (3_400.0, [236, 238, 240]),
];
const WATER: [u8; 3] = [170, 196, 214];

/// What a tile's bytes were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Made {
    pub content: TileContent,
    /// Lowest and highest height above the ellipsoid, metres; none where there is nothing.
    pub heights_m: Option<[f64; 2]>,
    /// Tiles that exist below this one, by level, as it says.
    pub below: Vec<Vec<Range>>,
    /// What was left out.
    pub faults: Vec<Fault>,
    /// Of vectors, what is drawn before it lies anywhere: ground that changes has it laid anew.
    pub flat: Option<Arc<Flat>>,
}

/// Makes the content of a plot from the bytes that [`Plot::from`] has; vectors lie flat.
///
/// # Errors
/// Those of the tile's format; `ground-empty` for no bytes where ground was to be.
pub fn content(bytes: &[u8], plot: &Plot) -> Result<Made, Fault> {
    content_on(bytes, plot, None)
}

/// The same with the ground that vectors lie on; without any, they lie flat at the pyramid's height.
///
/// # Errors
/// As [`content`].
pub fn content_on(bytes: &[u8], plot: &Plot, under: Option<&[Arc<Patch>]>) -> Result<Made, Fault> {
    let unpacked = match plot.pyramid.packing() {
        // Archives that do not say, and servers that do: the first bytes tell.
        crate::formats::pmtiles::Compression::Unknown
        | crate::formats::pmtiles::Compression::None => Cow::Borrowed(bytes),
        // Some programs unpack on the way and leave the word.
        crate::formats::pmtiles::Compression::Gzip if !crate::formats::packed::is_gzip(bytes) => {
            Cow::Borrowed(bytes)
        }
        packed => Cow::Owned(packed.unpack(bytes, MAX_BYTES)?),
    };
    if unpacked.is_empty() && plot.pyramid.matter != Matter::Vectors {
        return Err(Fault::new("ground-empty", "", 0));
    }
    match plot.pyramid.matter {
        Matter::Mesh => mesh(&Mesh::parse(&unpacked)?, plot),
        Matter::Heights(rule) => Ok(heights(&terrainrgb::decode(&unpacked, &rule)?, &rule, plot)),
        Matter::Vectors => {
            let tile = mvt::Tile::parse(&unpacked)?;
            Ok(vectors::made(tile, plot, under))
        }
    }
}

fn mesh(mesh: &Mesh, plot: &Plot) -> Result<Made, Fault> {
    let from_bounds = plot.pyramid.tile_bounds_deg(plot.from);
    let share = |at: u16| f64::from(at) / f64::from(MAX_COORDINATE);
    let [low, high] = mesh.heights_m;
    let (low, high) = (low.min(high), low.max(high));
    // A tile that reaches out of the Earth, or into its core, is broken, whatever its checksum says.
    if !(-100_000.0..=100_000.0).contains(&low) || !(-100_000.0..=100_000.0).contains(&high) {
        return Err(Fault::new(
            "quantized-mesh-number",
            "maximumHeight",
            format!("{low} … {high}"),
        ));
    }
    let places: Vec<[f64; 3]> = mesh
        .vertices
        .iter()
        .map(|[u, v, h]| [share(*u), share(*v), low + (high - low) * share(*h)])
        .collect();
    let water = match &mesh.water {
        None => Vec::new(),
        Some(Water::All(value)) => vec![f32::from(*value) / 255.0; places.len()],
        Some(Water::Mask(mask)) => places.iter().map(|place| masked(mask, place)).collect(),
    };
    let sheet = Sheet {
        places,
        normals: mesh.normals.clone().unwrap_or_default(),
        water,
        triangles: mesh.indices.as_chunks::<3>().0.to_vec(),
    };
    let part = plot.spot.part_of(plot.from);
    let sheet = sheet.cut(part);
    let [west, south, east, north] = from_bounds;
    // Inside a tile degrees are shared out evenly, in Mercator too.
    let lonlat = |u: f64, v: f64| {
        let (u, v) = (
            part[0] + u * (part[2] - part[0]),
            part[1] + v * (part[3] - part[1]),
        );
        [west + u * (east - west), south + v * (north - south)]
    };
    let below = if plot.from == plot.spot {
        mesh.available.clone()
    } else {
        Vec::new()
    };
    Ok(Made {
        below,
        ..ground(&sheet, lonlat, plot, 0.0)
    })
}

/// How much of a place is water.
fn masked(mask: &[u8], [u, v, _]: &[f64; 3]) -> f32 {
    let pixel = |share: f64| ((share * WATER_SIDE as f64) as usize).min(WATER_SIDE - 1);
    mask.get(pixel(1.0 - v) * WATER_SIDE + pixel(*u))
        .map_or(0.0, |value| f32::from(*value) / 255.0)
}

fn heights(heights: &Heights, rule: &Rule, plot: &Plot) -> Made {
    let part = plot.spot.part_of(plot.from);
    let side = heights.columns.max(heights.rows) as f64;
    let cells = ((side * (part[2] - part[0])).round() as usize).clamp(LEAST_CELLS, CELLS);
    let geoid = Geoid::approximate_france();
    let bounds = plot.bounds_deg();
    let lonlat = |u: f64, v: f64| mercator_between(bounds, u, v);
    let mut places = Vec::with_capacity((cells + 1) * (cells + 1));
    let mut known = Vec::with_capacity(places.capacity());
    for row in 0..=cells {
        for column in 0..=cells {
            let (u, v) = (column as f64 / cells as f64, row as f64 / cells as f64);
            let at = [
                part[0] + u * (part[2] - part[0]),
                part[1] + v * (part[3] - part[1]),
            ];
            let height_m = sampled(heights, rule, at);
            known.push(height_m.is_some());
            // Pictures hold heights above the sea, the globe wants them above the ellipsoid.
            let [lon, lat] = lonlat(u, v);
            places.push([
                u,
                v,
                height_m.unwrap_or(0.0) + geoid.undulation_m(LonLat::new(lon, lat)),
            ]);
        }
    }
    let mut triangles = Vec::with_capacity(2 * cells * cells);
    for row in 0..cells {
        for column in 0..cells {
            let at =
                |east: usize, north: usize| ((row + north) * (cells + 1) + column + east) as u32;
            let [a, b, c, d] = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)];
            triangles.extend([[a, b, c], [a, c, d]]);
        }
    }
    let there = |at: &u32| known.get(*at as usize).copied().unwrap_or(false);
    triangles.retain(|triangle: &[u32; 3]| triangle.iter().all(there));
    let sheet = Sheet {
        places,
        triangles,
        ..Sheet::default()
    };
    let sheet = if known.contains(&false) {
        sheet.without_loose()
    } else {
        sheet
    };
    // Pictures of neighbours may disagree at their edge by what the ground rises over a pixel.
    let [_, south, _, north] = plot.pyramid.tile_bounds_deg(plot.from);
    let pixel_m = (north - south) * super::DEGREE_M / side;
    ground(&sheet, lonlat, plot, PIXELS_DEEP * pixel_m)
}

/// The height at a place of a picture, between the middles of its pixels; none where it says none.
fn sampled(heights: &Heights, rule: &Rule, [u, v]: [f64; 2]) -> Option<f64> {
    let said = |column: usize, row: usize| {
        let height_m = heights
            .heights_m
            .get(row * heights.columns + column)
            .copied()
            .filter(|height| height.is_finite())?;
        // Black is what producers leave where they know nothing: ten kilometres deep for one rule, thirty for the other.
        let black = (*rule == Rule::MAPBOX || *rule == Rule::TERRARIUM)
            && f64::from(height_m) <= rule.base_m + 0.01;
        (!black).then_some(f64::from(height_m))
    };
    // The middle of the outermost pixel is half a pixel inside: from there the slope goes on to the edge, where the neighbour's comes to meet it.
    let along = |share: f64, count: usize| {
        let at = share * count as f64 - 0.5;
        let low = (at.max(0.0) as usize).min(count.saturating_sub(2));
        (low, (low + 1).min(count - 1), at - low as f64)
    };
    let (west, east, mut x) = along(u, heights.columns);
    let (north, south, mut y) = along(1.0 - v, heights.rows);
    if [(west, north), (east, north), (west, south), (east, south)].iter().any(|(column, row)| said(*column, *row).is_none()) {
        (x, y) = (x.clamp(0.0, 1.0), y.clamp(0.0, 1.0));
    }
    let corners = [
        (west, north, (1.0 - x) * (1.0 - y)),
        (east, north, x * (1.0 - y)),
        (west, south, (1.0 - x) * y),
        (east, south, x * y),
    ];
    let (mut sum, mut weight) = (0.0, 0.0);
    for (column, row, share) in corners {
        if let Some(height_m) = said(column, row) {
            sum += share * height_m;
            weight += share;
        }
    }
    (weight > 0.25).then(|| sum / weight)
}

/// Longitude and latitude of a share of a rectangle, evenly in Web Mercator.
pub(super) fn mercator_between([west, south, east, north]: [f64; 4], u: f64, v: f64) -> [f64; 2] {
    let up = |lat: f64| lat.to_radians().tan().asinh();
    let at = up(south) + v * (up(north) - up(south));
    [west + u * (east - west), at.sinh().atan().to_degrees()]
}

/// `least_m` is how deep skirts must hang at least.
fn ground(sheet: &Sheet, lonlat: impl Fn(f64, f64) -> [f64; 2], plot: &Plot, least_m: f64) -> Made {
    let heights_m = sheet.heights_m().filter(|_| !sheet.triangles.is_empty());
    let meshes =
        heights_m.map(|_| sheet.mesh("ground", lonlat, colour, skirt_m(&plot.pyramid, plot).max(least_m)));
    let content = TileContent {
        meshes: meshes.into_iter().collect(),
        tables: Vec::new(),
    };
    Made {
        content,
        heights_m,
        ..Made::default()
    }
}

fn skirt_m(pyramid: &Pyramid, plot: &Plot) -> f64 {
    let [_, south, _, north] = pyramid.tile_bounds_deg(plot.spot);
    ((north - south) * super::DEGREE_M * super::ERROR_SHARE * SKIRT_SHARE).min(DEEPEST_SKIRT_M)
}

/// How ground of a height looks, and water.
fn colour(height_m: f64, water: f32) -> [u8; 4] {
    let above = LAND
        .iter()
        .position(|(from, _)| *from > height_m)
        .unwrap_or(LAND.len());
    let (low, high) = (
        LAND.get(above.saturating_sub(1)),
        LAND.get(above.min(LAND.len() - 1)),
    );
    let (Some((from, a)), Some((to, b))) = (low, high) else {
        return [WATER[0], WATER[1], WATER[2], 255];
    };
    let share = if to > from {
        ((height_m - from) / (to - from)).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let mixed = |k: usize| {
        let part = |colour: &[u8; 3]| f64::from(colour.get(k).copied().unwrap_or(0));
        let land = part(a) + (part(b) - part(a)) * share;
        (land + (part(&WATER) - land) * f64::from(water.clamp(0.0, 1.0))).round() as u8
    };
    [mixed(0), mixed(1), mixed(2), 255]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_the_middles_of_pixels_heights_run_evenly() {
        let heights = Heights {
            columns: 2,
            rows: 2,
            heights_m: vec![0.0, 10.0, 20.0, f32::NAN],
        };
        let rule = Rule {
            red_m: 1.0,
            green_m: 0.0,
            blue_m: 0.0,
            base_m: 0.0,
        };
        let at = |u, v| sampled(&heights, &rule, [u, v]);
        assert_eq!(at(0.5, 0.75), Some(5.0));
        assert_eq!(at(0.0, 1.0), Some(0.0));
        assert_eq!(at(0.25, 0.5), Some(10.0));
        assert_eq!(at(1.0, 0.0), None);
        // A slope goes on to the edges, so that neighbours meet.
        let slope = Heights { columns: 4, rows: 2, heights_m: vec![5.0, 15.0, 25.0, 35.0, 5.0, 15.0, 25.0, 35.0] };
        for (u, height_m) in [(0.0, 0.0), (0.125, 5.0), (0.5, 20.0), (1.0, 40.0)] {
            assert_eq!(sampled(&slope, &rule, [u, 0.0]), Some(height_m), "{u}");
        }
        let one = Heights { columns: 1, rows: 1, heights_m: vec![7.0] };
        assert_eq!(sampled(&one, &rule, [0.0, 1.0]), Some(7.0));
        let black = Heights {
            columns: 1,
            rows: 1,
            heights_m: vec![-10_000.0],
        };
        assert_eq!(sampled(&black, &Rule::MAPBOX, [0.5, 0.5]), None);
    }

    #[test]
    fn colours_run_from_green_to_snow() {
        assert_eq!(colour(-400.0, 0.0), [176, 192, 156, 255]);
        assert_eq!(colour(9_000.0, 0.0), [236, 238, 240, 255]);
        assert_eq!(colour(100.0, 1.0), [170, 196, 214, 255]);
    }
}
