//! The JSON part of glTF 2.0, as far as we read or write it.
//!
//! Names follow the specification; everything unknown is skipped. Indices are plain numbers and may point nowhere: who uses one, checks it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Extension objects by name.
pub type Extensions = Map<String, Value>;

fn nothing(map: &Extensions) -> bool {
    map.is_empty()
}

fn no<T>(list: &[T]) -> bool {
    list.is_empty()
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Document {
    pub asset: Asset,
    #[serde(skip_serializing_if = "no")]
    pub extensions_used: Vec<String>,
    #[serde(skip_serializing_if = "no")]
    pub extensions_required: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scene: Option<usize>,
    #[serde(skip_serializing_if = "no")]
    pub scenes: Vec<Scene>,
    #[serde(skip_serializing_if = "no")]
    pub nodes: Vec<Node>,
    #[serde(skip_serializing_if = "no")]
    pub meshes: Vec<Mesh>,
    #[serde(skip_serializing_if = "no")]
    pub materials: Vec<Material>,
    #[serde(skip_serializing_if = "no")]
    pub accessors: Vec<Accessor>,
    #[serde(skip_serializing_if = "no")]
    pub buffer_views: Vec<BufferView>,
    #[serde(skip_serializing_if = "no")]
    pub buffers: Vec<Buffer>,
    #[serde(skip_serializing_if = "no")]
    pub images: Vec<Value>,
    #[serde(skip_serializing_if = "no")]
    pub textures: Vec<Value>,
    #[serde(skip_serializing_if = "no")]
    pub samplers: Vec<Value>,
    /// [`Skin`]s as they stand.
    #[serde(skip_serializing_if = "no")]
    pub skins: Vec<Value>,
    #[serde(skip_serializing_if = "nothing")]
    pub extensions: Extensions,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Asset {
    pub version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub copyright: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub generator: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Scene {
    #[serde(skip_serializing_if = "no")]
    pub nodes: Vec<usize>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "no")]
    pub children: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mesh: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<[f64; 16]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation: Option<[f64; 3]>,
    /// Quaternion x, y, z, w.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<[f64; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<[f64; 3]>,
    /// As it stands: what is wrong with a pose does not cost the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skin: Option<Value>,
    /// Of the mesh's morph targets, the same; the mesh's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Value>,
    #[serde(skip_serializing_if = "nothing")]
    pub extensions: Extensions,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Mesh {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub primitives: Vec<Primitive>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Value>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Skin {
    pub joints: Vec<usize>,
    /// Identities when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inverse_bind_matrices: Option<usize>,
}

/// The `mode` of a primitive that has none.
pub const TRIANGLES: u32 = 4;

fn triangles() -> u32 {
    TRIANGLES
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Primitive {
    #[serde(default)]
    pub attributes: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indices: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<usize>,
    #[serde(default = "triangles", skip_serializing_if = "is_triangles")]
    pub mode: u32,
    /// Morph targets as they stand: a list of accessors by attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Value>,
    #[serde(default, skip_serializing_if = "nothing")]
    pub extensions: Extensions,
}

fn is_triangles(mode: &u32) -> bool {
    *mode == TRIANGLES
}

impl Primitive {
    /// The accessor of an attribute, if it has one.
    pub fn attribute(&self, name: &str) -> Option<usize> {
        usize::try_from(self.attributes.get(name)?.as_u64()?).ok()
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Material {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pbr_metallic_roughness: Option<Pbr>,
    /// `OPAQUE` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha_mode: Option<String>,
    /// 0.5 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha_cutoff: Option<f32>,
    #[serde(skip_serializing_if = "is_false")]
    pub double_sided: bool,
    /// Three linear parts, as they stand; black when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emissive_factor: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emissive_texture: Option<Value>,
    #[serde(skip_serializing_if = "nothing")]
    pub extensions: Extensions,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Pbr {
    /// Linear; white when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_color_factor: Option<[f32; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_color_texture: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metallic_factor: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roughness_factor: Option<f32>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Accessor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buffer_view: Option<usize>,
    #[serde(skip_serializing_if = "is_zero")]
    pub byte_offset: usize,
    /// 5120 BYTE, 5121 UNSIGNED_BYTE, 5122 SHORT, 5123 UNSIGNED_SHORT, 5125 UNSIGNED_INT, 5126 FLOAT.
    pub component_type: u32,
    #[serde(skip_serializing_if = "is_false")]
    pub normalized: bool,
    pub count: usize,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sparse: Option<Value>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BufferView {
    pub buffer: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub byte_offset: usize,
    pub byte_length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_stride: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<u32>,
    #[serde(skip_serializing_if = "nothing")]
    pub extensions: Extensions,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Buffer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    pub byte_length: usize,
    #[serde(skip_serializing_if = "nothing")]
    pub extensions: Extensions,
}

/// `EXT_meshopt_compression` of a buffer view.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Meshopt {
    pub buffer: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub byte_offset: usize,
    pub byte_length: usize,
    pub byte_stride: usize,
    pub count: usize,
    /// `ATTRIBUTES`, `TRIANGLES` or `INDICES`.
    pub mode: String,
    /// `NONE` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// `EXT_mesh_features` of a primitive.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MeshFeatures {
    pub feature_ids: Vec<FeatureIds>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FeatureIds {
    pub feature_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub null_feature_id: Option<u64>,
    /// n of `_FEATURE_ID_n`; with neither attribute nor texture the id is the vertex's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub texture: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property_table: Option<usize>,
}

/// `EXT_structural_metadata` of the document.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StructuralMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Schema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_uri: Option<String>,
    #[serde(skip_serializing_if = "no")]
    pub property_tables: Vec<Table>,
    /// As they stand.
    #[serde(skip_serializing_if = "no")]
    pub property_textures: Vec<Value>,
    #[serde(skip_serializing_if = "no")]
    pub property_attributes: Vec<Value>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Schema {
    pub id: String,
    /// [`Class`] by id, in the author's order.
    pub classes: Map<String, Value>,
    /// [`Enumeration`] by id.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub enums: Map<String, Value>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Class {
    /// [`Property`] by id.
    pub properties: Map<String, Value>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Property {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enum_type: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub array: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    #[serde(skip_serializing_if = "is_false")]
    pub normalized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
}

impl Property {
    /// How many numbers one value is; `None` where it is no numbers, or each value has its own count. Vectors are lists by another name.
    pub fn numbers(&self) -> Option<usize> {
        let components = match self.kind.as_str() {
            "SCALAR" | "ENUM" => 1,
            "VEC2" => 2,
            "VEC3" => 3,
            "VEC4" => 4,
            _ => return None,
        };
        let length = if self.array { usize::try_from(self.count?).ok()? } else { 1 };
        length.checked_mul(components)
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Enumeration {
    /// `UINT16` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_type: Option<String>,
    pub values: Vec<EnumValue>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EnumValue {
    pub name: String,
    pub value: i64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Table {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub class: String,
    pub count: usize,
    /// [`TableProperty`] by property id.
    pub properties: Map<String, Value>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TableProperty {
    pub values: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub array_offsets: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_offsets: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_offset_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub array_offset_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Value>,
}

/// Reads an extension object; `None` when absent or of another shape.
pub fn extension<T: for<'de> Deserialize<'de>>(extensions: &Extensions, name: &str) -> Option<T> {
    T::deserialize(extensions.get(name)?).ok()
}

/// An extension object from a type of this module.
pub fn value<T: Serialize>(of: &T) -> Value {
    // Our own types have text keys and finite numbers only, so this cannot fail.
    serde_json::to_value(of).unwrap_or(Value::Null)
}
