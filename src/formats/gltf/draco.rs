//! Geometry that Draco compressed, as plain numbers (KHR_draco_mesh_compression, and the point clouds of 3D Tiles 1.0).
//!
//! The decoder is a crate; here are its bounds, and the way from its attributes to the bytes that an accessor would have had.

use super::accessor::{Component, Store, components};
use super::json::{Document, Extensions, extension};
use super::{GltfFault, Limits};
use draco_core::decode_limits::DecodeLimits;
use draco_core::decoder_buffer::DecoderBuffer;
use draco_core::mesh::Mesh;
use draco_core::mesh_decoder::MeshDecoder;
use draco_core::point_cloud::PointCloud;
use draco_core::point_cloud_decoder::PointCloudDecoder;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub const DRACO: &str = "KHR_draco_mesh_compression";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Packed {
    buffer_view: usize,
    #[serde(default)]
    attributes: Map<String, Value>,
}

/// Whether a primitive is compressed.
pub fn is_packed(extensions: &Extensions) -> bool {
    extensions.contains_key(DRACO)
}

/// The bytes of every accessor that only a compressed primitive gives, tight, in the accessor's own component type.
/// Broken primitives have none: who asks for their accessors is told.
pub(super) fn unpack(store: &Store<'_>, document: &Document, limits: &Limits) -> Result<BTreeMap<usize, Vec<u8>>, GltfFault> {
    let mut unpacked = BTreeMap::new();
    let mut left = limits.decoded_bytes;
    let primitives = document.meshes.iter().enumerate().flat_map(|(number, mesh)| mesh.primitives.iter().map(move |primitive| (number, primitive)));
    for (number, primitive) in primitives.filter(|(_, primitive)| is_packed(&primitive.extensions)) {
        let fault = |value: String| GltfFault::new("gltf-draco-broken", format!("meshes[{number}]"), value);
        let packed: Packed = extension(&primitive.extensions, DRACO).ok_or_else(|| fault("JSON".to_owned()))?;
        let accessor = |name: &str| primitive.attribute(name);
        // Several primitives may share what one has brought.
        if primitive.indices.is_some_and(|indices| unpacked.contains_key(&indices)) {
            continue;
        }
        let bytes = store.view(packed.buffer_view)?;
        let mut mesh = Mesh::new();
        let mut buffer = DecoderBuffer::new(bytes).with_limits(bounds(limits, left));
        MeshDecoder::new().decode(&mut buffer, &mut mesh).map_err(|error| fault(format!("{error:?}")))?;
        let mut spend = |bytes: usize| {
            left = left.checked_sub(bytes).ok_or_else(|| GltfFault::new("gltf-limit", "decoded_bytes", bytes))?;
            Ok::<(), GltfFault>(())
        };
        if let Some(indices) = primitive.indices {
            let component = component_of(document, indices).ok_or_else(|| fault("indices".to_owned()))?;
            spend(mesh.num_faces().saturating_mul(12))?;
            let mut out = Vec::with_capacity(mesh.num_faces() * 3 * component.size());
            for index in mesh.faces().as_flattened() {
                push(&mut out, component, f64::from(index.0));
            }
            unpacked.insert(indices, out);
        }
        for (name, id) in &packed.attributes {
            let (Some(number), Some(id)) = (accessor(name), id.as_u64().and_then(|id| u32::try_from(id).ok())) else { continue };
            let kind = document.accessors.get(number).and_then(|accessor| components(&accessor.kind));
            let (Some(count), Some(component)) = (kind, component_of(document, number)) else { continue };
            let attribute = mesh.attribute_by_unique_id(id).ok_or_else(|| fault(name.clone()))?;
            spend(mesh.num_points().saturating_mul(4 * count))?;
            let values = attribute.read_f32s(mesh.num_points(), count);
            let mut out = Vec::with_capacity(values.len() * component.size());
            for value in values {
                push(&mut out, component, f64::from(value));
            }
            unpacked.insert(number, out);
        }
    }
    Ok(unpacked)
}

/// The attributes of a compressed point cloud, each by its number in the stream and with so many components: values in the order of points.
///
/// # Errors
/// Why it could not be decompressed.
pub fn points(bytes: &[u8], wanted: &[(u32, usize)], limits: &Limits) -> Result<(usize, Vec<Option<Vec<f32>>>), String> {
    let mut cloud = PointCloud::new();
    let mut buffer = DecoderBuffer::new(bytes).with_limits(bounds(limits, limits.decoded_bytes));
    PointCloudDecoder::new().decode(&mut buffer, &mut cloud).map_err(|error| format!("{error:?}"))?;
    let count = cloud.num_points();
    let values = wanted.iter().map(|(id, components)| Some(cloud.attribute_by_unique_id(*id)?.read_f32s(count, *components))).collect();
    Ok((count, values))
}

fn bounds(limits: &Limits, bytes: usize) -> DecodeLimits {
    DecodeLimits::default()
        .with_max_points(limits.vertices as u64)
        .with_max_faces(limits.indices as u64 / 3)
        .with_max_decoded_bytes(bytes as u64)
}

fn component_of(document: &Document, accessor: usize) -> Option<Component> {
    Component::of(document.accessors.get(accessor)?.component_type)
}

/// Casts saturate: a value that does not fit its accessor's type becomes the nearest that does.
fn push(out: &mut Vec<u8>, component: Component, value: f64) {
    match component {
        Component::I8 => out.extend((value as i8).to_le_bytes()),
        Component::U8 => out.extend((value as u8).to_le_bytes()),
        Component::I16 => out.extend((value as i16).to_le_bytes()),
        Component::U16 => out.extend((value as u16).to_le_bytes()),
        Component::U32 => out.extend((value as u32).to_le_bytes()),
        Component::F32 => out.extend((value as f32).to_le_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_end(tail in prop::collection::vec(any::<u8>(), 0..300), kind in 0..2_u8, method in 0..3_u8) {
            let mut bytes = b"DRACO\x02\x02".to_vec();
            bytes.extend([kind, method, 0, 0]);
            bytes.extend(tail);
            let limits = Limits { vertices: 1 << 12, indices: 1 << 12, decoded_bytes: 1 << 18, ..Limits::default() };
            let _ = points(&bytes, &[(0, 3)], &limits);
            let mut buffer = DecoderBuffer::new(&bytes).with_limits(bounds(&limits, limits.decoded_bytes));
            let _ = MeshDecoder::new().decode(&mut buffer, &mut Mesh::new());
        }
    }
}
