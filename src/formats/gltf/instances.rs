//! One mesh at many places, as one mesh: `EXT_mesh_gpu_instancing`, and the instances of 3D Tiles 1.0.
//!
//! Instances are written out: a tile then costs one draw call whatever it holds, and picking, styles and shadows need no second way.

use super::accessor::Store;
use super::json::{FeatureIds, Node, extension};
use super::{GltfFault, TileMesh, linear_from_srgb, srgb_from_linear};
use glam::{DMat3, DMat4, DQuat, DVec3};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub const INSTANCING: &str = "EXT_mesh_gpu_instancing";
pub const INSTANCE_FEATURES: &str = "EXT_instance_features";
/// The attribute that colours an instance, as three.js and gltfpack name it; others pass over it.
pub const TINT: &str = "_COLOR_0";
/// Places of one mesh.
pub const MAX_INSTANCES: usize = 1 << 18;

/// Where the copies of a mesh stand, and what they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instances {
    /// From the mesh's frame to that around it.
    pub places: Vec<DMat4>,
    /// Empty, or as many as places; `u32::MAX` is no feature.
    pub features: Vec<u32>,
    pub table: Option<usize>,
    /// What the mesh's colours are multiplied with, linear shares of red, green and blue. Empty, or as many as places.
    pub tints: Vec<[f32; 3]>,
}

/// Instances further than this from their node's origin are counted from their own middle, metres.
const NEAR_M: f64 = 16_000.0;

#[derive(Deserialize)]
struct Instancing {
    #[serde(default)]
    attributes: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InstanceFeatures {
    #[serde(default)]
    feature_ids: Vec<FeatureIds>,
}

/// The instances of a node; `None` where it has none. At most [`MAX_INSTANCES`] of them.
pub(super) fn of_node(store: &Store<'_>, node: &Node, tables: usize) -> Result<Option<Instances>, GltfFault> {
    let Some(instancing) = extension::<Instancing>(&node.extensions, INSTANCING) else {
        return Ok(None);
    };
    let accessor = |name: &str| instancing.attributes.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let translations = accessor("TRANSLATION").map(|number| store.vectors::<3>(number, MAX_INSTANCES)).transpose()?;
    let rotations = accessor("ROTATION").map(|number| store.vectors::<4>(number, MAX_INSTANCES)).transpose()?;
    let scales = accessor("SCALE").map(|number| store.vectors::<3>(number, MAX_INSTANCES)).transpose()?;
    let counts = [translations.as_ref().map(Vec::len), rotations.as_ref().map(Vec::len), scales.as_ref().map(Vec::len)];
    let count = counts.iter().flatten().copied().max().unwrap_or(0);
    if counts.iter().flatten().any(|other| *other != count) {
        return Err(GltfFault::new("gltf-attribute-count", INSTANCING, format!("{counts:?}")));
    }
    let wide = |v: [f32; 3]| DVec3::from_array(v.map(f64::from));
    let at = |list: &Option<Vec<[f32; 3]>>, i: usize, or: f64| list.as_ref().and_then(|list| list.get(i)).map_or(DVec3::splat(or), |v| wide(*v));
    let places = (0..count)
        .map(|i| {
            let turn = rotations.as_ref().and_then(|list| list.get(i)).map_or(DQuat::IDENTITY, |q| {
                let q = DQuat::from_array(q.map(f64::from));
                if q.length_squared() > 1e-12 { q.normalize() } else { DQuat::IDENTITY }
            });
            DMat4::from_scale_rotation_translation(at(&scales, i, 1.0), turn, at(&translations, i, 0.0))
        })
        .collect();
    let sets = extension::<InstanceFeatures>(&node.extensions, INSTANCE_FEATURES).map_or_else(Vec::new, |of| of.feature_ids);
    // The set that says most: one with a table before one without.
    let set = sets.iter().find(|set| set.property_table.is_some_and(|table| table < tables)).or(sets.first());
    let mut features: Vec<u32> = match set {
        None => Vec::new(),
        Some(set) => match set.attribute {
            None => (0..u32::try_from(count).unwrap_or(u32::MAX)).collect(),
            Some(number) => match accessor(&format!("_FEATURE_ID_{number}")) {
                Some(number) => store.scalars(number, MAX_INSTANCES)?,
                None => Vec::new(),
            },
        },
    };
    if features.len() != count {
        features.clear();
    }
    if let Some(null) = set.and_then(|set| set.null_feature_id).and_then(|null| u32::try_from(null).ok()) {
        features.iter_mut().filter(|id| **id == null).for_each(|id| *id = u32::MAX);
    }
    let table = set.and_then(|set| set.property_table).filter(|table| *table < tables && !features.is_empty());
    let mut tints: Vec<[f32; 3]> = match accessor(TINT) {
        Some(number) if store.accessor(number)?.kind == "VEC4" => {
            store.vectors::<4>(number, MAX_INSTANCES)?.into_iter().map(|[r, g, b, _]| [r, g, b]).collect()
        }
        Some(number) => store.vectors::<3>(number, MAX_INSTANCES)?,
        None => Vec::new(),
    };
    if tints.len() != count {
        tints.clear();
    }
    Ok(Some(Instances { places, features, table, tints }))
}

/// A mesh written out at all its places, which are told in a frame with its own way into the tile.
///
/// A frame that only turns and moves stays the frame of what is written out: upright things stay upright in it.
/// `None` where nothing of it can be placed.
pub fn written_out_in(mesh: &TileMesh, tile_from_frame: DMat4, instances: &Instances) -> Option<TileMesh> {
    let linear = DMat3::from_mat4(tile_from_frame);
    let rigid = (linear.transpose() * linear).abs_diff_eq(DMat3::IDENTITY, 1e-6) && linear.determinant() > 0.0;
    let near = instances.places.iter().all(|place| place.w_axis.truncate().abs().max_element() < NEAR_M);
    if rigid && near {
        return written_from(mesh, mesh.tile_from_mesh, instances, Some(tile_from_frame));
    }
    let places = instances.places.iter().map(|place| tile_from_frame * *place).collect();
    written_out(mesh, mesh.tile_from_mesh, &Instances { places, ..instances.clone() })
}

/// A mesh written out at all its places; `frame_from_mesh` is the mesh's own way into the frame that the places are told in.
/// `None` where nothing of it can be placed.
pub fn written_out(mesh: &TileMesh, frame_from_mesh: DMat4, instances: &Instances) -> Option<TileMesh> {
    written_from(mesh, frame_from_mesh, instances, None)
}

/// The same in a frame of its own, or around the middle of all places.
fn written_from(mesh: &TileMesh, frame_from_mesh: DMat4, instances: &Instances, frame: Option<DMat4>) -> Option<TileMesh> {
    let places: Vec<(usize, DMat4)> = instances
        .places
        .iter()
        .map(|place| *place * frame_from_mesh)
        .enumerate()
        .filter(|(_, place)| place.is_finite() && place.determinant().abs() > 0.0)
        .collect();
    if places.is_empty() || mesh.positions.is_empty() {
        return None;
    }
    // Positions count from the middle, so that instances on the globe keep their millimetres.
    let middle = match frame {
        Some(_) => DVec3::ZERO,
        None => places.iter().map(|(_, place)| place.w_axis.truncate()).sum::<DVec3>() / places.len() as f64,
    };
    let wide = |v: &[f32; 3]| DVec3::from_array(v.map(f64::from));
    let mut out = TileMesh {
        name: mesh.name.clone(),
        tile_from_mesh: frame.unwrap_or_else(|| DMat4::from_translation(middle)),
        table: instances.table.or(mesh.table),
        double_sided: mesh.double_sided,
        shape: mesh.shape,
        ..TileMesh::default()
    };
    out.finish = super::Finish { uvs: Vec::new(), ..mesh.finish.clone() };
    out.sampled = mesh.sampled.iter().map(|sampled| super::sampled::Sampled { uvs: Vec::new(), ..sampled.clone() }).collect();
    let mut tinted: BTreeMap<[u32; 3], Vec<[u8; 4]>> = BTreeMap::new();
    for (number, place) in places {
        let first = u32::try_from(out.positions.len()).ok()?;
        let here = place.w_axis.truncate() - middle;
        let linear = DMat3::from_mat4(place);
        let turned = linear.inverse().transpose();
        out.positions.extend(mesh.positions.iter().map(|p| (linear * wide(p) + here).as_vec3().to_array()));
        out.normals.extend(mesh.normals.iter().map(|n| (turned * wide(n)).normalize_or(DVec3::Z).as_vec3().to_array()));
        match instances.tints.get(number) {
            Some(tint) => {
                // Trees of a wood share few tints, and the power function is dear.
                let known = tinted.entry(tint.map(f32::to_bits)).or_insert_with(|| tinted_colours(mesh, *tint));
                out.colors.extend(known.iter());
            }
            None => out.colors.extend(&mesh.colors),
        }
        out.finish.uvs.extend(&mesh.finish.uvs);
        for (to, from) in out.sampled.iter_mut().zip(&mesh.sampled) {
            to.uvs.extend(&from.uvs);
        }
        match instances.features.get(number) {
            Some(feature) => out.feature_ids.extend(std::iter::repeat_n(*feature, mesh.positions.len())),
            None => out.feature_ids.extend(&mesh.feature_ids),
        }
        let start = out.indices.len();
        out.indices.extend(mesh.indices.iter().map(|index| index.saturating_add(first)));
        if linear.determinant() < 0.0 && mesh.shape == super::Shape::Triangles {
            for triangle in out.indices.get_mut(start..).unwrap_or_default().chunks_exact_mut(3) {
                triangle.swap(1, 2);
            }
        }
    }
    Some(out)
}

/// A mesh's colours times a tint.
fn tinted_colours(mesh: &TileMesh, tint: [f32; 3]) -> Vec<[u8; 4]> {
    let tinted = |[r, g, b, alpha]: [u8; 4]| {
        let [r, g, b] = [(r, tint[0]), (g, tint[1]), (b, tint[2])].map(|(part, share)| srgb_from_linear(linear_from_srgb(part) * share));
        [r, g, b, alpha]
    };
    (0..mesh.positions.len()).map(|at| tinted(mesh.colors.get(at).copied().unwrap_or([u8::MAX; 4]))).collect()
}

/// A mesh without the vertices that none of its indices names.
pub(super) fn used_alone(mut mesh: TileMesh) -> TileMesh {
    fn kept<T: Copy>(list: &mut Vec<T>, old: &[u32]) {
        if !list.is_empty() {
            *list = old.iter().filter_map(|at| list.get(*at as usize).copied()).collect();
        }
    }
    let mut new = vec![u32::MAX; mesh.positions.len()];
    let mut old = Vec::new();
    for index in &mut mesh.indices {
        let Some(slot) = new.get_mut(*index as usize) else { continue };
        if *slot == u32::MAX {
            *slot = old.len() as u32;
            old.push(*index);
        }
        *index = *slot;
    }
    kept(&mut mesh.positions, &old);
    kept(&mut mesh.normals, &old);
    kept(&mut mesh.colors, &old);
    kept(&mut mesh.feature_ids, &old);
    kept(&mut mesh.strokes, &old);
    kept(&mut mesh.finish.uvs, &old);
    mesh.sampled.iter_mut().for_each(|sampled| kept(&mut sampled.uvs, &old));
    mesh
}

/// Adds what was written out to the last of these, where one mesh can hold both; else after it.
pub fn gathered(meshes: &mut Vec<TileMesh>, more: TileMesh) {
    let Some(before) = meshes.last_mut().filter(|before| is_alike(before, &more)) else {
        meshes.push(more);
        return;
    };
    // Alike means that this fits.
    let first = before.positions.len() as u32;
    before.positions.extend(more.positions);
    before.normals.extend(more.normals);
    before.colors.extend(more.colors);
    before.feature_ids.extend(more.feature_ids);
    before.indices.extend(more.indices.iter().map(|index| index + first));
}

fn is_alike(one: &TileMesh, other: &TileMesh) -> bool {
    let plain = |mesh: &TileMesh| mesh.finish.picture.is_none() && mesh.sampled.is_empty() && mesh.strokes.is_empty() && mesh.shape == super::Shape::Triangles;
    let look = |mesh: &TileMesh| (mesh.double_sided, mesh.finish.cutoff.map(f32::to_bits), mesh.finish.unlit, mesh.finish.blends);
    plain(one)
        && plain(other)
        && look(one) == look(other)
        && (one.tile_from_mesh, one.table, &one.name) == (other.tile_from_mesh, other.table, &other.name)
        && (one.colors.is_empty(), one.feature_ids.is_empty()) == (other.colors.is_empty(), other.feature_ids.is_empty())
        && u32::try_from(one.positions.len() + other.positions.len()).is_ok()
}
