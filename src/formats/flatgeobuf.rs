//! FlatGeobuf: the header, the size of the spatial index, and one feature at a time.
//!
//! Source: FlatGeobuf specification 3.0 (`header.fbs`, `feature.fbs`). Version 2 differs in nothing that is read here.

use super::flatbuffer::{self, Table, Vector};
use super::shape::{Shape, ShapeKind};

/// The eight bytes a file begins with: "fgb", major version, "fgb", patch.
pub const MAGIC_BYTES: usize = 8;
/// A header with its columns and a WKT.
pub const MAX_HEADER_BYTES: usize = 16 << 20;
/// One feature.
pub const MAX_FEATURE_BYTES: usize = 256 << 20;
/// A node of the index: four numbers and an offset.
const NODE_BYTES: u64 = 40;
/// Properties name their column by two bytes.
const MAX_COLUMNS: usize = 1 << 16;
/// Letters of a column's name.
const MAX_NAME: usize = 256;
/// Geometries inside geometries.
const MAX_DEPTH: usize = 8;

/// Why bytes are no FlatGeobuf.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlatGeobufFault {
    #[error("the file does not begin with 'fgb'")]
    Magic,
    #[error("version {0} is not known")]
    Version(u8),
    #[error("the header is broken")]
    Header,
    #[error("the feature is broken")]
    Feature,
    #[error("geometry type {0} is not supported")]
    Type(u8),
    #[error("the geometry's ends do not fit its coordinates")]
    Ends,
    #[error("geometries are nested too deeply")]
    Depth,
    #[error("the properties are broken at byte {0}")]
    Properties(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    pub geometry: u8,
    pub columns: Vec<Column>,
    /// Features, as stated; 0 may mean unknown.
    pub features: u64,
    /// Bytes of the index between header and features.
    pub index_bytes: u64,
    /// `EPSG:2154`, or a WKT; `None` where nothing is said.
    pub crs: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    kind: u8,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Text(String),
    Flag(bool),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    pub shape: Option<Shape>,
    /// `(column, value)`; missing ones are not stored.
    pub values: Vec<(usize, Value)>,
}

pub fn recognises(bytes: &[u8]) -> bool {
    matches!(bytes, [b'f', b'g', b'b', _, b'f', b'g', b'b', ..])
}

/// # Errors
/// When the first bytes are no known FlatGeobuf.
pub fn magic(bytes: &[u8]) -> Result<(), FlatGeobufFault> {
    match bytes {
        [b'f', b'g', b'b', 2 | 3, b'f', b'g', b'b', ..] => Ok(()),
        [b'f', b'g', b'b', version, b'f', b'g', b'b', ..] => {
            Err(FlatGeobufFault::Version(*version))
        }
        _ => Err(FlatGeobufFault::Magic),
    }
}

/// The header, without the four bytes of its size.
///
/// # Errors
/// When the bytes are no header.
pub fn header(bytes: &[u8]) -> Result<Header, FlatGeobufFault> {
    let table = flatbuffer::root(bytes).ok_or(FlatGeobufFault::Header)?;
    let columns = match table.vector(7, 4) {
        Some(columns) => read_columns(columns)?,
        None => Vec::new(),
    };
    let features = table.u64(8).unwrap_or(0);
    let node_size = table.u16(9).unwrap_or(16);
    Ok(Header {
        geometry: table.u8(2).unwrap_or(0),
        columns,
        features,
        index_bytes: index_bytes(features, node_size).ok_or(FlatGeobufFault::Header)?,
        crs: table.table(10).and_then(crs),
    })
}

fn read_columns(columns: Vector) -> Result<Vec<Column>, FlatGeobufFault> {
    (0..columns.len().min(MAX_COLUMNS))
        .map(|index| {
            let column = columns.table(index).ok_or(FlatGeobufFault::Header)?;
            // Many columns may point to one long name.
            let name = column
                .text(0)
                .unwrap_or_default()
                .chars()
                .take(MAX_NAME)
                .collect();
            Ok(Column {
                name,
                kind: column.u8(1).unwrap_or(0),
            })
        })
        .collect()
}

fn crs(table: Table) -> Option<String> {
    let organisation = table
        .text(0)
        .filter(|name| !name.is_empty())
        .unwrap_or("EPSG");
    let spelled = table.text(5).filter(|code| !code.is_empty());
    match (table.i32(1).unwrap_or(0), spelled, table.text(4)) {
        (code, ..) if code > 0 => Some(format!("{organisation}:{code}")),
        (_, Some(code), _) => Some(if code.contains(':') {
            code.to_owned()
        } else {
            format!("{organisation}:{code}")
        }),
        (_, None, Some(wkt)) if !wkt.is_empty() => Some(wkt.to_owned()),
        _ => None,
    }
}

/// Bytes of the packed R-tree over so many features; none without features or with node size 0.
fn index_bytes(features: u64, node_size: u16) -> Option<u64> {
    if features == 0 || node_size == 0 {
        return Some(0);
    }
    let node_size = u64::from(node_size.max(2));
    let (mut nodes, mut level) = (features, features);
    while level != 1 {
        level = level.div_ceil(node_size);
        nodes = nodes.checked_add(level)?;
    }
    nodes.checked_mul(NODE_BYTES)
}

impl Header {
    pub fn kind(&self) -> ShapeKind {
        match self.geometry {
            1 | 4 => ShapeKind::Point,
            2 | 5 => ShapeKind::Line,
            3 | 6 | 15..=17 => ShapeKind::Polygon,
            _ => ShapeKind::Other,
        }
    }
}

/// One feature, without the four bytes of its size.
///
/// # Errors
/// A [`FlatGeobufFault`] with what is wrong.
pub fn feature(bytes: &[u8], header: &Header) -> Result<Feature, FlatGeobufFault> {
    let table = flatbuffer::root(bytes).ok_or(FlatGeobufFault::Feature)?;
    let shape = match table.table(0) {
        Some(geometry) => {
            // Every part costs bytes that are only counted once: offsets that lead to one part many times are refused.
            let mut left = bytes.len() / 4;
            Some(shape(geometry, header.geometry, 0, &mut left)?)
        }
        None => None,
    };
    let own = match table.vector(2, 4) {
        Some(columns) if !columns.is_empty() => Some(read_columns(columns)?),
        _ => None,
    };
    let properties = table
        .vector(1, 1)
        .map(|vector| vector.raw(1))
        .unwrap_or_default();
    Ok(Feature {
        shape,
        values: values(properties, own.as_deref().unwrap_or(&header.columns))?,
    })
}

fn shape(
    geometry: Table,
    of_layer: u8,
    depth: usize,
    left: &mut usize,
) -> Result<Shape, FlatGeobufFault> {
    if depth > MAX_DEPTH {
        return Err(FlatGeobufFault::Depth);
    }
    let kind = match (of_layer, geometry.u8(6).unwrap_or(0)) {
        (0, own) => own,
        (layer, 0) => layer,
        (_, own) => own,
    };
    // Parts of a multi-polygon leave their type away.
    let inner = match kind {
        4 => 1,
        5 => 2,
        6 | 15 => 3,
        16 => 17,
        _ => 0,
    };
    if let Some(parts) = geometry.vector(7, 4).filter(|parts| !parts.is_empty()) {
        *left = left
            .checked_sub(parts.len())
            .ok_or(FlatGeobufFault::Feature)?;
        let mut shapes = Vec::new();
        for index in 0..parts.len() {
            let part = parts.table(index).ok_or(FlatGeobufFault::Feature)?;
            shapes.push(shape(part, inner, depth + 1, left)?);
        }
        return Ok(Shape::Many(shapes));
    }
    let points = points(&geometry, left)?;
    let stated_ends = geometry.vector(0, 4).filter(|ends| !ends.is_empty());
    if let Some(ends) = &stated_ends {
        *left = left
            .checked_sub(ends.len())
            .ok_or(FlatGeobufFault::Feature)?;
    }
    let ends = || -> Result<Vec<&[[f64; 3]]>, FlatGeobufFault> {
        match stated_ends {
            None if points.is_empty() => Ok(Vec::new()),
            None => Ok(vec![points.as_slice()]),
            Some(ends) => {
                let mut start = 0;
                ends.u32s()
                    .map(|end| {
                        let end = usize::try_from(end).unwrap_or(usize::MAX);
                        let part = points.get(start..end).ok_or(FlatGeobufFault::Ends)?;
                        start = end;
                        Ok(part)
                    })
                    .collect()
            }
        }
    };
    Ok(match kind {
        1 => points
            .first()
            .map_or(Shape::Many(Vec::new()), |point| Shape::Point(*point)),
        2 => Shape::Line(points),
        3 | 17 => Shape::Polygon(ends()?.into_iter().map(<[_]>::to_vec).collect()),
        4 => Shape::Many(points.into_iter().map(Shape::Point).collect()),
        5 => Shape::Many(
            ends()?
                .into_iter()
                .map(|part| Shape::Line(part.to_vec()))
                .collect(),
        ),
        6 | 7 | 15 | 16 => Shape::Many(Vec::new()),
        other => return Err(FlatGeobufFault::Type(other)),
    })
}

fn points(geometry: &Table, left: &mut usize) -> Result<Vec<[f64; 3]>, FlatGeobufFault> {
    let Some(flat) = geometry.vector(1, 8) else {
        return Ok(Vec::new());
    };
    *left = left
        .checked_sub(flat.len())
        .ok_or(FlatGeobufFault::Feature)?;
    let heights = geometry.vector(2, 8);
    let mut z = heights.iter().flat_map(Vector::f64s);
    let mut flat = flat.f64s();
    let mut points = Vec::new();
    while let (Some(x), Some(y)) = (flat.next(), flat.next()) {
        points.push([x, y, z.next().unwrap_or(f64::NAN)]);
    }
    Ok(points)
}

/// Properties one after the other: the number of a column, then its value.
fn values(bytes: &[u8], columns: &[Column]) -> Result<Vec<(usize, Value)>, FlatGeobufFault> {
    let mut values = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let broken = FlatGeobufFault::Properties(at);
        let rest = bytes.get(at..).unwrap_or_default();
        let Some((index, rest)) = rest.split_first_chunk::<2>() else {
            return Err(broken);
        };
        let index = usize::from(u16::from_le_bytes(*index));
        let Some(column) = columns.get(index) else {
            return Err(broken);
        };
        let Some((value, length)) = value(column.kind, rest) else {
            return Err(broken);
        };
        if let Some(value) = value {
            values.push((index, value));
        }
        at += 2 + length;
    }
    Ok(values)
}

/// A value and how many bytes it takes; a binary one is passed over.
fn value(kind: u8, rest: &[u8]) -> Option<(Option<Value>, usize)> {
    let number =
        |value: f64, length| Some((value.is_finite().then_some(Value::Number(value)), length));
    match kind {
        0 => number(f64::from(i8::from_le_bytes(*rest.first_chunk()?)), 1),
        1 => number(f64::from(*rest.first()?), 1),
        2 => Some((Some(Value::Flag(*rest.first()? != 0)), 1)),
        3 => number(f64::from(i16::from_le_bytes(*rest.first_chunk()?)), 2),
        4 => number(f64::from(u16::from_le_bytes(*rest.first_chunk()?)), 2),
        5 => number(f64::from(i32::from_le_bytes(*rest.first_chunk()?)), 4),
        6 => number(f64::from(u32::from_le_bytes(*rest.first_chunk()?)), 4),
        7 => number(i64::from_le_bytes(*rest.first_chunk()?) as f64, 8),
        8 => number(u64::from_le_bytes(*rest.first_chunk()?) as f64, 8),
        9 => number(f64::from(f32::from_le_bytes(*rest.first_chunk()?)), 4),
        10 => number(f64::from_le_bytes(*rest.first_chunk()?), 8),
        11..=14 => {
            let length = usize::try_from(u32::from_le_bytes(*rest.first_chunk()?)).ok()?;
            let raw = rest.get(4..4_usize.checked_add(length)?)?;
            let text = (kind != 14).then(|| String::from_utf8_lossy(raw).into_owned());
            Some((
                text.filter(|text| !text.trim().is_empty()).map(Value::Text),
                4 + length,
            ))
        }
        _ => None,
    }
}
