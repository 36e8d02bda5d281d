//! Tables of a GeoPackage, read only and row by row through SQLite.

use super::{Content, Found, Head, Opened, Row, Table, Unread, short_name};
use crate::formats::{geopackage::parse_geometry, shape::ShapeKind};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use std::path::{Path, PathBuf};

pub fn recognises(head: &Head) -> bool {
    head.bytes.starts_with(b"SQLite format 3\0")
}

pub fn open(path: &Path) -> Opened {
    let heads = tables(path).map_err(|error| ("source-unreadable", error))?;
    Ok(heads
        .into_iter()
        .map(|head| Found {
            file: short_name(path),
            table: Some(head.name.clone()),
            kind: head.kind,
            crs: head.crs,
            columns: head.columns,
            content: Content::Table(Box::new(Rows {
                path: path.to_owned(),
                table: head.name,
                geometry_column: head.geometry_column,
            })),
        })
        .collect())
}

/// One feature table, before its rows are read.
struct TableHead {
    name: String,
    geometry_column: String,
    kind: ShapeKind,
    /// Code or WKT of its system; `None` for the undefined ones.
    crs: Option<String>,
    /// All columns but the geometry.
    columns: Vec<String>,
}

/// Where the rows of a table are.
struct Rows {
    path: PathBuf,
    table: String,
    geometry_column: String,
}

fn connect(path: &Path) -> Result<Connection, String> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| error.to_string())?;
    Ok(connection)
}

/// SQLite identifiers are quoted by doubling the quotes; table names come from foreign files.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The feature tables of a package.
///
/// # Errors
/// SQLite's sentence when the file is damaged or no GeoPackage.
fn tables(path: &Path) -> Result<Vec<TableHead>, String> {
    let connection = connect(path)?;
    let text = |error: rusqlite::Error| error.to_string();
    let mut statement = connection
        .prepare(
            "SELECT g.table_name, g.column_name, g.geometry_type_name, s.organization, \
             s.organization_coordsys_id, s.definition, s.srs_id \
             FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id \
             ORDER BY g.table_name",
        )
        .map_err(text)?;
    let rows = statement
        .query_map([], |row| {
            let organization: Option<String> = row.get(3)?;
            let code: Option<i64> = row.get(4)?;
            let definition: Option<String> = row.get(5)?;
            let crs = match (organization, code) {
                (Some(name), Some(code)) if code > 0 && name.eq_ignore_ascii_case("EPSG") => {
                    Some(format!("EPSG:{code}"))
                }
                (Some(name), _) if name.eq_ignore_ascii_case("NONE") => None,
                _ => definition.filter(|wkt| wkt.len() > 12),
            };
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                crs,
            ))
        })
        .map_err(text)?;
    let mut heads = Vec::new();
    for row in rows {
        let (name, geometry_column, kind, crs) = row.map_err(text)?;
        let mut info = connection
            .prepare(&format!("PRAGMA table_info({})", quoted(&name)))
            .map_err(text)?;
        let columns: Vec<String> = info
            .query_map([], |row| row.get::<_, String>(1))
            .map_err(text)?
            .filter_map(Result::ok)
            .filter(|column| *column != geometry_column)
            .collect();
        let kind = match kind.to_uppercase().as_str() {
            k if k.contains("POINT") => ShapeKind::Point,
            k if k.contains("LINE") || k.contains("CURVE") && !k.contains("POLYGON") => {
                ShapeKind::Line
            }
            k if k.contains("POLYGON") || k.contains("SURFACE") => ShapeKind::Polygon,
            _ => first_kind(&connection, &name, &geometry_column),
        };
        heads.push(TableHead {
            name,
            geometry_column,
            kind,
            crs,
            columns,
        });
    }
    Ok(heads)
}

/// "GEOMETRY" says nothing: the first rows do.
fn first_kind(connection: &Connection, table: &str, column: &str) -> ShapeKind {
    let sql = format!(
        "SELECT {0} FROM {1} WHERE {0} IS NOT NULL LIMIT 20",
        quoted(column),
        quoted(table)
    );
    let Ok(mut statement) = connection.prepare(&sql) else {
        return ShapeKind::Other;
    };
    let Ok(blobs) = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)) else {
        return ShapeKind::Other;
    };
    let mut kinds = blobs
        .filter_map(Result::ok)
        .filter_map(|blob| parse_geometry(&blob).ok())
        .map(|geometry| geometry.shape.kind());
    match kinds.next() {
        Some(first) if kinds.all(|kind| kind == first) => first,
        _ => ShapeKind::Other,
    }
}

impl Table for Rows {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let connection = connect(&self.path)?;
        // Only mapped columns are touched.
        let mut columns: Vec<&str> = Vec::new();
        for (_, sources) in mapping {
            for column in sources {
                if !columns.contains(&column.as_str()) {
                    columns.push(column);
                }
            }
        }
        let list: Vec<String> = std::iter::once(quoted(&self.geometry_column))
            .chain(columns.iter().map(|column| quoted(column)))
            .collect();
        let sql = format!("SELECT {} FROM {}", list.join(", "), quoted(&self.table));
        let mut statement = connection.prepare(&sql).map_err(|e| e.to_string())?;
        let mut rows = statement.query([]).map_err(|e| e.to_string())?;
        let mut number = 0_usize;
        loop {
            number += 1;
            match rows.next() {
                Ok(Some(row)) => each(record(row, number, &columns, mapping)),
                Ok(None) => return Ok(()),
                Err(error) => {
                    // A damaged page: what was read until here is good.
                    each(Err(Unread { object: format!("#{number}"), reason: error.to_string() }));
                    return Ok(());
                }
            }
        }
    }
}

/// The geometry stands first, then `columns`.
fn record(row: &rusqlite::Row, number: usize, columns: &[&str], mapping: &Mapping) -> Row {
    let mut record = Record { object: format!("#{number}"), ..Record::default() };
    for (term, sources) in mapping {
        let cell = sources.iter().find_map(|source| {
            let index = columns.iter().position(|column| column == source)?;
            cell(row.get_ref(index + 1).ok()?)
        });
        if let Some(cell) = cell {
            record.values.push((term, cell));
        }
    }
    record.name_by_id();
    match row.get_ref(0) {
        Ok(ValueRef::Blob(blob)) => match parse_geometry(blob) {
            Ok(geometry) => record.shape = Some(geometry.shape),
            Err(fault) => {
                return Err(Unread { object: record.object, reason: fault.to_string() });
            }
        },
        Ok(ValueRef::Null) => {}
        _ => {
            let reason = "the geometry is no blob".to_owned();
            return Err(Unread { object: record.object, reason });
        }
    }
    Ok(record)
}

fn cell(value: ValueRef<'_>) -> Option<Cell> {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => None,
        ValueRef::Integer(value) => Some(Cell::Number(value as f64)),
        ValueRef::Real(value) => value.is_finite().then_some(Cell::Number(value)),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            (!text.trim().is_empty()).then(|| Cell::Text(text.into_owned()))
        }
    }
}
