//! Rules of a metadata schema (3D Metadata Specification 1.0), the same in tilesets, in glTF and on its own.

use crate::base::{Finding, Severity};
use crate::formats::gltf::metadata::is_identifier;
use serde_json::{Map, Value};

/// Types of properties.
const TYPES: [&str; 10] = [
    "SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4", "STRING", "BOOLEAN", "ENUM",
];
/// Types of numbers, with their size in bytes.
const COMPONENTS: [(&str, usize); 10] = [
    ("INT8", 1),
    ("UINT8", 1),
    ("INT16", 2),
    ("UINT16", 2),
    ("INT32", 4),
    ("UINT32", 4),
    ("INT64", 8),
    ("UINT64", 8),
    ("FLOAT32", 4),
    ("FLOAT64", 8),
];

/// The size of a number type in bytes.
pub fn component_size(name: &str) -> Option<usize> {
    COMPONENTS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, size)| *size)
}

/// How many numbers a value of a type has; `None` for what has none.
pub fn component_count(kind: &str) -> Option<usize> {
    Some(match kind {
        "SCALAR" | "ENUM" => 1,
        "VEC2" => 2,
        "VEC3" => 3,
        "VEC4" | "MAT2" => 4,
        "MAT3" => 9,
        "MAT4" => 16,
        _ => return None,
    })
}

/// An object's member as an object, or nothing to look at.
pub fn object<'v>(value: &'v Value, key: &str) -> Option<&'v Map<String, Value>> {
    value.get(key).and_then(Value::as_object)
}

/// An object's member as text.
pub fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

/// Checks a schema; `at` is its place in the file, for the findings.
pub fn schema(schema: &Value, file: &str, at: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut fault = |code, object: String, value: &dyn std::fmt::Display| {
        findings.push(
            Finding::new(code, Severity::Error, file)
                .object(object)
                .value(value),
        );
    };
    if text(schema, "id").is_none_or(|id| !is_identifier(id)) {
        let id = schema.get("id").unwrap_or(&Value::Null);
        fault("schema-id", format!("{at}.id"), id);
    }
    let nothing = Map::new();
    let enums = object(schema, "enums").unwrap_or(&nothing);
    for (name, one) in enums {
        let place = format!("{at}.enums.{name}");
        let values = one.get("values").and_then(Value::as_array);
        let Some(values) = values.filter(|values| !values.is_empty()) else {
            fault("schema-enum-values", place, &"");
            continue;
        };
        let mut seen = std::collections::BTreeSet::new();
        for value in values {
            let number = value.get("value").and_then(Value::as_i64);
            if text(value, "name").is_none() || number.is_none_or(|number| !seen.insert(number)) {
                fault("schema-enum-values", place.clone(), value);
            }
        }
    }
    for (class_name, class) in object(schema, "classes").unwrap_or(&nothing) {
        if !is_identifier(class_name) {
            fault(
                "schema-id",
                format!("{at}.classes.{class_name}"),
                class_name,
            );
        }
        for (name, property) in object(class, "properties").unwrap_or(&nothing) {
            let place = format!("{at}.classes.{class_name}.properties.{name}");
            let kind = text(property, "type").unwrap_or("");
            if !is_identifier(name) {
                fault("schema-id", place.clone(), name);
            }
            if !TYPES.contains(&kind) {
                fault("schema-type", place.clone(), &kind);
                continue;
            }
            let enum_type = text(property, "enumType");
            match enum_type {
                Some(known) if kind == "ENUM" && enums.contains_key(known) => {}
                None if kind != "ENUM" => {}
                other => fault("schema-enum-unknown", place.clone(), &other.unwrap_or("")),
            }
            let numeric = kind == "SCALAR" || kind.starts_with("VEC") || kind.starts_with("MAT");
            match text(property, "componentType") {
                Some(known) if numeric && component_size(known).is_some() => {}
                None if !numeric => {}
                other => fault("schema-component-type", place, &other.unwrap_or("")),
            }
        }
    }
    findings
}
