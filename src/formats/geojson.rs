//! GeoJSON: a FeatureCollection, one Feature, a bare geometry, or a sequence of Features (RFC 8142, or one a line).
//!
//! RFC 7946 knows WGS84 only; the `crs` member of the 2008 draft is honoured because real files carry it, with projected metres inside.
//! Features are handed out one by one, so that a document of any size takes the memory of one feature.

use super::shape::Shape;
use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::io::BufRead;

/// Deeper geometry collections are refused.
const MAX_DEPTH: usize = 8;
/// The longest record of a sequence.
const MAX_RECORD_BYTES: usize = 256 << 20;
/// So far the first value is followed to tell a sequence from a document.
const LOOK_BYTES: usize = 8 << 20;
const RECORD_SEPARATOR: u8 = 0x1E;

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

/// Gets every feature with its index, or why it could not be read.
pub type Each<'a> = &'a mut dyn FnMut(usize, Result<Feature, String>);

/// Reads a document held in memory; a fault of one feature does not stop the others.
///
/// # Errors
/// A sentence, when the bytes are no GeoJSON at all.
pub fn parse(bytes: &[u8]) -> Result<GeoJson, String> {
    let mut read = GeoJson::default();
    let mut each = |index: usize, feature: Result<Feature, String>| match feature {
        Ok(feature) => read.features.push(feature),
        Err(fault) => read.faults.push((index, fault)),
    };
    let crs = parse_slice(bytes, &mut each)?;
    Ok(GeoJson { crs, ..read })
}

/// Hands out the features of bytes in memory; answers the `crs` member's name.
///
/// # Errors
/// A sentence, when the bytes are no GeoJSON at all, or broken further on.
pub fn parse_slice(bytes: &[u8], each: Each) -> Result<Option<String>, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match layout(bytes) {
        Layout::Document => document(&mut serde_json::Deserializer::from_slice(bytes), each),
        Layout::Sequence(separator) => sequence(bytes, separator, each).map(|()| None),
    }
}

/// As [`parse_slice`], from a stream that is read once.
///
/// # Errors
/// As [`parse_slice`], and where the stream cannot be read.
pub fn parse_stream(mut stream: impl BufRead, each: Each) -> Result<Option<String>, String> {
    let start = stream.fill_buf().map_err(|error| error.to_string())?;
    if start.starts_with(b"\xEF\xBB\xBF") {
        stream.consume(3);
    }
    let start = stream.fill_buf().map_err(|error| error.to_string())?;
    match layout(start) {
        Layout::Document => document(&mut serde_json::Deserializer::from_reader(stream), each),
        Layout::Sequence(separator) => sequence(stream, separator, each).map(|()| None),
    }
}

enum Layout {
    Document,
    /// The byte between records.
    Sequence(u8),
}

/// A record separator begins RFC 8142; otherwise a second value behind the first, on a line of its own, makes a sequence.
fn layout(start: &[u8]) -> Layout {
    let start = start.trim_ascii_start();
    if start.first() == Some(&RECORD_SEPARATOR) {
        return Layout::Sequence(RECORD_SEPARATOR);
    }
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in start.iter().take(LOOK_BYTES).enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    let rest = start.get(at + 1..).unwrap_or_default().trim_ascii_start();
                    return if rest.first() == Some(&b'{') {
                        Layout::Sequence(b'\n')
                    } else {
                        Layout::Document
                    };
                }
            }
            // A line that ends inside a value is no line of a sequence.
            b'\n' => return Layout::Document,
            _ => {}
        }
    }
    Layout::Document
}

/// One Feature a record.
fn sequence(mut stream: impl BufRead, separator: u8, each: Each) -> Result<(), String> {
    let mut record = Vec::new();
    let mut index = 0;
    let mut good = 0_usize;
    loop {
        record.clear();
        let more =
            read_record(&mut stream, separator, &mut record).map_err(|error| error.to_string())?;
        let text = record.trim_ascii();
        if !text.is_empty() {
            let read = if record.len() > MAX_RECORD_BYTES {
                Err(format!("more than {MAX_RECORD_BYTES} bytes"))
            } else {
                serde_json::from_slice::<Value>(text)
                    .map_err(|fault| fault.to_string())
                    .and_then(feature)
            };
            good += usize::from(read.is_ok());
            each(index, read);
            index += 1;
        }
        if !more {
            break;
        }
    }
    if good == 0 {
        Err("no record is a Feature".into())
    } else {
        Ok(())
    }
}

/// Up to the separator or the end; what is longer than a record may be is passed over. False at the end.
fn read_record(
    stream: &mut impl BufRead,
    separator: u8,
    record: &mut Vec<u8>,
) -> std::io::Result<bool> {
    loop {
        let available = stream.fill_buf()?;
        if available.is_empty() {
            return Ok(false);
        }
        let end = available.iter().position(|byte| *byte == separator);
        let taken = end.unwrap_or(available.len());
        if record.len() <= MAX_RECORD_BYTES {
            record.extend_from_slice(available.get(..taken).unwrap_or_default());
        }
        let used = taken + usize::from(end.is_some());
        stream.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

fn document<'de, R: serde_json::de::Read<'de>>(
    json: &mut serde_json::Deserializer<R>,
    each: Each,
) -> Result<Option<String>, String> {
    let mut top = Top {
        each,
        crs: None,
        features: 0,
        collected: false,
        rest: Map::new(),
    };
    json.deserialize_map(&mut top)
        .map_err(|fault| fault.to_string())?;
    json.end().map_err(|fault| fault.to_string())?;
    let Top {
        each,
        crs,
        collected,
        rest,
        ..
    } = top;
    let object = Value::Object(rest);
    match object.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") if collected => {}
        Some("FeatureCollection") => return Err("the FeatureCollection has no 'features'".into()),
        Some("Feature") => each(0, feature(object)),
        Some(_) if object.get("coordinates").is_some() || object.get("geometries").is_some() => {
            each(
                0,
                shape(&object, 0).map(|shape| Feature {
                    id: String::new(),
                    properties: Map::new(),
                    shape: Some(shape),
                }),
            );
        }
        _ => return Err("the JSON object is no GeoJSON (no known 'type')".into()),
    }
    Ok(crs)
}

/// The outermost object: features go straight to `each`, a few members are kept, the rest is passed over.
struct Top<'a> {
    each: Each<'a>,
    crs: Option<String>,
    features: usize,
    collected: bool,
    rest: Map<String, Value>,
}

impl<'de> Visitor<'de> for &mut Top<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => map.next_value_seed(Features(self))?,
                "crs" => self.crs = crs_name(&map.next_value::<Value>()?),
                "type" | "id" | "properties" | "geometry" | "coordinates" | "geometries" => {
                    let value = map.next_value()?;
                    self.rest.insert(key, value);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Features<'a, 'b>(&'a mut Top<'b>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an array of features")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.collected = true;
        while let Some(value) = items.next_element::<Value>()? {
            (self.0.each)(self.0.features, feature(value));
            self.0.features += 1;
        }
        Ok(())
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
