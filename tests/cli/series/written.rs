//! Numbers, dates and months as people write them, and what a folder holds beside its declaration: read alike in all rows, or told.

use super::{count, finding, fixture, manifest, values};
use super::forms::{Found, all_values, hours, only, read};
use crate::shards::output;
use jumeau::base::{CalendarUnit, Clock, Instant};
use jumeau::formats::territory::AxisUnit;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Imports files beside the buildings of the fixtures, or others, as a declaration says.
fn declared(at: &Path, files: &[(&str, String)], nature: &str, members: &Value) -> Value {
    let sources = at.join("sources");
    std::fs::create_dir_all(&sources).unwrap();
    std::fs::copy(fixture("buildings.geojson"), sources.join("buildings.geojson")).unwrap();
    files.iter().for_each(|(name, text)| std::fs::write(sources.join(name), text).unwrap());
    let dataset = json!({ "id": "d", "title": "d", "producer": "d", "licence": "d", "date": "2025", "attribution": "d", "nature": nature });
    let mut declaration = json!({ "id": "essai", "datasets": [dataset], "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "d" }] });
    declaration.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    std::fs::write(sources.join("sources.json"), declaration.to_string()).unwrap();
    serde_json::from_slice(&output(&["import", "sources", "--out", "territory", "--json"], at).stdout).unwrap()
}

fn local(month: i8, day: i8, hour: i8) -> String {
    Clock::Paris.instant(2025, month, day, hour, 0).unwrap().to_string()
}

#[test]
fn a_comma_before_three_digits_is_what_the_column_says() {
    // As pandas.read_csv(sep=";", decimal=",") has it: 0.375, 1.375 …, and beyond a thousand.
    let row = |hour: u32| format!("B1;01/01/2025 {hour:02}:00;{},375\n", if hour == 23 { 1000 } else { hour });
    let (done, found, _) = read("s.csv", format!("id;horodate;puissance (kW)\n{}", hours(0..24, row)).as_bytes());
    let expected: Vec<f32> = (0..24).map(|hour| if hour == 23 { 1000.375 } else { hour as f32 + 0.375 }).collect();
    assert_eq!((only(&found, &done).into_values().collect::<Vec<_>>(), count(&done, "table-commas-assumed")), (expected, 0));
    // Nothing but a semicolon speaks for it.
    let (done, found, _) = read("s.csv", b"id;horodate;puissance (kW)\nB1;01/01/2025 00:00;1,762\nB1;01/01/2025 01:00;2,762\n");
    assert_eq!(only(&found, &done).into_values().collect::<Vec<_>>(), [1.762, 2.762]);
    // Commas between the columns: thousands where no number says otherwise, and told.
    for (first, expected, assumed) in [("1,250", 1250.0, 1), ("0,250", 0.25, 0)] {
        let row = |hour: u32| if hour == 0 { format!("B1,2025-01-01T00:00:00Z,\"{first}\"\n") } else { format!("B1,2025-01-01T{hour:02}:00:00Z,\"{hour},500\"\n") };
        let (done, found, _) = read("s.csv", format!("id,horodate,puissance (kW)\n{}", hours(0..24, row)).as_bytes());
        let row = only(&found, &done);
        let factor = if assumed == 1 { 1000.0 } else { 1.0 };
        assert_eq!((row["2025-01-01T00:00:00Z"], row["2025-01-01T07:00:00Z"], count(&done, "table-commas-assumed")), (expected, 7.5 * factor, assumed));
    }
}

/// A row for each day, each hour's number in its column.
fn hours_that_pass(first: i8, last: i8, month: i8, count_of: impl Fn(i8) -> i64) -> (Value, Found) {
    let head = hours(1..26, |hour| format!(";H{hour}"));
    let year = if month == 3 { 2026 } else { 2025 };
    let rows: String = (first..=last).map(|day| format!("B1;{year}-{month:02}-{day:02}{}\n", hours(1..26, |hour| if i64::from(hour) <= count_of(day) { format!(";{hour}") } else { ";".to_owned() }))).collect();
    let (done, found, _) = read("s.csv", format!("id;date{head}\n{rows}").as_bytes());
    (done, found)
}

#[test]
fn a_25th_hour_counts_hours_as_they_pass() {
    // On the 26th of October 2025 the clock of Paris shows 2:00 twice: its hours are 25, and all are there.
    let (done, found) = hours_that_pass(24, 28, 10, |day| if day == 26 { 25 } else { 24 });
    let row = only(&found, &done);
    let of_day = |day: i8, hours: i64| -> Vec<f32> {
        let start = Clock::Paris.instant(2025, 10, day, 0, 0).unwrap();
        (0..hours).map(|hour| row[&start.plus_seconds(3600 * hour).to_string()]).collect()
    };
    for (day, hours) in [(24, 24), (25, 24), (26, 25), (27, 24), (28, 24)] {
        assert_eq!(of_day(day, hours), (1..=hours).map(|hour| hour as f32).collect::<Vec<_>>(), "{day}");
    }
    assert_eq!((row.len(), finding(&done, "series-hours-read")["example"]["value"].as_str()), (121, Some("25")));
    assert_eq!(["series-hours-beyond", "series-hours-skipped", "series-hour-ambiguous", "series-hours-beside"].map(|code| count(&done, code)), [0; 4], "{:#}", done["findings"]);
    // On the 29th of March 2026 there are 23, one after the other.
    let (done, found) = hours_that_pass(28, 30, 3, |day| if day == 29 { 23 } else { 24 });
    let row = only(&found, &done);
    let start = Clock::Paris.instant(2026, 3, 29, 0, 0).unwrap();
    assert_eq!((0..23).map(|hour| row[&start.plus_seconds(3600 * hour).to_string()]).collect::<Vec<_>>(), (1..=23).map(|hour| hour as f32).collect::<Vec<_>>());
    assert_eq!((row.len(), count(&done, "series-hours-skipped")), (71, 0));
    // What stands in an hour that its day has not is told, and not read.
    let (done, found) = hours_that_pass(28, 30, 3, |_| 24);
    assert_eq!((only(&found, &done).len(), count(&done, "series-hours-beyond"), finding(&done, "series-hours-beyond")["severity"].as_str()), (71, 1, Some("warning")));
}

#[test]
fn numbered_half_hours_and_months_are_steps() {
    let rows = hours(24..29, |day| format!("B1;2025-01-{day}{}\n", hours(0..48, |half| format!(";{}", 100 * day + half))));
    let (done, found, _) = read("s.csv", format!("id;date{}\n{rows}", hours(1..49, |half| format!(";P{half}"))).as_bytes());
    let row = only(&found, &done);
    assert_eq!((row.len(), row["2025-01-23T23:00:00Z"], row["2025-01-24T12:30:00Z"]), (240, 2400.0, 2427.0), "{:#}", done["findings"]);
    let months = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"].map(|name| format!(";{name} (kWh)")).concat();
    let rows = hours(2023..2025, |year| format!("B1;{year}{}\n", hours(1..13, |month| format!(";{}", 100 * (year - 2000) + month))));
    let (done, found, units) = read("s.csv", format!("id;annee{months}\n{rows}").as_bytes());
    let row = only(&found, &done);
    let first = Clock::Paris.instant(2024, 3, 1, 0, 0).unwrap().to_string();
    assert_eq!((row.len(), row[&first], units.into_values().collect::<Vec<_>>()), (24, 2403.0, vec!["kWh".to_owned()]));
    assert_eq!(finding(&done, "series-months-read")["example"]["value"], "12");
    // Two energies in one table, each with its unit.
    let months = ["jan", "fev", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec"];
    let header: String = months.map(|name| format!(";elec_{name} (kWh)")).concat() + &months.map(|name| format!(";gaz_{name} (m3)")).concat();
    let rows = hours(2023..2025, |year| format!("B1;{year}{}{}\n", hours(1..13, |month| format!(";{}", 100 * (year - 2000) + month)), hours(1..13, |month| format!(";{}", 10 * month))));
    let (done, found, units) = read("s.csv", format!("id;annee{header}\n{rows}").as_bytes());
    let of = |quantity: &str| found.get(&(quantity.to_owned(), "B1".to_owned())).cloned().unwrap_or_else(|| panic!("{quantity} {:?} {done:#}", found.keys()));
    assert_eq!((of("elec").len(), of("elec")[&first], of("gaz").len(), of("gaz")[&first]), (24, 2403.0, 24, 30.0), "{:#}", done["findings"]);
    assert_eq!((units["elec"].as_str(), units["gaz"].as_str(), count(&done, "series-unsorted")), ("kWh", "m³", 0));
}

#[test]
fn dates_with_the_month_first_are_read_so_or_not_at_all() {
    // A value for each day of January: only the second number ever exceeds 12.
    let row = |day: u32| format!("B1;01/{day:02}/2025 10:00;{day}\n");
    let (done, found, _) = read("s.csv", format!("id;horodate;valeur (kWh)\n{}", hours(1..32, row)).as_bytes());
    let expected: BTreeMap<String, f32> = (1..32).map(|day| (local(1, day as i8, 10), day as f32)).collect();
    assert_eq!(only(&found, &done), expected, "{:#}", done["findings"]);
    assert_eq!((finding(&done, "series-dates-month-first")["severity"].as_str(), count(&done, "series-stamp-unreadable")), (Some("info"), 0));
    // The date in a column of its own, a month of hours.
    let rows: String = (0..28 * 24).map(|hour| format!("B1;02/{:02}/2025;{:02}:00;{hour}\n", 1 + hour / 24, hour % 24)).collect();
    let (done, found, _) = read("s.csv", format!("id;date;heure;valeur (kWh)\n{rows}").as_bytes());
    let row = only(&found, &done);
    assert_eq!((row.len(), row[&local(2, 3, 0)], row[&local(2, 28, 23)]), (672, 48.0, 671.0), "{:#}", done["findings"]);
    // Both orders: nothing of it is placed, and it is told what to do.
    let rows = hours(13..31, |day| format!("B1;{day}/01/2025 10:00;1\nB1;01/{day}/2025 11:00;1\n"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.csv"), format!("id;horodate;valeur (kWh)\n{rows}")).unwrap();
    let ended = output(&["import", &fixture("buildings.geojson"), "s.csv", "--out", "territory", "--json"], folder.path());
    let done: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!((ended.status.code(), all_values(&folder.path().join("territory")).0.len()), (Some(1), 0));
    assert_eq!(finding(&done, "series-dates-mixed")["severity"], "error");
    assert_eq!(finding(&done, "series-dates-mixed")["example"]["value"], "13/01 ≠ 01/13");
}

#[test]
fn a_wrong_date_does_not_turn_a_column() {
    let rows: String = (0..300).map(|hour| format!("B1;{:02}/01/2025 {:02}:00;{hour}\n", 13 + hour / 24, hour % 24)).collect();
    let (done, found, _) = read("s.csv", format!("id;horodate;valeur (kWh)\n{rows}B1;01/31/2025 10:00;9\n").as_bytes());
    assert_eq!((only(&found, &done).len(), count(&done, "series-stamp-unreadable"), count(&done, "series-dates-mixed")), (300, 1, 0));
}

#[test]
fn months_by_their_last_day_or_their_name_are_months() {
    let folder = tempfile::tempdir().unwrap();
    let days = ["31/01/2025", "28/02/2025", "31/03/2025", "30/04/2025"];
    for (column, stamps, stamp) in [
        ("date", days, None),
        ("date", days, Some("end")),
        ("mois_fin", ["2025-01", "2025-02", "2025-03", "2025-04"], None),
        ("date_fin", ["01/02/2025", "01/03/2025", "01/04/2025", "01/05/2025"], None),
    ] {
        let rows: String = stamps.iter().zip(1..).map(|(stamp, value)| format!("BAT-1;{stamp};{value}\n")).collect();
        let mut series = json!({ "file": "s.csv", "id": "s", "dataset": "d", "onto": "buildings" });
        if let Some(stamp) = stamp {
            series["stamp"] = json!(stamp);
        }
        let done = declared(folder.path(), &[("s.csv", format!("id;{column};valeur (kWh)\n{rows}"))], "simulated", &json!({ "series": [series] }));
        let territory = folder.path().join("territory");
        let manifest = manifest(&territory);
        let series = manifest.series.iter().find(|series| series.id == "s").unwrap();
        let axis = manifest.axes.iter().find(|axis| axis.id == series.axis).unwrap();
        assert_eq!(axis.calendar.as_ref().map(|calendar| calendar.unit), Some(AxisUnit::Calendar(CalendarUnit::Month)), "{column} {stamp:?}");
        let found: Vec<(String, f32)> = values(&territory, series)["BAT-1"].iter().map(|(at, value)| (Instant(*at).to_string(), *value)).collect();
        let expected: Vec<(String, f32)> = (1..=4).map(|month| (local(month, 1, 0), f32::from(month))).collect();
        assert_eq!((found, count(&done, "series-stamp-off-grid")), (expected, 0), "{column} {stamp:?}");
    }
}

#[test]
fn columns_called_as_rtes_go_by_the_clock_of_an_overseas_place() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let rows = hours(0..24, |hour| format!("2025-01-01;{hour:02}:00;{};1\n", 100 + hour));
    std::fs::create_dir(at.join("sources")).unwrap();
    std::fs::write(at.join("sources/prod.csv"), format!("Date;Heure;Consommation (MW);Thermique (MW)\n{rows}")).unwrap();
    let ring = [[55.45, -20.9], [55.4502, -20.9], [55.4502, -20.8998], [55.45, -20.8998], [55.45, -20.9]];
    let buildings = json!({ "type": "FeatureCollection", "features": [{ "type": "Feature", "properties": { "cleabs": "B1", "hauteur": 6.0 }, "geometry": { "type": "Polygon", "coordinates": [ring] } }] });
    std::fs::write(at.join("sources/buildings.geojson"), buildings.to_string()).unwrap();
    let done: Value = serde_json::from_slice(&output(&["import", "sources", "--out", "territory", "--json"], at).stdout).unwrap();
    let (found, _) = all_values(&at.join("territory"));
    let row = found.iter().find(|((quantity, _), _)| quantity == "Consommation").unwrap().1;
    assert_eq!((row.len(), row["2024-12-31T20:00:00Z"]), (24, 100.0), "{:#}", done["findings"]);
    assert_eq!((finding(&done, "series-zone-assumed")["example"]["value"].as_str(), count(&done, "series-zone-guessed")), (Some("Indian/Reunion"), 0));
}

#[test]
fn data_beside_a_declaration_that_does_not_name_them_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("id;horodate;kWh\n{}", hours(0..24, |hour| format!("BAT-1;2025-01-01T{hour:02}:00:00Z;1\n")));
    let files = [("named.csv", text.clone()), ("other.csv", text.clone()), ("readme.txt", "x".to_owned())];
    let done = declared(folder.path(), &files, "simulated", &json!({ "series": [{ "file": "named.csv", "dataset": "d", "unit": "kWh" }] }));
    let told = finding(&done, "source-undeclared");
    assert_eq!((told["severity"].as_str(), told["count"].as_u64(), told["example"]["object"].as_str()), (Some("info"), Some(1), Some("other.csv")), "{:#}", done["findings"]);
    // What the person names beside the folder is read.
    let done: Value = serde_json::from_slice(&output(&["import", "sources", "sources/other.csv", "--out", "both", "--json"], folder.path()).stdout).unwrap();
    assert_eq!(count(&done, "source-undeclared"), 0);
}

#[test]
fn what_a_home_uses_is_personal_in_any_unit() {
    let folder = tempfile::tempdir().unwrap();
    let text = |head: &str| format!("id;horodate;{head}\n{}", hours(0..24, |hour| format!("BAT-1;2025-01-01T{hour:02}:00:00Z;1\n")));
    for (head, unit, personal, contradicted) in
        [("kWh", None, 1, 0), ("valeur", None, 1, 0), ("valeur", Some("kWh/m²"), 1, 0), ("gaz (m3)", None, 1, 0), ("valeur", Some("kVA"), 1, 0), ("temperature (°C)", None, 0, 0), ("kWh", Some("m3"), 1, 1)]
    {
        let mut series = json!({ "file": "s.csv", "dataset": "d", "onto": "buildings" });
        if let Some(unit) = unit {
            series["unit"] = json!(unit);
        }
        let done = declared(folder.path(), &[("s.csv", text(head))], "measured", &json!({ "series": [series] }));
        assert_eq!((count(&done, "series-personal"), count(&done, "series-unit-contradicted")), (personal, contradicted), "{head} {unit:?} {:#}", done["findings"]);
    }
}

#[test]
fn an_amount_beyond_all_bounds_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let profile = format!("instant;P\n{}", hours(0..24, |hour| format!("2025-01-01T{hour:02}:00:00Z;1\n")));
    let scales = "id;profil;kwh\nBAT-1;P;1e300\nBAT-2;P;50\n".to_owned();
    let members = json!({
        "series": [{ "file": "p.csv", "id": "p", "dataset": "d", "unit": "1", "form": "objects" }],
        "scaled": [{ "file": "s.csv", "dataset": "d", "onto": "buildings", "id": "id", "profile": "profil", "scale": "kwh", "unit": "kWh", "profiles": "p" }],
    });
    let done = declared(at, &[("p.csv", profile), ("s.csv", scales)], "simulated", &members);
    assert_eq!(finding(&done, "series-value-not-finite")["example"]["object"], "#1 BAT-1", "{:#}", done["findings"]);
    let chunk = at.join("territory/timeseries/s/scale/c/0");
    let numbers = |bytes: &[u8]| -> Vec<f64> { bytes.chunks(8).map(|eight| f64::from_le_bytes(eight.try_into().unwrap())).collect() };
    let bytes = std::fs::read(&chunk).unwrap();
    assert!(numbers(&bytes)[0].is_nan() && numbers(&bytes)[1] == 50.0);
    // A package that holds one all the same is told.
    let checked = || {
        let checked: Value = serde_json::from_slice(&output(&["check", "territory", "--json"], at).stdout).unwrap();
        checked["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "series-infinite")
    };
    assert!(!checked());
    std::fs::write(&chunk, [1e300_f64.to_le_bytes(), 50.0_f64.to_le_bytes()].concat()).unwrap();
    assert!(checked());
}
