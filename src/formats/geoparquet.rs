//! GeoParquet: the `geo` metadata of a Parquet file, read and written. The columns themselves are the pipeline's, natively only.
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

/// The metadata of a file of ours: WKB in longitude and latitude (EPSG:4326, x first as the format wants it), with the bounds of each row in
/// the columns `bbox.xmin` … and outer rings counter-clockwise.
pub fn written(column: &str, kinds: &[&str], bounds: Option<[f64; 4]>) -> String {
    let corner = |name: &str| serde_json::json!(["bbox", name]);
    let mut geometry = serde_json::json!({
        "encoding": "WKB",
        "geometry_types": kinds,
        "crs": {
            "type": "GeographicCRS",
            "name": "WGS 84",
            "datum": {
                "type": "GeodeticReferenceFrame",
                "name": "World Geodetic System 1984",
                "ellipsoid": { "name": "WGS 84", "semi_major_axis": 6_378_137, "inverse_flattening": 298.257_223_563 },
            },
            "coordinate_system": {
                "subtype": "ellipsoidal",
                "axis": [
                    { "name": "Geodetic latitude", "abbreviation": "Lat", "direction": "north", "unit": "degree" },
                    { "name": "Geodetic longitude", "abbreviation": "Lon", "direction": "east", "unit": "degree" },
                ],
            },
            "id": { "authority": "EPSG", "code": 4326 },
        },
        "edges": "planar",
        "orientation": "counterclockwise",
        "covering": {
            "bbox": { "xmin": corner("xmin"), "ymin": corner("ymin"), "xmax": corner("xmax"), "ymax": corner("ymax") },
        },
    });
    if let (Some(bounds), Some(geometry)) = (bounds, geometry.as_object_mut()) {
        geometry.insert("bbox".to_owned(), serde_json::json!(bounds));
    }
    serde_json::json!({ "version": "1.1.0", "primary_column": column, "columns": { column: geometry } }).to_string()
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
