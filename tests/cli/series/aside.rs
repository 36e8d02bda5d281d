//! What of a table is not read is named, damage costs no more than it has to, and what a territory's series say twice is compared.

use super::{count, finding, fixture, fixtures, import, manifest, series, values};
use crate::shards::{output, run};
use jumeau::base::Instant;
use serde_json::Value;
use std::path::Path;

/// The table imported, and the columns that the import names as not read.
fn aside(table: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.csv"), table).unwrap();
    let done = import(folder.path(), "s.csv");
    let told = done["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "series-columns-aside")?;
    Some(told["example"]["object"].as_str().unwrap().to_owned())
}

fn rows(head: &str, count: u32, row: impl Fn(u32) -> String) -> String {
    format!("{head}\n{}", (0..count).map(|number| row(number) + "\n").collect::<String>())
}

#[test]
fn columns_that_are_not_read_are_named() {
    let told = |table: String| aside(&table);
    let name = |text: &str| Some(text.to_owned());
    assert_eq!(told(rows("id;date;valeur;temperature", 10, |h| format!("BAT-1;2025-01-06 {h:02}:00;{h};20"))), name("temperature"));
    assert_eq!(told(rows("id;annee;heure;valeur", 12, |y| format!("BAT-1;{};12;{y}", 2010 + y))), name("heure"));
    assert_eq!(told(rows("id;date;heure;seconde;valeur", 20, |h| format!("BAT-1;2025-01-06;{h};30;{h}"))), name("seconde"));
    // Full hours, a stamp that has all of it, a remark.
    assert_eq!(told(rows("id;date;heure;minute;valeur", 20, |h| format!("BAT-1;2025-01-06;{h};00;{h}"))), None);
    assert_eq!(told(rows("id;horodate;annee;mois;heure;valeur", 20, |h| format!("BAT-1;2025-01-06 {h:02}:00;2025;1;{h};{h}"))), None);
    assert_eq!(told(rows("id;date;valeur;remarque", 20, |h| format!("BAT-1;2025-01-06 {h:02}:00;{h};relevé à la main"))), None);
}

/// Every file that something is found in is named, not the first alone.
#[test]
fn all_files_of_a_finding_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        let table = rows("id;date;valeur;temperature", 10, |h| format!("BAT-1;2025-01-06 {h:02}:00;{h};20"));
        std::fs::write(folder.path().join(format!("{name}.csv")), table).unwrap();
    }
    let args = ["import", &fixture("buildings.geojson"), "a.csv", "b.csv", "--out", "territory"];
    let done = run(&[&args[..], &["--json"]].concat(), folder.path());
    assert_eq!(finding(&done, "series-columns-aside")["files"], serde_json::json!(["a.csv", "b.csv"]));
    let said = output(&["import", &fixture("buildings.geojson"), "a.csv", "b.csv", "--out", "again", "--lang", "en"], folder.path());
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("e.g. a.csv temperature ; also b.csv]"), "{said}");
}

#[test]
fn a_quantity_that_begins_late_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |number: u32| Instant(1_735_689_600 + 3600 * i64::from(number));
    let table = rows("id;date;elec (kWh);gaz (kWh)", 1600, |n| format!("BAT-1;{};{n};{}", at(n), if n < 1500 { String::new() } else { n.to_string() }));
    std::fs::write(folder.path().join("s.csv"), table).unwrap();
    let done = import(folder.path(), "s.csv");
    assert_eq!(count(&done, "series-columns-aside"), 0);
    let manifest = manifest(&folder.path().join("territory"));
    let found = values(&folder.path().join("territory"), series(&manifest, "s-gaz"));
    assert_eq!((found["BAT-1"].len(), found["BAT-1"][&at(1599).0]), (100, 1599.0));
}

/// A date and a time of day of Parquet's own types, in milliseconds, microseconds and nanoseconds; and of ten groups of rows the sixth damaged.
#[test]
fn times_of_day_of_parquet_are_read_and_damage_costs_its_own_rows() {
    for unit in ["ms", "us", "ns"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(fixtures().join(format!("times_{unit}.parquet")), folder.path().join("s.parquet")).unwrap();
        import(folder.path(), "s.parquet");
        let territory = folder.path().join("territory");
        let found = values(&territory, series(&manifest(&territory), "s"));
        // Six in the evening in Paris, in winter.
        let expected: Vec<(i64, f32)> = (0..10_u8).map(|day| (Instant::parse("2025-01-06T17:00:00Z").unwrap().0 + 86_400 * i64::from(day), f32::from(day))).collect();
        assert_eq!(found["BAT-1"].iter().map(|(at, value)| (*at, *value)).collect::<Vec<_>>(), expected, "{unit}");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(fixtures().join("damaged.parquet"), folder.path().join("s.parquet")).unwrap();
    let done = import(folder.path(), "s.parquet");
    assert_eq!(finding(&done, "series-row-unreadable")["example"]["object"], "#101 … #120", "{:#}", done["findings"]);
    let territory = folder.path().join("territory");
    let found = values(&territory, series(&manifest(&territory), "s"));
    let kept: Vec<f32> = found["BAT-1"].values().copied().collect();
    assert_eq!(kept, (0..200_u8).filter(|number| !(100..120).contains(number)).map(f32::from).collect::<Vec<_>>());
}

/// A table none of whose rows can be read is damaged, and not one that is not understood.
#[test]
fn a_file_that_is_damaged_from_one_end_to_the_other_is_called_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = std::fs::read(fixtures().join("times_ms.parquet")).unwrap();
    let footer = bytes.len() - 8 - u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap()) as usize;
    bytes[4..footer].fill(0xFF);
    std::fs::write(folder.path().join("s.parquet"), bytes).unwrap();
    let said = output(&["import", &fixture("buildings.geojson"), "s.parquet", "--out", "territory", "--json"], folder.path());
    let done: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(finding(&done, "source-unreadable")["severity"], "error");
    assert_eq!((count(&done, "series-not-understood"), count(&done, "table-without-geometry")), (0, 0), "{:#}", done["findings"]);
}

fn change(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_group_that_says_something_else_than_its_arrays_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("s.csv"), rows("id;date;valeur (kWh)", 24, |h| format!("BAT-1;2025-01-06T{h:02}:00:00Z;{h}"))).unwrap();
    import(at, "s.csv");
    let group = at.join("territory/timeseries/s");
    let checked = || -> Vec<String> {
        let checked: Value = serde_json::from_slice(&output(&["check", "territory", "--json"], at).stdout).unwrap();
        checked["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error").map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(checked(), [""; 0]);
    for (file, from, to, code) in [
        ("time/zarr.json", "seconds since", "hours since", "series-group"),
        ("value/zarr.json", "little", "big", "series-group"),
        ("zarr.json", "\"group\"", "\"array\"", "series-group"),
    ] {
        let path = group.join(file);
        let whole = std::fs::read(&path).unwrap();
        change(&path, from, to);
        assert_eq!(checked(), [code], "{file}");
        std::fs::write(&path, whole).unwrap();
    }
    let labels = group.join("feature/c/0");
    let whole = std::fs::read(&labels).unwrap();
    std::fs::write(&labels, [0xFF; 6]).unwrap();
    assert_eq!(checked(), ["series-labels"]);
    std::fs::write(&labels, whole).unwrap();
    std::fs::remove_file(group.join("zarr.json")).unwrap();
    assert_eq!(checked(), ["series-group"]);
}
