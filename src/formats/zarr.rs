//! Zarr v3: two-dimensional arrays of f32, the form of our series (feature or profile × time).
//!
//! Written: one regular grid of chunks that hold some rows and some steps, little-endian bytes without compression, `NaN` as fill value.
//! Read: what we write and what other programs write in that form, in either byte order and with any chunk shape.
//! Source: Zarr core specification version 3.0.

use super::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Most numbers of one array in memory.
pub const MAX_VALUES: usize = 1 << 28;
/// Most numbers of one array that is written and checked chunk by chunk.
pub const MAX_STORED: u64 = 1 << 33;
/// Most chunks of one array.
pub const MAX_CHUNKS: usize = 1 << 20;

/// An array in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub rows: usize,
    pub steps: usize,
    /// Row by row: the value of `(row, step)` is at `row * steps + step`. `NaN` is "no data".
    pub values: Vec<f32>,
}

impl Array {
    /// All steps of a row; empty for a row that is not there.
    pub fn row(&self, row: usize) -> &[f32] {
        row.checked_mul(self.steps)
            .and_then(|from| self.values.get(from..from.checked_add(self.steps)?))
            .unwrap_or(&[])
    }
}

#[derive(Serialize, Deserialize)]
struct Metadata {
    zarr_format: u32,
    node_type: String,
    shape: Vec<u64>,
    data_type: String,
    chunk_grid: Named,
    chunk_key_encoding: Named,
    fill_value: Value,
    codecs: Vec<Named>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attributes: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dimension_names: Option<Vec<Option<String>>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    storage_transformers: Vec<Value>,
}

#[derive(Serialize, Deserialize)]
struct Named {
    name: String,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    configuration: Value,
}

fn named(name: &str, configuration: Value) -> Named {
    Named {
        name: name.to_owned(),
        configuration,
    }
}

/// What an array says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct About<'a> {
    /// Names of rows and steps; a group's coordinates have the same ([`super::zarr_group`]).
    pub dimensions: [&'a str; 2],
    pub attributes: Value,
}

impl Default for About<'_> {
    fn default() -> Self {
        Self { dimensions: ["row", "step"], attributes: json!({}) }
    }
}

/// Shape and chunks of an array, apart from its values: what a writer of parts and a check of parts go by.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    pub rows: usize,
    pub steps: usize,
    pub chunk_rows: usize,
    pub chunk_steps: usize,
    /// Chunks without a single number, where the array lists them ([`EMPTY`]): they are no files.
    pub empty: Option<BTreeSet<(usize, usize)>>,
    prefix: &'static str,
    separator: String,
    little: bool,
    /// Bits of what stands where nothing was written.
    fill_bits: u32,
}

/// Attribute that lists chunks of nothing but fill values: `row/step`, or `row/first-last` for several in a row.
/// The format allows to leave such a chunk out; the list tells it from one that got lost.
pub const EMPTY: &str = "empty_chunks";
/// Runs of empty chunks that are listed; an array with more of them has no list.
const MAX_EMPTY_RUNS: usize = 1 << 16;

impl Layout {
    /// # Errors
    /// `zarr-shape` when a size is zero or too large.
    pub fn new(rows: usize, steps: usize, chunk_rows: usize, chunk_steps: usize) -> Result<Self, Fault> {
        let sound = (rows as u64).checked_mul(steps as u64).is_some_and(|values| (1..=MAX_STORED).contains(&values))
            && chunk_rows.checked_mul(chunk_steps).is_some_and(|values| (1..=MAX_VALUES).contains(&values));
        let layout = Self {
            rows,
            steps,
            chunk_rows: chunk_rows.min(rows),
            chunk_steps: chunk_steps.min(steps),
            empty: Some(BTreeSet::new()),
            prefix: "c",
            separator: "/".to_owned(),
            little: true,
            fill_bits: f32::NAN.to_bits(),
        };
        let shape = || Fault::new("zarr-shape", "shape", format!("{rows} × {steps} / {chunk_rows} × {chunk_steps}"));
        if !sound || layout.count().is_none_or(|count| count > MAX_CHUNKS) {
            return Err(shape());
        }
        Ok(layout)
    }

    /// Reads the layout of a `zarr.json`.
    ///
    /// # Errors
    /// `zarr-json`, `zarr-unsupported`, `zarr-shape`.
    pub fn parse(zarr_json: &[u8]) -> Result<Self, Fault> {
        let metadata: Metadata = serde_json::from_slice(zarr_json).map_err(|error| Fault::new("zarr-json", "zarr.json", error))?;
        let grid = Grid::of(&metadata, MAX_STORED)?;
        let listed = metadata.attributes.as_ref().and_then(|attributes| attributes.get(EMPTY)?.as_array());
        let ([rows, steps], [chunk_rows, chunk_steps]) = (grid.shape, grid.chunk);
        Ok(Self {
            rows,
            steps,
            chunk_rows,
            chunk_steps,
            empty: listed.map(|runs| runs.iter().filter_map(Value::as_str).filter_map(|run| run_of(run, steps.div_ceil(chunk_steps))).flatten().collect()),
            prefix: grid.prefix,
            separator: grid.separator,
            little: grid.little,
            fill_bits: grid.fill.to_bits(),
        })
    }

    /// Chunks, first by rows.
    pub fn chunks(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let across = self.steps.div_ceil(self.chunk_steps);
        (0..self.rows.div_ceil(self.chunk_rows)).flat_map(move |row| (0..across).map(move |step| (row, step)))
    }

    fn count(&self) -> Option<usize> {
        self.rows.div_ceil(self.chunk_rows).checked_mul(self.steps.div_ceil(self.chunk_steps))
    }

    pub fn chunk_bytes(&self) -> usize {
        self.chunk_rows * self.chunk_steps * 4
    }

    /// Path of a chunk, relative to the array's folder.
    pub fn path(&self, (row, step): (usize, usize)) -> String {
        chunk_path(self.prefix, &self.separator, row, step)
    }

    /// What a chunk that is no file holds.
    pub fn fill(&self) -> f32 {
        f32::from_bits(self.fill_bits)
    }

    /// The numbers of a chunk, `chunk_rows × chunk_steps` of them.
    ///
    /// # Errors
    /// `zarr-chunk` when it has another length.
    pub fn values(&self, path: &str, bytes: &[u8]) -> Result<Vec<f32>, Fault> {
        if bytes.len() != self.chunk_bytes() {
            return Err(Fault::new("zarr-chunk", path, bytes.len()));
        }
        let number = |four: &[u8]| {
            let four = <[u8; 4]>::try_from(four).unwrap_or_default();
            if self.little { f32::from_le_bytes(four) } else { f32::from_be_bytes(four) }
        };
        Ok(bytes.chunks_exact(4).map(number).collect())
    }

    /// The bytes of a chunk, and whether there is a number in it. `value` is asked for what lies inside the array; the rest is filled.
    pub fn chunk(&self, (row, step): (usize, usize), value: &mut dyn FnMut(usize, usize) -> f32) -> (Vec<u8>, bool) {
        let (first_row, first_step) = (row * self.chunk_rows, step * self.chunk_steps);
        let mut bytes = Vec::with_capacity(self.chunk_bytes());
        let mut known = false;
        for row in first_row..first_row + self.chunk_rows {
            for step in first_step..first_step + self.chunk_steps {
                let x = if row < self.rows && step < self.steps { value(row, step) } else { f32::NAN };
                known |= !x.is_nan();
                // One bit pattern for all that is no number, so that equal series are equal files.
                bytes.extend_from_slice(&if x.is_nan() { f32::NAN } else { x }.to_le_bytes());
            }
        }
        (bytes, known)
    }

    /// The array's `zarr.json`.
    ///
    /// # Errors
    /// `zarr-json`.
    pub fn metadata(&self, about: &About) -> Result<Vec<u8>, Fault> {
        let mut attributes = about.attributes.clone();
        let runs = runs_of(self.empty.iter().flatten());
        if let (Value::Object(members), 1..=MAX_EMPTY_RUNS) = (&mut attributes, runs.len()) {
            members.insert(EMPTY.to_owned(), json!(runs));
        }
        let metadata = Metadata {
            zarr_format: 3,
            node_type: "array".into(),
            shape: vec![self.rows as u64, self.steps as u64],
            data_type: "float32".into(),
            chunk_grid: named("regular", json!({ "chunk_shape": [self.chunk_rows, self.chunk_steps] })),
            chunk_key_encoding: named("default", json!({ "separator": "/" })),
            fill_value: json!("NaN"),
            codecs: vec![named("bytes", json!({ "endian": "little" }))],
            attributes: Some(attributes),
            dimension_names: Some(about.dimensions.map(|name| Some(name.to_owned())).to_vec()),
            storage_transformers: Vec::new(),
        };
        serde_json::to_vec_pretty(&metadata).map_err(|error| Fault::new("zarr-json", "zarr.json", error))
    }
}

/// `2/0`, `2/3-7`.
fn runs_of<'a>(chunks: impl Iterator<Item = &'a (usize, usize)>) -> Vec<String> {
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for (row, step) in chunks {
        match runs.last_mut() {
            Some((known, _, last)) if known == row && *last + 1 == *step => *last = *step,
            _ => runs.push((*row, *step, *step)),
        }
    }
    runs.into_iter().map(|(row, first, last)| if first == last { format!("{row}/{first}") } else { format!("{row}/{first}-{last}") }).collect()
}

fn run_of(text: &str, across: usize) -> Option<impl Iterator<Item = (usize, usize)> + use<>> {
    let (row, steps) = text.split_once('/')?;
    let (first, last) = steps.split_once('-').unwrap_or((steps, steps));
    let (row, first, last): (usize, usize, usize) = (row.parse().ok()?, first.parse().ok()?, last.parse().ok()?);
    // A list may say anything; the array ends where it ends.
    (row < MAX_CHUNKS && first <= last && last < across).then(|| (first..=last).map(move |step| (row, step)))
}

/// The files of an array, as paths relative to its folder: `zarr.json` and its chunks `c/0/0`, `c/0/1`, …
///
/// `values` is row by row; `chunk_steps` is how many steps one chunk holds. A chunk of nothing but `NaN` is left out, as the format allows.
///
/// # Errors
/// `zarr-shape` when `values` is not `rows × steps`, or a size is zero or too large.
pub fn write(
    rows: usize,
    steps: usize,
    chunk_steps: usize,
    values: &[f32],
    about: &About,
) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    if rows.checked_mul(steps) != Some(values.len()) || values.len() > MAX_VALUES {
        return Err(Fault::new("zarr-shape", "shape", format!("{rows} × {steps} / {chunk_steps}: {}", values.len())));
    }
    let mut layout = Layout::new(rows, steps, rows, chunk_steps.min(steps))?;
    let mut files = Vec::new();
    let mut empty = BTreeSet::new();
    for at in layout.chunks() {
        let (chunk, known) = layout.chunk(at, &mut |row, step| values.get(row * steps + step).copied().unwrap_or(f32::NAN));
        if known {
            files.push((layout.path(at), chunk));
        } else {
            empty.insert(at);
        }
    }
    layout.empty = Some(empty);
    files.insert(0, ("zarr.json".to_owned(), layout.metadata(about)?));
    Ok(files)
}

/// Reads an array from its `zarr.json` and a way to get chunks by their path relative to the array's folder (`None`: not there).
///
/// # Errors
/// `zarr-json`, `zarr-unsupported`, `zarr-shape`, `zarr-chunk`.
pub fn read(
    zarr_json: &[u8],
    chunk: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> Result<Array, Fault> {
    let metadata: Metadata = serde_json::from_slice(zarr_json)
        .map_err(|error| Fault::new("zarr-json", "zarr.json", error))?;
    let grid = Grid::of(&metadata, MAX_VALUES as u64)?;
    let [rows, steps] = grid.shape;
    let mut values = vec![grid.fill; rows * steps];
    let [chunk_rows, chunk_steps] = grid.chunk;
    let mut bytes_of = |path: &str| -> Result<Option<Vec<u8>>, Fault> {
        let Some(bytes) = chunk(path) else {
            return Ok(None);
        };
        if bytes.len() != chunk_rows * chunk_steps * 4 {
            return Err(Fault::new("zarr-chunk", path, bytes.len()));
        }
        Ok(Some(bytes))
    };
    for chunk_row in 0..rows.div_ceil(chunk_rows) {
        for chunk_step in 0..steps.div_ceil(chunk_steps) {
            let path = grid.path(chunk_row, chunk_step);
            let Some(bytes) = bytes_of(&path)? else {
                continue;
            };
            let (first_row, first_step) = (chunk_row * chunk_rows, chunk_step * chunk_steps);
            let width = chunk_steps.min(steps - first_step);
            let lines = values.chunks_exact_mut(steps).skip(first_row);
            for (line, source) in lines.zip(bytes.chunks_exact(chunk_steps * 4)) {
                let slots = line.iter_mut().skip(first_step).take(width);
                for (slot, four) in slots.zip(source.chunks_exact(4)) {
                    let mut number = [0; 4];
                    number.copy_from_slice(four);
                    *slot = if grid.little {
                        f32::from_le_bytes(number)
                    } else {
                        f32::from_be_bytes(number)
                    };
                }
            }
        }
    }
    Ok(Array {
        rows,
        steps,
        values,
    })
}

struct Grid {
    shape: [usize; 2],
    chunk: [usize; 2],
    /// `c/0/1` by default, `c.0.1` or, in the encoding of version 2, `0.1`.
    prefix: &'static str,
    separator: String,
    fill: f32,
    little: bool,
}

impl Grid {
    fn of(metadata: &Metadata, most: u64) -> Result<Self, Fault> {
        let unsupported = |object: &str, value: &dyn std::fmt::Display| {
            Fault::new("zarr-unsupported", object, value)
        };
        if metadata.zarr_format != 3 || metadata.node_type != "array" {
            return Err(unsupported("zarr_format", &metadata.zarr_format));
        }
        if metadata.data_type != "float32" {
            return Err(unsupported("data_type", &metadata.data_type));
        }
        if !metadata.storage_transformers.is_empty() {
            return Err(unsupported(
                "storage_transformers",
                &metadata.storage_transformers.len(),
            ));
        }
        let [codec] = metadata.codecs.as_slice() else {
            return Err(unsupported("codecs", &metadata.codecs.len()));
        };
        let little = match (
            codec.name.as_str(),
            codec.configuration.get("endian").and_then(Value::as_str),
        ) {
            ("bytes", Some("little")) => true,
            ("bytes", Some("big")) => false,
            _ => return Err(unsupported("codecs[0]", &codec.name)),
        };
        if metadata.chunk_grid.name != "regular" {
            return Err(unsupported("chunk_grid", &metadata.chunk_grid.name));
        }
        let pair = |list: Vec<u64>| -> Option<[usize; 2]> {
            let list: Vec<usize> = list
                .into_iter()
                .map(usize::try_from)
                .collect::<Result<_, _>>()
                .ok()?;
            <[usize; 2]>::try_from(list)
                .ok()
                .filter(|pair| pair.iter().all(|size| *size > 0))
        };
        let shape = pair(metadata.shape.clone())
            .filter(|[rows, steps]| (*rows as u64).checked_mul(*steps as u64).is_some_and(|n| n <= most))
            .ok_or_else(|| Fault::new("zarr-shape", "shape", format!("{:?}", metadata.shape)))?;
        let chunk = metadata
            .chunk_grid
            .configuration
            .get("chunk_shape")
            .and_then(|list| Vec::<u64>::deserialize(list).ok())
            .and_then(pair)
            .filter(|[a, b]| a.checked_mul(*b).is_some_and(|n| n <= MAX_VALUES))
            .filter(|[a, b]| shape[0].div_ceil(*a) * shape[1].div_ceil(*b) <= MAX_CHUNKS)
            .ok_or_else(|| {
                Fault::new(
                    "zarr-shape",
                    "chunk_shape",
                    &metadata.chunk_grid.configuration,
                )
            })?;
        let (prefix, default) = match metadata.chunk_key_encoding.name.as_str() {
            "default" => ("c", "/"),
            "v2" => ("", "."),
            other => return Err(unsupported("chunk_key_encoding", &other)),
        };
        let separator = match metadata.chunk_key_encoding.configuration.get("separator") {
            None => default,
            Some(Value::String(text)) if text == "/" || text == "." => text,
            Some(other) => return Err(unsupported("chunk_key_encoding", other)),
        };
        let fill = match &metadata.fill_value {
            Value::Number(number) => number.as_f64().map(|x| x as f32),
            Value::String(text) => match text.as_str() {
                "NaN" => Some(f32::NAN),
                "Infinity" => Some(f32::INFINITY),
                "-Infinity" => Some(f32::NEG_INFINITY),
                bits => bits
                    .strip_prefix("0x")
                    .and_then(|bits| u32::from_str_radix(bits, 16).ok())
                    .map(f32::from_bits),
            },
            _ => None,
        };
        Ok(Self {
            shape,
            chunk,
            prefix,
            separator: separator.to_owned(),
            fill: fill.ok_or_else(|| unsupported("fill_value", &metadata.fill_value))?,
            little,
        })
    }

    fn path(&self, row: usize, step: usize) -> String {
        chunk_path(self.prefix, &self.separator, row, step)
    }
}

fn chunk_path(prefix: &str, separator: &str, row: usize, step: usize) -> String {
    let s = separator;
    if prefix.is_empty() { format!("{row}{s}{step}") } else { format!("{prefix}{s}{row}{s}{step}") }
}
