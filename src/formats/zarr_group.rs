//! A Zarr v3 group around arrays of [`super::zarr`]: with coordinates for their dimensions, xarray and its like open it as one data set.
//!
//! Metadata of all members stand in the group's own `zarr.json` too ("consolidated"), so that a reader over HTTP needs no listing of the folder.
//! Source: Zarr core specification version 3.0, the extensions `string` and `vlen-utf8` of zarr-extensions, xarray's encoding (`dimension_names`).

use super::Fault;
use serde_json::{Map, Value, json};

/// Most labels of one coordinate.
const MAX_LABELS: usize = 1 << 24;

/// What stands along a dimension.
#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    Integers(Vec<i64>),
    Reals(Vec<f64>),
    Texts(Vec<String>),
}

/// The coordinate of a dimension, of the dimension's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinate<'a> {
    pub name: &'a str,
    pub labels: Labels,
    pub attributes: Value,
}

/// The files of a group, as paths relative to its folder: its `zarr.json` and its coordinates.
///
/// `arrays` are the members that are written beside them: name and `zarr.json`.
///
/// # Errors
/// `zarr-shape` for a coordinate without labels or with too many, `zarr-json`.
pub fn write(attributes: &Value, coordinates: &[Coordinate], arrays: &[(&str, &[u8])]) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let text = |value: &Value| serde_json::to_vec_pretty(value).map_err(|error| Fault::new("zarr-json", "zarr.json", error));
    let mut members = Map::new();
    let mut files = Vec::new();
    for coordinate in coordinates {
        let (metadata, chunk) = coordinate.array()?;
        files.push((format!("{}/zarr.json", coordinate.name), text(&metadata)?));
        files.push((format!("{}/c/0", coordinate.name), chunk));
        members.insert(coordinate.name.to_owned(), metadata);
    }
    for (name, metadata) in arrays {
        let metadata = serde_json::from_slice(metadata).map_err(|error| Fault::new("zarr-json", *name, error))?;
        members.insert((*name).to_owned(), metadata);
    }
    let group = json!({
        "zarr_format": 3,
        "node_type": "group",
        "attributes": attributes,
        "consolidated_metadata": { "kind": "inline", "must_understand": false, "metadata": members },
    });
    files.insert(0, ("zarr.json".to_owned(), text(&group)?));
    Ok(files)
}

/// The numbers of a one-dimensional array of int64 in one chunk, as [`write`] writes coordinates.
///
/// # Errors
/// `zarr-json`, `zarr-unsupported`, `zarr-shape`, `zarr-chunk`.
pub fn read_integers(zarr_json: &[u8], chunk: &[u8]) -> Result<Vec<i64>, Fault> {
    let metadata: Value = serde_json::from_slice(zarr_json).map_err(|error| Fault::new("zarr-json", "zarr.json", error))?;
    let codecs = metadata.get("codecs").and_then(Value::as_array).map(Vec::as_slice);
    let little = matches!(codecs, Some([one]) if one.pointer("/name") == Some(&json!("bytes")) && one.pointer("/configuration/endian") == Some(&json!("little")));
    let data_type = metadata.get("data_type").and_then(Value::as_str).unwrap_or_default();
    if data_type != "int64" || !little {
        return Err(Fault::new("zarr-unsupported", "data_type", data_type));
    }
    if label_count(zarr_json)? as usize * 8 != chunk.len() {
        return Err(Fault::new("zarr-chunk", "c/0", chunk.len()));
    }
    let number = |eight: &[u8]| <[u8; 8]>::try_from(eight).map(i64::from_le_bytes).unwrap_or_default();
    Ok(chunk.chunks_exact(8).map(number).collect())
}

/// The numbers of a one-dimensional array of float64 in one chunk, as [`Coordinate::along`] writes them.
///
/// # Errors
/// As [`read_integers`].
pub fn read_reals(zarr_json: &[u8], chunk: &[u8]) -> Result<Vec<f64>, Fault> {
    let metadata: Value = serde_json::from_slice(zarr_json).map_err(|error| Fault::new("zarr-json", "zarr.json", error))?;
    let codecs = metadata.get("codecs").and_then(Value::as_array).map(Vec::as_slice);
    let little = matches!(codecs, Some([one]) if one.pointer("/name") == Some(&json!("bytes")) && one.pointer("/configuration/endian") == Some(&json!("little")));
    let data_type = metadata.get("data_type").and_then(Value::as_str).unwrap_or_default();
    if data_type != "float64" || !little {
        return Err(Fault::new("zarr-unsupported", "data_type", data_type));
    }
    if label_count(zarr_json)? as usize * 8 != chunk.len() {
        return Err(Fault::new("zarr-chunk", "c/0", chunk.len()));
    }
    let number = |eight: &[u8]| <[u8; 8]>::try_from(eight).map(f64::from_le_bytes).unwrap_or_default();
    Ok(chunk.chunks_exact(8).map(number).collect())
}

/// The texts of a one-dimensional array of strings in one chunk, as [`write`] writes coordinates.
///
/// # Errors
/// As [`read_integers`].
pub fn read_texts(zarr_json: &[u8], chunk: &[u8]) -> Result<Vec<String>, Fault> {
    let metadata: Value = serde_json::from_slice(zarr_json).map_err(|error| Fault::new("zarr-json", "zarr.json", error))?;
    let codecs = metadata.get("codecs").and_then(Value::as_array).map(Vec::as_slice);
    let plain = matches!(codecs, Some([one]) if one.pointer("/name") == Some(&json!("vlen-utf8")));
    let data_type = metadata.get("data_type").and_then(Value::as_str).unwrap_or_default();
    if data_type != "string" || !plain {
        return Err(Fault::new("zarr-unsupported", "data_type", data_type));
    }
    let count = label_count(zarr_json)?;
    let mut rest = chunk;
    let broken = || Fault::new("zarr-chunk", "c/0", chunk.len());
    let number = |rest: &mut &[u8]| -> Option<u32> {
        let (four, after) = rest.split_at_checked(4)?;
        *rest = after;
        <[u8; 4]>::try_from(four).ok().map(u32::from_le_bytes)
    };
    if number(&mut rest).map(u64::from) != Some(count) {
        return Err(broken());
    }
    // Each text has its length before it: a chunk cannot promise more of them than it has room for.
    let mut texts = Vec::with_capacity((count as usize).min(chunk.len() / 4));
    for _ in 0..count {
        let length = number(&mut rest).ok_or_else(broken)? as usize;
        let (text, after) = rest.split_at_checked(length).ok_or_else(broken)?;
        rest = after;
        texts.push(std::str::from_utf8(text).map_err(|_| broken())?.to_owned());
    }
    if rest.is_empty() { Ok(texts) } else { Err(broken()) }
}

/// How many labels a coordinate has.
///
/// # Errors
/// `zarr-json`, `zarr-shape`.
pub fn label_count(zarr_json: &[u8]) -> Result<u64, Fault> {
    let metadata: Value = serde_json::from_slice(zarr_json).map_err(|error| Fault::new("zarr-json", "zarr.json", error))?;
    match metadata.get("shape").and_then(Value::as_array).map(Vec::as_slice) {
        Some([count]) => count.as_u64().filter(|count| *count <= MAX_LABELS as u64),
        _ => None,
    }
    .ok_or_else(|| Fault::new("zarr-shape", "shape", metadata.get("shape").unwrap_or(&Value::Null)))
}

impl Coordinate<'_> {
    /// The files of a one-dimensional array along another dimension than its own name, as paths relative to the group.
    ///
    /// # Errors
    /// As [`write`].
    pub fn along(&self, dimension: &str) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        let (mut metadata, chunk) = self.array()?;
        if let Some(names) = metadata.get_mut("dimension_names") {
            *names = json!([dimension]);
        }
        let text = serde_json::to_vec_pretty(&metadata).map_err(|error| Fault::new("zarr-json", self.name, error))?;
        Ok(vec![(format!("{}/zarr.json", self.name), text), (format!("{}/c/0", self.name), chunk)])
    }

    /// Metadata, and the only chunk.
    fn array(&self) -> Result<(Value, Vec<u8>), Fault> {
        let mut chunk = Vec::new();
        let (count, data_type, fill, codec) = match &self.labels {
            Labels::Integers(numbers) => {
                numbers.iter().for_each(|number| chunk.extend(number.to_le_bytes()));
                (numbers.len(), "int64", json!(0), json!({ "name": "bytes", "configuration": { "endian": "little" } }))
            }
            Labels::Reals(numbers) => {
                numbers.iter().for_each(|number| chunk.extend(number.to_le_bytes()));
                (numbers.len(), "float64", json!("NaN"), json!({ "name": "bytes", "configuration": { "endian": "little" } }))
            }
            Labels::Texts(texts) => {
                // How many, then each with its length before it, all little-endian.
                chunk.extend((texts.len() as u32).to_le_bytes());
                for text in texts {
                    chunk.extend((text.len() as u32).to_le_bytes());
                    chunk.extend(text.as_bytes());
                }
                (texts.len(), "string", json!(""), json!({ "name": "vlen-utf8", "configuration": {} }))
            }
        };
        if !(1..=MAX_LABELS).contains(&count) {
            return Err(Fault::new("zarr-shape", self.name, count));
        }
        let metadata = json!({
            "zarr_format": 3,
            "node_type": "array",
            "shape": [count],
            "data_type": data_type,
            "chunk_grid": { "name": "regular", "configuration": { "chunk_shape": [count] } },
            "chunk_key_encoding": { "name": "default", "configuration": { "separator": "/" } },
            "fill_value": fill,
            "codecs": [codec],
            "attributes": self.attributes,
            "dimension_names": [self.name],
        });
        Ok((metadata, chunk))
    }
}
