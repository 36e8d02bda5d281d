//! GeoParquet: the `geo` metadata of a Parquet file. The columns themselves are read by the pipeline, natively only.
//!
//! Source: GeoParquet specification 1.1.0 (and 1.0.0, which says the same about what is read here).

use super::shape::ShapeKind;
use serde_json::Value;

/// Key of the file's metadata.
pub const KEY: &str = "geo";
/// Real ones are a few kilobytes; PROJJSON is most of it.
const MAX_BYTES: usize = 4 << 20;

/// What the metadata say about the geometry that counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    pub column: String,
    /// `EPSG:2154`, or PROJJSON; `None` where the file says that it is unknown.
    pub crs: Option<String>,
    pub kind: ShapeKind,
    /// West, south, east, north in the column's own system, where stated.
    pub bounds: Option<[f64; 4]>,
}

/// Why metadata cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeoParquetFault {
    #[error("the metadata 'geo' are no JSON: {0}")]
    Json(String),
    #[error("the metadata 'geo' lack '{0}'")]
    Missing(&'static str),
    #[error("geometries are encoded as '{0}', only WKB is read")]
    Encoding(String),
}

/// # Errors
/// A [`GeoParquetFault`].
pub fn metadata(json: &str) -> Result<Geometry, GeoParquetFault> {
    if json.len() > MAX_BYTES {
        return Err(GeoParquetFault::Json(format!("{} bytes", json.len())));
    }
    let json: Value =
        serde_json::from_str(json).map_err(|fault| GeoParquetFault::Json(fault.to_string()))?;
    let columns = json
        .get("columns")
        .and_then(Value::as_object)
        .ok_or(GeoParquetFault::Missing("columns"))?;
    let (name, column) = match json.get("primary_column").and_then(Value::as_str) {
        Some(name) => (
            name,
            columns
                .get(name)
                .ok_or(GeoParquetFault::Missing("primary_column"))?,
        ),
        None => columns
            .iter()
            .next()
            .map(|(name, column)| (name.as_str(), column))
            .ok_or(GeoParquetFault::Missing("columns"))?,
    };
    match column.get("encoding").and_then(Value::as_str) {
        Some(encoding) if !encoding.eq_ignore_ascii_case("WKB") => {
            return Err(GeoParquetFault::Encoding(encoding.to_owned()));
        }
        _ => {}
    }
    let crs = match column.get("crs") {
        // Absent means longitude and latitude on WGS84; null means that nobody knows.
        None => Some("OGC:CRS84".to_owned()),
        Some(Value::Null) => None,
        Some(Value::String(code)) => Some(code.clone()),
        Some(json) => Some(json.to_string()),
    };
    let bounds = column
        .get("bbox")
        .and_then(Value::as_array)
        .and_then(|bbox| {
            let number = |at: usize| bbox.get(at).and_then(Value::as_f64);
            let upper = bbox.len() / 2;
            Some([number(0)?, number(1)?, number(upper)?, number(upper + 1)?])
        });
    Ok(Geometry {
        column: name.to_owned(),
        crs,
        kind: kind(column),
        bounds,
    })
}

fn kind(column: &Value) -> ShapeKind {
    let mut kinds = column
        .get("geometry_types")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(
            |name| match name.split_whitespace().next().unwrap_or_default() {
                "Point" | "MultiPoint" => ShapeKind::Point,
                "LineString" | "MultiLineString" => ShapeKind::Line,
                "Polygon" | "MultiPolygon" => ShapeKind::Polygon,
                _ => ShapeKind::Other,
            },
        );
    match kinds.next() {
        Some(first) if kinds.all(|kind| kind == first) => first,
        _ => ShapeKind::Other,
    }
}
