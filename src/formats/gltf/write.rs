//! Writes a [`super::TileContent`] as a GLB.
//!
//! Every mesh becomes two nodes: the outer one has the mesh's own place (`tile_from_mesh` as a matrix in full f64 digits, turned to glTF's y up), the inner one undoes the quantisation.
//! So the large numbers of an ECEF frame and the small ones of a lattice never meet in one product, and a reader gets back the same matrix, bit by bit.
//! The same content gives the same bytes.

use super::accessor::MESHOPT;
use super::container;
use super::copies;
use super::instances::{INSTANCE_FEATURES, INSTANCING};
use super::json::{
    Accessor, Asset, Buffer, BufferView, Document, FeatureIds, Material, Mesh, MeshFeatures,
    Meshopt, Node, Pbr, Primitive, Scene, TRIANGLES, value,
};
use super::metadata::{self, STRUCTURAL_METADATA};
use super::pack::{LastOrder, Lattice, Packed};
use super::{GltfFault, TileContent, TileMesh, YUP_FROM_ZUP};
use meshoptimizer_rs::Workspace;
use meshoptimizer_rs::codec::{self, IndexEncoding, VertexEncoding};
use serde_json::{Map, json};

const QUANTIZATION: &str = "KHR_mesh_quantization";
const MESH_FEATURES: &str = "EXT_mesh_features";
const ARRAY_BUFFER: u32 = 34_962;
const ELEMENT_ARRAY_BUFFER: u32 = 34_963;
pub(super) const BYTE: u32 = 5120;
pub(super) const UNSIGNED_BYTE: u32 = 5121;
pub(super) const UNSIGNED_SHORT: u32 = 5123;
const UNSIGNED_INT: u32 = 5125;
pub(super) const FLOAT: u32 = 5126;
/// Feature ids above it are no whole f32 any more, and glTF has no 32-bit integer attribute.
const MAX_FLOAT_ID: u32 = 1 << 24;

/// What a compressed view costs in JSON, roughly; a view that saves less stays plain.
const PACKED_JSON: usize = 256;

/// How to write.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteOptions {
    /// Step of the lattice positions are rounded to, metres; the error is half of it.
    ///
    /// Lattice points are whole multiples of it in the mesh's axes, so that vertices shared by two meshes of one frame stay together.
    /// A mesh wider than 65,535 steps is written in f32 instead.
    pub precision_m: f64,
    /// Compress vertices and indices with EXT_meshopt_compression, where it saves anything.
    pub compress: bool,
    /// Merge equal vertices and order triangles and vertices for the GPU's caches (and for compression).
    pub optimize: bool,
    /// Whom the content is owed to, for `asset.copyright`; several apart by semicolons, as readers show them. Empty says nothing.
    pub copyright: String,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self {
            precision_m: 0.01,
            compress: true,
            optimize: true,
            copyright: String::new(),
        }
    }
}

/// Writes a GLB. Meshes without triangles are left out; one that has copies is written once, with their places.
///
/// # Errors
/// `glb-mesh`: lengths that differ, an index or feature id out of range, a number that is not finite;
/// `glb-table`: see [`metadata`]; `gltf-limit`.
pub fn glb(content: &TileContent, options: &WriteOptions) -> Result<Vec<u8>, GltfFault> {
    Writer::default().glb(content, options)
}

/// Writes many contents one after the other; what it remembers changes no byte of them.
#[derive(Default)]
pub struct Writer {
    workspace: Workspace,
    order: LastOrder,
}

impl Writer {
    /// As [`glb`].
    ///
    /// # Errors
    /// As [`glb`].
    pub fn glb(&mut self, content: &TileContent, options: &WriteOptions) -> Result<Vec<u8>, GltfFault> {
        let mut bin = Bin {
            workspace: std::mem::take(&mut self.workspace),
            ..Bin::default()
        };
        let written = whole(content, options, &mut bin, &mut self.order);
        self.workspace = std::mem::take(&mut bin.workspace);
        written
    }
}

fn whole(
    content: &TileContent,
    options: &WriteOptions,
    bin: &mut Bin,
    order: &mut LastOrder,
) -> Result<Vec<u8>, GltfFault> {
    let mut document = Document {
        asset: Asset {
            version: "2.0".to_owned(),
            copyright: options.copyright.clone(),
            generator: "Jumeau".to_owned(),
        },
        ..Document::default()
    };
    let mut used = Used::default();
    let mut roots = Vec::new();
    let mut planted = Vec::new();
    for (number, mesh) in content.meshes.iter().enumerate() {
        check(content, number, mesh)?;
        match &mesh.copies {
            _ if mesh.indices.is_empty() => {}
            Some(copies) if copies.places.is_empty() => {}
            Some(_) => planted.push(mesh),
            None => {
                roots.push(document.nodes.len());
                add_mesh(mesh, options, &mut document, bin, &mut used, order)?;
            }
        }
    }
    roots.append(&mut copies::add(&planted, options, &mut document, bin)?);
    // Normals are quantised whenever they are bytes, which core glTF does not know.
    used.quantization |= !planted.is_empty();
    let stand_for_features = planted.iter().any(|mesh| mesh.copies.as_deref().is_some_and(|copies| !copies.features.is_empty()));
    if let Some(metadata) = metadata::write(&content.tables, bin)? {
        document
            .extensions
            .insert(STRUCTURAL_METADATA.to_owned(), metadata);
    }
    document.scene = Some(0);
    document.scenes = vec![Scene { nodes: roots }];
    for (name, is_used, required) in [
        (QUANTIZATION, used.quantization, true),
        (MESHOPT, bin.unpacked > 0, true),
        (INSTANCING, !planted.is_empty(), true),
        (INSTANCE_FEATURES, stand_for_features, false),
        (MESH_FEATURES, used.features, false),
        (STRUCTURAL_METADATA, !document.extensions.is_empty(), false),
    ] {
        if is_used {
            document.extensions_used.push(name.to_owned());
            if required {
                document.extensions_required.push(name.to_owned());
            }
        }
    }
    if !bin.bytes.is_empty() {
        document.buffers.push(Buffer {
            byte_length: bin.bytes.len(),
            ..Buffer::default()
        });
    }
    if bin.unpacked > 0 {
        // What the compressed views would fill; no reader we care for needs these bytes.
        document.buffers.push(Buffer {
            byte_length: bin.unpacked,
            extensions: Map::from_iter([(MESHOPT.to_owned(), json!({ "fallback": true }))]),
            ..Buffer::default()
        });
    }
    document.buffer_views = std::mem::take(&mut bin.views);
    let json = serde_json::to_vec(&document)
        .map_err(|error| GltfFault::new("gltf-json", "JSON", error))?;
    container::join(json, std::mem::take(&mut bin.bytes))
}

#[derive(Default)]
struct Used {
    quantization: bool,
    features: bool,
}

fn check(content: &TileContent, number: usize, mesh: &TileMesh) -> Result<(), GltfFault> {
    let fault = |value: String| {
        Err(GltfFault::new(
            "glb-mesh",
            format!("meshes[{number}] {}", mesh.name),
            value,
        ))
    };
    let count = mesh.positions.len();
    for (name, length, optional) in [
        ("normals", mesh.normals.len(), false),
        ("colors", mesh.colors.len(), true),
        ("feature_ids", mesh.feature_ids.len(), true),
        ("strokes", mesh.strokes.len(), true),
    ] {
        if length != count && !(optional && length == 0) {
            return fault(format!("{name}: {length} ≠ {count}"));
        }
    }
    if !mesh.indices.len().is_multiple_of(3) {
        return fault(format!("indices: {}", mesh.indices.len()));
    }
    if let Some(index) = mesh.indices.iter().find(|index| **index as usize >= count) {
        return fault(format!("index {index} ≥ {count}"));
    }
    if !mesh.positions.as_flattened().iter().all(|x| x.is_finite())
        || !mesh.strokes.as_flattened().iter().all(|x| x.is_finite())
        || !mesh.tile_from_mesh.is_finite()
    {
        return fault("NaN".to_owned());
    }
    let mut sets = vec![(&mesh.feature_ids, mesh.table)];
    if let Some(copies) = &mesh.copies {
        let (places, features, tints) = (copies.places.len(), copies.features.len(), copies.tints.len());
        if [features, tints].iter().any(|length| *length != 0 && *length != places) {
            return fault(format!("copies: {places}, features: {features}, tints: {tints}"));
        }
        if !copies.places.iter().all(|place| place.is_finite() && place.determinant() != 0.0) {
            return fault("copies: NaN".to_owned());
        }
        sets.push((&copies.features, copies.table));
    }
    for (ids, table) in sets {
        let rows = match table {
            Some(table) => match content.tables.get(table) {
                Some(table) => table.count,
                None => return fault(format!("table {table}")),
            },
            None => MAX_FLOAT_ID as usize + 1,
        };
        if let Some(id) = ids.iter().find(|id| **id as usize >= rows || **id > MAX_FLOAT_ID) {
            return fault(format!("feature id {id} ≥ {rows}"));
        }
    }
    Ok(())
}

/// The binary chunk while it grows, and its buffer views.
#[derive(Default)]
pub(super) struct Bin {
    bytes: Vec<u8>,
    views: Vec<BufferView>,
    /// Bytes of the fallback buffer, which has no content.
    unpacked: usize,
    workspace: Workspace,
}

impl Bin {
    fn align(&mut self, to: usize) {
        self.bytes.resize(self.bytes.len().next_multiple_of(to), 0);
    }

    /// Adds plain bytes, returns the number of their view.
    pub(super) fn view(&mut self, bytes: &[u8], align: usize) -> usize {
        self.align(align);
        self.views.push(BufferView {
            buffer: 0,
            byte_offset: self.bytes.len(),
            byte_length: bytes.len(),
            ..BufferView::default()
        });
        self.bytes.extend_from_slice(bytes);
        self.views.len() - 1
    }

    fn packed(
        &mut self,
        packed: &[u8],
        plain: &[u8],
        stride: usize,
        mode: &str,
        target: u32,
    ) -> usize {
        self.align(4);
        let meshopt = Meshopt {
            buffer: 0,
            byte_offset: self.bytes.len(),
            byte_length: packed.len(),
            byte_stride: stride,
            count: plain.len() / stride,
            mode: mode.to_owned(),
            filter: None,
        };
        self.bytes.extend_from_slice(packed);
        self.views.push(BufferView {
            buffer: 1,
            byte_offset: self.unpacked,
            byte_length: plain.len(),
            byte_stride: (target == ARRAY_BUFFER).then_some(stride),
            target: Some(target),
            extensions: Map::from_iter([(MESHOPT.to_owned(), value(&meshopt))]),
        });
        self.unpacked = (self.unpacked + plain.len()).next_multiple_of(8);
        self.views.len() - 1
    }

    pub(super) fn attribute(
        &mut self,
        plain: &[u8],
        stride: usize,
        compress: bool,
    ) -> Result<usize, GltfFault> {
        if compress {
            let encoding = VertexEncoding::new(0, 0).map_err(|error| codec_fault(&error))?;
            let count = plain.len() / stride;
            let packed =
                codec::encode_vertex_buffer(plain, count, stride, encoding, &mut self.workspace)
                    .map_err(|error| codec_fault(&error))?;
            return Ok(self.packed(&packed, plain, stride, "ATTRIBUTES", ARRAY_BUFFER));
        }
        let number = self.view(plain, 4);
        if let Some(view) = self.views.last_mut() {
            view.byte_stride = Some(stride);
            view.target = Some(ARRAY_BUFFER);
        }
        Ok(number)
    }

    pub(super) fn indices(
        &mut self,
        indices: &[u32],
        short: bool,
        compress: bool,
    ) -> Result<usize, GltfFault> {
        let mut plain = Vec::with_capacity(indices.len() * 4);
        for index in indices {
            if short {
                // `short` says that all fit.
                plain.extend_from_slice(&(*index as u16).to_le_bytes());
            } else {
                plain.extend_from_slice(&index.to_le_bytes());
            }
        }
        if compress {
            let packed =
                codec::encode_index_buffer(indices, IndexEncoding::DEFAULT, &mut self.workspace)
                    .map_err(|error| codec_fault(&error))?;
            let stride = if short { 2 } else { 4 };
            if packed.len() + PACKED_JSON < plain.len() {
                return Ok(self.packed(&packed, &plain, stride, "TRIANGLES", ELEMENT_ARRAY_BUFFER));
            }
        }
        let number = self.view(&plain, 4);
        if let Some(view) = self.views.last_mut() {
            view.target = Some(ELEMENT_ARRAY_BUFFER);
        }
        Ok(number)
    }
}

pub(super) fn codec_fault(error: &dyn std::fmt::Display) -> GltfFault {
    GltfFault::new("gltf-meshopt", "", error)
}

fn add_mesh(
    mesh: &TileMesh,
    options: &WriteOptions,
    document: &mut Document,
    bin: &mut Bin,
    used: &mut Used,
    order: &mut LastOrder,
) -> Result<(), GltfFault> {
    let lattice = Lattice::of(&mesh.positions, options.precision_m);
    let wide_ids = mesh.feature_ids.iter().any(|id| *id > u32::from(u16::MAX));
    let packed = Packed::of(mesh, lattice.as_ref(), wide_ids);
    let (packed, indices) = if options.optimize {
        packed.optimized(&mesh.indices, &mut bin.workspace, order)?
    } else {
        (packed, mesh.indices.clone())
    };
    let count = packed.positions.len() / packed.position_stride();

    let mut attributes = Map::new();
    let mut accessor = |view: usize,
                        component_type,
                        normalized,
                        kind: &str,
                        bounds: Option<(Vec<f64>, Vec<f64>)>| {
        let (min, max) = bounds.unzip();
        document.accessors.push(Accessor {
            buffer_view: Some(view),
            component_type,
            normalized,
            count,
            kind: kind.to_owned(),
            min,
            max,
            ..Accessor::default()
        });
        json!(document.accessors.len() - 1)
    };
    let stride = packed.position_stride();
    let view = bin.attribute(&packed.positions, stride, options.compress)?;
    let component = if lattice.is_some() {
        UNSIGNED_SHORT
    } else {
        FLOAT
    };
    let bounds = packed.bounds();
    attributes.insert(
        "POSITION".into(),
        accessor(view, component, false, "VEC3", Some(bounds)),
    );
    let view = bin.attribute(&packed.normals, 4, options.compress)?;
    attributes.insert("NORMAL".into(), accessor(view, BYTE, true, "VEC3", None));
    if !packed.colors.is_empty() {
        let view = bin.attribute(&packed.colors, 8, options.compress)?;
        attributes.insert(
            "COLOR_0".into(),
            accessor(view, UNSIGNED_SHORT, true, "VEC4", None),
        );
    }
    if !packed.strokes.is_empty() {
        let view = bin.attribute(&packed.strokes, 16, options.compress)?;
        attributes.insert(super::STROKE.into(), accessor(view, FLOAT, false, "VEC4", None));
    }
    let mut extensions = Map::new();
    if !packed.ids.is_empty() {
        let view = bin.attribute(&packed.ids, 4, options.compress)?;
        let component = if wide_ids { FLOAT } else { UNSIGNED_SHORT };
        attributes.insert(
            "_FEATURE_ID_0".into(),
            accessor(view, component, false, "SCALAR", None),
        );
        let mut distinct = mesh.feature_ids.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let features = MeshFeatures {
            feature_ids: vec![FeatureIds {
                feature_count: distinct.len() as u64,
                attribute: Some(0),
                property_table: mesh.table,
                ..FeatureIds::default()
            }],
        };
        extensions.insert(MESH_FEATURES.to_owned(), value(&features));
        used.features = true;
    }
    // 65,535 would mean "restart" for 16-bit indices.
    let short = count <= usize::from(u16::MAX);
    let view = bin.indices(&indices, short, options.compress)?;
    document.accessors.push(Accessor {
        buffer_view: Some(view),
        component_type: if short { UNSIGNED_SHORT } else { UNSIGNED_INT },
        count: indices.len(),
        kind: "SCALAR".to_owned(),
        ..Accessor::default()
    });
    let primitive = Primitive {
        attributes,
        indices: Some(document.accessors.len() - 1),
        material: Some(document.materials.len()),
        mode: TRIANGLES,
        targets: None,
        extensions,
    };
    // Normals are quantised whenever they are bytes, which core glTF does not know.
    used.quantization = true;

    let translucent = mesh.colors.iter().any(|[_, _, _, alpha]| *alpha < 255);
    document.materials.push(Material {
        name: mesh.name.clone(),
        pbr_metallic_roughness: Some(Pbr {
            base_color_factor: None,
            base_color_texture: None,
            metallic_factor: Some(0.0),
            roughness_factor: None,
        }),
        alpha_mode: translucent.then(|| "BLEND".to_owned()),
        alpha_cutoff: None,
        double_sided: mesh.double_sided,
        ..Material::default()
    });
    let place = YUP_FROM_ZUP * mesh.tile_from_mesh;
    let outer = document.nodes.len();
    document.nodes.push(Node {
        name: mesh.name.clone(),
        matrix: (place != glam::DMat4::IDENTITY).then(|| {
            place
                .to_cols_array()
                .map(|x| if x == 0.0 { 0.0 } else { x })
        }),
        ..Node::default()
    });
    let in_outer = &mut document.nodes[outer];
    match lattice {
        Some(lattice) => {
            in_outer.children = vec![outer + 1];
            document.nodes.push(Node {
                mesh: Some(document.meshes.len()),
                translation: Some(lattice.origin),
                scale: Some([lattice.step; 3]),
                ..Node::default()
            });
        }
        None => in_outer.mesh = Some(document.meshes.len()),
    }
    document.meshes.push(Mesh {
        name: mesh.name.clone(),
        primitives: vec![primitive],
        ..Mesh::default()
    });
    Ok(())
}
