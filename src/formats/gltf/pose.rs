//! How a mesh stands when nothing moves: the shapes that it is mixed from (morph targets) at their first weights, and bent by its bones (skin) as these lie.
//!
//! Contents of tilesets are not animated here, as in CesiumJS unless a page asks for it; but where their first pose is not what the positions alone say,
//! that pose is what others see.

use super::accessor::Store;
use super::json::{Document, Node, Primitive, Skin};
use super::read::local_transform;
use super::{GltfFault, TileMesh};
use glam::{DMat3, DMat4, DVec3};
use serde::Deserialize;
use serde_json::Value;

/// More targets of one mesh, and more bones of one skin, are not applied.
const MAX_TARGETS: usize = 64;
const MAX_JOINTS: usize = 1_024;
/// A bone costs as much as so many vertices: all nodes above it are asked where they are.
const JOINT_VERTICES: usize = 16;

/// What a node says of the pose of its mesh.
#[derive(Clone, Copy, Default)]
pub(super) struct Pose<'d> {
    weights: &'d [Value],
    skin: Option<usize>,
}

impl<'d> Pose<'d> {
    /// What it costs, in vertices, to bring so many into it.
    pub fn cost(&self, document: &Document, primitive: &Primitive, count: usize) -> usize {
        let joints = self.skin.and_then(|skin| skin_of(document, skin)).map_or(0, |skin| skin.joints.len());
        let targets = targets(primitive).len().min(self.weights.len()).min(MAX_TARGETS);
        count.saturating_mul(targets).saturating_add(joints.saturating_mul(JOINT_VERTICES))
    }

    pub fn of(node: &'d Node, document: &'d Document) -> Self {
        let listed = |weights: &'d Option<Value>| weights.as_ref().and_then(Value::as_array).map(Vec::as_slice);
        let of_mesh = || listed(&document.meshes.get(node.mesh?)?.weights);
        let skin = node.skin.as_ref().and_then(Value::as_u64).and_then(|skin| usize::try_from(skin).ok());
        Self { weights: listed(&node.weights).or_else(of_mesh).unwrap_or_default(), skin }
    }
}

fn targets(primitive: &Primitive) -> &[Value] {
    primitive.targets.as_ref().and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn skin_of(document: &Document, number: usize) -> Option<Skin> {
    Skin::deserialize(document.skins.get(number)?).ok()
}

/// Moves a mesh's vertices into their pose. Returns where they are counted from then, in the scene's frame, where that is no longer the node.
///
/// # Errors
/// Those of accessors.
pub(super) fn posed(store: &Store<'_>, primitive: &Primitive, mesh: &mut TileMesh, pose: Pose<'_>, tree: &Parents) -> Result<Option<DMat4>, GltfFault> {
    let count = mesh.positions.len();
    let weights = pose.weights.iter().map(|weight| weight.as_f64().unwrap_or(0.0) as f32);
    for (target, weight) in targets(primitive).iter().zip(weights).take(MAX_TARGETS).filter(|(_, weight)| *weight != 0.0) {
        for (name, list) in [("POSITION", &mut mesh.positions), ("NORMAL", &mut mesh.normals)] {
            let Some(accessor) = target.get(name).and_then(Value::as_u64).and_then(|accessor| usize::try_from(accessor).ok()) else { continue };
            for (slot, moved) in list.iter_mut().zip(store.vectors::<3>(accessor, count)?) {
                slot.iter_mut().zip(moved).for_each(|(slot, moved)| *slot += weight * moved);
            }
        }
    }
    let Some(bones) = pose.skin.and_then(|skin| Bones::of(store, skin, tree)) else { return Ok(None) };
    let (Some(joints), Some(weights)) = (primitive.attribute("JOINTS_0"), primitive.attribute("WEIGHTS_0")) else { return Ok(None) };
    let joints = store.vectors::<4>(joints, count)?;
    let weights = store.vectors::<4>(weights, count)?;
    let wide = |v: &[f32; 3]| DVec3::from_array(v.map(f64::from));
    for (at, (joints, weights)) in joints.iter().zip(&weights).enumerate() {
        let sum: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        let mixed = joints.iter().zip(weights).filter_map(|(joint, weight)| Some(*bones.places.get(*joint as usize)? * f64::from(*weight)));
        let mixed = mixed.fold(DMat4::ZERO, |mixed, bone| mixed + bone) * sum.recip();
        // A vertex that no bone holds stays where it is.
        let place = if sum > 0.0 && mixed.is_finite() { mixed } else { DMat4::from_translation(-bones.origin) };
        if let Some(position) = mesh.positions.get_mut(at) {
            *position = place.transform_point3(wide(position)).as_vec3().to_array();
        }
        if let Some(normal) = mesh.normals.get_mut(at) {
            *normal = (DMat3::from_mat4(place).inverse().transpose() * wide(normal)).normalize_or(DVec3::Y).as_vec3().to_array();
        }
    }
    Ok(Some(DMat4::from_translation(bones.origin)))
}

/// Which node each hangs on.
pub(super) struct Parents {
    parents: Vec<Option<usize>>,
    depth: usize,
}

impl Parents {
    /// Empty where there are no skins, which alone ask for it.
    pub fn of(document: &Document, depth: usize) -> Self {
        let mut parents = vec![None; if document.skins.is_empty() { 0 } else { document.nodes.len() }];
        for (number, node) in document.nodes.iter().enumerate() {
            for child in &node.children {
                if let Some(slot) = parents.get_mut(*child) {
                    *slot = Some(number);
                }
            }
        }
        Self { parents, depth }
    }

    /// `None` for a chain that is too long, which a cycle is.
    fn scene_from_node(&self, document: &Document, node: usize) -> Option<DMat4> {
        let (mut at, mut global) = (Some(node), DMat4::IDENTITY);
        for _ in 0..=self.depth {
            let Some(node) = at else { break };
            global = local_transform(document.nodes.get(node)?) * global;
            at = self.parents.get(node).copied().flatten();
        }
        at.is_none().then_some(global)
    }
}

/// Where the bones of a skin take vertices, counted from the first of them.
struct Bones {
    origin: DVec3,
    places: Vec<DMat4>,
}

impl Bones {
    /// `None` for what is no skin: its mesh is drawn as it stands.
    fn of(store: &Store<'_>, skin: usize, tree: &Parents) -> Option<Self> {
        let document = store.document;
        let skin = skin_of(document, skin)?;
        let joints = &skin.joints;
        if joints.is_empty() || joints.len() > MAX_JOINTS {
            return None;
        }
        let globals: Vec<DMat4> = joints.iter().map(|joint| tree.scene_from_node(document, *joint)).collect::<Option<_>>()?;
        let origin = globals.first()?.w_axis.truncate();
        let back = match skin.inverse_bind_matrices {
            Some(accessor) => store.matrices(accessor, MAX_JOINTS).ok()?,
            None => vec![DMat4::IDENTITY; joints.len()],
        };
        let places: Vec<DMat4> = globals.iter().zip(&back).map(|(global, back)| DMat4::from_translation(-origin) * *global * *back).collect();
        (places.len() == joints.len() && places.iter().all(DMat4::is_finite)).then_some(Self { origin, places })
    }
}
