//! Steps that stamps tell of: one that is coarser than the others, weeks and days from six on a clock that is set, dates at any distance, the hour met twice.

use super::{count, import, manifest, values};
use crate::shards::{assert_no_errors, run};
use jumeau::base::{CalendarUnit, Clock, Instant};
use jumeau::formats::territory::{Axis, AxisUnit};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a table of BAT-1 gives: the document of the import, and the values that are there by their instants.
fn table(rows: &[(String, f64)]) -> (Value, BTreeMap<String, f32>) {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = rows.iter().map(|(at, value)| format!("BAT-1;{at};{value}\n")).collect();
    let file = folder.path().join("loads.csv");
    std::fs::write(&file, format!("id;date;valeur (kWh)\n{lines}")).unwrap();
    let done = import(folder.path(), &file.display().to_string());
    let territory = folder.path().join("territory");
    let manifest = manifest(&territory);
    let found = manifest.series.iter().filter(|series| series.id != "demand").flat_map(|series| values(&territory, series).remove("BAT-1").unwrap_or_default());
    (done, found.map(|(at, value)| (Instant(at).to_string(), value)).collect())
}

/// As the clock of Paris shows it.
fn shown(at: Instant) -> String {
    let local = Clock::Paris.read(at);
    format!("{:04}-{:02}-{:02} {:02}:{:02}", local.year, local.month, local.day, local.hour, local.minute)
}

#[test]
fn one_year_among_hours_is_refused_and_the_hours_are_kept() {
    let start = Instant::parse("2025-01-10T00:00:00Z").unwrap();
    let mut rows: Vec<(String, f64)> = (0..240).map(|hour| (start.plus_seconds(3600 * hour).to_string(), hour as f64 + 1.0)).collect();
    rows.insert(17, ("2025".to_owned(), 999.0));
    rows.push(("2025-01".to_owned(), 998.0));
    let (done, found) = table(&rows);
    assert_eq!((found.len(), found["2025-01-10T00:00:00Z"], found["2025-01-19T23:00:00Z"]), (240, 1.0, 240.0), "{:#}", done["findings"]);
    assert_eq!(count(&done, "series-stamp-unreadable"), 2, "{:#}", done["findings"]);
}

#[test]
fn weeks_keep_their_values_when_the_clock_is_set() {
    let rows: Vec<(String, f64)> = (0..20).map(|week| {
        let day = Instant::parse("2025-01-06T12:00:00Z").unwrap().plus_seconds(7 * 86_400 * week);
        (day.to_string()[..10].to_owned(), week as f64 + 1.0)
    }).collect();
    let (done, found) = table(&rows);
    // The week of the 31st of March begins at 22:00 UTC, and there it stands.
    assert_eq!(found.values().copied().collect::<Vec<f32>>(), (1..=20).map(|week| week as f32).collect::<Vec<_>>(), "{:#}", done["findings"]);
    assert_eq!((found["2025-01-05T23:00:00Z"], found["2025-03-30T22:00:00Z"], found["2025-03-23T23:00:00Z"]), (1.0, 13.0, 12.0));
}

#[test]
fn days_that_begin_at_six_keep_their_values_when_the_clock_is_set() {
    let first = Clock::Paris.instant(2025, 1, 1, 6, 0).unwrap();
    let days = (0..140).map(|day| first.plus_seconds(86_400 * day));
    let rows: Vec<(String, f64)> = days.enumerate().map(|(day, at)| (format!("{} 06:00", &shown(at)[..10]), day as f64 + 1.0)).collect();
    let (done, found) = table(&rows);
    assert_eq!(found.values().copied().collect::<Vec<f32>>(), (1..=140).map(|day| day as f32).collect::<Vec<_>>(), "{:#}", done["findings"]);
    assert_eq!((found["2025-03-29T05:00:00Z"], found["2025-03-30T04:00:00Z"]), (88.0, 89.0));
}

#[test]
fn dates_at_any_distance_stand_on_their_own_day() {
    let (done, found) = table(&[("2025-01-31", 1.0), ("2025-02-28", 2.0), ("2025-03-31", 3.0), ("2025-04-07", 4.0), ("2025-04-30", 5.0)].map(|(day, value)| (day.to_owned(), value)));
    let expected = [("2025-01-30T23:00:00Z", 1.0), ("2025-02-27T23:00:00Z", 2.0), ("2025-03-30T22:00:00Z", 3.0), ("2025-04-06T22:00:00Z", 4.0), ("2025-04-29T22:00:00Z", 5.0)];
    assert_eq!(found, expected.map(|(at, value)| (at.to_owned(), value)).into(), "{:#}", done["findings"]);
}

#[test]
fn a_short_sorted_file_keeps_both_hours_of_autumn() {
    // Half hours of the night in which the clock of Paris shows 2:00 to 3:00 twice.
    let first = Instant::parse("2025-10-25T23:30:00Z").unwrap();
    let rows: Vec<(String, f64)> = (0..8).map(|half| (shown(first.plus_seconds(1800 * half)), half as f64 + 1.0)).collect();
    let (done, found) = table(&rows);
    assert_eq!(found.values().copied().collect::<Vec<f32>>(), (1..=8).map(|half| half as f32).collect::<Vec<_>>(), "{:#}", done["findings"]);
    assert_eq!((found["2025-10-26T01:00:00Z"], count(&done, "series-unsorted"), count(&done, "series-hour-undecided")), (4.0, 0, 0));
}

/// Energies of each object, and where the axes of the series lie, from rows of two objects.
fn energies(rows: &[String]) -> (Value, BTreeMap<String, BTreeMap<i64, (i64, f32)>>, Vec<i64>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("loads.csv");
    std::fs::write(&file, format!("id;horodate;valeur (kWh)\n{}", rows.join("\n"))).unwrap();
    let done = import(folder.path(), &file.display().to_string());
    let territory = folder.path().join("territory");
    let manifest = manifest(&territory);
    let (mut found, mut steps): (BTreeMap<String, BTreeMap<i64, (i64, f32)>>, Vec<i64>) = Default::default();
    for series in manifest.series.iter().filter(|series| series.id != "demand") {
        let step = manifest.axes.iter().find(|axis| axis.id == series.axis).unwrap().step;
        steps.push(step);
        for (row, values) in values(&territory, series) {
            found.entry(row).or_default().extend(values.into_iter().map(|(at, value)| (at, (step, value))));
        }
    }
    steps.sort_unstable();
    (done, found, steps)
}

#[test]
fn objects_of_different_steps_keep_all_their_energy() {
    let start = Instant::parse("2025-01-01T00:00:00Z").unwrap();
    // Hours of one building are most of the rows, half-hours of another the rest.
    let hours = (0..240).map(|hour| format!("BAT-1;{};2", start.plus_seconds(3600 * hour)));
    let halves = (0..120).map(|half| format!("BAT-2;{};1", start.plus_seconds(1800 * half)));
    let mut rows: Vec<String> = hours.chain(halves).collect();
    for _ in 0..2 {
        let (done, found, steps) = energies(&rows);
        assert_eq!(steps, [1800, 3600], "{:#}", done["findings"]);
        for (row, step, count, value) in [("BAT-1", 3600, 240, 2.0), ("BAT-2", 1800, 120, 1.0)] {
            let expected: BTreeMap<i64, (i64, f32)> = (0..count).map(|n| (start.0 + step * n, (step, value))).collect();
            assert_eq!(found[row], expected, "{row}");
        }
        assert_eq!((count(&done, "series-step-several"), count(&done, "series-stamp-off-grid")), (0, 0), "{:#}", done["findings"]);
        rows.sort_by_key(|row| row.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))));
    }
}

#[test]
fn days_among_quarters_of_an_hour_stay_days_when_the_clock_is_set() {
    // 40 days of October and November 2025, as a clock of Paris has them, beside quarter-hours.
    let start = Clock::Paris.instant(2025, 10, 1, 0, 0).unwrap();
    let quarters = (0..40 * 96).map(|quarter| format!("BAT-1;{};2", start.plus_seconds(900 * quarter)));
    let midnights: Vec<Instant> = (0..40).map(|day| Clock::Paris.instant(2025, if day < 31 { 10 } else { 11 }, 1 + day % 31, 0, 0).unwrap()).collect();
    let rows: Vec<String> = quarters.chain(midnights.iter().map(|at| format!("BAT-2;{at};1"))).collect();
    let (done, found, steps) = energies(&rows);
    assert_eq!(steps, [900, 86_400], "{:#}", done["findings"]);
    assert_eq!(found["BAT-2"], midnights.iter().map(|at| (at.0, (86_400, 1.0))).collect());
    assert_eq!((found["BAT-1"].len(), count(&done, "series-step-several"), count(&done, "series-stamp-off-grid")), (40 * 96, 0, 0));
}

#[test]
fn months_and_weeks_among_quarters_of_an_hour_keep_their_steps() {
    let start = Clock::Paris.instant(2025, 3, 1, 0, 0).unwrap();
    let quarters: Vec<Instant> = (0..100 * 96).map(|quarter| start.plus_seconds(900 * quarter)).collect();
    // Midnights of the place, over the change of the clock: the first of three months, seven Mondays.
    let months = [3, 4, 5].map(|month| Clock::Paris.instant(2025, month, 1, 0, 0).unwrap());
    let weeks = [(3, 3), (3, 10), (3, 17), (3, 24), (3, 31), (4, 7), (4, 14)].map(|(month, day)| Clock::Paris.instant(2025, month, day, 0, 0).unwrap());
    let of = |id: &str, list: &[Instant], kwh: i32| list.iter().map(|at| format!("{id};{at};{kwh}")).collect::<Vec<String>>();
    let rows = [of("BAT-1", &quarters, 1), of("BAT-2", &months, 300), of("BAT-3", &weeks, 70)].concat();
    let (done, found, steps) = energies(&rows);
    assert_eq!(steps, [900, 604_800, CalendarUnit::Month.usual_s()], "{:#}", done["findings"]);
    assert_eq!(found["BAT-1"].len(), quarters.len());
    assert_eq!(found["BAT-2"], months.iter().map(|at| (at.0, (CalendarUnit::Month.usual_s(), 300.0))).collect());
    assert_eq!(found["BAT-3"], weeks.iter().map(|at| (at.0, (604_800, 70.0))).collect());
    assert_eq!((count(&done, "series-step-several"), count(&done, "series-stamp-off-grid"), count(&done, "series-steps-parted")), (0, 0, 1), "{:#}", done["findings"]);
    let said = done["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "series-steps-parted").unwrap();
    assert_eq!(said["example"]["value"], "1 × 15 min, 1 × semaine (week), 1 × mois (month)");
}

#[test]
fn a_column_that_is_filled_once_a_month_is_one_of_months() {
    let start = Clock::Paris.instant(2025, 1, 1, 0, 0).unwrap();
    let rows: String = (0..150 * 48)
        .map(|half| start.plus_seconds(1800 * half))
        .map(|at| {
            let local = Clock::Paris.read(at);
            let month = if (local.day, local.hour, local.minute) == (1, 0, 0) { (100 * i32::from(local.month)).to_string() } else { String::new() };
            format!("{at};1;{month}\n")
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("loads.csv"), format!("horodate;BAT-1 (kWh);BAT-2 (kWh)\n{rows}")).unwrap();
    let done = import(folder.path(), "loads.csv");
    let territory = folder.path().join("territory");
    let manifest = manifest(&territory);
    let of = |id: &str| {
        let mut found = manifest.series.iter().filter(|series| series.id != "demand").filter_map(|series| Some((series, values(&territory, series).remove(id).filter(|values| !values.is_empty())?)));
        let (series, values) = found.next().unwrap_or_else(|| panic!("{id} {done:#}"));
        assert!(found.next().is_none(), "{id} is in one series");
        (manifest.axes.iter().find(|axis| axis.id == series.axis).unwrap().step, values)
    };
    assert_eq!((of("BAT-1").0, of("BAT-1").1.len()), (1800, 150 * 48));
    let (step, months) = of("BAT-2");
    assert_eq!((step, months.values().copied().collect::<Vec<f32>>()), (CalendarUnit::Month.usual_s(), vec![100.0, 200.0, 300.0, 400.0, 500.0]));
}

#[test]
fn a_sensor_that_changes_its_step_loses_nothing() {
    // Thirty days of ten minutes, a day of minutes, and ten minutes again, beside hours of another.
    let start = Instant::parse("2025-02-01T00:00:00Z").unwrap();
    let slow = |from: i64, count: i64| (0..count).map(move |n| from + 600 * n);
    let stamps: Vec<i64> = slow(start.0, 30 * 144).chain((0..1440).map(|n| start.0 + 30 * 86_400 + 60 * n)).chain(slow(start.0 + 31 * 86_400, 144)).collect();
    let hours = (0..32 * 24).map(|hour| format!("BAT-1;{};9", start.plus_seconds(3600 * hour)));
    let rows: Vec<String> = hours.chain(stamps.iter().enumerate().map(|(n, at)| format!("BAT-2;{};{n}", Instant(*at)))).collect();
    let (done, found, steps) = energies(&rows);
    assert_eq!(steps, [60, 600, 3600], "{:#}", done["findings"]);
    let expected: BTreeMap<i64, (i64, f32)> = stamps.iter().enumerate().map(|(n, at)| (*at, (if (30 * 144..30 * 144 + 1440).contains(&n) { 60 } else { 600 }, n as f32))).collect();
    assert_eq!(found["BAT-2"], expected);
    assert_eq!((count(&done, "series-step-several"), count(&done, "series-step-changes")), (0, 1), "{:#}", done["findings"]);
    let said = done["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "series-step-changes").unwrap();
    assert_eq!(said["example"]["value"], "10 min → 1 min (2025-03-03T00:00:00Z) → 10 min (2025-03-04T00:00:00Z)");
}

/// The only axis that a table's series has, where its steps begin, and what was found; the territory is sound.
fn steps(rows: &[(String, f64)]) -> (Axis, Vec<(String, f32)>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = rows.iter().map(|(at, value)| format!("BAT-1;{at};{value}\n")).collect();
    std::fs::write(folder.path().join("loads.csv"), format!("id;date;valeur (kWh)\n{lines}")).unwrap();
    let done = import(folder.path(), "loads.csv");
    let territory = folder.path().join("territory");
    let manifest = manifest(&territory);
    let series = manifest.series.iter().find(|series| series.id != "demand").unwrap_or_else(|| panic!("{done:#}"));
    let axis = manifest.axes.iter().find(|axis| axis.id == series.axis).unwrap().clone();
    assert_no_errors(&run(&["check", "territory", "--json"], folder.path()));
    let found = values(&territory, series).remove("BAT-1").unwrap_or_default();
    (axis, found.into_iter().map(|(at, value)| (Instant(at).to_string(), value)).collect(), done)
}

#[test]
fn days_weeks_and_parts_of_days_begin_where_their_file_says() {
    // From March to November 2026, as a clock of Paris writes them: days, weeks from Thursday, gas days, three hours.
    let cases: [(u32, &str, i64, AxisUnit); 4] =
        [(1, "", 86_400, AxisUnit::Calendar(CalendarUnit::Day)), (5, "", 604_800, AxisUnit::Clock), (1, " 06:00", 86_400, AxisUnit::Clock), (1, " 00:00", 10_800, AxisUnit::Clock)];
    for (day, hour, step_s, unit) in cases {
        let first = Clock::Paris.instant(2026, 3, day as i8, if hour == " 06:00" { 6 } else { 0 }, 0).unwrap();
        let end = Clock::Paris.instant(2026, 11, 9, 0, 0).unwrap();
        let wall = Clock::Paris.shown_s(first);
        let starts: Vec<Instant> = (0..).map(|step| Clock::Paris.begins(wall + step * step_s).unwrap()).take_while(|at| *at < end).collect();
        let rows: Vec<(String, f64)> = starts.iter().enumerate().map(|(step, at)| (if hour.is_empty() { shown(*at)[..10].to_owned() } else { shown(*at) }, step as f64 + 1.0)).collect();
        let (axis, found, done) = steps(&rows);
        let expected: Vec<(String, f32)> = starts.iter().enumerate().map(|(step, at)| (at.to_string(), step as f32 + 1.0)).collect();
        assert_eq!(found, expected, "{step_s} {:#}", done["findings"]);
        assert_eq!((axis.step, axis.calendar.as_ref().map(|calendar| (calendar.unit, calendar.timezone.as_str()))), (step_s, Some((unit, "Europe/Paris"))));
        assert!(done["findings"].as_array().unwrap().iter().all(|finding| finding["code"] != "series-stamp-off-grid" && finding["code"] != "series-step-several"), "{:#}", done["findings"]);
    }
}

/// All series of an import but the demand, by the seconds of their step and the clock of their beginning, with how many values each row has.
fn laid(done: &Value, territory: &std::path::Path) -> Vec<(i64, String, BTreeMap<String, usize>)> {
    let manifest = manifest(territory);
    let mut all: Vec<_> = manifest.series.iter().filter(|series| series.id != "demand").map(|series| {
        let axis = manifest.axes.iter().find(|axis| axis.id == series.axis).unwrap();
        let counts = values(territory, series).into_iter().map(|(row, list)| (row, list.len())).filter(|(_, count)| *count > 0).collect();
        (axis.step, shown(axis.start)[11..].to_owned(), counts)
    }).collect();
    all.sort();
    assert!(!all.is_empty(), "{:#}", done["findings"]);
    all
}

fn import_table(text: &str) -> (Value, Vec<(i64, String, BTreeMap<String, usize>)>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("loads.csv"), text).unwrap();
    let done = import(folder.path(), "loads.csv");
    let laid = laid(&done, &folder.path().join("territory"));
    (done, laid)
}

fn counts(list: &[(&str, usize)]) -> BTreeMap<String, usize> {
    list.iter().map(|(row, count)| ((*row).to_owned(), *count)).collect()
}

/// Days from midnight and days from six, hours on the hour and half past: each keeps its beginning.
#[test]
fn objects_of_one_step_that_begin_at_other_times_are_not_moved() {
    let day = |n: i64| Clock::Paris.begins(Instant::parse("2025-03-01T00:00:00Z").unwrap().0 + 86_400 * n).unwrap();
    let days: String = (0..60).flat_map(|n| [("BAT-1", 0, n), ("BAT-2", 6, n)]).map(|(id, hour, n)| format!("{id};{} {hour:02}:00;{n}\n", &shown(day(n))[..10])).collect();
    let (done, laid) = import_table(&format!("id;date;valeur (kWh)\n{days}"));
    assert_eq!(laid, [(86_400, "00:00".to_owned(), counts(&[("BAT-1", 60)])), (86_400, "06:00".to_owned(), counts(&[("BAT-2", 60)]))], "{:#}", done["findings"]);
    assert_eq!((count(&done, "series-stamp-off-grid"), count(&done, "series-steps-parted")), (0, 1));
    let said = done["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "series-steps-parted").unwrap();
    assert_eq!(said["example"]["value"], "1 × jour (day), 1 × jour (day) (+ 6 h)");
    // In whatever order, one of them a few seconds late and one early.
    let start = Instant::parse("2025-03-01T00:00:00Z").unwrap();
    let hours: String = (0..400).map(|n| n * 77 % 400).flat_map(|n| [("BAT-1", 0, n), ("BAT-2", 1800, n), ("BAT-3", 7, n), ("BAT-4", -4, n)]).map(|(id, late_s, n)| format!("{id};{};{n}\n", start.plus_seconds(3600 * n + late_s))).collect();
    let (done, laid) = import_table(&format!("id;date;valeur (kWh)\n{hours}"));
    assert_eq!(laid, [(3600, "01:00".to_owned(), counts(&[("BAT-1", 400), ("BAT-3", 400), ("BAT-4", 400)])), (3600, "01:30".to_owned(), counts(&[("BAT-2", 400)]))], "{:#}", done["findings"]);
    // The last second of a day is no midnight.
    let days: String = (0..30).flat_map(|n| [("BAT-1", "00:00:00", n), ("BAT-2", "23:59:59", n)]).map(|(id, time, n)| format!("{id};{} {time};{n}\n", &shown(day(n))[..10])).collect();
    let (_, laid) = import_table(&format!("id;date;valeur (kWh)\n{days}"));
    assert_eq!(laid.into_iter().map(|(_, begin, counts)| (begin, counts)).collect::<Vec<_>>(), [("00:00".to_owned(), counts(&[("BAT-1", 30)])), ("23:59".to_owned(), counts(&[("BAT-2", 30)]))]);
    // Days by their ends, one of them some seconds late.
    let ends: String = (1..=30).flat_map(|n| [("BAT-1", "00:00:00", n), ("BAT-2", "00:00:05", n)]).map(|(id, time, n)| format!("{id};{} {time};{n}\n", &shown(day(n))[..10])).collect();
    let (_, laid) = import_table(&format!("id;date_fin;valeur (kWh)\n{ends}"));
    assert_eq!(laid, [(86_400, "00:00".to_owned(), counts(&[("BAT-1", 30), ("BAT-2", 30)]))]);
    // Too many beginnings for an axis each: said, and nothing lost.
    let many: String = (0..9).flat_map(|id| (0..40).map(move |n| (id, n))).map(|(id, n)| format!("C-{id};{};{n}\n", start.plus_seconds(3600 * n + 360 * id))).collect();
    let (done, laid) = import_table(&format!("id;date;valeur (kWh)\n{many}"));
    assert_eq!((laid.len(), laid[0].2.values().sum::<usize>(), count(&done, "series-phases-joined")), (1, 360, 1), "{:#}", done["findings"]);
}

/// A table of quarter-hours where one column is filled every half-hour, as éCO2mix has its consumption.
#[test]
fn a_column_that_is_filled_at_every_other_row_has_its_own_step() {
    let start = Instant::parse("2025-03-01T00:00:00Z").unwrap();
    let half = |n: i64| if n % 2 == 0 { n.to_string() } else { String::new() };
    let rows: String = (0..400).map(|n| format!("{};{n};{};{}\n", start.plus_seconds(900 * n), half(n), if n < 300 { n.to_string() } else { String::new() })).collect();
    let (done, laid) = import_table(&format!("date;prevision (MW);consommation (MW);eolien (MW)\n{rows}"));
    let own = |count| counts(&[("loads", count)]);
    assert_eq!(laid, [(900, "01:00".to_owned(), own(300)), (900, "01:00".to_owned(), own(400)), (1800, "01:00".to_owned(), own(200))], "{:#}", done["findings"]);
    let said = done["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "series-column-step").unwrap();
    assert_eq!((said["example"]["object"].as_str(), said["example"]["value"].as_str(), count(&done, "series-steps-parted")), (Some("consommation"), Some("30 min"), 0));
    // The same of several regions, of which one has it at every row.
    let rows: String = (0..400).map(|n| format!("{at};A;{n};{}\n{at};B;{n};{n}\n", half(n), at = start.plus_seconds(900 * n))).collect();
    let (done, laid) = import_table(&format!("date;region;prevision (MW);consommation (MW)\n{rows}"));
    let expected = [(900, counts(&[("A", 400), ("B", 400)])), (900, counts(&[("B", 400)])), (1800, counts(&[("A", 200)]))];
    assert_eq!(laid.into_iter().map(|(step, _, counts)| (step, counts)).collect::<Vec<_>>(), expected, "{:#}", done["findings"]);
}

#[test]
fn a_logger_that_drifts_and_is_set_right_every_night_keeps_ten_minutes() {
    let start = Instant::parse("2025-03-01T00:00:00Z").unwrap();
    let rows: Vec<(String, f64)> = (0..144 * 10).map(|k| (start.plus_seconds(600 * k + k % 144).to_string(), k as f64)).collect();
    let (done, found) = table(&rows);
    assert_eq!((found.len(), found["2025-03-01T23:50:00Z"], found["2025-03-02T00:00:00Z"]), (1440, 143.0, 144.0), "{:#}", done["findings"]);
    assert_eq!(count(&done, "series-irregular"), 1);
}
