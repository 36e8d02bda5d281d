//! Writes meshes that stand at many places: `EXT_mesh_gpu_instancing` and `EXT_instance_features`, what [`super::instances`] reads.
//!
//! A tile has few such meshes, each of few vertices, at some hundred places: JSON would outweigh them. So all of them share their buffer views,
//! one of vertices, one of indices, one of places and one of tints, and the accessors of their vertices; other accessors cut out what is one mesh's.
//! Tints have a view of their own because three.js takes it as it lies.

use super::instances::{INSTANCE_FEATURES, INSTANCING, TINT};
use super::json::{Accessor, Document, FeatureIds, Material, Mesh, MeshFeatures, Node, Pbr, Primitive, TRIANGLES, value};
use super::pack::Packed;
use super::write::{BYTE, Bin, FLOAT, UNSIGNED_BYTE, UNSIGNED_SHORT, WriteOptions};
use super::{GltfFault, TileMesh, YUP_FROM_ZUP};
use glam::{DMat4, DVec3};
use serde_json::{Map, Value, json};

/// Bytes of a vertex: three f32, three signed bytes and one of nothing, four u16.
const VERTEX: usize = 24;
/// Bytes of a place: translation and scale of three f32 each, a quaternion of four signed bytes, a feature id of four.
const PLACE: usize = 32;

/// Adds meshes that all have places; returns the numbers of their outermost nodes.
///
/// # Errors
/// `glb-mesh` for a mesh with more vertices than two bytes count; those of the codec.
pub(super) fn add(meshes: &[&TileMesh], options: &WriteOptions, document: &mut Document, bin: &mut Bin) -> Result<Vec<usize>, GltfFault> {
    let Some(first) = meshes.first() else { return Ok(Vec::new()) };
    let views = views(meshes, options, bin)?;
    let material = document.materials.len();
    document.materials.push(Material {
        pbr_metallic_roughness: Some(Pbr { base_color_factor: None, base_color_texture: None, metallic_factor: Some(0.0), roughness_factor: None }),
        double_sided: first.double_sided,
        ..Material::default()
    });
    let mut roots: Vec<usize> = Vec::new();
    let mut around = None;
    let mut at = At::default();
    let vertices = vertex_attributes(meshes, &views, document);
    for mesh in meshes {
        if around != Some(mesh.tile_from_mesh) {
            around = Some(mesh.tile_from_mesh);
            roots.push(document.nodes.len());
            let place = YUP_FROM_ZUP * mesh.tile_from_mesh;
            document.nodes.push(Node {
                name: mesh.name.clone(),
                matrix: (place != DMat4::IDENTITY).then(|| place.to_cols_array().map(|x| if x == 0.0 { 0.0 } else { x })),
                ..Node::default()
            });
        }
        let node = planted(mesh, (vertices.clone(), material), &views, &mut at, document);
        let child = document.nodes.len();
        document.nodes.push(node);
        if let Some(outer) = roots.last().and_then(|outer| document.nodes.get_mut(*outer)) {
            outer.children.push(child);
        }
    }
    Ok(roots)
}

struct Views {
    vertices: usize,
    indices: usize,
    places: usize,
    tints: Option<usize>,
    /// Feature ids are f32.
    wide: bool,
}

/// How much of each view the meshes before have taken.
#[derive(Default)]
struct At {
    indices: usize,
    places: usize,
}

fn views(meshes: &[&TileMesh], options: &WriteOptions, bin: &mut Bin) -> Result<Views, GltfFault> {
    let step = step(options.precision_m);
    let copies = || meshes.iter().filter_map(|mesh| mesh.copies.as_deref());
    let wide = copies().flat_map(|copies| &copies.features).any(|id| *id > u32::from(u16::MAX));
    let tinted = copies().any(|copies| !copies.tints.is_empty());
    let (mut vertices, mut indices, mut places, mut tints) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut first = 0;
    for mesh in meshes {
        let packed = Packed::of(mesh, None, false);
        let mut colours = packed.colors.as_chunks::<8>().0.iter();
        for (position, normal) in packed.positions.as_chunks::<12>().0.iter().zip(packed.normals.as_chunks::<4>().0) {
            vertices.extend_from_slice(position);
            vertices.extend_from_slice(normal);
            vertices.extend_from_slice(colours.next().unwrap_or(&[u8::MAX; 8]));
        }
        indices.extend(mesh.indices.iter().map(|index| index + first));
        first += mesh.positions.len() as u32;
        if first >= u32::from(u16::MAX) {
            return Err(GltfFault::new("glb-mesh", &mesh.name, format!("positions: {first}")));
        }
    }
    for copies in copies() {
        for (number, place) in copies.places.iter().enumerate() {
            let (scale, turn, at) = place.to_scale_rotation_translation();
            let rounded = |v: DVec3| v.to_array().map(|x| ((x / step).round() * step + 0.0) as f32);
            rounded(at).iter().chain(&rounded(scale)).for_each(|x| places.extend_from_slice(&x.to_le_bytes()));
            places.extend(turn.to_array().map(|x| (x * 127.0).round() as i8 as u8));
            let id = copies.features.get(number).copied().unwrap_or_default();
            places.extend_from_slice(&if wide { (id as f32).to_le_bytes() } else { id.to_le_bytes() });
            if tinted {
                let tint = copies.tints.get(number).copied().unwrap_or([1.0; 3]);
                tints.extend(tint.map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8));
                tints.push(u8::MAX);
            }
        }
    }
    Ok(Views {
        vertices: bin.attribute(&vertices, VERTEX, options.compress)?,
        indices: bin.indices(&indices, true, options.compress)?,
        places: bin.attribute(&places, PLACE, options.compress)?,
        tints: if tinted { Some(bin.attribute(&tints, 4, options.compress)?) } else { None },
        wide,
    })
}

/// The largest power of two, metres, that is no coarser than the precision asked for: f32 holds its multiples with many zeros at the end.
fn step(precision_m: f64) -> f64 {
    if precision_m.is_finite() && precision_m > 0.0 { precision_m.log2().floor().exp2() } else { 2.0_f64.powi(-10) }
}

fn push(document: &mut Document, view: usize, byte_offset: usize, component_type: u32, kind: &str, count: usize) -> usize {
    let normalized = kind != "SCALAR" && component_type != FLOAT;
    document.accessors.push(Accessor { buffer_view: Some(view), byte_offset, component_type, normalized, count, kind: kind.to_owned(), ..Accessor::default() });
    document.accessors.len() - 1
}

/// The accessors of all vertices of all meshes.
fn vertex_attributes(meshes: &[&TileMesh], views: &Views, document: &mut Document) -> Map<String, Value> {
    let positions = || meshes.iter().flat_map(|mesh| &mesh.positions);
    let count = positions().count();
    let position = push(document, views.vertices, 0, FLOAT, "VEC3", count);
    if let Some(accessor) = document.accessors.get_mut(position) {
        let bound = |of: fn(f32, f32) -> f32| (0..3).map(|axis| positions().map(|p| p[axis]).reduce(of).map_or(0.0, f64::from)).collect();
        (accessor.min, accessor.max) = (Some(bound(f32::min)), Some(bound(f32::max)));
    }
    let normal = push(document, views.vertices, 12, BYTE, "VEC3", count);
    let colour = push(document, views.vertices, 16, UNSIGNED_SHORT, "VEC4", count);
    Map::from_iter([("POSITION".to_owned(), json!(position)), ("NORMAL".to_owned(), json!(normal)), ("COLOR_0".to_owned(), json!(colour))])
}

/// The node of a mesh at its places; its mesh and its accessors are added.
fn planted(mesh: &TileMesh, (attributes, material): (Map<String, Value>, usize), views: &Views, at: &mut At, document: &mut Document) -> Node {
    let many = mesh.copies.as_deref().map_or(0, |copies| copies.places.len());
    let place = at.places * PLACE;
    let indices = push(document, views.indices, at.indices * 2, UNSIGNED_SHORT, "SCALAR", mesh.indices.len());
    let mut accessor = |view: usize, byte_offset: usize, component_type: u32, kind: &str| push(document, view, byte_offset, component_type, kind, many);
    let id = if views.wide { FLOAT } else { UNSIGNED_SHORT };
    let mut instancing = Map::from_iter([
        ("TRANSLATION".to_owned(), json!(accessor(views.places, place, FLOAT, "VEC3"))),
        ("SCALE".to_owned(), json!(accessor(views.places, place + 12, FLOAT, "VEC3"))),
        ("ROTATION".to_owned(), json!(accessor(views.places, place + 24, BYTE, "VEC4"))),
    ]);
    let featured = mesh.copies.as_deref().is_some_and(|copies| !copies.features.is_empty());
    if featured {
        instancing.insert("_FEATURE_ID_0".to_owned(), json!(accessor(views.places, place + 28, id, "SCALAR")));
    }
    if let Some(view) = views.tints {
        instancing.insert(TINT.to_owned(), json!(accessor(view, at.places * 4, UNSIGNED_BYTE, "VEC4")));
    }
    *at = At { indices: at.indices + mesh.indices.len(), places: at.places + many };
    let mut extensions = Map::from_iter([(INSTANCING.to_owned(), json!({ "attributes": instancing }))]);
    if featured {
        let set = FeatureIds {
            feature_count: many as u64,
            attribute: Some(0),
            property_table: mesh.copies.as_deref().and_then(|copies| copies.table),
            ..FeatureIds::default()
        };
        extensions.insert(INSTANCE_FEATURES.to_owned(), value(&MeshFeatures { feature_ids: vec![set] }));
    }
    let primitive = Primitive { attributes, indices: Some(indices), material: Some(material), mode: TRIANGLES, targets: None, extensions: Map::new() };
    document.meshes.push(Mesh { primitives: vec![primitive], ..Mesh::default() });
    Node { mesh: Some(document.meshes.len() - 1), extensions, ..Node::default() }
}
