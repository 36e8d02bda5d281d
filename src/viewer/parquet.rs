//! Tables that a person carries away, as Parquet: the same on the desktop and in the browser, which packs nothing.

use crate::base::{Clock, Instant};
use crate::view::table::{Key, Table};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use std::borrow::Cow;
use std::sync::Arc;

/// A table as Parquet: what its rows are of, then a column of reals for each of its own, null where there is no value. Rows are `utc` (milliseconds, UTC), local
/// days (`day`), ranks (`rank`) or names of two ends (`from`, `to`). Whose data it is, of what nature and unit and by which clock people read it stands in the file's key-value metadata.
///
/// # Errors
/// What the writer says.
pub fn written(about: &[(Cow<'static, str>, String)], table: &Table, clock: Clock, packing: Compression) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_created_by("jumeau".to_owned())
        .set_compression(packing)
        .set_key_value_metadata(Some(about.iter().map(|(key, value)| KeyValue::new(key.to_string(), value.clone())).collect()))
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema(table)?, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    // Names are two columns, every other key is one.
    let both: &[usize] = if matches!(table.key, Key::Pairs(_)) { &[0, 1] } else { &[0] };
    for end in both {
        let Some(mut column) = group.next_column()? else { break };
        match &table.key {
            Key::Steps(starts, _) => column.typed::<Int64Type>().write_batch(&starts.iter().map(|Instant(seconds)| seconds * 1000).collect::<Vec<_>>(), None, None)?,
            Key::Days(days) => {
                let local = |at: &Instant| at.0.saturating_add(i64::from(clock.read(*at).offset_s)).div_euclid(86_400);
                column.typed::<Int32Type>().write_batch(&days.iter().map(|at| i32::try_from(local(at)).unwrap_or(0)).collect::<Vec<_>>(), None, None)?
            }
            Key::Ranks => column.typed::<Int64Type>().write_batch(&(1..=table.rows() as i64).collect::<Vec<_>>(), None, None)?,
            Key::Pairs(pairs) => column.typed::<ByteArrayType>().write_batch(&pairs.iter().map(|pair| ByteArray::from(pair[*end].as_str())).collect::<Vec<_>>(), None, None)?,
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
    let (names, physical, logical): (&[&str], _, _) = match table.key {
        Key::Steps(..) => (&["utc"], Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        Key::Days(_) => (&["day"], Physical::INT32, Some(LogicalType::Date)),
        Key::Ranks => (&["rank"], Physical::INT64, None),
        Key::Pairs(_) => (&["from", "to"], Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let mut fields = Vec::with_capacity(names.len() + table.columns.len());
    for name in names {
        fields.push(Arc::new(Type::primitive_type_builder(name, physical).with_repetition(Repetition::REQUIRED).with_logical_type(logical.clone()).build()?));
    }
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
    use crate::viewer::platform;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, RowAccessor};

    /// The desktop's, and the browser's.
    fn packings() -> [Compression; 2] {
        [platform::packing(), Compression::UNCOMPRESSED]
    }

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
        let (about, table) = (origin.about(), Table::of_curves(&curves, at(3)));
        for packing in packings() {
            says_whose_it_is_and_what_is_absent(&read(written(&about, &table, Clock::Paris, packing).unwrap(), "curves"));
        }
    }

    fn says_whose_it_is_and_what_is_absent(reader: &SerializedFileReader<std::fs::File>) {
        let metadata = reader.metadata().file_metadata();
        let said: Vec<(String, Option<String>)> = metadata.key_value_metadata().unwrap().iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect();
        for (key, value) in [("unit", "MW"), ("source", "RTE"), ("licence", "Licence Ouverte 2.0"), ("nature", "measured"), ("timezone", "Europe/Paris")] {
            assert!(said.contains(&(key.to_owned(), Some(value.to_owned()))), "{key}");
        }
        assert!(!said.iter().any(|(key, _)| key == "method"), "what is empty is not said");
        assert_eq!(names(reader), ["utc", "solaire", "solaire (2)", "total"]);
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
        for packing in packings() {
            days_and_ranks(&sheet, packing);
        }
    }

    fn days_and_ranks(sheet: &Calendar, packing: Compression) {
        let reader = read(written(&[], &Table::of_calendar(sheet), Clock::Paris, packing).unwrap(), "calendar");
        assert_eq!((names(&reader)[0].as_str(), names(&reader)[24].as_str()), ("day", "h23"));
        let row = reader.get_row_iter(None).unwrap().next().unwrap().unwrap();
        let cells: Vec<Field> = row.get_column_iter().map(|(_, field)| field.clone()).collect();
        assert_eq!((cells[0].clone(), cells[2].clone(), cells[3].clone()), (Field::Date(20_635), Field::Double(1.0), Field::Null));
        let reader = read(written(&[], &Table::of_duration(&[9.0, 5.0, 1.0, 0.5]), Clock::Paris, packing).unwrap(), "duration");
        assert_eq!(names(&reader), ["rank", "share_percent", "value"]);
        let row = reader.get_row_iter(None).unwrap().nth(1).unwrap().unwrap();
        assert_eq!((row.get_long(0).unwrap(), row.get_double(1).unwrap(), row.get_double(2).unwrap()), (2, 50.0, 5.0));
    }

    #[test]
    fn flows_are_rows_of_two_names() {
        let pairs = vec![["Toits équipés".to_owned(), "Territoire".to_owned()], ["Territoire".to_owned(), "=Logements".to_owned()]];
        let table = Table::new(Key::Pairs(pairs), vec![(String::new(), vec![Some(1234.567), None])]);
        for packing in packings() {
            let reader = read(written(&[], &table, Clock::Paris, packing).unwrap(), "flows");
            assert_eq!(names(&reader), ["from", "to", "value"]);
            let rows: Vec<Vec<Field>> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect()).collect();
            let text = |text: &str| Field::Str(text.to_owned());
            assert_eq!(rows, [vec![text("Toits équipés"), text("Territoire"), Field::Double(1234.567)], vec![text("Territoire"), text("=Logements"), Field::Null]]);
        }
    }

    #[test]
    fn what_is_not_packed_holds_the_same() {
        let at = |step: i64| Instant(1_767_225_600 + 900 * step);
        // More than a page of values, and gaps.
        let points: Vec<Point> = (0..40_000).map(|step| Point { at: at(step), value: (step % 7 != 3).then_some((step as f64).sqrt() * 1e3) }).collect();
        let table = Table::of_curves(&[(String::new(), points)], at(40_000));
        let [packed, plain] = packings().map(|packing| {
            let reader = read(written(&[], &table, Clock::Paris, packing).unwrap(), "packing");
            // A file does not say how hard its packer tried.
            let kind = std::mem::discriminant(&packing);
            assert!(reader.metadata().row_groups().iter().flat_map(|group| group.columns()).all(|column| std::mem::discriminant(&column.compression()) == kind), "{packing:?}");
            reader.get_row_iter(None).unwrap().map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect::<Vec<_>>()).collect::<Vec<_>>()
        });
        assert_eq!(plain.len(), 40_000);
        assert_eq!(plain[3][1], Field::Null);
        assert_eq!(plain[4][1], Field::Double(2e3));
        assert_eq!(packed, plain);
    }
}
