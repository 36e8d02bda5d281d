//! What a picture tells of places on a surface: ids of features (`EXT_mesh_features` with a texture) and values of properties (property textures of
//! `EXT_structural_metadata`). They are looked up where somebody points; what is drawn does not change by them.

use super::json::{Enumeration, MeshFeatures, Primitive, Property, Schema, StructuralMetadata, extension};
use super::metadata::STRUCTURAL_METADATA;
use serde::Deserialize;
use serde_json::Value;

/// Sets of ids and property textures of one surface.
const MAX_SETS: usize = 16;
/// Properties of one property texture.
const MAX_PROPERTIES: usize = 64;

/// One thing that a picture tells of a surface.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// Index into the pictures of the scene.
    pub picture: usize,
    /// Where each vertex lies on it; as many as positions.
    pub uvs: Vec<[f32; 2]>,
    pub tells: Tells,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Tells {
    /// Which feature, as a row of a table.
    Feature { channels: Vec<usize>, null: Option<u32>, table: Option<usize> },
    Property(Box<Scale>),
}

/// How channels become a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// As people call it.
    pub name: String,
    channels: Vec<usize>,
    /// Bytes of one number, and of which kind it is.
    component: Component,
    normalized: bool,
    scale: f64,
    offset: f64,
    no_data: Option<f64>,
    /// Names by number, of an enumeration.
    names: Option<Vec<(i64, String)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Component {
    Unsigned(usize),
    Signed(usize),
    Float,
}

/// A value that was looked up.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Number(f64),
    Text(String),
}

/// A reference from a surface to a picture, before the picture has been fetched.
pub(super) struct Reference {
    pub texture: usize,
    pub set: usize,
    pub tells: Tells,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    index: usize,
    #[serde(default)]
    tex_coord: usize,
    #[serde(default = "first")]
    channels: Vec<usize>,
}

fn first() -> Vec<usize> {
    vec![0]
}

impl Info {
    fn of(value: &Value) -> Option<Self> {
        let info = Self::deserialize(value).ok()?;
        (!info.channels.is_empty() && info.channels.len() <= 4 && info.channels.iter().all(|channel| *channel < 4)).then_some(info)
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ByNumber {
    property_textures: Vec<usize>,
}

/// All that pictures tell of a surface. `tables` is how many property tables there are.
pub(super) fn references(primitive: &Primitive, metadata: Option<&StructuralMetadata>, schema: Option<&Schema>, tables: usize) -> Vec<Reference> {
    let sets = extension::<MeshFeatures>(&primitive.extensions, "EXT_mesh_features").map_or_else(Vec::new, |features| features.feature_ids);
    let mut found: Vec<Reference> = sets
        .into_iter()
        .take(MAX_SETS)
        .filter_map(|set| {
            let Info { index, tex_coord, channels } = Info::of(set.texture.as_ref()?)?;
            let null = set.null_feature_id.and_then(|null| u32::try_from(null).ok());
            let table = set.property_table.filter(|table| *table < tables);
            Some(Reference { texture: index, set: tex_coord, tells: Tells::Feature { channels, null, table } })
        })
        .collect();
    // The set that says most goes first.
    found.sort_by_key(|reference| !matches!(reference.tells, Tells::Feature { table: Some(_), .. }));
    let (Some(metadata), Some(schema)) = (metadata, schema) else { return found };
    let numbers = extension::<ByNumber>(&primitive.extensions, STRUCTURAL_METADATA).unwrap_or_default().property_textures;
    for texture in numbers.iter().take(MAX_SETS).filter_map(|number| metadata.property_textures.get(*number)) {
        let class = texture.get("class").and_then(Value::as_str).and_then(|class| schema.classes.get(class)).and_then(|class| class.get("properties"));
        let places = texture.get("properties").and_then(Value::as_object);
        for (id, place) in places.into_iter().flatten().take(MAX_PROPERTIES) {
            let property = class.and_then(|class| class.get(id));
            let (Some(property), Some(Info { index, tex_coord, channels })) = (property, Info::of(place)) else { continue };
            if let Some(scale) = Scale::of(id, property, place, channels, schema) {
                found.push(Reference { texture: index, set: tex_coord, tells: Tells::Property(Box::new(scale)) });
            }
        }
    }
    found
}

impl Scale {
    fn of(id: &str, described: &Value, place: &Value, channels: Vec<usize>, schema: &Schema) -> Option<Self> {
        let property = Property::deserialize(described).ok()?;
        let enumeration = property.enum_type.as_deref().and_then(|id| Enumeration::deserialize(schema.enums.get(id)?).ok());
        let component = match (property.kind.as_str(), &enumeration) {
            ("ENUM", Some(list)) => Component::named(list.value_type.as_deref().unwrap_or("UINT16"))?,
            ("BOOLEAN", _) => Component::Unsigned(1),
            ("SCALAR" | "VEC2" | "VEC3" | "VEC4", _) => Component::named(property.component_type.as_deref()?)?,
            _ => return None,
        };
        // As many numbers as the channels hold.
        if channels.len() % component.bytes() != 0 {
            return None;
        }
        let number = |own: Option<&Value>, class: &Option<Value>| own.or(class.as_ref()).and_then(Value::as_f64);
        Some(Self {
            name: described.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or(id).to_owned(),
            channels,
            component,
            normalized: property.normalized,
            scale: number(place.get("scale"), &property.scale).unwrap_or(1.0),
            offset: number(place.get("offset"), &property.offset).unwrap_or(0.0),
            no_data: property.no_data.as_ref().and_then(Value::as_f64),
            names: enumeration.map(|list| list.values.into_iter().map(|value| (value.value, value.name)).collect()),
        })
    }

    /// What a texel says; `None` for "no data".
    pub fn read(&self, texel: [u8; 4]) -> Option<Said> {
        let bytes: Vec<u8> = self.channels.iter().filter_map(|channel| texel.get(*channel).copied()).collect();
        let raw: Vec<f64> = bytes.chunks_exact(self.component.bytes()).map(|number| self.component.read(number)).collect();
        if let (Some(names), [one]) = (&self.names, raw.as_slice()) {
            return names.iter().find(|(value, _)| *value as f64 == *one).map(|(_, name)| Said::Text(name.clone()));
        }
        let most = if self.normalized { self.component.most() } else { 1.0 };
        let values: Vec<f64> = raw.iter().map(|raw| raw / most * self.scale + self.offset).collect();
        match (raw.as_slice(), values.as_slice()) {
            ([raw], [_]) if Some(*raw) == self.no_data => None,
            (_, [value]) => value.is_finite().then_some(Said::Number(*value)),
            (_, values) => Some(Said::Text(values.iter().map(|value| format!("{value}")).collect::<Vec<_>>().join(", "))),
        }
    }
}

impl Component {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "UINT8" => Self::Unsigned(1),
            "UINT16" => Self::Unsigned(2),
            "UINT32" => Self::Unsigned(4),
            "INT8" => Self::Signed(1),
            "INT16" => Self::Signed(2),
            "INT32" => Self::Signed(4),
            "FLOAT32" => Self::Float,
            _ => return None,
        })
    }

    fn bytes(self) -> usize {
        match self {
            Self::Unsigned(bytes) | Self::Signed(bytes) => bytes,
            Self::Float => 4,
        }
    }

    /// The largest value, for normalised numbers.
    fn most(self) -> f64 {
        match self {
            Self::Unsigned(bytes) => 256_f64.powi(bytes as i32) - 1.0,
            Self::Signed(bytes) => 256_f64.powi(bytes as i32) / 2.0 - 1.0,
            Self::Float => 1.0,
        }
    }

    fn read(self, bytes: &[u8]) -> f64 {
        let whole = bytes.iter().rev().fold(0_u32, |whole, byte| whole << 8 | u32::from(*byte));
        match self {
            Self::Unsigned(_) => f64::from(whole),
            Self::Signed(bytes) => {
                let unused = 32 - 8 * bytes as u32;
                f64::from((whole << unused).cast_signed() >> unused)
            }
            Self::Float => f64::from(f32::from_bits(whole)),
        }
    }
}

impl Tells {
    /// The feature of a texel; `None` for none, and of what tells properties.
    pub fn feature(&self, texel: [u8; 4]) -> Option<u32> {
        let Self::Feature { channels, null, .. } = self else { return None };
        let bytes = channels.iter().rev().filter_map(|channel| texel.get(*channel));
        let id = bytes.fold(0_u32, |id, byte| id << 8 | u32::from(*byte));
        (Some(id) != *null).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn scale(property: &Value, place: &Value, channels: &[usize]) -> Scale {
        let enums = json!({ "kind": { "valueType": "UINT8", "values": [{ "name": "wall", "value": 2 }] } });
        let schema = Schema { enums: enums.as_object().unwrap().clone(), ..Schema::default() };
        Scale::of("id", property, place, channels.to_vec(), &schema).unwrap()
    }

    #[test]
    fn channels_become_values() {
        let none = json!({});
        let plain = scale(&json!({ "type": "SCALAR", "componentType": "UINT8", "noData": 9 }), &none, &[1]);
        assert_eq!((plain.read([0, 21, 0, 0]), plain.read([0, 9, 0, 0])), (Some(Said::Number(21.0)), None));
        let share = scale(&json!({ "type": "SCALAR", "componentType": "UINT8", "normalized": true, "name": "Share" }), &json!({ "scale": 10 }), &[0]);
        assert_eq!((share.read([255, 0, 0, 0]), share.name.as_str()), (Some(Said::Number(10.0)), "Share"));
        let wide = scale(&json!({ "type": "SCALAR", "componentType": "INT16" }), &none, &[0, 1]);
        assert_eq!(wide.read([0xFE, 0xFF, 0, 0]), Some(Said::Number(-2.0)));
        let float = scale(&json!({ "type": "SCALAR", "componentType": "FLOAT32" }), &none, &[0, 1, 2, 3]);
        assert_eq!(float.read(1.5_f32.to_le_bytes()), Some(Said::Number(1.5)));
        let named = scale(&json!({ "type": "ENUM", "enumType": "kind" }), &none, &[0]);
        assert_eq!((named.read([2, 0, 0, 0]), named.read([3, 0, 0, 0])), (Some(Said::Text("wall".into())), None));
        let vector = scale(&json!({ "type": "VEC3", "componentType": "UINT8" }), &none, &[0, 1, 2]);
        assert_eq!(vector.read([1, 2, 3, 4]), Some(Said::Text("1, 2, 3".into())));
        let ids = Tells::Feature { channels: vec![0, 1], null: Some(7), table: None };
        assert_eq!((ids.feature([1, 2, 0, 0]), ids.feature([7, 0, 0, 0])), (Some(513), None));
    }
}
