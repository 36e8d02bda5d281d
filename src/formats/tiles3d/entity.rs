//! What a tileset says of itself, of its groups, of its tiles and of their contents: the metadata entities of 3D Tiles 1.1 that stand in JSON,
//! and the same as `3DTILES_metadata` of 1.0 has them.

use crate::formats::gltf::{Column, Values, said};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Properties of one entity that are kept.
const MAX_PROPERTIES: usize = 64;

/// The values of one thing, as they stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entity {
    /// Class id in the tileset's schema.
    pub class: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
}

impl Entity {
    /// The values as columns of one row; `schema` says which value means "none", and what stands where nothing is said.
    pub fn columns(&self, schema: Option<&Value>) -> Vec<Column> {
        let class = || schema?.get("classes")?.get(&self.class)?.get("properties")?.as_object();
        let known = class();
        let of_schema = |id: &str, what: &str| known?.get(id)?.get(what);
        let stated = self.properties.iter().map(|(id, value)| match of_schema(id, "noData") == Some(value) || value.is_null() {
            true => (id, of_schema(id, "default")),
            false => (id, Some(value)),
        });
        let silent = known.into_iter().flatten().filter(|(id, _)| !self.properties.contains_key(*id)).map(|(id, property)| (id, property.get("default")));
        let told = stated.chain(silent).filter_map(|(id, value)| Some(Column { name: id.clone(), values: values(value?)? }));
        told.take(MAX_PROPERTIES).collect()
    }
}

/// A number as a number, all else as it is read; nothing of what has no plain form.
fn values(value: &Value) -> Option<Values> {
    if let Value::Number(number) = value {
        return number.as_f64().filter(|number| number.is_finite()).map(|number| Values::F64(vec![number]));
    }
    match value {
        Value::Object(_) => None,
        value => Some(Values::Text([said(value)?].into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_told_as_they_are_meant() {
        let schema = json!({ "classes": { "house": { "properties": {
            "storeys": { "noData": -1 }, "colour": {}, "height": { "noData": 0, "default": 7.5 }, "kind": { "default": "barn" }, "odd": {},
        } } } });
        let entity: Entity = serde_json::from_value(json!({
            "class": "house",
            "properties": { "storeys": -1, "colour": [64, 64, 255], "height": 0, "grid": [[1, 2], [3, 4]], "odd": { "a": 1 }, "sure": true },
        }))
        .unwrap();
        let text = |name: &str, value: &str| Column { name: name.into(), values: Values::Text([value].into()) };
        let wanted = [
            text("colour", "64, 64, 255"),
            Column { name: "height".into(), values: Values::F64(vec![7.5]) },
            text("grid", "1, 2, 3, 4"),
            text("sure", "true"),
            text("kind", "barn"),
        ];
        let mut told = entity.columns(Some(&schema));
        told.sort_by(|a, b| a.name.cmp(&b.name));
        let mut wanted = wanted.to_vec();
        wanted.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(told, wanted);
    }
}
