//! Observations of the OGC SensorThings API 1.1, as a server answers them.
//!
//! Read are: a list of observations, things or data streams with their observations expanded in them, and the compact `dataArray`.
//! `result` may be a number, a text or nothing; `phenomenonTime` an instant or an interval, of which the start counts.
//! Source: OGC 18-088, SensorThings API Part 1: Sensing, version 1.1.

use crate::formats::Fault;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Things in things: a server may expand further than anybody needs.
const MAX_DEPTH: usize = 8;
/// Observations of one document.
const MAX_OBSERVATIONS: usize = 20_000_000;

/// One observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// What it was made of: the thing's id or name, else the data stream's.
    pub object: String,
    /// What was observed: the property, or the data stream where one object has several of it.
    pub quantity: String,
    /// Name of the data stream.
    pub stream: String,
    /// Unit as the server writes it; may be empty.
    pub unit: String,
    /// Start of `phenomenonTime`; empty where there is none.
    pub time: String,
    /// The result as it would be written in a table; empty where there is none.
    pub result: String,
}

/// A document, and what of it is somewhere else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub observations: Vec<Observation>,
    /// Pages that were not read: `@iot.nextLink` of the document and of lists in it.
    pub more: usize,
    /// Results that are objects or lists.
    pub structured: usize,
}

/// Whether the beginning of a JSON text is such a document.
pub fn is_one(start: &str) -> bool {
    let start = start.trim_start();
    start.starts_with(['{', '['])
        && (start.contains("\"phenomenonTime\"") || start.contains("\"@iot.") || start.contains("\"Observations\"") || start.contains("\"dataArray\""))
        && !start.contains("\"FeatureCollection\"")
}

/// What is known on the way down to an observation.
#[derive(Clone, Default)]
struct Above {
    thing: String,
    stream: String,
    quantity: String,
    unit: String,
}

/// # Errors
/// `series-json` for what is no JSON, or no such document.
pub fn read(bytes: &[u8]) -> Result<Document, Fault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let json: Json = serde_json::from_slice(bytes).map_err(|error| Fault::new("series-json", "", error))?;
    let mut document = Document::default();
    walk(&json, &Above::default(), 0, &mut document);
    tell_apart(&mut document.observations);
    if document.observations.is_empty() {
        return Err(Fault::new("series-json", "Observations", 0));
    }
    Ok(document)
}

/// Two streams of one property on one object are two quantities.
fn tell_apart(observations: &mut [Observation]) {
    let mut first: BTreeMap<(String, String), Option<String>> = BTreeMap::new();
    let mut last: Option<(String, String, String)> = None;
    for o in observations.iter() {
        // Observations stand together, stream by stream.
        if last.as_ref().is_some_and(|(object, quantity, stream)| *object == o.object && *quantity == o.quantity && *stream == o.stream) {
            continue;
        }
        last = Some((o.object.clone(), o.quantity.clone(), o.stream.clone()));
        match first.get_mut(&(o.object.clone(), o.quantity.clone())) {
            Some(known) if known.as_ref() != Some(&o.stream) => *known = None,
            Some(_) => {}
            None => drop(first.insert((o.object.clone(), o.quantity.clone()), Some(o.stream.clone()))),
        }
    }
    first.retain(|_, stream| stream.is_none());
    if first.is_empty() {
        return;
    }
    for o in observations.iter_mut().filter(|o| !o.stream.is_empty()) {
        if first.contains_key(&(o.object.clone(), o.quantity.clone())) {
            o.quantity.clone_from(&o.stream);
        }
    }
}

fn walk(json: &Json, above: &Above, depth: usize, document: &mut Document) {
    if depth > MAX_DEPTH || document.observations.len() >= MAX_OBSERVATIONS {
        return;
    }
    match json {
        Json::Array(items) => items.iter().for_each(|item| walk(item, above, depth, document)),
        Json::Object(members) => object(members, above, depth, document),
        _ => {}
    }
}

fn object(members: &Map<String, Json>, above: &Above, depth: usize, document: &mut Document) {
    let mut here = above.clone();
    let is_stream = members.contains_key("unitOfMeasurement") || members.contains_key("observationType") || members.contains_key("ObservedProperty") || members.contains_key("Observations");
    let is_thing = members.contains_key("Datastreams") || members.contains_key("Locations");
    if is_thing {
        here.thing = known_as(members).unwrap_or_default();
    }
    if is_stream {
        about_stream(members, &mut here);
    }
    document.more += members.keys().filter(|key| key.ends_with("@iot.nextLink") || *key == "@iot.nextLink" || *key == "@nextLink").count();
    if members.contains_key("result") && (members.contains_key("phenomenonTime") || members.contains_key("resultTime")) {
        // A single observation may carry its stream.
        if let Some(Json::Object(stream)) = members.get("Datastream") {
            about_stream(stream, &mut here);
        } else {
            linked_stream(members, &mut here);
        }
        let time = ["phenomenonTime", "resultTime"].into_iter().filter_map(|name| members.get(name)).find_map(Json::as_str);
        observe(&here, time.unwrap_or_default(), members.get("result"), document);
        return;
    }
    if let (Some(Json::Array(components)), Some(Json::Array(rows))) = (members.get("components"), members.get("dataArray")) {
        if let Some(Json::Object(stream)) = members.get("Datastream") {
            about_stream(stream, &mut here);
        } else {
            linked_stream(members, &mut here);
        }
        compact(components, rows, &here, document);
        return;
    }
    for name in ["value", "Datastreams", "Observations", "Things"] {
        if let Some(inner @ (Json::Array(_) | Json::Object(_))) = members.get(name) {
            walk(inner, &here, depth + 1, document);
        }
    }
}

fn compact(components: &[Json], rows: &[Json], above: &Above, document: &mut Document) {
    let at = |name: &str| components.iter().position(|known| known.as_str() == Some(name));
    let Some(result) = at("result") else { return };
    let time = at("phenomenonTime").or_else(|| at("resultTime"));
    for row in rows {
        let Json::Array(cells) = row else { continue };
        let stamp = time.and_then(|at| cells.get(at)).and_then(Json::as_str).unwrap_or_default();
        observe(above, stamp, cells.get(result), document);
    }
}

fn about_stream(members: &Map<String, Json>, here: &mut Above) {
    here.stream = known_as(members).unwrap_or_default();
    let property = members.get("ObservedProperty").and_then(|property| property.get("name")).and_then(Json::as_str);
    here.quantity = property.or_else(|| members.get("name").and_then(Json::as_str)).unwrap_or_default().to_owned();
    if let Some(Json::Object(thing)) = members.get("Thing") {
        here.thing = known_as(thing).unwrap_or_default();
    }
    if let Some(unit) = members.get("unitOfMeasurement") {
        let text = |name: &str| unit.get(name).and_then(Json::as_str).filter(|text| !text.trim().is_empty());
        here.unit = text("symbol").or_else(|| text("name")).unwrap_or_default().to_owned();
    }
}

/// A stream that is only pointed at, `…/Datastreams(7)`, is known by its number.
fn linked_stream(members: &Map<String, Json>, here: &mut Above) {
    let link = members.get("Datastream@iot.navigationLink").and_then(Json::as_str).unwrap_or_default();
    let id = link.rsplit_once("Datastreams(").and_then(|(_, rest)| rest.split_once(')')).map(|(id, _)| id.trim_matches('\'').trim());
    if let Some(id) = id.filter(|id| !id.is_empty() && here.stream.is_empty()) {
        here.stream = id.to_owned();
    }
}

/// The id that the owner gave, else the name, else the server's number.
fn known_as(members: &Map<String, Json>) -> Option<String> {
    let written = |value: &Json| match value {
        Json::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let given = members.get("properties").and_then(|properties| ["id", "ref", "rnb_id", "cleabs"].iter().find_map(|name| written(properties.get(name)?)));
    given.or_else(|| members.get("name").and_then(written)).or_else(|| members.get("@iot.id").and_then(written))
}

fn observe(above: &Above, time: &str, result: Option<&Json>, document: &mut Document) {
    if document.observations.len() >= MAX_OBSERVATIONS {
        return;
    }
    let result = match result {
        None | Some(Json::Null) => String::new(),
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Bool(flag)) => u8::from(*flag).to_string(),
        Some(Json::Array(_) | Json::Object(_)) => {
            document.structured += 1;
            return;
        }
    };
    document.observations.push(Observation {
        object: if above.thing.is_empty() { above.stream.clone() } else { above.thing.clone() },
        quantity: above.quantity.clone(),
        stream: above.stream.clone(),
        unit: above.unit.clone(),
        time: time.split('/').next().unwrap_or_default().to_owned(),
        result,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observations_are_found_wherever_they_stand() {
        let thing = r#"{"@iot.nextLink":"x","value":[{"@iot.id":1,"name":"Mairie","Locations":[],"Datastreams":[{"name":"t","unitOfMeasurement":{"symbol":"°C"},
            "ObservedProperty":{"name":"Température"},"Observations":[{"phenomenonTime":"2026-11-01T00:00:00Z","result":"7"},
            {"phenomenonTime":"2026-11-01T01:00:00Z/2026-11-01T02:00:00Z","result":7.5},{"phenomenonTime":"2026-11-01T02:00:00Z","result":null},
            {"phenomenonTime":"2026-11-01T03:00:00Z","result":{"a":1}}],"Observations@iot.nextLink":"y"}]}]}"#;
        let read_it = read(thing.as_bytes()).unwrap();
        assert_eq!((read_it.more, read_it.structured), (2, 1));
        let seen: Vec<_> = read_it.observations.iter().map(|o| (o.object.as_str(), o.quantity.as_str(), o.unit.as_str(), o.time.as_str(), o.result.as_str())).collect();
        assert_eq!(seen, [
            ("Mairie", "Température", "°C", "2026-11-01T00:00:00Z", "7"),
            ("Mairie", "Température", "°C", "2026-11-01T01:00:00Z", "7.5"),
            ("Mairie", "Température", "°C", "2026-11-01T02:00:00Z", ""),
        ]);
        let compact = r#"{"value":[{"Datastream":{"@iot.id":4,"name":"flow"},"components":["id","phenomenonTime","result"],"dataArray@iot.count":1,"dataArray":[[1,"2026-11-01T00:00:00Z",3]]}]}"#;
        assert_eq!(read(compact.as_bytes()).unwrap().observations[0].result, "3");
        assert!(is_one(thing) && is_one(compact) && !is_one("{\"type\":\"FeatureCollection\"}"));
        assert_eq!(read(b"{\"value\":[]}").unwrap_err().code, "series-json");
        assert_eq!(read(b"{").unwrap_err().code, "series-json");
    }
}
