//! GeoJSON, one object or a sequence of them; read twice, first for its columns, then for its rows.

use super::{Content, Found, Head, MAX_BYTES, Opened, Row, Table, Unread, short_name};
use crate::formats::geojson::{self, Each, Feature};
use crate::formats::shape::{Shape, ShapeKind};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Smaller files are parsed in memory, which is faster; larger ones are streamed.
const IN_MEMORY_BYTES: u64 = 256 << 20;
/// Wide enough to see the end of the first record of a sequence.
const BUFFER_BYTES: usize = 8 << 20;
/// Members beyond so many are no columns any more.
const MAX_COLUMNS: usize = 10_000;

/// A JSON object, or the record separator that begins RFC 8142.
pub fn recognises(head: &Head) -> bool {
    head.text()
        .first()
        .is_some_and(|byte| matches!(byte, b'{' | 0x1E))
}

pub fn open(path: &Path) -> Opened {
    let mut columns: Vec<String> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut kinds = BTreeSet::new();
    let mut rows = 0_u64;
    let crs = walk(path, &mut |_, feature| {
        rows += 1;
        let Ok(feature) = feature else { return };
        for key in feature.properties.keys() {
            if columns.len() < MAX_COLUMNS && !seen.contains(key) {
                seen.insert(key.clone());
                columns.push(key.clone());
            }
        }
        if let Some(shape) = feature
            .shape
            .as_ref()
            .filter(|shape| !Shape::is_empty(shape))
        {
            kinds.insert(shape.kind());
        }
    });
    let crs = crs.map_err(|fault| {
        // JSON that is no GeoJSON is somebody else's file; broken JSON is damaged data.
        (
            if is_json(path) {
                "file-not-understood"
            } else {
                "source-unreadable"
            },
            fault,
        )
    })?;
    let kind = match (kinds.pop_first(), kinds.is_empty()) {
        (Some(kind), true) => kind,
        _ => ShapeKind::Other,
    };
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind,
        crs: Some(crs.unwrap_or_else(|| "OGC:CRS84".to_owned())),
        columns,
        content: Content::Table(Box::new(Features {
            path: path.to_owned(),
            rows,
        })),
    }])
}

fn is_json(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| {
        serde_json::from_reader::<_, serde::de::IgnoredAny>(BufReader::new(file)).is_ok()
    })
}

fn walk(path: &Path, each: Each) -> Result<Option<String>, String> {
    let text = |error: std::io::Error| error.to_string();
    let length = std::fs::metadata(path).map_err(text)?.len();
    if length <= IN_MEMORY_BYTES.min(MAX_BYTES) {
        geojson::parse_slice(&std::fs::read(path).map_err(text)?, each)
    } else {
        geojson::parse_stream(
            BufReader::with_capacity(BUFFER_BYTES, File::open(path).map_err(text)?),
            each,
        )
    }
}

struct Features {
    path: PathBuf,
    rows: u64,
}

impl Table for Features {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        walk(&self.path, &mut |index, feature| match feature {
            Ok(feature) => each(Ok(record(index, &feature, mapping))),
            Err(reason) => each(Err(Unread {
                object: format!("#{}", index + 1),
                reason,
            })),
        })?;
        Ok(())
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows)
    }
}

fn record(index: usize, feature: &Feature, mapping: &Mapping) -> Record {
    let mut record = Record {
        object: format!("#{}", index + 1),
        shape: feature.shape.clone(),
        values: Vec::new(),
    };
    for (term, sources) in mapping {
        let cell = sources
            .iter()
            .find_map(|source| match feature.properties.get(source)? {
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
