//! Features as rows of one GeoParquet file: those of a territory, and those of a solar plan.
//!
//! Rows go out in groups of bounded size, so memory does not grow with the table. The bytes depend on the rows alone.
//! Longitude and latitude on WGS84 (which no survey of this precision tells from RGF93), geometries in two dimensions.

use crate::base::Bounds2;
use crate::formats::geoparquet;
use crate::formats::shape::{Shape, ShapeKind};
use crate::formats::wkb;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

const GEOMETRY: &str = "geometry";
const WRITTEN_BY: &str = "jumeau";
/// A group is handed on when it has so many rows …
pub const GROUP_ROWS: usize = 32_768;
/// … or so many bytes of geometry and text.
const GROUP_BYTES: usize = 16 << 20;
const ZSTD_LEVEL: i32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Count,
    Real,
    Bytes,
}

/// A leaf of the schema: its path, what it holds, whether every row has a value.
pub type Leaf = (&'static str, Kind, bool);

/// Where a row lies, what it covers and its shape: the last columns of every such table, filled in by the writer.
pub const PLACE: [Leaf; 7] = [
    ("lon", Kind::Real, true),
    ("lat", Kind::Real, true),
    ("bbox.xmin", Kind::Real, true),
    ("bbox.ymin", Kind::Real, true),
    ("bbox.xmax", Kind::Real, true),
    ("bbox.ymax", Kind::Real, true),
    (GEOMETRY, Kind::Bytes, true),
];

/// A value of a row; what is not known has none.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Count(i32),
    Real(f64),
}

/// One feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Longitude and latitude, degrees.
    pub shape: Shape,
    /// A point of it or near it, where a search should lead.
    pub at: [f64; 2],
    /// By the names of the file's columns; unknown names and empty texts are left out.
    pub values: Vec<(&'static str, Value)>,
}

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TableFault(String);

impl From<ParquetError> for TableFault {
    fn from(error: ParquetError) -> Self {
        Self(error.to_string())
    }
}

/// Writes rows as they come, group by group.
pub struct FeatureWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    leaves: Vec<Leaf>,
    columns: Vec<Column>,
    buffered_rows: usize,
    buffered_bytes: usize,
    rows: u64,
    bounds: Bounds2,
    kinds: BTreeSet<&'static str>,
}

/// The values of one leaf that wait for their group to be full.
enum Column {
    Text(Vec<ByteArray>, Vec<i16>),
    Count(Vec<i32>, Vec<i16>),
    Real(Vec<f64>, Vec<i16>),
}

impl<W: Write + Send> FeatureWriter<W> {
    /// A table of these columns; [`PLACE`] follows them.
    ///
    /// # Errors
    /// What the sink says.
    pub fn new(sink: W, columns: &[Leaf]) -> Result<Self, TableFault> {
        let leaves: Vec<Leaf> = columns.iter().chain(&PLACE).copied().collect();
        let properties = WriterProperties::builder()
            .set_created_by(WRITTEN_BY.to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
            .build();
        Ok(Self {
            file: SerializedFileWriter::new(sink, schema(&leaves)?, Arc::new(properties))?,
            columns: empty_columns(&leaves),
            leaves,
            buffered_rows: 0,
            buffered_bytes: 0,
            rows: 0,
            bounds: Bounds2::EMPTY,
            kinds: BTreeSet::new(),
        })
    }

    /// Adds a row; one without a geometry is left out.
    ///
    /// # Errors
    /// What the sink says.
    pub fn push(&mut self, row: &Row) -> Result<(), TableFault> {
        let bounds = bounds_of(&row.shape);
        let Some(kind) = kind_name(&row.shape).filter(|_| !bounds.is_empty()) else {
            return Ok(());
        };
        self.kinds.insert(kind);
        self.bounds = self.bounds.union(bounds);
        let geometry = wkb::write(&row.shape);
        self.buffered_bytes += geometry.len();
        let mut geometry = Some(ByteArray::from(geometry));
        for ((name, _, required), column) in self.leaves.iter().zip(&mut self.columns) {
            let own = match *name {
                "lon" => Some(Value::Real(row.at[0])),
                "lat" => Some(Value::Real(row.at[1])),
                "bbox.xmin" => Some(Value::Real(bounds.min[0])),
                "bbox.ymin" => Some(Value::Real(bounds.min[1])),
                "bbox.xmax" => Some(Value::Real(bounds.max[0])),
                "bbox.ymax" => Some(Value::Real(bounds.max[1])),
                _ => row
                    .values
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, value)| value.clone()),
            };
            match column {
                Column::Text(values, levels) => {
                    let bytes = match own {
                        _ if *name == GEOMETRY => geometry.take(),
                        Some(Value::Text(text)) if !text.is_empty() || *required => {
                            self.buffered_bytes += text.len();
                            Some(ByteArray::from(text.into_bytes()))
                        }
                        _ => required.then(|| ByteArray::from(Vec::new())),
                    };
                    put(bytes, values, levels, *required);
                }
                Column::Count(values, levels) => {
                    let count = match own {
                        Some(Value::Count(count)) => Some(count),
                        _ => None,
                    };
                    put(count, values, levels, *required);
                }
                Column::Real(values, levels) => {
                    let real = match own {
                        Some(Value::Real(real)) if real.is_finite() || *required => Some(real),
                        _ => required.then_some(f64::NAN),
                    };
                    put(real, values, levels, *required);
                }
            }
        }
        self.rows += 1;
        self.buffered_rows += 1;
        if self.buffered_rows >= GROUP_ROWS || self.buffered_bytes >= GROUP_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Says something of the whole table, under a key of the file.
    pub fn note(&mut self, key: &str, value: String) {
        self.file.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
    }

    /// Writes what is left and the end of the file. Returns the rows and the sink.
    ///
    /// # Errors
    /// What the sink says.
    pub fn finish(mut self) -> Result<(u64, W), TableFault> {
        self.flush()?;
        let kinds: Vec<&str> = self.kinds.iter().copied().collect();
        let bounds = (!self.bounds.is_empty()).then(|| {
            [
                self.bounds.min[0],
                self.bounds.min[1],
                self.bounds.max[0],
                self.bounds.max[1],
            ]
        });
        let metadata = geoparquet::written(GEOMETRY, &kinds, bounds);
        self.file
            .append_key_value_metadata(KeyValue::new(geoparquet::KEY.to_owned(), metadata));
        Ok((self.rows, self.file.into_inner()?))
    }

    fn flush(&mut self) -> Result<(), TableFault> {
        if self.buffered_rows == 0 {
            return Ok(());
        }
        let columns = std::mem::replace(&mut self.columns, empty_columns(&self.leaves));
        self.buffered_rows = 0;
        self.buffered_bytes = 0;
        let mut group = self.file.next_row_group()?;
        for ((_, _, required), column) in self.leaves.iter().zip(columns) {
            let Some(mut writer) = group.next_column()? else {
                break;
            };
            match column {
                Column::Text(values, levels) => {
                    let levels = (!required).then_some(levels.as_slice());
                    writer
                        .typed::<ByteArrayType>()
                        .write_batch(&values, levels, None)?;
                }
                Column::Count(values, levels) => {
                    let levels = (!required).then_some(levels.as_slice());
                    writer
                        .typed::<Int32Type>()
                        .write_batch(&values, levels, None)?;
                }
                Column::Real(values, levels) => {
                    let levels = (!required).then_some(levels.as_slice());
                    writer
                        .typed::<DoubleType>()
                        .write_batch(&values, levels, None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }
}

fn put<T>(value: Option<T>, values: &mut Vec<T>, levels: &mut Vec<i16>, required: bool) {
    if !required {
        levels.push(i16::from(value.is_some()));
    }
    values.extend(value);
}

fn empty_columns(leaves: &[Leaf]) -> Vec<Column> {
    leaves
        .iter()
        .map(|(_, kind, _)| match kind {
            Kind::Text | Kind::Bytes => Column::Text(Vec::new(), Vec::new()),
            Kind::Count => Column::Count(Vec::new(), Vec::new()),
            Kind::Real => Column::Real(Vec::new(), Vec::new()),
        })
        .collect()
}

fn schema(leaves: &[Leaf]) -> Result<TypePtr, TableFault> {
    let leaf = |name: &str, kind: Kind, required: bool| -> Result<TypePtr, TableFault> {
        let repetition = if required {
            Repetition::REQUIRED
        } else {
            Repetition::OPTIONAL
        };
        let physical = match kind {
            Kind::Text | Kind::Bytes => Physical::BYTE_ARRAY,
            Kind::Count => Physical::INT32,
            Kind::Real => Physical::DOUBLE,
        };
        let logical = (kind == Kind::Text).then_some(LogicalType::String);
        let built = Type::primitive_type_builder(name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .build()?;
        Ok(Arc::new(built))
    };
    let mut fields: Vec<TypePtr> = Vec::new();
    let mut members: Vec<TypePtr> = Vec::new();
    for (index, (path, kind, required)) in leaves.iter().enumerate() {
        let Some((group, member)) = path.split_once('.') else {
            fields.push(leaf(path, *kind, *required)?);
            continue;
        };
        members.push(leaf(member, *kind, *required)?);
        let next = leaves
            .get(index + 1)
            .and_then(|(path, ..)| path.split_once('.'));
        if next.is_none_or(|(other, _)| other != group) {
            let built = Type::group_type_builder(group)
                .with_repetition(Repetition::REQUIRED)
                .with_fields(std::mem::take(&mut members))
                .build()?;
            fields.push(Arc::new(built));
        }
    }
    Ok(Arc::new(
        Type::group_type_builder("features")
            .with_fields(fields)
            .build()?,
    ))
}

fn bounds_of(shape: &Shape) -> Bounds2 {
    let mut bounds = Bounds2::EMPTY;
    let mut each = shape.clone();
    let _: Result<(), ()> = each.try_map(&mut |at| {
        if at[0].is_finite() && at[1].is_finite() {
            bounds.add([at[0], at[1]]);
        }
        Ok(())
    });
    bounds
}

/// As GeoParquet calls it; nothing for an empty shape.
fn kind_name(shape: &Shape) -> Option<&'static str> {
    if shape.is_empty() {
        return None;
    }
    let many = matches!(shape, Shape::Many(_));
    match (shape.kind(), many) {
        (ShapeKind::Point, false) => Some("Point"),
        (ShapeKind::Point, true) => Some("MultiPoint"),
        (ShapeKind::Line, false) => Some("LineString"),
        (ShapeKind::Line, true) => Some("MultiLineString"),
        (ShapeKind::Polygon, false) => Some("Polygon"),
        (ShapeKind::Polygon, true) => Some("MultiPolygon"),
        (ShapeKind::Other, _) => Some("GeometryCollection"),
        (ShapeKind::Shells, _) => None,
    }
}
