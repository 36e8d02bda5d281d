//! Quantized-mesh terrain: ground as triangles in tiles, and the `layer.json` that says where they are.
//!
//! Source: CesiumGS "quantized-mesh" specification, version 1.0, with the extensions oct-encoded normals, water mask and metadata.

pub mod layer;

pub use layer::{Layer, Range, Scheme};

use super::{Fault, packed};
use crate::geodesy::{Ecef, LonLatH};

/// Largest tile read, bytes, unpacked.
pub const MAX_BYTES: usize = 64 << 20;
/// Most vertices of a tile.
pub const MAX_VERTICES: usize = 4 << 20;
/// The largest coordinate: the eastern edge, the northern edge, the highest point.
pub const MAX_COORDINATE: u16 = 32_767;
/// Pixels of a water mask's side.
pub const WATER_SIDE: usize = 256;
/// Most extensions of one tile, known or not.
const MAX_EXTENSIONS: usize = 256;

/// One tile of ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Mesh {
    /// Of the tile, where shapes may be reckoned from.
    pub centre: Ecef,
    /// Lowest and highest ellipsoidal height, metres.
    pub heights_m: [f64; 2],
    pub sphere_centre: Ecef,
    pub sphere_radius_m: f64,
    /// In units of the ellipsoid's radii; below the horizon means the tile is.
    pub horizon: [f64; 3],
    /// West to east, south to north, low to high, 0 to [`MAX_COORDINATE`].
    pub vertices: Vec<[u16; 3]>,
    /// Three for each triangle, counter-clockwise from above.
    pub indices: Vec<u32>,
    /// Vertices on the edges: west, south, east, north.
    pub edges: [Vec<u32>; 4],
    /// One for each vertex, unit vectors in ECEF.
    pub normals: Option<Vec<[f32; 3]>>,
    pub water: Option<Water>,
    /// Tiles that exist below this one, by level, the next level first.
    pub available: Vec<Vec<Range>>,
    /// Coordinates beyond the tile that were put on its edge.
    pub clamped: usize,
    /// Numbers of the extensions that were passed over.
    pub unknown: Vec<u8>,
}

/// 0 is land, 255 is water.
#[derive(Clone, Debug, PartialEq)]
pub enum Water {
    All(u8),
    /// [`WATER_SIDE`] rows from the north, each from the west.
    Mask(Vec<u8>),
}

impl Mesh {
    /// Reads a tile, packed with gzip or not.
    ///
    /// # Errors
    /// `quantized-mesh-packed`, `quantized-mesh-short` with the place, `quantized-mesh-limit`, `quantized-mesh-number`, `quantized-mesh-index`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let bytes = packed::unpacked(bytes, MAX_BYTES).map_err(|why| Fault::new("quantized-mesh-packed", "", why))?;
        if bytes.len() > MAX_BYTES {
            return Err(Fault::new("quantized-mesh-limit", "", bytes.len()));
        }
        let mut bytes = Bytes { bytes: &bytes, at: 0 };
        let centre = bytes.triple("centre")?;
        let heights_m = [f64::from(bytes.f32("minimumHeight")?), f64::from(bytes.f32("maximumHeight")?)];
        let sphere_centre = bytes.triple("boundingSphere")?;
        let sphere_radius_m = bytes.f64("boundingSphere")?;
        let horizon = bytes.triple("horizonOcclusionPoint")?;
        let numbers = [centre, sphere_centre, horizon].into_iter().flatten().chain(heights_m).chain([sphere_radius_m]);
        if let Some(bad) = numbers.into_iter().find(|number| !number.is_finite()) {
            return Err(Fault::new("quantized-mesh-number", "header", bad));
        }

        let count = bytes.count("vertexData", 6)?;
        if count > MAX_VERTICES {
            return Err(Fault::new("quantized-mesh-limit", "vertexData", count));
        }
        let mut vertices = vec![[0_u16; 3]; count];
        let mut clamped = 0;
        for axis in 0..3 {
            // Each is the difference to the one before, small ones in few bits.
            let mut value = 0_i32;
            for vertex in &mut vertices {
                let step = i32::from(bytes.u16("vertexData")?);
                value = value.wrapping_add((step >> 1) ^ -(step & 1));
                let inside = value.clamp(0, i32::from(MAX_COORDINATE));
                clamped += usize::from(inside != value);
                if let Some(slot) = vertex.get_mut(axis) {
                    *slot = inside as u16;
                }
            }
        }

        let wide = count > 1 << 16;
        let width = if wide { 4 } else { 2 };
        bytes.align(width);
        let triangles = bytes.count("indexData", 3 * width)?;
        let mut indices = Vec::with_capacity(3 * triangles);
        let mut highest = 0_u32;
        for number in 0..3 * triangles {
            // Counted down from the next new vertex, which most are. Encoders that have not put the vertices in order of use count below 0,
            // which goes round in the width of an index.
            let code = bytes.index(wide, "indexData")?;
            let round = highest.wrapping_sub(code);
            let index = if wide { round } else { round & 0xFFFF };
            if index as usize >= count {
                return Err(Fault::new("quantized-mesh-index", format!("indexData[{number}]"), index));
            }
            indices.push(index);
            highest += u32::from(code == 0);
        }
        let mut edges: [Vec<u32>; 4] = Default::default();
        for (edge, name) in edges.iter_mut().zip(["westIndices", "southIndices", "eastIndices", "northIndices"]) {
            let length = bytes.count(name, width)?;
            for number in 0..length {
                let index = bytes.index(wide, name)?;
                if index as usize >= count {
                    return Err(Fault::new("quantized-mesh-index", format!("{name}[{number}]"), index));
                }
                edge.push(index);
            }
        }

        let mut mesh = Self {
            centre: Ecef(centre.into()),
            heights_m,
            sphere_centre: Ecef(sphere_centre.into()),
            sphere_radius_m,
            horizon,
            vertices,
            indices,
            edges,
            normals: None,
            water: None,
            available: Vec::new(),
            clamped,
            unknown: Vec::new(),
        };
        for _ in 0..MAX_EXTENSIONS {
            if bytes.at >= bytes.bytes.len() {
                break;
            }
            let id = bytes.u8("extension")?;
            let length = bytes.u32("extension")?;
            // Before the octahedron came, lengths were written the other way round.
            let left = bytes.bytes.len().saturating_sub(bytes.at);
            let turned = length.swap_bytes() as usize;
            let length = if length as usize > left && turned <= left { turned } else { length as usize };
            let data = bytes.take(length, "extension")?;
            mesh.extension(id, data)?;
        }
        Ok(mesh)
    }

    fn extension(&mut self, id: u8, data: &[u8]) -> Result<(), Fault> {
        match id {
            1 => {
                let pairs = data.as_chunks::<2>().0;
                if pairs.len() < self.vertices.len() {
                    return Err(Fault::new("quantized-mesh-short", "octvertexnormals", data.len()));
                }
                self.normals = Some(pairs.iter().take(self.vertices.len()).map(|[x, y]| normal(*x, *y)).collect());
            }
            2 => match data {
                [all] => self.water = Some(Water::All(*all)),
                mask if mask.len() == WATER_SIDE * WATER_SIDE => self.water = Some(Water::Mask(mask.to_vec())),
                other => return Err(Fault::new("quantized-mesh-short", "watermask", other.len())),
            },
            4 => {
                let length = data.first_chunk::<4>().map(|four| u32::from_le_bytes(*four) as usize);
                let json = length.and_then(|length| data.get(4..4_usize.checked_add(length)?));
                // Some encoders leave the inner length out.
                let json = json.or(Some(data).filter(|data| data.starts_with(b"{")));
                let json = json.ok_or_else(|| Fault::new("quantized-mesh-short", "metadata", data.len()))?;
                self.available = layer::available(json)?;
            }
            other => self.unknown.push(other),
        }
        Ok(())
    }

    /// Where a vertex is, in a tile of these bounds (west, south, east, north in degrees).
    pub fn place(&self, vertex: [u16; 3], bounds_deg: [f64; 4]) -> LonLatH {
        let [west, south, east, north] = bounds_deg;
        let [low, high] = self.heights_m;
        let mixed = |from: f64, to: f64, at: u16| from + (to - from) * f64::from(at) / f64::from(MAX_COORDINATE);
        LonLatH::new(mixed(west, east, vertex[0]), mixed(south, north, vertex[1]), mixed(low, high, vertex[2]))
    }
}

/// A unit vector from two bytes: the octahedron unfolded onto a square (Z. Cigolle and others, 2014).
fn normal(x: u8, y: u8) -> [f32; 3] {
    let signed = |byte: u8| f32::from(byte) / 255.0 * 2.0 - 1.0;
    let (mut x, mut y) = (signed(x), signed(y));
    let z = 1.0 - x.abs() - y.abs();
    if z < 0.0 {
        // The lower half is folded outwards.
        let side = |value: f32| if value < 0.0 { -1.0 } else { 1.0 };
        (x, y) = ((1.0 - y.abs()) * side(x), (1.0 - x.abs()) * side(y));
    }
    let length = (x * x + y * y + z * z).sqrt();
    [x / length, y / length, z / length]
}

struct Bytes<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Bytes<'b> {
    fn take(&mut self, length: usize, name: &str) -> Result<&'b [u8], Fault> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| Fault::new("quantized-mesh-short", name, self.bytes.len()))?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, name: &str) -> Result<[u8; N], Fault> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, name)?);
        Ok(array)
    }

    fn align(&mut self, width: usize) {
        self.at = self.at.next_multiple_of(width);
    }

    fn u8(&mut self, name: &str) -> Result<u8, Fault> {
        self.array(name).map(|[byte]| byte)
    }

    fn u16(&mut self, name: &str) -> Result<u16, Fault> {
        self.array(name).map(u16::from_le_bytes)
    }

    fn u32(&mut self, name: &str) -> Result<u32, Fault> {
        self.array(name).map(u32::from_le_bytes)
    }

    fn f32(&mut self, name: &str) -> Result<f32, Fault> {
        self.array(name).map(f32::from_le_bytes)
    }

    fn f64(&mut self, name: &str) -> Result<f64, Fault> {
        self.array(name).map(f64::from_le_bytes)
    }

    fn triple(&mut self, name: &str) -> Result<[f64; 3], Fault> {
        Ok([self.f64(name)?, self.f64(name)?, self.f64(name)?])
    }

    fn index(&mut self, wide: bool, name: &str) -> Result<u32, Fault> {
        if wide { self.u32(name) } else { self.u16(name).map(u32::from) }
    }

    /// A number of things of so many bytes each, which must be there: nothing is reserved on a stranger's word.
    fn count(&mut self, name: &str, width: usize) -> Result<usize, Fault> {
        let count = self.u32(name)? as usize;
        let left = self.bytes.len() - self.at.min(self.bytes.len());
        if count.checked_mul(width).is_none_or(|length| length > left) {
            return Err(Fault::new("quantized-mesh-short", name, count));
        }
        Ok(count)
    }
}
