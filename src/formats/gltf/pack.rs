//! Vertices as bytes: rounded to a lattice, merged, in the order a GPU likes.

use super::write::codec_fault;
use super::{GltfFault, TileMesh, linear_from_srgb};
use meshoptimizer_rs::{Workspace, optimize_vertex_cache, optimize_vertex_fetch_remap};
use std::sync::LazyLock;

/// The bytes of sRGB as linear 16 bits; 256 powers are too dear for each of a hundred thousand meshes.
static LINEAR: LazyLock<[u16; 256]> =
    LazyLock::new(|| std::array::from_fn(|byte| (linear_from_srgb(byte as u8) * 65_535.0).round() as u16));

/// Whole steps from an origin that is itself a whole number of steps.
pub(super) struct Lattice {
    pub origin: [f64; 3],
    pub step: f64,
}

impl Lattice {
    pub fn of(positions: &[[f32; 3]], step: f64) -> Option<Self> {
        if !(step > 0.0 && step.is_finite()) {
            return None;
        }
        let mut origin = [0.0; 3];
        for (axis, slot) in origin.iter_mut().enumerate() {
            let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
            for position in positions {
                min = min.min(f64::from(position[axis]));
                max = max.max(f64::from(position[axis]));
            }
            let first = (min / step).floor();
            if (max / step).ceil() - first > 65_535.0 {
                return None;
            }
            // Adding zero turns a negative zero into a positive one.
            *slot = first * step + 0.0;
        }
        Some(Self { origin, step })
    }

    fn place(&self, x: f32, axis: usize) -> u16 {
        // A cast saturates, so that rounding at the far end cannot wrap.
        ((f64::from(x) - self.origin[axis]) / self.step).round() as u16
    }
}

/// The order of the last mesh's triangles: tiles of dry ground have the same triangles one after the other, and finding their order is half of writing them.
#[derive(Default)]
pub(super) struct LastOrder {
    of: Vec<u32>,
    vertices: usize,
    ordered: Vec<u32>,
}

impl LastOrder {
    /// Triangles ordered for the vertex cache.
    fn of(&mut self, indices: Vec<u32>, vertices: usize, workspace: &mut Workspace) -> Result<&[u32], GltfFault> {
        if self.vertices != vertices || self.of != indices {
            self.ordered = optimize_vertex_cache(&indices, vertices, workspace).map_err(|error| codec_fault(&error))?;
            (self.of, self.vertices) = (indices, vertices);
        }
        Ok(&self.ordered)
    }
}

/// Vertex attributes as bytes, each with its own stride (a multiple of four).
pub(super) struct Packed {
    /// Three u16 and two bytes of nothing, or three f32.
    pub positions: Vec<u8>,
    quantized: bool,
    /// Three i8 and a byte of nothing.
    pub normals: Vec<u8>,
    /// Four u16, linear; or none.
    pub colors: Vec<u8>,
    /// One u16 and two bytes of nothing, or one f32; or none.
    pub ids: Vec<u8>,
    /// Four f32; or none.
    pub strokes: Vec<u8>,
}

impl Packed {
    pub fn of(mesh: &TileMesh, lattice: Option<&Lattice>, wide_ids: bool) -> Self {
        let count = mesh.positions.len();
        let mut packed = Self {
            positions: Vec::with_capacity(count * 12),
            quantized: lattice.is_some(),
            normals: Vec::with_capacity(count * 4),
            colors: Vec::with_capacity(mesh.colors.len() * 8),
            ids: Vec::with_capacity(mesh.feature_ids.len() * 4),
            strokes: mesh.strokes.iter().flatten().flat_map(|part| part.to_le_bytes()).collect(),
        };
        for position in &mesh.positions {
            match lattice {
                Some(lattice) => {
                    for (axis, x) in position.iter().enumerate() {
                        packed
                            .positions
                            .extend_from_slice(&lattice.place(*x, axis).to_le_bytes());
                    }
                    packed.positions.extend_from_slice(&[0, 0]);
                }
                None => {
                    for x in position {
                        packed.positions.extend_from_slice(&x.to_le_bytes());
                    }
                }
            }
        }
        for normal in &mesh.normals {
            packed
                .normals
                .extend_from_slice(&byte_normal(*normal).map(|x| x as u8));
            packed.normals.push(0);
        }
        for [r, g, b, alpha] in &mesh.colors {
            for part in [r, g, b] {
                let part = LINEAR.get(usize::from(*part)).copied().unwrap_or(0);
                packed.colors.extend_from_slice(&part.to_le_bytes());
            }
            packed
                .colors
                .extend_from_slice(&(u16::from(*alpha) * 257).to_le_bytes());
        }
        for id in &mesh.feature_ids {
            if wide_ids {
                packed.ids.extend_from_slice(&(*id as f32).to_le_bytes());
            } else {
                packed.ids.extend_from_slice(&(*id as u16).to_le_bytes());
                packed.ids.extend_from_slice(&[0, 0]);
            }
        }
        packed
    }

    pub fn position_stride(&self) -> usize {
        if self.quantized { 8 } else { 12 }
    }

    /// Merges equal vertices, orders triangles for the vertex cache and vertices by first use.
    pub fn optimized(
        &self,
        indices: &[u32],
        workspace: &mut Workspace,
        order: &mut LastOrder,
    ) -> Result<(Self, Vec<u32>), GltfFault> {
        let streams: Vec<(&[u8], usize)> = [
            (self.positions.as_slice(), self.position_stride()),
            (&self.normals, 4),
            (&self.colors, 8),
            (&self.ids, 4),
            (&self.strokes, 16),
        ]
        .into_iter()
        .filter(|(bytes, _)| !bytes.is_empty())
        .collect();
        let keys = streams
            .iter()
            .map(|(bytes, stride)| meshoptimizer_rs::VertexStream::packed(bytes, *stride))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| codec_fault(&error))?;
        let merged = meshoptimizer_rs::generate_vertex_remap_multi(Some(indices), &keys, workspace)
            .map_err(|error| codec_fault(&error))?;
        let once: Vec<u32> = indices
            .iter()
            .map(|index| merged.remap.get(*index as usize).copied().unwrap_or(0))
            .collect();
        let ordered = order.of(once, merged.vertex_count, workspace)?;
        let fetch = optimize_vertex_fetch_remap(ordered, merged.vertex_count, workspace)
            .map_err(|error| codec_fault(&error))?;
        let new_of = |old: u32| fetch.remap.get(old as usize).copied().unwrap_or(u32::MAX);
        let indices = ordered.iter().map(|old| new_of(*old)).collect();
        let moved = |bytes: &[u8], stride: usize| {
            let mut out = vec![
                0;
                if bytes.is_empty() {
                    0
                } else {
                    fetch.vertex_count * stride
                }
            ];
            for (vertex, merged) in bytes.chunks_exact(stride).zip(&merged.remap) {
                let at = new_of(*merged) as usize;
                if let Some(slot) = at
                    .checked_mul(stride)
                    .and_then(|from| out.get_mut(from..from.checked_add(stride)?))
                {
                    slot.copy_from_slice(vertex);
                }
            }
            out
        };
        Ok((
            Self {
                positions: moved(&self.positions, self.position_stride()),
                quantized: self.quantized,
                normals: moved(&self.normals, 4),
                colors: moved(&self.colors, 8),
                ids: moved(&self.ids, 4),
                strokes: moved(&self.strokes, 16),
            },
            indices,
        ))
    }

    /// Smallest and largest position as it stands in the file.
    pub fn bounds(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut min, mut max) = (vec![f64::INFINITY; 3], vec![f64::NEG_INFINITY; 3]);
        for vertex in self.positions.chunks_exact(self.position_stride()) {
            let size = if self.quantized { 2 } else { 4 };
            for (axis, bytes) in vertex.chunks_exact(size).take(3).enumerate() {
                let x = match *bytes {
                    [a, b] => f64::from(u16::from_le_bytes([a, b])),
                    [a, b, c, d] => f64::from(f32::from_le_bytes([a, b, c, d])),
                    _ => continue,
                };
                min[axis] = min[axis].min(x);
                max[axis] = max[axis].max(x);
            }
        }
        (min, max)
    }
}

/// The direction as signed bytes; up when it has none.
fn byte_normal(normal: [f32; 3]) -> [i8; 3] {
    let length = normal.iter().map(|x| x * x).sum::<f32>().sqrt();
    if !(length.is_finite() && length > 1e-20) {
        return [0, 127, 0];
    }
    normal.map(|x| (x / length * 127.0).round() as i8)
}
