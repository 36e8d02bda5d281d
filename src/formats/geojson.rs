//! GeoJSON: a FeatureCollection, one Feature, a bare geometry, or a sequence of Features (RFC 8142, or one a line).
//!
//! RFC 7946 knows WGS84 only; the `crs` member of the 2008 draft is honoured because real files carry it, with projected metres inside.

use super::shape::Shape;
use serde_json::{Map, Value};

/// Deeper geometry collections are refused.
const MAX_DEPTH: usize = 8;

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GeoJson {
    /// The `crs` member's name as written: `urn:ogc:def:crs:EPSG::2154`; `None` means WGS84 (CRS84).
    pub crs: Option<String>,
    pub features: Vec<Feature>,
    /// Features that could not be read, by index, and why.
    pub faults: Vec<(usize, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The `id` member as text; empty without one.
    pub id: String,
    pub properties: Map<String, Value>,
    /// `None` for a null geometry.
    pub shape: Option<Shape>,
}

/// Reads a document; a fault of one feature does not stop the others.
///
/// # Errors
/// A sentence, when the bytes are no GeoJSON at all.
pub fn parse(bytes: &[u8]) -> Result<GeoJson, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match serde_json::from_slice::<Value>(bytes) {
        Ok(value) => document(value),
        Err(whole) => sequence(bytes).ok_or_else(|| whole.to_string()),
    }
}

fn document(value: Value) -> Result<GeoJson, String> {
    let Value::Object(mut object) = value else {
        return Err("the document is not a JSON object".into());
    };
    let mut read = GeoJson {
        crs: object.get("crs").and_then(crs_name),
        ..GeoJson::default()
    };
    match object.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => {
            let Some(Value::Array(features)) = object.remove("features") else {
                return Err("the FeatureCollection has no 'features'".into());
            };
            for (index, value) in features.into_iter().enumerate() {
                read.take(index, value);
            }
            Ok(read)
        }
        Some("Feature") => {
            read.take(0, Value::Object(object));
            Ok(read)
        }
        Some(_) if object.contains_key("coordinates") || object.contains_key("geometries") => {
            match shape(&Value::Object(object), 0) {
                Ok(shape) => read.features.push(Feature {
                    id: String::new(),
                    properties: Map::new(),
                    shape: Some(shape),
                }),
                Err(fault) => read.faults.push((0, fault)),
            }
            Ok(read)
        }
        _ => Err("the JSON object is no GeoJSON (no known 'type')".into()),
    }
}

/// One Feature a record, records separated by line feeds (and RFC 8142's record separator).
fn sequence(bytes: &[u8]) -> Option<GeoJson> {
    let mut read = GeoJson::default();
    let mut index = 0;
    for record in bytes.split(|byte| *byte == b'\n' || *byte == 0x1E) {
        let record = record.trim_ascii();
        if record.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Value>(record) {
            Ok(value) => read.take(index, value),
            // The very first record decides whether this is a sequence at all.
            Err(_) if index == 0 => return None,
            Err(fault) => read.faults.push((index, fault.to_string())),
        }
        index += 1;
    }
    (!read.features.is_empty()).then_some(read)
}

impl GeoJson {
    fn take(&mut self, index: usize, value: Value) {
        match feature(value) {
            Ok(feature) => self.features.push(feature),
            Err(fault) => self.faults.push((index, fault)),
        }
    }
}

fn feature(value: Value) -> Result<Feature, String> {
    let Value::Object(mut object) = value else {
        return Err("the feature is not an object".into());
    };
    if object.get("type").and_then(Value::as_str) != Some("Feature") {
        return Err("the feature's 'type' is not 'Feature'".into());
    }
    let shape = match object.get("geometry") {
        None | Some(Value::Null) => None,
        Some(geometry) => Some(shape(geometry, 0)?),
    };
    let id = match object.get("id") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let properties = match object.remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    Ok(Feature {
        id,
        properties,
        shape,
    })
}

/// `{"type":"name","properties":{"name":"urn:…"}}`, or a bare string in files written by hand.
fn crs_name(value: &Value) -> Option<String> {
    value
        .pointer("/properties/name")
        .or_else(|| value.get("name"))
        .unwrap_or(value)
        .as_str()
        .map(str::to_owned)
}

fn shape(value: &Value, depth: usize) -> Result<Shape, String> {
    if depth > MAX_DEPTH {
        return Err("geometries are nested too deeply".into());
    }
    let kind = value
        .get("type")
        .and_then(Value::as_str)
        .ok_or("the geometry has no 'type'")?;
    if kind == "GeometryCollection" {
        let parts = value
            .get("geometries")
            .and_then(Value::as_array)
            .ok_or("the collection has no 'geometries'")?;
        let parts: Result<_, _> = parts.iter().map(|part| shape(part, depth + 1)).collect();
        return Ok(Shape::Many(parts?));
    }
    let coordinates = value
        .get("coordinates")
        .ok_or("the geometry has no 'coordinates'")?;
    match kind {
        "Point" => match coordinates.as_array() {
            Some(empty) if empty.is_empty() => Ok(Shape::Many(Vec::new())),
            _ => Ok(Shape::Point(position(coordinates)?)),
        },
        "LineString" => Ok(Shape::Line(list(coordinates, position)?)),
        "Polygon" => Ok(Shape::Polygon(list(coordinates, ring)?)),
        "MultiPoint" => Ok(Shape::Many(list(coordinates, |c| {
            Ok(Shape::Point(position(c)?))
        })?)),
        "MultiLineString" => Ok(Shape::Many(list(coordinates, |c| {
            Ok(Shape::Line(list(c, position)?))
        })?)),
        "MultiPolygon" => Ok(Shape::Many(list(coordinates, |c| {
            Ok(Shape::Polygon(list(c, ring)?))
        })?)),
        other => Err(format!("geometry type '{other}' does not exist")),
    }
}

fn ring(value: &Value) -> Result<Vec<[f64; 3]>, String> {
    list(value, position)
}

fn list<T>(value: &Value, item: impl Fn(&Value) -> Result<T, String>) -> Result<Vec<T>, String> {
    value
        .as_array()
        .ok_or("coordinates are not an array")?
        .iter()
        .map(item)
        .collect()
}

fn position(value: &Value) -> Result<[f64; 3], String> {
    let numbers = value.as_array().ok_or("a position is not an array")?;
    let number = |index: usize| numbers.get(index).and_then(Value::as_f64);
    match (number(0), number(1)) {
        (Some(x), Some(y)) => Ok([x, y, number(2).unwrap_or(f64::NAN)]),
        _ => Err("a position lacks two numbers".into()),
    }
}
