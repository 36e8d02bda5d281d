//! Files that a person keeps: in the folder of downloads, never over another file.

use crate::base::{Clock, Instant};
use crate::view::table::{Key, Table};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use std::borrow::Cow;
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

/// A table as Parquet: what its rows are of, then a column of reals for each of its own, null where there is no value. Rows are `utc` (milliseconds, UTC), local
/// days (`day`) or ranks (`rank`). Whose data it is, of what nature and unit and by which clock people read it stands in the file's key-value metadata.
///
/// # Errors
/// What the writer says.
pub fn parquet(about: &[(Cow<'static, str>, String)], table: &Table, clock: Clock) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_created_by("jumeau".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_key_value_metadata(Some(about.iter().map(|(key, value)| KeyValue::new(key.to_string(), value.clone())).collect()))
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema(table)?, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    if let Some(mut column) = group.next_column()? {
        match &table.key {
            Key::Steps(starts, _) => column.typed::<Int64Type>().write_batch(&starts.iter().map(|Instant(seconds)| seconds * 1000).collect::<Vec<_>>(), None, None)?,
            Key::Days(days) => {
                let local = |at: &Instant| at.0.saturating_add(i64::from(clock.read(*at).offset_s)).div_euclid(86_400);
                column.typed::<Int32Type>().write_batch(&days.iter().map(|at| i32::try_from(local(at)).unwrap_or(0)).collect::<Vec<_>>(), None, None)?
            }
            Key::Ranks => column.typed::<Int64Type>().write_batch(&(1..=table.rows() as i64).collect::<Vec<_>>(), None, None)?,
        };
        column.close()?;
    }
    for (_, values) in &table.columns {
        let Some(mut column) = group.next_column()? else { break };
        let of = |row: usize| values.get(row).copied().flatten();
        let known: Vec<f64> = (0..table.rows()).filter_map(of).collect();
        let levels: Vec<i16> = (0..table.rows()).map(|row| i16::from(of(row).is_some())).collect();
        column.typed::<DoubleType>().write_batch(&known, Some(&levels), None)?;
        column.close()?;
    }
    group.close()?;
    file.into_inner()
}

fn schema(table: &Table) -> Result<TypePtr, ParquetError> {
    let (name, physical, logical) = match table.key {
        Key::Steps(..) => ("utc", Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        Key::Days(_) => ("day", Physical::INT32, Some(LogicalType::Date)),
        Key::Ranks => ("rank", Physical::INT64, None),
    };
    let mut fields = vec![Arc::new(Type::primitive_type_builder(name, physical).with_repetition(Repetition::REQUIRED).with_logical_type(logical).build()?)];
    for (name, _) in &table.columns {
        fields.push(Arc::new(Type::primitive_type_builder(name, Physical::DOUBLE).with_repetition(Repetition::OPTIONAL).build()?));
    }
    Ok(Arc::new(Type::group_type_builder("values").with_fields(fields).build()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Nature;
    use crate::view::curve::{Calendar, Point};
    use crate::view::table::Origin;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, RowAccessor};

    fn read(bytes: Vec<u8>, name: &str) -> SerializedFileReader<std::fs::File> {
        let path = std::env::temp_dir().join(format!("jumeau-{name}-{}.parquet", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        std::fs::remove_file(&path).unwrap();
        reader
    }

    fn names(reader: &SerializedFileReader<std::fs::File>) -> Vec<String> {
        reader.metadata().file_metadata().schema_descr().columns().iter().map(|column| column.name().to_owned()).collect()
    }

    #[test]
    fn a_parquet_file_says_whose_it_is_and_what_is_absent() {
        let at = |hour: i64| Instant(1_767_225_600 + 3600 * hour);
        let curve = |values: [Option<f64>; 3]| values.iter().enumerate().map(|(hour, value)| Point { at: at(hour as i64), value: *value }).collect::<Vec<_>>();
        let curves = vec![("solaire".to_owned(), curve([Some(1.5), None, Some(f64::NAN)])), ("solaire".to_owned(), curve([Some(2.0); 3])), (String::new(), curve([None, None, Some(7.25)]))];
        let origin = Origin {
            title: "Production", territory: "nantes", unit: "MW", nature: Nature::Measured, made_up: "", source: "RTE", licence: "Licence Ouverte 2.0", attribution: "", date: "2026", method: "", clock: Clock::Paris, link: "#v=1",
        };
        let about = origin.about();
        let reader = read(parquet(&about, &Table::of_curves(&curves, at(3)), Clock::Paris).unwrap(), "curves");
        let metadata = reader.metadata().file_metadata();
        let said: Vec<(String, Option<String>)> = metadata.key_value_metadata().unwrap().iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect();
        for (key, value) in [("unit", "MW"), ("source", "RTE"), ("licence", "Licence Ouverte 2.0"), ("nature", "measured"), ("timezone", "Europe/Paris")] {
            assert!(said.contains(&(key.to_owned(), Some(value.to_owned()))), "{key}");
        }
        assert!(!said.iter().any(|(key, _)| key == "method"), "what is empty is not said");
        assert_eq!(names(&reader), ["utc", "solaire", "solaire (2)", "total"]);
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1].get_timestamp_millis(0).unwrap(), 1_767_229_200_000);
        let column = |at: usize| rows.iter().map(|row| row.get_column_iter().nth(at).unwrap().1.clone()).collect::<Vec<_>>();
        assert_eq!(column(1), [Field::Double(1.5), Field::Null, Field::Null]);
        assert_eq!(column(3), [Field::Null, Field::Null, Field::Double(7.25)]);
    }

    #[test]
    fn days_and_ranks_are_rows_too() {
        // Midnight of the first of July in Paris is the evening before in UTC.
        let sheet = Calendar { days: vec![Instant(1_782_856_800)], hours: vec![std::array::from_fn(|hour| (hour != 2).then_some(hour as f64))] };
        let reader = read(parquet(&[], &Table::of_calendar(&sheet), Clock::Paris).unwrap(), "calendar");
        assert_eq!((names(&reader)[0].as_str(), names(&reader)[24].as_str()), ("day", "h23"));
        let row = reader.get_row_iter(None).unwrap().next().unwrap().unwrap();
        let cells: Vec<Field> = row.get_column_iter().map(|(_, field)| field.clone()).collect();
        assert_eq!((cells[0].clone(), cells[2].clone(), cells[3].clone()), (Field::Date(20_635), Field::Double(1.0), Field::Null));
        let reader = read(parquet(&[], &Table::of_duration(&[9.0, 5.0, 1.0, 0.5]), Clock::Paris).unwrap(), "duration");
        assert_eq!(names(&reader), ["rank", "share_percent", "value"]);
        let row = reader.get_row_iter(None).unwrap().nth(1).unwrap().unwrap();
        assert_eq!((row.get_long(0).unwrap(), row.get_double(1).unwrap(), row.get_double(2).unwrap()), (2, 50.0, 5.0));
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
