//! Files that a person keeps: in the folder of downloads, never over another file.

use crate::base::Instant;
use crate::view::curve::Point;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files of one name; a folder of so many is somebody's mistake.
const MOST_ALIKE: usize = 1000;
const ZSTD_LEVEL: i32 = 3;
/// Bytes of a file's name before its ending.
const MOST_NAME: usize = 80;

/// Where downloads go: as the system has it, else the folder that is usual, else the home folder.
pub fn folder() -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = set("HOME").or_else(|| set("USERPROFILE")).unwrap_or_else(std::env::temp_dir);
    let named = set("XDG_DOWNLOAD_DIR").or_else(|| user_dirs(&home));
    named.into_iter().chain(["Téléchargements", "Downloads"].map(|name| home.join(name))).find(|folder| folder.is_dir()).unwrap_or(home)
}

/// What the desktop's own settings say: `XDG_DOWNLOAD_DIR="$HOME/Téléchargements"`.
fn user_dirs(home: &Path) -> Option<PathBuf> {
    let settings = std::env::var_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from).join("user-dirs.dirs");
    let text = std::fs::read_to_string(settings).ok()?;
    let value = text.lines().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?.trim_matches('"');
    Some(value.strip_prefix("$HOME/").map_or_else(|| PathBuf::from(value), |below| home.join(below)))
}

/// Writes a file of a name that no other file has.
///
/// # Errors
/// The folder, and what the system says.
pub fn keep(folder: &Path, name: &str, ending: &str, bytes: &[u8]) -> Result<PathBuf, (PathBuf, std::io::Error)> {
    let mut plain: String = name.chars().map(|c| if c.is_alphanumeric() || "-_".contains(c) { c } else { '-' }).collect();
    while plain.len() > MOST_NAME {
        plain.pop();
    }
    let plain = if plain.is_empty() { "jumeau" } else { &plain };
    let mut last = std::io::Error::other("");
    for number in 1..=MOST_ALIKE {
        let path = folder.join(if number == 1 { format!("{plain}.{ending}") } else { format!("{plain}-{number}.{ending}") });
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                return file.write_all(bytes).and_then(|()| file.sync_all()).map(|()| path.clone()).map_err(|error| {
                    // Half a file would pass for a whole one.
                    let _ = std::fs::remove_file(&path);
                    (folder.to_owned(), error)
                });
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err((folder.to_owned(), error)),
        }
    }
    Err((folder.to_owned(), last))
}

/// Curves as a Parquet table: `utc` (milliseconds, UTC) and a column of reals for each curve, null where there is no value. Whose data it is, of what
/// nature and unit and by which clock people read it stands in the file's key-value metadata.
///
/// # Errors
/// What the writer says.
pub fn parquet(about: &[(&str, String)], curves: &[(String, Vec<Point>)]) -> Result<Vec<u8>, ParquetError> {
    let names = columns(curves);
    let properties = WriterProperties::builder()
        .set_created_by("jumeau".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_key_value_metadata(Some(about.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())).collect()))
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema(&names)?, Arc::new(properties))?;
    let steps = curves.iter().map(|(_, points)| points.len()).max().unwrap_or(0);
    let starts = (0..steps).filter_map(|step| curves.iter().find_map(|(_, points)| points.get(step))).map(|point| point.at);
    let starts: Vec<i64> = starts.map(|Instant(seconds)| seconds * 1000).collect();
    let mut group = file.next_row_group()?;
    if let Some(mut column) = group.next_column()? {
        column.typed::<Int64Type>().write_batch(&starts, None, None)?;
        column.close()?;
    }
    for (_, points) in curves {
        let Some(mut column) = group.next_column()? else { break };
        let of = |step: usize| points.get(step).and_then(|point| point.value).filter(|value| value.is_finite());
        let values: Vec<f64> = (0..steps).filter_map(of).collect();
        let levels: Vec<i16> = (0..steps).map(|step| i16::from(of(step).is_some())).collect();
        column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
        column.close()?;
    }
    group.close()?;
    file.into_inner()
}

/// A name for each column, told apart where two are alike; a curve without one is the sum.
fn columns(curves: &[(String, Vec<Point>)]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in curves {
        let plain = if name.is_empty() { if curves.len() > 1 { "total" } else { "value" } } else { name };
        let mut unique = plain.to_owned();
        let mut number = 2;
        while unique == "utc" || names.contains(&unique) {
            unique = format!("{plain} ({number})");
            number += 1;
        }
        names.push(unique);
    }
    names
}

fn schema(names: &[String]) -> Result<TypePtr, ParquetError> {
    let time = LogicalType::timestamp(true, TimeUnit::MILLIS);
    let mut fields = vec![Arc::new(Type::primitive_type_builder("utc", Physical::INT64).with_repetition(Repetition::REQUIRED).with_logical_type(Some(time)).build()?)];
    for name in names {
        fields.push(Arc::new(Type::primitive_type_builder(name, Physical::DOUBLE).with_repetition(Repetition::OPTIONAL).build()?));
    }
    Ok(Arc::new(Type::group_type_builder("curves").with_fields(fields).build()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, RowAccessor};

    #[test]
    fn a_parquet_file_says_whose_it_is_and_what_is_absent() {
        let at = |hour: i64| Instant(1_767_225_600 + 3600 * hour);
        let curve = |values: [Option<f64>; 3]| values.iter().enumerate().map(|(hour, value)| Point { at: at(hour as i64), value: *value }).collect::<Vec<_>>();
        let curves = vec![("solaire".to_owned(), curve([Some(1.5), None, Some(f64::NAN)])), ("solaire".to_owned(), curve([Some(2.0); 3])), (String::new(), curve([None, None, Some(7.25)]))];
        let about = [("unit", "MW".to_owned()), ("source", "RTE".to_owned()), ("licence", "Licence Ouverte 2.0".to_owned()), ("nature", "measured".to_owned()), ("timezone", "Europe/Paris".to_owned()), ("method", String::new())];
        let bytes = parquet(&about, &curves).unwrap();
        let path = std::env::temp_dir().join(format!("jumeau-curves-{}.parquet", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        std::fs::remove_file(&path).unwrap();
        let metadata = reader.metadata().file_metadata();
        let said: Vec<(String, Option<String>)> = metadata.key_value_metadata().unwrap().iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect();
        for (key, value) in &about[..5] {
            assert!(said.contains(&((*key).to_owned(), Some(value.clone()))), "{key}");
        }
        assert!(!said.iter().any(|(key, _)| key == "method"), "what is empty is not said");
        let names: Vec<&str> = metadata.schema_descr().columns().iter().map(|column| column.name()).collect();
        assert_eq!(names, ["utc", "solaire", "solaire (2)", "total"]);
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1].get_timestamp_millis(0).unwrap(), 1_767_229_200_000);
        let column = |at: usize| rows.iter().map(|row| row.get_column_iter().nth(at).unwrap().1.clone()).collect::<Vec<_>>();
        assert_eq!(column(1), [Field::Double(1.5), Field::Null, Field::Null]);
        assert_eq!(column(3), [Field::Null, Field::Null, Field::Double(7.25)]);
    }

    #[test]
    fn no_file_is_written_over_and_names_are_plain() {
        let folder = std::env::temp_dir().join(format!("jumeau-export-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let first = keep(&folder, "../Énergie : été", "csv", b"one").unwrap();
        let second = keep(&folder, "../Énergie : été", "csv", b"two").unwrap();
        assert_eq!(first.file_name().unwrap(), "---Énergie---été.csv");
        assert_eq!((std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap()), (b"one".to_vec(), b"two".to_vec()));
        assert_eq!(first.parent(), Some(folder.as_path()));
        assert!(keep(&folder.join("missing"), "x", "csv", b"").is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
