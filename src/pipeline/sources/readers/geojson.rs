//! GeoJSON, one object or a sequence of them.

use super::{Content, Found, Head, Opened, Row, Table, Unread, short_name, whole};
use crate::formats::geojson::{self, Feature, GeoJson};
use crate::formats::shape::{Shape, ShapeKind};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::path::Path;

/// A JSON object, or the record separator that begins RFC 8142.
pub fn recognises(head: &Head) -> bool {
    head.text().first().is_some_and(|byte| matches!(byte, b'{' | 0x1E))
}

pub fn open(path: &Path) -> Opened {
    let bytes = whole(path)?;
    let document = geojson::parse(&bytes).map_err(|fault| {
        // JSON that is no GeoJSON is somebody else's file; broken JSON is damaged data.
        let code = if serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok() {
            "file-not-understood"
        } else {
            "source-unreadable"
        };
        (code, fault)
    })?;
    Ok(vec![found(document, short_name(path))])
}

fn found(document: GeoJson, name: String) -> Found {
    let mut columns: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut kinds = std::collections::BTreeSet::new();
    for feature in &document.features {
        for key in feature.properties.keys() {
            if seen.insert(key.as_str()) {
                columns.push(key.clone());
            }
        }
        if let Some(shape) = feature.shape.as_ref().filter(|shape| !Shape::is_empty(shape)) {
            kinds.insert(shape.kind());
        }
    }
    let kind = match (kinds.pop_first(), kinds.is_empty()) {
        (Some(kind), true) => kind,
        _ => ShapeKind::Other,
    };
    Found {
        file: name,
        table: None,
        kind,
        crs: Some(document.crs.clone().unwrap_or_else(|| "OGC:CRS84".to_owned())),
        columns,
        content: Content::Table(Box::new(Features(document))),
    }
}

struct Features(GeoJson);

impl Table for Features {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        for (index, reason) in &self.0.faults {
            each(Err(Unread { object: format!("#{}", index + 1), reason: reason.clone() }));
        }
        for (index, feature) in self.0.features.iter().enumerate() {
            each(Ok(record(index, feature, mapping)));
        }
        Ok(())
    }
}

fn record(index: usize, feature: &Feature, mapping: &Mapping) -> Record {
    let mut record = Record {
        object: format!("#{}", index + 1),
        shape: feature.shape.clone(),
        values: Vec::new(),
    };
    for (term, sources) in mapping {
        let cell = sources.iter().find_map(|source| match feature.properties.get(source)? {
            serde_json::Value::Number(number) => number.as_f64().map(Cell::Number),
            serde_json::Value::Bool(flag) => Some(Cell::Flag(*flag)),
            serde_json::Value::String(text) => {
                (!text.trim().is_empty()).then(|| Cell::Text(text.clone()))
            }
            _ => None,
        });
        if let Some(cell) = cell {
            record.values.push((term, cell));
        }
    }
    if !record.has("id") && !feature.id.is_empty() {
        record.values.push(("id", Cell::Text(feature.id.clone())));
    }
    record.name_by_id();
    record
}
