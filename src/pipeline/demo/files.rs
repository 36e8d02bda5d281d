//! The files of the demo: GeoPackages and GeoJSON written as a stream, in bytes that depend on what is written alone.

use crate::formats::geopackage::write_geometry;
use crate::formats::shape::Shape;
use crate::pipeline::ImportFault;
use rusqlite::{Connection, types::Value};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows of one transaction.
const ROWS_PER_COMMIT: usize = 20_000;
/// GeoPackage 1.3, as SQLite's header has it: "GPKG" and the version.
const APPLICATION_ID: i64 = 0x4750_4B47;
const VERSION: i64 = 10_300;
/// The files are the same whenever they are written.
const LAST_CHANGE: &str = "2026-01-01T00:00:00.000Z";
/// A table's extent in `gpkg_contents` is that of the land.
pub type Extent = [f64; 4];

/// Lambert-93 as OGC well-known text (EPSG:2154).
pub const LAMBERT_93: &str = r#"PROJCS["RGF93 / Lambert-93",GEOGCS["RGF93",DATUM["Reseau_Geodesique_Francais_1993",SPHEROID["GRS 1980",6378137,298.257222101,AUTHORITY["EPSG","7019"]],AUTHORITY["EPSG","6171"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4171"]],PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["standard_parallel_1",49],PARAMETER["standard_parallel_2",44],PARAMETER["latitude_of_origin",46.5],PARAMETER["central_meridian",3],PARAMETER["false_easting",700000],PARAMETER["false_northing",6600000],UNIT["metre",1,AUTHORITY["EPSG","9001"]],AXIS["X",EAST],AXIS["Y",NORTH],AUTHORITY["EPSG","2154"]]"#;

/// One feature table.
pub struct TableShape {
    pub name: &'static str,
    /// `POLYGON`, `LINESTRING`, `POINT`.
    pub kind: &'static str,
    /// Name and SQL type of each column but the geometry.
    pub columns: &'static [(&'static str, &'static str)],
}

/// A GeoPackage under construction.
pub struct Package {
    path: PathBuf,
    connection: Connection,
    inserts: Vec<String>,
    pending: usize,
    srs_id: i32,
}

impl Package {
    /// # Errors
    /// `write-failed`.
    pub fn create(path: &Path, tables: &[TableShape], extent: Extent) -> Result<Self, ImportFault> {
        Self::create_in(path, tables, extent, 2154, "Territoire fictif / fictional territory")
    }

    /// The same in another system of those it lists (4326, 2154), its tables described by a text: where their values come from.
    ///
    /// # Errors
    /// `write-failed`.
    pub fn create_in(path: &Path, tables: &[TableShape], extent: Extent, srs_id: i32, about: &str) -> Result<Self, ImportFault> {
        let about = about.replace('\'', "''");
        let fault = |error: rusqlite::Error| ImportFault::new("write-failed", path.display(), error);
        let connection = Connection::open(path).map_err(fault)?;
        connection
            .execute_batch(&format!(
                "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                 PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};
                 CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
                   organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
                 CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
                   description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
                   srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
                 CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
                   srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
                   CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
                   CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
                   CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
                 INSERT INTO gpkg_spatial_ref_sys VALUES
                   ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),
                   ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),
                   ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]', NULL),
                   ('RGF93 / Lambert-93', 2154, 'EPSG', 2154, '{LAMBERT_93}', NULL);"
            ))
            .map_err(fault)?;
        let mut inserts = Vec::new();
        for table in tables {
            let columns: Vec<String> = table.columns.iter().map(|(name, kind)| format!(", {name} {kind}")).collect();
            connection
                .execute_batch(&format!(
                    "CREATE TABLE {0} (fid INTEGER PRIMARY KEY, geom {1}{2});
                     INSERT INTO gpkg_contents VALUES ('{0}', 'features', '{0}', '{about}', '{LAST_CHANGE}', {3}, {4}, {5}, {6}, {srs_id});
                     INSERT INTO gpkg_geometry_columns VALUES ('{0}', 'geom', '{1}', {srs_id}, 2, 0);",
                    table.name, table.kind, columns.concat(), extent[0], extent[1], extent[2], extent[3],
                ))
                .map_err(fault)?;
            let names: Vec<String> = table.columns.iter().map(|(name, _)| format!(", {name}")).collect();
            inserts.push(format!("INSERT INTO {} (geom{}) VALUES (?{})", table.name, names.concat(), ", ?".repeat(names.len())));
        }
        connection.execute_batch("BEGIN").map_err(fault)?;
        Ok(Self { path: path.to_owned(), connection, inserts, pending: 0, srs_id })
    }

    /// Adds a row to the table of this number.
    ///
    /// # Errors
    /// `write-failed`.
    pub fn add(&mut self, table: usize, shape: &Shape, values: Vec<Value>) -> Result<(), ImportFault> {
        let fault = |error: rusqlite::Error| ImportFault::new("write-failed", self.path.display(), error);
        let insert = self.inserts.get(table).map(String::as_str).unwrap_or_default();
        let mut statement = self.connection.prepare_cached(insert).map_err(fault)?;
        let row = std::iter::once(Value::Blob(write_geometry(self.srs_id, shape))).chain(values);
        statement.execute(rusqlite::params_from_iter(row)).map_err(fault)?;
        self.pending += 1;
        if self.pending >= ROWS_PER_COMMIT {
            self.pending = 0;
            self.connection.execute_batch("COMMIT; BEGIN").map_err(fault)?;
        }
        Ok(())
    }

    /// # Errors
    /// `write-failed`.
    pub fn finish(self) -> Result<(), ImportFault> {
        let Self { path, connection, .. } = self;
        let fault = |error: rusqlite::Error| ImportFault::new("write-failed", path.display(), error);
        connection.execute_batch("COMMIT").map_err(fault)?;
        connection.close().map_err(|(_, error)| fault(error))
    }
}

/// A text file written line by line.
pub struct Text {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Text {
    /// # Errors
    /// `write-failed`.
    pub fn create(path: &Path) -> Result<Self, ImportFault> {
        let fault = |error: std::io::Error| ImportFault::new("write-failed", path.display(), error);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fault)?;
        }
        Ok(Self { path: path.to_owned(), file: BufWriter::new(File::create(path).map_err(fault)?) })
    }

    /// # Errors
    /// `write-failed`.
    pub fn add(&mut self, text: &str) -> Result<(), ImportFault> {
        self.file
            .write_all(text.as_bytes())
            .map_err(|error| ImportFault::new("write-failed", self.path.display(), error))
    }

    /// # Errors
    /// `write-failed`.
    pub fn finish(mut self) -> Result<(), ImportFault> {
        self.file
            .flush()
            .map_err(|error| ImportFault::new("write-failed", self.path.display(), error))
    }
}

/// A GeoJSON collection of points in longitude and latitude.
pub struct Points {
    text: Text,
    empty: bool,
}

impl Points {
    /// # Errors
    /// `write-failed`.
    pub fn create(path: &Path) -> Result<Self, ImportFault> {
        let mut text = Text::create(path)?;
        text.add("{\"type\":\"FeatureCollection\",\"description\":\"Territoire fictif / fictional territory\",\"features\":[")?;
        Ok(Self { text, empty: true })
    }

    /// # Errors
    /// `write-failed`.
    pub fn add(&mut self, lon_lat: [f64; 2], properties: &serde_json::Value) -> Result<(), ImportFault> {
        let comma = if self.empty { "\n" } else { ",\n" };
        self.empty = false;
        self.text.add(&format!(
            "{comma}{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{:.7},{:.7}]}}}}",
            lon_lat[0], lon_lat[1],
        ))
    }

    /// # Errors
    /// `write-failed`.
    pub fn finish(mut self) -> Result<(), ImportFault> {
        self.text.add("\n]}\n")?;
        self.text.finish()
    }
}
