//! Reads a GLB into a [`super::TileContent`].
//!
//! Reads what we write and reasonable content of others: any index type or none, strips and fans, f32 or quantised attributes,
//! missing normals (flat ones are made), hierarchies of nodes, instances (written out), meshopt compression, embedded buffers, `.gltf` with data URIs,
//! sparse accessors, morph targets and skins as they stand at first. Nothing moves.
//! [`scene`] also brings points, lines and pictures; [`glb_with`] leaves them out. Unknown required extensions are refused.

use super::accessor::{Resources, Store, document_extension};
use super::container;
use super::json::{Document, MeshFeatures, Node, Primitive, StructuralMetadata, TRIANGLES, extension};
use super::metadata;
use super::finish::{Gallery, Picture, Surface};
use super::pose::{Parents, Pose, posed};
use super::instances;
use super::sampled;
use super::{GltfFault, Limits, PropertyTable, Shape, TileContent, TileMesh, ZUP_FROM_YUP, srgb_from_linear};
use glam::{DMat4, DQuat, DVec3, Vec3};
use serde::Deserialize;

/// Where positions count from, in older contents: a translation in the tile's frame.
const RTC: &str = "CESIUM_RTC";

/// What a primitive costs of the vertices allowed, beside its own: a mesh without any would else be drawn by every node for nothing.
const PRIMITIVE_VERTICES: usize = 16;

/// Required extensions that we obey, or that only concern what we leave out.
const KNOWN: [&str; 18] = [
    RTC,
    "KHR_mesh_quantization",
    "EXT_meshopt_compression",
    "EXT_mesh_features",
    "EXT_structural_metadata",
    "EXT_texture_webp",
    "CESIUM_primitive_outline",
    "KHR_texture_basisu",
    "KHR_texture_transform",
    "KHR_materials_unlit",
    "KHR_materials_specular",
    "KHR_materials_ior",
    "KHR_materials_emissive_strength",
    "KHR_materials_pbrSpecularGlossiness",
    "KHR_techniques_webgl",
    super::draco::DRACO,
    instances::INSTANCING,
    instances::INSTANCE_FEATURES,
];

/// Reads a GLB (or a `.gltf` with data URIs) within the default [`Limits`].
///
/// # Errors
/// The first fault that makes it unusable; see [`super::super::messages`] for all codes.
pub fn glb(bytes: &[u8]) -> Result<TileContent, GltfFault> {
    glb_with(bytes, &Limits::default(), &mut |_| None)
}

/// Reads a GLB or `.gltf` within limits, with a way to get external buffers.
///
/// # Errors
/// As [`glb`].
pub fn glb_with(
    bytes: &[u8],
    limits: &Limits,
    resources: &mut Resources<'_>,
) -> Result<TileContent, GltfFault> {
    Ok(read(bytes, limits, resources, false)?.content)
}

/// A document with all that can be drawn of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub content: TileContent,
    /// As [`super::Finish::picture`] counts them.
    pub pictures: Vec<Picture>,
    /// What could not be had of an otherwise sound document: pictures in a codec that nobody here reads, or that are not there.
    pub left_out: Vec<GltfFault>,
}

/// Reads all that can be drawn: points and lines too, and pictures as they are coded. `resources` is asked for pictures as well.
///
/// # Errors
/// As [`glb`].
pub fn scene(bytes: &[u8], limits: &Limits, resources: &mut Resources<'_>) -> Result<Scene, GltfFault> {
    read(bytes, limits, resources, true)
}

fn read(bytes: &[u8], limits: &Limits, resources: &mut Resources<'_>, whole: bool) -> Result<Scene, GltfFault> {
    let container = container::split(bytes, limits)?;
    let document = &container.document;
    if let Some(name) = document.extensions_required.iter().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(GltfFault::new("gltf-extension-unsupported", "extensionsRequired", name));
    }
    let store = Store::open(&container, limits, resources)?;
    let tables = metadata::tables(&store, limits)?;
    let told = whole.then(|| document_extension::<StructuralMetadata>(document, metadata::STRUCTURAL_METADATA)).flatten();
    let mut reader = Reader {
        store: &store,
        document,
        limits,
        whole,
        resources,
        tables: tables.len(),
        vertices: limits.vertices,
        indices: limits.indices,
        tile_from_scene: ZUP_FROM_YUP,
        tree: Parents::of(document, limits.node_depth),
        meshes: Vec::new(),
        planted: false,
        gallery: Gallery::default(),
        left_out: Vec::new(),
        told,
        further: Vec::new(),
    };
    reader.walk(limits)?;
    Ok(Scene {
        pictures: reader.gallery.pictures,
        left_out: reader.left_out,
        content: TileContent { meshes: reader.meshes, tables: [tables, reader.further].concat() },
    })
}

struct Reader<'s, 'r, 'c> {
    store: &'s Store<'s>,
    document: &'s Document,
    limits: &'s Limits,
    /// Points, lines and pictures too.
    whole: bool,
    resources: &'r mut Resources<'c>,
    tables: usize,
    /// How many more may come.
    vertices: usize,
    indices: usize,
    tile_from_scene: DMat4,
    tree: Parents,
    meshes: Vec<TileMesh>,
    /// The last of them was written out.
    planted: bool,
    gallery: Gallery,
    left_out: Vec<GltfFault>,
    /// What the document says of its metadata beside tables.
    told: Option<StructuralMetadata>,
    /// Tables made of attributes of vertices, after those of the document.
    further: Vec<PropertyTable>,
}

/// A node on the way down: its number, its parent's transform, its depth and the nearest name above.
struct Step<'d> {
    node: usize,
    parent: DMat4,
    depth: usize,
    name: &'d str,
}

/// Where a mesh stands, and how.
#[derive(Clone, Copy)]
struct Standing<'d> {
    parent: DMat4,
    local: DMat4,
    pose: Pose<'d>,
}

impl<'s> Reader<'s, '_, '_> {
    fn walk(&mut self, limits: &Limits) -> Result<(), GltfFault> {
        let document = self.document;
        let centre = document
            .extensions
            .get(RTC)
            .and_then(|rtc| <[f64; 3]>::deserialize(rtc.get("center")?).ok())
            .unwrap_or_default();
        self.tile_from_scene = DMat4::from_translation(DVec3::from(centre)) * ZUP_FROM_YUP;
        let mut stack: Vec<Step<'s>> = Vec::new();
        for node in roots(document).into_iter().rev() {
            stack.push(Step {
                node,
                parent: self.tile_from_scene,
                depth: 0,
                name: "",
            });
        }
        let mut visited = 0;
        while let Some(step) = stack.pop() {
            let object = || format!("nodes[{}]", step.node);
            visited += 1;
            if visited > limits.nodes {
                return Err(GltfFault::new("gltf-limit", object(), visited));
            }
            if step.depth > limits.node_depth {
                return Err(GltfFault::new("gltf-node-depth", object(), step.depth));
            }
            let node = document
                .nodes
                .get(step.node)
                .ok_or_else(|| GltfFault::new("gltf-index", object(), ""))?;
            let name = if node.name.is_empty() {
                step.name
            } else {
                &node.name
            };
            let local = local_transform(node);
            if !(step.parent * local).is_finite() {
                return Err(GltfFault::new("gltf-transform", object(), ""));
            }
            if let Some(mesh) = node.mesh {
                match instances::of_node(self.store, node, self.tables)? {
                    Some(many) => self.many(mesh, name, step.parent * local, many)?,
                    None => {
                        self.planted = false;
                        self.mesh(mesh, name, Standing { parent: step.parent, local, pose: Pose::of(node, document) })?;
                    }
                }
            }
            if stack.len() + node.children.len() > limits.nodes {
                return Err(GltfFault::new("gltf-limit", object(), node.children.len()));
            }
            for child in node.children.iter().rev() {
                stack.push(Step {
                    node: *child,
                    parent: step.parent * local,
                    depth: step.depth + 1,
                    name,
                });
            }
        }
        Ok(())
    }

    fn mesh(&mut self, number: usize, name: &str, standing: Standing<'s>) -> Result<(), GltfFault> {
        let mesh = self
            .document
            .meshes
            .get(number)
            .ok_or_else(|| GltfFault::new("gltf-index", format!("meshes[{number}]"), ""))?;
        let name = if name.is_empty() { &mesh.name } else { name };
        for (at, primitive) in mesh.primitives.iter().enumerate() {
            let object = || format!("meshes[{number}].primitives[{at}]");
            self.spend_vertices(PRIMITIVE_VERTICES, &object)?;
            if matches!(primitive.mode, 4..=6) || self.whole && primitive.mode <= 3 {
                if let Some(mesh) = self.primitive(primitive, name, standing, &object)? {
                    self.meshes.push(mesh);
                }
            }
        }
        Ok(())
    }

    /// A mesh at all places of its instances.
    fn many(&mut self, number: usize, name: &str, tile_from_node: DMat4, many: instances::Instances) -> Result<(), GltfFault> {
        let first = self.meshes.len();
        self.mesh(number, name, Standing { parent: DMat4::IDENTITY, local: DMat4::IDENTITY, pose: Pose::default() })?;
        let copies = many.places.len();
        for mesh in self.meshes.split_off(first) {
            // Meshes may share their vertices: each copy takes those that it uses.
            let mesh = instances::used_alone(mesh);
            let object = || format!("meshes[{number}]");
            self.spend_vertices(mesh.positions.len().saturating_mul(copies), &object)?;
            self.spend_indices(mesh.indices.len().saturating_mul(copies), &object)?;
            let Some(out) = instances::written_out_in(&mesh, tile_from_node, &many) else { continue };
            // A wood of several kinds of trees is one mesh: a tile costs a draw call, and not one for each kind.
            match std::mem::replace(&mut self.planted, true) {
                true => instances::gathered(&mut self.meshes, out),
                false => self.meshes.push(out),
            }
        }
        Ok(())
    }

    fn primitive(
        &mut self,
        primitive: &Primitive,
        name: &str,
        Standing { parent, local, pose }: Standing<'s>,
        object: &dyn Fn() -> String,
    ) -> Result<Option<TileMesh>, GltfFault> {
        let Some(position) = primitive.attribute("POSITION") else {
            return Ok(None);
        };
        let store = self.store;
        let mut mesh = TileMesh {
            name: name.to_owned(),
            positions: store.vectors(position, self.vertices)?,
            ..TileMesh::default()
        };
        let count = mesh.positions.len();
        self.spend_vertices(count, object)?;
        let same = |length: usize, attribute: &str| {
            if length == count {
                Ok(())
            } else {
                Err(GltfFault::new(
                    "gltf-attribute-count",
                    object(),
                    format!("{attribute}: {length} ≠ {count}"),
                ))
            }
        };
        if let Some(normal) = primitive.attribute("NORMAL") {
            mesh.normals = store.vectors(normal, count)?;
            same(mesh.normals.len(), "NORMAL")?;
        }
        self.spend_vertices(pose.cost(self.document, primitive, count), object)?;
        let bent = posed(store, primitive, &mut mesh, pose, &self.tree)?;
        mesh.normals.iter_mut().for_each(|normal| *normal = unit(*normal));
        mesh.colors = self.colors(primitive, count)?;
        if !mesh.colors.is_empty() {
            same(mesh.colors.len(), "COLOR_0")?;
        }
        (mesh.feature_ids, mesh.table) = self.features(primitive, count)?;
        if !mesh.feature_ids.is_empty() {
            same(mesh.feature_ids.len(), "_FEATURE_ID")?;
        }
        if let Some(stroke) = primitive.attribute(super::STROKE) {
            mesh.strokes = store.vectors(stroke, count)?;
            same(mesh.strokes.len(), super::STROKE)?;
            // A vertex that tells nothing is drawn as it stands.
            mesh.strokes.iter_mut().filter(|stroke| !stroke.iter().all(|part| part.is_finite())).for_each(|stroke| *stroke = [0.0; 4]);
        }
        mesh.shape = match primitive.mode {
            0 => Shape::Points,
            1..=3 => Shape::Lines,
            _ => Shape::Triangles,
        };
        if self.whole {
            mesh.finish = self.gallery.finish(store, primitive, count, self.limits, self.resources, &mut self.left_out)?;
            self.tell(primitive, &mut mesh, object)?;
        }
        mesh.double_sided = primitive
            .material
            .and_then(|material| self.document.materials.get(material))
            .is_some_and(|material| material.double_sided);
        let listed = match primitive.indices {
            Some(indices) => store.scalars(indices, self.indices)?,
            // As many as vertices, which are limited below u32.
            None => (0..count as u32).collect(),
        };
        if primitive.mode != TRIANGLES && listed.len().saturating_mul(3) > self.indices {
            return Err(GltfFault::new("gltf-limit", object(), listed.len()));
        }
        mesh.indices = match mesh.shape {
            Shape::Points => listed,
            Shape::Lines => lines(listed, primitive.mode),
            Shape::Triangles => triangles(listed, primitive.mode),
        };
        self.spend_indices(mesh.indices.len(), object)?;
        if let Some(index) = mesh.indices.iter().find(|index| **index as usize >= count) {
            return Err(GltfFault::new(
                "gltf-vertex-index",
                object(),
                format!("{index} ≥ {count}"),
            ));
        }
        if !mesh.positions.as_flattened().iter().all(|x| x.is_finite()) {
            return Err(GltfFault::new("gltf-position", object(), "NaN"));
        }
        let quantized = store.accessor(position)?.component_type != 5126;
        mesh.tile_from_mesh = match bent {
            // Bones say where it is, and not the node that it hangs on.
            Some(scene_from_mesh) => self.tile_from_scene * scene_from_mesh,
            None => parent * place(&mut mesh, local, quantized),
        };
        if mesh.shape != Shape::Triangles {
            return Ok(Some(mesh));
        }
        if mesh.normals.is_empty() && count > 0 {
            self.spend_vertices(mesh.indices.len(), object)?;
            flatten(&mut mesh);
        }
        if mesh.tile_from_mesh.determinant() < 0.0 {
            // A mirror turns triangles inside out; the specification asks to turn them back.
            mesh.indices
                .chunks_exact_mut(3)
                .for_each(|triangle| triangle.swap(1, 2));
        }
        Ok(Some(mesh))
    }

    /// What pictures and attributes tell of a primitive beside its feature ids.
    fn tell(&mut self, primitive: &Primitive, mesh: &mut TileMesh, object: &dyn Fn() -> String) -> Result<(), GltfFault> {
        let count = mesh.positions.len();
        let schema = self.told.as_ref().and_then(|told| told.schema.as_ref()).or(self.store.schema.as_ref());
        let references = sampled::references(primitive, self.told.as_ref(), schema, self.tables);
        // Each costs as much as a vertex does.
        self.spend_vertices(count.saturating_mul(references.len()), object)?;
        mesh.sampled = self.gallery.sampled(self.store, primitive, references, count, (self.limits, &mut *self.resources), &mut self.left_out)?;
        if mesh.shape == Shape::Points && mesh.feature_ids.is_empty() {
            let schema = self.told.as_ref().and_then(|told| told.schema.as_ref()).or(self.store.schema.as_ref());
            if let (Some(told), Some(schema)) = (&self.told, schema)
                && let Some(table) = metadata::of_vertices(self.store, primitive, told, schema, count)?
            {
                // Every point is a feature of its own.
                self.spend_vertices(count.saturating_mul(table.columns.len()), object)?;
                mesh.feature_ids = (0..count as u32).collect();
                mesh.table = Some(self.tables + self.further.len());
                self.further.push(table);
            }
        }
        Ok(())
    }

    fn spend_vertices(
        &mut self,
        count: usize,
        object: &dyn Fn() -> String,
    ) -> Result<(), GltfFault> {
        self.vertices = self
            .vertices
            .checked_sub(count)
            .ok_or_else(|| GltfFault::new("gltf-limit", object(), count))?;
        Ok(())
    }

    fn spend_indices(&mut self, count: usize, object: &dyn Fn() -> String) -> Result<(), GltfFault> {
        self.indices = self.indices.checked_sub(count).ok_or_else(|| GltfFault::new("gltf-limit", object(), count))?;
        Ok(())
    }

    /// The material's colour times the vertices' ones; empty when there is nothing but white.
    fn colors(&self, primitive: &Primitive, count: usize) -> Result<Vec<[u8; 4]>, GltfFault> {
        let material = primitive.material.and_then(|material| self.document.materials.get(material));
        // Alpha means nothing unless the material blends or cuts (glTF 2.0, 3.9.4); who reads triangles alone cuts nothing.
        let alpha_mode = material.and_then(|material| material.alpha_mode.as_deref());
        let blends = alpha_mode == Some("BLEND") || self.whole && alpha_mode == Some("MASK");
        let factor = material.map_or([1.0; 4], |material| Surface::of(material).factor);
        let encode = |linear: [f32; 4]| {
            let [r, g, b, alpha] = [0, 1, 2, 3].map(|i: usize| linear[i] * factor[i]);
            let alpha = if blends { (alpha.clamp(0.0, 1.0) * 255.0).round() as u8 } else { 255 };
            [
                srgb_from_linear(r),
                srgb_from_linear(g),
                srgb_from_linear(b),
                alpha,
            ]
        };
        let Some(color) = primitive.attribute("COLOR_0") else {
            return Ok(if factor == [1.0; 4] {
                Vec::new()
            } else {
                vec![encode([1.0; 4]); count]
            });
        };
        let linear: Vec<[f32; 4]> = if self.store.accessor(color)?.kind == "VEC3" {
            let list = self.store.vectors::<3>(color, count)?;
            list.into_iter().map(|[r, g, b]| [r, g, b, 1.0]).collect()
        } else {
            self.store.vectors(color, count)?
        };
        // Neighbours mostly have the same colour, and the power function is dear.
        let mut last = ([f32::NAN; 4], [0; 4]);
        let encoded = linear.into_iter().map(|linear| {
            if linear != last.0 {
                last = (linear, encode(linear));
            }
            last.1
        });
        Ok(encoded.collect())
    }

    /// The set of feature ids that is not a texture and says most: the first one with a table, else the first. `nullFeatureId` becomes `u32::MAX`.
    fn features(
        &self,
        primitive: &Primitive,
        count: usize,
    ) -> Result<(Vec<u32>, Option<usize>), GltfFault> {
        let by_extension = extension::<MeshFeatures>(&primitive.extensions, "EXT_mesh_features");
        let sets: Vec<_> = by_extension.into_iter().flat_map(|features| features.feature_ids).filter(|set| set.texture.is_none()).collect();
        let described = sets.iter().position(|set| set.property_table.is_some_and(|table| table < self.tables));
        let set = sets.into_iter().nth(described.unwrap_or(0));
        let Some(set) = set else {
            // Without the extension: the names that older content uses.
            let id = ["_FEATURE_ID_0", "_BATCHID"]
                .into_iter()
                .find_map(|name| primitive.attribute(name));
            return Ok(match id {
                Some(id) => (self.store.scalars(id, count)?, None),
                None => (Vec::new(), None),
            });
        };
        let mut ids = match set.attribute {
            None => (0..count as u32).collect(),
            Some(number) => match primitive.attribute(&format!("_FEATURE_ID_{number}")) {
                Some(id) => self.store.scalars(id, count)?,
                None => return Ok((Vec::new(), None)),
            },
        };
        if let Some(null) = set
            .null_feature_id
            .and_then(|null| u32::try_from(null).ok())
        {
            ids.iter_mut()
                .filter(|id| **id == null)
                .for_each(|id| *id = u32::MAX);
        }
        Ok((ids, set.property_table.filter(|table| *table < self.tables)))
    }
}

/// The nodes a walk begins with: of the scene, or those that are nobody's child.
fn roots(document: &Document) -> Vec<usize> {
    if let Some(scene) = document.scenes.get(document.scene.unwrap_or(0)) {
        return scene.nodes.clone();
    }
    let mut is_child = vec![false; document.nodes.len()];
    for child in document.nodes.iter().flat_map(|node| &node.children) {
        if let Some(slot) = is_child.get_mut(*child) {
            *slot = true;
        }
    }
    (0..is_child.len())
        .filter(|node| !is_child[*node])
        .collect()
}

pub(super) fn local_transform(node: &Node) -> DMat4 {
    if let Some(matrix) = &node.matrix {
        return DMat4::from_cols_array(matrix);
    }
    DMat4::from_scale_rotation_translation(
        DVec3::from(node.scale.unwrap_or([1.0; 3])),
        node.rotation.map_or(DQuat::IDENTITY, |q| {
            let q = DQuat::from_array(q);
            if q.length_squared() > 1e-12 {
                q.normalize()
            } else {
                DQuat::IDENTITY
            }
        }),
        DVec3::from(node.translation.unwrap_or([0.0; 3])),
    )
}

/// Takes the dequantisation out of the node's transform and into the positions, so that they are metres; returns what is left.
fn place(mesh: &mut TileMesh, local: DMat4, quantized: bool) -> DMat4 {
    if !quantized {
        return local;
    }
    let scale = DVec3::new(
        local.x_axis.truncate().length(),
        local.y_axis.truncate().length(),
        local.z_axis.truncate().length(),
    );
    if !(scale.min_element() > 0.0 && scale.is_finite()) {
        return local;
    }
    let straight = [(local.x_axis, 0), (local.y_axis, 1), (local.z_axis, 2)]
        .into_iter()
        .all(|(column, axis)| column[axis] > 0.0 && column[axis] == scale[axis]);
    // A straight node holds nothing but the lattice; another one also has a place of its own.
    let (origin, rest) = if straight {
        (local.w_axis.truncate(), DMat4::IDENTITY)
    } else {
        (DVec3::ZERO, local * DMat4::from_scale(scale.recip()))
    };
    for position in &mut mesh.positions {
        let at = DVec3::new(position[0].into(), position[1].into(), position[2].into());
        *position = (at * scale + origin).as_vec3().to_array();
    }
    if scale.max_element() > scale.min_element() * 1.000_001 {
        for normal in &mut mesh.normals {
            *normal = unit((Vec3::from(*normal) / scale.as_vec3()).to_array());
        }
    }
    rest
}

fn unit(vector: [f32; 3]) -> [f32; 3] {
    let [x, y, z] = vector;
    let length = (x * x + y * y + z * z).sqrt();
    if length.is_finite() && length > 1e-20 {
        [x / length, y / length, z / length]
    } else {
        [0.0, 1.0, 0.0]
    }
}

/// A list of lines from a list (1), a loop (2) or a strip (3).
fn lines(mut listed: Vec<u32>, mode: u32) -> Vec<u32> {
    if mode == 1 {
        listed.truncate(listed.len() / 2 * 2);
        return listed;
    }
    if mode == 2 && listed.len() > 2 {
        listed.extend(listed.first().copied());
    }
    listed.windows(2).flatten().copied().collect()
}

/// A list of triangles from a list (4), strip (5) or fan (6).
fn triangles(mut listed: Vec<u32>, mode: u32) -> Vec<u32> {
    match mode {
        5 => listed
            .windows(3)
            .enumerate()
            .flat_map(|(number, w)| match (number % 2, w) {
                (0, &[a, b, c]) => [a, b, c],
                (_, &[a, b, c]) => [b, a, c],
                _ => [0; 3],
            })
            .collect(),
        6 => {
            let Some((&hub, rest)) = listed.split_first() else {
                return Vec::new();
            };
            rest.windows(2)
                .flat_map(|w| match w {
                    &[a, b] => [hub, a, b],
                    _ => [hub; 3],
                })
                .collect()
        }
        _ => {
            listed.truncate(listed.len() / 3 * 3);
            listed
        }
    }
}

/// Gives every triangle its own vertices and its own normal, as the specification asks when there are none.
fn flatten(mesh: &mut TileMesh) {
    // Who tells of lines tells normals too.
    mesh.strokes.clear();
    // All indices are checked before.
    let pick = |index: &u32| {
        mesh.positions
            .get(*index as usize)
            .copied()
            .unwrap_or_default()
    };
    let positions: Vec<[f32; 3]> = mesh.indices.iter().map(pick).collect();
    let normals = positions
        .chunks_exact(3)
        .flat_map(|corners| match corners {
            &[a, b, c] => {
                let (a, b, c) = (Vec3::from(a), Vec3::from(b), Vec3::from(c));
                [unit((b - a).cross(c - a).to_array()); 3]
            }
            _ => [[0.0, 1.0, 0.0]; 3],
        })
        .collect();
    if !mesh.colors.is_empty() {
        let pick = |index: &u32| {
            mesh.colors
                .get(*index as usize)
                .copied()
                .unwrap_or_default()
        };
        mesh.colors = mesh.indices.iter().map(pick).collect();
    }
    if !mesh.feature_ids.is_empty() {
        let pick = |index: &u32| {
            mesh.feature_ids
                .get(*index as usize)
                .copied()
                .unwrap_or_default()
        };
        mesh.feature_ids = mesh.indices.iter().map(pick).collect();
    }
    if !mesh.finish.uvs.is_empty() {
        let pick = |index: &u32| mesh.finish.uvs.get(*index as usize).copied().unwrap_or_default();
        mesh.finish.uvs = mesh.indices.iter().map(pick).collect();
    }
    for sampled in &mut mesh.sampled {
        let pick = |index: &u32| sampled.uvs.get(*index as usize).copied().unwrap_or_default();
        sampled.uvs = mesh.indices.iter().map(pick).collect();
    }
    mesh.indices = (0..positions.len() as u32).collect();
    mesh.positions = positions;
    mesh.normals = normals;
}
