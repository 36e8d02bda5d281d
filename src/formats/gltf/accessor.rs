//! Buffers, buffer views and accessors: from indices in JSON to plain arrays, every step checked.

use super::container::{Container, data_uri};
use super::draco;
use super::json::{Accessor, Document, Meshopt, Schema, StructuralMetadata, extension};
use super::{GltfFault, Limits};
use meshoptimizer_rs::codec::{self, Filter, Mode};
use meshoptimizer_rs::{Limits as CodecLimits, Workspace};
use std::borrow::Cow;
use std::collections::BTreeMap;

pub const MESHOPT: &str = "EXT_meshopt_compression";

/// Fetches an external buffer by its URI as it stands in the document; `None` when it cannot be had.
pub type Resources<'r> = dyn FnMut(&str) -> Option<Vec<u8>> + 'r;

/// The binary side of a document.
pub struct Store<'a> {
    pub document: &'a Document,
    /// Why a buffer is missing is told only to who needs it.
    buffers: Vec<Result<Cow<'a, [u8]>, GltfFault>>,
    /// Decompressed buffer views.
    decoded: Vec<Option<Vec<u8>>>,
    /// Accessors that Draco decompressed, tight.
    unpacked: BTreeMap<usize, Vec<u8>>,
    /// The schema that the document has beside itself (`schemaUri`).
    pub schema: Option<Schema>,
}

/// Largest schema that is read, bytes.
const MAX_SCHEMA_BYTES: usize = 8 << 20;

impl<'a> Store<'a> {
    /// Finds all buffers and decompresses all compressed views.
    ///
    /// # Errors
    /// `gltf-limit`, `gltf-meshopt`, and the faults of a compressed view's buffer.
    pub fn open(
        container: &'a Container<'a>,
        limits: &Limits,
        resources: &mut Resources<'_>,
    ) -> Result<Self, GltfFault> {
        let document = &container.document;
        let mut external = 0_usize;
        let mut buffers = Vec::with_capacity(document.buffers.len());
        for (number, buffer) in document.buffers.iter().enumerate() {
            let object = || format!("buffers[{number}]");
            let bytes: Option<Cow<'a, [u8]>> = match &buffer.uri {
                None if number == 0 => container.bin.map(Cow::Borrowed),
                None => None,
                Some(uri) if uri.starts_with("data:") => data_uri(uri).map(Cow::Owned),
                Some(uri) => resources(uri).map(Cow::Owned),
            };
            if let Some(Cow::Owned(bytes)) = &bytes {
                external = external.saturating_add(bytes.len());
                if external > limits.file_bytes {
                    return Err(GltfFault::new("gltf-limit", "file_bytes", external));
                }
            }
            buffers.push(match bytes {
                Some(bytes) if bytes.len() >= buffer.byte_length => Ok(bytes),
                Some(bytes) => Err(GltfFault::new(
                    "gltf-buffer-short",
                    object(),
                    format!("{} < {}", bytes.len(), buffer.byte_length),
                )),
                None => Err(GltfFault::new(
                    "gltf-buffer-missing",
                    object(),
                    buffer.uri.as_deref().map_or("", |uri| {
                        if uri.starts_with("data:") {
                            "data:"
                        } else {
                            uri
                        }
                    }),
                )),
            });
        }
        let mut store = Self {
            document,
            buffers,
            decoded: Vec::new(),
            unpacked: BTreeMap::new(),
            schema: None,
        };
        // A schema that cannot be had leaves columns without a type, which are passed over.
        let outside = document_extension::<StructuralMetadata>(document, super::metadata::STRUCTURAL_METADATA).filter(|metadata| metadata.schema.is_none()).and_then(|metadata| metadata.schema_uri);
        store.schema = outside
            .and_then(|uri| if uri.starts_with("data:") { data_uri(&uri) } else { resources(&uri) })
            .filter(|bytes| bytes.len() <= MAX_SCHEMA_BYTES)
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        store.decoded = store.decompress(limits)?;
        store.unpacked = draco::unpack(&store, document, limits)?;
        Ok(store)
    }

    fn decompress(&self, limits: &Limits) -> Result<Vec<Option<Vec<u8>>>, GltfFault> {
        let mut workspace = Workspace::new(CodecLimits {
            max_bytes: limits.decoded_bytes,
            max_work: (limits.decoded_bytes as u64).saturating_mul(4),
        });
        let mut total = 0_usize;
        let mut decoded = Vec::with_capacity(self.document.buffer_views.len());
        for (number, view) in self.document.buffer_views.iter().enumerate() {
            let Some(packed) = view.extensions.get(MESHOPT) else {
                decoded.push(None);
                continue;
            };
            let object = || format!("bufferViews[{number}].extensions.{MESHOPT}");
            let fault =
                |error: &dyn std::fmt::Display| GltfFault::new("gltf-meshopt", object(), error);
            let packed: Meshopt = serde::Deserialize::deserialize(packed)
                .map_err(|error: serde_json::Error| fault(&error))?;
            let layout = codec::BufferView::new(
                Mode::parse(&packed.mode).map_err(|error| fault(&error))?,
                Filter::parse(packed.filter.as_deref().unwrap_or("NONE"))
                    .map_err(|error| fault(&error))?,
                packed.count,
                packed.byte_stride,
            )
            .map_err(|error| fault(&error))?;
            layout
                .validate_parent(view.byte_length, view.byte_stride)
                .map_err(|error| fault(&error))?;
            // Before anything is allocated: a few bytes may claim to be gigabytes.
            total = total.saturating_add(layout.byte_length());
            if total > limits.decoded_bytes {
                return Err(GltfFault::new("gltf-limit", "decoded_bytes", total));
            }
            let source = self.slice(
                packed.buffer,
                packed.byte_offset,
                packed.byte_length,
                &object,
            )?;
            decoded.push(Some(
                layout
                    .decode(source, &mut workspace)
                    .map_err(|error| fault(&error))?,
            ));
        }
        Ok(decoded)
    }

    fn slice(
        &self,
        buffer: usize,
        offset: usize,
        length: usize,
        object: &dyn Fn() -> String,
    ) -> Result<&[u8], GltfFault> {
        let bytes = match self.buffers.get(buffer) {
            Some(Ok(bytes)) => bytes,
            Some(Err(fault)) => return Err(fault.clone()),
            None => {
                return Err(GltfFault::new(
                    "gltf-index",
                    object(),
                    format!("buffer {buffer}"),
                ));
            }
        };
        offset
            .checked_add(length)
            .and_then(|end| bytes.get(offset..end))
            .ok_or_else(|| {
                GltfFault::new(
                    "gltf-view-range",
                    object(),
                    format!("{offset} + {length} > {}", bytes.len()),
                )
            })
    }

    /// The bytes of a buffer view, decompressed.
    ///
    /// # Errors
    /// `gltf-index`, `gltf-view-range`, `gltf-buffer-short`, `gltf-buffer-missing`.
    pub fn view(&self, number: usize) -> Result<&[u8], GltfFault> {
        if let Some(Some(bytes)) = self.decoded.get(number) {
            return Ok(bytes);
        }
        let object = || format!("bufferViews[{number}]");
        let view = self
            .document
            .buffer_views
            .get(number)
            .ok_or_else(|| GltfFault::new("gltf-index", object(), ""))?;
        self.slice(view.buffer, view.byte_offset, view.byte_length, &object)
    }

    /// An accessor's JSON.
    ///
    /// # Errors
    /// `gltf-index` when there is none of that number.
    pub fn accessor(&self, number: usize) -> Result<&Accessor, GltfFault> {
        self.document
            .accessors
            .get(number)
            .ok_or_else(|| GltfFault::new("gltf-index", format!("accessors[{number}]"), ""))
    }

    /// Elements of `N` components as they lie in the file, at most `limit` of them.
    fn elements<const N: usize>(
        &self,
        number: usize,
        limit: usize,
    ) -> Result<Elements<'_>, GltfFault> {
        let dense = self.dense::<N>(number, limit)?;
        match &self.accessor(number)?.sparse {
            Some(sparse) => self.replaced::<N>(number, dense, sparse),
            None => Ok(dense),
        }
    }

    /// Elements of which some are said anew, by number: the specification's sparse accessors.
    fn replaced<const N: usize>(&self, number: usize, dense: Elements<'_>, sparse: &serde_json::Value) -> Result<Elements<'_>, GltfFault> {
        let object = || format!("accessors[{number}].sparse");
        let sparse: Sparse = serde::Deserialize::deserialize(sparse).map_err(|error: serde_json::Error| GltfFault::new("gltf-accessor-type", object(), error))?;
        let size = dense.component.size() * N;
        let wide = match Component::of(sparse.indices.component_type) {
            Some(component @ (Component::U8 | Component::U16 | Component::U32)) => component.size(),
            _ => return Err(GltfFault::new("gltf-accessor-type", object(), sparse.indices.component_type)),
        };
        let part = |view: usize, offset: usize, width: usize| {
            let view = self.view(view)?;
            let end = sparse.count.checked_mul(width).and_then(|length| length.checked_add(offset));
            end.and_then(|end| view.get(offset..end)).ok_or_else(|| GltfFault::new("gltf-accessor-range", object(), sparse.count))
        };
        let indices = part(sparse.indices.buffer_view, sparse.indices.byte_offset, wide)?;
        let values = part(sparse.values.buffer_view, sparse.values.byte_offset, size)?;
        let mut bytes = vec![0; dense.count.saturating_mul(size)];
        for (slot, element) in bytes.chunks_exact_mut(size).zip(dense.bytes.chunks(dense.stride.max(1))) {
            slot.iter_mut().zip(element).for_each(|(to, from)| *to = *from);
        }
        for (index, value) in indices.chunks_exact(wide).zip(values.chunks_exact(size)) {
            let index = index.iter().rev().fold(0_usize, |index, byte| (index << 8) | usize::from(*byte));
            let slot = index.checked_mul(size).and_then(|at| bytes.get_mut(at..at.checked_add(size)?));
            slot.ok_or_else(|| GltfFault::new("gltf-accessor-range", object(), index))?.copy_from_slice(value);
        }
        Ok(Elements { bytes: Cow::Owned(bytes), stride: size, count: dense.count, component: dense.component, normalized: dense.normalized })
    }

    /// Elements without what a sparse accessor says anew.
    fn dense<const N: usize>(&self, number: usize, limit: usize) -> Result<Elements<'_>, GltfFault> {
        let accessor = self.accessor(number)?;
        let object = || format!("accessors[{number}]");
        if accessor.count > limit {
            return Err(GltfFault::new("gltf-limit", object(), accessor.count));
        }
        if components(&accessor.kind) != Some(N) {
            return Err(GltfFault::new(
                "gltf-accessor-type",
                object(),
                &accessor.kind,
            ));
        }
        let component = Component::of(accessor.component_type).ok_or_else(|| {
            GltfFault::new("gltf-accessor-type", object(), accessor.component_type)
        })?;
        let size = component.size() * N;
        if let Some(bytes) = self.unpacked.get(&number) {
            let count = bytes.len() / size;
            if count > limit {
                return Err(GltfFault::new("gltf-limit", object(), count));
            }
            return Ok(Elements {
                bytes: Cow::Borrowed(bytes.get(..count * size).unwrap_or_default()),
                stride: size,
                count,
                component,
                normalized: accessor.normalized,
            });
        }
        let Some(view_number) = accessor.buffer_view else {
            // The specification's "filled with zeros".
            return Ok(Elements {
                bytes: Cow::Borrowed(&[]),
                stride: size,
                count: accessor.count,
                component,
                normalized: accessor.normalized,
            });
        };
        let view = self.view(view_number)?;
        let stride = self
            .document
            .buffer_views
            .get(view_number)
            .and_then(|view| view.byte_stride)
            .unwrap_or(size);
        let short = || {
            GltfFault::new(
                "gltf-accessor-range",
                object(),
                format!(
                    "{} + {} × {stride} > {}",
                    accessor.byte_offset,
                    accessor.count,
                    view.len()
                ),
            )
        };
        if stride < size || stride > 65_536 {
            return Err(GltfFault::new(
                "gltf-accessor-type",
                object(),
                format!("byteStride {stride}"),
            ));
        }
        let bytes = if accessor.count == 0 {
            &[]
        } else {
            let span = (accessor.count - 1)
                .checked_mul(stride)
                .and_then(|span| span.checked_add(size))
                .and_then(|span| span.checked_add(accessor.byte_offset))
                .ok_or_else(short)?;
            view.get(accessor.byte_offset..span).ok_or_else(short)?
        };
        Ok(Elements {
            bytes: Cow::Borrowed(bytes),
            stride,
            count: accessor.count,
            component,
            normalized: accessor.normalized,
        })
    }

    /// Vectors of `N` numbers; normalised integers become `0..=1` or `-1..=1`, other integers stay what they are.
    ///
    /// # Errors
    /// As [`Self::view`], and `gltf-accessor-type`, `gltf-accessor-range`, `gltf-limit`.
    pub fn vectors<const N: usize>(
        &self,
        number: usize,
        limit: usize,
    ) -> Result<Vec<[f32; N]>, GltfFault> {
        let e = self.elements::<N>(number, limit)?;
        let scale = |max: f32| if e.normalized { 1.0 / max } else { 1.0 };
        Ok(match e.component {
            Component::I8 => {
                let s = scale(127.0);
                e.map::<1, N, _>(|[b]| {
                    (f32::from(b as i8) * s).max(if e.normalized { -1.0 } else { f32::MIN })
                })
            }
            Component::U8 => {
                let s = scale(255.0);
                e.map::<1, N, _>(|[b]| f32::from(b) * s)
            }
            Component::I16 => {
                let s = scale(32_767.0);
                e.map::<2, N, _>(|b| {
                    (f32::from(i16::from_le_bytes(b)) * s).max(if e.normalized {
                        -1.0
                    } else {
                        f32::MIN
                    })
                })
            }
            Component::U16 => {
                let s = scale(65_535.0);
                e.map::<2, N, _>(|b| f32::from(u16::from_le_bytes(b)) * s)
            }
            Component::U32 => e.map::<4, N, _>(|b| u32::from_le_bytes(b) as f32),
            Component::F32 => e.map::<4, N, _>(f32::from_le_bytes),
        })
    }

    /// Matrices of sixteen floats, column by column.
    ///
    /// # Errors
    /// As [`Self::vectors`].
    pub fn matrices(&self, number: usize, limit: usize) -> Result<Vec<glam::DMat4>, GltfFault> {
        let list = self.vectors::<16>(number, limit)?;
        Ok(list.into_iter().map(|matrix| glam::DMat4::from_cols_array(&matrix.map(f64::from))).collect())
    }

    /// Whole numbers of a scalar accessor; floats are rounded, negative numbers refused.
    ///
    /// # Errors
    /// As [`Self::vectors`].
    pub fn scalars(&self, number: usize, limit: usize) -> Result<Vec<u32>, GltfFault> {
        let e = self.elements::<1>(number, limit)?;
        let flat = |list: Vec<[u32; 1]>| list.into_iter().map(|[n]| n).collect();
        Ok(match e.component {
            Component::U8 => flat(e.map::<1, 1, _>(|[b]| u32::from(b))),
            Component::U16 => flat(e.map::<2, 1, _>(|b| u32::from(u16::from_le_bytes(b)))),
            Component::U32 => flat(e.map::<4, 1, _>(u32::from_le_bytes)),
            // A cast saturates: a negative or absurd id becomes one that no table has, or 0.
            Component::F32 => flat(e.map::<4, 1, _>(|b| f32::from_le_bytes(b).round() as u32)),
            Component::I8 => {
                flat(e.map::<1, 1, _>(|[b]| u32::try_from(b as i8).unwrap_or(u32::MAX)))
            }
            Component::I16 => {
                flat(e.map::<2, 1, _>(|b| u32::try_from(i16::from_le_bytes(b)).unwrap_or(u32::MAX)))
            }
        })
    }
}

/// The number of components of an accessor type; of matrices only the one whose columns need no filling.
pub fn components(kind: &str) -> Option<usize> {
    match kind {
        "SCALAR" => Some(1),
        "VEC2" => Some(2),
        "VEC3" => Some(3),
        "VEC4" => Some(4),
        "MAT4" => Some(16),
        _ => None,
    }
}

/// Reads the JSON of an extension of a document.
pub fn document_extension<T: for<'de> serde::Deserialize<'de>>(
    document: &Document,
    name: &str,
) -> Option<T> {
    extension(&document.extensions, name)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    I8,
    U8,
    I16,
    U16,
    U32,
    F32,
}

impl Component {
    pub fn of(number: u32) -> Option<Self> {
        Some(match number {
            5120 => Self::I8,
            5121 => Self::U8,
            5122 => Self::I16,
            5123 => Self::U16,
            5125 => Self::U32,
            5126 => Self::F32,
            _ => return None,
        })
    }

    pub fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::U32 | Self::F32 => 4,
        }
    }
}

/// What a sparse accessor says anew.
#[derive(serde::Deserialize)]
struct Sparse {
    count: usize,
    indices: SparsePart,
    values: SparsePart,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct SparsePart {
    buffer_view: usize,
    #[serde(default)]
    byte_offset: usize,
    /// Of indices only.
    #[serde(default)]
    component_type: u32,
}

/// Checked elements: `bytes` is empty (all zero) or holds `count` of them.
struct Elements<'b> {
    bytes: Cow<'b, [u8]>,
    stride: usize,
    count: usize,
    component: Component,
    normalized: bool,
}

impl Elements<'_> {
    /// `B` bytes a component, `N` components.
    fn map<const B: usize, const N: usize, T: Copy + Default>(
        &self,
        read: impl Fn([u8; B]) -> T,
    ) -> Vec<[T; N]> {
        if self.bytes.is_empty() {
            return vec![[read([0; B]); N]; self.count];
        }
        let element = |chunk: &[u8]| {
            let mut out = [T::default(); N];
            for (slot, bytes) in out.iter_mut().zip(chunk.chunks_exact(B)) {
                let mut component = [0; B];
                component.copy_from_slice(bytes);
                *slot = read(component);
            }
            out
        };
        // `chunks` and not `chunks_exact`: the last element may end before its stride does.
        self.bytes.chunks(self.stride).map(element).collect()
    }
}
