//! Contents of 3D Tiles 1.0: batched models (`b3dm`), and composites (`cmpt`) that hold them.
//!
//! A batch table becomes the same [`PropertyTable`] that EXT_structural_metadata gives, so that nobody after this has to know which version a tile was.
//! Instances (`i3dm`) and point clouds (`pnts`) are told apart here and read in [`super::instanced`] and [`super::points`].
//! Source: OGC 18-053r2, 3D Tiles Specification 1.0, sections 10.2, 10.5 and 11.

use super::{TilesFault, hierarchy};
use crate::formats::gltf::{Column, PropertyTable, Values};
use serde_json::Value;

/// Composites in composites.
const MAX_DEPTH: usize = 8;
/// Contents of one composite, all levels together.
const MAX_INNER: usize = 4_096;
/// Rows times columns of a batch table.
const MAX_VALUES: usize = 32 << 20;
/// Columns of a batch table.
const MAX_COLUMNS: usize = 10_000;
/// Rows of a batch table that says nothing.
const MAX_SILENT: usize = 1 << 20;
/// `(code of the specification, bytes)`.
const COMPONENTS: [(&str, usize); 8] = [
    ("BYTE", 1),
    ("UNSIGNED_BYTE", 1),
    ("SHORT", 2),
    ("UNSIGNED_SHORT", 2),
    ("INT", 4),
    ("UNSIGNED_INT", 4),
    ("FLOAT", 4),
    ("DOUBLE", 8),
];

/// One batched model.
#[derive(Clone, Debug, PartialEq)]
pub struct Batched<'a> {
    /// The glTF inside, as it stands.
    pub glb: &'a [u8],
    /// Models in the batch; 0 where nothing can be told apart.
    pub batch_length: usize,
    /// Where positions count from, in the tile's frame.
    pub rtc_center: Option<[f64; 3]>,
    /// `class` is empty; rows are batch ids.
    pub table: PropertyTable,
    /// Properties that have no place in a table: what the file states wrongly.
    pub skipped: Vec<String>,
}

/// What a content of 1.0 is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Inner<'a> {
    Batched(Box<Batched<'a>>),
    /// `i3dm`, `pnts`, or four letters nobody knows.
    Other(String),
}

/// True for contents of 3D Tiles 1.0.
pub fn is_legacy(bytes: &[u8]) -> bool {
    matches!(bytes.get(..4), Some(b"b3dm" | b"i3dm" | b"pnts" | b"cmpt"))
}

/// The parts of a content, composites taken apart.
///
/// # Errors
/// `legacy-length`, `legacy-version`, `legacy-table`, `tileset-limit`.
pub fn parts(bytes: &[u8]) -> Result<Vec<Inner<'_>>, TilesFault> {
    pieces(bytes)?
        .into_iter()
        .map(|piece| match name(piece) {
            name if name == "b3dm" => Ok(Inner::Batched(Box::new(b3dm(piece)?))),
            name => Ok(Inner::Other(name)),
        })
        .collect()
}

/// The bytes of the parts of a content, composites taken apart and nothing else looked at.
///
/// # Errors
/// `legacy-length`, `legacy-version`, `tileset-limit`: a composite that cannot be taken apart.
pub fn pieces(bytes: &[u8]) -> Result<Vec<&[u8]>, TilesFault> {
    let mut found = Vec::new();
    collect(bytes, 0, &mut found)?;
    Ok(found)
}

fn collect<'a>(bytes: &'a [u8], depth: usize, found: &mut Vec<&'a [u8]>) -> Result<(), TilesFault> {
    if depth > MAX_DEPTH || found.len() >= MAX_INNER {
        return Err(TilesFault::new("tileset-limit", "cmpt", found.len()));
    }
    if !bytes.starts_with(b"cmpt") {
        found.push(bytes);
        return Ok(());
    }
    header(bytes, "cmpt", 16)?;
    let count = word(bytes, 12).unwrap_or(0);
    let mut at = 16;
    for _ in 0..count {
        let length = word(bytes, at + 8).unwrap_or(0) as usize;
        // A tile has at least its own header, so the walk goes on.
        let inner = at
            .checked_add(length)
            .filter(|_| length >= 12)
            .and_then(|end| bytes.get(at..end))
            .ok_or_else(|| TilesFault::new("legacy-length", "cmpt", length))?;
        collect(inner, depth + 1, found)?;
        at += length;
    }
    Ok(())
}

/// A content of 1.0 but its own body: what it says of itself and of its features.
pub(super) struct Outside<'a> {
    pub features: Features<'a>,
    pub batch_json: Value,
    pub batch_bin: &'a [u8],
    pub body: &'a [u8],
}

/// Takes a content of 1.0 apart; `own` is the length of its header.
pub(super) fn outside<'a>(bytes: &'a [u8], name: &str, own: usize) -> Result<Outside<'a>, TilesFault> {
    let whole = header(bytes, name, own)?;
    let [feature_json, feature_bin, batch_json, batch_bin] =
        [12, 16, 20, 24].map(|at| word(bytes, at).unwrap_or(0) as usize);
    let mut at = own;
    let mut take = |length: usize| {
        let end = at.saturating_add(length);
        let part = whole.get(at..end).ok_or_else(|| {
            TilesFault::new("legacy-length", name, format!("{end} > {}", whole.len()))
        });
        at = end;
        part
    };
    let feature_json = json(take(feature_json)?, "featureTable")?;
    let feature_bin = take(feature_bin)?;
    let batch_json = json(take(batch_json)?, "batchTable")?;
    let batch_bin = take(batch_bin)?;
    Ok(Outside {
        features: Features { json: feature_json, bin: feature_bin },
        batch_json,
        batch_bin,
        body: whole.get(at..).unwrap_or_default(),
    })
}

/// A feature table: what a content says of itself, in JSON or as numbers behind it.
pub(super) struct Features<'a> {
    pub json: Value,
    bin: &'a [u8],
}

impl<'a> Features<'a> {
    pub fn count(&self, name: &str) -> Option<usize> {
        let value = self.json.get(name)?;
        let count = value.as_u64().or_else(|| {
            let at = usize::try_from(value.get("byteOffset")?.as_u64()?).ok()?;
            word(self.bin, at).map(u64::from)
        })?;
        usize::try_from(count).ok()
    }

    /// A place or a size that stands once.
    pub fn vector(&self, name: &str) -> Option<[f64; 3]> {
        match self.json.get(name)? {
            Value::Array(list) => three(list.iter().filter_map(Value::as_f64)),
            _ => {
                let floats = self.bytes(name, 1, 12).ok()??;
                three(floats.as_chunks::<4>().0.iter().map(|four| f64::from(f32::from_le_bytes(*four))))
            }
        }
    }

    /// Bytes of the part behind the JSON.
    pub fn span(&self, offset: usize, length: usize) -> Option<&'a [u8]> {
        self.bin.get(offset..offset.checked_add(length)?)
    }

    /// The bytes of a property of `count` features, `size` for each; `None` where the table does not have it.
    pub fn bytes(&self, name: &str, count: usize, size: usize) -> Result<Option<&'a [u8]>, TilesFault> {
        let Some(offset) = self.json.get(name).and_then(|value| value.get("byteOffset")) else {
            return Ok(None);
        };
        let span = offset.as_u64().and_then(|offset| {
            let at = usize::try_from(offset).ok()?;
            self.bin.get(at..at.checked_add(count.checked_mul(size)?)?)
        });
        span.map(Some).ok_or_else(|| TilesFault::new("legacy-length", name, format!("{offset} + {count} × {size} > {}", self.bin.len())))
    }

    /// Numbers that stand in the JSON itself, as some write them: of `count` features, `N` for each.
    fn written<const N: usize>(&self, name: &str, count: usize) -> Result<Option<Vec<[f64; N]>>, TilesFault> {
        let Some(list) = self.json.get(name).and_then(Value::as_array) else { return Ok(None) };
        let numbers: Vec<f64> = list.iter().filter_map(Value::as_f64).collect();
        let (rows, rest) = numbers.as_chunks::<N>();
        match rows.len() == count && rest.is_empty() {
            true => Ok(Some(rows.to_vec())),
            false => Err(TilesFault::new("legacy-length", name, format!("{} ≠ {count} × {N}", list.len()))),
        }
    }

    pub fn floats<const N: usize>(&self, name: &str, count: usize) -> Result<Option<Vec<[f32; N]>>, TilesFault> {
        if let Some(list) = self.written::<N>(name, count)? {
            return Ok(Some(list.into_iter().map(|of| of.map(|number| number as f32)).collect()));
        }
        Ok(self.bytes(name, count, 4 * N)?.map(|bytes| {
            let numbers = bytes.as_chunks::<4>().0;
            numbers.as_chunks::<N>().0.iter().map(|of| of.map(f32::from_le_bytes)).collect()
        }))
    }

    pub fn shorts<const N: usize>(&self, name: &str, count: usize) -> Result<Option<Vec<[u16; N]>>, TilesFault> {
        if let Some(list) = self.written::<N>(name, count)? {
            return Ok(Some(list.into_iter().map(|of| of.map(|number| number as u16)).collect()));
        }
        Ok(self.bytes(name, count, 2 * N)?.map(|bytes| {
            let numbers = bytes.as_chunks::<2>().0;
            numbers.as_chunks::<N>().0.iter().map(|of| of.map(u16::from_le_bytes)).collect()
        }))
    }

    /// Feature numbers, in whichever width the table says.
    pub fn ids(&self, name: &str, count: usize) -> Result<Option<Vec<u32>>, TilesFault> {
        if let Some(list) = self.written::<1>(name, count)? {
            return Ok(Some(list.into_iter().map(|[id]| id as u32).collect()));
        }
        let kind = self.json.get(name).and_then(|value| value.get("componentType")).and_then(Value::as_str);
        Ok(match kind.unwrap_or("UNSIGNED_SHORT") {
            "UNSIGNED_BYTE" => self.bytes(name, count, 1)?.map(|bytes| bytes.iter().map(|byte| u32::from(*byte)).collect()),
            "UNSIGNED_INT" => {
                self.bytes(name, count, 4)?.map(|bytes| bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four)).collect())
            }
            _ => self.shorts::<1>(name, count)?.map(|list| list.into_iter().map(|[id]| u32::from(id)).collect()),
        })
    }
}

/// A unit vector from its octahedral code, each part from 0 to 1 (Meyer et al., "On Floating-Point Normal Vectors", 2010).
pub(super) fn octahedral([x, y]: [f32; 2]) -> [f32; 3] {
    let (x, y) = (2.0 * x - 1.0, 2.0 * y - 1.0);
    let z = 1.0 - x.abs() - y.abs();
    let (x, y) = if z < 0.0 { ((1.0 - y.abs()).copysign(x), (1.0 - x.abs()).copysign(y)) } else { (x, y) };
    glam::Vec3::new(x, y, z).normalize_or(glam::Vec3::Z).to_array()
}

/// Reads a batched model.
///
/// # Errors
/// `legacy-length`, `legacy-version`, `legacy-table`.
pub fn b3dm(bytes: &[u8]) -> Result<Batched<'_>, TilesFault> {
    let outside = outside(bytes, "b3dm", 28)?;
    let batch_length = outside.features.count("BATCH_LENGTH").unwrap_or(0);
    let mut skipped = Vec::new();
    let table = table(&outside.batch_json, outside.batch_bin, batch_length, &mut skipped)?;
    Ok(Batched {
        glb: outside.body,
        batch_length,
        rtc_center: outside.features.vector("RTC_CENTER"),
        table,
        skipped,
    })
}

/// The bytes that belong to the tile, its header checked.
fn header<'a>(bytes: &'a [u8], name: &str, own: usize) -> Result<&'a [u8], TilesFault> {
    match word(bytes, 4) {
        Some(1) => {}
        other => return Err(TilesFault::new("legacy-version", name, other.unwrap_or(0))),
    }
    let length = word(bytes, 8).unwrap_or(0) as usize;
    bytes
        .get(..length)
        .filter(|whole| whole.len() >= own)
        .ok_or_else(|| {
            TilesFault::new("legacy-length", name, format!("{length} ≠ {}", bytes.len()))
        })
}

fn name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..4).unwrap_or_default())
        .escape_default()
        .to_string()
}

pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn three(values: impl Iterator<Item = f64>) -> Option<[f64; 3]> {
    let list: Vec<f64> = values.collect();
    <[f64; 3]>::try_from(list)
        .ok()
        .filter(|at| at.iter().all(|x| x.is_finite()))
}

fn json(bytes: &[u8], object: &str) -> Result<Value, TilesFault> {
    let text = bytes.trim_ascii();
    // Writers pad with blanks, some with zeros.
    let end = text
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let text = text.get(..end).unwrap_or_default();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(text).map_err(|error| TilesFault::new("legacy-table", object, error))
}

pub(super) fn table(
    json: &Value,
    bin: &[u8],
    rows: usize,
    skipped: &mut Vec<String>,
) -> Result<PropertyTable, TilesFault> {
    let mut columns = Vec::new();
    for (name, value) in json.as_object().into_iter().flatten() {
        if [hierarchy::OLD, "extensions", "extras"].contains(&name.as_str()) {
            continue;
        }
        if columns.len() >= MAX_COLUMNS || columns.len().saturating_mul(rows) > MAX_VALUES {
            return Err(TilesFault::new("legacy-table", name, "tileset-limit"));
        }
        let values = match value {
            Value::Array(list) if list.len() >= rows => {
                Some(Values::of_json(list.get(..rows).unwrap_or_default()))
            }
            Value::Object(place) => binary(place, bin, rows),
            _ => None,
        };
        match values {
            Some(values) => columns.push(Column {
                name: name.clone(),
                values,
            }),
            None => skipped.push(name.clone()),
        }
    }
    if let Some(tree) = json.get("extensions").and_then(|all| all.get(hierarchy::EXTENSION)).or_else(|| json.get(hierarchy::OLD)) {
        match hierarchy::columns(tree, bin, rows) {
            // What the table says itself goes first.
            Some(told) => told.into_iter().for_each(|column| {
                if columns.iter().all(|known: &Column| known.name != column.name) {
                    columns.push(column);
                }
            }),
            None => skipped.push(hierarchy::EXTENSION.to_owned()),
        }
    }
    // Rows that nothing is said of are as many as somebody cares to write.
    let count = if columns.is_empty() { rows.min(MAX_SILENT) } else { rows };
    Ok(PropertyTable { class: String::new(), count, columns })
}

/// A column behind the JSON: numbers or vectors.
pub(super) fn binary(place: &serde_json::Map<String, Value>, bin: &[u8], rows: usize) -> Option<Values> {
    let text = |key: &str| place.get(key).and_then(Value::as_str);
    let across = match text("type")? {
        "SCALAR" => 1,
        "VEC2" => 2,
        "VEC3" => 3,
        "VEC4" => 4,
        _ => return None,
    };
    let rows = rows.checked_mul(across)?;
    let offset = usize::try_from(place.get("byteOffset")?.as_u64()?).ok()?;
    let kind = text("componentType")?;
    let (_, size) = COMPONENTS.iter().find(|(known, _)| *known == kind)?;
    let bytes = bin.get(offset..offset.checked_add(rows.checked_mul(*size)?)?)?;
    let number = |raw: &[u8]| -> Option<f64> {
        Some(match kind {
            "BYTE" => f64::from(i8::from_le_bytes(raw.try_into().ok()?)),
            "UNSIGNED_BYTE" => f64::from(u8::from_le_bytes(raw.try_into().ok()?)),
            "SHORT" => f64::from(i16::from_le_bytes(raw.try_into().ok()?)),
            "UNSIGNED_SHORT" => f64::from(u16::from_le_bytes(raw.try_into().ok()?)),
            "INT" => f64::from(i32::from_le_bytes(raw.try_into().ok()?)),
            "UNSIGNED_INT" => f64::from(u32::from_le_bytes(raw.try_into().ok()?)),
            "FLOAT" => f64::from(f32::from_le_bytes(raw.try_into().ok()?)),
            _ => f64::from_le_bytes(raw.try_into().ok()?),
        })
    };
    bytes
        .chunks_exact(*size)
        .map(number)
        .collect::<Option<Vec<f64>>>()
        .map(|numbers| if across == 1 { Values::F64(numbers) } else { Values::Vectors { size: across, numbers } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile(feature: &str, batch: &str, bin: &[u8], glb: &[u8]) -> Vec<u8> {
        let lengths = [feature.len(), 0, batch.len(), bin.len()];
        let total = 28 + lengths.iter().sum::<usize>() + glb.len();
        let mut bytes = b"b3dm".to_vec();
        for word in [1, total, lengths[0], lengths[1], lengths[2], lengths[3]] {
            bytes.extend((word as u32).to_le_bytes());
        }
        bytes.extend(feature.as_bytes());
        bytes.extend(batch.as_bytes());
        bytes.extend(bin);
        bytes.extend(glb);
        bytes
    }

    #[test]
    fn a_batch_table_becomes_columns() {
        let mut bin = Vec::new();
        bin.extend(7_u16.to_le_bytes());
        bin.extend(9_u16.to_le_bytes());
        let batch = r#"{"id":["a","b"],"height":[1.5,null],"n":{"byteOffset":0,"componentType":"UNSIGNED_SHORT","type":"SCALAR"},"v":{"byteOffset":0,"componentType":"FLOAT","type":"VEC3"},"more":[{"x":1},true]}"#;
        let bytes = tile(
            r#"{"BATCH_LENGTH":2,"RTC_CENTER":[1,2,3]}  "#,
            batch,
            &bin,
            b"glTF",
        );
        let read = b3dm(&bytes).unwrap();
        assert_eq!(
            (read.batch_length, read.rtc_center, read.glb),
            (2, Some([1.0, 2.0, 3.0]), &b"glTF"[..])
        );
        assert_eq!(
            read.table.column("id"),
            Some(&Values::Text(["a", "b"].into()))
        );
        assert_eq!(read.table.number("height", 0), Some(1.5));
        assert_eq!(read.table.number("height", 1), None);
        assert_eq!(read.table.column("n"), Some(&Values::F64(vec![7.0, 9.0])));
        assert_eq!(read.table.row(0).text("more", 0), Some(r#"{"x":1}"#));
        assert_eq!(read.table.column("more").map(Values::len), Some(2));
        assert_eq!(read.skipped, ["v"], "it reaches beyond the bytes");
    }

    #[test]
    fn a_composite_is_taken_apart() {
        let inner = tile(r#"{"BATCH_LENGTH":0}"#, "", &[], b"glTF");
        let mut points = b"pnts".to_vec();
        for word in [1_u32, 28, 0, 0, 0, 0] {
            points.extend(word.to_le_bytes());
        }
        let mut bytes = b"cmpt".to_vec();
        for word in [1, 16 + inner.len() + points.len(), 2] {
            bytes.extend((word as u32).to_le_bytes());
        }
        bytes.extend(&inner);
        bytes.extend(&points);
        let found = parts(&bytes).unwrap();
        assert!(matches!(&found[..], [Inner::Batched(_), Inner::Other(name)] if name == "pnts"));
        // A count that is a lie ends with the bytes.
        bytes[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(parts(&bytes).unwrap_err().code, "legacy-length");
    }

    proptest! {
        #[test]
        fn any_bytes_end(mut bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0..4_usize) {
            let name = [b"b3dm", b"cmpt", b"i3dm", b"pnts"][kind];
            for (slot, letter) in bytes.iter_mut().zip(name) {
                *slot = *letter;
            }
            let _ = parts(&bytes);
        }
    }
}
