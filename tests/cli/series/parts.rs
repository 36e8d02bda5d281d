//! Dates whose parts stand in columns of their own, and words beside values that are nobody's id.

use super::{count, finding, import, manifest, values};
use crate::shards::output;
use jumeau::base::{Clock, Instant};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

pub(super) type Found = BTreeMap<String, BTreeMap<String, f32>>;

/// All values of an imported territory but the demand, by row and instant as the clock of Paris shows it.
fn all(territory: &Path) -> Found {
    let manifest = manifest(territory);
    let mut found = Found::new();
    for series in manifest.series.iter().filter(|series| series.id != "demand") {
        for (row, list) in values(territory, series) {
            let shown = |at: i64| {
                let local = Clock::Paris.read(Instant(at));
                format!("{:04}-{:02}-{:02} {:02}:{:02}", local.year, local.month, local.day, local.hour, local.minute)
            };
            found.entry(row).or_default().extend(list.into_iter().map(|(at, value)| (shown(at), value)));
        }
    }
    found
}

pub(super) fn read(table: &str) -> (Value, Found) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.csv"), table).unwrap();
    let done = import(folder.path(), "s.csv");
    let found = all(&folder.path().join("territory"));
    (done, found)
}

/// The values of a table of one row.
fn only(table: &str) -> BTreeMap<String, f32> {
    let (done, found) = read(table);
    assert_eq!(found.len(), 1, "{:#}", done["findings"]);
    found.into_values().next().unwrap()
}

/// The same with a declaration of the file's columns.
fn declared(table: &str, about: Value) -> (Value, Found) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.csv"), table).unwrap();
    std::fs::copy(super::fixture("buildings.geojson"), folder.path().join("buildings.geojson")).unwrap();
    let dataset = |id: &str| json!({ "id": id, "title": id, "producer": "d", "licence": "d", "date": "2025", "attribution": "d", "nature": "measured" });
    let mut series = json!({ "file": "s.csv", "dataset": "s", "onto": "buildings" });
    series.as_object_mut().unwrap().extend(about.as_object().unwrap().clone());
    let declaration = json!({ "id": "essai", "datasets": [dataset("b"), dataset("s")], "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "b" }], "series": [series] });
    std::fs::write(folder.path().join("sources.json"), declaration.to_string()).unwrap();
    // Findings of severity error end with 1, and the territory is there.
    let done: Value = serde_json::from_slice(&output(&["import", ".", "--out", "territory", "--json"], folder.path()).stdout).unwrap();
    let found = all(&folder.path().join("territory"));
    (done, found)
}

pub(super) fn rows(head: &str, count: i64, row: impl Fn(i64) -> String) -> String {
    format!("{head}\n{}", (0..count).map(|number| row(number) + "\n").collect::<String>())
}

/// Quarter-hours from the 30th of December 2024 on, written as somebody's columns have them.
fn quarter(number: i64) -> (String, jumeau::base::LocalDateTime) {
    let wall = Instant(Instant::parse("2024-12-30T00:00:00Z").unwrap().0 + 900 * number).utc();
    (format!("{:04}-{:02}-{:02} {:02}:{:02}", wall.year, wall.month, wall.day, wall.hour, wall.minute), wall)
}

fn expected(count: i64) -> BTreeMap<String, f32> {
    (0..count).map(|number| (quarter(number).0, number as f32)).collect()
}

#[test]
fn a_date_in_three_four_or_five_columns_is_one_instant() {
    let five = rows("id;annee;mois;jour;heure;minute;valeur (kWh)", 400, |n| {
        let at = quarter(n).1;
        format!("BAT-1;{};{};{};{};{};{n}", at.year, at.month, at.day, at.hour, at.minute)
    });
    let (done, found) = read(&five);
    assert_eq!(found["BAT-1"], expected(400), "{:#}", done["findings"]);
    assert_eq!((count(&done, "series-columns-aside"), count(&done, "series-stamp-conflict")), (0, 0));
    // Hours with their minutes, months by their names, and columns in another order.
    let four = rows("valeur (kWh);heure;jour;mois;annee;id", 400, |n| {
        let at = quarter(n).1;
        format!("{n};{:02}:{:02};{};{};{};BAT-1", at.hour, at.minute, at.day, ["janvier", "décembre"][usize::from(at.month == 12)], at.year)
    });
    assert_eq!(read(&four).1["BAT-1"], expected(400));
    let three = rows("id;date;heure;minute;valeur (kWh)", 400, |n| {
        let at = quarter(n).1;
        format!("BAT-1;{:02}/{:02}/{};{:02};{:02};{n}", at.day, at.month, at.year, at.hour, at.minute)
    });
    assert_eq!(read(&three).1["BAT-1"], expected(400));
    // Objects as columns, and a year beside a whole stamp, which is no value.
    let objects = rows("annee;mois;jour;heure;BAT-1;BAT-2", 48, |n| {
        let at = quarter(4 * n).1;
        format!("{};{};{};{};{n};{}", at.year, at.month, at.day, at.hour, 2 * n)
    });
    let found = read(&objects).1;
    assert_eq!((found.len(), found["BAT-2"]["2024-12-31 23:00"], found["BAT-1"].len()), (2, 94.0, 48));
    let four_digits = rows("date;heure;conso_kwh", 96, |n| format!("{};{:02}{:02};{n}", &quarter(n).0[..10], n / 4, n % 4 * 15));
    assert_eq!(only(&four_digits), expected(96));
    let twice = rows("horodate;annee;mois;jour;BAT-1;BAT-2", 48, |n| {
        let (text, at) = quarter(n);
        format!("{text};{};{};{};{n};{n}", at.year, at.month, at.day)
    });
    assert_eq!(read(&twice).1.into_keys().collect::<Vec<_>>(), ["BAT-1", "BAT-2"]);
}

#[test]
fn months_weeks_and_days_of_a_year_are_steps() {
    let months = read(&rows("id;annee;mois;valeur (kWh)", 24, |n| format!("BAT-1;{};{};{n}", 2023 + n / 12, n % 12 + 1))).1;
    assert_eq!((months["BAT-1"].len(), months["BAT-1"]["2024-02-01 00:00"]), (24, 13.0));
    // The first week of 2025 begins in 2024; 2026 has 53.
    let weeks = read(&rows("id;annee;semaine;valeur (kWh)", 104, |n| format!("BAT-1;{};{};{n}", 2025 + n / 52, n % 52 + 1))).1;
    assert_eq!((weeks["BAT-1"].len(), weeks["BAT-1"]["2024-12-30 00:00"], weeks["BAT-1"]["2025-12-29 00:00"]), (104, 0.0, 52.0));
    let weekdays = only(&rows("annee;semaine;jour;conso_kwh", 700, |n| format!("{};{};{};{n}", 2025, n % 364 / 7 + 1, n % 7 + 1).replace("2025;", if n < 364 { "2025;" } else { "2026;" })));
    assert_eq!((weekdays.len(), weekdays["2024-12-31 00:00"], weekdays["2025-03-05 00:00"], weekdays["2025-12-29 00:00"]), (700, 1.0, 65.0, 364.0));
    let days = read(&rows("id;annee;jour;valeur (kWh)", 366, |n| format!("BAT-1;2024;{};{n}", n + 1))).1;
    assert_eq!((days["BAT-1"].len(), days["BAT-1"]["2024-02-29 00:00"], days["BAT-1"]["2024-12-31 00:00"]), (366, 59.0, 365.0));
}

/// Hours from 1 to 24 are told by their end, as columns `H1 … H24` are; those from 0 to 23 by their beginning.
#[test]
fn hours_that_are_counted_from_one_end_with_their_number() {
    let table = |first: i64| rows("id;date;heure;valeur (kWh)", 72, |n| format!("BAT-1;{};{};{n}", &quarter(96 * (n / 24)).0[..10], n % 24 + first));
    for (first, ends) in [(0, 0), (1, 1)] {
        let (done, found) = read(&table(first));
        assert_eq!((found["BAT-1"]["2024-12-30 00:00"], found["BAT-1"]["2024-12-31 23:00"], count(&done, "series-stamp-end-guessed")), (0.0, 47.0, ends), "{:#}", done["findings"]);
    }
}

#[test]
fn hours_that_run_to_24_are_told_by_their_ends_however_they_are_written() {
    let clock = |n: i64| quarter(4 * n).0;
    for written in [|n: i64| format!("{:02}00", n), |n: i64| format!("{n:02}:00"), |n: i64| n.to_string()] {
        let (done, found) = read(&rows("id;date;heure;valeur (kWh)", 72, |n| format!("BAT-1;{};{};{n}", &quarter(96 * (n / 24)).0[..10], written(n % 24 + 1))));
        assert_eq!((found["BAT-1"][&clock(0)], found["BAT-1"][&clock(23)], count(&done, "series-stamp-end-guessed")), (0.0, 23.0, 1), "{:#}", done["findings"]);
    }
    // Half-hours in one number; the 24th hour of a table of many objects comes late.
    let halves = read(&rows("id;date;heure;valeur (kWh)", 144, |n| format!("BAT-1;{};{};{n}", &quarter(96 * (n / 48)).0[..10], (n % 48 + 1) / 2 * 100 + (n % 48 + 1) % 2 * 30))).1;
    assert_eq!((halves["BAT-1"].len(), halves["BAT-1"]["2024-12-30 00:00"], halves["BAT-1"]["2025-01-01 23:30"]), (144, 0.0, 143.0));
    let many: String = (0..48).flat_map(|hour| (0..120).map(move |id| (hour, id))).map(|(hour, id)| format!("C{id};{};{};{hour}\n", &quarter(96 * (hour / 24)).0[..10], hour % 24 + 1)).collect();
    let late = read(&format!("compteur;date;heure;kwh\n{many}")).1;
    assert_eq!((late.len(), late["C7"]["2024-12-30 00:00"], late["C7"]["2024-12-31 23:00"]), (120, 0.0, 47.0));
    // Where the clock is set: the third hour is the one that spring leaves out, and the first of the two that autumn has.
    let set = |date: &str| rows("id;date;heure;valeur (kWh)", 24, |n| format!("BAT-1;{date};{};{n}", n + 1));
    let (spring, autumn) = (read(&set("2025-03-30")).1, read(&set("2025-10-26")).1);
    assert_eq!((spring["BAT-1"].len(), spring["BAT-1"]["2025-03-30 01:00"], spring["BAT-1"]["2025-03-30 03:00"]), (23, 1.0, 3.0));
    assert_eq!((autumn["BAT-1"].len(), autumn["BAT-1"]["2025-10-26 02:00"], autumn["BAT-1"]["2025-10-26 03:00"]), (24, 2.0, 3.0));
}

#[test]
fn the_columns_of_a_date_may_be_declared() {
    let table = rows("id;a;m;j;h;mn;valeur", 400, |n| {
        let at = quarter(n).1;
        format!("BAT-1;{};{};{};{};{};{n}", at.year, at.month, at.day, at.hour, at.minute)
    });
    let about = |instant: &[&str]| json!({ "unit": "kWh", "columns": { "id": ["id"], "instant": instant, "value": ["valeur"] } });
    let (done, found) = declared(&table, about(&["a", "m", "j", "h", "mn"]));
    assert_eq!(found["BAT-1"], expected(400), "{:#}", done["findings"]);
    // By their names, whatever their order.
    let named = table.replace("id;a;m;j;h;mn", "id;annee;mois;jour;heure;minute");
    assert_eq!(declared(&named, about(&["jour", "minute", "mois", "annee", "heure"])).1["BAT-1"], expected(400));
    // A day before its month before its year, hours behind them; what is no month is a week, what is no week a day.
    let french = table.replace("id;a;m;j;h;mn", "id;a;m;j;h;q");
    assert_eq!(declared(&french, about(&["j", "m", "a", "h", "q"])).1["BAT-1"], expected(400));
    let american = rows("id;m;j;a;valeur", 60, |n| {
        let at = quarter(96 * n).1;
        format!("BAT-1;{};{};{};{n}", at.month, at.day, at.year)
    });
    assert_eq!(declared(&american, about(&["m", "j", "a"])).1["BAT-1"]["2025-01-31 00:00"], 32.0);
    // What the first rows leave open the others decide, and that it was a guess is said.
    let many: String = (0..30).flat_map(|week| (0..120).map(move |id| (week, id))).map(|(week, id)| format!("BAT-{};2024;{};{week}\n", id % 4 + 1, week + 1)).collect();
    let (done, found) = declared(&format!("id;A;W;valeur\n{many}"), about(&["A", "W"]));
    assert_eq!((found["BAT-1"].len(), found["BAT-1"]["2024-07-22 00:00"], count(&done, "series-parts-assumed")), (30, 29.0, 1), "{:#}", done["findings"]);
    let second = |count: i64| declared(&rows("id;A;B;valeur", count, |n| format!("BAT-1;2024;{};{n}", n + 1)), about(&["A", "B"])).1;
    assert_eq!((second(52)["BAT-1"]["2024-03-04 00:00"], second(366)["BAT-1"]["2024-12-31 00:00"], second(12)["BAT-1"]["2024-12-01 00:00"]), (9.0, 365.0, 11.0));
    let months = rows("id;annee;mois;valeur", 12, |n| format!("BAT-1;2024;{};{n}", n + 1));
    assert_eq!(declared(&months, about(&["annee", "mois"])).1["BAT-1"].len(), 12);
}

#[test]
fn what_nothing_can_be_is_named_and_not_heeded() {
    let table = rows("id;date;valeur", 24, |n| format!("BAT-1;2025-01-06T{n:02}:00:00Z;{n}"));
    for (about, code) in [
        (json!({ "step_s": 0 }), "series-step-invalid"),
        (json!({ "step_s": -3600 }), "series-step-invalid"),
        (json!({ "start": "2025-02-01T00:00:00Z", "end": "2025-01-01T00:00:00Z" }), "series-span-invalid"),
    ] {
        let (done, found) = declared(&table, about);
        assert_eq!((found["BAT-1"].len(), finding(&done, code)["severity"].as_str()), (24, Some("error")), "{:#}", done["findings"]);
    }
}

/// Remarks, qualities and days of the week beside objects or values are nobody's id; what parts a table into objects still is.
#[test]
fn words_beside_values_are_no_ids() {
    let stamp = |n: i64| quarter(4 * n).0;
    let quality = ["bonne", "bonne", "douteuse", "bonne", "mauvaise"];
    let objects = rows("date;BAT-1;BAT-2;qualite", 120, |n| format!("{};{n};{};{}", stamp(n), 2 * n, quality[(n * n % 5) as usize]));
    let (done, found) = read(&objects);
    assert_eq!((found["BAT-1"].len(), found["BAT-2"].len(), count(&done, "series-id-missing")), (120, 120, 0), "{:#}", done["findings"]);
    assert_eq!(finding(&done, "series-remarks-aside")["example"]["object"], "qualite");
    // The same where one word stands in all rows: the territory has the objects.
    assert_eq!(read(&rows("date;BAT-1;BAT-2;source", 48, |n| format!("{};{n};{n};Enedis", stamp(n)))).1.len(), 2);
    let week = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
    let days = rows("date;jour;BAT-1;BAT-2", 60, |n| format!("{};{};{n};{n}", &quarter(96 * n).0[..10], week[(n % 7) as usize]));
    assert_eq!(read(&days).1["BAT-2"].len(), 60);
    let sparse = rows("date;total (kWh);note", 60, |n| format!("{};{n};{}", stamp(n), if n == 30 { "compteur changé" } else { "" }));
    let (done, found) = read(&sparse);
    assert_eq!((found.len(), found["total"].len(), count(&done, "series-id-missing")), (1, 60, 0), "{:#}", done["findings"]);
    let each = rows("date;conso_kwh;remarque", 60, |n| format!("{};{n};relevé {n}", stamp(n)));
    assert_eq!(only(&each).len(), 60);
    // Each row another object, by the territory's ids or by what the column is called.
    let own = rows("date;x;conso_kwh", 4, |n| format!("{};BAT-{};{n}", stamp(n), n + 1));
    let (done, found) = declared(&own, json!({ "unit": "kWh" }));
    assert_eq!((found.len(), count(&done, "series-remarks-aside")), (4, 0), "{:#}", done["findings"]);
    // Two meters in turn, and one after the other.
    let turn = rows("date;compteur;valeur (kWh)", 120, |n| format!("{};{};{n}", stamp(n), ["A", "B"][(n % 2) as usize]));
    assert_eq!(read(&turn).1.into_iter().map(|(row, list)| (row, list.len())).collect::<Vec<_>>(), [("A".to_owned(), 60), ("B".to_owned(), 60)]);
    let after = rows("date;compteur;valeur (kWh)", 120, |n| format!("{};{};{n}", stamp(n), ["A", "B"][(n / 60) as usize]));
    assert_eq!(read(&after).1.into_keys().collect::<Vec<_>>(), ["A", "B"]);
}

/// Columns that are called after parts of dates and hold values are values; what holds such a part and is not read is named.
#[test]
fn values_that_are_called_as_parts_of_dates_are_values() {
    let day = |n: i64| quarter(96 * n).0[..10].to_owned();
    let found = read(&rows("date;semaine;weekend", 60, |n| format!("{};{n},5;{n}", day(n)))).1;
    assert_eq!(found.into_keys().collect::<Vec<_>>(), ["semaine", "weekend"]);
    let found = read(&rows("annee;mois;jour;nuit", 24, |n| format!("{};{};{};{n}", 2023 + n / 12, n % 12 + 1, n + 3))).1;
    assert_eq!((found["jour"].len(), found["nuit"]["2024-12-01 00:00"]), (24, 23.0));
    let days = read(&rows("annee;mois;jour;nuit", 90, |n| {
        let at = quarter(96 * n).1;
        format!("{};{};{};{n},5", at.year, at.month, at.day)
    }));
    assert_eq!(days.1.into_values().map(|list| (list.len(), list["2025-01-01 00:00"])).collect::<Vec<_>>(), [(90, 2.5)]);
    // Whole numbers that nothing else stands beside, and quarters of a year, which are no steps.
    assert_eq!(only(&rows("date;semaine", 30, |n| format!("{};{}", day(n), n % 9 + 20))).len(), 30);
    let quarters = read(&rows("annee;trimestre;conso_kwh", 24, |n| format!("{};{};{n}", 2020 + n / 4, n % 4 + 1))).0;
    assert_eq!(finding(&quarters, "series-columns-aside")["example"]["object"], "trimestre");
    let (done, found) = read(&rows("date;semaine;conso_kwh", 60, |n| format!("{};{};{n}", day(n), n % 5 + 1)));
    assert_eq!((found.len(), finding(&done, "series-columns-aside")["example"]["object"].as_str()), (1, Some("semaine")));
}

/// Tables that nobody declares: loggers that waver, days with their offset over a change of the clock, weeks that begin on other days. Registers with a date
/// in each row are none, and told so.
#[test]
fn uneven_measurements_are_series_and_registers_are_not() {
    let start = Instant::parse("2025-01-01T00:00:00Z").unwrap();
    assert_eq!(only(&rows("date;conso_kwh", 60, |n| format!("{};{n}", start.plus_seconds(3600 * n + 6 * n % 40)))).len(), 60);
    let offsets = rows("id;date;conso_kwh", 60, |n| format!("BAT-1;{}T00:00:00+0{}00;{n}", &quarter(96 * (n + 60)).0[..10], if n < 31 { 1 } else { 2 }));
    assert_eq!(read(&offsets).1["BAT-1"].len(), 60);
    // The ends of hours, a second early and late.
    let ends = only(&rows("date_fin;conso_kwh", 48, |n| format!("{};{n}", start.plus_seconds(3600 * (n + 1) + n % 2 * 2 - 1))));
    assert_eq!((ends.len(), ends["2025-01-01 01:00"], ends["2025-01-02 23:00"]), (48, 0.0, 46.0));
    let weeks = rows("id;date;kwh", 40, |n| format!("BAT-{};{};{n}", n % 2 + 1, &quarter(96 * (7 * (n / 2) + n % 2)).0[..10]));
    assert_eq!(read(&weeks).1.into_iter().map(|(row, list)| (row, list.len())).collect::<Vec<_>>(), [("BAT-1".to_owned(), 20), ("BAT-2".to_owned(), 20)]);
    let register = rows("commune;date;montant", 60, |n| format!("{};{};{n}", ["A", "B", "C"][(n % 3) as usize], &quarter(96 * (n * n * 7 % 1009)).0[..10]));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.csv"), register).unwrap();
    let done = import(folder.path(), "s.csv");
    assert_eq!((finding(&done, "series-not-even")["example"]["object"].as_str(), count(&done, "series-recognised")), (Some("date"), 0), "{:#}", done["findings"]);
}

/// `2025-02-01 HH:00` and the 24 values of a day.
fn of_day(found: &BTreeMap<String, f32>) -> Vec<f32> {
    (0..24).map(|hour| found[&format!("2025-02-01 {hour:02}:00")]).collect()
}

fn tenths(count: i64) -> Vec<f32> {
    (0..count).map(|number| number as f32 / 10.0).collect()
}

#[test]
fn a_part_of_the_day_is_told_by_its_two_ends() {
    let tenth = |hour: i64| format!("{}.{}", hour / 10, hour % 10);
    let forms: [(&str, fn(i64) -> String); 4] = [
        ("Plage horaire", |hour| format!("{hour:02}:00-{:02}:00", (hour + 1) % 24)),
        ("Créneau", |hour| format!("{hour}h - {}h", hour + 1)),
        ("Période", |hour| format!("de {hour:02}:00 à {:02}:00", hour + 1)),
        ("tranche", |hour| format!("{hour:02}-{:02}", hour + 1)),
    ];
    for (name, slot) in forms {
        let found = only(&rows(&format!("Date;{name};Conso (kWh)"), 24, |hour| format!("01/02/2025;{};{}", slot(hour), tenth(hour))));
        assert_eq!((found.len(), of_day(&found)), (24, tenths(24)), "{name}");
    }
}

#[test]
fn stamps_that_run_to_the_24th_hour_mark_the_ends_of_their_steps() {
    let (done, found) = read(&rows("Date;Conso (kWh)", 48, |hour| format!("{:02}/02/2025 {:02}:00;{}.{}", 1 + hour / 24, hour % 24 + 1, hour / 10, hour % 10)));
    let found = found.into_values().next().unwrap();
    assert_eq!((found.len(), of_day(&found)), (48, tenths(24)));
    assert!(count(&done, "series-stamp-end-guessed") == 1);
}

#[test]
fn dates_in_words_and_in_short_are_dates() {
    const MONTHS: [&str; 12] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
    let months = only(&rows("Mois;Conso (kWh)", 12, |month| format!("{} 2024;{month}", MONTHS[month as usize])));
    assert_eq!((months.len(), months["2024-01-01 00:00"], months["2024-08-01 00:00"]), (12, 0.0, 7.0));
    let short = only(&rows("Date;Conso (kWh)", 48, |hour| format!("{:02}/02/25 {:02}h00;{hour}", 1 + hour / 24, hour % 24)));
    assert_eq!((short.len(), short["2025-02-01 00:00"], short["2025-02-02 23:00"]), (48, 0.0, 47.0));
    let weeks = only(&rows("Semaine;Conso (kWh)", 12, |week| format!("2025-S{:02};{week}", week + 2)));
    assert_eq!((weeks.len(), weeks["2025-01-06 00:00"], weeks["2025-03-24 00:00"]), (12, 0.0, 11.0));
}

#[test]
fn a_table_that_does_not_name_its_columns_is_read_whole() {
    let table: String = (0..48).map(|hour| format!("2025-02-{:02} {:02}:00:00;{hour}\n", 1 + hour / 24, hour % 24)).collect();
    let (done, found) = read(&table);
    let found = found.into_values().next().unwrap();
    assert_eq!((found.len(), found["2025-02-01 00:00"], count(&done, "table-without-names")), (48, 0.0, 1));
}

#[test]
fn points_before_three_digits_everywhere_are_told() {
    let (done, found) = read(&rows("Date;Conso (kWh)", 24, |hour| format!("01/02/2025 {hour:02}:00;1.{:03}", 234 + hour)));
    assert_eq!((found.into_values().next().unwrap()["2025-02-01 00:00"], count(&done, "table-points-assumed")), (1.234, 1));
    let (done, _) = read(&rows("Date;Conso (kWh)", 24, |hour| format!("01/02/2025 {hour:02}:00;0.{:03}", 234 + hour)));
    assert_eq!(count(&done, "table-points-assumed"), 0);
}
